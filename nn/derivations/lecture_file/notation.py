"""How somebody writes the problem: letters, indices, order of weights, place of the biases, sign of δ."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from autograd_lite.internal import quote

from ...ground.suggest import unknown_name
from .functions import ELEMENTWISE
from .text import normalise_letters

LETTERS = {"pre": "z", "post": "a", "activation": "f", "weight": "W", "bias": "b", "cost": "C", "delta": "δ",
           "input": "x", "target": "y", "count": "N", "rate": "η", "strength": "λ", "last": "L"}
"""What a letter stands for -> the letter, unless the file has another; X and Y in matrices."""
INDICES = ("unit", "layer", "sample")
SAMPLES = ("rows", "columns")
ORDERS = ("target, source", "source, target")
NUMBERS = ("target", "source")
COUNTS = ("up", "down")
BIASES = ("own", "column 0", "last column", "index 0", "none")
WORDS = ("sum", "max", "min", "for", "in", "if", "else", "units", "samples", "layers", "total", "norm", "over_samples",
         "over_units", "max_units", "max_samples", "mean_samples", "with_one", "without_bias", "zero_bias", "width",
         "softmax", "number")
"""Words that no letter may be."""
ON_WEIGHTS = ("W", "dW", "W_new")
ON_BIASES = ("b", "db", "b_new")
ON_PARAMETERS = (*ON_WEIGHTS, *ON_BIASES)
VECTORS = ("pre", "post", "delta")
_ALIASES = {"eta": "rate", "lam": "strength", "delta": "delta", "N": "count", "L": "last"}


@dataclass(frozen=True)
class Delta:
    """δ as a phrase, ``-∂C/∂z of one sample``: its sign, of what it is the derivative, and whether without the 1/N."""

    sign: int = 1
    of: str = "pre"
    one_sample: bool = False


def parse_delta(phrase: str, letters: Mapping[str, str]) -> Delta:
    """The phrase as a ``Delta``.

    Raises:
        ValueError: it is no phrase of this form, or names letters that the file does not have.
    """
    found = re.fullmatch(r"\s*([-+]?)\s*(?:∂|d)(\w+)\s*/\s*(?:∂|d)(\w+)\s*(of one sample)?\s*",
                         normalise_letters(phrase.replace("−", "-")))
    cost, pre, post = (letters[key] for key in ("cost", "pre", "post"))
    forms = f"∂{cost}/∂{pre} or ∂{cost}/∂{post}, with a minus or without, and perhaps: of one sample"
    if not found:
        raise ValueError(f"delta is a phrase such as {quote(f'∂{cost}/∂{pre} of one sample')}, not {quote(phrase)}")
    if found[2] != cost or found[3] not in (pre, post):
        raise ValueError(f"delta = {quote(phrase)} names letters that the file does not have; it is {forms}")
    return Delta(-1 if found[1] == "-" else 1, "pre" if found[3] == pre else "post", bool(found[4]))


@dataclass(frozen=True)
class Notation:
    """The notation of a lecture.

    Attributes:
        letters: what a letter stands for -> the letter; see ``LETTERS``.
        indices: of a unit's quantity, in order, from unit, layer and sample; none in a lecture of scalars.
        samples: "rows" or "columns" where samples lie side by side; empty for one sample.
        first: "target" where the first index of a weight is the unit that it leads to, else "source".
        weight_number: "target" where weights and biases bear the number of the layer that they lead to, else "source".
        input_layer: the number of the input layer.
        count: "down" where superscripts are shown as last, last − 1, …
        bias: "own", "column 0", "last column", "index 0" or "none".
        delta: what δ is.
        abbreviations: what else stands on the left of lines, as E[i] or nabla[l, i] -> what it stands for.
    """

    letters: Mapping[str, str]
    indices: tuple[str, ...] = ("layer",)
    samples: str = ""
    first: str = "target"
    weight_number: str = "target"
    input_layer: int = 0
    count: str = "up"
    bias: str = "own"
    delta: Delta = Delta()
    abbreviations: Mapping[str, ast.expr] = field(default_factory=dict)

    @property
    def form(self) -> str:
        """scalars, units or matrices"""
        return "scalars" if not self.indices else "units" if "unit" in self.indices else "matrices"

    @property
    def batch(self) -> bool:
        """Whether a line in matrices is about all samples at once."""
        return self.form == "matrices" and bool(self.samples) and "sample" not in self.indices

    @property
    def many(self) -> bool:
        """Whether the lecture has more samples than one."""
        return self.batch or "sample" in self.indices

    @property
    def rows(self) -> bool:
        """Whether the units of one sample lie in a row, in matrices."""
        return self.samples == "rows" or (not self.samples and self.first == "source")

    @property
    def joined(self) -> bool:
        """Whether the biases are part of the weight matrix."""
        return self.bias in ("column 0", "last column", "index 0")

    @cached_property
    def kinds(self) -> Mapping[str, str]:
        """Letter -> kind of quantity."""
        own = self.letters
        kinds = {own["pre"]: "pre", own["post"]: "post", own["delta"]: "delta", own["input"]: "x", own["target"]: "y",
                 own["cost"]: "C", own["weight"]: "W", f"d{own['weight']}": "dW", f"{own['weight']}_new": "W_new"}
        if self.bias == "own":
            kinds |= {own["bias"]: "b", f"d{own['bias']}": "db", f"{own['bias']}_new": "b_new"}
        return kinds

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Kind -> its letter."""
        return {kind: letter for letter, kind in self.kinds.items()}

    @cached_property
    def constants(self) -> Mapping[str, str]:
        """Letter -> what number it is: count, rate, strength, last."""
        found = {self.letters[key]: key for key in ("count", "rate", "strength", "last")}
        taken = {*self.kinds, *found, self.letters["activation"]}
        return found | {alias: key for alias, key in _ALIASES.items() if alias not in taken and key in found.values()}

    def explain_unknown(self, word: str) -> str:
        """What is said of a word that is no letter; one that differs from a letter in its case alone is named."""
        if word in "Σ∑":
            return "a sum is written sum(… for k in units(l)) here, or sum(m) for all that is in m"
        for near in (word, word.removeprefix("d").removesuffix("_new")):
            for key, letter in self.letters.items():
                if letter.lower() == near.lower():
                    return (f"{word} has no meaning in this file; the {key} is {letter}, unless [letters] has {key} = "
                            f'"{near}"')
        letters = ", ".join([*self.kinds, *self.constants])
        return f"{word} has no meaning in this file; its letters are {letters}, and [letters] may name others"

    def slots(self, kind: str) -> tuple[str, ...]:
        """What the indices of a kind are, in order: target, source, unit, layer, sample."""
        own = self.indices or ("layer",)
        if kind == "C":
            return ()
        if kind in ("x", "y"):
            return tuple(slot for slot in own if slot != "layer")
        if kind in VECTORS:
            return own
        without = [slot for slot in own if slot != "sample"]
        if kind in ON_WEIGHTS and "unit" in without:
            at = without.index("unit")
            both = ("target", "source") if self.first == "target" else ("source", "target")
            without[at : at + 1] = both
        return tuple(without)

    def number(self, kind: str, layer: int) -> int:
        """The lecture's number of neutral layer 0 … L on a quantity of that kind."""
        return layer + self.input_layer - (self.weight_number == "source" and kind in ON_PARAMETERS)

    def layer(self, kind: str, number: int) -> int:
        """The neutral layer of the lecture's number."""
        return number - self.number(kind, 0)

    def index(self, kind: str, layer: int, units: tuple[int, ...] = (), sample: int = 1) -> tuple[int, ...]:
        """The indices of a quantity in the lecture's order; ``units`` are (unit,) or (target, source)."""
        at = {"layer": self.number(kind, layer), "sample": sample}
        at |= dict(zip(("target", "source"), units, strict=False)) if kind in ON_WEIGHTS else {}
        return tuple(units[0] if slot == "unit" else at[slot] for slot in self.slots(kind))


