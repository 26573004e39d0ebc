"""Everything a live page knows, as data: nodes, steps with their rules, pictures, and the derivation by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice

from autograd_lite import BackwardStep, Trace, TracedNode
from autograd_lite.internal import PARAMETER, LayerStructure, is_invented_name, list_sweep, write
from nn.derivations import Comparison, Recording
from nn.derivations.internal import write_file_javascript, write_hand_javascript

from ..graph.cards import FOLD_ABOVE
from ..steps.equations import Deltas, describe_branches, find_delta, write_factor, write_gradient
from ..steps.sentences import SENTENCES
from . import mathml
from .card_views import (
    FEW_NODES,
    Drawn,
    describe_roles,
    make_folded_view,
    make_layer_view,
    make_whole_view,
    make_windows,
)
from .fields import group_leaves
from .network_view import NetworkReader
from .page_schema import CardView, HandData, NodeData, PageData, Pictures, SharedView, UnitsView
from .plane import find_plane
from .rules import Rules, describe_numbers, write_product_shape

WHOLE, FOLDED, NETWORK, WINDOWS = "every node", "folded", "network", "step by step"
"""Names of views."""


def make_page_data(recorded: Trace, recursive: Sequence[BackwardStep] | None, lecture: Recording | None,
                   by_hand: Comparison | None, title: str, about: str, eta: float,
                   parameters: Sequence[str] | None) -> PageData:
    """The data of a page, as ``page_schema`` describes it."""
    recorded = _complete(recorded)
    structure = LayerStructure(recorded)
    index = {node.name: i for i, node in enumerate(recorded.nodes)}
    deltas = lecture.deltas if lecture else {}
    leaves = [node.name for node in recorded.nodes if not node.operation]
    source, places = _write_by_hand(by_hand, leaves)
    rows = by_hand.rows if by_hand else ()
    hand: dict[str, HandData] = {row.symbol: {"formula": row.formula, "at": places[row.symbol]} for row in rows}
    if parameters is None:
        parameters = [name for name in leaves if structure.kind[name] == PARAMETER] or leaves
    rules = Rules()
    edges = {(step.node, step.operand): i for i, step in enumerate(recorded.backward)}
    computed = [node for node in recorded.nodes if node.operation]
    forward = [[index[node.name], rules.find_value(node)] for node in computed]
    backward = [[index[step.node], step.operand,
                 rules.find_partial(recorded.nodes[index[step.node]], step.operand, step.partial_symbols)]
                for step in recorded.backward if step.node is not None and step.operand is not None]
    return {
        "title": title, "about": about, "branches": describe_branches(recorded), "eta": eta,
        "output": index[recorded.output],
        "operations": sorted({node.operation for node in computed}),
        "nodes": [_write_node(recorded, node, index, deltas, hand) for node in recorded.nodes],
        "valueRules": rules.values, "partialRules": rules.partials, "forward": forward, "backward": backward,
        "recursive": [{"at": edges[step.node, step.operand], "waits": len(step.waits_for), "early": step.early}
                      for step in recursive] if recursive else None,
        "product": write_product_shape(), "numbers": describe_numbers(), "shapes": list(rules.shapes),
        "leaves": [index[name] for name in leaves], "hand": source,
        "parameters": [index[name] for name in parameters],
        "groups": [{"heading": heading, "leaves": [index[name] for name in names]}
                   for heading, names in group_leaves(structure).items()],
        "plane": find_plane(recorded, parameters, index, is_lecture=lecture is not None),
        "roles": describe_roles(), "sentences": dict(SENTENCES),
        **_make_views(Drawn(recorded, structure, lecture, index)),
    }


def _write_by_hand(by_hand: Comparison | None, leaves: Sequence[str]) -> tuple[str, dict[str, int]]:
    """The derivation by hand as JavaScript, and where it returns each symbol."""
    if by_hand is None:
        return "const HAND = () => [];", {}
    return write_file_javascript(by_hand.file, leaves) if by_hand.file else write_hand_javascript(by_hand, leaves)


def _complete(recorded: Trace) -> Trace:
    """The trace with every step of the backward pass: where it fails with these numbers, it may go on with others.

    The gradients that it lacks are 0 here. The page computes all of them itself, and takes none from the data.
    """
    rest = islice(list_sweep(recorded.nodes), len(recorded.backward), None) if recorded.failure else ()
    steps = (replace(step, partial=step.partial or 0.0, after=0.0, missing="") if step.after is None else step
             for step in recorded.backward)
    nodes = (replace(node, gradient=node.gradient or 0.0) for node in recorded.nodes)
    return replace(recorded, nodes=tuple(nodes), backward=(*steps, *rest), failure="")


def _write_node(recorded: Trace, node: TracedNode, index: Mapping[str, int], deltas: Deltas,
                hand: Mapping[str, HandData]) -> NodeData:
    data: NodeData = {"name": node.name, "math": mathml.label_mathml(node.name), "value": node.value}
    if node.operation:
        data["operation"] = node.operation
        data["operands"] = [index[v] if isinstance(v, str) else [v] for v in node.operands]
    if repr(node.name) != f"'{node.name}'":
        data["quoted"] = repr(node.name)
    if is_invented_name(node.name):
        data["invented"] = True
    if write("a * b", {"a": node.name, "b": "b"}).startswith(f"({node.name})"):
        data["sum"] = True
    if mathml.is_odd(node.name):
        data["odd"] = True
    found = find_delta(node, deltas)
    if found:
        data["delta"] = {"symbol": found.symbol, "scale": found.scale, "factor": write_factor(found)}
    symbol = found.symbol if found else write_gradient(recorded.output, node.name)
    by_hand = {kind: hand[name] for kind, name in (("value", node.name), ("gradient", symbol)) if name in hand}
    if by_hand:
        data["hand"] = by_hand
    return data


def _make_views(drawn: Drawn) -> Pictures:
    """The pictures, and which to begin with."""
    count, structure = len(drawn.recorded.nodes), drawn.structure
    reader = NetworkReader(drawn)
    whole = make_whole_view(drawn)
    windows = [] if whole or reader.networks else make_windows(drawn)
    pictures: list[CardView] = []
    views: dict[str, CardView | SharedView | UnitsView] = {WHOLE: whole} if whole else {}
    if count > FEW_NODES and (structure.depth or not (whole or windows)):
        folded = make_folded_view(drawn, FEW_NODES)
        if folded:
            views = {FOLDED: folded, **views} if count > FOLD_ABOVE else {**views, FOLDED: folded}
    network = None
    if reader.networks:
        pictures, parts = reader.list_views()
        views |= {name: view for name, view in parts.items() if name not in views}
        network = reader.make_view(views)
    elif structure.depth and count > FEW_NODES:
        for layer in range(1, structure.depth + 1):
            view = make_layer_view(drawn, [name for name, of in structure.layer.items() if of == layer])
            views |= {f"layer {layer}": view} if view else {}
    first = WINDOWS if windows else next(iter(views))
    return {"views": views, "pictures": pictures, "windows": windows, "network": network,
            "opening": NETWORK if network and reader.is_worth_opening else first}
