"""The functions that lines of mistakes call, on arrays (n, N) of all samples."""

from collections.abc import Callable, Mapping
from typing import Any

from ....ground import late_numpy as np
from ....ground.arrays import Floats


def total(array: "Floats") -> "Floats":
    """The sum over the units, (1, N)."""
    found: Floats = array.sum(axis=0, keepdims=True)
    return found


def over_samples(array: "Floats") -> "Floats":
    """The sum over the samples, (n, 1)."""
    found: Floats = array.sum(axis=1, keepdims=True)
    return found


def last_sample(array: "Floats") -> "Floats":
    """(n, 1)"""
    return array[:, -1:]


def reorder(array: "Floats", n: int) -> "Floats":
    """The units in the order n of the catalogue: two of the first three exchanged (1 to 3), or all moved by one."""
    if n > 3:
        return np.roll(array, 1 if n == 4 else -1, axis=0)
    first, second = ((0, 1), (0, 2), (1, 2))[n - 1]
    found = array.copy()
    found[[first, second]] = array[[second, first]]
    return found


WORDS: Mapping[str, Callable[..., Any]] = {
    "total": total, "over_samples": over_samples, "last_sample": last_sample, "reorder": reorder, "abs": np.abs,
    "sqrt": np.sqrt, "log": np.log, "ones": np.ones_like, "where": np.where,
    "diagonal": lambda m: np.diag(m)[:, None], "beside": lambda *arrays: np.concatenate(arrays, axis=1),
    "sign": np.sign, "whole": np.sum, "mean": np.mean,
}
