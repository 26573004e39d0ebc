"""A trace: plain data that says everything, once, and changes nothing."""

import dataclasses
import json
import math
import re

import pytest

from autograd_lite import BackwardStep, StaleGraphWarning, Trace, Value, affine, sigmoid, sin, sqrt, total, trace
from autograd_lite.internal import list_sweep


def neuron() -> Value:
    w, x, b, y = Value(0.4, "w₁"), Value(1.5, "x"), Value(0.3, "b₁"), Value(4.0, "y")
    z = affine([w], [x], b)
    z.label = "z₁"
    a = sigmoid(z)
    a.label = "a₁"
    cost = 0.5 * (a - y) ** 2
    cost.label = "C"
    return cost


def step_to(recorded: Trace, parent: str, node: str | None = None) -> BackwardStep:
    (step,) = [s for s in recorded.backward if s.parent == parent and node in (None, s.node)]
    return step


def test_forward_steps_have_the_formula_in_symbols_and_in_numbers() -> None:
    steps = trace(neuron()).forward
    assert [(s.node, s.symbols, s.numbers) for s in steps] == [
        ("z₁", "w₁·x + b₁", "0.4·1.5 + 0.3"), ("a₁", "σ(z₁)", "σ(0.9)"), ("v₁", "a₁ − y", "0.71095 − 4"),
        ("v₂", "v₁²", "(-3.28905)²"), ("C", "0.5·v₂", "0.5·10.8179"),
    ]
    assert [s.operation for s in steps] == ["affine", "sigmoid", "sub", "power", "mul"]
    assert steps[1].value == 1 / (1 + math.exp(-steps[0].value))


def test_backward_steps_have_the_chain_rule_edge_by_edge() -> None:
    recorded = trace(neuron())
    values = {node.name: node.value for node in recorded.nodes}
    step = step_to(recorded, "z₁")
    assert (step.node, step.partial_symbols, step.symbols) == ("a₁", "a₁·(1 − a₁)", "∂C/∂a₁·(a₁·(1 − a₁))")
    assert step.numbers == "(-3.28905)·0.2055"
    assert step.partial == values["a₁"] * (1 - values["a₁"])
    assert step.upstream == values["a₁"] - 4
    assert step.product == step.upstream * step.partial
    assert (step.before, step.after) == (0.0, step.product)
    assert step_to(recorded, "w₁").partial_symbols == "x"
    assert step_to(recorded, "x").symbols == "∂C/∂z₁·w₁"
    assert step_to(recorded, "v₁").partial_symbols == "2·v₁"
    assert recorded.backward[0] == BackwardStep(6, None, "C", None, 1.0, 1.0, 0.0, 1.0, "", "1", "1", (), 0)


@pytest.mark.parametrize("order", ["topological", "recursive"])
def test_a_leaf_alone_has_one_step(order: str) -> None:
    recorded = trace(Value(3.0, "x"), order)
    assert (recorded.forward, recorded.wrong) == ((), ())
    assert recorded.backward == (BackwardStep(1, None, "x", None, 1.0, 1.0, 0.0, 1.0, "", "1", "1", (), 0),)
    assert [(node.name, node.value, node.gradient) for node in recorded.nodes] == [("x", 3.0, 1.0)]


def test_steps_that_no_sweep_reached_have_zero_for_every_number() -> None:
    first, *rest = list_sweep(trace(neuron()).nodes)
    assert first == trace(neuron()).backward[0]
    assert rest
    assert {number for step in rest for number in (
        step.partial, step.upstream, step.product, step.before, step.after)} == {0.0}


def test_steps_are_numbered_through_both_passes() -> None:
    recorded = trace(neuron())
    assert recorded.steps == (*recorded.forward, *recorded.backward)
    assert [step.number for step in recorded.steps] == list(range(1, len(recorded.steps) + 1))


