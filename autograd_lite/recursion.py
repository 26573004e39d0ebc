"""For teaching: the backward pass as most people write it first, by recursion without a topological order.

    def backward(node):
        for parent, partial in zip(node.parents, node.partials):
            parent.grad += node.grad * partial
            backward(parent)

A node with several consumers is visited once for each of them. At the first visit its gradient is not complete, and it
passes on that part. At the next visit it passes on the whole gradient, so the first part is passed on twice.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from .backward import Contribution
from .traversal import AnyNode

T = TypeVar("T")
LIMIT = 10_000
"""The maximum number of steps. The number of visits doubles with every shared node on a path."""


def visits(order: Sequence[T], parents: Callable[[T], Sequence[T]]) -> Iterator[tuple[T, int, bool]]:
    """The edges of the recursion above in its order: the node, the index of the parent, and whether it is too early.

    Raises ValueError if there are more than 10,000.
    """
    waits = Counter(parent for node in order for parent in parents(node))
    reported: set[tuple[T, int]] = set()
    stack = [(order[-1], 0)]
    for _ in range(LIMIT):
        while stack and stack[-1][1] == len(parents(stack[-1][0])):
            stack.pop()
        if not stack:
            return
        node, index = stack.pop()
        parent = parents(node)[index]
        stack += [(node, index + 1), (parent, 0)]
        early = waits[node] > 0
        if (node, index) not in reported:
            reported.add((node, index))
            waits[parent] -= 1
        yield node, index, early
    raise ValueError(f"without a topological order this graph takes more than {LIMIT:,} steps, as each "
                     "shared node is visited once for every path that leads to it; try a smaller one")


def naive_contributions(order: Sequence[AnyNode]) -> Iterator[Contribution[AnyNode]]:
    """The steps of the recursion from ``order[-1]``. It ends after the first one that is not finite."""
    gradients = dict.fromkeys(order, 0.0) | {order[-1]: 1.0}
    for node, index, _ in visits(order, lambda node: node.parents):
        parent, partial, upstream = node.parents[index], node.partials[index], gradients[node]
        product = upstream * partial if upstream else 0.0
        before = gradients[parent]
        gradients[parent] = before + product
        step = Contribution(node, parent, index, partial, upstream, product, before, gradients[parent])
        yield step
        if not step.is_finite:
            return
