"""Flattens the recorded graph of one sample: which nodes depend on the sample, which on parameters alone.

Nodes that depend on neither are numbers. Sums of products that are written out, as in ``w * x + w * x + b``, become
``affine`` items, and sums of sums become one sum: the nodes inside, which nobody else uses, are dissolved.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from ..operations import OPERATIONS
from ..words import add_floats

CONSTANT, PARAMETER, SAMPLE = 0, 1, 2
"""What a number depends on. An operation depends on what its operands do, and the largest of these counts."""

_ADD, _MULTIPLY = "a + b", "a * b"  # the values of the rows that are told by what they compute


class Item:
    """A leaf that varies, or an operation.

    Attributes:
        operation: the name of its row; empty for a leaf.
        operands: items and floats, flat as the row lists them.
        kind: PARAMETER or SAMPLE.
        node: the recorded node with its value; None where there is none.
        inside: the nodes that were dissolved in it.
        depth: 0 for a leaf, else one more than the largest of its operands.
    """

    __slots__ = ("depth", "inside", "kind", "node", "operands", "operation")

    operation: str
    operands: tuple[Any, ...]
    kind: int
    node: Any
    inside: Sequence[Any]
    depth: int

    def __init__(self, operation: str, operands: tuple[Any, ...], kind: int, node: Any,
                 inside: Sequence[Any] = ()) -> None:
        self.operation, self.operands, self.kind, self.node, self.inside = operation, operands, kind, node, inside
        self.depth = 0

    @property
    def nodes(self) -> tuple[Any, ...]:
        """The recorded nodes that it stands for; the last is the one with its value."""
        return tuple(self.inside) if self.node is None else (*self.inside, self.node)

    @property
    def label(self) -> str:
        return "" if self.node is None else str(self.node.label)


class Parameter(Item):
    """A leaf that the gradient is taken of."""

    __slots__ = ()
    operation, operands, kind, inside, depth = "", (), PARAMETER, (), 0  # one for all: there may be many of them

    def __init__(self, node: Any) -> None:
        self.node = node


class Sample(Parameter):
    """A leaf that differs from sample to sample."""

    __slots__ = ()
    kind = SAMPLE


class Flattened:
    """The items of a graph, operands first, and what became of each node.

    Attributes:
        parameters, samples: the items of the leaves that vary, in order.
        index: item of a parameter -> its place.
        of_node: node -> its item, or its number.
        items: the operations, operands first.
        wanted: the nodes whose numbers are wanted.
        softmaxes: the outputs of each softmax; ``recognise`` finds them.

    Args:
        order: the nodes of the graph, operands first.
        roots: the nodes whose numbers are wanted.
        parameters, samples: the leaves that vary.
    """

    def __init__(self, order: Iterable[Any], roots: Iterable[Any], parameters: Sequence[Any],
                 samples: Sequence[Any]) -> None:
        self.parameters: list[Item] = list(map(Parameter, parameters))
        self.samples: list[Item] = list(map(Sample, samples))
        self.index = dict(zip(self.parameters, range(len(self.parameters)), strict=True))
        self.of_node: dict[Any, Item | float] = dict(
            zip([*parameters, *samples], [*self.parameters, *self.samples], strict=True))
        self.items: list[Item] = []
        self.softmaxes: Sequence[Sequence[Item]] = ()
        self._uses: dict[Item, int] = {}
        self._terms: dict[Item, list[Any]] = {}
        self._dissolved: dict[Item, list[Any]] = {}
        self._gone: set[Item] = set()
        self.wanted = set(roots)
        items = [item for node in order if node not in self.of_node and (item := self._read(node)) is not None]
        self._count_uses(items)
        for item in items:
            self._gather_terms(item)
        for item in items:
            if item in self._terms:
                self._write_sum(item)
            elif item not in self._gone:
                self.items.append(item)
        for item in self.items:
            item.depth = 1 + max([v.depth for v in item.operands if v.__class__ is not float], default=0)

    def _read(self, node: Any) -> Item | None:
        """The item of a computed node that varies; None for a leaf and for a number."""
        of_node = self.of_node
        if not node.operation:
            of_node[node] = node.data
            return None
        operands: tuple[Any, ...] = tuple([v if v.__class__ is float else of_node[v] for v in node.operands])
        kind = max([v.kind for v in operands if v.__class__ is not float], default=CONSTANT)
        if kind == CONSTANT:
            of_node[node] = node.data
            return None
        if OPERATIONS[node.operation].is_bilinear_sum:
            operands = _turn(operands)
        item = of_node[node] = Item(node.operation, operands, kind, node)
        return item

    def _count_uses(self, items: Sequence[Item]) -> None:
        uses = self._uses
        for item in items:
            for operand in item.operands:
                if operand.__class__ is not float and operand.operation:
                    uses[operand] = uses.get(operand, 0) + 1
        for node in self.wanted:
            root = self.of_node[node]
            if isinstance(root, Item):
                uses[root] = uses.get(root, 0) + 2  # never dissolved

    def _gather_terms(self, item: Item) -> None:
        """Set the terms of a sum: (w, x) for a product, an item or a number. Terms of sums inside become its own."""
        row = OPERATIONS[item.operation]
        if not (row.value == _ADD or (row.is_sum and len(row.vectors) == 1)):
            return
        terms: list[Any] = []
        dissolved: list[Any] = []
        for operand in item.operands:
            inside = None
            if operand.__class__ is not float and self._uses.get(operand) == 1:
                inside = self._terms.pop(operand, None) or _list_products(operand)
            if inside is None:
                terms.append(operand)
                continue
            terms = inside if not terms else [*terms, *inside]
            before = self._dissolved.pop(operand, [])
            dissolved = before if not dissolved else [*dissolved, *before]
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
        fixed = [v for v in singles if v.__class__ is float or v.kind == PARAMETER]
        moving = [v for v in singles if v.__class__ is not float and v.kind == SAMPLE]
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


def _list_products(item: Item) -> list[Any] | None:
    """The terms of an item that a sum may take in: a parameter times something of the sample, or a sum of such."""
    if not item.operation:
        return None
    row, operands = OPERATIONS[item.operation], item.operands
    if row.value == _MULTIPLY:
        pair = _order(operands[0], operands[1])
        return None if pair is None else [pair]
    if row.is_bilinear_sum:
        k = len(operands) // 2
        pairs = [_order(w, x) for w, x in zip(operands[:k], operands[k : 2 * k], strict=True)]
        if all(pair is not None for pair in pairs):
            return [*pairs, *([] if operands[-1] == 0.0 else [operands[-1]])]
    return None


def _order(a: Any, b: Any) -> tuple[Any, Any] | None:
    """(parameter, of the sample), whichever way round they stand; None for another pair."""
    if a.__class__ is float or b.__class__ is float or a.kind == b.kind:
        return None
    return (a, b) if a.kind == PARAMETER else (b, a)


def _turn(operands: tuple[Any, ...]) -> tuple[Any, ...]:
    """The operands of w·x + b with what depends on the sample as x, where that is w alone."""
    k = len(operands) // 2
    first, second = ({v.kind if v.__class__ is not float else CONSTANT for v in half}
                     for half in (operands[:k], operands[k : 2 * k]))
    if SAMPLE in first and SAMPLE not in second:
        return (*operands[k : 2 * k], *operands[:k], operands[-1])
    return operands
