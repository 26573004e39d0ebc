"""Where the terminal's text goes."""

from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console


def make_console(file: "TextIO | None" = None) -> "Console":
    """Where to print: the terminal at its own width, or a file 80 columns wide. A reader who left is no exit status."""
    from rich.console import Console

    class Terminal(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    found = Terminal(file=file, width=80 if file else None, highlight=False)
    if found.width < 80:  # let the terminal wrap what does not fit, rather than cut it
        found.width = 80
    return found
