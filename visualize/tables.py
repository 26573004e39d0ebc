"""The table of hand-derived against automatic derivatives."""

from typing import TYPE_CHECKING

from nn.derivations import LECTURES, Comparison

from .terminal import terminal

if TYPE_CHECKING:
    from rich.console import Console


def print_comparison(comparison: Comparison, console: "Console | None" = None) -> None:
    """Print every quantity by hand and by autodiff, with the lecture's formula, and whether they agree.

    Args:
        comparison: what ``compare`` returned.
        console: where to print; the terminal if None.
    """
    from rich import box
    from rich.table import Table
    from rich.text import Text

    console = console or terminal()
    lecture = LECTURES[comparison.lecture]
    console.print(f"{lecture.title}: by hand and by autodiff", style="bold", markup=False)
    console.print(lecture.source, markup=False)
    console.print(settings_line(comparison), markup=False)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="")
    table.add_column("quantity", no_wrap=True)
    table.add_column("formula", overflow="fold")
    for heading in ("by hand", "autodiff", "difference"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in comparison.rows:
        table.add_row(Text(row.symbol), Text(row.formula), number(row.hand), number(row.autodiff),
                      Text(f"{row.error:.1g}"))
    console.print(table)
    count, largest = len(comparison.rows), f"largest relative difference {comparison.max_error:.1g}"
    if comparison.agrees:
        console.print(f"All {count} quantities agree: {largest}.", style="green")
    else:
        wrong = ", ".join(row.symbol for row in comparison.rows if row.error == comparison.max_error)
        console.print(f"The derivations disagree, most at {wrong}: {largest}.", style="red", markup=False)
    for note in comparison.notes:
        console.print(f"\n{note}", markup=False)


def settings_line(comparison: Comparison) -> str:
    """``x = 1.5, y = 4, …``: the settings that were used."""
    settings = comparison.settings
    parts = []
    for setting in LECTURES[comparison.lecture].settings:
        value = settings[setting.name]
        if value is None or (setting.name == "lam" and settings["penalty"] is None):
            continue
        parts.append(f"{setting.symbol} = {setting.shown(value)}")
    return ", ".join(parts)


def number(x: float) -> str:
    """Nine significant digits: more than a hand calculation has, few enough for 80 columns."""
    return f"{x:.9g}"
