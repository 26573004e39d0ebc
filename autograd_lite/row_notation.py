"""Writes what a row of the table computes, and its partials, with names or numbers put in for its operands."""

import ast
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from functools import cache
from typing import cast

from .notation import format_number, parse_formula, write
from .operations import OPERATIONS, group_operands

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
        terms = [" * ".join(term) for term in zip(*vectors[: len(row.vectors)], strict=True)]
        terms = terms if len(terms) <= _TERMS else [*terms[:2], "etc", terms[-1]]
        terms += [f"v{len(texts) - 1}"] if len(vectors) > len(row.vectors) and operands[-1] != 0 else []
        formula = " + ".join(terms) if row.is_sum else f"{operation}({', '.join(terms)})"
        return write(formula, names | {"etc": "…"})
    given = dict(zip(row.operands, operands, strict=True))
    plain = not any(isinstance(node, ast.Call) for node in ast.walk(ast.parse(row.value)))
    defaults = {c for c, default in row.constants.items() if given[c] == default}
    named = f"{operation}({', '.join(v for v in row.operands if v not in defaults)})"
    return write(row.value if plain else named, dict(zip(row.operands, texts, strict=True)))


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
    if not row.vectors:
        given = dict(zip(row.operands, operands, strict=True))
        constants = {name: float(given[name]) for name in row.constants}
        operand = row.operands[index]
        tree = parse_formula(row.shown.get(operand, row.partials[operand]))
        if constants:
            tree = cast("ast.expr", _Fold(constants).visit(deepcopy(tree)))
        return write(tree, {name: _write_operand(v) for name, v in given.items()} | {"y": result})
    places = _operand_names(operation, len(operands))
    element = index - places.index(places[index])
    vectors = row.vectors if places[index] in row.vectors else ()
    names = {name: _write_operand(operands[places.index(name) + element]) for name in vectors}
    operand = places[index]
    return write(row.shown.get(operand, row.partials[operand]), names | {"y": result})


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
