"""Nodes recorded, swept, moved, traced, drawn and copied in any order: never a stale number without its warning.

Beside the engine runs a model in plain Python: for each node its operation, operands, the number it was recorded with,
the gradient it should have, and when it was last set or recorded. Leaves are whole numbers and operations keep them
whole, so every number is exact and is compared as it is.
"""

import copy
import pickle
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import hypothesis.strategies as st
import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from autograd_lite import OPERATIONS, StaleGraphWarning, Value, grad, topological_order, trace
from autograd_lite.internal import FUNCTIONS, format_number
from autograd_lite.operations import group_operands
from visualize import draw

pytestmark = [pytest.mark.slow, pytest.mark.exhaustive]

LARGEST_LEAF = 3
EXACT = 2**30  # far enough below 2⁵³ that gradients stay exact, added up over calls and halved at ties as well
MOST_NODES = 40
FEW_LEAVES = 4


@dataclass(frozen=True)
class Rule:
    """What an operation computes, written out once more: value, partials, and a bound of the magnitude of each."""

    value: Callable[..., int]
    partials: Callable[..., Sequence[float]]
    bound: Callable[..., int]
    bounds: Callable[..., Sequence[int]]


def _linear(*signs: int) -> Rule:
    return Rule(lambda *v: sum(s * x for s, x in zip(signs, v, strict=True)), lambda *v: signs,
                lambda *v: sum(v), lambda *v: [1] * len(v))


def _product_sum(*v: int) -> int:
    return v[0] * v[2] + v[1] * v[3] + v[4]


def _product_sum_partials(*v: int) -> list[int]:
    return [v[2], v[3], v[0], v[1], 1]


RULES: dict[str, Rule] = {
    "add": _linear(1, 1),
    "sub": _linear(1, -1),
    "neg": _linear(-1),
    "total": _linear(1, 1, 1),
    "mul": Rule(lambda a, b: a * b, lambda a, b: [b, a], lambda a, b: a * b, lambda a, b: [b, a]),
    "affine": Rule(_product_sum, _product_sum_partials, _product_sum, _product_sum_partials),
    "relu": Rule(lambda a: max(a, 0), lambda a: [int(a > 0)], lambda a: a, lambda a: [1]),
    "absolute": Rule(abs, lambda a: [(a > 0) - (a < 0)], lambda a: a, lambda a: [1]),
    "maximum": Rule(max, lambda a, b: [(a > b) + (a == b) / 2, (a < b) + (a == b) / 2], max, lambda a, b: [1, 1]),
}
ARITY = {"add": 2, "sub": 2, "neg": 1, "total": 3, "mul": 2, "affine": 5, "relu": 1, "absolute": 1, "maximum": 2}


@dataclass(eq=False)
class Twin:
    """The model of one node. ``operands`` are twins and numbers; ``since`` is when it was set or recorded."""

    node: Value
    operation: str
    operands: "tuple[Twin | int, ...]"
    data: int
    since: int
    grad: float = 0

    @property
    def parents(self) -> "list[Twin]":
        return [v for v in self.operands if isinstance(v, Twin)]


def family(output: Twin) -> list[Twin]:
    """Everything the twin was computed from and the twin itself, operands first."""
    found: dict[Twin, None] = {}

    def visit(twin: Twin) -> None:
        if twin not in found:
            for parent in twin.parents:
                visit(parent)
            found[twin] = None

    visit(output)
    return list(found)


def moved(output: Twin) -> set[Twin]:
    """The leaves that were set after a node that was computed from them was recorded."""
    return {leaf for twin in family(output) for leaf in twin.parents if not leaf.operation and leaf.since > twin.since}


def numbers(output: Twin) -> dict[Twin, int]:
    """The values now, whatever was recorded."""
    found: dict[Twin, int] = {}
    for twin in family(output):
        operands = [found[v] if isinstance(v, Twin) else v for v in twin.operands]
        found[twin] = RULES[twin.operation].value(*operands) if twin.operation else twin.data
    return found


def gradients(output: Twin) -> dict[Twin, float]:
    """∂output/∂twin now, by the forward sweep: a derivative of everything with respect to one at a time."""
    now, order = numbers(output), family(output)
    found = {}
    for about in order:
        tangents: dict[Twin, float] = {about: 1}
        for twin in order:
            if twin is not about and twin.operation:
                operands = [now[v] if isinstance(v, Twin) else v for v in twin.operands]
                slopes = RULES[twin.operation].partials(*operands)
                tangents[twin] = sum(d * tangents.get(v, 0) for v, d in zip(twin.operands, slopes, strict=True)
                                     if isinstance(v, Twin))
        found[about] = tangents.get(output, 0)
    return found


