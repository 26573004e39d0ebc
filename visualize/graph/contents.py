"""What a picture shows, as plain data."""

from dataclasses import dataclass
from enum import Enum, auto
from textwrap import wrap

from .roles import ROLES, Role

_SENTENCE = 40  # the most letters in a line of the sentence that a legend has of a failure


class Look(Enum):
    """How much of a picture can be laid out within seconds; see ``layout``."""

    WHOLE = auto()
    PLAIN = auto()
    """Edges are straight and have no labels; what is wrong with one stands on the card where it starts."""
    TOO_LARGE = auto()
    """Nothing: it would take minutes."""


@dataclass(frozen=True, slots=True)
class Card:
    """A node, or several folded into one; ``layer`` is the cluster it stands in, ``members`` the names of its nodes.

    ``mark`` says what is wrong there. A card that ``stands_for`` another one, named by its id, is small and has no
    members: it repeats the name of that card where it is used.
    """

    id: str
    lines: tuple[str, ...]
    role: Role
    layer: int | None = None
    members: tuple[str, ...] = ()
    mark: str = ""
    stands_for: str = ""

    @property
    def name(self) -> str:
        """The name of its node, or what a folded one says first."""
        return self.members[0] if len(self.members) == 1 else self.lines[0]

    @property
    def texts(self) -> list[str]:
        """All lines on it, its mark the last."""
        return [*self.lines, *filter(None, [self.mark])]


@dataclass(frozen=True, slots=True)
class Edge:
    """From an operand to what is computed from it; no label where the operand is a number.

    ``mark`` says that the backward pass fails there.
    """

    start: str
    end: str
    label: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything a picture shows; ``layers`` are the names of its clusters, ``failure`` why the backward pass fails.

    ``cheaper`` says, a sentence each, what ``layout`` changed so that the picture comes in time. ``plain_notes`` are
    the notes without what a programmer can do to see more, for paper.
    """

    title: str
    cards: tuple[Card, ...]
    edges: tuple[Edge, ...]
    notes: tuple[str, ...]
    layers: dict[int, str]
    failure: str = ""
    look: Look = Look.WHOLE
    cheaper: tuple[str, ...] = ()
    plain_notes: tuple[str, ...] = ()

    @property
    def has_layers(self) -> bool:
        """Whether there is more than one layer, so that they need names."""
        return len({card.layer for card in self.cards if card.layer is not None}) > 1

    def list_roles(self) -> list[Role]:
        """The roles that a legend explains."""
        return [role for role in ROLES if any(card.role is role for card in self.cards)]

    def explain_failure(self) -> list[str]:
        """The lines of a legend about a backward pass that fails."""
        where, _, why = self.failure.partition(": ")
        return [f"{where}:", *wrap(why, _SENTENCE)] if self.failure else []
