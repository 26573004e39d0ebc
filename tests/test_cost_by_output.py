"""∂C/∂a handed in: in every lecture, with the lecture's own letters, before the δ of its layer."""

from typing import Any

import pytest

from nn.derivations import Diagnosis, check

pytestmark = pytest.mark.slow

SIGMOIDS = {"activations": ["sigmoid", "sigmoid"]}
NETWORKS = {
    "layers": ("a - y", "W_next.T @ delta_next", "da*df(z)"),
    "rss": ("a - y", "-W_next.T @ delta_next", "-da*df(z)"),
    "bernoulli": ("t/(1 - y) - (1 - t)/y", "W_next.T @ delta_next", "dz*df(a)"),
    "columns": ("a - y", "W_next.T @ delta_next", "da*df(z)"),
    "rows": ("a - y", "delta_next @ W_next.T", "da*df(z)"),
}
"""Lecture -> ∂C/∂a of the output and of a hidden layer, and the hidden δ that is made from it."""


def chain(derivation: dict[str, Any], **settings: Any) -> Diagnosis:
    return check("chain", derivation, **(SIGMOIDS | settings))


def marks(found: Diagnosis) -> str:
    return "".join("R" if v.right else "F" if v.follows else "W" for v in found.verdicts.values())


@pytest.mark.parametrize("key", ["da2", "∂C/∂a₂", "dC/da2", "dC_da2", "∂C/∂a_2"])
def test_a_scalar_lecture_takes_every_name_of_it(key: str) -> None:
    verdict = chain({key: "a2 - y"}).verdicts["da2"]
    assert verdict.right
    assert (verdict.symbol, verdict.expected) == ("∂C/∂a₂", "a₂ − y")


def test_it_is_judged_before_the_delta_of_its_layer() -> None:
    found = chain({"delta1": "∂C/∂a₁ σ₁′(z₁)", "da1": "delta2*w2", "delta2": "dC_da2*df2(z2)", "da2": "a2 - y", "dw1": "dC/da1*df1(z1)*x"})
    assert list(found.verdicts) == ["da2", "delta2", "da1", "delta1", "dw1"]
    assert found.right


@pytest.mark.parametrize("id", NETWORKS)
def test_a_network_has_it_for_any_layer_and_for_one(id: str) -> None:
    output, hidden, delta = NETWORKS[id]
    assert marks(check(id, {"dpost_output": output, "dpost_hidden": hidden, "delta_hidden": delta})) == "RRR"
    found = check(id, {"dpost[1]": hidden})
    assert found.verdicts["dpost[1]"].right
    turned = check(id, {"dpost_output": f"-({output})"}).verdicts["dpost_output"]
    assert turned.mistakes == ("residual-sign",)


@pytest.mark.parametrize(("id", "key", "quantity"), [
    ("layers", "∂C/∂aᴸ", "dpost_output"), ("layers", "∂C/∂aⱼˡ", "dpost_hidden"), ("rss", "∂RSS/∂a⁽ˡ⁾", "dpost_output"),
    ("bernoulli", "∂L/∂zᵢᵒᵘᵗ", "dpost_output"), ("bernoulli", "dL_dz[2]", "dpost[2]"), ("columns", "∂E/∂a³", "dpost[2]"),
    ("rows", "dE/da^(l)", "dpost_hidden"), ("columns", r"\frac{\partial E}{\partial a^{(l)}}", "dpost_hidden"),
])
def test_paper_names_of_it_are_read(id: str, key: str, quantity: str) -> None:
    output, hidden, _ = NETWORKS[id]
    given = output if quantity == "dpost_output" or key == "∂E/∂a³" else hidden
    assert check(id, {key: given}).verdicts[quantity].right


@pytest.mark.parametrize(("id", "quantity", "line", "slug"), [
    ("chain", "da1", "delta2", "weight-missing"), ("chain", "da1", "(a2 - y)*w2", "residual-passed-back"),
    ("chain", "da2", "2*(a2 - y)", "residual-doubled"), ("chain", "da2", "z2 - y", "residual-from-pre"),
    ("layers", "dpost_hidden", "W_next @ delta_next", "weight-untransposed"), ("layers", "dpost_hidden", "W.T @ delta_next", "weight-own-layer"),
    ("layers", "dpost_hidden", "W_next[:1].T @ delta_next[:1]", "first-only"), ("layers", "dpost_hidden", "sum(delta_next)", "weight-missing"),
    ("rss", "dpost_hidden", "W_next.T @ delta_next", "hidden-sign"),
])
def test_the_mistakes_of_delta_are_named_in_it(id: str, quantity: str, line: str, slug: str) -> None:
    verdict = check(id, {quantity: line}, **(SIGMOIDS if id == "chain" else {})).verdicts[quantity]
    assert verdict.mistakes[0] == slug
    assert "without a minus" not in verdict.sentence


def test_a_slip_after_the_derivative_is_told_as_a_factor() -> None:
    verdict = chain({"da2": "(a2 - y)*df2(z2)"}).verdicts["da2"]
    assert "σ₂′(z₂) is a factor too many; the right one is a₂ − y" in verdict.sentence


def test_what_is_made_from_a_wrong_one_follows() -> None:
    found = chain({"da2": "y - a2", "delta2": "da2*df2(z2)", "da1": "delta2*w2", "delta1": "da1*df1(z1)", "dw1": "delta1*x"})
    assert marks(found) == "WFFFF"
    assert "follows from your ∂C/∂a₂" in found.verdicts["delta2"].sentence
    assert marks(chain({"da1": "delta2", "delta1": "∂C/∂a₁*df1(z1)"})) == "WF"


def test_numbers_made_from_a_wrong_one_follow() -> None:
    numbers = {"x": 0.7, "y": 0.3, "w1": 0.6, "b1": 0.2, "w2": 0.4, "b2": -0.1}
    found = chain({"da2": "-0.234567", "delta2": "-0.0582676", "da1": "-0.02330705", "delta1": "-0.00530083"}, **numbers)
    assert marks(found) == "WFFF"
    assert marks(chain({"da2": "-0.234567", "dw2": "-0.0378867"}, **numbers)) == "WF"  # past a δ that was not handed in


def test_a_hidden_delta_follows_a_wrong_delta_beside_a_right_one_of_the_output() -> None:
    assert marks(chain({"da2": "a2 - y", "delta2": "da2", "delta1": "delta2*w2*df1(z1)"})) == "RWF"


def test_it_counts_as_a_line_about_the_constant_of_the_cost() -> None:
    found = chain({"C": "(a2 - y)**2", "da2": "2*(a2 - y)", "delta2": "da2*df2(z2)"})
    assert found.right
    assert found.verdicts["da2"].expected == "2·(a₂ − y)"
    assert chain({"da2": "2*(a2 - y)", "delta2": "2*(a2 - y)*df2(z2)"}).first_wrong == "da2"  # two lines about one δ


def test_in_a_batch_it_is_per_sample_as_delta_is() -> None:
    lines = {"dpost_output": "(a - y)/N", "delta_output": "(a - y)*df(z)/N", "delta_hidden": "W_next.T @ delta_next * df(z)"}
    assert check("columns", {**lines, "dW": "delta @ a_prev.T"}).right
    assert not check("columns", {"dpost_output": "(a - y)/N"}).right


def test_a_quotient_of_functions_is_no_derivative() -> None:
    assert "times 1/σ₁′(z₁)" in chain({"db1": "delta1/df1(z1)"}).verdicts["db1"].sentence
