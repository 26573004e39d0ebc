"""Activation functions by name: those of the table of operations, and softmax.

An activation of the table acts on one unit, aⱼ = σ(zⱼ); softmax acts on all units of a layer.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeAlias, TypeVar

from autograd_lite import OPERATIONS, Value, exp, largest, total
from autograd_lite.internal import FUNCTIONS, quote

from .suggest import unknown_name

T = TypeVar("T")
Activation: TypeAlias = str | Callable[..., Any]
"""What stands for an activation function: its name, or the package's own function."""


class ActivationRows(Mapping[str, T]):
    """A view of the rows of the table that are activation functions: a row that is added later is seen too.

    ``find`` gives what stands for the name of a row.
    """

    def __init__(self, find: Callable[[str], T]) -> None:
        self._find = find

    def __getitem__(self, name: str) -> T:
        if OPERATIONS[name].activation:
            return self._find(name)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return (name for name, row in OPERATIONS.items() if row.activation)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return f"ACTIVATIONS of {', '.join(self)}"


ACTIVATIONS: Mapping[str, Callable[[Value], Value]] = ActivationRows(lambda name: FUNCTIONS[name])
"""Name -> function that records the node a = σ(z)."""


def softmax(z: Sequence[Value]) -> list[Value]:
    """aⱼ = exp(zⱼ) / Σₖ exp(zₖ) for the n ≥ 1 units of a layer: numbers between 0 and 1 that add up to 1.

    Recorded as exp(zⱼ − m) / Σₖ exp(zₖ − m) with m = max z, which never overflows and keeps the digits of differences
    between large z. ∂aⱼ/∂zₖ = aⱼ(δⱼₖ − aₖ), where δⱼₖ is 1 if j = k and 0 otherwise.

    Raises:
        ValueError: z is empty.

    >>> [a.data for a in softmax([Value(0.0), Value(0.0)])]
    [0.5, 0.5]
    """
    greatest = largest(z)
    powers = [exp(unit - greatest) for unit in z]
    whole = total(powers)
    return [power / whole for power in powers]


LAYER_ACTIVATIONS = MappingProxyType({"softmax": softmax})
"""Name -> function that records the activations of all units of a layer."""
PROBABILITIES = frozenset({"sigmoid", *LAYER_ACTIVATIONS})
"""Activations whose outputs lie between 0 and 1, so that a cost of probabilities takes them."""


def require_activation(given: Activation, of_layer: bool = False) -> str:
    """The name of an activation function.

    Args:
        given: its name, or the package's own function, such as ``tanh``.
        of_layer: whether one that acts on all units of a layer may stand here too.

    Raises:
        ValueError: an unknown name; suggests the nearest. Or a function of all units, where one of a unit is needed.
        TypeError: another function.

    >>> from autograd_lite import tanh
    >>> require_activation(tanh), require_activation(softmax, of_layer=True)
    ('tanh', 'softmax')
    """
    known = {**LAYER_ACTIVATIONS, **ACTIVATIONS}
    name = next((name for name, function in known.items() if function is given), given) if callable(given) else given
    if callable(name):
        called = getattr(given, "__name__", "")
        raise TypeError(f"activation must be a name or one of the functions of autograd_lite, not {quote(given)}; "
                        + (f"write activation={quote(called)}" if called in known else
                           "operation(…, activation=True) of autograd_lite makes a function of your own one of them"))
    if not isinstance(name, str) or name not in known:
        raise unknown_name("activation", name, known if of_layer else ACTIVATIONS)
    if name in LAYER_ACTIVATIONS and not of_layer:
        raise ValueError(f"{name} acts on all units of a layer: use it in a Layer, or as the "
                         "output activation of an MLP")
    return name
