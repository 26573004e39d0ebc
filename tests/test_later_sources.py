"""A line that goes back from the lecture's own value of a later quantity shows nothing: it is not judged."""

from typing import Any

import pytest

from nn.derivations import check

SIGMOIDS = {"activations": ["sigmoid", "sigmoid"]}


@pytest.mark.parametrize(("id", "derivation", "judged", "settings"), [
    ("chain", {"delta2": "(b2 - b2_new)/eta", "dw1": "(w1 - w1_new)/eta", "db1": "(b1 - b1_new)/eta"}, [], SIGMOIDS),
    ("chain", {"delta2": "db2", "delta1": "db1", "dw1": "db1*x"}, ["dw1"], SIGMOIDS),  # db₁ is no later than dw₁
    ("chain", {"a1": "(z2 - b2)/w2", "z1": "log(a1/(1-a1))", "a2": "y + delta2/df2(z2)", "delta2": "dw2/a1"}, [], SIGMOIDS),
    ("chain", {"delta2": lambda db2: db2, "db1": lambda delta1: delta1}, ["db1"], {}),
    ("layers", {"delta_output": "(b - b_new)/eta", "dW": "(W - W_new)/eta"}, [], {}),
    ("bernoulli", {"delta_output": "db"}, [], {}),
    ("examples/lectures/numbered_layers.toml", {"lines": "dW1 = (W1 - W1_new) / η"}, [], {}),
])
def test_a_line_solved_from_a_later_quantity_that_was_not_handed_in_is_not_judged(
        id: str, derivation: dict[str, Any], judged: list[str], settings: dict[str, Any]) -> None:
    found = check(id, derivation, **settings)
    assert [name for name, verdict in found.verdicts.items() if verdict.judged] == judged
    assert not found.first_wrong
    assert all("comes later and was not handed in" in verdict.sentence
               for verdict in found.verdicts.values() if not verdict.judged)


def test_it_is_right_where_the_later_quantity_was_handed_in() -> None:
    found = check("chain", {"delta2": "db2", "db2": "(a2 - y)*a2*(1 - a2)", "z1": "log(a1/(1-a1))",
                            "a1": "1/(1+exp(-w1*x-b1))"}, **SIGMOIDS)
    assert found.right


def test_a_wrong_one_is_wrong() -> None:
    found = check("chain", {"delta2": "2*db2", "dw2": "delta2*z1"}, **SIGMOIDS)
    assert found.first_wrong == "delta2"
    assert found.verdicts["dw2"].mistakes == ("pre-for-post",)


@pytest.mark.parametrize(("id", "quantity", "line"), [
    ("chain", "delta1", "∂C/∂z₁"), ("chain", "delta1", r"\frac{\partial C}{\partial z_1}"), ("chain", "dw1", "∂C/∂w₁"), ("chain", "a1", "a1"),
    ("layers", "delta_hidden", "∂C/∂z^l"), ("layers", "dW", r"\partial C/\partial w_{jk}^l"), ("rss", "delta_output", "−∂RSS/∂z")])
def test_a_definition_is_neither_right_nor_wrong(id: str, quantity: str, line: str) -> None:
    (verdict,) = check(id, {quantity: line}).verdicts.values()
    assert (verdict.judged, verdict.wrong, verdict.decided_by) == (False, False, "named")
    assert "what it is called" in verdict.sentence


@pytest.mark.parametrize(("id", "quantity", "line"), [
    ("chain", "delta2", "2*delta2"), ("chain", "delta1", "delta1*w2"), ("layers", "δ^l", "δ^l f'(z^l)"), ("layers", "post", "f(a)"),
    ("columns", "δ^(l)", "(W^(l))^T δ^(l) ⊙ f'(z^l)"), ("layers", "δ_j^l", "Σ_k δ_k^l w_kj^l σ'(z_j^l)")])
def test_a_line_that_is_calculated_from_itself_is_wrong_and_the_others_are_judged(id: str, quantity: str, line: str) -> None:
    beside = {"dw2": "delta2*a1"} if id == "chain" else {"dW": "δ_j^(l+1) a_k^l" if id == "columns" else "δ_j a_k"}
    found = check(id, {quantity: line, **beside}).verdicts
    assert [(verdict.wrong, verdict.right) for verdict in found.values()] == [(True, False), (False, True)]
    assert "it is calculated from itself" in next(iter(found.values())).sentence


def test_a_delta_of_minus_one_is_calculated_all_the_same() -> None:
    """Whether a line gives its own quantity back is asked with other numbers, of −1 too: δ of a root is ±1."""
    found = check("one-neuron", {"delta1": "(2 * (a1 - y)) / (2 * C) * df1(z1)", "db1": "delta1"}, cost="root_squared_error",
                  activation="identity", x=0.2, w1=1.38, b1=0.66, y=1.38)
    assert found.right