def check_letters(letters: Mapping[str, str], bias: str) -> None:
    """Raises ValueError for a letter that is no name, that has two meanings, or that is a word of the grammar."""
    own = dict(letters)
    if bias == "none":
        own.pop("bias")
    for derived, of, form in _list_derived(own):
        if of in own:
            own[derived] = form.format(own[of])
    seen: dict[str, str] = {}
    for key, letter in own.items():
        if not re.fullmatch(r"[^\W\d]\w*", letter) or "__" in letter or re.search(r"\d", letter):
            raise ValueError(f"letters.{key} = {quote(letter)} is no letter; a letter is a name without digits")
        if letter in WORDS or letter in ELEMENTWISE:
            raise ValueError(f"letters.{key} = {quote(letter)} is a word of the lines; choose another letter")
        if letter in seen:
            raise ValueError(
                f"{letter} has two meanings: {seen[letter]} and {key}; give one of them another letter in [letters]"
            )
        seen[letter] = key


def _list_derived(own: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    yield "the gradient of the weights", "weight", "d{}"
    yield "the weights after the update", "weight", "{}_new"
    if "bias" in own:
        yield "the gradient of the biases", "bias", "d{}"
        yield "the biases after the update", "bias", "{}_new"
    yield "the derivative of the activation", "activation", "d{}"


def require_one_of(value: object, known: tuple[str, ...], what: str) -> str:
    """The value if it is one of the known ones. Raises ValueError with the nearest."""
    if not isinstance(value, str) or value not in known:
        raise unknown_name(what, value, known)
    return value
