"""The grammar of a student's formula: a whitelist over Python's syntax tree, which only ``evaluation`` evaluates.

Allowed are numbers, names, ``+ - * / **``, ``@`` and ``.T`` of matrices, one comparison, calls of the ``functions``
with or without ``np.``, and indices that are numbers, layers or slices. Other attributes, loops, strings and names that
the lecture does not have are refused. So the number of operations is bounded by the length of the formula, and no
operation makes an array of more than ``LARGEST_ARRAY`` entries.
"""

import ast
import math
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from autograd_lite.internal import quote

from ....ground.suggest import unknown_name
from .functions import FUNCTIONS, METHODS, NAMED, RESERVED
from .index_notation import write_paper_lines
from .paper_notation import to_grammar_letters
from .programs import write_program_forms
from .unit_indices import bears_indices, bind_plain_sums, read_powers

LONGEST = 2_000  # characters of a formula
MOST_NODES, DEEPEST, LARGEST_EXPONENT = 400, 40, 64

_ALLOWED = (ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.MatMult, ast.UnaryOp, ast.USub, ast.UAdd,
            ast.Call, ast.keyword, ast.Name, ast.Load, ast.Constant, ast.Attribute, ast.Subscript, ast.Slice, ast.Tuple,
            ast.Compare, ast.Lt, ast.LtE, ast.Gt, ast.GtE)
MODULES = ("np", "numpy", "math")


@dataclass(frozen=True)
class Formula:
    """A formula that keeps to the grammar: its text as it was written, its tree, and the names in it.

    ``indexed`` says whether names bear indices of units, and ``raised`` whether some bear the number of a layer.
    """

    text: str
    tree: ast.expr
    names: frozenset[str]
    indexed: bool = False
    raised: bool = False


@lru_cache(4096)
def parse_formula(text: str) -> Formula:
    """Parse a text as a formula.

    Raises:
        ValueError: it is no formula, uses something that is not allowed, is too long or nested too deep, or has too
            large an exponent.
    """
    if len(text) > LONGEST:
        raise ValueError(f"it has {len(text)} characters; a formula has at most {LONGEST}")
    written = to_grammar_letters(write_paper_lines(write_program_forms(text))).strip()
    if not written:
        raise ValueError("it is empty")
    _check_brackets(written)
    try:
        tree = ast.parse(" ".join(written.split()), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError(_describe_unreadable(written)) from None
    _check_tree(tree)
    tree = bind_plain_sums(read_powers(tree))
    names = frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
    return Formula(text, tree, names - set(FUNCTIONS) - set(MODULES) - set(RESERVED), bears_indices(tree),
                   "raised" in names)


def _check_brackets(text: str) -> None:
    """Deep nesting is refused before Python's parser, which recurses, sees it."""
    depths = [0, *accumulate((character in "([{") - (character in ")]}") for character in text)]
    depth, deepest = depths[-1], max(depths)
    if deepest > DEEPEST:
        raise ValueError(f"its brackets are nested {deepest} deep; at most {DEEPEST} are read")
    if depth > 0:
        raise ValueError("a bracket is not closed" if depth == 1 else f"{depth} brackets are not closed")
    if depth < 0:
        raise ValueError("a bracket is closed that was not opened")
    if re.search(r"(?:[-+~]\s*){20}|(?:not\s+){3}", text):
        raise ValueError("it has many signs in a row")


def _describe_unreadable(written: str) -> str:
    if "=" in written.replace("==", "").replace("<=", "").replace(">=", ""):
        return "it has a sign of equality; give the right side alone"
    joined = re.search(r"\d\s*[A-Za-z(]|[\w)]\s+[A-Za-z(\d]|\)\s*[\w(]", written)
    if joined and not re.search(r"\b(?:for|if|in|lambda|import|else|and|or|not|is|await|yield)\b", written):
        return f"it cannot be read near {quote(joined[0].strip())}: write every product with * or ·"
    return "it is not a formula: numbers, names, + - * / ** @ .T, brackets and functions make one"


def _check_tree(tree: ast.expr) -> None:
    level: list[ast.AST] = [tree]
    depth = count = 0
    while level:
        depth += 1
        count += len(level)
        if depth > DEEPEST or count > MOST_NODES:
            raise ValueError("it is too long or nested too deep to be a line of a derivation")
        for node in level:
            _check_node(node)
        parents = [node for node in level if not isinstance(node, ast.keyword)]  # which is checked with its call
        level = [child for node in parents for child in ast.iter_child_nodes(node)]


def _check_node(node: ast.AST) -> None:
    if not isinstance(node, _ALLOWED):
        raise ValueError(f"it uses {_WORDS.get(type(node).__name__, 'a construction')}, which no formula here has; "
                         "numbers, names, + - * / ** @ .T, brackets and functions make one")
    match node:
        case ast.Constant(value=value) if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"{quote(value)} is not a number of a formula")
        case ast.Constant(value=int() | float() as value) if not _is_finite(value):
            raise ValueError("a number in it does not fit a float")
        case ast.BinOp(op=ast.Pow(), right=ast.Constant(value=int(n) | float(n))) if abs(n) > LARGEST_EXPONENT:
            raise ValueError(f"the exponent {n} is larger than {LARGEST_EXPONENT}")
        case ast.Attribute(value=ast.Name(id=module)) if module in MODULES:
            pass
        case ast.Attribute(attr=name) if name != "T" and name not in METHODS:
            raise ValueError(f".{name} is no part of a formula; .T, the transpose, is, and "
                             f"{', '.join(f'.{method}(…)' for method in METHODS)}")
        case ast.Call(func=function, keywords=[_, *_] as named) if not _may_be_named(function, named):
            raise ValueError("a function in it is given a named argument; only sum and mean take one, axis")
        case ast.Call(func=ast.Name()):
            pass
        case ast.Call(func=ast.Attribute(value=ast.Name(id=module), attr=name)) if module in MODULES:
            if name not in FUNCTIONS:
                raise unknown_name("function", name, FUNCTIONS)
        case ast.Call(func=ast.Attribute(attr=name)) if name in METHODS:
            pass
        case ast.Call():
            raise ValueError("only functions that have a name can be called, such as exp(…)")
        case ast.Compare(ops=[_, _, *_]):
            raise ValueError("it has two comparisons in a row; write one, such as (z > 0)")


_WORDS = {"ListComp": "a loop", "SetComp": "a loop", "DictComp": "a loop", "GeneratorExp": "a loop", "Lambda": "lambda",
          "JoinedStr": "text", "Dict": "{ }", "List": "[ ]", "IfExp": "if", "BoolOp": "and, or", "NamedExpr": ":=",
          "Mod": "%", "FloorDiv": "//", "BitXor": "^", "LShift": "<<", "RShift": ">>", "Starred": "*", "Set": "{ }"}


def _may_be_named(function: ast.expr, named: list[ast.keyword]) -> bool:
    """``sum(delta, axis=1)``, also with ``keepdims=True``, which is what is done anyway, and ``diag(v, k=0)`` never."""
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    values = {keyword.arg: getattr(keyword.value, "value", None) for keyword in named}
    return name in NAMED and values.get("axis") in (0, 1) and values.get("keepdims", True) is True and set(
        values) <= {"axis", "keepdims"}


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False
