"""Judges a program: conventions first, then its arrays, then what it does when it is called in other ways."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

from ....costs import Cost
from ..comparing.array_activations import list_outputs
from ..comparing.hidden_penalty import find_hidden_penalty
from ..comparing.numeric import Slope, agrees_with_cost, find_slope
from ..comparing.probes import are_same, has_chance
from ..comparing.rates import find_rates
from ..comparing.reference import BINARY, CLASSES, EPSILONS, INSIDE, LARGE_EPSILONS, list_gradients
from ..comparing.rightness import Reading, Wanted, find_reading, list_activations
from ..running.depths import find_written_depth
from ..running.layouts import Layout
from ..running.networks import SAMPLES, TARGETS, Net, find_seed, make_net
from ..running.orders import find_orders, reorder
from ..running.program import Program, StoppedError
from ..running.trials import Trial, list_trials, try_layout
from .explaining import explain_program
from .judgement import Judgement
from .nearly import explain_nearly_right
from .search import count_reachable

_CHECKED = 4  # trials whose derivative is compared with the program's own cost


def judge(program: Program, wanted: Wanted, layers: int | Sequence[int] | None) -> Judgement:
    """Judge the arrays of a program."""
    found = _start(program, replace(wanted, alone=not program.has_cost), layers)
    orders = find_orders(found.trials[:_CHECKED])
    if orders is not None:
        program.orders = orders
        found.trials = sorted((reorder(t, orders) for t in found.trials), key=lambda trial: trial.penalty)
    if found.trials and program.takes_eta:
        program.rates = find_rates(program, found.trials[0])
        if program.rates:
            found.trials = [replace(t, given=try_layout(program, t.layout, t.nets).given) for t in found.trials]
    if found.trials:
        _find_right(found)
        as_numbers = all(trial.layout.targets == "labels" for trial in found.trials)
        if not found.right and as_numbers and layers is None and _try_one_output(found):
            _find_right(found)
    if found.right and found.reading is None and found.trial is not None:
        found.explanation = explain_nearly_right([found.trial], wanted)  # closer than a numerical derivative can tell
        found.confirmed = found.explanation is None
    elif found.trials and not found.right and not _is_random(found):
        explain_program(found)
    return found


def _is_random(found: Judgement) -> bool:
    """Whether there is chance in the program: then its arrays are those of one draw, and nothing explains them."""
    try:
        return found.trial is not None and has_chance(found.program, found.trial)
    except (StoppedError, ValueError):
        return False


def _start(program: Program, wanted: Wanted, layers: int | Sequence[int] | None) -> Judgement:
    """Run the program in every layout, at the depth that it was written for."""
    nets: Sequence[Net] | None = None
    depth, outputs = 3, None
    if isinstance(layers, int):
        depth = layers
    elif layers is not None:
        widths = tuple(layers)
        depth, outputs = len(widths) - 1, widths[-1] if widths[-1] == 1 else None
        nets = [make_net(widths, samples, find_seed(widths, samples, 1)) for samples in SAMPLES]
    elif wanted.activations is not None and len(wanted.activations) > 1:
        depth = len(wanted.activations)
    wanted = _fill_activations(wanted, depth)
    found = Judgement(program, wanted, depth, outputs, [], {})
    found.trials = _list_all_trials(found, nets)
    if not found.trials and layers is None:
        written = find_written_depth(program, found.failures, depth)
        if written is not None:
            again = Judgement(program, _fill_activations(wanted, written), written, None, [], {})
            again.trials = _list_all_trials(again, None)
            found = again
    if not found.trials and layers is None:
        _try_one_output(found)
    return found


def _fill_activations(wanted: Wanted, depth: int) -> Wanted:
    """One activation for every layer where one was named."""
    names = wanted.activations
    if names is not None and len(names) != depth and len(set(names)) == 1:
        return replace(wanted, activations=(names[0],) * depth)
    return wanted


def _list_all_trials(found: Judgement, nets: Sequence[Net] | None) -> list[Trial]:
    """The trials with targets of every form, those of probabilities first; no ``none`` where biases are taken."""
    trials: list[Trial] = []
    for targets in ("probabilities", "classes", "labels"):
        if targets == "labels" and trials:
            break
        failures: dict[Layout, Exception] = {}
        used = nets if targets == "probabilities" else None
        trials += list_trials(found.program, found.depth, targets, found.outputs, failures, used)
        if targets == "probabilities":
            found.failures = failures
            if trials:
                break
    with_biases = {(t.layout.rows, t.layout.source) for t in trials if t.layout.bias != "none" and not t.penalty[0]}
    return [t for t in trials if t.layout.bias != "none" or (t.layout.rows, t.layout.source) not in with_biases]


def _try_one_output(found: Judgement) -> bool:
    """A program for one output shapes its targets itself, and so gives the same for targets of any shape."""
    written = find_written_depth(found.program, found.failures, found.depth)
    for depth, targets in product(dict.fromkeys((written or found.depth, found.depth)), TARGETS[:2]):
        trials = [t for t in list_trials(found.program, depth, targets, 1) if _shapes_targets(found.program, t)]
        if trials:
            found.depth, found.outputs, found.trials = depth, 1, trials
            found.wanted = _fill_activations(found.wanted, depth)
            return True
    return False


def _shapes_targets(program: Program, trial: Trial) -> bool:
    """Whether targets of the shapes (N,), (N, 1) and (1, N) are all the same to a program."""
    for layout in (replace(trial.layout, flat_targets=True), replace(trial.layout, turned_targets=True)):
        try:
            other = try_layout(program, layout, trial.nets)
        except (StoppedError, ValueError):
            return False
        if not all(are_same(a, z, 1e-12) for a, z in zip(trial.given, other.given, strict=True)):
            return False
    return True


def _find_right(found: Judgement) -> None:
    """Find the conventions under which all arrays are right, and ask the program's own cost."""
    program, wanted = found.program, found.wanted
    found.reading = _read(program, found.trials, wanted)
    if found.reading is None and _takes_other_targets(found):
        for targets in ("classes", "labels"):
            trials = list_trials(program, found.depth, targets, found.outputs)
            reading = _read(program, trials, wanted)
            if reading is not None:
                found.reading = reading
                found.trials = trials
                break
    found.trial = found.reading.trial if found.reading else found.trials[0]
    for trial in [found.trial] if found.reading else found.trials[:_CHECKED]:
        slope = find_slope(program, trial)
        if slope is None:
            continue
        agrees = agrees_with_cost(program, trial, slope)
        if agrees or found.slope is None:
            found.slope, found.trial, found.confirmed = slope, trial, agrees
        if agrees:
            break
    if found.reading is not None and found.confirmed is False and found.slope is not None:
        found.confirmed, found.epsilon = _agrees_but_for_epsilon(found.program, found.reading, found.slope)
    if found.reading is None:
        for trial in [found.trial] if found.confirmed else found.trials[:_CHECKED]:
            hidden = find_hidden_penalty(trial, wanted)
            if hidden is not None:
                found.reading, _, found.penalty = hidden
                found.trial = trial
                break


