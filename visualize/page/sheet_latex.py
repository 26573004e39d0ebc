"""A worksheet as a LaTeX document, with the network as TikZ."""

import re
import unicodedata
from collections.abc import Iterator
from math import atan, degrees

from autograd_lite.internal import from_subscript, from_superscript

from ..graph.network_layout import Plan
from ..graph.network_texts import list_texts, write_equal
from .sheet import Sheet

_GREEK = {"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "varepsilon", "η": "eta", "θ": "theta",
          "λ": "lambda", "μ": "mu", "ρ": "rho", "σ": "sigma", "φ": "varphi", "Δ": "Delta", "Θ": "Theta", "Φ": "Phi",
          "Ω": "Omega", "ω": "omega", "Σ": "sum", "∂": "partial", "⊙": "odot", "·": "cdot", "×": "times",
          "∇": "nabla", "←": "leftarrow", "→": "rightarrow", "∘": "circ", "∈": "in", "≠": "neq", "∞": "infty",
          "Γ": "Gamma", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Ψ": "Psi", "ζ": "zeta", "ι": "iota", "κ": "kappa",
          "ν": "nu", "ξ": "xi", "π": "pi", "τ": "tau", "υ": "upsilon", "χ": "chi", "ψ": "psi", "ϕ": "phi"}
_SIGNS = {"−": "-", "½": "\\tfrac{1}{2}", "ᵀ": "^{\\top}", "′": "'", "‖": "\\|", "_": "\\_", "&": "\\&", "%": "\\%",
          "#": "\\#", "≥": "\\ge ", "≤": "\\le ", "√": "\\surd ", "ŷ": "\\hat{y}"}


def write_sheet_latex(sheet: Sheet) -> str:
    """The sheet as a LaTeX document; it needs the packages amsmath, array, geometry, longtable and tikz."""
    lines = ["\\documentclass[a4paper,11pt]{article}", "\\usepackage[margin=18mm]{geometry}", "\\usepackage{amsmath}",
             "\\usepackage{array,longtable,tikz}", "\\setlength{\\parindent}{0pt}", "\\raggedright",
             "\\renewcommand{\\arraystretch}{1.4}", "\\begin{document}",
             f"\\section*{{{_write_text(sheet.heading)}}}"]
    if not sheet.solution:
        lines += ["Name: \\hrulefill\\ Date: \\hrulefill\\par\\medskip",
                  "Write each line in symbols, then its numbers, with at least four significant digits.\\par"]
    lines += [f"\\par ${write_formula_latex(line)}$".replace(",", ",\\allowbreak ")
              for line in (*sheet.given, *sheet.comparison.cost_lines) if line]
    lines += [f"\\par {_write_text(note)}" for note in sheet.notes]
    lines += ["\\par\\medskip", *_write_tikz(sheet.plan)]
    for line, numbers in sheet.list_tables():
        left = write_formula_latex(line) + ("" if sheet.solution else " =")
        lines += ["\\begin{longtable}[l]{|p{25mm}|p{45mm}|p{25mm}|p{45mm}|}",
                  f"\\multicolumn{{4}}{{@{{}}l}}{{${left}$}} \\\\*\\hline"]
        cells = [f"${write_formula_latex(symbol)}$ & {f'${number}$' if number else ''}" for symbol, number in numbers]
        cells += [" & "] * (len(cells) % 2)
        lines += [f"{' & '.join(cells[i : i + 2])} \\\\\\hline" for i in range(0, len(cells), 2)]
        lines.append("\\end{longtable}")
    return "\n".join([*lines, "\\end{document}"]) + "\n"


