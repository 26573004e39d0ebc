"""What can be said of an unknown δ: it is recovered from dW for a few samples, and compared.

Two units of a layer are given the same weights, so that they have the same pre-activation. A factor that is any
function of it is the same for both, whatever the function is.
"""

from collections.abc import Collection
from dataclasses import replace

from autograd_lite.internal import format_number

from ....ground import late_numpy as np
from ..comparing.reference import BINARY, CLASSES, OWN, run_forward
from ..running.networks import Net
from ..running.program import Program
from ..running.trials import Trial
from .explanation import Explanation, Named
from .search import FEW, find_own_delta

_CLOSE = 1e-6


def look_closer(program: Program, found: Explanation, agreeing: Collection[str]) -> Explanation:
    """The explanation with a name where a dW cannot be made from the activations of the layer below, whatever δ is.

    Where db is right, so is the forward pass up to there, or δ were not.
    """
    trial, net = found.trial, found.trial.nets[0].take(slice(0, FEW))
    last = next((l for l in range(trial.depth, 0, -1) if f"dW[{l}]" in found.unknown), 0)
    given = program.try_run(trial.layout, net)
    wrong_axis = found.activations[-1].startswith("softmax ")
    for l in range(2, last + 1) if given and not (trial.single or wrong_axis or f"db[{last}]" in agreeing) else ():
        W = given.dW[l - 1] if given else None
        if W is not None and W.any() and find_own_delta(trial, net, given, found.activations[:-1], l) is None:
            said = (f"dW[{l}] cannot be made from the activations of layer {l - 1}, whatever δ is: look at the forward "
                    f"pass inside gradients, and at what δ is multiplied by in dW[{l}].")
            named = Named("forward-differs", f"dW[{last}]", "forward", detail=said)
            rest = tuple(name for name in found.unknown if name != named.array)
            return replace(found, named=(*found.named, named), unknown=rest)
    return found


def describe_function(program: Program, found: Explanation, l: int) -> str:
    """What is said of a factor of δ that is a function of the right pre-activation, and not σ′; empty if it is none."""
    trial = found.trial
    if trial.nets[0].widths[l] < 2 or (l == trial.depth and found.cost == OWN):  # no second unit to compare with
        return ""
    net = _make_twins(trial.nets[0].take(slice(0, FEW)), l)
    given = program.try_run(trial.layout, net)
    forward = run_forward(net, found.activations, trial.biases)
    own = find_own_delta(trial, net, given, found.activations[:-1], l)
    if own is None:
        return ""
    if l == trial.depth:
        residual = forward.h[l] - net.Y
        if isinstance(found.cost, str) and found.cost.startswith((BINARY, CLASSES)) and found.known is not None:
            function = own / found.known.value(net) + net.Y
            what, right = f"δ⁽{_raise(l)}⁾ + y", forward.h[l]
        else:
            function, right, what = own / residual / found.constant.value(net), forward.slope[l], "the factor of a − y"
    else:
        above = find_own_delta(trial, net, given, found.activations[:-1], l + 1)
        if above is None:
            return ""
        function, right = own / (net.W[l].T @ above), forward.slope[l]
        what = "the factor of Wᵀδ"
    if not np.isfinite(function).all() or np.abs(function[0] - function[1]).max() > _CLOSE * np.abs(function).max():
        return ""
    if np.abs(function - right).max() <= _CLOSE * np.abs(right).max():
        return ""
    at = int(np.argmax(np.abs(function[0] - right[0])))
    digits = 3 if abs(function[0, at] - right[0, at]) > 0.01 * abs(right[0, at]) else 9
    shown = [format_number(float(f"{array[0, at]:.{digits}g}")) for array in (forward.u[l], function, right)]
    here = f"at z = {shown[0]} is {shown[1]} in place of {shown[2]}"
    return f" It is a function of z⁽{_raise(l)}⁾, but another one: {what} {here}."


def _make_twins(net: Net, l: int) -> Net:
    """The network with the second unit of a layer like the first: the same weights, the same bias."""
    W, b = list(net.W), list(net.b)
    W[l - 1], b[l - 1] = W[l - 1].copy(), b[l - 1].copy()
    W[l - 1][1], b[l - 1][1] = W[l - 1][0], b[l - 1][0]
    return replace(net, W=tuple(W), b=tuple(b))


def _raise(layer: int) -> str:
    return str(layer).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))


def turn_biases(trial: Trial, factor: float) -> Trial:
    """The trial beside networks whose biases are multiplied by a factor in the forward pass of the reference."""
    return replace(trial, nets=tuple(replace(net, b=tuple(factor * b for b in net.b)) for net in trial.nets))
