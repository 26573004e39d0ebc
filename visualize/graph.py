"""The computation graph as a picture: a card a node, the local partial on every edge.

The DOT text is made from a trace and from nothing else, so drawing changes no gradient and needs none.
"""

import os
import re
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path

from graphviz import Digraph

from autograd_lite import ACTIVATION_OPERATIONS, Trace, TracedNode, Value, trace

from . import equations
from .files import write_text
from .renderer import render

_FONT = "DejaVu Sans"  # one name for the engines, which measure it; readers without it get the next
_FONTS = "DejaVu Sans, Verdana, Arial, sans-serif"


@dataclass(frozen=True, slots=True)
class Role:
    """What a node is to the network, told by shape and by colour (Okabe and Ito's palette, lightened)."""

    meaning: str
    shape: str
    fill: str
    line: str
    style: str = "filled"
    peripheries: int = 1
    margin: str = "0.04,0.02"


LEAF = Role("input, target or other leaf", "box", "#D6ECFA", "#0072B2", "filled,rounded")
PARAMETER = Role("weight or bias", "note", "#FBE3BF", "#9A5F00")
PRE_ACTIVATION = Role("pre-activation, its gradient is δ", "box", "#CCEBDF", "#00664D")
ACTIVATION = Role("activation function", "box3d", "#F6DDEB", "#8F4573", margin="0.08,0.07")
OPERATION = Role("other operation", "box", "#EEEEEE", "#555555", "filled,dashed")
OUTPUT = Role("output", "box", "#FAD9C8", "#A84300", peripheries=2)
_ROLES = (LEAF, PARAMETER, PRE_ACTIVATION, ACTIVATION, OPERATION, OUTPUT)


class Drawing:
    """A picture of a trace.

    Attributes:
        dot: its text in Graphviz's language.
        svg: the picture as SVG text, with title and description for screen readers.
    """

    def __init__(self, recorded: Trace) -> None:
        self._trace = recorded
        self.dot = dot(recorded)

    @cached_property
    def svg(self) -> str:
        return _finished(render(self.dot), self._trace)

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
        raise ValueError(f"cannot tell the format of {str(path)!r}: let the name end in .svg or .dot")

    def _repr_svg_(self) -> str:
        return self.svg


def draw(output: Value | Trace) -> Drawing:
    """The computation graph of ``output``, with values, gradients and local partials.

    Args:
        output: a node, or its trace. Gradients come from the trace; ``.grad`` of the nodes is neither read nor changed.

    Raises:
        what ``trace`` raises for a node.
    """
    return Drawing(output if isinstance(output, Trace) else trace(output))


def roles(recorded: Trace) -> dict[str, Role]:
    """Node name -> role, read off the operations: a leaf is a parameter where an affine node weighs or shifts by it."""
    parameters: set[object] = set()
    for node in recorded.nodes:
        if node.operation == "affine":
            n = len(node.operands) // 2
            parameters |= {*node.operands[:n], node.operands[-1]}
    return {node.name: _role(node, recorded.output, parameters) for node in recorded.nodes}


def _role(node: TracedNode, output: str, parameters: set[object]) -> Role:
    if node.name == output:
        return OUTPUT
    if not node.operation:
        return PARAMETER if node.name in parameters else LEAF
    if node.operation == "affine":
        return PRE_ACTIVATION
    return ACTIVATION if node.operation in ACTIVATION_OPERATIONS else OPERATION


