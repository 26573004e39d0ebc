"""What the command ``train`` says before and after the training, as text and as data."""

import argparse
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from math import isfinite
from typing import Any

from autograd_lite.internal import add_floats, format_number
from nn import MLP, Data, History, costs
from nn.internal import Scores, format_count

from ..console import make_console


def describe_duration(settings: Mapping[str, Any], samples: int, seconds: float | None) -> str:
    """What is about to be run, and how long it takes at most; empty if a resumed run has no epochs left."""
    resumed = settings.get("resume")
    done = resumed.epoch if resumed else 0
    epochs = settings["epochs"] or (resumed.plan.epochs if resumed else 0)
    if epochs <= done:
        return ""
    what = f"up to {format_count(epochs - done, 'epoch')} of {format_count(samples, 'sample')}"
    if seconds is None:
        return what
    longest = ("a second" if seconds < 1 else f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
               if seconds < 6000 else f"{seconds / 3600:.1f} h")
    return f"{what}: about {longest} at most"


def make_report(net: MLP, history: History, data: Data, scores: Mapping[str, Scores | None],
                written: list[str]) -> dict[str, Any]:
    return {
        "network": format_shape(net), "inputs": data.columns, "targets": data.targets,
        "cost": history.training.plan.cost, "optimizer": repr(history.training.optimizer), "reason": history.reason,
        "engine": history.engine, "why_engine": history.why_engine,
        "stopped": history.stopped, "final_cost": history.final_cost if isfinite(history.final_cost) else None,
        "scores": {part: _write_scores(score) for part, score in scores.items()},
        "states": [asdict(state) for state in history.states], "best_epoch": history.best.epoch,
        "epochs": [asdict(epoch) for epoch in history.epochs], "written": written,
    }


def _write_scores(score: Scores | None) -> dict[str, Any] | None:
    return None if score is None else {"samples": score.samples, **score.measures, "baseline": score.baseline,
                      "constant": score.constant or None}


def print_run(chosen: argparse.Namespace, net: MLP, history: History, data: Data, written: list[str]) -> None:
    """What was trained, why it stopped, how well it answers, what the end says, and what to do next."""
    console, plan, known = make_console(), history.training.plan, net.data_preparation
    penalty = f" + {costs.PENALTIES[plan.penalty].formula}" if plan.penalty else ""
    over = " over all parameters" if plan.penalise == "all" else ""
    unit = " (of standardised numbers)" if known.target_scale else ""
    lines = [
        (f"{_join_words(_bracket(data.targets))} from {_join_words(_bracket(data.columns))}: a {format_shape(net)} "
         f"network on {format_count(len(data.X), 'sample')} of {chosen.file}"),
        *([f"{len(known.classes)} classes: {_join_words(known.classes)}"] if known.classes else []),
        (f"C = {costs.find_cost(plan.cost).formula}{penalty}{over}, minimised by "
         f"{history.training.optimizer.name.replace('_', ' ')}"),
        *(f"from epoch {phase.epoch + 1} on: {phase.change}" for phase in history.training.phases),
        history.stopped,
        history.describe_engine(),
    ]
    if isfinite(history.final_cost) and not (history.failed and history.best.epoch == 0):
        lines += [f"C = {format_number(history.final_cost)}{unit}",
                  *([str(history.scores)] if history.scores else []),
                  *filter(None, [_describe_line(net, history, data)])]
    comparable = costs.find_cost(plan.cost).over == "mean" or plan.batch_size is None
    if history.reason == "epochs" and comparable and history.final_cost > history.cost[0]:
        lines.append("the cost is higher than it was at first: try a smaller --eta")
    anew = "in a new run: " if chosen.resume else ""
    lines += [state.sentence + (f" ({'' if state.resume else anew}{_format_options(state.remedy)})" if state.remedy
                                else "") for state in history.states]
    if written:
        lines.append(f"wrote {' and '.join(written)}")
    lines += _find_next(chosen, history, written)
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=line.startswith(_NEXT))


