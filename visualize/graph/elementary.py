"""The expression view: each w·x + b and each long sum as elementary products and sums."""

from functools import reduce
from operator import add, mul

from autograd_lite import OPERATIONS, Value, topological_order
from autograd_lite.internal import FUNCTIONS, group_operands


def expand_nodes(output: Value) -> dict[Value, Value]:
    """Each node of the graph -> the node that stands for it where affine and total nodes are binary · and +.

    What stands for ``output`` is the same function of the same leaves. A node keeps its label, on the last of the sums
    that stand for it; the numbers may differ in their last digit, since a sum is added up in another order.
    """
    fresh: dict[Value, Value] = {}
    for node in topological_order(output):
        operands = [fresh[v] if isinstance(v, Value) else v for v in node.operands]
        row = OPERATIONS.get(node.operation)
        terms: list[Value | float] = []
        if row and row.is_sum:
            groups = group_operands(row, operands)
            terms = [reduce(mul, factors) for factors in zip(*groups[: len(row.vectors)], strict=True)]
            terms += [shift for shift in groups[len(row.vectors) :]
                      if isinstance(shift, Value) or shift or not node.parents]
        if any(isinstance(term, Value) for term in terms):
            made = reduce(add, terms)
            assert isinstance(made, Value)  # noqa: S101 - one of the terms is
            if any(made is operand for operand in operands):  # label a new node, not the operand
                made = FUNCTIONS["identity"](made)
            made.label = node.label or made.label
            fresh[node] = made
        else:
            fresh[node] = node.again(operands) if node.operation else node
    return fresh
