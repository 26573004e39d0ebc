"""A lecture's problem and its quantities in neutral letters, and the conversion to the lecture's own form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from .conventions import Conventions
from .settings import Matrix, Vector

if TYPE_CHECKING:
    from ..ground.arrays import FloatOrArray, Floats, Weights

Vectors: TypeAlias = "Mapping[int, Sequence[float] | Floats]"
"""Layer -> one number for each unit."""
Rows: TypeAlias = "Mapping[int, Sequence[Sequence[float] | Floats] | Floats]"
"""Layer -> rows of numbers: lists of lists, lists of arrays, or one array."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A lecture's network, data and cost in neutral form, as nested tuples.

    L is the number of layers with weights, n₀ the number of inputs, nₗ the number of units of layer l, N the number of
    samples.

    Attributes:
        weights: L matrices; that of layer l has the shape (nₗ, nₗ₋₁), target × source, without biases.
        biases: L vectors of nₗ numbers; None without biases.
        inputs: shape (N, n₀), one sample in each row.
        targets: shape (N, n_L).
        activations: L names.
        penalties: "l1" for Σ|w| or "l2" for Σw², and the factor before it in the cost; of two, both are added.
        eta: the learning rate.
        penalises_biases: whether the penalty counts the biases too.
    """

    weights: tuple[Matrix, ...]
    biases: tuple[Vector, ...] | None
    inputs: Matrix
    targets: Matrix
    activations: tuple[str, ...]
    penalties: tuple[tuple[str, float], ...]
    eta: float
    penalises_biases: bool = False

    @property
    def penalty(self) -> str | None:
        """The first penalty; None without."""
        return self.penalties[0][0] if self.penalties else None


@dataclass(frozen=True, slots=True)
class Neutral:
    """Every quantity of a forward pass, a backward pass and one update, by layer 1 … L.

    Attributes:
        C: the cost, with its penalty.
        pre, post, delta: u, h and δ = s·D, shape (N, nₗ), one sample in each row; ``post[0]`` is the input.
        dW: ∂C/∂W, shape (nₗ, nₗ₋₁), target × source.
        db: ∂C/∂b, nₗ numbers; empty without biases.
        W_new, b_new: W and b after the update, shaped as their gradients.
    """

    C: float
    pre: Rows
    post: Rows
    delta: Rows
    dW: Rows  # noqa: N815 - as the contract has it
    db: Vectors
    W_new: Rows
    b_new: Vectors

    def of(self, kind: str, layer: int) -> "FloatOrArray":
        """The numbers of a kind in a layer; C is of none."""
        import numpy as np

        return self.C if kind == "C" else np.array(getattr(self, kind)[layer], dtype=float)


def to_lecture_form(neutral: Neutral, conventions: Conventions) -> dict[str, Any]:
    """The quantities in the lecture's form: its order of indices, its place of the biases, one sample or a batch.

    Names and shapes are those of ``Comparison.hand``.
    """
    if conventions.form == "scalars":
        return _to_scalars(neutral)
    import numpy as np

    def data(layers: Rows) -> dict[int, "Floats"]:
        """One row for each sample, shape (N, nₗ); shape (nₗ,) where the lecture has one sample."""
        return {l: np.array(rows if conventions.batch else rows[0], dtype=float) for l, rows in layers.items()}

    def joined(weights: Rows, biases: Vectors) -> dict[int, "Weights"]:
        """Weights in the lecture's order, with the biases as column 0 if it has them there."""
        found = {}
        for l, rows in weights.items():
            matrix = np.array(rows, dtype=float)
            if conventions.bias == "column":
                matrix = np.column_stack([biases[l], matrix])
            found[l] = matrix.T.copy() if conventions.first == "source" else matrix
        return found

    found: dict[str, Any] = {
        "pre": data(neutral.pre), "post": data(neutral.post), "C": float(neutral.C), "delta": data(neutral.delta),
        "dW": joined(neutral.dW, neutral.db), "W_new": joined(neutral.W_new, neutral.b_new),
    }
    if neutral.db and conventions.bias != "column":
        found["db"] = {l: np.array(row, dtype=float) for l, row in neutral.db.items()}
        found["b_new"] = {l: np.array(row, dtype=float) for l, row in neutral.b_new.items()}
    return found


def _to_scalars(neutral: Neutral) -> dict[str, float]:
    found = {"C": float(neutral.C)}
    for l in neutral.pre:
        numbers = {"z": neutral.pre[l][0][0], "a": neutral.post[l][0][0], "delta": neutral.delta[l][0][0],
                   "dw": neutral.dW[l][0][0], "db": neutral.db[l][0]}
        found |= {f"{name}{l}": float(number) for name, number in numbers.items()}
        found |= {f"w{l}_new": float(neutral.W_new[l][0][0]), f"b{l}_new": float(neutral.b_new[l][0])}
    return found
