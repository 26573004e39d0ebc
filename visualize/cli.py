"""The command line ``autograd-lite``: the demonstration, step, draw, compare."""

import argparse
import os
import re
import sys
from collections.abc import Callable, Sequence
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from autograd_lite import Value, trace
from nn import unknown
from nn.derivations import LECTURES, Lecture, compare

from .files import write_text
from .graph import ORIENTATIONS, SIZES, THEMES, VIEWS, draw
from .renderer import RenderingError
from .stepper import Stepper
from .tables import print_comparison
from .terminal import print_steps, terminal

if TYPE_CHECKING:
    from rich.console import Console

_FIRST = "one-neuron"
_OPTIONS = {"step": ["--predict", "--all", "--order", "--json"], "compare": ["--json"],
            "draw": ["--view", "--orientation", "--theme", "--size", "--expand"]}
_LOOKS = {"view": VIEWS, "orientation": ORIENTATIONS, "theme": THEMES, "size": SIZES}
# what is no setting of a lecture
_OF_THE_PROGRAM = {"command", "id", "output", "json", "options", "expand", "predict", "all", "order", *_LOOKS}


class _Parser(argparse.ArgumentParser):
    """argparse whose errors are one sentence, raised so that all bad input is reported in one place."""

    def error(self, message: str) -> NoReturn:
        raise ValueError(f"{message}; see {self.prog} --help")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line; returns the exit status: 0, 1 if a check failed, 2 for bad input."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")  # δ and σ have no place in older encodings
    try:
        return _run(list(sys.argv[1:] if arguments is None else arguments))
    except BrokenPipeError:  # the reader, head or less, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    except (ValueError, ArithmeticError, OSError, RenderingError) as error:
        sentence = getattr(error, "strerror", None) or error
        print(f"autograd-lite: {sentence}", file=sys.stderr)
        return 2


def _run(arguments: list[str]) -> int:
    _check_names(arguments)
    chosen, rest = _parser().parse_known_args(_bound(arguments))
    if chosen.command is None and not rest:
        return demonstration()
    if rest:
        raise unknown("argument", rest[0], chosen.options)
    given = {name: value for name, value in vars(chosen).items() if name not in _OF_THE_PROGRAM and value is not None}
    if "lam" in given and "penalty" not in given:
        raise ValueError("--lam has no effect without a penalty; add --penalty l1 or --penalty l2")
    if "penalty" in given and "lam" not in given:
        raise ValueError("--penalty has no effect without its strength; add --lam")
    return _COMMANDS[chosen.command](chosen, given)


def _check_names(arguments: list[str]) -> None:
    """Suggest the nearest command or lecture, where argparse would only list them."""
    if arguments and arguments[0].startswith("-") and arguments[0] not in ("-h", "--help"):
        raise ValueError(f"{arguments[0]} must come after a command and a lecture, as in: autograd-lite compare "
                         f"{_FIRST} --x 2; see autograd-lite --help")
    names = [argument for argument in arguments[:2] if not argument.startswith("-")]
    if names and arguments[0] == names[0] and names[0] not in _COMMANDS:
        raise unknown("command", names[0], _COMMANDS)
    if len(names) == 2 and names[1] not in LECTURES:
        raise unknown("lecture", names[1], LECTURES)


def _bound(arguments: list[str]) -> list[str]:
    """``--x -1e-3`` as ``--x=-1e-3``: argparse takes negative numbers with an exponent for options."""
    bound: list[str] = []
    for argument in arguments:
        if bound and bound[-1].startswith("--") and re.fullmatch(r"-[\d.]+[eE][-+]?\d+", argument):
            bound[-1] += f"={argument}"
        else:
            bound.append(argument)
    return bound


def _parser() -> _Parser:
    parser = _Parser(
        prog="autograd-lite", allow_abbrev=False,
        description="Backpropagation you can watch. Without a command: the one neuron, stepped, drawn and compared.",
    )
    commands = parser.add_subparsers(dest="command", metavar="command", parser_class=_Parser)
    for name, summary in (
        ("step", "print the forward and the backward pass, step by step"),
        ("draw", "write the computation graph as SVG"),
        ("compare", "compare the lecture's derivation with automatic differentiation"),
    ):
        command = commands.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
        lectures = command.add_subparsers(dest="id", metavar="lecture", required=True, parser_class=_Parser,
                                          help=", ".join(LECTURES))
        for lecture in LECTURES.values():
            about = f"{lecture.title}. {lecture.source}."
            options = lectures.add_parser(lecture.id, help=about, description=about, allow_abbrev=False)
            _add_options(options, name, lecture)
    return parser


