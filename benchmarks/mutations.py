"""The mutants of a file: every change of one place that is a mistake a person could make.

Changed are operators and comparisons, numbers by one, conditions, the order of two arguments, statements left out, and
None in place of what is returned; in calls that make a row of the table, the same inside its text. Texts for people,
annotations, overloads and decorators are left alone.
"""

import ast
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path


@dataclass(frozen=True)
class Mutant:
    """One change of a file: the bytes from ``start`` to ``end``, which read ``before``, read ``after``."""

    file: str
    line: int
    text: str
    before: str
    after: str
    start: int
    end: int

    @property
    def content(self) -> tuple[str, str, str, str]:
        """What it is known by when lines have moved."""
        return self.file, self.text, self.before, self.after

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.before} → {self.after}"

    def apply(self, source: bytes) -> bytes:
        return source[: self.start] + self.after.encode() + source[self.end :]


_COMPARISONS: Mapping[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt), ast.LtE: (ast.Lt,), ast.Gt: (ast.GtE, ast.Lt), ast.GtE: (ast.Gt,), ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,)}
_OPERATORS: Mapping[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
    ast.Pow: ast.Mult, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr}
_LEFT_OUT = (ast.Assign, ast.AugAssign, ast.Raise, ast.Continue, ast.Break, ast.Delete)
_SYMMETRIC = {"max", "min"}  # functions whose arguments may change places
_EXAMPLES = "_POINTS"  # where the docstrings of rows have their examples; any other point is as right
_ROWS = {"make_row", "make_nary_row", "Row"}
_WORDS_OF_ROWS = {"domain", "symbol", "latex", "at_kink", "note"}  # text that is no expression to run


def vary(node: ast.AST) -> Iterator[ast.expr]:
    """The expressions that may stand in the place of this one."""
    match node:
        case ast.Compare(left, [comparison], [right]):
            yield from (ast.Compare(left, [other()], [right]) for other in _COMPARISONS[type(comparison)])
        case ast.BinOp(left, operator, right) if type(operator) in _OPERATORS:
            yield ast.BinOp(left, _OPERATORS[type(operator)](), right)
        case ast.UnaryOp(ast.Not() | ast.USub(), operand):
            yield operand
        case ast.BoolOp(operator, values):
            yield ast.BoolOp(ast.Or() if isinstance(operator, ast.And) else ast.And(), values)
        case ast.IfExp(test, body, otherwise):
            yield ast.IfExp(ast.UnaryOp(ast.Not(), test), body, otherwise)
        case ast.Constant(bool() as truth):
            yield ast.Constant(not truth)
        case ast.Constant(int() | float() as number):
            yield from (ast.Constant(number + 1), ast.UnaryOp(ast.USub(), ast.Constant(1 - number)) if number < 1
                        else ast.Constant(number - 1))
        case ast.Call(function, [first, second, *rest], keywords) if not _is_starred(first, second) and not (
                isinstance(function, ast.Name) and function.id in _SYMMETRIC):
            yield ast.Call(function, [second, first, *rest], keywords)


def _is_starred(*arguments: ast.expr) -> bool:
    return any(isinstance(argument, ast.Starred) for argument in arguments)


def _vary_row(text: str) -> Iterator[str]:
    """A row's expression with one change in it."""
    places = [node for node in ast.walk(ast.parse(text, mode="eval")) if isinstance(node, ast.expr)]
    for place in places:
        for other in vary(place):
            yield f"{text[:place.col_offset]}({ast.unparse(other)}){text[place.end_col_offset:]}"


def _find_changes(node: ast.AST, inside: bool = False) -> Iterator[tuple[ast.expr | ast.stmt, str]]:
    """Places of the tree and what may stand there. ``inside`` a function statements may be left out."""
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return
    if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == _EXAMPLES:
        return
    if isinstance(node, ast.FunctionDef):
        if any(ast.unparse(decorator) == "overload" for decorator in node.decorator_list):
            return
        for default in (*node.args.defaults, *filter(None, node.args.kw_defaults)):
            yield from _find_changes(default, inside)
        for statement in node.body:
            yield from _find_changes(statement, inside=True)
        return
    if inside and (isinstance(node, _LEFT_OUT) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call))):
        yield node, "pass"
    if isinstance(node, ast.Return) and node.value is not None and ast.unparse(node.value) != "None":
        yield node.value, "None"
    for test in [node.test] if isinstance(node, ast.If | ast.While) else getattr(node, "ifs", ()):
        yield test, f"(not ({ast.unparse(test)}))"
    if isinstance(node, ast.expr):
        yield from ((node, f"({ast.unparse(other)})") for other in vary(node))
    if isinstance(node, ast.Call) and ast.unparse(node.func) in _ROWS:
        texts = [*node.args, *(k.value for k in node.keywords if k.arg not in _WORDS_OF_ROWS)]
        for text in texts:
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                yield from ((text, repr(changed)) for changed in _vary_row(text.value))
    skipped = [getattr(node, "annotation", None), *getattr(node, "decorator_list", ())]
    for child in ast.iter_child_nodes(node):
        if child not in skipped and not isinstance(child, ast.JoinedStr | ast.arguments):
            yield from _find_changes(child, inside)


def find_mutants(path: Path) -> list[Mutant]:
    """Every mutant of a file that compiles, in the order of the file."""
    source = path.read_bytes()
    lines = source.splitlines(keepends=True)
    starts = [0, *accumulate(map(len, lines))]
    found: set[Mutant] = set()
    for node, after in _find_changes(ast.parse(source)):
        start = starts[node.lineno - 1] + node.col_offset
        end = starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
        text = lines[node.lineno - 1].decode().strip()
        mutant = Mutant(path.name, node.lineno, text, source[start:end].decode(), after, start, end)
        with suppress(SyntaxError):
            compile(mutant.apply(source), path.name, "exec")
            found.add(mutant)
    return sorted(found, key=lambda mutant: (mutant.start, mutant.end, mutant.after))
