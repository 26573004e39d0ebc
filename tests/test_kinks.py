"""Generic inputs visit every side of every kink, and layers of different widths: no planted wrong line passes there."""

from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np
import pytest

from autograd_lite import OPERATIONS
from nn.derivations import LECTURES, check
from nn.derivations.diagnosis.judging.generic_inputs import draw_further_worlds, draw_generic_worlds
from nn.derivations.diagnosis.judging.inputs import World
from nn.derivations.diagnosis.judging.submission import Judgements, read_submission
from nn.derivations.lectures.layered import Place
from nn.ground.activation_formulas import ACTIVATION_FORMULAS

pytestmark = pytest.mark.slow

NAMES = sorted(ACTIVATION_FORMULAS)
KINKED = [name for name in NAMES if OPERATIONS[name].kink]
SLOPES = {
    "mask missing": "1", "sign": "sign({z})", "step at 1": "({z} > 1)", "leaky": "(({z} > 0) + 0.01*({z} <= 0))",
    "too leaky": "(({z} > 0) + 0.5*({z} <= 0))", "other side": "({z} < 0)", "value": "{a}", "size": "sign({z})*df{l}({z})",
    "at 1 at most": "(({z} > 0) - ({z} > 1))", "mirrored": "df{l}(-{z})", "as of the input": "df{l}(x)",
    "as of the weight": "({w} > 0)",
}
RIGHT = {"z1": "w1*x + b1", "a1": "f1(z1)", "z2": "w2*a1 + b2", "a2": "f2(z2)", "C": "(a2 - y)**2/2",
         "delta2": "(a2 - y)*df2(z2)", "delta1": "delta2*w2*df1(z1)", "dw2": "delta2*a1", "db2": "delta2",
         "dw1": "delta1*x", "db1": "delta1"}


def passes(id: str, quantity: str, text: str, settings: Mapping[str, Any]) -> bool:
    lecture = LECTURES[id]
    submission = read_submission(lecture, lecture.resolve(dict(settings)), {quantity: text})
    return Judgements(submission, explain=False).right


def is_slope(name: str, text: str, l: int) -> bool:
    """Whether a slope is that of the activation at all z, so that it is no mistake there."""
    points = (-2.3, -1.6, -0.4, 0.3, 0.9, 1.8)
    sigma = ACTIVATION_FORMULAS[name]
    words = {"sign": lambda z: (z > 0) - (z < 0), f"df{l}": sigma.df, "x": 0.7, f"w{l}": -0.6}
    return all(abs(eval(text, {**words, f"z{l}": z, f"a{l}": sigma.f(z)}) - sigma.df(z)) < 1e-9 for z in points)


@pytest.mark.parametrize("first", [
    name if name in ("relu", "softsign") else pytest.param(name, marks=pytest.mark.exhaustive) for name in NAMES])
def test_no_wrong_side_passes_in_a_chain_of_any_two_activations(first: str) -> None:
    for second in NAMES:
        settings = {"activations": [first, second]}
        lecture = LECTURES["chain"]
        assert Judgements(read_submission(lecture, lecture.resolve(settings), RIGHT), explain=False).right
        for l, before in ((1, "delta2*w2*"), (2, "(a2 - y)*")):
            for what, slope in SLOPES.items():
                text = slope.format(z=f"z{l}", a=f"a{l}", l=l, w=f"w{l}")
                if not is_slope((first, second)[l - 1], text, l):
                    assert not passes("chain", f"delta{l}", before + text, settings), (first, second, l, what)
        if first != "identity":
            assert not passes("chain", "dw2", "delta2*z1", settings), (first, second)
        assert not passes("chain", "delta1", "delta2*abs(w2)*df1(z1)", settings)
        assert not passes("chain", "delta2", "abs(a2 - y)*df2(z2)", settings)


@pytest.mark.parametrize("name", NAMES)
def test_no_wrong_side_passes_in_one_neuron(name: str) -> None:
    settings = {"activation": name}
    assert passes("one-neuron", "delta1", "(a1 - y)*df1(z1)", settings)
    for what, slope in SLOPES.items():
        text = slope.format(z="z1", a="a1", l=1, w="w1")
        if not is_slope(name, text, 1):
            assert not passes("one-neuron", "delta1", f"(a1 - y)*{text}", settings), what


