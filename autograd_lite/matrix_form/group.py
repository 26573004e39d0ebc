"""Groups the items of one sample: those of equal operation, depth and kind of operands become one array operation.

Affine items that share their inputs are a matrix product. Leaves are grouped by what uses them: the weights of a
product are a matrix, its biases a vector.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import Any

from ..operations import OPERATIONS
from .flatten import SAMPLE, Flattened, Item
from .softmax import SOFTMAX

PRODUCT, ROWS_OF_PRODUCTS, REDUCTION, ELEMENTWISE = "product", "rows of products", "reduction", "elementwise"


class Group:
    """Items that are computed together.

    Attributes:
        form: PRODUCT: W·x + b with the same x for all; ROWS_OF_PRODUCTS: w·x + b with an x for each; REDUCTION: a row
            over sequences; SOFTMAX: outputs of softmax, all those of one after those of another; ELEMENTWISE: any
            other row.
        operation: the name of the row.
        items: the items in order.
        kind: PARAMETER or SAMPLE.
    """

    def __init__(self, form: str, items: Sequence[Item]) -> None:
        self.form, self.items = form, list(items)
        self.operation, self.kind = items[0].operation, max(item.kind for item in items)

    @property
    def depth(self) -> int:
        return self.items[0].depth

    @cached_property
    def weights(self) -> list[Any]:
        """The weights of all items of a sum of products, one after another. The order of the items must be settled."""
        return list(chain.from_iterable(item.operands[: len(item.operands) // 2] for item in self.items))

    def inputs(self) -> list[tuple[Any, ...]]:
        """The inputs of each item of a sum of products."""
        return [item.operands[len(item.operands) // 2 : -1] for item in self.items]

    def biases(self) -> list[Any]:
        """The bias of each item of a sum of products."""
        return [item.operands[-1] for item in self.items]


def find_products(flat: Flattened) -> tuple[list[Group], dict[int, list[Item]]]:
    """The groups of sums of products, in order of depth; and the other items by depth."""
    sharing: dict[tuple[Any, ...], list[Item]] = {}  # items with the same inputs
    others: dict[int, list[Item]] = {}
    for item in flat.items:
        if not OPERATIONS[item.operation].is_bilinear_sum:
            others.setdefault(item.depth, []).append(item)
            continue
        k = len(item.operands) // 2
        inputs = item.operands[k:-1] if _is_plain(item, flat) else id(item)
        sharing.setdefault((item.depth, item.kind, k, inputs), []).append(item)
    alone: dict[tuple[Any, ...], list[Item]] = {}
    groups = []
    for (depth, kind, k, _), items in sharing.items():
        if len(items) > 1:
            groups.append(Group(PRODUCT, items))
        else:
            alone.setdefault((depth, kind, k), []).extend(items)
    for items in alone.values():  # several of them have different inputs, as in a convolution
        plain = len(items) == 1 and _is_plain(items[0], flat)
        groups.append(Group(PRODUCT if plain else ROWS_OF_PRODUCTS, items))
    return sorted(groups, key=lambda group: group.depth), others


def _is_plain(item: Item, flat: Flattened) -> bool:
    """Whether only the inputs of a sum of products depend on the sample."""
    return item.is_plain or SAMPLE not in map(flat.tell_kind, item.operands[: len(item.operands) // 2])


def group_others(items: Sequence[Item], key_of: Any) -> Iterator[Group]:
    """Groups of the other items of one depth. ``key_of`` tells the block of an operand."""
    groups: dict[tuple[Any, ...], list[Item]] = {}
    for item in items:
        row = OPERATIONS[item.operation]
        if row.vectors:
            constants = item.operands[len(item.operands) - len(row.constants):] if row.constants else ()
            key: tuple[Any, ...] = (item.operation, item.kind, len(item.operands), constants)
        else:
            count = len(row.partials)
            key = (item.operation, item.kind, tuple(map(key_of, item.operands[:count])), item.operands[count:])
        groups.setdefault(key, []).append(item)
    for same in groups.values():
        yield Group(REDUCTION if OPERATIONS[same[0].operation].vectors else ELEMENTWISE, same)


def group_softmaxes(flat: Flattened) -> list[Group]:
    """The softmaxes of equal depth and size."""
    groups: dict[tuple[int, ...], list[Item]] = {}
    for outputs in flat.softmaxes:
        groups.setdefault((outputs[0].depth, outputs[0].kind, len(outputs)), []).extend(outputs)
    return [Group(SOFTMAX, items) for items in groups.values()]


def find_source(operands: Sequence[Any], index: Mapping[Any, int]) -> Sequence[int] | None:
    """The places of these operands in θ; None if they are not all parameters, each of them once."""
    if {float, Item} & {*map(type, operands)}:
        return None
    found: list[Any] = list(map(index.get, operands))
    if None in found:
        return None
    run = range(found[0], found[0] + len(found))
    return run if found == list(run) else found if len({*found}) == len(found) else None
