"""Random graphs as matrix programs, compared with the engine; the tests and the campaign share them."""

import importlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

import numpy as np
import pytest
from graphs import Graph, Step, graphs, magnitudes
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


@st.composite
def softmax_cases(draw: st.DrawFn, most_steps: int = 8) -> Case:
    """Random graphs with a softmax, or the logarithm of one, written out in one of many ways on top, and a cost of it."""
    case = draw(cases(most_steps))
    steps = list(case.graph.steps)
    count = len(case.graph.leaves) + len(steps)
    z: list[Any] = draw(st.lists(st.integers(0, count - 1), min_size=min(2, count), max_size=min(4, count), unique=True))

    def add(operation: str, *operands: int | float) -> int:
        steps.append(Step(operation, operands))
        return len(case.graph.leaves) + len(steps) - 1

    shift = draw(st.sampled_from(("none", "largest", "z")))
    m = add("largest", *z) if shift == "largest" else z[0]
    shifted = z if shift == "none" else [add("sub", v, m) for v in z]
    powers = [add("exp", v) for v in shifted]
    whole = add("total", *powers) if draw(st.booleans()) else powers[0]
    if whole == powers[0]:
        for power in powers[1:]:
            whole = add("add", whole, power)
    y: list[int | float] = [draw(st.integers(0, count - 1) | st.sampled_from((0.0, 1.0, 0.3))) for _ in z]
    kind = draw(st.sampled_from(("cross entropy", "squares", "log-softmax", "log-sum-exp", "logits", "one output")))
    if kind in ("log-softmax", "log-sum-exp", "logits"):
        log = add("log", whole)
        if kind == "log-softmax":
            terms = [add("mul", t, add("sub", v, log)) for t, v in zip(y, shifted, strict=True)]
        elif kind == "logits":
            terms = [add("logsumexp", *[add("sub", v, m) for v in z]), log]
        else:
            terms = [add("add", m, log) if shift != "none" else log, *(add("mul", t, v) for t, v in zip(y, z, strict=True))]
    else:
        outputs = [add("div", power, whole) for power in powers[: 1 if kind == "one output" else None]]
        terms = ([add("power", add("sub", a, t), 2.0) for t, a in zip(y, outputs, strict=False)] if kind == "squares" else
                 [add("mul", t, add("neg", add("log", a))) for t, a in zip(y, outputs, strict=False)])
    add("total", *terms, count - 1)
    return replace(case, graph=replace(case.graph, steps=tuple(steps)))


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


def take_in_parts(monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    """Let programs that are lifted from now on take so many samples at once."""
    runner = importlib.import_module("autograd_lite.matrix_form.runner")
    monkeypatch.setattr(runner, "_MOST", 0)
    monkeypatch.setattr(runner, "_FEWEST", rows)


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
    assert form.explain(form_of_samples)
    require_unmarked(leaves)
    size = sum(magnitudes(cost).values())  # of everything that is added
    assert abs(printed - C) <= CLOSE * max(1.0, abs(C), size)
    assert np.all(np.abs(slopes - gradient) <= CLOSE * max(1.0, size)), (slopes, gradient)
