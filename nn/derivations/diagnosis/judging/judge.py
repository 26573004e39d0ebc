"""Each quantity of a derivation: right, following from an earlier line, or a mistake, and which.

A quantity is right by the lecture's value. It follows if it is the lecture's rule on the student's own earlier values,
or, of a formula, if it gives the lecture's value on the lecture's values.
It is a mistake of its own if it is neither; then every line of the catalogue is tried in place of the rule.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ...lectures.layered import Place
from ...lines import Line
from ..reading.answers import Numbers, Rule
from ..reading.vocabulary import Quantity
from .catalogue import Mistake, read_catalogue
from .error_propagation import (
    BASES,
    COMPLETED,
    EARLIER,
    LECTURED,
    OWN,
    Reached,
    apply_rule,
    is_about,
    is_close,
    level_of,
    list_slope_sources,
    make_base,
)
from .spot import Spot, Start
from .student import Failed, Student

Lines = tuple[Line, ...]

RULE_ON = {OWN: "rule on own values", LECTURED: "rule on the lecture's values",
           COMPLETED: "rule on values that follow from own ones", EARLIER: "rule on own values of earlier stages"}
"""Base -> the note of a line that is the lecture's rule there."""
DECISIONS = ("value", "subgradient", *RULE_ON.values(), "rounding", "mistake", "unknown", "no value",
             "nor has the rule a value")
"""How the note of which test decided begins; after "mistake" come the slugs."""


@dataclass(frozen=True)
class Match:
    """A mistake that gives just what was handed in; ``own`` if in the line itself, not in what it was made from."""

    mistake: Mistake
    own: bool


@dataclass(frozen=True)
class Judgement:
    """The judgement of one quantity, as data; ``telling.sentences`` puts it into words.

    Attributes:
        right, follows: as above. ``rounded`` if it is so only since numbers before it were rounded.
        matches: the mistakes that explain it.
        failed: why it has no value, or the wrong shape.
        decided_by: which test decided, for a lecturer and for regressions; see ``DECISIONS``. Empty where
            only ``right`` was asked for, and it is not.
    """

    answer: Rule | Numbers
    right: bool
    follows: bool = False
    rounded: bool = False
    matches: tuple[Match, ...] = ()
    failed: str = ""
    decided_by: str = ""

    @property
    def quantity(self) -> Quantity:
        """The quantity that is judged."""
        return self.answer.quantity

    @property
    def wrong(self) -> bool:
        """Whether it is a mistake of its own."""
        return not (self.right or self.follows)


def judge(answer: Rule | Numbers, students: Sequence[Student], before: Mapping[Place, Judgement],
          explain: bool = True) -> Judgement:
    """Judge one answer on all inputs; ``before`` holds the judgements of earlier quantities.

    Without ``explain`` a rule is judged by its values alone, and no mistake is searched for, which is the slow part:
    then only ``right`` is told.
    """
    if not explain and isinstance(answer, Rule):
        right = _has_right_values(answer, students)
        return Judgement(answer, right=right, decided_by="value" if right else "")
    spots, failed = [], ""
    for student in students:
        for place in answer.quantity.places:
            value = student.answer(place)
            if isinstance(value, Failed):
                failed = failed or value.sentence
                if value.infinite and apply_rule(student, place, make_base(student, place, OWN)) is None:
                    return Judgement(answer, right=False, follows=True, decided_by="nor has the rule a value")
                if not value.elsewhere:
                    return Judgement(answer, right=False, failed=failed, decided_by="no value")
            else:
                spots.append(Spot(student, place))
    if failed:  # in one layer only, such as δ of a next layer that the last one has not
        matches = tuple(_find_matches(spots)) if explain and spots else ()
        return Judgement(answer, right=False, matches=matches, failed=failed,
                         decided_by=_name_mistakes(matches) if matches else "no value")
    if all(spot.meets(Reached(spot.student.world.truth[spot.place])) for spot in spots):
        return Judgement(answer, right=True, decided_by="value")
    numbers = isinstance(answer, Numbers)
    if numbers and all(spot.is_between_kinks() for spot in spots):
        return Judgement(answer, right=True, decided_by="subgradient")
    if (base := _find_base_of_rule(spots)) is not None:
        wrong_before = any(not judgement.right for place, judgement in before.items()
                           if any(depends_on(spot.place, place) for spot in spots))
        follows = wrong_before or not numbers
        return Judgement(answer, right=not follows, follows=follows, rounded=numbers,
                         decided_by=RULE_ON[base] if follows else "rounding")
    matches = tuple(_find_matches(spots)) if explain else ()
    return Judgement(answer, right=False, matches=matches, decided_by=_name_mistakes(matches))


def _has_right_values(rule: Rule, students: Sequence[Student]) -> bool:
    """Whether a rule has the lecture's values on all inputs; the first of them tells most wrong ones."""
    for student in students:
        truth = student.world.truth
        met = [Spot(student, place).meets(Reached(truth[place])) for place in rule.quantity.places]
        if not all(met):
            return False
    return True


