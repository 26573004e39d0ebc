"""Where the result of a command goes: to the terminal, or to the file that ``-o`` names."""

import argparse
import json
from collections.abc import Callable
from io import StringIO
from typing import TYPE_CHECKING, Any

from nn.internal import write_text

from ..console import make_console

if TYPE_CHECKING:
    from rich.console import Console


def write_json(data: Any) -> str:
    """Plain data as JSON, with the letters as they are."""
    return json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False)


def deliver(chosen: argparse.Namespace, text: str) -> None:
    """Print a text, or write it to the file that was named and say so."""
    if chosen.output:
        print(f"wrote {write_text(chosen.output, text)}")
    else:
        print(text, end="")


def deliver_shown(chosen: argparse.Namespace, show: "Callable[[Console], object]") -> None:
    """Print what ``show`` prints at the width of the terminal, or write it to the file that was named."""
    if chosen.output:
        buffer = StringIO()
        show(make_console(buffer))
        deliver(chosen, buffer.getvalue())
    else:
        show(make_console())


def deliver_either(chosen: argparse.Namespace, data: str, show: "Callable[[Console], object]") -> None:
    """The data for a program to read where ``--json`` was given, else what ``show`` prints."""
    if chosen.json:
        deliver(chosen, f"{data}\n")
    else:
        deliver_shown(chosen, show)
