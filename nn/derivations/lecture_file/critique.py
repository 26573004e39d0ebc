"""Read a lecture critically: each of its lines on generic numbers, with the true value of everything else."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from ..neutral import Neutral
from .context import Context
from .derivation import bind, fit_shape
from .evaluation import NoPlaceError, UnreadableError, evaluate
from .grammar import Statement, list_indices
from .layout import Layout, Place, write_indexed
from .lecture import LectureFile
from .notation import Notation
from .numbers import draw_example
from .problem import Example, read_quantities

TOLERANCE = 1e-9
_LARGE = 0.1
SEEDS = (1, 2, 3)
GENERIC = (2, 4, 5, 3)  # n₀ … n_L: all different, so that a transposed matrix does not fit


@dataclass(frozen=True)
class World:
    """A lecture on one network: what everything truly is there."""

    lecture: LectureFile
    example: Example

    @cached_property
    def numbers(self) -> Neutral:
        """By the general statement."""
        import numpy as np

        with np.errstate(all="ignore"):  # a problem that does not suit its lines may have no finite numbers
            return self.lecture.solve(self.example)

    @cached_property
    def layout(self) -> Layout:
        """The notation on this network."""
        return self.lecture.layout(self.example)

    @cached_property
    def context(self) -> Context:
        """The words of the lines, with these values."""
        return Context(self.lecture.problem, self.layout, self.example, self.truth)

    def truth(self, place: Place) -> Any:
        """The true value at a place, in the notation."""
        return self.layout.read(read_quantities(self.example, self.numbers), place)

    def list_places(
        self, statement: Statement, among: Sequence[Statement] = ()
    ) -> Iterator[tuple[Place, Mapping[str, int]]]:
        """The places that a line is about: none for which another line has fewer open indices."""
        kind = self.layout.notation.kinds.get(statement.letter)
        places = list(self.layout.list_places(kind)) if kind else []
        if kind == "post" and self.layout.notation.joined and self.layout.notation.form == "units":
            samples = range(1, self.layout.count + 1) if "sample" in self.layout.notation.indices else [0]
            places += [
                Place("post", layer, (0,), sample) for layer in range(self.layout.depth + 1) for sample in samples
            ]
        for place in places:
            known = bind(statement, place, self.layout, self.context)
            if known is None:
                continue
            others = [
                bind(other, place, self.layout, self.context) for other in among if other.letter == statement.letter
            ]
            if all(other is None or len(other) >= len(known) for other in others):
                yield place, known

    def apply(self, right: ast.expr, place: Place, known: Mapping[str, int]) -> Any:
        """What a right side gives at a place. Raises NoPlaceError where it says nothing of it; UnreadableError."""
        import numpy as np

        with np.errstate(all="ignore"):
            return fit_shape(evaluate(right, self.context, known), place, self.layout)


@dataclass(frozen=True)
class Alarm:
    """A line that gives another value than the rest of the file and the mathematics.

    Attributes:
        statement: the line; ``place`` where it differs first, as ``shown`` writes it.
        value, truth: what it gives, and what is right; None where it gives nothing.
        reason: why it has no value there; empty where it has one.
        sentence: all of it, for the reader; ``sort`` is the sort of the change that explains it, empty if none does.
    """

    statement: Statement
    place: Place
    value: Any
    truth: Any
    reason: str = ""
    sentence: str = ""
    sort: str = ""


def make_worlds(lecture: LectureFile, seeds: Sequence[int] = SEEDS, depth: int | None = None) -> list[World]:
    """Generic networks for a lecture, of that ``depth``; by default of the one that its lines ask for."""
    widths: tuple[int, ...] = GENERIC
    depth = depth or find_depth(lecture)
    if depth is not None:
        widths = (*GENERIC[:1], *((4, 5, 6, 7) * depth)[: depth - 1], GENERIC[-1])
    return [World(lecture, draw_example(lecture.problem, lecture.notation, seed, widths)) for seed in seeds]


def find_depth(lecture: LectureFile) -> int | None:
    """The depth that the lines are for, where they bear the numbers of layers; None for any."""
    notation, layers = lecture.notation, [len(lecture.problem.activations), *list_numbered_layers(
        lecture.notation, lecture.statements)]
    if max(layers) <= 1 and len(lecture.problem.activations) == 1 and (notation.indices or max(layers) == 0):
        return None
    if max(layers) <= 2 and len(lecture.problem.activations) == 2 and max(layers[1:], default=0) <= 0:
        return None  # one name for all hidden layers, and one for the output
    return max(max(layers), lecture.example.depth if lecture.example else 0)


def list_numbered_layers(notation: Notation, statements: Sequence[Statement]) -> list[int]:
    """The layers that lines call by their numbers."""
    layers = []
    for statement in statements:
        for tree in (*ast.walk(statement.left), *ast.walk(statement.right)):
            if isinstance(tree, ast.Subscript) and isinstance(tree.value, ast.Name) and tree.value.id in notation.kinds:
                kind = notation.kinds[tree.value.id]
                indices, slots = list_indices(tree), notation.slots(kind)
                if "layer" in slots and len(slots) == len(indices):
                    index = indices[slots.index("layer")]
                    if isinstance(index, ast.Constant):
                        layers.append(notation.layer(kind, int(index.value)))  # type: ignore[arg-type]  # a number
    return layers


def find_alarm(statement: Statement, worlds: Sequence[World], among: Sequence[Statement]) -> Alarm | None:
    """Where a line differs first from what is true; None if it is right wherever it says something.

    Raises:
        UnreadableError: it says nothing of any place, or has a name without meaning.
    """
    said = False
    for world in worlds:
        for place, known in world.list_places(statement, among):
            try:
                value = world.apply(statement.right, place, known)
            except NoPlaceError:
                continue
            except UnreadableError as error:
                if "has no meaning" in str(error):
                    raise
                return Alarm(statement, place, None, world.truth(place), str(error))
            said = True
            truth = world.truth(place)
            if not agree(value, truth):
                return Alarm(statement, place, value, truth)
    if not said:
        raise UnreadableError(_describe_silence(statement, worlds[0]))
    return None


def agree(value: Any, truth: Any) -> bool:
    """Whether two numbers or arrays are equal up to rounding."""
    import numpy as np

    return bool(np.all(np.abs(np.asarray(value) - truth) <= TOLERANCE * np.maximum(1.0, np.abs(truth))))


def _describe_silence(statement: Statement, world: World) -> str:
    notation = world.layout.notation
    kind = notation.kinds.get(statement.letter)
    if kind is None:
        return notation.explain_unknown(statement.letter)
    left, slots = ast.unparse(statement.left), notation.slots(kind)
    if left in notation.abbreviations:
        return f"{left} is no quantity of this notation, and no later line has {left}"
    if len(statement.patterns) != len(slots):
        return f"{statement.letter} is written {write_indexed(statement.letter, slots)} in this notation"
    if kind in ("W", "b", "x", "y"):
        return f"{statement.letter} is given, so a line that says what it is cannot be judged"
    return "it says nothing of any layer: an index in it exists in none"


def list_alarms(lecture: LectureFile, worlds: Sequence[World]) -> tuple[list[Alarm], list[tuple[Statement, str]]]:
    """The alarms of all lines, and the lines that have no meaning here, with the reason."""
    alarms, unread = [], []
    for statement in lecture.statements:
        try:
            alarm = find_alarm(statement, worlds, lecture.all_lines)
        except UnreadableError as error:
            unread.append((statement, str(error)))
            continue
        alarms += [alarm] if alarm else []
    return alarms, unread


def draw_numbers(lecture: LectureFile, seed: int) -> Example:
    """Other numbers for the network of the lecture's example, short enough to calculate with.

    Raises:
        ValueError: the file has no example.
    """
    example = lecture.require_example()
    drawn = draw_example(lecture.problem, lecture.notation, seed, tuple(example.widths), len(example.inputs), digits=2)
    rate = example.rate if example.rate >= _LARGE else drawn.rate  # a small step would hide mistakes in it
    return replace(drawn, rate=rate, strength=example.strength)
