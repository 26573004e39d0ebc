"""The engine at its edges: threads and processes, branches of Python, sums, and other people's words."""

import copy
import gc
import multiprocessing
import pickle
import re
import threading
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest

from autograd_lite import (
    OPERATIONS,
    StaleGraphWarning,
    Value,
    affine,
    exp,
    grad,
    log,
    maximum,
    product,
    sigmoid,
    tanh,
    total,
    trace,
)
from autograd_lite.clock import NAMES
from autograd_lite.comparisons import MOST
from nn.costs import COSTS
from nn.ground.activations import softmax
from visualize import draw, page, print_steps

# --- Threads and processes


def run_beside(work: Callable[[], Any]) -> None:
    """Run ``work`` while another thread records derivatives."""
    inside, done = threading.Event(), threading.Event()

    def take_derivatives() -> None:
        with Value.recording_derivatives():
            inside.set()
            done.wait()

    other = threading.Thread(target=take_derivatives)
    other.start()
    inside.wait()
    try:
        work()
    finally:
        done.set()
        other.join()


def test_nodes_of_another_thread_are_no_derivatives() -> None:
    made: list[Value] = []
    run_beside(lambda: made.append(Value(2.0, "x")))
    x, = made
    run_beside(lambda: made.append(x * x))
    x.data = 3.0
    with pytest.warns(StaleGraphWarning):
        made[1].backward()
    assert x.grad == 6.0


def test_the_clock_never_goes_back() -> None:
    p, made = Value(0.0), list[Value]()

    def train() -> None:
        for _ in range(5):
            p.data += 1.0
        made.append(Value(2.0, "x"))
        made.append(made[0] * made[0])

    before = NAMES["clock"]
    run_beside(train)
    assert NAMES["clock"] == before + 5
    assert type(NAMES["clock"]) is int
    x, y = made
    x.data = 10.0
    with pytest.warns(StaleGraphWarning):
        y.backward()
    assert x.grad == 20.0


def test_derivatives_are_marked_whoever_else_records() -> None:
    x = Value(2.0, "x")
    slopes: list[Value] = []
    run_beside(lambda: slopes.extend(grad(x**3, [x], create_graph=True)))
    x.data = 5.0
    with pytest.raises(ValueError, match="changed since these derivatives were recorded: x"):
        grad(slopes[0], [x])


def test_many_threads_train_on_graphs_of_their_own() -> None:
    def descend(start: float) -> float:
        x = Value(start)
        for _ in range(200):
            y = (x - 1.0) ** 2 if x > 1 else (1.0 - x) ** 2
            slope, = grad(y, [x], create_graph=True)
            x.data -= 0.25 * slope.data
        return x.data

    with ThreadPoolExecutor(8) as pool, warnings.catch_warnings():
        warnings.simplefilter("error")
        assert list(pool.map(descend, [float(i) for i in range(16)])) == [pytest.approx(1.0)] * 16


def change_and_read(pickled: bytes) -> tuple[float, int, str]:
    """In another process: the gradient after a leaf changed, the number of warnings, and what a branch answers."""
    y, branch = pickle.loads(pickled)  # noqa: S301 - pickled above
    x = y.parents[0]
    x.data = 10.0
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        y.backward()
    z = branch.parents[0]
    z.data = -3.0
    try:
        branch.backward()
    except ValueError as error:
        return x.grad, len(caught), str(error)
    return x.grad, len(caught), ""


def test_a_graph_in_another_process_knows_a_changed_leaf_and_its_branch() -> None:
    x, z = Value(2.0, "x"), Value(2.0, "z")
    for _ in range(3):
        x.data = 2.0
    y, branch = x * x, z * z if z > 0 else -z
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        slope, warned, refusal = pool.apply(change_and_read, (pickle.dumps((y, branch)),))
    assert (slope, warned) == (20.0, 1)
    assert "z > 0 was true when the graph was recorded and is false now" in refusal


# --- Branches of Python


