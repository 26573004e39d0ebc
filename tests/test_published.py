"""The published examples: every printed number to its last digit, and data files that say what is wrong with them."""

import json
import tomllib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from nn.derivations import Example, Printed, examples
from nn.derivations.published import AGREES, DISAGREES, ROUNDED

# example -> how many numbers LECTURES lists for it
COUNTS = {"mazur": 18, "cs231n-circuit": 4, "cs231n-neuron": 6, "karpathy": 7, "oslo": 8}


def test_these_are_the_four_examples() -> None:
    assert {id: len(example.reproduce()) for id, example in examples().items()} == COUNTS
    assert sorted({example.number for example in examples().values()}) == [1, 2, 3, 4]
    assert all(example.source for example in examples().values())


@pytest.mark.parametrize("id", COUNTS)
def test_every_printed_number_is_reproduced(id: str) -> None:
    for row in examples()[id].reproduce():
        assert row.agrees, row
        # told apart from its neighbours: the digits are really compared
        last = Decimal(1).scaleb(int(Decimal(row.printed).as_tuple().exponent))
        if last > Decimal("1e-15"):
            for neighbour in (Decimal(row.printed) + last, Decimal(row.printed) - last):
                assert not Printed(row.symbol, str(neighbour), row.autodiff).agrees


def test_the_numbers_are_the_authors() -> None:
    printed = {(id, row.symbol): row.printed for id, example in examples().items() for row in example.reproduce()}
    assert printed["mazur", "new w₈"] == ".561370121"
    assert printed["mazur", "∂E/∂net_o1"] == ".138498562"
    assert printed["cs231n-neuron", "∂f/∂x₁"] == "-.59"
    assert printed["karpathy", "o"] == ".7071067811865476"
    assert printed["oslo", "∂C/∂z₁"] == "-.0029287100465756185"


def test_a_bias_is_shared_by_its_layer_and_frozen() -> None:
    example = examples()["mazur"]
    nodes = example.record()
    assert [nodes[f"net_{unit}"].parents[-1] for unit in ("h1", "h2")] == [nodes["b1"]] * 2
    assert not {"b1", "b2"} & set(example.update["parameters"])
    nodes["E"].backward()
    assert nodes["b2"].grad == pytest.approx(nodes["net_o1"].grad + nodes["net_o2"].grad)


def test_reproducing_twice_gives_the_same() -> None:
    assert examples()["mazur"].reproduce() == examples()["mazur"].reproduce()


@pytest.mark.parametrize(("wrong", "sentence"), [
    ({"nodes": {"q": "x + y", "f": "q * w"}}, r"the formula of f, 'q \* w', is wrong: name 'w' is not defined"),
    ({"nodes": {"q": "x + y", "f": "2.0 + 1"}}, "the formula of f, '2.0 \\+ 1', has no leaf or node in it"),
    ({"nodes": {"x": "y + z", "f": "x * z"}}, "x is a leaf and a node"), ({"output": "Q"}, "unknown name 'Q'; did you mean 'q'"),
    ({"printed": {"gradients": {"w": "1"}}}, "unknown name among the printed gradients 'w'"),
    ({"printed": {"grads": {"x": "1"}}}, "unknown kind of printed number 'grads'"),
    ({"printed": {"values": {"f": -12}}}, "the printed f must be a number in quotation marks"),
    ({"printed": {"values": {"f": "abc"}}}, "the printed f must be a number in quotation marks, such as .*, not 'abc'"),
    ({"update": {"eta": 0.5, "parameters": ["w9"]}}, "unknown name 'w9'"), ({"leaves": {"x": "1", "y": 2.0}}, "must be a number"),
    ({"number": "4"}, "number must be a whole number, not '4'"),
])
def test_a_wrong_data_file_is_named(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=f"the published example cs231n-circuit is wrong: .*{sentence}"):
        replace(examples()["cs231n-circuit"], **wrong)


def test_examples_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        examples()["mazur"].leaves["w1"] = 99.0  # type: ignore[index]
    with pytest.raises(TypeError):
        examples()["mazur"].printed["values"]["E"] = "1"  # type: ignore[index]


@pytest.mark.parametrize(("printed", "value", "agrees"), [
    (".3775", 0.37754999, True), (".3775", 0.37755001, False), ("-12", -12.4999, True), ("-12", -12.6, False), ("0", 0.0, True),
    ("-.20", -0.1951, True), ("-.20", -0.1949, False), (".7071067811865476", 0.7071067811865477, True),
    (".7071067811865476", 0.7071067811865479, False), ("1.50", 1.504, True), ("1.50", 1.506, False), ("1e3", 1400.0, True),
])
def test_half_a_unit_of_the_last_digit_counts(printed: str, value: float, agrees: bool) -> None:
    assert Printed("f", printed, value).agrees is agrees


def test_data_files_travel_with_the_package() -> None:
    text = (Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8")
    assert '"nn.derivations.published" = ["*.toml"]' in text


FOLDER = Path(__file__).parent / "derivations" / "published"
EXPECTED = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))


def read_example(id: str) -> Example:
    return Example(id=id, **({"update": {}} | tomllib.loads((FOLDER / f"{id}.toml").read_text(encoding="utf-8"))))


@pytest.mark.parametrize("id", [id for id, case in EXPECTED.items() if case["agree"] == "all"])
def test_what_others_published_and_is_right_agrees(id: str) -> None:
    assert all(row.agrees for row in read_example(id).reproduce())


@pytest.mark.parametrize(("id", "right"), [
    ("postnetwork-softmax", {"z₁", "z₂", "a₁", "a₂", "z₃"}),  # z₄ is 0.157
    ("prachub-bptt", {"h₁", "y₁", "a₂", "L₁"}),  # tanh(1.04621) is 0.7803; 0.00288 can come of y₁ = 0.92415
    ("primelearnpoint-222", {"net1"}),  # two different biases
])
def test_what_others_published_and_is_wrong_disagrees_from_where_it_goes_wrong(id: str, right: set[str]) -> None:
    assert EXPECTED[id]["agree"] != "all"
    assert {row.symbol for row in read_example(id).reproduce() if row.agrees} == right


def test_a_number_that_comes_of_rounded_ones_agrees_but_for_rounding_on_the_way() -> None:
    found = {row.symbol: row.verdict for row in read_example("prachub-bptt").reproduce()}
    assert found["y₁"] == AGREES
    assert found["L₁"] == ROUNDED
    assert [row.symbol for row in read_example("prachub-bptt").reproduce() if row.rounded] == ["L₁"]
    assert found["L₂"] == DISAGREES
    example = replace(examples()["mazur"], printed={
        "values": {"out_o1": ".751"}, "gradients": {"out_o1": ".741", "net_o1": ".1386", "w5": ".08224"}})
    assert [row.verdict for row in example.reproduce()] == [AGREES, AGREES, ROUNDED, ROUNDED]
    wrong = replace(example, printed={"values": {"out_o1": ".751"}, "gradients": {"net_o1": ".1399"}})
    assert [row.agrees for row in wrong.reproduce()] == [True, False]


@pytest.mark.parametrize(("printed", "value"), [("0.078", 0.0775), ("0.077", 0.0775), ("-0.078", -0.0775), (".2", 0.25), (".3", 0.25)])
def test_a_number_half_way_between_two_may_be_rounded_either_way(printed: str, value: float) -> None:
    assert Printed("f", printed, value).agrees
