"""Blocks: arrays of scalar nodes that are computed, or read, together; and expressions that find nodes in them."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from operator import is_
from typing import Any

from .algebra import Algebra
from .expressions import Expression, Units
from .flatten import Item

Place = tuple["Block", int]


class Block:
    """An array of scalar nodes.

    Attributes:
        name: its name in the program.
        items: its nodes, in order; the elements of a matrix row by row.
        units: its shape without the samples, ``(n,)`` or ``(m, k)``.
        sample: whether it has an axis of samples.
        value: the expression that stands for it: its name, or what it computes where it has no line of its own.
        source: for a leaf block the places in θ or in the data; empty for a computed one.
        stored: how θ holds a matrix: "target" with a row for each unit above, or "source".
    """

    def __init__(self, name: str, items: Sequence[Item], units: Units, sample: bool, value: Expression,
                 source: Sequence[int] = (), stored: str = "target") -> None:
        self.name, self.items, self.units, self.sample, self.value = name, items, units, sample, value
        self.source, self.stored = source, stored

    @property
    def count(self) -> int:
        return len(self.items)

    @cached_property
    def index_of(self) -> dict[Any, int]:
        """Item or leaf -> its place among the items."""
        return dict(zip(self.items, range(self.count), strict=True))


class Places:
    """Where each item is, and expressions for lists of items.

    Attributes:
        block_of: item or leaf -> its block.
        theta: the block of all parameters. A list of parameters from several blocks is a part of it where θ has them
            one after another. None where they are told apart, as readers want them.
    """

    def __init__(self, algebra: Algebra, index: Mapping[Any, int], theta: Block | None = None) -> None:
        self.algebra, self.theta = algebra, theta
        self.block_of: dict[Any, Block] = {}
        self._in_theta = {} if theta is None else index

    def tell(self, operand: Any) -> Place | None:
        """The array that an operand is found in, and its index there; None for a number."""
        if operand.__class__ is float:
            return None
        i = self._in_theta.get(operand)
        if i is None or self.theta is None:
            return self.block_of[operand], self.block_of[operand].index_of[operand]
        return self.theta, i

    def _find_in_theta(self, operands: Sequence[Any]) -> tuple[int, int, int] | None:
        """(start, stop, step) of these operands in θ; None if they are not all there, or are in no such order."""
        in_theta = self._in_theta
        if any(v not in in_theta for v in operands):
            return None
        return find_range([in_theta[v] for v in operands])

    def add(self, block: Block) -> None:
        self.block_of.update(dict.fromkeys(block.items, block))

    def is_whole(self, operands: Sequence[Any]) -> Block | None:
        """The block whose items these are, in order."""
        first = operands[0]
        if first.__class__ is float:
            return None
        block = self.block_of[first]
        if block.count == len(operands) and (block.items is operands or all(map(is_, block.items, operands))):
            return block
        return None

    def split(self, operands: Sequence[Any]) -> list[list[Any]]:
        """Runs of operands that are numbers, or items of one array."""
        if self._find_in_theta(operands) is not None:
            return [list(operands)]
        pieces: list[list[Any]] = []
        last: Any = pieces
        for operand in operands:
            block = self.block_of[operand] if operand.__class__ is not float else None
            if block is not last:
                pieces.append([])
                last = block
            pieces[-1].append(operand)
        return pieces

    def refer(self, operands: Sequence[Any], sample: bool = False) -> Expression:
        """The vector of these items and numbers; one number, or one unit, where all are the same.

        Args:
            sample: whether the result needs an axis of samples even if no operand has one.
        """
        algebra = self.algebra
        first = operands[0]
        if first.__class__ is float:
            if all(v.__class__ is float and v == first for v in operands):
                return algebra.number(first)
        elif all(v is first for v in operands):
            block = self.block_of[first]
            i = block.index_of[first]
            return block.value if block.value.number is not None else algebra.part(algebra.flat(block.value), i, i + 1)
        whole = self.is_whole(operands)
        if whole is not None:
            return algebra.flat(whole.value)
        span = self._find_in_theta(operands)
        if span is not None and self.theta is not None:
            return algebra.part(self.theta.value, *span)
        pieces = [self._refer_piece(piece) for piece in self.split(operands)]
        if len(pieces) > 1 and (sample or any(piece.sample for piece in pieces)):
            pieces = [algebra.spread(piece, True, piece.units) for piece in pieces]
        return algebra.join(pieces)

    def _refer_piece(self, operands: Sequence[Any]) -> Expression:
        """Items of one block, or numbers."""
        algebra = self.algebra
        if operands[0].__class__ is float:
            return algebra.constant(tuple(operands))
        block = self.block_of[operands[0]]
        if block.value.number is not None:
            return algebra.constant((block.value.number,) * len(operands))
        x = algebra.flat(block.value)
        indices = [block.index_of[item] for item in operands]
        found = find_range(indices)
        if found is None:
            return algebra.pick(x, tuple(indices))
        return x if found == (0, block.count, 1) else algebra.part(x, *found)

    def distribute(self, operands: Sequence[Any]) -> list[tuple[Block, tuple[int, ...], slice]]:
        """The blocks that a vector of operands comes from: block, the indices in it, and where they stand."""
        span = self._find_in_theta(operands)
        if span is not None and self.theta is not None:
            return [(self.theta, tuple(range(*span)), slice(0, len(operands)))]
        found = []
        start = 0
        for piece in self.split(operands):
            if piece[0].__class__ is not float:
                block = self.block_of[piece[0]]
                found.append((block, tuple(block.index_of[item] for item in piece), slice(start, start + len(piece))))
            start += len(piece)
        return found


def find_range(indices: Sequence[int]) -> tuple[int, int, int] | None:
    """(start, stop, step) of indices that go up in equal steps; None for others."""
    if isinstance(indices, range):
        return indices.start, indices.stop, indices.step
    step = indices[1] - indices[0] if len(indices) > 1 else 1
    if step < 1:
        return None
    found = range(indices[0], indices[-1] + 1, step)
    return (found.start, found.stop, step) if list(found) == list(indices) else None