def test_a_graph_behind_an_if_is_not_read_on_the_other_side() -> None:
    x = Value(2.0, "x")
    y = x * x if x > 0 else -x * x
    x.data = 3.0
    with pytest.warns(StaleGraphWarning, match="a branch that Python took on .data, or on nodes that are not in the graph, is not"):
        y.backward()
    assert x.grad == 6.0
    x.data = -3.0
    sentence = ("x > 0 was true when the graph was recorded and is false now (-3.0 > 0); the graph holds the branch taken "
                "then, so compute it again")
    for read in (y.backward, lambda: grad(y, [x]), lambda: trace(y), lambda: draw(y), lambda: page(y), lambda: print_steps(y)):
        with pytest.raises(ValueError, match=re.escape(sentence)):
            read()
    assert x.grad == 6.0
    x.data = 1.0
    with pytest.warns(StaleGraphWarning):
        y.backward()
    assert x.grad == 8.0


def test_the_operand_that_max_left_out_counts_too() -> None:
    a, b = Value(1.0, "a"), Value(2.0, "b")
    y = max(a, b) * 1.0
    a.data = 5.0
    with pytest.raises(ValueError, match="b > a was true when the graph was recorded and is false now"):
        y.backward()


def test_a_computed_operand_is_compared_with_its_new_number() -> None:
    w, x = Value(2.0, "w"), Value(1.0, "x")
    z = w * x
    z.label = "z"
    y = z * 1.0 if z >= x else z * 0.01
    x.data = 3.0
    with pytest.warns(StaleGraphWarning):
        y.backward()
    w.data = 0.5
    with pytest.raises(ValueError, match="z >= x was true"):
        y.backward()


@pytest.mark.parametrize(("compare", "moved"), [
    (lambda x: x == 2, 3.0), (lambda x: x != 3, 3.0), (lambda x: x <= 2, 3.0), (lambda x: x > 1, 0.5), (bool, 0.0),
    (lambda x: x >= Value(2.0), 1.0)])
def test_every_comparison_leaves_a_mark(compare: Callable[[Value], bool], moved: float) -> None:
    x = Value(2.0, "x")
    assert compare(x)
    y = x * x
    x.data = moved
    with pytest.raises(ValueError, match="compute it again"):
        y.backward()


def test_what_was_recorded_before_a_comparison_or_after_an_assignment_is_free_of_it() -> None:
    x = Value(2.0, "x")
    before = x * x
    assert x > 0
    x.data = -3.0
    after = x * x
    with pytest.warns(StaleGraphWarning):
        before.backward()
    after.backward()
    assert x.grad == -12.0
    x.data = 4.0
    with pytest.warns(StaleGraphWarning):
        after.backward()


def test_a_leaf_that_has_its_old_number_back_is_compared_anew() -> None:
    x = Value(2.0, "x")
    assert x > 0
    x.data = 3.0
    x.data = 2.0
    y = x * x if x > 0 else -x * x
    x.data = -1.0
    with pytest.raises(ValueError, match="x > 0 was true"):
        y.backward()


def test_the_same_comparison_again_takes_no_room() -> None:
    x, y = Value(2.0, "x"), Value(3.0)
    assert x > 0
    for _ in range(2 * MOST):
        assert x < y
    z = x * x
    y.data = 4.0
    x.data = 1.0
    with pytest.warns(StaleGraphWarning):
        z.backward()


def test_what_was_recorded_after_an_assignment_is_free_of_forgotten_comparisons_too() -> None:
    x = Value(2.0, "x")
    for i in range(MOST):
        assert x < 3 + i
    x.data = 1.0
    y = x * x
    assert x > -1
    x.data = 5.0
    with pytest.warns(StaleGraphWarning):
        y.backward()
    assert x.grad == 10.0


def test_a_branch_on_data_cannot_be_seen_and_the_warning_says_so() -> None:
    x = Value(2.0, "x")
    y = x * x if x.data > 0 else -x * x
    x.data = -3.0
    with pytest.warns(StaleGraphWarning, match="took on .data, or on nodes"):
        y.backward()


def test_copies_carry_the_marks() -> None:
    x = Value(2.0, "x")
    y = x * x if x > 0 else -x * x
    for other in (copy.deepcopy(y), pickle.loads(pickle.dumps(y))):  # noqa: S301 - our own
        other.parents[0].data = -1.0
        with pytest.raises(ValueError, match="x > 0 was true"):
            other.backward()
    y.backward()
    assert x.grad == 4.0


