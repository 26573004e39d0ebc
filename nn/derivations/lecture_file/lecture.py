"""A lecture read from a TOML file: its notation, problem, lines and example. The file is data; nothing in it is run."""

from dataclasses import dataclass, replace
from functools import cached_property

from .. import neutral
from ..conventions import Conventions
from ..general import LENIENT, solve
from .derivation import Derivation
from .grammar import Statement
from .layout import Layout
from .notation import Notation
from .problem import Example, Problem
from .template import write_statement


@dataclass(frozen=True)
class Unread:
    """A line that is no line of the grammar, and why."""

    number: int
    text: str
    reason: str


@dataclass(frozen=True)
class LectureFile:
    """A lecture from a file.

    Attributes:
        path: of the file.
        id, title, source, about: what it is called, and where it is from.
        readings: where its notes are unclear, how they are read.
        notation, problem: how it is written, and what is derived.
        statements: its lines; ``unread`` are those that cannot be read.
        example: its numbers; None without them.
        abbreviations: lines that say what a letter of other lines stands for; it has been put in there.

    >>> lecture = Lecture.read("examples/lectures/softmax_rows.toml")
    >>> lecture.notation.letters["delta"], lecture.problem.activations
    ('dZ', ('relu', 'softmax'))
    """

    path: str
    id: str
    title: str
    source: str
    about: str
    readings: tuple[str, ...]
    notation: Notation
    problem: Problem
    statements: tuple[Statement, ...]
    unread: tuple[Unread, ...]
    example: Example | None
    abbreviations: tuple[Statement, ...] = ()

    @cached_property
    def template(self) -> tuple[Statement, ...]:
        """The general statement in the notation, for what the file leaves out."""
        return write_statement(self.notation, self.problem)

    @cached_property
    def all_lines(self) -> tuple[Statement, ...]:
        """The lecture's lines, then those of the general statement."""
        return (*self.statements, *self.template)

    def layout(self, example: Example) -> Layout:
        """The notation on a network."""
        return Layout(self.notation, tuple(example.widths), len(example.inputs))

    @cached_property
    def conventions(self) -> Conventions:
        """Its notation as far as the general statement, the graph and the diagnosis ask for it."""
        notation, problem, own = self.notation, self.problem, self.notation.letters
        penalties = {name: (factor, f"{_write_number(factor, own['strength'])}{size}") for name, size in (
            ("l1", f"Σ|{own['weight']}|"), ("l2", f"Σ{own['weight']}²")) for factor in (problem.penalties.get(name),)
            if factor is not None}
        return Conventions(
            notation.form, own["pre"], own["post"], own["weight"], own["cost"], own["activation"], notation.delta.sign,
            notation.first, notation.weight_number, notation.input_layer,
            {"own": "b", "none": "option"}.get(notation.bias, "column"), replace(problem.cost, over=problem.over),
            batch=notation.many, target=own["target"], by_layer=len(set(problem.activations)) > 1, penalties=penalties,
            delta=own["delta"], bias_letter=own["bias"], data=(own["input"], own["target"]),
            delta_of=notation.delta.of, delta_mean=not notation.delta.one_sample,
            counts_down_from=own["last"] if notation.count == "down" else "")

    def to_neutral(self, example: Example) -> neutral.Problem:
        """Its problem with numbers, in neutral letters."""
        return self.problem.to_neutral(example, self.notation.bias != "none")

    def solve(self, example: Example) -> neutral.Neutral:
        """Every number by the general statement; NaN where a formula has no value."""
        return solve(self.to_neutral(example), self.conventions, LENIENT)

    def derive(self, example: Example) -> Derivation:
        """Every number by the lines, as on paper."""
        layout = self.layout(example)
        return Derivation(self.all_lines, self.problem, layout, example, lambda place: layout.read(example.of, place))

    def require_example(self) -> Example:
        """The example. Raises ValueError where the file has none."""
        if self.example is None:
            raise ValueError(f"{self.path} has no [example]; give X, Y, W, b and rate there")
        return self.example

    def require_read(self) -> None:
        """Raises ValueError for the first line that cannot be read."""
        for line in self.unread:
            raise ValueError(f"{self.path}, line {line.number} of lines, {line.text}: {line.reason}")


def _write_number(factor: float, strength: str) -> str:
    return {1.0: strength, 0.5: f"({strength}/2)"}.get(factor, f"{factor:g}{strength}")
