"""Every cost of a batch: its stated formula and derivative against the graph, its ½ and 1/N, its singular points."""

import math
import random
from typing import Any

import numpy as np
import pytest

from autograd_lite import Value, grad, operation
from nn import ACTIVATIONS, MLP, Objective, costs, fit
from nn.costs import COSTS, PENALTIES
from nn.costs.own_costs import make_own_cost
from nn.ground.activation_formulas import ACTIVATION_FORMULAS, LAYER_FORMULAS
from nn.ground.activations import PROBABILITIES, softmax
from nn.internal import evaluate_number


def batch(cost: costs.Cost, N: int, n: int) -> tuple[list[list[Value]], list[list[float]]]:
    """Generic outputs and targets of the kind that the cost takes."""
    draw = random.Random(N * 10 + n)
    low, high = (0.05, 0.95) if cost.targets != "numbers" and not cost.logits_of else (-3.0, 3.0)
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


def test_a_network_takes_an_activation_for_each_layer() -> None:
    net = MLP(2, [3, 2], ["tanh", "softmax"], seed=1)
    assert [layer.activation for layer in net.layers] == ["tanh", "softmax"]
    assert repr(net) == repr(MLP(2, [3, 2], "tanh", "softmax", seed=1))
    assert [w.data for w in net.parameters()] == [w.data for w in MLP(2, [3, 2], "tanh", "softmax", seed=1).parameters()]
    for wrong, said in [(["tanh"], "has one for each layer: 1 were given for 2"), (["softmax", "tanh"], "softmax acts on all units"),
                        (["tanh", "sofmax"], "did you mean 'softmax'")]:
        with pytest.raises(ValueError, match=said):
            MLP(2, [3, 2], wrong)
    with pytest.raises(ValueError, match="leave output_activation out"):
        MLP(2, [3, 2], ["tanh", "softmax"], "softmax")


def test_cross_entropy_of_outputs_is_that_of_logits() -> None:
    z = [Value(0.3), Value(-1.2), Value(0.8)]
    found, same = costs.cross_entropy(softmax(z), [0, 1, 0]), costs.softmax_cross_entropy(z, [0, 1, 0])
    assert found.data == pytest.approx(same.data, rel=1e-14)
    assert grad(found, z) == pytest.approx(grad(same, z), rel=1e-13)
    assert costs.in_outputs(COSTS["softmax_cross_entropy"]) is COSTS["cross_entropy"]
    with pytest.raises(ValueError, match="the output p must be above 0 for log a"):
        costs.cross_entropy([Value(0.0, "p")], [1.0])
    with pytest.raises(ValueError, match="cross_entropy takes probabilities, .* output_activation='softmax'"):
        Objective(MLP(2, [2]), "cross_entropy")


@pytest.mark.parametrize("name", [name for name, cost in COSTS.items() if cost.each])
def test_each_row_passes_the_check_of_rows_from_outside(name: str) -> None:
    row = COSTS[name]
    factor = f"{row.factor.numerator}/{row.factor.denominator}{'n' * row.per_output}"
    own = make_own_cost(name, row.each, row.slope_of_each, factor=factor, over=row.over, targets=row.targets, through=row.through,
                        of_class=row.of_class, called=row.called, note=row.note)
    rows: list[list[list[Any]]] = [[[0.3, 0.6], [0.4, 0.2]], [[1.0, 0.0], [0.0, 1.0]]]
    outputs = [[Value(a) for a in row] for row in rows[0]]
    assert own(outputs, rows[1]).data == pytest.approx(row(outputs, rows[1]).data, rel=1e-15)


OWN = ("log_cosh_error", "log((exp(a - y) + exp(y - a)) / 2)", "tanh(a - y)")


def test_a_cost_of_ones_own_is_a_row_like_any_other() -> None:
    row = costs.cost(*OWN, called="log-cosh")
    assert COSTS["log_cosh_error"] is row
    assert costs.cost(*OWN, called="log-cosh") is row  # a cell of a notebook, run again
    assert row.formula == "(1/N)Σᵢ Σⱼ log((exp(aᵢⱼ − yᵢⱼ) + exp(yᵢⱼ − aᵢⱼ)) / 2)"
    assert row.slope == "∂C/∂aᵢⱼ = tanh(aᵢⱼ − yᵢⱼ) / N"
    net = MLP(1, [1], seed=0)
    before = Objective(net, row).value(Objective(net, row).samples([[0.0], [1.0]], [1.0, 3.0]))
    fit(net, [[0.0], [1.0]], [1.0, 3.0], "log_cosh_error", epochs=5, seed=0)
    assert Objective(net, "log_cosh_error").value(Objective(net, row).samples([[0.0], [1.0]], [1.0, 3.0])) < before
    quartic = costs.cost("quarter_of_quartic", "(a - y)**4", "(a - y)**3 / n", factor="1/(4n)")
    assert quartic([[Value(3.0), Value(1.0)]], [[1.0, 1.0]]).data == 2.0


