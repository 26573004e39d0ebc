"""What the commands that read CSV files share: how a file is written, and files that are not to be written over."""

import argparse
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nn.internal import POLICIES, SEPARATORS, Table, read_table

READING = ("separator", "decimal", "missing", "no_header")
"""The options that say how a file is written. A saved run keeps them, so that it can be resumed."""


def add_csv_options(parser: argparse.ArgumentParser) -> None:
    """The options that say how a CSV file is written and what becomes of missing values."""
    add = parser.add_argument_group("the file").add_argument
    add("--separator", metavar="NAME",
        help=f"{', '.join(SEPARATORS)}, or a character [the one that the first line uses]")
    add("--decimal", metavar="SIGN", choices=[".", ","],
        help="the decimal sign, . or , [the one that each column shows]")
    add("--missing", nargs="+", metavar="MARKER",
        help="what stands for a missing value besides an empty cell, NA, NaN, null and the like, such as -999")
    add("--missing-values", metavar="POLICY", choices=list(POLICIES),
        help="; ".join(f"{name}: {about}" for name, about in POLICIES.items()) + " [few]")
    add("--skip-missing", dest="missing_values", action="store_const", const="skip",
        help="the same as --missing-values skip")
    add("--no-header", action="store_true", help="the first line is a row, and the columns are x1, x2, …, y")


def note_reading(chosen: argparse.Namespace) -> dict[str, Any]:
    """The options of reading that were given, as they are kept with a run."""
    return {name: given for name in READING if (given := getattr(chosen, name))}


def read_as(path: str, noted: Mapping[str, Any]) -> Table:
    """Read a file as the noted options say. Raises ValueError and OSError as ``read_table`` does."""
    return read_table(path, noted.get("separator"), noted.get("decimal"), noted.get("missing", ()),
                      not noted.get("no_header", False))


def require_other_path(source: str, target: str | None, option: str) -> None:
    """Raises ValueError where ``target`` of an option is a file that has another part to play."""
    if target and Path(target).resolve() == Path(source).resolve():
        raise ValueError(f"{option} {target} would write over {source}, which is needed; name another file")


@contextmanager
def say_warnings() -> Iterator[None]:
    """What the block warns of goes to standard error, a line each."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        yield
    for warning in said:
        print(f"autograd-lite: {warning.message}", file=sys.stderr)
