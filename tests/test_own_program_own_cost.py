"""A cost that is none of the table, or reshapes its targets or outputs: every array is judged by its numerical derivative."""

from typing import Any

import pytest

from nn.derivations import CodeDiagnosis, check_code
from nn.derivations.own_program.checking import check_code_file

SOFTMAX = "np.exp(o - o.max(1, keepdims=True)) / np.exp(o - o.max(1, keepdims=True)).sum(1, keepdims=True)"
HARD = "Y = np.eye(Y.shape[1])[Y.argmax(1)]"
COSTS = {
    "log-cosh": ("np.tanh(o - Y)", "np.log(np.cosh(o - Y)).sum()", ""),
    "quartic": ("4 * (o - Y) ** 3", "((o - Y) ** 4).sum()", ""),
    "hard labels": (f"{SOFTMAX} - Y", f"-(Y * np.log({SOFTMAX})).sum()", HARD),
    "thresholds": ("1 / (1 + np.exp(-o)) - Y", "(np.logaddexp(0, o) - Y * o).sum()", "Y = (Y > 0.3) * 1.0"),
    "hard labels, squared": ("o - Y", "((o - Y) ** 2).sum() / 2", HARD),
    "smooth labels": (f"{SOFTMAX} - Y", f"-(Y * np.log({SOFTMAX})).sum()", f"{HARD}; Y = 0.9 * Y + 0.1 / Y.shape[1]"),
    "weighted": ("(1 + np.arange(o.shape[1])) * (o - Y)", "((1 + np.arange(o.shape[1])) * (o - Y) ** 2).sum() / 2", ""),
    "penalised": ("np.tanh(o - Y)", "np.log(np.cosh(o - Y)).sum()", ""),
    "clipped": (f"{SOFTMAX} - Y", f"-(Y * np.log(np.clip({SOFTMAX}, 1e-3, 1))).sum()", HARD),
}
GELU = "z / (1 + np.exp(-1.702 * z))"


def judge(
    cost: str, *, slope: str = "1 - a ** 2", delta: str = "{}", value: str = "np.tanh(z)", biases: bool = True, layers: int = 2,
    whole: str = "{}", last: str = "{}",
) -> CodeDiagnosis:
    """The diagnosis of a program of hidden tanh and a cost of ``COSTS``, in which something is another one."""
    gradient, summed, targets = COSTS[cost]
    decay = cost == "penalised"
    names: dict[str, Any] = {}
    exec(f"""
import numpy as np
def run(W, b, X):
    zs, a = [], [X]
    for l in range(len(W)):
        z = a[-1] @ W[l] + {"b[l]" if biases else "0"}
        zs.append(z)
        a.append({value})
    return zs, a
def gradients(W, b, X, Y):
    {targets or "pass"}
    zs, activations = run(W, b, X)
    o = zs[-1]
    d = {delta.format(f"({gradient})")} / len(X)
    dW, db = [None] * len(W), [None] * len(W)
    for l in reversed(range(len(W))):
        dW[l], db[l] = activations[l].T @ d + {0.1 if decay else 0} * W[l], {"d.sum(0)" if biases else "None"}
        z, a = zs[l - 1], activations[l]
        d = d @ W[l].T * ({slope}) if l else d
    dW[-1] = {last.format("dW[-1]")}
    return dW, db
def cost(W, b, X, Y):
    {targets or "pass"}
    o = run(W, b, X)[0][-1]
    C = {summed} / len(X) + {"0.05 * sum((w ** 2).sum() for w in W)" if decay else "0"}
    return {whole.format("C")}
""", names)
    return check_code(names["gradients"], cost=names["cost"], layers=layers)


@pytest.mark.parametrize("cost", COSTS)
def test_a_right_program_stays_right(cost: str) -> None:
    found = judge(cost)
    assert found.right, found.sentence
    assert found.certain


@pytest.mark.parametrize("cost", COSTS)
def test_a_mistake_below_a_right_last_layer_is_named(cost: str) -> None:
    found = judge(cost, slope="1 - a")
    assert (found.right, found.first_wrong, found.mistakes) == (False, "dW[1]", ("derivative-one-minus",))
    assert found.verdicts["dW[2]"].right
    assert found.verdicts["db[2]"].right
    assert found.verdicts["db[1]"].follows
    assert "hidden tanh" in str(found.conventions)
    assert "Give cost" not in found.sentence


@pytest.mark.parametrize("cost", ["log-cosh", "hard labels", "quartic"])
def test_so_it_is_in_three_layers_and_without_biases(cost: str) -> None:
    deep = judge(cost, slope="1", layers=3)
    assert deep.mistakes == ("hidden-derivative-missing",)
    assert [v.array for v in deep.verdicts.values() if v.wrong] == ["dW[2]", "dW[1]"]
    bare = judge(cost, slope="1 - a", biases=False)
    assert bare.mistakes == ("derivative-one-minus",)
    assert bare.verdicts["dW[2]"].right


