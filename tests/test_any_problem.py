"""Any problem in any notation: hand lines, general statement and engine agree, and own lines are called right."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from any_problem import ELEMENTWISE, PENALTIES, list_activations, make_settings, write_own_lines
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nn.costs import COSTS
from nn.derivations import LECTURES, check, compare
from nn.derivations.general import by_general_statement
from nn.derivations.neutral import to_lecture_form

EXACT = 1e-12  # of the largest number of the problem
OUTPUTS = (*ELEMENTWISE, "softmax")


@st.composite
def any_settings(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A lecture and settings of the product space."""
    id, cost = draw(st.sampled_from(list(LECTURES))), draw(st.sampled_from(list(COSTS)))
    hidden, output = draw(st.sampled_from(ELEMENTWISE)), draw(st.sampled_from(OUTPUTS))
    assume(list_activations(id, cost, output, hidden))
    return id, make_settings(id, cost, hidden, output, draw(st.sampled_from(PENALTIES)), draw(st.booleans()), draw(st.sampled_from([1, 4])),
                             draw(st.integers(0, 10**6)), draw(st.sampled_from([1, 2, 3])))


def assert_all_three_agree(id: str, chosen: Mapping[str, Any]) -> None:
    found = compare(id, **chosen)
    lecture = LECTURES[id]
    conventions = lecture.conventions(found.settings)
    general = to_lecture_form(by_general_statement(lecture.problem(found.settings), conventions), conventions)
    largest = max(1.0, *(abs(row.hand) for row in found.rows))
    assert max(abs(row.hand - row.autodiff) for row in found.rows) <= EXACT * largest
    assert set(general) == set(found.hand) == set(found.autodiff)
    for kind, value in general.items():
        layers, others = (value, found.hand[kind]) if isinstance(value, dict) else ({0: value}, {0: found.hand[kind]})
        assert set(layers) == set(others)
        for layer, array in layers.items():
            assert np.shape(array) == np.shape(others[layer])
            assert np.abs(array - others[layer]).max() <= EXACT * largest, (kind, layer)


@settings(max_examples=40, deadline=None)
@given(any_settings())
def test_hand_lines_general_statement_and_engine_agree(drawn: tuple[str, dict[str, Any]]) -> None:
    assert_all_three_agree(*drawn)


@pytest.mark.exhaustive
@settings(max_examples=3000, deadline=None)
@given(any_settings())
def test_they_agree_on_many_problems(drawn: tuple[str, dict[str, Any]]) -> None:
    assert_all_three_agree(*drawn)


def assert_own_lines_are_right(id: str, chosen: dict[str, Any]) -> None:
    found = check(id, write_own_lines(id, chosen), **chosen)
    assert found.right, [verdict.sentence for verdict in found.verdicts.values() if not verdict.right]
    assert not any("Right for" in note for note in found.notes)


@pytest.mark.parametrize(("id", "cost", "hidden", "output", "samples"), [
    ("rows", "softmax_cross_entropy", "relu", "softmax", 4), ("layers", "binary_cross_entropy", "tanh", "sigmoid", 1),
    ("rss", "mean_squared_error", "tanh", "softmax", 4), ("bernoulli", "root_squared_error", "silu", "tanh", 1),
    ("columns", "residual_sum_of_squares", "elu", "identity", 4), ("chain", "bernoulli", "softplus", "sigmoid", 1),
])
def test_own_lines_are_called_right(id: str, cost: str, hidden: str, output: str, samples: int) -> None:
    assert_own_lines_are_right(id, make_settings(id, cost, hidden, output, PENALTIES[2] if samples == 4 else {}, True, samples, 7))


@pytest.mark.exhaustive
@settings(max_examples=150, deadline=None)
@given(any_settings())
def test_own_lines_are_called_right_in_many_problems(drawn: tuple[str, dict[str, Any]]) -> None:
    assert_own_lines_are_right(*drawn)
