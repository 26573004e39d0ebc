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
        second_at_kink: ∂²y/∂a² as chosen at the kink, for a row that is curved beside it; "0" by default.
        shown: operand -> the partial as formulas show it, where the one that is run is written to keep digits. The two
            are equal in exact arithmetic.
        note: what else to know of it: where digits are lost, what happens at a tie.
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
    second_at_kink: str = "0"
    shown: Mapping[str, str] = field(default_factory=dict)
    note: str = ""

    @property
    def operands(self) -> tuple[str, ...]:
        """The differentiable operands, then the constants, in calling order."""
        return (*self.partials, *self.constants)

    @property
    def is_nary(self) -> bool:
        """Whether a node of it keeps its operands as a tuple: it has vectors, or more than two operands."""
        return bool(self.vectors) or len(self.operands) > 2

    @property
    def is_sum(self) -> bool:
        """Whether y is the sum of the products of the vectors' elements, and of a number: w₁x₁ + w₂x₂ + b."""
        others = [operand for operand in self.operands if operand not in self.vectors]
        return bool(self.vectors) and self.value == " + ".join([f"total({' * '.join(self.vectors)})", *others])

    @property
    def is_bilinear_sum(self) -> bool:
        """Whether y is the sum of the products of two vectors, plus a bias: a pre-activation z = w·x + b."""
        return len(self.vectors) == 2 and self.is_sum

    def operand_names(self, count: int) -> list[str]:
        """The operand that each of ``count`` flat operands belongs to: w, w, x, x, b for ``affine`` and 5."""
        length = (count - len(self.operands) + len(self.vectors)) // max(1, len(self.vectors))
        return [name for name in self.operands for _ in range(length if name in self.vectors else 1)]


def make_row(value: str, *partials: str, operands: Sequence[str] = ("a", "b"), c: float | str | None = "",
             constants: Mapping[str, float | None] | None = None, at_kink: tuple[str, ...] = (), **traits: Any) -> Row:
    """A row with one partial for each operand; ``c`` is the default of its only constant, None if it must be given."""
    of_operand = dict(zip(operands, partials, strict=False))
    given = constants if constants is not None else {} if isinstance(c, str) else {"c": c}
    chosen = dict(zip(of_operand, at_kink, strict="kink" in traits))
    return Row(value, of_operand, given, at_kink=chosen, **traits)


def make_nary_row(value: str, vectors: tuple[str, ...], *, shown: Mapping[str, str] = MappingProxyType({}),
                  note: str = "", **partials: str) -> Row:
    """A row over sequences: ``total(e)`` adds e over their elements, ``largest(e)`` is the maximum."""
    return Row(value, partials, vectors=vectors, shown=shown, note=note)


def group_operands(row: Row, flat: Sequence[Any]) -> list[Any]:
    """The operands of the row from flat ones: a list for each vector; without vectors, the flat ones."""
    if not row.vectors:
        return list(flat)
    count = len(row.vectors)
    length = (len(flat) - len(row.operands) + count) // count
    vectors = [list(flat[i * length : (i + 1) * length]) for i in range(count)]
    return [*vectors, *flat[count * length :]]


_DECAY = "exp(-absolute(a))"  # never overflows, whatever the sign of a
_SHIFTED = "exp(a - largest(a))"  # the largest is 1, and equal summands stay equal, however large a is
_LARGEST = "where(a == largest(a), 1, 0)"

