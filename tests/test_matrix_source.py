"""The printed program: the two cheat sheets line by line, and every simplification."""

from typing import Any

import numpy as np
import pytest
from matrix_cases import run_source

from autograd_lite import Value, matrix_form, sigmoid
from autograd_lite.matrix_form.algebra import Algebra
from autograd_lite.matrix_form.expressions import Expression
from autograd_lite.matrix_form.numpy_source import Printer
from autograd_lite.matrix_form.paper import Paper
from nn import MLP, costs
from nn.costs import COSTS
from nn.derivations import LECTURES, compare


def record(id: str) -> tuple[Any, list[Value], list[Value]]:
    """The cost of the first sample of a lecture, its parameters as the lecture's arrays hold them, and x and y."""
    lecture = LECTURES[id]
    settings = lecture.resolve({})
    first = lecture.resolve({"X": [list(settings["X"][0])], "Y": [list(settings["Y"][0])]})
    recording = lecture.record(first)
    matrices = [recording.weights[l] for l in sorted(recording.weights)]
    parameters = [w for matrix in matrices for row in (zip(*matrix, strict=True) if id == "rows" else matrix) for w in row]
    nodes = {node.label: node for node in _leaves(recording.cost)}
    samples = [node for label, node in sorted(nodes.items()) if label[0] in "xX"]
    return recording.cost, parameters, [*samples, *(node for label, node in sorted(nodes.items()) if label[0] in "yY")]


def _leaves(cost: Value) -> list[Value]:
    from autograd_lite import topological_order

    return [node for node in topological_order(cost) if not node.operation]


SHEETS = {
    "columns": """
    X = data[:, :2].T
    Y = data[:, 2:4].T
    W1 = theta[:6].reshape(3, 2)
    W2 = theta[6:12].reshape(2, 3)

    # forward
    Z2 = W1 @ X
    A2 = sigmoid(Z2)
    Z3 = W2 @ A2
    A3 = sigmoid(Z3)
    C = np.mean(0.5 * np.sum((Y - A3)**2, axis=0))

    # backward
    D3 = -(Y - A3) * A3 * (1 - A3)
    D2 = (W2.T @ D3) * A2 * (1 - A2)
    dW1 = D2 @ X.T / N
    dW2 = D3 @ A2.T / N
    dtheta = np.concatenate([dW1.ravel(), dW2.ravel()])
""",
    "rows": """
    X = data[:, :2]
    Y = data[:, 2:4]
    W1 = theta[:6].reshape(2, 3)
    W2 = theta[6:12].reshape(3, 2)

    # forward
    Z2 = X @ W1
    A2 = sigmoid(Z2)
    Z3 = A2 @ W2
    A3 = sigmoid(Z3)
    C = np.mean(0.5 * np.sum((Y - A3)**2, axis=1))

    # backward
    D3 = -(Y - A3) * A3 * (1 - A3)
    D2 = (D3 @ W2.T) * A2 * (1 - A2)
    dW1 = X.T @ D2 / N
    dW2 = A2.T @ D3 / N
    dtheta = np.concatenate([dW1.ravel(), dW2.ravel()])
"""}


@pytest.mark.parametrize("id", SHEETS)
def test_the_program_is_the_cheat_sheet(id: str) -> None:
    form = matrix_form(*record(id))
    source = form.write_source(id)
    assert SHEETS[id] in source
    settings = LECTURES[id].resolve({})
    data = np.c_[settings["X"], settings["Y"]]
    theta = np.concatenate([np.ravel(W) for W in settings["W"]])
    by_hand = compare(id).hand
    for C, gradient in (form.value_and_gradient(theta, data), run_source(source, theta, data)):
        assert pytest.approx(by_hand["C"], rel=1e-12) == C
        assert gradient == pytest.approx(np.concatenate([np.ravel(by_hand["dW"][l]) for l in sorted(by_hand["dW"])]), rel=1e-12)


