"""Softmax, log-sum-exp and the costs that cancel against them: the printed program reads as on paper, and is right."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from matrix_cases import run_source

from autograd_lite import Value, affine, exp, grad, largest, log, logsumexp, matrix_form, softplus, tanh, total
from nn import MLP, costs
from nn.costs import COSTS
from nn.ground.activations import softmax

Nodes = list[Value]


def by_hand(z: Nodes) -> Nodes:
    powers = [exp(v) for v in z]
    whole = powers[0]
    for power in powers[1:]:
        whole = whole + power
    return [power / whole for power in powers]


def log_softmax(z: Nodes) -> Nodes:
    m = largest(z)
    shifted = [v - m for v in z]
    whole = log(total([exp(v) for v in shifted]))
    return [v - whole for v in shifted]


def shifted_log_sum(z: Nodes) -> Value:
    m = largest(z)
    return log(sum((exp(v - m) for v in z[1:]), exp(z[0] - m))) + m


def cross_entropy(a: Nodes, y: Nodes) -> Value:
    return total([-t * log(p) for p, t in zip(a, y, strict=True)])


def squares(a: Nodes, y: Nodes) -> Value:
    return 0.5 * total([(p - t) ** 2 for p, t in zip(a, y, strict=True)])


RESIDUAL = "D1 = A1 * np.sum(Y, axis=1, keepdims=True) - Y  # A1 - Y if each row of Y adds up to 1"
LOG_RESIDUAL = "D1 = softmax(Z1) * np.sum(Y, axis=1, keepdims=True) - Y  # softmax(Z1) - Y if each row of Y adds up to 1"
JACOBIAN = ["dA1 = A1 - Y", "D1 = A1 * (dA1 - np.sum(dA1 * A1, axis=1, keepdims=True))"]
WRITTEN: dict[str, tuple[Callable[[Nodes, Nodes], Value], list[str]]] = {
    "cross-entropy": (lambda z, y: cross_entropy(softmax(z), y), ["A1 = softmax(Z1)", RESIDUAL]),
    "without a shift": (lambda z, y: cross_entropy(by_hand(z), y), ["A1 = softmax(Z1)", RESIDUAL]),
    "through log-sum-exp": (lambda z, y: cross_entropy([exp(v - lse) for lse in [logsumexp(z)] for v in z], y), ["A1 = softmax(Z1)", RESIDUAL]),
    "squares": (lambda z, y: squares(softmax(z), y), ["A1 = softmax(Z1)", *JACOBIAN]),
    "an entropy, too": (lambda z, y: total([a * log(a) for a in softmax(z)]) + cross_entropy(softmax(z), y),
                        ["A1 = softmax(Z1)", "C = np.mean(np.sum(A1 * np.log(A1), axis=1) - np.sum(Y * np.log(A1), axis=1))"]),
    "log-softmax": (lambda z, y: -total([t * v for t, v in zip(y, log_softmax(z), strict=True)]),
                    ["V1 = logsumexp(Z1)", "C = -np.mean(np.sum(Y * (Z1 - V1), axis=1))", LOG_RESIDUAL]),
    "a shifted logarithm": (lambda z, y: shifted_log_sum(z) - total([t * v for t, v in zip(y, z, strict=True)]),
                            ["D1 = softmax(Z1) - Y"]),
    "of logits": (lambda z, y: costs.softmax_cross_entropy(z, y), ["D1 = softmax(Z1) - Y"]),
    "one class": (lambda z, y: y[0] * -log(softmax(z)[1]), ["A1 = softmax(Z1)"]),
    "a number for a target": (lambda z, y: y[0] + cross_entropy(softmax(z), [0.0, 1.0, 0.0]),  # type: ignore[list-item]
                              ["D1 = A1 - np.array([0.0, 1.0, 0.0])"]),
    "with other uses": (lambda z, y: cross_entropy(softmax(z), y) + largest(z) + exp(z[0] - largest(z)), ["A1 = softmax(Z1)"]),
    "two of them": (lambda z, y: total([a * b for a, b in zip(softmax(z), softmax([v + t for v, t in zip(z, y, strict=True)]), strict=True)]),
                    ["A1 = softmax(Z1)"]),
}


def check(build: Callable[[Nodes, Nodes], Value], lines: list[str]) -> None:
    draw = np.random.default_rng(3)
    numbers, data = draw.uniform(-1, 1, 9), draw.uniform(-1, 1, (4, 5))

    def record(theta: Any, row: Any) -> tuple[Value, Nodes, Nodes]:
        w, x = [Value(v) for v in theta], [Value(v, f"{'x' if i < 2 else 'y'}{i}") for i, v in enumerate(row)]
        return build([affine(w[i : i + 2], x[:2], w[6 + i // 2]) for i in (0, 2, 4)], x[2:]), w, x

    cost, w, x = record(numbers, data[0])
    form = matrix_form(cost, w, x)
    recorded = [record(numbers, row) for row in data]
    C = np.mean([c.data for c, *_ in recorded])
    gradient = np.mean([grad(c, w) for c, w, _ in recorded], axis=0)
    for samples_in in ("rows", "columns"):
        printed, slopes = run_source(form.write_source(samples_in), numbers, data)
        assert printed == pytest.approx(C, rel=1e-12)
        assert slopes == pytest.approx(gradient, rel=1e-12, abs=1e-13)
    for line in lines:
        assert f"    {line}\n" in form.source
        line = line.replace("each row", "each column").replace("axis=1", "axis=0").replace("1.0, 0.0])", "1.0, 0.0]).reshape(-1, 1)")
        assert f"    {line}\n" in form.write_source("columns")


@pytest.mark.parametrize("name", WRITTEN)
def test_softmax_is_found_however_it_is_written(name: str) -> None:
    check(*WRITTEN[name])


def test_several_softmaxes_of_equal_size_are_one() -> None:
    def attend(z: Nodes, y: Nodes) -> Value:
        return total([tanh(total([a * v for a, v in zip(softmax([t * v for v in z]), z, strict=True)])) for t in y])

    check(attend, [])


def test_softmax_of_parameters_alone() -> None:
    check(lambda z, y: total([a * t for a, t in zip(softmax([Value(0.5, "p") * 2.0, *z[1:]]), y, strict=True)]), [])
    w, x = [Value(0.3, "w"), Value(-0.2, "w"), Value(0.9, "w")], [Value(1.0, "x"), Value(2.0, "x"), Value(0.5, "x")]
    cost = total([a * v for a, v in zip(softmax(w), x, strict=True)]) ** 2
    form = matrix_form(cost, w, x)
    for samples_in in ("rows", "columns"):
        C, gradient = run_source(form.write_source(samples_in), form.load(), np.array([[1.0, 2.0, 0.5]]))
        assert pytest.approx(cost.data, rel=1e-13) == C
        assert gradient == pytest.approx(np.array(grad(cost, w)), rel=1e-12, abs=1e-14)


@pytest.mark.parametrize(("cost", "activation", "lines"), [
    ("binary_cross_entropy", "sigmoid", ["C = np.mean(np.sum(-Y * np.log(A2) - (1 - Y) * np.log(1 - A2), axis=1))", "D2 = A2 - Y"]),
    ("bernoulli", "sigmoid", ["D2 = A2 - (1 - Y)"]),
    ("binary_cross_entropy_logits", "sigmoid", ["C = np.mean(np.sum(Y * softplus(-Z2) + (1 - Y) * softplus(Z2), axis=1))", "D2 = sigmoid(Z2) - Y"]),
    ("bernoulli_logits", "sigmoid", ["D2 = sigmoid(Z2) - (1 - Y)"]),
    ("softmax_cross_entropy", "softmax", ["D2 = softmax(Z2) - Y"]),
    ("mean_squared_error", "tanh", ["A2 = np.tanh(Z2)", "C = np.mean(1 / 3 * np.sum((A2 - Y)**2, axis=1))", "D2 = 2 / 3 * (A2 - Y) * (1 - A2**2)"]),
    ("residual_sum_of_squares", "sigmoid", ["C = 0.5 * np.sum((A2 - Y)**2)", "D2 = (A2 - Y) * A2 * (1 - A2)", "dW2 = D2.T @ A1"]),
    ("root_squared_error", "identity", ["C = np.sqrt(np.sum((Z2 - Y)**2))", "D2 = 2 * (Z2 - Y)", "dW2 = D2.T @ A1 / (2 * C)"]),
    ("cross_entropy", "sigmoid", ["D2 = -Y * (1 - A2)"]),
])
def test_costs_meet_the_output_as_on_paper(cost: str, activation: str, lines: list[str]) -> None:
    net = MLP(2, [3, 3], "tanh", activation, seed=1)
    x, y = [Value(0.5, "x₁"), Value(0.2, "x₂")], [Value(0.3, f"y{k}") for k in "₁₂₃"]
    row = COSTS[cost]
    form = matrix_form(row.sample(net.outputs(x)[0 if row.logits_of else 1], y), net.parameters(), [*x, *y], over=row.over)
    for line in ("A1 = np.tanh(Z1)", "D1 = (D2 @ W2) * (1 - A1**2)", *lines):
        assert f"    {line}\n" in form.source
    data = np.random.default_rng(2).uniform(0.1, 0.9, (6, 5))
    C, gradient = form.value_and_gradient(form.load(), data)
    for samples_in in ("rows", "columns"):
        printed, slopes = run_source(form.write_source(samples_in), form.load(), data)
        assert printed == pytest.approx(C, rel=1e-12)
        assert slopes == pytest.approx(gradient, rel=1e-11, abs=1e-13)


def test_a_recorded_batch_of_a_classifier() -> None:
    net = MLP(2, [3, 3], ["tanh", "softmax"], seed=1)
    X, Y = np.random.default_rng(0).uniform(-1, 1, (5, 2)).tolist(), np.eye(3)[[0, 2, 1, 1, 0]]
    targets = [[Value(v, f"y{k}") for k, v in enumerate(row)] for row in Y]
    inputs = [[Value(v, f"x{k}") for k, v in enumerate(row)] for row in X]
    cost = COSTS["cross_entropy"]([net.outputs(x)[1] for x in inputs], targets)
    form = matrix_form(cost, net.parameters())
    assert "    X = data[:, :2]\n    Y = data[:, 2:5]\n" in form.source
    assert "    D2 = A2 * np.sum(Y, axis=1, keepdims=True) - Y  # A2 - Y if each row" in form.source
    C, gradient = run_source(form.source, form.load(), np.array(form.data))
    assert pytest.approx(cost.data, rel=1e-12) == C
    assert gradient == pytest.approx(np.array(grad(cost, net.parameters())), rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("samples_in", ["rows", "columns"])
def test_large_z_do_not_overflow(samples_in: str) -> None:
    w, x, y = [Value(1.0, "w"), Value(2.0, "w")], Value(1.0, "x"), [Value(0.0, "y₁"), Value(1.0, "y₂")]
    builds: list[Callable[[Nodes], Value]] = [
        lambda z: squares(by_hand(z), y), lambda z: -total([t * v for t, v in zip(y, log_softmax(z), strict=True)]),
        lambda z: total([t * softplus(v) for t, v in zip(y, z, strict=True)])]
    for build in builds:
        form = matrix_form(build([w[0] * x, w[1] * x]), w, [x, *y])
        for scale in (1e3, -1e3, 1e8):
            names: dict[str, Any] = {}
            exec(form.write_source(samples_in), names)
            with np.errstate(over="raise", invalid="raise", divide="raise"):
                C, gradient = names["program"](np.array([1.0, 2.0]), np.array([[scale, 0.0, 1.0], [-scale, 1.0, 0.0]]))
            assert np.isfinite(C)
            assert np.isfinite(gradient).all()


def test_the_program_that_is_run_keeps_what_was_recorded() -> None:
    z = [Value(v, "w") for v in (1.0, 2.0)]
    form = matrix_form(squares(by_hand(z), [Value(0.0), Value(1.0)]), z, [])
    with pytest.raises(OverflowError, match="exp overflows"):  # as the engine does; the printed program has an answer
        form.value([1e4, 0.0], np.zeros((1, 0)))
    assert run_source(form.source, np.array([1e4, 0.0]), np.zeros((1, 0)))[0] == pytest.approx(1.0)
