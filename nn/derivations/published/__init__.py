"""Worked examples that others have published, reproduced to the digits that they printed.

An example is a data file in this folder: ``[leaves]`` are its numbers, ``[nodes]`` its graph, each node a formula of
leaves and earlier nodes in the names of the table of operations, ``[printed]`` what its author printed, as text so that
every digit counts: ``values``, ``gradients`` of the ``output``, and parameters ``updated`` once as ``[update]`` says.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from math import ulp
from types import MappingProxyType
from typing import Any

from autograd_lite import FUNCTIONS, Value

from ...suggest import unknown
from ..formulas import calculated


@dataclass(frozen=True, slots=True)
class Printed:
    """One number: as it was printed, and as the engine has it."""

    symbol: str
    printed: str
    autodiff: float

    @property
    def agrees(self) -> bool:
        """Whether it is within half a unit of the last digit printed.

        Where the spacing of floats is coarser, one spacing: two right ways to compute a tanh may differ by it.
        """
        half = Decimal(5).scaleb(int(Decimal(self.printed).as_tuple().exponent) - 1)
        return abs(Decimal(self.autodiff) - Decimal(self.printed)) <= max(half, Decimal(ulp(self.autodiff)))


@dataclass(frozen=True, slots=True)
class Example:
    """A published example; the attributes are the keys of its data file."""

    id: str
    number: int
    title: str
    source: str
    output: str
    leaves: Mapping[str, float]
    nodes: Mapping[str, str]
    printed: Mapping[str, Mapping[str, str]]
    update: Mapping[str, Any]
    note: str = ""

    def record(self) -> dict[str, Value]:
        """The graph: name -> node, labelled with its name.

        Raises:
            ValueError: the formula of a node is wrong; says which.
        """
        found = {name: Value(float(number), name) for name, number in self.leaves.items()}
        for name, formula in self.nodes.items():
            try:
                node = calculated(formula, FUNCTIONS | found)
            except Exception as error:
                raise ValueError(f"{self.id}: the formula of {name}, {formula!r}, is wrong: {error}") from error
            node.label = name
            found[name] = node
        return found

    def reproduce(self) -> tuple[Printed, ...]:
        """Every number that was printed, with the engine's beside it.

        Raises:
            ValueError: something was printed of what is not there.
        """
        nodes = self.record()
        nodes[self.output].backward()
        eta = self.update.get("eta", 0.0)
        found = {"values": {name: node.data for name, node in nodes.items()},
                 "gradients": {name: node.grad for name, node in nodes.items()},
                 "updated": {name: nodes[name].data - eta * nodes[name].grad
                             for name in self.update.get("parameters", ())}}
        symbols = {"values": "{}", "gradients": f"∂{self.output}/∂{{}}", "updated": "new {}"}
        rows = []
        for kind, printed in self.printed.items():
            for name, digits in printed.items():
                if name not in found[kind]:
                    raise unknown(f"name among the printed {kind} of {self.id}", name, found[kind])
                rows.append(Printed(symbols[kind].format(name), digits, found[kind][name]))
        return tuple(rows)


@cache
def examples() -> Mapping[str, Example]:
    """Id -> published example, in the order of their numbers.

    Raises:
        ValueError: a data file is wrong; says which.
    """
    found = []
    for file in files(__package__).iterdir():
        if file.name.endswith(".toml"):
            id = file.name.removesuffix(".toml")
            try:
                found.append(Example(id=id, **({"update": {}} | tomllib.loads(file.read_text(encoding="utf-8")))))
            except (tomllib.TOMLDecodeError, TypeError) as error:
                raise ValueError(f"the published example {id} cannot be read: {error}") from error
    return MappingProxyType({example.id: example for example in sorted(found, key=lambda e: (e.number, e.id))})
