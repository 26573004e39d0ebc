"""How large cards, letters and what is between them are. Lengths are in points."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .contents import Card, Edge
from .network_texts import measure
from .roles import NUMBER, Role

SMALL_FONT = 10.0
"""Letters on edges, on small cards and in the legend."""
LINE = 1.3
"""From one line of text to the next, in font sizes."""
FOLD = 7.0
"""The corner of a note."""
_BOLD = 1.12
_WIDE_LETTERS, _NARROW_LETTERS = frozenset("=−+∂≠∞mMwWδσ@%"), frozenset("ijlIft.,·:;|!()[]-/'")

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Style:
    """How much room everything takes, in points.

    Attributes:
        font: of the letters on cards.
        padding: between the outline of a card and its letters.
        between: from one card of a column to the next.
        bend, least_bend: the widest and the narrowest strip in which lines bend.
        lines: from one line of a picture that goes on underneath to the next.
        apart: whether parameters and targets have columns of their own, so that layers stand side by side.
    """

    font: float = 12.0
    padding: float = 6.0
    between: float = 12.0
    bend: float = 90.0
    lines: float = 22.0
    apart: bool = True
    least_bend: float = 22.0

    def font_of(self, card: Card) -> float:
        """The size of the letters on a card."""
        return SMALL_FONT if card.role is NUMBER or card.stands_for else self.font

    def measure(self, lines: Sequence[str], font: float, role: Role) -> tuple[float, float]:
        """Width and height of a card with these lines."""
        wide = max(measure_text(line, font, bold=i == 0 and len(lines) > 1) for i, line in enumerate(lines))
        extra = 2 * (self.padding + role.inset)
        corner = max(0.0, FOLD - self.padding) if role.shape == "note" else 0.0
        return wide + extra + corner, len(lines) * LINE * font + extra


ROOMY, SHEET = Style(), Style(bend=50.0, apart=False)
DENSE = Style(10.0, 2.0, 3.0, 30.0, 7.0, apart=False, least_bend=12.0)
"""On a screen, on paper, and where much has to stand on a paper."""


def measure_text(text: str, font: float, *, bold: bool = False) -> float:
    """The width of a text, on the safe side."""
    more = sum((c in _WIDE_LETTERS) - (c in _NARROW_LETTERS) for c in text)
    return (measure(text, font) + 0.22 * font * more) * (_BOLD if bold else 1.0)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle: its upper left corner and its size."""

    x: float
    y: float
    width: float
    height: float

    def meets(self, other: "Box", room: float = 0.0) -> bool:
        """Whether the two have a point in common, or are nearer than ``room``."""
        return (self.x < other.x + other.width + room and other.x < self.x + self.width + room
                and self.y < other.y + other.height + room and other.y < self.y + self.height + room)


def split_label(edge: Edge) -> list[str]:
    """The lines of text at an edge; none at an edge that says nothing."""
    return [line for part in (edge.mark, edge.label) for line in part.split("\n") if line]


def enclose(boxes: Iterable[Box]) -> Box:
    """The smallest box around these."""
    boxes = list(boxes)
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    return Box(left, top, max(box.x + box.width for box in boxes) - left,
               max(box.y + box.height for box in boxes) - top)


def surround(boxes: Iterable[Box]) -> Box:
    """The frame around boxes, with room for its name above them."""
    inner = enclose(boxes)
    return Box(inner.x - 8.0, inner.y - 17.0, inner.width + 16.0, inner.height + 23.0)
