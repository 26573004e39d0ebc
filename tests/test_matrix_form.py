"""The matrix form: every program gives what the scalar graph gives, in value and gradient."""

import math
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matrix_cases import (
    Case,
    cases,
    compare,
    compare_source,
    require_unmarked,
    run_source,
    softmax_cases,
    take_in_parts,
)

from autograd_lite import (
    OPERATIONS,
    Value,
    affine,
    exp,
    grad,
    less,
    log,
    logsumexp,
    matrix_form,
    maximum,
    operation,
    relu,
    sigmoid,
    sin,
    sqrt,
    tanh,
    total,
    where,
)
from autograd_lite.operations import ROWS
from nn import MLP, costs
from nn.costs import COSTS

Numbers = Sequence[float]
Build = Callable[[list[Value], list[Value]], Value]


def leaves(letter: str, count: int) -> list[Value]:
    return [Value(0.1 * (k + 1), f"{letter}{k}") for k in range(count)]


def agree(build: Build, n_parameters: int, n_samples: int, rows: int = 4, over: str = "mean",
          penalty: Callable[[list[Value]], Value] | None = None) -> Any:
    """Compare the program of ``build(parameters, samples)`` with the engine on random numbers; returns it."""
    draw = np.random.default_rng(3)
    parameters, samples = leaves("w", n_parameters), leaves("x", n_samples)
    form = matrix_form(build(parameters, samples), parameters, samples, penalty and penalty(parameters), over=over)
    for n in (rows, 1, rows + 2):
        theta, data = draw.uniform(-1, 1, n_parameters), draw.uniform(-1, 1, (n, n_samples))
        here = [Value(v) for v in theta]
        C = total([build(here, [Value(v) for v in row]) for row in data])
        C = C / n if over == "mean" else sqrt(C) if over == "root" else C
        C = C if penalty is None else C + penalty(here)
        found, gradient = form.value_and_gradient(theta, data)
        assert found == pytest.approx(C.data, rel=1e-12, abs=1e-12)
        assert gradient == pytest.approx(np.array(grad(C, here)), rel=1e-12, abs=1e-12)
        assert form.value(theta, data) == found
        for samples_in in ("rows", "columns"):
            printed, slopes = run_source(form.write_source(samples_in), theta, data)
            assert printed == pytest.approx(found, rel=1e-12, abs=1e-12)
            assert slopes == pytest.approx(gradient, rel=1e-12, abs=1e-12)
    require_unmarked([*parameters, *samples])
    return form


def network(sizes: Sequence[int], parameters: list[Value], x: Sequence[Any], f: Callable[[Value], Value] = tanh) -> list[Value]:
    rest = iter(parameters)
    for n in sizes:
        x = [f(affine([next(rest) for _ in x], x, next(rest))) for _ in range(n)]
    return list(x)


def micrograd(sizes: Sequence[int], parameters: list[Value], x: Sequence[Any]) -> list[Value]:
    rest = iter(parameters)
    for n in sizes:
        x = [relu(sum((next(rest) * v for v in x), next(rest))) for _ in range(n)]
    return list(x)


