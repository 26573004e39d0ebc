"""The command ``sheet``: a worksheet of a lecture or a lecture file, as HTML that prints on A4 or as LaTeX."""

import argparse
from pathlib import Path

from nn.derivations import LECTURES
from nn.derivations.internal import is_lecture_path
from nn.internal import unknown_name, write_text

from ..comparison import format_settings
from .options import Parser, add_quantities, parse_seed, refuse_rest, target_path
from .subject import read_subject


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """The command line of ``sheet``. Raises ValueError for what is wrong in it; names the nearest."""
    parser = Parser(prog="autograd-lite sheet", allow_abbrev=False,
                    description="Write a worksheet: the problem, the network, and a table to fill in.")
    parser.add_argument("id", metavar="ID|FILE", help=f"a lecture ({', '.join(LECTURES)}) or a lecture file, .toml")
    parser.add_argument("--solution", action="store_true", help="every line in symbols and numbers")
    parser.add_argument("--seed", metavar="N", type=parse_seed, help="other, generic numbers: a set for each N; check "
                        "takes the same --seed")
    parser.add_argument("--latex", action="store_true", help="LaTeX, with the network as TikZ")
    parser.add_argument("-o", "--output", metavar="FILE", help="write to FILE [NAME_sheet.html, or .tex]")
    add_quantities(parser, next((LECTURES[word] for word in arguments if word in LECTURES), None))
    chosen = refuse_rest(parser, arguments)
    chosen.id = chosen.id.strip()
    if chosen.id not in LECTURES and not is_lecture_path(chosen.id):
        raise unknown_name("lecture", chosen.id, LECTURES)
    return chosen


def run(chosen: argparse.Namespace) -> int:
    """Run the command; returns the exit status."""
    from ..page.sheet import make_sheet, write_sheet_html
    from ..page.sheet_latex import write_sheet_latex

    subject = read_subject(chosen, chosen.seed, of_example=False)
    assert subject.compare is not None  # noqa: S101 - only a worked example has no derivation
    comparison = subject.compare()
    given = [line for line in comparison.heading[2:] if line] if comparison.heading else format_settings(comparison)
    sheet = make_sheet(comparison, subject.record(), subject.about.title, given, chosen.solution, chosen.seed)
    text = write_sheet_latex(sheet) if chosen.latex else write_sheet_html(sheet)
    name = f"{Path(target_path(chosen.id, '')).stem.rstrip('.')}_{'solution' if chosen.solution else 'sheet'}"
    path = chosen.output or f"{name}.{'tex' if chosen.latex else 'html'}"
    print(f"wrote {write_text(path, text)}")
    return 0
