"""A row of the table of costs: what it states as text, and how it is recorded for a batch.

The cost ℓ of one sample is a factor times the sum over its n outputs of ``each``, in the letters a and y of one output.
The same text is shown to readers, evaluated by hand on floats, and recorded as nodes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType

from autograd_lite import Value, sqrt
from autograd_lite.internal import make_label

from ..ground.formulas import format_formula, substitute
from .penalties import add_up
from .sample_costs import Numbers, mean

_LETTERS = {letter: lambda i, j, letter=letter: make_label(letter, i, j) for letter in "ayz"}
OVER = ("mean", "sum", "root")
TARGETS = ("numbers", "probabilities", "classes")
SQUARE = "(a - y)**2"


@dataclass(frozen=True, slots=True)
class Cost:
    """A cost of a batch of N samples with n outputs each.

    Attributes:
        name: its key in ``COSTS``; empty for a user's function.
        value, derivative: C, and ∂C/∂aᵢⱼ (∂C/∂zᵢⱼ for a cost of logits) as text: aᵢⱼ is output j of sample i, zᵢⱼ its
            pre-activation and yᵢⱼ its target.
        sample: records the cost ℓ of one sample from its outputs (or logits) and its targets.
        over: how the costs of N samples are reduced to one: "mean", "sum" or "root" (the square root of the sum).
        logits_of: the output activation whose pre-activations z the cost takes; empty if it takes the outputs a.
        targets: "numbers", "probabilities" (0 to 1) or "classes" (probabilities that add up to 1 over the units).
        note: a remark for the table in the documentation.
        of_class: the class, 0 or 1, whose probability a single output is.
        each: what ℓ adds up over the outputs, in a and y: (a - y)**2. Empty for a cost of logits and for a function.
        slope_of_each: ∂ℓ/∂a of one output, with the factor: a - y.
        factor: what stands before the sum over the outputs, ½ or 1; ``per_output`` divides it by n.
        through: output activation -> ∂ℓ/∂z of one output, where the two meet in something simpler than slope times
            derivative: a - y for softmax and cross-entropy.
        called: what students call it.
        of_outputs: for a cost of logits, the row that is the same cost of a.
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
    each: str = ""
    slope_of_each: str = ""
    factor: Fraction = Fraction(1)
    per_output: bool = False
    through: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    called: str = ""
    of_outputs: str = ""

    @property
    def formula(self) -> str:
        """C in mathematical notation."""
        return format_formula(self.value, _LETTERS)

    @property
    def slope(self) -> str:
        """The derivative in mathematical notation, as an equation."""
        return f"∂C/∂{'z' if self.logits_of else 'a'}ᵢⱼ = {format_formula(self.derivative, _LETTERS)}"

    @property
    def summand(self) -> str:
        """What an output adds to ℓ, with the factor, as text."""
        before = write_factor(self.factor, self.per_output)
        return f"{before}({self.each})" if before else self.each

    @property
    def slope_of_reduced(self) -> str:
        """∂C/∂a of an output, without the 1/N of a mean, as text: under a root C is in it."""
        return f"({self.slope_of_each}) / (2 * C)" if self.over == "root" else self.slope_of_each

    @property
    def output_activation(self) -> str:
        """The output activation that the cost needs or suits best."""
        return self.logits_of or next(iter(self.through), "identity")

    @property
    def target(self) -> str:
        """What an output is compared with: y, or 1 - y where it is the probability of class 0."""
        return "y" if self.of_class else "1 - y"

    @property
    def residual(self) -> str:
        """Output minus target, as text: a - y, or a - (1 - y)."""
        return "a - y" if self.of_class else "a - (1 - y)"

    @property
    def is_squared(self) -> bool:
        """Whether ℓ is a constant times Σ(a − y)², so that others choose another constant."""
        return self.each == SQUARE

    def __call__(self, outputs: Sequence[Sequence[Value]], targets: Sequence[Numbers],
                 weights: Sequence[float] | None = None) -> Value:
        """The node C, labelled "C", of a batch.

        Args:
            outputs: the outputs, or the logits, of N ≥ 1 samples, n for each.
            targets: the targets, of the same shape.
            weights: a factor of the cost of each sample, N in all; None for 1.

        Raises:
            ValueError: the numbers of samples or of outputs and targets differ.

        >>> from nn.costs import COSTS
        >>> COSTS["mean_squared_error"]([[Value(1.0)], [Value(3.0)]], [[0.0], [0.0]]).data
        5.0
        """
        if len(outputs) != len(targets) or not outputs:
            raise ValueError("a batch needs as many rows of targets as of outputs, and at least one of each: it got "
                             f"{len(outputs)} rows of outputs and {len(targets)} of targets")
        terms = [self.sample(a, y) for a, y in zip(outputs, targets, strict=True)]
        if weights is not None:
            terms = [weight * term for weight, term in zip(weights, terms, strict=True)]
        cost = self.reduce(terms)
        cost.label = "C"
        return cost

    def reduce(self, terms: Sequence[Value]) -> Value:
        """The node of the costs of all samples: their mean, their sum, or the root of the sum."""
        cost = mean(terms) if self.over == "mean" else add_up(terms)
        return sqrt(cost) if self.over == "root" else cost


def write_factor(factor: Fraction, per_output: bool) -> str:
    """What stands before a sum over the outputs, as text with ``* `` after it: ``1/2 * ``; empty for 1."""
    below = f"n / {factor.denominator}" if factor.denominator != 1 else "n"
    text = f"{factor.numerator} / {below}" if per_output else str(factor)
    return "" if text == "1" else f"{text} * "


def make_row(name: str, each: str, slope: str, sample: Callable[[Sequence[Value], Numbers], Value], *,
             factor: Fraction = Fraction(1), per_output: bool = False, over: str = "mean", derivative: str = "",
             targets: str = "numbers", through: Mapping[str, str] = MappingProxyType({}), of_class: int = 1,
             called: str = "", note: str = "") -> Cost:
    """A row for a cost of outputs, with its formulas of a batch; see ``Cost``."""
    indexed = {"a": "a[i, j]", "y": "y[i, j]"}
    term, before = substitute(each, indexed), write_factor(factor, per_output)
    outside = over != "mean"
    value = f"sum(sum({'' if outside else before}{term} for j in units) for i in samples)"
    value = {"mean": f"1 / N * {value}", "sum": f"{before}{value}", "root": f"sqrt({before}{value})"}[over]
    found = derivative or {"mean": f"({slope}) / N", "sum": slope, "root": f"({slope}) / (2 * C)"}[over]
    return Cost(name, value, substitute(found, indexed), sample, over, "", targets, note, of_class, each, slope, factor,
                per_output, MappingProxyType(dict(through)), called)
