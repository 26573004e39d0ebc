"""A lecture is one TOML file: read as data, compared with the engine, and refused with the place where it is wrong."""

import itertools
import json
import random
import re
from pathlib import Path

import numpy as np
import pytest
from lecture_files import FILES, find_file

from nn.costs.own_costs import check_row
from nn.derivations import LECTURES, Lecture, LectureFile, check, compare
from nn.derivations.general import solve as by_general_statement
from nn.derivations.lecture_file.compare import compare_lecture
from nn.derivations.lecture_file.critique import find_depth, list_alarms, make_worlds
from nn.derivations.lecture_file.notation import BIASES, LETTERS, Delta, Notation
from nn.derivations.lecture_file.numbers import draw_example
from nn.derivations.lecture_file.problem import Problem
from nn.derivations.lecture_file.report import read_critically
from nn.derivations.lecture_file.rows import list_costs, make_file_cost
from visualize.commands.cli import main

CLASSIFIER, ROWS = map(find_file, ("classifier", "softmax_rows"))
MINIMAL = """
[notation]
indices = ["layer"]
samples = "rows"
weights = "source, target"
[problem]
cost = "cross_entropy"
activations = ["tanh", "softmax"]
lines = '''
Z = 1
'''
[example]
X = [[0.5, -1.0], [1.5, 0.4]]
Y = [[1, 0], [0, 1]]
W = [[[0.3, 0.8], [-0.5, 0.2]], [[0.7, -0.2], [-0.4, 0.5]]]
b = [[0.1, -0.3], [0.0, 0.2]]
rate = 0.5
"""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_lines_and_engine_agree(path: Path) -> None:
    found = compare(str(path))
    assert found.max_error < 1e-12
    assert len([line for line in path.read_text(encoding="utf-8").splitlines() if line]) <= 40


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_lines_and_engine_agree_on_random_networks(path: Path) -> None:
    lecture = Lecture.read(path)
    for seed in range(3):
        widths = (2, 2) if find_depth(lecture) == 1 else (2, 3, 2)
        example = draw_example(lecture.problem, lecture.notation, seed, widths, count=3)
        assert compare_lecture(lecture, example).max_error < 1e-12


def test_a_lecture_without_lines_has_those_of_the_general_statement() -> None:
    lecture = Lecture.read(CLASSIFIER)
    assert lecture.id == "classifier"
    assert not lecture.statements
    written = {f"{equation.left} = {equation.right}" for equation in compare(CLASSIFIER).equations}  # type: ignore[arg-type]
    assert "Δ⁽ᴸ⁾ = H⁽ᴸ⁾ − Y" in written
    assert "Δ⁽ˡ⁾ = Δ⁽ˡ⁺¹⁾(Θ⁽ˡ⁺¹⁾)ᵀ ⊙ f′⁽ˡ⁾(S⁽ˡ⁾)" in written


def test_the_numbers_are_in_the_lectures_order() -> None:
    found = compare(str(ROWS))
    assert found.hand["dW"][1].shape == (2, 3)
    assert found.hand["delta"][2].shape == (3, 3)
    assert np.allclose(found.hand["W_new"][1], found.autodiff["W_new"][1], rtol=0, atol=1e-14)


QUESTIONS = {"b": [[0.1, -0.3, 0.2], [-0.1, 0.4]], "penalty": "l2", "lam": 0.02}
SETTINGS: dict[str, dict[str, object]] = {"columns": QUESTIONS, "rows": QUESTIONS}


@pytest.mark.parametrize("id", LECTURES)
def test_a_built_in_lecture_and_its_file_are_one(id: str) -> None:
    lecture, read = LECTURES[id], Lecture.read(find_file(id))
    chosen = lecture.resolve(SETTINGS.get(id, {}))
    general = by_general_statement(lecture.problem(chosen), lecture.conventions(chosen))
    numbers = read.solve(read.require_example())
    for kind in ("pre", "post", "delta", "dW", "db", "W_new", "b_new"):
        there = getattr(general, kind)
        assert set(there) == set(getattr(numbers, kind))
        for layer in there:
            assert np.allclose(numbers.of(kind, layer), general.of(kind, layer), rtol=1e-13, atol=1e-15), (kind, layer)
    assert pytest.approx(general.C, rel=1e-14) == numbers.C
    assert (read.id, read.title, read.source, read.about, read.readings) == (
        lecture.id, lecture.title, lecture.source, lecture.letters, lecture.readings)


