"""What a comparison passes: no wrong gradient however small, every right one however it rounds."""

from pathlib import Path

import pytest

from nn.derivations import compare
from visualize.commands.cli import main

FILE = """
title = "Two neurons"
[notation]
indices = []
[problem]
activations = ["sigmoid", "identity"]
lines = '''
δ1 = {line}
'''
[letters]
weight = "w"
[example]
x = {x}
y = 2.0
W = [1.1, 0.7]
b = [0.1, 0.2]
rate = 0.1
"""


def write(path: Path, line: str, x: float) -> str:
    path.write_text(FILE.format(line=line, x=x), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("x", [-60, 0.4, 5, 15, 30])
def test_a_wrong_gradient_is_noticed_however_small(x: float, tmp_path: Path) -> None:
    found = compare(write(tmp_path / "mine.toml", "5*δ2*w2*f1′(z1)", x))
    assert not found.agrees
    assert found.max_error == pytest.approx(0.8, abs=1e-9)
    assert {row.name for row in found.rows if row.error > 0.79} >= {"delta[1][0]", "dW[1][0, 0]", "db[1][0]"}


@pytest.mark.parametrize("line", ["δ2*w2*f1′(z1)", "5*δ2*w2*f1′(z1)", "-δ2*w2*f1′(z1)"])
def test_what_rounding_leaves_nothing_of_is_too_small_to_tell(
    line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "mine.toml", line, 60)
    assert [row.symbol for row in compare(path).too_small] == ["δ₁", "∂C/∂w₁", "∂C/∂b₁"]
    assert main(["compare", path]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "13 of 16 quantities agree: nothing differs beyond rounding. Too small to tell: δ₁, ∂C/∂w₁, ∂C/∂b₁" in out


@pytest.mark.parametrize("slope", ["a1*(1 - a1)", "exp(-z1)/(1 + exp(-z1))**2", "(a1 - a1**2)"])
@pytest.mark.parametrize("x", [-30, 0.4, 10, 15, 30, 60])
def test_a_right_line_never_disagrees(slope: str, x: float, tmp_path: Path) -> None:
    found = compare(write(tmp_path / "mine.toml", f"δ2*w2*{slope}", x))
    assert found.agrees
    if x not in (15, 30):  # between them some digits are left, and it depends on how the line rounds
        assert bool(found.too_small) == (x == 60)


def test_a_sum_that_cancels_agrees_and_the_sentence_names_the_measure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    right = compare("layers", W=[[[0.1, 0.2]]], b=[[-0.3]], x=[1, 1], y=[0.5])  # z = 0.1 + 0.2 − 0.3, and 5.6e-17 by floats
    assert right.agrees
    assert not right.too_small
    main(["compare", write(tmp_path / "mine.toml", "5*δ2*w2*f1′(z1)", 0.4)])
    assert "∂C/∂b₁: largest difference 0.8 of the larger number." in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("activation", ["relu", "identity", "tanh", "elu", "softplus", "silu"])
def test_what_is_nought_agrees(activation: str) -> None:
    found = compare("one-neuron", x=0, w1=1, b1=0, y=0, activation=activation)
    assert found.agrees
    assert not found.too_small
