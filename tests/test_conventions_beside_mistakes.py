"""The sign of δ and δ/N that all lines keep to are no mistakes though another line has one."""

from typing import Any

import pytest

from nn.derivations import check

SIGMOIDS = {"activations": ["sigmoid", "sigmoid"]}
TURNED = {"delta2": "(y - a2)*a2*(1-a2)", "delta1": "delta2*w2*a1*(1-a1)", "dw2": "-delta2*a1", "dw1": "-delta1*x",
          "db2": "-delta2", "db1": "-delta1"}
NETWORK = {"delta_output": "(y - a)*a*(1-a)", "delta_hidden": "W_next.T @ delta_next * a*(1-a)"}
MEAN = {"delta_output": "(a - Y)*a*(1-a)/N", "delta_hidden": "W_next.T @ delta_next * a*(1-a)", "dW": "delta @ a_prev.T"}
OTHER_SIGN, OF_THE_MEAN = "The other sign convention", "Your δ is that of the mean cost"


@pytest.mark.parametrize(("id", "derivation", "settings", "note", "quantity", "mistake"), [
    ("chain", TURNED | {"delta1": "delta2*a1*(1-a1)"}, SIGMOIDS, OTHER_SIGN, "delta1", "weight-missing"),
    ("chain", TURNED | {"db1": "-delta1*x"}, SIGMOIDS, OTHER_SIGN, "db1", "bias-times-input"),
    ("chain", TURNED | {"dw1": "-delta1*a1"}, SIGMOIDS, OTHER_SIGN, "dw1", "activation-own-layer"),
    ("layers", NETWORK | {"W_new": "W + eta*delta @ a_prev.T", "b_new": "b - eta*delta"}, {}, OTHER_SIGN, "b_new", "ascent"),
    ("columns", MEAN, {"penalty": "l2", "lam": 0.1}, OF_THE_MEAN, "dW", "penalty-forgotten"),
    ("columns", MEAN | {"delta_hidden": "W_next @ delta_next * a*(1-a)"}, {}, OF_THE_MEAN, "delta_hidden", "weight-untransposed"),
])
def test_only_the_mistake_is_wrong(id: str, derivation: dict[str, str], settings: dict[str, Any], note: str, quantity: str,
                                   mistake: str) -> None:
    found = check(id, derivation, **settings)
    assert [(name, verdict.mistakes) for name, verdict in found.verdicts.items() if verdict.wrong] == [(quantity, (mistake,))]
    assert [text for text in found.notes if text.startswith(note)]
    assert not any("your gradients are right" in text for text in found.notes)


def test_numbers_too() -> None:
    settings = SIGMOIDS | {"x": 0.7, "y": 0.2, "w1": 0.6, "b1": -0.4, "w2": 1.3, "b2": 0.5}
    found = check("chain", {"delta2": "-0.10207", "delta1": "-0.025514", "dw2": "0.051544", "dw1": "0.01786"}, **settings)
    assert [name for name, verdict in found.verdicts.items() if verdict.wrong] == ["delta1"]
    assert found.verdicts["delta1"].mistakes == ("weight-missing",)


@pytest.mark.parametrize("derivation", [
    TURNED | {"dw2": "delta2*a1", "dw1": "delta1*x", "db2": "delta2", "db1": "delta1"},
    TURNED | {"dw2": "delta2*z1", "dw1": "delta1*x", "db2": "delta2", "db1": "delta1"},
    {"delta2": "(y - a2)*a2*(1-a2)", "dw2": "delta2*z1"},
])
def test_a_turned_residual_is_a_mistake_where_the_gradients_do_not_keep_to_it(derivation: dict[str, str]) -> None:
    found = check("chain", derivation, **SIGMOIDS)
    assert found.first_wrong == "delta2"
    assert found.verdicts["delta2"].mistakes == ("residual-sign",)
