"""The conventions in which the lectures differ, as data, and the neutral letters that stand for all of them.

Neutral: u = Wh + b is the pre-activation and h = φ(u) the post-activation of layer l = 1 … L, D = ∂ℓ/∂u is the adjoint
of one sample, and C = α Σᵢ ℓ + penalty. A lecture's δ is s·D, so in the graph of C **δⱼ = s·(∂C/∂uⱼ)/α**.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from autograd_lite.internal import make_label

from ..costs import COSTS, Cost


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
        loss: the row of ``COSTS`` that ℓ is, as a cost of the outputs; ``turned`` where the lecture has y − a in it.
        loss_text: ℓ as the lecture writes it.
        batch: whether there is an axis of samples, also where there is one sample.
        target: its letter for the target of a unit.
        by_layer: whether the activation functions bear the number of their layer, since they differ.
        penalties: name -> (what stands before λ, formula).
        delta, bias_letter: its letters for δ and for a bias; ``data`` those for an input and a target, if not x and y.
        delta_of: "pre", or "post" where δ is ∂C/∂h; ``delta_mean`` whether it has the 1/N of a mean in it.
        counts_down_from: the letter of the output layer where superscripts count down from it; empty where they do not,
            or where it is l, for which ``input_layer`` is None.

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
    loss: Cost = COSTS["half_squared_error"]
    turned: bool = False
    loss_text: str = "½Σ(a − y)²"
    batch: bool = False
    target: str = "y"
    by_layer: bool = False
    penalties: Mapping[str, tuple[float, str]] = field(default_factory=lambda: MappingProxyType({}))
    delta: str = "δ"
    bias_letter: str = "b"
    data: tuple[str, ...] = ()
    delta_of: str = "pre"
    delta_mean: bool = False
    counts_down_from: str = ""

    @property
    def mean(self) -> bool:
        """Whether α = 1/N, else 1: the cost of a batch is the mean over its samples."""
        return self.batch and self.loss.over == "mean"

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
        last = self.counts_down_from or ("l" if self.input_layer is None else "")
        if last and isinstance(number, int):
            below = self.number(depth) - number
            return f"{last}−{below}" if below else last
        return number

    def order(self, target: Any, source: Any) -> tuple[Any, Any]:
        """Target and source in the lecture's order of indices."""
        return (target, source) if self.first == "target" else (source, target)

    def scale(self, samples: int) -> int:
        """δ / (∂C/∂u) = s/α for a cost of that many samples."""
        return self.sign * (samples if self.mean and not self.delta_mean else 1)

    def node(self, letter: str, unit: int, layer: int, depth: int, sample: int = 1) -> str:
        """The label of a unit's node: z₁⁽²⁾, z₂ in a chain, z₁⁽²⁾[3] for sample 3 of a batch."""
        if self.form == "scalars":
            return make_label(letter, self.number(layer))
        return make_label(letter, unit, layer=self.over(self.number(layer), depth)) + self.mark(sample)

    def mark(self, sample: int | str) -> str:
        """What ends the label of something that belongs to one sample of a batch."""
        return f"[{sample}]" if self.batch else ""

    def datum(self, kind: str, k: int, sample: int = 1, count: int = 0) -> str:
        """The label of input ("x") or target ("y") k of ``count``: x₁, and x in a chain; t where it is the only one."""
        if self.data:
            letter = self.data[kind == "y"]
            return letter if self.form == "scalars" else make_label(letter, k) + self.mark(sample)
        letter = self.target if kind == "y" else kind
        letter = letter.upper() if self.form == "matrices" else letter
        alone = self.form == "scalars" or (kind == "y" and self.target != "y" and count == 1 and not self.batch)
        return letter if alone else make_label(letter, k) + self.mark(sample)

    def weight_label(self, target: int, source: int, layer: int, depth: int) -> str:
        """The label of a weight: w₁₂⁽³⁾."""
        if self.form == "scalars":
            return make_label(self.weight, self.weight_number(layer))
        order = self.order(target, source)
        return make_label(self.weight, *order, layer=self.over(self.weight_number(layer), depth))

    def bias_label(self, unit: int, layer: int, depth: int) -> str:
        """The label of a bias: b₁⁽²⁾, or w₁₀⁽²⁾."""
        if self.bias in ("column", "index 0"):
            return self.weight_label(unit, 0, layer, depth)
        if self.form == "scalars":
            return make_label(self.bias_letter, self.weight_number(layer))
        return make_label(self.bias_letter, unit, layer=self.over(self.weight_number(layer), depth))
