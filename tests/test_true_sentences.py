"""What is said beside a verdict holds for every layer and every number that it is said of."""

from typing import Any

import pytest

from nn.derivations import check

SIGMOIDS = {"activations": ["sigmoid", "sigmoid"]}


def test_the_slope_of_several_functions_is_that_of_each() -> None:
    found = check("layers", {"delta_hidden": "W_next.T @ delta_next * a"}, activations=["sigmoid", "tanh", "sigmoid"])
    assert found.verdicts["delta_hidden"].mistakes == ("derivative-value",)
    said = found.verdicts["delta_hidden"].sentence
    assert "a⁽ˡ⁾·(1 − a⁽ˡ⁾) where σ is sigmoid" in said
    assert "1 − a⁽ˡ⁾² where σ is tanh" in said
    found = check("layers", {"delta_hidden": "W_next.T @ delta_next * a"}, activations=["tanh", "tanh", "sigmoid"])
    assert found.verdicts["delta_hidden"].sentence.endswith("σ′(z⁽ˡ⁾) is 1 − a⁽ˡ⁾².")


def test_one_digit_tells_of_no_mistake() -> None:
    found = check("chain", {"delta2": "-8.0", "delta1": "-0.004", "dw1": "-0.016"})
    assert found.verdicts["delta1"].decided_by == "unknown"
    assert "In so few digits no mistake can be told from another" in found.verdicts["delta1"].sentence
    assert found.verdicts["dw1"].follows


def test_one_digit_that_is_exact_does() -> None:
    found = check("one-neuron", {"z1": "7", "a1": "7", "C": "4"}, activation="identity", x=2, y=5, w1=3, b1=1)
    assert "The ½ is missing" in found.verdicts["C"].sentence


def test_the_identity_of_all_layers_is_told_of_the_layer_that_a_line_leans_on() -> None:
    found = check("layers", {"delta_output": "a - y"}, activations=["identity"])
    (said,) = (note for note in found.notes if "is the identity" in note)
    assert said.startswith("σ, which leads to a⁽³⁾, is the identity, whose derivative is 1, so a missing or repeated σ′(z⁽³⁾)")


@pytest.mark.parametrize("derivation", [
    {"delta1": "delta2*w2*df1(a1)", "dw1": "delta1*x"}, {"delta2": "(a2-y)*df2(a2)"}, {"delta1": "delta2*w2*df1(z1*w1)"},
    {"delta2": "(a2-y)", "delta1": "delta2*df2(z2)*w2*df1(z1)"}])
def test_who_names_a_slope_is_not_offered_a_function_with_which_it_is_right_by_chance(derivation: dict[str, str]) -> None:
    assert not any("if that is what you mean" in note for note in check("chain", derivation, **SIGMOIDS).notes)


def test_who_writes_another_slope_out_is_offered_its_function() -> None:
    found = check("chain", {"delta2": "(a2-y)*(1-a2**2)", "delta1": "delta2*w2*(1-a1**2)"}, **SIGMOIDS)
    assert "All of it is right with activations = tanh tanh: if that is what you mean, give that setting." in found.notes


@pytest.mark.parametrize(("id", "derivation", "settings", "said"), [
    ("chain", {"w1_new": "w1 - eta*delta1"}, SIGMOIDS, False), ("chain", {"w2_new": "w2 - eta*delta2*a2"}, SIGMOIDS, False),
    ("layers", {"W_new": "W - eta*delta @ a.T"}, {}, False), ("chain", {"w1_new": "w1 - 2*eta*delta1*x"}, SIGMOIDS, True)])
def test_another_rate_is_said_of_a_multiple_alone(id: str, derivation: dict[str, str], settings: dict[str, Any], said: bool) -> None:
    (verdict,) = check(id, derivation, **settings).verdicts.values()
    assert ("another η" in verdict.sentence) is said


@pytest.mark.parametrize(("id", "derivation", "settings", "said"), [
    ("layers", {"delta_output": "a - y", "delta_hidden": "W_next.T @ (delta_next*df(z_next))", "dW": "(delta * df(z)) @ a_prev.T"},
     {}, True),
    ("chain", {"delta2": "a2 - y", "delta1": "delta2*df2(z2)*w2", "dw1": "delta1*df1(z1)*x"}, SIGMOIDS, True),
    ("chain", {"delta2": "a2 - y", "delta1": "delta2*w2*df1(z1)", "dw1": "delta1*x"}, SIGMOIDS, False),
    ("chain", {"delta2": "a2 - y", "dw1": "delta1*x"}, SIGMOIDS, False),
])
def test_a_delta_that_is_the_derivative_by_a_is_said_once(id: str, derivation: dict[str, str], settings: dict[str, Any],
                                                          said: bool) -> None:
    notes = check(id, derivation, **settings).notes
    assert any(note.startswith("All your lines fit if δ is ∂C/∂a") for note in notes) is said
