"""The equations of a trace as a lecture writes them: what terminal and picture show of a node, an edge, a step."""

import ast
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from autograd_lite import BackwardStep, ForwardStep, Trace, TracedNode
from autograd_lite.internal import format_number, is_pre_activation, parse_label, write_latex
from nn.derivations import Recording
from nn.derivations.internal import Delta

from .sentences import fill, list_few

Deltas = Mapping[str, Delta]
"""Node name -> what a lecture calls δ there."""



def describe_stale(trace: Trace) -> str:
    """Which leaves were changed after the recording, as a sentence; empty if none was."""
    return f"{', '.join(trace.moved)} changed since the graph was recorded: all numbers are new." if trace.moved else ""


def describe_branches(trace: Trace) -> str:
    """``Recorded where x > 0``, the comparisons that the graph was recorded under; empty if there are none."""
    return f"Recorded where {list_few(trace.branches)}" if trace.branches else ""


def describe_failure(trace: Trace) -> str:
    """Where and why the backward pass ends too soon, and what is not complete then; empty if it does not."""
    if not trace.failure:
        return ""
    names = [node.name for node in trace.nodes if node.gradient is None]
    return fill("failure", step=trace.backward[-1].number, why=trace.failure, names=list_few(names))


def write_missing(trace: Trace, node: str) -> str:
    """What stands in the place of the node's gradient: ``— (undefined)`` where the pass fails, ``— (not complete)``."""
    last = trace.backward[-1]
    return fill("missing", why=last.missing if node == last.parent else fill("not complete"))


def write_failing(step: BackwardStep) -> str:
    """The mark of the step at which the backward pass fails: ``✗ undefined: the backward pass ends here``."""
    return fill("fails", how=step.missing)


def describe_early_step(trace: Trace) -> str:
    """Where a recursion without a topological order first goes wrong, and what it ends with; empty if nowhere."""
    if trace.order != "recursive":
        return ""
    step = next((step for step in trace.backward if step.early), None)
    if step is None and trace.failure:  # which of the two it would have been is not known
        return ""
    if step is None:
        return "No computed node is shared here, so recursion without a topological order comes out right."
    ends = "; ".join(fill("wrong", gradient=write_gradient(trace.output, found.node), wrong=format_number(found.wrong),
                          right=format_number(found.right)) for found in trace.wrong)
    said = fill("goes wrong", step=step.number, node=step.node)
    return said if trace.failure and not ends else f"{said} {fill('ends', ends=ends or fill('by chance'))}"


def write_gradient(output: str, node: str) -> str:
    """``∂C/∂z₁``"""
    return fill("derivative of", of=output, by=node)


def find_delta(node: TracedNode, deltas: Deltas) -> Delta | None:
    """What is called δ at the node, that of a pre-activation: ``δ₁`` for z₁, however it is computed; None elsewhere.

    Where no lecture says what it is, pre-activations are affine nodes, and results that are called z with indices.
    """
    if deltas:
        return deltas.get(node.name)
    label = parse_label(re.sub(r" \(\d+\)$", "", node.name))
    if node.operation and label and (label.base, label.primes, label.late_primes, label.sample) == ("z", 0, 0, ""):
        return Delta("δ" + node.name[1:], 1)
    return Delta(fill("delta", node=node.name), 1) if is_pre_activation(node) else None


def in_letters(trace: Trace, recording: Recording) -> Trace:
    """The trace with a lecture's letter for each activation function: g(z₁) where the engine has σ(z₁)."""
    functions = recording.functions

    def formula(name: str, operands: Iterable[str]) -> str:
        return f"{functions[name]}({', '.join(operands)})"

    values = {node.name: node.value for node in trace.nodes}
    operands = {node.name: [v for v in node.operands if isinstance(v, str)] for node in trace.nodes}
    nodes = [replace(node, formula=formula(node.name, operands[node.name])) if node.name in functions else node
             for node in trace.nodes]
    forward = [replace(step, symbols=formula(step.node, operands[step.node]),
                       numbers=formula(step.node, (format_number(values[v]) for v in operands[step.node])))
               if step.node in functions else step for step in trace.forward]
    return replace(trace, nodes=tuple(nodes), forward=tuple(forward))


