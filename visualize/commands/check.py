"""The command ``check``: derivations from files, one or many, and what is said or written about them."""

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from io import StringIO
from typing import Any

from autograd_lite.internal import quote
from nn.derivations import LECTURES, Diagnosis
from nn.derivations.internal import draw_settings, is_lecture_path
from nn.internal import unknown_name, write_text

from ..console import make_console
from ..diagnosis.gradescope import make_results
from ..diagnosis.html_report import write_report
from ..diagnosis.many_files import MANY, Task, diagnose_files
from ..diagnosis.marks import Marking, write_marks
from ..diagnosis.submissions import write_template
from ..diagnosis.terminal_table import LEVELS, print_diagnosis, print_summary_of, verdict_word, write_tally
from .options import Parser, add_quantities, parse_seed, read_settings, refuse_rest

FORMATS = ("text", "json", "gradescope")
_RUN = ("run Python files that were handed in: each is a program that may do whatever you may do, read and delete your "
        "files among it, and forge its verdict, so look at it first; its process is stopped after 20 seconds")


def parse_check_arguments(arguments: list[str]) -> argparse.Namespace:
    """The command line of ``check`` as a namespace. Raises ValueError for what is wrong in it; names the nearest."""
    id = _find_lecture_argument(arguments)
    parser = Parser(prog="autograd-lite check", allow_abbrev=False,
                    description="Check derivations: which quantity is right, which line is wrong first, and why. A "
                                "file is TOML (formulas or numbers), CSV (numbers) or Python (functions).",
                    epilog="Exit status: 0 if all is right, 1 if something is wrong, 2 if a file cannot be read.")
    parser.add_argument("files", nargs="*", metavar="FILE", help="derivations: .toml, .csv, or .py with --run-python")
    parser.add_argument("--lecture", metavar="ID",
                        help=f"the lecture that they are of: {', '.join(LECTURES)}, or a lecture file")
    parser.add_argument("--hints", metavar="N", nargs="?", const=0, type=parse_level,
                        help="say less: 1 where the mistakes are, 2 of what kind, 3 which; without N each after Enter")
    parser.add_argument("--summary", action="store_true",
                        help="a line for each file with its points, and the count of each mistake")
    parser.add_argument("--marks", metavar="FILE", help="write a table of marks as CSV: a row for each file, a column "
                        "for each quantity, the points, the first mistake")
    parser.add_argument("--weights", metavar="LIST", help="the points of quantities, such as delta2=2,dw1=1 [1 each]; "
                        "what is right or follows earns them; with --marks, --summary or --format gradescope")
    parser.add_argument("-j", "--jobs", metavar="N", type=_parse_jobs,
                        help=f"check in N processes [one a core from {MANY} files on]")
    parser.add_argument("--report", metavar="FILE",
                        help="write a page with the graph, in which what is wrong is marked")
    parser.add_argument("--json", action="store_true",
                        help="every verdict, for a program to read; short for --format json")
    parser.add_argument("--format", metavar="NAME", default=None,
                        help=f"{', '.join(FORMATS)}; gradescope writes the results.json of that platform")
    parser.add_argument("-o", "--output", metavar="FILE", help="write to FILE, not to the terminal")
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
    chosen.command, chosen.id, chosen.files = "check", id, [file.strip() for file in chosen.files]
    _check_consistent(chosen)
    return chosen


def parse_level(text: str) -> int:
    """A level of hints. Raises argparse.ArgumentTypeError."""
    if text not in ("1", "2", "3"):
        raise argparse.ArgumentTypeError(f"must be 1, 2 or 3, not {quote(text)}")
    return int(text)


