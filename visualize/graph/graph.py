"""The computation graph as a picture: one card for each node, the local partial on every edge.

The DOT text is made from a trace and from nothing else, so drawing changes no gradient and needs none.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from autograd_lite import Trace, Value, topological_order, trace
from autograd_lite.internal import quote, shorten
from nn.derivations import Recording
from nn.internal import unknown_name, write_bytes, write_text

from ..steps.equations import in_letters
from .card_fit import SHEETS, fit_picture, make_picture
from .cards import FOLD_ABOVE, Expand, build_contents
from .contents import Contents
from .dot import ORIENTATIONS, SIZES, write_dot
from .elementary import expand_nodes
from .groups import FEW
from .html import write_html
from .layout import is_narrower_to_the_right, require_affordable
from .network import read_network
from .network_layout import PAPERS, plan_network
from .network_svg import LINES, NetworkPicture
from .paper import write_pdf, write_png
from .renderer import render
from .svg import finish_svg, make_ids_unique
from .themes import THEMES

VIEWS = ("lecture", "expression", "network")

_WIDE = 25  # cards; more of them, the weights of a layer side by side, are several screens wide

_NEIGHBOURS = {None: None, "print": 4, "slide": 6}  # operands, and consumers, of a node that can be read there
_FOLDED = {None: ((FOLD_ABOVE, FEW),), "print": ((FOLD_ABOVE, FEW), (25, FEW), (25, 1)),
           "slide": ((FOLD_ABOVE, FEW), (25, FEW), (25, 1))}
"""Nodes; more of them are folded, and how many stay as they are. On paper, the first that can be read is taken."""


class Drawing:
    """A picture of a computation graph.

    Attributes:
        dot: its text in Graphviz's language.
        svg: the picture as SVG text, with title and description for screen readers. Two different pictures can stand
            on one page: they share no ids. To read it raises a RenderingError if no engine could draw it, or if so much
            was expanded that the layout would take minutes; ``dot`` is there all the same.
    """

    def __init__(self, dot: str, write_svg: Callable[[], str]) -> None:
        self.dot = dot
        self._write_svg = write_svg

    @cached_property
    def svg(self) -> str:
        return self._write_svg()

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture to a file that ends in .svg, .pdf or .png, or its text to one in .dot; whole or not at all.

        Raises:
            ValueError: another ending; OSError: it cannot be written there; RenderingError: no engine could draw it;
                ImportError: the packages that write PDF and PNG, of the extra ``pictures``, are not installed.
        """
        match Path(path).suffix.lower():
            case ".svg":
                return write_text(path, self.svg)
            case ".pdf":
                return write_bytes(path, write_pdf(self.svg))
            case ".png":
                return write_bytes(path, write_png(self.svg))
            case ".dot" | ".gv":
                return write_text(path, self.dot)
        raise ValueError(f"cannot tell the format of {quote(str(path))}: let the name end in .svg, .pdf, .png or .dot")

    def _repr_svg_(self) -> str:
        return make_ids_unique(self.svg)

    def _repr_html_(self) -> str:
        return write_html(self.svg)


