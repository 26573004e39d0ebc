"""What the commands that read CSV files share: rows that are left out, and files that are not to be written over."""

import sys
from collections.abc import Sequence
from pathlib import Path

from nn.internal import Table


def require_other_path(source: str, target: str | None, option: str) -> None:
    """Raises ValueError where ``target`` of an option is a file that has another part to play."""
    if target and Path(target).resolve() == Path(source).resolve():
        raise ValueError(f"{option} {target} would write over {source}, which is needed; name another file")


def drop_missing(table: Table, columns: Sequence[str]) -> Table:
    """The table without the rows that have empty cells in those columns; says which on standard error."""
    rows = table.missing(columns)
    if rows:
        lines = ", ".join(str(table.lines[i]) for i in rows[:5]) + (", …" if len(rows) > 5 else "")
        print(f"autograd-lite: {len(rows)} of {len(table.rows)} rows have empty cells and are left out (lines {lines})",
              file=sys.stderr)
    return table.without(rows)
