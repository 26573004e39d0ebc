"""The words that a page uses and explains. ``docs/GLOSSARY.md`` has them from here."""

from collections.abc import Mapping
from html import escape

GLOSSARY: Mapping[str, str] = {
    "leaf": "a node that was not computed: an input, a target, a weight or a bias",
    "consumer": "a node that was computed from this one",
    "local partial": "∂node/∂operand, the number on an edge of the graph",
    "upstream gradient": "∂C/∂node, which a node multiplies by its local partials and passes on",
    "δ (delta)": "the gradient ∂C/∂z at a pre-activation z = w·x + b, with the sign and the factor of the lecture",
    "topological order": "an order in which every node comes after what it was computed from; the backward pass takes "
                         "it from its end, so that a node passes on when all its consumers have reported",
    "v₁, v₂, …": "nodes without a name of their own, numbered in topological order",
}


def write_glossary_html() -> str:
    return "".join(f"<dt>{escape(word)}</dt><dd>{escape(meaning)}</dd>" for word, meaning in GLOSSARY.items())
