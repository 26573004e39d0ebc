"""The lectures' derivations by hand, and their comparison with automatic differentiation."""

from .comparison import LECTURES, Comparison, compare, lecture
from .lecture import Lecture, Recording

__all__ = ["LECTURES", "Comparison", "Lecture", "Recording", "compare", "lecture"]
