"""A line that ends in a number, or is arithmetic, is that number for the given inputs; parts of a line that differ are said."""

from typing import Any

import pytest

from nn.derivations import check

ON = {"activation": "sigmoid", "x": 1.5, "y": 4, "w1": 0.4, "b1": 0.3}


@pytest.mark.parametrize("lines", [
    {"z1": "w1*x + b1 = 0.9", "a1": "sigmoid(z1) = 0.7109", "delta1": "(a1 - y)*a1*(1 - a1) = -0.6760", "dw1": "δ₁ x = -1.014"},
    {"z1": "0.4*1.5 + 0.3 = 0.9", "a1": "1/(1+e^-0.9) = 0.7109", "delta1": "(0.7109 - 4)*0.7109*(1 - 0.7109) = −0,6760"},
    {"z1": "0.4·1.5 + 0.3", "dw1": "-0.6759*1.5"},
    {"z1": "z1 = 0.4·1.5 + 0.3 = 0.9", "C": "½ (0.7109 - 4)^2", "delta1": "-0.6759"},
])
def test_it_is_the_number_for_the_given_inputs(lines: dict[str, str]) -> None:
    found = check("one-neuron", lines, **ON)
    assert found.right
    assert {verdict.form for verdict in found.verdicts.values()} == {"numbers"}
    assert not any("contradicts" in note for note in found.notes)


def test_a_wrong_number_at_the_end_is_wrong_alone() -> None:
    found = check("one-neuron", {"z1": "w1*x + b1 = 0.9", "delta1": "-0.6759", "dw1": "delta1*x = -1.1014"}, **ON)
    assert found.first_wrong == "dw1"
    assert [note for note in found.notes if "contradicts" in note] == [
        "∂C/∂w₁: your line contradicts itself, for delta1*x is not -1.1014. The last one is judged."]


def test_arithmetic_is_as_certain_as_its_decimals() -> None:
    assert check("chain", {"delta2": "0.4098 - 9", "dw2": "-8.5902*0.99915", "dw1": "-0.0029287*4"}).right
    assert check("one-neuron", {"dw1": "-0.7*1.5"}, **ON).verdicts["dw1"].decided_by == "digits"
    assert check("one-neuron", {"dw1": "-0.679*1.5"}, **ON).first_wrong == "dw1"


def test_the_cost_of_a_network_may_end_in_a_number() -> None:
    found = check("layers", {"C": "½ sum((a - y)**2) = 0.3319", "delta_output": "(a - y) * df(z)"})
    assert found.right


@pytest.mark.parametrize(("id", "derivation", "settings", "quantity"), [
    ("chain", {"delta1": "δ₂·σ₁′(z₁) = δ₂·w₂·a₁(1 − a₁)"}, {"activations": ["sigmoid", "sigmoid"]}, "δ₁"),
    ("chain", {"dw2": "∂C/∂w₂ = δ₂ z₁ = δ₂ a₁"}, {}, "∂C/∂w₂"),
    ("layers", {"dW": "∂C/∂W^l = δ^l (z^{l-1})^T = δ^l (a^{l-1})^T"}, {}, "∂C/∂w⁽ˡ⁾"),
    ("one-neuron", {"z1": "w1*x - b1 = 0.9"}, ON, "z₁"),
])
def test_parts_that_contradict_each_other_are_said(id: str, derivation: dict[str, str], settings: dict[str, Any],
                                                   quantity: str) -> None:
    found = check(id, derivation, **settings)
    assert found.right  # the last one is
    assert [note.partition(":")[0] for note in found.notes if "contradicts itself" in note] == [quantity]


@pytest.mark.parametrize(("derivation", "settings"), [
    ({"delta2": "∂C/∂z₂ = ∂C/∂a₂·∂a₂/∂z₂ = (a₂ − y) σ₂′(z₂) = (a₂ − y) a₂ (1 − a₂)", "dw2": "∂C/∂z₂·∂z₂/∂w₂ = δ₂ a₁"}, {}),
    ({"delta2": "-∂C/∂z₂ = (y - a₂)·σ₂′(z₂) = (y-a₂) a₂ (1-a₂)", "delta1": "δ₂·w₂·σ₁′(z₁) = δ₂ w₂ a₁ (1-a₁)",
      "dw1": "-δ₁·x = -δ₂·w₂·a₁·(1-a₁)·x"}, {}),
    ({"delta1": "δ₂·σ₁′(z₁)", "dw1": "δ₁·x = δ₂·σ₁′(z₁)·x"}, {}),  # wrong, and of one mind
])
def test_parts_that_are_equal_are_not(derivation: dict[str, str], settings: dict[str, Any]) -> None:
    found = check("chain", derivation, activations=["sigmoid", "sigmoid"], **settings)
    assert not any("contradicts" in note for note in found.notes)
