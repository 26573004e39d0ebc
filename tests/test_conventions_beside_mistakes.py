"""The sign of δ and δ/N that all lines keep to are no mistakes though another line has one."""

from pathlib import Path
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


def test_the_other_order_of_indices_is_said_where_all_lines_keep_to_it() -> None:
    lines = {"δ_i^(l-1)": "Σ_j δ_j^l w_ij^l σ'(a_i^(l-1))", "∂L/∂w_ij^l": "δ_j^l z_i^(l-1)"}
    found = check("bernoulli", lines)
    assert [note for note in found.notes if "in the other order" in note and "wᵢⱼ leads to unit i from unit j" in note]
    found = check("bernoulli", lines | {"∂L/∂w_ij^l": "δ_i^l z_j^(l-1)"})
    assert not any("other order" in note for note in found.notes)
    assert found.verdicts["delta_hidden"].mistakes == ("weight-untransposed",)


def test_a_sum_over_the_samples_as_the_cost_is_no_mistake_in_a_lecture_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("""
letters = {pre = "A", post = "Z", weight = "V", cost = "L", delta = "U", last = "K"}
[notation]
indices = ["layer"]
samples = "rows"
weights = "source, target"
delta = "∂L/∂A"
[problem]
cost = "cross_entropy"
over = "mean"
activations = ["relu", "softmax"]
[example]
X = [[0.5, -1.0], [1.5, 0.4], [-0.8, 0.9]]
Y = [[1, 0], [0, 1], [1, 0]]
V = [[[0.3, 0.8, -0.6], [-0.5, 0.2, 0.9]], [[0.7, -0.2], [-0.4, 0.5], [1.1, 0.6]]]
b = [[0.1, -0.3, 0.2], [-0.1, 0.4]]
""", encoding="utf-8")
    of_sum = {"L": "-total(Y * log(Z[K]))", "U[K]": "Z[K] - Y", "U[l]": "U[l+1] @ V[l+1].T * (A[l] > 0)", "dV[l]": "Z[l-1].T @ U[l]"}
    found = check(str(path), of_sum)
    assert found.right
    assert [note for note in found.notes if note.startswith("Right for L = Σ")]
    found = check(str(path), of_sum | {"L": "-total(Y * log(Z[K])) / N"})  # the cost contradicts the rest
    assert not found.right
    assert found.verdicts["L"].right
    found = check(str(path), of_sum | {"U[K]": "(Z[K] - Y) / N"})
    assert found.first_wrong == "L"
    assert found.verdicts["dV[l]"].right
