"""Formulas as text that is both shown to readers and evaluated, independently of the engine.

A formula is a Python expression in the letters of its author, such as ``"(a1 - y) * df1(z1)"``. Only the project's own
literals are evaluated here; formulas of students go through ``derivations.diagnosis``.
"""

import ast
import math
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from types import CodeType
from typing import Any

import autograd_lite
from autograd_lite.internal import add_floats, quote, write

from .suggest import unknown_name

_WORD = re.compile(r"[A-Za-z_]\w*")
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
    "sin": math.sin, "atan": math.atan, "abs": abs, "max": max, "min": min, "sign": _sign, "sum": add_floats,
}
NODE_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    **{name: getattr(autograd_lite, {"abs": "absolute", "max": "maximum", "min": "minimum"}.get(name, name))
       for name in ("exp", "log", "sqrt", "sin", "cos", "tanh", "atan", "abs", "max", "min")},
    "sign": lambda x: (x > 0) - (x < 0),
}
"""The same functions on nodes, as far as they have a derivative."""
_PARTS = (ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.UnaryOp, ast.USub, ast.Compare, ast.Lt, ast.LtE,
          ast.Gt, ast.GtE, ast.IfExp, ast.Call, ast.Name, ast.Load, ast.Constant)
_LONGEST = 2000  # characters of a formula from outside


def evaluate_formula(formula: str, names: Mapping[str, Any]) -> Any:
    """Evaluate a formula; the result is a number, an array or a node, as its names are."""
    return make_function(formula, (), list_names(names))()


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


def require_formula(formula: str, letters: Iterable[str]) -> None:
    """Check a formula from outside: arithmetic on these letters and calls of ``NODE_FUNCTIONS``, and nothing else.

    Raises:
        ValueError: it is anything else; says what.

    >>> require_formula("(a - y)**2", "ay")
    """
    known = set(letters)
    try:
        tree = ast.parse(formula, mode="eval") if len(formula) <= _LONGEST else None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        tree = None
    if tree is None:
        raise ValueError(f"{quote(formula)} is no formula; write it as in Python, such as (a - y)**2")
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree.body):
        text = ast.unparse(node) if isinstance(node, ast.expr) else ""
        if id(node) in called:
            if text not in NODE_FUNCTIONS:
                raise unknown_name("function", text, NODE_FUNCTIONS)
        elif isinstance(node, ast.Name):
            if node.id not in known:
                raise unknown_name("name", node.id, sorted(known))
        elif isinstance(node, ast.Constant) and type(node.value) not in (int, float):
            raise ValueError(f"{quote(text)} is no number")
        elif not isinstance(node, _PARTS) or (isinstance(node, ast.Compare) and len(node.ops) > 1) or (
                isinstance(node, ast.Call) and node.keywords):
            raise ValueError(f"{quote(text or type(node).__name__)} is no part of a formula: it has + − * / **, "
                             f"numbers, the letters {', '.join(sorted(known))}, x if a > y else z, and "
                             f"{', '.join(NODE_FUNCTIONS)}")
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and not (
                find_names(ast.unparse(node.left)) & known):
            raise ValueError(f"{quote(text)} is a power of a number; write the number")


def substitute(formula: str, texts: Mapping[str, str]) -> str:
    """The formula with other texts for some of its names; each text must hold together by itself.

    >>> substitute("(a - y)**2", {"a": "a[i, j]", "y": "y[i, j]"})
    '(a[i, j] - y[i, j])**2'
    """
    return _WORD.sub(lambda found: texts.get(found[0], found[0]), formula)


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
