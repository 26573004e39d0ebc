"""Names that nodes have in other packages, and what to write here."""

from collections.abc import Mapping
from types import MappingProxyType

from .operations import OPERATIONS
from .quoting import shorten

FOREIGN_NAMES: Mapping[str, str] = MappingProxyType({
    "_prev": "micrograd's _prev is .parents here, a tuple in the order of the operands",
    "_op": "micrograd's _op is .operation here, the name of a row of OPERATIONS",
    "_backward": "a node keeps no function here: .partials has ∂node/∂parent for each of .parents",
    "item": "the number of a Value is .data",
    "numpy": "the number of a Value is .data",
    "value": "the number of a Value is .data",
    "detach": "Value(v.data) is a new leaf with the number of v",
    "requires_grad": "a gradient flows to every Value; use a plain number where none is wanted",
    "grad_fn": "the name of the operation is .operation, its derivatives are .partials",
    "retain_grad": "every node keeps its .grad here",
    "zero_": "write v.grad = 0.0, or output.zero_grad()",
    "mean": "write total(values) / len(values)",
    "sum": "write total(values)",
})
"""Attribute of a node elsewhere -> a clause that says what to write here."""


def describe_missing_attribute(name: str) -> str:
    """What to write in place of an attribute that a Value does not have."""
    if name in FOREIGN_NAMES:
        return f"a Value has no {name}: {FOREIGN_NAMES[name]}"
    if name.startswith("_"):
        return f"a Value has no {shorten(name)}"
    return (f"a Value has no {shorten(name)}; the functions of a Value are {', '.join(sorted(OPERATIONS))}, and "
            "autograd_lite.operation adds one of your own")
