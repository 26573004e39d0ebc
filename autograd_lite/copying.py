"""Copies of nodes, by ``copy`` and by ``pickle``: whole graphs, of any depth, shared nodes staying shared.

Both keep a memo of what they have copied, and both go from a node to its operands by recursion, which fails in a deep
graph. Here nodes are copied in topological order, so a node's operands are in the memo before the node itself:

- ``deepcopy`` passes its memo to the node, which fills it in that order;
- a pickler calls ``__reduce__`` of each node. The first call returns all ancestors in that order, and then the node's
  own state with the marks that comparisons left on the graph.
  The pickler then calls ``__reduce__`` of each ancestor, which returns its state alone.
"""

import threading
import weakref
from collections.abc import Iterator
from typing import Any

from .clock import DerivativeClock
from .comparisons import read_marks, write_marks
from .traversal import Node, topological_order

State = tuple[Any, ...]


def deep_copy(node: Node, memo: dict[int, Any]) -> Any:
    """A copy of ``node``. Copies of everything it was computed from go into the memo of ``deepcopy``."""
    node_class: Any = type(node)
    order = topological_order(node)
    for original in order:
        if id(original) not in memo:
            data, grad, label, operation, operands, partials, clock = get_state(original)
            copied = tuple(memo[id(v)] if not isinstance(v, float) else v for v in operands)
            memo[id(original)] = node_class.__new__(node_class)
            memo[id(original)].__setstate__((data, grad, label, operation, copied, partials, clock))
            memo.setdefault(id(memo), []).append(original)  # as deepcopy does: keep it alive while its id is a key
    read_marks((symbol, (left, memo.get(id(a))), (right, memo.get(id(b))), outcome, since, until)
               for symbol, (left, a), (right, b), outcome, since, until in write_marks(order))
    return memo[id(node)]


def get_state(node: Node) -> State:
    """The content of a node, as ``__setstate__`` takes it."""
    clock = node._clock if node._clock.__class__ is DerivativeClock else int(node._clock)  # marks are copied apart
    return (node.data, node.grad, node.label, node.operation, node.operands, node.partials, clock)


class _Ancestors(list[Any]):
    """The ancestors of a node that is being pickled. The list lives as long as the pickler's memo holds it."""

    __slots__ = ("__weakref__", "members", "thread")

    def __init__(self, nodes: list[Any]) -> None:
        super().__init__(nodes)
        self.members = set(nodes)
        self.thread = threading.get_ident()

    def __hash__(self) -> int:  # type: ignore[override]  # by identity, for _UNDER_WAY
        return id(self)

    def __reduce_ex__(self, protocol: Any) -> tuple[type, tuple[()], None, Iterator[Any]]:
        return (list, (), None, iter(self))


_UNDER_WAY: "weakref.WeakSet[_Ancestors]" = weakref.WeakSet()


def reduce_node(node: Node) -> tuple[Any, tuple[type], tuple[_Ancestors | None, State]]:
    """The answer to ``__reduce__``; see above."""
    blank = (type(node),)
    thread = threading.get_ident()
    for listed in _UNDER_WAY:
        if listed.thread == thread and node in listed.members:
            listed.members.discard(node)  # a pickler asks once, so the next to ask is another pickler
            return (object.__new__, blank, (None, get_state(node)))
    order = topological_order(node)
    ancestors = _Ancestors(order[:-1])
    _UNDER_WAY.add(ancestors)
    return (object.__new__, blank, (ancestors, (*get_state(node), write_marks(order))))