@pytest.mark.parametrize(("id", "back", "outer"), [
    ("columns", "(W_next.T @ delta_next)", "delta @ {}.T"), ("rows", "(delta_next @ W_next.T)", "{}.T @ delta")])
def test_no_wrong_side_passes_in_a_network(id: str, back: str, outer: str) -> None:
    settings = {"activation": "relu"}
    assert passes(id, "delta_hidden", f"{back} * (z > 0)", settings)
    assert passes(id, "delta_output", "(a - y) * df(z)", settings)
    assert passes(id, "dW", outer.format("a_prev"), settings)
    for what, slope in SLOPES.items():
        text = slope.format(z="z", a="a", l="", w="0*z")
        if what not in ("mirrored", "as of the input", "size"):
            assert not passes(id, "delta_hidden", f"{back} * {text}", settings), what
            assert not passes(id, "delta_output", f"(a - y) * {text}", settings), what
    assert not passes(id, "delta_hidden", f"{back} * df(-z)", settings)
    assert not passes(id, "dW[2]", outer.format("z_prev"), settings)


@pytest.mark.parametrize(("first", "second"), [*product(KINKED, NAMES)])
def test_each_combination_of_sides_occurs_with_a_delta_that_is_not_zero(first: str, second: str) -> None:
    lecture = LECTURES["chain"]
    settings = lecture.resolve({"activations": [first, second]})
    worlds = [*draw_generic_worlds(lecture, settings), *draw_further_worlds(lecture, settings)]
    sides = [tuple(bool(world.truth[Place("pre", l)][0, 0] > 0) for l in (1, 2)) for world in worlds]
    assert {side: sides.count(side) for side in sides} == dict.fromkeys(product((False, True), repeat=2), 2)
    for world, (_, above) in zip(worlds, sides, strict=True):
        assert world.truth[Place("delta", 2)][0, 0] or (second == "relu" and not above)


@pytest.mark.parametrize("id", ["layers", "rss", "bernoulli", "columns", "rows"])
def test_a_line_must_be_right_where_layers_have_different_widths(id: str) -> None:
    lecture = LECTURES[id]
    (world,) = draw_further_worlds(lecture, lecture.resolve({}))
    widths = [len(world.truth[Place("post", l)]) for l in range(4)]
    assert len({*widths}) == 4
    assert world.samples == 1 or world.samples not in widths
    back = "delta_next @ W_next.T" if world.layout.rows else "W_next[:, 1:].T @ delta_next" if world.layout.joined else "W_next.T @ delta_next"
    assert passes(id, "delta_hidden", f"({back}) * df({world.vocabulary.conventions.pre})", {})
    for factor in ("n/n_prev", "n_next/n", "n_next/n_prev", "n_L/n", "(n - 2)"):
        assert not passes(id, "delta_hidden", f"({back}) * df({world.vocabulary.conventions.pre}) * {factor}", {}), factor


def test_a_mistake_that_needs_square_matrices_keeps_its_name() -> None:
    named = {
        ("layers", "delta_hidden", "(W_next @ delta_next) * df(z)"): "weight-untransposed",
        ("layers", "delta_hidden", "(W.T @ delta_next) * df(z)"): "weight-own-layer",
        ("layers", "dW", "a_prev @ delta.T"): "outer-transposed",
        ("columns", "dW", "a_prev @ delta.T"): "outer-transposed",
    }
    for (id, quantity, text), slug in named.items():
        verdict = check(id, {quantity: text}).verdicts[quantity]
        assert not verdict.right
        assert slug in verdict.mistakes, verdict


def test_a_division_by_the_width_of_the_own_layer_is_not_called_a_mean_over_the_next() -> None:
    verdict = check("layers", {"delta_hidden": "(W_next.T @ delta_next) * df(z) / n"}).verdicts["delta_hidden"]
    assert "mean-over-k" not in verdict.mistakes
    verdict = check("layers", {"delta_hidden": "(W_next.T @ delta_next) * df(z) / n_next"}).verdicts["delta_hidden"]
    assert verdict.mistakes == ("mean-over-k",)


