"""What the indices of units in a formula say: which of them are free, what a sum is over, and whose layer is meant.

A name bears its indices as ``w_kj``; a sum binds one, ``sum(k, …)``. The free indices are those of the quantity: one
for a vector, the target and the source for a matrix of weights.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from typing import cast

from .index_notation import UNITS

_INDEXED = re.compile(rf"([A-Za-z]\w*?)_(?=\d?[{UNITS}])([{UNITS}\d]{{1,2}})")


def split_units(name: str, raised: bool = False) -> tuple[str, str]:
    """A name and its indices of units: ``w_kj`` is w with kj. A number counts where something is ``raised``: z1ᵒᵘᵗ."""
    found = _INDEXED.fullmatch(name) or (re.fullmatch(r"([A-Za-z]+)(\d+)", name) if raised else None)
    return (found[1], found[2]) if found else (name, "")


def bears_indices(tree: ast.expr) -> bool:
    """Whether a name in it bears the index of a unit."""
    return any(units for _, units in list_indexed(tree))


def list_indexed(tree: ast.expr) -> Iterator[tuple[ast.Name, str]]:
    """Every name in a formula that bears indices, and these."""
    for node, raised in _list_names(tree):
        _, units = split_units(node.id, raised)
        if units:
            yield node, units


def _list_names(tree: ast.expr) -> Iterator[tuple[ast.Name, bool]]:
    """Every name in a formula, and whether it bears the number of a layer."""
    raised = {id(node.args[0]) for node in ast.walk(tree) if _is_raised(node)}  # type: ignore[attr-defined]
    return ((node, id(node) in raised) for node in ast.walk(tree) if isinstance(node, ast.Name))


def _is_raised(node: ast.AST, kind: type[ast.AST] = ast.AST) -> bool:
    """Whether it is ``raised(name, index)`` with an index of that kind."""
    match node:
        case ast.Call(func=ast.Name(id="raised"), args=[ast.Name(), index]):
            return isinstance(index, kind)
    return False


def find_sum(node: ast.AST) -> tuple[str, ast.expr] | None:
    """The index and the term of ``sum(k, …)``; None for anything else."""
    match node:
        case ast.Call(func=ast.Name(id="sum"), args=[ast.Name(id=letter), term]) if letter in (*UNITS, "l"):
            return letter, term
    return None


def find_free(node: ast.AST) -> frozenset[str]:
    """The indices in a part of a formula that no sum in it binds."""
    found = find_sum(node)
    if found:
        return find_free(found[1]) - {found[0]}
    if isinstance(node, ast.Name):
        return frozenset(split_units(node.id)[1]) & frozenset(UNITS)
    return frozenset[str]().union(*map(find_free, ast.iter_child_nodes(node)))


def sums_over_samples(tree: ast.expr) -> bool:
    """Whether a sum is over an index that nothing in it bears: in a batch, that of the samples."""
    sums = (found for node in ast.walk(tree) if (found := find_sum(node)))
    return any(letter != "l" and letter not in find_free(term) for letter, term in sums)


def read_powers(tree: ast.expr) -> ast.expr:
    """The formula with 1 − a² as a power of a where the same a stands without a number too, or beside W_next."""
    plain = {node.id for node, raised in _list_names(tree) if not raised}
    if not any(_is_raised(node, ast.Constant) for node in ast.walk(tree)) or not plain:
        return tree
    relative = any(name.endswith(("_next", "_prev")) for name in plain)
    return cast("ast.expr", ast.fix_missing_locations(_ReadPowers(plain, relative).visit(tree)))


class _ReadPowers(ast.NodeTransformer):
    def __init__(self, plain: "set[str]", relative: bool) -> None:
        self.plain, self.relative = plain, relative

    def visit_Call(self, call: ast.Call) -> ast.expr:
        if _is_raised(call, ast.Constant):
            name, number = call.args
            if self.relative or getattr(name, "id", "") in self.plain:
                return ast.BinOp(name, ast.Pow(), number)
            return call
        return cast("ast.expr", self.generic_visit(call))


def bind_plain_sums(tree: ast.expr) -> ast.expr:
    """The formula with ``sum(δ_k w_kj) f′(z_j)`` as a sum over k: over what stands in it alone, else in it twice."""
    if not any(map(_is_plain_sum, ast.walk(tree))):
        return tree
    return cast("ast.expr", ast.fix_missing_locations(_BindSums(tree).visit(tree)))


def _is_plain_sum(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="sum") | ast.Attribute(attr="sum", value=ast.Name()), args=[term], keywords=[]):
            return bool(find_free(term))
    return False


class _BindSums(ast.NodeTransformer):
    def __init__(self, whole: ast.expr) -> None:
        self.all = _list_letters(whole)

    def visit_Call(self, call: ast.Call) -> ast.expr:
        if not _is_plain_sum(call):
            arguments = [self.visit(argument) for argument in call.args]
            return ast.Call(self.visit(call.func), arguments, call.keywords)
        term: ast.expr = self.visit(call.args[0])
        inside = _list_letters(call.args[0])
        free = sorted(find_free(term))
        alone = [k for k in free if inside.count(k) == self.all.count(k)]
        if len(alone) == len(free) > 1:
            alone = [k for k in alone if inside.count(k) > 1]
        for letter in alone or free:
            term = ast.Call(ast.Name("sum", ast.Load()), [ast.Name(letter, ast.Load()), term], [])
        return term


def _list_letters(tree: ast.AST) -> Sequence[str]:
    """Every index on every name, as often as it stands there."""
    return [letter for node in ast.walk(tree) if isinstance(node, ast.Name) for letter in split_units(node.id)[1]]
