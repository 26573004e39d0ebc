"""What a picture costs to lay out, told beforehand, and cheaper pictures of the same graph.

An engine puts a dummy node on every rank that an edge crosses, and its time grows faster than their number. So the
ranks that the edges span, added up, tell a picture that comes at once from one that never comes; the number of nodes
does not.
"""

from collections import Counter, defaultdict
from dataclasses import replace

from autograd_lite import Trace
from autograd_lite.internal import shorten

from .contents import Card, Contents, Edge, Look
from .renderer import RenderingError
from .roles import ROLE_OF

# Ranks spanned by all edges. Measured with both engines: at each limit a layout takes a second or two of a processor.
_MOST_AS_IT_IS = 1000  # long edges among them, the costliest
_MOST_WITH_PARTIALS = 1500  # short edges; a label takes room, and ranks of its own
_MOST_PLAIN = 4500  # cards and plain edges together
_BETWEEN = 4  # letters, about as wide as the space between two cards
_FAR = 4  # ranks; an edge that is shorter stays when others are cut


def make_affordable(shown: Contents) -> Contents:
    """The picture itself, if it can be laid out within seconds, else a cheaper one of the same nodes, which says so.

    First, what is used far away is drawn again there, as a small card; then, edges lose their partials. What is still
    too costly comes back with the look ``TOO_LARGE``.
    """
    if len(shown.edges) > _MOST_PLAIN:  # cutting adds cards and leaves no edge out
        return replace(shown, look=Look.TOO_LARGE)
    if _add_up_spans(shown) <= _MOST_AS_IT_IS:
        return shown
    curved = _cut_far_edges(shown, _FAR)
    if _add_up_spans(curved) <= _MOST_WITH_PARTIALS:
        return curved
    shown = _cut_far_edges(shown, 1)  # a longer straight line would cross cards
    if len(shown.edges) + len(shown.cards) > _MOST_PLAIN:
        return replace(shown, look=Look.TOO_LARGE)
    note = f"The edges are straight and the partials left out, as there are {len(shown.edges):,} of them."
    # a single label doubles the ranks of all, and may cost ten times as much: so a mark stands on the card before
    marks = {edge.start: edge.mark for edge in shown.edges if edge.mark}
    return replace(shown, look=Look.PLAIN, cheaper=(*shown.cheaper, note),
                   cards=tuple(replace(card, mark=marks.get(card.id, card.mark)) for card in shown.cards),
                   edges=tuple(replace(edge, label="") for edge in shown.edges))


def is_affordable(recorded: Trace) -> bool:
    """Whether the graph of a trace can be shown node by node."""
    if len(recorded.nodes) > _MOST_PLAIN:
        return False
    cards = tuple(Card(node.name, (node.name,), ROLE_OF["operation"]) for node in recorded.nodes)
    edges = tuple(Edge(operand, node.name) for node in recorded.nodes for operand in node.operands
                  if isinstance(operand, str))  # of the forward pass: the backward pass may fail
    return make_affordable(Contents("", cards, edges, (), {})).look is not Look.TOO_LARGE


def require_affordable(shown: Contents) -> None:
    """Raise a RenderingError for a picture whose layout would take minutes."""
    if shown.look is Look.TOO_LARGE:
        raise RenderingError(f"{len(shown.cards):,} cards and {len(shown.edges):,} edges cannot be laid out in a "
                             "reasonable time; expand less, or draw one node with its neighbours: "
                             "draw(output, around=node)")


def is_narrower_to_the_right(shown: Contents) -> bool:
    """Whether ranks as columns need less width than ranks as rows, by the letters of cards and edges."""
    ranks = _find_ranks(shown)
    row: Counter[int] = Counter()
    column: Counter[int] = Counter()
    label: Counter[int] = Counter()
    for card in shown.cards:
        letters = _BETWEEN + max(map(len, card.lines))
        row[ranks[card.id]] += letters
        column[ranks[card.id]] = max(column[ranks[card.id]], letters)
    for edge in shown.edges:
        label[ranks[edge.end]] = max(label[ranks[edge.end]], len(edge.label))
    return max(row.values()) > column.total() + label.total()


def _add_up_spans(shown: Contents) -> int:
    ranks = _find_ranks(shown)
    return sum(ranks[edge.end] - ranks[edge.start] for edge in shown.edges)


def _find_ranks(shown: Contents) -> dict[str, int]:
    """The rank of each card: one below its lowest operand; what has no operand stands right above its nearest use.

    Cards on a circle, which folding can make, stay where they were when it closed.
    """
    consumers: dict[str, list[str]] = defaultdict(list)
    waiting: Counter[str] = Counter()
    for edge in shown.edges:
        consumers[edge.start].append(edge.end)
        waiting[edge.end] += 1
    ranks = {card.id: 0 for card in shown.cards}
    first = [id for id in ranks if not waiting[id]]
    ready = list(first)
    for id in ready:
        for end in consumers[id]:
            ranks[end] = max(ranks[end], ranks[id] + 1)
            waiting[end] -= 1
            if not waiting[end]:
                ready.append(end)
    for id in first:
        ranks[id] = min((ranks[end] for end in consumers[id]), default=1) - 1
    return ranks


def _cut_far_edges(shown: Contents, longest: int) -> Contents:
    """The same with a small card, which stands for the first one, wherever a card is used more ranks away.

    A leaf that is used far away stands again at each use but the nearest, so that its uses look the same.
    """
    ranks = _find_ranks(shown)
    cards = {card.id: card for card in shown.cards}
    spans = [ranks[edge.end] - ranks[edge.start] for edge in shown.edges]
    far = {edge.start for edge, span in zip(shown.edges, spans, strict=True) if span > longest}
    computed = {edge.end for edge in shown.edges}
    again: dict[tuple[str, str], Card] = {}
    edges: list[Edge] = []
    for edge, span in zip(shown.edges, spans, strict=True):
        if edge.start in far and span > (longest if edge.start in computed else 1):
            first = cards[edge.start]
            small = again.setdefault((edge.start, edge.end), Card(
                f"s{len(again)}", (first.name,), first.role, cards[edge.end].layer, stands_for=first.id))
            edge = replace(edge, start=small.id)
        edges.append(edge)
    if not again:
        return shown
    return replace(shown, cards=(*shown.cards, *again.values()), edges=tuple(edges),
                   cheaper=(_say_what_is_repeated([cards[id] for id in cards if id in far]),))


def _say_what_is_repeated(cards: list[Card]) -> str:
    names = [shorten(card.name, 30) for card in cards[:3]]
    if len(cards) > 3:
        names.append(f"{len(cards) - 3:,} others")
    *most, last = names
    listed = f"{', '.join(most)} and {last}" if most else last
    are, small = ("is", "a small card") if len(cards) == 1 else ("are", "small cards")
    return f"To keep edges short, {listed} {are} drawn again, as {small}, at each use far away."
