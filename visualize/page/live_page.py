"""The file that is a live page: its data in the markup, style and behaviour of the folder ``assets``."""

import json
import os
import re
from functools import cached_property
from html import escape
from pathlib import Path

from autograd_lite.internal import quote, to_superscript, write_javascript_rules
from nn.internal import write_text

from ..graph.themes import THEMES
from ..steps.sentences import fill
from .glossary import write_glossary_html
from .page_schema import PageData

_SCRIPTS = ("engine.js", "numbers.js", "data.js", "steps.js", "changes.js", "cards.js", "network.js", "network_step.js",
            "picture.js", "signs.js", "views.js", "zoom.js", "motion.js", "walk.js", "order.js", "plane.js",
            "handout.js", "controls.js")
_STYLES = ("page.css", "print.css")
_SURROGATE = re.compile("[\ud800-\udfff]")  # of a strange label; it cannot be written as it is


class Page:
    """A live page.

    Attributes:
        html: all of it.
        data: what it knows, as ``page_schema`` describes it.
    """

    def __init__(self, data: PageData) -> None:
        self.data = data

    @cached_property
    def html(self) -> str:
        style = "\n".join([THEMES["light"].write_css(),
                           f"@media screen and (prefers-color-scheme: dark) {{ {THEMES['dark'].write_css()} }}",
                           *map(_read_asset, _STYLES)])
        superscripts = json.dumps({plain: to_superscript(plain) for plain in "-0123456789"})
        script = "\n".join([f"const SUPERSCRIPTS = {superscripts};", write_javascript_rules(self.data["operations"]),
                            self.data["hand"], *map(_read_asset, _SCRIPTS)])
        script = f"(() => {{\n{script}\n}})();\n"
        policy = (f"default-src 'none'; style-src '{compute_digest(style)}'; script-src '{compute_digest(script)}'; "
                  "base-uri 'none'; form-action 'none'")
        # "<" must not end the script element that holds the data, nor start a comment in it
        data = json.dumps(self.data, ensure_ascii=False, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")
        data = _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", data)
        branches = self.data["branches"]
        parts = {"title": escape(self.data["title"]), "policy": escape(policy), "style": style, "script": script,
                 "data": data, "heading": escape(self.data["title"]), "about": escape(self.data["about"]),
                 "branches": escape(branches and f"{branches}: the page does not take the other side of an if."),
                 "glossary": write_glossary_html(),
                 "failed": escape(fill("fails", how=f"{fill('nan')} or {fill('infinite')}"))}
        return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], _read_asset("page.html"))

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to a file that ends in .html; whole or not at all.

        Raises:
            ValueError: another ending; OSError: it cannot be written there.
        """
        if Path(path).suffix.lower() not in (".html", ".htm"):
            raise ValueError(f"a page is written to a name that ends in .html, not {quote(str(path))}")
        return write_text(path, self.html)

    def _repr_html_(self) -> str:
        title = escape(self.data["title"])
        return (f'<iframe srcdoc="{escape(self.html)}" sandbox="allow-scripts" title="{title}" width="100%" '
                'height="720"></iframe>')


def _read_asset(name: str) -> str:
    from importlib.resources import files

    return (files(__package__) / "assets" / name).read_text(encoding="utf-8")


def compute_digest(text: str) -> str:
    """What a Content-Security-Policy allows a script or a style by."""
    import base64
    import hashlib

    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
