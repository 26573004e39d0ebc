"""The signs, numbers and words of a formula on paper, nested by its brackets."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from autograd_lite.internal import RAISED

from .paper_text import LOWERED
from .traced import Traced

DEEPEST = 40

MARKS = f"{RAISED}ᵀ{LOWERED}'′’ʹ"
"""What belongs to the letter before it: a layer, a power, an index, a prime, a transpose."""
_TOKEN = re.compile(rf"""
    (?P<space>\s+)
  | (?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+(?!\w))?[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]*|[½¼¾⅓⅔⅛])
  | (?P<partial>(?:∂|\bd(?!\s*[wWb]))\s*(?:RSS|[A-Za-zα-ωΔ])[\d{MARKS}]*\s*/\s*
        [∂d]\s*(?!elta|[fg]\d*\()[A-Za-zα-ωΔ][\d{MARKS}]*(?:_new|_next|_prev)?[\d{MARKS}]*)
  | (?P<sum>Σ[{MARKS}]*(?:_\w+)?)
  | (?P<word>[A-Za-zα-ωΑ-Ω∇ŷŶ𝛿ϕ][A-Za-z0-9_α-ωΑ-Ωŷ{MARKS}]*)
  | (?P<attribute>\.[A-Za-z_]\w*)
  | (?P<mark>[{MARKS}]+)
  | (?P<power>\*\*|\^)
  | (?P<open>[(\[⟨]) | (?P<close>[)\]⟩]) | (?P<bar>[|‖])
  | (?P<times>[*·⋅∙×∘⊙⨀∗@]) | (?P<over>[/÷])
  | (?P<add>[-+−–]) | (?P<compare><=|>=|[<>≤≥]) | (?P<comma>[,:]) | (?P<equals>=) | (?P<root>√) | (?P<unknown>.)
""", re.VERBOSE)


class UnclearError(Exception):
    """The text is no formula for this reader, and the grammar says why."""


@dataclass
class Token:
    """A sign, a number, a word, or a bracket with what is in it."""

    kind: str
    text: str
    start: int
    end: int
    inner: "list[Token]" = field(default_factory=list)


def split_tokens(text: str) -> list[Token]:
    """The tokens of a text, brackets among them. Raises UnclearError for a character of none."""
    tokens = [Token(str(found.lastgroup), found[0], found.start(), found.end()) for found in _TOKEN.finditer(text)]
    if any(token.kind == "unknown" for token in tokens):
        raise UnclearError
    return [token for token in tokens if token.kind != "space"]


def nest_tokens(tokens: Sequence[Token]) -> list[Token]:
    """With what stands in brackets inside them. Raises UnclearError where they do not close."""
    levels: list[list[Token]] = [[]]
    opened: list[Token] = []
    for token in tokens:
        closes_bar = token.kind == "bar" and opened and opened[-1].text == token.text and levels[-1] and (
            levels[-1][-1].kind not in ("times", "over", "add", "power", "comma"))
        if token.kind == "open" or (token.kind == "bar" and not closes_bar):
            opened.append(token)
            levels.append([])
            if len(levels) > DEEPEST:
                raise UnclearError
        elif token.kind == "close" or closes_bar:
            if not opened or (token.kind == "close") != (opened[-1].kind == "open"):
                raise UnclearError
            start, inner = opened.pop(), levels.pop()
            levels[-1].append(Token(start.kind, start.text, start.start, token.end, inner))
        else:
            levels[-1].append(token)
    if opened:
        raise UnclearError
    return levels[0]


def apply_edits(text: Traced, edits: Sequence[tuple[int, int, str]]) -> Traced:
    """The text with all edits. At one place a closing bracket comes before a sign, and a sign before an opening one."""
    def rank(edit: tuple[int, int, str]) -> tuple[int, int, float]:
        start, end, new = edit
        closes = new == ")" or (start == end and new[:1] in MARKS[:10])  # a bracket, or its power
        return start, end, (0 if new == ")" else 0.5) if closes else 2 if new == "(" and start == end else 1

    letters, at, done = [], [], 0
    for start, end, new in sorted(edits, key=rank):
        letters += [text.text[done:start], new]
        at += [*text.at[done:start], *[text.at[min(start, len(text.at) - 1)]] * len(new)]
        done = end
    return Traced("".join([*letters, text.text[done:]]), (*at, *text.at[done:]), text.source)
