"""A lecture file is read critically: planted mistakes are found, right lines are not blamed, and the slip in its head is named."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from lecture_files import FILES, find_file

from nn.derivations import Lecture, LectureFile
from nn.derivations.lecture_file.critique import find_alarm, list_alarms, make_worlds
from nn.derivations.lecture_file.declarations import find_declaration, list_declarations
from nn.derivations.lecture_file.edits import list_edits
from nn.derivations.lecture_file.evaluation import UnreadableError
from nn.derivations.lecture_file.report import read_critically
from visualize.commands.cli import main

CHAIN = """
title = "chain"
[notation]
indices = []
[letters]
weight = "w"
activation = "σ"
[problem]
activations = ["sigmoid", "identity"]
lines = '''
z₁ = w₁·x + b₁
a₁ = σ₁(z₁)
z₂ = w₂·a₁ + b₂
a₂ = σ₂(z₂)
C = ½(a₂ − y)²
δ₂ = (a₂ − y)·σ₂′(z₂)
∂C/∂w₂ = δ₂·a₁
∂C/∂b₂ = δ₂
∂C/∂w₁ = (a₂ − y)·σ₂′(z₂)·w₂·σ₁′(z₁)·x
∂C/∂b₁ = (a₂ − y)·σ₂′(z₂)·w₂·σ₁′(z₁)
'''
"""
UNITS = """
title = "2-2-1"
[notation]
indices = ["unit", "layer"]
[problem]
lines = '''
a[j, 0] = x[j]
z[j, l] = sum(W[j, k, l] * a[k, l - 1] for k in units(l - 1)) + b[j, l]
δ[j, l] = sum(W[k, j, l + 1] * δ[k, l + 1] for k in units(l + 1)) * f′(z[j, l])
dW[j, k, l] = δ[j, l] * a[k, l - 1]
'''
"""
SOFTMAX = """
title = "softmax"
[notation]
samples = "rows"
weights = "source, target"
[problem]
cost = "cross_entropy"
activations = ["sigmoid", "softmax"]
lines = '''
a[L] = exp(z[L] - max_units(z[L])) / over_units(exp(z[L] - max_units(z[L])))
'''
"""


def read(text: str, tmp_path: Path) -> LectureFile:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return Lecture.read(path)


def fill(path: Path) -> LectureFile:
    """A lecture; one without lines has those of the general statement."""
    lecture = Lecture.read(path)
    written = tuple(replace(line, number=i) for i, line in enumerate(lecture.template, start=1))
    return lecture if lecture.statements else replace(lecture, statements=written)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_right_lecture_raises_no_alarm(path: Path) -> None:
    assert list_alarms(fill(path), make_worlds(fill(path))) == ([], [])


@pytest.mark.parametrize("text", [CHAIN, UNITS, SOFTMAX], ids=["chain", "units", "softmax"])
def test_right_notes_raise_no_alarm(text: str, tmp_path: Path) -> None:
    lecture = read(text, tmp_path)
    assert not lecture.unread
    assert list_alarms(lecture, make_worlds(lecture)) == ([], [])


SLIPS = {
    "the weight's place has a₁": (CHAIN, "∂C/∂w₁ = (a₂ − y)·σ₂′(z₂)·w₂", "∂C/∂w₁ = (a₂ − y)·σ₂′(z₂)·a₁", "with w2 for a1"),
    "the weight is missing": (CHAIN, "∂C/∂b₁ = (a₂ − y)·σ₂′(z₂)·w₂", "∂C/∂b₁ = (a₂ − y)·σ₂′(z₂)", "times w2"),
    "the activation of the own layer": (UNITS, "δ[j, l] * a[k, l - 1]", "δ[j, l] * a[k, l]", "with a[k, l - 1] for a[k, l]"),
    "the order of indices": (UNITS, "W[k, j, l + 1]", "W[j, k, l + 1]", "with W[k, j, l + 1] for W[j, k, l + 1]"),
    "maximum over samples": (SOFTMAX, "max_units", "max_samples", "with max_units for max_samples"),
    "sum over samples": (SOFTMAX, "over_units", "over_samples", "over_units(exp(z[L] - max_units(z[L])))"),
    "a factor": (UNITS, "dW[j, k, l] = ", "dW[j, k, l] = 2 * ", "without the factor 2"),
    "z for a": (UNITS, " * f′(z[j, l])", " * f′(a[j, l])", "with z[j, l] for a[j, l]"),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_the_slips_of_published_notes_are_found_and_named(slip: str, tmp_path: Path) -> None:
    text, right, wrong, repair = SLIPS[slip]
    assert right in text
    found = read_critically(read(text.replace(right, wrong), tmp_path))
    (alarm,) = found.alarms
    assert repair in alarm.sentence
    assert not found.unread


def test_a_second_line_about_the_same_quantity_is_read_too(tmp_path: Path) -> None:
    found = read_critically(read(UNITS.replace("dW[j", "δ[j, L] = a[j, L] - y[j]\nδ[j, L] = (a[j, L] - y[j]) * f′(z[j, L])\ndW[j"), tmp_path))
    assert [alarm.statement.number for alarm in found.alarms] == [4]
    assert "times df(z[j, L])" in found.alarms[0].sentence


def test_terms_of_a_sum_that_do_not_fit_together_are_an_alarm(tmp_path: Path) -> None:
    text = "[problem]\nlines = 'C = sum(W[l] for l in layers)'"
    (alarm,) = read_critically(read(text, tmp_path)).alarms
    assert "do not fit together" in alarm.sentence


def plant(paths: list[Path], step: int) -> tuple[int, list[str]]:
    """Plant every ``step``-th change in every line; how many, and the lines that raised no alarm."""
    count, silent = 0, []
    for path in paths:
        lecture = fill(path)
        worlds = make_worlds(lecture)
        for statement in lecture.statements:
            for edit in list(list_edits(statement.right, lecture.notation))[::step]:
                count += 1
                changed = statement.replace(edit.right)
                try:
                    if find_alarm(changed, worlds, lecture.all_lines) is None:
                        silent.append(f"{path.stem}: {edit.words}")
                except UnreadableError:
                    pass
    return count, silent


SAME = {  # the same mathematics: the derivative of that activation, ReLU, or a column times a row
    "classifier: with 1 - H[l] ** 2 for df[l](S[l])", "delta_after_activation: with 1 - a[l + 1, i] ** 2 for dφ(z[l + 1, i])",
    "delta_after_activation: with 1 - a[l, i] ** 2 for dφ(z[l, i])",
    "delta_after_activation: with * for @ in δ[l, i] * dφ(z[l, i]) @ with_one(a[l - 1, i]).T",
    *(f"{id}: with a[j, l] * (1 - a[j, l]) for dσ(z[j, l])" for id in ("layers", "layers_source_first")), "rss: without the factor 1",
    "softmax_rows: with the factor dg[l](Z[l]) twice",
    "softmax_rows: with dg[l](A[l]) for dg[l](Z[l])", "softmax_rows: with A[l] for Z[l]",
    "bernoulli: with z[i, out] * (1 - z[i, out]) for dσ(a[i, out])",
    "bernoulli: with z[i, l - 1] * (1 - z[i, l - 1]) for dσ(a[i, l - 1])", "chain: with a[1] * (1 - a[1]) for dσ[1](z[1])",
    *(f"chain: {words}" for words in (  # the output is the identity
        "with a[2] for z[2]", "with z[2] for a[2]", "without the factor dσ[2](z[2])", "with the factor dσ[2](z[2]) twice",
        "with dσ[2](a[2]) for dσ[2](z[2])", "with z[1] for z[2]", "with δ[2] for z[2]")),
    *(f"one-neuron: {words}" for words in (  # there too
        "with a[1] for z[1]", "with z[1] for a[1]", "without the factor dσ[1](z[1])", "with the factor dσ[1](z[1]) twice",
        "with dσ[1](a[1]) for dσ[1](z[1])", "with δ[1] for z[1]")),
    "numbered_layers: with A[1] for Z[1]",
    *(f"{id}: {words}" for id in ("columns", "rows") for words in (  # in a norm the transpose is the same
        "with W[l].T for W[l]", "with a[L, i] * (1 - a[L, i]) for df(z[L, i])", "with a[l, i] * (1 - a[l, i]) for df(z[l, i])",
        "with * for @ in δ[l + 1, i] @ a[l, i].T", "with * for @ in a[l, i].T @ δ[l + 1, i]")),
}


def test_planted_mistakes_are_found() -> None:
    count, silent = plant([path for path in FILES if path.stem in ("layers", "softmax_rows")], 9)
    assert count > 30
    assert set(silent) <= SAME


@pytest.mark.exhaustive
def test_every_planted_mistake_is_found() -> None:
    count, silent = plant(FILES, 1)
    assert count > 1600
    assert set(silent) <= SAME


def check_declarations(paths: list[Path], step: int) -> int:
    """A file with another declaration in its head raises alarms only where that matters, and is told which would do."""
    count = 0
    for path in paths:
        for other in list(list_declarations(fill(path)))[::step]:
            alarms, unread = list_alarms(other.lecture, make_worlds(other.lecture, (1,)))
            if alarms or unread:
                count += 1
                assert find_declaration(other.lecture, 0), (path.stem, other.words)
    return count


def test_another_declaration_is_named() -> None:
    assert check_declarations([path for path in FILES if path.stem == "softmax_rows"], 4) >= 3


@pytest.mark.exhaustive
def test_every_other_declaration_is_named() -> None:
    assert check_declarations(FILES, 1) > 190


def test_lines_of_one_layer_are_not_judged_with_two() -> None:
    found = read_critically(find_file("one-neuron"))
    assert "The lines hold whatever the activation at the output is." in found.conventions
    assert not any("hidden" in sentence for sentence in found.conventions)


MATRICES = """
[problem]
activations = ["sigmoid", "identity"]
lines = '''
z[l] = W[l] @ a[l - 1] + b[l]
a[l] = f[l](z[l])
{lines}
dW[l] = δ[l] @ a[l - 1].T
W_new[l] = W[l] - η * dW[l]
'''
"""
OUTPUT, HIDDEN = "δ[L] = (a[L] - Y) * f′(z[L])", "δ[l] = (W[l + 1].T @ δ[l + 1]) * f′(z[l])"


@pytest.mark.parametrize(("lines", "who", "claims"), [
    ([OUTPUT, HIDDEN], "The lines hold", ["in hidden layers", "at the output", "for the cost residual_sum_of_squares"]),
    (["C = ½ * total((a[L] - y)**2)", OUTPUT.replace("Y", "y"), HIDDEN], "The lines that were read hold", ["in hidden layers"]),
    ([OUTPUT, HIDDEN.replace("W[l", "V[l")], "The lines that were read hold", ["at the output", "for the cost residual_sum_of_squares"]),
    ([], "", []),
])
def test_nothing_is_claimed_of_what_no_judged_line_bears_on(lines: list[str], who: str, claims: list[str], tmp_path: Path) -> None:
    found = read_critically(read(MATRICES.format(lines="\n".join(lines)), tmp_path))
    told = [sentence for sentence in found.conventions if sentence.startswith("The lines")]
    assert len(told) == len(claims), told
    assert all(sentence.startswith(who) and claim in sentence for sentence, claim in zip(told, claims, strict=True)), told


def test_lines_that_keep_to_another_sign_are_one_slip(tmp_path: Path) -> None:
    text = UNITS.replace("[problem]", "delta = '-∂C/∂z'\n[problem]")
    found = read_critically(read(text, tmp_path))
    assert len(found.alarms) == 1  # dW alone names no sign of its own
    assert found.declaration == 'delta = "∂C/∂z" in [notation]'


def test_the_command_says_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(CHAIN.replace("δ₂·a₁", "δ₂·z₁").replace("∂C/∂b₂ = δ₂", "q = δ₂"), encoding="utf-8")
    assert main(["lecture", str(path)]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "line 7: ∂C/∂w₂ = δ₂·z₁" in said
    assert "It would be right with a1 for z1." in said
    assert "line 8: q = δ₂ Not judged: q has no meaning in this file" in said
    assert main(["lecture", str(path), "--json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert [alarm["line"] for alarm in data["alarms"]] == [7]
    path.write_text(CHAIN, encoding="utf-8")
    assert main(["lecture", str(path), "-o", str(tmp_path / "out.txt")]) == 0
    assert "All 10 lines are right." in (tmp_path / "out.txt").read_text(encoding="utf-8")
    capsys.readouterr()
    assert main(["lecture", "nowhere.toml"]) == 2
    assert main(["lecture", str(path), "--jsn"]) == 2
    assert "did you mean '--json'?" in capsys.readouterr().err


@pytest.mark.parametrize("text", [CHAIN.replace("δ₂·a₁", "8 583"), UNITS.replace("= δ[j, l]", "= 2 3 δ[j, l]")])
def test_two_numbers_side_by_side_are_no_line(text: str, tmp_path: Path) -> None:
    (line,) = read(text, tmp_path).unread
    assert "two numbers side by side" in line.reason


@pytest.mark.parametrize(("right", "written"), [
    ("C = ½(a₂ − y)²", "C = ½ (a₂ − y)^2"), ("∂C/∂w₂ = δ₂·a₁", "∂C/∂w₂ = δ₂^1 a₁"), ("δ₂ = (a₂ − y)·σ₂′(z₂)", "δ₂ = (a₂ − y)^1·σ₂′(z₂)")])
def test_a_raised_number_is_a_power(right: str, written: str, tmp_path: Path) -> None:
    assert right in CHAIN
    found = read_critically(read(CHAIN.replace(right, written), tmp_path))
    assert not found.unread
    assert not found.alarms


def test_a_raised_t_is_the_transpose(tmp_path: Path) -> None:
    lines = "dW[l] = δ[l] @ a[l - 1]^T\nδ[l] = (W[l + 1]^{T} @ δ[l + 1]) * f′(z[l])\n".replace("^{T}", "^(T)")
    found = read_critically(read(f'title = "m"\n[problem]\nlines = """\n{lines}"""\n', tmp_path))
    assert not found.unread
    assert not found.alarms


@pytest.mark.parametrize(("line", "reason"), [
    ("dw[j, k, l] = δ[j, l] * a[k, l - 1]", '; the weight is W, unless [letters] has weight = "w"'),
    ("b_new[j, l] = w[j, 1, l]", '; the weight is W, unless [letters] has weight = "w"'),
    ("db[j, l] = q[j, l]", "and [letters] may name others"), ("δ[j, L] = (a[j, L] - y[j] * f′(z[j, L])", "a bracket is not closed"),
    ("δ[j, L] = (a[j, L] - y[j])) * f′(z[j, L])", "a bracket is closed that was not opened"),
    ("C = Σ (a[1, L] - y[1])**2", "a sum is written sum(… for k in units(l))"), ("a[j, l] = g(z[j, l])", "its functions are f, df, exp"),
    ("dW[j, k, l] = δ^l * a[k, l - 1]", "an index stands in square brackets"),
])
def test_what_is_not_read_is_said_with_what_to_write(line: str, reason: str, tmp_path: Path) -> None:
    found = read_critically(read(f'title = "m"\n[notation]\nindices = ["unit", "layer"]\n[problem]\nlines = """\n{line}\n"""\n', tmp_path))
    (said,) = [line.reason for line in found.unread] + [alarm.sentence for alarm in found.alarms]
    assert reason in said


def test_known_words_with_a_comma_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Known: 'target, source', 'source, target'"):
        read('[notation]\nweights = "target source"\n', tmp_path)


def test_an_index_without_its_sum_is_told_with_the_sum(tmp_path: Path) -> None:
    text = UNITS.replace("sum(W[k, j, l + 1] * δ[k, l + 1] for k in units(l + 1))", "W[k, j, l + 1] * δ[k, l + 1]")
    (alarm,) = read_critically(read(text, tmp_path)).alarms
    assert "the index k stands neither on the left side nor in a sum; a sum over it is sum(… for k in units(l))" in alarm.sentence
