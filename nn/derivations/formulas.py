"""Hand formulas: text that is both shown to the reader and evaluated, with nothing of the engine in it.

A formula is a Python expression in a lecture's names, such as ``"(a1 - y) * df1(z1)"``. The formulas here are the
project's own literals.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType
from typing import Any


def _exp(x: float) -> float:
    """eˣ, infinite where it does not fit a float, so that 1/(1 + e⁻ᶻ) is 0 for a very negative z."""
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


def _sign(x: float) -> float:
    """The sign of x, 0 at 0: the subgradient of |x| that the lecture takes there."""
    return (x > 0) - (x < 0)


FUNCTIONS: Mapping[str, Callable[..., float]] = {
    "exp": _exp, "log": math.log, "sqrt": math.sqrt, "tanh": math.tanh, "abs": abs, "max": max, "sign": _sign,
    "sum": sum,
}


@lru_cache(1024)
def _compiled(formula: str) -> CodeType:
    return compile(formula, f"<formula {formula}>", "eval")


def calculated(formula: str, names: Mapping[str, Any]) -> Any:
    """What a formula stands for, given its names: a number, an array or a node."""
    return eval(_compiled(formula), {"__builtins__": {}} | dict(FUNCTIONS) | dict(names))  # noqa: S307 - own text


def evaluate(formula: str, names: Mapping[str, Any]) -> float:
    """The number that a formula stands for, given its names."""
    return float(calculated(formula, names)) + 0.0  # a reader has no use for -0


@dataclass(frozen=True, slots=True)
class ActivationFormula:
    """σ(z) and σ′(z) as a textbook has them; σ′ may use a = σ(z). ``kink`` is what is chosen where z = 0 has no σ′."""

    value: str
    derivative: str
    kink: str = ""

    def f(self, z: float) -> float:
        """σ(z)"""
        return evaluate(self.value, {"z": z})

    def df(self, z: float) -> float:
        """σ′(z)"""
        return evaluate(self.derivative, {"z": z, "a": self.f(z)})


ACTIVATION_FORMULAS: Mapping[str, ActivationFormula] = {
    "identity": ActivationFormula("z", "1"),
    "sigmoid": ActivationFormula("1 / (1 + exp(-z))", "a * (1 - a)"),
    "tanh": ActivationFormula("tanh(z)", "1 - a**2"),
    "softplus": ActivationFormula("max(z, 0) + log(1 + exp(-abs(z)))", "1 / (1 + exp(-z))"),
    "relu": ActivationFormula("z if z > 0 else 0", "1 if z > 0 else 0", kink="0"),
    "leaky_relu": ActivationFormula("z if z > 0 else 0.01 * z", "1 if z > 0 else 0.01", kink="0.01"),
    "elu": ActivationFormula("z if z > 0 else exp(z) - 1", "1 if z > 0 else exp(z)"),
}
