"""The functions that record a node, by name: one for each row of the table."""

from collections.abc import Callable, Iterable
from functools import reduce
from types import MappingProxyType
from typing import Any, cast

from .operations import OPERATIONS
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


def _of_sequence(name: str, says: str, example: str) -> Callable[[Iterable[Operand]], Value]:
    def function(values: Iterable[Operand]) -> Value:
        if isinstance(values, Value):
            raise TypeError(f"{name} takes a sequence: write {name}([v])")
        values = tuple(values)
        if not values:
            raise ValueError(f"{name} needs at least one value")
        return RECORDERS[name](values)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"""{says}

Args:
    values: v, shape (n,) with n ≥ 1: a sequence of Values or finite numbers.

Raises:
    ValueError: there are no values.
    TypeError: one of them is neither a Value nor a number; OverflowError: the result does not fit a float.

{example}
"""
    return function


total = _of_sequence("total", "Record y = Σₖ vₖ as one node; every partial is 1.", """\
>>> y = total([Value(1.0), Value(2.0), 4.0])
>>> y.data, y.partials
(7.0, (1.0, 1.0))""")
logsumexp = _of_sequence("logsumexp", """Record y = log Σₖ exp(vₖ) as one node; ∂y/∂vₖ = exp(vₖ − y), the softmax of v.

It is computed as m + log Σₖ exp(vₖ − m) with m = max v, so large values do not overflow.""", """\
>>> logsumexp([Value(1000.0), Value(0.0)]).partials
(1.0, 0.0)""")

largest = _of_sequence("largest", """Record y = max v as one node.

Of m operands that tie for the largest, each has the partial 1/m.""", """\
>>> largest([Value(1.0), Value(3.0), Value(3.0)]).partials
(0.0, 0.5, 0.5)""")


def product(values: Iterable[Operand]) -> Value:
    """Record y = Πₖ vₖ as multiplications, from left to right. It is right where factors are 0, too.

    Args and errors are those of ``total``.

    >>> a, b = Value(3.0), Value(0.0)
    >>> y = product([a, b, 2.0])
    >>> y.data, grad(y, [a, b])
    (0.0, (0.0, 6.0))
    """
    if isinstance(values, Value):
        raise TypeError("product takes a sequence: write product([v])")
    first, *others = tuple(values) or (None,)
    if first is None:
        raise ValueError("product needs at least one value")
    return cast("Value", reduce(RECORDERS["mul"], others or [1.0], first))


Unary = Callable[[Operand], Value]
Binary = Callable[[Operand, Operand], Value]
exp: Unary = RECORDERS["exp"]
expm1: Unary = RECORDERS["expm1"]
log: Unary = RECORDERS["log"]
log1p: Unary = RECORDERS["log1p"]
sqrt: Unary = RECORDERS["sqrt"]
sin: Unary = RECORDERS["sin"]
cos: Unary = RECORDERS["cos"]
tan: Unary = RECORDERS["tan"]
atan: Unary = RECORDERS["atan"]
tanh: Unary = RECORDERS["tanh"]
sigmoid: Unary = RECORDERS["sigmoid"]
log_sigmoid: Unary = RECORDERS["log_sigmoid"]
softplus: Unary = RECORDERS["softplus"]
softsign: Unary = RECORDERS["softsign"]
silu: Unary = RECORDERS["silu"]
relu: Unary = RECORDERS["relu"]
leaky_relu: Callable[..., Value] = RECORDERS["leaky_relu"]
elu: Callable[..., Value] = RECORDERS["elu"]
absolute: Unary = RECORDERS["absolute"]
clip: Callable[..., Value] = RECORDERS["clip"]
maximum: Binary = RECORDERS["maximum"]
minimum: Binary = RECORDERS["minimum"]
less: Binary = RECORDERS["less"]
greater: Binary = RECORDERS["greater"]
equal: Binary = RECORDERS["equal"]
where: Callable[[Operand, Operand, Operand], Value] = RECORDERS["where"]

_POINTS: dict[str, tuple[float, ...]] = {
    "exp": (0.0,), "expm1": (0.0,), "log": (2.0,), "log1p": (1.0,), "sqrt": (4.0,), "sin": (0.0,), "cos": (0.0,),
    "tan": (0.0,), "atan": (1.0,), "tanh": (0.0,), "sigmoid": (0.0,), "log_sigmoid": (0.0,), "softplus": (0.0,),
    "softsign": (1.0,), "silu": (0.0,), "relu": (-2.0,), "leaky_relu": (-2.0,), "elu": (2.0,), "absolute": (-3.0,),
    "maximum": (2.0, 3.0), "minimum": (2.0, 3.0), "less": (2.0, 3.0), "greater": (2.0, 3.0), "equal": (2.0, 3.0),
    "clip": (2.0, -1, 1), "where": (1.0, 2.0, 3.0)}
for _name, _point in _POINTS.items():  # an example for each docstring
    _count = len(OPERATIONS[_name].partials)
    _y = RECORDERS[_name](*map(Value, _point[:_count]), *_point[_count:])
    _call = f"{_name}({', '.join(f'Value({x})' if i < _count else f'{x}' for i, x in enumerate(_point))})"
    RECORDERS[_name].__doc__ += f"\n\n>>> y = {_call}\n>>> y.data, y.partials\n{_y.data, _y.partials}\n"  # type: ignore[operator]

_FUNCTIONS: dict[str, Callable[..., Value]] = {
    **RECORDERS, "affine": affine, "total": total, "largest": largest, "logsumexp": logsumexp}
FUNCTIONS = MappingProxyType(_FUNCTIONS)
"""Operation name -> the function that records it, one for each row of the table."""


def add_function(name: str, record: Callable[..., Value]) -> Callable[..., Value]:
    """Add the function of a user's row, which takes any iterable for a vector. Returns it."""
    row = OPERATIONS[name]

    def function(*operands: Any) -> Value:
        if len(operands) < len(row.vectors) or any(isinstance(v, Value) for v in operands[: len(row.vectors)]):
            raise TypeError(f"{name} takes {', '.join(row.operands)}, of which {', '.join(row.vectors)} are sequences")
        vectors = [tuple(v) for v in operands[: len(row.vectors)]]
        if len({*map(len, vectors)}) > 1 or not vectors[0]:
            raise ValueError(f"{name} needs sequences of one length, of at least 1: it got "
                             f"{', '.join(str(len(v)) for v in vectors)}")
        return record(*vectors, *operands[len(row.vectors):])

    function.__name__, function.__doc__ = name, record.__doc__
    _FUNCTIONS[name] = function if row.vectors else record
    return _FUNCTIONS[name]
