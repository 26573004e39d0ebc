"""Explains a program that is wrong: by its own cost where that is known, else by whatever conventions fit best."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

from ....ground.arrays import Floats
from ..comparing.numeric import Slope, find_slope, list_agreeing
from ..comparing.reading_cost import Known, read_cost, read_own_cost
from ..comparing.reference import BINARY, CLASSES, EPSILONS, INSIDE, LARGE_EPSILONS, OWN, WRONG_AXIS, write_cost
from ..comparing.rightness import Wanted, agrees_with, count_right
from ..running.program import Program, StoppedError
from ..running.trials import Trial, rerun, soften
from .afterwards import explain_afterwards
from .explanation import Explanation, Named
from .judgement import Judgement
from .nearest import find_nearest
from .nearly import explain_nearly_right
from .own_functions import look_closer, turn_biases
from .search import Bound, Outputs, find_explanation

_CHECKED = 4  # trials in which forward is asked
_SQUARE_TRIES = 120  # of one on networks of equal widths, where it runs
_FEW_TRIES = 40  # of a search beside the first one


def explain_program(found: Judgement) -> None:
    """Name what is wrong."""
    program, bound = found.program, Bound()
    trials = sorted(found.trials, key=lambda trial: trial is not found.trial)
    if found.slope is not None and found.trial is not None:
        found.known = _read_any_cost(found, found.trial, found.slope)
        trials = [found.known.reading.trial if found.known else found.trial]
    known = found.known.reading if found.known else None
    own = known is not None and known.cost == OWN
    if found.known is not None and found.known.penalty is not None:
        trials = [found.known.penalty.take_out_of_all(trials[0])]
    asked = trials[:_CHECKED] if program.has_forward and known is None else []
    outputs = {trial: _run_forward(program, trial) for trial in asked}
    near = explain_afterwards(known, found.known.penalty) if known and found.known else None
    if own and near is None and (one := found.reading):
        near = Explanation(one.trial, one.activations, one.cost, one.constant)
    if known is not None and not own and near is None:
        near = explain_nearly_right(trials, replace(found.wanted, activations=known.activations))
    explanation = near or find_explanation(program, trials, found.wanted, outputs, known, bound)
    if outputs and (explanation is None or explanation.unknown):
        other = find_explanation(program, trials, found.wanted, {}, None, bound)
        if other is not None and (explanation is None or other.score < explanation.score):
            explanation = other
    if explanation is not None and explanation.unknown and found.known is not None and not own:
        explanation = _explain_otherwise(found, found.known, trials, explanation, bound)
    if known is None and explanation is not None and explanation.unknown:
        explanation = _explain_without_biases(program, trials, found.wanted, explanation)
    if known is None and (explanation is None or explanation.unknown):
        explanation = explain_nearly_right(trials[:_CHECKED], found.wanted) or explanation
    if explanation is not None and explanation.unknown and found.known is not None and found.known.penalty is None:
        explanation = look_closer(program, explanation, found.agreeing or ())
    found.explanation, found.skipped = explanation, tuple(bound.skipped)
    if known is None:
        found.unread = _list_unread(explanation, found.wanted, outputs)
    if found.unread and found.slope is None:
        found.nearest = find_nearest(program, trials[0], found.wanted, outputs.get(trials[0]))
    if explanation is not None and found.agreeing is not None:
        found.explanation = _fit_to_numbers(found, explanation)
    if explanation is not None:  # its own trial may be one without a penalty, or beside other biases
        found.trial = next(t for t in found.trials if t.layout == explanation.trial.layout)


def _fit_to_numbers(found: Judgement, explanation: Explanation) -> Explanation:
    """The explanation with its mistakes at arrays that are wrong by the numerical derivative of the program's cost."""
    arrays = explanation.trial.list_arrays()
    wrong = [name for name in arrays if name not in (found.agreeing or ())]
    plain = not (explanation.named or explanation.unknown) and bool(wrong)
    if plain and f"db[{found.depth}]" in (found.agreeing or ()):
        said = "your cost depends on W besides the outputs, as by a penalty, in a way that the gradient does not"
        beside = [Named("penalty-not-of-your-cost", name, name[:2], detail=said) for name in wrong]
        return replace(explanation, named=tuple(beside))
    if plain:
        cost = f"{write_cost(explanation.cost)}, output {explanation.activations[-1]}"
        named = Named("gradient-of-another-cost", wrong[0], "D", detail=cost)
        return replace(explanation, named=(named,), cost=OWN)
    if found.known is None and {name for name in arrays if not explanation.is_right(name)} != set(wrong):
        found.unread = ("activations", "cost")
    moved = []
    for named in explanation.named:
        after = [name for name in wrong if arrays.index(name) >= arrays.index(named.array)
                 and (named.letter == "forward" or name[2:] == named.array[2:])]
        moved.append(replace(named, array=after[0]) if after else named)
    return replace(explanation, named=tuple(moved))


