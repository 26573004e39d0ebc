"""A line that follows names every wrong line that it uses, and none that it does not."""

from typing import Any

import pytest

from nn.derivations import check


@pytest.mark.parametrize(("id", "derivation", "settings", "quantity", "sentence"), [
    ("layers", {"delta_output": "(a-y)*a", "delta_hidden": "W_next.T @ delta_next * z", "dW": "delta @ a_prev.T"},
     {"activations": ["relu", "relu", "sigmoid"]}, "dW", "only the δ⁽ᴸ⁾ and δ⁽ˡ⁾ that it uses are wrong."),
    ("chain", {"delta2": "-8.5", "delta1": "-0.0034", "dw1": "-0.0136", "dw2": "-8.49"}, {}, "dw1",
     "follows from your δ₁: the rule is right; only the δ₁ that it uses is wrong."),
    ("chain", {"delta2": "-8.5", "delta1": "-0.0034", "dw1": "-0.0136", "dw2": "-8.49"}, {}, "dw2", "only the δ₂ that it uses is wrong."),
    ("chain", {"delta2": "a2", "delta1": "delta2*w2*df1(z1)", "dw1": "delta1*x"}, {}, "dw1", "only the δ₂ that it uses is wrong."),
])
def test_what_it_uses_is_named(id: str, derivation: dict[str, Any], settings: dict[str, Any], quantity: str, sentence: str) -> None:
    verdict = check(id, derivation, **settings).verdicts[quantity]
    assert verdict.follows
    assert verdict.sentence.endswith(sentence)