BUILT: dict[str, tuple[Build, int, int]] = {
    "layers": (lambda w, x: (network([3, 1], w, x[:2])[0] - x[2]) ** 2, 13, 3),
    "as in micrograd": (lambda w, x: (micrograd([3, 1], w, x[:2])[0] - x[2]) ** 2, 13, 3),
    "one neuron": (lambda w, x: 0.5 * (sigmoid(w[0] * x[0] + w[1]) - x[1]) ** 2, 2, 2),
    "a weight in two layers": (lambda w, x: network([2, 2, 2], [*w[:6], *w[:6], *w], x)[0], 6, 2),
    "one weight for all": (lambda w, x: total([tanh(w[0] * v) for v in x]), 1, 3),
    "a computed weight": (lambda w, x: tanh(affine([exp(w[0]), w[0] * w[1]], x, w[1] ** 2)), 2, 2),
    "a weight and a number": (lambda w, x: tanh(affine([w[0], 2.0], x, 1.0)) + affine([3.0, w[1]], x, w[0]), 2, 2),
    "a matrix of numbers": (lambda w, x: total([w[0] * affine([1.0, 2.0], x), w[1] * affine([3.0, 4.0], x)]), 2, 2),
    "a convolution": (lambda w, x: total([tanh(affine(w[:2], x[i : i + 2], w[2])) for i in range(3)]), 3, 4),
    "a skip connection": (lambda w, x: total([tanh(w[0] * x[0] + w[1] * x[1] + w[2] + x[i]) for i in range(2)]), 3, 2),
    "softmax": (lambda w, x: costs.squared_error(costs_softmax(network([3], w, x[:2])), x[2:]), 9, 5),
    "log-sum-exp": (lambda w, x: logsumexp(network([3], w, x)) - network([3], w, x)[1], 9, 2),
    "a recurrent network": (lambda w, x: recurrent(w, x), 6, 6),
    "a fan-out": (lambda w, x: w[0] * x[0] * exp(w[0] * x[0]) + w[0] * x[0], 1, 1),
    "two branches": (lambda w, x: total([*network([2], w, x), *(exp(v) for v in network([2], w[2:], x))]), 8, 2),
    "of parameters alone": (lambda w, x: exp(w[0]) * w[1], 2, 1),
    "of the sample alone": (lambda w, x: exp(x[0]), 2, 1),
    "a parameter": (lambda w, x: w[1], 2, 1),
    "a number": (lambda w, x: exp(Value(1.0)), 2, 1),
    "a number and leaves": (lambda w, x: total([1.5, w[0], x[0], w[1]]) * affine([0.5, w[1]], [x[0], 0.5], w[0]), 2, 1),
    "weights on the right": (lambda w, x: total([affine(x, w[:2], 0.5), affine(w[2:4], x, w[4])]), 5, 2),
    "weights of weights": (lambda w, x: affine([w[0], x[0]], [w[1], w[2]], 0.0) + affine(w[:2], w[1:3], x[0]), 3, 1),
    "a choice that is a number": (lambda w, x: logsumexp([where(0.25, 0.0, v) for v in x]) * w[0], 1, 2),
    "the same twice": (lambda w, x: total([exp(w[0] * x[0]), exp(w[0] * x[0])]) + total([w[1], w[1]]), 2, 1),
    "products of samples": (lambda w, x: affine(x[:2], x[2:], w[0]) * affine(x[1:3], x[:2], w[1]), 2, 4),
    "a power of a choice": (lambda w, x: less(-1.0, exp(x[0])) ** -1.0 * w[0], 1, 1),
    "a number for each sample": (lambda w, x: logsumexp([1.0, x[0] ** 0.0, w[0]]) + w[0] * x[0], 1, 1),
    "powers": (lambda w, x: (w[0] * w[0] + 1) ** 1.5 * (x[0] * x[0] + 1) ** -1 + (x[0] ** 2 + 1) ** w[1], 2, 1),
}


def costs_softmax(z: list[Value]) -> list[Value]:
    powers = [exp(v) for v in z]
    whole = total(powers)
    return [p / whole for p in powers]


def recurrent(w: list[Value], x: list[Value]) -> Value:
    h: list[Value | float] = [0.0]
    for t in range(0, 6, 2):
        h = [tanh(affine([w[0], w[1], w[2]], [*x[t : t + 2], *h], w[3]))]
    return w[4] * h[0] + w[5]


@pytest.mark.parametrize("name", BUILT)
def test_every_structure_agrees_with_the_engine(name: str) -> None:
    agree(*BUILT[name])


@pytest.mark.parametrize("over", ["sum", "root"])
def test_sums_and_roots_of_sums_with_a_penalty(over: str) -> None:
    agree(lambda w, x: (network([3, 1], w, x[:2])[0] - x[2]) ** 2, 13, 3, over=over,
          penalty=lambda w: 0.1 * total([v**2 for v in w[:6]]) + 0.2 * exp(w[0] * w[12]))


