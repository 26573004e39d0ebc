"""Finds what explains a program that is wrong: over layouts, activations and costs, within a bound of tries."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ....costs import Cost
from ....ground import late_numpy as np
from ....ground.arrays import Floats
from ..comparing.array_activations import list_hidden, list_outputs
from ..comparing.constants import Constant
from ..comparing.hidden_penalty import HiddenPenalty
from ..comparing.reference import ROOT, WRONG_AXIS, run_forward
from ..comparing.rightness import (
    Reading,
    Wanted,
    agrees_with,
    count_right,
    list_activations,
    list_candidates,
    list_costs_of,
)
from ..running.layouts import Returned
from ..running.networks import ETA, Net
from ..running.program import Program
from ..running.trials import Trial
from .blame import explain
from .explanation import Explanation

TRIES = 360  # of a search, in units of one explanation by right lines; what was not searched is said
_WEIGHTS = (1, 3, 20)  # of a try at each level
FEW = 3  # samples, fewer than the units of any hidden layer
_KEPT = 12  # hypotheses for which two mistakes in one line are tried
_MOST_HIDDEN = 100  # activations of hidden layers that nothing tells apart, as those of one unit
_TRIALS = 4  # layouts whose shapes fit best


@dataclass
class Bound:
    """How many explanations a search may try: neither the machine nor what else it does changes a verdict.

    Attributes:
        left: what may still be tried.
        skipped: what was not searched.
    """

    left: float = TRIES
    skipped: list[str] = field(default_factory=list)

    def is_over(self, level: int) -> bool:
        """Whether no try of a level is left, which is then noted; else it is taken."""
        if self.left > 0:
            self.left -= _WEIGHTS[level]
            return False
        stage = "two mistakes in one line" if level > 1 else "further activations and costs"
        if stage not in self.skipped:
            self.skipped.append(stage)
        return True


Outputs = Mapping[Trial, Sequence["Floats | None"]]
Hypothesis = tuple[Trial, tuple[str, ...], str | Cost, Constant | None]
"""Conventions to explain a program with, and the constant where the program's own cost tells it."""


def find_explanation(
    program: Program, trials: Sequence[Trial], wanted: Wanted, outputs: Outputs, known: Reading | None, bound: Bound,
    level: int = 2, like: Reading | None = None,
) -> Explanation | None:
    """The explanation with the fewest mistakes.

    Args:
        outputs: what ``forward`` gives in each trial; empty where there is none.
        known: the conventions of the program's own cost.
        level: how far to go: 1 every mistaken line of every array, 2 two mistakes in one δ.
        like: conventions of which the output activation and the cost are tried first.
    """
    best: Explanation | None = None
    hypotheses = list(_list_hypotheses(program, trials, wanted, outputs, known))
    if known is None:
        hypotheses = _put_right_first(program, trials, wanted, outputs, hypotheses)
    if like is not None:
        hypotheses.sort(key=lambda one: (one[1][-1], one[2]) != (like.activations[-1], like.cost))
    for depth in range(level + 1):
        found: list[tuple[float, int, Hypothesis]] = []
        for hypothesis in hypotheses:
            if bound.is_over(depth):
                return best
            one = _explain(program, hypothesis, depth)
            if one is None:
                continue
            if one.is_single:
                return one
            found.append((one.score, len(found), hypothesis))
            if best is None or _rank(one) < _rank(best):
                best = one
        if best is not None and not best.unknown:
            return best
        hypotheses = [hypothesis for _, _, hypothesis in sorted(found)[:_KEPT]] if depth else hypotheses
    return best


def _list_hypotheses(
    program: Program, trials: Sequence[Trial], wanted: Wanted, outputs: Outputs, known: Reading | None
) -> Iterator[Hypothesis]:
    for trial in _list_fitting(trials):
        for activations in _list_likely(program, trial, wanted, outputs.get(trial), known):
            for cost in [known.cost] if known else list_costs_of(activations[-1], wanted, trial):
                if cost != ROOT:
                    yield trial, activations, cost, known.constant if known else None


def _list_fitting(trials: Sequence[Trial]) -> list[Trial]:
    kept = {(t.layout.rows, t.layout.source, t.layout.targets): t for t in reversed(trials)}.values()
    return sorted(kept, key=lambda trial: trial.penalty)[:_TRIALS]


def _put_right_first(
    program: Program, trials: Sequence[Trial], wanted: Wanted, outputs: Outputs, hypotheses: Sequence[Hypothesis]
) -> list[Hypothesis]:
    """The conventions under which most arrays are right; these alone where it is half of them or more."""
    counts: dict[Hypothesis, int] = {}
    for trial in _list_fitting(trials):
        counts |= {one: count for count, one in _list_right(program, trial, wanted, outputs.get(trial))}
    most = max(counts.values(), default=0)
    if any(2 * count >= len(one[0].list_arrays()) for one, count in counts.items()):
        return [one for one, count in counts.items() if count == most]
    return sorted(dict.fromkeys([*counts, *hypotheses]), key=lambda one: -counts.get(one, 0))


