"""Training data: inputs and targets, from a matrix D = [X|Y] or from a CSV file.

The lecture on the residual sum of squares writes D = [X|Y]: each row is a sample, its inputs followed by its targets.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from numbers import Integral
from os import PathLike
from typing import Any

from autograd_lite.internal import quote, shorten

from ..ground import late_numpy as np
from ..ground.arrays import Entries, Samples
from .columns import choose_inputs
from .doubts import refuse_units, warn_of_classes, warn_of_sentinel
from .encoding import Encoding, encode, find_missing, name_inputs, spell_alike
from .frames import find_names
from .kinds import holds_classes
from .missing import is_missing, is_without_class, leave_out
from .preparation import Preparation, to_samples
from .splitting import fold_rows, read_groups, split_rows
from .table import Table, read_table


@dataclass(frozen=True, slots=True, repr=False)
class Data:
    """Inputs and targets, one sample in each row.

    Attributes:
        X: (N, n) floats.
        Y: (N, m) floats, or (N,) names of classes.
        columns, targets: the names of the columns of X and of Y.
        encodings: where words became numbers, the columns of the file and their values; empty otherwise.

    >>> data = Data.of([[1, 2, 3], [4, 5, 6]], n_targets=1)
    >>> data
    Data(X (2, 2): x1, x2; Y (2, 1): y)
    >>> data.D.tolist()
    [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
    """

    X: "Samples"
    Y: "Entries"
    columns: tuple[str, ...]
    targets: tuple[str, ...]
    encodings: tuple[Encoding, ...] = ()

    def __repr__(self) -> str:
        return (f"Data(X {self.X.shape}: {', '.join(self.columns[:6])}{', …' * (len(self.columns) > 6)}; "
                f"Y {self.Y.shape}: {', '.join(self.targets)})")

    @property
    def D(self) -> "Samples":
        """[X|Y], (N, n + m). Raises TypeError if the targets are names of classes."""
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
        found = to_samples(D, None, "D").copy()
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
             exclude: str | Sequence[str] = (), separator: str | None = None, decimal: str | None = None,
             missing: str | Sequence[str] = (), missing_values: str = "few", header: bool = True,
             skip_missing: bool = False) -> Data:
    """Read data from a CSV file. ``docs/data.md`` says what is read, and as what.

    Args:
        path: the file, in UTF-8.
        target: the name of the target column, or several. A single column of words holds the names of classes.
        columns: the names of the input columns; None for all others. Words become 0/1 columns, named column=value.
        exclude: the names of columns that are not used.
        separator: what separates the cells, a name of ``dialect.SEPARATORS`` or a character; None for the one that the
            first line uses.
        decimal: "." or ","; None for the one that each column shows.
        missing: what stands for a missing value besides an empty cell, NA, NaN, null and the like, such as "-999".
        missing_values: "few" leaves out the rows with a missing value if they are at most a fifth, and refuses the
            file otherwise; "skip" leaves them out, however many they are; "refuse" refuses the file.
        header: whether the first line names the columns; without it they are x1, x2, …, y.
        skip_missing: True for missing_values="skip".

    Raises:
        ValueError: the content of the file is wrong; says in which line. OSError: the file cannot be read.
    Warns:
        UserWarning: a column or a row is left out, or words are read as one; says which.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "line.csv")
    ...     count = path.write_text("x,smoker,y\\n1,no,3\\n2,yes,5\\n")
    ...     read_csv(path, target="y").D.tolist()
    [[1.0, 0.0, 3.0], [2.0, 1.0, 5.0]]
    """
    targets, inputs = ((given,) if isinstance(given, str) else given for given in (target, columns))
    table = read_table(path, separator, decimal, missing, header)
    return to_data(table, targets or (), inputs, (exclude,) if isinstance(exclude, str) else exclude,
                   "skip" if skip_missing else missing_values)


def to_data(table: Table, targets: Sequence[str], columns: Sequence[str] | None = None, exclude: Sequence[str] = (),
            missing_values: str = "few", encodings: Sequence[Encoding] = ()) -> Data:
    """The inputs and targets in a table.

    Args:
        targets, columns, exclude, missing_values: as ``read_csv`` takes them.
        encodings: the input columns of a network and their values, instead of ``columns`` and ``exclude``.

    Raises:
        ValueError: as ``read_csv`` does.
    """
    for name in targets:
        table.column(name)
    if not table.rows:
        raise ValueError(f"{table.name} has no row to train on: there are no rows below the header")
    twice = [name for given in (targets, columns or ()) for name in given
             if [*targets, *(columns or ())].count(name) > 1]
    if twice:
        raise ValueError(f"{table.name}: column {quote(twice[0])} is named twice; name each column once")
    refuse_units(table)
    inputs = list(encodings) or choose_inputs(table, targets, columns, exclude)
    if not inputs or not targets:
        raise ValueError(f"{table.name}: there must be at least one input column and one target column; it has "
                         f"{', '.join(map(shorten, table.names[:50]))}")
    named = len(targets) == 1 and holds_classes(table, targets[0])
    needed = [*targets, *(name for name, _ in encodings)]  # a resumed network needs all of its columns
    kept = _leave_out(table, inputs, targets, named, missing_values, needed)
    names, X = name_inputs(inputs), encode(kept, inputs, needed=bool(encodings))
    known = tuple(inputs) if any(values for _, values in inputs) else ()
    if named:
        classes = spell_alike(kept, targets[0], kept.cells(targets[0]))
        return Data(X, np.array(classes), names, tuple(targets), known)
    for name in targets:
        warn_of_sentinel(kept, name, kept.cells(name))
    return Data(X, np.column_stack([kept.numbers(name, needed=True) for name in targets]), names, tuple(targets), known)


def _leave_out(table: Table, inputs: Sequence[Encoding], targets: Sequence[str], named: bool, policy: str,
               needed: Sequence[str]) -> Table:
    """The table without rows that lack a value; warns where NA or none is a class, or where a class has no row left."""
    missing = find_missing(table, inputs)
    for name in targets:
        rows = [i for i, cell in enumerate(table.cells(name)) if (
            is_without_class if named else is_missing)(cell, markers=table.markers)]
        missing |= {name: rows} if rows else {}
    kept = leave_out(table, missing, policy, needed)
    if not kept.rows:
        raise ValueError(f"{table.name} has no row to train on: each one has a missing value")
    if named:
        warn_of_classes(table, kept, targets[0])
    return kept
