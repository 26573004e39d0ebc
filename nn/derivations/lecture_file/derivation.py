"""Lines evaluated in their notation, each on what the others give, as on paper."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .context import Context
from .evaluation import NoPlaceError, Scope, UnreadableError, evaluate
from .grammar import Statement
from .layout import Layout, Place
from .problem import GIVEN, Example, Problem

if TYPE_CHECKING:
    from ...ground.arrays import FloatOrArray



def bind(statement: Statement, place: Place, layout: Layout, scope: Scope) -> dict[str, int] | None:
    """The values of the indices for which a line is about a place; None if it is not about it."""
    notation = layout.notation
    if notation.kinds.get(statement.letter) != place.kind or len(statement.patterns) != len(notation.slots(place.kind)):
        return None
    known: dict[str, int] = {}
    for (name, offset), number, slot in zip(
        statement.patterns, layout.index(place), notation.slots(place.kind), strict=True
    ):
        if name is None or name in notation.constants:
            if offset + (int(scope.name(name)) if name else 0) != number:
                return None
        elif known.setdefault(name, number - offset) != number - offset or (
            number == 0 and slot in ("unit", "source", "target")
        ):
            return None
    return known


class Derivation:
    """The numbers that lines give on one network.

    Args:
        statements: the lecture's lines, then those of the general statement.
        given: the value of what is given: x, y, W, b.
    """

    def __init__(self, statements: Sequence[Statement], problem: Problem, layout: Layout, example: Example,
                 given: Callable[[Place], Any]) -> None:
        self.statements, self.layout, self.given = statements, layout, given
        self.context = Context(problem, layout, example, self.value)
        self._known: dict[Place, Any] = {}
        self._asked: list[Place] = []

    def value(self, place: Place) -> Any:
        """The value at a place. Raises UnreadableError where no line gives it, or one needs itself."""
        if place not in self._known:
            self._known[place] = self._find(place)
        return self._known[place]

    def know(self, place: Place, value: Any) -> None:
        """Take a value for what stands at a place, whatever the lines say."""
        self._known[place] = value

    def _find(self, place: Place) -> Any:
        if place.kind in GIVEN:
            return self.given(place)
        if place.kind == "post" and place.units == (0,):
            return 1.0
        if place in self._asked:
            raise UnreadableError(
                f"{self.write(place)} is calculated from itself; the line of another layer is missing, or an "
                "index is wrong"
            )
        self._asked.append(place)
        try:
            statement, known = self.find_line(place)
            return fit_shape(evaluate(statement.right, self.context, known), place, self.layout)
        finally:
            self._asked.pop()

    def find_line(self, place: Place) -> tuple[Statement, Mapping[str, int]]:
        """The line about a place, and its indices: that with the fewest open indices, and of these the first."""
        fitting = []
        for statement in self.statements:
            known = bind(statement, place, self.layout, self.context)
            if known is not None:
                fitting.append((statement, known))
        for statement, known in sorted(fitting, key=lambda found: len(found[1])):
            if reaches(statement, known, self.context):
                return statement, known
        raise UnreadableError(f"no line says what {self.write(place)} is")

    def write(self, place: Place) -> str:
        """A place as the lines write it."""
        return write_place(place, self.layout)


def write_place(place: Place, layout: Layout) -> str:
    """A place as the lines of a notation write it."""
    letter, index = layout.notation.names[place.kind], layout.index(place)
    return f"{letter}[{', '.join(map(str, index))}]" if index else letter


def reaches(statement: Statement, known: Mapping[str, int], context: Context) -> bool:
    """Whether all indices in a line exist there: a line with δ[l + 1] says nothing of the last layer."""
    zeros = Context(context.problem, context.layout, context.example, lambda place: _blank(place, context.layout))
    try:
        evaluate(statement.right, zeros, known)
    except NoPlaceError:
        return False
    except UnreadableError:
        return True
    return True


def _blank(place: Place, layout: Layout) -> Any:
    """A value of the right shape."""
    import numpy as np

    shape = expected_shape(place, layout)
    return np.full(shape, 0.5) if shape else 0.5


def expected_shape(place: Place, layout: Layout) -> tuple[int, ...]:
    """The shape of a value at a place; () for a number."""
    notation, widths = layout.notation, layout.widths
    if place.kind == "C" or place.units or notation.form == "scalars":
        return ()
    if place.kind in ("W", "dW", "W_new"):
        shape = (widths[place.layer], widths[place.layer - 1] + notation.joined)
        return shape if notation.first == "target" else shape[::-1]
    samples = layout.count if notation.batch and place.kind not in ("b", "db", "b_new") else 1
    width = widths[place.layer]
    return (samples, width) if notation.rows else (width, samples)


def fit_shape(value: "FloatOrArray", place: Place, layout: Layout) -> "FloatOrArray":
    """The value in the shape of its place; an array of one number is a number.

    Raises:
        UnreadableError: another shape, or a value that is not finite.
    """
    import numpy as np

    wanted = expected_shape(place, layout)
    if not wanted and getattr(value, "size", 1) == 1:
        value = float(np.asarray(value).reshape(()))
    if np.shape(value) != wanted:
        has, needs = (" × ".join(map(str, shape)) or "a number" for shape in (np.shape(value), wanted))
        raise UnreadableError(f"{write_place(place, layout)} is {needs}, and its line gives {has}")
    if not np.all(np.isfinite(value)):
        raise UnreadableError(f"{write_place(place, layout)} is not finite here")
    return value + 0.0  # turns -0.0 into 0.0
