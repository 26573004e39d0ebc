"""The reverse sweep: every node passes δ · ∂node/∂parent on to each parent.

``contributions`` is the sweep in the open, one edge at a time: ``grad``, derivatives of derivatives and ``trace`` read
it. ``backward`` is the same sweep over the slots of the nodes, for speed; a test holds the two together.
"""

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, Generic, Literal, overload

from .recorders import NARY
from .traversal import AnyNode, topological_order


class StaleGraphWarning(UserWarning):
    """A leaf was changed after the graph was recorded, so the numbers were computed again."""


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


def backward(output: AnyNode) -> None:
    """What ``Value.backward`` does; see there."""
    order = topological_order(output)
    if moved_leaves(order):
        fresh = recomputed(order, stacklevel=4)
        backward(fresh[output])
        for node in order:
            if node.operation:
                node.grad = fresh[node].grad
        return
    before = []
    for node in order:
        if not node.operation:
            before.append((node, node.grad))
        node.grad = 0.0
    output.grad = 1.0
    for node in reversed(order):
        delta = node.grad
        if not delta:  # nothing to pass on; an undefined partial is no error here
            continue
        if node._db is NARY:
            for parent, partial in zip(node._a, node._da, strict=True):
                parent.grad += delta * partial
            continue
        if node._da is not None:
            node._a.grad += delta * node._da
        if node._db is not None:
            node._b.grad += delta * node._db
    if not all(isfinite(node.grad) for node in order):
        for node, gradient in before:
            node.grad = gradient
        explain(order)
    for node, gradient in before:
        node.grad += gradient


@overload
def grad(output: AnyNode, inputs: Sequence[AnyNode], create_graph: Literal[False] = False) -> tuple[float, ...]: ...
@overload
def grad(output: AnyNode, inputs: Sequence[AnyNode], create_graph: Literal[True]) -> tuple[AnyNode, ...]: ...
@overload
def grad(output: AnyNode, inputs: Sequence[AnyNode], create_graph: bool) -> tuple[float, ...] | tuple[AnyNode, ...]: ...
def grad(
    output: AnyNode, inputs: Sequence[AnyNode], create_graph: bool = False
) -> tuple[float, ...] | tuple[AnyNode, ...]:
    """∂output/∂input for each input, leaving every ``.grad`` as it is; 0.0 where the output does not depend on it.

    Args:
        output: a node.
        inputs: a sequence of nodes, leaves or not.
        create_graph: return Values, whose own derivatives can be taken: ``grad(grad(y, [x], True)[0], [x])`` is y″.

    Raises:
        TypeError: output or an input is no Value.
        OverflowError, ValueError: a gradient is not finite or meets an undefined partial; says at which node.
    Warns:
        StaleGraphWarning: a leaf was changed after the recording. The gradients are those of the new numbers.
    """
    for what, node in (("output", output), *((f"inputs[{i}]", node) for i, node in enumerate(_listed(inputs)))):
        if not hasattr(node, "partials_as_nodes"):
            raise TypeError(f"{what} of grad must be a Value, not {node!r} of type {type(node).__name__}")
    output, order, fresh = present(output)
    wanted = [fresh.get(node, node) for node in inputs]
    needed = set(wanted)
    for node in order:
        if any(parent in needed for parent in node.parents):
            needed.add(node)
    gradients: dict[AnyNode, Any] = {output: 1.0}
    partials: Callable[[AnyNode], Sequence[Any]]
    partials = (lambda node: node.partials_as_nodes()) if create_graph else (lambda node: node.partials)
    for step in contributions(order, partials, needed):
        gradients[step.parent] = step.after
        if not create_graph and not isfinite(step.after):
            raise not_finite(step)
    found = [gradients.get(node, 0.0) for node in wanted]
    if create_graph:
        node_class: Any = type(output)
        return tuple(g if isinstance(g, node_class) else node_class(g) for g in found)
    return tuple(found)


def _listed(inputs: Any) -> list[Any]:
    if hasattr(inputs, "partials_as_nodes"):
        raise TypeError("inputs of grad must be a sequence of Values, not one Value: write [x]")
    return list(inputs)


