"""What can be lifted, and what cannot: each refusal is one sentence that says what to do."""

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from ..branches import describe_comparisons
from ..clock import DerivativeClock
from ..comparisons import is_anything_compared, list_carried
from ..quoting import node_name, quote, shorten
from ..stale import find_stale_leaves
from ..traversal import leaves_and_computed


def check_leaves(parameters: Sequence[Any], samples: Sequence[Any]) -> None:
    """Check that both are leaves, each named once.

    Raises:
        TypeError: one is no Value. ValueError: one is computed, or stands twice.
    """
    nodes = [*parameters, *samples]
    are_nodes = all(hasattr(kind, "partials_as_nodes") for kind in {*map(type, nodes)})
    if are_nodes and not any(map(attrgetter("operation"), nodes)) and len({*nodes}) == len(nodes):
        return
    seen: dict[Any, str] = {}
    for what, given in (("parameters", parameters), ("samples", samples)):
        for i, node in enumerate(given):
            where = f"{what}[{i}]"
            if not hasattr(node, "partials_as_nodes"):
                raise TypeError(f"{where} of matrix_form must be a Value, not {quote(node)} of type "
                                f"{type(node).__name__}")
            if node.operation:
                raise ValueError(f"{where} of matrix_form must be a leaf, but {node_name(node)} is computed; give the "
                                 "leaves that it is computed from")
            if node in seen:
                raise ValueError(f"{where} of matrix_form is {seen[node]} as well ({node_name(node)}); give each leaf "
                                 "once")
            seen[node] = where


def list_computed(roots: Sequence[Any]) -> list[Any]:
    """Every computed node of the graphs of the roots, operands first.

    Raises:
        TypeError: a root is no Value.
    """
    graphs = [leaves_and_computed(root, with_all=False)[1] for root in roots]
    return graphs[0] if len(graphs) == 1 else list(dict.fromkeys(node for computed in graphs for node in computed))


def check_graph(computed: Sequence[Any], fixed: Sequence[Any], given: Sequence[Any]) -> None:
    """Check that the graph means the same for other numbers of the leaves in ``given``.

    Args:
        computed: its computed nodes.
        fixed: its leaves that are not in ``given``.

    Raises:
        ValueError: it holds derivatives, or the side that an ``if`` took; or a leaf in ``fixed`` was assigned to since.
    """
    if any(node._clock.__class__ is DerivativeClock for node in computed):
        raise ValueError("matrix_form cannot lift a graph that holds derivatives: the side taken of each condition is "
                         "settled in them; lift the cost, and let the program differentiate it")
    if is_anything_compared() and any(list_carried(node) for node in computed):
        made = "; ".join(describe_comparisons({node: node.label for node in (*given, *fixed, *computed)}))
        raise ValueError("matrix_form cannot lift a graph that was recorded after a comparison of its nodes"
                         f"{f' ({shorten(made)})' if made else ''}: for another sample it may come out otherwise, and "
                         "the graph holds one side only; use where, maximum, minimum or relu, which are operations")
    stale = [leaf for leaf in find_stale_leaves([*fixed, *computed]) if leaf in {*fixed}] if fixed else []
    if stale:
        raise ValueError(f"changed since the graph was recorded: {shorten(', '.join(map(node_name, stale)))}; what is "
                         "neither in parameters nor in samples is a number of the program, so record the cost again")
