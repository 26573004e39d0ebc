"""Comparisons of nodes: their outcome, and the mark that an ``if`` leaves on a graph.

    y = x * x if x > 0 else -x * x

records one side only. The comparison marks its operands with its outcome. What is recorded from them afterwards carries
the mark: if the leaves are assigned to so that the outcome changes, the recorded side is no longer the right one, and
reading the graph is refused. Nobody can see a comparison of plain numbers (``x.data > 0``), or one of which no operand
is used afterwards.
"""

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from numbers import Number
from typing import Any

from .clock import DerivativeClock, advance_clock, advance_clock_to

_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne}
MOST = 100
"""The number of comparisons that a node remembers. What was recorded under earlier ones cannot be recorded again."""


@dataclass(slots=True, eq=False)
class Leaf:
    """The present number of a leaf that was compared. Comparisons hold this and not the leaf, which may be deleted."""

    number: float
    label: str


@dataclass(slots=True, eq=False)
class Operand:
    """A side of a comparison: its number then, and what finds its number now.

    A number has neither leaf nor node. A computed node is kept by its newest comparison alone, so that ``loss < best``
    in a loop keeps two graphs alive and not all of them; earlier ones know it by the number that it had.
    """

    number: float
    leaf: Leaf | None = None
    node: Any = None

    def is_same(self, other: "Operand") -> bool:
        """Whether both are the same node, or the same number."""
        return self.leaf is other.leaf and self.node is other.node and self.number == other.number


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

    def compare_again(self, find_number: Callable[[Operand], float]) -> tuple[bool, tuple[float, float]]:
        """The outcome at the present numbers of the operands, and these numbers."""
        left, right = find_number(self.left), find_number(self.right)
        return _OPERATORS[self.symbol](left, right), (left, right)


class MarkedClock(int):
    """The clock of a node that was compared, with its marks. A node that was not takes no room for them.

    Attributes:
        marks: the newest comparisons, oldest first, so that ``until`` never falls.
        leaf: the present number, of a leaf.
        forgotten: the time when the last of the comparisons ended that are no longer in ``marks``.
    """

    marks: list[Comparison]
    leaf: Leaf | None
    forgotten: float


_compared = False


def is_anything_compared() -> bool:
    """Whether a node was compared since the start, so that graphs may have marks."""
    return _compared


def compare(node: Any, symbol: str, other: Any) -> bool:
    """The outcome of ``node symbol other``, which marks both; NotImplemented if ``other`` is no number."""
    if other.__class__ is node.__class__:
        right = _make_operand(other)
    elif isinstance(other, Number):
        right = Operand(other)  # type: ignore[arg-type]  # it compares as it is
    else:
        return NotImplemented  # type: ignore[no-any-return]  # so that Python asks the other operand
    left = _make_operand(node)
    outcome = _OPERATORS[symbol](left.number, right.number)
    for known in node._clock.marks if node._clock.__class__ is MarkedClock else ():
        if known.until == inf and known.symbol == symbol and known.left.is_same(left) and known.right.is_same(right):
            return outcome
    put_mark(Comparison(symbol, left, right, outcome, advance_clock()), [node, other])
    return outcome


def _make_operand(node: Any) -> Operand:
    if node.operation:
        return Operand(node._data, node=node)
    return Operand(node._data, _mark(node).leaf)


def _mark(node: Any) -> MarkedClock:
    """The clock of a node, made one that has marks."""
    if node._clock.__class__ is not MarkedClock:
        clock = MarkedClock(node._clock)
        clock.marks, clock.forgotten = [], 0
        clock.leaf = None if node.operation else Leaf(node._data, node.label)
        node._clock = clock
    marked: MarkedClock = node._clock
    return marked


def put_mark(mark: Comparison, nodes: Iterable[Any]) -> None:
    """Put a mark on those of the operands that are nodes, and no derivatives: these cannot be recorded again anyway."""
    global _compared
    _compared = True
    for node in nodes:
        if not hasattr(node, "_clock") or node._clock.__class__ is DerivativeClock:
            continue
        clock = _mark(node)
        if node.operation:
            for old in clock.marks:
                old.left.node = old.right.node = None
        if len(clock.marks) == MOST:
            clock.forgotten = max(clock.forgotten, clock.marks.pop(0).until)
        clock.marks.append(mark)


def end_marks(leaf: Any, time: int) -> None:
    """Set the clock of a leaf that is assigned to: what is recorded from now on has its new number."""
    before = leaf._clock
    leaf._clock = time
    if before.__class__ is MarkedClock:
        clock = _mark(leaf)
        clock.marks, clock.leaf, clock.forgotten = before.marks, before.leaf, min(before.forgotten, time)
        clock.leaf.number, clock.leaf.label = leaf._data, leaf.label  # type: ignore[union-attr]  # a leaf has one
        for mark in reversed(clock.marks):
            if mark.until < inf:
                break
            mark.until = time


def list_carried(node: Any) -> list[Comparison | None]:
    """The marks that a node carries from its parents; None for those that are forgotten."""
    carried: list[Comparison | None] = []
    for parent in node.parents:
        if parent._clock.__class__ is MarkedClock:
            for mark in reversed(parent._clock.marks):
                if mark.until <= node._clock:
                    break
                if mark.since <= node._clock:
                    carried.append(mark)
            if node._clock < parent._clock.forgotten:
                carried.append(None)
    return carried


Content = tuple[str, tuple[float, Any], tuple[float, Any], bool, int, float]


def write_marks(order: Sequence[Any]) -> list[Content]:
    """The marks on the nodes of a graph as plain data, for its copies: of each operand its number and its node.

    An operand that is not in the graph is its number alone.
    """
    inside = set(order)
    marked = [node for node in order if node._clock.__class__ is MarkedClock]
    leaves = {id(node._clock.leaf): node for node in marked}

    def write(operand: Operand) -> tuple[float, Any]:
        node = leaves.get(id(operand.leaf)) if operand.leaf else operand.node
        return operand.number, node if node in inside else None

    marks = {id(mark): mark for node in marked for mark in node._clock.marks}
    return [(mark.symbol, write(mark.left), write(mark.right), mark.outcome, mark.since, mark.until)
            for mark in marks.values()]


def read_marks(contents: Iterable[Content]) -> None:
    """Put marks as ``write_marks`` writes them on their operands."""
    for symbol, *sides, outcome, since, until in contents:
        advance_clock_to(since if until == inf else int(until))
        nodes = [node for _, node in sides if node is not None]
        left, right = (Operand(number) if node is None else Operand(number, node=node) if node.operation
                       else Operand(number, _mark(node).leaf) for number, node in sides)
        if nodes and not any(mark.since == since for mark in _mark(nodes[0]).marks):
            put_mark(Comparison(symbol, left, right, outcome, since, until), nodes)
