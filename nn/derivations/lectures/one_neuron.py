"""The one neuron of FYS5429/9429, 30 January 2025.

With a penalty λw₁² the gradient of w₁ gains 2λw₁, with λ|w₁| it gains λ·sign(w₁); δ₁ and the bias know nothing of it.
"""

from collections.abc import Mapping, Sequence
from math import isfinite

from autograd_lite.internal import format_number

from ..settings import Choice, Settings
from .lecture import Entry
from .own_file import read_own_file
from .scalar import ACTIVATIONS, ScalarLecture, list_own_settings


class OneNeuron(ScalarLecture):
    """z₁ = w₁x + b₁, a₁ = σ₁(z₁), C = ½(a₁ − y)²."""

    file = read_own_file("one-neuron")
    settings = (*list_own_settings(file.example),
                Choice("activation", "activation", "σ₁", file.activations[0], ACTIVATIONS))

    def activations(self, settings: Settings) -> Mapping[int, str]:
        return {1: settings["activation"]}

    def results(self, settings: Settings, by_hand: Sequence[Entry]) -> Sequence[str]:  # noqa: ARG002 - as the base has it
        """Where repeating the update on this one sample leads: w₁ − xb₁ is conserved, w₁x + b₁ becomes y."""
        if settings["activation"] != "identity" or settings["penalty"] is not None or (
                settings["cost"] != self.own_conventions.loss.name):
            return ()
        x, y, w, b, eta = (settings[name] for name in ("x", "y", "w1", "b1", "eta"))
        factor, limit = 1 - eta * (1 + x * x), 2 / (1 + x * x)
        if not limit or not isfinite(factor):
            return ()
        if w * x + b == y:
            sentence = "The output is the target already: δ₁ is 0 and the update moves nothing."
        elif not 0 < eta < limit:
            sentence = (
                f"Repeating the update on this one sample does not converge with η = {format_number(eta)}: each step "
                f"multiplies a₁ − y by 1 − η(1 + x²) = {format_number(factor)}; choose 0 < η < 2/(1 + x²) = "
                f"{format_number(limit)}."
            )
        else:
            w_end = (x * y + w - x * b) / (1 + x * x)
            sentence = (
                f"Repeating the update on this one sample ends at w₁ = {format_number(w_end)}, b₁ = "
                f"{format_number(y - w_end * x)}: each step multiplies a₁ − y by 1 − η(1 + x²) = "
                f"{format_number(factor)} and leaves w₁ − x·b₁ as it is. Only a second sample can tell which of the "
                "lines through (x, y) is meant."
            )
        return (sentence,)
