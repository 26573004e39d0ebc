"""The mathematics of a lecture file, and its numbers; ``general`` has the statement that gives every other one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ...costs import Cost
from .. import neutral

if TYPE_CHECKING:
    from ...ground.arrays import FloatOrArray, Floats

    Arrays = Mapping[int, Floats]

PENALTIES = ("l1", "l2")
GIVEN = ("x", "y", "W", "b")


@dataclass(frozen=True)
class Problem:
    """What is derived, without a notation.

    Attributes:
        cost: a row; ``over`` says how samples are reduced, which may differ from the row's.
        activations: one name for every layer, or those of the layers; the last may be softmax.
        penalties: l1, l2 -> what stands before λΣ|w| and λΣw².
        penalise: "weights", or "all", the biases too.
        outputs: how many outputs the lines are for; None for any number.
    """

    cost: Cost
    over: str
    activations: tuple[str, ...]
    penalties: Mapping[str, float] = field(default_factory=dict)
    penalise: str = "weights"
    outputs: int | None = None

    def to_neutral(self, example: "Example", has_biases: bool) -> neutral.Problem:
        """The same with numbers, in neutral letters."""
        def freeze(arrays: "Mapping[int, Floats]") -> Any:
            return tuple(_freeze(array.tolist()) for array in arrays.values())

        return neutral.Problem(
            freeze(example.weights), freeze(example.biases) if has_biases else None,
            _freeze(example.inputs.tolist()), _freeze(example.targets.tolist()), self.of_layers(example.depth),
            tuple((name, factor * example.strength) for name, factor in self.penalties.items()), example.rate,
            self.penalise == "all")

    def of_layers(self, depth: int) -> tuple[str, ...]:
        """The activation of each of so many layers: the last one named is that of the output."""
        names = self.activations
        return names * depth if len(names) == 1 else (*names[:-1], *names[-2:-1] * depth)[: depth - 1] + names[-1:]


@dataclass(frozen=True)
class Example:
    """Numbers of a problem.

    Attributes:
        inputs, targets: shape (N, n₀) and (N, n_L).
        weights: layer -> shape (nₗ, nₗ₋₁), target × source, without biases.
        biases: layer -> nₗ numbers; zeros where there are none.
        rate, strength: η and λ.
    """

    inputs: "Floats"
    targets: "Floats"
    weights: "Arrays"
    biases: "Arrays"
    rate: float
    strength: float = 0.0

    def of(self, kind: str, layer: int) -> "Floats":
        """What is given of a kind, in a layer: x, y, W, b."""
        return {"x": self.inputs, "y": self.targets}[kind] if kind in "xy" else {
            "W": self.weights, "b": self.biases}[kind][layer]

    @property
    def depth(self) -> int:
        """L"""
        return len(self.weights)

    @property
    def widths(self) -> list[int]:
        """n₀ … n_L"""
        return [self.inputs.shape[1], *(matrix.shape[0] for matrix in self.weights.values())]


def _freeze(value: Any) -> Any:
    return tuple(map(_freeze, value)) if isinstance(value, list) else value


def read_quantities(example: Example, numbers: neutral.Neutral) -> "Callable[[str, int], FloatOrArray]":
    """The numbers of a kind in a layer, those that are given too."""
    return lambda kind, layer: (example if kind in GIVEN else numbers).of(kind, layer)
