"""Where the network view puts circles, lines and labels. All lengths are in pixels of 1/96 inch.

Layers are columns whose middles stand on one line, unit 1 at the top. With few units in a layer the numbers stand in
and under the circles; with many the circles are dots with one line of text. What does not fit is left out and said.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from math import hypot

from .network import Circle, Line, Network
from .network_texts import (
    list_beside,
    list_texts,
    measure,
    measure_box,
    measure_cost,
    write_equal,
    write_line,
    write_short,
)

MOST_UNITS = 64
"""Units that a layer may show; of more, the first and the last are shown."""

_ABOVE, _ROW = 1.5, 1.2  # of the font size: a bias above a circle, a line of text under it
_MARGIN = 1.5  # of the font size: the edge of the picture
_RADIUS, _DOT = 2.7, 0.75  # of the font size: of circles with text in them, and of dots
_SPREAD = 1.6  # how much further apart circles may stand to fill a height
_ROOM = 2.4  # of the font size: from one dot to the next
_FULL = 8  # units in a layer whose numbers stand in and under the circles
_PARTS = (0.35, 0.5, 0.65, 0.28, 0.72, 0.42, 0.58, 0.32, 0.68, 0.25, 0.75, 0.22, 0.78, 0.2, 0.8)
"""Where on a line its name may stand, in the order in which the places are tried."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What a picture has to fit: its size, which is 0 where it does not matter, and the size of its letters.

    The columns of a network whose numbers stand in circles are spread over the height ``filled``, as far as looks well.
    Under a circle stand at most ``rows`` lines of text; more lines than ``named`` between two layers bear no names.
    """

    width: float = 0
    height: float = 0
    font: float = 12
    filled: float = 0
    rows: int = 2
    named: int = 24


PAPERS = {None: Paper(), "print": Paper(643, 950, 12), "slide": Paper(1229, 643, 18)}
"""A4 and 16:9 within their margins. The smallest letters are nine tenths of the font: 8 points, and 12 on a slide."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large everything is.

    Attributes:
        full: whether the numbers stand in and under the circles; else beside them.
        rows: the lines of text under a circle.
        radius, pitch, gap: of a circle; from one circle to the next below it; from one column to the next.
        head, foot: what stands above and below the columns.
        left, right: from the edge to the first column; from the last column to what stands beside it.
        above: the height of the bias above a circle.
    """

    full: bool
    rows: int
    radius: float
    pitch: float
    gap: float
    head: float
    foot: float
    left: float
    right: float
    above: float


@dataclass(frozen=True, slots=True)
class PlacedLabel:
    """The name of a line, beside it."""

    text: str
    x: float
    y: float
    slope: float


@dataclass(frozen=True, slots=True)
class Plan:
    """The picture with all positions.

    Attributes:
        width, height, font: of the picture and its letters.
        places: number of a circle -> its middle. Circles that are left out have none.
        gaps: where units are left out of a column, and how many.
        labels: number of a line -> its name, where there is room.
        targets: number of a target -> where it stands, beside its output; ``cost`` where the cost stands.
        notes: what is left out, a sentence each.
    """

    network: Network
    width: float
    height: float
    font: float
    sizes: Sizes
    places: dict[int, tuple[float, float]]
    gaps: list[tuple[float, float, int]] = field(default_factory=list)
    labels: dict[int, PlacedLabel] = field(default_factory=dict)
    targets: dict[int, tuple[float, float]] = field(default_factory=dict)
    cost: tuple[float, float] | None = None
    notes: tuple[str, ...] = ()

    @property
    def lines(self) -> Iterator[tuple[int, Line]]:
        """The lines between circles that are shown, by number."""
        return ((i, line) for i, line in enumerate(self.network.lines)
                if line.start in self.places and line.end in self.places)

    def trim(self, line: Line) -> tuple[float, float, float, float]:
        """Where a line leaves one circle and reaches the other."""
        (x1, y1), (x2, y2) = self.places[line.start], self.places[line.end]
        part = self.sizes.radius / max(hypot(x2 - x1, y2 - y1), 1.0)
        return x1 + part * (x2 - x1), y1 + part * (y2 - y1), x2 - part * (x2 - x1), y2 - part * (y2 - y1)

    def list_under(self, circle: Circle) -> list[str]:
        """The texts under a circle, as many as there is room for."""
        under = list_texts(circle)[1]
        return under[max(0, len(under) - self.sizes.rows):]

    def write_beside(self, circle: Circle) -> str:
        """The text beside a dot, in the form for which there is room beside all dots of its column."""
        last = len(self.network.columns) - 1
        if circle.column in (0, last):
            return list_beside(circle)[circle.column == 0]
        column = [self.network.circles[number] for number in self.network.columns[circle.column]]
        room = self.sizes.gap - 2 * self.sizes.radius - self.font
        forms = zip(*map(list_beside, column), strict=True)
        form = next((i for i, texts in enumerate(forms) if all(measure(text, self.font) <= room for text in texts)), -1)
        return list_beside(circle)[form]


def plan_network(network: Network, paper: Paper, legend: bool) -> Plan:
    """Choose how much is shown, so that it can be read on the paper, and where it stands."""
    font = paper.font
    sizes = _choose_sizes(network, paper, legend)
    height = paper.height or sizes.head + sizes.foot + MOST_UNITS * sizes.pitch
    most = max(4, min(MOST_UNITS, int((height - sizes.head - sizes.foot) // sizes.pitch)))
    columns = [_leave_out(column, most) for column in network.columns]
    height = sizes.head + sizes.foot + max(map(len, columns)) * sizes.pitch
    middle = sizes.head + (height - sizes.head - sizes.foot) / 2 + sizes.above / 2 - sizes.rows * _ROW * font / 2
    places: dict[int, tuple[float, float]] = {}
    gaps: list[tuple[float, float, int]] = []
    for c, column in enumerate(columns):
        for i, number in enumerate(column):
            at = sizes.left + c * sizes.gap, middle + (i - (len(column) - 1) / 2) * sizes.pitch
            if number is None:
                gaps.append((*at, len(network.columns[c]) - len(column) + 1))
            else:
                places[number] = at
    right = sizes.left + (len(columns) - 1) * sizes.gap + sizes.right
    targets: dict[int, tuple[float, float]] = {}
    cost = None
    if network.cost is not None:
        if len(network.targets) == len(network.columns[-1]):
            wide = measure_box(network.targets, font)
            right += 2 * font + wide
            targets = {k: (right - wide / 2, places[number][1]) for k, number in enumerate(network.columns[-1])
                       if number in places}
        wide = measure_cost(network, font)
        right += 3 * font + wide
        cost = right - wide / 2, middle
    notes = [network.note] if network.note else []
    if gaps:
        notes.append(f"{sum(left for *_, left in gaps):,} units are left out in the middle of their layers")
    plan = Plan(network, right + _MARGIN * font, height, font, sizes, places, gaps, targets=targets, cost=cost,
                notes=tuple(notes))
    if sizes.full:
        return replace(plan, labels=_place_labels(plan, paper.named))
    if not all(plan.write_beside(circle) for circle in network.circles):
        return replace(plan, notes=(*notes, "numbers of units without room for them are left out"))
    return plan


def _choose_sizes(network: Network, paper: Paper, legend: bool) -> Sizes:
    """The richest sizes that fit the paper: circles with two, one or no line under them, else dots."""
    font = paper.font
    widest = max(map(len, network.columns))
    above = _ABOVE * font if any(circle.bias for circle in network.circles) else 0.0
    left_out = network.note or widest > MOST_UNITS
    foot = font * (3.2 if legend else 1.0)
    for rows in range(paper.rows, -1, -1):
        radius = _RADIUS * font
        pitch = 2 * radius + above + rows * _ROW * font + 0.8 * font
        pitch = max(pitch, min(_SPREAD * pitch, paper.filled / widest))
        head = font * (3.4 if left_out else 1.4)
        longest = max((measure(write_line(line), font) for line in network.lines), default=0.0)
        gap = _fit_gap(network, paper, 2 * radius + longest + 7 * font, _MARGIN * font + 2 * radius)
        texts = [text for circle in network.circles for text in list_texts(circle)[1][2 - rows:]]
        narrowest = max([2 * radius + 2.5 * font, *(measure(text, font) for text in texts)])
        fits = not paper.height or head + foot + widest * pitch <= paper.height
        if widest <= _FULL and fits and gap >= narrowest:
            return Sizes(True, rows, radius, pitch, gap, head, foot, _MARGIN * font + radius, radius, above)
    radius = _DOT * font
    first, last = ([network.circles[number] for number in network.columns[c]] for c in (0, -1))
    left = _MARGIN * font + radius + max(measure(list_beside(circle)[1], font) for circle in first) + font
    right = radius + max(measure(list_beside(circle)[0], font) for circle in last) + font
    longest = max(measure(list_beside(circle)[0], font) for circle in network.circles)
    gap = _fit_gap(network, paper, longest + 9 * font, left + right)
    return Sizes(False, 0, radius, _ROOM * font, gap, 3.4 * font, foot, left, right, 0.0)


def _fit_gap(network: Network, paper: Paper, wanted: float, ends: float) -> float:
    """From the middle of one column to that of the next, with room for targets and cost on the paper."""
    between = len(network.columns) - 1
    if not paper.width or not between:
        return wanted
    if network.cost is not None:
        ends += 3 * paper.font + measure_cost(network, paper.font)
    if network.targets:
        ends += 2 * paper.font + measure_box(network.targets, paper.font)
    return min(wanted, (paper.width - ends - _MARGIN * paper.font) / between)


def _leave_out(column: Sequence[int], most: int) -> list[int | None]:
    """The circles of a column that are shown; None where some are left out."""
    if len(column) <= most:
        return [*column]
    first = most // 2
    return [*column[:first], None, *column[len(column) - (most - first - 1):]]


def _place_labels(plan: Plan, named: int) -> dict[int, PlacedLabel]:
    """A name beside each line, where it meets no other name, no other line's end and no text under a circle."""
    taken = [point for number in plan.places for point in _cover_circle(plan, number)]
    labels: dict[int, PlacedLabel] = {}
    between: dict[tuple[float, float], int] = {}
    for _, line in plan.lines:
        pair = plan.places[line.start][0], plan.places[line.end][0]
        between[pair] = between.get(pair, 0) + 1
    for i, line in plan.lines:
        if between[plan.places[line.start][0], plan.places[line.end][0]] > named:
            continue
        for text, part in product((write_line(line), write_short(line.weight)), _PARTS):
            label, points = _make_label(plan, line, text, part)
            if all(hypot(x - u, y - v) > plan.font for x, y in points for u, v in taken):
                labels[i] = label
                taken += points
                break
    return labels


