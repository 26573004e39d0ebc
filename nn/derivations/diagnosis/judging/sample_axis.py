"""Whether a line may touch the axis of the samples, and so state the whole batch."""

import ast

from ..reading.answers import Rule
from ..reading.functions import FUNCTIONS


def reaches_over_samples(rule: Rule) -> bool:
    """Whether a rule may sum, average or slice along the sample axis: it names an axis or a part, or is a function."""
    if rule.formula is None:
        return True
    return any(((isinstance(node, ast.Call) and node.keywords) or (isinstance(node, ast.Subscript) and any(
        isinstance(part, ast.Slice) for part in getattr(node.slice, "elts", [node.slice])))) and _has_samples(node)
        for node in ast.walk(rule.formula.tree))


def _has_samples(tree: ast.AST) -> bool:
    """Whether anything else than weights and biases stands in a part of a formula."""
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - {"np", "numpy", *FUNCTIONS}
    return any(name[0] not in "Wb" for name in names)
