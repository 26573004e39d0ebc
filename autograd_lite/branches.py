"""The comparisons that decided which side of an ``if`` a graph holds, in words."""

from collections.abc import Mapping
from typing import Any

from .comparisons import MarkedClock, Operand, list_carried
from .notation import format_number

_SIGNS = {"<=": "≤", ">=": "≥", "==": "=", "!=": "≠"}


def describe_comparisons(names: Mapping[Any, str]) -> tuple[str, ...]:
    """``x > 0``, and ``not x > 0`` where it was false, for each comparison that nodes carry; ``names`` are theirs."""
    leaves = {id(node._clock.leaf): name for node, name in names.items() if node._clock.__class__ is MarkedClock}

    def write(operand: Operand) -> str:
        place = operand.leaf or operand.node
        known = leaves.get(id(operand.leaf)) if operand.leaf else names.get(operand.node)
        return known or (place.label if place is not None else "") or format_number(operand.number)

    carried = {mark for node in names for mark in list_carried(node) if mark is not None}
    return tuple(dict.fromkeys(
        f"{'' if mark.outcome else 'not '}{write(mark.left)} {_SIGNS.get(mark.symbol, mark.symbol)} {write(mark.right)}"
        for mark in sorted(carried, key=lambda mark: mark.since)))
