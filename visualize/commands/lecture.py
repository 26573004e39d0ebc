"""The command ``lecture``: read a lecture file critically, and say what contradicts the rest of it."""

import argparse
from typing import TYPE_CHECKING

from nn.derivations.internal import Critique, find_built_in, read_critically

from .options import Parser, refuse_rest
from .output import deliver_either, write_json

if TYPE_CHECKING:
    from rich.console import Console


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """The command line of ``lecture``. Raises ValueError for what is wrong in it; names the nearest."""
    parser = Parser(prog="autograd-lite lecture", allow_abbrev=False,
                    description="Read a lecture file critically: each line is evaluated on generic numbers with the "
                                "true value of everything else.",
                    epilog="Exit status: 0 if every line is right, 1 if one is not, 2 if the file cannot be read.")
    parser.add_argument("file", metavar="ID|FILE", help="a built-in lecture, or a lecture file, .toml")
    parser.add_argument("--json", action="store_true", help="what was found, for a program to read")
    parser.add_argument("-o", "--output", metavar="FILE", help="write to FILE, not to the terminal")
    return refuse_rest(parser, arguments)


def run(chosen: argparse.Namespace) -> int:
    """Run the command; returns the exit status."""
    found = read_critically(find_built_in(chosen.file) or chosen.file)
    deliver_either(chosen, write_json(found.to_dict()), lambda console: print_critique(found, chosen.file, console))
    return 0 if found.right else 1


def print_critique(found: Critique, name: str, console: "Console") -> None:
    """Print the alarms with their sentences, the lines that were not read, and the conventions."""
    console.print(found.lecture.title, style="bold", markup=False)
    for alarm in found.alarms:
        console.print(f"\nline {alarm.statement.number}: {alarm.statement.text}", style="red", markup=False)
        console.print(f"  {alarm.sentence}", markup=False)
    for line in found.unread:
        console.print(f"\nline {line.number}: {line.text}", style="yellow", markup=False)
        console.print(f"  Not judged: {line.reason}.", markup=False)
    if found.declaration:
        console.print(f"\nWith {found.declaration} every line is right. Is that what is meant?", style="bold",
                      markup=False)
    if found.right:
        lines = f"All {found.count} lines are right" if found.count else "The file has no lines of its own"
        console.print(f"\n{lines}.", style="green")
    console.print("\nConventions", style="bold")
    for sentence in found.conventions:
        console.print(f"- {sentence}", markup=False)
    if found.right:
        console.print(f"\nNext: compare {name} --notes; sheet {name} --seed 1; check answers.toml --lecture {name}",
                      markup=False, soft_wrap=True)
