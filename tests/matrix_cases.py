"""Random graphs as matrix programs, compared with the engine; the tests and the campaign share them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

import numpy as np
from graphs import Graph, graphs, magnitudes
from hypothesis import strategies as st

from autograd_lite import Value, grad, matrix_form, total
from autograd_lite.comparisons import MarkedClock

CLOSE = 1e-12  # times the magnitudes that are added


@dataclass(frozen=True)
class Case:
    """A graph of one sample, which of its leaves are parameters, the rows of the data, and how they are reduced."""

    graph: Graph
    parameters: tuple[bool, ...]
    rows: tuple[tuple[float, ...], ...]
    over: str

    def split(self, leaves: Sequence[Any], parameters: bool) -> list[Any]:
        return [leaf for leaf, chosen in zip(leaves, self.parameters, strict=True) if chosen == parameters]

    def with_row(self, row: Sequence[float]) -> Graph:
        numbers = iter(row)
        return replace(self.graph, leaves=tuple(leaf if chosen else next(numbers) for leaf, chosen
                                                in zip(self.graph.leaves, self.parameters, strict=True)))


@st.composite
def cases(draw: st.DrawFn, most_steps: int = 24) -> Case:
    graph = draw(graphs(most_steps))
    chosen = tuple(draw(st.booleans()) for _ in graph.leaves)
    moves = st.sampled_from((0.0, 0.01, -0.01))
    samples = [leaf for leaf, parameter in zip(graph.leaves, chosen, strict=True) if not parameter]
    rows = [tuple(leaf + draw(moves) for leaf in samples) for _ in range(draw(st.integers(1, 3)))]
    return Case(graph, chosen, tuple(rows), draw(st.sampled_from(("mean", "sum"))))


def compare(case: Case) -> bool:
    """Compare the program with the engine; whether there was something to compare.

    Raises:
        AssertionError: they differ by more than ``CLOSE`` of the magnitudes added.
    """
    leaves, cost = case.graph.record()
    form = matrix_form(cost, case.split(leaves, True), case.split(leaves, False), over=case.over)
    theta, data = np.array(case.split(case.graph.leaves, True)), np.array(case.rows).reshape(len(case.rows), -1)
    try:
        recorded = [case.with_row(row).record() for row in case.rows]
    except (ValueError, ArithmeticError):
        return False
    share = 1 / len(case.rows) if case.over == "mean" else 1.0
    expected = np.zeros(len(theta))
    sizes = np.zeros(len(theta))
    for found, y in recorded:
        inner = case.split(found, True)
        expected += share * np.array(grad(y, inner))
        largest = magnitudes(y)
        sizes += share * np.array([largest.get(leaf, 0.0) for leaf in inner])
    value = share * float(total([y for _, y in recorded]).data)
    C, gradient = form.value_and_gradient(theta, data)
    assert abs(C - value) <= CLOSE * max(1.0, abs(value), *(share * abs(y.data) for _, y in recorded))
    assert form.value(theta, data) == C
    assert np.all(np.abs(gradient - expected) <= CLOSE * np.maximum(1.0, sizes)), (gradient, expected)
    require_unmarked(leaves)
    return isfinite(C)


def require_unmarked(leaves: Sequence[Value]) -> None:
    """Require that lifting has compared no leaves: what is recorded from them later would carry the mark."""
    assert not any(isinstance(leaf._clock, MarkedClock) for leaf in leaves)


def run_source(source: str, theta: Any, data: Any) -> tuple[float, Any]:
    """Run the printed program as it stands."""
    names: dict[str, Any] = {}
    exec(compile(source, "<source>", "exec"), names)
    with np.errstate(all="ignore"):
        C, gradient = names["program"](theta, data)
    assert np.shape(C) == ()
    assert gradient.shape == theta.shape
    return C, gradient


def compare_source(case: Case, form_of_samples: str) -> None:
    """Compare the printed program with the one that is run.

    Raises:
        AssertionError: they differ by more than roundings.
    """
    leaves, cost = case.graph.record()
    form = matrix_form(cost, case.split(leaves, True), case.split(leaves, False), over=case.over)
    theta, data = np.array(case.split(case.graph.leaves, True)), np.array(case.rows).reshape(len(case.rows), -1)
    try:
        C, gradient = form.value_and_gradient(theta, data)
    except (ValueError, ArithmeticError):
        return
    printed, slopes = run_source(form.write_source(form_of_samples), theta, data)
    size = sum(magnitudes(cost).values())  # of everything that is added
    assert abs(printed - C) <= CLOSE * max(1.0, abs(C), size)
    assert np.all(np.abs(slopes - gradient) <= CLOSE * max(1.0, size)), (slopes, gradient)
