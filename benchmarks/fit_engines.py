"""How long an epoch of training takes, beside the same training written by hand in NumPy and scikit-learn's.

    python benchmarks/fit_engines.py [--check] [digits] [images] [curve]

- digits: 64-32-10 (tanh, softmax) on 1,438 images in batches of 32 with Adam. By hand: the formulas of the lecture, one
  array an operation, NumPy's own shuffle. Ours to be at most 1.5 times as long, and ahead of scikit-learn.
- images: 784-50-10 on a generated set of 60,000 images of 784 numbers, the size of MNIST; at most 2 s an epoch.
- curve: 1-50-50-1 (tanh) on 1,000 samples, 100 epochs in batches of 32; at most 1.5 s, all of ``fit``.

Times are of the process (``time.process_time``), on one thread, in one run. An epoch is the quickest of several,
since other programs may share the machine. Costs and parameters are compared first with those of the program by hand
(to 1e-10), which takes the batches in our order then. With ``--check`` the exit status is 1 where a time is missed.
"""

import gc
import os
import platform
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from time import process_time
from typing import Any, ClassVar, Self

import numpy as np

from nn import MLP, dataset, fit, optimizers

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
BATCH, TURNS = 32, 3
Array = Any


class ByHand:
    """A network of tanh layers and a softmax, or a straight last layer, with Adam: written as its user would."""

    def __init__(self, net: MLP, eta: float) -> None:
        W, b = net.arrays()
        self.W, self.b, self.eta, self.t = [w.copy() for w in W], [v.copy() for v in b], eta, 0
        self.straight = net.output_activation == "identity"
        self.m, self.s = ([np.zeros_like(p) for p in (*self.W, *self.b)] for _ in range(2))

    def step(self, X: Array, Y: Array) -> float:
        a = [X]
        for l, (W, b) in enumerate(zip(self.W, self.b, strict=True)):
            z = a[-1] @ W.T + b
            a.append(np.tanh(z) if l < len(self.W) - 1 else z)
        N = len(X)
        if self.straight:
            C = 0.5 * np.sum((a[-1] - Y) ** 2) / N
            delta = (a[-1] - Y) / N
        else:
            z = a[-1] - a[-1].max(axis=1, keepdims=True)
            e = np.exp(z)
            whole = e.sum(axis=1, keepdims=True)
            C = np.sum(np.log(whole)[:, 0] - np.sum(z * Y, axis=1)) / N
            delta = (e / whole - Y) / N
        dW: list[Array] = []
        db: list[Array] = []
        for l in range(len(self.W) - 1, -1, -1):
            dW.insert(0, delta.T @ a[l])
            db.insert(0, delta.sum(axis=0))
            if l:
                delta = (delta @ self.W[l]) * (1 - a[l] ** 2)
        self.t += 1
        for p, g, m, s in zip((*self.W, *self.b), (*dW, *db), self.m, self.s, strict=True):
            m += 0.1 * (g - m)
            s += 0.001 * (g * g - s)
            p -= self.eta * (m / (1 - 0.9**self.t)) / (np.sqrt(s / (1 - 0.999**self.t)) + 1e-8)
        return float(C)

    def run(self, X: Array, Y: Array, orders: Iterator[Array]) -> list[float]:
        costs = []
        for order in orders:
            parts = [order[k : k + BATCH] for k in range(0, len(X), BATCH)]
            costs.append(sum(len(rows) / len(X) * self.step(X[rows], Y[rows]) for rows in parts))
        return costs


def draw_orders(N: int, epochs: int, ours: bool) -> Iterator[Array]:
    """The orders of the samples: those of ``fit`` with seed 0, or NumPy's."""
    python, numpy = random.Random(0), np.random.default_rng(0)
    for _ in range(epochs):
        order = list(range(N))
        if ours:
            python.shuffle(order)
        yield np.array(order) if ours else numpy.permutation(N)


class Stamped(optimizers.Adam):
    """Adam, which notes when an epoch begins: it is copied then."""

    stamps: ClassVar[list[float]] = []

    def copy(self) -> Self:
        self.stamps.append(process_time())
        return super().copy()


def measure(run: Callable[[], Any]) -> float:
    gc.collect()
    begun = process_time()
    run()
    return process_time() - begun


def train(net: MLP, X: Array, Y: Array, cost: str, eta: float, epochs: int) -> Any:
    return fit(net, X, Y, cost=cost, optimizer=Stamped(eta), epochs=epochs, batch_size=BATCH, seed=0, tolerance=0)


def time_ours(net: MLP, X: Array, Y: Array, cost: str, eta: float, epochs: int) -> float:
    """The seconds of the quickest epoch of all but the last."""
    Stamped.stamps.clear()
    train(net, X, Y, cost, eta, epochs)
    return float(np.diff(Stamped.stamps).min())


