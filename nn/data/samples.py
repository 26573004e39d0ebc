"""Training data: inputs and targets, from a matrix D = [X|Y] or from a CSV file.

The lecture on the residual sum of squares writes D = [X|Y]: each row is a sample, its inputs followed by its targets.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from numbers import Integral
from os import PathLike
from typing import TYPE_CHECKING, Any

from autograd_lite.internal import quote

from .frames import find_names
from .preparation import Preparation, to_samples
from .splitting import fold_rows, read_groups, split_rows
from .table import Table, read_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ..arrays import Samples


@dataclass(frozen=True, slots=True, repr=False)
class Data:
    """Inputs and targets, one sample in each row.

    Attributes:
        X: (N, n) floats.
        Y: (N, m) floats, or (N,) names of classes.
        columns, targets: the names of the columns of X and of Y.

    >>> data = Data.of([[1, 2, 3], [4, 5, 6]], n_targets=1)
    >>> data
    Data(X (2, 2): x1, x2; Y (2, 1): y)
    >>> data.D.tolist()
    [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
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
        """[X|Y], (N, n + m). Raises TypeError if the targets are names of classes."""
        import numpy as np

        if self.Y.dtype.kind not in "fiu":
            raise TypeError(f"[X|Y] is a matrix of numbers, but {self.targets[0]} holds the names of classes")
        return np.column_stack([self.X, self.Y])

    @classmethod
    def of(cls, D: Any, n_targets: int = 1) -> "Data":
        """The inputs and targets in a matrix D = [X|Y], (N, n + m), whose last m = ``n_targets`` columns are Y.

        The columns of a data frame keep their names.

        Raises:
            ValueError, TypeError: D is no matrix of finite numbers, or has too few columns.
        """
        found = to_samples(D, None, "D")
        n = found.shape[1] - n_targets
        if n < 1 or n_targets < 1:
            raise ValueError(f"D = [X|Y] must have at least one column of X and one of Y; it has {found.shape[1]} "
                             f"columns, and n_targets is {n_targets}")
        numbered, names = Preparation.none(n, n_targets), find_names(D)
        columns, targets = (names[:n], names[n:]) if names else (numbered.columns, numbered.targets)
        return cls(found[:, :n], found[:, n:], columns, targets)

    def split(self, part: float, seed: int | None = None, stratify: bool = False) -> tuple["Data", "Data"]:
        """Split at random into training data and validation data.

        Args:
            part: the fraction of the samples that become validation data, 0 < part < 1.
            seed: an int for a repeatable split.
            stratify: whether both parts get their share of each class, up to rounding; for targets that are classes.

        Raises:
            ValueError: part is not between 0 and 1, or leaves one side without a sample.

        >>> training, validation = Data.of([[k, k] for k in range(10)]).split(0.2, seed=0)
        >>> len(training.X), len(validation.X)
        (8, 2)
        """
        count = round(len(self.X) * part) if 0 < part < 1 else 0
        if not 0 < count < len(self.X):
            raise ValueError("the fraction of validation samples must be between 0 and 1 and leave samples on both "
                             f"sides; {quote(part)} of {len(self.X)} does not")
        kept, held = split_rows(len(self.X), count, seed, read_groups(self.Y) if stratify else None)
        return self._take(kept), self._take(held)

    def k_fold(self, k: int = 5, seed: int | None = None, stratify: bool = False) -> list[tuple["Data", "Data"]]:
        """k pairs (training data, validation data); each sample is in the validation data of one pair.

        Args:
            k: the number of pairs, 2 ≤ k ≤ N.
            seed: an int for repeatable folds.
            stratify: whether each part gets its share of each class, up to rounding; for targets that are classes.

        Raises:
            ValueError: k is out of range.

        >>> [len(held.X) for _, held in Data.of([[k, k] for k in range(10)]).k_fold(3, seed=0)]
        [4, 3, 3]
        """
        if not isinstance(k, Integral) or isinstance(k, bool) or not 2 <= k <= len(self.X):
            raise ValueError(f"k must be a whole number from 2 to {len(self.X)}, the number of samples, not {quote(k)}")
        folds = fold_rows(len(self.X), int(k), seed, read_groups(self.Y) if stratify else None)
        return [(self._take(sorted(row for other in folds if other is not held for row in other)), self._take(held))
                for held in folds]

    def _take(self, rows: Sequence[int]) -> "Data":
        return replace(self, X=self.X[rows], Y=self.Y[rows])


def read_csv(path: str | PathLike[str], target: str | Sequence[str], *, columns: str | Sequence[str] | None = None,
             skip_missing: bool = False) -> Data:
    """Read data from a CSV file whose first line names the columns.

    Args:
        path: the file, in UTF-8. Cells are separated by commas, semicolons or tabs, whichever the first line uses.
        target: the name of the target column, or several. A single column of text holds the names of classes.
        columns: the names of the input columns; None for all others.
        skip_missing: skip rows with missing cells, which are an error otherwise.

    Raises:
        ValueError: the content of the file is wrong; says in which line. OSError: the file cannot be read.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "line.csv")
    ...     count = path.write_text("x,y\\n1,3\\n2,5\\n")
    ...     read_csv(path, target="y").D.tolist()
    [[1.0, 3.0], [2.0, 5.0]]
    """
    targets, inputs = ((given,) if isinstance(given, str) else given for given in (target, columns))
    return to_data(read_table(path), targets or (), inputs, skip_missing)


def to_data(table: Table, targets: Sequence[str], columns: Sequence[str] | None = None,
            skip_missing: bool = False) -> Data:
    """The inputs and targets in a table. The arguments are those of ``read_csv``."""
    import numpy as np

    for name in targets:
        table.column(name)
    inputs = [name for name in table.header if name not in targets] if columns is None else list(columns)
    used = [*inputs, *targets]
    if not inputs or not targets:
        raise ValueError(f"{table.name}: there must be at least one input column and one target column; it has "
                         f"{', '.join(table.header)}")
    if len(set(used)) < len(used):
        twice = next(name for name in used if used.count(name) > 1)
        raise ValueError(f"{table.name}: column {quote(twice)} is named twice; name each column once")
    if skip_missing:
        table = table.without(table.missing([*inputs, *targets]))
    if not table.rows:
        raise ValueError(f"{table.name} has no row to train on")
    if len(targets) == 1 and table.holds_names(targets[0]):
        numbers, names = table.numbers(inputs), table.names(targets[0])
        return Data(np.array(numbers), np.array(names), tuple(inputs), tuple(targets))
    D = np.array(table.numbers(used))
    return Data(D[:, : len(inputs)], D[:, len(inputs) :], tuple(inputs), tuple(targets))
