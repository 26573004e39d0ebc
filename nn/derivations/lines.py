"""Derivations with indices: lines as on paper, ``z[j, l] = sum(w[j, k, l] * a[k, l - 1] for k in units(l - 1))``.

A line holds for all values of the indices on its left. The same text is evaluated for given indices, and written with
or without numbers for them. If several lines match, the one with the fewest open indices applies, and the first of
these: ``delta[j, L]`` rather than ``delta[j, l]``.
"""

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from autograd_lite.internal import write

from ..ground.formulas import find_names, list_names, make_function

Index = tuple[int, ...]
Symbols = Mapping[str, str | Callable[..., str]]


@dataclass(frozen=True, slots=True)
class Line:
    """``left = right`` for every value of the indices on the left."""

    left: str
    right: str

    @property
    def letter(self) -> str:
        """The name before the indices."""
        return _find_letter(self.left)

    @property
    def names(self) -> frozenset[str]:
        """All names on both sides."""
        return find_names(f"({self.left}, {self.right})")

    def index(self, at: int) -> tuple[str | None, int]:
        """The index at that position of the left side, as its name and what is added to it; (None, 0) if none."""
        indices = _find_indices(self.left)
        return parse_index(indices[at]) if indices else (None, 0)

    def bound(self, index: Index, constants: Mapping[str, Any]) -> dict[str, int] | None:
        """The values of the indices for which the left side has this index; None if it cannot have it."""
        names: dict[str, int] = {}
        for pattern, number in zip(_find_indices(self.left), index, strict=True):
            name, offset = parse_index(pattern)
            if name is None or name in constants:
                if offset + (constants[name] if name else 0) != number:
                    return None
            else:
                names[name] = number - offset
        return names


def parse_lines(text: str) -> tuple[Line, ...]:
    """The lines of a text, each ``left = right``; empty ones are skipped."""
    parts = (row.partition(" = ") for row in text.splitlines() if row.strip())
    return tuple(Line(left.strip(), right.strip()) for left, _, right in parts)


class Derivation:
    """The numbers that lines stand for.

    Args:
        lines: the derivation.
        given: letter -> index -> known number or array.
        names: functions, ranges and constants that the lines may use.

    ``number`` converts a value to the number that an entry keeps.
    """

    number: Callable[[Any], Any] = staticmethod(float)

    def __init__(
        self, lines: Iterable[Line], given: Mapping[str, Mapping[Index, Any]], names: Mapping[str, Any]
    ) -> None:
        self._about: dict[str, list[Line]] = {}
        self._given: dict[tuple[str, Index], Any] = {}
        self._plain: set[str] = set()
        self._constants = {name: value for name, value in names.items() if isinstance(value, int)}
        self._begin(list_names(names))
        self._add(lines, given)

    def _begin(self, names: dict[str, Any]) -> None:
        self._names = names
        self._known = dict(self._given)
        self._written: dict[tuple[Line, int | None], str] = {}
        self.asked: set[tuple[str, Index]] = set()

    def _add(self, lines: Iterable[Line], given: Mapping[str, Mapping[Index, Any]]) -> None:
        """Further lines, which come first, and known numbers."""
        further: dict[str, list[Line]] = {}
        letters = set(given)
        for line in lines:
            further.setdefault(line.letter, []).append(line)
            if "[" in line.left:
                letters.add(line.letter)
            else:
                self._plain.add(line.left)
        self._about |= {letter: [*found, *self._about.get(letter, ())] for letter, found in further.items()}
        self._names |= {letter: _Table(self, letter) for letter in letters}
        for letter, table in given.items():
            for index, value in table.items():
                self._given[letter, index] = self._known[letter, index] = value

    def extend(self, lines: Iterable[Line], given: Mapping[str, Mapping[Index, Any]]) -> "Derivation":
        """The same with further lines before these, and further numbers given; nothing has been calculated there yet.

        ``asked`` is what was asked for there since then: letters with their indices.
        """
        found = copy(self)
        found._about, found._given, found._plain = dict(self._about), dict(self._given), set(self._plain)
        found._begin({name: _Table(found, name) if isinstance(value, _Table) else value
                      for name, value in self._names.items()})
        found._add(lines, given)
        return found

    def value(self, letter: str, *index: int) -> Any:
        """The number or array that the letter with this index stands for.

        Raises:
            LookupError: no line says what it is.
        """
        key = (letter, index)
        self.asked.add(key)
        if key not in self._known:
            line, names = self.line(letter, *index)
            self._known[key] = self._evaluate(line, names)
        return self._known[key]

    def evaluate(self, line: Line, *index: int) -> Any:
        """What another line gives with this index; the letters in it are as they are here.

        Raises:
            LookupError: the line is not about this index.
        """
        names = line.bound(index, self._constants)
        if names is None:
            raise LookupError(f"{line.left} says nothing of {list(index)}")
        return self._evaluate(line, names)

    def _evaluate(self, line: Line, names: Mapping[str, int]) -> Any:
        plain = {word: self.value(word) for word in self._plain & _find_bare_names(line.right)}
        values = {**names, **plain}
        return make_function(line.right, tuple(values), self._names)(*values.values()) + 0.0  # turns -0.0 into 0.0

    def line(self, letter: str, *index: int) -> tuple[Line, dict[str, int]]:
        """The line that says what the letter with this index is, and the values of the indices in it."""
        fitting = []
        for line in self._about.get(letter, ()):
            if len(_find_indices(line.left)) == len(index):
                names = line.bound(index, self._constants)
                if names is not None:
                    fitting.append((line, names))
        if not fitting:
            raise LookupError(f"no line says what {letter}{list(index)} is")
        return min(fitting, key=lambda found: len(found[1]))

    def written(self, letter: str, index: Sequence[int], symbols: Symbols, times: str = "·") -> str:
        """The right side of that line, with its indices put in."""
        line, names = self.line(letter, *index)
        return write(put_in(line.right, names | self._constants), symbols, times)

    def line_written(self, letter: str, index: Sequence[int], layer_at: int, symbols: Symbols, times: str = "·") -> str:
        """The whole line, ``left = right``, with only its layer put in, the index at that position."""
        line, names = self.line(letter, *index)
        layer, _ = line.index(layer_at)
        known = {name: number for name, number in names.items() if name == layer} | self._constants
        key = (line, known.get(layer or ""))
        if key not in self._written:  # many units have it in common
            left, right = (write(put_in(side, known), symbols, times) for side in (line.left, line.right))
            self._written[key] = f"{left} = {right}"
        return self._written[key]


