"""Penalties on the weights, recorded as nodes, with the table of their formulas. ``costs`` passes them on to users."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from autograd_lite import Value, absolute, total

from ..ground.suggest import unknown_name


def add_up(terms: Sequence[Value]) -> Value:
    """One node for the sum; a single term is returned as it is."""
    return terms[0] if len(terms) == 1 else total(terms)


def l1(weights: Sequence[Value], lam: float) -> Value:
    """λ Σ |w|; its derivative is λ·sign(w), and 0 at w = 0. Do not pass biases: they are not penalised.

    >>> l1([Value(2.0), Value(-3.0)], 0.5).data
    2.5
    """
    return lam * add_up([absolute(w) for w in weights])


def l2(weights: Sequence[Value], lam: float) -> Value:
    """λ Σ w², without ½; its derivative is 2λw. Do not pass biases: they are not penalised.

    >>> l2([Value(2.0), Value(-3.0)], 0.5).data
    6.5
    """
    return lam * add_up([w**2 for w in weights])


def l2_half(weights: Sequence[Value], lam: float) -> Value:
    """(λ/2) Σ w², as the matrix lectures write it; its derivative is λw. Do not pass biases: they are not penalised.

    >>> l2_half([Value(2.0), Value(-3.0)], 0.5).data
    3.25
    """
    return l2(weights, lam / 2)


@dataclass(frozen=True, slots=True)
class Penalty:
    """A penalty on the weights.

    Attributes:
        record: records the penalty, from the weights and λ.
        formula, derivative: the penalty and ∂penalty/∂w as text.
    """

    record: Callable[[Sequence[Value], float], Value]
    formula: str
    derivative: str

    def __call__(self, weights: Sequence[Value], lam: float) -> Value:
        """The node of the penalty on ``weights`` with strength ``lam``."""
        return self.record(weights, lam)


PENALTIES = MappingProxyType({
    "l1": Penalty(l1, "λΣ|w|", "λ·sign(w), 0 at w = 0"),
    "l2": Penalty(l2, "λΣw²", "2λw"),
    "l2_half": Penalty(l2_half, "(λ/2)Σw²", "λw"),
})
"""Name -> penalty."""


def penalty(name: str, weights: Sequence[Value], lam: float) -> Value:
    """The node of the named penalty. Raises ValueError for an unknown name; suggests the nearest.

    >>> penalty("l1", [Value(2.0), Value(-3.0)], lam=0.5).data
    2.5
    """
    if name not in PENALTIES:
        raise unknown_name("penalty", name, PENALTIES)
    return PENALTIES[name](weights, lam)


def penalised(cost: Value, name: str | None, weights: Sequence[Value], lam: float) -> Value:
    """The cost plus the named penalty; the cost itself if ``name`` is None.

    Raises:
        ValueError: the name is unknown; suggests the nearest.

    >>> penalised(Value(1.0), "l2", [Value(2.0)], lam=0.5).data
    3.0
    """
    return cost if name is None else cost + penalty(name, weights, lam)