@pytest.mark.parametrize(("arguments", "said"), [
    ((*OWN[:2], "tanh(y - a)"), "derivative of the cost 'c_own', tanh\\(y - a\\), is not that of its formula: at a = .*the factor belongs to it"),
    (("c_own", "(a - y)**2", "a - y"), "is not that of its formula"),
    (("c own", "a", "1"), "needs a Python name"),
    (("c_own", "().__class__", "1"), "cannot be read: '\\(\\).__class__' is no part of a formula|unknown"),
    (("c_own", "a + 9**9**9", "1"), "is a power of a number"),
    (("c_own", "a + z", "1"), "unknown name 'z'"),
    (("c_own", "open(a)", "1"), "unknown function 'open'"),
    (("c_own", "y", "0"), "does not name the output a"),
    (("c_own", "log(-a * a)", "1"), "at 0 of 200 points only"),
    (("half_squared_error", "(a - y)**2", "2 * (a - y)"), "there is a cost 'half_squared_error' already"),
])
def test_a_wrong_cost_is_refused_in_one_sentence(arguments: tuple[str, str, str], said: str) -> None:
    name = "c_own" if arguments[0] == OWN[0] else arguments[0]
    with pytest.raises(ValueError, match=said) as error:
        costs.cost(name, *arguments[1:])
    assert "\n" not in str(error.value)
    assert "c_own" not in COSTS


def test_what_a_row_says_of_an_activation_is_checked_too() -> None:
    half = ("c_own", "(a - y)**2", "a - y")
    with pytest.raises(ValueError, match="through sigmoid, a - y, is not that of its formula: at a = .* the chain rule gives"):
        costs.cost(*half, factor="1/2", through={"sigmoid": "a - y"})
    with pytest.raises(ValueError, match="did you mean 'softmax'"):
        costs.cost(*half, factor="1/2", through={"sofmax": "a - y"})
    for setting, value in (("over", "means"), ("targets", "class"), ("factor", "half"), ("factor", "1/0"), ("of_class", 2)):
        with pytest.raises(ValueError, match=setting):
            costs.cost(*half, **({"factor": "1/2"} | {setting: value}))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="the formula of a cost must be text"):
        costs.cost("c_own", 3, "1")  # type: ignore[arg-type]


def test_the_hand_formula_of_an_activation_of_ones_own_is_read_from_its_row() -> None:
    known = len(ACTIVATION_FORMULAS)
    operation("own_gelu", "a * sigmoid(1.702 * a)", "sigmoid(1.702 * a) * (1 + 1.702 * a * sigmoid(-1.702 * a))")
    operation("own_bent", "where(a > 0, a, c * log1p(absolute(a)))", "where(a > 0, 1, -c / (1 + absolute(a)))", constants={"c": 0.3},
              kink="a", at_kink=("-c",))
    assert len(ACTIVATION_FORMULAS) == known + 2
    for name in ("own_gelu", "own_bent"):
        formula = ACTIVATION_FORMULAS[name]
        for z in (-2.3, -0.4, 0.7, 1.9):
            node = Value(z)
            a = ACTIVATIONS[name](node)
            assert formula.f(z) == pytest.approx(a.data, rel=1e-14)
            assert formula.df(z) == pytest.approx(grad(a, [node])[0], rel=1e-13)


def test_the_formula_of_softmax_is_that_of_the_graph() -> None:
    formula, z = LAYER_FORMULAS["softmax"], [Value(v) for v in (0.3, -1.2, 2.0)]
    a = softmax(z)
    numbers = [v.data for v in z]
    assert formula.of_layer(numbers) == pytest.approx([v.data for v in a], rel=1e-14)
    rows = [grad(output, z) for output in a]
    assert np.allclose(formula.differentiate(numbers), rows, rtol=1e-13, atol=1e-15)
    assert formula.pull_back(numbers, [0.5, -1.0, 2.0]) == pytest.approx(np.array([0.5, -1.0, 2.0]) @ np.array(rows), rel=1e-12)
    assert formula.of_layer([1000.0, -1000.0]) == [1.0, 0.0]
