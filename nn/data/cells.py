"""Splits the text of a CSV file into the names of its columns and the cells of its rows."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from io import StringIO

from autograd_lite.internal import quote, shorten

from .dialect import Dialect

Cells = tuple[str, ...]
_NUMBER = re.compile(r"[+-]?(\d+[.,]?\d*|[.,]\d+)([eE][+-]?\d+)?")


def split_cells(name: str, text: str, dialect: Dialect, header: bool = True) -> tuple[Cells, list[Cells], list[int]]:
    """The names of the columns, the cells of each row, and the line on which each row ends.

    A column of row names, which R writes without a name, and any other column without one is called "". Empty columns
    without a name at the end are dropped: they come of a separator at the end of each line.

    Args:
        header: whether the first line names the columns; they are x1, x2, …, y otherwise.

    Raises:
        ValueError: the file is empty or not valid CSV, or a row has too many or too few cells; says in which line.
    """
    found = _read_rows(name, text, dialect)
    if not found:
        raise ValueError(f"{name} is empty" + "; its first line must name the columns" * header)
    if header:
        names, found = tuple(" ".join(cell.splitlines()) for cell in found[0][0]), found[1:]
        _check_names(name, names, [row for row, _ in found], dialect.separator)
    else:
        names = _number_columns(max(len(row) for row, _ in found))
    names, rows = _drop_empty_end(names, [row for row, _ in found], named=header)
    lines = [line for _, line in found]
    if _has_row_names(names, rows, dialect, text, lines):
        names = ("", *names)
    _check_widths(name, names, rows, lines, dialect.separator)
    return names, rows, lines


def _read_rows(name: str, text: str, dialect: Dialect) -> list[tuple[Cells, int]]:
    """The cells of each line that has any, and its number."""
    if dialect.separator == " ":
        text = "\n".join(line.replace("\t", " ").strip() for line in text.splitlines())
    reader = csv.reader(StringIO(text, newline=""), delimiter=dialect.separator, quotechar=dialect.mark,
                        skipinitialspace=dialect.separator == " ", strict=True)
    rows = []
    try:
        for cells in reader:
            stripped = tuple(cell.strip() for cell in cells)
            if any(stripped):  # neither an empty line, nor the empty cells that spreadsheets append
                rows.append((stripped, reader.line_num))
    except csv.Error as error:
        raise ValueError(f"{name}: line {reader.line_num} is not valid CSV: {error}") from None
    return rows


def _check_names(name: str, names: Cells, rows: Sequence[Cells], separator: str) -> None:
    """Raise ValueError where the first line holds numbers, or a title above the names."""
    width = max(k for k, cell in enumerate(names, start=1) if cell)  # without separators at the end
    if all(map(_NUMBER.fullmatch, names[:width])):
        raise ValueError(f"{name}: the first line must name the columns, but it holds numbers; insert a line such as "
                         f"{separator.join(_number_columns(width))} before it, or say that there is none "
                         "(header=False, or --no-header)")
    alone = len(rows) > 1 and len(names) > width == 1
    if alone and sum(map(bool, rows[0])) > 1 and not any(map(_NUMBER.fullmatch, rows[0])):
        raise ValueError(f"{name}: the first line, {quote(names[0])}, is a title; the first line must name the "
                         "columns: remove the title, or read it with pandas (skiprows=1): `fit` takes a DataFrame")


def _number_columns(count: int) -> Cells:
    return (*(f"x{k}" for k in range(1, count)), "y")


def _drop_empty_end(names: Cells, rows: list[Cells], named: bool) -> tuple[Cells, list[Cells]]:
    """Without the cells of a separator at the end of each line, or of some."""
    width = len(names)
    if named and not names[-1] and rows and all(len(row) == width + 1 and not row[-1] for row in rows):
        width -= 1  # a separator ends each line, and R's names of rows come before
    while (not named or names[width - 1] == "") and not any(any(row[width - 1 :]) for row in rows):
        width -= 1
    return (names[:width] if named else _number_columns(width),
            [_strip_end(row, width) for row in rows])


def _strip_end(row: Cells, width: int) -> Cells:
    """A row without the empty cells behind the last column."""
    while len(row) > width and not row[-1]:
        row = row[:-1]
    return row


def _has_row_names(names: Cells, rows: Sequence[Cells], dialect: Dialect, text: str, lines: Sequence[int]) -> bool:
    """Whether each row begins with a name of its own for which the first line has no cell, as R's write.table writes.

    In a file of commas it must be no bare number: 1,5,3 below x,y would rather be a decimal comma.
    """
    if not rows or {len(row) for row in rows} != {len(names) + 1}:
        return False
    first = [row[0] for row in rows]
    quoted = text.splitlines()[lines[0] - 1].lstrip().startswith(dialect.mark)
    return len(set(first)) == len(first) and (
        dialect.separator != "," or quoted or not any(map(_NUMBER.fullmatch, first)))


def _check_widths(name: str, names: Cells, rows: Sequence[Cells], lines: Sequence[int], separator: str) -> None:
    widths = Counter(map(len, rows))
    if set(widths) <= {len(names)}:
        return
    has = f"names {len(names)} column{'s' * (len(names) != 1)}"
    if len(widths) == 1 and len(rows) > 1:
        raise ValueError(f"{name}: the first line {has}, but line {lines[0]} and all others have {max(widths)} cells; "
                         f"write a name for each column{_advise(separator, more=max(widths) > len(names))}")
    row, line = next((row, line) for row, line in zip(rows, lines, strict=True) if len(row) != len(names))
    if row[0].startswith("#"):
        raise ValueError(f"{name}: line {line}, {quote(','.join(row))}, is a comment (#); remove such lines, "
                         "or read it with pandas (comment='#'): `fit` takes a DataFrame")
    cells = f"{len(row)} cell{'s' * (len(row) != 1)}"
    raise ValueError(f"{name}: line {line} has {cells}, but the first line {has}"
                     f"{_advise(separator, more=len(row) > len(names))}")


def _advise(separator: str, more: bool) -> str:
    """What a line with too many or too few cells may come of."""
    if more and separator == ",":
        return "; a text or a number with a comma in it needs quotation marks"
    return "" if more else f"; it needs the separator {shorten(repr(separator))} between cells, empty ones too"