def dot(recorded: Trace) -> str:
    """The graph in Graphviz's language. Needs no Graphviz."""
    graph = Digraph(
        "computation_graph",
        graph_attr={"rankdir": "TB", "nodesep": "0.3", "ranksep": "0.4", "fontname": _FONT, "bgcolor": "white"},
        node_attr={"fontname": _FONT, "fontsize": "12"},
        edge_attr={"fontname": _FONT, "fontsize": "10", "color": "#444444", "fontcolor": "#222222", "arrowsize": "0.7"},
    )
    if recorded.moved:
        graph.attr(label=f"<{_text(equations.moved(recorded))}>", labelloc="t", fontsize="12")
    role = roles(recorded)
    ids = {node.name: f"n{i}" for i, node in enumerate(recorded.nodes)}
    for node in recorded.nodes:
        _add_node(graph, ids[node.name], role[node.name], _cells(_lines(recorded, node)))
    for step in recorded.backward:
        if step.node is not None:
            graph.edge(ids[step.parent], ids[step.node], label=f"<&#160;{_text(equations.partial(step))}>")
    with graph.subgraph(name="cluster_legend") as legend:
        legend.attr(label="", color="#BBBBBB", margin="6")
        shown = [known for known in _ROLES if known in role.values()]
        for i, known in enumerate(shown):
            _add_node(legend, f"legend{i}", known, _cells([known.meaning]), fontsize="10")
            if i:
                legend.edge(f"legend{i - 1}", f"legend{i}", style="invis", minlen="1")
    return str(graph.source)


def _add_node(graph: Digraph, id: str, role: Role, label: str, **attributes: str) -> None:
    graph.node(id, label, shape=role.shape, style=role.style, fillcolor=role.fill, color=role.line,
               peripheries=str(role.peripheries), margin=role.margin, **attributes)


def _lines(recorded: Trace, node: TracedNode) -> list[str]:
    """What a node's card says."""
    return [equations.node_value(node), equations.value(node), equations.node_gradient(recorded, node)]


def _cells(lines: list[str]) -> str:
    """An HTML-like label, one text run a cell: the engines cannot be trusted with the width of several."""
    texts = [_text(line) for line in lines]
    if len(texts) > 1:
        texts[0] = f"<B>{texts[0]}</B>"
    rows = "".join(f'<TR><TD ALIGN="LEFT">{text}</TD></TR>' for text in texts)
    return f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="4">{rows}</TABLE>>'


def _printable(text: str) -> str:
    """The text without characters that XML does not have, lone surrogates and control characters among them."""
    return "".join(c if c.isprintable() else " " if c.isspace() else "\N{REPLACEMENT CHARACTER}" for c in text)


def _text(line: str) -> str:
    """A line for an HTML-like label. What the engine would take for an entity or an escape is parted invisibly."""
    return escape(re.sub(r"&(?=#?\w+;)|\\(?=\w)", lambda found: found[0] + "\N{WORD JOINER}", _printable(line)))


def _finished(svg: str, recorded: Trace) -> str:
    """The engine's SVG without its comments, with fonts to fall back on, and with words for who cannot see it."""
    svg = re.sub(r"<!--.*?-->\n?", "", svg, flags=re.DOTALL)
    svg = svg.replace(f'font-family="{_FONT}"', f'font-family="{_FONTS}"')
    words = {f"n{i}": "; ".join(_lines(recorded, node)) for i, node in enumerate(recorded.nodes)}
    ids = {node.name: f"n{i}" for i, node in enumerate(recorded.nodes)}
    words |= {f"{ids[step.parent]}->{ids[step.node]}": equations.partial(step)
              for step in recorded.backward if step.node is not None}
    title = _printable(f"Computation graph of {recorded.output}")
    words = {id: _printable(text) for id, text in words.items()} | {"computation_graph": title}
    svg = re.sub(r"<title>(.*?)</title>", lambda m: f"<title>{escape(words.get(_plain(m[1]), m[1]))}</title>", svg)
    description = ". ".join(words[ids[node.name]] for node in recorded.nodes)
    head = f'<title id="title">{escape(title)}</title>\n<desc id="description">{escape(description)}.</desc>\n'
    svg = svg.replace("<svg ", '<svg role="img" aria-labelledby="title description" ', 1)
    return re.sub(r"(<svg [^>]*>\n)", lambda m: m[1] + head, svg, count=1)


def _plain(title: str) -> str:
    return title.replace("&#45;", "-").replace("&gt;", ">")
