"""The cards and edges that show a trace. A graph too large to read is folded by layer."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice

from autograd_lite import BackwardStep, Trace, TracedNode
from autograd_lite.internal import (
    PARAMETER,
    LayerStructure,
    format_number,
    is_pre_activation,
    list_sweep,
    shorten,
    split_operands,
)
from nn.derivations import Recording
from nn.derivations.internal import Delta
from nn.internal import format_count

from ..steps import equations
from ..steps.sentences import fill
from .contents import Card, Contents, Edge, Look
from .groups import (
    FEW,
    LAYERED,
    REST,
    Groups,
    find_neighbours,
    find_opened,
    group_key,
    group_neighbours,
    group_nodes,
    kind_key,
    make_groups,
)
from .layout import is_affordable, make_affordable
from .roles import FOLDED, NUMBER, ROLE_OF

FOLD_ABOVE = 150  # nodes; beyond that a card is too small to read in a window

Expand = int | str | Iterable[int | str] | None


def build_contents(recorded: Trace, expand: Expand = None, lecture: Recording | None = None,
                   fold_above: int = FOLD_ABOVE, around: str | None = None, neighbours: int | None = None,
                   few: int = FEW) -> Contents:
    """The cards and edges of a trace; see ``draw`` for ``expand``. A ``lecture`` says what δ is and counts layers.

    A graph of more than ``fold_above`` nodes is folded, and so is a smaller one that cannot be laid out within seconds.
    At most ``few`` nodes between layers that could share a card have one each.
    ``around`` names a node that is shown with its operands and consumers, and nothing else; of either, the number
    ``neighbours`` if it is given, those with the largest |upstream·partial|.

    Raises:
        ValueError: ``expand`` or ``around`` names a layer or a node that is not there, or both are given.
    """
    structure = LayerStructure(recorded)
    if around is not None:
        if expand is not None:
            raise ValueError("expand opens a folded graph and around leaves out the rest of it; give one of them")
        return _show(structure, lecture, group_neighbours(structure, around, neighbours), around)
    asked = [] if expand is None else [expand] if isinstance(expand, int | str) else list(expand)
    if asked or len(recorded.nodes) <= fold_above:
        opened = find_opened(structure, asked or ["all"])
        shown = _show(structure, lecture, group_nodes(structure, opened, group_key))
        if asked or shown.look is not Look.TOO_LARGE:
            return shown
    for find_key in (group_key, kind_key):
        shown = _show(structure, lecture, group_nodes(structure, {recorded.output}, find_key, few))
        if shown.look is not Look.TOO_LARGE:
            break
    return shown


def build_part(structure: LayerStructure, key: dict[str, str], lecture: Recording | None = None,
               centre: str | None = None, into: Collection[str] | None = None) -> Contents:
    """The cards of the nodes in ``key``, which says what shares a card, and the edges between them, without notes.

    Of the edges, only those are shown that lead ``into`` some nodes, and of the plain numbers among the operands those
    of the ``centre``, if these are given.
    """
    groups = make_groups(structure, key)
    shown = _collect(structure, lecture, groups, centre)
    if into is not None:
        ends = {groups.ids[groups.key[name]] for name in into}
        shown = replace(shown, edges=tuple(edge for edge in shown.edges if edge.end in ends))
    return make_affordable(shown)


def _show(structure: LayerStructure, lecture: Recording | None, groups: Groups,
          centre: str | None = None) -> Contents:
    """A picture of these groups, as rich as can be laid out; what belongs to no group is left out.

    ``centre`` is the node that is shown with its surroundings, if it is not the whole graph that is shown.
    """
    notes, plain = (tuple(_write_notes(structure, groups, centre, hints=hints)) for hints in (True, False))
    return make_affordable(replace(_collect(structure, lecture, groups, centre), notes=notes, plain_notes=plain))


def _collect(structure: LayerStructure, lecture: Recording | None, groups: Groups, centre: str | None) -> Contents:
    """All cards and edges of these groups."""
    recorded = structure.trace
    numbers, edges = _make_number_cards(groups, structure, centre)
    cards = [*_make_cards(structure, groups, lecture.deltas if lecture else {}), *numbers]
    edges += _make_edges(recorded, groups)
    layers = {l: f"layer {l}" for l in range(1, structure.depth + 1)} | dict(lecture.layers if lecture else {})
    title, failure = f"Computation graph of {recorded.output}", equations.describe_failure(recorded)
    return Contents(title, tuple(cards), tuple(edges), (), layers, failure)


def _count_neighbours(structure: LayerStructure, centre: str) -> str:
    """The note above a node with its surroundings."""
    sides = find_neighbours(structure, centre)
    counts = [format_count(len(nodes), side[:-1]) for side, nodes in sides.items() if nodes]
    among = f" with its {' and '.join(counts)}" if counts else ""
    return (f"{shorten(centre, 60)}{among}, out of a graph of {len(structure.trace.nodes):,} nodes; the gradients are "
            "those of the whole graph.")


def _make_cards(structure: LayerStructure, groups: Groups, deltas: equations.Deltas) -> list[Card]:
    """A card for each group."""
    cards = []
    for key, nodes in groups.members.items():
        first = nodes[0]
        if groups.is_folded(key):
            lines, role = _summarise(structure, nodes, deltas), FOLDED
            if key.endswith(REST):
                lines = (f"{len(nodes):,} more {key.removesuffix(REST)}", "smaller |upstream·partial|")
        else:
            role = ROLE_OF[structure.kind[first.name]]
            lines = (equations.write_node_value(first), fill("value", value=format_number(first.value)),
                     equations.write_node_gradient(structure.trace, first, deltas))
        members = tuple(node.name for node in nodes)
        last = structure.trace.backward[-1]
        inside = last.parent in members and last.node in members  # of one card, and so on no edge that is shown
        mark = _write_mark(last) if inside else ""
        cards.append(Card(groups.ids[key], lines, role, _find_layer(structure, nodes), members, mark))
    return cards


def _find_layer(structure: LayerStructure, nodes: list[TracedNode]) -> int | None:
    """The layer that all of them belong to."""
    layers = {structure.layer[node.name] for node in nodes}
    return layers.pop() if len(layers) == 1 else None


def _write_mark(step: BackwardStep) -> str:
    """How the backward pass fails at this step; empty if it does not."""
    return "" if step.after is not None else equations.write_failing(step)


def _list_steps_of_edges(recorded: Trace, groups: Groups) -> Iterator[tuple[BackwardStep, str, str]]:
    """Each step between nodes that are shown, with what is said on its edge and its mark; after a failure no number."""
    steps = [*recorded.backward[1:]]
    if recorded.failure:
        steps += islice(list_sweep(recorded.nodes), len(recorded.backward), None)
    for number, step in enumerate(steps, start=1):
        if step.node not in groups.key or step.parent not in groups.key:
            continue
        if number < len(recorded.backward):
            yield step, equations.write_partial(step), _write_mark(step)
        else:
            local = equations.write_gradient(step.node, step.parent)
            yield step, f"{local} = {step.partial_symbols}, {fill('not reached')}", ""


def _make_edges(recorded: Trace, groups: Groups) -> Iterator[Edge]:
    """An edge with its partial between every two nodes that have cards of their own.

    Then one edge, with the number of those that it stands for, between a folded card and another.
    """
    bundles: dict[tuple[str, str], list[str]] = {}
    for step, label, mark in _list_steps_of_edges(recorded, groups):
        start, end = groups.key[step.parent], groups.key[str(step.node)]
        if not (groups.is_folded(start) or groups.is_folded(end)):
            yield Edge(groups.ids[start], groups.ids[end], label, mark)
        elif start != end:
            bundles.setdefault((start, end), []).append(mark)
    for (start, end), marks in bundles.items():
        yield Edge(groups.ids[start], groups.ids[end], format_count(len(marks), "edge"), "".join(marks))


def _write_notes(structure: LayerStructure, groups: Groups, centre: str | None, *, hints: bool) -> Iterator[str]:
    """What stands above the picture: leaves that changed, and with ``hints`` how to open what is folded."""
    recorded = structure.trace
    if recorded.moved:
        yield equations.describe_stale(recorded)
    if centre is not None:
        yield _count_neighbours(structure, centre)
    elif any(map(groups.is_folded, groups.members)):
        layered = any(key.endswith(LAYERED) for key in groups.members)
        if not hints:
            yield f"{len(recorded.nodes):,} nodes, folded {'by layer' if layered else 'into one card'}."
            return
        by_layer = (f'by layer: expand=1 opens layer 1, expand="{next(iter(structure.neuron.values()))}" one neuron, '
                    if layered else "into one card: ")
        rest = ('expand="all" shows everything.' if is_affordable(recorded) else
                f'around="{shorten(recorded.output, 30)}" shows one node with its neighbours.')
        yield f"{len(recorded.nodes):,} nodes, folded {by_layer}{rest}"


def _summarise(structure: LayerStructure, nodes: list[TracedNode], deltas: equations.Deltas) -> tuple[str, ...]:
    """The lines of text on a card that stands for several nodes."""
    first = nodes[0]
    layer, kind = _find_layer(structure, nodes), structure.kind[first.name]
    if layer is None:
        what = f"{len(nodes):,} {'operations' if first.operation else 'leaves'}"
        return (what, f"largest |gradient| {_find_largest(nodes, {})}")
    if kind == PARAMETER:
        return (f"layer {layer}: {len(nodes):,} parameters", f"{first.name} … {nodes[-1].name}",
                f"largest |gradient| {_find_largest(nodes, {})}")
    units = [node for node in nodes if is_pre_activation(node)] or nodes
    largest = _find_largest(units, {node.name: equations.find_delta(node, deltas) for node in units})
    if len(units) == 1:
        return (f"layer {layer}: 1 unit", units[0].name, f"|δ| {largest}")
    return (f"layer {layer}: {len(units):,} units", f"{units[0].name} … {units[-1].name}", f"largest |δ| {largest}")


def _find_largest(nodes: list[TracedNode], deltas: Mapping[str, Delta | None]) -> str:
    """The largest magnitude of the gradients, or of the δ's, and how many are not complete."""
    scales = {name: delta.scale for name, delta in deltas.items() if delta}
    sizes = [abs(scales.get(node.name, 1) * node.gradient) for node in nodes if node.gradient is not None]
    missing = len(nodes) - len(sizes)
    if not sizes:
        return fill("missing", why=fill("not complete"))
    return format_number(max(sizes)) + (f" ({missing} {fill('not complete')})" if missing else "")


def _make_number_cards(groups: Groups, structure: LayerStructure,
                       centre: str | None) -> tuple[Iterable[Card], list[Edge]]:
    """Cards for plain numbers that pre-activations take as inputs, one for all units of a layer that share it.

    Of the neighbours of a ``centre``, no further operands are shown.
    """
    cards: dict[tuple[int | None, int, float], Card] = {}
    edges = []
    for key, (node, *_) in groups.members.items():
        if groups.is_folded(key) or not is_pre_activation(node) or centre not in (None, node.name):
            continue
        for k, operand in enumerate(split_operands(node)[1]):
            if isinstance(operand, str):
                continue
            place = (structure.layer[node.name], k, operand)
            card = cards.setdefault(place, Card(f"k{len(cards)}", (format_number(operand),), NUMBER))
            edges.append(Edge(card.id, groups.ids[key]))
    return cards.values(), edges