def test_comparisons_in_a_loop_keep_a_graph_or_two_alive() -> None:
    best, least = Value(9.0), Value(9.0)
    for i in range(50):
        loss, leaf = exp(Value(-float(i))), Value(-float(i), "leaf")
        best = loss if loss < best else best
        least = leaf if leaf < least else least
    gc.collect()
    held = [node for node in gc.get_objects() if type(node) is Value]
    assert sum(node.operation == "exp" for node in held) <= 3
    assert sum(node.label == "leaf" for node in held) <= 2
    assert len(pickle.dumps(least)) < 400


def test_many_comparisons_are_never_forgotten_in_silence() -> None:
    x = Value(2.0, "x")
    negative = x < 0
    for i in range(MOST + 20):
        assert x < 3 + i
    y = -x * x if negative else x * x
    x.data = -3.0
    with pytest.raises(ValueError, match="more comparisons of its operands than are remembered"):
        y.backward()
    fresh = x * x
    for _ in range(3 * MOST):
        x.data += 1.0
        assert x > -100
        (x * 2.0).backward()
    with pytest.raises(ValueError, match="than are remembered"):
        fresh.backward()
    y = x * x
    x.data = 1.0
    with pytest.warns(StaleGraphWarning):
        y.backward()


def test_a_computed_operand_that_is_deleted_is_compared_all_the_same() -> None:
    x = Value(3.0, "x")
    for _ in range(5):  # a new node often gets the id of the one before it
        y = x * 2 if x < x * x else x * 3
    x.data = 0.5
    with pytest.raises(ValueError, match="x < mul node of value 9.0 was true"):
        y.backward()
    x.data = 2.0
    y = x * 2 if x > x - 1 else x * 3
    x.data = 0.5
    with pytest.warns(StaleGraphWarning):
        y.backward()
    for _ in range(5):
        z = x * x
        y = z * 2 if x < z else z * 3
    x.data = 2.0
    with pytest.raises(ValueError, match="was false when"):
        y.backward()


def read_a_leaf(pickled: bytes) -> str:
    x = pickle.loads(pickled)  # noqa: S301 - pickled below
    y = x * x if x > 0 else -x * x
    x.data = -3.0
    try:
        y.backward()
    except ValueError as error:
        return str(error)
    return ""


def test_a_compared_leaf_is_compared_anew_in_another_process() -> None:
    x = Value(2.0, "x")
    for i in range(50):
        assert x < 3 + i
    assert x > 0
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert "x > 0 was true" in pool.apply(read_a_leaf, (pickle.dumps(x),))


def test_a_copy_is_free_of_its_original() -> None:
    a, b = Value(1.0, "a"), Value(2.0, "b")
    assert a < b
    copied, _ = copy.deepcopy([a, b])
    y = copied * 2.0
    b.data = 0.0
    y.backward()
    assert copied.grad == 2.0
    assert len(pickle.dumps(a)) < 400


def test_a_thousand_compared_leaves_are_pickled() -> None:
    leaves = [Value(float(i % 97)) for i in range(1000)]
    ordered = sorted(leaves, key=lambda leaf: leaf)
    assert [leaf.data for leaf in pickle.loads(pickle.dumps(ordered))] == [leaf.data for leaf in ordered]  # noqa: S301


def test_a_derivative_that_is_a_constant_is_one_all_the_same() -> None:
    x = Value(2.0, "x")
    slope, = grad(maximum(x, 0.0), [x], create_graph=True)
    y = slope * x
    x.data = -3.0
    with pytest.raises(ValueError, match="changed since these derivatives were recorded: x"):
        y.backward()


def test_what_a_derivative_is_computed_from_is_a_derivative_too() -> None:
    x = Value(2.0, "x")
    slope, = grad(x**3, [x], create_graph=True)
    inner, = (node for node in slope.parents if node.operation == "power")
    with Value.recording_derivatives():
        y = x * x
    x.data = 5.0
    for node in (inner, y):
        with pytest.raises(ValueError, match="changed since these derivatives were recorded: x"):
            node.backward()


def test_each_of_several_constant_derivatives_is_marked() -> None:
    a, b = Value(2.0, "a"), Value(3.0, "b")
    by_a, by_b = grad(maximum(a, 0.0) + maximum(b, 0.0), [a, b], create_graph=True)
    for slope in (by_a, by_b):
        y = slope * a
        a.data = a.data - 5.0
        with pytest.raises(ValueError, match="changed since these derivatives were recorded: a"):
            y.backward()


