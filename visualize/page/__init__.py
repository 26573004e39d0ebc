"""The live page: a graph to step through in a browser."""

from .page import Page, page

__all__ = ["Page", "page"]
