"""``check_code`` on right programs of many styles, and on those with a planted mistake."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from plantings import ALONE, Planting, list_plantings

from nn import MLP
from nn.derivations import CodeDiagnosis, check_code
from nn.derivations.own_program.checking import check_code_file
from nn.derivations.own_program.comparing.reference import find_gradients, run_forward
from nn.derivations.own_program.comparing.rightness import list_activations
from nn.derivations.own_program.judging.forms import list_double_forms, list_forms
from nn.derivations.own_program.judging.mistakes import read_own_mistakes
from nn.derivations.own_program.running.networks import list_nets

PROGRAMS = Path(__file__).parent / "programs"
RIGHT = sorted([*PROGRAMS.glob("r*.py"), *(PROGRAMS / "open").glob("p*.py")])
READ = tomllib.loads((PROGRAMS / "read.toml").read_text(encoding="utf-8"))
QUICK = {"r01", "r05", "r11", "r16", "p15", "p19"}


def sample(name: str) -> Any:
    return [] if name in QUICK else pytest.mark.exhaustive


def judge(source: str, tmp_path: Path) -> CodeDiagnosis:
    path = tmp_path / "mine.py"
    path.write_text(source, encoding="utf-8")
    return check_code_file(str(path), source)


@pytest.mark.parametrize("path", [pytest.param(path, marks=sample(path.stem)) for path in RIGHT], ids=lambda path: path.stem)
@pytest.mark.parametrize("alone", [False, True], ids=["with cost", "alone"])
def test_a_right_program_is_right_and_read_rightly(path: Path, alone: bool, tmp_path: Path) -> None:
    found = judge(path.read_text(encoding="utf-8") + ALONE * alone, tmp_path)
    assert found.right, found.sentence
    assert found.mistakes == ()
    assert found.first_wrong is None
    assert found.certain is not alone
    assert str(found.conventions) == READ[path.stem]
    assert all(verdict.right for verdict in found.verdicts.values())


@pytest.mark.parametrize("planting", [pytest.param(planting, marks=[] if i % 12 == 0 else pytest.mark.exhaustive)
                                      for i, planting in enumerate(list_plantings())], ids=str)
def test_a_planted_mistake_is_named(planting: Planting, tmp_path: Path) -> None:
    found = judge(planting.write(alone=False), tmp_path)
    assert not found.right
    assert sorted(found.mistakes) == sorted(planting.named)
    assert "{" not in re.sub(r"in line \d+, .*?: \w+Error", "", found.sentence), "a template that was not filled in"
    if planting.alone == "unsaid":
        return
    alone = judge(planting.write(alone=True), tmp_path)
    assert alone.right if planting.alone == "right" else not alone.right
    if not planting.alone:
        assert sorted(alone.mistakes) == sorted(planting.named)


@pytest.mark.parametrize(("hidden", "last", "name", "cost"), [
    ("tanh", "identity", "half_squared_error", "squared error"), ("relu", "softmax", "softmax_cross_entropy", "cross-entropy"),
    ("elu", "sigmoid", "binary_cross_entropy", "binary cross-entropy"), ("silu", "sigmoid", "bernoulli", "bernoulli")])
def test_the_reference_is_what_the_engine_gives(hidden: str, last: str, name: str, cost: str) -> None:
    net = list_nets(3)[0]
    ours = MLP(net.widths[0], list(net.widths[1:]), activation=hidden, output_activation=last)
    ours.load_arrays([W.tolist() for W in net.W], [b.ravel().tolist() for b in net.b])
    dW, db = ours.gradients(net.X.T.tolist(), net.Y.T.tolist(), name)
    right = find_gradients(net, (hidden, hidden, last), cost)
    assert right is not None
    for l in (1, 2, 3):
        assert np.allclose(dW[l - 1], right.dW[l] / net.samples, rtol=1e-11)
        assert np.allclose(np.ravel(db[l - 1]), right.db[l].ravel() / net.samples, rtol=1e-11)


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_every_unit_meets_both_sides_of_its_kink(depth: int) -> None:
    for net in list_nets(depth):
        assert len({*net.widths, net.samples}) == len(net.widths) + 1
        assert net.widths[-1] >= 3
        for name in ("relu", "leaky_relu", "elu", "tanh"):
            for u in run_forward(net, (name,) * depth).u.values():
                assert np.all((u > 0).any(axis=1) & (u < 0).any(axis=1))
                assert np.abs(u).min() > 0.003


def test_every_line_of_both_tables_is_compiled() -> None:
    assert {form.slugs[0] for form in list_forms("D")} >= {"residual-lost", "weight-untransposed", "relu-mask-reversed", "softmax-diagonal"}
    assert {form.slugs[0] for form in list_forms("dW")} >= {"input-missing", "product-of-means", "last-sample"}
    assert {form.slugs[0] for form in list_forms("db")} >= {"bias-axis", "bias-not-summed", "bias-times-input"}
    assert len(list_double_forms()) > 100
    slugs = [mistake.slug for mistake in read_own_mistakes()]
    assert len(slugs) == len(set(slugs))
    assert len(list_activations(3, False)) > 100


def two_layers(hidden: str = "h * (1 - h)", returned: str = "dW, db") -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(f"""
import numpy as np
def gradients(W, b, X, Y):
    h = 1 / (1 + np.exp(-(X @ W[0] + b[0])))
    d2 = 2 * (h @ W[1] + b[1] - Y) / len(X)
    d1 = d2 @ W[1].T * ({hidden})
    dW, db = [X.T @ d1, h.T @ d2], [d1.sum(0), d2.sum(0)]
    return {returned}
