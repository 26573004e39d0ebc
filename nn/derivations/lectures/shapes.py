"""Whether the arrays of a network of layers fit together."""

from collections.abc import Callable, Sequence
from typing import Any

from ..conventions import Conventions
from ..settings import Settings


def check_shapes(conventions: Conventions, shape: Callable[[Any], tuple[int, int]], targets: Sequence[Sequence[float]],
                 settings: Settings, given: Settings) -> None:
    """Check that the arrays of a network of layers fit together.

    Args:
        conventions: of the lecture.
        shape: how many units a matrix of weights leads to, and how many inputs each of them has.
        targets: a row a sample.
        settings: all of them; ``given`` are those that the reader gave.

    Raises:
        ValueError: one array does not fit another; says which, and which of them the reader gave.
    """
    batch = settings.get("X") is not None
    inputs, outputs = ("X", "Y") if batch else ("x", "y")
    unit, source = conventions.order("row", "column")
    width, before = len(settings["X"][0] if batch else settings["x"]), "a row of X" if batch else "x"

    def wrong(name: str, sentence: str) -> ValueError:
        """Says of an array that was not given that it is the lecture's own."""
        own = f"; {name} is the lecture's own example, since it was not given" if name not in given else ""
        return ValueError(sentence + own)

    for l, matrix in enumerate(settings["W"]):
        units, n_inputs = shape(matrix)
        if n_inputs < 1:
            raise ValueError(f"W[{l}] has only column 0, the biases; it needs a column for each input as well")
        if n_inputs != width:
            column = ", beside column 0 with the biases" if conventions.bias == "column" else ""
            which = "W" if l or "W" not in given else inputs
            turned = f"; it has a {unit} for each unit here" if units == width else ""
            has = format_quantity(width, "unit" if l else "number")
            raise wrong(which,
                        f"W[{l}] has a {source} for each of {format_quantity(n_inputs, 'input')}{column}, and "
                               f"{before} has {has}{turned}")
        if settings.get("b") is not None and l < len(settings["b"]) and len(settings["b"][l]) != units:
            raise wrong("b", f"b[{l}] has {format_quantity(len(settings['b'][l]), 'number')}, and W[{l}] "
                             f"{format_quantity(units, 'unit')}")
        width, before = units, f"the layer of W[{l}]"
    if settings.get("b") is not None and len(settings["b"]) != len(settings["W"]):
        lists, matrices = format_quantity(len(settings["b"]), "list"), format_quantity(len(settings["W"]), "matrix")
        raise wrong("b", f"b has {lists}, and W {matrices}")
    if "t" in settings and not batch and not isinstance(settings["t"], tuple):
        if width != 1:
            several = "" if "t" not in given else "; of several outputs t is a list"
            raise ValueError(f"{before} must be one unit, y = P(t = 0 | x), and has {width}{several}")
    elif len(targets[0]) != width:
        count = format_quantity(len(targets[0]), "number")
        outputs = "t" if "t" in settings and not batch else outputs
        raise wrong(outputs, f"{'a row of Y' if batch else outputs} has {count}, and {before} "
                             f"{format_quantity(width, 'unit')}")
    if batch and len(settings["X"]) != len(settings["Y"]):
        missing = "Y" if "Y" not in given else "X"
        rows = [format_quantity(len(settings[name]), "row") for name in ("X", "Y")]
        raise wrong(missing, f"X has {rows[0]} and Y {rows[1]}; each sample needs one in both")


def format_quantity(count: int, what: str) -> str:
    """``1 unit``, ``3 units``, ``2 matrices``"""
    return f"{count} {what if count == 1 else f'{what}s'.replace('xs', 'ces')}"
