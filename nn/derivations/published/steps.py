"""The step of a worked example: which leaves it moves, by which lines, and how far rounding moves what it gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograd_lite import Value, grad
from autograd_lite.internal import quote, require_number

from ...ground.suggest import unknown_name
from ...optimizers import OPTIMIZERS, GradientDescent, find_optimizer
from .arrays import to_number
from .expressions import evaluate_expression

RATES = ("eta", "rate", "lr", "learning_rate")
COUNTS = ("steps", "iterations", "epochs")
MOST_STEPS = 20_000


@dataclass(frozen=True)
class Rule:
    """Lines that move a parameter w by its gradient g, in the step t = 1, 2, …

    Attributes:
        lines: (name, formula), in order; names other than w are kept from step to step, and start at 0.
        settings: name -> number.
    """

    lines: tuple[tuple[str, str], ...]
    settings: Mapping[str, float]

    @property
    def assigned(self) -> tuple[str, ...]:
        """The names besides w that lines assign."""
        return tuple(dict.fromkeys(name for name, _ in self.lines if name != "w"))

    def move(self, given: Mapping[str, float], step: int, slopes: bool) -> dict[str, tuple[float, dict[str, float]]]:
        """The step from w, g and what is kept: name -> the new number, and its derivatives by what was given."""
        leaves = {name: Value(number, name) for name, number in given.items()} if slopes else {}
        names: dict[str, Any] = {**self.settings, "t": float(step), **given, **leaves}
        for name, formula in self.lines:
            names[name] = evaluate_expression(formula, names)
        if not slopes:
            return {name: (to_number(names[name]), dict.fromkeys(given, 0.0)) for name in ("w", *self.assigned)}
        found = {}
        for name in ("w", *self.assigned):
            number = names[name]
            if isinstance(number, Value):
                found[name] = number.data, dict(zip(leaves, grad(number, list(leaves.values())), strict=True))
            else:
                found[name] = float(number), dict.fromkeys(leaves, 0.0)
        return found


def read_rule(update: Mapping[str, Any]) -> Rule:
    """The rule of ``[update]``. Raises ValueError or TypeError for what is wrong in it; says what."""
    given = {key: value for key, value in update.items() if key not in ("parameters", "lines", "optimizer", *COUNTS)}
    rates = [key for key in RATES if key in given]
    if len(rates) > 1:
        raise ValueError(f"[update] has the learning rate twice, as {rates[0]} and as {rates[1]}")
    for key in rates:
        given = {"eta": given.pop(key), **given}
    if "momentum" in given and "optimizer" not in update and "lines" not in update:
        update, given = {**update, "optimizer": "momentum"}, {**given, "beta": given["momentum"]}
        del given["momentum"]
    settings = {key: require_number(value, f"{key} in [update]") for key, value in given.items()}
    if "lines" in update:
        if "optimizer" in update:
            raise ValueError("[update] has lines and an optimizer; leave one of them out")
        return _read_lines(update["lines"], settings)
    named = find_optimizer(update.get("optimizer", GradientDescent.name))
    known = {"eta", *named.ranges}
    for key in settings:
        if key not in known:
            raise unknown_name(f"key in [update] for {named.name}", key, [
                *sorted(known), "parameters", "steps", "lines", "optimizer", "momentum"])
    if update and "eta" not in settings:
        raise ValueError("[update] needs eta, the learning rate")
    made = OPTIMIZERS[named.name](**{"eta": 1.0, **settings})
    return Rule(named.lines, {key: float(value) for key, value in made.settings.items()})


def _read_lines(lines: object, settings: Mapping[str, float]) -> Rule:
    if isinstance(lines, str):
        lines = [line for line in lines.splitlines() if line.strip()]
    if not isinstance(lines, Sequence) or not lines or not all(isinstance(line, str) and "=" in line for line in lines):
        raise ValueError('[update] lines is a list such as ["v = beta * v + g", "w = w - eta * v"]: w is the '
                         f"parameter, g its gradient, t the number of the step; not {quote(lines)}")
    pairs = []
    for line in lines:
        left, _, right = line.partition("=")
        if not left.strip().isidentifier() or left.strip() in ("g", "t", *settings):
            raise ValueError(f"[update] lines: {quote(left.strip())} cannot be assigned; w and names of your own can")
        pairs.append((left.strip(), right.strip()))
    if "w" not in [left for left, _ in pairs]:
        raise ValueError('[update] lines has no line for w, the parameter, such as "w = w - eta * g"')
    rule = Rule(tuple(pairs), dict(settings))
    known = {"w", "g", "t", *settings, *rule.assigned}
    for left, right in pairs:
        try:
            evaluate_expression(right, {name: Value(0.7, name) for name in known})
        except ArithmeticError:
            pass
        except ValueError as error:
            raise ValueError(f"[update] the line for {left}, {quote(right)}: {error}") from None
    return rule


def count_steps(update: Mapping[str, Any]) -> int:
    """How many steps ``updated`` and ``after`` are about: 1 unless [update] says otherwise."""
    keys = [key for key in COUNTS if key in update]
    count = update[keys[0]] if keys else 1
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= MOST_STEPS:
        raise ValueError(f"{keys[0]} in [update] is a whole number from 1 to {MOST_STEPS}, not {quote(count)}")
    return count
