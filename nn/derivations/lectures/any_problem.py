"""The settings that make another problem of a lecture: activations by layer, cost, penalty, and lists of samples.

Their defaults are the lecture's own problem.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import fsum
from typing import Any

from autograd_lite.internal import quote

from ...costs import COSTS, Cost, find_cost, in_outputs
from ...ground.activation_formulas import LAYER_FORMULAS, find_formula
from ...ground.activations import PROBABILITIES
from ...ground.formulas import format_formula
from ..conventions import Conventions
from ..settings import Array, Choice, Number, Setting, Settings

_PENALTIES = {"l1": (1.0, "λΣ|w|"), "l2": (1.0, "λΣw²"), "l2_half": (0.5, "(λ/2)Σw²")}
_LONGEST, _LARGEST = 20, 1000
PENALTY_NAMES = tuple(_PENALTIES)


class CostName(Setting):
    """A name of ``COSTS``, or a row of one's own."""

    def check_value(self, value: Any) -> str | Cost:
        if isinstance(value, str):
            return find_cost(value).name
        if not isinstance(value, Cost) or not in_outputs(value).each:
            raise TypeError(f"{self.name} must be a name or a row of COSTS, which costs.cost(…) adds, not "
                            f"{quote(value)}")
        return value.name if COSTS.get(value.name) is value else value

    def format_value(self, value: Any) -> str:
        return value.name if isinstance(value, Cost) else str(value)


class Activations(Setting):
    """One name for all layers, or one a layer; softmax only as the last. None for the lecture's own."""

    several = True

    def check_value(self, value: Any) -> tuple[str, ...] | None:
        value = value.tolist() if hasattr(value, "tolist") else value
        if value is None or value == "none":
            return None
        names = [value] if isinstance(value, str) or not isinstance(value, Sequence) else list(value)
        for name in names:
            if not isinstance(name, str):
                raise TypeError(f"{self.name} must be names of activation functions, not {quote(name)}")
            find_formula(name)
        for name in names[:-1]:
            if name in LAYER_FORMULAS:
                raise ValueError(f"{name} in {self.name} must be the last: it is possible in the output layer alone")
        if not names:
            raise ValueError(f"{self.name} is empty; give one name, or one for each layer")
        return tuple(names)

    def read(self, text: str) -> Any:
        return self.check_value("none" if text.strip() == "none" else text.split())

    def format_value(self, value: Any) -> str:
        return "none" if value is None else " ".join(value)


class PenaltyConstant(Setting):
    """What stands before λ times the sum, such as 1/2. None for that of the penalty."""

    def check_value(self, value: Any) -> str | None:
        if value is None or value == "none":
            return None
        try:
            found = Fraction(str(value)) if len(str(value)) < _LONGEST else Fraction(0)
        except (ValueError, ZeroDivisionError):
            found = Fraction(0)
        if not 0 < found <= _LARGEST:
            raise ValueError(f"{self.name} must be a number above 0, such as 1/2, not {quote(value)}")
        return str(found)


def penalty_kind(penalty: str | None) -> str:
    """l1 or l2, whatever its constant; empty for none."""
    return (penalty or "")[:2]


def write_strength(constant: Fraction) -> str:
    """A constant times λ, as a first factor of a line."""
    if constant.numerator == 1:
        return "lam * " if constant == 1 else f"lam / {constant.denominator} * "
    return f"{constant} * lam * "


def write_penalty_slope(kind: str, constant: Fraction, parameter: str) -> str:
    """∂penalty/∂w, of l1 or l2 with its constant before λ."""
    if kind == "l1":
        return f"{write_strength(constant)}sign({parameter})"
    return f"{write_strength(2 * constant)}{parameter}"


