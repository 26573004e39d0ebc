"""Single changes of a line: what people get wrong in it. They explain an alarm, and are planted to test the reading."""

import ast
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass

from .grammar import list_indices
from .notation import ON_BIASES, VECTORS, Notation


@dataclass(frozen=True)
class Edit:
    """A changed right side, what was done, in words that follow "the right line", and the sort of the change."""

    right: ast.expr
    words: str
    sort: str


def list_edits(right: ast.expr, notation: Notation) -> Iterator[Edit]:
    """Every single change of a right side: signs, factors, indices, letters, transposes, constants, functions."""
    yield Edit(ast.UnaryOp(ast.USub(), deepcopy(right)), "with the other sign", "sign")
    for factor, words in ((2, "times 2"), (0.5, "divided by 2")):
        yield Edit(ast.BinOp(ast.Constant(factor), ast.Mult(), deepcopy(right)), words, "constant")
    for old, name in _EVERYWHERE:
        if count_calls(right, old) > 1:
            yield Edit(_RenameCalls(old, name).visit(deepcopy(right)), f"with {name} for {old}", "function")
    for place, node in enumerate(ast.walk(right)):
        if isinstance(node, ast.expr):
            for new, words, sort in _list_changes(node, notation):
                yield Edit(_put(right, place, new), words, sort)


_EVERYWHERE = [("max_samples", "max_units"), ("max_units", "max_samples"), ("over_samples", "over_units"),
               ("over_units", "over_samples")]
"""Names of functions that are changed wherever they stand in a line."""


def count_calls(right: ast.expr, name: str) -> int:
    """How often a function is called in a line."""
    return len([node for node in ast.walk(right) if isinstance(node, ast.Call) and ast.unparse(node.func) == name])


class _RenameCalls(ast.NodeTransformer):
    def __init__(self, old: str, name: str) -> None:
        self.old, self.name = old, name

    def visit_Name(self, name: ast.Name) -> ast.expr:
        return ast.Name(self.name) if name.id == self.old else name


def _put(right: ast.expr, place: int, new: ast.expr) -> ast.expr:
    """A copy of the tree with another node at a place in the order of ``ast.walk``."""
    copied = deepcopy(right)
    nodes = list(ast.walk(copied))
    if place == 0:
        return new
    for parent in nodes:
        for name, value in ast.iter_fields(parent):
            if value is nodes[place]:
                setattr(parent, name, new)
            elif isinstance(value, list) and any(item is nodes[place] for item in value):
                setattr(parent, name, [new if item is nodes[place] else item for item in value])
    return copied


Change = tuple[ast.expr, str, str]


def _list_changes(node: ast.expr, notation: Notation) -> Iterator[Change]:
    match node:
        case ast.BinOp(left=left, op=ast.Mult() | ast.MatMult(), right=right):
            yield right, f"without the factor {ast.unparse(left)}", "factor"
            yield left, f"without the factor {ast.unparse(right)}", "factor"
            if isinstance(node.op, ast.MatMult):
                yield ast.BinOp(left, ast.Mult(), right), f"with * for @ in {ast.unparse(node)}", "product"
            elif any(isinstance(part, ast.Call | ast.Subscript) for part in (left, right)):
                factor = right if isinstance(right, ast.Call | ast.Subscript | ast.BinOp) else left
                yield ast.BinOp(node, ast.Mult(), factor), f"with the factor {ast.unparse(factor)} twice", "factor"
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            yield left, f"without the division by {ast.unparse(right)}", "constant"
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            yield ast.BinOp(left, ast.Sub(), right), f"with − before {ast.unparse(right)}", "sign"
            yield left, f"without the term {ast.unparse(right)}", "term"
            yield right, f"without the term {ast.unparse(left)}", "term"
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            yield ast.BinOp(left, ast.Add(), right), f"with + before {ast.unparse(right)}", "sign"
            yield left, f"without the term {ast.unparse(right)}", "term"
        case ast.BinOp(left=left, op=ast.Pow()):
            yield left, f"without the exponent of {ast.unparse(left)}", "constant"
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            yield operand, f"without the − before {ast.unparse(operand)}", "sign"
        case ast.Attribute(value=inner):
            yield inner, f"without .T on {ast.unparse(inner)}", "transpose"
        case ast.Subscript():
            yield from _list_other_names(node, notation)
        case ast.Call():
            yield from _list_other_calls(node, notation)
        case ast.Constant(value=int() | float() as value):
            yield ast.Constant(value + 1), f"with {value + 1} for {value}", "constant"


