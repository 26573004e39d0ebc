"""Binary classification: the negative logarithm of the Bernoulli likelihood, in the lecture's notation.

Here a is the pre-activation and z the post-activation, a bias is a weight with the index 0, and the output
y = z₁ = P(t = 0 | x) is the probability of class 0:

    aᵢˡ = Σⱼ wᵢⱼˡ zⱼˡ⁻¹ + wᵢ₀ˡ,   z = σ(a),   L = −(1 − t) log y − t log(1 − y)
    δ_out = −(1 − t)σ′/σ + tσ′/(1 − σ) = σ(a_out) − (1 − t)
    δᵢˡ⁻¹ = Σⱼ δⱼˡ wⱼᵢˡ σ′(aᵢˡ⁻¹),   ∂L/∂wᵢⱼˡ = δᵢˡ zⱼˡ⁻¹,   ∂L/∂wᵢ₀ˡ = δᵢˡ
"""

from collections.abc import Sequence
from types import MappingProxyType

from ..lines import Line, parse_lines
from ..settings import Array, Class, Number, Settings
from .layered import SIGMOID, biases_setting, weights_setting
from .lecture import Entry, split_paragraphs
from .units import UnitLecture

LINES = parse_lines("""
z[j, 0] = x[j]
a[i, l] = sum(w[i, j, l] * z[j, l - 1] for j in units(l - 1)) + w[i, 0, l]
z[i, l] = f(a[i, l])
y = z[1, out]
L = -(1 - t) * log(y) - t * log(1 - y)
delta[i, out] = f(a[i, out]) - (1 - t)
delta[i, out] = -((1 - t) * df(a[i, out]) / f(a[i, out])) + t * df(a[i, out]) / (1 - f(a[i, out]))
delta[i, l - 1] = sum(delta[j, l] * w[j, i, l] for j in units(l)) * df(a[i, l - 1])
dw[i, j, l] = delta[i, l] * z[j, l - 1]
dw[i, 0, l] = delta[i, l]
w_new[i, j, l] = w[i, j, l] - eta * dw[i, j, l]
""")


_FEW_DIGITS = 1e-10  # 1 − y is then right to six digits or fewer


class Bernoulli(UnitLecture):
    """L = −(1 − t) log y − t log(1 − y) of a network of sigmoid layers with one output, one sample."""

    id = "bernoulli"
    title = "Binary classification"
    source = "Lecture on binary classification"
    last = "out"
    settings = (
        Array("x", "x", "input", (0.5, -1.4)),
        Class("t", "t", "the class of the sample", 0),
        weights_setting("w", (((0.6, -0.4), (-0.9, 0.3)), ((0.7, 1.2), (-0.5, 0.8)), ((1.5, -1.1),)), "a row a target"),
        biases_setting(", the lecture's wᵢ₀", ((0.1, 0.4), (-0.3, 0.2), (0.25,)), "w₀"),
        Number("eta", "η", "learning rate", 0.2),
        SIGMOID,
    )
    variants = MappingProxyType({"t = 1": {"t": 1}})
    letters = ("i counts the units of a layer, j those of the layer before it and in the hidden δ of the one after it; "
               "index 0 is the bias, and out the output layer.")
    readings = split_paragraphs("""
        y = P(t = 0 | x) is the probability of class 0, the reverse of most textbooks; so δ_out = σ(a_out) − (1
        − t), and not σ(a_out) − t.

        Our copy of the notes is a scan in which 1's came out as 2's: superscripts l − 2 mean l − 1, and sums from j = 2
        start at 1.

        The notes end with the gradients. The update w ← w − η ∂L/∂w is added here.

        The likelihood of many samples is Πᵢ y^(1−t)(1 − y)^t; L is the negative logarithm of it for one sample.
    """)

    def own_lines(self, settings: Settings) -> Sequence[Line]:  # noqa: ARG002 - one derivation
        return LINES

    def notes(self, settings: Settings, by_hand: Sequence[Entry]) -> Sequence[str]:
        output = next(entry for entry in reversed(by_hand) if entry.kind == "post")
        notes = [f"y = {output.symbol} = P(t = 0 | x), the probability of class 0."]
        if 1 - output.value < _FEW_DIGITS and settings["t"] == 1:
            notes.append(f"y is so close to 1 that 1 − y = {1 - output.value:.3g} has few right digits left, and L has "
                         "no more.")
        return notes
