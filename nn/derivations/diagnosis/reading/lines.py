"""A line of a derivation as it was written, read for the grammar: its left side, and its right side with all signs."""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from autograd_lite.internal import quote

from .latex import is_latex
from .paper_text import lower_layers, to_paper
from .products import Products
from .traced import Traced
from .vocabulary import Vocabulary
from .words import Words

_OF_PROGRAMS = re.compile(r"\b(?:for|if|else|elif|in|is|and|or|not|import|from|await|yield|raise|raised|None"
                          r"|lambda\b(?=[^,]*:))\b|__|[\"#;%~!{}\x00-\x08\x0b-\x1f\x7f]|//|<<|>>")
"""What no formula on paper has. The grammar refuses it by its name."""


@dataclass(frozen=True)
class Line:
    """A line.

    Attributes:
        left: the left side, as on paper; empty if there is none.
        assigned: whether it is an assignment, ``w := w − …``, so that the left side is the new value.
        right: the right side for the grammar.
        read_as: the right side as it was read, where that differs by more than its spelling; else empty.
        between: what stands between two signs of equality, as on paper: δ₂·w₂·σ₁′ in δ₁ = δ₂·w₂·σ₁′ = δ₂·w₂·a₁(1 − a₁).
    """

    left: str
    assigned: bool
    right: str
    read_as: str
    between: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Names:
    """The names of a vocabulary, which say how a text is read."""

    names: tuple[str, ...]
    vocabulary: Vocabulary = field(compare=False)

    @classmethod
    def of(cls, vocabulary: Vocabulary) -> "_Names":
        c = vocabulary.conventions
        return cls((vocabulary.lecture.id, str(vocabulary.depth), str(vocabulary.sheet), c.form, c.pre, c.post, c.cost,
                    c.first, c.activation, c.bias, *vocabulary.known_names()), vocabulary)


def read_line(text: str, vocabulary: Vocabulary) -> Line:
    """A formula, or a whole line with its left side.

    Raises:
        ValueError: LaTeX that cannot be read, an unknown name, signs that do not fit together, or what can be read in
            two ways.
    """
    return _read_line(text, _Names.of(vocabulary))


@lru_cache(2048)
def _read_line(text: str, names: _Names) -> Line:
    paper = to_paper(text).sub(r"^\s*([^\W\d][^\s=()]*)\s*([-+−])=(?!=)(.*)$", r"\1 := \1 \2 (\3)")  # w -= …
    if names.vocabulary.scalar:
        paper = lower_layers(paper)
    left, sign, right, between = _split_sides(paper)
    if _OF_PROGRAMS.search(right.text):
        return Line(left, sign not in ("", "="), right.text, "")
    products = Products(right, _make_words(names))
    written = products.write().strip()
    changed = products.signs.written or is_latex(text)
    read_as = " ".join(written.text.split()) if changed else ""
    return Line(left, sign not in ("", "="), written.text, read_as, between)


@lru_cache(64)
def _make_words(names: _Names) -> Words:
    return Words(names.vocabulary)


def _split_sides(paper: Traced) -> tuple[str, str, Traced, tuple[str, ...]]:
    """The left side, its sign, the right side, and what is between. Of δ₁ = ∂C/∂z₁ = δ₂·w₂ the last is the right."""
    depth, signs = 0, []
    for found in re.finditer(r"[(\[]|[)\]]|:=|←|[<>=!]=|=|^[^<]*?[\w\s](<-)(?=\s)", paper.text):
        sign = found[1] or found[0]
        if sign in "([":
            depth += 1
        elif sign in ")]":
            depth -= 1
        elif depth == 0 and sign in (":=", "←", "<-", "="):
            signs.append((found.start(1) if found[1] else found.start(), sign))
    if not signs:
        return "", "", paper, ()
    first, sign = signs[0]
    last, last_sign = signs[-1]
    if not paper.text[:first].strip() and sign != "=":  # = δ₂·w₂ goes on from a line above
        raise ValueError(f"nothing stands before the sign {quote(sign)}")
    ends = [(start, start + len(sign)) for start, sign in signs]
    between = tuple(paper.text[end:start].strip() for (_, end), (start, _) in pairwise(ends))
    return paper.text[:first].strip(), sign, paper.cut(last + len(last_sign)).strip(), between
