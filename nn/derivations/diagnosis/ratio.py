"""An unknown mistake: the ratio of what was handed in to what is right, and what it depends on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from autograd_lite import format_number

from ..layered import Place
from ..settings import Array, Number
from .answers import Numbers
from .judge import Judgement
from .reach import Base, bases, rule
from .student import Failed, Student
from .symbols import quantity_symbol
from .vocabulary import Quantity

_SAME = 1e-6
_NEAR = 0.1  # a ratio this close to 1 may come of rounding


def ratio_sentence(judgement: Judgement, students: Sequence[Student]) -> str:
    """The ratio where it is the same everywhere; else what it depends on (formulas), or its values (numbers)."""
    import numpy as np

    ratios = []
    for student in students:
        for place in judgement.quantity.places:
            ratio = _ratio(student.answer(place), _right(student, place))
            if ratio is None:
                return "It has not the shape of the right one." if _misshapen(student, place) else ""
            ratios.append(ratio[np.isfinite(ratio)])
    found = np.concatenate(ratios)
    if not found.size:
        return "The right one is 0 there."
    if _constant(found):
        mean = float(found.mean())
        return f"It is {_written(mean)} times the right one.{_nearly(judgement, mean)}"
    if isinstance(judgement.answer, Numbers):
        shown = ", ".join(_written(float(value)) for value in found[:4])
        return f"Divided by the right one it is {shown}{' …' if found.size > 4 else ''}."
    names = list(_depends_on(judgement, students[0]))
    return f"Divided by the right one it is no constant{f'; it depends on {_list(names)}' if names else ''}."


def _nearly(judgement: Judgement, ratio: float) -> str:
    if isinstance(judgement.answer, Numbers) and abs(ratio - 1) < _NEAR:
        return " If numbers before it were rounded, hand them in as well: only then is that allowed for."
    return ""


def _right(student: Student, place: Place) -> Any:
    """The rule on the student's own values, for a ratio that says something of this line alone."""
    for base in bases(student, place):
        value = rule(student, place, base)
        if value is not None:
            return value
    return student.world.truth[place]


def _misshapen(student: Student, place: Place) -> bool:
    answer = student.answer(place)
    return not isinstance(answer, Failed) and answer.shape != student.world.truth[place].shape


def _ratio(answer: Any, right: Any) -> Any:
    import numpy as np

    if isinstance(answer, Failed) or answer.shape != right.shape:
        return None
    with np.errstate(all="ignore"):
        return np.where(right != 0, answer / right, np.nan).ravel()


def _constant(found: Any) -> bool:
    import numpy as np

    return bool(np.all(np.abs(found - found[0]) <= _SAME * max(1e-9, float(np.max(np.abs(found))))))


def _written(x: float) -> str:
    return format_number(round(x, 5) if abs(x) > 1e-3 else x)


def _list(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _depends_on(judgement: Judgement, student: Student) -> Iterator[str]:
    """The quantities that move the ratio while all others stand still: each is changed alone."""
    import numpy as np

    place = judgement.quantity.places[0]
    world = student.world
    values = {p: student.own(p) for p in world.truth}

    def ratio(of: Student, changed: Mapping[Place, Any]) -> Any:
        try:
            right = rule(of, place, Base(changed, frozenset()))
            return None if right is None else _ratio(of.by_rule(place, dict(changed)), right)
        except ValueError:
            return None

    start = ratio(student, values)
    for moved, value in values.items():
        if moved == place or moved.kind in ("dW", "db", "W_new", "b_new", "C"):
            continue
        changed = values | {moved: value * (1.1 + 0.07 * np.arange(value.size).reshape(value.shape))}
        if _differ(start, ratio(student, changed)):
            kind = Quantity(world.vocabulary.name(moved), (moved,))
            yield "x" if moved == Place("post", 0) and world.vocabulary.scalar else quantity_symbol(kind, world)
    for setting in world.lecture.settings:
        chosen = world.settings[setting.name]
        if not isinstance(setting, Number | Array) or setting.name in ("x", "X") or chosen is None:
            continue
        moved_one = {**world.settings, setting.name: _moved(chosen)}
        other = Student(replace(world, settings=moved_one), student.answers, generic=True)
        if _differ(start, ratio(other, values)):
            yield setting.symbol


def _moved(value: Any) -> Any:
    """A number, or nested numbers, each changed by another factor."""
    if isinstance(value, tuple):
        return tuple(_moved(item) for item in value)
    return value * (1.1 + 0.01 * (hash(value) % 13))


def _differ(a: Any, b: Any) -> bool:
    return a is not None and b is not None and not _constant_between(a, b)


def _constant_between(a: Any, b: Any) -> bool:
    import numpy as np

    both = np.isfinite(a) & np.isfinite(b)
    return bool(np.all(np.abs(a - b)[both] <= _SAME * np.maximum(1, np.abs(a)[both])))
