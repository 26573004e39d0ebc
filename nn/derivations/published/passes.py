"""The numbers of a worked example, pass by pass, and how far rounding on the way may move each of them.

An author who writes each number down rounds it by up to half a unit of its last digit, and calculates the next from
that. A later number is then off by up to Σ |∂later/∂earlier| · half, to first order. The engine has the partials: those
of values from the graph, those of gradients from the graph of the backward pass, those of a step from its lines. What
they make of a parameter goes on into the next pass.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from autograd_lite import Value, grad
from autograd_lite.internal import add_floats

from .arrays import get_place, shape_like, to_number
from .graph import ExampleGraph, Place, Wanted, label_entry, list_entries
from .path import follow_path
from .printed import Printed, find_rounding

_CAREFUL = 20  # passes in which rounding is followed though nothing of them is printed
Entry = tuple[str, Place]
Found = dict[Wanted, tuple[float, float]]


def reproduce(example: ExampleGraph) -> tuple[Printed, ...]:
    """Every number that was printed, with the engine's, the slack of rounding, and what is said of it."""
    wanted = example.list_printed()
    numbers = _Passes(example, wanted).run()
    nodes = example.record()
    found = [Printed(name_printed(one, nodes, example.output), one.digits, *numbers[one]) for one in wanted]
    if not all(row.agrees for row in found):
        found = follow_path(example, wanted, found)
    return tuple(found)


def name_printed(wanted: Wanted, nodes: Mapping[str, Any], output: str) -> str:
    """The symbol of a number: ∂E/∂w₁, new w₁."""
    label = label_entry(wanted.name, wanted.place)
    shown = {"values": label, "gradients": f"∂{nodes[output].label}/∂{label}", "updated": f"new {label}"}
    after = f" in pass {wanted.step}" if wanted.step > 1 else ""
    return f"{shown.get(wanted.kind, f'{wanted.kind} of {label}')}{after}"


class _Passes:
    """The passes, one after the other: what the parameters are by now, and by how much rounding may have moved them."""

    def __init__(self, example: ExampleGraph, wanted: Sequence[Wanted]) -> None:
        self.example, self.wanted = example, wanted
        self.moved: dict[str, Any] = {}  # parameter -> its numbers
        self.kept: dict[Entry, dict[str, float]] = {}
        self.off: dict[Entry, dict[str, float]] = {}  # of w and of what is kept

    def run(self) -> Found:
        """Every wanted number with its slack."""
        found: Found = {}
        for step in range(1, max((one.step for one in self.wanted), default=0) + 1):
            own = [one for one in self.wanted if one.step == step]
            nodes = self.example.record(self.moved, step)
            careful = bool(own) or step <= _CAREFUL
            found |= self._find(nodes, own, careful)
            if any(one.step > step or one.kind not in ("values", "gradients") for one in self.wanted):
                found |= self._take_step(nodes, own, step, careful)
        return found

    def _find(self, nodes: Mapping[str, Any], own: Sequence[Wanted], careful: bool) -> Found:
        """Values and gradients, each with its slack."""
        values = {one: get_entry(nodes, one) for one in own if one.kind == "values"}
        asked = [get_entry(nodes, one) for one in own if one.kind == "gradients"]
        asked += self.example.list_parameters(nodes)
        asked = list({id(node): node for node in asked}.values())
        adjoints = grad(nodes[self.example.output], asked, create_graph=True) if careful else grad(
            nodes[self.example.output], asked)
        self.adjoints = dict(zip(map(id, asked), adjoints, strict=True))
        gradients = {one: self.adjoints[id(get_entry(nodes, one))] for one in own if one.kind == "gradients"}
        found = {**values, **gradients}
        self.written = {one: node for one, node in found.items() if isinstance(node, Value)}
        self.halves = {one: find_rounding(to_number(node), one.digits) for one, node in found.items()}
        return {one: (to_number(node), self._sum_moves(node, nodes)) for one, node in found.items()}

    def _sum_moves(self, node: Any, nodes: Mapping[str, Any]) -> float:
        """Σ |∂node/∂number| · half over the other numbers that were written, and over what the steps before moved."""
        if not isinstance(node, Value):
            return 0.0
        moves = [(other, self.halves[one]) for one, other in self.written.items() if other is not node]
        moves += [(get_place(nodes[name], place), off["w"]) for (name, place), off in self.off.items()]
        try:
            slopes = grad(node, [other for other, _ in moves])
        except (ArithmeticError, ValueError):  # such as the second derivative at a kink
            return 0.0
        return add_floats(abs(slope) * off for slope, (_, off) in zip(slopes, moves, strict=True))

    def _take_step(self, nodes: Mapping[str, Any], own: Sequence[Wanted], step: int, careful: bool) -> Found:
        """The numbers after the step, each with its slack; they are those of the next pass."""
        rule, new = self.example.rule, {}
        printed = {(one.kind, one.name, one.place): one for one in own}
        for name in self.example.parameters:
            numbers = []
            for place, leaf in list_entries(nodes[name]):
                entry, adjoint = (name, place), self.adjoints[id(leaf)]
                kept = self.kept.get(entry, dict.fromkeys(rule.assigned, 0.0))
                off = {"w": 0.0, **dict.fromkeys(rule.assigned, 0.0), **self.off.get(entry, {}), "g": 0.0}
                if careful:
                    one = printed.get(("gradients", name, place))
                    off["g"] = self._sum_moves(adjoint, nodes) + (self.halves[one] if one else 0.0)
                after = rule.move({"w": leaf.data, "g": to_number(adjoint), **kept}, step, careful)
                numbers.append(after["w"][0])
                self.kept[entry] = {letter: after[letter][0] for letter in rule.assigned}
                if careful:
                    self.off[entry] = {letter: add_floats(abs(slope) * off[given] for given, slope in slopes.items())
                                       for letter, (_, slopes) in after.items()}
                for letter, (number, _) in after.items():
                    one = printed.get(("updated" if letter == "w" else letter, name, place))
                    if one:
                        new[one] = number, self.off[entry][letter]
                        self._go_on(entry, letter, one, number)
            self.moved[name] = shape_like(nodes[name], numbers)
        return new

    def _go_on(self, entry: Entry, letter: str, one: Wanted, number: float) -> None:
        """An author goes on with what he printed, if it is right."""
        if Printed("", one.digits, number, self.off[entry][letter]).agrees:
            self.off[entry][letter] = abs(number - float(one.digits)) + find_rounding(number, one.digits)


def get_entry(nodes: Mapping[str, Any], wanted: Wanted) -> Any:
    """The node that a printed number is about."""
    return get_place(nodes[wanted.name], wanted.place)
