"""LaTeX as it is pasted, ``\\delta_2 = (a_2 - y)\\,\\sigma'(z_2)``, as on paper: ``δ₂ = (a₂ − y) σ'(z₂)``.

pylatexenc splits the text into macros, groups and characters; nothing is expanded and nothing is run. A macro is a row
of one table; one that is not in it is refused by its name.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import accumulate
from typing import Any

from autograd_lite.internal import quote

from .traced import Traced

DEEPEST = 40
"""Groups in groups: the parser recurses."""

_GREEK = {
    "alpha": "α", "beta": "β", "delta": "δ", "Delta": "Δ", "epsilon": "ε", "varepsilon": "ε", "eta": "η", "gamma": "γ",
    "lambda": "λ", "mu": "μ", "nabla": "∇", "phi": "φ", "varphi": "φ", "Phi": "Φ", "pi": "π", "psi": "ψ", "rho": "ρ",
    "sigma": "σ", "theta": "θ", "omega": "ω", "partial": "∂", "ell": "l",
}
_SIGNS = {
    "cdot": "·", "times": "×", "odot": "⊙", "otimes": "⊗", "circ": "∘", "ast": "*", "div": "/", "bullet": "·",
    "colon": ":",
    "le": "≤", "leq": "≤", "leqslant": "≤", "ge": "≥", "geq": "≥", "geqslant": "≥", "lt": "<", "gt": ">",
    "coloneqq": ":=", "leftarrow": "←", "gets": "←", "longleftarrow": "←", "equiv": "=",
    "sum": "Σ", "prime": "'", "top": "⊤", "intercal": "⊤", "dagger": "⊤",
    "{": "[", "}": "]", "lbrace": "[", "rbrace": "]", "lbrack": "[", "rbrack": "]", "langle": "(", "rangle": ")",
    "vert": "|", "lvert": "|", "rvert": "|", "|": "‖", "Vert": "‖", "lVert": "‖", "rVert": "‖",
    "_": "_", "ldotp": ".", "minus": "−", "#": "#",
}
_SPACES = ("\\", ",", ";", ":", "!", " ", "quad", "qquad", "thinspace", "medspace", "enspace", "newline", "hfill",
           ">", "/")
_DROPPED = ("label", "tag", "hspace", "vspace", "color")
_NOTHING = (*(f"{size}{side}" for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r", "m")), "left",
            "right", "middle", "displaystyle", "textstyle", "limits", "nolimits", "nonumber", "notag", "rm", "it",
            "bf", "boldmath", *_DROPPED)
_TEXTS = {**_GREEK, **_SIGNS, **dict.fromkeys(_SPACES, " "), **dict.fromkeys(_NOTHING, "")}
"""Macro -> what it is on paper."""
_SPACED = {*_GREEK, *_SIGNS} - {"partial"}  # a space behind the macro ends its name
_FUNCTIONS = ("exp", "log", "ln", "tanh", "max", "min", "sgn", "sin", "cos", "det", "diag")
_WRAPPERS = ("mathrm", "mathbf", "mathit", "mathsf", "mathcal", "mathbb", "mathds", "boldsymbol", "text", "textbf",
             "textit", "textrm", "operatorname", "operatorname*", "mbox", "vec", "boxed", "ensuremath", "underline",
             "phantom", "mathopen", "mathclose", "mathbin", "mathrel", "pmb", "bold", "mathop")
_FRACTIONS = ("frac", "dfrac", "tfrac", "cfrac")
_HATS = ("hat", "widehat")
_LINES = ("aligned", "align", "align*", "equation", "equation*", "gather", "gather*", "gathered", "split",
          "displaymath", "math", "multline", "multline*", "eqnarray", "eqnarray*", "flalign", "flalign*")

_QUICK = {"1,2": "½", "1,4": "¼", "3,4": "¾", "1,3": "⅓", "2,3": "⅔"}


@cache
def _make_context() -> Any:
    from pylatexenc.macrospec import EnvironmentSpec, LatexContextDb, MacroSpec

    context = LatexContextDb()
    arguments = {"{": [*_WRAPPERS, *_DROPPED, *_HATS], "{{": _FRACTIONS, "[{": ["sqrt"]}
    context.add_context_category("read", specials=[], environments=[], macros=[
        MacroSpec(name, wanted) for wanted, names in arguments.items() for name in names])
    context.set_unknown_macro_spec(MacroSpec("", ""))
    context.set_unknown_environment_spec(EnvironmentSpec(""))
    return context


def is_latex(text: str) -> bool:
    """Whether a text is LaTeX: it has a macro, or dollars around it."""
    return "\\" in text or "$" in text


def from_latex(text: str) -> Traced:
    """The text as on paper, without what only sets type.

    Raises:
        ValueError: braces that do not close, a macro without its arguments, or a macro that is not known; quotes it.
    """
    from pylatexenc.latexwalker import LatexWalker, LatexWalkerError

    deepest = max([0, *accumulate((character == "{") - (character == "}") for character in text)])
    if max(deepest, text.count("\\begin"), text.count("\\sqrt"), text.count("frac")) > DEEPEST:
        raise ValueError(f"its LaTeX is nested {deepest} deep or has very many parts; at most {DEEPEST} are read")
    try:
        nodes, _, _ = LatexWalker(text, latex_context=_make_context(), tolerant_parsing=False).get_latex_nodes()
    except (LatexWalkerError, RecursionError) as error:
        said = str(getattr(error, "msg", "") or error).partition("\n")[0]
        place = getattr(error, "pos", None)
        where = f" at character {place + 1}" if isinstance(place, int) else ""
        raise ValueError(f"its LaTeX cannot be read{where}: {said[:120]}") from None
    pieces = list(_write(nodes, text, ""))
    letters = "".join(piece for piece, _ in pieces)
    places = tuple(min(at + (i if piece == text[at:at + len(piece)] else 0), len(text) - 1)
                   for piece, at in pieces for i in range(len(piece)))
    return Traced(letters, places, text)


def _write(nodes: list[Any], source: str, before: str) -> Iterator[tuple[str, int]]:
    """Each piece of paper text, and its place in the source. What is raised or lowered keeps its braces."""
    for node in nodes or ():
        pieces = list(_write_node(node, source, before))
        if before[-1:] in ("_", "^") and before and "".join(p for p, _ in pieces).strip():
            if type(node).__name__ != "LatexCharsNode":
                pieces = [("{", node.pos), *pieces, ("}", node.pos + node.len - 1)]
            else:  # only its first character is raised, unless that is one
                piece, at = pieces[0]
                pieces = [("{" + piece[:1] + "}", at), (piece[1:], at + 1)]
        for piece, at in pieces:
            yield piece, at
            before = piece or before


def _write_node(node: Any, source: str, before: str) -> Iterator[tuple[str, int]]:
    """The pieces of a node of pylatexenc; none of a comment, and of an argument that was left out, which is None."""
    match type(node).__name__:
        case "LatexCharsNode":
            yield from _write_characters(node.chars, node.pos)
        case "LatexEnvironmentNode" if node.environmentname not in _LINES:
            raise ValueError(f"it has the LaTeX environment {quote(node.environmentname)}, character {node.pos + 1}, "
                             "which no formula here has")
        case "LatexGroupNode" | "LatexMathNode" | "LatexEnvironmentNode":
            yield from _write(node.nodelist, source, "")
        case "LatexMacroNode":
            yield from _write_macro(node, source, before)
            if node.macro_post_space and node.macroname in _SPACED:
                yield " ", node.pos


def _write_characters(characters: str, place: int) -> Iterator[tuple[str, int]]:
    """Yield the characters, with the one after ^ or _ in braces: LaTeX raises one character only, so a^2b is a²b."""
    for found in re.finditer(r"([\^_])(\S)|.", characters, re.DOTALL):
        plain = {"&": "", "~": " "}.get(found[0], found[0])
        yield f"{found[1]}{{{found[2]}}}" if found[1] else plain, place + found.start()


def _write_macro(node: Any, source: str, before: str) -> Iterator[tuple[str, int]]:
    name, at = node.macroname, node.pos
    arguments = [argument for argument in node.nodeargd.argnlist if argument is not None] if node.nodeargd else []

    def inner(argument: Any) -> list[tuple[str, int]]:
        return list(_write([argument], source, ""))

    if name in _TEXTS:
        yield _TEXTS[name], at
    elif name in _FUNCTIONS:
        yield f"{' ' * before[-1:].isalnum()}{name}{' ' * source[at + node.len:at + node.len + 1].isalnum()}", at
        if node.macro_post_space:
            yield " ", at
    elif name in _FRACTIONS:
        yield from _write_fraction(inner(arguments[0]), inner(arguments[1]), at)
    elif name == "sqrt":
        if len(arguments) > 1:
            raise ValueError(f"the root of another order than 2, character {at + 1}, is not read; write a power")
        yield from [("√(", at), *inner(arguments[-1]), (")", at + node.len - 1)]
    elif name in _HATS:
        pieces = inner(arguments[0])
        if "".join(piece for piece, _ in pieces).strip() != "y":
            raise ValueError(f"{quote(source[at:at + node.len])}, character {at + 1}, is no name here; "
                             "only ŷ has a hat")
        yield "ŷ", at
    elif name in _WRAPPERS:
        yield from inner(arguments[0])
    else:
        raise ValueError(f"it has the LaTeX command {quote(chr(92) + name)[1:-1].replace(chr(92) * 2, chr(92))}, "
                         f"character {at + 1}, which is not read here; write what it stands for")


def _write_fraction(above: list[tuple[str, int]], below: list[tuple[str, int]], at: int) -> Iterator[tuple[str, int]]:
    """½, ∂C/∂w₁, (1/N), ((a − y)/(2N)): in brackets, so that what stands beside it is not drawn into it."""
    over, under = ("".join(piece for piece, _ in part).strip() for part in (above, below))
    if f"{over},{under}" in _QUICK:
        yield _QUICK[f"{over},{under}"], at
    elif over[:1] in ("∂", "d") and under[:1] in ("∂", "d"):
        yield from [(" ", at), *above, ("/", at), *below, (" ", at)]
    else:
        yield ("(", at)
        for text, pieces in ((over, above), (under, below)):
            plain = len(text) == 1
            yield from pieces if plain else [("(", at), *pieces, (")", at)]
            if pieces is above:
                yield ("/", at)
        yield (")", at)
