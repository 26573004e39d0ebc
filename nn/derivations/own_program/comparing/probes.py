"""Probes: the same program called in other ways, and compared with itself."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from ....ground import late_numpy as np
from ..running.layouts import Layout, Returned
from ..running.networks import Net
from ..running.program import Program, StoppedError
from ..running.trials import Trial
from .constants import list_ratios
from .reference import find_gradients
from .rightness import Reading

_LARGE = 1_000.0
_FEW = 4


@dataclass(frozen=True)
class Found:
    """What a probe found.

    Attributes:
        slug: the mistake; empty where it is only worth knowing.
        words: for the sentence of the mistake, or ``note`` for a sentence of its own.
    """

    slug: str
    words: dict[str, str]


def has_chance(program: Program, trial: Trial) -> bool:
    """Whether the program, started anew with the same arrays, ever gives something else in four runs.

    Batches of 4 of 7 samples are the same in one of 35 pairs of runs, so one more run could see no difference.
    """
    return any(not are_same(trial.given[0], program.run(trial.layout, trial.nets[0]), 1e-12) for _ in range(4))


def probe_itself(program: Program, trial: Trial) -> Iterator[Found]:
    """What can be told of right and of wrong programs: chance, state, arrays that are written into, integers."""
    layout, net = trial.layout, trial.nets[0]
    try:
        if has_chance(program, trial):
            yield Found("random-gradient", {})
            return
        yield from _probe_state(program, layout, net)
        yield from _probe_arguments(program, layout, net)
    except (StoppedError, ValueError) as error:
        yield Found("state-kept", {"note": str(error)})
    yield from _probe_integers(program, trial)


def _probe_state(program: Program, layout: Layout, net: Net) -> Iterator[Found]:
    first = program.run(layout, net)
    second = program.run(layout, net, anew=False)
    if are_same(first, second, 1e-12):
        return
    ratios = list_ratios(_flatten(second), _flatten(first), 1e-9)
    twice = ratios is not None and all(abs(ratio - 2) < 1e-9 for ratio in ratios)
    slug = "not-reset" if twice or (ratios is None and _has_double(first, second)) else "state-kept"
    yield Found(slug, {"detail": "twice the gradient" if twice else "more than the gradient"})


def _has_double(first: Returned, second: Returned) -> bool:
    """Whether some of the arrays are twice what they were."""
    return any(
        a is not None and z is not None and a.any() and np.allclose(z, 2 * a, rtol=1e-9)
        for a, z in zip(first.raw_W + first.raw_b, second.raw_W + second.raw_b, strict=True)
    )


def _probe_arguments(program: Program, layout: Layout, net: Net) -> Iterator[Found]:
    arrays, kept = layout.give(net), layout.give(net)
    program.run_on(layout, net, arrays)
    changed = []
    for name, given, before in zip(("W", "b", "X", "Y"), arrays, kept, strict=True):
        if name in "Wb" and program.takes_eta:
            continue  # a step may be taken in place
        pairs = list(zip(given, before, strict=False)) if name in "Wb" else [(given, before)]
        if len(given) != len(before) or any(a is not None and not np.array_equal(a, z) for a, z in pairs):
            changed.append(name)
    if changed:
        yield Found("inputs-modified", {"detail": " and ".join(changed)})


def _probe_integers(program: Program, trial: Trial) -> Iterator[Found]:
    layout, net = trial.layout, trial.nets[0]
    whole = replace(net, X=np.round(3 * net.X))
    W, b, X, Y = layout.give(whole)
    try:
        as_floats = program.run_on(layout, whole, layout.give(whole))
        as_integers = program.run_on(layout, whole, (W, b, X.astype(int), Y))
    except (StoppedError, ValueError):
        return
    if not are_same(as_floats, as_integers, trial.tolerance) and not trial.single:
        yield Found("integer-arrays", {})


def probe_samples(program: Program, reading: Reading) -> Iterator[Found]:
    """What is asked of programs that are right: other orders and numbers of samples, and large inputs."""
    trial = reading.trial
    layout, net, first = trial.layout, trial.nets[0], trial.given[0]
    try:
        turned = program.run(layout, net.take([*range(1, net.samples), 0]))
        if not are_same(first, turned, 10 * trial.tolerance):
            yield Found("order-of-samples", {})
            return
    except (StoppedError, ValueError):
        pass
    yield from probe_batches(program, trial)
    yield from _probe_one_sample(program, reading)
    yield from _probe_large(program, trial)


def probe_batches(program: Program, trial: Trial) -> Iterator[Found]:
    """What a smaller batch after a larger one shows of right and of wrong programs."""
    layout, net = trial.layout, trial.nets[0]
    few = net.take(slice(0, _FEW))
    try:
        fresh = program.run(layout, few)
        first = program.run(layout, net)
        after = program.run(layout, few, anew=False)
    except (StoppedError, ValueError) as error:
        yield Found("", {"note": f"With {_FEW} samples after a batch of {net.samples} it stops: {error}."})
        return
    if not are_same(fresh, after, 10 * trial.tolerance):
        same = are_same(first, after, 10 * trial.tolerance)
        slug = "all-samples-in-a-batch" if same else "batch-size-kept"
        yield Found(slug, {"first": str(net.samples), "second": str(_FEW)})


def _probe_one_sample(program: Program, reading: Reading) -> Iterator[Found]:
    trial = reading.trial
    one = trial.nets[0].take(slice(0, 1))
    try:
        found = program.run(trial.layout, one)
    except (StoppedError, ValueError) as error:
        yield Found("", {"note": f"With one sample it stops: {error}."})
        return
    right = find_gradients(one, reading.activations, reading.cost, trial.biases)
    if right is None or not isinstance(reading.cost, str):
        return
    if reading.penalty is not None:
        found = reading.penalty.take_out(found, one, trial.layout.source)
    k, close = reading.constant.value(one), 1e3 * trial.tolerance
    pairs = zip((*found.dW, *found.db), (right.find(kind, l) for kind, l in product(("dW", "db"), sorted(right.dW))),
                strict=True)
    if any(given is not None and np.abs(given - k * wanted).max() > close * np.abs(k * wanted).max()
           for given, wanted in pairs):
        yield Found("one-sample", {"detail": "it gives something else than the gradient of that sample"})


def _probe_large(program: Program, trial: Trial) -> Iterator[Found]:
    net = trial.nets[0]
    try:
        found = program.run(trial.layout, replace(net, X=_LARGE * net.X))
    except (StoppedError, ValueError) as error:
        yield Found("", {"note": f"With inputs {_LARGE:g} times as large it stops: {error}."})
        return
    if not all(np.isfinite(array).all() for array in (*found.raw_W, *found.raw_b) if array is not None):
        yield Found("", {"note": f"With inputs {_LARGE:g} times as large, numbers overflow to inf or nan: subtract the "
                         "maximum before exp, and keep 0 and 1 out of logarithms and denominators."})


def _flatten(returned: Returned) -> list[Any]:
    arrays = [array.ravel() for array in (*returned.raw_W, *returned.raw_b) if array is not None]
    return [np.concatenate(arrays)]


def are_same(first: Returned, second: Returned, tolerance: float) -> bool:
    """Whether all arrays agree, relative to their largest entries."""
    for a, z in zip(first.raw_W + first.raw_b, second.raw_W + second.raw_b, strict=True):
        if (a is None) != (z is None):
            return False
        if a is None or z is None:
            continue
        size = max(float(np.abs(a).max()), 1e-3) if a.size else 1.0
        if a.shape != z.shape or not np.allclose(a, z, rtol=0, atol=tolerance * size, equal_nan=True):
            return False
    return True
