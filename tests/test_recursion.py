"""Recursion without a topological order: right without shared nodes, wrong with them, and said where."""

from io import StringIO

import pytest

from autograd_lite import Value, exp, sin, sqrt, trace
from nn.derivations import LECTURES
from visualize import print_steps
from visualize.console import make_console


def diamond() -> Value:
    a, b = Value(2.0, "a"), Value(3.0, "b")
    c, d = a + b, a * b
    e, f = c + d, c * d
    y = e + f
    for node, label in ((c, "c"), (d, "d"), (e, "e"), (f, "f"), (y, "y")):
        node.label = label
    return y


def recurse(node: Value) -> None:
    """What most people write first."""
    for parent, partial in zip(node.parents, node.partials, strict=True):
        parent.grad += node.grad * partial
        recurse(parent)


def test_it_ends_with_the_numbers_that_the_recursion_ends_with() -> None:
    y = diamond()
    recorded = trace(y, order="recursive")
    assert all(node.grad == 0.0 for node in (y, *y.parents))
    y.grad = 1.0
    recurse(y)
    c = y.parents[0].parents[0]
    a, b = c.parents
    ends = {node.name: node.gradient for node in recorded.nodes}
    assert (ends["a"], ends["b"], ends["c"]) == (a.grad, b.grad, c.grad) == (29.0, 22.0, 7.0)
    assert {(found.node, found.wrong, found.right) for found in recorded.wrong} == {("a", 29.0, 25.0), ("b", 22.0, 19.0)}


def test_the_first_wrong_step_is_where_a_node_passes_on_while_it_waits() -> None:
    recorded = trace(diamond(), order="recursive")
    step = next(step for step in recorded.backward if step.number == recorded.first_wrong)
    assert (step.node, step.parent, step.early) == ("c", "a", True)
    before = [s for s in recorded.backward if s.number < step.number and s.parent == "c"]
    assert [len(s.waits_for) for s in before] == [1]
    assert not any(s.early for s in recorded.backward if s.number < step.number)


def test_the_steps_are_in_the_order_of_the_recursion() -> None:
    visited = []

    def recorded_recursion(node: Value) -> None:
        for parent in node.parents:
            visited.append((node.label, parent.label))
            recorded_recursion(parent)

    y = diamond()
    recorded_recursion(y)
    assert [(s.node, s.parent) for s in trace(y, order="recursive").backward[1:]] == visited


def test_without_a_shared_computed_node_it_is_right() -> None:
    lecture = LECTURES["chain"]
    cost = lecture.record(lecture.resolve({"penalty": "l2", "lam": 0.1})).cost
    recorded = trace(cost, order="recursive")
    assert (recorded.wrong, recorded.first_wrong) == ((), None)
    right = {node.name: node.gradient for node in trace(cost).nodes}
    assert {node.name: node.gradient for node in recorded.nodes} == pytest.approx(right)
    a = Value(3.0, "a")
    assert trace(a * a, order="recursive").wrong == (), "a leaf passes nothing on"


@pytest.mark.parametrize("order", ["topological", "recursive"])
def test_a_gradient_of_zero_passes_zero_on(order: str) -> None:
    a, u = Value(2.0, "a"), Value(0.0, "u")
    gradients = {node.name: node.gradient for node in trace(sin(a) * 0.0 + sqrt(u) * 0.0, order).nodes}
    assert (gradients["a"], gradients["u"]) == (0.0, 0.0), "and an undefined partial is no error there"


def test_the_topological_order_never_passes_on_too_early() -> None:
    recorded = trace(diamond())
    assert not any(step.early for step in recorded.backward)
    assert (recorded.order, recorded.wrong, recorded.first_wrong) == ("topological", (), None)
    assert {node.name: node.gradient for node in recorded.nodes}["a"] == 25.0


def test_rounding_in_another_order_is_not_called_wrong() -> None:
    x = Value(1.0, "x")
    y = x * 1e16 + (x * 1.0 + x * -1e16)
    recorded = trace(y, order="recursive")
    assert (recorded.wrong, recorded.first_wrong) == ((), None)


def test_an_undefined_derivative_is_said_as_it_is_in_order() -> None:
    s = sqrt(Value(0.0, "u"))
    assert "with respect to u is undefined there" in trace(s - s, order="recursive").failure


def test_each_early_step_of_a_node_below_a_shared_one() -> None:
    t = exp(Value(1.0, "a"))
    s = sin(t)
    recorded = trace(s + s * s, order="recursive")
    assert [(step.node, step.early) for step in recorded.backward[1:]] == [
        ("v₄", False), ("v₂", True), ("v₁", False), ("v₄", False), ("v₃", False), ("v₂", True), ("v₁", False),
        ("v₃", False), ("v₂", False), ("v₁", False),
    ]


def test_a_consumer_that_reports_twice_does_not_report_for_another() -> None:
    t = exp(Value(1.0, "a"))
    s = sin(t)
    recorded = trace((s + s) + t, order="recursive")
    assert [step.early for step in recorded.backward if step.parent == "a"] == [True, True, False]


def test_a_recursion_that_would_not_end_is_refused() -> None:
    y = Value(1.0)
    for _ in range(40):
        y = y + y
    with pytest.raises(ValueError, match="takes more than 10,000 steps"):
        trace(y, order="recursive")


def test_an_unknown_order_is_refused() -> None:
    with pytest.raises(ValueError, match="the order of a trace is topological or recursive, not 'random'"):
        trace(Value(1.0), order="random")


def printed(output: Value, order: str) -> str:
    out = StringIO()
    print_steps(trace(output, order=order), make_console(out))
    return " ".join(out.getvalue().split())


def test_it_is_printed_with_the_step_and_the_wrong_numbers() -> None:
    text = printed(diamond(), "recursive")
    assert "c passes on too early" in text
    assert "Step 9 goes wrong: c passes its gradient on before all its consumers have reported." in text
    assert "c has heard from 1 of 2" in text
    assert "waits" not in text, "in this order no node waits"
    assert "The recursion ends with ∂y/∂a = 29 instead of 25; ∂y/∂b = 22 instead of 19." in text
    assert "No computed node is shared here" in printed(Value(2.0, "a") * 2, "recursive")
    assert "shared" not in printed(diamond(), "topological")
