"""Constants of a cost and of a penalty that a derivation keeps to, though it does not declare them.

A constant is kept to if two lines or more are right with it and wrong without it (a δ and a gradient, two gradients, or
C and another line), and if no line is right without it alone. Lines that are wrong either way do not hinder, and a
formula that only takes it over, such as δ₂·a₁, is no second line: that δ₂ was doubled may then be a mistake. Of numbers
nobody can say what they were made from; there each counts.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from functools import cache
from itertools import product
from typing import Generic, TypeVar

import numpy as np

from ....ground.arrays import Floats
from ...general import sum_penalty
from ...lectures.layered import Place
from ..reading.answers import Rule
from ..reading.constants import ONE, Constant
from ..reading.vocabulary import BACK, Quantity
from .declared import find_scales, has_constant, own_constant
from .inputs import Declared, World
from .judge import Judgement
from .student import Failed, Student
from .submission import Judgements, Submission

S = TypeVar("S", bound=Submission)
_HALF, _TWO = Constant(Fraction(1, 2)), Constant(Fraction(2))
_GRADIENTS = ("dW", "db")
_KINDS = (*BACK, "C", *_GRADIENTS)
_TRIED = 6  # candidates that are judged, the likeliest first
_EXACT, _ROUGH = 1e-6, 0.03  # of formulas, and of numbers that were rounded on the way


@dataclass(frozen=True)
class Entry:
    """One number of an answer, and the parts of the right one: data, penalty, and that of the biases; its rounding.

    The answer is what a formula gives on the lecture's values, on which δ₂·a₁ says nothing of a constant in δ₂.
    ``counts`` are N and n on this input. What was handed in is a line for ``one_sample`` if the program adds it up.
    """

    answer: float
    data: float
    penalty: float
    biases: float
    off: float
    counts: tuple[int, int]
    one_sample: bool

    def fits(self, parts: "Parts") -> bool:
        """Whether it says what is right under other conventions, written out or beside a δ."""
        return self._is_close(parts.of_data, parts) or self._is_close(parts.beside_delta, parts)

    @property
    def states(self) -> bool:
        """Whether it says itself something else than the lecture."""
        return not self._is_close(ONE, _SAME)

    def _is_close(self, of_data: Constant, parts: "Parts") -> bool:
        answer = self.answer * (parts.weight.value(*self.counts) if self.one_sample else 1.0)
        penalty = parts.of_penalty.value(*self.counts) * (self.penalty + (self.biases if parts.biases else 0.0))
        right = of_data.value(*self.counts) * self.data + penalty
        return abs(answer - right) <= self.off + (_ROUGH if self.off else _EXACT) * max(abs(answer), abs(right))


@dataclass(frozen=True)
class Parts:
    """What other conventions multiply the parts of a right value by.

    Attributes:
        of_data, of_penalty: as they are; ``beside_delta``: the data, in a line that names a δ with its own constant.
        biases: whether those of the penalty on biases come in.
        weight: of a line for one sample.
    """

    of_data: Constant
    beside_delta: Constant
    of_penalty: Constant
    biases: bool
    weight: Constant


_SAME = Parts(ONE, ONE, ONE, biases=False, weight=ONE)


@dataclass(frozen=True)
class Adopted(Generic[S]):
    """A submission under what it keeps to.

    Attributes:
        submission: the same as before if nothing was adopted.
        single: lines that would be right under other conventions, each with the simplest of them, and with the lines
            that are right as they stand and would not be under these.
    """

    submission: S
    single: Mapping[str, tuple[Declared, tuple[Quantity, ...]]]


def adopt_constants(submission: S) -> Adopted[S]:
    """The submission under the constants that it keeps to, and the lines that stand alone with another one."""
    judged = Judgements(submission, explain=False)
    kinds = {j.quantity.name: j.quantity.places[0].kind for j in judged.all}
    lines = {j.quantity.name: list(_list_entries(j, judged.students_for(j.answer))) for j in judged.all
             if not j.right and kinds[j.quantity.name] in _KINDS}
    if not any(lines.values()):
        return Adopted(submission, {})
    voters = _find_voters(submission, {name: entries for name, entries in lines.items() if entries}, kinds)
    likely = [] if submission.declared.given else [declared for declared, found in voters.items()
              if _is_supported(declared, found, submission, voters, kinds)]
    likely.sort(key=lambda declared: -len(voters[declared]))
    right = {j.quantity.name for j in judged.all if j.right}
    for declared in likely[:_TRIED]:
        if own_constant(declared, judged.world.vocabulary.conventions).factor < _HALF.factor:
            continue
        other = Judgements(submission.under(declared), explain=False)
        now_right = {j.quantity.name for j in other.all if j.right}
        turned = _differ(declared, submission.declared) & {"opposite", "mean"}
        if right <= now_right and (not turned or other.keeps_convention) and _is_supported(
                declared, voters[declared] & now_right, submission, voters, kinds):
            return Adopted(submission.under(declared), {})
    if not submission.declared.given:
        submission = _adopt_turned(submission, voters, kinds)
    return Adopted(submission, dict(_find_single(submission, voters)))


def _adopt_turned(submission: S, voters: Mapping[Declared, frozenset[str]], kinds: Mapping[str, str]) -> S:
    """With the other sign of δ, or δ/N, if all δ's and gradients keep to it but for the constant of a single line."""
    for declared, names in voters.items():
        turned = _differ(declared, submission.declared) & {"opposite", "mean"}
        tells = any(kinds[name] == "delta" for name in names) and not _is_of_sum(declared, submission.declared)
        if turned and tells and Judgements(submission.under(declared), explain=False).keeps_convention:
            return submission.under(replace(submission.declared, **{name: getattr(declared, name) for name in turned}))
    return submission


