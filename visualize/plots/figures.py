"""A plot as a thing to show and to save, made by matplotlib, an extra."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograd_lite.internal import quote
from nn import costs
from nn.internal import write_bytes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Okabe and Ito's palette, which the colour-blind can tell apart."""

CostName = str | costs.Cost | Callable[..., Any]
"""What ``fit`` takes for a cost."""

_STYLE = {
    "svg.hashsalt": "autograd_lite", "svg.fonttype": "path", "axes.spines.top": False, "axes.spines.right": False,
    "axes.titlesize": "medium", "axes.grid": True, "grid.color": "#DDDDDD", "axes.axisbelow": True,
    "legend.framealpha": 0.85, "legend.edgecolor": "#dddddd", "figure.dpi": 100, "savefig.facecolor": "white",
}
_ENDINGS = ("svg", "png", "pdf")


class Plot:
    """A plot.

    Attributes:
        figure: matplotlib's, to be changed with matplotlib.
        svg: the plot as SVG text.
    """

    def __init__(self, figure: "Figure") -> None:
        self.figure = figure

    @property
    def svg(self) -> str:
        return self._bytes("svg").decode()

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the plot to a file that ends in .svg, .png or .pdf; whole or not at all.

        Raises:
            ValueError: another ending; OSError: it cannot be written there.
        """
        check_ending(path)
        return write_bytes(path, self._bytes(Path(path).suffix.lower()[1:]))

    def _bytes(self, kind: str) -> bytes:
        from matplotlib import rc_context

        buffer = BytesIO()
        dated = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(kind, {})  # the same plot, the same file
        with rc_context(_STYLE):
            self.figure.savefig(buffer, format=kind, metadata=dated, bbox_inches="tight")
        return buffer.getvalue()

    def _repr_svg_(self) -> str:
        return self.svg


def check_ending(path: str | os.PathLike[str]) -> None:
    """Raises ValueError where a plot cannot be saved under that name."""
    if Path(path).suffix.lower()[1:] not in _ENDINGS:
        raise ValueError(f"cannot tell the format of {quote(os.fspath(path))}: let the name end in "
                         f".{', .'.join(_ENDINGS)}")


@contextmanager
def make_axes(columns: int, width: float, height: float, rows: int = 1) -> Iterator[tuple["Figure", list["Axes"]]]:
    """A figure with that many panels, row by row, drawn in the style of all.

    Raises:
        ImportError: matplotlib is not installed; names the extra.
    """
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ImportError:
        raise ImportError("plots are drawn by matplotlib, which comes with the extra `plot`; install it with: "
                          "pip install 'autograd-lite[plot]', in a clone .venv/bin/pip install -e '.[plot]'") from None
    with rc_context(_STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        yield figure, list(figure.subplots(rows, columns, squeeze=False).ravel())


def require_two_points(points: int) -> int:
    """The points of a grid along each side. Raises ValueError for fewer than two."""
    if points < 2:
        raise ValueError(f"points must be at least 2 along each side, not {points}")
    return points
