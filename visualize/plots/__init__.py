"""Plots of a training: costs, boundaries, fits, surfaces, and values by layer. They need the extra ``plot``."""
