"""Ctrl-C ends a command with one line and the status 130, also while its modules are still being imported."""

import os
import signal
import sys
from pathlib import Path
from types import FrameType

STATUS = 130


def say_interrupted() -> int:
    """The exit status after Ctrl-C. Says so, and shows the cursor again, which a progress bar may have hidden."""
    if sys.stderr is not None:
        show = "\x1b[?25h" if sys.stderr.isatty() else ""
        sys.stderr.write(f"{show}autograd-lite: interrupted\n")
        sys.stderr.flush()
    return STATUS


def _leave(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - what a handler of signals takes
    os._exit(say_interrupted())  # an exception would be shown with the imports that it passes through


def watch_imports() -> None:
    """Take Ctrl-C over until the command has started; where the package is imported by another program, do nothing."""
    is_command = sys.argv[:1] == ["-m"] or Path(sys.argv[0] if sys.argv else "").stem == "autograd-lite"
    if is_command and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _leave)


def stop_watching() -> None:
    """Give Ctrl-C back to Python, which raises KeyboardInterrupt."""
    if signal.getsignal(signal.SIGINT) is _leave:
        signal.signal(signal.SIGINT, signal.default_int_handler)
