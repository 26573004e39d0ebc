"""Evaluate a formula of a worked example, on numbers, lists and matrices, by walking its tree. Nothing is ever run.

A formula is a Python expression: arithmetic, ``@``, comparisons, ``x if a > b else c``, lists, ``W[0, 1]``, ``.T``,
``for x in …`` inside brackets, and the functions of the table of operations beside ``WORDS``.
"""

import ast
import operator
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from math import isfinite
from typing import Any

from autograd_lite.internal import FUNCTIONS, quote

from ...ground.suggest import unknown_name
from .arrays import ARRAY_WORDS, LOOPS, OTHER_NAMES, WORDS, map_numbers, multiply, to_array, write_shape

LONGEST, MOST_STEPS = 2_000, 100_000  # characters of a formula, and numbers on the way to its value
_OPERATORS: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Pow: operator.pow, ast.Mod: operator.mod, ast.FloorDiv: operator.floordiv, ast.Lt: operator.lt,
    ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge, ast.Eq: operator.eq, ast.NotEq: operator.ne,
}


def evaluate_expression(formula: str, names: Mapping[str, Any]) -> Any:
    """The value of a formula: a float, a Value, or an array of them (dtype object).

    Raises:
        ValueError: it cannot be read, a name or function is unknown (names the nearest), or shapes do not fit.

    >>> evaluate_expression("a * 2 + 1", {"a": 3.0})
    7.0
    """
    try:
        return _Walk(names).of(_parse(formula))
    except RecursionError:
        raise ValueError("its brackets are nested too deep") from None


