"""What was handed in for a lecture file: lines by their left side, and numbers by their name."""

import ast
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from autograd_lite.internal import quote

from ....ground.suggest import unknown_name
from ...lecture_file.compare import ORDER
from ...lecture_file.grammar import Statement
from ...lecture_file.layout import kind_at
from ...lecture_file.lecture import LectureFile
from ...lecture_file.reading import parse_line
from ...lectures.layered import Place
from ..reading.answers import Given, Numbers
from ..reading.number_entries import describe_shape
from ..reading.vocabulary import Quantity
from ..reading.written_numbers import format_written, is_number, read_written_numbers, to_arrays
from .lecture import OwnLecture, make_probe
from .world import FileWorld, judged_place

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ....ground.arrays import Floats

    Texts = NDArray[np.object_]

_KINDS = ("pre", "post", "C", "delta_output", "delta_hidden", "dW", "db", "W_new", "b_new")
_GIVEN = ("x", "y", "W", "b")


def sort_entries(file: LectureFile, derivation: Mapping[str, Given]) -> tuple[
        dict[str, tuple[Statement, str]], dict[str, Given]]:
    """Lines by their left side, and numbers by their name."""
    lines: dict[str, tuple[Statement, str]] = {}
    numbers: dict[str, Given] = {}

    def add(name: str, statement: Statement, text: str) -> None:
        same = [other for other, (line, _) in lines.items() if ast.dump(line.left) == ast.dump(statement.left)]
        if same:
            raise ValueError(f"{name} is given twice{f', also as {same[0]}' if same[0] != name else ''}; leave one out")
        lines[name] = (statement, text)

    for key, value in derivation.items():
        name = str(key)
        if name == "lines" and isinstance(value, str):
            for text in filter(None, (line.partition("#")[0].strip() for line in value.splitlines())):
                left = re.split(r"(?<![<>=!:])(?::=|=|←)(?!=)", text)[0].strip()
                add(left, _parse(file, text, left), text)
        elif callable(value):
            raise TypeError(f"{name} is a function, and lines of a lecture file have indices that no argument has; "
                            "write the line as text, in the letters of the file")
        elif isinstance(value, Mapping):
            numbers |= {f"{name}[{layer}]": inner for layer, inner in value.items()}
        elif isinstance(value, str) and not is_number(value):
            left = _find_left(file, name)
            text = value if re.match(rf"\s*{re.escape(left)}\s*=(?!=)", value) else f"{left} = {value}"
            add(name, _parse(file, text, name), value)
        elif isinstance(value, str) and any(isinstance(v, str) and not is_number(v) for v in derivation.values()) and (
                _is_line(file, name)):
            left = _find_left(file, name)
            add(name, _parse(file, f"{left} = {value}", name), value)
        else:
            numbers[name] = value
    return lines, numbers


def _is_line(file: LectureFile, name: str) -> bool:
    """Whether a key is the left side of a line for any layer, or a name for one: then even 0 is a formula."""
    if re.fullmatch(r"(\w+)\[\d+\](\[[\d, ]+\])?", name):
        return False
    try:
        statement = _parse(file, f"{_find_left(file, name)} = 0", name)
    except ValueError:
        return False
    return any(index is not None for index, _ in statement.patterns)


def _parse(file: LectureFile, text: str, name: str) -> Statement:
    notation = file.notation
    try:
        statement = parse_line(_normalise_powers(text), notation, file.problem, 0)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
    known = [letter for letter, kind in notation.kinds.items() if kind not in _GIVEN]
    if statement.letter not in known:
        raise unknown_name("quantity", statement.letter, known)
    return statement


def _normalise_powers(text: str) -> str:
    """A line with ^T and ^2 as they are typed, and := or ← for =."""
    text = re.sub(r"\^\s*\{?(?:T|⊤|\\top)\b\}?", "ᵀ", text.replace(":=", "=").replace("←", "="))
    return re.sub(r"\^(?=\s*\(?\d)", "**", text)


def _find_left(file: LectureFile, name: str) -> str:
    """The left side that a name such as delta_hidden stands for; a left side as it is."""
    own = file.notation.kinds.get(name)
    if name not in _KINDS or (own is not None and (own != name or not file.notation.slots(own))):
        return name
    world = make_probe(file, 2)
    for statement in file.template:
        for place, _ in world.list_places(statement, file.template):
            if kind_at(place, world.layout.depth) == name:
                return statement.text.partition(" = ")[0]
    raise unknown_name("quantity", name, [kind for kind in _KINDS if kind.partition("_")[0] in file.notation.names])


