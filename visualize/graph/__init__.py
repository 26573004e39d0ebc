"""The picture of a computation graph: cards, roles, DOT text, and the engine that lays it out."""
