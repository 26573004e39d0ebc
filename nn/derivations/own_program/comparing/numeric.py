"""The numerical derivative of a program's own cost, which needs no convention at all."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ....ground import late_numpy as np
from ....ground.arrays import Floats
from ..running.layouts import Layout
from ..running.networks import Net
from ..running.program import Program, StoppedError
from ..running.trials import Trial
from .reference import Gradients

if TYPE_CHECKING:
    from numpy.random import Generator

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
    W, b, X, Y = layout.give(net)
    try:
        program.start_anew()
        first = program.run_cost((W, b, X, Y))
        nudged = program.run_cost(([w * (1 + 1e-11) for w in layout.give_weights(net)], *layout.give(net)[1:]))
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
        for one in _measure(program, trial, net, slope, draw):
            array = (given.dW if one.part == "W" else given.db)[one.layer - 1]
            if array is None or not np.isfinite(array).all():
                return False
            size = max(float(np.sqrt(np.vdot(array, array))), abs(one.number), 1e-3)
            if not abs(float(np.vdot(array, one.way)) - one.number) <= slope.close * size:
                return False
    return True


@dataclass(frozen=True, eq=False)
class Measured:
    """The derivative of a cost along one direction in one array: "W" or "b" of a layer."""

    part: str
    layer: int
    way: "Floats"
    number: float

    def along(self, gradients: Gradients) -> float:
        """What these gradients give along the same direction."""
        array = (gradients.dW if self.part == "W" else gradients.db)[self.layer]
        return float(np.vdot(array, self.way))


def measure_cost(program: Program, trial: Trial, slope: Slope) -> list[list[Measured]]:
    """The derivative of the program's cost along two directions in each array, for each network."""
    draw = np.random.default_rng(1)
    program.start_anew()
    return [list(_measure(program, trial, net, slope, draw)) for net in trial.nets]


def _measure(program: Program, trial: Trial, net: Net, slope: Slope, draw: "Generator") -> Iterator[Measured]:
    """The derivative of the program's cost along directions that are drawn, array by array."""
    for part, arrays in (("W", net.W), ("b", net.b if trial.biases else ())):
        for l, array in enumerate(arrays, start=1):
            for _ in range(_DIRECTIONS):
                way = draw.normal(size=array.shape)
                way /= np.sqrt(np.vdot(way, way))
                yield Measured(part, l, way, _differentiate(program, trial.layout, net, part, l, way, slope.step))


def _differentiate(
    program: Program, layout: Layout, net: Net, part: str, layer: int, way: "Floats", step: float
) -> float:
    """The derivative of the cost along ``way`` in one array: two central differences, combined."""
    costs = {times: _cost_at(program, layout, net, part, layer, times * step * way) for times in (1, -1, 2, -2)}
    return (8 * (costs[1] - costs[-1]) - (costs[2] - costs[-2])) / (12 * step)


def _cost_at(program: Program, layout: Layout, net: Net, part: str, layer: int, move: "Floats") -> float:
    arrays = list(net.W if part == "W" else net.b)
    arrays[layer - 1] = arrays[layer - 1] + move
    moved = replace(net, W=tuple(arrays)) if part == "W" else replace(net, b=tuple(arrays))
    try:
        return program.run_cost(layout.give(moved))
    except StoppedError:
        return float("nan")
