"""Rewrites expressions for NumPy: rows become what their text says, names of lines become their expressions.

Some conditions have a function in NumPy:

    where(a > b, a, b) is maximum(a, b)      where(a < b, a, b) is minimum(a, b)      where(a < 0, −a, a) is absolute(a)
    power(a, 2) is square(a)                 power(a, −1) is 1 / a                    power(a, 1/2) is sqrt(a)
    where(a < 0, e, 1) / (1 + e) with e = exp(−|a|) is 1 / (1 + exp(−a)); exp may overflow there, since 1 / ∞ is 0
"""

from collections.abc import Iterable, Mapping

from ..operations import OPERATIONS
from .algebra import Algebra
from .expressions import ARITHMETIC, COMPARISONS, NAME, NUMBER, ROW, WHERE, Expression


class Lowering:
    """Lowers expressions, each of them once.

    Args:
        algebra: makes the expressions.
        named: name of a line -> its expression.
    """

    def __init__(self, algebra: Algebra, named: Mapping[str, Expression]) -> None:
        self.algebra, self.named = algebra, named
        self._known: dict[Expression, Expression] = {}

    def lower(self, expression: Expression) -> Expression:
        found = self._known.get(expression)
        if found is None:
            found = self._known[expression] = self._lower(expression)
        return found

    def _lower(self, expression: Expression) -> Expression:
        algebra, operation = self.algebra, expression.operation
        if operation == NAME:
            named = self.named.get(str(expression.arguments[0]))
            return expression if named is None else self.lower(named)
        if operation == NUMBER:
            return expression
        if operation == ROW:
            word, *operands = expression.arguments
            parts = [self.lower(operand) for operand in operands if isinstance(operand, Expression)]
            if OPERATIONS[str(word)].vectors:  # one may have become a number, and the row adds over its elements
                parts = [algebra.spread(part, operand.sample, operand.units)
                         for part, operand in zip(parts, expression.parts, strict=True)]
            return self.lower(algebra.read_row(str(word), parts))
        arguments = tuple(self.lower(a) if isinstance(a, Expression) else a for a in expression.arguments)
        parts = [a for a in arguments if isinstance(a, Expression)]
        if operation in ARITHMETIC:
            logistic = self._find_logistic(*parts) if operation == "/" else None
            return algebra.combine(operation, *parts) if logistic is None else logistic
        if operation == "neg":
            return algebra.negate(*parts)
        if operation == WHERE:
            return self._lower_condition(*parts)
        if operation == "power" and parts[1].number in (2.0, -1.0, 0.5):
            base, exponent = parts
            if exponent.number == -1:
                return algebra.divide(algebra.number(1), base)
            return algebra.elementwise("square" if exponent.number == 2 else "sqrt", (base,))
        if arguments == expression.arguments:
            return expression
        return algebra.make_again(expression, tuple(
            algebra.spread(new, old.sample, old.units) if isinstance(new, Expression) and isinstance(old, Expression)
            else new for new, old in zip(arguments, expression.arguments, strict=True)))  # it may have become a number

    def _find_logistic(self, above: Expression, below: Expression) -> Expression | None:
        """logistic(a) for where(a < 0, e, 1) / (1 + e) with e = exp(−|a|)."""
        if above.operation != WHERE:
            return None
        condition, e, one = above.parts
        if not (one.is_number(1) and condition.operation == "<" and below is self.algebra.add(one, e)):
            return None
        a, zero = condition.parts
        decay = self.algebra.call("exp", self.algebra.negate(self.algebra.elementwise("absolute", (a,))))
        return self.algebra.elementwise("logistic", (a,)) if zero.is_number(0) and e is decay else None

    def _lower_condition(self, condition: Expression, yes: Expression, no: Expression) -> Expression:
        algebra = self.algebra
        if condition.operation in COMPARISONS:
            a, b = condition.parts
            if (yes, no) == (a, b) and condition.operation in (">", "<"):
                return algebra.elementwise("maximum" if condition.operation == ">" else "minimum", (a, b))
            if condition.operation == "<" and b.is_number(0) and no is a and yes is algebra.negate(a):
                return algebra.elementwise("absolute", (a,))
        return algebra.where(condition, yes, no)


def count_uses(roots: Iterable[Expression]) -> dict[Expression, int]:
    """How many operations use each expression; a root is used once more."""
    uses: dict[Expression, int] = {}
    waiting = list(roots)
    for expression in waiting:  # grows while it runs
        uses[expression] = uses.get(expression, 0) + 1
        if uses[expression] == 1:
            waiting += expression.parts
    return uses
