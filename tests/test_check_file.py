"""``check`` in the notation of a lecture file: lines, numbers, what follows, another convention, a seed."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest
from lecture_files import FILES, find_file

from nn.derivations import Lecture, check, compare
from nn.derivations.lecture_file.critique import draw_numbers
from visualize.commands.cli import main

pytestmark = pytest.mark.slow

LECTURES = Path(__file__).parent.parent / "examples" / "lectures"
ROWS = str(LECTURES / "softmax_rows.toml")
LAYERS = str(find_file("layers"))
RIGHT = """
Z[l] = A[l - 1] @ W[l] + b[l]
dZ[L] = (A[L] - Y) / m
dZ[l] = (dZ[l + 1] @ W[l + 1]ᵀ) ⊙ g′[l](Z[l])
dW[l] = A[l - 1]ᵀ @ dZ[l]
db[l] = over_samples(dZ[l])
"""


def to_texts(array: Any, digits: int = 4) -> Any:
    return [to_texts(item, digits) for item in array] if getattr(array, "ndim", 0) else f"{array:.{digits}f}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_lectures_own_lines_and_numbers_are_right(path: Path) -> None:
    lecture = Lecture.read(path)
    statements = lecture.statements or lecture.template
    for order in (statements, statements[::-1]):  # a lecture may have two lines for one quantity, a derivation one
        lines = {ast.unparse(line.left): line for line in order}
        assert check(str(path), {"lines": "\n".join(line.text for line in lines.values())}).right
    hand = compare(str(path), seed=3).hand
    numbers = {f"{kind}[{layer}]": to_texts(array) for kind in ("pre", "delta", "dW") for layer, array in hand[kind].items()}
    found = check(str(path), {**numbers, "C": f"{hand['C']:.5f}"}, seed=3)
    assert found.right, [verdict.sentence for verdict in found.verdicts.values()]


WRONG = {
    "dZ[l] = dZ[l + 1] @ W[l + 1]ᵀ": ("dZ[l] = (dZ[l + 1] @ W[l + 1]ᵀ) ⊙ g′[l](Z[l])", "hidden-derivative-missing",
                                     "The factor ReLU′(Z⁽ˡ⁾) is missing: dZ⁽ˡ⁾ belongs to Z⁽ˡ⁾"),
    "dW[l] = A[l]ᵀ @ dZ[l]": ("dW[l] = A[l - 1]ᵀ @ dZ[l]", "activation-own-layer", "∂J/∂W⁽ˡ⁾ = (A⁽ˡ⁻¹⁾)ᵀdZ⁽ˡ⁾"),
    "dW[l] = dZ[l]ᵀ @ A[l - 1]": ("dW[l] = A[l - 1]ᵀ @ dZ[l]", "outer-transposed", "Rows and columns have changed places"),
    "dZ[l] = (dZ[l + 1] * W[l + 1]ᵀ) ⊙ g′[l](Z[l])": ("dZ[l] = (dZ[l + 1] @ W[l + 1]ᵀ) ⊙ g′[l](Z[l])", "elementwise-for-matrix",
                                                    "with W⁽ˡ⁺¹⁾ and dZ as a matrix product"),
    "dZ[L] = (A[L] - Y) * g′[L](Z[L]) / m": ("dZ[L] = (A[L] - Y) / m", "softmax-derivative-again", "is multiplied once more"),
    "dZ[L] = -Y * (1 - A[L]) / m": ("dZ[L] = (A[L] - Y) / m", "softmax-diagonal", "Only the diagonal A⁽ᴸ⁾·(1 − A⁽ᴸ⁾)"),
    "dZ[L] = Y - A[L] + 0.3": ("dZ[L] = (A[L] - Y) / m", "", "A⁽ᴸ⁾ − Y"),
    "dZ[L] = A[L] - Y": ("dZ[L] = (A[L] - Y) / m", "factor", "without the factor 1 / m"),
    "db[l] = mean_samples(dZ[l])": ("db[l] = over_samples(dZ[l])", "", "mean_samples"),
}


@pytest.mark.parametrize("line", WRONG)
def test_a_wrong_line_is_named_and_no_other(line: str) -> None:
    right, sort, said = WRONG[line]
    assert right in RIGHT
    found = check(ROWS, {"lines": RIGHT.replace(right, line)})
    (wrong,) = [verdict for verdict in found.verdicts.values() if not (verdict.right or verdict.follows)]
    assert found.first_wrong == wrong.quantity == line.partition(" =")[0]
    assert sort in (*wrong.mistakes, "")
    assert said in wrong.sentence or said in wrong.given


def test_another_convention_of_delta_is_no_mistake() -> None:
    found = check(ROWS, {"lines": RIGHT.replace("(A[L] - Y) / m", "A[L] - Y").replace("A[l - 1]ᵀ @ dZ[l]", "A[l - 1]ᵀ @ dZ[l] / m")
                         .replace("over_samples(dZ[l])", "mean_samples(dZ[l])")})
    assert found.right
    assert found.notes == ('All lines keep to another convention, delta = "∂J/∂Z of one sample", which is no mistake.',)


def test_names_of_the_contract_stand_for_the_lectures_own() -> None:
    found = check(LAYERS, {"delta_output": "(a[j, L] - y[j]) * dσ(z[j, L])", "dW": "δ[j, l] * a[k, l]"})
    assert [(name, verdict.right) for name, verdict in found.verdicts.items()] == [("delta_output", True), ("dW", False)]


def test_numbers_follow_from_wrong_numbers_before() -> None:
    hand = compare(ROWS).hand
    delta = 3 * hand["delta"][2]
    follows = hand["post"][1].T @ delta
    found = check(ROWS, {"delta[2]": to_texts(delta), "dW[2]": to_texts(follows, 3), "db[1]": to_texts(-hand["db"][1])})
    words = {name: (verdict.right, verdict.follows, verdict.mistakes) for name, verdict in found.verdicts.items()}
    assert words["delta[2]"][:2] == (False, False)
    assert words["dW[2]"] == (False, True, ())
    assert "hidden-sign" in words["db[1]"][2]
    assert "3, 3, 3" in found.verdicts["delta[2]"].sentence


@pytest.mark.parametrize(("answers", "said"), [
    ({"q": "1"}, "no quantity"), ({"q[l]": "Z[l]"}, "unknown quantity 'q'"), ({"delta[9]": [1]}, "there is no such layer"),
    ({"dZ[l]": "foo(Z[l])"}, "foo"), ({"dZ[l]": "().__class__"}, "no part of a line"), ({"delta[2]": [[1, 2]]}, "nested as in compare"),
    ({"C": True}, "not bool"), ({"lines": "dZ[l]"}, "one sign of equality"),
    ({"dZ": "A[L] - Y"}, "dZ is written dZ[l] in this notation"), ({}, "there is nothing to check"),
    ({"delta[2]": [[float("nan")] * 3] * 3}, "not a finite number"), ({"dZ[l]": "q[l]"}, "q has no meaning"),
    ({"dZ[l]": lambda l: l}, "dZ[l] is a function"), ({"dZ9": "A9"}, "there is no layer 9"), ({"db": "dZ[l]", "db[l]": "dZ[l]"}, "given twice"),
    ({"conventions": "mine", "db": "dZ[l]"}, "unknown convention"),
    ({"dZ[L]": "A[L - 1] @ dW[L]", "dW[L]": "A[L - 1]ᵀ @ dZ[L]"}, "go in a circle"),
])
def test_what_cannot_be_read_is_said(answers: dict[str, Any], said: str) -> None:
    with pytest.raises((ValueError, TypeError), match=r".") as caught:
        check(ROWS, answers)
    assert said in str(caught.value)


def test_the_command_checks_a_class(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    good.write_text(f'lines = """{RIGHT}"""', encoding="utf-8")
    bad.write_text(f'lines = """{RIGHT.replace("dW[l] = A[l - 1]", "dW[l] = A[l]")}"""', encoding="utf-8")
    assert main(["check", str(good), "--lecture", ROWS]) == 0
    assert "All 5 quantities are right." in capsys.readouterr().out
    assert main(["check", str(good), str(bad), "--lecture", ROWS, "--summary"]) == 1
    said = capsys.readouterr().out
    assert "4 of 5" in said
    assert "1 of 2 are right." in said
    assert main(["check", str(bad), "--lecture", ROWS, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["first_wrong"] == "dW[l]"
    report, marks = tmp_path / "r.html", tmp_path / "m.csv"
    assert main(["check", str(bad), "--lecture", ROWS, "--report", str(report)]) == 1
    assert "activation-own-layer" in report.read_text(encoding="utf-8")
    assert main(["check", str(good), str(bad), "--lecture", ROWS, "--marks", str(marks), "--weights", "delta_hidden=2,dW=3"]) == 1
    assert [row.rpartition("m.csv")[2].split(",")[-3:] for row in marks.read_text(encoding="utf-8").splitlines()] == [
        ["points", "out of", "first mistake"], ["8", "8", ""], ["5", "8", "dW[l]: activation-own-layer"]]
    assert main(["check", str(bad), "--lecture", ROWS, "--hints", "2"]) == 1
    assert "Look at ∂J/∂W⁽ˡ⁾: the wrong factor." in capsys.readouterr().out
    assert main(["check", str(good), "--lecture", ROWS, "--conventions", "given"]) == 0


@pytest.mark.parametrize("id", ["chain", ROWS])
def test_a_sheet_with_a_seed_is_checked_with_it(id: str, tmp_path: Path, capsys: pytest.CaptureFixture[str],
                                                monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["check", "--lecture", id, "--seed", "7", "--template", "-o", "t.csv"]) == 0
    from nn.derivations.internal import draw_settings

    rows = {row.name: row for row in compare(id, **({"seed": 7} if id == ROWS else draw_settings(id, 7))).rows}
    lines = Path("t.csv").read_text(encoding="utf-8").splitlines()
    for i, line in enumerate(lines):
        name = line.rpartition('",')[0].strip('"') if line.startswith('"') else line.partition(",")[0]
        lines[i] = f"{line}{rows[name].hand:.5f}" if name in rows else line
    Path("t.csv").write_text("\n".join(lines), encoding="utf-8")
    assert main(["check", "t.csv", "--lecture", id, "--seed", "7"]) == 0
    if id != ROWS:
        Path("t.csv").write_text("\n".join(lines[:2]), encoding="utf-8")
        assert main(["check", "t.csv", "--lecture", id, "--seed", "8"]) == 1
    capsys.readouterr()


def test_drawn_numbers_have_few_digits() -> None:
    example = draw_numbers(Lecture.read(ROWS), 5)
    assert all(round(x, 2) == x for matrix in example.weights.values() for x in matrix.ravel().tolist())
    assert all(abs(row.sum() - 1) < 1e-9 for row in example.targets)


def test_lines_with_numbers_of_layers_are_about_a_network_as_deep_as_the_example() -> None:
    lines = {"dZ2": "1/m * (A2 - Y)", "dW2": "A1.T @ dZ2", "dZ1": "dZ2 @ W2.T * dg1(Z1)", "dW1": "X.T @ dZ1"}
    assert check(ROWS, lines).right
    wrong = check(ROWS, lines | {"dZ2": "A2 - Y"}).verdicts
    assert [name for name, verdict in wrong.items() if verdict.wrong] == ["dZ2"]
    assert wrong["dW2"].follows
    assert "without the factor 1 / m" in wrong["dZ2"].sentence


def test_an_argument_by_name_is_answered_with_what_to_write() -> None:
    with pytest.raises(ValueError, match=r"^db2: a function takes no argument by its name, .* over_samples"):
        check(ROWS, {"db2": "np.sum(dZ2, axis=0)"})


def test_a_line_that_is_calculated_from_itself_is_told_and_the_others_are_judged() -> None:
    found = check(ROWS, {"dZ[l]": "dZ[l] @ W[l]ᵀ", "dW[l]": "A[l - 1]ᵀ @ dZ[l]", "dZ[L]": "dZ[L]"}).verdicts
    assert {name: (verdict.judged, verdict.wrong) for name, verdict in found.items()} == {
        "dZ[L]": (False, False), "dZ[l]": (True, True), "dW[l]": (True, False)}
    assert "it is calculated from itself" in next(verdict.sentence for verdict in found.values() if verdict.wrong)
