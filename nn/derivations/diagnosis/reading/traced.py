"""A text that remembers where each of its characters came from, so that a message can quote what was written."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from autograd_lite.internal import quote, shorten


@dataclass(frozen=True)
class Traced:
    """A text on its way to the grammar.

    Attributes:
        text: as it is now.
        at: for each of its characters, the place in ``source``.
        source: as it was written.
    """

    text: str
    at: tuple[int, ...]
    source: str

    @classmethod
    def begin(cls, source: str) -> "Traced":
        """The text as it was written."""
        return cls(source, tuple(range(len(source))), source)

    def sub(self, pattern: str | re.Pattern[str], new: "str | Callable[[re.Match[str]], str]") -> "Traced":
        """With every match replaced, as ``re.sub`` does; what is new stands at the place of its match."""
        pieces, at, done = [], [], 0
        for found in re.finditer(pattern, self.text):
            piece = found.expand(new) if isinstance(new, str) else new(found)
            if piece == found[0]:
                continue
            pieces += [self.text[done:found.start()], piece]
            at += [*self.at[done:found.start()], *self._spread(found, len(piece))]
            done = found.end()
        if not pieces:
            return self
        return Traced("".join([*pieces, self.text[done:]]), (*at, *self.at[done:]), self.source)

    def _spread(self, found: re.Match[str], length: int) -> Iterable[int]:
        """The places of what stands for a match: those of its own characters as far as it has any."""
        own = self.at[found.start():found.end()] or (self.at[found.start()] if found.start() < len(self.at)
                                                     else len(self.source),)
        return (own[min(i * len(own) // max(length, 1), len(own) - 1)] for i in range(length))

    def cut(self, start: int, end: int | None = None) -> "Traced":
        """A part of it."""
        return Traced(self.text[start:end], self.at[start:end], self.source)

    def strip(self) -> "Traced":
        """Without spaces around it."""
        start = len(self.text) - len(self.text.lstrip())
        return self.cut(start, len(self.text.rstrip())) if self.text.strip() else self.cut(0, 0)

    def quote(self, start: int, end: int) -> str:
        """What was written for a part of it, in quotation marks, and where: "'δ₂ $', character 7"."""
        end = max(end, start + 1)
        places = self.at[start:end]
        if not places:
            return f"{quote(self.source[-1:])}, at its end"
        first, last = min(places), max(places)
        command = re.compile(r"\\(?:[A-Za-z]+|.)").match(self.source, last)  # all of a LaTeX command
        written = self.source[first:command.end() if command else last + 1]
        return f"'{shorten(written)}', character {first + 1}" if written.isprintable() else quote(written)
