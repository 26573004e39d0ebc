"""In which column and in which order the cards of a picture stand: layers one after another, units by their indices.

Columns are numbered along the way of the forward pass. An edge that is longer than from one column to the next passes
through a lane in each column between; all edges from one card share its lanes.
"""

import re
from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from autograd_lite.internal import is_invented_name, parse_label

from .contents import Card, Contents, Edge
from .roles import PARAMETER

_SWEEPS = 8  # there and back, four times: more of them change nothing in any lecture
_USE = re.compile(r" \((\d+)\)$")


@dataclass(frozen=True, slots=True)
class Order:
    """Where everything stands, without lengths.

    Attributes:
        rank: item -> its column. An item is the id of a card, or a lane.
        columns: the items of each column in order.
        paths: the items that each edge passes, from its start to its end, in the order of the edges.
        lanes: lane -> id of the card that its edges start at.
    """

    rank: dict[str, int]
    columns: list[list[str]]
    paths: list[tuple[str, ...]]
    lanes: dict[str, str] = field(default_factory=dict)

    @property
    def links(self) -> dict[tuple[str, str], None]:
        """Each pair of items in neighbouring columns that a line joins, once."""
        return {pair: None for path in self.paths for pair in pairwise(path)}


def order_cards(shown: Contents, *, apart: bool = True) -> Order | None:
    """The columns of a picture and the order in each; None if its edges form a circle, which folding can make.

    ``apart`` gives parameters and targets columns of their own, where there are several units.
    """
    rank = _Ranks(shown, apart=apart).find()
    if rank is None:
        return None
    lanes: dict[str, str] = {}
    paths = []
    for edge in shown.edges:
        between = range(rank[edge.start] + 1, rank[edge.end])
        path = [edge.start, *(f"{edge.start}@{column}" for column in between), edge.end]
        for column in between:
            rank[f"{edge.start}@{column}"] = column
            lanes[f"{edge.start}@{column}"] = edge.start
        paths.append(tuple(path))
    columns: list[list[str]] = [[] for _ in range(max(rank.values(), default=-1) + 1)]
    for item, column in rank.items():
        columns[column].append(item)
    found = Order(rank, columns, paths, lanes)
    _sort_columns(found, _find_classes(shown))
    return found


class _Ranks:
    """The column of each card: behind its operands, with inputs, parameters, targets and cost in columns of their own.

    What has no operands stands as near to its use as it can.
    """

    def __init__(self, shown: Contents, *, apart: bool) -> None:
        self.cards = {card.id: card for card in shown.cards}
        self.incoming: dict[str, list[Edge]] = defaultdict(list)
        self.outgoing: dict[str, list[Edge]] = defaultdict(list)
        for edge in shown.edges:
            self.incoming[edge.end].append(edge)
            self.outgoing[edge.start].append(edge)
        self.units = {edge.end for edge in shown.edges if self._is_own(edge)}
        layers = {card.layer for card in shown.cards if card.layer is not None}
        self.apart = apart and (len(layers) > 1 or len(self.units) > 1)

    def _is_own(self, edge: Edge) -> bool:
        """Whether the edge leads from a parameter to its unit."""
        start, end = self.cards[edge.start], self.cards[edge.end]
        return not self.incoming[edge.start] and start.layer is not None and start.layer == end.layer

    def _length(self, edge: Edge) -> int:
        """How many columns the edge takes at least: two where a column of parameters or of targets stands between."""
        start, end = self.cards[edge.start], self.cards[edge.end]
        if not self.apart:
            return 1
        if edge.end in self.units:
            return 1 if self._is_own(edge) or start.stands_for else 2
        leaves_layers = start.layer is not None and end.layer is None and bool(self.incoming[edge.start])
        joins = any(not self.incoming[other.start] for other in self.incoming[edge.end] if other is not edge)
        return 2 if leaves_layers and joins else 1

    def find(self) -> dict[str, int] | None:
        try:
            order = [*TopologicalSorter({id: [e.start for e in self.incoming[id]] for id in self.cards}).static_order()]
        except CycleError:
            return None
        rank = self._place(order, {})
        last = max((rank[id] for id in rank if self.cards[id].layer is not None), default=-1)
        towards: set[str] = set()  # cards that some layer depends on
        for id in reversed(order):
            if any(self.cards[e.end].layer is not None or e.end in towards for e in self.outgoing[id]):
                towards.add(id)
        after = {id: last + 1 + any(not self.incoming[e.start] and self.cards[e.start].layer is None
                                    for e in self.incoming[id])  # a target has the column before
                 for id in order
                 if self.apart and self.incoming[id] and id not in towards and self.cards[id].layer is None}
        rank = self._place(order, after)
        first = min(rank.values(), default=0)
        return {card: rank[card] - first for card in self.cards}

    def _place(self, order: Sequence[str], at_least: Mapping[str, int]) -> dict[str, int]:
        rank: dict[str, int] = {}
        for id in order:
            rank[id] = max([at_least.get(id, 0), *(rank[e.start] + self._length(e) for e in self.incoming[id])])
        for id in order:
            if not self.incoming[id]:
                rank[id] = min((rank[e.end] - self._length(e) for e in self.outgoing[id]), default=rank[id])
        return rank


