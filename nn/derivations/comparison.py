"""Hand derivation against autodiff, quantity by quantity."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import inf, isfinite
from types import MappingProxyType
from typing import Any

from autograd_lite import write

from ..network import symbol
from ..suggest import unknown
from .chain import Chain
from .formulas import ACTIVATION_FORMULAS, evaluate
from .lecture import Lecture, Recording, Settings
from .one_neuron import OneNeuron

LECTURES: Mapping[str, Lecture] = MappingProxyType({lecture.id: lecture for lecture in (OneNeuron(), Chain())})
"""Id -> lecture."""

TOLERANCE = 1e-9  # far above what rounding does to these formulas, far below what any mistake does


@dataclass(frozen=True, slots=True)
class Row:
    """One quantity: ``error`` = |hand − autodiff| / max(1, |hand|)."""

    symbol: str
    name: str
    formula: str
    hand: float
    autodiff: float
    error: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """What ``compare`` found.

    Attributes:
        lecture: the lecture's id.
        settings: all of them, defaults included.
        hand, autodiff: name of a quantity -> number, by the lecture's formulas and by the engine.
        rows: a row a quantity, in the lecture's order.
        notes: sentences to the reader.
    """

    lecture: str
    settings: Settings
    hand: Mapping[str, float]
    autodiff: Mapping[str, float]
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

    def to_json(self) -> str:
        """All of it as JSON text, keys as the attributes are named."""
        data = {"lecture": self.lecture, "settings": dict(self.settings), "agrees": self.agrees,
                "max_error": self.max_error, "hand": dict(self.hand), "autodiff": dict(self.autodiff),
                "rows": [asdict(row) for row in self.rows], "notes": list(self.notes)}
        return json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False)


def lecture(id: str) -> Lecture:
    """The lecture of that id. Raises ValueError for an unknown one, naming the nearest."""
    if id not in LECTURES:
        raise unknown("lecture", id, LECTURES)
    return LECTURES[id]


def compare(id: str, /, **settings: Any) -> Comparison:
    """The lecture's hand derivation beside automatic differentiation of the same network.

    Args:
        id: a key of ``LECTURES``.
        settings: the lecture's quantities by name; its own example where not given. A penalty of None ignores ``lam``.

    Raises:
        ValueError: unknown id, setting or choice (names the nearest), or a number that is not finite.
        TypeError: a setting that is no number.
        OverflowError: a node or a gradient does not fit a float; says which.
    """
    chosen_lecture = lecture(id)
    chosen = chosen_lecture.resolve(settings)
    autodiff = by_autodiff(chosen_lecture.record(chosen), chosen["eta"])
    hand: dict[str, float] = {}
    names = dict(chosen_lecture.names(chosen))
    symbols = chosen_lecture.symbols(chosen)
    rows = []
    for quantity in chosen_lecture.quantities(chosen):
        hand[quantity.name] = names[quantity.name] = evaluate(quantity.formula, names)
        if not isfinite(autodiff[quantity.name]):
            raise OverflowError(f"{quantity.symbol} = {write(quantity.formula, symbols)} does not fit a float here; "
                                "choose smaller numbers")
        rows.append(Row(quantity.symbol, quantity.name, write(quantity.formula, symbols), hand[quantity.name],
                        autodiff[quantity.name], _error(hand[quantity.name], autodiff[quantity.name])))
    return Comparison(id, MappingProxyType(chosen), MappingProxyType(hand), MappingProxyType(autodiff), tuple(rows),
                      (*_activation_notes(chosen_lecture.activations(chosen)), *chosen_lecture.notes(chosen)))


def by_autodiff(recording: Recording, eta: float) -> dict[str, float]:
    """Every quantity of a scalar lecture, read off the graph after one backward pass; δ is z.grad."""
    recording.cost.backward()
    found = {"C": recording.cost.data}
    for layer, z in recording.pre.items():
        found |= {f"z{layer}": z.data, f"a{layer}": recording.post[layer].data, f"delta{layer}": z.grad}
    for name, parameter in recording.parameters.items():
        found |= {f"d{name}": parameter.grad, f"{name}_new": parameter.data - eta * parameter.grad}
    return found


def _error(hand: float, autodiff: float) -> float:
    error = abs(hand - autodiff) / max(1.0, abs(hand))
    return error if isfinite(error) else inf


def _activation_notes(activations: Mapping[int, str]) -> list[str]:
    """What each σ and its derivative are, as they were used by hand."""
    notes = []
    for layer, name in activations.items():
        formula, sigma = ACTIVATION_FORMULAS[name], symbol("σ", layer)
        post = f" with a = {sigma}(z)" if "a" in re.findall(r"\w+", formula.derivative) else ""
        notes.append(f"{sigma} is the {name}: {sigma}(z) = {write(formula.value)}, "
                     f"{sigma}′(z) = {write(formula.derivative)}{post}.")
    return notes
