"""Activation functions by name: the rows of the table of operations that are marked as such, and softmax.

Those of the table act on one unit, σ(zⱼ); softmax acts on all units of a layer.
"""

from collections.abc import Callable, Sequence
from types import MappingProxyType

from autograd_lite import Value, exp, logsumexp
from autograd_lite.internal import ACTIVATION_OPERATIONS, FUNCTIONS

from .suggest import unknown_name

ACTIVATIONS = MappingProxyType({name: FUNCTIONS[name] for name in ACTIVATION_OPERATIONS})
"""Name -> the function that records one node for a = σ(z)."""


def softmax(z: Sequence[Value]) -> list[Value]:
    """aⱼ = exp(zⱼ) / Σₖ exp(zₖ) for the units of a layer: numbers between 0 and 1 that add up to 1.

    Recorded as exp(zⱼ − log Σₖ exp(zₖ)), which never overflows. ∂aⱼ/∂zₖ = aⱼ(δⱼₖ − aₖ), δⱼₖ = 1 where j = k, else 0.

    Raises:
        ValueError: no z.
    """
    everything = logsumexp(z)
    return [exp(unit - everything) for unit in z]


LAYER_ACTIVATIONS = MappingProxyType({"softmax": softmax})
"""Name -> the function that records the activations of a whole layer."""
PROBABILITIES = frozenset({"sigmoid", *LAYER_ACTIVATIONS})
"""Activations whose outputs lie between 0 and 1, so that a cost of probabilities takes them."""


def find_activation(name: str) -> Callable[[Value], Value]:
    """The activation function of one unit of that name. Raises ValueError for an unknown one, naming the nearest."""
    if isinstance(name, str) and name in LAYER_ACTIVATIONS:
        raise ValueError(f"{name} acts on all units of a layer: give it to a Layer, or as the output activation of an "
                         "MLP")
    if not isinstance(name, str) or name not in ACTIVATIONS:
        raise unknown_name("activation", name, ACTIVATIONS)
    function: Callable[[Value], Value] = ACTIVATIONS[name]
    return function
