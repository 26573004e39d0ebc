"""What the lectures on scalar chains share: z = wx + b, a = σ(z) in each layer, and C = ½(a − y)² with a penalty."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from autograd_lite.internal import make_label, write

from ...costs.cost_rows import Cost, write_factor
from ...ground.activation_formulas import ACTIVATION_FORMULAS
from ...ground.formulas import evaluate_number, substitute
from ..neutral import Problem
from ..settings import Choice, Number, Setting, Settings
from .any_problem import (
    PENALTY_NAMES,
    Targets,
    check_targets,
    list_settings,
    penalty_kind,
    write_penalty_slope,
    write_strength,
)
from .lecture import Entry, Equation, Lecture, Rewrite, as_it_stands

ACTIVATIONS = tuple(ACTIVATION_FORMULAS)

_FURTHER = ("cost", "penalty_constant", "penalise")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A line of the hand derivation: ``symbol = formula``, the formula in the names of settings and earlier lines."""

    name: str
    symbol: str
    formula: str


def list_own_settings(example: Mapping[str, Any]) -> tuple[Setting, ...]:
    """Data, parameters, update and penalty, with the numbers of the lecture's example."""
    parameters = (
        setting for l, (weight, bias) in enumerate(zip(example["W"], example["b"], strict=True), start=1)
        for setting in (Number(f"w{l}", make_label("w", l), "weight", weight),
                        Number(f"b{l}", make_label("b", l), "bias", bias)))
    return (
        Number("x", "x", "input", example["x"]),
        Number("y", "y", "target; 2x + 1 unless given", lambda chosen: 2 * float(chosen["x"]) + 1), *parameters,
        Number("eta", "η", "learning rate", example["rate"]),
        Number("lam", "λ", "strength of the penalty", 0.0),
        Choice("penalty", "penalty", "l1: λΣ|w|, l2: λΣw², l2_half: (λ/2)Σw²", None, PENALTY_NAMES),
    )


def _write_cost(layers: int, loss: Cost) -> str:
    """C of the output."""
    data = f"{write_factor(loss.factor, per_output=False)}{_put_in(loss.each, layers)}"
    return f"sqrt({data})" if loss.over == "root" else data


def _write_output_delta(layers: int, loss: Cost, activation: str) -> str:
    """δ of the output: what ℓ and σ meet in, or ∂ℓ/∂a times σ′."""
    meeting = loss.through.get(activation)
    if meeting is not None and loss.over != "root":
        return _put_in(meeting, layers)
    slope = _put_in(loss.slope_of_each, layers)
    slope = f"({slope})" if re.search(r" [+-] |^-| if ", re.sub(r"\([^()]*\)", "", slope)) else slope
    slope = f"{slope} / (2 * {_write_cost(layers, loss)})" if loss.over == "root" else slope
    return f"{slope} * df{layers}(z{layers})"


def _put_in(formula: str, layers: int) -> str:
    """A formula of a row, with a and y in the names of the lecture; there is one output."""
    return re.sub(r" / 1(?![\w.])", "", substitute(formula, {"a": f"a{layers}", "n": "1"}))


def _write_symbol(name: str) -> str:
    """δ₂ for delta2, ∂C/∂w₁ for dw1, new b₁ for b1_new."""
    found = re.fullmatch(r"(d(?=[wb]\d)|)([a-zA-Z]+)(\d*)(_new|)", name)
    assert found, name  # noqa: S101 - the lectures' own names
    label = make_label("δ" if found[2] == "delta" else found[2], *map(int, found[3]))
    return f"{'∂C/∂' if found[1] else ''}{'new ' if found[4] else ''}{label}"