def parse_name(file: LectureFile, name: str) -> tuple[str, int, tuple[int, ...] | None]:
    """``delta[2]``, ``dW[1][0, 2]``, or a left side with numbers alone: its kind, neutral layer, and entry if one.

    Raises:
        ValueError: it is none of these.
    """
    found = re.fullmatch(r"(\w+)(?:\[(\d+)\](?:\[([\d, ]+)\])?)?", name)
    if found and found[1] in ORDER and found[1] in file.notation.names and (found[2] or found[1] == "C"):
        entry = tuple(int(part) for part in found[3].split(",")) if found[3] else None
        return found[1], int(found[2] or 0), entry
    try:
        statement = parse_line(f"{name} = 0", file.notation, file.problem, 0)
        kind = file.notation.kinds[statement.letter]
        index = [number for letter, number in statement.patterns if letter is None]
        slots = file.notation.slots(kind)
        if kind == "C" and not statement.patterns:
            return kind, 0, None
        if kind in _GIVEN or len(index) != 1 or "layer" not in slots or len(statement.patterns) != 1:
            raise ValueError
        return kind, file.notation.layer(kind, index[0]), None
    except (ValueError, KeyError):
        known = [f"{kind}[1]" if kind != "C" else kind for kind in ORDER if kind in file.notation.names]
        raise ValueError(
            f"{quote(name)} is no quantity of {file.id} that numbers can be given for; they are named as "
            f"{', '.join(known)}, nested as in compare"
        ) from None


def find_quantity(lecture: OwnLecture, name: str) -> list[tuple[str, int | None]]:
    """The kinds and layers that a name covers in the lecture's example; biases with the index 0 are db and b_new.

    Raises:
        ValueError: it is no quantity of the lecture.
    """
    file = lecture.file
    try:
        kind, layer, _ = parse_name(file, name)
        return [(judged_place(kind, layer, file).kind, None if kind == "C" else layer)]
    except ValueError:
        statement = _parse(file, f"{_find_left(file, name)} = 0", name)
    kind = file.notation.kinds[statement.letter]
    index = dict(zip(file.notation.slots(kind), statement.patterns, strict=False))
    world = lecture.probe(lecture.depth)
    layers = dict.fromkeys(place.layer for place, _ in world.list_places(statement, file.template))
    if not layers:
        raise ValueError(f"{name} is about no layer of {file.id}")
    own = kind.replace("W", "b") if index.get("source") == (None, 0) else kind
    of_biases = own.startswith(("db", "b_"))
    return [(own if of_biases else judged_place(own, layer, file).kind, None if kind == "C" else layer)
            for layer in layers]


def read_numbers(lecture: OwnLecture, world: FileWorld, given: Mapping[str, Given]) -> Iterator[Numbers]:
    """The numbers of each quantity, under the first name that was given for it."""
    import numpy as np

    found: dict[Place, tuple[str, Floats, Floats, Texts]] = {}
    for name, value in given.items():
        kind, layer, entry = parse_name(lecture.file, name)
        place = judged_place(kind, layer, lecture.file)
        if place not in world.truth or place == Place("post", 0):
            raise ValueError(f"{name}: there is no such layer")
        wanted = _hand_shape(lecture, place, np.shape(world.to_lecture(place.kind, world.truth[place])))
        if place not in found:
            found[place] = (name, np.full(wanted, np.nan), np.zeros(wanted), np.full(wanted, "", dtype=object))
        _, numbers, half, texts = found[place]
        try:
            written = read_written_numbers(value)
        except (TypeError, ValueError) as error:
            said = str(error).replace("a formula, a function, ", "a line, ")
            raise type(error)(f"{name}: {said}") from None
        own, own_half = to_arrays(written, name)
        at = entry if entry is not None and own.size == 1 else ()
        if at and (len(at) != len(wanted) or any(i >= n for i, n in zip(at, wanted, strict=True))):
            raise ValueError(f"there is no {name}: there are {describe_shape(wanted)}, counted from 0")
        if not at and own.shape != wanted and not own.size == numbers.size == 1:
            raise ValueError(f"{name} needs {describe_shape(wanted)}, nested as in compare, and was given "
                             f"{describe_shape(own.shape)}")
        if not np.isnan(numbers[at]).all():
            raise ValueError(f"{name} is given twice; leave one out")
        numbers[at] = own.reshape(()) if at else own.reshape(wanted)
        half[at] = own_half.reshape(()) if at else own_half.reshape(wanted)
        texts[at] = format_written(written) if at or not wanted else np.array(
            [f"{x}" for x in np.ravel(np.array(written, dtype=object))], dtype=object).reshape(wanted)
    for place, (name, numbers, half, texts) in found.items():
        yield Numbers(Quantity(name, (place,)), numbers, half, format_written(texts.tolist()))


def _hand_shape(lecture: OwnLecture, place: Place, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape in ``Comparison.hand``, which has lists of one number where each quantity is one."""
    if lecture.file.notation.form != "scalars" or place.kind == "C":
        return shape
    return (1, 1) if place.kind in ("dW", "W_new") else (1,)
