"""The command ``check-code``: files, hints, formats, and what goes wrong."""

import json
import shlex
from pathlib import Path

import pytest

from visualize.commands.cli import main

pytestmark = pytest.mark.slow
PROGRAMS = Path(__file__).parent / "programs"
MISTAKE = ("(1 - np.tanh(Z[i-1])**2)", "1")


def run(command: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    status = main(["check-code", *shlex.split(command)])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


@pytest.fixture(autouse=True)
def in_a_folder_of_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "400")
    source = (PROGRAMS / "open" / "p07.py").read_text(encoding="utf-8")
    (tmp_path / "right.py").write_text(source, encoding="utf-8")
    (tmp_path / "wrong.py").write_text(source.replace(*MISTAKE), encoding="utf-8")


def test_a_right_and_a_wrong_program(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run("right.py", capsys)
    assert status == 0
    assert out.startswith("Read as: samples in rows, W (inputs, units), b (n,); hidden tanh, output identity; squared error")
    assert "Right." in out
    status, out, _ = run("wrong.py", capsys)
    assert status == 1
    assert "hidden-derivative-missing" in out
    assert "The factor tanh′(z⁽²⁾) is missing" in out


def test_hints_say_less(capsys: pytest.CaptureFixture[str]) -> None:
    for level, said in ((1, "Look at dW[2]."), (2, "Look at dW[2]: a factor is missing.")):
        status, out, _ = run(f"wrong.py --hints {level}", capsys)
        assert status == 1
        assert said in out
        assert "hidden-derivative-missing" not in out
        assert "tanh′" not in out


def test_what_programs_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run("wrong.py --json --report page.html", capsys)
    data = json.loads(out)
    assert (status, data["right"], data["first_wrong"], data["mistakes"]) == (1, False, "dW[2]", ["hidden-derivative-missing"])
    assert err == "wrote page.html\n"
    assert "<td" in (page := (tmp_path / "page.html").read_text(encoding="utf-8"))
    assert "The factor tanh′(z⁽²⁾) is missing" in page
    assert run("wrong.py --format gradescope", capsys)[0] == 1
    tests = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))["tests"]
    assert [(test["name"], test["score"]) for test in tests] == [
        ("dW[3]", 1), ("db[3]", 1), ("dW[2]", 0), ("db[2]", 1), ("dW[1]", 0), ("db[1]", 1), ("the program", 1)]


def test_the_template_is_a_program_to_fill_in(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--template -o mine.py", capsys)[0] == 0
    status, _, said = run("mine.py", capsys)
    assert status == 2
    assert "mine.py is the template, with nothing filled in" in said


@pytest.mark.one_in(2)
@pytest.mark.parametrize(("command", "said"), [
    ("", "name the file to check"), ("none.py", "cannot read none.py"), ("right.txt", "right.txt is no Python file"),
    ("right.py --hint 1", "unknown argument '--hint'; did you mean '--hints'?"), ("right.py --hints", "waits for Enter"),
    ("right.py --cost mse", "it is called 'mean_squared_error' here"), ("right.py --activations rellu", "did you mean 'relu'"),
    ("right.py --layers two", "--layers must be whole numbers"), ("right.py --template", "leave the file out"),
    ("right.py --json --format gradescope", "two forms of the same"), ("right.py --format xml", "unknown format"),
    ("raises.py", "raises.py: running it raised ZeroDivisionError in line 2"), ("syntax.py", "SyntaxError in line 1"),
    ("empty.py", "there is no function gradients(W, b, X, Y)"), ("exits.py", "running it raised SystemExit in line 1"),
    ("ends.py", "ends.py ended the process that it was run in"),
])
def test_bad_input_is_answered_in_a_sentence(command: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, text in (("raises", "x = 1\n1 / 0\n"), ("syntax", "def f(:\n"), ("empty", "x = 1\n"), ("exits", "raise SystemExit\n"),
                       ("ends", "import os\nos._exit(3)\n")):
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    status, out, err = run(command, capsys)
    assert (status, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1

@pytest.mark.parametrize(("line", "said"), [
    ("raise KeyError('W9')", "It stops in line 2"), ("return None", "it returned None"),
    ("return [w[:-1] for w in W], b", "dW[3] is wrong: its shape is (4, 3), and that of its parameter (5, 3)"),
])
def test_a_program_whose_gradients_raise_or_return_something_else_is_judged(
    line: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "bad.py").write_text(f"def gradients(W, b, X, Y):\n    {line}\n", encoding="utf-8")
    status, out, err = run("bad.py --json", capsys)
    assert (status, err) == (1, "")
    assert not json.loads(out)["right"]
    assert said in json.loads(out)["sentence"]



def test_a_program_that_does_not_end_is_ended(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("visualize.diagnosis.processes.SECONDS", 3)
    (tmp_path / "slow.py").write_text("def gradients(W, b, X, Y):\n    while True:\n        pass\n", encoding="utf-8")
    assert run("slow.py", capsys)[::2] == (2, "autograd-lite: slow.py did not end within 3 seconds\n")


def test_what_a_program_prints_goes_nowhere_and_it_reads_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = (PROGRAMS / "open" / "p21.py").read_text(encoding="utf-8")
    (tmp_path / "loud.py").write_text(f"import sys\nprint(sys.stdin.read(), 'loud')\n{source}", encoding="utf-8")
    status, out, err = run("loud.py", capsys)
    assert status == 0
    assert "loud" not in out + err


def test_the_help_says_that_it_is_no_sandbox(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["check-code", "--help"])
    assert "it is no sandbox" in " ".join(capsys.readouterr().out.split())
