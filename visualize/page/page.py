"""The live page: a graph to step through in a browser, with numbers that can be changed. One file, offline.

What the page shows and computes comes from the trace, the table of operations and the lecture's lines; the folder
``assets`` holds its markup, style and behaviour.
"""

import json
import os
import re
from collections.abc import Sequence
from functools import cached_property
from html import escape
from pathlib import Path

from autograd_lite import Trace, Value, trace
from autograd_lite.internal import list_sweep, quote, to_superscript, write_javascript_rules
from nn.derivations import Comparison, Recording
from nn.internal import unknown_name, write_text

from ..graph.themes import THEMES
from ..steps.equations import in_letters
from ..steps.sentences import fill
from .glossary import write_glossary_html
from .page_schema import PageData

_SCRIPTS = ("engine.js", "numbers.js", "data.js", "steps.js", "changes.js", "cards.js", "network.js", "network_step.js",
            "picture.js", "signs.js", "views.js", "zoom.js", "motion.js", "walk.js", "order.js", "plane.js",
            "handout.js", "controls.js")
_STYLES = ("page.css", "print.css")
_MOST_STEPS = 10_000  # of the recursion without a topological order; more of them nobody would follow
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


def page(output: Value | Trace | Recording, *, by_hand: Comparison | None = None, title: str = "", about: str = "",
         eta: float = 0.1, parameters: Sequence[str] | None = None) -> Page:
    """A page that steps through the graph of ``output``, both passes, and recomputes it as numbers are changed.

    Where the backward pass fails, the steps end there with the reason; they go on once other numbers allow it.

    Args:
        output: a node, its trace, or a lecture's recording, whose δ is named.
        by_hand: a comparison of the same lecture and settings, whose formulas and numbers stand beside the engine's.
        title, about: the heading, and a line under it.
        eta: the learning rate of a gradient step, which the reader may change.
        parameters: names of the leaves that a gradient step moves; the weights and biases if None, and all leaves where
            there are none.

    Raises:
        ValueError: a trace of another order than the topological one, a parameter that is no leaf, or a node with more
            than 2046 operands.
        what ``trace`` and ``draw`` raise.
    """
    from .page_data import make_page_data

    lecture = output if isinstance(output, Recording) else None
    node = output.cost if isinstance(output, Recording) else output
    recorded = node if isinstance(node, Trace) else trace(node)
    if recorded.order != "topological":
        raise ValueError(f"a page shows right gradients; the trace is of the order {quote(recorded.order)}")
    few = _count_recursive_steps(recorded) <= _MOST_STEPS
    recursive = list(list_sweep(recorded.nodes, "recursive")) if few else None
    recorded = in_letters(recorded, lecture) if lecture else recorded
    leaves = [node.name for node in recorded.nodes if not node.operation]
    for name in parameters or ():
        if name not in leaves:
            raise unknown_name("leaf", name, leaves)
    title = title or f"Backpropagation of {recorded.output}"
    return Page(make_page_data(recorded, recursive, lecture, by_hand, title, about, eta, parameters))


def _count_recursive_steps(recorded: Trace) -> int:
    """How many steps a recursion without a topological order makes: every node passes on as often as it is reached."""
    visits = {node.name: 0 for node in recorded.nodes} | {recorded.output: 1}
    steps = 1
    for node in reversed(recorded.nodes):
        for operand in node.operands:
            if isinstance(operand, str):
                visits[operand] += visits[node.name]
                steps += visits[node.name]
    return steps


def _read_asset(name: str) -> str:
    from importlib.resources import files

    return (files(__package__) / "assets" / name).read_text(encoding="utf-8")


def compute_digest(text: str) -> str:
    """What a Content-Security-Policy allows a script or a style by."""
    import base64
    import hashlib

    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
