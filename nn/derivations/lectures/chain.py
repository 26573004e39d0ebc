"""The chain of two neurons of FYS5429/9429, 30 January 2025."""

from collections.abc import Mapping

from ..settings import Choices, Settings
from .own_file import read_own_file
from .scalar import ACTIVATIONS, ScalarLecture, list_own_settings


class Chain(ScalarLecture):
    """z₂ = w₂σ₁(w₁x + b₁) + b₂, a₂ = σ₂(z₂), C = ½(a₂ − y)². Defaults: "y = 2x+1 of the Oslo course"."""

    file = read_own_file("chain")
    settings = (*list_own_settings(file.example),
                Choices("activations", "activations", "σ₁ and σ₂", file.activations, ACTIVATIONS))

    def activations(self, settings: Settings) -> Mapping[int, str]:
        return dict(enumerate(settings["activations"], start=1))
