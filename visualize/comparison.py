"""Tables of hand-derived against automatic derivatives, and of published against reproduced numbers."""

import shlex
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from nn import derivations
from nn.derivations import LECTURES, Comparison, Lecture, Row

from .console import make_console
from .tables import Cell, Column, Table, print_formula, print_table

if TYPE_CHECKING:
    from rich.console import Console

    from nn.derivations import Diagnosis, Example, Printed

NUMBERS = ("by hand", "autodiff", "difference")  # the headings over the numbers of a comparison

_GREEN, _RED = "green", "red"
_SUMMARY = (Column("lecture or example"), Column("numbers", "number"), Column("largest difference", "number"),
            Column("", "symbol"))
_PRINTED = (Column("quantity", "symbol"), Column("printed", "number"), Column("autodiff", "number"), Column(""))


def print_comparison(comparison: Comparison, console: "Console | None" = None) -> None:
    """Print every quantity by hand and by autodiff, with the lecture's formula, and whether they agree.

    Where a line of the derivation stands for several numbers, it is printed above them.

    Args:
        comparison: what ``compare`` returned.
        console: where to print; the terminal if None.
    """
    console = console or make_console()
    title, *given = make_heading(comparison)
    console.print(title, style="bold", markup=False)
    for line in given:
        console.print(line, markup=False)
    if has_lines(comparison):
        _print_groups(comparison, console)
    else:
        print_table(make_comparison_table(comparison), console)
    console.print(describe_verdict(comparison), style=_GREEN if comparison.agrees else _RED, markup=False)
    for note in comparison.notes:
        console.print(f"\n{note}", markup=False)


def make_heading(comparison: Comparison) -> list[str]:
    """What is compared: the title, where it is from, and the settings."""
    if comparison.heading:
        return [line for line in comparison.heading if line]
    lecture = LECTURES[comparison.lecture]
    return [f"{lecture.title}: by hand and by autodiff", lecture.source, *format_settings(comparison)]


def has_lines(comparison: Comparison) -> bool:
    """Whether a line of the derivation stands for several numbers, and so is written above them."""
    return any("[" in row.name for row in comparison.rows)


def group_rows(comparison: Comparison) -> list[tuple[str, list[Row]]]:
    """Each line of the derivation, and the numbers that it stands for."""
    return [(line, list(rows)) for line, rows in groupby(comparison.rows, key=lambda row: row.line)]


def format_row(row: Row) -> tuple[str, str, str]:
    """By hand, by autodiff, and the difference: what stands under ``NUMBERS``."""
    error = "too small" if row.too_small else f"{row.error:.1g}"
    return format_nine_digits(row.hand), format_nine_digits(row.autodiff), error


def describe_verdict(comparison: Comparison) -> str:
    """Whether they agree, as a sentence, and what is too small to tell."""
    count, small, largest = len(comparison.rows), comparison.too_small, comparison.max_error
    apart = f"largest difference {largest:.1g} of the larger number" if largest else "nothing differs beyond rounding"
    if not comparison.agrees:
        wrong = ", ".join(row.symbol for row in comparison.rows if row.error == largest)
        found = f"The derivations disagree, most at {wrong}: {apart}."
    else:
        found = f"{count - len(small)} of {count}" if small else f"All {count}"
        found += f" quantities agree: {apart}."
    if small:
        found += (f" Too small to tell: {', '.join(row.symbol for row in small)}, since where an activation "
                  "function is as flat as here, rounding leaves too few digits. Choose numbers nearer to 0.")
    return found


def make_comparison_table(comparison: Comparison) -> Table:
    """A row for each number; a line of the derivation that stands for several of them is a row above these."""
    numbers = [Column(title, "number") for title in NUMBERS]
    if not has_lines(comparison):
        return Table([Column("quantity", "symbol"), Column("formula", "formula"), *numbers],
                     [[row.symbol, row.formula, *format_row(row)] for row in comparison.rows])
    rows: list[list[Cell | str]] = []
    for line, own in group_rows(comparison):
        rows.append([Cell(line, "line"), "", "", ""])
        rows += [[row.symbol, *format_row(row)] for row in own]
    return Table([Column("quantity", "formula"), *numbers], rows)


def _print_groups(comparison: Comparison, console: "Console") -> None:
    """A line of the derivation above the numbers that it stands for."""
    widths = _WIDE if console.width >= 2 + sum(_WIDE) else _NARROW
    console.print(f"\n  {_align(('quantity', *NUMBERS), widths)}", markup=False)
    for line, rows in group_rows(comparison):
        console.print()
        print_formula(line, console, style="bold")
        for row in rows:
            console.print(f"  {_align((row.symbol, *format_row(row)), widths)}", markup=False)
    console.print()


_WIDE, _NARROW = (22, 18, 18, 14), (16, 15, 15, 12)  # of the four columns, in 80 and in 60 columns of a terminal


def _align(texts: Sequence[str], widths: Sequence[int]) -> str:
    first, *numbers = texts
    return f"{first:<{widths[0]}}" + "".join(
        f"{text:>{width}}" for text, width in zip(numbers, widths[1:], strict=True))


