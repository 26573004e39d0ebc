"""What a picture shows, as plain data: cards, edges, and a note. A graph too large to read is folded by layer."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from autograd_lite import BackwardStep, Trace, TracedNode
from autograd_lite.internal import (
    PARAMETER,
    LayerStructure,
    format_number,
    is_pre_activation,
    list_sweep,
    split_operands,
)
from nn.derivations import Recording
from nn.derivations.internal import Delta
from nn.internal import unknown_name

from ..steps import equations
from .roles import FOLDED, NUMBER, ROLE_OF, Role

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
    """From an operand to what is computed from it; no label where the operand is a number.

    ``mark`` says that the backward pass fails there.
    """

    start: str
    end: str
    label: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything a picture shows; ``layers`` are the names of its clusters, ``failure`` why the backward pass fails."""

    title: str
    cards: tuple[Card, ...]
    edges: tuple[Edge, ...]
    notes: tuple[str, ...]
    layers: dict[int, str]
    failure: str = ""


def build_contents(recorded: Trace, expand: Expand = None, lecture: Recording | None = None,
                   fold_above: int = FOLD_ABOVE) -> Contents:
    """The cards and edges of a trace; see ``draw`` for ``expand``. A ``lecture`` says what δ is and counts layers.

    A graph of more than ``fold_above`` nodes is folded.

    Raises:
        ValueError: ``expand`` names a layer or a node that is not there.
    """
    structure = LayerStructure(recorded)
    groups = _group_nodes(structure, _find_opened(structure, expand, fold_above))
    cards = _make_cards(structure, groups, lecture.deltas if lecture else {})
    numbers = list(_make_number_cards(groups, structure))
    cards += [shown for shown in numbers if isinstance(shown, Card)]
    edges = [shown for shown in numbers if isinstance(shown, Edge)]
    edges += [*_make_edges(recorded, groups), *_bundle_edges(recorded, groups)]
    layers = {l: f"layer {l}" for l in range(1, structure.depth + 1)} | dict(lecture.layers if lecture else {})
    return Contents(f"Computation graph of {recorded.output}", tuple(cards), tuple(edges),
                    tuple(_write_notes(structure, groups)), layers, equations.describe_failure(recorded))


@dataclass(frozen=True, slots=True)
class _Groups:
    """Which nodes share a card: name of a node -> key of its card, and key -> the card's id and nodes."""

    key: dict[str, str]
    ids: dict[str, str]
    members: dict[str, list[TracedNode]]

    def is_folded(self, key: str) -> bool:
        """Whether the card stands for several nodes, and so has a key that is no node's name."""
        return key not in self.key


def _group_nodes(structure: LayerStructure, opened: set[str]) -> _Groups:
    """Each opened node on a card of its own; the rest folded, unless they are few and belong to no layer."""
    nodes = structure.trace.nodes
    key = {node.name: node.name if node.name in opened else _group_key(structure, node) for node in nodes}
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
        last = structure.trace.backward[-1]
        inside = last.parent in members and last.node in members  # of one card, and so on no edge that is shown
        mark = _write_mark(last) if inside else ""
        cards.append(Card(groups.ids[key], lines, role, structure.layer[first.name], members, mark))
    return cards


def _describe(recorded: Trace, node: TracedNode, deltas: equations.Deltas) -> tuple[str, ...]:
    """What the card of one node says: its formula, its value and its gradient."""
    return (equations.write_node_value(node), equations.write_value(node),
            equations.write_node_gradient(recorded, node, deltas))


def _write_mark(step: BackwardStep) -> str:
    """How the backward pass fails at this step; empty if it does not."""
    return "" if step.after is not None else equations.FAILS.format(step.missing)


def _steps_of_edges(recorded: Trace) -> Iterator[tuple[BackwardStep, str, str]]:
    """Each step of the backward pass with what is said on its edge and its mark; after a failure without number."""
    for step in recorded.backward[1:]:
        yield step, equations.write_partial(step), _write_mark(step)
    for step in islice(list_sweep(recorded.nodes), len(recorded.backward), None) if recorded.failure else ():
        partial = f"∂{step.node}/∂{step.parent} = {step.partial_symbols}"
        yield step, f"{partial}, {equations.NOT_REACHED}", ""


