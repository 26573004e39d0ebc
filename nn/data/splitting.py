"""Rows of a set of samples at random: parts for training and validation, and folds."""

import random
from collections.abc import Sequence
from typing import Any

from ..ground import late_numpy as np
from .preparation import class_names


def split_rows(count: int, held: int, seed: int | None,
               groups: Sequence[Any] | None = None) -> tuple[list[int], list[int]]:
    """The rows to train on and the ``held`` rows to hold back, sorted.

    Args:
        count: the number of rows.
        held: the number of rows to hold back.
        seed: of the random order.
        groups: the class of each row, for equal shares of each class in both parts; None for none.

    >>> split_rows(5, 2, seed=1)
    ([0, 1, 4], [2, 3])
    """
    order = _draw_order(count, seed, groups)
    if groups is not None:
        chosen = {order[int((i + 0.5) * count / held)] for i in range(held)}  # at equal distances: of each its share
        return sorted(set(order) - chosen), sorted(chosen)
    return sorted(order[held:]), sorted(order[:held])


def fold_rows(count: int, k: int, seed: int | None, groups: Sequence[Any] | None = None) -> list[list[int]]:
    """The rows of k folds, whose sizes, and whose numbers of rows of each class, differ by at most 1."""
    order = _draw_order(count, seed, groups)
    return [sorted(order[i::k]) for i in range(k)]


def read_groups(Y: Any) -> list[str]:
    """The class of each sample, from one column or from a column for each class (1 for the class of the sample)."""
    array = np.asarray(Y)
    return class_names(array.argmax(axis=1) if array.ndim == 2 and array.shape[1] > 1 else array)


def _draw_order(count: int, seed: int | None, groups: Sequence[Any] | None) -> list[int]:
    """The rows in a random order, those of each class together where there are classes."""
    order = list(range(count))
    random.Random(seed).shuffle(order)
    return order if groups is None else sorted(order, key=lambda row: groups[row])
