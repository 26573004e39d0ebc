"""Costs of one sample, recorded as nodes; ``costs`` passes them on to users and has the table of those of a batch."""

from collections.abc import Callable, Sequence

from autograd_lite import Value, log, logsumexp, softplus

from .penalties import add_up

Numbers = Sequence[Value | float]


def half_squared_error(outputs: Sequence[Value], targets: Numbers) -> Value:
    """C = ½ Σⱼ (aⱼ − yⱼ)² over the n ≥ 1 outputs, without 1/n; ∂C/∂aⱼ = aⱼ − yⱼ.

    Raises:
        ValueError: the numbers of targets and outputs differ, or are 0.

    >>> a = Value(3.0)
    >>> C = half_squared_error([a], [1.0])
    >>> C.backward()
    >>> C.data, a.grad
    (2.0, 2.0)
    """
    return 0.5 * squared_error(outputs, targets, "half_squared_error")


def squared_error(outputs: Sequence[Value], targets: Numbers, name: str = "squared_error") -> Value:
    """C = Σⱼ (aⱼ − yⱼ)², without ½ and 1/n; ∂C/∂aⱼ = 2(aⱼ − yⱼ). Raises as ``half_squared_error`` does.

    >>> squared_error([Value(3.0)], [1.0]).data
    4.0
    """
    check_counts(name, outputs, targets)
    return add_up([(a - y) ** 2 for a, y in zip(outputs, targets, strict=True)])


def mean_squared_error(outputs: Sequence[Value], targets: Numbers) -> Value:
    """C = (1/n) Σⱼ (aⱼ − yⱼ)², without ½; ∂C/∂aⱼ = (2/n)(aⱼ − yⱼ). Raises as ``half_squared_error`` does.

    >>> mean_squared_error([Value(3.0), Value(1.0)], [1.0, 1.0]).data
    2.0
    """
    return 1 / len(outputs) * squared_error(outputs, targets, "mean_squared_error")


def bernoulli(y: Value, t: Value | float) -> Value:
    """L = −(1 − t) log y − t log(1 − y) for y = P(t = 0), 0 < y < 1, and a target t of 0 or 1.

    ∂L/∂y = −(1 − t)/y + t/(1 − y).

    Raises:
        ValueError: y is 0 or 1 in floating point, where a logarithm is undefined.

    >>> round(bernoulli(Value(0.25), 0).data, 4)
    1.3863
    """
    if not 0 < y.data < 1:
        raise ValueError(f"the output {y.label or 'y'} must lie between 0 and 1 for log y and log(1 − y) to exist, "
                         f"but it is {y.data:g} in floating point; use smaller weights or inputs, or a cost from "
                         "logits")
    return -(1 - t) * log(y) - t * log(1 - y)


def binary_cross_entropy(p: Value, t: Value | float) -> Value:
    """L = −t log p − (1 − t) log(1 − p) for p = P(t = 1); ∂L/∂p = (1 − t)/(1 − p) − t/p.

    Raises as ``bernoulli`` does.

    >>> round(binary_cross_entropy(Value(0.25), 1).data, 4)
    1.3863
    """
    return bernoulli(p, 1 - t)


def cross_entropy(a: Sequence[Value], t: Numbers) -> Value:
    """L = −Σⱼ tⱼ log aⱼ for probabilities aⱼ > 0, such as those of softmax; ∂L/∂aⱼ = −tⱼ/aⱼ.

    With a = softmax(z) and Σⱼ tⱼ = 1, ∂L/∂zⱼ = aⱼ − tⱼ; ``softmax_cross_entropy`` is that cost of z, which keeps more
    digits.

    Raises:
        ValueError: the numbers of targets and outputs differ, or are 0; an output is not above 0 in floating point.

    >>> round(cross_entropy([Value(0.25), Value(0.75)], [1, 0]).data, 4)
    1.3863
    """
    check_counts("cross_entropy", a, t)
    wrong = next((p for p in a if not p.data > 0), None)
    if wrong is not None:
        raise ValueError(f"the output {wrong.label or 'a'} must be above 0 for log a to exist, but it is "
                         f"{wrong.data:g} in floating point; use smaller weights or inputs, or softmax_cross_entropy")
    return add_up([-y * log(p) for p, y in zip(a, t, strict=True)])