def test_a_parent_waits_until_all_its_consumers_have_reported() -> None:
    a, b = Value(2.0, "a"), Value(3.0, "b")
    c, d = a + b, a * b
    for node, label in ((c, "c"), (d, "d")):
        node.label = label
    e, f = c + d, c * d
    e.label, f.label = "e", "f"
    recorded = trace(e + f)
    to_c = [step for step in recorded.backward if step.parent == "c"]
    assert [(len(step.waits_for), step.consumers, step.before, step.after) for step in to_c] == [
        (1, 2, 0.0, to_c[0].after), (0, 2, to_c[0].after, 7.0)
    ]
    assert to_c[0].waits_for == (to_c[1].node,)
    assert {to_c[0].node, to_c[1].node} == {"e", "f"}
    released: set[str] = set()
    for step in recorded.backward:
        assert step.node is None or step.node in released, "passed on before it was complete"
        if not step.waits_for:
            released.add(step.parent)


def test_a_plus_a_reports_twice() -> None:
    a = Value(1.0, "a")
    steps = trace(a + a).backward[1:]
    assert [(s.before, s.after, s.waits_for) for s in steps] == [(0.0, 1.0, ("v₁",)), (1.0, 2.0, ())]


def test_nodes_say_what_the_picture_needs() -> None:
    nodes = {node.name: node for node in trace(neuron()).nodes}
    assert nodes["z₁"].operands == ("w₁", "x", "b₁")
    assert nodes["C"].operands == (0.5, "v₂")
    assert nodes["C"].formula == "0.5·v₂"
    assert (nodes["C"].gradient, nodes["x"].operation, nodes["x"].formula) == (1.0, "", "")
    assert nodes["a₁"].consumers == 1


def test_names_are_unique_and_never_invented_twice() -> None:
    taken = Value(1.0, "v₁")
    twin, other = Value(2.0, "x"), Value(3.0, "x")
    names = [node.name for node in trace(taken * twin + other).nodes]
    assert sorted(names) == ["v₁", "v₂", "v₃", "x", "x (2)"]
    a, b, c = Value(1.0, "x"), Value(2.0, "x (2)"), Value(3.0, "x")
    assert sorted(node.name for node in trace(a * b + c).nodes) == ["v₁", "v₂", "x", "x (2)", "x (3)"]


def test_a_trace_is_frozen_and_becomes_json() -> None:
    recorded = trace(neuron())
    for thing in (recorded, recorded.nodes[0], recorded.forward[0], recorded.backward[0]):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(thing, dataclasses.fields(thing)[0].name, 3)
    data = json.loads(recorded.to_json())
    assert data["output"] == "C"
    assert len(data["backward"]) == len(recorded.backward)
    assert data["backward"][1]["partial"] == recorded.backward[1].partial
    assert data["forward"][0]["symbols"] == "w₁·x + b₁"


def test_an_undefined_partial_is_null_where_nothing_reaches_it() -> None:
    u = Value(0.0, "u")
    recorded = trace(sqrt(u) * 0.0)
    step = recorded.backward[-1]
    assert (step.partial, step.product, step.numbers) == (None, 0.0, "0·undefined")
    assert json.loads(recorded.to_json())["backward"][-1]["partial"] is None


def test_a_backward_pass_that_fails_is_traced_up_to_the_step_that_fails() -> None:
    u, k = Value(0.0, "u"), Value(3.0, "k")
    root = sqrt(u)
    root.label = "s"
    recorded = trace(root * k + u)
    assert [(step.parent, step.product, step.after) for step in recorded.backward] == [
        ("v₂", 1.0, 1.0), ("v₁", 1.0, 1.0), ("u", 1.0, 1.0), ("s", 3.0, 3.0), ("k", 0.0, 0.0), ("u", None, None)]
    assert (recorded.backward[-1].partial, recorded.backward[-1].numbers) == (None, "3·undefined")
    assert recorded.failure == ("the derivative of s = sqrt(u = 0.0) with respect to u is undefined there, and a gradient "
                                "of 3.0 reaches it")
    assert {node.name: node.gradient for node in recorded.nodes} == {
        "v₂": 1.0, "v₁": 1.0, "s": 3.0, "k": 0.0, "u": None}
    assert json.loads(recorded.to_json())["failure"] == recorded.failure
    with pytest.raises(ValueError, match="^" + re.escape(recorded.failure) + "$"):
        (root * k + u).backward()