""", names)
    return names


def test_a_callable_of_a_notebook_is_judged() -> None:
    assert check_code(two_layers()["gradients"]).right
    found = check_code(two_layers("1 - h")["gradients"])
    assert (found.right, found.first_wrong, found.mistakes) == (False, "dW[1]", ("derivative-one-minus",))
    assert found.verdicts["dW[2]"].right
    assert found.verdicts["db[1]"].follows


def test_a_name_or_row_of_costs_settles_the_constant() -> None:
    gradients = two_layers()["gradients"]
    assert check_code(gradients, cost="half_squared_error").mistakes == ("residual-doubled",)
    with pytest.raises(ValueError, match="did you mean 'half_squared_error'"):
        check_code(gradients, cost="half_squared_eror")
    with pytest.raises(TypeError, match="cost must be a function"):
        check_code(gradients, cost=3)  # type: ignore[arg-type]


def test_what_is_said_of_the_network_is_held_to() -> None:
    gradients = two_layers()["gradients"]
    assert check_code(gradients, layers=2, activations=["sigmoid", "identity"]).right
    assert check_code(gradients, layers=[4, 5, 3], activations=["sigmoid", "identity"]).right
    assert not check_code(gradients, activations=["tanh", "identity"]).right
    for wrong in (0, [3], True, [2, "a"]):
        with pytest.raises(ValueError, match="layers must be"):
            check_code(gradients, layers=wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="one for each of the 2 layers"):
        check_code(gradients, layers=2, activations=["tanh"] * 3)
    with pytest.raises(ValueError, match="penalty"):
        check_code(gradients, penalty="l3")


def test_callables_with_other_parameters_are_refused() -> None:
    with pytest.raises(ValueError, match=r"gradients must take \(W, b, X, Y\)"):
        check_code(lambda W, b: None)
    with pytest.raises(ValueError, match="it also wants 'alpha'"):
        check_code(lambda W, b, X, Y, alpha: None)
    with pytest.raises(TypeError, match="gradients must be a function"):
        check_code(3)  # type: ignore[arg-type]


def test_what_is_no_list_of_arrays_is_said() -> None:
    assert "it returned None" in check_code(lambda W, b, X, Y: None).sentence
    assert "returned 1 array" in check_code(lambda W, b, X, Y: ([1.0], [2.0])).sentence

@pytest.mark.parametrize(("returned", "said"), [
    ("None", "gradients must return two lists, dW, db; it returned None"),
    ("db, dW", "gradients returned db before dW: return dW, db, in this order"),
    ("list(zip(dW, db))", "gradients returned a pair (dW, db) for each layer"),
    ("'dW', 'db'", "dW as a list of arrays, one a layer; it returned a string"),
    ("{'W1': dW[0], 'W2': dW[1]}, db", "dW as a list of arrays, one a layer; it returned a dict"),
    ("dW, [db[0], [[1], 2]]", "gradients returned a list of 2 as db[2], where an array of numbers belongs"),
    ("dW[1:], db", "gradients returned 1 array as dW for 2 layers"),
])
def test_what_is_no_two_lists_of_arrays_is_said_and_does_not_stop(returned: str, said: str) -> None:
    found = check_code(two_layers(returned=returned)["gradients"], layers=2)
    assert (found.right, found.first_wrong) == (False, None)
    assert said in found.sentence
    assert "stops" not in found.sentence
    assert found.hints[0] == "Look at what it returns."


def test_arrays_of_other_shapes_or_of_no_numbers_are_wrong_and_no_cost_is_asked_for() -> None:
    found = check_code(two_layers(returned="[w[:-1] for w in dW], db")["gradients"])
    assert found.first_wrong == "dW[2]"
    assert "dW[2] is wrong: its shape is (5, 3), and that of its parameter (6, 3)." in found.sentence
    assert [name for name, verdict in found.verdicts.items() if verdict.wrong] == ["dW[2]", "dW[1]"]
    found = check_code(two_layers(returned="[w * np.nan for w in dW], [v * np.nan for v in db]")["gradients"])
    assert "dW[2] is wrong: it has entries that are no numbers" in found.sentence
    assert found.sentence.count("no numbers") == 1  # below it they only follow
    assert "Give cost" not in found.sentence


@pytest.mark.parametrize("parameters", ["X, Y, W, b", "X, y, weights, biases", "W, X, b, Y"])
def test_parameters_in_another_order_are_refused(parameters: str) -> None:
    names: dict[str, Any] = {}
    exec(f"def gradients({parameters}): return 1", names)
    with pytest.raises(ValueError, match=rf"called as gradients\(W, b, X, Y\), in that order, and takes {parameters}:"):
        check_code(names["gradients"])


def test_a_step_that_returns_something_else_is_told_what_belongs_there() -> None:
    def gradients(W: Any, b: Any, X: Any, Y: Any, eta: float) -> Any:
        return [w[:-1] + 0 * eta * X.sum() * Y.sum() for w in W], b

    assert "the new W and b: W[1] is of shape (3, 6), and was of shape (4, 6)" in check_code(gradients).sentence


def test_state_of_a_notebook_is_put_back() -> None:
    calls: list[int] = []
    right = two_layers()["gradients"]

    def gradients(W: Any, b: Any, X: Any, Y: Any) -> Any:
        calls.append(1)
        return right(W, b, X, Y)

    check_code(gradients)
    assert len(calls) <= 2


def test_the_result_is_plain_data() -> None:
    found = check_code(two_layers("1 - h")["gradients"])
    assert CodeDiagnosis.from_dict(json.loads(found.to_json())) == found
    assert repr(found) == "<CodeDiagnosis: wrong, first in dW[1], derivative-one-minus>"


def test_a_half_is_explained_by_the_cost_that_is_there(tmp_path: Path) -> None:
    right = next(path for path in RIGHT if path.stem == "r01").read_text(encoding="utf-8")  # a binary cross-entropy
    found = judge(right.replace("dZ = cache[f\"A{L}\"] - Y", "dZ = (cache[f\"A{L}\"] - Y) / 2"), tmp_path)
    assert found.mistakes == ("residual-halved",)
    assert "The cost has no square that could bring down a 2" in found.sentence


def one_layer(constant: str, output: str = "1 / (1 + np.exp(-z))") -> Any:
    names: dict[str, Any] = {}
    exec(f"""
