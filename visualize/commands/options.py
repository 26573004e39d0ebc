"""What may be typed: commands, and options made from the settings of each lecture."""

import argparse
import json
import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from autograd_lite import __version__
from autograd_lite.internal import quote, shorten
from nn import derivations
from nn.derivations import internal
from nn.internal import unknown_name

if TYPE_CHECKING:
    from nn.derivations import Example, Lecture, Setting

FIRST = "one-neuron"
COMMANDS = {
    "step": "print the forward and the backward pass, step by step",
    "draw": "write the computation graph as SVG, PDF or PNG",
    "compare": "compare the lecture's derivation with automatic differentiation",
    "check": "check a derivation of your own: which line is wrong, and why",
    "lecture": "read a lecture file critically: which line contradicts the rest",
    "sheet": "write a worksheet of a lecture, with its solution or without",
    "check-code": "check a backpropagation program of your own: which array is wrong, and why",
    "train": "train a network on a CSV file",
    "predict": "print a CSV file with what a trained network predicts for each row",
    "matrix": "print the matrix program that the graph amounts to, and why each line is what it is",
    "page": "write a page to step through in a browser, with numbers that can be changed",
}
WITH_FILES = ("check", "check-code", "lecture", "sheet", "train", "predict")
"""Commands that take files instead of a lecture, and so parse their own arguments."""
SEVERAL = {"all": "every lecture and every published example, a line each",
           "published": "every number of the published examples, to the digits that were printed"}


class Parser(argparse.ArgumentParser):
    """argparse whose errors are one sentence, raised so that all bad input is reported in one place."""

    def error(self, message: str) -> NoReturn:
        short = re.sub(r"[^\s']{200,}", lambda found: shorten(found[0]), message)
        raise ValueError(f"{short}; see {self.prog} --help")


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """The command line as a namespace; ``command`` is None where nothing was typed.

    Raises:
        ValueError: an unknown command, lecture or option; names the nearest.
    """
    _check_names(arguments)
    chosen, rest = _make_parser(set(arguments[:2])).parse_known_args(parse_typed(arguments))
    if rest:
        raise unknown_name("argument", rest[0].strip(), getattr(chosen, "options", ()))
    return chosen


def parse_typed(arguments: list[str]) -> list[str]:
    """The arguments for argparse, which takes -1e-3 and -2] for options unless a space stands before them."""
    return [f" {word}" if re.match(r"-[\d.]", word) else word for word in arguments]


def parse_whole(within: range, what: str, text: str) -> int:
    """A whole number within bounds; ``what`` says in the error what it must be. Raises argparse.ArgumentTypeError."""
    number = text.strip()
    if not number.isdecimal() or int(number) not in within:
        raise argparse.ArgumentTypeError(f"must be {what}, not {quote(number)}")
    return int(number)


parse_seed = partial(parse_whole, range(10**9), "a whole number from 0 to 999999999")


def refuse_rest(parser: Parser, arguments: list[str]) -> argparse.Namespace:
    """The command line by a parser. Raises ValueError for an option that it does not have; names the nearest."""
    chosen, rest = parser.parse_known_args(parse_typed(arguments))
    chosen.command = parser.prog.partition(" ")[2]
    if rest:
        known = [option for action in parser._actions for option in action.option_strings if option.startswith("--")]
        raise unknown_name("argument", rest[0].strip(), known)
    return chosen


