"""The search for the mistakes that explain an answer: every line of the catalogue is tried in place of the rule."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ....ground.arrays import Booleans
from ...lectures.layered import Place
from ...lines import Line
from ..reading.vocabulary import BACK
from .catalogue import LEVELS, Mistake, read_catalogue
from .error_propagation import BASES, LECTURED, OWN, Reached, Start, is_about, level_of
from .inputs import LETTERS, World
from .lecture_rules import RULES, find_output_form
from .pairs import list_pairs
from .spot import Spot
from .student import Failed, Student

Lines = tuple[Line, ...]
_DIGITS_FOR_ONE, _DIGITS_FOR_PAIRS, _DIGITS_FOR_ENTRIES = 1.3 - 1e-9, 4, 2.5
_MOST = 3  # explanations that are told of what can be chance


@dataclass(frozen=True)
class Match:
    """A mistake that gives just what was handed in.

    Attributes:
        own: whether it is in the line itself, not in what that was made from.
        site: the quantity in which it was made.
        lines: the mistaken lines.
        beside: the second mistake in the line, if it takes two to explain it.
        entries: the entries in which it is, if the others are right; those of an array in judged form.
    """

    mistake: Mistake
    own: bool
    site: Place
    lines: Lines
    beside: Mistake | None = None
    entries: "Booleans | None" = None

    @property
    def slugs(self) -> tuple[str, ...]:
        """The names of its one or two mistakes."""
        return (self.mistake.slug, self.beside.slug) if self.beside else (self.mistake.slug,)


def list_bases(spots: Sequence[Spot]) -> Iterator[int]:
    """The bases that are worth trying: two for a formula, which gives a value on each; all for numbers."""
    possible = (OWN, LECTURED) if spots[0].is_rule else BASES
    return (n for n in possible if n == OWN or any(spot.is_new(n) for spot in spots))


def find_matches(spots: Sequence[Spot], others: Sequence[Spot]) -> list[Match]:
    """Every mistake that gives the answers: in the line itself if there is one, else in an earlier line.

    If there is none: two mistakes in one line; then one that was made in some entries of the numbers alone. On
    ``others``, further inputs where a mistake need not have a value, it must not give something else. A number in one
    digit tells of none, unless it is exact.
    """
    found = _find_single(spots, others) or find_pairs(spots, others)
    if not found:
        some = _choose_wrong_entries(spots)
        telling = some and _count_digits(some) >= _DIGITS_FOR_ENTRIES
        found = [replace(match, entries=some[0].only) for match in _find_single(some, [])] if telling else []
        found = found if len(found) <= _MOST else []  # so many are chance
    few = _count_digits(spots) < _DIGITS_FOR_ONE and not _are_zero(spots)
    return [match for match in found if not few or _is_met_exactly(match, spots[0])]


def _is_met_exactly(match: Match, spot: Spot) -> bool:
    """Whether a number is what a mistake gives, with no further digits: then it has enough."""
    values = [spot.apply(Start(n), match.lines, from_post=False) for n in list_bases([spot])]
    return any(value is not None and spot.is_same(value, spot.student.value(spot.place)) for value in values)


def _find_single(spots: Sequence[Spot], others: Sequence[Spot]) -> list[Match]:
    """Every single mistake that gives the answers, those first that do not pass over a line that was handed in."""
    student, place = spots[0].student, spots[0].place
    possible = [m for m in read_catalogue() if m.arises(student.world, place.layer) and m.only in ("", place.kind)
                and _is_beside_right(m, student)]
    if _are_zero(spots):  # which has no digits that could tell of anything else
        possible = [m for m in possible if all(line.right.startswith("0 *") for form in m.forms for line in form)]
    here = [m for m in possible if any(is_about(student, place, form) for form in m.forms_in(student.world))]
    found = _find_on_one_base(here, spots, others, own=True)
    if not found or not _has_its_source(student, place):
        slugs = {match.mistake.slug for match in found}
        before = [m for m in possible if m.level <= level_of(place) and m.slug not in slugs]
        found += _find_on_one_base(before, spots, others, own=False)
    found.sort(key=lambda match: not match.own and student.gives(match.site))
    return [match for match in found if not match.mistake.fallback] or found


def _is_beside_right(mistake: Mistake, student: Student) -> bool:
    """Whether the kind of quantity that must stand beside the mistake was handed in and is right."""
    if not mistake.beside:
        return True
    given = {place: student.answer(place) for place in student.given() if place.kind == mistake.beside}
    values = {place: answer for place, answer in given.items() if not isinstance(answer, Failed)}
    nowhere = any(isinstance(answer, Failed) and not answer.elsewhere for answer in given.values())
    return bool(values) and not nowhere and all(
        Reached(student.world.truth[place]).is_met_by(value, student.half(place), student.handed_in(place))
        for place, value in values.items())


def _are_zero(spots: Sequence[Spot]) -> bool:
    """Whether no answer can be told from 0, a formula on the lecture's values."""
    def is_zero(spot: Spot) -> bool:
        half, value = spot.half, spot.answer(LECTURED if spot.is_rule else OWN)
        return isinstance(value, Failed) or bool(np.all(np.abs(value) <= (0.0 if half is None else half)))

    return all(map(is_zero, spots))


