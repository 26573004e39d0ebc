"""How well a network answers: measures of errors and of classes, from the targets and the answers.

Targets come first. Arrays of different shapes are refused: a difference of (N,) and (N, 1) is an N × N table.
"""

from collections.abc import Callable
from typing import Any

from autograd_lite.internal import quote

from .data.frames import refuse_masked
from .data.preparation import class_names, classes_in, holds_names, to_floats
from .ground import late_numpy as np
from .ground.arrays import Counts, Floats
from .ground.suggest import unknown_name

AVERAGES = ("macro", "micro", "weighted")


def mse(targets: Any, answers: Any) -> float:
    """The mean squared error (1/(N·n)) Σᵢ Σⱼ (aᵢⱼ − yᵢⱼ)² of N samples with n outputs.

    Args:
        targets, answers: finite numbers of the same shape, (N,) or (N, n).

    Raises:
        ValueError: the shapes differ, or a number is not finite. TypeError: there is something other than numbers.

    >>> mse([1.0, 2.0], [1.0, 4.0])
    2.0
    """
    y, a = _read_numbers(targets, answers)
    return float(((a - y) ** 2).mean())


def rmse(targets: Any, answers: Any) -> float:
    """The root mean square error (1/n) Σⱼ √((1/N) Σᵢ (aᵢⱼ − yᵢⱼ)²): of each output, then the mean. As ``mse``.

    >>> rmse([1.0, 2.0], [4.0, -1.0])
    3.0
    """
    y, a = _read_numbers(targets, answers)
    return float(np.sqrt(((a - y) ** 2).mean(axis=0)).mean())


def r2(targets: Any, answers: Any) -> float:
    """R² = 1 − Σᵢ (aᵢ − yᵢ)² / Σᵢ (yᵢ − ȳ)², the mean over the outputs; at most 1, and 0 for the mean ȳ as answer.

    Targets that are all equal have no variance to explain: R² is then 1 for perfect answers and 0 for others.

    Raises:
        ValueError, TypeError: as ``mse`` does, or there is only one sample.

    >>> r2([1.0, 2.0, 3.0], [1.0, 2.0, 3.5])
    0.875
    """
    y, a = _read_numbers(targets, answers)
    if len(y) < 2:
        raise ValueError("R² compares with the spread of the targets, so it needs at least two samples")
    left, spread = ((a - y) ** 2).sum(axis=0), ((y - y.mean(axis=0)) ** 2).sum(axis=0)
    varies = y.min(axis=0) < y.max(axis=0)  # not spread > 0: the mean of equal numbers is rounded
    return float(np.where(varies, 1 - left / np.where(varies, spread, 1.0), left == 0).mean())


def accuracy(targets: Any, answers: Any) -> float:
    """The part of the samples that are answered right: (1/N) Σᵢ [aᵢ = yᵢ].

    Args:
        targets, answers: the classes of N samples, of the same shape, (N,) or (N, 1): names, whole numbers or booleans.

    Raises:
        ValueError: the shapes differ, one holds names and the other numbers, or there are probabilities in place of
            classes.

    >>> accuracy(["a", "b", "b", "b"], ["a", "a", "b", "b"])
    0.75
    """
    y, a = _read_classes(targets, answers)
    return len([target for target, answer in zip(y, a, strict=True) if target == answer]) / len(y)


def confusion_matrix(targets: Any, answers: Any, classes: Any = None) -> "Counts":
    """The table Mₖₗ = the number of samples of class k that were answered with class l, (K, K).

    Args:
        targets, answers: as for ``accuracy``.
        classes: the K classes in the order of rows and columns; by default all that occur, sorted (numbers by size).

    Raises:
        ValueError: as ``accuracy`` does, or a class that occurs is not among ``classes``.

    >>> confusion_matrix([0, 0, 1, 1], [0, 1, 1, 1]).tolist()
    [[1, 1], [0, 2]]
    """
    y, a = _read_classes(targets, answers)
    names = list(classes_in([*y, *a]) if classes is None else class_names(classes))
    for name in (*y, *a):
        if name not in names:
            raise unknown_name("class", name, names)
    at = {name: k for k, name in enumerate(names)}
    counts = np.zeros((len(names), len(names)), dtype=np.int64)
    np.add.at(counts, ([at[name] for name in y], [at[name] for name in a]), 1)
    return counts


def precision(targets: Any, answers: Any, of: Any = None, average: str | None = None) -> float:
    """The part of the samples answered with a class that belong to it: P = Mₖₖ / Σₗ Mₗₖ; 0 if it is never answered.

    M is the ``confusion_matrix``.

    Args:
        targets, answers: as for ``accuracy``.
        of: the class k. By default, of two classes the second in their order, such as 1 of 0 and 1; of more, the
            average over all classes.
        average: over all classes instead: "macro" (1/K) Σₖ Pₖ, the default for more than two classes; "weighted"
            (1/N) Σₖ NₖPₖ with the Nₖ samples of class k; "micro" from the sums over all classes of numerators and
            denominators.

    Raises:
        ValueError: as ``accuracy`` does, the class or the average is unknown, or both are given.

    >>> precision([0, 0, 1, 1], [0, 1, 1, 1]) == 2 / 3
    True
    """
    return _combine(targets, answers, of, average, lambda right, _, given: (right, given))


