"""The command ``check``: derivations from files, one or many, and what is said or written about them."""

import argparse
import sys
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from nn.derivations import LECTURES, Diagnosis
from nn.derivations.internal import draw_settings, is_lecture_path
from nn.internal import unknown_name, write_text

from ..diagnosis.gradescope import make_results
from ..diagnosis.html_report import write_report
from ..diagnosis.many_files import MANY, Task, diagnose_files
from ..diagnosis.marks import Marking, write_marks
from ..diagnosis.submissions import write_template
from ..diagnosis.terminal_table import print_diagnosis, print_summary_of, write_tally
from .answers import add_answer_options, can_ask, deliver_answer, settle_format
from .options import Parser, add_quantities, parse_seed, parse_whole, read_settings, refuse_rest
from .output import deliver

if TYPE_CHECKING:
    from rich.console import Console

_RUN = ("run Python files that were handed in: each is a program that may do whatever you may do, read and delete your "
        "files among it, and forge its verdict, so look at it first; its process is stopped after 20 seconds")


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """The command line of ``check`` as a namespace. Raises ValueError for what is wrong in it; names the nearest."""
    id = _find_lecture_argument(arguments)
    parser = Parser(prog="autograd-lite check", allow_abbrev=False,
                    description="Check derivations: which quantity is right, which line is wrong first, and why. A "
                                "file is TOML (formulas or numbers), CSV (numbers) or Python (functions).",
                    epilog="Exit status: 0 if all is right, 1 if something is wrong, 2 if a file cannot be read.")
    parser.add_argument("files", nargs="*", metavar="FILE", help="derivations: .toml, .csv, or .py with --run-python")
    parser.add_argument("--lecture", metavar="ID",
                        help=f"the lecture that they are of: {', '.join(LECTURES)}, or a lecture file")
    add_answer_options(parser, "write a page with the graph, in which what is wrong is marked")
    parser.add_argument("--summary", action="store_true",
                        help="a line for each file with its points, and the count of each mistake")
    parser.add_argument("--marks", metavar="FILE", help="write a table of marks as CSV: a row for each file, a column "
                        "for each quantity, the points, the first mistake")
    parser.add_argument("--weights", metavar="LIST", help="the points of quantities, such as delta2=2,dw1=1 [1 each]; "
                        "what is right or follows earns them; with --marks, --summary or --format gradescope")
    parser.add_argument("-j", "--jobs", metavar="N",
                        type=partial(parse_whole, range(1, sys.maxsize), "a number of processes from 1 up"),
                        help=f"check in N processes [one a core from {MANY} files on]")
    parser.add_argument("--conventions", metavar="TEXT", action="append", default=[],
                        help="hold all files to these conventions, in place of those that they declare: given (the "
                             "lecture's alone, for marking), or one of those of the key conventions, such as "
                             "'cost constant = 1/(2N)'; may be repeated")
    parser.add_argument("--template", action="store_true", help="print a table to fill in, as CSV")
    parser.add_argument("--run-python", action="store_true", help=_RUN)
    parser.add_argument("--seed", metavar="N", type=parse_seed, help="the numbers of the worksheet with that --seed")
    if id is not None and id in LECTURES:
        add_quantities(parser, LECTURES[id])
    chosen = refuse_rest(parser, arguments)
    if id is None:
        raise ValueError("say which lecture the derivation is of, as in: autograd-lite check FILE --lecture "
                         f"chain; lectures: {', '.join(LECTURES)}")
    chosen.id, chosen.files = id, [file.strip() for file in chosen.files]
    _check_consistent(chosen)
    return chosen


def _find_lecture_argument(arguments: list[str]) -> str | None:
    """The id after ``--lecture``, before anything else is understood: its settings are options."""
    for i, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if name == "--lecture":
            value = value if equals else arguments[i + 1] if i + 1 < len(arguments) else ""
            if value not in LECTURES and not is_lecture_path(value):
                raise unknown_name("lecture", value, LECTURES)
            return value
    return None


