"""Lines that are calculated from themselves, or from each other."""

from collections.abc import Sequence

from ...lectures.layered import Place
from ..reading.evaluation import ShapeError
from ..reading.vocabulary import Vocabulary

ITSELF = "it stands on its right side too, so that it is calculated from itself"
"""Why a formula has no value that names its own quantity."""


class CircleError(ValueError):
    """Lines that are calculated from each other."""


def explain_circle(circle: Sequence[Place], vocabulary: Vocabulary) -> ValueError:
    """What is wrong with lines of which each is calculated from the next, and the last from the first."""
    place = min(circle, key=vocabulary.places.index)
    if len(circle) == 1:
        hidden = place.kind == "delta" and (place.layer or 0) < vocabulary.depth
        hint = "; the error of a hidden layer comes from that of the layer after it" if hidden else ""
        return ShapeError(f"{ITSELF}{hint}")
    first, around = vocabulary.name(place), " from ".join(map(vocabulary.name, [*circle, circle[0]]))
    return CircleError(f"{first}: the lines go in a circle: {around}; write {first} from what comes before it")
