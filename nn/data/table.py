"""A CSV file as a table of text; errors name the file, the line and the column."""

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from os import PathLike, fspath
from typing import Any

from autograd_lite.internal import quote, shorten

from ..ground.files import read_bytes
from ..ground.suggest import unknown_name
from .cells import split_cells
from .dialect import decode_text, find_dialect
from .numerals import find_decimal, is_affixed_number, read_number


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file as text.

    Attributes:
        name: the name of the file, for messages.
        header: the names of the columns; "" for a column without one.
        rows: the cells of each row.
        lines: the line of the file on which each row ends.
        separator: what separates the cells.
        decimal: the decimal sign of all columns; None if each column shows its own.
        markers: what stands for a missing value besides ``missing.MARKERS``.
    """

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    separator: str = ","
    decimal: str | None = None
    markers: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns that have one."""
        return tuple(filter(None, self.header))

    def column(self, wanted: str) -> int:
        """The index of a column.

        Raises:
            ValueError: there is none, and the nearest is suggested; or two columns have this name.
        """
        if wanted not in self.names:
            raise ValueError(f"{self.name}: {unknown_name('column', wanted, self.names)}")
        if self.header.count(wanted) > 1:
            raise ValueError(f"{self.name}: two columns are called {quote(wanted)} in the first line; give one of them "
                             "another name, or leave both out (exclude=…, or --exclude) if neither is used")
        return self.header.index(wanted)

    def cells(self, column: str) -> list[str]:
        """The cells of a column. Raises ValueError as ``column`` does."""
        k = self.column(column)
        return [row[k] for row in self.rows]

    def without(self, rows: Sequence[int]) -> "Table":
        """The table without the rows of these indices."""
        out = set(rows)
        left = [i for i in range(len(self.rows)) if i not in out]
        return replace(self, rows=tuple(self.rows[i] for i in left), lines=tuple(self.lines[i] for i in left))

    def numbers(self, column: str, *, needed: bool = False) -> list[float]:
        """A column as finite numbers. ``needed``: it cannot be left out, as a target cannot.

        Raises:
            ValueError: a cell is none; says in which line, and how many more are.
        """
        cells = self.cells(column)
        try:
            decimal = self.decimal or find_decimal(cells, (cell for row in self.rows for cell in row), self.separator)
        except ValueError as error:
            raise ValueError(f"{self.name}: column {quote(column)} {error}") from None
        return self.read(column, lambda cell: _read_cell(cell, decimal, needed))

    def read(self, column: str, read: Callable[[str], Any]) -> list[Any]:
        """What a function makes of each cell of a column. Raises ValueError for the first that it refuses."""
        found, wrong = [], []
        for cell, line in zip(self.cells(column), self.lines, strict=True):
            try:
                found.append(read(cell))
            except ValueError as error:
                wrong.append(f"line {line}, column {quote(column)} {error}")
        if wrong:
            more = f"; and {len(wrong) - 1} more such cell{'s' * (len(wrong) > 2)}" if len(wrong) > 1 else ""
            raise ValueError(f"{self.name}: {wrong[0]}{more}")
        return found


def read_table(path: str | PathLike[str], separator: str | None = None, decimal: str | None = None,
               missing: Sequence[str] = (), header: bool = True) -> Table:
    """Read a CSV file as text. The arguments are those of ``read_csv``.

    Raises:
        ValueError: the file is no valid CSV table; says in which line. OSError: it cannot be read.
    """
    if decimal not in (None, ".", ","):
        raise ValueError(f"the decimal sign must be '.' or ',', not {quote(decimal)}")
    name = shorten(fspath(path))
    text = decode_text(name, read_bytes(path))
    dialect = find_dialect(name, text, separator, header)
    names, rows, lines = split_cells(name, text, dialect, header)
    markers = (missing,) if isinstance(missing, str) else tuple(missing)
    return Table(name, names, tuple(rows), tuple(lines), dialect.separator, decimal, markers)


def quote_cell(cell: str) -> str:
    """A cell in quotation marks, as it is written, with no-break spaces as they are."""
    return f"'{shorten(' '.join(cell.splitlines()))}'"


def quote_typed(word: str) -> str:
    """A word as it is typed on a command line: in quotation marks where it needs them."""
    return shlex.quote(shorten(" ".join(word.splitlines())))


def _read_cell(cell: str, decimal: str, needed: bool) -> float:
    try:
        return read_number(cell, decimal)
    except ValueError as error:
        why = str(error)
    if is_affixed_number(cell):
        why = ("which is no plain number; write it in digits alone, or clean the column with pandas: `fit` takes a "
               "DataFrame")
    elif "finite" not in why:
        remedy = "" if needed else "leave it out (exclude=…, or --exclude), "
        why += (f"; write numbers in the column, {remedy}or, if it marks a missing value, say so (missing=…, or "
                f"--missing {quote_typed(cell)})")
    raise ValueError(f"holds {quote_cell(cell)}, {why}")
