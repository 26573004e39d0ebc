"""The value of a rule, right or mistaken, on a student's own values, and how far rounding can move it.

Numbers on paper are rounded as they are written down, and what is calculated next goes on from the written one, or from
the one before it was rounded. If each earlier number moves from the one to the other, the result moves by up to
Σ |∂result/∂number| · |move|, to first order. The engine computes the partials. A number that is exact does not move.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from autograd_lite import Value, grad
from autograd_lite.internal import add_floats

from ....ground.arrays import Booleans, FloatOrArray, Floats
from ....ground.formulas import NODE_FUNCTIONS
from ...general import Arithmetic
from ...lectures.layered import Place
from ...lines import Index, Line
from ..reading.vocabulary import BIAS_OF
from .catalogue import LEVELS
from .inputs import LETTERS, World
from .student import Student, as_lectured

_KINDS = {letter: kind for kind, letter in LETTERS.items()}
LAST = 9  # after every level
Lines = tuple[Line, ...]

NODES = Arithmetic(object, NODE_FUNCTIONS)
_WIDE = 64  # entries
_EXACT = 1e-7  # formulas, on numbers around 1: far above rounding, far below what any mistake does
_ERRORS = (ArithmeticError, LookupError, TypeError, ValueError)  # of a mistake that has no meaning here


@dataclass(frozen=True)
class Start:
    """Where a line starts: from the n-th base, only from what comes ``before`` a level, and δ's ``above`` its layer."""

    n: int
    before: int = LAST
    above: bool = False


@dataclass(frozen=True)
class Base:
    """Values to which a rule may have been applied, one for every quantity; those of ``given`` were handed in."""

    values: Mapping[Place, "Floats"]
    given: frozenset[Place]

    @cached_property
    def places(self) -> frozenset[Place]:
        """The quantities of which it has values."""
        return frozenset(self.values)

    def up_to(self, before: int, above: int | None = None) -> "Base":
        """The values of the levels before one; later ones are then computed from these, with the mistake in them.

        With ``above`` the δ's of the layers above that one are kept as well: the mistake was made below them.
        """
        return Base({p: value for p, value in self.values.items() if level_of(p) < before or p == Place("post", 0)
                     or (above is not None and p.kind == "delta" and (p.layer or 0) > above)}, self.given)

    def is_like(self, other: "Base") -> bool:
        """Whether it has the values of another one, and no given one that the other has not."""
        return self.given <= other.given and all(
            value is other.values[p] or is_close(value, other.values[p]) for p, value in self.values.items())


@dataclass(frozen=True)
class Reached:
    """The value of a rule, and how far rounding of earlier numbers can move each entry down and up."""

    value: "Floats"
    down: "FloatOrArray" = 0.0
    up: "FloatOrArray" = 0.0

    def is_met_by(self, answer: "Floats", half: "Floats | None", given: "Booleans") -> bool:
        """Whether an answer agrees with this value, in the entries that were ``given``.

        ``half`` is half a unit of the last digit of each entry; None for formulas, which agree to 1e-7.
        """
        return answer.shape == self.value.shape and bool(np.all(self.find_met(answer, half) | ~given))

    def find_met(self, answer: "Floats", half: "Floats | None") -> "Booleans":
        """In which entries an answer of the same shape agrees."""
        rounding = (_rounding_floor(self.value, answer) if half is None
                    else half * (1 + 1e-9) + 1e-12 * np.max(np.abs(self.value)))
        off = answer - self.value
        found: Booleans = (off <= rounding + self.up) & (off >= -rounding - self.down)
        return found


def _rounding_floor(value: "Floats", answer: "Floats") -> float:
    return _EXACT * max(float(abs(value).max()), float(abs(answer).max()), 1e-6)


def is_close(a: "Floats", b: "Floats") -> bool:
    """Whether two arrays have the same shape and agree to a relative 1e-7."""
    if a.shape != b.shape:
        return False
    if a.size == 1:  # of which there are many, and numbers are quicker
        one, other = a.item(), b.item()
        return bool(abs(one - other) <= _EXACT * max(abs(one), abs(other), 1e-6))
    return bool((abs(a - b) <= _rounding_floor(a, b)).all())


