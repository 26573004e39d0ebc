"""Writes rows of the table as JavaScript, for a page that recomputes a graph by the same rules.

    write_javascript_rules(["mul", "affine"])

is the source of an object RULES: operation -> ``value(o)`` and ``partials(o, y)``, where ``o`` are the operands of a
node as flat numbers, and the partials are in their order. JavaScript raises no error for an undefined value, so the
page refuses what is not finite, and says the row's ``domain``. ``limited`` tells whether that may be for another reason
than that the number is too large.
"""

import ast
import json
from collections.abc import Iterable, Sequence

from .operations import OPERATIONS, Row
from .readings import list_calls, parse
from .words import REDUCTIONS, WORDS

_OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">",
              ast.GtE: ">=", ast.Eq: "===", ast.NotEq: "!=="}


def write_javascript_rules(operations: Iterable[str]) -> str:
    """The source of ``const RULES = {…};`` for these operations and those that their rows call.

    Raises:
        KeyError: an operation that the table does not have.
    """
    wanted: dict[str, str] = {}
    waiting = list(operations)
    while waiting:
        name = waiting.pop()
        if name not in wanted:
            row = OPERATIONS[name]
            wanted[name] = _write_rule(row)
            called = set().union(*(list_calls(parse(text)) for text in (row.value, *row.partials.values())))
            waiting += called & set(OPERATIONS) - set(WORDS) - set(REDUCTIONS) - {"where"}
    lines = ",\n".join(f"  {name}: {wanted[name]}" for name in sorted(wanted))
    return f"const RULES = {{\n{lines}\n}};"


def _write_rule(row: Row) -> str:
    """One entry: the domain, the value and the partials."""
    take = _write_operands(row)
    partials = [_write_elementwise(text, row) if operand in row.vectors else f"[{_write_expression(parse(text), row)}]"
                for operand, text in row.partials.items()]
    return (f"{{domain: {json.dumps(row.domain, ensure_ascii=False)}, limited: {json.dumps(_is_limited(row))}, "
            f"value: (o) => {{ {take} return {_write_expression(parse(row.value), row)}; }}, "
            f"partials: (o, y) => {{ {take} return [].concat({', '.join(partials)}); }}}}")


def _is_limited(row: Row) -> bool:
    """Whether the value may be undefined: the row says where it is defined, divides, or calls a word with a domain."""
    tree = parse(row.value)
    divides = any(isinstance(node, ast.Div) for node in ast.walk(tree))
    return bool(row.domain) or divides or not list_calls(tree).isdisjoint({"log", "log1p", "sqrt", "pow", "power"})


def _write_operands(row: Row) -> str:
    """Statements that give the flat operands their names."""
    if not row.vectors:
        return "".join(f"const {name} = o[{i}]; " for i, name in enumerate(row.operands))
    scalars = [name for name in row.operands if name not in row.vectors]
    parts = [f"const n = (o.length - {len(scalars)}) / {len(row.vectors)}; "]
    parts += [f"const {name} = o.slice({i} * n, {i + 1} * n); " for i, name in enumerate(row.vectors)]
    parts += [f"const {name} = o[o.length - {len(scalars) - i}]; " for i, name in enumerate(scalars)]
    return "".join(parts)


def _write_elementwise(text: str, row: Row) -> str:
    """The list of an expression over the elements of the vectors."""
    return f"{row.vectors[0]}.map((_, i) => {_write_expression(parse(text), row, row.vectors)})"


def _write_expression(tree: ast.expr, row: Row, elements: Sequence[str] = ()) -> str:
    """An expression of the row language; a vector in ``elements`` stands for its element i."""
    def inner(part: ast.expr) -> str:
        return _write_expression(part, row, elements)

    match tree:
        case ast.Constant(value=value):
            return repr(value)
        case ast.Name(id=name):
            return f"{name}[i]" if name in elements else name
        case ast.UnaryOp(operand=operand):
            return f"(-{inner(operand)})"
        case (ast.BinOp(left=left, op=operator, right=right)
              | ast.Compare(left=left, ops=[operator], comparators=[right])):
            return f"({inner(left)} {_OPERATORS[type(operator)]} {inner(right)})"
        case ast.Call(func=ast.Name(id="where"), args=[condition, yes, no]):
            return f"({inner(condition)} ? {inner(yes)} : {inner(no)})"
        case ast.Call(func=ast.Name(id="total"), args=[body]):
            return f"{row.vectors[0]}.reduce((s, _, i) => s + {_write_expression(body, row, row.vectors)}, 0)"
        case ast.Call(func=ast.Name(id="largest"), args=[body]):
            return f"Math.max(...{row.vectors[0]}.map((_, i) => {_write_expression(body, row, row.vectors)}))"
        case ast.Call(func=ast.Name(id=word), args=arguments):
            given = ", ".join(map(inner, arguments))
            if word in WORDS:
                return f"{WORDS[word].javascript}({given})"
            return f"RULES.{word}.value([{given}])"
    raise SyntaxError(f"no JavaScript for {ast.unparse(tree)}")
