"""The backward half: each group sends D · ∂group/∂operand to the blocks that its operands come from.

D is the gradient of the cost of one sample. A sum over the samples arises where a block without an axis of samples,
such as the weights, is used by one that has it: it is the fan-out of a weight. The factor of the mean, 1/N, is
applied to these sums. Groups that depend on parameters alone come last, since the
penalty adds to what the samples give.
"""

import re
from collections.abc import Sequence
from functools import reduce
from typing import Any

from .blocks import Block, Places
from .evaluate import list_columns, list_operands, list_slopes
from .expressions import NAME, Expression, walk
from .group import PRODUCT, Group
from .lines import BACKWARD, LARGEST_INLINE, Lines
from .softmax import SOFTMAX

Made = Sequence[tuple[Group, Block]]
Indices = tuple[int, ...]
MOST_TERMS = 6  # of a sum of gradients that are added from left to right


class Backward:
    """Collects what each block receives, and writes its gradient once all its consumers have reported.

    Args:
        lines: where the lines of the backward half go.
        places: the blocks of the nodes.
        made: the groups and their blocks, in the order of the forward half.
        parameters: the blocks of parameters.
        factor: what sums over the samples are divided by; None for 1.
        shown: whether partials of vectors are those that formulas show.

    Attributes:
        at_softmax: the outputs of a softmax -> the gradient there.
    """

    def __init__(self, lines: Lines, places: Places, made: Made, parameters: Sequence[Block],
                 factor: Expression | None, shown: bool) -> None:
        self.lines, self.places, self.made, self.parameters = lines, places, made, parameters
        self.factor, self.shown = factor, shown
        self.algebra = places.algebra
        self.at_softmax: dict[Block, Expression] = {}
        self.received: dict[tuple[Block, bool], list[tuple[Indices | None, Expression]]] = {}
        self.needed = set(parameters)
        for group, block in made:
            if any(self._needs_gradient(item.operands) for item in group.items):
                self.needed.add(block)

    def run(self, cost: Any, penalty: Any) -> list[tuple[Block, Expression | None, Expression | None]]:
        """The gradient of each block of parameters.

        Returns:
            The block; its sum over the samples, without the factor; what it receives besides. None for nothing.
        """
        one = self.algebra.number(1)
        self.send([cost], one, of_samples=True)
        if penalty is not None:
            self.send([penalty], one, of_samples=False)
        for of_samples in (True, False):
            for group, block in reversed(self.made):
                if block.sample == of_samples:
                    D = self._add_up(block)
                    if D is not None:
                        self._send_back(group, block, D)
        found = []
        for block in self.parameters:
            parts = [self._add_parts(block, of_samples) for of_samples in (True, False)]
            summed, alone = [None if part is None else self.algebra.spread(part, False, block.units) for part in parts]
            found.append((block, summed, alone))
        return found

    def _needs_gradient(self, operands: Sequence[Any]) -> bool:
        return any(v.__class__ is not float and self.places.block_of[v] in self.needed for v in operands)

    def _send_back(self, group: Group, block: Block, D: Expression) -> None:
        """Send back from a group what its operands receive."""
        if group.form == PRODUCT:
            D = self.algebra.spread(D, block.sample, block.units)
            digits = re.search(r"\d*$", block.name)[0]  # type: ignore[index]
            name = self.lines.names.claim(f"D{digits}" if digits or len(block.name) == 1 else f"d{block.name}")
            self._send_product(group, self.lines.write(name, D, BACKWARD, group, block), block.sample)
            return
        uses = [self._needs_gradient(column) for column in list_columns(group)].count(True)
        largest = LARGEST_INLINE if uses > 1 else 4 * LARGEST_INLINE
        if group.form == SOFTMAX and D.number is None:  # D stands there twice, if it does not cancel
            largest = LARGEST_INLINE if self.algebra.multiply(D, block.value) in self.algebra.cancelled else 1
        if D.operation != NAME and len(walk(D)) > largest:
            inner = next(D.parts)
            if D.operation == "neg" and inner.operation == "-":  # −(y − a) is a − y
                D = self.algebra.subtract(*reversed(tuple(inner.parts)))
            D = self.lines.write(self.lines.names.claim(f"d{block.name or 'V'}"), D, BACKWARD, group, block)
        if group.form == SOFTMAX:
            self.at_softmax[block] = D
        for column, gradient in list_slopes(group, self.places, D, block.value, self.shown):
            self.send(column, gradient, block.sample)

    def _send_product(self, group: Group, D: Expression, of_samples: bool) -> None:
        """dW = Σ D xᵀ, db = Σ D, dx = Wᵀ D."""
        x, W, _ = list_operands(group, self.places)
        weights = group.weights
        if self._needs_gradient(weights):
            outer = self.algebra.outer(D, x)
            whole = self.places.is_whole(weights)
            if whole is not None and whole.units == outer.units:
                self._keep(whole, of_samples, None, outer)
            else:
                self._distribute(weights, self.algebra.flat(outer), of_samples, is_summed=True)
        self.send(group.biases(), D, of_samples)
        inputs = group.inputs()[0]
        if self._needs_gradient(inputs):
            self.send(inputs, self.algebra.backward(D, W), of_samples)

    def send(self, operands: Sequence[Any], gradient: Expression, of_samples: bool) -> None:
        """Send a gradient to the blocks of these operands. Data and numbers receive none.

        Args:
            gradient: as wide as there are operands, or one number for all.
            of_samples: whether it is one for each sample.
        """
        if not self._needs_gradient(operands):
            return
        algebra, first = self.algebra, operands[0]
        if len(operands) > 1 and all(v is first for v in operands):
            operands, gradient = [first], algebra.total(algebra.spread(gradient, of_samples, (len(operands),)))
        whole = self.places.is_whole(operands)
        if whole is None:
            self._distribute(operands, gradient, of_samples)
            return
        if of_samples and not whole.sample:
            units = whole.units if len(gradient.units) == len(whole.units) else (whole.count,)
            gradient = algebra.over_samples(algebra.spread(gradient, True, units))
        self._keep(whole, of_samples, None, gradient)

    def _distribute(self, operands: Sequence[Any], gradient: Expression, of_samples: bool,
                    is_summed: bool = False) -> None:
        """Give each block its part of a gradient; ``is_summed`` if that is a sum over the samples already."""
        algebra = self.algebra
        for block, indices, where in self.places.distribute(operands):
            if block in self.needed:
                count = len(indices)
                whole = indices == tuple(range(block.count))
                summed = of_samples and not block.sample and not is_summed
                part = gradient
                if gradient.units not in ((), (1,)) and len(operands) > 1:
                    part = algebra.part(gradient, where.start, where.stop)
                elif not whole or summed:
                    part = algebra.spread(gradient, of_samples and not is_summed, (count,))
                self._keep(block, of_samples, None if whole else indices,
                           algebra.over_samples(algebra.spread(part, True, part.units)) if summed else part)

    def _keep(self, block: Block, of_samples: bool, indices: Indices | None, gradient: Expression) -> None:
        self.received.setdefault((block, of_samples), []).append((indices, gradient))

    def _add_up(self, block: Block) -> Expression | None:
        """The sum of what a block has received, its fan-out; None for nothing."""
        summed, alone = self._add_parts(block, True), self._add_parts(block, False)
        if summed is not None and not block.sample and self.factor is not None:
            summed = self.algebra.divide(summed, self.factor)
        if summed is None or alone is None:
            return alone if summed is None else summed
        return self.algebra.add(summed, alone)

    def _add_parts(self, block: Block, of_samples: bool) -> Expression | None:
        algebra = self.algebra
        received = self.received.get((block, of_samples), ())
        parts = sorted(((indices, algebra.spread(gradient, block.sample, (len(indices),)))
                        for indices, gradient in received if indices is not None), key=lambda part: part[0])
        given = [gradient for indices, gradient in received if indices is None]
        if parts and [i for indices, _ in parts for i in indices] == list(range(block.count)):
            given.append(algebra.join([gradient for _, gradient in parts]))
        else:
            given += [algebra.place(gradient, indices, block.count) for indices, gradient in parts]
        shaped = [algebra.matrix(gradient, *block.units) if len(block.units) == 2 and gradient.units == (block.count,)
                  else gradient for gradient in given]
        while len(shaped) > MOST_TERMS:  # in pairs, so that no expression is deep
            shaped = [algebra.add(*pair) if len(pair) == 2 else pair[0]
                      for pair in (shaped[i : i + 2] for i in range(0, len(shaped), 2))]
        return algebra.shorten(reduce(algebra.add, shaped)) if shaped else None
