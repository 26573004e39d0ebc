"""Every row of the table: proved by SymPy, checked by differences, right at large operands, one-sided at kinks."""

import math
from dataclasses import replace
from itertools import product
from typing import Any

import mpmath
import pytest
import sympy
from exact import MPMATH
from rows import COMPILED, ROWS, VECTOR_LENGTH, flat_names, kink, partials_at, points
from symbolic import SYMPY, find_branches, is_zero, make_symbols, settle, settle_point

from autograd_lite import (
    OPERATIONS,
    Value,
    absolute,
    equal,
    exp,
    grad,
    greater,
    largest,
    less,
    log,
    logsumexp,
    maximum,
    minimum,
    where,
)
from autograd_lite.internal import FUNCTIONS
from autograd_lite.operations import group_operands
from autograd_lite.readings import FLOATS, compile_row, parse


@pytest.mark.parametrize("name", ROWS)
def test_each_partial_is_the_derivative_of_the_value(name: str) -> None:
    row = OPERATIONS[name]
    compiled = compile_row(name, SYMPY)
    for point in find_branches(name):
        signs = make_symbols(name, point)
        values = group_operands(row, settle_point(name, point))
        y = settle(compiled.value(*values))
        partials: list[Any] = []
        for operand, partial in compiled.partials.items():
            result = partial(*values, y)
            partials.extend(result if operand in row.vectors else [result])
        for symbol, partial in zip(signs, partials, strict=True):
            assert is_zero(sympy.diff(y.expression, symbol) - settle(partial).expression, signs), (symbol, point)


@pytest.mark.parametrize("name", ROWS)
def test_each_partial_is_the_slope_on_the_rows_own_domain(name: str) -> None:
    row = OPERATIONS[name]
    with mpmath.workdps(40):
        reference = compile_row(name, MPMATH).value
        h = mpmath.mpf(10) ** -12
        for point in points(name):
            exact = [mpmath.mpf(v) for v in point]
            for i, partial in enumerate(partials_at(name, point)):
                up, down = list(exact), list(exact)
                up[i] += h
                down[i] -= h
                slope = (reference(*group_operands(row, up)) - reference(*group_operands(row, down))) / (2 * h)
                # the quotient is good to h², the partial to a few roundings of its own terms
                assert abs(partial - slope) <= 1e-14 * max(1, abs(slope)), (point, i)


@pytest.mark.parametrize("size", [1e-300, 1e-3, 30.0, 700.0, 1000.0])
@pytest.mark.parametrize("name", ROWS)
def test_finite_and_right_where_mathematics_is(name: str, size: float) -> None:
    row = OPERATIONS[name]
    count = len(flat_names(row))
    tested = beyond = 0
    with mpmath.workdps(500):
        reference = compile_row(name, MPMATH)
        for signs in [(1,) * count, (-1,) * count, (1, -1, 1, -1, 1, -1, 1)[:count]]:
            point = [s * size for s in signs] + [2.0 for _ in row.constants]
            values = group_operands(row, [mpmath.mpf(v) for v in point])
            try:
                y = reference.value(*values)
            except (ValueError, ZeroDivisionError):
                continue
            if isinstance(y, mpmath.mpc) or abs(y) > 1e308:
                beyond += 1  # no float is as large, as e¹⁰⁰⁰
                continue
            expected = [y]
            for operand, partial in reference.partials.items():
                try:
                    result = partial(*values, y)
                except (ValueError, ZeroDivisionError):
                    result = mpmath.nan
                expected.extend(result if operand in row.vectors else [result])
            if any(isinstance(v, mpmath.mpc) or not mpmath.isfinite(v) or abs(v) > 1e308 for v in expected):
                continue
            found = [COMPILED[name].value(*group_operands(row, point)), *partials_at(name, tuple(point))]
            for got, want in zip(found, expected, strict=True):
                # 1 − y is exact to one rounding of 1, so an error is measured against at least that
                assert abs(got - want) <= 4e-16 * max(1, abs(want)) + 1e-12 * abs(want), (point, got, want)
            tested += 1
    assert tested or beyond


@pytest.mark.parametrize("name", [name for name in ROWS if OPERATIONS[name].kink])
def test_at_a_kink_the_stated_one_sided_value(name: str) -> None:
    row = OPERATIONS[name]
    constants = [0.3 + 0.4 * i for i in range(len(row.constants))]
    names = dict(zip(row.constants, constants, strict=True))
    stated = [float(eval(text, {}, names)) for text in row.at_kink.values()]
    operands = product([0.0, 1.25, *constants], repeat=len(flat_names(row)))
    kinks = [at for at in operands if kink(row, (*at, *constants)) == 0]
    assert kinks, "none of these points is at the kink"
    jumps = False
    for at in kinks:
        assert partials_at(name, (*at, *constants)) == stated, at
        sides = [(at[0] + side, *at[1:], *constants) for side in (-1e-9, 1e-9)]
        left, right = (partials_at(name, point) for point in sides)
        values = [COMPILED[name].value(*group_operands(row, point)) for point in (*sides, (*at, *constants))]
        jumps |= left != pytest.approx(right) or max(values) - min(values) > 0.5  # as that of a comparison
        for below, chosen, above in zip(left, stated, right, strict=True):
            assert name == "where" or min(below, above) - 1e-8 <= chosen <= max(below, above) + 1e-8
    assert jumps, "neither a partial nor the value jumps there"


