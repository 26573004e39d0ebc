"""Writes formulas as text: rows of the table and the lectures' formulas, with names or numbers put in.

    write("y * (1 - y)", {"y": "a₁"})   ->   a₁·(1 − a₁)
    write("w1 * x + b1", {"w1": "0.4", "x": "1.5", "b1": "-0.3"})   ->   0.4·1.5 + (-0.3)

Operators that a formula is made of are typeset (·, −, superscripts); the minus sign of a number stays the one on the
keyboard, so that numbers can be copied into a program.
"""

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import cast

from .operations import OPERATIONS, Row

_SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(1, 6)  # how tightly a text binds
_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_FUNCTIONS = {"sigmoid": "σ", "maximum": "max", "minimum": "min", "relu": "ReLU", "identity": "id"}
_COMPARISONS = {ast.Lt: "<", ast.LtE: "≤", ast.Gt: ">", ast.GtE: "≥", ast.Eq: "=", ast.NotEq: "≠"}


def format_number(x: float) -> str:
    """Six significant digits: enough to compare by eye, short enough for a table."""
    text = f"{x:.6g}"
    return "0" if text == "-0" else text


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
    tree = ast.parse(formula, mode="eval").body if isinstance(formula, str) else formula
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
        if is_number(text):
            return text, _SUM if text.startswith("-") else _ATOM
        return text, _SUM if any(sign in text for sign in "+-−*·/= ") and "∂" not in text else _ATOM

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
        return f"{yes} if {condition} else {no}", 0

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
            case "total":
                return " + ".join(arguments), _SUM
        return f"{self.names.get(word, _FUNCTIONS.get(word, word))}({', '.join(arguments)})", _ATOM


def value_formula(operation: str, operands: Sequence[str]) -> str:
    """What an operation computes, with the operands' names or numbers: ``w₁·x + b₁``, ``σ(z₁)``."""
    row = OPERATIONS[operation]
    if operation == "affine":
        return write(_affine(row, operands), _numbered(operands))
    if row.vectors:
        arguments = ", ".join(f"v{i}" for i in range(len(operands)))
        return write(f"{operation}({arguments})", _numbered(operands))
    names = dict(zip(row.operands, operands, strict=True))
    plain = not any(isinstance(node, ast.Call) for node in ast.walk(ast.parse(row.value)))
    named = f"{operation}({', '.join(row.operands)})"
    return write(row.value if plain else named, names)


def _affine(row: Row, operands: Sequence[str]) -> str:
    """w·x + b spelt out; a bias that is the number 0 is left out."""
    n = (len(operands) - 1) // len(row.vectors)
    terms = [f"v{i} * v{i + n}" for i in range(n)]
    return " + ".join(terms if operands[-1] == "0" else [*terms, f"v{2 * n}"])


def _numbered(operands: Sequence[str]) -> dict[str, str]:
    return {f"v{i}": operand for i, operand in enumerate(operands)}


def partial_formula(operation: str, operands: Sequence[str], index: int, result: str) -> str:
    """∂result/∂operands[index] by the row, with names or numbers put in: ``a₁·(1 − a₁)``."""
    row = OPERATIONS[operation]
    if not row.vectors:
        names = dict(zip(row.operands, operands, strict=True)) | {"y": result}
        constants = {name: float(names[name]) for name in row.constants}
        tree = ast.parse(row.partials[row.operands[index]], mode="eval").body
        return write(_Fold(constants).visit(tree), names)
    length = (len(operands) - len(row.operands) + len(row.vectors)) // len(row.vectors)
    vector, element = divmod(index, length)
    names = {name: operands[i * length + element] for i, name in enumerate(row.vectors) if vector < len(row.vectors)}
    return write(row.partials[row.operands[vector]], names | {"y": result})


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
