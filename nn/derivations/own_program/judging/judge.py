"""Judges a program: conventions first, then its arrays, then what it does when it is called in other ways."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

from ....costs import Cost
from ..comparing.hidden_penalty import find_hidden_penalty
from ..comparing.numeric import Slope, agrees_with_cost, find_slope, list_agreeing
from ..comparing.probes import are_same, has_chance
from ..comparing.rates import find_rates
from ..comparing.reference import BINARY, CLASSES, EPSILONS, INSIDE, LARGE_EPSILONS
from ..comparing.rightness import Reading, Wanted, find_all_gradients, find_reading, match_all
from ..running.depths import find_written_depth
from ..running.layouts import Layout
from ..running.networks import SAMPLES, TARGETS, find_seed, make_net
from ..running.orders import find_orders, reorder
from ..running.program import Program, StoppedError
from ..running.trials import Trial, list_trials, soften, try_layout
from .explaining import explain_program
from .judgement import Judgement
from .nearly import explain_nearly_right
from .search import list_reachable
from .unusable import find_unusable

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
    as_numbers = all(trial.layout.targets == "labels" for trial in found.trials)
    if found.trials and not (as_numbers or program.has_cost or program.takes_eta):
        found.trial, found.unusable = found.trials[0], find_unusable(found.trials)
        if found.unusable:
            return found
    if found.trials:
        _find_right(found)
        if not found.right and as_numbers and layers is None and _try_one_output(found):
            _find_right(found)
    hidden = found.reading.penalty if found.reading and not found.confirmed else None
    if found.right and found.trial is not None and hidden is not None and min(hidden.squares, hidden.absolutes) < 0:
        array = f"dW[{found.depth}]"
        found.penalty_mistakes = (("penalty-sign", array, {"detail": f"in {array} it is {hidden.write('w')}"}),)
    if found.right and found.reading is None and found.trial is not None:
        found.explanation = explain_nearly_right([found.trial], wanted)  # closer than a numerical derivative can tell
        found.confirmed = found.explanation is None
    elif found.trials and not found.right and _is_random(found):
        found.agreeing = None
    elif found.trials and not found.right:
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
    depth, outputs = 3, None
    widths = None if layers is None or isinstance(layers, int) else tuple(layers)
    if isinstance(layers, int):
        depth = layers
    elif widths is not None:
        depth, outputs = len(widths) - 1, widths[-1] if widths[-1] == 1 else None
    elif wanted.activations is not None and len(wanted.activations) > 1:
        depth = len(wanted.activations)
    wanted = _fill_activations(wanted, depth)
    found = Judgement(program, wanted, depth, outputs, [], {}, widths)
    found.trials = _list_all_trials(found)
    if not found.trials and layers is None:
        written = find_written_depth(program, found.failures, depth)
        if written is not None:
            again = Judgement(program, _fill_activations(wanted, written), written, None, [], {})
            again.trials = _list_all_trials(again)
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


def _list_all_trials(found: Judgement) -> list[Trial]:
    """The trials with targets of the first form with which it runs; no ``none`` where biases are taken."""
    trials = _list_trials(found, "probabilities", found.failures)
    trials = trials or _list_trials(found, "classes") or _list_trials(found, "labels")
    with_biases = {(t.layout.rows, t.layout.source) for t in trials if t.layout.bias != "none" and not t.penalty[0]}
    return [t for t in trials if t.layout.bias != "none" or (t.layout.rows, t.layout.source) not in with_biases]


def _list_trials(found: Judgement, targets: str, failures: dict[Layout, Exception] | None = None) -> list[Trial]:
    """The trials with targets of one form, on networks of the widths that were asked for."""
    nets = None if found.widths is None else [
        make_net(found.widths, samples, find_seed(found.widths, samples, 1), TARGETS[targets != TARGETS[0]])
        for samples in SAMPLES
    ]
    return list_trials(found.program, found.depth, targets, found.outputs, failures, nets)


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
        others = [program.try_run(layout, net) for net in trial.nets]
        if not all(z is not None and are_same(a, z, 1e-12) for a, z in zip(trial.given, others, strict=True)):
            return False
    return True


def _find_right(found: Judgement) -> None:
    """Find the conventions under which all arrays are right, and ask the program's own cost."""
    program, wanted = found.program, found.wanted
    found.slope = found.agreeing = found.confirmed = None  # those of other networks, where others were tried first
    found.reading = _read(program, found.trials, wanted)
    if found.reading is None and _takes_other_targets(found):
        for targets in ("classes", "labels"):
            trials = _list_trials(found, targets)
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
        agreeing = list_agreeing(trial, slope)
        if found.agreeing is None or len(agreeing) > len(found.agreeing):
            found.slope, found.trial, found.agreeing = slope, trial, agreeing
            found.confirmed = agrees_with_cost(trial, slope)
        if found.confirmed:
            break
    if found.reading is not None and found.confirmed is False and found.slope is not None:
        found.confirmed, found.epsilon = _agrees_but_for_epsilon(found.reading, found.slope)
        found.clipped = not found.confirmed and _agrees_elsewhere(program, found.reading)
        found.confirmed = found.confirmed or found.clipped