def _read_any_cost(found: Judgement, trial: Trial, slope: Slope) -> Known | None:
    """What is read of the program's cost: as it is, with targets of classes, where nothing is cut; else measured."""
    program, own = found.program, read_own_cost(found.program, trial, slope, found.wanted)
    hidden = own.reading.activations[:-1] if own else None
    known = read_cost(trial, slope, found.wanted, hidden)
    for other in () if known else _list_other_trials(program, trial):
        there = find_slope(program, other) if other else None
        known = read_cost(other, there, found.wanted, hidden) if other and there else None
        if known and other and there:
            found.trial, found.trials, found.slope, found.agreeing = other, [other], there, list_agreeing(other, there)
            break
    if known is not None and known.has_epsilon:
        found.agreeing = None
    return known or own


def _list_other_trials(program: Program, trial: Trial) -> Iterator[Trial | None]:
    """The trial with targets of classes, where a program may make such of them, and with outputs far from 0 and 1."""
    hard = None
    if trial.layout.targets == "probabilities":
        nets = [net.with_classes() for net in trial.nets]
        hard = rerun(program, trial, replace(trial.layout, targets="classes"), nets)
    yield hard
    yield from (soften(program, one) for one in (trial, hard) if one)


def _list_unread(explanation: Explanation | None, wanted: Wanted, outputs: Outputs) -> tuple[str, ...]:
    """What is a guess where nothing explains the last layer and no array is right: "activations", "cost" or both."""
    if explanation is not None:
        trial, names = explanation.trial, explanation.activations
        last = set(trial.list_arrays(trial.depth))
        if not last <= set(explanation.unknown) or count_right(trial, names, explanation.cost):
            return ()
    told = wanted.activations is not None or (
        explanation is not None and trial in outputs and agrees_with(names, outputs[trial], trial)
    )
    return tuple(what for what, known in (("activations", told), ("cost", wanted.cost is not None)) if not known)


def _explain_otherwise(
    found: Judgement, known: Known, trials: Sequence[Trial], best: Explanation, bound: Bound
) -> Explanation:
    """A shorter explanation, with an ε in a denominator or another forward pass than that of the program's cost."""
    program, reading = found.program, known.reading
    names = {BINARY: (BINARY, INSIDE), CLASSES: (CLASSES,)}
    for name, epsilon in product(names.get(str(reading.cost), ()), (*EPSILONS, *LARGE_EPSILONS)):
        with_epsilon = replace(reading, cost=f"{name} ε {epsilon:g}")
        one = find_explanation(program, trials, found.wanted, {}, with_epsilon, bound, level=0)
        if one is not None and not one.unknown:
            large = Named("epsilon-too-large", f"dW[{found.depth}]", "forward", detail=f"{epsilon:g}")
            return replace(one, named=(large, *one.named)) if epsilon in LARGE_EPSILONS else one
    for factor, slug in ((0.0, "forward-bias-missing"), (-1.0, "forward-differs")):
        turned = [turn_biases(trial, factor) for trial in trials]
        one = find_explanation(program, turned, found.wanted, {}, reading, bound, level=0)
        if one is not None and not one.unknown:
            text = "The bias is subtracted in the forward pass inside gradients, and added in that of your cost."
            return replace(one, named=(Named(slug, f"dW[{found.depth}]", "forward", detail=text), *one.named))
    other = find_explanation(program, trials, found.wanted, {}, None, bound, level=0, like=reading)
    if other is not None and not other.unknown and not other.named and other.activations == reading.activations:
        return best  # right but for the cost
    if other is not None and not other.unknown and other.score + 1 < best.score:
        if other.activations == reading.activations or other.activations[-1] in WRONG_AXIS:
            return other
        has, wants = ", ".join(other.activations), ", ".join(reading.activations)
        text = f"The forward pass inside gradients is not that of your cost: it has {has}, and the cost {wants}."
        differs = Named("forward-differs", f"dW[{found.depth}]", "forward", detail=text)
        return replace(other, named=(differs, *other.named))
    return best


def _explain_without_biases(
    program: Program, trials: Sequence[Trial], wanted: Wanted, best: Explanation
) -> Explanation:
    """A shorter explanation of gradients whose forward pass leaves the biases out."""
    turned = [turn_biases(trial, 0.0) for trial in trials[:1] if trial.biases]
    one = find_explanation(program, turned, wanted, {}, None, Bound(_FEW_TRIES), level=0) if turned else None
    if one is None or one.unknown or one.score + 1 >= best.score:
        return best
    return replace(one, named=(Named("forward-bias-missing", f"dW[{best.trial.depth}]", "forward"), *one.named))


def judge_square(found: Judgement, trials: Sequence[Trial]) -> Explanation | None:
    """The explanation of a program on networks of equal widths, where it runs with no others."""
    return find_explanation(found.program, trials, found.wanted, {}, None, Bound(_SQUARE_TRIES))


def _run_forward(program: Program, trial: Trial) -> Sequence["Floats | None"]:
    try:
        return [program.run_forward(trial.layout, net) for net in trial.nets]
    except StoppedError:
        return [None for _ in trial.nets]
