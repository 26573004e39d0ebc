"""Prints a matrix program as NumPy, with a sample in each row of the arrays, or in each column.

Rows: X is (N, n) and Z = X @ W.T + b. Columns: X is (n, N), b is (m, 1), and Z = W @ X + b, as on paper. A matrix
stands as θ holds it: if that has a row for each input, W.T and W change places.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction

from ..operations import OPERATIONS
from ..words import WORDS
from .blocks import Block
from .expressions import ARITHMETIC, COMPARISONS, NAME, NUMBER, ROW, WHERE, Expression, walk

ROWS, COLUMNS = FORMS = ("rows", "columns")
_SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(1, 6)
_LEVELS = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "neg": _SIGN, "power": _POWER, "pow": _POWER,
           **dict.fromkeys(COMPARISONS, 0)}


class Printer:
    """Prints expressions.

    Args:
        form: ROWS or COLUMNS, where the samples are.
        blocks: the blocks of parameters, which say how θ holds their matrices.
        numbers: the names of numbers, which are no arrays.
    """

    def __init__(self, form: str, blocks: Sequence[Block] = (), numbers: Sequence[str] = ()) -> None:
        self.form, self.in_rows = form, form == ROWS
        self._turned = {block.name for block in blocks if block.stored == "source"}
        self.called: dict[str, str] = {}
        self.numbers = numbers

    def write(self, expression: Expression, level: int = 0) -> str:
        """The text, in brackets if it binds less than ``level``."""
        text, own = self._write(expression)
        return f"({text})" if own < level else text

    def _write(self, e: Expression) -> tuple[str, int]:
        operation, parts = e.operation, list(e.parts)
        if operation == NUMBER:
            return _write_float(float(e.number or 0.0))
        if operation == NAME:
            return str(e.arguments[0]), _ATOM
        if operation in ARITHMETIC:
            level = _LEVELS[operation]
            left = self.write(parts[0], _ATOM if self._is_product(parts[0]) and level == _PRODUCT and operation == "*"
                              else level)
            right = self.write(parts[1], level + (operation in "-/") if not self._is_product(parts[1]) else _ATOM)
            is_quotient = parts[1].operation in ("*", "/") or (parts[1].operation == NUMBER and "/" in right)
            if level == _PRODUCT and is_quotient and right[0] != "(":
                right = f"({right})"
            return f"{left} {operation} {right}", level
        if operation == "neg":
            return f"-{self.write(parts[0], _PRODUCT)}", _PRODUCT
        if operation in COMPARISONS:
            return f"{self.write(parts[0], _SUM)} {operation} {self.write(parts[1], _SUM)}", 0
        if operation in ("power", "pow"):
            return f"{self.write(parts[0], _ATOM)}**{self.write(parts[1], _ATOM)}", _POWER
        if operation == WHERE:
            texts = list(map(self.write, parts))
            if None not in (parts[1].number, parts[2].number):  # an array of whole numbers has no negative powers
                texts[1:] = [repr(part.number) for part in parts[1:]]
            return f"np.where({', '.join(texts)})", _ATOM
        if operation == ROW:
            self.called[str(e.arguments[0])] = ""
            return f"{e.arguments[0]}({', '.join(map(self.write, parts))})", _ATOM
        if operation in WORDS:
            return f"np.{WORDS[operation].numpy}({', '.join(map(self.write, parts))})", _ATOM
        found: tuple[str, int] = getattr(self, f"_write_{operation}")(e)
        return found

    @staticmethod
    def _is_product(e: Expression) -> bool:
        return e.operation in ("forward", "backward", "outer")

    def is_turned(self, e: Expression) -> bool:
        """Whether a matrix is printed with a row for each input."""
        if e.operation == NAME:
            return str(e.arguments[0]) in self._turned
        elementwise = (*ARITHMETIC, "neg", *WORDS, ROW, WHERE, *COMPARISONS)
        return e.operation in elementwise and any(map(self.is_turned, e.parts))

    def _write_forward(self, e: Expression) -> tuple[str, int]:
        x, W = e.parts
        return self._write_product(x, W, self.is_turned(W) != self.in_rows)

    def _write_product(self, x: Expression, W: Expression, transposed: bool) -> tuple[str, int]:
        vector, matrix = self.write(x, _ATOM), self.write(W, _ATOM) + ".T" * transposed
        return (f"{vector} @ {matrix}" if self.in_rows else f"{matrix} @ {vector}"), _PRODUCT

    def _write_backward(self, e: Expression) -> tuple[str, int]:
        D, W = e.parts
        return self._write_product(D, W, self.is_turned(W) == self.in_rows)

    def write_outer(self, e: Expression, turned: bool) -> tuple[str, int]:
        """The sum over the samples of D xᵀ, or of x Dᵀ."""
        first, second = e.parts
        if turned:
            first, second = second, first
        left, right = self.write(first, _ATOM), self.write(second, _ATOM)
        if self.in_rows and not first.sample:
            return f"np.outer({left}, {right})", _ATOM
        return (f"{left}.T @ {right}" if self.in_rows else f"{left} @ {right}.T"), _PRODUCT

    def _write_outer(self, e: Expression) -> tuple[str, int]:
        return self.write_outer(e, turned=False)

    def _write_softmax(self, e: Expression) -> tuple[str, int]:
        part = next(e.parts)
        axis = self._axis(part, of_units=True)
        if self.called.setdefault("softmax", axis) != axis:
            self.called["softmax"] = "-1" if self.in_rows else "-2"
        return f"softmax({self.write(part)})", _ATOM

    def write_matrix(self, e: Expression, turned: bool, level: int = 0) -> str:
        """A matrix of the shape of a block of parameters, with a row for each input if ``turned``."""
        if e.operation == "outer":
            text, own = self.write_outer(e, turned)
            return f"({text})" if own < level else text
        if e.operation in ("+", "-", "*", "/"):
            first, second = e.parts
            own = _LEVELS[e.operation]
            texts = [self.write_matrix(part, turned, own + (i and e.operation in "-/")) if len(part.units) == 2
                     else self.write(part, own + (i and e.operation in "-/")) for i, part in enumerate((first, second))]
            text = f"{texts[0]} {e.operation} {texts[1]}"
            return f"({text})" if own < level else text
        if turned and len(e.units) == 2 and not self.is_turned(e):
            return f"{self.write(e, _ATOM)}.T"
        return self.write(e, level)

    def _shape(self, sample: bool, units: Sequence[int]) -> str:
        """The shape of an array of so many units."""
        sizes = [str(size) for size in units]
        if self.in_rows:
            sizes = [*(["N"] if sample else []), *sizes]
        elif sample or len(units) == 1:
            sizes = [*sizes, "N" if sample else "1"]
        return f"({', '.join(sizes)}{',' * (len(sizes) == 1)})"

    def _axis(self, e: Expression, of_units: bool) -> str:
        if of_units:
            flat = e.sample and len(e.units) == 1
            return ("1" if flat else "-1") if self.in_rows else ("0" if flat else "-2")
        return "0" if self.in_rows else "1" if len(e.units) == 1 else "-1"

    def _reduce(self, word: str, e: Expression, keep: bool = True) -> tuple[str, int]:
        part = next(e.parts)
        kept = ", keepdims=True" * keep
        return f"np.{word}({self.write(part)}, axis={self._axis(part, of_units=True)}{kept})", _ATOM

    def _write_total(self, e: Expression) -> tuple[str, int]:
        return self._reduce("sum", e)

    def _write_largest(self, e: Expression) -> tuple[str, int]:
        return self._reduce("max", e)

    def _write_over_samples(self, e: Expression) -> tuple[str, int]:
        part = next(e.parts)
        if part.operation == "total" and part.units == (1,):  # one sum over both axes
            inner = self.write(next(part.parts))
            return f"np.array([np.sum({inner})])" if self.in_rows else f"np.sum({inner}, keepdims=True)", _ATOM
        kept = "" if self.in_rows else ", keepdims=True"
        return f"np.sum({self.write(part)}, axis={self._axis(part, of_units=False)}{kept})", _ATOM

    def _write_spread(self, e: Expression) -> tuple[str, int]:
        part = next(e.parts)
        shape = self._shape(e.sample, e.units)
        if part.operation in (NUMBER, "constant") and len({*part.arguments}) == 1:
            value = part.arguments[0]
            return f"np.ones({shape})" if value == 1 else f"np.full({shape}, {value!r})", _ATOM
        return f"np.broadcast_to({self.write(part)}, {shape})", _ATOM

    def _write_constant(self, e: Expression) -> tuple[str, int]:
        numbers = ", ".join(map(repr, e.arguments))
        return (f"np.array([{numbers}])" + ("" if self.in_rows else ".reshape(-1, 1)")), _ATOM

    def _write_part(self, e: Expression) -> tuple[str, int]:
        part, where = e.arguments
        text = write_range(where, part.units[-1])  # type: ignore[arg-type, union-attr]
        rows = ":, " * (self.in_rows and e.sample)
        return f"{self.write(part, _ATOM)}[{rows}{text}]", _ATOM  # type: ignore[arg-type]

    def _write_pick(self, e: Expression) -> tuple[str, int]:
        part, indices = e.arguments
        rows = ":, " * (self.in_rows and e.sample)
        return f"{self.write(part, _ATOM)}[{rows}np.array({list(indices)})]", _ATOM  # type: ignore[arg-type]

    def _write_place(self, e: Expression) -> tuple[str, int]:
        part, indices = e.arguments
        self.called["place"] = ""
        return f"place({self.write(part)}, np.array({list(indices)}), {e.units[0]})", _ATOM  # type: ignore[arg-type]

    def _write_join(self, e: Expression) -> tuple[str, int]:
        return f"np.{'hstack' if self.in_rows else 'vstack'}([{', '.join(map(self.write, e.parts))}])", _ATOM

    def _write_fold(self, e: Expression) -> tuple[str, int]:
        sizes = self._shape(e.sample, e.units) if self.in_rows or e.sample else f"({e.units[0]}, {e.units[1]}, 1)"
        return f"{self.write(next(e.parts), _ATOM)}.reshape{sizes}", _ATOM

    def _write_matrix(self, e: Expression) -> tuple[str, int]:
        return f"{self.write(next(e.parts), _ATOM)}.reshape({e.units[0]}, {e.units[1]})", _ATOM

    def _write_flat(self, e: Expression) -> tuple[str, int]:
        part = next(e.parts)
        text = self.write(part, _ATOM) + ".T" * self.is_turned(part)
        return f"{text}.reshape{self._shape(e.sample, e.units)}", _ATOM

    def write_number(self, e: Expression, level: int = 0) -> str:
        """An expression of one unit and no sample as a number."""
        parts = list(e.parts)
        if e.operation == "/" and parts[0].operation == "over_samples" and str(parts[1].arguments[0]) == "N":
            return f"np.mean({self._write_summand(next(parts[0].parts))})"
        if e.operation in ARITHMETIC:
            own = _LEVELS[e.operation]
            text = f"{self.write_number(parts[0], own)} {e.operation} " + self.write_number(
                parts[1], own + (e.operation in "-/"))
            return f"({text})" if own < level else text
        if e.operation == "over_samples":
            factor, inner = parts[0].parts if parts[0].operation == "*" else (None, parts[0])
            if inner.operation == "total" and (factor is None or factor.number is not None):  # one sum over both axes
                text = f"np.sum({self.write(next(inner.parts))})"
                return text if factor is None else f"{self.write(factor, _PRODUCT)} * {text}"
            return f"np.sum({self._write_summand(parts[0])})"
        if e.operation == "total" and not parts[0].sample:
            inside = next(parts[0].parts) if parts[0].operation == "flat" else parts[0]
            return f"np.sum({self.write(inside)})"
        if e.operation in (NUMBER, NAME) and (not e.units or e.operation == NUMBER or e.arguments[0] in self.numbers):
            return self.write(e, level)
        if e.operation == "neg":
            return f"-{self.write_number(parts[0], _PRODUCT)}"
        if e.operation == "sqrt":
            return f"np.sqrt({self.write_number(parts[0])})"
        return f"np.sum({self.write(e)})"

    def _write_summand(self, e: Expression) -> str:
        """What is added over the samples; a sum over units inside needs no axis of its own."""
        if not self._is_reduced(e):
            return self.write(e)
        inner = _Summand(self.form)
        inner._turned, inner.called = self._turned, self.called
        return inner.write(e)

    def _is_reduced(self, e: Expression) -> bool:
        """Whether an expression of one unit is made of numbers, and of sums whose terms hold no sum."""
        if e.operation == "total":
            return not any(part.operation == "total" for part in walk(next(e.parts)))
        return e.number is not None or (e.operation in (*ARITHMETIC, "neg") and all(map(self._is_reduced, e.parts)))


class _Summand(Printer):
    """Prints sums over units without the axis that they leave."""

    def _write_total(self, e: Expression) -> tuple[str, int]:
        return self._reduce("sum", e, keep=False)


def _write_float(value: float) -> tuple[str, int]:
    """A number; as a fraction where that is the same number and shorter: 2 / 3."""
    if value.is_integer() and abs(value) < 1e15:
        return repr(int(value)), _ATOM if value >= 0 else _SIGN
    fraction = Fraction(value).limit_denominator(1_000)
    text = f"{fraction.numerator} / {fraction.denominator}"
    if len(text) < len(repr(value)) - 2 and fraction.numerator / fraction.denominator == value:
        return text, _PRODUCT
    return repr(value), _ATOM if value >= 0 else _SIGN


def write_range(found: tuple[int, int, int], size: int = 0) -> str:
    """A slice: ``2:9:3``. Of an array of that size it may end with the array: ``2:``."""
    start, stop, step = found
    return f"{start or ''}:{stop if stop != size else ''}" + (f":{step}" if step != 1 else "")


def write_rows(printer: Printer, make: Callable[[str], tuple[Expression, Sequence[str]]]) -> list[str]:
    """The definitions of the rows that were called, those first that others call.

    Args:
        make: row -> its expression, and the names of its operands.
    """
    texts: dict[str, str] = {}

    def define(name: str) -> None:
        if name in texts or name not in OPERATIONS:
            return
        expression, operands = make(name)
        inner = Printer(printer.form)
        text = inner.write(expression)
        for called in inner.called:
            define(called)
        texts[name] = f"def {name}({', '.join(operands)}):\n    return {text}\n"

    for name in list(printer.called):
        define(name)
    return list(texts.values())
