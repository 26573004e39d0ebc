"""Small generic networks on which programs are run: all widths differ, from the number of samples too.

Arrays are in one form: W[l] is (n_l, n_{l−1}), b[l] is (n_l, 1), and X, Y and all that is made of them have a unit in
each row and a sample in each column. The seeds were searched once, so that every unit meets both sides of its kink.
"""

from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

from ....ground import late_numpy as np
from ....ground.arrays import Floats

WIDTHS = ((4, 6, 5, 3, 9, 10), (6, 5, 7, 4, 10, 9))
"""Input, hidden layers, outputs; see ``list_widths``."""
SAMPLES = (7, 8)
SEEDS = {
    (1, None): (3, 0), (2, None): (0, 35), (3, None): (103, 14), (4, None): (29565, 12088), (1, 1): (0, 0),
    (2, 1): (2, 1), (3, 1): (48, 32),
}
"""(depth, number of outputs where it is set) -> seeds of the two networks."""
TARGETS = ("probabilities", "classes", "labels")
"""Probabilities that add up to 1, which every cost takes; 1 for the class and 0 elsewhere; or the class's number."""
ETA, LAM = 0.37, 0.23
_NUDGE = 1 + 1e-11
_SEARCHED, _LARGE = 100, 100_000  # seeds for widths that were asked for; fewer where there are many weights


@dataclass(frozen=True, eq=False)
class Net:
    """A network with samples.

    Attributes:
        widths: n_0 … n_L.
        W, b: layer l is at l − 1; b is None where there are no biases.
        X, Y: (n_0, N) and (n_L, N).
        delta: ∂ℓ/∂u of the output layer, (n_L, N), where it was measured from a cost that is none of the table.
    """

    widths: tuple[int, ...]
    W: tuple["Floats", ...]
    b: tuple["Floats", ...]
    X: "Floats"
    Y: "Floats"
    delta: "Floats | None" = None

    @property
    def depth(self) -> int:
        return len(self.W)

    @property
    def samples(self) -> int:
        return int(self.X.shape[1])

    def nudge(self) -> "Net":
        """The same network with all numbers but the targets changed by less than single precision sees."""
        W, b = (tuple(array * _NUDGE for array in arrays) for arrays in (self.W, self.b))
        return replace(self, W=W, b=b, X=self.X * _NUDGE)

    def take(self, samples: "list[int] | slice") -> "Net":
        """The same network with some of its samples, in that order."""
        delta = None if self.delta is None else self.delta[:, samples]
        return replace(self, X=self.X[:, samples].copy(), Y=self.Y[:, samples].copy(), delta=delta)

    def with_classes(self) -> "Net":
        """The same network with targets of 1 for the likeliest class, and 0 elsewhere."""
        several = len(self.Y) > 1
        Y: Floats = np.eye(len(self.Y))[np.argmax(self.Y, axis=0)].T if several else np.where(self.Y > 0.4, 1.0, 0.0)
        return replace(self, Y=Y)


def list_widths(depth: int, which: int, outputs: int | None = None) -> tuple[int, ...]:
    """The widths of a network of that depth."""
    first, *hidden, last = WIDTHS[which][:4]
    hidden = [*hidden, *WIDTHS[which][4:], 11, 12, 13][: depth - 1]
    return (first, *hidden, last if outputs is None else outputs)


@lru_cache(512)
def make_net(widths: tuple[int, ...], samples: int, seed: int, targets: str = "probabilities") -> Net:
    """A network of that seed."""
    draw = np.random.default_rng(seed)
    pairs = list(zip(widths[1:], widths[:-1], strict=True))
    W = tuple(draw.normal(size=pair) for pair in pairs)
    b = tuple(0.7 * draw.normal(size=(n, 1)) for n, _ in pairs)
    X = draw.normal(size=(widths[0], samples))
    drawn = 0.1 + draw.random(size=(widths[-1], samples))
    several = widths[-1] > 1
    sums: Floats = drawn.sum(axis=0, keepdims=True)
    Y: Any = drawn / sums if several else drawn / 1.3
    net = Net(widths, W, b, X, Y)
    return net if targets == "probabilities" else net.with_classes()


@cache
def find_seed(widths: tuple[int, ...], samples: int, first: int) -> int:
    """A seed, searched from ``first``, with which the most units meet both sides of a kink, under ReLU and tanh."""
    weights = sum(n * m for n, m in zip(widths[1:], widths[:-1], strict=True))
    tried = max(1, min(_SEARCHED, _LARGE // weights))
    return max(range(first, first + tried), key=lambda seed: _count_crossing(make_net(widths, samples, seed)))


def _count_crossing(net: Net) -> int:
    count = 0
    for activation in (lambda u: np.maximum(u, 0), np.tanh):
        h = net.X
        for W, b in zip(net.W, net.b, strict=True):
            u = W @ h + b
            count += int(np.count_nonzero((u > 0).any(axis=1) & (u < 0).any(axis=1)))
            h = activation(u)
    return count


@cache
def list_nets(depth: int, targets: str = "probabilities", outputs: int | None = None) -> tuple[Net, Net]:
    """The two networks of a depth."""
    seeds = SEEDS.get((depth, outputs), (1, 2))
    first, second = (
        make_net(list_widths(depth, which, outputs), SAMPLES[which], seeds[which], targets) for which in (0, 1)
    )
    return first, second
