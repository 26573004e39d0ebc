"""Points at which every row of the table can be tested: found by trying, so that a new row is tested on arrival."""

import math
import random
from collections.abc import Iterator, Mapping
from itertools import product
from types import MappingProxyType
from typing import Any

from autograd_lite import OPERATIONS
from autograd_lite.operations import Row, group_operands
from autograd_lite.readings import FLOATS, Compiled, Function, Reading, compile_row

ROWS = list(OPERATIONS)
VECTOR_LENGTH = 3
FROM_A_KINK = 0.05  # far more than any difference quotient reaches
CONSTANTS = (0.5, 2.0, 3.0, -1.0)

COMPILED: dict[str, Compiled] = {name: compile_row(name, FLOATS) for name in ROWS}


def complete_reading(words: Mapping[str, Function], **options: Any) -> Reading:
    """A reading of these words, and of every other row that rows may call, compiled from the table."""
    found = dict(words)
    reading = Reading(found, **options)
    for name, row in OPERATIONS.items():
        if name not in found and not row.vectors:
            found[name] = compile_row(name, reading).value
    return Reading(MappingProxyType(found), **options)


def flat_names(row: Row) -> list[str]:
    """A name for each differentiable operand, elements of vectors one by one."""
    return [
        f"{name}{i}" if name in row.vectors else name
        for name in row.partials
        for i in range(VECTOR_LENGTH if name in row.vectors else 1)
    ]


def points(name: str, count: int = 40, seed: int = 1) -> Iterator[tuple[float, ...]]:
    """Operands, constants last, at which the row is defined, with a neighbourhood, and no kink is near."""
    row = OPERATIONS[name]
    draw = random.Random(f"{name} {seed}")
    found = 0
    for _ in range(100 * count):
        operands = [draw.uniform(-3, 3) for _ in flat_names(row)]
        point = (*operands, *sorted(draw.choice(CONSTANTS) for _ in row.constants))  # low before high
        if abs(kink(row, point)) < FROM_A_KINK:
            continue
        try:
            for signs in product((-1e-3, 0, 1e-3), repeat=min(len(operands), 2 if row.vectors else 3)):
                moved = [v + s for v, s in zip(operands, signs, strict=False)] + operands[len(signs):]
                COMPILED[name].value(*group_operands(row, [*moved, *point[len(operands):]]))
        except (ValueError, ZeroDivisionError, OverflowError):
            continue
        found += 1
        yield point
        if found == count:
            return
    raise AssertionError(f"found only {found} of {count} points for {name}")


def kink(row: Row, point: tuple[float, ...]) -> float:
    """The row's kink expression at a point; of ``largest``, how far its operands are from a tie. 1 without a kink."""
    if row is OPERATIONS["largest"]:
        *_, second, first = -math.inf, *sorted(point)
        return first - second
    if not row.kink:
        return 1.0
    names = dict(zip(row.operands, group_operands(row, point), strict=True))
    return float(eval(row.kink, {"__builtins__": {}}, {**FLOATS.words, **names}))


def partials_at(name: str, point: tuple[float, ...]) -> list[float]:
    """Every partial of the row at a point, by the float reading, elements of vectors one by one."""
    row = OPERATIONS[name]
    operands = group_operands(row, point)
    y = COMPILED[name].value(*operands)
    flat: list[float] = []
    for operand, partial in COMPILED[name].partials.items():
        result = partial(*operands, y)
        flat.extend(result if operand in row.vectors else [result])
    return flat
