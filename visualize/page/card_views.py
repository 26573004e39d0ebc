"""The scalar views of a page as positions, which the browser draws from: all nodes, a layer, a neuron, windows."""

import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from autograd_lite import Trace, TracedNode
from autograd_lite.internal import LayerStructure, split_operands
from nn.derivations import Recording

from ..graph.card_layout import CardPlan, plan_cards
from ..graph.cards import build_contents, build_part
from ..graph.contents import Card, Contents, Look
from ..graph.groups import FEW, LAYERED
from ..graph.roles import ROLES
from ..steps.equations import find_delta
from ..steps.sentences import fill
from .page_schema import CardData, CardView, EdgeData, RoleData, SharedView, UnitsView

FEW_NODES = 25
"""More of them are small print on a page, so they can be folded."""
MOST_CARDS, MOST_EDGES = 400, 700
"""Of one picture; beyond that it comes in parts."""
_MOST_FOLDED = 40  # weights, and inputs, of a neuron that have a card each where there are many more
_MOST_CONSUMERS = 24  # of a neuron that are shown
_WINDOW, _MOST_EDGES_OF_WINDOW = 24, 150
_MOST_OPERANDS = 40  # of a window that are computed before it and have a card each

_LAST_NUMBER = re.compile(r"(?<= )-?\d[\d.]*(e[-+]\d+)?$")
_LONG = "-0.000000000"  # room for the longest number that a card or an edge may have to show
_MISSING = fill("missing", why=fill("not complete"))  # which is longer, and stands in the place of a gradient
_MOVED = fill("change", before=_LONG, after=_LONG)[:22]  # as wide as all of it in the small letters that it then has


@dataclass(frozen=True, slots=True)
class Drawn:
    """What scalar views are made of: a trace with its layers, and the place of each node."""

    recorded: Trace
    structure: LayerStructure
    lecture: Recording | None
    index: Mapping[str, int]

    @property
    def consumers(self) -> dict[str, list[str]]:
        """Node -> the nodes that it is an operand of, in order."""
        found: dict[str, list[str]] = {node.name: [] for node in self.recorded.nodes}
        for node in self.recorded.nodes:
            for operand in dict.fromkeys(v for v in node.operands if isinstance(v, str)):
                found[operand].append(node.name)
        return found


def make_whole_view(drawn: Drawn) -> CardView | None:
    """Every node; None where there are too many for one picture."""
    if len(drawn.recorded.nodes) > MOST_CARDS:
        return None
    return _place(build_contents(drawn.recorded, "all", drawn.lecture), drawn)


def make_folded_view(drawn: Drawn, most: int) -> CardView | None:
    """What is more than ``most`` nodes, folded; None where that leaves too much."""
    shown = build_contents(drawn.recorded, None, drawn.lecture, most)
    if shown.notes:
        layered = drawn.structure.depth > 0
        opening = ": choose a card to open its layer" if layered else ""
        note = f"{len(drawn.recorded.nodes):,} nodes, folded{' by layer' * layered}{opening}"
        shown = replace(shown, notes=(note,))
    return _place(shown, drawn)


def make_layer_view(drawn: Drawn, names: Sequence[str]) -> CardView | None:
    """The nodes of a layer with their weights and inputs, one by one; None where there are too many."""
    return _place_part(drawn, _list_with_operands(drawn, names), {})


def make_shared_views(drawn: Drawn, parts: Mapping[str, Sequence[Sequence[str]]], pictures: list[CardView], *,
                      around: bool) -> dict[str, SharedView]:
    """Each part with its weights and inputs; what has one shape, whatever its sample, shares one of ``pictures``.

    ``parts`` are the nodes of each part, once for each sample. ``around``: each is a neuron, its sum first, and is
    shown with what it leads to. Parts that are too large for a picture are left out.
    """
    consumers = drawn.consumers
    lists = {part: [_list_neuron(drawn, names, consumers) if around else _list_with_operands(drawn, names)
                    for names in samples] for part, samples in parts.items()}
    shapes: dict[Hashable, list[Sequence[str]]] = {}
    shape_of: dict[str, list[Hashable]] = {}
    for part, samples in lists.items():
        shape_of[part] = [_find_shape(drawn, names) for names in samples]
        for shape, names in zip(shape_of[part], samples, strict=True):
            shapes.setdefault(shape, []).append(names)
    places: dict[Hashable, int] = {}
    for shape, alike in shapes.items():
        longest = max(alike, key=lambda names: len("".join(names)))  # which needs most room
        folded = _fold_operands(drawn.recorded.nodes[drawn.index[longest[0]]]) if around else {}
        view = _place_part(drawn, longest, folded, longest[0] if around else None)
        if view is not None:
            _use_places(view, [drawn.index[name] for name in longest])
            places[shape] = len(pictures)
            pictures.append(view)
    return {part: {"pictures": [places[shape] for shape in shape_of[part]],
                   "samples": [[drawn.index[name] for name in names] for names in samples]}
            for part, samples in lists.items() if places.keys() >= set(shape_of[part])}


