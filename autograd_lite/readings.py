"""Compiles the table of operations for a kind of number.

A ``Reading`` says what the words of the row language mean there: which function ``exp`` is, whether ``where`` evaluates
one side or both, and whether a vector is a list or an axis of an array. At import, ``check_rows`` refuses a row that
uses an unknown word or calls itself.
"""

import ast
import linecache
import operator
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Literal

from .operations import OPERATIONS, Row
from .words import REDUCTIONS, WORDS, add_floats

Function = Callable[..., Any]

_NODES = (ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.UnaryOp, ast.USub, ast.Compare, ast.Lt, ast.LtE, ast.Gt,
          ast.GtE, ast.Eq, ast.NotEq, ast.Call, ast.Name, ast.Load, ast.Constant)


@cache
def parse(text: str) -> ast.expr:
    """The tree of a row's expression. Raises SyntaxError for syntax that the row language does not have."""
    tree = ast.parse(text, mode="eval").body
    for node in ast.walk(tree):
        chained = isinstance(node, ast.Compare) and len(node.ops) > 1
        if isinstance(node, ast.Constant) and not isinstance(node.value, int | float):
            raise SyntaxError(f"{text!r} uses {node.value!r}, which is no number")
        if chained or not isinstance(node, _NODES):
            raise SyntaxError(f"{text!r} uses {type(node).__name__}, which the row language does not have")
    return tree


def evaluate(text: str, names: Mapping[str, Any]) -> Any:
    """The number of a row's expression, read on floats."""
    tree = _Source(Reading({}), ()).visit(_parse_copy(text))
    code = compile(ast.fix_missing_locations(ast.Expression(tree)), f"<row {text}>", "eval")
    return eval(code, {"__builtins__": {}}, dict(names))  # noqa: S307 - checked by parse


def list_calls(tree: ast.expr) -> set[str]:
    """The words and rows that an expression calls."""
    return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


def check_rows(rows: Mapping[str, Row]) -> None:
    """Check that every row uses known words, rows and its own operands only, and does not call itself.

    Raises:
        ValueError: one does not; names the row and the word.
    """
    callable_rows = {name for name, row in rows.items() if not row.vectors}
    calls: dict[str, set[str]] = {}
    for name, row in rows.items():
        calls[name] = set()
        for text, also in ((row.value, ()), *((partial, ("y",)) for partial in row.partials.values())):
            tree = parse(text)
            called = list_calls(tree)
            named = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - called
            known = {"where", *WORDS, *(REDUCTIONS if row.vectors else ())}
            calls[name] |= called - known
            for word in sorted((called - known - callable_rows) | (named - {*row.operands, *also})):
                raise ValueError(f"the row {name!r} uses {word!r} in {text!r}, which is neither a word, a row nor an "
                                 "operand of it")
    for name in rows:
        reached = list(calls[name])
        for word in reached:  # grows while it runs
            reached += calls[word] - set(reached)
        if name in reached:
            raise ValueError(f"the row {name!r} calls itself through {', '.join(sorted(calls[name]))}")


@dataclass(frozen=True, slots=True)
class Reading:
    """What the words of the row language mean for one kind of number.

    Attributes:
        words: the functions that rows call. If ``is_equal`` is among them, it replaces ``==``; if ``number`` is, it is
            applied to both sides of a comparison; if ``multiply`` is, w·x is mapped over it.
        conditional: whether ``where`` is a conditional expression, which evaluates one side only. Otherwise the words
            must define it as a function, which gets both sides.
        float_literals: whether numbers in a row are read as floats; otherwise they stay as written, so 1/2 is exact.
        vectors: "lists", so that ``total`` and ``largest`` take a list, or "axis": a vector is the last axis of an
            array, and both words reduce that axis and keep it with length 1.
        operators: whether + − · / are Python's operators; otherwise they are calls of the rows add, sub, mul, div, neg.
    """

    words: Mapping[str, Function]
    conditional: bool = True
    float_literals: bool = True
    vectors: Literal["lists", "axis"] = "lists"
    operators: bool = True


