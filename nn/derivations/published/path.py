"""An author's own path: what the formulas give on the numbers that he printed before, right or wrong.

A number that disagrees *follows* if its formula gives it on what was printed before it. What disagrees and does not
follow is where its author left the path. The graph of the printed values has a cut at each of them; that of the printed
gradients too, with the output  E + Σ ḡ·node  over the cuts, so that one backward pass gives every gradient from the
gradients that were printed after it.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from autograd_lite import OPERATIONS, Value, grad
from autograd_lite.internal import add_floats

from ...ground.formulas import find_names
from .arrays import shape_like, to_number
from .expressions import evaluate_expression
from .graph import ExampleGraph, Place, Wanted, list_entries, make_leaf
from .printed import Printed, find_rounding

Own = dict[Wanted, tuple[float, float]]


def follow_path(example: ExampleGraph, wanted: Sequence[Wanted], rows: Sequence[Printed]) -> list[Printed]:
    """The rows, each with what its formula gives on the numbers printed before it.

    A number that its formula gives on those of them that agree has been rounded, and follows from no wrong one.
    """
    right = _find_own(example, wanted, rows, [{one for one, row in zip(wanted, rows, strict=True) if row.agrees}])
    rows = [row if row.agrees or not row.is_near(*right[one]) else
            replace(row, slack=abs(right[one][0] - row.autodiff) + right[one][1])
            for one, row in zip(wanted, rows, strict=True)]
    wrong = {one for one, row in zip(wanted, rows, strict=True) if not row.agrees}
    own = _find_own(example, wanted, rows, [set(wanted), wrong])
    return [replace(row, own=own[one][0], follows=not row.agrees and row.is_near(*own[one]))
            for one, row in zip(wanted, rows, strict=True)]


def _find_own(example: ExampleGraph, wanted: Sequence[Wanted], rows: Sequence[Printed],
              taken: Sequence[Collection[Wanted]]) -> Own:
    """What each formula gives on the printed numbers that are ``taken``, the first of these with which it has a value.

    On the wrong ones alone it may have one where it has none on all, as log 0.00 has none.
    """
    exact = {one: row.autodiff for one, row in zip(wanted, rows, strict=True)}
    for some in taken:
        with suppress(ValueError, ArithmeticError):
            return _Path(example, exact, some).run()
    return {one: (number, 0.0) for one, number in exact.items()}


def _pass_on(node: Value, printed: Value) -> Value:
    """0 with the derivatives of a node; σ′ is a(1 − a) of the a that was printed, as on paper."""
    partials = list(OPERATIONS[node.operation].partials.values()) if node.operation else []
    if len(partials) == 1 and find_names(partials[0]) == {"y"}:
        (u,) = node.parents
        return evaluate_expression(partials[0], {"y": printed}) * (u - u.data)  # type: ignore[no-any-return]
    return node - node.data


class _Path:
    """The passes on the numbers that were printed, as far as they are ``taken``; ``wanted`` has the exact ones."""

    def __init__(self, example: ExampleGraph, wanted: Mapping[Wanted, float], taken: Collection[Wanted]) -> None:
        self.example, self.wanted, self.taken = example, wanted, taken
        self.numbers: dict[str, Any] = {}
        self.kept: dict[tuple[str, Place], dict[str, float]] = {}

    def run(self) -> Own:
        found: Own = {}
        for step in range(1, max(one.step for one in self.wanted) + 1):
            own = {(one.kind, one.name, one.place): one for one in self.wanted if one.step == step}
            found |= self._find_values(own, step) if own else {}
            found |= self._find_gradients(own, step)
            if any(one.step > step or one.kind not in ("values", "gradients") for one in self.wanted):
                found |= self._take_step(own, step)
        return found

    def _make_leaves(self, step: int) -> dict[str, Any]:
        given = {**self.example.list_given(step), **self.numbers}
        return {name: make_leaf(name, value) for name, value in given.items()}

    def _find_values(self, own: Mapping[Any, Wanted], step: int) -> Own:
        """The values, each on the values printed before it."""
        found: Own = {}
        halves: dict[int, tuple[Value, float]] = {}

        def cut(name: str, place: Place, node: Value) -> Value:
            one = own.get(("values", name, place))
            if one is None:
                return node
            moves = list(halves.values())
            slopes = grad(node, [leaf for leaf, _ in moves])
            found[one] = node.data, add_floats(abs(s) * half for s, (_, half) in zip(slopes, moves, strict=True))
            if one not in self.taken:
                return node
            leaf = Value(float(one.digits), node.label)
            halves[id(leaf)] = leaf, self._find_rounding(one)
            return leaf

        self._record(self._make_leaves(step), cut)
        return found

    def _find_gradients(self, own: Mapping[Any, Wanted], step: int) -> Own:
        """The gradients, each on the printed values and on the gradients printed after it."""
        parts: list[Value] = []
        cuts: dict[tuple[str, Place], Value] = {}
        moves: list[tuple[Value, float]] = []

        def cut(name: str, place: Place, node: Value) -> Value:
            value, adjoint = own.get(("values", name, place)), own.get(("gradients", name, place))
            if value is not None and value in self.taken:  # it has the printed value and passes the gradient on
                printed = Value(float(value.digits))
                moves.append((printed, self._find_rounding(value)))
                node = printed + _pass_on(node, printed)
            if adjoint is None or adjoint not in self.taken:
                return node if adjoint is None else cuts.setdefault((name, place), node)
            if name != self.example.output:
                factor = Value(float(adjoint.digits))
                moves.append((factor, self._find_rounding(adjoint)))
                parts.append(factor * node)
            cuts[name, place] = leaf = Value(node.data, node.label)
            return leaf

        leaves = self._make_leaves(step)
        recorded = self._record(leaves, cut)
        cuts |= {(name, place): leaf for name in leaves for place, leaf in list_entries(leaves[name])}
        whole = recorded[self.example.output]
        for part in parts:
            whole = whole + part
        asked = list(cuts)
        found: Own = {}
        self.gradients: dict[tuple[str, Place], float] = {}
        nodes = [cuts[place] for place in asked]
        adjoints = grad(whole, nodes, create_graph=True) if own else grad(whole, nodes)
        for place, adjoint in zip(asked, adjoints, strict=True):
            self.gradients[place] = to_number(adjoint)
            one = own.get(("gradients", *place))
            if one is not None:
                found[one] = to_number(adjoint), self._sum_moves(adjoint, moves)
                self.gradients[place] = float(one.digits) if one in self.taken else self.gradients[place]
        return found

    def _find_rounding(self, one: Wanted) -> float:
        return find_rounding(self.wanted[one], one.digits)

    def _sum_moves(self, adjoint: Any, moves: Sequence[tuple[Value, float]]) -> float:
        if not isinstance(adjoint, Value):
            return 0.0
        try:
            slopes = grad(adjoint, [leaf for leaf, _ in moves])
        except (ArithmeticError, ValueError):  # such as the second derivative at a kink
            return 0.0
        return add_floats(abs(slope) * half for slope, (_, half) in zip(slopes, moves, strict=True))

    def _record(self, found: dict[str, Any], cut: Any) -> dict[str, Any]:
        """The nodes, each entry as ``cut`` leaves it."""
        found = dict(found)
        for name in self.example.order:
            node = self.example.evaluate(name, found)
            entries = [cut(name, place, entry) for place, entry in list_entries(node)]
            found[name] = node.copy() if hasattr(node, "shape") else entries[0]
            for (place, _), entry in zip(list_entries(node), entries, strict=True):
                if place:
                    found[name][place] = entry
        return found

    def _take_step(self, own: Mapping[Any, Wanted], step: int) -> Own:
        """The numbers after the step, from the gradients as they were printed; the next pass takes them as printed."""
        found: Own = {}
        leaves, rule = self._make_leaves(step), self.example.rule
        for name in self.example.parameters:
            numbers = []
            for place, leaf in list_entries(leaves[name]):
                kept = self.kept.get((name, place), dict.fromkeys(rule.assigned, 0.0))
                given = {"w": leaf.data, "g": self.gradients[name, place], **kept}
                adjoint = own.get(("gradients", name, place))
                half = self._find_rounding(adjoint) if adjoint else 0.0
                after = rule.move(given, step, bool(own))
                new = {letter: number for letter, (number, _) in after.items()}
                for letter, (number, slopes) in after.items():
                    one = own.get(("updated" if letter == "w" else letter, name, place))
                    if one:
                        found[one] = number, abs(slopes["g"]) * half
                        new[letter] = float(one.digits) if one in self.taken else number
                numbers.append(new.pop("w"))
                self.kept[name, place] = new
            self.numbers[name] = shape_like(leaves[name], numbers)
        return found
