"""Each quantity of a derivation: right, following from an earlier line, or a mistake, and which.

A quantity is right by the lecture's value. It follows if it is the lecture's rule on the student's own earlier values,
or, of a formula, if it gives the lecture's value on the lecture's values.
It is a mistake of its own if it is neither; then every line of the catalogue is tried in place of the rule.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from ....ground.arrays import Floats
from ...lectures.layered import Place
from ..reading.answers import Numbers, Rule
from ..reading.vocabulary import Quantity
from .error_propagation import LECTURED, OWN, RULE_ON, Base, Start, apply_rule, is_close, level_of, make_base
from .search import Match, find_matches, list_bases
from .spot import Spot
from .student import Failed, Student
from .trivial import shows_nothing

DIGITS, TRIVIAL, SOLVED, NAMED = "digits", "trivial", "solved", "named"
"""It agrees, but in one digit, as many other numbers do; it agrees on earlier lines with which anything would; it is
calculated from a later quantity that was not handed in; it gives the quantity another name, as δ₁ = ∂C/∂z₁ does."""
EQUAL_WIDTHS = "equal widths"
"""Why a formula failed that is right where all layers have as many units, and has no value elsewhere."""
DECISIONS = ("value", "subgradient", *RULE_ON.values(), "rounding", "mistake", "unknown", "no value",
             "nor has the rule a value", "makes up for a mistake", DIGITS, TRIVIAL, SOLVED, NAMED)
"""How the note of which test decided begins; after "mistake" come the slugs."""


@dataclass(frozen=True)
class Judgement:
    """The judgement of one quantity, as data; ``telling.sentences`` puts it into words.

    Attributes:
        right, follows: as above. ``rounded`` if it is so only since numbers before it were rounded.
        undoes: whether it follows since it makes up for the mistake in an earlier line.
        matches: the mistakes that explain it.
        failed: why it has no value, or the wrong shape.
        decided_by: which test decided, for a lecturer and for regressions; see ``DECISIONS``. Empty where
            only ``right`` was asked for, and it is not.
        unjudged: why it is none of right, following and wrong: ``DIGITS``, ``TRIVIAL``, ``SOLVED`` or ``NAMED``;
            empty if it is one of them.
    """

    answer: Rule | Numbers
    right: bool
    follows: bool = False
    rounded: bool = False
    undoes: bool = False
    matches: tuple[Match, ...] = ()
    failed: str = ""
    decided_by: str = ""
    unjudged: str = ""

    @property
    def quantity(self) -> Quantity:
        """The quantity that is judged."""
        return self.answer.quantity

    @property
    def wrong(self) -> bool:
        """Whether it is a mistake of its own."""
        return not (self.right or self.follows or self.unjudged)


def judge(answer: Rule | Numbers, students: Sequence[Student], before: Mapping[Place, Judgement],
          explain: bool = True, further: Iterable[Student] = ()) -> Judgement:
    """Judge one answer on all inputs; ``before`` holds the judgements of earlier quantities.

    Without ``explain`` a rule is judged by its values alone, and no mistake is searched for, which is the slow part:
    then only ``right`` is told. On ``further`` inputs, such as layers of different widths, what is right or follows
    must be so too; mistakes are searched for on the others, since many need equal widths, and must then give the
    answers here where both have a value. A formula that agrees since it goes back from the lecture's own value of a
    later quantity shows nothing.
    """
    if isinstance(answer, Rule) and all(_names_itself(students[0], place) for place in answer.quantity.places):
        return Judgement(answer, right=False, decided_by=NAMED, unjudged=NAMED)
    judgement = _judge_values(answer, students, before, explain, further)
    solved = (judgement.right or judgement.follows) and isinstance(answer, Rule) and any(
        find_later_source(student, place) for student in students for place in answer.quantity.places)
    return replace(judgement, right=False, follows=False, undoes=False, decided_by=SOLVED, unjudged=SOLVED) if (
        solved) else judgement


def _names_itself(student: Student, place: Place) -> bool:
    """Whether a formula gives whatever value its own quantity has."""
    truth = student.world.truth
    value = _move(truth[place])
    found = student.by_rule(place, {**truth, place: value})
    return not isinstance(found, Failed) and is_close(found, value)


def _move(value: "Floats") -> "Floats":
    """Other numbers, each of them: no number is moved to itself."""
    return value + (1 + np.abs(value)) / 4


def find_later_source(student: Student, place: Place) -> Place | None:
    """The later quantity, not handed in, from which a formula is calculated, be it over others; None if none is."""
    for later in student.world.vocabulary.places:
        if depends_on(later, place) and student.names(place, later) and _changes_with(student, place, later):
            found = find_later_source(student, later) if student.gives(later) else later
            if found:
                return found
    return None


def _changes_with(student: Student, place: Place, later: Place) -> bool:
    """Whether a formula has another value where a quantity has: a name without a layer may mean that of another."""
    truth = student.world.truth
    before, after = (student.by_rule(place, {**truth, later: value}) for value in (
        truth[later], _move(truth[later])))
    return isinstance(after, Failed) or isinstance(before, Failed) or not is_close(before, after)


def _judge_values(answer: Rule | Numbers, students: Sequence[Student], before: Mapping[Place, Judgement],
                  explain: bool, further: Iterable[Student]) -> Judgement:
    """The same by values alone, however the answer comes by them."""
    if not explain and isinstance(answer, Rule):
        right = _has_right_values(answer, chain(students, further))
        return Judgement(answer, right=right, decided_by="value" if right else "")
    spots, failed = [], ""
    for student in students:
        for place in answer.quantity.places:
            value = student.answer(place)
            if isinstance(value, Failed):
                failed = failed or value.sentence
                if _has_no_value(student, place, value):
                    return Judgement(answer, right=False, follows=True, decided_by="nor has the rule a value")
                if not value.elsewhere:
                    return Judgement(answer, right=False, failed=failed, decided_by="no value")
            else:
                spots.append(Spot(student, place))
    if failed:  # in one layer only, such as δ of a next layer that the last one has not
        spots = [spot for spot in spots if spot.has_its_shape()] or spots
        matches = tuple(find_matches(spots, [])) if explain and spots else ()
        return Judgement(answer, right=False, matches=matches, failed=failed,
                         decided_by=_name_mistakes(matches) if matches else "no value")
    others, misfit = _list_further(answer, further)
    right_here = all(spot.is_right for spot in spots)
    if right_here and not misfit and all(spot.is_right for spot in others):
        if explain and isinstance(answer, Rule) and _leans_on_mistake(spots, before):
            return Judgement(answer, right=False, follows=True, undoes=True, decided_by="makes up for a mistake")
        if all(spot.tells(spot.truth) for spot in spots):
            return Judgement(answer, right=True, decided_by="value")
        return Judgement(answer, right=False, decided_by=DIGITS, unjudged=DIGITS)
    numbers = isinstance(answer, Numbers)
    if numbers and all(spot.is_between_kinks() for spot in spots):
        return Judgement(answer, right=True, decided_by="subgradient")
    base = None if misfit else _find_base(spots, others)
    if base is not None:
        return _judge_following(answer, base, spots, others, before)
    if not numbers and not misfit and _undoes_mistake([*spots, *others], before):
        return Judgement(answer, right=False, follows=True, undoes=True, decided_by="makes up for a mistake")
    matches = tuple(find_matches(spots, others)) if explain else ()
    failed = ""
    if right_here:
        failed = EQUAL_WIDTHS if misfit else (
            "it is right on some inputs and not on all of them; layers of different widths are among them")
    return Judgement(answer, right=False, failed=failed, matches=matches, decided_by=_name_mistakes(matches))


def _has_right_values(rule: Rule, students: Iterable[Student]) -> bool:
    """Whether a rule has the lecture's values on all inputs; the first of them tells most wrong ones."""
    for student in students:
        truth = student.world.truth
        answers = [(student.answer(place), truth[place]) for place in rule.quantity.places]
        if any(isinstance(answer, Failed) or not is_close(answer, right) for answer, right in answers):
            return False
    return True


