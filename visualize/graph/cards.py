"""What a picture shows, as plain data: cards, edges, and a note. A graph too large to read is folded by layer."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from autograd_lite import Trace, TracedNode
from autograd_lite.internal import format_number
from nn.derivations import Recording
from nn.internal import unknown_name

from ..steps import equations
from .roles import FOLDED, NUMBER, PARAMETER, Network, Role

FEW = 6  # nodes that belong to no layer are not worth folding
_LAYERED = ", folded\n"  # line breaks keep the names of groups apart from those of nodes
FOLD_ABOVE = 150  # nodes; beyond that a card is too small to read in a window

Expand = int | str | Iterable[int | str] | None


@dataclass(frozen=True, slots=True)
class Card:
    """A node, or several folded into one; ``layer`` is the cluster it stands in, ``members`` the names of its nodes.

    ``mark`` says what is wrong there.
    """

    id: str
    lines: tuple[str, ...]
    role: Role
    layer: int | None = None
    members: tuple[str, ...] = ()
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """From an operand to what is computed from it; no label where the operand is a number."""

    start: str
    end: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything a picture shows; ``layers`` are the names of its clusters."""

    title: str
    cards: tuple[Card, ...]
    edges: tuple[Edge, ...]
    notes: tuple[str, ...]
    layers: dict[int, str]


def build_contents(recorded: Trace, expand: Expand = None, lecture: Recording | None = None,
                   fold_above: int = FOLD_ABOVE) -> Contents:
    """The cards and edges of a trace; see ``draw`` for ``expand``. A ``lecture`` says what δ is and counts layers.

    A graph of more than ``fold_above`` nodes is folded.

    Raises:
        ValueError: ``expand`` names a layer or a node that is not there.
    """
    network = Network(recorded)
    deltas = lecture.deltas if lecture else {}
    opened = _find_opened(network, expand, fold_above)
    key = {node.name: node.name if node.name in opened else _group_key(network, node) for node in recorded.nodes}
    few = {k for k, count in Counter(key.values()).items() if count <= FEW and not k.endswith(_LAYERED)}
    key = {name: name if k in few else k for name, k in key.items()}
    folded = {k for name, k in key.items() if name != k}
    members: dict[str, list[TracedNode]] = {}
    for node in recorded.nodes:
        members.setdefault(key[node.name], []).append(node)
    ids = {k: f"n{i}" for i, k in enumerate(members)}
    cards: list[Card] = []
    edges: list[Edge] = []
    for k, nodes in members.items():
        if k in folded:
            cards.append(Card(ids[k], _summarise(network, nodes, deltas), FOLDED, network.layer[nodes[0].name],
                              tuple(node.name for node in nodes)))
            continue
        (node,) = nodes
        lines = (equations.write_node_value(node), equations.write_value(node),
                 equations.write_node_gradient(recorded, node, deltas))
        cards.append(Card(ids[k], lines, network.role[node.name], network.layer[node.name], (node.name,)))
    for shown in _make_number_cards(((nodes[0], ids[k]) for k, nodes in members.items() if k not in folded), network):
        if isinstance(shown, Card):
            cards.append(shown)
        else:
            edges.append(shown)
    bundles = Counter[tuple[str, str]]()
    for step in recorded.backward:
        if step.node is None:
            continue
        start, end = key[step.parent], key[step.node]
        if start in folded or end in folded:
            bundles[start, end] += start != end
        else:
            edges.append(Edge(ids[start], ids[end], equations.write_partial(step)))
    for (start, end), n in bundles.items():
        edges += [Edge(ids[start], ids[end], f"{n} edges" if n > 1 else "1 edge")] if n else []
    notes = [equations.describe_stale(recorded)] if recorded.moved else []
    if folded:
        by_layer = (f'by layer: expand=1 opens layer 1, expand="{_example_neuron(network)}" one neuron, '
                    if network.depth else
                    "into one card: ")
        notes.append(f'{len(recorded.nodes)} nodes, folded {by_layer}expand="all" shows everything.')
    return Contents(f"Computation graph of {recorded.output}", tuple(cards), tuple(edges), tuple(notes),
                    {l: f"layer {l}" for l in range(1, network.depth + 1)} | dict(lecture.layers if lecture else {}))


