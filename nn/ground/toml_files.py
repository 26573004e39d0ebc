"""Reads TOML files of users: a lecture, a worked example. What is no TOML is said with the line and a likely cause."""

import re
import tomllib
from os import PathLike, fspath
from typing import Any

from autograd_lite.internal import quote

from .files import read_bytes

LARGEST = 100_000  # bytes


def read_toml(path: "str | PathLike[str]") -> dict[str, Any]:
    """The tables of a TOML file.

    Raises:
        ValueError: it is too long, or no TOML; says where. OSError: it cannot be read.
    """
    name = fspath(path)
    data = read_bytes(name)
    if len(data) > LARGEST:
        raise ValueError(f"{name} has {len(data)} bytes; at most {LARGEST} are read")
    try:
        text = data.decode("utf-8-sig")
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        lines = text.splitlines() if not isinstance(error, UnicodeDecodeError) else []
        raise ValueError(f"{name} is not valid TOML: {error}{_find_cause(str(error), lines)}") from None


def _find_cause(error: str, lines: list[str]) -> str:
    """What is probably wrong in the line that an error names."""
    found = re.search(r"at line (\d+)", error)
    line = lines[int(found[1]) - 1].strip() if found and int(found[1]) <= len(lines) else ""
    key = line.partition("=")[0].strip()
    if key and "=" in line and not re.fullmatch(r"[\w.\-\" ]+", key, re.ASCII):
        return f"; {quote(key)} needs quotation marks before the =: \"{key}\" = …"
    if "Invalid value" in error:
        return f"; the value in {quote(line)} is none: texts stand in quotation marks, numbers as 0.5, lists as [1, 2]"
    return ""
