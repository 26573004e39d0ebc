"""The options of ``train`` and ``predict``, and the optimizer that they describe."""

import argparse
import inspect
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from autograd_lite.internal import quote
from nn import ACTIVATIONS, Training, costs, initializers, optimizers, schedules
from nn.internal import ENGINES, LAYER_ACTIVATIONS, unknown_name

from .csv_arguments import add_csv_options
from .options import Parser, parse_whole, refuse_rest

MODEL = "model.json"
_SETTINGS = "{}: {} (change its settings after a colon, as in {})"
_parse_count = partial(parse_whole, range(1, sys.maxsize), "a whole number of at least 1")
_parse_count_from_0 = partial(parse_whole, range(sys.maxsize), "a whole number of at least 0")


def parse_arguments(command: str, arguments: list[str]) -> argparse.Namespace:
    """The command line of ``train`` or ``predict``. Raises ValueError for what is wrong in it; names the nearest."""
    parser = _add_train() if command == "train" else _add_predict()
    chosen = refuse_rest(parser, arguments)
    chosen.typed = arguments
    for name, value in vars(chosen).items():  # refuse_rest has put a space before what looks like a number
        if isinstance(value, str) and name != "separator":
            setattr(chosen, name, value.strip())
        elif isinstance(value, list) and all(isinstance(word, str) for word in value):
            setattr(chosen, name, [word.strip() for word in value])
    return chosen


def _add_train() -> Parser:
    parser = Parser(prog="autograd-lite train", allow_abbrev=False,
                    description="Train a network on a CSV file. Without --hidden "
                                "the network is its output layer alone: one neuron for one target.",
                    epilog="Exit status: 0; 1 if a number overflowed or is undefined; 2 for bad input; 130 after "
                           "Ctrl-C, which stops training and keeps the best parameters so far. --resume continues a "
                           "run that stopped or was killed.")
    parser.add_argument("file", metavar="FILE", help="the samples, one per row")
    _add_data_options(parser)
    add_csv_options(parser)
    _add_network_options(parser)
    _add_training_options(parser)
    add = parser.add_argument_group("results").add_argument
    add("-o", "--output", metavar="FILE", help=f"where to save the network, during training too [{MODEL}]")
    add("--force", action="store_true", help="replace an existing file of that name")
    add("--resume", metavar="FILE", help="continue the run that wrote this file, on the same samples")
    add("--plot", metavar="FILE", help="plot the costs and the predictions: .svg, .png or .pdf; needs matplotlib")
    add("--json", action="store_true", help="print every number of the training as JSON")
    return parser


def _add_data_options(parser: Parser) -> None:
    add = parser.add_argument_group("data").add_argument
    add("--target", nargs="+", metavar="COLUMN", help="what to predict; a column of text is read as classes")
    add("--inputs", nargs="+", metavar="COLUMN", help="what to predict it from; text becomes 0/1 columns "
        "[all other columns, but text that is nearly always different, and dates]")
    add("--exclude", nargs="+", metavar="COLUMN", help="columns that are not used")
    add("--validation", type=_parse_number, metavar="PART",
        help="the fraction of the samples to hold back for validation, such as 0.2")
    add("--no-standardise", action="store_true", help="do not scale the columns to mean 0 and standard deviation 1")


def _add_network_options(parser: Parser) -> None:
    add = parser.add_argument_group("network").add_argument
    add("--hidden", nargs="+", type=_parse_count, metavar="N", help="the units of each hidden layer, such as 16 16")
    add("--activation", metavar="NAME", help=f"of the hidden layers: {', '.join(ACTIVATIONS)} [tanh]")
    add("--output-activation", metavar="NAME",
        help=f"of the output layer: the same, or {', '.join(LAYER_ACTIVATIONS)} [the one that suits the cost]")
    add("--initializer", metavar="NAME",
        help=f"how weights are drawn: {', '.join(initializers.INITIALIZERS)} [he for the ReLU family, else xavier]")
    add("--seed", type=_parse_count_from_0, metavar="N", help="the same seed gives the same weights and batches [0]")


