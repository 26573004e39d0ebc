"""What a program does to gradients that are right: it rounds them, cuts them off, scales them, or adds a penalty."""

from collections.abc import Sequence
from typing import Any

from ....ground import late_numpy as np
from ....ground.arrays import Floats
from ..comparing.hidden_penalty import HiddenPenalty, make_penalty
from ..comparing.penalties import compare_hidden
from ..comparing.rightness import Reading, find_all_gradients
from ..running.trials import Trial
from .explanation import Explanation, Named

_DIGITS = range(1, 8)
_HALF = 2.0**-11  # the relative precision of float16


def explain_afterwards(reading: Reading, penalty: HiddenPenalty | None) -> Explanation | None:
    """The explanation of a program whose arrays are all right but for that; None if any is not.

    ``penalty`` is the one that the cost has inside.
    """
    trial, right = reading.trial, find_all_gradients(reading.trial, reading.activations, reading.cost)
    if right is None or not trial.is_complete:
        return None
    whole: dict[str, tuple[list[Any], list[Floats]]] = {}
    bare: dict[str, list[Floats]] = {}
    for name in trial.list_arrays():
        kind, l = name[:2], int(name[3:-1])
        pairs = zip(trial.nets, right, strict=True)
        bare[name] = [reading.constant.value(net) * one.find(kind, l) for net, one in pairs]
        added = [penalty.differentiate(net.W[l - 1], net.samples) if penalty and kind == "dW" else 0.0
                 for net in trial.nets]
        whole[name] = trial.find(kind, l), [z + more for z, more in zip(bare[name], added, strict=True)]
    if not all(np.isfinite(array).all() for pair in whole.values() for array in (*pair[0], *pair[1])):
        return None
    named, close = [], max(100 * trial.tolerance, 1e-8)
    norm = _find_norm(whole, close)
    for name, (given, wanted) in whole.items():
        if all(np.abs(a - z).max() <= close * np.abs(z).max() for a, z in zip(given, wanted, strict=True)):
            continue
        change = ("gradient-scaled", norm) if norm else (
            _find_change(given, wanted, close) or _find_penalty(name, given, bare[name], trial, penalty, close))
        if change is None:
            return None
        named.append(Named(change[0], name, name[:2], detail=change[1]))
    conventions = (reading.activations, reading.cost, reading.constant, reading.constant)
    return Explanation(trial, *conventions, fixed=True, named=tuple(named)) if named else None


def _find_change(given: Sequence[Any], wanted: Sequence["Floats"], close: float) -> tuple[str, str] | None:
    """The slug of what was done to an array, and what is said of it."""
    pairs = list(zip(given, wanted, strict=True))
    for digits in _DIGITS:
        step = 10.0**-digits
        if all(_is_within(a, z, np.round(a, digits), 0.501 * step) and np.ptp(a) > step for a, z in pairs):
            return "gradient-rounded", f"{digits} decimal{'s' * (digits > 1)}"
    if all(_is_within(a, z, a.astype(np.float16), _HALF * np.abs(z) + 1e-7) for a, z in pairs):
        return "gradient-rounded", "half precision (float16), which has 3 digits"
    most = float(np.abs(given[0]).max())
    if all((np.abs(a) < most).any() and np.abs(a - np.clip(z, -most, most)).max() <= close * most for a, z in pairs):
        return "gradient-clipped", f"{most:.3g}"
    return None


def _find_penalty(
    name: str, given: Sequence[Any], bare: Sequence["Floats"], trial: Trial, penalty: HiddenPenalty | None, close: float
) -> tuple[str, str] | None:
    factors, l = [], int(name[3:-1])
    for a, z, net in zip(given, bare, trial.nets, strict=True):
        of, off = (net.W if name.startswith("dW") else net.b)[l - 1].ravel(), (a - z).ravel()
        system = np.stack([of, np.sign(of)], axis=1)
        fit = np.where(np.abs(off).max() > close * np.abs(z).max(), np.linalg.lstsq(system, off, rcond=None)[0], 0.0)
        if len(off) < 3 or np.abs(system @ fit - off).max() > close * np.abs(a).max():
            return None
        factors.append((round(float(fit[0]), 9), round(float(fit[1]), 9)))
    own = make_penalty(factors, trial.nets, False, 1e-4)
    if own is None and any(map(any, factors)):
        return None
    return compare_hidden(own, penalty if name.startswith("dW") else None, name, trial.nets)


def _is_within(given: "Floats", wanted: "Floats", rounded: "Floats", step: Any) -> bool:
    """Whether an array is ``rounded``, and nowhere farther than ``step`` from ``wanted``; all of one shape."""
    return bool(given.any() and np.abs(given - rounded).max() < 1e-12 and (np.abs(given - wanted) <= step).all())


def _find_norm(whole: dict[str, tuple[list[Any], list["Floats"]]], close: float) -> str:
    """The norm that all gradients together have, where each is scaled by the same number; empty if they are not."""
    norms = []
    for i in range(2):
        given, wanted = (np.concatenate([pair[side][i].ravel() for pair in whole.values()]) for side in (0, 1))
        ratio = float(np.vdot(given, wanted) / np.vdot(wanted, wanted))
        if not given.any() or not np.abs(given - ratio * wanted).max() <= close * np.abs(given).max():
            return ""
        norms += [] if abs(ratio - 1) < close else [float(np.linalg.norm(given))]
    return f"{norms[0]:.3g}" if norms and abs(norms[0] - norms[-1]) <= close * norms[0] else ""
