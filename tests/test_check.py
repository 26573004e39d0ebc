"""``check``: what a verdict says, how numbers are judged, what is no mistake, and what inputs cannot tell."""

import json
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nn.derivations import LECTURES, Diagnosis, check, compare
from nn.derivations.diagnosis.judging.judge import DECISIONS

pytestmark = pytest.mark.slow

SIGMOIDS = {"activations": ["sigmoid", "sigmoid"]}
RIGHT = {"delta2": "(a2 - y) * a2 * (1 - a2)", "delta1": "delta2 * w2 * a1 * (1 - a1)"}


def mistakes(found: Diagnosis, quantity: str) -> tuple[str, ...]:
    return found.verdicts[quantity].mistakes


def test_a_right_derivation_is_right() -> None:
    found = check("chain", RIGHT, **SIGMOIDS)
    assert found.right
    assert found.first_wrong is None
    assert list(found.verdicts) == ["delta2", "delta1"]
    assert all(verdict.right and not verdict.follows and verdict.mistakes == () for verdict in found.verdicts.values())


@pytest.mark.parametrize("id", LECTURES)
def test_the_lectures_own_numbers_are_right(id: str) -> None:
    found = compare(id)
    assert check(id, found.hand).right
    assert check(id, {row.name: row.hand for row in found.rows if "[0][" not in row.name or "post" not in row.name}).right
    by_symbol = {row.symbol: f"{row.hand:.6f}" for row in found.rows if not row.name.startswith("post[0]")}
    assert check(id, by_symbol).right


def test_what_follows_from_a_wrong_line_is_no_mistake_of_its_own() -> None:
    found = check("chain", RIGHT | {"delta1": "delta2 * a1 * (1 - a1)", "dw1": "delta1 * x", "db1": "delta1"}, **SIGMOIDS)
    assert found.first_wrong == "delta1"
    assert mistakes(found, "delta1") == ("weight-missing",)
    for name in ("dw1", "db1"):
        assert found.verdicts[name].follows
        assert not found.verdicts[name].right
        assert "follows from your δ₁" in found.verdicts[name].sentence


def test_two_mistakes_are_both_seen() -> None:
    wrong = RIGHT | {"delta1": "delta2 * a1 * (1 - a1)", "dw1": "delta1 * x**2", "w1_new": "w1 + eta * dw1"}
    found = check("chain", wrong, **SIGMOIDS)
    assert found.first_wrong == "delta1"
    assert [mistakes(found, name) for name in ("delta1", "dw1", "w1_new")] == [
        ("weight-missing",), ("input-squared",), ("ascent",)]
    found = check("layers", {"delta_output": "a - y", "delta_hidden": "(W_next @ delta_next) * a * (1 - a)"})
    assert [mistakes(found, name) for name in ("delta_output", "delta_hidden")] == [
        ("output-derivative-missing",), ("weight-untransposed",)]


def test_the_first_published_error_is_found_and_named() -> None:
    notes = {"∂C/∂w₁": "(a₂ − y)·σ₂′(z₂)·a₁·σ₁′(z₁)·a₀", "∂C/∂b₁": "(a₂ − y)·σ₂′·σ₁′"}
    for settings in ({}, SIGMOIDS):
        found = check("chain", notes, **settings)
        assert mistakes(found, "dw1") == ("activation-for-weight",)
        assert "weight-missing" in mistakes(found, "db1")
    assert "a₁ stands where w₂ belongs" in found.verdicts["dw1"].sentence


def test_the_second_published_error_is_found_and_named() -> None:
    settings = {"x": [0.4, -0.7], "W": [[[0.3, -0.6], [0.8, 0.5]], [[0.9, -0.4]]], "b": [[0.1, 0.2], [-0.3]], "y": [0.25]}
    found = check("layers", {"dW": "δ @ aᵀ"}, **settings)
    assert mistakes(found, "dW") == ("activation-own-layer",)
    assert mistakes(check("layers", {"dW[1]": "delta[1] @ a[1].T"}, **settings), "dW[1]") == ("activation-own-layer",)


