"""Simplifies as on paper, for the program that is read; what is run keeps what was recorded, and its digits.

Besides what ``algebra`` lists:

    x · x is x²                                 a − (a − x) is x for a number a      −x + y is y − x
    Σⱼ −xⱼ is −Σⱼ xⱼ, Σⱼ c·xⱼ is c · Σⱼ xⱼ      Σⱼ xⱼ + Σⱼ yⱼ is Σⱼ (xⱼ + yⱼ)        c · x is x · c for a sum c
    Σ over the N samples of x, which is the same for each, is N · x                  N · x / N is x
    softmax(z ± c) is softmax(z)                Σⱼ softmax(z)ⱼ is 1                  exp(z − logsumexp(z)) is softmax(z)
    what stands above and below cancels: (−y / a + (1 − y) / (1 − a)) · a · (1 − a) is −y · (1 − a) + (1 − y) · a
    what that leaves, and a sum of gradients, is multiplied out where it gets shorter, with 1 − σ(z) for σ(−z): a − y

c stands for a number, or one unit, where x has several.
"""

from collections.abc import Sequence

from .algebra import Algebra
from .expressions import NUMBER, ROW, Expression, common_units, walk
from .softmax import LOGSUMEXP, SOFTMAX

_SIGMOID = "sigmoid"  # the row with f(−a) = 1 − f(a)
_LARGEST = 40  # arrays, numbers and operations of what is multiplied out
Terms = dict[tuple[Expression, ...], float]
"""A sum of products: factors -> coefficient."""


