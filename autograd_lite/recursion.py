"""For teaching: the backward pass as most people write it first, by recursion without a topological order.

    def backward(node):
        for parent, partial in zip(node.parents, node.partials):
            parent.grad += node.grad * partial
            backward(parent)

A node with several consumers is visited once for each of them. At the first visit its gradient is not complete, and it
passes on that part. At the next visit it passes on the whole gradient, so the first part is passed on twice.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from .backward import Contribution
from .traversal import AnyNode

LIMIT = 10_000
"""The maximum number of steps. The number of visits doubles with every shared node on a path."""


def naive_contributions(order: Sequence[AnyNode]) -> Iterator[tuple[Contribution[AnyNode], bool]]:
    """The steps of the recursion above from ``order[-1]``, each with whether its node passes on too early.

    It ends after the first contribution that is not finite. Raises ValueError if it takes more than 10,000 steps.
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
        yield step, early
        if not step.is_finite:
            return
    raise ValueError(f"without a topological order this graph takes more than {LIMIT:,} steps, as each "
                     "shared node is visited once for every path that leads to it; try a smaller one")
