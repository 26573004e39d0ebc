"""What names stand for: a quantity that is judged, and a kind with its layer in a formula."""

from dataclasses import dataclass

from ...lectures.layered import Place


class NoLayerError(ValueError):
    """A name of a layer that does not exist, such as δ of a layer after the last."""


@dataclass(frozen=True)
class Quantity:
    """The subject of one entry of a derivation: a number of a scalar lecture, or one kind in one layer or in all."""

    name: str
    places: tuple[Place, ...]
    general: bool = False

    @property
    def is_update(self) -> bool:
        """Whether it is a parameter after its update, of which only the step can be compared."""
        return self.places[0].kind in ("W_new", "b_new")


@dataclass(frozen=True, slots=True)
class Reference:
    """The meaning of a name in a formula: a kind, and its layer; None for names without one (x, y, eta)."""

    kind: str
    layer: int | None = None