def read_settings(chosen: argparse.Namespace) -> dict[str, Any]:
    """The settings of a lecture that were typed or stand in the file of ``--settings``; what is typed goes first.

    Raises:
        ValueError, TypeError: a setting that is wrong; OSError: the file cannot be read.
    """
    known = {setting.name: setting for setting in derivations.LECTURES[chosen.id].settings}
    given = _read_file(chosen.settings, chosen.id, known) if chosen.settings else {}
    for name, setting in known.items():
        typed = getattr(chosen, name)
        if typed is not None:
            given[name] = setting.read(" ".join(typed) if isinstance(typed, list) else typed)
    if given.get("lam") and given.get("penalty") is None:
        penalties = " or ".join(f"--penalty {name}" for name in getattr(known["penalty"], "choices", ()))
        raise ValueError(f"--lam has no effect without a penalty; add {penalties}")
    if given.get("penalty") is not None and "lam" not in given:
        raise ValueError("--penalty has no effect without its strength; add --lam")
    return given


def _read_file(path: str, id: str, known: "Mapping[str, Setting]") -> dict[str, Any]:
    """The settings in a TOML or JSON file."""
    import tomllib

    from nn.internal import read_bytes

    readers = {".toml": tomllib.loads, ".json": lambda text: json.loads(text, object_pairs_hook=_check_unique)}
    kind = Path(path).suffix.lower()
    if kind not in readers:
        raise ValueError(f"cannot tell the format of {quote(path)}: let the name end in .toml or .json")
    try:
        found = readers[kind](read_bytes(path).decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:  # both formats' errors, and text that is not UTF-8
        raise ValueError(f"{path} is not valid {kind[1:].upper()}: {error}") from None
    if not isinstance(found, dict):
        raise ValueError(f"{path} must hold names and values, such as eta = 0.1, not {quote(found)}")
    given = {}
    for name, value in found.items():
        if name not in known:
            raise ValueError(f"{path}: {unknown_name(f'setting of {id}', name, known)}")
        try:
            given[name] = known[name].check_value(value)
        except (ValueError, TypeError) as error:
            raise ValueError(f"{path}: {error}") from None
    return given


def _check_unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object, whose names must differ, as those of TOML must."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands in it twice")
    return found


def _check_names(arguments: list[str]) -> None:
    """Suggest the nearest command or lecture, where argparse would only list them."""
    if arguments and arguments[0].startswith("-") and arguments[0] not in ("-h", "--help", "--version"):
        raise ValueError(f"{arguments[0]} must come after a command and a lecture, as in: autograd-lite compare "
                         f"{FIRST} --x 2; see autograd-lite --help")
    names = [argument for argument in arguments[:2] if not argument.startswith("-")]
    if names and arguments[0] == names[0] and names[0] not in COMMANDS:
        raise unknown_name("command", names[0], COMMANDS)
    if len(names) == 2 and names[1] not in derivations.LECTURES and not internal.is_lecture_path(names[1]):
        known = [*derivations.LECTURES, *derivations.examples(), *(SEVERAL if names[0] == "compare" else ())]
        if names[1] not in known:
            raise unknown_name("lecture", names[1], known)


