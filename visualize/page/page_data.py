"""Everything a live page knows, as data: nodes, steps with their equations, pictures, and the derivation by hand."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from autograd_lite import OPERATIONS, BackwardStep, Trace, TracedNode
from autograd_lite.internal import (
    PARAMETER,
    LayerStructure,
    is_invented_name,
    list_sweep,
    partial_formula,
    value_formula,
    write,
    write_latex,
)
from nn.derivations import Comparison, Recording
from nn.derivations.internal import write_hand_javascript

from ..graph.cards import FOLD_ABOVE, Expand, build_contents
from ..graph.contents import Contents, Look
from ..graph.dot import ORIENTATIONS, roles_of, write_dot
from ..graph.renderer import render
from ..graph.svg import drop_ports
from ..graph.themes import THEMES
from ..steps.equations import (
    NONE,
    NOT_COMPLETE,
    Deltas,
    describe_branches,
    find_delta,
    write_gradient,
    write_node_gradient,
    write_times,
)
from . import mathml
from .fields import group_leaves
from .plane import find_plane

_LAST_NUMBER = re.compile(r"(?<= )-?\d[\d.]*(e[-+]\d+)?$")
_LONG = "-0.000000000"  # room for the longest number that a card or an edge may have to show
_MISSING = NONE.format(NOT_COMPLETE)  # which is longer, and stands in the place of a gradient
_MOST_NEURONS = 60  # a picture each, for opening one
_WHOLE, _FOLDED = "every node", "folded"
_FEW_NODES = 25  # more of them are small print on a page, so they can be folded
_MOST_NODES = 600  # of a graph without layers that is laid out whole


def make_page_data(recorded: Trace, recursive: Sequence[BackwardStep] | None, lecture: Recording | None,
                   by_hand: Comparison | None, title: str, about: str, eta: float,
                   parameters: Sequence[str] | None) -> dict[str, Any]:
    """The data of a page; nodes, steps and shapes of formulas are numbers, their places in the lists of these."""
    recorded = _complete(recorded)
    structure = LayerStructure(recorded)
    index = {node.name: i for i, node in enumerate(recorded.nodes)}
    deltas = lecture.deltas if lecture else {}
    leaves = [node.name for node in recorded.nodes if not node.operation]
    source, places = write_hand_javascript(by_hand, leaves) if by_hand else ("const HAND = () => [];", {})
    rows = by_hand.rows if by_hand else ()
    hand = {row.symbol: {"formula": row.formula, "at": places[row.symbol]} for row in rows}
    if parameters is None:
        parameters = [name for name in leaves if structure.kind[name] == PARAMETER] or leaves
    shapes: dict[str, int] = {}
    edges = {(step.node, step.operand): i for i, step in enumerate(recorded.backward)}
    return {
        "title": title, "about": about, "branches": describe_branches(recorded), "eta": eta,
        "output": index[recorded.output],
        "operations": sorted({node.operation for node in recorded.nodes if node.operation}),
        "nodes": [_node(recorded, node, index, deltas, hand) for node in recorded.nodes],
        "forward": [_forward(node, index, shapes) for node in recorded.nodes if node.operation],
        "backward": [_backward(recorded, step, index, shapes) for step in recorded.backward],
        "recursive": [{"at": edges[step.node, step.operand], "waits": len(step.waits_for), "early": step.early}
                      for step in recursive] if recursive else None,
        "product": _product(), "shapes": list(shapes), "leaves": [index[name] for name in leaves], "hand": source,
        "parameters": [index[name] for name in parameters],
        "groups": [{"heading": heading, "leaves": [index[name] for name in names]}
                   for heading, names in group_leaves(structure).items()],
        "plane": find_plane(recorded, parameters, index, is_lecture=lecture is not None),
        "views": {name: view for name, view in _views(recorded, structure, lecture, index) if view},
    }


def _complete(recorded: Trace) -> Trace:
    """The trace with every step of the backward pass: where it fails with these numbers, it may go on with others.

    The gradients that it lacks are 0 here. The page computes all of them itself, and takes none from the data.
    """
    rest = islice(list_sweep(recorded.nodes), len(recorded.backward), None) if recorded.failure else ()
    steps = (replace(step, partial=step.partial or 0.0, after=0.0, missing="") if step.after is None else step
             for step in recorded.backward)
    nodes = (replace(node, gradient=node.gradient or 0.0) for node in recorded.nodes)
    return replace(recorded, nodes=tuple(nodes), backward=(*steps, *rest), failure="")


def _node(recorded: Trace, node: TracedNode, index: Mapping[str, int], deltas: Deltas,
          hand: Mapping[str, Any]) -> dict[str, Any]:
    found = find_delta(node, deltas)
    symbol = found.symbol if found else write_gradient(recorded.output, node.name)
    names = OPERATIONS[node.operation].operand_names(len(node.operands)) if node.operation else []
    vectors = OPERATIONS[node.operation].vectors if node.operation else ()
    labelled = not is_invented_name(node.name)
    return {
        "name": node.name, "operation": node.operation, "value": node.value, "formula": node.formula,
        "operands": [{"node": index[v]} if isinstance(v, str) else v for v in node.operands],
        "places": [f"{name}[{i - names.index(name)}]" if name in vectors else name for i, name in enumerate(names)],
        "label": repr(node.name) if labelled else "", "plain": node.name if labelled else "",
        "math": mathml.label_mathml(node.name), "odd": mathml.is_odd(node.name),
        "gradient": write_gradient(recorded.output, node.name),
        "gradientLine": _LAST_NUMBER.sub("", write_node_gradient(recorded, node, deltas)),
        "delta": {"symbol": found.symbol, "scale": found.scale} if found else None,
        "hand": {kind: hand[name] for kind, name in (("value", node.name), ("gradient", symbol)) if name in hand},
    }


def _forward(node: TracedNode, index: Mapping[str, int], shapes: dict[str, int]) -> dict[str, Any]:
    """A node is computed: the shape of its formula, with a slot for each operand that is a node."""
    places = mathml.make_slots(len(node.operands))
    slots = [place if isinstance(v, str) else v for place, v in zip(places, node.operands, strict=True)]
    text, latex = (value_formula(node.operation, slots, way) for way in (write, write_latex))
    if node.formula != value_formula(node.operation, node.operands):  # the lecture has a letter of its own
        letter = node.formula.partition("(")[0]
        text, latex = f"{letter}({slots[0]})", f"{letter}\\left({slots[0]}\\right)"
    return {"node": index[node.name], "symbols": node.formula, "numbers": text, "shape": _shape(latex, shapes),
            "labels": [index.get(v, 0) if isinstance(v, str) else 0 for v in node.operands]}


def _backward(recorded: Trace, step: BackwardStep, index: Mapping[str, int], shapes: dict[str, int]) -> dict[str, Any]:
    """A node passes its gradient on to one parent: the shapes of the product, and of the partial alone.

    The slots are the operands, the result, and the gradient that comes from above.
    """
    data: dict[str, Any] = {
        "node": None if step.node is None else index[step.node], "parent": index[step.parent], "operand": step.operand,
        "symbols": step.symbols, "partial": step.partial_symbols, "waits": len(step.waits_for),
        "consumers": step.consumers, "early": step.early,
    }
    if step.node is None or step.operand is None:
        return data
    node = recorded.nodes[index[step.node]]
    count = len(node.operands)
    slots = mathml.make_slots(count + 2)
    given = [slots[i] if isinstance(v, str) else v for i, v in enumerate(node.operands)]

    product, partial = (_shape(partial_formula(node.operation, given, step.operand, slots[count], way), shapes)
                        for way in (write_times(slots[count + 1]), write_latex))
    return data | {"shape": product, "partialShape": partial,
                   "labels": [index.get(v, 0) if isinstance(v, str) else 0 for v in node.operands] + [index[node.name]]}


def _shape(latex: str, shapes: dict[str, int]) -> int:
    """The number of a shape of formula; many steps share one."""
    return shapes.setdefault(mathml.write_mathml(latex), len(shapes))


def _product() -> dict[str, str]:
    """upstream · partial, as text and as MathML with slots."""
    names = dict(zip("ab", mathml.make_slots(2), strict=True))
    return {"text": write("a * b", names), "math": mathml.write_mathml(write_latex("a * b", names))}


def _views(recorded: Trace, structure: LayerStructure, lecture: Recording | None,
           index: Mapping[str, int]) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """Name -> picture: the one to begin with; then the other of whole and folded; then each layer and neuron opened.

    None stands for one that cannot be laid out in time.
    """
    count, layered = len(recorded.nodes), structure.depth > 0
    large = count > FOLD_ABOVE
    shown_whole = not large or (not layered and count <= _MOST_NODES)
    whole = _view(recorded, "all", lecture, index) if shown_whole else None
    if large or not whole:
        yield _FOLDED, _view(recorded, None, lecture, index, layered)
    yield _WHOLE, whole
    if not layered or count <= _FEW_NODES:
        return
    if not large and whole:
        yield _FOLDED, _view(recorded, None, lecture, index)
    for layer in range(1, structure.depth + 1):
        yield f"layer {layer}", _view(recorded, layer, lecture, index)
    if not large:
        return
    neurons = list(dict.fromkeys(structure.neuron.values()))
    for neuron in neurons if len(neurons) <= _MOST_NEURONS else ():
        yield neuron, _view(recorded, neuron, lecture, index)


def _view(recorded: Trace, expand: Expand, lecture: Recording | None, index: Mapping[str, int],
          layered: bool = True) -> dict[str, Any] | None:
    """One picture, with the nodes that each of its cards stands for; None if it cannot be laid out in time."""
    shown = build_contents(recorded, expand, lecture, _FEW_NODES)
    if shown.look is Look.TOO_LARGE:
        return None
    if shown.notes:
        opening = ": choose a card to open its layer" if layered else ""
        note = f"{len(recorded.nodes)} nodes, folded{' by layer' * layered}{opening}"
        shown = replace(shown, notes=(note,))
    orientation = ORIENTATIONS["down" if len(shown.cards) <= 25 else "right"]
    svg = render(write_dot(_roomy(shown), THEMES["light"], orientation, None, legend=False))
    return {
        "svg": _name_edges(_classed(svg), shown), "legend": [[role.name, role.meaning] for role in roles_of(shown)],
        "cards": {card.id: [index[name] for name in card.members] for card in shown.cards},
        "lines": {card.id: list(card.lines) for card in shown.cards if card.members},
    }


def _name_edges(svg: str, shown: Contents) -> str:
    """The picture in which an edge from a card that repeats another is that other card's edge."""
    first = {card.id: card.stands_for for card in shown.cards if card.stands_for}
    return re.sub(r"<title>(s\d+)(?=&#45;&gt;)", lambda found: f"<title>{first[found[1]]}", drop_ports(svg))


