"""Lines and places as the lecture writes them: letters with their sub- and superscripts."""

import ast
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from autograd_lite.internal import make_label, write

from ..lines import put_in
from .grammar import Statement
from .layout import Layout, Place
from .notation import ON_WEIGHTS, Notation

_WORDS = {"over_samples": "Σ_samples", "over_units": "Σ_units", "max_units": "max_units", "max_samples": "max_samples",
          "mean_samples": "mean_samples", "total": "Σ"}


class Display:
    """How a notation is shown, on a network of that depth."""

    def __init__(self, notation: Notation, depth: int | None = None) -> None:
        self.notation, self.depth = notation, depth
        self.times = "·" if notation.form != "matrices" else " ⊙ "

    def letter(self, kind: str) -> str:
        """The letter of a kind: ∂C/∂W, new W, δ."""
        own = self.notation.letters
        of = {"W": own["weight"], "b": own["bias"]}.get(kind.removeprefix("d").removesuffix("_new"), "")
        if kind in ("dW", "db"):
            return f"∂{own['cost']}/∂{of}"
        return f"new {of}" if kind.endswith("_new") else of or self.notation.names[kind]

    def label(self, kind: str, *index: int | str) -> str:
        """A quantity with its indices, numbers or texts, in the notation's order."""
        slots = self.notation.slots(kind)
        found = dict(zip(slots, map(str, index), strict=False))
        units = [found[slot] for slot in slots if slot in ("unit", "target", "source")]
        letter = self.letter(kind)
        if self.notation.form == "scalars":
            return make_label(letter, *found.values()).replace(" + ", "₊").replace(" - ", "₋")
        layer = self.number(found["layer"]) if "layer" in found else None
        return make_label(letter, *units, layer=layer) + (f"[{found['sample']}]" if "sample" in found else "")

    def number(self, number: str) -> str:
        """The number of a layer; counted down from the last where the notation does."""
        if self.notation.count == "down" and number.lstrip("-").isdigit() and self.depth is not None:
            below = self.notation.number("pre", self.depth) - int(number)
            last = self.notation.letters["last"]
            return f"{last} - {below}" if below else last
        return number

    def entry(self, place: Place, units: tuple[int, ...], sample: int) -> str:
        """One number of a quantity: z₁⁽²⁾, z₁⁽²⁾[3] of sample 3."""
        if self.notation.form == "scalars" or place.kind == "C":
            return self.label(place.kind, *self.notation.index(place.kind, place.layer))
        layer = None if place.kind in ("x", "y") else self.number(str(self.notation.number(place.kind, place.layer)))
        return make_label(self.letter(place.kind), *units, layer=layer) + (f"[{sample}]" if sample else "")

    def symbols(self) -> Mapping[str, str | Callable[..., str]]:
        """What the letters of lines are written as."""
        own, f = self.notation.letters, self.notation.letters["activation"]

        def shown(kind: str) -> Callable[..., str]:
            return lambda *index: self.label(kind, *index)

        def function(letter: str) -> Callable[..., str]:
            return lambda layer=None: (make_label(letter, layer) if self.notation.form == "scalars" else
                                       make_label(letter, layer=layer)) if layer is not None else letter

        found: dict[str, str | Callable[..., str]] = {
            letter: shown(kind) for letter, kind in self.notation.kinds.items()
        }
        return found | _WORDS | {f: function(f), f"d{f}": function(f"{f}′"), "eta": own["rate"], "lam": own["strength"]}

    def write(self, tree: ast.expr, known: Mapping[str, int] | None = None) -> str:
        """A side of a line, with indices put in."""
        return write(_SetApart().visit(put_in(ast.unparse(tree), known or {})), self.symbols(), self.times)

    def line(self, statement: Statement, known: Mapping[str, int] | None = None) -> str:
        """``left = right``"""
        return f"{self.write(statement.left, known)} = {self.write(statement.right, known)}"


class _SetApart(ast.NodeTransformer):
    """Brackets around a product entry by entry that a product of matrices must not be read into."""

    def visit_BinOp(self, operation: ast.BinOp) -> ast.expr:
        self.generic_visit(operation)
        left = operation.left
        if isinstance(operation.op, ast.MatMult) and isinstance(left, ast.BinOp) and isinstance(left.op, ast.Mult):
            factor = left.left  # a number before the product of matrices needs none
            if any(isinstance(node, ast.Subscript | ast.Call) for node in ast.walk(factor)):
                operation.left = ast.Call(ast.Name(""), [left], [])
        return operation


def list_entries(
    value: Any, place: Place, layout: Layout
) -> Iterator[tuple[tuple[int, ...], int, tuple[int, ...], float]]:
    """Each number of a value: its units as they are shown, its sample (0 for one), its place in an array, and itself.

    The array has a row for each sample, or one axis for one sample; weights stand as the notation has them.
    """
    notation = layout.notation
    if isinstance(value, float):
        yield from _list_single(value, place, layout)
        return
    if place.kind in ON_WEIGHTS:
        first = notation.bias in ("column 0", "index 0")
        shift = (1, 1 - first) if notation.first == "target" else (1 - first, 1)
        for r, row in enumerate(value.tolist()):
            for c, number in enumerate(row):
                yield (r + shift[0], c + shift[1]), 0, (r, c), number
        return
    if place.kind in ("b", "db", "b_new"):
        for j, number in enumerate(value.ravel().tolist()):
            yield (j + 1,), 0, (j,), number
        return
    rows = value if notation.rows else value.T
    for i, row in enumerate(rows.tolist()):
        for j, number in enumerate(row):
            sample = i + 1 if notation.batch else place.sample
            yield (j + 1,), sample, ((sample - 1, j) if sample else (j,)), number


def _list_single(
    value: float, place: Place, layout: Layout
) -> Iterator[tuple[tuple[int, ...], int, tuple[int, ...], float]]:
    notation, units = layout.notation, place.units or (1,)
    if place.kind == "C":
        yield (), 0, (), value
    elif place.kind in ON_WEIGHTS:
        target, source = units if len(units) == 2 else (1, 1)
        shown = (target, source) if notation.first == "target" else (source, target)
        at = (target - 1, source - (not notation.joined))
        yield shown, 0, at if notation.first == "target" else at[::-1], value
    else:
        own = units[0] - 1
        yield units, place.sample, ((place.sample - 1, own) if place.sample else (own,)), value