def _count_digits(spots: Sequence[Spot]) -> float:
    """How many digits the numbers have in all; infinity for formulas. With few of them some pair always fits."""
    spot = spots[0]
    half = spot.half
    if half is None:
        return float("inf")
    size = np.abs(spot.student.value(spot.place)) / half.clip(1e-300)
    return float(np.sum(np.log10(size.clip(1.0))[spot.counted]))


def _choose_wrong_entries(spots: Sequence[Spot]) -> list[Spot]:
    """The same with only the entries that are wrong, where numbers are right in others; empty if there are none."""
    if len(spots) != 1 or spots[0].is_rule:
        return []
    spot = spots[0]
    answer, right = spot.student.value(spot.place), spot.rule(Start(OWN), from_post=False)
    if right is None or answer.shape != right.shape:
        return []
    rounded = spot.add_slack(Start(OWN), (), False, right)
    met = Reached(spot.truth).find_met(answer, spot.half) | rounded.find_met(answer, spot.half)
    some = bool(np.any(met & spot.counted)) and bool(np.any(~met & spot.counted))
    return [replace(spot, only=~met)] if some else []


_SOURCES = {"dW": ("delta",), "db": ("delta",), "W_new": ("dW", "delta"), "b_new": ("db", "delta")}


def _has_its_source(student: Student, place: Place) -> bool:
    """Whether the δ or gradient that the line uses was handed in or is named: then it hides no earlier mistake.

    It may be named in another layer: in a lecture with letters for layers, l is the last in the line of any one.
    """
    delta = student.world.delta_kind
    sources = [delta if source == "delta" else source for source in _SOURCES.get(place.kind, ())]
    return not sources or student.gives(Place(sources[0], place.layer)) or any(
        student.names(place, Place(source, layer)) for source in sources
        for layer in range(1, student.world.vocabulary.depth + 1))


def _find_on_one_base(mistakes: Sequence[Mistake], spots: Sequence[Spot], others: Sequence[Spot],
                      own: bool) -> list[Match]:
    """The mistakes that explain the answers on the likeliest base on which any does."""
    for n in list_bases(spots):
        found: dict[str, Match] = {}
        for mistake in mistakes:
            if mistake.slug not in found:
                lines = _explain_answers(mistake, n, spots, others, own)
                if lines:
                    found[mistake.slug] = Match(mistake, own, _find_site(lines, spots[0], own), lines)
        if found:
            return list(found.values())
    return []


def _explain_answers(mistake: Mistake, n: int, spots: Sequence[Spot], others: Sequence[Spot], own: bool) -> Lines:
    """The mistaken lines that give every answer, and something else than the rule somewhere; () if none do."""
    student, place = spots[0].student, spots[0].place
    starts = [Start(n)]
    forms = [form for form in mistake.forms_in(student.world) if is_about(student, place, form) or not own]
    if not own:
        forms = [form for form in forms if form[0].letter != LETTERS["dpost"]]  # which other lines do not use
        before = min(mistake.level, level_of(place))
        starts = [Start(n, before)] + ([Start(n, before, above=True)] if before == 1 < level_of(place) else [])
    no_slope = own and level_of(place) > 1  # gradients and updates have no σ′ in the line itself
    possible = (False,) if no_slope else spots[0].slope_sources
    world = student.world
    return next((lines for form in forms for lines in list_parts(mistake, form, world, place)
                 for start in starts for from_post in possible if give_answers(lines, start, from_post, spots)
                 and _agree_elsewhere(lines, start, from_post, others)), ())


