"""The matrix form of a recorded batch: the structure that its samples share, or a refusal that says which two differ."""

from collections.abc import Callable

import numpy as np
import pytest

from autograd_lite import Value, grad, matrix_form, relu, sqrt, tanh, total
from nn import MLP, costs
from nn.costs import COSTS
from nn.derivations import LECTURES

X = np.random.default_rng(0).uniform(-1, 1, (5, 2)).tolist()
Y = np.random.default_rng(1).uniform(0.1, 0.9, (5, 1)).tolist()


def agree(cost: Value, parameters: list[Value], n_samples: int) -> None:
    form = matrix_form(cost, parameters)
    data = np.array(form.data)
    assert len(data) == n_samples
    C, gradient = form.value_and_gradient(form.load(), data)
    assert pytest.approx(cost.data, rel=1e-12) == C
    assert gradient == pytest.approx(np.array(grad(cost, parameters)), rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("over", ["half_squared_error", "residual_sum_of_squares", "root_squared_error", "mean_squared_error"])
@pytest.mark.parametrize("named", [True, False])
def test_batches_of_networks(over: str, named: bool) -> None:
    net = MLP(2, [3, 1], "tanh", seed=1)
    inputs = [[Value(v, f"x{k}") for k, v in enumerate(row)] if named else row for row in X]
    cost = COSTS[over]([net.outputs(x)[1] for x in inputs], Y)
    agree(cost, net.parameters(), 5)
    if over != "root_squared_error":
        agree(costs.penalised(cost, "l2", net.weights_alone(), 0.1), net.parameters(), 5)


SUMS: dict[str, Callable[[list[Value]], Value]] = {
    "a loop": lambda terms: sum(terms[1:], terms[0]) / len(terms),
    "from 0": lambda terms: sum(terms[1:], 0 + terms[0]) * 0.5,
    "total": lambda terms: total(terms),
    "a root": lambda terms: sqrt(total(terms)),
}


@pytest.mark.parametrize("name", SUMS)
def test_sums_as_people_write_them(name: str) -> None:
    w, b = Value(0.5, "w"), Value(0.1, "b")
    agree(SUMS[name]([(tanh(w * x[0] + b) - y[0]) ** 2 for x, y in zip(X, Y, strict=True)]), [w, b], 5)


@pytest.mark.parametrize("id", ["columns", "rows"])
def test_the_batch_of_a_lecture(id: str) -> None:
    for given in ({}, {"penalty": "l2", "lam": 0.1}, {"b": [[0.1, 0.2, 0.3], [0.1, 0.2]]}):
        recording = LECTURES[id].record(LECTURES[id].resolve(given))
        parameters = [w for l in recording.weights for row in recording.weights[l] for w in row]
        parameters += [b for l in recording.biases for b in recording.biases[l]]
        agree(recording.cost, parameters, len(recording.pre[1]))


def test_one_sample_is_a_batch_too() -> None:
    w, x = Value(0.5, "w"), Value(2.0, "x")
    agree(tanh(w * x), [w], 1)


def test_samples_that_differ_are_named() -> None:
    w, v = Value(0.5, "w"), Value(0.7, "v")
    for other, what in ((relu(w * 3.0), "one records tanh where the other records relu"),
                        (tanh(v * 3.0), "one uses w where the other uses v"),
                        (tanh(w * Value(3.0)), "a plain number in one of them only")):
        with pytest.raises(ValueError, match=f"samples 0 and 2 of the batch do not share one structure: .*{what}"):
            matrix_form(total([tanh(w * 1.0), tanh(w * 2.0), other]), [w, v])


def test_a_batch_has_its_own_reduction() -> None:
    w = Value(0.5, "w")
    with pytest.raises(ValueError, match="penalty, outputs and over go with samples"):
        matrix_form(w * 2.0, [w], over="sum")
