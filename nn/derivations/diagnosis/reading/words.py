"""The words of a formula: which letters belong together as a name that the lecture knows, and what it names."""

import ast
import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

from autograd_lite.internal import quote

from .functions import FUNCTIONS
from .paper_notation import to_grammar_letters
from .tokens import MARKS
from .vocabulary import BIAS_OF, VECTORS, NoLayerError, Vocabulary

Kind = Literal["number", "vector", "matrix", "turned", "function", "activation"]
"""``turned`` is a vector that was transposed; ``activation`` one of the lecture's functions."""

LONGEST = 60  # letters that stand together
_VECTORS = (*VECTORS, *BIAS_OF.values(), "x", "y", "t")
_ALIASES = {"m": "N", "M": "N", "α": "η", "alpha": "eta", "lr": "eta", "learning_rate": "eta", "lambda": "lam",
            **dict.fromkeys(("y_hat", "yhat", "y_pred", "output"), "ŷ"), "t": "y", "target": "y"}
"""What other books call N, η, λ, the output and the target: read so where the lecture has no such name."""
_OF_PROGRAMS = ("np", "numpy", "math", "True", "False", "float", "int", "axis", "keepdims", "dtype", "einsum", "pi")
_DERIVATIVE = re.compile(r"(?P<d>d_?)?(?P<letter>sigma|sigmoid|tanh|f|g|phi|σ|φ)(?P<first>[\d₀-₉]*)"
                         r"(?P<word>_?(?:prime|deriv|derivative|der|grad)|[′'])?(?P<last>[\d₀-₉]*)")
"""σ′ as a program names it: dsigma, sigma_prime, f_prime2, sigmoid_derivative."""


@dataclass(frozen=True)
class Word:
    """A name of a formula: where it stands in its text, what it is read as if not as itself, and its kind."""

    start: int
    end: int
    kind: Kind
    read: str = ""


class Words:
    """The names that a lecture knows."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.find = cache(self._look_up)

    def split(self, letters: str, start: int, called: bool) -> list[Word] | None:
        """Letters that stand together as known names, the longest first; None if they are none.

        Args:
            letters: such as ``δ₂w₂σ₁′``.
            start: where they stand in the text.
            called: whether a bracket follows, so that the last may be a function.
        """
        if len(letters) > LONGEST:
            return None

        @cache
        def split_from(at: int) -> list[Word] | None:
            if at == len(letters):
                return []
            for end in range(len(letters), at, -1):
                if (end < len(letters) and not letters[end].isalpha()) or _is_mark(letters[end:end + 1]):
                    continue
                known = self.find(letters[at:end])
                can_end = end == len(letters) and (called or at == 0)
                if known is None or (known[0] == "function" and not can_end):
                    continue
                rest = split_from(end)
                if rest is not None:
                    return [Word(start + at, start + end, *known), *rest]
            return None

        return split_from(0)

    def _look_up(self, word: str) -> tuple[Kind, str] | None:
        """The kind of a name, and what it is read as (empty if as itself); None if the lecture has no such name."""
        if word in _OF_PROGRAMS:
            return ("function" if word in ("float", "int") else "number"), ""
        if word in FUNCTIONS:
            return "function", ""
        kind = self._find_kind(word)
        if kind is not None:
            return kind, self._find_other_case(word)
        alias = _ALIASES.get(word)
        if word == "target" and "t" in self.vocabulary.settings:
            alias = "t"
        if alias is not None and (kind := self._find_kind(alias)) is not None:
            return kind, alias
        derivative = _DERIVATIVE.fullmatch(word)
        if derivative and bool(derivative["d"]) != bool(derivative["word"]):
            letter = derivative["letter"]
            if letter in FUNCTIONS:
                return ("function", f"d{letter}") if f"d{letter}" in FUNCTIONS else None
            read = f"{letter}{derivative['first'] or derivative['last']}′"
            if self._find_kind(read) is not None:
                return "activation", read
        return None

    def _find_other_case(self, word: str) -> str:
        """``x`` for X and ``w1`` for W1, where the lecture has the name in the other case alone; else empty."""
        other = word[0].swapcase() + word[1:]
        known = {re.sub(r"[\d₀-₉]+", "", name) for name in self.vocabulary.known_names()}
        base, turned = (re.match(r"[A-Za-z]*", name)[0] for name in (word, other))  # type: ignore[index]
        c = self.vocabulary.conventions
        is_own = base in known or base in (c.pre, c.post, c.weight, c.cost, c.target, c.activation)
        return other if not is_own and turned in known and self._find_kind(other) is not None else ""

    def _find_kind(self, word: str) -> Kind | None:
        """What a name stands for, wherever it may stand."""
        raised = re.search(r"[ᵀ]|\.T$", word)
        plain = re.sub(r"[ᵢⱼₖ]+", "", word)  # of an entry: the name of the whole
        if not plain or not (plain[0].isalpha() or plain[0] == "∇"):
            return None
        try:
            tree = ast.parse(to_grammar_letters(re.sub(r"ᵀ|\.T$", "", plain)), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
        base = tree.args[0] if isinstance(tree, ast.Call) and tree.args else tree
        if not isinstance(base, ast.Name):
            return None
        kind = self._find_reference(base)
        if kind is not None:
            if plain != word or self.vocabulary.scalar:
                return "number"
            return {"matrix": "matrix", "vector": "turned"}.get(kind, kind) if raised else kind  # type: ignore[return-value]
        return "activation" if tree is base and self._is_activation(base.id) else None

    def _find_reference(self, name: ast.Name) -> Kind | None:
        elsewhere: Kind | None = None
        for place in self.vocabulary.places:
            try:
                kind = self.vocabulary.reference(name, place).kind
            except NoLayerError:
                elsewhere = "number"  # which is said where it is evaluated
                continue
            except ValueError:
                continue
            return "matrix" if kind in BIAS_OF else "vector" if kind in _VECTORS else "number"
        return elsewhere

    def _is_activation(self, name: str) -> bool:
        try:
            self.vocabulary.find_activation_layer(name, None, self.vocabulary.places[0])
        except NoLayerError:
            return True
        except ValueError:
            return False
        return True

    def explain_unknown(self, word: str, called: bool) -> ValueError:
        """The error for a word that the lecture does not have."""
        if re.search("['′]", word):
            return ValueError(f"' in {quote(word)} is the derivative of an activation function, as in σ′; the "
                              "transpose is .T or ᵀ")
        if called:
            return self.vocabulary.unknown_function(word)
        try:
            self.vocabulary.reference(ast.Name(word), self.vocabulary.places[0])
        except ValueError as error:
            return error
        return self.vocabulary.unknown(word)


def _is_mark(character: str) -> bool:
    """Whether it belongs to the letter before it: a prime, an index, a digit, or what is raised."""
    return bool(character) and (character in f"_{MARKS}" or character.isdigit())
