"""Reads numbers as people write them. Whether a comma or a point is the decimal sign, a whole column says, or the file.

"1,000" alone is 1 or 1000: it is decided by the other cells of the column, then by the other columns of the file and
by its separator, and refused where they do not agree.
"""

import re
from collections.abc import Iterable, Sequence
from math import isfinite

_LIKE_A_NUMBER = re.compile(r"[+-]?(?:\d[\d.,]*|[.,]\d[\d.,]*)(?:[eE][+-]?\d+)?")
_GROUPED = {sign: re.compile(rf"[+-]?[1-9]\d{{0,2}}(?:\{sign}\d{{3}})+(?:\{other}\d*)?(?:[eE][+-]?\d+)?")
            for sign, other in (",.", ".,")}
_AFFIXED = re.compile(r"(?:[$€£¥]\s*[+-]?\d[\d.,]*|[+-]?\d[\d.,]*\s*[$€£¥%]|[+-]?\d[\d.,]*[dD][+-]?\d+|0x[\da-fA-F]+"
                      r"|\d+(?:_\d+)+|[+-]?\d{1,3}(?:[\s'’]\d{3})+(?:[.,]\d*)?)")
_OTHER = {".": ",", ",": "."}


def is_plain_number(cell: str) -> bool:
    """Whether a cell is a number as Python writes it, infinite ones too. Quick: most cells are, and files long."""
    try:
        float(cell)
    except ValueError:
        return False
    return "_" not in cell  # float() accepts 1_000, which is no number in CSV


def is_like_number(cell: str) -> bool:
    """Whether a cell looks like a number: 1.5, 1,5, 1.000,5, inf. A misplaced sign is told when it is read."""
    return is_plain_number(cell) or bool(_LIKE_A_NUMBER.fullmatch(cell.replace("−", "-")))


def is_affixed_number(cell: str) -> bool:
    """Whether a cell is a number in a form that is refused: $1.50, 2%, 1.0D+02, 0x1F, 1 000."""
    return bool(_AFFIXED.fullmatch(cell.replace("−", "-")))


def read_number(cell: str, decimal: str = ".") -> float:
    """A finite number; the other sign, comma or point, groups thousands. Raises ValueError; the message says why."""
    text, other = cell.replace("−", "-"), _OTHER[decimal]
    if other in text:
        if not _GROUPED[other].fullmatch(text):
            of = "comma" if decimal == "," else "point"
            raise ValueError(f"which is no number where the decimal sign is a {of}")
        text = text.replace(other, "")
    text = text.replace(decimal, ".")
    if not is_plain_number(text):
        raise ValueError("which is no number")
    found = float(text)
    if not isfinite(found):
        raise ValueError("which is not finite")
    return found


def find_decimal(cells: Sequence[str], elsewhere: Iterable[str], separator: str) -> str:
    """The decimal sign of a column.

    Args:
        cells: those of the column.
        elsewhere: all cells of the file, which are looked at where the column could be read in two ways.
        separator: that of the file. Between commas the decimal sign is a point, and a point is one between tabs and
            blanks; between semicolons it may group thousands.

    Raises:
        ValueError: the column mixes both, or nothing decides; the message holds the cell.
    """
    shown = _show_decimals(cells)
    if len(shown) == 2:
        raise ValueError(f"holds {_quote(shown['.'])} with a decimal point and {_quote(shown[','])} with a decimal "
                         "comma; write all numbers of the column alike")
    if shown:
        return next(iter(shown))
    doubtful = next((cell for cell in cells if any(sign.fullmatch(cell) for sign in _GROUPED.values())
                     and ("." in cell or "," in cell)), None)
    if doubtful is None:
        return "."
    usual = {"."} if separator == "," or ("." in doubtful and separator != ";") else set()
    votes = set(_show_decimals(elsewhere)) | usual
    if len(votes) == 1:
        return votes.pop()
    sign, other = (",", ".") if "," in doubtful else (".", ",")
    raise ValueError(f"holds {_quote(doubtful)}, which may be {read_number(doubtful, sign):g} or "
                     f"{read_number(doubtful, other):g}, and nothing else in the file decides; say which is the "
                     "decimal sign (decimal=…, or --decimal . or --decimal ,)")


def _show_decimals(cells: Iterable[str]) -> dict[str, str]:
    """Decimal sign -> a cell that can be read with this sign only."""
    found: dict[str, str] = {}
    for cell in cells:
        if ("." not in cell and "," not in cell) or not is_like_number(cell):
            continue
        if "," not in cell and len(cell) - cell.rfind(".") != 4:  # no group of three digits behind the point
            found.setdefault(".", cell)
            continue
        readable = [decimal for decimal in ".," if _is_readable(cell, decimal)]
        if len(readable) == 1:
            found.setdefault(readable[0], cell)
    return found


def _is_readable(cell: str, decimal: str) -> bool:
    try:
        read_number(cell, decimal)
    except ValueError:
        return False
    return True


def _quote(cell: str) -> str:
    return f"'{cell[:100]}'"
