"""``gradcheck``: right gradients come out right, wrong ones wrong by as much as they are, and bad input in a sentence."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from rows import ROWS, points

from autograd_lite import OPERATIONS, Value, affine, exp, grad, gradcheck, log, logsumexp, relu, sin, sqrt, tanh
from autograd_lite.gradcheck import _relative_error
from autograd_lite.internal import FUNCTIONS
from autograd_lite.operations import group_operands
from nn import MLP
from nn.costs import half_squared_error

RIGHT = 1e-8  # what its docstring promises


def bent(f: Callable[..., Value], factor: float) -> Callable[..., Value]:
    """The same function, recorded with a wrong number for the partial of its last operation."""

    def function(*inputs: Value) -> Value:
        y = f(*inputs)
        y._da *= factor
        return y

    return function


FUNCTIONS_OF_TWO: list[Callable[[Value, Value], Value]] = [
    lambda a, b: a * b + a / b,
    lambda a, b: exp(sin(a)) * b**3,
    lambda a, b: sqrt(a * a + b * b),
    lambda a, b: logsumexp([a, b, a * b]),
    lambda a, b: affine([a, b], [b, 0.5], a) ** 2,
    lambda a, b: relu(a - 3 * b) + tanh(a),
]


@pytest.mark.parametrize("f", FUNCTIONS_OF_TWO)
@pytest.mark.parametrize("point", [(0.7, 1.3), (2.0, -0.6), (-3.0, 0.4)])
def test_right_gradients(f: Callable[[Value, Value], Value], point: tuple[float, float]) -> None:
    errors = gradcheck(f, point)
    assert len(errors) == 2
    assert max(errors) < RIGHT


def test_a_small_gradient_of_a_large_function_drowns_in_its_rounding() -> None:
    """The docstring says how far: n is good to about 1e-12 of the scale of f."""
    large, small = gradcheck(lambda a, b: 1000 * a + 1e-6 * b, [0.7, 1.3])
    assert large < RIGHT < small < 1e-12 * 1000 / 1e-6


@pytest.mark.parametrize("name", ROWS)
def test_every_row_is_right_at_generic_points(name: str) -> None:
    row = OPERATIONS[name]
    checked = 0
    for point in points(name, seed=7):
        count = len(point) - len(row.constants)
        if min(abs(v) for v in point[:count]) < 0.5:
            continue  # near 0 the higher derivatives of powers and quotients, and so the error of n, have no bound

        def f(*operands: Value, constants: tuple[float, ...] = point[count:]) -> Value:
            y: Value = FUNCTIONS[name](*group_operands(row, [*operands, *constants]))
            return y

        assert max(gradcheck(f, point[:count])) < RIGHT, point
        checked += 1
    assert checked >= 5


def test_a_network_as_a_function_of_its_weights() -> None:
    net = MLP(2, [3, 1], activation="tanh", output_activation="sigmoid", seed=4)
    weights = net.parameters()

    def cost(*values: Value) -> Value:
        rest = iter(values)
        for layer in net.layers:
            for neuron in layer.neurons:
                neuron.weights = [next(rest) for _ in neuron.weights]
                neuron.bias = next(rest)
        return half_squared_error(net.forward([0.5, -1.5]).output, [1.0])

    errors = gradcheck(cost, weights)
    assert len(errors) == len(weights) == 13
    assert max(errors) < RIGHT


@pytest.mark.parametrize("factor", [1.01, 0.99, -1.0, 0.0, 3.0])
def test_a_wrong_partial_is_noticed_and_its_size_told(factor: float) -> None:
    f = bent(lambda a, b: (a * b).tanh(), factor)
    expected = abs(factor - 1) / max(abs(factor), 1)
    assert gradcheck(f, [0.3, 0.4]) == pytest.approx((expected, expected), abs=RIGHT)


def test_only_the_input_that_is_wrong_is_told_wrong() -> None:
    first, second = gradcheck(bent(lambda a, b: a * b, 1.01), [0.3, 0.4])
    assert first == pytest.approx(0.01 / 1.01, abs=RIGHT)
    assert second < RIGHT


@pytest.mark.parametrize("c", [3.0, 3, Value(3.0)])
def test_constants_have_no_gradient(c: float | Value) -> None:
    assert gradcheck(lambda a, b: c, [1.0, 2.0]) == (0.0, 0.0)


def test_an_input_that_is_not_used() -> None:
    assert gradcheck(lambda a, b: a * 2, [1.0, 2.0])[1] == 0.0
    assert gradcheck(lambda: Value(1.0), []) == ()


@pytest.mark.parametrize("point", [[2], [2.0], (2.0,), [Value(2.0)], [True]])
def test_the_point_may_be_numbers_or_values(point: Sequence[float | Value]) -> None:
    (error,) = gradcheck(lambda a: a**3, point)
    assert error < RIGHT


def test_nothing_of_the_point_is_changed() -> None:
    a = Value(2.0, "a")
    a.grad = 7.0
    gradcheck(lambda v: v * v, [a])
    assert (a.data, a.grad) == (2.0, 7.0)
    y = a * a
    assert grad(y, [a]) == (4.0,), "and nothing is stale: warnings are errors here"


def test_a_step_grows_with_the_number() -> None:
    (error,) = gradcheck(lambda a: a * a, [1e8])
    assert error < RIGHT
    (error,) = gradcheck(log, [1e8])
    assert error < RIGHT


@pytest.mark.parametrize(
    ("automatic", "numerical", "expected"),
    [(0.0, 0.0, 0.0), (1.0, 1.0, 0.0), (1.0, 0.0, 1.0), (0.0, -2.0, 1.0), (4.0, 5.0, 0.2), (5.0, 4.0, 0.2), (-4.0, 5.0, 1.8),
     (1e-300, 2e-300, 0.5), (math.inf, 1.0, 1.0)],
)
def test_the_error_is_relative_to_the_larger(automatic: float, numerical: float, expected: float) -> None:
    """|a − n| / max(|a|, |n|)"""
    assert _relative_error(automatic, numerical) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize(
    ("f", "point", "kind", "sentence"),
    [
        (exp, 1.0, TypeError, r"the point of gradcheck must be a sequence of numbers, not 1.0: write \[x\]"),
        (exp, Value(1.0), TypeError, r"the point of gradcheck must be a sequence of numbers, not Value\(.*\): write \[x\]"),
        (exp, (v for v in [1.0]), TypeError, "the point of gradcheck must be a sequence of numbers"),
        (exp, ["1"], TypeError, "entry 0 of the point must be a number or a Value, not '1' of type str"),
        (exp, [math.nan], ValueError, "entry 0 of the point must be a finite number, not nan"),
        (lambda a: "y", [1.0], TypeError, "the result of f must be a number or a Value, not 'y' of type str"),
        (lambda a: None, [1.0], TypeError, "the result of f must be a number or a Value, not None"),
        (lambda a: math.inf, [1.0], ValueError, "the result of f must be a finite number, not inf"),
        (log, [-1.0], ValueError, "log is undefined at a = -1.0: it needs a > 0"),
        (log, [1e-5], ValueError, "log is undefined at a = -.*e-05: it needs a > 0"),
        (lambda a: 1 / a, [2.0**-14], ZeroDivisionError, "div is undefined at a = 1.0, b = 0.0: it needs b ≠ 0"),
        (lambda a: exp(a), [709.75], OverflowError, "exp overflows at a = 709.79.*: the result does not fit a float"),
    ],
)
def test_bad_input_is_one_sentence(f: Callable[..., Any], point: Any, kind: type[Exception], sentence: str) -> None:
    with pytest.raises(kind, match=sentence) as caught:
        gradcheck(f, point)
    assert "\n" not in str(caught.value)


def test_an_undefined_derivative_is_said() -> None:
    with pytest.raises(ValueError, match=r"the derivative of sqrt\(0.0\) .* is undefined there"):
        gradcheck(sqrt, [0.0])


def test_across_a_kink_the_difference_means_nothing() -> None:
    """Said in the docstring; here, so that the steps are what it says: the long ones may cross it, the short must not."""
    assert gradcheck(relu, [0.01])[0] < RIGHT
    assert gradcheck(relu, [2.0**-11 + 1e-6])[0] < RIGHT
    assert gradcheck(relu, [1e-6])[0] > 1e-3


def test_long_steps_may_leave_the_domain() -> None:
    assert gradcheck(log, [0.01])[0] < 1e-6
    assert gradcheck(sqrt, [0.001])[0] < 1e-6


@pytest.mark.parametrize("x", [0.5, 30.0, 100.0, 500.0])
def test_curved_functions_far_out_are_right_too(x: float) -> None:
    assert gradcheck(sin, [x])[0] < 1e-8
    assert gradcheck(lambda a: a * a * a, [x])[0] < 1e-8
