"""Every cost of a batch: its stated formula and derivative against the graph, its ½ and 1/N, its singular points."""

import math
import random
from typing import Any

import numpy as np
import pytest

from autograd_lite import Value, grad
from nn import ACTIVATIONS, MLP, Objective, costs
from nn.activations import PROBABILITIES, softmax
from nn.costs import COSTS, PENALTIES
from nn.internal import evaluate_number


def batch(cost: costs.Cost, N: int, n: int) -> tuple[list[list[Value]], list[list[float]]]:
    """Generic outputs and targets of the kind that the cost takes."""
    draw = random.Random(N * 10 + n)
    low, high = (0.05, 0.95) if cost.targets == "probabilities" and not cost.logits_of else (-3.0, 3.0)
    outputs = [[Value(draw.uniform(low, high)) for _ in range(n)] for _ in range(N)]
    if cost.targets == "classes":
        chosen = [draw.randrange(n) for _ in range(N)]
        return outputs, [[float(j == c) for j in range(n)] for c in chosen]
    if cost.targets == "probabilities":
        return outputs, [[float(draw.random() < 0.5) for _ in range(n)] for _ in range(N)]
    return outputs, [[draw.uniform(-3, 3) for _ in range(n)] for _ in range(N)]


@pytest.mark.parametrize("name", COSTS)
@pytest.mark.parametrize(("N", "n"), [(1, 1), (1, 3), (4, 1), (5, 3)])
def test_formula_and_derivative_are_what_the_graph_says(name: str, N: int, n: int) -> None:
    cost = COSTS[name]
    outputs, targets = batch(cost, N, n)
    recorded = cost(outputs, targets)
    array = np.array([[v.data for v in row] for row in outputs])
    names: dict[str, Any] = {"a": array, "z": array, "y": np.array(targets), "N": N, "n": n, "samples": range(N), "units": range(n)}
    value = evaluate_number(cost.value, names)
    assert recorded.data == pytest.approx(value, rel=1e-12, abs=1e-12)  # sums of up to 15 terms of size 1
    gradients = grad(recorded, [v for row in outputs for v in row])
    slopes = [evaluate_number(cost.derivative, names | {"C": value, "i": i, "j": j}) for i in range(N) for j in range(n)]
    np.testing.assert_allclose(gradients, slopes, rtol=1e-11, atol=1e-13)


def test_they_are_shown_as_a_lecture_writes_them() -> None:
    assert COSTS["half_squared_error"].formula == "(1/N)Σᵢ Σⱼ ½(aᵢⱼ − yᵢⱼ)²"
    assert COSTS["half_squared_error"].slope == "∂C/∂aᵢⱼ = (aᵢⱼ − yᵢⱼ) / N"
    assert COSTS["softmax_cross_entropy"].slope.startswith("∂C/∂zᵢⱼ = ")


def test_where_the_half_and_the_mean_stand() -> None:
    outputs, targets = [[Value(1.0), Value(3.0)], [Value(0.0), Value(0.0)]], [[0.0, 1.0], [2.0, 0.0]]
    squares = 1 + 4 + 4 + 0
    found = {name: COSTS[name](outputs, targets).data for name in
             ("half_squared_error", "residual_sum_of_squares", "mean_squared_error", "root_squared_error")}
    assert found == {"half_squared_error": squares / 4, "residual_sum_of_squares": squares / 2,
                     "mean_squared_error": squares / 4, "root_squared_error": 3.0}
    assert COSTS["mean_squared_error"]([[Value(3.0)]], [[1.0]]).data == 4.0
    assert COSTS["half_squared_error"]([[Value(3.0)]], [[1.0]]).data == 2.0


@pytest.mark.parametrize("t", [0.0, 1.0])
@pytest.mark.parametrize("z", [-3.0, -0.2, 0.0, 2.5])
def test_both_conventions_from_probabilities_and_from_logits(t: float, z: float) -> None:
    p = ACTIVATIONS["sigmoid"](Value(z))
    here, other = -math.log(p.data), -math.log1p(-p.data)
    assert costs.binary_cross_entropy(p, t).data == pytest.approx(here if t else other, rel=1e-14)
    assert costs.bernoulli(p, t).data == pytest.approx(other if t else here, rel=1e-14)
    for of_probability, of_logit in ((costs.binary_cross_entropy, costs.binary_cross_entropy_logits),
                                     (costs.bernoulli, costs.bernoulli_logits)):
        first, second = Value(z), Value(z)
        from_p, from_z = of_probability(ACTIVATIONS["sigmoid"](first), t), of_logit(second, t)
        assert from_p.data == pytest.approx(from_z.data, rel=1e-13)
        assert grad(from_p, [first])[0] == pytest.approx(grad(from_z, [second])[0], rel=1e-12, abs=1e-15)


