"""The general statement of backpropagation, in neutral letters.

With a lecture's conventions (the loss ℓ, α, the sign s of δ, the order of indices, the place of the biases) it gives
every number of that lecture. It uses none of the lectures' own lines; the tests compare the two.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from autograd_lite.internal import add_floats, make_label, write

from ..activation_formulas import ACTIVATION_FORMULAS, ActivationFormula
from ..formulas import list_names, make_function
from .conventions import Conventions
from .lines import Derivation, Index, Line, parse_lines
from .neutral import Neutral, Problem

Known = Mapping[str, Mapping[Index, Any]]

LINES = parse_lines("""
h[0, i] = x[i]
u[l, i] = W[l] @ h[l - 1, i] + b[l]
h[l, i] = phi[l](u[l, i])
C = alpha * sum(loss(h[L, i], y[i]) for i in samples) + penalty
D[L, i] = dloss(h[L, i], y[i]) * dphi[L](u[L, i])
D[l, i] = W[l + 1].T @ D[l + 1, i] * dphi[l](u[l, i])
dW[l] = alpha * sum(D[l, i] @ h[l - 1, i].T for i in samples) + dpenalty[l]
db[l] = alpha * sum(D[l, i] for i in samples)
delta[l, i] = s * D[l, i]
W_new[l] = W[l] - eta * dW[l]
b_new[l] = b[l] - eta * db[l]
""")


@dataclass(frozen=True)
class Arithmetic:
    """How the lines are evaluated on one kind of number, floats or nodes.

    Attributes:
        dtype: of arrays of these numbers.
        functions: name -> function of one number.
    """

    dtype: type = float
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)

    def elementwise(self, formula: str, of: str = "z", **also: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """A formula of one number as a function of an array; ``also`` are further names, functions of that number."""
        import numpy as np

        calculate = make_function(formula, (of, *also), list_names(self.functions))

        def function(array: Any) -> Any:
            array = np.asarray(array)
            found = np.empty(array.size, dtype=self.dtype)
            for at, number in enumerate(array.ravel().tolist()):
                found[at] = calculate(number, *(value(number) for value in also.values()))
            return found.reshape(array.shape)

        return function


FLOATS = Arithmetic()


def derive(problem: Problem, conventions: Conventions, also: Sequence[Line] = (),
           known: Known = MappingProxyType({}), arithmetic: Arithmetic = FLOATS,
           words: Mapping[str, Any] = MappingProxyType({})) -> Derivation:
    """The lines above as a ``Derivation``, with the numbers of a problem.

    ``value("u", l, i)``, ``"h"``, ``"D"`` and ``"delta"`` of layer l and sample i = 1 … N are columns of shape (nₗ, 1);
    ``"h"`` has a layer 0, the input. ``value("W", l)``, ``"dW"`` and ``"W_new"`` have the shape (nₗ, nₗ₋₁), ``"b"``,
    ``"db"`` and ``"b_new"`` the shape (nₗ, 1). ``value("C")`` has the shape (1, 1).

    Args:
        problem: network, data and cost.
        conventions: ℓ, α and s are taken from here.
        also: further lines, which come before those above.
        known: letter -> index -> array of the shape above, used instead of a line.
        arithmetic: of floats, or of nodes.
        words: further functions and constants that lines may use.
    """
    import numpy as np

    depth, count = len(problem.weights), len(problem.inputs)
    layers, samples = range(1, depth + 1), range(1, count + 1)
    log = arithmetic.elementwise("log(z)")

    def column(row: Sequence[float]) -> Any:
        return np.array([row], dtype=float).T

    def loss(formula: str) -> Callable[[Any, Any], Any]:
        found: Callable[[Any, Any], Any] = make_function(formula, ("h", "y"), list_names(
            {"total": _sum_units, "log": log}))
        return found

    def slope(formula: ActivationFormula) -> Callable[[Any], Any]:
        value = make_function(formula.value, ("z",), list_names(arithmetic.functions))
        return arithmetic.elementwise(formula.derivative, a=value)

    W = {l: np.array(matrix, dtype=float) for l, matrix in enumerate(problem.weights, start=1)}
    b = {l: column(problem.biases[l - 1] if problem.biases else [0.0] * len(W[l])) for l in layers}
    sigma = {l: ACTIVATION_FORMULAS[name] for l, name in enumerate(problem.activations, start=1)}
    penalties: dict[str | None, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
        None: (np.zeros_like, np.zeros_like), "l1": (np.abs, np.sign), "l2": (np.square, lambda w: 2 * w)}
    size, gradient = penalties[problem.penalty]
    given: dict[str, Mapping[Index, Any]] = {
        "x": {(i,): column(row) for i, row in enumerate(problem.inputs, start=1)},
        "y": {(i,): column(row) for i, row in enumerate(problem.targets, start=1)},
        "W": {(l,): W[l] for l in layers}, "b": {(l,): b[l] for l in layers},
        "dpenalty": {(l,): problem.strength * gradient(W[l]) for l in layers},
    }
    return Derivation((*also, *LINES), given | dict(known), {
        "phi": {l: arithmetic.elementwise(sigma[l].value) for l in layers},
        "dphi": {l: slope(sigma[l]) for l in layers},
        "loss": loss(conventions.loss.value), "dloss": loss(conventions.loss.derivative),
        "penalty": problem.strength * add_floats(float(size(W[l]).sum()) for l in layers),
        "alpha": 1 / count if conventions.mean else 1.0, "s": float(conventions.sign), "eta": problem.eta, "L": depth,
        "samples": samples, "total": _sum_units, **words,
    })


def _sum_units(array: Any) -> Any:  # floats or nodes
    """The sum over the units of an array of shape (n, m), as a row of shape (1, m)."""
    return array.sum(axis=0, keepdims=True)


def by_general_statement(problem: Problem, conventions: Conventions) -> Neutral:
    """Every quantity of a problem, computed by the lines above; shapes are those of ``Neutral``."""
    import numpy as np

    depth, count = len(problem.weights), len(problem.inputs)
    layers, samples = range(1, depth + 1), range(1, count + 1)
    found = derive(problem, conventions)

    def rows(letter: str, over: Iterable[int]) -> dict[int, Any]:
        return {l: [found.value(letter, l, i).ravel() for i in samples] for l in over}

    def by_layer(letter: str, over: Iterable[int]) -> dict[int, Any]:
        return {l: found.value(letter, l) for l in over}

    post = rows("h", range(depth + 1))  # in the order in which lines need each other, so that recursion stays shallow
    delta = rows("delta", reversed(layers))
    biases = layers if problem.biases else ()
    return Neutral(
        float(np.squeeze(found.value("C"))), rows("u", layers), post, delta, by_layer("dW", layers),
        {l: row.ravel() for l, row in by_layer("db", biases).items()}, by_layer("W_new", layers),
        {l: row.ravel() for l, row in by_layer("b_new", biases).items()},
    )


def write_general_statement() -> list[str]:
    """The lines above, written with the usual symbols."""
    def indexed(letter: str) -> Callable[..., str]:
        return lambda layer, sample="": make_label(letter, layer=layer)  # noqa: ARG005 - the sample is not written

    symbols: dict[str, str | Callable[..., str]] = {letter: indexed(glyph) for letter, glyph in {
        "h": "h", "u": "u", "D": "D", "W": "W", "b": "b", "phi": "φ", "dphi": "φ′", "delta": "δ", "dW": "∂C/∂W",
        "db": "∂C/∂b", "W_new": "new W", "b_new": "new b", "dpenalty": "∂penalty/∂W"}.items()}
    symbols |= {"alpha": "α", "eta": "η", "loss": "ℓ", "dloss": "ℓ′", "x": lambda _: "x", "y": lambda _: "y"}
    return [f"{write(line.left, symbols)} = {write(line.right, symbols, ' ⊙ ')}" for line in LINES]
