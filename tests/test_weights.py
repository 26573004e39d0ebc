"""Weights of samples and classes in the cost, penalties on all parameters, stratified splits and folds."""

from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.model_selection import StratifiedKFold

from nn import MLP, Data, fit, load, save
from nn.costs import COSTS
from nn.optimizers import GradientDescent, Momentum

RNG = np.random.default_rng(2)
X = RNG.normal(size=(12, 2))
NAMES = np.array(["a"] * 3 + ["b"] * 9)


def train(X: Any, Y: Any, cost: str, **options: Any) -> list[float]:
    of = COSTS[cost].output_activation
    outputs = 2 if of == "softmax" else 1
    net = MLP(2, [3, outputs], "tanh", of, seed=0)
    fit(net, X, Y, cost, GradientDescent(0.01), epochs=20, progress=False, **options)
    return [p.data for p in net.parameters()]


@pytest.mark.parametrize("cost", COSTS)
def test_a_weight_of_2_is_the_sample_twice(cost: str) -> None:
    times = np.array([1, 2, 3, 1, 1, 2, 1, 1, 1, 1, 1, 4])
    Y = NAMES if COSTS[cost].targets == "classes" else (NAMES == "b").astype(float)
    assert train(X, Y, cost, sample_weights=times) == pytest.approx(
        train(np.repeat(X, times, axis=0), np.repeat(Y, times, axis=0), cost), abs=1e-9)


def test_a_weight_of_0_is_no_sample() -> None:
    weights = np.ones(12)
    weights[5] = 0
    assert train(X, NAMES, "softmax_cross_entropy", sample_weights=weights) == pytest.approx(
        train(np.delete(X, 5, 0), np.delete(NAMES, 5), "softmax_cross_entropy"), abs=1e-12)


@pytest.mark.parametrize("kind", [str, int])
def test_weights_of_classes_are_those_of_their_samples(kind: type) -> None:
    Y: Any = NAMES if kind is str else (NAMES == "b").astype(int)
    a, b = ("a", "b") if kind is str else (0, 1)
    each = np.where(NAMES == "a", 6.0, 2.0)
    by_class = train(X, Y, "softmax_cross_entropy", class_weights={a: 6, b: 2})
    assert by_class == train(X, Y, "softmax_cross_entropy", sample_weights=each)
    assert by_class == pytest.approx(train(X, Y, "softmax_cross_entropy", class_weights="balanced"), abs=1e-12)
    own = np.linspace(0.5, 2, 12)
    assert train(X, Y, "softmax_cross_entropy", class_weights={a: 6, b: 2}, sample_weights=own) == pytest.approx(
        train(X, Y, "softmax_cross_entropy", sample_weights=own * each), abs=1e-12)


def test_weights_are_part_of_the_samples_that_a_resumed_run_needs() -> None:
    net = MLP(2, [1], seed=0)
    history = fit(net, X, X[:, 0], epochs=2, sample_weights=np.arange(1, 13))
    with pytest.raises(ValueError, match="the samples differ"):
        fit(net, X, X[:, 0], epochs=4, resume=history)
    assert len(fit(net, X, X[:, 0], epochs=4, resume=history, sample_weights=np.arange(1, 13)).epochs) == 4


