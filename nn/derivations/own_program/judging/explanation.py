"""What explains a program: mistakes at their places, in a network with these conventions."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from ....costs import Cost
from ....ground import late_numpy as np
from ....ground.arrays import Floats
from ..comparing.constants import ONE, Constant
from ..comparing.rightness import find_all_gradients
from ..running.networks import Net
from ..running.trials import Trial

UNKNOWN = 3.0  # what an array counts that nothing explains: more than two mistakes


@dataclass(frozen=True)
class Named:
    """A mistake at a place.

    Attributes:
        slug: its name.
        array: the array in which it shows, such as ``dW[2]``.
        letter: "D", "dW" or "db": where it was made.
        constant: the factor, where it is one.
        detail: more for its sentence.
    """

    slug: str
    array: str
    letter: str
    constant: Constant = ONE
    detail: str = ""


@dataclass(frozen=True, eq=False)
class Explanation:
    """What explains the arrays of a program.

    Attributes:
        trial, activations, cost, constant: the conventions.
        known: the constant that the program's own cost has; None where it has none.
        fixed: whether the constant has been read, from the cost or from an array that is not 0.
        named: the mistakes, from the output back.
        unknown: arrays that nothing explains.
        unjudged: arrays below a δ that nothing explains.
        deltas: for each network, layer -> the student's own D.
    """

    trial: Trial
    activations: tuple[str, ...]
    cost: str | Cost
    constant: Constant
    known: Constant | None = None
    fixed: bool = False
    named: tuple[Named, ...] = ()
    unknown: tuple[str, ...] = ()
    unjudged: tuple[str, ...] = ()
    deltas: tuple[dict[int, "Floats"], ...] = field(default=())

    @property
    def score(self) -> float:
        """The number of different mistakes, a little more for each time that one is made, and what is unexplained."""
        made = len({named.slug for named in self.named})
        again = len(self.named) - made
        in_arrays = len([named for named in self.named if named.letter in ("dW", "db")])
        return made + 0.25 * again + 0.01 * in_arrays + UNKNOWN * len(self.unknown) + 1.5 * len(self.unjudged)

    @property
    def meant(self) -> Constant:
        """The constant before the sum without the mistakes in it."""
        last = f"[{self.trial.depth}]"
        factors = [n.constant for n in self.named if n.letter == "D" and n.constant != ONE and n.array.endswith(last)]
        return self.constant.over(factors[0]) if factors and self.known is None else self.known or self.constant

    @property
    def is_single(self) -> bool:
        """Whether one mistake explains all, so that no other explanation is shorter."""
        return len({named.slug for named in self.named}) <= 1 and not self.unknown and not self.unjudged

    def is_right(self, name: str) -> bool:
        """Whether an array is the gradient itself."""
        trial, l = self.trial, int(name[3:-1])
        other = any(named.letter == "forward" for named in self.named)
        if other or any(activation.startswith("softmax ") for activation in self.activations):
            return False
        right = find_all_gradients(trial, self.activations, self.cost)
        for net, array, gradients in zip(trial.nets, trial.find(name[:2], l), right or (), strict=False):
            wanted = self.meant.value(net) * gradients.find(name[:2], l)
            if array is None or np.abs(array - wanted).max() > 100 * trial.tolerance * np.abs(wanted).max():
                return False
        return right is not None


@dataclass(frozen=True, eq=False)
class Candidate:
    """A δ that a layer may have, in each network, with the mistakes in it."""

    slugs: tuple[str, ...]
    deltas: tuple["Floats", ...]
    detail: str = ""


def read_count(factor: Constant, nets: Sequence[Net], layer: int) -> Constant:
    """The factor, with a number of inputs, outputs or units where it is a number of that size in every network."""
    number, outputs = abs(factor.factor), nets[0].widths[-1]
    if outputs > 2 and number in (outputs, Fraction(1, outputs)) and (factor.samples, factor.outputs) == (0, 0):
        power = 1 if number > 1 else -1
        if all(net.widths[-1] == outputs for net in nets):
            return replace(factor, factor=factor.factor / number, outputs=power)
    count = factor.factor.denominator if abs(factor.factor.numerator) == 1 and factor.samples == 1 else 1
    for name, at in (("inputs", 0), ("outputs", -1), ("units", layer)):
        if count > 1 and all(net.widths[at] == count for net in nets) and not getattr(factor, name):
            return replace(factor, factor=factor.factor * count, **{name: -1})
    return factor


def read_width(k: Constant, nets: Sequence[Net]) -> Constant:
    """A constant such as 1/4 as 1/n or 1/n₀, where that many outputs or inputs are in every network."""
    for at, counted in ((-1, Constant(samples=k.samples, outputs=-1)), (0, Constant(inputs=-1))):
        n = nets[0].widths[at]
        same = n > 2 and all(net.widths[at] == n for net in nets)
        if same and k == Constant(Fraction(1, n), counted.samples):
            return counted
    return k


def name_constant(factor: Constant) -> list[str]:
    """The slugs of the mistakes that make a factor; none for 1.

    >>> name_constant(Constant(Fraction(-1, 2), samples=1))
    ['gradient-sign', 'residual-halved', 'sum-for-mean']
    """
    slugs = ["gradient-sign"] if factor.factor < 0 else []
    size = replace(factor, factor=abs(factor.factor))
    if size.inputs < 0 or size.units < 0 or (size.samples, size.outputs) == (1, -1):
        slugs.append("batch-size-wrong-axis")
        size = replace(size, inputs=0, units=0, samples=0, outputs=0)
    parts = {
        "residual-doubled": size.factor == 2, "residual-halved": size.factor == Fraction(1, 2),
        "sum-for-mean": size.samples == 1, "divided-twice": size.samples == -1, "output-mean": size.outputs == -1,
        "output-mean-missing": size.outputs == 1,
    }
    left = Constant(
        Fraction(1) if size.factor in (2, Fraction(1, 2)) else size.factor,
        0 if abs(size.samples) == 1 else size.samples, 0, size.inputs, size.units,
    )
    return [*slugs, *([slug for slug, holds in parts.items() if holds] if left == ONE else ["constant-of-array"])]
