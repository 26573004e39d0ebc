"""The network of layers of FYS-STK3155/4155, 13 October 2025.

Reading T has the target of a weight as its first index throughout, reading S the source; a file has the lines of each.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import hypot
from types import MappingProxyType

from autograd_lite.internal import format_number

from ..conventions import Conventions
from ..lines import Line
from ..settings import Choice, Number, Settings
from .layered import SIGMOID, biases_setting, one_sample, weights_setting
from .lecture import Entry
from .own_file import read_own_file
from .units import UnitLecture


class Layers(UnitLecture):
    """C = ½Σ(a − y)² of a network of sigmoid layers, one sample."""

    file, _source_first = read_own_file("layers"), read_own_file("layers_source_first")
    settings = (
        *one_sample(file.example["x"], file.example["y"]),
        weights_setting("w", file.example["W"], "a row a target; in reading S a row a source"),
        biases_setting("", file.example["b"]),
        Number("eta", "η", "learning rate", file.example["rate"]),
        SIGMOID,
        Choice("reading", "reading", "T: target first in w, S: source first", "T", ("T", "S")),
    )
    variants = MappingProxyType({"reading S": {"reading": "S"}})

    def conventions(self, settings: Settings) -> Conventions:
        first = (self._source_first if settings.get("reading") == "S" else self.file).conventions.first
        return replace(super().conventions(settings), first=first)

    def own_lines(self, settings: Settings) -> Sequence[Line]:
        return (self._source_first if settings["reading"] == "S" else self.file).lines

    def notes(self, settings: Settings, by_hand: Sequence[Entry]) -> Sequence[str]:  # noqa: ARG002 - as the base has it
        """What the reading means."""
        first = {"T": "leads to, its target", "S": "comes from, its source"}[settings["reading"]]
        return (f"Reading {settings['reading']}: the first index of a weight is the unit that it {first}.",)

    def results(self, settings: Settings, by_hand: Sequence[Entry]) -> Sequence[str]:  # noqa: ARG002 - as the base has it
        """How far Θ is from the optimum, where ∂C/∂θ = 0 for every θ in Θ."""
        norm = format_number(hypot(*(entry.value for entry in by_hand if entry.kind in ("dW", "db"))))
        return (f"At the optimum ∂C/∂θ = 0 for every θ in Θ. Here the gradient with respect to Θ has the norm {norm}.",)
