"""Neurons, layers and multilayer perceptrons, made of ``affine`` nodes with the labels of the lectures.

Unit j of layer l computes zⱼ⁽ˡ⁾ = Σₖ wⱼₖ⁽ˡ⁾ aₖ⁽ˡ⁻¹⁾ + bⱼ⁽ˡ⁾ and aⱼ⁽ˡ⁾ = σ(zⱼ⁽ˡ⁾). The first index of a weight is its
target. Layers are counted from 1; a⁽⁰⁾ is the input.
"""

import random
from collections.abc import Sequence
from numbers import Integral
from typing import Any

from autograd_lite import Value, affine
from autograd_lite.internal import make_label, quote

from ..ground.activations import ACTIVATIONS, LAYER_ACTIVATIONS, Activation, require_activation
from ..initializers import Initializer, find_initializer, warn_of_symmetry
from .exchange import Exchange
from .module import ForwardPass, Module, Number, list_once


class Neuron(Module):
    """One unit: z = w·x + b, a = σ(z). Calling it with n_inputs numbers or Values returns the node a.

    Args:
        n_inputs: the number of inputs, ≥ 1.
        activation: the name of an activation function, or the package's own function, such as ``tanh``.
        seed: an int for repeatable weights, or a ``random.Random`` to draw them from. The bias starts at 0.
        unit: j, the subscript of z, a and b.
        layer: l, the superscript; None for none. Without a layer the weights are w₁, …, wₙ, and the only weight of a
            neuron with one input is wⱼ, as in the scalar chains of the lectures.
        bias: False for z = w·x.
        initializer: a name of ``INITIALIZERS``, or the result of a function of ``initializers``. The default draws
            uniformly from ±1/√n_inputs.
        n_units: the number of units in its layer, for initializers that depend on it.

    Raises:
        ValueError: the activation or initializer is unknown, or n_inputs is below 1. TypeError: the activation is
            another function.

    >>> neuron = Neuron(2, "relu")
    >>> neuron.weights[0].data, neuron.weights[1].data, neuron.bias.data = 1.0, -2.0, 0.5
    >>> neuron([3.0, 1.0]).data
    1.5
    """

    def __init__(self, n_inputs: int, activation: Activation = "sigmoid", seed: int | random.Random | None = None, *,
                 unit: int = 1, layer: int | None = None, bias: bool = True, initializer: str | Initializer = "uniform",
                 n_units: int = 1) -> None:
        _check_positive("n_inputs", n_inputs)
        self.activation = require_activation(activation)
        draw = seed if isinstance(seed, random.Random) else random.Random(seed)
        drawn = find_initializer(initializer)
        self.weights = [
            Value(drawn.draw(draw, n_inputs, n_units), _make_weight_label(k, n_inputs, unit, layer))
            for k in range(1, n_inputs + 1)
        ]
        self.bias = Value(0.0, make_label("b", unit, layer=layer)) if bias else None
        self.call(make_label("z", unit, layer=layer), make_label("a", unit, layer=layer))

    def call(self, z: str, a: str) -> None:
        """Set the labels of the nodes z and a in later forward passes."""
        self._z, self._a = z, a

    def forward(self, x: Sequence[Number]) -> tuple[Value, Value]:
        """The nodes z = w·x + b and a = σ(z) for n_inputs numbers or Values ``x``.

        Raises:
            OverflowError: z does not fit a float; names it.
        """
        x = _check_inputs(x, len(self.weights))
        try:
            z = affine(self.weights, x, 0.0 if self.bias is None else self.bias)
        except OverflowError as error:
            raise OverflowError(f"node {quote(self._z)}: {error}") from None
        a = ACTIVATIONS[self.activation](z)
        z.label, a.label = self._z, self._a
        return z, a

    @property
    def n_inputs(self) -> int:
        return len(self.weights)

    @property
    def n_outputs(self) -> int:
        return 1

    @property
    def output_activation(self) -> str:
        return self.activation

    def weights_alone(self) -> list[Value]:
        return list_once(self.weights)

    def parameters(self) -> list[Value]:
        return list_once([*self.weights, *([] if self.bias is None else [self.bias])])

    def __repr__(self) -> str:
        return f"Neuron({len(self.weights)}, {self.activation!r})"


