"""What a person sees: pictures, steps and tables in the terminal, the command line."""

import nn

if not hasattr(nn, "MLP") or not hasattr(nn, "ACTIVATIONS"):
    raise ImportError(f"{nn.__file__} hides the package nn that belongs to autograd_lite; rename that file, or start "
                      "Python in another folder")

from .graph import Drawing, draw
from .renderer import RenderingError
from .tables import print_comparison
from .terminal import print_steps

__all__ = ["Drawing", "RenderingError", "draw", "print_comparison", "print_steps"]
