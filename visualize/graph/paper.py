"""A picture as PDF and as PNG. The packages that write them come with the extra `pictures`, and are imported late."""

import re
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from .svg import FONT, FONTS

if TYPE_CHECKING:
    from fpdf import FPDF

_SVG = "{http://www.w3.org/2000/svg}"
_DOTS = 200  # an inch of a PNG
_LONGEST_PAGE = 14_400.0  # points; readers of PDF take no longer one
_MOST_PIXELS = 16_000  # along a side of a PNG
_POINTS = {"pt": 1.0, "px": 0.75}


def write_pdf(svg: str) -> bytes:
    """The picture as a PDF of one page that has its size in points; its texts can be searched, its font is in it.

    Raises:
        ImportError: fpdf2 or matplotlib, whose font is taken, is not installed; names the extra.
    """
    try:
        from fpdf import FPDF
        from fpdf.fonts import TTFFont
        from fpdf.svg import SVGObject
        from matplotlib import get_data_path
    except ImportError:
        raise _missing_error("PDF") from None
    root = ElementTree.fromstring(svg)  # noqa: S314 - the project's own text
    width, height = (_read_length(root.get(side) or "") for side in ("width", "height"))
    smaller = min(1.0, _LONGEST_PAGE / max(width, height))
    root.set("width", f"{smaller * width:.2f}pt")
    root.set("height", f"{smaller * height:.2f}pt")
    document = FPDF(unit="pt")
    _write_words(document, root)
    for style, file in (("", "DejaVuSans.ttf"), ("B", "DejaVuSans-Bold.ttf")):
        document.add_font(FONT, style, Path(get_data_path()) / "fonts" / "ttf" / file)
    _keep_what_is_drawn(root)
    document.set_auto_page_break(False)
    document.add_page(format=(smaller * width, smaller * height))
    SVGObject(ElementTree.tostring(root, encoding="unicode").replace(FONTS, FONT)).draw_to_page(document)
    written = bytes(document.output())
    for font in document.fonts.values():
        if isinstance(font, TTFFont):
            font.ttfont.close()
    return written


def write_png(svg: str) -> bytes:
    """The picture as a PNG with 200 dots an inch, fewer if it would be more than 16,000 wide or high.

    Raises:
        ImportError: as ``write_pdf`` does, and for pypdfium2, which turns the page into dots.
    """
    page = write_pdf(svg)
    try:
        from pypdfium2 import PdfDocument
    except ImportError:
        raise _missing_error("PNG") from None
    with PdfDocument(page) as document:
        longest = max(document[0].get_size())
        dots = min(_DOTS, 72 * _MOST_PIXELS / longest)
        buffer = BytesIO()
        document[0].render(scale=dots / 72).to_pil().save(buffer, "PNG", dpi=(dots, dots))
    return buffer.getvalue()


def _missing_error(kind: str) -> ImportError:
    return ImportError(f"pictures are written as {kind} by packages of the extra `pictures`; install it with: "
                       "pip install 'autograd-lite[pictures]', in a clone .venv/bin/pip install -e '.[pictures]'")


def _read_length(text: str) -> float:
    """Points of a length such as ``12.5pt``."""
    return _POINTS[text[-2:]] * float(text[:-2])


def _write_words(document: "FPDF", root: ElementTree.Element) -> None:
    """Title and description, for who cannot see the picture; one date for all: the same picture is the same file."""
    document.set_title(root.findtext(f"{_SVG}title") or "")
    document.set_subject(root.findtext(f"{_SVG}desc") or "")
    document.set_creation_date(datetime.fromtimestamp(0, UTC))


def _keep_what_is_drawn(root: ElementTree.Element) -> None:
    """Without words that are not shown; blanks of texts, and what is transparent, in the way that fpdf2 understands."""
    for element in root.iter():
        for child in [child for child in element if child.tag in (f"{_SVG}title", f"{_SVG}desc")]:
            element.remove(child)
        if element.text:
            element.text = re.sub(r" +", " ", element.text).strip(" \n")
        element.attrib.update({name: "none" for name, value in element.items() if value == "transparent"})
