"""The engine's SVG made ready for readers: fonts to fall back on, words for who cannot see it, ids of its own."""

import re
from collections.abc import Iterable
from hashlib import sha256
from html import escape, unescape
from itertools import count

from .contents import Contents

FONT = "DejaVu Sans"  # one name for the engines, which measure it; readers without it get the next
FONTS = "DejaVu Sans, Verdana, Arial, sans-serif"

_TAG = re.compile(r"""<[a-zA-Z](?:[^<>"]|"[^"]*")*>""")
_ID = re.compile(r"""(?<=\s)(id|aria-labelledby)="([^"]*)\"""")
_REFERENCE = re.compile(r"""(href="#|url\(#)""")
_shown = count(1)


def finish_svg(svg: str, shown: Contents, fuller: Contents | None = None) -> str:
    """The engine's SVG without its comments, with fonts to fall back on, and with words for who cannot see it.

    The same picture always has the same ids, and two different ones share none. ``fuller`` has words for what is shown
    in few letters.
    """
    svg = re.sub(r"<!--.*?-->\n?", "", svg, flags=re.DOTALL)
    svg = drop_ports(svg)
    svg = svg.replace(f'font-family="{FONT}"', f'font-family="{FONTS}"')
    both = [shown, fuller or shown]
    spoken = {card.id: "; ".join(card.lines) for some in both for card in some.cards}
    told = [*shown.notes, *shown.cheaper, shown.failure, *(spoken[card.id] for card in shown.cards if card.members)]
    words = spoken | {f"{edge.start}->{edge.end}": "; ".join(filter(None, [edge.label, edge.mark]))
                      for some in both for edge in some.edges}
    words |= {"computation_graph": shown.title, "cluster_legend": "legend", "failure": shown.failure}
    words = {id: escape_text(text) for id, text in words.items()}
    svg = re.sub(r"<title>(.*?)</title>", lambda m: f"<title>{words.get(unescape(m[1]), m[1])}</title>", svg)
    return mark_up(svg, shown.title, told)


def mark_up(svg: str, title: str, told: Iterable[str]) -> str:
    """The SVG with a title and a description for screen readers, and with ids of its own."""
    description = ". ".join(line.rstrip(".") for line in told if line)
    head = (f'<title id="title">{escape_text(title)}</title>\n'
            f'<desc id="description">{escape_text(description)}.</desc>\n')
    svg = svg.replace("<svg ", '<svg role="img" aria-labelledby="title description" ', 1)
    svg = re.sub(r"(<svg [^>]*>\n)", lambda m: m[1] + head, svg, count=1)
    return _prefix_ids(svg, f"g{sha256(svg.encode()).hexdigest()[:10]}-")


def drop_ports(svg: str) -> str:
    """The engine's SVG with edges named by their cards alone, without the sides that a straight one is tied to."""
    return re.sub(r"<title>(\w+):[nesw]&#45;&gt;(\w+):[nesw]</title>", r"<title>\1&#45;&gt;\2</title>", svg)


def make_ids_unique(svg: str) -> str:
    """The picture with ids that no other display in this process has: a notebook can show the same picture twice."""
    return _prefix_ids(svg, f"{number_displays()}-")


def number_displays() -> str:
    """A name that no other display in this process has."""
    return f"p{next(_shown)}"


def escape_text(text: str) -> str:
    """A text as it stands in SVG."""
    return escape(replace_unprintable(text))


def _prefix_ids(svg: str, prefix: str) -> str:
    """The SVG with the prefix before each id, and before what refers to one."""
    def rename(tag: re.Match[str]) -> str:
        named = _ID.sub(lambda m: f'{m[1]}="{" ".join(prefix + id for id in m[2].split())}"', tag[0])
        return _REFERENCE.sub(lambda m: m[1] + prefix, named)

    return _TAG.sub(rename, svg)


def replace_unprintable(text: str) -> str:
    """The text without characters that XML does not have, lone surrogates and control characters among them."""
    return "".join(c if c.isprintable() else " " if c.isspace() else "\N{REPLACEMENT CHARACTER}" for c in text)
