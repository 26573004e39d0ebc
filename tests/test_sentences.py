"""What is said of wrong lines: it is true, blames nothing that is right, and names two mistakes where there are two."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from corpus.open_cases import OpenCase, read_open_cases

from nn.derivations import Diagnosis, check
from nn.derivations.diagnosis.judging.catalogue import read_catalogue
from nn.derivations.diagnosis.judging.pairs import list_pairs
from nn.derivations.lines import parse_lines

pytestmark = pytest.mark.slow

SIGMOIDS = {"activations": ["sigmoid", "sigmoid"]}


def chain(derivation: dict[str, Any], **settings: Any) -> Diagnosis:
    return check("chain", derivation, **(SIGMOIDS | settings))


BLAMES = "comes out with a mistake in|follows from your|makes up for the mistake in your|is not made from your"
TWICE = re.compile(r"\b([^\W\d_]{2,}) \1\b|\.\.|::|,,|  | [.,:]|[,:]\.|\.:")
"""A word or a point that stands twice, or a blank where none belongs."""
WRONG = tomllib.loads((Path(__file__).parent / "derivations/wrong.toml").read_text(encoding="utf-8"))["case"]


def find_blamed(found: Diagnosis) -> list[str]:
    """Sentences that call a line wrong which was handed in and is right."""
    return [other.sentence for other in found.verdicts.values() for verdict in found.verdicts.values() if verdict.right
            and re.search(rf"({BLAMES}) {re.escape(verdict.symbol)}(?![\w⁽])(?!, which is right)", other.sentence)]


def list_faults(found: Diagnosis, derivation: Mapping[str, Any]) -> list[str]:
    """Sentences that blame what is right, or that show how they were put together, or numbers of hidden inputs."""
    faults = find_blamed(found)
    for verdict in found.verdicts.values():
        numbers = re.findall(r"\d+(?:\.\d+)?", verdict.sentence) if verdict.form != "numbers" else []
        hidden = [n for n in numbers if len(n.replace(".", "")) > 4 and n not in str(derivation)]
        if hidden or TWICE.search(verdict.sentence) or re.search(r"\b(None|nan|inf)\b|[{}]", verdict.sentence):
            faults.append(verdict.sentence)
    return faults


@pytest.mark.one_in(3)
@pytest.mark.parametrize("case", read_open_cases(), ids=lambda case: str(case.id))
def test_no_sentence_blames_a_line_that_is_right(case: OpenCase) -> None:
    try:
        found = case.check()
    except ValueError:
        return
    assert not list_faults(found, case.read())


@pytest.mark.parametrize("start", [3, *(pytest.param(start, marks=pytest.mark.exhaustive) for start in range(40) if start != 3)])
def test_no_sentence_about_a_known_mistake_blames_a_right_line(start: int) -> None:
    for case in WRONG[start::40]:
        assert not list_faults(check(case["lecture"], case["derivation"], **case["settings"]), case["derivation"])


@pytest.mark.parametrize(("sentence", "is_fault"), [
    ("δ₁: The sign is turned.", False), ("δ₁ is the the right one.", True), ("δ₁ is 0.123456 times it.", True), ("δ₁ is None.", True),
    ("δ₁: it is not made from your δ₂, which is right, but from one with a mistake.", False),
    ("δ₁: this comes out with a mistake in δ₂.", True), ("δ₁ is wrong..", True), ("It fits .", True),
])
def test_the_sweep_finds_what_it_looks_for(sentence: str, is_fault: bool) -> None:
    found = chain({"delta2": "(a2 - y)*df2(z2)", "delta1": "delta2*df1(z1)"})
    told = {"delta2": found.verdicts["delta2"], "delta1": replace(found.verdicts["delta1"], sentence=sentence)}
    assert bool(list_faults(replace(found, verdicts=told), {})) == is_fault


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
    ("delta1", "delta2*df1(z1)*w2*b1/(a2 - y)", "the right one times b₁/(a₂ − y)"), ("dw1", "eta*delta1*x", "η is a factor too many"),
    ("delta1", "delta2*(w2 + b2)*df1(z1)", "the right one plus δ₂·σ₁′(z₁)·b₂"), ("dw2", "3*delta2*a1", "3 times the right one"),
    ("delta2", "(a2 - y)/df2(z2)", "times 1/σ₂′(z₂)²"), ("a1", "f1(z1) + b1", "plus b₁"), ("dw1", "-delta1*x/3", "−1/3 times"),
])
def test_a_small_factor_or_term_is_found(quantity: str, line: str, said: str) -> None:
    verdict = chain({quantity: line}).verdicts[quantity]
    assert verdict.wrong
    assert said in verdict.sentence
    assert "digits" not in verdict.sentence


@pytest.mark.parametrize(("id", "quantity", "line", "said", "hint"), [
    ("chain", "dw2", "δ1·a1", "∂C/∂w₂: δ₁ stands where δ₂ belongs; the right one is δ₂·a₁.", "one quantity stands where another belongs"),
    ("chain", "dw1", "δ1·w1", "∂C/∂w₁: w₁ stands where x belongs; the right one is δ₁·x.", "one quantity stands where another belongs"),
    ("chain", "db1", "δ1·b1", "∂C/∂b₁: b₁ is a factor too many; the right one is δ₁.", "a factor is too many"),
    ("chain", "db2", "δ2·w2·x", "∂C/∂b₂: x and w₂ are factors too many; the right one is δ₂.", "factors are too many"),
    ("chain", "C", "(a2 - y)/2", "C: the square is missing; the right one is ½(a₂ − y)².", "a power is missing"),
    ("chain", "C", "(a2 - y)**3/2", "C: (a₂ − y) is a factor too many; the right one is ½(a₂ − y)².", "a factor is too many"),
    ("chain", "dw2", "2", "", ""), ("chain", "dw1", "delta1*x*a2/w2", "", ""),
    ("layers", "dW", "delta @ a_prev.T * z", "∂C/∂w⁽ˡ⁾: z⁽ˡ⁾ is a factor too many; the right one is δⱼ⁽ˡ⁾·aₖ⁽ˡ⁻¹⁾.", "a factor is too many"),
])
def test_a_slip_of_one_factor_says_what_stands_where(id: str, quantity: str, line: str, said: str, hint: str) -> None:
    verdict = check(id, {quantity: line}).verdicts[quantity]
    assert verdict.mistakes == ()
    if said:
        assert verdict.sentence == said
        assert verdict.hint.endswith(f": {hint}.")
    else:  # what it would take is not in the line
        assert "no mistake that is known here" in verdict.sentence
        assert "none of the common mistakes" in verdict.hint


def test_sides_of_a_number_are_no_factor() -> None:
    assert " times " not in check("one-neuron", {"w1_new": "w1 - eta*dw1/abs(dw1)"}).verdicts["w1_new"].sentence


def test_a_line_that_makes_up_for_a_mistake_follows() -> None:
    found = check("rss", {"delta_output": "y - a", "delta_hidden": "W_next.T @ delta_next", "W_new": "W + eta*(delta*df(z)) @ a_prev.T"})
    assert found.verdicts["W_new"].follows
    assert "makes up for the mistakes in your δ⁽ˡ⁾ and δ⁽ᵐ⁻¹⁾" in found.verdicts["W_new"].sentence
    found = check("rss", {"delta_output": "y - a", "W_new": "W + eta*(delta*df(z)*df(z)) @ a_prev.T"})
    assert found.verdicts["W_new"].wrong


def test_an_update_that_turns_a_turned_sign_back_is_not_called_right() -> None:
    lines = {"delta2": "y - a2", "delta1": "δ2*w2*df1(z1)", "dw1": "δ1*x", "w1_new": "w1 + η*dw1"}
    verdict = check("chain", lines).verdicts["w1_new"]
    assert (verdict.right, verdict.follows) == (False, True)
    assert "makes up for the mistake in your δ₂: it is right as long as that is in it" in verdict.sentence
    assert check("chain", {"w1_new": "w1 - η*dw1", "dw1": "δ1*x"}).right


def test_few_digits_tell_of_no_pair() -> None:
    for number in ("-0.5", "0.31", "-0.072"):
        verdict = chain({"delta1": number}).verdicts["delta1"]
        assert "two mistakes" not in verdict.sentence
    settings = {"x": 0.7, "y": 0.3, "w1": 0.6, "b1": 0.2, "w2": 0.4, "b2": -0.1}
    right = float(chain({"delta1": "0.1"}, **settings).verdicts["delta1"].expected)
    assert {"hidden-sign", "weight-missing"} <= set(
        chain({"delta1": f"{-right / 0.4:.7f}"}, **settings).verdicts["delta1"].mistakes)


@pytest.mark.parametrize(("derivation", "quantity", "said"), [
    ({"delta1": "delta2*w2*df1(z1)", "dw1": "2*delta1*x"}, "dw1", "∂C/∂w₁: it is 2 times the right one; the right one is δ₁·x."),
    ({"dw2": "delta2*a1/2"}, "dw2", "∂C/∂w₂: it is 1/2 times the right one; the right one is δ₂·a₁."),
    ({"delta1": "2*delta2*w2*df1(z1)"}, "delta1", "δ₁: it is 2 times the right one"),
    ({"dw1": "delta1*x*df1(z1)"}, "dw1", "∂C/∂w₁: σ₁′(z₁) is a factor too many"),
])
def test_a_line_that_names_what_it_is_made_from_has_its_mistake_itself(derivation: dict[str, str], quantity: str, said: str) -> None:
    verdict = chain(derivation).verdicts[quantity]
    assert verdict.mistakes
    assert verdict.sentence.startswith(said) or said in verdict.sentence
    assert "a mistake in" not in verdict.sentence
    assert "not made from" not in verdict.sentence


@pytest.mark.parametrize(("id", "derivation", "said"), [
    ("bernoulli", {"delta_output": "2*(y - (1 - t))"}, "L has no square that could bring down a 2, and no ½"),
    ("layers", {"delta_output": "2*(a - y)*df(z)"}, "The 2 that the square brings down cancels the ½ in C"),
    ("layers", {"delta_output": "4*(a - y)*df(z)", "conventions": "cost constant = 1"}, "The square in C brings down a 2"),
    ("layers", {"C": "2*sum((a - y)**2)", "conventions": "cost constant = 1"}, "It is twice what it should be: C = Σᵢ"),
    ("layers", {"C": "sum((a - y)**2)"}, "The ½ is missing"),
])
def test_what_is_said_of_a_factor_2_fits_the_cost(id: str, derivation: dict[str, str], said: str) -> None:
    sentence = next(iter(check(id, derivation).verdicts.values())).sentence
    assert said in sentence


@pytest.mark.parametrize(("id", "derivation", "said"), [
    ("layers", {"delta_hidden": "(W_next.T @ delta_next)*df(z)/n"}, "it is the right one times 1/n; "),
    ("columns", {"delta_output": "(a - y)*df(z)*N"}, "it is the right one times N"),
    ("columns", {"dW": "N**2*delta @ a_prev.T/N"}, "it is the right one times N²"),
    ("columns", {"delta_output": lambda a, y, z: 3 * (a - y) * a * (1 - a) * len(a)}, ""),
    ("columns", {"delta_output": lambda a, y, z: (a - y) * a * (1 - a) * len(a)}, "it is the right one times n"),
    ("layers", {"delta_hidden": "(W_next.T @ delta_next)*df(z)/3"}, "it is 1/3 times the right one"),
    ("layers", {"dW": "25*delta @ a_prev.T"}, "it is 25 times the right one"),
])
def test_numbers_of_hidden_inputs_are_named(id: str, derivation: dict[str, Any], said: str) -> None:
    sentence = next(iter(check(id, derivation).verdicts.values())).sentence
    assert said in sentence
    assert said or not re.search(r"\d+ times", sentence)


def test_a_formula_for_equal_widths_is_told_so_without_shapes() -> None:
    sentence = check("layers", {"delta_hidden": "(W_next.T @ delta_next)*df(z) + 0*a_prev"}).verdicts["delta_hidden"].sentence
    assert "it fits only where layers have as many units as each other, such as those of z⁽ˡ⁾ and z⁽ˡ⁺¹⁾." in sentence
    assert not re.search(r"\d+ ?× ?\d|\(\d+, \d+\)", sentence)


@pytest.mark.parametrize("constant", ["1/(2N)", "1/N", "1/2", "1"])
def test_the_last_sample_alone_is_named_under_every_cost(constant: str) -> None:
    given = {"dW": "delta[:, -1:] @ a_prev[:, -1:].T"} | ({"conventions": f"cost constant = {constant}"} if constant != "1/(2N)" else {})
    assert check("columns", given).verdicts["dW"].mistakes == ("last-sample",)


@pytest.mark.parametrize("constant", ["1/N", "2/N"])
def test_the_product_of_means_is_named_under_every_mean(constant: str) -> None:
    line = "np.mean(delta, axis=1, keepdims=True) @ np.mean(a_prev, axis=1, keepdims=True).T"
    assert check("columns", {"dW": line, "conventions": f"cost constant = {constant}"}).verdicts["dW"].mistakes == ("product-of-means",)


def test_the_lectures_conventions_alone_are_said_in_a_sentence() -> None:
    assert check("layers", {"delta_output": "(a - y)*df(z)", "conventions": "given"}).notes == ("Judged by the lecture's conventions alone.",)


def test_the_identity_is_spoken_of_where_a_line_leans_on_it() -> None:
    said = ("σ₂ is the identity, whose derivative is 1, so a missing or repeated σ₂′(z₂) does not show: with another activation "
            "function there, your δ₂ and δ₁ would not be right.")
    assert check("chain", {"delta2": "a2 - y", "delta1": "(a2 - y)*w2*df1(z1)", "dw1": "delta1*x"}).notes == (said,)
    assert check("chain", {"delta2": "(a2 - y)*df2(z2)", "delta1": "delta2*w2*a1*(1 - a1)", "dw1": "delta1*x"}).notes == ()
    assert chain({"delta2": "(a2 - y)*df2(z2)"}).notes == ()
    (note,) = check("columns", {"delta_output": "a - y", "delta_hidden": "W_next.T @ delta_next * df(z)"},
                    activations=["tanh", "identity"]).notes
    assert note.startswith("f, which leads to a⁽³⁾, is the identity")
    assert note.endswith("your δ⁽ᴸ⁾ would not be right.")


@pytest.mark.parametrize(("id", "line"), [
    ("chain", {"dw1": "(a2 - y)*w2*x"}), ("chain", {"delta1": "(w2 * delta2) * df2(z2)"}), ("chain", {"delta2": "-8.59", "db1": "-0.01171"})])
def test_every_mistake_that_is_listed_is_explained(id: str, line: dict[str, str]) -> None:
    for verdict in check(id, line).verdicts.values():
        for slug in verdict.mistakes:
            says = [mistake.says for mistake in read_catalogue() if mistake.slug == slug]
            words = max(re.split(r"\{\w+\}", says[0].partition(":")[0]), key=len).strip()
            assert words in verdict.sentence, slug
            assert slug not in verdict.sentence


def test_what_does_not_show_is_said_in_words() -> None:
    note = next(note for note in check("chain", {"delta2": "-8.590"}).notes if "do not show" in note)
    assert "in δ₂, the factor σ₂′(z₂) is missing (output-derivative-missing); σ₂′(z₂) stands in it twice" in note
