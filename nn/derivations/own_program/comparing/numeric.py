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
from .reference import Gradients

_STEP, _CLOSE = 2e-4, 1e-6
_SINGLE_STEP, _SINGLE_CLOSE = 4e-3, 3e-2
_DIRECTIONS = 2


@dataclass(frozen=True)
class Slope:
    """How the cost of a program is differentiated: the step, and how closely that agrees."""

    step: float
    close: float


def find_slope(program: Program, trial: Trial) -> Slope | None:
    """The step for a program's cost; None where it has no cost that is a number on these networks."""
    if not program.has_cost:
        return None
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


def agrees_with_cost(program: Program, trial: Trial, slope: Slope) -> bool:
    """Whether the arrays are the derivative of the program's own cost, in two directions of each array."""
    draw = np.random.default_rng(0)
    program.start_anew()
    for net, given in zip(trial.nets, trial.given, strict=True):
        if any(a is None or not np.isfinite(a).all() for a in (*given.dW, *(given.db if trial.biases else ()))):
            return False
        for one in _measure(program, trial, slope, net, draw):
            array: Floats = (given.dW if one.kind == "dW" else given.db)[one.layer - 1]  # type: ignore[assignment]
            size = max(float(np.sqrt(np.vdot(array, array))), abs(one.number), 1e-3)
            if not abs(float(np.vdot(array, one.way)) - one.number) <= slope.close * size:
                return False
    return True


@dataclass(frozen=True, eq=False)
class Measured:
    """The derivative of a cost along one direction in one array: "dW" or "db" of a layer."""

    kind: str
    layer: int
    way: "Floats"
    number: float

    def along(self, gradients: Gradients) -> float:
        """What these gradients give along the same direction."""
        return float(np.vdot(gradients.find(self.kind, self.layer), self.way))


def measure_cost(program: Program, trial: Trial, slope: Slope) -> list[list[Measured]]:
    """The derivative of the program's cost along two directions in each array, for each network."""
    draw = np.random.default_rng(1)
    program.start_anew()
    return [list(_measure(program, trial, slope, net, draw)) for net in trial.nets]


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
