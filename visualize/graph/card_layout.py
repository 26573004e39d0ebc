"""Positions for cards and edges, made by the project itself: no line passes a card or a label. Lengths are in points.

Everything is laid out along and across the way of the forward pass, and turned at the end. Between two columns of cards
there is first a strip in which lines bend, then one in which they run straight on, each with its label beside it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise

from .card_order import Order, order_cards
from .card_style import LINE, ROOMY, SMALL_FONT, Box, Point, Style, enclose, measure_text, split_label, surround
from .contents import Contents, Edge

_LANE, _BESIDE = 5.0, 4.0  # around a lane; around a label
_ARROW = 7.0
_BEND = 0.22  # the strip where lines bend, as a part of how far they go across
_FUNNEL = 22.0  # where lines come together that have more labels than their card is wide
_SWEEPS = 20
_STRAIGHT, _LOOSE = 16.0, 1.0  # how much lanes, and lines between cards, are pulled straight

@dataclass(frozen=True, slots=True)
class PlacedEdge:
    """An edge: the corners of its pieces, straight and bent by turns, and the box of its label."""

    edge: Edge
    points: tuple[Point, ...]
    label: Box | None
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CardPlan:
    """The picture with all positions; the order of ``cards`` and ``edges`` is that of the contents.

    ``frames`` stand around layers; ``columns`` says from where to where each column of cards goes.
    """

    shown: Contents
    order: Order
    right: bool
    width: float
    height: float
    cards: dict[str, Box]
    edges: list[PlacedEdge]
    frames: list[tuple[int, Box]] = field(default_factory=list)
    columns: tuple[tuple[float, float], ...] = ()
    style: Style = ROOMY


def plan_cards(shown: Contents, style: Style = ROOMY, *, right: bool, framed: bool | None = None) -> CardPlan | None:
    """Places for all cards and edges; None where the edges form a circle. Several layers are ``framed``."""
    order = order_cards(shown, apart=style.apart)
    if framed is None:
        framed = shown.has_layers
    return None if order is None else _Planner(shown, order, style, right, framed).plan()


def move(plan: CardPlan, x: float, y: float) -> CardPlan:
    """The same somewhere else."""
    return replace(
        plan, cards={id: _move(box, x, y) for id, box in plan.cards.items()},
        edges=[replace(edge, points=tuple((u + x, v + y) for u, v in edge.points),
                       label=_move(edge.label, x, y) if edge.label else None) for edge in plan.edges],
        frames=[(layer, _move(box, x, y)) for layer, box in plan.frames])


def _move(box: Box, x: float, y: float) -> Box:
    return replace(box, x=box.x + x, y=box.y + y)


class _Planner:
    def __init__(self, shown: Contents, order: Order, style: Style, right: bool, framed: bool) -> None:
        self.shown, self.order, self.style, self.right, self.framed = shown, order, style, right, framed
        self.size = {}
        for card in shown.cards:
            wide, high = style.measure(card.texts, style.font_of(card), card.role)
            self.size[card.id] = (wide, high) if right else (high, wide)
        self.labels = []
        for edge in shown.edges:
            lines = split_label(edge)
            wide = max((measure_text(line, SMALL_FONT) for line in lines), default=0.0) + _BESIDE
            high = len(lines) * LINE * SMALL_FONT
            self.labels.append((0.0, 0.0) if not lines else (wide, high) if right else (high, wide))
        self.incoming: dict[str, list[int]] = defaultdict(list)
        for i, path in enumerate(order.paths):
            self.incoming[path[-1]].append(i)
        for id, edges in self.incoming.items():  # a card has room for the arrows at it
            along, across = self.size[id]
            self.size[id] = along, max(across, 3.0 * len(edges) + 12.0)
        self.place = {item: i for column in order.columns for i, item in enumerate(column)}
        for edges in self.incoming.values():
            edges.sort(key=lambda i: self.place[order.paths[i][-2]])
        self.offset: dict[int, float] = {}
        self.extent: dict[str, tuple[float, float]] = {}
        self._spread_lines()
        self.ending = {(path[-2], path[-1]): self.offset[i] for i, path in enumerate(order.paths)}
        self.across = self._find_across()

    def _spread_lines(self) -> None:
        """How far from the middle of its card each line ends, and how much room an item needs on both sides of that."""
        for item in self.place:
            half = self.size[item][1] / 2 if item in self.size else _LANE
            low, high = -half, half
            edges = self.incoming[item]
            reach = [(self._before(i), self._after(i)) for i in edges]
            at = [0.0]
            for (_, after), (before, _) in pairwise(reach):
                at.append(at[-1] + after + before)
            for i, line, (before, after) in zip(edges, at, reach, strict=False):
                self.offset[i] = line - at[len(edges) - 1] / 2
                low, high = min(low, self.offset[i] - before), max(high, self.offset[i] + after)
            self.extent[item] = low, high

    def _before(self, i: int) -> float:
        """The room that an edge needs on one side of its line: above it, or left of it."""
        return max(_BESIDE, self.labels[i][1]) if self.right else _BESIDE

    def _after(self, i: int) -> float:
        return _BESIDE if self.right else max(_BESIDE, self.labels[i][1] + _BESIDE)

    @cached_property
    def ties(self) -> dict[str, list[tuple[str, float, float]]]:
        """Item -> what it is joined to, how far from there a straight line would have it, and how much that matters."""
        found: dict[str, list[tuple[str, float, float]]] = defaultdict(list)
        for start, end in self.order.links:
            away = self.ending.get((start, end), 0.0)
            lane = start in self.order.lanes or end in self.order.lanes
            alone = len(self.incoming[end]) == 1
            weight = _STRAIGHT if lane or alone else _LOOSE
            if end in self.order.lanes and start not in self.order.lanes:
                weight = _LOOSE
            found[end].append((start, -away, weight))
            found[start].append((end, away, weight))
        return found

    def _find_across(self) -> dict[str, float]:
        """Where each item stands across, such that lines are as straight as the order allows."""
        across: dict[str, float] = {}
        for column in self.order.columns:
            self._settle(column, across, dict.fromkeys(column, 0.0), dict.fromkeys(column, 1.0))
        for sweep in range(_SWEEPS):
            columns = self.order.columns if sweep % 2 else reversed(self.order.columns)
            for column in columns:
                wanted, weights = {}, {}
                for item in column:
                    ties = self.ties[item]
                    weights[item] = sum(weight for *_, weight in ties) or 0.1
                    wanted[item] = (sum(weight * (across[other] + away) for other, away, weight in ties)
                                    / weights[item] if ties else across[item])
                self._settle(column, across, wanted, weights)
        for column in self.order.columns:
            self._settle(column, across, {item: self._go_straight(item, across) for item in column},
                         dict.fromkeys(column, 1.0))
        return across

    def _go_straight(self, item: str, across: Mapping[str, float]) -> float:
        """Where a line that comes in alone, or in a lane that goes on, is straight; else where the item is."""
        befores = {start: away for start, away, _ in self.ties[item] if self.order.rank[start] < self.order.rank[item]}
        start = next(iter(befores), "")
        if len(befores) == 1 and (item not in self.order.lanes or start in self.order.lanes):
            return across[start] + befores[start]
        return across[item]

    def _settle(self, column: Sequence[str], across: dict[str, float], wanted: Mapping[str, float],
                weights: Mapping[str, float]) -> None:
        """Puts the items of a column as near to where they want to be as their order and sizes allow."""
        at, shift = 0.0, []
        for i, item in enumerate(column):
            if i:
                at += self.extent[column[i - 1]][1] - self.extent[item][0] + self._gap(column[i - 1], item)
            shift.append(at)
        blocks: list[tuple[float, float, int]] = []  # mean, weight, how many
        for item, moved in zip(column, shift, strict=True):
            mean, weight, count = wanted[item] - moved, weights[item], 1
            while blocks and blocks[-1][0] >= mean:
                other, more, many = blocks.pop()
                mean = (mean * weight + other * more) / (weight + more)
                weight, count = weight + more, count + many
            blocks.append((mean, weight, count))
        means = [mean for mean, _, count in blocks for _ in range(count)]
        across.update({item: mean + moved for item, mean, moved in zip(column, means, shift, strict=True)})

    def _gap(self, one: str, other: str) -> float:
        return 2.0 if one in self.order.lanes and other in self.order.lanes else self.style.between

    def plan(self) -> CardPlan:
        starts, ends, bends = self._find_along()
        cards, edges = {}, []
        for card in self.shown.cards:
            along, across = self.size[card.id]
            start = starts[self.order.rank[card.id]]
            cards[card.id] = self._box(start, self.across[card.id] - across / 2, along, across)
        for i, (edge, path) in enumerate(zip(self.shown.edges, self.order.paths, strict=True)):
            edges.append(self._place_edge(i, edge, path, starts, ends, bends))
        frames = self._find_frames(cards)
        whole = enclose([*cards.values(), *(edge.label for edge in edges if edge.label), *(box for _, box in frames),
                         *(Box(x, y, 0.0, 0.0) for edge in edges for x, y in edge.points)])
        plan = CardPlan(self.shown, self.order, self.right, whole.width, whole.height, cards, edges, frames,
                        tuple(zip(starts, ends, strict=True)), self.style)
        return move(plan, -whole.x, -whole.y)

    def _find_along(self) -> tuple[list[float], list[float], list[float]]:
        """Where each column of cards starts and ends, and where the bends before it end."""
        starts, ends, bends = [], [], []
        at = 0.0
        far: dict[int, float] = defaultdict(float)
        for start, end in self.order.links:
            rank = self.order.rank[end]
            far[rank] = max(far[rank], abs(self.across[end] + self.ending.get((start, end), 0.0) - self.across[start]))
        for rank, column in enumerate(self.order.columns):
            if rank:
                at += min(self.style.bend, max(self.style.least_bend, _BEND * far[rank]))
            bends.append(at)
            edges = self._list_incoming(rank)
            at += max((self.labels[i][0] for i in edges), default=0.0)
            at += _ARROW + self._find_funnel(rank) if edges else 0.0
            starts.append(at)
            at += max((self.size[item][0] for item in column if item in self.size), default=0.0)
            ends.append(at)
        return starts, ends, bends

    def _list_incoming(self, rank: int) -> list[int]:
        """The edges that end in a column."""
        return [i for item in self.order.columns[rank] for i in self.incoming[item]]

    def _find_funnel(self, rank: int) -> float:
        """The strip before a column where lines come together, if some do."""
        return _FUNNEL if any(self._port(i) != self.offset[i] for i in self._list_incoming(rank)) else 0.0

    def _port(self, i: int) -> float:
        """Where on its card a line ends, from the middle: where it comes in, or nearer where the card is too small."""
        item = self.order.paths[i][-1]
        edges = self.incoming[item]
        room = self.size[item][1] / 2 - 6.0
        most = max(abs(self.offset[j]) for j in edges)
        return self.offset[i] if most <= room else self.offset[i] * room / most

    def _place_edge(self, i: int, edge: Edge, path: Sequence[str], starts: Sequence[float], ends: Sequence[float],
                    bends: Sequence[float]) -> PlacedEdge:
        """The pieces of an edge: straight, bent, straight, … and the label on the last straight one."""
        along = starts[self.order.rank[path[0]]] + self.size[path[0]][0]
        points = [(along, self.across[path[0]])]
        for item, following in pairwise(path):
            rank = self.order.rank[following]
            last = following == path[-1]
            to = self.across[following] + (self.offset[i] if last else 0.0)
            points += [(ends[rank - 1], self.across[item] if item in self.order.lanes or item == path[0] else to),
                       (bends[rank], to)]
        rank, end = self.order.rank[path[-1]], self.across[path[-1]] + self.offset[i]
        port = self.across[path[-1]] + self._port(i)
        tip = starts[rank]
        narrow = tip - _ARROW - self._find_funnel(rank)
        points += [(narrow, end), (tip - _ARROW, port), (tip, port)]
        box = None
        if self.labels[i][0]:
            long, high = self.labels[i]
            near = narrow - long
            box = self._box(near, end - high - 1.0, long, high) if self.right else self._box(
                near, end + _BESIDE, long, high)
        return PlacedEdge(edge, tuple(self._turn(*point) for point in points), box, tuple(split_label(edge)))

    def _turn(self, along: float, across: float) -> Point:
        return (along, across) if self.right else (across, along)

    def _box(self, along: float, across: float, long: float, wide: float) -> Box:
        return Box(along, across, long, wide) if self.right else Box(across, along, wide, long)

    def _find_frames(self, cards: Mapping[str, Box]) -> list[tuple[int, Box]]:
        """A frame around each layer, where no card stands in it but the layer's own and the inputs among them."""
        if not self.framed:
            return []
        layer_of = {card.id: card.layer for card in self.shown.cards}
        members: dict[int, set[str]] = defaultdict(set)
        for id, layer in layer_of.items():
            if layer is not None:
                members[layer].add(id)
        inputs: dict[int, set[str]] = defaultdict(set)
        for edge in self.shown.edges:
            layer = layer_of[edge.end]
            if layer is not None and layer_of[edge.start] is None and not self.incoming[edge.start]:
                inputs[layer].add(edge.start)
        found = []
        for layer, ids in members.items():
            own = surround(cards[id] for id in ids)
            inside = {id for id in inputs[layer] if own.meets(cards[id])}
            box = surround(cards[id] for id in ids | inside)
            if not any(box.meets(other) for id, other in cards.items() if id not in ids | inside):
                found.append((layer, box))
        return found
