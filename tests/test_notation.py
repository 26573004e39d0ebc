"""Formulas as text: precedence, numbers, and every row of the table."""

import pytest
from rows import ROWS

from autograd_lite import OPERATIONS
from autograd_lite.internal import format_number, write
from autograd_lite.row_notation import partial_formula, value_formula


@pytest.mark.parametrize(
    ("formula", "names", "text"),
    [
        ("w1 * x + b1", {"w1": "w₁", "b1": "b₁"}, "w₁·x + b₁"),
        ("w * x + b", {"w": "0.4", "x": "-2", "b": "-0.3"}, "0.4·(-2) + (-0.3)"),
        ("a - y", {"a": "-3", "y": "-4"}, "-3 − (-4)"),
        ("a - (b - c)", {}, "a − (b − c)"),
        ("a - b - c", {}, "a − b − c"),
        ("(a + b) * c", {}, "(a + b)·c"),
        ("a / (b * c)", {}, "a / (b·c)"),
        ("-a", {}, "−a"),
        ("-(a + b)", {}, "−(a + b)"),
        ("a * b", {"a": "x + y"}, "(x + y)·b"),
        ("a * b", {"a": "∂C/∂w₁"}, "∂C/∂w₁·b"),
        ("a * b", {"a": "(p) - q", "b": "(p + q)"}, "((p) - q)·(p + q)"),
        ("a * b", {"a": "exp(p − q)", "b": "σ(z)"}, "exp(p − q)·σ(z)"),
        ("1/2 * (a1 - y)**2", {"a1": "a₁"}, "½(a₁ − y)²"),
        ("(-a)**2", {}, "(−a)²"),
        ("power(a, c)", {"a": "-3", "c": "-2"}, "(-3)⁻²"),
        ("pow(a, b)", {"a": "2", "b": "x"}, "2^x"),
        ("pow(a, b + 1)", {}, "a^(b + 1)"),
        ("a**0.5", {}, "a^0.5"),
        ("absolute(a)", {}, "|a|"),
        ("maximum(a, 0)", {}, "max(a, 0)"),
        ("sigmoid(z)", {}, "σ(z)"),
        ("(a - y) * df1(z)", {"df1": "σ₁′"}, "(a − y)·σ₁′(z)"),
        ("where(a > 0, 1, 0)", {}, "(1 if a > 0 else 0)"),
        ("z if z > 0 else exp(z) - 1", {}, "(z if z > 0 else exp(z) − 1)"),
        ("b * where(a >= 0, 1, 0)", {}, "b·(1 if a ≥ 0 else 0)"),
        ("a * 1e-5", {}, "a·1e-05"),
    ],
)
def test_formulas_are_written_as_on_paper(formula: str, names: dict[str, str], text: str) -> None:
    assert write(formula, names) == text


@pytest.mark.parametrize(("number", "text"), [(0.1 + 0.2, "0.3"), (-0.0, "0"), (1e-9, "1e-09"), (4.0, "4")])
def test_numbers_have_six_digits(number: float, text: str) -> None:
    assert format_number(number) == text


@pytest.mark.parametrize(
    ("operation", "operands", "text"),
    [
        ("affine", ["w₁", "w₂", "x₁", "x₂", "b"], "w₁·x₁ + w₂·x₂ + b"), ("affine", ["w", "x", 0.0], "w·x"),
        ("total", ["a", "b"], "a + b"), ("logsumexp", ["a", "b"], "logsumexp(a, b)"), ("identity", ["z₁"], "z₁"),
        ("leaky_relu", ["z", 0.01], "leaky_relu(z)"), ("leaky_relu", ["z", 0.2], "leaky_relu(z, 0.2)"),
        ("div", ["a + b", "c"], "(a + b) / c"),
        ("affine", [*"abcdefgh", *"stuvwxyz", "k"], "a·s + b·t + … + h·z + k"), ("total", ["a", -2.0], "a + (-2)"),
        ("relu", ["z"], "ReLU(z)"), ("maximum", ["a", "b"], "max(a, b)"),
    ],
)
def test_what_an_operation_computes(operation: str, operands: list[str], text: str) -> None:
    assert value_formula(operation, operands) == text


@pytest.mark.parametrize(
    ("operation", "operands", "index", "text"),
    [
        ("affine", ["w₁", "w₂", "x₁", "x₂", "b"], 1, "x₂"), ("affine", ["w₁", "w₂", "x₁", "x₂", "b"], 2, "w₁"),
        ("affine", ["w₁", "w₂", "x₁", "x₂", "b"], 4, "1"), ("logsumexp", ["p", "q"], 1, "exp(q − y)"),
        ("power", ["a", "3"], 0, "3·a²"), ("power", ["a", "2"], 0, "2·a"), ("power", ["a", 1.0], 0, "1"), ("power", ["a", 1.0000001], 0, "1·a^1e-07"),
        ("power", ["a", "0"], 0, "0"), ("power", ["a", "0.5"], 0, "0.5·a^(-0.5)"), ("elu", ["a", "1"], 0, "(1 if a > 0 else exp(a))"),
        ("tanh", ["z"], 0, "1 − y²"), ("sigmoid", ["z"], 0, "y·(1 − y)"), ("div", ["a", "b"], 1, "(−y) / b"),
    ],
)
def test_partials_with_settled_constants(operation: str, operands: list[str], index: int, text: str) -> None:
    assert partial_formula(operation, operands, index, "y") == text


@pytest.mark.parametrize("name", ROWS)
def test_every_row_can_be_written(name: str) -> None:
    row = OPERATIONS[name]
    operands = (["p", "q", "r", "s", "t"] if name == "affine"
                else [*"pqr"[: len(row.partials)], *"23"[: len(row.constants)]])
    assert value_formula(name, operands)
    count = len(operands) if row.vectors else len(row.partials)
    assert all(partial_formula(name, operands, i, "y") for i in range(count))
