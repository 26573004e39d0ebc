"""Programs that are nearly right: a large ε in a denominator, or a difference quotient in place of a derivative."""

from collections.abc import Sequence
from dataclasses import replace

from autograd_lite.internal import format_number

from ....ground import late_numpy as np
from ....ground.arrays import Floats
from ..comparing.reference import LARGE_EPSILONS, find_gradients
from ..comparing.rightness import Reading, Wanted, find_reading, list_candidates
from ..running.networks import Net
from ..running.trials import Trial
from .afterwards import explain_afterwards
from .explanation import Explanation, Named

_NEAR = 2e-3  # how closely the arrays of a difference quotient agree
_MOVE = 1e-3
_ENTRIES = 6
_SPREAD = 0.05  # of the steps that are read from these entries


def explain_nearly_right(trials: Sequence[Trial], wanted: Wanted) -> Explanation | None:
    """The explanation of a program in which nothing else is wrong; None if it is no such program."""
    for trial in trials:
        candidates = list(list_candidates(trial.depth, wanted, None, trial))
        reading = find_reading(trial, wanted, candidates, LARGE_EPSILONS)
        if reading is not None:
            small = str(reading.cost).partition(" ε ")[2]
            return _explain(reading, Named("epsilon-too-large", f"dW[{trial.depth}]", "forward", detail=small))
        near = None if trial.single else find_reading(replace(trial, exact=_NEAR), wanted, candidates)
        quotient = None if near is None else _find_quotient(near)
        after = None if near is None else explain_afterwards(replace(near, trial=trial), None)
        if after is not None and {named.slug for named in after.named} == {"gradient-rounded"}:
            return after
        if near is not None and quotient is not None:
            return _explain(near, Named("difference-quotient", f"dW[{trial.depth}]", "forward", detail=quotient))
    return None


def _explain(reading: Reading, named: Named) -> Explanation:
    return Explanation(reading.trial, reading.activations, reading.cost, reading.constant, fixed=True, named=(named,))


def _find_quotient(reading: Reading) -> str | None:
    """The quotient with its step, where what the arrays are off by is what one leaves out; None if it is not.

    (C(w + ε) − C(w))/ε is off by ε/2·C″, and (C(w + ε) − C(w − ε))/2ε by ε²/6·C‴, in every entry with the same ε.
    """
    net, given, l = reading.trial.nets[0], reading.trial.given[0].dW, reading.trial.depth
    right = _differentiate(reading, net)
    array = given[l - 1]
    if right is None or array is None:
        return None
    off = array - right
    steps: dict[str, list[float]] = {"(C(w + ε) − C(w))/ε": [], "(C(w + ε) − C(w − ε))/2ε": []}
    for at in np.argsort(np.abs(off).ravel())[::-1][:_ENTRIES]:
        move = np.zeros_like(array)
        move.flat[at] = _MOVE
        around = [_differentiate(reading, _move(net, sign * move)) for sign in (1, -1)]
        if around[0] is None or around[1] is None:
            return None
        plus, minus, here = around[0].flat[at], around[1].flat[at], right.flat[at]
        second, third = (plus - minus) / (2 * _MOVE), (plus - 2 * here + minus) / _MOVE**2
        with np.errstate(all="ignore"):
            steps["(C(w + ε) − C(w))/ε"].append(float(2 * off.flat[at] / second))
            steps["(C(w + ε) − C(w − ε))/2ε"].append(float(np.sqrt(6 * off.flat[at] / third)))
    for quotient, found in steps.items():
        step = float(np.median(found))
        if np.isfinite(found).all() and step and np.ptp(found) <= _SPREAD * abs(step):
            return f"{quotient} with ε ≈ {format_number(float(f'{step:.1g}'))}"
    return None


def _differentiate(reading: Reading, net: Net) -> "Floats | None":
    found = find_gradients(net, reading.activations, reading.cost, reading.trial.biases)
    return None if found is None else reading.constant.value(net) * found.dW[reading.trial.depth]


def _move(net: Net, move: "Floats") -> Net:
    return replace(net, W=(*net.W[:-1], net.W[-1] + move))
