"""Costs and penalties, as nodes."""

from collections.abc import Sequence

from autograd_lite import Value, absolute, log, total

from .suggest import unknown


def half_squared_error(outputs: Sequence[Value], targets: Sequence[Value | float]) -> Value:
    """C = ½ Σⱼ (aⱼ − yⱼ)², without 1/n; ∂C/∂aⱼ = aⱼ − yⱼ.

    Raises:
        ValueError: not as many targets as outputs, or none.
    """
    if isinstance(outputs, Value):
        raise TypeError("half_squared_error takes sequences of outputs and targets: write [a], [y]")
    if len(outputs) != len(targets) or not outputs:
        raise ValueError("half_squared_error needs as many targets as outputs, and at least one: it got "
                         f"{len(outputs)} outputs and {len(targets)} targets")
    return 0.5 * _sum([(a - y) ** 2 for a, y in zip(outputs, targets, strict=True)])


def bernoulli(y: Value, t: Value | float) -> Value:
    """L = −(1 − t) log y − t log(1 − y) for y = P(t = 0) and a target t of 0 or 1; ∂L/∂y = −(1 − t)/y + t/(1 − y).

    Raises:
        ValueError: y is 0 or 1 to the last digit, where a logarithm is not defined.
    """
    if not 0 < y.data < 1:
        raise ValueError(f"the output {y.label or 'y'} must lie between 0 and 1 for log y and log(1 − y) to exist, "
                         f"and it is {y.data:g} to the last digit; choose smaller weights or inputs")
    return -(1 - t) * log(y) - t * log(1 - y)


def mean(costs: Sequence[Value]) -> Value:
    """(1/N) Σᵢ Cᵢ over the costs of N ≥ 1 samples; the cost itself where there is one."""
    return costs[0] if len(costs) == 1 else 1 / len(costs) * _sum(costs)


def l1(weights: Sequence[Value], lam: float) -> Value:
    """λ Σ |w|; its derivative is λ·sign(w), and 0 at w = 0. Biases are not penalised: do not pass them."""
    return lam * _sum([absolute(w) for w in weights])


def l2(weights: Sequence[Value], lam: float) -> Value:
    """λ Σ w², without ½; its derivative is 2λw. Biases are not penalised: do not pass them."""
    return lam * _sum([w**2 for w in weights])


def _sum(terms: Sequence[Value]) -> Value:
    """One node for the sum; a single term is its own."""
    return terms[0] if len(terms) == 1 else total(terms)


PENALTIES = {"l1": l1, "l2": l2}


def penalised(cost: Value, penalty: str | None, weights: Sequence[Value], lam: float) -> Value:
    """The cost plus the named penalty; the cost itself where ``penalty`` is None.

    Raises:
        ValueError: an unknown penalty; names the nearest.
    """
    if penalty is None:
        return cost
    if penalty not in PENALTIES:
        raise unknown("penalty", penalty, PENALTIES)
    return cost + PENALTIES[penalty](weights, lam)
