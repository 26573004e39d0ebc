"""What the lectures on scalar chains share: z = wx + b, a = σ(z) in each layer, and C = ½(a − y)² with a penalty."""

from collections.abc import Mapping
from typing import Any

from autograd_lite import Value

from ..costs import half_squared_error, penalised
from ..network import Neuron, symbol
from .formulas import ACTIVATION_FORMULAS
from .lecture import Lecture, Quantity, Recording, Setting, Settings

ACTIVATIONS = tuple(ACTIVATION_FORMULAS)

_COST = {None: "", "l1": " + lam * abs({w})", "l2": " + lam * {w}**2"}
_GRADIENT = {None: "", "l1": " + lam * sign({w})", "l2": " + 2 * lam * {w}"}


def data(x: float) -> tuple[Setting, ...]:
    """One sample."""
    return (
        Setting("x", "x", "input", x),
        Setting("y", "y", "target; 2x + 1 unless given", lambda chosen: 2 * float(chosen["x"]) + 1),
    )


def parameters(layer: int, weight: float, bias: float) -> tuple[Setting, ...]:
    """w and b of a layer."""
    return (
        Setting(f"w{layer}", symbol("w", layer), "weight", weight),
        Setting(f"b{layer}", symbol("b", layer), "bias", bias),
    )


def update_and_penalty(eta: float) -> tuple[Setting, ...]:
    """η, λ, and which penalty."""
    return (
        Setting("eta", "η", "learning rate", eta),
        Setting("lam", "λ", "strength of the penalty", 0.0),
        Setting("penalty", "penalty", "l1: λΣ|w|, l2: λΣw²; biases are not penalised", None, ("l1", "l2")),
    )


def forward_quantities(layer: int, source: str) -> list[Quantity]:
    """z and a of a layer whose input is called ``source``."""
    l = layer
    return [
        Quantity(f"z{l}", symbol("z", l), f"w{l} * {source} + b{l}"),
        Quantity(f"a{l}", symbol("a", l), f"f{l}(z{l})"),
    ]


def cost_quantity(layers: int, penalty: str | None) -> Quantity:
    """C = ½(a − y)² plus the penalty on the weights of layers 1 to ``layers``."""
    terms = "".join(_COST[penalty].format(w=f"w{l}") for l in range(1, layers + 1))
    return Quantity("C", "C", f"1/2 * (a{layers} - y)**2{terms}")


def gradient_quantities(layer: int, source: str, penalty: str | None) -> list[Quantity]:
    """∂C/∂w and ∂C/∂b of a layer from its δ; the penalty adds its own derivative to ∂C/∂w, never to δ."""
    w = f"w{layer}"
    return [
        Quantity(f"dw{layer}", f"∂C/∂{symbol('w', layer)}", f"delta{layer} * {source}{_GRADIENT[penalty].format(w=w)}"),
        Quantity(f"db{layer}", f"∂C/∂{symbol('b', layer)}", f"delta{layer}"),
    ]


def update_quantities(layer: int) -> list[Quantity]:
    """w ← w − η ∂C/∂w, and the same for b."""
    return [
        Quantity(f"{p}{layer}_new", f"new {symbol(p, layer)}", f"{p}{layer} - eta * d{p}{layer}") for p in ("w", "b")
    ]


class ScalarLecture(Lecture):
    """A chain of neurons with one input each: fₗ and dfₗ are σ and σ′ of layer l."""

    def names(self, settings: Settings) -> Mapping[str, Any]:
        names = dict(settings)
        for layer, activation in self.activations(settings).items():
            formula = ACTIVATION_FORMULAS[activation]
            names |= {f"f{layer}": formula.f, f"df{layer}": formula.df}
        return names

    def symbols(self, settings: Settings) -> dict[str, str]:
        symbols = super().symbols(settings)
        for layer in self.activations(settings):
            symbols |= {f"f{layer}": symbol("σ", layer), f"df{layer}": f"{symbol('σ', layer)}′"}
        return symbols

    def record(self, settings: Settings) -> Recording:
        """The chain x → z₁ → a₁ → z₂ → … → C as neurons, set to the given weights and biases."""
        a: Value = Value(settings["x"], "x")
        pre, post = {}, {}
        parameters: dict[str, Value] = {}
        for layer, activation in self.activations(settings).items():
            neuron = Neuron(1, activation, unit=layer)
            weight, bias = neuron.parameters()
            weight.data, bias.data = settings[f"w{layer}"], settings[f"b{layer}"]
            parameters |= {f"w{layer}": weight, f"b{layer}": bias}
            pre[layer], post[layer] = neuron.forward([a])
            a = post[layer]
        weights = [parameters[f"w{layer}"] for layer in pre]
        cost = half_squared_error([a], [Value(settings["y"], "y")])
        cost = penalised(cost, settings["penalty"], weights, settings["lam"])
        cost.label = "C"
        return Recording(cost, pre, post, parameters)
