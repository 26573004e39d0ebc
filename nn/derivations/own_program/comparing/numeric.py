"""The numerical derivative of a program's own cost, which needs no convention at all."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from ....ground import late_numpy as np
from ....ground.arrays import Floats
from ..running.layouts import Layout
from ..running.networks import Net
from ..running.program import Program, StoppedError
from ..running.trials import Trial

_STEP, _CLOSE = 2e-4, 1e-6
_SINGLE_STEP, _SINGLE_CLOSE = 4e-3, 3e-2
_DIRECTIONS = 2
MOST = 1_000  # entries of an array, or of all samples, by which a cost is differentiated


@dataclass(frozen=True, eq=False)
class Measured:
    """The derivative of a cost along one direction in one array: "dW" or "db" of a layer."""

    kind: str
    layer: int
    way: "Floats"
    number: float

    def along(self, array: "Floats") -> float:
        """What a gradient gives along the same direction."""
        return float(np.vdot(array, self.way))


@dataclass(frozen=True, eq=False)
class Slope:
    """How the cost of a program is differentiated: the step, how closely that agrees, and its derivatives.

    Attributes:
        measured: for each network, along two directions in each array.
    """

    step: float
    close: float
    measured: tuple[list[Measured], ...] = ()


def find_slope(program: Program, trial: Trial) -> Slope | None:
    """The derivatives of a program's cost; None where it has no cost that is a number on these networks."""
    if not program.has_cost:
        return None
    slope = _find_step(program, trial)
    if slope is None:
        return None
    draw = np.random.default_rng(0)
    measured = tuple(list(_measure(program, trial, slope, net, draw)) for net in trial.nets)
    known = all(np.isfinite(one.number) for along in measured for one in along)
    return replace(slope, measured=measured) if known else None


def _find_step(program: Program, trial: Trial) -> Slope | None:
    net, layout = trial.nets[0], trial.layout
    try:
        program.start_anew()
        first, nudged = [program.run_cost(layout.give(one)) for one in (net, net.nudge())]
    except StoppedError:
        return None
    if first - first:  # infinite, or no number
        return None
    if first == nudged and abs(first) > 1e-3:
        return Slope(_SINGLE_STEP, _SINGLE_CLOSE)
    return Slope(_STEP, 10 * trial.tolerance if trial.single else _CLOSE)


def list_agreeing(trial: Trial, slope: Slope) -> set[str]:
    """The arrays that are the derivative of the program's own cost, in two directions of each."""
    found = {f"{one.kind}[{one.layer}]" for one in slope.measured[0]}
    for given, along in zip(trial.given, slope.measured, strict=True):
        for one in along:
            array = (given.dW if one.kind == "dW" else given.db)[one.layer - 1]
            size = np.inf if array is None else max(float(np.linalg.norm(array)), abs(one.number), 1e-3)
            if array is None or not abs(one.along(array) - one.number) <= slope.close * size < np.inf:
                found.discard(f"{one.kind}[{one.layer}]")
    return found


def agrees_with_cost(trial: Trial, slope: Slope) -> bool:
    """Whether all arrays are the derivative of the program's own cost."""
    return len(list_agreeing(trial, slope)) * _DIRECTIONS == len(slope.measured[0])


def measure_delta(program: Program, trial: Trial, slope: Slope) -> "list[Floats] | None":
    """∂C/∂b of the last layer for each sample by itself, (n_L, N) in each network; ∂C/∂W, (n_L, n_{L−1}, N), without b.

    None where that would take too long, or tell too little.
    """
    kind = "db" if trial.biases else "dW"
    size = (trial.nets[0].b if trial.biases else trial.nets[0].W)[-1].size
    if slope.close > _CLOSE or size * sum(net.samples for net in trial.nets) > MOST:
        return None
    found = [np.stack([differentiate(program, trial.layout, net.take([i]), kind, trial.depth, slope)
                       for i in range(net.samples)], axis=-1) for net in trial.nets]
    return [array[:, 0] for array in found] if trial.biases else found


def differentiate(program: Program, layout: Layout, net: Net, kind: str, layer: int, slope: Slope) -> "Floats":
    """The derivative of the cost by all entries of an array."""
    array = (net.W if kind == "dW" else net.b)[layer - 1]
    program.start_anew()
    ways = np.eye(array.size).reshape(-1, *array.shape)
    found = [_differentiate(program, layout, net, kind, layer, way, slope.step) for way in ways]
    return np.array(found).reshape(array.shape)


def _measure(program: Program, trial: Trial, slope: Slope, net: Net, draw: Any) -> Iterator[Measured]:
    for kind, arrays in (("dW", net.W), ("db", net.b if trial.biases else ())):
        for l, array in enumerate(arrays, start=1):
            for _ in range(_DIRECTIONS):
                way = draw.normal(size=array.shape)
                way /= np.sqrt(np.vdot(way, way))
                yield Measured(kind, l, way, _differentiate(program, trial.layout, net, kind, l, way, slope.step))


def _differentiate(
    program: Program, layout: Layout, net: Net, kind: str, layer: int, way: "Floats", step: float
) -> float:
    """The derivative of the cost along ``way`` in one array: two central differences, combined."""
    costs = {times: _cost_at(program, layout, net, kind, layer, times * step * way) for times in (1, -1, 2, -2)}
    return (8 * (costs[1] - costs[-1]) - (costs[2] - costs[-2])) / (12 * step)


def _cost_at(program: Program, layout: Layout, net: Net, kind: str, layer: int, move: "Floats") -> float:
    arrays = list(net.W if kind == "dW" else net.b)
    arrays[layer - 1] = arrays[layer - 1] + move
    moved = replace(net, W=tuple(arrays)) if kind == "dW" else replace(net, b=tuple(arrays))
    try:
        return program.run_cost(layout.give(moved))
    except StoppedError:
        return float("nan")