def test_the_third_published_error_is_an_order_that_contradicts_itself() -> None:
    found = check("layers", {"pre": "W.T @ a_prev + b", "delta_output": "(a - y) * a * (1 - a)",
                             "delta_hidden": "(W_next.T @ delta_next) * a * (1 - a)"})
    assert mistakes(found, "pre") == ("forward-weight-untransposed",)
    assert found.verdicts["delta_hidden"].right
    (note,) = found.notes
    assert "mix two orders of indices: z⁽ˡ⁾ with the source first" in note
    whole = check("layers", {"pre": "W.T @ a_prev + b", "delta_hidden": "(W_next @ delta_next) * a * (1 - a)"})
    assert "All of it is right with reading = S" in whole.notes[0]


def test_numbers_are_judged_to_the_last_digit_written() -> None:
    assert check("chain", {"delta1": "-0.0029"}).right
    assert check("chain", {"delta1": "-0.002929"}).right
    assert not check("chain", {"delta1": "-0.0030"}).right
    assert not check("chain", {"delta1": "-0.00290"}).right  # the zero is a digit
    assert check("chain", {"delta1": -0.00293}).right
    assert check("chain", {"delta1": np.float64(-0.00293)}).right


def test_a_number_from_rounded_ones_is_right() -> None:
    x = {"x": 1.37, "y": 0.41, "w1": 0.83, "b1": -0.29, "w2": -1.21, "b2": 0.57}
    table = {"z1": "0.85", "a1": "0.70", "z2": "-0.28", "a2": "0.43"}  # σ(0.85) = 0.7006, −1.21·0.70 + 0.57 = −0.277
    found = check("chain", table, **x, **SIGMOIDS)
    assert found.right, found.verdicts


def test_a_wrong_number_is_found_among_rounded_ones() -> None:
    found = check("chain", {"delta2": "-8.5902", "delta1": "-0.0073189", "dw1": "-0.029276", "db1": "-0.0073189"})
    assert found.first_wrong == "delta1"
    assert "weight-missing" in mistakes(found, "delta1")
    assert found.verdicts["dw1"].follows


def test_the_other_sign_convention_is_no_mistake() -> None:
    turned = {"delta2": "(y - a2) * df2(z2)", "delta1": "delta2 * w2 * df1(z1)", "dw1": "-delta1 * x", "db1": "-delta1"}
    found = check("chain", turned)
    assert found.right
    assert "other sign convention" in found.notes[0]
    assert mistakes(check("chain", turned | {"dw1": "delta1 * x"}), "delta2") == ("residual-sign",)
    alone = check("chain", {"delta2": turned["delta2"]})  # no gradient shows that it is a convention
    assert mistakes(alone, "delta2") == ("residual-sign",)


def test_delta_of_the_mean_cost_with_plain_sums_is_no_mistake() -> None:
    lines = {"delta_output": "(a - Y) * f'(z) / N", "delta_hidden": "(W_next.T @ delta_next) * f'(z)", "dW": "delta @ a_prev.T"}
    found = check("columns", lines)
    assert found.right
    assert "δ/N" in found.notes[0]


def test_a_declared_convention_is_no_mistake() -> None:
    lines = {"delta_output": "σ(a) - t", "delta_hidden": "(W_next.T @ delta_next) * z * (1 - z)"}
    assert mistakes(check("bernoulli", lines), "delta_output") == ("target-flipped",)
    assert check("bernoulli", lines | {"conventions": "y = P(t=1)"}).right
    decay = {"w1_new": "w1 - lam * w1 - eta * delta1 * x"}
    penalty = {"penalty": "l2", "lam": 0.3}
    assert mistakes(check("one-neuron", decay, **penalty), "w1_new") == ("decay-outside-rate",)
    assert check("one-neuron", decay | {"conventions": ["decay per step"]}, **penalty).right
    with pytest.raises(ValueError, match="did you mean 'y = P"):
        check("bernoulli", lines | {"conventions": "y = P(t=2)"})
    with pytest.raises(ValueError, match="has no meaning in chain"):
        check("chain", RIGHT | {"conventions": "y = P(t=1)"})


