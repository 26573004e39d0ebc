"""Comparisons of nodes: their outcome, and the mark that an ``if`` leaves on a graph.

    y = x * x if x > 0 else -x * x

records one side only. The comparison marks its operands with its outcome. What is recorded from them afterwards carries
the mark: if the leaves are assigned to so that the outcome changes, the recorded side is no longer the right one, and
reading the graph is refused. Nobody can see a comparison of plain numbers (``x.data > 0``), or one of which no operand
is used afterwards; and of an operand that was computed outside the graph only the number at the comparison is known.
"""

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from numbers import Real
from typing import Any

from .clock import DerivativeClock, advance_clock

_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne}
_KEPT = 100
"""The number of comparisons that a node remembers; earlier ones are forgotten."""


@dataclass(slots=True, eq=False)
class Operand:
    """A side of a comparison: its number then, and what finds its number now.

    A leaf is kept. A computed node is known by its id, so that ``loss < best`` keeps no graph alive: a node of a graph
    with that id is the operand if it was recorded before the comparison, since both existed then. A number has neither.
    """

    number: float
    leaf: Any = None
    id: int = 0

    def is_same(self, other: "Operand") -> bool:
        """Whether both are the same node, or the same number."""
        return self.leaf is other.leaf and self.id == other.id and self.number == other.number


@dataclass(slots=True, eq=False)
class Comparison:
    """A comparison. Nodes recorded from an operand at times from ``since`` to before ``until`` carry its mark.

    ``since`` is the time of the comparison, ``until`` that of the next assignment to one of its leaves.
    """

    symbol: str
    left: Operand
    right: Operand
    outcome: bool
    since: int
    until: float = inf

    def compare_again(self, find_number: Callable[[Operand, int], float]) -> tuple[bool, tuple[float, float]]:
        """The outcome at the present numbers of the operands, and these numbers."""
        left, right = find_number(self.left, self.since), find_number(self.right, self.since)
        return _OPERATORS[self.symbol](left, right), (left, right)


class MarkedClock(int):
    """The clock of a node that was compared, with its marks. A node that was not takes no room for them."""

    marks: list[Comparison]


_compared = False


def is_anything_compared() -> bool:
    """Whether a node was compared since the start, so that graphs may have marks."""
    return _compared


def list_marks(node: Any) -> list[Comparison]:
    """The marks on a node."""
    return node._clock.marks if node._clock.__class__ is MarkedClock else []


def compare(node: Any, symbol: str, other: Any) -> Any:
    """The outcome of ``node symbol other``, which marks both; NotImplemented if ``other`` is no number."""
    if other.__class__ is node.__class__:
        right = _make_operand(other)
    elif isinstance(other, Real):
        right = Operand(other)  # type: ignore[arg-type]  # a number that compares as it is
    else:
        return NotImplemented
    left = _make_operand(node)
    outcome = _OPERATORS[symbol](left.number, right.number)
    if any(known.until == inf and known.symbol == symbol and known.left.is_same(left) and known.right.is_same(right)
           for known in list_marks(node)):
        return outcome
    put_mark(Comparison(symbol, left, right, outcome, advance_clock()), [node, other])
    return outcome


def _make_operand(node: Any) -> Operand:
    return Operand(node._data, id=id(node)) if node.operation else Operand(node._data, node)


def put_mark(mark: Comparison, nodes: Iterable[Any]) -> None:
    """Put a mark on those of the operands that are nodes, and no derivatives: these cannot be recorded again anyway."""
    global _compared
    _compared = True
    for node in nodes:
        clock = getattr(node, "_clock", None)
        if clock is not None and clock.__class__ is not DerivativeClock and mark not in list_marks(node):
            _set_marks(node, clock, [*list_marks(node)[1 - _KEPT:], mark])


def _set_marks(node: Any, time: int, marks: list[Comparison]) -> None:
    clock = MarkedClock(time)
    clock.marks = marks
    node._clock = clock


def end_marks(leaf: Any, time: int) -> None:
    """Set the clock of a compared leaf that is assigned to: what is recorded from now on has its new number."""
    marks = list_marks(leaf)
    for mark in marks:
        mark.until = min(mark.until, time)
    _set_marks(leaf, time, marks)


def find_changed_outcome(
    node: Any, find_number: Callable[[Operand, int], float]
) -> tuple[Comparison, tuple[float, float]] | None:
    """The first mark that the node carries from its parents and that now comes out otherwise, with the numbers now."""
    for parent in node.parents:
        for mark in list_marks(parent):
            if mark.since <= node._clock < mark.until:
                outcome, numbers = mark.compare_again(find_number)
                if outcome != mark.outcome:
                    return mark, numbers
    return None


Content = tuple[str, tuple[float, Any], tuple[float, Any], bool, int, float]


def write_marks(order: Sequence[Any]) -> list[Content]:
    """The marks on the nodes of a graph as plain data, for its copies: of each operand its number and its node.

    An operand that is computed outside the graph has no node there.
    """
    inside = {id(node): node for node in order}

    def write(operand: Operand) -> tuple[float, Any]:
        return operand.number, inside.get(operand.id) if operand.leaf is None else operand.leaf

    marks = {id(mark): mark for node in order for mark in list_marks(node)}
    return [(mark.symbol, write(mark.left), write(mark.right), mark.outcome, mark.since, mark.until)
            for mark in marks.values()]


def read_marks(contents: Iterable[Content]) -> None:
    """Put marks as ``write_marks`` writes them on their operands."""
    for symbol, *sides, outcome, since, until in contents:
        left, right = (Operand(number) if node is None else Operand(number, id=id(node)) if node.operation
                       else Operand(number, node) for number, node in sides)
        put_mark(Comparison(symbol, left, right, outcome, since, until), [node for _, node in sides])
