"""The lines of a matrix program, each with a name that no other array has."""

from dataclasses import dataclass

from .algebra import Algebra
from .blocks import Block
from .expressions import Expression
from .group import Group
from .names import Names

LARGEST_INLINE = 7  # arrays, numbers and operations; what is larger gets a line of its own
LARGEST_OF_PARAMETERS = 60  # penalties stand in the line of the cost
FORWARD, COST, BACKWARD, GRADIENT = "forward", "cost", "backward", "gradient"


@dataclass(frozen=True, slots=True)
class Line:
    """``name = expression``.

    Attributes:
        part: FORWARD, COST, BACKWARD (the gradient of a group) or GRADIENT (that of a block of parameters).
        group: the group that it computes, or whose gradient it is; None for the cost and for leaves.
        block: the block whose numbers or gradients it gives; None for the cost.
    """

    name: str
    expression: Expression
    part: str
    group: Group | None = None
    block: Block | None = None


class Lines:
    """Lines in order."""

    def __init__(self, algebra: Algebra, names: Names) -> None:
        self.algebra, self.names = algebra, names
        self.written: list[Line] = []

    def write(self, name: str, value: Expression, part: str, group: Group | None = None,
              block: Block | None = None) -> Expression:
        """Add a line; returns the expression of its name."""
        self.written.append(Line(name, value, part, group, block))
        named = self.algebra.name(name, value.sample, value.units)
        self.algebra.name_line(value, named)
        return named
