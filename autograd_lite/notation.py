"""Writes formulas as text: rows of the table and the lectures' formulas, with names or numbers put in.

    write("y * (1 - y)", {"y": "a₁"})   ->   a₁·(1 − a₁)
    write("w1 * x + b1", {"w1": "0.4", "x": "1.5", "b1": "-0.3"})   ->   0.4·1.5 + (-0.3)

Operators that a formula is made of are typeset (·, −, superscripts); the minus sign of a number stays the one on the
keyboard, so that numbers can be copied into a program.
"""

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from functools import cache, lru_cache
from typing import cast

from .operations import OPERATIONS, group

_SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(1, 6)  # how tightly a text binds
_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_FUNCTIONS = {"sigmoid": "σ", "maximum": "max", "minimum": "min", "relu": "ReLU", "identity": "id"}
_OPERATORS = re.compile(r"[-+−*·/= ]")
_TERMS = 6  # a longer sum is abbreviated
_COMPARISONS = {ast.Lt: "<", ast.LtE: "≤", ast.Gt: ">", ast.GtE: "≥", ast.Eq: "=", ast.NotEq: "≠"}


def format_number(x: float) -> str:
    """Six significant digits: enough to compare by eye, short enough for a table."""
    text = f"{x:.6g}"
    return "0" if text == "-0" else text


@cache
def _parsed(formula: str) -> ast.expr:
    return ast.parse(formula, mode="eval").body


def _outside_brackets(text: str) -> str:
    """The text without what stands in brackets."""
    depth, kept = 0, ""
    for character in text:
        depth += (character == "(") - (character == ")")
        kept += character if depth == 0 else ""
    return kept


def product(left: str, right: str) -> str:
    """``left·right``, each in brackets where it needs them."""
    return f"{_factor(left)}·{_factor(right)}"


def _factor(text: str) -> str:
    return text if _binds(text) == _ATOM else f"({text})"


@lru_cache(4096)
def _binds(text: str) -> int:
    """How tightly a text that is put in binds: a negative number or a sum less than a name."""
    if is_number(text):
        return _SUM if text.startswith("-") else _ATOM
    return _SUM if "∂" not in text and _OPERATORS.search(_outside_brackets(text)) else _ATOM


def is_number(text: str) -> bool:
    """Whether the text is a number rather than a name."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def write(formula: str | ast.expr, names: Mapping[str, str] | None = None) -> str:
    """``formula``, a Python expression, as a person writes it, with ``names`` put in for its names.

    A name that is put in is bracketed where precedence asks for it: a negative number, or a label that is a sum.
    """
    tree = _parsed(formula) if isinstance(formula, str) else formula
    return _Writer(names or {}).write(tree)[0]


class _Writer:
    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names

    def write(self, tree: ast.expr) -> tuple[str, int]:
        """The text and how tightly it binds."""
        writer: Callable[[ast.expr], tuple[str, int]] = getattr(self, f"_{type(tree).__name__}")
        return writer(tree)

    def within(self, tree: ast.expr, level: int) -> str:
        """The text, in brackets if it binds less tightly than ``level``."""
        text, binds = self.write(tree)
        return text if binds >= level else f"({text})"

    def _Name(self, name: ast.Name) -> tuple[str, int]:
        return self._put_in(self.names.get(name.id, name.id))

    def _put_in(self, text: str) -> tuple[str, int]:
        return text, _binds(text)

    def _Constant(self, constant: ast.Constant) -> tuple[str, int]:
        return self._put_in(format_number(constant.value))  # type: ignore[arg-type]  # formulas hold no other constants

    def _UnaryOp(self, operation: ast.UnaryOp) -> tuple[str, int]:
        text = self.within(operation.operand, _SIGN)
        return (f"-{text}" if isinstance(operation.operand, ast.Constant) else f"−{text}"), _SUM

    def _BinOp(self, operation: ast.BinOp) -> tuple[str, int]:
        left, right = operation.left, operation.right
        match operation.op:
            case ast.Add():
                return f"{self._first(left)} + {self.within(right, _PRODUCT)}", _SUM
            case ast.Sub():
                return f"{self._first(left)} − {self.within(right, _PRODUCT)}", _SUM
            case ast.Mult():
                half = isinstance(left, ast.BinOp) and ast.unparse(left) == "1 / 2"
                if isinstance(left, ast.Name) and isinstance(right, ast.Name) and left.id == right.id:
                    return self._power(left, ast.Constant(2))
                if half:
                    return f"½{self.within(right, _POWER)}", _PRODUCT
                return f"{self.within(left, _PRODUCT)}·{self.within(right, _PRODUCT)}", _PRODUCT
            case ast.Div():
                return f"{self.within(left, _PRODUCT)} / {self.within(right, _POWER)}", _PRODUCT
            case ast.Pow():
                return self._power(left, right)
        raise TypeError(f"no notation for {ast.unparse(operation)}")

    def _first(self, tree: ast.expr) -> str:
        """The first term of a sum, which needs no brackets of its own: −a + b, -3 + b."""
        return self.write(tree)[0]

    def _power(self, base: ast.expr, exponent: ast.expr) -> tuple[str, int]:
        shown, binds = self.write(exponent)
        whole = shown.lstrip("-").isdigit()
        over = shown.translate(_SUPERSCRIPTS) if whole else f"^{shown if binds == _ATOM else f'({shown})'}"
        return self.within(base, _ATOM) + over, _POWER

    def _Compare(self, compare: ast.Compare) -> tuple[str, int]:
        sign = _COMPARISONS[type(compare.ops[0])]
        return f"{self.within(compare.left, _SUM)} {sign} {self.within(compare.comparators[0], _SUM)}", 0

    def _IfExp(self, choice: ast.IfExp) -> tuple[str, int]:
        yes, condition, no = (self.write(tree)[0] for tree in (choice.body, choice.test, choice.orelse))
        return f"({yes} if {condition} else {no})", _ATOM

    def _Call(self, call: ast.Call) -> tuple[str, int]:
        word = call.func.id if isinstance(call.func, ast.Name) else ast.unparse(call.func)
        arguments = [self.write(argument)[0] for argument in call.args]
        match word:
            case "power" | "pow":
                return self._power(*call.args)
            case "absolute" | "abs":
                return f"|{arguments[0]}|", _ATOM
            case "where":
                return self._IfExp(ast.IfExp(*call.args))
        return f"{self.names.get(word, _FUNCTIONS.get(word, word))}({', '.join(arguments)})", _ATOM


def value_formula(operation: str, operands: Sequence[str | float]) -> str:
    """What an operation computes, with the operands' names or numbers: ``w₁·x + b₁``, ``σ(z₁)``."""
    row = OPERATIONS[operation]
    texts = [_text(operand) for operand in operands]
    if operation == "affine":
        return _sum([product(*pair) for pair in zip(*group(row, texts)[:2], strict=True)],
                    [] if operands[-1] == 0 else [texts[-1]])
    if operation == "total":
        return _sum(texts, [])
    if row.vectors:
        return f"{operation}({', '.join(_abbreviated(texts))})"
    given = dict(zip(row.operands, operands, strict=True))
    plain = not any(isinstance(node, ast.Call) for node in ast.walk(ast.parse(row.value)))
    defaults = {c for c, default in row.constants.items() if given[c] == default}
    named = f"{operation}({', '.join(v for v in row.operands if v not in defaults)})"
    return write(row.value if plain else named, dict(zip(row.operands, texts, strict=True)))


