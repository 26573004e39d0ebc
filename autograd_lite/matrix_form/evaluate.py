"""What a group computes, as an expression of the arrays that its operands come from."""

import re
from collections.abc import Sequence
from typing import Any

from ..operations import OPERATIONS, group_operands
from ..readings import list_calls, parse
from ..words import REDUCTIONS, WORDS
from .algebra import Algebra
from .blocks import Places
from .expressions import Expression
from .flatten import SAMPLE
from .group import PRODUCT, ROWS_OF_PRODUCTS, Group
from .softmax import SOFTMAX

REDUCED = re.compile(rf"\b({'|'.join(REDUCTIONS)})\(")
MOST_PIECES = 6  # that a sum is written in


def list_columns(group: Group) -> list[list[Any]]:
    """The operands of all items of a group, a list for each operand of the row; vectors one after another."""
    if group.form == SOFTMAX:  # each output has all operands
        n = len(group.items[0].operands)
        return [[v for item in group.items[::n] for v in item.operands]]
    row = OPERATIONS[group.operation]
    if not row.vectors:
        return [[item.operands[i] for item in group.items] for i in range(len(row.operands))]
    grouped = [group_operands(row, item.operands) for item in group.items]
    return [[v for each in grouped for v in each[i]] if name in row.vectors else [each[i] for each in grouped]
            for i, name in enumerate(row.operands)]