def test_an_overflow_of_the_backward_pass_is_traced_too() -> None:
    a, b = Value(1e-200, "a"), Value(1e200, "b")
    recorded = trace(a * b * b * 1e-300)
    assert recorded.failure == ""
    recorded = trace((a * b * 1e-200) * b * 1e250)
    assert recorded.failure.startswith("the gradient of ")
    assert recorded.backward[-1].product is None
    assert {node.gradient for node in recorded.nodes if node.name in "ab"} == {None}


def test_the_exponent_of_a_negative_base_has_no_derivative_and_the_steps_show_where() -> None:
    recorded = trace(Value(-2.0, "a") ** Value(3.0, "b"))
    assert recorded.nodes[-1].value == -8.0
    assert recorded.backward[-1].parent == "b"
    assert "with respect to b is undefined" in recorded.failure


def test_tracing_changes_nothing() -> None:
    cost = neuron()
    z = cost.parents[0].parents[0].parents[0].parents[0]
    z.grad = 5.0
    trace(cost)
    assert (z.grad, cost.grad, z.label) == (5.0, 0.0, "z₁")


def test_a_trace_of_moved_leaves_has_new_numbers_throughout() -> None:
    cost = neuron()
    z = cost.parents[0].parents[0].parents[0].parents[0]
    z.parents[0].data = 1.0
    with pytest.warns(StaleGraphWarning, match="w₁") as caught:
        recorded = trace(cost)
    assert caught[0].filename == __file__
    values = {node.name: node.value for node in recorded.nodes}
    assert recorded.moved == ("w₁",)
    assert values["z₁"] == 1.8
    assert recorded.forward[0].numbers == "1·1.5 + 0.3"
    assert recorded.backward[-3].upstream == pytest.approx((values["a₁"] - 4) * values["a₁"] * (1 - values["a₁"]))
    assert z.data == 0.9000000000000001, "the recording itself stays as it is"


def test_a_trace_says_under_which_comparisons_it_was_recorded() -> None:
    def bent(x: Value) -> Value:
        return x * x if x > 0 else -x * x

    x, z, y = Value(2.0, "x"), Value(-1.0, "z"), Value(3.0)
    above, below, far = bent(x), bent(z), Value(1.0, "far")
    assert trace(above).branches == ("x > 0",)
    assert trace(below).branches == ("not z > 0",)
    assert trace(neuron()).branches == ()
    u = sin(z)
    assert trace(u * 2 if u >= z else z).branches == ("not z > 0", "v₁ ≥ z")
    assert trace(y * 2 if y != 4 and far <= y else y).branches == ("v₁ ≠ 4", "far ≤ v₁"), "one is not in the graph"
    x.data = 3.0
    with pytest.warns(StaleGraphWarning):
        moved = trace(above)
    assert (moved.moved, moved.branches) == (("x",), ("x > 0",))
    assert json.loads(moved.to_json())["branches"] == ["x > 0"]


def test_trace_refuses_what_is_no_value() -> None:
    with pytest.raises(TypeError, match="made of one Value, not of 3.0 of type float"):
        trace(3.0)  # type: ignore[arg-type]


def test_a_long_trace_needs_no_recursion() -> None:
    y = Value(1.0)
    for _ in range(5_000):
        y = total([y, 0.0])
    assert len(trace(y).steps) == 10_001


def test_a_label_that_is_no_string_is_refused() -> None:
    y = Value(1.0) * 2.0
    y.label = 3  # type: ignore[assignment]
    with pytest.raises(TypeError, match="a label must be a string, not 3 of type int"):
        trace(y)
