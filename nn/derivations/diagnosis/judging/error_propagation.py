"""What a rule gives on a student's own values, right or mistaken, and how far rounding can move it.

Numbers on paper are rounded at every step. How far a result moves while each number before it moves within half a unit
of its last digit is, to first order, Σ |∂result/∂number| · half: the partials are those of the engine.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import autograd_lite
from autograd_lite import Value, grad

from ...general import Arithmetic
from ...lectures.layered import Place
from ...lines import Line
from .catalogue import LEVELS
from .inputs import LETTERS
from .student import Student

if TYPE_CHECKING:
    from ....arrays import Booleans, FloatOrArray, Floats

LAST = 9  # after every level
Lines = tuple[Line, ...]

NODES = Arithmetic(object, {name: getattr(autograd_lite, {"abs": "absolute", "max": "maximum"}.get(name, name))
                            for name in ("exp", "log", "sqrt", "tanh", "abs", "max")})
_WIDE = 64  # entries
_EXACT = 1e-7  # formulas, on numbers around 1: far above rounding, far below what any mistake does
_ERRORS = (ArithmeticError, LookupError, TypeError, ValueError)  # of a mistake that has no meaning here


@dataclass(frozen=True)
class Base:
    """What a rule may have been applied to: a value for every quantity, of which the ``given`` ones were handed in."""

    values: Mapping[Place, "Floats"]
    given: frozenset[Place]

    def up_to(self, before: int, above: int | None = None) -> "Base":
        """The part that comes before a level; what comes after a mistake is calculated anew.

        With ``above`` the δ's of the layers above that one are kept, of which the mistake knows nothing.
        """
        return Base({p: value for p, value in self.values.items() if level_of(p) < before or p == Place("post", 0)
                     or (above is not None and p.kind == "delta" and (p.layer or 0) > above)}, self.given)


@dataclass(frozen=True)
class Reached:
    """A value that a rule gives, and how far rounding of the numbers before it moves each entry."""

    value: "Floats"
    slack: "FloatOrArray" = 0.0

    def is_met_by(self, answer: "Floats", half: "Floats | None", given: "Booleans") -> bool:
        """Whether an answer, written with that half unit, can be this value, as far as it was ``given``."""
        import numpy as np

        if answer.shape != self.value.shape:
            return False
        rounding = (_rounding_floor(self.value, answer) if half is None
                    else half * (1 + 1e-9) + 1e-12 * np.max(np.abs(self.value)))
        return bool(np.all((np.abs(answer - self.value) <= rounding + self.slack) | ~given))


def _rounding_floor(value: "Floats", answer: "Floats") -> float:
    import numpy as np

    return _EXACT * max(float(np.max(np.abs(value))), float(np.max(np.abs(answer))), 1e-6)


def is_close(a: "Floats", b: "Floats") -> bool:
    """Whether two arrays are the same but for rounding in the last places."""
    import numpy as np

    return a.shape == b.shape and bool(np.all(np.abs(a - b) <= _rounding_floor(a, b)))


def level_of(place: Place) -> int:
    """How late in a derivation a quantity comes: forward, δ and C, gradients, updates."""
    return LEVELS[LETTERS.get(place.kind, place.kind)]


OWN, LECTURED, COMPLETED, EARLIER = BASES = range(4)
"""What a rule may have been applied to, the likeliest first; see ``make_base``."""


def make_base(student: Student, place: Place, n: int) -> Base:
    """The n-th thing that the rule for a place may have been applied to.

    OWN is the student's values with the lecture's where there are none, LECTURED the lecture's alone, COMPLETED the
    student's with those between them calculated, EARLIER the same without the values just before the place, which a
    line that is written out does not use.
    """
    truth = student.world.truth
    given = {} if n == LECTURED else {p: student.own(p) for p in student.given() if p != place}
    if n in (OWN, LECTURED):
        return Base({p: given.get(p, value) for p, value in truth.items() if p != place}, frozenset(given))
    if n == EARLIER:
        given = {p: value for p, value in given.items()
                 if level_of(p) < level_of(place) - 1 or level_of(p) == 0 or student.names(place, p)}
    return _complete_values(student, given, place)


def _complete_values(student: Student, given: Mapping[Place, "Floats"], place: Place) -> Base:
    """What was given, and the rest calculated from it."""
    import numpy as np

    world = student.world
    inputs = {Place("post", 0): world.truth[Place("post", 0)]}
    derivation = world.derivation(known=world.known({**inputs, **given}))
    values = {}
    with np.errstate(all="ignore"):
        for p, truth in world.truth.items():
            try:
                value = world.to_judged_form(p, derivation)
            except _ERRORS:
                value = truth
            if p != place:
                values[p] = value if np.all(np.isfinite(value)) else truth
    return Base(values, frozenset(given))


def is_same_base(a: Base, b: Base) -> bool:
    """Whether nothing new comes of base ``a`` beside ``b``."""
    return a.given <= b.given and all(
        a.values[place] is b.values[place] or is_close(a.values[place], b.values[place]) for place in a.values)


def apply_rule(student: Student, place: Place, base: Base, lines: Lines = (), from_post: bool = False,
               kink: float | None = None) -> "Floats | None":
    """What the lecture's rule, or mistaken ``lines`` in its place, gives on a base; None where they have no meaning.

    ``kink`` chooses the right (1) or left (−1) derivative where there is none.
    """
    import numpy as np

    world = student.world
    known = world.known({p: value for p, value in base.values.items() if p != place})
    try:
        with np.errstate(all="ignore"):
            value = world.to_judged_form(place, world.derivation(lines, known, from_post=from_post, kink=kink))
    except _ERRORS:
        return None
    return value if np.all(np.isfinite(value)) else None


def list_slope_sources(student: Student, place: Place) -> Sequence[bool]:
    """How σ′ may have been calculated: from the pre-activation or from the post-activation."""
    return (False, True) if student.world.knows_post and level_of(place) > 0 else (False,)


def propagate_rounding(student: Student, place: Place, base: Base, lines: Lines, from_post: bool,
                       value: "Floats") -> Reached:
    """The ``value`` that ``apply_rule`` gave, with how far the roundings of the student's numbers move it.

    In layers so wide that the partials would take long, ten half units stand for that.
    """
    half = student.half(place)
    if value.size > _WIDE and half is not None:
        return Reached(value, 10 * half)
    try:
        return Reached(value, _sum_rounding(student, place, base, lines, from_post))
    except _ERRORS:  # a partial that is undefined, such as that of a root at 0
        return Reached(value)


def _sum_rounding(student: Student, place: Place, base: Base, lines: Lines, from_post: bool) -> "FloatOrArray":
    """Σ |∂value/∂number| · half, for each entry of the value."""
    import numpy as np

    moving: list[tuple[Value, float]] = []
    held = {}
    for p, array in base.values.items():
        half = student.half(p) if p in base.given else None
        held[p] = array
        if half is not None:
            held[p] = nodes = np.array([[Value(float(v)) for v in row] for row in array], dtype=object)
            moving += zip(nodes.ravel(), half.ravel(), strict=True)
    if not moving:
        return 0.0
    known = student.world.known({p: array for p, array in held.items() if p != place})
    value = student.world.to_judged_form(place, student.world.derivation(lines, known, NODES, from_post))
    leaves, halves = [node for node, _ in moving], [half for _, half in moving]
    moved = [sum(abs(g) * half for g, half in zip(grad(entry, leaves), halves, strict=True))
             if isinstance(entry, Value) else 0.0 for entry in value.ravel()]
    return np.array(moved).reshape(value.shape)


def is_about(student: Student, place: Place, lines: Iterable[Line]) -> bool:
    """Whether mistaken lines are about the place itself."""
    letters = {LETTERS.get(place.kind, place.kind)}
    if student.world.vocabulary.conventions.bias == "column":
        letters |= {"dW": {"db"}, "W_new": {"b_new"}}.get(place.kind, set())
    return any(line.letter in letters for line in lines)