_ROW_OF = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div"}


class _Source(ast.NodeTransformer):
    """Rewrites a row's expression as Python source for one reading, hoisting reductions into local variables."""

    def __init__(self, reading: Reading, vectors: tuple[str, ...]) -> None:
        self.reading = reading
        self.vectors = vectors
        self.prologue: list[str] = []
        self.hoisted: dict[str, str] = {}

    def visit_Call(self, call: ast.Call) -> ast.expr:
        word = call.func.id if isinstance(call.func, ast.Name) else ""
        arguments = [self.visit(argument) for argument in call.args]
        if word == "where" and self.reading.conditional:
            return ast.IfExp(*arguments)
        if self.vectors and word in REDUCTIONS:
            return self._reduction(word, arguments[0])
        return ast.Call(call.func, arguments, [])

    def visit_Compare(self, compare: ast.Compare) -> ast.expr:
        left, right = self.visit(compare.left), self.visit(compare.comparators[0])
        if isinstance(compare.ops[0], ast.Eq) and "is_equal" in self.reading.words:
            return ast.Call(ast.Name("is_equal", ast.Load()), [left, right], [])
        if "number" in self.reading.words:
            left, right = (ast.Call(ast.Name("number", ast.Load()), [side], []) for side in (left, right))
        return ast.Compare(left, compare.ops, [right])

    def visit_BinOp(self, operation: ast.BinOp) -> ast.expr:
        left, right = self.visit(operation.left), self.visit(operation.right)
        if self.reading.operators:
            return ast.BinOp(left, operation.op, right)
        return ast.Call(ast.Name(_ROW_OF[type(operation.op)], ast.Load()), [left, right], [])

    def visit_UnaryOp(self, operation: ast.UnaryOp) -> ast.expr:
        operand = self.visit(operation.operand)
        if self.reading.operators or isinstance(operand, ast.Constant):
            return ast.UnaryOp(operation.op, operand)
        return ast.Call(ast.Name("neg", ast.Load()), [operand], [])

    def visit_Constant(self, constant: ast.Constant) -> ast.expr:
        return ast.Constant(float(constant.value)) if self.reading.float_literals else constant  # type: ignore[arg-type]

    def _reduction(self, word: str, body: ast.expr) -> ast.Name:
        source = f"{word}({self.elementwise(body)})"
        if source not in self.hoisted:
            self.hoisted[source] = f"{word}_{len(self.hoisted)}"
            self.prologue.append(f"{self.hoisted[source]} = {source}")
        return ast.Name(self.hoisted[source], ast.Load())

    def elementwise(self, body: ast.expr) -> str:
        """Source of ``body`` for every element of the vectors in it: a list, or an array over their axis."""
        if self.reading.vectors == "axis":
            return ast.unparse(body)
        used = {node.id for node in ast.walk(body) if isinstance(node, ast.Name)}
        over = [vector for vector in self.vectors if vector in used]
        if isinstance(body, ast.Name) and over:
            return body.id
        if not over:
            return f"[{ast.unparse(body)}] * len({self.vectors[0]})"
        names = ", ".join(over)
        if len(over) == 2 and ast.unparse(body) == " * ".join(over) and "multiply" in self.reading.words:  # faster
            return f"map(multiply, {names})"
        return f"[{ast.unparse(body)} for {names} in {f'zip({names})' if len(over) > 1 else names}]"


@dataclass(frozen=True, slots=True)
class Source:
    """A row as Python source: run ``prologue``, then ``value``, ``epilogue`` and ``partials`` (which may use y)."""

    prologue: tuple[str, ...]
    value: str
    epilogue: tuple[str, ...]
    partials: Mapping[str, str]


