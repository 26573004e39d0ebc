"""Comparisons of nodes: their outcome, and the mark that an ``if`` leaves on a graph.

    y = x * x if x > 0 else -x * x

records one side only. The comparison marks its operands with its outcome. What is recorded from them afterwards carries
the mark: if the leaves are assigned to so that the outcome changes, the recorded side is no longer the right one, and
reading the graph is refused. A comparison of plain numbers (``x.data > 0``) leaves no mark, nor does one of which no
operand is used afterwards; nobody can see those.
"""

import operator
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from numbers import Real
from typing import Any

from .clock import advance_clock

_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne}
_KEPT = 100
"""The number of comparisons that a node remembers; earlier ones are forgotten."""


@dataclass(slots=True)
class Comparison:
    """A comparison of two operands, each a node (None once it is deleted) or a number.

    ``since`` is the time of the comparison, ``until`` that of the next assignment to an operand: nodes recorded between
    the two carry the mark.
    """

    symbol: str
    operands: tuple[Callable[[], Any], Callable[[], Any]]
    numbers: tuple[float, float]
    outcome: bool
    since: int
    until: float = inf

    def compare_again(self, number_of: Callable[[Any], float]) -> tuple[bool, tuple[float, float]]:
        """The outcome at the present numbers of the operands, and these numbers. A deleted operand keeps its number."""
        left, right = (number if (node := operand()) is None else number_of(node)
                       for operand, number in zip(self.operands, self.numbers, strict=True))
        return _OPERATORS[self.symbol](left, right), (left, right)


MARKS: dict[int, list[Comparison]] = {}
"""id of a node -> the comparisons that it was an operand of. The entry goes with the node."""
_REFERENCES: dict[int, "weakref.ref[Any]"] = {}


def compare(node: Any, symbol: str, other: Any) -> Any:
    """The outcome of ``node symbol other``, which marks both; NotImplemented if ``other`` is no number."""
    if other.__class__ is node.__class__:
        number = other._data
    elif isinstance(other, Real):
        number = other
        other = None
    else:
        return NotImplemented
    outcome = _OPERATORS[symbol](node._data, number)
    marks = MARKS.get(id(node), ())
    for known in marks:
        if (known.until == inf and known.symbol == symbol and known.operands[0]() is node
                and known.operands[1]() is other and known.numbers[1] == number):
            return outcome
    _put_mark(symbol, node, other, (node._data, number), outcome, advance_clock())
    return outcome


def end_marks(leaf: Any) -> None:
    """End the marks on a leaf that was assigned to: what is recorded from now on has its new number."""
    for mark in MARKS.get(id(leaf), ()):
        mark.until = min(mark.until, leaf._clock)


def find_changed_outcome(
    parents: Iterable[Any], clock: int, number_of: Callable[[Any], float]
) -> tuple[Comparison, tuple[float, float]] | None:
    """The first mark on a node with these parents, recorded at that time, that now comes out otherwise."""
    for parent in parents:
        for mark in MARKS.get(id(parent), ()):
            if mark.since <= clock < mark.until:
                outcome, numbers = mark.compare_again(number_of)
                if outcome != mark.outcome:
                    return mark, numbers
    return None


def list_marks(order: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The marks on the nodes of a graph as plain data, for its copies.

    An operand that is computed outside the graph is listed as None, and keeps its number.
    """
    inside = set(order)
    found: dict[int, tuple[Any, ...]] = {}
    for node in order:
        for mark in MARKS.get(id(node), ()):
            operands = [node if node in inside or not getattr(node, "operation", "") else None
                        for node in (refer() for refer in mark.operands)]
            found[id(mark)] = (mark.symbol, *operands, mark.numbers, mark.outcome, mark.since, mark.until)
    return list(found.values())


def restore_marks(marks: Iterable[tuple[Any, ...]]) -> None:
    """Put marks as ``list_marks`` lists them on their operands."""
    for symbol, left, right, numbers, outcome, since, until in marks:
        _put_mark(symbol, left, right, numbers, outcome, since, until)


def _put_mark(symbol: str, left: Any, right: Any, numbers: tuple[float, float], outcome: bool, since: int,
              until: float = inf) -> None:
    nodes = [node for node in (left, right) if node is not None]
    mark = Comparison(symbol, (_refer_to(left), _refer_to(right)), numbers, outcome, since, until)
    for node in dict.fromkeys(nodes):
        MARKS[id(node)] = [*MARKS.get(id(node), ())[1 - _KEPT:], mark]


def _nothing() -> None:
    return None


def _refer_to(node: Any) -> Callable[[], Any]:
    """A reference that does not keep the node; when the node is deleted, its marks go."""
    if node is None:
        return _nothing
    key = id(node)
    known = _REFERENCES.get(key)
    if known is None or known() is not node:
        def forget(_: Any) -> None:
            MARKS.pop(key, None)
            _REFERENCES.pop(key, None)

        known = _REFERENCES[key] = weakref.ref(node, forget)
    return known
