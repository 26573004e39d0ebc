"""What can be said of an unknown δ: it is recovered from dW for a few samples, and compared.

Two units of a layer are given the same weights, so that they have the same pre-activation. A factor that is any
function of it is the same for both, whatever the function is.
"""

from collections.abc import Collection
from dataclasses import replace

from autograd_lite.internal import format_number

from ....ground import late_numpy as np
from ....ground.arrays import Floats
from ..comparing.array_activations import SOFTMAX
from ..comparing.reference import OWN, SQUARED, find_output_delta, pass_back, run_forward
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
    read, alone = (_read_factor(program, found, one, l) for one in (net, net.take([0])))
    if read is None or alone is None:
        return ""
    function, right, what = read
    same = np.abs([*(function[0] - function[1]), function[0, 0] - alone[0][0, 0]]).max()
    if not np.isfinite(function).all() or not same <= _CLOSE * np.abs(function).max():
        return ""
    if np.abs(function - right).max() <= _CLOSE * np.abs(right).max():
        return ""
    at = int(np.argmax(np.abs(function[0] - right[0])))
    digits = 3 if abs(function[0, at] - right[0, at]) > 0.01 * abs(right[0, at]) else 9
    u = run_forward(net, found.activations, trial.biases).u[l]
    shown = [format_number(float(f"{array[0, at]:.{digits}g}")) for array in (u, function, right)]
    here = f"at z = {shown[0]} is {shown[1]} in place of {shown[2]}"
    return f" It is a function of z⁽{_raise(l)}⁾, but another one: {what} {here}."


def find_only_delta(program: Program, found: Explanation, net: Net, l: int) -> "Floats | None":
    """The only δ of a layer that gives its dW; None where there is none, or more than one."""
    trial, hidden = found.trial, found.activations[:-1]
    h = run_forward(net, (*hidden, "identity"), trial.biases).h[l - 1]
    if np.linalg.matrix_rank(h) < net.samples:
        return None
    return find_own_delta(trial, net, program.try_run(trial.layout, net), hidden, l)


def find_misfit(program: Program, found: Explanation, l: int) -> str | None:
    """The first array that does not follow from the δ in dW of a layer; empty if all do, None if δ is not known."""
    trial, net = found.trial, found.trial.nets[0].take(slice(0, FEW))
    own, given = find_only_delta(program, found, net, l), program.try_run(trial.layout, net)
    if own is None or given is None:
        return None
    right = pass_back(run_forward(net, (*found.activations[:-1], "identity"), trial.biases), own, l)
    for name in trial.list_arrays():
        layer = int(name[3:-1])
        array = (given.dW if name.startswith("dW") else given.db)[layer - 1]
        wanted = right.find(name[:2], layer) if layer <= l else None
        if wanted is not None and not (
            array is not None and np.abs(array - wanted).max() <= 1e4 * trial.tolerance * np.abs(wanted).max()
        ):
            return name
    return ""


def _read_factor(program: Program, found: Explanation, net: Net, l: int) -> "tuple[Floats, Floats, str] | None":
    """What stands in δ where the right one has a function of z, what that is, and what it is called."""
    forward = run_forward(net, found.activations, found.trial.biases)
    own, above = (find_only_delta(program, found, net, layer) for layer in (l, min(l + 1, found.trial.depth)))
    if own is None or above is None:
        return None
    if l < found.trial.depth:
        return own / (net.W[l].T @ above), forward.slope[l], "the factor of Wᵀδ"
    k, right = (found.known or found.constant).value(net), find_output_delta(forward, found.cost)
    if found.cost == SQUARED and found.activations[-1] != SOFTMAX:
        return own / (forward.h[l] - net.Y) / k, forward.slope[l], "the factor of a − y"
    return None if right is None else (own / k + net.Y, right + net.Y, f"δ⁽{_raise(l)}⁾ + y")


def _make_twins(net: Net, l: int) -> Net:
    """The network with the second unit of a layer like the first: the same weights and bias, but other ones above."""
    W, b = list(net.W), list(net.b)
    W[l - 1], b[l - 1] = W[l - 1].copy(), b[l - 1].copy()
    W[l - 1][1], b[l - 1][1] = W[l - 1][0], b[l - 1][0]
    if l < len(W):
        W[l] = W[l].copy()
        W[l][:, 1] = -0.5 * W[l][:, 0]  # so that what comes back to them is not the same, and has another sign
    return replace(net, W=tuple(W), b=tuple(b))


def _raise(layer: int) -> str:
    return str(layer).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))


def turn_biases(trial: Trial, factor: float) -> Trial:
    """The trial beside networks whose biases are multiplied by a factor in the forward pass of the reference."""
    return replace(trial, nets=tuple(replace(net, b=tuple(factor * b for b in net.b)) for net in trial.nets))