def _make_edges(recorded: Trace, groups: _Groups) -> Iterator[Edge]:
    """An edge with its partial between every two nodes that have cards of their own."""
    for step, label, mark in _steps_of_edges(recorded):
        start, end = groups.key[step.parent], groups.key[str(step.node)]
        if not (groups.is_folded(start) or groups.is_folded(end)):
            yield Edge(groups.ids[start], groups.ids[end], label, mark)


def _bundle_edges(recorded: Trace, groups: _Groups) -> Iterator[Edge]:
    """One edge, with the number of those that it stands for, between a folded card and another."""
    bundles: dict[tuple[str, str], list[str]] = {}
    for step, _, mark in _steps_of_edges(recorded):
        pair = groups.key[step.parent], groups.key[str(step.node)]
        if pair[0] != pair[1] and any(map(groups.is_folded, pair)):
            bundles.setdefault(pair, []).append(mark)
    for (start, end), marks in bundles.items():
        count = f"{len(marks)} edges" if len(marks) > 1 else "1 edge"
        yield Edge(groups.ids[start], groups.ids[end], count, "".join(marks))


def _write_notes(structure: LayerStructure, groups: _Groups) -> Iterator[str]:
    """What stands above the picture: leaves that changed, and how to open what is folded."""
    recorded = structure.trace
    if recorded.moved:
        yield equations.describe_stale(recorded)
    if any(map(groups.is_folded, groups.members)):
        by_layer = (f'by layer: expand=1 opens layer 1, expand="{_example_neuron(structure)}" one neuron, '
                    if structure.depth else "into one card: ")
        yield f'{len(recorded.nodes)} nodes, folded {by_layer}expand="all" shows everything.'


def _find_opened(structure: LayerStructure, expand: Expand, fold_above: int) -> set[str]:
    """The names of the nodes to show one by one."""
    names = [node.name for node in structure.trace.nodes]
    asked = [] if expand is None else [expand] if isinstance(expand, int | str) else list(expand)
    if "all" in asked or (not asked and len(names) <= fold_above):
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


def _summarise(structure: LayerStructure, nodes: list[TracedNode], deltas: equations.Deltas) -> tuple[str, ...]:
    """The lines of text on a card that stands for several nodes."""
    first = nodes[0]
    layer, kind = structure.layer[first.name], structure.kind[first.name]
    if layer is None:
        what = f"{len(nodes)} {'operations' if first.operation else 'leaves'}"
        return (what, f"largest gradient {_find_largest(nodes, {})}")
    if kind == PARAMETER:
        return (f"layer {layer}: {len(nodes)} parameters", f"{first.name} … {nodes[-1].name}",
                f"largest gradient {_find_largest(nodes, {})}")
    units = [node for node in nodes if is_pre_activation(node)] or nodes
    largest = _find_largest(units, {node.name: equations.find_delta(node, deltas) for node in units})
    if len(units) == 1:
        return (f"layer {layer}: 1 unit", units[0].name, f"|δ| {largest}")
    return (f"layer {layer}: {len(units)} units", f"{units[0].name} … {units[-1].name}", f"largest |δ| {largest}")


def _find_largest(nodes: list[TracedNode], deltas: Mapping[str, Delta | None]) -> str:
    """The largest magnitude of the gradients, or of the δ's, and how many are not complete."""
    scales = {name: delta.scale for name, delta in deltas.items() if delta}
    sizes = [abs(scales.get(node.name, 1) * node.gradient) for node in nodes if node.gradient is not None]
    missing = len(nodes) - len(sizes)
    if not sizes:
        return equations.NONE.format(equations.NOT_COMPLETE)
    return format_number(max(sizes)) + (f" ({missing} {equations.NOT_COMPLETE})" if missing else "")


def _make_number_cards(groups: _Groups, structure: LayerStructure) -> Iterator[Card | Edge]:
    """Cards for plain numbers that pre-activations take as inputs, one for all units of a layer that share it."""
    cards: dict[tuple[int | None, int, float], Card] = {}
    for key, (node, *_) in groups.members.items():
        if groups.is_folded(key) or not is_pre_activation(node):
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
