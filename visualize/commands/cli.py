"""The command line ``autograd-lite``: what each command uses is imported when it is called."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from typing import Any

from ..graph.renderer import RenderingError
from ..interrupts import say_interrupted, stop_watching
from .options import COMMANDS, WITH_FILES, parse_arguments


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line; returns the exit status: 0, 1 if a check failed, 2 for bad input."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")  # δ and σ have no place in older encodings
    try:
        typed = list(sys.argv[1:] if arguments is None else arguments)
        own = _OPTIONS.get(typed[0]) if typed else None
        chosen = own(typed[1:]) if own else parse_arguments(typed)
        for module in _IMPORTED_FIRST.get(chosen.command, ()):
            import_module(module, __package__)
        stop_watching()
        return _COMMANDS[chosen.command](chosen) if chosen.command else _show_demonstration()
    except BrokenPipeError:  # the reader, head or less, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return say_interrupted()
    except (ValueError, TypeError, ArithmeticError, OSError, ImportError, RenderingError) as error:
        sentence = getattr(error, "strerror", None) or error
        print(f"autograd-lite: {sentence}", file=sys.stderr)
        return 2


def _import_late(module: str, function: str) -> Callable[..., Any]:
    """The function of a neighbour, which is imported when it is called."""
    return lambda *arguments: getattr(import_module(f".{module}", __package__), function)(*arguments)


_WITH_LECTURES = [name for name in COMMANDS if name not in WITH_FILES]
_COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    name: _import_late("with_lectures", f"run_{name}") for name in _WITH_LECTURES
} | {name: _import_late(name.replace("-", "_"), "run") for name in WITH_FILES}
_OPTIONS: dict[str, Callable[[list[str]], argparse.Namespace]] = {
    name: _import_late(name.replace("-", "_"), "parse_arguments") for name in WITH_FILES
} | {name: partial(_import_late("training_options", "parse_arguments"), name) for name in ("train", "predict")}
_show_demonstration = _import_late("with_lectures", "show_demonstration")
_IMPORTED_FIRST = {"train": ("numpy", ".train"), "predict": ("numpy", ".train"),
                   **dict.fromkeys((None, *_WITH_LECTURES), (".with_lectures",))}
"""Modules imported while Ctrl-C ends the process: within an import the exception that it raises may be swallowed."""
