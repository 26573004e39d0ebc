"""Writes formulas as text: rows of the table and the lectures' formulas, with names or numbers put in.

    write("y * (1 - y)", {"y": "a₁"})   ->   a₁·(1 − a₁)
    write("w1 * x + b1", {"w1": "0.4", "x": "1.5", "b1": "-0.3"})   ->   0.4·1.5 + (-0.3)

Operators are typeset (·, −, superscripts). The minus sign of a number stays the ASCII one, so that numbers can be
copied into a program.
"""

import ast
import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import cast

from .labels import to_subscript, to_superscript
from .operations import OPERATIONS

_SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(1, 6)  # how tightly a text binds
_FIRST_SLOT, _BRACKETED, _RAISED = 0xE000, 0x800, 0x1000  # private characters; in brackets if negative, as an exponent
_OPERATORS = re.compile(r"[-+−*·/= ]")

Names = Mapping[str, "str | Callable[..., str]"]


def format_number(x: float) -> str:
    """Six significant digits: enough to compare by eye, short enough for a table."""
    text = f"{x:.6g}"
    return "0" if text == "-0" else text


@cache
def parse_formula(formula: str) -> ast.expr:
    """The formula as a tree. It is shared, so do not change it."""
    return ast.parse(formula, mode="eval").body


def _outside_brackets(text: str) -> str:
    """The text without its parts in brackets."""
    depth, kept = 0, ""
    for character in text:
        depth += (character == "(") - (character == ")")
        kept += character if depth == 0 else ""
    return kept


def write_product(left: str, right: str) -> str:
    """``left·right``, each factor in brackets where precedence needs them."""
    return write("a * b", {"a": left, "b": right})


@lru_cache(4096)
def _binds(text: str) -> int:
    """The precedence of a name or number that is put in: lower for a negative number or a sum."""
    if is_number(text):
        return _SUM if text.startswith("-") else _ATOM
    return _SUM if "∂" not in text and _OPERATORS.search(_outside_brackets(text)) else _ATOM


def make_slot(index: int) -> str:
    """A placeholder character for number ``index`` of a formula, which a page replaces.

    Raises:
        ValueError: ``index`` is negative, or 2048 or more.
    """
    if not 0 <= index < _BRACKETED:
        raise ValueError(f"there are {_BRACKETED} slots for numbers in a formula, and no slot {index}")
    return chr(_FIRST_SLOT + index)


def is_slot(text: str) -> bool:
    """Whether the text is a slot as ``make_slot`` makes it."""
    return len(text) == 1 and _FIRST_SLOT <= ord(text) < _FIRST_SLOT + _BRACKETED


