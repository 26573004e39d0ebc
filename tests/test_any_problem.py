"""Any problem in any notation: hand lines, general statement and engine agree, and own lines are called right."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from any_problem import ELEMENTWISE, PENALTIES, list_activations, make_settings, write_own_lines
from corpus.corpus import numbers, world_of, wrong_numbers
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autograd_lite import operation, trace
from nn import costs
from nn.costs import COSTS
from nn.derivations import LECTURES, check, compare
from nn.derivations.general import solve as by_general_statement
from nn.derivations.internal import write_hand_javascript
from nn.derivations.neutral import to_lecture_form
from visualize.commands.cli import main

EXACT = 1e-12  # of the largest number of the problem
OUTPUTS = (*ELEMENTWISE, "softmax")


@st.composite
def any_settings(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A lecture and settings of the product space."""
    id, cost = draw(st.sampled_from(list(LECTURES))), draw(st.sampled_from(list(COSTS)))
    hidden, output = draw(st.sampled_from(ELEMENTWISE)), draw(st.sampled_from(OUTPUTS))
    assume(list_activations(id, cost, output, hidden))
    return id, make_settings(id, cost, hidden, output, draw(st.sampled_from(PENALTIES)), draw(st.booleans()), draw(st.sampled_from([1, 4])),
                             draw(st.integers(0, 10**6)), draw(st.sampled_from([2, 3] if output == "softmax" else [1, 2, 3])))


def assert_all_three_agree(id: str, chosen: Mapping[str, Any]) -> None:
    found = compare(id, **chosen)
    lecture = LECTURES[id]
    conventions = lecture.conventions(found.settings)
    general = to_lecture_form(by_general_statement(lecture.problem(found.settings), conventions), conventions)
    largest = max(1.0, *(abs(row.hand) for row in found.rows))
    assert max(abs(row.hand - row.autodiff) for row in found.rows) <= EXACT * largest
    assert set(general) == set(found.hand) == set(found.autodiff)
    for kind, value in general.items():
        layers, others = (value, found.hand[kind]) if isinstance(value, dict) else ({0: value}, {0: found.hand[kind]})
        assert set(layers) == set(others)
        for layer, array in layers.items():
            assert np.shape(array) == np.shape(others[layer])
            assert np.abs(array - others[layer]).max() <= EXACT * largest, (kind, layer)


@settings(max_examples=40, deadline=None)
@given(any_settings())
def test_hand_lines_general_statement_and_engine_agree(drawn: tuple[str, dict[str, Any]]) -> None:
    assert_all_three_agree(*drawn)


@pytest.mark.exhaustive
@settings(max_examples=3000, deadline=None)
@given(any_settings())
def test_they_agree_on_many_problems(drawn: tuple[str, dict[str, Any]]) -> None:
    assert_all_three_agree(*drawn)


def assert_own_lines_are_right(id: str, chosen: dict[str, Any]) -> None:
    found = check(id, write_own_lines(id, chosen), **chosen)
    assert found.right, [verdict.sentence for verdict in found.verdicts.values() if not verdict.right]
    assert not any("Right for" in note for note in found.notes)


@pytest.mark.parametrize(("id", "cost", "hidden", "output", "samples"), [
    ("rows", "softmax_cross_entropy", "relu", "softmax", 4), ("layers", "binary_cross_entropy", "tanh", "sigmoid", 1),
    ("rss", "mean_squared_error", "tanh", "softmax", 4), ("bernoulli", "root_squared_error", "silu", "tanh", 1),
    ("columns", "residual_sum_of_squares", "elu", "identity", 4), ("chain", "bernoulli", "softplus", "sigmoid", 1),
])
def test_own_lines_are_called_right(id: str, cost: str, hidden: str, output: str, samples: int) -> None:
    assert_own_lines_are_right(id, make_settings(id, cost, hidden, output, PENALTIES[2] if samples == 4 else {}, True, samples, 7))


@pytest.mark.exhaustive
@settings(max_examples=150, deadline=None)
@given(any_settings())
def test_own_lines_are_called_right_in_many_problems(drawn: tuple[str, dict[str, Any]]) -> None:
    assert_own_lines_are_right(*drawn)


PLANTED: list[tuple[str, dict[str, Any]]] = [
    ("rows", {"cost": "softmax_cross_entropy", "activations": ("relu", "softmax")}),
    ("layers", {"cost": "mean_squared_error", "activations": ("relu", "relu", "tanh"), "penalty": "l2_half", "lam": 0.2, "penalise": "all"}),
    ("rss", {"cost": "binary_cross_entropy", "activations": ("tanh", "sigmoid")}),
    ("columns", {"cost": "root_squared_error", "activations": ("tanh", "sigmoid"), "penalty": "l1", "lam": 0.3}),
    ("bernoulli", {"cost": "binary_cross_entropy", "activations": ("sigmoid",), "b": None}),
    ("chain", {"cost": "bernoulli", "activations": ("tanh", "sigmoid"), "y": 1.0})]


def assert_named(id: str, form: dict[str, Any], every: int) -> None:
    right = numbers(world_of(id, form))
    planted = [(case, table) for case, table in wrong_numbers(id, form) if not np.allclose(
        np.array(table[case.quantity], dtype=float), np.array(right[case.quantity], dtype=float), rtol=1e-3, atol=1e-4)]
    assert len(planted) > 80  # those that are no mistake here, such as the residual for δ beside softmax, are left out
    for case, table in planted[::every]:
        found = check(id, table, **case.settings)
        slugs = {case.mistake.slug, case.mistake.same}  # the same line by another name, where what tells them apart is 0
        assert slugs & set(found.verdicts[case.quantity].mistakes), (case, found.verdicts[case.quantity])
        assert not [name for name, verdict in found.verdicts.items() if verdict.wrong and name != case.quantity]


