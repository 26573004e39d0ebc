"""Operations of one's own: a row that a user adds to the table, checked when it arrives."""

import ast
import builtins
import keyword
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from math import isfinite
from numbers import Real
from types import MappingProxyType
from typing import Any

from .careful import name_operands
from .clock import NAMES
from .functions import FUNCTIONS, add_function
from .gradcheck import gradcheck
from .operations import ROWS, Row, group_operands
from .quoting import quote
from .readings import FLOATS, add_to_floats, check_rows, compile_row, evaluate
from .value import Value, add_recorder
from .words import REDUCTIONS, WORDS

_LOCAL = {"y", "now", "out", "mixed", "careful", "data", "operands", "number", "is_equal"}  # in the generated code
_WRITTEN = {"sum", "abs", "norm"}  # names that formulas write in a way of their own
_TAKEN = {*NAMES, *WORDS, *REDUCTIONS, *dir(builtins), *_LOCAL, *_WRITTEN} - set(ROWS)
_NUMBERS = (-2.6, -1.3, -0.7, -0.2, 0.3, 0.8, 1.4, 2.9)
_AT_KINKS = (0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, -3.0)
_OWN: set[str] = set()  # the names of the rows that users added
_WANTED, _TRIED, _LENGTH = 40, 400, 3  # points that agree, points tried, elements of a vector


def operation(name: str, value: str, *partials: str, operands: Sequence[str] = ("a", "b"), vectors: Sequence[str] = (),
              constants: Mapping[str, float | None] = MappingProxyType({}), domain: str = "", kink: str = "",
              at_kink: Sequence[str] = (), activation: bool | None = None, symbol: str = "",
              latex: str = "") -> Callable[..., Value]:
    """Add a row of your own to the table of operations.

    Value and partials are text in the language of the table: ``+ - * /``, numbers, one comparison,
    ``where(condition, x, y)``, the words exp, expm1, log, log1p, sqrt, sin, cos, tan, atan, tanh, power, and the names
    of rows without vectors, such as sigmoid. In a partial, y is the value. Everything that is done with a row is done
    with this one: steps, formulas, LaTeX, pictures, the page, and derivatives of derivatives.

    Args:
        name: the name of the function, a Python name that no row has.
        value: y, an expression of the operands and constants.
        partials: ∂y/∂operand, one for each operand, in order.
        operands: the names of the operands, in the order of the partials; names without a partial are not used.
        vectors: the operands that are sequences of equal length; ``total(e)`` adds e over their elements, and
            ``largest(e)`` is the maximum. Their partials are those of one element.
        constants: name -> default value, or None if it must be given. No gradient flows to them.
        domain: where y is defined, in words, for the message where it is not.
        kink, at_kink: an expression that is 0 exactly where a partial jumps, and the partials chosen there.
        activation: whether neurons may use it as their activation, by name; by default one of a single operand whose
            constants all have defaults.
        symbol, latex: its name in formulas.

    Returns:
        The function that records it. It takes operands (Values or numbers), then constants.

    Raises:
        TypeError: an argument is not of the type above.
        ValueError: the name is taken or no Python name; an expression uses an unknown word; a partial is not the
            derivative of the value, with the point where it is not; the value is defined at too few of the points
            tried, which have operands between −3 and 3.

    >>> gelu = operation("gelu", "a * sigmoid(1.702 * a)",
    ...                  "sigmoid(1.702 * a) * (1 + 1.702 * a * sigmoid(-1.702 * a))")
    >>> x = Value(0.0, "x")
    >>> grad(gelu(x), [x])
    (0.5,)
    """
    for what, text in (("name", name), ("value", value), *(("partial", partial) for partial in partials)):
        if not isinstance(text, str):
            raise TypeError(f"the {what} of an operation must be text, not {quote(text)} of type {type(text).__name__}")
    if not name.isidentifier() or keyword.iskeyword(name):
        raise ValueError(f"an operation needs a Python name, which {quote(name)} is not")
    if len(name) == 1 or name in _TAKEN:
        raise ValueError(f"an operation cannot be called {quote(name)}, a name that rows or programs use for something "
                         "else; choose another name of two letters or more")
    row = _make_row(name, value, partials, operands, vectors, constants, at_kink,
                    {"domain": domain, "kink": kink, "symbol": symbol, "latex": latex})
    if activation and not _suits_a_neuron(row):
        raise ValueError(f"the operation {quote(name)} cannot be an activation: that takes one number, and constants "
                         "with defaults")
    if activation is not False and _suits_a_neuron(row):
        row = Row(**{field: getattr(row, field) for field in Row.__slots__} | {"activation": True})
    if name in ROWS:
        if name in _OWN and _list_rules(ROWS[name]) == _list_rules(row):  # a cell of a notebook, run again
            ROWS[name] = row
            return FUNCTIONS[name]
        raise ValueError(f"there is an operation {quote(name)} already, y = {ROWS[name].value}; graphs may hold it, so "
                         "choose another name")
    try:
        check_rows({**ROWS, name: row})
    except SyntaxError as error:
        raise ValueError(f"the operation {quote(name)} cannot be read: {error.msg or error}; write power(a, 3) for a "
                         "power, and where(condition, x, y) for a choice") from None
    except ValueError as error:
        raise ValueError(f"{error}; the words are {', '.join(sorted({*WORDS, *REDUCTIONS, 'where'}))} and the names of "
                         "rows, such as absolute and maximum") from None
    _check_partials(name, row)
    if row.kink and not row.vectors:
        _check_kink(name, row)
    ROWS[name] = row
    _OWN.add(name)
    add_to_floats(name)
    return add_function(name, add_recorder(name))