def _name_mistakes(matches: Sequence[Match]) -> str:
    """The note of which mistakes decided."""
    return f"mistake {' or '.join(' and '.join(match.slugs) for match in matches)}" if matches else "unknown"


def _has_no_value(student: Student, place: Place, value: Failed) -> bool:
    """Whether neither the answer nor the lecture's rule has a finite value on the student's own values."""
    return value.infinite and apply_rule(student, place, make_base(student, place, OWN)) is None


def _list_further(answer: Rule | Numbers, students: Iterable[Student]) -> tuple[list[Spot], str]:
    """The spots on further inputs, and why the answer has no value in one of them; empty if it has."""
    spots, misfit = [], ""
    for student in students:
        for place in answer.quantity.places:
            value = student.answer(place)
            if not isinstance(value, Failed):
                spots.append(Spot(student, place))
            elif not _has_no_value(student, place, value):
                misfit = misfit or value.sentence
    return spots, misfit


def _judge_following(answer: Rule | Numbers, n: int, spots: Sequence[Spot], others: Sequence[Spot],
                     before: Mapping[Place, Judgement]) -> Judgement:
    """The judgement of an answer that is the lecture's rule on the n-th base."""
    numbers = isinstance(answer, Numbers)
    sources = [judgement for place, judgement in before.items() if any(depends_on(spot.place, place) for spot in spots)]
    wrong_before = any(source.wrong or source.follows or source.unjudged == TRIVIAL for source in sources)
    can_be_trivial = n != LECTURED and (wrong_before or not numbers)
    if can_be_trivial and shows_nothing(answer, Start(n), [*spots, *others], _list_not_right(before)):
        return Judgement(answer, right=False, decided_by=TRIVIAL, unjudged=TRIVIAL)
    is_exact = not any(source.unjudged == DIGITS for source in sources)
    if not all(spot.tells(spot.rule(Start(n), False), is_exact) for spot in spots):
        return Judgement(answer, right=False, decided_by=DIGITS, unjudged=DIGITS)
    follows = wrong_before or not numbers
    return Judgement(answer, right=not follows, follows=follows, rounded=numbers,
                     decided_by=RULE_ON[n] if follows else "rounding")