def _parse_jobs(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a number of processes from 1 up, not {quote(text)}")
    return int(text)


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


def settle_format(chosen: argparse.Namespace) -> None:
    """Set the format from --format and --json. Raises ValueError for an unknown one, or for two of them."""
    if chosen.format is not None and chosen.format not in FORMATS:
        raise unknown_name("format", chosen.format, FORMATS)
    if chosen.json and chosen.format not in (None, "json"):
        raise ValueError(f"--json and --format {chosen.format} are two forms of the same; give one of them")
    chosen.format = "json" if chosen.json else chosen.format or "text"


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
    if chosen.hints == 0 and (len(chosen.files) > 1 or chosen.output
                              or not (sys.stdin.isatty() and sys.stdout.isatty())):
        raise ValueError("--hints alone waits for Enter, so it needs a terminal and one file; "
                         "else give --hints 1, 2 or 3")
    if len(chosen.files) > 1:
        for option, given in (("--report", chosen.report), ("--format gradescope", chosen.format == "gradescope")):
            if given:
                raise ValueError(f"{option} is about one file; {len(chosen.files)} are named")


def run_check(chosen: argparse.Namespace) -> int:
    """Run the command; returns the exit status: 0, 1 if something is wrong, 2 if a file cannot be read."""
    given = _read_given(chosen)
    if chosen.template:
        _deliver(chosen, write_template(chosen.id, given))
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
    _show(chosen, found, marking)
    if any(isinstance(one, Exception) for one in found.values()):
        return 2
    return 0 if all(isinstance(one, Diagnosis) and one.right for one in found.values()) else 1


def _read_given(chosen: argparse.Namespace) -> dict[str, Any]:
    """The settings that were typed, with a worksheet's numbers. Raises ValueError for a number that its seed draws."""
    if is_lecture_path(chosen.id):
        return {} if chosen.seed is None else {"seed": chosen.seed}
    typed = read_settings(chosen)
    return typed if chosen.seed is None else draw_settings(chosen.id, chosen.seed, typed)


def _show(chosen: argparse.Namespace, found: Mapping[str, Diagnosis | Exception], marking: Marking) -> None:
    if chosen.format == "json":
        data: Any = [{"file": file} | (one.to_dict() if isinstance(one, Diagnosis) else {"error": str(one)})
                     for file, one in found.items()]
        if len(found) == 1 and not chosen.summary:
            (data,) = data
        _deliver(chosen, json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False) + "\n")
    elif chosen.format == "gradescope":
        (one,) = found.values()
        print(f"wrote {write_text(chosen.output or 'results.json', make_results(one, marking) + chr(10))}")
    elif chosen.hints == 0:
        _one_by_one(next(one for one in found.values() if isinstance(one, Diagnosis)))
    else:
        buffer = StringIO() if chosen.output else None
        console = make_console(buffer)
        if chosen.summary:
            print_summary_of(found, marking, console)
        elif chosen.marks:
            console.print("\n".join(write_tally(found)), markup=False)
        else:
            for file, one in found.items():
                if len(found) > 1:
                    console.print(f"\n{file}", style="bold", markup=False)
                if isinstance(one, Diagnosis):
                    print_diagnosis(one, console, chosen.hints or len(LEVELS))
        if buffer:
            print(f"wrote {write_text(chosen.output, buffer.getvalue())}")


def _one_by_one(diagnosis: Diagnosis) -> None:
    right = all(verdict_word(verdict) == "right" for verdict in diagnosis.verdicts.values())
    ask_for_hints(lambda level: print_diagnosis(diagnosis, hints=level), right)


def ask_for_hints(show: Callable[[int], None], right: bool) -> None:
    """Each level of hints after Enter, for whoever wants to find the mistake alone; none where all is right."""
    for level in range(1, len(LEVELS) + 1):
        show(level)
        if right or level == len(LEVELS):
            return
        try:
            answer = input(f"\nEnter for a further hint ({LEVELS[level]}), q to look for it yourself: ")
        except EOFError:
            return
        if answer.strip().lower() == "q":
            return


def _deliver(chosen: argparse.Namespace, text: str) -> None:
    if chosen.output:
        print(f"wrote {write_text(chosen.output, text)}")
    else:
        print(text, end="")
