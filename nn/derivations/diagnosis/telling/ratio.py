"""The description of an unknown mistake: what stands between the answer and the right one."""

from collections.abc import Sequence
from fractions import Fraction
from math import floor, log10

import numpy as np

from autograd_lite.internal import format_number

from ....ground.arrays import Floats
from ..judging.constant_names import list_names
from ..judging.error_propagation import is_close
from ..judging.judge import Judgement, depends_on
from ..judging.student import Failed, Student
from ..reading.answers import Numbers, Rule
from .exchange import find_exchange
from .factors import differ_in_size, find_factor, find_right_value, find_term
from .symbols import list_words

_SAME = 1e-6
_DIGITS = 1e-4  # a ratio this close to 1 has been written with more digits than it had
_NEAR = 0.1  # a ratio this close to 1 may come of rounding
_SHOWN = 4  # entries of an array


def describe_ratio(judgement: Judgement, students: Sequence[Student]) -> str:
    """How the answer differs from the right one: by a constant, a factor or a term; else what the right line is."""
    found = _compute_ratios(judgement, students)
    if found is None:
        rows = students[0].world.layout.rows
        return f"its shape is not that of the right one; a vector is a {'row' if rows else 'column'} here."
    line = _write_right_line(judgement, students[0])
    if not found.size:
        return "the right one is 0."
    if not found.any():
        return f"it is 0, and the right one is not: it is {line}."
    if isinstance(judgement.answer, Numbers):
        return _describe_numbers(judgement, students, found)
    right = _name_right(judgement, students)
    if not judgement.quantity.is_update:
        if _is_constant(found) and abs(float(found.mean()) - 1) <= _SAME:  # it differs where the right one is 0
            return f"it is {right} for some values and not for all; the right one is {line}."
        constant = _describe_number(judgement, students, found)
        if constant:
            return f"it is {right} with the other sign; the right one is {line}." if constant == "−1" else (
                f"it is {constant} times {right}; the right one is {line}.")
    exchange = find_exchange(judgement, students)
    if exchange:
        return f"{exchange.text}; the right one is {line}."
    what = "its step is the right step" if judgement.quantity.is_update else f"it is {right}"
    factor = find_factor(judgement, students) or _name_constant(judgement, students)
    if factor:
        return f"{what} times {factor}; the right one is {line}."
    term = find_term(judgement, students)
    if term:
        return f"{what} {term}; the right one is {line}."
    return f"the right one is {line}."


def _write_right_line(judgement: Judgement, student: Student) -> str:
    """The lecture's line; of a gradient that is stated for a batch, with the mean."""
    answer, world = judgement.answer, student.world
    line = list_words(judgement.quantity, world)["own_line"]
    of_one = isinstance(answer, Rule) and answer.batch and (answer.formula or answer.function)  # the line that is shown
    of_batch = of_one and judgement.quantity.places[0].kind in ("dW", "db")
    return f"the mean over the samples of {line}" if of_batch and not world.problem.penalty else line


def _describe_numbers(judgement: Judgement, students: Sequence[Student], found: "Floats") -> str:
    right = _name_right(judgement, students)
    near = describe_near_miss(judgement, students)
    if not _has_digits(judgement.answer):
        near = " In so few digits no mistake can be told from another: give two more."
    if _is_constant(found):
        mean = float(found.mean())
        if abs(mean - 1) < _DIGITS:
            digits = -round(log10(max(abs(mean - 1), 1e-16)))
            return f"it agrees with {right} to {digits} digits, and more were written; give those that are certain."
        return f"it is {_format_ratio(mean, judgement, students)} times {right}.{near}"
    shown = ", ".join(_format_ratio(float(value), judgement, students) for value in found[:_SHOWN])
    return f"its entries are {shown}{' …' if found.size > _SHOWN else ''} times {right}.{near}"


def _has_digits(answer: Numbers | Rule) -> bool:
    """Whether a number has two digits, so that a mistake can be told by it."""
    return isinstance(answer, Rule) or bool(np.any(answer.half <= np.abs(answer.value) / 20 * (1 + 1e-9)))