def _name_mistakes(matches: Sequence[Match]) -> str:
    """The note of which mistakes decided."""
    return f"mistake {' or '.join(match.mistake.slug for match in matches)}" if matches else "unknown"


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
        return on.layer > place.layer or (late > 1 and on.layer == place.layer)
    return early == 2 and late == 3 and on.layer == place.layer and on.kind[1] == place.kind[0]


def _find_base_of_rule(spots: Sequence[Spot]) -> int | None:
    """The base on which the lecture's rule leads to the answers, in one way everywhere; None if there is none."""
    return next((start.n for start in map(Start, _list_bases(spots))
                 for from_post in list_slope_sources(spots[0].student, spots[0].place)
                 if all(s.can_be(start, (), from_post, s.rule(start, from_post)) for s in spots)), None)


def _list_bases(spots: Sequence[Spot]) -> Iterator[int]:
    """The bases that are worth trying: two for a formula, which gives a value on each; all for numbers."""
    possible = (OWN, LECTURED) if spots[0].is_rule else BASES
    return (n for n in possible if n == OWN or any(spot.is_new(n) for spot in spots))


def _find_matches(spots: Sequence[Spot]) -> list[Match]:
    """Every mistake that gives the answers: in the line itself if there is one, else in an earlier line."""
    student, place = spots[0].student, spots[0].place
    possible = [m for m in read_catalogue() if m.arises(student.world, place.layer) and m.only in ("", place.kind)]
    here = [m for m in possible if any(is_about(student, place, form) for form in m.forms_in(student.world))]
    found = _find_on_one_base(here, spots, own=True)
    if not found or not _has_its_source(student, place):
        slugs = {match.mistake.slug for match in found}
        before = [m for m in possible if m.level <= level_of(place) and m.slug not in slugs]
        found += _find_on_one_base(before, spots, own=False)
    return [match for match in found if not match.mistake.fallback] or found


_SOURCES = {"dW": ("delta",), "db": ("delta",), "W_new": ("dW", "delta"), "b_new": ("db", "delta")}


def _has_its_source(student: Student, place: Place) -> bool:
    """Whether the δ or gradient that the line uses was handed in or is named: then it hides no earlier mistake."""
    sources = _SOURCES.get(place.kind, ())
    return not sources or student.gives(Place(sources[0], place.layer)) or any(
        student.names(place, Place(source, place.layer)) for source in sources)


def _find_on_one_base(mistakes: Sequence[Mistake], spots: Sequence[Spot], own: bool) -> list[Match]:
    """The mistakes that explain the answers on the likeliest base on which any does."""
    for n in _list_bases(spots):
        found: dict[str, Match] = {}
        for mistake in mistakes:
            if mistake.slug not in found and _explains_answers(mistake, n, spots, own):
                found[mistake.slug] = Match(mistake, own)
        if found:
            return list(found.values())
    return []


def _explains_answers(mistake: Mistake, n: int, spots: Sequence[Spot], own: bool) -> bool:
    """Whether mistaken lines give every answer, and something else than the rule somewhere."""
    student, place = spots[0].student, spots[0].place
    starts = [Start(n)]
    if not own:
        before = min(mistake.level, level_of(place))
        starts = [Start(n, before)] + ([Start(n, before, above=True)] if before == 1 < level_of(place) else [])
    no_slope = own and level_of(place) > 1  # gradients and updates have no σ′ in the line itself
    possible = (False,) if no_slope else list_slope_sources(student, place)
    return any(_give_answers(lines, start, from_post, spots) for form in mistake.forms_in(student.world)
               for lines in _list_parts(form, student, place) for start in starts for from_post in possible)


def _list_parts(form: Lines, student: Student, place: Place) -> Iterator[Lines]:
    """All lines of a form; each alone where biases are a column of the weights, or where it was made in one layer."""
    yield form
    joined = student.world.joined and place.kind in ("dW", "W_new")
    if len(form) > 1 and (joined or all(line.letter == "D" for line in form)):
        yield from ((line,) for line in form)


def _give_answers(lines: Lines, start: Start, from_post: bool, spots: Sequence[Spot]) -> bool:
    """Whether these lines give every answer from there; where they are the rule itself the answer is the rule's."""
    differs = False
    for spot in spots:
        base, right = spot.base(start), spot.rule(start, from_post)
        wrong = apply_rule(spot.student, spot.place, base, lines, from_post)
        if wrong is None or (right is not None and is_close(right, wrong)):
            # not to be made at this place, such as a layer skipped next to the output
            if len(spots) == 1 or not spot.can_be(start, (), from_post, right):
                return False
        elif not spot.can_be(start, lines, from_post, wrong):
            return False
        else:
            differs = True
    return differs
