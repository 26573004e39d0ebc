"""The answers that were handed in: for each quantity a formula, a function, or numbers with their written digits."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from ....ground.arrays import Floats
from .grammar import Formula
from .index_notation import NOTHING, Left
from .vocabulary import Quantity, Vocabulary

Given: TypeAlias = (
    "str | float | Callable[..., object] | Sequence[Given] | Floats | Mapping[int, Given] | Mapping[str, Given] | None")
"""What may be handed in for a quantity: a formula, a number, a function, nested numbers, or these by layer."""


@dataclass(frozen=True)
class Rule:
    """A formula or a function.

    Attributes:
        text: as it was handed in; for a function its name and arguments.
        batch: whether it states the whole batch, since it uses N or λ, rather than one sample.
        numbered: whether it names layers by their numbers, so that their number matters.
        left: what its left side, or its key, says of units and layers.
        read_as: the formula as it was read, where that differs from the text by more than its spelling; else empty.
        parts: what stands before the last sign of equality, each as a rule.
    """

    quantity: Quantity
    text: str
    formula: Formula | None = None
    function: Callable[..., object] | None = None
    parameters: tuple[str, ...] = ()
    batch: bool = False
    numbered: bool = False
    left: Left = NOTHING
    read_as: str = ""
    parts: tuple["Rule", ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """The names that it uses."""
        return self.formula.names if self.formula else frozenset(self.parameters)


@dataclass(frozen=True)
class Numbers:
    """Numbers, in the lecture's form.

    Attributes:
        value: a float array of the shape in ``Comparison.hand``, NaN where nothing was given.
        half: half a unit of the last digit of each, an array of the same shape.
        text: as they were written.
        parts: formulas that the line says they are equal to.
    """

    quantity: Quantity
    value: "Floats"
    half: "Floats"
    text: str
    parts: tuple[Rule, ...] = ()


@dataclass(frozen=True)
class Answers:
    """A derivation that was handed in. ``declared``: field of ``Declared`` -> value."""

    rules: tuple[Rule, ...]
    numbers: tuple[Numbers, ...]
    declared: Mapping[str, Any] = field(default_factory=dict)

    @property
    def all(self) -> tuple["Rule | Numbers", ...]:
        """Formulas and functions, then numbers."""
        return (*self.rules, *self.numbers)

    def in_vocabulary(self, vocabulary: Vocabulary) -> "Answers":
        """The same answers for a network of another depth: formulas for any layer apply to its layers."""
        rules = [replace(rule, quantity=vocabulary.names[rule.quantity.name]) for rule in self.rules]
        return replace(self, rules=tuple(separate_layers(rules)))

    def in_order(self, vocabulary: Vocabulary) -> list[Rule | Numbers]:
        """All answers, sorted by the first place of each; those for any layer go before those for one."""
        order = {place: i for i, place in enumerate(vocabulary.places)}
        return sorted(self.all, key=lambda answer: (order[answer.quantity.places[0]], not answer.quantity.general))


def separate_layers(rules: Sequence[Rule]) -> Iterator[Rule]:
    """The rules, where those for any layer leave out the layers that have a rule of their own.

    If all of them have, the rule is still handed in: then it is about them all.
    """
    own = {place for rule in rules if not rule.quantity.general for place in rule.quantity.places}
    for rule in rules:
        places = tuple(place for place in rule.quantity.places if not rule.quantity.general or place not in own)
        yield replace(rule, quantity=replace(rule.quantity, places=places or rule.quantity.places))
