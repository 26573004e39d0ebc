"""Activation functions of the table of operations on NumPy arrays: σ(u), σ′(u), and σ′ as a function of σ(u)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from autograd_lite import OPERATIONS

from ....ground import late_numpy as np
from ....ground.activations import ACTIVATIONS
from ....ground.arrays import Floats
from ....ground.formulas import make_function

SOFTMAX = "softmax"
SLOPES = (0.1, 0.2, 0.3, 0.05, 0.001)
"""Slopes of leaky ReLU that programs use besides that of the table."""
_WORDS = (
    "where", "exp", "log", "sqrt", "absolute", "maximum", "minimum", "log1p", "expm1",
    "tanh", "sin", "cos", "tan", "arctan",
)
LIKELY = ("sigmoid", "relu", "tanh", "leaky_relu", "identity")
LIKELY_OUTPUTS = ("sigmoid", "softmax", "identity", "tanh", "relu")


@dataclass(frozen=True)
class ArrayActivation:
    """One activation function of a unit.

    Attributes:
        name: as it is said, such as ``relu``, or ``leaky_relu with 0.1``.
        row: its row in the table.
        value, slope, slope_of_value: σ(u), σ′(u), and σ′ where u and σ(u) are taken to be the same array.
    """

    name: str
    row: str
    value: Callable[["Floats"], "Floats"]
    slope: Callable[["Floats"], "Floats"]
    slope_of_value: Callable[["Floats"], "Floats"]


@cache
def find_array_activation(name: str) -> ArrayActivation:
    """The activation of that name; a name of the table, or ``leaky_relu with 0.1``."""
    base, _, constant = name.partition(" with ")
    row = OPERATIONS[base]
    constants = dict(row.constants) | ({next(iter(row.constants)): float(constant)} if constant else {})
    called = {name: _find_late(name) for name in ACTIVATIONS}
    names: dict[str, Any] = {"__builtins__": {}, **called, **{word: getattr(np, word) for word in _WORDS}}
    (partial,) = [row.partials[operand] for operand in row.operands if operand not in row.constants]
    (operand,) = [operand for operand in row.operands if operand not in row.constants]
    value_of = make_function(row.value, (operand, *constants), names)
    slope_of = make_function(partial, (operand, "y", *constants), names)

    def value(u: "Floats") -> "Floats":
        return np.asarray(value_of(u, *constants.values()), dtype=float)

    def slope(u: "Floats") -> "Floats":
        return np.broadcast_to(np.asarray(slope_of(u, value(u), *constants.values()), dtype=float), u.shape)

    def slope_of_value(h: "Floats") -> "Floats":
        return np.broadcast_to(np.asarray(slope_of(h, h, *constants.values()), dtype=float), h.shape)

    return ArrayActivation(name, base, value, slope, slope_of_value)


def _find_late(name: str) -> Callable[["Floats"], "Floats"]:
    """An activation that the row of another one may call."""
    return lambda u: find_array_activation(name).value(u)


def softmax(u: "Floats", maxima: int | None = 0, sums: int | None = 0) -> "Floats":
    """exp(u_k) / Σ_j exp(u_j) over the units of each sample; u is (n, N). Other axes, None for both, are mistakes."""
    powers: Floats = np.exp(u - u.max(axis=maxima, keepdims=True))
    whole: Floats = powers.sum(axis=sums, keepdims=True)
    return powers / whole


def list_hidden() -> list[str]:
    """Activations that a hidden layer may have, the likeliest first."""
    return list(dict.fromkeys([*LIKELY, *ACTIVATIONS, *(f"leaky_relu with {slope:g}" for slope in SLOPES)]))


def list_outputs() -> list[str]:
    """Activations that the output layer may have, the likeliest first."""
    return list(dict.fromkeys([*LIKELY_OUTPUTS, *list_hidden()]))
