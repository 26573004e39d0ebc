"""Each quantity of a derivation: right, following from an earlier line, or a mistake, and which.

A quantity is right by the lecture's value. It follows if it is the lecture's rule on the student's own earlier values,
or, of a formula, if it gives the lecture's value on the lecture's values.
It is a mistake of its own if it is neither; then every line of the catalogue is tried in place of the rule.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...lectures.layered import Place
from ..reading.answers import Numbers, Rule
from ..reading.vocabulary import Quantity
from .error_propagation import (
    OWN,
    Base,
    Reached,
    apply_rule,
    is_close,
    level_of,
    list_slope_sources,
    make_base,
)
from .search import Match, find_matches, list_bases
from .spot import Spot, Start
from .student import Failed, Student


@dataclass(frozen=True)
class Judgement:
    """The judgement of one quantity, as data; ``telling.sentences`` puts it into words.

    Attributes:
        right, follows: as above. ``rounded`` if it is so only since numbers before it were rounded.
        undoes: whether it follows since it makes up for the mistake in an earlier line.
        matches: the mistakes that explain it.
        failed: why it has no value, or the wrong shape.
    """

    answer: Rule | Numbers
    right: bool
    follows: bool = False
    rounded: bool = False
    undoes: bool = False
    matches: tuple[Match, ...] = ()
    failed: str = ""

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

    Without ``explain`` no mistake is searched for, which is the slow part.
    """
    spots, failed = [], ""
    for student in students:
        for place in answer.quantity.places:
            value = student.answer(place)
            if isinstance(value, Failed):
                failed = failed or value.sentence
                if value.infinite and apply_rule(student, place, make_base(student, place, OWN)) is None:
                    return Judgement(answer, right=False, follows=True)  # nor has the lecture's rule, on these values
                if not value.elsewhere:
                    return Judgement(answer, right=False, failed=failed)
            else:
                spots.append(Spot(student, place))
    if failed:  # in one layer only, such as δ of a next layer that the last one has not
        matches = tuple(find_matches(spots)) if explain and spots else ()
        return Judgement(answer, right=False, matches=matches, failed=failed)
    if all(spot.meets(Reached(spot.student.world.truth[spot.place])) for spot in spots):
        return Judgement(answer, right=True)
    numbers = isinstance(answer, Numbers)
    if numbers and all(spot.is_between_kinks() for spot in spots):
        return Judgement(answer, right=True)
    if _follows_rule(spots):
        wrong_before = any(not judgement.right for place, judgement in before.items()
                           if any(depends_on(spot.place, place) for spot in spots))
        follows = wrong_before or not numbers
        return Judgement(answer, right=not follows, follows=follows, rounded=numbers)
    if not numbers and _undoes_mistake(spots, before):
        return Judgement(answer, right=False, follows=True, undoes=True)
    return Judgement(answer, right=False, matches=tuple(find_matches(spots)) if explain else ())


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


def _follows_rule(spots: Sequence[Spot]) -> bool:
    """Whether the lecture's rule leads to the answers, on one kind of base and in one way, everywhere."""
    return any(all(s.can_be(start, (), from_post, s.rule(start, from_post)) for s in spots)
               for start in map(Start, list_bases(spots))
               for from_post in list_slope_sources(spots[0].student, spots[0].place))
