"""The functions that a formula may call, in addition to the lecture's f and f′."""

from collections.abc import Callable, Mapping

import numpy as np

from ....ground.arrays import FloatOrArray, Floats

LARGEST_ARRAY = 100_000  # entries; between two layers of three hundred units there are fewer weights


def refuse_large(entries: float) -> None:
    """Raise ValueError for an array of more entries than ``LARGEST_ARRAY``."""
    if entries > LARGEST_ARRAY:
        raise ValueError("too large")


def _sigmoid(z: "FloatOrArray") -> "Floats":
    e = np.exp(-np.abs(z))
    found: Floats = np.where(np.asarray(z) < 0, e, 1.0) / (1 + e)
    return found


def _sum(array: "FloatOrArray", axis: float | None = None) -> "FloatOrArray":
    """The sum over all entries or over an axis. The axis is kept, so that columns stay columns and rows stay rows."""
    return np.sum(array) if axis is None else np.sum(array, axis=int(axis), keepdims=True)


def _mean(array: "FloatOrArray", axis: float | None = None) -> "FloatOrArray":
    return float(np.mean(array)) if axis is None else np.mean(array, axis=int(axis), keepdims=True)


def _norm(array: "FloatOrArray") -> float:
    return float(np.sqrt(np.sum(np.square(array))))


def _outer(a: "FloatOrArray", b: "FloatOrArray") -> "Floats":
    refuse_large(np.size(a) * np.size(b))
    return np.outer(np.ravel(a), np.ravel(b))


def _kron(a: "FloatOrArray", b: "FloatOrArray") -> "Floats":
    refuse_large(np.size(a) * np.size(b))
    return np.asarray(np.kron(a, b), dtype=np.float64)


def _inner(a: "FloatOrArray", b: "FloatOrArray") -> float:
    return float(np.sum(np.multiply(a, b)))


def _diagonal(array: "FloatOrArray") -> "FloatOrArray":
    """A vector, column or row, as a diagonal matrix; of a matrix its diagonal, as a column."""
    if np.ndim(array) == 0:
        return array
    if min(np.shape(array)) > 1 and np.ndim(array) > 1:
        return np.diag(array)[:, None]
    refuse_large(np.size(array) ** 2)
    return np.diagflat(array)


def _multiply_matrices(a: "FloatOrArray", b: "FloatOrArray") -> "FloatOrArray":
    """The product of matrices; a number multiplies each entry, as ``np.dot`` has it."""
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return a * b
    refuse_large(np.shape(a)[0] * np.shape(b)[-1])
    return np.asarray(np.matmul(a, b))


def _reshape(array: "FloatOrArray", *sizes: float) -> "Floats":
    return np.reshape(array, tuple(int(size) for size in sizes))


def _heaviside(z: "FloatOrArray", at_zero: "FloatOrArray" = 0.0) -> "Floats":
    return np.heaviside(z, at_zero)


def _same(array: "FloatOrArray") -> "FloatOrArray":
    return array


_BY_NAME = ("exp", "log", "tanh", "cosh", "sinh", "sqrt", "abs", "sign", "square", "reciprocal", "negative",
            "ones_like", "zeros_like", "maximum", "minimum", "where", "power", "multiply", "divide", "add", "subtract",
            "transpose", "ravel", "log1p", "expm1", "logaddexp", "trunc")

FUNCTIONS: Mapping[str, Callable[..., "FloatOrArray"]] = {
    **{name: getattr(np, name) for name in _BY_NAME},
    "ln": np.log, "sgn": np.sign, "absolute": np.abs,
    "pow": np.power, "array": _same, "asarray": _same, "expit": _sigmoid,
    "logistic": _sigmoid, "sig": _sigmoid,
    "max": np.maximum, "min": np.minimum, "sigmoid": _sigmoid,
    "sech": lambda z: 1 / np.cosh(z), "heaviside": _heaviside, "sum": _sum, "mean": _mean,
    "step": _heaviside, "H": _heaviside, "relu": lambda z: np.maximum(z, 0.0),
    "softplus": lambda z: np.logaddexp(z, 0.0), "inner": _inner, "vdot": _inner, "norm": _norm,
    "outer": _outer, "kron": _kron, "diag": _diagonal, "diagflat": _diagonal, "dot": _multiply_matrices,
    "matmul": _multiply_matrices, "float": _same, "int": np.trunc,
    "dsigmoid": lambda z: _sigmoid(z) * (1 - _sigmoid(z)), "dtanh": lambda z: 1 - np.tanh(z) ** 2,
}
"""Name -> function of floats or arrays."""
ARGUMENTS = {**dict.fromkeys(("maximum", "max", "minimum", "min", "outer", "kron", "dot", "matmul", "multiply",
                              "divide", "add", "subtract", "power", "pow", "heaviside", "logaddexp", "inner",
                              "vdot"), 2), "where": 3}
"""Function -> number of arguments, where that is not one."""
NAMED = ("sum", "mean")
"""Functions and methods that may be given an axis, as ``sum(delta, axis=1)``."""
METHODS: Mapping[str, Callable[..., "FloatOrArray"]] = {
    "dot": _multiply_matrices, "sum": _sum, "mean": _mean, "reshape": _reshape,
    "transpose": np.transpose, "ravel": np.ravel, "flatten": np.ravel,
    "copy": _same, "astype": _same,
}
"""Methods of an array; a type that is asked for changes no number here."""
RESERVED = ("raised", "quotient")
"""Names that stand in a tree for what paper raises, and for ∂a/∂z."""
