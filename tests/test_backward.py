"""The reverse sweep: shared nodes, repetition, depth, exceptions, higher orders, and leaves that moved."""

import gc
import math
import random
from collections.abc import Callable

import pytest
from rows import ROWS, points
from threads import in_a_small_thread

from autograd_lite import (
    OPERATIONS,
    StaleGraphWarning,
    Value,
    affine,
    exp,
    grad,
    log,
    relu,
    sigmoid,
    sin,
    softplus,
    sqrt,
    tanh,
    topological_order,
    total,
    trace,
)
from autograd_lite.internal import FUNCTIONS
from autograd_lite.operations import group_operands


def diamond() -> tuple[Value, Value, Value]:
    """The shared nodes of the design: c = a + b, d = a·b, e = c + d, f = c·d, y = e + f."""
    a, b = Value(2.0, "a"), Value(3.0, "b")
    c, d = a + b, a * b
    return a, b, (c + d) + c * d


STEPS: list[Callable[[Value, Value], Value]] = [
    lambda a, b: a + b, lambda a, b: a * b, lambda a, b: 2 - a, lambda a, b: a / (2 + sin(b)), lambda a, b: tanh(a),
    lambda a, b: sigmoid(a * b), lambda a, b: softplus(a), lambda a, b: affine([a, 0.5], [b, a], b),
    lambda a, b: total([a, a, b, 1.0]),
]


def random_graph(seed: int, leaves: int = 4, nodes: int = 40) -> tuple[list[Value], Value]:
    """Operations at random on shared nodes; the last sum reaches them all."""
    draw = random.Random(seed)
    inputs = [Value(draw.uniform(-1, 1), f"x{i}") for i in range(leaves)]
    pool = list(inputs)
    for _ in range(nodes):
        a, b = draw.choice(pool), draw.choice(pool)
        made = draw.choice(STEPS)(a, b)
        pool.append(made if abs(made.data) < 10 else tanh(made))
    return inputs, total(pool) * 0.1


def test_shared_nodes() -> None:
    a, b, y = diamond()
    y.backward()
    # y = a + b + ab + (a + b)ab
    assert (a.grad, b.grad) == (1 + 3 + 2 * 2 * 3 + 9, 1 + 2 + 4 + 2 * 2 * 3)


def test_a_plus_a() -> None:
    a = Value(1.0)
    (a + a).backward()
    assert a.grad == 2.0


def test_twice_backward_inner_nodes_are_fresh_and_leaves_accumulate() -> None:
    a = Value(3.0)
    inner = a * a
    y = inner + inner
    for times in (1, 2, 3):
        y.backward()
        assert (y.grad, inner.grad, a.grad) == (1.0, 2.0, 12.0 * times)
    y.zero_grad()
    assert (y.grad, inner.grad, a.grad) == (0.0, 0.0, 0.0)
    y.backward()
    assert a.grad == 12.0


def test_leaves_accumulate_over_outputs() -> None:
    a = Value(3.0)
    (a * 2).backward()
    (a * 5).backward()
    assert a.grad == 7.0


def test_backward_of_a_leaf() -> None:
    a = Value(3.0)
    a.backward()
    assert a.grad == 1.0


@pytest.mark.parametrize("seed", range(10))
def test_backward_grad_and_trace_are_the_same_sweep(seed: int) -> None:
    inputs, y = random_graph(seed)
    by_trace = {node.name: node.gradient for node in trace(y).nodes}
    by_grad = grad(y, inputs)
    as_nodes = grad(y, inputs, create_graph=True)
    assert all(x.grad == 0.0 for x in inputs)
    y.backward()
    for i, x in enumerate(inputs):
        assert x.grad == by_grad[i] == by_trace[f"x{i}"]
        assert as_nodes[i].data == pytest.approx(x.grad, rel=1e-12)  # the same sum, in graph arithmetic


@pytest.mark.parametrize("seed", range(10))
def test_topological_order_puts_operands_first_and_each_node_once(seed: int) -> None:
    _, y = random_graph(seed)
    order = topological_order(y)
    place = {node: i for i, node in enumerate(order)}
    assert len(place) == len(order)
    assert order[-1] is y
    assert all(place[parent] < place[node] for node in order for parent in node.parents)