def test_a_network_with_biases_and_a_penalty() -> None:
    net = MLP(2, [3, 1], "relu", seed=1)
    x, y = [Value(0.3, "x₁"), Value(-0.2, "x₂")], Value(0.1, "y")
    form = matrix_form(COSTS["half_squared_error"].sample(net.outputs(x)[1], [y]), net.parameters(), [*x, y],
                       penalty=costs.penalty("l2_half", net.weights_alone(), 0.1))
    for line in ("W1 = theta[:9].reshape(3, 3)[:, :2]", "b1 = theta[2:9:3]", "Z1 = X @ W1.T + b1", "A1 = relu(Z1)",
                 "D2 = Z2 - Y", "D1 = (D2 @ W2) * (Z1 > 0)", "dW1 = D1.T @ X / N + 0.1 * W1", "db1 = np.sum(D1, axis=0) / N",
                 "C = np.mean(0.5 * (Z2 - Y)**2) + 0.05 * (np.sum(W1**2) + np.sum(W2**2))"):
        assert f"    {line}\n" in form.source
    assert "    Z1 = W1 @ X + b1\n" in form.write_source("columns")


def test_labels_name_the_arrays_and_never_twice() -> None:
    w, v, x = Value(1.0, "w"), Value(2.0, "w"), Value(3.0, "lambda")
    source = matrix_form(sigmoid(w * x) * sigmoid(v * x) * x, [w, v], [x]).source
    assert run_source(source, np.array([1.0, 2.0]), np.array([[3.0]]))[0] == pytest.approx((sigmoid(Value(3.0)) * sigmoid(Value(6.0)) * 3.0).data)


def test_a_form_that_does_not_exist() -> None:
    w, x = Value(1.0, "w"), Value(3.0, "x")
    with pytest.raises(ValueError, match="the form of a program is rows or columns, not 'diagonal'"):
        matrix_form(w * x, [w], [x]).write_source("diagonal")


A = Algebra()
X, Y, Z = (A.name(name, True, (3,)) for name in "XYZ")


def n(value: float) -> Expression:
    return A.number(value)


@pytest.mark.parametrize(("made", "printed"), [
    (A.multiply(n(0.5), n(2.0)), "1"),
    (A.multiply(n(0.5), A.multiply(n(2.0), X)), "X"),
    (A.multiply(A.multiply(n(2.0), X), n(3.0)), "6 * X"),
    (A.multiply(n(1.0), X), "X"), (A.divide(X, n(1.0)), "X"), (A.multiply(n(0.0), X), "0"),
    (A.add(n(0.0), X), "X"), (A.subtract(X, n(0.0)), "X"), (A.subtract(n(0.0), X), "-X"), (A.add(X, X), "2 * X"),
    (A.multiply(n(-1.0), X), "-X"), (A.negate(A.negate(X)), "X"),
    (A.multiply(X, A.negate(Y)), "-X * Y"), (A.multiply(A.negate(A.subtract(X, Y)), Z), "-(X - Y) * Z"),
    (A.add(X, A.negate(Y)), "X - Y"), (A.subtract(X, A.negate(Y)), "X + Y"),
    (A.multiply(X, A.multiply(Y, Z)), "X * Y * Z"), (A.multiply(X, A.divide(n(1.0), Y)), "X / Y"),
    (A.call("power", X, n(1.0)), "X"), (A.call("power", X, n(0.0)), "1"),
    (A.read("where(c == 0, 0, c * power(a, c - 1))", {"a": X, "c": n(2.0)}), "2 * X"),
    (A.multiply(Y, A.read("where(a > 0, 1, 0)", {"a": X})), "Y * (X > 0)"),
])
def test_what_is_simplified(made: Expression, printed: str) -> None:
    assert Printer("rows").write(made) == printed


P = Paper()
X, Y, Z, B = (P.name(name, True, (3,)) for name in "XYZB")
U, S = P.name("U", True, (1,)), P.softmax(X)
COST = P.add(P.divide(P.negate(Y), B), P.divide(P.subtract(n(1.0), Y), P.subtract(n(1.0), B)))
LOGISTIC = [P.call("sigmoid", v) for v in (X, P.negate(X))]


