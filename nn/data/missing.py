"""Missing values: which cells are, and what becomes of the rows that have them."""

import warnings
from collections.abc import Collection, Mapping, Sequence

from autograd_lite.internal import quote

from .table import Table, quote_cell

MARKERS = frozenset({"", "na", "n/a", "#n/a", "<na>", "nan", "nat", "null", "none", "?", "-"})
"""What stands for a missing value in a column of numbers, in any case of letters."""
_WORDS = frozenset({"none"})
"""Markers that may be meant as words: where a column holds words, they are values like others."""
POLICIES = {
    "few": "leave out rows with a missing value where they are at most a fifth, else refuse the file",
    "skip": "leave them out, however many they are",
    "refuse": "refuse the file where a value is missing",
}
MOST = 5  # one row of so many may be left out unasked


def is_missing(cell: str, words: bool = False, markers: Sequence[str] = ()) -> bool:
    """Whether a cell stands for a missing value.

    Args:
        words: whether the column holds words and not numbers.
        markers: what else stands for one; a number in any way of writing it.
    """
    low = cell.lower()
    return (low in MARKERS and not (words and low in _WORDS)) or (bool(markers) and _is_marked(cell, markers))


def is_without_class(cell: str, markers: Sequence[str] = ()) -> bool:
    """Whether a cell among the names of classes is missing: NA and none are names there, unless the user says not."""
    return not cell or _is_marked(cell, markers)


def _is_marked(cell: str, markers: Sequence[str]) -> bool:
    return cell in markers or (_to_float(cell) is not None and _to_float(cell) in map(_to_float, markers))


def _to_float(cell: str) -> float | None:
    try:
        return float(cell.replace("−", "-"))
    except ValueError:
        return None


def leave_out(table: Table, missing: Mapping[str, Sequence[int]], policy: str = "few",
              needed: Collection[str] = ()) -> Table:
    """The table without the rows that have a missing value; warns how many they are.

    Args:
        missing: column -> the indices of its rows with a missing value.
        policy: a name of ``POLICIES``.
        needed: columns that cannot be left out, such as the target.

    Raises:
        ValueError: there are too many, or the policy refuses any; says where the first one is, and what to do.
    """
    if policy not in POLICIES:
        raise ValueError(f"missing_values must be one of {', '.join(POLICIES)}, not {quote(policy)}")
    rows = sorted({i for found in missing.values() for i in found})
    if not rows:
        return table
    if policy == "refuse" or (policy == "few" and MOST * len(rows) > len(table.rows)):
        raise ValueError(_explain(table, missing, rows, policy, needed))
    lines = ", ".join(str(table.lines[i]) for i in rows[:5]) + (", …" if len(rows) > 5 else "")
    have = "rows have a missing value and are left out (lines" if len(rows) > 1 else (
        "rows has a missing value and is left out (line")
    warnings.warn(f"{len(rows)} of {len(table.rows)} {have} {lines})", stacklevel=5)
    return table.without(rows)


def _explain(table: Table, missing: Mapping[str, Sequence[int]], rows: Sequence[int], policy: str,
             needed: Collection[str]) -> str:
    """Where values are missing, and the remedies."""
    column = next(name for name, found in missing.items() if rows[0] in found)
    cell = table.rows[rows[0]][table.column(column)]
    what = f"holds {quote_cell(cell)}, which stands for a missing value" if cell else "is empty, a missing value"
    most = max(missing, key=lambda name: len(missing[name]))
    why = ": more than a fifth" if policy == "few" else ""
    remedy = "" if column in needed else "leave the column out (exclude=…, or --exclude), "
    return (f"{table.name}: line {table.lines[rows[0]]}, column {quote(column)} {what}, as in {len(rows)} of "
            f"{len(table.rows)} rows{why} (most in {quote(most)}: {len(missing[most])}); fill them in, {remedy}or "
            "leave out such rows (missing_values='skip', or --missing-values skip)")
