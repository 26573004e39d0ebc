"""Layers as they are named in formulas: by a number, or by l, L, l + 1; and formulas as sentences have them."""

import ast
import re


def names_layers(tree: ast.expr) -> bool:
    """Whether a formula names a layer by its number, as ``W2``, ``a[2]`` and ``raised(delta, 3)`` do."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) if re.fullmatch(r"[A-Za-z_]+[1-9]\d*", name):
                return True
            case ast.Subscript(slice=ast.Constant()) | ast.Call(func=ast.Name(id="raised"), args=[_, ast.Constant()]):
                return True
    return False


def read_layer(index: ast.expr, known: dict[str, int]) -> int:
    """A layer as an index: a number, l, L, l + 1, l - 1, L - 2."""
    match index:
        case ast.Constant(value=int(number)) if not isinstance(number, bool):
            return number
        case ast.Name(id=name) if name in known:
            return known[name]
        case ast.BinOp(left=left, op=ast.Add(), right=ast.Constant(value=int(number))):
            return read_layer(left, known) + number
        case ast.BinOp(left=left, op=ast.Sub(), right=ast.Constant(value=int(number))):
            return read_layer(left, known) - number
    raise ValueError(f"{ast.unparse(index)} is no layer here: write a number, or {' or '.join(known) or 'none'} with "
                     "a number added")


def write_formula(tree: ast.AST) -> str:
    """A formula as it stands in a sentence: W^(l) and ∂a/∂z for what the grammar calls raised and quotient."""
    text = re.sub(r"\braised\((\w+), ([^(),]+)\)", r"\1^(\2)", ast.unparse(tree))
    return re.sub(r"\bquotient\(([^(),]+(?:\([^()]*\))?), ([^(),]+(?:\([^()]*\))?)\)", r"∂\1/∂\2", text)
