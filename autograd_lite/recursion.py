"""For teaching: the backward pass as recursion without a topological order, which most people write first.

    def backward(node):
        for parent, partial in zip(node.parents, node.partials):
            parent.grad += node.grad * partial
            backward(parent)

A node with several consumers is visited once for each. At the first visit its gradient is not complete, and it passes
on what it has; at the next it passes on its whole gradient, of which the first part was passed on before.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from math import isfinite

from .backward import Contribution, not_finite_error
from .traversal import AnyNode

LIMIT = 10_000
"""Steps; the number of visits doubles with every shared node on a path."""


def naive_contributions(order: Sequence[AnyNode]) -> Iterator[tuple[Contribution[AnyNode], bool]]:
    """The steps of the recursion above from ``order[-1]``, each with whether its node is passing on too early.

    Raises:
        ValueError: it would take more than 10,000 steps.
        ValueError, OverflowError: a gradient is not finite or meets an undefined partial; says at which node.
    """
    waits = Counter(parent for node in order for parent in node.parents)
    gradients = dict.fromkeys(order, 0.0) | {order[-1]: 1.0}
    reported: set[tuple[AnyNode, int]] = set()
    stack = [(order[-1], 0)]
    for _ in range(LIMIT):
        while stack and stack[-1][1] == len(stack[-1][0].parents):
            stack.pop()
        if not stack:
            return
        node, index = stack.pop()
        stack.append((node, index + 1))
        parent, partial, upstream = node.parents[index], node.partials[index], gradients[node]
        product = upstream * partial if upstream else 0.0
        before = gradients[parent]
        gradients[parent] = before + product
        early = waits[node] > 0
        if (node, index) not in reported:
            reported.add((node, index))
            waits[parent] -= 1
        stack.append((parent, 0))
        step = Contribution(node, parent, index, partial, upstream, product, before, gradients[parent])
        if not isfinite(step.after):
            raise not_finite_error(step)
        yield step, early
    raise ValueError(f"without a topological order this graph takes more than {LIMIT:,} steps, as each "
                     "shared node is visited for every way that leads to it; try a smaller one")
