"""The text of a line as its author types it, brought to the letters and signs of the grammar."""

import re
import unicodedata
from collections.abc import Collection

_SIGNS = str.maketrans(
    {"−": "-", "·": "*", "⊙": "*", "∘": "*", "×": "*", "ᵀ": "\0", "′": "'", "’": "'", "≥": "\1", "≤": "\2"}
)
_LOW = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_HIGH = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_BRACE = re.compile(r"\{\s*(\w+)\s*:([^{}]*)\}")
_WORDS = "for in if else"
_HALF = re.compile(r"½\s*[*·×⊙]?\s*")


def normalise_letters(text: str) -> str:
    """The text with one character for each letter: ϕ is φ, ₂ is 2, as Python reads names."""
    return unicodedata.normalize("NFKC", text.translate(_LOW))


def normalise_line(text: str) -> str:
    """A line in the signs of the grammar.

    >>> normalise_line("δ[l] = W[l+1]ᵀ @ δ[l+1] ⊙ ϕ′(z[l])")
    'δ[l] = W[l+1].T @ δ[l+1] * dφ(z[l])'
    """
    text = re.sub(r"^\s*([^\W\d]\w*?)(\[[^\]]*\])?\s*(?:←|:=)", r"\1_new\2 =", text)
    text = re.sub(r"\^\s*\(?[T⊤](?!\w)\)?", "ᵀ", text).replace("^", "**")
    text = re.sub(f"[{_HIGH}]+", lambda found: "**" + "".join(str(_HIGH.index(digit)) for digit in found[0]), text)
    text = normalise_letters(_HALF.sub("1/2 * ", text).translate(_SIGNS))
    text = text.replace("\0", ".T").replace("\1", ">=").replace("\2", "<=")
    text = re.sub(r"(\b[^\W\d]\w*)'(?=\s*[\[(])", r"d\1", text)
    return re.sub(r"∂\w+\s*/\s*∂(\w+)", r"d\1", text)


def keep_terms(text: str, on: Collection[str], known: Collection[str]) -> str:
    """Terms in braces, ``{b: + b[l]}``, are kept where their setting is on.

    Raises:
        ValueError: a setting that no term can name, or a brace that is not closed.
    """
    def keep(found: re.Match[str]) -> str:
        if found[1] not in known:
            raise ValueError(
                f"{{{found[1]}: …}} names no setting; a term in braces hangs on one of {', '.join(sorted(known))}"
            )
        return found[2] if found[1] in on else ""

    text = _BRACE.sub(keep, text)
    if "{" in text or "}" in text:
        raise ValueError("a brace in it is not of the form {b: + b[l]}")
    return text


_FACTOR = re.compile(r"((?:\b[^\W\d]\w*'*|\b\d+\.?\d*|\]|\))\'*)(\s+)(?=[^\W\d]|∂|\(|\d)")


def write_products(text: str, functions: Collection[str]) -> str:
    """A line about numbers alone, with a sign for the product of two that stand side by side.

    Raises:
        ValueError: both are written in digits, as in 8 583.

    >>> write_products("δ1 = δ2 w2 f'(z1)", {"f", "df"})
    "δ1 = δ2 * w2 * f'(z1)"
    """
    digits = re.search(r"(?<![\w.])\d+\.?\d*\s+(?:\d+\.?\d*|½)", text)
    if digits:
        raise ValueError(f"{digits[0]} has two numbers side by side: write one without a space, or a sign "
                         "between two")

    def join(found: re.Match[str]) -> str:
        before, after = found[1], re.match(r"\w*", found.string[found.end():])
        words = (*_WORDS.split(), *functions)
        is_word = before.rstrip("'") in words or (after and after[0] in _WORDS.split())
        return found[0] if is_word else f"{before} * "

    return _FACTOR.sub(join, _HALF.sub("½", text))


def split_layers(text: str, letters: Collection[str]) -> str:
    """Names of a lecture of scalars with their layer as an index: ``w1_new`` is ``w_new[1]``."""
    ordered = "|".join(sorted(map(re.escape, letters), key=len, reverse=True))
    return re.sub(rf"\b({ordered})(\d+)(_new|)\b", r"\1\3[\2]", text) if ordered else text
