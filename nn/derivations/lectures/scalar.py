"""What the lectures on scalar chains share: z = wx + b, a = σ(z) in each layer, and C = ½(a − y)² with a penalty."""

import re
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from autograd_lite.internal import make_label, write

from ...costs.cost_rows import Cost, write_factor
from ...ground.activation_formulas import ACTIVATION_FORMULAS
from ...ground.formulas import evaluate_number, substitute
from ..conventions import CONVENTIONS, Conventions
from ..neutral import Problem
from ..settings import Choice, Number, Setting, Settings
from .any_problem import PENALTY_NAMES, Targets, check_targets, list_settings, penalty_kind, write_strength
from .lecture import Entry, Equation, Lecture, Rewrite, as_it_stands

ACTIVATIONS = tuple(ACTIVATION_FORMULAS)

_FURTHER = ("cost", "penalty_constant", "penalise")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A line of the hand derivation: ``symbol = formula``, the formula in the names of settings and earlier lines."""

    name: str
    symbol: str
    formula: str


def data_settings(x: float) -> tuple[Setting, ...]:
    """One sample."""
    return (
        Number("x", "x", "input", x),
        Number("y", "y", "target; 2x + 1 unless given", lambda chosen: 2 * float(chosen["x"]) + 1),
    )


def parameter_settings(layer: int, weight: float, bias: float) -> tuple[Setting, ...]:
    """w and b of a layer."""
    return (
        Number(f"w{layer}", make_label("w", layer), "weight", weight),
        Number(f"b{layer}", make_label("b", layer), "bias", bias),
    )


def update_and_penalty(eta: float) -> tuple[Setting, ...]:
    """η, λ, and which penalty."""
    return (
        Number("eta", "η", "learning rate", eta),
        Number("lam", "λ", "strength of the penalty", 0.0),
        Choice("penalty", "penalty", "l1: λΣ|w|, l2: λΣw², l2_half: (λ/2)Σw²", None, PENALTY_NAMES),
    )


def forward_quantities(layer: int, source: str) -> list[Quantity]:
    """z and a of a layer whose input is called ``source``."""
    l = layer
    return [
        Quantity(f"z{l}", make_label("z", l), f"w{l} * {source} + b{l}"),
        Quantity(f"a{l}", make_label("a", l), f"f{l}(z{l})"),
    ]


@dataclass(frozen=True, slots=True)
class PenaltyTerms:
    """The terms of a penalty: ``kind`` l1 or l2, empty for none, with its ``constant`` before λ; of ``biases`` too."""

    kind: str
    constant: Fraction
    biases: bool

    def value(self, parameter: str) -> str:
        """The term of a parameter in C."""
        if not self.kind or (parameter[0] == "b" and not self.biases):
            return ""
        return f" + {write_strength(self.constant)}{f'abs({parameter})' if self.kind == 'l1' else f'{parameter}**2'}"

    def slope(self, parameter: str) -> str:
        """The term of a parameter in its gradient."""
        if not self.kind or (parameter[0] == "b" and not self.biases):
            return ""
        if self.kind == "l1":
            return f" + {write_strength(self.constant)}sign({parameter})"
        return f" + {write_strength(2 * self.constant)}{parameter}"


def find_terms(conventions: Conventions, settings: Settings) -> PenaltyTerms:
    """The terms of the penalty that the settings ask for."""
    penalty = settings["penalty"]
    constant = Fraction(conventions.penalties[penalty][0]) if penalty else Fraction(0)
    return PenaltyTerms(penalty_kind(penalty), constant, settings["penalise"] == "all")


def cost_quantities(layers: int, loss: Cost, penalty: PenaltyTerms) -> list[Quantity]:
    """C of the output, with the penalty on the parameters of layers 1 to ``layers``."""
    terms = "".join(penalty.value(f"w{l}") for l in range(1, layers + 1))
    terms += "".join(penalty.value(f"b{l}") for l in range(1, layers + 1))
    data = f"{write_factor(loss.factor, per_output=False)}{_put_in(loss.each, layers)}"
    return [Quantity("C", "C", f"{f'sqrt({data})' if loss.over == 'root' else data}{terms}")]


def output_delta(layers: int, loss: Cost, activation: str) -> Quantity:
    """δ of the output: what ℓ and σ meet in, or ∂ℓ/∂a times σ′."""
    name, symbol, meeting = f"delta{layers}", make_label("δ", layers), loss.through.get(activation)
    if meeting is not None and loss.over != "root":
        return Quantity(name, symbol, _put_in(meeting, layers))
    slope = _put_in(loss.slope_of_each, layers)
    slope = f"({slope})" if re.search(r" [+-] |^-| if ", re.sub(r"\([^()]*\)", "", slope)) else slope
    if loss.over == "root":
        slope = f"{slope} / (2 * sqrt({write_factor(loss.factor, per_output=False)}{_put_in(loss.each, layers)}))"
    return Quantity(name, symbol, f"{slope} * df{layers}(z{layers})")


def _put_in(formula: str, layers: int) -> str:
    """A formula of a row, with a and y in the names of the lecture; there is one output."""
    return re.sub(r" / 1(?![\w.])", "", substitute(formula, {"a": f"a{layers}", "n": "1"}))


def gradient_quantities(layer: int, source: str, penalty: PenaltyTerms) -> list[Quantity]:
    """∂C/∂w and ∂C/∂b of a layer from its δ; the penalty adds its own derivative to these, never to δ."""
    return [
        Quantity(f"dw{layer}", f"∂C/∂{make_label('w', layer)}",
                 f"delta{layer} * {source}{penalty.slope(f'w{layer}')}"),
        Quantity(f"db{layer}", f"∂C/∂{make_label('b', layer)}", f"delta{layer}{penalty.slope(f'b{layer}')}"),
    ]


def update_quantities(layer: int) -> list[Quantity]:
    """w ← w − η ∂C/∂w, and the same for b."""
    return [
        Quantity(f"{p}{layer}_new", f"new {make_label(p, layer)}", f"{p}{layer} - eta * d{p}{layer}")
            for p in ("w", "b")
    ]


class ScalarLecture(Lecture):
    """A chain of neurons with one input each: fₗ and dfₗ are σ and σ′ of layer l."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        further = list_settings(cls.settings, CONVENTIONS[cls.id].loss.name)
        cls.settings = (*cls.settings, *(setting for setting in further if setting.name in _FURTHER))

    def resolve(self, given: Settings) -> dict[str, Any]:
        chosen = super().resolve(given)
        loss, activations = self.conventions(chosen).loss, self.activations(chosen)
        if loss.targets != "numbers" and "y" not in given and not 0 <= chosen["y"] <= 1:
            chosen["y"] = 1.0
        check_targets(chosen["cost"], activations[max(activations)], Targets(((chosen["y"],),), "y"))
        return chosen

    @abstractmethod
    def quantities(self, settings: Settings) -> Sequence[Quantity]:
        """The hand derivation, line by line."""

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
        activations, penalty = self.activations(settings), settings["penalty"]
        return Problem(
            weights=tuple(((settings[f"w{l}"],),) for l in activations),
            biases=tuple((settings[f"b{l}"],) for l in activations),
            inputs=((settings["x"],),), targets=((settings["y"],),), activations=tuple(activations.values()),
            penalty=penalty_kind(penalty) or None, eta=settings["eta"],
            strength=self.conventions(settings).penalties[penalty][0] * settings["lam"] if penalty else 0.0,
            penalises_biases=settings["penalise"] == "all",
        )