import numpy as np
def gradients(W, b, X, Y):
    z = X @ W[0] + b[0]
    N, n = Y.shape
    d = {constant} * ({output} - Y)
    return [X.T @ d], [d.sum(0)]
""", {"np": np}, names)
    return names["gradients"]


@pytest.mark.parametrize(("constant", "output", "slugs"), [
    ("1 / n", "1 / (1 + np.exp(-z))", ("batch-size-wrong-axis",)), ("1 / (N * n)", "1 / (1 + np.exp(-z))", ()),
    ("1 / n", "z", ()), ("1 / 2", "z", ("residual-halved",)), ("2", "z", ()), ("4 / N", "z", ("residual-doubled",))])
@pytest.mark.parametrize("layers", [1, [6, 5]])
def test_a_constant_that_no_cost_has_is_wrong_unless_a_cost_says_so(constant: str, output: str, slugs: tuple[str, ...], layers: Any) -> None:
    found = check_code(one_layer(constant, output), layers=layers)
    assert found.mistakes == slugs
    assert found.sentence.endswith("Only if your cost has that constant in it is it right; then give cost.") == bool(slugs)

    def cost(W: Any, b: Any, X: Any, Y: Any) -> Any:
        z = X @ W[0] + b[0]
        each = (z - Y) ** 2 / 2 if output == "z" else np.log(1 + np.exp(z)) - Y * z
        return eval(constant, dict(zip("Nn", Y.shape, strict=True))) * each.sum()

    certain = check_code(one_layer(constant, output), cost=cost, layers=layers)
    assert (certain.right, certain.certain) == (True, True)
    assert str(certain.conventions).count("before the sum") <= 1


@pytest.mark.parametrize(("dW", "db"), [("X.T @ d", "2 * d.sum(0)"), ("2 * X.T @ d", "d.sum(0)")])
def test_of_two_arrays_with_different_constants_either_may_be_wrong(dW: str, db: str) -> None:
    names: dict[str, Any] = {}
    exec(f"""
