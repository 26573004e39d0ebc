"""The network of layers of FYS-STK3155/4155, 13 October 2025.

The lines below are the lecture's, j a unit of layer l and k a unit of the layer before, L the output layer:

    zⱼˡ = Σₖ wⱼₖˡ aₖˡ⁻¹ + bⱼˡ,   aⱼˡ = σ(zⱼˡ),   C(Θ) = ½ Σᵢ (aᵢᴸ − yᵢ)²
    δⱼᴸ = (aⱼᴸ − yⱼ) aⱼᴸ (1 − aⱼᴸ),   δⱼˡ = Σₖ δₖˡ⁺¹ wₖⱼˡ⁺¹ σ′(zⱼˡ),   ∂C/∂wⱼₖˡ = δⱼˡ aₖˡ⁻¹,   ∂C/∂bⱼˡ = δⱼˡ

Reading T has the target of a weight as its first index throughout, reading S the source.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import hypot
from types import MappingProxyType

from autograd_lite.internal import format_number

from ..conventions import Conventions
from ..lines import Line, parse_lines
from ..settings import Choice, Number, Settings
from .layered import SIGMOID, biases_setting, one_sample, weights_setting
from .lecture import Entry, split_paragraphs
from .units import UnitLecture

READINGS = {
    "T": parse_lines("""
a[j, 0] = x[j]
z[j, l] = sum(w[j, k, l] * a[k, l - 1] for k in units(l - 1)) + b[j, l]
a[j, l] = f(z[j, l])
C = 1/2 * sum((a[i, L] - y[i])**2 for i in units(L))
delta[j, L] = (a[j, L] - y[j]) * a[j, L] * (1 - a[j, L])
delta[j, l] = sum(delta[k, l + 1] * w[k, j, l + 1] for k in units(l + 1)) * df(z[j, l])
dw[j, k, l] = delta[j, l] * a[k, l - 1]
db[j, l] = delta[j, l]
w_new[j, k, l] = w[j, k, l] - eta * delta[j, l] * a[k, l - 1]
b_new[j, l] = b[j, l] - eta * delta[j, l]
"""),
    "S": parse_lines("""
a[j, 0] = x[j]
z[j, l] = sum(w[k, j, l] * a[k, l - 1] for k in units(l - 1)) + b[j, l]
a[j, l] = f(z[j, l])
C = 1/2 * sum((a[i, L] - y[i])**2 for i in units(L))
delta[j, L] = (a[j, L] - y[j]) * a[j, L] * (1 - a[j, L])
delta[j, l] = sum(w[j, k, l + 1] * delta[k, l + 1] for k in units(l + 1)) * df(z[j, l])
dw[k, j, l] = a[k, l - 1] * delta[j, l]
db[j, l] = delta[j, l]
w_new[k, j, l] = w[k, j, l] - eta * a[k, l - 1] * delta[j, l]
b_new[j, l] = b[j, l] - eta * delta[j, l]
"""),
}


class Layers(UnitLecture):
    """C = ½Σ(a − y)² of a network of sigmoid layers, one sample."""

    id = "layers"
    title = "The network of layers"
    source = "FYS-STK3155/4155, 13 October 2025"
    settings = (
        *one_sample((0.6, -1.2), (0.9, 0.2)),
        weights_setting("w", (((-1.2, 0.6), (0.3, -1.1)), ((1.2, -0.7), (-1.4, 0.7)), ((-1.3, 0.8), (0.4, -0.3))),
                        "a row a target; in reading S a row a source"),
        biases_setting("", ((0.5, -0.4), (-0.5, 0.2), (-0.6, 1.5))),
        Number("eta", "η", "learning rate", 0.5),
        SIGMOID,
        Choice("reading", "reading", "T: target first in w, S: source first", "T", ("T", "S")),
    )
    variants = MappingProxyType({"reading S": {"reading": "S"}})
    letters = ("l counts the layers, and L is the output layer; j counts the units of a layer, k those of the one "
               "before it, and in the hidden δ those of the one after it.")
    readings = split_paragraphs("""
        The notes mix two orders of indices: zⱼ = Σwᵢⱼaᵢ with ∂zⱼ/∂aₖ = wₖⱼ has the source first, while
        ∂C/∂wⱼₖ = δⱼaₖ and Σₖδₖwₖⱼ have the target first. Reading T, the default, makes everything target
        first; --reading S makes everything source first, with Wˡ of nₗ₋₁ rows and nₗ columns and ∂C/∂Wˡ =
        aˡ⁻¹(δˡ)ᵀ. Either is right if it is kept to.

        The cost labelled MSE is ½Σ over the outputs, without 1/n; so it is taken here.

        The factor a(1 − a) labelled σ is σ′.

        The last line of the algorithm, the update of w, needs aₖˡ⁻¹, as ∂C/∂wⱼₖˡ = δⱼˡaₖˡ⁻¹ has it.
    """)

    def conventions(self, settings: Settings) -> Conventions:
        own = super().conventions(settings)
        return replace(own, first="source") if settings.get("reading") == "S" else own

    def own_lines(self, settings: Settings) -> Sequence[Line]:
        return READINGS[settings["reading"]]

    def notes(self, settings: Settings, by_hand: Sequence[Entry]) -> Sequence[str]:
        """What the reading means, and how far Θ is from the optimum, where ∂C/∂θ = 0 for every θ in Θ."""
        first = {"T": "leads to, its target", "S": "comes from, its source"}[settings["reading"]]
        norm = format_number(hypot(*(entry.value for entry in by_hand if entry.kind in ("dW", "db"))))
        return (f"Reading {settings['reading']}: the first index of a weight is the unit that it {first}.",
                f"At the optimum ∂C/∂θ = 0 for every θ in Θ. Here the gradient with respect to Θ has the norm {norm}.",)


