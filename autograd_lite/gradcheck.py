"""The numerical check: a gradient against differences of the function itself, and how far those can be believed."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import frexp, inf, isfinite, isnan, ldexp, nan
from typing import Any, Literal, NamedTuple

from .backward import grad
from .careful import require_number
from .quoting import quote
from .stale import StaleGraphWarning
from .traversal import topological_order
from .value import Operand, Value

_EPSILON = 2.0**-52
_ROUNDINGS = 4  # of f, in ε|f|: a few operations; that of more is seen in the spread, or known from the graph
_SHARP = 4e-7  # a slope known less well than this share of it confirms nothing: no gradient that is wrong by 1e-6


@dataclass(frozen=True, slots=True)
class InputCheck:
    """What ``gradcheck`` found for one input: a against n, the slope by differences (NaN if there is none) at ``step``.

    a is NaN where it is undefined. ``spread`` is the difference of n from the slope at the next longer step. ``error``
    is |a − n| / max(|a|, |n|), and 0 where both are 0. ``reason`` says why it cannot tell.
    """

    automatic: float
    numerical: float
    step: float
    spread: float
    error: float
    verdict: Literal["agrees", "differs", "cannot tell"]
    reason: Literal["", "kink", "edge of the domain", "not a function", "lost digits"] = ""

    def __str__(self) -> str:
        gradient = "undefined" if isnan(self.automatic) else f"{self.automatic:.10g}"
        slope = "none" if isnan(self.numerical) else (f"{self.numerical:.10g} ± {self.spread:.1g} at step "
                                                      f"{self.step:.1g}, error {self.error:.1g}")
        return f"{self.verdict}{self.reason and ': '}{self.reason} (gradient {gradient}, by differences {slope})"


class _Slope(NamedTuple):
    """The slope of f at one step."""

    step: float
    value: float
    rounding: float  # how far the rounding of f can move the value
    left: float  # from one side alone; NaN beyond an edge of the domain
    right: float
    steepest: float  # the largest |f(x ± h) − f(x)| and |f(x ± 2h) − f(x)|, over 2h
    lost: bool  # f stands still here, but far away it moves by a slope that its rounding hides
    rests: bool = False  # f stands still at shorter steps, more than its rounding explains: 0 may be right


def gradcheck(
    f: Callable[..., Any], point: Sequence[Operand], gradient: Sequence[Operand] | None = None
) -> tuple[InputCheck, ...]:
    """Compare each gradient a with the slope n of f by differences, as far as those can tell.

    a = ∂f/∂xᵢ by ``grad``, or the gradient you give. n is the fourth-order difference
    (8(f(x+h) − f(x−h)) − (f(x+2h) − f(x−2h))) / 12h; at the edge of the domain (4f(x+h) − f(x+2h) − 3f(x)) / 2h, or its
    mirror image. Its uncertainty is the spread of neighbouring steps and the rounding of f over h; of many steps h,
    the one with the least is used.

    The verdict is "agrees" where a lies within the uncertainty, and that is below 4e-7 of n (or a = n = 0); "differs"
    where a lies outside; else "cannot tell", as where a is undefined. At a kink, a must lie outside the slopes of both
    sides to differ.

    Args:
        f: takes n Values, returns a Value (or a number, if it is constant). With ``gradient`` it is called with n
            floats, or Values if it takes no floats, and may return a float: NumPy or plain Python will do.
        point: shape (n,): numbers, or Values, of which the data is used.
        gradient: shape (n,): the gradient to check, from paper or from code of your own.

    Returns:
        n checks, in the order of the inputs.

    Raises:
        TypeError: the point or the gradient is no sequence of numbers, or f returns something else.
        ValueError: the gradient has another length than the point.
        ValueError, OverflowError, ZeroDivisionError: f is undefined at the point, or its gradient overflows.

    >>> max(check.error for check in gradcheck(lambda x, y: x * y + sigmoid(x), [0.5, -2.0])) < 1e-8
    True
    >>> [check.verdict for check in gradcheck(lambda x, y: x * y, [0.5, -2.0], gradient=[-2.0, 0.51])]
    ['agrees', 'differs']
    >>> print(gradcheck(relu, [0.0])[0])
    cannot tell: kink (gradient 0, by differences 0.5 ± 0 at step 0.06, error 1)
    """
    at = _read_numbers(point, "point")
    make: Callable[[float], Operand] = Value
    if gradient is None:
        automatic, errors, y, noise, is_function = _differentiate(f, at)
    else:
        automatic, errors, noise, is_function = _read_numbers(gradient, "gradient"), [0.0] * len(at), 0.0, True
        if len(automatic) != len(at):
            raise ValueError(f"the gradient has length {len(automatic)}, the point {len(at)}: give one number an input")
        try:
            y, make = _evaluate(f, at), float
        except (TypeError, AttributeError):
            y = _evaluate(f, [Value(x) for x in at])

    def check(i: int, a: float) -> InputCheck:
        def move(x: float) -> float:
            """f with input i at x; NaN outside the domain, where a float may also have a complex power."""
            try:
                return _evaluate(f, [make(x if j == i else other) for j, other in enumerate(at)])
            except (ValueError, ArithmeticError, TypeError):
                return nan

        few, many = _choose_exponents(at[i])
        found = _judge(a, errors[i], _estimate_slopes(move, at[i], y, noise, few) if is_function else None)
        if found.verdict == "agrees" or found.reason == "not a function":
            return found
        return _judge(a, errors[i], _estimate_slopes(move, at[i], y, noise, many))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about steps that the caller never asked for
        return tuple(check(i, a) for i, a in enumerate(automatic))


def _read_numbers(given: Sequence[Operand], what: str) -> list[float]:
    if not isinstance(given, Sequence) and not hasattr(given, "__len__"):
        raise TypeError(f"the {what} of gradcheck must be a sequence of numbers, not {quote(given)}: write [x]")
    where = f"of the {what}"
    return [v.data if isinstance(v, Value) else require_number(v, f"entry {i} {where}") for i, v in enumerate(given)]


def _evaluate(f: Callable[..., Any], inputs: Sequence[Operand]) -> float:
    result = f(*inputs)
    return result.data if isinstance(result, Value) else require_number(result, "the result of f")


def _differentiate(
    f: Callable[..., Any], at: Sequence[float]
) -> tuple[Sequence[float], list[float], float, float, bool]:
    """The gradient, the rounding error of each entry, f, its rounding error, and whether f left its inputs alone.

    The errors, to first order: of an entry ε Σ |product of partials| over its paths; of f, Σ |v| times that of node v.
    """
    inputs = [Value(x) for x in at]
    output = f(*inputs)
    left_alone = [v.data for v in inputs] == at
    if not isinstance(output, Value):
        return [0.0] * len(at), [0.0] * len(at), require_number(output, "the result of f"), 0.0, left_alone
    order = topological_order(output)
    weights = dict.fromkeys([*inputs, *order], 0.0) | {output: _EPSILON}
    for node in reversed(order):
        for parent, partial in zip(node.parents, node.partials, strict=True):
            weights[parent] += weights[node] * abs(partial) if isfinite(partial) else 0.0  # grad says where it matters
    with warnings.catch_warnings():
        if not left_alone:
            warnings.simplefilter("ignore", StaleGraphWarning)  # the check says that f is not a function
        gradient = _find_gradient(output, inputs)
    noise = sum(abs(node.data) * weight for node, weight in weights.items())
    return gradient, [_ROUNDINGS * weights[v] for v in inputs], output.data, noise, left_alone


def _find_gradient(output: Value, inputs: Sequence[Value]) -> tuple[float, ...]:
    """The gradient; NaN where it is undefined."""
    try:
        return grad(output, inputs)
    except ValueError:
        return (nan,) if len(inputs) == 1 else tuple(_find_gradient(output, [v])[0] for v in inputs)


def _choose_exponents(x: float) -> tuple[list[int], list[int]]:
    """log₂ of the steps: few, enough for most f, and many, near 0 down to the scale of x; the first only looks far."""
    near = frexp(x)[1]
    top = max(0, near)
    start = near - 2 - (top - near) % 2
    many = {*range(top - 4, top - 49, -2), *range(start, start - 23, -2)}
    return [top + 10, *(top - k for k in (6, 9, 12, 15, 18))], [top + 10, *sorted(many, reverse=True)]


def _estimate_slopes(
    move: Callable[[float], float], x: float, y: float, noise: float, exponents: Sequence[int]
) -> list[_Slope] | None:
    """The slope at each step, from long to short; None if f gives another number at the same point."""
    slopes: list[_Slope] = []
    far = moved = unseen = 0.0  # how steep f is far away; how far it last moved; the same before it stood still
    for exponent in exponents:
        h = ldexp(1.0, exponent)
        if x + h == x:
            break
        values = left2, left1, right1, right2 = [move(x + k * h) for k in (-2, -1, 1, 2)]
        if move(x) != y:
            return None
        short, long = (right1 - left1) / (2 * h), (right2 - left2) / (4 * h)
        central = short + (short - long) / 3
        left = (y - left1) / h + ((y - left1) / h - (y - left2) / (2 * h))
        right = (right1 - y) / h + ((right1 - y) / h - (right2 - y) / (2 * h))
        slope = next((s for s in (central, right, left) if isfinite(s)), nan)
        rises = [abs(v - y) if not isnan(v) else -h for v in values]  # beyond an edge nothing rises, nor stands still
        rise, moves = max(rises), any(rises[:2]) and any(rises[2:])
        error = noise + max(_ROUNDINGS * _EPSILON * abs(v) for v in (y, *values) if isfinite(v))
        error += abs(_EPSILON * x * slope)  # the rounding of x inside f
        rounding = (1.5 if isfinite(central) else 4) * error / h
        if exponent == exponents[0]:
            far = rise / (2 * h) if moves else 0.0
        elif isnan(slope):  # neither side exists so near: what longer steps jump to is another piece of f
            slopes.clear()
        elif not rise and moved:  # f moved on both sides and now stands still: it is rounded, or flat here
            unseen = moved if moved > 4 * error else unseen
        else:
            moved = rise if moves else moved
            lost = not rise and 0 < far <= rounding
            slopes.append(_Slope(h, slope, rounding, left, right, rise / (2 * h), lost))
    if unseen:
        return [s._replace(rounding=s.rounding + 1.5 * unseen / s.step, rests=True) for s in slopes]
    return slopes


def _judge(a: float, error: float, slopes: list[_Slope] | None) -> InputCheck:
    if slopes is None or len(slopes) < 2:
        reason: Any = "not a function" if slopes is None else "lost digits" if slopes else "edge of the domain"
        return InputCheck(a, nan, nan, inf, 1.0, "cannot tell", reason)
    spreads = [inf, *(abs(p.value - q.value) for p, q in pairwise(slopes))]
    doubts: list[float] = []  # the uncertainty at each step, from short to long
    noise = 0.0  # spread · h at shorter steps: noise ∝ 1/h that the rounding of f does not explain
    for s, spread in zip(reversed(slopes), reversed(spreads), strict=True):
        noise = max(noise, spread * s.step)
        doubts.append(2 * noise / s.step + s.rounding)  # twice: a slope ∝ 1/h is 4/3 of its spread
    doubts.reverse()

    def is_contradicted(k: int) -> bool:  # by a shorter step: a kink or a bend lies between
        return any(abs(slopes[k].value - s.value) > doubts[k] + d for s, d in zip(slopes[k:], doubts[k:], strict=True))

    k = min((k for k in range(1, len(slopes)) if not is_contradicted(k)), key=doubts.__getitem__)
    s, spread, doubt = slopes[k], spreads[k], doubts[k] + error
    larger = max(abs(a), abs(s.value))
    # The slopes of both sides part by h³ f⁗ / 2 where f is smooth, by a constant at a kink.
    gaps = [abs(s.right - s.left) for s in slopes]
    after = min(k + 1, len(slopes) - 1)
    is_kink = gaps[after] > max(*gaps[max(0, after - 2) : after], 16 * doubts[after]) / 2
    sides, margin = [s.value], doubt
    if is_kink:
        lefts, rights = zip(*((s.left, s.right) for s in slopes[after - 1 : after + 1]), strict=True)
        sides = [*lefts, *rights]
        margin += max(abs(lefts[1] - lefts[0]), abs(rights[1] - rights[0]))  # each side has a spread of its own
    is_outside = not min(sides) - margin <= a <= max(sides) + margin
    # A slope that grows without end as h shrinks may be anything; one that settles is known.
    is_settled = spread <= max(spreads[k - 1] / 2 if k > 1 else 0.0, 2 * s.rounding, abs(s.value) / 100)
    is_zero = a == 0.0 and max(larger, 0.0 if s.value == 0.0 else doubt) <= _EPSILON * max(s.steepest for s in slopes)
    found = (a, s.value, s.step, spread, _relative_error(a, s.value))
    if is_outside and is_settled and not isnan(a) and not (s.rests and a == 0.0):
        return InputCheck(*found, "differs")
    if not (is_outside or is_kink or s.lost) and (doubt <= _SHARP * larger or is_zero):
        return InputCheck(*found, "agrees")
    if is_kink or not (is_settled or any(map(isnan, gaps[k:]))):
        return InputCheck(*found, "cannot tell", "kink")
    return InputCheck(*found, "cannot tell", "edge of the domain" if any(map(isnan, (a, *gaps))) else "lost digits")


def _relative_error(automatic: float, numerical: float) -> float:
    largest = max(abs(automatic), abs(numerical))
    error = abs(automatic - numerical) / largest if largest else 0.0
    return error if isfinite(error) else 1.0
