"""A student's lines in the notation of a lecture file, and their values on one input in judged form."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ...lecture_file.context import Context
from ...lecture_file.derivation import bind, expected_shape, fit_shape
from ...lecture_file.evaluation import NoPlaceError, UnreadableError
from ...lecture_file.grammar import Statement
from ...lecture_file.layout import Place as FilePlace
from ...lectures.layered import Place
from ..judging.student import Student
from ..reading.answers import Answers, Numbers, Rule
from ..reading.evaluation import NotFiniteError, ShapeError
from ..reading.vocabulary import NoLayerError, Vocabulary
from .lecture import OwnLecture
from .world import FileWorld, is_about_values

if TYPE_CHECKING:
    from ....ground.arrays import Booleans, FloatOrArray, Floats


@dataclass(frozen=True)
class FileRule(Rule):
    """A line in the notation of a file, or a function whose arguments are quantities of it."""

    statement: Statement | None = None

    @property
    def line(self) -> Statement:
        """The line."""
        assert self.statement is not None  # noqa: S101 - it is made with one
        return self.statement


@dataclass(frozen=True)
class FileAnswers(Answers):
    """What was handed in, in the notation of a file."""

    rules: tuple[FileRule, ...]

    def in_vocabulary(self, vocabulary: Vocabulary) -> Answers:
        """The same lines in a network of another depth."""
        lecture, rules = vocabulary.lecture, []
        assert isinstance(lecture, OwnLecture)  # noqa: S101 - lines in a file's notation are of its lecture
        for rule in self.rules:
            places, _ = lecture.locate(rule.line, vocabulary.depth)
            if places:
                rules.append(replace(rule, quantity=replace(rule.quantity, places=places)))
        return replace(self, rules=tuple(rules))


class FileStudent(Student):
    """The values of lines in one world; several lines may be about different units of one quantity."""

    world: FileWorld

    def __init__(self, world: FileWorld, answers: Answers, generic: bool, alone: Rule | None = None) -> None:
        super().__init__(world, answers, generic)
        self._lines: dict[Place, list[FileRule]] = {}
        for rule in answers.rules:
            for place in rule.quantity.places:
                self._lines.setdefault(place, []).append(rule)  # type: ignore[arg-type]  # FileRules all of them
        if alone is not None:
            for place in alone.quantity.places:
                self.rules[place], self._lines[place] = alone, [alone]  # type: ignore[list-item]  # a FileRule
        self._masks: dict[Place, Booleans] = {}
        self._own_values: dict[FilePlace, FloatOrArray] = {}

    def judged_by(self, answer: Rule | Numbers) -> Student:
        shared = isinstance(answer, Rule) and any(
            len(self._lines.get(place, ())) > 1 for place in answer.quantity.places)
        if not shared:
            return self
        return FileStudent(self.world, self.answers, self._generic, answer)  # type: ignore[arg-type]  # a Rule

    def handed_in(self, place: Place) -> "Booleans":
        if place in self.numbers or place not in self.rules:
            return super().handed_in(place)
        self.answer(place)
        found = self._masks.get(place)
        return super().handed_in(place) if found is None else found

    def names(self, place: Place, other: Place) -> bool:
        if place not in self.rules or place in self.numbers:
            return False
        if place not in self._named:
            asked: set[Place] = set()

            def note(wanted: Place) -> "Floats":
                asked.add(wanted)
                return self.world.truth[wanted]

            self._evaluate_lines(place, note, {})
            self._named[place] = asked
        return other in self._named[place]

    def _by_rule(self, place: Place, rule: Rule) -> "Floats":
        truth = self.world.truth
        lectured = self._overridden and all(value is truth.get(of) for of, value in self._overridden.items())
        known = self.world.true_values if lectured else {} if self._overridden else self._own_values
        found, failed = self._evaluate_lines(place, self.own, known)
        if failed is not None:
            text = str(failed)
            if not is_about_values(failed):
                raise ValueError(f"{rule.quantity.name}: {text}")
            if "finite" in text or "divides by 0" in text:
                raise NotFiniteError(text.partition(" is not ")[0])
            raise ShapeError(text) from None
        return found

    def _evaluate_lines(self, place: Place, own: "Callable[[Place], Floats]",
                        known: "dict[FilePlace, FloatOrArray]") -> "tuple[Floats, ValueError | None]":
        """The value of all lines about a quantity, what they say nothing of as the lecture has it; why it has none."""
        import numpy as np

        world = self.world
        into = world.truth[place].copy()
        mask: Booleans = np.zeros(into.shape, dtype=np.bool_)
        context, failed, said, odd = world.make_context(own, known), None, False, []
        for at in world.list_entries(place):
            for statement in self._order_lines(place, at, context):
                try:
                    value = world.evaluate(statement, at, context)
                    wanted = expected_shape(at, world.file_layout)
                    if np.ndim(value) == 0 and wanted:
                        value = np.full(wanted, float(value))
                    if np.ndim(value) == 2 and not at.units and np.all(np.isfinite(value)):
                        odd.append(world.turn(at, np.asarray(value)))
                    world.put(into, mask, at, fit_shape(value, at, world.file_layout))
                    said = True
                except NoPlaceError:
                    continue
                except UnreadableError as error:
                    failed = failed or error
                break
        if not said and failed is None:
            raise NoLayerError(f"it says nothing of {world.vocabulary.name(place)}")
        self._masks[place] = mask if failed is None else np.ones_like(mask)
        if isinstance(failed, UnreadableError) and "and its line gives" in str(failed) and odd:
            return np.hstack(odd), None  # a mistake may be known by its shape too
        return into, failed

    def _order_lines(self, place: Place, at: FilePlace, context: Context) -> list[Statement]:
        """The lines about an entry, those with the fewest open indices first; none where the lecture has a nearer."""
        layout = self.world.file_layout
        fitting = [(len(known), rule.line) for rule in self._lines.get(place, ())
                   if (known := bind(rule.line, at, layout, context)) is not None]
        if not fitting:
            return []
        nearest = self.world.fewest_open
        if at not in nearest:
            nearest[at] = min((len(known) for other in self.world.file.template
                               if (known := bind(other, at, layout, context)) is not None), default=9)
        fewest = nearest[at]
        return [statement for count, statement in sorted(fitting, key=lambda pair: pair[0]) if count <= fewest]

