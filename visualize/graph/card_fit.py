"""Which cards, and how many letters on them, fit a paper: the richest picture whose smallest letters can be read."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from .card_bands import plan_bands
from .card_layout import plan_cards
from .card_style import DENSE, SHEET, SMALL_FONT, Style
from .card_svg import MARGIN, CardPicture
from .contents import Card, Contents, Edge, Look
from .network_texts import write_short
from .roles import LEAF, PARAMETER
from .themes import Theme

MOST_CARDS, MOST_EDGES = 250, 500
"""Of the pictures that the project lays out itself; it takes a second or less."""
_LETTERS = 20  # of a line, where lines are broken
_NUMBER = re.compile(r"-?\d[\d.]*(e[-+]\d+)?$")


@dataclass(frozen=True, slots=True)
class Sheet:
    """Paper within its margins in points, its smallest letters, and how far a small picture is enlarged."""

    width: float
    height: float
    letters: float
    most: float


SHEETS = {"print": Sheet(482.4, 712.8, 8.0, 1.3), "slide": Sheet(921.6, 482.4, 12.0, 2.0)}
"""A4 and 16:9."""


def can_be_planned(shown: Contents) -> bool:
    """Whether the project lays this picture out itself, without an engine."""
    return shown.look is Look.WHOLE and len(shown.cards) <= MOST_CARDS and len(shown.edges) <= MOST_EDGES


def make_picture(shown: Contents, theme: Theme, *, right: bool, legend: bool) -> CardPicture | None:
    """The picture as large as it comes; None if an engine has to lay it out."""
    plan = plan_cards(shown, right=right) if can_be_planned(shown) else None
    return CardPicture(plan, theme, legend=legend) if plan else None


@dataclass(frozen=True, slots=True)
class Fitted:
    """A picture for a sheet: what it shows, before its texts were shortened, and how much it is scaled."""

    shown: Contents
    picture: CardPicture
    scale: float
    right: bool

    def can_be_read(self, sheet: Sheet) -> bool:
        """Whether its smallest letters are as large as they must be on the sheet."""
        return self.scale * SMALL_FONT >= sheet.letters


def fit_picture(candidates: Iterable[Contents], sheet: Sheet, theme: Theme, ways: Sequence[bool],
                legend: bool) -> Fitted | None:
    """The first of the candidates that can be read on the sheet, in full words if possible, then in fewer and fewer.

    ``ways`` says which orientations to try, to the right or not. If none can be read, the one with the largest letters;
    None if none can be laid out here.
    """
    largest: Fitted | None = None
    seen: list[Contents] = []
    for shown in candidates:
        if not can_be_planned(shown) or shown in seen:
            continue
        seen.append(shown)
        fits = (_fit(shown, step, sheet, theme, ways, legend) for step in (_STEPS[-1], *_STEPS[:-1]))
        shortest = next(fits)  # what cannot be read in the fewest words cannot be read in more
        if shortest and shortest.can_be_read(sheet):
            return next((found for found in fits if found and found.can_be_read(sheet)), shortest)
        if shortest and (largest is None or shortest.scale > largest.scale):
            largest = shortest
    return largest


def _fit(shown: Contents, step: "_Step", sheet: Sheet, theme: Theme, ways: Sequence[bool],
         legend: bool) -> Fitted | None:
    """The picture with texts as short as the step says, the first way that can be read, else the largest."""
    shorter, style = step[0](shown), step[1]
    room = sheet.width * SMALL_FONT / sheet.letters - 2 * MARGIN
    largest: Fitted | None = None
    for right in ways:
        plan = plan_bands(shorter, style, room) if right else plan_cards(shorter, style, right=False)
        if plan is None:
            return None
        for width in (sheet.width / sheet.most, room):  # of notes and legend
            picture = CardPicture(plan, theme, legend=legend, least_width=width)
            scale = min(sheet.width / picture.width, sheet.height / picture.height, sheet.most)
            if largest is None or scale > largest.scale:
                largest = Fitted(shown, picture, scale, right)
        if largest and largest.can_be_read(sheet):
            break
    return largest


def _rewrite(shown: Contents, card: Callable[[Card], Card], edge: Callable[[Edge], Edge]) -> Contents:
    return replace(shown, cards=tuple(map(card, shown.cards)), edges=tuple(map(edge, shown.edges)))


def break_lines(shown: Contents) -> Contents:
    """The same with long lines broken before a sign."""
    return _rewrite(
        shown, lambda card: replace(card, lines=tuple(part for line in card.lines for part in _break(line))),
        lambda edge: replace(edge, label="\n".join(_break(edge.label))))


def shorten_texts(shown: Contents) -> Contents:
    """The same with four digits, and on an edge only what the partial is equal to."""
    return break_lines(_shorten(shown))


def keep_numbers(shown: Contents) -> Contents:
    """The same with names and numbers alone."""
    return break_lines(_keep_numbers(shown))


def join_lines(shown: Contents) -> Contents:
    """The same with leaves on one line, ``w₁ = 0.4 | -4.65``, and gradients without their symbols."""
    shown = _keep_numbers(shown)
    said = "A gradient stands after the bar, or after grad."
    return replace(shown, cards=tuple(map(_join, shown.cards)), cheaper=(*shown.cheaper, said))


def _shorten(shown: Contents) -> Contents:
    shorter = _rewrite(shown, lambda card: replace(card, lines=tuple(map(_shorten_line, card.lines))), _shorten_edge)
    if not any(edge.label for edge in shorter.edges):
        return shorter
    said = "On an edge stands the local partial of what it leads to."
    return replace(shorter, cheaper=(*shown.cheaper, said))


def _keep_numbers(shown: Contents) -> Contents:
    return _rewrite(_shorten(shown), _keep_name, lambda edge: replace(edge, label=edge.label.rpartition("= ")[2]))


def _join(card: Card) -> Card:
    if len(card.members) != 1 or len(card.lines) != 2:
        return card
    name, gradient = card.lines
    number = gradient.rpartition(" = ")[2]
    if card.role in (LEAF, PARAMETER):
        return replace(card, lines=(f"{name} | {number}",))
    return replace(card, lines=(name, f"grad {number}")) if gradient.startswith("∂") else card


def _break(line: str) -> list[str]:
    """The line in pieces that start with a sign, as few as there can be without a long one."""
    parts = re.split(r" (?=[=+−·] )", line)
    pieces = [parts[0]]
    for part in parts[1:]:
        if len(pieces[-1]) + 1 + len(part) <= _LETTERS:
            pieces[-1] += f" {part}"
        else:
            pieces.append(f" {part}")
    return pieces


def _shorten_line(line: str) -> str:
    """``δ₁ = -3.1`` for ``δ₁ = ∂C/∂z₁ = -3.10000``."""
    found = _NUMBER.search(line)
    if found is None:
        return line
    number = write_short(float(found[0]))
    return f"{line.partition(' = ')[0]} = {number}" if " = " in line and "∂" in line else line[:found.start()] + number


def _shorten_edge(edge: Edge) -> Edge:
    """``x = 1.5`` for ``∂z₁/∂w₁ = x = 1.5``."""
    if "∂" not in edge.label:
        return edge
    right = edge.label.partition(" = ")[2]
    found = _NUMBER.search(right)
    return replace(edge, label=right[:found.start()] + write_short(float(found[0])) if found else right)


def _keep_name(card: Card) -> Card:
    """``z₁ = 0.9`` for a formula and its value."""
    value = next((i for i, line in enumerate(card.lines) if line.startswith("value ")), None)
    if len(card.members) != 1 or value is None:
        return card
    return replace(card, lines=(f"{card.members[0]} = {card.lines[value].removeprefix('value ')}",
                                *card.lines[value + 1:]))


_Step = tuple[Callable[[Contents], Contents], Style]
_STEPS: tuple[_Step, ...] = (
    (lambda shown: shown, SHEET), (break_lines, SHEET), (shorten_texts, SHEET), (keep_numbers, SHEET),
    (join_lines, SHEET), (join_lines, DENSE))
