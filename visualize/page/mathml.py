"""Equations as MathML: LaTeX of the ground floor, converted once for each shape of formula, with slots to be filled.

Labels never pass through the converter with a formula: the page puts them in, each an element of its own, so that a
label can be any text.
"""

import re
from functools import lru_cache
from html import escape

from autograd_lite.internal import latex_label, make_slot, parse_label

_SIZE, _KINDS = 0x800, 3  # slots of a kind: plain, in brackets if negative, as an exponent
_DERIVATIVE = re.compile(r"∂(.+?)/∂(.+)", re.DOTALL)
_ITALIC = re.compile(r"<mi>(&#x0*[0-9A-Fa-f]+;|.)</mi>")


@lru_cache(1024)
def write_mathml(latex: str) -> str:
    """The inside of a ``math`` element, from LaTeX.

    Single letters are italic by style: without a font for mathematics Chromium shows Unicode's italic letters as boxes.
    """
    from latex2mathml.converter import convert

    text = convert(latex)
    inner = re.sub(r"^<math[^>]*>|</math>$", "", text)
    return _ITALIC.sub(lambda found: f'<mi mathvariant="normal" class="i">{found[1]}</mi>' if not _is_slot(found[1])
                       else found[0], inner)


def label_mathml(text: str) -> str:
    """A label: with its indices where it is a symbol, else as text.

    The converter escapes nothing, so it sees no text.
    """
    derivative = _DERIVATIVE.fullmatch(text)
    if derivative:
        above, below = (f"<mrow><mo>∂</mo>{label_mathml(part)}</mrow>" for part in derivative.groups())
        return f"<mfrac>{above}{below}</mfrac>"
    if parse_label(text) is None:
        return f"<mtext>{escape(text)}</mtext>"
    return f"<mrow>{write_mathml(latex_label(text))}</mrow>"


def is_odd(text: str) -> bool:
    """Whether a label is an expression, such as ``a + b``, that needs brackets where a factor does."""
    return (parse_label(text) is None and not _DERIVATIVE.fullmatch(text)
            and bool(re.search(r"[-+*/=·− ]", text)))


def _is_slot(character: str) -> bool:
    return len(character) == 1 and 0 <= ord(character) - ord(make_slot(0)) < _KINDS * _SIZE
