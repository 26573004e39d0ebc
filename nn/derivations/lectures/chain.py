"""The chain of two neurons of FYS5429/9429, 30 January 2025.

    z₁ = w₁x + b₁,   a₁ = σ₁(z₁),   z₂ = w₂a₁ + b₂,   a₂ = σ₂(z₂),   C = ½(a₂ − y)²
    δ₂ = (a₂ − y)σ₂′(z₂),   ∂C/∂w₂ = δ₂a₁,   ∂C/∂b₂ = δ₂
    δ₁ = δ₂w₂σ₁′(z₁),       ∂C/∂w₁ = δ₁a₀ with a₀ = x,   ∂C/∂b₁ = δ₁
"""

from collections.abc import Mapping, Sequence

from ..settings import Choices, Settings
from . import scalar
from .lecture import split_paragraphs


class Chain(scalar.ScalarLecture):
    """z₂ = w₂σ₁(w₁x + b₁) + b₂, a₂ = σ₂(z₂), C = ½(a₂ − y)². Defaults: "y = 2x+1 of the Oslo course"."""

    id = "chain"
    title = "The chain of two neurons"
    source = "FYS5429/9429, 30 January 2025"
    settings = (
        *scalar.data_settings(x=4.0),
        *scalar.parameter_settings(1, 1.764052345967664, 0.01),
        *scalar.parameter_settings(2, 0.4001572083672233, 0.01),
        *scalar.update_and_penalty(eta=0.01),
        Choices("activations", "activations", "σ₁ and σ₂", ("sigmoid", "identity"), scalar.ACTIVATIONS),
    )

    readings = split_paragraphs("""
        The brace under δ₁ in the notes covers δ₂σ₁′ alone. It must take in w₂, since ∂z₂/∂z₁ = w₂σ₁′: δ₁ =
        δ₂w₂σ₁′.

        The notes write δ₁a₀·x for ∂C/∂w₁. That is δ₁a₀ with a₀ = x, and not δ₁x²: z₁ = w₁a₀ + b₁ has one a₀.
    """)

    def activations(self, settings: Settings) -> Mapping[int, str]:
        return dict(enumerate(settings["activations"], start=1))

    def quantities(self, settings: Settings) -> Sequence[scalar.Quantity]:
        c = self.conventions(settings)
        penalty = scalar.find_terms(c, settings)
        return [
            *scalar.forward_quantities(1, "x"),
            *scalar.forward_quantities(2, "a1"),
            *scalar.cost_quantities(2, c.loss, penalty),
            scalar.output_delta(2, c.loss, settings["activations"][-1]),
            scalar.Quantity("delta1", "δ₁", "delta2 * w2 * df1(z1)"),
            *scalar.gradient_quantities(2, "a1", penalty),
            *scalar.gradient_quantities(1, "x", penalty),
            *scalar.update_quantities(2),
            *scalar.update_quantities(1),
        ]
