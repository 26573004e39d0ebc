"""CSV files as tables of text; errors name the line and the column."""

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from math import isfinite
from os import PathLike
from typing import Any

from autograd_lite.internal import quote

from ..files import read_bytes
from ..suggest import unknown_name

_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
_MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "?", "-"})


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file as text.

    Attributes:
        name: the name of the file, for messages.
        header: the names of the columns.
        rows: the cells of each row.
        lines: the line of the file on which each row ends.
    """

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]

    def column(self, wanted: str) -> int:
        """The index of a column. Raises ValueError for an unknown name; suggests the nearest."""
        if wanted not in self.header:
            raise ValueError(f"{self.name}: {unknown_name('column', wanted, self.header)}")
        return self.header.index(wanted)

    def missing(self, columns: Sequence[str]) -> list[int]:
        """The indices of rows with a missing cell in one of the columns."""
        at = [self.column(name) for name in columns]
        return [i for i, row in enumerate(self.rows) if any(_is_missing(row[k]) for k in at)]

    def without(self, rows: Sequence[int]) -> "Table":
        """The table without the rows of these indices."""
        out = set(rows)
        left = [i for i in range(len(self.rows)) if i not in out]
        return replace(self, rows=tuple(self.rows[i] for i in left), lines=tuple(self.lines[i] for i in left))

    def numbers(self, columns: Sequence[str]) -> list[list[float]]:
        """The columns as finite numbers, one list for each row.

        Raises:
            ValueError: a cell is missing or no finite number; says in which line and column, and how many more are.
        """
        return self._read(columns, _read_number)

    def names(self, column: str) -> list[str]:
        """A column as names. Raises ValueError for a missing cell; says in which line."""
        return [name for (name,) in self._read([column], _read_name)]

    def _read(self, columns: Sequence[str], read: Callable[[str], Any]) -> list[list[Any]]:
        at = [(self.column(name), name) for name in columns]
        wrong: list[str] = []
        found = []
        for row, line in zip(self.rows, self.lines, strict=True):
            values = []
            for k, name in at:
                try:
                    values.append(read(row[k]))
                except ValueError as error:
                    wrong.append(f"line {line}, column {quote(name)} {error}")
            found.append(values)
        if wrong:
            more = f"; and {len(wrong) - 1} more such cell{'s' * (len(wrong) > 2)}" if len(wrong) > 1 else ""
            raise ValueError(f"{self.name}: {wrong[0]}{more}")
        return found

    def holds_names(self, column: str) -> bool:
        """Whether a column holds the names of classes, rather than numbers with a typing error among them.

        It holds names if a cell is no number and the numbers look like names: all are whole, and at most half of the
        cells are numbers or some number occurs twice. So 1, 2, A, 2 are classes, while 3.O in 1.5, 2, 3.O and 4O in
        1, 2, 3, 4O are typing errors.
        """
        k = self.column(column)
        cells = [row[k] for row in self.rows if not _is_missing(row[k])]
        numbers = [float(cell) for cell in cells if _is_number(cell) and isfinite(float(cell))]
        if all(map(_is_number, cells)) or any(map(_DECIMAL_COMMA.fullmatch, cells)) or any(v % 1 for v in numbers):
            return False
        return 2 * len(numbers) <= len(cells) or len(set(numbers)) < len(numbers)


def read_table(path: str | PathLike[str]) -> Table:
    """Read a CSV file as text.

    Raises:
        ValueError: the file is no valid CSV table; says in which line. OSError: it cannot be read.
    """
    name = str(path)
    try:
        text = read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{name} is not a text file in UTF-8 ({error}); save it as CSV in UTF-8") from None
    first = next((line for line in text.splitlines() if line.strip(",;\t ")), "")
    separator = max(",;\t", key=re.sub(r'"[^"]*"', "", first).count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    header: tuple[str, ...] | None = None
    rows, lines = [], []
    try:
        for cells in reader:
            stripped = tuple(cell.strip() for cell in cells)
            if not any(stripped):
                continue  # an empty line, or the empty cells that spreadsheets append
            if header is None:
                header = stripped
                continue
            if len(stripped) != len(header):
                cells_found = f"{len(stripped)} cell{'s' * (len(stripped) != 1)}"
                raise ValueError(f"{name}: line {reader.line_num} has {cells_found}, but the first line names "
                                 f"{len(header)} columns")
            rows.append(stripped)
            lines.append(reader.line_num)
    except csv.Error as error:
        raise ValueError(f"{name}: line {reader.line_num} is not valid CSV: {error}") from None
    if header is None:
        raise ValueError(f"{name} is empty; its first line must name the columns")
    _check_header(name, header, separator)
    return Table(name, header, tuple(rows), tuple(lines))


def _check_header(name: str, header: Sequence[str], separator: str) -> None:
    if all(_is_number(cell) for cell in header):
        raise ValueError(f"{name}: the first line must name the columns, but it holds numbers; insert a line such as "
                         f"{separator.join([*(f'x{k}' for k in range(1, len(header))), 'y'])} before it")
    for k, cell in enumerate(header, start=1):
        if not cell:
            raise ValueError(f"{name}: column {k} has no name in the first line")
        if cell in header[: k - 1]:
            raise ValueError(f"{name}: two columns are called {quote(cell)} in the first line")


def _is_missing(cell: str) -> bool:
    return cell.lower() in _MISSING


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _read_name(cell: str) -> str:
    if _is_missing(cell):
        what = f"holds {quote(cell)}, which stands for a missing value" if cell else "is empty, a missing value"
        raise ValueError(f"{what}; fill it in, or skip such rows (skip_missing=True, or --skip-missing)")
    return cell


def _read_number(cell: str) -> float:
    _read_name(cell)
    if _DECIMAL_COMMA.fullmatch(cell):
        raise ValueError(f"holds {quote(cell)}, which has a decimal comma; write a decimal point")
    try:
        found = float(cell.replace("_", "x"))  # float() accepts 1_000, which is no number in CSV
    except ValueError:
        raise ValueError(f"holds {quote(cell)}, which is no number; write numbers in the column, or exclude it "
                         "(columns=…, or --inputs)") from None
    if not isfinite(found):
        raise ValueError(f"holds {quote(cell)}, which is not finite")
    return found
