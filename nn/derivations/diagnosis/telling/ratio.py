"""The description of an unknown mistake: the ratio of the answer to the right value, and what it depends on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import log10
from typing import TYPE_CHECKING, Any

from autograd_lite.internal import format_number

from ...lectures.layered import Place
from ...settings import Array, Number
from ..judging.error_propagation import OWN, Base, apply_rule, is_close, make_base
from ..judging.judge import Judgement
from ..judging.student import Failed, Student
from ..reading.answers import Numbers
from ..reading.vocabulary import Quantity
from .symbols import write_quantity

if TYPE_CHECKING:
    from ....arrays import Floats

_SAME = 1e-6
_DIGITS = 1e-4  # a ratio this close to 1 has been written with more digits than it had
_NEAR = 0.1  # a ratio this close to 1 may come of rounding


def describe_ratio(judgement: Judgement, students: Sequence[Student]) -> str:
    """The ratio where it is the same everywhere; else what it depends on (formulas), or its values (numbers)."""
    found = _compute_ratios(judgement, students)
    if found is None:
        rows = students[0].world.rows
        return f"its shape is not that of the right one; a vector is a {'row' if rows else 'column'} here."
    if not found.size:
        return "the right one is 0."
    holds = _holds_in(judgement, students)
    if holds:
        return f"it is right in layer {holds} alone; give it for that layer."
    right = "the right one" if _is_from_truth(judgement, students) else "what follows from your earlier lines"
    if _is_constant(found):
        mean = float(found.mean())
        if abs(mean - 1) < _DIGITS:
            digits = -round(log10(max(abs(mean - 1), 1e-16)))
            return f"it agrees with {right} to {digits} digits, and more were written; give those that are certain."
        return f"it is {_format_ratio(mean)} times {right}.{describe_near_miss(judgement, students)}"
    if isinstance(judgement.answer, Numbers):
        shown = ", ".join(_format_ratio(float(value)) for value in found[:4])
        more = " …" if found.size > 4 else ""
        return f"its entries are {shown}{more} times {right}.{describe_near_miss(judgement, students)}"
    names = list(_find_dependencies(judgement, students[0]))
    return f"its ratio to {right} is not constant{f'; it depends on {_join_names(names)}' if names else ''}."


def _compute_ratios(judgement: Judgement, students: Sequence[Student]) -> "Floats | None":
    """Every entry that was handed in over the right one; None where the shapes differ."""
    import numpy as np

    ratios = []
    for student in students:
        for place in judgement.quantity.places:
            ratio = _compute_ratio(student.answer(place), _right_value(student, place))
            if ratio is None:
                return None
            ratios.append(ratio[np.isfinite(ratio) & student.handed_in(place).ravel()])
    return np.concatenate(ratios)


def describe_near_miss(judgement: Judgement, students: Sequence[Student]) -> str:
    """What to say of numbers that are off by little; empty if it is more."""
    if not isinstance(judgement.answer, Numbers):
        return ""
    found = _compute_ratios(judgement, students)
    if found is None or not found.size or max(abs(found - 1)) > _NEAR:
        return ""
    return " If numbers before it were rounded, hand them in as well: only then is that allowed for."


def _holds_in(judgement: Judgement, students: Sequence[Student]) -> str:
    """The layer in which a formula for any layer is right, if it is only one."""
    if not judgement.quantity.general:
        return ""
    holds = [place for place in judgement.quantity.places
             if all(is_close(student.value(place), student.world.truth[place]) for student in students)]
    return str(holds[0].layer) if len(holds) == 1 < len(judgement.quantity.places) else ""


def _right_value(student: Student, place: Place) -> "Floats":
    """The rule on the student's own values, for a ratio that says something of this line alone."""
    value = apply_rule(student, place, make_base(student, place, OWN))
    return student.world.truth[place] if value is None else value


def _is_from_truth(judgement: Judgement, students: Sequence[Student]) -> bool:
    """Whether what the ratio is taken to is the lecture's own value."""
    return all(is_close(_right_value(student, place), student.world.truth[place]) for student in students
               for place in judgement.quantity.places)


def _compute_ratio(answer: "Floats | Failed", right: "Floats") -> "Floats | None":
    import numpy as np

    if isinstance(answer, Failed) or answer.shape != right.shape:
        return None
    with np.errstate(all="ignore"):
        return np.where(right != 0, answer / right, np.nan).ravel()


def _is_constant(found: "Floats") -> bool:
    import numpy as np

    return bool(np.all(np.abs(found - found[0]) <= _SAME * max(1e-9, float(np.max(np.abs(found))))))


def _format_ratio(x: float) -> str:
    return format_number(round(x, 5) if abs(x) > 1e-3 else x)


def _join_names(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _find_dependencies(judgement: Judgement, student: Student) -> Iterator[str]:
    """The quantities that move the ratio while all others stand still: each is changed alone."""
    import numpy as np

    place = judgement.quantity.places[0]
    world = student.world
    values = {p: student.own(p) for p in world.truth}

    def ratio(of: Student, changed: Mapping[Place, "Floats"]) -> "Floats | None":
        try:
            right = apply_rule(of, place, Base(changed, frozenset()))
            return None if right is None else _compute_ratio(of.by_rule(place, dict(changed)), right)
        except ValueError:
            return None

    start = ratio(student, values)
    for moved, value in values.items():
        if moved == place or moved.kind in ("dW", "db", "W_new", "b_new", "C"):
            continue
        changed = values | {moved: value * (1.1 + 0.07 * np.arange(value.size).reshape(value.shape))}
        if _differ(start, ratio(student, changed)):
            kind = Quantity(world.vocabulary.name(moved), (moved,))
            yield "x" if moved == Place("post", 0) and world.vocabulary.scalar else write_quantity(kind, world)
    for setting in world.lecture.settings:
        chosen = world.settings[setting.name]
        if not isinstance(setting, Number | Array) or setting.name in ("x", "X") or chosen is None:
            continue
        moved_one = {**world.settings, setting.name: _move(chosen)}
        other = Student(replace(world, settings=moved_one), student.answers, generic=True)
        if _differ(start, ratio(other, values)):
            yield setting.symbol


def _move(value: Any) -> Any:
    """A number, or nested numbers, each changed by another factor."""
    if isinstance(value, tuple):
        return tuple(_move(item) for item in value)
    return value * (1.1 + 0.01 * (abs(value) * 1000 % 13))


def _differ(a: "Floats | None", b: "Floats | None") -> bool:
    return a is not None and b is not None and not _constant_between(a, b)


def _constant_between(a: "Floats", b: "Floats") -> bool:
    import numpy as np

    both = np.isfinite(a) & np.isfinite(b)
    return bool(np.all(np.abs(a - b)[both] <= _SAME * np.maximum(1, np.abs(a)[both])))
