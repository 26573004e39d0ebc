"""Products without a sign, ``δ₂w₂σ₁′(z₁)`` and ``Wᵀδ``: the sign is written between names that the lecture knows.

Between numbers it is ·, and between a matrix and what it meets @. What can be read in two ways is refused with both.
"""

import re
from collections.abc import Sequence

from .kinds import add_kinds, function_kind, multiply_kinds, turn_kind
from .signs import Factor, Signs
from .tokens import Token, UnclearError, apply_edits, nest_tokens, split_tokens
from .traced import Traced
from .words import Kind, Word, Words


class Products:
    """Reads one text and writes the signs that it lacks."""

    def __init__(self, text: Traced, words: Words) -> None:
        self.text, self.words = text, words
        self.signs = Signs(text, words)

    def write(self) -> Traced:
        """The text with a sign in every product.

        Raises:
            ValueError: an unknown name, signs that do not fit together, or what can be read in two ways.
        """
        try:
            tokens = nest_tokens(split_tokens(self.text.text))
        except UnclearError:
            return self.text
        self._read_list(tokens)
        return apply_edits(self.text, self.signs.edits)

    def _read_list(self, tokens: Sequence[Token]) -> Kind:
        """What stands in brackets, or the whole: terms between + − < and commas. Its kind."""
        kind: Kind = "number"
        term: list[Token] = []
        self._check_ends(tokens)
        for token in tokens:
            if token.kind in ("add", "compare", "comma", "equals") and not (
                    token.kind == "add" and term and term[-1].kind in ("times", "over", "power")):
                kind = add_kinds(kind, self._read_term(term))
                term = []
            else:
                term.append(token)
        return add_kinds(kind, self._read_term(term))

    def _check_ends(self, tokens: Sequence[Token]) -> None:
        """Raises ValueError for a sign without what it stands between."""
        signs = ("times", "over", "power")
        for i, token in enumerate(tokens):
            before, after = tokens[i - 1] if i else None, tokens[i + 1] if i + 1 < len(tokens) else None
            if token.kind in signs and (before is None or before.kind in (*signs, "add", "compare", "comma", "equals")):
                raise ValueError(f"nothing stands before the sign {self.text.quote(token.start, token.end)}")
            if token.kind in (*signs, "add", "compare") and (after is None or after.kind in ("comma", "compare")):
                raise ValueError(f"nothing stands after the sign {self.text.quote(token.start, token.end)}")

    def _read_term(self, tokens: Sequence[Token]) -> Kind:
        """A product. Factors without a sign between them belong together more closely than those with one."""
        kind: Kind | None = None
        sign: Token | None = None
        i = 0
        while i < len(tokens):
            token = tokens[i]
            if token.kind in ("times", "over"):
                sign = token
                i += 1
                continue
            if token.kind == "sum":
                i += 1
                continue
            chain, i = self._read_chain(tokens, i)
            if not chain:
                i += 1
                continue
            found = self.signs.join(chain, sign)
            if kind is None or sign is None:
                kind = found if kind is None else multiply_kinds(kind, found)
            else:
                kind = self.signs.meet(kind, sign, found)
            sign = None
        return kind or "number"

    def _read_chain(self, tokens: Sequence[Token], i: int) -> tuple[list[Factor], int]:
        """Factors without a sign between them, from i on."""
        chain: list[Factor] = []
        while i < len(tokens) and tokens[i].kind not in ("times", "over", "sum"):
            token = tokens[i]
            match token.kind:
                case "number":
                    chain.append(Factor(token.start, token.end, "number"))
                case "partial":
                    self._read_partial(token, chain)
                case "word":
                    i = self._read_word(tokens, i, chain)
                case "open" if token.text == "[" and chain and chain[-1].end == token.start:
                    chain[-1].end = token.end  # an index
                case "open" | "bar":
                    i = self._read_bracket(tokens, i, chain)
                case "root":
                    i = self._read_root(tokens, i, chain)
                case "power":
                    i = self._read_power(tokens, i, chain)
                case "mark" | "attribute":
                    if chain:
                        chain[-1].end = token.end
                        turned = "ᵀ" in token.text or token.text == ".T"
                        chain[-1].kind = turn_kind(chain[-1].kind) if turned else chain[-1].kind
                        if token.kind == "attribute" and token.text != ".T":
                            i = self._read_method(tokens, i, chain)
            i += 1
        return chain, i

    def _read_partial(self, token: Token, chain: list[Factor]) -> None:
        """``∂C/∂w₁``; ∂C/∂z₁ is δ₁ where the lecture's δ is that derivative."""
        letter = token.text.rpartition("/")[2].strip().lstrip("∂d").strip()
        c = self.words.vocabulary.conventions
        of_cost = re.match(rf"[∂d]\s*(?:{c.cost}|C)\s*/", token.text)
        if of_cost and letter[0] == c.pre and c.sign == 1 and not c.mean:
            letter = f"δ{letter[1:]}"
            self.signs.change((token.start, token.end, letter))
        known = self.words.find(letter) or self.words.find(letter[0])
        chain.append(Factor(token.start, token.end, known[0] if known else "number"))

    def _read_method(self, tokens: Sequence[Token], i: int, chain: list[Factor]) -> int:
        """``.dot(…)``, ``.sum(axis=1)``: what is called on a factor belongs to it."""
        if i + 1 < len(tokens) and tokens[i + 1].kind == "open":
            inner = self._read_list(tokens[i + 1].inner)
            chain[-1].end = tokens[i + 1].end
            if tokens[i].text == ".dot":
                chain[-1].kind = multiply_kinds(chain[-1].kind, inner)
            return i + 1
        return i

    def _read_word(self, tokens: Sequence[Token], i: int, chain: list[Factor]) -> int:
        token, following = tokens[i], tokens[i + 1] if i + 1 < len(tokens) else None
        if following is not None and following.kind == "attribute" and token.text in ("np", "numpy", "math"):
            chain.append(Factor(token.start, following.end, "number", bare=following.text[1:]))
            called = i + 2 < len(tokens) and tokens[i + 2].kind == "open"
            return self._read_call(tokens, i + 1, chain) if called else i + 1  # np.float64, a type
        if following is not None and following.kind == "equals":
            chain.append(Factor(token.start, token.end, "number"))
            return i
        called = following is not None and following.kind == "open" and following.text[0] != "["
        words = self.words.split(token.text, token.start, called)
        if words is None:
            power = self._find_power_of_function(token.text)
            if power is None or following is None or not (called or following.kind == "word"):
                raise self.words.explain_unknown(token.text, called)
            return self._read_raised_function(tokens, i, power, chain)
        for j, word in enumerate(words):
            self._rename(word)
            bare = self.text.text[word.start:word.end] if word.kind in ("function", "activation") else ""
            chain.append(Factor(word.start, word.end, word.kind, bare))
            if word.kind == "activation" and j + 1 < len(words):
                self._refuse_unclear_argument(chain[-1], words[j + 1].start, token.end)
                self._read_alone(chain[-1])
        if words[-1].kind in ("function", "activation"):
            return self._read_call(tokens, i, chain)
        return i

    def _rename(self, word: Word) -> None:
        """Write the lecture's name in place of another one that is read so."""
        if word.read:
            self.signs.change((word.start, word.end, word.read))

    def _read_call(self, tokens: Sequence[Token], i: int, chain: list[Factor]) -> int:
        """The argument of the function that stands last in the chain."""
        function = chain[-1]
        following = tokens[i + 1] if i + 1 < len(tokens) else None
        if following is not None and following.kind == "open":
            function.kind = function_kind(function.bare, self._read_list(following.inner), following.inner)
            function.end, function.bare = following.end, ""
            return i + 1
        if function.kind == "activation":
            if following is not None and following.kind == "word":
                self._refuse_unclear_argument(function, following.start, following.end)
            self._read_alone(function)
            return i
        if following is None or following.kind not in ("word", "number"):
            raise self._explain_bare_function(function)
        name = self.text.text[function.start:function.end]
        further = tokens[i + 2] if i + 2 < len(tokens) else None
        words = self.words.split(following.text, following.start, called=False) if following.kind == "word" else []
        if words is None:
            raise self.words.explain_unknown(following.text, called=False)
        if len(words) > 1 or (further is not None and further.kind not in ("times", "over", "mark")):
            first = self.text.text[following.start:words[0].end if words else following.end]
            whole = self.text.quote(function.start, (further or following).end)
            raise ValueError(f"{whole}, can be read as {name}({first}) "
                             f"times the rest, and as {name} of all of it; write the brackets")
        self.signs.change((function.end, following.start, "("), (following.end, following.end, ")"))
        for word in words:
            function.kind = word.kind
            self._rename(word)
        function.end, function.bare = following.end, ""
        return i + 1

    def _read_alone(self, function: Factor) -> None:
        """σ′ alone is taken at the pre-activation of its own layer. Raises ValueError for σ alone."""
        name = self.text.text[function.start:function.end]
        if not re.match("d", name) and not re.search("['′]|prime|der|grad", name):
            raise self._explain_bare_function(function)
        function.kind, function.bare = "number" if self.words.vocabulary.scalar else "vector", ""

    def _explain_bare_function(self, function: Factor) -> ValueError:
        whole = self.text.quote(function.start, function.end)
        return ValueError(f"the argument of {whole}, is missing; write it in brackets")

    def _refuse_unclear_argument(self, function: Factor, start: int, end: int) -> None:
        """Raises ValueError for ``σ′z₁``, which is σ′(z₁) or σ′·z₁."""
        letter, following = self.words.vocabulary.conventions.pre, self.text.text[start:end]
        if re.match(rf"{letter}(?![A-Za-z])", following):
            name = self.text.text[function.start:function.end]
            raise ValueError(f"{self.text.quote(function.start, end)}, can be read as {name}({following}) and as "
                             f"{name}·{following}; write the brackets or the sign")

    def _find_power_of_function(self, letters: str) -> tuple[str, str] | None:
        """``tanh²`` as the function and its power; None if it is none."""
        found = re.fullmatch(r"(.*?)([⁰¹²³⁴⁵⁶⁷⁸⁹]+)", letters)
        known = self.words.find(found[1]) if found and found[1] else None
        return (found[1], found[2]) if found and known and known[0] in ("function", "activation") else None

    def _read_raised_function(self, tokens: Sequence[Token], i: int, power: tuple[str, str],
                              chain: list[Factor]) -> int:
        """``tanh²(z)`` as tanh(z)²."""
        token, argument = tokens[i], tokens[i + 1]
        if not self.words.vocabulary.scalar and self.words.find(power[0]) == ("activation", ""):
            raise ValueError(f"{self.text.quote(token.start, argument.end)}, can be read as the function of a layer "
                             f"and as a power; write {power[0]}(…) or ({power[0]}(…)){power[1]}")
        if argument.kind == "word":
            chain.append(Factor(token.start, token.end, "function", bare=power[0]))
            i = self._read_call(tokens, i, chain) - 1
        else:
            chain.append(Factor(token.start, argument.end, self._read_list(argument.inner)))
        known = self.words.find(power[0])
        name = known[1] if known and known[1] else power[0]
        self.signs.change((token.start, token.end, name), (argument.end, argument.end, power[1]))
        return i + 1

    def _read_bracket(self, tokens: Sequence[Token], i: int, chain: list[Factor]) -> int:
        token = tokens[i]
        kind = self._read_list(token.inner)
        chain.append(Factor(token.start, token.end, "number" if token.kind == "bar" else kind))
        return i

    def _read_root(self, tokens: Sequence[Token], i: int, chain: list[Factor]) -> int:
        """``√(…)``, and ``√x`` with the brackets that it lacks."""
        following = tokens[i + 1] if i + 1 < len(tokens) else None
        if following is None or following.kind not in ("open", "number", "word"):
            raise ValueError(f"nothing stands under the root {self.text.quote(tokens[i].start, tokens[i].end)}")
        inside: list[Factor] = []
        if following.kind == "open":
            self._read_bracket(tokens, i + 1, inside)
        elif following.kind == "word":
            self._read_word(tokens, i + 1, inside)
            if len(inside) != 1:
                raise ValueError(f"how far the root {self.text.quote(tokens[i].start, following.end)}, reaches can be "
                                 "read in two ways; write the brackets")
        if following.kind != "open":
            self.signs.wrap(following.start, following.end)
        chain.append(Factor(tokens[i].start, following.end, inside[0].kind if inside else "number"))
        return i + 1

    def _read_power(self, tokens: Sequence[Token], i: int, chain: list[Factor]) -> int:
        """An exponent belongs to the factor before it."""
        j = i + 1
        while j < len(tokens) and tokens[j].kind == "add":
            j += 1
        if j >= len(tokens) or not chain:
            raise ValueError(f"nothing stands beside the sign {self.text.quote(tokens[i].start, tokens[i].end)}")
        exponent, following = tokens[j], tokens[j + 1] if j + 1 < len(tokens) else None
        tight = following is not None and following.start == exponent.end and following.kind in ("word", "open")
        if exponent.kind == "number" and following is not None and tight and following.text[0].isalpha():
            base = self.text.text[chain[-1].start:chain[-1].end]
            raise ValueError(f"{self.text.quote(chain[-1].start, following.end)}, can be read as {base}^{exponent.text}"
                             f"·{following.text} and as {base}^({exponent.text}·{following.text}); write the sign or "
                             "the brackets")
        if exponent.inner:
            self._read_list(exponent.inner)
        chain[-1].end = exponent.end
        return j