def time_by_hand(net: MLP, X: Array, Y: Array, eta: float, epochs: int) -> float:
    hand, orders = ByHand(net, eta), draw_orders(len(X), epochs, ours=False)
    return min(measure(lambda: hand.run(X, Y, islice(orders, 1))) for _ in range(epochs))


def compare(make: Callable[[], MLP], X: Array, Y: Array, targets: Array, cost: str, eta: float, epochs: int) -> None:
    net, hand = make(), ByHand(make(), eta)
    history = train(net, X, Y, cost, eta, epochs)
    costs = hand.run(X, targets, draw_orders(len(X), epochs, ours=True))
    if history.engine != "matrix":
        raise ValueError(history.describe_engine())
    np.testing.assert_allclose(history.cost, costs, rtol=1e-10)
    for ours, theirs in zip(net.arrays()[0], hand.W, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-8, atol=1e-10)


def measure_digits() -> list[tuple[str, float, str, bool]]:
    data, _ = dataset("digits").split(0.2, seed=0)
    X, labels, cost = data.X / 16, data.Y.ravel(), "softmax_cross_entropy"
    Y = np.eye(10)[labels.astype(int)]

    def make() -> MLP:
        return MLP(64, [32, 10], "tanh", "softmax", seed=0, initializer="xavier")

    compare(make, X, labels, Y, cost, 0.005, 3)
    turns = [(time_ours(make(), X, labels, cost, 0.005, 20), time_by_hand(make(), X, Y, 0.005, 20),
              time_sklearn(X, labels, 20)) for _ in range(TURNS)]
    ours, hand, sklearn = map(min, zip(*turns, strict=True))
    whole = measure(lambda: train(make(), X, labels, cost, 0.005, 20))
    return [("digits, an epoch", ours, f"{ours / hand:.2f} × NumPy by hand, {1e3 * hand:.2f} ms; at most 1.5",
             ours <= 1.5 * hand),
            ("digits, an epoch", ours, f"{sklearn / ours:.2f} times ahead of scikit-learn, {1e3 * sklearn:.2f} ms",
             ours < sklearn),
            ("digits, 20 epochs", whole, "all of fit; at most 1 s", whole <= 1)]


def time_sklearn(X: Array, labels: Array, epochs: int) -> float:
    from sklearn.neural_network import MLPClassifier

    net = MLPClassifier((32,), activation="tanh", solver="adam", alpha=0.0, batch_size=BATCH, learning_rate_init=0.005,
                        random_state=0)
    net.partial_fit(X, labels, classes=np.unique(labels))  # one epoch a call
    return min(measure(lambda: net.partial_fit(X, labels)) for _ in range(epochs))


def measure_images() -> list[tuple[str, float, str, bool]]:
    draw = np.random.default_rng(0)
    centres = draw.random((10, 784))
    labels = draw.integers(0, 10, 60_000)
    X = np.clip(centres[labels] + 0.5 * draw.standard_normal((60_000, 784)), 0, 1)

    def make() -> MLP:
        return MLP(784, [50, 10], "tanh", "softmax", seed=0, initializer="xavier")

    few, cost = 640, "softmax_cross_entropy"
    compare(make, X[:few], labels[:few], np.eye(10)[labels[:few]], cost, 0.001, 1)
    ours = time_ours(make(), X, labels, cost, 0.001, 4)
    hand = time_by_hand(make(), X, np.eye(10)[labels], 0.001, 3)
    return [("784-50-10, 60,000 images, an epoch", ours, f"{ours / hand:.2f} × NumPy by hand; at most 2 s", ours <= 2)]


def measure_curve() -> list[tuple[str, float, str, bool]]:
    X = np.linspace(-3, 3, 1000)[:, None]
    Y = np.sin(X)

    def make() -> MLP:
        return MLP(1, [50, 50, 1], "tanh", seed=0, initializer="xavier")

    compare(make, X, Y, Y, "half_squared_error", 0.001, 3)
    ours = measure(lambda: train(make(), X, Y, "half_squared_error", 0.001, 100))
    return [("1-50-50-1, 1,000 samples, 100 epochs", ours, "all of fit; at most 1.5 s", ours <= 1.5)]


PARTS = {"digits": measure_digits, "images": measure_images, "curve": measure_curve}


def main(arguments: list[str]) -> int:
    if not ONE_THREAD.items() <= os.environ.items():  # they are read as NumPy is loaded
        again = [sys.executable, __file__, *arguments]
        return subprocess.run(again, env=os.environ | ONE_THREAD, check=False).returncode
    wanted = [word for word in arguments if word in PARTS] or list(PARTS)
    print(f"Python {platform.python_version()}, NumPy {np.__version__}, one thread, garbage collection "
          f"{'on' if gc.isenabled() else 'off'}, seconds of the process")
    missed = False
    for part in wanted:
        for what, seconds, beside, is_met in PARTS[part]():
            print(f"{what:40} {1e3 * seconds:10.2f} ms   {beside}{'' if is_met else '   MISSED'}", flush=True)
            missed |= not is_met
    return int(missed and "--check" in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
