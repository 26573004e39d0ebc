"""Read a lecture's TOML file. Every key is known, every error says where it is and names the nearest known word."""

import ast
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from os import PathLike, fspath
from pathlib import Path
from typing import Any

from autograd_lite.internal import quote

from ...costs import Cost
from ...costs.cost_rows import OVER, TARGETS
from ...ground.activations import LAYER_ACTIVATIONS, PROBABILITIES, require_activation
from ...ground.suggest import unknown_name
from ...ground.toml_files import read_toml
from .abbreviations import define, find_used, put_in
from .functions import ELEMENTWISE
from .grammar import REDUCTIONS, Statement, parse_statement
from .lecture import LectureFile, Unread
from .notation import (
    BIASES,
    COUNTS,
    INDICES,
    LETTERS,
    NUMBERS,
    ORDERS,
    SAMPLES,
    Notation,
    check_letters,
    parse_delta,
    require_one_of,
)
from .numbers import adopt_example, read_example
from .problem import PENALTIES, Problem
from .rows import find_file_cost, make_file_cost
from .second_reading import find_first, merge_readings, replace_lines
from .text import keep_terms, normalise_letters, normalise_line, split_layers, write_products

TOP = ("id", "reading_of", "title", "source", "about", "readings", "letters", "notation", "problem", "cost", "example")
NOTATION = ("indices", "samples", "weights", "weight_number", "input_layer", "count", "bias", "delta")
PROBLEM = ("cost", "over", "activations", "penalties", "penalise", "outputs", "lines")
COST = ("name", "each", "slope", "over", "targets", "through")
MOST_LINES = 60


def read_lecture(path: "str | PathLike[str]") -> LectureFile:
    """The lecture in a file.

    Raises:
        ValueError: it is no TOML, or holds an unknown key, letter, cost or activation (names the nearest, and the
        place); OSError: it cannot be read.
    """
    name, table = fspath(path), read_toml(path)
    try:
        return _make_lecture(name, table)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{name}: {error}") from None


def _make_lecture(path: str, table: Mapping[str, Any]) -> LectureFile:
    if {"leaves", "nodes"} & set(table):
        raise ValueError("it is a worked example, which has [leaves] and [nodes]; compare, step, draw, page and matrix "
                         "take it, and Example.read in Python")
    if table and not set(table) & set(TOP):
        raise ValueError("it has no key of a lecture, such as letters, notation or problem; answers to a lecture are "
                         "judged by check FILE --lecture LECTURE")
    _check_keys(table, TOP, "the file")
    (table, written), first = merge_readings(path, table), find_first(path, table)
    texts = {key: _require_text(table.get(key, ""), key) for key in ("id", "title", "source", "about")}
    readings = table.get("readings", [])
    if not isinstance(readings, list) or not all(isinstance(reading, str) for reading in readings):
        raise ValueError("readings is a list of sentences")
    notation = _read_notation(_require_table(table, "notation"), _require_table(table, "letters"))
    own = _require_table(table, "problem")
    problem = _read_problem(own, _require_table(table, "cost"))
    _check_problem(problem, notation)
    if problem.outputs == 1 and notation.slots("y") == ("unit",):
        y = notation.letters["target"]
        notation = replace(notation, abbreviations={y: parse_statement(f"{y} = {y}[1]").right})
    notation, statements, unread, abbreviations = _read_readings(written, notation, problem)
    example = read_example(_require_table(table, "example"), notation, problem) if "example" in table else None
    if first is not None and (taken := read_lecture(first).example) is not None:
        example = adopt_example(taken, notation, problem)
    id = texts["id"] or Path(path).stem
    return LectureFile(
        path,
        id,
        texts["title"] or id,
        texts["source"],
        texts["about"],
        tuple(readings),
        notation,
        problem,
        statements,
        unread,
        example,
        abbreviations,
    )