@pytest.mark.parametrize(("options", "sentence"), [
    ({"sample_weights": [1.0] * 11}, "sample_weights must be one number for each of the 12 samples, but there are 11"),
    ({"sample_weights": [-1.0] + [1.0] * 11}, "sample_weights must be at least 0, but row 1 has -1"),
    ({"sample_weights": [0.0] * 12}, "sample_weights are all 0"),
    ({"sample_weights": [np.nan] * 12}, "sample_weights must hold finite numbers"),
    ({"class_weights": {"a": 1.0}}, "class_weights lacks the class 'b'"),
    ({"class_weights": {"a": 1.0, "b": 0.0}}, "the weight of class 'b' must be a finite number above 0"),
    ({"class_weights": {"a": 1.0, "c": 1.0}}, "unknown class in class_weights 'c'"),
    ({"class_weights": "balance"}, "did you mean 'balanced'"),
    ({"class_weights": 2.0}, "class_weights must be a dictionary"),
    ({"class_weight": "balanced"}, "fit takes no class_weight: write class_weights='balanced'"),
    ({"sample_weight": [1.0]}, "fit takes no sample_weight: write sample_weights=w"),
    ({"penalise": "all"}, "penalise has no effect without a penalty"),
    ({"penalise": "biases", "penalty": "l2", "lam": 1.0}, "unknown value of penalise 'biases'"),
])
def test_wrong_weights_are_refused_in_one_sentence(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises((ValueError, TypeError)) as raised:
        train(X, NAMES, "softmax_cross_entropy", **options)
    assert sentence in str(raised.value)


def test_class_weights_need_classes() -> None:
    with pytest.raises(ValueError, match="class_weights are for targets that are classes"):
        train(X, X[:, 0], "half_squared_error", class_weights="balanced")


@pytest.mark.parametrize(("cost", "penalty", "alpha"), [
    ("half_squared_error", "l2", 2 * 12 * 0.1), ("half_squared_error", "l2_half", 12 * 0.1),
    ("mean_squared_error", "l2", 12 * 0.1), ("residual_sum_of_squares", "l2", 2 * 0.1),
])
def test_lam_and_the_alpha_of_ridge(cost: str, penalty: str, alpha: float) -> None:
    y = X @ [1.0, 2.0] + 0.7
    net = MLP(2, [1], seed=0)
    history = fit(net, X, y, cost, Momentum(0.02), epochs=5000, penalty=penalty, lam=0.1, tolerance=1e-10)
    assert history.reason == "converged"
    ridge = Ridge(alpha).fit(X, y)
    W, b = net.arrays()
    assert W[0][0] == pytest.approx(ridge.coef_, abs=1e-8)
    assert b[0] == pytest.approx(ridge.intercept_, abs=1e-8)


def test_a_penalty_on_all_parameters_is_kept_by_a_resumed_run(tmp_path: Any) -> None:
    options: dict[str, Any] = {"penalty": "l2", "lam": 0.1, "penalise": "all"}
    y = X @ [1.0, 2.0] + 0.7
    whole, part = MLP(2, [1], seed=0), MLP(2, [1], seed=0)
    fit(whole, X, y, epochs=20, **options)
    history = fit(part, X, y, epochs=10, **options)
    path = save(part, tmp_path / "net.json", history.training)
    part = load(path)
    fit(part, X, y, epochs=20, resume=path)
    assert [p.data for p in part.parameters()] == [p.data for p in whole.parameters()]
    with pytest.raises(ValueError, match="penalise cannot be given with resume"):
        fit(part, X, y, epochs=20, resume=path, penalise="all")
    design = np.column_stack([X, np.ones(12)])  # the intercept is penalised as a weight is
    solution = np.linalg.solve(design.T @ design + 2 * 12 * 0.1 * np.eye(3), design.T @ y)
    fit(part, X, y, "half_squared_error", Momentum(0.02), epochs=5000, tolerance=1e-10, **options)
    assert [p.data for p in part.parameters()] == pytest.approx(solution, abs=1e-8)


@pytest.mark.parametrize("kind", ["names", "numbers", "columns"])
@pytest.mark.parametrize(("counts", "part"), [((90, 9, 3), 1 / 3), ((50, 50, 50), 0.2), ((40, 5, 5), 0.2), ((7, 2, 1), 0.5)])
def test_a_stratified_split_gives_each_class_its_share(counts: tuple[int, ...], part: float, kind: str) -> None:
    numbers = np.repeat(np.arange(3), counts)
    Y = {"names": np.array(["c", "a", "b"])[numbers], "numbers": numbers[:, None].astype(float),
         "columns": np.eye(3)[numbers]}[kind]
    data = Data(np.arange(len(numbers), dtype=float)[:, None], Y, ("x",), ("t",))
    kept, held = data.split(part, seed=3, stratify=True)
    assert sorted([*kept.X[:, 0], *held.X[:, 0]]) == data.X[:, 0].tolist()
    assert len(held.X) == round(len(numbers) * part)
    for k, count in enumerate(counts):
        assert abs((numbers[held.X[:, 0].astype(int)] == k).sum() - count * part) < 1
    again = data.split(part, seed=3, stratify=True)[1]
    assert (again.X == held.X).all()
    assert (data.split(part, seed=4, stratify=True)[1].X != held.X).any()


@pytest.mark.parametrize("stratify", [False, True])
@pytest.mark.parametrize("k", [2, 3, 5, 12])
def test_every_sample_is_held_back_in_one_fold(k: int, stratify: bool) -> None:
    data = Data(np.arange(12.0)[:, None], NAMES, ("x",), ("t",))
    folds = data.k_fold(k, seed=1, stratify=stratify)
    assert len(folds) == k
    assert sorted(x for _, held in folds for x in held.X[:, 0]) == list(range(12))
    for kept, held in folds:
        assert sorted([*kept.X[:, 0], *held.X[:, 0]]) == list(range(12))
        assert abs(len(held.X) - 12 / k) < 1
        if stratify:
            assert abs((held.Y == "a").sum() - 3 / k) < 1
    if stratify and k == 3:
        theirs = [(NAMES[held] == "a").sum() for _, held in StratifiedKFold(3).split(X, NAMES)]
        assert [(held.Y == "a").sum() for _, held in folds] == theirs


@pytest.mark.parametrize("k", [1, 13, 0, 2.5, True, "3"])
def test_a_number_of_folds_out_of_range_is_refused(k: Any) -> None:
    with pytest.raises(ValueError, match="k must be a whole number from 2 to 12, the number of samples, not"):
        Data(X, NAMES, ("x1", "x2"), ("t",)).k_fold(k)
