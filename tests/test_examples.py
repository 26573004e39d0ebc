"""The scripts in ``examples/`` run and end with what they promise."""

import runpy
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"
LAST_LINES = {
    "sigmoid_derivative": "From the graph df/dx = 0.221712873293109; by the formula f(1 − f) = 0.221712873293109.",
}


def test_every_script_is_run() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.py")} == set(LAST_LINES)


@pytest.mark.parametrize("name", LAST_LINES)
def test_the_scripts_run(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(EXAMPLES / f"{name}.py"))
    assert capsys.readouterr().out.rstrip().splitlines()[-1] == LAST_LINES[name]