def _require_table(table: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = table.get(name, {})
    if not isinstance(found, dict):
        raise ValueError(f"[{name}] is a table of keys and values, not {quote(found)}")
    return found


def _require_text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{where} is a text, not {quote(value)}")
    return value


def _check_keys(table: Mapping[str, Any], known: Collection[str], where: str) -> None:
    for key in table:
        if key not in known:
            raise unknown_name(f"key in {where}", key, known)


def _read_notation(table: Mapping[str, Any], own: Mapping[str, Any]) -> Notation:
    _check_keys(own, LETTERS, "[letters]")
    _check_keys(table, NOTATION, "[notation]")
    indices = table.get("indices", ["layer"])
    if not isinstance(indices, list) or len(set(map(str, indices))) < len(indices):
        raise ValueError('[notation] indices is a list of different words, such as ["unit", "layer"]')
    for index in indices:
        require_one_of(index, INDICES, "index in [notation] indices")
    if indices and "layer" not in indices:
        raise ValueError('[notation] indices has no "layer"; only a lecture of scalars, indices = [], has none')
    samples = require_one_of(table["samples"], SAMPLES, "[notation] samples") if "samples" in table else ""
    if samples and not indices:
        raise ValueError(
            "[notation] samples has no meaning with indices = []; a lecture of scalars is about one sample"
        )
    large = "unit" not in indices and bool(indices)
    letters = {**LETTERS, **({"input": "X", "target": "Y"} if large else {})}
    letters |= {"weight": "w"} if not indices and "w" not in own.values() else {}
    for key, letter in own.items():
        letters[key] = normalise_letters(_require_text(letter, f"[letters] {key}"))
    order = require_one_of(table.get("weights", ORDERS[0]), ORDERS, "[notation] weights")
    bias = require_one_of(table.get("bias", "own"), BIASES, "[notation] bias")
    if "unit" in indices and bias == "last column":
        raise ValueError(
            "[notation] bias = 'last column' needs matrices; with an index for the unit, give the bias the index 0"
        )
    if not indices and bias in BIASES[1:4]:
        raise ValueError(f"[notation] bias = {quote(bias)} has no meaning in a lecture of scalars; it is own or none")
    first = table.get("input_layer", 0)
    if isinstance(first, bool) or first not in (0, 1):
        raise ValueError(f"[notation] input_layer is 0 or 1, not {quote(first)}")
    check_letters(letters, bias)
    phrase = _require_text(table.get("delta", f"∂{letters['cost']}/∂{letters['pre']}"), "[notation] delta")
    number = require_one_of(table.get("weight_number", "target"), NUMBERS, "[notation] weight_number")
    count = require_one_of(table.get("count", "up"), COUNTS, "[notation] count")
    return Notation(letters, tuple(indices), samples, order.partition(",")[0], number, first, count, bias,
                    parse_delta(phrase, letters))


def _read_problem(table: Mapping[str, Any], own: Mapping[str, Any]) -> Problem:
    _check_keys(table, PROBLEM, "[problem]")
    cost = _read_cost(own) if own else find_file_cost(table.get("cost", "half_squared_error"))
    if own and table.get("cost", cost.name) != cost.name:
        raise ValueError("[problem] cost names another cost than the one of [cost]; leave it out")
    given = table.get("activations", ["sigmoid"])
    names = [given] if isinstance(given, str) else given
    if not isinstance(names, list) or not names:
        raise ValueError('[problem] activations is a list of names, such as ["tanh", "softmax"]')
    activations = tuple(require_activation(name, of_layer=True) for name in names)
    for name in activations[:-1]:
        if name in LAYER_ACTIVATIONS:
            raise ValueError(f"[problem] activations: {name} is for the output, the last of them")
    over = require_one_of(table.get("over", cost.over), OVER, "[problem] over")
    penalties = table.get("penalties", {})
    if not isinstance(penalties, dict):
        raise ValueError("[problem] penalties is a table, such as {l2 = 0.5} for (λ/2)Σw²")
    for name, factor in penalties.items():
        require_one_of(name, PENALTIES, "penalty in [problem] penalties")
        if isinstance(factor, bool) or not isinstance(factor, int | float) or not 0 < factor < 1e6:
            raise ValueError(
                f"[problem] penalties.{name} is what stands before λ, a positive number, not {quote(factor)}"
            )
    outputs = table.get("outputs")
    if outputs is not None and (isinstance(outputs, bool) or not isinstance(outputs, int) or not 1 <= outputs <= 100):
        raise ValueError(f"[problem] outputs is a number of units, not {quote(outputs)}")
    penalise = require_one_of(table.get("penalise", "weights"), ("weights", "all"), "[problem] penalise")
    return Problem(
        cost, over, activations, {name: float(factor) for name, factor in penalties.items()}, penalise, outputs
    )


def _check_problem(problem: Problem, notation: Notation) -> None:
    output, targets = problem.activations[-1], problem.cost.targets
    if (problem.over == "root") != (problem.cost.over == "root"):
        raise ValueError("[problem] over: only a cost of a root is reduced by one")
    if problem.over == "root" and problem.penalties:
        raise ValueError("[problem] a cost with a root takes no penalty in a lecture file; leave penalties out, or "
                         "choose another cost")
    suited = {"classes": LAYER_ACTIVATIONS, "probabilities": PROBABILITIES}.get(targets, (output,))
    if output not in suited:
        needed = "softmax" if targets == "classes" else "sigmoid"
        raise ValueError(
            f"[problem] {problem.cost.name} needs outputs between 0 and 1: let the last of activations be {needed}, "
            f"not {output}"
        )
    if output in LAYER_ACTIVATIONS and (not notation.indices or problem.outputs == 1):
        raise ValueError(f"[problem] {output} of one output is 1 whatever it gets; use sigmoid")


def _read_cost(table: Mapping[str, Any]) -> Cost:
    _check_keys(table, COST, "[cost]")
    for key in ("each", "slope"):
        if key not in table:
            raise ValueError(
                f"[cost] needs {key}, a formula in h and y; each is what an output adds, slope its derivative by h"
            )
    through = table.get("through", {})
    if not isinstance(through, dict):
        raise ValueError('[cost] through is a table, such as {softmax = "h - y"}')
    for name in through:
        require_activation(name, of_layer=True)
    each, slope = (normalise_line(_require_text(table[key], f"[cost] {key}")) for key in ("each", "slope"))
    return make_file_cost(
        _require_text(table.get("name", "own cost"), "[cost] name"), each, slope,
        require_one_of(table.get("over", "mean"), OVER, "[cost] over"),
        require_one_of(table.get("targets", "numbers"), TARGETS, "[cost] targets"),
        {name: normalise_line(_require_text(text, f"[cost] through.{name}")) for name, text in through.items()})


def _read_lines(
    text: str, notation: Notation, problem: Problem
) -> tuple[Notation, tuple[Statement, ...], tuple[Unread, ...], tuple[Statement, ...]]:
    """The notation with the letters that lines define, the lines, those that cannot be read, and those that define."""
    statements: list[Statement] = []
    unread: list[Unread] = []
    defined: list[Statement] = []
    used: set[str] = set()
    lines = [line for line in (line.partition("#")[0].strip() for line in text.splitlines()) if line]
    if len(lines) > MOST_LINES:
        raise ValueError(f"[problem] lines has {len(lines)} lines; at most {MOST_LINES} are read")
    for number, line in enumerate(lines, start=1):
        try:
            written = _parse_line(line, notation, problem, number)
            statement = put_in(written, notation)
        except ValueError as error:
            unread.append(Unread(number, line, str(error)))
            continue
        used |= find_used(written, notation)
        other = define(statement, notation)
        (statements if other is notation else defined).append(statement)
        notation = other
    idle = [statement for statement in defined if ast.unparse(statement.left) not in used]
    found = sorted([*statements, *idle], key=lambda statement: statement.number)
    return notation, tuple(found), tuple(unread), tuple(line for line in defined if line not in idle)


def _read_readings(
    texts: Sequence[str], notation: Notation, problem: Problem
) -> tuple[Notation, tuple[Statement, ...], tuple[Unread, ...], tuple[Statement, ...]]:
    """The same of a lecture and the readings that it builds on, whose lines stand where it has none of that kind."""
    found: tuple[Statement, ...] = ()
    unread: tuple[Unread, ...] = ()
    defined: tuple[Statement, ...] = ()
    for text in reversed(texts):
        notation, own, failed, named = _read_lines(_require_text(text, "[problem] lines"), notation, problem)
        found, unread, defined = replace_lines(found, own, notation), failed + unread, defined + named
    return notation, found, unread, defined


def parse_line(line: str, notation: Notation, problem: Problem, number: int) -> Statement:
    """One line in the letters of a notation. Raises ValueError where it cannot be read."""
    return put_in(_parse_line(line, notation, problem, number), notation)


def _parse_line(line: str, notation: Notation, problem: Problem, number: int) -> Statement:
    """The same as its author writes it."""
    on = {*problem.penalties, *(["b"] if notation.bias != "none" else []), *(["penalty"] if problem.penalties else [])}
    letters = _list_numbered_letters(notation) if notation.indices in ((), ("layer",)) else []
    written = keep_terms(line, on, {"b", "penalty", *PENALTIES})
    cost, f = notation.letters["cost"], notation.letters["activation"]
    written = re.sub(rf"\bd{re.escape(cost)}\s*/\s*d(?=[^\W\d])", f"∂{cost}/∂", written)
    if not notation.indices or "unit" in notation.indices:  # numbers, of which two side by side are a product
        written = write_products(written, {f, f"d{f}", *ELEMENTWISE, *REDUCTIONS, "units"})
    return parse_statement(split_layers(normalise_line(written), letters), number, line)


def _list_numbered_letters(notation: Notation) -> list[str]:
    """Letters that may bear the number of their layer without brackets: Z2, dW1."""
    own, f = notation.letters, notation.letters["activation"]
    found = [own[key] for key in ("pre", "post", "delta", "weight", "bias")]
    return [*found, f"d{own['weight']}", f"d{own['bias']}", f, f"d{f}"]

