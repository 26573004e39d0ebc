"""What may be typed after ``train`` and ``predict``, and what is made of it: networks, costs, gradient methods."""

import argparse
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from autograd_lite.internal import quote
from nn import ACTIVATIONS, costs, initializers, optimizers, schedules
from nn.internal import LAYER_ACTIVATIONS, unknown_name

from .options import Parser, parse_typed

MODEL = "model.json"
_SETTINGS = "{}: {} (other settings than these follow a colon, as in {})"


def parse_training_arguments(command: str, arguments: list[str]) -> argparse.Namespace:
    """The command line of ``train`` or ``predict``. Raises ValueError for what is wrong in it; names the nearest."""
    parser = _add_train() if command == "train" else _add_predict()
    chosen, rest = parser.parse_known_args(parse_typed(arguments))
    if rest:
        known = [option for action in parser._actions for option in action.option_strings if option.startswith("--")]
        raise unknown_name("argument", rest[0].strip(), known)
    chosen.command = command
    for name, value in vars(chosen).items():  # as_typed puts a space before what looks like a number
        if isinstance(value, str):
            setattr(chosen, name, value.strip())
    return chosen


def _add_train() -> Parser:
    parser = Parser(prog="autograd-lite train", allow_abbrev=False,
                    description="Train a network on a CSV file whose first line names the columns. Without --hidden it "
                                "is the output layer alone: one neuron for a number.",
                    epilog="Exit status: 0, 1 if training could not go on, 2 for bad input, 130 after "
                           "Ctrl-C, which stops and keeps the best parameters so far; --resume goes on where a run has "
                           "stopped or was killed.")
    parser.add_argument("file", metavar="FILE", help="the samples, a row each")
    add = parser.add_argument_group("data").add_argument
    add("--target", nargs="+", metavar="COLUMN", help="what to predict; a column of text is read as classes")
    add("--inputs", nargs="+", metavar="COLUMN", help="what to predict it from [all other columns]")
    add("--validation", type=_parse_number, metavar="PART", help="hold back that part of the samples, such as 0.2")
    add("--skip-missing", action="store_true", help="leave out rows with empty cells; else they are an error")
    add("--no-standardise", action="store_true", help="use numbers as they are, not scaled to mean 0 and deviation 1")
    add = parser.add_argument_group("network").add_argument
    add("--hidden", nargs="+", type=_parse_count, metavar="N", help="the units of each hidden layer, as in 16 16")
    add("--activation", metavar="NAME", help=f"of the hidden layers: {', '.join(ACTIVATIONS)} [tanh]")
    add("--output-activation", metavar="NAME", help=f"those, {', '.join(LAYER_ACTIVATIONS)} [as the cost needs it]")
    add("--initializer", metavar="NAME",
        help=f"{', '.join(initializers.INITIALIZERS)} [he for ReLU and its kin, else xavier]")
    add("--seed", type=_count_from_0, metavar="N", help="draws weights and batches the same way again [0]")
    add = parser.add_argument_group("training").add_argument
    add("--cost", metavar="NAME",
        help=f"{', '.join(costs.COSTS)} [half_squared_error; of classes softmax_cross_entropy]")
    add("--penalty", metavar="NAME", help=f"{', '.join(costs.PENALTIES)}; on the weights")
    add("--lam", type=_parse_number, metavar="λ", help="the strength of the penalty")
    add("--optimizer", metavar="NAME",
        help=_SETTINGS.format("the gradient method", _describe_choices(optimizers.OPTIMIZERS),
                              "adam:beta1=0.8,beta2=0.99") + " [adam]")
    add("--eta", type=_parse_number, metavar="η", help="the learning rate [that of the gradient method]")
    add("--schedule", metavar="NAME", help=_SETTINGS.format(
        "how η changes with the epochs", _describe_choices(schedules.SCHEDULES), "exponential:gamma=0.99"))
    add("--epochs", type=_parse_count, metavar="N",
        help="how often all samples are gone through [20 to 1000 times, 100,000 "
                                                  "samples in all; with --resume as before]")
    add("--batch-size", type=_parse_count, metavar="N", help="samples to a step [all, of more than 200 samples 32]")
    add("--tolerance", type=_parse_number, metavar="X", help="converged where the gradient's norm is X [1e-6]")
    add("--patience", type=_parse_count, metavar="N",
        help="stop after N epochs without a lower cost, of what is held back")
    add = parser.add_argument_group("results").add_argument
    add("-o", "--output", metavar="FILE", help=f"the trained network, written as training goes on [{MODEL}]")
    add("--resume", metavar="FILE", help="go on with the run that wrote this file, on the same samples")
    add("--plot", metavar="FILE", help="draw the costs and what was learned: .svg, .png or .pdf; needs matplotlib")
    add("--json", action="store_true", help="every number of the training, for a program to read")
    return parser