class Layer(Module):
    """n_units neurons with the same inputs. Calling it with n_inputs numbers or Values returns their n_units nodes a.

    The arguments and errors are those of ``Neuron``; the activation may also be "softmax".

    Raises:
        ValueError: the activation or initializer is unknown, or a number of inputs or units is below 1.

    >>> layer = Layer(2, 3, "softmax", seed=0)
    >>> round(sum(a.data for a in layer([1.0, 2.0])), 12)
    1.0
    """

    def __init__(self, n_inputs: int, n_units: int, activation: Activation = "sigmoid",
                 seed: int | random.Random | None = None, *, layer: int | None = 1, bias: bool = True,
                 initializer: str | Initializer = "uniform") -> None:
        _check_positive("n_units", n_units)
        draw = seed if isinstance(seed, random.Random) else random.Random(seed)
        self.activation = require_activation(activation, of_layer=True)
        of_a_unit = "identity" if self.activation in LAYER_ACTIVATIONS else self.activation
        self.neurons = [
            Neuron(n_inputs, of_a_unit, draw, unit=j, layer=layer, bias=bias, initializer=initializer, n_units=n_units)
            for j in range(1, n_units + 1)
        ]

    def forward(self, x: Sequence[Number]) -> tuple[list[Value], list[Value]]:
        """The nodes z and a of every unit, for n_inputs numbers or Values ``x``. Softmax takes the z of the units."""
        x = tuple(_check_inputs(x, self.n_inputs))
        pre: list[Value] = []
        post: list[Value] = []
        for neuron in self.neurons:
            z_of_unit, a_of_unit = neuron.outputs(x)
            pre += z_of_unit
            post += a_of_unit
        if self.activation in LAYER_ACTIVATIONS:
            labels = [a.label for a in post]
            post = LAYER_ACTIVATIONS[self.activation](pre)
            for a, label in zip(post, labels, strict=True):
                a.label = label
        return pre, post

    @property
    def n_inputs(self) -> int:
        return self.neurons[0].n_inputs

    @property
    def n_outputs(self) -> int:
        return len(self.neurons)

    @property
    def output_activation(self) -> str:
        return self.activation

    def weights_alone(self) -> list[Value]:
        return list_once(weight for neuron in self.neurons for weight in neuron.weights_alone())

    def parameters(self) -> list[Value]:
        return list_once(parameter for neuron in self.neurons for parameter in neuron.parameters())

    def __repr__(self) -> str:
        return f"Layer({len(self.neurons[0].weights)}, {len(self.neurons)}, {self.activation!r})"


