"""The published examples: every printed number to its last digit, and data files that say what is wrong with them."""

import json
import math
import operator
import random
from dataclasses import fields, replace
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from nn.derivations import Example, Printed, examples
from nn.derivations.published import AGREES, DISAGREES, FOLLOWS, ROUNDED
from visualize.commands.cli import main

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


def read_published(id: str) -> Example:
    """The example as a file of a user's is read, with every check."""
    return Example.read(str(files("nn.derivations.published").joinpath(f"{id}.toml")))


@pytest.mark.parametrize(("wrong", "sentence"), [
    ({"nodes": {"q": "x + y", "f": "q * w"}}, r"the formula of f, 'q \* w', is wrong: unknown name 'w'"),
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
    with pytest.raises(ValueError, match=f"the worked example cs231n-circuit is wrong: .*{sentence}"):
        replace(read_published("cs231n-circuit"), **wrong)


@pytest.mark.parametrize("id", examples())
def test_what_is_shipped_is_whole(id: str) -> None:
    whole = read_published(id)
    assert all(getattr(whole, field.name) == getattr(examples()[id], field.name) for field in fields(whole))


def test_examples_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        examples()["mazur"].leaves["w1"] = 99.0  # type: ignore[index]
    with pytest.raises(TypeError):
        examples()["mazur"].printed["values"]["E"] = "1"


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
    return Example.read(FOLDER / f"{id}.toml")


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
    assert found["L₂"] == FOLLOWS
    example = replace(examples()["mazur"], printed={
        "values": {"out_o1": ".751"}, "gradients": {"out_o1": ".741", "net_o1": ".1386", "w5": ".08224"}})
    assert [row.verdict for row in example.reproduce()] == [AGREES, AGREES, ROUNDED, ROUNDED]
    wrong = replace(example, printed={"values": {"out_o1": ".751"}, "gradients": {"net_o1": ".1399"}})
    assert [row.agrees for row in wrong.reproduce()] == [True, False]


@pytest.mark.parametrize(("printed", "value"), [("0.078", 0.0775), ("0.077", 0.0775), ("-0.078", -0.0775), (".2", 0.25), (".3", 0.25)])
def test_a_number_half_way_between_two_may_be_rounded_either_way(printed: str, value: float) -> None:
    assert Printed("f", printed, value).agrees


def list_departures(example: Example) -> list[str]:
    return [row.symbol for row in example.reproduce() if row.verdict == DISAGREES]


@pytest.mark.parametrize(("id", "departures", "follow"), [
    ("postnetwork-softmax", ["z₄"], {"p₁", "p₂", "L"}),
    ("prachub-bptt", ["h₂"], {"y₂", "L₂", "L", "∂L/∂y₂", "∂L/∂h₂", "∂L/∂a₂"}),
    ("primelearnpoint-222", ["net2", "H₁", "E₁"], {"H₂", "y₁", "y₂"}),
])
def test_where_an_author_left_the_path_is_told_from_what_follows(id: str, departures: list[str], follow: set[str]) -> None:
    rows = read_example(id).reproduce()
    assert [row.symbol for row in rows if row.verdict == DISAGREES] == departures
    assert {row.symbol for row in rows if row.verdict == FOLLOWS} == follow


@pytest.mark.parametrize(("row", "sentence"), [
    (Printed("z₄", "0.185", 0.1574, own=0.1574), "z₄ is printed as 0.185, and it is 0.157: they differ from the 2nd decimal on."),
    (Printed("h", "0.7790", 0.7803), "h is printed as 0.7790, and it is 0.7803: they differ from the 2nd decimal on."),
    (Printed("H₁", "0.5944", 0.59448), "H₁ is printed as 0.5944, and it is 0.5945: they differ in the 4th decimal, the last."),
    (Printed("g", "-3", 3.0), "g is printed as -3, and it is 3: the sign differs."),
    (Printed("g", "0.21", 0.42), "g is printed as 0.21, and it is 0.42: it is twice what is printed."),
    (Printed("g", "0.42", 0.21), "g is printed as 0.42, and it is 0.21: it is half of what is printed."),
    (Printed("L", "0.89", 2.0404), "L is printed as 0.89, and it is 2.04: they differ before the decimal point."),
    (Printed("w", "0.003937", -0.001679), "w is printed as 0.003937, and it is -0.001679: the sign differs, and so do the digits."),
    (Printed("w", "-12", 45.0), "w is printed as -12, and it is 45: the sign differs, and so do the digits."),
    (Printed("w", "-0.5", 0.5), "w is printed as -0.5, and it is 0.5: the sign differs."),
    (Printed("L", "12", 14.0, own=13.0), "L is printed as 12, and on the numbers printed before it, it is 13: they differ."),
])
def test_the_digit_at_which_an_author_left_the_path_is_named(row: Printed, sentence: str) -> None:
    assert row.describe_departure() == sentence


WORKED = Path(__file__).parent.parent / "examples" / "worked"
WRONG = {"softmax_cat": ["L"], "logistic_samples": ["l₃"], "mazur_later": ["E in pass 2"]}


def read_worked(path: Path) -> Example:
    """Without the ten thousandth pass, which takes seconds."""
    example = Example.read(path)
    return replace(example, printed={key: value for key, value in example.printed.items() if key != "10001"})


@pytest.mark.parametrize("path", sorted(WORKED.glob("*.toml")), ids=lambda path: path.stem)
def test_the_worked_examples_are_right_but_for_these(path: Path) -> None:
    example = read_worked(path)
    assert len(example.reproduce()) > 0
    assert example.source
    assert list_departures(example) == WRONG.get(path.stem, [])


@pytest.mark.exhaustive
def test_the_ten_thousandth_pass_is_reached() -> None:
    assert list_departures(Example.read(WORKED / "mazur_later.toml")) == [
        "E in pass 2", "E in pass 10001", "o₁ in pass 10001", "o₂ in pass 10001"]


def make(leaves: dict[str, Any], nodes: dict[str, str], printed: dict[str, Any], update: dict[str, Any] | None = None) -> Example:
    output = "f" if "f" in nodes else list(nodes)[-1]
    return Example.of("mine", {"output": output, "leaves": leaves, "nodes": nodes, "printed": printed, "update": update or {}})


def verdicts(example: Example) -> list[str]:
    return [row.verdict for row in example.reproduce()]


def calculate_as_on_paper(seed: int, digits: int, slip: str = "") -> Example:
    """A 2-2-1 network for two passes by an author who rounds each number and goes on with it; ``slip`` is wrong once."""
    drawn = random.Random(seed)
    names = ("x1", "x2", "w1", "w2", "w3", "w4", "w5", "w6", "b1", "b2")
    leaves = {name: round(drawn.uniform(-1, 1), 2) for name in names} | {"t": round(drawn.uniform(0.05, 0.95), 2)}
    nodes = {"z1": "affine([w1, w2], [x1, x2], b1)", "z2": "affine([w3, w4], [x1, x2], b1)", "h1": "sigmoid(z1)", "h2": "sigmoid(z2)",
             "z3": "affine([w5, w6], [h1, h2], b2)", "o": "sigmoid(z3)", "E": "0.5 * (t - o)**2"}
    lines = {"values": nodes,
             "gradients": {"z3": "(o - t) * o * (1 - o)", "w5": "gz3 * h1", "w6": "gz3 * h2", "z1": "gz3 * w5 * h1 * (1 - h1)",
                           "z2": "gz3 * w6 * h2 * (1 - h2)", "w1": "gz1 * x1", "w2": "gz1 * x2", "w3": "gz2 * x1", "w4": "gz2 * x2"}}
    functions = {"sigmoid": lambda z: 1 / (1 + math.exp(-z)), "affine": lambda w, x, b: sum(map(operator.mul, w, x)) + b}
    known: dict[str, Any] = {**leaves, **functions}
    printed: dict[str, Any] = {}
    for step in ("1", "2"):
        printed[step] = {"values": {}, "gradients": {}}
        for kind, formulas in lines.items():
            for name, formula in formulas.items():
                number = eval(formula, {}, known) + (0.02 if (slip, step) == (name + kind[0], "1") else 0.0)
                known[name if kind == "values" else f"g{name}"] = round(number, digits)
                printed[step][kind][name] = f"{round(number, digits):.{digits}f}"
        parameters = [f"w{i}" for i in range(1, 7)]
        known |= {name: round(known[name] - 0.5 * known[f"g{name}"], digits) for name in parameters}
        printed[step]["updated"] = {name: f"{known[name]:.{digits}f}" for name in parameters}
    return make(leaves, nodes, printed, {"eta": 0.5, "parameters": parameters})


@pytest.mark.parametrize("digits", [3, 4, 6])
@pytest.mark.parametrize(("slip", "departure"), [("", []), ("h2v", ["h₂"]), ("z3g", ["∂E/∂z₃"])])
def test_who_rounds_on_the_way_is_right_and_a_slip_is_the_one_departure(slip: str, departure: list[str], digits: int) -> None:
    for seed in range(4):
        example = calculate_as_on_paper(seed, digits, slip)
        assert list_departures(example) == departure
        assert slip or all(row.agrees for row in example.reproduce())


def test_numbers_of_a_later_pass_take_the_rounding_of_those_before() -> None:
    # w = 1, f = w²/3: new w = 1 − 0.1·2/3 = 0.9333…, which its author writes as 0.93
    leaves, nodes, update = {"w": 1.0}, {"f": "w**2 / 3"}, {"eta": 0.1, "parameters": ["w"]}
    passes = {"updated": {"w": "0.93"}, "2": {"values": {"f": "0.2883"}, "gradients": {"w": "0.62"}, "updated": {"w": "0.868"}}}
    assert verdicts(make(leaves, nodes, passes, update)) == [AGREES, ROUNDED, AGREES, ROUNDED]
    alone = {"2": {"values": {"f": "0.2883"}}}
    assert verdicts(make(leaves, nodes, alone, update)) == [DISAGREES]
    wrong = {"updated": {"w": "0.90"}, "2": {"values": {"f": "0.27"}, "updated": {"w": "0.84"}}}
    assert verdicts(make(leaves, nodes, wrong, update)) == [DISAGREES, FOLLOWS, FOLLOWS]
    assert verdicts(make(leaves, nodes, wrong | {"2": {"values": {"f": "0.28"}}}, update)) == [DISAGREES, DISAGREES]


def test_lists_matrices_and_sums_give_what_single_numbers_give() -> None:
    single = make({"w1": 0.3, "w2": -0.2, "w3": 0.5, "w4": 0.7, "x1": 1.5, "x2": -2.0},
                  {"z1": "w1 * x1 + w2 * x2", "z2": "w3 * x1 + w4 * x2", "L": "-log(exp(z1) / (exp(z1) + exp(z2)))"}, {})
    whole = make({"W": [[0.3, -0.2], [0.5, 0.7]], "x": [1.5, -2.0], "y": [1, 0]},
                 {"z": "W @ x", "p": "softmax(z)", "L": "-sum(a * log(b) for a, b in zip(y, p))"}, {})
    nodes, others = single.record(), whole.record()
    nodes["L"].backward()
    others["L"].backward()
    assert others["L"].data == pytest.approx(nodes["L"].data, rel=1e-14)
    assert [w.grad for w in others["W"].ravel()] == pytest.approx([nodes[f"w{i}"].grad for i in range(1, 5)], rel=1e-12)
    assert [entry.label for entry in others["W"].ravel()] == ["W₁₁", "W₁₂", "W₂₁", "W₂₂"]


@pytest.mark.parametrize(("update", "lines"), [
    ({"momentum": 0.5}, ["v = 0.5 * v + g", "w = w - eta * v"]),
    ({"optimizer": "rmsprop", "rho": 0.9}, ["s = 0.9 * s + 0.1 * g * g", "w = w - eta * g / (sqrt(s) + 1e-8)"]),
    ({"optimizer": "adam"}, ["m = 0.9 * m + 0.1 * g", "s = 0.999 * s + 0.001 * g**2",
                             "w = w - eta * (m / (1 - 0.9**t)) / (sqrt(s / (1 - 0.999**t)) + 1e-8)"]),
])
def test_a_step_is_that_of_the_optimizer_or_of_lines_of_ones_own(update: dict[str, Any], lines: list[str]) -> None:
    common = {"eta": 0.1, "parameters": ["w"]}
    first, second = (make({"w": [1.0, -2.0]}, {"f": "sum(w**4)"}, {"3": {"updated": {"w": ["1", "1"]}}}, common | own)
                     for own in (update, {"lines": lines}))
    assert [row.autodiff for row in first.reproduce()] == pytest.approx([row.autodiff for row in second.reproduce()], rel=1e-12)


def test_what_a_file_may_be_content_with() -> None:
    """Nodes in any order, a minus as it is printed, parameters told by what was printed, names of passes."""
    example = make({"w": 0.5}, {"f": "a**2", "a": "w - 2"}, {"gradients": {"w": "−3.0"}, "updated": {"w": "≈ 0.8"},
                                                            "iteration 2": {"values": {"a": "−1.2"}}}, {"eta": 0.1})
    assert [(row.symbol, row.verdict) for row in example.reproduce()] == [("∂f/∂w", AGREES), ("new w", AGREES), ("a in pass 2", AGREES)]


def test_a_leaf_may_be_given_anew_in_a_later_pass() -> None:
    """Online learning: another sample in the second pass."""
    example = make({"w": 0.5, "x": 1.0, "2": {"x": 3.0}}, {"f": "(w * x)**2"},
                   {"updated": {"w": "0.4"}, "2": {"values": {"f": "1.44"}}}, {"rate": 0.1, "parameters": ["w"]})
    assert verdicts(example) == [AGREES, AGREES]


@pytest.mark.parametrize(("change", "sentence"), [
    ({"titel": "x"}, "unknown key 'titel'; did you mean 'title'"), ({"nodes": None}, "it needs nodes"),
    ({"nodes": {"f": "w.__class__"}}, "is no part of a formula"), ({"nodes": {"f": "sum(w for i in range(10**9))"}}, "too many terms"),
    ({"nodes": {"f": "9**9**9 * w"}}, "is wrong"), ({"nodes": {"f": "w +"}}, "it is no formula"),
    ({"nodes": {"f": "__import__(w)"}}, "unknown function"), ({"nodes": {"f": "-" * 1999 + "w"}}, "nested too deep|is no formula"),
    ({"nodes": {"f": "w[0]"}}, "needs a list or a matrix"), ({"nodes": {"f": "sigmod(w)"}}, "did you mean 'sigmoid'"),
    ({"leaves": {"w": [[1, 2], [3]]}}, "equally long"), ({"leaves": {"w": "1"}}, "must be a number"), ({"leaves": {"w": []}}, "empty"),
    ({"leaves": {"w": [1.0] * 10_001}}, "at most 10000"), ({"update": {"eta": 0.1}}, r"\[update\] needs parameters"),
    ({"update": {"eta": 0.1, "rho": 1, "parameters": ["w"]}}, "unknown key in .update. for gradient_descent 'rho'"),
    ({"update": {"eta": 0.1, "lr": 1, "parameters": ["w"]}}, "learning rate twice"), ({"update": {"parameters": ["f"]}}, "f in .update. is a node"),
    ({"update": {"optimizer": "adm", "parameters": ["w"]}}, "did you mean 'adam'"), ({"update": {"lines": ["v = g"], "parameters": ["w"]}}, "no line for w"),
    ({"update": {"lines": ["w = w - lr * g"], "parameters": ["w"]}}, "unknown name 'lr'"),
    ({"update": {"parameters": ["w"]}}, "needs eta"), ({"nodes": {"f": "g * w", "g": "f + 1"}}, "unknown name 'g'"),
    ({"update": {"eta": 1, "steps": 0, "parameters": ["w"]}}, "from 1 to 20000"), ({"printed": {"3": {"value": {"f": "1"}}}}, "did you mean 'values'"),
    ({"printed": {"values": {"f": ["1"]}}}, "another shape"), ({"printed": {"30000": {"values": {"f": "1"}}}}, "not from 1 to 20000"),
    ({"printed": {"updated": {"w": "1"}}}, "must say which step"),
    ({"printed": {"updated": {"w": "1"}}, "update": {"eta": 1, "parameters": ["f"]}}, "is a node"),
    ({"printed": {"updated": {"u": "1"}}, "update": {"eta": 1, "parameters": ["w"]}}, "unknown name among the printed updated"), ({"output": "g"}, "unknown name 'g'"),
    ({"leaves": {"w": [0.1] * 5000}, "nodes": {"f": "sum(" + " + ".join(["w"] * 30) + ")"}}, "too many terms"),
    ({"leaves": {"w": [[0.1] * 100] * 100}, "nodes": {"f": "sum(w @ w)"}}, "too large"),
    ({"leaves": {"w": [0.1] * 2000}, "nodes": {**{f"a{i}": "w * 2" for i in range(11)}, "f": "sum(a1)"}}, "at most 20000"),
    ({"leaves": {"w": [0.1] * 500}, "nodes": {"f": "sum(w)"}, "printed": {"9000": {"values": {"f": "1"}}}}, "at most 1996 are run"),
    ({"nodes": {"f": "[w, w]"}}, "the output f is a list"),
])
def test_what_cannot_be_read_in_a_file_is_said(change: dict[str, Any], sentence: str) -> None:
    table: dict[str, Any] = {"output": "f", "leaves": {"w": 1.0}, "nodes": {"f": "w * 2"}} | change
    with pytest.raises(ValueError, match=sentence):
        Example.of("mine", {key: value for key, value in table.items() if value is not None})


def test_files_from_the_command_line(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = str(FOLDER / "postnetwork-softmax.toml")
    assert main(["compare", path]) == 1
    out = " ".join(capsys.readouterr().out.split())
    assert "z₄ is printed as 0.185, and on the numbers printed before it, it is 0.157: they differ from the 2nd decimal on." in out
    assert "5 of 9 numbers are those printed. Not as printed: z₄ of postnetwork-softmax. 3 more follow from a wrong number." in out
    assert main(["compare", path, "--json"]) == 1
    data = json.loads(capsys.readouterr().out)["published"][0]
    assert [row["symbol"] for row in data["rows"] if row["verdict"] == DISAGREES] == ["z₄"]
    assert main(["compare", str(WORKED / "matrix_norm.toml")]) == 0
    for command in ("draw", "page", "step", "matrix"):
        assert main([command, str(WORKED / "matrix_norm.toml")]) == 0
    assert Path("matrix_norm.svg").exists()
    assert Path("matrix_norm.html").exists()
    capsys.readouterr()
    for command in ("lecture", "sheet"):
        assert main([command, path]) == 2
        assert "it is a worked example" in capsys.readouterr().err
    Path("empty.toml").write_text("output = 'f'\nleaves = {}\n", encoding="utf-8")
    assert main(["compare", "empty.toml"]) == 2
    assert "it needs nodes" in capsys.readouterr().err
