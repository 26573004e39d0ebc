"""The matrix program against NumPy written by hand, and how long it takes to find it.

    python benchmarks/matrix.py [--rounds N]

Everything is measured in one run, in turns, as process time of one thread; the results are compared first. Written by
hand are a plain program, as a competent user writes it, and one with buffers and ``out=``, which allocates nothing.
"""

import argparse
import gc
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before NumPy starts
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from autograd_lite import Value, affine, matrix_form, relu, sigmoid, total
from nn.costs import softmax_cross_entropy

Array = np.ndarray[Any, np.dtype[np.float64]]
Step = Callable[[Array], tuple[float, Array]]


@dataclass(frozen=True)
class Workload:
    """A network and its samples.

    Attributes:
        sizes: the number of inputs, then of units of each layer.
        samples: N.
        hinge: whether the cost is max(0, 1 − yz) with relu layers and a penalty; else it is softmax cross-entropy with
            sigmoids.
        target: how many times as fast as the plain program the matrix program has to be; None where none is set.
    """

    name: str
    sizes: tuple[int, ...]
    samples: int
    hinge: bool
    target: float | None = None

    @property
    def alpha(self) -> float:
        return 1e-4 if self.hinge else 0.0

    def draw(self) -> tuple[Array, Array]:
        """Θ and the data, a sample a row: inputs, then targets."""
        generator = np.random.default_rng(0)
        parts = [(generator.uniform(-1, 1, m * k) / k**0.5, generator.uniform(-0.1, 0.1, m))
                 for k, m in zip(self.sizes, self.sizes[1:], strict=False)]
        X = generator.standard_normal((self.samples, self.sizes[0]))
        classes = generator.integers(0, max(2, self.sizes[-1]), self.samples)
        Y = classes[:, None] * 2.0 - 1 if self.hinge else np.eye(self.sizes[-1])[classes]
        return np.concatenate([array for part in parts for array in part]), np.c_[X, Y]

    def record(self, theta: Sequence[float]) -> tuple[Value, list[Value], list[Value], Value | None]:
        """The cost of one sample, the parameters, the leaves of the sample, and the penalty."""
        parameters = [Value(number) for number in theta]
        rest = iter(parameters)
        x = [Value(0.1) for _ in range(self.sizes[0])]
        y = [Value(0.1) for _ in range(self.sizes[-1])]
        h = list(x)
        for l, (k, m) in enumerate(zip(self.sizes, self.sizes[1:], strict=False), start=1):
            weights = [[next(rest) for _ in range(k)] for _ in range(m)]
            z = [affine(row, h, next(rest)) for row in weights]
            h = z if l == len(self.sizes) - 1 else [relu(v) if self.hinge else sigmoid(v) for v in z]
        cost = relu(1 - y[0] * h[0]) if self.hinge else softmax_cross_entropy(h, y)
        return cost, parameters, [*x, *y], self.alpha * total([p * p for p in parameters]) if self.hinge else None

    def split(self, theta: Array) -> list[tuple[Array, Array]]:
        """Views of W and b of each layer."""
        found, start = [], 0
        for k, m in zip(self.sizes, self.sizes[1:], strict=False):
            found.append((theta[start : start + m * k].reshape(m, k), theta[start + m * k : start + m * k + m]))
            start += m * k + m
        return found

    def write_plain(self, data: Array) -> Step:
        """The program as a competent user writes it."""
        X, Y, N = data[:, : self.sizes[0]].copy(), data[:, self.sizes[0] :].copy(), len(data)

        def step(theta: Array) -> tuple[float, Array]:
            layers = self.split(theta)
            A = [X]
            for l, (W, b) in enumerate(layers, start=1):
                Z = A[-1] @ W.T + b
                last = l == len(layers)
                A.append(Z if last else np.maximum(Z, 0) if self.hinge else 1 / (1 + np.exp(-Z)))
            if self.hinge:
                margin = 1 - Y * A[-1]
                C = np.maximum(margin, 0).sum() / N + self.alpha * (theta @ theta)
                D = -(Y * (margin > 0)) / N
            else:
                powers = np.exp(A[-1] - A[-1].max(axis=1, keepdims=True))
                sums = powers.sum(axis=1, keepdims=True)
                C = (np.log(sums).sum() + A[-1].max(axis=1).sum() - (A[-1] * Y).sum()) / N
                D = (powers / sums - Y) / N
            gradient = np.empty_like(theta)
            for l, (dW, db) in reversed(list(enumerate(self.split(gradient)))):
                dW[:], db[:] = D.T @ A[l], D.sum(axis=0)
                if l:
                    D = D @ layers[l][0]
                    D = D * (A[l] > 0) if self.hinge else D * A[l] * (1 - A[l])
            if self.alpha:
                gradient += 2 * self.alpha * theta
            return float(C), gradient

        return step

    def write_with_buffers(self, data: Array) -> Step:
        """The same with a buffer for every result."""
        X, Y, N = data[:, : self.sizes[0]].copy(), data[:, self.sizes[0] :].copy(), len(data)
        A = [X, *(np.empty((N, m)) for m in self.sizes[1:])]
        D = [np.empty_like(a) for a in A]
        T = [np.empty_like(a) for a in A]
        size = sum(k * m + m for k, m in zip(self.sizes, self.sizes[1:], strict=False))
        kept, gradient, scratch = np.empty(size), np.empty(size), np.empty(size)
        layers, slopes, ones = self.split(kept), self.split(gradient), np.ones(N)
        column = np.empty((N, 1))

        def step(theta: Array) -> tuple[float, Array]:
            np.copyto(kept, theta)
            for l, (W, b) in enumerate(layers, start=1):
                np.dot(A[l - 1], W.T, A[l])
                np.add(A[l], b, out=A[l])
                if l < len(layers):
                    if self.hinge:
                        np.maximum(A[l], 0.0, out=A[l])
                    else:
                        np.negative(A[l], out=A[l])
                        np.exp(A[l], out=A[l])
                        np.add(A[l], 1.0, out=A[l])
                        np.reciprocal(A[l], out=A[l])
            out, d, t = A[-1], D[-1], T[-1]
            if self.hinge:
                np.multiply(Y, out, out=t)
                np.subtract(1.0, t, out=t)
                np.greater(t, 0.0, out=d)
                np.maximum(t, 0.0, out=t)
                C = float(np.dot(ones, t[:, 0])) / N + self.alpha * float(np.dot(kept, kept))
                np.multiply(d, Y, out=d)
                np.multiply(d, -1 / N, out=d)
            else:
                np.maximum.reduce(out, axis=1, out=column, keepdims=True)
                np.subtract(out, column, out=out)
                np.multiply(out, Y, out=t)
                chosen = float(t.sum())
                np.exp(out, out=d)
                np.add.reduce(d, axis=1, out=column, keepdims=True)
                np.divide(d, column, out=d)
                np.log(column, out=column)
                C = (float(column.sum()) - chosen) / N
                np.subtract(d, Y, out=d)
                np.multiply(d, 1 / N, out=d)
            for l in range(len(layers), 0, -1):
                np.dot(D[l].T, A[l - 1], slopes[l - 1][0])
                np.dot(ones, D[l], slopes[l - 1][1])
                if l > 1:
                    np.dot(D[l], layers[l - 1][0], D[l - 1])
                    if self.hinge:
                        np.greater(A[l - 1], 0.0, out=T[l - 1])
                    else:
                        np.multiply(D[l - 1], A[l - 1], out=D[l - 1])
                        np.subtract(1.0, A[l - 1], out=T[l - 1])
                    np.multiply(D[l - 1], T[l - 1], out=D[l - 1])
            if self.alpha:
                np.multiply(kept, 2 * self.alpha, out=scratch)
                np.add(gradient, scratch, out=gradient)
            return C, gradient

        return step


