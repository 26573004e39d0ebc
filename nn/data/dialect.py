"""Finds out how a CSV file is written: its encoding, its separator and its quotation mark.

A rare form is refused with one sentence that names it: pandas can read it, and ``fit`` takes a DataFrame.
"""

import codecs
import re
from dataclasses import dataclass

from autograd_lite.internal import quote

SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "blank": " "}
"""Name -> character. What a user may type is the one or the other."""
_SIGNS = ",;\t|"  # a bar is rare, but stands for nothing else
_ELSE = "or read it with pandas: `fit` takes a DataFrame"
_NO_TEXT = {
    b"\x1f\x8b": "is compressed (gzip); unpack it",
    b"\xfd7zXZ\x00": "is compressed (xz); unpack it",
    b"PK\x03\x04": "is a zip archive or an Excel spreadsheet under another name; save the sheet as CSV",
    b"\xd0\xcf\x11\xe0": "is an Excel spreadsheet under another name; save the sheet as CSV",
    b"%PDF": "is a PDF document; save the table as CSV",
}
_SINGLE_QUOTES = re.compile(r"(?:^|[,;\t| ])\s*'[^']*'\s*(?=[,;\t| ]|$)")


@dataclass(frozen=True, slots=True)
class Dialect:
    """The separator of cells, " " for any number of blanks, and the quotation mark around them."""

    separator: str
    mark: str = '"'


def decode_text(name: str, content: bytes) -> str:
    """The text of a file. Raises ValueError if it is no text in UTF-8; says what it is."""
    for begin, sentence in _NO_TEXT.items():
        if content.startswith(begin):
            raise ValueError(f"{name} {sentence}, {_ELSE}")
    start = content[:1000]
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or 5 * start.count(0) > 2 * len(start) > 4:
        raise ValueError(f"{name} is not a text file in UTF-8 (its encoding is UTF-16 or UTF-32); save it as CSV in "
                         f"UTF-8, {_ELSE}")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{name} is not a text file in UTF-8 ({error}); save it as CSV in UTF-8, {_ELSE}") from None
    if "\0" in text:
        line = len(text.partition("\0")[0].splitlines()) or 1
        raise ValueError(f"{name}: line {line} holds a NUL character, which is no text; the file is damaged, or no CSV")
    if text[:200].lstrip().lower().startswith(("<!doctype html", "<html")):
        raise ValueError(f"{name} is a page of the web (HTML) and no CSV; download the file itself")
    return text


def find_dialect(name: str, text: str, separator: str | None = None, header: bool = True) -> Dialect:
    """The dialect that the first line shows, or with the given separator: a name of ``SEPARATORS``, or a character.

    Raises:
        ValueError: the first line is a title or a comment, or mixes separators; or the given separator is none.
    """
    lines = [line for line in text.splitlines() if line.strip(f"{_SIGNS} ")]
    first = lines[0] if lines else ""
    mark = "'" if _SINGLE_QUOTES.search(first) and '"' not in first else '"'
    if separator is not None:
        return Dialect(parse_separator(separator), mark)
    if re.match(r'"?sep=', first, re.IGNORECASE):
        raise ValueError(f"{name}: the first line is {quote(first.strip())}, a note to Excel; remove the line "
                         f"`sep=`, {_ELSE}")
    if header and _is_comment(first, lines[1] if len(lines) > 1 else ""):
        raise ValueError(f"{name}: the first line, {quote(first.strip())}, is a comment (#); remove such lines, "
                         f"or read it with pandas (comment={first.lstrip()[0]!r}): `fit` takes a DataFrame")
    bare = [re.sub(f"{mark}[^{mark}]*{mark}", "q", line) for line in lines[:100]]
    found = [sign for sign in _SIGNS if bare and sign in bare[0]]
    if len(found) > 1 and header:
        raise ValueError(f"{name}: the first line holds more than one separator, {' and '.join(map(_name, found))}; "
                         f"say which separates the columns, as in --separator {_name(found[-1])}, or put names with "
                         "the other one in quotation marks")
    if found:
        return Dialect("," if found == [","] else next(sign for sign in "\t;|," if sign in found), mark)
    if _are_blanks(bare):
        return Dialect(" ", mark)
    if header and len(bare) > 2 and any(sign in bare[1] and sign in bare[2] for sign in _SIGNS):
        raise ValueError(f"{name}: the first line, {quote(first.strip())}, is a title, or has another separator than "
                         "the lines below it; the first line must name the columns: remove the title, or read it with "
                         "pandas (skiprows=1): `fit` takes a DataFrame")
    return Dialect(",", mark)


def _is_comment(first: str, second: str) -> bool:
    """Whether the first line is a comment, and not a header that begins with a sign, such as # of rooms,price."""
    if not re.match(r"\s*[#%]\s*[^\s,;|]", first):
        return False
    counts = [[line.count(sign) for sign in _SIGNS] for line in (first, second)]
    return second.lstrip()[:1] == first.lstrip()[:1] or counts[0] != counts[1] or not any(counts[0])


def parse_separator(typed: str) -> str:
    """The character of a separator that was named or typed. Raises ValueError if it is none."""
    found = SEPARATORS.get(typed.strip().lower(), {"\\t": "\t", "blanks": " ", "space": " "}.get(typed, typed))
    if len(found) != 1 or found.isalnum() or found in "\"'.+-\r\n":
        raise ValueError(f"the separator must be one of {', '.join(SEPARATORS)}, or a sign such as '|', not "
                         f"{quote(typed)}")
    return found


def _name(separator: str) -> str:
    return next((name for name, sign in SEPARATORS.items() if sign == separator), repr(separator))


def _are_blanks(bare: list[str]) -> bool:
    """Whether each line has as many words as the first one, or each one more: the names of rows, as R writes them."""
    counts = {len(line.split()) for line in bare[1:]}
    width = len(bare[0].split()) if bare else 0
    return len(counts) == 1 and counts <= {width, width + 1} and max(counts) > 1
