"""Lines that state a number for the given inputs: they end in one, ``w₁·x + b₁ = 0.9``, or are arithmetic.

What arithmetic gives is as certain as what was written in it: a decimal may be off by half a unit of its last digit,
but a whole number, a half, and a number of the task are exact.
"""

import ast
import math
import re

import numpy as np

from autograd_lite.internal import add_floats

from .answers import Numbers, Rule
from .evaluation import evaluate
from .grammar import parse_formula
from .number_entries import read_numbers
from .vocabulary import Vocabulary
from .written_numbers import half_unit, is_number

_DECIMAL = re.compile(r"(?<![\w.])\d*\.\d+(?:[eE][-+]?\d+)?(?![\w.])")
_EXACT = 1e-9  # relative


def states_number(rule: Rule, vocabulary: Vocabulary) -> bool:
    """Whether a line is a number for the given inputs, of a quantity that is a single one."""
    single = vocabulary.scalar or rule.quantity.places[0].kind == "C"
    return single and rule.formula is not None and rule.formula.names <= {"e"}


def read_stated_number(rule: Rule, right: str, vocabulary: Vocabulary) -> Numbers:
    """The number at the end of a line, its ``right`` side, or the value of its arithmetic.

    Raises:
        ValueError: a name or a function that has no number.
    """
    if is_number(right):
        found = read_numbers(rule.quantity, right, lambda _: (), vocabulary)
        return Numbers(rule.quantity, found.value, found.half, rule.text, rule.parts)
    value = _calculate(right)
    task = {abs(number) for number in vocabulary.settings.values() if isinstance(number, int | float)} | {0.5}
    moved = [abs(_calculate(f"{right[:found.start()]}({float(found[0]) + half_unit(found[0])!r}){right[found.end():]}")
                 - value) for found in _DECIMAL.finditer(right) if float(found[0]) not in task]
    half = add_floats(moved) or _EXACT * abs(value)
    return Numbers(rule.quantity, np.array(value), np.array(half), rule.text, rule.parts)


def _calculate(text: str) -> float:
    def name(tree: ast.expr) -> float:
        if ast.unparse(tree) == "e":
            return math.e
        raise ValueError(f"{ast.unparse(tree)} is no number")

    def function(called: str, *_: object) -> float:
        raise ValueError(f"{called} has no value without the name of a quantity")

    value = evaluate(parse_formula(text), name, function, function)
    if np.ndim(value):
        raise ValueError("it is no single number")
    return float(value)
