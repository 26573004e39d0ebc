"""Training: the objective, the loop, what happened, and files that a run is saved to and resumed from."""
