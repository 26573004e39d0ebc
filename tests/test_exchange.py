"""Weights and gradients go to NumPy, scikit-learn and PyTorch and come back, with the same predictions."""

from typing import Any

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier, MLPRegressor

from nn import MLP, Layer, fit
from nn.optimizers import Adam, GradientDescent

RNG = np.random.default_rng(1)
X = RNG.normal(size=(30, 3))
Y = np.column_stack([X @ [1.0, -2.0, 0.5], np.sin(X[:, 0])])


def forward(W: Any, b: Any, X: Any, f: Any = np.tanh) -> list[Any]:
    post = [X]
    for l, (w, v) in enumerate(zip(W, b, strict=True)):
        z = post[-1] @ w.T + v
        post.append(z if l == len(W) - 1 else f(z))
    return post


def backpropagate(W: Any, b: Any, X: Any, Y: Any) -> Any:
    """A student's program: C = (1/N) Σ ½(a − y)² with tanh."""
    post = forward(W, b, X)
    delta = (post[-1] - Y) / len(X)
    dW: list[Any] = []
    db: list[Any] = []
    for l in reversed(range(len(W))):
        dW.insert(0, delta.T @ post[l])
        db.insert(0, delta.sum(axis=0))
        delta = (delta @ W[l]) * (1 - post[l] ** 2)
    return dW, db


def assert_equal(found: Any, expected: Any, tolerance: float = 1e-12) -> None:
    for ours, theirs in zip(found, expected, strict=True):
        assert ours.shape == theirs.shape
        assert abs(ours - theirs).max() <= tolerance


def test_comparing_a_program_of_ones_own_takes_two_lines() -> None:
    net = MLP(3, [4, 4, 2], "tanh", seed=0)
    dW, db = net.gradients(X, Y)
    assert_equal([*dW, *db], [a for arrays in backpropagate(*net.arrays(), X, Y) for a in arrays])


@pytest.mark.parametrize("standardise", [False, True])
def test_arrays_give_the_same_predictions_and_gradients_after_training(standardise: bool) -> None:
    net = MLP(3, [4, 2], "tanh", seed=0)
    fit(net, 100 + 20 * X, 7 * Y - 3, optimizer=Adam(0.02), epochs=20, standardise=standardise)
    W, b = net.arrays()
    assert_equal([net.predict(100 + 20 * X)], [forward(W, b, 100 + 20 * X)[-1]], 1e-10)
    dW, db = net.gradients(100 + 20 * X, 7 * Y - 3)
    expected = [a for arrays in backpropagate(W, b, 100 + 20 * X, 7 * Y - 3) for a in arrays]
    assert_equal([*dW, *db], expected, 1e-9 * max(abs(a).max() for a in expected))
    before = net.predict(100 + 20 * X)
    net.load_arrays(W, b)
    assert_equal([net.predict(100 + 20 * X)], [before], 1e-10)


def test_gradients_change_nothing_and_are_those_of_a_step() -> None:
    net = MLP(3, [4, 2], "sigmoid", seed=3)
    W, b = net.arrays()
    grads = [p.grad for p in net.parameters()]
    dW, db = net.gradients(X, Y, "mean_squared_error", penalty="l2", lam=0.1)
    assert [p.grad for p in net.parameters()] == grads
    assert_equal(net.arrays()[0], W, 0.0)
    fit(net, X, Y, "mean_squared_error", GradientDescent(0.5), epochs=1, penalty="l2", lam=0.1)
    assert_equal(net.arrays()[0], [w - 0.5 * d for w, d in zip(W, dW, strict=True)])
    assert_equal(net.arrays()[1], [v - 0.5 * d for v, d in zip(b, db, strict=True)])


def test_a_penalty_on_all_parameters() -> None:
    net = MLP(3, [4, 2], "sigmoid", seed=3)
    net.load_arrays(net.arrays()[0], [np.ones(4), -np.ones(2)])
    dW, db = net.gradients(X, Y)
    dW2, db2 = net.gradients(X, Y, penalty="l2", lam=0.25, penalise="all")
    assert_equal(dW2, [d + 0.5 * w for d, w in zip(dW, net.arrays()[0], strict=True)])
    assert_equal(db2, [d + 0.5 * v for d, v in zip(db, net.arrays()[1], strict=True)])


