"""The functions that every line may call, on floats and arrays."""

from collections.abc import Callable, Mapping
from math import exp as _exp
from typing import Any


def _by_numpy(name: str) -> Callable[..., Any]:
    """NumPy's function, imported when it is called; floats stay floats."""
    def function(*values: Any) -> Any:
        import numpy as np

        with np.errstate(all="ignore"):
            found = getattr(np, name)(*values)
        return float(found) if all(isinstance(value, float) for value in values) else found

    return function


def _sigmoid(z: Any) -> Any:
    import numpy as np

    return 1 / (1 + (_exp(-max(z, -700.0)) if isinstance(z, float) else np.exp(-z)))


def _relu(z: Any) -> Any:
    return z * ((z > 0) * 1.0)


def _diag(v: Any) -> Any:
    import numpy as np

    if v.ndim == 2 and 1 not in v.shape:
        raise ValueError("one vector, not many")
    return np.diag(v.ravel())


def _ones(v: Any) -> Any:
    return 1.0 if isinstance(v, float) else 0 * v + 1


ELEMENTWISE: Mapping[str, Callable[..., Any]] = {
    **{
        word: _by_numpy(name)
        for word, name in {
            "exp": "exp",
            "log": "log",
            "ln": "log",
            "sqrt": "sqrt",
            "tanh": "tanh",
            "sin": "sin",
            "cos": "cos",
            "atan": "arctan",
            "max": "maximum",
            "min": "minimum",
            "abs": "abs",
            "sign": "sign",
            "maximum": "maximum",
            "minimum": "minimum",
            "where": "where",
        }.items()
    },
    "sigmoid": _sigmoid,
    "relu": _relu,
    "diag": _diag,
    "ones": _ones,
}
"""Word -> function of floats or arrays, entry by entry."""