def recall(targets: Any, answers: Any, of: Any = None, average: str | None = None) -> float:
    """The part of the samples of a class that are answered with it: R = Mₖₖ / Σₗ Mₖₗ; 0 if it has no sample.

    Arguments and errors are those of ``precision``.

    >>> recall([0, 0, 1, 1], [0, 1, 1, 1], of=0)
    0.5
    """
    return _combine(targets, answers, of, average, lambda right, wanted, _: (right, wanted))


def f1(targets: Any, answers: Any, of: Any = None, average: str | None = None) -> float:
    """F₁ = 2PR/(P + R) = 2Mₖₖ / (Σₗ Mₖₗ + Σₗ Mₗₖ), the harmonic mean of precision and recall; 0 where both are 0.

    Arguments and errors are those of ``precision``.

    >>> f1([0, 0, 1, 1], [0, 1, 1, 1])
    0.8
    """
    return _combine(targets, answers, of, average, lambda right, wanted, given: (2 * right, wanted + given))


def _combine(targets: Any, answers: Any, of: Any, average: str | None,
             make_fraction: Callable[["Floats", "Floats", "Floats"], tuple["Floats", "Floats"]]) -> float:
    """A measure of one class or of all: a fraction of the numbers of right, wanted and given answers of each class."""
    y, a = _read_classes(targets, answers)
    found = classes_in([*y, *a])
    names = ("0", "1") if set(found) <= {"0", "1"} else found
    if of is not None and average is not None:
        raise ValueError("of is one class and average is over all of them; give one of the two")
    if average is not None and average not in AVERAGES:
        raise unknown_name("average", average, AVERAGES)
    counts = confusion_matrix(y, a, names).astype(float)
    right, wanted, given = np.diag(counts), counts.sum(axis=1), counts.sum(axis=0)
    above, below = make_fraction(right, wanted, given)
    each = np.where(below > 0, above / np.where(below > 0, below, 1.0), 0.0)
    if of is not None or (average is None and len(names) <= 2):
        wanted_name = names[-1] if of is None else class_names([of])[0]
        if wanted_name not in names:
            raise unknown_name("class", wanted_name, names)
        return float(each[names.index(wanted_name)])
    if average == "micro":
        return float(above.sum() / below.sum())
    return float(each @ wanted / wanted.sum() if average == "weighted" else each.mean())


def _read_numbers(targets: Any, answers: Any) -> tuple["Floats", "Floats"]:
    """Two arrays of finite numbers with equal shapes, (N,) or (N, n)."""
    arrays = []
    for name, values in (("targets", targets), ("answers", answers)):
        refuse_masked(values, name)
        try:
            arrays.append(to_floats(np.asarray(values)))
        except (TypeError, ValueError):
            raise TypeError(f"{name} must be an array of numbers; for classes there are accuracy, precision, recall "
                            "and f1") from None
    _check_shapes(*arrays)
    for name, array in zip(("targets", "answers"), arrays, strict=True):
        if not np.isfinite(array).all():
            row = int(np.argwhere(~np.isfinite(array))[0][0]) + 1
            raise ValueError(f"{name} must hold finite numbers, but row {row} does not")
    return arrays[0], arrays[1]


def _read_classes(targets: Any, answers: Any) -> tuple[list[str], list[str]]:
    """The classes of two arrays with equal shapes, (N,) or (N, 1), as text."""
    both = {"targets": targets, "answers": answers}
    _check_shapes(*map(np.asarray, both.values()))
    if np.ndim(targets) == 2 and np.shape(targets)[1] > 1:
        raise ValueError(f"classes must be (N,), one of each sample, but the arrays are {np.shape(targets)}; write "
                         "net.classify(X), or array.argmax(axis=1) of a column for each class")
    for name, values in both.items():
        classes_in(values)  # raises where a class is missing
        wrong = next((v for v in np.asarray(values).ravel().tolist() if isinstance(v, float) and v % 1), None)
        if wrong is not None:
            raise ValueError(f"{name} must be classes, but hold {wrong:g}, which is no whole number; net.classify(X) "
                             "gives classes, and r2 and rmse measure numbers")
    if holds_names(targets) != holds_names(answers):
        named, numbers = ("targets", "answers") if holds_names(targets) else ("answers", "targets")
        raise ValueError(f"the {named} are names, such as {quote(str(np.asarray(both[named]).ravel()[0]))}, and the "
                         f"{numbers} are numbers, so none can be equal")
    return class_names(targets), class_names(answers)


def _check_shapes(targets: Any, answers: Any) -> None:
    if targets.shape != answers.shape:
        raise ValueError(f"targets have the shape {targets.shape} and answers {answers.shape}; they must be equal, for "
                         "arrays of different shapes are spread over each other")
    if targets.ndim not in (1, 2) or not targets.size:
        raise ValueError(f"targets and answers must be (N,) or (N, n) with N ≥ 1, but are {targets.shape}")