def test_a_number_of_any_kind_is_compared() -> None:
    assert Value(1.0) < Decimal("1.5")
    assert Value(1.5) == Fraction(3, 2)


def test_the_branch_is_what_is_refused_where_the_other_side_is_not_even_defined() -> None:
    x = Value(2.0, "x")
    y = log(x) if x > 0 else x * 0.0
    x.data = -1.0
    with pytest.raises(ValueError, match="x > 0 was true when the graph was recorded and is false now"):
        y.backward()


def test_comparisons_compare_numbers_and_sets_compare_nodes() -> None:
    y = Value(1.0)
    assert (y <= 1.0, y >= 1.0, y == 1.0, bool(Value(0.0)), y != Value(1.0)) == (True, True, True, False, False)
    assert sum(p == t for p, t in zip([Value(1.0), Value(0.0)], [1.0, 0.0], strict=True)) == 2
    assert y != "1"
    assert (y == None) is False  # noqa: E711 - what people write
    assert len({Value(1.0), Value(1.0)}) == 2
    assert (np.array([Value(1.0), Value(2.0)]) == 1.0).tolist() == [True, False]


def test_a_subclass_is_refused_when_it_is_made() -> None:
    with pytest.raises(TypeError, match="Tensor cannot be a subclass of Value"):
        type("Tensor", (Value,), {})


# --- Sums, and digits


def test_sums_are_added_from_left_to_right() -> None:
    assert total([1e16, 1.0, -1e16]).data == 0.0
    assert affine([Value(1e16), Value(1.0), Value(-1e16)], [1.0, 1.0, 1.0], 0.0).data == 0.0
    numbers = [0.1 * i for i in range(100)]
    by_hand = 0.0
    for number in numbers:
        by_hand += number
    assert total(numbers).data == by_hand


@pytest.mark.parametrize("at", [1e12, 1e16])
def test_probabilities_of_large_equal_logits(at: float) -> None:
    z = [Value(at), Value(at)]
    p = softmax(z)
    assert [a.data for a in p] == [0.5, 0.5]
    assert grad(p[0], z) == (0.25, -0.25)
    cost = COSTS["softmax_cross_entropy"]([z], [[1.0, 0.0]])
    assert cost.data == pytest.approx(np.log(2), rel=1e-15)
    assert grad(cost, z) == (-0.5, 0.5)


@pytest.mark.parametrize("z", [-800.0, -40.0, -1.0, 0.0, 1.0, 40.0, 800.0])
@pytest.mark.parametrize("t", [0.0, 1.0, 0.25])
@pytest.mark.parametrize("name", ["binary_cross_entropy_logits", "bernoulli_logits"])
def test_the_cross_entropy_of_a_logit_keeps_its_digits(name: str, t: float, z: float) -> None:
    node = Value(z)
    cost = COSTS[name]([[node]], [[t]])
    t = t if name.startswith("binary") else 1 - t
    with mpmath.workdps(400):
        exact = mpmath.log(1 + mpmath.exp(z)) - mpmath.mpf(t) * mpmath.mpf(z)
        slope = 1 / (1 + mpmath.exp(-mpmath.mpf(z))) - t
    assert cost.data == pytest.approx(float(exact), rel=1e-14)
    assert grad(cost, [node])[0] == pytest.approx(float(slope), rel=1e-14)


def test_an_exponent_that_is_a_value_has_the_derivatives_of_a_number() -> None:
    for at in (0.0, 2.0):
        for exponent in (0.0, 1.0, 2.0, 3.0):
            x, y = Value(at), Value(at)
            first, second = x ** Value(exponent), y ** exponent
            for _ in range(4):
                assert first.data == pytest.approx(second.data, rel=1e-15)
                first, = grad(first, [x], create_graph=True)
                second, = grad(second, [y], create_graph=True)


