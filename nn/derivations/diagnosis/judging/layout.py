"""How a lecture arranges its arrays, and their conversion to the one form in which all answers are judged."""

from dataclasses import dataclass

import numpy as np

from ....ground.arrays import FloatOrArray, Floats
from ...conventions import Conventions
from ..reading.vocabulary import VECTORS


@dataclass(frozen=True)
class Layout:
    """The arrangement of a lecture; the neutral form is that of ``inputs``: units below each other, target × source.

    Attributes:
        scalar: whether each quantity is one number.
        source_first: whether a matrix of weights has a row for each source.
        rows: whether a vector is written as a row.
        several: whether there is an axis of samples, a row a sample.
        joined: whether dW and W_new hold the biases, as column 0.
    """

    scalar: bool
    source_first: bool
    rows: bool
    several: bool
    joined: bool

    @classmethod
    def of(cls, conventions: Conventions) -> "Layout":
        """The layout of a lecture."""
        source = conventions.first == "source"
        return cls(conventions.form == "scalars", source, source and conventions.form == "matrices", conventions.batch,
                   conventions.bias == "column")

    def to_neutral(self, kind: str, raw: "FloatOrArray") -> "Floats":
        """A quantity as ``compare`` has it, in neutral form."""
        array = np.asarray(raw, dtype=float)
        if kind in VECTORS:
            return np.atleast_2d(array).T
        if kind in ("dW", "W_new"):
            return self.turn(np.atleast_2d(array))
        return array.reshape(-1, 1) if kind in ("db", "b_new") else np.atleast_2d(array)

    def from_neutral(self, kind: str, neutral: "Floats") -> "FloatOrArray":
        """The inverse of ``to_neutral``; a float where the lecture is scalar."""
        if self.scalar or kind == "C":
            return float(neutral[0, 0])
        if kind in VECTORS:
            return neutral.T if self.several else neutral.T[0]
        if kind in ("db", "b_new"):
            return neutral.ravel()
        return self.turn(neutral)

    def turn(self, matrix: "Floats") -> "Floats":
        """A matrix of weights, target × source, as the lecture writes it, and back."""
        return matrix.T if self.source_first else matrix

    def orient(self, neutral: "Floats", sample: int | None) -> "FloatOrArray":
        """A vector as formulas have it: columns n×1, or rows 1×n; of all samples side by side, or below each other."""
        if self.scalar:
            return float(neutral[0, 0])
        array = neutral if sample is None else neutral[:, sample - 1 : sample]
        return array.T if self.rows else array

    def write_bias(self, bias: "FloatOrArray") -> "FloatOrArray":
        """A bias, or its gradient, as formulas have it."""
        return bias if self.scalar else np.reshape(bias, (1, -1) if self.rows else (-1, 1))
