"""The one table: every operation's value and local partial derivatives, as text.

In a row ``a`` and ``b`` are the operands, ``c`` is a constant that is not differentiated, ``y`` is the result. Rows use
the part of Python's expressions that means the same in JavaScript: ``+ - * /``, unary minus, one comparison, calls,
names and numbers. ``where(condition, x, y)`` chooses between two expressions. Some readings evaluate both (see
``readings``), so neither may overflow: write ``exp(-absolute(a))``, not ``exp(-a)``.

Everything else is generated from this table: the functions that record a node, the derivatives of derivatives, the
formulas in steps and pictures, and the tests, which prove every row with SymPy and check it numerically.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One operation.

    Attributes:
        value: the result y, as an expression of the operands.
        partials: operand name -> ∂y/∂operand, in the order of the operands.
        constants: name -> default value (None: must be given) of each constant.
        domain: where y is defined, in words; empty if it is for every real number.
        kink: an expression that is zero exactly where a partial jumps; empty if none does.
        at_kink: operand name -> the one-sided value or subgradient chosen there.
        activation: whether a neuron may use the operation as its activation function.
        slope_from_output: whether the derivative is a function of the output, such as y(1 − y), so that the partial
            evaluated at y instead of a is the same number.
        rectifies: whether it passes positive numbers and stops or shrinks negative ones, as He's initializer assumes.
        symbol: its name in formulas; the name of the row if empty. ``latex`` is its name in LaTeX.
        vectors: operands that are sequences of equal length (n-ary operations). Their partials are elementwise.
    """

    value: str
    partials: Mapping[str, str]
    constants: Mapping[str, float | None] = field(default_factory=dict)
    domain: str = ""
    kink: str = ""
    at_kink: Mapping[str, str] = field(default_factory=dict)
    activation: bool = False
    slope_from_output: bool = False
    rectifies: bool = False
    symbol: str = ""
    latex: str = ""
    vectors: tuple[str, ...] = ()

    @property
    def operands(self) -> tuple[str, ...]:
        """The differentiable operands, then the constants, in calling order."""
        return (*self.partials, *self.constants)

    @property
    def is_sum(self) -> bool:
        """Whether y is a sum over the vectors, which formulas write with plus signs."""
        return self.value.startswith("total(")

    @property
    def is_bilinear_sum(self) -> bool:
        """Whether y is the sum of the products of two vectors, plus a bias: a pre-activation z = w·x + b."""
        return len(self.vectors) == 2 and self.value.startswith(f"total({' * '.join(self.vectors)})")

    def operand_names(self, count: int) -> list[str]:
        """The operand that each of ``count`` flat operands belongs to: w, w, x, x, b for ``affine`` and 5."""
        length = (count - len(self.operands) + len(self.vectors)) // max(1, len(self.vectors))
        return [name for name in self.operands for _ in range(length if name in self.vectors else 1)]


def make_row(value: str, d_a: str, d_b: str | None = None, *, c: float | str | None = "", at_kink: tuple[str, ...] = (),
             **traits: Any) -> Row:
    """A row with one or two operands; ``c`` is the default of its constant, None if it must be given."""
    partials = {"a": d_a} if d_b is None else {"a": d_a, "b": d_b}
    constants = {} if isinstance(c, str) else {"c": c}
    chosen = dict(zip(partials, at_kink, strict="kink" in traits))
    return Row(value, partials, constants, at_kink=chosen, **traits)


def make_nary_row(value: str, vectors: tuple[str, ...], **partials: str) -> Row:
    """A row over sequences: ``total(e)`` adds e over their elements, ``largest(e)`` is the maximum."""
    return Row(value, partials, vectors=vectors)


def group_operands(row: Row, flat: Sequence[Any]) -> list[Any]:
    """The operands of the row from flat ones: a list for each vector; without vectors, the flat ones."""
    if not row.vectors:
        return list(flat)
    count = len(row.vectors)
    length = (len(flat) - len(row.operands) + count) // count
    vectors = [list(flat[i * length : (i + 1) * length]) for i in range(count)]
    return [*vectors, *flat[count * length :]]