def _list_other_names(node: ast.Subscript, notation: Notation) -> Iterator[Change]:
    """Another layer, another order of units, another letter, a transpose."""
    letter, indices = ast.unparse(node.value), list_indices(node)
    kind = notation.kinds.get(letter)
    if kind is None:
        return
    slots = notation.slots(kind)
    for slot, index in zip(slots, indices, strict=False):
        if slot == "layer":
            at = slots.index("layer")
            for by in (1, -1):
                moved = [*indices[:at], _shift(index, by), *indices[at + 1 :]]
                new = _make(letter, moved)
                yield new, f"with {ast.unparse(new)} for {ast.unparse(node)}", "index"
    units = [i for i, slot in enumerate(slots) if slot in ("target", "source")]
    if len(units) == 2 and len(indices) == len(slots):
        swapped = list(indices)
        swapped[units[0]], swapped[units[1]] = swapped[units[1]], swapped[units[0]]
        new = _make(letter, swapped)
        yield new, f"with {ast.unparse(new)} for {ast.unparse(node)}", "index"
    others = [other for other in VECTORS if other != kind] if kind in VECTORS else {
        "W": ["W_new", "dW"], "b": ["b_new"], "x": ["y"], "y": ["x"], "dW": ["W"], "db": ["b"]}.get(kind, [])
    for other in others:
        if other in notation.names:
            new = _make(notation.names[other], indices)
            yield new, f"with {ast.unparse(new)} for {ast.unparse(node)}", "letter"
    if notation.form == "scalars" and kind == "post":
        for by in (0, 1):
            new = _make(notation.names["W"], [_shift(indices[0], by)])
            yield new, f"with {ast.unparse(new)} for {ast.unparse(node)}", "letter"
    if notation.form == "matrices" and kind not in (*ON_BIASES, "C"):
        new_one = ast.Attribute(node, "T")
        yield new_one, f"with {ast.unparse(new_one)} for {ast.unparse(node)}", "transpose"


def _list_other_calls(call: ast.Call, notation: Notation) -> Iterator[Change]:
    """The function for its derivative, the derivative of the value, its factors; a sum for a mean."""
    f = notation.letters["activation"]
    name = ast.unparse(call.func).partition("[")[0]
    argument = call.args[0]
    swap: dict[str, Sequence[str]] = {
        f: [f"d{f}"], f"d{f}": [f], "over_samples": ["over_units", "mean_samples"], "over_units": ["over_samples"],
        "exp": ["log"], "log": ["exp"], "max_units": ["max_samples"], "max_samples": ["max_units"]}
    for other in swap.get(name, ()):
        new = ast.Call(_rename(call.func, other), [argument], [])
        yield new, f"with {ast.unparse(new)} for {ast.unparse(call)}", "function"
    if name == f"d{f}":
        post = _find_post(argument, notation)
        for new_argument in [post] if post is not None else []:
            new = ast.Call(call.func, [new_argument], [])
            yield new, f"with {ast.unparse(new)} for {ast.unparse(call)}", "letter"
        for of in [argument, *([post] if post is not None else [])]:
            logistic = ast.BinOp(of, ast.Mult(), ast.BinOp(ast.Constant(1), ast.Sub(), of))
            tanh = ast.BinOp(ast.Constant(1), ast.Sub(), ast.BinOp(of, ast.Pow(), ast.Constant(2)))
            for new_one in (logistic, tanh, of):
                yield new_one, f"with {ast.unparse(new_one)} for {ast.unparse(call)}", "function"
    if name in ("over_samples", "without_bias", "with_one", "zero_bias", "total", "sqrt"):
        yield argument, f"without {name}", "function"


def _find_post(argument: ast.expr, notation: Notation) -> ast.expr | None:
    """h of the same unit, where the argument is u."""
    if isinstance(argument, ast.Subscript) and ast.unparse(argument.value) == notation.names["pre"]:
        return _make(notation.names["post"], list_indices(argument))
    return None


def _make(letter: str, indices: list[ast.expr]) -> ast.Subscript:
    inside = indices[0] if len(indices) == 1 else ast.Tuple(list(indices), ast.Load())
    return ast.Subscript(ast.Name(letter), inside, ast.Load())


def _rename(function: ast.expr, name: str) -> ast.expr:
    return ast.Subscript(ast.Name(name), function.slice, ast.Load()) if isinstance(function, ast.Subscript) else (
        ast.Name(name))


def _shift(index: ast.expr, by: int) -> ast.expr:
    """The next or the previous index: l + 1 for l, l for l - 1."""
    match index:
        case ast.Constant(value=int(number)):
            return ast.Constant(number + by)
        case ast.BinOp(left=left, op=op, right=ast.Constant(value=int(number))):
            offset = by + (number if isinstance(op, ast.Add) else -number)
        case _:
            left, offset = index, by
    if offset == 0:
        return left
    return ast.BinOp(left, ast.Add() if offset > 0 else ast.Sub(), ast.Constant(abs(offset)))