def _make_parser(names: set[str]) -> Parser:
    """The parser; what a command takes is made only where it is named, and the options of a lecture where that is."""
    parser = Parser(
        prog="autograd-lite", allow_abbrev=False,
        description="Backpropagation you can watch. Without a command: the one neuron, stepped, drawn and compared.",
    )
    parser.add_argument("--version", action="version", version=f"autograd-lite {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="command", parser_class=Parser)
    for name, summary in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
        if name in WITH_FILES or name not in names:
            continue
        ids = command.add_subparsers(dest="id", metavar="lecture", required=True, parser_class=Parser,
                                     title="lectures and published examples")
        about = {id: f"{lecture.title}. {lecture.source}." for id, lecture in derivations.LECTURES.items()}
        if names.isdisjoint(about):  # reading the examples takes time
            about |= {id: f"{example.title}. {example.source}." for id, example in derivations.examples().items()}
            about |= {id: f"{text[0].upper()}{text[1:]}." for id, text in SEVERAL.items()} if name == "compare" else {}
            about |= {path: f"The lecture or worked example in {path}." for path in names
                      if internal.is_lecture_path(path)}
        for id, text in about.items():
            options = ids.add_parser(id, help=text, description=text, allow_abbrev=False)
            if id in names:
                add_quantities(options, derivations.LECTURES.get(id))
                _add_options(options, name, id)
    return parser


def add_quantities(parser: argparse.ArgumentParser, lecture: "Lecture | None") -> None:
    """An option for each setting of a lecture."""
    if lecture is None:
        return
    quantities = parser.add_argument_group("quantities of the lecture")
    defaults = lecture.resolve({})
    for setting in lecture.settings:
        choices = getattr(setting, "choices", ())
        quantities.add_argument(
            f"--{setting.name}", metavar="NAME" if choices else setting.name.upper(),
            nargs="+" if setting.several else None,
            help=f"{setting.symbol}: {setting.meaning}" + (f" ({', '.join(choices)})" if choices else "")
            + f" [default {setting.format_value(defaults[setting.name])}]",
        )
    quantities.add_argument("--settings", metavar="FILE",
                            help="a TOML or JSON file with any of these, such as eta = 0.1; what is typed wins over it")


def _add_options(parser: argparse.ArgumentParser, command: str, id: str) -> None:
    ending = {"draw": "svg", "page": "html"}.get(command)
    output = f"write to FILE [{target_path(id, ending)}]" if ending else "write to FILE, not to the terminal"
    endings = ", as its name ends: .svg, .pdf, .png or .dot" if command == "draw" else ""
    parser.add_argument("-o", "--output", metavar="FILE", help=output + endings)
    if command == "step":
        parser.add_argument("--predict", action="store_true", help="be asked for each gradient before it is shown")
        parser.add_argument("--all", action="store_true", help="print all steps at once, as when the output is piped")
        parser.add_argument("--latex", action="store_true", help="the derivation as LaTeX, for a report")
        parser.add_argument("--order", metavar="NAME", default="topological",
                            help="topological, or recursive: what recursion without such an order would do")
    if command == "draw":
        from ..graph import dot, graph, network_svg, themes

        looks = {"view": graph.VIEWS, "orientation": dot.ORIENTATIONS, "theme": themes.THEMES, "size": dot.SIZES,
                 "lines": network_svg.LINES}
        for look, known in looks.items():
            default = {"view": "lecture", "theme": "light", "lines": "weight"}.get(look)
            parser.add_argument(f"--{look}", metavar="NAME", default=default, help=", ".join(known))
        parser.add_argument("--expand", metavar="WHAT", action="append",
                            help="show a layer (its number) or a neuron of a large graph node by node; all")
        parser.add_argument("--around", metavar="NODE", help="show one node with its operands and its consumers alone")
        parser.add_argument("--sample", metavar="N", type=int, default=1, help="the sample that the network view shows")
        parser.add_argument("--no-legend", action="store_true", help="leave the legend out")
    elif command != "page":
        parser.add_argument("--json", action="store_true", help="every number, for a program to read")
    if command == "matrix":
        from .matrix import add_matrix_options

        add_matrix_options(parser)
    if command == "compare" and (id in derivations.LECTURES or internal.is_lecture_path(id)):
        parser.add_argument("--notes", action="store_true",
                            help="the derivation line by line, and the reading taken where the notes are unclear")
    options = [action.option_strings[-1] for action in parser._actions]
    parser.set_defaults(options=[*(option for option in options if option != "--help"), "--help"])


def find_example(id: str) -> "Example | None":
    """The published example of that id, or the worked example in that file; None for a lecture.

    Raises:
        ValueError, OSError: the file cannot be read.
    """
    if internal.is_lecture_path(id):
        return derivations.Example.read(id) if internal.is_example_file(id) else None
    return derivations.examples().get(id)


def target_path(id: str, ending: str) -> str:
    """The file that a picture or a page is written to unless another is named."""
    id = Path(id).stem if internal.is_lecture_path(id) else id
    return f"{id.replace('-', '_')}.{ending}"
