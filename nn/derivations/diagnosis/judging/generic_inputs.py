"""Inputs on which mistakes differ: both signs in every W, no 0, no ±1, λ and η not small, every side of every kink.

Mistakes are searched for on ``draw_generic_worlds``: 3 units a layer and 5 samples, since a mistake such as W for Wᵀ
has a value only where all layers are equally wide. Not every random draw will do. On the seeds below all mistakes that
can be told apart give different values, which the tests check. ``draw_further_worlds`` are those on which a line must
be right as well: layers of different widths, and the further sides of a chain with kinks.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np

from autograd_lite import OPERATIONS

from ....costs import Cost
from ....ground.activation_formulas import ACTIVATION_FORMULAS, LAYER_FORMULAS
from ...lectures.layered import LayeredLecture, Place
from ...lectures.lecture import AnyLecture
from ...settings import Settings
from .inputs import Declared, World, make_world

SEEDS = (1, 2, 3, 4)
FURTHER = (5, 6, 7, 8)
_WIDTH, _SAMPLES, _DEPTH = 3, 5, 3
_OTHER_WIDTHS, _OTHER_SAMPLES = (5, 4, 7, 6), 2
"""Neighbours differ, so do the next but one, and N from all: no factor n/n_prev is 1, and no wrong product fits."""
_CHOICES = ("activation", "cost", "penalty", "penalty_constant", "penalise", "reading")
"""The settings that are taken over as they are."""
_TRIES = 400
_DRAWS = 20_000  # of a few numbers, which is quick
_PATIENCE = 1_000  # draws of numbers with biases of 0 before a wish is given up: with a₁ > 0, z₂ has the sign of w₂
_FAR = 0.05  # from a kink, so that no rounding crosses it
_BESIDE_ONE = 0.07
_NOTHING = Declared()


def draw_generic_worlds(lecture: AnyLecture, settings: Settings, depth: int | None = None,
                        declared: Declared = _NOTHING, seeds: Sequence[int] = SEEDS) -> list[World]:
    """Worlds of the same form: activation functions, penalty, reading, and biases where the settings have them.

    ``depth`` is the number of layers; 3 unless given. Where no draw is generic, as of ten layers of ReLU, the last one
    is taken.
    """
    form = _find_form(lecture, settings)
    return [_draw_generic_world(lecture, form, depth or _DEPTH, declared, seed) for seed in seeds]


def draw_further_worlds(lecture: AnyLecture, settings: Settings, depth: int | None = None,
                        declared: Declared = _NOTHING) -> list[World]:
    """Further worlds of the same form, on which a right line is right as well.

    A network has layers of different widths there, and the number of samples differs from all of them. A chain with a
    kink has each combination of sides twice, so that each side is seen near the kink and far from it.
    """
    form = _find_form(lecture, settings)
    if lecture.conventions(settings).form != "scalars":
        return [_draw_generic_world(lecture, form, depth or _DEPTH, declared, FURTHER[0], other_widths=True)]
    if has_kinks(make_world(lecture, settings)):
        return [_draw_generic_world(lecture, form, depth or _DEPTH, declared, seed) for seed in FURTHER]
    return []


def has_kinks(world: World) -> bool:
    """Whether an activation function has a kink."""
    return any(name in OPERATIONS and OPERATIONS[name].kink for name in world.problem.activations)


@dataclass(frozen=True)
class _Form:
    """What generic inputs take over from the settings: choices, and which numbers there are.

    Attributes:
        choices: name and value of the settings of ``_CHOICES`` that are chosen.
        activations: by layer, in the settings' own number of layers; None where one choice holds for all.
        biases: whether there are any.
        follows: whether the target is 2x + 1.
        zero: the biases that are exactly 0.
        batch: whether samples are listed where the lecture has one.
        outputs: 1 where the lecture has a single number as target, else None for any.
    """

    choices: tuple[tuple[str, Any], ...]
    activations: tuple[str, ...] | None
    biases: bool
    follows: bool
    zero: frozenset[str]
    batch: bool
    outputs: int | None

    def at_depth(self, depth: int) -> tuple[str, ...] | None:
        """The activations of a network of another depth: the hidden ones in turn, then that of the output."""
        given = self.activations
        if given is None or (len(given) == 1 and given[0] not in LAYER_FORMULAS):
            return given
        hidden = given[:-1] or ("sigmoid",)
        return (*(hidden[l % len(hidden)] for l in range(depth - 1)), given[-1])


def _find_form(lecture: AnyLecture, settings: Settings) -> _Form:
    conventions = lecture.conventions(settings)
    scalar = conventions.form == "scalars"
    single = lecture.has_single_output(settings) if hasattr(lecture, "has_single_output") else isinstance(
        lecture, LayeredLecture) and (lecture.has_single_target(settings) or (
            conventions.target != "y" and len(lecture.targets(settings)[0]) == 1))
    return _Form(tuple((name, settings[name]) for name in _CHOICES if settings.get(name) is not None),
                 settings.get("activations"), settings.get("b") is not None,
                 scalar and settings["y"] == 2 * settings["x"] + 1, _list_zero_biases(lecture, settings),
                 settings.get("X") is not None, 1 if single else None)


def _list_zero_biases(lecture: AnyLecture, settings: Settings) -> frozenset[str]:
    """The biases that are exactly 0: b1 in a chain, b (or the column of W) where those of all layers are."""
    if lecture.conventions(settings).form == "scalars":
        return frozenset(name for name, value in settings.items() if name[0] == "b" and value == 0)
    biases = lecture.problem(settings).biases
    return frozenset({"b"} if biases and not any(map(any, biases)) else ())


@lru_cache(256)
def _draw_generic_world(lecture: AnyLecture, form: _Form, depth: int, declared: Declared, seed: int,
                        other_widths: bool = False) -> World:
    if declared != _NOTHING:  # the same numbers, so that they need not be drawn and tried again
        return replace(_draw_generic_world(lecture, form, depth, _NOTHING, seed, other_widths), declared=declared)
    for attempt in range(_TRIES):
        draw = random.Random(1000 * seed + attempt)
        settings = lecture.resolve(_draw_settings(lecture, form, depth, draw, seed, other_widths))
        world = make_world(lecture, settings, declared)
        if _is_generic(world, other_widths):
            return world
    return world


def _draw_settings(lecture: AnyLecture, form: _Form, depth: int, draw: random.Random, seed: int,
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

    chosen, zero = dict(form.choices), form.zero
    drawn: dict[str, Any] = {**chosen, "eta": draw.randrange(35, 90) / 100}
    if chosen.get("penalty"):
        drawn["lam"] = draw.randrange(31, 69) / 100
    names = [setting.name for setting in lecture.settings]
    conventions = lecture.conventions(chosen)
    loss = conventions.loss
    if conventions.form == "scalars":
        drawn |= {"activations": form.activations} if form.activations else {}
        for attempt in range(_DRAWS):
            drawn |= {name: 0.0 if name in zero else number() for name in names if name[0] in "xywb"}
            if form.follows:  # the lecture's target, which a derivation may have written out
                drawn["y"] = round(2 * drawn["x"] + 1, 12)  # two decimals like x, for it is shown
            if loss.targets != "numbers":
                drawn["y"] = _draw_target(loss, 1, seed, draw)[0]
            if _takes_its_sides(drawn, form.activations or (chosen.get("activation") or "identity",), seed - 1,
                                relaxed=attempt // _PATIENCE if zero else 0):
                break
        return drawn
    cycle = _OTHER_WIDTHS if other_widths else (_WIDTH,)
    widths = [cycle[l % len(cycle)] for l in range(depth + 1)]
    outputs = widths[-1] = form.outputs or widths[-1]
    drawn |= {"activations": form.at_depth(depth)} if form.activations else {}
    drawn["W"] = []
    for before, units in pairwise(widths):
        rows, columns = conventions.order(units, before + (conventions.bias == "column"))
        drawn["W"].append(matrix(rows, columns))
        if zero and conventions.bias == "column":
            drawn["W"][-1] = [[0.0, *row[1:]] for row in drawn["W"][-1]]
    if "b" in names:
        drawn["b"] = None
    if form.biases:
        drawn["b"] = [[0.0] * units if zero else vector(units) for units in widths[1:]]
    samples = _OTHER_SAMPLES if other_widths else _SAMPLES
    targets = matrix if loss.targets == "numbers" else lambda rows, columns: [
        _draw_target(loss, columns, seed + i, draw) for i in range(rows)]
    if form.batch:
        return drawn | {"X": matrix(samples, widths[0]), "Y": targets(samples, outputs)}
    drawn["x"] = vector(widths[0])
    if "t" not in names:
        return drawn | {"y": targets(1, outputs)[0]}
    return drawn | {"t": seed % 2 if form.outputs == 1 and loss.targets == "probabilities" else targets(1, outputs)[0]}


def _draw_target(loss: Cost, outputs: int, seed: int, draw: random.Random) -> list[float]:
    """Targets of a cost of probabilities: of both classes, and of every class in turn."""
    if loss.targets == "probabilities":
        return [float((seed + j + draw.randrange(2) * (outputs > 1)) % 2) for j in range(outputs)]
    return [float(j == seed % outputs) for j in range(outputs)]


def _takes_its_sides(drawn: Settings, activations: Sequence[str], k: int, relaxed: int = 0) -> bool:
    """Whether the k-th draw of a scalar lecture lies where it should.

    So many wishes are given up, in this order: the signs of the weights, how far z is from 0, the sign of the residual,
    the signs of z.

    In the bits of k: z₁ and z₂ each above and below 0, in every combination, and |z| below and above 1 on each side;
    w₁ of both signs, and w₂ of the other one; residuals of both signs. No two of these go together where z₂ > 0: behind
    an output on the dead side of a ReLU nothing shows.
    """
    first, second, third = bool(k & 1), bool(k & 2), bool(k & 4)
    far: tuple[bool, ...]
    sides, far = (first, second, third), (first ^ third, second ^ third, first ^ second)
    weight, over = first ^ second ^ third, second ^ third
    if len(activations) == 1:
        far, weight, over = (first ^ second,), second, not second ^ third
    post: float = drawn["x"]
    for l, name in enumerate(activations, start=1):
        w = drawn[f"w{l}"]
        pre = w * post + drawn.get(f"b{l}", 0.0)
        size: float = abs(pre)
        if size < _FAR or (relaxed < 4 and (pre < 0) != sides[(l - 1) % len(sides)]):
            return False
        if relaxed < 1 and (w < 0) != weight ^ (l == 2):
            return False
        if relaxed < 2 and not (
                1 + _BESIDE_ONE < size < 3 if far[(l - 1) % len(far)] else size <= 1 - _BESIDE_ONE):
            return False
        post = ACTIVATION_FORMULAS[name].f(pre)
    return abs(post - drawn["y"]) > _FAR and (relaxed >= 3 or (post < float(drawn["y"])) == over)


def _is_generic(world: World, other_widths: bool = False) -> bool:
    """Finite, not large, both signs in every weight matrix, and far from kinks, with units on each side of them."""
    if world.vocabulary.scalar:
        return all(np.all(np.isfinite(value)) for value in world.truth.values())
    if not all(len({w > 0 for row in matrix for w in row}) == 2 for matrix in world.problem.weights):
        return False
    for place, value in world.truth.items():
        if not np.all(np.isfinite(value)):
            return False
        if place.kind == "post" and place.layer and np.max(np.abs(value)) > 12:
            return False
    kinks = [l for l, name in enumerate(world.problem.activations, start=1)
             if name in OPERATIONS and OPERATIONS[name].kink]
    return all(np.min(np.abs(world.truth[Place("pre", l)])) > _FAR and (other_widths or _has_all_sides(world, l))
               for l in kinks)


def _has_all_sides(world: World, layer: int) -> bool:
    """Whether each unit of a layer lets a sample through, and one is stopped that would have had a gradient.

    What passes must have a δ, in a batch for |z| below and above 1.
    """
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