def _sum(terms: Sequence[str], last: Sequence[str]) -> str:
    """The terms with plus signs between them, the middle of a long sum left out."""
    return " + ".join(write("v", {"v": t}) if not t.startswith("-") or i == 0 else f"({t})"
                      for i, t in enumerate([*_abbreviated(terms), *last]))


def _abbreviated(terms: Sequence[str]) -> list[str]:
    return list(terms) if len(terms) <= _TERMS else [*terms[:2], "…", terms[-1]]


def _text(operand: str | float) -> str:
    return operand if isinstance(operand, str) else format_number(operand)


@cache
def _places(operation: str, count: int) -> list[str]:
    return OPERATIONS[operation].operand_names(count)


def partial_formula(operation: str, operands: Sequence[str | float], index: int, result: str) -> str:
    """∂result/∂operands[index] by the row, with names or numbers put in: ``a₁·(1 − a₁)``."""
    row = OPERATIONS[operation]
    if not row.vectors:
        given = dict(zip(row.operands, operands, strict=True))
        constants = {name: float(given[name]) for name in row.constants}
        tree = _parsed(row.partials[row.operands[index]])
        if constants:
            tree = cast("ast.expr", _Fold(constants).visit(deepcopy(tree)))
        return write(tree, {name: _text(v) for name, v in given.items()} | {"y": result})
    places = _places(operation, len(operands))
    element = index - places.index(places[index])
    vectors = row.vectors if places[index] in row.vectors else ()
    names = {name: _text(operands[places.index(name) + element]) for name in vectors}
    return write(row.partials[places[index]], names | {"y": result})


class _Fold(ast.NodeTransformer):
    """Puts constants in and carries out what then is plain: 2·v^(2 − 1) becomes 2·v, a settled condition its branch."""

    def __init__(self, constants: Mapping[str, float]) -> None:
        self.constants = constants

    def visit_Name(self, name: ast.Name) -> ast.expr:
        return ast.Constant(self.constants[name.id]) if name.id in self.constants else name

    def visit_BinOp(self, operation: ast.BinOp) -> ast.expr:
        left, right = self.visit(operation.left), self.visit(operation.right)
        if isinstance(left, ast.Constant) and isinstance(right, ast.Constant):
            return ast.Constant(_constant(ast.BinOp(left, operation.op, right)))
        if isinstance(operation.op, ast.Mult) and isinstance(left, ast.Constant) and left.value == 1:
            return cast("ast.expr", right)
        return ast.BinOp(left, operation.op, right)

    def visit_Call(self, call: ast.Call) -> ast.expr:
        word, arguments = ast.unparse(call.func), [self.visit(argument) for argument in call.args]
        match word, arguments:
            case "where", [ast.Compare(left=ast.Constant(), comparators=[ast.Constant()]) as condition, yes, no]:
                return cast("ast.expr", yes if _constant(condition) else no)
            case "power", [base, ast.Constant(value=1.0)]:
                return cast("ast.expr", base)
            case "power", [_, ast.Constant(value=0.0)]:
                return ast.Constant(1.0)
        return ast.Call(call.func, arguments, [])

    def visit_Compare(self, compare: ast.Compare) -> ast.expr:
        return ast.Compare(self.visit(compare.left), compare.ops, [self.visit(v) for v in compare.comparators])


def _constant(tree: ast.expr) -> float:
    """The number that an expression of literals stands for."""
    code = compile(ast.fix_missing_locations(ast.Expression(tree)), "<constant>", "eval")
    return float(eval(code, {"__builtins__": {}}))  # noqa: S307 - literals of the project's own rows
