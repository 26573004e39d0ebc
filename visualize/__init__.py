"""What a person sees: pictures, steps and tables in the terminal, the command line, displays in notebooks."""

import sys

from autograd_lite.internal import describe_hidden_package

_hidden = describe_hidden_package("nn")
if _hidden:
    raise ImportError(_hidden)

from .comparison import print_comparison  # noqa: E402
from .diagnosis.terminal_table import print_diagnosis  # noqa: E402 - only once nn is known to be ours
from .graph.graph import Drawing, draw  # noqa: E402
from .graph.renderer import RenderingError  # noqa: E402
from .page.page import Page, page  # noqa: E402
from .plots.figures import Plot  # noqa: E402
from .plots.layer_plots import plot_deltas, plot_layers  # noqa: E402
from .plots.surface import plot_surface  # noqa: E402
from .plots.training_plots import plot_boundary, plot_fit, plot_history, plot_training  # noqa: E402
from .steps.terminal import print_steps  # noqa: E402

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
