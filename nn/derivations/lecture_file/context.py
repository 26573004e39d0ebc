"""What the words of a lecture's lines mean on a network: letters, constants, ranges of indices, functions."""

import ast
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ...ground.activations import LAYER_ACTIVATIONS
from .evaluation import NoPlaceError, Scope, UnreadableError, evaluate_index
from .functions import ELEMENTWISE
from .grammar import list_indices
from .layout import Layout, Place
from .problem import Example, Problem
from .rows import activate, pass_back


class Context(Scope):
    """The words of lines on one network; ``value`` gives the value of each quantity."""

    def __init__(self, problem: Problem, layout: Layout, example: Example, value: Callable[[Place], Any]) -> None:
        self.problem, self.layout, self.example, self.value = problem, layout, example, value
        self.activations = dict(enumerate(problem.of_layers(layout.depth), start=1))
        self.constants = {"count": float(layout.count), "rate": example.rate, "strength": example.strength,
                          "last": float(layout.notation.number("pre", layout.depth))}
        self.functions: Mapping[str, Callable[..., Any]] = {
            **ELEMENTWISE,
            "total": _total,
            "norm": _norm,
            "over_samples": lambda m: self._reduce_along(m, "samples", "sum"),
            "over_units": lambda m: self._reduce_along(m, "units", "sum"),
            "max_units": lambda m: self._reduce_along(m, "units", "max"),
            "max_samples": lambda m: self._reduce_along(m, "samples", "max"),
            "mean_samples": lambda m: self._reduce_along(m, "samples", "mean"),
            "with_one": self._with_one,
            "without_bias": lambda W: self._take_bias_part(W, drop=True),
            "zero_bias": lambda W: self._take_bias_part(W, drop=False),
            "softmax": lambda u: self.on_layer("softmax", u),
            "width": lambda l: float(self._find_width(int(l))),
        }

    def name(self, word: str) -> Any:
        notation = self.layout.notation
        if word in notation.constants:
            return self.constants[notation.constants[word]]
        if word in notation.kinds:
            return self.value(self.layout.find_place(word, ()))
        raise UnreadableError(notation.explain_unknown(word))

    def indexed(self, letter: str, index: tuple[int, ...]) -> Any:
        return self.value(self.layout.find_place(letter, index))

    def run(self, word: str, arguments: list[int]) -> Iterable[int]:
        notation, depth = self.layout.notation, self.layout.depth
        match word, arguments:
            case "units", [number]:
                return range(1, self._find_width(number) + 1)
            case "samples", []:
                return range(1, self.layout.count + 1)
            case "layers", []:
                return range(notation.number("W", 1), notation.number("W", depth) + 1)
        raise UnreadableError(f"{word} is no range of an index; units(l), samples and layers are")

    def _find_width(self, number: int) -> int:
        layer = self.layout.notation.layer("pre", number)
        if not 0 <= layer <= self.layout.depth:
            raise NoPlaceError(f"there is no layer {number}")
        return self.layout.widths[layer]

    def call(self, function: ast.expr, layer: int | None, tree: ast.expr, value: Any, known: Mapping[str, int]) -> Any:
        notation = self.layout.notation
        word = function.value if isinstance(function, ast.Subscript) else function
        name, letter = word.id, notation.letters["activation"]  # type: ignore[attr-defined]  # a name, says the grammar
        if name not in (letter, f"d{letter}"):
            raise UnreadableError(notation.explain_unknown(name) if name in "Σ∑" else (
                f"{name}(…) has no meaning in this file; its functions are {letter}, d{letter}, exp, log, norm, sum and"
                " others"))
        place = self._find_argument(tree, known)
        at = notation.layer("pre", layer) if layer is not None else place.layer if place else self._find_layer(name)
        if at not in self.activations:
            raise NoPlaceError(f"there is no {name} of layer {layer if layer is not None else at}")
        return self.apply(self.activations[at], name != letter, value, place)

    def apply(self, activation: str, derivative: bool, value: Any, place: Place | None) -> Any:
        """An activation function, or its derivative, of a value that stands at a place, if at one."""
        if derivative:
            if activation in LAYER_ACTIVATIONS:
                raise UnreadableError(
                    f"{activation} has no derivative entry by entry; its Jacobian has h_j(1[j = k] − h_k)"
                )
            return pass_back(activation, value, 0 * value + 1)
        if activation in LAYER_ACTIVATIONS and isinstance(value, float):
            return self._apply_to_unit(activation, place)
        return self.on_layer(activation, value) if activation in LAYER_ACTIVATIONS else activate(activation, value)

    def _find_argument(self, tree: ast.expr, known: Mapping[str, int]) -> Place | None:
        """The pre- or post-activation that a function is of."""
        if not isinstance(tree, ast.Subscript):
            return None
        index = tuple(evaluate_index(each, self, known) for each in list_indices(tree))
        place = self.layout.find_place(tree.value.id, index)  # type: ignore[attr-defined]  # a name, says the grammar
        return place if place.kind in ("pre", "post") else None

    def _find_layer(self, name: str) -> int:
        if len(set(self.activations.values())) > 1:
            raise UnreadableError(f"{name} of which layer? The activations differ: write {name}[l](…)")
        return 1

    def _apply_to_unit(self, activation: str, place: Place | None) -> float:
        """softmax of one unit: it needs the others of its layer."""
        if place is None or place.kind != "pre":
            raise UnreadableError(
                f"{activation} acts on all units of a layer; write exp(…) / sum(exp(…) for k in units(L))"
            )
        import numpy as np

        others = [
            self.value(Place("pre", place.layer, (j,), place.sample))
            for j in range(1, self.layout.widths[place.layer] + 1)
        ]
        return float(activate(activation, np.array([others]))[0, place.units[0] - 1])

    def on_layer(self, activation: str, value: Any) -> Any:
        """A function of all units of a layer, along the axis of units."""
        return activate(activation, value) if self.layout.notation.rows else activate(activation, value.T).T

    def _reduce_along(self, matrix: Any, what: str, how: str) -> Any:
        if isinstance(matrix, float):
            raise TypeError("a number")
        if what == "samples" and not self.layout.notation.batch:
            raise UnreadableError("over_samples needs lines about all samples at once; here a line is about one")
        return getattr(matrix, how)(axis=self.layout.axis(what), keepdims=True)

    def _with_one(self, matrix: Any) -> Any:
        """A 1 for the bias among the units, where the weights have it."""
        import numpy as np

        axis = self.layout.axis("units")
        ones = np.ones([1 if i == axis else n for i, n in enumerate(matrix.shape)])
        first = self.layout.notation.bias != "last column"
        return np.concatenate([ones, matrix] if first else [matrix, ones], axis=axis)

    def _take_bias_part(self, W: Any, drop: bool) -> Any:
        """W without its biases, or with zeros in their place."""
        import numpy as np

        axis, at = int(self.layout.notation.first == "target"), -1 if self.layout.notation.bias == "last column" else 0
        if not self.layout.notation.joined:
            raise UnreadableError("the biases are no part of the weights in this file")
        return (
            np.delete(W, at, axis=axis)
            if drop
            else np.insert(np.delete(W, at, axis=axis), 0 if at == 0 else W.shape[axis] - 1, 0.0, axis=axis)
        )


def _total(array: Any) -> float:
    return array if isinstance(array, float) else float(array.sum())


def _norm(array: Any) -> float:
    return abs(array) if isinstance(array, float) else float((array**2).sum() ** 0.5)
