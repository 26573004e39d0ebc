"""The table of words and the traits of rows: every reader knows every word, and a trait is what the numbers say."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from exact import MPMATH
from rows import COMPILED, ROWS, VECTOR_LENGTH, complete_reading, points
from symbolic import SYMPY
from test_random_graphs import COMPLEX

from autograd_lite import OPERATIONS, operation
from autograd_lite.javascript_rules import write_javascript_rules
from autograd_lite.operations import Row, group_operands, make_nary_row, make_row
from autograd_lite.readings import FLOATS, Reading, check_rows, chosen_slope, compile_row
from autograd_lite.words import REDUCTIONS, WORDS, add_floats
from nn.ground.activation_formulas import ACTIVATION_FORMULAS


def reduce_last_axis(name: str) -> Callable[[Any], Any]:
    return lambda array: getattr(np, name)(array, axis=-1, keepdims=True)


# The table read on arrays: affine of w (n,), x (N, n) and b () is (N, 1), since a sum keeps its axis.
ARRAYS = complete_reading(
    {name: getattr(np, word.numpy) for name, word in WORDS.items()}
    | {word: reduce_last_axis(name) for word, name in REDUCTIONS.items()} | {"where": np.where}, conditional=False, vectors="axis")


@pytest.mark.parametrize("reading", [FLOATS, ARRAYS, SYMPY, MPMATH, COMPLEX], ids=["floats", "arrays", "sympy", "mpmath", "complex"])
def test_every_reading_knows_every_word(reading: Reading) -> None:
    assert set(reading.words) >= {*WORDS, *REDUCTIONS}


@pytest.mark.parametrize("word", WORDS)
def test_a_word_is_the_same_number_in_python_and_numpy(word: str) -> None:
    operands = (0.7, 1.3) if word.startswith("pow") else (0.7,)
    assert getattr(np, WORDS[word].numpy)(*operands) == pytest.approx(WORDS[word].python(*operands), rel=1e-15)


@pytest.mark.parametrize(("row", "named"), [
    (make_row("erf(a)", "1"), "'erf'"),
    (make_row("exp(a)", "exp(b)"), "'b'"),
    (make_row("exp(a) + y", "y"), "'y'"),
    (make_row("exp(total(a))", "1"), "'total'"),
])
def test_a_row_with_an_unknown_word_is_refused_by_name(row: Row, named: str) -> None:
    with pytest.raises(ValueError, match=f"the row 'planted' uses {named}"):
        check_rows({**OPERATIONS, "planted": row})


def test_a_row_that_calls_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="the row 'planted' calls itself through planted"):
        check_rows({**OPERATIONS, "planted": make_row("planted(a)", "1")})
    with pytest.raises(ValueError, match="the row 'first' calls itself through second"):
        check_rows({**OPERATIONS, "first": make_row("second(a)", "1"), "second": make_row("a", "first(a)")})


def test_a_wrong_row_stops_the_import() -> None:
    program = ("from autograd_lite import operations\n"
               "operations.OPERATIONS = {'planted': operations.make_row('no_such_word(a)', '1')}\n"
               "import importlib, autograd_lite.readings\nimportlib.reload(autograd_lite.readings)\n")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "the row 'planted' uses 'no_such_word'" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize("name", ROWS)
def test_traits_of_a_row_are_what_its_numbers_say(name: str) -> None:
    row = OPERATIONS[name]
    assert row.is_sum == (name in ("affine", "total"))
    assert row.is_bilinear_sum == (name == "affine")
    if row.activation:
        partials = COMPILED[name].partials
        found = [(partials["a"](*point, y), partials["a"](y, *point[1:], y))
                 for a, *_ in points(name) for point in [(a, *row.constants.values())] for y in [COMPILED[name].value(*point)]]
        assert row.slope_from_output == all(at_a == pytest.approx(at_y, rel=1e-12) for at_a, at_y in found)
        constants = [c for c in row.constants.values() if c is not None]
        shrunk = [abs(COMPILED[name].value(-x, *constants)) < 0.7 * abs(COMPILED[name].value(x, *constants)) for x in (1.0, 5.0)]
        grows = COMPILED[name].value(5.0, *constants) > 4
        assert row.rectifies == (all(shrunk) and grows), "it stops or shrinks negative numbers alone"


def test_hand_formulas_have_their_slope_from_the_output_where_the_row_has() -> None:
    for name, formula in ACTIVATION_FORMULAS.items():
        uses_z = "z" in formula.derivative.replace("z > 0", "")
        assert OPERATIONS[name].slope_from_output == (not uses_z), name


@pytest.mark.parametrize("name", ["affine", "total", "logsumexp"])
def test_vectors_are_read_on_arrays(name: str) -> None:
    row, compiled = OPERATIONS[name], compile_row(name, ARRAYS)
    samples = list(points(name, count=5))
    columns = group_operands(row, list(np.array(samples).T))
    stacked = [np.stack(part, axis=-1) if operand in row.vectors else part[:, None]
               for operand, part in zip(row.operands, columns, strict=True)]
    y = compiled.value(*stacked)
    assert y.shape == (5, 1)
    partials = {operand: np.broadcast_to(partial(*stacked, y), (5, VECTOR_LENGTH if operand in row.vectors else 1))
                for operand, partial in compiled.partials.items()}
    for i, point in enumerate(samples):
        operands = group_operands(row, point)
        value = COMPILED[name].value(*operands)
        assert y[i, 0] == pytest.approx(value, rel=1e-14)
        for operand, partial in COMPILED[name].partials.items():
            assert partials[operand][i] == pytest.approx(np.atleast_1d(partial(*operands, value)), rel=1e-14)


@pytest.mark.parametrize("name", [name for name in ROWS if not OPERATIONS[name].vectors])
def test_rows_are_read_elementwise_on_arrays(name: str) -> None:
    compiled = compile_row(name, ARRAYS)
    samples = list(points(name, count=7))
    operands = list(np.array(samples).T)
    y = compiled.value(*operands)
    expected = [COMPILED[name].value(*point) for point in samples]
    assert y == pytest.approx(expected, rel=1e-14)
    for operand, partial in compiled.partials.items():
        with np.errstate(all="ignore"):
            found = np.broadcast_to(partial(*operands, y), y.shape)
        assert found == pytest.approx([COMPILED[name].partials[operand](*point, value)
                                       for point, value in zip(samples, expected, strict=True)], rel=1e-13)


def test_a_partial_of_a_vector_row_may_reduce_what_its_value_does_not() -> None:
    compiled = compile_row("planted", FLOATS, make_nary_row("total(a)", ("a",), a="a - largest(a)"))
    assert compiled.partials["a"]([1.0, 3.0], 4.0) == [-2.0, 0.0]


def test_javascript_takes_its_names_from_the_table() -> None:
    source = write_javascript_rules(ROWS)
    for word in ("exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tanh", "pow"):
        assert f"{WORDS[word].javascript}(" in source


@pytest.mark.parametrize("name", [name for name in ROWS if OPERATIONS[name].activation])
def test_the_slope_chosen_at_a_kink_is_that_of_the_row(name: str) -> None:
    assert chosen_slope(name) == {"relu": 0.0, "leaky_relu": 0.01}.get(name), "elu is smooth at its constant, 1"


def test_the_slope_chosen_at_the_kink_of_a_row_of_ones_own() -> None:
    operation("size", "absolute(a)", "where(a == 0, 0, where(a < 0, -1, 1))", kink="a", at_kink=["0"])
    assert chosen_slope("size") == 0.0, "neither side has it"
    for name, c, slope in (("mirrored", 1, None), ("steeper", 2, 2.0)):
        operation(name, f"where(a < 0, a, {c} * expm1(where(a < 0, 0, a)))", f"where(a < 0, 1, {c} * exp(where(a < 0, 0, a)))",
                  kink="a", at_kink=[f"{c}"])
        assert chosen_slope(name) == slope, "smooth where both sides have the slope 1, however the right one bends"


def test_a_word_is_read_on_floats_by_the_function_of_python_itself() -> None:
    assert all(FLOATS.words[name] is word.python for name, word in WORDS.items()), "no detour through the row of that name"


def test_floats_are_added_one_by_one_from_zero() -> None:
    assert add_floats([]) == 0.0
    assert add_floats([0.5, 0.25]) == 0.75
    assert add_floats([0.1] * 10) == 0.9999999999999999
