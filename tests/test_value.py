"""``Value``: what it is made of, what it records, and what it refuses."""

import math
import sys
from fractions import Fraction

import numpy as np
import pytest
from rows import COMPILED, ROWS, VECTOR_LENGTH, points

from autograd_lite import (
    OPERATIONS,
    StaleGraphWarning,
    Value,
    affine,
    exp,
    grad,
    log,
    logsumexp,
    maximum,
    minimum,
    sqrt,
    topological_order,
    total,
)
from autograd_lite.internal import FUNCTIONS
from autograd_lite.operations import group_operands


@pytest.mark.parametrize("name", ROWS)
def test_every_operation_records_what_its_row_computes(name: str) -> None:
    row = OPERATIONS[name]
    for point in points(name, count=10):
        constants = point[len(point) - len(row.constants) :]
        nodes = [Value(v) for v in point[: len(point) - len(row.constants)]]
        out = FUNCTIONS[name](*group_operands(row, [*nodes, *constants]))
        values = group_operands(row, point)
        assert out.data == COMPILED[name].value(*values)
        assert type(out.data) is float
        assert out.operation == name
        assert out.operands == (*nodes, *constants)
        assert out.parents == tuple(nodes)
        expected: list[float] = []
        for operand, partial in COMPILED[name].partials.items():
            result = partial(*values, out.data)
            expected.extend(result if operand in row.vectors else [result])
        assert out.partials == tuple(expected)
        assert all(type(partial) is float for partial in out.partials)


@pytest.mark.parametrize("name", [name for name in ROWS if not OPERATIONS[name].constants])
def test_numbers_are_operands_but_not_parents(name: str) -> None:
    row = OPERATIONS[name]
    point = next(points(name))
    for kept in range(len(point)):
        mixed = [Value(v) if i == kept else v for i, v in enumerate(point)]
        out = FUNCTIONS[name](*group_operands(row, mixed))
        whole = FUNCTIONS[name](*group_operands(row, [Value(v) for v in point]))
        assert out.data == whole.data
        assert out.operands == tuple(mixed)
        assert out.parents == (mixed[kept],)
        assert out.partials == (whole.partials[kept],)
    of_numbers = FUNCTIONS[name](*group_operands(row, point))
    assert (of_numbers.parents, of_numbers.partials) == ((), ())
    assert of_numbers.operands == point


@pytest.mark.parametrize(
    "number", [2, 2.0, True, Fraction(1, 2), np.float64(2), np.float32(2), np.int64(2)],
    ids=lambda n: type(n).__name__,
)
def test_operators_take_numbers_on_either_side(number: float) -> None:
    a, n = Value(3.0), float(number)
    assert [v.data for v in (a + number, a - number, a * number, a / number, a**number)] == [
        3 + n, 3 - n, 3 * n, 3 / n, 3**n
    ]
    assert [v.data for v in (number + a, number - a, number * a, number / a, number**a)] == [
        n + 3, n - 3, n * 3, n / 3, n**3
    ]
    assert [v.operation for v in (a + number, number - a, number**a, a**number)] == ["add", "sub", "pow", "power"]
    assert (number - a).operands == (n, a)


def test_operators_between_values() -> None:
    a, b = Value(3.0), Value(2.0)
    assert [v.data for v in (a + b, a - b, a * b, a / b, a**b, -a, +a, abs(-a))] == [5, 1, 6, 1.5, 9, -3, 3, 3]
    assert sum([b, a], start=a).data == 8
    assert (0 + sum([a, b])).data == 5  # type: ignore[union-attr]  # sum of an empty list would be 0
    assert [v.data for v in (a.exp(), a.log(), a.tanh(), a.sigmoid(), a.relu())] == [
        COMPILED[name].value(3.0) for name in ("exp", "log", "tanh", "sigmoid", "relu")
    ]


