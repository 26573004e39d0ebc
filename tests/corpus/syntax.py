"""Formulas as text: what they name, and whether they can stand without brackets."""

import ast


def names_in(text: str) -> set[str]:
    """The names in it."""
    return {node.id for node in ast.walk(ast.parse(text, mode="eval")) if isinstance(node, ast.Name)}


def bare(text: str) -> str:
    """Without brackets around all of it."""
    return text[1:-1] if text.startswith("(") and text.endswith(")") and _balanced(text[1:-1]) else text


def is_product(text: str) -> bool:
    """Whether it can stand after a plus or a minus without brackets."""
    tree = ast.parse(text, mode="eval").body
    return is_atom(text) or (isinstance(tree, ast.BinOp) and not isinstance(tree.op, ast.Add | ast.Sub))


def is_atom(text: str) -> bool:
    """Whether it can be a factor without brackets."""
    tree = ast.parse(text, mode="eval").body
    return isinstance(tree, ast.Name | ast.Constant | ast.Call | ast.Subscript | ast.Attribute) or (
        text.startswith("(") and text.endswith(")") and _balanced(text[1:-1]))


def _balanced(text: str) -> bool:
    depth = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return False
    return True
