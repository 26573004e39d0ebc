"""Mistakes that nobody can tell apart on the inputs at hand."""

from typing import Any

from corpus.corpus import Case
from nn.derivations.diagnosis.judging.catalogue import read_catalogue
from nn.derivations.diagnosis.judging.error_propagation import LECTURED, apply_rule, is_close, make_base
from nn.derivations.diagnosis.judging.inputs import World
from nn.derivations.diagnosis.judging.search import list_parts
from nn.derivations.diagnosis.judging.student import Student
from nn.derivations.diagnosis.reading.answers import Answers
from nn.derivations.lectures import LECTURES
from nn.derivations.lines import Line


def gives_the_same(case: Case, slug: str) -> bool:
    """Whether another mistake gives the same values as a case on its inputs, so that nobody can tell the two apart."""
    lecture = LECTURES[case.lecture]
    world = World(lecture, lecture.resolve(case.settings))
    student = Student(world, Answers((), ()), generic=True)
    on = [(place, make_base(student, place, LECTURED)) for place in world.vocabulary.names[case.quantity].places]

    def evaluate(lines: tuple[Line, ...]) -> list[Any]:
        return [apply_rule(student, place, base, lines) for place, base in on]

    def is_same(values: list[Any]) -> bool:
        pairs = zip(values, wrong, strict=True)
        return all(a is b or (a is not None and b is not None and is_close(a, b)) for a, b in pairs)

    wrong = evaluate(case.lines)
    return any(is_same(evaluate(lines)) for mistake in read_catalogue() if mistake.slug == slug
               for form in mistake.forms_in(world) for lines in list_parts(mistake, form, world, on[0][0]))
