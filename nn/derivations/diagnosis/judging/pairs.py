"""Two mistakes in one line: the changes that two entries of the catalogue make to the right line, made together.

A mistaken line is compared with the right one as a tree. The smallest part in which they differ is either replaced, as
W[l] for W[l + 1], or kept inside something larger, as in −(…) and …/2, or all that is left of its surroundings, as
where a factor is missing. Two such changes go together where neither removes the place of the other.
"""

import ast
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Any

from ...lines import Line
from .catalogue import Mistake

Path = tuple[tuple[str, int | None], ...]  # from the root: the field of a node, and the position in a list
_HOLE = "_hole"
_DATA = {"data[l]": "alpha * sum(D[l, i] @ h[l - 1, i].T for i in samples)",
         "bias_data[l]": "alpha * sum(D[l, i] for i in samples)",
         "cost_data": "alpha * sum(loss(h[L, i], y[i]) for i in samples)"}


@dataclass(frozen=True)
class _Change:
    """What a mistake does at one place of the right line: ``new`` has a hole where the part, or what is left, goes.

    ``kept`` leads from the part to what is left of it; empty for all of it.
    """

    at: Path
    new: str
    kept: Path = ()

    @property
    def replaces(self) -> bool:
        """Whether nothing of the part is left."""
        return _HOLE not in self.new

    def apply(self, tree: ast.expr) -> ast.expr:
        """The tree with the change made."""
        part = _follow(tree, self.at + self.kept)
        return _put(tree, self.at, _Fill(part).visit(ast.parse(self.new, mode="eval").body))


def list_pairs(mistakes: Sequence[tuple[Mistake, Line]], right: Line) -> Sequence[tuple[Mistake, Mistake, Line]]:
    """Every two mistakes that can be made together in a line, with the line that has both; simple ones first."""
    return _list_pairs(tuple(mistakes), right)


@lru_cache(64)
def _list_pairs(mistakes: tuple[tuple[Mistake, Line], ...], right: Line) -> tuple[tuple[Mistake, Mistake, Line], ...]:
    changes = [(mistake, _find_change(_expand(right.right), _expand(line.right))) for mistake, line in mistakes]
    found = []
    for (first, one), (second, other) in combinations(changes, 2):
        if first.slug != second.slug and one is not None and other is not None:
            both = _combine(_expand(right.right), one, other)
            if both is not None:
                found.append((first, second, Line(right.left, both)))
    return tuple(found)


@lru_cache(512)
def _expand(text: str) -> str:
    """The line with the parts of gradients written out, as mistakes in them are."""
    for name, part in _DATA.items():
        words = text.replace(f"bias_{name}", "\0") if name == "data[l]" else text
        text = words.replace(name, f"({part})").replace("\0", f"bias_{name}")
    return ast.unparse(ast.parse(text, mode="eval"))


@lru_cache(1024)
def _find_change(right: str, wrong: str) -> _Change | None:
    """What makes the wrong line of the right one; None if they are the same."""
    here, there = (ast.parse(text, mode="eval").body for text in (right, wrong))
    at: Path = ()
    while True:
        if _same(here, there):
            return None
        inside = _find_in(there, here)
        if inside is not None:
            return _Change(at, ast.unparse(_put(there, inside, ast.Name(_HOLE, ast.Load()))))
        kept = _find_in(here, there)
        if kept is not None:
            return _Change(at, _HOLE, kept)
        step = _find_only_difference(here, there)
        if step is None:
            return _Change(at, ast.unparse(there))
        at, here, there = (*at, step), _follow(here, (step,)), _follow(there, (step,))


@lru_cache(4096)
def _combine(right: str, one: _Change, other: _Change) -> str | None:
    """The line with both changes; None where one of them removes the place of the other."""
    inner, outer = sorted((one, other), key=lambda change: (-len(change.at), not change.replaces, not change.kept))
    if inner.at[:len(outer.at)] == outer.at:
        if outer.replaces or (inner.replaces and outer.kept and inner.at == outer.at):
            return None
        if outer.kept and inner.at != outer.at and inner.at[:len(outer.at + outer.kept)] != outer.at + outer.kept:
            return None  # what it changes is left out
    try:
        return ast.unparse(outer.apply(inner.apply(ast.parse(right, mode="eval").body)))
    except (AttributeError, IndexError):
        return None


def _same(a: ast.AST, b: ast.AST) -> bool:
    return ast.dump(a) == ast.dump(b)


def _list_children(node: ast.AST) -> Iterator[tuple[tuple[str, int | None], ast.AST]]:
    for name, value in ast.iter_fields(node):
        if isinstance(value, list):
            yield from (((name, n), item) for n, item in enumerate(value) if isinstance(item, ast.AST))
        elif isinstance(value, ast.AST):
            yield (name, None), value


def _find_in(tree: ast.expr, part: ast.expr) -> Path | None:
    """The way from the root of a tree to a part that it has; None if it has not, or is it."""
    wanted = ast.dump(part)
    if not isinstance(part, ast.BinOp | ast.Call):
        return None  # a single letter says little
    queue: list[tuple[Path, ast.AST]] = [((), tree)]
    for path, node in queue:
        if path and ast.dump(node) == wanted:
            return path
        queue += [((*path, step), child) for step, child in _list_children(node)]
    return None


def _find_only_difference(a: ast.AST, b: ast.AST) -> tuple[str, int | None] | None:
    """The step to the one child in which two nodes of the same kind differ; None if there are more, or another kind."""
    if type(a) is not type(b):
        return None
    ours, theirs = list(_list_children(a)), list(_list_children(b))
    if [step for step, _ in ours] != [step for step, _ in theirs]:
        return None
    different = [step for (step, one), (_, other) in zip(ours, theirs, strict=True) if not _same(one, other)]
    if len(different) != 1 or not all(isinstance(child, ast.expr) for step, child in ours if step == different[0]):
        return None
    plain = [getattr(node, field, None) for node in (a, b) for field in ("id", "attr", "value") if not isinstance(
        getattr(node, field, None), ast.AST)]
    return different[0] if plain[: len(plain) // 2] == plain[len(plain) // 2:] else None


def _follow(tree: Any, path: Path) -> Any:
    """The part of a tree to which a way from its root leads."""
    for name, n in path:
        found = getattr(tree, name)
        tree = found if n is None else found[n]
    return tree


def _put(tree: ast.expr, path: Path, new: ast.expr) -> ast.expr:
    """A copy of the tree with a new part there."""
    if not path:
        return new
    copied = deepcopy(tree)
    parent, (name, n) = _follow(copied, path[:-1]), path[-1]
    if n is None:
        setattr(parent, name, new)
    else:
        getattr(parent, name)[n] = new
    return copied


class _Fill(ast.NodeTransformer):
    """Puts a part into the hole."""

    def __init__(self, part: ast.expr) -> None:
        self.part = part

    def visit_Name(self, name: ast.Name) -> ast.expr:
        return self.part if name.id == _HOLE else name
