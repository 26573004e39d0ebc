"""The command ``check-code``: a backpropagation program from a file, run in a process of its own and judged."""

import argparse
import sys

from nn import ACTIVATIONS, costs
from nn.internal import LAYER_ACTIVATIONS, unknown_name, write_text

from ..diagnosis.gradescope import make_code_results
from ..diagnosis.programs import TEMPLATE, judge_file, print_code_diagnosis, write_code_report
from .answers import add_answer_options, can_ask, deliver_answer, settle_format
from .options import Parser, refuse_rest
from .output import deliver

_SAFETY = ("The file is run as a program that may do whatever you may do: it is no sandbox, so look at what strangers "
           "hand in first. Its process is stopped after 20 seconds, has a limit of memory and no standard input, and "
           "what it prints goes nowhere.")


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """The command line of ``check-code`` as a namespace. Raises ValueError for what is wrong; names the nearest."""
    parser = Parser(prog="autograd-lite check-code", allow_abbrev=False,
                    description="Judge a backpropagation program of your own by its gradients(W, b, X, Y): what it was "
                                f"read as, which array is wrong first, and why. {_SAFETY}",
                    epilog="Exit status: 0 if all is right, 1 if something is wrong, 2 if the file cannot be run.")
    parser.add_argument("file", nargs="?", metavar="FILE", help="a Python file with a function gradients, and perhaps "
                        "forward and cost")
    parser.add_argument("--template", action="store_true", help="print a file to fill in")
    parser.add_argument("--layers", metavar="N", nargs="+",
                        help="the number of layers with weights, or all widths, the input's first [found by trying]")
    parser.add_argument("--activations", metavar="NAME", nargs="+", help="one for all layers, or one a layer: "
                        f"{', '.join((*ACTIVATIONS, *LAYER_ACTIVATIONS))} [found by trying]")
    parser.add_argument("--cost", metavar="NAME", help="the cost, where the file has no function cost: "
                        f"{', '.join(costs.COSTS)} [found by trying]")
    parser.add_argument("--penalty", metavar="NAME", help=f"of a program with lam: {', '.join(costs.PENALTIES)}")
    add_answer_options(parser, "write a page with the verdicts")
    chosen = refuse_rest(parser, arguments)
    _check_consistent(chosen)
    return chosen


def _check_consistent(chosen: argparse.Namespace) -> None:
    settle_format(chosen)
    if chosen.template:
        if chosen.file:
            raise ValueError("--template prints a file to fill in, and checks none; leave the file out")
        return
    if not chosen.file:
        raise ValueError("name the file to check, as in: autograd-lite check-code mine.py; --template prints one to "
                         "fill in")
    if chosen.cost is not None and chosen.cost not in costs.COSTS:
        raise unknown_name("cost", chosen.cost, costs.COSTS)
    if chosen.hints is not None and (chosen.format != "text" or (chosen.report and chosen.hints < 3)):
        raise ValueError("--hints says less than there is; it goes neither with --report nor with --json or --format")
    if chosen.hints == 0 and not can_ask(chosen):
        raise ValueError("--hints alone waits for Enter, so it needs a terminal; else give --hints 1, 2 or 3")


def _read_layers(given: list[str] | None) -> int | list[int] | None:
    if given is None:
        return None
    if not all(word.strip().isdecimal() and int(word) > 0 for word in given):
        raise ValueError(f"--layers must be whole numbers from 1 up, not {' '.join(given)}")
    numbers = [int(word) for word in given]
    return numbers[0] if len(numbers) == 1 else numbers


def run(chosen: argparse.Namespace) -> int:
    """Run the command; returns the exit status: 0, 1 if something is wrong."""
    if chosen.template:
        deliver(chosen, TEMPLATE)
        return 0
    settings = {"layers": _read_layers(chosen.layers), "activations": chosen.activations, "penalty": chosen.penalty,
                "cost": chosen.cost}
    found = judge_file(chosen.file, {name: value for name, value in settings.items() if value is not None})
    if chosen.report:
        print(f"wrote {write_text(chosen.report, write_code_report(found, chosen.file))}", file=sys.stderr)
    deliver_answer(chosen, found.right, found.to_dict(), lambda: make_code_results(found),
                   lambda console, level: print_code_diagnosis(found, console, level))
    return 0 if found.right else 1
