"""``gradcheck``: right gradients are never accused, wrong ones never confirmed, and bad input gets a sentence."""

import math
import random
import warnings
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pytest
from rows import ROWS, points

from autograd_lite import (
    OPERATIONS,
    InputCheck,
    Value,
    absolute,
    affine,
    cos,
    elu,
    exp,
    grad,
    gradcheck,
    leaky_relu,
    log,
    logsumexp,
    maximum,
    relu,
    sigmoid,
    sin,
    sqrt,
    tanh,
)
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


def errors_of(f: Callable[..., Any], point: Sequence[float | Value]) -> tuple[float, ...]:
    return tuple(check.error for check in gradcheck(f, point))


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
    errors = errors_of(f, point)
    assert len(errors) == 2
    assert max(errors) < RIGHT


def test_a_small_gradient_of_a_large_function_drowns_in_its_rounding() -> None:
    """The docstring says how far: n is good to about 1e-12 of the scale of f."""
    large, small = errors_of(lambda a, b: 1000 * a + 1e-6 * b, [0.7, 1.3])
    assert large < RIGHT < small < 1e-12 * 1000 / 1e-6


@pytest.mark.one_in(3)
@pytest.mark.parametrize("name", ROWS)
def test_every_row_agrees_at_generic_points_and_differs_where_it_is_bent(name: str) -> None:
    row = OPERATIONS[name]
    checked = 0
    for point in points(name, count=12, seed=7):
        count = len(point) - len(row.constants)

        def f(*operands: Value, constants: tuple[float, ...] = point[count:]) -> Value:
            y: Value = FUNCTIONS[name](*group_operands(row, [*operands, *constants]))
            return y

        right = gradcheck(f, point[:count])
        assert {check.verdict for check in right} == {"agrees"}, (point, right)
        for factor in (1 + 1e-5, 1 - 1e-6, 2.0, -1.0, 0.0):
            wrong = gradcheck(f, point[:count], gradient=[factor * check.automatic for check in right])
            assert {check.verdict for check in wrong if check.automatic or check.numerical} <= {"differs"}, (point, wrong)
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

    errors = errors_of(cost, weights)
    assert len(errors) == len(weights) == 13
    assert max(errors) < RIGHT


@pytest.mark.parametrize("factor", [1.01, 0.99, -1.0, 0.0, 3.0])
def test_a_wrong_partial_is_noticed_and_its_size_told(factor: float) -> None:
    f = bent(lambda a, b: (a * b).tanh(), factor)
    expected = abs(factor - 1) / max(abs(factor), 1)
    assert errors_of(f, [0.3, 0.4]) == pytest.approx((expected, expected), abs=RIGHT)


def test_only_the_input_that_is_wrong_is_told_wrong() -> None:
    first, second = errors_of(bent(lambda a, b: a * b, 1.01), [0.3, 0.4])
    assert first == pytest.approx(0.01 / 1.01, abs=RIGHT)
    assert second < RIGHT


@pytest.mark.parametrize("c", [3.0, 3, Value(3.0)])
def test_constants_have_no_gradient(c: float | Value) -> None:
    assert errors_of(lambda a, b: c, [1.0, 2.0]) == (0.0, 0.0)


def test_an_input_that_is_not_used() -> None:
    assert errors_of(lambda a, b: a * 2, [1.0, 2.0])[1] == 0.0
    assert errors_of(lambda: Value(1.0), []) == ()


@pytest.mark.parametrize("point", [[2], [2.0], (2.0,), [Value(2.0)], [True]])
def test_the_point_may_be_numbers_or_values(point: Sequence[float | Value]) -> None:
    (error,) = errors_of(lambda a: a**3, point)
    assert error < RIGHT


def test_nothing_of_the_point_is_changed() -> None:
    a = Value(2.0, "a")
    a.grad = 7.0
    gradcheck(lambda v: v * v, [a])
    assert (a.data, a.grad) == (2.0, 7.0)
    y = a * a
    assert grad(y, [a]) == (4.0,), "and nothing is stale: warnings are errors here"


