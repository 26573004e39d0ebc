"""A lecture's problem and its quantities in neutral letters, and the conversion to the lecture's own form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from .conventions import Conventions
from .settings import Matrix, Vector

if TYPE_CHECKING:
    from ..ground.arrays import Floats, Weights

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
        penalty: "l1" for Σ|w|, "l2" for Σw², or None.
        strength: the factor before it in the cost.
        eta: the learning rate.
        penalises_biases: whether the penalty counts the biases too.
    """

    weights: tuple[Matrix, ...]
    biases: tuple[Vector, ...] | None
    inputs: Matrix
    targets: Matrix
    activations: tuple[str, ...]
    penalty: str | None
    strength: float
    eta: float
    penalises_biases: bool = False


@dataclass(frozen=True, slots=True)
class Neutral:
    """Every quantity of a forward pass, a backward pass and one update, by layer 1 … L.

    Attributes:
        cost: C, with its penalty.
        pre, post, delta: u, h and δ = s·D, shape (N, nₗ), one sample in each row; ``post[0]`` is the input.
        d_weights: ∂C/∂W, shape (nₗ, nₗ₋₁), target × source.
        d_biases: ∂C/∂b, nₗ numbers; empty without biases.
        new_weights, new_biases: W and b after the update, shaped as their gradients.
    """

    cost: float
    pre: Rows
    post: Rows
    delta: Rows
    d_weights: Rows
    d_biases: Vectors
    new_weights: Rows
    new_biases: Vectors


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
        "pre": data(neutral.pre), "post": data(neutral.post), "C": float(neutral.cost), "delta": data(neutral.delta),
        "dW": joined(neutral.d_weights, neutral.d_biases), "W_new": joined(neutral.new_weights, neutral.new_biases),
    }
    if neutral.d_biases and conventions.bias != "column":
        found["db"] = {l: np.array(row, dtype=float) for l, row in neutral.d_biases.items()}
        found["b_new"] = {l: np.array(row, dtype=float) for l, row in neutral.new_biases.items()}
    return found


def _to_scalars(neutral: Neutral) -> dict[str, float]:
    found = {"C": float(neutral.cost)}
    for l in neutral.pre:
        numbers = {"z": neutral.pre[l][0][0], "a": neutral.post[l][0][0], "delta": neutral.delta[l][0][0],
                   "dw": neutral.d_weights[l][0][0], "db": neutral.d_biases[l][0]}
        found |= {f"{name}{l}": float(number) for name, number in numbers.items()}
        found |= {f"w{l}_new": float(neutral.new_weights[l][0][0]), f"b{l}_new": float(neutral.new_biases[l][0])}
    return found
