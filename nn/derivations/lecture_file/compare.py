"""A lecture's lines on its example, beside automatic differentiation of the same network."""

from collections.abc import Iterator
from os import PathLike
from typing import Any

from ..compared import Comparison, Entry, Equation, gather_numbers, make_row, sort_lines
from .critique import draw_numbers
from .derivation import Derivation
from .display import Display, list_entries
from .evaluation import UnreadableError
from .layout import Layout, Place
from .lecture import LectureFile
from .network import read_network
from .notation import Notation
from .problem import Example
from .reading import read_lecture

ORDER = ("pre", "post", "C", "delta", "dW", "db", "W_new", "b_new")


def compare_lecture(lecture: LectureFile, example: Example | None = None) -> Comparison:
    """The numbers of a lecture by its lines and by the engine.

    Raises:
        ValueError: a line cannot be read, or gives no number; the file has no example.
    """
    lecture.require_read()
    example = example or lecture.require_example()
    derivation, layout = lecture.derive(example), lecture.layout(example)
    by_engine = read_network(lecture, example)
    found = []
    for place in list_places(layout):
        own = _list_numbers(lecture, derivation, place, _gather(lecture, derivation, place))
        others = (list_entries(layout.read(numbers.of, place), place, layout) for numbers in by_engine)
        found += [(entry, *(number for *_, number in numbers)) for entry, *numbers in zip(own, *others, strict=True)]
    return Comparison(
        lecture.id,
        describe_settings(lecture, example),
        gather_numbers((entry, entry.value) for entry, *_ in found),
        gather_numbers((entry, engine) for entry, engine, *_ in found),
        tuple(sort_lines([make_row(*each) for each in found])),
        tuple(describe_conventions(lecture)),
        tuple(list_equations(lecture, example)),
        lecture.about,
        lecture.readings,
        _write_heading(lecture, example),
        lecture,
    )


def compare_file(path: "str | PathLike[str]", **settings: Any) -> Comparison:
    """``compare`` of the lecture in a file; ``seed`` draws other numbers.

    Raises:
        ValueError: another setting: the numbers stand in the file.
    """
    lecture, seed = read_lecture(path), settings.pop("seed", None)
    if settings:
        raise ValueError(f"{next(iter(settings))}: the numbers of a lecture file stand in its [example]")
    return compare_lecture(lecture, draw_numbers(lecture, seed) if seed is not None else None)


def list_places(layout: Layout) -> Iterator[Place]:
    """Every quantity that lines say something of, in the order of a derivation."""
    notation = layout.notation
    layers = range(layout.depth + 1)
    places = {kind: list(layout.list_places(kind)) for kind in ORDER if kind in notation.names}
    for l in layers:
        for kind in ("pre", "post"):
            yield from (place for place in places[kind] if place.layer == l)
    for kind in ORDER[2:]:
        yield from places.get(kind, ())


def _gather(lecture: LectureFile, derivation: Derivation, place: Place) -> Any:
    """The value by hand. Raises ValueError that names the line."""
    try:
        return derivation.value(place)
    except UnreadableError as error:
        statement, _ = derivation.find_line(place)
        where = (
            f"line {statement.number} of lines, {statement.text}" if statement.number else f"{derivation.write(place)}"
        )
        raise ValueError(f"{lecture.path}, {where}: {error}") from None


def _list_numbers(
    lecture: LectureFile, derivation: Derivation, place: Place, value: Any
) -> Iterator[Entry]:
    """Each number of a quantity."""
    display, layout = Display(lecture.notation, derivation.layout.depth), derivation.layout
    statement, known = derivation.find_line(place)
    last = {
        name: int(layout.notation.number("pre", layout.depth))
        for name, key in layout.notation.constants.items()
        if key == "last"
    }
    slots = layout.notation.slots(place.kind)
    layers = {name for (name, _), slot in zip(statement.patterns, slots, strict=True) if slot == "layer" and name}
    line = display.line(statement, {name: number for name, number in known.items() if name in layers} | last)
    formula = display.write(statement.right, {**known, **last})
    for units, sample, at, number in list_entries(value, place, layout):
        layer = None if place.kind == "C" else place.layer
        yield Entry(place.kind, layer, at, display.entry(place, units, sample), formula, line, number)


