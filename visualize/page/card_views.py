"""The scalar views of a page as positions, which the browser draws from: all nodes, a layer, a neuron, windows."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from autograd_lite import Trace, TracedNode
from autograd_lite.internal import LayerStructure, split_operands
from nn.derivations import Recording

from ..graph.card_layout import CardPlan, plan_cards
from ..graph.cards import build_contents, build_part
from ..graph.contents import Contents, Look
from ..graph.groups import LAYERED
from ..graph.roles import ROLES
from ..steps.equations import NONE, NOT_COMPLETE
from .page_schema import CardData, CardView, EdgeData, RoleData

FEW_NODES = 25
"""More of them are small print on a page, so they can be folded."""
MOST_CARDS, MOST_EDGES = 400, 700
"""Of one picture; beyond that it comes in parts."""
_MOST_FOLDED = 40  # weights, and inputs, of a neuron that have a card each
_MOST_CONSUMERS = 24  # of a neuron that are shown
_WINDOW, _MOST_EDGES_OF_WINDOW = 24, 150
_MOST_OPERANDS = 40  # of a window that are computed before it and have a card each

_LAST_NUMBER = re.compile(r"(?<= )-?\d[\d.]*(e[-+]\d+)?$")
_LONG = "-0.000000000"  # room for the longest number that a card or an edge may have to show
_MISSING = NONE.format(NOT_COMPLETE)  # which is longer, and stands in the place of a gradient


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


def make_layer_view(drawn: Drawn, units: Sequence[Sequence[str]]) -> CardView | None:
    """The neurons of a layer with their weights and inputs, node by node; None where there are too many.

    ``units`` are the nodes of the neurons, those of one sample after those of another.
    """
    samples = [_list_layer(drawn, names) for names in units]
    return _place_samples(drawn, samples)


def make_neuron_view(drawn: Drawn, units: Sequence[Sequence[str]],
                     consumers: Mapping[str, Sequence[str]]) -> CardView | None:
    """A neuron with its weights, its inputs and what it leads to; ``units`` are its nodes in each sample."""
    samples = []
    for names in units:
        after = dict.fromkeys(other for name in names for other in consumers[name] if other not in names)
        samples.append([*_list_layer(drawn, names), *(after if len(after) <= _MOST_CONSUMERS else ())])
    return _place_samples(drawn, samples, centre=units[0][0])


def _list_layer(drawn: Drawn, names: Sequence[str]) -> list[str]:
    """These nodes and their operands, each once, in an order that is the same for every sample."""
    found = dict.fromkeys(names)
    for name in names:
        found |= dict.fromkeys(v for v in drawn.recorded.nodes[drawn.index[name]].operands if isinstance(v, str))
    return list(found)


def _place_samples(drawn: Drawn, samples: Sequence[Sequence[str]], centre: str | None = None) -> CardView | None:
    """One picture for all samples: positions for the last, whose names are the longest, and the nodes of each."""
    last = samples[-1]
    key = {name: name for name in last}
    if centre is not None:
        key |= _fold_operands(drawn.recorded.nodes[drawn.index[last[0]]])
    if len(set(key.values())) > MOST_CARDS:
        return None
    shown = build_part(drawn.structure, key, drawn.lecture, last[0] if centre else None)
    view = _place(shown, drawn)
    if view is None or len(samples) == 1:
        return view
    if any(len(names) != len(last) for names in samples):
        return None
    place = {drawn.index[name]: i for i, name in enumerate(last)}
    for card in view["cards"]:
        card["nodes"] = [place[node] for node in card["nodes"]]
    view["samples"] = [[drawn.index[name] for name in names] for names in samples]
    return view


def _fold_operands(node: TracedNode) -> dict[str, str]:
    """Node -> the card that it shares, for the weights and inputs of a neuron that has very many."""
    key: dict[str, str] = {}
    for what, operands in zip(("weights", "inputs"), split_operands(node), strict=False):
        names = list(dict.fromkeys(v for v in operands if isinstance(v, str)))
        if len(names) > _MOST_FOLDED + 1:
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

    # the first line is a formula, whose numbers stay
    cards = (replace(card, lines=(card.lines[0], *map(lengthen, card.lines[1:-1]), lengthen(card.lines[-1], _MISSING)))
             if card.members else card for card in shown.cards)
    edges = (replace(edge, label=lengthen(edge.label)) if edge.label.count(" = ") > 1 else edge for edge in shown.edges)
    return replace(shown, cards=tuple(cards), edges=tuple(edges))
