"""Runs the scalar graph sample by sample: for the answer, or the error, where a number is not finite."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..backward import grad
from ..functions import sqrt, total
from ..traversal import topological_order

if TYPE_CHECKING:
    from ..value import Value

Numbers = Sequence[float]


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was handed to ``matrix_form``."""

    cost: "Value"
    penalty: "Value | None"
    outputs: tuple["Value", ...]
    parameters: tuple["Value", ...]
    samples: tuple["Value", ...]
    over: str


class Replay:
    """Records the graph again on other numbers.

    Args:
        recorded: the graph.
        found: node -> its number, for every node that depends on neither parameters nor samples; other nodes -> what
            is no number.
    """

    def __init__(self, recorded: Recorded, found: Mapping["Value", object]) -> None:
        self.recorded, self._found = recorded, found

    @cached_property
    def fixed(self) -> dict["Value", float]:
        """The numbers of the nodes that do not vary."""
        return {node: found for node, found in self._found.items() if isinstance(found, float)}

    def find_cost(self, theta: Numbers, data: Sequence[Numbers]) -> tuple[float, tuple[float, ...]]:
        """C and its gradient. Raises as the engine does; a note says in which row of the data."""
        leaves = self._make_leaves(self.recorded.parameters, theta)
        costs = [self._record([self.recorded.cost], leaves, row, i)[0] for i, row in enumerate(data)]
        C = total(costs) if len(costs) > 1 else costs[0]
        C = C * (1 / len(costs)) if self.recorded.over == "mean" else sqrt(C) if self.recorded.over == "root" else C
        if self.recorded.penalty is not None:
            C = C + self._record([self.recorded.penalty], leaves, (), None)[0]
        return C.data, grad(C, [leaves[parameter] for parameter in self.recorded.parameters])

    def find_outputs(self, theta: Numbers, data: Sequence[Numbers]) -> list[list[float]]:
        """The outputs of each sample. Raises as ``find_cost`` does."""
        leaves = self._make_leaves(self.recorded.parameters, theta)
        return [[v if isinstance(v, float) else v.data for v in self._record(self.recorded.outputs, leaves, row, i)]
                for i, row in enumerate(data)]

    def _make_leaves(self, leaves: Sequence["Value"], numbers: Numbers) -> dict["Value", "Value"]:
        return {leaf: type(leaf)(number, leaf.label) for leaf, number in zip(leaves, numbers, strict=True)}

    def _record(self, roots: Sequence["Value"], leaves: Mapping["Value", "Value"], row: Numbers,
                index: int | None) -> Any:
        """The nodes of the roots on these numbers; a number where a root is one."""
        fresh: dict[Any, Any] = dict(leaves)
        fixed = self.fixed
        try:
            if index is not None:
                fresh |= self._make_leaves(self.recorded.samples, row)
            for root in roots:
                for node in topological_order(root):
                    if node not in fresh and node not in fixed:
                        fresh[node] = node.again(v if isinstance(v, float) else fresh[v] if v in fresh else fixed[v]
                                                 for v in node.operands)
        except (ValueError, ArithmeticError) as error:
            if index is not None:
                error.add_note(f"in row {index} of the data, counted from 0")
            raise
        return [fresh[root] if root in fresh else fixed[root] for root in roots]