def stays_exact(output: Twin) -> bool:
    """Whether values and sums of gradients stay small, wherever leaves may be moved to."""
    sizes: dict[Twin, int] = {}
    order = family(output)
    sums = dict.fromkeys(order, 0) | {output: 1}

    def of_operands(twin: Twin) -> list[int]:
        return [sizes[v] if isinstance(v, Twin) else abs(v) for v in twin.operands]

    for twin in order:
        sizes[twin] = RULES[twin.operation].bound(*of_operands(twin)) if twin.operation else LARGEST_LEAF
    for twin in reversed(order):
        if twin.operation:
            for operand, slope in zip(twin.operands, RULES[twin.operation].bounds(*of_operands(twin)), strict=True):
                if isinstance(operand, Twin):
                    sums[operand] += sums[twin] * slope
    return max(*sizes.values(), *sums.values()) < EXACT


PICK = st.integers(0, MOST_NODES)  # how far back from the newest
WHOLE = st.integers(-LARGEST_LEAF, LARGEST_LEAF)
# An operation, and as many operands as the longest needs: an int picks a node, a float is a number.
OPERAND = st.integers(0, MOST_NODES + 2 * LARGEST_LEAF).map(lambda n: n if n < MOST_NODES else float(n - MOST_NODES - LARGEST_LEAF))
RECORDING = st.tuples(st.sampled_from(list(RULES)), st.tuples(*[OPERAND] * max(ARITY.values())))
Recording = tuple[str, tuple[int | float, ...]]