WORKLOADS = (Workload("W2: 2-16-16-1, 100 points", (2, 16, 16, 1), 100, hinge=True, target=1.2),
             Workload("W4: 64-32-10, batch of 32", (64, 32, 10), 32, hinge=False, target=1.0))
LARGE = Workload("784-128-10", (784, 128, 10), 32, hinge=False)
MOST_SECONDS = {WORKLOADS[0].name: 0.02, WORKLOADS[1].name: 0.02, LARGE.name: 0.3}


def check(found: tuple[float, Array], expected: tuple[float, Array]) -> None:
    """Raises AssertionError where a program gives other numbers."""
    if not np.isclose(found[0], expected[0], rtol=1e-12):
        raise AssertionError(f"{found[0]!r} and {expected[0]!r}")
    if not np.allclose(found[1], expected[1], rtol=1e-10, atol=1e-14):
        raise AssertionError(f"gradients differ by {np.abs(found[1] - expected[1]).max():.3g}")


def measure(steps: Sequence[Callable[[], object]], rounds: int, repetitions: int = 100) -> list[float]:
    """The least time of each in seconds, taken in turns."""
    best = [float("inf")] * len(steps)
    for _ in range(rounds):
        for i, step in enumerate(steps):
            start = time.process_time()
            for _ in range(repetitions):
                step()
            best[i] = min(best[i], (time.process_time() - start) / repetitions)
    return best