def _make_row(name: str, value: str, partials: Sequence[str], operands: Sequence[str], vectors: Sequence[str],
              constants: Mapping[str, float | None], at_kink: Sequence[str], texts: Mapping[str, Any]) -> Row:
    names = [*dict.fromkeys([*vectors, *operands])][: len(partials)] if vectors else list(operands)[: len(partials)]
    if not partials or len(names) < len(partials):
        raise ValueError(f"the operation {quote(name)} has {len(partials)} partials for the operands "
                         f"{', '.join(operands)}; give one for each operand, and name the operands if there are more")
    if not isinstance(constants, Mapping) or not all(default is None or isinstance(default, Real)
                                                     for default in constants.values()):
        raise TypeError(f"the constants of the operation {quote(name)} must give each name a number or None, such as "
                        f"{{'c': 0.1}}, not {quote(constants)}")
    named = [*names, *constants]
    for i, operand in enumerate(named):
        if not re.fullmatch("[a-z][a-z0-9]*", operand) or operand in named[:i] or operand in {*_TAKEN, *ROWS}:
            raise ValueError(f"an operand of the operation {quote(name)} cannot be called {quote(operand)}; use small "
                             "letters and digits, each name once, and no name of a word, a row or the result")
    if bool(texts["kink"]) != bool(at_kink) or len(at_kink) > len(names):
        raise ValueError(f"the operation {quote(name)} needs both kink and at_kink, the partials chosen there, or "
                         "neither")
    return Row(value, dict(zip(names, partials, strict=True)), dict(constants), vectors=tuple(vectors),
               at_kink=dict(zip(names, at_kink, strict=False)), **texts)


def _list_rules(row: Row) -> tuple[object, ...]:
    """What a row computes, whatever its spaces and its names for people are."""
    texts = (row.value, *row.partials.values())
    return (*(ast.dump(ast.parse(text)) for text in texts), *row.partials, row.vectors, dict(row.constants))


def _suits_a_neuron(row: Row) -> bool:
    return len(row.partials) == 1 and not row.vectors and None not in row.constants.values()


def _check_partials(name: str, row: Row) -> None:
    """Compare every partial with differences of the value, where the value is defined."""
    compiled = compile_row(name, FLOATS, row)
    agreeing = 0
    for point, fixed in _draw_points(name, row):
        def f(*moved: float, fixed: Sequence[float] = fixed) -> float:
            return float(compiled.value(*group_operands(row, [*moved, *fixed])))

        groups = group_operands(row, [*point, *fixed])
        try:
            y = compiled.value(*groups)
            found = [partial(*groups, y) for partial in compiled.partials.values()]
            flat = [x for operand, d in zip(row.partials, found, strict=True)
                    for x in (d if operand in row.vectors else [d])]
            checks = gradcheck(f, point, gradient=flat) if isfinite(y) and all(map(isfinite, flat)) else ()
        except (ValueError, ArithmeticError):
            continue
        count = len(point) + len(fixed)
        for operand, check in zip(row.operand_names(count), checks, strict=False):
            if check.verdict == "differs":
                at = ", ".join(f"{n} = {v:.3g}"
                               for n, v in zip(name_operands(row, count), [*point, *fixed], strict=True))
                raise ValueError(
                    f"∂y/∂{operand} = {row.partials[operand]} is not the derivative of {row.value}: at {at} it is "
                    f"{check.automatic:.10g}, and differences give {check.numerical:.10g}")
        agreeing += bool(checks) and all(check.verdict == "agrees" for check in checks)
        if agreeing == _WANTED:
            return
    if agreeing < 5:
        raise ValueError(f"the operation {quote(name)} could be compared with differences at {agreeing} of {_TRIED} "
                         "points only, with operands between −3 and 3; write it so that more of them are in its domain")


def _check_kink(name: str, row: Row) -> None:
    """Compare the partials at the kink with those that are said to be chosen, at points of whole and half numbers."""
    compiled = compile_row(name, FLOATS, row)
    constants = [2.0 if default is None else float(default) for default in row.constants.values()]
    for point in product(_AT_KINKS, repeat=len(row.partials)):
        names = dict(zip(row.operands, [*point, *constants], strict=True)) | dict(FLOATS.words)
        try:
            if evaluate(row.kink, names):
                continue
            y = compiled.value(*point, *constants)
            found = {operand: compiled.partials[operand](*point, *constants, y) for operand in row.at_kink}
        except (ValueError, ArithmeticError):
            continue
        for operand, chosen in row.at_kink.items():
            if found[operand] != evaluate(chosen, names | {"y": y}):
                raise ValueError(f"∂y/∂{operand} at the kink {row.kink} = 0 is {found[operand]:g} by its partial "
                                 f"{row.partials[operand]}, and at_kink says {chosen}")


def _draw_points(name: str, row: Row) -> Iterator[tuple[list[float], list[float]]]:
    """Operands and constants, the same ones every time."""
    draw = random.Random(name)
    count = sum(_LENGTH if operand in row.vectors else 1 for operand in row.partials)
    for _ in range(_TRIED):
        constants = [draw.choice((0.5, 2.0, 3.0)) if default is None else default for default in row.constants.values()]
        yield [draw.choice(_NUMBERS) + draw.uniform(-0.1, 0.1) for _ in range(count)], [float(c) for c in constants]


