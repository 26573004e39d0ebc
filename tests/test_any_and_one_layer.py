"""A line for any layer that stands beside lines for each single one is judged too."""

import pytest

from nn.derivations import check


@pytest.mark.parametrize(("any_layer", "right"), [
    ({"delta_output": "(y - a)", "dW": "delta @ a.T"}, False),
    ({"delta_output": "(a - y) * df(z)", "dW": "delta @ a_prev.T"}, True),
])
def test_both_are_judged(any_layer: dict[str, str], right: bool) -> None:
    found = check("layers", any_layer | {
        "delta[3]": "(a[3] - y) * df(z[3])", "dW[1]": "delta[1] @ x.T", "dW[2]": "delta[2] @ a[1].T", "dW[3]": "delta[3] @ a[2].T"})
    assert list(found.verdicts) == ["delta_output", "delta[3]", "dW", "dW[1]", "dW[2]", "dW[3]"]
    assert all(verdict.right for name, verdict in found.verdicts.items() if "[" in name)
    assert [verdict.right for name, verdict in found.verdicts.items() if "[" not in name] == [right, right]


def test_a_right_one_for_any_layer_stays_beside_a_wrong_one_for_a_single_layer() -> None:
    found = check("layers", {"delta_output": "(a - y) * df(z)", "delta[3]": "(y - a[3]) * df(z[3])"})
    assert [verdict.right for verdict in found.verdicts.values()] == [True, False]
    assert found.verdicts["delta[3]"].mistakes == ("residual-sign",)


def test_the_one_for_any_layer_is_about_the_layers_that_have_none() -> None:
    found = check("layers", {"dW": "delta @ a_prev.T", "dW[1]": "delta[1] @ x.T"})
    assert found.right


def test_two_for_one_layer_are_still_too_many() -> None:
    with pytest.raises(ValueError, match="given twice"):
        check("layers", {"delta[3]": "(a - y) * df(z)", "δ^3": "(a - y) * df(z)"})