_SOFT_SIGN = "exp(-absolute(a))"  # never overflows, whatever the sign of a

OPERATIONS: Mapping[str, Row] = MappingProxyType({
    #                         y =                                 ∂y/∂a                                     ∂y/∂b
    "add":        make_row("a + b",                            "1",                                      "1"),
    "sub":        make_row("a - b",                            "1",                                      "-1"),
    "mul":        make_row("a * b",                            "b",                                      "a"),
    "div":        make_row("a / b",                            "1 / b",                                  "-y / b",
                           domain="b ≠ 0"),
    "neg":        make_row("-a",                               "-1"),
    "power":      make_row("power(a, c)",                      "where(c == 0, 0, c * power(a, c - 1))",
                           c=None, domain="a ≥ 0 unless c is whole, a ≠ 0 if c < 0"),
    "pow":        make_row("pow(a, b)",                        "b * pow(a, b - 1)",                      "where(y == 0, 0, y * log(a))",
                           domain="a > 0, or a = 0 and b ≥ 0, or a < 0 and b whole"),
    "exp":        make_row("exp(a)",                           "y"),
    "log":        make_row("log(a)",                           "1 / a",                                  domain="a > 0"),
    "sqrt":       make_row("sqrt(a)",                          "1 / (2 * y)",                            domain="a ≥ 0"),
    "sin":        make_row("sin(a)",                           "cos(a)"),
    "cos":        make_row("cos(a)",                           "-sin(a)"),
    "absolute":   make_row("where(a < 0, -a, a)",              "where(a == 0, 0, where(a < 0, -1, 1))",
                           kink="a", at_kink=("0",)),
    "maximum":    make_row("where(a > b, a, b)",               "where(a > b, 1, 0)",                     "where(a > b, 0, 1)",
                           kink="a - b", at_kink=("0", "1"), symbol="max", latex=r"\max"),
    "minimum":    make_row("where(a < b, a, b)",               "where(a < b, 1, 0)",                     "where(a < b, 0, 1)",
                           kink="a - b", at_kink=("0", "1"), symbol="min", latex=r"\min"),
    "identity":   make_row("a",                                "1",
                           activation=True, slope_from_output=True, symbol="id"),
    "sigmoid":    make_row(f"where(a < 0, {_SOFT_SIGN}, 1) / (1 + {_SOFT_SIGN})", "y * (1 - y)",
                           activation=True, slope_from_output=True, symbol="σ", latex=r"\sigma"),
    "tanh":       make_row("tanh(a)",                          "1 - y * y",
                           activation=True, slope_from_output=True),
    "softplus":   make_row(f"maximum(a, 0) + log1p({_SOFT_SIGN})", "sigmoid(a)",
                           activation=True, rectifies=True),
    "relu":       make_row("where(a > 0, a, 0)",               "where(a > 0, 1, 0)",
                           kink="a", at_kink=("0",), activation=True, slope_from_output=True, rectifies=True,
                           symbol="ReLU", latex=r"\mathrm{ReLU}"),
    "leaky_relu": make_row("where(a > 0, a, c * a)",           "where(a > 0, 1, c)",
                           c=0.01, kink="a", at_kink=("c",), activation=True, slope_from_output=True, rectifies=True),
    "elu":        make_row("where(a > 0, a, c * expm1(minimum(a, 0)))", "where(a > 0, 1, c * exp(minimum(a, 0)))",
                           c=1.0, kink="a", at_kink=("c",), activation=True, rectifies=True),
    "affine":     make_nary_row("total(w * x) + b", ("w", "x"),    w="x", x="w", b="1"),
    "total":      make_nary_row("total(a)", ("a",),                a="1"),
    "logsumexp":  make_nary_row("largest(a) + log(total(exp(a - largest(a))))", ("a",), a="exp(a - y)"),
})

ACTIVATION_OPERATIONS = tuple(name for name, entry in OPERATIONS.items() if entry.activation)
"""The names of the rows that a neuron may use as its activation function."""