@pytest.mark.parametrize(("made", "printed"), [
    (P.multiply(X, X), "X**2"), (P.subtract(n(1.0), P.subtract(n(1.0), Y)), "Y"), (P.add(P.negate(X), Y), "Y - X"),
    (P.total(P.negate(X)), "-np.sum(X, axis=1, keepdims=True)"),
    (P.total(P.multiply(n(0.5), X)), "0.5 * np.sum(X, axis=1, keepdims=True)"),
    (P.total(P.multiply(U, X)), "U * np.sum(X, axis=1, keepdims=True)"),
    (P.add(P.total(X), P.total(Y)), "np.sum(X + Y, axis=1, keepdims=True)"),
    (P.multiply(P.total(Y), X), "X * np.sum(Y, axis=1, keepdims=True)"),
    (P.over_samples(P.negate(X)), "-np.sum(X, axis=0)"),
    (P.divide(P.over_samples(P.spread(P.name("w", False, (3,)), True, (3,))), P.count), "w"),
    (P.over_samples(P.spread(n(2.0), True, (1,))), "2 * N"), (P.divide(P.over_samples(P.spread(n(1.0), True, (1,))), P.count), "1"),
    (P.softmax(P.subtract(X, U)), "softmax(X)"), (P.softmax(P.add(X, n(2.0))), "softmax(X)"),
    (P.softmax(P.subtract(X, Y)), "softmax(X - Y)"), (P.total(S), "1"),
    (P.call("exp", P.subtract(X, P.reduce("logsumexp", [X]))), "softmax(X)"),
    (P.call("exp", P.subtract(X, P.reduce("logsumexp", [Y]))), "np.exp(X - logsumexp(Y))"),
    (P.multiply(P.divide(P.negate(Y), B), P.multiply(B, Z)), "-Y * Z"),
    (P.multiply(COST, P.multiply(B, P.subtract(n(1.0), B))), "B - Y"),
    (P.multiply(COST, B), "((1 - Y) / (1 - B) - Y / B) * B"),  # not in all terms
    (P.multiply(P.divide(Y, P.multiply(B, B)), B), "Y / B**2 * B"),
    (P.shorten(P.subtract(P.multiply(P.subtract(n(1.0), Y), LOGISTIC[0]), P.multiply(Y, LOGISTIC[1]))), "sigmoid(X) - Y"),
    (P.shorten(P.add(P.multiply(X, Y), P.multiply(X, Z))), "X * Y + X * Z"),
    (P.multiply(P.constant((0.0, -1.0, 0.0)), X), "-np.array([0.0, 1.0, 0.0]) * X"),
    (P.total(P.constant((1.0, 2.0, 0.5))), "3.5"),
    (n(2 / 3), "2 / 3"), (P.multiply(n(1 / 3), X), "1 / 3 * X"), (P.divide(X, n(1 / 3)), "X / (1 / 3)"), (n(0.1), "0.1"),
    (n(0.3333), "0.3333"), (P.spread(n(1.0), True, (3,)), "np.ones((N, 3))"),
])
def test_what_is_simplified_on_paper(made: Expression, printed: str) -> None:
    assert Printer("rows").write(made) == printed


@pytest.mark.parametrize(("made", "printed"), [
    (A.divide(X, A.multiply(Y, Z)), "X / (Y * Z)"), (A.subtract(X, A.add(Y, Z)), "X - (Y + Z)"),
    (A.multiply(A.add(X, Y), Z), "(X + Y) * Z"), (A.call("power", A.add(X, Y), n(2.0)), "(X + Y)**2"),
    (A.call("power", n(-2.0), X), "(-2)**X"), (A.divide(A.multiply(X, Y), Z), "X * Y / Z"),
    (A.multiply(A.divide(X, Y), Z), "X / Y * Z"), (A.subtract(X, A.subtract(Y, Z)), "X - (Y - Z)"),
    (A.negate(A.add(X, Y)), "-(X + Y)"),
])
def test_brackets_stand_where_they_are_needed(made: Expression, printed: str) -> None:
    assert Printer("rows").write(made) == printed
