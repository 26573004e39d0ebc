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
    """Every quantity of one pass and one update, in neutral letters; layers are keys.

    Attributes:
        cost: C, with its penalty.
        pre, post, adjoint: u, h and D, a sample a row; ``post[0]`` is the input.
        weights, biases: W (target × source) and b before the update; ``d_weights``, ``d_biases``: ∂C/∂W and ∂C/∂b.
    """

    cost: float
    pre: Mapping[int, Any]
    post: Mapping[int, Any]
    adjoint: Mapping[int, Any]
    weights: Mapping[int, Any]
    biases: Mapping[int, Any]
    d_weights: Mapping[int, Any]
    d_biases: Mapping[int, Any]
    eta: float


def presented(neutral: Neutral, conventions: Conventions) -> dict[str, Any]:
    """The quantities as the lecture has them: δ with its sign, weights in its order, biases where it keeps them.

    Names and shapes are those of ``Comparison.hand``.
    """
    if conventions.form == "scalars":
        return _scalars(neutral, conventions)
    import numpy as np

    single = not conventions.mean
    transposed = conventions.first == "source"

    def data(rows: Any) -> Any:
        """A sample a row; the row itself where there is one sample by convention."""
        return np.array(rows[0] if single else rows, dtype=float)

    def joined(weights: Mapping[int, Any], biases: Mapping[int, Any]) -> dict[int, Any]:
        """Weights in the lecture's order, with the biases as column 0 if it has them there."""
        found = {}
        for layer, rows in weights.items():
            matrix = np.array(rows, dtype=float)
            if conventions.bias == "column":
                matrix = np.column_stack([biases[layer], matrix])
            found[layer] = matrix.T.copy() if transposed else matrix
        return found

    before, gradients = (joined(*both) for both in ((neutral.weights, neutral.biases),
                                                    (neutral.d_weights, neutral.d_biases)))
    found: dict[str, Any] = {
        "pre": {layer: data(rows) for layer, rows in neutral.pre.items()},
        "post": {layer: data(rows) for layer, rows in neutral.post.items()},
        "C": float(neutral.cost),
        "delta": {layer: conventions.sign * data(rows) for layer, rows in neutral.adjoint.items()},
        "dW": gradients,
    }
    if neutral.biases and conventions.bias != "column":
        found["db"] = {layer: np.array(row, dtype=float) for layer, row in neutral.d_biases.items()}
    found["W_new"] = {layer: matrix - neutral.eta * gradients[layer] for layer, matrix in before.items()}
    if "db" in found:
        found["b_new"] = {layer: np.array(row, dtype=float) - neutral.eta * found["db"][layer]
                          for layer, row in neutral.biases.items()}
    return found


def _scalars(neutral: Neutral, conventions: Conventions) -> dict[str, float]:
    found = {"C": float(neutral.cost)}
    for layer in neutral.pre:
        w, b = float(neutral.weights[layer][0][0]), float(neutral.biases[layer][0])
        dw, db = float(neutral.d_weights[layer][0][0]), float(neutral.d_biases[layer][0])
        found |= {
            f"z{layer}": float(neutral.pre[layer][0][0]), f"a{layer}": float(neutral.post[layer][0][0]),
            f"delta{layer}": conventions.sign * float(neutral.adjoint[layer][0][0]),
            f"dw{layer}": dw, f"db{layer}": db,
            f"w{layer}_new": w - neutral.eta * dw, f"b{layer}_new": b - neutral.eta * db,
        }
    return found
