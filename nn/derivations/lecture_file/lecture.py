"""A lecture read from a TOML file: its notation, problem, lines and example. The file is data; nothing in it is run."""

from dataclasses import dataclass
from functools import cached_property

from .context import Context
from .derivation import Derivation
from .grammar import Statement
from .layout import Layout
from .notation import Notation
from .problem import Example, Numbers, Problem, solve
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

    def solve(self, example: Example) -> Numbers:
        """Every number by the general statement."""
        return solve(self.problem, example, self.notation.delta)

    def derive(self, example: Example) -> Derivation:
        """Every number by the lines, as on paper."""
        layout, numbers = self.layout(example), self.solve(example)
        return Derivation(self.all_lines, self.problem, layout, example, lambda place: layout.read(numbers.of, place))

    def context(self, example: Example, numbers: Numbers) -> Context:
        """The words of the lines, with the true value of everything."""
        layout = self.layout(example)
        return Context(self.problem, layout, example, lambda place: layout.read(numbers.of, place))

    def require_example(self) -> Example:
        """The example. Raises ValueError where the file has none."""
        if self.example is None:
            raise ValueError(f"{self.path} has no [example]; give X, Y, W, b and rate there")
        return self.example

    def require_read(self) -> None:
        """Raises ValueError for the first line that cannot be read."""
        for line in self.unread:
            raise ValueError(f"{self.path}, line {line.number} of lines, {line.text}: {line.reason}")
