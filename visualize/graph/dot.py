"""A picture as text in Graphviz's language: cards, edges with their partials, and a legend."""

import re
from collections.abc import Sequence
from contextlib import nullcontext
from html import escape
from typing import TYPE_CHECKING

from .contents import Card, Contents, Look
from .renderer import RenderingError
from .roles import NUMBER
from .svg import FONT, replace_unprintable
from .themes import Theme

if TYPE_CHECKING:
    from graphviz import Digraph

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
    for layer in (None, *sorted({card.layer for card in shown.cards if card.layer is not None})):
        label = shown.layers[layer] if layer is not None and shown.has_layers else ""
        with graph.subgraph(name=f"cluster_layer{layer}") if label else nullcontext(graph) as place:
            if label:
                place.attr(label=label, labeljust="l", color=theme.line, style="rounded,dotted", margin="10")
            for card in shown.cards:
                if card.layer == layer:
                    _add_card(place, card, theme)
    quiet = {card.id for card in shown.cards if card.role is NUMBER}
    repeated = {card.id for card in shown.cards if card.stands_for}
    for edge in shown.edges:
        look = {"style": "dotted", "arrowsize": "0.5"} if edge.start in quiet else {}
        look |= {"weight": "0"} if edge.start in repeated else {}  # it gives way to the chain of the nodes
        text = f"<&#160;{_write_text(edge.label)}>" if edge.label else None
        if edge.mark:
            look |= {"penwidth": "4", "color": theme.wrong, "fontcolor": theme.wrong}
            text = None if plain else _write_cells([edge.mark, edge.label])
        graph.edge(edge.start, edge.end, label=text, **look)
    if legend:
        _add_legend(graph, shown, theme)
    return str(graph.source)


def _find_digraph() -> "type[Digraph]":
    """The class that writes DOT. It is imported here so that all else runs where graphviz is not installed."""
    try:
        from graphviz import Digraph
    except ImportError:
        raise RenderingError("pictures need the package graphviz, which is not installed; install it with: "
                             "pip install graphviz") from None
    return Digraph  # type: ignore[no-any-return]


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
    graph.node(card.id, _write_cells(card.texts), shape=role.shape, style=role.style, fillcolor=fill, color=line,
               peripheries=str(role.peripheries) if role is not NUMBER else "0", margin=role.margin, **attributes)


def _add_legend(graph: "Digraph", shown: Contents, theme: Theme) -> None:
    with graph.subgraph(name="cluster_legend") as legend:
        legend.attr(label="", color=theme.line, style="dotted", margin="6")
        entries = [Card(f"legend{i}", (role.meaning,), role) for i, role in enumerate(shown.list_roles())]
        for i, card in enumerate(entries):
            _add_card(legend, card, theme, fontsize="10")
            if i:
                legend.edge(entries[i - 1].id, card.id, style="invis")
        if shown.failure:
            legend.node("failure", _write_cells(shown.explain_failure()), shape="box", color=theme.wrong, penwidth="4",
                        fontsize="10")
            legend.edge(entries[-1].id, "failure", style="invis")


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
