"""A cost of one's own: its text is read, and its derivatives are compared with differences, as it arrives."""

import keyword
import random
import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from math import isclose, isfinite
from typing import Any

from autograd_lite import Value, grad, gradcheck
from autograd_lite.internal import add_floats, quote

from ..ground.activation_formulas import find_formula
from ..ground.activations import require_activation
from ..ground.formulas import (
    FUNCTIONS,
    NODE_FUNCTIONS,
    find_names,
    list_names,
    make_function,
    require_formula,
    substitute,
)
from ..ground.suggest import unknown_name
from .cost_rows import OVER, TARGETS, Cost, make_row
from .penalties import add_up
from .sample_costs import Numbers, check_counts

_LETTERS = ("a", "y", "n")
_UNITS = 3
_WANTED, _TRIED = 24, 200
_EXACT = 1e-9


def make_own_cost(name: str, formula: str, derivative: str, *, factor: str, over: str, targets: str,
                  through: Mapping[str, str], of_class: int, called: str, note: str) -> Cost:
    """The row; the arguments and errors are those of ``costs.cost``."""
    for what, text in (("name", name), ("formula", formula), ("derivative", derivative), ("factor", factor)):
        if not isinstance(text, str):
            raise TypeError(f"the {what} of a cost must be text, not {quote(text)} of type {type(text).__name__}")
    if not isinstance(through, Mapping) or not all(isinstance(text, str) for text in through.values()):
        raise TypeError(f"through must give activations a text, such as {{'sigmoid': 'a - y'}}, not {quote(through)}")
    if not name.isidentifier() or keyword.iskeyword(name):
        raise ValueError(f"a cost needs a Python name, which {quote(name)} is not")
    for what, given, known in (("over", over, OVER), ("targets", targets, TARGETS)):
        if given not in known:
            raise unknown_name(f"value of {what}", given, known)
    if of_class not in (0, 1):
        raise ValueError(f"of_class must be 0 or 1, not {quote(of_class)}")
    size, per_output = _read_factor(name, factor)
    meeting = {require_activation(activation, of_layer=True): text for activation, text in through.items()}
    for what, text in (("formula", formula), ("derivative", derivative),
                       *((f"derivative through {activation}", text) for activation, text in meeting.items())):
        try:
            require_formula(text, _LETTERS)
        except ValueError as error:
            raise ValueError(f"the {what} of the cost {quote(name)} cannot be read: {error}") from None
    if "a" not in find_names(formula):
        raise ValueError(f"the formula of the cost {quote(name)} does not name the output a: {formula}")
    return check_row(make_row(name, formula, derivative, record_text(name, formula, size, per_output), factor=size,
                              per_output=per_output, over=over, targets=targets, through=meeting, of_class=of_class,
                              called=called or name.replace("_", " "), note=note))


def check_row(row: Cost, output: str = "a") -> Cost:
    """The row, if its derivatives are those of its formula. Raises ValueError, with its letter for an output."""
    _check_derivative(row, output)
    _check_nodes(row, output)
    for activation, text in row.through.items():
        _check_through(row, activation, text, output)
    return row


def _read_factor(name: str, text: str) -> tuple[Fraction, bool]:
    """``1/(2n)`` as a half, and that it is divided by n."""
    bare = re.sub(r"[\s*·()]", "", text)
    found = re.fullmatch(r"(\d{1,4})(?:/(\d{0,4})(n?))?", bare)
    if not found or not int(found[1]) or found[2] == "0" or (found[2] == "" and found[3] == ""):
        raise ValueError(f"the factor of the cost {quote(name)} must be such as 1, 1/2, 1/n or 1/(2n), not "
                         f"{quote(text)}")
    return Fraction(int(found[1]), int(found[2] or 1)), bool(found[3])


def record_text(name: str, formula: str, factor: Fraction = Fraction(1),
                per_output: bool = False) -> Callable[[Any, Numbers], Value]:
    """Records ℓ of one sample."""
    term = make_function(formula, _LETTERS, list_names(NODE_FUNCTIONS))

    def of_sample(outputs: Any, targets: Numbers) -> Value:
        check_counts(name, outputs, targets)
        n = len(outputs)
        found = add_up([term(a, y, n) for a, y in zip(outputs, targets, strict=True)])
        before = float(factor) / (n if per_output else 1)
        return found if before == 1 else before * found

    return of_sample


