"""Runs a matrix program with NumPy: a compiled function and its buffers for each number of samples."""

from typing import TYPE_CHECKING, Any

from .buffers import Buffers, view_of
from .lines import BACKWARD, COST, FORWARD, GRADIENT
from .lower import Lowering, count_uses
from .program import Program

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

_KEPT = 6  # numbers of samples whose buffers are kept


class Runner:
    """Runs a program.

    Args:
        program: the program.
        size: the number of parameters.

    Attributes:
        theta: the buffer of θ, which every call reads.
        gradient: the buffer of ∂C/∂θ, which ``run`` of the whole program fills.
    """

    def __init__(self, program: Program, size: int) -> None:
        import numpy as np

        self.np, self.program = np, program
        self.theta, self.gradient = np.zeros(size), np.zeros(size)
        lowering = Lowering(program.algebra, {line.name: line.expression for line in program.lines})
        self._lines = [(line, lowering.lower(line.expression)) for line in program.lines]
        self._outputs = None if program.outputs is None else lowering.lower(program.outputs)
        roots = [expression for _, expression in self._lines]
        self._uses = count_uses(roots if self._outputs is None else [*roots, self._outputs])
        self._compiled: dict[tuple[str, int], Any] = {}

    def run(self, what: str, data: "Array") -> Any:
        """Run a part of the program on the θ in the buffer.

        Args:
            what: "value", "gradient" (value and gradient) or "outputs".
            data: (N, number of samples' leaves).

        Returns:
            C, or the outputs (N, number of outputs); None where a number is not finite.
        """
        key = (what, len(data))
        found = self._compiled.pop(key, None)
        if found is None:
            found = self._compile(what, len(data))
            while len(self._compiled) >= _KEPT:
                del self._compiled[next(iter(self._compiled))]  # the one that was not used for longest
        self._compiled[key] = found
        return found(data)

    def _compile(self, what: str, count: int) -> Any:
        np, program = self.np, self.program
        buffers = Buffers(self.theta, count, program.parameters, program.data, self._uses)
        result = None
        for line, expression in self._lines:
            if line.part in (FORWARD, COST) and (what != "outputs" or line.part == FORWARD):
                name = buffers.compute(expression)
                result = name if line.part == COST else result
        if what == "outputs" and self._outputs is not None:
            result = buffers.compute(self._outputs)
        self._check_finite(buffers)
        buffers.in_forward = False
        if what == "gradient":
            self._compile_backward(buffers)
        answer = f"{result}" if what == "outputs" else f"{result}.item()"
        code = "\n    ".join(["def program(data):", *buffers.code, f"return {answer}"])
        buffers.names |= {"matmul": np.matmul, "copyto": np.copyto, "take": np.take, "add_at": np.add.at,
                          "maximum_reduce": np.maximum.reduce, "dot": np.dot, "isfinite": np.isfinite}
        exec(compile(code, "<matrix program>", "exec"), buffers.names)  # noqa: S102 - made from the table's rows
        return buffers.names["program"]

    def _check_finite(self, buffers: Buffers) -> None:
        """Return None where an array of the forward half holds what is not finite."""
        for array in buffers.checked:
            self._check(buffers, array)

    @staticmethod
    def _check(buffers: Buffers, array: "Array") -> None:
        name = buffers.keep(array.reshape(-1))
        buffers.code += [f"s = dot({name}, {name})",  # quick; it may overflow
                         f"if s - s != 0.0 and not isfinite({name}).all(): return None"]

    def _compile_backward(self, buffers: Buffers) -> None:
        self.gradient.fill(0.0)
        for line, expression in self._lines:
            if line.part == BACKWARD:
                buffers.compute(expression)
            elif line.part == GRADIENT and line.block is not None:
                source, units = line.block.source, line.block.units
                view = view_of(self.gradient, source, units)
                name = buffers.compute(expression, None if view is None else buffers.keep(view))
                if view is None:
                    where = buffers.bind(self.np.array(source).reshape(units))
                    buffers.code.append(f"{buffers.bind(self.gradient)}[{where}] = {name}")
        self._check(buffers, self.gradient)
