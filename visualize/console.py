"""Where the terminal's text goes."""

import os
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console

_UNWRAPPED = 100_000  # columns


def make_console(file: "TextIO | None" = None) -> "Console":
    """A console that prints to the terminal at its own width, or to ``file`` at 80 columns.

    Lines into a pipe are not wrapped, unless COLUMNS gives a width. If the pipe is closed, BrokenPipeError is raised.
    """
    from rich.console import Console

    class Terminal(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    found = Terminal(file=file, width=80 if file else None, highlight=False)
    if file is None and not found.is_terminal and "COLUMNS" not in os.environ:
        found.width = _UNWRAPPED
    return found
