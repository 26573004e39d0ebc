"""Activation functions by name: the rows of the table of operations that are marked as such."""

from collections.abc import Callable
from types import MappingProxyType

from autograd_lite import ACTIVATION_OPERATIONS, FUNCTIONS, Value

from .suggest import unknown

ACTIVATIONS = MappingProxyType({name: FUNCTIONS[name] for name in ACTIVATION_OPERATIONS})
"""Name -> the function that records one node for a = σ(z)."""


def activation(name: str) -> Callable[[Value], Value]:
    """The activation function of that name. Raises ValueError for an unknown one, naming the nearest."""
    if not isinstance(name, str) or name not in ACTIVATIONS:
        raise unknown("activation", name, ACTIVATIONS)
    function: Callable[[Value], Value] = ACTIVATIONS[name]
    return function