def binary_cross_entropy_logits(z: Value, t: Value | float) -> Value:
    """``binary_cross_entropy`` of p = σ(z): L = log(1 + eᶻ) − tz, for any z; ∂L/∂z = σ(z) − t.

    Recorded as t log(1 + e⁻ᶻ) + (1 − t) log(1 + eᶻ), which keeps its digits where the prediction is right: at z = 40
    and t = 1 both L and −∂L/∂z are 4.2e-18. A term with the factor 0 is not recorded.

    >>> binary_cross_entropy_logits(Value(-1000.0), 1).data
    1000.0
    """
    terms = []
    for share, sign in ((t, -1), (1 - t, 1)):
        if isinstance(share, Value) or share:
            cost = softplus(z if sign == 1 else -z)
            terms.append(cost if not isinstance(share, Value) and share == 1 else share * cost)
    return add_up(terms)


def bernoulli_logits(z: Value, t: Value | float) -> Value:
    """``bernoulli`` of y = σ(z): L = log(1 + eᶻ) − (1 − t)z, for any z; ∂L/∂z = σ(z) − (1 − t).

    >>> bernoulli_logits(Value(-1000.0), 0).data
    1000.0
    """
    return binary_cross_entropy_logits(z, 1 - t)


def softmax_cross_entropy(z: Sequence[Value], t: Numbers) -> Value:
    """L = −Σⱼ tⱼ log aⱼ with a = softmax(z), for targets with Σⱼ tⱼ = 1; ∂L/∂zⱼ = aⱼ − tⱼ.

    Recorded as log Σⱼ exp(zⱼ − Σₖ tₖzₖ), which never overflows and keeps the digits of differences between large z.

    Raises:
        ValueError: the numbers of targets and outputs differ, or are 0.

    >>> round(softmax_cross_entropy([Value(0.0), Value(0.0)], [1, 0]).data, 4)
    0.6931
    """
    check_counts("softmax_cross_entropy", z, t)
    wanted = add_up([y * u if isinstance(y, Value) or y != 1 else u
                     for y, u in zip(t, z, strict=True) if isinstance(y, Value) or y])
    return logsumexp([u - wanted for u in z])


def mean(costs: Sequence[Value]) -> Value:
    """(1/N) Σᵢ Cᵢ over the costs of N ≥ 1 samples; for one sample the node of its cost, without a new one.

    >>> mean([Value(1.0), Value(3.0)]).data
    2.0
    """
    return costs[0] if len(costs) == 1 else 1 / len(costs) * add_up(costs)


def check_counts(name: str, outputs: Sequence[Value], targets: Numbers) -> None:
    """Raise TypeError or ValueError unless there are as many targets as outputs, and some."""
    if isinstance(outputs, Value):
        raise TypeError(f"{name} takes sequences of outputs and targets: write [a], [y]")
    if len(outputs) != len(targets) or not outputs:
        raise ValueError(f"{name} needs as many targets as outputs, and at least one of each: it got "
                         f"{len(outputs)} outputs and {len(targets)} targets")


def sum_over_units(of_unit: Callable[[Value, Value | float], Value]) -> Callable[[Sequence[Value], Numbers], Value]:
    """The cost of a sample that sums ``of_unit`` over its outputs."""
    def of_sample(outputs: Sequence[Value], targets: Numbers) -> Value:
        check_counts(of_unit.__name__, outputs, targets)
        return add_up([of_unit(a, t) for a, t in zip(outputs, targets, strict=True)])

    return of_sample
