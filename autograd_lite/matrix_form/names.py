"""Names of the arrays of a program, from the labels of their nodes: Z1 for z₁⁽¹⁾, z₂⁽¹⁾, …"""

import keyword
from collections.abc import Sequence
from typing import Any

from ..labels import Label, parse_label
from ..operations import OPERATIONS
from ..words import WORDS

_TAKEN = {"np", "N", "C", "theta", "data", "program", "dtheta", "place", "softmax", *WORDS, *OPERATIONS}


class Names:
    """Gives each array a name that no other has."""

    def __init__(self) -> None:
        self.taken = set(_TAKEN)
        self.layer = 0

    def claim(self, wanted: str) -> str:
        """The name, with an underscore and a number if it is taken."""
        name = wanted if wanted.isidentifier() and not keyword.iskeyword(wanted) else "V"
        found, count = name, 1
        while found in self.taken or keyword.iskeyword(found):
            count += 1
            found = f"{name}_{count}"
        self.taken.add(found)
        return found

    def of_items(self, items: Sequence[Any], letter: str, capital: bool = True, known: bool = True) -> str:
        """A name for these nodes: the letter of their labels, or ``letter``, and their layer.

        Args:
            capital: whether the letter is written large, as that of a matrix or of a batch is.
            known: whether the letter of the labels may be used.
        """
        first, last = parse_label(items[0].label), parse_label(items[-1].label)
        same = first is not None and last is not None and (first.base, first.over) == (last.base, last.over)
        base = first.base if known and same and first is not None else letter
        base = base[0].upper() + base[1:] if capital and len(base) == 1 else base
        return self.claim(f"{base}{_find_layer(first if same else None, len(items)) or self.layer or ''}")

    def of_leaves(self, items: Sequence[Any], letter: str, alone: bool) -> str:
        """A name for data: that of their labels, without an index where nothing else has the letter, ``alone``."""
        first = parse_label(items[0].label)
        base = letter if first is None else first.base
        base = base.upper() if len(base) == 1 else base
        return self.claim(f"{base}{_find_layer(first, 2 if alone else len(items))}")


def _find_layer(label: Label | None, count: int) -> str:
    """The layer that a label names, else the index of the only node; empty if there is none."""
    if label is None:
        return ""
    over = label.over.strip("()")
    return over if over.isdigit() else label.under if count == 1 and label.under.isdigit() else ""


def letter_of(item: Any) -> str:
    """The letter of a leaf's label; empty without one."""
    label = parse_label(item.label)
    return "" if label is None else label.base
