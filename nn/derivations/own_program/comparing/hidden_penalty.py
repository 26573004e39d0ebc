"""A penalty whose λ the program has inside: a multiple of each W that is left over beside the gradient of a cost."""

from dataclasses import replace

from ....costs import Cost
from ....ground import late_numpy as np
from ....ground.arrays import Floats
from ..running.trials import Trial
from .constants import list_ratios, name_ratio
from .reference import Gradients, list_gradients
from .rightness import Reading, Wanted, is_convention, list_activations, list_costs_of

Penalised = tuple[Reading, tuple[float, ...], str]
"""The reading of what is left without the penalty, the factor of W in each network, and what is said of it."""


def find_hidden_penalty(trial: Trial, wanted: Wanted) -> Penalised | None:
    """The conventions under which every dW is r·∂C/∂W + c·W, with one r and one c; None if there are none."""
    if not trial.is_complete:
        return None
    for activations in [wanted.activations] if wanted.activations else list_activations(trial.depth, False):
        for cost in list_costs_of(activations[-1], wanted, trial):
            found = _fit(trial, activations, cost)
            if found is not None:
                return found
    return None


def _fit(trial: Trial, activations: tuple[str, ...], cost: str | Cost) -> Penalised | None:
    right = list_gradients(trial, activations, cost)
    if right is None:
        return None
    last = trial.depth
    if trial.biases and list_ratios(trial.db(last), [found.db[last] for found in right], trial.tolerance) is None:
        return None
    pairs = [_fit_one(trial, i, found) for i, found in enumerate(right)]
    fits = [pair for pair in pairs if pair is not None]
    if len(fits) < len(pairs) or any(abs(c) < 1e-9 for _, c in fits):
        return None
    constant = name_ratio([r for r, _ in fits], trial.nets, last)
    first, second = (c for _, c in fits)
    over_samples = abs(first * trial.nets[0].samples - second * trial.nets[1].samples) < 1e-6 * abs(first)
    if (
        constant is None
        or (not is_convention(constant, cost))
        or not (over_samples or abs(first - second) < 1e-6 * abs(first))
    ):
        return None
    text = f"and {first:.3g}·W in each dW, the derivative of a penalty {first / 2:.3g}·Σw² on the weights"
    return Reading(trial, activations, cost, constant), tuple(c for _, c in fits), text


def _fit_one(trial: Trial, i: int, right: Gradients) -> tuple[float, float] | None:
    """(r, c) in one network; None if there are none."""
    net, given = trial.nets[i], trial.given[i]
    first: tuple[float, float] | None = None
    for l in range(trial.depth, 0, -1):
        W = given.dW[l - 1]
        assert W is not None  # noqa: S101 - the caller has looked
        if not np.isfinite(right.dW[l]).all():
            return None
        system = np.stack([right.dW[l].ravel(), net.W[l - 1].ravel()], axis=1)
        found = np.linalg.lstsq(system, W.ravel(), rcond=None)[0] if first is None else np.array(first)
        if np.abs(system @ found - W.ravel()).max() > 10 * trial.tolerance * np.abs(W).max():
            return None
        first = (float(found[0]), float(found[1]))
        if trial.biases:
            b: Floats | None = given.db[l - 1]
            if b is None or np.abs(b - first[0] * right.db[l]).max() > 10 * trial.tolerance * max(
                np.abs(b).max(), 1e-9
            ):
                return None
    return first


def take_out(trial: Trial, factors: tuple[float, ...]) -> Trial:
    """The trial without these multiples of W."""
    given = []
    for net, one, factor in zip(trial.nets, trial.given, factors, strict=True):
        dW = tuple(None if array is None else array - factor * W for array, W in zip(one.dW, net.W, strict=True))
        raw = tuple(array if array is None or not trial.layout.source else array.T for array in dW)
        given.append(replace(one, dW=dW, raw_W=raw))
    return replace(trial, given=tuple(given))