def _find_single(submission: Submission, voters: Mapping[Declared, frozenset[str]]) -> Iterator[
        tuple[str, tuple[Declared, tuple[Quantity, ...]]]]:
    """Each line that is right with another constant, the simplest one, and the right lines that would not be.

    A line that states yet another constant of the same kind leaves none to be offered.
    """
    done: set[str] = set()
    right_now = [j.quantity for j in Judgements(submission, explain=False).all if j.right]
    for declared, names in voters.items():
        differing = _differ(declared, submission.declared)
        known = "cost" not in differing or has_constant(submission.lecture.conventions(submission.settings).loss)
        if names - done and known and not differing & {"opposite", "mean"}:
            judged = Judgements(submission.under(declared), explain=False)
            right = {judgement.quantity.name for judgement in judged.all if judgement.right}
            stating = {name for other, found in voters.items() for name in found
                       if _differ(other, submission.declared) == differing}
            if stating <= right:
                against = tuple(quantity for quantity in right_now if quantity.name not in right)
                yield from ((name, (declared, against)) for name in sorted((names - done) & right))
            done |= names


def _is_supported(declared: Declared, names: frozenset[str], submission: Submission,
                  voters: Mapping[Declared, frozenset[str]], kinds: Mapping[str, str]) -> bool:
    """Whether each constant that differs has two lines or more that need it."""
    now = submission.declared
    constants = _differ(declared, now) - {"opposite", "mean"}
    for field in constants:
        mean = declared.mean or (field == "cost" and _is_of_sum(declared, now))
        without = voters.get(replace(declared, **{field: getattr(now, field), "mean": mean}), frozenset())
        needing = [kinds[name] for name in names - without]
        if len(needing) < 2 or set(needing) <= set(BACK):
            return False
    return bool(constants)


def _is_of_sum(declared: Declared, now: Declared) -> bool:
    """Whether δ has lost the 1/N of the mean since the cost has: that is no convention of δ besides."""
    return now.mean and not declared.mean and declared.cost is not None and not declared.cost.samples


def _differ(a: Declared, b: Declared) -> set[str]:
    return {field.name for field in fields(Declared) if getattr(a, field.name) != getattr(b, field.name)}


def _list_candidates(submission: Submission) -> Iterator[Declared]:
    """Other conventions than those of the submission, the nearest first; what was declared holds."""
    now, held = submission.declared, submission.answers.declared
    conventions = submission.lecture.conventions(submission.settings)
    scalar, penalty = conventions.form == "scalars", submission.settings.get("penalty")
    costs: list[Constant | None] = [None]
    if has_constant(conventions.loss) and "cost" not in held:
        costs += _list_costs(several=conventions.batch, outputs=not scalar)
        own = own_constant(Declared(), conventions)
        costs = [constant for constant in costs if constant != own]
    elif own_constant(now, conventions).samples and conventions.batch and "cost" not in held:
        costs.append(ONE)  # the sum over the samples, of a cost that has no other constant
    penalties: list[Constant | None] = [None]
    biases = [False]
    if penalty and not now.decay:
        per_sample = [ONE, Constant(samples=-1)][: 1 + conventions.batch]
        own = Constant(Fraction(conventions.penalties[penalty][0]))
        penalties += [] if "penalty" in held else [
            constant for size in (_HALF, ONE, _TWO) for n in per_sample for constant in [size.times(n)]
            if constant != own]
        biases += [] if "biases" in held or submission.settings.get("penalise") == "all" else [True]
    turned = [False] if "opposite" in held or now.opposite else [False, True]
    means = [False, True] if conventions.mean and "mean" not in held else [False]
    found = []
    for cost, strength, bias, opposite, mean in product(costs, penalties, biases, turned, means):
        declared = replace(now, cost=cost or now.cost, penalty=strength or now.penalty, biases=bias or now.biases,
                           opposite=now.opposite or opposite, mean=now.mean != mean)
        contradicts = declared.mean and not own_constant(declared, conventions).samples
        if declared != now and not contradicts:
            found.append(declared)
    factor = own_constant(now, conventions).factor  # a gradient made from δ fits any: let it be the one that is known
    yield from sorted(found, key=lambda declared: (
        len(_differ(declared, now)), own_constant(declared, conventions).factor != factor))


