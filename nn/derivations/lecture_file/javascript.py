"""The derivation by hand of a lecture file as JavaScript: its own lines, evaluated on terms instead of numbers."""

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ...ground.activation_formulas import LAYER_FORMULAS
from ..conventions import Conventions
from ..hand_javascript import (
    ELEMENTWISE_WORDS,
    Term,
    add_up,
    apply_elementwise,
    make_activations,
    name_terms,
    write_call,
    write_choice,
    write_function,
    write_layer_function,
    write_norm,
    write_result,
)
from ..recording import Recording
from .compare import list_places
from .context import Context
from .derivation import Derivation, expected_shape
from .display import Display, list_entries
from .evaluation import UnreadableError, evaluate
from .layout import Layout, Place
from .lecture import LectureFile
from .network import record_lecture


class Terms(np.ndarray[Any, Any]):
    """An array of terms, whose comparisons are terms too."""

    def __gt__(self, other: Any) -> Any:
        return apply_elementwise(lambda a, b: a > b)(self, other)

    def __lt__(self, other: Any) -> Any:
        return apply_elementwise(lambda a, b: a < b)(self, other)

    def __ge__(self, other: Any) -> Any:
        return apply_elementwise(lambda a, b: a >= b)(self, other)

    def __le__(self, other: Any) -> Any:
        return apply_elementwise(lambda a, b: a <= b)(self, other)


class _Words(Context):
    """What the names in a line stand for when its values are JavaScript terms."""

    functions: Mapping[str, Callable[..., Any]]

    def prepare(self) -> "_Words":
        """The same with functions of terms."""
        same = {"ln": "log", "maximum": "max", "minimum": "min"}
        plain = {word: apply_elementwise(write_call(same.get(word, word)))
                 for word in (*ELEMENTWISE_WORDS, *same)}
        named = {word: apply_elementwise(write_function(word, "f")) for word in ("sigmoid", "relu")}
        self.functions = {**self.functions, **plain, **named, "where": write_choice,
                          "total": lambda m: add_up(np.ravel(m)), "norm": write_norm}
        return self

    def apply(self, activation: str, derivative: bool, value: Any, place: Place | None) -> Any:
        if activation not in LAYER_FORMULAS:
            return apply_elementwise(write_function(activation, "df" if derivative else "f"))(value)
        if derivative:
            raise UnreadableError(f"{activation} has no derivative entry by entry")
        if hasattr(value, "ravel"):
            return self.on_layer(activation, value)
        if place is None:
            raise UnreadableError(f"{activation} acts on all units of a layer")
        units = range(1, self.layout.widths[place.layer] + 1)
        others = [self.value(Place("pre", place.layer, (j,), place.sample)) for j in units]
        return write_layer_function(LAYER_FORMULAS[activation])(np.array(others, dtype=object))[place.units[0] - 1]

    def on_layer(self, activation: str, value: Any) -> Any:
        rows = value if self.layout.notation.rows else value.T
        found = np.array([write_layer_function(LAYER_FORMULAS[activation])(row) for row in rows], dtype=object)
        return found if self.layout.notation.rows else found.T

    def _reduce_along(self, matrix: Any, what: str, how: str) -> Any:
        if how != "max":
            return super()._reduce_along(matrix, what, how)
        rows = np.moveaxis(matrix, self.layout.axis(what), 0)
        return np.expand_dims(apply_elementwise(write_call("max"))(*rows), self.layout.axis(what))


class _ByHand(Derivation):
    """The lines on terms; ``named`` makes a constant of what a line gives."""

    named: Callable[[Any], Any]

    def _find(self, place: Place) -> Any:
        if place.kind in ("x", "y", "W", "b") or (place.kind == "post" and place.units == (0,)):
            return super()._find(place)
        statement, known = self.find_line(place)
        if any(isinstance(node, ast.GeneratorExp) and word in ("max", "min")
               for call in ast.walk(statement.right) if isinstance(call, ast.Call)
               for node, word in zip(call.args, [ast.unparse(call.func)], strict=False)):
            raise UnreadableError("max and min of several terms are not written in JavaScript")
        value = evaluate(statement.right, self.context, known)
        if not expected_shape(place, self.layout) and hasattr(value, "ravel"):
            value = value.ravel()[0]
        found = self.named(value)
        return found.view(Terms) if isinstance(found, np.ndarray) else found


def write_file_javascript(lecture: LectureFile, leaves: Sequence[str]) -> tuple[str, dict[str, int]]:
    """``HAND``, a function of the leaves in this order, and symbol -> place in what it returns.

    Raises:
        ValueError: a line has no JavaScript; the file has no example.
    """
    example = lecture.require_example()
    layout, recording = lecture.layout(example), record_lecture(lecture, example)
    known = {label: Term(f"L[{i}]") for i, label in enumerate(leaves)}
    lines: list[str] = []
    given = _give(recording, lecture.conventions, layout, known)
    derivation = _ByHand(lecture.all_lines, lecture.problem, layout, example, given)
    derivation.context = _Words(lecture.problem, layout, example, derivation.value).prepare()
    derivation.named = name_terms(lines)
    display, found = Display(lecture.notation, layout.depth), {}
    for place in list_places(layout):
        value = derivation.value(place)
        flat = np.ravel(np.array(value, dtype=object))
        numbered = np.arange(float(flat.size)).reshape(np.shape(value)) if np.ndim(value) else 0.0
        for units, sample, _, number in list_entries(numbered, place, layout):
            found[display.entry(place, units, sample)] = flat[int(number)]
    return write_result(found, lines, make_activations()), {symbol: i for i, symbol in enumerate(found)}


def _give(network: Recording, conventions: Conventions, layout: Layout,
          known: Mapping[str, Term]) -> Callable[[Place], Any]:
    """What is given, as terms in the notation: x, y, W, b."""
    def rows(labels: Any) -> Any:
        return np.array([[known[label] for label in row] for row in labels], dtype=object).view(Terms)

    depth, samples, notation = layout.depth, range(1, layout.count + 1), layout.notation
    X = rows([[node.label for node in row] for row in network.post[0]])
    Y = rows([[conventions.datum("y", k, i) for k in range(1, layout.widths[depth] + 1)] for i in samples])
    W = {l: rows([[node.label for node in row] for row in matrix]) for l, matrix in network.weights.items()}
    b = {l: rows([[node.label for node in row]])[0] if l in network.biases else np.zeros(len(W[l]))
         for l, row in ((l, network.biases.get(l, ())) for l in W)}

    def give(place: Place) -> Any:
        kind, units, sample = place.kind, place.units, max(place.sample, 1) - 1
        if kind in ("x", "y"):
            data = X if kind == "x" else Y
            if units or notation.form == "scalars":
                return data[sample][units[0] - 1 if units else 0]
            if notation.batch:
                return data if notation.rows else data.T
            return data[sample][None, :] if notation.rows else data[sample][:, None]
        if kind == "b":
            row = b[place.layer]
            return row[units[0] - 1 if units else 0] if units or notation.form == "scalars" else (
                row[None, :] if notation.rows else row[:, None])
        matrix = W[place.layer]
        if units:
            return matrix[units[0] - 1, units[1] - 1] if units[1] else b[place.layer][units[0] - 1]
        if notation.form == "scalars":
            return matrix[0, 0]
        return np.asarray(layout.weights(matrix, b[place.layer])).view(Terms)

    return give