def _check_consistent(chosen: argparse.Namespace) -> None:
    settle_format(chosen)
    if chosen.weights is not None and not (chosen.marks or chosen.summary or chosen.format == "gradescope"):
        raise ValueError("--weights has no effect without points: add --marks FILE, --summary or --format gradescope")
    if chosen.template:
        if chosen.files or chosen.marks:
            raise ValueError("--template prints a table to fill in, and checks no file; leave the file out")
        return
    if not chosen.files:
        raise ValueError("name at least one file to check, as in: autograd-lite check mine.toml --lecture "
                         f"{chosen.id}; --template prints one to fill in")
    if chosen.hints is not None and (chosen.format != "text" or chosen.summary or chosen.marks):
        raise ValueError("--hints says less than there is; it goes neither with --summary or --marks nor with --json "
                         "or --format")
    if chosen.hints is not None and chosen.hints < 3 and chosen.report:
        raise ValueError("--report shows the answers; give it without --hints")
    if chosen.hints == 0 and (len(chosen.files) > 1 or not can_ask(chosen)):
        raise ValueError("--hints alone waits for Enter, so it needs a terminal and one file; "
                         "else give --hints 1, 2 or 3")
    if len(chosen.files) > 1:
        for option, given in (("--report", chosen.report), ("--format gradescope", chosen.format == "gradescope")):
            if given:
                raise ValueError(f"{option} is about one file; {len(chosen.files)} are named")


def run(chosen: argparse.Namespace) -> int:
    """Run the command; returns the exit status: 0, 1 if something is wrong, 2 if a file cannot be read."""
    given = _read_given(chosen)
    if chosen.template:
        deliver(chosen, write_template(chosen.id, given))
        return 0
    marking = Marking(chosen.id, given, chosen.weights)
    task = Task(chosen.id, given, chosen.run_python, tuple(chosen.conventions))
    found = diagnose_files(chosen.files, task, chosen.jobs)
    for one in found.values():
        if isinstance(one, Exception):
            if len(chosen.files) == 1 and not chosen.marks and chosen.format != "gradescope":
                raise one
            if chosen.format == "text" and not (chosen.summary or chosen.marks):
                print(f"autograd-lite: {one}", file=sys.stderr)
    if chosen.marks:
        print(f"wrote {write_text(chosen.marks, write_marks(found, marking))}", file=sys.stderr)
    if chosen.report:
        (one,) = found.values()
        if isinstance(one, Diagnosis):
            print(f"wrote {write_text(chosen.report, write_report(one, chosen.files[0]))}", file=sys.stderr)
    right = all(isinstance(one, Diagnosis) and one.right for one in found.values())
    data = [{"file": file} | (one.to_dict() if isinstance(one, Diagnosis) else {"error": str(one)})
            for file, one in found.items()]
    deliver_answer(chosen, right, data[0] if len(data) == 1 and not chosen.summary else data,
                   lambda: make_results(next(iter(found.values())), marking),
                   lambda console, level: _show(chosen, found, marking, console, level))
    if any(isinstance(one, Exception) for one in found.values()):
        return 2
    return 0 if right else 1


def _read_given(chosen: argparse.Namespace) -> dict[str, Any]:
    """The settings that were typed, with a worksheet's numbers. Raises ValueError for a number that its seed draws."""
    if is_lecture_path(chosen.id):
        return {} if chosen.seed is None else {"seed": chosen.seed}
    typed = read_settings(chosen)
    return typed if chosen.seed is None else draw_settings(chosen.id, chosen.seed, typed)


def _show(chosen: argparse.Namespace, found: Mapping[str, Diagnosis | Exception], marking: Marking,
          console: "Console", level: int) -> None:
    if chosen.summary:
        print_summary_of(found, marking, console)
        return
    if chosen.marks:
        console.print("\n".join(write_tally(found)), markup=False)
        return
    for file, one in found.items():
        if len(found) > 1:
            console.print(f"\n{file}", style="bold", markup=False)
        if isinstance(one, Diagnosis):
            print_diagnosis(one, console, level)
