"""The quantities of a derivation that was handed in, on one input, in judged form."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from ....ground.arrays import Booleans, Column, FloatOrArray, Floats
from ...lectures.layered import Place
from ..reading.answers import Answers, Numbers, Rule
from ..reading.evaluation import NotFiniteError, ShapeError, format_shapes
from ..reading.vocabulary import VECTORS, NoLayerError
from .apply import Application
from .circles import CircleError, explain_circle
from .inputs import World
from .names import Variant
from .sample_axis import reaches_over_samples

_AS_LECTURED = 1e-11  # relative


@dataclass(frozen=True)
class Failed:
    """A formula that has no value here: a part that is not finite, or the wrong shape.

    ``elsewhere`` if it may have a value in another layer, ``infinite`` if only its value is at fault.
    """

    sentence: str
    elsewhere: bool = False
    infinite: bool = False


class Student:
    """The values of the answers on one input. For quantities that were not handed in they are the lecture's.

    Numbers belong to the given input; in a ``generic`` world they are not known.
    """

    def __init__(self, world: World, answers: Answers, generic: bool) -> None:
        self.world, self.answers = world, answers
        self._generic = generic
        general_first = sorted(answers.rules, key=lambda rule: not rule.quantity.general)
        self.rules = {place: rule for rule in general_first for place in rule.quantity.places}
        self.numbers: dict[Place, Numbers] = {} if generic else {
            number.quantity.places[0]: number for number in answers.numbers}
        self.moves: dict[Place, tuple[Floats, Floats]] = {}  # what ``find_moves`` found
        self._application = Application(world, self.own)
        self._found: dict[Place, Floats | Failed] = {}
        self._named: dict[Place, set[Place]] = {}
        self._under_way: list[Place] = []
        self._overridden: Mapping[Place, Floats] = {}

    def judged_by(self, answer: Rule | Numbers) -> "Student":
        """The same, where several answers about one quantity are told apart: with the values of this one there."""
        if isinstance(answer, Numbers) or all(self.rules.get(place) == answer for place in answer.quantity.places):
            return self
        found = type(self)(self.world, self.answers, self._generic)
        found.rules |= dict.fromkeys(answer.quantity.places, answer)
        return found

    def gives(self, place: Place) -> bool:
        """Whether the student handed in a value or a rule for it."""
        return place in self.numbers or place in self.rules

    def names(self, place: Place, other: Place) -> bool:
        """Whether the student's rule for a place names another quantity."""
        rule = self.rules.get(place)
        if rule is None or place in self.numbers:
            return False
        if place not in self._named:
            self._named[place] = self._application.find_named(rule, place)
        return other in self._named[place]

    def given(self) -> Iterator[Place]:
        """The places for which the student handed in a value or a rule."""
        return (place for place in self.world.vocabulary.places if self.gives(place))

    def own(self, place: Place) -> "Floats":
        """The student's own value, or the lecture's; the lecture's too where the student's has the wrong shape.

        Raises:
            ValueError: a formula that cannot be evaluated; names its quantity.
        """
        if place in self._overridden:
            return self._overridden[place]
        truth = self.world.truth[place]
        if not self.gives(place):
            return self._find_arriving(place) if place.kind == "dpost" else truth
        value = self.answer(place)
        return truth if isinstance(value, Failed) or value.shape != truth.shape else value

    def _find_arriving(self, place: Place) -> "Floats":
        """∂C/∂a as it follows from the student's own output, or δ of the next layer, where it was not handed in."""
        depth, layer = self.world.vocabulary.depth, place.layer or 0
        above = Place("delta", layer + 1) if layer < depth else Place("post", depth)
        if not self.gives(above):
            return self.world.truth[place]
        return self.world.to_judged_form(place, self.world.derivation(known=self.world.known({above: self.own(above)})))

    def answer(self, place: Place) -> "Floats | Failed":
        """The student's answer: numbers where there are any, else by the student's rule."""
        if place not in self._found:
            if place in self.numbers:
                self._found[place] = self._from_numbers(place)
            else:
                if place in self._under_way:
                    raise explain_circle(self._under_way[self._under_way.index(place):], self.world.vocabulary)
                self._under_way.append(place)
                try:
                    found = self.by_rule(place)
                    self._found[place] = (
                        found if isinstance(found, Failed) else as_lectured(found, self.world.truth[place]))
                finally:
                    self._under_way.pop()
        return self._found[place]

    def value(self, place: Place) -> "Floats":
        """The student's answer, as an array of the judged form. Raises ValueError if it has no value."""
        found = self.answer(place)
        if isinstance(found, Failed):
            raise ValueError(f"{self.world.vocabulary.name(place)}: {found.sentence}")
        return found

    def handed_in(self, place: Place) -> "Booleans":
        """Which entries were handed in, as an array of true and false."""
        if place not in self.numbers:
            return np.ones(np.shape(self.world.truth[place]), dtype=np.bool_)
        return ~np.isnan(self.world.from_lecture(place.kind, self.numbers[place].value))

    def half(self, place: Place) -> "Floats | None":
        """Half a unit of the last digit of each number; None where no numbers were given."""
        if place not in self.numbers:
            return None
        return abs(self.world.from_lecture(place.kind, self.numbers[place].half))

    def _from_numbers(self, place: Place) -> "Floats":
        value, truth = self.world.from_lecture(place.kind, self.numbers[place].value), self.world.truth[place]
        return np.where(np.isnan(value), truth, value) if value.shape == truth.shape else value

    def by_rule(self, place: Place, overridden: "Mapping[Place, Floats] | None" = None) -> "Floats | Failed":
        """The student's formula or function for the place, on the student's own values, or on those ``overridden``."""
        rule = self.rules[place]
        self._overridden = overridden or {}
        try:
            return self._by_rule(place, rule)
        except NotFiniteError as error:
            return Failed(f"{error.part} has no finite value", infinite=True)
        except ShapeError as error:
            return Failed(str(error), elsewhere=rule.quantity.general)
        except NoLayerError as error:
            if not rule.quantity.general:
                raise ValueError(f"{rule.quantity.name}: {error}") from None
            return Failed(str(error), elsewhere=True)
        except ValueError as error:
            if isinstance(error, CircleError) or str(error).startswith(f"{rule.quantity.name}:"):
                raise
            raise ValueError(f"{rule.quantity.name}: {error}") from None
        finally:
            self._overridden = {}

    def _by_rule(self, place: Place, rule: Rule) -> "Floats":
        results, errors = [], []
        for variant in self._application.list_variants():
            try:
                result = self._evaluate(place, rule, variant)
            except ShapeError as error:
                errors.append(error)
                continue
            if result.shape == self.world.truth[place].shape:
                return result
            results.append(result)
        if results:
            return results[-1]
        raise errors[0]

    def _evaluate(self, place: Place, rule: Rule, variant: Variant) -> "Floats":
        world = self.world
        if world.vocabulary.scalar:
            return world.from_lecture(place.kind, _to_number(self._application.value(place, rule, None, variant)))
        if rule.batch:
            raw = self._application.value(place, rule, None, variant)
            result = self._read_written(place, raw, world.samples)
            if place.kind not in ("db", "b_new") or result.shape == world.truth[place].shape:
                return result  # else, as in δ + λb, the sum over the samples was left to the program
        parts = [self._read_written(place, self._application.value(place, rule, i, variant), 1)
                 for i in range(1, world.samples + 1)]
        if world.vocabulary.conventions.batch and reaches_over_samples(rule):
            stated = self._state_batch(place, rule, variant, parts)
            if stated is not None:
                return stated
        if place.kind in VECTORS:
            return np.hstack(parts)
        if place.kind == "C" and world.vocabulary.conventions.loss.over == "root":  # of the sum of their squares
            return np.array(np.square(parts).sum(axis=0)) ** 0.5
        weight, total = world.weigh(place.kind), sum(parts[1:], parts[0])
        if place.kind in ("C", "dW", "db"):
            return weight * total
        start = world.parameter(place)  # the steps of all samples are added up, unless the step is the same for each
        same = all(np.array_equal(part, parts[0]) for part in parts)
        return parts[0] if same else start + weight * (total - len(parts) * start)

    def _state_batch(self, place: Place, rule: Rule, variant: Variant, parts: "list[Floats]") -> "Floats | None":
        """What a rule gives for the whole batch where it is no rule of one sample; None where it is.

        A rule of one sample gives each sample its own column when it is handed all of them, or adds up what it gives
        for each. One that sums, averages or slices along the sample axis does neither. Of a function, whose sum may be
        meant over the units, this counts against what is right for one sample, and else names no mistake.
        """
        world, kind = self.world, place.kind
        try:
            raw = self._application.value(place, rule, None, variant)
            stated = self._read_written(place, raw, world.samples)
        except (ValueError, ArithmeticError):
            return None
        if np.ndim(raw) < 1 or kind == "C":
            return None
        if kind in VECTORS:
            side_by_side = np.hstack(parts)
            wrong = rule.function is not None and not _agree(side_by_side, world.truth[place])  # np.sum over the units
            return None if wrong or _agree(stated, side_by_side) else stated
        if stated.shape != world.truth[place].shape:
            return None
        if kind in ("dW", "W_new"):
            start = world.parameter(place) if kind == "W_new" else np.zeros_like(stated)
            added: Floats = start + sum((part - start for part in parts), np.zeros_like(start))
            mean = start + (added - start) / world.samples
            hidden = rule.function is not None and not _agree(mean, world.truth[place])
            return None if hidden or _agree(stated, added) else stated
        return stated

    def _read_written(self, place: Place, raw: "FloatOrArray", samples: int) -> "Floats":
        """A value as it is written, rows or columns, in the form in which it is judged; other shapes as they are."""
        world, kind = self.world, place.kind
        truth = world.truth[place]
        array = np.asarray(raw, dtype=float)
        if kind == "C":
            if array.size != 1:
                raise ShapeError(f"it has the shape {format_shapes(array)}, where one number belongs")
            return array.reshape(1, 1)
        if kind in ("dW", "W_new"):
            array = world.layout.turn(np.atleast_2d(array))
            without = ((len(truth), truth.shape[1] - 1), (len(truth), 1))  # column 0
            if world.layout.joined and array.shape in without:
                return np.hstack([self._biases(place), array])
            return array
        units = truth.shape[0]
        wanted = (units, samples if kind in VECTORS else 1)
        if array.ndim == 0:
            array = np.full(wanted[::-1] if world.layout.rows else wanted, float(array.reshape(())))
        elif array.ndim < 2 and array.size == wanted[0] * wanted[1]:
            array = array.reshape(wanted[::-1] if world.layout.rows else wanted)
        if array.ndim != 2:
            raise ShapeError(f"it has the shape {format_shapes(array)}")
        array = array.T if world.layout.rows else array
        return array / world.factor_of(kind)

    def _biases(self, place: Place) -> "Column":
        """Column 0 as the student's own δ makes it, where what was handed in has no such column."""
        world = self.world
        delta = Place("delta", place.layer)
        given = {p: self.own(p) for p in (*filter(lambda p: p.kind in ("pre", "post"), world.truth), delta)}
        with np.errstate(all="ignore"):
            return world.to_judged_form(place, world.derivation(known=world.known(given)))[:, :1]


def as_lectured(value: "Floats", truth: "Floats") -> "Floats":
    """The lecture's value itself where a value is that but for the rounding of floats: so it is seen to be the same."""
    if value.shape != truth.shape:
        return value
    if value.size == 1:
        right = truth.item()
        return truth if abs(value.item() - right) <= _AS_LECTURED * abs(right) else value
    return truth if (abs(value - truth) <= _AS_LECTURED * abs(truth).max()).all() else value


def _agree(a: "Floats", b: "Floats") -> bool:
    return a.shape == b.shape and np.allclose(a, b, rtol=1e-9, atol=1e-12)


def _to_number(value: "FloatOrArray") -> float:
    array = np.asarray(value, dtype=float)
    if array.size != 1:
        raise ShapeError(f"it must be one number, and has the shape {format_shapes(array)}")
    return float(array.reshape(()))
