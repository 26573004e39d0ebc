"""A plan of cards and edges as SVG text, with notes above and a legend below."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from textwrap import wrap

from .card_layout import CardPlan, PlacedEdge
from .card_style import FOLD, LINE, SMALL_FONT, Box, Point, measure_text
from .contents import Card, Contents
from .roles import NUMBER, Role
from .svg import FONT, escape_text, finish_svg
from .themes import Theme

MARGIN, _ROOM = 8.0, 8.0
_HEAVY = 4.0
_DEPTH = 4.0  # the sides of a solid


class CardPicture:
    """Writes a plan in the colours of a theme.

    Attributes:
        width, height: of the whole picture in points, as it is laid out.
    """

    def __init__(self, plan: CardPlan, theme: Theme, *, legend: bool, least_width: float = 0.0) -> None:
        self.plan, self.theme = plan, theme
        shown = plan.shown
        self.notes = [*shown.notes, *shown.cheaper]
        if least_width:
            letters = max(20, int(max(least_width, plan.width) / (0.56 * self.plan.style.font)))
            self.notes = wrap(" ".join(self.notes), letters)
        wide = max([plan.width, *(measure_text(note, self.plan.style.font) for note in self.notes)])
        self.top = MARGIN + len(self.notes) * LINE * self.plan.style.font + (_ROOM if self.notes else 0.0)
        self.legend: list[tuple[list[str], Role | None, Box]] = []
        bottom = self.top + plan.height
        if legend:
            bottom = self._place_legend(bottom + 2 * _ROOM, max(wide, least_width))
            wide = max([wide, *(box.x + box.width - MARGIN for *_, box in self.legend)])
        self.width, self.height = wide + 2 * MARGIN, bottom + MARGIN
        self.numbers = count(1)

    def _place_legend(self, top: float, wide: float) -> float:
        """Puts the legend's cards in rows, and returns where they end."""
        shown = self.plan.shown
        entries: list[tuple[list[str], Role | None]] = [([role.meaning], role) for role in shown.list_roles()]
        entries += [(shown.explain_failure(), None)] if shown.failure else []
        x, high = MARGIN + _ROOM, 0.0
        for lines, role in entries:
            width, height = self.plan.style.measure(lines, SMALL_FONT, role or NUMBER)
            if x > MARGIN + _ROOM and x + width > MARGIN + wide:
                x, top, high = MARGIN + _ROOM, top + high + _ROOM, 0.0
            self.legend.append((lines, role, Box(x, top, width, height)))
            x, high = x + width + _ROOM, max(high, height)
        return top + high + _ROOM

    def write_svg(self, scale: float = 1.0, spoken: Contents | None = None) -> str:
        """The picture, with words for who cannot see it; those of ``spoken``, where its texts had to be shortened."""
        head = ('<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
                f'<svg width="{scale * self.width:.2f}pt" height="{scale * self.height:.2f}pt" '
                f'viewBox="0 0 {self.width:.2f} {self.height:.2f}" xmlns="http://www.w3.org/2000/svg">\n')
        body = [
            '<g id="graph0" class="graph"><title>computation_graph</title>',
            f'<rect width="{self.width:.2f}" height="{self.height:.2f}" fill="{self.theme.paper}"/>',
            *(self._text(MARGIN, MARGIN + (0.95 + LINE * i) * self.plan.style.font, note, self.plan.style.font)
              for i, note in enumerate(self.notes)),
            f'<g transform="translate({MARGIN:g} {self.top:g})">',
            *self._write_frames(), *self._write_edges(), *self._write_cards(), *self._write_labels(),
            "</g>", *self._write_legend(), "</g>", "</svg>"]
        return finish_svg("\n".join([head.rstrip("\n"), *body]) + "\n", self.plan.shown, spoken)

    def _write_frames(self) -> Iterator[str]:
        for number, (layer, box) in enumerate(self.plan.frames, start=1):
            yield f'<g id="clust{number}" class="cluster"><title>cluster_layer{layer}</title>'
            yield (f'<path fill="none" stroke="{self.theme.line}" stroke-dasharray="1,5" d="{_round(box, 10.0)}"/>')
            yield self._text(box.x + 10.0, box.y + 12.5, self.plan.shown.layers[layer], self.plan.style.font)
            yield "</g>"

    def _write_cards(self) -> Iterator[str]:
        for card in self.plan.shown.cards:
            yield from self._write_card(card, self.plan.cards[card.id], self.plan.style.font_of(card))

    def _write_card(self, card: Card, box: Box, font: float) -> Iterator[str]:
        fill, line = self.theme.fills[card.role.name]
        yield f'<g id="node{next(self.numbers)}" class="node"><title>{card.id}</title>'
        if card.role is not NUMBER:
            if card.mark:
                fill, line = self.theme.fills["output"][0], self.theme.wrong
            yield from _draw_shape(card.role, box, fill, line, _HEAVY if card.mark else 1.0)
        colour = line if card.role is NUMBER and not card.mark else self.theme.ink
        yield from self._write_lines(card.texts, box, font, colour, card.role.inset)
        yield "</g>"

    def _write_lines(self, lines: Sequence[str], box: Box, font: float, colour: str, inset: float) -> Iterator[str]:
        room = self.plan.style.padding + inset
        for i, line in enumerate(lines):
            yield self._text(box.x + room, box.y + room + (0.98 + LINE * i) * font, line, font, colour=colour,
                             bold=i == 0 and len(lines) > 1)

    def _write_edges(self) -> Iterator[str]:
        quiet = {card.id for card in self.plan.shown.cards if card.role is NUMBER}
        for number, placed in enumerate(self.plan.edges, start=1):
            edge = placed.edge
            colour = self.theme.wrong if edge.mark else self.theme.line
            look = f'stroke="{colour}"' + (f' stroke-width="{_HEAVY:g}"' if edge.mark else "")
            look += ' stroke-dasharray="1,5"' if edge.start in quiet else ""
            yield f'<g id="edge{number}" class="edge"><title>{edge.start}&#45;&gt;{edge.end}</title>'
            yield f'<path fill="none" {look} d="{write_path(placed, right=self.plan.right)}"/>'
            points = " ".join(f"{x:.1f},{y:.1f}" for x, y in _find_arrow(placed, right=self.plan.right))
            yield f'<polygon fill="{colour}" stroke="{colour}" points="{points}"/>'
            yield "</g>"

    def _write_labels(self) -> Iterator[str]:
        """The texts of the edges, each in a place that no line passes."""
        for placed in self.plan.edges:
            box = placed.label
            if box is None:
                continue
            for i, line in enumerate(placed.lines):
                colour = self.theme.wrong if placed.edge.mark else self.theme.ink
                yield self._text(box.x, box.y + (0.98 + LINE * i) * SMALL_FONT, line, SMALL_FONT, colour=colour,
                                 bold=bool(placed.edge.mark) and i == 0)

    def _write_legend(self) -> Iterator[str]:
        if not self.legend:
            return
        frame = Box(MARGIN, self.legend[0][2].y - _ROOM, max(b.x + b.width for *_, b in self.legend) + _ROOM - MARGIN,
                    max(b.y + b.height for *_, b in self.legend) + 2 * _ROOM - self.legend[0][2].y)
        yield (f'<g id="clust0" class="cluster"><title>cluster_legend</title><path fill="none" '
               f'stroke="{self.theme.line}" stroke-dasharray="1,5" d="{_round(frame, 0.0)}"/></g>')
        for i, (lines, role, box) in enumerate(self.legend):
            if role is not None:
                yield from self._write_card(Card(f"legend{i}", (lines[0],), role), box, SMALL_FONT)
                continue
            yield f'<g id="node{next(self.numbers)}" class="node"><title>failure</title>'
            yield (f'<path fill="none" stroke="{self.theme.wrong}" stroke-width="{_HEAVY:g}" d="{_round(box, 0.0)}"/>')
            yield from self._write_lines(lines, box, SMALL_FONT, self.theme.ink, 0.0)
            yield "</g>"

    def _text(self, x: float, y: float, text: str, font: float, *, colour: str = "", bold: bool = False) -> str:
        look = ' font-weight="bold"' if bold else ""
        return (f'<text text-anchor="start" x="{x:.2f}" y="{y:.2f}" font-family="{FONT}" font-size="{font:.2f}" '
                f'fill="{colour or self.theme.ink}"{look}>{escape_text(text)}</text>')


