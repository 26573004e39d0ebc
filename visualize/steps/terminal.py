"""Both passes in the terminal, a row a step."""

from typing import TYPE_CHECKING

from autograd_lite import BackwardStep, Trace, Value, trace
from autograd_lite.internal import format_number
from nn.derivations import Recording
from nn.derivations.internal import Delta

from ..console import make_console
from . import equations
from .equations import Deltas

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

GRADIENT_STYLE = "dark_orange3"
VALUE_STYLE = "dodger_blue2"
_SHORT = 33  # characters of a rule, beside which two more columns fit into 80


def print_steps(output: Value | Trace | Recording, console: "Console | None" = None) -> None:
    """Print the forward and the backward pass of ``output``, with symbols, numbers, and who still waits.

    Args:
        output: a node, its trace, ``trace(y, order="recursive")`` among them, or a lecture's recording.
        console: where to print; the terminal if None.

    Raises:
        what ``trace`` raises for a node.
    """
    if isinstance(output, Recording):
        recorded = equations.in_letters(trace(output.cost), output)
        show_steps(recorded, output.deltas, console or make_console())
    else:
        show_steps(output if isinstance(output, Trace) else trace(output), {}, console or make_console())


def show_steps(recorded: Trace, deltas: Deltas, console: "Console") -> None:
    """Print the passes of a trace, with these δ's."""
    if recorded.moved:
        console.print(f"{equations.describe_stale(recorded)}\n", markup=False)
    console.print(f"{describe_given(recorded)}\n", markup=False)
    if recorded.forward:
        console.print("Forward: each node from its operands", style="bold")
        console.print(_forward_table(recorded))
    console.print("Backward: each node passes (its gradient)·(local partial) on to its operands", style="bold")
    console.print(_backward_table(recorded, deltas))
    if equations.too_early(recorded):
        console.print(equations.too_early(recorded), markup=False)


def describe_given(recorded: Trace) -> str:
    """The leaves and their numbers."""
    leaves = [f"{node.name} = {format_number(node.value)}" for node in recorded.nodes if not node.operation]
    return f"Given: {', '.join(leaves)}"


def _make_table(*headings: str) -> "Table":
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="")
    table.add_column("step", justify="right")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def _forward_table(recorded: Trace) -> "Table":
    from rich.text import Text

    table = _make_table("formula", "in numbers")
    for step in recorded.forward:
        symbols, numbers = equations.write_forward(step)
        table.add_row(str(step.number), Text(symbols), Text(numbers, VALUE_STYLE))
    return table


def _backward_table(recorded: Trace, deltas: Deltas) -> "Table":
    from rich.text import Text

    found = {node.name: equations.find_delta(node, deltas) for node in recorded.nodes}
    beside = max(len(equations.write_backward(recorded, step)[0]) for step in recorded.backward) <= _SHORT
    table = _make_table("chain rule", "gradient", *(["then"] if beside else []))
    for step in recorded.backward:
        symbols, numbers = equations.write_backward(recorded, step)
        rule = Text(symbols)
        if numbers:
            rule.append(f"\n{numbers}", GRADIENT_STYLE)
        change = f"{format_number(step.before)} → {format_number(step.after)}"
        if step.early:
            rule.append(f"\n{step.node} passes on too early", "bold red")
        after = describe_outcome(recorded, step, found[step.parent])
        if not beside:  # three columns would break symbols in two
            rule.append(f"\n{after}", "dim")
        table.add_row(str(step.number), rule, Text(change, GRADIENT_STYLE), *([Text(after)] if beside else []))
    return table


def describe_outcome(recorded: Trace, step: BackwardStep, delta: Delta | None) -> str:
    """What the step leaves its parent in: waiting, or complete."""
    if step.waits_for:
        return f"{step.parent} waits for {len(step.waits_for)} more of {step.consumers}"
    if recorded.order != "topological":
        return "all consumers have reported"
    if delta is None:
        return "complete"
    if delta.scale == 1:
        return f"complete: {delta.symbol}"
    value = format_number(delta.scale * step.after)
    return f"complete: {equations.delta_rule(recorded, step.parent, delta)} = {value}"
