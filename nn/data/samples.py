"""Data to train on: inputs and targets, from a matrix D = [X|Y] or from a CSV file.

The lecture on the residual sum of squares writes D = [X|Y]: a sample a row, its inputs first and its targets after
them.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from os import PathLike
from typing import TYPE_CHECKING, Any

from autograd_lite.internal import quote

from .preparation import Preparation, to_samples
from .table import Table, read_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..arrays import Samples


@dataclass(frozen=True, slots=True, repr=False)
class Data:
    """Inputs and targets, a sample a row.

    Attributes:
        X: (N, n) floats.
        Y: (N, m) floats, or (N,) names of classes.
        columns, targets: what the columns of X and of Y are called.
    """

    X: "Samples"
    Y: "NDArray[Any]"
    columns: tuple[str, ...]
    targets: tuple[str, ...]

    def __repr__(self) -> str:
        return (f"Data(X {self.X.shape}: {', '.join(self.columns[:6])}{', …' * (len(self.columns) > 6)}; "
                f"Y {self.Y.shape}: {', '.join(self.targets)})")

    @property
    def D(self) -> "Samples":
        """[X|Y], (N, n + m). Raises TypeError where the targets are names."""
        import numpy as np

        if self.Y.dtype.kind not in "fiu":
            raise TypeError(f"[X|Y] is a matrix of numbers, and {self.targets[0]} holds the names of classes")
        return np.column_stack([self.X, self.Y])

    @classmethod
    def of(cls, D: Any, n_targets: int = 1) -> "Data":
        """The inputs and targets in a matrix D = [X|Y] whose last ``n_targets`` columns are Y.

        Raises:
            ValueError, TypeError: D is no matrix of finite numbers, or has no more columns than that.
        """
        found = to_samples(D, None, "D")
        n = found.shape[1] - n_targets
        if n < 1 or n_targets < 1:
            raise ValueError(f"D = [X|Y] must have at least one column of X and one of Y; it has {found.shape[1]} in "
                             f"all, and {n_targets} of them are said to be Y")
        named = Preparation.none(n, n_targets)
        return cls(found[:, :n], found[:, n:], named.columns, named.targets)

    def split(self, part: float, seed: int | None = None) -> tuple["Data", "Data"]:
        """Two parts drawn at random: the larger to train on, and ``part`` of the samples, 0 < part < 1, to try it on.

        Raises:
            ValueError: part is not between 0 and 1, or leaves one side without a sample.
        """
        count = round(len(self.X) * part) if 0 < part < 1 else 0
        if not 0 < count < len(self.X):
            raise ValueError(f"the part held back must be between 0 and 1 and leave samples on both sides; "
                             f"{quote(part)} of "
                             f"{len(self.X)} does not")
        order = list(range(len(self.X)))
        random.Random(seed).shuffle(order)
        held, kept = sorted(order[:count]), sorted(order[count:])
        return tuple(replace(self, X=self.X[rows], Y=self.Y[rows]) for rows in (kept, held))  # type: ignore[return-value]


def read_csv(path: str | PathLike[str], target: str | Sequence[str], *, columns: str | Sequence[str] | None = None,
             skip_missing: bool = False) -> Data:
    """Data from a CSV file whose first line names the columns.

    Args:
        path: the file, in UTF-8; cells are separated by commas, semicolons or tabs, as its first line has them.
        target: the column to be predicted, or several. One that holds text is read as the names of classes.
        columns: the columns to predict from; all others if None.
        skip_missing: leave rows with empty cells out. Else they are an error.

    Raises:
        ValueError: what is wrong in the file, and in which line; OSError: it cannot be read.
    """
    targets, inputs = ((given,) if isinstance(given, str) else given for given in (target, columns))
    return to_data(read_table(path), targets or (), inputs, skip_missing)


def to_data(table: Table, targets: Sequence[str], columns: Sequence[str] | None = None,
            skip_missing: bool = False) -> Data:
    """The inputs and targets in a table; arguments as for ``read_csv``."""
    import numpy as np

    for name in targets:
        table.column(name)
    inputs = [name for name in table.header if name not in targets] if columns is None else list(columns)
    used = [*inputs, *targets]
    if not inputs or not targets:
        raise ValueError(f"{table.name}: there must be at least one column to predict from and one to predict; it has "
                         f"{', '.join(table.header)}")
    if len(set(used)) < len(used):
        twice = next(name for name in used if used.count(name) > 1)
        raise ValueError(f"{table.name}: column {quote(twice)} is named twice; a column has one part to play")
    if skip_missing:
        table = table.without(table.missing([*inputs, *targets]))
    if not table.rows:
        raise ValueError(f"{table.name} has no row to train on")
    if len(targets) == 1 and table.holds_names(targets[0]):
        numbers, names = table.numbers(inputs), table.names(targets[0])
        return Data(np.array(numbers), np.array(names), tuple(inputs), tuple(targets))
    D = np.array(table.numbers(used))
    return Data(D[:, : len(inputs)], D[:, len(inputs) :], tuple(inputs), tuple(targets))
