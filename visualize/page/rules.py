"""Formulas with slots, once for each kind of node: the page puts names and numbers in."""

import re
from collections.abc import Hashable, Mapping

from autograd_lite import OPERATIONS, TracedNode
from autograd_lite.internal import (
    format_number,
    make_slot,
    partial_formula,
    to_superscript,
    value_formula,
    write,
    write_latex,
)

from ..graph.network_texts import write_short
from ..steps.equations import write_times
from .mathml import write_mathml
from .page_schema import NumbersData, PartialRule, ProductData, ValueRule

_SLOTTED = ("a + b", "a * b", "b ** a")
"""A formula for each kind of slot, with ``a`` in it: plain, as a factor, as an exponent."""
_SLOT = re.compile("[\ue000-\uf7ff]")


class Rules:
    """The rules of a page, each with its number.

    Attributes:
        values, partials: the rules; see ``page_schema``.
        shapes: MathML -> its number.
    """

    def __init__(self) -> None:
        self.values: list[ValueRule] = []
        self.partials: list[PartialRule] = []
        self.shapes: dict[str, int] = {}
        self._numbers: dict[Hashable, int] = {}

    def find_value(self, node: TracedNode) -> int:
        """The number of the rule that a node is computed by."""
        own = node.formula != value_formula(node.operation, node.operands)  # the lecture has a letter of its own
        letter = node.formula.partition("(")[0] if own else ""
        key = ("value", node.operation, _sign(node), letter)
        if key not in self._numbers:
            slots = _fill_slots(node)
            text, latex = (value_formula(node.operation, slots, way) for way in (write, write_latex))
            if letter:
                text, latex = f"{letter}({slots[0]})", f"{letter}\\left({slots[0]}\\right)"
            self._numbers[key] = len(self.values)
            self.values.append({"text": text, "shape": self._find_shape(latex), "places": _name_places(node)})
        return self._numbers[key]

    def find_partial(self, node: TracedNode, operand: int, symbols: str) -> int:
        """The number of the rule for ∂node/∂operand, which is ``symbols``."""
        bare = "∂" in symbols  # it stands in no brackets
        key = ("partial", node.operation, _sign(node), operand, bare)
        if key not in self._numbers:
            slots = _fill_slots(node)
            result, upstream = (make_slot(len(slots) + i) for i in (0, 1))
            text, latex, product = (partial_formula(node.operation, slots, operand, result, way)
                                    for way in (write, write_latex, write_times(upstream)))
            self._numbers[key] = len(self.partials)
            factor = f"{upstream}·{text}" if bare else write("a * b", {"a": upstream, "b": text})
            self.partials.append({"text": text, "factor": factor, "shape": self._find_shape(latex),
                                  "product": self._find_shape(product)})
        return self._numbers[key]

    def _find_shape(self, latex: str) -> int:
        return self.shapes.setdefault(write_mathml(latex), len(self.shapes))


def write_product_shape() -> ProductData:
    """upstream · partial, as text and as MathML with slots."""
    names: Mapping[str, str] = dict(zip("ab", map(make_slot, (0, 1)), strict=True))
    return {"text": write("a * b", names), "math": write_mathml(write_latex("a * b", names))}


def describe_numbers() -> NumbersData:
    """How Python writes numbers, found by writing some."""
    digits, short = (len(way(1 / 3)) - len("0.") for way in (format_number, write_short))
    return {"digits": digits, "short": short, "slots": [_write_in_slot(formula) for formula in _SLOTTED]}


def _write_in_slot(formula: str) -> list[str]:
    around = _SLOT.sub("", write(formula, {"a": make_slot(0), "b": "b"}))
    return [write(formula, {"a": number, "b": "b"}).replace(around, "").replace(number, "{number}")
            .replace(to_superscript(number), "{raised}") for number in ("0.5", "-0.5", "7", "-7")]


def _sign(node: TracedNode) -> tuple[float | None, ...]:
    """What two nodes have in common that share a rule, besides the operation: their plain numbers."""
    return tuple(None if isinstance(v, str) else v for v in node.operands)


def _fill_slots(node: TracedNode) -> list[str | float]:
    return [make_slot(i) if isinstance(v, str) else v for i, v in enumerate(node.operands)]


def _name_places(node: TracedNode) -> list[str]:
    """What the row of the table calls the operands: ``a``, ``w[2]``."""
    row = OPERATIONS[node.operation]
    names = row.operand_names(len(node.operands))
    return [f"{name}[{i - names.index(name)}]" if name in row.vectors else name for i, name in enumerate(names)]