ROWS: dict[str, Row] = {
    #                         y =                                 ∂y/∂a                                     ∂y/∂b
    "add":        make_row("a + b",                            "1",                                      "1"),
    "sub":        make_row("a - b",                            "1",                                      "-1"),
    "mul":        make_row("a * b",                            "b",                                      "a"),
    "div":        make_row("a / b",                            "1 / b",                                  "-y / b",
                           domain="b ≠ 0"),
    "neg":        make_row("-a",                               "-1"),
    "power":      make_row("power(a, c)",                      "where(c == 0, 0, c * power(a, c - 1))",
                           c=None, domain="a ≥ 0 unless c is whole, a ≠ 0 if c < 0"),
    "pow":        make_row("pow(a, b)",                        "where(b == 0, 0, b * pow(a, b - 1))",    "where(y == 0, 0, y * log(a))",
                           domain="a > 0, or a = 0 and b ≥ 0, or a < 0 and b whole"),
    "exp":        make_row("exp(a)",                           "y"),
    "expm1":      make_row("expm1(a)",                         "exp(a)"),
    "log":        make_row("log(a)",                           "1 / a",                                  domain="a > 0"),
    "log1p":      make_row("log1p(a)",                         "1 / (1 + a)",                            domain="a > −1"),
    "sqrt":       make_row("sqrt(a)",                          "1 / (2 * y)",                            domain="a ≥ 0"),
    "sin":        make_row("sin(a)",                           "cos(a)"),
    "cos":        make_row("cos(a)",                           "-sin(a)"),
    "tan":        make_row("tan(a)",                           "1 + y * y"),
    "atan":       make_row("atan(a)",                          "1 / (1 + a * a)",                        latex=r"\arctan"),
    "absolute":   make_row("where(a < 0, -a, a)",              "where(a == 0, 0, where(a < 0, -1, 1))",
                           kink="a", at_kink=("0",)),
    "maximum":    make_row("where(a > b, a, b)",               "where(a > b, 1, where(a == b, 0.5, 0))", "where(a > b, 0, where(a == b, 0.5, 1))",
                           kink="a - b", at_kink=("0.5", "0.5"), symbol="max", latex=r"\max"),
    "minimum":    make_row("where(a < b, a, b)",               "where(a < b, 1, where(a == b, 0.5, 0))", "where(a < b, 0, where(a == b, 0.5, 1))",
                           kink="a - b", at_kink=("0.5", "0.5"), symbol="min", latex=r"\min"),
    "clip":       make_row("where(a < low, low, where(a > high, high, a))", "where(a < low, 0, where(a > high, 0, 1))",
                           constants={"low": None, "high": None}, kink="(a - low) * (a - high)", at_kink=("1",)),
    "identity":   make_row("a",                                "1",
                           activation=True, slope_from_output=True, symbol="id"),
    "sigmoid":    make_row(f"where(a < 0, {_DECAY}, 1) / (1 + {_DECAY})", "y * (1 - y)",
                           activation=True, slope_from_output=True, symbol="σ", latex=r"\sigma",
                           note="y(1 − y), as the lectures write it, and its derivatives are exact to the last digits for a < 0 and "
                                "lose digits as y nears 1: at a = −40 it is 4e-18, at a = 40 it is 0"),
    "tanh":       make_row("tanh(a)",                          "1 - y * y",
                           activation=True, slope_from_output=True,
                           note="1 − y² and its derivatives lose digits as y nears ±1; from |a| = 19 on it is 0"),
    "softsign":   make_row("a / (1 + absolute(a))",            "1 / ((1 + absolute(a)) * (1 + absolute(a)))",
                           activation=True, note="∂²y/∂a² jumps at a = 0, where it is taken to be 0"),
    "softplus":   make_row(f"maximum(a, 0) + log1p({_DECAY})", "sigmoid(a)",
                           activation=True, rectifies=True),
    "log_sigmoid": make_row(f"minimum(a, 0) - log1p({_DECAY})", "sigmoid(-a)"),
    "silu":       make_row("a * sigmoid(a)",                   "sigmoid(a) * (1 + a * sigmoid(-a))",
                           activation=True, rectifies=True, symbol="SiLU", latex=r"\mathrm{SiLU}"),
    "relu":       make_row("where(a > 0, a, 0)",               "where(a > 0, 1, 0)",
                           kink="a", at_kink=("0",), activation=True, slope_from_output=True, rectifies=True,
                           symbol="ReLU", latex=r"\mathrm{ReLU}"),
    "leaky_relu": make_row("where(a > 0, a, c * a)",           "where(a > 0, 1, c)",
                           c=0.01, kink="a", at_kink=("c",), activation=True, slope_from_output=True, rectifies=True),
    "elu":        make_row("where(a > 0, a, c * expm1(where(a > 0, 0, a)))", "where(a > 0, 1, c * exp(where(a > 0, 0, a)))",
                           c=1.0, kink="a", at_kink=("c",), second_at_kink="c", activation=True, rectifies=True,
                           shown={"a": "where(a > 0, 1, c * exp(a))"}),
    "less":       make_row("where(a < b, 1, 0)",               "0",                                      "0",
                           kink="a - b", at_kink=("0", "0")),
    "greater":    make_row("where(a > b, 1, 0)",               "0",                                      "0",
                           kink="a - b", at_kink=("0", "0")),
    "equal":      make_row("where(a == b, 1, 0)",              "0",                                      "0",
                           kink="a - b", at_kink=("0", "0")),
    "where":      make_row("where(condition == 0, b, a)",      "0",  "where(condition == 0, 0, 1)",      "where(condition == 0, 1, 0)",
                           operands=("condition", "a", "b"), kink="condition", at_kink=("0", "0", "1")),
    "affine":     make_nary_row("total(w * x) + b", ("w", "x"),    w="x", x="w", b="1"),
    "total":      make_nary_row("total(a)", ("a",),                a="1"),
    "largest":    make_nary_row("largest(a)", ("a",),              a=f"{_LARGEST} / total({_LARGEST})",
                                note="m operands that tie for the largest have the partial 1/m each"),
    "logsumexp":  make_nary_row(f"largest(a) + log(total({_SHIFTED}))", ("a",), a=f"{_SHIFTED} / total({_SHIFTED})",
                                shown={"a": "exp(a - y)"}),
}

OPERATIONS: Mapping[str, Row] = MappingProxyType(ROWS)
"""Name -> row. ``operation`` adds rows from outside."""