def test_operands_are_ordered_as_written() -> None:
    w, x, b = Value(1.0, "w"), Value(2.0, "x"), Value(3.0, "b")
    assert [node.label for node in topological_order(affine([w], [x], b))[:-1]] == ["w", "x", "b"]
    assert [node.label for node in topological_order(w * x)[:-1]] == ["w", "x"]


DEPTH = 1_000_000


def chain_of(step: Callable[[Value], Value]) -> None:
    x = Value(1.0)
    y = x
    for _ in range(DEPTH):
        y = step(y)
    y.backward()
    assert x.grad == 1.0
    assert len(topological_order(y)) == DEPTH + 1
    del y
    gc.collect()


@pytest.mark.exhaustive
@pytest.mark.parametrize("step", [lambda v: v + 0.0, lambda v: total([v])], ids=["binary", "n-ary"])
def test_a_chain_of_a_million_nodes_in_a_thread_with_one_mebibyte(step: Callable[[Value], Value]) -> None:
    in_a_small_thread(lambda: chain_of(step))


def test_nothing_is_half_written_when_the_sweep_cannot_finish() -> None:
    w, u = Value(5.0, "w"), Value(0.0, "u")
    w.grad, u.grad = 7.0, 8.0
    y = w * 2 + sqrt(u)
    sentence = r"the derivative of sqrt\(u = 0.0\) with respect to u is undefined there, and a gradient of 1.0 reaches it"
    for _ in range(2):
        with pytest.raises(ValueError, match=sentence):
            y.backward()
        assert (w.grad, u.grad) == (7.0, 8.0)
    (w * 3).backward()
    assert w.grad == 10.0


class Interrupting(float):
    """A partial at which the person in front of the screen presses Ctrl-C."""

    def __rmul__(self, _: float) -> float:
        raise KeyboardInterrupt


def test_an_exception_in_the_middle_of_a_sweep_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    a, b = Value(2.0, "a"), Value(3.0, "b")
    inner = a + b
    y = inner * b
    y.backward()
    before = [(node, node.grad) for node in (a, b, inner, y)]
    monkeypatch.setattr(inner, "_da", Interrupting(1.0))  # b has its first contribution by then
    with pytest.raises(KeyboardInterrupt):
        y.backward()
    assert [(node, node.grad) for node in (a, b, inner, y)] == before
    monkeypatch.undo()
    y.backward()
    assert (a.grad, b.grad) == (6.0, 16.0)


def test_leaves_that_add_up_to_more_than_a_float_are_refused() -> None:
    x = Value(1.0, "x")
    y = x * 1e308
    y.backward()
    with pytest.raises(OverflowError, match="the gradient of x, added to what earlier calls left there.*call zero_grad"):
        y.backward()
    assert (x.grad, y.grad) == (1e308, 1.0)


@pytest.mark.parametrize("name", ROWS)
def test_at_kinks_and_zeros_the_partials_read_on_nodes_are_those_of_the_floats(name: str) -> None:
    row = OPERATIONS[name]
    tried = 0
    for at in (0.0, 1.0, -2.0, 2.0):
        for shift in (0.0, 2.0):
            nodes = [Value(at), Value(at + shift), Value(0.5)][: 2 if row.vectors else len(row.partials)]
            groups = [nodes] if row.vectors == ("a",) else [nodes, nodes, 0.5] if row.vectors else [*nodes]
            try:
                y = FUNCTIONS[name](*groups, *[2.0 for _ in row.constants])
                expected = grad(y, nodes)
            except (ValueError, ArithmeticError):
                continue
            assert [g.data for g in grad(y, nodes, create_graph=True)] == list(expected), (at, shift)
            tried += 1
    assert tried >= 2


def test_create_graph_asks_for_no_partial_that_is_not_needed() -> None:
    a, u, k = Value(-2.0, "a"), Value(0.0, "u"), Value(0.0, "k")
    assert grad(a ** Value(2.0), [a], create_graph=True)[0].data == -4.0  # ∂/∂b would be y·log(−2)
    assert [g.data for g in grad(sqrt(u) * k, [u, k], create_graph=True)] == [0.0, 0.0]
    with pytest.raises(ValueError, match=r"the derivative of sqrt\(u = 0.0\) with respect to u is undefined there"):
        grad(sqrt(u), [u], create_graph=True)


