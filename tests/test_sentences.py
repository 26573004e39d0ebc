"""What is said of wrong lines: it is true, blames nothing that is right, and names two mistakes where there are two."""

import re
from typing import Any

import pytest
from corpus.open_cases import OpenCase, read_open_cases

from nn.derivations import Diagnosis, check
from nn.derivations.diagnosis.judging.catalogue import read_catalogue
from nn.derivations.diagnosis.judging.pairs import list_pairs
from nn.derivations.lines import parse_lines

SIGMOIDS = {"activations": ["sigmoid", "sigmoid"]}


def chain(derivation: dict[str, Any], **settings: Any) -> Diagnosis:
    return check("chain", derivation, **(SIGMOIDS | settings))


def find_blamed(found: Diagnosis) -> list[str]:
    """Sentences that call a line wrong which was handed in and is right."""
    return [other.sentence for other in found.verdicts.values() for verdict in found.verdicts.values() if verdict.right
            and re.search(rf"(comes out with a mistake in|follows from your|makes up for the mistake in your) {re.escape(verdict.symbol)}(?!\w)", other.sentence)]


@pytest.mark.parametrize("case", read_open_cases(), ids=lambda case: str(case.id))
def test_no_sentence_blames_a_line_that_is_right(case: OpenCase) -> None:
    try:
        found = case.check()
    except ValueError:
        return
    assert not find_blamed(found)


@pytest.mark.parametrize("line", ["(a2 - y)*w2*df1(z1)*x", "z2*(1 - z2)*(a2 - y)*w2*df1(z1)*x", "2*(a2 - y)*df2(z2)*w2*df1(z1)*x",
                                  "(y - a2)*df2(z2)*w2*df1(z1)*x", "df2(z2)*w2*df1(z1)*x", "(z2 - y)*df2(z2)*w2*df1(z1)*x"])
def test_a_right_delta_is_not_blamed_for_a_line_that_passes_over_it(line: str) -> None:
    found = chain({"delta2": "(a2 - y)*df2(z2)", "dw1": line})
    assert found.verdicts["dw1"].mistakes
    assert not find_blamed(found)
    found = chain({"delta2": "(a2 - y)*df2(z2)", "delta1": "delta2*w2*df1(z1)", "dw1": line})
    assert found.verdicts["dw1"].mistakes
    assert not find_blamed(found)


def test_the_residual_passed_back_is_named_beside_a_right_delta() -> None:
    verdict = chain({"delta2": "(a2 - y)*df2(z2)", "delta1": "(a2-y)*w2*df1(z1)"}).verdicts["delta1"]
    assert verdict.mistakes == ("residual-passed-back",)
    assert verdict.sentence.startswith("δ₁: The residual is passed back in place of δ₂")


@pytest.mark.parametrize(("line", "said"), [
    ("(a2 - y)*a2*(a2 - 1)", "The sign is turned"), ("-(a2 - y)*df2(z2)", "The sign is turned"),
    ("(y - a2)*df2(z2)", "The residual is turned"), ("(y - a2)*a2*(1 - a2)", "The residual is turned"),
    ("-(y - a2)*a2*(a2 - 1)", "The sign is turned"),
])
def test_a_turned_sign_is_laid_to_the_residual_only_if_that_is_turned(line: str, said: str) -> None:
    verdict = chain({"delta2": line}).verdicts["delta2"]
    assert verdict.mistakes == ("residual-sign",)
    assert verdict.sentence == f"δ₂: {said}: δ₂ = (a₂ − y)·σ₂′(z₂)."


def test_a_zero_is_told_one_thing() -> None:
    for derivation in ({"delta2": "0"}, {"delta2": "0*y"}, {"delta2": "0", "dw2": "delta2*a1"}):
        verdict = chain(derivation).verdicts["delta2"]
        if verdict.wrong:
            assert verdict.mistakes == ()
            assert " or " not in verdict.sentence


@pytest.mark.parametrize(("id", "quantity", "line", "pair"), [
    ("one-neuron", "delta1", "y - a1", ("residual-sign", "output-derivative-missing")),
    ("one-neuron", "delta1", "2*(a1 - y)", ("output-derivative-missing", "residual-doubled")),
    ("one-neuron", "dw1", "-delta1", ("input-missing", "gradient-sign")),
    ("chain", "delta1", "-delta2*df1(z1)", ("hidden-sign", "weight-missing")),
    ("chain", "delta1", "delta2*w1*df2(z2)", ("weight-own-layer", "derivative-next-layer")),
    ("chain", "delta1", "delta2*w1", ("hidden-derivative-missing", "weight-own-layer")),
    ("chain", "delta1", "-(a2 - y)*w2*df1(z1)", ("residual-passed-back", "hidden-sign")),
    ("chain", "delta2", "(y - a2)*z2*(1 - z2)", ("residual-sign", "derivative-of-pre")),
    ("layers", "delta_hidden", "(W_next @ delta_next)*df(z)/n_next", ("weight-untransposed", "mean-over-k")),
    ("layers", "delta_hidden", "-(W_next.T @ delta_next)", ("hidden-derivative-missing", "hidden-sign")),
    ("rss", "delta_hidden", "-(W_next.T @ delta_next)*df(a)", ("derivative-at-post", "hidden-sign")),
    ("rows", "dW", "-(z_prev.T @ delta)", ("pre-for-post", "gradient-sign")),
    ("layers", "delta_hidden", "sum(delta_next)", ("hidden-derivative-missing", "weight-missing")),
])
def test_two_mistakes_in_one_line_are_named_as_a_pair(id: str, quantity: str, line: str, pair: tuple[str, str]) -> None:
    settings = SIGMOIDS if id == "chain" else {"activation": "sigmoid"} if id == "one-neuron" else {}
    verdict = check(id, {quantity: line}, **settings).verdicts[quantity]
    assert set(pair) <= set(verdict.mistakes), verdict
    assert "there are two mistakes in it" in verdict.sentence
    assert verdict.hint.partition(": ")[2].startswith("two mistakes, ")


