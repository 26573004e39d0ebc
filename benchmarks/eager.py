"""Eager speed: one training step on ``autograd_lite`` and on micrograd, side by side.

Run ``python benchmarks/eager.py [--rounds N]`` after ``pip install micrograd``.

Workloads, each with Python's cyclic garbage collection on and off:

- network: 2-16-16-1 with ReLU on 100 points (two moons), max-margin cost and L2 penalty on the weights. Our network is
  ``nn.MLP``, micrograd's its own ``nn.MLP``, with the same weights; each cost is written as its users write it.
- chain: 100,000 binary nodes, x = x * a and x = x + b in turn. micrograd recurses, so all runs in a thread with a big
  stack.

Timed is one whole step: forward, zero_grad, backward. The two candidates take turns, garbage is collected before each
turn, and the graph is let go after the clock has stopped: micrograd's waits for the collector, so with collection off
it would be let go unmeasured anyway. Costs and gradients are checked to be equal before anything is timed.

Memory is what tracemalloc counts of a chain just recorded, divided by its nodes: node objects with their collector's
header, the floats they hold, and nothing that was there before. ``backward`` gives each node a gradient, 24 bytes more.
"""

import argparse
import gc
import math
import os
import platform
import random
import sys
import threading
import tracemalloc
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

import nn
from autograd_lite import Value, relu, total

POINTS = 100
SIZES = [16, 16, 1]
LAMBDA = 1e-4
CHAIN_NODES = 100_000


class Candidate(NamedTuple):
    """``step`` runs forward, zero_grad and backward and returns the output node; ``leaves`` then have gradients."""

    step: Callable[[], Any]
    leaves: list[Any]


class Workload(NamedTuple):
    """The same computation on both engines, and how many times as fast ours is to be, with collection on or off."""

    name: str
    micrograd: Candidate
    ours: Candidate
    targets: dict[bool, float]


def two_moons(count: int, seed: int = 0) -> list[tuple[list[float], float]]:
    """Points of two interleaved half circles with a little noise, and the class, 1.0 or -1.0, of each."""
    draw = random.Random(seed)
    points = []
    for i in range(count):
        angle, upper = math.pi * draw.random(), i % 2 == 0
        x, y = (math.cos(angle), math.sin(angle)) if upper else (1 - math.cos(angle), 0.5 - math.sin(angle))
        points.append(([x + draw.gauss(0, 0.1), y + draw.gauss(0, 0.1)], 1.0 if upper else -1.0))
    return points


def network_workload() -> Workload:
    """One step of training the network on all points."""
    points = two_moons(POINTS)
    our_net: Any = nn.MLP(2, SIZES, activation="relu", seed=1)
    our_weights = [weight for layer in our_net.layers for neuron in layer.neurons for weight in neuron.weights]

    def our_step() -> Any:
        losses = [relu(1 - y * our_net(x)) for x, y in points]
        cost = total(losses) * (1 / len(losses)) + nn.costs.l2(our_weights, LAMBDA)
        our_net.zero_grad()
        cost.backward()
        return cost

    their_value = import_module("micrograd.engine").Value
    their_net = import_module("micrograd.nn").MLP(2, SIZES)
    for theirs, ours in zip(their_net.parameters(), our_net.parameters(), strict=True):
        theirs.data = ours.data
    their_weights = [weight for layer in their_net.layers for neuron in layer.neurons for weight in neuron.w]

    def their_step() -> Any:
        scores = [their_net([their_value(v) for v in x]) for x, _ in points]
        losses = [(1 + -y * score).relu() for score, (_, y) in zip(scores, points, strict=True)]
        cost = sum(losses) * (1 / len(losses)) + LAMBDA * sum(weight * weight for weight in their_weights)
        their_net.zero_grad()
        cost.backward()
        return cost

    return Workload("network", Candidate(their_step, their_net.parameters()),
                    Candidate(our_step, our_net.parameters()), {True: 12, False: 5})


