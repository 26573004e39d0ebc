"""Both passes as a list of steps, each one plain data.

A trace is recorded once and replayed everywhere: terminal, page, picture, JSON and tests read it and nothing else.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import count
from math import isclose, isfinite, isnan, nan
from typing import TypeVar

from .backward import Contribution, not_finite_error, sweep_edges
from .branches import describe_comparisons
from .comparisons import is_anything_compared
from .labels import Label, make_label, parse_label
from .notation import format_number, write_product
from .quoting import REFUSALS, node_name, quote
from .recursion import naive_contributions, visits
from .row_notation import partial_formula, value_formula
from .stale import refresh
from .traversal import topological_order
from .value import Value

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TracedNode:
    """A node of the graph.

    Attributes:
        name: its label, or v₁, v₂, … in the order of computation; unique in the trace.
        operation: empty for a leaf.
        operands: the names of nodes, and numbers.
        formula: what it computes, with the names of its operands; empty for a leaf.
        value: its number.
        gradient: ∂output/∂node; None where the backward pass failed before it was complete.
        consumers: the number of edges from it to nodes of this graph.
    """

    name: str
    operation: str
    operands: tuple[str | float, ...]
    formula: str
    value: float
    gradient: float | None
    consumers: int


@dataclass(frozen=True, slots=True)
class ForwardStep:
    """One node is computed: ``node = symbols = numbers = value``."""

    number: int
    node: str
    operation: str
    symbols: str
    numbers: str
    value: float


@dataclass(frozen=True, slots=True)
class BackwardStep:
    """One node passes its gradient on to one parent: ``after = before + upstream · partial``.

    The first step of the pass has no ``node``: it sets ∂output/∂output = 1, in ``parent``, ``product`` and ``after``.

    Attributes:
        partial: ∂node/∂parent; None where it is undefined.
        upstream: ∂output/∂node.
        product: upstream · partial; None at the step that fails, if it does not exist.
        before, after: ∂output/∂parent, before and after this step; ``after`` is None at the step that fails.
        partial_symbols: the partial by the table, with names put in.
        symbols, numbers: the product, in names and in numbers.
        waits_for: the consumers of ``parent`` that have not reported yet; it is released when there are none.
        consumers: the number of consumers of ``parent``.
        operand: the index of ``parent`` among the operands of ``node``.
        early: whether ``node`` passes on before all its consumers have reported; never in a topological order.
        missing: what stands in the place of a number that is None: "undefined", or "overflows" if it does not fit a
            float; empty if all are there.
    """

    number: int
    node: str | None
    parent: str
    partial: float | None
    upstream: float
    product: float | None
    before: float
    after: float | None
    partial_symbols: str
    symbols: str
    numbers: str
    waits_for: tuple[str, ...]
    consumers: int
    operand: int | None = None
    early: bool = False
    missing: str = ""


@dataclass(frozen=True, slots=True)
class WrongGradient:
    """∂output/∂node as recursion without a topological order computes it, and as it is."""

    node: str
    wrong: float
    right: float


@dataclass(frozen=True, slots=True)
class Trace:
    """The forward and the backward pass of one output.

    Attributes:
        output: the output's name.
        nodes: every node, operands first.
        forward, backward: the steps of the two passes; ``steps`` is both.
        moved: the names of stale leaves: assigned to after the recording. All numbers here are the new ones.
        order: "topological" or "recursive".
        wrong: the gradients that the recursion gets wrong, in the order of ``nodes``, which hold the wrong numbers too.
        first_wrong: the number of the first step at which a node passes on too early; None if there is none.
        failure: why the backward pass ends at the last step, as ``backward`` says it: a gradient there is undefined or
            does not fit a float. Empty if it does not fail.
        branches: the comparisons of nodes that the graph was recorded under, as they came out: ``x > 0``, or
            ``not x > 0``. It holds the side of an ``if`` that they led to, and no other.
    """

    output: str
    nodes: tuple[TracedNode, ...]
    forward: tuple[ForwardStep, ...]
    backward: tuple[BackwardStep, ...]
    moved: tuple[str, ...]
    order: str = "topological"
    wrong: tuple[WrongGradient, ...] = ()
    first_wrong: int | None = None
    failure: str = ""
    branches: tuple[str, ...] = ()

    @property
    def steps(self) -> tuple[ForwardStep | BackwardStep, ...]:
        return (*self.forward, *self.backward)

    def to_json(self) -> str:
        """All of it as JSON text, keys as the attributes are named."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=2, allow_nan=False)


