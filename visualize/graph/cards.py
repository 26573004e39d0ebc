"""The cards and edges that show a trace. A graph too large to read is folded by layer."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from autograd_lite import Trace, TracedNode
from autograd_lite.internal import (
    PARAMETER,
    LayerStructure,
    format_number,
    is_pre_activation,
    shorten,
    split_operands,
)
from nn.derivations import Recording
from nn.internal import unknown_name

from ..steps import equations
from .contents import Card, Contents, Edge, Look
from .layout import is_affordable, make_affordable
from .roles import FOLDED, NUMBER, ROLE_OF

FEW = 6  # nodes that belong to no layer are not worth folding
_LAYERED = ", folded\n"  # line breaks keep the names of groups apart from those of nodes
FOLD_ABOVE = 150  # nodes; beyond that a card is too small to read in a window
_MOST_NEIGHBOURS = 40  # operands, and consumers, of the node that is drawn with its surroundings

Expand = int | str | Iterable[int | str] | None


def build_contents(recorded: Trace, expand: Expand = None, lecture: Recording | None = None,
                   fold_above: int = FOLD_ABOVE, around: str | None = None) -> Contents:
    """The cards and edges of a trace; see ``draw`` for ``expand``. A ``lecture`` says what δ is and counts layers.

    A graph of more than ``fold_above`` nodes is folded, and so is a smaller one that cannot be laid out within seconds.
    ``around`` names a node that is shown with its operands and consumers, and nothing else.

    Raises:
        ValueError: ``expand`` or ``around`` names a layer or a node that is not there, or both are given.
    """
    structure = LayerStructure(recorded)
    if around is not None:
        if expand is not None:
            raise ValueError("expand opens a folded graph and around leaves out the rest of it; give one of them")
        return _show(structure, lecture, _group_neighbours(structure, around), around)
    asked = [] if expand is None else [expand] if isinstance(expand, int | str) else list(expand)
    if asked or len(recorded.nodes) <= fold_above:
        opened = _find_opened(structure, asked or ["all"])
        shown = _show(structure, lecture, _group_nodes(structure, opened, _group_key))
        if asked or shown.look is not Look.TOO_LARGE:
            return shown
    for find_key in (_group_key, _kind_key):
        shown = _show(structure, lecture, _group_nodes(structure, {recorded.output}, find_key))
        if shown.look is not Look.TOO_LARGE:
            break
    return shown


def _show(structure: LayerStructure, lecture: Recording | None, groups: "_Groups",
          centre: str | None = None) -> Contents:
    """A picture of these groups, as rich as can be laid out; what belongs to no group is left out.

    ``centre`` is the node that is shown with its surroundings, if it is not the whole graph that is shown.
    """
    recorded = structure.trace
    cards = _make_cards(structure, groups, lecture.deltas if lecture else {})
    numbers = list(_make_number_cards(groups, structure, centre))
    cards += [shown for shown in numbers if isinstance(shown, Card)]
    edges = [shown for shown in numbers if isinstance(shown, Edge)]
    edges += [*_make_edges(recorded, groups), *_bundle_edges(recorded, groups)]
    layers = {l: f"layer {l}" for l in range(1, structure.depth + 1)} | dict(lecture.layers if lecture else {})
    notes = tuple(_write_notes(structure, groups, centre))
    return make_affordable(
        Contents(f"Computation graph of {recorded.output}", tuple(cards), tuple(edges), notes, layers))


@dataclass(frozen=True, slots=True)
class _Groups:
    """Which nodes share a card: name of a node -> key of its card, and key -> the card's id and nodes."""

    key: dict[str, str]
    ids: dict[str, str]
    members: dict[str, list[TracedNode]]

    def is_folded(self, key: str) -> bool:
        """Whether the card stands for several nodes, and so has a key that is no node's name."""
        return key not in self.key


_FindKey = Callable[[LayerStructure, TracedNode], str]


def _group_nodes(structure: LayerStructure, opened: set[str], find_key: _FindKey) -> _Groups:
    """Each opened node on a card of its own; the rest folded, unless they are few and belong to no layer."""
    return _make_groups(structure, {
        node.name: node.name if node.name in opened else find_key(structure, node) for node in structure.trace.nodes})


