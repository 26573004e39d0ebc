"""Every lecture on random networks: by hand, by the engine, by the one general statement, and by central differences."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from networks import problems

from autograd_lite import Value, trace
from nn.derivations import LECTURES, Recording, compare
from nn.derivations.general import solve as by_general_statement
from nn.derivations.neutral import to_lecture_form

pytestmark = pytest.mark.slow

# Each rounding is 1e-16 of the largest number on the way, and there are some hundred on the way to a gradient. What a sum
# cancels to is not judged by its own size: the largest number of the whole problem stands for what was added.
EXACT = 1e-12
STEP = 2.0**-17  # differences are off by STEP² times the third derivative, and by 1e-16 of the cost over STEP
CLOSE = 1e-6
KINKED = ("relu", "leaky_relu", "elu")


@pytest.mark.exhaustive
@pytest.mark.parametrize("id", LECTURES)
@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_by_hand_by_autodiff_and_by_the_general_statement(id: str, data: st.DataObject) -> None:
    given = data.draw(problems(id))
    found = compare(id, **given)
    largest = max(1.0, *(abs(row.hand) for row in found.rows))
    assert all(abs(row.hand - row.autodiff) <= EXACT * largest for row in found.rows)
    lecture, chosen = LECTURES[id], found.settings
    conventions = lecture.conventions(chosen)
    general = to_lecture_form(by_general_statement(lecture.problem(chosen), conventions), conventions)
    assert set(general) == set(found.hand) == set(found.autodiff)
    assert_equal(general, found.hand, EXACT * largest)


def assert_equal(one: Mapping[str, Any], other: Mapping[str, Any], tolerance: float) -> None:
    for kind, value in one.items():
        layers = value if isinstance(value, Mapping) else {0: value}
        others = other[kind] if isinstance(value, Mapping) else {0: other[kind]}
        assert set(layers) == set(others), kind
        for layer, array in layers.items():
            assert np.shape(array) == np.shape(others[layer]), (kind, layer)
            assert np.abs(array - others[layer]).max() <= tolerance, (kind, layer)


def parameters(recording: Recording) -> Iterator[Value]:
    for rows in recording.weights.values():
        for row in rows:
            yield from row
    for leaves in recording.biases.values():
        yield from leaves


@pytest.mark.exhaustive
@pytest.mark.parametrize("id", LECTURES)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_the_engine_agrees_with_central_differences(id: str, data: st.DataObject) -> None:
    given = data.draw(problems(id))
    lecture = LECTURES[id]
    recording = lecture.record(lecture.resolve(given))
    for rows in recording.pre.values():  # never at a kink, nor within the step of one
        assume(all(abs(z.data) > 1e-3 for row in rows for z in row))
    recording.cost.backward()
    leaves = list(parameters(recording))
    for parameter in data.draw(st.lists(st.sampled_from(leaves), min_size=1, max_size=6, unique=True)):
        at, gradient = parameter.data, parameter.grad
        costs = []
        for moved in (at + STEP, at - STEP):
            parameter.data = moved
            with pytest.warns(match="changed since"):
                recorded = trace(recording.cost)
            costs.append(next(node.value for node in recorded.nodes if node.name == recorded.output))
        parameter.data = at
        difference = (costs[0] - costs[1]) / (2 * STEP)
        assert abs(difference - gradient) <= CLOSE * max(1.0, abs(gradient), abs(costs[0])), parameter.label
