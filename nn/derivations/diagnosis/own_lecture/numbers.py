"""Quantities in judged form as the numbers of a lecture file, from which its notation is read."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ...lectures.layered import Place

if TYPE_CHECKING:
    from ....ground.arrays import Floats


class AsNumbers:
    """Quantities in judged form, in the order of ``Numbers``: units of a sample in a row, what is given as it is."""

    def __init__(self, world: Any, own: "Callable[[Place], Floats]") -> None:
        self.world, self.own = world, own

    def of(self, kind: str) -> Mapping[int, Any]:
        """All numbers of a kind, each when it is asked for."""
        return _Layers(self, kind)


class _Layers(dict[int, Any]):
    def __init__(self, numbers: AsNumbers, kind: str) -> None:
        super().__init__()
        self.numbers, self.kind = numbers, kind

    def __missing__(self, layer: int) -> Any:
        world, own, kind = self.numbers.world, self.numbers.own, self.kind
        example = world.example
        if kind in ("x", "y"):
            return example.inputs if kind == "x" else example.targets
        if kind in ("W", "b"):
            return (example.weights if kind == "W" else example.biases)[layer]
        place = world.judged_place(kind, layer)
        if kind in ("db", "b_new") and not world.layout.joined and world.vocabulary.biases is False:
            return 0.0 * example.biases[layer]
        value = own(place)
        if kind in ("pre", "post", "delta"):
            return value.T * (world.factor_of(place.kind) if kind == "delta" else 1.0)
        if world.layout.joined:
            return value[:, 0] if kind in ("db", "b_new") else value[:, 1:]
        return value.ravel() if kind in ("db", "b_new") else value
