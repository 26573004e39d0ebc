"""``check`` of a derivation in the notation of a lecture file.

A line is judged on generic numbers with the true value of everything else, so a right line after a wrong one is right.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ...ground.suggest import unknown_name
from ..lecture_file.compare import ORDER, describe_settings
from ..lecture_file.critique import World, draw_numbers, find_alarm, list_numbered_layers, make_worlds
from ..lecture_file.declarations import list_declarations
from ..lecture_file.display import Display
from ..lecture_file.evaluation import UnreadableError
from ..lecture_file.explain import explain_alarm, find_right_line
from ..lecture_file.grammar import Statement
from ..lecture_file.layout import kind_at
from ..lecture_file.lecture import LectureFile
from ..lecture_file.reading import parse_line, read_lecture
from .file_numbers import Numbers, is_number, parse_name
from .telling.verdicts import Diagnosis, Verdict

_KINDS = ("pre", "post", "C", "delta_output", "delta_hidden", "dW", "db", "W_new", "b_new")


def check_file(path: str, derivation: Mapping[str, Any], seed: int | None = None) -> Diagnosis:
    """The diagnosis of a derivation; see ``check``. ``seed`` draws other numbers, as those of a worksheet.

    Raises:
        ValueError: what was handed in names no quantity of the lecture, is no line, or has another shape.
    """
    lecture = read_lecture(path)
    example = draw_numbers(lecture, seed) if seed is not None else lecture.example
    lines, numbers = _sort_answers(lecture, derivation)
    verdicts, notes = _judge_lines(lecture, lines)
    if numbers:
        if example is None:
            lecture.require_example()
        else:
            verdicts |= Numbers(lecture, example, numbers).judge()
    order = sorted(verdicts, key=lambda name: _find_rank(lecture, name, lines))
    settings = describe_settings(lecture, example) if example else {}
    return Diagnosis(path, settings, {name: verdicts[name] for name in order}, notes)


def _judge_lines(lecture: LectureFile, lines: Mapping[str, tuple[Statement, str]]) -> tuple[
        dict[str, Verdict], tuple[str, ...]]:
    """A verdict for each line; under another convention of δ, and a note, where all lines keep to one."""
    depth = _find_depth(lecture, [statement for statement, _ in lines.values()])
    worlds = make_worlds(lecture, depth=depth)
    verdicts = {name: _judge_line(lecture, name, line, given, worlds) for name, (line, given) in lines.items()}
    kinds = {lecture.notation.kinds[statement.letter] for statement, _ in lines.values()}
    if all(verdict.right for verdict in verdicts.values()) or not ("delta" in kinds and kinds & {"dW", "db", "W_new"}):
        return verdicts, ()
    for other in list_declarations(lecture):
        if other.words.startswith("delta"):
            worlds = make_worlds(other.lecture, depth=depth)
            judged = {name: _judge_line(other.lecture, name, line, given, worlds)
                      for name, (line, given) in lines.items()}
            if all(verdict.right for verdict in judged.values()):
                words = other.words.removesuffix(" in [notation]")
                return judged, (f"All lines keep to another convention, {words}, which is no mistake.",)
    return verdicts, ()


def _find_depth(lecture: LectureFile, statements: Sequence[Statement]) -> int | None:
    """The depth of the network that lines are about: that of the lecture's example where they number its layers."""
    layers = list_numbered_layers(lecture.notation, statements)
    return max(*layers, lecture.example.depth if lecture.example else 0) if any(layers) else None


def _sort_answers(lecture: LectureFile, derivation: Mapping[str, Any]) -> tuple[
        dict[str, tuple[Statement, str]], dict[str, Any]]:
    """Lines by their left side, and numbers by their name."""
    lines: dict[str, tuple[Statement, str]] = {}
    numbers: dict[str, Any] = {}
    for name, value in derivation.items():
        if name == "lines" and isinstance(value, str):
            for text in filter(None, (line.partition("#")[0].strip() for line in value.splitlines())):
                left = text.partition("=")[0].strip()
                lines[left] = (_parse(lecture, text, left), text)
        elif isinstance(value, str) and not is_number(value):
            left = _find_left(lecture, name)
            lines[name] = (_parse(lecture, f"{left} = {value}", name), value)
        else:
            numbers[name] = value
    return lines, numbers


def _parse(lecture: LectureFile, text: str, name: str) -> Statement:
    try:
        statement = parse_line(text, lecture.notation, lecture.problem, 0)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
    kinds = [kind for kind in lecture.notation.kinds if lecture.notation.kinds[kind] not in ("x", "y", "W", "b")]
    if statement.letter not in kinds:
        raise unknown_name("quantity", statement.letter, kinds)
    return statement


def _find_left(lecture: LectureFile, name: str) -> str:
    """The left side that a name such as delta_hidden stands for; a left side as it is."""
    if name not in _KINDS:
        return name
    world = make_worlds(lecture, (1,))[0]
    for statement in lecture.template:
        for place, _ in world.list_places(statement, lecture.template):
            if kind_at(place, world.layout.depth) == name:
                return statement.text.partition(" = ")[0]
    raise unknown_name("quantity", name, [kind for kind in _KINDS if kind in lecture.notation.names])


def _find_rank(lecture: LectureFile, name: str, lines: Mapping[str, tuple[Statement, str]]) -> tuple[int, int]:
    """Where a quantity stands in a derivation: forward, C, δ from the output down, gradients, updates."""
    if name in lines:
        kind = lecture.notation.kinds[lines[name][0].letter]
        hidden = kind == "delta" and not any(
            index in lecture.notation.constants for index, _ in lines[name][0].patterns
        )
        return ORDER.index(kind), int(hidden)
    kind, layer, _ = parse_name(lecture, name)
    return ORDER.index(kind), -layer if kind == "delta" else layer


def _judge_line(lecture: LectureFile, name: str, statement: Statement, given: str, worlds: Sequence[World]) -> Verdict:
    display = Display(lecture.notation)
    symbol = display.write(statement.left)
    try:
        alarm = find_alarm(statement, worlds, lecture.template)
    except UnreadableError as error:
        raise ValueError(f"{name}: {error}") from None
    given = given.partition(" = ")[2] if " = " in given else given
    if alarm is None:
        return Verdict(
            name, symbol, True, False, (), f"{symbol} is right.", given, given, "formula", decided_by="value"
        )
    right = find_right_line(alarm.place, worlds[0])
    expected = display.line(right).partition(" = ")[2] if right else ""
    found = explain_alarm(alarm, worlds, lecture.template)
    sort, said = found.sort, found.sentence
    return Verdict(name, symbol, False, False, (sort,) if sort else (), f"{symbol}: {said}", given, expected, "formula",
                   f"Look at {symbol}.", f"{symbol}: {sort or 'another line'}.",
                   decided_by=f"change {sort}" if sort else "unknown")
