"""What may be meant otherwise than it is read: a row of units, -999, a class that is called NA. Refused, or said."""

import warnings
from collections import Counter
from collections.abc import Sequence

from autograd_lite.internal import quote

from .missing import is_missing, is_without_class
from .numerals import is_like_number
from .table import Table, quote_cell, quote_typed

_SENTINELS = {float(sign + "9" * count) for sign in ("-", "") for count in range(2, 6)}


def refuse_units(table: Table) -> None:
    """Raise ValueError where the first row alone holds no numbers: it holds units."""
    numeric = [k for k in range(len(table.header)) if len(table.rows) > 2 and all(
        is_like_number(row[k]) or is_missing(row[k]) for row in table.rows[1:])]
    first = [table.rows[0][k] for k in numeric]
    if len(numeric) > 1 and any(first) and not any(cell and (is_like_number(cell) or is_missing(cell))
                                                   for cell in first):
        shown = ", ".join(quote_cell(cell) for cell in first[:5] if cell)
        raise ValueError(f"{table.name}: line {table.lines[0]} holds {shown} where all other rows hold numbers, as "
                         "a row of units does; remove the row, or read the file with pandas (skiprows=[1]): `fit` "
                         "takes a DataFrame")


def warn_of_sentinel(table: Table, name: str, cells: Sequence[str]) -> None:
    """Warn of -999 and the like far from all other numbers of a column: it may mark a missing value."""
    try:
        numbers = {float(cell) for cell in cells if not is_missing(cell)}
    except ValueError:  # told when they are read
        return
    others = sorted(numbers - _SENTINELS)
    for far in sorted(numbers & _SENTINELS) if len(others) > 1 else ():
        if min(abs(far - others[0]), abs(far - others[-1])) > 5 * (others[-1] - others[0]):
            warnings.warn(f"column {quote(name)} of {table.name} holds {far:g}, far from its other numbers "
                          f"({others[0]:g} to {others[-1]:g}): if it marks a missing value, say so (missing=…, or "
                          f"--missing {far:g})", stacklevel=4)


def warn_of_classes(table: Table, kept: Table, target: str) -> None:
    """Warn of what may surprise in a column of classes: a marker of missing values that is a class, a class that went.

    Args:
        kept: the table without the rows that were left out.
    """
    left = Counter(kept.cells(target))
    for cell in sorted(filter(is_missing, left)):
        warnings.warn(f"{quote_cell(cell)} in column {quote(target)} is read as a class, of {left[cell]} "
                      f"row{'s' * (left[cell] > 1)}; if it marks a missing value, say so (missing=…, or --missing "
                      f"{quote_typed(cell)})", stacklevel=4)
    gone = [cell for cell in dict.fromkeys(table.cells(target)) if cell not in left
            and not is_without_class(cell, table.markers)]
    if gone:
        named = ", ".join(map(quote_cell, gone[:5])) + ", …" * (len(gone) > 5)
        warnings.warn(f"no row is left of class {named} of column {quote(target)}: each lacks a value", stacklevel=4)
