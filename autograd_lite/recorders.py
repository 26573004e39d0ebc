"""Generates, from the table, the functions that record a node.

A recorded node computes its value and each local partial at once, from the row's own text, and keeps both. The code is
generated so that it is as fast as code written by hand. It reads the clock before the operands, so that a leaf which
another thread assigns to meanwhile is stale. ``value`` documents the slots of a node. Only ``value``, this
file, ``traversal`` and ``backward`` use them directly.
"""

from collections.abc import Mapping, Sequence
from itertools import compress
from numbers import Real
from typing import Any

from .careful import evaluate_carefully, require_number
from .clock import NAMES
from .operations import OPERATIONS, Row
from .quoting import quote
from .readings import FLOATS, Function, define, write_source

NARY = object()
"""Stands in a node's ``_db`` slot where ``_a``, ``_da`` and ``_b`` hold all parents, partials and operands."""

_ARITHMETIC = (ValueError, ZeroDivisionError, OverflowError)


def make_namespace(node_class: type) -> dict[str, Any]:
    """The globals of generated functions: the node class, the words of the float reading, and those of ``clock``."""
    NAMES.update(FLOATS.words, Node=node_class, Real=Real, require_number=require_number, NARY=NARY,
                 evaluate_carefully=evaluate_carefully, split_nodes=split_nodes, ARITHMETIC=_ARITHMETIC,
                 FLOAT_ONLY={float})
    return NAMES


def make_recorder(name: str, names: dict[str, Any], reflected: bool | None = None, row: Row | None = None) -> Function:
    """The function that records ``name``.

    Args:
        reflected: None for a function. Otherwise an operator method is made, such as ``__sub__``, or ``__rsub__`` if
            true. It returns NotImplemented for an operand that is no number, so that Python tries the other operand.
        row: the row to record; the table's row of that name by default.
    """
    row = row or OPERATIONS[name]
    if row.is_nary:
        return _finish(_make_nary_recorder(name, row, names), name, row)
    operands = list(row.operands)
    order = operands[::-1] if reflected else operands
    is_operator = reflected is not None
    text = write_source(row, FLOATS)
    partials = [f"d_{operand}" for operand in row.partials]
    parameters = [_write_parameter(operand, row) for operand in order]
    calls = ", ".join(f"node_{operand}" for operand in operands)
    first, second = operands[0], operands[1] if len(operands) > 1 else None
    lines = [
        f"def record_{name}({', '.join(parameters)}):",
        "    now = clock",
        *(line for i in operands for line in _read_operand(name, i, row, is_operator, is_operator and i == order[0])),
        "    try:",
        f"        y = {text.value}",
        *(f"        d_{operand} = {partial}" for operand, partial in text.partials.items()),
        "    except ARITHMETIC:",
        f"        y, {', '.join(partials)} = evaluate_carefully({name!r}, {calls})",
        "    if y - y != 0.0:",
        f"        evaluate_carefully({name!r}, {calls})",
        "    out = new(Node)",
        f"    out._data = y; out.grad = 0.0; out.label = ''; out.operation = {name!r}; out._clock = now",
        f"    out._a = node_{first}; out._da = {_kept_partial(first, row)}",
        f"    out._b = {f'node_{second}' if second else None}",
        f"    out._db = {_kept_partial(second, row) if second else None}",
        "    return out",
    ]
    return _finish(define(f"record_{name}", lines, names), name, row)


def _finish(function: Function, name: str, row: Row) -> Function:
    """Give a generated function its name and its docstring."""
    function.__name__ = function.__qualname__ = name
    function.__doc__ = describe(row)
    return function


def _write_parameter(operand: str, row: Row) -> str:
    """The parameter of an operand. A constant has its own name, so that it can be given by keyword, and its default."""
    if operand not in row.constants:
        return f"node{'s' * (operand in row.vectors)}_{operand}"
    default = row.constants[operand]
    return operand if default is None else f"{operand}={default!r}"


