"""The residual sum of squares, in the lecture's notation: δ has the sign of y − a, so the update adds.

Superscripts count down from the output layer l; a weight bears the number of the layer that it comes from, its first
index is the unit that it leads to, and index 0 belongs to x₀ = 1, which every layer has. In the lines m is any layer.
"""

from types import MappingProxyType

from ..settings import Number
from .layered import SIGMOID, one_sample, weights_setting
from .own_file import read_own_file
from .units import UnitLecture


class ResidualSumOfSquares(UnitLecture):
    """RSS = ½Σ(y − a)² of a network of sigmoid layers, one row of the data matrix D = [X|Y]."""

    file = read_own_file("rss")
    stated = MappingProxyType({"turned": True, "loss_text": "½Σ(y − a)²"})
    layer = "m"
    settings = (
        *one_sample(file.example["x"], file.example["y"]),
        weights_setting("W", file.example["W"], "a row a target, its bias first"),
        Number("eta", "η", "learning rate", file.example["rate"]),
        SIGMOID,
    )