def gradients(W, b, X, Y):
    d = (X @ W[0] + b[0] - Y) / len(X)
    return [{dW}], [{db}]
""", names)
    found = check_code(names["gradients"], layers=1)
    assert len(found.mistakes) == 1
    assert "dW and db must have the same constant; which of them has the right one only cost can tell." in found.sentence
    certain = check_code(names["gradients"], layers=1, cost=lambda W, b, X, Y: ((X @ W[0] + b[0] - Y) ** 2).sum() / 2 / len(X))
    assert certain.first_wrong == ("dW[1]" if dW.startswith("2") else "db[1]")
    assert "only cost can tell" not in certain.sentence


def test_two_outputs_are_no_half() -> None:
    found = check_code(one_layer("1 / (N * n)"), layers=[3, 2])
    assert found.right
    assert str(found.conventions).endswith("output sigmoid; binary cross-entropy, mean over samples and outputs")


@pytest.mark.parametrize(("output", "says"), [
    ("1 / (1 + np.exp(-z))", "if you mean a squared error, σ′ of the output layer is missing"),
    ("1 / (1 + np.exp(-z)) - 1 + 2 * Y", "if a is P(y = 1), the target is taken the other way round"),
    ("z", "if a is σ(z) or softmax and you mean a cross-entropy, z stands where a belongs")])
def test_what_gradients_alone_cannot_tell_is_said(output: str, says: str) -> None:
    found = check_code(one_layer("1 / N", output))
    assert found.right
    assert says in found.notes[0]
    assert "activations and constant are read from them, and not judged" in found.notes[0]
