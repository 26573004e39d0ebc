"""Weights of samples in the cost: given for each sample, or for each class."""

from collections import Counter
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from autograd_lite.internal import quote

from ..data.preparation import class_names, is_one_column, to_samples
from ..ground.suggest import unknown_name

BALANCED = "balanced"


def find_weights(Y: Any, classes: Sequence[str], class_weights: Mapping[Any, float] | str | None,
                 sample_weights: Any) -> list[float] | None:
    """The weight of each sample: its own times that of its class. None if neither is given.

    Args:
        Y: the targets; one column of classes for ``class_weights``.
        classes: the names of the classes; empty if the cost takes none.
        class_weights, sample_weights: as for ``fit``.

    Raises:
        ValueError, TypeError: a weight is no finite number, is negative, or belongs to no class; all weights are 0.

    >>> find_weights(["a", "b", "b", "b"], ("a", "b"), "balanced", None) == [2, 2 / 3, 2 / 3, 2 / 3]
    True
    """
    if class_weights is None and sample_weights is None:
        return None
    own = None if sample_weights is None else [w for (w,) in to_samples(sample_weights, 1, "sample_weights").tolist()]
    if own is not None and min(own) < 0:
        raise ValueError(f"sample_weights must be at least 0, but row {own.index(min(own)) + 1} has {min(own):g}")
    if own is not None and max(own) == 0:
        raise ValueError("sample_weights are all 0, so there is nothing to learn from")
    if class_weights is None:
        return own
    if not classes or not is_one_column(Y):
        raise ValueError("class_weights are for targets that are classes in one column; give sample_weights")
    names = class_names(Y)
    of = _read_class_weights(class_weights, classes, Counter(names))
    found = [of[name] for name in names]
    if own is not None and len(own) != len(found):
        return own  # refused with both numbers
    return found if own is None else [a * b for a, b in zip(own, found, strict=True)]


def _read_class_weights(given: Any, classes: Sequence[str], counts: Mapping[str, int]) -> dict[str, float]:
    """Class -> weight, for every class."""
    if isinstance(given, str):
        if given != BALANCED:
            raise unknown_name("value of class_weights", given, [BALANCED])
        return {name: Counter(counts).total() / (len(counts) * counts[name]) for name in counts}
    if not isinstance(given, Mapping):
        raise TypeError(f"class_weights must be a dictionary from classes to weights, or 'balanced', not "
                        f"{quote(given)}")
    of: dict[str, float] = {}
    for name, weight in zip(class_names(list(given)) if given else (), given.values(), strict=True):
        if name not in classes:
            raise unknown_name("class in class_weights", name, classes)
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not (isfinite(weight) and weight > 0):
            raise ValueError(f"the weight of class {quote(name)} must be a finite number above 0, not {quote(weight)}")
        of[name] = float(weight)
    if missing := [name for name in classes if name not in of]:
        raise ValueError(f"class_weights lacks the class {quote(missing[0])}; give every class its weight")
    return of