def draw(output: Value | Trace | Recording, *, view: str = "lecture", orientation: str | None = None,
         theme: str = "light", size: str | None = None, expand: Expand = None,
         around: Value | str | None = None, marks: Mapping[str, str] | None = None, legend: bool = True,
         lines: str = "weight", sample: int = 1) -> Drawing:
    """The computation graph of ``output``, with values, gradients and local partials.

    Gradients come from a trace; ``.grad`` of the nodes is neither read nor changed, and no ``backward`` is needed.
    Where the backward pass fails, the edge says so, the legend says why, and what is not complete has no gradient.

    Args:
        output: a node, its trace, or a lecture's recording, whose picture has the lecture's δ.
        view: "lecture", w·x + b in one node; "expression", in elementary + and · (of a node, not of a trace); or
            "network", the units as circles and the weights as lines, as lectures draw a network; a layer shows at most
            64 units, and says how many are left out.
        orientation: "down" or "right"; by default right where there are several layers, more than 25 cards, or where
            that makes ``around`` narrower, and else down; with a size, whichever can be read.
        theme: "light" or "dark".
        size: "print" (fits an A4 page, no letter below 8 points) or "slide" (16:9, 12 points); no limit
            if None. What does not fit is written shorter, then on several lines, then folded.
        expand: a graph of more than 150 nodes, or one that cannot be read in the size, is folded by layer; a layer's
            number, a neuron's name such as "z₁⁽¹⁾", or several of them are shown node by node, and "all" shows
            everything, however small.
        around: a node, or its name, that is shown with its operands and its consumers, out of a graph of any size. All
            numbers, its δ among them, are those of the whole graph. Where a size is given, it is shown with the
            operands and the consumers of the largest |upstream·partial|, 4 of either in print and 6 on a slide; the
            rest of them share a card.
        marks: name of a node -> what is wrong there; its card gets a heavy frame and that line.
        legend: whether the picture explains its shapes and colours.
        lines: what width and colour of a line of the network stand for, "weight" or "gradient".
        sample: which sample of a batch the network shows.

    Raises:
        ValueError: an unknown view, orientation, theme, size, layer or node; names the nearest. Both ``expand`` and
            ``around``, or an ``around`` that is not in the graph. An argument that the view does not have. A network
            without a unit w·x + b, or without that sample.
        what ``trace`` raises for a node.

    Units, weights and inputs stand in the order of their indices, and no line crosses a card or a label. The project
    lays out up to 250 cards itself; more of them need a Graphviz engine.

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
                               ("theme", theme, THEMES), ("size", size, SIZES), ("lines", lines, LINES)):
        if given is not None and given not in known:
            raise unknown_name(what, given, known)
    of_graph = {"orientation": orientation, "expand": expand, "around": around, "marks": marks}
    of_network = {"lines": lines != "weight", "sample": sample != 1}
    for what, unused in (of_graph if view == "network" else of_network).items():
        if unused:
            raise ValueError(f"{what} has no meaning in the {view} view; leave it out")
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
    if view == "network":
        network = read_network(recorded, lecture.deltas if lecture else {}, sample)
        picture = NetworkPicture(plan_network(network, PAPERS[size], legend), THEMES[theme], lines, legend)
        return Drawing(picture.write_dot(), picture.write_svg)
    if isinstance(around, Value):
        around = _find_name(around, output, recorded)
    contents = [build_contents(recorded, expand, lecture, most, around, _NEIGHBOURS[size], few)
                for most, few in _FOLDED[size]]
    contents = [_mark_cards(shown, marks or {}) for shown in contents]
    colours = THEMES[theme]
    if size is not None:
        ways = [orientation == "right"] if orientation else [size == "slide", size != "slide"]
        fitted = fit_picture((replace(shown, notes=shown.plain_notes) for shown in contents), SHEETS[size], colours,
                             ways, legend)
        if fitted is not None:
            dot = write_dot(fitted.shown, colours, ORIENTATIONS["right" if fitted.right else "down"], size, legend)
            return Drawing(dot, lambda: fitted.picture.write_svg(fitted.scale, fitted.shown))
    shown = contents[-1]
    wide = (size == "slide" or len(shown.cards) > _WIDE or (shown.has_layers and around is None)
            or (around is not None and is_narrower_to_the_right(shown)))
    way = orientation or ("right" if wide else "down")
    dot = write_dot(shown, colours, ORIENTATIONS[way], size, legend)

    def write_svg() -> str:
        require_affordable(shown)
        picture = make_picture(shown, colours, right=way == "right", legend=legend)
        return picture.write_svg() if picture else finish_svg(render(dot), shown)

    return Drawing(dot, write_svg)


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
