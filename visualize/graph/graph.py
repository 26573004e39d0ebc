"""The computation graph as a picture: one card for each node, the local partial on every edge.

The DOT text is made from a trace and from nothing else, so drawing changes no gradient and needs none.
"""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

from autograd_lite import Trace, Value, topological_order, trace
from autograd_lite.internal import quote, shorten
from nn.derivations import Recording
from nn.internal import unknown_name, write_text

from ..steps.equations import in_letters
from .cards import FOLD_ABOVE, Expand, build_contents
from .contents import Card, Contents, Look
from .elementary import expand_nodes
from .layout import is_narrower_to_the_right, require_affordable
from .renderer import RenderingError, render
from .roles import NUMBER, ROLES, Role
from .svg import FONT, finish_svg, make_ids_unique, replace_unprintable

if TYPE_CHECKING:
    from graphviz import Digraph

VIEWS = ("lecture", "expression")

_SENTENCE = 40  # the most letters in a line of the sentence that the legend has of a failure
_WIDE = 25  # cards; more of them, the weights of a layer side by side, are several screens wide


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours: Okabe and Ito's palette, which the colour-blind can tell apart, lightened or darkened."""

    paper: str
    ink: str
    line: str
    wrong: str
    fills: dict[str, tuple[str, str]]  # role -> fill, outline


THEMES = {
    "light": Theme("white", "#111111", "#444444", "#C00000", {
        "number": ("white", "#666666"), "leaf": ("#D6ECFA", "#0072B2"), "parameter": ("#FBE3BF", "#9A5F00"),
        "pre-activation": ("#CCEBDF", "#00664D"), "activation": ("#F6DDEB", "#8F4573"),
        "operation": ("#EEEEEE", "#555555"), "output": ("#FAD9C8", "#A84300"), "folded": ("#F5F3C9", "#6B6500"),
    }),
    "dark": Theme("#16181C", "#F2F2F2", "#B8B8B8", "#FF6B60", {
        "number": ("#16181C", "#A8A8A8"), "leaf": ("#0B3A57", "#56B4E9"), "parameter": ("#573A00", "#E69F00"),
        "pre-activation": ("#00402F", "#2BC79B"), "activation": ("#50243F", "#E08DBB"),
        "operation": ("#33363B", "#B8B8B8"), "output": ("#5A2500", "#F0894A"), "folded": ("#454207", "#F0E442"),
    }),
}
_SIDES = {"TB": {"tailport": "s", "headport": "n"}, "LR": {"tailport": "e", "headport": "w"}}  # no line crosses a card
ORIENTATIONS = {"down": "TB", "right": "LR"}
SIZES = {"print": "6.7,9.9", "slide": "12.8,6.7"}  # inches: A4 and 16:9 within their margins
_NEIGHBOURS = {None: None, "print": 4, "slide": 6}  # operands, and consumers, of a node that can be read there
_FOLD_ABOVE = {None: FOLD_ABOVE, "print": 25, "slide": 25}  # nodes; more of them are too small to read there


