"""Derivations that were handed in as files: TOML, CSV, lines of text, and Python, which is run only on demand."""

import csv
import re
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from autograd_lite.internal import shorten
from nn.derivations import Diagnosis, check
from nn.internal import read_bytes

from ..tables import write_csv
from .plain_lines import read_lines
from .processes import run_worker

LARGEST = 200_000  # bytes of a file; a derivation has a few thousand
FORMATS = (".toml", ".csv", ".py", ".txt", ".tex", ".md")
_NO_DERIVATIONS = (".json", ".ipynb", ".yaml", ".yml", ".pdf", ".docx", ".odt", ".xlsx", ".html", ".zip")
"""Endings of files that hold no lines of text to read."""

# a name as on paper, such as δ² or ∂C/∂w₁, at the start of a line, which TOML wants in quotation marks
_PAPER = re.compile(r"^[ \t]*((?=[^\n=]*[^\x00-\x7F])[^\s\"'#=\[\]{}][^\"'#=\n{}]*?)[ \t]*=", re.MULTILINE)


class Digits(str):
    """A number as it was written, so that trailing zeros count."""


def diagnose_file(path: str, lecture: str, settings: Mapping[str, Any], run_python: bool = False,
                  conventions: Sequence[str] = ()) -> Diagnosis:
    """The diagnosis of the derivation in a file.

    Args:
        path: of a .toml, .csv or .py file; another file is read as lines, quantity = formula.
        lecture, settings: as ``check`` takes them.
        run_python: whether a Python file may be run. It is run with all rights of whoever asks for it, in a process of
            its own that is stopped after 20 seconds.
        conventions: declared in place of those in the file; none for the file's own.

    Raises:
        ValueError, TypeError: what is in it is no derivation of the lecture; names the file.
        OSError: it cannot be read.
    """
    kind = Path(path).suffix.lower()
    if kind in _NO_DERIVATIONS or (kind not in FORMATS and not Path(path).is_file()):
        raise ValueError(f"cannot tell the format of {shorten(path)}: let the name end in {', '.join(FORMATS)}")
    if kind == ".py":
        if not run_python:
            raise ValueError(f"{path} is a Python file, and nothing of it is run unless --run-python is given")
        return _run_python(path, lecture, settings, conventions)
    text = _read_text(path)
    try:
        derivation = {".toml": _read_toml, ".csv": _read_csv}.get(kind, read_lines)(text)
        return check(lecture, declare(derivation, conventions), **settings)
    except (ValueError, TypeError) as error:
        raise type(error)(f"{path}: {error}") from None


def declare(derivation: Mapping[str, Any], conventions: Sequence[str]) -> dict[str, Any]:
    """The derivation with these conventions in place of its own; as it is where there are none."""
    return {**derivation, "conventions": list(conventions)} if conventions else dict(derivation)


def _read_text(path: str) -> str:
    if Path(path).exists() and not Path(path).is_file():
        raise ValueError(f"{path} is no file to read; name a file with a derivation")
    return read_small_text(path, LARGEST, ", and no derivation is")


def read_small_text(path: str, most: int, what_is_not: str = "") -> str:
    """The text of a file of at most so many bytes, in UTF-8; the error for a larger one goes on with ``what_is_not``.

    Raises:
        OSError: it cannot be read; ValueError: it is larger, or no UTF-8.
    """
    content = read_bytes(path, most + 1)
    if len(content) > most:
        raise ValueError(f"{path} is larger than {most // 1000} kB{what_is_not}; is it the right file?")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not UTF-8 text; save it in that encoding") from None


