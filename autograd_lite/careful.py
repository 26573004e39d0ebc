"""Reads numbers, and evaluates an operation where the quick way fails: a sentence says what is wrong, and where."""

from collections.abc import Sequence
from functools import cache
from math import inf, isfinite, nan
from numbers import Real
from typing import Any

from .clock import NAMES
from .operations import OPERATIONS, Row, group_operands
from .quoting import REFUSALS, quote
from .readings import FLOATS, Compiled, compile_row


def require_number(value: object, where: str, what: str = "a number or a Value") -> float:
    """``value`` as a finite float.

    Args:
        where: what the number is for, for the message.
        what: what may stand there, for the message.

    Raises:
        TypeError: ``value`` is no real number.
        ValueError: it is NaN, infinite, or too large for a float.
    """
    if value.__class__ is float and value - value == 0.0:  # the usual case, ten times faster
        return value
    if not isinstance(value, Real):
        one_by_one = "; take its entries one by one" * (hasattr(value, "__iter__") and not isinstance(value, str))
        raise TypeError(f"{where} must be {what}, not {quote(value)} of type {type(value).__name__}{one_by_one}")
    try:
        result = float(value)
    except OverflowError:
        result = inf
    if not isfinite(result):
        given = value if isinstance(value, float) else "one that does not fit a float"
        raise ValueError(f"{where} must be a finite number, not {given}")
    return result


def evaluate_carefully(name: str, *operands: Any) -> tuple[float, ...]:
    """y and its partials where one of them is not finite.

    An undefined partial becomes NaN, and one that does not fit a float becomes infinity: neither is an error until a
    gradient reaches it.

    Raises:
        ValueError, ZeroDivisionError: y is undefined; the message names the operation and its operands.
        OverflowError: y does not fit a float.
    """
    row, compiled = OPERATIONS[name], _compile_for_floats(name)
    data = [operand._data if operand.__class__ is NAMES["Node"] else require_number(operand, f"an operand of {name}")
            for operand in operands]
    values = group_operands(row, data)
    try:
        y = compiled.value(*values)
    except OverflowError:
        y = inf
    except (ValueError, ZeroDivisionError) as error:
        said, where = REFUSALS["outside" if row.domain else "undefined"], _describe_point(row, operands, data)
        raise type(error)(said.format(operation=name, place=where, domain=row.domain)) from None
    if not isfinite(y):
        raise OverflowError(REFUSALS["overflow"].format(operation=name, place=_describe_point(row, operands, data)))
    partials: list[float] = []
    for operand, partial in compiled.partials.items():
        try:
            result = partial(*values, y)
        except (ValueError, ZeroDivisionError):
            result = nan
        except OverflowError:
            result = inf
        count = len(values[row.operands.index(operand)]) if operand in row.vectors else 1
        partials.extend([result] * count if isinstance(result, float) else result)
    return (y, *partials)


@cache
def _compile_for_floats(name: str) -> Compiled:
    """The row's value and partials, each a function. Compiled at first use, since few programs need them."""
    return compile_row(name, FLOATS)


def name_operands(row: Row, count: int) -> list[str]:
    """A name for each of ``count`` flat operands: w[0], w[1], x[0], x[1], b."""
    names = row.operand_names(count)
    return [f"{name}[{i - names.index(name)}]" if name in row.vectors else name for i, name in enumerate(names)]


def _describe_point(row: Row, operands: Sequence[Any], data: Sequence[float]) -> str:
    """The operands as ``a = -1.0 (node 'z₁'), b = 2.0``; of a long list the four of largest magnitude."""
    names = name_operands(row, len(data))
    shown = sorted(sorted(range(len(data)), key=lambda i: -abs(data[i]))[:4])
    parts = []
    for i in shown:
        label = getattr(operands[i], "label", "")
        parts.append(f"{names[i]} = {data[i]}" + (REFUSALS["label"].format(label=quote(label)) if label else ""))
    return ", ".join(parts) + (", …" if len(shown) < len(data) else "")
