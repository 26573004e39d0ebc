"""Columns of words as 0/1 columns, in the same way for the samples of training and for those of a prediction."""

import warnings
from collections.abc import Iterable, Sequence
from functools import partial

from autograd_lite.internal import quote

from ..ground import late_numpy as np
from ..ground.arrays import Samples
from ..ground.suggest import unknown_name
from .missing import is_missing
from .table import Table, quote_cell

Encoding = tuple[str, tuple[str, ...]]
"""The name of a column, and its values in the order of its 0/1 columns; no values for a column of numbers."""
_YES_NO = (("no", "yes"), ("false", "true"), ("n", "y"), ("f", "t"))
_LONG = 3  # letters of a word that may be written in lower or upper case and still be the same word


def is_yes_no(cells: Iterable[str]) -> bool:
    """Whether all cells are yes or no, true or false, or their first letters, in any case."""
    words = {normalise(cell) for cell in cells}
    return any(words <= set(pair) for pair in _YES_NO)


def normalise(cell: str) -> str:
    """A word without what spelling changes: its case, and the number of its blanks."""
    return " ".join(cell.split()).casefold()


def list_values(table: Table, column: str, cells: Sequence[str]) -> tuple[str, ...]:
    """The values of a column of words, sorted; those of yes and no columns are (no, yes). Words are spelled as first.

    Raises:
        ValueError: two short values differ in case alone.
    """
    pair = next((pair for pair in _YES_NO if {normalise(cell) for cell in cells} <= set(pair)), None)
    return pair or tuple(sorted(set(spell_alike(table, column, cells))))


def spell_alike(table: Table, column: str, cells: Sequence[str]) -> list[str]:
    """The words with one spelling for those that differ in case or blanks alone; warns which these are.

    Raises:
        ValueError: words of one or two letters differ in case alone, as the genotypes AA, Aa and aa.
    """
    first: dict[str, str] = {}
    others: dict[str, str] = {}
    for cell in cells:
        known = first.setdefault(normalise(cell), " ".join(cell.split()))
        if known != cell:
            others.setdefault(cell, known)
    for cell, known in others.items():
        if len(known) < _LONG and not is_yes_no([known]):
            raise ValueError(f"{table.name}: column {quote(column)} holds {quote_cell(known)} and {quote_cell(cell)}, "
                             "which differ in case alone; write them alike, or give them different names")
    if others:
        pairs = ", ".join(f"{quote_cell(cell)} as {quote_cell(known)}" for cell, known in list(others.items())[:3])
        warnings.warn(f"column {quote(column)} is read with one spelling for words that differ in case or blanks "
                      f"alone: {pairs}{', …' * (len(others) > 3)}", stacklevel=4)
    return [first[normalise(cell)] for cell in cells]


def name_inputs(encodings: Sequence[Encoding]) -> tuple[str, ...]:
    """The names of the inputs: the column's own for numbers and for yes and no, else ``column=value``."""
    return tuple(name for column, values in encodings for name in _name_columns(column, values))


def _name_columns(column: str, values: tuple[str, ...]) -> list[str]:
    if not values or values in _YES_NO:
        return [column]
    return [f"{column}={value}" for value in (values[1:] if len(values) == 2 else values)]


def count_inputs(encodings: Sequence[Encoding]) -> int:
    """The number of inputs that the columns become."""
    return len(name_inputs(encodings))


def encode(table: Table, encodings: Sequence[Encoding], *, needed: bool = False) -> "Samples":
    """The columns as numbers, (N, n). Two values become one column, 0 for the first and 1 for the second; more become
    one each, 1 for the value of the row. ``needed``: the columns are those of a network, and none can be left out.

    Raises:
        ValueError: a cell is no number, or a value that is not in the encoding; says in which line.
    """
    parts: list[list[list[float]]] = []
    for column, values in encodings:
        parts.append(table.read(column, partial(encode_word, values=values)) if values else
                     [[number] for number in table.numbers(column, needed=needed)])
    rows = [[number for part in row for number in part] for row in zip(*parts, strict=True)]
    return np.array(rows, dtype=float).reshape(len(table.rows), count_inputs(encodings))


def encode_word(cell: str, values: Sequence[str]) -> list[float]:
    """The 0/1 columns of one word. Raises ValueError if the word is none of the values; says what the column holds."""
    known = {normalise(value): k for k, value in enumerate(values)}
    if normalise(cell) not in known:
        raise ValueError(f"holds {quote_cell(cell)}, which the network has not seen in training: "
                         f"{unknown_name('value', cell, values)}")
    k = known[normalise(cell)]
    return [float(k)] if len(values) == 2 else [float(j == k) for j in range(len(values))]


def find_missing(table: Table, encodings: Sequence[Encoding]) -> dict[str, list[int]]:
    """Column -> the indices of its rows without a value, for columns that have such."""
    found = {}
    for column, values in encodings:
        known = {normalise(value) for value in values}
        rows = [i for i, cell in enumerate(table.cells(column))
                if normalise(cell) not in known and is_missing(cell, bool(values), table.markers)]
        if rows:
            found[column] = rows
    return found
