"""Makes expressions, and simplifies them.

Simplifications, each of them exact, or off by a rounding:

    numbers are folded: 1/2 · 2 is 1          1 · x, x / 1, 0 + x, x − 0 are x      0 · x is 0
    a number goes in front: x · 2 is 2 · x    c · (d · x) is (c · d) · x            x · (y · z) is x · y · z
    −(−x) is x; x · (−y) is −(x · y)          x + (−y) is x − y, x − (−y) is x + y  x + x is 2 · x
    power(x, 1) is x, power(x, 0) is 1        a condition on numbers is decided     x · where(c, 1, 0) is x · (c)
    x · (1 / y) is x / y
"""

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from typing import Any

from ..operations import OPERATIONS
from ..readings import parse
from ..words import REDUCTIONS, WORDS
from .expressions import NAME, NUMBER, ROW, WHERE, Argument, Expression, Units, common_units

_COMBINE: Mapping[str, Callable[[float, float], float]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}
_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne}
_SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">",
          ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}


class Algebra:
    """Makes expressions, each one once, and simplifies them.

    Shapes, for x of n units:

        part(x, start, stop, step)      (n,) -> the units start, start + step, …
        pick(x, indices)                (n,) -> these units, in this order
        place(x, indices, n)            (m,) -> n units: x added at these indices, 0 elsewhere
        join(x, y, …)                   one after another
        fold(x, m, k)                   (m·k,) -> (m, k)
        matrix(x, m, k)                 the same, as the left or right side of a product
        flat(x)                         (m, k) -> (m·k,)
        spread(x, units)                the same number for all units and samples
        total(x), largest(x)            over the last axis, which stays with length 1
        over_samples(x)                 Σ over the samples
        forward(x, W)                   zⱼ = Σₖ Wⱼₖ xₖ
        backward(D, W)                  dₖ = Σⱼ Wⱼₖ Dⱼ
        outer(D, x)                     Σ over the samples of Dⱼ xₖ

    Attributes:
        cancelled: a product -> the factors that stood above and below in it; ``Paper`` finds some.
        shortened: what ``Paper`` multiplied out -> the sum before.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[Any, ...], Expression] = {}
        self.cancelled: dict[Expression, list[Expression]] = {}
        self.shortened: dict[Expression, Expression] = {}

    def _make(self, operation: str, arguments: tuple[Argument, ...], sample: bool, units: Units) -> Expression:
        key = (operation, arguments, sample, units)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = Expression(operation, arguments, sample, units)
        return found

    def name(self, name: str, sample: bool, units: Units) -> Expression:
        return self._make(NAME, (name,), sample, units)

    def number(self, value: float) -> Expression:
        return self._make(NUMBER, (float(value) + 0.0,), False, ())

    def make_again(self, expression: Expression, arguments: tuple[Argument, ...]) -> Expression:
        """The same operation on other arguments of the same shapes."""
        return self._make(expression.operation, arguments, expression.sample, expression.units)

    def elementwise(self, operation: str, arguments: tuple[Argument, ...]) -> Expression:
        """An operation on each element, which no simplification applies to."""
        parts = [argument for argument in arguments if isinstance(argument, Expression)]
        return self._make(operation, arguments, any(part.sample for part in parts), common_units(parts))

    def combine(self, sign: str, a: Expression, b: Expression) -> Expression:
        """a + b, a − b, a · b or a / b."""
        if a.number is not None and b.number is not None and not (sign == "/" and b.number == 0):
            found = _COMBINE[sign](a.number, b.number)
            if isfinite(found):
                return self.number(found)
        return {"+": self.add, "-": self.subtract, "*": self.multiply, "/": self.divide}[sign](a, b)

    def add(self, a: Expression, b: Expression) -> Expression:
        if a.is_number(0):
            return b
        if b.is_number(0):
            return a
        if a is b:
            return self.multiply(self.number(2), a)
        if b.operation == "neg":
            return self.subtract(a, next(b.parts))
        return self.elementwise("+", (a, b))

    def subtract(self, a: Expression, b: Expression) -> Expression:
        if b.is_number(0):
            return a
        if a.is_number(0):
            return self.negate(b)
        return self.add(a, next(b.parts)) if b.operation == "neg" else self.elementwise("-", (a, b))

    def negate(self, a: Expression) -> Expression:
        if a.number is not None:
            return self.number(-a.number)
        return next(a.parts) if a.operation == "neg" else self.elementwise("neg", (a,))

    def multiply(self, a: Expression, b: Expression) -> Expression:
        if b.number is not None:
            a, b = b, a
        if a.number is not None:
            if b.number is not None and isfinite(a.number * b.number):
                return self.number(a.number * b.number)
            if a.number in (0, 1, -1):
                return self.number(0) if a.number == 0 else b if a.number == 1 else self.negate(b)
            if b.operation == "neg":
                return self.multiply(self.number(-a.number), next(b.parts))
            if b.operation == "*":
                first, second = b.parts
                if first.number is not None:
                    return self.multiply(self.combine("*", a, first), second)
            return self.elementwise("*", (a, b))
        for one, other in ((a, b), (b, a)):
            if one.operation == "neg":
                return self.negate(self.multiply(next(one.parts), other) if one is a else
                                   self.multiply(other, next(one.parts)))
        if b.operation == "/" and next(b.parts).is_number(1):
            return self.divide(a, list(b.parts)[1])
        for one, other in ((b, a), (a, b)):
            if one.operation == WHERE:
                condition, yes, no = one.parts
                if yes.is_number(1) and no.is_number(0):
                    return self.elementwise("*", (other, condition))
        for one, other in ((a, b), (b, a)):
            if one.operation == "*":
                first, second = one.parts
                if first.number is not None:
                    return self.multiply(first, self.multiply(second, other) if one is a else
                                         self.multiply(other, second))
        if b.operation == "*":
            first, second = b.parts
            return self.multiply(self.multiply(a, first), second)
        return self.elementwise("*", (a, b))

    def divide(self, a: Expression, b: Expression) -> Expression:
        if b.is_number(1) or a.is_number(0):
            return a
        if a.operation == "neg":
            return self.negate(self.divide(next(a.parts), b))
        return self.elementwise("/", (a, b))

    def compare(self, sign: str, a: Expression, b: Expression) -> Expression | bool:
        """The condition, or whether it holds if both sides are numbers."""
        if a.number is not None and b.number is not None:
            return _COMPARE[sign](a.number, b.number)
        return self.elementwise(sign, (a, b))

    def where(self, condition: Expression | bool, yes: Expression, no: Expression) -> Expression:
        if isinstance(condition, bool):
            return yes if condition else no
        return yes if yes is no else self.elementwise(WHERE, (condition, yes, no))

    def call(self, word: str, *arguments: Expression) -> Expression:
        """A word of the row language, or a row of the table."""
        if word in ("power", "pow") and arguments[1].number in (0, 1):
            return arguments[0] if arguments[1].number else self.number(1)
        if word in WORDS:
            return self.elementwise(word, arguments)
        return self.elementwise(ROW, (word, *arguments))

    def name_line(self, value: Expression, name: Expression) -> None:
        """An expression has got a line."""

    def softmax(self, z: Expression) -> Expression:
        """exp(zⱼ) / Σₖ exp(zₖ) over the last axis."""
        return self.elementwise("softmax", (z,))

    def shorten(self, x: Expression) -> Expression:
        """A sum of gradients."""
        return x

    def total(self, x: Expression) -> Expression:
        return self._make("total", (x,), x.sample, (*x.units[:-1], 1))

    def largest(self, x: Expression) -> Expression:
        return self._make("largest", (x,), x.sample, (*x.units[:-1], 1))

    def over_samples(self, x: Expression) -> Expression:
        return self._make("over_samples", (x,), False, x.units)

    def spread(self, x: Expression, sample: bool, units: Units) -> Expression:
        if x.sample == sample and x.units == units:
            return x
        return self._make("spread", (x,), sample, units)

    def reduce(self, row: str, operands: Sequence[Expression]) -> Expression:
        """The call of a row over sequences: one number for each of them."""
        units = operands[0].units
        return self._make(ROW, (row, *operands), any(v.sample for v in operands), (*units[:-1], 1))

    def part(self, x: Expression, start: int, stop: int, step: int = 1) -> Expression:
        if x.units == (len(range(start, stop, step)),):
            return x
        return self._make("part", (x, (start, stop, step)), x.sample, (len(range(start, stop, step)),))

    def pick(self, x: Expression, indices: tuple[int, ...]) -> Expression:
        return self._make("pick", (x, indices), x.sample, (len(indices),))

    def place(self, x: Expression, indices: tuple[int, ...], count: int) -> Expression:
        return self._make("place", (x, indices), x.sample, (count,))

    def join(self, parts: Sequence[Expression]) -> Expression:
        if len(parts) == 1:
            return parts[0]
        return self._make("join", tuple(parts), parts[0].sample, (sum(part.units[0] for part in parts),))

    def constant(self, values: tuple[float, ...]) -> Expression:
        return self._make("constant", values, False, (len(values),))

    def fold(self, x: Expression, m: int, k: int) -> Expression:
        return x if x.number is not None else self._make("fold", (x,), x.sample, (m, k))

    def matrix(self, x: Expression, m: int, k: int) -> Expression:
        return x if x.units == (m, k) else self._make("matrix", (x,), x.sample, (m, k))

    def flat(self, x: Expression) -> Expression:
        if len(x.units) < 2:
            return x
        return self._make("flat", (x,), x.sample, (x.units[0] * x.units[1],))

    def forward(self, x: Expression, W: Expression) -> Expression:
        return self._make("forward", (x, W), x.sample, W.units[:1])

    def backward(self, D: Expression, W: Expression) -> Expression:
        return self._make("backward", (D, W), D.sample, W.units[1:])

    def outer(self, D: Expression, x: Expression) -> Expression:
        return self._make("outer", (D, x), False, (D.units[0], x.units[0]))

    def read(self, text: str | ast.expr, operands: Mapping[str, Expression], vector: Units = ()) -> Expression:
        """The expression of a row's text on these operands. Vectors have the shape ``vector``."""
        tree = parse(text) if isinstance(text, str) else text

        def inner(part: ast.expr) -> Expression:
            return self.read(part, operands, vector)

        match tree:
            case ast.Constant(value=int() | float() as value):
                return self.number(value)
            case ast.Name(id=name):
                return operands[name]
            case ast.UnaryOp(operand=operand):
                return self.negate(inner(operand))
            case ast.BinOp(left=left, op=sign, right=right):
                return self.combine(_SIGNS[type(sign)], inner(left), inner(right))
            case ast.Call(func=ast.Name(id="where"), args=[ast.Compare(ops=[sign]) as condition, yes, no]):
                decided = self.compare(_SIGNS[type(sign)], inner(condition.left), inner(condition.comparators[0]))
                return self.where(decided, inner(yes), inner(no))
            case ast.Call(func=ast.Name(id=word), args=[body]) if word in REDUCTIONS:
                inside = inner(body)
                inside = self.spread(inside, inside.sample, vector)
                return self.total(inside) if word == "total" else self.largest(inside)
            case ast.Call(func=ast.Name(id=word), args=arguments):
                return self.call(word, *map(inner, arguments))
        raise SyntaxError(f"{ast.unparse(tree)} has no array form")

    def read_row(self, operation: str, arguments: Sequence[Expression]) -> Expression:
        """What a row computes, from its own text."""
        row = OPERATIONS[operation]
        vector = arguments[0].units if row.vectors else ()
        return self.read(row.value, dict(zip(row.operands, arguments, strict=True)), vector)
