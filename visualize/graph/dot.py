"""A picture as text in Graphviz's language: cards, edges with their partials, and a legend."""

import re
from collections.abc import Iterable, Sequence
from html import escape
from textwrap import wrap
from typing import TYPE_CHECKING

from .contents import Card, Contents, Look
from .renderer import RenderingError
from .roles import NUMBER, ROLES, Role
from .svg import FONT, replace_unprintable
from .themes import Theme

if TYPE_CHECKING:
    from graphviz import Digraph

_SENTENCE = 40  # the most letters in a line of the sentence that the legend has of a failure
_SIDES = {"TB": {"tailport": "s", "headport": "n"}, "LR": {"tailport": "e", "headport": "w"}}  # no line crosses a card
ORIENTATIONS = {"down": "TB", "right": "LR"}
SIZES = {"print": "6.7,9.9", "slide": "12.8,6.7"}  # inches: A4 and 16:9 within their margins


def write_dot(shown: Contents, theme: Theme, rankdir: str, size: str | None, legend: bool = True) -> str:
    """The graph in DOT, Graphviz's language. Needs the package graphviz, but no engine.

    Raises:
        RenderingError: the package graphviz is not installed.
    """
    plain = shown.look is Look.PLAIN
    graph = _find_digraph()(
        "computation_graph",
        graph_attr={"rankdir": rankdir, "nodesep": "0.3", "ranksep": "0.4", "fontname": FONT, "fontsize": "12",
                    "fontcolor": theme.ink, "bgcolor": theme.paper}
        | ({"size": SIZES[size], "ratio": "compress"} if size else {})
        | ({"splines": "line", "nslimit": "1", "ranksep": "1.5"} if plain else {}),
        node_attr={"fontname": FONT, "fontsize": "12", "fontcolor": theme.ink},
        edge_attr={"fontname": FONT, "fontsize": "10", "fontcolor": theme.ink, "color": theme.line, "arrowsize": ".7"}
        | (_SIDES[rankdir] if plain else {}),
    )
    if notes := (*shown.notes, *shown.cheaper):
        graph.attr(label=_write_cells(notes), labelloc="t", labeljust="l")  # a picture can be many screens wide
    layers = sorted({card.layer for card in shown.cards if card.layer is not None})
    for layer in (None, *layers):
        cards = [card for card in shown.cards if card.layer == layer]
        if layer is None or len(layers) == 1:
            _add_cards(graph, cards, theme)
            continue
        with graph.subgraph(name=f"cluster_layer{layer}") as cluster:
            cluster.attr(label=shown.layers[layer], labeljust="l", color=theme.line, style="rounded,dotted",
                         margin="10")
            _add_cards(cluster, cards, theme)
    quiet = {card.id for card in shown.cards if card.role is NUMBER}
    repeated = {card.id for card in shown.cards if card.stands_for}
    for edge in shown.edges:
        look = {"style": "dotted", "arrowsize": "0.5"} if edge.start in quiet else {}
        look |= {"weight": "0"} if edge.start in repeated else {}  # it gives way to the chain of the nodes
        label = f"<&#160;{_write_text(edge.label)}>" if edge.label else None
        if edge.mark:
            look |= {"penwidth": "4", "color": theme.wrong, "fontcolor": theme.wrong}
            label = None if plain else _write_cells([edge.mark, edge.label])
        graph.edge(edge.start, edge.end, label=label, **look)
    if legend:
        _add_legend(graph, roles_of(shown), theme, shown.failure)
    return str(graph.source)


def roles_of(shown: Contents) -> list[Role]:
    """The roles that a legend explains."""
    return [role for role in ROLES if any(card.role is role for card in shown.cards)]


def _find_digraph() -> "type[Digraph]":
    """The class that writes DOT. It is imported here so that all else runs where graphviz is not installed."""
    try:
        from graphviz import Digraph
    except ImportError:
        raise RenderingError("pictures need the package graphviz, which is not installed; install it with: "
                             "pip install graphviz") from None
    return Digraph  # type: ignore[no-any-return]


def _add_cards(graph: "Digraph", cards: Iterable[Card], theme: Theme) -> None:
    for card in cards:
        _add_card(graph, card, theme)


def _add_card(graph: "Digraph", card: Card, theme: Theme, **attributes: str) -> None:
    role = card.role
    fill, line = theme.fills[role.name]
    if role is NUMBER:
        attributes |= {"fontcolor": line, "fontsize": "10"}
    if card.stands_for:
        attributes |= {"fontsize": "10"}
    if card.mark:
        attributes |= {"penwidth": "4"}
        fill, line = theme.fills["output"][0], theme.wrong
    lines = [*card.lines, card.mark] if card.mark else card.lines
    graph.node(card.id, _write_cells(lines), shape=role.shape, style=role.style, fillcolor=fill, color=line,
               peripheries=str(role.peripheries) if role is not NUMBER else "0", margin=role.margin, **attributes)


def _add_legend(graph: "Digraph", roles: Sequence[Role], theme: Theme, failure: str) -> None:
    with graph.subgraph(name="cluster_legend") as legend:
        legend.attr(label="", color=theme.line, style="dotted", margin="6")
        for i, role in enumerate(roles):
            _add_card(legend, Card(f"legend{i}", (role.meaning,), role), theme, fontsize="10")
            if i:
                legend.edge(f"legend{i - 1}", f"legend{i}", style="invis")
        if failure:
            where, _, why = failure.partition(": ")
            legend.node("failure", _write_cells([f"{where}:", *wrap(why, _SENTENCE)]), shape="box", color=theme.wrong,
                        penwidth="4", fontsize="10")
            legend.edge(f"legend{len(roles) - 1}", "failure", style="invis")


def _write_cells(lines: Sequence[str]) -> str:
    """An HTML-like label, one text run a cell: the engines cannot be trusted with the width of several."""
    texts = [_write_text(line) for line in lines]
    if len(texts) > 1:
        texts[0] = f"<B>{texts[0]}</B>"
    rows = "".join(f'<TR><TD ALIGN="LEFT">{text}</TD></TR>' for text in texts)
    return f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="4">{rows}</TABLE>>'


def _write_text(line: str) -> str:
    """A line for an HTML-like label. What the engine would take for an entity or an escape is parted invisibly."""
    return escape(re.sub(r"&(?=#?\w+;)|\\(?=\w)", lambda found: found[0] + "\N{WORD JOINER}",
                         replace_unprintable(line)))
