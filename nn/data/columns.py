"""Which columns of a file become inputs: numbers as they are, few words as 0/1 columns, and not what nobody can use."""

import re
import warnings
from collections.abc import Sequence

from autograd_lite.internal import quote

from .doubts import warn_of_sentinel
from .encoding import Encoding, is_yes_no, list_values, normalise
from .kinds import ENOUGH, are_dates, are_few, find_first, holds_words, list_present
from .numerals import is_like_number
from .table import Table, quote_cell, quote_typed


def choose_inputs(table: Table, targets: Sequence[str], columns: Sequence[str] | None = None,
                  exclude: Sequence[str] = ()) -> list[Encoding]:
    """The input columns and their values; warns which columns are left out, and why.

    Args:
        columns: the names of the input columns; None for all that have a name and are neither a target nor excluded.

    Raises:
        ValueError: a column is unknown or named twice, or cannot be an input; says why and what to do.
    """
    for name in exclude:
        if name not in table.names:
            table.column(name)  # raises
        if name in (*targets, *(columns or ())):
            raise ValueError(f"{table.name}: column {quote(name)} is excluded, and used as well; leave out one of the "
                             "two")
    if columns is not None:
        return [_choose(table, name, list_present(table, name)) for name in columns]
    found = []
    for name in _list_named(table):
        if name in targets or name in exclude:
            continue
        present = list_present(table, name)
        why = _find_reason(present, len(table.rows))
        if why:
            warnings.warn(f"column {quote(name)} is left out: {why}", stacklevel=4)
        else:
            found.append(_choose(table, name, present))
    return found


def _list_named(table: Table) -> list[str]:
    """The columns with a name; warns of those without one, and of names that look like data."""
    nameless = [name for name in table.header if not name or re.fullmatch(r"Unnamed: \d+", name)]
    if nameless:
        count, are = ("a column", "is") if len(nameless) == 1 else (f"{len(nameless)} columns", "are")
        warnings.warn(f"{count} of {table.name} without a name, such as an index, {are} left out", stacklevel=5)
    numeric = [name for name in table.names if is_like_number(name)]
    if numeric:
        shown = ", ".join(map(quote_cell, numeric[:5])) + ", …" * (len(numeric) > 5)
        warnings.warn(f"the first line of {table.name} has numbers among the names of the columns ({shown}); if it is "
                      "a row of data, say so (header=False, or --no-header)", stacklevel=5)
    return [name for name in table.names if name not in nameless]


def _choose(table: Table, name: str, present: Sequence[str]) -> Encoding:
    """A column as input. Raises ValueError if its cells that have a value are neither numbers nor few words."""
    if not holds_words(present):
        warn_of_sentinel(table, name, present)
        return name, ()
    holds = find_first(table, name, present)
    leave = f"leave the column out (exclude=…, or --exclude {quote_typed(name)})"
    if are_dates(present):
        raise ValueError(f"{table.name}: {holds}, a date or a time; a network takes numbers: write the year, the month "
                         f"or the days since the first date in columns of numbers, or {leave}")
    values = list_values(table, name, present)
    if is_yes_no(values) or are_few(len(values), len(present)):
        return name, values
    raise ValueError(f"{table.name}: {holds}, which is no number, and with {_count(len(values), len(present))} the "
                     f"column makes no 0/1 columns either; write numbers, or {leave}")


def _count(values: int, cells: int) -> str:
    return f"{values} different value{'s' * (values > 1)} in {cells} row{'s' * (cells > 1)}"


def _find_reason(present: Sequence[str], count: int) -> str:
    """Why a column of ``count`` cells is left out that nobody asked for; empty if it is not."""
    if not present:
        return "it is empty"
    if not holds_words(present) or is_yes_no(present):
        return ""
    values = {normalise(cell) for cell in present}
    if len(set(present)) == 1 < len(present):
        return f"it holds one word only, {quote_cell(present[0])}"
    if count < ENOUGH:
        return ""
    if are_dates(present):
        return f"it holds dates or times, such as {quote_cell(present[0])}"
    if 2 * len(present) < count:
        return f"it is text with {count - len(present)} of {count} cells missing"
    if not are_few(len(values), len(present)):
        return f"it is text with {_count(len(values), len(present))}"
    return ""
