"""Random computation graphs as plain data, for Hypothesis: drawn once, evaluated by any kind of number.

A ``Graph`` is a list of numbers for its leaves and a list of steps, so that the same graph can be recorded, shifted,
recorded with a wrong row, and evaluated by complex numbers or by JAX.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any, TypeVar

from hypothesis import strategies as st
from rows import COMPILED, CONSTANTS, FROM_A_KINK, kink

from autograd_lite import OPERATIONS, Value, topological_order
from autograd_lite.internal import FUNCTIONS
from autograd_lite.operations import Row, group_operands

Number = TypeVar("Number")
Functions = Mapping[str, Callable[..., Any]]

LARGEST_VALUE = 50.0
LARGEST_PARTIAL = 10.0  # a chain of steeper ones is no test of the engine, only of how differences round


@dataclass(frozen=True)
class Step:
    """An operation and its operands, flat: an int is the place of an earlier result, a float is a number."""

    operation: str
    operands: tuple[int | float, ...]


@dataclass(frozen=True)
class Graph:
    """Leaves come first, then a result a step; the last result is the output."""

    leaves: tuple[float, ...]
    steps: tuple[Step, ...]

    def results(self, leaves: Sequence[Number], functions: Functions) -> list[Number]:
        """Every leaf and every result, with ``functions`` for the operations."""
        found = list(leaves)
        for step in self.steps:
            groups = group_operands(OPERATIONS[step.operation], [found[v] if isinstance(v, int) else v for v in step.operands])
            found.append(functions[step.operation](*groups))
        return found

    def record(self, functions: Functions = FUNCTIONS) -> tuple[list[Value], Value]:
        """The leaves and the output of a new recording."""
        leaves = [Value(x, f"x{i}") for i, x in enumerate(self.leaves)]
        return leaves, self.results(leaves, functions)[-1]

    def sides(self, leaves: Sequence[float]) -> tuple[bool, ...]:
        """On which side of its kink every step is, when the leaves are these numbers."""
        found = self.results(leaves, VALUES)
        return tuple(
            kink(OPERATIONS[step.operation], at(step, found)) > 0 for step in self.steps
        )


VALUES: Functions = {name: compiled.value for name, compiled in COMPILED.items()}


def at(step: Step, found: Sequence[float]) -> tuple[float, ...]:
    """The numbers that a step is taken at."""
    return tuple(found[v] if isinstance(v, int) else v for v in step.operands)


NUMBERS = st.integers(-12, 12).map(lambda n: n / 4)  # 0, 1 and −1 among them
LEAVES = st.integers(-250, 250).map(lambda n: n / 100)


@st.composite
def graphs(draw: st.DrawFn, most_steps: int = 24) -> Graph:
    """Graphs of any operation of the table, tame at their leaves and away from kinks and from the ends of domains.

    A step that would not be tame is left out rather than the whole graph, so that nothing that was drawn is thrown
    away. Results that no step used are added up at the end: every leaf and every node counts.
    """
    leaves = draw(st.lists(LEAVES, min_size=1, max_size=4))
    found = [Value(x) for x in leaves]
    steps: list[Step] = []
    for _ in range(draw(st.integers(1, most_steps))):
        step = _step(draw, len(found))
        result = _recorded(step, found)
        if result is not None and _is_tame(step, result, [v.data for v in found]):
            found.append(result)
            steps.append(step)
    used = {v for step in steps for v in step.operands if isinstance(v, int)}
    ends = [place for place in range(len(found)) if place not in used]
    return Graph(tuple(leaves), (*steps, Step("total", tuple(ends))))


def _step(draw: st.DrawFn, count: int) -> Step:
    name = draw(st.sampled_from(list(OPERATIONS)))
    row = OPERATIONS[name]
    length = draw(st.integers(1, 4)) if row.vectors else 1
    differentiated = sum(length if operand in row.vectors else 1 for operand in row.partials)
    operands = [_operand(draw, count) for _ in range(differentiated)]
    constants = sorted(draw(st.sampled_from((*CONSTANTS, 0.0, 1.0))) for _ in row.constants)  # low before high
    return Step(name, (*operands, *constants))


def _operand(draw: st.DrawFn, count: int) -> int | float:
    """A result, the newest being the simplest choice, or one time in six a number."""
    back = draw(st.integers(0, count + count // 5))
    return count - 1 - back if back < count else draw(NUMBERS)


def _recorded(step: Step, found: Sequence[Value]) -> Value | None:
    mixed = [found[v] if isinstance(v, int) else v for v in step.operands]
    try:
        result: Value = FUNCTIONS[step.operation](*group_operands(OPERATIONS[step.operation], mixed))
    except (ValueError, ArithmeticError):
        return None
    return result


def _is_tame(step: Step, result: Value, numbers: Sequence[float]) -> bool:
    """Neither large nor steep, and defined with the same formula all around."""
    row = OPERATIONS[step.operation]
    if abs(result.data) > LARGEST_VALUE:
        return False
    if not all(isfinite(partial) and abs(partial) <= LARGEST_PARTIAL for partial in result.partials):
        return False
    if abs(kink(row, at(step, numbers))) < FROM_A_KINK:
        return False
    for side in (-FROM_A_KINK, FROM_A_KINK):
        moved = [numbers[v] + side if isinstance(v, int) else v for v in step.operands]
        try:
            COMPILED[step.operation].value(*group_operands(row, moved))
        except (ValueError, ArithmeticError):
            return False
    return True


def magnitudes(output: Value) -> dict[Value, float]:
    """Node -> the sum of the magnitudes that are added to make its gradient, over all paths from the output.

    Where a partial is a difference itself, 1 − y², the terms of that difference are what is added. It is what the
    rounding of a gradient is measured by: that of terms which cancel is no smaller than the terms.
    """
    order = topological_order(output)
    sums = dict.fromkeys(order, 0.0) | {output: 1.0}
    for node in reversed(order):
        for parent, partial in zip(node.parents, node.partials, strict=True):
            y = node.data
            terms = {"tanh": 1 + y * y, "sigmoid": abs(y) * (1 + y)}.get(node.operation, abs(partial))
            sums[parent] += sums[node] * terms
    return sums


@dataclass(frozen=True)
class Wrong:
    """A row that is not the table's: which, how it differs, and the row."""

    name: str
    how: str
    row: Row

    def __str__(self) -> str:
        return f"{self.name}: {self.how}"