_NEXT = "next: the same command followed by  "


def _find_next(chosen: argparse.Namespace, history: History, written: list[str]) -> list[str]:
    """The line that says what to type next, as the first state of the end wants it."""
    if history.failed or history.unsaved:
        return []
    here, model = shlex.quote(chosen.file), shlex.quote(written[0])
    again, predict = f"train {here} --resume {model}", f"predict {model} {here}"
    if history.reason == "interrupted":
        return [_NEXT + again]
    wanted = next((state for state in history.states if state.remedy and (state.resume or not chosen.resume)), None)
    if wanted is None:
        return [_NEXT + predict]
    options = _format_options(wanted.remedy)
    if wanted.resume:
        return [f"{_NEXT}{predict}  or by  {again} {options}"]
    typed = _drop_options(chosen.typed, {"--force", *options.split()})
    return [f"{_NEXT}train {shlex.join(typed)} {options} --force"]


def _drop_options(typed: Sequence[str], dropped: set[str]) -> list[str]:
    """The command line without some options and what belongs to them; the file stands before the options or among them.

    >>> _drop_options(["a.csv", "--seed", "1", "--hidden", "4", "4", "--force"], {"--seed", "--force"})
    ['a.csv', '--hidden', '4', '4']
    """
    kept, drops = [], False
    for word in (word.strip() for word in typed):
        drops = word.partition("=")[0] in dropped if word.startswith("--") else drops
        kept += [] if drops else [word]
    return kept


def _format_options(remedy: Mapping[str, Any]) -> str:
    """Arguments as options of the command."""
    words = [(f"--{name.replace('_', '-')}", value if isinstance(value, list) else [f"{value:g}" if isinstance(
        value, float) else str(value)]) for name, value in remedy.items()]
    return " ".join(shlex.join([option, *values]) for option, values in words)


def _describe_line(net: MLP, history: History, data: Data) -> str:
    """The straight line that a network without hidden layers has learned, in the units of the data."""
    known = net.data_preparation
    straight = len(net.layers) == 1 and net.output_activation == "identity" and len(data.targets) == 1
    if not straight or known.classes or len(data.columns) > 8:
        return ""
    scale, mean = known.scale or (1.0,) * len(data.columns), known.mean or (0.0,) * len(data.columns)
    out, at = (known.target_scale or (1.0,))[0], (known.target_mean or (0.0,))[0]
    weights = [out * w.data / s for w, s in zip(net.weights_alone(), scale, strict=True)]
    bias = at + out * net.parameters()[-1].data - add_floats(w * m for w, m in zip(weights, mean, strict=True))
    unsettled = history.failed or "coefficients" in {state.name for state in history.states}
    equals, digits = ("≈", 2) if unsettled else ("=", 5)  # digits that the end of the run bears
    varies = data.X.min(axis=0) < data.X.max(axis=0)  # the weight of an input that never varies means nothing
    terms = [f"{w:.{digits}g}·{name}" for w, name, has in zip(weights, _bracket(data.columns), varies, strict=True)
             if has]
    bias += add_floats(w * x for w, x, has in zip(weights, data.X[0].tolist(), varies, strict=True) if not has)
    return f"{_bracket(data.targets)[0]} {equals} {' + '.join([*terms, f'{bias:.{digits}g}'])}".replace(
        "+ -", "− ").replace(f"{equals} -", f"{equals} −")


def _bracket(names: Sequence[str]) -> list[str]:
    """The names of columns, in brackets where one could be read as two: side=right and "len, cm" are one name each."""
    return [f"[{name}]" if set("= +-·,") & set(name) else name for name in names]


def _join_words(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= 8 else f"{', '.join(names[:6])}, … ({len(names)} in all)"


def format_shape(net: MLP) -> str:
    """2-16-16-1: the number of inputs, and of units by layer."""
    return "-".join(str(n) for n in (net.n_inputs, *(layer.n_outputs for layer in net.layers)))
