"""Writes formulas as LaTeX, from the same trees and by the same precedence as ``notation`` writes them as text."""

import ast
import re
from types import MappingProxyType

from .labels import parse_label
from .notation import Names, Writer, is_number, is_slot, parse_formula
from .operations import OPERATIONS
from .words import WORDS

_GREEK = {
    "α": r"\alpha", "β": r"\beta", "γ": r"\gamma", "δ": r"\delta", "ε": r"\varepsilon", "η": r"\eta", "θ": r"\theta",
    "κ": r"\kappa", "λ": r"\lambda", "μ": r"\mu", "π": r"\pi", "ρ": r"\rho", "σ": r"\sigma", "τ": r"\tau",
    "φ": r"\varphi", "ψ": r"\psi", "ω": r"\omega", "Δ": r"\Delta", "Θ": r"\Theta", "Λ": r"\Lambda", "Σ": r"\Sigma",
    "Φ": r"\Phi", "Ω": r"\Omega", "ℓ": r"\ell", "…": r"\dots",
}
_SPECIAL = {"\\": r"\backslash ", "~": r"{\sim}", "^": r"\hat{\ }"} | {c: f"\\{c}" for c in "{}$&#_%"}
_OF_HAND_FORMULAS = {"max": r"\max", "min": r"\min"}  # words that no row uses


def latex_label(text: str) -> str:
    """A label as LaTeX: ``w₁₂⁽³⁾`` is w_{12}^{(3)}, ``RSS`` is \\mathrm{RSS}, ``∂C/∂w`` is a fraction.

    What is no symbol becomes \\text, but for the characters that mean something to LaTeX.
    """
    if is_number(text):
        mantissa, _, exponent = text.partition("e")
        return f"{mantissa} \\cdot 10^{{{int(exponent)}}}" if exponent else mantissa
    if is_slot(text):
        return text
    derivative = re.fullmatch(r"∂(.+?)/∂(.+)", text)
    if derivative:
        return "\\frac{{\\partial {}}}{{\\partial {}}}".format(*map(latex_label, derivative.groups()))
    label = parse_label(text)
    if label is None:
        return write_literally(text)
    letter = _GREEK.get(label.base, label.base)
    if len(label.base) > 1:
        letter = f"\\mathrm{{{label.base}}}"
    primes = "'" * (label.primes + label.late_primes)
    under, over = f"_{{{label.under}}}" * bool(label.under), f"^{{{label.over}}}" * bool(label.over)
    return f"{letter}{primes}{under}{over}{label.sample}"


def write_literally(text: str) -> str:
    """Any text, such as a label from a stranger, as a formula. MathJax shows ``\\_`` inside \\text as it is written."""
    printable = "".join(c if c.isprintable() else " " for c in text)
    parts = [_SPECIAL.get(part, f"\\text{{{part}}}") for part in re.split(r"([\\\\~^{}$&#_%])", printable) if part]
    return f"{{{''.join(parts)}}}" if len(parts) > 1 else "".join(parts) or r"\text{}"


def write_latex(formula: str | ast.expr, names: Names | None = None, times: str = r" \odot ") -> str:
    """``formula`` as LaTeX with ``names`` put in; the names are labels or numbers as text. See ``write``."""
    tree = parse_formula(formula) if isinstance(formula, str) else formula
    return _LatexWriter(names or {}, times).write(tree)[0]


class _LatexWriter(Writer):
    dot, minus, half, transposed = r" \cdot ", "-", r"\tfrac{1}{2}", r"^{\top}"
    comparisons = MappingProxyType({
        ast.Lt: "<", ast.LtE: r"\le", ast.Gt: ">", ast.GtE: r"\ge", ast.Eq: "=", ast.NotEq: r"\ne"})

    def label(self, text: str) -> str:
        return latex_label(text)

    def function(self, word: str) -> str:
        if word in WORDS:
            return WORDS[word].latex or word
        return (word in OPERATIONS and OPERATIONS[word].latex) or _OF_HAND_FORMULAS.get(word, word)

    def brackets(self, text: str) -> str:
        return f"\\left({text}\\right)"

    def bars(self, bar: str, text: str) -> str:
        name = {"|": "vert", "‖": "Vert"}[bar]
        return f"\\left\\{name} {text} \\right\\{name}"

    def cases(self, yes: str, condition: str, no: str) -> str:
        return f"\\begin{{cases}} {yes} & \\text{{if }} {condition} \\\\ {no} & \\text{{otherwise}} \\end{{cases}}"

    def sum(self, index: str, body: str) -> str:
        return f"\\sum_{{{index}}} {body}"

    def quotient(self, above: ast.expr, below: ast.expr) -> tuple[str, int]:
        return f"\\frac{{{self.write(above)[0]}}}{{{self.write(below)[0]}}}", self.POWER

    def factor(self, above: ast.expr, below: ast.expr) -> str:
        return self.quotient(above, below)[0]

    def power(self, base: str, exponent: str, binds: int) -> str:  # noqa: ARG002 - the text needs it
        inner = re.fullmatch(r"(.*)\^\{(.*)\}", base)  # w_{1}^{(2)} squared
        return f"\\left({base}\\right)^{{{exponent}}}" if inner else f"{base}^{{{exponent}}}"

    def call(self, name: str, arguments: str) -> str:
        if name == "sqrt":
            return f"\\sqrt{{{arguments}}}"
        word = name if not re.fullmatch(r"[a-z]\w+", name) else f"\\mathrm{{{name}}}".replace("_", r"\_")
        return f"{word}{self.brackets(arguments)}"