def _group_neighbours(structure: LayerStructure, centre: str) -> _Groups:
    """The node, its operands and its consumers, in the order of the trace; very many of them are folded."""
    if centre not in structure.kind:
        names = [node.name for node in structure.trace.nodes]
        raise unknown_name("node to draw", centre, [structure.trace.output, *names[:50]])
    key = {centre: centre}
    for side, nodes in _find_neighbours(structure, centre).items():
        for node in nodes:
            fold = len(nodes) > _MOST_NEIGHBOURS
            key.setdefault(node.name, f"{side} {_group_key(structure, node)}" if fold else node.name)
    return _make_groups(structure, key)


def _find_neighbours(structure: LayerStructure, centre: str) -> dict[str, list[TracedNode]]:
    """The operands and the consumers of a node, each once."""
    nodes = structure.trace.nodes
    operands = next(set(node.operands) for node in nodes if node.name == centre)
    return {"operands": [node for node in nodes if node.name in operands],
            "consumers": [node for node in nodes if centre in node.operands]}


def _count_neighbours(structure: LayerStructure, centre: str) -> str:
    """The note above a node with its surroundings."""
    sides = _find_neighbours(structure, centre)
    counts = [f"{len(nodes):,} {side if len(nodes) != 1 else side[:-1]}" for side, nodes in sides.items() if nodes]
    among = f" with its {' and '.join(counts)}" if counts else ""
    return (f"{shorten(centre, 60)}{among}, out of a graph of {len(structure.trace.nodes):,} nodes; the gradients are "
            "those of the whole graph.")


def _make_groups(structure: LayerStructure, key: dict[str, str]) -> _Groups:
    """The groups that these keys of nodes make; what has no key is in none."""
    nodes = [node for node in structure.trace.nodes if node.name in key]
    few = {k for k, count in Counter(key.values()).items() if count <= FEW and not k.endswith(_LAYERED)}
    key = {name: name if k in few else k for name, k in key.items()}
    members: dict[str, list[TracedNode]] = {}
    for node in nodes:
        members.setdefault(key[node.name], []).append(node)
    return _Groups(key, {k: f"n{i}" for i, k in enumerate(members)}, members)


def _make_cards(structure: LayerStructure, groups: _Groups, deltas: equations.Deltas) -> list[Card]:
    """A card for each group."""
    cards = []
    for key, nodes in groups.members.items():
        first = nodes[0]
        if groups.is_folded(key):
            lines, role = _summarise(structure, nodes, deltas), FOLDED
        else:
            lines, role = _describe(structure.trace, first, deltas), ROLE_OF[structure.kind[first.name]]
        members = tuple(node.name for node in nodes)
        cards.append(Card(groups.ids[key], lines, role, _find_layer(structure, nodes), members))
    return cards


def _find_layer(structure: LayerStructure, nodes: list[TracedNode]) -> int | None:
    """The layer that all of them belong to."""
    layers = {structure.layer[node.name] for node in nodes}
    return layers.pop() if len(layers) == 1 else None


def _describe(recorded: Trace, node: TracedNode, deltas: equations.Deltas) -> tuple[str, ...]:
    """What the card of one node says: its formula, its value and its gradient."""
    return (equations.write_node_value(node), equations.write_value(node),
            equations.write_node_gradient(recorded, node, deltas))


def _make_edges(recorded: Trace, groups: _Groups) -> Iterator[Edge]:
    """An edge with its partial between every two nodes that have cards of their own."""
    for step in recorded.backward:
        if step.node not in groups.key or step.parent not in groups.key:
            continue
        start, end = groups.key[step.parent], groups.key[step.node]
        if not (groups.is_folded(start) or groups.is_folded(end)):
            yield Edge(groups.ids[start], groups.ids[end], equations.write_partial(step))


def _bundle_edges(recorded: Trace, groups: _Groups) -> Iterator[Edge]:
    """One edge, with the number of those that it stands for, between a folded card and another."""
    pairs = [(groups.key[step.parent], groups.key[step.node]) for step in recorded.backward
             if step.node in groups.key and step.parent in groups.key]
    bundles = Counter(pair for pair in pairs if pair[0] != pair[1] and any(map(groups.is_folded, pair)))
    for (start, end), count in bundles.items():
        yield Edge(groups.ids[start], groups.ids[end], f"{count} edges" if count > 1 else "1 edge")


