"""What the network view writes into, under and beside circles and lines, and how wide that is."""

from collections.abc import Sequence
from unicodedata import decomposition

from ..steps.sentences import fill
from .network import Circle, Line, Network

_WIDTHS = {"<super>": 0.42, "<sub>": 0.42}  # of the font size: how wide an index is
_LETTER, _SPACE = 0.62, 0.33  # how wide another letter is, on average, and a space


def write_short(x: float) -> str:
    """Four significant digits, which fit a circle."""
    text = f"{x:.4g}".replace("-", "−")
    return "0" if text == "−0" else text


def write_equal(entry: tuple[str, float]) -> str:
    """``b₁ = 0.3``"""
    return f"{entry[0]} = {write_short(entry[1])}"


def write_line(line: Line) -> str:
    """``w₁₂ = 0.4``"""
    return write_equal((line.name, line.weight))


def measure(text: str, font: float) -> float:
    """The width of a text in a font of that size, as far as it can be told without the font."""
    return font * sum(_SPACE if c == " " else _WIDTHS.get(decomposition(c).partition(" ")[0], _LETTER) for c in text)


def measure_box(entries: Sequence[tuple[str, float]], font: float) -> float:
    """The width of boxes for names and numbers."""
    return max(measure(write_equal(entry), font) for entry in entries) + 1.2 * font


def list_about_cost(network: Network) -> list[str]:
    """What stands under the cost of several samples: how it is made of theirs, and that of the sample that is shown."""
    own = network.cost and network.own and (
        fill("of sample", name=network.cost[0], sample=network.sample), network.own[1])
    return [text for text in (network.over, own and write_equal(own)) if text]


def measure_cost(network: Network, font: float) -> float:
    """The room for the cost, in width; none where the picture has no cost."""
    if network.cost is None:
        return 0.0
    return max([measure_box([network.cost], font), *(measure(text, 0.95 * font) for text in list_about_cost(network))])


def list_texts(circle: Circle) -> tuple[list[str], list[str]]:
    """What stands in a circle, and under it: δ, and the pre-activation above it where there is room for two."""
    under = [write_equal(circle.pre)] if circle.pre else []
    if circle.is_unit:
        under.append(write_equal(circle.delta) if circle.delta else f"δ: {fill('not complete')}")
    return [circle.name, write_short(circle.value)], under


def list_beside(circle: Circle) -> list[str]:
    """What can stand beside a dot, the longest first: its name, its value and its δ."""
    name, value = circle.name, write_short(circle.value)
    delta = f", {circle.delta[0]} {write_short(circle.delta[1])}" if circle.delta else ""
    return [f"{name} {value}{delta}", f"{name} {value}", value, ""]
