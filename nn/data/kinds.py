"""Decides the type of a column from all of its cells: numbers, words or dates, and whether words are classes."""

import re
from collections import Counter
from collections.abc import Sequence

from autograd_lite.internal import quote

from .encoding import normalise
from .missing import is_missing, is_without_class
from .numerals import is_affixed_number, is_like_number, is_plain_number
from .table import Table, quote_cell

FEW = 20
"""A column of words has at most so many values, each in two rows on average, to become 0/1 columns."""
ENOUGH = 20
"""In a file of fewer rows, nothing says that a column of words is a name or a remark: it is refused, not left out."""
_DAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,? )?"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:\s?[ap]m)?"
_DATE = re.compile(rf"{_DAY}(?:\d{{4}}[-/.]\d{{1,2}}(?:[-/.]\d{{1,2}})?|\d{{1,2}}[-/.]\d{{1,2}}[-/.]\d{{2,4}}"
                   rf"|{_MONTH} \d{{1,2}},? \d{{4}}|\d{{1,2}}[. -]+{_MONTH}[ -]\d{{2,4}}|{_MONTH}[ -]\d{{4}})"
                   rf"(?:[T ,]+{_CLOCK}(?:\s?(?:Z|[+-]\d{{2}}:?\d{{2}}))?)?|{_CLOCK}", re.IGNORECASE)
_WHOLE = re.compile(r"[+−-]?\d+(\.0*)?")


def are_few(values: int, cells: int) -> bool:
    """Whether words with so many different values are few enough to become 0/1 columns."""
    return 1 < values <= FEW and 2 * values <= cells + 1


def list_present(table: Table, name: str) -> list[str]:
    """The cells of an input column that are not missing."""
    cells = table.cells(name)
    words = holds_words([cell for cell in cells if not is_missing(cell, markers=table.markers)])
    return [cell for cell in cells if not is_missing(cell, words, table.markers)]


def holds_words(cells: Sequence[str]) -> bool:
    """Whether a column holds words or dates, rather than numbers with mistakes among them.

    >>> holds_words(["1", "2", "3.O"]), holds_words(["red", "blue", "2"]), holds_words(["$1", "2 €"])
    (False, True, False)
    """
    numbers = [cell for cell in cells if is_like_number(cell) or is_affixed_number(cell)]
    return are_dates(cells) or 2 * len(numbers) < len(cells)


def are_dates(cells: Sequence[str]) -> bool:
    """Whether most cells are dates or times.

    >>> are_dates(["2024-01-31", "2024-02-01"]), are_dates(["1. Feb 2024"]), are_dates(["2024.5"])
    (True, True, False)
    """
    return 2 * len([cell for cell in cells if not is_plain_number(cell) and _DATE.fullmatch(cell)]) > len(cells)


def find_first(table: Table, name: str, present: Sequence[str]) -> str:
    """Where a column begins to have values, for messages: "line 2, column 'a' holds 'red'"."""
    line = table.lines[table.cells(name).index(present[0])]
    return f"line {line}, column {quote(name)} holds {quote_cell(present[0])}"


def holds_classes(table: Table, target: str) -> bool:
    """Whether a target holds the names of classes, rather than numbers with a typing error among them.

    It holds names if a cell is no number and the numbers look like names: all are whole, and at most half of the cells
    are numbers or some number occurs twice. So 1, 2, A, 2 are classes, while 3.O in 1.5, 2, 3.O and 4O in 1, 2, 3, 4O
    are typing errors. NA and none are names among names, and missing among numbers.

    Raises:
        ValueError: it holds dates, or words that are nearly all different.
    """
    cells = [cell for cell in table.cells(target) if not is_without_class(cell, table.markers)]
    present = [cell for cell in cells if not is_missing(cell)]
    if are_dates(present):
        raise ValueError(f"{table.name}: {find_first(table, target, present)}, a date or a time, which can be no "
                         "target; write numbers, such as the days since the first date")
    numbers = [cell for cell in present if is_like_number(cell) or is_affixed_number(cell)]
    named = all(map(_WHOLE.fullmatch, numbers)) and (
        2 * len(numbers) <= len(cells) or len(set(numbers)) < len(numbers))
    if not cells or len(numbers) == len(present) > 0 or not named:
        return False
    kinds = Counter(map(normalise, cells))
    if len(cells) >= ENOUGH and 2 * len(kinds) > len(cells):
        raise ValueError(f"{table.name}: column {quote(target)} holds {len(kinds)} different words in {len(cells)} "
                         f"rows, too many to be classes, such as {quote_cell(cells[0])}; choose another target")
    return True
