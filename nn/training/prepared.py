"""Samples as the network receives them, with their weights in the cost and a fingerprint."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from math import fsum


@dataclass(frozen=True, slots=True)
class Samples:
    """Prepared samples: for each of N samples, n numbers for the inputs and n_L numbers for the targets.

    ``weights`` are the factors of their costs; None for 1.
    """

    inputs: list[list[float]]
    targets: list[list[float]]
    weights: list[float] | None = None

    def __len__(self) -> int:
        return len(self.inputs)

    def weigh_rows(self, rows: Sequence[int]) -> list[float] | None:
        """The weights of some rows; None if all count alike."""
        return None if self.weights is None else [self.weights[i] for i in rows]

    def fingerprint(self) -> str:
        """A SHA-256 digest of the numbers in their order."""
        digest = sha256()
        for x, y in zip(self.inputs, self.targets, strict=True):
            digest.update(repr((x, y)).encode())
        if self.weights is not None:
            digest.update(repr(self.weights).encode())
        return digest.hexdigest()

    def find_beginning(self, fingerprint: str) -> int | None:
        """How many of the first samples have that fingerprint; None if no number of them has."""
        digest = sha256()
        for count, (x, y) in enumerate(zip(self.inputs, self.targets, strict=True), start=1):
            digest.update(repr((x, y)).encode())
            if digest.hexdigest() == fingerprint and self.weights is None:
                return count
        return None

    def weigh(self, weights: Sequence[float] | None, over_mean: bool) -> "Samples":
        """The same with weights; for a cost that is a mean they are divided by their mean, so that C is Σwᵢℓᵢ/Σwᵢ."""
        if weights is None:
            return self
        if len(weights) != len(self):
            raise ValueError(f"sample_weights must be one number for each of the {len(self)} samples, but there are "
                             f"{len(weights)}")
        middle = fsum(weights) / len(weights) if over_mean else 1.0
        return replace(self, weights=[w / middle for w in weights])