def trace(output: Value, order: str = "topological") -> Trace:
    """The steps that compute ``output`` and then its gradients. No node changes.

    Args:
        output: a Value.
        order: "topological", or "recursive" for recursion without a topological order. That is right where no computed
            node is shared and wrong where one is; see ``Trace.first_wrong`` and ``Trace.wrong``.

    Raises:
        TypeError: output is no Value.
        ValueError: an unknown order, or a recursion of more than 10,000 steps.
    Warns:
        StaleGraphWarning: a leaf was assigned to after the recording; see ``Trace.moved``.

    >>> w, x = Value(2.0, "w"), Value(3.0, "x")
    >>> recorded = trace(w * x)
    >>> [(step.symbols, step.numbers, step.value) for step in recorded.forward]
    [('w·x', '2·3', 6.0)]
    >>> [(step.parent, step.partial_symbols, step.after) for step in recorded.backward]
    [('v₁', '', 1.0), ('w', 'x', 3.0), ('x', 'w', 2.0)]
    """
    if not isinstance(output, Value):
        raise TypeError(f"steps and pictures are made of one Value, not of {quote(output)} of type "
                        f"{type(output).__name__}")
    if order not in _SWEEPS:
        raise ValueError(f"the order of a trace is {' or '.join(_SWEEPS)}, not {quote(order)}")
    _, nodes, _, stale = refresh(output)
    names = _name_nodes(nodes)
    formulas = {node: value_formula(node.operation, _name_operands(node, names)) if node.operation else ""
                for node in nodes}
    forward = [
        ForwardStep(number, names[node], node.operation, formulas[node],
                    value_formula(node.operation, [_format_operand(v) for v in node.operands]), node.data)
        for number, node in enumerate((node for node in nodes if node.operation), start=1)
    ]
    consumers = Counter(parent for node in nodes for parent in node.parents)
    traced = [
        TracedNode(names[node], node.operation, tuple(_name_operands(node, names)), formulas[node], node.data, None,
                   consumers[node])
        for node in nodes
    ]
    gradients, backward, failure = _put_numbers(traced, _SWEEPS[order](nodes), list_sweep(traced, order))
    traced = [replace(node, gradient=gradients[node.name]) for node in traced]
    right = {names[nodes[-1]]: 1.0} | {names[step.parent]: step.after for step in sweep_edges(nodes)}
    first_wrong = next((step.number for step in backward if step.early), None)
    wrong = [WrongGradient(name, found, right[name]) for name, found in gradients.items()
             if first_wrong is not None and found is not None and isfinite(right.get(name, nan))
             and not isclose(found, right[name], rel_tol=1e-12)]
    return Trace(names[nodes[-1]], tuple(traced), tuple(forward), tuple(backward),
                 tuple(names.get(leaf, node_name(leaf)) for leaf in stale), order, tuple(wrong), first_wrong, failure,
                 _describe_branches(output, names.values()))


def _describe_branches(output: Value, names: Iterable[str]) -> tuple[str, ...]:
    """The comparisons behind the graph as it was recorded; what a refreshed one is made of carries none."""
    order = topological_order(output) if is_anything_compared() else []
    return describe_comparisons(dict(zip(order, names, strict=False)))


def _name_nodes(order: list[Value]) -> dict[Value, str]:
    """Each node's label, made unique. Nodes without one are called v₁, v₂, …, as in the literature."""
    labels = {node.label for node in order}
    for label in labels:
        if not isinstance(label, str):
            raise TypeError(f"a label must be a string, not {quote(label)} of type {type(label).__name__}")
    names: dict[Value, str] = {}
    given: set[str] = set()
    suffixes: dict[str, Iterator[int]] = {}
    invented = (name for n in count(1) if (name := make_label("v", n)) not in labels)
    for node in order:
        label = node.label or next(invented)
        if label in given:
            numbers = suffixes.setdefault(label, count(2))
            label = next(name for n in numbers if (name := f"{label} ({n})") not in labels and name not in given)
        given.add(label)
        names[node] = label
    return names