def write_delta_rule(trace: Trace, node: str, delta: Delta) -> str:
    """``δ₁ = ∂C/∂z₁``, with the sign and the factor that a lecture has between the two."""
    formula = f"{write_factor(delta)}{write_gradient(trace.output, node)}"
    return fill("computes", node=delta.symbol, formula=formula)


def write_factor(delta: Delta) -> str:
    """What δ is times the gradient: ``−``, ``2·``, or nothing."""
    return "−" * (delta.scale < 0) + f"{abs(delta.scale)}·" * (abs(delta.scale) > 1)


def write_times(upstream: str) -> Callable[[str | ast.expr, Mapping[str, str]], str]:
    """A way to write a partial as LaTeX: with what comes from above as a factor before it, ∂C/∂z · ∂z/∂w."""
    def write(partial: str | ast.expr, names: Mapping[str, str]) -> str:
        tree = ast.parse(partial, mode="eval").body if isinstance(partial, str) else partial
        return write_latex(ast.BinOp(ast.Name("upstream"), ast.Mult(), tree), {**names, "upstream": upstream})

    return write


def write_node_gradient(trace: Trace, node: TracedNode, deltas: Deltas) -> str:
    """``∂C/∂w₁ = -4.65``, and ``δ₁ = ∂C/∂z₁ = -3.1`` at a pre-activation."""
    found = find_delta(node, deltas)
    left = write_delta_rule(trace, node.name, found) if found else write_gradient(trace.output, node.name)
    if node.gradient is None:
        return f"{left} = {write_missing(trace, node.name)}"
    return f"{left} = {format_number((found.scale if found else 1) * node.gradient)}"


def write_node_value(node: TracedNode) -> str:
    """``z₁ = w₁·x + b₁``, and the name alone for a leaf."""
    return fill("computes", node=node.name, formula=node.formula) if node.formula else node.name


def write_number(step: BackwardStep, number: float | None) -> str:
    """A number of the step, or the word that stands in its place."""
    return step.missing if number is None else format_number(number)


def write_partial(step: BackwardStep) -> str:
    """``∂z₁/∂w₁ = x = 1.5``; the formula is left out where it is the number itself."""
    number = write_number(step, step.partial)
    formula = "" if step.partial_symbols == number else f" = {step.partial_symbols}"
    return f"{fill('derivative of', of=step.node, by=step.parent)}{formula} = {number}"


def write_forward(step: ForwardStep) -> tuple[str, str]:
    """The step in symbols, ``z₁ = w₁·x + b₁``, and in numbers, ``0.4·1.5 + 0.3 = 0.9``."""
    value = format_number(step.value)
    numbers = value if step.numbers == value else fill("in numbers", numbers=step.numbers, result=value)
    return fill("computes", node=step.node, formula=step.symbols), numbers


def write_backward(trace: Trace, step: BackwardStep) -> tuple[str, str]:
    """The step in symbols, ``∂C/∂w₁ += ∂C/∂z₁·x``, and in numbers, ``(-3.1)·1.5 = -4.65``."""
    symbol = write_gradient(trace.output, step.parent)
    if step.node is None:
        return fill("computes", node=symbol, formula=step.symbols), ""
    numbers = fill("in numbers", numbers=step.numbers, result=write_number(step, step.product))
    return fill("adds", gradient=symbol, symbols=step.symbols), numbers


def write_change(step: BackwardStep) -> str:
    """``0 → -4.65``: the gradient before and after the step."""
    return fill("change", before=format_number(step.before), after=write_number(step, step.after))