def level_of(place: Place) -> int:
    """The stage of a derivation: 0 forward, 1 δ and C, 2 gradients, 3 updates."""
    return LEVELS[LETTERS.get(place.kind, place.kind)]


OWN, LECTURED, COMPLETED, EARLIER, THROUGH = BASES = range(5)
"""The kinds of base, the likeliest first; see ``make_base``."""
RULE_ON = {OWN: "rule on own values", LECTURED: "rule on the lecture's values",
           COMPLETED: "rule on values that follow from own ones", EARLIER: "rule on own values of earlier stages",
           THROUGH: "rule on own values"}
"""Base -> the note of a line that is the lecture's rule there."""


def make_base(student: Student, place: Place, n: int) -> Base:
    """The n-th kind of values to which the rule for a place may have been applied.

    OWN: the student's values, and the lecture's for quantities that were not handed in.
    LECTURED: the lecture's values.
    COMPLETED: the student's values, and those computed from them for quantities that were not handed in.
    EARLIER: as COMPLETED, but without the stage just before the place, which a line that is written out does not use.
    THROUGH: as OWN, and of δ the ∂C/∂a of its layer, if that was handed in: δ may be made from it.
    """
    truth = student.world.truth
    given = {} if n == LECTURED else {p: student.own(p) for p in student.given() if p != place}
    if n in (OWN, LECTURED, THROUGH):
        through = {Place("dpost", place.layer)} if n == THROUGH and place.kind == "delta" else set()
        given = {p: value for p, value in given.items() if p.kind != "dpost" or p in through}
        return Base({p: given.get(p, value) for p, value in truth.items()
                     if p != place and (p.kind != "dpost" or p in given)}, frozenset(given))
    if n == EARLIER:
        given = {p: value for p, value in given.items()
                 if level_of(p) < level_of(place) - 1 or level_of(p) == 0 or student.names(place, p)}
    return _complete_values(student, given, place)


def _complete_values(student: Student, given: Mapping[Place, "Floats"], place: Place) -> Base:
    """The given values, and the rest computed from them."""
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
            if p != place and (p.kind != "dpost" or p in given):
                values[p] = as_lectured(value, truth) if np.all(np.isfinite(value)) else truth
    return Base(values, frozenset(given))


def apply_rule(student: Student, place: Place, base: Base, lines: Lines = (), from_post: bool = False,
               kink: float | None = None) -> "Floats | None":
    """The value of the lecture's rule, or of mistaken ``lines`` in its place, on a base; None where there is none.

    The array is in judged form; it is not to be written into. ``kink`` chooses the right (1) or left (−1) derivative at
    a kink. What lines give on the lecture's values is kept in a table, with the values that they ask for: where these
    are all the lecture's, nothing need be calculated.
    """
    world = student.world
    table, truth = world.table, world.truth
    key = (place, lines, base.places, from_post, kink)
    asks, kept = table.get(key, (None, None))
    lectured = asks is not None and all(base.values[p] is truth[p] for p in asks)
    if lectured and kept is not None:
        return kept[0]
    value, asked, has_ended = _calculate(world, place, base, lines, from_post, kink)
    if not lectured:
        asks = frozenset(p for p in (_find_place(world, *found) for found in asked) if p in base.values and p != place)
        lectured = all(base.values[p] is truth[p] for p in asks)
    if lectured:
        table[key] = (asks, (value,))
    elif has_ended:  # what it would still have asked for is not known otherwise
        table.setdefault(key, (asks, None))
    return value


def _find_place(world: World, letter: str, index: Index) -> Place:
    """The place to which a letter with its index belongs."""
    kind = _KINDS.get(letter, letter)
    if world.layout.joined:
        kind = next((weights for weights, biases in BIAS_OF.items() if biases == kind), kind)
    return Place(kind, index[0] if index else None)


def _calculate(world: World, place: Place, base: Base, lines: Lines, from_post: bool,
               kink: float | None) -> "tuple[Floats | None, Iterable[tuple[str, Index]], bool]":
    """The value on a base, what was asked for, and whether all was that there is to ask for."""
    known = world.known({p: value for p, value in base.values.items() if p != place})
    derivation = world.derivation(lines, known, from_post=from_post, kink=kink)
    try:
        with np.errstate(all="ignore"):
            value = world.to_judged_form(place, derivation)
    except _ERRORS:
        return None, derivation.asked, False
    value = fill_units(value, world.truth[place])
    return value if np.isfinite(value).all() else None, derivation.asked, True