def _agrees_elsewhere(program: Program, reading: Reading) -> bool:
    """Whether right gradients are those of the program's cost where no output is nearly 0 or 1, and so none clipped."""
    soft = soften(program, reading.trial)
    slope = find_slope(program, soft) if soft else None
    if soft is None or slope is None:
        return False
    bare = reading.penalty.take_out_of_all(soft) if reading.penalty else soft
    return match_all(bare, reading.activations, reading.cost) == reading.constant and agrees_with_cost(soft, slope)


def _agrees_but_for_epsilon(reading: Reading, slope: Slope) -> tuple[bool, float | None]:
    """Whether a gradient is that of the program's cost but for an ε in a denominator, or for one in a logarithm.

    The ε is that of the cost; None where it has none.
    """
    if isinstance(reading.cost, Cost):
        return False, None
    name, _, small = reading.cost.partition(" ε ")
    if small and _agrees_as(reading, name, slope):
        return True, None
    with_logarithm = {BINARY: INSIDE, INSIDE: INSIDE, CLASSES: CLASSES}.get(name)
    for epsilon in (*LARGE_EPSILONS, *EPSILONS) if with_logarithm else ():
        if _agrees_as(reading, f"{with_logarithm} ε {epsilon:g}", slope):
            return True, epsilon
    return False, None


def _agrees_as(reading: Reading, cost: str, slope: Slope) -> bool:
    """Whether the derivative of the program's cost is that of this one, with the constant that was read."""
    given, trial = [], reading.trial
    gradients = find_all_gradients(trial, reading.activations, cost)
    for net, one, right in zip(trial.nets, trial.given, gradients or (), strict=False):
        k, layers = reading.constant.value(net), range(1, net.depth + 1)
        made = replace(one, dW=tuple(k * right.dW[l] for l in layers), db=tuple(k * right.db[l] for l in layers))
        given.append(reading.penalty.add(made, net) if reading.penalty else made)
    return bool(given) and agrees_with_cost(replace(trial, given=tuple(given)), slope)


def _takes_other_targets(found: Judgement) -> bool:
    return all(trial.layout.targets == "probabilities" for trial in found.trials) and found.outputs is None


def _read(program: Program, trials: Sequence[Trial], wanted: Wanted) -> Reading | None:
    """The first reading: beside a penalty that is inside, with usual costs and then with an ε in a denominator."""
    fitting: list[Trial] = []
    for trial in trials:
        if trial.penalty[0] or any(_gives_the_same(trial, other) for other in fitting):
            continue
        fitting.append(trial)
        penalty = find_hidden_penalty(program, trial)
        bare = trial if penalty is None else penalty.take_out_of_all(trial)
        candidates = [wanted.activations] if wanted.activations else list_reachable(program, bare, penalty)
        for epsilons in ((), EPSILONS):
            reading = find_reading(bare, wanted, candidates, epsilons)
            if reading is not None:
                return replace(reading, trial=trial, penalty=penalty)
    return None


def _gives_the_same(first: Trial, second: Trial) -> bool:
    """Whether two layouts of the biases make no difference, so that one of them need not be asked."""
    layouts = [(t.layout.rows, t.layout.source, t.layout.targets) for t in (first, second)]
    return layouts[0] == layouts[1] and all(map(are_same, first.given, second.given, (0.0, 0.0)))
