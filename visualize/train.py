"""The commands ``train`` and ``predict``: from a CSV file to a network in a file, and from that to predictions."""

import argparse
import csv
import json
import sys
import warnings
from collections.abc import Sequence
from dataclasses import asdict
from io import StringIO
from typing import Any

from autograd_lite import format_number
from nn import (
    MLP,
    Data,
    History,
    Preparation,
    Table,
    TrainingWarning,
    classes_in,
    costs,
    data_of,
    fit,
    labels,
    load,
    read_table,
    write_text,
)

from .figures import check_ending
from .terminal import terminal
from .training_options import MODEL, method

_HE = ("relu", "leaky_relu", "elu", "softplus")
_SETTLED = ("target", "inputs", "no_standardise", "hidden", "activation", "output_activation", "initializer", "cost",
            "penalty", "lam", "optimizer", "eta", "schedule", "batch_size")  # by the run that is gone on with


def train(chosen: argparse.Namespace) -> int:
    """Run the command; returns the exit status: 0, 1 if training could not go on."""
    if chosen.plot:
        check_ending(chosen.plot)
        from .plots import plot_training  # says now, not after the training, that matplotlib is missing
    net = load(chosen.resume) if chosen.resume else None
    data = _data(chosen, net)
    kept, held = data.split(chosen.validation, chosen.seed) if chosen.validation is not None else (data, None)
    net, cost = (net, None) if net is not None else _network(chosen, kept)
    epochs = chosen.epochs or min(1000, max(20, 40_000 // len(kept.X)))
    chosen.epochs = epochs
    settings: dict[str, Any] = {} if chosen.resume else {
        "standardise": not chosen.no_standardise,
        "cost": cost, "optimizer": method(chosen), "penalty": chosen.penalty, "lam": chosen.lam,
        "batch_size": chosen.batch_size or (32 if len(kept.X) > 200 else None)}
    output = chosen.output or chosen.resume or MODEL
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TrainingWarning)  # said below
        history = fit(net, kept.X, kept.Y, **settings, epochs=epochs, tolerance=chosen.tolerance, seed=chosen.seed,
                      patience=chosen.patience, validation=None if held is None else (held.X, held.Y),
                      checkpoint=output, resume=chosen.resume)
    written = [str(output)]
    if chosen.plot:
        written.append(str(plot_training(net, history, data.X, data.Y).save(chosen.plot)))
    parts = {"training": kept} | ({} if held is None else {"held back": held})
    scores = {part: _scores(net, history, samples) for part, samples in parts.items()}
    if chosen.json:
        print(json.dumps(_report(net, history, kept, scores, written), ensure_ascii=False, indent=2, allow_nan=False))
    else:
        _say(chosen, net, history, kept, scores, written)
    return {"diverged": 1, "undefined": 1, "interrupted": 130}.get(history.reason, 0)


def predict(chosen: argparse.Namespace) -> int:
    """Run the command; returns the exit status."""
    net, table = load(chosen.model), read_table(chosen.file)
    known = net.preparation or Preparation.none(net.n_inputs)
    columns: Sequence[str] = known.columns
    if net.preparation is None and not set(columns) <= set(table.header) and len(table.header) == len(columns):
        columns = table.header  # a network that was trained without names takes the columns in their order
    if chosen.skip_missing:
        table = _without_missing(table, columns)
    rows = table.numbers(columns)
    answers: list[list[float]] = net.predict(rows).tolist() if rows else []
    classes: list[str] = net.classify(rows).tolist() if rows and known.classes else []
    titles, cells = _answers(net, known, answers, classes)
    titles = [_free(title, table.header) for title in titles]
    buffer = StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([*table.header, *titles])
    writer.writerows([*row, *more] for row, more in zip(table.rows, cells, strict=True))
    if chosen.output:
        print(f"wrote {write_text(chosen.output, buffer.getvalue())}", file=sys.stderr)
    else:
        print(buffer.getvalue(), end="")
    return 0


def _data(chosen: argparse.Namespace, net: MLP | None) -> Data:
    """The samples in the file; the columns are those of the run that is gone on with, if one is."""
    table = read_table(chosen.file)
    targets, inputs = chosen.target, chosen.inputs
    if net is not None:
        again = [option for option in _SETTLED if getattr(chosen, option)]
        if again:
            raise ValueError(f"--{again[0].replace('_', '-')} cannot be given with --resume, which goes on with the "
                             "network and the settings of the run before")
        if net.preparation is None:
            raise ValueError(f"{chosen.resume} knows no columns; it was not written by train")
        targets, inputs = list(net.preparation.targets), list(net.preparation.columns)
    elif not targets:
        raise ValueError(f"say which column to predict, as in --target {table.header[-1]}; {chosen.file} has "
                         f"{', '.join(table.header)}")
    if chosen.skip_missing:
        table = _without_missing(table, [*(inputs or [c for c in table.header if c not in targets]), *targets])
    return data_of(table, targets, inputs)


def _without_missing(table: Table, columns: Sequence[str]) -> Table:
    rows = table.missing(columns)
    if rows:
        lines = ", ".join(str(table.lines[i]) for i in rows[:5]) + (", …" if len(rows) > 5 else "")
        print(f"autograd-lite: {len(rows)} of {len(table.rows)} rows have empty cells and are left out (lines {lines})",
              file=sys.stderr)
    return table.without(rows)


def _network(chosen: argparse.Namespace, data: Data) -> tuple[MLP, str]:
    """A new network for the data, and the name of its cost."""
    names = data.Y.dtype.kind not in "fiu"
    cost = costs.named(chosen.cost or ("softmax_cross_entropy" if names else "half_squared_error"))
    classes: tuple[str, ...] = ()
    if names or cost.targets == "classes":
        if len(data.targets) > 1:
            raise ValueError(f"{cost.name} takes one column with classes, and {len(data.targets)} are given")
        classes = classes_in(data.Y)
    if names and cost.targets == "numbers":
        raise ValueError(f"{cost.name} compares numbers, and column {data.targets[0]!r} holds text; "
                         "take softmax_cross_entropy")
    single = names and cost.targets == "probabilities"
    if single and len(classes) != 2:
        raise ValueError(f"{cost.name} takes two classes, and column {data.targets[0]!r} has {len(classes)}; "
                         "take softmax_cross_entropy")
    n_outputs = len(classes) if classes and not single else len(data.targets)
    fitting = cost.logits_of or ("sigmoid" if cost.targets == "probabilities" else "identity")
    output = chosen.output_activation or fitting
    activation = chosen.activation or "tanh"
    net = MLP(data.X.shape[1], [*(chosen.hidden or ()), n_outputs], activation, output, chosen.seed,
              initializer=chosen.initializer or ("he" if activation in _HE else "xavier"))
    net.preparation = Preparation(data.columns, data.targets)
    return net, cost.name


def _scores(net: MLP, history: History, data: Data) -> dict[str, Any]:
    """How well it answers: the part that is right, of classes; else the error in the units of the targets."""
    import numpy as np

    cost, known = costs.named(history.training.cost), net.preparation
    if cost.targets == "numbers":
        errors = np.abs(net.predict(data.X) - data.Y)
        return {"samples": len(data.X), "root_mean_square_error": float(np.sqrt(np.mean(errors**2))),
                "largest_error": float(errors.max())}
    if known is None or not known.classes:
        return {"samples": len(data.X)}  # several outputs, each a probability of its own
    return {"samples": len(data.X), "right": float(np.mean([
        found == name for found, name in zip(labels(net.classify(data.X)), labels(data.Y), strict=True)]))}


def _report(net: MLP, history: History, data: Data, scores: dict[str, Any], written: list[str]) -> dict[str, Any]:
    return {
        "network": _shape(net), "inputs": data.columns, "targets": data.targets, "cost": history.training.cost,
        "optimizer": repr(history.training.optimizer), "reason": history.reason, "stopped": history.stopped,
        "final_cost": None if history.final_cost != history.final_cost else history.final_cost, "scores": scores,
        "best_epoch": history.best.epoch, "epochs": [asdict(epoch) for epoch in history.epochs], "written": written,
    }


def _say(chosen: argparse.Namespace, net: MLP, history: History, data: Data, scores: dict[str, Any],
         written: list[str]) -> None:
    """What was trained, why it stopped, how well it answers, and what to do next."""
    console = terminal()
    cost = costs.named(history.training.cost)
    unit = " (of standardised numbers)" if net.preparation and net.preparation.target_scale else ""
    of_what = f"{', '.join(data.targets)} from {_listed(data.columns)}"
    lines = [
        f"{of_what}: a {_shape(net)} network on {len(data.X)} samples of {chosen.file}",
        f"C = {cost.formula}, minimised by {history.training.optimizer.name.replace('_', ' ')}",
        history.stopped,
        f"C = {format_number(history.final_cost)}{unit}",
    ]
    for part, score in scores.items():
        of = f"{score['samples']} samples {'held back' if part == 'held back' else 'trained on'}"
        if "right" in score:
            lines.append(f"right: {100 * score['right']:.1f} % of {of}")
        elif "largest_error" in score:
            lines.append(f"error: {format_number(score['root_mean_square_error'])} root mean square, "
                         f"{format_number(score['largest_error'])} at most, of {of}")
    lines += [] if (line := _line(net, data)) is None else [line]
    lines.append(f"wrote {' and '.join(written)}; next: autograd-lite "
                 + (f"train {chosen.file} --resume {written[0]}" if history.reason == "interrupted" else
                    f"predict {written[0]} {chosen.file}"))
    for line in lines:
        console.print(line, markup=False, highlight=False)


def _line(net: MLP, data: Data) -> str | None:
    """The straight line that a network without hidden layers has learned, in the units of the data."""
    known = net.preparation
    straight = len(net.layers) == 1 and net.output_activation == "identity" and len(data.targets) == 1
    if not straight or known is None or known.classes or len(data.columns) > 8:
        return None
    scale, mean = known.scale or (1.0,) * len(data.columns), known.mean or (0.0,) * len(data.columns)
    out, at = (known.target_scale or (1.0,))[0], (known.target_mean or (0.0,))[0]
    weights = [out * w.data / s for w, s in zip(net.weights_alone(), scale, strict=True)]
    bias = at + out * net.parameters()[-1].data - sum(w * m for w, m in zip(weights, mean, strict=True))
    terms = [f"{w:.6g}·{name}" for w, name in zip(weights, data.columns, strict=True)]
    return f"{data.targets[0]} = {' + '.join([*terms, f'{bias:.6g}'])}".replace("+ -", "− ").replace("= -", "= −")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= 8 else f"{', '.join(names[:6])}, … ({len(names)} columns)"


def _shape(net: MLP) -> str:
    return "-".join(str(n) for n in (net.n_inputs, *(len(layer.neurons) for layer in net.layers)))


def _answers(net: MLP, known: Preparation, outputs: list[list[float]],
             classes: list[str]) -> tuple[list[str], list[list[Any]]]:
    """Titles of the added columns, and their cells: probabilities before the class that is predicted."""
    if known.classes:
        named = known.classes if net.n_outputs > 1 else [known.classes[known.of_class]]
        return [*(f"P({name})" for name in named), "prediction"], [
            [*row, name] for row, name in zip(outputs, classes, strict=True)]
    count = net.n_outputs
    targets = known.targets if len(known.targets) == count else tuple(str(k) for k in range(1, count + 1))
    return (["prediction"] if count == 1 else [f"prediction_{name}" for name in targets]), outputs


def _free(title: str, taken: Sequence[str]) -> str:
    while title in taken:
        title += "_"
    return title