def _find_opened(network: Network, expand: Expand, fold_above: int) -> set[str]:
    """The names of the nodes to show one by one."""
    names = [node.name for node in network.recorded.nodes]
    asked = [] if expand is None else [expand] if isinstance(expand, int | str) else list(expand)
    if "all" in asked or (not asked and len(names) <= fold_above):
        return set(names)
    opened = {network.recorded.output}
    for wanted in asked:
        if isinstance(wanted, int):
            found = {name for name in names if network.layer[name] == wanted}
            if not found:
                layers = f"layers 1 to {network.depth}" if network.depth else "no layers"
                raise ValueError(f"there is no layer {wanted} to expand; the graph has {layers}")
        elif wanted in network.layer:
            neuron = network.neuron.get(wanted)
            found = {wanted} | {name for name in names if neuron and network.neuron.get(name) == neuron}
        else:
            raise unknown_name("node to expand", wanted,
                               ["all", *(name for name in names if name in network.neuron)][:50])
        opened |= found
    return opened


def _group_key(network: Network, node: TracedNode) -> str:
    """What the node is folded into: the parameters or units of its layer, or what stands between the same layers."""
    layer, role = network.layer[node.name], network.role[node.name]
    if layer is not None:
        return f"{'parameters' if role is PARAMETER else 'units'} of layer {layer}{_LAYERED}"
    what = "operations" if node.operation else "leaves"
    before = "before another layer" if node.name in network.feeds_a_layer else "at the end"
    return f"{what} after layer {network.stage[node.name]} {before}\n"


def _summarise(network: Network, nodes: list[TracedNode], deltas: equations.Deltas) -> tuple[str, ...]:
    """What the card of folded nodes says."""
    first = nodes[0]
    layer, role = network.layer[first.name], network.role[first.name]
    largest = max(abs(node.gradient) for node in nodes)
    if layer is None:
        what = f"{len(nodes)} {'operations' if first.operation else 'leaves'}"
        return (what, f"largest gradient {format_number(largest)}")
    if role is PARAMETER:
        return (f"layer {layer}: {len(nodes)} parameters", f"{first.name} … {nodes[-1].name}",
                f"largest gradient {format_number(largest)}")
    units = [node for node in nodes if node.operation == "affine"] or nodes
    found = ((node, equations.find_delta(node, deltas)) for node in units)
    largest = max(abs((delta.scale if delta else 1) * node.gradient) for node, delta in found)
    if len(units) == 1:
        return (f"layer {layer}: 1 unit", units[0].name, f"|δ| {format_number(largest)}")
    return (f"layer {layer}: {len(units)} units", f"{units[0].name} … {units[-1].name}",
            f"largest |δ| {format_number(largest)}")


def _make_number_cards(nodes: Iterable[tuple[TracedNode, str]], network: Network) -> Iterator[Card | Edge]:
    """Quiet cards for numbers that affine nodes take as inputs, one for all units of a layer that share it."""
    cards: dict[tuple[int | None, int, float], Card] = {}
    for node, id in nodes:
        n = len(node.operands) // 2
        for k, operand in enumerate(node.operands[n : 2 * n] if node.operation == "affine" else ()):
            if isinstance(operand, str):
                continue
            place = (network.layer[node.name], k, operand)
            if place not in cards:
                cards[place] = Card(f"k{len(cards)}", (format_number(operand),), NUMBER)
                yield cards[place]
            yield Edge(cards[place].id, id)


def _example_neuron(network: Network) -> str:
    """The name of a neuron, for the note."""
    return next(network.neuron[name] for name in network.neuron)
