"""The functions that record a node, by name: one for each row of the table."""

from collections.abc import Callable, Iterable
from types import MappingProxyType
from typing import cast

from .value import RECORDERS, Operand, Value


def affine(weights: Iterable[Operand], inputs: Iterable[Operand], bias: Operand = 0.0) -> Value:
    """Record z = w·x + b = Σₖ wₖxₖ + b as one node, the pre-activation of a unit.

    Args:
        weights: w, shape (n,) with n ≥ 1: a sequence of Values or finite numbers.
        inputs: x, shape (n,), likewise.
        bias: b, a Value or a finite number.

    Returns:
        A Value with the partials ∂z/∂wₖ = xₖ, ∂z/∂xₖ = wₖ, ∂z/∂b = 1, in the order weights, inputs, bias.

    Raises:
        ValueError: there are no weights, or the numbers of weights and inputs differ.
        TypeError: an operand is neither a Value nor a number.
        OverflowError: z does not fit a float.

    >>> w1, w2, b = Value(0.5), Value(-1.0), Value(0.25)
    >>> z = affine([w1, w2], [2.0, 3.0], b)
    >>> z.data, z.partials
    (-1.75, (2.0, 3.0, 1.0))
    """
    if isinstance(weights, Value) or isinstance(inputs, Value):
        raise TypeError("affine takes sequences of weights and inputs: write affine([w], [x], b)")
    weights, inputs = tuple(weights), tuple(inputs)
    if len(weights) != len(inputs) or not weights:
        raise ValueError(f"affine needs as many inputs as weights, and at least one: it got {len(weights)} weights and "
                         f"{len(inputs)} inputs")
    return _affine(weights, inputs, bias)


_affine: Callable[..., Value] = RECORDERS["affine"]


def _of_sequence(name: str) -> Callable[[Iterable[Operand]], Value]:
    def function(values: Iterable[Operand]) -> Value:
        if isinstance(values, Value):
            raise TypeError(f"{name} takes a sequence: write {name}([v])")
        values = tuple(values)
        if not values:
            raise ValueError(f"{name} needs at least one value")
        return cast("Value", RECORDERS[name](values))

    function.__name__ = function.__qualname__ = name
    return function


total = _of_sequence("total")
total.__doc__ = """Record y = Σₖ vₖ as one node; every partial is 1.

Args:
    values: v, shape (n,) with n ≥ 1: a sequence of Values or finite numbers.

Raises:
    ValueError: there are no values.
    TypeError: one of them is neither a Value nor a number.
    OverflowError: the sum does not fit a float.

>>> y = total([Value(1.0), Value(2.0), 4.0])
>>> y.data, y.partials
(7.0, (1.0, 1.0))
"""
logsumexp = _of_sequence("logsumexp")
logsumexp.__doc__ = """Record y = log Σₖ exp(vₖ) as one node; ∂y/∂vₖ = exp(vₖ − y), the softmax of v.

It is computed as m + log Σₖ exp(vₖ − m) with m = max v, so large values do not overflow.

Args:
    values: v, shape (n,) with n ≥ 1: a sequence of Values or finite numbers.

Raises:
    ValueError: there are no values.
    TypeError: one of them is neither a Value nor a number.

>>> logsumexp([Value(1000.0), Value(0.0)]).partials
(1.0, 0.0)
"""

Unary = Callable[[Operand], Value]
Binary = Callable[[Operand, Operand], Value]
exp: Unary = RECORDERS["exp"]
log: Unary = RECORDERS["log"]
sqrt: Unary = RECORDERS["sqrt"]
sin: Unary = RECORDERS["sin"]
cos: Unary = RECORDERS["cos"]
tanh: Unary = RECORDERS["tanh"]
sigmoid: Unary = RECORDERS["sigmoid"]
softplus: Unary = RECORDERS["softplus"]
relu: Unary = RECORDERS["relu"]
leaky_relu: Callable[..., Value] = RECORDERS["leaky_relu"]
elu: Callable[..., Value] = RECORDERS["elu"]
absolute: Unary = RECORDERS["absolute"]
maximum: Binary = RECORDERS["maximum"]
minimum: Binary = RECORDERS["minimum"]

_EXAMPLES = {  # name -> a call, its data and partials; tests run them
    "exp": ("exp(Value(0.0))", "(1.0, (1.0,))"),
    "log": ("log(Value(2.0))", "(0.6931471805599453, (0.5,))"),
    "sqrt": ("sqrt(Value(4.0))", "(2.0, (0.25,))"),
    "sin": ("sin(Value(0.0))", "(0.0, (1.0,))"),
    "cos": ("cos(Value(0.0))", "(1.0, (-0.0,))"),
    "tanh": ("tanh(Value(0.0))", "(0.0, (1.0,))"),
    "sigmoid": ("sigmoid(Value(0.0))", "(0.5, (0.25,))"),
    "softplus": ("softplus(Value(0.0))", "(0.6931471805599453, (0.5,))"),
    "relu": ("relu(Value(-2.0))", "(0.0, (0.0,))"),
    "leaky_relu": ("leaky_relu(Value(-2.0), 0.1)", "(-0.2, (0.1,))"),
    "elu": ("elu(Value(2.0))", "(2.0, (1.0,))"),
    "absolute": ("absolute(Value(-3.0))", "(3.0, (-1.0,))"),
    "maximum": ("maximum(Value(2.0), Value(3.0))", "(3.0, (0.0, 1.0))"),
    "minimum": ("minimum(Value(2.0), Value(3.0))", "(2.0, (1.0, 0.0))"),
}
for _name, (_call, _shown) in _EXAMPLES.items():
    RECORDERS[_name].__doc__ = f"{RECORDERS[_name].__doc__}\n\n>>> y = {_call}\n>>> y.data, y.partials\n{_shown}\n"

FUNCTIONS = MappingProxyType(RECORDERS | {"affine": affine, "total": total, "logsumexp": logsumexp})
"""Operation name -> the function that records it, one for each row of the table."""
