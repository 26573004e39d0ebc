"""The reverse sweep: every node passes δ · ∂node/∂parent on to each parent.

``contributions`` is the sweep one edge at a time; ``grad``, derivatives of derivatives and ``trace`` use it.
``backward`` is the same sweep over the slots of the nodes, for speed; a test compares the two.
"""

import operator
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial as bind
from math import isfinite, isinf, isnan
from typing import Any, Generic, Literal, overload

from .clock import DerivativeClock
from .derivatives import make_key
from .quoting import REFUSALS, node_name, quote, shorten
from .recorders import NARY
from .stale import find_stale_leaves, record_again, refresh, refuse_other_branches
from .traversal import AnyNode, leaves_and_computed


@dataclass(frozen=True, slots=True)
class Contribution(Generic[AnyNode]):
    """One edge of the sweep: ``after = before + upstream · partial`` at ``parent``, operand ``index`` of ``node``."""

    node: AnyNode
    parent: AnyNode
    index: int
    partial: Any
    upstream: Any
    product: Any
    before: Any
    after: Any

    @property
    def is_finite(self) -> bool:
        """Whether the gradient exists so far: ``after`` is a node or a finite number."""
        return self.after.__class__ is not float or isfinite(self.after)


def backward(output: AnyNode) -> None:
    """Set the gradients of all nodes, as ``Value.backward`` documents it."""
    leaves, computed = leaves_and_computed(output)
    order = leaves + computed
    stale = find_stale_leaves(order) if any(leaf._clock for leaf in leaves) else []
    if not stale:
        refuse_other_branches(order)
    else:
        fresh = record_again(order, stale)
        backward(fresh[output])
        for node in order:
            if node.operation:
                node.grad = fresh[node].grad
        return
    before = [node.grad for node in order]
    try:
        _sweep(order)
        for leaf, gradient in zip(leaves, before, strict=False):
            leaf.grad += gradient or 0.0  # None, as PyTorch resets a gradient, is 0
        gradients = [node.grad for node in order]
        if not isfinite(sum(gradients)) and not all(map(isfinite, gradients)):  # the sum is quick, and may overflow
            raise _first_not_finite_error(order)
    except BaseException:  # Ctrl-C too: restore the gradients
        for node, gradient in zip(order, before, strict=True):
            node.grad = gradient
        raise


def _sweep(order: Sequence[AnyNode]) -> None:
    """Set ``grad`` of every node to the gradient of the last one."""
    for node in order:
        node.grad = 0.0
    order[-1].grad = 1.0
    for node in reversed(order):
        delta = node.grad
        if not delta:  # nothing to pass on; an undefined partial is no error here
            continue
        d_a, d_b = node._da, node._db
        if d_b is NARY:
            for parent, partial in zip(node._a, d_a, strict=True):
                parent.grad += delta * partial
            continue
        if d_a is not None:
            node._a.grad += delta * d_a
        if d_b is not None:
            node._b.grad += delta * d_b


@overload
def grad(output: AnyNode, inputs: Sequence[AnyNode], create_graph: Literal[False] = False) -> tuple[float, ...]: ...
@overload
def grad(output: AnyNode, inputs: Sequence[AnyNode], create_graph: Literal[True]) -> tuple[AnyNode, ...]: ...
@overload
def grad(output: AnyNode, inputs: Sequence[AnyNode], create_graph: bool) -> tuple[float, ...] | tuple[AnyNode, ...]: ...
def grad(
    output: AnyNode, inputs: Sequence[AnyNode], create_graph: bool = False
) -> tuple[float, ...] | tuple[AnyNode, ...]:
    """∂output/∂input for each input. Every ``.grad`` stays as it is.

    Args:
        output: a Value.
        inputs: shape (n,): a sequence of Values, leaves or not.
        create_graph: whether to return Values, which can be differentiated again.

    Returns:
        n numbers, or n Values; 0.0 where the output does not depend on the input.

    Raises:
        TypeError: output or an input is no Value.
        ValueError, OverflowError: a gradient meets an undefined partial, or does not fit a float; names the node.
    Warns:
        StaleGraphWarning: a leaf was assigned to after the recording. The gradients are those of the new numbers.

    >>> x = Value(2.0)
    >>> grad(x**3, [x])
    (12.0,)
    >>> slope, = grad(x**3, [x], create_graph=True)
    >>> grad(slope, [x])
    (12.0,)
    """
    if hasattr(inputs, "partials_as_nodes"):
        raise TypeError("inputs of grad must be a sequence of Values, not one Value: write [x]")
    inputs = list(inputs)
    for what, node in (("output", output), *((f"inputs[{i}]", node) for i, node in enumerate(inputs))):
        if not hasattr(node, "partials_as_nodes"):
            raise TypeError(f"{what} of grad must be a Value, not {quote(node)} of type {type(node).__name__}")
    output, order, fresh, _ = refresh(output)
    for node in inputs if create_graph else ():
        if fresh.get(node, node) is not node:
            raise ValueError(f"{node_name(node)} was recorded before a leaf changed, so there is no graph from it to "
                             "its derivatives; record it again")
    wanted = [fresh.get(node, node) for node in inputs]
    needed = set(wanted)
    for node in order:
        if any(parent in needed for parent in node.parents):
            needed.add(node)
    gradients: dict[AnyNode, Any] = {output: 1.0}
    if not create_graph:
        gradients |= {step.parent: step.after for step in contributions(order, needed)}
        return tuple(gradients.get(node, 0.0) for node in wanted)
    node_class: Any = type(output)
    with output.recording_derivatives() as recording:
        recording.nodes |= {make_key(node.operation, node.operands, node_class): node
                            for node in order if node.operation}
        gradients |= {step.parent: step.after for step in contributions(order, needed, as_nodes=True)}
        given = set(order)
        found = []
        for g in (gradients.get(node, 0.0) for node in wanted):
            # each result is a node of its own, which may get a label
            found.append(1.0 * g if g in given else g if isinstance(g, node_class) else node_class(g))
            found[-1]._clock = DerivativeClock(found[-1]._clock)  # a constant one, too: another branch has another
            given.add(found[-1])
    return tuple(found)


