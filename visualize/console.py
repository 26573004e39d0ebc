"""Where the terminal's text goes."""

import os
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console

_UNWRAPPED = 100_000  # columns


def make_console(file: "TextIO | None" = None) -> "Console":
    """Where to print: the terminal at its own width, or a file 80 columns wide. A reader who left is no exit status.

    What is piped is not wrapped, unless COLUMNS says how wide it is.
    """
    from rich.console import Console

    class Terminal(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    found = Terminal(file=file, width=80 if file else None, highlight=False)
    if file is None and not found.is_terminal and "COLUMNS" not in os.environ:
        found.width = _UNWRAPPED
    return found
