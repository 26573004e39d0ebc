"""Lines that agree with the lecture's rule only because the lines before them are trivial: 0, a constant, copies."""

from collections.abc import Mapping, Sequence

from ....ground.arrays import Floats
from ...lectures.layered import Place
from ..reading.answers import Numbers, Rule
from .error_propagation import Start
from .spot import Spot

_COPIES = 3


def shows_nothing(answer: Rule | Numbers, start: Start, spots: Sequence[Spot],
                  not_right: Mapping[Place, Rule | Numbers]) -> bool:
    """Whether an answer agrees with the rule on earlier wrong lines only because these are trivial.

    So it is where the rule gives 0 on them and not otherwise, where a wrong line from which it is made is a constant,
    and where the same stands for three quantities or more.
    """
    answers = spots[0].student.answers.all
    if sum(other.text == answer.text for other in answers) >= _COPIES:
        return True
    if all(_is_zero(spot.rule(start, False)) and not _is_zero(spot.truth)
           for spot in spots):
        return True
    places = [place for place in not_right if any(is_made_from(spot.place, place) for spot in spots)]
    return any(_is_trivial([spot.student.own(place) for spot in spots], not_right[place]) for place in places)


def _is_zero(value: "Floats | None") -> bool:
    return value is not None and not value.any()


def _is_trivial(values: "Sequence[Floats]", answer: Rule | Numbers) -> bool:
    """Whether a quantity is the same number everywhere; a single number that was handed in is trivial if it is 0."""
    first = float(values[0].flat[0])
    same = all(bool((value == first).all()) for value in values)
    return same and (not isinstance(answer, Numbers) or first == 0 or values[0].size > 1)


def is_made_from(place: Place, source: Place) -> bool:
    """Whether the rule for one place uses another directly."""
    layer = place.layer
    used = {
        "pre": [("post", -1)], "post": [("pre", 0)], "delta": [("delta", 1), ("pre", 0), ("post", 0), ("dpost", 0)],
        "dpost": [("delta", 1), ("post", 0)],
        "dW": [("delta", 0), ("post", -1)], "db": [("delta", 0)], "W_new": [("dW", 0)], "b_new": [("db", 0)],
    }
    if layer is None:
        return source.kind == "post"
    return any(source == Place(kind, layer + step) for kind, step in used[place.kind])
