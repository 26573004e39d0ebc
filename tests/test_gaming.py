"""A derivation that shows nothing earns nothing: zeros, constants, copies, one digit. Honest numbers keep their points."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from corpus.corpus import FORMS
from corpus.gaming import play

from nn.derivations import check

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parent / "derivations" / "public"
ONE_FORM = {id: i for i, (id, _) in reversed([*enumerate(FORMS)])}.values()


@pytest.mark.parametrize("form", [
    pytest.param(form, id=str(form), marks=[] if i in ONE_FORM else pytest.mark.exhaustive) for i, form in enumerate(FORMS)])
def test_what_shows_nothing_earns_nothing(form: tuple[str, dict[str, Any]]) -> None:
    games = list(play(*form))
    assert len(games) > 10
    assert not [game for game in games if game.undeserved]


@pytest.mark.parametrize(("file", "lecture"), [("zeros", "chain"), ("zero_formulas", "chain"), ("one_digit", "chain"),
                                               ("zero_layers", "layers")])
def test_files_of_zeros_and_of_one_digit_earn_nothing(file: str, lecture: str) -> None:
    found = check(lecture, tomllib.loads((FOLDER / f"{file}.toml").read_text(encoding="utf-8")))
    assert not [name for name, verdict in found.verdicts.items() if verdict.right or verdict.follows]
    assert not found.right


def test_a_number_in_one_digit_is_not_judged_unless_it_is_wrong_or_exact() -> None:
    found = check("chain", {"delta2": "-9", "delta1": "0.00", "dw1": "3"})
    rough, zero, wrong = found.verdicts.values()
    assert not rough.judged
    assert not zero.judged
    assert not any((rough.right, rough.follows, rough.wrong))
    assert "two more digits" in rough.sentence
    assert wrong.wrong
    assert found.first_wrong == "dw1"
    exact = check("one-neuron", {"z1": "7", "a1": "7", "delta1": "2"}, activation="identity", x=3, w1=2, b1=1, y=5)
    assert exact.right


def test_an_honest_zero_is_right() -> None:
    dead = {"activations": ["relu", "identity"], "x": 1.0, "w1": -1.0, "b1": 0.2, "w2": 2.0, "b2": 0.1, "y": 3.0}
    for zero in ("0", "0.000", 0.0):
        assert check("chain", {"a1": zero, "delta2": "-2.9", "delta1": zero, "dw1": zero, "db1": zero}, **dead).right


def test_small_entries_beside_large_ones_are_judged() -> None:
    found = check("layers", {"dW[1]": [["0.50", "0.00", "0.01"]]}, x=[1.0, 0.001, 0.02], W=[[[0.3, 0.2, 0.1]]], b=[[0.2]],
                  y=[0.1])
    assert found.verdicts["dW[1]"].judged


def test_a_rule_on_a_wrong_line_that_is_not_trivial_follows() -> None:
    found = check("chain", {"delta2": "2*(a2 - y)", "delta1": "2*(a2 - y)*w2*df1(z1)", "db2": "delta2", "dw1": "delta1*x"})
    assert [verdict.follows for verdict in found.verdicts.values()] == [False, True, True, True]
    found = check("chain", {"delta2": "0*y", "db2": "delta2", "dw2": "0*a1"})
    assert found.verdicts["db2"].follows  # the rule itself
    assert not found.verdicts["dw2"].judged
    assert "not judged" in found.verdicts["dw2"].sentence
    found = check("chain", {"delta2": "-17.18", "db2": "-17.18", "dw2": "-17.166", "conventions": "given"})
    assert [verdict.follows for verdict in found.verdicts.values()] == [False, True, True]
