#!/usr/bin/env python3
"""Set everything up in .venv and run it; needs Python 3.11 or later and, at the first run, a network.

    python3 run.py                     the demonstration
    python3 run.py test [ARGUMENT …]   the tests, on every core (arguments go to pytest)
    python3 run.py test --all          the exhaustive tests too
    python3 run.py test -m fast        the quick tests, in about a minute
    python3 run.py COMMAND …           any command of autograd-lite, such as: compare one-neuron --activation sigmoid

The environment is made at the first run, and again when pyproject.toml has changed.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
PROGRAMS = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
EXTRAS = {"demonstration": "", "test": "[test]", "all": "[all]"}


def main(arguments: list[str]) -> int:
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is run by whatever python3 is
        have = sys.version.split()[0]
        return failed(f"this is Python {have}; autograd_lite needs 3.11 or later. Run: python3.11 run.py")
    testing = arguments[:1] == ["test"]
    problem = set_up("test" if testing else "demonstration")
    if problem:
        return failed(problem)
    if testing:
        return passed_on([python(), "-m", "pytest", *spread(arguments[1:]), *arguments[1:]], ROOT)
    # -P: a stranger's nn in the folder it is started from is not to be imported
    return passed_on([python(), "-P", "-m", "visualize", *arguments])


def spread(arguments: "list[str]") -> "list[str]":
    """The options that spread the tests over the cores, unless a number of processes is asked for."""
    asked = any(argument.startswith(("-n", "--numprocesses", "--pdb", "-p")) for argument in arguments)
    return [] if asked else ["-n", "auto", "--dist", "worksteal"]


def passed_on(command: "list[str]", folder: "Path | None" = None) -> int:
    """Run a command to its end; Ctrl-C is for the command, which may have something to save."""
    with subprocess.Popen(command, cwd=folder) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue


def set_up(extra: str) -> str:
    """Make the environment with that extra unless it is there; returns what went wrong, empty if nothing did."""
    stamp = ENVIRONMENT / "installed.txt"
    # what is installed holds for this interpreter, this place and these settings
    made_for = f"{sys.version}\n{ROOT}\n{(ROOT / 'pyproject.toml').read_text(encoding='utf-8')}"
    extras, _, was_for = stamp.read_text(encoding="utf-8").partition("\n") if stamp.exists() else ("", "", "")
    present = Path(python()).exists()
    have = extras.split() if present and was_for == made_for else []
    if extra in have or "all" in have:
        return ""
    say("setting up .venv (once; about a minute) …")
    if not have:
        anew = ["--clear"] if stamp.exists() else []  # only what was made here is cleared
        made = quietly(sys.executable, "-m", "venv", *anew, str(ENVIRONMENT))
        if made.returncode != 0 or not Path(python()).exists():
            return ("Python could not make a virtual environment. On Debian or Ubuntu install it with: "
                    f"apt install python3-venv\n{(made.stderr or made.stdout).strip()}")
    got = quietly(python(), "-m", "pip", "install", "--editable", f"{ROOT}{EXTRAS[extra]}")
    if got.returncode != 0:
        return f"pip could not install the project; is there a network? pip said:\n{got.stderr.strip()}"
    stamp.write_text(" ".join([*have, extra]) + "\n" + made_for, encoding="utf-8")
    return ""


def quietly(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, text=True, check=False)


def python() -> str:
    return str(PROGRAMS / ("python.exe" if os.name == "nt" else "python"))


def say(sentence: str) -> None:
    print(f"run.py: {sentence}", file=sys.stderr, flush=True)


def failed(sentence: str) -> int:
    say(sentence)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