def _add_options(parser: argparse.ArgumentParser, command: str, lecture: Lecture) -> None:
    quantities = parser.add_argument_group("quantities of the lecture")
    defaults = lecture.resolve({})
    for setting in lecture.settings:
        several: dict[str, Any] = {"nargs": len(setting.default)} if isinstance(setting.default, tuple) else {}
        quantities.add_argument(
            f"--{setting.name}", metavar=setting.name.upper() if not setting.choices else "NAME",
            type=str if setting.choices else float, **several,
            help=f"{setting.symbol}: {setting.meaning} [{setting.shown(defaults[setting.name])}]"
            + (f" ({', '.join(setting.choices)})" if setting.choices else ""),
        )
    parser.set_defaults(options=[*(f"--{setting.name}" for setting in lecture.settings), "--output",
                                 *_OPTIONS[command], "--help"])
    output = f"write to FILE [{_picture(lecture.id)}]" if command == "draw" else "write to FILE, not to the terminal"
    parser.add_argument("-o", "--output", metavar="FILE", help=output)
    if command == "step":
        parser.add_argument("--predict", action="store_true", help="be asked for each gradient before it is shown")
        parser.add_argument("--all", action="store_true", help="print all steps at once, as when the output is piped")
        parser.add_argument("--order", metavar="NAME", default="topological",
                            help="topological, or recursive: what recursion without such an order would do")
    if command == "draw":
        for look, known in _LOOKS.items():
            default = {"view": "lecture", "theme": "light"}.get(look)
            parser.add_argument(f"--{look}", metavar="NAME", default=default, help=", ".join(known))
        parser.add_argument("--expand", metavar="WHAT", action="append",
                            help="show a layer (its number) or a neuron of a large graph node by node; all")
    else:
        parser.add_argument("--json", action="store_true", help="every number, for a program to read")


def _picture(id: str) -> str:
    return f"{id.replace('-', '_')}.svg"


def _cost(id: str, given: dict[str, Any]) -> Value:
    lecture = LECTURES[id]
    return lecture.record(lecture.resolve(given)).cost


def _step(chosen: argparse.Namespace, given: dict[str, Any]) -> int:
    recorded = trace(_cost(chosen.id, given), chosen.order)
    interactive = sys.stdin.isatty() and sys.stdout.isatty() and not chosen.json and chosen.output is None
    if chosen.predict and not interactive:
        raise ValueError("--predict asks questions, so it needs a terminal, and neither --json nor -o")
    if interactive and not chosen.all:
        Stepper(recorded, terminal(), input, chosen.predict).run()
        return 0
    _deliver(chosen, recorded.to_json(), lambda console: print_steps(recorded, console))
    return 0


def _draw(chosen: argparse.Namespace, given: dict[str, Any]) -> int:
    expand = [int(wanted) if wanted.isdecimal() else wanted for wanted in chosen.expand or []]
    drawing = draw(_cost(chosen.id, given), view=chosen.view, orientation=chosen.orientation, theme=chosen.theme,
                   size=chosen.size, expand=expand or None)
    path = drawing.save(_picture(chosen.id) if chosen.output is None else chosen.output)
    print(f"wrote {path}")
    return 0


def _compare(chosen: argparse.Namespace, given: dict[str, Any]) -> int:
    comparison = compare(chosen.id, **given)
    _deliver(chosen, comparison.to_json(), lambda console: print_comparison(comparison, console))
    return 0 if comparison.agrees else 1


_COMMANDS: dict[str, Callable[[argparse.Namespace, dict[str, Any]], int]] = {
    "step": _step, "draw": _draw, "compare": _compare,
}


def _deliver(chosen: argparse.Namespace, json: str, print_to: "Callable[[Console], None]") -> None:
    """The result as JSON or as text, to the terminal or to a file."""
    if chosen.output is None:
        if chosen.json:
            print(json)
        else:
            print_to(terminal())
        return
    text = StringIO()
    print_to(terminal(text))
    path = write_text(chosen.output, json + "\n" if chosen.json else text.getvalue())
    print(f"wrote {path}")


def demonstration() -> int:
    """The one neuron on y = 2x + 1: steps, picture in ./one_neuron.svg, and the table for identity and sigmoid."""
    console = terminal()
    comparisons = [compare(_FIRST, activation=activation) for activation in ("identity", "sigmoid")]
    cost = _cost(_FIRST, {})
    first = ", ".join(f"{row.symbol} = {row.formula}" for row in comparisons[0].rows[:3])
    console.print(f"{LECTURES[_FIRST].title} on y = 2x + 1: {first}\n", style="bold", markup=False)
    print_steps(cost, console)
    picture = draw(cost).save(Path(_picture(_FIRST)))
    console.print(f"The computation graph is in {picture}: open it in a browser.\n", markup=False)
    for comparison in comparisons:
        print_comparison(comparison, console)
        console.print()
    console.print("Next: the same command followed by  step chain  or by  --help", markup=False)
    return 0 if all(comparison.agrees for comparison in comparisons) else 1