def print_derivation(lecture: Lecture, settings: Mapping[str, Any], console: "Console") -> None:
    """Print the lecture's lines for any layer and unit, and the readings that were taken of its notes."""
    console.print("\nLine by line, in the lecture's letters", style="bold")
    for equation in lecture.equations(settings):
        print_formula(f"{equation.left} = {equation.right}", console, indent=2)
    if lecture.letters:
        console.print(f"{lecture.letters} A number in round brackets is that of a layer, and no power.", markup=False)
    if lecture.variants:
        console.print("\nOther forms", style="bold")
    for name, given in lecture.variants.items():
        options = " ".join(f"--{key} {_quote_setting(lecture, key, value)}" for key, value in given.items())
        console.print(f"  {name}: compare {lecture.id} {options}", markup=False, soft_wrap=True)
    console.print("\nWhere the notes are unclear or contradict themselves", style="bold")
    for reading in lecture.readings or ("Nowhere: the lines are taken as they stand.",):
        console.print(f"- {reading}", markup=False)


def print_lines_of_file(comparison: Comparison, console: "Console") -> None:
    """Print the lines of a lecture file and those that it leaves out, and its readings."""
    console.print("\nLine by line, in the lecture's letters", style="bold")
    for equation in comparison.equations:
        print_formula(f"{equation.left} = {equation.right}", console, indent=2)
    for text in (comparison.letters, *(f"- {reading}" for reading in comparison.readings)):
        console.print(text, markup=False)


def _quote_setting(lecture: Lecture, name: str, value: Any) -> str:
    """A setting as it is typed."""
    setting = next(setting for setting in lecture.settings if setting.name == name)
    return shlex.quote(setting.format_value(setting.check_value(value)))


def print_summary(
    comparisons: Mapping[str, Comparison], published: "Mapping[str, Sequence[Printed]]", console: "Console"
) -> None:
    """Print a line for each comparison and for each published example."""
    rows: list[list[Cell | str]] = [
        [name, str(len(comparison.rows)), f"{comparison.max_error:.1g}", _write_verdict(comparison.agrees)]
        for name, comparison in comparisons.items()]
    rows += [[f"{id}, published example {derivations.examples()[id].number}", str(len(found)), "to the digits printed",
              _write_verdict(all(row.agrees for row in found))] for id, found in published.items()]
    print_table(Table(_SUMMARY, rows), console)
    if any("reading" in name for name in comparisons):
        console.print("Reading S of layers: the first index of a weight is the unit that it comes from, its source; "
                      "otherwise it is the unit that it leads to, its target.", markup=False)
    wrong = [name for name, comparison in comparisons.items() if not comparison.agrees]
    wrong += [id for id, rows in published.items() if not all(row.agrees for row in rows)]
    if wrong:
        console.print(f"Something disagrees in {', '.join(wrong)}.", style=_RED, markup=False)
    else:
        ids = {comparison.lecture for comparison in comparisons.values()}
        numbers = {derivations.examples()[id].number for id in published}
        console.print(f"All {len(ids)} derivations and all {len(numbers)} published examples ({len(published)} graphs) "
                      "agree.", style=_GREEN)


def print_examples(
    shown: "Mapping[str, Example]", published: "Mapping[str, Sequence[Printed]]", console: "Console"
) -> None:
    """Print every number of these worked examples beside the engine's, and where an author left the path."""
    from nn.derivations.internal import DISAGREES, FOLLOWS

    for id, rows in published.items():
        example = shown[id]
        console.print(f"{id}: {example.title}", style="bold", markup=False)
        if example.source:
            console.print(example.source, markup=False)
        print_table(Table(_PRINTED, [
            [row.symbol, row.printed, repr(row.autodiff), Cell(row.verdict, "right" if row.agrees else "wrong")]
            for row in rows]), console)
        if example.note:
            console.print(f"{example.note}\n", markup=False)
        for row in rows:
            if row.verdict == DISAGREES:
                console.print(f"{row.describe_departure()}\n", style=_RED, markup=False)
    every = [row for rows in published.values() for row in rows]
    wrong = [f"{row.symbol} of {id}" for id, rows in published.items() for row in rows if row.verdict == DISAGREES]
    if wrong:
        right, follow = (sum(row.agrees for row in every), sum(row.verdict == FOLLOWS for row in every))
        rest = f" {follow} more follow{'s' * (follow == 1)} from a wrong number." if follow else ""
        console.print(f"{right} of {len(every)} numbers are those printed. Not as printed: {', '.join(wrong)}.{rest}",
                      style=_RED, markup=False)
    elif not every:
        console.print("No number is printed: give [printed.values], [printed.gradients] or [printed.updated].")
    else:
        rounded = sum(row.rounded for row in every)
        way = f"; {rounded} of them but for rounding on the way" if rounded else ""
        all_are = f"All {len(every)} numbers are those printed" if len(every) > 1 else "The number is that printed"
        console.print(f"{all_are}, within half a unit of the last digit or the spacing of floats{way}.", style=_GREEN)


def format_settings(comparison: "Comparison | Diagnosis") -> list[str]:
    """``x = 1.5, y = 4, …``: the settings that were used, matrices on lines of their own."""
    settings = comparison.settings
    lines, parts = [], []
    if comparison.lecture not in LECTURES:  # a lecture file, whose letters are the names
        return [f"{name} = {value}" for name, value in settings.items()]
    for setting in LECTURES[comparison.lecture].settings:
        value = settings[setting.name]
        if value is None or not LECTURES[comparison.lecture].says(setting, settings):
            continue
        text = f"{setting.symbol} = {setting.format_value(value)}"
        if text.count("[") > 1:  # a matrix or a layer a line
            lines += text.replace("]], [[", "]],\n    [[").split("\n")
        else:
            parts.append(text)
    return [*lines, ", ".join(parts)]


def format_nine_digits(x: float) -> str:
    """Nine significant digits: more than a hand calculation has, few enough for 80 columns."""
    return f"{x:.9g}"


def _write_verdict(agrees: bool) -> Cell:
    return Cell("agrees", "right") if agrees else Cell("disagrees", "wrong")