def is_invented_name(name: str) -> bool:
    """Whether a trace may have given the name to a node without a label: v₁, v₂, …"""
    label = parse_label(name)
    return label is not None and label == Label("v", under=label.under) and label.under.isdigit()


def _format_operand(operand: Value | float) -> str | float:
    """A node's number as text, so that a formula shows a bias of 0; a plain number as it is."""
    return format_number(operand.data) if isinstance(operand, Value) else operand


def _name_operands(node: Value, names: dict[Value, str]) -> list[str | float]:
    return [names[v] if isinstance(v, Value) else v for v in node.operands]


def list_sweep(nodes: Sequence[TracedNode], order: str = "topological") -> Iterator[BackwardStep]:
    """Every step of the backward pass, also those after one that fails, with 0 for each number that a sweep finds.

    Raises ValueError, for the order "recursive", if there are more than 10,000.
    """
    by_name = {node.name: node for node in nodes}
    places = {node.name: [i for i, v in enumerate(node.operands) if isinstance(v, str)] for node in nodes}
    parents = {node.name: [str(node.operands[i]) for i in places[node.name]] for node in nodes}
    waiting: dict[str, list[str]] = {node.name: [] for node in nodes}
    for node in reversed(nodes):
        for parent in parents[node.name]:
            waiting[parent].append(node.name)
    output = nodes[-1].name
    numbers = count(sum(bool(node.operation) for node in nodes) + 1)
    yield BackwardStep(next(numbers), None, output, None, 1.0, 1.0, 0.0, 1.0, "", "1", "1", (), 0)
    for name, index, early in _ORDERS[order](list(by_name), parents.__getitem__):
        node, parent, operand = by_name[name], parents[name][index], places[name][index]
        if name in waiting[parent]:
            waiting[parent].remove(name)
        local = partial_formula(node.operation, node.operands, operand, name)
        yield BackwardStep(
            next(numbers), name, parent, 0.0, 0.0, 0.0, 0.0, 0.0, local, write_product(f"∂{output}/∂{name}", local),
            "0", tuple(waiting[parent]), by_name[parent].consumers, operand, early)


def _in_topological_order(order: Sequence[T], parents: Callable[[T], Sequence[T]]) -> Iterator[tuple[T, int, bool]]:
    return ((node, index, False) for node in reversed(order) for index in range(len(parents(node))))


_ORDERS: dict[str, Callable[[Sequence[str], Callable[[str], Sequence[str]]], Iterator[tuple[str, int, bool]]]] = {
    "topological": _in_topological_order, "recursive": visits}
_SWEEPS: dict[str, Callable[[list[Value]], Iterator[Contribution[Value]]]] = {
    "topological": sweep_edges, "recursive": naive_contributions}


def _put_numbers(
    nodes: Sequence[TracedNode], sweep: Iterator[Contribution[Value]], steps: Iterator[BackwardStep]
) -> tuple[dict[str, float | None], list[BackwardStep], str]:
    """The gradients, None where the pass failed before they were complete; the steps; why it failed."""
    gradients: dict[str, float | None] = {}
    gradients.update({node.name: 0.0 for node in nodes} | {nodes[-1].name: 1.0})
    done = [next(steps)]
    for found, step in zip(sweep, steps, strict=False):  # the sweep first: after a failure, steps are left
        partial, product, after = (x if isfinite(x) else None for x in (found.partial, found.product, found.after))
        unfit = next((x for x in (found.partial, found.after) if not isfinite(x)), 0.0)
        missing = REFUSALS["nan"] if isnan(unfit) else REFUSALS["infinite"] if unfit else ""
        numbers = write_product(format_number(found.upstream), missing if partial is None else format_number(partial))
        done.append(replace(step, partial=partial, upstream=found.upstream, product=product, before=found.before,
                            after=after, numbers=numbers, missing=missing))
        gradients[step.parent] = after
        if after is None:
            return gradients | dict.fromkeys(left.parent for left in steps), done, str(not_finite_error(found))
    return gradients, done, ""