def _make_label(plan: Plan, line: Line, text: str, part: float) -> tuple[PlacedLabel, list[tuple[float, float]]]:
    """A text at a part of a line, and points along it."""
    x1, y1, x2, y2 = plan.trim(line)
    length = max(hypot(x2 - x1, y2 - y1), 1.0)
    dx, dy = (x2 - x1) / length, (y2 - y1) / length
    away = 0.75 * plan.font  # above the line
    x, y = x1 + part * (x2 - x1) + away * dy, y1 + part * (y2 - y1) - away * dx
    half = measure(text, 0.9 * plan.font) / 2
    steps = max(2, int(2 * half / plan.font))
    points = [(x + dx * half * (2 * k / steps - 1), y + dy * half * (2 * k / steps - 1)) for k in range(steps + 1)]
    inside = min(abs(part), abs(1 - part)) * length >= half * 0.9
    return PlacedLabel(text, x, y, dy / dx if dx else 0.0), points if inside else [plan.places[line.start]]


def _cover_circle(plan: Plan, number: int) -> Iterator[tuple[float, float]]:
    """Points all over a circle and the text above and under it."""
    x, y = plan.places[number]
    font, circle = plan.font, plan.network.circles[number]
    step = plan.sizes.radius / 2
    for i, j in product(range(-2, 3), repeat=2):
        if hypot(i, j) <= 2:
            yield x + i * step, y + j * step
    under = plan.list_under(circle)
    rows = [(y + plan.sizes.radius + (0.9 + 1.15 * k) * font, text) for k, text in enumerate(under)]
    rows += [(y - plan.sizes.radius - 0.75 * font, write_equal(circle.bias))] if circle.bias else []
    for row, text in rows:
        half = measure(text, font) / 2
        steps = max(1, round(2 * half / font))
        for k in range(steps + 1):
            yield x + half * (2 * k / steps - 1), row
