"""Writes what a row of the table computes, and its partials, with names or numbers put in for its operands."""

import ast
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from functools import cache
from typing import cast

from .notation import format_number, parse_formula, write
from .operations import OPERATIONS, group_operands
from .words import REDUCTIONS

_TERMS = 6  # a longer sum is abbreviated

Write = Callable[[str | ast.expr, Mapping[str, str]], str]


def value_formula(operation: str, operands: Sequence[str | float], write: Write = write) -> str:
    """The value of an operation, with the names or numbers of its operands: ``w₁·x + b₁``, ``σ(z₁)``.

    ``write`` is ``notation.write`` or ``write_latex``.
    """
    row = OPERATIONS[operation]
    texts = [_write_operand(operand) for operand in operands]
    if row.vectors:
        names = {f"v{i}": text for i, text in enumerate(texts)}
        vectors = group_operands(row, list(names))
        if row.is_sum:
            terms = _abbreviate([" * ".join(term) for term in zip(*vectors[: len(row.vectors)], strict=True)])
            terms += [f"v{len(texts) - 1}"] if len(vectors) > len(row.vectors) and operands[-1] != 0 else []
            return write(" + ".join(terms), names | {"etc": "…"})
        groups = [", ".join(_abbreviate(vector)) for vector in vectors[: len(row.vectors)]]
        groups = groups if len(vectors) == 1 else [f"({group},)" for group in groups]
        return write(f"{operation}({', '.join([*groups, *vectors[len(row.vectors):]])})", names | {"etc": "…"})
    given = dict(zip(row.operands, operands, strict=True))
    plain = row.value in row.operands or not (
        row.symbol or any(isinstance(node, ast.Call) for node in ast.walk(ast.parse(row.value))))
    defaults = {c for c, default in row.constants.items() if given[c] == default}
    named = f"{operation}({', '.join(v for v in row.operands if v not in defaults)})"
    return write(row.value if plain else named, dict(zip(row.operands, texts, strict=True)))


def _abbreviate(terms: list[str]) -> list[str]:
    return terms if len(terms) <= _TERMS else [*terms[:2], "etc", terms[-1]]


def _write_operand(operand: str | float) -> str:
    return operand if isinstance(operand, str) else format_number(operand)


@cache
def _operand_names(operation: str, count: int) -> list[str]:
    return OPERATIONS[operation].operand_names(count)


def partial_formula(
    operation: str, operands: Sequence[str | float], index: int, result: str, write: Write = write
) -> str:
    """∂result/∂operands[index] from the row, with names or numbers put in: ``a₁·(1 − a₁)``."""
    row = OPERATIONS[operation]
    places = _operand_names(operation, len(operands))
    wanted = places[index]
    element = index - places.index(wanted) if wanted in row.vectors else 0
    given = {name: operands[places.index(name) + (element if name in row.vectors else 0)] for name in row.operands}
    names = {name: _write_operand(operand) for name, operand in given.items()}
    tree = _parse_partial(row.shown.get(wanted, row.partials[wanted]), row.vectors)
    if row.constants:
        tree = cast("ast.expr", _Fold({name: float(given[name]) for name in row.constants}).visit(deepcopy(tree)))
    return write(tree, names | {f"whole_{vector}": vector for vector in row.vectors} | {"y": result})


@cache
def _parse_partial(text: str, vectors: tuple[str, ...]) -> ast.expr:
    """The tree of a partial, with the vectors that are reduced called whole_v. It is shared, so do not change it."""
    tree = parse_formula(text)
    return cast("ast.expr", _Whole(vectors).visit(deepcopy(tree))) if vectors else tree


class _Whole(ast.NodeTransformer):
    """Lets a vector keep its name where it is reduced: in v₁ / sqrt(total(v·v)) only the first v is an element."""

    def __init__(self, vectors: Sequence[str]) -> None:
        self.vectors = vectors
        self.inside = False

    def visit_Call(self, call: ast.Call) -> ast.expr:
        before, self.inside = self.inside, self.inside or ast.unparse(call.func) in REDUCTIONS
        call.args = [self.visit(argument) for argument in call.args]
        self.inside = before
        return call

    def visit_Name(self, name: ast.Name) -> ast.expr:
        return ast.Name(f"whole_{name.id}") if self.inside and name.id in self.vectors else name


class _Fold(ast.NodeTransformer):
    """Substitutes constants and folds them: 2·v^(2 − 1) becomes 2·v, a condition on constants becomes its branch."""

    def __init__(self, constants: Mapping[str, float]) -> None:
        self.constants = constants

    def visit_Name(self, name: ast.Name) -> ast.expr:
        return ast.Constant(self.constants[name.id]) if name.id in self.constants else name

    def visit_BinOp(self, operation: ast.BinOp) -> ast.expr:
        left, right = self.visit(operation.left), self.visit(operation.right)
        if isinstance(left, ast.Constant) and isinstance(right, ast.Constant):
            return ast.Constant(_evaluate_constant(ast.BinOp(left, operation.op, right)))
        if isinstance(operation.op, ast.Mult) and isinstance(left, ast.Constant) and left.value == 1:
            return cast("ast.expr", right)
        return ast.BinOp(left, operation.op, right)

    def visit_Call(self, call: ast.Call) -> ast.expr:
        word, arguments = ast.unparse(call.func), [self.visit(argument) for argument in call.args]
        match word, arguments:
            case "where", [ast.Compare(left=ast.Constant(), comparators=[ast.Constant()]) as condition, yes, no]:
                return cast("ast.expr", yes if _evaluate_constant(condition) else no)
            case "power", [base, ast.Constant(value=1.0)]:
                return cast("ast.expr", base)
            case "power", [_, ast.Constant(value=0.0)]:
                return ast.Constant(1.0)
        return ast.Call(call.func, arguments, [])

    def visit_Compare(self, compare: ast.Compare) -> ast.expr:
        return ast.Compare(self.visit(compare.left), compare.ops, [self.visit(v) for v in compare.comparators])


def _evaluate_constant(tree: ast.expr) -> float:
    """The number that an expression of literals stands for."""
    code = compile(ast.fix_missing_locations(ast.Expression(tree)), "<constant>", "eval")
    return float(eval(code, {"__builtins__": {}}))  # noqa: S307 - literals of the project's own rows
