"""What a comparison gives: numbers by hand and by automatic differentiation side by side, and their lines."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import inf, isfinite
from typing import TYPE_CHECKING, Any

from .settings import Settings

if TYPE_CHECKING:
    from ..ground.arrays import Floats

TOLERANCE = 1e-9  # far above what rounding does to these formulas, far below what any mistake does
UNDERFLOW = 1e-300  # where eᶻ does not fit a float by hand, and floats themselves lose digits
MANY = 100  # an activation function that loses so much more than sums do is what hides a number


@dataclass(frozen=True, slots=True)
class Equation:
    """A line of the derivation as it is written, for any layer and unit: ``left = right``.

    ``kind`` says what it is about: input, pre, post, C, delta_output, delta_hidden, dW, db, W_new or b_new.
    """

    kind: str
    left: str
    right: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One number of the hand derivation: ``symbol = formula``.

    Attributes:
        kind: its name in ``Comparison.hand``, such as z1 or delta.
        layer, index: its place there, ``hand["delta"][2][0]``; None and () for a number.
        symbol, formula: what the lecture writes.
        line: the equation in which it stands, for all units of its layer.
        value: by hand.
    """

    kind: str
    layer: int | None
    index: tuple[int, ...]
    symbol: str
    formula: str
    line: str
    value: float

    @property
    def name(self) -> str:
        """``z1``, ``delta[2][0]``, ``dW[1][0, 2]``"""
        return self.kind if self.layer is None else f"{self.kind}[{self.layer}][{', '.join(map(str, self.index))}]"

    def of(self, quantities: Mapping[str, Any]) -> float:
        """The number at its place."""
        found = quantities[self.kind]
        return float(found if self.layer is None else found[self.layer][self.index])


@dataclass(frozen=True, slots=True)
class Row:
    """One number of a comparison.

    Attributes:
        symbol, formula: as the lecture writes them.
        name: of the number in programs, such as ``z1``, ``delta[2][0]`` or ``dW[1][0, 2]``; indices count from 0.
        hand, autodiff: the number by the lecture's formula, and by the engine.
        error: |hand − autodiff| / max(|hand|, |autodiff|); 0 where rounding alone can make that difference.
        line: the equation for all units of the layer.
        too_small: whether an activation function is so flat that rounding leaves too few digits to tell.

    >>> compare("chain").rows[0].line
    'z₁ = w₁·x + b₁'
    """

    symbol: str
    name: str
    formula: str
    hand: float
    autodiff: float
    error: float
    line: str
    too_small: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Comparison:
    """The numbers of a lecture by hand and by automatic differentiation.

    Attributes:
        lecture: the lecture's id.
        settings: all of them, defaults included.
        hand, autodiff: quantity -> float, or quantity -> layer -> float array, by the lecture's formulas and by the
            engine. Scalar lectures have z1, a1, C, delta1, dw1, db1, w1_new, b1_new and so on. Layered lectures have C,
            pre, post and delta of shape (nₗ,), or (N, nₗ) for ``columns`` and ``rows``; dW and W_new in the shape of W;
            db and b_new of shape (nₗ,), where there are biases.
        rows: one for each number, in the lecture's order.
        notes: sentences to the reader.
        results: those of them that tell what is calculated.
        equations, letters, readings: the lecture's lines, what their letters mean, and how its notes are read.
        heading: title, source and numbers of a lecture file; empty for a lecture that has an id.
        file: the ``LectureFile`` of such a lecture; None for one that has an id.

    >>> found = compare("layers")
    >>> found.hand["delta"][2].shape
    (2,)
    >>> found.agrees
    True
    """

    lecture: str
    settings: Settings
    hand: Mapping[str, Any]
    autodiff: Mapping[str, Any]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]
    equations: tuple[Equation, ...] = ()
    letters: str = ""
    readings: tuple[str, ...] = ()
    heading: tuple[str, ...] = ()
    file: Any = None
    results: tuple[str, ...] = ()

    @property
    def cost_lines(self) -> list[str]:
        """The lines that say what the cost is, with the letters that they are written with.

        >>> compare("rows").cost_lines
        ['E[i] = ½‖Y[i] − a⁽ᴸ⁾[i]‖²', 'E = (1/N)Σᵢ E[i]']
        """
        costs = [equation for equation in self.equations if equation.kind == "C"]
        used = [equation for equation in self.equations if equation.kind == equation.left.partition("[")[0]
                and any(equation.kind in cost.right for cost in costs)]
        return [f"{equation.left} = {equation.right}" for equation in (*used, *costs)]

    @property
    def max_error(self) -> float:
        """The largest error of all rows."""
        return max(row.error for row in self.rows)

    @property
    def too_small(self) -> tuple[Row, ...]:
        """The rows that nothing is told of: they neither agree nor disagree."""
        return tuple(row for row in self.rows if row.too_small)

    @property
    def agrees(self) -> bool:
        """Whether every error is at most 1e-9: no number disagrees."""
        return self.max_error <= TOLERANCE

    def __repr__(self) -> str:
        verdict = "agrees" if self.agrees else "disagrees"
        return f"<Comparison of {self.lecture}: {len(self.rows)} numbers, {verdict}, max_error {self.max_error:.1g}>"

    def to_json(self, notes: bool = False) -> str:
        """All of it as JSON text, keys as the attributes are named; with ``notes`` the lecture's lines and readings."""
        data = {"lecture": self.lecture, "settings": dict(self.settings), "agrees": self.agrees,
                "max_error": self.max_error, "hand": _to_lists(self.hand), "autodiff": _to_lists(self.autodiff),
                "rows": [asdict(row) for row in self.rows], "notes": list(self.notes)}
        if notes:
            data |= {"equations": [asdict(equation) for equation in self.equations], "letters": self.letters,
                     "readings": list(self.readings)}
        return json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False, default=lambda row: row.name)