def list_settings(own: Sequence[Setting], cost: str) -> tuple[Setting, ...]:
    """A lecture's own settings, and those of any problem that it has not."""
    known = {setting.name for setting in own}
    batch = "X" in known
    further: tuple[Setting, ...] = (
        Activations("activations", "activations", "one of every table row, or one a layer; softmax last"),
        CostName("cost", "cost", f"a row of the table of costs: {', '.join(COSTS)}", cost),
        Number("lam", "λ", "strength of the penalty", 0.0),
        Choice("penalty", "penalty", "l1: λΣ|w|, l2: λΣw², l2_half: (λ/2)Σw²", None, PENALTY_NAMES),
        PenaltyConstant("penalty_constant", "penalty_constant", "what stands before λ, instead of that of the penalty"),
        Choice("penalise", "penalise", "what the penalty acts on: weights, or all for the biases too", "weights",
               ("weights", "all")),
        *(() if batch else (Array("X", "X", "inputs of several samples, a row a sample, in place of x", None, depth=2),
                            Array("Y", "Y", "their targets, a row a sample", None, depth=2))),
    )
    return (*own, *(setting for setting in further if setting.name not in known))


def find_activations(settings: Settings, depth: int) -> tuple[str, ...]:
    """The activation of each layer. Raises ValueError unless there is one, or one a layer."""
    given = settings.get("activations")
    if given is None:
        return (str(settings.get("activation", "sigmoid")),) * depth
    if len(given) == 1 and (depth == 1 or given[0] not in LAYER_FORMULAS):
        return tuple(given) * depth
    if len(given) != depth:
        raise ValueError(f"activations needs one name, or one for each of the {depth} layers; it got {len(given)}")
    return tuple(given)


def find_loss(settings: Settings, own: Cost) -> Cost:
    """The row of the cost, as one of the outputs."""
    given = settings.get("cost")
    return own if given is None else in_outputs(find_cost(given))


def adapt_conventions(conventions: Conventions, settings: Settings) -> Conventions:
    """The conventions of a lecture with the cost, the penalties and the axis of samples that the settings ask for."""
    loss = find_loss(settings, conventions.loss)
    penalties = {**_PENALTIES, **conventions.penalties}
    penalty, formula = settings.get("penalty"), penalties.get(settings.get("penalty") or "", (0.0, ""))[1]
    if penalty and settings.get("penalty_constant") is not None:
        constant = Fraction(settings["penalty_constant"])
        text = format_formula(f"{write_strength(constant)}x").removesuffix("x").removesuffix("·").replace("lam", "λ")
        penalties[penalty] = (float(constant), f"{text}{formula[formula.index('Σ'):]}")
    own = loss == conventions.loss
    return replace(conventions, loss=loss, batch=conventions.batch or settings.get("X") is not None,
                   loss_text=conventions.loss_text if own else loss.formula,
                   penalties=penalties if penalty else conventions.penalties)


@dataclass(frozen=True)
class Targets:
    """The targets of a problem, a row a sample, and where they stand, for messages."""

    rows: Sequence[Sequence[float]]
    name: str


def check_targets(given: str | Cost, activation: str, targets: Targets) -> None:
    """Raises ValueError where a cost cannot take the outputs of an activation, or such targets."""
    cost = find_cost(given)
    loss = in_outputs(cost)
    if cost.logits_of and activation != cost.logits_of:
        raise ValueError(f"{cost.name} takes the pre-activations of a {cost.logits_of} output, and the activation of "
                         f"the output layer is {activation}; give activations, the last of them {cost.logits_of}")
    if loss.targets == "numbers":
        return
    if activation not in PROBABILITIES:
        raise ValueError(f"{loss.name} takes probabilities, and the activation of the output layer is {activation}; "
                         f"give activations, the last of them {loss.output_activation}")
    for i, row in enumerate(targets.rows):
        where = f"{targets.name}[{i}]" if len(targets.rows) > 1 or targets.name == "Y" else targets.name
        if not all(0 <= number <= 1 for number in row):
            raise ValueError(f"the targets of {loss.name} lie between 0 and 1, and {where} has "
                             f"{next(number for number in row if not 0 <= number <= 1):g}")
        if loss.targets == "classes" and abs(fsum(row) - 1) > 1e-9:
            raise ValueError(f"the targets of {loss.name} add up to 1 for each sample, 1 for its class and 0 for the "
                             f"others; {where} adds up to {fsum(row):g}")


def suit_targets(loss: Cost, rows: Sequence[Sequence[float]]) -> tuple[tuple[float, ...], ...]:
    """The example's targets for another kind of cost: the largest of each row becomes the class of the sample."""
    if loss.targets != "classes":
        return tuple(map(tuple, rows))
    return tuple(tuple(float(j == row.index(max(row))) for j in range(len(row))) for row in map(list, rows))
