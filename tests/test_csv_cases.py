"""Files as people have them, in tests/csv: each is read as ``expected.json`` says, or refused in one sentence."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nn import load, read_csv
from visualize.commands.cli import main

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parent / "csv"
FILES: dict[str, Any] = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))["files"]
READ = {name: case["read"] for name, case in FILES.items() if "read" in case}
REFUSED = {name: case["refuse"] for name, case in FILES.items() if "refuse" in case}
SAID = {
    "index_unnamed.csv": "a column of index_unnamed.csv without a name, such as an index, is left out",
    "r_write_csv.csv": "without a name",
    "r_write_table.csv": "without a name",
    "class_case.csv": "column 'y' is read with one spelling for words that differ in case or blanks alone: 'yes' as 'Yes', 'no' as 'No'",
    "class_none.csv": "'none' in column 'treatment' is read as a class, of 2 rows",
    "missing_999.csv": "holds -999, far from its other numbers (3 to 4): if it marks a missing value, say so",
}
"""What is said on standard error of files that are read; of all others nothing."""


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def train(name: str, *options: str) -> int:
    Path(name).write_bytes((FOLDER / name).read_bytes())
    return main(["train", name, "--epochs", "2", *options])


def test_each_file_is_expected_to_be_something() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {*FILES, "expected.json"}


@pytest.mark.parametrize("name", READ)
def test_a_file_is_read(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    expected = READ[name]
    assert train(name, "--target", expected["target"], "--json") in (0, 1)
    out, err = capsys.readouterr()
    report = json.loads(out)
    assert (report["inputs"], report["targets"]) == (expected["inputs"], [expected["target"]])
    assert report["scores"]["training"]["samples"] == expected["rows"]
    assert (SAID[name] in err) if name in SAID else (err == "")
    net = load("model.json")
    assert all(np.isfinite(p.data) for p in net.parameters())
    if "classes" in expected:
        assert list(net.data_preparation.classes) == expected["classes"]


@pytest.mark.parametrize("name", [name for name, expected in READ.items() if "first" in expected])
def test_numbers_are_read_as_they_are_meant(name: str) -> None:
    data = read_csv(FOLDER / name, READ[name]["target"])
    assert data.D[0].tolist() == READ[name]["first"]


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_is_refused_in_one_sentence(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert train(name, "--target", "y") == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"autograd-lite: {name}")
    assert err.count("\n") == 1
    assert any(word in err for word in REFUSED[name])
    assert not Path("model.json").exists()
