"""What a person sees: pictures, steps and tables in the terminal, the command line, displays in notebooks."""

import sys
from typing import TYPE_CHECKING

from .interrupts import watch_imports

watch_imports()

from autograd_lite.internal import describe_hidden_package  # noqa: E402 - Ctrl-C is watched from here on

_hidden = describe_hidden_package("nn")
if _hidden:
    raise ImportError(_hidden)

from nn.internal import make_late_names  # noqa: E402 - only once nn is known to be ours

from .page.page import page  # noqa: E402 - never late: the folder has the name of the function

if TYPE_CHECKING:
    from .comparison import print_comparison
    from .diagnosis.terminal_table import print_diagnosis
    from .graph.graph import Drawing, draw
    from .graph.renderer import RenderingError
    from .page.live_page import Page
    from .plots.figures import Plot
    from .plots.layer_plots import plot_deltas, plot_layers
    from .plots.surface import plot_surface
    from .plots.training_plots import plot_boundary, plot_fit, plot_history, plot_training
    from .steps.terminal import print_steps
else:
    __getattr__, __dir__ = make_late_names(__name__, {
        ".comparison": ("print_comparison",), ".diagnosis.terminal_table": ("print_diagnosis",),
        ".graph.graph": ("Drawing", "draw"), ".graph.renderer": ("RenderingError",), ".page.live_page": ("Page",),
        ".plots.figures": ("Plot",),
        ".plots.layer_plots": ("plot_deltas", "plot_layers"), ".plots.surface": ("plot_surface",),
        ".plots.training_plots": ("plot_boundary", "plot_fit", "plot_history", "plot_training"),
        ".steps.terminal": ("print_steps",),
    })

__all__ = [
    "Drawing",
    "Page",
    "Plot",
    "RenderingError",
    "draw",
    "page",
    "plot_boundary",
    "plot_deltas",
    "plot_fit",
    "plot_history",
    "plot_layers",
    "plot_surface",
    "plot_training",
    "print_comparison",
    "print_diagnosis",
    "print_steps",
]

_ipython = sys.modules.get("IPython")  # never imported here: where nobody runs it, there is nothing to display in
_shell = _ipython.get_ipython() if _ipython else None
if _shell is not None:
    from .notebook import register

    register(_shell)
