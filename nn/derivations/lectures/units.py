"""Lectures that write a formula for each unit: zⱼ = Σₖ wⱼₖaₖ + bⱼ."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from autograd_lite.internal import make_label

from ..conventions import Conventions
from ..lines import Derivation, Symbols
from ..neutral import Problem
from ..settings import Settings
from .layered import LayeredLecture, Place
from .lecture import Entry


class UnitLecture(LayeredLecture):
    """The lines have indices for units, and for the layer last: ``w[j, k, l]``."""

    def given(self, settings: Settings) -> Mapping[str, Mapping[tuple[int, ...], Any]]:
        conventions = self.conventions(settings)
        column = conventions.bias == "column"
        found: dict[str, dict[tuple[int, ...], float]] = {
            letter: {((i, k) if conventions.batch else (k,)): v for i, row in enumerate(rows, start=1)
                     for k, v in enumerate(row, start=1)}
            for letter, rows in (("x", self.inputs(settings)), (conventions.target, self.targets(settings)))
        }
        if self.has_single_target(settings):
            del found[conventions.target]
        found[conventions.weight] = {
            (r, c, conventions.weight_number(l)): v for l, matrix in enumerate(settings["W"], start=1)
            for r, row in enumerate(matrix, start=1) for c, v in enumerate(row, start=1 - column)
        }
        index_0 = conventions.bias == "index 0"
        found.setdefault(conventions.weight if index_0 else "b", {}).update({
            (j, 0, l) if index_0 else (j, l): v for l, row in enumerate(settings.get("b") or (), start=1)
            for j, v in enumerate(row, start=1)
        })
        return found

    def entries(self, place: Place, derivation: Derivation, problem: Problem,
                conventions: Conventions) -> Iterator[Entry]:
        letter, indices = _lines_of(place, problem, conventions)
        symbols = self.symbols(conventions, len(problem.weights))
        if conventions.batch and place.kind in ("pre", "post", "delta"):
            indices = {(i - 1, *at): (i, *index) for i in range(1, len(problem.inputs) + 1)
                       for at, index in indices.items()}
        for at, index in indices.items():
            written = symbols.get(letter, letter)
            yield Entry(place.kind, place.layer, at, written if isinstance(written, str) else written(*index),
                        derivation.written(letter, index, symbols),
                        derivation.line_written(letter, index, self.layer_at, symbols),
                        derivation.number(derivation.value(letter, *index)))

    def symbols(self, conventions: Conventions, depth: int) -> Symbols:
        def indexed(letter: str, before: str = "") -> Callable[..., str]:
            def write(*index: int | str) -> str:
                return before + make_label(letter, *index[:-1], layer=conventions.over(index[-1], depth))

            return write

        def of_sample(letter: str, before: str = "") -> Callable[..., str]:
            if not conventions.batch:
                return indexed(letter, before)
            return lambda sample, *index: indexed(letter, before)(*index) + conventions.mark(sample)

        def datum(letter: str) -> Callable[..., str]:
            if not conventions.batch:
                return lambda *k: make_label(letter, *k)
            return lambda sample, k: make_label(letter, k) + conventions.mark(sample)

        def function(letter: str, ending: str = "") -> str | Callable[..., str]:
            if not conventions.by_layer:
                return letter + ending
            return lambda number: make_label(letter, layer=conventions.over(number, depth)) + ending

        w, sigma, derivative = conventions.weight, conventions.activation, f"∂{conventions.cost}/∂"
        return {
            conventions.pre: of_sample(conventions.pre), conventions.post: of_sample(conventions.post),
            "delta": of_sample("δ"), "dpost": of_sample(conventions.post, derivative), "x0": "x₀", "root": "√S",
            "x": datum("x"), "y": lambda *k: datum("y")(*k), conventions.target: _write_target(conventions, datum),
            conventions.cost: lambda *sample: conventions.cost + "".join(map(conventions.mark, sample)), "lam": "λ",
            w: indexed(w), f"d{w}": indexed(w, derivative), f"{w}_new": indexed(w, "new "),
            "b": indexed("b"), "db": indexed("b", derivative), "b_new": indexed("b", "new "),
            "all_W": w, "all_b": "b", "total": "Σ", "eta": "η", "f": function(sigma), "df": function(sigma, "′"),
        }


def _write_target(conventions: Conventions, datum: Callable[[str], Callable[..., str]]) -> Callable[..., str]:
    """t alone, or t of a unit."""
    return lambda *k: datum(conventions.target)(*k) if k else conventions.target


def _lines_of(place: Place, problem: Problem,
              conventions: Conventions) -> tuple[str, dict[tuple[int, ...], tuple[int, ...]]]:
    """The letter of a kind of quantity in the lines, and for each place in its array the indices there."""
    kind, layer = place.kind, place.layer
    if layer is None:
        return conventions.cost, {(): ()}
    units = len(problem.weights[layer - 1] if layer else problem.inputs[0])
    number, on_weights = conventions.number(layer), conventions.weight_number(layer)
    if kind in ("pre", "post", "delta"):
        letter = {"pre": conventions.pre, "post": conventions.post}.get(kind, kind)
        return letter, {(j,): (j + 1, number) for j in range(units)}
    new = kind.endswith("_new")
    if kind in ("db", "b_new") and conventions.bias == "b":
        return kind, {(j,): (j + 1, on_weights) for j in range(units)}
    letter = f"{conventions.weight}_new" if new else f"d{conventions.weight}"
    if kind in ("db", "b_new"):
        return letter, {(j,): (j + 1, 0, on_weights) for j in range(units)}
    column = conventions.bias == "column"
    rows, columns = conventions.order(units, len(problem.weights[layer - 1][0]) + column)
    return letter, {(r, c): (r + 1, c + 1 - column, on_weights) for r in range(rows) for c in range(columns)}
