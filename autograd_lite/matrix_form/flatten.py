"""Flattens the recorded graph of one sample: which nodes depend on the sample, which on parameters alone.

Nodes that depend on neither are numbers. Sums of products that are written out, as in ``w * x + w * x + b``, become
``affine`` items, and sums of sums become one sum: the nodes inside, which nobody else uses, are dissolved.

A leaf that varies stands for itself among the operands of items, since there may be very many. It must not be compared
by ``==``, which would mark it (see ``comparisons``); ``is`` and sets tell leaves apart.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from ..operations import OPERATIONS, Row
from ..words import add_floats

CONSTANT, PARAMETER, SAMPLE = 0, 1, 2
"""What a number depends on. An operation depends on what its operands do, and the largest of these counts."""

SUM, _PRODUCT, _PRODUCTS = "sum", "product", "sum of products"


class Item:
    """An operation.

    Attributes:
        operation: the name of its row.
        operands: items, leaves that vary and floats, flat as the row lists them.
        kind: PARAMETER or SAMPLE.
        node: the recorded node with its value; None where there is none.
        inside: the nodes that were dissolved in it.
        is_plain: whether it is known to be a sum of products of leaves in ``parameters`` with what is no number.
        depth: one more than the largest of its operands; that of a leaf is 0. It is settled last, but for items of
            which it is known that all operands are leaves.
    """

    __slots__ = ("depth", "inside", "is_plain", "kind", "node", "operands", "operation")

    def __init__(self, operation: str, operands: tuple[Any, ...], kind: int, node: Any,
                 inside: Sequence[Any] = ()) -> None:
        self.operation, self.operands, self.kind, self.node, self.inside = operation, operands, kind, node, inside
        self.depth, self.is_plain = 0, False

    @property
    def nodes(self) -> tuple[Any, ...]:
        """The recorded nodes that it stands for; the last is the one with its value."""
        return tuple(self.inside) if self.node is None else (*self.inside, self.node)

    @property
    def label(self) -> str:
        return "" if self.node is None else str(self.node.label)


class Flattened:
    """The items of a graph, operands first, and what became of each node.

    Attributes:
        parameters, samples: the leaves that vary, in order.
        index, columns: parameter -> its place in θ; leaf in samples -> its column in the data.
        of_node: computed node, or other leaf -> its item, or its number.
        fixed: the other leaves.
        items: the operations, operands first.
        wanted: the nodes whose numbers are wanted.
        softmaxes: the outputs of each softmax; ``recognise`` finds them.

    Args:
        order: the computed nodes of the graph, operands first.
        roots: the nodes whose numbers are wanted.
        parameters, samples: the leaves that vary.
    """

    def __init__(self, order: Sequence[Any], roots: Iterable[Any], parameters: Sequence[Any],
                 samples: Sequence[Any]) -> None:
        self.parameters, self.samples = parameters, samples
        self.index = dict(zip(parameters, range(len(parameters)), strict=True))
        self.columns = dict(zip(samples, range(len(samples)), strict=True))
        self.of_node: dict[Any, Item | float] = {}
        self.fixed: list[Any] = []
        self.items: list[Item] = []
        self.softmaxes: Sequence[Sequence[Item]] = ()
        self._uses: Counter[Item] = Counter()
        self._terms: dict[Item, list[Any]] = {}
        self._dissolved: dict[Item, list[Any]] = {}
        self._gone: set[Item] = set()
        self.wanted = set(roots)
        self._forms = {name: tell_form(OPERATIONS[name]) for name in {node.operation for node in order}}
        items = [item for node in order if (item := self._read(node)) is not None]
        self._count_uses(items)
        for item in items:
            self._gather_terms(item)
        for item in items:
            if item in self._terms:
                self._write_sum(item)
            elif item not in self._gone:
                self.items.append(item)
        for item in self.items:
            item.depth = item.depth or 1 + max([v.depth for v in list_inner(item)], default=0)

    def find(self, node: Any) -> Any:
        """What a node became: its item, its number, or itself if it is a leaf that varies."""
        found = self.of_node.get(node)
        if found is not None:
            return found
        if node in self.index or node in self.columns:
            return node
        self.of_node[node] = node.data
        self.fixed.append(node)
        return node.data

    def tell_kind(self, operand: Any) -> int:
        """CONSTANT, PARAMETER or SAMPLE."""
        kind: int = (operand.kind if operand.__class__ is Item else CONSTANT if operand.__class__ is float else
                     SAMPLE if operand in self.columns else PARAMETER)
        return kind

    def _read(self, node: Any) -> Item | None:
        """The item of a computed node; None if it is a number."""
        is_product = self._forms[node.operation] == _PRODUCTS
        item = self._read_plain(node) if is_product else None
        if item is None:
            operands, kind = [], CONSTANT
            for v in node.operands:
                if v.__class__ is not float:
                    found = self.of_node.get(v)
                    if found.__class__ is Item:
                        v, of = found, found.kind
                    elif v in self.index:
                        of = PARAMETER
                    else:
                        v = self.find(v)
                        of = CONSTANT if v.__class__ is float else SAMPLE
                    kind = max(kind, of)
                operands.append(v)
            if kind == CONSTANT:
                self.of_node[node] = node.data
                return None
            item = Item(node.operation, self._turn(operands) if is_product else tuple(operands), kind, node)
        self.of_node[node] = item
        return item

    def _read_plain(self, node: Any) -> Item | None:
        """The item of a sum of products of parameters with inputs that are no numbers; None for another one.

        Nothing is done for each weight but to look it up: there may be very many.
        """
        operands = node.operands
        k, bias = len(operands) // 2, operands[-1]
        if len(node.parents) - (bias.__class__ is not float) < 2 * k:
            return None
        w, x = operands[:k], operands[k:-1]
        turned = not all(map(self.index.__contains__, w))
        if turned:
            w, x = x, w
            if not all(map(self.index.__contains__, w)):
                return None
        kind, of_leaves = SAMPLE, all(map(self.columns.__contains__, x))
        if not of_leaves:
            x = tuple(map(self.find, x))
            kind = max(map(self.tell_kind, x))
            if float in {*map(type, x)} or (turned and kind != SAMPLE):
                return None
        found = bias if bias.__class__ is float else self.find(bias)
        item = Item(node.operation, (*w, *x, found), max(kind, self.tell_kind(found)), node)
        item.is_plain = True
        if of_leaves and found.__class__ is not Item:
            item.depth = 1
        return item

    def _turn(self, operands: Sequence[Any]) -> tuple[Any, ...]:
        """The operands of w·x + b with what depends on the sample as x, where that is w alone."""
        k = len(operands) // 2
        first, second = ({*map(self.tell_kind, half)} for half in (operands[:k], operands[k:-1]))
        if SAMPLE in first and SAMPLE not in second:
            return (*operands[k:-1], *operands[:k], operands[-1])
        return tuple(operands)

    def _count_uses(self, items: Sequence[Item]) -> None:
        for item in items:
            if not item.depth:
                self._uses.update(list_inner(item))
        for node in self.wanted:
            root = self.find(node)
            if root.__class__ is Item:
                self._uses[root] += 2  # never dissolved

    def _gather_terms(self, item: Item) -> None:
        """Set the terms of a sum: (w, x) for a product, an item or a number. Terms of sums inside become its own."""
        if self._forms[item.operation] != SUM:
            return
        terms: list[Any] = []
        dissolved: list[Any] = []
        for operand in item.operands:
            inside = None
            if operand.__class__ is Item and self._uses[operand] == 1:
                inside = self._terms.pop(operand, None) or self._list_products(operand)
            if inside is None:
                terms.append(operand)
                continue
            before = self._dissolved.pop(operand, [])
            if terms:
                terms += inside
                dissolved += before
            else:  # the first one's list goes on growing: a long sum is not copied for each of its terms
                terms, dissolved = inside, before
            dissolved += operand.nodes
            self._gone.add(operand)
        self._terms[item] = terms
        self._dissolved[item] = dissolved

    def _write_sum(self, item: Item) -> None:
        """Give an item with terms its final operands: an affine item for its products, and a sum around the rest."""
        terms, inside = self._terms[item], self._dissolved[item]
        products = [term for term in terms if term.__class__ is tuple]
        singles = [term for term in terms if term.__class__ is not tuple]
        if not products:
            if self._dissolved[item] or len(singles) != len(item.operands):
                item.operation, item.operands, item.inside = "total", tuple(singles), inside
            self.items.append(item)
            return
        moving = [v for v in singles if self.tell_kind(v) == SAMPLE]
        fixed = [v for v in singles if self.tell_kind(v) != SAMPLE]
        bias: Any = 0.0 if not fixed else fixed[0]
        if len(fixed) > 1:
            if any(v.__class__ is not float for v in fixed):
                bias = Item("total", tuple(fixed), PARAMETER, None)
                self.items.append(bias)
            else:
                bias = add_floats(fixed)
        operands = (*(w for w, _ in products), *(x for _, x in products), bias)
        if not moving:
            item.operation, item.operands, item.inside = "affine", operands, inside
        else:
            affine = Item("affine", operands, SAMPLE, None, inside)
            self.items.append(affine)
            item.operation, item.operands = "total", (affine, *moving)
        self.items.append(item)

    def _list_products(self, item: Item) -> list[Any] | None:
        """The terms of an item that a sum may take in: a parameter times something of the sample, or a sum of such."""
        form, operands = self._forms[item.operation], item.operands
        if form == _PRODUCT:
            pair = self._order(operands[0], operands[1])
            return None if pair is None else [pair]
        if form == _PRODUCTS:
            k = len(operands) // 2
            pairs = [self._order(w, x) for w, x in zip(operands[:k], operands[k:-1], strict=True)]
            if all(pair is not None for pair in pairs):
                bias = operands[-1]
                return [*pairs, *([] if bias.__class__ is float and bias == 0.0 else [bias])]
        return None

    def _order(self, a: Any, b: Any) -> tuple[Any, Any] | None:
        """(parameter, of the sample), whichever way round they stand; None for another pair."""
        kinds = self.tell_kind(a), self.tell_kind(b)
        if kinds == (PARAMETER, SAMPLE):
            return a, b
        return (b, a) if kinds == (SAMPLE, PARAMETER) else None


def tell_form(row: Row) -> str:
    """What a row is to sums of products."""
    if row.value == "a + b" or (row.is_sum and len(row.vectors) == 1):
        return SUM
    return _PRODUCT if row.value == "a * b" else _PRODUCTS if row.is_bilinear_sum else ""


def list_inner(item: Item) -> list[Item]:
    """The operands of an item that are items."""
    return [v for v in item.operands if v.__class__ is Item]
