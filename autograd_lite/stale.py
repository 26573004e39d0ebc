"""Graphs whose leaves were assigned to after the recording: who reads one gets the new numbers, or a refusal.

``refresh`` records such a graph again. It is refused where that would be wrong: a comparison that decided which branch
was recorded now comes out otherwise, or the graph holds derivatives.
"""

import sys
import warnings
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from .clock import DerivativeClock
from .comparisons import MOST, Comparison, MarkedClock, Operand, is_anything_compared, list_carried
from .quoting import node_name, shorten
from .traversal import AnyNode, topological_order


class StaleGraphWarning(UserWarning):
    """A leaf was assigned to after the recording. Gradients are those of the new numbers; nodes keep their own.

    Each branch of an ``if`` stays as it was recorded. A comparison of Values that now comes out otherwise is an error
    instead. One of plain numbers, such as ``x.data > 0``, cannot be seen, and neither can one of Values that the graph
    does not use.
    """


def find_stale_leaves(order: Sequence[AnyNode]) -> list[AnyNode]:
    """The leaves that were assigned to after a node computed from them was recorded, in the given order."""
    newest = max([node._clock for node in order if not node.operation], default=0)
    if newest == 0 or newest <= min([node._clock for node in order if node.operation], default=newest):
        return []
    stale = {parent: None for node in order for parent in node.parents
             if not parent.operation and parent._clock > node._clock}
    return list(stale)


def record_again(order: Sequence[AnyNode], stale: Sequence[AnyNode]) -> dict[AnyNode, AnyNode]:
    """Record the graph again on the current data of its leaves.

    Returns:
        Old node -> new node. Leaves are mapped to themselves.

    Raises:
        ValueError: the graph holds derivatives, which cannot be recorded again, or a comparison that now comes out
            otherwise.
    Warns:
        StaleGraphWarning: always; names the leaves in ``stale``.
    """
    leaves = shorten(", ".join(node_name(leaf) for leaf in stale))
    if any(node._clock.__class__ is DerivativeClock for node in order):
        raise ValueError(f"changed since these derivatives were recorded: {leaves}; the side taken of a condition "
                         "is settled in them, so take grad(..., create_graph=True) again")
    fresh = _record_nodes_again(order)
    warnings.warn(f"changed since the graph was recorded: {leaves}; gradients are taken at the new numbers, and the "
                  "recorded nodes keep their data; a branch that Python took on .data, or on nodes that are not in the "
                  "graph, is not taken again", StaleGraphWarning, stacklevel=_callers_level())
    return fresh


def _record_nodes_again(order: Sequence[AnyNode]) -> dict[AnyNode, AnyNode]:
    fresh: dict[AnyNode, AnyNode] = {}
    try:
        for node in order:
            operands = [fresh[v] if not isinstance(v, float) else v for v in node.operands]
            fresh[node] = node.again(operands) if node.operation else node
    except (ValueError, ArithmeticError):  # the other side of an if may not be defined at all
        refuse_other_branches(order, fresh)
        raise
    refuse_other_branches(order, fresh)
    return fresh


def refuse_other_branches(order: Sequence[AnyNode], fresh: Mapping[AnyNode, AnyNode] = MappingProxyType({})) -> None:
    """Refuse a graph that was recorded after a comparison of its nodes, if that now comes out otherwise.

    Args:
        order: the graph.
        fresh: the nodes with their present numbers; empty if they have not changed.

    Raises:
        ValueError: it does, as ``max(a, b)`` after an assignment to the operand that was not the result.
    """
    if not is_anything_compared() or not any(node._clock.__class__ is MarkedClock for node in order):
        return

    def find_number(operand: Operand) -> float:
        if operand.leaf is not None:
            return operand.leaf.number
        if operand.node is None or operand.node in fresh:
            return operand.number if operand.node is None else float(fresh[operand.node].data)
        found = topological_order(operand.node)  # computed outside the graph
        return float((_record_nodes_again(found)[operand.node] if find_stale_leaves(found) else operand.node).data)

    for node in order:
        for mark in list_carried(node):
            if mark is None:
                raise ValueError(f"{node_name(node)} was recorded after more comparisons of its operands than are "
                                 f"remembered ({MOST}), so nobody can tell whether they come out as they did; compute "
                                 "it again")
            outcome, numbers = mark.compare_again(find_number)
            if outcome != mark.outcome:
                raise _other_branch_error(mark, numbers)


def _other_branch_error(mark: Comparison, numbers: tuple[float, float]) -> ValueError:
    names = [side.leaf.label or f"a leaf of value {side.leaf.number!r}" if side.leaf else
             repr(side.number) if side.node is None else node_name(side.node) for side in (mark.left, mark.right)]
    then, now = str(mark.outcome).lower(), str(not mark.outcome).lower()
    return ValueError(f"{f' {mark.symbol} '.join(names)} was {then} when the graph was recorded and is {now} now "
                      f"({numbers[0]!r} {mark.symbol} {numbers[1]!r}); the graph holds the branch taken then, so "
                      "compute it again")


def _callers_level() -> int:
    """The ``stacklevel`` of the first caller outside this project, counted from the function that calls this."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and str(frame.f_globals.get("__name__", "")).split(".")[0] in _OURS:
        level, frame = level + 1, frame.f_back
    return level


_OURS = (__name__.split(".")[0], "nn", "visualize")


def refresh(output: AnyNode) -> tuple[AnyNode, list[AnyNode], dict[AnyNode, AnyNode], list[AnyNode]]:
    """The graph of ``output`` with the current data of its leaves.

    Returns:
        The output and its topological order, recorded again if a leaf is stale; old node -> new node, empty if none is;
        the stale leaves.
    """
    order = topological_order(output)
    stale = find_stale_leaves(order)
    if not stale:
        refuse_other_branches(order)
        return output, order, {}, []
    fresh = record_again(order, stale)
    return fresh[output], [fresh[node] for node in order], fresh, stale
