"""Rows, and recorded graphs, read as SymPy, on the branch that the numbers of a point take.

A ``Settled`` is an expression with its number at a point. The number settles every comparison, so an expression has no
cases. It equals the row at every point at which all comparisons come out the same: what is proved of it is proved of
that whole region. ``find_branches`` gives a point for each region that random points meet.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sympy
from rows import complete_reading, flat_names, points

from autograd_lite import OPERATIONS, Value, topological_order
from autograd_lite.operations import group_operands
from autograd_lite.readings import Compiled, compile_row
from autograd_lite.words import WORDS


class Settled:
    """A SymPy expression and its number at a point. It compares by the number."""

    def __init__(self, expression: sympy.Expr, number: float) -> None:
        self.expression, self.number = expression, number

    def __add__(self, other: Any) -> "Settled":
        return Settled(self.expression + settle(other).expression, self.number + settle(other).number)

    def __sub__(self, other: Any) -> "Settled":
        return Settled(self.expression - settle(other).expression, self.number - settle(other).number)

    def __mul__(self, other: Any) -> "Settled":
        return Settled(self.expression * settle(other).expression, self.number * settle(other).number)

    def __truediv__(self, other: Any) -> "Settled":
        return Settled(self.expression / settle(other).expression, self.number / settle(other).number)

    def __neg__(self) -> "Settled":
        return Settled(-self.expression, -self.number)

    def __radd__(self, other: float) -> "Settled":
        return settle(other) + self

    def __rsub__(self, other: float) -> "Settled":
        return settle(other) - self

    def __rmul__(self, other: float) -> "Settled":
        return settle(other) * self

    def __rtruediv__(self, other: float) -> "Settled":
        return settle(other) / self

    def __lt__(self, other: Any) -> bool:
        return self.number < settle(other).number

    def __le__(self, other: Any) -> bool:
        return self.number <= settle(other).number

    def __gt__(self, other: Any) -> bool:
        return self.number > settle(other).number

    def __ge__(self, other: Any) -> bool:
        return self.number >= settle(other).number

    def __eq__(self, other: object) -> bool:
        return self.number == settle(other).number

    __hash__ = None  # type: ignore[assignment]  # equal by number, so no key of a dictionary


def settle(number: Any) -> Settled:
    """A number of a row as it is written: 0.01 is 1/100."""
    if isinstance(number, Settled):
        return number
    return Settled(sympy.Rational(number).limit_denominator(10**9), float(number))


_OTHER_NAMES = {
    "expm1": lambda a: sympy.exp(a) - 1, "log1p": lambda a: sympy.log(1 + a), "pow": sympy.Pow, "power": sympy.Pow,
}


def _settled_word(name: str) -> Any:
    function = _OTHER_NAMES.get(name) or getattr(sympy, name)

    def word(*operands: Any) -> Settled:
        settled = [settle(v) for v in operands]
        return Settled(function(*(v.expression for v in settled)), WORDS[name].python(*(v.number for v in settled)))

    return word


def _add_up(terms: Sequence[Any]) -> Settled:
    result = settle(0)
    for term in terms:
        result = result + term
    return result


SYMPY = complete_reading(
    {name: _settled_word(name) for name in WORDS}
    | {"total": _add_up, "largest": lambda terms: max(map(settle, terms), key=lambda term: term.number)},
    float_literals=False)
ROWS_AS_SYMPY: dict[str, Compiled] = {name: compile_row(name, SYMPY) for name in OPERATIONS}


def make_symbols(name: str, point: Sequence[float]) -> dict[sympy.Symbol, sympy.Expr]:
    """A real symbol for each differentiable operand -> the same with the sign that it has at the point.

    Derivatives are taken by the symbol; the sign is put in afterwards, so that SymPy can reduce roots and logarithms.
    N-ary rows are left without: signs would only make many regions of one formula.
    """
    row, found = OPERATIONS[name], {}
    for operand, number in zip(flat_names(row), point, strict=False):
        symbol = sympy.Symbol(operand, real=True)
        magnitude = sympy.Symbol(f"{operand}_", positive=True)
        found[symbol] = symbol if row.vectors else magnitude if number > 0 else -magnitude
    return found


def settle_point(name: str, point: Sequence[float]) -> list[Settled]:
    """The operands of the row at a point: symbols, and constants as numbers."""
    symbols = list(make_symbols(name, point))
    return [*map(Settled, symbols, point), *(settle(c) for c in point[len(symbols):])]


def find_branches(name: str, count: int = 60) -> Iterator[tuple[float, ...]]:
    """Points of the row, one for each of the regions in which its value and its partials are one expression."""
    met: set[Any] = set()
    for point in points(name, count, seed=6):
        operands = group_operands(OPERATIONS[name], settle_point(name, point))
        y = ROWS_AS_SYMPY[name].value(*operands)
        found: list[Any] = [*make_symbols(name, point).values(), *point[len(flat_names(OPERATIONS[name])):], settle(y)]
        for partial in ROWS_AS_SYMPY[name].partials.values():
            result = partial(*operands, y)
            found.extend(result if isinstance(result, list) else [result])
        region = tuple(settle(v).expression if isinstance(v, Settled) else v for v in found)
        if region not in met:
            met.add(region)
            yield point


def read_as_sympy(node: Value, symbols: Mapping[Value, sympy.Symbol]) -> sympy.Expr:
    """What a recorded graph computes, as SymPy; leaves without a symbol are numbers."""
    found: dict[Value, Settled] = {}
    for each in topological_order(node):
        if each.operation:
            operands = [found[v] if isinstance(v, Value) else v for v in each.operands]
            found[each] = settle(ROWS_AS_SYMPY[each.operation].value(*group_operands(OPERATIONS[each.operation], operands)))
        else:
            found[each] = Settled(symbols[each], each.data) if each in symbols else settle(each.data)
    return found[node].expression


def is_zero(difference: sympy.Expr, signs: Mapping[sympy.Symbol, sympy.Expr]) -> bool:
    """Whether SymPy can reduce an expression to zero, where its symbols have these signs."""
    numerator = sympy.expand(sympy.numer(sympy.together(difference.subs(signs))))
    if numerator == 0:
        return True
    numerator = sympy.expand(sympy.numer(sympy.together(numerator.rewrite(sympy.exp))))
    return bool(numerator == 0 or sympy.simplify(numerator) == 0)