def test_comparisons_compare_data_and_equality_is_identity() -> None:
    a, b = Value(1.0), Value(1.0)
    assert a <= b and a >= b and not a < b and not a > b  # noqa: PT018
    assert a < 2 and 2 > a and 0 < a and a >= 1 and a <= 1.0 and a > np.float64(0)  # noqa: PT018, SIM300
    assert a == b
    assert not a != b  # noqa: SIM202 - both operators
    assert len({a, b, a}) == 2
    with pytest.raises(TypeError):
        a < "1"  # noqa: B015


def test_a_plus_a_has_two_parents() -> None:
    a = Value(1.5)
    assert (a + a).parents == (a, a)
    assert total([a, a]).parents == (a, a)


def test_affine_partials_are_weights_then_inputs_then_bias() -> None:
    w, x, b = [Value(2.0), Value(3.0)], [Value(5.0), Value(7.0)], Value(11.0)
    z = affine(w, x, b)
    assert z.data == 2 * 5 + 3 * 7 + 11
    assert z.parents == (*w, *x, b)
    assert z.partials == (5.0, 7.0, 2.0, 3.0, 1.0)
    assert affine(w, [5, 7], 11).partials == (5.0, 7.0)
    assert affine(w, x).operands[-1] == 0.0
    assert affine(iter(w), np.array([5.0, 7.0]), b).data == z.data
    assert group_operands(OPERATIONS["affine"], z.operands) == [w, x, b]


def test_group_is_the_inverse_of_the_flat_operands() -> None:
    flat = tuple(range(2 * VECTOR_LENGTH + 1))
    assert group_operands(OPERATIONS["affine"], flat) == [[0, 1, 2], [3, 4, 5], 6]
    assert group_operands(OPERATIONS["total"], (1, 2)) == [[1, 2]]
    assert group_operands(OPERATIONS["elu"], (1, 2)) == [1, 2]


def test_a_binary_node_takes_at_most_140_bytes() -> None:
    a = Value(1.1)
    node = a * a
    # sys.getsizeof counts the slots and the collector's header; the float of its data comes on top
    assert sys.getsizeof(node) + sys.getsizeof(node.data) <= 140
    assert not hasattr(node, "__dict__")


def test_leaf_data_can_be_set_and_a_result_cannot() -> None:
    w = Value(1.0, "w")
    y = w * 2
    w.data -= 0.5
    assert (w.data, y.data) == (0.5, 2.0)
    with pytest.raises(AttributeError, match="computed by mul; set the data of a leaf"):
        y.data = 3.0
    with pytest.raises(ValueError, match="data of node 'w' must be a finite number, not nan"):
        w.data = float("nan")
    assert w.data == 0.5
    with pytest.warns(StaleGraphWarning):
        grad(y, [w])