@pytest.mark.parametrize("name", [name for name in ROWS if OPERATIONS[name].kink])
def test_elsewhere_nothing_jumps(name: str) -> None:
    row = OPERATIONS[name]
    constants = [0.25 + 0.5 * i for i in range(len(row.constants))]
    count, met = len(flat_names(row)), 0
    for at in product([-1.5, -0.75, 0.0, 0.5, 1.5], repeat=count):
        if not kink(row, (*at, *constants)):
            continue
        met += 1
        for i in range(count):
            sides = [(*at[:i], at[i] + side, *at[i + 1:], *constants) for side in (-1e-9, 1e-9)]
            left, right = ([COMPILED[name].value(*group_operands(row, side)), *partials_at(name, side)] for side in sides)
            assert left == pytest.approx(right, abs=1e-8), (at, i)
    assert met

@pytest.mark.parametrize("name", [name for name in ROWS if OPERATIONS[name].kink and not OPERATIONS[name].is_nary])
def test_at_a_kink_the_stated_second_derivative(name: str) -> None:
    row = OPERATIONS[name]
    x = Value(0.0)
    constants = [0.3] * len(row.constants)
    first, = grad(FUNCTIONS[name](*[x, 0.0][: len(row.partials)], *constants), [x], create_graph=True)
    assert grad(first, [x]) == (float(eval(row.second_at_kink, {}, dict(zip(row.constants, constants, strict=True)))),)


@pytest.mark.parametrize("number_first", [False, True])
@pytest.mark.parametrize("name", ["maximum", "minimum"])
def test_a_tie_is_shared_whichever_side_a_number_is_on(name: str, number_first: bool) -> None:
    a, b = Value(1.5), Value(1.5)
    assert FUNCTIONS[name](a, b).partials == (0.5, 0.5)
    assert FUNCTIONS[name](*(1.5, a) if number_first else (a, 1.5)).partials == (0.5,)
    assert grad(maximum(a, b) + minimum(a, b), [a, b]) == (1.0, 1.0)


def test_the_stable_cross_entropy_starts_with_the_right_gradient_at_zero() -> None:
    for t in (0.0, 0.25, 1.0):
        z = Value(0.0)
        cost = maximum(z, 0.0) - z * t + log(1 + exp(-absolute(z)))
        assert grad(cost, [z]) == (0.5 - t,)


def test_where_passes_on_to_the_side_that_is_chosen() -> None:
    a, b, c = Value(2.0), Value(3.0), Value(0.0)
    for condition, y, partials in ((1.0, 2.0, (0.0, 1.0, 0.0)), (0.0, 3.0, (0.0, 0.0, 1.0)), (-2.0, 2.0, (0.0, 1.0, 0.0))):
        c.data = condition
        chosen = where(c, a, b)
        assert (chosen.data, chosen.partials) == (y, partials)
    chosen = where(less(a, b), a * a, b)
    assert (chosen.data, grad(chosen, [a, b])) == (4.0, (4.0, 0.0))
    assert [f(a, b).data for f in (less, greater, equal)] == [1.0, 0.0, 0.0]
    assert where(False, 1.0, b).parents == (b,)


@pytest.mark.parametrize("at", [1e12, 1e16, 1e300, -1e16])
def test_equal_logits_share_their_probability_however_large(at: float) -> None:
    z = [Value(at), Value(at)]
    assert logsumexp(z).partials == (0.5, 0.5)
    assert [g.data for g in grad(logsumexp(z), z, create_graph=True)] == [0.5, 0.5]
    assert largest(z).partials == (0.5, 0.5)


@pytest.mark.parametrize("text", ["a ** 2", "a < b < 1", "a if a else b", "a.real", "[a]", "lambda: a", "a[0]", "a @ b"])
def test_the_row_language_is_what_python_and_javascript_share(text: str) -> None:
    with pytest.raises(SyntaxError, match="row language"):
        parse(text)


def test_where_evaluates_one_side_only() -> None:
    assert COMPILED["sigmoid"].value(-1000.0) == 0.0
    assert COMPILED["power"].partials["a"](0.0, 0.0, 1.0) == 0.0  # 0·0⁻¹ would raise


def test_generated_source_is_in_tracebacks() -> None:
    with pytest.raises(ValueError, match="math domain error") as caught:
        compile_row("log", FLOATS).value(-1.0)
    assert str(caught.traceback[-1].statement).strip() == "return log(a)"


def test_vectors_have_length() -> None:
    assert VECTOR_LENGTH > 2, "two elements would hide a mix-up"
    assert math.isclose(COMPILED["logsumexp"].value([1000.0, 1000.0]), 1000 + math.log(2))


@pytest.mark.parametrize("name", [name for name in ROWS if OPERATIONS[name].shown])
def test_a_partial_as_it_is_shown_is_the_one_that_is_run(name: str) -> None:
    row = OPERATIONS[name]
    shown = compile_row(name, FLOATS, replace(row, partials={**row.partials, **row.shown}))
    for point in points(name):
        groups = group_operands(row, point)
        y = shown.value(*groups)
        for operand, partial in shown.partials.items():
            assert partial(*groups, y) == pytest.approx(COMPILED[name].partials[operand](*groups, y), rel=1e-13)
