"""Names that nodes have in other packages, and what to write here."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Never

_NO_ROW = "there is no such row in the table; autograd_lite.operation adds one of your own"

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
    "sum": "write total(values)",
    "mean": "write total(values) / len(values)",
    **dict.fromkeys(("sinh", "cosh", "arcsin", "arccos", "arcsinh", "arccosh", "arctanh", "exp2", "log2", "log10",
                     "cbrt", "floor", "ceil", "rint", "trunc", "round", "sign"), _NO_ROW),
})
"""Attribute of a node elsewhere, or function of NumPy that calls it -> a clause that says what to write here."""


class ForeignName:
    """An attribute that a node does not have. Reading it raises AttributeError, which says what to write.

    A descriptor for each name, and no ``__getattr__``: with one, Python reads every attribute of a node more slowly.
    """

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, node: Any, owner: type) -> Never:
        raise AttributeError(f"a Value has no {self.name}: {FOREIGN_NAMES[self.name]}")
