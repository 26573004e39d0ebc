"""Compiles a matrix program for one number of samples: a call of NumPy a line, each into a buffer of its own.

The generated code reads θ and the data, and allocates nothing. What can be overwritten is: the operand of an addition
that nobody else needs. In the forward half only where the result shows what was not finite in it.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..words import WORDS
from .blocks import Block
from .expressions import COMPARISONS, NAME, NUMBER, WHERE, Expression

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

_UFUNCS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide", "neg": "negative", "<": "less", ">": "greater",
           "<=": "less_equal", ">=": "greater_equal", "==": "equal", "!=": "not_equal", "maximum": "maximum",
           "minimum": "minimum", "absolute": "absolute", "square": "square"}
_SHOWS = {"+", "-", "*", "neg"}  # what is not finite in an operand is not finite in the result


class Buffers:
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

        self.np, self.theta, self.count, self.uses = np, theta, count, uses
        self.code: list[str] = []
        self.names: dict[str, Any] = {}
        self.of: dict[Expression, str] = {}
        self.arrays: dict[str, Array] = {}  # what stays where it is; data is read at each call
        self.own: set[str] = set()
        self.checked: list[Array] = []
        self.in_forward = True
        self._bind_leaves(parameters, data)

    def _bind_leaves(self, parameters: Sequence[Block], data: Sequence[Block]) -> None:
        for block in parameters:
            view = view_of(self.theta, block.source, block.units)
            if view is not None:
                self.of[block.value] = self.keep(view)
                continue
            buffer, indices = self.np.empty(block.units), self.np.array(block.source).reshape(block.units)
            name = self.keep(buffer)
            self.code.append(f"take({self.bind(self.theta)}, {self.bind(indices)}, None, {name}, 'clip')")
            self.of[block.value] = name
        for block in data:
            first, last = block.source[0], block.source[-1]
            name = self.of[block.value] = f"d{len(self.of)}"
            whole = len(data) == 1
            self.code.append(f"{name} = data" if whole else f"{name} = data[:, {first}:{last + 1}]")

    def bind(self, thing: Any) -> str:
        name = f"v{len(self.names)}"
        self.names[name] = thing
        return name

    def keep(self, array: "Array", own: bool = False) -> str:
        name = self.bind(array)
        self.arrays[name] = array
        if own:
            self.own.add(name)
        return name

    def shape_of(self, expression: Expression) -> tuple[int, ...]:
        return (self.count, *expression.units) if expression.sample else expression.units

    def _make(self, expression: Expression, dtype: Any = float) -> str:
        array = self.np.zeros(self.shape_of(expression), dtype)
        if self.in_forward and dtype is float:
            self.checked.append(array)
        return self.keep(array, own=True)

    def compute(self, expression: Expression, out: str | None = None) -> str:
        """The name of the array of an expression, after the code that computes it.

        Args:
            out: the array to compute it into, if it is not computed yet.
        """
        if expression.operation == NUMBER:
            return self._number(float(expression.number or 0.0))
        known = self.of.get(expression)
        if known is None:
            known = self.of[expression] = self._write(expression, out)
        if out is not None and known != out:
            self.code.append(f"copyto({out}, {known})")
        return known

    def _number(self, value: float) -> str:
        name = f"c{len(self.names)}"
        self.names[name] = self.np.array(value)
        return name

    def _write(self, expression: Expression, out: str | None) -> str:
        operation = expression.operation
        if operation == NAME:  # N; the leaves are known
            return self._number(float(self.count))
        handler = getattr(self, f"_write_{operation}", None)
        if handler is not None:
            found: str = handler(expression, out)
            return found
        parts = list(expression.parts)
        operands = [self.compute(part) for part in parts]
        is_condition = operation in COMPARISONS
        if out is None and not is_condition:
            out = self._overwrite(expression, parts, operands)
        name = out or self._make(expression, bool if is_condition else float)
        if operation == WHERE:
            self.code += [f"copyto({name}, {operands[2]})", f"copyto({name}, {operands[1]}, where={operands[0]})"]
            return name
        word = _UFUNCS.get(operation) or WORDS[operation].numpy
        self.names.setdefault(word, getattr(self.np, word))
        self.code.append(f"{word}({', '.join(operands)}, out={name})")
        return name

    def _overwrite(self, expression: Expression, parts: Sequence[Expression], operands: Sequence[str]) -> str | None:
        """The array of an operand that nobody else needs and that the result may overwrite; None if there is none."""
        if expression.operation == WHERE or (self.in_forward and expression.operation not in _SHOWS):
            return None
        for part, name in zip(parts, operands, strict=True):
            if (name in self.own and self.uses.get(part) == 1 and self.arrays[name].dtype == float
                    and self.arrays[name].shape == self.shape_of(expression)):
                return name
        return None

    def _ones(self, *shape: int) -> str:
        return self.keep(self.np.ones(shape))

    def _write_total(self, expression: Expression, out: str | None) -> str:
        part = next(expression.parts)
        operand = self.compute(part)
        if part.units[-1] == 1 and out is None:
            return operand
        name = out or self._make(expression)
        if part.sample or len(part.units) > 1:
            self.code.append(f"matmul({operand}, {self._ones(part.units[-1], 1)}, {name})")
        else:
            self.code.append(f"matmul({operand}, {self._ones(part.units[-1])}, {self._scalar_view(name)})")
        return name

    def _scalar_view(self, name: str) -> str:
        return self.keep(self.arrays[name].reshape(()))

    def _write_largest(self, expression: Expression, out: str | None) -> str:
        operand = self.compute(next(expression.parts))
        name = out or self._make(expression)
        self.code.append(f"maximum_reduce({operand}, -1, None, {name}, True)")
        return name

    def _write_over_samples(self, expression: Expression, out: str | None) -> str:
        part = next(expression.parts)
        operand = self.compute(part)
        name = out or self._make(expression)
        if len(part.units) == 2:
            operand = self._reshape(operand, self.shape_of(part), (self.count, part.units[0] * part.units[1]))
            self.code.append(f"matmul({self._ones(self.count)}, {operand}, {self._flat_view(name)})")
        else:
            self.code.append(f"matmul({self._ones(self.count)}, {operand}, {name})")
        return name

    def _flat_view(self, name: str) -> str:
        return self.keep(self.arrays[name].reshape(-1))

    def _write_constant(self, expression: Expression, out: str | None) -> str:
        del out
        return self.keep(self.np.array(expression.arguments, float))

    def _write_spread(self, expression: Expression, out: str | None) -> str:
        part = next(expression.parts)
        if part.operation in (NUMBER, "constant"):
            value = part.number if part.operation == NUMBER else self.np.array(part.arguments, float)
            return self.keep(self.np.full(self.shape_of(expression), value))
        operand = self.compute(part)
        name = out or self._make(expression)
        self.code.append(f"copyto({name}, {operand})")
        return name

    def _write_part(self, expression: Expression, out: str | None) -> str:
        del out
        part, where = expression.arguments
        return self._slice(self.compute(part), *where)  # type: ignore[arg-type, misc]

    def _slice(self, name: str, start: int, stop: int, step: int = 1) -> str:
        if name in self.arrays:
            return self.keep(self.arrays[name][..., start:stop:step])
        found = f"d{len(self.names)}_{len(self.code)}"
        self.code.append(f"{found} = {name}[:, {start}:{stop}:{step}]")
        return found

    def _write_pick(self, expression: Expression, out: str | None) -> str:
        part, indices = expression.arguments
        operand = self.compute(part)  # type: ignore[arg-type]
        name = out or self._make(expression)
        self.code.append(f"take({operand}, {self.bind(self.np.array(indices))}, -1, {name}, 'clip')")
        return name

    def _write_place(self, expression: Expression, out: str | None) -> str:
        del out
        part, indices = expression.arguments
        operand, where = self.compute(part), self.bind((..., self.np.array(indices)))  # type: ignore[arg-type]
        name = self._make(expression)
        if len({*indices}) == len(indices):  # type: ignore[misc, arg-type]
            self.code.append(f"{name}[{where}] = {operand}")
        else:
            self.code += [f"{name}.fill(0.0)", f"add_at({name}, {where}, {operand})"]
        return name

    def _write_join(self, expression: Expression, out: str | None) -> str:
        name = out or self._make(expression)
        start = 0
        for part in expression.parts:
            operand = self.compute(part)
            self.code.append(f"copyto({self._slice(name, start, start + part.units[0])}, {operand})")
            start += part.units[0]
        return name

    def _reshape(self, name: str, old: tuple[int, ...], new: tuple[int, ...]) -> str:
        array = self.arrays.get(name)
        if array is not None:
            view = array.reshape(new)
            if self.np.shares_memory(view, array):
                return self.keep(view)
        copy = self.np.zeros(old)
        self.code.append(f"copyto({self.keep(copy)}, {name})")
        return self.keep(copy.reshape(new))

    def _write_fold(self, expression: Expression, out: str | None) -> str:
        del out
        part = next(expression.parts)
        return self._reshape(self.compute(part), self.shape_of(part), self.shape_of(expression))

    _write_matrix = _write_flat = _write_fold

    def _write_forward(self, expression: Expression, out: str | None) -> str:
        x, W = map(self.compute, expression.parts)
        name = out or self._make(expression)
        turned = self.keep(self.arrays[W].T)
        self.code.append(f"matmul({x}, {turned}, {name})")
        return name

    def _write_backward(self, expression: Expression, out: str | None) -> str:
        D, W = map(self.compute, expression.parts)
        name = out or self._make(expression)
        self.code.append(f"matmul({D}, {W}, {name})")
        return name

    def _write_outer(self, expression: Expression, out: str | None) -> str:
        first, second = expression.parts
        D, x = self.compute(first), self.compute(second)
        name = out or self._make(expression)
        if first.sample:
            self.code.append(f"matmul({self.keep(self.arrays[D].T)}, {x}, {name})")
        else:
            self.code.append(f"multiply({self.keep(self.arrays[D][:, None])}, {x}, {name})")
            self.names.setdefault("multiply", self.np.multiply)
        return name


def view_of(flat: "Array", source: Sequence[int], units: tuple[int, ...]) -> "Array | None":
    """The elements of a vector at these places as an array, without a copy; None where that is not possible."""
    from numpy.lib.stride_tricks import as_strided

    columns = units[-1]
    rows = len(source) // columns
    down = source[columns] - source[0] if rows > 1 else 0
    right = source[1] - source[0] if columns > 1 else 0
    if any(source[i * columns + j] != source[0] + i * down + j * right for i in range(rows) for j in range(columns)):
        return None
    size = flat.itemsize
    strides = (down * size, right * size)[2 - len(units):]
    return as_strided(flat[source[0]:], units, strides)
