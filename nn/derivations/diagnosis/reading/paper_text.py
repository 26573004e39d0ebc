"""What was written, as plain paper text: LaTeX, copies from a PDF and braces in indices become ``δ⁽ˡ⁺¹⁾``, ``w₂``.

Nothing is added here, neither signs nor names. The steps keep count of where each character stood.
"""

import re
import unicodedata
from functools import lru_cache

from autograd_lite.internal import RAISED, from_superscript, make_label, to_superscript

from .latex import from_latex, is_latex
from .traced import Traced

LONGEST = 4_000  # characters, LaTeX among them

_UNSEEN = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufe00-\ufe0f]")
_STYLED = re.compile("[\uff01-\uff5e\U0001d400-\U0001d7ff\u2102-\u212f\u2130-\u2138\u2202\ufb00-\ufb06]")
_ALIKE = {"∑": "Σ", "𝟙": "1", "𝕀": "I", "⁄": "/", "∕": "/", "ˆ": "^", "‘": "'", "’": "'", "′": "′", "`": "'", "＊": "*",
          "•": "·", "‧": "·", "ϵ": "ε", "∥": "‖", "∣": "|", "⟵": "←", "≔": ":=", "µ": "μ", "⁡": "", "″": "''",
          "➕": "+", "➖": "-", "‐": "-", "‑": "-", "‒": "-", "—": "-", "\u2212": "−"}
_LETTER = r"A-Za-zα-ωΑ-Ω∇ŷ"
LOWERED = "₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₗₘ"
LAYER = r"(?:(?:[lLm]|out)(?:\s*[-+−]\s*\d)?|\d+)"
"""A layer as an index: l, L, l + 1, out, 3."""
_OF_ACTIVATION = rf"(?<![A-Za-z_])(σ|φ|ϕ|[fg]|sigma|phi)([{LOWERED}\d]*)(['′]*)"
_GRADIENT = re.compile(rf"∇\s*_?\(?\s*([A-Za-z]\w*[{RAISED}]*)\s*\)?\s*(C|E|L|RSS|J)(?![A-Za-z])")
"""The gradient of the cost by something, ∇_a C."""
_OPERAND = rf"[A-Za-zα-ωΔ](?:\w|[{RAISED}]|[_^]\{{[^{{}}]*\}}|\^\([^()]*\)|\^\w)*"
"""A name with what is raised or lowered on it, beside ⊗."""


@lru_cache(4096)
def to_paper(text: str) -> Traced:
    """The text as on paper.

    Raises:
        ValueError: LaTeX that cannot be read, or a text that is too long.
    """
    if len(text) > LONGEST:
        raise ValueError(f"it has {len(text)} characters; a formula has at most {LONGEST}")
    found = from_latex(text) if is_latex(text) else Traced.begin(text)
    found = found.sub(_UNSEEN, "").sub(r"\{,\}", ",").sub(r"[^\S\n\t\r ]", " ")
    found = found.sub(f"[{''.join(_ALIKE)}]", lambda match: _ALIKE[match[0]])
    found = found.sub(_STYLED, lambda match: unicodedata.normalize("NFKC", match[0]))
    found = found.sub(r"‖\s*(?:_\s*\{?\s*2\s*\}?|₂)", "‖").sub(r"(?<=[σφϕ])\s+(?=['′])", "")
    found = found.sub(rf"({_OPERAND})\s*⊗\s*({_OPERAND})", r"outer(\1, \2)")
    found = _place_brackets(_place_indices(found)).sub(_GRADIENT, r"∂\2/∂\1")
    return found.sub(rf"(?<!\w)[∂d]\s*([σφϕf])([{LOWERED}]?)\s*/\s*[∂d]\s*[zau]([{LOWERED}]?)(?:\s*\|_\(?(\w+)\)?)?"
                     r"(\s*\()?", _write_slope).strip()


def _write_slope(found: re.Match[str]) -> str:
    """``dσ/dz(z₁)`` and ``dσ₁/dz₁`` as σ′(z₁)."""
    number = found[2] or found[3]
    argument = found[5] or f"({found[4] or f'z{number}'})"
    return f"{found[1]}{found[2]}′{argument}" if found[5] or found[4] or number else found[0]


def lower_layers(text: Traced) -> Traced:
    """With layers in brackets above a name below it, δ⁽²⁾ as δ₂: where quantities are numbers there are no others."""
    return text.sub(r"(?<=[A-Za-zα-ωΔ])([₀-₉]?)(['′]?)⁽([⁰¹²³⁴⁵⁶⁷⁸⁹])⁾(['′]?)", lambda found: found[0] if found[1] else
                    f"{make_label('', from_superscript(found[3]))}{found[2]}{found[4]}")


