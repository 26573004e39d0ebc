"""Other numbers for a lecture's example, a set for each seed, so that each student has a worksheet of his own."""

from typing import Any

from ...lectures import find_lecture
from .generic_inputs import draw_generic_worlds


def draw_settings(id: str, seed: int) -> dict[str, Any]:
    """Generic settings of a lecture, on which mistakes differ: two decimals, both signs, no 0 and no ±1.

    Raises:
        ValueError: an unknown lecture; names the nearest.
    """
    lecture = find_lecture(id)
    settings = lecture.resolve({})
    depth = len(lecture.problem(settings).weights)
    return dict(draw_generic_worlds(lecture, settings, depth, seeds=(seed,))[0].settings)
