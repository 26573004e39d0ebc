"""Finds the mistakes that explain what is wrong, and the judgement of the whole program."""
