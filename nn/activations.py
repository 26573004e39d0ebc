"""Activation functions by name: those of the table of operations, and softmax.

An activation of the table acts on one unit, aⱼ = σ(zⱼ); softmax acts on all units of a layer.
"""

from collections.abc import Callable, Sequence
from types import MappingProxyType

from autograd_lite import OPERATIONS, Value, exp, logsumexp
from autograd_lite.internal import FUNCTIONS

from .suggest import unknown_name

ACTIVATIONS = MappingProxyType({name: FUNCTIONS[name] for name, row in OPERATIONS.items() if row.activation})
"""Name -> function that records the node a = σ(z)."""


def softmax(z: Sequence[Value]) -> list[Value]:
    """aⱼ = exp(zⱼ) / Σₖ exp(zₖ) for the n ≥ 1 units of a layer: numbers between 0 and 1 that add up to 1.

    Recorded as exp(zⱼ − log Σₖ exp(zₖ)), which never overflows. ∂aⱼ/∂zₖ = aⱼ(δⱼₖ − aₖ), where δⱼₖ is 1 if j = k and
    0 otherwise.

    Raises:
        ValueError: z is empty.

    >>> [a.data for a in softmax([Value(0.0), Value(0.0)])]
    [0.5, 0.5]
    """
    everything = logsumexp(z)
    return [exp(unit - everything) for unit in z]


LAYER_ACTIVATIONS = MappingProxyType({"softmax": softmax})
"""Name -> function that records the activations of all units of a layer."""
PROBABILITIES = frozenset({"sigmoid", *LAYER_ACTIVATIONS})
"""Activations whose outputs lie between 0 and 1, so that a cost of probabilities takes them."""


def find_activation(name: str) -> Callable[[Value], Value]:
    """The activation function of that name. Raises ValueError for an unknown one; suggests the nearest name."""
    if isinstance(name, str) and name in LAYER_ACTIVATIONS:
        raise ValueError(f"{name} acts on all units of a layer: use it in a Layer, or as the "
                         "output activation of an MLP")
    if not isinstance(name, str) or name not in ACTIVATIONS:
        raise unknown_name("activation", name, ACTIVATIONS)
    function: Callable[[Value], Value] = ACTIVATIONS[name]
    return function