def _place_indices(text: Traced) -> Traced:
    """Indices in braces or after _ and ^ as sub- and superscripts, in the order name, subscript, prime, superscript."""
    text = text.sub(r"Σ\s*(?:_\s*\{\s*(\w+)[^{}]*\}|_(\w+))?(?:\s*\^\s*(?:\{(?:[^{}]|\{[^{}]*\})*\}|\w+))?",
                    lambda found: f"Σ{_lower(found[1] or found[2] or '')}{' ' * (found[0] != 'Σ')}")
    text = text.sub(r"(?<![\w.])I(?=\s*[\[(][^\[\]()]*[<>≤≥])", "1")
    for _ in range(4):  # from the inside out
        text = text.sub(rf"(?<=[{_LETTER}'′{RAISED}ᵀ{LOWERED}])\s?_\{{([^{{}}]*)\}}",
                        lambda found: _lower(found[1].strip()))
        text = text.sub(r"(?<![\w.])[1I]_?\s*\{([^{}]*[<>≤≥][^{}]*)\}", r"(\1)")  # 1{z > 0}
        text = text.sub(r"\s*\^\s*\{([^{}]*)\}", lambda found: _raise(found[1].strip()))
    text = text.sub(rf"(?<=[A-Za-zα-ωΔ'′])_(\d+|[ijk]{{1,2}}(?!\w)|(?:[lL]|out)(?![\w{LOWERED}]))", _lower_plain)
    text = text.sub(rf"\s*\^\s*([\[(])\s*({LAYER})\s*[\])]", lambda found: _raise(f"({found[2]})"))
    text = text.sub(r"\s*\^\s*(?:T(?![A-Z0-9_])|⊤)|⊤", "ᵀ")
    text = text.sub(r"\s*\^\s*([-−]?\d+)(?![\w.])", lambda found: to_superscript(found[1]))
    text = text.sub(rf"\s*\^\s*([lLm])(?![A-Za-z0-9_({LOWERED}]|\s*[-+−]\s*\d)", lambda found: _raise(found[1]))
    text = text.sub(rf"(?<=[{_LETTER}\d])([{RAISED}]*ᵀ?)(_(?:next|prev|new)|[{LOWERED}]+)(?![A-Za-z])",
                    lambda found: f"{found[2]}{found[1]}")
    text = text.sub(rf"(?<=[{_LETTER}])(['′]+)([{LOWERED}]+)", r"\2\1")
    text = text.sub(rf"{_OF_ACTIVATION}⁽[{RAISED}]+⁾(['′]*)(?=\s*\()", r"\1\2\3\4")  # its argument says the layer
    text = text.sub(r"(?<![\w.])e\s*(?:\^|\*\*)\s*(?=\()", "exp")
    return text.sub(rf"(?<![\w.])e\s*(?:\^|\*\*)\s*([-−]?)\s*([{_LETTER}]\w*)", r"exp(\1\2)")


def _lower(index: str) -> str:
    """What stands below a name: as subscripts, as a word after _, or (a layer) raised."""
    if re.fullmatch(r"[\dijk]+", re.sub(r"[,\s]", "", index)):
        return make_label("", re.sub(r"[,\s]", "", index))
    number_and_word = re.fullmatch(r"(\d*)[\s,]*(next|prev|new)", index)
    if number_and_word:
        return f"{make_label('', number_and_word[1])}_{number_and_word[2]}"
    if re.fullmatch(LAYER, index):
        return _raise(f"({index})")
    return f"_{index}" if re.fullmatch(r"\w+", index) else f"_({index})" if index else ""


def _lower_plain(found: re.Match[str]) -> str:
    before = found.string[max(0, found.start() - 1):found.start()]
    return found[0] if before == "n" and found[1] == "L" else _lower(found[1])  # n_L is the number of outputs


def _raise(index: str) -> str:
    """What stands above a name: a transpose, a prime, a layer, or a power."""
    if index in ("T", "⊤", "ᵀ"):
        return "ᵀ"
    if re.fullmatch(r"['′]+", index):
        return index
    if index in ("new", "+"):
        return "_new"
    if index == "old":
        return ""
    layer = re.fullmatch(rf"([\[(])?\s*({LAYER})\s*(?(1)[\])]),?\s*([T⊤ᵀ]?)(['′]*)", index)
    if layer and (layer[1] or not layer[2].isdigit()):
        return f"{layer[4]}⁽{to_superscript(layer[2])}⁾{'ᵀ' * bool(layer[3])}"
    if index.isdecimal() and index.isascii():
        return to_superscript(index)
    return f"^({index})"


def _place_brackets(text: Traced) -> Traced:
    """Square brackets and braces as round ones, but for an index: ``W[2]``, ``a[l - 1]``, ``W_next[:, 1:]``."""
    opened: list[tuple[int, str]] = []
    text = text.sub(r"(?<![\w.,])(\d+),(\d+)(?![\w.,])",
                    lambda found: found[0] if _is_list(found) else f"{found[1]}.{found[2]}")
    round_ones: dict[int, str] = {}
    for i, character in enumerate(text.text):
        if character in "([{":
            opened.append((i, character))
        elif character in ")]}" and opened:
            start, opening = opened.pop()
            if opening == "(" or opening + character not in ("[]", "{}"):
                continue
            if opening == "{" or not _is_index(text.text, start, i):
                round_ones[start], round_ones[i] = "(", ")"
    if not round_ones:
        return text
    letters = "".join(round_ones.get(i, character) for i, character in enumerate(text.text))
    return Traced(letters, text.at, text.source)


def _is_list(found: re.Match[str]) -> bool:
    """Whether a comma between digits stands between two arguments or indices, and is no decimal comma."""
    before = found.string[:found.start()]
    depth = 0
    for i in range(len(before) - 1, -1, -1):
        depth += (before[i] in ")]") - (before[i] in "([")
        if depth < 0:
            return before[i] == "[" or before[i - 1:i].isalnum()
    return False


def _is_index(text: str, start: int, end: int) -> bool:
    """Whether what stands in square brackets is an index of the name before them."""
    if not re.match(rf"[\w{RAISED}{LOWERED}ᵀ\])]", text[start - 1:start]) or re.fullmatch(
            r"1|.*[^\w]1", text[:start], re.DOTALL):
        return False
    return bool(re.fullmatch(rf"[\s\d:,+\-−.]*|\s*(?:[lLmijkn]|out|True|False)\s*(?:[-+−]\s*\d+\s*)?|.*:.*|{LAYER}",
                             text[start + 1:end], re.DOTALL))
