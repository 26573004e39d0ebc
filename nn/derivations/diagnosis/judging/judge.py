"""Each quantity of a derivation: right, following from an earlier line, or a mistake, and which.

A quantity is right by the lecture's value. It follows if it is the lecture's rule on the student's own earlier values,
or, of a formula, if it gives the lecture's value on the lecture's values.
It is not judged where agreement shows nothing: a number in one digit, or anything on earlier lines that are trivial.
It is a mistake of its own if it is none of these; then every line of the catalogue is tried in place of the rule.
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
from .trivial import shows_nothing

Lines = tuple[Line, ...]


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
        unjudged: why it is none of right, following and wrong, one of ``DIGITS`` and ``TRIVIAL``; empty if it is one.
    """

    answer: Rule | Numbers
    right: bool
    follows: bool = False
    rounded: bool = False
    matches: tuple[Match, ...] = ()
    failed: str = ""
    unjudged: str = ""

    @property
    def quantity(self) -> Quantity:
        """The quantity that is judged."""
        return self.answer.quantity

    @property
    def wrong(self) -> bool:
        """Whether it is a mistake of its own."""
        return not (self.right or self.follows or self.unjudged)


DIGITS, TRIVIAL = "digits", "trivial"
"""It agrees, but in one digit, as many other numbers do; it agrees on earlier lines with which anything would."""


def judge(answer: Rule | Numbers, students: Sequence[Student], before: Mapping[Place, Judgement],
          explain: bool = True, further: Sequence[Student] = ()) -> Judgement:
    """Judge one answer on all inputs; ``before`` holds the judgements of earlier quantities.

    Without ``explain`` no mistake is searched for, which is the slow part. On ``further`` inputs, such as layers of
    different widths, what is right or follows must be so too; mistakes are searched for on the others, since many need
    equal widths, and must then give the answers here where both have a value.
    """
    spots, failed = [], ""
    for student in students:
        for place in answer.quantity.places:
            value = student.answer(place)
            if isinstance(value, Failed):
                failed = failed or value.sentence
                if _has_no_value(student, place, value):
                    return Judgement(answer, right=False, follows=True)  # nor has the lecture's rule, on these values
                if not value.elsewhere:
                    return Judgement(answer, right=False, failed=failed)
            else:
                spots.append(Spot(student, place))
    if failed:  # in one layer only, such as δ of a next layer that the last one has not
        matches = tuple(_find_matches(spots, [])) if explain and spots else ()
        return Judgement(answer, right=False, matches=matches, failed=failed)
    others, misfit = _list_further(answer, further)
    right_here = all(spot.meets(Reached(spot.student.world.truth[spot.place])) for spot in spots)
    if right_here and not misfit and all(spot.meets(Reached(spot.student.world.truth[spot.place])) for spot in others):
        enough = all(spot.tells(spot.student.world.truth[spot.place]) for spot in spots)
        return Judgement(answer, right=enough, unjudged="" if enough else DIGITS)
    numbers = isinstance(answer, Numbers)
    if numbers and all(spot.is_between_kinks() for spot in spots):
        return Judgement(answer, right=True)
    base = None if misfit else _find_base(spots, others)
    if base is not None:
        return _judge_following(answer, base, spots, others, before)
    return Judgement(answer, right=False, failed=f"{misfit} where layers have different widths" if right_here else "",
                     matches=tuple(_find_matches(spots, others)) if explain else ())


def _has_no_value(student: Student, place: Place, value: Failed) -> bool:
    """Whether neither the answer nor the lecture's rule has a finite value on the student's own values."""
    return value.infinite and apply_rule(student, place, make_base(student, place, OWN)) is None


def _list_further(answer: Rule | Numbers, students: Sequence[Student]) -> tuple[list[Spot], str]:
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
        return Judgement(answer, right=False, unjudged=TRIVIAL)
    is_exact = not any(source.unjudged == DIGITS for source in sources)
    if not all(spot.tells(spot.rule(Start(n), False), is_exact) for spot in spots):
        return Judgement(answer, right=False, unjudged=DIGITS)
    follows = wrong_before or not numbers
    return Judgement(answer, right=not follows, follows=follows, rounded=numbers)