def _roomy(shown: Contents) -> Contents:
    """The same picture with room in every card and on every edge for the longest number."""
    def roomy(line: str, room: str = _LONG) -> str:
        return _LAST_NUMBER.sub(room, line)

    # the first line is a formula, whose numbers stay
    cards = (replace(card, lines=(card.lines[0], *map(roomy, card.lines[1:-1]), roomy(card.lines[-1], _MISSING)))
             if card.members else card for card in shown.cards)
    edges = (replace(edge, label=roomy(edge.label)) if edge.label.count(" = ") > 1 else edge for edge in shown.edges)
    return replace(shown, cards=tuple(cards), edges=tuple(edges))


def _classed(svg: str) -> str:
    """The engine's SVG as it goes into a page: colours by name, for the style sheet to choose; no size of its own."""
    svg = re.sub(r"<!--.*?-->\n?", "", svg[svg.index("<svg"):], flags=re.DOTALL)
    svg = re.sub(r'(<svg[^>]*?) width="[^"]*" height="[^"]*"', r"\1", svg, count=1)
    theme = THEMES["light"]
    names = {"#444444": "line", "white": "paper", "#111111": "ink"}
    names |= {color.lower(): f"{role}-{part}" for role, colors in theme.fills.items()
              for part, color in zip(("fill", "line"), colors, strict=True) if color.startswith("#")}

    def named(found: re.Match[str]) -> str:
        name = names.get(found[2].lower())
        return f'data-{found[1]}="{name}"' if name else found[0]

    return re.sub(r'\b(fill|stroke)="([^"]+)"', named, svg)
