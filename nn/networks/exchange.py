"""Weights and gradients of a network as arrays: what it gives to and takes from other programs.

Array l of W is (n_l, n_(l−1)), its first index the target of a weight, as in z = W a + b; array l of b is (n_l,).
"""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

from autograd_lite import Value
from autograd_lite.internal import quote

from .. import costs
from ..data.frames import refuse_masked
from ..ground import late_numpy as np
from ..ground.arrays import Floats
from ..ground.lifting import set_numbers
from ..ground.suggest import unknown_name
from .module import Module

Arrays = tuple[list["Floats"], list[Any]]
"""(W, b); a layer without biases has None in b."""
ORDERS = ("target first", "source first")


class Exchange(Module):
    """The methods of a network of layers that exchange arrays. Its ``layers`` are those of ``MLP``."""

    layers: list[Any]

    def arrays(self) -> Arrays:
        """(W, b), the weights and biases of each layer: W[l] is (n_l, n_(l−1)), b[l] is (n_l,), or None without biases.

        They are for inputs and targets in their own units: the scales of a network that was trained with
        ``standardise=True`` are put into the first and the last layer. So a = σ(W a + b) by layer gives ``predict(X)``.

        Raises:
            ValueError: the network has scales and a ``forward`` of its own, which they cannot be put into.

        >>> from nn import MLP
        >>> W, b = MLP(2, [3, 1], seed=0).arrays()
        >>> [w.shape for w in W], [v.shape for v in b]
        ([(3, 2), (1, 3)], [(3,), (1,)])
        """
        W, b = _collect(self.layers, lambda parameter: parameter.data)
        known = self.data_preparation
        if not (known.scale or known.target_scale):
            return W, b
        _require_plain_forward(self)
        if known.scale:
            W[0] = W[0] / np.array(known.scale)
            b[0] = (0.0 if b[0] is None else b[0]) - W[0] @ np.array(known.mean)
        if known.target_scale:
            scale = np.array(known.target_scale)
            W[-1] = W[-1] * scale[:, None]
            b[-1] = (0.0 if b[-1] is None else b[-1]) * scale + np.array(known.target_mean)
        return W, b

    def load_arrays(self, W: Any, b: Any = None, order: str | None = None) -> None:
        """Set all weights and biases. Scales are dropped, for the arrays belong to inputs in their own units.

        Args:
            W: an array for each layer, (n_l, n_(l−1)); or (n_(l−1), n_l), as in scikit-learn's ``coefs_``, which is
                recognised by the shape of any layer that is not square. Or a ``state_dict`` of PyTorch, or an estimator
                of scikit-learn with ``coefs_``, which hold the biases too.
            b: an array for each layer, (n_l,), (n_l, 1) or (1, n_l), or None; None for biases of 0.
            order: "target first" for (n_l, n_(l−1)), "source first" for (n_(l−1), n_l). Where every layer is square the
                shapes do not tell, and "target first" is assumed unless it is given.

        Raises:
            ValueError, TypeError: the number or the shape of the arrays does not fit the layers, or they hold something
                other than finite numbers; says in which layer. Nothing is changed then.

        >>> from nn import MLP
        >>> net = MLP(2, [1])
        >>> net.load_arrays([[[2.0, -1.0]]], [[0.5]])
        >>> net.predict([[1.0, 1.0]]).tolist()
        [[1.5]]
        """
        if order is not None and order not in ORDERS:
            raise unknown_name("order", order, ORDERS)
        W, b, order = _read_owners(W, b, order)
        weights = _read_weights(self.layers, _require_count("W", W, len(self.layers)), order)
        count = len(self.layers)
        found = [None] * count if b is None else _require_count("b", b, count)
        biases = [_read_bias(layer, l, given)
                  for l, (layer, given) in enumerate(zip(self.layers, found, strict=True), start=1)]
        for layer, array, bias in zip(self.layers, weights, biases, strict=True):
            set_layer(layer, array.tolist(), bias)
        known = self.preparation
        if known is not None:
            self.preparation = replace(known, mean=(), scale=(), target_mean=(), target_scale=())

    def gradients(self, X: Any, Y: Any, cost: str | costs.Cost | Callable[..., Value] = costs.DEFAULT_COST, *,
                  penalty: str | None = None, lam: float = 0.0, penalise: str = "weights") -> Arrays:
        """(dW, db): ∂C/∂W and ∂C/∂b of the cost of all samples, in the shapes of ``arrays()``. Nothing changes.

        They belong to the weights that ``arrays()`` gives, so to X and Y in their own units.

        Args:
            X, Y: the samples, as for ``fit``.
            cost, penalty, lam, penalise: as for ``fit``.

        Raises:
            ValueError, TypeError, ArithmeticError: as ``fit`` does for its arguments, or a number does not exist.

        >>> from nn import MLP
        >>> net = MLP(1, [1])
        >>> net.load_arrays([[[2.0]]], [[0.0]])
        >>> dW, db = net.gradients([1.0, 2.0], [1.0, 2.0], "mean_squared_error")
        >>> dW[0].tolist(), db[0].tolist()
        ([[5.0]], [3.0])
        """
        from .objective import Objective

        net: Exchange = self
        if self.data_preparation.scale or self.data_preparation.target_scale:
            W, b = self.arrays()
            net = deepcopy(self)
            _add_biases(net.layers)
            net.load_arrays(W, b, ORDERS[0])
        objective = Objective(net, cost, penalty, lam, penalise)
        prepared = objective.prepare(X, Y, None)
        slopes = objective.gradient(objective.samples(X, Y, prepared))
        of = {id(p): slope for p, slope in zip(objective.parameters, slopes, strict=True)}
        return _collect(net.layers, lambda parameter: of[id(parameter)])


