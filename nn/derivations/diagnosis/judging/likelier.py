"""Another meaning of δ to which a derivation keeps beside a mistake that has nothing to do with it."""

from collections.abc import Iterable
from itertools import repeat
from typing import TypeVar

from ...lectures.layered import Place
from ..reading.answers import Rule
from .error_propagation import is_close
from .student import Failed, Student
from .submission import Judgements, Submission

S = TypeVar("S", bound=Submission)
_EVIDENCE = {"dW": 2, "W_new": 2, "db": 1, "b_new": 1}


def find_likelier(submission: S, others: Iterable[tuple[S, str]]) -> tuple[S, str] | None:
    """Another convention of δ to which a derivation keeps beside a mistake; None if the lecture's is as likely.

    A δ must be right only with it. Then it is the likelier one if the gradients and updates that are right only with it
    say more than those that are right only without it, one of weights as much as two of biases, which are δ alone; or
    if they say as much and fewer mistakes are left.
    """
    now = Judgements(submission, explain=False)
    kinds = {j.quantity.name: j.quantity.places[0].kind for j in now.all}
    right = _find_right_lines(now)
    for other, note in others:
        try:
            with_it = _find_right_lines(Judgements(other, explain=False))
        except ValueError:
            continue
        gained, lost = ([kinds.get(name, "") for name in names] for names in (with_it - right, right - with_it))
        more = sum(map(_EVIDENCE.get, gained, repeat(0))) - sum(map(_EVIDENCE.get, lost, repeat(0)))
        if now.world.delta_kind in gained and more >= 0 and (
                more > 0 or _count_mistakes(other) < _count_mistakes(submission)):
            return other, note
    return None


def _find_right_lines(judged: Judgements) -> set[str]:
    """The formulas that are right on the lecture's values, whatever the lines before them are, and right numbers."""
    return {judgement.quantity.name for judgement in judged.all if (
        all(_is_right_alone(student, place) for student in judged.students_for(judgement.answer)
            for place in judgement.quantity.places) if isinstance(judgement.answer, Rule) else judgement.right)}


def _is_right_alone(student: Student, place: Place) -> bool:
    value, truth = student.by_rule(place, dict(student.world.truth)), student.world.truth[place]
    return not isinstance(value, Failed) and is_close(value, truth)


def _count_mistakes(submission: Submission) -> int:
    return sum(len(judgement.matches[0].slugs) if judgement.matches else 1
               for judgement in Judgements(submission).all if judgement.wrong)
