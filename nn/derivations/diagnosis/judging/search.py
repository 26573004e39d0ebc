"""The search for the mistakes that explain an answer: every line of the catalogue is tried in place of the rule."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...lectures.layered import Place
from ...lines import Line
from .catalogue import Mistake, read_catalogue
from .error_propagation import (
    BASES,
    LECTURED,
    OWN,
    apply_rule,
    is_about,
    is_close,
    level_of,
    list_slope_sources,
)
from .spot import Spot, Start
from .student import Student

Lines = tuple[Line, ...]


@dataclass(frozen=True)
class Match:
    """A mistake that gives just what was handed in; ``own`` if in the line itself, not in what it was made from."""

    mistake: Mistake
    own: bool


def list_bases(spots: Sequence[Spot]) -> Iterator[int]:
    """The bases that are worth trying: two for a formula, which gives a value on each; all for numbers."""
    possible = (OWN, LECTURED) if spots[0].is_rule else BASES
    return (n for n in possible if n == OWN or any(spot.is_new(n) for spot in spots))


def find_matches(spots: Sequence[Spot]) -> list[Match]:
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
    for n in list_bases(spots):
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
