"""A derivation that was handed in, and the judgements of all its answers."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any, Self

import numpy as np

from autograd_lite.internal import quote

from ...lectures.layered import Place
from ...lectures.lecture import AnyLecture, Lecture
from ...settings import Settings
from ..reading.answers import Answers, Given, Numbers, Rule
from ..reading.constants import Constant
from ..reading.declarations import write_declaration
from ..reading.entries import read_answers
from .declared import has_constant
from .generic_inputs import draw_further_worlds, draw_generic_worlds, has_kinks
from .inputs import Declared, World, make_world
from .judge import Judgement, judge
from .spot import Spot
from .student import Failed, Student


@dataclass(frozen=True)
class Submission:
    """What was handed in for a lecture with settings.

    Attributes:
        derivation: as it was handed in, so that it can be read again with other settings.
        answers: what was read.
        declared: the conventions under which it is judged.
    """

    lecture: AnyLecture
    settings: Settings
    derivation: Mapping[str, Given]
    answers: Answers
    declared: Declared

    def under(self, declared: Declared) -> Self:
        """The same under other conventions."""
        return replace(self, declared=declared)

    def read_again(self, settings: Settings) -> "Submission":
        """The same derivation with other settings. Raises ValueError if it uses what they do not have."""
        now, then = (World(self.lecture, of).vocabulary for of in (self.settings, settings))
        if now.reads_as(then):
            return replace(self, settings=settings)
        assert isinstance(self.lecture, Lecture)  # noqa: S101 - a file has no other settings
        return read_submission(self.lecture, settings, self.derivation).under(self.declared)

    def make_student(self, world: World, answers: Answers, generic: bool) -> Student:
        """The values of answers in a world."""
        return Student(world, answers, generic)


def read_submission(lecture: Lecture, settings: Settings, derivation: Mapping[str, Given]) -> Submission:
    """A derivation as answers that can be judged. Raises as ``read_answers`` does."""
    world = World(lecture, settings)

    def find_shape(place: Place) -> tuple[int, ...]:
        return np.shape(world.to_lecture(place.kind, world.truth[place]))

    symbols = cache(lambda: {entry.symbol: entry.name for entry in lecture.by_hand(settings)})
    answers = read_answers(derivation, world.vocabulary, find_shape, symbols)
    check_declared(answers.declared, lecture, settings)
    return Submission(lecture, settings, derivation, answers, Declared(**answers.declared))


def check_declared(declared: Mapping[str, Any], lecture: AnyLecture, settings: Settings) -> None:
    """Raises ValueError for a convention that says nothing in this lecture, or contradicts another one."""
    conventions = lecture.conventions(settings)
    penalty = settings.get("penalty") is not None
    has_meaning = {"class_1": not conventions.loss.of_class, "mean": conventions.mean,
                   "decay": penalty, "penalty": penalty,
                   "biases": penalty and make_world(lecture, settings).problem.biases is not None,
                   "cost": has_constant(conventions.loss)}
    for item in declared.items():
        if not has_meaning.get(item[0], True):
            raise ValueError(f"the convention {quote(write_declaration(*item))} has no meaning in {lecture.id} "
                             "with these settings")
    cost = declared.get("cost")
    if "mean" in declared and isinstance(cost, Constant) and not cost.samples:
        raise ValueError("the delta of the mean cost has no meaning beside a cost that is a sum over the samples; "
                         "leave one of the two conventions out")


class Judgements:
    """The answers of a submission, each with its judgement, in the order in which a derivation is judged.

    Numbers are judged on the inputs that were given; formulas and functions on generic inputs.

    Args:
        submission: what was handed in.
        explain: whether mistakes are looked for, which is what takes time.
        until_wrong: whether to stop at the first answer that is not right.
        first: names of quantities that are judged before the others, where all that counts is whether all are right.
    """

    def __init__(self, submission: Submission, explain: bool = True, until_wrong: bool = False,
                 first: Collection[str] = ()) -> None:
        self.submission = submission
        self.world = make_world(submission.lecture, submission.settings, submission.declared)
        self.student = submission.make_student(self.world, submission.answers, generic=False)
        self._generic_students = self._make_students(draw_generic_worlds)
        self.all: list[Judgement] = []
        before: dict[Place, Judgement] = {}
        vocabulary = self._generic_students[0].world.vocabulary if self._generic_students else self.world.vocabulary
        answers = (self._generic_students or [self.student])[0].answers.in_order(vocabulary)
        for answer in sorted(answers, key=lambda answer: answer.quantity.name not in first) if first else answers:
            of_rule = isinstance(answer, Rule)
            generic = self._generic_students if of_rule else [self.student]
            students = [student.judged_by(answer) for student in generic]
            further = (student.judged_by(answer) for student in self._iterate_further()) if of_rule else ()
            judgement = judge(answer, students, before, explain, further)
            self.all.append(judgement)
            before |= dict.fromkeys(answer.quantity.places, judgement)
            if until_wrong and not judgement.right:
                break

    def _make_students(self, draw: Callable[..., Sequence[World]]) -> list[Student]:
        """The student's values in worlds for formulas: those on which mistakes are searched for, or further ones."""
        submission = self.submission
        if not submission.answers.rules:
            return []
        worlds = draw(submission.lecture, submission.settings, self._find_depth(), submission.declared)
        answers = submission.answers.in_vocabulary(worlds[0].vocabulary) if worlds else submission.answers
        return [submission.make_student(world, answers, generic=True) for world in worlds]

    def _iterate_further(self) -> Iterator[Student]:
        """The further inputs, which are made when they are asked for: what is wrong has shown it before, as a rule."""
        yield from self._further_students

    @cached_property
    def _further_students(self) -> list[Student]:
        found = self._make_students(draw_further_worlds)
        same_depth = self._generic_students and (
            self._generic_students[0].world.vocabulary.depth == self.world.vocabulary.depth)
        if same_depth and has_kinks(self.world) and self.world.is_ordinary:  # these may lie where no draw does
            found.append(self.submission.make_student(self.world, self._generic_students[0].answers, generic=True))
        return found

    def _find_depth(self) -> int | None:
        """The number of layers that the settings have, if a formula is about one of them; else any number will do."""
        answers = self.submission.answers
        numbered = any(rule.numbered or not (rule.quantity.general or rule.quantity.name == "C")
                       for rule in answers.rules)
        return self.world.vocabulary.depth if numbered or answers.numbers else None

    def students_for(self, answer: Rule | Numbers) -> Sequence[Student]:
        """The student's values on inputs on which the answer can be described.

        Of a formula these are the further ones if it is right on all others, and has a value there.
        """
        if isinstance(answer, Numbers):
            return [self.student]
        places, generic = answer.quantity.places, [student.judged_by(answer) for student in self._generic_students]
        if all(Spot(student, place).is_right for student in generic for place in places):
            found = [student for student in (further.judged_by(answer) for further in self._further_students)
                     if not all(Spot(student, place).is_right for place in places)]
            if found and not any(isinstance(student.answer(place), Failed) for student in found for place in places):
                return found
        return generic

    def students_to_tell(self, answer: Rule | Numbers) -> Sequence[Student]:
        """Those of ``students_for``, and the further ones on which a formula has a value: on these N and n differ."""
        found = self.students_for(answer)
        if isinstance(answer, Numbers) or found[0].world is not self._generic_students[0].world:
            return found
        places = answer.quantity.places
        return [*found, *(student for student in (further.judged_by(answer) for further in self._further_students)
                          if all(Spot(student, place).has_its_shape() for place in places))]

    @property
    def right(self) -> bool:
        """Whether all are right."""
        return all(judgement.right for judgement in self.all)

    @property
    def has_right_delta(self) -> bool:
        """Whether a δ is right."""
        return any(j.right and j.quantity.places[0].kind == self.world.delta_kind for j in self.all)

    @property
    def keeps_convention(self) -> bool:
        """Whether all δ's and gradients are right, of which there are some: then the convention is meant."""
        found = {kind: [j.right for j in self.all if not j.unjudged and j.quantity.places[0].kind in kinds]
                 for kind, kinds in {"delta": (self.world.delta_kind,), "gradient": ("dW", "db")}.items()}
        return all(found.values()) and all(map(all, found.values()))