def _write_notes(structure: LayerStructure, groups: _Groups, centre: str | None) -> Iterator[str]:
    """What stands above the picture: leaves that changed, and how to open what is folded."""
    recorded = structure.trace
    if recorded.moved:
        yield equations.describe_stale(recorded)
    if centre is not None:
        yield _count_neighbours(structure, centre)
    elif any(map(groups.is_folded, groups.members)):
        by_layer = (f'by layer: expand=1 opens layer 1, expand="{_example_neuron(structure)}" one neuron, '
                    if any(key.endswith(_LAYERED) for key in groups.members) else "into one card: ")
        rest = ('expand="all" shows everything.' if is_affordable(recorded) else
                f'around="{shorten(recorded.output, 30)}" shows one node with its neighbours.')
        yield f"{len(recorded.nodes)} nodes, folded {by_layer}{rest}"


def _find_opened(structure: LayerStructure, asked: Iterable[int | str]) -> set[str]:
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


def _group_key(structure: LayerStructure, node: TracedNode) -> str:
    """What the node is folded into: the parameters or units of its layer, or what stands between the same layers."""
    layer, kind = structure.layer[node.name], structure.kind[node.name]
    if layer is not None:
        return f"{'parameters' if kind == PARAMETER else 'units'} of layer {layer}{_LAYERED}"
    what = "operations" if node.operation else "leaves"
    before = "before another layer" if node.name in structure.feeds_a_layer else "at the end"
    return f"{what} after layer {structure.stage[node.name]} {before}\n"


def _kind_key(structure: LayerStructure, node: TracedNode) -> str:  # noqa: ARG001 - one of two ways to fold
    """What the node is folded into where folding by layer leaves too much."""
    return "operations\n" if node.operation else "leaves\n"


def _summarise(structure: LayerStructure, nodes: list[TracedNode], deltas: equations.Deltas) -> tuple[str, ...]:
    """The lines of text on a card that stands for several nodes."""
    first = nodes[0]
    layer, kind = _find_layer(structure, nodes), structure.kind[first.name]
    largest = max(abs(node.gradient) for node in nodes)
    if layer is None:
        what = f"{len(nodes)} {'operations' if first.operation else 'leaves'}"
        return (what, f"largest gradient {format_number(largest)}")
    if kind == PARAMETER:
        return (f"layer {layer}: {len(nodes)} parameters", f"{first.name} … {nodes[-1].name}",
                f"largest gradient {format_number(largest)}")
    units = [node for node in nodes if is_pre_activation(node)] or nodes
    found = ((node, equations.find_delta(node, deltas)) for node in units)
    largest = max(abs((delta.scale if delta else 1) * node.gradient) for node, delta in found)
    if len(units) == 1:
        return (f"layer {layer}: 1 unit", units[0].name, f"|δ| {format_number(largest)}")
    return (f"layer {layer}: {len(units)} units", f"{units[0].name} … {units[-1].name}",
            f"largest |δ| {format_number(largest)}")


def _make_number_cards(groups: _Groups, structure: LayerStructure, centre: str | None) -> Iterator[Card | Edge]:
    """Cards for plain numbers that pre-activations take as inputs, one for all units of a layer that share it.

    Of the neighbours of a ``centre``, no further operands are shown.
    """
    cards: dict[tuple[int | None, int, float], Card] = {}
    for key, (node, *_) in groups.members.items():
        if groups.is_folded(key) or not is_pre_activation(node) or centre not in (None, node.name):
            continue
        for k, operand in enumerate(split_operands(node)[1]):
            if isinstance(operand, str):
                continue
            place = (structure.layer[node.name], k, operand)
            if place not in cards:
                cards[place] = Card(f"k{len(cards)}", (format_number(operand),), NUMBER)
                yield cards[place]
            yield Edge(cards[place].id, groups.ids[key])


def _example_neuron(structure: LayerStructure) -> str:
    """The name of a neuron, for the note."""
    return next(structure.neuron[name] for name in structure.neuron)
