"""Formulas as text that is both shown to readers and evaluated, independently of the engine.

A formula is a Python expression in the letters of its author, such as ``"(a1 - y) * df1(z1)"``. Only the project's own
literals are evaluated here; formulas of students go through ``derivations.diagnosis``.
"""

import ast
import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import CodeType
from typing import Any

from autograd_lite.internal import add_floats, write

_LETTERS = {"eta": "η", "beta": "β", "beta1": "β₁", "beta2": "β₂", "gamma": "γ", "rho": "ρ", "epsilon": "ε", "pi": "π",
            "sqrt": "√", "m_hat": "m̂", "s_hat": "ŝ"}


def _exp(x: float) -> float:
    """eˣ; infinity where it does not fit a float, so that 1/(1 + e⁻ᶻ) is 0 for a very negative z."""
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


def _sign(x: float) -> float:
    """The sign of x, and 0 at 0: the subgradient of |x| that the lecture chooses."""
    return (x > 0) - (x < 0)


FUNCTIONS: Mapping[str, Callable[..., float]] = {
    "exp": _exp, "log": math.log, "sqrt": math.sqrt, "cos": math.cos, "tanh": math.tanh, "floor": math.floor,
    "abs": abs, "max": max, "min": min, "sign": _sign, "sum": add_floats,
}


@lru_cache(1024)
def _compile_formula(formula: str) -> CodeType:
    return compile(formula, f"<formula {formula}>", "eval")


def evaluate_formula(formula: str, names: Mapping[str, Any]) -> Any:
    """Evaluate a formula; the result is a number, an array or a node, as its names are."""
    return eval(_compile_formula(formula), {"__builtins__": {}} | dict(FUNCTIONS) | dict(names))  # noqa: S307 - own text


@lru_cache(2048)
def _compile_function(formula: str, parameters: tuple[str, ...]) -> CodeType:
    return compile(f"lambda {', '.join(parameters)}: ({formula})", f"<formula {formula}>", "eval")


def make_function(formula: str, parameters: tuple[str, ...], names: dict[str, Any]) -> Callable[..., Any]:
    """A formula as a function of its parameters, which is quicker than to evaluate it often.

    ``names`` is everything else that it uses; see ``list_names``. It is not copied, so that names may be added to it.
    """
    return eval(_compile_function(formula, parameters), names)  # type: ignore[no-any-return]  # noqa: S307 - own text


def list_names(names: Mapping[str, Any]) -> dict[str, Any]:
    """These names, and below them the functions that every formula may use."""
    return {"__builtins__": {}, **FUNCTIONS, **names}


def evaluate_number(formula: str, names: Mapping[str, Any]) -> float:
    """Evaluate a formula to a float."""
    return float(evaluate_formula(formula, names)) + 0.0  # turns -0.0 into 0.0


@lru_cache(512)
def find_names(formula: str) -> frozenset[str]:
    """All names in a formula, those of functions too."""
    return frozenset(node.id for node in ast.walk(ast.parse(formula, mode="eval")) if isinstance(node, ast.Name))


def format_formula(formula: str, names: Mapping[str, Any] | None = None) -> str:
    """A formula in mathematical notation, with Greek letters; ``names`` are replaced as in ``autograd_lite.write``.

    >>> format_formula("w - eta * g")
    'w − η·g'
    """
    return write(formula, _LETTERS | dict(names or {}))
