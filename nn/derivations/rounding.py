"""How far rounding alone can move each number of a recorded calculation: a running error bound, node by node."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from sys import float_info
from typing import Any

from autograd_lite import OPERATIONS, Value, topological_order

UNIT = float_info.epsilon / 2  # one operation is off by at most this, relative to its result
CAREFUL = ("expm1", "log1p", "tanh")  # what keeps the digits that eᶻ − 1 and log(1 + eᶻ) lose
WAYS = 4  # a hand calculation and the engine's round apart, and either may take other steps to the same number


class Exact:
    """Reads the numbers themselves, after the backward pass."""

    def value(self, node: Value) -> float:
        return node.data

    def gradient(self, node: Value) -> float:
        return node.grad

    def update(self, weight: Any, gradient: Any, rate: float) -> Any:
        return weight - rate * gradient


EXACT = Exact()


@dataclass(slots=True)
class Rounding(Exact):
    """Reads, in the place of each number, the most that rounding can move it; none is negative."""

    values: dict[int, float] = field(default_factory=dict)
    gradients: dict[int, float] = field(default_factory=dict)

    def value(self, node: Value) -> float:
        return self.values.get(id(node), 0.0)

    def gradient(self, node: Value) -> float:
        return self.gradients.get(id(node), 0.0)

    def update(self, weight: Any, gradient: Any, rate: float) -> Any:
        return WAYS * UNIT * abs(weight) + abs(rate) * gradient


def bound_rounding(cost: Value) -> tuple[Rounding, Rounding]:
    """The bounds of every value and gradient of a graph whose backward pass has run.

    A value rounds in proportion to the terms that it is computed from, and inherits what they are off by; so does a
    gradient along each edge. The second bounds allow besides for what activation functions lose as they are written by
    hand: 1 − a keeps no digit of a derivative far smaller than a, and log(1 + eᶻ) none of a value far smaller than 1.

    Source: N. J. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed. (2002), section 3.3, to first order.

    >>> w, x = Value(3.0), Value(0.1)
    >>> cost = w * x - 0.3
    >>> cost.backward()
    >>> sums, _ = bound_rounding(cost)
    >>> abs(cost.data) <= sums.value(cost) < 1e-15
    True
    """
    order = topological_order(cost)
    return _bound(order, by_hand=False), _bound(order, by_hand=True)


def _bound(order: Sequence[Value], by_hand: bool) -> Rounding:
    found = Rounding({}, {})
    for node in order:
        row = OPERATIONS.get(node.operation)
        off = abs(node.data) * bool(node.parents)
        if by_hand and row and row.activation and node.data and any(function in row.value for function in CAREFUL):
            off = max(off, 1.0)
        off *= WAYS * UNIT
        for parent, partial in zip(node.parents, node.partials, strict=True):
            off += abs(partial) * (WAYS * UNIT * abs(parent.data) + found.value(parent))
        found.values[id(node)] = off
    for node in reversed(order):
        row = OPERATIONS.get(node.operation)
        lost = WAYS * UNIT * abs(node.data) if by_hand and row and row.activation else 0.0
        moves = _move_partials(node, found)
        for parent, partial, moved in zip(node.parents, node.partials, moves, strict=True):
            off = abs(partial) * (found.gradient(node) + WAYS * UNIT * abs(node.grad)) + abs(node.grad) * (moved + lost)
            found.gradients[id(parent)] = found.gradient(parent) + off
    return found


def _move_partials(node: Value, found: Rounding) -> Sequence[float]:
    """How far each partial moves where the operands move by their bounds, in turns up and down."""
    off = [found.value(parent) for parent in node.parents]
    if not any(off):
        return [0.0] * len(off)
    parents, moved = iter(zip(node.parents, off, strict=True)), []
    for i, operand in enumerate(node.operands):
        if isinstance(operand, Value):
            parent, by = next(parents)
            operand = Value(parent.data + (by if i % 2 else -by))
        moved.append(operand)
    return [abs(after - before) for before, after in zip(node.partials, node.again(moved).partials, strict=True)]