def is_number(text: str) -> bool:
    """Whether the text is a number rather than a name."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def write(formula: str | ast.expr, names: Names | None = None, times: str = "·") -> str:
    """``formula``, a Python expression, in mathematical notation, with its names replaced as ``names`` says.

    A replacement is put in brackets where precedence needs them: a negative number, or a label that is a sum. For a
    name with indices, ``w[j, k, l]``, ``names`` holds a function of the indices, which are numbers or texts. ``times``
    stands between two factors with indices, which may be matrices. ``A @ B.T`` is written ABᵀ, ``sum(v[k] for k in …)``
    is written Σₖ vₖ.

    >>> write("y * (1 - y)", {"y": "a₁"})
    'a₁·(1 − a₁)'
    """
    tree = parse_formula(formula) if isinstance(formula, str) else formula
    return Writer(names or {}, times).write(tree)[0]


class Writer:
    """Writes a tree as text. ``latex`` has a subclass that replaces the attributes and the public methods."""

    POWER = _POWER
    dot, minus, half, transposed = "·", "−", "½", "ᵀ"
    comparisons: Mapping[type[ast.cmpop], str] = {
        ast.Lt: "<", ast.LtE: "≤", ast.Gt: ">", ast.GtE: "≥", ast.Eq: "=", ast.NotEq: "≠"}

    def __init__(self, names: Names, times: str) -> None:
        self.names = names
        self.times = times

    def label(self, text: str) -> str:
        """A name or a number that is put in."""
        return text

    def function(self, word: str) -> str:
        """The name of a function: a word of the rows, or a row."""
        return (word in OPERATIONS and OPERATIONS[word].symbol) or word

    def brackets(self, text: str) -> str:
        """The text in brackets."""
        return f"({text})"

    def bars(self, bar: str, text: str) -> str:
        """The absolute value (|) or the norm (‖)."""
        return f"{bar}{text}{bar}"

    def cases(self, yes: str, condition: str, no: str) -> str:
        """A conditional expression."""
        return f"({yes} if {condition} else {no})"

    def sum(self, index: str, body: str) -> str:
        """The sum over an index."""
        return f"Σ{to_subscript(index)} {body}"

    def quotient(self, above: ast.expr, below: ast.expr) -> tuple[str, int]:
        """above / below"""
        return f"{self.within(above, _PRODUCT)} / {self.within(below, _POWER)}", _PRODUCT

    def factor(self, above: ast.expr, below: ast.expr) -> str:
        """A quotient of numbers as the first factor."""
        return f"({self.within(above, _POWER)}/{self.within(below, _POWER)})"

    def power(self, base: str, exponent: str, binds: int) -> str:
        """base to the exponent."""
        if is_slot(exponent):
            return base + chr(ord(exponent) + _RAISED)
        if exponent.lstrip("-").isdigit():
            return base + to_superscript(exponent)
        return f"{base}^{exponent if binds == _ATOM else f'({exponent})'}"

    def call(self, name: str, arguments: str) -> str:
        """name(arguments)"""
        return f"{name}({arguments})"

    def write(self, tree: ast.expr) -> tuple[str, int]:
        """The text and how tightly it binds."""
        writer: Callable[[ast.expr], tuple[str, int]] = getattr(self, f"_{type(tree).__name__}")
        return writer(tree)

    def within(self, tree: ast.expr, level: int) -> str:
        """The text, in brackets if it binds less tightly than ``level``."""
        text, binds = self.write(tree)
        if is_slot(text) and level > _SUM:
            return chr(ord(text) + _BRACKETED)
        return text if binds >= level else self.brackets(text)

    def last(self, tree: ast.expr, level: int) -> str:
        """The text of the last factor or term, where a Σ needs no brackets."""
        summed = isinstance(tree, ast.Call) and ast.unparse(tree.func) == "sum"
        return self.write(tree)[0] if summed else self.within(tree, level)

    def _name(self, word: str) -> str:
        found = self.names.get(word, word)
        return found if isinstance(found, str) else found()

    def _Name(self, name: ast.Name) -> tuple[str, int]:
        return self._put_in(self._name(name.id))

    def _Subscript(self, subscript: ast.Subscript) -> tuple[str, int]:
        indices = subscript.slice.elts if isinstance(subscript.slice, ast.Tuple) else [subscript.slice]
        write = self.names[cast("ast.Name", subscript.value).id]
        texts = [index.value if isinstance(index, ast.Constant) else ast.unparse(index) for index in indices]
        return self.label(cast("Callable[..., str]", write)(*texts)), _ATOM

    def _Attribute(self, attribute: ast.Attribute) -> tuple[str, int]:
        """The transpose, the one attribute that formulas have."""
        return self.brackets(self.write(attribute.value)[0]) + self.transposed, _ATOM

    def _put_in(self, text: str) -> tuple[str, int]:
        return self.label(text), _binds(text)

    def _Constant(self, constant: ast.Constant) -> tuple[str, int]:
        return self._put_in(format_number(constant.value))  # type: ignore[arg-type]  # formulas hold no other constants

    def _UnaryOp(self, operation: ast.UnaryOp) -> tuple[str, int]:
        text = self.within(operation.operand, _SIGN)
        return ("-" if isinstance(operation.operand, ast.Constant) else self.minus) + text, _SUM

    def _BinOp(self, operation: ast.BinOp) -> tuple[str, int]:
        left, right = operation.left, operation.right
        match operation.op:
            case ast.Add():
                return f"{self.write(left)[0]} + {self.last(right, _PRODUCT)}", _SUM
            case ast.Sub():
                return f"{self.write(left)[0]} {self.minus} {self.within(right, _PRODUCT)}", _SUM
            case ast.Mult():
                if isinstance(left, ast.Name) and isinstance(right, ast.Name) and left.id == right.id:
                    return self._power(left, ast.Constant(2))
                if isinstance(left, ast.BinOp) and ast.unparse(left) == "1 / 2":
                    return f"{self.half}{self.last(right, _POWER)}", _PRODUCT
                if isinstance(left, ast.BinOp) and isinstance(left.op, ast.Div) and _is_plain_number(left):
                    return f"{self.factor(left.left, left.right)}{self.last(right, _POWER)}", _PRODUCT
                times = self.dot if _is_plain_number(left) or _is_plain_number(right) else self.times
                if isinstance(left, ast.UnaryOp):
                    return f"{self.write(left)[0]}{times}{self.within(right, _PRODUCT)}", _SUM
                return f"{self.within(left, _PRODUCT)}{times}{self.last(right, _PRODUCT)}", _PRODUCT
            case ast.MatMult():
                return f"{self.within(left, _PRODUCT)}{self.within(right, _POWER)}", _PRODUCT
            case ast.Div():
                return self.quotient(left, right)
            case ast.Pow():
                return self._power(left, right)
        raise TypeError(f"no notation for {ast.unparse(operation)}")

    def _power(self, base: ast.expr, exponent: ast.expr) -> tuple[str, int]:
        return self.power(self.within(base, _ATOM), *self.write(exponent)), _POWER

    def _Compare(self, compare: ast.Compare) -> tuple[str, int]:
        sign = self.comparisons[type(compare.ops[0])]
        return f"{self.within(compare.left, _SUM)} {sign} {self.within(compare.comparators[0], _SUM)}", 0

    def _IfExp(self, choice: ast.IfExp) -> tuple[str, int]:
        yes, condition, no = (self.write(tree)[0] for tree in (choice.body, choice.test, choice.orelse))
        return self.cases(yes, condition, no), _ATOM

    def _Tuple(self, items: ast.Tuple) -> tuple[str, int]:
        return self.brackets(", ".join(self.write(item)[0] for item in items.elts)), _ATOM

    def _GeneratorExp(self, terms: ast.GeneratorExp) -> tuple[str, int]:
        return self.sum(ast.unparse(terms.generators[0].target), self.last(terms.elt, _PRODUCT)), _SUM

    def _Call(self, call: ast.Call) -> tuple[str, int]:
        if isinstance(call.func, ast.Subscript):
            return self.call(self.write(call.func)[0], self.write(call.args[0])[0]), _ATOM
        word = call.func.id if isinstance(call.func, ast.Name) else ast.unparse(call.func)
        if word == "sum":
            return self.write(call.args[0])
        arguments = [self.write(argument)[0] for argument in call.args]
        match word:
            case "power" | "pow":
                return self._power(*call.args)
            case "absolute" | "abs":
                return self.bars("|", arguments[0]), _ATOM
            case "norm":
                return self.bars("‖", arguments[0]), _ATOM
            case "where":
                return self._IfExp(ast.IfExp(*call.args))
        name = self.label(self._name(word)) if word in self.names else self.function(word)
        return self.call(name, ", ".join(arguments)), _ATOM


def _is_plain_number(factor: ast.expr) -> bool:
    """Whether a factor is a number: nothing in it has indices."""
    return isinstance(factor, ast.Name | ast.Constant) or not any(
        isinstance(node, ast.Subscript) for node in ast.walk(factor))