def describe_settings(lecture: LectureFile, example: Example) -> dict[str, Any]:
    """The numbers of an example under the lecture's letters, as the file has them."""
    notation, own = lecture.notation, lecture.notation.letters
    layout = lecture.layout(example)
    found: dict[str, Any] = {
        own["input"]: _plain(example.inputs, notation),
        own["target"]: _plain(example.targets, notation),
    }
    W = {l: layout.weights(matrix, example.biases[l]) for l, matrix in example.weights.items()}
    found[own["weight"]] = [w if isinstance(w, float) else w.tolist() for w in W.values()]
    if notation.bias == "own":
        found[own["bias"]] = [b.tolist() if notation.indices else float(b[0]) for b in example.biases.values()]
    found[own["rate"]] = example.rate
    return found | ({own["strength"]: example.strength} if lecture.problem.penalties else {})


def _plain(rows: Any, notation: Notation) -> Any:
    if notation.form == "scalars":
        return float(rows[0, 0])
    return rows.tolist() if notation.many else rows[0].tolist()


def _write_heading(lecture: LectureFile, example: Example) -> tuple[str, ...]:
    """The title, where it is from, and the numbers that were used."""
    lines, parts = [], []
    for name, value in describe_settings(lecture, example).items():
        text = f"{name} = {_format(value)}"
        if text.count("[") > 1:
            lines += text.replace("]], [[", "]],\n    [[").split("\n")
        else:
            parts.append(text)
    return (f"{lecture.title}: by hand and by autodiff", lecture.source, *lines, ", ".join(parts))


def _format(value: Any) -> str:
    return f"[{', '.join(map(_format, value))}]" if isinstance(value, list) else repr(float(value)).removesuffix(".0")


def list_equations(lecture: LectureFile, example: Example | None = None) -> Iterator[Equation]:
    """The lecture's lines as it writes them, then those that it leaves out."""
    depth = example.depth if example else None
    display = Display(lecture.notation, depth)
    derivation = lecture.derive(example) if example else None
    used = set()
    if derivation:
        for place in list_places(derivation.layout):
            used.add(id(derivation.find_line(place)[0]))
    for statement in lecture.all_lines:
        if statement.number or not used or id(statement) in used:
            kind = lecture.notation.kinds.get(statement.letter, statement.letter)
            yield Equation(kind, display.write(statement.left), display.write(statement.right))


def describe_conventions(lecture: LectureFile) -> list[str]:
    """What the file declares, as sentences."""
    notation, own, delta = lecture.notation, lecture.notation.letters, lecture.notation.delta
    sign, of = "−" if delta.sign < 0 else "", own[delta.of]
    one = (
        f" of one sample, without the 1/{own['count']} of the mean"
        if delta.one_sample and lecture.problem.over == "mean" and notation.many
        else ""
    )
    found = [f"{own['delta']} = {sign}∂{own['cost']}/∂{of}{one}."]
    if notation.form != "scalars":
        first = "the unit that it leads to" if notation.first == "target" else "the unit that it comes from"
        found.append(
            f"The first index of a weight is {first}"
            + (
                ", and a weight bears the number of the layer that it comes from."
                if notation.weight_number == "source"
                else "."
            )
        )
    if notation.batch:
        found.append(f"A line is about all {own['count']} samples at once, which are {notation.samples}.")
    if notation.bias != "own":
        found.append(
            {"none": "There are no biases."}.get(
                notation.bias, f"The biases are part of {own['weight']}: {notation.bias}."
            )
        )
    names = lecture.problem.activations
    layers = names[0] if len(names) == 1 else f"{', '.join(names[:-1])}, and {names[-1]} at the output"
    over = {"mean": ", its mean over the samples", "sum": ", its sum over the samples", "root": ", the root of its sum"}
    many = over[lecture.problem.over] if notation.many or lecture.problem.over == "root" else ""
    cost = lecture.problem.cost
    found.append(f"{own['cost']} is {cost.called or cost.name}{many}; the activation is {layers}.")
    return found

