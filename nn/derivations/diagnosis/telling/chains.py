"""Lines with several signs of equality, ``δ₁ = δ₂·σ₁′ = δ₂·w₂·σ₁′``, whose parts are not equal to each other."""

import ast
from collections.abc import Iterator

import numpy as np

from ...lectures.layered import Place
from ..judging.error_propagation import is_close
from ..judging.student import Failed, Student
from ..judging.submission import Judgements
from ..reading.answers import Numbers, Rule
from .symbols import write_quantity

_ROUGH = 0.03  # of what was rounded on the way to a number


def describe_contradictions(judged: Judgements) -> Iterator[str]:
    """A sentence for each part of a line that is not what is judged, the last one."""
    for judgement in judged.all:
        answer, students = judgement.answer, judged.students_for(judgement.answer)
        spots = [(student, place) for student in students for place in answer.quantity.places]
        for part in answer.parts:
            if any(_contradicts(part, answer, *spot) for spot in spots):
                last = answer.text.rpartition("=")[2].strip()
                yield (f"{write_quantity(judgement.quantity, students[0].world)}: your line contradicts itself, for "
                       f"{part.text} is not {last}. The last one is judged.")


def _contradicts(part: Rule, answer: Rule | Numbers, student: Student, place: Place) -> bool:
    """Whether a part has another value than the last one, on the student's own values and on the lecture's.

    What is written with ∂, or names the quantity itself, says what it is: it is no calculation.
    """
    assert part.formula is not None  # noqa: S101 - functions have no parts
    named = {node.id for node in ast.walk(part.formula.tree) if isinstance(node, ast.Name)}
    other = student.judged_by(part)
    if "quotient" in named or other.names(place, place):
        return False
    try:
        for values in (None, dict(student.world.truth)):
            found = other.by_rule(place, values)
            given = student.answer(place) if isinstance(answer, Numbers) else student.by_rule(place, values)
            if isinstance(found, Failed) or isinstance(given, Failed) or found.shape != given.shape:
                return False
            half = student.half(place)
            near = _ROUGH * np.abs(given) + (0.0 if half is None else 2 * half)
            if is_close(found, given) or (isinstance(answer, Numbers) and np.all(np.abs(found - given) <= near)):
                return False
    except ValueError:
        return False
    return True
