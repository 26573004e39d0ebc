"""Second and third derivatives of every row, by ``grad(create_graph=True)`` three times: proved, and checked in digits."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import mpmath
import pytest
import sympy
from exact import differentiate
from rows import ROWS, flat_names, kink, points
from symbolic import find_branches, is_zero, make_symbols, read_as_sympy

from autograd_lite import OPERATIONS, Value, grad
from autograd_lite.internal import FUNCTIONS
from autograd_lite.operations import group_operands

ORDERS = 3


def record(name: str, point: Sequence[float]) -> tuple[list[Value], Value]:
    """The row's differentiable operands and its result, recorded at a point."""
    count = len(flat_names(OPERATIONS[name]))
    leaves = [Value(x) for x in point[:count]]
    return leaves, FUNCTIONS[name](*group_operands(OPERATIONS[name], [*leaves, *point[count:]]))


def derivatives(y: Value, leaves: Sequence[Value], every_order: bool = False) -> Iterator[tuple[tuple[int, ...], Value]]:
    """Every derivative of ``y`` up to the third, as a recorded graph, with the places that it is taken by.

    A mixed derivative is taken in one order of its operands, or in every order.
    """
    level: list[tuple[tuple[int, ...], Value]] = [((), y)]
    for _ in range(ORDERS):
        level = [((*places, i), found) for places, node in level
                 for i, found in enumerate(grad(node, leaves, create_graph=True))
                 if every_order or not places or i >= places[-1]]
        yield from level


def prove(name: str, count: int, every_order: bool = False) -> None:
    """Each derivative that the engine records, read as SymPy, is SymPy's derivative of the recorded value.

    What is read is the recorded graph itself: it went through the partials of the rows, and theirs, as the engine does.
    """
    for point in find_branches(name, count):
        signs = make_symbols(name, point)
        symbols = list(signs)
        leaves, y = record(name, point)
        names = dict(zip(leaves, symbols, strict=True))
        expected: dict[tuple[int, ...], sympy.Expr] = {(): read_as_sympy(y, names)}
        for places, node in derivatives(y, leaves, every_order):
            expected[places] = sympy.diff(expected[places[:-1]], symbols[places[-1]])
            assert is_zero(read_as_sympy(node, names) - expected[places], signs), (point, places)


def compare_in_digits(name: str, count: int) -> None:
    """Each derivative against that of the value in arithmetic of 50 digits, at ``count`` points a side of the kink."""
    row = OPERATIONS[name]
    met: Counter[bool] = Counter()
    for point in points(name, 10 * count, seed=7):
        side = bool(row.kink) and kink(row, point) > 0
        met[side] += 1
        if met[side] > count:
            continue
        leaves, y = record(name, point)
        for places, node in derivatives(y, leaves):
            with mpmath.workdps(50):
                exact = differentiate(name, point, places)
            # a third derivative of these rows adds up a dozen products of factors that may be as large as y³
            assert abs(node.data - exact) <= 1e-13 * max(1, abs(exact), abs(y.data) ** 3), (point, places)
    assert min(met.values()) >= count, "too few points"
    assert len(met) == (2 if row.kink else 1), "points on both sides of the kink"


@pytest.mark.one_in(3)
@pytest.mark.parametrize("name", ROWS)
def test_derivatives_to_the_third_are_proved(name: str) -> None:
    prove(name, 60)


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", ROWS)
def test_derivatives_to_the_third_are_proved_in_every_order_of_the_operands(name: str) -> None:
    prove(name, 400, every_order=True)


@pytest.mark.one_in(3)
@pytest.mark.parametrize("name", ROWS)
def test_derivatives_to_the_third_in_50_digits(name: str) -> None:
    compare_in_digits(name, 4)


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", ROWS)
def test_derivatives_to_the_third_in_50_digits_at_many_points(name: str) -> None:
    compare_in_digits(name, 50)


@pytest.mark.parametrize("check", [prove, compare_in_digits])
def test_partials_that_cannot_be_differentiated_again_are_noticed(
    check: Callable[[str, int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Numbers in place of the partials' nodes: every first derivative is the right number, and every second one zero."""
    monkeypatch.setattr(Value, "partials_as_nodes", lambda self, indices: {i: self.partials[i] for i in indices})
    check("add", 2)
    with pytest.raises(AssertionError, match=r"\(0,"):
        check("sigmoid", 2)
