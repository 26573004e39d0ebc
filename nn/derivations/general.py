"""The general statement of backpropagation, in neutral letters.

With a lecture's conventions (the loss ℓ, α, the sign s of δ, the order of indices, the place of the biases) it gives
every number of that lecture. It uses none of the lectures' own lines; the tests compare the two.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import nan
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from autograd_lite.internal import add_floats, make_label, write

from ..ground.activation_formulas import ACTIVATION_FORMULAS, LAYER_FORMULAS
from ..ground.formulas import list_names, make_function
from .conventions import Conventions
from .lines import Derivation, Index, Line, parse_lines
from .neutral import Neutral, Problem

if TYPE_CHECKING:
    from ..ground.arrays import Floats

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


_THROUGH_ALL_UNITS = parse_lines("D[L, i] = jacobian[L](h[L, i]).T @ dloss(h[L, i], y[i])")
_ROOT = parse_lines("""
root = sqrt(sum(loss(h[L, i], y[i]) for i in samples))
C = root + penalty
D[L, i] = dloss(h[L, i], y[i]) / (2 * root) * dphi[L](u[L, i])
""")
_ROOT_THROUGH_ALL_UNITS = parse_lines("D[L, i] = jacobian[L](h[L, i]).T @ dloss(h[L, i], y[i]) / (2 * root)")
_BIASES_TOO = parse_lines("db[l] = alpha * sum(D[l, i] for i in samples) + bias_penalty[l]")


_ARRIVING_UNDER_A_ROOT = parse_lines("G[L, i] = dloss(h[L, i], y[i]) / (2 * root)")
ARRIVING = parse_lines("""
G[L, i] = dloss(h[L, i], y[i])
G[l, i] = W[l + 1].T @ D[l + 1, i]
""")
"""∂ℓ/∂h, which a lecture may call δ."""
_OF_POST = parse_lines("delta[l, i] = s * G[l, i]")


def list_special_lines(problem: Problem, conventions: Conventions) -> list[Line]:
    """The lines that go before those above: for softmax as output, for a root as cost, for a penalty on biases."""
    of_layer, root = problem.activations[-1] in LAYER_FORMULAS, conventions.loss.over == "root"
    found = [*_ROOT_THROUGH_ALL_UNITS] if of_layer and root else [*_THROUGH_ALL_UNITS] if of_layer else []
    found += _ROOT if root else ()
    if conventions.delta_of == "post":
        found += (*(_ARRIVING_UNDER_A_ROOT if root else ()), *ARRIVING, *_OF_POST)
    return [*found, *(_BIASES_TOO if problem.penalises_biases else ())]


@dataclass(frozen=True)
class Arithmetic:
    """How the lines are evaluated on one kind of number, floats or nodes.

    Attributes:
        dtype: of arrays of these numbers.
        functions: name -> function of one number.
        lenient: whether a formula without a value gives NaN; it raises otherwise.
    """

    dtype: type = float
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    lenient: bool = False

    def make(self, formula: str, parameters: tuple[str, ...]) -> Callable[..., Any]:
        """A formula as a function of its parameters."""
        calculate = make_function(formula, parameters, list_names(self.functions))

        def function(*numbers: Any) -> Any:
            try:
                return calculate(*numbers)
            except (ValueError, ArithmeticError):
                return nan

        return function if self.lenient else calculate

    def map(self, calculate: Callable[..., Any], *arrays: Any) -> Any:
        """A function of numbers, on the entries of arrays that are broadcast against each other."""
        import numpy as np

        arrays = tuple(np.broadcast_arrays(*arrays))
        found: Any = np.empty(arrays[0].size, dtype=self.dtype)
        for at, numbers in enumerate(zip(*(array.ravel().tolist() for array in arrays), strict=True)):
            found[at] = calculate(*numbers)
        return found.reshape(arrays[0].shape)

    def elementwise(self, formula: str, of: str = "z", **also: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """A formula of one number as a function of an array; ``also`` are further names, functions of that number."""
        calculate, further = self.make(formula, (of, *also)), tuple(also.values())
        if not further:
            return partial(self.map, calculate)
        return partial(self.map, lambda number: calculate(number, *[value(number) for value in further]))

    def of_pair(self, formula: str, n: int) -> Callable[[Any, Any], Any]:
        """A formula of a and y, in a layer of n units, as a function of two arrays."""
        calculate = self.make(formula, ("a", "y", "n"))
        return partial(self.map, lambda a, y: calculate(a, y, n))

    def of_layer(self, formula: str, letter: str) -> Callable[[Any], Any]:
        """A formula of all units of a layer, with the indices j and maybe k, as a function of a column."""
        import numpy as np

        names = (letter, "units", "j", *(("k",) if letter == "a" else ()))
        calculate = self.make(formula, names)

        def function(column: Any) -> Any:
            units = range(len(column))
            numbers = np.asarray(column).ravel().tolist()
            if letter == "a":
                return np.array([[calculate(numbers, units, j, k) for k in units] for j in units], dtype=self.dtype)
            greatest = max(float(number) if isinstance(number, int | float) else number.data for number in numbers)
            shifted = [number - greatest for number in numbers]
            return np.array([[calculate(shifted, units, j)] for j in units], dtype=self.dtype)

        return function


FLOATS, LENIENT = Arithmetic(), Arithmetic(lenient=True)


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
    alpha = 1 / count if conventions.mean else 1.0
    loss, outputs = conventions.loss, len(problem.weights[-1])

    def column(row: Sequence[float]) -> Any:
        return np.array([row], dtype=float).T

    def slope(l: int) -> Callable[[Any], Any]:
        """φ′; of softmax the diagonal of its Jacobian, what a slope of each unit would be."""
        if l in sigma:
            return arithmetic.elementwise(sigma[l].derivative, a=arithmetic.make(sigma[l].value, ("z",)))
        value = arithmetic.of_layer(of_layers[l].value, "z")
        return lambda u: value(u) * (1 - value(u))

    W = {l: np.array(matrix, dtype=float) for l, matrix in enumerate(problem.weights, start=1)}
    b = {l: column(problem.biases[l - 1] if problem.biases else [0.0] * len(W[l])) for l in layers}
    sigma = {l: ACTIVATION_FORMULAS[name] for l, name in enumerate(problem.activations, start=1)
             if name not in LAYER_FORMULAS}
    of_layers = {l: LAYER_FORMULAS[name] for l, name in enumerate(problem.activations, start=1)
                 if name in LAYER_FORMULAS}
    each, before = arithmetic.of_pair(loss.each, outputs), float(loss.factor) / (outputs if loss.per_output else 1)
    given: dict[str, Mapping[Index, Any]] = {
        "x": {(i,): column(row) for i, row in enumerate(problem.inputs, start=1)},
        "y": {(i,): column(row) for i, row in enumerate(problem.targets, start=1)},
        "W": {(l,): W[l] for l in layers}, "b": {(l,): b[l] for l in layers},
        "dpenalty": {(l,): penalty_slope(problem, W[l]) for l in layers},
        "bias_penalty": {(l,): penalty_slope(problem, b[l]) for l in layers},
    }
    counted = [*W.values(), *(b.values() if problem.penalises_biases else ())]
    return Derivation((*also, *list_special_lines(problem, conventions), *LINES), given | dict(known), {
        "phi": {l: arithmetic.elementwise(sigma[l].value) if l in sigma else
                arithmetic.of_layer(of_layers[l].value, "z") for l in layers},
        "dphi": {l: slope(l) for l in layers},
        "jacobian": {l: arithmetic.of_layer(formula.jacobian, "a") for l, formula in of_layers.items()},
        "loss": lambda h, y: before * _sum_units(each(h, y)),
        "dloss": arithmetic.of_pair(loss.slope_of_each, outputs), "sqrt": _root,
        "penalty": sum_penalty(problem, counted),
        "alpha": alpha, "s": conventions.sign * (alpha if conventions.delta_mean else 1.0), "eta": problem.eta,
        "L": depth, "samples": samples, "total": _sum_units, **words,
    })


def solve(problem: Problem, conventions: Conventions, arithmetic: Arithmetic = FLOATS) -> Neutral:
    """Every quantity of a problem by the lines above."""
    layers, samples = range(1, len(problem.weights) + 1), range(1, len(problem.inputs) + 1)
    found = derive(problem, conventions, arithmetic=arithmetic)

    def rows(letter: str, over: Iterable[int]) -> dict[int, Any]:
        return {l: [found.value(letter, l, i).ravel() for i in samples] for l in over}

    def by_layer(letter: str) -> dict[int, Any]:
        own = letter in ("db", "b_new")
        return {l: found.value(letter, l).ravel() if own else found.value(letter, l) for l in layers
                if problem.biases or not own}

    post = rows("h", range(len(problem.weights) + 1))  # in the order in which lines need each other, so that
    delta = rows("delta", reversed(layers))  # recursion stays shallow
    return Neutral(float(found.value("C").item()), rows("u", layers), post, delta, *map(by_layer, (
        "dW", "db", "W_new", "b_new")))


def sum_penalty(problem: Problem, arrays: "Sequence[Floats]") -> float:
    """What the penalties add to the cost for arrays of parameters."""
    import numpy as np

    sizes = {"l1": np.abs, "l2": np.square}
    return add_floats(strength * add_floats(float(sizes[name](array).sum()) for array in arrays)
                      for name, strength in problem.penalties)


def penalty_slope(problem: Problem, w: "Floats", at_zero: float = 0.0) -> "Floats":
    """∂penalty/∂w, entry by entry; ``at_zero`` is taken for the sign of 0."""
    import numpy as np

    found = np.zeros_like(w)
    for name, strength in problem.penalties:
        found = found + strength * (2 * w if name == "l2" else np.where(w == 0, at_zero, np.sign(w)))
    return found


def _root(array: Any) -> Any:  # floats or nodes
    """The square root of each entry."""
    return array**0.5


def _sum_units(array: Any) -> Any:  # floats or nodes
    """The sum over the units of an array of shape (n, m), as a row of shape (1, m)."""
    return array.sum(axis=0, keepdims=True)


def write_general_statement() -> list[str]:
    """The lines above, written with the usual symbols."""
    def indexed(letter: str) -> Callable[..., str]:
        return lambda layer, sample="": make_label(letter, layer=layer)  # noqa: ARG005 - the sample is not written

    symbols: dict[str, str | Callable[..., str]] = {letter: indexed(glyph) for letter, glyph in {
        "h": "h", "u": "u", "D": "D", "W": "W", "b": "b", "phi": "φ", "dphi": "φ′", "delta": "δ", "dW": "∂C/∂W",
        "db": "∂C/∂b", "W_new": "new W", "b_new": "new b", "dpenalty": "∂penalty/∂W"}.items()}
    symbols |= {"alpha": "α", "eta": "η", "loss": "ℓ", "dloss": "ℓ′", "x": lambda _: "x", "y": lambda _: "y"}
    return [f"{write(line.left, symbols)} = {write(line.right, symbols, ' ⊙ ')}" for line in LINES]
