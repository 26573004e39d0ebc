"""What a lecture is to the program: settings, hand formulas in its own notation, and the same network as a graph."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from autograd_lite import Value, format_number, number

from ..suggest import unknown

Settings = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Setting:
    """A quantity that the reader may choose.

    Attributes:
        name: in programs and on the command line.
        symbol: in the lecture.
        meaning: in words.
        default: the value, or a function of the settings before it.
        choices: the names to choose from; None for a number.

    A default that is a tuple of names asks for as many names.
    """

    name: str
    symbol: str
    meaning: str
    default: float | str | tuple[str, ...] | Callable[[Settings], float] | None
    choices: tuple[str, ...] | None = None

    def checked(self, value: Any) -> Any:
        """The value as a float, as one of the choices (None where None is the default), or as a tuple of them.

        Raises:
            TypeError: no number; ValueError: NaN, infinite, or an unknown choice (names the nearest).
        """
        if isinstance(self.default, tuple):
            names = [value] if isinstance(value, str) or not isinstance(value, Sequence) else list(value)
            if len(names) != len(self.default):
                raise ValueError(f"{self.name} needs {len(self.default)} names, such as {', '.join(self.default)}; "
                                 f"it got {len(names)}")
            return tuple(self._choice(name) for name in names)
        if self.choices is not None:
            return self._choice(value)
        return number(value, self.name, "a number")

    def shown(self, value: Any) -> str:
        """A checked value as text."""
        if value is None:
            return "none"
        if isinstance(value, float):
            return format_number(value)
        return value if isinstance(value, str) else " ".join(value)

    def _choice(self, value: Any) -> Any:
        known = self.choices or ()
        if self.default is None and value in (None, "none"):
            return None
        if value in known:
            return value
        raise unknown(self.name, value, known)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A line of the hand derivation: ``symbol = formula``, the formula in the names of settings and earlier lines."""

    name: str
    symbol: str
    formula: str


@dataclass(frozen=True, slots=True)
class Recording:
    """The lecture's network as a graph.

    Attributes:
        cost: its output, the cost with its penalty.
        pre, post: layer -> pre- and post-activation node.
        parameters: name -> leaf.
    """

    cost: Value
    pre: Mapping[int, Value]
    post: Mapping[int, Value]
    parameters: Mapping[str, Value]


class Lecture(ABC):
    """A lecture's derivation. One short module each; see ``one_neuron`` for a complete one."""

    id: str
    title: str
    source: str
    settings: Sequence[Setting]

    def resolve(self, given: Settings) -> dict[str, Any]:
        """Every setting, from what is given and the defaults.

        Raises:
            ValueError: an unknown setting (names the nearest) or a value out of range; TypeError: a wrong type.
        """
        known = {setting.name: setting for setting in self.settings}
        for name in given:
            if name not in known:
                raise unknown(f"setting of {self.id}", name, known)
        chosen: dict[str, Any] = {}
        for setting in self.settings:
            default = setting.default(chosen) if callable(setting.default) else setting.default
            if setting.name not in given and default in (inf, -inf):
                raise ValueError(f"{setting.name}, {setting.meaning}, does not fit a float here; give it")
            chosen[setting.name] = setting.checked(given.get(setting.name, default))
        return chosen

    @abstractmethod
    def activations(self, settings: Settings) -> Mapping[int, str]:
        """Layer -> name of its activation function."""

    @abstractmethod
    def quantities(self, settings: Settings) -> Sequence[Quantity]:
        """The hand derivation, line by line, for complete settings."""

    @abstractmethod
    def names(self, settings: Settings) -> Mapping[str, Any]:
        """What the formulas may use: settings, and the functions fₗ and dfₗ, σ and σ′ of a layer."""

    @abstractmethod
    def record(self, settings: Settings) -> Recording:
        """The same network as a graph of ``nn``, labelled with the lecture's symbols."""

    def symbols(self, settings: Settings) -> dict[str, str]:
        """Name -> symbol of everything that a formula of this lecture may contain."""
        own = {setting.name: setting.symbol for setting in self.settings}
        return own | {quantity.name: quantity.symbol for quantity in self.quantities(settings)}

    def notes(self, settings: Settings) -> Sequence[str]:  # noqa: ARG002 - for lectures to override
        """Sentences to the reader of a comparison with these settings."""
        return ()