def _read_operand(name: str, operand: str, row: Row, is_operator: bool, is_self: bool) -> list[str]:
    """Lines that read one operand: a node's data, or the number itself, so that ``operand is node_operand``."""
    node = f"node_{operand}"
    where = f"operand {operand} of {name}"
    if is_self:
        return [f"    {operand} = {node}._data"]
    if operand in row.constants:
        return [f"    {operand} = {node} = require_number({operand}, {where!r}, 'a number')"]
    take_number = [f"        {operand} = {node} = require_number({node}, {where!r})"]
    lines = [f"    if {node}.__class__ is Node:", f"        {operand} = {node}._data",
             f"    elif {node}.__class__ is float and {node} - {node} == 0.0:", f"        {operand} = {node}"]
    if is_operator:
        lines += [f"    elif not isinstance({node}, Real):", "        return NotImplemented"]
    return [*lines, "    else:", *take_number]


def _kept_partial(operand: str, row: Row) -> str:
    """The partial that a slot keeps: None where the operand is a number."""
    return f"None if {operand} is node_{operand} else d_{operand}" if operand in row.partials else "None"


def _make_nary_recorder(name: str, row: Row, names: dict[str, Any]) -> Function:
    text = write_source(row, FLOATS)
    given = _spread(row, {operand: f"nodes_{operand}" if operand in row.vectors else f"node_{operand}"
                          for operand in row.operands})
    parameters = ", ".join(_write_parameter(operand, row) for operand in row.operands)
    plain = " or ".join(f"{_read_name(operand, row)} is {operand}" for operand in row.operands)
    partials = f"({_spread(row, {operand: f'd_{operand}' for operand in row.partials})},)"
    nodes, kept = ([_keep_if_node(operand, row, text) for operand, text in texts.items()] for texts in (
        {operand: _read_name(operand, row) for operand in row.partials},
        {operand: f"d_{operand}" for operand in row.partials}))
    lines = [
        f"def record_{name}({parameters}):",
        "    now = clock",
        "    mixed = careful = None",
        *(line for operand in row.operands for line in _read_nary(name, operand, row)),
        f"    operands = ({given},)",
        "    try:",
        *(f"        {line}" for line in text.prologue),
        f"        y = {text.value}",
        *(f"        {line}" for line in text.epilogue),
        *(f"        d_{operand} = {partial}" for operand, partial in text.partials.items()),
        "    except ARITHMETIC:",
        f"        y, *careful = evaluate_carefully({name!r}, *operands)",
        "    if y - y != 0.0:",
        f"        evaluate_carefully({name!r}, *operands)",
        "    out = new(Node)",
        f"    out._data = y; out.grad = 0.0; out.label = ''; out.operation = {name!r}; out._clock = now",
        "    if mixed is not None or careful is not None:",
        f"        data = ({_spread(row)},)",
        f"        out._a, out._da, out._b = split_nodes(Node, operands, data, careful or {partials})",
        f"    elif {plain}:",
        f"        out._a = ({', '.join(nodes)},)",
        f"        out._da = ({', '.join(kept)},)",
        "        out._b = operands",
        "    else:",
        f"        out._a = out._b = operands; out._da = {partials}",
        "    out._db = NARY",
        "    return out",
    ]
    return define(f"record_{name}", lines, names)


def _spread(row: Row, texts: Mapping[str, str] | None = None) -> str:
    """The texts of all operands, or of those with a text, with vectors spread out."""
    texts = texts or {operand: operand for operand in row.operands}
    return ", ".join(f"*{text}" if operand in row.vectors else text for operand, text in texts.items())


def _read_name(operand: str, row: Row) -> str:
    return f"nodes_{operand}" if operand in row.vectors else f"node_{operand}"


