"""What commands refuse, in one sentence: files that hold no derivation, and trainings and networks that do not fit."""

from pathlib import Path

import pytest

from nn import MLP, save
from visualize.commands.cli import main

CHAIN = ["--lecture", "chain", "--activations", "sigmoid", "sigmoid"]


@pytest.fixture(autouse=True)
def in_a_folder_with_samples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("line.csv").write_text("x,y\n0,1\n1,3\n2,5\n", encoding="utf-8")


def refuse(line: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(line) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert sentence in err


@pytest.mark.parametrize(("name", "content", "sentence"), [
    ("large.toml", b"#" * 200_001, "is larger than 200 kB, and no derivation is; is it the right file?"),
    ("latin.toml", 'delta2 = "é"'.encode("latin-1"), "is not UTF-8 text; save it in that encoding"),
    ("deep.toml", b"delta2 = " + b"[" * 50, "it is nested deeper, or has longer lines, than a derivation has"),
    ("long.txt", b"delta2 = " + b"a" * 6000, "line 1 has 6009 characters; at most 5000 are read"),
    ("twice.txt", b"delta2 = a2 - y\ndelta2 = y", "line 2: 'delta2' is given twice; leave one out"),
])
def test_files_without_a_derivation(name: str, content: bytes, sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path(name).write_bytes(content)
    refuse(["check", name, *CHAIN], sentence, capsys)


def test_a_python_file_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    refuse(["check", "none.py", *CHAIN, "--run-python"], "cannot read none.py: there is no such file", capsys)


def test_a_formula_in_quotation_marks_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    Path("quoted.txt").write_text("delta2 = '(a2 - y)*a2*(1 - a2)'", encoding="utf-8")
    assert main(["check", "quoted.txt", *CHAIN]) == 0
    assert "It is right." in capsys.readouterr().out


@pytest.mark.parametrize(("options", "sentence"), [
    (["--optimizer", "adam:eta=0.1", "--eta", "0.2"], "the learning rate is given twice, in --optimizer and in --eta"),
    (["--seed", "-1"], "must be a whole number of at least 0, not '-1'"),
    (["--epochs", "0"], "must be a whole number of at least 1, not '0'"),
])
def test_trainings_that_are_refused(options: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    refuse(["train", "line.csv", "--target", "y", *options], sentence, capsys)


def test_numbers_that_commands_take(capsys: pytest.CaptureFixture[str]) -> None:
    Path("right.toml").write_text('delta2 = "(a2 - y) * a2 * (1 - a2)"\n', encoding="utf-8")
    refuse(["check", "right.toml", *CHAIN, "--hints", "4"], "must be 1, 2 or 3, not '4'", capsys)
    refuse(["check", "right.toml", *CHAIN, "--seed", "1000000000"], "must be a whole number from 0 to 999999999", capsys)
    refuse(["check", "right.toml", *CHAIN, "-j", "-1"], "must be a number of processes from 1 up, not '-1'", capsys)


def test_a_network_that_knows_no_names(capsys: pytest.CaptureFixture[str]) -> None:
    save(MLP(3, [1], "tanh", "identity", 0), "three.json")
    refuse(["predict", "three.json", "line.csv"], "has 2 columns, and the network, which knows no names, takes 3", capsys)
    save(MLP(2, [1], "tanh", "identity", 0), "two.json")
    assert main(["predict", "two.json", "line.csv"]) == 0
    assert capsys.readouterr().out.startswith("x,y,prediction\n")


def test_a_cost_that_rises_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "line.csv", "--target", "y", "--optimizer", "gradient_descent", "--eta", "2.5", "--epochs", "3"]) == 0
    assert "the cost is higher than it was at first: try a smaller --eta" in capsys.readouterr().out