def _list_costs(several: bool, outputs: bool) -> Iterator[Constant]:
    """What courses write before Σ(a − y)²; a quarter is no one's, and only said of a single line."""
    over_samples = [Constant(samples=-1), ONE] if several else [ONE]
    over_outputs = [ONE, Constant(outputs=-1)] if outputs else [ONE]
    for size in (ONE, _HALF, _TWO, Constant(Fraction(1, 4))):
        for n, width in product(over_samples, over_outputs):
            constant = size.times(n).times(width)
            if constant != _TWO and (size.factor != Fraction(1, 4) or width == ONE):
                yield constant


def _list_entries(judgement: Judgement, students: Sequence[Student]) -> Iterator[Entry]:
    """The largest number of the answer in each place on each input."""
    for student in students:
        for place in judgement.quantity.places:
            truth = student.world.truth[place]
            by_rule = place not in student.numbers
            value = student.by_rule(place, dict(student.world.truth)) if by_rule else student.answer(place)
            if isinstance(value, Failed) or value.shape != truth.shape:
                return
            at = np.unravel_index(np.argmax(np.abs(truth) * student.handed_in(place)), truth.shape)
            penalty, biases = _find_penalty(student.world, place)
            half = student.half(place)
            off = 0.0 if half is None else 3 * float(half[at]) + 1e-300
            counts = (student.world.samples, len(student.world.problem.weights[-1]))
            yield Entry(float(value[at]), float((truth - penalty)[at]), float(penalty[at]),
                        float(np.broadcast_to(biases, truth.shape)[at]), off, counts,
                        isinstance(judgement.answer, Rule) and not judgement.answer.batch)


def _find_penalty(world: World, place: Place) -> tuple["Floats", "Floats"]:
    """The part of a right value that the penalty makes, and what it would add for the biases."""
    nothing = np.zeros_like(world.truth[place])
    problem = world.problem
    if not problem.penalty or place.kind in BACK:
        return nothing, nothing
    derivation, layer = world.derivation(), place.layer or 0
    if place.kind == "C":
        size = sum_penalty(problem, [np.array(row) for row in problem.biases or ()])
        return world.truth[place] - derivation.value("cost_data"), nothing + size
    if place.kind == "db":
        slope: Floats = derivation.value("bias_penalty", layer)
        return (slope, nothing) if world.biases_too else (nothing, slope)
    gradient: Floats = derivation.value("dpenalty", layer)
    if world.layout.joined:
        slope = derivation.value("bias_penalty", layer)
        gradient = np.hstack([slope * world.biases_too, gradient])
        nothing[:, :1] = slope * (not world.biases_too)
        return gradient, nothing
    return nothing + gradient, nothing


def _find_voters(submission: Submission, lines: Mapping[str, Sequence[Entry]],
                 kinds: Mapping[str, str]) -> dict[Declared, frozenset[str]]:
    """For each candidate the lines whose numbers are right under it, as far as the largest of them tell."""
    conventions, penalty = submission.lecture.conventions(submission.settings), submission.settings.get("penalty")
    now = submission.declared
    known = find_scales(now, conventions, penalty)
    stating = [name for name, entries in lines.items() if any(entry.states for entry in entries)]

    @cache
    def fits(name: str, parts: Parts) -> bool:
        return all(entry.fits(parts) for entry in lines[name])

    def weigh(declared: Declared, kind: str) -> Constant:
        plain = declared.mean and kind != "C"
        return ONE if plain else Constant(samples=own_constant(declared, conventions).samples)
    found = {}
    for declared in _list_candidates(submission):
        scales = find_scales(declared, conventions, penalty)
        alpha = scales.cost.times(scales.over_samples).over(known.cost.times(known.over_samples))
        delta, beside = scales.delta.over(known.delta), scales.gradient.over(known.gradient)
        parts = {kind: Parts(alpha, alpha if kind == "C" else beside, scales.penalty.over(known.penalty),
                             declared.biases and not now.biases, weigh(declared, kind).over(weigh(now, kind)))
                 for kind in ("C", *_GRADIENTS)}
        parts["delta"] = Parts(delta, delta, ONE, biases=False, weight=ONE)
        upstream = scales.upstream.over(known.upstream)
        parts["dpost"] = Parts(upstream, upstream, ONE, biases=False, weight=ONE)
        found[declared] = frozenset(name for name in stating if fits(name, parts[kinds[name]]))
    return found