def _add_predict() -> Parser:
    parser = Parser(prog="autograd-lite predict", allow_abbrev=False,
                    description="Print a CSV file with what the network predicts for each row, the prediction last; of "
                                "classes their probabilities before it.")
    parser.add_argument("model", metavar="MODEL", help="a network that train or save has written")
    parser.add_argument("file", metavar="FILE", help="a CSV file with the columns that the network was trained on")
    parser.add_argument("-o", "--output", metavar="FILE", help="write to FILE, not to the terminal")
    parser.add_argument("--skip-missing", action="store_true", help="leave out rows with empty cells; else an error")
    return parser


def make_optimizer(chosen: argparse.Namespace) -> optimizers.Optimizer:
    """The gradient method that was typed, with its settings, learning rate and schedule.

    Raises:
        ValueError: an unknown name or setting, or one that is out of range.
    """
    settings: dict[str, Any] = {} if chosen.eta is None else {"eta": chosen.eta}
    kind, typed = _parse_parts("optimizer", chosen.optimizer or "adam", optimizers.OPTIMIZERS)
    if "eta" in typed and settings:
        raise ValueError("the learning rate is given twice, in --optimizer and in --eta; leave one out")
    made: optimizers.Optimizer = kind(**settings | typed)
    if chosen.schedule is None:
        return made
    schedule, of_it = _parse_parts("schedule", chosen.schedule, schedules.SCHEDULES)
    if "eta" in of_it:
        raise ValueError("the learning rate is that of --eta or --optimizer; leave it out of --schedule")
    if schedule is schedules.Cosine:
        of_it.setdefault("epochs", chosen.epochs)
    return kind(**made.settings | {"eta": schedule(**{"eta": made.rate()} | of_it)})  # type: ignore[no-any-return]


def _parse_parts(what: str, text: str, known: Mapping[str, Callable[..., Any]]) -> tuple[Callable[..., Any],
                                                                                         dict[str, Any]]:
    """The class and the settings in ``name:setting=number,setting=number``."""
    name, _, rest = text.strip().partition(":")
    if name not in known:
        raise unknown_name(what, name, known)
    allowed = list(inspect.signature(known[name]).parameters)
    settings = {}
    for part in filter(None, rest.split(",")):
        setting, equals, value = part.partition("=")
        if setting.strip() not in allowed:
            raise unknown_name(f"setting of {name}", setting.strip(), allowed)
        try:
            settings[setting.strip()] = float(value)
        except ValueError:
            raise ValueError(f"{setting.strip()} of {what} {name} must be a number, as in {name}:{setting.strip()}=0.5,"
                             f" not {quote(value if equals else 'nothing')}") from None
    return known[name], settings


def _describe_choices(known: Mapping[str, Callable[..., Any]]) -> str:
    """Names with the settings that they have, but the learning rate."""
    found = []
    for name, made in known.items():
        settings = [f"{p.name}={p.default:g}" for p in inspect.signature(made).parameters.values()
                    if p.name != "eta" and p.default is not p.empty]
        found.append(f"{name} ({', '.join(settings)})" if settings else name)
    return ", ".join(found)


def _parse_number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a number, not {quote(text.strip())}") from None


def _count_from_0(text: str) -> int:
    if not text.strip().isdecimal():
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 0, not {quote(text.strip())}")
    return int(text)


def _parse_count(text: str) -> int:
    if not text.strip().isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 1, not {quote(text.strip())}")
    return int(text)