def write_path(placed: PlacedEdge, *, right: bool) -> str:
    """The way of an edge: straight to every second corner, and bent on to the next."""
    points = placed.points[:-1]  # the arrow goes on
    parts = [f"M{points[0][0]:.1f},{points[0][1]:.1f}"]
    for i, (x, y) in enumerate(points[1:], start=1):
        u, v = points[i - 1]
        if i % 2:
            parts.append(f"L{x:.1f},{y:.1f}")
        elif right:
            parts.append(f"C{(u + x) / 2:.1f},{v:.1f} {(u + x) / 2:.1f},{y:.1f} {x:.1f},{y:.1f}")
        else:
            parts.append(f"C{u:.1f},{(v + y) / 2:.1f} {x:.1f},{(v + y) / 2:.1f} {x:.1f},{y:.1f}")
    return " ".join(parts)


def _find_arrow(placed: PlacedEdge, *, right: bool) -> list[Point]:
    (u, v), (x, y) = placed.points[-2:]
    half = 2.6
    return [(u, v - half), (x, y), (u, v + half)] if right else [(u - half, v), (x, y), (u + half, v)]


def _round(box: Box, radius: float) -> str:
    x, y, u, v = box.x, box.y, box.x + box.width, box.y + box.height
    r = min(radius, box.width / 2, box.height / 2)
    return (f"M{x + r:.1f},{y:.1f} L{u - r:.1f},{y:.1f} Q{u:.1f},{y:.1f} {u:.1f},{y + r:.1f} L{u:.1f},{v - r:.1f} "
            f"Q{u:.1f},{v:.1f} {u - r:.1f},{v:.1f} L{x + r:.1f},{v:.1f} Q{x:.1f},{v:.1f} {x:.1f},{v - r:.1f} "
            f"L{x:.1f},{y + r:.1f} Q{x:.1f},{y:.1f} {x + r:.1f},{y:.1f} Z")


