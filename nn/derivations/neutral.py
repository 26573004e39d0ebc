"""A lecture's network in neutral letters, and the way back: its quantities as the lecture has them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .conventions import Conventions
from .settings import Matrix, Vector


@dataclass(frozen=True, slots=True)
class Problem:
    """A lecture's network, data and cost in neutral form.

    Attributes:
        weights: layer by layer, target × source, without biases.
        biases: layer by layer; None without.
        inputs, targets: a sample a row.
        activations: names, layer by layer.
        penalty: its name, or None; ``strength`` is what stands before Σ|w| or Σw².
        eta: the learning rate.
    """

    weights: tuple[Matrix, ...]
    biases: tuple[Vector, ...] | None
    inputs: Matrix
    targets: Matrix
    activations: tuple[str, ...]
    penalty: str | None
    strength: float
    eta: float


@dataclass(frozen=True, slots=True)
class Neutral:
    """Every quantity of one pass and one update; layers are keys.

    Attributes:
        cost: C, with its penalty.
        pre, post, delta: u, h and δ = s·D, a row a sample; ``post[0]`` is the input.
        d_weights, d_biases: ∂C/∂W (target × source) and ∂C/∂b; no layers in ``d_biases`` without biases.
        new_weights, new_biases: W and b after the update.
    """

    cost: float
    pre: Mapping[int, Any]
    post: Mapping[int, Any]
    delta: Mapping[int, Any]
    d_weights: Mapping[int, Any]
    d_biases: Mapping[int, Any]
    new_weights: Mapping[int, Any]
    new_biases: Mapping[int, Any]


def to_lecture_form(neutral: Neutral, conventions: Conventions) -> dict[str, Any]:
    """The quantities as the lecture has them: weights in its order, biases where it keeps them, one sample or a batch.

    Names and shapes are those of ``Comparison.hand``.
    """
    if conventions.form == "scalars":
        return _to_scalars(neutral)
    import numpy as np

    def data(layers: Mapping[int, Any]) -> dict[int, Any]:
        """A row a sample; the row itself where there is one sample by convention."""
        return {l: np.array(rows if conventions.mean else rows[0], dtype=float) for l, rows in layers.items()}

    def joined(weights: Mapping[int, Any], biases: Mapping[int, Any]) -> dict[int, Any]:
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