def test_a_step_grows_with_the_number() -> None:
    (error,) = errors_of(lambda a: a * a, [1e8])
    assert error < RIGHT
    (error,) = errors_of(log, [1e8])
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
        (lambda a: 1 / a, [0.0], ZeroDivisionError, "div is undefined at a = 1.0, b = 0.0: it needs b ≠ 0"),
        (exp, [709.79], OverflowError, "exp overflows at a = 709.79.*: the result does not fit a float"),
    ],
)
def test_bad_input_is_one_sentence(f: Callable[..., Any], point: Any, kind: type[Exception], sentence: str) -> None:
    with pytest.raises(kind, match=sentence) as caught:
        gradcheck(f, point)
    assert "\n" not in str(caught.value)


UNDEFINED: list[tuple[Callable[..., Value], Sequence[float], list[tuple[str, str, bool]]]] = [
    (sqrt, [0.0], [("cannot tell", "edge of the domain", True)]),
    (lambda a, b: a**b, [-2.0, 3.0], [("agrees", "", False), ("cannot tell", "edge of the domain", True)]),
    (lambda a, b: sqrt(a) + b * b, [0.0, 3.0], [("cannot tell", "edge of the domain", True), ("agrees", "", False)]),
    (lambda a: sqrt(a * a), [0.0], [("cannot tell", "kink", True)]),
    (lambda a: sqrt(a**4), [0.0], [("cannot tell", "edge of the domain", True)]),
]


@pytest.mark.parametrize(("f", "point", "found"), UNDEFINED)
def test_an_undefined_gradient_is_a_verdict_on_its_input_alone(f: Callable[..., Value], point: Sequence[float],
                                                              found: list[tuple[str, str, bool]]) -> None:
    checks = gradcheck(f, point)
    assert [(check.verdict, check.reason, math.isnan(check.automatic)) for check in checks] == found
    assert not any(word in str(check) for check in checks for word in ("nan", "inf"))


def test_a_function_that_exists_on_neither_side_has_no_lost_digits() -> None:
    base, exponent = gradcheck(lambda a, b: a**b, [-2.0, 3.0], gradient=[12.0, 0.0])
    assert base.verdict == "agrees"
    assert str(exponent) == "cannot tell: edge of the domain (gradient 0, by differences none)"


@pytest.mark.parametrize("x", [0.5, 30.0, 100.0, 500.0])
def test_curved_functions_far_out_are_right_too(x: float) -> None:
    assert errors_of(sin, [x])[0] < 1e-8
    assert errors_of(lambda a: a * a * a, [x])[0] < 1e-8


class Case(NamedTuple):
    f: Callable[..., Any]
    at: float
    verdict: str
    reason: str = ""
    gradient: float | None = None


class Counter:
    """No function: it counts its calls."""

    calls = 0

    def __call__(self, a: Value) -> Value:
        self.calls += 1
        return a * self.calls


def mutated(a: Value) -> Value:
    y = a * a
    a.data = 3.0
    return y


def refuse_negative(x: float) -> float:
    if x < 0:
        raise ValueError
    return 3 * x + 1


def refuse_positive(x: float) -> float:
    if x > 0:
        raise ValueError
    return 3 + math.exp(x)


def right_of_zero(f: Callable[[float], float]) -> Callable[[float], float]:
    def function(x: float) -> float:
        if x < 0:
            raise ValueError
        return f(x)

    return function


