"""The equations of a trace as a lecture writes them: what terminal and picture show of a node, an edge, a step."""

import ast
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from autograd_lite import BackwardStep, ForwardStep, Trace, TracedNode
from autograd_lite.internal import format_number, is_pre_activation, parse_label, write_latex
from nn.derivations import Recording
from nn.derivations.internal import Delta

Deltas = Mapping[str, Delta]
"""Node name -> what a lecture calls δ there."""

NONE = "— ({})"
"""What stands where a number is missing; in the brackets why."""
NOT_COMPLETE = "not complete"
NOT_REACHED = "not reached"
FAILS = "✗ {}: the backward pass ends here"
"""The mark of the edge at which the backward pass fails; in the brackets how."""
_FEW = 6  # names in a sentence


def describe_stale(trace: Trace) -> str:
    """Which leaves were changed after the recording, as a sentence; empty if none was."""
    return f"{', '.join(trace.moved)} changed since the graph was recorded: all numbers are new." if trace.moved else ""


def describe_branches(trace: Trace) -> str:
    """``Recorded where x > 0``, the comparisons that the graph was recorded under; empty if there are none."""
    more = f" and {len(trace.branches) - _FEW} more" if len(trace.branches) > _FEW else ""
    return f"Recorded where {', '.join(trace.branches[:_FEW])}{more}" if trace.branches else ""


def describe_failure(trace: Trace) -> str:
    """Where and why the backward pass ends too soon, and what is not complete then; empty if it does not."""
    if not trace.failure:
        return ""
    names = [node.name for node in trace.nodes if node.gradient is None]
    more = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
    return (f"The backward pass ends at step {trace.backward[-1].number}: {trace.failure}. "
            f"Without a complete gradient: {', '.join(names[:_FEW])}{more}.")


def write_missing(trace: Trace, node: str) -> str:
    """What stands in the place of the node's gradient: ``— (undefined)`` where the pass fails, ``— (not complete)``."""
    last = trace.backward[-1]
    return NONE.format(last.missing if node == last.parent else NOT_COMPLETE)


def too_early(trace: Trace) -> str:
    """Where a recursion without a topological order first goes wrong, and what it ends with; empty if nowhere."""
    if trace.order != "recursive":
        return ""
    step = next((step for step in trace.backward if step.early), None)
    if step is None and trace.failure:  # which of the two it would have been is not known
        return ""
    if step is None:
        return "No computed node is shared here, so recursion without a topological order comes out right."
    ends = "; ".join(f"{write_gradient(trace.output, found.node)} = {format_number(found.wrong)} instead of "
                     f"{format_number(found.right)}" for found in trace.wrong)
    end = "" if trace.failure and not ends else f" The recursion ends with {ends or 'the right numbers, by chance'}."
    return (f"Step {step.number} goes wrong: {step.node} passes its gradient on before all its consumers have "
            f"reported. What {step.node} passes on here is passed on again as part of its whole "
            f"gradient, so it counts more than once.{end}")


def write_gradient(output: str, node: str) -> str:
    """``∂C/∂z₁``"""
    return f"∂{output}/∂{node}"


def find_delta(node: TracedNode, deltas: Deltas) -> Delta | None:
    """What is called δ at the node, that of a pre-activation: ``δ₁`` for z₁, however it is computed; None elsewhere.

    Where no lecture says what it is, pre-activations are affine nodes, and results that are called z with indices.
    """
    if deltas:
        return deltas.get(node.name)
    label = parse_label(re.sub(r" \(\d+\)$", "", node.name))
    if node.operation and label and (label.base, label.primes, label.late_primes, label.sample) == ("z", 0, 0, ""):
        return Delta("δ" + node.name[1:], 1)
    return Delta(f"δ({node.name})", 1) if is_pre_activation(node) else None


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


def delta_rule(trace: Trace, node: str, delta: Delta) -> str:
    """``δ₁ = ∂C/∂z₁``, with the sign and the factor that a lecture has between the two."""
    sign, factor = "−" if delta.scale < 0 else "", abs(delta.scale)
    return f"{delta.symbol} = {sign}{f'{factor}·' if factor > 1 else ''}{write_gradient(trace.output, node)}"


def write_times(upstream: str) -> Callable[[str | ast.expr, Mapping[str, str]], str]:
    """A way to write a partial as LaTeX: with what comes from above as a factor before it, ∂C/∂z · ∂z/∂w."""
    def write(partial: str | ast.expr, names: Mapping[str, str]) -> str:
        tree = ast.parse(partial, mode="eval").body if isinstance(partial, str) else partial
        return write_latex(ast.BinOp(ast.Name("upstream"), ast.Mult(), tree), {**names, "upstream": upstream})

    return write


def write_node_gradient(trace: Trace, node: TracedNode, deltas: Deltas) -> str:
    """``∂C/∂w₁ = -4.65``, and ``δ₁ = ∂C/∂z₁ = -3.1`` at a pre-activation."""
    found = find_delta(node, deltas)
    left = delta_rule(trace, node.name, found) if found else write_gradient(trace.output, node.name)
    if node.gradient is None:
        return f"{left} = {write_missing(trace, node.name)}"
    return f"{left} = {format_number((found.scale if found else 1) * node.gradient)}"


def write_node_value(node: TracedNode) -> str:
    """``z₁ = w₁·x + b₁``, and the name alone for a leaf."""
    return f"{node.name} = {node.formula}" if node.formula else node.name


def write_value(node: TracedNode) -> str:
    """``value 0.9``"""
    return f"value {format_number(node.value)}"


def write_number(step: BackwardStep, number: float | None) -> str:
    """A number of the step, or the word that stands in its place."""
    return step.missing if number is None else format_number(number)


def write_partial(step: BackwardStep) -> str:
    """``∂z₁/∂w₁ = x = 1.5``; the formula is left out where it is the number itself."""
    number = write_number(step, step.partial)
    formula = "" if step.partial_symbols == number else f" = {step.partial_symbols}"
    return f"∂{step.node}/∂{step.parent}{formula} = {number}"


def write_forward(step: ForwardStep) -> tuple[str, str]:
    """The step in symbols, ``z₁ = w₁·x + b₁``, and in numbers, ``0.4·1.5 + 0.3 = 0.9``."""
    value = format_number(step.value)
    return f"{step.node} = {step.symbols}", value if step.numbers == value else f"{step.numbers} = {value}"


def write_backward(trace: Trace, step: BackwardStep) -> tuple[str, str]:
    """The step in symbols, ``∂C/∂w₁ += ∂C/∂z₁·x``, and in numbers, ``(-3.1)·1.5 = -4.65``."""
    symbol = write_gradient(trace.output, step.parent)
    if step.node is None:
        return f"{symbol} = {step.symbols}", ""
    return f"{symbol} += {step.symbols}", f"{step.numbers} = {write_number(step, step.product)}"


def write_change(step: BackwardStep) -> str:
    """``0 → -4.65``: the gradient before and after the step."""
    return f"{format_number(step.before)} → {write_number(step, step.after)}"