def compare_steps(work: Workload, rounds: int) -> bool:
    """Print a line of the table; whether the target is reached."""
    theta, data = work.draw()
    form = matrix_form(*work.record(theta.tolist()))
    plain, buffered, out = work.write_plain(data), work.write_with_buffers(data), np.empty_like(theta)
    expected = plain(theta)
    check(buffered(theta), expected)
    check(form.value_and_gradient(theta, data), expected)
    ours, by_hand, with_buffers = measure(
        [lambda: form.value_and_gradient(theta, data, out=out), lambda: plain(theta), lambda: buffered(theta)], rounds)
    print(f"{work.name:28}{1e6 * ours:9.1f}{1e6 * by_hand:9.1f}{1e6 * with_buffers:9.1f}"
          f"{by_hand / ours:11.2f} ×{with_buffers / ours:11.2f} ×      ≥ {work.target} ×")
    return work.target is None or by_hand / ours >= work.target


def time_lift(work: Workload) -> bool:
    """Print how long recording and lifting take, the first call left out; whether that is quick enough."""
    theta, data = work.draw()
    best = float("inf"), 0.0, 0.0
    for _ in range(3):
        start = time.process_time()
        recorded = work.record(theta.tolist())
        middle = time.process_time()
        form = matrix_form(*recorded)
        _ = form.runner  # the program that is run is made at its first use
        end = time.process_time()
        best = min(best, (end - start, middle - start, end - middle))
    form.value_and_gradient(theta, data)
    print(f"{work.name:28}{1e3 * best[1]:9.1f}{1e3 * best[2]:9.1f}{1e3 * best[0]:9.1f}      ≤ "
          f"{1e3 * MOST_SECONDS[work.name]:.0f}")
    return best[0] <= MOST_SECONDS[work.name]


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="The matrix program against NumPy by hand.")
    parser.add_argument("--rounds", type=int, default=30)
    rounds = parser.parse_args(arguments).rounds
    print(f"process time of one thread; garbage collection is {'on' if gc.isenabled() else 'off'}\n")
    print(f"{'µs a step':28}{'program':>9}{'by hand':>9}{'buffers':>9}{'to by hand':>13}{'to buffers':>13}      target")
    reached = [compare_steps(work, rounds) for work in WORKLOADS]
    print(f"\n{'ms':28}{'record':>9}{'lift':>9}{'both':>9}      target")
    reached += [time_lift(work) for work in (*WORKLOADS, LARGE)]
    return 0 if all(reached) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