class MLP(Exchange):
    """A multilayer perceptron: a⁽⁰⁾ = x, z⁽ˡ⁾ = W⁽ˡ⁾a⁽ˡ⁻¹⁾ + b⁽ˡ⁾, a⁽ˡ⁾ = σ(z⁽ˡ⁾).

    ``net(x)`` of n_inputs numbers or Values is a Value if the last layer has one unit, otherwise a list of Values.

    Args:
        n_inputs: the number of inputs, ≥ 1.
        sizes: [n₁, …, n_L], the number of units of each layer, ≥ 1; the last layer is the output.
        activation: the activation of all layers but the last; or a list of them, one for each layer, the last one too.
        output_activation: the activation of the last layer, "identity" by default; "softmax" is possible, there and as
            the last of a list.
        seed: an int for repeatable weights.
        initializer: a name of ``INITIALIZERS``, or the result of a function of ``initializers``.

    Raises:
        ValueError: an activation or initializer is unknown, there is no layer, a size is below 1, or a list of
            activations is not as long as the layers.
    Warns:
        SymmetryWarning: the units of a hidden layer start with equal weights, so they stay equal.

    Attributes:
        layers: the layers, from the first one with weights.

    >>> net = MLP(2, [3, 1], "tanh", seed=1)
    >>> net
    MLP of [Layer(2, 3, 'tanh'), Layer(3, 1, 'identity')]
    >>> len(net.parameters()), net.predict([[0.5, -1.0], [2.0, 1.0]]).shape
    (13, (2, 1))
    >>> MLP(2, [3, 2], ["tanh", "softmax"])
    MLP of [Layer(2, 3, 'tanh'), Layer(3, 2, 'softmax')]
    """

    def __init__(self, n_inputs: int, sizes: Sequence[int], activation: Activation | Sequence[Activation] = "sigmoid",
                 output_activation: Activation | None = None, seed: int | None = None, *,
                 initializer: str | Initializer = "uniform") -> None:
        if not hasattr(sizes, "__len__"):
            raise TypeError(f"the sizes of an MLP must be a sequence, one for each layer: write [{sizes}]")
        if not len(sizes):
            raise ValueError("an MLP needs at least one layer: give the number of units of each, such as [16, 16, 1]")
        draw = random.Random(seed)
        self.layers: list[Layer] = [
            Layer(n_in, n_out, chosen, draw, layer=l, initializer=initializer)
            for l, (n_in, n_out, chosen) in enumerate(
                zip([n_inputs, *sizes], sizes, _list_activations(activation, output_activation, len(sizes)),
                    strict=False), start=1)
        ]
        for l, layer in enumerate(self.layers[:-1], start=1):
            warn_of_symmetry(l, len(layer.neurons), not any(w.data for n in layer.neurons for w in n.weights))

    def forward(self, x: Sequence[Number]) -> ForwardPass:
        """All pre- and post-activation nodes by layer, for one sample ``x`` of n_inputs numbers or Values."""
        pre: dict[int, list[Value]] = {}
        post: dict[int, list[Number]] = {0: list(_check_inputs(x, self.n_inputs))}
        for l, layer in enumerate(self.layers, start=1):
            pre[l], activations = layer.outputs(post[l - 1])
            post[l] = list(activations)
        return ForwardPass(pre, post)

    @property
    def n_inputs(self) -> int:
        return self.layers[0].n_inputs

    @property
    def n_outputs(self) -> int:
        return self.layers[-1].n_outputs

    @property
    def output_activation(self) -> str:
        return self.layers[-1].activation

    def weights_alone(self) -> list[Value]:
        return list_once(weight for layer in self.layers for weight in layer.weights_alone())

    def parameters(self) -> list[Value]:
        return list_once(parameter for layer in self.layers for parameter in layer.parameters())

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(repr(layer) for layer in self.layers)}]"


def _list_activations(given: Activation | Sequence[Activation], of_output: Activation | None,
                      count: int) -> list[str]:
    """The activation of each layer."""
    if isinstance(given, str) or callable(given) or not isinstance(given, Sequence):
        hidden = require_activation(given)
        return [hidden] * (count - 1) + [require_activation(of_output or "identity", of_layer=True)]
    if len(given) != count:
        raise ValueError(f"a list of activations has one for each layer: {len(given)} were given for {count} layers")
    if of_output is not None:
        raise ValueError("the list of activations has that of the output as its last; leave output_activation out")
    return [require_activation(name, of_layer=l == count) for l, name in enumerate(given, start=1)]


def _check_positive(what: str, count: Any) -> None:
    if not isinstance(count, Integral) or count < 1:
        raise ValueError(f"{what} must be a whole number of at least 1, not {quote(count)}")


def _make_weight_label(k: int, n_inputs: int, unit: int, layer: int | None) -> str:
    if layer is not None:
        return make_label("w", unit, k, layer=layer)
    return make_label("w", unit if n_inputs == 1 else k)


def _check_inputs(x: Sequence[Number], n: int) -> Sequence[Number]:
    if not hasattr(x, "__len__"):
        raise TypeError(f"inputs must be a sequence of {n} numbers or Values, not {quote(x)} of type "
                        f"{type(x).__name__}")
    if len(x) != n:
        raise ValueError(f"each unit has {n} weights, but {len(x)} inputs were given")
    return x