def _collect(layers: Sequence[Any], number: Callable[[Value], float]) -> Arrays:
    """A number of each weight and bias, in arrays by layer; 0 for a unit without a bias where others have one."""
    W = [np.array([[number(w) for w in n.weights] for n in layer.neurons]) for layer in layers]
    b = [None if all(n.bias is None for n in layer.neurons) else
         np.array([0.0 if n.bias is None else number(n.bias) for n in layer.neurons]) for layer in layers]
    return W, b


def set_layer(layer: Any, rows: Sequence[Sequence[float]], biases: Sequence[float]) -> None:
    """Set the weights of a layer, a row for each unit, and its biases, where it has any."""
    for neuron, row, number in zip(layer.neurons, rows, biases, strict=True):
        set_numbers(neuron.weights, row)
        if neuron.bias is not None:
            neuron.bias.data = number


def _add_biases(layers: Sequence[Any]) -> None:
    """Give the first and the last layer the biases that scales become."""
    for layer in (layers[0], layers[-1]):
        for neuron in layer.neurons:
            if neuron.bias is None:
                neuron.bias = Value(0.0)


def _require_plain_forward(net: Exchange) -> None:
    own = next((kind for kind in type(net).__mro__ if "forward" in vars(kind)), Module)
    if own.__module__.split(".")[0] != __name__.split(".")[0]:
        raise ValueError(f"{type(net).__name__} has a forward of its own, which the scales of its inputs cannot be put "
                         "into; train it with standardise=False")


def _read_owners(W: Any, b: Any, order: str | None) -> tuple[Any, Any, str | None]:
    """The arrays in a ``state_dict`` of PyTorch, or in an estimator of scikit-learn; others as they are."""
    owner = "a state_dict" if isinstance(W, Mapping) else "an estimator" if hasattr(W, "coefs_") else ""
    if not owner:
        return W, b, order
    if b is not None:
        raise TypeError(f"{owner} holds the biases too; leave b out")
    if hasattr(W, "coefs_"):
        return W.coefs_, W.intercepts_, order or ORDERS[1]
    layers: dict[str, dict[str, Any]] = {}
    for key, value in W.items():
        name, _, kind = key.rpartition(".")
        if kind not in ("weight", "bias"):
            raise ValueError(f"the state_dict holds {quote(key)}, which is neither the weight nor the bias of a layer")
        layers.setdefault(name, {})[kind] = value
    for name, found in layers.items():
        if "weight" not in found:
            raise ValueError(f"the state_dict has the bias of {quote(name)} without its weight")
    return [found["weight"] for found in layers.values()], [found.get("bias") for found in layers.values()], (
        order or ORDERS[0])


def _require_count(name: str, arrays: Any, count: int) -> list[Any]:
    """``arrays`` as a list with one for each layer."""
    if not hasattr(arrays, "__len__") or isinstance(arrays, str):
        raise TypeError(f"{name} must be a list with an array for each layer, not {quote(arrays)}")
    if len(arrays) != count:
        raise ValueError(f"{name} must have an array for each of the {count} layer{'s' * (count > 1)}, but has "
                         f"{len(arrays)}")
    return list(arrays)


def _read_weights(layers: Sequence[Any], W: Sequence[Any], order: str | None) -> "list[Floats]":
    """The weights of each layer, (n_l, n_(l−1)), turned if the shapes or ``order`` say so."""
    found = [_read_array(f"W[{l}]", w) for l, w in enumerate(W)]
    shapes = [(layer.n_outputs, layer.n_inputs) for layer in layers]
    fits = {name: all(w.shape == (shape if name == ORDERS[0] else shape[::-1])
                      for w, shape in zip(found, shapes, strict=True)) for name in ORDERS}
    chosen = order or next((name for name in ORDERS if fits[name]), ORDERS[0])
    if not fits[chosen]:
        l = next(l for l, (w, shape) in enumerate(zip(found, shapes, strict=True))
                 if w.shape != (shape if chosen == ORDERS[0] else shape[::-1]))
        n, m = shapes[l]
        wanted = (f"({n}, {m}), its first index the target" if chosen == ORDERS[0] else
                  f"({m}, {n}), its first index the source")
        either = "" if order else f", or ({m}, {n}) in all layers alike"
        raise ValueError(f"W[{l}], of layer {l + 1} with {m} inputs and {n} units, must be {wanted}{either}, but is "
                         f"{found[l].shape}")
    return [w if chosen == ORDERS[0] else w.T for w in found]


def _read_bias(layer: Any, l: int, given: Any) -> list[float]:
    """The biases of layer l, one for each unit; 0 if none are given."""
    n = layer.n_outputs
    if given is None:
        return [0.0] * n
    found = _read_array(f"b[{l - 1}]", given)
    if found.shape not in ((n,), (n, 1), (1, n)):
        raise ValueError(f"b[{l - 1}], of layer {l} with {n} unit{'s' * (n > 1)}, must be ({n},), but is {found.shape}")
    numbers: list[float] = found.ravel().tolist()
    if any(number and neuron.bias is None for number, neuron in zip(numbers, layer.neurons, strict=True)):
        raise ValueError(f"b[{l - 1}] is not 0, but layer {l} has no biases; make it with bias=True")
    return numbers


def _read_array(name: str, values: Any) -> "Floats":
    refuse_masked(values, name)
    try:
        found = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be an array of numbers, not {quote(values)}") from None
    if not np.isfinite(found).all():
        raise ValueError(f"{name} must hold finite numbers")
    return found
