"""The topological order, by counting consumers: a node comes after everything that was computed from it.

Going from the output towards the leaves, a node is released when all its consumers have been. Its gradient is complete
then and not before, which is why the chain rule needs this order. Two loops, no recursion: depth is not limited.
"""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, Self, TypeVar

from .clock import Derivatives
from .quoting import quote
from .recorders import NARY


class Node(Protocol):
    """What the traversals need of a node; ``Value`` is one. Its slots are explained in ``value``."""

    _a: Any
    _b: Any
    _da: Any
    _db: Any
    _clock: int
    grad: float
    label: str
    operation: str

    @property
    def data(self) -> float: ...
    @property
    def operands(self) -> tuple[Self | float, ...]: ...
    @property
    def parents(self) -> tuple[Self, ...]: ...
    @property
    def partials(self) -> tuple[float, ...]: ...
    def partials_as_nodes(self, indices: Sequence[int]) -> dict[int, Self | float]: ...
    @staticmethod
    def recording_derivatives() -> AbstractContextManager[Derivatives]: ...
    @staticmethod
    def combine(operation: str, *operands: Any) -> Any: ...
    def again(self, operands: Iterable[Self | float]) -> Self: ...


AnyNode = TypeVar("AnyNode", bound=Node)


def topological_order(root: AnyNode) -> list[AnyNode]:
    """Every node that ``root`` was computed from, and ``root`` itself, operands before what is computed from them.

    ``root`` is last. A leaf stands before the first node that uses it. Time and memory are linear in the number of
    edges.

    Raises:
        TypeError: ``root`` is no Value.

    >>> w, x = Value(2.0, "w"), Value(3.0, "x")
    >>> [node.label or node.operation for node in topological_order(exp(w * x))]
    ['w', 'x', 'mul', 'exp']
    """
    order: dict[AnyNode, None] = {}
    for node in leaves_and_computed(root)[1]:
        order.update(dict.fromkeys(node.parents))
        order[node] = None
    return list(order) or [root]


def leaves_and_computed(root: AnyNode, with_all: bool = True) -> tuple[list[AnyNode], list[AnyNode]]:
    """The leaves, in any order, and the computed nodes, operands first.

    A leaf passes nothing on, so nobody needs to count its consumers. Without ``with_all`` the leaves that only n-ary
    nodes use are left out, of which there may be very many. Raises TypeError for what is no Value.
    """
    if not hasattr(root, "partials_as_nodes"):
        raise TypeError(f"a graph begins at a Value, not at {quote(root)} of type {type(root).__name__}")
    if not root.operation:
        return [root], []
    leaves: dict[AnyNode, None] = {}
    waits_for, found = {root: 1}, [root]
    push = found.append
    for node in found:  # grows while it runs: count the consumers of every computed node
        if node._db is NARY:
            for parent in reversed(node._a) if with_all else [v for v in node._a[::-1] if v.operation]:
                if not parent.operation:
                    leaves[parent] = None
                elif parent in waits_for:
                    waits_for[parent] += 1
                else:
                    waits_for[parent] = 1
                    push(parent)
            continue
        if node._db is not None:
            parent = node._b
            if not parent.operation:
                leaves[parent] = None
            elif parent in waits_for:
                waits_for[parent] += 1
            else:
                waits_for[parent] = 1
                push(parent)
        if node._da is not None:
            parent = node._a
            if not parent.operation:
                leaves[parent] = None
            elif parent in waits_for:
                waits_for[parent] += 1
            else:
                waits_for[parent] = 1
                push(parent)
    if max(waits_for.values()) == 1:  # nobody is shared, so the order in which they were found will do
        found.reverse()
        return list(leaves), found
    released = [root]
    release = released.append
    for node in released:  # grows as well: the last consumer to report releases a node
        if node._db is NARY:
            for parent in reversed(node._a) if with_all else [v for v in node._a[::-1] if v.operation]:
                if parent.operation:
                    waits = waits_for[parent]
                    if waits == 1:
                        release(parent)
                    else:
                        waits_for[parent] = waits - 1
            continue
        if node._db is not None:
            parent = node._b
            if parent.operation:
                waits = waits_for[parent]
                if waits == 1:
                    release(parent)
                else:
                    waits_for[parent] = waits - 1
        if node._da is not None:
            parent = node._a
            if parent.operation:
                waits = waits_for[parent]
                if waits == 1:
                    release(parent)
                else:
                    waits_for[parent] = waits - 1
    released.reverse()
    return list(leaves), released
