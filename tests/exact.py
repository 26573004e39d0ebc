"""Rows and random graphs in arithmetic of many digits: the reference for the engine's floats.

The reference reads the values of the rows only. Its derivatives are difference quotients at several times the digits,
so they are exact to the digits asked for and owe nothing to the partials of the table.

How far may a gradient be from the reference? A sweep adds products of partials over paths, so its roundings are a few
units of the sum of their magnitudes: 1e-12 of that sum allows thousands. Its partials are taken at the rounded values
in the nodes, though, and where a partial cancels or is steep, as 1 − y² near y = 1, the rounding of y alone may move it
by more. ``Rounded`` follows that error to first order through the rows as they are written. ``compare_with_digits`` counts
the gradients that need it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import mpmath
from graphs import Functions, Graph
from rows import complete_reading

from autograd_lite import OPERATIONS, grad
from autograd_lite.internal import FUNCTIONS
from autograd_lite.operations import group_operands
from autograd_lite.readings import Compiled, compile_row
from autograd_lite.words import WORDS

DIGITS = 60
QUOTIENTS = 100  # decimal places to which a quotient is right at these digits: the step is about 1e-64, its error a square
ROUNDING = 2.0**-53
ALLOWED = 1e-12


def _real(function: Callable[..., Any]) -> Callable[..., Any]:
    """mpmath goes on into the complex numbers where a float function raises."""

    def word(*operands: Any) -> Any:
        result = function(*operands)
        if isinstance(result, mpmath.mpc):
            raise ValueError(f"{function} has no real value at {operands}")
        return result

    return word


# mpmath has the words under their own names, or under NumPy's.
WORDS_OF_MPMATH: Mapping[str, Callable[..., Any]] = {
    name: _real(getattr(mpmath, name, None) or getattr(mpmath, word.numpy)) for name, word in WORDS.items()}
MPMATH = complete_reading({**WORDS_OF_MPMATH, "total": mpmath.fsum, "largest": max})
EXACT_ROWS: dict[str, Compiled] = {name: compile_row(name, MPMATH) for name in OPERATIONS}


def differentiate(name: str, point: Sequence[Any], places: Sequence[int]) -> Any:
    """The derivative of the row's value by the operands at these places, one order for each time a place occurs."""
    concerned = sorted(set(places))

    def value(*moved: Any) -> Any:
        flat = list(point)
        for place, number in zip(concerned, moved, strict=True):
            flat[place] = number
        return EXACT_ROWS[name].value(*group_operands(OPERATIONS[name], flat))

    orders = tuple(places.count(place) for place in concerned)
    at = tuple(mpmath.mpf(point[place]) for place in concerned)
    return mpmath.diff(value, at[0], orders[0]) if len(concerned) == 1 else mpmath.diff(value, at, orders)


@dataclass(frozen=True)
class Exact:
    """A graph in many digits: ∂output/∂result and the sum over all paths of ∏|partials|, for every leaf and result."""

    gradients: Sequence[Any]
    magnitudes: Sequence[Any]


def evaluate_exactly(graph: Graph) -> Exact:
    """The reverse sweep in arithmetic of ``DIGITS`` digits, over difference quotients of the values of the rows."""
    with mpmath.workdps(DIGITS):
        values = {name: compiled.value for name, compiled in EXACT_ROWS.items()}
        found = graph.results([mpmath.mpf(x) for x in graph.leaves], values)
        gradients, magnitudes = ([mpmath.mpf(0)] * (len(found) - 1) + [mpmath.mpf(1)] for _ in range(2))
        for place, step in reversed([*enumerate(graph.steps, len(graph.leaves))]):
            point = [found[v] if isinstance(v, int) else mpmath.mpf(v) for v in step.operands]
            for i, operand in enumerate(step.operands[: len(step.operands) - len(OPERATIONS[step.operation].constants)]):
                if isinstance(operand, int) and magnitudes[place]:
                    slope = mpmath.chop(differentiate(step.operation, point, [i]), mpmath.mpf(10) ** -QUOTIENTS)
                    gradients[operand] += gradients[place] * slope
                    magnitudes[operand] += magnitudes[place] * abs(slope)
        return Exact(gradients, magnitudes)


