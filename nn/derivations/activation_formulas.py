"""The activation functions and their derivatives as a textbook writes them, with nothing of the engine in them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from ..formulas import list_names, make_function


@lru_cache
def _make_function(formula: str, parameters: tuple[str, ...]) -> Callable[..., float]:
    return make_function(formula, parameters, list_names({}))


@dataclass(frozen=True, slots=True)
class ActivationFormula:
    """σ(z) and σ′(z) as a textbook has them; σ′ may use a = σ(z)."""

    value: str
    derivative: str

    def f(self, z: float) -> float:
        """σ(z)"""
        return float(_make_function(self.value, ("z",))(z)) + 0.0

    def df(self, z: float) -> float:
        """σ′(z)"""
        return float(_make_function(self.derivative, ("z", "a"))(z, self.f(z))) + 0.0


ACTIVATION_FORMULAS: Mapping[str, ActivationFormula] = {
    "identity": ActivationFormula("z", "1"),
    "sigmoid": ActivationFormula("1 / (1 + exp(-z))", "a * (1 - a)"),
    "tanh": ActivationFormula("tanh(z)", "1 - a**2"),
    "softplus": ActivationFormula("max(z, 0) + log(1 + exp(-abs(z)))", "1 / (1 + exp(-z))"),
    "softsign": ActivationFormula("z / (1 + abs(z))", "1 / (1 + abs(z))**2"),
    "silu": ActivationFormula("z / (1 + exp(-z))", "1 / (1 + exp(-z)) * (1 + z / (1 + exp(z)))"),
    "relu": ActivationFormula("z if z > 0 else 0", "1 if z > 0 else 0"),
    "leaky_relu": ActivationFormula("z if z > 0 else 0.01 * z", "1 if z > 0 else 0.01"),
    "elu": ActivationFormula("z if z > 0 else exp(z) - 1", "1 if z > 0 else exp(z)"),
}