def test_pairs_keep_what_each_mistake_changes() -> None:
    right = parse_lines("D[l, i] = W[l + 1].T @ D[l + 1, i] * dphi[l](u[l, i])")[0]
    made = [(mistake, line) for mistake in read_catalogue() for form in mistake.forms for line in form
            if line.left == "D[l, i]" and mistake.slug in ("hidden-sign", "weight-missing", "hidden-derivative-missing",
                                                           "derivative-at-post", "derivative-inside-sum")]
    found = {(a.slug, b.slug): line.right for a, b, line in list_pairs(made, right)}
    assert found["hidden-sign", "weight-missing"] == "-(total(D[l + 1, i]) * dphi[l](u[l, i]))"
    assert found["hidden-derivative-missing", "weight-missing"] == "total(D[l + 1, i])"
    assert ("derivative-at-post", "hidden-derivative-missing") not in found  # the derivative is gone
    assert ("weight-missing", "derivative-inside-sum") not in found


def test_a_mistake_in_some_entries_alone_is_named_with_them() -> None:
    settings = {"x": [0.5, -1.0], "W": [[[0.1, 0.9], [-0.4, 0.5]], [[0.7, -0.8]]], "b": [[0.1, -0.2], [0.3]], "y": [0.25]}
    verdict = check("layers", {"delta[1]": ["0.012048", "0.012986"]}, **settings).verdicts["delta[1]"]
    assert verdict.mistakes == ("hidden-sign",)
    assert "entry 2 alone is wrong" in verdict.sentence


@pytest.mark.parametrize(("quantity", "line", "said"), [
    ("delta1", "delta2*df1(z1)*w2*b1/(a2 - y)", "the right one times b₁/(a₂ − y)"), ("dw1", "eta*delta1*x", "times η"),
    ("delta1", "delta2*(w2 + b2)*df1(z1)", "the right one plus δ₂·σ₁′(z₁)·b₂"), ("dw2", "3*delta2*a1", "3 times the right one"),
    ("delta2", "(a2 - y)/df2(z2)", "times 1/σ₂′(z₂)²"), ("a1", "f1(z1) + b1", "plus b₁"), ("dw1", "-delta1*x/3", "−1/3 times"),
])
def test_a_small_factor_or_term_is_found(quantity: str, line: str, said: str) -> None:
    verdict = chain({quantity: line}).verdicts[quantity]
    assert verdict.wrong
    assert said in verdict.sentence
    assert "digits" not in verdict.sentence


def test_sides_of_a_number_are_no_factor() -> None:
    assert " times " not in check("one-neuron", {"w1_new": "w1 - eta*dw1/abs(dw1)"}).verdicts["w1_new"].sentence


def test_a_line_that_makes_up_for_a_mistake_follows() -> None:
    found = check("rss", {"delta_output": "y - a", "delta_hidden": "W_next.T @ delta_next", "W_new": "W + eta*(delta*df(z)) @ a_prev.T"})
    assert found.verdicts["W_new"].follows
    assert "makes up for the mistake in your δ" in found.verdicts["W_new"].sentence
    found = check("rss", {"delta_output": "y - a", "W_new": "W + eta*(delta*df(z)*df(z)) @ a_prev.T"})
    assert found.verdicts["W_new"].wrong


def test_few_digits_tell_of_no_pair() -> None:
    for number in ("-0.5", "0.31", "-0.072"):
        verdict = chain({"delta1": number}).verdicts["delta1"]
        assert "two mistakes" not in verdict.sentence
    settings = {"x": 0.7, "y": 0.3, "w1": 0.6, "b1": 0.2, "w2": 0.4, "b2": -0.1}
    right = float(chain({"delta1": "0.1"}, **settings).verdicts["delta1"].expected)
    assert {"hidden-sign", "weight-missing"} <= set(
        chain({"delta1": f"{-right / 0.4:.7f}"}, **settings).verdicts["delta1"].mistakes)
