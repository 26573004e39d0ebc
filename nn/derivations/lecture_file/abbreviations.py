"""Letters that a lecture defines by lines of its own, as E[i] or nabla[l, i], put into the lines that use them."""

import ast
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .grammar import Statement, check_tree
from .notation import Notation


def define(statement: Statement, notation: Notation) -> Notation:
    """The notation with what a line defines: another letter, or the cost of a sample; itself where it defines none."""
    own = notation.letters
    known = {*notation.kinds, *notation.constants, own["activation"], f"d{own['activation']}"}
    if statement.letter in known and not (statement.letter == own["cost"] and statement.patterns):
        return notation
    return replace(notation, abbreviations={**notation.abbreviations, ast.unparse(statement.left): statement.right})


def find_used(statement: Statement, notation: Notation) -> set[str]:
    """What of it stands in a line."""
    return {ast.unparse(node) for node in ast.walk(statement.right) if isinstance(node, ast.expr)} & {
        *notation.abbreviations}


def put_in(statement: Statement, notation: Notation) -> Statement:
    """The line with what such letters stand for.

    Raises:
        ValueError: the line is then too long to be one.
    """
    right = _PutIn(notation.abbreviations).visit(ast.parse(ast.unparse(statement.right), mode="eval").body)
    check_tree(right)
    return Statement(statement.text, statement.number, statement.left, right)


class _PutIn(ast.NodeTransformer):
    """Only what is written exactly as on the left, so that its indices are those of the definition."""

    def __init__(self, known: Mapping[str, ast.expr]) -> None:
        self.known = known

    def visit(self, node: ast.AST) -> Any:
        """An index stays as it is."""
        if isinstance(node, ast.Subscript | ast.Name):
            return self.known.get(ast.unparse(node), node)
        return super().visit(node)
