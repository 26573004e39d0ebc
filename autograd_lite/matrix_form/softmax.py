"""Finds softmax and log-sum-exp among the items, however they were written out, for the program that is read.

    exp(zⱼ) / Σₖ exp(zₖ), and the same of zⱼ − m        is aⱼ = softmax(z)ⱼ
    exp(zⱼ − log-sum-exp of z)                          is aⱼ = softmax(z)ⱼ
    log Σₖ exp(zₖ), and m + log Σₖ exp(zₖ − m)          is log-sum-exp of z
    (zⱼ − m) − log Σₖ exp(zₖ − m)                       is zⱼ − log-sum-exp of z

m is one number for all units, such as the recorded shift by the largest: it changes nothing. What was recorded twice,
as a layer that two parts of a cost use may be, is one item.
"""

from collections.abc import Sequence
from copy import copy
from typing import Any

from ..operations import OPERATIONS
from .flatten import SUM, Flattened, Item, list_inner, tell_form

SOFTMAX, LOGSUMEXP = "softmax", "logsumexp"


class Powers:
    """The exponentials exp(zⱼ − m) and their sum.

    Attributes:
        whole: the item of the sum, or of its logarithm.
        powers: the items of the exponentials; none where their sum was recorded as one node.
        z: the items zⱼ.
        shift: the item m, or a number; None without one.
        outputs: the items aⱼ = softmax(z)ⱼ; empty until one is asked for.
    """

    def __init__(self, whole: Item, powers: Sequence[Item] = ()) -> None:
        self.whole, self.powers, self.outputs = whole, list(powers), list[Item]()
        self.shifted: list[Any] = [power.operands[0] for power in powers] or list(whole.operands)
        self.z, self.shift = self.shifted, None
        pairs = [v.operands for v in self.shifted
                 if powers and _is(v, "a - b") and v.operands[0].__class__ is not float]
        if len(pairs) == len(self.shifted) and len({m for _, m in pairs}) == 1:
            self.z, self.shift = [z for z, _ in pairs], pairs[0][1]
        self.log = _make(LOGSUMEXP, self.z, whole, None, self._list_nodes(self.powers))

    def find_output(self, j: int, node: Any, known: dict[tuple[Any, ...], list[Item]]) -> Item:
        """Output j, whose number that node has. ``known`` has those of other exponentials of the same z."""
        if not self.outputs:
            self.outputs = known.setdefault(tuple(self.z), [
                _make(SOFTMAX, self.z, self.whole, None, self._list_nodes(self.powers[k : k + 1]))
                for k in range(len(self.z))])
        output = self.outputs[j]
        output.node, output.inside = node, output.nodes
        return output

    def _list_nodes(self, powers: Sequence[Item]) -> list[Any]:
        """The nodes that are dissolved: the shift, the differences, these exponentials, and their sum."""
        shift = [self.shift] if isinstance(self.shift, Item) else []
        differences = [power.operands[0] for power in powers] if self.shift is not None else []
        return [node for item in (*shift, *differences, *powers, self.whole) for node in item.nodes]


