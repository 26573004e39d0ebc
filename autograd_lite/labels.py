"""Labels such as w₂₁⁽¹⁾: made from a letter, indices and a layer, parsed, and printed.

The two alphabets below are the only tables of sub- and superscripts. Indices are texts, so leading zeros are kept:
``w01`` is w₀₁ and not w₁.
"""

import re
from dataclasses import dataclass

_SUBSCRIPTS = dict(zip("0123456789ijklms", "₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₗₘₛ", strict=True))
_SUPERSCRIPTS = dict(zip("0123456789ijklmLout+-()", "⁰¹²³⁴⁵⁶⁷⁸⁹ⁱʲᵏˡᵐᴸᵒᵘᵗ⁺⁻⁽⁾", strict=True))
LOWERED, RAISED = "".join(_SUBSCRIPTS.values()), "".join(_SUPERSCRIPTS.values())
"""Every subscript and every superscript that a label may have."""

_TO_SUBSCRIPT = str.maketrans(_SUBSCRIPTS)
_TO_SUPERSCRIPT = str.maketrans(_SUPERSCRIPTS | {"−": "⁻", " ": ""})
_FROM_SUBSCRIPT = str.maketrans({small: plain for plain, small in _SUBSCRIPTS.items()})
_FROM_SUPERSCRIPT = str.maketrans({small: plain for plain, small in _SUPERSCRIPTS.items()})

_PARTS = re.compile(rf"(?P<base>[^\W\d_{LOWERED}{RAISED}]+|…)(?P<primes>′*)(?P<under>[{LOWERED},]*)(?P<late_primes>′*)"
                    rf"(?P<over>⁽?[{RAISED[:-2]}]*⁾?)(?P<sample>(?:\[\d+\])?)")
_PROGRAM_NAME = re.compile(r"([A-Za-z])(\d+)")


def to_subscript(text: str) -> str:
    """Digits and the indices i to m and s as subscripts; other characters as they are."""
    return text.translate(_TO_SUBSCRIPT)


def to_superscript(text: str) -> str:
    """Digits, signs, brackets and the letters of layers as superscripts, without spaces."""
    return text.translate(_TO_SUPERSCRIPT)


def from_subscript(text: str) -> str:
    """Subscripts as plain characters; other characters as they are."""
    return text.translate(_FROM_SUBSCRIPT)


def from_superscript(text: str) -> str:
    """Superscripts as plain characters; other characters as they are."""
    return text.translate(_FROM_SUPERSCRIPT)


def make_label(letter: str, *indices: int | str, layer: int | str | None = None) -> str:
    """Make a label from its parts.

    Indices of two digits or more are set off by commas. A layer stands in brackets, so that none is read as a power.

    >>> make_label("w", 2, 1, layer=1)
    'w₂₁⁽¹⁾'
    >>> make_label("z", "j", layer="l - 1"), make_label("w", 10, 2)
    ('zⱼ⁽ˡ⁻¹⁾', 'w₁₀,₂')
    """
    separator = "," if any(len(str(index)) > 1 for index in indices) else ""
    over = "" if layer is None else to_superscript(f"({layer})")
    return f"{letter}{to_subscript(separator.join(map(str, indices)))}{over}"


def to_label(name: str) -> str:
    """The label of a variable name: w₁ for ``w1``, w₀₁ for ``w01``; other names stay as they are."""
    found = _PROGRAM_NAME.fullmatch(name)
    return found[1] + to_subscript(found[2]) if found else name


@dataclass(frozen=True, slots=True)
class Label:
    """The parts of a label, in plain characters.

    Attributes:
        base: its letter or word, such as w, δ or RSS.
        primes: how many primes follow the base, as in f′₁.
        under: its indices, such as ``21`` or ``10,2``.
        late_primes: how many primes follow the indices, as in σ₁′.
        over: its superscript, such as ``(1)`` or ``2``.
        sample: the sample of a batch, such as ``[3]``.
    """

    base: str
    primes: int = 0
    under: str = ""
    late_primes: int = 0
    over: str = ""
    sample: str = ""

    def __str__(self) -> str:
        return (f"{self.base}{'′' * self.primes}{to_subscript(self.under)}{'′' * self.late_primes}"
                f"{to_superscript(self.over)}{self.sample}")


def parse_label(text: str) -> Label | None:
    """Parse a label; None if the text is no label, such as ``a + b``.

    ``str(parse_label(text)) == text`` for every label.

    >>> parse_label("w₂₁⁽¹⁾")
    Label(base='w', primes=0, under='21', late_primes=0, over='(1)', sample='')
    >>> parse_label("a + b") is None
    True
    """
    found = _PARTS.fullmatch(text)
    return None if found is None else Label(
        found["base"], len(found["primes"]), from_subscript(found["under"]), len(found["late_primes"]),
        from_superscript(found["over"]), found["sample"])
