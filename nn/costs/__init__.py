"""Costs, recorded as nodes: functions for one sample, and a table of costs of a batch; the penalties too.

Each row of ``COSTS`` states its formula, with its ½ and its 1/N, and its derivative as text: aᵢⱼ is output j of
sample i, zᵢⱼ its pre-activation and yᵢⱼ its target, for N samples with n outputs each. ``cost`` adds a row.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from autograd_lite import Value
from autograd_lite.internal import quote

from ..ground.suggest import find_other_name, unknown_name
from .cost_rows import Cost as Cost
from .cost_rows import make_row
from .own_costs import make_own_cost
from .penalties import PENALTIES as PENALTIES
from .penalties import l1 as l1
from .penalties import l2 as l2
from .penalties import l2_half as l2_half
from .penalties import penalised as penalised
from .penalties import penalty as penalty
from .sample_costs import Numbers, sum_over_units
from .sample_costs import bernoulli as bernoulli
from .sample_costs import bernoulli_logits as bernoulli_logits
from .sample_costs import binary_cross_entropy as binary_cross_entropy
from .sample_costs import binary_cross_entropy_logits as binary_cross_entropy_logits
from .sample_costs import cross_entropy as cross_entropy
from .sample_costs import half_squared_error as half_squared_error
from .sample_costs import mean as mean
from .sample_costs import mean_squared_error as mean_squared_error
from .sample_costs import softmax_cross_entropy as softmax_cross_entropy
from .sample_costs import squared_error as squared_error

_SOFTPLUS, _SIGMOID = "log(1 + exp(z[i, j]))", "1 / (1 + exp(-z[i, j]))"
_WHOLE = "sum(exp(z[i, k]) for k in units)"
_HALF = Fraction(1, 2)


def _make_logits_row(name: str, value: str, derivative: str, sample: Callable[[Sequence[Value], Numbers], Value],
                     of: Cost, note: str) -> Cost:
    """The cost ``of`` the outputs, as one of their pre-activations."""
    return Cost(name, f"1 / N * sum({value} for i in samples)", f"({derivative}) / N", sample, of.over,
                of.output_activation, of.targets, note, of.of_class, called=of.called, of_outputs=of.name)


_BINARY = make_row(
    "binary_cross_entropy", "-y * log(a) - (1 - y) * log(1 - a)", "(1 - y) / (1 - a) - y / a",
    sum_over_units(binary_cross_entropy), targets="probabilities", through={"sigmoid": "a - y"},
    called="binary cross-entropy", note="a = P(y = 1); undefined where a is 0 or 1 in floating point")
_BERNOULLI = make_row(
    "bernoulli", "-(1 - y) * log(a) - y * log(1 - a)", "y / (1 - a) - (1 - y) / a", sum_over_units(bernoulli),
    targets="probabilities", through={"sigmoid": "a - (1 - y)"}, of_class=0,
    called="negative logarithm of the Bernoulli likelihood",
    note="the lecture's: a = P(y = 0); undefined where a is 0 or 1 in floating point")
_CROSS_ENTROPY = make_row(
    "cross_entropy", "-y * log(a)", "-y / a", cross_entropy, targets="classes", through={"softmax": "a - y"},
    called="cross-entropy", note="y is 1 for the class of the sample and 0 for all others; undefined where a is 0 in "
                                 "floating point")

_ROWS: dict[str, Cost] = {row.name: row for row in (
    make_row("half_squared_error", "(a - y)**2", "a - y", half_squared_error, factor=_HALF,
             called="half the squared error",
             note="the E of the matrix lectures; for one sample the ½Σ(a − y)² of the others"),
    make_row("residual_sum_of_squares", "(a - y)**2", "a - y", half_squared_error, factor=_HALF, over="sum",
             called="half the residual sum of squares",
             note="½ and no 1/N: the gradient grows with the number of samples, so η must shrink with it"),
    make_row("mean_squared_error", "(a - y)**2", "2 / n * (a - y)", mean_squared_error, per_output=True,
             derivative="2 / (N * n) * (a - y)", called="mean squared error",
             note="no ½, and 1/n over the outputs as well, as in most libraries"),
    make_row("root_squared_error", "(a - y)**2", "2 * (a - y)", squared_error, over="root", derivative="(a - y) / C",
             called="root of the squared error",
             note="no mean and no square. The gradient is divided by C, so it does not shrink as a approaches y, and "
                  "it is undefined at a perfect fit, C = 0. With a fixed η the steps end up oscillating; use a "
                  "schedule"),
    _BINARY, _BERNOULLI,
    _make_logits_row("binary_cross_entropy_logits", f"sum({_SOFTPLUS} - y[i, j] * z[i, j] for j in units)",
                     f"{_SIGMOID} - y[i, j]", sum_over_units(binary_cross_entropy_logits), _BINARY,
                     "σ(z) = P(y = 1), for any z"),
    _make_logits_row("bernoulli_logits", f"sum({_SOFTPLUS} - (1 - y[i, j]) * z[i, j] for j in units)",
                     f"{_SIGMOID} - (1 - y[i, j])", sum_over_units(bernoulli_logits), _BERNOULLI,
                     "σ(z) = P(y = 0), for any z"),
    _CROSS_ENTROPY,
    _make_logits_row("softmax_cross_entropy", f"log({_WHOLE}) - sum(y[i, j] * z[i, j] for j in units)",
                     f"exp(z[i, j]) / {_WHOLE} - y[i, j]", softmax_cross_entropy, _CROSS_ENTROPY,
                     "y is 1 for the class of the sample and 0 for all others; a = softmax(z)"),
)}
COSTS: Mapping[str, Cost] = MappingProxyType(_ROWS)
"""Name -> cost of a batch; ``cost`` adds one."""
DEFAULT_COST = "half_squared_error"

if not TYPE_CHECKING:  # a type checker knows the names

    def __getattr__(name: str) -> Any:
        """Called for a name that this module has not: says what is called so in another library."""
        ours = find_other_name("cost", name)
        hint = f"; it is called {ours} here: COSTS[{ours!r}], or fit(…, cost={ours!r})" if ours else ""
        raise AttributeError(f"costs has no {name}{hint}", name=name)


def cost(name: str, formula: str, derivative: str, *, factor: str = "1", over: str = "mean",
         targets: str = "numbers", through: Mapping[str, str] = MappingProxyType({}), of_class: int = 1,
         called: str = "", note: str = "") -> Cost:
    """Add a row of your own to ``COSTS``; it is checked numerically on arrival.

    The cost of one sample is ℓ = factor · Σⱼ formula, over its n outputs.

    Args:
        name: a Python name that no row has.
        formula: what is added up over the outputs, an expression of one output a, its target y and n, with + − * / **,
            ``x if a > y else z``, exp, log, sqrt, tanh, cos, abs, max, min and sign.
        derivative: ∂ℓ/∂a of one output, with the factor.
        factor: what stands before the sum: "1", "1/2", "1/n", "1/(2n)".
        over: how the costs of N samples are reduced: "mean", "sum" or "root" (the square root of the sum).
        targets: "numbers", "probabilities" or "classes"; outputs lie between 0 and 1 for the latter two.
        through: output activation -> ∂ℓ/∂z of one output, where the two meet in something simple: {"sigmoid": "a - y"}.
        of_class: the class, 0 or 1, whose probability a single output is.
        called: what students call it, for sentences; the name if empty.
        note: a remark.

    Returns:
        The row, which ``fit``, ``compare`` and ``check`` take as ``cost``, by name too.

    Raises:
        TypeError: an argument is not of the type above.
        ValueError: the name is taken or no Python name; a text that is no formula of these letters and functions;
            the derivative, or one that goes through an activation, is not that of the formula, with the point where.

    >>> row = cost("quartic_error", "(a - y)**4", "(a - y)**3", factor="1/4")
    >>> row([[Value(3.0)]], [[1.0]]).data
    4.0
    """
    row = make_own_cost(name, formula, derivative, factor=factor, over=over, targets=targets, through=through,
                        of_class=of_class, called=called, note=note)
    known = _ROWS.get(name)
    if known is None:
        _ROWS[name] = row
    elif replace(row, derivative=known.derivative, sample=known.sample, note=known.note,
                 called=known.called) != known:  # else a cell of a notebook, run again
        raise ValueError(f"there is a cost {quote(name)} already, C = {known.formula}; runs that were saved may name "
                         "it, so choose another name")
    return _ROWS[name]


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


def in_outputs(cost: Cost) -> Cost:
    """The same cost as one of the outputs a, for one of logits; itself for any other.

    >>> in_outputs(COSTS["softmax_cross_entropy"]).name
    'cross_entropy'
    """
    return COSTS[cost.of_outputs] if cost.of_outputs else cost
