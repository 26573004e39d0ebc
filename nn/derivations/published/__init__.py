"""Worked examples that others have published, reproduced to the digits that they printed.

An example is a data file in this folder. ``[leaves]`` holds its numbers and ``[nodes]`` its graph: each node is a
formula of leaves and earlier nodes, with the functions of the table of operations. ``[printed]`` holds what its author
printed, as text so that every digit counts: ``values``, ``gradients`` of the ``output``, and parameters ``updated``
once as ``[update]`` says.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib.resources import files
from math import ulp
from types import MappingProxyType
from typing import Any

from autograd_lite import Value
from autograd_lite.internal import FUNCTIONS, quote, to_label

from ...ground.formulas import evaluate_formula
from ...ground.suggest import unknown_name
from .rounding import find_slack, half_unit

AGREES, ROUNDED, DISAGREES = "agrees", "agrees but for rounding on the way", "disagrees"


@dataclass(frozen=True, slots=True)
class Printed:
    """One number: as its author printed it, and as the engine computes it.

    ``slack`` is what rounding on the way explains: how far the engine's number moves, to first order, if each number
    printed before it is replaced by the printed one, give or take half a unit of its last digit.

    >>> examples()["mazur"].reproduce()[0].agrees
    True
    """

    symbol: str
    printed: str
    autodiff: float
    slack: float = 0.0

    @property
    def verdict(self) -> str:
        """``agrees``, ``agrees but for rounding on the way``, or ``disagrees``.

        The first: within half a unit of the last digit printed; a number half-way between two may be rounded either
        way. Where the spacing of floats is coarser, one spacing is allowed: two right ways to compute tanh differ by
        that. The second: within that and ``slack``.
        """
        half = half_unit(self.printed)
        spacing = Decimal(ulp(self.autodiff))
        off = abs(Decimal(self.autodiff) - Decimal(self.printed))
        if off <= max(half + spacing, spacing):
            return AGREES
        return ROUNDED if off <= half + spacing + Decimal(self.slack) else DISAGREES

    @property
    def agrees(self) -> bool:
        """Whether it agrees, be it with rounding on the way."""
        return self.verdict != DISAGREES

    @property
    def rounded(self) -> bool:
        """Whether it agrees only since its author rounded the numbers before it."""
        return self.verdict == ROUNDED


@dataclass(frozen=True, slots=True)
class Example:
    """A published example; the attributes are the keys of its data file.

    >>> nodes = examples()["mazur"].record()
    >>> nodes["net_h1"].data
    0.3775
    """

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
        """The graph: name -> node, labelled with its name, of which a trailing number is a subscript: w₁.

        Raises:
            ValueError: the formula of a node is wrong; says which.
        """
        found = {name: Value(number, to_label(name)) for name, number in self.leaves.items()}
        for name, formula in self.nodes.items():
            try:
                node = evaluate_formula(formula, FUNCTIONS | found)
            except Exception as error:
                raise ValueError(f"the formula of {name}, {quote(formula)}, is wrong: {error}") from error
            if not isinstance(node, Value):
                raise TypeError(f"the formula of {name}, {quote(formula)}, has no leaf or node in it")
            node.label = to_label(name)
            found[name] = node
        return found

    def reproduce(self) -> tuple[Printed, ...]:
        """Every number that was printed, with the engine's beside it."""
        nodes = self.record()
        nodes[self.output].backward()
        eta = self.update.get("eta", 0.0)
        found = {"values": {name: node.data for name, node in nodes.items()},
                 "gradients": {name: node.grad for name, node in nodes.items()},
                 "updated": {name: nodes[name].data - eta * nodes[name].grad
                             for name in self.update.get("parameters", ())}}
        symbols = {"values": "{}", "gradients": f"∂{nodes[self.output].label}/∂{{}}", "updated": "new {}"}
        slack = find_slack(self)
        return tuple(Printed(symbols[kind].format(nodes[name].label), digits, found[kind][name], slack[kind, name])
                     for kind, printed in self.printed.items() for name, digits in printed.items())

    def __post_init__(self) -> None:
        """Raises ValueError for an example that is not whole: says what is wrong with it."""
        try:
            self._check()
        except (ValueError, TypeError, AttributeError, ArithmeticError) as error:
            raise ValueError(f"the published example {self.id} is wrong: {error}") from error

    def _check(self) -> None:
        if not isinstance(self.number, int):
            raise TypeError(f"number must be a whole number, not {quote(self.number)}")
        for name in self.nodes:
            if name in self.leaves:
                raise ValueError(f"{name} is a leaf and a node")
        nodes = self.record()
        for name in (self.output, *self.update.get("parameters", ())):
            if name not in nodes:
                raise unknown_name("name", name, nodes)
        kinds = {"values": nodes, "gradients": nodes, "updated": self.update.get("parameters", ())}
        for kind, printed in self.printed.items():
            if kind not in kinds:
                raise unknown_name("kind of printed number", kind, kinds)
            for name, digits in printed.items():
                if name not in kinds[kind]:
                    raise unknown_name(f"name among the printed {kind}", name, kinds[kind])
                if not isinstance(digits, str) or not is_decimal(digits):
                    raise ValueError(f"the printed {name} must be a number in quotation marks, such as \".3775\", not "
                                     f"{quote(digits)}")


def _freeze(value: Any) -> Any:
    """Tables that cannot be changed, since examples are read once."""
    return MappingProxyType({key: _freeze(item) for key, item in value.items()}) if isinstance(value, dict) else value


def is_decimal(text: str) -> bool:
    """Whether a text is a finite number."""
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


@cache
def examples() -> Mapping[str, Example]:
    """Id -> published example, in the order of their numbers.

    Raises:
        ValueError: a data file is wrong; says which.

    >>> examples()["mazur"].title
    'A 2-2-2 network with shared, frozen biases'
    """
    found = []
    for file in files(__package__).iterdir():
        if file.name.endswith(".toml"):
            id = file.name.removesuffix(".toml")
            try:
                data = {"update": {}} | tomllib.loads(file.read_text(encoding="utf-8"))
                found.append(Example(id=id, **{key: _freeze(value) for key, value in data.items()}))
            except (tomllib.TOMLDecodeError, TypeError) as error:
                raise ValueError(f"the published example {id} cannot be read: {error}") from error
    return MappingProxyType({example.id: example for example in sorted(found, key=lambda e: (e.number, e.id))})
