"""Training: the engines, the loop, what happened in it, and files."""