@pytest.mark.parametrize("id", [*LECTURES, "layers_source_first"])
def test_the_conventions_are_those_of_the_file(id: str) -> None:
    name, settings = ("layers", {"reading": "S"}) if id == "layers_source_first" else (id, SETTINGS.get(id, {}))
    conventions, notation = LECTURES[name].conventions(settings), Lecture.read(find_file(id)).notation
    letters = {"pre": conventions.pre, "post": conventions.post, "weight": conventions.weight, "cost": conventions.cost,
               "activation": conventions.activation}
    assert letters == {key: notation.letters[key] for key in letters}
    assert notation.letters["target"].lower() == conventions.target
    bias = {"own": ("b", "option"), "column 0": ("column",), "index 0": ("index 0",)}[notation.bias]
    assert (conventions.form, conventions.sign, conventions.first, conventions.superscript, conventions.batch) == (
        notation.form, notation.delta.sign, notation.first, notation.weight_number, notation.many)
    assert conventions.input_layer == (None if notation.count == "down" else notation.input_layer)
    assert conventions.bias in bias
    assert conventions.loss.name == Lecture.read(find_file(id)).problem.cost.name


WRONG = {
    "colour = 1": ("unknown key in the file 'colour'", ""),
    "letters = {pst = 'h'}": ("unknown key in [letters] 'pst'; did you mean 'post'?", ""),
    "letters = {cost = 'L'}": ("L has two meanings: cost and last", ""),
    "letters = {pre = 'sum'}": ("is a word of the lines", ""),
    "letters = {pre = 'z1'}": ("is no letter", ""),
    'indices = ["layers"]': ("unknown index in [notation] indices 'layers'; did you mean 'layer'?", '["layer"]'),
    'samples = "row"': ("unknown [notation] samples 'row'; did you mean 'rows'?", "rows"),
    'delta = "∂E/∂Z"': ("names letters that the file does not have", ""),
    'cost = "cross_entropi"': ("unknown cost 'cross_entropi'; did you mean 'cross_entropy'?", "cross_entropy"),
    'activations = ["tahn", "softmax"]': ("unknown activation 'tahn'; did you mean 'tanh'?", "tanh"),
    'activations = ["softmax", "softmax"]': ("softmax is for the output", "tanh"),
    'activations = ["tanh", "tanh"]': ("needs outputs between 0 and 1", "tanh"),
    "penalties = {l3 = 1}": ("unknown penalty in [problem] penalties 'l3'", ""),
    "rate = 'fast'": ("rate must be a number", "0.5"),
    "b = [[0.1], [0.0, 0.2]]": ("list 1 of b has 1 number, and matrix 1 of W has 2 units", "0.1"),
    "W = [[[0.3, 0.8]]]": ("matrix 1 of W has 1 input, and 2 come in", "W ="),
    "Y = [[1, 1], [0, 1]]": ("must add up to 1 for cross_entropy", "Y ="),
}


def replace_line(text: str, line: str) -> str:
    """The text with another line in the place of that of the same key, or with one more in front."""
    key = line.partition("=")[0].strip()
    lines = text.splitlines()
    places = [i for i, own in enumerate(lines) if own.partition("=")[0].strip() == key]
    if places:
        lines[places[0]] = line
        return "\n".join(lines)
    if key in ("delta", "penalties"):
        lines.insert(lines.index("[notation]" if key == "delta" else "[problem]") + 1, line)
        return "\n".join(lines)
    return f"{line}\n{text}"