def test_logits_may_be_as_large_as_they_like() -> None:
    assert costs.binary_cross_entropy_logits(Value(800.0), 0.0).data == 800.0
    assert costs.binary_cross_entropy_logits(Value(-800.0), 0.0).data == 0.0
    assert costs.softmax_cross_entropy([Value(900.0), Value(-900.0)], [0.0, 1.0]).data == 1800.0
    saturated = ACTIVATIONS["sigmoid"](Value(50.0))
    with pytest.raises(ValueError, match="must lie between 0 and 1 for log y and log.* or a cost from logits"):
        costs.binary_cross_entropy(saturated, 1.0)


def test_the_root_cost_is_singular_at_a_perfect_fit_and_only_there() -> None:
    a = Value(2.0, "a")
    perfect = COSTS["root_squared_error"]([[a]], [[2.0]])
    assert perfect.data == 0.0
    with pytest.raises((ValueError, ZeroDivisionError, ArithmeticError)):
        perfect.backward()
    near = COSTS["root_squared_error"]([[Value(2.0 + 1e-9)]], [[2.0]])
    near.backward()  # the gradient is 1, however near: it does not say how far there is to go
    for distance in (1e-3, 1e-9):
        a = Value(2.0 + distance)
        assert grad(COSTS["root_squared_error"]([[a]], [[2.0]]), [a])[0] == pytest.approx(1.0)


@pytest.mark.parametrize(("name", "value", "slope"), [
    ("l1", lambda w, lam: lam * abs(w), lambda w, lam: lam * math.copysign(1, w)),
    ("l2", lambda w, lam: lam * w * w, lambda w, lam: 2 * lam * w),
    ("l2_half", lambda w, lam: lam / 2 * w * w, lambda w, lam: lam * w),
])
def test_penalties(name: str, value: Any, slope: Any) -> None:
    weights, lam = [Value(0.7), Value(-2.0)], 0.3
    recorded = PENALTIES[name](weights, lam)
    assert recorded.data == pytest.approx(sum(value(w.data, lam) for w in weights))
    assert grad(recorded, weights) == pytest.approx([slope(w.data, lam) for w in weights])


def test_l1_is_flat_at_zero() -> None:
    w = Value(0.0)
    assert grad(costs.l1([w], 0.5), [w]) == (0.0,)


def test_softmax_and_its_derivatives() -> None:
    z = [Value(v) for v in (0.3, -1.2, 2.0)]
    a = softmax(z)
    whole = sum(math.exp(v.data) for v in z)
    assert [v.data for v in a] == pytest.approx([math.exp(v.data) / whole for v in z], rel=1e-15)
    assert math.fsum(v.data for v in a) == pytest.approx(1.0, rel=1e-15)
    for j, output in enumerate(a):
        expected = [output.data * ((j == k) - a[k].data) for k in range(3)]
        assert grad(output, z) == pytest.approx(expected, rel=1e-13)
    assert [v.data for v in softmax([Value(1000.0), Value(-1000.0)])] == [1.0, 0.0]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_activations_that_give_probabilities_are_marked(name: str) -> None:
    outputs = [ACTIVATIONS[name](Value(z)).data for z in (-30.0, -2.0, -0.1, 0.1, 2.0, 30.0)]
    assert all(0 <= a <= 1 for a in outputs) == (name in PROBABILITIES)


@pytest.mark.parametrize("name", COSTS)
def test_every_cost_takes_the_output_activation_that_it_names(name: str) -> None:
    Objective(MLP(2, [2], output_activation=COSTS[name].output_activation, seed=0), name)


def test_names() -> None:
    assert all(cost.name == name for name, cost in COSTS.items())
    with pytest.raises(ValueError, match="unknown cost 'half_square_error'; did you mean 'half_squared_error'"):
        costs.find_cost("half_square_error")
    with pytest.raises(TypeError, match="cost must be a name or a function of outputs and targets, not 3"):
        costs.find_cost(3)  # type: ignore[arg-type]
    own = costs.find_cost(lambda outputs, targets: abs(outputs[0] - targets[0]))
    assert own([[Value(1.0)], [Value(4.0)]], [[0.0], [1.0]]).data == 2.0
    assert evaluate_number("exp(-1e9)", {}) == 0.0
