"""A derivation that was handed in, and the judgements of all its answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from autograd_lite.internal import quote

from ...lectures.layered import Place
from ...lectures.lecture import Lecture
from ...settings import Settings
from ..reading.answers import Answers, Given, Numbers, Rule
from ..reading.constants import Constant
from ..reading.declarations import write_declaration
from ..reading.entries import read_answers
from .generic_inputs import draw_generic_worlds
from .inputs import Declared, World
from .judge import Judgement, judge
from .student import Student


@dataclass(frozen=True)
class Submission:
    """What was handed in for a lecture with settings.

    Attributes:
        derivation: as it was handed in, so that it can be read again with other settings.
        answers: what was read.
        declared: the conventions under which it is judged.
    """

    lecture: Lecture
    settings: Settings
    derivation: Mapping[str, Given]
    answers: Answers
    declared: Declared

    def under(self, declared: Declared) -> "Submission":
        """The same under other conventions."""
        return replace(self, declared=declared)

    def read_again(self, settings: Settings) -> "Submission":
        """The same derivation with other settings. Raises ValueError if it uses what they do not have."""
        return read_submission(self.lecture, settings, self.derivation).under(self.declared)


def read_submission(lecture: Lecture, settings: Settings, derivation: Mapping[str, Given]) -> Submission:
    """A derivation as answers that can be judged. Raises as ``read_answers`` does."""
    import numpy as np

    world = World(lecture, settings)
    shapes = {place: np.shape(world.to_lecture(place.kind, value)) for place, value in world.truth.items()}
    symbols = cache(lambda: {entry.symbol: entry.name for entry in lecture.by_hand(settings)})
    answers = read_answers(derivation, world.vocabulary, shapes, symbols)
    _check_declared(answers.declared, lecture, settings)
    return Submission(lecture, settings, derivation, answers, Declared(**answers.declared))


def _check_declared(declared: Mapping[str, Any], lecture: Lecture, settings: Settings) -> None:
    """Raises ValueError for a convention that says nothing in this lecture, or contradicts another one."""
    conventions = lecture.conventions(settings)
    penalty = settings.get("penalty") is not None
    has_meaning = {"class_1": "t" in settings, "mean": conventions.mean, "decay": penalty, "penalty": penalty,
                   "biases": penalty and World(lecture, settings).problem.biases is not None,
                   "cost": conventions.loss.constant is not None}
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
    """

    def __init__(self, submission: Submission, explain: bool = True, until_wrong: bool = False) -> None:
        self.submission = submission
        self.world = World(submission.lecture, submission.settings, submission.declared)
        self.student = Student(self.world, submission.answers, generic=False)
        worlds = self._draw_worlds()
        answers = submission.answers.in_vocabulary(worlds[0].vocabulary) if worlds else submission.answers
        self._generic_students = [Student(world, answers, generic=True) for world in worlds]
        self.all: list[Judgement] = []
        before: dict[Place, Judgement] = {}
        for answer in answers.in_order((worlds or [self.world])[0].vocabulary):
            judgement = judge(answer, self.students_for(answer), before, explain)
            self.all.append(judgement)
            before |= dict.fromkeys(answer.quantity.places, judgement)
            if until_wrong and not judgement.right:
                break

    def _draw_worlds(self) -> Sequence[World]:
        submission = self.submission
        if not submission.answers.rules:
            return []
        return draw_generic_worlds(submission.lecture, submission.settings, self._find_depth(), submission.declared)

    def _find_depth(self) -> int | None:
        """The number of layers that the settings have, if a formula is about one of them; else any number will do."""
        answers = self.submission.answers
        numbered = any(rule.numbered or not (rule.quantity.general or rule.quantity.name == "C")
                       for rule in answers.rules)
        return self.world.vocabulary.depth if numbered or answers.numbers else None

    def students_for(self, answer: Rule | Numbers) -> Sequence[Student]:
        """The student's values on each input on which the answer is judged."""
        return [self.student] if isinstance(answer, Numbers) else self._generic_students

    @property
    def right(self) -> bool:
        """Whether all are right."""
        return all(judgement.right for judgement in self.all)

    @property
    def has_right_delta(self) -> bool:
        """Whether a δ is right."""
        return any(j.right and j.quantity.places[0].kind == "delta" for j in self.all)

    @property
    def keeps_convention(self) -> bool:
        """Whether all δ's and gradients are right, of which there are some: then the convention is meant."""
        found = {kind: [j.right for j in self.all if j.quantity.places[0].kind in kinds]
                 for kind, kinds in {"delta": ("delta",), "gradient": ("dW", "db")}.items()}
        return all(found.values()) and all(map(all, found.values()))
