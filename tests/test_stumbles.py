"""The ten things that users of micrograd's engine stumble over most, each with what happens here.

``MICROGRAD`` is written for micrograd's public attributes and runs here with its import changed.
"""

import copy
import pickle
import sys
from pathlib import Path

import numpy as np
import pytest

from autograd_lite import StaleGraphWarning, Value, grad, relu
from nn import MLP
from visualize import draw, print_steps

MICROGRAD = """
a = Value(-4.0)
b = Value(2.0)
c = a + b
d = a * b + b**3
c += c + 1
c += 1 + c + (-a)
d += d * 2 + (b + a).relu()
d += 3 * d + (b - a).relu()
e = c - d
f = e**2
g = f / 2.0
g += 10.0 / f
g.backward()
result = (g.data, a.grad, b.grad)
parameters = [a, b]
for p in parameters:
    p.data += -0.01 * p.grad
    p.grad = 0
"""


def test_code_written_for_micrograd_runs_with_its_import_changed() -> None:
    names: dict[str, object] = {"Value": Value}
    exec(MICROGRAD, names)
    # what the README of micrograd prints for this expression, to its four decimals
    assert names["result"] == pytest.approx((24.7041, 138.8338, 645.5773), abs=5e-5)


def test_shared_nodes() -> None:
    a = Value(3.0)
    b = a + a
    y = b * b
    y.backward()
    assert (a.grad, b.grad) == (24.0, 12.0)


def test_twice_backward() -> None:
    a = Value(3.0)
    inner = a * a
    y = inner * 2
    y.backward()
    y.backward()
    assert (inner.grad, a.grad) == (2.0, 24.0), "inner nodes are fresh, leaves add up"
    y.zero_grad()
    y.backward()
    assert a.grad == 12.0


def test_recursion_depth() -> None:
    x = Value(1.0)
    y = x
    for _ in range(10 * sys.getrecursionlimit()):
        y = y * 1.0
    y.backward()
    assert x.grad == 1.0
    assert len(grad(y, [x])) == 1


def test_a_number_to_the_power_of_a_value() -> None:
    v = Value(3.0)
    (2**v).backward()
    assert v.grad == pytest.approx(8 * np.log(2))
    w = Value(3.0)
    (v**w).backward()
    assert w.grad == pytest.approx(27 * np.log(3))


def test_numpy_on_the_left() -> None:
    v = Value(3.0)
    y = np.float64(2) * v + np.array([1.0, 2.0]) @ np.array([v, v])
    assert isinstance(y, Value)
    y.backward()
    assert v.grad == 5.0


def test_copy_and_save() -> None:
    x = Value(2.0, "x")
    z = x * 3
    for new_x, new_z in (copy.deepcopy([x, z]), pickle.loads(pickle.dumps([x, z]))):  # noqa: S301
        new_z.backward()
        assert (new_x.grad, x.grad) == (3.0, 0.0)


def test_labels(tmp_path: Path) -> None:
    a = Value(1.0, "a")
    a.label = "renamed <&>"
    y = a * 2
    y.label = "a"
    y += 1
    assert (tmp_path / "g.svg") == draw(y).save(tmp_path / "g.svg")
    assert "renamed &lt;&amp;&gt;" in (tmp_path / "g.svg").read_text(encoding="utf-8")


def test_a_graph_that_is_too_large_to_read() -> None:
    net = MLP(2, [16, 16, 1], "relu", seed=1)
    cost = sum([relu(1 - y * net([x, -x])) for x, y in ((0.5, 1.0), (-0.5, -1.0))], start=Value(0.0))  # type: ignore[operator]
    drawing = draw(cost)
    assert "folded by layer" in drawing.svg
    assert drawing.dot.count(" -> n") < 60


def test_no_system_dot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert draw(Value(1.0) * 2).svg.startswith("<?xml")


def test_drawing_before_backward(capsys: pytest.CaptureFixture[str]) -> None:
    a = Value(3.0, "a")
    y = a * a
    assert "∂v₁/∂a = 6" in draw(y).svg
    print_steps(y)
    assert "3 → 6" in capsys.readouterr().out
    assert (a.grad, y.grad) == (0.0, 0.0)


def test_an_update_without_a_new_forward_pass() -> None:
    w = Value(1.0, "w")
    cost = (w - 3) ** 2
    cost.backward()
    w.data -= 0.1 * w.grad
    w.grad = 0.0
    with pytest.warns(StaleGraphWarning, match="w; gradients are taken at the new numbers"):
        cost.backward()
    assert w.grad == pytest.approx(2 * (1.4 - 3))