def test_derivatives_are_not_computed_again_with_the_old_side_of_a_condition() -> None:
    x = Value(1.0, "x")
    inner = x * x
    y = inner**3
    (slope,) = grad(relu(x) * x, [x], create_graph=True)
    assert slope.data == 2.0
    x.data = -1.0
    with pytest.raises(ValueError, match="changed since these derivatives were recorded: x; the side taken of a condition"):
        trace(slope)
    with pytest.warns(StaleGraphWarning), pytest.raises(ValueError, match="recorded before a leaf changed"):
        grad(y, [inner], create_graph=True)
    with pytest.warns(StaleGraphWarning):
        assert grad(y, [inner]) == (3.0,)


def test_a_derivative_that_overflows_is_not_called_undefined() -> None:
    with pytest.raises(OverflowError, match=r"the derivative of log\(u = 5e-324\) with respect to u does not fit a float"):
        log(Value(5e-324, "u")).backward()
    with pytest.raises(OverflowError, match="does not fit a float"):
        (Value(1e-150) ** -2).backward()


def test_inputs_may_be_any_iterable() -> None:
    a, b, y = diamond()
    assert grad(y, (v for v in (a, b))) == (25.0, 19.0)  # type: ignore[call-overload]


@pytest.mark.parametrize("name", [name for name in ROWS if not OPERATIONS[name].vectors])
def test_third_derivatives_by_differences_of_the_second(name: str) -> None:
    row = OPERATIONS[name]
    for point in points(name, count=3, seed=3):

        def second(x: float, point: tuple[float, ...] = point) -> tuple[Value, Value]:
            a = Value(x)
            first = grad(FUNCTIONS[name](a, *point[1:]), [a], create_graph=True)[0]
            return a, grad(first, [a], create_graph=True)[0]

        a, at = second(point[0])
        h = 1e-5
        quotient = (second(point[0] + h)[1].data - second(point[0] - h)[1].data) / (2 * h)
        assert grad(at, [a])[0] == pytest.approx(quotient, rel=1e-5, abs=1e-5), point
    assert row.partials


def test_an_undefined_partial_is_no_error_until_a_gradient_reaches_it() -> None:
    u = Value(0.0, "u")
    root = sqrt(u)
    assert math.isnan(root.partials[0])
    (root * 0.0 + 3 * u).backward()
    assert u.grad == 3.0
    assert grad(root * 0.0 + 3 * u, [u]) == (3.0,)
    with pytest.raises(ValueError, match="undefined there"):
        grad(root, [u])


def test_a_gradient_that_overflows_names_the_node() -> None:
    a = Value(1e-200, "a")
    b = a * 1e200
    b.label = "b"
    y = b * 1e200
    with pytest.raises(OverflowError, match=r"the gradient of a overflows at b = mul\(a = 1e-200, 1e\+200\): 0.0 \+ 1e\+200 · 1e\+200"):
        y.backward()
    assert a.grad == 0.0
    with pytest.raises(OverflowError, match="the gradient of a overflows"):
        grad(y, [a])


def test_grad_leaves_every_gradient_as_it_is() -> None:
    a, b, y = diamond()
    a.grad, y.grad = 5.0, 6.0
    assert grad(y, [a, b, y, y.parents[0]]) == (25.0, 19.0, 1.0, 1.0)
    assert (a.grad, b.grad, y.grad) == (5.0, 0.0, 6.0)


def test_grad_is_zero_where_unreachable() -> None:
    a, stranger = Value(1.0), Value(2.0)
    assert grad(a * 2, [stranger, a]) == (0.0, 2.0)
    (zero,) = grad(a * 2, [stranger], create_graph=True)
    assert isinstance(zero, Value)
    assert zero.data == 0.0


def test_grad_does_not_mind_what_its_inputs_do_not_need() -> None:
    a, u = Value(2.0), Value(0.0)
    assert grad(a * a + sqrt(u), [a]) == (4.0,)


@pytest.mark.parametrize(
    ("output", "inputs", "sentence"),
    [(1.0, [], "output of grad must be a Value"), (Value(1), [2.0], r"inputs\[0\] of grad must be a Value, not 2.0"),
     (Value(1), Value(1), r"a sequence of Values, not one Value: write \[x\]")],
)
def test_grad_refuses_what_is_no_value(output: object, inputs: object, sentence: str) -> None:
    with pytest.raises(TypeError, match=sentence):
        grad(output, inputs)  # type: ignore[call-overload]


