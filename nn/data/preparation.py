"""Preparation of data for a network: names, scales and classes, and their reversal on its outputs.

A preparation belongs to the trained network and is saved with it, because the outputs mean nothing without it.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from autograd_lite.internal import quote

from ..ground import late_numpy as np
from ..ground.arrays import Entries, Floats, Samples
from .encoding import Encoding, encode_word
from .frames import find_kind, find_names, is_missing_entry, refuse_masked, refuse_words, select_columns

_PLAIN = {str, int, float, bool}
_WHOLE = r"-?(0|[1-9]\d{0,15})"
_MADE: dict[str, Callable[[str], Any]] = {"str": str, "int": int, "float": float, "bool": lambda name: name == "1"}


@dataclass(frozen=True, slots=True)
class Preparation:
    """The names, scales and classes of data. Scaled inputs and scaled numerical targets are (x − mean)/scale.

    Attributes:
        columns: the names of the n inputs.
        targets: the names of the targets.
        mean, scale: one number for each input; empty if inputs are not scaled.
        target_mean, target_scale: one number for each target; empty if targets are not scaled.
        classes: the names of the classes in the order of the outputs; empty if no class is predicted.
        of_class: the class, 0 or 1, whose probability a single output is.
        named: whether ``columns`` were given with the data. A data frame is then read by these names.
        encodings: where words became numbers, the columns of the file and their values; empty otherwise.
        target_shape: the shape of the targets of one sample: () for targets (N,), (m,) for (N, m). Answers have it
            too. None if the network was never trained.
        target_kind: what classes were in the data: "bool", "int", "float" or "str". ``classify`` gives the same.

    >>> prepared = Preparation.none(n_inputs=1).standardise([1.0, 3.0])
    >>> prepared.mean, prepared.scale, prepared.inputs([1.0, 3.0]).tolist()
    ((2.0,), (1.0,), [[-1.0], [1.0]])
    """

    columns: tuple[str, ...]
    targets: tuple[str, ...] = ()
    mean: tuple[float, ...] = ()
    scale: tuple[float, ...] = ()
    target_mean: tuple[float, ...] = ()
    target_scale: tuple[float, ...] = ()
    classes: tuple[str, ...] = ()
    of_class: int = 1
    named: bool = False
    encodings: tuple[Encoding, ...] = ()
    target_shape: tuple[int, ...] | None = None
    target_kind: str = ""

    @property
    def sources(self) -> tuple[Encoding, ...]:
        """The columns of a file that the inputs are made of, and their values; none for numbers."""
        return self.encodings or tuple((name, ()) for name in self.columns)

    @classmethod
    def none(cls, n_inputs: int, n_outputs: int = 0) -> Self:
        """A preparation of inputs x1, x2, … and targets y1, y2, … without scales and classes."""
        return cls(_number_names("x", n_inputs), _number_names("y", n_outputs))

    def standardise(self, X: Any, Y: Any = None) -> "Preparation":
        """The same with the means and standard deviations (divided by N, not N − 1) of X, and of Y if given.

        Args:
            X: (N, n), or (N,) for one input.
            Y: (N, m), or (N,) for one target; None leaves the targets unscaled.

        Raises:
            ValueError, TypeError: as ``to_samples`` does, or the numbers are too large.
        """
        mean, scale = _compute_moments(to_samples(X, len(self.columns), "X"))
        target_mean, target_scale = ((), ()) if Y is None else _compute_moments(to_samples(Y, None, "Y"))
        return replace(self, mean=mean, scale=scale, target_mean=target_mean, target_scale=target_scale)

    def record(self, X: Any, Y: Any) -> "Preparation":
        """The same with what the samples of a new training say: names of columns, shape and kind of the targets."""
        columns, targets = find_names(X), find_names(Y)
        again = self.named and set(columns) == set(self.columns)
        found = replace(self, target_shape=np.shape(Y)[1:], target_kind=find_kind(Y), targets=targets or self.targets)
        return found if again or len(columns) != len(self.columns) else replace(found, columns=columns, named=True)

    def inputs(self, X: Any, name: str = "X") -> "Samples":
        """X as the network receives it, one sample in each row. A data frame is read by the names of its columns.

        Raises:
            ValueError, TypeError: as ``to_samples`` does, or a data frame lacks a column or holds a word that was not
                among those of the training.
        """
        if self.named:
            words = self.encodings and not set(self.columns) <= set(find_names(X))  # not those that are 0 and 1 already
            X = select_columns(X, [column for column, _ in self.sources] if words else self.columns, name)
            if words and hasattr(X, "columns"):
                X = self._encode(X, name)
        return _scale(to_samples(X, len(self.columns), name), self.mean, self.scale)

    def _encode(self, frame: Any, of: str) -> "Samples":
        """The columns of a data frame as the numbers that they were in the training."""
        refuse_words(frame, of, [column for column, values in self.sources if values])
        cells = np.asarray(frame, dtype=object).T
        parts: list[Any] = []
        for (column, values), entries in zip(self.sources, cells, strict=True):
            try:
                parts.append([encode_word(str(cell), values) for cell in entries] if values else entries[:, None])
            except ValueError as error:
                raise ValueError(f"column {quote(column)} of {of} {error}") from None
        return np.column_stack(parts)

    def outputs(self, Y: Any, n_outputs: int, name: str = "Y") -> "Samples":
        """Y as the network should output it, one sample in each row.

        Raises:
            ValueError, TypeError: as ``to_samples`` does, or Y has a class that is not in ``classes``.
        """
        refuse_masked(Y, name)
        if self.classes and is_one_column(Y):
            return self._encode_one_hot(Y, n_outputs, name)
        return _scale(to_samples(Y, n_outputs, name), self.target_mean, self.target_scale)

    def restore(self, outputs: "Sequence[Sequence[float]] | Samples") -> "Samples":
        """Convert outputs of the network, (N, m), to the units and the shape of the targets."""
        found = np.array(outputs, dtype=float)
        if self.target_scale:
            found = found * np.array(self.target_scale) + np.array(self.target_mean)
        return found[:, 0] if self.target_shape == () and found.shape[1] == 1 else found

    def restore_classes(self, numbers: "Entries") -> "Entries":
        """Convert numbers of classes, (N,), to the classes, in the kind and the shape that the targets had."""
        kind, whole = self.target_kind, all(re.fullmatch(_WHOLE, name) for name in self.classes)
        if self.classes:
            made = _MADE.get(kind, int if whole else str)
            numbers = np.array([made(name) for name in self.classes])[numbers]
        return numbers[:, None] if self.target_shape == (1,) else numbers

    def _encode_one_hot(self, Y: Any, n_outputs: int, of: str) -> "Samples":
        """1 for the class of the sample, 0 for the others; the target of a single output is its class number."""
        place = {name: k for k, name in enumerate(self.classes)}
        numbers = [place.get(name, -1) for name in class_names(Y)]
        if -1 in numbers:
            i = numbers.index(-1)
            raise ValueError(f"row {i + 1} of {of} has the class {quote(class_names(Y)[i])}, but the network knows "
                             f"{', '.join(self.classes)}")
        if len(self.classes) != (n_outputs if n_outputs > 1 else 2):
            outputs = f"{n_outputs} outputs" if n_outputs > 1 else "1 output"
            raise ValueError(f"there are {len(self.classes)} classes ({', '.join(self.classes)}) but {outputs}; "
                             "give the network an output for each class")
        found: Samples = np.eye(len(self.classes))[numbers]
        return found[:, n_outputs == 1 :]


def to_samples(values: Any, width: int | None, name: str) -> "Samples":
    """Convert ``values`` to a float array with one sample in each row; an array of floats is not copied.

    Args:
        values: finite numbers, (N, n) or (N,) with N ≥ 1; (N,) becomes one column.
        width: n; None for any.
        name: the name of the values in messages.

    Raises:
        ValueError: the shape is wrong, the array is empty, or a number is not finite; says in which row.
        TypeError: a value is no number.
    """
    refuse_masked(values, name)
    try:
        found = np.asarray(values)
        found = to_floats(found)
    except OverflowError:
        at = next(at for at, value in np.ndenumerate(found) if _overflows(value))
        raise ValueError(f"{name} must hold finite numbers, but {_describe_entry(*at)} does not fit a float") from None
    except (TypeError, ValueError):
        refuse_words(values, name)
        each = "the same number of entries" if width is None else f"{width} number{'s' * (width > 1)}"
        raise TypeError(f"{name} must be an array of numbers, each row a sample with {each}; "
                        "it holds something else, or rows of different lengths") from None
    found = found[:, None] if found.ndim == 1 else found
    if found.ndim != 2 or not found.size or (width is not None and found.shape[1] != width):
        expected = "(N, n)" if width is None else f"(N, {width})"
        raise ValueError(f"{name} must have the shape {expected}, one sample in each row, but has {np.shape(values)}")
    if not np.isfinite(found).all():
        row, column = np.argwhere(~np.isfinite(found))[0]
        raise ValueError(f"{name} must hold finite numbers, but {_describe_entry(row, column)} is {found[row, column]}")
    return found


def to_floats(array: "Entries") -> "Floats":
    """An array as floats; not copied if it is one. Raises TypeError if its entries are not numbers."""
    if array.dtype.kind not in "biufO" or any(isinstance(v, str | bytes | complex) for v in array.ravel()[:1]):
        raise TypeError
    return array.astype(float, copy=False)


def _describe_entry(row: int = 0, column: int = 0, *_: int) -> str:
    """Where an entry is, counted from 1. A number and an array (N,) have one column."""
    return f"row {row + 1}, column {column + 1}"


def _overflows(value: Any) -> bool:
    try:
        float(value)
    except OverflowError:
        return True
    return False


def classes_in(Y: Any) -> tuple[str, ...]:
    """The classes in one column, sorted; numbers by size.

    Raises:
        ValueError: the class of a sample is NaN or None; says in which row.
    """
    refuse_masked(Y, "Y")
    entries = np.asarray(Y, dtype=object).ravel().tolist()
    if not {*map(type, entries)} <= _PLAIN or any(v != v for v in {*entries}):
        for i, value in enumerate(entries, start=1):
            if is_missing_entry(value):
                raise ValueError(f"row {i} of Y is {value}, which is no class; remove the sample, or name its class")
    found = set(class_names(Y))
    try:
        return tuple(sorted(found, key=lambda name: (float(name), name)))
    except ValueError:  # names
        return tuple(sorted(found))


def class_names(Y: Any) -> list[str]:
    """The classes in one column as strings: whole numbers without a decimal point, others as ``str`` gives them."""
    def name(v: Any) -> str:
        return str(int(v)) if isinstance(v, bool) or (isinstance(v, float) and v.is_integer()) else str(v)

    entries = np.asarray(Y).ravel().tolist()
    if {*map(type, entries)} <= _PLAIN:  # few classes, perhaps of many samples; equal ones have one name
        names = {v: name(v) for v in {*entries}}
        return [names[v] for v in entries]
    return [name(v) for v in entries]


def holds_names(Y: Any) -> bool:
    """Whether Y holds strings."""
    return any(issubclass(kind, str) for kind in {*map(type, np.asarray(Y, dtype=object).ravel().tolist())})


def is_one_column(Y: Any) -> bool:
    """Whether Y is (N,) or (N, 1)."""
    try:
        shape = np.shape(Y)
    except ValueError:  # rows of several lengths
        return False
    return len(shape) == 1 or (len(shape) == 2 and shape[1] == 1)


def _number_names(letter: str, count: int) -> tuple[str, ...]:
    return (letter,) if count == 1 else tuple(f"{letter}{k}" for k in range(1, count + 1))


def _compute_moments(found: "Samples") -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The mean and scale of each column: the standard deviation, or 1 for a constant column."""
    size = np.abs(found).max(axis=0)
    size[size == 0] = 1.0
    scaled = found / size  # squares of numbers up to 1 neither overflow nor underflow
    mean, deviation = scaled.mean(axis=0) * size, scaled.std(axis=0) * size
    if size.max() > 1e307:  # the difference of two may overflow
        raise ValueError("the numbers are too large to be standardised; divide them by a power of ten first")
    varies = (found.min(axis=0) < found.max(axis=0)) & (deviation > 0)
    return tuple(mean.tolist()), tuple(np.where(varies, deviation, 1.0).tolist())


def _scale(found: "Samples", mean: tuple[float, ...], scale: tuple[float, ...]) -> "Samples":
    if not scale:
        return found
    with np.errstate(over="ignore"):  # scales that do not fit; the network names the input
        scaled: Samples = (found - np.array(mean)) / np.array(scale)
        return scaled
