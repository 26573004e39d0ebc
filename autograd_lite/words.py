"""The one table of words that rows may call: what each means for every reading. Rows may also call ``where`` and rows.

``readings.check_rows`` refuses, at import, a row that uses another word or calls itself.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the row language.

    Attributes:
        python: its function of floats.
        numpy: the name of its function in NumPy (and in JAX).
        javascript: the name of its function in JavaScript.
        latex: its name in LaTeX; empty if that is the word itself.
    """

    python: Callable[..., float]
    numpy: str
    javascript: str
    latex: str = ""


WORDS: Mapping[str, Word] = MappingProxyType({
    "exp": Word(math.exp, "exp", "Math.exp", r"\exp"),
    "expm1": Word(math.expm1, "expm1", "Math.expm1"),
    "log": Word(math.log, "log", "Math.log", r"\log"),
    "log1p": Word(math.log1p, "log1p", "Math.log1p"),
    "sqrt": Word(math.sqrt, "sqrt", "Math.sqrt"),
    "sin": Word(math.sin, "sin", "Math.sin", r"\sin"),
    "cos": Word(math.cos, "cos", "Math.cos", r"\cos"),
    "tan": Word(math.tan, "tan", "Math.tan", r"\tan"),
    "atan": Word(math.atan, "arctan", "Math.atan", r"\arctan"),
    "tanh": Word(math.tanh, "tanh", "Math.tanh", r"\tanh"),
    "pow": Word(math.pow, "power", "Math.pow"),
    "power": Word(math.pow, "power", "Math.pow"),
})
"""Word -> its meaning. ``power`` has a constant exponent, ``pow`` one that is differentiated."""


def add_floats(values: Iterable[float]) -> float:
    """Σ values, from left to right with one rounding an addition, as JavaScript adds.

    The builtin ``sum`` does the same up to Python 3.11 and corrects its rounding errors since, so results would depend
    on the version.

    >>> add_floats([1e16, 1.0, -1e16])
    0.0
    """
    result = 0.0
    for value in values:
        result += value
    return result


REDUCTIONS: Mapping[str, str] = MappingProxyType({"total": "sum", "largest": "max"})
"""Word of an n-ary row that reduces a vector -> the name of its function in NumPy."""