@pytest.mark.parametrize("over", ["mean", "sum", "root"])
@pytest.mark.parametrize("penalised", [False, True])
def test_samples_may_be_taken_in_parts(over: str, penalised: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    w, x = leaves("w", 13), leaves("x", 3)
    unit = network([3, 1], w, x[:2])[0]
    theta, data = np.linspace(-1, 1, 13), np.random.default_rng(0).uniform(-1, 1, (7, 3))
    found = []
    for rows in (256, 2):
        take_in_parts(monkeypatch, rows)
        form = matrix_form((unit - x[2]) ** 2, w, x, 0.1 * exp(w[0]) if penalised else None, outputs=[unit, w[1]], over=over)
        C, gradient = form.value_and_gradient(theta, data)
        assert form.value(theta, data) == C
        found.append(np.concatenate([[C], gradient, form.outputs(theta, data).ravel()]))
    np.testing.assert_allclose(found[1], found[0], rtol=1e-14, atol=1e-15)
    assert ((found[1] == found[0]).all()) == (over == "root" or (over == "sum" and penalised))  # the others add up in parts


def test_memory_does_not_grow_with_the_number_of_samples() -> None:
    x, w = leaves("x", 3), leaves("w", 81)
    unit = network([20, 1], w * 2, x[:2])[0]
    form, data = matrix_form((unit - x[2]) ** 2, w, x, outputs=[unit]), np.ones((50_000, 3))
    tracemalloc.start()
    form.value_and_gradient(form.load(), data)
    form.outputs(form.load(), data)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 8 * (4 * 2**20 + 2 * len(data))  # 20 units of 50,000 samples are 8 million bytes for each array of them


@settings(deadline=None, derandomize=True, max_examples=500)
@given(cases(40) | softmax_cases(), st.sampled_from(("rows", "columns")))
def test_five_hundred_random_graphs_agree(case: Case, form: str) -> None:
    compare(case)
    compare_source(case, form)


def test_a_planted_error_in_one_partial_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    form = agree(*BUILT["layers"])
    theta, data = np.linspace(-1, 1, 13), np.ones((2, 3))
    right = form.value_and_gradient(theta, data)[1]
    parameters, samples = leaves("w", 13), leaves("x", 3)
    cost = BUILT["layers"][0](parameters, samples)
    monkeypatch.setitem(ROWS, "tanh", replace(OPERATIONS["tanh"], partials={"a": "1 - y"}))
    wrong = matrix_form(cost, parameters, samples).value_and_gradient(theta, data)[1]
    assert np.abs(wrong - right).max() > 1e-3


@pytest.mark.parametrize("name", COSTS)
def test_every_cost_of_the_table(name: str) -> None:
    cost = COSTS[name]
    softmax = cost.targets == "classes"
    net = MLP(2, [4, 3 if softmax else 2], "tanh", cost.output_activation, seed=1)
    X = np.random.default_rng(0).uniform(-1, 1, (5, 2))
    Y = np.eye(3)[[0, 1, 2, 1, 0]] if softmax else np.random.default_rng(1).integers(0, 2, (5, 2)) * 0.8 + 0.1
    x, y = [Value(0.5, "x₁"), Value(0.2, "x₂")], [Value(0.3, f"y{k}") for k in range(Y.shape[1])]
    wanted = 0 if cost.logits_of else 1
    form = matrix_form(cost.sample(net.outputs(x)[wanted], y), net.parameters(), [*x, *y], over=cost.over,
                       penalty=costs.penalty("l2", net.weights_alone(), 0.01), outputs=net.outputs(x)[1])
    C = cost([net.outputs(row)[wanted] for row in X.tolist()], Y.tolist()) + costs.penalty("l2", net.weights_alone(), 0.01)
    found, gradient = form.value_and_gradient(form.load(), np.c_[X, Y])
    assert found == pytest.approx(C.data, rel=1e-12)
    assert gradient == pytest.approx(np.array(grad(C, net.parameters())), rel=1e-12, abs=1e-14)
    assert form.outputs(form.load(), np.c_[X, Y]) == pytest.approx(np.array([[a.data for a in net.outputs(row)[1]] for row in X.tolist()]))


def test_rows_of_ones_own_lift() -> None:
    gelu = operation("gelu_of_matrices", "a * sigmoid(1.702 * a)",
                     "sigmoid(1.702 * a) * (1 + 1.702 * a * sigmoid(-1.702 * a))")
    length = operation("length_of_matrices", "sqrt(total(v * v) + c)", "v / y", operands=("v",), vectors=("v",), constants={"c": 1.0})
    agree(lambda w, x: length([gelu(z) for z in network([3], w, x)], 1.0), 9, 2)
    agree(lambda w, x: total([length(network([2], w[i:], x), 1.0) for i in range(3)]), 8, 2)


def test_a_number_that_does_not_exist_is_named_as_by_the_engine() -> None:
    w, x = Value(1.0, "w"), Value(1.0, "x")
    z = w * x
    z.label = "z"
    form = matrix_form(log(z), [w], [x], outputs=[exp(z)])
    assert form.value([2.0], [[1.0], [3.0]]) == pytest.approx(math.log(2) + math.log(3) / 2)
    with pytest.raises(ValueError, match="log is undefined at a = -2.0 \\(node 'z'\\)") as caught:
        form.value_and_gradient([2.0], [[1.0], [-1.0]])
    assert caught.value.__notes__ == ["in row 1 of the data, counted from 0"]
    with pytest.raises(ValueError, match="log is undefined"):
        form.value([2.0], [[-1.0]])
    with pytest.raises(OverflowError, match="exp overflows"):
        form.outputs([2.0], [[1000.0]])


def test_what_overflows_on_the_way_is_no_silent_zero() -> None:
    w, x = Value(1.0, "w"), Value(1.0, "x")
    form = matrix_form(1 / (1 + exp(w * x)), [w], [x])
    with pytest.raises(OverflowError, match="exp overflows"):
        form.value([1.0], [[1000.0]])


def test_an_undefined_partial_that_no_gradient_reaches_is_no_error() -> None:
    w, x = Value(1.0, "w"), Value(1.0, "x")
    form = matrix_form(maximum(sqrt(w * x), x + 5), [w], [x])
    assert form.value_and_gradient([0.0], [[1.0]])[1].tolist() == [0.0]


def test_weights_go_in_and_out() -> None:
    w, x = Value(2.0, "w"), Value(0.0, "x")
    form = matrix_form((w * x) ** 2, [w], [x])
    out = np.zeros(1)
    assert form.load().tolist() == [2.0]
    assert form.value_and_gradient(form.load(), [[3.0]], out=out)[1] is out
    assert out.tolist() == [36.0]
    form.store([5.0])
    assert w.data == 5.0


def test_what_cannot_be_lifted_says_so() -> None:
    w, x = Value(2.0, "w"), Value(1.0, "x")
    with pytest.raises(ValueError, match=r"x > 0.*use where, maximum"):
        matrix_form(w * x if x > 0 else -w, [w], [x])
    x = Value(1.0, "x")
    slope, = grad(w * w * x, [w], create_graph=True)
    with pytest.raises(ValueError, match="holds derivatives"):
        matrix_form(slope, [w], [x])
    c = Value(3.0, "c")
    cost = c * w * x
    c.data = 4.0
    with pytest.raises(ValueError, match="changed since the graph was recorded: c; .* record the cost again"):
        matrix_form(cost, [w], [x])
    with pytest.raises(ValueError, match="mul|computed"):
        matrix_form(cost, [w * 1.0], [x])
    with pytest.raises(ValueError, match=r"samples\[0\] of matrix_form is parameters\[0\] as well"):
        matrix_form(w * x, [w], [w])
    with pytest.raises(ValueError, match="the penalty depends on a leaf in samples"):
        matrix_form(w * x, [w], [x], penalty=w * x)
    with pytest.raises(TypeError, match=r"write \[w\], \[x\]"):
        matrix_form(w * x, w, [x])  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"parameters\[0\] of matrix_form must be a Value"):
        matrix_form(w * x, [1.0], [x])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="over must be one of mean, sum, root"):
        matrix_form(w * x, [w], [x], over="median")