def one_percent_wrong() -> Iterator[Wrong]:
    """Every row of the table with one of its partials 1 % too large."""
    for name, row in OPERATIONS.items():
        for operand, partial in row.partials.items():
            if (name, operand) == ("where", "b"):  # its condition is never exactly 0 at random; a test has its own
                continue
            how, wrong = ("0.01 and not 0", "0.01") if partial == "0" else ("1 % too large", f"({partial}) * 1.01")
            yield Wrong(name, f"∂{operand} {how}", replace(row, partials={**row.partials, operand: wrong}))


def mistaken(name: str, **partials: str) -> Wrong:
    row = OPERATIONS[name]
    how = ", ".join(f"∂{operand} = {text}" for operand, text in partials.items())
    return Wrong(name, how, replace(row, partials={**row.partials, **partials}))


# What a person gets wrong: a sign, a factor, operands or rows mixed up, the wrong side of a condition.
MISTAKES = [
    mistaken("mul", a="a", b="b"), mistaken("div", b="y / b"), mistaken("div", a="b"), mistaken("sub", b="1"),
    mistaken("sigmoid", a="1 - y"), mistaken("sigmoid", a="a * (1 - a)"), mistaken("tanh", a="1 - y"),
    mistaken("tanh", a="1 - a * a"), mistaken("affine", w="w", x="x"), mistaken("affine", b="0"),
    mistaken("logsumexp", a="exp(a) / y"), mistaken("logsumexp", a="exp(y - a)"), mistaken("relu", a="1"),
    mistaken("relu", a="where(a > 0, 0, 1)"), mistaken("leaky_relu", a="where(a > 0, 1, 0)"),
    mistaken("pow", b="where(y == 0, 0, y * log(b))"), mistaken("pow", a="b * pow(a, b)"),
    mistaken("power", a="where(c == 0, 0, c * power(a, c))"), mistaken("softplus", a="y"), mistaken("cos", a="sin(a)"),
    mistaken("elu", a="where(a > 0, 1, exp(minimum(a, 0)))"), mistaken("maximum", a="where(a > b, 0, 1)"),
    mistaken("sqrt", a="1 / y"), mistaken("log", a="y"), mistaken("absolute", a="1"),
]

WRONG = [*one_percent_wrong(), *MISTAKES]
