"""Inputs on which mistakes differ: both signs in every W, no 0, no ±1, λ and η not small, every side of every kink.

Mistakes are searched for on ``draw_generic_worlds``: 3 units a layer and 5 samples, since a mistake such as W for Wᵀ
has a value only where all layers are equally wide. Not every random draw will do. On the seeds below all mistakes that
can be told apart give different values, which the tests check. ``draw_further_worlds`` are those on which a line must
be right as well: layers of different widths, and the further sides of a chain with kinks.
"""

import random
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

from autograd_lite import OPERATIONS

from ....activation_formulas import ACTIVATION_FORMULAS
from ...lectures.layered import Place
from ...lectures.lecture import Lecture
from ...settings import Settings
from .inputs import Declared, World

SEEDS = (1, 2, 3, 4)
FURTHER = (5, 6, 7, 8)
_WIDTH, _SAMPLES, _DEPTH = 3, 5, 3
_OTHER_WIDTHS, _OTHER_SAMPLES = (5, 4, 7, 6), 2
"""Neighbours differ, so do the next but one, and N from all: no factor n/n_prev is 1, and no wrong product fits."""
_Form = tuple[str | None, tuple[str, ...] | None, str | None, str | None, bool, bool, frozenset[str]]
_TRIES = 400
_DRAWS = 20_000  # of a few numbers, which is quick
_PATIENCE = 1_000  # draws of numbers with biases of 0 before a wish is given up: with a₁ > 0, z₂ has the sign of w₂
_FAR = 0.05  # from a kink, so that no rounding crosses it
_BESIDE_ONE = 0.07
_NOTHING = Declared()


def draw_generic_worlds(lecture: Lecture, settings: Settings, depth: int | None = None,
                        declared: Declared = _NOTHING, seeds: Sequence[int] = SEEDS) -> list[World]:
    """Worlds of the same form: activation functions, penalty, reading, and biases where the settings have them.

    ``depth`` is the number of layers; 3 unless given. Where no draw is generic, as of ten layers of ReLU, the last one
    is taken.
    """
    form = _find_form(lecture, settings)
    return [_draw_generic_world(lecture, form, depth or _DEPTH, declared, seed) for seed in seeds]


def draw_further_worlds(lecture: Lecture, settings: Settings, depth: int | None = None,
                        declared: Declared = _NOTHING) -> list[World]:
    """Further worlds of the same form, on which a right line is right as well.

    A network has layers of different widths there, and the number of samples differs from all of them. A chain with a
    kink has each combination of sides twice, so that each side is seen near the kink and far from it.
    """
    form = _find_form(lecture, settings)
    if lecture.conventions(settings).form != "scalars":
        return [_draw_generic_world(lecture, form, depth or _DEPTH, declared, FURTHER[0], other_widths=True)]
    if has_kinks(World(lecture, settings)):
        return [_draw_generic_world(lecture, form, depth or _DEPTH, declared, seed) for seed in FURTHER]
    return []


def has_kinks(world: World) -> bool:
    """Whether an activation function has a kink."""
    return any(OPERATIONS[name].kink for name in world.problem.activations)


def _find_form(lecture: Lecture, settings: Settings) -> _Form:
    scalar = lecture.conventions(settings).form == "scalars"
    return (settings.get("activation"), settings.get("activations"), settings.get("penalty"), settings.get("reading"),
            settings.get("b") is not None, scalar and settings["y"] == 2 * settings["x"] + 1,
            _list_zero_biases(lecture, settings))


def _list_zero_biases(lecture: Lecture, settings: Settings) -> frozenset[str]:
    """The biases that are exactly 0: b1 in a chain, b (or the column of W) where those of all layers are."""
    if lecture.conventions(settings).form == "scalars":
        return frozenset(name for name, value in settings.items() if name[0] == "b" and value == 0)
    biases = lecture.problem(settings).biases
    return frozenset({"b"} if biases and not any(map(any, biases)) else ())


@lru_cache(256)
def _draw_generic_world(lecture: Lecture, form: _Form, depth: int, declared: Declared, seed: int,
                        other_widths: bool = False) -> World:
    if declared != _NOTHING:  # the same numbers, so that they need not be drawn and tried again
        return replace(_draw_generic_world(lecture, form, depth, _NOTHING, seed, other_widths), declared=declared)
    for attempt in range(_TRIES):
        draw = random.Random(1000 * seed + attempt)
        settings = lecture.resolve(_draw_settings(lecture, form, depth, draw, seed, other_widths))
        world = World(lecture, settings, declared)
        if _is_generic(world, other_widths):
            return world
    return world