def make_units_view(drawn: Drawn, names: Sequence[str], units: Sequence[str]) -> UnitsView:
    """What is shown of a layer that is too large for one picture: how large, and the views of its units."""
    shown = _list_with_operands(drawn, names)
    edges = sum(isinstance(v, str) for name in names
                for v in drawn.recorded.nodes[drawn.index[name]].operands)
    note = (f"With weights and inputs this layer has {len(shown):,} nodes and {edges:,} edges: one picture of so many "
            f"cannot be read (up to {MOST_CARDS} and {MOST_EDGES} can), so each unit has a picture of its own.")
    return {"notes": [note], "units": list(units)}


def _list_with_operands(drawn: Drawn, names: Sequence[str]) -> list[str]:
    """These nodes and their operands, each once, in an order that is the same for every sample."""
    found = dict.fromkeys(names)
    for name in names:
        found |= dict.fromkeys(v for v in drawn.recorded.nodes[drawn.index[name]].operands if isinstance(v, str))
    return list(found)


def _list_neuron(drawn: Drawn, names: Sequence[str], consumers: Mapping[str, Sequence[str]]) -> list[str]:
    found = _list_with_operands(drawn, names)
    after = dict.fromkeys(other for name in names for other in consumers[name] if other not in found)
    return [*found, *(after if len(after) <= _MOST_CONSUMERS else ())]


def _find_shape(drawn: Drawn, names: Sequence[str]) -> Hashable:
    """What two lists of nodes have in common that can share a picture: kinds, layers, edges and plain numbers."""
    place = {name: i for i, name in enumerate(names)}
    deltas = drawn.lecture.deltas if drawn.lecture else {}
    found = []
    for name in names:
        node = drawn.recorded.nodes[drawn.index[name]]
        edges = sorted(place[v] for v in node.operands if isinstance(v, str) and v in place)
        numbers = tuple(v for v in node.operands if not isinstance(v, str))
        found.append((drawn.structure.kind[name], drawn.structure.layer[name], find_delta(node, deltas) is None,
                      tuple(edges), numbers))
    return tuple(found)


def _place_part(drawn: Drawn, names: Sequence[str], folded: Mapping[str, str],
                centre: str | None = None) -> CardView | None:
    """Positions for some nodes, those that are ``folded`` by their keys."""
    key = {name: folded.get(name, name) for name in names}
    if len(set(key.values())) > MOST_CARDS:
        return None
    shown = build_part(drawn.structure, key, drawn.lecture, centre)

    def name_folded(card: Card) -> Card:
        """Without the names of nodes: others share the picture."""
        if not card.members or card.members[0] not in folded:
            return card
        what = folded[card.members[0]].removesuffix(LAYERED)
        return replace(card, lines=(f"{len(card.members)} {what}", card.lines[-1]))

    return _place(replace(shown, cards=tuple(map(name_folded, shown.cards))), drawn)


def _use_places(view: CardView, nodes: Sequence[int]) -> None:
    """Cards then stand for places in a list, and not for nodes."""
    place = {node: i for i, node in enumerate(nodes)}
    for card in view["cards"]:
        card["nodes"] = [place[node] for node in card["nodes"]]


def _fold_operands(node: TracedNode) -> dict[str, str]:
    """Node -> the card that it shares, for the weights and inputs of a neuron that has very many."""
    key: dict[str, str] = {}
    for what, operands in zip(("weights", "inputs"), split_operands(node), strict=False):
        names = list(dict.fromkeys(v for v in operands if isinstance(v, str)))
        if len(names) > _MOST_FOLDED + FEW:
            key |= dict.fromkeys(names[_MOST_FOLDED:], f"more {what}{LAYERED}")
    return key


