"""Notes on a whole derivation: other settings under which it is right, and mistakes that its inputs cannot show."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np

from ...conventions import Conventions
from ...lectures.any_problem import penalty_kind
from ...lectures.lecture import AnyLecture
from ...settings import Choice, Choices, Settings
from ..judging.catalogue import Mistake, read_catalogue
from ..judging.error_propagation import LECTURED, apply_rule, is_about, is_close, make_base
from ..judging.generic_inputs import draw_generic_worlds
from ..judging.inputs import World
from ..judging.judge import Judgement
from ..judging.student import Student
from ..reading.answers import Answers, Numbers, Rule
from ..reading.vocabulary import Quantity
from .symbols import describe_briefly, write_quantity

_OFTEN = ("sigmoid", "identity", "tanh", "relu")  # activation functions worth trying in a chain, where pairs are many
_NOTHING = Answers((), ())
_FEW = 6  # names of mistakes in a note
_SLOPE = re.compile(r"d(?:f|g|sigma|phi)(\d*)")


def list_other_settings(lecture: AnyLecture, settings: Settings) -> Iterator[tuple[str, Settings]]:
    """Other choices that the lecture has, such as its other reading: what to type, and the settings."""
    for setting in lecture.settings:
        if (not isinstance(setting, Choice) or setting.name == "penalise"
                or (setting.name == "penalty" and not settings["lam"])):
            continue
        choices: Iterable[str | tuple[str, ...]] = setting.choices
        if isinstance(setting, Choices):
            now = settings[setting.name]
            pairs = product([name for name in _OFTEN if name in setting.choices], repeat=len(now))
            choices = sorted(pairs, key=lambda pair: sum(a != b for a, b in zip(pair, now, strict=True)))
        for choice in choices:
            same = setting.name == "penalty" and penalty_kind(str(choice)) == penalty_kind(settings["penalty"])
            if choice != settings[setting.name] and not same:  # constants are conventions, found elsewhere
                yield f"{setting.name} = {setting.format_value(choice)}", _with_choice(settings, setting.name, choice)


def leaves_slopes_unsaid(rules: Sequence[Rule], now: Settings, then: Settings) -> bool:
    """Whether no formula has the σ′ of a layer whose function is another one in other settings.

    Who writes σ₁′(a₁) means no function with which that happens to be right, as it is with ReLU and the identity.
    """
    before, after = (settings.get("activations") or (settings.get("activation"),) for settings in (now, then))
    layers = {str(l) for l, (old, new) in enumerate(zip(before, after, strict=False), start=1) if new != old}
    slopes = [found[1] for rule in rules for name in rule.names if (found := _SLOPE.fullmatch(name))]
    return not (layers and any(layer in ("", *layers) for layer in slopes))


def _with_choice(settings: Settings, name: str, choice: str | tuple[str, ...]) -> Settings:
    """The settings with another choice; in another order of indices the same weights are transposed."""
    found: dict[str, object] = {**settings, name: choice}
    if name == "reading" and choice != settings[name]:
        found["W"] = tuple(tuple(zip(*matrix, strict=True)) for matrix in settings["W"])
    return found


OTHER_ORDER = ("All of it is right with the indices of the weights in the other order: your lines keep to one "
               "convention. In this lecture {order}.")
_TWO_INDICES = re.compile(r"([wW]_?\{?)([a-zᵢⱼₖ])\s*,?\s*([a-zᵢⱼₖ])(?![\w₀-₉])")


def turn_indices(derivation: Mapping[str, Any]) -> dict[str, Any]:
    """A derivation with the two indices of each weight exchanged, ``w_ij`` for ``w_ji``."""
    def turn(text: Any) -> Any:
        return _TWO_INDICES.sub(r"\1\3\2", text) if isinstance(text, str) else text

    return {turn(key): turn(value) for key, value in derivation.items()}


def write_order(conventions: Conventions) -> str:
    """Which unit a weight with indices i and j leads to."""
    order = "from unit i to" if conventions.first == "source" else "to unit i from"
    return f"{conventions.weight}ᵢⱼ leads {order} unit j"


def describe_mixed_orders(verdicts: Callable[[Settings], Mapping[str, bool]], settings: Settings) -> str:
    """The sentence where some lines keep to one order of indices and the rest to the other; empty if not so."""
    if "reading" not in settings:
        return ""
    found = {reading: verdicts(_with_choice(settings, "reading", reading)) for reading in ("T", "S")}
    right = {reading: [name for name, is_right in names.items() if is_right] for reading, names in found.items()}
    if (any(len(names) == len(found["T"]) for names in right.values())
            or set(right["T"]) | set(right["S"]) != set(found["T"])):
        return ""
    alone = {reading: [name for name in names if name not in right["S" if reading == "T" else "T"]]
             for reading, names in right.items()}
    return (f"Your lines mix two orders of indices: {', '.join(alone['S'])} with the source first (reading S), "
            f"{', '.join(alone['T'])} with the target first (reading T). Keep to one of them.")


def find_invisible_mistakes(judgements: Sequence[Judgement], student: Student, telling: World) -> (
        list[tuple[Mistake, Quantity]]):
    """The mistakes that would have given the same numbers on these inputs, but not on ``telling`` ones, and where."""
    other = Student(telling, _NOTHING, generic=True)
    found: dict[str, tuple[Mistake, Quantity]] = {}
    for judgement in judgements:
        if not isinstance(judgement.answer, Numbers) or not judgement.right:
            continue
        place = judgement.quantity.places[0]
        here, there = (make_base(s, place, LECTURED) for s in (student, other))
        half = student.half(place)
        right, right_there = student.world.truth[place], telling.truth[place]
        for mistake in read_catalogue():
            if mistake.slug in found or not mistake.arises(telling):
                continue
            for form in mistake.forms_in(telling):
                if not is_about(student, place, form):
                    continue
                value, shows = apply_rule(student, place, here, form), apply_rule(other, place, there, form)
                same = value is not None and value.shape == right.shape and np.all(np.abs(value - right) <= half)
                if same and shows is not None and not is_close(shows, right_there):
                    found[mistake.slug] = mistake, judgement.quantity
    return list(found.values())


def make_telling_world(lecture: AnyLecture, settings: Settings, depth: int) -> World:
    """Generic inputs on which mistakes differ; the identity, which hides those in σ′, is the sigmoid there."""
    chosen = dict(settings)
    if chosen.get("activation") == "identity":
        chosen["activation"] = "sigmoid"
    if chosen.get("activations") is not None:
        chosen["activations"] = tuple("sigmoid" if name == "identity" else name for name in chosen["activations"])
    return draw_generic_worlds(lecture, chosen, depth, seeds=(1,))[0]


def describe_invisible(mistakes: Sequence[tuple[Mistake, Quantity]], world: World) -> str:
    """A sentence with the first of them, each in words."""
    parts, before = [], ""
    for mistake, quantity in mistakes[:_FEW]:
        symbol = write_quantity(quantity, world)
        parts.append(f"{f'in {symbol}, ' if symbol != before else ''}{describe_briefly(mistake, quantity, world)} "
                     f"({mistake.slug})")
        before = symbol
    more = [f"and {len(mistakes) - _FEW} more"] * (len(mistakes) > _FEW)
    return f"On these inputs some mistakes do not show: {'; '.join([*parts, *more])}."


def list_different_settings(settings: Settings, telling: World) -> Settings:
    """The settings of a telling world that are to be given."""
    return {name: value for name, value in telling.settings.items()
            if value is not None and value != settings.get(name)}
