"""Other numbers for a lecture's example, a set for each seed, so that each student has a worksheet of his own."""

from typing import Any

from ...lectures import find_lecture
from ...settings import Array, Class, Number, Settings
from .generic_inputs import draw_generic_worlds


def draw_settings(id: str, seed: int, given: Settings | None = None) -> dict[str, Any]:
    """Generic settings of a lecture, on which mistakes differ: two decimals, both signs, no 0 and no ±1.

    Args:
        id, seed: the lecture, and which numbers.
        given: another problem: choices such as a cost and activations, λ, and b = None for no biases.

    Raises:
        ValueError: an unknown lecture or setting (names the nearest), or a number that the seed draws.
    """
    lecture, given = find_lecture(id), given or {}
    for setting in lecture.settings:
        drawn = isinstance(setting, Number | Array | Class) and setting.name != "lam"
        if drawn and given.get(setting.name) is not None:
            raise ValueError(f"a seed draws the numbers of {id}; leave {setting.name} out, or the seed")
    settings = lecture.resolve(given)
    depth = len(lecture.problem(settings).weights)
    return {**draw_generic_worlds(lecture, settings, depth, seeds=(seed,))[0].settings, **given}