def test_mistakes_of_the_catalogue_are_named_beside_softmax() -> None:
    assert_named(*PLANTED[0], every=100)


@pytest.mark.exhaustive
@pytest.mark.parametrize(("id", "form"), PLANTED)
def test_mistakes_of_the_catalogue_are_named_in_any_problem(id: str, form: dict[str, Any]) -> None:
    assert_named(id, form, every=9)


def test_a_cost_and_an_activation_of_ones_own_are_derived_and_checked() -> None:
    costs.cost("own_huber", "1/2 * (a - y)**2 if abs(a - y) < 1 else abs(a - y) - 1/2", "max(-1, min(1, a - y))")
    operation("own_gelu", "a * sigmoid(1.702 * a)", "sigmoid(1.702 * a) * (1 + 1.702 * a * sigmoid(-1.702 * a))")
    for id in ("rows", "layers"):
        chosen: dict[str, Any] = {"cost": "own_huber", "activations": "own_gelu"}
        assert_all_three_agree(id, chosen)
        y = "Y" if id == "rows" else "y"
        hidden = "delta_next @ W_next.T" if id == "rows" else "W_next.T @ delta_next"
        lines = {"delta_output": f"maximum(-1, minimum(1, post - {y})) * df(pre)", "delta_hidden": f"({hidden}) * df(pre)"}
        assert check(id, lines, **chosen).right
        found = check(id, lines | {"delta_hidden": hidden}, **chosen)
        assert found.verdicts["delta_hidden"].mistakes == ("hidden-derivative-missing",)


@pytest.mark.parametrize("id", ["one-neuron", "chain", "layers", "rows"])
def test_a_penalty_is_added_to_each_case_of_a_cost(id: str) -> None:
    costs.cost("cases", "(a - y)**2 if abs(a - y) < 5 else 10 * abs(a - y) - 25",
               "2 * (a - y) if abs(a - y) < 5 else 10 * sign(a - y)")
    assert_all_three_agree(id, {"cost": "cases", "penalty": "l2", "lam": 0.5})


@pytest.mark.parametrize(("id", "given", "said"), [
    ("rows", {"activations": ["softmax", "relu"]}, "softmax in activations must be the last"),
    ("rows", {"activations": ["relu", "relu", "relu"]}, "activations needs one name, or one for each of the 2 layers; it got 3"),
    ("rows", {"cost": "softmax_cross_entropy"}, "takes the pre-activations of a softmax output, and the activation of the output layer is sigmoid"),
    ("layers", {"cost": "binary_cross_entropy", "activations": "tanh"}, "takes probabilities, .* give activations, the last of them sigmoid"),
    ("layers", {"cost": "cross_entropy", "activations": ["tanh", "tanh", "softmax"], "y": [0.5, 0.6]}, "add up to 1 for each sample, .*; y adds up to 1.1"),
    ("layers", {"cost": "binary_cross_entropy", "y": [0.5, 1.6]}, "lie between 0 and 1, and y has 1.6"),
    ("layers", {"X": [[1, 2]]}, "X and Y are given together"), ("layers", {"penalty_constant": "0"}, "a number above 0, such as 1/2, not '0'"),
    ("layers", {"cost": "hinge"}, "unknown cost 'hinge'"), ("bernoulli", {"t": [0, 1]}, "t has 2 numbers, and the layer of W.2. 1 unit"),
    ("columns", {"activation": "relu", "activations": "tanh"}, "activation and activations are both given"),
])
def test_what_does_not_fit_is_said_in_one_sentence(id: str, given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said) as error:
        compare(id, **given)
    assert "\n" not in str(error.value)


def test_the_command_line_takes_any_problem(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["rows", "--activations", "relu", "softmax", "--cost", "softmax_cross_entropy"]
    assert main(["compare", *words]) == 0
    out = capsys.readouterr().out
    assert "activations = relu softmax, cost = softmax_cross_entropy" in out
    assert "a⁽³⁾[i] = softmax(z⁽³⁾[i])" in out
    assert "δ⁽³⁾[i] = a⁽³⁾[i] − Y[i]" in out
    assert main(["step", *words, "--all"]) == main(["draw", *words, "--view", "network", "-o", "n.svg"]) == main(["page", *words]) == 0
    assert "E = 0.4221" in (tmp_path / "n.svg").read_text(encoding="utf-8")
    assert (tmp_path / "rows.html").exists()


@pytest.mark.parametrize(("id", "given"), [("layers", {"penalty": "l1", "lam": 0.1, "penalise": "all", "activations": ["tanh", "relu", "softmax"]}),
                                           ("rss", {"X": [[1, 2], [3, 4]], "Y": [[0, 1], [1, 0]], "cost": "mean_squared_error"}),
                                           ("bernoulli", {"b": None, "cost": "root_squared_error"})])
def test_the_page_computes_the_same_by_hand(id: str, given: dict[str, Any]) -> None:
    found = compare(id, **given)
    leaves = [node.name for node in trace(LECTURES[id].record(found.settings).cost).nodes if not node.operation]
    source, places = write_hand_javascript(found, leaves)
    assert set(places) == {row.symbol for row in found.rows}
    assert "undefined" not in source
