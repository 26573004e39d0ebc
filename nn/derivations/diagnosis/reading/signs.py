"""The signs of products: which one belongs between two factors, and what is grouped by it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .kinds import multiply_kinds
from .tokens import Token
from .traced import Traced
from .words import Kind, Words

_MATRIX_DOTS = "·⋅∙"
"""The dots that paper puts between matrices; * and ⊙ multiply entry by entry everywhere."""

_DIGITS = r"\d.½¼¾⅓⅔⅛"
_COEFFICIENT = re.compile(rf"[{_DIGITS}]+")
"""A number in digits, or ½."""


@dataclass
class Factor:
    """One factor of a product: where it stands, its kind, and whether a sum begins with it."""

    start: int
    end: int
    kind: Kind
    bare: str = ""
    """The function that stands without brackets."""


class Signs:
    """Writes the signs into one text; ``edits`` are its changes, ``written`` if one is more than a spelling."""

    def __init__(self, text: Traced, words: Words) -> None:
        self.text, self.words = text, words
        self.edits: list[tuple[int, int, str]] = []
        self.written = False

    def meet(self, left: Kind, sign: Token, right: Kind) -> Kind:
        """The kind of left sign right; a dot between matrices is the matrix product."""
        meet_as_matrices = "number" not in (left, right) and not {"matrix", "turned"}.isdisjoint((left, right))
        if sign.text in _MATRIX_DOTS and meet_as_matrices and (left, right) != ("vector", "matrix"):
            self.change((sign.start, sign.end, " @ "))
        elif sign.text != "@" and meet_as_matrices and left == right:
            return left
        return multiply_kinds(left, right)

    def join(self, chain: Sequence[Factor], sign: Token | None) -> Kind:
        """Write the signs of a chain. Raises ValueError for a fraction that goes on, 1/2w, and for numbers: 8 583."""
        first, *rest = chain
        for left, right in zip(chain, rest, strict=False):
            if re.match(rf"[\d.].*\s+[{_DIGITS}]", self.text.text[left.start:right.start + 1]):
                raise ValueError(f"{self.text.quote(left.start, right.end)}, has two numbers side by side: write one "
                                 "without a space, or a sign or a comma between two")
        if rest and sign is not None and sign.kind == "over" and rest[0].start == first.end:
            texts = [self.text.text[factor.start:factor.end] for factor in chain]
            before = re.search(r"[^\s+\-−(,]*\s*$", self.text.text[:sign.start])
            above = before[0].strip() if before else "…"
            if not (first.kind == "number" and texts[0][0].isdigit() and texts[1][0] in "(["):
                whole = self.text.quote(sign.start - len(above), rest[0].end)
                raise ValueError(f"{whole}, can be read as ({above}/{texts[0]})·{texts[1]} and as "
                                 f"{above}/({texts[0]}·{texts[1]}); write the brackets")
        kind, product, parts = first.kind, False, 0
        start_of_matrix = first.start
        for left, right in zip(chain, rest, strict=False):
            as_matrices = "number" not in (kind, right.kind) and not {"matrix", "turned"}.isdisjoint((kind, right.kind))
            if as_matrices and kind == "vector" and right.kind == "matrix" and not self._in_rows:
                as_matrices = False  # σ′(z)Wᵀδ is σ′(z) ⊙ (Wᵀδ)
                parts, start_of_matrix = parts + 1, right.start
            product |= as_matrices
            coefficient = left is first and _COEFFICIENT.fullmatch(self.text.text[left.start:left.end])
            self.edits.append((left.end, right.start, " @ " if as_matrices else "·"))
            self.written |= not coefficient
            kind = right.kind if parts and start_of_matrix == right.start else multiply_kinds(kind, right.kind)
        if parts and product:
            self.wrap(start_of_matrix, chain[-1].end)
            kind = "vector"
        elif product and sign is not None and sign.kind == "times" and sign.text != "@":
            self.wrap(first.start, chain[-1].end)
        return kind

    @property
    def _in_rows(self) -> bool:
        """Whether vectors are rows, so that one may stand before a matrix."""
        conventions = self.words.vocabulary.conventions
        return conventions.form == "matrices" and conventions.first == "source"

    def change(self, *edits: tuple[int, int, str]) -> None:
        """Make changes that are more than a spelling."""
        self.edits += edits
        self.written = True

    def wrap(self, start: int, end: int) -> None:
        """Write brackets around a part."""
        self.edits += [(start, start, "("), (end, end, ")")]