def _to_lists(quantities: Mapping[str, Any]) -> dict[str, Any]:
    """Arrays as lists, for JSON."""
    return {name: {layer: array.tolist() for layer, array in value.items()} if isinstance(value, Mapping) else value
            for name, value in quantities.items()}


def compare_numbers(hand: float, autodiff: float, sums: float, functions: float) -> tuple[float, bool]:
    """The error of a row, and whether it is too small to tell; infinity where a number is none.

    Args:
        hand, autodiff: the two numbers.
        sums, functions: how far rounding can move them, without and with what activation functions lose as they are
            written by hand: see ``bound_rounding``.

    >>> compare_numbers(1e-17, 0.0, 1e-16, 1e-16), compare_numbers(1e-28, 2e-29, 1e-44, 1e-16)
    ((0.0, False), (0.0, True))
    """
    difference, larger, sums, functions = abs(hand - autodiff), max(abs(hand), abs(autodiff)), abs(sums), abs(functions)
    if (larger <= functions and functions > MANY * sums) or 0 < difference <= larger < UNDERFLOW:
        return 0.0, True
    if difference <= sums:
        return 0.0, False
    error = difference / larger
    if error > TOLERANCE and difference <= functions:
        return 0.0, True
    return (error if isfinite(error) else inf), False


def make_row(entry: Entry, autodiff: float, sums: float, functions: float) -> Row:
    """An entry beside the engine's number and the bounds on rounding; see ``compare_numbers``.

    Raises:
        OverflowError: the engine's number does not fit a float.
    """
    if not isfinite(autodiff):
        raise OverflowError(f"{entry.symbol} = {entry.formula} does not fit a float here; choose smaller numbers")
    error, too_small = compare_numbers(entry.value, autodiff, sums, functions)
    return Row(entry.symbol, entry.name, entry.formula, entry.value, autodiff, error, entry.line, too_small)


def gather_numbers(numbers: Iterable[tuple[Entry, float]]) -> dict[str, Any]:
    """A number for each entry, as quantity -> float, or quantity -> layer -> array."""
    found: dict[str, Any] = {}
    for entry, number in numbers:
        if entry.layer is None:
            found[entry.kind] = number
        else:
            found.setdefault(entry.kind, {}).setdefault(entry.layer, {})[entry.index] = number
    return {kind: {layer: _to_array(array) for layer, array in value.items()} if isinstance(value, dict) else value
            for kind, value in found.items()}


def _to_array(numbers: Mapping[tuple[int, ...], float]) -> "Floats":
    import numpy as np

    array = np.empty([1 + max(column) for column in zip(*numbers, strict=True)])
    for at, number in numbers.items():
        array[at] = number
    return array


def sort_lines(rows: Sequence[Row]) -> list[Row]:
    """Rows of the same line beside each other, in the order in which lines come first."""
    order = {line: i for i, line in reversed(list(enumerate(row.line for row in rows)))}
    return sorted(rows, key=lambda row: order[row.line])
