"""The base class of lectures: settings, hand formulas in the lecture's notation, and the same network as a graph."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import inf
from os import PathLike
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from ...ground.suggest import unknown_name
from ..compared import Entry as Entry
from ..compared import Equation as Equation
from ..conventions import Conventions
from ..neutral import Problem
from ..recording import Recording, record
from ..settings import Setting, Settings
from .any_problem import adapt_conventions, penalty_kind
from .own_file import OwnFile

if TYPE_CHECKING:
    from ..lecture_file.lecture import LectureFile


Rewrite: TypeAlias = Callable[[str, str, str], str]


def as_it_stands(kind: str, left: str, right: str) -> str:  # noqa: ARG001 - as Rewrite has it
    """The right side of a line."""
    return right


class AnyLecture(Protocol):
    """What a diagnosis asks of a lecture, be it one that has an id or one in a file."""

    @property
    def id(self) -> str:
        """Its name, or the path of its file."""

    @property
    def settings(self) -> Sequence[Setting]:
        """What can be chosen."""

    def __hash__(self) -> int:
        """As of the same object: drawn numbers are kept for each lecture."""

    def resolve(self, given: Settings, /) -> Settings:
        """Every setting, from what is given and the defaults."""

    def conventions(self, settings: Settings, /) -> Conventions:
        """Its conventions with these settings."""

    def problem(self, settings: Settings, /) -> Problem:
        """Network, data and cost in neutral form."""

    def equations(self, settings: Settings, rewrite: Rewrite = ..., /) -> Sequence[Equation]:
        """Its lines without numbers."""


class Lecture(ABC):
    """A lecture's derivation: a TOML file with its lines, and a class with what a file does not say; see ``layers``.

    Attributes:
        file: what its TOML file says; from there are
        id, title: its names in programs and in print; ``source`` says where it was given.
        stated: what its conventions have beside the notation in its file, as ``loss_text``.
        own_conventions: both together, with the lecture's own cost.
        settings: what the reader may choose.
        letters: one sentence on what the indices in its lines mean.
        readings: where the notes are unclear or contradict themselves, which reading is taken here, and why.
        variants: name -> settings, other forms that the lecture treats or asks for.

    >>> chain = LECTURES["chain"]
    >>> settings = chain.resolve({"x": 2.0})
    >>> settings["y"]
    5.0
    >>> [line.right for line in chain.equations(settings)][:3]
    ['w₁·x + b₁', 'σ₁(z₁)', 'w₂·a₁ + b₂']
    """

    file: OwnFile
    id: str
    title: str
    source: str
    stated: Mapping[str, Any] = MappingProxyType({})
    own_conventions: Conventions
    settings: Sequence[Setting]
    letters: str = ""
    readings: Sequence[str] = ()
    variants: Mapping[str, Settings] = MappingProxyType({})

    def __init_subclass__(cls) -> None:
        if "file" in vars(cls):
            cls.id, cls.title, cls.source = cls.file.id, cls.file.title, cls.file.source
            cls.letters, cls.readings = cls.file.about, cls.file.readings
            cls.own_conventions = replace(cls.file.conventions, **cls.stated)

    @staticmethod
    def read(path: "str | PathLike[str]") -> "LectureFile":
        """The lecture in a TOML file.

        Raises:
            ValueError: it is no TOML, or holds an unknown key, letter, cost or activation (names the nearest, and the
            place); OSError: it cannot be read.

        >>> Lecture.read("examples/lectures/softmax_rows.toml").problem.activations
        ('relu', 'softmax')
        """
        from ..lecture_file.reading import read_lecture

        return read_lecture(path)

    def resolve(self, given: Settings) -> dict[str, Any]:
        """Every setting, from what is given and the defaults.

        Raises:
            ValueError: an unknown setting (names the nearest), a value out of range, or shapes that do not fit;
            TypeError: a wrong type.
        """
        known = {setting.name: setting for setting in self.settings}
        for name in given:
            if name not in known:
                raise unknown_name(f"setting of {self.id}", name, known)
        chosen: dict[str, Any] = {}
        for setting in self.settings:
            default = setting.default(chosen) if callable(setting.default) else setting.default
            if setting.name not in given and default in (inf, -inf):
                raise ValueError(f"{setting.name}, {setting.meaning}, does not fit a float here; give it")
            chosen[setting.name] = setting.check_value(given.get(setting.name, default))
        return chosen

    def says(self, setting: Setting, settings: Settings) -> bool:
        """Whether a setting has an effect beside the others; λ without a penalty has none."""
        if setting.name in ("lam", "penalise"):
            return settings["penalty"] is not None and settings[setting.name] != setting.default
        return setting.name != "cost" or settings["cost"] != setting.default

    def conventions(self, settings: Settings) -> Conventions:
        """The lecture's conventions with these settings."""
        return adapt_conventions(self.own_conventions, settings)

    @abstractmethod
    def activations(self, settings: Settings) -> Mapping[int, str]:
        """Layer -> name of its activation function."""

    @abstractmethod
    def problem(self, settings: Settings) -> Problem:
        """Network, data and cost in neutral form."""

    def list_penalties(self, settings: Settings) -> tuple[tuple[str, float], ...]:
        """The penalty that the settings ask for, and what stands before it."""
        penalty = settings.get("penalty")
        constant = self.conventions(settings).penalties[penalty][0] if penalty else 0.0
        return ((penalty_kind(penalty), constant * settings["lam"]),) if penalty else ()

    @abstractmethod
    def by_hand(self, settings: Settings) -> Sequence[Entry]:
        """The numbers of the hand derivation in order: forward, C, δ from the output down, gradients, updates."""

    @abstractmethod
    def equations(self, settings: Settings, rewrite: Rewrite = as_it_stands) -> Sequence[Equation]:
        """The hand derivation as the lecture writes it, without numbers.

        ``rewrite`` gives the right side of a line as somebody else has it, from kind, left and right side.
        """

    def record(self, settings: Settings) -> Recording:
        """The same network as a graph of ``nn``, labelled with the lecture's symbols."""
        return record(self.problem(settings), self.conventions(settings))

    def notes(self, settings: Settings, by_hand: Sequence[Entry]) -> Sequence[str]:  # noqa: ARG002 - for overriding
        """Sentences to the reader of a comparison with these settings, which tell nothing that is calculated."""
        return ()

    def results(self, settings: Settings, by_hand: Sequence[Entry]) -> Sequence[str]:  # noqa: ARG002 - for overriding
        """Sentences about these numbers by hand, which a blank worksheet must not tell."""
        return ()
