"""Pictures as PDF and as PNG: files that open, of the right size, with every text of the SVG, searchable and drawn."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image
from pypdfium2 import PdfDocument
from test_card_layout import network

from autograd_lite import Value, total
from nn.derivations import LECTURES
from visualize import Drawing, draw
from visualize.commands.cli import main

pytestmark = pytest.mark.slow
SVG = "{http://www.w3.org/2000/svg}"


def of_lecture(id: str, view: str = "lecture") -> Drawing:
    return draw(LECTURES[id].record(LECTURES[id].resolve({})), view=view, size="print")


def words(svg: str) -> list[str]:
    return sorted((text.text or "").strip() for text in ElementTree.fromstring(svg).iter(f"{SVG}text"))


def read_page(path: Path) -> tuple[tuple[float, float], list[str]]:
    """Its size in points, and its texts, a line each."""
    assert path.read_bytes().startswith(b"%PDF-1.")
    with PdfDocument(path) as document:
        assert len(document) == 1
        size = document[0].get_size()
        return size, document[0].get_textpage().get_text_bounded().splitlines()


@pytest.mark.parametrize("view", ["lecture", "network"])
@pytest.mark.parametrize("id", [pytest.param(id, marks=[] if id == "layers" else pytest.mark.exhaustive) for id in LECTURES])
def test_a_pdf_has_the_size_and_every_text_of_the_svg(id: str, view: str, tmp_path: Path) -> None:
    drawing = of_lecture(id, view)
    (width, height), lines = read_page(drawing.save(tmp_path / "a.pdf"))
    root = ElementTree.fromstring(drawing.svg)
    for side, points in (("width", width), ("height", height)):
        given = root.get(side) or ""
        assert points == pytest.approx(float(given[:-2]) * (0.75 if given.endswith("px") else 1.0), abs=0.02)
    drawn = re.sub(r"\s", "", "".join(lines))
    for text in words(drawing.svg):
        assert re.sub(r"\s", "", text) in drawn


def test_a_png_has_200_dots_an_inch_and_shows_what_the_pdf_shows(tmp_path: Path) -> None:
    drawing = of_lecture("one-neuron")
    (width, height), _ = read_page(drawing.save(tmp_path / "a.pdf"))
    with Image.open(drawing.save(tmp_path / "a.png")) as image:
        assert image.format == "PNG"
        assert image.size == pytest.approx((width * 200 / 72, height * 200 / 72), abs=1.5)
        assert image.info["dpi"] == pytest.approx((200, 200), abs=0.1)
        seen = image.convert("RGB")
    colours = {colour for _, colour in seen.getcolors(1 << 24) or []}
    assert {(255, 255, 255), (0xCC, 0xEB, 0xDF), (0xD6, 0xEC, 0xFA)} <= colours, "paper, a pre-activation, a leaf"


@pytest.mark.parametrize("view", ["lecture", "network"])
def test_all_of_a_dark_picture_is_dark(view: str, tmp_path: Path) -> None:
    output = LECTURES["chain"].record(LECTURES["chain"].resolve({}))
    with Image.open(draw(output, view=view, theme="dark").save(tmp_path / "a.png")) as image:
        right, bottom = image.size[0] - 3, image.size[1] - 3
        corners = [image.convert("RGB").getpixel(place) for place in ((2, 2), (right, 2), (2, bottom), (right, bottom))]
    assert set(corners) == {(0x16, 0x18, 0x1C)}


def test_the_same_picture_is_the_same_file(tmp_path: Path) -> None:
    first, second = (of_lecture("one-neuron").save(tmp_path / f"{k}.pdf").read_bytes() for k in (1, 2))
    assert first == second


@pytest.mark.parametrize("label", ["</text><script>", "&amp; \\n $x^2_1$ %", "a  b", "δ⁽²⁾ʹ′ŵ∂"])
def test_labels_are_drawn_as_they_are(label: str, tmp_path: Path) -> None:
    _, lines = read_page(draw(Value(1.0, label) * 2).save(tmp_path / "a.pdf"))
    assert re.sub(r"\s", "", label) in re.sub(r"\s", "", "".join(lines))


def test_letters_that_the_font_lacks_are_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    draw(Value(1.0, "重") * 2).save(tmp_path / "a.pdf")
    assert "重" in caplog.text


@pytest.mark.exhaustive
def test_a_picture_of_the_engine_and_one_longer_than_a_page_can_be(tmp_path: Path) -> None:
    output = total([Value(1.0, f"x{i}") for i in range(300)])
    drawing = draw(output, expand="all", orientation="down")
    (width, height), lines = read_page(drawing.save(tmp_path / "a.pdf"))
    assert max(width, height) == pytest.approx(14_400, abs=0.1)
    assert "x299" in lines
    with Image.open(drawing.save(tmp_path / "a.png")) as image:
        assert max(image.size) == pytest.approx(16_000, abs=2)


def test_the_command_writes_what_the_name_ends_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for ending in ("pdf", "png"):
        path = tmp_path / f"net.{ending}"
        assert main(["draw", "one-neuron", "--view", "network", "-o", str(path)]) == 0
        assert capsys.readouterr().out == f"wrote {path}\n"
    read_page(tmp_path / "net.pdf")


def test_a_large_network_view_is_written(tmp_path: Path) -> None:
    _, lines = read_page(draw(network(3, 70, 2), view="network", size="print").save(tmp_path / "a.pdf"))
    assert any("more" in line for line in lines)
