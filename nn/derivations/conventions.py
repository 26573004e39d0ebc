"""The conventions in which the lectures differ, as data, and the neutral letters that stand for all of them.

Neutral: u = Wh + b is the pre-activation and h = φ(u) the post-activation of layer l = 1 … L, D = ∂ℓ/∂u is the adjoint
of one sample, and C = α Σᵢ ℓ + penalty. A lecture's δ is s·D, so in the graph of C **δⱼ = s·(∂C/∂uⱼ)/α**.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from autograd_lite import Value
from autograd_lite.internal import make_label

from .. import costs


@dataclass(frozen=True, slots=True)
class Loss:
    """ℓ(h, y) of one sample: in words, its derivative ∂ℓ/∂h, both as NumPy formulas, and as a node.

    ``constant`` is what stands before Σ(a − y)², which others choose otherwise; None where nothing is to choose.
    """

    name: str
    value: str
    derivative: str
    node: Callable[[Sequence[Value], Sequence[Value]], Value]
    constant: Fraction | None = None


SQUARED = Loss("½Σ(a − y)²", "1/2 * total((h - y)**2)", "h - y", costs.half_squared_error,
               Fraction(1, 2))
REVERSED = replace(SQUARED, node=lambda outputs, targets: costs.half_squared_error(targets, outputs))  # y − a
BERNOULLI = Loss("−(1 − t) log y − t log(1 − y), y = P(t = 0)", "-(1 - y) * log(h) - y * log(1 - h)",
                 "-(1 - y) / h + y / (1 - h)", lambda outputs, targets: costs.bernoulli(outputs[0], targets[0]))


@dataclass(frozen=True, slots=True)
class Conventions:
    """The notation of a lecture.

    Attributes:
        form: "scalars" (one unit a layer: w₁, z₁), "units" (a formula for each unit) or "matrices".
        pre, post, weight, cost: its letters for u, h, W and C.
        activation: its letter for φ.
        sign: s, +1 or −1.
        first: "target" where the first index of a weight is the unit that it leads to, else "source".
        superscript: "target" where a weight bears the number of the layer that it leads to, else "source".
        input_layer: the number of the input layer; None where numbers count down from the output layer, which is l.
        bias: "b", "column" (column 0 of W, with x₀ = 1), "index 0" (a weight with the index 0), or "option".
        loss: ℓ.
        mean: whether α = 1/N, else 1.
        penalties: name -> (what stands before λ, formula).

    >>> LECTURES["rss"].conventions({}).sign
    -1
    """

    form: str
    pre: str = "z"
    post: str = "a"
    weight: str = "w"
    cost: str = "C"
    activation: str = "σ"
    sign: int = 1
    first: str = "target"
    superscript: str = "target"
    input_layer: int | None = 0
    bias: str = "b"
    loss: Loss = SQUARED
    mean: bool = False
    penalties: Mapping[str, tuple[float, str]] = field(default_factory=lambda: MappingProxyType({}))

    def number(self, layer: int) -> int:
        """The lecture's number of layer 0 (the input), 1, …, L; the plain one where it counts down."""
        return layer + (self.input_layer or 0)

    def weight_number(self, layer: int) -> int:
        """The number on the weights that lead to the layer."""
        return self.number(layer) - (self.superscript == "source")

    def over(self, number: int | str, depth: int) -> int | str | None:
        """What a lecture's number looks like as a superscript, in a network of ``depth`` layers."""
        if self.form == "scalars":
            return None
        if self.input_layer is None and isinstance(number, int):
            return "l" if number == depth else f"l−{depth - number}"
        return number

    def order(self, target: Any, source: Any) -> tuple[Any, Any]:
        """Target and source in the lecture's order of indices."""
        return (target, source) if self.first == "target" else (source, target)

    def scale(self, samples: int) -> int:
        """δ / (∂C/∂u) = s/α for a cost of that many samples."""
        return self.sign * (samples if self.mean else 1)

    def node(self, letter: str, unit: int, layer: int, depth: int, sample: int = 1) -> str:
        """The label of a unit's node: z₁⁽²⁾, z₂ in a chain, z₁⁽²⁾[3] for sample 3 of a batch."""
        if self.form == "scalars":
            return make_label(letter, layer)
        return make_label(letter, unit, layer=self.over(self.number(layer), depth)) + self.mark(sample)

    def mark(self, sample: int | str) -> str:
        """What ends the label of something that belongs to one sample of a batch."""
        return f"[{sample}]" if self.mean else ""

    def datum(self, kind: str, k: int, sample: int = 1) -> str:
        """The label of input ("x") or target ("y") k: x₁, and x in a chain; t where the target is a class."""
        if kind == "y" and self.loss is BERNOULLI:
            return "t"
        letter = kind.upper() if self.form == "matrices" else kind
        return letter if self.form == "scalars" else make_label(letter, k) + self.mark(sample)

    def weight_label(self, target: int, source: int, layer: int, depth: int) -> str:
        """The label of a weight: w₁₂⁽³⁾."""
        if self.form == "scalars":
            return make_label(self.weight, layer)
        order = self.order(target, source)
        return make_label(self.weight, *order, layer=self.over(self.weight_number(layer), depth))

    def bias_label(self, unit: int, layer: int, depth: int) -> str:
        """The label of a bias: b₁⁽²⁾, or w₁₀⁽²⁾."""
        if self.bias in ("column", "index 0"):
            return self.weight_label(unit, 0, layer, depth)
        if self.form == "scalars":
            return make_label("b", layer)
        return make_label("b", unit, layer=self.over(self.weight_number(layer), depth))


_CHAIN = Conventions("scalars", loss=replace(SQUARED, name="½(a − y)²"),
                     penalties=MappingProxyType({"l1": (1.0, "λΣ|w|"), "l2": (1.0, "λΣw²")}))
_MATRICES = Conventions("matrices", weight="W", cost="E", activation="f", superscript="source", input_layer=1,
                        bias="option", mean=True, loss=replace(REVERSED, name="½‖Y − a‖²"),
                        penalties=MappingProxyType({"l2": (0.5, "(λ/2)Σ‖W‖²")}))

CONVENTIONS: Mapping[str, Conventions] = MappingProxyType({
    "one-neuron": _CHAIN,
    "chain": _CHAIN,
    "layers": Conventions("units"),
    "rss": Conventions("units", weight="W", cost="RSS", activation="g", sign=-1,
                       superscript="source", input_layer=None, bias="column",
                       loss=replace(REVERSED, name="½Σ(y − a)²")),
    "bernoulli": Conventions("units", pre="a", post="z", cost="L", bias="index 0", loss=BERNOULLI),
    "columns": _MATRICES,
    "rows": replace(_MATRICES, first="source"),
})
"""Id -> conventions. ``layers`` in reading S has ``first="source"``."""