def _list_not_right(before: Mapping[Place, Judgement]) -> Mapping[Place, Rule | Numbers]:
    return {place: judgement.answer for place, judgement in before.items() if not judgement.right}


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


def _find_base(spots: Sequence[Spot], others: Sequence[Spot]) -> int | None:
    """The kind of base on which the lecture's rule leads to the answers, in one way, everywhere; None if none does.

    Of a formula the lecture's values come first: what it gives there shows the rule, whatever came before.
    """
    bases = sorted(_list_bases(spots), key=lambda n: n != LECTURED) if spots[0].is_rule else _list_bases(spots)
    for n in bases:
        for from_post in list_slope_sources(spots[0].student, spots[0].place):
            if all(s.can_be(Start(n), (), from_post, s.rule(Start(n), from_post)) for s in (*spots, *others)):
                return n
    return None


def _list_bases(spots: Sequence[Spot]) -> Iterator[int]:
    """The bases that are worth trying: two for a formula, which gives a value on each; all for numbers."""
    possible = (OWN, LECTURED) if spots[0].is_rule else BASES
    return (n for n in possible if n == OWN or any(spot.is_new(n) for spot in spots))


def _find_matches(spots: Sequence[Spot], others: Sequence[Spot]) -> list[Match]:
    """Every mistake that gives the answers: in the line itself if there is one, else in an earlier line."""
    student, place = spots[0].student, spots[0].place
    possible = [m for m in read_catalogue() if m.arises(student.world, place.layer) and m.only in ("", place.kind)]
    here = [m for m in possible if any(is_about(student, place, form) for form in m.forms_in(student.world))]
    found = _find_on_one_base(here, spots, others, own=True)
    if not found or not _has_its_source(student, place):
        slugs = {match.mistake.slug for match in found}
        before = [m for m in possible if m.level <= level_of(place) and m.slug not in slugs]
        found += _find_on_one_base(before, spots, others, own=False)
    return [match for match in found if not match.mistake.fallback] or found


_SOURCES = {"dW": ("delta",), "db": ("delta",), "W_new": ("dW", "delta"), "b_new": ("db", "delta")}


def _has_its_source(student: Student, place: Place) -> bool:
    """Whether the δ or gradient that the line uses was handed in or is named: then it hides no earlier mistake."""
    sources = _SOURCES.get(place.kind, ())
    return not sources or student.gives(Place(sources[0], place.layer)) or any(
        student.names(place, Place(source, place.layer)) for source in sources)


def _find_on_one_base(mistakes: Sequence[Mistake], spots: Sequence[Spot], others: Sequence[Spot],
                      own: bool) -> list[Match]:
    """The mistakes that explain the answers on the likeliest base on which any does."""
    for n in _list_bases(spots):
        found: dict[str, Match] = {}
        for mistake in mistakes:
            if mistake.slug not in found and _explains_answers(mistake, n, spots, others, own):
                found[mistake.slug] = Match(mistake, own)
        if found:
            return list(found.values())
    return []


def _explains_answers(mistake: Mistake, n: int, spots: Sequence[Spot], others: Sequence[Spot], own: bool) -> bool:
    """Whether mistaken lines give every answer, and something else than the rule somewhere."""
    student, place = spots[0].student, spots[0].place
    starts = [Start(n)]
    if not own:
        before = min(mistake.level, level_of(place))
        starts = [Start(n, before)] + ([Start(n, before, above=True)] if before == 1 < level_of(place) else [])
    no_slope = own and level_of(place) > 1  # gradients and updates have no σ′ in the line itself
    possible = (False,) if no_slope else list_slope_sources(student, place)
    return any(_give_answers(lines, start, from_post, spots)
               and _agree_elsewhere(lines, start, from_post, others) for form in mistake.forms_in(student.world)
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


def _agree_elsewhere(lines: Lines, start: Start, from_post: bool, others: Sequence[Spot]) -> bool:
    """Whether these lines give every answer on further inputs, where they have a value at all."""
    for spot in others:
        wrong = apply_rule(spot.student, spot.place, spot.base(start), lines, from_post)
        fits = wrong is not None and wrong.shape == spot.student.world.truth[spot.place].shape
        if fits and not spot.can_be(start, lines, from_post, wrong):
            return False
    return True
