"""The plane of one weight and one bias, for a neuron that fits a straight line to one sample."""

from collections.abc import Mapping, Sequence

from autograd_lite import Trace, TracedNode
from autograd_lite.internal import is_pre_activation, split_operands

from .page_schema import PlaneData

_TRUTH = (2.0, 1.0)  # y = 2x + 1, the line that the lecture takes its sample from


def find_plane(recorded: Trace, parameters: Sequence[str], index: Mapping[str, int],
               is_lecture: bool) -> PlaneData | None:
    """The numbers of w, b, x and y in C = f(w·x + b − y), where w and b are the parameters; None for another graph.

    f must be least at 0: a square, by any positive factor. ``truth`` is (2, 1) for a lecture's sample of y = 2x + 1,
    else None: one sample does not tell.
    """
    nodes = {node.name: node for node in recorded.nodes}
    sums = [node for node in recorded.nodes if is_pre_activation(node)]
    if len(sums) != 1 or len(parameters) != 2:
        return None
    weights, inputs, biases = split_operands(sums[0])
    names = [name for name in (*weights, *inputs, *biases) if isinstance(name, str)]
    target = _find_target(recorded, nodes, sums[0])
    if len(names) != 3 or len(weights) != 1 or not target:
        return None
    w, x, b = names
    if {w, b} != set(parameters) or nodes[x].operation:
        return None
    meant = is_lecture and nodes[target].value == _TRUTH[0] * nodes[x].value + _TRUTH[1]
    return {"w": index[w], "b": index[b], "x": index[x], "y": index[target], "truth": [*_TRUTH] if meant else None}


def _find_target(recorded: Trace, nodes: Mapping[str, TracedNode], node: TracedNode) -> str:
    """The leaf y where all that follows from z is (z − y)², perhaps times positive numbers; empty for anything else."""
    target, squared = "", False
    while node.name != recorded.output:
        consumers = [other for other in recorded.nodes if node.name in other.operands]
        if len(consumers) != 1:
            return ""
        others = [v for v in consumers[0].operands if v != node.name]
        node = consumers[0]
        if node.operation == "sub" and not target and len(others) == 1 and isinstance(others[0], str):
            target = others[0]
        elif node.operation == "power" and target and others == [2.0]:
            squared = True
        elif node.operation != "identity" and not (node.operation == "mul" and target and _is_positive(others)):
            return ""
    return target if squared and not nodes[target].operation else ""


def _is_positive(factors: Sequence[str | float]) -> bool:
    return len(factors) == 1 and not isinstance(factors[0], str) and factors[0] > 0
