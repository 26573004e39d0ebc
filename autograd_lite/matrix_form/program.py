"""Builds the lines of a matrix program: the forward half from the groups, the backward half from the table's partials.

Only expressions are made here; ``numpy_source`` prints them and ``runner`` runs them.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ..operations import OPERATIONS
from .algebra import Algebra
from .backward import Backward
from .blocks import Block, Places
from .evaluate import evaluate
from .expressions import NAME, NUMBER, ROW, Expression, walk
from .flatten import SAMPLE, Flattened, Item
from .group import ELEMENTWISE, PRODUCT, REDUCTION, Group, find_products, find_source, group_others, group_softmaxes
from .lines import COST, FORWARD, GRADIENT, LARGEST_INLINE, LARGEST_OF_PARAMETERS, Line, Lines
from .names import Names, letter_of
from .paper import Paper
from .replay import Recorded
from .softmax import SOFTMAX, recognise

MEAN, SUM, ROOT = REDUCTIONS = ("mean", "sum", "root")
"""How the costs of N samples become one: their mean, their sum, the square root of their sum."""


class Program:
    """The lines of a matrix program.

    Attributes:
        parameters, data: the blocks of the leaves.
        lines: in order.
        cost: the expression of C, penalty included.
        outputs: the expression of the nodes that were asked for besides the cost; None without any.
        received: of each block of parameters the gradient as ``Backward.run`` returns it.
        at_softmax: the outputs of a softmax -> the gradient there.
        factor: what sums over the samples are divided by; None for 1.
        root_items: the items of the cost and of the penalty.
        over, has_penalty: how costs are reduced, and whether a penalty is added.

    Args:
        flat: the items of the graph.
        recorded: what was handed to ``matrix_form``.
        to_run: whether the program is run and not read: then parameters are taken together across layers, and gradients
            have no lines.
    """

    def __init__(self, flat: Flattened, recorded: Recorded, to_run: bool) -> None:
        self.algebra = Algebra() if to_run else Paper()
        flat = flat if to_run else recognise(flat)
        size = len(flat.parameters)
        theta = Block("theta", flat.parameters, (size,), False, self.algebra.name("theta", False, (size,)), range(size))
        self.places = Places(self.algebra, flat.index, theta if to_run and size else None)
        self.names = Names()
        self._lines = Lines(self.algebra, self.names)
        self.parameters: list[Block] = []
        self.data: list[Block] = []
        self.made: list[tuple[Group, Block]] = []
        self._flat = flat
        roots = [None if node is None else flat.find(node) for node in (recorded.cost, recorded.penalty)]
        self.root_items = [root for root in roots if isinstance(root, Item)]
        self._roots = {*self.root_items}
        self._users: dict[Any, list[Item]] | None = None if to_run else _list_users(flat)
        self.over, self.has_penalty = recorded.over, recorded.penalty is not None
        products, others = find_products(flat)
        self._place_leaves(products)
        products += group_softmaxes(flat)
        for depth in sorted({*others, *(group.depth for group in products)}):
            for group in products:
                if group.depth == depth:
                    self._compute(group)
            for group in group_others(others.get(depth, ()), self._tell_array):
                self._compute(group)
        added = reduced = self._reduce(self.algebra.spread(self.places.refer(roots[:1]), True, (1,)), recorded.over)
        if roots[1] is not None:
            reduced = self._lines.write(self.names.claim("R"), reduced, COST) if recorded.over == ROOT else reduced
            added = self.algebra.add(reduced, self.places.refer(roots[1:]))
        self.cost = self._lines.write("C", self.algebra.spread(added, False, (1,)), COST)
        self.outputs: Expression | None = None
        if recorded.outputs:
            wanted = self.places.refer([flat.find(node) for node in recorded.outputs], sample=True)
            self.outputs = self.algebra.spread(wanted, True, (len(recorded.outputs),))
        self.factor = self._write_factor(recorded.over, self.cost if added is reduced else reduced)
        leaves = [*self.parameters, *([] if self.places.theta is None else [self.places.theta])]
        backward = Backward(self._lines, self.places, self.made, leaves, self.factor, not to_run)
        self.received, self.at_softmax = backward.run(*roots), backward.at_softmax
        for block, summed, alone in () if to_run else self.received:
            self._write_gradient(block, summed, alone)

    def _write_gradient(self, block: Block, summed: Expression | None, alone: Expression | None) -> None:
        """Write the line of the gradient of a block of parameters, if it receives any."""
        if summed is not None and self.factor is not None:
            summed = self.algebra.divide(summed, self.factor)
        found = alone if summed is None else summed if alone is None else self.algebra.add(summed, alone)
        if found is not None:
            self._lines.write(self.names.claim(f"d{block.name}"), found, GRADIENT, None, block)

    def _tell_array(self, operand: Any) -> Any:
        """What tells operands of different arrays apart: a group takes each operand from one array."""
        place = self.places.tell(operand)
        return None if place is None else id(place[0])

    def _place_leaves(self, products: Sequence[Group]) -> None:
        """Make the blocks of the leaves."""
        flat, index = self._flat, self._flat.index
        inputs: set[Any] = set()
        for group in products:
            self.names.layer += 1
            group.items.sort(key=lambda item: index.get(item.operands[0], -1))
            weights, m = group.weights, len(group.items)
            if group.form == PRODUCT:
                inputs.update(v for v in group.inputs()[0] if v.__class__ is not float)
                self._add_parameters(weights, find_source(weights, index), "w", (m, len(weights) // m))
            biases = group.biases()
            self._add_parameters(biases, find_source(biases, index), "b", (m,), like=weights[:1])
        self.names.layer = 0
        for run in _split_runs([v for v in flat.parameters if v not in self.places.block_of], letter_of):
            self._add_parameters(run, find_source(run, index), "theta", (len(run),))
        runs = _split_runs(flat.samples, lambda v: letter_of(v) or ("x" if v in inputs else "y"))
        for run in runs:
            alone = [letter_of(other[0]) for other in runs].count(letter_of(run[0])) == 1
            name = self.names.of_leaves(run, "x" if run[0] in inputs else "y", alone)
            value = self.algebra.name(name, True, (len(run),))
            self.data.append(Block(name, run, (len(run),), True, value, [flat.columns[v] for v in run]))
            self.places.add(self.data[-1])

    def _add_parameters(self, items: Sequence[Any], source: Sequence[int] | None, letter: str,
                        units: tuple[int, ...], like: Sequence[Any] = ()) -> None:
        """Add a block, unless some of the items are no parameters, or are in a block already.

        Biases get a letter of their own where their labels have that of the weights, ``like``.
        """
        if source is None or not self.places.block_of.keys().isdisjoint(items):
            return
        same = any(weight.__class__ is not float and letter_of(weight) == letter_of(items[0]) for weight in like)
        name = self.names.of_items(items, letter, capital=len(units) == 2, known=not same)
        stored = "target"
        if len(units) == 2 and min(units) > 1 and source[1] - source[0] == units[0] and source == [
                source[0] + i + j * units[0] for i in range(units[0]) for j in range(units[1])]:
            stored = "source"
        block = Block(name, items, units, False, self.algebra.name(name, False, units), source, stored)
        self.parameters.append(block)
        self.places.add(block)

    def _compute(self, group: Group) -> None:
        """Add the block of a group, and its line if it has one."""
        if group.form in (ELEMENTWISE, REDUCTION):
            group.items.sort(key=self._order_of)
            self._sort_terms(group)
        value = evaluate(group, self.places)
        sample, count = group.kind == SAMPLE, len(group.items)
        units = value.units if len(value.units) == 2 and value.units[0] * value.units[1] == count else (count,)
        value = self.algebra.spread(value, sample, units) if value.operation != NUMBER else value
        self.names.layer += group.form == PRODUCT
        block = Block("", group.items, units, sample, value)
        if group.form in (PRODUCT, SOFTMAX) or self._needs_line(group, value):
            letter = "z" if group.form == PRODUCT else "a" if _is_activation(group) else "v"
            block.name = self.names.of_items(group.items, letter, capital=sample)
            if value.operation != NAME:
                block.value = self._lines.write(block.name, value, FORWARD, group, block)
        self.places.add(block)
        self.made.append((group, block))

    def _needs_line(self, group: Group, value: Expression) -> bool:
        """Whether what a group computes is too large to stand in the lines that use it, or is an activation."""
        is_root = group.items[-1] in self._roots and len(group.items) == 1
        largest = LARGEST_INLINE if group.kind == SAMPLE else LARGEST_OF_PARAMETERS
        if self._users is not None and value.operation != NAME:
            users = [self._users.get(item, []) for item in group.items]
            if _is_activation(group) and (group.items[0].label or any(
                    user.operation == SOFTMAX or OPERATIONS[user.operation].is_bilinear_sum
                    for found in users for user in found)):
                return True
            if all(len(found) == 1 for found in users) and not _uses_result(group.operation):
                return not is_root and len(walk(value)) > 2 * largest
        return not is_root and (value.operation == ROW or len(walk(value)) > largest)

    def _sort_terms(self, group: Group) -> None:
        """Put the terms of sums in the order of the arrays that they come from, for readers."""
        row = OPERATIONS[group.operation]
        for item in group.items if self._users is not None and row.is_sum and len(row.operands) == 1 else ():
            places = {v: self.places.tell(v) or (None, 0) for v in item.operands}
            order = list(dict.fromkeys(block for block, _ in places.values()))
            item.operands = tuple(sorted(item.operands, key=lambda v: (order.index(places[v][0]), places[v][1])))

    def _order_of(self, item: Item) -> int:
        for operand in item.operands:
            place = self.places.tell(operand)
            if place is not None and self._flat.tell_kind(operand) == item.kind:
                return place[1]
        return 0

    def _reduce(self, of_sample: Expression, over: str) -> Expression:
        """The costs of all samples as one."""
        summed = self.algebra.over_samples(of_sample)
        if over == MEAN:
            return self.algebra.divide(summed, self.count)
        if over == SUM:
            return summed
        return self.algebra.call("sqrt", summed)

    def _write_factor(self, over: str, reduced: Expression) -> Expression | None:
        """What the gradient of the sum over the samples is divided by; None for 1."""
        if over == SUM:
            return None
        return self.count if over == MEAN else self.algebra.multiply(self.algebra.number(2), reduced)

    @property
    def lines(self) -> list[Line]:
        """The lines in order."""
        return self._lines.written

    @property
    def count(self) -> Expression:
        """N, the number of samples."""
        return self.algebra.name("N", False, ())


def _is_activation(group: Group) -> bool:
    return group.form == SOFTMAX or OPERATIONS[group.operation].activation


def _uses_result(operation: str) -> bool:
    """Whether the partials of a row use its result, so that it is needed on the way back."""
    return any(re.search(r"\by\b", partial) for partial in OPERATIONS[operation].partials.values())


def _list_users(flat: Flattened) -> dict[Any, list[Item]]:
    """Item -> those that use it, once for each use."""
    users: dict[Any, list[Item]] = {}
    for item in (*flat.items, *(outputs[0] for outputs in flat.softmaxes)):
        for operand in item.operands:
            users.setdefault(operand, []).append(item)
    return users


def _split_runs(items: Iterable[Any], key: Callable[[Any], str]) -> list[list[Any]]:
    """Runs of items with equal keys."""
    runs: list[list[Any]] = []
    last = None
    for item in items:
        found = key(item)
        if not runs or found != last:
            runs.append([])
        last = found
        runs[-1].append(item)
    return runs