def contributions(
    order: Sequence[AnyNode], needed: set[AnyNode] | None = None, as_nodes: bool = False
) -> Iterator[Contribution[AnyNode]]:
    """The sweep from ``order[-1]``, one edge at a time. Arguments are those of ``sweep_edges``.

    Raises:
        OverflowError, ValueError: a gradient is not finite or meets an undefined partial; says at which node.
    """
    for step in sweep_edges(order, needed, as_nodes):
        if not step.is_finite:
            raise not_finite_error(step)
        yield step


def sweep_edges(
    order: Sequence[AnyNode], needed: set[AnyNode] | None = None, as_nodes: bool = False
) -> Iterator[Contribution[AnyNode]]:
    """The sweep, which ends after the first contribution that is not finite. It changes no node.

    Args:
        order: a topological order, operands first.
        needed: the nodes to pass gradients on to; all of them by default.
        as_nodes: whether gradients are nodes, which can be differentiated again. Then what does not exist raises.
    """
    combine = order[-1].combine
    multiply, add = (bind(combine, "mul"), bind(combine, "add")) if as_nodes else (operator.mul, operator.add)
    gradients: dict[AnyNode, Any] = {order[-1]: 1.0}
    for node in reversed(order):
        upstream = gradients.get(node, 0.0)
        edges = [(i, parent) for i, parent in enumerate(node.parents) if needed is None or parent in needed]
        local = dict(enumerate(node.partials))
        nothing = (upstream if isinstance(upstream, float) else upstream.data) == 0.0
        if as_nodes and edges:
            defined = [i for i, _ in edges if isfinite(local[i]) or not nothing]
            local |= _record_partials(node, defined, upstream) if upstream.__class__ is not float or upstream else {}
        for index, parent in edges:
            partial = local[index]
            before = gradients.get(parent, 0.0)
            undefined = isinstance(partial, float) and not isfinite(partial)
            product = 0.0 if nothing and (undefined or upstream.__class__ is float) else multiply(upstream, partial)
            gradients[parent] = after = product if before.__class__ is float and before == 0.0 else add(before, product)
            step = Contribution(node, parent, index, partial, upstream, product, before, after)
            yield step
            if not step.is_finite:
                return


def _record_partials(node: AnyNode, indices: Sequence[int], upstream: Any) -> dict[int, Any]:
    """The partials at those indices as nodes. An undefined one raises the same error as in the sweep over floats."""
    try:
        return node.partials_as_nodes(indices)
    except (ValueError, ArithmeticError):
        for i in indices:
            if not isfinite(node.partials[i]):
                delta = upstream if isinstance(upstream, float) else upstream.data
                parent = node.parents[i]
                raise not_finite_error(Contribution(node, parent, i, node.partials[i], delta, 0.0, 0.0, 0.0)) from None
        raise


def _first_not_finite_error(order: Sequence[AnyNode]) -> Exception:
    """The error for the first gradient that is not finite, or for a leaf whose accumulated gradient overflows."""
    try:
        for _ in contributions(order):
            pass
    except (ValueError, OverflowError) as error:
        return error
    leaf = next(node for node in order if not isfinite(node.grad))
    return OverflowError(f"the gradient of {node_name(leaf)}, added to what earlier calls left there, does not fit a "
                         "float; call zero_grad first")


def not_finite_error(step: Contribution[AnyNode]) -> ValueError | OverflowError:
    """The error for a contribution that is not finite: where it arose, and from what."""
    operands = shorten(", ".join(_format_operand(v) for v in step.node.operands))
    label = f"{shorten(step.node.label)} = " if step.node.label else ""
    place = f"{label}{step.node.operation}({operands})"
    where = {"place": place, "parent": node_name(step.parent)}
    numbers = {"before": step.before, "upstream": step.upstream, "partial": step.partial}
    why = "no partial" if isnan(step.partial) else "large partial" if isinf(step.partial) else "sum"
    said = REFUSALS[why].format(derivative=REFUSALS["derivative"].format(**where), **where, **numbers)
    return ValueError(said) if isnan(step.partial) else OverflowError(said)


def _format_operand(operand: Any) -> str:
    if isinstance(operand, float):
        return repr(operand)
    return f"{shorten(operand.label, 60)} = {operand.data!r}" if operand.label else repr(operand.data)
