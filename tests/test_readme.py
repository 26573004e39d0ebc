"""The README and the pages beside it tell the truth: Python runs, commands work, outputs and pictures are the program's."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from nn.derivations import LECTURES
from visualize import draw
from visualize.commands.cli import main

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = ("compare", "check", "training", "page", "commands", "engine")
EVERYTHING = "\n".join([README, *((ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8") for page in PAGES)])
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", EVERYTHING, re.MULTILINE | re.DOTALL)
COMMANDS = sorted(set(re.findall(r"python3 run\.py ((?:step|draw|compare|page|check|lecture|sheet)[^`\n]*)", EVERYTHING)))


@pytest.fixture(autouse=True)
def in_a_folder_with_the_files_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOGRAD_LITE_DOT", "embedded")
    monkeypatch.chdir(tmp_path)
    for folder in ("examples", "nn"):  # both hold files that commands name
        (tmp_path / folder).symlink_to(ROOT / folder)
    for block in (text for language, text in BLOCKS if language == "toml"):
        name = re.match(r"# (\w+\.toml)", block)
        assert name is not None
        (tmp_path / name[1]).write_text(block, encoding="utf-8")


def test_the_python_block_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (block,) = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    assert len([line for line in block.splitlines() if line.strip()]) <= 16
    exec(compile(block, "README.md", "exec"), {})
    out = capsys.readouterr().out
    assert out.startswith("-0.6759008880747861 -1.0138513321121791\n")
    assert "∂C/∂w₁ += ∂C/∂z₁·x" in out
    assert "δ₁ = ∂C/∂z₁" in (tmp_path / "neuron.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands_work(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    asks = "--predict" in command  # which needs a terminal, and says so
    wrong = "mine.toml" in command  # a derivation with two mistakes
    assert main(shlex.split(command)) == (2 if asks else 1 if wrong else 0)
    assert ("needs a terminal" in capsys.readouterr().err) is asks


def test_the_commands_that_train_work_one_after_the_other(capsys: pytest.CaptureFixture[str]) -> None:
    commands = list(dict.fromkeys(re.findall(r"python3 run\.py ((?:train|predict)[^`\n]*)", EVERYTHING)))
    assert [command.split()[0] for command in commands] == ["train", "train", "predict", "train", "predict"]
    printed = []
    for command in commands:
        assert main(shlex.split(command)) == 0
        printed.append(capsys.readouterr().out)
    assert "y = 2·x + 1\n" in printed[0]
    assert printed[2].startswith("x1,x2,crescent,P(lower),P(upper),prediction\n")
    assert "stopped after 150 epochs" in printed[3]
    assert printed[4].startswith("x,y,prediction\n")


def without_roundings(text: str) -> list[list[str]]:
    """The words of each line; differences of the size of a rounding may be others elsewhere."""
    return [["tiny" if re.fullmatch(r"0|\de-1[5-9]", word) else word for word in line.split()] for line in text.splitlines()]


def test_console_blocks_show_what_is_printed() -> None:
    shown = 0
    for language, text in BLOCKS:
        for command, output in re.findall(r"^\$ python3 run\.py(.*)\n((?:(?!\$ ).*\n)*)", text, re.MULTILINE):
            if language == "console" and output:
                done = subprocess.run([sys.executable, "-m", "visualize", *shlex.split(command)], check=False,
                                      capture_output=True, text=True, env=dict(os.environ) | {"COLUMNS": "80"})
                assert done.returncode == ("mine.toml" in command)
                assert without_roundings(done.stdout) == without_roundings(output)
                shown += 1
    assert shown == 3


def test_the_table_shows_the_command_that_reads_critically_and_what_it_compares_agrees(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = dict(re.findall(r"^\| (.*?) \| `python3 run\.py (.*?)` \|", README, re.MULTILINE))
    (critical,) = [command for wish, command in rows.items() if "read critically" in wish]
    assert critical.startswith("lecture ")
    compared = [command for command in rows.values() if command.startswith("compare ")]
    assert compared == ["compare columns", "compare examples/worked/momentum_parabola.toml"], "a lecture and a worked example"
    for command in (critical, *compared):
        assert main(shlex.split(command)) == 0, command
    assert capsys.readouterr().err == ""


def test_the_options_named_are_the_lectures_settings() -> None:
    (named,) = re.findall(r"Every quantity of the lecture is an option: `(.*?)`", EVERYTHING)
    assert set(named.split()) == {f"--{setting.name}" for setting in LECTURES["one-neuron"].settings}


def test_the_settings_file_works(capsys: pytest.CaptureFixture[str]) -> None:
    (block,) = [text for language, text in BLOCKS if language == "toml" and "network" in text]
    (command,) = re.findall(r"for: (.*)", block)
    assert main(shlex.split(command)) == 0
    assert "w₁₃⁽¹⁾" in capsys.readouterr().out


def test_the_picture_is_what_the_demonstration_draws() -> None:
    lecture = LECTURES["one-neuron"]
    picture = draw(lecture.record(lecture.resolve({})).cost).svg
    assert (ROOT / "docs" / "one_neuron.svg").read_text(encoding="utf-8") == picture, (
        "draw it again: AUTOGRAD_LITE_DOT=embedded python3 run.py draw one-neuron -o docs/one_neuron.svg"
    )


def test_every_link_leads_somewhere() -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", README)
    assert len(targets) >= 5
    assert all((ROOT / target).exists() for target in targets if "://" not in target)


def test_the_readme_is_short_and_says_what_it_is_in_three_lines() -> None:
    first = README.split("\n\n")[1]
    assert len(first.splitlines()) == 3
    assert len(README.splitlines()) <= 110, "three screens"
    commands = re.findall(r"^\$ (.*)$", README, re.MULTILINE)
    assert commands[:2] == ["python3 run.py", "python3 run.py test"]
