"""Costs, recorded as nodes: functions for one sample, and a table of costs of a batch; the penalties too.

Each row of ``COSTS`` states its formula, with its ½ and its 1/N, and its derivative as text: aᵢⱼ is output j of
sample i, zᵢⱼ its pre-activation and yᵢⱼ its target, for N samples with n outputs each.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from autograd_lite import Value, log, logsumexp, softplus, sqrt
from autograd_lite.internal import make_label, quote

from .formulas import format_formula
from .penalties import PENALTIES as PENALTIES
from .penalties import add_up
from .penalties import l1 as l1
from .penalties import l2 as l2
from .penalties import l2_half as l2_half
from .penalties import penalised as penalised
from .penalties import penalty as penalty
from .suggest import find_other_name, unknown_name

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
    _check_counts(name, outputs, targets)
    return add_up([(a - y) ** 2 for a, y in zip(outputs, targets, strict=True)])


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
    _check_counts("softmax_cross_entropy", z, t)
    wanted = add_up([y * u if isinstance(y, Value) or y != 1 else u
                     for y, u in zip(t, z, strict=True) if isinstance(y, Value) or y])
    return logsumexp([u - wanted for u in z])


def mean(costs: Sequence[Value]) -> Value:
    """(1/N) Σᵢ Cᵢ over the costs of N ≥ 1 samples; for one sample the node of its cost, without a new one.

    >>> mean([Value(1.0), Value(3.0)]).data
    2.0
    """
    return costs[0] if len(costs) == 1 else 1 / len(costs) * add_up(costs)


def _check_counts(name: str, outputs: Sequence[Value], targets: Numbers) -> None:
    if isinstance(outputs, Value):
        raise TypeError(f"{name} takes sequences of outputs and targets: write [a], [y]")
    if len(outputs) != len(targets) or not outputs:
        raise ValueError(f"{name} needs as many targets as outputs, and at least one of each: it got "
                         f"{len(outputs)} outputs and {len(targets)} targets")


def _sum_over_units(of_unit: Callable[[Value, Value | float], Value]) -> Callable[[Sequence[Value], Numbers], Value]:
    """The cost of a sample that sums ``of_unit`` over its outputs."""
    def of_sample(outputs: Sequence[Value], targets: Numbers) -> Value:
        _check_counts(of_unit.__name__, outputs, targets)
        return add_up([of_unit(a, t) for a, t in zip(outputs, targets, strict=True)])

    return of_sample


_LETTERS = {letter: lambda i, j, letter=letter: make_label(letter, i, j) for letter in "ayz"}


@dataclass(frozen=True, slots=True)
class Cost:
    """A cost of a batch of N samples with n outputs each.

    Attributes:
        name: its key in ``COSTS``; empty for a user's function.
        value, derivative: C, and ∂C/∂aᵢⱼ (∂C/∂zᵢⱼ for a cost of logits) as text, in the letters of this module.
        sample: records the cost ℓ of one sample from its outputs (or logits) and its targets.
        over: how the costs of N samples are reduced to one: "mean", "sum" or "root" (the square root of the sum).
        logits_of: the output activation whose pre-activations z the cost takes; empty if it takes the outputs a.
        targets: "numbers", "probabilities" (0 to 1) or "classes" (probabilities that add up to 1 over the units).
        note: a remark for the table in the documentation.
        of_class: the class, 0 or 1, whose probability a single output is.
    """

    name: str
    value: str
    derivative: str
    sample: Callable[[Sequence[Value], Numbers], Value]
    over: str = "mean"
    logits_of: str = ""
    targets: str = "numbers"
    note: str = ""
    of_class: int = 1

    @property
    def formula(self) -> str:
        """C in mathematical notation."""
        return format_formula(self.value, _LETTERS)

    @property
    def slope(self) -> str:
        """The derivative in mathematical notation, as an equation."""
        return f"∂C/∂{'z' if self.logits_of else 'a'}ᵢⱼ = {format_formula(self.derivative, _LETTERS)}"

    @property
    def output_activation(self) -> str:
        """The output activation that the cost needs or suits best."""
        return self.logits_of or ("sigmoid" if self.targets == "probabilities" else "identity")

    def __call__(self, outputs: Sequence[Sequence[Value]], targets: Sequence[Numbers],
                 weights: Sequence[float] | None = None) -> Value:
        """The node C, labelled "C", of a batch.

        Args:
            outputs: the outputs, or the logits, of N ≥ 1 samples, n for each.
            targets: the targets, of the same shape.
            weights: a factor of the cost of each sample, N in all; None for 1.

        Raises:
            ValueError: the numbers of samples or of outputs and targets differ.

        >>> COSTS["mean_squared_error"]([[Value(1.0)], [Value(3.0)]], [[0.0], [0.0]]).data
        5.0
        """
        if len(outputs) != len(targets) or not outputs:
            raise ValueError("a batch needs as many rows of targets as of outputs, and at least one of each: it got "
                             f"{len(outputs)} rows of outputs and {len(targets)} of targets")
        terms = [self.sample(a, y) for a, y in zip(outputs, targets, strict=True)]
        if weights is not None:
            terms = [weight * term for weight, term in zip(weights, terms, strict=True)]
        cost = mean(terms) if self.over == "mean" else add_up(terms)
        cost = sqrt(cost) if self.over == "root" else cost
        cost.label = "C"
        return cost


def _over_all(of_output: str, factor: str = "1 / N * ") -> str:
    """The formula of a sum over all outputs of all samples."""
    return f"{factor}sum(sum({of_output} for j in units) for i in samples)"


_RESIDUAL = "a[i, j] - y[i, j]"
_SOFTPLUS, _SIGMOID = "log(1 + exp(z[i, j]))", "1 / (1 + exp(-z[i, j]))"
_WHOLE = "sum(exp(z[i, k]) for k in units)"

COSTS = MappingProxyType({row.name: row for row in (
    Cost("half_squared_error", _over_all(f"1/2 * ({_RESIDUAL})**2"), f"({_RESIDUAL}) / N", half_squared_error,
         note="the E of the matrix lectures; for one sample the ½Σ(a − y)² of the others"),
    Cost("residual_sum_of_squares", _over_all(f"({_RESIDUAL})**2", "1/2 * "), _RESIDUAL, half_squared_error, "sum",
         note="½ and no 1/N: the gradient grows with the number of samples, so η must shrink with it"),
    Cost("mean_squared_error", _over_all(f"({_RESIDUAL})**2", "1 / (N * n) * "), f"2 / (N * n) * ({_RESIDUAL})",
         lambda a, y: 1 / len(a) * squared_error(a, y, "mean_squared_error"),
         note="no ½, and 1/n over the outputs as well, as in most libraries"),
    Cost("root_squared_error", f"sqrt({_over_all(f'({_RESIDUAL})**2', '')})", f"({_RESIDUAL}) / C", squared_error,
         "root",
         note="no mean and no square. The gradient is divided by C, so it does not shrink as a approaches y, and it is "
              "undefined at a perfect fit, C = 0. With a fixed η the steps end up oscillating; use a schedule"),
    Cost("binary_cross_entropy", _over_all("-y[i, j] * log(a[i, j]) - (1 - y[i, j]) * log(1 - a[i, j])"),
         "((1 - y[i, j]) / (1 - a[i, j]) - y[i, j] / a[i, j]) / N", _sum_over_units(binary_cross_entropy),
         targets="probabilities", note="a = P(y = 1); undefined where a is 0 or 1 in floating point"),
    Cost("bernoulli", _over_all("-(1 - y[i, j]) * log(a[i, j]) - y[i, j] * log(1 - a[i, j])"),
         "(y[i, j] / (1 - a[i, j]) - (1 - y[i, j]) / a[i, j]) / N", _sum_over_units(bernoulli), targets="probabilities",
         note="the lecture's: a = P(y = 0); undefined where a is 0 or 1 in floating point", of_class=0),
    Cost("binary_cross_entropy_logits", _over_all(f"{_SOFTPLUS} - y[i, j] * z[i, j]"), f"({_SIGMOID} - y[i, j]) / N",
         _sum_over_units(binary_cross_entropy_logits), logits_of="sigmoid", targets="probabilities",
         note="σ(z) = P(y = 1), for any z"),
    Cost("bernoulli_logits", _over_all(f"{_SOFTPLUS} - (1 - y[i, j]) * z[i, j]"), f"({_SIGMOID} - (1 - y[i, j])) / N",
         _sum_over_units(bernoulli_logits), logits_of="sigmoid", targets="probabilities",
         note="σ(z) = P(y = 0), for any z",
         of_class=0),
    Cost("softmax_cross_entropy",
         f"1 / N * sum(log({_WHOLE}) - sum(y[i, j] * z[i, j] for j in units) for i in samples)",
         f"(exp(z[i, j]) / {_WHOLE} - y[i, j]) / N", softmax_cross_entropy, logits_of="softmax", targets="classes",
         note="y is 1 for the class of the sample and 0 for all others; a = softmax(z)"),
)})
"""Name -> cost of a batch."""
DEFAULT_COST = "half_squared_error"

if not TYPE_CHECKING:  # a type checker knows the names

    def __getattr__(name: str) -> Any:
        """Called for a name that this module has not: says what is called so in another library."""
        ours = find_other_name("cost", name)
        hint = f"; it is called {ours} here: COSTS[{ours!r}], or fit(…, cost={ours!r})" if ours else ""
        raise AttributeError(f"costs has no {name}{hint}", name=name)



def find_cost(cost: str | Cost | Callable[[Sequence[Value], Numbers], Value]) -> Cost:
    """The cost of that name. A function of one sample's outputs and targets becomes the mean over the batch.

    Raises:
        ValueError: the name is unknown; suggests the nearest. TypeError: neither a name nor a function.

    >>> find_cost("half_squared_error").formula
    '(1/N)Σᵢ Σⱼ ½(aᵢⱼ − yᵢⱼ)²'
    """
    if isinstance(cost, Cost):
        return cost
    if callable(cost):
        return Cost("", "", "", cost)
    if not isinstance(cost, str):
        raise TypeError(f"cost must be a name or a function of outputs and targets, not {quote(cost)}")
    if cost not in COSTS:
        raise unknown_name("cost", cost, COSTS)
    return COSTS[cost]
