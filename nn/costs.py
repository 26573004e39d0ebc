"""Costs and penalties, as nodes: of one sample, and of a batch by name.

``COSTS`` holds the costs of a batch. Each states its formula, with the ½ and the 1/N where they stand, and its
derivative, as text: aᵢⱼ is output j of sample i, zᵢⱼ its pre-activation, yᵢⱼ its target; N samples, n outputs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from autograd_lite import Value, absolute, log, logsumexp, softplus, sqrt, total
from autograd_lite.internal import make_label, quote

from .formulas import format_formula
from .suggest import unknown_name

Numbers = Sequence[Value | float]


def half_squared_error(outputs: Sequence[Value], targets: Numbers) -> Value:
    """C = ½ Σⱼ (aⱼ − yⱼ)², without 1/n; ∂C/∂aⱼ = aⱼ − yⱼ.

    Raises:
        ValueError: not as many targets as outputs, or none.
    """
    return 0.5 * squared_error(outputs, targets, "half_squared_error")


def squared_error(outputs: Sequence[Value], targets: Numbers, name: str = "squared_error") -> Value:
    """C = Σⱼ (aⱼ − yⱼ)², without ½ and 1/n; ∂C/∂aⱼ = 2(aⱼ − yⱼ). Raises as ``half_squared_error`` does."""
    _check_counts(name, outputs, targets)
    return _add_up([(a - y) ** 2 for a, y in zip(outputs, targets, strict=True)])


def bernoulli(y: Value, t: Value | float) -> Value:
    """L = −(1 − t) log y − t log(1 − y) for y = P(t = 0) and a target t of 0 or 1; ∂L/∂y = −(1 − t)/y + t/(1 − y).

    Raises:
        ValueError: y is 0 or 1 to the last digit, where a logarithm is not defined.
    """
    if not 0 < y.data < 1:
        raise ValueError(f"the output {y.label or 'y'} must lie between 0 and 1 for log y and log(1 − y) to exist, "
                         f"and it is {y.data:g} to the last digit; choose smaller weights or inputs, or a cost from "
                         "logits")
    return -(1 - t) * log(y) - t * log(1 - y)


def binary_cross_entropy(p: Value, t: Value | float) -> Value:
    """L = −t log p − (1 − t) log(1 − p) for p = P(t = 1); ∂L/∂p = (1 − t)/(1 − p) − t/p. Raises as ``bernoulli``
    does.
    """
    return bernoulli(p, 1 - t)


def binary_cross_entropy_logits(z: Value, t: Value | float) -> Value:
    """The same for p = σ(z), L = log(1 + eᶻ) − tz, for any z; ∂L/∂z = σ(z) − t."""
    return softplus(z) - t * z


def bernoulli_logits(z: Value, t: Value | float) -> Value:
    """The lecture's cost for y = P(t = 0) = σ(z), L = log(1 + eᶻ) − (1 − t)z, for any z; ∂L/∂z = σ(z) − (1 − t)."""
    return binary_cross_entropy_logits(z, 1 - t)


def softmax_cross_entropy(z: Sequence[Value], t: Numbers) -> Value:
    """L = −Σⱼ tⱼ log aⱼ with a = softmax(z), as log Σⱼ exp(zⱼ) − Σⱼ tⱼzⱼ; ∂L/∂zⱼ = aⱼ − tⱼ where Σⱼ tⱼ = 1.

    Raises:
        ValueError: not as many targets as outputs, or none.
    """
    _check_counts("softmax_cross_entropy", z, t)
    return logsumexp(z) - _add_up([y * u for y, u in zip(t, z, strict=True) if isinstance(y, Value) or y])


def mean(costs: Sequence[Value]) -> Value:
    """(1/N) Σᵢ Cᵢ over the costs of N ≥ 1 samples; the cost itself where there is one."""
    return costs[0] if len(costs) == 1 else 1 / len(costs) * _add_up(costs)


def l1(weights: Sequence[Value], lam: float) -> Value:
    """λ Σ |w|; its derivative is λ·sign(w), and 0 at w = 0. Biases are not penalised: do not pass them."""
    return lam * _add_up([absolute(w) for w in weights])


def l2(weights: Sequence[Value], lam: float) -> Value:
    """λ Σ w², without ½; its derivative is 2λw. Biases are not penalised: do not pass them."""
    return lam * _add_up([w**2 for w in weights])


def l2_half(weights: Sequence[Value], lam: float) -> Value:
    """(λ/2) Σ w², as the matrix lectures have it; its derivative is λw. Biases are not penalised: do not pass them."""
    return l2(weights, lam / 2)


def _add_up(terms: Sequence[Value]) -> Value:
    """One node for the sum; a single term is its own."""
    return terms[0] if len(terms) == 1 else total(terms)


def _check_counts(name: str, outputs: Sequence[Value], targets: Numbers) -> None:
    if isinstance(outputs, Value):
        raise TypeError(f"{name} takes sequences of outputs and targets: write [a], [y]")
    if len(outputs) != len(targets) or not outputs:
        raise ValueError(f"{name} needs as many targets as outputs, and at least one: it got "
                         f"{len(outputs)} outputs and {len(targets)} targets")


def _sum_over_units(of_unit: Callable[[Value, Value | float], Value]) -> Callable[[Sequence[Value], Numbers], Value]:
    """The sum over the units of a cost of one unit."""
    def of_sample(outputs: Sequence[Value], targets: Numbers) -> Value:
        _check_counts(of_unit.__name__, outputs, targets)
        return _add_up([of_unit(a, t) for a, t in zip(outputs, targets, strict=True)])

    return of_sample


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
    """The penalty of that name. Raises ValueError for an unknown one; names the nearest."""
    if name not in PENALTIES:
        raise unknown_name("penalty", name, PENALTIES)
    return PENALTIES[name](weights, lam)


