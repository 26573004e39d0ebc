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

from autograd_lite import Trace, Value, trace
from autograd_lite.internal import quote
from nn.derivations import Recording
from nn.internal import unknown_name, write_text

from ..steps.equations import in_letters
from .cards import FOLD_ABOVE, Card, Contents, Expand, build_contents
from .elementary import expand_sums
from .renderer import RenderingError, render
from .roles import NUMBER, ROLES, Role

if TYPE_CHECKING:
    from graphviz import Digraph

VIEWS = ("lecture", "expression")

_SENTENCE = 40  # letters of a sentence in a line of the legend
_WIDE = 25  # cards; more of them, the weights of a layer side by side, are several screens wide

_FONT = "DejaVu Sans"  # one name for the engines, which measure it; readers without it get the next
_FONTS = "DejaVu Sans, Verdana, Arial, sans-serif"


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
ORIENTATIONS = {"down": "TB", "right": "LR"}
SIZES = {"print": "6.7,9.9", "slide": "12.8,6.7"}  # inches: A4 and 16:9 within their margins
_FOLD_ABOVE = {None: FOLD_ABOVE, "print": 25, "slide": 25}  # nodes; more of them are too small to read there


class Drawing:
    """A picture of a computation graph.

    Attributes:
        dot: its text in Graphviz's language.
        svg: the picture as SVG text, with title and description for screen readers.
    """

    def __init__(self, shown: Contents, theme: str, orientation: str, size: str | None) -> None:
        self._contents = shown
        self.dot = write_dot(shown, THEMES[theme], ORIENTATIONS[orientation], size)

    @cached_property
    def svg(self) -> str:
        return _finish_svg(render(self.dot), self._contents)

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
        return self.svg


def draw(output: Value | Trace | Recording, *, view: str = "lecture", orientation: str | None = None,
         theme: str = "light", size: str | None = None, expand: Expand = None,
         marks: Mapping[str, str] | None = None) -> Drawing:
    """The computation graph of ``output``, with values, gradients and local partials.

    Gradients come from a trace; ``.grad`` of the nodes is neither read nor changed, and no ``backward`` is needed.
    Where the backward pass fails, the edge says so, the legend says why, and what is not complete has no gradient.

    Args:
        output: a node, its trace, or a lecture's recording, whose picture has the lecture's δ.
        view: "lecture", w·x + b in one node, or "expression", in elementary + and · (of a node, not of a trace).
        orientation: "down" or "right"; by default down, and right on a slide or where there are more than 25 cards.
        theme: "light" or "dark".
        size: "print" (fits an A4 page) or "slide" (fits a 16:9 slide); as large as it comes if None.
        expand: a graph of more than 150 nodes, or 25 where a size is given, is folded by layer; a layer's number, a
            neuron's name such as "z₁⁽¹⁾", or several of them are shown node by node, and "all" shows everything.

        marks: name of a node -> what is wrong there; its card gets a heavy frame and that line.

    Raises:
        ValueError: an unknown view, orientation, theme, size, layer or node; names the nearest.
        what ``trace`` raises for a node.
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
        recorded = replace(trace(expand_sums(output)), moved=moved)
    else:
        recorded = output if isinstance(output, Trace) else trace(output)
    if lecture:
        recorded = in_letters(recorded, lecture)
    if recorded.order != "topological":
        raise ValueError(f"a picture shows right gradients; the trace is of the order {quote(recorded.order)}, so "
                         "print its "
                         "steps")
    shown = _mark_cards(build_contents(recorded, expand, lecture, _FOLD_ABOVE[size]), marks or {})
    wide = size == "slide" or len(shown.cards) > _WIDE
    return Drawing(shown, theme, orientation or ("right" if wide else "down"), size)


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
    graph = _find_digraph()(
        "computation_graph",
        graph_attr={"rankdir": rankdir, "nodesep": "0.3", "ranksep": "0.4", "fontname": _FONT, "fontsize": "12",
                    "fontcolor": theme.ink, "bgcolor": theme.paper}
        | ({"size": SIZES[size], "ratio": "compress"} if size else {}),
        node_attr={"fontname": _FONT, "fontsize": "12", "fontcolor": theme.ink},
        edge_attr={"fontname": _FONT, "fontsize": "10", "fontcolor": theme.ink, "color": theme.line, "arrowsize": ".7"},
    )
    if shown.notes:
        graph.attr(label=_write_cells(shown.notes), labelloc="t")
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
    for edge in shown.edges:
        look = {"style": "dotted", "arrowsize": "0.5"} if edge.start in quiet else {}
        label = f"<&#160;{_write_text(edge.label)}>" if edge.label else None
        if edge.mark:
            look |= {"penwidth": "4", "color": theme.wrong, "fontcolor": theme.wrong}
            label = _write_cells([edge.mark, edge.label])
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


def _replace_unprintable(text: str) -> str:
    """The text without characters that XML does not have, lone surrogates and control characters among them."""
    return "".join(c if c.isprintable() else " " if c.isspace() else "\N{REPLACEMENT CHARACTER}" for c in text)


def _write_text(line: str) -> str:
    """A line for an HTML-like label. What the engine would take for an entity or an escape is parted invisibly."""
    return escape(re.sub(r"&(?=#?\w+;)|\\(?=\w)", lambda found: found[0] + "\N{WORD JOINER}",
                         _replace_unprintable(line)))


def _finish_svg(svg: str, shown: Contents) -> str:
    """The engine's SVG without its comments, with fonts to fall back on, and with words for who cannot see it."""
    svg = re.sub(r"<!--.*?-->\n?", "", svg, flags=re.DOTALL)
    svg = svg.replace(f'font-family="{_FONT}"', f'font-family="{_FONTS}"')
    spoken = {card.id: "; ".join(card.lines) for card in shown.cards}
    told = (*shown.notes, shown.failure.removesuffix("."), *(text for id, text in spoken.items() if id.startswith("n")))
    description = ". ".join(filter(None, told))
    words = spoken | {f"{edge.start}->{edge.end}": "; ".join(filter(None, [edge.label, edge.mark]))
                      for edge in shown.edges}
    words |= {"computation_graph": shown.title, "cluster_legend": "legend", "failure": shown.failure}
    words = {id: escape(_replace_unprintable(text)) for id, text in words.items()}
    svg = re.sub(r"<title>(.*?)</title>", lambda m: f"<title>{words.get(_unescape_title(m[1]), m[1])}</title>", svg)
    head = (f'<title id="title">{words["computation_graph"]}</title>\n'
            f'<desc id="description">{escape(_replace_unprintable(description))}.</desc>\n')
    svg = svg.replace("<svg ", '<svg role="img" aria-labelledby="title description" ', 1)
    return re.sub(r"(<svg [^>]*>\n)", lambda m: m[1] + head, svg, count=1)


def _unescape_title(title: str) -> str:
    return title.replace("&#45;", "-").replace("&gt;", ">")