@pytest.mark.parametrize("subgradient", [0.0, 0.5, 1.0])
def test_any_subgradient_at_a_kink_is_right(subgradient: float) -> None:
    settings = {"x": 2.0, "w1": 0.5, "b1": -1.0, "y": 0.75, "activation": "relu"}  # z₁ = 0
    delta = -0.75 * subgradient
    found = check("one-neuron", {"delta1": delta, "dw1": 2 * delta, "db1": delta}, **settings)
    assert found.right
    assert not check("one-neuron", {"delta1": -0.9}, **settings).right


def test_any_subgradient_of_the_penalty_at_zero_is_right() -> None:
    settings = {"w1": 0.0, "penalty": "l1", "lam": 0.25}
    data = check("one-neuron", {"dw1": 0.0}, **settings).verdicts["dw1"].expected
    for share in (-1, 0, 0.5, 1):
        assert check("one-neuron", {"dw1": float(data) + share * 0.25}, **settings).right
    assert not check("one-neuron", {"dw1": float(data) + 0.3}, **settings).right


def test_an_unknown_mistake_is_called_unknown_with_its_ratio() -> None:
    verdict = check("chain", {"dw2": "3 * delta2 * a1"}).verdicts["dw2"]
    assert verdict.mistakes == ()
    assert "3 times the right one" in verdict.sentence
    verdict = check("chain", {"dw1": "delta1 * x * a2 / w2"}).verdicts["dw1"]
    assert "it is the right one times a₂/w₂; the right one is δ₁·x" in verdict.sentence
    verdict = check("chain", {"delta1": "-0.5"}).verdicts["delta1"]
    assert "times the right one" in verdict.sentence


def test_a_tie_is_said_with_inputs_that_would_tell() -> None:
    settings = {"x": 1.0, "w1": 0.6, "b1": 0.2, "y": 0.3, "activation": "sigmoid"}  # x = 1 hides the input
    delta = f"{compare('one-neuron', **settings).hand['delta1']:.4f}"
    found = check("one-neuron", {"delta1": delta, "dw1": delta}, **settings)
    assert found.right
    assert found.telling is not None
    assert "do not show: " in found.notes[0]
    assert "input-missing" in found.notes[0]
    again = compare("one-neuron", **found.telling)
    wrong = check("one-neuron", {"dw1": f"{again.hand['delta1']:.5f}"}, **found.telling)
    assert mistakes(wrong, "dw1") == ("input-missing",)


def test_an_update_alone_cannot_tell_a_factor_from_another_rate() -> None:
    verdict = check("one-neuron", {"w1_new": "w1 - 2 * eta * delta1 * x"}).verdicts["w1_new"]
    assert "cannot be told from another η" in verdict.sentence


def test_another_activation_function_is_suggested() -> None:
    found = check("chain", RIGHT)  # whose output is the identity
    assert not found.right
    assert "activations = sigmoid sigmoid" in found.notes[0]


def test_functions_get_the_names_that_they_declare() -> None:
    def delta_hidden(W_next: Any, delta_next: Any, z: Any) -> Any:
        sigma = 1 / (1 + np.exp(-z))
        return (W_next.T @ delta_next) * sigma * (1 - sigma)

    derivation = {"delta_hidden": delta_hidden, "dW": lambda delta, a_prev: np.outer(delta, a_prev)}
    assert check("layers", derivation).right
    found = check("layers", {"dW": lambda delta, a: delta @ a.T})
    assert mistakes(found, "dW") == ("activation-own-layer",)
    assert found.verdicts["dW"].form == "function"
    assert check("chain", {"delta1": lambda delta2, w2, df1, z1: delta2 * w2 * df1(z1)}).right