def _add_training_options(parser: Parser) -> None:
    add = parser.add_argument_group("training").add_argument
    add("--cost", metavar="NAME",
        help=f"{', '.join(costs.COSTS)} [half_squared_error; softmax_cross_entropy for classes]")
    add("--penalty", metavar="NAME", help=f"on the weights: {', '.join(costs.PENALTIES)}")
    add("--penalise", metavar="WHAT", help="what the penalty acts on: weights, or all parameters [weights]")
    add("--lam", type=_parse_number, metavar="λ", help="the strength of the penalty")
    add("--optimizer", metavar="NAME",
        help=_SETTINGS.format("the optimizer", _describe_choices(optimizers.OPTIMIZERS),
                              "adam:beta1=0.8,beta2=0.99") + " [adam]")
    add("--eta", type=_parse_number, metavar="η", help="the learning rate [the optimizer's default]")
    add("--schedule", metavar="NAME", help=_SETTINGS.format(
        "how η changes from epoch to epoch", _describe_choices(schedules.SCHEDULES), "exponential:gamma=0.99"))
    add("--epochs", type=_parse_count, metavar="N",
        help="maximum number of epochs, including those of the resumed run [20 to 1000, for about 100,000 samples in "
             "all; with --resume as before]")
    add("--batch-size", type=_parse_count, metavar="N",
        help="samples per step [all of up to 200 samples, else 32]")
    add("--tolerance", type=_parse_number, metavar="X",
        help="training has converged when the norm of the gradient is at most X [1e-6]")
    add("--patience", type=_parse_count, metavar="N",
        help="stop after N epochs without a lower cost (that of the validation samples, if any)")
    add("--engine", choices=ENGINES, help="what computes: the matrix program that is found in the graph of one sample, "
        "or the scalar graph of every sample, much slower and the same bits everywhere [auto: the first where there is "
        "one; with --resume as before]")
    add("--keep", choices=("last", "best"), help="the parameters to save: those of the last epoch, or of the one with "
        "the lowest cost [last]")


def _add_predict() -> Parser:
    parser = Parser(prog="autograd-lite predict", allow_abbrev=False,
                    description="Print the rows of a CSV file with the network's prediction in the last column. For "
                                "classes, their probabilities stand before it.")
    parser.add_argument("model", metavar="MODEL", help="a network that was saved by train or save")
    parser.add_argument("file", metavar="FILE", help="a CSV file with the columns that the network was trained on")
    parser.add_argument("-o", "--output", metavar="FILE", help="write to FILE, not to the terminal")
    add_csv_options(parser)
    return parser


def make_optimizer(chosen: argparse.Namespace, resumed: Training | None = None) -> optimizers.Optimizer:
    """The optimizer that was typed, with its settings, learning rate and schedule; else that of the resumed run.

    Raises:
        ValueError: an unknown name or setting, or one that is out of range.
    """
    settings: dict[str, Any] = {} if chosen.eta is None else {"eta": chosen.eta}
    kind, typed = _parse_parts("optimizer", chosen.optimizer or "adam", optimizers.OPTIMIZERS)
    if resumed and not chosen.optimizer:
        kind, typed = type(resumed.optimizer), dict(resumed.optimizer.settings)
        eta = settings.get("eta", resumed.optimizer.rate(0))
        typed, settings = {name: value for name, value in typed.items() if name != "eta"}, {"eta": eta}
    if "eta" in typed and settings:
        raise ValueError("the learning rate is given twice, in --optimizer and in --eta; leave one out")
    made: optimizers.Optimizer = kind(**settings | typed)
    if chosen.schedule is None:
        return made
    schedule, of_it = _parse_parts("schedule", chosen.schedule, schedules.SCHEDULES)
    if "eta" in of_it:
        raise ValueError("the learning rate is that of --eta or --optimizer; leave it out of --schedule")
    if schedule is schedules.Cosine:
        of_it.setdefault("epochs", (chosen.epochs or resumed.plan.epochs) - resumed.epoch if resumed else chosen.epochs)
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
