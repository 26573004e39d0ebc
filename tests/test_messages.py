"""Each message of the engine quotes at most 200 characters of what was handed in; test_quoting does so for all floors."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd_lite import (
    StaleGraphWarning,
    Value,
    affine,
    exp,
    grad,
    gradcheck,
    log,
    sqrt,
    topological_order,
    total,
    trace,
)
from autograd_lite.quoting import LONGEST, quote, shorten

LONG = "w" * 20_000
SENTENCE = 400  # characters that the sentences themselves may take


@given(st.text(), st.integers(5, 40))
def test_a_short_text_stays_and_a_long_one_keeps_both_ends(text: str, longest: int) -> None:
    found = shorten(text, longest)
    if len(text) <= longest:
        assert found == text
    else:
        end = (longest - 3) // 4 or 1
        assert len(found) == longest
        assert text.startswith(found[: longest - 3 - end])
        assert text.endswith(found[-end:])


def test_what_has_no_repr_is_quoted_by_its_type() -> None:
    class Mute:
        def __repr__(self) -> str:
            raise RuntimeError

    assert quote(Mute()) == "<Mute>"
    assert quote([10**5000]) == "<list>"
    assert len(quote(LONG)) == LONGEST


def _derivative_of_a_long_sum() -> object:
    x = Value(0.0, LONG)
    return grad(sqrt(total([x, *[Value(0.0, f"{LONG}{k}") for k in range(50)]])), [x])


@pytest.mark.parametrize("act", [
    lambda: Value(LONG),  # type: ignore[arg-type]
    lambda: Value(1.0, [LONG]),  # type: ignore[arg-type]
    lambda: Value(float("nan"), LONG),
    lambda: Value(10**5000, LONG),
    lambda: Value(1.0) + LONG,  # type: ignore[operator]
    lambda: exp(LONG),  # type: ignore[arg-type]
    lambda: affine([Value(1.0)], [LONG]),  # type: ignore[list-item]
    lambda: log(Value(-1.0, LONG)),
    lambda: affine([1e308] * 9, [Value(1e308, f"{LONG}{k}") for k in range(9)]),
    lambda: float(Value(1.0, LONG)),
    lambda: setattr(Value(1.0, LONG), "data", LONG),
    lambda: setattr(exp(Value(1.0, LONG)), "data", 1.0),
    lambda: grad([LONG], []),  # type: ignore[call-overload]
    lambda: grad(Value(1.0), [LONG]),  # type: ignore[type-var]
    lambda: gradcheck(exp, LONG),  # type: ignore[arg-type]
    lambda: gradcheck(exp, [[LONG]]),  # type: ignore[list-item]
    lambda: topological_order([LONG]),  # type: ignore[type-var]
    lambda: trace(LONG),  # type: ignore[arg-type]
    lambda: trace(Value(1.0), LONG),
    lambda: sqrt(Value(0.0, LONG)).backward(),
    _derivative_of_a_long_sum,
])
def test_errors_quote_little_of_what_was_handed_in(act: Callable[[], object]) -> None:
    with pytest.raises((TypeError, ValueError, ArithmeticError, AttributeError)) as caught:
        act()
    assert len(str(caught.value)) <= SENTENCE + 3 * LONGEST


def test_the_warning_of_a_stale_graph_names_a_few_of_many_leaves() -> None:
    leaves = [Value(1.0, f"{LONG}{k}") for k in range(100)]
    output = total(leaves)
    for leaf in leaves:
        leaf.data = 2.0
    with pytest.warns(StaleGraphWarning, match="changed since the graph was recorded") as caught:
        output.backward()
    assert len(str(caught[0].message)) <= SENTENCE + LONGEST