@pytest.mark.parametrize("sizes", [(), (4,), (3,), (3, 3), (5, 2)])
@pytest.mark.parametrize("activation", ["tanh", "relu", "logistic", "identity"])
@pytest.mark.parametrize("way", ["arrays", "estimator"])
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_scikit_learns_regressor(sizes: tuple[int, ...], activation: str, way: str) -> None:
    theirs = MLPRegressor(hidden_layer_sizes=sizes, activation=activation, max_iter=5, random_state=0).fit(X, Y)
    net = MLP(3, [*sizes, 2], {"logistic": "sigmoid"}.get(activation, activation))
    if way == "arrays":
        net.load_arrays(theirs.coefs_, theirs.intercepts_)  # (3, 3) is turned as the others are
    else:
        net.load_arrays(theirs)
    assert_equal([net.predict(X)], [theirs.predict(X)])
    W, b = net.arrays()
    theirs.coefs_, theirs.intercepts_ = [w.T for w in W], b
    assert_equal([net.predict(X)], [theirs.predict(X)])


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("classes", [2, 3])
def test_scikit_learns_classifier(classes: int) -> None:
    t = RNG.integers(classes, size=30)
    theirs = MLPClassifier(hidden_layer_sizes=(4,), activation="tanh", max_iter=5, random_state=0).fit(X, t)
    outputs, activation = (1, "sigmoid") if classes == 2 else (classes, "softmax")
    net = MLP(3, [4, outputs], "tanh", activation)
    net.load_arrays(theirs.coefs_, theirs.intercepts_)
    probabilities = theirs.predict_proba(X)
    assert_equal([net.predict(X)], [probabilities[:, 1:] if classes == 2 else probabilities])
    assert (net.classify(X) == theirs.predict(X)).all()


class Tensor:
    """As much of a tensor as is read: it becomes an array."""

    def __init__(self, values: Any) -> None:
        self.values = np.array(values)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return self.values.astype(dtype or self.values.dtype)


def test_a_state_dict_of_pytorch() -> None:
    W, b = [RNG.normal(size=(3, 3)), RNG.normal(size=(2, 3))], [RNG.normal(size=3), RNG.normal(size=2)]
    state = {"0.weight": Tensor(W[0]), "0.bias": Tensor(b[0]), "2.weight": Tensor(W[1]), "2.bias": Tensor(b[1])}
    net = MLP(3, [3, 2], "tanh")
    net.load_arrays(state)
    assert_equal([net.predict(X)], [forward(W, b, X)[-1]])
    net.load_arrays({key: value for key, value in state.items() if "bias" not in key})
    assert_equal([net.predict(X)], [forward(W, [0.0, 0.0], X)[-1]])


def test_where_all_layers_are_square_the_order_can_be_given() -> None:
    W = [RNG.normal(size=(3, 3)), RNG.normal(size=(3, 3))]
    net = MLP(3, [3, 3], "tanh")
    net.load_arrays(W)
    assert_equal(net.arrays()[0], W, 0.0)
    net.load_arrays(W, order="target first")
    assert_equal(net.arrays()[0], W, 0.0)
    net.load_arrays(W, order="source first")
    assert_equal(net.arrays()[0], [w.T for w in W], 0.0)


@pytest.mark.parametrize("shape", [(4,), (4, 1), (1, 4)])
def test_biases_of_any_usual_shape(shape: tuple[int, ...]) -> None:
    net = MLP(3, [4])
    net.load_arrays([np.zeros((4, 3))], [np.arange(4.0).reshape(shape)])
    assert net.arrays()[1][0].tolist() == [0, 1, 2, 3]


def test_a_layer_without_biases() -> None:
    net = MLP(3, [2])
    net.layers = [Layer(3, 2, "identity", bias=False)]
    assert net.arrays()[1] == [None]
    net.load_arrays([np.ones((2, 3))])
    dW, db = net.gradients(X, Y)
    assert dW[0].shape == (2, 3)
    assert db == [None]
    with pytest.raises(ValueError, match="b.0. is not 0, but layer 1 has no biases"):
        net.load_arrays([np.ones((2, 3))], [[1.0, 0.0]])


@pytest.mark.parametrize(("W", "b", "order", "sentence"), [
    ([np.zeros((4, 3))], None, None, "W must have an array for each of the 2 layers, but has 1"),
    ([np.zeros((4, 3)), np.zeros((4, 2))], None, None,
     r"W\[1\], of layer 2 with 4 inputs and 2 units, must be \(2, 4\), its first index the target, or \(4, 2\) in all"),
    ([np.zeros((4, 3)), np.zeros((2, 4))], None, "source first", r"W\[0\], .* must be \(3, 4\), its first index the source"),
    ([np.zeros((4, 3)), np.zeros((2, 4))], None, "first", "unknown order 'first'"),
    ([np.zeros((4, 3)), np.zeros((2, 4))], [np.zeros(4), np.zeros(3)], None, r"b\[1\], of layer 2 with 2 units"),
    ([np.zeros((4, 3)), np.full((2, 4), np.nan)], None, None, r"W\[1\] must hold finite numbers"),
    ([np.zeros((4, 3)), "w"], None, None, r"W\[1\] must be an array of numbers, not 'w'"),
    ({"0.weight": np.zeros((4, 3)), "0.running_mean": 0}, None, None, "neither the weight nor the bias"),
    ({"0.weight": np.zeros((4, 3))}, [np.zeros(4)], None, "a state_dict holds the biases too"),
    (3, None, None, "W must be a list with an array for each layer, not 3"),
])
def test_arrays_that_do_not_fit_are_refused_and_change_nothing(W: Any, b: Any, order: Any, sentence: str) -> None:
    net = MLP(3, [4, 2], seed=0)
    before = net.arrays()[0]
    with pytest.raises((ValueError, TypeError), match=sentence):
        net.load_arrays(W, b, order)
    assert_equal(net.arrays()[0], before, 0.0)


