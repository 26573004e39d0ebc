"""The functions that a formula may call, in addition to the lecture's f and f′."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ....arrays import FloatOrArray, Floats

LARGEST_ARRAY = 100_000  # entries; between two layers of three hundred units there are fewer weights


def _sigmoid(z: "FloatOrArray") -> "Floats":
    import numpy as np

    e = np.exp(-np.abs(z))
    found: Floats = np.where(np.asarray(z) < 0, e, 1.0) / (1 + e)
    return found


def _numpy_function(name: str) -> Callable[..., "FloatOrArray"]:
    def function(*arguments: "FloatOrArray") -> Any:
        import numpy as np

        return getattr(np, name)(*arguments)

    return function


def _sum(array: "FloatOrArray", axis: float | None = None) -> "FloatOrArray":
    """The sum over all entries or over an axis. The axis is kept, so that columns stay columns and rows stay rows."""
    import numpy as np

    return np.sum(array) if axis is None else np.sum(array, axis=int(axis), keepdims=True)


def _mean(array: "FloatOrArray", axis: float | None = None) -> "FloatOrArray":
    import numpy as np

    return float(np.mean(array)) if axis is None else np.mean(array, axis=int(axis), keepdims=True)


def _norm(array: "FloatOrArray") -> float:
    import numpy as np

    return float(np.sqrt(np.sum(np.square(array))))


def _outer(a: "FloatOrArray", b: "FloatOrArray") -> "Floats":
    import numpy as np

    if np.size(a) * np.size(b) > LARGEST_ARRAY:
        raise ValueError("too large")
    return np.outer(np.ravel(a), np.ravel(b))


FUNCTIONS: Mapping[str, Callable[..., "FloatOrArray"]] = {
    "exp": _numpy_function("exp"), "log": _numpy_function("log"), "ln": _numpy_function("log"),
    "tanh": _numpy_function("tanh"), "sqrt": _numpy_function("sqrt"),
    "sigmoid": _sigmoid, "abs": _numpy_function("abs"), "sign": _numpy_function("sign"), "sgn": _numpy_function("sign"),
    "sum": _sum, "mean": _mean, "maximum": _numpy_function("maximum"), "max": _numpy_function("maximum"),
    "norm": _norm,
    "dsigmoid": lambda z: _sigmoid(z) * (1 - _sigmoid(z)), "dtanh": lambda z: 1 - _numpy_function("tanh")(z) ** 2,
    "transpose": _numpy_function("transpose"), "outer": _outer, "dot": lambda a, b: a @ b, "matmul": lambda a, b: a @ b,
    "square": lambda a: a * a, "multiply": lambda a, b: a * b,
}
"""Name -> function of floats or arrays."""
ARGUMENTS = {"maximum": 2, "max": 2, "outer": 2, "dot": 2, "matmul": 2, "multiply": 2}
"""Function -> number of arguments, where that is not one."""
WITH_AXIS = ("sum", "mean")
"""Functions that may be given an axis, as ``sum(delta, axis=1)``."""
