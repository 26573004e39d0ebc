"""What the parts of a formula are: numbers, vectors, matrices, and vectors that were transposed."""

from collections.abc import Sequence

from .tokens import Token
from .words import Kind


def turn_kind(kind: Kind) -> Kind:
    return {"vector": "turned", "turned": "vector"}.get(kind, kind)  # type: ignore[return-value]


def add_kinds(a: Kind, b: Kind) -> Kind:
    return b if a == "number" else a


def multiply_kinds(a: Kind, b: Kind) -> Kind:
    if "number" in (a, b):
        return b if a == "number" else a
    if {a, b} == {"matrix", "vector"} or (a, b) == ("vector", "vector"):
        return "vector"
    return "turned" if {a, b} == {"matrix", "turned"} else "matrix"


def function_kind(function: str, argument: Kind, inner: Sequence[Token]) -> Kind:
    """The kind of what a function gives."""
    if function in ("norm", "sum", "mean"):
        return "vector" if any(token.text == "axis" for token in inner) else "number"
    if function in ("outer", "diag"):
        return "matrix"
    return turn_kind(argument) if function == "transpose" else argument