SMALLEST = 100 * 2.0**-48  # at the longest step this bends 1 by 100 roundings, just enough to be told from them
LARGE = 1e8
CANNOT = "cannot tell"
CASES = {
    # right gradients that differences confirm
    "log near its edge": Case(log, 1e-6, "agrees"),
    "log far down": Case(log, 1e-300, "agrees"),
    "sqrt far down": Case(sqrt, 1e-300, "agrees"),
    "log of a shifted number": Case(lambda a: log(a - 1), 1 + 1e-6, "agrees"),
    "x log x": Case(lambda a: a * log(a), 1e-9, "agrees"),
    "1/x": Case(lambda a: 1 / a, 1e-9, "agrees"),
    "1/x at a short number": Case(lambda a: 1 / a, 2.0**-14, "agrees"),
    "1/x far down": Case(lambda a: 1 / a, 1e-150, "agrees"),
    "exp before it overflows": Case(exp, 709.75, "agrees"),
    "exp at a tiny number": Case(exp, 1e-300, "agrees"),
    "log at a large number": Case(log, 1e12, "agrees"),
    "square of a large number": Case(lambda a: a * a, 1e12, "agrees"),
    "fast oscillation": Case(lambda a: sin(1e5 * a), 1.0, "agrees"),
    "a power in floats": Case(lambda x: x**0.5, 1e-6, "agrees", gradient=500.0),
    "NumPy near its edge": Case(np.log, 1e-6, "agrees", gradient=1e6),
    "arcsine near its edge": Case(np.arcsin, 1 - 1e-6, "agrees", gradient=1 / math.sqrt(1 - (1 - 1e-6) ** 2)),
    "one-sided at an edge": Case(refuse_negative, 0.0, "agrees", gradient=3.0),
    "one-sided and curved, on the right": Case(right_of_zero(lambda x: 3 + math.exp(x)), 0.0, "agrees", gradient=1.0),
    "one-sided and curved, on the left": Case(refuse_positive, 0.0, "agrees", gradient=1.0),
    "a power at its edge": Case(lambda a: a**2.5, 0.0, "agrees"),
    "kink before the shortest step": Case(relu, 1e-6, "agrees"),
    "kink behind the shortest step": Case(relu, -1e-6, "agrees"),
    "kink behind the shortest step, on a number": Case(lambda a: relu(a) + 5, -1e-6, "agrees"),
    "kink within a millionth of a tiny number": Case(lambda x: max(x - 6e-12 * (1 - 5e-7), 0.0), 6e-12, "agrees", gradient=1.0),
    "kink of no first derivative": Case(elu, 0.0, "agrees"),
    "differentiable, slowly": Case(lambda x: abs(x) ** 1.5, 0.0, "agrees", gradient=0.0),
    "minimum": Case(lambda a: 1 + a * a, 0.0, "agrees"),
    "maximum": Case(cos, 0.0, "agrees"),
    "jump out of reach": Case(lambda x: 1.0 if x >= 1e-9 else 0.0, 0.0, "agrees", gradient=0.0),
    "minimum, not symmetric, of a small number": Case(lambda x: 1e-5 + x * x + 0.1 * x * x * x, 0.0, "agrees", gradient=0.0),
    "constant": Case(lambda a: 3.0, 1.0, "agrees"),
    "constant at an edge": Case(right_of_zero(lambda x: 3.0), 0.0, "agrees", gradient=0.0),
    "saturated to a constant": Case(tanh, 20.0, "agrees"),
    "a method": Case(lambda a: a.tanh(), 0.5, "agrees", gradient=1 - math.tanh(0.5) ** 2),
    "cancelled in floats": Case(lambda x: (LARGE + x) - LARGE, 1.0, "agrees", gradient=1.0),
    # wrong gradients
    "off by 1e-6": Case(np.log, 1e-6, "differs", gradient=1e6 * (1 + 1e-6)),
    "off by 1e-6, oscillating": Case(lambda x: math.sin(1e5 * x), 1.0, "differs", gradient=1e5 * math.cos(1e5) * (1 + 1e-6)),
    "twice, one-sided": Case(refuse_negative, 0.0, "differs", gradient=6.0),
    "nothing where 1e-12 is told": Case(lambda x: x * x, 0.0, "differs", gradient=1e-12),
    "1e-12 at a maximum": Case(cos, 0.0, "differs", gradient=1e-12),
    "1e-12 at a generic stationary point": Case(math.sin, math.pi / 2, "differs", gradient=1e-12),
    "1e-12 of a constant": Case(lambda x: 3.0, 1.0, "differs", gradient=1e-12),
    "1e-12 at an edge": Case(lambda a: a**2.5, 0.0, "differs", gradient=1e-12),
    "far too large for a slope that is lost": Case(lambda x: LARGE + 1e-8 * x, 1.0, "differs", gradient=1.0),
    "beyond both sides of relu": Case(relu, 0.0, "differs", gradient=5.0),
    "below both sides of relu": Case(relu, 0.0, "differs", gradient=-1e-3),
    "beyond both sides of |x|": Case(abs, 0.0, "differs", gradient=1.5),
    "beyond a slowly straight slope": Case(lambda x: abs(x) ** 1.5, 0.0, "differs", gradient=0.3),
    "wrong next to a kink": Case(relu, 1e-6, "differs", gradient=0.5),
    "cancelled in floats, twice": Case(lambda x: (LARGE + x) - LARGE, 1.0, "differs", gradient=2.0),
    "no graph": Case(lambda a: a.data * 2, 1.0, "differs"),
    "no graph of a small slope": Case(lambda a: 0.01 * a.data, 1.0, "differs"),
    # kinks and jumps
    "relu": Case(relu, 0.0, CANNOT, "kink"),
    "relu, in between": Case(relu, 0.0, CANNOT, "kink", gradient=0.5),
    "relu, shifted": Case(lambda a: relu(a - 1), 1.0, CANNOT, "kink"),
    "relu, curved": Case(lambda a: relu(a) + relu(a) ** 2, 0.0, CANNOT, "kink"),
    "|x|": Case(absolute, 0.0, CANNOT, "kink"),
    "leaky relu": Case(leaky_relu, 0.0, CANNOT, "kink"),
    "elu": Case(lambda a: elu(a, 0.5), 0.0, CANNOT, "kink"),
    "tie": Case(lambda a: maximum(a, 2.0), 2.0, CANNOT, "kink"),
    "the right side of relu, curved, on a number": Case(lambda x: max(math.sin(x), 0.0) + 3, 0.0, CANNOT, "kink", gradient=1.0),
    "sides that straighten, the steeper": Case(lambda x: abs(math.sinh(x)) + 1, 0.0, CANNOT, "kink", gradient=1.0),
    "a side that straightens slowly": Case(lambda x: x - abs(x) ** 1.4 if x > 0 else 0.0, 0.0, CANNOT, "kink", gradient=1.0),
    "the other side": Case(lambda x: 0.0 if x > 0 else abs(x) ** 1.4 + x, 0.0, CANNOT, "kink", gradient=1.0),
    "a slope that settles slowly": Case(lambda x: math.copysign(abs(x) ** 1.27, x), 0.0, CANNOT, "kink", gradient=0.0),
    "smallest kink": Case(lambda x: 1 + SMALLEST * abs(x), 0.0, CANNOT, "kink", gradient=SMALLEST),
    "small kink": Case(lambda a: 1e-4 * absolute(a) + a, 0.0, CANNOT, "kink"),
    "jump": Case(lambda x: 1.0 if x >= 0 else 0.0, 0.0, CANNOT, "kink", gradient=0.0),
    "jump of a line": Case(lambda x: x - math.floor(x), 2.0, CANNOT, "kink", gradient=1.0),
    "single point": Case(lambda x: x if x else 5.0, 0.0, CANNOT, "kink", gradient=1.0),
    "vertical": Case(lambda x: math.copysign(abs(x) ** (1 / 3), x), 0.0, CANNOT, "kink", gradient=1.0),
    # edges
    "vertical at an edge": Case(math.sqrt, 0.0, CANNOT, "edge of the domain", gradient=1.0),
    "arcsine at its edge": Case(math.asin, 1.0, CANNOT, "edge of the domain", gradient=1.0),
    "power at its edge": Case(lambda a: a**1.5, 0.0, CANNOT, "edge of the domain"),
    "a slope that settles slowly, at an edge": Case(right_of_zero(lambda x: x**1.27), 0.0, CANNOT, "edge of the domain", gradient=0.0),
    "a large sum at an edge, none": Case(right_of_zero(lambda x: LARGE + x * 1e-8), 0.0, CANNOT, "edge of the domain", gradient=0.0),
    "a large sum near an edge, none": Case(right_of_zero(lambda x: LARGE + x * 1e-8), 1e-3, CANNOT, "edge of the domain", gradient=0.0),
    "flat only near by, at an edge": Case(right_of_zero(lambda x: max(x - 1e-4, 0.0)), 0.0, CANNOT, "edge of the domain",
                                          gradient=0.0),
    "nearer to an edge than any step": Case(lambda a: log(a + 1e-20), 0.0, CANNOT, "edge of the domain"),
    "one point": Case(lambda x: math.sqrt(-abs(x)), 0.0, CANNOT, "edge of the domain", gradient=1.0),
    # no functions
    "random": Case(lambda a: a * random.random(), 1.0, CANNOT, "not a function"),
    "dropout": Case(lambda a: a * (random.random() < 0.5), 1.0, CANNOT, "not a function"),
    "stateful": Case(Counter(), 1.0, CANNOT, "not a function"),
    "stateful, in floats": Case(Counter(), 1.0, CANNOT, "not a function", gradient=1.0),
    "sets its inputs": Case(mutated, 2.0, CANNOT, "not a function"),
    # lost digits
    "sigmoid": Case(sigmoid, 36.0, CANNOT, "lost digits"),
    "tanh": Case(tanh, 15.0, CANNOT, "lost digits"),
    "a large sum": Case(lambda a: LARGE + a * 1e-8, 1.0, CANNOT, "lost digits"),
    "a large sum, none": Case(lambda x: LARGE + x * 1e-8, 1.0, CANNOT, "lost digits", gradient=0.0),
    "a large sum, none, as high far on the left": Case(lambda x: LARGE + 1e-12 * (x + 1024) ** 2, 0.0, CANNOT, "lost digits", gradient=0.0),
    "a large sum, none, as high far on the right": Case(lambda x: LARGE + 1e-12 * (x - 1024) ** 2, 0.0, CANNOT, "lost digits", gradient=0.0),
    "a large sum, twice": Case(lambda x: LARGE + x * 1e-8, 1.0, CANNOT, "lost digits", gradient=2e-8),
    "faster oscillation": Case(lambda a: sin(1e12 * a), 1.0, CANNOT, "lost digits"),
    "sine of a large number": Case(sin, 1e12, CANNOT, "lost digits"),
    "minimum, not symmetric": Case(lambda x: 5e-4 + x * x + 0.1 * x * x * x, 0.0, CANNOT, "lost digits", gradient=0.0),
    "underflow": Case(lambda a: a * a, 1e-300, CANNOT, "lost digits"),
    "a constant too large to tell": Case(lambda x: LARGE, 1.0, CANNOT, "lost digits", gradient=1e-12),
    "what rounding may hide of a constant": Case(lambda x: 3.0, 1.0, CANNOT, "lost digits", gradient=3e-14),
    "flat only near by": Case(lambda x: math.copysign(max(abs(x) - 1e-4, 0.0), x), 0.0, CANNOT, "lost digits", gradient=0.0),
    "the gradient itself, cancelled": Case(lambda a: (sin(a) - a) / a, 1.2e-7, CANNOT, "lost digits"),
}


