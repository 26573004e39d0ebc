"""Binary classification: the negative logarithm of the Bernoulli likelihood, in the lecture's notation.

Here a is the pre-activation and z the post-activation, a bias is a weight with the index 0, and the output
y = z₁ = P(t = 0 | x) is the probability of class 0.
"""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

from ..settings import Array, Class, Number, Settings, Vector
from .layered import SIGMOID, biases_setting, weights_setting
from .lecture import Entry
from .own_file import read_own_file
from .units import UnitLecture

_FEW_DIGITS = 1e-10  # 1 − y is then right to six digits or fewer




def _take(matrices: Sequence[Sequence[Vector]], columns: int | slice) -> Any:
    """Columns of each matrix: the biases are the first in the file."""
    return tuple(tuple(row[columns] for row in matrix) for matrix in matrices)


class Bernoulli(UnitLecture):
    """L = −(1 − t) log y − t log(1 − y) of a network of sigmoid layers with one output, one sample."""

    file = read_own_file("bernoulli")
    stated = MappingProxyType({"loss_text": "−(1 − t) log y − t log(1 − y), y = P(t = 0)"})
    settings = (
        Array("x", "x", "input", file.example["x"]),
        Class("t", "t", "the class of the sample", int(*file.example["t"])),
        weights_setting("w", _take(file.example["W"], slice(1, None)), "a row a target"),
        biases_setting(", the lecture's wᵢ₀", _take(file.example["W"], 0), "w₀"),
        Number("eta", "η", "learning rate", file.example["rate"]),
        SIGMOID,
    )
    variants = MappingProxyType({"t = 1": {"t": 1}})

    def notes(self, settings: Settings, by_hand: Sequence[Entry]) -> Sequence[str]:  # noqa: ARG002 - as the base has it
        return (f"y = {_find_output(by_hand).symbol} = P(t = 0 | x), the probability of class 0.",)

    def results(self, settings: Settings, by_hand: Sequence[Entry]) -> Sequence[str]:
        left = 1 - _find_output(by_hand).value
        if left >= _FEW_DIGITS or settings["t"] != 1:
            return ()
        return (f"y is so close to 1 that 1 − y = {left:.3g} has few right digits left, and L has no more.",)


def _find_output(by_hand: Sequence[Entry]) -> Entry:
    return next(entry for entry in reversed(by_hand) if entry.kind == "post")
