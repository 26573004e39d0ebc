"""Tables as plain data, and their renderers: for a terminal of any width, for HTML, and as CSV.

In a terminal that is too narrow for a table, formulas break where a person breaks them, never inside an index; where
that does not help, each row is printed as a list of its cells.
"""

import csv
import re
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

STYLES = {"right": "green", "follows": "yellow", "wrong": "bold red", "unreadable": "yellow"}
"""State of a cell -> its colour in a terminal."""

_BETWEEN = 3  # columns of the terminal between two columns of a table
_LEGIBLE = 12  # columns; a formula in fewer of them is harder to read than a list
_OPERATORS = frozenset("+-−=·*/⊙@")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, and what stands under it: "text", "formula", "number", or "symbol", which never breaks."""

    title: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Cell:
    """A text, and its state: "right", "follows", "wrong", "unreadable", or none."""

    text: str
    state: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Columns, and rows with one cell for each column. A plain string is a cell without a state."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell | str]]

    def cells(self) -> list[list[Cell]]:
        """The rows as cells."""
        return [[Cell(cell) if isinstance(cell, str) else cell for cell in row] for row in self.rows]

    def leave_out(self, titles: Container[str]) -> "Table":
        """The same without the columns of these headings."""
        kept = [i for i, column in enumerate(self.columns) if column.title not in titles]
        return Table([self.columns[i] for i in kept], [[row[i] for i in kept] for row in self.rows])


def wrap_formula(text: str, width: int) -> list[str]:
    """The lines of a formula, each at most ``width`` wide where it can be: broken before an operator or after ·.

    >>> wrap_formula("δ₁⁽²⁾·w₁₁⁽²⁾ + δ₂⁽²⁾·w₂₁⁽²⁾", 16)
    ['δ₁⁽²⁾·w₁₁⁽²⁾', '+ δ₂⁽²⁾·w₂₁⁽²⁾']
    """
    from rich.cells import cell_len

    pieces: list[str] = []  # each with the space before it
    for word in re.findall(r" *[^ ]+", text):
        if pieces and pieces[-1].strip() in _OPERATORS:
            word = pieces.pop() + word
        pieces += re.findall(r".+?·(?=.)|.+", word)
    lines = [""]
    for piece in pieces:
        if lines[-1] and cell_len(lines[-1] + piece) > width:
            lines.append(piece.lstrip())
        else:
            lines[-1] += piece
    return lines


def print_formula(text: str, console: "Console", indent: int = 0, style: str = "") -> None:
    """Print a formula on as many lines as it needs; those after the first are indented further."""
    first, *rest = wrap_formula(text, console.width - indent - 2)
    for i, line in enumerate((first, *rest)):
        console.print(" " * (indent + 2 * bool(i)) + line, style=style, markup=False, soft_wrap=True)


def print_table(table: Table, console: "Console") -> None:
    """Print a table; where it is too wide its formulas are broken, or else its rows are printed as lists."""
    from rich import box
    from rich.cells import cell_len
    from rich.table import Table as RichTable
    from rich.text import Text

    rows = table.cells()
    widths = [max(cell_len(line) for text in _list_texts(table, i) for line in text.split("\n"))
              for i in range(len(table.columns))]
    fitting = _fit(table, widths, console.width)
    if fitting is None:
        _print_lists(table, console)
        return
    found = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, header_style="")
    for column in table.columns:
        found.add_column(column.title, justify="right" if column.kind == "number" else "left",
                         no_wrap=column.kind in ("number", "symbol"), overflow="fold")
    for row in rows:
        found.add_row(*(
            Text("\n".join(wrap_formula(cell.text, width)) if column.kind == "formula" else cell.text,
                 STYLES.get(cell.state, ""))
            for cell, column, width in zip(row, table.columns, fitting, strict=True)))
    console.print(found)


def _fit(table: Table, widths: Sequence[int], available: int) -> list[int] | None:
    """The widths of the columns in what is available; None where formulas cannot be broken that far."""
    found = list(widths)
    too_wide = sum(found) + _BETWEEN * (len(found) - 1) + 2 - available
    least = [_find_least_width(table, i) if column.kind in ("formula", "text") else width
             for i, (column, width) in enumerate(zip(table.columns, widths, strict=True))]
    while too_wide > 0:
        widest = max(range(len(found)), key=lambda i: found[i] if found[i] > least[i] else 0)
        if found[widest] <= least[widest]:
            return None
        found[widest] -= 1
        too_wide -= 1
    return found


def _find_least_width(table: Table, i: int) -> int:
    """The width of the longest part of a column that cannot be broken."""
    from rich.cells import cell_len

    is_formula = table.columns[i].kind == "formula"
    parts = [part for text in _list_texts(table, i) for line in text.split("\n")
             for part in (wrap_formula(line, 1) if is_formula else line.split() or [""])]
    longest = max(map(cell_len, _list_texts(table, i)))
    return max(*map(cell_len, parts), min(longest, _LEGIBLE) if is_formula else 0)


def _list_texts(table: Table, i: int) -> list[str]:
    """The heading and the cells of a column."""
    return [table.columns[i].title, *(row[i].text for row in table.cells())]


def _print_lists(table: Table, console: "Console") -> None:
    """Each row as its first cell and, below it, every other cell with its heading."""
    from rich.text import Text

    room = max(len(column.title) for column in table.columns[1:]) + 2
    for row in table.cells():
        console.print(Text(f"\n{row[0].text}", "bold"))
        for column, cell in zip(table.columns[1:], row[1:], strict=True):
            lines = [line for part in cell.text.split("\n") for line in wrap_formula(part, console.width - room - 2)]
            for k, line in enumerate(lines if cell.text else ()):
                heading = column.title if k == 0 else ""
                console.print(Text(f"  {heading:<{room}}").append(line, STYLES.get(cell.state, "")), soft_wrap=True)
    console.print()


def write_html_table(table: Table, attributes: Callable[[Column, Cell | None], str],
                     escape: Callable[[str], str]) -> str:
    """The ``table`` element.

    Args:
        attributes: what a heading (of a column and None) or a cell has beside its text, such as ``class="right"``.
        escape: makes a text safe to stand in HTML.
    """
    def write(tag: str, column: Column, cell: Cell | None, text: str) -> str:
        own = attributes(column, cell)
        return f"<{tag}{f' {own}' if own else ''}>{escape(text)}</{tag}>"

    head = "".join(write("th", column, None, column.title) for column in table.columns)
    body = "\n".join(f"<tr>{''.join(write('td', column, cell, cell.text) for column, cell in row)}</tr>"
                     for row in ([*zip(table.columns, cells, strict=True)] for cells in table.cells()))
    return f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>"


def write_csv(rows: Iterable[Sequence[object]]) -> str:
    """Rows of cells as CSV."""
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
