"""The picture of a computation graph: cards, roles, DOT text, and the engine that lays it out."""

from .graph import Drawing, draw
from .renderer import RenderingError

__all__ = ["Drawing", "RenderingError", "draw"]