def _draw_settings(lecture: Lecture, form: _Form, depth: int, draw: random.Random, seed: int,
                   other_widths: bool) -> dict[str, Any]:
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
        for attempt in range(_DRAWS):
            drawn |= {name: 0.0 if name in zero else number() for name in names if name[0] in "xywb"}
            if follows:  # the lecture's target, which a derivation may have written out
                drawn["y"] = 2 * drawn["x"] + 1
            if _takes_its_sides(drawn, activations or (activation or "identity",), seed - 1,
                                relaxed=attempt // _PATIENCE if zero else 0):
                break
        return drawn
    cycle = _OTHER_WIDTHS if other_widths else (_WIDTH,)
    widths = [cycle[l % len(cycle)] for l in range(depth + 1)]
    outputs = widths[-1] = 1 if "t" in names else widths[-1]
    drawn["W"] = []
    for before, units in pairwise(widths):
        rows, columns = conventions.order(units, before + (conventions.bias == "column"))
        drawn["W"].append(matrix(rows, columns))
        if zero and conventions.bias == "column":
            drawn["W"][-1] = [[0.0, *row[1:]] for row in drawn["W"][-1]]
    if biases:
        drawn["b"] = [[0.0] * units if zero else vector(units) for units in widths[1:]]
    samples = _OTHER_SAMPLES if other_widths else _SAMPLES
    if "X" in names:
        drawn |= {"X": matrix(samples, widths[0]), "Y": matrix(samples, outputs)}
    else:
        drawn["x"] = vector(widths[0])
        drawn |= {"t": seed % 2} if "t" in names else {"y": vector(outputs)}
    return drawn


def _takes_its_sides(drawn: dict[str, Any], activations: Sequence[str], k: int, relaxed: int = 0) -> bool:
    """Whether the k-th draw of a scalar lecture lies where it should.

    So many wishes are given up, in this order: the signs of the weights, how far z is from 0, the sign of the residual,
    the signs of z.

    In the bits of k: z₁ and z₂ each above and below 0, in every combination, and |z| below and above 1 on each side;
    w₁ of both signs, and w₂ of the other one; residuals of both signs. No two of these go together where z₂ > 0: behind
    an output on the dead side of a ReLU nothing shows.
    """
    first, second, third = bool(k & 1), bool(k & 2), bool(k & 4)
    sides, far = (first, second), (first ^ third, second ^ third)
    weight, over = first ^ second ^ third, second ^ third
    if len(activations) == 1:
        far, weight, over = (first ^ second, False), second, not second ^ third
    post: float = drawn["x"]
    for l, name in enumerate(activations, start=1):
        w = drawn[f"w{l}"]
        pre = w * post + drawn[f"b{l}"]
        size: float = abs(pre)
        if size < _FAR or (relaxed < 4 and (pre < 0) != sides[l - 1]):
            return False
        if relaxed < 1 and (w < 0) != weight ^ (l == 2):
            return False
        if relaxed < 2 and not (1 + _BESIDE_ONE < size < 3 if far[l - 1] else size <= 1 - _BESIDE_ONE):
            return False
        post = ACTIVATION_FORMULAS[name].f(pre)
    return abs(post - drawn["y"]) > _FAR and (relaxed >= 3 or (post < float(drawn["y"])) == over)


def _is_generic(world: World, other_widths: bool = False) -> bool:
    """Finite, not large, both signs in every weight matrix, and far from kinks, with units on each side of them."""
    import numpy as np

    if world.vocabulary.scalar:
        return all(np.all(np.isfinite(value)) for value in world.truth.values())
    if not all(len({w > 0 for row in matrix for w in row}) == 2 for matrix in world.problem.weights):
        return False
    for place, value in world.truth.items():
        if not np.all(np.isfinite(value)):
            return False
        if place.kind == "post" and place.layer and np.max(np.abs(value)) > 12:
            return False
    kinks = [l for l, name in enumerate(world.problem.activations, start=1) if OPERATIONS[name].kink]
    return all(np.min(np.abs(world.truth[Place("pre", l)])) > _FAR and (other_widths or _has_all_sides(world, l))
               for l in kinks)


def _has_all_sides(world: World, layer: int) -> bool:
    """Whether each unit of a layer lets a sample through, and one is stopped that would have had a gradient.

    What passes must have a δ, in a batch for |z| below and above 1.
    """
    import numpy as np

    pre, delta = world.truth[Place("pre", layer)], world.truth[Place("delta", layer)]
    through = pre > 0
    arriving = np.ones_like(pre)
    if layer < world.vocabulary.depth:
        arriving = np.array(world.problem.weights[layer]).T @ world.truth[Place("delta", layer + 1)]
    stopped = (pre < 0) & (np.abs(arriving) > 1e-3)
    passing = through & (np.abs(delta) > 1e-3)
    if world.samples == 1:
        return bool(np.any(stopped) and np.any(passing))
    return bool(np.all(np.any(through, axis=1)) and np.any(stopped)
                and np.any(passing & (pre < 1 - _BESIDE_ONE)) and np.any(passing & (pre > 1 + _BESIDE_ONE)))