class Drawing:
    """A picture of a computation graph.

    Attributes:
        dot: its text in Graphviz's language.
        svg: the picture as SVG text, with title and description for screen readers. Two different pictures can stand
            on one page: they share no ids. To read it raises a RenderingError if no engine could draw it, or if so much
            was expanded that the layout would take minutes; ``dot`` is there all the same.
    """

    def __init__(self, shown: Contents, theme: str, orientation: str, size: str | None) -> None:
        self._contents = shown
        self.dot = write_dot(shown, THEMES[theme], ORIENTATIONS[orientation], size)

    @cached_property
    def svg(self) -> str:
        require_affordable(self._contents)
        return finish_svg(render(self.dot), self._contents)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture to a file that ends in .svg, or its text to one in .dot; at once or not at all.

        Raises:
            ValueError: another ending; OSError: it cannot be written there; RenderingError: no engine could draw it.
        """
        match Path(path).suffix.lower():
            case ".svg":
                return write_text(path, self.svg)
            case ".dot" | ".gv":
                return write_text(path, self.dot)
        raise ValueError(f"cannot tell the format of {quote(str(path))}: let the name end in .svg or .dot")

    def _repr_svg_(self) -> str:
        return make_ids_unique(self.svg)


def draw(output: Value | Trace | Recording, *, view: str = "lecture", orientation: str | None = None,
         theme: str = "light", size: str | None = None, expand: Expand = None,
         around: Value | str | None = None, marks: Mapping[str, str] | None = None) -> Drawing:
    """The computation graph of ``output``, with values, gradients and local partials.

    Gradients come from a trace; ``.grad`` of the nodes is neither read nor changed, and no ``backward`` is needed.
    Where the backward pass fails, the edge says so, the legend says why, and what is not complete has no gradient.

    Args:
        output: a node, its trace, or a lecture's recording, whose picture has the lecture's δ.
        view: "lecture", w·x + b in one node, or "expression", in elementary + and · (of a node, not of a trace).
        orientation: "down" or "right"; by default down, and right on a slide, where there are more than 25 cards, or
            where that makes ``around`` narrower.
        theme: "light" or "dark".
        size: "print" (fits an A4 page) or "slide" (fits a 16:9 slide); as large as it comes if None.
        expand: a graph of more than 150 nodes, or 25 where a size is given, is folded by layer; a layer's number, a
            neuron's name such as "z₁⁽¹⁾", or several of them are shown node by node, and "all" shows everything.
        around: a node, or its name, that is shown with its operands and its consumers, out of a graph of any size. All
            numbers, its δ among them, are those of the whole graph. Where a size is given, it is shown with the
            operands and the consumers of the largest |upstream·partial|, 4 of either in print and 6 on a slide; the
            rest of them share a card.
        marks: name of a node -> what is wrong there; its card gets a heavy frame and that line.

    Raises:
        ValueError: an unknown view, orientation, theme, size, layer or node; names the nearest. Both ``expand`` and
            ``around``, or an ``around`` that is not in the graph.
        what ``trace`` raises for a node.

    A graph that cannot be laid out within seconds, which depends on the length of its edges rather than on the number
    of its nodes, is drawn in a cheaper way, and says so: what is used far away is drawn again there as a small card;
    then the edges are straight and bear no partials; then it is folded.

    >>> from autograd_lite import Value
    >>> w, x = Value(2.0, "w"), Value(3.0, "x")
    >>> z = w * x
    >>> "∂v₁/∂w = x = 3" in draw(z + 1, around=z).dot, "∂v₁/∂w = x = 3" in draw(z + 1, around=x).dot
    (True, False)
    """
    for what, given, known in (("view", view, VIEWS), ("orientation", orientation, ORIENTATIONS),
                               ("theme", theme, THEMES), ("size", size, SIZES)):
        if given is not None and given not in known:
            raise unknown_name(what, given, known)
    lecture = output if isinstance(output, Recording) else None
    output = output.cost if isinstance(output, Recording) else output
    if view == "expression":
        if isinstance(output, Trace):
            raise ValueError("the expression view is drawn of a Value, not of its trace")
        moved = trace(output).moved  # says so, and refuses what cannot be recorded again, before it is recorded again
        nodes = expand_nodes(output)
        recorded = replace(trace(nodes[output]), moved=moved)
        if isinstance(around, Value):
            around = _find_name(nodes.get(around, around), nodes[output], recorded)
    else:
        recorded = output if isinstance(output, Trace) else trace(output)
    if lecture:
        recorded = in_letters(recorded, lecture)
    if recorded.order != "topological":
        raise ValueError(f"a picture shows right gradients; the trace is of the order {quote(recorded.order)}, so "
                         "print its "
                         "steps")
    if isinstance(around, Value):
        around = _find_name(around, output, recorded)
    shown = build_contents(recorded, expand, lecture, _FOLD_ABOVE[size], around, _NEIGHBOURS[size])
    shown = _mark_cards(shown, marks or {})
    wide = size == "slide" or len(shown.cards) > _WIDE or (around is not None and is_narrower_to_the_right(shown))
    return Drawing(shown, theme, orientation or ("right" if wide else "down"), size)


def _find_name(node: Value, output: Value | Trace, recorded: Trace) -> str:
    """The name of a node in the trace of ``output``."""
    if isinstance(output, Trace):
        raise ValueError("a trace knows its nodes by their names; give around the name of one")
    for found, traced in zip(topological_order(output), recorded.nodes, strict=True):
        if found is node:
            return traced.name
    raise ValueError(f"{quote(node)}, the node to draw, is not in the graph of {shorten(recorded.output)}")


def _mark_cards(shown: Contents, marks: Mapping[str, str]) -> Contents:
    """The same with marks on the cards of these nodes; on a folded card once each."""
    unknown_names = marks.keys() - {name for card in shown.cards for name in card.members}
    if unknown_names:
        raise unknown_name("node to mark", min(unknown_names),
                           [name for card in shown.cards for name in card.members][:50])
    return replace(shown, cards=tuple(
        replace(card, mark=", ".join(dict.fromkeys(
            [*filter(None, [card.mark]), *(marks[name] for name in card.members if name in marks)])))
        for card in shown.cards))


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
