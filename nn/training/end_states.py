"""What the end of a run says about it: one table of states, each recognised from the run, with what to try next.

A row finds its state in an ``Ended`` and says what it saw. A new state is a row, and a test that plants it.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from autograd_lite import Value, topological_order
from autograd_lite.internal import format_number

from ..ground import late_numpy as np
from ..ground.activations import ACTIVATIONS, LAYER_ACTIVATIONS
from ..ground.lifting import set_numbers
from ..networks.module import ForwardPass
from ..networks.objective import Objective, norm
from ..networks.prepared import Samples
from .ended import MOST, Ended
from .history import State, format_count

_FLAT = 1e-10  # a slope below this passes no gradient on
_WIDE = (-1e6, -1e3, -3.0, -2.0, -1.5, -1.25, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0, 1e3, 1e6)
_UNBOUNDED = 1e3


def find_dead_units(passes: Iterable[ForwardPass], with_output: bool) -> dict[int, int]:
    """Layer -> the number of its units whose activation passes no gradient on for any sample."""
    flat: dict[int, list[int]] = {}
    for i, one in enumerate(passes):
        before = flat if i else {l: list(range(len(units))) for l, units in one.pre.items()
                                 if l < max(one.pre) or with_output}
        flat = {l: [j for j in units if _is_flat(one.pre[l][j], one.post[l][j])] for l, units in before.items()}
        if not any(flat.values()):  # most often after a few samples
            return {}
    return {l: len(units) for l, units in flat.items() if units}


def _is_flat(z: Value, a: Any) -> bool:
    """Whether ∂a/∂z is 0, or too small to move a weight. A softmax unit has several operands, and is never flat."""
    return (isinstance(a, Value) and a is not z and len(a.operands) == 1 and a.operands[0] is z
            and all(abs(slope) < _FLAT for slope in a.partials))


def _find_overfitting(run: Ended) -> State | None:
    best, held = run.history.best, run.history.validation
    if not run.is_past_best or run.keep == "best" or run.history.reason in ("patience", "interrupted"):
        return None
    trained = run.history.cost
    if best.epoch and trained[-1] > trained[best.epoch - 1]:
        return None
    return State("overfitted", f"overfitting: the cost of validation was lowest after epoch {best.epoch}, "
                 f"{format_number(best.cost)}, and rose to {format_number(held[-1])} while that of training fell; keep "
                 "the best epoch", {"keep": "best"}, resume=True)


def _find_spent_schedule(run: Ended) -> State | None:
    training = run.history.training
    first = training.optimizer.rate(0)
    if run.converged or training.next_eta > 1e-6 * first:
        return None
    return State("schedule spent", f"the schedule is spent: η is {training.next_eta:g} from now on, so more epochs "
                 "change nothing; resume with a learning rate anew", {"eta": first / 10, "epochs": 2 * training.epoch},
                 resume=True)


def _find_too_few_steps(run: Ended) -> State | None:
    n, epochs = len(run.samples), len(run.history.epochs)
    stuck = run.is_useless and not run.is_past_best and not _find_dead(run) and not _find_out_of_range(run)
    if not run.one_batch or n < 32 or run.history.reason != "epochs" or not (run.still_falls or stuck):
        return None
    if run.is_resumed and run.still_falls:  # it keeps its batches, and may have more epochs
        return None
    what = "the cost still falls" if run.still_falls else "the answers are hardly better than always the same one"
    return State("too few steps", f"too few steps: {n:,} samples are one batch, so {format_count(epochs, 'epoch')} "
                 f"{'is' if epochs == 1 else 'are'} {format_count(epochs, 'step')}, and {what}; try batches of 16",
                 {"batch_size": 16})


def _find_unfinished(run: Ended) -> State | None:
    if run.history.reason != "epochs" or not run.still_falls:
        return None
    return State("unfinished", "the cost still falls: resume with more epochs",
                 {"epochs": 2 * run.history.training.epoch}, resume=True)


def _find_dead(run: Ended) -> State | None:
    try:
        dead = find_dead_units(run.passes, with_output=not run.objective.cost.logits_of)
        last = max(next(run.passes).pre) if dead else 0
        if last in dead and not _misses(run):
            del dead[last]
    except (ArithmeticError, ValueError):  # a number overflows
        return None
    if not dead:
        return None
    first = min(dead)
    width = len(next(run.passes).pre[first])
    count = f"{dead[first]} of the {width} units" if width > 1 else "the unit"
    weights = [[w.data for w in neuron.weights] for neuron in _list_neurons(run.objective.net, first)]
    alike = len(weights) > 1 and all(row == weights[0] for row in weights)  # as with zeros, for which no seed matters
    seed = run.history.training.plan.notes.get("seed") or 0
    return State("dead units", f"dead: {count} of layer {first} {'have' if dead[first] > 1 else 'has'} a slope of 0 "
                 "for every sample, so no gradient reaches the weights before it; start from other weights, "
                 f"{'drawn at random' if alike else 'with a smaller η'}",
                 {"initializer": "xavier"} if alike else {"seed": seed + 1})


def _list_neurons(net: Any, layer: int) -> list[Any]:
    """The units of a layer, counted from 1; none for a network that is not made of layers."""
    layers = getattr(net, "layers", [])
    return list(layers[layer - 1].neurons) if layer <= len(layers) else []


def _misses(run: Ended) -> bool:
    """Whether an output is far from its target: an output that is flat and right is no dead one."""
    pairs = zip(run.passes, run.samples.targets.tolist(), strict=False)
    return any(abs(a.data - y) > 0.1 for one, row in pairs for a, y in zip(one.output, row, strict=True))


def _find_out_of_range(run: Ended) -> State | None:
    name = run.objective.net.output_activation
    if run.objective.cost.targets != "numbers" or name in LAYER_ACTIVATIONS:
        return None
    low, high = find_range(name)
    values = run.samples.targets.ravel().tolist()
    outside = len([v for v in values if not low <= v <= high])
    if not outside:
        return None
    return State("out of range", f"out of reach: the output activation {name} gives {_format_range(low, high)}, and "
                 f"{outside:,} of the {len(values):,} targets lie outside, from {format_number(min(values))} to "
                 f"{format_number(max(values))}; take the identity", {"output_activation": "identity"})


def find_range(name: str) -> tuple[float, float]:
    """The numbers between which the values of an activation lie, from samples of it; infinite where it grows.

    >>> find_range("tanh"), find_range("relu")
    ((-1.0, 1.0), (0.0, inf))
    """
    found = [ACTIVATIONS[name](Value(z)).data for z in _WIDE]
    return (min(found) if min(found) > -_UNBOUNDED else float("-inf"),
            max(found) if max(found) < _UNBOUNDED else float("inf"))


def _format_range(low: float, high: float) -> str:
    return f"at least {low:.3g}" if high == float("inf") else f"{low:.3g} to {high:.3g}"


def _find_detached(run: Ended) -> State | None:
    if run.history.reason != "detached":
        return None
    return State("detached", "a cost must be made of the nodes that it is given: .data, float() and NumPy take a "
                 "number out of the graph", {})


def is_detached(objective: Objective, samples: Samples) -> bool:
    """Whether no parameter is in the graph of the cost of any sample, without the penalty."""
    wanted = {id(p) for p in objective.parameters}
    rows = range(min(MOST, len(samples)))
    return not any(id(node) in wanted for node in topological_order(objective.record_data(samples, rows)))


def _find_constant_inputs(run: Ended) -> State | None:
    columns = run.objective.net.data_preparation.columns
    constant = find_constant(run.samples)
    if not constant or len(run.samples) < 2:
        return None
    names, one = [columns[k] for k in constant], len(constant) == 1
    return State("constant input", f"{', '.join(names[:5])}{', …' * (len(names) > 5)} never "
                 f"var{'ies' if one else 'y'}: nothing can be learned from {'it' if one else 'them'}, and the "
                 f"weight{'' if one else 's'} mean{'s' if one else ''} nothing; leave {'it' if one else 'them'} out",
                 {"exclude": names})


def find_constant(samples: Samples) -> list[int]:
    """The inputs that have one value in all samples, counted from 0."""
    found: list[int] = np.flatnonzero(samples.inputs.min(axis=0) == samples.inputs.max(axis=0)).tolist()
    return found


def _find_unsettled_line(run: Ended) -> State | None:
    away = find_distance(run)
    if away is None or away <= 1e-3:
        return None
    return State("coefficients", f"the coefficients have not converged: they are up to {_format_percent(away)} from "
                 "those of the least cost; resume with more epochs", {"epochs": 10 * run.history.training.epoch},
                 resume=True)


def _format_percent(part: float) -> str:
    return f"{100 * part:,.0f} %" if part > 0.1 else f"{100 * part:.2g} %"


def find_distance(run: Ended) -> float | None:
    """The largest relative distance of a coefficient of a straight line from the least cost; None for other nets.

    The nearest least squares solution is tried: where the gradient of the cost is 0 there, it is a minimum of the cost.
    Coefficients are those in the units of the data. One that matters little, by which the answers change by less than
    a hundredth of the range of the targets, is measured by that hundredth.
    """
    net, objective = run.objective.net, run.objective
    if net.output_activation != "identity" or net.n_outputs != 1 or len(objective.parameters) != net.n_inputs + 1:
        return None
    design = np.column_stack([run.samples.inputs, np.ones(len(run.samples))])
    now = np.array([p.data for p in objective.parameters])
    targets = run.samples.targets[:, 0]
    found = now + np.linalg.lstsq(design, targets - design @ now, rcond=None)[0]
    try:
        set_numbers(objective.parameters, found.tolist())
        least = objective.value(run.samples)
        is_zero = 0 <= least <= 1e-9 * run.history.final_cost  # where a root cost has a kink
        level = 0.0 if is_zero else norm(objective.gradient(run.samples))
    except ArithmeticError:  # a root cost of 0, which has no gradient
        level = 0.0
    finally:
        set_numbers(objective.parameters, now.tolist())
    if level > 1e-8 * max(1.0, float(np.abs(design).max()) ** 2):
        return None
    unit, spread = float(np.ptp(targets)) or 1.0, np.ptp(design[:, :-1], axis=0)
    known = net.data_preparation
    means = np.array(known.mean or [0.0] * len(spread)) / np.array(known.scale or [1.0] * len(spread))
    raised = float((known.target_mean or (0.0,))[0] / (known.target_scale or (1.0,))[0])

    def measure(line: Any) -> Any:  # by the ranges of inputs and targets; inputs that never vary belong to the bias
        fixed = float(np.where(spread == 0, line[:-1] * design[0, :-1], 0.0).sum())
        moved = float(np.where(spread == 0, 0.0, line[:-1] * means).sum())
        return np.append(line[:-1] * spread, raised + line[-1] + fixed - moved) / unit

    least_line = measure(found)
    return float((np.abs(measure(now) - least_line) / np.maximum(np.abs(least_line), 0.01)).max())


def _find_classes_as_numbers(run: Ended) -> State | None:
    known = run.objective.net.data_preparation
    if run.objective.cost.targets != "numbers" or run.objective.net.n_outputs != 1:
        return None
    scale, mean = (known.target_scale or (1.0,))[0], (known.target_mean or (0.0,))[0]
    values = {round(y * scale + mean, 9) for y in run.samples.targets[:, 0].tolist()}
    if values != {0.0, 1.0}:
        return None
    return State("classes as numbers", "the targets are 0 and 1 and were trained as numbers; if they are two classes, "
                 "use the cost of classes", {"cost": "binary_cross_entropy_logits"})


STATES: Mapping[str, Callable[[Ended], State | None]] = {
    "detached": _find_detached,
    "dead units": _find_dead,
    "out of range": _find_out_of_range,
    "classes as numbers": _find_classes_as_numbers,
    "constant input": _find_constant_inputs,
    "overfitted": _find_overfitting,
    "schedule spent": _find_spent_schedule,
    "coefficients": _find_unsettled_line,
    "too few steps": _find_too_few_steps,
    "unfinished": _find_unfinished,
}
"""Name -> what finds the state; those that explain the others come first."""


def find_states(run: Ended) -> tuple[State, ...]:
    """The states of a run, the most important first; none of a run that failed, whose reason says it all.

    More epochs alone are not advised after a state that says more: overfitting, a spent schedule, too few steps.
    """
    if run.failed:
        return ()
    found = [state for find in STATES.values() if (state := find(run)) is not None]
    said = next((i for i, state in enumerate(found) if state.resume or state.name == "too few steps"), len(found))
    return tuple(state for i, state in enumerate(found) if i <= said or set(state.remedy) != {"epochs"})