def _list_not_right(before: Mapping[Place, Judgement]) -> Mapping[Place, Rule | Numbers]:
    return {place: judgement.answer for place, judgement in before.items() if not judgement.right}


def _undoes_mistake(spots: Sequence[Spot], before: Mapping[Place, Judgement]) -> bool:
    """Whether a formula is right if what it names has just the mistake that was found there, as δ without σ′."""
    def is_right(spot: Spot) -> bool:
        student, truth = spot.student, spot.student.world.truth
        mistaken = dict(truth)
        for place, judgement in before.items():
            if judgement.wrong and judgement.matches and student.names(spot.place, place):
                value = apply_rule(student, place, Base(truth, frozenset()), judgement.matches[0].lines)
                mistaken[place] = truth[place] if value is None else value
        answer = student.by_rule(spot.place, mistaken)
        return not isinstance(answer, Failed) and is_close(answer, truth[spot.place])

    return any(judgement.matches for judgement in before.values()) and all(map(is_right, spots))


def _leans_on_mistake(spots: Sequence[Spot], before: Mapping[Place, Judgement]) -> bool:
    """Whether a formula with the right value has it from lines that are not right, and another one without them."""
    not_right = [place for place, judgement in before.items() if judgement.wrong or judgement.follows]

    def is_other(spot: Spot) -> bool:
        student, truth = spot.student, spot.student.world.truth
        if not any(student.names(spot.place, place) for place in not_right):
            return False
        value = student.by_rule(spot.place, dict(truth))
        return not isinstance(value, Failed) and not is_close(value, truth[spot.place])

    return bool(not_right) and any(map(is_other, spots))


def depends_on(place: Place, on: Place) -> bool:
    """Whether the rule for one place leads back to another."""
    late, early = level_of(place), level_of(on)
    if on.layer is None or on == place:
        return False
    if place.layer is None:
        return early == 0
    if early == 0:
        return late > 0 or (on.layer, on.kind == "post") < (place.layer, place.kind == "post")
    if early == 1:
        return late > 0 and (on.layer > place.layer or (on.layer == place.layer and (late > 1 or on.kind == "dpost")))
    return early == 2 and late == 3 and on.layer == place.layer and on.kind[1] == place.kind[0]


def _find_base(spots: Sequence[Spot], others: Sequence[Spot]) -> int | None:
    """The kind of base on which the lecture's rule leads to the answers, in one way, everywhere; None if none does.

    Of a formula the lecture's values come first: what it gives there shows the rule, whatever came before.
    """
    bases = sorted(list_bases(spots), key=lambda n: n != LECTURED) if spots[0].is_rule else list_bases(spots)
    for n in bases:
        for from_post in spots[0].slope_sources:
            if all(s.can_be(Start(n), (), from_post, s.rule(Start(n), from_post)) for s in (*spots, *others)):
                return n
    return None
