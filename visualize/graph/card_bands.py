"""A picture on several lines, as a text is: each line goes on where the one above ended.

What a line takes from one above is drawn again there, as a small card.
"""

from collections.abc import Mapping
from dataclasses import replace

from .card_layout import CardPlan, move, plan_cards
from .card_order import Order
from .card_style import Style
from .contents import Card, Contents, Edge

_SMALL = 45.0  # the width of a small card
_ROOMS = (160.0, 110.0, 70.0, 30.0, 0.0, -40.0, -80.0)
"""How much longer than the paper a line is thought to be at first: lines bend less where there are fewer of them."""
SAID = "A line goes on where the one above ended; what it takes from there is drawn again as a small card."


def plan_bands(shown: Contents, style: Style, width: float) -> CardPlan | None:
    """Places for all cards and edges on lines of that width, if the columns allow it; None as ``plan_cards``."""
    whole = plan_cards(shown, style, right=True)
    if whole is None or whole.width <= width:
        return whole
    layers = plan_cards(shown, replace(style, apart=True), right=True)  # where these part, the lines do
    whole = replace(layers, style=style) if layers else whole
    tried: dict[tuple[int, ...], CardPlan] = {}
    for more in _ROOMS:
        lines = _split(whole, width + more)
        key = tuple(lines.values())
        if key not in tried:
            tried[key] = _stack(whole, lines)
    return min(tried.values(), key=lambda plan: (max(plan.width, width), plan.height))


def _split(whole: CardPlan, room: float) -> dict[str, int]:
    """Card -> its line: as many columns on a line as there is room for; leaves beside their first use."""
    line_of: list[int] = []
    first, line = 0.0, 0
    for i, (start, end) in enumerate(whole.columns):
        if i and end - first > room:
            first, line = start - _lead(whole, i), line + 1
        line_of.append(line)
    lines = {card.id: line_of[whole.order.rank[card.id]] for card in whole.shown.cards}
    computed = {edge.end for edge in whole.shown.edges}
    uses: dict[str, list[int]] = {}
    for edge in whole.shown.edges:
        uses.setdefault(edge.start, []).append(lines[edge.end])
    return lines | {id: min(used) for id, used in uses.items() if id not in computed}


def _lead(whole: CardPlan, column: int) -> float:
    """The room that small cards and labels take before the first column of a line."""
    before = whole.columns[column - 1]
    return whole.columns[column][0] - before[1] + min(_SMALL, before[1] - before[0])


def _stack(whole: CardPlan, lines: Mapping[str, int]) -> CardPlan:
    """The lines under one another."""
    cards, edges = _repeat(whole.shown, lines)
    shown = replace(whole.shown, cards=tuple(card for line in cards for card in line),
                    edges=tuple(edge for line in edges for edge in line), cheaper=(*whole.shown.cheaper, SAID))
    stacked = CardPlan(shown, Order({}, [], []), True, 0.0, 0.0, {}, [], style=whole.style)
    for some, joins in zip(cards, edges, strict=True):
        part = plan_cards(replace(shown, cards=tuple(some), edges=tuple(joins)), whole.style, right=True,
                          framed=whole.shown.has_layers)
        if part is None:
            return whole
        part = move(part, 0.0, stacked.height + (whole.style.lines if stacked.cards else 0.0))
        stacked = replace(
            stacked, width=max(stacked.width, part.width), cards=stacked.cards | part.cards,
            height=part.height + stacked.height + (whole.style.lines if stacked.cards else 0.0),
            edges=[*stacked.edges, *part.edges], frames=[*stacked.frames, *part.frames])
    return stacked


def _repeat(shown: Contents, lines: Mapping[str, int]) -> tuple[list[list[Card]], list[list[Edge]]]:
    """The cards and edges of each line, with small cards for what comes from a line above."""
    count = max(lines.values()) + 1
    cards: list[list[Card]] = [[] for _ in range(count)]
    edges: list[list[Edge]] = [[] for _ in range(count)]
    by_id = {card.id: card for card in shown.cards}
    for card in shown.cards:
        cards[lines[card.id]].append(card)
    again: dict[tuple[str, int], Card] = {}
    for edge in shown.edges:
        line = lines[edge.end]
        if lines[edge.start] != line:
            first = by_id[edge.start]
            if (edge.start, line) not in again:
                small = Card(f"r{len(again)}", (first.name,), first.role, by_id[edge.end].layer,
                             stands_for=first.stands_for or first.id)
                again[edge.start, line] = small
                cards[line].append(small)
            edge = replace(edge, start=again[edge.start, line].id)
        edges[line].append(edge)
    return [line for line in cards if line], [edges[i] for i, line in enumerate(cards) if line]
