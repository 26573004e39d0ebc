"""What the lectures on scalar chains share: z = wx + b, a = σ(z) in each layer, and C = ½(a − y)² with a penalty."""

import re
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from autograd_lite.internal import make_label, write

from ...activation_formulas import ACTIVATION_FORMULAS
from ...formulas import evaluate_number
from ..neutral import Problem
from ..settings import Choice, Number, Setting, Settings
from .lecture import Entry, Equation, Lecture, Rewrite, as_it_stands

ACTIVATIONS = tuple(ACTIVATION_FORMULAS)

_COST = {None: "", "l1": " + lam * abs({w})", "l2": " + lam * {w}**2"}
_GRADIENT = {None: "", "l1": " + lam * sign({w})", "l2": " + 2 * lam * {w}"}


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
        Choice("penalty", "penalty", "l1: λΣ|w|, l2: λΣw²; biases are not penalised", None, ("l1", "l2")),
    )


def forward_quantities(layer: int, source: str) -> list[Quantity]:
    """z and a of a layer whose input is called ``source``."""
    l = layer
    return [
        Quantity(f"z{l}", make_label("z", l), f"w{l} * {source} + b{l}"),
        Quantity(f"a{l}", make_label("a", l), f"f{l}(z{l})"),
    ]


def cost_quantity(layers: int, penalty: str | None) -> Quantity:
    """C = ½(a − y)² plus the penalty on the weights of layers 1 to ``layers``."""
    terms = "".join(_COST[penalty].format(w=f"w{l}") for l in range(1, layers + 1))
    return Quantity("C", "C", f"1/2 * (a{layers} - y)**2{terms}")


def gradient_quantities(layer: int, source: str, penalty: str | None) -> list[Quantity]:
    """∂C/∂w and ∂C/∂b of a layer from its δ; the penalty adds its own derivative to ∂C/∂w, never to δ."""
    w = f"w{layer}"
    return [
        Quantity(f"dw{layer}", f"∂C/∂{make_label('w', layer)}",
                 f"delta{layer} * {source}{_GRADIENT[penalty].format(w=w)}"),
        Quantity(f"db{layer}", f"∂C/∂{make_label('b', layer)}", f"delta{layer}"),
    ]


def update_quantities(layer: int) -> list[Quantity]:
    """w ← w − η ∂C/∂w, and the same for b."""
    return [
        Quantity(f"{p}{layer}_new", f"new {make_label(p, layer)}", f"{p}{layer} - eta * d{p}{layer}")
            for p in ("w", "b")
    ]


class ScalarLecture(Lecture):
    """A chain of neurons with one input each: fₗ and dfₗ are σ and σ′ of layer l."""

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
        activations = self.activations(settings)
        return Problem(
            weights=tuple(((settings[f"w{l}"],),) for l in activations),
            biases=tuple((settings[f"b{l}"],) for l in activations),
            inputs=((settings["x"],),), targets=((settings["y"],),), activations=tuple(activations.values()),
            penalty=settings["penalty"], strength=settings["lam"], eta=settings["eta"],
        )
