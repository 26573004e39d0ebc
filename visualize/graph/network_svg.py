"""The network view as SVG text, and as text in Graphviz's language with all positions in it."""

import json
from collections.abc import Iterator
from math import atan, degrees
from textwrap import wrap

from .card_style import measure_text
from .network import Circle, Line
from .network_layout import Plan
from .network_texts import list_about_cost, list_texts, measure, measure_box, write_equal, write_line, write_short
from .svg import FONTS, escape_text, mark_up
from .themes import Theme

LINES = ("weight", "gradient")
"""What the width of a line can stand for."""

_THICKEST, _THINNEST = 0.42, 0.05  # of the font size
_AMONG_MANY = 0.12  # of the font size: the thickest of the lines between dots
_RISE, _FALL, _BESIDE = 0.8, 0.2, 0.15  # of the font size: the paper around letters that lines may run under


class NetworkPicture:
    """Writes a plan in the colours of a theme; ``lines`` says what a line's width and colour stand for."""

    def __init__(self, plan: Plan, theme: Theme, lines: str, legend: bool) -> None:
        self.plan, self.theme, self.shown, self.legend = plan, theme, lines, legend
        self.network, self.font = plan.network, plan.font
        sizes = [abs(number) for _, line in plan.lines if (number := self._number(line)) is not None]
        self.largest = max(sizes, default=0.0) or 1.0
        self.papers: list[str] = []  # under texts; not all that reads SVG draws an outline before its letters

    def _number(self, line: Line) -> float | None:
        return line.weight if self.shown == "weight" else line.gradient

    def _width(self, line: Line) -> float:
        thickest = _THICKEST if self.plan.sizes.full else _AMONG_MANY
        return self.font * max(_THINNEST, thickest * abs(self._number(line) or 0.0) / self.largest)

    def _colour(self, line: Line) -> str:
        number = self._number(line)
        return self.theme.line if not number else self.theme.positive if number > 0 else self.theme.negative

    def write_svg(self) -> str:
        """The picture, with words for who cannot see it."""
        plan = self.plan
        lines = [*self._write_lines()]
        rest = [*self._write_labels(), *self._write_targets(), *self._write_circles(), *self._write_notes()]
        body = [*lines, *self.papers, *rest]
        head = (f'<svg width="{plan.width:.0f}px" height="{plan.height:.0f}px" '
                f'viewBox="0 0 {plan.width:.0f} {plan.height:.0f}" '
                f'font-family="{FONTS}" font-size="{self.font:g}" xmlns="http://www.w3.org/2000/svg">\n')
        paper = f'<rect width="{plan.width:.0f}" height="{plan.height:.0f}" fill="{self.theme.paper}"/>'
        return mark_up("\n".join([head + paper, *body, "</svg>"]) + "\n", self.network.title, self._describe())

    def _describe(self) -> list[str]:
        told = [*self.plan.notes, *list_about_cost(self.network)]
        for number in self.plan.places:
            inside, under = list_texts(self.network.circles[number])
            told.append("; ".join([" = ".join(inside), *under]))
        return told

    def _write_lines(self) -> Iterator[str]:
        for _, line in self.plan.lines:
            x1, y1, x2, y2 = self.plan.trim(line)
            gradient = f"; gradient {write_short(line.gradient)}" if line.gradient is not None else ""
            told = escape_text(f"{write_line(line)}{gradient}")
            yield (f'<g class="edge"><title>{told}</title><line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" '
                   f'y2="{y2:.1f}" stroke="{self._colour(line)}" stroke-width="{self._width(line):.2f}"/></g>')

    def _write_labels(self) -> Iterator[str]:
        for label in self.plan.labels.values():
            turn = f' transform="rotate({degrees(atan(label.slope)):.1f} {label.x:.1f} {label.y:.1f})"'
            yield self._text(label.x, label.y + 0.3 * self.font, label.text, 0.9, turn=turn)

    def _write_circles(self) -> Iterator[str]:
        for number, (x, y) in self.plan.places.items():
            circle = self.network.circles[number]
            fill, outline = self.theme.fills["activation" if circle.is_unit else "leaf"]
            inside, under = list_texts(circle)
            yield '<g class="node">'
            yield f'<title>{escape_text("; ".join([" = ".join(inside), *under]))}</title>'
            yield (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{self.plan.sizes.radius:.1f}" fill="{fill}" '
                   f'stroke="{outline}" stroke-width="{self.font * 0.12:.1f}"/>')
            yield from self._write_full(circle, x, y) if self.plan.sizes.full else self._write_dot(circle, x, y)
            yield "</g>"
        for x, y, left in self.plan.gaps:
            yield self._text(x, y + 0.3 * self.font, f"⋮ {left:,} more", 1.0)

    def _write_full(self, circle: Circle, x: float, y: float) -> Iterator[str]:
        inside = list_texts(circle)[0]
        yield self._text(x, y - 0.25 * self.font, inside[0], 1.0, bold=True, halo=False)
        yield self._text(x, y + 1.05 * self.font, inside[1], 0.95, halo=False)
        for k, text in enumerate(self.plan.list_under(circle)):
            yield self._text(x, y + self.plan.sizes.radius + (1.2 + 1.15 * k) * self.font, text, 0.95)
        if circle.bias:
            yield self._text(x, y - self.plan.sizes.radius - 0.45 * self.font,
                             write_equal(circle.bias), 0.9, colour=self.theme.fills["parameter"][1])

    def _write_dot(self, circle: Circle, x: float, y: float) -> Iterator[str]:
        """One line of text: left of an input, right of a unit."""
        side, anchor = (1.2, "start") if circle.is_unit else (-1.2, "end")
        text = self.plan.write_beside(circle)
        if text:
            yield self._text(x + side * self.font, y + 0.33 * self.font, text, 1.0, anchor=anchor)

    def _write_targets(self) -> Iterator[str]:
        """Each output, its target beside it, and the cost that compares them."""
        plan = self.plan
        if plan.cost is None or self.network.cost is None:
            return
        for number in self.network.columns[-1]:
            if number in plan.places:
                x, y = plan.places[number]
                text = "" if plan.sizes.full else plan.write_beside(self.network.circles[number])
                reach = plan.sizes.radius + (measure(text, self.font) + self.font if text else 0)
                yield self._write_tie(x + reach, y, *plan.cost)
        for k, (x, y) in plan.targets.items():
            yield from self._write_box(x, y, *self.network.targets[k], "leaf")
        yield from self._write_box(*plan.cost, *self.network.cost, "output")
        for k, text in enumerate(list_about_cost(self.network)):
            yield self._text(plan.cost[0], plan.cost[1] + (2.1 + 1.15 * k) * self.font, text, 0.95)

    def _write_tie(self, x1: float, y1: float, x2: float, y2: float) -> str:
        plan = self.plan
        via = next((place for place in plan.targets.values() if place[1] == y1), (x1, y1))
        return (f'<polyline points="{x1:.1f},{y1:.1f} {via[0]:.1f},{via[1]:.1f} {x2:.1f},{y2:.1f}" fill="none" '
                f'stroke="{self.theme.line}" stroke-width="{self.font * 0.08:.1f}"/>')

    def _write_box(self, x: float, y: float, name: str, value: float, role: str) -> Iterator[str]:
        fill, outline = self.theme.fills[role]
        text = write_equal((name, value))
        wide, high = measure_box([(name, value)], self.font), 1.9 * self.font
        yield (f'<g class="node"><title>{escape_text(text)}</title><rect x="{x - wide / 2:.1f}" y="{y - high / 2:.1f}" '
               f'width="{wide:.1f}" height="{high:.1f}" rx="3" fill="{fill}" stroke="{outline}"/>')
        yield self._text(x, y + 0.35 * self.font, text, 1.0, halo=False)
        yield "</g>"

    def _write_notes(self) -> Iterator[str]:
        plan = self.plan
        letters = int((plan.width - 3 * self.font) / (0.6 * self.font))
        for i, line in enumerate(wrap("; ".join(plan.notes), max(letters, 20))):
            yield self._text(1.5 * self.font, (1.4 + 1.2 * i) * self.font, line, 1.0, anchor="start")
        if not self.legend or not self.network.lines:
            return
        y = plan.height - 1.1 * self.font
        x = 1.5 * self.font
        size = f"|{'w' if self.shown == 'weight' else 'gradient'}|"
        for colour, words in ((self.theme.positive, "positive"), (self.theme.negative, "negative")):
            yield (f'<line x1="{x:.1f}" y1="{y - 0.3 * self.font:.1f}" x2="{x + 2 * self.font:.1f}" '
                   f'y2="{y - 0.3 * self.font:.1f}" stroke="{colour}" stroke-width="{0.3 * self.font:.1f}"/>')
            yield self._text(x + 2.5 * self.font, y, words, 0.95, anchor="start")
            x += 8.2 * self.font
        words = f"{self.shown}; width: {size}, at most {write_short(self.largest)}"
        yield self._text(x, y, words, 0.95, anchor="start")

    def _text(self, x: float, y: float, text: str, size: float, *, anchor: str = "middle", colour: str = "",
              turn: str = "", bold: bool = False, halo: bool = True) -> str:
        font = size * self.font
        if halo:
            wide = measure_text(text, font) + 2 * _BESIDE * font
            left = x - {"start": _BESIDE * font, "middle": wide / 2, "end": wide - _BESIDE * font}[anchor]
            self.papers.append(f'<rect x="{left:.1f}" y="{y - _RISE * font:.1f}" width="{wide:.1f}" '
                               f'height="{(_RISE + _FALL) * font:.1f}" fill="{self.theme.paper}"{turn}/>')
        scale = f' font-size="{font:.1f}"' if size != 1.0 else ""
        weight = ' font-weight="bold"' if bold else ""
        look = f'text-anchor="{anchor}" fill="{colour or self.theme.ink}"{scale}{weight}{turn}'
        return f'<text x="{x:.1f}" y="{y:.1f}" {look}>{escape_text(text)}</text>'

    def write_dot(self) -> str:
        """The same circles and lines for Graphviz's ``neato -n``, which keeps their positions."""
        lines = ["graph network {", "  node [shape=circle, fixedsize=true]"]
        for number, (x, y) in self.plan.places.items():
            inside, under = list_texts(self.network.circles[number])
            label = json.dumps("\n".join([*inside, *under]), ensure_ascii=False)
            lines.append(f'  c{number} [label={label}, pos="{x:.1f},{self.plan.height - y:.1f}", '
                         f"width={self.plan.sizes.radius / 36:.2f}]")
        for _, line in self.plan.lines:
            lines.append(f'  c{line.start} -- c{line.end} [penwidth={self._width(line):.2f}, '
                         f'color="{self._colour(line)}", tooltip={json.dumps(line.name, ensure_ascii=False)}]')
        return "\n".join([*lines, "}"]) + "\n"
