"""The residual sum of squares, in the lecture's notation: δ has the sign of y − a, so the update adds.

Superscripts count down from the output layer l; a weight bears the number of the layer that it comes from, its first
index is the unit that it leads to, and index 0 belongs to x₀ = 1, which every layer has. In the lines m is any layer:

    z_k⁽ˡ⁾ = W_k0⁽ˡ⁻¹⁾x₀ + Σ_j W_kj⁽ˡ⁻¹⁾a_j⁽ˡ⁻¹⁾,   a = g(z) = 1/(1 + e⁻ᶻ),   RSS = ½ Σ_k (y_k − a_k⁽ˡ⁾)²
    δ_k⁽ˡ⁾ = (y_k − a_k)(1 − a_k)a_k,   ∂RSS/∂W_kj⁽ˡ⁻¹⁾ = −δ_k⁽ˡ⁾a_j⁽ˡ⁻¹⁾,   W := W + ηδ_k a_j
    δ_j⁽ˡ⁻¹⁾ = [Σ_k δ_k⁽ˡ⁾W_kj⁽ˡ⁻¹⁾](1 − a_j)a_j,   ∂RSS/∂W_ji⁽ˡ⁻²⁾ = −δ_j⁽ˡ⁻¹⁾a_i⁽ˡ⁻²⁾
"""

from collections.abc import Sequence
from typing import Any

from ..lines import Line, parse_lines
from ..settings import Number, Settings
from .layered import SIGMOID, one_sample, weights_setting
from .lecture import split_paragraphs
from .units import UnitLecture

LINES = parse_lines("""
a[0, m] = x0
a[j, 0] = x[j]
z[k, m] = W[k, 0, m - 1] * x0 + sum(W[k, j, m - 1] * a[j, m - 1] for j in units(m - 1))
a[k, m] = f(z[k, m])
RSS = 1/2 * sum((y[k] - a[k, l])**2 for k in units(l))
delta[k, l] = (y[k] - a[k, l]) * (1 - a[k, l]) * a[k, l]
delta[j, m - 1] = sum(delta[k, m] * W[k, j, m - 1] for k in units(m)) * (1 - a[j, m - 1]) * a[j, m - 1]
dW[k, j, m - 1] = -delta[k, m] * a[j, m - 1]
W_new[k, j, m - 1] = W[k, j, m - 1] + eta * delta[k, m] * a[j, m - 1]
""")


class ResidualSumOfSquares(UnitLecture):
    """RSS = ½Σ(y − a)² of a network of sigmoid layers, one row of the data matrix D = [X|Y]."""

    id = "rss"
    title = "The residual sum of squares"
    source = "Lecture on the residual sum of squares"
    last, layer = "l", "m"
    settings = (
        *one_sample((0.8, -0.5), (0.7, 0.1)),
        weights_setting("W", (((0.2, 0.7, -0.4), (-0.3, 0.5, 0.9), (0.6, -0.8, 0.1)),
                              ((0.1, -0.6, 0.4, 1.2), (-0.5, 0.9, -0.7, -0.3))), "a row a target, its bias first"),
        Number("eta", "η", "learning rate", 0.25),
        SIGMOID,
    )
    letters = ("l is the output layer and m any layer; k counts the units of a layer, j those of the layer before it. "
               "x₀ = 1 in every layer is a₀ there: index 0 is the bias, column 0 of W.")
    readings = split_paragraphs("""
        The derivative of the sigmoid appears as (1/(1 + e⁻ᶻ))², probably a prime read as a square. It is e⁻ᶻ/(1
        + e⁻ᶻ)² = (1 − a)a. The two agree at z = 0 alone.

        W⁽ˡ⁾ appears once where W⁽ˡ⁻¹⁾ is meant: a weight bears the number of the layer that it comes from.

        The superscripts l, l − 1, l − 2 count down from the output layer, at any depth.

        The hidden δ uses W before its update, and leaves out the bias column: x₀ = 1 depends on nothing.
    """)

    def own_lines(self, settings: Settings) -> Sequence[Line]:  # noqa: ARG002 - one derivation
        return LINES

    def names(self, settings: Settings) -> dict[str, Any]:
        return super().names(settings) | {"x0": 1.0}