def _agrees_but_for_epsilon(program: Program, reading: Reading, slope: Slope) -> tuple[bool, float | None]:
    """Whether a gradient is that of the program's cost but for an ε in a denominator, or for one in a logarithm.

    The ε is that of the cost; None where it has none.
    """
    if isinstance(reading.cost, Cost):
        return False, None
    name, _, small = reading.cost.partition(" ε ")
    if small and _agrees_as(program, reading, name, slope):
        return True, None
    with_logarithm = {BINARY: INSIDE, INSIDE: INSIDE, CLASSES: CLASSES}.get(name)
    for epsilon in (*LARGE_EPSILONS, *EPSILONS) if with_logarithm else ():
        if _agrees_as(program, reading, f"{with_logarithm} ε {epsilon:g}", slope):
            return True, epsilon
    return False, None


def _agrees_as(program: Program, reading: Reading, cost: str, slope: Slope) -> bool:
    """Whether the derivative of the program's cost is that of this one, with the constant that was read."""
    gradients, given = list_gradients(reading.trial, reading.activations, cost), []
    for net, one, right in zip(reading.trial.nets, reading.trial.given, gradients or (), strict=False):
        k, layers = reading.constant.value(net), range(1, net.depth + 1)
        given.append(replace(one, dW=tuple(k * right.dW[l] for l in layers), db=tuple(k * right.db[l] for l in layers)))
    return bool(given) and agrees_with_cost(program, replace(reading.trial, given=tuple(given)), slope)


def _takes_other_targets(found: Judgement) -> bool:
    return all(trial.layout.targets == "probabilities" for trial in found.trials) and found.outputs is None


def _read(program: Program, trials: Sequence[Trial], wanted: Wanted) -> Reading | None:
    """The first reading: usual conventions in every layout, then rarer ones."""
    fitting = [trial for trial in trials if not trial.penalty[0]]
    for epsilons in ((), EPSILONS):
        for trial in fitting:
            reading = find_reading(trial, wanted, epsilons=epsilons)
            if reading is not None:
                return reading
    for trial in fitting[:2]:
        if trial.depth > 2 and wanted.activations is None:
            hidden = _list_reachable_mixed(program, trial)
            for names in hidden:
                for reading in (
                    find_reading(trial, replace(wanted, activations=(*names, last))) for last in list_outputs()
                ):
                    if reading is not None:
                        return reading
    return None


def _list_reachable_mixed(program: Program, trial: Trial) -> list[tuple[str, ...]]:
    """Hidden layers with different activations with which every dW can be made."""
    mixed = list(dict.fromkeys(names[:-1] for names in list_activations(trial.depth, True)))
    counts = count_reachable(program, trial, mixed)
    return [names for names, count in counts.items() if count == trial.depth - 1]
