"""Compiles a matrix program for one number of samples: a call of NumPy for each operation, into a buffer of its own.

The generated code reads θ and the data, and allocates no array. The buffers of the forward half lie side by side, so
that one scalar product shows whether a number in them is not finite. An operation may overwrite an operand that nobody
else needs, in the forward half only where the result shows what was not finite in it.
"""

from collections.abc import Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING, Any

from ..words import WORDS
from .blocks import Block
from .expressions import ARITHMETIC, NAME, NUMBER, WHERE, Expression
from .shapes import Shapes, view_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

_UFUNCS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "neg": "negative", "<": "less", ">": "greater",
           "<=": "less_equal", ">=": "greater_equal", "==": "equal", "!=": "not_equal"}
_SHOWS = {"+", "-", "*", "neg"}  # what is not finite in an operand is not finite in the result


class Buffers(Shapes):
    """The buffers and the lines of code for N samples.

    Args:
        theta: the buffer of θ.
        count: N.
        parameters, data: the blocks of the leaves.
        uses: how many operations use each expression.
    """

    def __init__(self, theta: "Array", count: int, parameters: Sequence[Block], data: Sequence[Block],
                 uses: Mapping[Expression, int]) -> None:
        import numpy as np

        super().__init__(np, count)
        self.uses = uses
        self._numbers: dict[Expression, str] = {}
        self._conditions: dict[Expression, str] = {}
        size = sum(8 + prod(self.shape_of(expression)) for expression in uses)
        self._side_by_side: Array | None = np.zeros(size)
        self._used = 0
        self._apart: list[Array] = []
        self._bind_leaves(theta, parameters, data)

    def _bind_leaves(self, theta: "Array", parameters: Sequence[Block], data: Sequence[Block]) -> None:
        self.whole_theta = self.keep(theta)
        for block in parameters:
            view = view_of(theta, block.source, block.units)
            if view is None:
                indices = self.np.array(block.source).reshape(block.units)
                view = self.np.empty(block.units)
                self.code.append(f"take({self.whole_theta}, {self.bind(indices)}, None, {self.keep(view)}, 'clip')")
            self.of[block.value] = self.keep(view)
        for block in data:
            name = self.of[block.value] = self.invent()
            first, last = block.source[0], block.source[-1]
            self.code.append(f"{name} = data" if len(data) == 1 else f"{name} = data[:, {first}:{last + 1}]")

    def make(self, expression: Expression) -> str:
        """A new buffer of the shape of an expression."""
        shape = self.shape_of(expression)
        if self._side_by_side is None:
            return self.keep(self.np.zeros(shape), own=True)
        start, stop = self._used, self._used + prod(shape)
        if stop > len(self._side_by_side):
            self._apart.append(self.np.zeros(shape))
            return self.keep(self._apart[-1], own=True)
        self._used = -(-stop // 8) * 8  # as processors like it
        return self.keep(self._side_by_side[start:stop].reshape(shape), own=True)

    def end_forward(self) -> list["Array"]:
        """End the forward half. Returns the arrays that show whether a number in it is not finite."""
        found = [] if self._side_by_side is None else [self._side_by_side[: self._used], *self._apart]
        self._side_by_side = None
        return found

    def check(self, array: "Array") -> None:
        """Return None where an array holds what is not finite."""
        if array.size:
            name = self.keep(array.reshape(-1))
            self.code += [f"s = dot({name}, {name})",  # quick; it may overflow
                          f"if s - s != 0.0 and not isfinite({name}).all(): return None"]

    def define(self, result: str) -> Any:
        """The compiled function of the data."""
        np = self.np
        code = "\n    ".join(["def program(data):", *self.code, f"return {result}"])
        words = ("matmul", "dot", "copyto", "take", "isfinite", "exp", "add", "multiply", "negative", "reciprocal")
        names = {**{word: getattr(np, word) for word in words}, "maximum_reduce": np.maximum.reduce,
                 "add_at": np.add.at, **self.names}
        exec(compile(code, "<matrix program>", "exec"), names)  # noqa: S102 - made from the table's rows
        return names["program"]

    def compute(self, expression: Expression, out: str | None = None) -> str:
        """The name of the array of an expression, after the code that computes it.

        Args:
            out: the buffer to compute it into, if it is not computed yet.
        """
        known = self.of.get(expression)
        if known is None:
            known = self.of[expression] = self._write(expression, out)
        return known

    def compute_into(self, expression: Expression, target: "Array") -> None:
        """Compute an expression into an array that changes afterwards."""
        name = self.keep(target)
        if self.uses.get(expression, 0) > 1:  # somebody else reads it
            known = self.compute(expression)
        else:
            known = self._write(expression, name if target.flags.c_contiguous else None)
        if known != name:
            self.code.append(f"copyto({name}, {known})")

    def _write(self, expression: Expression, out: str | None) -> str:
        operation = expression.operation
        if operation == NUMBER:
            return self._bind_number(float(expression.number or 0.0))
        if operation == NAME:  # θ and N; the leaves are known
            return self.whole_theta if expression.units else self._bind_number(float(self.count))
        handler = getattr(self, f"_write_{operation}", None)
        if handler is not None:
            found: str = handler(expression, out)
            return found
        parts = list(expression.parts)
        if operation == WHERE:
            return self._write_choice(expression, out)
        operands = [self.compute(part) for part in parts]
        name = out or self._overwrite(expression, parts, operands) or self.make(expression)
        self._call(operation, operands, name)
        return name

    def _call(self, operation: str, operands: Sequence[str], out: str) -> None:
        word = _UFUNCS.get(operation) or (WORDS[operation].numpy if operation in WORDS else operation)
        self.names[word] = getattr(self.np, word)
        self.code.append(f"{word}({', '.join(operands)}, out={out})")

    def _bind_number(self, value: float) -> str:
        return self.bind(self.np.array(value))

    def _overwrite(self, expression: Expression, parts: Sequence[Expression], operands: Sequence[str]) -> str | None:
        """The array of an operand that nobody else needs and that the result may overwrite; None if there is none."""
        if self._side_by_side is not None and expression.operation not in _SHOWS:
            return None
        for part, name in zip(parts, operands, strict=True):
            if name in self.own and self.uses.get(part) == 1 and self.arrays[name].shape == self.shape_of(expression):
                return name
        return None

    def _write_choice(self, expression: Expression, out: str | None) -> str:
        condition, yes, no = expression.parts
        operands = [self.compute(yes), self.compute(no)]
        if condition not in self._conditions:
            sides = [self.compute(side) for side in condition.parts]
            self._conditions[condition] = self.keep(self.np.zeros(self.shape_of(condition), bool))
            self._call(condition.operation, sides, self._conditions[condition])
        name = out or self.make(expression)
        self.code += [f"copyto({name}, {operands[1]})",
                      f"copyto({name}, {operands[0]}, where={self._conditions[condition]})"]
        return name

    def _write_logistic(self, expression: Expression, out: str | None) -> str:
        """1 / (1 + exp(−a)) in one buffer: what overflows on the way shows nothing wrong, 1 / ∞ being 0."""
        operand, name = self.compute(next(expression.parts)), out or self.make(expression)
        self.code += [f"negative({operand}, out={name})", f"exp({name}, out={name})",
                      f"add({name}, {self._bind_number(1.0)}, out={name})", f"reciprocal({name}, out={name})"]
        return name

    def compute_number(self, expression: Expression) -> str:
        """The name of a Python number: arithmetic of single numbers is quicker than that of arrays."""
        known = self._numbers.get(expression)
        if known is None:
            value = self._write_number(expression)
            known = self._numbers[expression] = self.invent()
            self.code.append(f"{known} = {value}")
        return known

    def _write_number(self, expression: Expression) -> str:
        operation, parts = expression.operation, list(expression.parts)
        if operation == NUMBER:
            return repr(float(expression.number or 0.0))
        if operation == NAME and not expression.units:
            return repr(float(self.count))
        if operation in ARITHMETIC:
            return f" {operation} ".join(map(self.compute_number, parts))
        if operation == "neg":
            return f"-{self.compute_number(parts[0])}"
        if operation == "sqrt":
            return f"{self.bind(WORDS['sqrt'].python)}({self.compute_number(parts[0])})"
        if operation == "over_samples" and parts[0].units == (1,):
            x = self.flatten(self.compute(parts[0]), parts[0])
            return f"dot({self.ones(self.count)}, {x}).item()"
        if operation == "total" and not parts[0].sample:
            factors = [*parts[0].parts] * 2 if parts[0].operation == "square" else list(parts[0].parts)
            if parts[0].operation not in ("*", "square") or any(part.units != parts[0].units for part in factors):
                factors = [parts[0]]
            names = [self.flatten(self.compute(part), part) for part in factors]
            return f"dot({names[0]}, {names[1] if len(names) > 1 else self.ones(*parts[0].units)}).item()"
        if operation == "spread" and not parts[0].sample:
            return self.compute_number(parts[0])
        return f"{self.compute(expression)}.item()"

    def invert(self, factor: Expression) -> str:
        """The name of 1 / factor."""
        known = self.invent()
        self.code.append(f"{known} = 1.0 / {self.compute_number(factor)}")
        return known