@pytest.mark.parametrize("line", WRONG)
def test_what_is_wrong_in_a_file_is_said_with_its_place(line: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(replace_line(MINIMAL.replace("Z = 1", ""), line), encoding="utf-8")
    with pytest.raises(ValueError, match=r".") as caught:
        Lecture.read(path)
    assert WRONG[line][0] in str(caught.value)
    assert str(caught.value).startswith(str(path))


HOSTILE = {
    "().__class__": "one sign of equality", "z[l] = ().__class__": ".__class__ is no part of a line", "z[l] = 9**9**9": "an exponent",
    "z[l] = __import__('os')": "is no name of a line", "z[l] = (lambda: 1)()": "lambda", "z[l] = [1 for k in units(l)]": "a list",
    "z[l] = open(1)": "", "z[l] = sum(1 for k in range(0, 10**8))": "an index is a name", "z[l] = a.b": ".b is no part", "z[l] = " + "(" * 40 + "1" + ")" * 40: "nested",
    "z[l] = 1e400": "is not a number of a line", "z[l] = 'a' * 9": "is not a number", "z[l] = a[l:2]": "a slice",
    "z[l] = f(x=1)": "a function takes no argument by its name", "z[l] == 1": "one sign of equality", "z[l] = W[l]..T": "is no formula",
}


@pytest.mark.parametrize("line", HOSTILE)
def test_a_strangers_line_is_data_and_runs_nothing(line: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(MINIMAL.replace("Z = 1", line.replace("\\", "\\\\")), encoding="utf-8")
    lecture = Lecture.read(path)
    with pytest.raises(ValueError, match=r".") as caught:
        compare_lecture(lecture)
    said = str(caught.value)
    assert "line 1 of lines" in said
    assert len(said) < 1000
    assert HOSTILE[line].partition(",")[0] in said


def test_sums_are_bounded(tmp_path: Path) -> None:
    rows = [[0.1] * 40]
    term = "1"
    for index in "ijkmpq":
        term = f"sum({term} for {index} in units(0))"
    text = MINIMAL.replace("Z = 1", f"δ[l] = {term}").partition("[example]")[0]
    path = tmp_path / "mine.toml"
    path.write_text(f"{text}[example]\nX = {rows}\nY = [[1, 0]]\nW = [{[[0.1, 0.2]] * 40}, [[0.1, 0.2], [0.3, 0.4]]]\nb = [[0, 0], [0, 0]]\n",
                    encoding="utf-8")
    with pytest.raises(ValueError, match="its sums have too many terms"):
        compare(path)  # type: ignore[arg-type]


def test_a_cost_of_ones_own_is_checked_on_arrival() -> None:
    slope = "4 * (h - y)**3"
    row = make_file_cost("own", "(h - y)**4", slope, "mean", "numbers", {"identity": slope})
    assert (row.summand, row.slope_of_reduced, row.through) == ("(a - y)**4", "4 * (a - y)**3", {"identity": "4 * (a - y)**3"})
    with pytest.raises(ValueError, match=r"\[cost\]: the derivative of the cost 'own', 3 \* \(h - y\)\*\*3, is not that of its formula: at h ="):
        make_file_cost("own", "(h - y)**4", "3 * (h - y)**3", "mean", "numbers", {})
    with pytest.raises(ValueError, match=r"\[cost\]: the derivative of the cost 'own' through tanh, 4 \* \(h - y\)\*\*3, is not"):
        make_file_cost("own", "(h - y)**4", slope, "mean", "numbers", {"tanh": slope})
    for row in list_costs().values():
        check_row(row)


def test_a_cost_of_ones_own_under_a_root() -> None:
    row = make_file_cost("own", "(h - y)**4", "2 * (h - y)**3 / C", "root", "numbers", {})
    assert row.slope_of_reduced == "(2 * 2 * (a - y)**3) / (2 * C)"
    assert make_file_cost("own", "(h - y)**2", "h / C - y / C", "root", "numbers", {}).slope_of_each == "a / 0.5 - y / 0.5"
    with pytest.raises(ValueError, match="is not that of its formula"):
        make_file_cost("own", "(h - y)**4", "(h - y)**3 / C", "root", "numbers", {})


def test_a_cost_of_ones_own_has_the_words_of_the_table_of_costs(tmp_path: Path) -> None:
    """In a file that is compared, drawn and checked: ln and maximum are read as log and max."""
    path = tmp_path / "mine.toml"
    own = """[cost]
each = "maximum(0, h) * 0 - y * ln(h) - (1 - y) * ln(1 - h)"
slope = "(h - y) / (h * (1 - h))"
targets = "probabilities"
through = {sigmoid = "h - y"}
[example]"""
    path.write_text(MINIMAL.replace('cost = "cross_entropy"', "").replace('"softmax"]', '"sigmoid"]').replace("Z = 1", "a[0] = X").replace(
        "[example]", own), encoding="utf-8")
    assert compare(path).max_error < 1e-12  # type: ignore[arg-type]
    assert check(str(path), {"δ[L]": "1 / N * (a[L] - Y)"}).right
    path.write_text(path.read_text(encoding="utf-8").replace("ln(h)", "lgo(h)"), encoding="utf-8")
    with pytest.raises(ValueError, match=r"\[cost\] each: unknown function 'lgo'; did you mean 'log'"):
        compare(path)  # type: ignore[arg-type]


def test_a_cost_that_has_no_value_on_generic_numbers_is_read_all_the_same(tmp_path: Path) -> None:
    """log h of a negative output: the lines about δ are judged, and nothing breaks off."""
    path = tmp_path / "mine.toml"
    text = MINIMAL.replace('cost = "cross_entropy"', "").replace('"softmax"]', '"identity"]').replace("Z = 1", "δ[L] = 1 / N * (Y - a[L])")
    path.write_text(text.replace("[example]", '[cost]\neach = "y * y * log(h) + h"\nslope = "y * y / h + 1"\n[example]'), encoding="utf-8")
    (alarm,) = read_critically(Lecture.read(path)).alarms
    assert alarm.sentence.startswith("On generic numbers δ[3], the output,")


def test_an_own_cost_and_terms_in_braces_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    text = MINIMAL.replace('cost = "cross_entropy"', "penalties = {l2 = 0.5}").replace("rate = 0.5", "rate = 0.5\nstrength = 0.1")
    text = text.replace('"softmax"]', '"tanh"]').replace("Z = 1", """
        z[l] = a[l - 1] @ W[l] {b: + b[l]} {l1: + 7}
        dW[l] = a[l - 1]ᵀ @ δ[l] {l2: + λ * W[l]}
        δ[L] = 2 / N * (a[L] − Y)³ · f′[L](z[L])""")
    text = text.replace("[example]", '[cost]\neach = "1/2 * (h - y)**4"\nslope = "2 * (h - y)**3"\n[example]')
    path.write_text(text, encoding="utf-8")
    assert compare(path).max_error < 1e-12  # type: ignore[arg-type]


def make_notations(random_: random.Random) -> Notation:
    """One of all notations."""
    indices = random_.choice([(), ("unit", "layer"), ("layer", "unit"), ("layer",), ("layer", "sample"), ("unit", "layer", "sample")])
    units = "unit" in indices
    bias = random_.choice(["own", "none"] if not indices else ["own", "none", "index 0"] if units else list(BIASES[:3]))
    samples = random_.choice(["rows", "columns", *([] if "sample" in indices else [""])]) if indices and not units else ""
    return Notation(LETTERS, indices, samples, random_.choice(["target", "source"]), random_.choice(["target", "source"]),
                    random_.choice([0, 1]), "up", bias, Delta(random_.choice([1, -1]), random_.choice(["pre", "post"]),
                                                              random_.choice([True, False])))


def make_problem(random_: random.Random, scalars: bool) -> Problem:
    """One of all problems."""
    cost = random_.choice([row for row in list_costs().values() if not (scalars and row.targets == "classes")])
    outputs = {"probabilities": ["sigmoid"], "classes": ["softmax"], "numbers": ["identity", "tanh", "relu", "softmax"]}[cost.targets]
    output = random_.choice([name for name in outputs if not (scalars and name == "softmax")])
    penalties = {} if cost.over == "root" else random_.choice([{}, {"l1": 1.0}, {"l2": 0.5}])
    over = cost.over if cost.over == "root" else random_.choice(["mean", "sum"])
    return Problem(cost, over, (random_.choice(["sigmoid", "tanh"]), output), penalties, random_.choice(["weights", "all"]))


def check_template(seeds: range) -> int:
    """The general statement as it is written in a notation gives what it says in neutral letters; how many lines."""
    count = 0
    for seed in seeds:
        random_ = random.Random(seed)
        notation = make_notations(random_)
        bare = LectureFile("", "", "", "", "", (), notation, make_problem(random_, not notation.indices), (), (), None)
        lecture = LectureFile("", "", "", "", "", (), notation, bare.problem, bare.template, (), None)
        alarms, unread = list_alarms(lecture, make_worlds(lecture, (seed,)))
        assert (alarms, unread) == ([], []), (seed, notation, bare.problem)
        count += len(bare.template)
    return count


def test_the_general_statement_is_right_in_every_notation() -> None:
    assert check_template(range(16)) > 130


@pytest.mark.exhaustive
def test_the_general_statement_is_right_in_many_more_notations() -> None:
    assert check_template(range(100, 900)) > 6000


def test_engine_and_lines_agree_in_every_notation() -> None:
    for seed in range(8):
        random_ = random.Random(seed)
        notation = make_notations(random_)
        lecture = LectureFile("", "", "", "", "", (), notation, make_problem(random_, not notation.indices), (), (), None)
        example = draw_example(lecture.problem, notation, seed, (2, 3, 2), count=random_.choice([1, 4]))
        assert compare_lecture(lecture, example).max_error < 1e-12, seed


def test_commands_take_a_path(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    path = CLASSIFIER.resolve()
    monkeypatch.chdir(tmp_path)
    assert main(["compare", str(path)]) == 0
    assert "All 53 quantities agree" in capsys.readouterr().out
    assert main(["compare", str(path), "--notes", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["agrees"]
    assert data["equations"][0] == {"kind": "post", "left": "H⁽⁰⁾", "right": "X"}
    for command in ("draw", "page"):
        assert main([command, str(path)]) == 0
    assert {"classifier.svg", "classifier.html"} <= {path.name for path in tmp_path.iterdir()}
    assert main(["compare", "nowhere.toml"]) == 2
    assert "cannot read nowhere.toml" in capsys.readouterr().err
    assert main(["lecture", "chain"]) == 0
    told = capsys.readouterr().out
    assert "C is half the squared error; the activation is sigmoid" in told
    assert told.endswith("Next: compare chain --notes; sheet chain --seed 1; check answers.toml --lecture chain\n")


def test_every_pair_of_letters_that_clash_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    for one, other in itertools.combinations([key for key in LETTERS if key not in ("bias",)], 2):
        path.write_text(f"letters = {{{one} = 'Q', {other} = 'Q'}}\n{MINIMAL.replace('Z = 1', '')}", encoding="utf-8")
        with pytest.raises(ValueError, match="Q has two meanings"):
            Lecture.read(path)


ABBREVIATED = """
[notation]
samples = "rows"
weights = "source, target"
[problem]
lines = '''
Q[l] = z[l] + 1
G[l] = a[l - 1].T @ δ[l]
dW[l] = G[l]
db[l] = G[l + 1]
'''
"""


SCALARS = """
[notation]
indices = []
[problem]
activations = ["sigmoid", "identity"]
lines = '''
z1 = w1*x + b1
δ1 = δ2*w2*f′(z1)
'''
[example]
x = 0.4
y = 2.0
w = [1.1, 0.7]
b = [0.1, 0.2]
"""


def test_weights_in_scalars_are_called_w_without_letters(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(SCALARS, encoding="utf-8")
    assert compare(str(path)).agrees
    assert {"new w₁", "∂C/∂w₂"} <= {row.symbol for row in compare(str(path)).rows}
    path.write_text("letters = {pre = 'w'}\n" + SCALARS.replace("w", "W").replace("z1", "w1"), encoding="utf-8")
    assert compare(str(path)).agrees  # w is taken: the weights are W


@pytest.mark.parametrize(("old", "new", "sentence"), [
    ("w = [1.1, 0.7]", "W = [[[1.1]], [[0.7]]]",
     "[example] w[0] must be a number, not [[1.1]]: in scalars w is a number a layer, such as w = [1.1, 0.7]"),
    ("b = [0.1, 0.2]", "b = [0.1, [0.2]]", "[example] b[1] must be a number, not [0.2]"),
])
def test_nested_scalars_are_refused_at_their_place(old: str, new: str, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(SCALARS.replace(old, new), encoding="utf-8")
    with pytest.raises(ValueError, match=re.escape(sentence)):
        compare(str(path))


def test_a_letter_that_a_line_defines_stands_in_later_lines(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(ABBREVIATED, encoding="utf-8")
    found = read_critically(path)
    assert not found.alarms
    assert [(line.number, line.reason.split(";")[0]) for line in found.unread] == [
        (1, "Q has no meaning in this file"), (4, "G has no meaning in this file but as G[l]")]  # not used, and with another index
    assert found.count == 4
    path.write_text(ABBREVIATED.replace("a[l - 1].T @ δ[l]", "a[l].T @ δ[l]"), encoding="utf-8")
    (alarm,) = read_critically(path).alarms
    assert (alarm.statement.number, "with a[l - 1] for a[l]" in alarm.sentence) == (3, True)


def test_the_cost_of_a_sample_that_no_line_has_is_not_judged(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(ABBREVIATED[: ABBREVIATED.index("Q[l]")] + "C[i] = ½ * norm(a[L] - Y)²\n'''", encoding="utf-8")
    (line,) = read_critically(path).unread  # ½ may stand with its sign of multiplication or without
    assert line.reason == "C[i] is no quantity of this notation, and no later line has C[i]"


def test_a_line_is_not_longer_for_its_abbreviations_than_a_line_may_be(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    doubling = "\n".join(f"{b} = {a} + {a}" for a, b in itertools.pairwise(["η", *"pqrstuvwxyz"[1:]]))
    path.write_text(f"[problem]\nlines = '''\n{doubling}\n'''", encoding="utf-8")
    assert any("too long to be a line" in line.reason for line in Lecture.read(path).unread)
