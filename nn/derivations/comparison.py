"""Hand derivation against autodiff, quantity by quantity."""

import json
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import inf, isfinite
from typing import Any

from autograd_lite.internal import chosen_slope, format_number, make_label, write

from ..activation_formulas import ACTIVATION_FORMULAS
from .conventions import Conventions
from .lectures import LECTURES, Entry, find_lecture
from .neutral import to_lecture_form
from .recording import read_gradients, record
from .settings import Settings

TOLERANCE = 1e-9  # far above what rounding does to these formulas, far below what any mistake does


@dataclass(frozen=True, slots=True)
class Row:
    """One number of a comparison.

    Attributes:
        symbol, formula: as the lecture writes them.
        name: of the number in programs, such as ``z1``, ``delta[2][0]`` or ``dW[1][0, 2]``; indices count from 0.
        hand, autodiff: the number by the lecture's formula, and by the engine.
        error: |hand − autodiff| / max(1, |hand|).
        line: the equation for all units of the layer.

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

    @property
    def max_error(self) -> float:
        """The largest error of all rows."""
        return max(row.error for row in self.rows)

    @property
    def agrees(self) -> bool:
        """Whether every error is at most 1e-9."""
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
            told = LECTURES[self.lecture]
            data |= {"equations": [asdict(equation) for equation in told.equations(self.settings)],
                     "letters": told.letters, "readings": list(told.readings)}
        return json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False)


def compare(id: str, **settings: Any) -> Comparison:
    """Compute a lecture's derivation by hand and by automatic differentiation of the same network.

    Args:
        id: a key of ``LECTURES``.
        settings: the lecture's quantities by name; those of its own example where not given. A penalty of None ignores
            ``lam``.

    Raises:
        ValueError: unknown id, setting or choice (names the nearest), a number that is not finite, or shapes that do
            not fit.
        TypeError: a setting that is no number, or no array of them.
        OverflowError: a node or a gradient does not fit a float; says which.

    >>> compare("one-neuron", x=2.0, w1=0.5, b1=1.0).hand["delta1"]
    -3.0
    """
    chosen_lecture = find_lecture(id)
    chosen = chosen_lecture.resolve(settings)
    conventions, problem = chosen_lecture.conventions(chosen), chosen_lecture.problem(chosen)
    autodiff = to_lecture_form(read_gradients(record(problem, conventions), problem, conventions), conventions)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # NumPy's: what overflows is said below, in the lecture's words
        entries = chosen_lecture.by_hand(chosen)
    rows = []
    for entry in entries:
        found = entry.of(autodiff)
        if not isfinite(found):
            raise OverflowError(f"{entry.symbol} = {entry.formula} does not fit a float here; choose smaller numbers")
        rows.append(Row(entry.symbol, entry.name, entry.formula, entry.value, found,
                        _relative_error(entry.value, found),
                        entry.line))
    notes = (_delta_note(conventions, len(problem.inputs)),
             *_activation_notes(chosen_lecture.activations(chosen), conventions),
             *chosen_lecture.notes(chosen, entries))
    return Comparison(id, chosen, _gather_by_hand(entries, autodiff), autodiff, tuple(rows), notes)


def compare_all() -> dict[str, Comparison]:
    """The comparison of every lecture, and of every variant that a lecture treats: name -> comparison.

    >>> all(comparison.agrees for comparison in compare_all().values())
    True
    """
    found = {}
    for id, chosen_lecture in LECTURES.items():
        found[id] = compare(id)
        found |= {f"{id}, {name}": compare(id, **settings) for name, settings in chosen_lecture.variants.items()}
    return found


def _gather_by_hand(entries: Sequence[Entry], like: Mapping[str, Any]) -> dict[str, Any]:
    """The numbers by hand, in arrays of the shapes that autodiff found."""
    found: dict[str, Any] = {}
    for entry in entries:
        if entry.layer is None:
            found[entry.kind] = entry.value
            continue
        layers = found.setdefault(entry.kind, {})
        if entry.layer not in layers:
            layers[entry.layer] = like[entry.kind][entry.layer] * float("nan")
        layers[entry.layer][entry.index] = entry.value
    return found


def _to_lists(quantities: Mapping[str, Any]) -> dict[str, Any]:
    """Arrays as lists, for JSON."""
    return {name: {layer: array.tolist() for layer, array in value.items()} if isinstance(value, Mapping) else value
            for name, value in quantities.items()}


def _relative_error(hand: float, autodiff: float) -> float:
    error = abs(hand - autodiff) / max(1.0, abs(hand))
    return error if isfinite(error) else inf


def _delta_note(conventions: Conventions, samples: int) -> str:
    """What δ is in this lecture's letters; its sign s and its factor 1/α where they are not both 1."""
    u, cost, a = conventions.pre, conventions.cost, conventions.post
    rule = f"In δ = s·(∂{cost}/∂{u})/α, which holds in every lecture, s is the sign and 1/α the factor of the lecture:"
    if conventions.mean:
        return (f"δ = N·∂{cost}/∂{u}, N = {samples}: the engine's gradient at the pre-activation, of a cost that is "
                f"a mean over the samples, is δ/N, for δ belongs to one sample alone. {rule} s = 1 and α = 1/N here.")
    if conventions.sign < 0:
        return (f"δ = −∂{cost}/∂{u}, minus the engine's gradient at the pre-activation: it starts with y − {a}. So "
                f"the gradients of the weights are −δ{a}, and the update adds ηδ{a}. {rule} s = −1 and α = 1 here.")
    return f"δ is the gradient at the pre-activation: δ = ∂{cost}/∂{u}."


def _activation_notes(activations: Mapping[int, str], conventions: Conventions) -> list[str]:
    """What each σ and its derivative are, as they were used by hand."""
    notes = []
    for layer, name in activations.items():
        scalar = conventions.form == "scalars"
        sigma = make_label(conventions.activation, layer) if scalar else conventions.activation
        formula, names = ACTIVATION_FORMULAS[name], {"z": conventions.pre, "a": conventions.post}
        shown = ""
        if "a" in re.findall(r"\w+", formula.derivative):
            shown = f" with {conventions.post} = {sigma}({conventions.pre})"
        note = (f"{sigma} is the {name}: {sigma}({conventions.pre}) = {write(formula.value, names)}, "
                f"{sigma}′({conventions.pre}) = {write(formula.derivative, names)}{shown}.")
        chosen = chosen_slope(name)
        if chosen is not None:
            note += f" At {conventions.pre} = 0 it has no derivative; {format_number(chosen)} is chosen there."
        notes += [] if note in notes else [note]
    return notes
