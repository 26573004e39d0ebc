"""``run.py`` makes the environment when it has to, and only then."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from processes import Spawn

sys.path.insert(0, str(Path(__file__).parent.parent))
import run


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The commands that would have been run, in a copy of the project that holds its settings alone."""
    issued: list[tuple[str, ...]] = []

    def quietly(*command: str) -> "subprocess.CompletedProcess[str]":
        issued.append(command)
        if "venv" in command:
            Path(run.python()).parent.mkdir(parents=True, exist_ok=True)
            Path(run.python()).touch()
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(run, "ROOT", tmp_path)
    monkeypatch.setattr(run, "ENVIRONMENT", tmp_path / ".venv")
    monkeypatch.setattr(run, "PROGRAMS", tmp_path / ".venv" / "bin")
    monkeypatch.setattr(run, "quietly", quietly)
    (tmp_path / "pyproject.toml").write_text("[project]")
    return issued


def test_ctrl_c_is_left_to_the_command_that_runs(tmp_path: Path, spawn: Spawn) -> None:
    child = "import signal, sys, time\ntry:\n    print('up', flush=True)\n    time.sleep(60)\nexcept KeyboardInterrupt:\n    time.sleep(1)\n    sys.exit(7)"
    outer = f"import sys; sys.path.insert(0, {str(Path(run.__file__).parent)!r}); import run; sys.exit(run.passed_on([sys.executable, '-c', {child!r}]))"
    process = spawn([sys.executable, "-c", outer], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path)
    assert process.stdout is not None
    assert process.stdout.readline() == b"up\n"
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    _, told = process.communicate(timeout=30)
    assert process.returncode == 7
    assert told == b""


def test_it_is_made_once(commands: list[tuple[str, ...]], tmp_path: Path) -> None:
    assert run.set_up("demonstration") == ""
    assert [("venv" in c, c[-1]) for c in commands] == [(True, str(tmp_path / ".venv")), (False, str(tmp_path))]
    assert "--clear" not in commands[0], "what somebody else made is not cleared"
    assert run.set_up("demonstration") == ""
    assert len(commands) == 2


def test_tests_add_what_they_need(commands: list[tuple[str, ...]], tmp_path: Path) -> None:
    run.set_up("demonstration")
    run.set_up("test")
    assert [c[-1] for c in commands[2:]] == [f"{tmp_path}[test]"]
    run.set_up("all")
    assert run.set_up("test") == run.set_up("demonstration") == ""
    assert len(commands) == 4


@pytest.mark.parametrize("change", ["settings", "interpreter", "place", "lost"])
def test_it_is_made_anew_when_it_no_longer_fits(
    change: str, commands: list[tuple[str, ...]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run.set_up("test")
    commands.clear()
    if change == "settings":
        (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'")
    elif change == "interpreter":
        monkeypatch.setattr(sys, "version", "3.99")
    elif change == "place":
        stamp = tmp_path / ".venv" / "installed.txt"
        stamp.write_text(stamp.read_text().replace(str(tmp_path), "elsewhere"))
    else:
        Path(run.python()).unlink()
    run.set_up("test")
    assert ["--clear" in c for c in commands] == [True, False]


def test_what_went_wrong_is_said(commands: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    working = run.quietly

    def failing(*command: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.CompletedProcess(command, 1, "", "no module named ensurepip")

    monkeypatch.setattr(run, "quietly", failing)
    assert run.main([]) == 1
    assert "apt install python3-venv\nno module named ensurepip" in capsys.readouterr().err
    monkeypatch.setattr(run, "quietly", lambda *command: working(*command) if "venv" in command else failing(*command))
    assert "is there a network? pip said" in run.set_up("test")
    monkeypatch.setattr(sys, "version_info", (3, 10))
    assert run.main([]) == 1
    assert "needs 3.11 or later" in capsys.readouterr().err
    assert commands
