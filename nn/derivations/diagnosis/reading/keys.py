"""The keys of a derivation: which quantity each is about, as a program or as paper names it."""

import ast
import re

from autograd_lite.internal import quote

from ....ground.suggest import unknown_name
from ...lectures.layered import Place
from .index_notation import write_indices
from .paper_notation import to_grammar_letters
from .paper_text import lower_layers, to_paper
from .unit_indices import split_units
from .vocabulary import BACK, BIAS_OF, KINDS, Quantity, Vocabulary

LONGEST = 100  # characters of a key
_NABLA = re.compile(r"^(?:\\nabla|∇)\s*_\s*(?:\{((?:[^{}]|\{[^{}]*\})*)\}|(\w+))\s*(?:C|E|L|RSS|J)$")


def parse_quantity(vocabulary: Vocabulary, key: str, rule: bool = False) -> Quantity:
    """What a key of a derivation stands for: a name above, or as it is written on paper.

    A weight or a bias that is given by a ``rule`` is the new one, as in w₁ = w₁ − η·∂C/∂w₁.

    Raises:
        ValueError: nothing of this lecture; names the nearest. TypeError: no text.
    """
    if not isinstance(key, str):
        raise TypeError(f"a quantity must be named by a text, such as {quote(next(iter(vocabulary.names)))}, not "
                        f"{quote(key)}")
    text = key.strip()
    if len(text) > LONGEST:
        raise ValueError(f"the name of a quantity has at most {LONGEST} characters, and this one {len(text)}")
    text = _NABLA.sub(lambda found: f"∂C/∂{found[1] or found[2]}", text)
    text = re.sub(r"\[\s*([lL])\s*\]$", r"^(\1)", text)
    if text in vocabulary.names:
        return vocabulary.names[text]
    found = _parse_paper_name(vocabulary, text) or (_parse_paper_name(vocabulary, f"new {text}") if rule else None)
    if found is None:
        _check_near_miss(vocabulary, text)
        raise unknown_name(f"quantity of {vocabulary.lecture.id}", key, vocabulary.names)
    return found


def _check_near_miss(vocabulary: Vocabulary, text: str) -> None:
    """Raises ValueError for a key that misses the lecture's quantities by little."""
    found = re.fullmatch(r"(\w+?)\[?(\d*)\]?", text)
    if not found or vocabulary.scalar:
        return
    kind, layer = vocabulary.kind_of(found[1]), found[2]
    if kind in ("db", "b_new") and kind not in vocabulary.names:
        raise ValueError(f"there is no {found[1]} here: " + (
            "the biases are column 0 of W" if vocabulary.conventions.bias == "column" else "give biases, b, first"))
    if kind in KINDS and layer and not 1 <= int(layer[:3]) <= vocabulary.depth:
        raise ValueError(f"there is no layer {layer} of {text}; {vocabulary.lecture.id} has {vocabulary.depth} layers "
                         "here")


def _parse_paper_name(vocabulary: Vocabulary, text: str) -> Quantity | None:
    """``δ₂``, ``∂C/∂w₁``, ``new w₁``, ``δ³``, ``W²``, ``delta3``."""
    try:
        paper = to_paper(text)
        text = (lower_layers(paper) if vocabulary.scalar else paper).text
    except ValueError:
        return None
    text = re.sub(r"\[[ijk]\]$", "", text)  # the quantity of a sample
    c = vocabulary.conventions
    if c.sign == 1 and not c.mean:  # else δ is another multiple of the derivative
        text = re.sub(rf"^[∂d]\s*(?:{c.cost}|C|L|E|J)\s*/\s*[∂d]\s*{c.pre}", "δ", text)
    text = re.sub(rf"^[∂d](?:{c.cost}|C|L|E|J)[/_][∂d](?={c.post}(?![A-Za-z]))", "d", text)
    new = re.match(r"new\s+|neu\s+", text)
    written = re.sub(r"\[\s*[ins]\s*\]\s*$", "", write_indices(text[new.end():] if new else text))
    try:
        tree = ast.parse(to_grammar_letters(written), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if isinstance(tree, ast.Name) and not vocabulary.scalar:
        letter = _find_kind(vocabulary, tree.id)
        name = f"{letter}_new" if new else {"W": "", "delta": ""}.get(letter or "", letter or "")
        if name in vocabulary.names:
            return vocabulary.names[name]
    match tree:
        case ast.Call(args=[ast.Name(id=raised), index]) if not vocabulary.scalar:
            general = _find_general(vocabulary, raised, ast.unparse(index), new=bool(new))
            if general is not None:
                return general
    try:
        reference = vocabulary.reference(tree, None)
    except ValueError:
        return None
    kind = {"W": "W_new", "b": "b_new"}.get(reference.kind, reference.kind) if new else reference.kind
    place = Place(kind, reference.layer)
    return vocabulary.names.get(vocabulary.name(place)) if place in vocabulary.places else None


def _find_kind(vocabulary: Vocabulary, name: str) -> str | None:
    """The kind of a name that may bear indices: a weight with index 0 is a bias where the lecture has it so."""
    base, units = split_units(name)
    kind = vocabulary.kind_of(base)
    if "0" in units and vocabulary.conventions.bias == "index 0":
        return BIAS_OF.get(kind or "", kind)
    return kind


def _find_general(vocabulary: Vocabulary, raised: str, index: str, new: bool) -> Quantity | None:
    """``δˡ``, ``δᴸ``, ``∂C/∂wˡ``: a quantity of any layer; None if the index is a number."""
    letter = _find_kind(vocabulary, raised)
    if letter in BACK:
        name = f"{letter}_{'output' if index == vocabulary.last else 'hidden'}"
    else:
        name = f"{letter}_new" if new else str(letter)
    fits = index in (vocabulary.last, "l", "m", "l - 1", "m - 1", "l + 1")
    return vocabulary.names.get(name) if fits else None
