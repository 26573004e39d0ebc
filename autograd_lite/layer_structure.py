"""The layers of a recorded graph: the kind of each node, its layer, and its neuron.

Everything is read off the operations. A pre-activation is a sum of products, w·x + b; its layer is one more than the
largest layer that it depends on.
"""

from collections.abc import Sequence

from .operations import OPERATIONS
from .trace import Trace, TracedNode

LEAF, PARAMETER, PRE_ACTIVATION, ACTIVATION, OPERATION, OUTPUT = (
    "leaf", "parameter", "pre-activation", "activation", "operation", "output")


class LayerStructure:
    """The layer structure of a traced graph.

    Attributes:
        kind: node name -> one of the six kinds above. A leaf that is a weight or the bias of a pre-activation is a
            parameter. The output of the graph is of kind "output", whatever it computes.
        layer: node name -> l = 1, 2, … of a pre-activation (one more than the largest that it depends on), of the
            activation function on it, and of its parameters; None for other nodes.
        neuron: node name -> name of the pre-activation of its neuron, for the same nodes.
        stage: node name -> the number of layers that it depends on.
        feeds_a_layer: names of the nodes that some pre-activation depends on.
    """

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.kind: dict[str, str] = {}
        self.layer: dict[str, int | None] = {}
        self.neuron: dict[str, str] = {}
        self.stage: dict[str, int] = {}
        self.feeds_a_layer: set[str] = set()
        for node in trace.nodes:
            parents = parents_of(node)
            below = max((self.stage[name] for name in parents), default=0)
            self.stage[node.name] = below + is_pre_activation(node)
            self.kind[node.name] = self._find_kind(node, parents)
        for node in reversed(trace.nodes):
            if is_pre_activation(node) or node.name in self.feeds_a_layer:
                self.feeds_a_layer.update(parents_of(node))

    def _find_kind(self, node: TracedNode, parents: Sequence[str]) -> str:
        """The node's kind. Sets its layer and neuron, and those of its parameters."""
        self.layer[node.name] = None
        kind = OPERATION if node.operation else LEAF
        if is_pre_activation(node):
            self._assign(node.name, node.name, self.stage[node.name])
            weights, *_, bias = split_operands(node)
            for operand in (*weights, *bias):
                if isinstance(operand, str) and self.kind[operand] == LEAF:
                    self.kind[operand] = PARAMETER
                    self._assign(operand, node.name, self.stage[node.name])
            kind = PRE_ACTIVATION
        elif node.operation and OPERATIONS[node.operation].activation:
            kind = ACTIVATION
            if parents and self.kind[parents[0]] == PRE_ACTIVATION:
                self._assign(node.name, parents[0], self.stage[node.name])
        return OUTPUT if node.name == self.trace.output else kind

    def _assign(self, name: str, neuron: str, layer: int) -> None:
        self.layer[name] = layer
        self.neuron[name] = neuron

    @property
    def depth(self) -> int:
        """The number of layers."""
        return max(self.stage.values())


def is_pre_activation(node: TracedNode) -> bool:
    """Whether a node is a sum of products, w·x + b."""
    return bool(node.operation) and OPERATIONS[node.operation].is_bilinear_sum


def split_operands(node: TracedNode) -> tuple[tuple[str | float, ...], ...]:
    """The weights, the inputs and the bias of a pre-activation, as names and numbers."""
    n = (len(node.operands) - 1) // 2
    return node.operands[:n], node.operands[n : 2 * n], node.operands[2 * n :]


def parents_of(node: TracedNode) -> list[str]:
    """The names of the operands that are nodes."""
    return [operand for operand in node.operands if isinstance(operand, str)]
