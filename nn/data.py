"""Data to train on: tables from CSV files, and small real sets.

The lecture on the residual sum of squares writes D = [X|Y]: a sample a row, its inputs first and its targets after
them.
"""

import csv
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from io import StringIO
from math import isfinite
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .suggest import unknown

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "?", "-"})


@dataclass(frozen=True, slots=True)
class Data:
    """Inputs and targets, a sample a row.

    Attributes:
        X: (N, n) floats.
        Y: (N, m) floats, or (N,) names of classes.
        columns, targets: what the columns of X and of Y are called.
    """

    X: "NDArray[Any]"
    Y: "NDArray[Any]"
    columns: tuple[str, ...]
    targets: tuple[str, ...]

    @property
    def D(self) -> "NDArray[Any]":
        """[X|Y], (N, n + m). Raises TypeError where the targets are names."""
        import numpy as np

        if self.Y.dtype.kind not in "fiu":
            raise TypeError(f"[X|Y] is a matrix of numbers, and {self.targets[0]} holds the names of classes")
        return np.column_stack([self.X, self.Y])

    @classmethod
    def of(cls, D: Any, n_targets: int = 1) -> "Data":
        """The inputs and targets in a matrix D = [X|Y] whose last ``n_targets`` columns are Y.

        Raises:
            ValueError, TypeError: D is no matrix of finite numbers, or has no more columns than that.
        """
        from .preparation import Preparation, samples

        found = samples(D, None, "D")
        n = found.shape[1] - n_targets
        if n < 1 or n_targets < 1:
            raise ValueError(f"D = [X|Y] must have at least one column of X and one of Y; it has {found.shape[1]} in "
                             f"all, and {n_targets} of them are said to be Y")
        named = Preparation.none(n, n_targets)
        return cls(found[:, :n], found[:, n:], named.columns, named.targets)

    def split(self, part: float, seed: int | None = None) -> tuple["Data", "Data"]:
        """Two parts drawn at random: the larger to train on, and ``part`` of the samples, 0 < part < 1, to try it on.

        Raises:
            ValueError: part is not between 0 and 1, or leaves one side without a sample.
        """
        count = round(len(self.X) * part) if 0 < part < 1 else 0
        if not 0 < count < len(self.X):
            raise ValueError(f"the part held back must be between 0 and 1 and leave samples on both sides; {part!r} of "
                             f"{len(self.X)} does not")
        order = list(range(len(self.X)))
        random.Random(seed).shuffle(order)
        held, kept = sorted(order[:count]), sorted(order[count:])
        return tuple(replace(self, X=self.X[rows], Y=self.Y[rows]) for rows in (kept, held))  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file as text.

    Attributes:
        name: the file, for messages.
        header: what the columns are called.
        rows: the cells of each row.
        lines: the line of the file in which each row ends.
    """

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]

    def column(self, wanted: str) -> int:
        """Where the column of that name is. Raises ValueError where there is none; names the nearest."""
        if wanted not in self.header:
            raise ValueError(f"{self.name}: {unknown('column', wanted, self.header)}")
        return self.header.index(wanted)

    def missing(self, columns: Sequence[str]) -> list[int]:
        """Rows, counted from 0, with an empty cell in one of those columns."""
        at = [self.column(name) for name in columns]
        return [i for i, row in enumerate(self.rows) if any(_is_missing(row[k]) for k in at)]

    def without(self, rows: Sequence[int]) -> "Table":
        """The same without those rows."""
        left = [i for i in range(len(self.rows)) if i not in set(rows)]
        return replace(self, rows=tuple(self.rows[i] for i in left), lines=tuple(self.lines[i] for i in left))

    def numbers(self, columns: Sequence[str]) -> list[list[float]]:
        """Those columns as finite numbers, a list a row.

        Raises:
            ValueError: a cell is empty or no finite number; says in which line and column, and how many more there are.
        """
        return self._read(columns, _number)

    def names(self, column: str) -> list[str]:
        """A column as names. Raises ValueError where a cell is empty, saying in which line."""
        return [name for (name,) in self._read([column], _name)]

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
                    wrong.append(f"line {line}, column {name!r} {error}")
            found.append(values)
        if wrong:
            more = f"; and {len(wrong) - 1} more such cell{'s' * (len(wrong) > 2)}" if len(wrong) > 1 else ""
            raise ValueError(f"{self.name}: {wrong[0]}{more}")
        return found

    def holds_numbers(self, column: str) -> bool:
        """Whether every cell of a column that is not empty is a number."""
        k = self.column(column)
        return all(_is_missing(row[k]) or _is_number(row[k]) for row in self.rows)


def read_csv(path: str | PathLike[str], target: str | Sequence[str], *, columns: Sequence[str] | None = None,
             skip_missing: bool = False) -> Data:
    """Data from a CSV file whose first line names the columns.

    Args:
        path: the file, in UTF-8; cells are separated by commas, semicolons or tabs, as its first line has them.
        target: the column to be predicted, or several. One that holds text is read as the names of classes.
        columns: the columns to predict from; all others if None.
        skip_missing: leave rows with empty cells out. Else they are an error.

    Raises:
        ValueError: what is wrong in the file, and in which line; OSError: it cannot be read.
    """
    targets = (target,) if isinstance(target, str) else tuple(target)
    return data_of(read_table(path), targets, columns, skip_missing)


def data_of(table: Table, targets: Sequence[str], columns: Sequence[str] | None = None,
            skip_missing: bool = False) -> Data:
    """The inputs and targets in a table; arguments as for ``read_csv``."""
    import numpy as np

    for name in targets:
        table.column(name)
    inputs = [name for name in table.header if name not in targets] if columns is None else list(columns)
    both = sorted(set(inputs) & set(targets))
    if both or not inputs or not targets:
        raise ValueError(f"{table.name}: there must be at least one column to predict from and one to predict, and "
                         f"none that is both; to predict from: {', '.join(inputs)}; to predict: {', '.join(targets)}")
    if skip_missing:
        table = table.without(table.missing([*inputs, *targets]))
    if not table.rows:
        raise ValueError(f"{table.name} has no row to train on")
    X = np.array(table.numbers(inputs))
    if len(targets) == 1 and not table.holds_numbers(targets[0]):
        return Data(X, np.array(table.names(targets[0])), tuple(inputs), tuple(targets))
    return Data(X, np.array(table.numbers(targets)), tuple(inputs), tuple(targets))


def read_table(path: str | PathLike[str]) -> Table:
    """A CSV file as text. Raises ValueError where its form is wrong, saying in which line; OSError as ``open`` does."""
    name = str(path)
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise type(error)(f"cannot read {name}: {error.strerror}; name another file") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"{name} is not a text file in UTF-8 ({error}); save it as CSV in UTF-8") from None
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    header: tuple[str, ...] | None = None
    rows, lines = [], []
    try:
        for cells in reader:
            stripped = tuple(cell.strip() for cell in cells)
            if not any(stripped):
                continue  # an empty line, or what a spreadsheet leaves at the end
            if header is None:
                header = stripped
                continue
            if len(stripped) != len(header):
                raise ValueError(f"{name}: line {reader.line_num} has {len(stripped)} cells, and the first line names "
                                 f"{len(header)} columns")
            rows.append(stripped)
            lines.append(reader.line_num)
    except csv.Error as error:
        raise ValueError(f"{name}: line {reader.line_num} is not valid CSV: {error}") from None
    if header is None:
        raise ValueError(f"{name} is empty; its first line must name the columns")
    _check_header(name, header)
    return Table(name, header, tuple(rows), tuple(lines))


def _check_header(name: str, header: Sequence[str]) -> None:
    if all(_is_number(cell) for cell in header):
        raise ValueError(f"{name}: the first line must name the columns, and it holds numbers; put a line such as "
                         f"{','.join([*(f'x{k}' for k in range(1, len(header))), 'y'])} before it")
    for k, cell in enumerate(header, start=1):
        if not cell:
            raise ValueError(f"{name}: column {k} has no name in the first line")
        if cell in header[: k - 1]:
            raise ValueError(f"{name}: two columns are called {cell!r} in the first line")


def _is_missing(cell: str) -> bool:
    return cell.lower() in _MISSING


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _name(cell: str) -> str:
    if _is_missing(cell):
        raise ValueError("is empty; fill it in, delete the line, or leave such rows out (skip missing)")
    return cell


def _number(cell: str) -> float:
    _name(cell)
    try:
        found = float(cell.replace("_", "x"))  # Python's 1_000 is no number to anybody else
    except ValueError:
        raise ValueError(f"holds {cell!r}, which is no number; leave the column out, or write numbers in it") from None
    if not isfinite(found):
        raise ValueError(f"holds {cell!r}, which is not finite")
    return found