def make_windows(drawn: Drawn) -> list[CardView]:
    """The graph in parts that overlap: some nodes in the order of computation, with what they are computed from."""
    computed = [node for node in drawn.recorded.nodes if node.operation]
    windows = []
    first = last = 0
    while last < len(computed):
        last = _find_end(computed, first)
        own = computed[first:last]
        key = {node.name: node.name for node in own}
        before = list(dict.fromkeys(v for node in own for v in node.operands if isinstance(v, str) and v not in key))
        key |= {name: name if i < _MOST_OPERANDS else f"more operands{LAYERED}" for i, name in enumerate(before)}
        view = _place(build_part(drawn.structure, key, drawn.lecture, into=[node.name for node in own]), drawn)
        if view is None:
            return []
        view["notes"].insert(0, f"Nodes {first + 1:,} to {last:,} of {len(computed):,} that are computed; the picture "
                                "follows the step.")
        view["computes"] = [drawn.index[node.name] for node in own]
        windows.append(view)
        first += max(1, (last - first) // 2)
    return windows


def _find_end(computed: Sequence[TracedNode], first: int) -> int:
    """Where a window ends: after some nodes, or fewer that have very many operands, and after one at least."""
    operands = 0
    for last in range(first, min(first + _WINDOW, len(computed))):
        operands += len(computed[last].operands)
        if operands > _MOST_EDGES_OF_WINDOW and last > first:
            return last
    return min(first + _WINDOW, len(computed))


def describe_roles() -> dict[str, RoleData]:
    """How the cards of each role look."""
    return {role.name: {"meaning": role.meaning, "shape": role.shape, "rounded": "rounded" in role.style,
                        "dashed": "dashed" in role.style, "double": role.peripheries > 1, "inset": role.inset}
            for role in ROLES}


def _place(shown: Contents, drawn: Drawn) -> CardView | None:
    """Positions for these cards and edges; None if there are too many."""
    if shown.look is not Look.WHOLE or len(shown.cards) > MOST_CARDS or len(shown.edges) > MOST_EDGES:
        return None
    plan = plan_cards(_make_room(shown), right=len(shown.cards) > FEW_NODES)
    return None if plan is None else _write_view(plan, shown, drawn)


def _write_view(plan: CardPlan, shown: Contents, drawn: Drawn) -> CardView:
    place = {card.id: i for i, card in enumerate(shown.cards)}
    return {
        "size": [round(plan.width), round(plan.height)], "right": plan.right, "notes": [*shown.notes, *shown.cheaper],
        "frames": [(shown.layers[layer], _round(box.x, box.y, box.width, box.height)) for layer, box in plan.frames],
        "cards": list(_write_cards(plan, shown, drawn, place)),
        "edges": list(_write_edges(plan, shown, place)),
    }


def _write_cards(plan: CardPlan, shown: Contents, drawn: Drawn, place: Mapping[str, int]) -> Iterator[CardData]:
    for card in shown.cards:
        box = plan.cards[card.id]
        data: CardData = {"box": _round(box.x, box.y, box.width, box.height), "role": card.role.name,
                          "nodes": [drawn.index[name] for name in card.members]}
        if len(card.members) != 1:  # what stands on the card of one node follows from the node
            data["lines"] = list(card.lines)
        if card.stands_for:
            data["repeats"] = place[card.stands_for]
        yield data


def _write_edges(plan: CardPlan, shown: Contents, place: Mapping[str, int]) -> Iterator[EdgeData]:
    for placed, edge in zip(plan.edges, shown.edges, strict=True):
        data: EdgeData = {"ends": [place[edge.start], place[edge.end]],
                          "points": _round(*(x for point in placed.points for x in point))}
        if placed.label is not None:
            data["label"] = _round(placed.label.x, placed.label.y)
            if "∂" not in edge.label:
                data["text"] = edge.label
        yield data


def _round(*numbers: float) -> list[int]:
    return [round(x) for x in numbers]


def _make_room(shown: Contents) -> Contents:
    """The same with room in every card and on every edge for the longest number."""
    def lengthen(line: str, room: str = _LONG) -> str:
        return _LAST_NUMBER.sub(room, line)

    def make_room(card: Card) -> Card:
        """The first line is a formula, whose numbers stay; of one node each other number may have moved."""
        formula, *between, last = card.lines
        rooms = (_MOVED, _MOVED) if len(card.members) == 1 else (_LONG, _MISSING)
        return replace(card, lines=(formula, *(lengthen(line, rooms[0]) for line in between), lengthen(last, rooms[1])))

    cards = (make_room(card) if card.members else card for card in shown.cards)
    edges = (replace(edge, label=lengthen(edge.label)) if edge.label.count(" = ") > 1 else edge for edge in shown.edges)
    return replace(shown, cards=tuple(cards), edges=tuple(edges))
