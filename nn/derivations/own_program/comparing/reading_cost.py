"""The conventions of a program's own cost, read from its numerical derivative along a few directions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ....costs import Cost
from ....ground import late_numpy as np
from ....ground.arrays import Floats
from ..running.program import Program
from ..running.trials import Trial
from .constants import list_ratios, name_ratio
from .numeric import Measured, Slope, measure_cost
from .reference import BINARY, EPSILONS, INSIDE, list_gradients
from .rightness import Reading, Wanted, list_activations, list_costs_of


@dataclass(frozen=True)
class Known:
    """What was read of a cost.

    Attributes:
        reading: its conventions.
        factors: of W in the derivative of a penalty that is inside; empty if there is none.
        penalty: what is said of it.
    """

    reading: Reading
    factors: tuple[float, ...] = ()
    penalty: str = ""


def read_cost(program: Program, trial: Trial, slope: Slope, wanted: Wanted) -> Known | None:
    """The conventions of a program's cost, without any ε in its logarithms; None where it is none that is known."""
    measured = measure_cost(program, trial, slope)
    for penalised in (False, True):
        for mixed in (False, True):
            if mixed and (wanted.activations is not None or penalised):
                break
            for activations in [wanted.activations] if wanted.activations else list_activations(trial.depth, mixed):
                for cost in list_costs_of(activations[-1], wanted, trial):
                    known = _read_as(trial, measured, activations, cost, slope, penalised)
                    if known is not None:
                        return known
    for activations in [wanted.activations] if wanted.activations else list_activations(trial.depth, False):
        for cost in list_costs_of(activations[-1], wanted, trial, epsilons=EPSILONS):
            known = _read_as(trial, measured, activations, cost, slope, False)
            if known is not None and isinstance(cost, str):
                name = cost.partition(" ε ")[0]
                return replace(known, reading=replace(known.reading, cost=BINARY if name == INSIDE else name))
    return None


def _read_as(
    trial: Trial,
    measured: Sequence[Sequence[Measured]],
    activations: tuple[str, ...],
    cost: str | Cost,
    slope: Slope,
    penalised: bool,
) -> Known | None:
    """The constant with which the measured derivatives are those of a cost; with a multiple of W if ``penalised``."""
    numbers, expected, of_weights = [], [], []
    right = list_gradients(trial, activations, cost)
    if right is None:
        return None
    for net, along, gradients in zip(trial.nets, measured, right, strict=True):
        numbers.append(np.array([one.number for one in along]))
        expected.append(np.array([one.along(gradients) for one in along]))
        of_weights.append(
            np.array([np.vdot(net.W[one.layer - 1], one.way) if one.part == "W" else 0.0 for one in along])
        )
    close = 3 * slope.close
    if not penalised:
        ratios = list_ratios(numbers, expected, close)
        constant = None if ratios is None else name_ratio(ratios, trial.nets, trial.depth, close)
        return None if constant is None else Known(Reading(trial, activations, cost, constant))
    fits = [_fit(*arrays, close) for arrays in zip(numbers, expected, of_weights, strict=True)]
    found = [fit for fit in fits if fit is not None]
    if len(found) < len(fits) or any(abs(factor) < 1e-6 for _, factor in found):
        return None
    constant = name_ratio([ratio for ratio, _ in found], trial.nets, trial.depth, 10 * close)
    if constant is None:
        return None
    factors = tuple(factor for _, factor in found)
    said = f"with a penalty {factors[0] / 2:.3g}·Σw² on the weights inside"
    return Known(Reading(trial, activations, cost, constant), factors, said)


def _fit(numbers: "Floats", expected: "Floats", of_weights: "Floats", close: float) -> tuple[float, float] | None:
    """(r, c) with numbers = r·expected + c·of_weights; None if there are none."""
    system = np.stack([expected, of_weights], axis=1)
    if not (np.isfinite(system).all() and np.isfinite(numbers).all()):
        return None
    found = np.linalg.lstsq(system, numbers, rcond=None)[0]
    fits = np.abs(system @ found - numbers).max() <= close * np.abs(numbers).max()
    return (float(found[0]), float(found[1])) if fits else None