@pytest.mark.parametrize("name", CASES)
def test_verdicts(name: str) -> None:
    f, at, verdict, reason, gradient = CASES[name]
    (check,) = gradcheck(f, [at], gradient=None if gradient is None else [gradient])
    assert (check.verdict, check.reason) == (verdict, reason), check
    assert check.error == (1.0 if reason == "not a function" else _relative_error(check.automatic, check.numerical))
    if gradient is not None:
        assert check.automatic == gradient


def test_the_numbers_of_a_check() -> None:
    (check,) = gradcheck(relu, [0.0])
    assert check == InputCheck(0.0, 0.5, 2.0**-4, 0.0, 1.0, "cannot tell", "kink")
    assert str(check) == "cannot tell: kink (gradient 0, by differences 0.5 ± 0 at step 0.06, error 1)"
    assert str(gradcheck(lambda a: 2 * a, [0.0])[0]).startswith("agrees (gradient 2, by differences 2 ± 0 at step 0.0")
    with pytest.raises(AttributeError):
        check.error = 0.0  # type: ignore[misc]


@pytest.mark.parametrize("gradient", [(4.0, 1.0), [Value(4.0), 1], np.array([4.0, 1.0]), np.array([4, 1], dtype=np.float32)])
def test_a_gradient_of_ones_own_may_be_anything_that_holds_numbers(gradient: Sequence[float]) -> None:
    checks = gradcheck(lambda a, b: np.square(a) + b, [2.0, 7.0], gradient=gradient)
    assert [check.verdict for check in checks] == ["agrees", "agrees"]


