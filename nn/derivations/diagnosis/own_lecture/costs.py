"""The cost of a lecture file as a row of costs, so that its constant is seen as that of others."""

import re
from fractions import Fraction
from typing import Any

from ....costs import COSTS, Cost, in_outputs
from ....costs.cost_rows import SQUARE, make_row
from ....ground.activations import LAYER_ACTIVATIONS
from ...lecture_file.rows import Cost as FileCost
from ...lecture_file.rows import activate, evaluate_text

_POINTS = ((0.3, 0.2), (0.6, 0.9), (0.15, 0.7))
"""Outputs and targets on which two formulas of a cost are compared."""


def find_loss(cost: FileCost) -> Cost:
    """A file's cost as a row of costs: that of the table, and a constant times Σ(a − y)² as that."""
    row = COSTS.get(cost.name)
    row = in_outputs(row) if row is not None else None
    if row is not None and _is_same(cost, row):
        return row
    factor = _find_square(cost)
    if factor is not None:
        size, per_output = factor
        return make_row(cost.name, SQUARE, _letters(cost.slope), _refuse, factor=size, per_output=per_output,
                        over=cost.over, targets=cost.targets, called=cost.name)
    slope = cost.slope if cost.over != "root" else re.sub(r"\bC\b", "0.5", cost.slope)
    through = {name: "a - y" if _gives(text, "h - y") else _letters(text) for name, text in cost.through.items()}
    return make_row(cost.name, _letters(cost.each), _letters(slope), _refuse, over=cost.over, targets=cost.targets,
                    through=through, called=cost.name)


def _refuse(*_: Any) -> Any:
    raise NotImplementedError("a cost of the diagnosis is evaluated as text")


def _letters(text: str) -> str:
    return re.sub(r"\bh\b", "a", text)


def _is_same(cost: FileCost, row: Cost) -> bool:
    factor = float(row.factor)
    return all(abs(_at(cost.each, h, y, n) - factor / (n if row.per_output else 1) * _at(
        re.sub(r"\ba\b", "h", row.each), h, y, n)) < 1e-9 for h, y in _POINTS for n in (1.0, 3.0))


def _at(text: str, h: float, y: float, n: float) -> float:
    import numpy as np

    return float(np.asarray(evaluate_text(text, {"h": h, "y": y, "n": n, "C": 0.5})))


def _gives(text: str, other: str) -> bool:
    """Whether two texts are the same function of outputs and targets that add up to 1, of a softmax."""
    import numpy as np

    u, y = np.array([[0.4, -0.7, 0.2]]), np.array([[0.2, 0.5, 0.3]])
    h = activate(next(iter(LAYER_ACTIVATIONS)), u)
    values = [np.asarray(evaluate_text(each, {"h": h, "y": y, "n": 3.0})) + 0 * h for each in (text, other)]
    return bool(np.allclose(values[0], values[1], rtol=1e-9))


def _find_square(cost: FileCost) -> tuple[Fraction, bool] | None:
    """The constant before (h − y)², and whether it is divided by the number of outputs; None for another cost."""
    ratios = {n: [_at(cost.each, h, y, n) / (h - y) ** 2 for h, y in _POINTS] for n in (1.0, 3.0)}
    first = ratios[1.0][0]
    for below, per_output in ((1.0, False), (3.0, True)):
        if all(abs(r - first) < 1e-9 for r in ratios[1.0]) and all(abs(r * below - first) < 1e-9 for r in ratios[3.0]):
            return Fraction(first).limit_denominator(1000), per_output
    return None
