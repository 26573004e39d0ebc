"""The grammar of a lecture's lines: a whitelist over Python's syntax tree. A line is a stranger's, and is never run.

Allowed are numbers, names, names with indices, ``+ - * / **``, ``@`` and ``.T``, one comparison, ``a if b else c``,
calls of functions that have a name, and ``sum(… for k in units(l))``. Everything else is refused.
"""

import ast
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from autograd_lite.internal import quote

from ..lines import parse_index
from .text import normalise_line

LONGEST, MOST_NODES, DEEPEST, LARGEST_EXPONENT, MOST_LOOPS = 500, 400, 30, 8, 12

_ALLOWED = (
    ast.BinOp,
    ast.Add,
    ast.Sub,
    ast.Mult,
    ast.Div,
    ast.Pow,
    ast.MatMult,
    ast.UnaryOp,
    ast.USub,
    ast.UAdd,
    ast.Call,
    ast.Name,
    ast.Load,
    ast.Store,
    ast.Constant,
    ast.Attribute,
    ast.Subscript,
    ast.Tuple,
    ast.Compare,
    ast.Lt,
    ast.LtE,
    ast.Gt,
    ast.GtE,
    ast.Eq,
    ast.NotEq,
    ast.IfExp,
    ast.GeneratorExp,
    ast.comprehension,
)
REDUCTIONS = ("sum", "max", "min")
_LOOP = re.compile(r"\b(?:for|in|if|else)\b.*")
_FACTORS = re.compile(r"((?:[^\W\d]\w*(?:\[[^\]]*\])?|\))(?:\.T)?)\s+([^\W\d]\w*(?:\[[^\]]*\])?(?:\.T)?|\()")
_WORDS = {
    "Lambda": "lambda",
    "ListComp": "a list",
    "List": "a list",
    "Dict": "{ }",
    "JoinedStr": "text",
    "BoolOp": "and, or",
    "Starred": "a star",
    "NamedExpr": ":=",
    "keyword": "a named argument",
    "Slice": "a slice",
}


@dataclass(frozen=True)
class Statement:
    """``left = right`` for every value of the indices on the left.

    Attributes:
        text: as its author wrote it; ``number`` is its place among the lines, from 1, 0 for a line of ours.
        left, right: the trees of both sides.
    """

    text: str
    number: int
    left: ast.expr
    right: ast.expr

    @property
    def letter(self) -> str:
        """The name on the left."""
        return self.left.value.id if isinstance(self.left, ast.Subscript) else self.left.id  # type: ignore[attr-defined, no-any-return]

    @cached_property
    def patterns(self) -> tuple[tuple[str | None, int], ...]:
        """The indices on the left, each as its name and what is added to it."""
        return tuple(parse_index(index) for index in list_indices(self.left))

    def replace(self, right: ast.expr) -> "Statement":
        """The same left side with another right side."""
        return Statement(f"{ast.unparse(self.left)} = {ast.unparse(right)}", self.number, self.left, right)


def list_indices(tree: ast.expr) -> list[ast.expr]:
    """The indices of a name; none where it has none."""
    if not isinstance(tree, ast.Subscript):
        return []
    return list(tree.slice.elts) if isinstance(tree.slice, ast.Tuple) else [tree.slice]


def parse_statement(text: str, number: int = 0, shown: str = "") -> Statement:
    """Parse one line in the signs of the grammar; ``shown`` is what its author wrote.

    Raises:
        ValueError: it is no line, or uses something that no line has.
    """
    written = normalise_line(text)
    if len(written) > LONGEST:
        raise ValueError(f"it has {len(written)} characters; a line has at most {LONGEST}")
    sides = re.split(r"(?<![<>=!])=(?!=)", written)
    if len(sides) != 2:
        if re.search(r"[(,]\s*\w+\s*=(?!=)[^=]", written):
            raise ValueError("a function takes no argument by its name, such as axis=0; write over_samples(…) for a "
                             "sum over the samples, over_units(…) for one over the units of a layer")
        raise ValueError("a line is left = right, with one sign of equality")
    left, right = (_parse_side(side.strip()) for side in sides)
    name = left.value if isinstance(left, ast.Subscript) else left
    if not isinstance(name, ast.Name):
        raise ValueError("the left side is a letter, with indices or without")
    for index in list_indices(left):
        parse_index(index)
    return Statement(shown or text.strip(), number, left, right)


