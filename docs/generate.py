"""Writes the parts of the documentation that come from the program: ``python docs/generate.py``.

The table of operations in ``engine.md`` is the project's own table; a test holds the page to it.
"""

import re
from pathlib import Path

from autograd_lite import OPERATIONS

DOCS = Path(__file__).parent


def table() -> str:
    """The table of operations as Markdown."""
    lines = ["| operation | y | partials | defined where, and at a kink |", "|---|---|---|---|"]
    for name, row in OPERATIONS.items():
        partials = "<br>".join(f"∂y/∂{operand} = `{partial}`" for operand, partial in row.partials.items())
        kink = ", ".join(f"∂y/∂{operand} = {partial}" for operand, partial in row.at_kink.items())
        remark = "; ".join(filter(None, [row.domain, f"where {row.kink} = 0: {kink}" if row.kink else ""]))
        lines.append(f"| {name} | `{row.value}` | {partials} | {remark} |")
    return "\n".join(lines)


def engine() -> str:
    """The page on the engine with the table put in."""
    page = (DOCS / "engine.md").read_text(encoding="utf-8")
    generated = f"<!-- table -->\n{table()}\n<!-- end -->"
    return re.sub(r"<!-- table -->.*<!-- end -->", lambda _: generated, page, flags=re.DOTALL)


if __name__ == "__main__":
    (DOCS / "engine.md").write_text(engine(), encoding="utf-8")
