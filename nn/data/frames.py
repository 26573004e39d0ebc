"""What arrays bring along besides numbers: names of the columns of a data frame, masks, the kind of the entries."""

from collections.abc import Sequence
from numbers import Real
from typing import Any

from autograd_lite.internal import quote

from ..ground import late_numpy as np

_KINDS = {"b": "bool", "i": "int", "u": "int", "f": "float"}


def find_names(values: Any) -> tuple[str, ...]:
    """The names of the columns of a data frame, or the name of a series; empty if it has none.

    >>> find_names([[1.0, 2.0]])
    ()
    """
    if not hasattr(values, "__array__"):
        return ()
    columns, name = getattr(values, "columns", None), getattr(values, "name", None)
    names = tuple(columns) if columns is not None else (name,)
    return names if names and all(isinstance(known, str) for known in names) else ()


def select_columns(values: Any, wanted: Sequence[str], of: str) -> Any:
    """The wanted columns of a data frame in their order; ``values`` itself if its columns have no names.

    Raises:
        ValueError: the frame lacks a column, or has two of that name; names it.
    """
    names = find_names(values)
    if not names or not hasattr(values, "columns") or names == tuple(wanted):
        return values
    for name in wanted:
        if name not in names:
            raise ValueError(f"{of} has no column {quote(name)}, which the network was trained on; it has "
                             f"{', '.join(names[:10])}{', …' * (len(names) > 10)}")
        if names.count(name) > 1:
            raise ValueError(f"{of} has {names.count(name)} columns {quote(name)}; the network takes one")
    return values[list(wanted)]


def refuse_masked(values: Any, of: str) -> None:
    """Raise ValueError if an entry of a masked array, or of a list of them, is masked; says in which row."""
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        row = int(np.argwhere(np.ma.getmaskarray(values))[0][0])
    elif isinstance(values, list | tuple) and any(issubclass(kind, np.ma.MaskedArray) for kind in {*map(type, values)}):
        row = next((i for i, value in enumerate(values) if np.ma.is_masked(value)), -1)
    else:
        return
    if row >= 0:
        raise ValueError(f"row {row + 1} of {of} is masked, which stands for a missing value; fill it in, or leave the "
                         "row out")


def refuse_words(values: Any, of: str, wordy: Sequence[str] = ()) -> None:
    """Raise TypeError for an entry of a data frame or series that is no number; says in which row and column.

    Args:
        values: the data frame or series; anything else is not looked at.
        of: its name in messages.
        wordy: the columns that may hold words.

    Raises:
        ValueError: the entry stands for a missing value, as pandas.NA does.
    """
    names = find_names(values)
    if not names:
        return
    found = np.asarray(values, dtype=object).reshape(-1, len(names))
    for (row, k), value in np.ndenumerate(found):
        place = f"row {row + 1} of {of}, column {quote(names[k])},"
        if is_missing_entry(value):
            raise ValueError(f"{place} is {value}, which stands for a missing value; fill it in, or leave the row out")
        if names[k] not in wordy and not isinstance(value, Real):
            raise TypeError(f"{place} is {quote(value)}, which is no number; read_csv makes 0/1 columns of words")


def is_missing_entry(value: Any) -> bool:
    """Whether an entry is None, NaN or pandas.NA."""
    try:
        return value is None or bool(value != value)  # NaN alone differs from itself
    except (TypeError, ValueError):  # pandas.NA, which says neither yes nor no
        return True


def find_kind(values: Any) -> str:
    """What the entries are: "bool", "int", "float" or "str"; empty for a mixture.

    >>> find_kind([0, 1]), find_kind(["0", "1"]), find_kind([0.0])
    ('int', 'str', 'float')
    """
    array = np.asarray(values)
    if array.dtype.kind in _KINDS:
        return _KINDS[array.dtype.kind]
    found = {type(value).__name__ for value in array.ravel().tolist()}
    return found.pop() if len(found) == 1 and found <= {"bool", "int", "float", "str"} else ""
