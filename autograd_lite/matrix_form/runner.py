"""Runs a matrix program with NumPy: a compiled function and its buffers for each number of samples."""

import sys
from collections.abc import Mapping, Sequence
from math import fsum, prod
from typing import TYPE_CHECKING, Any

from .blocks import Block
from .buffers import Buffers
from .expressions import Expression
from .lines import COST
from .lower import Lowering, count_uses
from .program import MEAN, ROOT, Program
from .shapes import view_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

VALUE, GRADIENT, OUTPUTS = "value", "gradient", "outputs"
_KEPT = 6  # compiled functions, each with its buffers
_MOST, _FEWEST = 2**20, 256  # numbers in the buffers of one, about; samples that are taken at once whatever their size


class Runner:
    """Runs a program.

    Args:
        program: the program, made to be run.
        size: the number of parameters.

    Attributes:
        theta: the buffer of θ, which every call reads.
        gradient: the buffer of ∂C/∂θ, which a call for the gradient fills.
    """

    def __init__(self, program: Program, size: int) -> None:
        import numpy as np

        self.np, self.program = np, program
        self.theta, self.gradient = np.zeros(size), np.zeros(size)
        lowering = Lowering(program.algebra, {line.name: line.expression for line in program.lines})

        def lower(expression: Expression | None) -> Expression | None:
            return None if expression is None else lowering.lower(expression)

        lowered = [(line, lowering.lower(line.expression)) for line in program.lines]  # in order, so none is deep
        self._lines = [expression for line, expression in lowered if line.part != COST]  # the cost is a number
        self._cost = lowering.lower(program.cost)
        self._outputs, self._factor = lower(program.outputs), lower(program.factor)
        self._received = [(block, lower(summed), lower(alone)) for block, summed, alone in program.received]
        roots = [self._cost, self._outputs, *(part for _, *parts in self._received for part in parts)]
        self._uses = count_uses([root for root in roots if root is not None])
        sums = {part for _, *parts in self._received for part in parts}
        self._inner = {expression: count for expression, count in self._uses.items() if expression not in sums}
        self._compiled: dict[tuple[str, int], Any] = {}
        width = sum(prod(expression.units) for expression in self._uses if expression.sample)
        whole = program.over == ROOT or (program.over != MEAN and program.has_penalty)
        self._at_once = sys.maxsize if whole else max(_FEWEST, _MOST // max(1, width))

    def run(self, what: str, data: "Array") -> Any:
        """Run a part of the program on the θ in the buffer. Many samples are taken in parts, which bounds memory.

        Args:
            what: VALUE, GRADIENT (value and gradient) or OUTPUTS.
            data: (N, number of leaves in ``samples``).

        Returns:
            C, or the outputs (N, number of outputs); None where a number is not finite.
        """
        if len(data) <= self._at_once:
            return self._run_at_once(what, data)
        found, gradient = [], self.np.zeros_like(self.gradient)
        for start in range(0, len(data), self._at_once):
            rows = data[start : start + self._at_once]
            part = self._run_at_once(what, rows)
            if part is None:
                return None
            share = len(rows) / len(data) if self.program.over == MEAN else 1.0
            found.append(part.copy() if what == OUTPUTS else share * part)
            if what == GRADIENT:
                gradient += share * self.gradient
        self.gradient[:] = gradient
        return self.np.concatenate(found) if what == OUTPUTS else fsum(found)

    def _run_at_once(self, what: str, data: "Array") -> Any:
        key = (what, len(data))
        found = self._compiled.pop(key, None)
        if found is None:
            found = self._compile(what, len(data))
            while len(self._compiled) >= _KEPT:
                del self._compiled[next(iter(self._compiled))]  # the one that was not used for longest
        self._compiled[key] = found
        try:
            return found(data)
        except ArithmeticError:  # of the few numbers that are no arrays
            return None

    def _compile(self, what: str, count: int) -> Any:
        buffers = Buffers(self.theta, count, self.program.parameters, self.program.data, self._uses)
        root = self._outputs if what == OUTPUTS and self._outputs is not None else self._cost
        self._compute_lines(buffers, count_uses([root]))
        if what == OUTPUTS and self._outputs is not None:
            result = buffers.compute(self._outputs)
        else:
            result = buffers.compute_number(self._cost)
            buffers.code.append(f"if {result} - {result} != 0.0: return None")
        for array in buffers.end_forward():
            buffers.check(array)
        if what == GRADIENT:
            self._compile_backward(buffers)
        return buffers.define(result)

    def _compute_lines(self, buffers: Buffers, needed: Mapping[Expression, int]) -> None:
        """Compute the lines that are needed, in order: what uses them finds them, however long the program is."""
        for expression in self._lines:
            if expression in needed and expression.number is None:
                buffers.compute(expression)

    def _compile_backward(self, buffers: Buffers) -> None:
        """Sums over the samples go to their places in the gradient; then the factor; then what has no sum."""
        theta = self.program.places.theta
        parts = [part for part in self._received if part[0] is not theta]
        views = {block: view_of(self.gradient, block.source, block.units) for block, *_ in self._received}
        at_once = all((view := views[block]) is not None and view.flags.c_contiguous for block, *_ in parts) or any(
            block is theta and summed is not None for block, summed, _ in self._received)
        factor = None if self._factor is None else buffers.invert(self._factor)
        self._compute_lines(buffers, self._inner)
        whole = buffers.keep(self.gradient)
        if any(summed is None for _, summed, _ in parts):
            buffers.code.append(f"{whole}.fill(0.0)")
        for block, summed, _ in parts:
            view = views[block]
            if summed is None:
                continue
            if view is not None and (at_once or factor is None):
                buffers.compute_into(summed, view)
            elif view is not None:
                buffers.code.append(f"multiply({buffers.compute(summed)}, {factor}, out={buffers.keep(view)})")
            else:
                scaled = buffers.compute(summed) + ("" if at_once or factor is None else f" * {factor}")
                buffers.code.append(f"{whole}[{self._find_indices(buffers, block)}] = {scaled}")
        self._add(buffers, [(block, summed) for block, summed, _ in self._received if block is theta], views)
        if at_once and factor is not None:
            buffers.code.append(f"multiply({whole}, {factor}, out={whole})")
        self._add(buffers, [(block, alone) for block, _, alone in self._received], views)
        buffers.check(self.gradient)

    def _find_indices(self, buffers: Buffers, block: Block) -> str:
        return buffers.bind(self.np.array(block.source).reshape(block.units))

    def _add(self, buffers: Buffers, parts: Sequence[tuple[Block, Expression | None]],
             views: Mapping[Block, "Array | None"]) -> None:
        """Add to parts of the gradient."""
        for block, expression in parts:
            view = views[block]
            if expression is not None and view is not None:
                name = buffers.keep(view)
                buffers.code.append(f"add({name}, {buffers.compute(expression)}, out={name})")
            elif expression is not None:
                name = buffers.keep(self.gradient)
                buffers.code.append(f"{name}[{self._find_indices(buffers, block)}] += {buffers.compute(expression)}")
