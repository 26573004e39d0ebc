"""One input of a lecture file: its quantities in judged form, and the conversion to and from the file's notation."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from ....ground.activation_formulas import LAYER_FORMULAS
from ...compared import Equation
from ...lecture_file.context import Context
from ...lecture_file.critique import agree
from ...lecture_file.derivation import bind, fit_shape
from ...lecture_file.display import Display
from ...lecture_file.evaluation import NoPlaceError, UnreadableError, evaluate
from ...lecture_file.grammar import Statement
from ...lecture_file.layout import Layout as FileLayout
from ...lecture_file.layout import Place as FilePlace
from ...lecture_file.layout import kind_at
from ...lecture_file.lecture import LectureFile
from ...lecture_file.problem import GIVEN, Example
from ...lectures.layered import Place
from ..judging.inputs import World
from ..reading.vocabulary import Reference
from .variants import OwnForm, declare

if TYPE_CHECKING:
    from ....ground.arrays import Booleans, FloatOrArray, Floats

_JOINED = {"db": "dW", "b_new": "W_new"}


_OF_VALUES = re.compile(r"shapes of|divides by 0|finite|has no value for|do not fit|there is no |and its line gives")


def is_about_values(error: Exception) -> bool:
    """Whether a line has no value for want of fitting shapes or units, or of a finite number, and yet is one."""
    return bool(_OF_VALUES.search(str(error)))


class FileWorld(World):
    """Generic numbers for the lecture in a file, on which its lines are evaluated; ``lecture`` is an ``OwnLecture``."""

    lecture: "OwnForm"

    @property
    def file(self) -> LectureFile:
        """The lecture as its file has it."""
        return self.lecture.file

    @cached_property
    def example(self) -> Example:
        """The numbers, as those of the file."""
        return self.lecture.example(self.settings)

    @cached_property
    def file_layout(self) -> FileLayout:
        """How the file's notation lays out the arrays of this network."""
        return self.file.layout(self.example)

    def in_letters(self, text: str) -> str:
        own = self.file.notation.letters
        return re.sub(r"δ|(?<=1/)N\b", lambda found: own["delta" if found[0] == "δ" else "count"], text)

    @property
    def constants(self) -> Mapping[str, float]:
        own = self.file.notation.letters
        names = {"N": own["count"], "λ": own["strength"], "η": own["rate"]}
        return {names.get(name, name): value for name, value in super().constants.items()}

    def factor_of(self, kind: str) -> float:
        if self.file.notation.delta.of == "post":  # whose sign and 1/N are those of ∂C/∂a
            kind = {"dpost": "delta", "delta": "dpost"}.get(kind, kind)
        return super().factor_of(kind)

    def from_lecture(self, kind: str, raw: "FloatOrArray") -> "Floats":
        return super().from_lecture(kind, self._turn_columns(kind, raw, -1))

    def to_lecture(self, kind: str, judged: "Floats") -> "FloatOrArray":
        return self._turn_columns(kind, super().to_lecture(kind, judged), 1)

    def _turn_columns(self, kind: str, raw: "FloatOrArray", by: int) -> "FloatOrArray":
        """Column 0 of the biases to the end, or (-1) back, where the file has them last."""
        import numpy as np

        if self.file.notation.bias != "last column" or kind not in ("dW", "W_new"):
            return raw
        return np.roll(raw, -by, axis=1 if self.file.notation.first == "target" else 0)

    def written(self, reference: Reference, own: "Callable[[Place], Floats]", sample: int | None) -> "FloatOrArray":
        layer = reference.layer or 1
        if reference.kind in ("W", "b", "y"):
            example = self.example
            found = {"W": example.weights[layer], "b": example.biases[layer], "y": example.targets}
            return float(found[reference.kind].ravel()[0])  # asked for where each quantity is one number
        return super().written(reference, own, sample)

    def parameter(self, place: Place) -> "Floats":
        import numpy as np

        weights, biases = self.example.weights[place.layer or 1], self.example.biases[place.layer or 1][:, None]
        if place.kind in ("db", "b_new"):
            return biases
        return np.hstack([biases, weights]) if self.layout.joined else weights

    @cached_property
    def declared_file(self) -> LectureFile:
        """The lecture as it stands under what was declared or adopted."""
        return declare(self.file, self.declared)

    @cached_property
    def equations(self) -> Sequence[Equation]:
        display = Display(self.declared_file.notation)
        return [Equation("C", *display.line(statement).split(" = ", 1)) for statement in self.declared_file.template
                if statement.letter == self.declared_file.notation.letters["cost"]]

    def read(self, own: "Callable[[Place], Floats]", place: FilePlace) -> "FloatOrArray":
        """What stands at a place of the file, of quantities in judged form."""
        if place.kind == "post" and place.units == (0,):
            return 1.0
        return self.file_layout.read(lambda kind, layer: self._find_numbers(own, kind, layer), place)

    def _find_numbers(self, own: "Callable[[Place], Floats]", kind: str, layer: int) -> "FloatOrArray":
        """A quantity in judged form as ``Neutral.of`` has it: units of a sample in a row, what is given as it is."""
        if kind in GIVEN:
            return self.example.of(kind, layer)
        place = self.judged_place(kind, layer)
        value = own(place)
        if kind == "C":
            return float(value[0, 0])
        if kind in ("pre", "post", "delta"):
            return value.T * (self.factor_of(place.kind) if kind == "delta" else 1.0)
        if self.layout.joined:
            return value[:, 0] if kind in ("db", "b_new") else value[:, 1:]
        return value.ravel() if kind in ("db", "b_new") else value

    def judged_place(self, kind: str, layer: int) -> Place:
        """A quantity of the file as the diagnosis names it."""
        return judged_place(kind, layer, self.file)

    def list_entries(self, place: Place) -> Iterator[FilePlace]:
        """The places of the file that make up a quantity."""
        delta = self.file.notation.delta.of == "post"
        kind = "delta" if place.kind == "dpost" and delta else place.kind
        kinds = [kind, *(name for name, of in _JOINED.items() if of == kind and name in self.file.notation.names)]
        for each in kinds if self.layout.joined else [kind]:
            if each in self.file.notation.names and not (each == "delta" and place.kind == "delta" and delta):
                yield from (found for found in self.file_layout.list_places(each)
                            if each == "C" or found.layer == place.layer)

    def put(self, into: "Floats", mask: "Booleans", place: FilePlace, value: "FloatOrArray") -> None:
        """A value of the file's notation into its entries of a quantity in judged form."""
        import numpy as np

        kind, target, source = place.kind, *(*place.units, 1, 1)[:2]
        if kind == "C":
            at: tuple[int | slice, int | slice] = (0, 0)
        elif kind in ("dW", "W_new"):
            at = (target - 1, source - (not self.layout.joined)) if place.units else (slice(None), slice(None))
            if not place.units and not isinstance(value, float):
                value = np.asarray(self._turn_columns(kind, value, -1))
                value = value if self.file.notation.first == "target" else value.T
        elif kind in ("db", "b_new"):
            at = (target - 1, 0) if place.units else (slice(None), 0)
            value = value if isinstance(value, float) else value.ravel()
        else:
            many = self.file_layout.notation.batch
            sample: int | slice = slice(None) if many else max(place.sample, 1) - 1
            at = (target - 1, sample) if place.units else (slice(None), sample)
            if not isinstance(value, float):
                value = value.T if self.file.notation.rows else value
                value = value if many else value.ravel()
            if kind == "delta":
                value = value / self.factor_of(self.judged_place("delta", place.layer).kind)
        into[at] = np.asarray(value)
        mask[at] = True

    @cached_property
    def true_values(self) -> "dict[FilePlace, FloatOrArray]":
        """The lecture's values at places of the file, as far as they were asked for."""
        return {}

    @cached_property
    def fewest_open(self) -> dict[FilePlace, int]:
        """How many open indices the nearest line of the general statement has there, as far as it was asked for."""
        return {}

    def make_context(self, own: "Callable[[Place], Floats]",
                     known: "dict[FilePlace, FloatOrArray] | None" = None) -> Context:
        """The words of lines, with these values; ``known`` are those that were asked for before, and are kept there."""
        found = {} if known is None else known

        def value(place: FilePlace) -> "FloatOrArray":
            if place not in found:
                found[place] = self.read(own, place)
            return found[place]

        return _StudentsWords(self.file.problem, self.file_layout, self.example, value)

    def apply(self, statement: Statement, place: FilePlace, context: Context) -> "FloatOrArray":
        """What a line gives at a place. Raises NoPlaceError, UnreadableError."""
        return fit_shape(self.evaluate(statement, place, context), place, self.file_layout)

    def evaluate(self, statement: Statement, place: FilePlace, context: Context) -> "FloatOrArray":
        """The same in whatever shape."""
        import numpy as np

        known = bind(statement, place, self.file_layout, context)
        if known is None:
            raise NoPlaceError("it is about something else")
        with np.errstate(all="ignore"):
            found: FloatOrArray = evaluate(statement.right, context, known)
        return found

    def turn(self, place: FilePlace, value: "Floats") -> "Floats":
        """A value of a wrong shape as it lies in judged form."""
        turned = self.file.notation.first == "source" if place.kind in ("dW", "W_new") else self.file.notation.rows
        found = value.T if turned else value
        return found / self.factor_of(self.judged_place("delta", place.layer).kind) if place.kind == "delta" else found

    def find_line(self, place: FilePlace, general: bool = False) -> Statement | None:
        """The line of the lecture or the general statement that is right about a place; ``general`` for any layer."""
        file = self.declared_file
        world = self
        if file is not self.file:
            form = self.lecture.in_form(file)
            world = replace(self, lecture=form, declared=form.declared)
        context = world.make_context(lambda asked: world.truth[asked], world.true_values)
        truth = world.read(lambda asked: world.truth[asked], place)
        found = [(statement, known) for statement in file.all_lines
                 if (known := bind(statement, place, world.file_layout, context)) is not None]
        slots = file.notation.slots(place.kind)
        for statement, _ in sorted(found, key=lambda pair: len(pair[1])):
            if general and "layer" in slots and statement.patterns[slots.index("layer")][0] is None:
                continue  # of a layer with a number
            try:
                if agree(world.apply(statement, place, context), truth):
                    return statement
            except (NoPlaceError, UnreadableError):
                continue
        return None

    def kind_at(self, place: FilePlace) -> str:
        """What a line about a place is called."""
        return kind_at(place, self.file_layout.depth)


class _StudentsWords(Context):
    """The words of lines; f′ of softmax is the diagonal of its Jacobian, what a slope of each unit would be."""

    def apply(self, activation: str, derivative: bool, value: "FloatOrArray",
              place: FilePlace | None) -> "FloatOrArray":
        of_layer = derivative and activation in LAYER_FORMULAS
        found: FloatOrArray = super().apply(activation, derivative and not of_layer, value, place)
        return found * (1 - found) if of_layer else found


def judged_place(kind: str, layer: int, file: LectureFile) -> Place:
    """A quantity of a file as the diagnosis names it: δ = ∂C/∂a is dpost there."""
    if kind == "C":
        return Place("C")
    if kind == "delta" and file.notation.delta.of == "post":
        return Place("dpost", layer)
    if kind in ("db", "b_new") and file.notation.joined:
        kind = {"db": "dW", "b_new": "W_new"}[kind]
    return Place(kind, layer)