def test_the_given_inputs_count_where_no_draw_reaches() -> None:
    settings = {"activations": ["relu", "relu"], "x": 10.0, "w1": 1.0, "b1": 0.5, "w2": 1.0, "b2": 0.1, "y": 3.0}
    assert World(LECTURES["chain"], LECTURES["chain"].resolve(settings)).is_ordinary
    assert passes("chain", "delta1", "delta2*w2*(z1 > 0)", settings)
    assert not passes("chain", "delta1", "delta2*w2*(z1 > 0)*(z1 < 9)", settings)


@pytest.mark.parametrize(("id", "quantity", "text", "slug"), [
    ("columns", "db", "np.sum(delta, axis=1, keepdims=True)", "sum-for-mean"),
    ("columns", "db", "np.mean(delta, axis=1, keepdims=True)", ""),
    ("columns", "db", "np.sum(delta, axis=1, keepdims=True)/N", ""),
    ("columns", "db", "delta", ""),
    ("columns", "db", "delta[:, -1:]", "last-sample"),
    ("columns", "b_new", "b - eta*np.sum(delta, axis=1, keepdims=True)", "sum-for-mean"),
    ("columns", "b_new", "b - eta*np.mean(delta, axis=1, keepdims=True)", ""),
    ("columns", "b_new", "b - eta*delta", ""),
    ("columns", "dW", "delta[:, -1:] @ a_prev[:, -1:].T", "last-sample"),
    ("columns", "dW", "mean(delta, axis=1) @ mean(a_prev, axis=1).T", "product-of-means"),
    ("columns", "dW", "delta @ a_prev.T", ""),
    ("columns", "dW", "delta @ a_prev.T / N", ""),
    ("columns", "delta_hidden", "np.sum(W_next.T * delta_next.T, axis=1, keepdims=True) * df(z)", ""),
    ("columns", "delta_hidden", "(W_next.T @ mean(delta_next, axis=1)) * df(z)", "?"),
    ("columns", "delta_output", "mean((a - y) * df(z), axis=1)", "?"),
    ("rows", "db", "np.sum(delta, axis=0, keepdims=True)", "sum-for-mean"),
    ("rows", "db", "np.mean(delta, axis=0, keepdims=True)", ""),
    ("rows", "dW", "a_prev[-1:, :].T @ delta[-1:, :]", "last-sample"),
    ("rows", "dW", "mean(a_prev, axis=0).T @ mean(delta, axis=0)", "product-of-means"),
    ("rows", "delta_hidden", "np.sum(W_next * delta_next, axis=1).T * df(z)", ""),
])
def test_a_line_that_sums_or_slices_over_the_samples_states_the_batch(id: str, quantity: str, text: str, slug: str) -> None:
    verdict = check(id, {quantity: text}, b=[[0.1, -0.3, 0.2], [-0.1, 0.4]]).verdicts[quantity]
    assert verdict.right == (not slug), verdict
    if slug and slug != "?":
        assert slug in verdict.mistakes, verdict


def test_functions_that_sum_or_slice_over_the_samples_state_the_batch() -> None:
    biases = {"b": [[0.1, -0.3, 0.2], [-0.1, 0.4]]}
    right = {"db": lambda delta: delta.mean(axis=1, keepdims=True), "dW": lambda delta, a_prev: delta @ a_prev.T}
    wrong = {"db": lambda delta: delta.sum(axis=1, keepdims=True),
             "dW": lambda delta, a_prev: delta[:, -1:] @ a_prev[:, -1:].T}
    assert check("columns", right, **biases).right
    assert check("columns", {"dW": lambda delta, a_prev: delta @ a_prev.T / delta.shape[1]}, **biases).right
    assert [v.mistakes for v in check("columns", wrong, **biases).verdicts.values()] == [("last-sample",), ("sum-for-mean",)]


@pytest.mark.parametrize("id", ["columns", "rows"])
def test_a_function_that_adds_up_units_is_named_and_one_that_averages_samples_is_wrong(id: str) -> None:
    axis = 1 if id == "columns" else 0
    found = check(id, {"delta_hidden": lambda delta_next, df, z: np.sum(delta_next) * df(z)})
    assert found.verdicts["delta_hidden"].mistakes == ("weight-missing",)
    found = check(id, {"delta_output": lambda a, y, df, z: np.mean((a - y) * df(z), axis=axis, keepdims=True)})
    assert found.verdicts["delta_output"].wrong
