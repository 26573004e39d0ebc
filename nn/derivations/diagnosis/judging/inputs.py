"""One input of a lecture, the lecture's quantities on it, and their conversion to the form in which they are judged.

The judged form is the same for all lectures, and every quantity is an array of two dimensions:

    pre, post, dpost, delta    (nₗ, N), one unit in each row, one sample in each column
    dW, W_new                  (nₗ, nₗ₋₁), target × source; with the biases as column 0 where the lecture has them there
    db, b_new                  (nₗ, 1)
    C                          (1, 1)

δ is the adjoint D = ∂ℓ/∂u of one sample, without the lecture's sign, and dpost the adjoint ∂ℓ/∂h.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import TypeAlias

import numpy as np

from autograd_lite import OPERATIONS
from autograd_lite.internal import chosen_slope

from ....ground.activation_formulas import LAYER_FORMULAS
from ....ground.arrays import FloatOrArray, Floats
from ...general import FLOATS, Arithmetic, Known
from ...lectures.layered import Place
from ...lectures.lecture import AnyLecture, Equation
from ...lines import Derivation, Index, Line
from ...neutral import Problem
from ...settings import Settings
from ..reading.constants import Constant
from ..reading.vocabulary import BIAS_OF, VECTORS, Reference, Vocabulary
from . import lecture_rules
from .activation import apply_activation
from .declared import Declared as Declared
from .declared import Scales, find_scales, own_constant, rewrite_line
from .layout import Layout

Asked: TypeAlias = "tuple[Place, tuple[Line, ...], frozenset[Place], bool, float | None]"
"""A place, lines about it, the places with values, whether σ′ comes from these, and the side of a kink."""
Kept: TypeAlias = "tuple[frozenset[Place] | None, tuple[Floats | None] | None]"
"""The places that lines ask for, and in a tuple what they give on the lecture's values; None if not known."""
_LARGE, _NOTHING = 1e6, Declared()
LETTERS: Mapping[str, str] = MappingProxyType({"pre": "u", "post": "h", "dpost": "G", "delta": "D"})
"""Kind -> its letter in the lines of the general statement, where it has another one there."""