@pytest.mark.parametrize("name", ROWS)
def test_derivatives_of_derivatives_by_differences(name: str) -> None:
    row = OPERATIONS[name]
    for point in points(name, count=5, seed=2):
        count = len(point) - len(row.constants)

        def gradients(at: tuple[float, ...], create_graph: bool, count: int = count) -> tuple[list[Value], list[Value]]:
            nodes = [Value(v) for v in at[:count]]
            y = FUNCTIONS[name](*group_operands(row, [*nodes, *at[count:]]))
            return nodes, list(grad(y, nodes, create_graph=True)) if create_graph else [Value(g) for g in grad(y, nodes)]

        nodes, first = gradients(point, create_graph=True)
        h = 1e-6
        for i, slope in enumerate(first):
            second = grad(slope, nodes)
            for j in range(count):
                up, down = ([*point[:j], point[j] + sign * h, *point[j + 1 :]] for sign in (1, -1))
                (_, above), (_, below) = gradients(tuple(up), False), gradients(tuple(down), False)
                quotient = (above[i].data - below[i].data) / (2 * h)
                # rounding of the quotient is about 1e-16/h of the terms, its truncation h² of the third derivative
                assert second[j] == pytest.approx(quotient, rel=1e-5, abs=1e-7), (point, i, j)


def test_first_to_third_derivatives_of_a_composition() -> None:
    x = Value(0.7)
    y = exp(sin(x)) * x**3
    first, = grad(y, [x], create_graph=True)
    second, = grad(first, [x], create_graph=True)
    third, = grad(second, [x])
    s, c, e = math.sin(0.7), math.cos(0.7), math.exp(math.sin(0.7))
    # e^sin and its derivatives, by hand
    f = [e, e * c, e * (c**2 - s), e * (c**3 - 3 * s * c - c)]
    g = [0.7**3, 3 * 0.7**2, 6 * 0.7, 6.0]
    assert first.data == pytest.approx(f[1] * g[0] + f[0] * g[1], rel=1e-14)
    assert second.data == pytest.approx(f[2] * g[0] + 2 * f[1] * g[1] + f[0] * g[2], rel=1e-14)
    assert third == pytest.approx(f[3] * g[0] + 3 * f[2] * g[1] + 3 * f[1] * g[2] + f[0] * g[3], rel=1e-13)


def test_create_graph_differentiates_through_mixed_partials() -> None:
    a, b = Value(1.5), Value(-0.5)
    (da,) = grad(a * a * b, [a], create_graph=True)
    assert grad(da, [a, b]) == (2 * -0.5, 2 * 1.5)


def test_a_leaf_that_moved_is_announced_and_its_new_number_used() -> None:
    w, x = Value(2.0, "w"), Value(5.0, "x")
    inner = w * x
    y = relu(inner) + w
    w.data = -3.0
    assert y.data == 12.0
    with pytest.warns(StaleGraphWarning, match=r"changed since the graph was recorded: w; gradients are taken") as caught:
        y.backward()
    assert caught[0].filename == __file__
    assert (w.grad, x.grad, inner.grad, y.grad) == (1.0, 0.0, 0.0, 1.0)
    with pytest.warns(StaleGraphWarning) as caught:
        assert grad(y, [w, inner]) == (1.0, 0.0)
    assert caught[0].filename == __file__
    with pytest.warns(StaleGraphWarning):
        assert trace(y).moved == ("w",)


def test_only_the_leaves_that_moved_since_are_named() -> None:
    early, late, still = Value(1.0, "early"), Value(1.0, "late"), Value(1.0, "still")
    early.data = 2.0
    y = early + late + still
    y.backward()  # nothing moved since it was recorded: no warning
    late.data = 3.0
    with pytest.warns(StaleGraphWarning, match="recorded: late;"):
        y.backward()


def test_a_graph_recorded_half_before_and_half_after_a_move_is_stale() -> None:
    w = Value(2.0, "w")
    before = w * w
    w.data = 3.0
    y = before + w
    with pytest.warns(StaleGraphWarning, match="recorded: w;"):
        assert grad(y, [w]) == (7.0,)


def test_a_training_step_in_micrograds_way_warns_of_nothing() -> None:
    w = Value(0.0)
    for _ in range(50):
        cost = (w * 2 - 3) ** 2
        w.zero_grad()
        cost.backward()
        w.data -= 0.1 * w.grad
    assert w.data == pytest.approx(1.5)
