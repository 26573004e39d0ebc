"""The functions that record a node, by name: one for each row of the table."""

from collections.abc import Callable, Iterable
from types import MappingProxyType
from typing import cast

from .value import RECORDERS, Operand, Value


def affine(weights: Iterable[Operand], inputs: Iterable[Operand], bias: Operand = 0.0) -> Value:
    """One node for z = w·x + b = Σₖ wₖxₖ + b, as a lecture writes a pre-activation.

    Args:
        weights, inputs: equally many Values or numbers, n ≥ 1 of each.
        bias: a Value or a number.

    The partials are ∂z/∂wₖ = xₖ, ∂z/∂xₖ = wₖ, ∂z/∂b = 1, in the order weights, inputs, bias.

    Raises:
        ValueError: no weights, or not as many inputs as weights.
        TypeError: an operand is no number; OverflowError: z does not fit a float.
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
total.__doc__ = """One node for the sum Σₖ vₖ of a sequence of at least one Value or number; every partial is 1."""
logsumexp = _of_sequence("logsumexp")
logsumexp.__doc__ = """One node for log Σₖ exp(vₖ), shifted by the largest, so never too large; ∂y/∂vₖ = exp(vₖ − y)."""

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

FUNCTIONS = MappingProxyType(RECORDERS | {"affine": affine, "total": total, "logsumexp": logsumexp})
"""Operation name -> the function that records it, one for each row of the table."""