def chain(leaves: list[Any], nodes: int) -> Any:
    """``nodes`` binary nodes, one on top of the other, from the leaves x, a and b."""
    x, a, b = leaves
    for _ in range(nodes // 2):
        x = x * a
        x = x + b
    return x


def chain_candidate(node_class: Callable[[float], Any]) -> Candidate:
    """One step on a chain of that engine's nodes."""
    leaves = [node_class(1.0), node_class(1.000001), node_class(1e-6)]

    def step() -> Any:
        y = chain(leaves, CHAIN_NODES)
        for leaf in leaves:
            leaf.grad = 0.0
        y.backward()
        return y

    return Candidate(step, leaves)


def chain_workload() -> Workload:
    """One step on a chain, deep and of binary nodes only."""
    return Workload("chain", chain_candidate(import_module("micrograd.engine").Value), chain_candidate(Value),
                    {True: 6})


def check_equal(workload: Workload) -> None:
    """Raise ArithmeticError unless both candidates arrive at the same output and gradients."""
    found = [[candidate.step().data, *(leaf.grad for leaf in candidate.leaves)]
             for candidate in (workload.micrograd, workload.ours)]
    for theirs, ours in zip(*found, strict=True):
        if not math.isclose(theirs, ours, rel_tol=1e-9, abs_tol=1e-12):
            raise ArithmeticError(f"{workload.name}: micrograd has {theirs!r} where we have {ours!r}")


def seconds(step: Callable[[], Any], collecting: bool) -> float:
    """How long one step takes."""
    gc.collect()
    if not collecting:
        gc.disable()
    try:
        start = perf_counter()
        output = step()
        took = perf_counter() - start
    finally:
        gc.enable()
    del output
    return took


def compared(workload: Workload, collecting: bool, rounds: int) -> str:
    """A line of the table: both candidates in turn, ``rounds`` times."""
    theirs, ours = [], []
    for _ in range(rounds):
        theirs.append(seconds(workload.micrograd.step, collecting))
        ours.append(seconds(workload.ours.step, collecting))
    ratio = median(theirs) / median(ours)
    target = f"≥ {workload.targets[collecting]:g}" if collecting in workload.targets else ""
    return (f"{workload.name:<9}{'on' if collecting else 'off':<5}{shown(theirs):>25}{shown(ours):>25}"
            f"{ratio:>8.1f}{target:>8}").rstrip()


def shown(times: list[float]) -> str:
    """Median and range in milliseconds."""
    middle, low, high = (1e3 * t for t in (median(times), min(times), max(times)))
    return f"{middle:.1f} ({low:.1f}-{high:.1f})"


def bytes_of_a_node(node_class: Callable[[float], Any]) -> float:
    """Memory of a chain, for each of its nodes."""
    leaves = [node_class(1.0), node_class(1.000001), node_class(1e-6)]
    gc.collect()
    tracemalloc.start()
    try:
        y = chain(leaves, CHAIN_NODES)
        gc.collect()
        traced = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    del y
    return traced / CHAIN_NODES


def report(rounds: int) -> None:
    """Check, time and print everything."""
    workloads = [network_workload(), chain_workload()]
    for workload in workloads:
        check_equal(workload)
    print(f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores, {rounds} rounds; "
          "milliseconds a step: median (min-max)\n")
    print(f"{'workload':<9}{'gc':<5}{'micrograd':>25}{'autograd_lite':>25}{'ratio':>8}{'target':>8}")
    for workload in workloads:
        for collecting in (True, False):
            print(compared(workload, collecting, rounds), flush=True)
    theirs, ours = (bytes_of_a_node(node_class) for node_class in (import_module("micrograd.engine").Value, Value))
    print(f"\nbytes a binary node: micrograd {theirs:.0f}, autograd_lite {ours:.0f} (target: ≤ 140)")


def main() -> int:
    """The command line. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15, help="how often each candidate runs (default: 15)")
    rounds = parser.parse_args().rounds
    if rounds < 1:
        parser.error("--rounds must be at least 1")
    if find_spec("micrograd") is None:
        print("micrograd, which this compares with, is not installed: pip install micrograd", file=sys.stderr)
        return 2
    sys.setrecursionlimit(10 * CHAIN_NODES)
    threading.stack_size(512 << 20)
    failed: list[BaseException] = []

    def run() -> None:
        try:
            report(rounds)
        except BaseException as error:  # noqa: BLE001 - raised again below, where the exit code is
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return 0


if __name__ == "__main__":
    sys.exit(main())