@pytest.mark.parametrize(("function", "sentence"), [
    (lambda delta3: delta3, "there is no delta of layer 3"), (lambda *z: z, "cannot be given by name"),
    (lambda z1: 1 / 0, "raised ZeroDivisionError"), (lambda z1: "two", "raised ValueError"),
    (lambda nothing: nothing, "unknown name"),
])
def test_a_function_that_cannot_be_called_is_an_error(function: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        check("chain", {"delta1": function})


@pytest.mark.parametrize(("id", "derivation", "sentence"), [
    ("chain", {}, "nothing to check"),
    ("chain", {"delta9": "1"}, "did you mean"),
    ("chain", {"delta1": "delta2 * w9"}, "delta1: .*w9|there is no"),
    ("chain", {"delta1": "delta2 / 2w2"}, r"can be read as \(delta2/2\)·w2 and as delta2/\(2·w2\)"),
    ("chain", {"delta1": "dw1 / x", "dw1": "delta1 * x"}, "in a circle"),
    ("chain", {"delta1": "1e999"}, "does not fit a float|not a number"),
    ("chain", {"delta1": [1, 2]}, "one number"),
    ("chain", {"delta1": None}, "NoneType"),
    ("chain", {"δ₁": "1.0", "delta1": "1.0"}, "given twice"),
    ("layers", {"delta": "a - y"}, "did you mean|unknown quantity"),
    ("layers", {"delta[2]": [1.0]}, "needs 2 numbers"),
    ("layers", {"delta[7]": [1.0]}, "there is no layer 7"),
    ("layers", {"dW": [[1.0]]}, "belong to one layer"),
    ("layers", {"pre": "a[0.5]"}, "no layer"),
    ("rss", {"db": "delta"}, "column 0 of W"),
])
def test_what_is_no_derivation_is_one_clear_error(id: str, derivation: dict[str, Any], sentence: str) -> None:
    with pytest.raises((ValueError, TypeError), match=sentence) as error:
        check(id, derivation)
    assert "\n" not in str(error.value)


def test_unknown_settings_and_lectures_name_the_nearest() -> None:
    with pytest.raises(ValueError, match="did you mean 'chain'"):
        check("chian", RIGHT)
    with pytest.raises(ValueError, match="did you mean 'eta'"):
        check("chain", RIGHT, etta=0.1)


def test_a_name_of_the_lecture_is_a_key() -> None:
    assert check("chain", {"δ₂": RIGHT["delta2"], "δ₁": "δ₂·w₂·σ′(z₁)", "∂C/∂w₁": "δ₁·x"}, **SIGMOIDS).right
    assert check("columns", {"δ³": "(a³ − Y) × f′(z³)", "δ²": "((W²)ᵀ @ δ³) ⊙ f′(z²)", "dW[1]": "δ² @ (a¹)ᵀ"}).right
    assert check("rss", {"δ^(l)": "(y − a)·a·(1 − a)", "delta[1]": "(W[2][:, 1:].T @ δ^l) * a * (1 - a)"}).right
    assert check("layers", {"delta3": "(a3 - y) * a3 * (1 - a3)", "delta2": "(W3.T @ delta3) * df(z2)"}).right
    assert check("bernoulli", {"L": "-(1 - t) * log(y) - t * log(1 - y)"}).right


def test_the_data_is_plain_and_comes_back() -> None:
    found = check("chain", RIGHT | {"dw1": "delta1"}, **SIGMOIDS)
    data = json.loads(found.to_json())
    assert data["first_wrong"] == "dw1"
    assert Diagnosis.from_dict(data).verdicts == found.verdicts
    schema = json.loads((Path(__file__).parent.parent / "docs" / "diagnosis.schema.json").read_text(encoding="utf-8"))
    assert set(schema["required"]) == set(data) == set(schema["properties"])
    entry = schema["properties"]["verdicts"]["items"]
    assert set(entry["required"]) == set(data["verdicts"][0]) == set(entry["properties"])
    assert repr(found) == "<Diagnosis of chain: 2 of 3 right, first wrong: dw1>"


def test_hints_do_not_say_which() -> None:
    verdict = check("chain", RIGHT | {"dw1": "delta1"}, **SIGMOIDS).verdicts["dw1"]
    assert verdict.where == "Look at ∂C/∂w₁."
    assert verdict.hint == "Look at ∂C/∂w₁: a factor is missing."
    assert "x is missing" in verdict.sentence


def test_a_line_that_has_no_value_says_where() -> None:
    verdict = check("chain", {"delta1": "delta2 * log(-z1**2)"}).verdicts["delta1"]
    assert not verdict.right
    assert "log(-z1 ** 2) has no finite value" in verdict.sentence
    shapes = check("layers", {"dW[1]": "delta[3].T @ a[1]", "dW[2]": "delta @ a_prev.T"}).verdicts
    assert not shapes["dW[1]"].right
    assert shapes["dW[2]"].right


@pytest.mark.parametrize(("id", "derivation"), [
    ("chain", {"δ₂": "(a₂ − y)σ₂′(z₂)", "C": "½(a₂ − y)²", "delta_1": "delta_2·w_2·σ₁′"}),
    ("layers", {"δᴸ": "(a − y)a(1 − a)", "δˡ": "(W_nextᵀ @ delta_next)·a(1 − a)", "∂C/∂w⁽ˡ⁾": "delta @ a_prevᵀ"}),
    ("one-neuron", {"dw1": "2(a1 - y)df1(z1)x/2", "db1": "(w1*x + b1 - (2x + 1))"}),
    ("rss", {"RSS": "½‖y − a‖²"}), ("columns", {"C": "1/(2N)*‖Y − a‖²"}),
])
def test_formulas_are_read_as_they_stand_on_paper(id: str, derivation: dict[str, Any]) -> None:
    found = check(id, derivation)
    assert found.right, [verdict.sentence for verdict in found.verdicts.values()]


def test_names_may_count_layers_as_the_sheet_does() -> None:
    sheet = {"delta_hidden": "(W.T @ delta_next) × f′(z)", "dW": "delta_next @ a.T"}
    found = check("columns", sheet)
    assert found.right
    assert "as the lecture counts" in found.notes[0]
    one = check("columns", {"delta_hidden": sheet["delta_hidden"]})  # alone it is a mistake
    assert mistakes(one, "delta_hidden") == ("weight-own-layer",)
    assert "W_next beside δ" in one.notes[0]


def test_a_penalty_that_is_not_there_is_said() -> None:
    found = check("chain", {"dw2": "delta2 * a1 + lam * w2"})
    assert "no penalty was judged" in found.notes[0]
    assert mistakes(check("chain", {"dw2": "delta2 * a1 + lam * w2"}, penalty="l2", lam=0.3), "dw2") == ("penalty-half",)


def test_an_identity_hides_what_is_wrong_with_its_derivative_and_that_is_said() -> None:
    for right in ("a1 - y", "(a1 - y) * df1(z1)", "(a1 - y) * df1(z1) * df1(z1)"):
        found = check("one-neuron", {"delta1": right})
        assert "a missing or repeated factor σ′ does not show" in found.notes[0]
        assert found.verdicts["delta1"].right
    assert not check("one-neuron", {"delta1": "(a1 - y) * a1 * (1 - a1)"}).verdicts["delta1"].right  # this one shows
    assert check("one-neuron", {"delta1": "(a1 - y) * df1(z1)"}, activation="sigmoid").notes == ()


def test_single_precision_is_judged_by_its_own_digits() -> None:
    assert check("chain", {"delta2": np.float32(-8.590184), "C": np.float32(36.89563)}).right
    assert check("layers", {"delta[3]": compare("layers").hand["delta"][3].astype(np.float32)}).right
    verdict = check("chain", {"dw1": "-0.01171484242945553"}).verdicts["dw1"]  # by differences
    assert "agrees with the right one to 7 digits" in verdict.sentence


def test_a_power_of_ten_is_a_number() -> None:
    for text in ("-2.93·10⁻³", "−2.93×10^-3", "-2.93e-3", "-2.93*10**(-3)"):
        assert check("chain", {"delta1": text}).right
        assert not check("chain", {"delta1": text.replace("2.93", "2.94")}).right


def test_a_line_follows_from_the_line_that_it_uses() -> None:
    found = check("chain", {"C": "(a2 - y)**2", "delta1": "delta2 * df1(z1)", "dw1": "delta1 * x"})
    assert "follows from your δ₁" in found.verdicts["dw1"].sentence


def test_a_matrix_that_is_transposed_is_judged() -> None:
    weights = [[[0.3, -0.6, 0.2], [0.8, 0.5, -0.9]], [[0.9, -0.4]]]
    settings = {"x": [0.4, -0.7, 1.2], "W": weights, "b": [[0.1, 0.2], [-0.3]], "y": [0.25]}
    right = compare("layers", **settings).hand["dW"][1].round(6)
    assert check("layers", {"dW[1]": right}, **settings).right
    assert "outer-transposed" in mistakes(check("layers", {"dW[1]": right.T}, **settings), "dW[1]")
    side_by_side = compare("columns").hand["delta"][2].T.round(6)
    assert check("columns", {"delta[2]": side_by_side}).right


def test_an_entry_that_was_not_handed_in_is_not_judged() -> None:
    hand = compare("layers").hand
    assert check("layers", {"delta[3][0]": f"{hand['delta'][3][0]:.5f}"}).right
    verdict = check("layers", {"delta[3][0]": f"{3 * hand['delta'][3][0]:.12f}"}).verdicts["delta[3]"]
    assert "it is 3 times the right one" in verdict.sentence


def test_a_general_line_that_holds_in_one_layer_alone_is_not_told_how_to_hide_it() -> None:
    verdict = check("layers", {"dW": "((a - y) * a * (1 - a)) @ a_prev.T"}).verdicts["dW"]
    assert verdict.wrong
    assert "alone" not in verdict.sentence
    verdict = check("layers", {"dW": "delta @ z_prev.T"}).verdicts["dW"]  # layer 1 has no z before it
    assert verdict.mistakes == ("pre-for-post",)
    assert "z⁽ˡ⁻¹⁾ stands where a⁽ˡ⁻¹⁾ belongs" in verdict.sentence


def test_a_function_that_writes_into_its_arguments_changes_nothing_else() -> None:
    def delta_output(a: Any, y: Any) -> Any:
        a *= 0
        a += 7
        return a - y

    def post(z: Any) -> Any:
        z[z < 0] = 0
        return z

    right = {"delta_output": "(a - y) * a * (1 - a)", "dW": "delta @ a_prev.T", "post": "f(z)"}
    assert not check("layers", {"delta_output": delta_output, "post": post}).right
    assert check("layers", right).right
    found = check("layers", right | {"delta_output": delta_output})
    assert found.first_wrong == "delta_output"
    assert found.verdicts["post"].right


def test_what_compensates_a_mistake_is_a_mistake() -> None:
    found = check("chain", {"delta2": "(y - a2) * df2(z2)", "dw2": "-delta2 * a1", "w2_new": "w2 + eta * dw2", "db2": "delta2"})
    assert found.verdicts["w2_new"].wrong
    assert mistakes(found, "w2_new") == ("ascent",)


def test_the_other_sign_is_no_mistake_beside_an_unrelated_one() -> None:
    turned = {"delta2": "(y - a2) * df2(z2)", "delta1": "delta2 * w2 * df1(z1)", "dw1": "-delta1 * x", "db1": "-delta1",
              "C": "(a2 - y)**2"}
    found = check("chain", turned)
    assert "other sign convention" in found.notes[0]
    assert [name for name, verdict in found.verdicts.items() if not verdict.right] == ["C"]
    assert mistakes(found, "C") == ("half-missing",)


def test_a_declared_decay_stands_outside_gradient_and_cost() -> None:
    declared = {"conventions": "decay per step", "dw1": "delta1 * x", "w1_new": "w1 - lam * w1 - eta * dw1"}
    assert check("one-neuron", declared, penalty="l2", lam=0.3).right
    found = check("one-neuron", declared | {"dw1": "delta1 * x**2"}, penalty="l2", lam=0.3)
    assert mistakes(found, "dw1") == ("input-squared",)
    assert found.verdicts["w1_new"].follows
    signed = declared | {"w1_new": "w1 - lam * sign(w1) - eta * dw1"}
    assert check("one-neuron", signed, penalty="l1", lam=0.3).right


def test_single_entries_are_judged_on_what_was_handed_in() -> None:
    lecture = LECTURES["layers"].resolve({})
    delta = -compare("layers").hand["delta"][3]  # turned
    W, a = np.array(lecture["W"][2]), compare("layers").hand["post"][2]
    below = (W.T @ delta) * a * (1 - a)
    found = check("layers", {"delta[3]": delta, "delta[2][0]": f"{below[0]:.7f}"})
    assert mistakes(found, "delta[3]") == ("residual-sign",)
    assert found.verdicts["delta[2]"].follows


def test_a_subgradient_shows_in_what_is_made_from_it() -> None:
    settings = {"x": 2.0, "w1": 0.5, "b1": -1.0, "y": 0.75, "activation": "relu"}  # z₁ = 0
    assert check("one-neuron", {"dw1": "-1.5"}, **settings).right
    assert check("one-neuron", {"dw1": "0.0"}, **settings).right
    assert not check("one-neuron", {"dw1": "-1.6"}, **settings).right


@pytest.mark.parametrize("derivation", [
    {"delta[2][0]": "9.9", "δ₁⁽²⁾": "0.0442993"}, {"delta[2]": "a", "delta": {2: [0.1, 0.2]}},
    {"delta[3]": "a - y", "delta[3][0]": "0.1"},
])
def test_two_answers_for_one_quantity_are_refused(derivation: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="given twice"):
        check("layers", derivation)


def test_a_prime_is_no_transpose() -> None:
    with pytest.raises(ValueError, match=r"the transpose is \.T"):
        check("layers", {"delta_hidden": "(W_next' @ delta_next) * a * (1 - a)"})


def test_a_line_that_is_written_out_follows_from_a_wrong_forward_pass() -> None:
    derivation = {"z1": "w1*x - b1", "delta1": "delta2*w2*a1*(1-a1)", "dw1": "delta2*w2*df1(z1)*x"}
    found = check("chain", derivation, activations=["sigmoid", "sigmoid"])
    assert found.first_wrong == "z1"
    assert found.verdicts["delta1"].right
    verdict = found.verdicts["dw1"]
    assert (verdict.right, verdict.follows, verdict.mistakes) == (False, True, ())
    assert verdict.sentence == "∂C/∂w₁ follows from your z₁: the rule is right; only the z₁ that it uses is wrong."


def test_a_wrong_line_that_is_written_out_is_wrong_after_a_wrong_forward_pass() -> None:
    derivation = {"z1": "w1*x - b1", "delta1": "delta2*w2*a1*(1-a1)", "dw1": "delta2*df1(z1)*x"}
    verdict = check("chain", derivation, activations=["sigmoid", "sigmoid"]).verdicts["dw1"]
    assert verdict.wrong
    assert "weight-missing" in verdict.mistakes


@pytest.mark.parametrize("left_out", ["delta2", "delta1", "a1", "z2", "dw2"])
def test_a_table_of_numbers_with_a_gap_is_judged_across_it(left_out: str) -> None:
    right = compare("chain", activations=["sigmoid", "tanh"])
    names = [name for name in right.hand if name not in ("w1_new", "b1_new", "w2_new", "b2_new")]
    table = {name: f"{right.hand[name]:.5g}" for name in names if name != left_out}
    found = check("chain", table, activations=["sigmoid", "tanh"])
    assert found.right, {name: verdict.sentence for name, verdict in found.verdicts.items() if not verdict.right}
    # an earlier number that is wrong is the one that is named, whatever is left out between
    wrong = table | {"z1": f"{right.hand['z1'] + 0.3:.5g}"}
    found = check("chain", wrong, activations=["sigmoid", "tanh"])
    assert found.first_wrong == "z1"


@pytest.mark.parametrize(("derivation", "notes"), [
    ({"delta2": RIGHT["delta2"], "delta1": "delta2*df1(z1)", "dw1": "delta1*x", "db1": "delta1*0.3"},
     {"delta2": "value", "delta1": "mistake weight-missing", "dw1": "rule on the lecture's values", "db1": "unknown"}),
    ({"delta2": "-(a2 - y)*df2(z2)", "delta1": "delta2*w2*df1(z1)", "dw1": "-delta1*x", "db1": "-delta1"},
     dict.fromkeys(("delta2", "delta1", "dw1", "db1"), "convention, value")),
    ({"delta1": "delta2 * log(-z1**2)"}, {"delta1": "no value"}),
    ({"delta2": "-0.4", "delta1": "delta2*w2*df1(z1)"}, {"delta2": "unknown", "delta1": "value"}),
])
def test_a_note_says_which_test_decided(derivation: dict[str, str], notes: dict[str, str]) -> None:
    assert {name: verdict.decided_by for name, verdict in check("chain", derivation, **SIGMOIDS).verdicts.items()} == notes


def test_every_verdict_has_a_note_that_is_known() -> None:
    for i, case in enumerate(tomllib.loads((Path(__file__).parent / "derivations/wrong.toml").read_text(encoding="utf-8"))["case"]):
        if i % 40 == 0:
            for verdict in check(case["lecture"], case["derivation"], **case.get("settings", {})).verdicts.values():
                assert verdict.decided_by.removeprefix("convention, ").startswith(DECISIONS)


def test_a_line_that_has_no_value_on_a_wrong_earlier_line_follows() -> None:
    lines = {"post": "a", "C": "-(1 - t) * log(y) - t * log(1 - y)", "delta_output": "z - (1 - t)"}
    verdicts = check("bernoulli", lines).verdicts  # a logarithm of the pre-activation need not exist
    assert verdicts["post"].mistakes == ("activation-missing",)
    assert verdicts["C"].follows
    assert verdicts["delta_output"].follows


@pytest.mark.parametrize("text", ["log(0*x - 1)", "exp(1000)", "log(x)*1e300*1e300", "1/(0*x)"])
@pytest.mark.parametrize("name", ["z1", "a1", "C", "delta2", "delta1", "dw1"])
def test_a_line_without_a_finite_value_is_wrong_and_blames_no_other(name: str, text: str) -> None:
    right = {"z1": "w1*x + b1", "a1": "f1(z1)", "C": "(a2 - y)**2/2", "delta2": "(a2 - y)*df2(z2)",
             "delta1": "delta2*w2*df1(z1)", "dw1": "delta1*x"}
    verdicts = check("chain", right | {name: text}).verdicts
    assert [quantity for quantity, verdict in verdicts.items() if verdict.wrong] == [name]


@pytest.mark.parametrize("lines", [{"db": "delta_next"}, {"dW": "delta_next @ z_prev.T"}])
def test_a_mistake_is_named_though_its_line_has_no_fitting_shape_in_some_layers(lines: dict[str, str]) -> None:
    found = check("bernoulli", lines)  # one output: δ of the next layer has one entry there
    assert [verdict.mistakes for verdict in found.verdicts.values()] == [("delta-next-layer",)]


@pytest.mark.parametrize(("id", "settings", "name", "expected"), [
    ("bernoulli", {}, "b_new", "wᵢ₀⁽ˡ⁾ − η·∂L/∂wᵢ₀⁽ˡ⁾"), ("bernoulli", {}, "W_new", "wᵢⱼ⁽ˡ⁾ − η·∂L/∂wᵢⱼ⁽ˡ⁾"),
    ("layers", {}, "b_new", "bⱼ⁽ˡ⁾ − η·δⱼ⁽ˡ⁾"), ("one-neuron", {}, "b1_new", "b₁ − η·∂C/∂b₁"),
    ("columns", {"b": [[0.1, -0.3, 0.2], [-0.1, 0.4]]}, "b_new", "b⁽ˡ⁾ − η·∂E/∂b⁽ˡ⁾"),
])
def test_the_line_of_new_biases_is_theirs(id: str, settings: dict[str, Any], name: str, expected: str) -> None:
    line = {"W_new": "W[l] + eta * dW[l]", "b1_new": "b1 + eta * db1"}.get(name, "b[l] + eta * db[l]")
    found = check(id, {name: line}, **settings).verdicts[name]
    assert found.expected == expected
    assert f"= {expected}." in found.sentence