def _read_toml(text: str) -> dict[str, Any]:
    if re.search(r"(?:[\[{]\s*){40}", text) or any(len(line) > 5000 or (line.count(".") > 200 and '"' not in line)
                                                  for line in text.splitlines()):
        raise ValueError("it is nested deeper, or has longer lines, than a derivation has")
    comma = re.search(r"=\s*([-+]?\d+,\d+)\s*(?:#.*)?$", text, re.MULTILINE)
    if comma:
        raise ValueError(f"{comma[1]} has a decimal comma; TOML needs a point, or quotation marks around the number")
    _check_backslashes(text)
    try:
        try:
            return tomllib.loads(text, parse_float=Digits)
        except tomllib.TOMLDecodeError:
            return tomllib.loads(_PAPER.sub(r'"\1" =', text), parse_float=Digits)
    except (ValueError, RecursionError) as error:
        if "'" not in text.replace("'(", "") and '"' not in text:  # lines that only bear the name of TOML
            with suppress(ValueError):
                return read_lines(text)
        raise ValueError(f"it is not valid TOML: {str(error).partition(chr(10))[0]}. A line is  name = \"formula\"  "
                         "or  name = number") from None


_STRING = re.compile(r'''"""(?:[^\\]|\\.)*?"""|"(?:[^"\\\n]|\\.)*"|\'{3}.*?\'{3}|'[^'\n]*'|\#[^\n]*''', re.DOTALL)
_COMMAND = re.compile(r"(?<!\\)(?:\\\\)*"
                      r"(\\(?!u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[btnfr](?![a-zA-Z])|[\\\"\n\r ])[^\s]\w*)")
"""A string of TOML, or a remark; and in double quotes a backslash that begins no escape, or one that LaTeX has."""


def _check_backslashes(text: str) -> None:
    """Raises ValueError for LaTeX in double quotes, where TOML takes the backslash for its own."""
    for string in _STRING.finditer(text):
        found = _COMMAND.search(string[0]) if string[0].startswith('"') else None
        if found:
            line = text.count("\n", 0, string.start() + found.start(1)) + 1
            raise ValueError(f"line {line}: in double quotes TOML takes the backslash of {shorten(found[1])} for its "
                             "own; put LaTeX in single quotes, name = '…'")


def _read_csv(text: str) -> dict[str, Any]:
    """A line is a quantity and its number, or the numbers of a vector or of one row of a matrix.

    With headings the numbers begin in the column "value", as in the table that ``template`` makes.
    """
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = ";" if ";" in first else "\t" if "\t" in first else ","
    try:
        rows = [[cell.strip() for cell in row]
                for row in csv.reader(text.splitlines(), delimiter=separator, strict=True)]
    except csv.Error as error:
        raise ValueError(f"it is not valid CSV: {error}") from None
    filled = [row for row in rows if any(row) and not row[0].startswith("#")]
    headings = [cell.lower() for cell in filled[0]] if filled else []
    start = headings.index("value") if "value" in headings else 1
    found: dict[str, list[list[str]]] = {}
    for name, *cells in filled["value" in headings:]:
        cells = cells[start - 1:]
        while cells and not cells[-1]:
            cells.pop()
        if cells:  # else it is not filled in
            found.setdefault(name, []).append(cells)
    return {name: _unnest(lines) for name, lines in found.items()}


def _unnest(lines: list[list[str]]) -> Any:
    if len(lines) > 1:
        return lines
    return lines[0] if len(lines[0]) > 1 else lines[0][0]


def _run_python(path: str, lecture: str, settings: Mapping[str, Any], conventions: Sequence[str]) -> Diagnosis:
    """The diagnosis of a Python file, made in a process of its own."""
    if not Path(path).is_file():
        raise FileNotFoundError(f"cannot read {path}: there is no such file; name another one")
    request = {"kind": "derivation", "path": str(Path(path).resolve()), "lecture": lecture, "settings": dict(settings),
               "conventions": list(conventions)}

    def read(answer: dict[str, Any]) -> Diagnosis:
        found = Diagnosis.from_dict(answer)
        if found.lecture != lecture or not found.verdicts:
            raise ValueError
        return found

    return run_worker(request, path, read)


def write_template(lecture: str, settings: Mapping[str, Any]) -> str:
    """A table to fill in: a line for each number of a lecture, as CSV."""
    from nn.derivations import compare

    rows = [(row.name, row.symbol, "") for row in compare(lecture, **settings).rows
            if not row.name.startswith("post[0]")]
    return write_csv([("quantity", "symbol", "value"), *rows])
