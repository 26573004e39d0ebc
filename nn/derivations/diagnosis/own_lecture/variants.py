"""A lecture file as it stands under conventions that a derivation keeps to: sign of δ, constants, the penalty."""

import re
from dataclasses import replace
from fractions import Fraction
from typing import Protocol

from ....costs.cost_rows import make_row
from ...lecture_file.grammar import Statement
from ...lecture_file.lecture import LectureFile
from ...lecture_file.problem import Example
from ...lectures.layered import Place
from ...lectures.lecture import AnyLecture
from ...settings import Settings
from ..judging.declared import Declared, has_constant
from ..reading.constants import ONE, Constant

_TWO = Constant(Fraction(2))


class OwnForm(AnyLecture, Protocol):
    """What a world asks of an ``OwnLecture``."""

    @property
    def file(self) -> LectureFile:
        """The lecture as its file has it."""

    @property
    def declared(self) -> Declared:
        """What the file says of δ."""

    def example(self, settings: Settings, /) -> Example:
        """The numbers of settings."""

    def in_form(self, file: LectureFile, /) -> "OwnForm":
        """The lecture in another form of its file."""

    def locate(self, statement: Statement, depth: int, /) -> tuple[tuple[Place, ...], bool]:
        """The quantities that a line is about."""


def declare(file: LectureFile, declared: Declared) -> LectureFile:
    """The same file with what was declared in its head; itself where that is what it says."""
    problem, notation, letters = file.problem, file.notation, dict(file.notation.letters)
    delta = notation.delta
    if declared.opposite:
        delta = replace(delta, sign=-delta.sign)
    if problem.over == "mean" and notation.many:
        delta = replace(delta, one_sample=not declared.mean)
    if declared.cost is not None and not has_constant(problem.cost):
        problem = replace(problem, over="sum")
    elif declared.cost is not None:
        constant = declared.cost.over(Constant(samples=declared.cost.samples))
        before, twice = (f"{each.write(' * ')} * " if each != ONE else "" for each in (constant, constant.times(_TWO)))
        each, slope = f"{before}(a - y)**2", f"{twice}(a - y)"
        cost = make_row(problem.cost.name, each, slope, problem.cost.sample, over=problem.cost.over,
                        targets=problem.cost.targets)
        problem = replace(problem, cost=cost, over="mean" if declared.cost.samples else "sum")
    if declared.class_1:
        cost = problem.cost
        each, slope, *through = (re.sub(r"\by\b", "(1 - y)", text).replace("(1 - (1 - y))", "y") for text in (
            cost.each, cost.slope_of_each, *cost.through.values()))
        problem = replace(problem, cost=replace(cost, each=each, slope_of_each=slope, through=dict(zip(
            cost.through, through, strict=True))))
    if declared.penalty is not None and problem.penalties:
        name = next(iter(problem.penalties))
        problem = replace(problem, penalties={name: float(declared.penalty.factor)})
        if declared.penalty.samples:
            letters["strength"] = f"{letters['strength']} / {letters['count']}"
    if declared.biases:
        problem = replace(problem, penalise="all")
    if delta == notation.delta and problem is file.problem:
        return file
    return replace(file, problem=problem, notation=replace(notation, delta=delta, letters=letters))
