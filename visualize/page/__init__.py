"""The live page: a graph to step through in a browser."""