def write_source(row: Row, reading: Reading) -> Source:
    """The row's expressions as Python source. Partials of vectors are lists, one entry an element."""
    writer = _Source(reading, row.vectors)
    value = ast.unparse(writer.visit(_parse_copy(row.value)))
    prologue = tuple(writer.prologue)
    partials = {}
    for operand, text in row.partials.items():
        tree = writer.visit(_parse_copy(text))
        partials[operand] = writer.elementwise(tree) if operand in row.vectors else ast.unparse(tree)
    return Source(prologue, value, tuple(writer.prologue[len(prologue):]), partials)


def _parse_copy(text: str) -> ast.expr:
    """A new tree of an expression that ``parse`` accepts; the caller may change it."""
    parse(text)
    return ast.parse(text, mode="eval").body


def define(name: str, lines: Iterable[str], namespace: dict[str, Any]) -> Function:
    """Run the generated definition of ``name``; its lines are kept in linecache, so that a traceback shows the row."""
    text = "\n".join(lines) + "\n"
    filename = f"<autograd_lite operation {name}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    exec(compile(text, filename, "exec"), namespace)  # noqa: S102 - the project's own rows, checked by parse
    function: Function = namespace[name]
    return function


@dataclass(frozen=True, slots=True)
class Compiled:
    """A row's functions: ``value(*operands)`` and, by operand name, ``partials[name](*operands, y)``."""

    value: Function
    partials: Mapping[str, Function]


_REDUCED = re.compile(rf"\b({'|'.join(REDUCTIONS)})_\d")  # a name that a reduction was hoisted to


def compile_row(name: str, reading: Reading, row: Row | None = None) -> Compiled:
    """The row's value and partials as functions of this kind of number; vectors are passed as the reading has them.

    ``row`` is the table's own of that name unless it is given.
    """
    row = row or OPERATIONS[name]
    text = write_source(row, reading)
    operands = ", ".join(row.operands)
    prologue = [f"    {line}" for line in text.prologue]
    namespace = dict(reading.words)
    lines = [f"def {name}_value({operands}):", *prologue, f"    return {text.value}"]
    partials = {}
    for operand, partial in text.partials.items():
        function = f"{name}_partial_{operand}"
        reduced = [f"    {line}" for line in (*text.prologue, *text.epilogue)] if _REDUCED.search(partial) else []
        partials[operand] = define(function, [f"def {function}({operands}, y):", *reduced, f"    return {partial}"],
                                   namespace)
    return Compiled(define(f"{name}_value", lines, namespace), partials)


check_rows(OPERATIONS)
_ADD: Function = sum if sys.version_info < (3, 12) else add_floats  # the builtin adds plainly there, and more quickly
_FLOAT_WORDS: dict[str, Function] = {
    **{name: word.python for name, word in WORDS.items()}, "total": _ADD, "largest": max, "multiply": operator.mul}
FLOATS = Reading(MappingProxyType(_FLOAT_WORDS))


def add_to_floats(name: str) -> None:
    """Make the value of a row a word of the float reading, which later rows may call."""
    if name not in _FLOAT_WORDS and not OPERATIONS[name].vectors:
        _FLOAT_WORDS[name] = compile_row(name, FLOATS).value


for _row in OPERATIONS:
    add_to_floats(_row)


def chosen_slope(name: str) -> float | None:
    """The derivative that an activation function's row chooses at its kink, a = 0; None where it has no kink there.

    ``elu`` with c = 1 has a row with a kink and, at that constant, none: its derivative is 1 on both sides.
    """
    row = OPERATIONS[name]
    if not row.kink:
        return None
    compiled, constants = compile_row(name, FLOATS), row.constants.values()
    left, at, right = (float(compiled.partials["a"](a, *constants, compiled.value(a, *constants)))
                       for a in (-1e-9, 0.0, 1e-9))  # so near that a smooth derivative has not moved
    return None if abs(left - right) < 2e-9 else at
