"""Stepping through both passes by hand, and predicting the next gradient before it is shown."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from autograd_lite import BackwardStep, ForwardStep, Trace
from autograd_lite.internal import format_number, quote

from . import equations
from .equations import Deltas
from .sentences import fill
from .terminal import GRADIENT_STYLE, VALUE_STYLE, describe_given, describe_outcome

if TYPE_CHECKING:
    from rich.console import Console

Read = Callable[[str], str]
KEYS = "Enter next · b back · a step number · q quit"
RIGHT, MORE_DIGITS, NO_NUMBER, WRONG = "right", "digits", "no number", "wrong"
_CLOSE = 0.02  # a prediction of one digit may be a guess; this asks for about two


class Stepper:
    """One walk through the steps of a trace.

    Args:
        recorded: the trace.
        console: where to print.
        read: shows a prompt and returns the line that was typed, such as ``input``.
        predict: ask for each gradient before showing it.
        deltas: what a lecture calls δ.
    """

    def __init__(self, recorded: Trace, console: "Console", read: Read, predict: bool = False,
                 deltas: Deltas | None = None) -> None:
        self.recorded = recorded
        self.console = console
        self.read = read
        self.predict = predict
        self.right = self.asked = 0
        self.seen: set[int] = set()
        self.deltas = {node.name: equations.find_delta(node, deltas or {}) for node in recorded.nodes}

    def run(self) -> None:
        """Walk until the last step has been passed, or until q or the end of the input."""
        steps = self.recorded.steps
        self.console.print(f"{describe_given(self.recorded)}\n{KEYS}\n", markup=False)
        position = 0
        try:
            while position < len(steps):
                command = self._ask_for_prediction(steps[position])
                if not command:
                    self.show(steps[position])
                    command = self.read("> ").strip()
                if command == "q":
                    break
                position = self._next(position, command)
        except EOFError:
            self.console.print()
        if self.asked:
            self.console.print(f"{self.right} of {self.asked} predictions were {fill('first attempt')}.")

    def _next(self, position: int, command: str) -> int:
        """The position that a command leads to; a message, and the same position, for what is no command."""
        last = len(self.recorded.steps)
        if command == "":
            return position + 1
        if command == "b":
            return max(0, position - 1)
        if command.isdecimal() and 1 <= int(command) <= last:
            return int(command) - 1
        self.console.print(f"There is no step {quote(command)} (1 to {last}). {KEYS}", markup=False)
        return position

    def show(self, step: ForwardStep | BackwardStep) -> None:
        """Print one step: the rule, the rule with numbers, and what it leaves behind."""
        from rich.text import Text

        self.seen.add(step.number)
        heading = fill("step of", step=step.number, steps=len(self.recorded.steps))
        if isinstance(step, ForwardStep):
            symbols, numbers = equations.write_forward(step)
            lines = [Text(f"{heading}, forward", "bold"), Text(f"  {symbols}"), Text(f"  {numbers}", VALUE_STYLE)]
        else:
            symbols, numbers = equations.write_backward(self.recorded, step)
            lines = [Text(f"{heading}, backward", "bold"), Text(f"  {symbols}")]
            if numbers:
                lines += [Text(f"  {equations.write_partial(step)}"), Text(f"  {numbers}", GRADIENT_STYLE)]
            gradient = equations.write_gradient(self.recorded.output, step.parent)
            lines += [Text(f"  {gradient}: {equations.write_change(step)}", GRADIENT_STYLE),
                      Text(f"  {describe_outcome(self.recorded, step, self.deltas[step.parent])}")]
            if step.early:
                lines.append(Text(f"  {fill('early', node=step.node)}", "bold red"))
            if step.after is None:
                lines += [Text(f"  {equations.write_failing(step)}", "bold red"),
                          Text(equations.describe_failure(self.recorded))]
        self.console.print(*lines, sep="\n")

    def _ask_for_prediction(self, step: ForwardStep | BackwardStep) -> str:
        """Ask for the gradient that a backward step leads to; returns another command if one was typed instead."""
        if (not self.predict or step.number in self.seen
                or not isinstance(step, BackwardStep) or step.node is None or step.after is None):
            return ""
        self.asked += 1
        gradient = equations.write_gradient(self.recorded.output, step.parent)
        asked = fill("question", node=step.node, parent=step.parent, gradient=gradient)
        question = f"step {step.number}: {asked} "
        symbols, _ = equations.write_backward(self.recorded, step)
        before = format_number(step.before)
        hints = [fill("rule", rule=symbols, before=before), fill("with numbers", before=before, numbers=step.numbers)]
        told = 0
        while True:
            answer = self.read(question).strip().replace("−", "-")
            if answer in ("", "b", "q"):
                self.asked -= 1
                return answer
            worth = judge_answer(answer, step.after)
            if worth == RIGHT:
                self.right += told == 0
                self.console.print(fill("right"), style="green")
                return ""
            if worth == MORE_DIGITS:
                question = f"{fill('more digits')}: "
            elif worth == NO_NUMBER and answer.lower() != "hint":
                question = f"{fill('no number')}: "
            else:
                said = fill("not that", hint=hints[told]) if worth == WRONG else hints[told]
                told += 1
                if told == len(hints):
                    self.console.print(said, markup=False)
                    return ""
                question = f"{said} Try again: "


def judge_answer(answer: str, value: float) -> str:
    """What was typed is worth: RIGHT if it is the value, rounded to its own digits, of which there should be two.

    Rounded rightly to fewer digits it is MORE_DIGITS; a text is NO_NUMBER; all else is WRONG.
    """
    try:
        typed = Decimal(answer.replace(",", "."))
    except InvalidOperation:
        return NO_NUMBER
    exponent = typed.as_tuple().exponent
    if not isinstance(exponent, int):  # NaN, infinity
        return NO_NUMBER
    try:
        error, unit = abs(float(typed) - value), 10.0**exponent
    except OverflowError:
        return WRONG
    if error > 0.5 * unit * (1 + 1e-9) or (not typed and value):  # 0 has no digit that is right
        return WRONG
    return RIGHT if error <= _CLOSE * abs(value) else MORE_DIGITS
