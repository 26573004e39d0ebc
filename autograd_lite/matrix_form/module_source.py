"""Puts the lines of a matrix program together to a module that runs as it stands."""

from collections.abc import Sequence

from ..operations import OPERATIONS
from .blocks import Block, find_range
from .expressions import Expression
from .lines import BACKWARD, COST, FORWARD, GRADIENT, Line
from .numpy_source import ROWS, Printer, write_range, write_rows
from .paper import read_residual
from .program import Program

_PLACE = {
    ROWS: '''def place(x, indices, count):
    """x added at these units, 0 at all others."""
    y = np.zeros((*x.shape[:-1], count))
    np.add.at(y, (..., indices), x)
    return y
''',
    "columns": '''def place(x, indices, count):
    """x added at these units, 0 at all others."""
    y = np.zeros((count, *x.shape[1:]))
    np.add.at(y, indices, x)
    return y
'''}


_SOFTMAX = '''def softmax(Z):
    """exp(z) / Σ exp(z) over the units. Less the largest z the quotients are the same, and exp cannot overflow."""
    E = np.exp(Z - np.max(Z, axis={axis}, keepdims=True))
    return E / np.sum(E, axis={axis}, keepdims=True)
'''


class ModuleSource:
    """The text of a program.

    Args:
        program: the program, made to be read.
        form: ROWS or COLUMNS.
        size: the number of parameters.
    """

    def __init__(self, program: Program, form: str, size: int) -> None:
        self.program, self.form, self.size = program, form, size
        self.printer = Printer(form, program.parameters, [line.name for line in program.lines if line.part == COST])

    def write_line(self, line: Line) -> str:
        """One line, ``name = expression``."""
        printer = self.printer
        if line.part == COST:
            return f"{line.name} = {printer.write_number(line.expression)}"
        if line.part == GRADIENT and line.block is not None and len(line.block.units) == 2:
            return f"{line.name} = {printer.write_matrix(line.expression, line.block.stored == 'source')}"
        text = f"{line.name} = {printer.write(line.expression)}"
        if residual := read_residual(line.expression):
            a, y = map(printer.write, residual)
            return f"{text}  # {a} - {y} if each {self.form[:-1]} of {y} adds up to 1"
        return text

    def write_part(self, part: str) -> list[str]:
        """The lines of the forward half, of the cost, of the backward half or of the gradients."""
        return [self.write_line(line) for line in self.program.lines if line.part == part]

    def write(self) -> str:
        """The whole module: ``program(theta, data)`` returns C and ∂C/∂θ."""
        body = ["N = len(data)", *map(self._write_data, self.program.data),
                *map(self._write_parameters, self.program.parameters),
                *self.write_part(FORWARD), *self.write_part(COST), *self.write_part(BACKWARD),
                *self.write_part(GRADIENT), f"dtheta = {self._assemble()}", "return C, dtheta"]
        first = {"forward": 1 + len(self.program.data) + len(self.program.parameters)}
        first["backward"] = first["forward"] + len(self.write_part(FORWARD)) + len(self.write_part(COST))
        for name, place in reversed(first.items()):
            body.insert(place, f"\n    # {name}")
        text = "\n    ".join(body).replace("\n    \n", "\n\n")
        rows = write_rows(self.printer, self._define_row)
        called = self.printer.called
        helpers = [*([_PLACE[self.form]] if "place" in called else []), *rows,
                   *([_SOFTMAX.format(axis=called["softmax"])] if "softmax" in called else [])]
        return "\n\n".join(["import numpy as np\n", *helpers, f"def program(theta, data):\n    {text}\n"])

    def _define_row(self, name: str) -> tuple[Expression, Sequence[str]]:
        """What a row computes, of names."""
        algebra, row = self.program.algebra, OPERATIONS[name]
        operands = {operand: algebra.name(operand, False, (2,)) for operand in row.operands}
        return algebra.read(row.value, operands, (2,)), row.operands

    def _write_data(self, block: Block) -> str:
        first, last = block.source[0], block.source[-1]
        text = f"data[:, {first or ''}:{last + 1}]"
        return f"{block.name} = {text}" + ("" if self.form == ROWS else ".T")

    def _write_parameters(self, block: Block) -> str:
        source, start = block.source, block.source[0]
        column = "" if self.form == ROWS or len(block.units) == 2 else ".reshape(-1, 1)"
        found = find_range(source)
        if len(block.units) == 1:
            text = f"theta[{write_range(found)}]" if found else f"theta[np.array({list(source)})]"
            return f"{block.name} = {text}{column}"
        m, k = block.units
        if block.stored == "source":
            return f"{block.name} = theta[{start or ''}:{start + m * k}].reshape({k}, {m})"
        if found is not None and found[2] == 1:
            return f"{block.name} = theta[{start or ''}:{start + m * k}].reshape({m}, {k})"
        wide = source[k] - start if m > 1 else k
        if list(source) == [start + i * wide + j for i in range(m) for j in range(k)] and start + m * wide <= self.size:
            return f"{block.name} = theta[{start or ''}:{start + m * wide}].reshape({m}, {wide})[:, :{k}]"
        return f"{block.name} = theta[np.array({list(source)})].reshape({m}, {k})"

    def _assemble(self) -> str:
        """∂C/∂θ from the gradients of the blocks."""
        lines = {line.block: line.name for line in self.program.lines if line.part == GRADIENT}
        pieces: list[tuple[list[int], str]] = []
        blocks = list(self.program.parameters)
        while blocks:
            block = blocks.pop(0)
            name = lines.get(block)
            below = blocks[0] if blocks else None
            if name and below in lines and below is not None and _is_beside(block, below):
                blocks.pop(0)
                width = block.units[1]
                indices = [i for row in range(block.units[0])
                           for i in (*block.source[row * width : (row + 1) * width], below.source[row])]
                pieces.append((indices, f"np.column_stack([{name}, {lines[below]}]).ravel()"))
                continue
            source = list(block.source)
            if block.stored == "source":
                m, k = block.units
                source = [source[i * k + j] for j in range(k) for i in range(m)]
            flat = ".ravel()" * (self.form != ROWS or len(block.units) == 2)
            pieces.append((source, f"{name}{flat}" if name else f"np.zeros({len(source)})"))
        pieces.sort(key=lambda piece: piece[0][0])
        order = [i for indices, _ in pieces for i in indices]
        joined = pieces[0][1] if len(pieces) == 1 else f"np.concatenate([{', '.join(text for _, text in pieces)}])"
        if not pieces:
            return "np.zeros(0)"
        if order == list(range(self.size)):
            return joined
        self.printer.called["place"] = ""
        return f"place({joined}, np.array({order}), {self.size})"


def _is_beside(weights: Block, biases: Block) -> bool:
    """Whether θ has each bias behind the weights of its unit."""
    if len(weights.units) != 2 or biases.units != weights.units[:1] or weights.stored == "source":
        return False
    m, k = weights.units
    return m > 1 and all(biases.source[i] == weights.source[i * k + k - 1] + 1 for i in range(m))