def _list_right(
    program: Program, trial: Trial, wanted: Wanted, outputs: "Sequence[Floats | None] | None"
) -> Iterator[tuple[int, Hypothesis]]:
    """Conventions under which arrays are right, with their number; those that a wrong dW hides are among them."""
    most = 0
    for mixed in (False, True):
        for activations in _list_apart(program, trial, wanted, outputs) if mixed else list_candidates(
            trial.depth, wanted, outputs, trial
        ):
            for cost in list_costs_of(activations[-1], wanted, trial):
                count = 0 if cost == ROOT else count_right(trial, activations, cost)
                most = max(most, count)
                if count:
                    yield count, (trial, activations, cost, None)
        if trial.depth < 3 or wanted.activations is not None or 2 * most >= len(trial.list_arrays()):
            return


def _list_apart(
    program: Program, trial: Trial, wanted: Wanted, outputs: "Sequence[Floats | None] | None"
) -> list[tuple[str, ...]]:
    """Different hidden activations with which at most one dW fewer can be made than with the likeliest."""
    found = list(list_candidates(trial.depth, wanted, outputs, trial, mixed=True))
    counts = count_reachable(program, trial, found)
    most = max(counts.values(), default=0)
    return [names for names in found if counts[names[:-1]] >= max(1, most - 1)]


def _explain(program: Program, hypothesis: Hypothesis, level: int) -> Explanation | None:
    trial, activations, cost, constant = hypothesis
    return explain(trial, activations, cost, constant, ETA if program.takes_eta else 0.0, level)


def _rank(found: Explanation) -> tuple[float, int]:
    lost, shapes, other = found.trial.penalty
    return (found.score, lost + shapes + other)


def _list_likely(
    program: Program, trial: Trial, wanted: Wanted, outputs: "Sequence[Floats | None] | None", known: Reading | None
) -> list[tuple[str, ...]]:
    """The activations to try: those of the cost or of the user, or those with which most arrays can be made at all."""
    if known is not None:
        return [known.activations]
    if wanted.activations is not None:
        return [wanted.activations]
    found = list(_list_all(trial, outputs, False)) or (list(_list_all(trial, outputs, True)) if outputs else [])
    found = found or list(_list_all(trial, None, False))
    counts = count_reachable(program, trial, found)
    if outputs is None and trial.depth > 2 and max(counts.values(), default=0) < trial.depth - 1:
        mixed = list(_list_all(trial, None, True))
        more = count_reachable(program, trial, mixed)
        if max(more.values(), default=0) > max(counts.values(), default=0):
            found, counts = mixed, more
    most = max(counts.values(), default=0)
    return [names for names in found if counts[names[:-1]] == most]


def _list_all(trial: Trial, outputs: "Sequence[Floats | None] | None", mixed: bool) -> Iterator[tuple[str, ...]]:
    yield from list_candidates(trial.depth, Wanted(), outputs, trial, mixed)
    for names in dict.fromkeys(names[:-1] for names in list_activations(trial.depth, mixed)):
        for last in WRONG_AXIS:
            if outputs is None or agrees_with((*names, last), outputs, trial):
                yield (*names, last)


def count_reachable(program: Program, trial: Trial, found: Sequence[tuple[str, ...]]) -> dict[tuple[str, ...], int]:
    """For the hidden layers of these activations, the number of dW above them that some δ could give.

    With fewer samples than units, dW = D hᵀ has its rows in the space that the h of the samples span, whatever D is.
    """
    counts = dict.fromkeys((names[:-1] for names in found), 0)
    for l in range(2, trial.depth + 1):
        net = _take_few(trial, l)
        given = program.try_run(trial.layout, net)
        made = {below: find_own_delta(trial, net, given, below, l) for below in {names[: l - 1] for names in counts}}
        counts = {names: count + (made[names[: l - 1]] is not None) for names, count in counts.items()}
    return counts


def list_reachable(program: Program, trial: Trial, penalty: HiddenPenalty | None) -> list[tuple[str, ...]]:
    """Activations of all layers with which some δ gives every dW beside a penalty, the likeliest first."""
    found: list[tuple[str, ...]] = [()]
    for l in range(2, trial.depth + 1):
        net = _take_few(trial, l)
        given = program.try_run(trial.layout, net)
        if given is None:
            return list(list_activations(trial.depth, False))
        if penalty is not None:
            given = penalty.take_out(given, net, trial.layout.source)
        W = given.dW[l - 1]
        found = [(*names, name) for names in found for name in list_hidden()
                 if (W is not None and not W.any())
                 or find_own_delta(trial, net, given, (*names, name), l) is not None]
    found = sorted(found, key=lambda names: len(set(names)))[:_MOST_HIDDEN]
    return [(*names, last) for last in list_outputs() for names in found]


def _take_few(trial: Trial, l: int) -> Net:
    """Fewer samples than a layer has inputs."""
    return trial.nets[0].take(slice(0, max(1, min(FEW, trial.nets[0].widths[l - 1] - 1))))


def find_own_delta(trial: Trial, net: Net, given: Returned | None, hidden: tuple[str, ...], l: int) -> "Floats | None":
    """The D of a layer that gives dW = D hᵀ for a few samples; None if none does, or where nothing is given."""
    W = None if given is None else given.dW[l - 1]
    if W is None or not np.isfinite(W).all() or not W.any() or net.samples > net.widths[l - 1]:
        return None
    h = run_forward(net, (*hidden, "identity"), trial.biases).h[l - 1]
    found: Floats = np.asarray(np.linalg.lstsq(h, W.T, rcond=None)[0].T, dtype=np.float64)
    return found if np.abs(found @ h.T - W).max() <= 1e3 * trial.tolerance * np.abs(W).max() else None
