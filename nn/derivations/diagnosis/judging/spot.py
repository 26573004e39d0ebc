"""One quantity on one input: what was handed in there, what it may have been made from, and whether they fit."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ....ground.arrays import Booleans, Floats
from ...lectures.layered import Place
from ...lines import Line
from .error_propagation import BASES, LECTURED, OWN, Base, Reached, Start, add_slack, apply_rule, is_close, make_base
from .student import Failed, Student

Lines = tuple[Line, ...]
_ENOUGH = 20 * (1 - 1e-9)  # half units: 1.0 has two digits, 9 has one


@dataclass(frozen=True)
class Spot:
    """One quantity on one input."""

    student: Student
    place: Place
    rules: dict[tuple[Start, bool], "Floats | None"] = field(default_factory=dict)
    bases: dict[int, Base] = field(default_factory=dict)
    parts: dict[Start, Base] = field(default_factory=dict)
    answers: dict[int, "Floats | Failed"] = field(default_factory=dict)
    only: "Booleans | None" = None

    @property
    def truth(self) -> "Floats":
        """The right value."""
        return self.student.world.truth[self.place]

    @property
    def half(self) -> "Floats | None":
        """Half a unit of the last digit of each number that was handed in; None for a rule."""
        return self.student.half(self.place)

    @property
    def is_right(self) -> bool:
        """Whether the answer can be the right value."""
        return self.meets(Reached(self.truth))

    @property
    def slope_sources(self) -> Sequence[bool]:
        """How σ′, which no line of the forward pass has, may have been computed: from a (True) or from z (False)."""
        return (False, True) if self.student.world.knows_post and self.place.kind not in ("pre", "post") else (False,)

    @property
    def counted(self) -> "Booleans":
        """The entries that are compared: those that were handed in, and of these ``only`` some if so chosen."""
        given = self.student.handed_in(self.place)
        return given if self.only is None else given & self.only

    @property
    def is_rule(self) -> bool:
        """Whether a formula or a function was handed in, which gives a value on any base."""
        return self.place not in self.student.numbers

    def nth(self, n: int) -> Base:
        """The n-th kind of values to which the rule may have been applied."""
        if n not in self.bases:
            self.bases[n] = make_base(self.student, self.place, n)
        return self.bases[n]

    def is_new(self, n: int) -> bool:
        """Whether the n-th base differs from all before it; for a formula that may use ∂C/∂a, from what it uses."""
        if self.is_rule and n == LECTURED and any(place.kind == "dpost" for place in self.student.given()):
            return True
        return not any(self.nth(n).is_like(self.nth(earlier)) for earlier in range(n))

    def base(self, start: Start) -> Base:
        """The values to which a line may have been applied."""
        if start == Start(start.n):
            return self.nth(start.n)
        if start not in self.parts:
            self.parts[start] = self.nth(start.n).up_to(start.before, self.place.layer if start.above else None)
        return self.parts[start]

    def rule(self, start: Start, from_post: bool) -> "Floats | None":
        """The value of the lecture's rule on that base."""
        if (start, from_post) not in self.rules:
            self.rules[start, from_post] = self.apply(start, (), from_post)
        return self.rules[start, from_post]

    def apply(self, start: Start, lines: Lines, from_post: bool) -> "Floats | None":
        """The value of mistaken lines in place of the rule, on that base."""
        return apply_rule(self.student, self.place, self.base(start), lines, from_post)

    def add_slack(self, start: Start, lines: Lines, from_post: bool, value: "Floats") -> Reached:
        """A value of ``apply``, and how far rounding of the numbers before it can move it."""
        return add_slack(self.student, self.place, self.base(start), lines, from_post, value)

    def answer(self, n: int) -> "Floats | Failed":
        """What was handed in: numbers as they are, a formula on the student's own values or, on LECTURED, on those."""
        if n not in self.answers:
            lectured = self.is_rule and n == LECTURED
            self.answers[n] = self.student.by_rule(self.place, dict(self.student.world.truth)) if lectured else (
                self.student.answer(self.place))
        return self.answers[n]

    def has_its_shape(self) -> bool:
        """Whether the answer has the shape of the right value."""
        answer = self.answer(OWN)
        return not isinstance(answer, Failed) and answer.shape == self.truth.shape

    def is_same(self, a: "Floats", b: "Floats") -> bool:
        """Whether two values are the same in the entries that are compared."""
        given = self.counted
        whole = not self.is_rule or given.all() or not a.shape == b.shape == given.shape
        return is_close(a, b) if whole else is_close(a[given], b[given])

    def meets(self, found: Reached, n: int = OWN) -> bool:
        """Whether the answer can be that value, on the n-th base."""
        answer = self.answer(n)
        if isinstance(answer, Failed):
            return False
        if self.is_rule:  # a value in every entry, none of which was rounded
            given = self.counted
            return is_close(answer, found.value) if given.all() or answer.shape != given.shape else (
                answer.shape == found.value.shape and is_close(answer[given], found.value[given]))
        return found.is_met_by(answer, self.half, self.counted)

    def tells(self, value: "Floats | None", is_exact: bool = True) -> bool:
        """Whether the answer has digits enough to speak for a value with which it agrees.

        Of numbers, each is known to a twentieth of the largest (two significant digits), or is the value itself, as an
        exact 0 is; this does not count where the value ``is_exact`` no more than what it was made from. Where half of
        them have two digits of their own the others need only be as close, for 0.60 is often written as 0.6. Any
        formula tells.
        """
        half = self.half
        if half is None or value is None:
            return True
        answer, given = self.student.value(self.place), self.student.handed_in(self.place)
        unit = np.max(np.abs(answer[given]), initial=0.0) / _ENOUGH
        off = np.abs(answer - value) if answer.shape == value.shape else np.full(answer.shape, np.inf)
        enough = (half <= unit) | (is_exact & (off <= 1e-9 * np.max(np.abs(value), initial=0.0) + 1e-15))
        several = (half <= np.abs(answer) / _ENOUGH)[given]  # entries with two digits of their own
        return bool(np.all(enough[given])) or bool(np.mean(several) >= 0.5 and np.all(off[given] <= unit))

    def can_be(self, start: Start, lines: Lines, from_post: bool, value: "Floats | None") -> bool:
        """Whether the answer can be the value that lines give, exactly or with the numbers before it rounded."""
        if value is None:
            return False
        return self.meets(Reached(value), start.n) or (
            self.is_near(value) and self.meets(self.add_slack(start, lines, from_post, value)))

    def is_between_kinks(self) -> bool:
        """Whether the answer is the rule's with some subgradient where there is no derivative."""
        if not self.student.world.kinked:
            return False
        answer, half = self.student.value(self.place), self.half
        truth = self.student.world.truth
        alone = Base({p: self.student.own(p) for p in truth if p == Place("post", 0) or self.student.gives(p)},
                     frozenset())
        for start in (*map(self.nth, BASES), alone):  # alone: what lies between is calculated with that side too
            left, right = (apply_rule(self.student, self.place, start, kink=kink) for kink in (-1.0, 1.0))
            if left is None or right is None:
                continue
            low, high = np.minimum(left, right), np.maximum(left, right)
            if np.all(((answer >= low - half) & (answer <= high + half)) | ~self.student.handed_in(self.place)):
                return True
        return False

    def is_near(self, value: "Floats") -> bool:
        """Whether rounding could explain the difference to a value; computing how far it moves the value is slow."""
        answer, half = self.student.value(self.place), self.half
        if half is None or answer.shape != value.shape:
            return False
        off = np.abs(answer - value) > 0.1 * np.maximum(np.abs(answer), np.abs(value)) + 100 * half
        return not np.any(off & self.counted)
