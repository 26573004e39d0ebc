"""What a node is to a network, read off the operations: its role, its layer, the neuron that it belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass

from autograd_lite import Trace, TracedNode
from autograd_lite.internal import ACTIVATION_OPERATIONS


@dataclass(frozen=True, slots=True)
class Role:
    """What a card stands for, told by shape and by colour."""

    name: str
    meaning: str
    shape: str
    style: str = "filled"
    peripheries: int = 1
    margin: str = "0.04,0.02"


NUMBER = Role("number", "number, not differentiated", "plain", style="")
LEAF = Role("leaf", "input, target or other leaf", "box", "filled,rounded")
PARAMETER = Role("parameter", "weight or bias", "note")
PRE_ACTIVATION = Role("pre-activation", "pre-activation, carries δ", "box")
ACTIVATION = Role("activation", "activation function", "box3d", margin="0.08,0.07")
OPERATION = Role("operation", "other operation", "box", "filled,dashed")
OUTPUT = Role("output", "output", "box", peripheries=2)
FOLDED = Role("folded", "several nodes, folded", "folder", margin="0.08,0.07")
ROLES = (NUMBER, LEAF, PARAMETER, PRE_ACTIVATION, ACTIVATION, OPERATION, OUTPUT, FOLDED)


class Network:
    """The structure of a traced graph.

    Attributes:
        role: node name -> role. A leaf is a parameter where an affine node weighs or shifts by it.
        layer: node name -> l = 1, 2, …, for affine nodes (one more than the affine nodes they depend on), the
            activation functions on them, and the parameters they use; None for the rest.
        neuron: node name -> name of the affine node of its neuron, for the same nodes.
        stage: node name -> how many layers it depends on.
        feeds_a_layer: names of the nodes that some affine node depends on.
    """

    def __init__(self, recorded: Trace) -> None:
        self.recorded = recorded
        self.role: dict[str, Role] = {}
        self.layer: dict[str, int | None] = {}
        self.neuron: dict[str, str] = {}
        self.stage: dict[str, int] = {}
        self.feeds_a_layer: set[str] = set()
        for node in recorded.nodes:
            parents = parents_of(node)
            below = max((self.stage[name] for name in parents), default=0)
            self.stage[node.name] = below + (node.operation == "affine")
            self.role[node.name] = self._role(node, parents)
        for node in reversed(recorded.nodes):
            if node.operation == "affine" or node.name in self.feeds_a_layer:
                self.feeds_a_layer.update(parents_of(node))

    def _role(self, node: TracedNode, parents: Sequence[str]) -> Role:
        """The node's role; on the way its layer, and those of the parameters it uses."""
        self.layer[node.name] = None
        role = OPERATION if node.operation else LEAF
        if node.operation == "affine":
            self._assign(node.name, node.name, self.stage[node.name])
            n = len(node.operands) // 2
            for operand in (*node.operands[:n], node.operands[-1]):
                if isinstance(operand, str) and self.role[operand] is LEAF:
                    self.role[operand] = PARAMETER
                    self._assign(operand, node.name, self.stage[node.name])
            role = PRE_ACTIVATION
        elif node.operation in ACTIVATION_OPERATIONS:
            role = ACTIVATION
            if parents and self.role[parents[0]] is PRE_ACTIVATION:
                self._assign(node.name, parents[0], self.stage[node.name])
        return OUTPUT if node.name == self.recorded.output else role

    def _assign(self, name: str, neuron: str, layer: int) -> None:
        self.layer[name] = layer
        self.neuron[name] = neuron

    @property
    def depth(self) -> int:
        """The number of layers."""
        return max(self.stage.values())


def parents_of(node: TracedNode) -> list[str]:
    """The names of the operands that are nodes."""
    return [operand for operand in node.operands if isinstance(operand, str)]