def fill_units(value: "Floats", truth: "Floats") -> "Floats":
    """A sum over the units in every unit, as an answer that is one number is read too; other values as they are."""
    one = value.shape == (1, truth.shape[1])
    return np.broadcast_to(value, truth.shape) if one else value


def add_slack(student: Student, place: Place, base: Base, lines: Lines, from_post: bool, value: "Floats") -> Reached:
    """The ``value`` of ``apply_rule`` and how far rounding of the student's numbers can move it.

    For arrays of more than 64 entries the partials would take long; ten half units are allowed there.
    """
    half = student.half(place)
    if value.size > _WIDE and half is not None:
        truth = student.world.truth
        exact = all(is_close(base.values[p], truth[p]) for p in base.given if student.half(p) is not None)
        return Reached(value) if exact else Reached(value, 10 * half, 10 * half)
    try:
        return Reached(value, *_sum_rounding(student, place, base, lines, from_post))
    except _ERRORS:  # a partial that is undefined, such as that of a root at 0
        return Reached(value)


def _sum_rounding(student: Student, place: Place, base: Base, lines: Lines,
                  from_post: bool) -> "tuple[FloatOrArray, FloatOrArray]":
    """Σ |∂value/∂number| · |move| of all that moves each entry of the value down, and up."""
    held, leaves = {}, []
    for p, array in base.values.items():
        held[p] = array
        if p in base.given and student.half(p) is not None:
            held[p] = np.array([[Value(float(v)) for v in row] for row in array], dtype=object)
            leaves += [(p, n, node) for n, node in enumerate(held[p].ravel())]
    if not leaves:
        return 0.0, 0.0
    known = student.world.known({p: array for p, array in held.items() if p != place})
    value = student.world.to_judged_form(place, student.world.derivation(lines, known, NODES, from_post))
    moved = []
    for entry in value.ravel():
        if not isinstance(entry, Value):
            moved.append((0.0, 0.0))
            continue
        slopes = grad(entry, [node for _, _, node in leaves])
        moves = [(slope, *(move.flat[n] for move in find_moves(student, p)))
                 for slope, (p, n, _) in zip(slopes, leaves, strict=True) if slope]
        moved.append(tuple(add_floats(max(sign * slope * low, sign * slope * high) for slope, low, high in moves)
                           for sign in (-1, 1)))
    down, up = np.array(moved).T
    return down.reshape(value.shape), up.reshape(value.shape)


def find_moves(student: Student, place: Place) -> "tuple[Floats, Floats]":
    """How far below and above each number that was handed in the one may lie that it was rounded from.

    That one is the lecture's value, or what the rule gives on the numbers before it; where neither is within half a
    unit it is not known. It may have been rounded twice, hence a tenth more. A number that is one of the two is exact.
    """
    if place not in student.moves:
        half, written, truth = student.half(place), student.own(place), student.world.truth[place]
        assert half is not None  # noqa: S101 - it is asked of numbers
        ends = [(truth - written, truth - written)]
        base = make_base(student, place, OWN)
        value = apply_rule(student, place, base)
        if value is not None:
            by_rule = add_slack(student, place, base, (), False, value)
            ends.append((value - by_rule.down - written, value + by_rule.up - written))
        fits = [(low <= half) & (high >= -half) for low, high in ends]
        far = [np.max([np.where(fit, sign * end, 0.0) for fit, pair in zip(fits, ends, strict=True) for end in pair],
                      axis=0, initial=0.0) for sign in (-1, 1)]
        unknown = ~np.any(fits, axis=0)
        moved = [np.where(end > _EXACT * half, np.minimum(1.1 * end + 0.1 * half, half), 0.0) for end in far]
        low, high = (np.where(unknown, half, move) for move in moved)
        student.moves[place] = -low, high
    return student.moves[place]


def is_about(student: Student, place: Place, lines: Iterable[Line]) -> bool:
    """Whether mistaken lines are about the place itself."""
    letters = {LETTERS.get(place.kind, place.kind)}
    if student.world.vocabulary.conventions.bias == "column":
        letters |= {BIAS_OF[place.kind]} if place.kind in BIAS_OF else set()
    return any(line.letter in letters for line in lines)