@pytest.mark.parametrize(
    ("make", "error", "sentence"),
    [
        (lambda: Value("1"), TypeError, "data of a Value must be a number, not '1' of type str"),  # type: ignore[arg-type]
        (lambda: Value(1 + 2j, "w"), TypeError, "data of Value 'w' must be a number"),  # type: ignore[arg-type]
        (lambda: Value(Value(1)), TypeError, "must be a number, not Value"),  # type: ignore[arg-type]
        (lambda: Value(float("inf"), "w"), ValueError, "data of Value 'w' must be a finite number, not inf"),
        (lambda: Value(10**400), ValueError, "must be a finite number"),
        (lambda: Value(1, 2), TypeError, "label must be a string, not 2 of type int"),  # type: ignore[arg-type]
        (lambda: Value(1) * float("nan"), ValueError, "operand b of mul must be a finite number, not nan"),
        (lambda: minimum(Value(1), float("inf")), ValueError, "operand b of minimum must be a finite number, not inf"),
        (lambda: maximum(Value(1), None), TypeError, "operand b of maximum must be a number or a Value, not None"),  # type: ignore[arg-type]
        (lambda: FUNCTIONS["power"](Value(2), Value(2)), TypeError, "operand c of power must be a number, not Value"),
        (lambda: Value(1) + "s", TypeError, "unsupported operand"),  # type: ignore[operator]
        (lambda: [] - Value(1), TypeError, "unsupported operand"),  # type: ignore[operator]
        (lambda: log(Value(-1, "u")), ValueError, r"log is undefined at a = -1.0 \(node 'u'\): it needs a > 0"),
        (lambda: sqrt(-2), ValueError, "sqrt is undefined at a = -2.0: it needs a ≥ 0"),
        (lambda: 1 / Value(0, "q"), ZeroDivisionError, r"div is undefined at a = 1.0, b = 0.0 \(node 'q'\): it needs b ≠"),
        (lambda: Value(-8) ** (1 / 3), ValueError, "power is undefined at a = -8.0, c = 0.333.*it needs a ≥ 0 unless"),
        (lambda: exp(Value(1000, "z₁")), OverflowError, r"exp overflows at a = 1000.0 \(node 'z₁'\)"),
        (lambda: Value(1e200, "w") * 1e200, OverflowError, r"mul overflows at a = 1e\+200 \(node 'w'\), b = 1e\+200"),
        (lambda: Value(1e308) - Value(-1e308), OverflowError, "sub overflows"),
        (lambda: affine([1e200], [Value(1e200, "x")]), OverflowError, r"affine overflows at w\[0\] = 1e\+200, x\[0\]"),
        (lambda: total([1e308] * 9), OverflowError, r"total overflows at .*a\[3\] = 1e\+308, …"),
        (lambda: affine([Value(1)], [1, 2]), ValueError, "as many inputs as weights.*1 weights and 2 inputs"),
        (lambda: affine([], []), ValueError, "at least one"),
        (lambda: affine(Value(1), Value(2)), TypeError, r"write affine\(\[w\], \[x\], b\)"),  # type: ignore[arg-type]
        (lambda: total(Value(1)), TypeError, r"total takes a sequence: write total\(\[v\]\)"),  # type: ignore[arg-type]
        (lambda: Value(10**5000), ValueError, "not one that does not fit a float"),
        (lambda: topological_order(3), TypeError, "a graph begins at a Value, not at 3 of type int"),  # type: ignore[type-var]
        (lambda: math.exp(Value(1, "v")), TypeError, "node 'v' is no plain number.*use its .data"),
        (lambda: total([]), ValueError, "total needs at least one value"),
        (lambda: logsumexp([]), ValueError, "logsumexp needs at least one value"),
        (lambda: total([Value(1), "x"]), TypeError, "an operand of total must be a number or a Value"),  # type: ignore[list-item]
    ],
)
def test_bad_input_is_refused_in_one_sentence(make: object, error: type[Exception], sentence: str) -> None:
    with pytest.raises(error, match=sentence) as caught:
        make()  # type: ignore[operator]
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("name", [name for name in OPERATIONS if OPERATIONS[name].vectors])
def test_a_vector_of_numbers_that_are_not_finite_is_refused(name: str, bad: float) -> None:
    """Also where the result would be finite, as the largest of −∞ and 1."""
    row = OPERATIONS[name]
    for vector in row.vectors:
        operands = [[bad, 1.0] if operand == vector else [0.5, 1.0] if operand in row.vectors else 0.5
                    for operand in row.operands]
        with pytest.raises(ValueError, match="must be a finite number"):
            FUNCTIONS[name](*operands)


def test_generated_functions_say_what_they_compute() -> None:
    text = FUNCTIONS["leaky_relu"].__doc__ or ""
    assert "y = where(a > 0, a, c * a)" in text
    assert "∂y/∂a = where(a > 0, 1, c)" in text
    assert "The partial may jump where a = 0; the table chooses ∂y/∂a = c there" in text
    assert all(function.__doc__ and function.__name__ == name for name, function in FUNCTIONS.items())


def test_repr_shows_data_gradient_and_label() -> None:
    assert repr(Value(2, "w₁")) == "Value(data=2.0, grad=0.0, label='w₁')"
    assert repr(Value(2)) == "Value(data=2.0, grad=0.0)"
    assert f"{Value(2):.3f} {Value(3)}" == "2.000 Value(data=3.0, grad=0.0)"
