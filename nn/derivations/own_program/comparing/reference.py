"""The right gradients of a network, for every cost that a program may have: the general statement on arrays.

With D = ∂ℓ/∂u of one sample in each column: dW = D hᵀ and db = D 1, summed over the samples. The constant before the
sum is read from the program, see ``constants``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from ....costs import Cost
from ....ground import late_numpy as np
from ....ground.arrays import Floats
from ..running.networks import Net
from .array_activations import SOFTMAX, find_array_activation, softmax

SQUARED, BINARY, CLASSES, FLIPPED, ROOT = "squared error", "binary cross-entropy", "cross-entropy", "bernoulli", "root"
INSIDE = "binary cross-entropy inside"
"""With an ε inside both logarithms: denominators h + ε and 1 − h + ε, where ``BINARY`` has h(1 − h) + ε."""
OWN = "your own cost"
"""One that is none of the table: its ∂ℓ/∂u is measured, and the output activation is taken to be in it."""
_WRITTEN = {
    SQUARED: "squared error Σ(a − y)²", CLASSES: "cross-entropy −Σ y log a", INSIDE: BINARY,
    FLIPPED: "cross-entropy with a = P(y = 0)", ROOT: "root of the summed squared error",
}
LARGE_EPSILONS = (1e-2, 1e-3, 1e-4)
EPSILONS = (1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15)
WRONG_AXIS: dict[str, tuple[int | None, int | None]] = {
    "softmax with maxima over samples": (1, 0),
    "softmax with sums over samples": (0, 1),
    "softmax with sums over everything": (0, None),
    "softmax over samples": (None, 1),
    "softmax over everything": (None, None),
}
"""Output activations that are no softmax -> axes of their maxima and sums; the mistake is ``softmax-wrong-axis``."""


@dataclass(frozen=True, eq=False)
class Forward:
    """The forward pass of a network: u[l], h[l] and φ′(u[l]) by layer; h[0] is the input."""

    net: Net
    activations: tuple[str, ...]
    u: Mapping[int, "Floats"]
    h: Mapping[int, "Floats"]
    slope: Mapping[int, "Floats"]

    @property
    def last(self) -> str:
        return self.activations[-1]

    @property
    def depth(self) -> int:
        return len(self.activations)


@dataclass(frozen=True, eq=False)
class Gradients:
    """dW[l], db[l] and D[l] by layer, of ℓ summed over the samples."""

    D: Mapping[int, "Floats"]
    dW: Mapping[int, "Floats"]
    db: Mapping[int, "Floats"]

    def find(self, kind: str, layer: int) -> "Floats":
        """"dW" or "db" of a layer."""
        return (self.dW if kind == "dW" else self.db)[layer]


@lru_cache(8192)
def run_forward(net: Net, activations: tuple[str, ...], biases: bool = True) -> Forward:
    """The forward pass, with or without biases."""
    u, h, slope = {}, {0: net.X}, {}
    for l, name in enumerate(activations, start=1):
        u[l] = net.W[l - 1] @ h[l - 1] + (net.b[l - 1] if biases else 0.0)
        if name.startswith(SOFTMAX):
            h[l] = softmax(u[l], *WRONG_AXIS.get(name, (0, 0)))
            slope[l] = h[l] * (1 - h[l])
        else:
            activation = find_array_activation(name)
            with np.errstate(all="ignore"):
                h[l], slope[l] = activation.value(u[l]), activation.slope(u[l])
    return Forward(net, activations, u, h, slope)


def write_cost(cost: str | Cost) -> str:
    """What a student is told of a cost, without its constant."""
    if isinstance(cost, Cost):
        return cost.name or "your cost"
    name, _, small = cost.partition(" ε ")
    return _WRITTEN.get(name, name) + (f" with ε = {small} in a denominator" if small else "")


def list_costs(last: str) -> list[str]:
    """The costs that a network with this output activation may have, the likeliest first."""
    if last.startswith(SOFTMAX):
        return [CLASSES, SQUARED, BINARY]
    return [BINARY, SQUARED, CLASSES, FLIPPED] if last == "sigmoid" else [SQUARED]


def find_output_delta(forward: Forward, cost: str | Cost) -> "Floats | None":
    """∂ℓ/∂u of the output layer, (n_L, N); None where a cost does not exist for these outputs.

    ``cost`` is one of the names above, with `` ε`` and a number where a program keeps one in a denominator, or a row of
    ``COSTS`` or of the user's, whose own constants it has.
    """
    if isinstance(cost, Cost):
        return _record_delta(forward, cost)
    if cost == OWN:
        return forward.net.delta
    name, _, small = cost.partition(" ε ")
    epsilon = float(small or 0.0)
    h, y = forward.h[forward.depth], forward.net.Y
    with np.errstate(all="ignore"):
        if name == BINARY:
            upstream = (h - y) / (h * (1 - h) + epsilon)
        elif name == INSIDE:
            upstream = (1 - y) / (1 - h + epsilon) - y / (h + epsilon)
        elif name == CLASSES:
            upstream = -y / (h + epsilon)
        elif name == FLIPPED:
            upstream = (h - (1 - y)) / (h * (1 - h) + epsilon)
        else:
            upstream = h - y
            if name == ROOT:
                upstream = upstream / np.sqrt(np.square(upstream).sum())
        return pass_output(forward, upstream)


def pass_output(forward: Forward, upstream: "Floats") -> "Floats":
    """Jᵀ upstream, where J is the Jacobian of the output activation: ⊙ φ′, or that of softmax."""
    if forward.last.startswith(SOFTMAX):
        p = forward.h[forward.depth]
        inner: Floats = upstream - (p * upstream).sum(axis=0, keepdims=True)
        return p * inner
    return upstream * forward.slope[forward.depth]


def _record_delta(forward: Forward, cost: Cost) -> "Floats | None":
    """∂C/∂u by the engine: the cost is recorded from the outputs, or from the logits."""
    from autograd_lite import Value

    if cost.logits_of and cost.logits_of != forward.last:
        return None
    source = forward.u[forward.depth] if cost.logits_of else forward.h[forward.depth]
    nodes = [[Value(float(v)) for v in column] for column in source.T]
    try:
        cost(nodes, [[float(v) for v in column] for column in forward.net.Y.T]).backward()
    except (ArithmeticError, ValueError):
        return None
    found = np.array([[node.grad or 0.0 for node in row] for row in nodes]).T
    return found if cost.logits_of else pass_output(forward, found)


@lru_cache(16384)
def find_gradients(net: Net, activations: tuple[str, ...], cost: str | Cost, biases: bool = True) -> Gradients | None:
    """The right gradients; None where the cost does not exist."""
    forward = run_forward(net, activations, biases)
    delta = find_output_delta(forward, cost)
    return None if delta is None else pass_back(forward, delta)


def pass_back(forward: Forward, delta: "Floats", layer: int = 0) -> Gradients:
    """The right gradients of a layer with this δ, the output's if none is said, and of those below it."""
    first = layer or forward.depth
    D, dW, db = {first: delta}, {}, {}
    with np.errstate(all="ignore"):
        for l in range(first, 0, -1):
            if l < first:
                D[l] = forward.net.W[l].T @ D[l + 1] * forward.slope[l]
            dW[l] = D[l] @ forward.h[l - 1].T
            db[l] = D[l].sum(axis=1, keepdims=True)
    return Gradients(D, dW, db)