class Recognition:
    """Rewrites the items of a graph, as new items.

    Attributes:
        flat: the result.
    """

    def __init__(self, flat: Flattened) -> None:
        new: dict[Any, Any] = {}
        equal: dict[Any, Item] = {}
        self._sums: dict[Any, Powers] = {}
        self._logs: dict[Any, Powers] = {}  # log-sum-exp of z
        self._shifted: dict[Any, Powers] = {}  # log Σₖ exp(zₖ − m)
        self._outputs: dict[tuple[Any, ...], list[Item]] = {}  # of softmax of z
        self._made: list[Item] = []
        for item in flat.items:
            operands = tuple(new.get(v, v) for v in item.operands)
            same = equal.get((item.operation, operands))
            if same is None:
                made = _make(item.operation, operands, item, item.node, item.inside)
                made.is_plain = item.is_plain
                same = equal[item.operation, operands] = self._rewrite(made)
                self._made.append(same)
            else:  # recorded twice
                same.inside = (*item.nodes, *same.inside)
            new[item] = same
        self.flat = copy(flat)
        self.flat.of_node = {node: new.get(v, v) for node, v in flat.of_node.items()}
        needed: dict[Item, None] = {}
        waiting = [v for v in map(self.flat.find, self.flat.wanted) if isinstance(v, Item)]
        for v in waiting:  # grows while it runs
            if v not in needed:
                needed[v] = None
                waiting += list_inner(v)
        self.flat.items = [v for v in dict.fromkeys(self._made) if v in needed and v.operation != SOFTMAX]
        self.flat.softmaxes = [outputs for outputs in self._outputs.values() if not needed.keys().isdisjoint(outputs)]

    def _rewrite(self, item: Item) -> Item:
        first, second = (*item.operands, None, None)[:2]
        if tell_form(OPERATIONS[item.operation]) == SUM:
            if all(_is(v, "exp(a)") for v in item.operands) and 1 < len({*item.operands}) == len(item.operands):
                self._sums[item] = Powers(item, item.operands)
            return self._add_shift(item)
        if item.operation == LOGSUMEXP and len({*item.operands}) == len(item.operands) > 1:
            self._logs[item] = Powers(item)
        elif _is(item, "a / b") and second in self._sums:
            j = _find(self._sums[second].powers, first)
            return item if j is None else self._sums[second].find_output(j, item.node, self._outputs)
        elif _is(item, "exp(a)") and _is(first, "a - b") and first.operands[1] in self._logs:
            powers = self._logs[first.operands[1]]
            j = _find(powers.z, first.operands[0])
            return item if j is None else powers.find_output(j, item.node, self._outputs)
        elif _is(item, "log(a)") and first in self._sums:
            powers = self._sums[first]
            found = _make(LOGSUMEXP, powers.shifted, item, item.node, powers.log.inside)
            (self._logs if powers.shift is None else self._shifted)[found] = powers
            return found
        elif _is(item, "a - b") and second in self._shifted:
            powers = self._shifted[second]
            j = _find(powers.shifted, first)
            if j is not None:
                return _make(item.operation, (powers.z[j], self._write_log(powers)), item, item.node,
                             (*second.nodes, *first.nodes))
        return item

    def _write_log(self, powers: Powers) -> Item:
        self._made.append(powers.log)
        self._logs[powers.log] = powers
        return powers.log

    def _add_shift(self, item: Item) -> Item:
        """m + log Σ exp(z − m), with whatever else is added."""
        for log in item.operands:
            powers = self._shifted.get(log)
            j = None if powers is None else _find(item.operands, powers.shift)
            if powers is None or j is None:
                continue
            rest = [v for i, v in enumerate(item.operands) if i != j and v is not log]  # m may be added for itself, too
            if rest:
                return _make("total", (self._write_log(powers), *rest), item, item.node, (*log.nodes, *item.inside))
            found = _make(LOGSUMEXP, powers.z, item, item.node, (*powers.log.inside, *log.nodes, *item.inside))
            self._logs[found] = powers
            return found
        return item


def recognise(flat: Flattened) -> Flattened:
    """The items with softmax and log-sum-exp as such: new items, so that those of the program that is run stay."""
    return Recognition(flat).flat


def _make(operation: str, operands: Sequence[Any], like: Item, node: Any, inside: Sequence[Any]) -> Item:
    item = Item(operation, tuple(operands), like.kind, node, inside)
    item.depth = 1 + max([v.depth for v in list_inner(item)], default=0)
    return item


def _find(items: Sequence[Any], wanted: Any) -> int | None:
    """Where it stands. Leaves are not compared by ``==``, which would mark them."""
    return next((i for i, v in enumerate(items) if v is wanted), None)


def _is(item: Any, value: str) -> bool:
    """Whether an item is of the row that computes ``value``."""
    return isinstance(item, Item) and item.operation in OPERATIONS and OPERATIONS[item.operation].value == value
