"""The part of the compiler that changes shapes: products, sums, parts of arrays, and arrays put together."""

from collections.abc import Sequence
from math import prod
from types import ModuleType
from typing import TYPE_CHECKING, Any

from .expressions import NUMBER, Expression

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]


class Shapes:
    """Code for the operations on shapes that ``Algebra`` documents, and the arrays that it names.

    Attributes:
        code: the lines so far.
        names: the globals of the code.
        arrays: name -> array, of those that stay where they are; the data does not.
        own: the names of buffers, which may be overwritten.
        of: expression -> the name of its array.
    """

    def __init__(self, np: ModuleType, count: int) -> None:
        self.np, self.count = np, count
        self.code: list[str] = []
        self.names: dict[str, Any] = {}
        self.arrays: dict[str, Array] = {}
        self.own: set[str] = set()
        self.of: dict[Expression, str] = {}
        self._invented = 0

    def compute(self, expression: Expression, out: str | None = None) -> str:
        raise NotImplementedError

    def make(self, expression: Expression) -> str:
        raise NotImplementedError

    def invent(self) -> str:
        """A new name."""
        self._invented += 1
        return f"v{self._invented}"

    def bind(self, thing: Any) -> str:
        """A name for a thing in the code."""
        name = self.invent()
        self.names[name] = thing
        return name

    def keep(self, array: "Array", own: bool = False) -> str:
        """A name for an array in the code."""
        name = self.bind(array)
        self.arrays[name] = array
        if own:
            self.own.add(name)
        return name

    def shape_of(self, expression: Expression) -> tuple[int, ...]:
        return (self.count, *expression.units) if expression.sample else expression.units

    def ones(self, *shape: int) -> str:
        return self.keep(self.np.ones(shape))

    def flatten(self, name: str, expression: Expression) -> str:
        """All elements of an array as a vector."""
        return self._reshape(name, self.shape_of(expression), (prod(self.shape_of(expression)),))

    def _reshape(self, name: str, old: tuple[int, ...], new: tuple[int, ...]) -> str:
        """The array in another shape: a view where that is possible, else a copy."""
        array = self.arrays.get(name)
        if array is not None:
            view = array.reshape(new)
            if self.np.shares_memory(view, array) or not array.size:
                return self.keep(view)
        copy = self.np.zeros(old)
        self.code.append(f"copyto({self.keep(copy)}, {name})")
        return self.keep(copy.reshape(new))

    def _multiply(self, first: str, second: str, out: str) -> None:
        """Matrix product. ``dot`` is quicker than ``matmul``, and needs two axes and a contiguous result."""
        simple = self.arrays[out].flags.c_contiguous and all(
            name not in self.arrays or self.arrays[name].ndim <= 2 for name in (first, second))
        self.code.append(f"{'dot' if simple else 'matmul'}({first}, {second}, {out})")

    def _slice(self, name: str, start: int, stop: int, step: int = 1) -> str:
        if name in self.arrays:
            return self.keep(self.arrays[name][..., start:stop:step])
        found = self.invent()
        self.code.append(f"{found} = {name}[:, {start}:{stop}:{step}]")
        return found

    def _write_total(self, expression: Expression, out: str | None) -> str:
        part = next(expression.parts)
        operand = self.compute(part)
        if part.units[-1] == 1 and out is None:  # the same array by another name, so that nobody overwrites it
            return self.keep(self.arrays[operand]) if operand in self.arrays else operand
        name = out or self.make(expression)
        if part.sample or len(part.units) > 1:
            self._multiply(operand, self.ones(part.units[-1], 1), name)
        else:
            self._multiply(operand, self.ones(part.units[-1]), self.keep(self.arrays[name].reshape(())))
        return name

    def _write_largest(self, expression: Expression, out: str | None) -> str:
        operand = self.compute(next(expression.parts))
        name = out or self.make(expression)
        self.code.append(f"maximum_reduce({operand}, -1, None, {name}, True)")
        return name

    def _write_over_samples(self, expression: Expression, out: str | None) -> str:
        part = next(expression.parts)
        operand = self.compute(part)
        name = out or self.make(expression)
        size = prod(part.units)
        if len(part.units) == 2:
            operand = self._reshape(operand, self.shape_of(part), (self.count, size))
        self._multiply(self.ones(self.count), operand, self.keep(self.arrays[name].reshape(size)))
        return name

    def _write_constant(self, expression: Expression, out: str | None) -> str:
        del out
        return self.keep(self.np.array(expression.arguments, float))

    def _write_spread(self, expression: Expression, out: str | None) -> str:
        part = next(expression.parts)
        if part.operation in (NUMBER, "constant"):
            value = part.number if part.operation == NUMBER else self.np.array(part.arguments, float)
            return self.keep(self.np.full(self.shape_of(expression), value))
        operand = self.compute(part)
        name = out or self.make(expression)
        self.code.append(f"copyto({name}, {operand})")
        return name

    def _write_part(self, expression: Expression, out: str | None) -> str:
        del out
        part, where = expression.arguments
        return self._slice(self.compute(part), *where)  # type: ignore[arg-type, misc]

    def _write_pick(self, expression: Expression, out: str | None) -> str:
        part, indices = expression.arguments
        operand = self.compute(part)  # type: ignore[arg-type]
        name = out or self.make(expression)
        self.code.append(f"take({operand}, {self.bind(self.np.array(indices))}, -1, {name}, 'clip')")
        return name

    def _write_place(self, expression: Expression, out: str | None) -> str:
        del out
        part, indices = expression.arguments
        operand, where = self.compute(part), self.bind((..., self.np.array(indices)))  # type: ignore[arg-type]
        name = self.make(expression)  # of zeros, which stay where nothing is placed
        if len({*indices}) == len(indices):  # type: ignore[misc, arg-type]
            self.own.discard(name)
            self.code.append(f"{name}[{where}] = {operand}")
        else:
            self.code += [f"{name}.fill(0.0)", f"add_at({name}, {where}, {operand})"]
        return name

    def _write_join(self, expression: Expression, out: str | None) -> str:
        name = out or self.make(expression)
        start = 0
        for part in expression.parts:
            self.code.append(f"copyto({self._slice(name, start, start + part.units[0])}, {self.compute(part)})")
            start += part.units[0]
        return name

    def _write_fold(self, expression: Expression, out: str | None) -> str:
        del out
        part = next(expression.parts)
        return self._reshape(self.compute(part), self.shape_of(part), self.shape_of(expression))

    _write_matrix = _write_flat = _write_fold

    def _write_forward(self, expression: Expression, out: str | None) -> str:
        x, W = map(self.compute, expression.parts)
        name = out or self.make(expression)
        self._multiply(x, self.keep(self.arrays[W].T), name)
        return name

    def _write_backward(self, expression: Expression, out: str | None) -> str:
        D, W = map(self.compute, expression.parts)
        name = out or self.make(expression)
        self._multiply(D, W, name)
        return name

    def _write_outer(self, expression: Expression, out: str | None) -> str:
        first, second = expression.parts
        D, x = self.compute(first), self.compute(second)
        name = out or self.make(expression)
        if first.sample:
            self._multiply(self.keep(self.arrays[D].T), x, name)
        else:
            self.code.append(f"multiply({self.keep(self.arrays[D][:, None])}, {x}, out={name})")
        return name


def view_of(flat: "Array", source: Sequence[int], units: tuple[int, ...]) -> "Array | None":
    """The elements of a vector at these places as an array, without a copy; None where that is not possible."""
    import numpy as np
    from numpy.lib.stride_tricks import as_strided

    places = np.array(source).reshape(-1, units[-1])
    rows, columns = places.shape
    down = int(places[1, 0] - places[0, 0]) if rows > 1 else 0
    right = int(places[0, 1] - places[0, 0]) if columns > 1 else 0
    if (places != places[0, 0] + down * np.arange(rows)[:, None] + right * np.arange(columns)).any():
        return None
    strides = (down * flat.itemsize, right * flat.itemsize)[2 - len(units):]
    return as_strided(flat[source[0]:], units, strides)