def contributions(
    order: Sequence[AnyNode], partials: Callable[[AnyNode], Sequence[Any]], needed: set[AnyNode] | None = None
) -> Iterator[Contribution[AnyNode]]:
    """The sweep from ``order[-1]``, an edge at a time, with gradients of its own that start at zero.

    Args:
        order: a topological order, operands first.
        partials: a node's partials, as floats or as nodes.
        needed: pass gradients on to these nodes only.
    """
    gradients: dict[AnyNode, Any] = {order[-1]: 1.0}
    for node in reversed(order):
        upstream = gradients.get(node, 0.0)
        skip = isinstance(upstream, float) and upstream == 0.0
        edges = [(i, parent) for i, parent in enumerate(node.parents) if needed is None or parent in needed]
        if not edges or (skip and needed is not None):
            continue
        local = partials(node)
        for index, parent in edges:
            before = gradients.get(parent, 0.0)
            product = 0.0 if skip else upstream * local[index]
            gradients[parent] = after = product if isinstance(before, float) and before == 0.0 else before + product
            yield Contribution(node, parent, index, local[index], upstream, product, before, after)


def explain(order: Sequence[AnyNode]) -> None:
    """Raise for the first gradient of the sweep that is not finite."""
    for step in contributions(order, lambda node: node.partials):
        if not isfinite(step.after):
            raise not_finite(step)


def not_finite(step: Contribution[AnyNode]) -> ValueError | OverflowError:
    """The error for a contribution that is not finite: where it arose, and from what."""
    place = f"{step.node.operation}({', '.join(_shown(v) for v in step.node.operands)})"
    place = f"{step.node.label} = {place}" if step.node.label else place
    if isfinite(step.partial):
        return OverflowError(f"the gradient of {name(step.parent)} overflows at {place}: {step.before!r} + "
                             f"{step.upstream!r} · {step.partial!r} does not fit a float")
    return ValueError(f"the derivative of {place} with respect to {name(step.parent)} is undefined there, and a "
                      f"gradient of {step.upstream!r} reaches it")


def name(node: AnyNode) -> str:
    """How a message names a node: by its label, else by its operation and number."""
    if node.label:
        return node.label
    return f"{node.operation or 'leaf'} node of value {node.data!r}"


def _shown(operand: Any) -> str:
    if isinstance(operand, float):
        return repr(operand)
    return f"{operand.label} = {operand.data!r}" if operand.label else repr(operand.data)


def moved_leaves(order: Sequence[AnyNode]) -> list[AnyNode]:
    """The leaves whose data was set after a node computed from them was recorded, in the given order."""
    newest = max([node._clock for node in order if not node.operation], default=0)
    if newest == 0 or newest <= min([node._clock for node in order if node.operation], default=newest):
        return []
    moved = {parent: None for node in order for parent in node.parents
             if not parent.operation and parent._clock > node._clock}
    return list(moved)


def recomputed(order: Sequence[AnyNode], stacklevel: int = 3) -> dict[AnyNode, AnyNode]:
    """Old node -> new node: the graph recorded again on its leaves' present data. Leaves stay themselves.

    Warns:
        StaleGraphWarning: always; names the leaves that moved.
    """
    moved = ", ".join(name(leaf) for leaf in moved_leaves(order))
    warnings.warn(f"changed since the graph was recorded: {moved}; its numbers were computed again from the new ones",
                  StaleGraphWarning, stacklevel=stacklevel)
    fresh: dict[AnyNode, AnyNode] = {}
    for node in order:
        operands = [fresh[v] if not isinstance(v, float) else v for v in node.operands]
        fresh[node] = node.again(operands) if node.operation else node
    return fresh


def present(output: AnyNode, stacklevel: int = 3) -> tuple[AnyNode, list[AnyNode], dict[AnyNode, AnyNode]]:
    """The output, its topological order, and old node -> new node where the graph had to be recorded again."""
    order = topological_order(output)
    if not moved_leaves(order):
        return output, order, {}
    fresh = recomputed(order, stacklevel + 1)
    return fresh[output], [fresh[node] for node in order], fresh
