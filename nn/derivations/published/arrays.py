"""What formulas of worked examples act on, numbers, lists and matrices, and the functions that they may call."""

import operator
from collections.abc import Callable, Mapping, Sequence
from functools import partial, reduce
from typing import Any

from autograd_lite import Value
from autograd_lite.internal import FUNCTIONS, add_floats

from ...ground.activations import ACTIVATIONS, LAYER_ACTIVATIONS

MOST_NUMBERS = 10_000  # in one array


def to_array(value: Any) -> Any:
    """Nested lists as an array of dtype object. Raises ValueError where rows differ in length."""
    if not isinstance(value, list):
        return value
    import numpy as np

    items = [to_array(item) for item in value]
    if len({np.shape(item) for item in items}) > 1:
        raise ValueError("the rows of a list must be equally long")
    found = np.empty((len(items), *np.shape(items[0])), dtype=object) if items else np.empty(0, dtype=object)
    for i, item in enumerate(items):
        found[i] = item
    if found.size > MOST_NUMBERS:
        raise ValueError(f"a list has {found.size} numbers; at most {MOST_NUMBERS} are read")
    return found


def map_numbers(function: Callable[..., Any], *values: Any) -> Any:
    """The function of every number, entry by entry; a single number is used for every entry.

    Raises:
        ValueError: the shapes do not fit together.
    """
    if not any(map(is_array, values)):
        return function(*values)
    import numpy as np

    shapes = [np.shape(value) for value in values]
    try:
        whole = np.broadcast_shapes(*shapes)
    except ValueError:
        raise ValueError(f"the shapes {' and '.join(map(write_shape, shapes))} do not fit together") from None
    found = np.empty(whole, dtype=object)
    if found.size > MOST_NUMBERS:
        raise ValueError(f"a result has {found.size} numbers; at most {MOST_NUMBERS} are read")
    spread = [np.broadcast_to(np.asarray(value, dtype=object), whole) for value in values]
    for place in np.ndindex(whole):
        found[place] = function(*(value[place] for value in spread))
    return found


def is_array(value: Any) -> bool:
    """Whether a value is an array; NumPy need not be there for a number or a node."""
    return hasattr(value, "ravel")


def list_numbers(value: Any) -> list[Any]:
    """Every number in a value, row by row."""
    return list(value.ravel()) if is_array(value) else [value]


def get_place(value: Any, place: tuple[int, ...]) -> Any:
    """An entry of a node or an array."""
    return value[place] if place else value


def to_number(node: Any) -> float:
    """The number of a node, or of a float."""
    return node.data if isinstance(node, Value) else float(node)


def shape_like(value: Any, numbers: Sequence[float]) -> Any:
    """Numbers, nested as a value is."""
    import numpy as np

    return np.array(numbers).reshape(value.shape).tolist() if hasattr(value, "shape") else numbers[0]


def write_shape(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape)) or "of a number"


def multiply(left: Any, right: Any, bias: Any = 0.0) -> Any:
    """left @ right + bias, each entry one node w·x + b."""
    import numpy as np

    if np.ndim(left) not in (1, 2) or np.ndim(right) not in (1, 2) or np.shape(left)[-1] != np.shape(right)[0]:
        raise ValueError(f"@ does not fit the shapes {write_shape(np.shape(left))} and {write_shape(np.shape(right))}")
    rows, columns = np.atleast_2d(left), right if np.ndim(right) == 2 else right[:, None]
    if rows.size * columns.shape[1] > 10 * MOST_NUMBERS:
        raise ValueError(f"a product of {write_shape(np.shape(left))} and {write_shape(np.shape(right))} is too large")
    found = np.empty((len(rows), columns.shape[1]), dtype=object)
    shape = np.shape(left)[:-1] + np.shape(right)[1:]
    at = np.broadcast_to(np.asarray(bias, dtype=object), shape).reshape(found.shape)
    for i, j in np.ndindex(found.shape):
        found[i, j] = FUNCTIONS["affine"](list(rows[i]), list(columns[:, j]), at[i, j])
    return found.reshape(shape) if shape else found[0, 0]


def _affine(weights: Any, inputs: Any, bias: Any = 0.0) -> Any:
    import numpy as np

    if np.ndim(weights) == np.ndim(inputs) == 1:
        return FUNCTIONS["affine"](list(weights), list(inputs), bias)
    return multiply(weights, inputs, bias)


def _reduce(function: Callable[[list[Any]], Any], value: Any, *others: Any, axis: Any = None) -> Any:
    """A sum, a mean or an extreme of all numbers, or of those along an axis."""
    import numpy as np

    if axis is None or not isinstance(value, np.ndarray):
        return function([number for part in (value, *others) for number in list_numbers(part)])
    rows = np.moveaxis(value, int(axis), -1)
    if rows.ndim == 1:
        return function(list(rows))
    return to_array([_reduce(function, row, axis=-1) for row in rows])


def _sum(numbers: list[Any]) -> Any:
    return FUNCTIONS["total"](numbers) if any(isinstance(n, Value) for n in numbers) else add_floats(numbers)


def _mean(numbers: list[Any]) -> Any:
    return _sum(numbers) / len(numbers)


def _extreme(pair: str, value: Any, *others: Any, axis: Any = None) -> Any:
    """The largest or smallest number of a list; of several arguments, entry by entry."""
    if others:
        return reduce(partial(map_numbers, FUNCTIONS[pair]), others, value)
    return _reduce(partial(reduce, FUNCTIONS[pair]), value, axis=axis)


def _apply_to_layer(name: str, value: Any, *others: Any, axis: Any = -1) -> Any:
    """An activation of all units of a layer; of a matrix, along an axis, by default each row."""
    import numpy as np

    value = to_array([value, *others]) if others else value
    if not isinstance(value, np.ndarray):
        raise ValueError(f"{name} takes a list: {name}([z1, z2])")
    if value.ndim == 1:
        return to_array(list(LAYER_ACTIVATIONS[name](list(value))))
    rows = np.moveaxis(value, int(axis), -1)
    return np.moveaxis(to_array([_apply_to_layer(name, row) for row in rows]), -1, int(axis))


def _length(value: Any) -> float:
    return float(len(value))


ARRAY_WORDS: Mapping[str, Callable[..., Any]] = {
    "sum": partial(_reduce, _sum), "total": partial(_reduce, _sum), "mean": partial(_reduce, _mean),
    "max": partial(_extreme, "maximum"), "min": partial(_extreme, "minimum"),
    "largest": partial(_reduce, FUNCTIONS["largest"]), "logsumexp": partial(_reduce, FUNCTIONS["logsumexp"]),
    "dot": multiply, "matmul": multiply, "affine": _affine, "len": _length,
    "array": lambda value: value, "transpose": lambda value: value.T,
    "outer": lambda left, right: map_numbers(operator.mul, left[:, None], right),
    **{name: partial(_apply_to_layer, name) for name in LAYER_ACTIVATIONS},
}
OTHER_NAMES = {"abs": "absolute", "ln": "log", "fabs": "absolute", "σ": "sigmoid", "logistic": "sigmoid"}
LOOPS = ("range", "zip", "enumerate")
WORDS = tuple(sorted({*ARRAY_WORDS, *FUNCTIONS, *ACTIVATIONS, *OTHER_NAMES, *LOOPS}))
"""What a formula may call."""
