"""Inputs on which mistakes differ: 3 units a layer, 5 samples, both signs in every W, no 0, no ±1, λ and η not small.

Not every random draw will do. On the seeds below all mistakes that can be told apart give different values, which the
tests check.
"""

import random
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

from autograd_lite import OPERATIONS

from ...lectures.lecture import Lecture
from ...settings import Settings
from .inputs import Declared, World

SEEDS = (1, 2, 3, 4)
_WIDTH, _SAMPLES, _DEPTH = 3, 5, 3
_Form = tuple[str | None, tuple[str, ...] | None, str | None, str | None, bool, bool, frozenset[str]]
_TRIES = 400
_FAR = 0.05  # from a kink, so that no rounding crosses it
_NOTHING = Declared()


def draw_generic_worlds(lecture: Lecture, settings: Settings, depth: int | None = None,
                        declared: Declared = _NOTHING, seeds: Sequence[int] = SEEDS) -> list[World]:
    """Worlds of the same form: activation functions, penalty, reading, and biases where the settings have them.

    ``depth`` is the number of layers; 3 unless given. Where no draw is generic, as of ten layers of ReLU, the last one
    is taken.
    """
    scalar = lecture.conventions(settings).form == "scalars"
    form = (settings.get("activation"), settings.get("activations"), settings.get("penalty"), settings.get("reading"),
            settings.get("b") is not None, scalar and settings["y"] == 2 * settings["x"] + 1,
            _list_zero_biases(lecture, settings))
    return [_draw_generic_world(lecture, form, depth or _DEPTH, declared, seed) for seed in seeds]


def _list_zero_biases(lecture: Lecture, settings: Settings) -> frozenset[str]:
    """The biases that are exactly 0: b1 in a chain, b (or the column of W) where those of all layers are."""
    if lecture.conventions(settings).form == "scalars":
        return frozenset(name for name, value in settings.items() if name[0] == "b" and value == 0)
    biases = lecture.problem(settings).biases
    return frozenset({"b"} if biases and not any(map(any, biases)) else ())


@lru_cache(256)
def _draw_generic_world(lecture: Lecture, form: _Form, depth: int, declared: Declared, seed: int) -> World:
    if declared != _NOTHING:  # the same numbers, so that they need not be drawn and tried again
        return replace(_draw_generic_world(lecture, form, depth, _NOTHING, seed), declared=declared)
    for attempt in range(_TRIES):
        draw = random.Random(1000 * seed + attempt)
        world = World(lecture, lecture.resolve(_draw_settings(lecture, form, depth, draw, seed)), declared)
        if _is_generic(world):
            return world
    return world


def _draw_settings(lecture: Lecture, form: _Form, depth: int, draw: random.Random, seed: int) -> dict[str, Any]:
    def number() -> float:
        while True:
            size = draw.randrange(15, 160) / 100
            if not 0.93 < size < 1.07:
                return size * draw.choice((-1, 1))

    def vector(n: int) -> list[float]:
        return [number() for _ in range(n)]

    def matrix(rows: int, columns: int) -> list[list[float]]:
        return [vector(columns) for _ in range(rows)]

    activation, activations, penalty, reading, biases, follows, zero = form
    chosen = {"activation": activation, "activations": activations, "penalty": penalty, "reading": reading}
    drawn: dict[str, Any] = {name: value for name, value in chosen.items() if value is not None}
    drawn["eta"] = draw.randrange(35, 90) / 100
    if penalty:
        drawn["lam"] = draw.randrange(31, 69) / 100
    names = [setting.name for setting in lecture.settings]
    conventions = lecture.conventions({"reading": reading})
    if conventions.form == "scalars":
        drawn |= {name: 0.0 if name in zero else number() for name in names if name[0] in "xywb"}
        if follows:  # the lecture's target, which a derivation may have written out
            drawn["y"] = 2 * drawn["x"] + 1
        return drawn
    outputs = 1 if "t" in names else _WIDTH
    widths = [_WIDTH] * depth + [outputs]
    drawn["W"] = []
    for before, units in pairwise(widths):
        rows, columns = conventions.order(units, before + (conventions.bias == "column"))
        drawn["W"].append(matrix(rows, columns))
        if zero and conventions.bias == "column":
            drawn["W"][-1] = [[0.0, *row[1:]] for row in drawn["W"][-1]]
    if biases:
        drawn["b"] = [[0.0] * units if zero else vector(units) for units in widths[1:]]
    if "X" in names:
        drawn |= {"X": matrix(_SAMPLES, _WIDTH), "Y": matrix(_SAMPLES, outputs)}
    else:
        drawn["x"] = vector(_WIDTH)
        drawn |= {"t": seed % 2} if "t" in names else {"y": vector(outputs)}
    return drawn


def _is_generic(world: World) -> bool:
    """Both signs in every weight matrix of several entries; far from kinks, some units on each side of them."""
    import numpy as np

    if world.vocabulary.scalar:
        weights = [matrix[0][0] for matrix in world.problem.weights]
        signs = len({w > 0 for w in weights}) == len(weights[:2])
    else:
        signs = all(len({w > 0 for row in matrix for w in row}) == 2 for matrix in world.problem.weights)
    for place, value in world.truth.items():
        if not np.all(np.isfinite(value)):
            return False
        if place.kind == "pre" and place.layer and OPERATIONS[world.problem.activations[place.layer - 1]].kink:
            if np.min(np.abs(value)) < _FAR:
                return False
            through = value > 0
            if not world.vocabulary.scalar and (np.all(through) or not np.all(np.any(through, axis=1))):
                return False  # each unit lets a sample through, and something is stopped in each layer
        if place.kind == "post" and place.layer and np.max(np.abs(value)) > 12:
            return False
    return signs

