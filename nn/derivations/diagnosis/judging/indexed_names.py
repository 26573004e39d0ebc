"""The names of a formula with indices of units: each index is an axis of an array, and the samples are the last axis.

So w_kj of next to δ_k is an array of shape (n_k, n_j, 1) beside one of (n_k, 1, N), products are entry by entry, and a
sum over k adds along its axis.
"""

import ast
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property

import numpy as np

from ....ground.arrays import FloatOrArray, Floats
from ...lectures.layered import Place
from ...lectures.shapes import format_quantity
from ..reading.answers import Rule
from ..reading.evaluation import ShapeError
from ..reading.indices import write_formula
from ..reading.unit_indices import find_free, list_indexed, split_units
from ..reading.vocabulary import BACK, BIAS_OF, Reference
from .inputs import World
from .names import Names, Own, Variant

_FREE = {"C": 0, "dW": 2, "W_new": 2}
"""Kind -> how many indices a line about it leaves free, where that is not one."""


class IndexedNames(Names):
    """As ``Names``, where names bear indices."""

    def __init__(self, world: World, own: Own, place: Place, rule: Rule, sample: int | None, variant: Variant) -> None:
        super().__init__(world, own, place, rule, sample, variant)
        tree = self.formula.tree
        units = [each for _, each in list_indexed(tree)]
        self.axes = sorted({letter for each in units for letter in each if letter.isalpha()})
        biases = self.vocabulary.conventions.bias == "column" and not any("0" in each for each in units)
        self.with_biases = biases and variant[0] == "before" and place.kind in ("pre", "dW", "W_new")
        self.sizes: dict[str, int] = {}
        self.free = self._order_free(rule)

    def _order_free(self, rule: Rule) -> list[str]:
        """The free indices, target first.

        Raises ValueError if there are more than the quantity has, and ShapeError for one that the left side has not.
        """
        free, wanted = sorted(find_free(self.formula.tree)), _FREE.get(self.place.kind, 1)
        if len(free) > wanted:
            name = self.vocabulary.name(self.place)
            has = {0: "none", 1: "one"}.get(wanted, "two")
            raise ValueError(f"the indices {', '.join(free)} stand in it without a sum, and {name} has {has}: write "
                             f"the sum over the others, as in sum({free[-1]}, …)")
        named = [letter for letter in rule.left.units if letter.isalpha()]
        if named and not set(free) <= set(named):
            raise ShapeError(f"the left side has the index {' and '.join(named)}, the right side "
                             f"{' and '.join(free)}: an index that no sum is over is the same on both sides")
        if wanted < 2 or len(free) < 2:
            return free
        c = self.vocabulary.conventions
        given = [letter for letter in rule.left.units if letter in free]
        names = [(self.vocabulary.kind_of(split_units(node.id)[0]), units)
                 for node, units in list_indexed(self.formula.tree)]
        weights = [list(units) for kind, units in names if kind in BIAS_OF and sorted(units) == free]
        for pair in [given, *weights]:
            if len(pair) == 2:
                return list(c.order(*pair))
        for kind, first in (("delta", True), ("post", False)):
            for letter in (units for named, units in names if named == kind and units in free):
                other = free[1 - free.index(letter)]
                return [letter, other] if first else [other, letter]
        return list(c.order(*free))

    def value(self) -> "FloatOrArray":
        found = super().value()
        if isinstance(found, float) or np.ndim(found) == 0:
            return found
        if self.place.kind in BIAS_OF:
            return self._arrange_weights(found)
        size = found.shape[self.axes.index(self.free[0])] if self.free else 1
        vector = np.reshape(found, (size, found.shape[-1]))
        if not self.free and self.place.kind != "C":
            return np.broadcast_to(self._turn(vector), self._turn(np.empty((self._width(0), vector.shape[1]))).shape)
        return self._turn(vector)

    def _arrange_weights(self, found: "Floats") -> "Floats":
        """A value with the axes of target and source, as the lecture's matrix; one of them alone is repeated."""
        if found.shape[-1] > 1 and "N" not in self.formula.names:  # the mean is left to the program, as in δa + λW
            found = np.mean(found, axis=-1, keepdims=True)
        if found.shape[-1] > 1:
            raise ValueError("it states the whole batch, since it uses N, and has no sum over the samples: write "
                             "Σᵢ before what belongs to one sample")
        axes = [self.axes.index(letter) for letter in self.free]
        matrix = np.moveaxis(found, axes, range(len(axes))).reshape([found.shape[axis] for axis in axes] or [1])
        if len(axes) == 1:
            holder = {units for node, units in list_indexed(self.formula.tree)
                      if self.vocabulary.kind_of(split_units(node.id)[0]) == "delta"}
            matrix = matrix[:, None] if self.free[0] in holder else matrix[None, :]
        wanted = (self._width(0), self._width(-1) + self.with_biases)
        with suppress(ValueError):  # a matrix of another shape is judged as it is
            matrix = np.broadcast_to(matrix, wanted)
        return self.world.layout.turn(matrix)

    def _width(self, shift: int) -> int:
        return len(self.world.truth[Place("post", (self.place.layer or self.vocabulary.depth) + shift)])

    def _turn(self, columns: "Floats") -> "Floats":
        return columns.T if self.world.layout.rows else columns

    def reference(self, tree: ast.expr) -> Reference:
        """What a name means; without the number of a layer, that of the layer whose units its index counts."""
        found = super().reference(tree)
        if not isinstance(tree, ast.Name) or found.layer is None or self.place.layer is None:
            return found
        base, units = split_units(tree.id)
        if not units or base.endswith(("_next", "_prev")) or base[-1].isdigit():
            return found
        return self.vocabulary.find_at(base, self.place.layer + self._shift(found.kind, units))

    def _shift(self, kind: str, units: str) -> int:
        """How many layers from its own a line means by a name that says its units alone."""
        of_target = all(letter in self.free[:1] for letter in units if letter.isalpha())
        if self.place.kind in BACK:
            below_output = (self.place.layer or 0) < self.vocabulary.depth
            return int(below_output and not (of_target and kind in ("pre", "post", "dpost")))
        if kind in ("pre", "post") and self.place.kind in ("pre", "dW", "W_new"):
            return -int(not of_target or not self._bears_source)
        return 0

    @cached_property
    def _bears_source(self) -> bool:
        """Whether an output or an input bears another index than the target's, so that the target's is of its layer."""
        return any(self.vocabulary.kind_of(split_units(node.id)[0]) == "post" or node.id[0] == "x"
                   for node, units in list_indexed(self.formula.tree) if units not in self.free[:1])

    def written(self, reference: Reference, tree: ast.expr | None = None) -> "FloatOrArray":
        node = tree.args[0] if isinstance(tree, ast.Call) else tree
        units = split_units(node.id, raised=isinstance(tree, ast.Call))[1] if isinstance(node, ast.Name) else ""
        return self._lay_out(reference, units, tree)

    def _lay_out(self, reference: Reference, units: str, tree: ast.expr | None) -> "FloatOrArray":
        """An array on the axes of its indices."""
        kind, c = reference.kind, self.vocabulary.conventions
        if "0" in units and kind in BIAS_OF and c.bias == "index 0":
            return self._lay_out(Reference(BIAS_OF[kind], reference.layer), units.replace("0", ""), tree)
        if units == "0" and kind == "post" and c.bias == "column":
            return 1.0
        if self.of_one_sample and kind in ("C", "dW"):
            raw = self._write_of_sample(reference)
        else:
            raw = self.world.written(reference, self.own, self.sample)
        if isinstance(raw, float) or reference.kind.startswith("all "):
            return raw
        if kind in BIAS_OF:
            return self._lay_out_matrix(raw, units or self._guess_pair(tree))
        vector = self._turn(raw)
        if self.with_biases and kind == "post" and reference.layer == (self.place.layer or 0) - 1:
            vector = np.vstack([np.ones((1, vector.shape[1])), vector])
        units = units or self._guess_letter(reference, tree)
        if len(units) != 1:
            raise ValueError(f"{_write_name(tree)} has one index, and is given {len(units)}")
        if units.isdigit():
            return self._take(vector, int(units) - 1)
        self._count_units({units: len(vector)})
        return vector.reshape([len(vector) if letter == units else 1 for letter in self.axes] + [vector.shape[1]])

    def _count_units(self, sizes: dict[str, int]) -> None:
        """Raises ShapeError for an index that counts more units in one place than in another."""
        for letter, size in sizes.items():
            if letter.isalpha() and self.sizes.setdefault(letter, size) != size:
                counted = format_quantity(self.sizes[letter], "unit")
                raise ShapeError(f"the index {letter} counts {counted} in one place and {size} in another")

    def _take(self, vector: "Floats", at: int) -> "Floats":
        """One unit, as an array on all axes."""
        if not 0 <= at < len(vector):
            raise ShapeError(f"there is no unit {at + 1}, of {len(vector)}")
        unit: Floats = vector[at].reshape([1] * len(self.axes) + [-1])
        return unit

    def _lay_out_matrix(self, matrix: "Floats", units: str) -> "FloatOrArray":
        if len(units) != 2:
            raise ValueError("a weight has two indices here: the unit that it leads to, and the one that it comes from")
        joined = self.vocabulary.conventions.bias == "column"
        first, second = units[0], units[1]
        if joined and second != "0" and not self.with_biases:
            matrix = matrix[:, 1:]
        at = 1 - (joined and self.with_biases)
        for axis, letter in ((1, second), (0, first)):
            if letter.isdigit():
                index = int(letter) - (at if axis and not (joined and letter == "0") else 1) * (letter != "0")
                if not 0 <= index < matrix.shape[axis]:
                    raise ShapeError(f"there is no weight with the index {letter} here")
                matrix = np.take(matrix, [index], axis=axis)
        if first == second and first.isalpha():
            if matrix.shape[0] != matrix.shape[1]:
                raise ShapeError(f"the index {first} counts the units of two layers")
            matrix, second = np.diagonal(matrix)[:, None], "0"
        self._count_units(sizes := {first: matrix.shape[0], second: matrix.shape[1]})
        if first.isalpha() and second.isalpha() and self.axes.index(first) > self.axes.index(second):
            matrix = matrix.T
        return matrix.reshape([sizes.get(letter, 1) for letter in self.axes] + [1])

    def _guess_letter(self, reference: Reference, tree: ast.expr | None) -> str:
        """The index that a vector without one would bear. Raises ValueError where none fits."""
        layer, here = reference.layer, self.place.layer
        if reference.kind in ("x", "y"):
            layer = 0 if reference.kind == "x" else self.vocabulary.depth
        fits = [letter for letter, of in zip(self.free, (here, (here or 0) - 1), strict=False) if of == layer]
        if not fits:
            raise ValueError(f"{_write_name(tree)} stands without an index beside names that bear one")
        return fits[0]

    def _guess_pair(self, tree: ast.expr | None) -> str:
        if len(self.free) != 2:
            raise ValueError(f"{_write_name(tree)} stands without indices beside names that bear some")
        return "".join(self.vocabulary.conventions.order(*self.free))

    def total(self, letter: str, term: ast.expr, of: "Callable[[ast.expr], FloatOrArray]") -> "FloatOrArray":
        if letter not in self.axes or letter not in find_free(term):
            return super().total(letter, term, of)
        value = of(term)
        return value if np.ndim(value) == 0 else np.sum(value, axis=self.axes.index(letter), keepdims=True)

    def _weights_between(self, layer: int, of: ast.expr, by: ast.expr) -> "FloatOrArray":
        """∂z_k/∂a_j = w_kj."""
        units = [split_units(node.id)[1] for tree in (of, by) for node in ast.walk(tree)
                 if isinstance(node, ast.Name) and split_units(node.id)[1]]
        pair = "".join(self.vocabulary.conventions.order(*units)) if len(units) == 2 else ""
        return self._lay_out(Reference("W", layer), pair, of)


def _write_name(tree: ast.expr | None) -> str:
    return write_formula(tree) if tree is not None else "a name"
