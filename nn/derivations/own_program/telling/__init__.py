"""Tells what was found: the result, a verdict for each array, sentences, and hints."""
