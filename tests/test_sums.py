"""Sums of floats are added from left to right, one rounding an addition, on every version of Python."""

import ast
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograd_lite import Value
from autograd_lite.internal import add_floats
from nn.derivations.lectures import LECTURES
from nn.derivations.lines import Derivation, parse_lines
from nn.ground.formulas import evaluate_formula, evaluate_number

LOST = [1e16, 1.0, -1e16]  # 1.0 where what rounding loses is kept
NN = Path(__file__).parent.parent / "nn"


def test_a_formula_adds_from_left_to_right() -> None:
    assert evaluate_number("sum(v[i] for i in r)", {"v": LOST, "r": range(3)}) == 0.0
    assert evaluate_number("sum(v)", {"v": [0.1] * 10}) == 0.9999999999999999
    assert evaluate_number("sum(v)", {"v": []}) == 0.0


def test_a_line_of_a_lecture_adds_from_left_to_right() -> None:
    line = "z[j, l] = sum(w[j, k, l] * a[k, l - 1] for k in units(l - 1)) + b[j, l]"
    layers: Any = LECTURES["layers"]
    assert line in {f"{found.left} = {found.right}" for found in layers.lines(layers.resolve({}))}
    found = Derivation(parse_lines(line), {
        "w": {(1, k, 1): w for k, w in enumerate(LOST, start=1)}, "a": {(k, 0): 1.0 for k in (1, 2, 3)},
        "b": {(1, 1): 0.0}}, {"units": lambda _: range(1, 4)})
    assert found.value("z", 1, 1) == 0.0


def test_arrays_and_nodes_are_added_too() -> None:
    arrays = [np.array([v, 1.0]) for v in LOST]
    assert evaluate_formula("sum(v)", {"v": arrays}).tolist() == [0.0, 3.0]
    nodes = [Value(v) for v in LOST]
    found = evaluate_formula("sum(v)", {"v": nodes})
    assert found.data == 0.0
    found.backward()
    assert [node.grad for node in nodes] == [1.0, 1.0, 1.0]
    assert add_floats(LOST) == 0.0


@pytest.mark.parametrize("path", sorted(NN.rglob("*.py")), ids=lambda path: str(path.relative_to(NN)))
def test_no_room_adds_floats_with_the_builtin(path: Path) -> None:
    """The builtin may count, and add arrays; each place is named here."""
    allowed = {"comparing/numeric.py": 1, "data/cells.py": 1, "diagnosis/check.py": 1, "ground/activations.py": 1,
               "judging/constant_names.py": 1, "judging/likelier.py": 3, "judging/names.py": 1, "judging/student.py": 2, "judging/trivial.py": 1, "published/graph.py": 1,
               "running/networks.py": 1, "running/trials.py": 1, "telling/advice.py": 1, "telling/verdicts.py": 1,
               "training/serialisation.py": 1}
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "sum"]
    assert len(calls) == allowed.get(f"{path.parent.name}/{path.name}", 0)
