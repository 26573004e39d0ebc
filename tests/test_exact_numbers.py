"""Rounding on the way is allowed for where a number was rounded: one that is exact, however short, moves nothing."""

import math
import random
from typing import Any

import pytest

from nn.derivations import Example, check
from nn.derivations.published.printed import AGREES, DISAGREES, FOLLOWS

SIGMOID = {"activation": "sigmoid", "x": 1, "y": 0, "w1": 2, "b1": -2}
IDENTITY = {"activation": "identity", "x": 2, "y": 5, "w1": 3, "b1": 1}


@pytest.mark.parametrize(("numbers", "settings", "right", "wrong"), [
    ({"z1": "0", "a1": "0.62", "C": "0.19", "delta1": "0.15"}, SIGMOID, {"z1"}, {"a1"}),
    ({"z1": "7", "a1": "7", "C": "2.31", "delta1": "2.17"}, IDENTITY, {"z1", "a1"}, {"C", "delta1"}),
    ({"z1": "7", "delta1": "2", "dw1": "4.9", "w1_new": "2.51"}, IDENTITY, {"z1", "delta1"}, {"dw1"}),
    ({"z1": "0.5", "a1": "0.4261"}, {"activation": "tanh", "x": 1, "y": 0.5, "w1": 0.4, "b1": 0.1}, {"z1"}, {"a1"}),
    ({"z1": "0.9", "a1": "0.7190"}, {"activation": "sigmoid", "x": 1.5, "y": 4, "w1": 0.4, "b1": 0.3}, {"z1"}, {"a1"}),
])
def test_an_exact_number_allows_for_nothing(numbers: dict[str, str], settings: dict[str, Any], right: set[str],
                                            wrong: set[str]) -> None:
    found = check("one-neuron", numbers, **settings)
    assert {name for name, verdict in found.verdicts.items() if verdict.right} == right
    assert {name for name, verdict in found.verdicts.items() if not (verdict.right or verdict.follows)} == wrong


def test_a_rounded_number_moves_to_where_it_was_rounded_from_and_not_the_other_way() -> None:
    assert not check("chain", {"delta2": "-9", "dw2": "-9.3127"}).verdicts["dw2"].right  # δ₂ is −8.59
    assert check("chain", {"delta2": "-8.6", "dw2": "-8.583"}).verdicts["dw2"].right  # of δ₂ as it was
    assert check("chain", {"delta2": "-8.6", "dw2": "-8.593"}).verdicts["dw2"].right  # of δ₂ as it is written


def test_what_was_not_rounded_before_is_not_asked_for() -> None:
    found = check("one-neuron", {"z1": "0.9", "a1": "0.7190"}, activation="sigmoid", x=1.5, y=4, w1=0.4, b1=0.3)
    assert "hand them in as well" not in found.verdicts["a1"].sentence
    found = check("one-neuron", {"a1": "0.7190"}, activation="sigmoid", x=1.5, y=4, w1=0.4, b1=0.3)
    assert "hand them in as well" in found.verdicts["a1"].sentence


@pytest.mark.parametrize("digits", [2, 3, 4])
@pytest.mark.parametrize("carry", ["written", "unrounded", "one digit more"])
@pytest.mark.parametrize("seed", range(6))
def test_who_rounds_on_the_way_is_right_whatever_he_goes_on_with(seed: int, carry: str, digits: int) -> None:
    drawn = random.Random(seed)
    settings = {name: round(drawn.uniform(-1, 1), 2) for name in ("x", "y", "w1", "b1", "w2", "b2")}
    x, y, w1, b1, w2, b2 = settings.values()
    written: dict[str, str] = {}
    kept: dict[str, float] = {}

    def note(name: str, value: float) -> float:
        written[name] = f"{value:#.{digits}g}"
        kept[name] = {"written": float(written[name]), "unrounded": value}.get(carry, float(f"{value:.{digits + 1}g}"))
        return kept[name]

    z1 = note("z1", w1 * x + b1)
    a1 = note("a1", math.tanh(z1))
    z2 = note("z2", w2 * a1 + b2)
    a2 = note("a2", 1 / (1 + math.exp(-z2)))
    delta2 = note("delta2", (a2 - y) * a2 * (1 - a2))
    delta1 = note("delta1", delta2 * w2 * (1 - a1**2))
    note("dw2", delta2 * a1)
    note("dw1", delta1 * x)
    found = check("chain", written, **settings, activations=["tanh", "sigmoid"])
    assert not [verdict.sentence for verdict in found.verdicts.values() if not verdict.right]


def make_example(**printed: dict[str, Any]) -> Example:
    return Example.of("mine", {
        "output": "L", "leaves": {"x": 0.3, "w": 3.0}, "nodes": {"z": "w * x", "a": "sigmoid(z)", "L": "(a - 1)**2 / 2"},
        "printed": printed})


def test_an_exact_number_of_a_worked_example_allows_for_nothing() -> None:
    values, gradients = {"z": "0.9", "a": "0.7190", "L": "0.0395"}, {"z": "-0.0568", "w": "-0.0170"}
    found = make_example(values=values, gradients=gradients).reproduce()
    assert [row.verdict for row in found] == [AGREES, DISAGREES, FOLLOWS, FOLLOWS, FOLLOWS]


def test_what_follows_from_a_wrong_number_has_one_before_it() -> None:
    nodes = {"H": "relu(X @ W)", "p": "H @ v", "L": "mean((p - y)**2)"}
    leaves = {"X": [[0, 0], [0, 1], [1, 0], [1, 1]], "W": [[0.5, -0.3], [0.2, 0.8]], "v": [0.7, -0.6], "y": [0, 1, 1, 0]}
    printed = {"values": {"p": ["0", "-0.34", "0.35", "0.19"], "L": "0.5636"}, "gradients": {"v": ["-0.2255", "-0.4885"]}}
    found = Example.of("mine", {"output": "L", "leaves": leaves, "nodes": nodes, "printed": printed}).reproduce()
    assert [row.symbol for row in found if not row.agrees] == ["∂L/∂v₁"]
    assert found[5].describe_departure().startswith("∂L/∂v₁ is printed as -0.2255, and it is -0.2300")
