"""Numbers of the general statement as a notation has them: one number, a column, a row, or a matrix of all samples."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .evaluation import NoPlaceError, UnreadableError
from .notation import ON_BIASES, ON_WEIGHTS, Notation

if TYPE_CHECKING:
    from ...ground.arrays import FloatOrArray, Floats

_INDICES = {"layer": "l", "unit": "j", "target": "j", "source": "k", "sample": "i"}


@dataclass(frozen=True, slots=True)
class Place:
    """A quantity: its kind, neutral layer, units (unit, or target and source; none in matrices), and sample from 1."""

    kind: str
    layer: int = 0
    units: tuple[int, ...] = ()
    sample: int = 0


@dataclass(frozen=True)
class Layout:
    """A notation on a network of these widths n₀ … n_L, with so many samples."""

    notation: Notation
    widths: tuple[int, ...]
    count: int

    @property
    def depth(self) -> int:
        """L"""
        return len(self.widths) - 1

    def find_place(self, letter: str, index: tuple[int, ...]) -> Place:
        """What a letter with these indices is.

        Raises:
            UnreadableError: no such letter, unit or sample, or another number of indices; NoPlaceError: no such layer.
        """
        notation = self.notation
        kind = notation.kinds.get(letter)
        if kind is None:
            defined = " or ".join(left for left in notation.abbreviations if left.partition("[")[0] == letter)
            raise UnreadableError(f"{letter} has no meaning in this file but as {defined}" if defined else
                                  notation.explain_unknown(letter))
        slots = notation.slots(kind)
        if len(slots) != len(index):
            has = f"{len(index) or 'no'} ind{'ex' if len(index) == 1 else 'ices'}"
            raise UnreadableError(f"{letter} has {has} here; it is written {write_indexed(letter, slots)}")
        found = dict(zip(slots, index, strict=True))
        layer = notation.layer(kind, found["layer"]) if "layer" in found else self.depth if kind == "y" else 0
        units = tuple(found[slot] for slot in ("unit", "target", "source") if slot in found)
        place = Place(kind, layer, units, found.get("sample", 0))
        if not self.exists(place):
            layered = self.exists(Place(kind, layer))
            kind_of_error = UnreadableError if layered else NoPlaceError
            raise kind_of_error(f"there is no {letter}[{', '.join(map(str, index))}]")
        return place

    def exists(self, place: Place) -> bool:
        """Whether there are such a layer, units and sample."""
        kind, layer = place.kind, place.layer
        if kind == "C":
            return True
        if not (0 if kind in ("post", "x") else 1) <= layer <= self.depth:
            return False
        if place.sample and not 1 <= place.sample <= self.count:
            return False
        zero = self.notation.joined and self.notation.form == "units"
        if kind in ON_WEIGHTS and place.units:
            target, source = place.units
            return 1 <= target <= self.widths[layer] and (0 if zero else 1) <= source <= self.widths[layer - 1]
        return all((0 if zero and kind == "post" else 1) <= unit <= self.widths[layer] for unit in place.units)

    def list_places(self, kind: str) -> Iterator[Place]:
        """Every place of a kind, in the order of layers, samples and units; δ from the output down."""
        slots = self.notation.slots(kind)
        layers = [0] if kind in ("C", "x") else [self.depth] if kind == "y" else [
            *range(0 if kind == "post" else 1, self.depth + 1)]
        for layer in reversed(layers) if kind == "delta" else layers:
            for sample in range(1, self.count + 1) if "sample" in slots else [0]:
                for units in self._list_units(layer, slots):
                    yield Place(kind, layer, units, sample)

    def _list_units(self, layer: int, slots: tuple[str, ...]) -> list[tuple[int, ...]]:
        if "unit" in slots:
            return [(j,) for j in range(1, self.widths[layer] + 1)]
        if "target" in slots:
            first = 0 if self.notation.joined else 1
            return [(j, k) for j in range(1, self.widths[layer] + 1) for k in range(first, self.widths[layer - 1] + 1)]
        return [()]

    def read(self, number: "Callable[[str, int], Any]", place: Place) -> "FloatOrArray":
        """The value at a place: a float, or an array of two axes; ``number`` is as ``Numbers.of``."""
        kind = place.kind
        array = number(kind, place.layer)
        if kind == "C":
            return float(array)
        if kind in ON_WEIGHTS:
            biases = number(kind.replace("W", "b"), place.layer) if self.notation.joined else array[:, 0]  # of no use
            return self.weights(array, biases, place.units)
        if kind in ON_BIASES:
            return float(array[place.units[0] - 1]) if place.units else self._vector(array)
        row = array[max(place.sample, 1) - 1]
        if place.units:
            return float(row[place.units[0] - 1]) if place.units[0] else 1.0
        if self.notation.form == "scalars":
            return float(row[0])
        if self.notation.batch:
            found: Floats = array if self.notation.rows else array.T
            return found
        return self._vector(row)

    def weights(self, matrix: "Floats", biases: "Floats", units: tuple[int, ...] = ()) -> "FloatOrArray":
        """Weights in the notation's order, with the biases where it has them."""
        import numpy as np

        if units:
            return float(matrix[units[0] - 1, units[1] - 1] if units[1] else biases[units[0] - 1])
        if self.notation.form == "scalars":
            return float(matrix[0, 0])
        if self.notation.joined:
            both = [matrix, biases] if self.notation.bias == "last column" else [biases, matrix]
            matrix = np.column_stack(both)
        return matrix if self.notation.first == "target" else matrix.T

    def _vector(self, row: "Floats") -> "FloatOrArray":
        if self.notation.form == "scalars":
            return float(row[0])
        return row[None, :] if self.notation.rows else row[:, None]

    def index(self, place: Place) -> tuple[int, ...]:
        """The notation's indices of a place."""
        return self.notation.index(place.kind, place.layer, place.units, place.sample)

    def axis(self, what: str) -> int:
        """The axis of an array along which units or samples lie."""
        return int(self.notation.rows) if what == "units" else int(not self.notation.rows)


def write_indexed(letter: str, slots: Sequence[str]) -> str:
    """A letter with an index for each slot, as a line has it: ``dW[j, k, l]``."""
    return f"{letter}[{', '.join(_INDICES[slot] for slot in slots)}]" if slots else letter


def kind_at(place: Place, depth: int) -> str:
    """What a line about a place is called: δ of the output, and the input, are kinds of their own."""
    if place.kind == "delta":
        return "delta_output" if place.layer == depth else "delta_hidden"
    if place.kind == "post" and (place.layer == 0 or place.units == (0,)):
        return "input"
    return place.kind