def _in_letter(text: str, output: str) -> str:
    return substitute(text, {"a": output})


def _draw_points(row: Cost) -> Iterator[tuple[float, float]]:
    """An output and a target, of the kind that the cost takes; the same ones every time."""
    draw = random.Random(row.name)
    low, high = (-3.0, 3.0) if row.targets == "numbers" else (0.03, 0.97)
    for _ in range(_TRIED):
        yield draw.uniform(low, high), draw.uniform(low, high)


def _check_derivative(row: Cost, output: str) -> None:
    """Compare ∂ℓ/∂a with differences of ℓ."""
    value, slope = (make_function(text, _LETTERS, list_names(FUNCTIONS)) for text in (row.each, row.slope_of_each))
    before = float(row.factor) / (_UNITS if row.per_output else 1)
    agreeing = 0
    for a, y in _draw_points(row):
        def cost(moved: float, y: float = y) -> float:
            return before * float(value(moved, y, _UNITS))

        try:
            found = float(slope(a, y, _UNITS))
            check = gradcheck(cost, [a], gradient=[found])[0] if isfinite(found) and isfinite(cost(a)) else None
        except (ValueError, ArithmeticError, TypeError):
            continue
        if check is not None and check.verdict == "differs":
            raise ValueError(f"the derivative of the cost {quote(row.name)}, {_in_letter(row.slope_of_each, output)}, "
                             f"is not that of its formula: at {output} = {a:.3g}, y = {y:.3g} it is {found:.10g}, "
                             f"and differences give {check.numerical:.10g}; the factor belongs to it")
        agreeing += check is not None and check.verdict == "agrees"
        if agreeing == _WANTED:
            return
    if agreeing < 5:
        where = "between −3 and 3" if row.targets == "numbers" else "between 0 and 1"
        raise ValueError(f"the cost {quote(row.name)} could be compared with differences at {agreeing} of {_TRIED} "
                         f"points only, with outputs and targets {where}")


def _check_nodes(row: Cost, output: str) -> None:
    """Compare the recorded gradient with the derivative."""
    slope = make_function(row.slope_of_each, _LETTERS, list_names(FUNCTIONS))
    for a, y in _draw_points(row):
        try:
            right = float(slope(a, y, 1))
            node = Value(a)
            found = grad(row.sample([node], [y]), [node])[0]
        except (ValueError, ArithmeticError):
            continue
        if not isclose(found, right, rel_tol=1e-7, abs_tol=1e-9):
            raise ValueError(f"the cost {quote(row.name)} is recorded with the gradient {found:.10g} at "
                             f"{output} = {a:.3g}, y = {y:.3g}, where its derivative is {right:.10g}; write it with "
                             "fewer cases")


def _check_through(row: Cost, activation: str, text: str, output: str) -> None:
    """Compare ∂ℓ/∂z with the derivative of ℓ times that of the activation, for a layer of a few units."""
    formula = find_formula(activation)
    slope, meeting = (make_function(each, _LETTERS, list_names(FUNCTIONS)) for each in (row.slope_of_each, text))
    draw = random.Random(row.name)
    compared = 0
    for _ in range(_TRIED):
        z = [draw.uniform(-2, 2) for _ in range(_UNITS)]
        y = [draw.random() if row.targets != "numbers" else draw.uniform(-2, 2) for _ in range(_UNITS)]
        if row.targets == "classes":
            whole = add_floats(y)
            y = [t / whole for t in y]
        try:
            a = formula.of_layer(z)
            right = formula.pull_back(z, [float(slope(p, t, _UNITS)) for p, t in zip(a, y, strict=True)])
            found = [float(meeting(p, t, _UNITS)) for p, t in zip(a, y, strict=True)]
        except (ValueError, ArithmeticError):
            continue
        for j, (ours, theirs) in enumerate(zip(right, found, strict=True)):
            if abs(ours - theirs) > _EXACT * max(1.0, abs(ours)):
                raise ValueError(f"the derivative of the cost {quote(row.name)} through {activation}, "
                                 f"{_in_letter(text, output)}, is not that of its formula: at {output} = "
                                 f"{a[j]:.3g}, y = {y[j]:.3g} it is {theirs:.10g}, and the chain rule gives "
                                 f"{ours:.10g}")
        compared += 1
    if compared < 5:
        raise ValueError(f"the cost {quote(row.name)} has no value at the outputs of {activation}")
