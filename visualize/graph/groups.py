"""Which nodes of a trace share a card: a graph too large to read is folded by layer."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import inf

from autograd_lite import TracedNode
from autograd_lite.internal import PARAMETER, LayerStructure
from nn.internal import unknown_name

FEW = 6  # nodes that belong to no layer are not worth folding
LAYERED = ", folded\n"  # line breaks keep the names of groups apart from those of nodes
REST = f", the rest{LAYERED}"
_MOST_NEIGHBOURS = 40  # operands, and consumers, of the node that is drawn with its surroundings
_MOST_NAMES = 10  # in an error


@dataclass(frozen=True, slots=True)
class Groups:
    """Which nodes share a card: name of a node -> key of its card, and key -> the card's id and nodes."""

    key: dict[str, str]
    ids: dict[str, str]
    members: dict[str, list[TracedNode]]

    def is_folded(self, key: str) -> bool:
        """Whether the card stands for several nodes, and so has a key that is no node's name."""
        return key not in self.key


FindKey = Callable[[LayerStructure, TracedNode], str]


def group_nodes(structure: LayerStructure, opened: set[str], find_key: FindKey, few: int = FEW) -> Groups:
    """Each opened node on a card of its own; the rest folded, unless they are ``few`` and belong to no layer."""
    return make_groups(structure, {
        node.name: node.name if node.name in opened else find_key(structure, node) for node in structure.trace.nodes},
        few)


def group_neighbours(structure: LayerStructure, centre: str, most: int | None = None) -> Groups:
    """The node, its operands and its consumers, in the order of the trace; very many of them are folded.

    With ``most``, that many of each side are shown, those with the largest |upstream·partial|; the rest are one card.
    """
    if centre not in structure.kind:
        names = [node.name for node in structure.trace.nodes]
        raise unknown_name("node to draw", centre, [structure.trace.output, *names], _MOST_NAMES)
    key = {centre: centre}
    for side, nodes in find_neighbours(structure, centre).items():
        largest = [] if most is None else _sort_by_share(structure, centre, nodes)[:most]
        for node in nodes:
            if len(nodes) <= _MOST_NEIGHBOURS if most is None else (node in largest or len(nodes) == most + 1):
                key.setdefault(node.name, node.name)
            else:
                key.setdefault(node.name, f"{side} {group_key(structure, node)}" if most is None else side + REST)
    return make_groups(structure, key)


def _sort_by_share(structure: LayerStructure, centre: str, nodes: list[TracedNode]) -> list[TracedNode]:
    """Operands or consumers of the node by |upstream·partial| between it and them, the largest first."""
    shares: Counter[str | None] = Counter()
    for step in structure.trace.backward:
        if centre in (step.node, step.parent):
            shares[step.parent if step.node == centre else step.node] += (  # type: ignore[assignment]  # a float
                inf if step.product is None else abs(step.product))
    return sorted(nodes, key=lambda node: -shares[node.name])




def find_neighbours(structure: LayerStructure, centre: str) -> dict[str, list[TracedNode]]:
    """The operands and the consumers of a node, each once."""
    nodes = structure.trace.nodes
    operands = next(set(node.operands) for node in nodes if node.name == centre)
    return {"operands": [node for node in nodes if node.name in operands],
            "consumers": [node for node in nodes if centre in node.operands]}


def make_groups(structure: LayerStructure, key: dict[str, str], most: int = FEW) -> Groups:
    """The groups that these keys of nodes make; what has no key is in none."""
    nodes = [node for node in structure.trace.nodes if node.name in key]
    few = {k for k, count in Counter(key.values()).items() if count <= most and not k.endswith(LAYERED)}
    key = {name: name if k in few else k for name, k in key.items()}
    members: dict[str, list[TracedNode]] = {}
    for node in nodes:
        members.setdefault(key[node.name], []).append(node)
    return Groups(key, {k: f"n{i}" for i, k in enumerate(members)}, members)


def find_opened(structure: LayerStructure, asked: Iterable[int | str]) -> set[str]:
    """The names of the nodes to show one by one."""
    names = [node.name for node in structure.trace.nodes]
    if "all" in asked:
        return set(names)
    opened = {structure.trace.output}
    for wanted in asked:
        if isinstance(wanted, int):
            found = {name for name in names if structure.layer[name] == wanted}
            if not found:
                layers = f"layers 1 to {structure.depth}" if structure.depth else "no layers"
                raise ValueError(f"there is no layer {wanted} to expand; the graph has {layers}")
        elif wanted in structure.layer:
            neuron = structure.neuron.get(wanted)
            found = {wanted} | {name for name in names if neuron and structure.neuron.get(name) == neuron}
        else:
            raise unknown_name("node to expand", wanted,
                               ["all", *(name for name in names if name in structure.neuron)][:50])
        opened |= found
    return opened


def group_key(structure: LayerStructure, node: TracedNode) -> str:
    """What the node is folded into: the parameters or units of its layer, or what stands between the same layers."""
    layer, kind = structure.layer[node.name], structure.kind[node.name]
    if layer is not None:
        return f"{'parameters' if kind == PARAMETER else 'units'} of layer {layer}{LAYERED}"
    what = "operations" if node.operation else "leaves"
    before = "before another layer" if node.name in structure.feeds_a_layer else "at the end"
    return f"{what} after layer {structure.stage[node.name]} {before}\n"


def kind_key(structure: LayerStructure, node: TracedNode) -> str:  # noqa: ARG001 - one of two ways to fold
    """What the node is folded into where folding by layer leaves too much."""
    return "operations\n" if node.operation else "leaves\n"
