"""What ``check`` and ``check-code`` share: how much of an answer is told, in which format, and where to."""

import argparse
import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from nn.internal import unknown_name, write_text

from ..console import make_console
from ..diagnosis.terminal_table import LEVELS
from .options import parse_whole
from .output import deliver, deliver_shown, write_json

if TYPE_CHECKING:
    from rich.console import Console

FORMATS = ("text", "json", "gradescope")


def add_answer_options(parser: argparse.ArgumentParser, report: str) -> None:
    """The options of both commands that check: how much is said, in which format, and where to."""
    parser.add_argument("--hints", metavar="N", nargs="?", const=0,
                        type=partial(parse_whole, range(1, 4), "1, 2 or 3"),
                        help="say less: 1 where the mistakes are, 2 of what kind, 3 which; without N each after Enter")
    parser.add_argument("--report", metavar="FILE", help=report)
    parser.add_argument("--json", action="store_true",
                        help="every verdict, for a program to read; short for --format json")
    parser.add_argument("--format", metavar="NAME", default=None,
                        help=f"{', '.join(FORMATS)}; gradescope writes the results.json of that platform")
    parser.add_argument("-o", "--output", metavar="FILE", help="write to FILE, not to the terminal")


def settle_format(chosen: argparse.Namespace) -> None:
    """Set the format from --format and --json. Raises ValueError for an unknown one, or for two of them."""
    if chosen.format is not None and chosen.format not in FORMATS:
        raise unknown_name("format", chosen.format, FORMATS)
    if chosen.json and chosen.format not in (None, "json"):
        raise ValueError(f"--json and --format {chosen.format} are two forms of the same; give one of them")
    chosen.format = "json" if chosen.json else chosen.format or "text"


def can_ask(chosen: argparse.Namespace) -> bool:
    """Whether each level of hints can wait for Enter."""
    return not chosen.output and sys.stdin.isatty() and sys.stdout.isatty()


def deliver_answer(chosen: argparse.Namespace, right: bool, data: object, write_results: Callable[[], str],
                   show: "Callable[[Console, int], object]") -> None:
    """An answer in the format that was chosen: its data, Gradescope's results, or what ``show`` prints at a level."""
    if chosen.format == "json":
        deliver(chosen, f"{write_json(data)}\n")
    elif chosen.format == "gradescope":
        print(f"wrote {write_text(chosen.output or 'results.json', write_results() + chr(10))}")
    elif chosen.hints == 0:
        _show_by_levels(show, right)
    else:
        deliver_shown(chosen, lambda console: show(console, chosen.hints or len(LEVELS)))


def _show_by_levels(show: "Callable[[Console, int], object]", right: bool) -> None:
    """Each level of hints after Enter, for whoever wants to find the mistake alone; none where all is right."""
    for level in range(1, len(LEVELS) + 1):
        show(make_console(), level)
        if right or level == len(LEVELS):
            return
        try:
            answer = input(f"\nEnter for a further hint ({LEVELS[level]}), q to look for it yourself: ")
        except EOFError:
            return
        if answer.strip().lower() == "q":
            return
