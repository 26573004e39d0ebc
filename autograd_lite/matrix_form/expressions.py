"""Expressions over arrays: what the lines of a matrix program are made of.

Every array has an axis of units, or two, and an axis of samples if it depends on the sample. ``units`` is its shape
without the samples: ``()`` a number, ``(n,)`` a vector, ``(m, k)`` a matrix, or m vectors of k elements. Equal
expressions are one object, so that what several lines share is computed once.
"""

from collections.abc import Iterator, Sequence
from typing import Union

Units = tuple[int, ...]
Argument = Union["Expression", float, str, tuple[int, ...]]

NAME, NUMBER, WHERE, ROW = "name", "number", "where", "row"
ARITHMETIC = ("+", "-", "*", "/")
COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")


class Expression:
    """An operation on arrays.

    Attributes:
        operation: ``name``, ``number``, a sign, a word of the row language, ``row`` for the call of a row, or one of
            the operations on shapes that ``Algebra`` documents.
        arguments: expressions, and what else the operation needs.
        sample: whether it has an axis of samples.
        units: the shape of the other axes.
    """

    __slots__ = ("arguments", "operation", "sample", "units")

    def __init__(self, operation: str, arguments: tuple[Argument, ...], sample: bool, units: Units) -> None:
        self.operation, self.arguments, self.sample, self.units = operation, arguments, sample, units

    @property
    def parts(self) -> Iterator["Expression"]:
        """The arguments that are expressions."""
        return (argument for argument in self.arguments if isinstance(argument, Expression))

    @property
    def number(self) -> float | None:
        """The number that it is; None if it is none."""
        return self.arguments[0] if self.operation == NUMBER else None  # type: ignore[return-value]

    def is_number(self, value: float) -> bool:
        return self.operation == NUMBER and self.arguments[0] == value


def walk(expression: Expression) -> list[Expression]:
    """An expression and all inside it, each as often as it stands there."""
    found = [expression]
    for part in found:  # grows while it runs
        found += part.parts
    return found


def common_units(parts: Sequence[Expression]) -> Units:
    """The shape that arrays of these shapes have together: a number and one unit go with any number of units."""
    longest = max((part.units for part in parts), key=len, default=())
    return tuple(max(part.units[i - len(longest)] for part in parts if len(part.units) >= len(longest) - i)
                 for i in range(len(longest)))
