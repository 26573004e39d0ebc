"""Samples as the network receives them, with their weights in the cost and a fingerprint."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from math import fsum

from ..ground import late_numpy as np
from ..ground.arrays import Column
from ..ground.arrays import Samples as Table


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Prepared samples.

    Attributes:
        table: (N, n + n_L), the n inputs and n_L targets of N samples, a sample a row.
        n_inputs: n.
        weights: the factors of their costs; None for 1.
    """

    table: "Table"
    n_inputs: int
    weights: list[float] | None = None

    def __len__(self) -> int:
        return len(self.table)

    @property
    def inputs(self) -> "Table":
        """(N, n)."""
        return self.table[:, : self.n_inputs]

    @property
    def targets(self) -> "Table":
        """(N, n_L)."""
        return self.table[:, self.n_inputs :]

    def weigh_rows(self, rows: Sequence[int]) -> list[float] | None:
        """The weights of some rows; None if all count alike."""
        return None if self.weights is None else [self.weights[i] for i in rows]

    def fingerprint(self) -> str:
        """A SHA-256 digest of the numbers in their order."""
        digest = sha256(self._write_shape())
        digest.update(np.ascontiguousarray(self.table, "<f8").data)
        if self.weights is not None:
            digest.update(repr(self.weights).encode())
        return digest.hexdigest()

    def is_of(self, fingerprint: str) -> bool:
        """Whether these samples have that fingerprint, also as files of version 0.2 have it."""
        before = sha256()
        for row in self.table:
            before.update(self._write_row(row))
        if self.weights is not None:
            before.update(repr(self.weights).encode())
        return fingerprint in (self.fingerprint(), before.hexdigest())

    def find_beginning(self, fingerprint: str) -> int | None:
        """How many of the first samples have that fingerprint; None if no number of them has."""
        if self.weights is not None:
            return None
        now, before = sha256(self._write_shape()), sha256()
        for count, row in enumerate(self.table.astype("<f8"), start=1):
            now.update(row.data)
            before.update(self._write_row(row))
            if fingerprint in (now.hexdigest(), before.hexdigest()):
                return count
        return None

    def _write_row(self, row: "Column") -> bytes:
        """A sample as version 0.2 wrote it."""
        return repr((row[: self.n_inputs].tolist(), row[self.n_inputs :].tolist())).encode()

    def _write_shape(self) -> bytes:
        return f"{self.n_inputs} inputs of {self.table.shape[1]}; ".encode()

    def weigh(self, weights: Sequence[float] | None, over_mean: bool) -> "Samples":
        """The same with weights; for a cost that is a mean they are divided by their mean, so that C is Σwᵢℓᵢ/Σwᵢ."""
        if weights is None:
            return self
        if len(weights) != len(self):
            raise ValueError(f"sample_weights must be one number for each of the {len(self)} samples, but there are "
                             f"{len(weights)}")
        middle = fsum(weights) / len(weights) if over_mean else 1.0
        return replace(self, weights=[w / middle for w in weights])