@pytest.mark.parametrize(("f", "name"), [(lambda x: 1 / x, "1/x"), (sigmoid, "sigmoid"), (tanh, "tanh"), (log, "log")])
def test_the_tenth_derivative_is_right_and_its_graph_stays_small(f: Callable[[Value], Value], name: str) -> None:
    x = Value(0.5, "x")
    y = f(x)
    for _ in range(10):
        y, = grad(y, [x], create_graph=True)
    functions = {"1/x": lambda u: 1 / u, "sigmoid": lambda u: 1 / (1 + mpmath.exp(-u)), "tanh": mpmath.tanh, "log": mpmath.log}
    with mpmath.workdps(60):
        assert y.data == pytest.approx(float(mpmath.diff(functions[name], 0.5, 10)), rel=1e-11)
    assert len(trace(y).nodes) < 6000


def test_each_derivative_is_a_node_of_its_own() -> None:
    a, b = Value(2.0, "a"), Value(3.0, "b")
    y = exp(a)
    slope, = grad(y, [a], create_graph=True)
    assert slope is not y
    by_a, by_b = grad(a * 5.0 + b * 5.0, [a, b], create_graph=True)
    assert by_a is not by_b
    by_a, = grad(a * b, [a], create_graph=True)
    assert by_a is not b
    assert by_a.data == 3.0
    by_a, by_b, again = grad(tanh(a + b), [a, b, a], create_graph=True)
    assert len({by_a, by_b, again}) == 3, "the same number, and each may get a label"


def test_a_product_with_zeros_and_its_second_derivatives() -> None:
    a, b, c = Value(0.0), Value(0.0), Value(3.0)
    y = product([a, b, c, 2.0])
    assert (y.data, grad(y, [a, b, c])) == (0.0, (0.0, 0.0, 0.0))
    by_a, = grad(y, [a], create_graph=True)
    assert grad(by_a, [b]) == (6.0,)
    with pytest.raises(ValueError, match="at least one"):
        product([])


# --- Words of other packages


def test_a_gradient_that_was_reset_to_none_is_zero() -> None:
    p = Value(1.0, "p")
    p.grad = None  # type: ignore[assignment]  # PyTorch's idiom
    (p * p).backward()
    assert p.grad == 2.0


@pytest.mark.parametrize(("attribute", "ours"), [
    ("_prev", ".parents"), ("_op", ".operation"), ("_backward", ".partials"), ("item", ".data"),
    ("detach", "Value(v.data)"), ("cosh", "operation adds one of your own")])
def test_attributes_of_other_packages_name_ours(attribute: str, ours: str) -> None:
    with pytest.raises(AttributeError, match=re.escape(ours)):
        getattr(Value(1.0), attribute)


@pytest.mark.parametrize("function", [
    np.exp, np.expm1, np.log, np.log1p, np.sqrt, np.sin, np.cos, np.tan, np.arctan, np.tanh, np.abs, np.square, np.std,
    np.var, np.mean, np.sum, np.prod, np.linalg.norm, np.reciprocal, np.negative])
def test_functions_of_numpy_work_on_arrays_of_values(function: Callable[[Any], Any]) -> None:
    numbers = np.array([0.5, 0.25, 0.75])
    values = np.array([Value(x) for x in numbers])
    found = np.atleast_1d(function(values))
    assert [v.data for v in found] == pytest.approx(list(np.atleast_1d(function(numbers))), rel=1e-14)
    assert sum(map(abs, grad(total(list(found)), list(values)))) > 0


def test_every_row_of_one_operand_is_a_method() -> None:
    for name, row in OPERATIONS.items():
        if list(row.partials) == ["a"] and not row.vectors and None not in row.constants.values() and name != "neg":
            assert getattr(Value(0.5), name)().operation == name


def test_only_assigning_to_data_trains() -> None:
    p = Value(2.0, "p")
    (p * p).backward()
    leaf = p
    p = p - 0.1 * p.grad
    assert (leaf.data, p.operation) == (2.0, "sub")
    leaf.data -= 0.1 * leaf.grad
    assert leaf.data == pytest.approx(1.6)


def test_a_maximum_of_values_is_recorded_and_needs_no_if() -> None:
    a, b = Value(1.0, "a"), Value(2.0, "b")
    y = maximum(a, b)
    a.data = 5.0
    with pytest.warns(StaleGraphWarning):
        y.backward()
    assert (a.grad, b.grad) == (1.0, 0.0)
