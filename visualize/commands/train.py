"""The command ``train``: from a CSV file to a network in a file."""

import argparse
import json
import sys
import warnings
from collections.abc import Sequence
from dataclasses import asdict
from math import hypot, isfinite, sqrt
from pathlib import Path
from typing import Any

from autograd_lite import OPERATIONS
from autograd_lite.internal import add_floats, format_number
from nn import MLP, Data, History, Preparation, TrainingWarning, costs, fit, load, load_training
from nn.internal import class_names, classes_in, format_count, to_data

from ..console import make_console
from ..plots.figures import check_ending
from .csv_arguments import READING, note_reading, read_as, require_other_path
from .training_options import MODEL, make_optimizer

_SETTLED = ("target", "inputs", "no_standardise", "hidden", "activation", "output_activation", "initializer", "cost",
            "penalty", "lam", "optimizer", "eta", "schedule", "batch_size", "validation", "seed", "exclude",
            "missing_values", *READING)


def run_train(chosen: argparse.Namespace) -> int:
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
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        net, data, settings = _resume(chosen) if chosen.resume else _start(chosen)
    for warning in said:
        print(f"autograd-lite: {warning.message}", file=sys.stderr)
    part, seed = settings["notes"]["validation"], settings["notes"]["seed"]
    kept, held = (data, None) if part is None else data.split(part, seed)
    if not chosen.resume:
        few = len(kept.X) <= 200
        chosen.epochs = chosen.epochs or min(1000, max(20, 100_000 // len(kept.X)))
        settings |= {"optimizer": make_optimizer(chosen), "batch_size": chosen.batch_size or (None if few else 32),
                     "seed": seed}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TrainingWarning)  # said below
        history = fit(net, kept, **(settings if not chosen.resume else {"resume": settings["resume"]}),
                      epochs=chosen.epochs, tolerance=chosen.tolerance, patience=chosen.patience,
                      validation=held, checkpoint=output)
    written = [str(output)]
    if chosen.plot:
        written.append(str(plot_training(net, history, data.X, data.Y).save(chosen.plot)))
    parts = {"training": kept} | ({} if held is None else {"validation": held})
    scores = {name: _compute_scores(net, history, samples) for name, samples in parts.items()}
    if chosen.json:
        print(json.dumps(_report(net, history, kept, scores, written), ensure_ascii=False, indent=2, allow_nan=False))
    else:
        _print_run(chosen, net, history, kept, scores, written)
    return {"diverged": 1, "undefined": 1, "interrupted": 130}.get(history.reason, 0)


def _resume(chosen: argparse.Namespace) -> tuple[MLP, Data, dict[str, Any]]:
    """The network, the samples and the settings of the resumed run."""
    again = [option for option in _SETTLED if getattr(chosen, option) not in (None, False)]
    if again:
        raise ValueError(f"--{again[0].replace('_', '-')} cannot be given with --resume: the resumed run has "
                         "its own")
    net, training = load(chosen.resume), load_training(chosen.resume)
    notes: dict[str, Any] = {"validation": None, "seed": None} | dict(training.plan.notes)
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
             "reading": note_reading(chosen)}
    return net, data, {"cost": cost, "penalty": chosen.penalty, "lam": chosen.lam or 0.0, "notes": notes,
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


def _compute_scores(net: MLP, history: History, data: Data) -> dict[str, Any]:
    """How well it answers: the part that is right, of classes; else the error in the units of the targets."""
    cost, known = costs.find_cost(history.training.plan.cost), net.data_preparation
    found: dict[str, Any] = {"samples": len(data.X)}
    try:
        if cost.targets == "numbers":
            errors = [abs(e) for e in (net.predict(data.X) - data.Y).ravel().tolist()]
            return found | {"root_mean_square_error": hypot(*errors) / sqrt(len(errors)), "largest_error": max(errors)}
        if known.classes:
            pairs = zip(class_names(net.classify(data.X)), class_names(data.Y), strict=True)
            return found | {"right": sum(answer == name for answer, name in pairs) / len(data.X)}
    except ArithmeticError:  # after a run that failed at once
        pass
    return found  # several outputs, each a probability of its own


def _report(net: MLP, history: History, data: Data, scores: dict[str, Any], written: list[str]) -> dict[str, Any]:
    return {
        "network": _format_shape(net), "inputs": data.columns, "targets": data.targets,
            "cost": history.training.plan.cost,
        "optimizer": repr(history.training.optimizer), "reason": history.reason, "stopped": history.stopped,
        "final_cost": history.final_cost if isfinite(history.final_cost) else None, "scores": scores,
        "best_epoch": history.best.epoch, "epochs": [asdict(epoch) for epoch in history.epochs], "written": written,
    }


def _print_run(chosen: argparse.Namespace, net: MLP, history: History, data: Data, scores: dict[str, Any],
               written: list[str]) -> None:
    """What was trained, why it stopped, how well it answers, and what to do next."""
    console, plan, known = make_console(), history.training.plan, net.data_preparation
    penalty = f" + {costs.PENALTIES[plan.penalty].formula}" if plan.penalty else ""
    unit = " (of standardised numbers)" if known.target_scale else ""
    lines = [
        (f"{_join_words(data.targets)} from {_join_words(data.columns)}: a {_format_shape(net)} network on "
         f"{format_count(len(data.X), 'sample')} of {chosen.file}"),
        *([f"{len(known.classes)} classes: {_join_words(known.classes)}"] if known.classes else []),
        (f"C = {costs.find_cost(plan.cost).formula}{penalty}, minimised by "
         f"{history.training.optimizer.name.replace('_', ' ')}"),
        history.stopped,
    ]
    if isfinite(history.final_cost) and not (history.failed and history.best.epoch == 0):
        lines.append(f"C = {format_number(history.final_cost)}{unit}")
        lines += filter(None,
                        [*(_describe_scores(part, score) for part, score in scores.items()), _describe_line(net, data)])
    comparable = costs.find_cost(plan.cost).over == "mean" or plan.batch_size is None
    if history.reason == "epochs" and comparable and history.final_cost > history.cost[0]:
        lines.append("the cost is higher than it was at first: try a smaller --eta")
    here, model = chosen.file, written[0]
    again = f"train {here} --resume {model}"
    further = f"predict {model} {here}"
    if history.reason == "interrupted":
        further = again
    elif history.reason == "epochs":
        further += f"  or by  {again} --epochs {2 * history.training.epoch}"
    lines.append(f"wrote {' and '.join(written)}")
    if not history.failed:
        lines.append(f"next: the same command followed by  {further}")
    for line in lines:
        console.print(line, markup=False, highlight=False)


def _describe_scores(part: str, score: dict[str, Any]) -> str:
    of = f"{format_count(score['samples'], 'sample')} {'of validation' if part == 'validation' else 'trained on'}"
    if "right" in score:
        return f"right: {100 * score['right']:.1f} % of {of}"
    if "largest_error" in score:
        return (f"error: {format_number(score['root_mean_square_error'])} root mean square, "
                f"{format_number(score['largest_error'])} at most, of {of}")
    return ""


def _describe_line(net: MLP, data: Data) -> str:
    """The straight line that a network without hidden layers has learned, in the units of the data."""
    known = net.data_preparation
    straight = len(net.layers) == 1 and net.output_activation == "identity" and len(data.targets) == 1
    if not straight or known.classes or len(data.columns) > 8:
        return ""
    scale, mean = known.scale or (1.0,) * len(data.columns), known.mean or (0.0,) * len(data.columns)
    out, at = (known.target_scale or (1.0,))[0], (known.target_mean or (0.0,))[0]
    weights = [out * w.data / s for w, s in zip(net.weights_alone(), scale, strict=True)]
    bias = at + out * net.parameters()[-1].data - add_floats(w * m for w, m in zip(weights, mean, strict=True))
    terms = [f"{w:.6g}·{name}" for w, name in zip(weights, data.columns, strict=True)]
    return f"{data.targets[0]} = {' + '.join([*terms, f'{bias:.6g}'])}".replace("+ -", "− ").replace("= -", "= −")


def _join_words(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= 8 else f"{', '.join(names[:6])}, … ({len(names)} in all)"


def _format_shape(net: MLP) -> str:
    """2-16-16-1: the number of inputs, and of units by layer."""
    return "-".join(str(n) for n in (net.n_inputs, *(layer.n_outputs for layer in net.layers)))