@lru_cache(8192)
def _parse_side(text: str) -> ast.expr:
    """The tree of a side. It is shared, so do not change it."""
    if not text:
        raise ValueError("a side of it is empty")
    depth = deepest = 0
    for character in text:
        depth += (character in "([") - (character in ")]")
        deepest = max(deepest, depth)
    if deepest > DEEPEST or re.search(r"(?:[-+~]\s*){10}|(?:not\s+){3}", text):
        raise ValueError("it is nested too deep to be a line of a derivation")
    if depth:
        raise ValueError("a bracket is not closed" if depth > 0 else "a bracket is closed that was not opened")
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pair = _FACTORS.search(_LOOP.sub("", text))
        what = f"{pair[1]} and {pair[2]} stand side by side: write * for numbers, @ for matrices" if pair else (
            "write every product with * or @, and indices in square brackets")
        raise ValueError(f"{quote(text)} is no formula; {what}") from None
    tree = _WholeSums().visit(tree)
    check_tree(tree)
    return tree  # type: ignore[no-any-return]


class _WholeSums(ast.NodeTransformer):
    """``sum(m)`` without an index adds up all of m, which is ``total(m)``."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "sum" and len(node.args) == 1 and not isinstance(
                node.args[0], ast.GeneratorExp):
            node.func.id = "total"
        return node


def check_tree(tree: ast.expr) -> None:
    """Raises ValueError where a tree has something that no line has."""
    nodes = list(ast.walk(tree))
    if len(nodes) > MOST_NODES:
        raise ValueError("it is too long to be a line of a derivation")
    loops = [node for node in nodes if isinstance(node, ast.GeneratorExp)]
    if len(loops) > MOST_LOOPS or any(len(loop.generators) != 1 for loop in loops):
        raise ValueError("it has too many sums; one index a sum, and at most twelve sums a line")
    summed = {id(node.args[0]) for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
              and node.func.id in REDUCTIONS and len(node.args) == 1}
    for node in nodes:
        _check_node(node, summed)


def _check_node(node: ast.AST, summed: set[int]) -> None:
    if not isinstance(node, _ALLOWED):
        raise ValueError(f"it uses {_WORDS.get(type(node).__name__, 'a construction')}, which no line of a lecture has")
    match node:
        case ast.Constant(value=value) if (
            isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e9
        ):
            raise ValueError(f"{quote(value)} is not a number of a line")
        case ast.BinOp(op=ast.Pow(), right=exponent) if not (
                isinstance(exponent, ast.Constant) and isinstance(exponent.value, int | float)
                and abs(exponent.value) <= LARGEST_EXPONENT):
            raise ValueError(f"an exponent is a number of at most {LARGEST_EXPONENT}, and an index stands in square "
                             "brackets, as in W[l]")
        case ast.Attribute(attr=name) if name != "T":
            raise ValueError(f".{name} is no part of a line; .T, the transpose, is")
        case ast.Subscript(value=value) if not isinstance(value, ast.Name):
            raise ValueError("only letters have indices")
        case ast.Call(func=function) if not isinstance(function, ast.Name | ast.Subscript) or node.keywords:
            raise ValueError("only functions that have a name can be called, such as f(z[l])")
        case ast.Name(id=name) if "__" in name:
            raise ValueError(f"{quote(name)} is no name of a line")
        case ast.GeneratorExp() if id(node) not in summed:
            raise ValueError("an index runs in sum(…), max(…) or min(…) alone")
        case ast.comprehension(target=target, ifs=conditions) if conditions or not isinstance(target, ast.Name):
            raise ValueError("a sum runs over one index, as in sum(… for k in units(l))")
        case ast.Compare(ops=[_, _, *_]):
            raise ValueError("it has two comparisons in a row")
