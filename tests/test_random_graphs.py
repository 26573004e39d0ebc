"""Random graphs: the sweep against other sweeps, against complex steps, differences and 60 digits; wrong rows are noticed.

The forward sweep goes the other way over the same partials; the other references read the values of the rows only.
"""

import cmath
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise, repeat
from math import inf, isfinite, nan
from typing import Any

import pytest
import test_operations
from exact import bound_errors, compare_with_digits
from graphs import MISTAKES, WRONG, Functions, Graph, Step, Wrong, graphs, magnitudes
from hypothesis import given, settings
from rows import ROWS, complete_reading, partials_at, points

from autograd_lite import OPERATIONS, Value, grad, gradcheck, topological_order, trace
from autograd_lite.internal import FUNCTIONS
from autograd_lite.operations import group_operands
from autograd_lite.readings import compile_row
from autograd_lite.recorders import make_namespace, make_recorder

pytestmark = pytest.mark.slow

repeatable = settings(deadline=None, derandomize=True, max_examples=200)

EXACT = 1e-12  # times the magnitudes added: thousands of roundings, where these graphs have hundreds of terms at most
# Elementary functions are not those of the float reading here and differ by a rounding or two, which moves the points
# that later partials are taken at; near a zero of a partial that is far more than the rounding of the partial.
OTHER_FUNCTIONS = 1e-10
# Differences are good to h⁴ and to the rounding of the output over h. In these graphs both stay below 1e-7 of what is
# added, and below 1e-9 where next to nothing is; a row that is 1 % wrong is off by ten thousand times as much. Where a
# graph is less tame than that, the difference between quotients of two steps, ``doubt``, says so.
DIFFERENCES, LEAST = 1e-6, 1e-8


@repeatable
@given(graphs())
def test_backward_grad_and_trace_are_the_same_sweep(graph: Graph) -> None:
    leaves, y = graph.record()
    order = topological_order(y)
    by_grad = dict(zip(order, grad(y, order), strict=True))
    by_trace = [node.gradient for node in trace(y).nodes]
    assert all(node.grad == 0.0 for node in order)
    y.backward()
    assert [node.grad for node in order] == [by_grad[node] for node in order] == by_trace
    assert all(leaf in by_grad for leaf in leaves), "every leaf counts in these graphs"


@repeatable
@given(graphs())
def test_the_reverse_sweep_against_the_forward_sweep(graph: Graph) -> None:
    leaves, y = graph.record()
    added = magnitudes(y)
    for leaf, found in zip(leaves, grad(y, leaves), strict=True):
        tangents = {leaf: 1.0}
        for node in topological_order(y):
            if node is not leaf:
                tangents[node] = sum(d * tangents[v] for v, d in zip(node.parents, node.partials, strict=True))
        assert abs(tangents[y] - found) <= EXACT * added[leaf], leaf


@repeatable
@given(graphs())
def test_gradients_as_nodes_are_the_gradients(graph: Graph) -> None:
    leaves, y = graph.record()
    added = magnitudes(y)
    for leaf, found, node in zip(leaves, grad(y, leaves), grad(y, leaves, create_graph=True), strict=True):
        assert abs(node.data - found) <= EXACT * added[leaf], leaf


@pytest.mark.exhaustive
@repeatable
@given(graphs(most_steps=10))
def test_second_derivatives_by_differences_of_the_first(graph: Graph) -> None:
    leaves, y = graph.record()
    for i, first in enumerate(grad(y, leaves, create_graph=True)):
        added = magnitudes(first)

        def gradient(at: Sequence[float], i: int = i) -> float:
            shifted, output = replace(graph, leaves=tuple(at)).record()
            return grad(output, shifted)[i]

        for j, found in enumerate(grad(first, leaves)):
            quotient, doubt = slope(graph, gradient, j)
            scale = added.get(leaves[j], 0.0)
            assert abs(found - quotient) <= DIFFERENCES * scale + LEAST + 10 * doubt, (i, j)


