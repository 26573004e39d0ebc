"""Runs a program on small generic networks: in which layout, for how many layers, and what comes of a call."""
