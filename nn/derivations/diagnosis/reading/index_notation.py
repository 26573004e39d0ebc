"""Indices, sums, matrices side by side and partial derivatives as on paper, as text that the grammar reads.

    wⱼₖ⁽ˡ⁾, w_{jk}^{(l)}, w[j, k]     w_jk⁽ˡ⁾       an index of a unit belongs to the name
    Σₖ δₖ·wₖⱼ + bⱼ                    sum(k, δ_k·w_kj) + b_j      a sum reaches to the next + or − outside brackets
    (W⁽ˡ⁾)ᵀδ⁽ˡ⁺¹⁾ × f′(z⁽ˡ⁾)          ((W⁽ˡ⁾)ᵀ @ δ⁽ˡ⁺¹⁾) × f′(z⁽ˡ⁾)
    ∂a₁/∂z₁                           quotient(a₁, z₁)

Like ``paper_notation`` this exchanges text alone; ``unit_indices`` says what indices mean.
"""

import re
from typing import NamedTuple

from autograd_lite.internal import RAISED, from_superscript

UNITS = "ijkmnpqrs"
"""The letters that may count units; l and L are layers."""

SMALL = dict(zip("ᵢⱼₖₘₙₚᵣₛₗ₀₁₂₃₄₅₆₇₈₉", "ijkmnprsl0123456789", strict=True))
_BELOW = "".join(SMALL)
_OVER = rf"(?:[{RAISED}]+|\^\s*(?:\([^()]*\)|\{{[^{{}}]*\}}|out\b|\w))"
_BASE = r"(?:[A-Za-zα-ωΔ](?:[A-Za-z]*)(?:_next|_prev|_new)?)"
_UNDER = rf"_(?=\d?[{UNITS}])[{UNITS}\d]{{1,2}}(?![A-Za-z\d_])"
_FUNCTION = r"(?:σ|sigma|f|g|φ|ϕ|phi|exp|log|ln|tanh|sum)"
_SUM = re.compile(rf"(?:Σ|∑|\\sum(?:\\limits)?|\bsum(?=_))\s*(?:_\{{?\s*([{UNITS}l])(?:\s*=[^}}]*)?(?:\}}|(?![\w{{]))"
                  r"(?:\s*\^\s*(?:\{[^{}]*\}|\w))?)?")
_TURNED = r"(?:\s*(?:ᵀ|⊤|\.T\b|\^\s*(?:T\b|⊤|\{\s*(?:T|\\top)\s*\}|\(T\)|\\top)))"
_PLAIN = rf"(?:W|δ|delta|[azXY])(?:_next|_prev)?(?![A-Za-z\d_′'])(?:(?!{_TURNED})\s*{_OVER})?"
_MATRIX = rf"(?:\(\s*{_PLAIN}\s*\){_TURNED}|{_PLAIN}{_TURNED}?)"
_BESIDE = re.compile(rf"(?<![\w∂.′'{RAISED}]){_MATRIX}(?:\s*{_MATRIX})+(?![\w(])")
_PART = rf"(?:RSS|[CEL](?![A-Za-z])|[azwbWx](?![A-Za-z]))(?:_?[{_BELOW}\d{UNITS}]+)?(?:\s*{_OVER})?"
_PARTIAL = re.compile(rf"(?:∂|(?<![A-Za-z\d_])d(?!\s*[wWb]))\s*({_PART})\s*/\s*(?:∂|d)\s*({_PART})(?![A-Za-z])")


def write_indices(text: str) -> str:
    """The text with each index written on its name, as ``w_jk``, before what is raised on it."""
    text = re.sub(rf"([{_BELOW}])\s*,\s*(?=[{_BELOW}])", r"\1", text)
    text = re.sub(rf"([{_BELOW}]*[{_BELOW[:9]}][{_BELOW}]*)([A-Za-zα-ωΔ]?)",
                  lambda found: f"_{''.join(SMALL[c] for c in found[1])}{'*' * bool(found[2])}{found[2]}", text)
    text = re.sub(rf"_\{{\s*([{UNITS}\d])[\s,]*([{UNITS}\d]?)\s*\}}", lambda found: f"_{found[1]}{found[2]}"
                  if re.search(r"[a-z]", found[1] + found[2]) else found[0], text)
    return re.sub(rf"({_OVER})\s*({_UNDER})", r"\2\1", text)


def write_paper_lines(text: str) -> str:
    """The text of a formula with indices on names, sums as calls, and matrices side by side as products."""
    text = write_bracketed_indices(write_indices(text))
    text = _PARTIAL.sub(_write_partial, text)
    text = re.sub(rf"(?<![\w.])((?!{_FUNCTION}_){_BASE}{_UNDER}(?:\s*{_OVER})?)\s*(?=[A-Za-zα-ωΔΣ∑∂(\[])", r"\1*", text)
    text = re.sub(rf"([ηλ])\s*(?=∂|{_BASE}{_UNDER})", r"\1*", text)
    text = _BESIDE.sub(_write_product, text)
    return _write_sums(_write_grouping(text))