def slope(graph: Graph, f: Callable[[Sequence[float]], float], i: int) -> tuple[float, float]:
    """∂f/∂xᵢ at the graph's leaves by differences of the fourth order, and how far it was from that of another step.

    Of several steps, those that lead across a kink or out of a domain are left out.
    """
    sides = graph.sides(graph.leaves)

    def shifted(h: float) -> float:
        leaves = list(graph.leaves)
        leaves[i] += h
        return f(leaves) if graph.sides(leaves) == sides else nan

    quotients: list[float] = []
    for h in (2.0**-8, 2.0**-10, 2.0**-12, 2.0**-14):
        try:
            quotients.append((8 * (shifted(h) - shifted(-h)) - (shifted(2 * h) - shifted(-2 * h))) / (12 * h))
        except (ValueError, ArithmeticError):
            quotients.append(nan)
    doubts = [(abs(wide - narrow), narrow) for wide, narrow in pairwise(quotients) if isfinite(wide - narrow)]
    doubt, quotient = min(doubts, default=(inf, 0.0))
    return quotient, doubt


def compare_with_differences(graph: Graph, functions: Functions = FUNCTIONS) -> None:
    leaves, y = graph.record(functions)
    added = magnitudes(y)

    def value(at: Sequence[float]) -> float:
        return graph.results([Value(x) for x in at], functions)[-1].data

    for i, (leaf, found) in enumerate(zip(leaves, grad(y, leaves), strict=True)):
        quotient, doubt = slope(graph, value, i)
        assert abs(found - quotient) <= DIFFERENCES * added[leaf] + LEAST + 10 * doubt, leaf


@repeatable
@given(graphs())
def test_gradients_against_differences(graph: Graph) -> None:
    compare_with_differences(graph)


class Complex(complex):
    """A number x + ih with h far below rounding, so that the imaginary part of f is h·f′. Compares by real part.

    Python's arithmetic makes plain complex numbers of it; rows compare their operands only, which are wrapped anew.
    """

    def __lt__(self, other: complex) -> bool:
        return self.real < other.real

    def __gt__(self, other: complex) -> bool:
        return self.real > other.real


def _power(a: complex, b: complex) -> complex:
    """aᵇ. Whole powers are products: the argument of a negative number is π, and that has a rounding."""
    if b.imag == 0 and b.real.is_integer():
        result: complex = 1.0
        for _ in range(abs(int(b.real))):
            result *= a
        return result if b.real >= 0 else 1 / result
    return cmath.exp(b * cmath.log(a)) if a != 0 else 0.0


# On a tie, maximum and absolute go on to the right, both of them: then sigmoid and softplus, which are smooth but
# written with these words, come out smooth.
COMPLEX = complete_reading(
    {
        "exp": cmath.exp, "expm1": lambda a: cmath.exp(a) - 1, "log": cmath.log, "log1p": lambda a: cmath.log(1 + a),
        "sqrt": cmath.sqrt, "sin": cmath.sin, "cos": cmath.cos, "tan": cmath.tan, "tanh": cmath.tanh,
        "atan": cmath.atan, "pow": _power, "power": _power,
        "absolute": lambda a: -a if a.real < 0 else a, "maximum": lambda a, b: a if a.real >= b else b,
        "minimum": lambda a, b: a if a.real < b else b, "total": sum,
        "largest": lambda terms: max(terms, key=lambda term: term.real),
    },
)
STEP = 1e-30
TRUNCATED = 1e-40
"""A complex step is off by h²·f‴/6. That is all there is where no term is added, as of x³ at 0: h² is 1e-60, and no third
derivative in these graphs is near 1e20."""


def _complex_functions() -> dict[str, Callable[..., Any]]:
    def function(name: str) -> Callable[..., Any]:
        value = compile_row(name, COMPLEX).value

        def wrapped(*groups: Any) -> Any:
            return value(*[Complex(v) if isinstance(v, complex) else v for v in groups])

        return wrapped

    return {name: function(name) for name in ROWS}


COMPLEX_VALUES = _complex_functions()


@pytest.mark.parametrize("name", ROWS)
def test_each_partial_is_the_complex_step_of_the_value(name: str) -> None:
    row = OPERATIONS[name]
    for point in points(name, seed=4):
        for i, found in enumerate(partials_at(name, point)):
            stepped = [complex(v, STEP) if i == j else v for j, v in enumerate(point)]
            slope = COMPLEX_VALUES[name](*group_operands(row, stepped)).imag / STEP
            # a complex step subtracts nothing, so what is left is a few roundings of the partial's own terms
            assert abs(found - slope) <= 1e-14 * max(1, abs(slope)), (point, i)


def compare_with_complex_steps(graph: Graph, functions: Functions = FUNCTIONS) -> None:
    leaves, y = graph.record(functions)
    added = magnitudes(y)
    for i, (leaf, found) in enumerate(zip(leaves, grad(y, leaves), strict=True)):
        stepped = [complex(x, STEP if i == j else 0.0) for j, x in enumerate(graph.leaves)]
        slope = graph.results(stepped, COMPLEX_VALUES)[-1].imag / STEP
        assert abs(found - slope) <= OTHER_FUNCTIONS * added[leaf] + TRUNCATED, leaf


