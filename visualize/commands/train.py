"""The command ``train``: from a CSV file to a network in a file."""

import argparse
import json
import shlex
import sys
import warnings
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from autograd_lite import OPERATIONS
from nn import MLP, Data, Preparation, TrainingWarning, costs, fit, load, load_training
from nn.internal import classes_in, compute_scores, estimate_seconds, read_bytes, to_data

from ..plots.figures import check_ending
from .csv_arguments import READING, note_reading, read_as, require_other_path, say_warnings
from .training_options import MODEL, make_optimizer
from .training_report import describe_duration, make_report, print_run

_SETTLED = ("target", "inputs", "no_standardise", "hidden", "activation", "output_activation", "initializer", "cost",
            "penalty", "lam", "penalise", "batch_size", "validation", "seed", "exclude", "missing_values", *READING)

_CHANGEABLE = ("optimizer", "eta", "schedule")


def run(chosen: argparse.Namespace) -> int:
    """Run the command; returns the exit status: 0, 1 if training could not go on, 130 if it was interrupted."""
    output = chosen.output or chosen.resume or MODEL
    if chosen.plot:
        check_ending(chosen.plot)
        from ..plots.training_plots import plot_training  # says now, not after the training, that matplotlib is missing
        if not Path(chosen.plot).parent.is_dir():
            raise FileNotFoundError(f"cannot write {chosen.plot}: there is no folder {Path(chosen.plot).parent}; "
                                    "name another file")
        require_other_path(output, chosen.plot, "--plot")
        require_other_path(chosen.file, chosen.plot, "--plot")
    require_other_path(chosen.file, output, "-o")
    with say_warnings():
        net, data, settings = _resume(chosen) if chosen.resume else _start(chosen)
    notes = settings["notes"]
    kept, held = _split_data(data, notes)
    if not chosen.resume:
        few = len(kept.X) <= 200
        chosen.epochs = chosen.epochs or min(1000, max(20, 100_000 // len(kept.X)))
        settings |= {"batch_size": chosen.batch_size or (None if few else 32), "seed": notes["seed"]}
    if not chosen.resume or chosen.optimizer or chosen.eta is not None or chosen.schedule:
        settings["optimizer"] = make_optimizer(chosen, settings.get("resume"))
    settings |= {"epochs": chosen.epochs, "engine": chosen.engine or "auto"}
    _check_output(output, chosen, notes, chosen.epochs or settings["resume"].plan.epochs)
    seconds = estimate_seconds(net, kept, settings)
    if not chosen.json and (what := describe_duration(settings, len(kept.X), seconds)):
        print(what, flush=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TrainingWarning)  # said below
        history = fit(net, kept, **({name: value for name, value in settings.items() if name != "notes"}
                                    if chosen.resume else settings), tolerance=chosen.tolerance,
                      patience=chosen.patience, keep=chosen.keep, validation=held, checkpoint=output)
    written = [] if history.unsaved else [str(output)]
    troubles = [history.unsaved] if history.unsaved else []
    if chosen.plot:
        try:
            written.append(str(plot_training(net, history, kept.X, kept.Y, validation=held).save(chosen.plot)))
        except OSError as error:  # the training is not lost with its picture
            troubles.append(str(error))
    if chosen.json:
        cost = costs.find_cost(history.training.plan.cost)
        parts = {"training": kept} | ({} if held is None else {"validation": held})
        scores = {name: compute_scores(net, cost, part.X, part.Y, kept.Y, name) for name, part in parts.items()}
        print(json.dumps(make_report(net, history, kept, scores, written), ensure_ascii=False, indent=2,
                         allow_nan=False))
    else:
        print_run(chosen, net, history, kept, written)
    for trouble in troubles:
        print(f"autograd-lite: {trouble}", file=sys.stderr)
    if history.unsaved:
        return 2
    return {"diverged": 1, "undefined": 1, "interrupted": 130}.get(history.reason, 0)


def _split_data(data: Data, notes: dict[str, Any]) -> tuple[Data, Data | None]:
    """The samples that are trained on, and those held back. Rows that came after the run began are trained on."""
    if notes["validation"] is None:
        return data, None
    import numpy as np

    first = min(notes.get("rows", len(data.X)), len(data.X))
    kept, held = replace(data, X=data.X[:first], Y=data.Y[:first]).split(
        notes["validation"], notes["seed"], notes["stratify"])
    return replace(kept, X=np.concatenate([kept.X, data.X[first:]]), Y=np.concatenate([kept.Y, data.Y[first:]])), held


def _check_output(output: str, chosen: argparse.Namespace, notes: dict[str, Any], epochs: int) -> None:
    """Raise, before anything is trained, where the model would replace that of another run, or cannot be written.

    The same command on the same file gives the same model, so nothing is lost with the older one.
    """
    path = Path(output)
    if not path.parent.is_dir():
        raise FileNotFoundError(f"cannot write {output}: No such file or directory; name another file")
    resumed = chosen.resume and Path(chosen.resume).resolve() == path.resolve()
    if not path.is_file() or resumed or chosen.force:
        return
    try:
        before = load_training(output)
    except (ValueError, OSError):
        raise FileExistsError(f"{output} exists and holds something else: name another file with -o, or add --force to "
                              "replace it") from None
    if before.plan.notes != notes or before.phases or before.epoch > epochs:
        raise FileExistsError(f"{output} exists, with the model of another run: add --force to replace it, or -o to "
                              f"write another file; --resume {shlex.quote(output)} goes on with it")


def _resume(chosen: argparse.Namespace) -> tuple[MLP, Data, dict[str, Any]]:
    """The network, the samples and the settings of the resumed run."""
    again = [option for option in _SETTLED if getattr(chosen, option) not in (None, False)]
    if again:
        raise ValueError(f"--{again[0].replace('_', '-')} cannot be given with --resume: the resumed run has "
                         "its own")
    net, training = load(chosen.resume), load_training(chosen.resume)
    notes: dict[str, Any] = {"validation": None, "seed": None, "stratify": False} | dict(training.plan.notes)
    known = net.data_preparation
    if not known.targets:
        raise ValueError(f"{chosen.resume} has no names of columns, since it was trained in Python without them; "
                         "resume it there: fit(net, X, Y, resume=…)")
    before = "skip" if notes.get("skip_missing") else "refuse"  # as runs before there was a choice
    data = to_data(read_as(chosen.file, notes.get("reading", {})), known.targets,
                   missing_values=notes.get("missing_values", before), encodings=known.sources)
    return net, data, {"resume": training, "notes": notes}


def _start(chosen: argparse.Namespace) -> tuple[MLP, Data, dict[str, Any]]:
    """A new network, the samples in the file, and the settings that were typed."""
    table = read_as(chosen.file, note_reading(chosen))
    if not chosen.target:
        raise ValueError(f"say which column to predict, as in --target {table.names[-1]}; {chosen.file} has "
                         f"{', '.join(table.names)}")
    if chosen.activation and not chosen.hidden:
        raise ValueError("--activation is that of the hidden layers, and there are none; add them, as in "
                         "--hidden 16 16")
    missing_values = chosen.missing_values or "few"
    data = to_data(table, chosen.target, chosen.inputs, chosen.exclude or (), missing_values)
    net, cost = _make_network(chosen, data)
    notes = {"validation": chosen.validation, "seed": chosen.seed or 0, "missing_values": missing_values,
             "reading": note_reading(chosen), "rows": len(data.X), "stratify": bool(net.data_preparation.classes),
             "settings": {name: getattr(chosen, name) for name in (*_SETTLED, *_CHANGEABLE)},
             "file": sha256(read_bytes(chosen.file)).hexdigest()}
    return net, data, {"cost": cost, "penalty": chosen.penalty, "lam": chosen.lam or 0.0, "notes": notes,
                       "penalise": chosen.penalise,
                       "standardise": not chosen.no_standardise}


def _make_network(chosen: argparse.Namespace, data: Data) -> tuple[MLP, str]:
    """A new network for the data, and the name of its cost."""
    names = data.Y.dtype.kind not in "fiu"
    cost = costs.find_cost(chosen.cost or ("softmax_cross_entropy" if names else "half_squared_error"))
    classes: tuple[str, ...] = ()
    if names or cost.targets == "classes":
        if len(data.targets) > 1:
            raise ValueError(f"{cost.name} takes one column with classes, and {len(data.targets)} are given")
        classes = classes_in(data.Y)  # whether they suit the cost, fit says
    n_outputs = len(classes) if cost.targets == "classes" else len(data.targets)
    fitting = cost.output_activation
    activation = chosen.activation or "tanh"
    rectifies = activation in OPERATIONS and OPERATIONS[activation].rectifies  # softmax has no row
    initializer = chosen.initializer or ("he" if rectifies else "xavier")
    net = MLP(data.X.shape[1], [*(chosen.hidden or ()), n_outputs], activation, chosen.output_activation or fitting,
              chosen.seed or 0, initializer=initializer)
    net.preparation = Preparation(data.columns, data.targets, classes=classes)  # the validation part may lack one
    return net, cost.name
