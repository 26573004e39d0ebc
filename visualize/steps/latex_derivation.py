"""A trace as a derivation in LaTeX, for a report: each value with its formula, each gradient with its chain rule."""

from collections.abc import Iterator, Mapping
from textwrap import wrap
from types import MappingProxyType

from autograd_lite import BackwardStep, Trace, TracedNode
from autograd_lite.internal import format_number, latex_label, partial_formula, quote, value_formula
from autograd_lite.internal import write_latex as write

from .equations import Deltas, describe_failure, find_delta, write_gradient, write_number, write_times

_WIDE = 70  # letters of a sentence in a line of a formula, which does not break by itself
_NONE: Mapping[str, str] = MappingProxyType({})


def write_latex_derivation(recorded: Trace, deltas: Deltas, functions: Mapping[str, str] = _NONE) -> str:
    """Both passes as two ``align*`` environments (package amsmath), a line a node.

    Args:
        recorded: the trace, in topological order.
        deltas: what a lecture calls δ.
        functions: node -> the lecture's letter for its activation function, where the engine has another.

    Raises:
        ValueError: the trace is one of another order, whose gradients are wrong.
    """
    parts = ["% needs \\usepackage{amsmath}, and \\allowdisplaybreaks for a derivation longer than a page"]
    parts += [f"\\begin{{align*}}\n{lines}\n\\end{{align*}}" for lines in write_passes(recorded, deltas, functions)]
    return "\n".join(parts)


def write_passes(recorded: Trace, deltas: Deltas, functions: Mapping[str, str]) -> list[str]:
    """The lines of each pass, to stand in ``align*`` or ``aligned``; none for a leaf. Raises as ``derivation`` does."""
    if recorded.order != "topological":
        raise ValueError(f"a derivation needs right gradients; the trace is of the order {quote(recorded.order)}")
    nodes = {node.name: node for node in recorded.nodes}
    forward, backward = _write_forward(recorded, nodes, functions), _write_backward(recorded, nodes, deltas)
    found = (" \\\\\n".join(lines) for lines in (forward, backward))
    return [lines for lines in found if lines]


def _write_forward(recorded: Trace, nodes: dict[str, TracedNode], functions: Mapping[str, str]) -> Iterator[str]:
    for step in recorded.forward:
        node = nodes[step.node]
        numbers = [format_number(nodes[v].value) if isinstance(v, str) else v for v in node.operands]
        letter = functions.get(node.name)  # of an activation function, which has one operand
        symbols, put_in = (write("f(u)", {"f": letter, "u": str(operands[0])}) if letter else
                           value_formula(node.operation, operands, write) for operands in (node.operands, numbers))
        yield _write_equation(latex_label(node.name), symbols, put_in, format_number(node.value))


def _write_backward(recorded: Trace, nodes: dict[str, TracedNode], deltas: Deltas) -> Iterator[str]:
    """A line for each node, at its last consumer: the sum of what all consumers passed on."""
    arrived: dict[str, list[tuple[str, str]]] = {}
    for step in recorded.backward:
        if step.node is None:  # ∂C/∂C = 1 needs no derivation
            continue
        terms = arrived.setdefault(step.parent, [])
        terms.append(_write_term(recorded, step, nodes))
        if step.waits_for and step.after is not None:
            continue
        parent = nodes[step.parent]
        more = " + \\cdots" * bool(step.waits_for)
        symbols, numbers = (" + ".join(term[i] for term in terms) + more for i in (0, 1))
        left, total = latex_label(write_gradient(recorded.output, parent.name)), parent.gradient
        found = find_delta(parent, deltas)
        if found:
            scale = {1: "", -1: "-"}.get(found.scale, f"{found.scale} \\cdot ")
            left = f"{latex_label(found.symbol)} = {scale}{left}"
            total = None if total is None else found.scale * total
            if found.scale != 1:
                symbols, numbers = (f"{scale}\\left({text}\\right)" for text in (symbols, numbers))
        yield _write_equation(left, symbols, numbers, write_number(step, total))
    for line in wrap(describe_failure(recorded), _WIDE):
        yield f"& {latex_label(f'{line} ')}"  # with the space it is a text, even where one word is left


def _write_term(recorded: Trace, step: BackwardStep, nodes: dict[str, TracedNode]) -> tuple[str, str]:
    """∂C/∂node · ∂node/∂parent in symbols and in numbers."""
    assert step.node is not None  # noqa: S101 - only the first step has none
    assert step.operand is not None  # noqa: S101
    node = nodes[step.node]
    upstream = write_gradient(recorded.output, node.name)
    shown = write_number(step, step.partial)
    return (partial_formula(node.operation, node.operands, step.operand, node.name, write_times(upstream)),
            write("upstream * partial", {"upstream": format_number(step.upstream), "partial": shown}))


def _write_equation(left: str, symbols: str, numbers: str, value: str) -> str:
    parts = dict.fromkeys((symbols, numbers, latex_label(value)))  # what is the same is written once
    return f"{left} &= {' = '.join(parts)}"
