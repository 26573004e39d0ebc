"""The campaigns of ``benchmarks/campaign.py`` at a small size."""

import subprocess
import sys
from pathlib import Path

import pytest

CAMPAIGN = Path(__file__).parent.parent / "benchmarks" / "campaign.py"


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, str(CAMPAIGN), *arguments], capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_the_campaigns_are_listed() -> None:
    assert [line.split()[0] for line in run().stdout.splitlines()] == ["graphs", "exact", "diagnosis"]


@pytest.mark.exhaustive
def test_random_graphs_agree_with_differences_and_complex_steps() -> None:
    done = run("graphs", "--size", "1000", "--seed", "5")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "graphs                            1,000" in done.stdout
    assert "disagreements                     0" in done.stdout


@pytest.mark.exhaustive
def test_random_graphs_agree_with_60_digits() -> None:
    done = run("exact", "--size", "300", "--seed", "5")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "graphs                            300" in done.stdout
    assert "disagreements                     0" in done.stdout
