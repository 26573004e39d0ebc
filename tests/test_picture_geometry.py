"""What is seen in pictures, measured with the font that they are drawn in: no text on another, none out of its card or over its paper."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from math import cos, hypot, radians, sin
from pathlib import Path
from xml.etree import ElementTree

import pytest
from matplotlib import get_data_path
from PIL import ImageFont
from test_card_layout import check, network

from autograd_lite import trace
from nn.derivations import LECTURES, Recording, examples
from visualize import draw
from visualize.graph.card_layout import plan_cards
from visualize.graph.cards import build_contents

pytestmark = pytest.mark.slow
SVG = "{http://www.w3.org/2000/svg}"
FONTS = Path(get_data_path()) / "fonts" / "ttf"
Corner = tuple[float, float]


@cache
def font(bold: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS / f"DejaVuSans{'-Bold' * bold}.ttf", 100)


@dataclass(frozen=True)
class Turned:
    """A rectangle around a text or under one, turned about a point."""

    text: str
    corners: tuple[Corner, ...]

    def meets(self, other: "Turned", room: float = 0.0) -> bool:
        """Whether two of them overlap by more than ``room``: no line along one of their sides parts them."""
        for one in (self, other):
            for (u, v), (x, y) in zip(one.corners, one.corners[1:], strict=False):
                length = hypot(x - u, y - v)
                if not length:
                    continue
                across = (v - y) / length, (x - u) / length
                mine, its = ([a * across[0] + b * across[1] for a, b in box.corners] for box in (self, other))
                if max(mine) <= min(its) + room or max(its) <= min(mine) + room:
                    return False
        return True

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        xs, ys = zip(*self.corners, strict=True)
        return min(xs), min(ys), max(xs), max(ys)

    def covers(self, x: float, y: float, room: float) -> bool:
        return self.meets(Turned("", ((x - room, y - room), (x + room, y - room), (x + room, y + room), (x - room, y + room))))


def turn(element: ElementTree.Element, left: float, top: float, width: float, height: float) -> Turned:
    found = re.match(r"rotate\(([-\d.]+) ([-\d.]+) ([-\d.]+)\)", element.get("transform") or "")
    angle, u, v = map(float, found.groups()) if found else (0.0, 0.0, 0.0)
    c, s = cos(radians(angle)), sin(radians(angle))
    corners = [(left, top), (left + width, top), (left + width, top + height), (left, top + height)]
    return Turned(element.text or "", tuple((u + c * (x - u) - s * (y - v), v + s * (x - u) + c * (y - v)) for x, y in corners))


def list_texts(root: ElementTree.Element) -> Iterator[Turned]:
    """The letters of each text as they are drawn: from the top of a capital to the base line."""
    for element in root.iter(f"{SVG}text"):
        size = float(element.get("font-size") or root.get("font-size") or 0)
        width = font(element.get("font-weight") == "bold").getlength(element.text or "") * size / 100
        left = float(element.get("x") or 0) - {"start": 0.0, "middle": 0.5, "end": 1.0}[element.get("text-anchor") or "start"] * width
        yield turn(element, left, float(element.get("y") or 0) - 0.73 * size, width, 0.73 * size)


def list_papers(root: ElementTree.Element) -> list[Turned]:
    paper = next(root.iter(f"{SVG}rect")).get("fill")
    return [turn(element, *(float(element.get(key) or 0) for key in ("x", "y", "width", "height")))
            for element in root.iter(f"{SVG}rect") if element.get("fill") == paper and element.get("x")]


def list_lines(root: ElementTree.Element) -> Iterator[tuple[Corner, Corner]]:
    for group in root.iter(f"{SVG}g"):
        if group.get("class") == "edge":
            for line in group.iter(f"{SVG}line"):
                x1, y1, x2, y2 = (float(line.get(key) or 0) for key in ("x1", "y1", "x2", "y2"))
                yield (x1, y1), (x2, y2)


def check_network(svg: str) -> None:
    root = ElementTree.fromstring(svg)
    texts, papers = list(list_texts(root)), list_papers(root)
    width, height = map(float, (root.get("viewBox") or "").split()[2:])
    for text in texts:
        assert all(0 <= x <= width and 0 <= y <= height for x, y in text.corners), text.text
    for one, other in combinations(sorted(texts, key=lambda text: text.bounds[1]), 2):
        assert one.bounds[3] <= other.bounds[1] or not one.meets(other), (one.text, other.text)
    circles = [tuple(float(element.get(key) or 0) for key in ("cx", "cy", "r")) for element in root.iter(f"{SVG}circle")]
    free = []  # in no circle, which hides what is behind it
    for text in texts:
        left, top, right, bottom = text.bounds
        near = [(x, y, r) for x, y, r in circles if left < x + r and right > x - r and top < y + r and bottom > y - r]
        if not any(all(hypot(u - x, v - y) < r + 0.5 for u, v in text.corners) for x, y, r in near):
            free.append(text)
            assert not any(text.covers(x, y, r / 2**0.5) for x, y, r in near), text.text
    lines = [Turned("", ends) for ends in list_lines(root)]
    boxes = [line.bounds for line in lines]
    for text in free:
        left, top, right, bottom = text.bounds
        near_lines = (line for line, (u, v, x, y) in zip(lines, boxes, strict=True) if u < right and x > left and v < bottom and y > top)
        if any(line.meets(text) for line in near_lines):
            assert any(all(paper.covers(x, y, 0.0) for x, y in text.corners) for paper in papers), text.text


NETWORKS = {"2-2-1": (2, 2, 1), "3-8-8-2": (3, 8, 8, 2), "4-16-16-3": (4, 16, 16, 3), "10-64-1": (10, 64, 1), "64-64": (64, 64), "5-100-2": (5, 100, 2)}


@pytest.mark.parametrize("size", [None, "print", "slide"])
@pytest.mark.parametrize("id", [*LECTURES, *(pytest.param(id, marks=[pytest.mark.exhaustive] if "64-64" in id else []) for id in NETWORKS)])
def test_no_text_of_a_network_is_on_another_on_a_circle_or_struck_through(id: str, size: str | None) -> None:
    output = network(*NETWORKS[id]) if id in NETWORKS else LECTURES[id].record(LECTURES[id].resolve({}))
    check_network(draw(output, view="network", size=size).svg)


@pytest.mark.one_in(3)
@pytest.mark.parametrize("size", [None, "print", "slide"])
@pytest.mark.parametrize("id", [*LECTURES, "2-4-4-1"])
def test_no_text_leaves_its_card_or_runs_into_its_corner(id: str, size: str | None) -> None:
    output = network(2, 4, 4, 1) if id == "2-4-4-1" else LECTURES[id].record(LECTURES[id].resolve({}))
    root = ElementTree.fromstring(draw(output, size=size).svg)
    compared = 0
    for group in root.iter(f"{SVG}g"):
        shape = group.find(f"{SVG}path")
        if group.get("class") != "node" or shape is None:
            continue
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", shape.get("d") or "")]
        left, right, top, bottom = min(numbers[::2]), max(numbers[::2]), min(numbers[1::2]), max(numbers[1::2])
        for i, text in enumerate(list_texts(group)):
            u, v, x, y = text.bounds
            assert left < u
            assert top < v
            assert y < bottom
            assert x < right - (7.0 if i == 0 and v < top + 7.0 and len(group.findall(f"{SVG}path")) == 2 and _is_note(shape) else 0.0), text.text
            compared += 1
    assert compared > 8


def _is_note(shape: ElementTree.Element) -> bool:
    """Whether the outline is that of a sheet with a folded corner: five straight sides."""
    return (shape.get("d") or "").count("L") == 4 and "Q" not in (shape.get("d") or "")


@pytest.mark.parametrize("id", examples())
@pytest.mark.parametrize("right", [True, False])
def test_published_examples_are_laid_out_without_an_overlap(id: str, right: bool) -> None:
    example = examples()[id]
    recording = Recording(example.record()[example.output])
    plan = plan_cards(build_contents(trace(recording.cost), None, recording), right=right)
    assert plan
    check(plan)
