"""Formulas as they are written on paper, ``δ₂·w₂·σ′(z₁)`` or ``(W³)ᵀδ³ ⊙ a ⊙ (1 − a)``, as text for the grammar.

Only characters are exchanged here; nothing is understood. A raised number or index on a name becomes
``raised(name, index)``, which is a layer or a power, as the name has it; ``σ′`` becomes ``dsigma``, ``∂C/∂w₁`` ``dw1``.
"""

import re
import unicodedata

from autograd_lite.internal import RAISED, from_subscript, from_superscript, quote

_LETTERS = {
    "δ": "delta", "Δ": "delta", "𝛿": "delta", "σ": "sigma", "η": "eta", "λ": "lam", "φ": "phi", "ϕ": "phi",
    "∇": "nabla",
    "·": "*", "⋅": "*", "∙": "*", "×": "*", "∘": "*", "⊙": "*", "⨀": "*", "∗": "*", "−": "-", "–": "-", "÷": "/",
    "½": "(1/2)", "¼": "(1/4)", "√": "sqrt", "∂": "d", "’": "'", "′": "'", "ʹ": "'", "\u00a0": " ", "⟨": "(", "⟩": ")",
    "≥": ">=", "≤": "<=",
}
_NAME = r"[A-Za-z_]\w*"


def to_grammar_letters(text: str) -> str:
    """The text in the letters of the grammar.

    Raises:
        ValueError: a character that no formula has, such as a control character.
    """
    for character in text:
        if unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn") and character not in "\t\n\r":
            raise ValueError(f"it has the character {quote(character)}, which belongs in no formula")
    if re.search(r"\braised\b", text):
        raise ValueError("raised is no name of a formula")  # it stands for what is raised, below
    text = unicodedata.normalize("NFC", text.replace("\u2060", "").replace("\ufeff", ""))
    text = re.sub("Ŷ|ŷ", "Yhat", text)
    text = re.sub(r"\b([A-Za-zα-ωΔ]+)_(\d+)\b", r"\1\2", text)  # a_2
    text = re.sub(r"‖([^‖]*)‖", r"norm(\1)", text)
    text = re.sub(r"\|([^|]*)\|", r"abs(\1)", text)
    text = re.sub(r"ᵀ|\^\s*(?:T\b|\{T\}|⊤)|⊤", ".T", text)
    text = re.sub(f"[{RAISED}]+", lambda found: f"^({_lower(found[0])})", text)
    text = "".join(_LETTERS.get(character, character) for character in text)
    text = re.sub("[₀-₉]+", lambda found: from_subscript(found[0]), text)
    text = re.sub(r"\bd\s*(C|E|L|RSS)\s*/\s*d(?=[A-Za-z])\s*", "d", text)
    text = re.sub(r"\b(f|g|sigma|phi|sigmoid|tanh)(\d*)\s*'", r"d\1\2", text)
    if "'" in text:
        raise ValueError("' is the derivative of an activation function, as in σ′; the transpose is .T or ᵀ")
    return _insert_products(_write_raised_calls(text))


def _insert_products(text: str) -> str:
    """With the products that paper leaves out: 2w, ½(a − y), (a − y)σ′(z). Names beside each other stay as they are."""
    text = re.sub(r"(?<![\w.])(\d+(?:\.\d+)?)\s*(?=\(|(?![eE][-+\d])[A-Za-z_])", r"\1*", text)
    return re.sub(r"\)\s*(?=[\w(])", ")*", text)


def _lower(raised: str) -> str:
    """What stands raised, on the line: 2, l+1, out; brackets around all of it are not needed twice."""
    text = from_superscript(raised)
    return text[1:-1] if text.startswith("(") and text.endswith(")") else text


def _write_raised_calls(text: str) -> str:
    """``a^2``, ``delta^(l+1)`` and ``delta^{l+1}`` as calls; on a bracket it is a power."""
    index = r"(?:\(([^()]*)\)|\{([^{}]*)\}|(\w+))"
    text = re.sub(rf"\b({_NAME})\s*\^\s*{index}",
                  lambda found: f"raised({found[1]}, {found[2] or found[3] or found[4] or ''})", text)
    return re.sub(rf"\^\s*{index}", lambda found: f"**({found[1] or found[2] or found[3] or ''})", text)
