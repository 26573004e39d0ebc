"""The command ``sheet``: a worksheet of a lecture or a lecture file, as HTML that prints on A4 or as LaTeX."""

import argparse
from pathlib import Path
from typing import Any

from nn.derivations import LECTURES, Comparison, Lecture, Recording, compare
from nn.derivations.internal import compare_lecture, draw_numbers, draw_settings, is_lecture_path, record_lecture
from nn.internal import unknown_name, write_text

from ..comparison import format_settings
from .options import Parser, add_quantities, parse_seed, read_settings, refuse_rest, target_path


def parse_sheet_arguments(arguments: list[str]) -> argparse.Namespace:
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
    chosen.command, chosen.id = "sheet", chosen.id.strip()
    if chosen.id not in LECTURES and not is_lecture_path(chosen.id):
        raise unknown_name("lecture", chosen.id, LECTURES)
    return chosen


def run_sheet(chosen: argparse.Namespace) -> int:
    """Run the command; returns the exit status."""
    from ..page.sheet import make_sheet, write_sheet_html
    from ..page.sheet_latex import write_sheet_latex

    comparison, recording, title, given = _compare_numbers(chosen)
    sheet = make_sheet(comparison, recording, title, given, chosen.solution, chosen.seed)
    text = write_sheet_latex(sheet) if chosen.latex else write_sheet_html(sheet)
    name = f"{Path(target_path(chosen.id, '')).stem.rstrip('.')}_{'solution' if chosen.solution else 'sheet'}"
    path = chosen.output or f"{name}.{'tex' if chosen.latex else 'html'}"
    print(f"wrote {write_text(path, text)}")
    return 0


def _compare_numbers(chosen: argparse.Namespace) -> tuple[Comparison, Recording, str, list[str]]:
    """The comparison, the graph, the title, and the numbers as lines."""
    id, seed = chosen.id, chosen.seed
    if is_lecture_path(id):
        lecture = Lecture.read(id)
        example = draw_numbers(lecture, seed) if seed is not None else lecture.require_example()
        found = compare_lecture(lecture, example)
        return found, record_lecture(lecture, example), lecture.title, [line for line in found.heading[2:] if line]
    built_in = LECTURES[id]
    typed = read_settings(chosen)
    settings: dict[str, Any] = draw_settings(id, seed, typed) if seed is not None else built_in.resolve(typed)
    found = compare(id, **settings)
    return found, built_in.record(built_in.resolve(settings)), built_in.title, format_settings(found)