@dataclass(frozen=True)
class World:
    """One input of a lecture: its settings, and all its quantities there, under declared conventions.

    ``truth`` holds the lecture's quantities in judged form (shapes above), by place; post[0] is the input. ``table`` is
    what lines give on these, filled by ``apply_rule``. Rules are gathered once, with nothing calculated.
    """

    lecture: AnyLecture
    settings: Settings
    declared: Declared = _NOTHING
    table: "dict[Asked, Kept]" = field(init=False, repr=False, compare=False, default_factory=dict)
    _rules: dict[tuple[type, bool, float | None], Derivation] = field(
        init=False, repr=False, compare=False, default_factory=dict)

    @cached_property
    def problem(self) -> Problem:
        """The network in neutral form."""
        found = self.lecture.problem(self.settings)
        if self.declared.class_1:
            found = replace(found, targets=tuple(tuple(1 - t for t in row) for row in found.targets))
        if self.declared.decay:
            return replace(found, penalties=())
        scale = self._value(self.scales.penalty, found)
        return replace(found, penalties=tuple((name, strength * scale) for name, strength in found.penalties))

    @cached_property
    def scales(self) -> Scales:
        """What the declared conventions multiply the lecture's quantities by."""
        return find_scales(self.declared, self.lecture.conventions(self.settings), self.settings.get("penalty"))

    @staticmethod
    def _value(constant: Constant, problem: Problem) -> float:
        return constant.value(len(problem.inputs), len(problem.weights[-1]))

    @cached_property
    def equations(self) -> Sequence[Equation]:
        """The lecture's lines as they stand under the declared conventions."""
        conventions, penalty = self.lecture.conventions(self.settings), self.settings.get("penalty")
        counted = {**self.settings, "penalise": "all"} if self.declared.biases else self.settings
        return self.lecture.equations(
            counted, lambda *line: rewrite_line(self.scales, conventions, penalty, *line))

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """What names mean here."""
        return Vocabulary(self.lecture, self.lecture.conventions(self.settings), len(self.problem.weights),
                          self.problem.biases is not None, self.settings, self.declared.sheet)

    def in_letters(self, text: str) -> str:
        """A sentence that is written with δ and N, in the letters of the lecture."""
        return text

    @property
    def delta_kind(self) -> str:
        """The kind of what the lecture calls δ."""
        return getattr(self.lecture, "delta_kind", "delta")

    @property
    def samples(self) -> int:
        """N"""
        return len(self.problem.inputs)

    @property
    def constants(self) -> Mapping[str, float]:
        """The numbers that belong to this input, by name."""
        return {"N": self.samples, "n": len(self.problem.weights[-1]), "λ": self.settings.get("lam") or 0.0,
                "η": self.problem.eta}

    @cached_property
    def factor(self) -> float:
        """The written δ divided by the adjoint D of ½Σ(a − y)²: s, unless something else was declared."""
        return self.vocabulary.conventions.sign * self._value(self.scales.delta, self.problem)

    def factor_of(self, kind: str) -> float:
        """A quantity as it is written, divided by its judged form: ∂C/∂a has the constants of δ, and no sign s."""
        if kind == "dpost":
            return self._value(self.scales.upstream, self.problem)
        return self.factor if kind == "delta" else 1.0

    @cached_property
    def alpha(self) -> float:
        """What stands before the sum over the samples: of the cost ½Σ(a − y)² of each, and of its gradients."""
        scales = self.scales.cost.times(self.scales.over_samples)
        return self._value(scales, self.problem) / (self.samples if self.vocabulary.conventions.mean else 1)

    def weigh(self, kind: str) -> float:
        """What a line for one sample is multiplied by as all samples are added up: 1/N, where the cost is a mean."""
        if self.declared.mean and kind != "C":
            return 1.0
        return float(self.samples ** own_constant(self.declared, self.vocabulary.conventions).samples)

    def derivation(self, also: Sequence[Line] = (), known: Known = MappingProxyType({}),
                   arithmetic: Arithmetic = FLOATS, from_post: bool = False, kink: float | None = None) -> Derivation:
        """The rules here, with ``also`` before them and ``known`` given; see ``lecture_rules``."""
        key = (arithmetic.dtype, from_post, kink)
        if key not in self._rules:
            self._rules[key] = lecture_rules.derive_by_rules(
                self.problem, self.vocabulary.conventions, self.settings.get("lam", 0.0), arithmetic, from_post, kink,
                self.settings["penalty"] if self.declared.decay else None, self.alpha, self.biases_too)
        lines = [*lecture_rules.list_given_slopes(also, known, self.problem), *also]
        return self._rules[key].extend(lecture_rules.adapt_lines(lines, from_post, self.biases_too), known)

    @property
    def biases_too(self) -> bool:
        """Whether the penalty counts the biases as well."""
        return self.declared.biases or self.problem.penalises_biases

    @cached_property
    def kinked(self) -> bool:
        """Whether a pre-activation, or a weight under the penalty λ|w|, stands where there is no derivative."""
        at_zero = any(np.any(self.truth[Place("pre", l)] == 0)
                      for l, name in enumerate(self.problem.activations, start=1)
                      if name in OPERATIONS and chosen_slope(name) is not None)
        return at_zero or ("l1" in dict(self.problem.penalties) and any(
            w == 0 for matrix in self.problem.weights for row in matrix for w in row))

    @cached_property
    def is_ordinary(self) -> bool:
        """Whether formulas can be compared with the truth: no kink here, nothing infinite, no size that eats digits."""
        return not self.kinked and all(
            np.all(np.isfinite(value)) and np.max(np.abs(value)) < _LARGE for value in self.truth.values())

    @property
    def knows_post(self) -> bool:
        """Whether σ′ can be had from the post-activation alone."""
        return all(name in LAYER_FORMULAS or OPERATIONS[name].slope_from_output for name in self.problem.activations)

    @cached_property
    def truth(self) -> Mapping[Place, "Floats"]:
        """The lecture's quantities in judged form."""
        found = self.derivation()
        return {place: self.to_judged_form(place, found) for place in (Place("post", 0), *self.vocabulary.places)}

    def to_judged_form(self, place: Place, of: Derivation) -> "Floats":
        """A quantity of a derivation in neutral letters, in judged form."""
        if place.layer is None:
            return np.atleast_2d(of.value("C"))
        if place.kind in LETTERS:
            return np.hstack([of.value(LETTERS[place.kind], place.layer, i) for i in range(1, self.samples + 1)])
        found: Floats = of.value(place.kind, place.layer)
        if place.kind in ("dW", "W_new") and self.layout.joined:
            return np.hstack([of.value(BIAS_OF[place.kind], place.layer), found])
        return found

    def known(self, values: Mapping[Place, "Floats"]) -> dict[str, dict[Index, "Floats"]]:
        """Quantities in judged form as the ``known`` of a derivation: letter -> index -> array."""
        found: dict[str, dict[Index, Floats]] = {}
        for place, value in values.items():
            if place.layer is None:
                found.setdefault("C", {})[()] = value
            elif place.kind in LETTERS:
                for i in range(1, self.samples + 1):
                    found.setdefault(LETTERS[place.kind], {})[place.layer, i] = value[:, i - 1 : i]
            elif place.kind in ("dW", "W_new") and self.layout.joined:
                found.setdefault(BIAS_OF[place.kind], {})[place.layer,] = value[:, :1]
                found.setdefault(place.kind, {})[place.layer,] = value[:, 1:]
            else:
                found.setdefault(place.kind, {})[place.layer,] = value
        return found

    @cached_property
    def layout(self) -> Layout:
        """How the lecture arranges arrays."""
        return Layout.of(self.vocabulary.conventions)

    def from_lecture(self, kind: str, raw: "FloatOrArray") -> "Floats":
        """An array of the lecture's form, as in ``Comparison.hand``, in judged form."""
        found = self.layout.to_neutral(kind, raw)
        return found / self.factor_of(kind) if kind in VECTORS else found

    def to_lecture(self, kind: str, judged: "Floats") -> "FloatOrArray":
        """The inverse of ``from_lecture``; a float where the lecture is scalar."""
        return self.layout.from_neutral(kind, judged * self.factor_of(kind) if kind in VECTORS else judged)

    def written(self, reference: Reference, own: Callable[[Place], "Floats"], sample: int | None) -> "FloatOrArray":
        """The value of a name in a formula, in the lecture's form, for one sample or (None) for the whole batch."""
        settings, conventions = self.settings, self.vocabulary.conventions
        kind, layer = reference.kind, reference.layer
        if kind in ("eta", "lam"):
            return float(settings[kind])
        constants = {"N": self.samples, "x0": 1.0, "e": float(np.e)}
        if kind in constants:
            return float(constants[kind])
        if kind == "width":
            return float(len(self.truth[Place("post", layer)]))
        if kind == "x":
            kind, layer = "post", 0
        if kind in ("y", "t"):
            targets = np.array(self.lecture.problem(settings).targets, dtype=float).T
            alone = kind == "t" and targets.size == 1 and not conventions.batch
            return float(targets[0, 0]) if alone else self.layout.orient(targets, sample)
        if kind in ("W", "b", "all W", "all b"):
            return self._parameter(kind, layer)
        place = Place(kind, layer)
        value = own(place)
        if kind in VECTORS:
            return self.layout.orient(value * self.factor_of(kind), sample)
        found = self.to_lecture(kind, value)
        return self.layout.write_bias(found) if kind in ("db", "b_new") else found

    def _parameter(self, kind: str, layer: int | None) -> "FloatOrArray":
        if self.vocabulary.scalar:
            return float(self.settings[f"{kind[-1].lower()}{layer}"]) if layer else self._all_weights()
        if kind.startswith("all"):
            biases = [np.ravel(row) for row in self.problem.biases or ()]
            return self._all_weights() if kind[-1] == "W" else np.concatenate(biases)
        assert layer is not None  # noqa: S101 - weights and biases have layers
        array = np.array(self.settings[kind][layer - 1], dtype=float)
        return self.layout.write_bias(array) if kind == "b" else array

    def parameter(self, place: Place) -> "Floats":
        """The weights or biases before the update, in judged form."""
        return self.from_lecture(place.kind, self._parameter(place.kind[0], place.layer))

    def _all_weights(self) -> "Floats":
        found = [np.ravel(matrix) for matrix in self.problem.weights]
        counted = self.biases_too and self.vocabulary.conventions.bias in ("column", "index 0")  # which are weights too
        return np.concatenate([*found, *(map(np.ravel, self.problem.biases or ()) if counted else ())])

    def slope(self, layer: int, derivative: bool, value: "FloatOrArray") -> "FloatOrArray":
        """f or f′ of a layer, applied to each entry, or to all units of the layer."""
        return apply_activation(self.problem, layer, derivative, value, units_first=not self.layout.rows)


def make_world(lecture: AnyLecture, settings: Settings, declared: Declared = _NOTHING) -> World:
    """The world of a lecture with these settings; a lecture that is written in letters of its own makes it itself."""
    return getattr(lecture, "world", World)(lecture, settings, declared)
