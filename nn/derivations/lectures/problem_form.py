"""A problem as far as a lecture's lines differ for it."""

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ...ground.activation_formulas import LAYER_FORMULAS
from ..conventions import Conventions
from ..lines import Line


@dataclass(frozen=True)
class Form:
    """A problem as far as lines differ for it, in the letters of a lecture.

    Attributes:
        conventions: with the cost of the problem.
        activations: of the layers.
        own: whether the lecture's lines of C and of the output δ hold as they stand.
        last: the lecture's name of the output layer; ``layer`` of any layer; ``unit``, ``source`` of units.
        alone: whether the target is one number without an index.
        penalty: "l1" or "l2"; empty without. ``constant`` stands before λ.
        penalises_biases, has_biases: whether they count in the penalty, and are there.
        kind_of: what a line is about.
    """

    conventions: Conventions
    activations: tuple[str, ...]
    own: bool
    last: str
    alone: bool
    penalty: str
    constant: Fraction
    penalises_biases: bool
    has_biases: bool
    kind_of: Callable[[Line], str]
    layer: str = "l"

    @property
    def units(self) -> bool:
        """Whether the lines have an index for units."""
        return self.conventions.form == "units"

    @property
    def by_layer(self) -> bool:
        """Whether the activation functions bear the number of their layer."""
        return has_several(self.activations)


def has_several(activations: Sequence[str]) -> bool:
    """Whether there are different activation functions of a unit."""
    return len({name for name in activations if name not in LAYER_FORMULAS}) > 1


def choose_where(text: str) -> str:
    """x if c else y as where(c, x, y), which takes arrays as well."""
    return ast.unparse(_Where().visit(ast.parse(text, mode="eval"))) if " if " in text else text


class _Where(ast.NodeTransformer):
    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        """Both sides are there, and one is chosen."""
        return ast.Call(ast.Name("where"), [self.visit(node.test), self.visit(node.body), self.visit(node.orelse)], [])