@repeatable
@given(graphs())
def test_gradients_against_complex_steps(graph: Graph) -> None:
    compare_with_complex_steps(graph)


@repeatable
@given(graphs())
def test_gradients_against_60_digits(graph: Graph) -> None:
    compare_with_digits(graph)


def test_the_error_that_rounded_values_explain() -> None:
    """1 − y² near y = 1 is y's own rounding: the bound allows for that, and for little more."""
    graph = Graph((15.0,), (Step("tanh", (0,)), Step("mul", (1, 0))))
    bound, = bound_errors(graph)
    assert 2**-53 < bound < 2**-46, "tanh(15) has an error of 2⁻⁵³, which its derivative doubles and 15 multiplies"
    assert compare_with_digits(graph).by_values == 0, "there is a path without a cancellation"
    alone = Graph((15.0,), (Step("tanh", (0,)),))
    found = compare_with_digits(alone)
    assert (found.gradients, found.by_values) == (1, 1)
    assert found.largest > 1e-4


# --- Rows that are wrong: each of the checks must notice each of them, or it would not notice a wrong table either.


TRIED = [wrong if wrong in MISTAKES else pytest.param(wrong, marks=pytest.mark.exhaustive) for wrong in WRONG]
"""What a person gets wrong, and with ``--all`` every row with a partial that is 1 % too large."""


def recorded_by(wrong: Wrong) -> Callable[..., Value]:
    """The function that records the operation by the wrong row."""
    function: Callable[..., Value] = make_recorder(wrong.name, make_namespace(Value), row=wrong.row)
    return function


@pytest.fixture(scope="module")
def examples() -> list[Graph]:
    """Graphs in which every row occurs often enough."""
    found: list[Graph] = []

    @settings(repeatable, max_examples=600)
    @given(graphs())
    def collect(graph: Graph) -> None:
        found.append(graph)

    collect()
    return found


@pytest.mark.parametrize("compare", [
    compare_with_differences, pytest.param(compare_with_complex_steps, marks=pytest.mark.exhaustive),
    pytest.param(compare_with_digits, marks=pytest.mark.exhaustive)])
@pytest.mark.parametrize("wrong", TRIED, ids=str)
def test_random_graphs_notice_a_wrong_row(
    wrong: Wrong, compare: Callable[[Graph, Functions], object], examples: list[Graph]
) -> None:
    functions = {**FUNCTIONS, wrong.name: recorded_by(wrong)}
    concerned = (graph for graph in examples if any(step.operation == wrong.name for step in graph.steps))
    with pytest.raises(AssertionError):
        list(map(compare, concerned, repeat(functions)))


@pytest.mark.parametrize("wrong", TRIED, ids=str)
def test_gradcheck_notices_a_wrong_row(wrong: Wrong) -> None:
    record = recorded_by(wrong)
    errors: list[float] = []
    for point in points(wrong.name, count=20, seed=5):
        count = len(point) - len(wrong.row.constants)

        def f(*operands: Value, constants: tuple[float, ...] = point[count:]) -> Value:
            return record(*group_operands(wrong.row, [*operands, *constants]))

        errors.extend(check.error for check in gradcheck(f, point[:count]) if check.verdict == "differs")
    assert max(errors) > 0.009, "1 % at least, where the partial is not zero"


@pytest.mark.parametrize("wrong", TRIED, ids=str)
def test_the_proof_notices_a_wrong_row(wrong: Wrong, monkeypatch: pytest.MonkeyPatch) -> None:
    """The proof itself, with the wrong row in place of the table's."""
    monkeypatch.setattr(test_operations, "OPERATIONS", {**OPERATIONS, wrong.name: wrong.row})
    monkeypatch.setattr(test_operations, "compile_row", partial(compile_row, row=wrong.row))
    with pytest.raises(AssertionError):
        test_operations.test_each_partial_is_the_derivative_of_the_value(wrong.name)


def test_a_complex_step_of_a_cube_at_zero_is_its_truncation() -> None:
    compare_with_complex_steps(Graph((0.0,), (Step("power", (0, 3.0)), Step("total", (1,)))))
    assert 0 < STEP**2 < TRUNCATED < LEAST