@lru_cache(1024)
def _parse(formula: str) -> ast.expr:
    if not isinstance(formula, str):
        raise ValueError(f"a formula is a text in quotation marks, not {quote(formula)}")
    if len(formula) > LONGEST:
        raise ValueError(f"it has {len(formula)} characters; at most {LONGEST} are read")
    try:
        return ast.parse(formula.replace("^", "**").strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError("it is no formula; write it as in Python, with a sign for each product: a * (b + c)") from None


def _power(left: Any, right: Any) -> Any:
    return left ** (int(right) if isinstance(right, float) and right.is_integer() and abs(right) < 100 else right)


class _Walk:
    def __init__(self, names: Mapping[str, Any]) -> None:
        self.names, self.steps = dict(names), 0

    def of(self, tree: ast.expr) -> Any:
        """The value of a part, whose numbers are counted."""
        self._count(1)
        value = self._evaluate(tree)
        self._count(getattr(value, "size", 0))
        return value

    def _count(self, numbers: int) -> None:
        self.steps += numbers
        if self.steps > MOST_STEPS:
            raise ValueError("its sums have too many terms")

    def _evaluate(self, tree: ast.expr) -> Any:
        match tree:
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                if not isfinite(number):
                    raise ValueError(f"{ast.unparse(tree)} does not fit a float")
                return float(number)
            case ast.Name(id=word):
                if word not in self.names:
                    raise unknown_name("name", word, self.names)
                return self.names[word]
            case ast.List(elts=items) | ast.Tuple(elts=items):
                return to_array([self.of(item) for item in items])
            case ast.ListComp() | ast.GeneratorExp():
                return to_array(list(self._repeat(tree.elt, tree.generators)))
            case ast.Subscript(value=inner, slice=index):
                return self._take(tree, self.of(inner), index)
            case ast.Attribute(value=inner, attr="T"):
                return self._require_list(tree, self.of(inner)).T
            case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=operand):
                value = self.of(operand)
                return map_numbers(operator.neg, value) if isinstance(sign, ast.USub) else value
            case ast.BinOp(left=ast.BinOp(left=w, op=ast.MatMult(), right=x), op=ast.Add(), right=b):
                return multiply(self.of(w), self.of(x), self.of(b))
            case ast.BinOp(left=left, op=ast.MatMult(), right=right):
                return multiply(self.of(left), self.of(right))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                function = _power if isinstance(op, ast.Pow) else _OPERATORS[type(op)]
                return map_numbers(function, self.of(left), self.of(right))
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _OPERATORS:
                return map_numbers(_OPERATORS[type(op)], self.of(left), self.of(right))
            case ast.IfExp(test=test, body=body, orelse=otherwise):
                return self.of(body if self.of(test) else otherwise)
            case ast.Call():
                return self._call(tree)
        raise ValueError(f"{quote(ast.unparse(tree))} is no part of a formula: it has + − * / ** @, numbers, names, "
                         "lists, W[0, 1], .T, x if a > b else c, sums over for, and functions such as sigmoid")

    def _call(self, call: ast.Call) -> Any:
        match call.func:
            case ast.Name(id=word) | ast.Attribute(value=ast.Name(id="np" | "numpy" | "math" | "torch"), attr=word):
                given: list[Any] = []
            case ast.Attribute(value=inner, attr=word):  # z.sum()
                given = [self.of(inner)]
            case other:
                raise unknown_name("function", ast.unparse(other), WORDS)
        word = OTHER_NAMES.get(word, word)
        arguments = [*given, *(self.of(argument) for argument in call.args)]
        options = {keyword.arg: self.of(keyword.value) for keyword in call.keywords if keyword.arg}
        try:
            if word in ARRAY_WORDS:
                return ARRAY_WORDS[word](*arguments, **options)
            if word in FUNCTIONS and not options:
                return map_numbers(FUNCTIONS[word], *arguments)
        except TypeError as error:
            raise ValueError(f"{ast.unparse(call)}: {error}") from None
        raise unknown_name("function", word, WORDS)

    def _take(self, tree: ast.expr, value: Any, index: ast.expr) -> Any:
        places = [self._place(part) for part in (index.elts if isinstance(index, ast.Tuple) else [index])]
        try:
            return self._require_list(tree, value)[tuple(places)]
        except IndexError:
            raise ValueError(f"{ast.unparse(tree)} does not exist: indices count from 0, as in Python, and the shape "
                             f"is {write_shape(value.shape)}") from None

    def _place(self, part: ast.expr) -> Any:
        if isinstance(part, ast.Slice):
            return slice(*(None if end is None else self._place(end) for end in (part.lower, part.upper, part.step)))
        number = self.of(part)
        if not isinstance(number, float) or not number.is_integer():
            raise ValueError(f"the index {ast.unparse(part)} is not a whole number")
        return int(number)

    def _require_list(self, tree: ast.expr, value: Any) -> Any:
        if not hasattr(value, "shape"):
            raise ValueError(f"{ast.unparse(tree)} needs a list or a matrix, and this is a number")
        return value

    def _repeat(self, element: ast.expr, loops: list[ast.comprehension]) -> Iterator[Any]:
        if not loops:
            yield self.of(element)
            return
        first, *others = loops
        targets = first.target.elts if isinstance(first.target, ast.Tuple) else [first.target]
        letters = [target.id for target in targets if isinstance(target, ast.Name)]
        before = dict(self.names)
        for values in self._run(first.iter):
            if len(letters) != len(targets) or len(letters) != len(values):
                raise ValueError(f"the loop over {ast.unparse(first.iter)} needs {len(values)} letters")
            self.names.update(zip(letters, values, strict=True))
            if all(self.of(test) for test in first.ifs):
                yield from self._repeat(element, others)
        self.names = before

    def _run(self, tree: ast.expr) -> list[tuple[Any, ...]]:
        """What a loop runs over, each with as many values as it has letters."""
        if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id in LOOPS:
            word = tree.func.id
            if word == "range":
                counts = range(*(self._place(argument) for argument in tree.args))
                if len(counts) > MOST_STEPS:
                    raise ValueError("its sums have too many terms")
                return [(float(i),) for i in counts]
            lists = [self._run(argument) for argument in tree.args]
            if len({*map(len, lists)}) > 1:
                raise ValueError(f"the lists of {ast.unparse(tree)} differ in length")
            joined = [tuple(value for part in parts for value in part) for parts in zip(*lists, strict=True)]
            return joined if word == "zip" else [(float(i), *values) for i, values in enumerate(joined)]
        return [(value,) for value in self._require_list(tree, self.of(tree))]