class ScalarLecture(Lecture):
    """A chain of neurons with one input each: fₗ and dfₗ are σ and σ′ of layer l."""

    stated = MappingProxyType({"loss_text": "½(a − y)²", "penalties": {"l1": (1.0, "λΣ|w|"), "l2": (1.0, "λΣw²")}})

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        further = list_settings(cls.settings, cls.own_conventions.loss.name)
        cls.settings = (*cls.settings, *(setting for setting in further if setting.name in _FURTHER))

    def resolve(self, given: Settings) -> dict[str, Any]:
        chosen = super().resolve(given)
        loss, activations = self.conventions(chosen).loss, self.activations(chosen)
        if loss.targets != "numbers" and "y" not in given and not 0 <= chosen["y"] <= 1:
            chosen["y"] = 1.0
        check_targets(chosen["cost"], activations[max(activations)], Targets(((chosen["y"],),), "y"))
        return chosen

    def quantities(self, settings: Settings) -> Sequence[Quantity]:
        """The hand derivation: the lecture's lines, with C and the output δ of another cost, and with a penalty.

        The penalty adds its own derivative to the gradients, never to δ.
        """
        c, activations = self.conventions(settings), self.activations(settings)
        penalty, last = settings["penalty"], max(activations)
        formulas = {line.left: line.right for line in self.file.lines}
        if c.loss != self.own_conventions.loss:
            formulas |= {"C": _write_cost(last, c.loss),
                         f"delta{last}": _write_output_delta(last, c.loss, activations[last])}
        kind, constant = penalty_kind(penalty), Fraction(c.penalties[penalty][0]) if penalty else Fraction(0)
        penalised = ("wb" if settings["penalise"] == "all" else "w") if penalty else ""
        if penalty and " if " in formulas["C"]:
            formulas["C"] = f"({formulas['C']})"
        for parameter in (f"{letter}{l}" for letter in penalised for l in activations):
            size = f"abs({parameter})" if kind == "l1" else f"{parameter}**2"
            formulas["C"] += f" + {write_strength(constant)}{size}"
            formulas[f"d{parameter}"] += f" + {write_penalty_slope(kind, constant, parameter)}"
        return [Quantity(name, _write_symbol(name), formula) for name, formula in formulas.items()]

    def by_hand(self, settings: Settings) -> Sequence[Entry]:
        names: dict[str, Any] = dict(settings)
        symbols = self._symbols(settings)
        for layer, activation in self.activations(settings).items():
            sigma = ACTIVATION_FORMULAS[activation]
            names |= {f"f{layer}": sigma.f, f"df{layer}": sigma.df}
        entries = []
        for quantity in self.quantities(settings):
            names[quantity.name] = evaluate_number(quantity.formula, names)
            formula = write(quantity.formula, symbols)
            line = f"{quantity.symbol} = {formula}"
            entries.append(Entry(quantity.name, None, (), quantity.symbol, formula, line, names[quantity.name]))
        return entries

    def _symbols(self, settings: Settings) -> dict[str, str]:
        """Name -> symbol of everything that a formula may contain."""
        symbols = {setting.name: setting.symbol for setting in self.settings}
        symbols |= {quantity.name: quantity.symbol for quantity in self.quantities(settings)}
        for layer in self.activations(settings):
            symbols |= {f"f{layer}": make_label("σ", layer), f"df{layer}": f"{make_label('σ', layer)}′"}
        return symbols

    def equations(self, settings: Settings, rewrite: Rewrite = as_it_stands) -> Sequence[Equation]:
        symbols, last = self._symbols(settings), max(self.activations(settings))
        kinds = {"z": "pre", "a": "post", "C": "C", "dw": "dW", "db": "db", "w_new": "W_new", "b_new": "b_new"}
        kinds |= {f"delta{last}": "delta_output"}
        found = []
        for q in self.quantities(settings):
            kind = kinds.get(q.name) or kinds.get(re.sub(r"\d", "", q.name), "delta_hidden")
            found.append(Equation(kind, q.symbol, write(rewrite(kind, q.name, q.formula), symbols)))
        return found

    def problem(self, settings: Settings) -> Problem:
        activations = self.activations(settings)
        return Problem(
            weights=tuple(((settings[f"w{l}"],),) for l in activations),
            biases=tuple((settings[f"b{l}"],) for l in activations),
            inputs=((settings["x"],),), targets=((settings["y"],),), activations=tuple(activations.values()),
            penalties=self.list_penalties(settings), eta=settings["eta"],
            penalises_biases=settings["penalise"] == "all",
        )
