"""The conventions of a program's own cost, read from its numerical derivative along a few directions."""

from dataclasses import dataclass, replace

from ....costs import Cost
from ....ground import late_numpy as np
from ....ground.arrays import Floats
from ..running.networks import Net
from ..running.program import Program
from ..running.trials import Trial
from .constants import list_ratios, name_ratio
from .hidden_penalty import HiddenPenalty, make_penalty
from .numeric import Slope, measure_delta
from .reference import BINARY, EPSILONS, INSIDE, OWN, run_forward
from .rightness import Reading, Wanted, find_all_gradients, list_candidates, list_costs_of

_EXACT = 1e-7  # of a derivative that is measured


@dataclass(frozen=True)
class Known:
    """What was read of a cost.

    Attributes:
        reading: its conventions.
        penalty: the one that is inside; None if there is none.
        has_epsilon: whether its logarithms have an ε inside.
    """

    reading: Reading
    penalty: HiddenPenalty | None = None
    has_epsilon: bool = False

    @property
    def text(self) -> str:
        """What is said of the penalty."""
        return f"with a penalty {self.penalty.squares / 2:.3g}·Σw² on the weights inside" if self.penalty else ""


def read_cost(trial: Trial, slope: Slope, wanted: Wanted, hidden: tuple[str, ...] | None = None) -> Known | None:
    """The conventions of a program's cost, without any ε in its logarithms; None where it is none that is known.

    ``hidden`` are the activations of the hidden layers, where they have been read.
    """
    stages = ((False, False, ()), (True, False, ()), (False, True, ()), (False, False, EPSILONS))
    for mixed, penalised, epsilons in stages:
        several = list_candidates(trial.depth, wanted, None, trial, mixed or len(set(hidden or ())) > 1)
        for activations in (names for names in several if hidden in (None, names[:-1])):
            for cost in list_costs_of(activations[-1], wanted, trial, epsilons):
                known = _read_as(trial, activations, cost, slope, penalised)
                if known is not None and isinstance(cost, str):
                    name = cost.partition(" ε ")[0]
                    reading = replace(known.reading, cost=BINARY if name == INSIDE else name)
                    return replace(known, reading=reading, has_epsilon=name != cost)
                if known is not None:
                    return known
    return None


def read_own_cost(program: Program, trial: Trial, slope: Slope, wanted: Wanted) -> Known | None:
    """The constant and the hidden activations of a cost that is none of the table, and a sum over the samples.

    Its derivative is measured for each sample by itself; the trial of the reading has it in its networks.
    """
    deltas = measure_delta(program, trial, slope)
    if deltas is None:
        return None
    for mixed, penalised in ((False, False), (True, False), (False, True)):
        found = list_candidates(trial.depth, wanted, None, trial, mixed)
        for hidden in dict.fromkeys(names[:-1] for names in found):
            nets = [replace(net, delta=delta if trial.biases else _divide(delta, net, hidden))
                    for net, delta in zip(trial.nets, deltas, strict=True)]
            own = replace(trial, nets=tuple(nets), exact=_EXACT)
            known = _read_as(own, (*hidden, "identity"), OWN, slope, penalised)
            if known is not None:
                return known
    return None


def _divide(products: "Floats", net: Net, hidden: tuple[str, ...]) -> "Floats":
    """δ of each sample from δ hᵀ of each, where there is no bias to tell it."""
    h = run_forward(net, (*hidden, "identity"), False).h[len(hidden)]
    found: Floats = np.einsum("kji,ji->ki", products, h) / (h * h).sum(axis=0)
    return found


def _read_as(
    trial: Trial, activations: tuple[str, ...], cost: str | Cost, slope: Slope, penalised: bool
) -> Known | None:
    """The constant with which the measured derivatives are those of a cost; with a multiple of W if ``penalised``."""
    gradients = find_all_gradients(trial, activations, cost)
    if gradients is None:
        return None
    numbers = [np.array([one.number for one in along]) for along in slope.measured]
    expected = [np.array([one.along(right.find(one.kind, one.layer)) for one in along])
                for along, right in zip(slope.measured, gradients, strict=True)]
    of_weights = [np.array([np.vdot(net.W[one.layer - 1], one.way) if one.kind == "dW" else 0.0 for one in along])
                  for along, net in zip(slope.measured, trial.nets, strict=True)]
    close = 3 * slope.close
    if not penalised:
        constant = name_ratio(list_ratios(numbers, expected, close), trial.nets, trial.depth, close)
        return None if constant is None else Known(Reading(trial, activations, cost, constant))
    fits = [_fit(*arrays, close) for arrays in zip(numbers, expected, of_weights, strict=True)]
    found = [fit for fit in fits if fit is not None]
    if len(found) < len(fits) or any(abs(factor) < 1e-6 for _, factor in found):
        return None
    constant = name_ratio([ratio for ratio, _ in found], trial.nets, trial.depth, 10 * close)
    penalty = make_penalty([(factor, 0.0) for _, factor in found], trial.nets, False, 100 * close)
    if constant is None or penalty is None:
        return None
    return Known(Reading(trial, activations, cost, constant), penalty)


def _fit(numbers: "Floats", expected: "Floats", of_weights: "Floats", close: float) -> tuple[float, float] | None:
    """(r, c) with numbers = r·expected + c·of_weights; None if there are none."""
    system = np.stack([expected, of_weights], axis=1)
    if not (np.isfinite(system).all() and np.isfinite(numbers).all()):
        return None
    found = np.linalg.lstsq(system, numbers, rcond=None)[0]
    fits = np.abs(system @ found - numbers).max() <= close * np.abs(numbers).max()
    return (float(found[0]), float(found[1])) if fits else None