def _find_classes(shown: Contents) -> dict[str, tuple[tuple[object, ...], tuple[object, ...]]]:
    """Card -> the class whose members stand in order, and its place in that order; none for what has no index."""
    place = {card.id: i for i, card in enumerate(shown.cards)}
    cards = {card.id: card for card in shown.cards}
    unit: dict[str, str] = {}  # a parameter's first
    for edge in shown.edges:
        start, end = cards[edge.start], cards[edge.end]
        if start.layer is not None and start.layer == end.layer and start.role is PARAMETER:
            first = unit.setdefault(edge.start, edge.end)
            if _find_key(cards[edge.end], place) < _find_key(cards[first], place):
                unit[edge.start] = edge.end
    found: dict[str, tuple[tuple[object, ...], tuple[object, ...]]] = {}
    for card in shown.cards:
        name = card.members[0] if len(card.members) == 1 else ""
        label = parse_label(_USE.sub("", name))
        if card.id in unit:
            found[card.id] = ("parameter", card.layer), (*_find_key(cards[unit[card.id]], place), place[card.id])
        elif label and label.under and not is_invented_name(name):
            found[card.id] = (card.layer, label.base), _find_key(card, place)
    return found


def _find_key(card: Card, place: Mapping[str, int]) -> tuple[int, int, int]:
    """Sample, index and place in the recording."""
    name = card.members[0] if card.members else ""
    use = _USE.search(name)
    label = parse_label(_USE.sub("", name))
    if label is None:
        return (0, 0, place[card.id])
    sample = label.sample.strip("[]") or (use[1] if use else "")
    index = label.under.replace(",", "")  # "12" is unit 12 of a vector: only a weight has two indices
    return (int(sample) if sample.isdecimal() else 0, int(index) if index.isdecimal() else 0, place[card.id])


def _sort_columns(found: Order, classes: Mapping[str, tuple[tuple[object, ...], tuple[object, ...]]]) -> None:
    """Few crossings, and every class in its order: items stand at the mean of what they are joined to."""
    left: dict[str, list[str]] = defaultdict(list)
    right: dict[str, list[str]] = defaultdict(list)
    for start, end in found.links:
        right[start].append(end)
        left[end].append(start)
    for column in found.columns:
        _put_in_order(column, classes)
    best, fewest = [list(column) for column in found.columns], count_crossings(found)
    for sweep in range(_SWEEPS):
        backward = sweep % 2 == 0
        joined = right if backward else left
        place = {item: float(i) for column in found.columns for i, item in enumerate(column)}
        for column in reversed(found.columns) if backward else found.columns:
            means = {item: sum(place[other] for other in joined[item]) / len(joined[item]) if joined[item]
                     else place[item] for item in column}
            column.sort(key=means.__getitem__)
            _put_in_order(column, classes)
            place |= {item: float(i) for i, item in enumerate(column)}
        crossings = count_crossings(found)
        if crossings < fewest:
            best, fewest = [list(column) for column in found.columns], crossings
    found.columns[:] = best


def _put_in_order(column: list[str], classes: Mapping[str, tuple[tuple[object, ...], tuple[object, ...]]]) -> None:
    """The members of each class change places among themselves."""
    members: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for i, item in enumerate(column):
        if item in classes:
            members[classes[item][0]].append(i)
    for places in members.values():
        ordered = sorted((column[i] for i in places), key=lambda item: classes[item][1])
        for i, item in zip(places, ordered, strict=True):
            column[i] = item


def count_crossings(found: Order) -> int:
    """How many pairs of lines between neighbouring columns cross; lines with a common end do not."""
    place = {item: i for column in found.columns for i, item in enumerate(column)}
    gaps: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for start, end in found.links:
        gaps[found.rank[start]].append((place[start], place[end]))
    total = 0
    for pairs in gaps.values():
        ends: list[int] = []
        for _, second in sorted(pairs):  # of lines that start together, the one that ends first comes first
            total += len(ends) - bisect_right(ends, second)
            insort(ends, second)
    return total