def test_shapes_are_checked() -> None:
    w, x = Value(2.0, "w"), Value(1.0, "x")
    form = matrix_form(w * x, [w], [x])
    with pytest.raises(ValueError, match=r"theta must have the shape \(1,\)"):
        form.value([1.0, 2.0], [[1.0]])
    for data in ([1.0], [[1.0, 2.0]], np.zeros((0, 1))):
        with pytest.raises(ValueError, match=r"data must have the shape \(N, 1\)"):
            form.value([1.0], data)
    with pytest.raises(ValueError, match="has no outputs"):
        form.outputs([1.0], [[1.0]])


def test_a_long_sum_needs_no_recursion() -> None:
    w, x = Value(0.5, "w"), Value(1.0, "x")
    y = w * x
    for _ in range(5_000):
        y = y + w * x
    form = matrix_form(y, [w], [x])
    assert form.value_and_gradient([0.5], [[2.0]])[0] == pytest.approx(5_001.0)


def test_a_deep_graph_needs_no_recursion() -> None:
    w, x = Value(0.5, "w"), Value(0.3, "x")
    h = x
    for _ in range(400):
        h = tanh(w * h + x)
    for _ in range(1_000):
        h = sin(h)
    form = matrix_form(h, [w], [x])
    C, gradient = form.value_and_gradient([0.5], [[0.3]])
    assert pytest.approx(h.data, rel=1e-12) == C
    assert gradient == pytest.approx(np.array(grad(h, [w])), rel=1e-9)
