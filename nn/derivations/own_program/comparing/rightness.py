"""Finds the conventions under which every array is right: layout, activations, cost, and one constant for all."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import product

from ....costs import Cost
from ....ground import late_numpy as np
from ....ground.arrays import Floats
from ..running.trials import Trial
from .array_activations import SOFTMAX, list_hidden, list_outputs
from .constants import Constant, list_ratios, name_ratio
from .hidden_penalty import HiddenPenalty
from .reference import (
    BINARY,
    CLASSES,
    FLIPPED,
    INSIDE,
    ROOT,
    SQUARED,
    Gradients,
    find_gradients,
    list_costs,
    run_forward,
)

_CLOSE_OUTPUTS = 1e-6


@dataclass(frozen=True)
class Wanted:
    """What the user said of the network; None where it is to be found.

    Attributes:
        activations: one name a layer.
        cost: a row of ``COSTS`` or of the user's.
        penalty: "l1", "l2", "l2_half".
        alone: whether the program has no cost of its own, which would tell the constant.
    """

    activations: tuple[str, ...] | None = None
    cost: Cost | None = None
    penalty: str | None = None
    alone: bool = False


@dataclass(frozen=True, eq=False)
class Reading:
    """Conventions that were found.

    Attributes:
        trial: the program's arrays in its layout.
        activations: of each layer.
        cost: a name of ``reference``, or a row of costs.
        constant: what stands before the sum over the samples of ℓ, where ℓ of a squared error is ½Σ(a − y)².
        penalty: one that the program has inside, beside which the arrays are right.
    """

    trial: Trial
    activations: tuple[str, ...]
    cost: str | Cost
    constant: Constant
    penalty: HiddenPenalty | None = None


@cache
def list_activations(depth: int, mixed: bool) -> tuple[tuple[str, ...], ...]:
    """The activations that layers may have: the hidden layers the same, or not the same."""
    hidden = list_hidden()
    if depth == 1:
        return () if mixed else tuple((last,) for last in list_outputs())
    if not mixed:
        return tuple((*[name] * (depth - 1), last) for last in list_outputs() for name in hidden)
    return tuple(
        (*names, last) for last in list_outputs()[:8] for names in product(hidden[:9], repeat=depth - 1)
        if len(set(names)) > 1
    )


def list_candidates(
    depth: int, wanted: Wanted, outputs: Sequence["Floats | None"] | None, trial: Trial, mixed: bool = False
) -> Iterator[tuple[str, ...]]:
    """Activations that agree with what the user said and with what ``forward`` gives."""
    if wanted.activations is not None:
        if not mixed:
            yield wanted.activations
        return
    for activations in list_activations(depth, mixed):
        if outputs is None or agrees_with(activations, outputs, trial):
            yield activations


def agrees_with(activations: tuple[str, ...], outputs: Sequence["Floats | None"], trial: Trial) -> bool:
    """Whether the outputs of a network are those that ``forward`` gave."""
    close = 1e-4 if trial.single else _CLOSE_OUTPUTS
    for net, given in zip(trial.nets, outputs, strict=True):
        if given is None:
            return False
        h = run_forward(net, activations, trial.biases).h[trial.depth]
        if not np.abs(given - h).max() <= close * max(1.0, float(np.abs(h).max())):
            return False
    return True


def find_reading(
    trial: Trial, wanted: Wanted, candidates: Iterable[tuple[str, ...]], epsilons: Sequence[float] = ()
) -> Reading | None:
    """The conventions under which all arrays are right; None if there are none.

    Args:
        candidates: the activations to try.
        epsilons: of costs with one of these in a denominator, which are tried in place of the usual ones.
    """
    if not trial.is_complete:
        return None
    for activations in candidates:
        for cost in list_costs_of(activations[-1], wanted, trial, epsilons):
            constant = match_all(trial, activations, cost)
            if constant is not None and is_convention(constant, cost, wanted.alone):
                return Reading(trial, activations, cost, constant)
    return None


def list_costs_of(last: str, wanted: Wanted, trial: Trial, epsilons: Sequence[float] = ()) -> list[str | Cost]:
    """Costs to try with this output activation."""
    if wanted.cost is not None:
        return [wanted.cost]
    if epsilons:
        if last not in ("sigmoid", SOFTMAX):
            return []
        return [
            f"{cost} ε {epsilon:g}" for epsilon in epsilons
            for cost in ([BINARY, INSIDE, CLASSES] if last == "sigmoid" else [CLASSES])
        ]
    found: list[str | Cost] = [*list_costs(last)]
    if trial.layout.targets != "probabilities":
        return [cost for cost in found if cost in (CLASSES, BINARY, FLIPPED)]
    return [*found, ROOT]


def find_all_gradients(trial: Trial, activations: tuple[str, ...], cost: str | Cost) -> list[Gradients] | None:
    """The right gradients of both networks; None where the cost does not exist in one."""
    found = [find_gradients(net, activations, cost, trial.biases) for net in trial.nets]
    right = [gradients for gradients in found if gradients is not None]
    return right if len(right) == len(found) else None


def match_all(trial: Trial, activations: tuple[str, ...], cost: str | Cost) -> Constant | None:
    """The one constant by which all arrays differ from ∂/∂ of the summed ℓ; None where there is none."""
    right = find_all_gradients(trial, activations, cost)
    if right is None:
        return None
    first: list[float] | None = None
    for l, kind in product(range(trial.depth, 0, -1), ("db", "dW") if trial.biases else ("dW",)):
        ratios = list_ratios(trial.find(kind, l), [g.find(kind, l) for g in right], trial.tolerance)
        if ratios is None:
            return None
        first = first or ratios
        if any(abs(r - f) > 10 * trial.tolerance * abs(f) for r, f in zip(ratios, first, strict=True)):
            return None
    likely = partial(is_convention, cost=cost, alone=True)
    return name_ratio(first, trial.nets, trial.depth, 10 * trial.tolerance, likely)


def count_right(trial: Trial, activations: tuple[str, ...], cost: str | Cost) -> int:
    """The number of arrays that are right for these conventions, each but for a constant that costs have."""
    count, close = 0, max(1e-8, 10 * trial.tolerance)
    right = find_all_gradients(trial, activations, cost) or []
    for l, kind in product(range(1, trial.depth + 1), ("db", "dW") if right else ()):
        ratios = list_ratios(trial.find(kind, l), [g.find(kind, l) for g in right], trial.tolerance)
        constant = name_ratio(ratios, trial.nets, l, close)
        count += constant is not None and is_convention(constant, cost)
    return count


def is_convention(constant: Constant, cost: str | Cost, alone: bool = False) -> bool:
    """Whether a constant before all arrays is a choice and no mistake.

    ½, 1, 2 before a squared error, and 1, 1/N, 1/n, 1/(N·n) before any. Where no cost tells it (``alone``), neither ½
    before ½Σ(a − y)² nor 1/n without 1/N before a cross-entropy: no cost of the table has them, and mistakes do.
    """
    if isinstance(cost, Cost):
        return constant == Constant()
    squared = cost == SQUARED
    return (
        float(constant.factor) in ((1, 2) if alone else (1, 2, 0.5))[: None if squared else 1]
        and constant.samples in (0, -1)
        and constant.outputs in ((0, -1) if squared or not alone or constant.samples else (0,))
        and constant.inputs == constant.units == 0
    )