class Paper(Algebra):
    """The algebra of the program that is read.

    Attributes:
        count: N, the number of samples.
        named: an expression that has a line -> its name.
    """

    def __init__(self) -> None:
        super().__init__()
        self.count = self.name("N", False, ())
        self.named: dict[Expression, Expression] = {}
        self._outputs: set[Expression] = set()  # of softmax, under their names

    def name_line(self, value: Expression, name: Expression) -> None:
        self.named[value] = name
        if value.operation == SOFTMAX:
            self._outputs.add(name)

    def softmax(self, z: Expression) -> Expression:
        if z.operation in ("+", "-"):
            first, second = z.parts
            if second.units in ((), (*z.units[:-1], 1)) and (first.sample, first.units) == (z.sample, z.units):
                return self.softmax(first)
        found = self.elementwise(SOFTMAX, (z,))
        return self.named.get(found, found)

    def call(self, word: str, *arguments: Expression) -> Expression:
        if word == "exp" and arguments[0].operation == "-":
            z, log = arguments[0].parts
            if log.operation == ROW and log.arguments == (LOGSUMEXP, z):
                return self.softmax(z)
        return super().call(word, *arguments)

    def add(self, a: Expression, b: Expression) -> Expression:
        a, b = self._turn(a), self._turn(b)
        if a.operation == "neg" and b.operation != "neg":
            return self.subtract(b, next(a.parts))
        if a.operation == b.operation == "total" and a.sample:
            first, second = next(a.parts), next(b.parts)
            if (first.sample, first.units) == (second.sample, second.units):
                return self.total(self.add(first, second))
        return super().add(a, b)

    def subtract(self, a: Expression, b: Expression) -> Expression:
        if b.operation == "-" and a.number is not None and next(b.parts) is a:
            return list(b.parts)[1]
        return super().subtract(a, b)

    def over_samples(self, x: Expression) -> Expression:
        part = next(x.parts, x)
        if x.operation == "neg":
            return self.negate(self.over_samples(part))
        if x.operation == "spread" and not part.sample:  # the same for each sample
            return self.multiply(self.count, part if part.number is not None else self.spread(part, False, x.units))
        return super().over_samples(x)

    def divide(self, a: Expression, b: Expression) -> Expression:
        if b is self.count and (a is b or (a.operation == "*" and b in a.arguments)):
            return self.number(1) if a is b else next(part for part in a.parts if part is not b)
        return super().divide(a, b)

    def total(self, x: Expression) -> Expression:
        if x.operation == SOFTMAX or x in self._outputs:
            return self.number(1)
        if x.operation == "constant":
            return self.number(sum(x.arguments))  # type: ignore[arg-type]
        if x.operation == "neg":
            return self.negate(self.total(next(x.parts)))
        if x.operation == "*":
            for one, other in (list(x.parts), list(x.parts)[::-1]):
                if other.units == x.units != one.units and one.units in ((), (*x.units[:-1], 1)):
                    return self.multiply(one, self.total(other))
        return super().total(x)

    def multiply(self, a: Expression, b: Expression) -> Expression:
        if a is b and a.number is None:
            return self.call("power", a, self.number(2))
        if a.operation == "total" and b.units != a.units and b.number is None:
            a, b = b, a
        found = self._cancel(a, b)
        return super().multiply(self._turn(a), self._turn(b)) if found is None else found

    def _turn(self, x: Expression) -> Expression:
        """−(0, 1) for the numbers (0, −1): a list of numbers below 0 without their signs."""
        if x.operation == "constant" and max(x.arguments) <= 0 > min(x.arguments):  # type: ignore[type-var, operator]
            return self.negate(self.constant(tuple(0.0 - v for v in x.arguments)))  # type: ignore[operator]
        return x

    def _cancel(self, a: Expression, b: Expression) -> Expression | None:
        """The product without the factors that stand above and below; None where none does, or not in all terms."""
        coefficient, above, below = _split(a, b)
        inner = next((v for v in above if any(_split(term)[2] for term in self._list_terms(v))), None)
        if inner is not None:
            above.remove(inner)
        gone: list[Expression] = []
        terms = []
        for term in [self.number(1)] if inner is None else self._list_terms(inner):
            factor, over, under = _split(term)
            over, under = [*over, *above], [*under, *below]
            for v in list(under):
                if v in over:
                    over.remove(v)
                    under.remove(v)
                    gone.append(v)
            if inner is not None and under:
                return None
            terms.append(self._put_together(coefficient * factor, over, under))
        if not gone:
            return None
        found = terms[0]
        for term in terms[1:]:
            found = self.add(found, term)
        found = self._multiply_out(found, gone) if len(terms) > 1 else found
        if found.units != common_units([a, b]):
            return None
        self.cancelled[found] = list(dict.fromkeys(gone))
        return found

    def _list_terms(self, x: Expression) -> list[Expression]:
        """The terms of a sum; x − y has x and −y. None of what is no sum."""
        if x.operation not in ("+", "-"):
            return []
        first, second = x.parts
        return [*(self._list_terms(first) or [first]),
                *(self._list_terms(second) or [second] if x.operation == "+" else [self.negate(second)])]

    def _put_together(self, coefficient: float, above: Sequence[Expression], below: Sequence[Expression]) -> Expression:
        found = self.number(1)
        for factor in above:
            found = super().multiply(found, factor)
        for factor in below:
            found = self.divide(found, factor)
        return super().multiply(self.number(coefficient), found)

    def shorten(self, x: Expression) -> Expression:
        return self._multiply_out(x, ()) if x.operation in ("+", "-") else x

    def _multiply_out(self, x: Expression, gone: Sequence[Expression]) -> Expression:
        """The sum, multiplied out if that is shorter."""
        size = len(walk(x))
        order: dict[Expression, int] = {}
        terms = self._expand(x, order) if size <= _LARGEST else {}
        left = {factors: c for factors, c in terms.items() if c}
        if not left:
            return x
        last: list[Expression] = []
        for part in walk(x):  # −1 + y is −(1 − y) where 1 − y was written
            if part.operation == "-" and next(part.parts).is_number(1) and part not in gone:
                y = (list(part.parts)[1],)
                if left.get(()) == -1 and left.get(y) == 1:
                    del left[()], left[y]
                    last = [self.negate(part)]
        found = self.number(0)
        for part in (*(self._put_together(c, factors, ()) for factors, c in
                       sorted(left.items(), key=lambda item: (item[1] < 0, not item[0]))), *last):
            found = self.add(found, part)
        if len(walk(found)) >= size or (found.sample, found.units) != (x.sample, x.units):
            return x
        self.shortened[found] = x
        return found

    def _expand(self, x: Expression, order: dict[Expression, int]) -> Terms:
        """The sum of products that an expression is; ``order`` counts the factors as they come."""
        parts = list(x.parts)
        if x.operation == NUMBER:
            return {(): float(x.number or 0.0)}
        if x.operation in ("+", "-", "neg"):
            found = self._expand(parts[0], order) if len(parts) > 1 else {}
            sign = 1 if x.operation == "+" else -1
            for factors, c in self._expand(parts[-1], order).items():
                found[factors] = found.get(factors, 0.0) + sign * c
            return found
        if x.operation == "*":
            found = {}
            first, second = (self._expand(part, order) for part in parts)
            for one, c in first.items():
                for other, d in second.items():
                    key = tuple(sorted((*one, *other), key=order.__getitem__))
                    found[key] = found.get(key, 0.0) + c * d
            return found
        if x.operation == ROW and x.arguments[0] == _SIGMOID and next(x.parts).operation == "neg":
            opposite = self.call(_SIGMOID, next(parts[0].parts))
            return self._expand(self.subtract(self.number(1), opposite), order)
        order.setdefault(x, len(order))
        return {(x,): 1.0}


def read_residual(x: Expression) -> tuple[Expression, Expression] | None:
    """(a, y) where an expression is a · Σⱼ yⱼ − y: a − y, if the y of a sample add up to 1."""
    if x.operation == "-":
        product, y = x.parts
        factors = list(product.parts)
        if product.operation == "*" and factors[1].operation == "total" and next(factors[1].parts) is y:
            return factors[0], y
    return None


def _split(*products: Expression) -> tuple[float, list[Expression], list[Expression]]:
    """A product as a number, the factors above, and those below."""
    number, above, below = 1.0, list[Expression](), list[Expression]()
    for x in products:
        parts = list(x.parts)
        if x.number is not None:
            number *= x.number
        elif x.operation in ("*", "neg"):
            inner = _split(*parts)
            number *= inner[0] * (-1 if x.operation == "neg" else 1)
            above, below = above + inner[1], below + inner[2]
        elif x.operation == "/":
            one, two = _split(parts[0]), _split(parts[1])
            if two[0] != 1:  # a number below stays there
                above.append(x)
                continue
            number *= one[0]
            above, below = above + one[1] + two[2], below + one[2] + two[1]
        else:
            above.append(x)
    return number, above, below
