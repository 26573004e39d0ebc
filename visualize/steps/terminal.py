"""Both passes in the terminal, a row a step."""

from typing import TYPE_CHECKING

from autograd_lite import BackwardStep, Trace, Value, trace
from autograd_lite.internal import format_number, is_pre_activation, parse_label
from nn.derivations import Recording

from ..console import make_console
from ..tables import wrap_formula
from . import equations
from .equations import Deltas
from .sentences import fill

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from nn.derivations.internal import Delta

GRADIENT_STYLE = "dark_orange3"
VALUE_STYLE = "dodger_blue2"
_SHORT = 33  # characters of a rule, beside which two more columns fit into 80
_BETWEEN = 3  # columns of the terminal between two columns of a table
_STEP = 13  # columns that the number of a step and what is between take


def print_steps(output: Value | Trace | Recording, console: "Console | None" = None) -> None:
    """Print the forward and the backward pass of ``output``, with symbols, numbers, and the nodes that still wait.

    Where the backward pass fails, it is printed up to that step, with a mark and the reason.

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
    if recorded.branches:
        console.print(f"{equations.describe_branches(recorded)}: the other side of an if is not in the graph.\n",
                      markup=False)
    console.print(f"{describe_given(recorded)}\n", markup=False)
    if recorded.forward:
        console.print("Forward: each node from its operands", style="bold")
        console.print(_forward_table(recorded, console.width))
    console.print("Backward: each node passes (its gradient)·(local partial) on to its operands", style="bold")
    console.print(_backward_table(recorded, deltas, console.width))
    for sentence in (explain_delta(recorded, deltas), equations.describe_early_step(recorded),
                     equations.describe_failure(recorded)):
        if sentence:
            console.print(sentence, markup=False)


def explain_delta(recorded: Trace, deltas: Deltas) -> str:
    """What δ is, on the first node that has one; empty if none has."""
    for node in recorded.nodes:
        delta = equations.find_delta(node, deltas)
        if delta:
            label = parse_label(delta.symbol)
            where = "at an output of a unit" if deltas and not is_pre_activation(node) else "at a pre-activation"
            rule = equations.write_delta_rule(recorded, node.name, delta)
            return f"{label.base if label else 'δ'} is the gradient {where}: {rule}."
    return ""


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


def _wrap(text: str, width: int) -> str:
    return "\n".join(wrap_formula(text, width))


def _forward_table(recorded: Trace, width: int) -> "Table":
    from rich.text import Text

    table = _make_table("formula", "in numbers")
    steps = [(step.number, *equations.write_forward(step)) for step in recorded.forward]
    room = width - _STEP
    beside = min(max(len(symbols) for _, symbols, _ in steps), room // 2)
    for number, symbols, numbers in steps:
        table.add_row(str(number), Text(_wrap(symbols, beside)), Text(_wrap(numbers, room - beside), VALUE_STYLE))
    return table


def _backward_table(recorded: Trace, deltas: Deltas, width: int) -> "Table":
    from rich.text import Text

    found = {node.name: equations.find_delta(node, deltas) for node in recorded.nodes}
    rules = [equations.write_backward(recorded, step) for step in recorded.backward]
    changes = [equations.write_change(step) for step in recorded.backward]
    outcomes = [describe_outcome(recorded, step, found[step.parent]) for step in recorded.backward]
    widest = max(len(symbols) for symbols, _ in rules)
    room = width - _STEP - max(map(len, changes))
    beside = widest <= min(_SHORT, room - max(map(len, outcomes)) - _BETWEEN)  # else a third column would break rules
    table = _make_table("chain rule", "gradient", *(["then"] if beside else []))
    room = max(widest, 1) if beside else room
    for step, (symbols, numbers), change, after in zip(recorded.backward, rules, changes, outcomes, strict=True):
        rule = Text(_wrap(symbols, room))
        if numbers:
            rule.append(f"\n{_wrap(numbers, room)}", GRADIENT_STYLE)
        if step.early:
            rule.append(f"\n{fill('early', node=step.node)}", "bold red")
        if step.after is None:
            rule.append(f"\n{equations.write_failing(step)}", "bold red")
        if not beside:
            rule.append(f"\n{after}", "dim")
        table.add_row(str(step.number), rule, Text(change, GRADIENT_STYLE), *([Text(after)] if beside else []))
    return table


def describe_outcome(recorded: Trace, step: BackwardStep, delta: "Delta | None") -> str:
    """What the step leaves its parent in: waiting, or complete; or without a gradient."""
    if step.after is None:
        return f"{step.parent}: {equations.write_missing(recorded, step.parent)}"
    waiting, consumers = len(step.waits_for), step.consumers
    if recorded.order != "topological" and consumers:
        return fill("heard", node=step.parent, count=consumers - waiting, consumers=consumers)
    if waiting:
        return fill("waits", node=step.parent, count=waiting, consumers=consumers)
    if delta is None:
        return "complete"
    if delta.scale == 1:
        return f"complete: {delta.symbol}"
    value = format_number(delta.scale * step.after)
    return f"complete: {equations.write_delta_rule(recorded, step.parent, delta)} = {value}"