def penalised(cost: Value, name: str | None, weights: Sequence[Value], lam: float) -> Value:
    """The cost plus the named penalty; the cost itself where ``name`` is None.

    Raises:
        ValueError: an unknown penalty; names the nearest.
    """
    return cost if name is None else cost + penalty(name, weights, lam)


_LETTERS = {letter: lambda i, j, letter=letter: make_label(letter, i, j) for letter in "ayz"}


@dataclass(frozen=True, slots=True)
class Cost:
    """A cost of a batch of N samples with n outputs each.

    Attributes:
        name: what it is called; empty for a function of the user's.
        value, derivative: C, and ∂C/∂aᵢⱼ, or ∂C/∂zᵢⱼ where it is a cost of logits; see the module.
        sample: the node ℓ of one sample, from its outputs (or logits) and targets.
        over: how the N costs of the samples become one: "mean", "sum" or "root" (of the sum).
        logits_of: the output activation whose pre-activations z the cost takes; empty where it takes the outputs a.
        of_class: which of two classes, 0 or 1, a single output is the probability of.
        targets: "numbers", "probabilities" (0 to 1) or "classes" (probabilities that add up to 1 over the units).
        note: what to know of it.
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
        """C as a person writes it."""
        return format_formula(self.value, _LETTERS)

    @property
    def slope(self) -> str:
        """The derivative as a person writes it, with what it is of."""
        return f"∂C/∂{'z' if self.logits_of else 'a'}ᵢⱼ = {format_formula(self.derivative, _LETTERS)}"

    @property
    def output_activation(self) -> str:
        """The output activation that the cost needs or suits best."""
        return self.logits_of or ("sigmoid" if self.targets == "probabilities" else "identity")

    def __call__(self, outputs: Sequence[Sequence[Value]], targets: Sequence[Numbers]) -> Value:
        """C for the outputs, or logits, of a batch, a sample a row, labelled "C"."""
        if len(outputs) != len(targets) or not outputs:
            raise ValueError("a batch needs as many targets as outputs, and at least one of each: it got "
                             f"{len(outputs)} and {len(targets)}")
        terms = [self.sample(a, y) for a, y in zip(outputs, targets, strict=True)]
        cost = mean(terms) if self.over == "mean" else _add_up(terms)
        cost = sqrt(cost) if self.over == "root" else cost
        cost.label = "C"
        return cost


def _over_all(of_output: str, factor: str = "1 / N * ") -> str:
    """The text of a sum over all outputs of all samples."""
    return f"{factor}sum(sum({of_output} for j in units) for i in samples)"


_RESIDUAL = "a[i, j] - y[i, j]"
_SOFTPLUS, _SIGMOID = "log(1 + exp(z[i, j]))", "1 / (1 + exp(-z[i, j]))"
_WHOLE = "sum(exp(z[i, k]) for k in units)"

COSTS = MappingProxyType({row.name: row for row in (
    Cost("half_squared_error", _over_all(f"1/2 * ({_RESIDUAL})**2"), f"({_RESIDUAL}) / N", half_squared_error,
         note="the matrix lectures' E; with one sample the ½Σ(a − y)² of the others"),
    Cost("residual_sum_of_squares", _over_all(f"({_RESIDUAL})**2", "1/2 * "), _RESIDUAL, half_squared_error, "sum",
         note="½ and no 1/N: the gradient grows with the number of samples, and η must shrink with it"),
    Cost("mean_squared_error", _over_all(f"({_RESIDUAL})**2", "1 / (N * n) * "), f"2 / (N * n) * ({_RESIDUAL})",
         lambda a, y: 1 / len(a) * squared_error(a, y, "mean_squared_error"),
         note="no ½, and 1/n over the outputs too, as programs have it"),
    Cost("root_squared_error", f"sqrt({_over_all(f'({_RESIDUAL})**2', '')})", f"({_RESIDUAL}) / C", squared_error,
         "root",
         note="no mean and no square. The gradient does not shrink as a approaches y, since it is divided by C, and at "
              "a perfect fit, C = 0, it is undefined: a fixed η ends by jumping to and fro; let η fall by a schedule"),
    Cost("binary_cross_entropy", _over_all("-y[i, j] * log(a[i, j]) - (1 - y[i, j]) * log(1 - a[i, j])"),
         "((1 - y[i, j]) / (1 - a[i, j]) - y[i, j] / a[i, j]) / N", _sum_over_units(binary_cross_entropy),
         targets="probabilities", note="a = P(y = 1); undefined where a is 0 or 1 to the last digit"),
    Cost("bernoulli", _over_all("-(1 - y[i, j]) * log(a[i, j]) - y[i, j] * log(1 - a[i, j])"),
         "(y[i, j] / (1 - a[i, j]) - (1 - y[i, j]) / a[i, j]) / N", _sum_over_units(bernoulli), targets="probabilities",
         note="the lecture's: a = P(y = 0); undefined where a is 0 or 1 to the last digit", of_class=0),
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
         note="y is 1 for the class of the sample and 0 for the others; a = softmax(z)"),
)})
"""Name -> cost of a batch."""
DEFAULT_COST = "half_squared_error"


def find_cost(cost: str | Cost | Callable[[Sequence[Value], Numbers], Value]) -> Cost:
    """The cost of that name; a function of one sample's outputs and targets becomes its mean over the batch.

    Raises:
        ValueError: an unknown name; names the nearest. TypeError: neither.
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
