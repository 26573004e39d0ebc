"""What is wrong in a line that raised an alarm, in a sentence that is true of its values."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

from ..lines import put_in
from .critique import Alarm, World, agree, find_alarm
from .derivation import bind, write_place
from .edits import Edit, list_edits
from .evaluation import NoPlaceError, UnreadableError
from .grammar import Statement
from .layout import Layout, Place, kind_at

_LIKELY = ("sign", "index", "letter", "transpose", "term", "factor", "product", "constant", "function")
_RATIOS = {-1.0: "−1 times", 2.0: "twice", 0.5: "half", -2.0: "−2 times", -0.5: "−1/2 times"}


def explain_alarm(alarm: Alarm, worlds: Sequence[World], among: Sequence[Statement]) -> Alarm:
    """The alarm with its sentence."""
    parts = [_describe_difference(alarm, worlds)]
    right = find_right_line(alarm.place, worlds[0])
    better = find_repair(alarm, right, worlds, among)
    sort = ""
    if better is not None:
        sort = better.sort
        parts.append(f"It would be right {better.words}.")
    elif right is not None and alarm.value is not None:
        same = find_edit(alarm.statement, right, alarm.place, worlds)
        ratio = find_ratio(alarm.statement, alarm.place, worlds)
        if same is not None:
            sort = same.sort
            parts.append(f"It is what {_write(right, alarm.place, worlds[0])} becomes {same.words}.")
        elif ratio is not None:
            parts.append(f"It is {ratio} the right one, {_write(right, alarm.place, worlds[0])}.")
        else:
            parts.append(f"A right line is {_write(right, alarm.place, worlds[0])}.")
    elif right is not None:
        parts.append(f"A right line is {_write(right, alarm.place, worlds[0])}.")
    sentence = " ".join(parts)
    if worlds[0].layout.notation.form == "scalars":
        sentence = re.sub(r"(\w+)\[(\d+)\]", r"\1\2", sentence)
    return replace(alarm, sentence=sentence, sort=sort)


def _describe_difference(alarm: Alarm, worlds: Sequence[World]) -> str:
    """What it gives, and what the rest gives, at the first number that differs."""
    import numpy as np

    layout = worlds[0].layout
    name = write_place(alarm.place, layout)
    if alarm.value is None:
        return f"It gives no value: {alarm.reason}."
    value, truth = np.asarray(alarm.value), np.asarray(alarm.truth)
    at = tuple(int(i) for i in np.unravel_index(int(np.argmax(np.abs(value - truth))), value.shape))
    entry = f" (entry {', '.join(str(i + 1) for i in at)})" if at else ""
    which = {"delta_output": ", the output,", "delta_hidden": "", "input": ", the input,"}.get(
        kind_at(alarm.place, layout.depth), "")
    return (
        f"On generic numbers {name}{which}{entry} is {value[at] + 0.0:.4g} by this line and "
        f"{truth[at] + 0.0:.4g} by all that the lecture declares."
    )


def _write(right: Statement, place: Place, world: World) -> str:
    """A right line as the file would have it; in a lecture of scalars with the numbers of its layers."""
    known = bind(right, place, world.layout, world.context) or {}
    if world.layout.notation.form != "scalars":
        return right.text
    return " = ".join(ast.unparse(put_in(ast.unparse(side), known)) for side in (right.left, right.right))


def find_repair(alarm: Alarm, right: Statement | None, worlds: Sequence[World],
                among: Sequence[Statement]) -> Edit | None:
    """The first single change after which a line is right wherever it says something: the likeliest first."""
    statement, world = alarm.statement, worlds[0]
    edits = sorted(list_edits(statement.right, world.layout.notation), key=lambda edit: _LIKELY.index(edit.sort))
    for edit in [*edits, *list_missing_factors(alarm, right, world)]:
        changed = statement.replace(edit.right)
        try:
            if find_alarm(changed, worlds, among) is None:
                return edit
        except UnreadableError:
            continue
    return None


def list_missing_factors(alarm: Alarm, right: Statement | None, world: World) -> Iterator[Edit]:
    """A line times each factor that it may lack: those of the right line, and in scalars every quantity."""
    notation, factors = world.layout.notation, []
    if notation.form == "scalars":
        names, f, layers = notation.names, notation.letters["activation"], range(1, world.layout.depth + 1)
        factors = [text for l in layers for text in (f"{names['W']}[{l}]", f"d{f}({names['pre']}[{l}])",
                                                     f"{names['post']}[{l}]")] + [names["x"]]
    elif right is not None:
        renamed = dict(zip((name for name, _ in right.patterns), (name for name, _ in alarm.statement.patterns),
                           strict=False))
        factors = [ast.unparse(_Rename(renamed).visit(deepcopy(node))) for node in ast.walk(right.right)
                   if isinstance(node, ast.Subscript | ast.Call)]
    for factor in dict.fromkeys(factors):
        tree = ast.parse(factor, mode="eval").body  # which is only parsed
        yield Edit(ast.BinOp(alarm.statement.right, ast.Mult(), tree), f"times {factor}", "factor")


class _Rename(ast.NodeTransformer):
    """Other names of indices."""

    def __init__(self, names: Mapping[str | None, str | None]) -> None:
        self.names = names

    def visit_Name(self, name: ast.Name) -> ast.expr:
        return ast.Name(self.names.get(name.id) or name.id)


def find_right_line(place: Place, world: World) -> Statement | None:
    """A line about a place that is right there: of the general statement, with the fewest open indices."""
    found: list[tuple[Statement, Mapping[str, int]]] = []
    for statement in world.lecture.template:
        known = bind(statement, place, world.layout, world.context)
        if known is not None:
            found.append((statement, known))
    for statement, indices in sorted(found, key=lambda pair: len(pair[1])):
        try:
            if agree(world.apply(statement.right, place, indices), world.truth(place)):
                return statement
        except (NoPlaceError, UnreadableError):
            continue
    return None


def find_edit(statement: Statement, right: Statement, place: Place, worlds: Sequence[World]) -> Edit | None:
    """The single change of the right line that gives what a line gives, in every world."""
    for edit in list_edits(right.right, worlds[0].layout.notation):
        if all(_same(edit.right, statement, right, place, world) for world in worlds):
            return edit
    return None


def _same(changed: ast.expr, statement: Statement, right: Statement, place: Place, world: World) -> bool:
    own, other = (bind(line, place, world.layout, world.context) for line in (statement, right))
    if own is None or other is None:
        return False
    try:
        value = world.apply(statement.right, place, own)
        found = world.apply(changed, place, other)
    except (NoPlaceError, UnreadableError):
        return False
    return agree(found, value)


def find_ratio(statement: Statement, place: Place, worlds: Sequence[World]) -> str | None:
    """How many times the right value a line gives, where that is the same number everywhere."""
    import numpy as np

    ratios: list[Any] = []
    for world in worlds:
        known = bind(statement, place, world.layout, world.context)
        if known is None:
            return None
        try:
            value, truth = np.asarray(world.apply(statement.right, place, known)), np.asarray(world.truth(place))
        except (NoPlaceError, UnreadableError):
            return None
        kept = np.abs(truth) > 1e-12
        if not kept.any() or not agree(value[~kept], truth[~kept]):
            return None
        ratios += (value[kept] / truth[kept]).ravel().tolist()
    first = ratios[0]
    if not np.allclose(ratios, first, rtol=1e-9, atol=0):
        return None
    return _name_ratio(first, worlds[0].layout)


def _name_ratio(found: float, layout: Layout) -> str:
    """A ratio in words: twice, N² times, or as many times as there are outputs."""
    N, n = layout.count, layout.widths[-1]
    letter = layout.notation.letters["count"]
    named = dict(_RATIOS)
    if N > 1:
        powers = {f"{letter}": N, f"{letter}²": N**2, f"2{letter}": 2 * N, f"{letter}/2": N / 2, f"1/{letter}": 1 / N,
                  f"1/{letter}²": 1 / N**2, f"2/{letter}": 2 / N, f"1/(2{letter})": 1 / (2 * N)}
        named |= {number: f"{word} times" for word, number in powers.items()}
        named |= {-number: f"−{word} times" for word, number in powers.items()}
    if n > 1:
        named = {float(n): f"{n} times, as many as there are outputs,", 1 / n: f"1/{n} times, for {n} outputs,"} | named
    return next((word for ratio, word in named.items() if abs(ratio - found) < 1e-9), f"{found:.4g} times")


