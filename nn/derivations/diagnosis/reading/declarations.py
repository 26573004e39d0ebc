"""What a derivation may declare under the key ``conventions``."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from autograd_lite.internal import quote

from ....ground.suggest import unknown_name
from .constants import Constant, parse_constant

DECLARATIONS: Mapping[str, str] = MappingProxyType({
    "y = P(t=1)": "class_1", "decay per step": "decay", "opposite sign of delta": "opposite",
    "delta of the mean cost": "mean", "penalty on biases": "biases", "given": "given",
})
"""Text -> the field of ``Declared`` that it sets. ``given`` stands alone: the lecture's conventions, and no others."""
CONSTANTS: Mapping[str, str] = MappingProxyType({"cost constant": "cost", "penalty constant": "penalty"})
"""Text before "= 1/(2N)" -> the field of ``Declared`` that takes the constant."""


def read_declarations(given: object) -> dict[str, Any]:
    """Field of ``Declared`` -> its value, from the texts under ``conventions``. Spaces and case do not count.

    Raises:
        TypeError: neither a text nor a list of texts.
        ValueError: an unknown convention (names the nearest), no constant, or two that exclude each other.

    >>> sorted(read_declarations(["cost constant = 1/(2N)", "Opposite sign of delta"]))
    ['cost', 'opposite']
    """
    known = {_simplify(name): field for name, field in DECLARATIONS.items()}
    if not isinstance(given, str | list | tuple | set | frozenset):
        raise TypeError(f"conventions must be a text or a list of texts, not {quote(given)}")
    found: dict[str, Any] = {}
    for name in [given] if isinstance(given, str) else given:
        left, equals, right = str(name).partition("=")
        field = CONSTANTS.get(re.sub(r"[\W_]+", " ", left).strip().lower())
        value: bool | Constant | None = True
        if field is None:
            field = known.get(_simplify(name))
            if field is None:
                raise unknown_name("convention", name, [*DECLARATIONS, *(f"{name} = 1" for name in CONSTANTS)])
        else:
            value = parse_constant(right) if equals else None
        if value is None or (isinstance(value, Constant) and (value.samples not in (0, -1) or abs(value.outputs) > 1)):
            raise ValueError(f"the convention {quote(name)} needs a constant after =, such as 1/2, 1, 1/(2N) or "
                             "2/(N n)")
        if found.get(field, value) != value:
            raise ValueError(f"the conventions give two values for the {field} constant; leave one out")
        found[field] = value
    if "given" in found and len(found) > 1:
        raise ValueError('the convention "given" means the lecture\'s alone; leave it or the others out')
    return found


def write_declaration(field: str, value: bool | Constant) -> str:
    """The text that declares it."""
    texts = {declared: name for name, declared in (*DECLARATIONS.items(), *CONSTANTS.items())}
    return f"{texts[field]} = {value}" if isinstance(value, Constant) else texts[field]


def _simplify(text: object) -> str:
    return re.sub(r"\W", "", str(text)).lower()