def _find_site(lines: Lines, spot: Spot, own: bool) -> Place:
    """The quantity in which mistaken lines were made that show in this one: the earliest that they are about."""
    place, depth = spot.place, spot.student.world.vocabulary.depth
    if own:
        return place
    kind_of_gradient = {"b_new": "db", "W_new": "dW"}.get(place.kind, "")
    first = min(lines, key=lambda line: (LEVELS[line.letter], line.letter != kind_of_gradient, "[L" not in line.left))
    kind = next((kind for kind, letter in LETTERS.items() if letter == first.letter), first.letter)
    if kind == "C":
        return Place("C")
    only_output = "[L" in first.left and len({line.left for line in lines}) == 1
    layer = depth if only_output or place.layer is None else place.layer
    if kind == "post" and place.kind == "pre":
        layer = max(1, layer - 1)
    return Place(kind, layer)


def list_parts(mistake: Mistake, form: Lines, world: World, place: Place) -> Iterator[Lines]:
    """All lines of a form; each alone where biases are a column of the weights, or where it was made in one layer.

    Of a mistake that is said of one kind of quantity only the lines about that kind stand alone.
    """
    yield form
    joined = world.layout.joined and place.kind in ("dW", "W_new")
    if len(form) > 1 and (joined or all(line.letter == "D" for line in form)):
        yield from ((line,) for line in form if mistake.only in ("", line.letter))


def give_answers(lines: Lines, start: Start, from_post: bool, spots: Sequence[Spot]) -> bool:
    """Whether these lines give every answer from there; where they are the rule itself the answer is the rule's."""
    differs = False
    for spot in spots:
        right, wrong = spot.rule(start, from_post), spot.apply(start, lines, from_post)
        if wrong is None or (right is not None and spot.is_same(right, wrong)):
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
        wrong = spot.apply(start, lines, from_post)
        fits = wrong is not None and wrong.shape == spot.truth.shape
        if fits and not spot.can_be(start, lines, from_post, wrong):
            return False
    return True


def find_pairs(spots: Sequence[Spot], others: Sequence[Spot]) -> list[Match]:
    """Two mistakes that together give the answers, both in the line itself; the first few."""
    student, place = spots[0].student, spots[0].place
    world = student.world
    joined = world.layout.joined and place.kind in ("dW", "W_new")
    if _count_digits(spots) < _DIGITS_FOR_PAIRS or _are_zero(spots) or joined:
        return []
    letter = LETTERS.get(place.kind, place.kind)
    output = place.kind in BACK and place.layer == world.vocabulary.depth
    bare = world.problem.penalty is None
    form = find_output_form(world.problem, world.vocabulary.conventions)
    right = next(Line(line.left, line.right.replace(" + dpenalty[l]", "") if bare else line.right)
                 for line in map(form.express, RULES)
                 if line.letter == letter and (letter not in ("D", "G") or ("[L" in line.left) == output))
    made = [(m, line) for m in read_catalogue() for form in m.forms_in(world) for line in form
            if line.left == right.left and not m.same and m.only in ("", place.kind)
            and m.arises(world, place.layer)]
    found: list[Match] = []
    for n in list_bases(spots):
        for first, second, line in list_pairs(made, right):
            told = any(match.slugs == (first.slug, second.slug) for match in found)
            if not told and _can_be(spots[0], Start(n), line) and give_answers(
                    (line,), Start(n), False, spots) and _agree_elsewhere((line,), Start(n), False, others):
                found.append(Match(first, True, place, (line,), second))
                if len(found) == _MOST:
                    return found
        if found:
            break
    return found


def _can_be(spot: Spot, start: Start, line: Line) -> bool:
    """Whether the answer may be what a line gives, to within any rounding of numbers."""
    value, answer = spot.apply(start, (line,), False), spot.answer(start.n)
    if value is None or isinstance(answer, Failed) or value.shape != answer.shape:
        return False
    return spot.meets(Reached(value), start.n) or spot.is_near(value)