def test_a_gradient_of_ones_own_needs_no_graph() -> None:
    taken: list[type] = []

    def f(*inputs: float) -> float:
        taken.extend(map(type, inputs))
        return math.hypot(*inputs)

    checks = gradcheck(f, [3.0, 4.0], gradient=[0.6, 0.6])
    assert [check.verdict for check in checks] == ["agrees", "differs"]
    assert checks[1].error == pytest.approx(0.25)
    assert set(taken) == {float}


@pytest.mark.parametrize(
    ("gradient", "kind", "sentence"),
    [
        ([1.0], ValueError, "the gradient has length 1, the point 2: give one number an input"),
        ([], ValueError, "the gradient has length 0, the point 2: give one number an input"),
        (1.0, TypeError, r"the gradient of gradcheck must be a sequence of numbers, not 1.0: write \[x\]"),
        ([1.0, "2"], TypeError, "entry 1 of the gradient must be a number or a Value, not '2' of type str"),
        ([1.0, math.nan], ValueError, "entry 1 of the gradient must be a finite number, not nan"),
    ],
)
def test_a_gradient_that_is_none_is_refused(gradient: Any, kind: type[Exception], sentence: str) -> None:
    with pytest.raises(kind, match=sentence):
        gradcheck(lambda a, b: a * b, [1.0, 2.0], gradient=gradient)


def test_no_warning_comes_from_steps_that_nobody_asked_for() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        gradcheck(np.log, [1e-3], gradient=[1e3])


def test_digits_that_f_cancels_unseen_accuse_nobody() -> None:
    """No graph shows the 1e8 here, so that the rounding is told by the spread alone."""
    draw = random.Random(3)
    noticed = []
    for _ in range(400):
        x, c, large = draw.uniform(-2, 2), 10 ** draw.uniform(0, 3), 10 ** draw.uniform(2, 9)

        def f(x: float, c: float = c, large: float = large) -> float:
            return (large + math.sin(c * x)) - large

        right = c * math.cos(c * x)
        assert gradcheck(f, [x], gradient=[right])[0].verdict != "differs", (x, c)
        if c < 30 and abs(math.cos(c * x)) > 0.1:
            noticed.append(gradcheck(f, [x], gradient=[-right])[0].verdict == "differs")
    assert noticed.count(True) >= 0.9 * len(noticed) > 20


def test_numbers_that_underflow_accuse_nobody() -> None:
    for k in range(1, 100):
        (check,) = gradcheck(lambda a, k=k: a * (k * 1e-322), [0.7])
        assert check.verdict != "differs", check
