"""The conventions of a program's own cost, read from its numerical derivative along a few directions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ....costs import Cost
from ....ground import late_numpy as np
from ....ground.arrays import Floats
from ..running.program import Program
from ..running.trials import Trial
from .constants import list_ratios, name_ratio
from .hidden_penalty import HiddenPenalty, make_penalty
from .numeric import Measured, Slope, measure_cost
from .reference import BINARY, EPSILONS, INSIDE
from .rightness import Reading, Wanted, find_all_gradients, list_candidates, list_costs_of


@dataclass(frozen=True)
class Known:
    """What was read of a cost.

    Attributes:
        reading: its conventions.
        penalty: the one that is inside; None if there is none.
    """

    reading: Reading
    penalty: HiddenPenalty | None = None

    @property
    def text(self) -> str:
        """What is said of the penalty."""
        return f"with a penalty {self.penalty.squares / 2:.3g}·Σw² on the weights inside" if self.penalty else ""


def read_cost(program: Program, trial: Trial, slope: Slope, wanted: Wanted) -> Known | None:
    """The conventions of a program's cost, without any ε in its logarithms; None where it is none that is known."""
    measured = measure_cost(program, trial, slope)
    stages = ((False, False, ()), (True, False, ()), (False, True, ()), (False, False, EPSILONS))
    for mixed, penalised, epsilons in stages:
        for activations in list_candidates(trial.depth, wanted, None, trial, mixed):
            for cost in list_costs_of(activations[-1], wanted, trial, epsilons):
                known = _read_as(trial, measured, activations, cost, slope, penalised)
                if known is not None and isinstance(cost, str):
                    name = cost.partition(" ε ")[0]
                    return replace(known, reading=replace(known.reading, cost=BINARY if name == INSIDE else name))
                if known is not None:
                    return known
    return None


def _read_as(
    trial: Trial, measured: Sequence[Sequence[Measured]], activations: tuple[str, ...], cost: str | Cost, slope: Slope,
    penalised: bool,
) -> Known | None:
    """The constant with which the measured derivatives are those of a cost; with a multiple of W if ``penalised``."""
    gradients = find_all_gradients(trial, activations, cost)
    if gradients is None:
        return None
    numbers = [np.array([one.number for one in along]) for along in measured]
    expected = [np.array([one.along(right) for one in along]) for along, right in zip(measured, gradients, strict=True)]
    of_weights = [np.array([np.vdot(net.W[one.layer - 1], one.way) if one.kind == "dW" else 0.0 for one in along])
                  for along, net in zip(measured, trial.nets, strict=True)]
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