def _write_tikz(plan: Plan) -> Iterator[str]:
    """The network view as TikZ: lines and circles where the plan has them, a pixel as 3/4 of a point."""
    yield "\\begin{tikzpicture}[x=0.75bp,y=-0.75bp,every node/.style={inner sep=1pt,font=\\footnotesize}]"
    radius = plan.sizes.radius * 0.75
    for number, (x, y) in plan.places.items():
        circle = plan.network.circles[number]
        inside = " \\\\ ".join(f"${write_formula_latex(text)}$" for text in list_texts(circle)[0] if text != "nan")
        yield (f"\\node[circle,draw,minimum size={2 * radius:.1f}bp,inner sep=0pt,align=center,font=\\scriptsize] "
               f"(c{number}) at ({x:.1f},{y:.1f}) {{{inside}}};")
    for _, line in plan.lines:
        yield f"\\draw (c{line.start}) -- (c{line.end});"
    for number, (x, y) in plan.places.items():  # above the lines
        circle = plan.network.circles[number]
        below = plan.list_under(circle) if plan.sizes.full else []
        for k, text in enumerate(below):
            yield _write_node(x, y + plan.sizes.radius + (0.9 + 1.15 * k) * plan.font, text)
        if circle.bias:
            yield _write_node(x, y - plan.sizes.radius - 0.75 * plan.font, write_equal(circle.bias))
    for x, y, left in plan.gaps:
        yield f"\\node at ({x:.1f},{y:.1f}) {{$\\vdots$ {left} more}};"
    for label in plan.labels.values():
        yield _write_node(label.x, label.y, label.text, f"fill=white,rotate={-degrees(atan(label.slope)):.0f}")
    yield from _write_targets(plan)
    yield "\\end{tikzpicture}"


def _write_targets(plan: Plan) -> Iterator[str]:
    """The cost, and the targets between it and the outputs."""
    if plan.cost is None or plan.network.cost is None:
        return
    yield _write_node(*plan.cost, write_equal(plan.network.cost), "draw,inner sep=3pt", "(cost) ")
    for k, number in enumerate(plan.network.columns[-1]):
        if number not in plan.places:
            continue
        if k in plan.targets:
            yield _write_node(*plan.targets[k], write_equal(plan.network.targets[k]), "draw,inner sep=3pt", f"(t{k}) ")
            yield f"\\draw (c{number}) -- (t{k}) -- (cost);"
        else:
            yield f"\\draw (c{number}) -- (cost);"


def _write_node(x: float, y: float, text: str, style: str = "fill=white", name: str = "") -> str:
    """A name and its number at a place; without the number where it is asked for."""
    return f"\\node[{style}] {name}at ({x:.1f},{y:.1f}) {{${write_formula_latex(text.removesuffix('nan'))}$}};"


def write_formula_latex(text: str) -> str:
    """A line as the terminal shows it, as LaTeX: ``z⁽¹⁾ = W⁽¹⁾a⁽⁰⁾`` is z^{(1)} = W^{(1)}a^{(0)}."""
    text = re.sub(r"\\(?![a-zA-Z])", "", text.replace("\\", ""))
    text = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹ⁱʲᵏˡᵐᴸᵒᵘᵗ⁺⁻⁽⁾]+", lambda found: f"^{{{from_superscript(found[0])}}}", text)
    text = re.sub("[₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₗₘ]+(?:,[₀₁₂₃₄₅₆₇₈₉]+)?", lambda found: f"\0{{{from_subscript(found[0])}}}", text)
    text = re.sub(r"[A-Za-z][A-Za-z_]{2,}", lambda found: f"\\mathrm{{{found[0]}}}", text)
    text = "".join(_SIGNS.get(sign, f"\\{_GREEK[sign]} " if sign in _GREEK else _write_sign(sign)) for sign in text)
    return text.replace("\0", "_")


def _write_sign(sign: str) -> str:
    """A sign that LaTeX has no command for: the letter in it, as in ê, else its number."""
    plain = unicodedata.normalize("NFKD", sign)[0] if not unicodedata.combining(sign) else ""
    return plain if plain.isascii() else f"\\mathrm{{U{ord(sign):X}}}"


def _write_text(text: str) -> str:
    """Words and symbols as LaTeX text: a word with a sign that is no letter of a language is mathematics."""
    escaped = re.compile(r"[_&%#{}$~^\\]")
    words = []
    for word in re.split(r"(\s+|[,;:]\s|\.$)", text):
        is_formula = re.search(r"[^\x00-\x7f\u00c0-\u017f\u2010-\u2026]", word)
        words.append(f"${write_formula_latex(word)}$" if is_formula else escaped.sub(
            lambda found: f"\\{found[0]}" if found[0] in "_&%#{}$" else f"\\char{ord(found[0])}{{}}", word))
    return "".join(words)