class _Table:
    """A letter in a formula: ``table[j, l]`` is its value at these indices."""

    def __init__(self, derivation: Derivation, letter: str) -> None:
        self._derivation = derivation
        self._letter = letter

    def __getitem__(self, index: int | Index) -> Any:
        return self._derivation.value(self._letter, *(index if isinstance(index, tuple) else (index,)))


@lru_cache(512)
def _find_letter(left: str) -> str:
    return left.partition("[")[0]


@lru_cache(512)
def _find_bare_names(formula: str) -> frozenset[str]:
    """The names that stand without indices."""
    tree = ast.parse(formula, mode="eval")
    indexed = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Subscript)}
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in indexed)


@lru_cache(512)
def _find_indices(left: str) -> tuple[ast.expr, ...]:
    tree = ast.parse(left, mode="eval").body
    if not isinstance(tree, ast.Subscript):
        return ()
    return tuple(tree.slice.elts) if isinstance(tree.slice, ast.Tuple) else (tree.slice,)


def parse_index(pattern: ast.expr) -> tuple[str | None, int]:
    """An index on the left, l, l + 1, l - 1 or 0, as its name and what is added to it."""
    match pattern:
        case ast.Constant(value=int(number)):
            return None, number
        case ast.Name(id=name):
            return name, 0
        case ast.BinOp(left=ast.Name(id=name), op=ast.Add(), right=ast.Constant(value=int(number))):
            return name, number
        case ast.BinOp(left=ast.Name(id=name), op=ast.Sub(), right=ast.Constant(value=int(number))):
            return name, -number
    raise ValueError(f"an index is a name, a number, or a name and a number, not {ast.unparse(pattern)}")


def put_in(formula: str, names: Mapping[str, int]) -> ast.expr:
    """The formula with the numbers of its indices."""
    return cast("ast.expr", _PutIn(names).visit(ast.parse(formula, mode="eval").body))


class _PutIn(ast.NodeTransformer):
    def __init__(self, names: Mapping[str, int]) -> None:
        self.names = names

    def visit_Subscript(self, subscript: ast.Subscript) -> ast.expr:
        indices = subscript.slice.elts if isinstance(subscript.slice, ast.Tuple) else [subscript.slice]
        subscript.slice = ast.Tuple([self._number(index) for index in indices], ast.Load())
        return subscript

    def _number(self, index: ast.expr) -> ast.expr:
        name, offset = parse_index(index)
        return ast.Constant(self.names[name] + offset) if name and name in self.names else index