@pytest.mark.parametrize(("delta", "slug"), [("-{}", "gradient-sign"), ("len(X) * {}", "sum-for-mean"), ("3 * {}", "constant-of-array")])
def test_a_constant_before_a_cost_of_ones_own_is_named(delta: str, slug: str) -> None:
    found = judge("log-cosh", delta=delta)
    assert (found.first_wrong, found.mistakes) == ("dW[2]", (slug,))
    assert all(verdict.follows for name, verdict in found.verdicts.items() if name != "dW[2]")
    assert "a − y" not in found.sentence


@pytest.mark.parametrize("whole", ["{}", "np.sqrt({})", "{} ** 2"])
def test_a_gradient_of_another_cost_is_wrong_in_the_last_layer(whole: str) -> None:
    found = judge("log-cosh", delta="(o - Y) + 0 * {}", whole=whole)
    assert (found.first_wrong, found.mistakes) == ("dW[2]", ("gradient-of-another-cost",))
    assert "δ⁽²⁾ is that of another cost: squared error Σ(a − y)², output identity; with your cost δ⁽²⁾ = ∂C/∂z⁽²⁾" in found.sentence
    assert not any(verdict.right for verdict in found.verdicts.values())


@pytest.mark.parametrize(("delta", "said"), [
    ("p - Y + 0 * {}", "binary cross-entropy"), ("p - 1 + Y + 0 * {}", "cross-entropy with a = P(y = 0)"),
    ("(p - Y) * p * (1 - p) / (p * (1 - p) + 1e-7) + 0 * {}", "binary cross-entropy with ε = 1e-07 in a denominator")])
def test_another_cost_is_said_in_words(delta: str, said: str) -> None:
    found = judge("log-cosh", delta=delta.replace("p", "(1 / (1 + np.exp(-o)))"))
    assert found.mistakes == ("gradient-of-another-cost",)
    assert f"δ⁽²⁾ is that of another cost: {said}, output sigmoid; with your cost" in found.sentence


def test_a_cost_of_the_table_that_is_asked_for_is_named_where_the_program_has_another() -> None:
    source = """
import numpy as np
def gradients(W, b, X, Y):
    d = 2 * (X @ W[0] + b[0] - Y) / Y.size
    return [X.T @ d], [d.sum(0)]
def cost(W, b, X, Y):
    return np.log(np.cosh(X @ W[0] + b[0] - Y)).sum()
"""
    found = check_code_file("one.py", source, cost="mean_squared_error", layers=1)
    assert "δ⁽¹⁾ is that of another cost: mean_squared_error, output identity; with your cost" in found.sentence


def test_with_an_activation_of_ones_own_the_derivative_of_the_cost_judges_each_array() -> None:
    found = judge("log-cosh", value=GELU, slope="1 / (1 + np.exp(-1.702 * z))")
    assert (found.right, found.first_wrong, found.mistakes) == (False, "dW[1]", ())
    assert [name for name, verdict in found.verdicts.items() if verdict.right] == ["dW[2]", "db[2]"]
    assert "dW[1] is not the derivative of your cost. All entries differ" in found.sentence
    assert "none of the table" in found.sentence
    deep = judge("log-cosh", value=GELU, slope="1 / (1 + np.exp(-1.702 * z))", layers=3)
    assert [v.judged for v in deep.verdicts.values()] == [True] * 4 + [False] * 2
    last = judge("log-cosh", value=GELU, slope="0 * z", last="2 * {}")
    assert last.first_wrong == "dW[2]"
    assert last.verdicts["db[2]"].right


@pytest.mark.parametrize(("whole", "said"), [
    ("None", "it returns None"), ("{} + 0 * X", "it returns an array of shape (7, 4)"),
    ("1 / 0", "it raises ZeroDivisionError"), ("{} * np.inf", "is nan or inf"), ("{} * np.log(W[0].min())", "is nan or inf"),
    ("[{}, 'a']", "it returns list")])
def test_a_cost_that_is_no_number_is_said_and_not_used(whole: str, said: str) -> None:
    found = judge("hard labels", whole=whole)
    assert found.right
    assert not found.certain
    assert said in found.notes[0]
    assert said in judge("hard labels", whole=whole, slope="1 - a").notes[0]


def test_a_penalty_is_not_certain_by_a_cost_without_lam() -> None:
    def gradients(W: Any, b: Any, X: Any, Y: Any, lam: float) -> Any:
        d = (X @ W[0] + b[0] - Y) / len(X)
        return [X.T @ d + lam * W[0]], [d.sum(0)]

    def cost(W: Any, b: Any, X: Any, Y: Any, lam: float = 0) -> Any:
        return ((X @ W[0] + b[0] - Y) ** 2).sum() / 2 / len(X) + lam / 2 * (W[0] ** 2).sum()

    assert check_code(gradients, cost=cost).certain
    found = check_code(gradients, cost=lambda W, b, X, Y: cost(W, b, X, Y), layers=1)
    assert found.right
    assert not found.certain
    assert "give cost the parameter lam" in found.notes[0]


def test_a_cost_that_is_cut_off_near_0_is_said() -> None:
    assert "np.clip" in judge("clipped").notes[0]
    assert not any("np.clip" in note for note in judge("hard labels").notes)