def _keep_if_node(operand: str, row: Row, text: str) -> str:
    """The text spread out, of an operand that is a node or a vector of nodes; nothing of one that is plain."""
    inside = text if operand in row.vectors else f"({text},)"
    return f"*(() if {operand} is {_read_name(operand, row)} else {inside})"


def _read_nary(name: str, operand: str, row: Row) -> list[str]:
    """Lines that read the numbers of one operand of an n-ary operation.

    A number, or a vector of floats, stays the same object; ``mixed`` is set where a vector has nodes and numbers.
    A sum does not check the floats of a vector, since one that is not finite makes the sum not finite.
    """
    where = f"an operand of {name}"
    node = _read_name(operand, row)
    if operand in row.vectors:
        take = f"v._data if v.__class__ is Node else (mixed := require_number(v, {where!r}))"
        lines = [f"    {operand} = [{take} for v in {node}]"]
        return lines if not row.is_sum else [
            f"    if {node}[0].__class__ is float and {{*map(type, {node})}} == FLOAT_ONLY:",
            f"        {operand} = {node}", "    else:", f"    {lines[0]}"]
    if operand in row.constants:
        return [f"    {operand} = {node} = require_number({operand}, 'operand {operand} of {name}', 'a number')"]
    return [f"    if {node}.__class__ is Node:", f"        {operand} = {node}._data",
            "    else:", f"        {operand} = {node} = require_number({node}, {where!r})"]


def split_nodes(
    node_class: type, given: Sequence[Any], data: Sequence[float], partials: Sequence[float]
) -> tuple[tuple[Any, ...], tuple[float, ...], tuple[Any, ...]]:
    """Split operands of which some are plain numbers.

    Returns:
        The nodes; their partials; all operands, with numbers as floats.
    """
    is_node = [v.__class__ is node_class for v in given]
    operands = tuple([v if node else x for v, x, node in zip(given, data, is_node, strict=True)])
    return tuple(compress(given, is_node)), tuple(compress(partials, is_node)), operands


def lay_out(node: Any, operands: tuple[Any, ...], partials: Sequence[float]) -> None:
    """Fill the slots of a node with its operands and the partials of those that are nodes. A leaf has none."""
    node._a = node._b = node._da = node._db = None
    if not node.operation:
        return
    is_node = [v.__class__ is node.__class__ for v in operands]
    if node.operation not in OPERATIONS:
        raise ValueError(f"the graph holds the operation {quote(node.operation)}, which is not defined here; define it "
                         "by operation() first")
    if OPERATIONS[node.operation].is_nary:
        node._a = operands if all(is_node) else tuple(v for v, kept in zip(operands, is_node, strict=True) if kept)
        node._da, node._b, node._db = tuple(partials), operands, NARY
        return
    rest = iter(partials)
    kept = [next(rest) if keep else None for keep in is_node]
    node._a, node._da = operands[0], kept[0]
    if len(operands) > 1:
        node._b, node._db = operands[1], kept[1]


def describe(row: Row) -> str:
    """The docstring of an operation, from its row: formula, partials, valid range and kink."""
    lines = [f"Record y = {row.value}.", "", *(f"∂y/∂{a} = {partial}" for a, partial in row.partials.items()),
             "", "Operands are Values or finite numbers; returns a Value."]
    lines += [f"{c} is a number{'' if default is None else f', {default} by default'}; no gradient flows to it."
              for c, default in row.constants.items()]
    if row.domain:
        lines.append(f"Valid where {row.domain}; elsewhere raises ValueError or ZeroDivisionError.")
    if row.kink:
        chosen = ", ".join(f"∂y/∂{operand} = {partial}" for operand, partial in row.at_kink.items())
        lines.append(f"The partial may jump where {row.kink} = 0; the table chooses {chosen} there.")
    if row.note:
        lines.append(f"Note: {row.note}.")
    lines.append("Raises TypeError if an operand is no number, OverflowError if the result does not fit a float.")
    return "\n".join(lines)