def list_operands(group: Group, places: Places) -> list[Expression]:
    """The operands of a group as arrays: x, W and b for a product; else those of the row.

    m sequences of k elements have the shape (m, k) if m > 1, and a number that goes with each of them (m, 1).
    """
    algebra, m = places.algebra, len(group.items)
    if group.form == PRODUCT:
        weights, biases, inputs = group.weights, group.biases(), group.inputs()[0]
        k, sample = len(inputs), group.kind == SAMPLE
        whole = places.is_whole(weights)
        matrix = (whole.value if whole is not None and whole.units == (m, k) else
                  algebra.matrix(algebra.spread(places.refer(weights), False, (m * k,)), m, k))
        x = algebra.spread(places.refer(inputs, sample), sample, (k,))
        return [x, matrix, places.refer(biases)]
    row, columns = OPERATIONS[group.operation], list_columns(group)
    if not row.vectors:
        blocks = [places.is_whole(column) for column in columns]
        shapes = {block.units for block in blocks if block is not None}
        same = all(block is not None or (len({*column}) == 1 and column[0].__class__ is float)
                   for block, column in zip(blocks, columns, strict=True))
        shaped = same and len(shapes) == 1  # a matrix stays one
        return [block.value if shaped and block is not None else places.refer(column)
                for block, column in zip(blocks, columns, strict=True)]
    found = []
    for name, column in zip(row.operands, columns, strict=True):
        operand = places.refer(column)
        if name == row.vectors[0]:  # results have its shape, so it may not be shortened to one number
            operand = algebra.spread(operand, operand.sample, (len(column),))
        wide = m > 1 and operand.units not in ((), (1,))
        found.append(algebra.fold(operand, m, len(column) // m) if wide else operand)
    return found


def evaluate(group: Group, places: Places) -> Expression:
    """What a group computes, one element an item."""
    algebra = places.algebra
    if group.form == SOFTMAX:
        (column,), n = list_columns(group), len(group.items[0].operands)
        z = algebra.spread(places.refer(column), group.kind == SAMPLE, (len(column),))
        return algebra.flat(algebra.softmax(_fold(z, n, algebra)))
    operands, row = list_operands(group, places), OPERATIONS[group.operation]
    if group.form == PRODUCT:
        x, matrix, bias = operands
        return algebra.add(algebra.forward(x, matrix), bias)
    if group.form == ROWS_OF_PRODUCTS:
        w, x, bias = operands
        products = algebra.spread(algebra.multiply(w, x), w.sample or x.sample, w.units)
        return algebra.flat(algebra.add(products if w.units[-1] == 1 else algebra.total(products), bias))
    names = dict(zip(row.operands, operands, strict=True))
    if row.vectors:
        if row.is_sum and len(row.operands) == 1 and len(group.items) == 1:
            return _add_pieces(group.items[0].operands, places)
        if len(REDUCED.findall(row.value)) > 1:
            return algebra.flat(algebra.reduce(group.operation, operands))
        return algebra.flat(algebra.read(row.value, names, names[row.vectors[0]].units))
    if not list_calls(parse(row.value)) <= set(WORDS):  # shown by its name; its text is read where it is run
        return algebra.call(group.operation, *operands)
    return algebra.read(row.value, names)


def _add_pieces(operands: Sequence[Any], places: Places) -> Expression:
    """The sum of a vector: if it comes from a few arrays, the sum of their sums."""
    algebra, spread = places.algebra, places.algebra.spread
    pieces = places.split(operands)
    if len(pieces) > MOST_PIECES or len({*operands}) == 1:
        pieces = [list(operands)]
    found = algebra.number(0)
    for piece in pieces:
        vector = places.refer(piece)
        found = algebra.add(found, algebra.total(spread(vector, vector.sample, (len(piece),))))
    return found


def _fold(x: Expression, n: int, algebra: Algebra) -> Expression:
    """Vectors of n elements, from all of them one after another; one vector stays as it is."""
    m = x.units[0] // n
    return x if m == 1 else algebra.fold(x, m, n)


def find_slope_of_softmax(group: Group, y: Expression, D: Expression, algebra: Algebra) -> Expression:
    """∂C/∂zⱼ = Σₖ Dₖ ∂aₖ/∂zⱼ = aⱼ (Dⱼ − Σₖ Dₖ aₖ); multiplied out where D · a is no product any more."""
    n, sample = len(group.items[0].operands), group.kind == SAMPLE
    received = algebra.multiply(D, y)
    wide = received if received.units == y.units else algebra.spread(received, sample, y.units)
    total = algebra.total(_fold(wide, n, algebra))
    if received in algebra.cancelled:
        found = algebra.subtract(_fold(received, n, algebra), algebra.multiply(_fold(y, n, algebra), total))
    else:
        D = _fold(algebra.spread(D, sample, y.units), n, algebra)
        found = algebra.multiply(_fold(y, n, algebra), algebra.subtract(D, total))
    return algebra.flat(found)


def list_slopes(group: Group, places: Places, D: Expression, y: Expression,
                shown: bool) -> list[tuple[Sequence[Any], Expression]]:
    """D · ∂y/∂operand for each operand of a group that is no product: the items of the operand, and their gradients.

    Args:
        D: the gradient of the group; a number where it is the same for all.
        y: what the group computed.
        shown: whether partials of vectors are those that formulas show.
    """
    algebra = places.algebra
    if group.form == SOFTMAX:
        return [(list_columns(group)[0], find_slope_of_softmax(group, y, D, algebra))]
    operands, m = list_operands(group, places), len(group.items)
    row, sample = OPERATIONS[group.operation], group.kind == SAMPLE
    names = dict(zip(row.operands, operands, strict=True)) | {"y": y}
    vector = names[row.vectors[0]].units if row.vectors else ()
    if row.vectors and m > 1:
        D = algebra.fold(algebra.spread(D, sample, (m,)), m, 1)
        names["y"] = y if y.number is not None else algebra.fold(y, m, 1)
    found: list[tuple[Sequence[Any], Expression]] = []
    for column, (name, partial) in zip(list_columns(group), row.partials.items(), strict=False):
        text = row.shown.get(name, partial) if shown and row.vectors else partial
        if text != partial:  # in the call itself, whatever name it has
            names["y"] = algebra.reduce(group.operation, operands)
        slope = algebra.read(text, names, vector)
        if slope.is_number(0):
            continue
        value = algebra.multiply(D, slope)
        if row.vectors and m > 1:
            value = algebra.flat(algebra.spread(value, sample, (m, len(column) // m)))
        found.append((column, value))
    return found