class Notebook(RuleBasedStateMachine):
    """A person in a notebook, who runs the cells in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.twins: list[Twin] = []
        self.time = 0
        self.names = 0

    # what there is

    def _add(self, node: Value, operation: str, operands: tuple[Twin | int, ...], data: int, since: int, grad: float = 0) -> Twin:
        """Keep a node and its twin, under a label of its own, by which traces and warnings are read."""
        self.names += 1
        node.label = f"n{self.names}"
        twin = Twin(node, operation, operands, data, since, grad)
        self.twins.append(twin)
        return twin

    def _pick(self, pick: int) -> Twin:
        return self.twins[-1 - pick % len(self.twins)]

    def _output(self, pick: int) -> Twin:
        """A result if there is one: outputs that are leaves are soon tried."""
        results = [twin for twin in self.twins if twin.operation] or self.twins
        return results[-1 - pick % len(results)]

    def _leaf(self, pick: int) -> Twin:
        leaves = [twin for twin in self.twins if not twin.operation]
        return leaves[-1 - pick % len(leaves)]

    def _has_room(self) -> bool:
        return len(self.twins) < MOST_NODES

    # what is done to it

    def _has_few_leaves(self) -> bool:
        return sum(not twin.operation for twin in self.twins) < FEW_LEAVES

    @precondition(_has_few_leaves)
    @rule(number=WHOLE)
    def leaf(self, number: int) -> None:
        self._add(Value(number), "", (), number, self.time)

    @initialize(numbers=st.lists(WHOLE, min_size=1, max_size=FEW_LEAVES), recordings=st.lists(RECORDING, min_size=5, max_size=12))
    def begin(self, numbers: list[int], recordings: list[Recording]) -> None:
        """Something to work with: otherwise most of what is tried is tried on a leaf."""
        for number in numbers:
            self._add(Value(number), "", (), number, self.time)
        for recording in recordings:
            self._record(*recording)

    @precondition(_has_room)
    @rule(recordings=st.lists(RECORDING, min_size=1, max_size=3))
    def record(self, recordings: list[Recording]) -> None:
        for recording in recordings:
            self._record(*recording)

    def _record(self, name: str, picks: Sequence[int | float]) -> None:
        operands = tuple(self._pick(v) if isinstance(v, int) else int(v) for v in picks[: ARITY[name]])
        data = RULES[name].value(*(v.data if isinstance(v, Twin) else v for v in operands))
        mixed = [v.node if isinstance(v, Twin) else float(v) for v in operands]
        twin = Twin(FUNCTIONS[name](*group_operands(OPERATIONS[name], mixed)), name, operands, data, self.time)
        if stays_exact(twin):
            self._add(twin.node, name, operands, data, self.time)

    @rule(pick=PICK, number=WHOLE)
    def move(self, pick: int, number: int) -> None:
        """Setting a leaf to the number it has counts as well: nobody looks at the numbers."""
        twin = self._leaf(pick)
        self.time += 1
        twin.node.data = number
        twin.data, twin.since = number, self.time

    @rule(pick=PICK)
    def zero_grad(self, pick: int) -> None:
        output = self._output(pick)
        output.node.zero_grad()
        for twin in family(output):
            twin.grad = 0

    @rule(pick=PICK)
    def backward(self, pick: int) -> None:
        output = self._output(pick)
        with announced(output):
            output.node.backward()
        for twin, gradient in gradients(output).items():
            twin.grad = gradient if twin.operation else twin.grad + gradient

    @rule(pick=PICK)
    def take_grad(self, pick: int) -> None:
        output = self._output(pick)
        expected = gradients(output)
        with announced(output):
            found = grad(output.node, [twin.node for twin in expected])
        assert found == tuple(expected.values())

    @rule(pick=PICK, about=PICK)
    def take_grad_as_nodes(self, pick: int, about: int) -> None:
        output, leaf = self._pick(pick), self._leaf(about)
        with announced(output):
            (found,) = grad(output.node, [leaf.node], create_graph=True)
        assert found.data == gradients(output).get(leaf, 0)

    @rule(pick=PICK)
    def trace(self, pick: int) -> None:
        output = self._output(pick)
        with announced(output):
            recorded = trace(output.node)
        now, expected = numbers(output), gradients(output)
        assert {node.name: (node.value, node.gradient) for node in recorded.nodes} == {
            twin.node.label: (now[twin], expected[twin]) for twin in now
        }
        assert [step.value for step in recorded.forward] == [node.value for node in recorded.nodes if node.operation]
        assert set(recorded.moved) == {leaf.node.label for leaf in moved(output)}

    @rule(pick=PICK)
    def draw(self, pick: int) -> None:
        """The picture is that of the same graph recorded now, and its cards have the numbers of the model."""
        output = self._output(pick)
        with announced(output):
            picture = draw(output.node).dot
        note = re.compile(r"^\tlabel=<.* changed since .*\n", re.MULTILINE)
        assert len(note.findall(picture)) == bool(moved(output))
        assert note.sub("", picture) == draw(fresh(output)).dot
        now, expected = numbers(output), gradients(output)
        cards = re.findall(r">(\w+)(?: = [^<]*)?</B>.*?>value ([^<]*)<.*?= ([^<=]*)</TD></TR></TABLE>", picture)
        assert sorted(cards) == sorted(
            (twin.node.label, format_number(now[twin]), format_number(expected[twin])) for twin in now
        )

    def _has_room_for_copies(self) -> bool:
        return len(self.twins) < MOST_NODES // 2

    @precondition(_has_room_for_copies)
    @rule(pick=PICK, copied=st.sampled_from([copy.deepcopy, lambda node: pickle.loads(pickle.dumps(node))]))  # noqa: S301 - our own
    def copy_all(self, pick: int, copied: Callable[[Value], Value]) -> None:
        """A graph of its own, with numbers, gradients and whether it is stale as they were."""
        output = self._output(pick)
        originals = topological_order(output.node)
        copies = topological_order(copied(output.node))
        assert not set(originals) & set(copies)
        assert [(node.label, node.operation) for node in originals] == [(node.label, node.operation) for node in copies]
        twin_of = {twin.node: twin for twin in self.twins}
        made: dict[Twin, Twin] = {}
        for original, node in zip(originals, copies, strict=True):
            twin = twin_of[original]
            operands = tuple(made[v] if isinstance(v, Twin) else v for v in twin.operands)
            made[twin] = self._add(node, twin.operation, operands, twin.data, twin.since, twin.grad)

    @precondition(_has_room)
    @rule(pick=PICK)
    def copy_one(self, pick: int) -> None:
        """A shallow copy has the operands of the original."""
        twin = self._pick(pick)
        copied = copy.copy(twin.node)
        assert copied is not twin.node
        self._add(copied, twin.operation, twin.operands, twin.data, twin.since, twin.grad)

    # what must be so at any time

    @invariant()
    def nothing_else_has_changed(self) -> None:
        for twin in self.twins:
            assert (twin.node.data, twin.node.grad) == (twin.data, twin.grad), twin.node.label
            expected = [v.node if isinstance(v, Twin) else v for v in twin.operands]
            assert all(a is b or a == b for a, b in zip(twin.node.operands, expected, strict=True))


@contextmanager
def announced(output: Twin) -> Iterator[None]:
    """One warning that names the leaves that moved; none if none did."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    leaves = moved(output)
    assert [warning.category for warning in caught] == ([StaleGraphWarning] if leaves else [])
    if leaves:
        (named,) = re.findall("changed since the graph was recorded: (.*?);", str(caught[0].message))
        assert sorted(named.split(", ")) == sorted(leaf.node.label for leaf in leaves)
        assert caught[0].filename == __file__


def fresh(output: Twin) -> Value:
    """The same graph recorded now."""
    made: dict[Twin, Value] = {}
    for twin in family(output):
        operands = [made[v] if isinstance(v, Twin) else float(v) for v in twin.operands]
        node = FUNCTIONS[twin.operation](*group_operands(OPERATIONS[twin.operation], operands)) if twin.operation else Value(twin.data)
        node.label = twin.node.label
        made[twin] = node
    return made[output]


TestNotebook = Notebook.TestCase
TestNotebook.settings = settings(deadline=None, derandomize=True, max_examples=300, stateful_step_count=30)