def _name_right(judgement: Judgement, students: Sequence[Student]) -> str:
    """``the right one``, or what the rule gives on the student's own values, where these are not the lecture's."""
    places = judgement.quantity.places
    if not any(place not in places and any(depends_on(own, place) for own in places)
               for student in students for place in student.given()):
        return "the right one"  # that of other layers is the same formula
    from_truth = all(is_close(find_right_value(student, place), student.world.truth[place]) for student in students
                     for place in judgement.quantity.places)
    return "the right one" if from_truth else "what follows from your earlier lines"


def _compute_ratios(judgement: Judgement, students: Sequence[Student]) -> "Floats | None":
    """Every entry that was handed in over the right one; None where the shapes differ."""
    ratios = []
    for student in students:
        for place in judgement.quantity.places:
            ratio = _compute_ratio(student.answer(place), find_right_value(student, place))
            if ratio is None:
                return None
            ratios.append(ratio[np.isfinite(ratio) & student.handed_in(place).ravel()])
    return np.concatenate(ratios)


def describe_near_miss(judgement: Judgement, students: Sequence[Student]) -> str:
    """What to say of numbers that are off by little; empty if it is more."""
    places = judgement.quantity.places
    left_out = any(depends_on(own, place) and place.kind != "dpost" and not student.gives(place)
                   for student in students for place in student.world.vocabulary.places for own in places)
    if not (isinstance(judgement.answer, Numbers) and left_out):
        return ""
    found = _compute_ratios(judgement, students)
    if found is None or not found.size or max(abs(found - 1)) > _NEAR:
        return ""
    return " If numbers before it were rounded, hand them in as well: only then is that allowed for."


def _compute_ratio(answer: "Floats | Failed", right: "Floats") -> "Floats | None":
    if isinstance(answer, Failed) or answer.shape != right.shape:
        return None
    with np.errstate(all="ignore"):
        return np.where(right != 0, answer / right, np.nan).ravel()


def _is_constant(found: "Floats") -> bool:
    return bool(np.all(np.abs(found - found[0]) <= _SAME * max(1e-9, float(np.max(np.abs(found))))))


def _describe_number(judgement: Judgement, students: Sequence[Student], found: "Floats") -> str:
    """``3``, ``−1/2``: by what the right one is multiplied on every input; empty if that is no one number."""
    if not _is_constant(found):
        return ""
    number = _write_number(float(found.mean()))
    tells = differ_in_size(students) or students[0].world.vocabulary.scalar or number in ("−1", "2", "1/2")
    if tells or number.strip("−") in judgement.answer.text:
        return number
    return _name_constant(judgement, students) or number


def _name_constant(judgement: Judgement, students: Sequence[Student]) -> str:
    """``N²``: what the right one is multiplied by, a constant of each input, as it is called on all of them."""
    names = []
    for student in students:
        ratios = _compute_ratios(judgement, [student])
        if ratios is None or not ratios.size or not _is_constant(ratios):
            return ""
        names.append(list(list_names(float(np.mean(ratios)), student.world.constants)))
    return next((name for name in names[0] if all(name in others for others in names)), "")


def _write_number(x: float) -> str:
    """A simple fraction as one."""
    near = Fraction(x).limit_denominator(100)
    exact = abs(float(near) - x) <= _SAME * abs(x)
    return (str(near) if exact else format_number(x)).replace("-", "−")


def _format_ratio(x: float, judgement: Judgement, students: Sequence[Student]) -> str:
    """A ratio with as many digits as the numbers that were written allow, five at most."""
    digits = 5
    place = judgement.quantity.places[0]
    half, right = students[0].half(place), find_right_value(students[0], place)
    if half is not None and half.shape == right.shape:
        finest = float((half / abs(right).clip(1e-300)).max())
        digits = max(1, min(5, floor(-log10(max(finest, 1e-9)))))
    return format_number(round(x, digits) if abs(x) > 1e-3 else x)