def write_bracketed_indices(text: str) -> str:
    """``W[k, j]`` as ``W_kj``; a lone ``[i]`` is a unit beside such, or beside j; else it marks a sample and goes."""
    pair = rf"(\b{_BASE})\[\s*([{UNITS}])\s*,\s*([{UNITS}])\s*\]"
    if re.search(pair, text) or re.search(r"\w\[\s*[jk]\s*\]", text):
        return re.sub(rf"(\b{_BASE})\[\s*([{UNITS}])\s*\]", r"\1_\2", re.sub(pair, r"\1_\2\3", text))
    return re.sub(rf"(?<=[\w{RAISED})}}])\[\s*[ins]\s*\]", "", text)


def _write_partial(found: re.Match[str]) -> str:
    """``∂a₁/∂z₁``; the gradient of the cost by a weight or a bias is a quantity of its own and stays."""
    cost = re.fullmatch("RSS|C|E|L", found[1])
    return found[0] if cost and found[2][0] in "wWb" else f"quotient({found[1]}, {found[2]})"


def _write_product(found: re.Match[str]) -> str:
    """Matrices side by side, in brackets: the product binds closer than × entry by entry."""
    text = found[0]
    if not re.search(_TURNED, text) and not ("W" in text and re.search(_OVER, text)):
        return text
    return f"({' @ '.join(part.strip() for part in re.findall(_MATRIX, text))})"


def _write_grouping(text: str) -> str:
    """``[Σₖ …](1 − a)``: square brackets that follow no name are brackets."""
    characters, open_ = list(text), []
    for at, character in enumerate(text):
        if character == "[":
            before, inside = text[:at].rstrip()[-1:], text[at + 1:].partition("]")[0]
            round_ = not before or before in "+-−–*·×⊙∘/([=,½" or (
                before == ")" and ":" not in inside and re.search(r"Σ|∑|\bsum|[-+−*·]", inside) is not None)
            open_.append(round_)
            characters[at] = "(" if round_ else "["
        elif character == "]" and open_:
            characters[at] = ")" if open_.pop() else "]"
    return re.sub(r"\)\s*(?=[\w(])", ")*", "".join(characters)) if characters != list(text) else text


def _write_sums(text: str) -> str:
    """Σₖ and what it sums as ``sum(k, …)``, the innermost first."""
    for found in reversed(list(_SUM.finditer(text))):
        start = found.end()
        end = _find_end(text, start)
        letter = f"{found[1]}, " if found[1] else ""
        if text[start:end].strip():
            before = "*" if re.search(r"[\w)]\s*$", text[:found.start()]) else ""
            text = f"{text[:found.start()]}{before}sum({letter}{text[start:end].strip()}){text[end:]}"
    return text


def _find_end(text: str, start: int) -> int:
    """Where the term that starts there ends: before + or − or a comma outside brackets, or before a closing bracket."""
    depth, begun, bars = 0, False, 0
    for at in range(start, len(text)):
        character = text[at]
        if depth == 0 and (character in ",)]}" or (character in "+-−–" and begun)):
            return at
        if character in "‖|":  # of which every second one closes
            bars = 1 - bars
            depth += 2 * bars - 1
        depth += (character in "([{") - (character in ")]}")
        begun = begun or not character.isspace()
    return len(text)


class Left(NamedTuple):
    """What a left side such as ``∂C/∂wⱼₖ⁽ˡ⁻¹⁾`` says: its indices of units, and its letter of a layer.

    ``sample`` says whether it belongs to one sample, as ``E[i]`` does.
    """

    units: str = ""
    letter: str = ""
    added: int = 0
    sample: bool = False


NOTHING = Left()


def read_left(text: str) -> Left:
    """The indices on the left side of a line, or on a key."""
    sample = re.search(r"\[\s*[ins]\s*\]\s*$", text)
    text = write_indices(text[:sample.start()] if sample else text)
    units = re.search(rf"_([{UNITS}\d]{{1,2}})(?![A-Za-z\d_])", text)
    over = re.search(rf"{_OVER}\s*$", text)
    raised = re.sub(r"[\s^(){}]", "", from_superscript(over[0])) if over else ""
    layer = re.fullmatch(r"([lm])(?:([+\-−])(\d))?", raised)
    added = int(layer[3]) * (1 if layer[2] == "+" else -1) if layer and layer[3] else 0
    return Left(units[1] if units else "", layer[1] if layer else "", added, sample is not None)