def _draw_shape(role: Role, box: Box, fill: str, line: str, width: float) -> Iterator[str]:
    """The outline of a card, and a second path for what is drawn on it."""
    look = f'stroke="{line}"' + (f' stroke-width="{width:g}"' if width != 1.0 else "")
    dashed = ' stroke-dasharray="5,2"' if "dashed" in role.style else ""
    outline, inside = _SHAPES[role.shape](box)
    if "rounded" in role.style:
        outline = _round(box, min(9.0, box.height / 4))
    if role.peripheries > 1:
        inside = _round(Box(box.x + 3.0, box.y + 3.0, box.width - 6.0, box.height - 6.0), 0.0)
    yield f'<path fill="{fill}" {look}{dashed} d="{outline}"/>'
    if inside:
        yield f'<path fill="none" {look} d="{inside}"/>'


def _draw_box(box: Box) -> tuple[str, str]:
    return _round(box, 0.0), ""


def _draw_note(box: Box) -> tuple[str, str]:
    """A sheet with its upper right corner folded."""
    x, y, u, v, f = box.x, box.y, box.x + box.width, box.y + box.height, FOLD
    return (_join([(x, y), (u - f, y), (u, y + f), (u, v), (x, v)]) + " Z",
            _join([(u - f, y), (u - f, y + f), (u, y + f)]))


def _draw_solid(box: Box) -> tuple[str, str]:
    """A solid, seen from above and from the right."""
    x, y, u, v, d = box.x, box.y, box.x + box.width, box.y + box.height, _DEPTH
    return (_join([(x, y + d), (x + d, y), (u, y), (u, v - d), (u - d, v), (x, v)]) + " Z",
            f"{_join([(x, y + d), (u - d, y + d), (u, y)])} {_join([(u - d, y + d), (u - d, v)])}")


def _draw_folder(box: Box) -> tuple[str, str]:
    """A folder with a tab at its upper right."""
    x, y, u, v, d = box.x, box.y, box.x + box.width, box.y + box.height, _DEPTH
    tab = u - min(40.0, box.width / 3)
    return (_join([(x, y + d), (tab, y + d), (tab + d, y), (u - d, y), (u, y + d), (u, v), (x, v)]) + " Z",
            _join([(tab, y + d), (u, y + d)]))


def _join(corners: Sequence[Point]) -> str:
    return "M" + " L".join(f"{x:.1f},{y:.1f}" for x, y in corners)


_SHAPES: Mapping[str, Callable[[Box], tuple[str, str]]] = {
    "box": _draw_box, "plain": _draw_box, "note": _draw_note, "box3d": _draw_solid, "folder": _draw_folder}