class Rounded:
    """A float with a bound on its error, in units of ``ROUNDING`` and to first order. It compares by the number."""

    def __init__(self, number: float, error: float = 0.0) -> None:
        self.number, self.error = number, error

    def __neg__(self) -> "Rounded":
        return Rounded(-self.number, self.error)

    def __add__(self, other: Any) -> "Rounded":
        other = _rounded(other)
        return _round(self.number + other.number, self.error + other.error)

    def __sub__(self, other: Any) -> "Rounded":
        return self + -_rounded(other)

    def __mul__(self, other: Any) -> "Rounded":
        other = _rounded(other)
        return _round(self.number * other.number, self.error * abs(other.number) + abs(self.number) * other.error)

    def __truediv__(self, other: Any) -> "Rounded":
        other = _rounded(other)
        quotient = self.number / other.number
        return _round(quotient, (self.error + abs(quotient) * other.error) / abs(other.number))

    __radd__, __rmul__ = __add__, __mul__

    def __rsub__(self, other: float) -> "Rounded":
        return _rounded(other) - self

    def __rtruediv__(self, other: float) -> "Rounded":
        return _rounded(other) / self

    def __lt__(self, other: Any) -> bool:
        return self.number < _rounded(other).number

    def __le__(self, other: Any) -> bool:
        return self.number <= _rounded(other).number

    def __gt__(self, other: Any) -> bool:
        return self.number > _rounded(other).number

    def __ge__(self, other: Any) -> bool:
        return self.number >= _rounded(other).number

    def __eq__(self, other: object) -> bool:
        return self.number == _rounded(other).number

    __hash__ = None  # type: ignore[assignment]  # equal by number, so no key of a dictionary


def _rounded(number: Any) -> Rounded:
    return number if isinstance(number, Rounded) else Rounded(float(number))


def _round(number: float, error: float) -> Rounded:
    return Rounded(number, error + abs(number))


def _rounded_word(name: str) -> Callable[..., Rounded]:
    """The word of floats, whose result is taken to be good to two roundings."""

    def word(*operands: Any) -> Rounded:
        at = [_rounded(v) for v in operands]
        numbers = [v.number for v in at]
        result = WORDS[name].python(*numbers)
        error = 2 * abs(result)
        for i, operand in enumerate(at):
            if operand.error:
                orders = tuple(int(i == j) for j in range(len(at)))
                slope = mpmath.diff(WORDS_OF_MPMATH[name], tuple(numbers), orders)
                error += abs(float(slope)) * operand.error
        return Rounded(result, error)

    return word


def _rounded_total(terms: Sequence[Any]) -> Rounded:
    result = Rounded(0.0)
    for term in terms:
        result = result + term
    return result


ROUNDED = complete_reading(
    {name: _rounded_word(name) for name in WORDS}
    | {"total": _rounded_total, "largest": lambda terms: max(map(_rounded, terms), key=lambda term: term.number)})
ROUNDED_ROWS: dict[str, Compiled] = {name: compile_row(name, ROUNDED) for name in OPERATIONS}


def bound_errors(graph: Graph) -> list[float]:
    """How far the engine's gradient of every leaf may be from the exact one, by the roundings of values and partials."""
    values = {name: compiled.value for name, compiled in ROUNDED_ROWS.items()}
    found = graph.results([Rounded(x) for x in graph.leaves], values)
    gradients = [Rounded(0.0) for _ in found[:-1]] + [Rounded(1.0)]
    for place, step in reversed([*enumerate(graph.steps, len(graph.leaves))]):
        row = OPERATIONS[step.operation]
        groups = group_operands(row, [found[v] if isinstance(v, int) else v for v in step.operands])
        partials: list[Any] = []
        for operand, partial in ROUNDED_ROWS[step.operation].partials.items():
            result = partial(*groups, found[place])
            partials.extend(result if operand in row.vectors else [result])
        for v, slope in zip(step.operands, partials, strict=False):
            if isinstance(v, int):
                gradients[v] = gradients[v] + gradients[place] * slope
    return [ROUNDING * gradient.error for gradient in gradients[: len(graph.leaves)]]


@dataclass(frozen=True)
class Agreement:
    """How the gradients of a graph agree with the reference.

    Attributes:
        gradients: how many were compared.
        largest: the largest |engine − exact| over the sum of magnitudes over paths.
        by_values: how many are further than ``ALLOWED``, and within the bound on what rounded values explain.
    """

    gradients: int
    largest: float
    by_values: int


def compare_with_digits(graph: Graph, functions: Functions = FUNCTIONS) -> Agreement:
    """Every gradient against the reference: |engine − exact| ≤ 1e-12 · Σ over paths of ∏|partials| + error of the values.

    Raises:
        AssertionError: a gradient is further off.
    """
    leaves, y = graph.record(functions)
    exact = evaluate_exactly(graph)
    largest, by_values = 0.0, 0
    for i, found in enumerate(grad(y, leaves)):
        off, added = float(abs(found - exact.gradients[i])), float(exact.magnitudes[i])
        if off > ALLOWED * added:
            try:
                explained = 2 * bound_errors(graph)[i]
            except (ValueError, ZeroDivisionError):  # a partial that does not exist explains nothing
                explained = 0.0
            assert off <= ALLOWED * added + explained, (leaves[i], found, exact.gradients[i])
            by_values += 1
        largest = max(largest, off / added if off else 0.0)
    return Agreement(len(leaves), largest, by_values)
