"""The numerical check: a gradient against differences of the function itself."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import isfinite

from .backward import grad
from .quoting import quote
from .recorders import require_number
from .value import Operand, Value

_STEPS = [2.0**-n for n in (6, 9, 12, 15, 18)]  # times max(1, |x|): from where h⁴ matters to where rounding does


def gradcheck(f: Callable[..., Operand], point: Sequence[Operand]) -> tuple[float, ...]:
    """The relative error of each gradient against differences: |a − n| / max(|a|, |n|), and 0 where both are 0.

    a = ∂f/∂xᵢ by ``grad``. n is the fourth-order difference (8(f(x+h) − f(x−h)) − (f(x+2h) − f(x−2h))) / 12h. Of five
    steps h from 2⁻⁶ to 2⁻¹⁸ times max(1, |x|), the one is used whose n agrees best with that of the next smaller step.

    A right gradient has an error below 1e-8; a wrong one has the relative size of the mistake. Choose another point
    where n is imprecise: within 2h of a kink (ReLU near 0), where f bends on a scale of 2⁻¹⁸·max(1, |x|) (log at 10⁻⁴),
    or where the gradient is so small beside f that the rounding of f hides it.

    Args:
        f: takes n numbers or Values, returns a Value (or a number, if it is constant).
        point: shape (n,): numbers, or Values, of which the data is used.

    Returns:
        n errors, in the order of the inputs.

    Raises:
        TypeError: the point is no sequence of numbers, or f returns something else.
        ValueError, OverflowError, ZeroDivisionError: f is undefined at the point, or within 2⁻¹⁴ of max(1, |x|).

    >>> max(gradcheck(lambda x, y: x * y + sigmoid(x), [0.5, -2.0])) < 1e-8
    True
    """
    if not isinstance(point, Sequence) and not hasattr(point, "__len__"):
        raise TypeError(f"the point of gradcheck must be a sequence of numbers, not {quote(point)}: write [x]")
    at = [v.data if isinstance(v, Value) else require_number(v, f"entry {i} of the point") for i, v in enumerate(point)]
    inputs = [Value(x) for x in at]
    output = f(*inputs)
    automatic = grad(output, inputs) if isinstance(output, Value) else (0.0,) * len(at)
    return tuple(_relative_error(a, _estimate_slope(f, at, i)) for i, a in enumerate(automatic))


def _estimate_slope(f: Callable[..., Operand], at: Sequence[float], i: int) -> float:
    """∂f/∂xᵢ by differences of the fourth order, at the step where two neighbours agree best."""
    slopes: list[float] = []
    for step in _STEPS:
        try:
            slopes.append(_difference_quotient(f, at, i, step * max(1.0, abs(at[i]))))
        except (ValueError, ArithmeticError):  # a long step may leave the domain of f; the last two must not
            if step in _STEPS[-2:]:
                raise
    return min(pairwise(slopes), key=lambda pair: abs(pair[0] - pair[1]))[1]


def _difference_quotient(f: Callable[..., Operand], at: Sequence[float], i: int, h: float) -> float:
    def shifted(steps: int) -> float:
        result = f(*[Value(x + steps * h if j == i else x) for j, x in enumerate(at)])
        return result.data if isinstance(result, Value) else require_number(result, "the result of f")

    return (8 * (shifted(1) - shifted(-1)) - (shifted(2) - shifted(-2))) / (12 * h)


def _relative_error(automatic: float, numerical: float) -> float:
    largest = max(abs(automatic), abs(numerical))
    error = abs(automatic - numerical) / largest if largest else 0.0
    return error if isfinite(error) else 1.0
