"""Constants of the cost and of the penalty: kept to they are conventions, declared they hold, alone they are mistakes."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from corpus.corpus import FORMS, functions, right_formulas, world_of, wrong_formulas

from nn.derivations import Diagnosis, check
from nn.derivations.diagnosis.judging.constant_names import list_names
from nn.derivations.diagnosis.judging.inputs import Declared, World
from nn.derivations.diagnosis.reading.constants import Constant, parse_constant
from nn.derivations.lectures import LECTURES
from visualize.commands.cli import main

pytestmark = pytest.mark.slow

SIGMOIDS = {"activations": ["sigmoid", "sigmoid"]}
NETWORK = """
[notation]
[problem]
cost = "half_squared_error"
activations = ["sigmoid", "sigmoid"]
[example]
X = [[0.5, -1.0]]
Y = [[0.3, 0.9]]
W = [[[0.3, 0.8], [-0.5, 0.2]], [[0.7, -0.2], [-0.4, 0.5]]]
b = [[0.1, -0.3], [0.0, 0.2]]
"""
PENALTY = {"penalty": "l2", "lam": 0.1}
BIASES = {"b": [[0.1, -0.3, 0.2], [-0.1, 0.4]]}
COSTS = {
    "one-neuron": ["1"], "chain": ["1"], "layers": ["1", "1/n", "1/(2n)", "2/n"], "rss": ["1", "1/n", "1/(2n)", "2/n"],
    "columns": ["1", "1/2", "1/N", "2/N", "2/(N n)", "1/(N n)", "1/(2N n)"],
    "rows": ["1", "1/2", "1/N", "2/N", "2/(N n)", "1/(N n)", "1/(2N n)"],
}
"""Lecture -> the constants before Σ(a − y)² that courses use in place of the lecture's."""
EVERY_COST = [(id, text) for id, texts in COSTS.items() for text in texts]


def constant(text: str) -> Constant:
    found = parse_constant(text)
    assert found
    return found


def formulas(id: str, text: str) -> dict[str, str]:
    """C, δ of the output and a gradient, each written out with that constant before Σ(a − y)²."""
    c, last = text.replace("N n", "N*n").replace("2N", "2*N").replace("2n", "2*n"), {"one-neuron": 1}.get(id, 2)
    if id in ("one-neuron", "chain"):
        before = "x" if last == 1 else "a1"
        slope = f"2*{c}*(a{last} - y)*df{last}(z{last})"
        return {"C": f"{c}*(a{last} - y)**2", f"delta{last}": slope, f"dw{last}": f"{slope}*{before}",
                f"db{last}": f"delta{last}"}
    if id in ("layers", "rss"):
        residual, sign = ("(y - a)", "-") if id == "rss" else ("(a - y)", "")
        return {"C": f"({c})*sum((a - y)**2)", "delta_output": f"2*({c})*{residual}*df(z)",
                "delta_hidden": "(W_next.T @ delta_next)*df(z)", "dW": f"{sign}delta @ a_prev.T"}
    found = constant(text)
    of_delta = replace(found, samples=0)
    samples = "1/N" if found.samples else "1"
    product = "delta @ a_prev.T" if id == "columns" else "a_prev.T @ delta"
    return {"C": f"({c})*sum((a - Y)**2)*N/N", "delta_output": f"2*({of_delta.write('*')})*(a - y)*df(z)",
            "dW": f"({samples})*({product})*N/N"}


def numbers(id: str, declared: Declared, **settings: Any) -> dict[str, Any]:
    """All numbers of a lecture under other conventions, to six digits."""
    lecture = LECTURES[id]
    world = World(lecture, lecture.resolve(settings), declared)

    def write(value: Any) -> Any:
        value = value.tolist() if hasattr(value, "tolist") else value
        return [write(item) for item in value] if isinstance(value, list) else f"{value:.6g}"

    scalar = world.vocabulary.scalar
    return {world.vocabulary.name(place) if scalar or place.layer is None else f"{place.kind}[{place.layer}]": write(world.to_lecture(place.kind, value))
            for place, value in world.truth.items() if place.layer != 0}


def accused(found: Diagnosis) -> list[str]:
    return [f"{name}: {verdict.sentence}" for name, verdict in found.verdicts.items() if not verdict.right]


@pytest.mark.one_in(3)
@pytest.mark.parametrize(("id", "text"), EVERY_COST)
def test_a_constant_of_the_cost_is_right_where_it_is_kept_to(id: str, text: str) -> None:
    lines = formulas(id, text)
    settings = SIGMOIDS if id == "chain" else {}
    for derivation in (lines, functions({n: t for n, t in lines.items() if "sum" not in t} | {"C": lines["C"]})):
        found = check(id, derivation, **settings)
        assert found.right, accused(found)
        assert [note for note in found.notes if note.startswith("Right for ") and "; the lecture has " in note]


@pytest.mark.one_in(3)
@pytest.mark.parametrize(("id", "text"), EVERY_COST)
def test_a_constant_of_the_cost_is_right_in_numbers_that_keep_to_it(id: str, text: str) -> None:
    found = check(id, numbers(id, Declared(cost=constant(text))))
    assert found.right, accused(found)


@pytest.mark.one_in(3)
@pytest.mark.parametrize(("id", "text"), EVERY_COST)
def test_given_holds_to_the_lecture(id: str, text: str) -> None:
    settings = SIGMOIDS if id == "chain" else {}
    found = check(id, formulas(id, text) | {"conventions": "given"}, **settings)
    assert not found.verdicts["C"].right
    assert "It would be right for " in found.verdicts["C"].sentence
    assert "declare" not in found.verdicts["C"].sentence


@pytest.mark.one_in(3)
@pytest.mark.parametrize(("id", "text"), EVERY_COST)
def test_a_declared_constant_holds_for_a_single_line(id: str, text: str) -> None:
    settings = SIGMOIDS if id == "chain" else {}
    for name, line in formulas(id, text).items():
        found = check(id, {name: line, "conventions": f"cost constant = {text}"}, **settings)
        assert found.right, accused(found)
    lecture = right_formulas(world_of(id, settings))
    assert not check(id, {"C": lecture["C"], "conventions": f"cost constant = {text}"}, **settings).right


@pytest.mark.parametrize(("id", "line", "slug", "cost"), [
    ("chain", {"delta2": "2*(a2 - y)*df2(z2)"}, "residual-doubled", "C = (a₂ − y)²"),
    ("chain", {"delta2": "(a2 - y)*df2(z2)/2"}, "residual-halved", "C = (1/4)(a₂ − y)²"),
    ("one-neuron", {"C": "(a1 - y)**2"}, "half-missing", "C = (a₁ − y)²"),
    ("layers", {"delta_output": "(a - y)*df(z)/n"}, "output-mean", "C = (1/(2·n))Σᵢ (aᵢ⁽ᴸ⁾ − yᵢ)²"),
    ("rows", {"dW": "a_prev.T @ delta*N/N"}, "sum-for-mean", "E[i] = ½‖Y[i] − a⁽ᴸ⁾[i]‖², E = Σᵢ E[i]"),
])
def test_a_single_line_keeps_its_slug_and_says_for_which_cost_it_would_be_right(
        id: str, line: Mapping[str, str], slug: str, cost: str) -> None:
    found = check(id, line, **(SIGMOIDS if id == "chain" else {}))
    (verdict,) = found.verdicts.values()
    assert slug in verdict.mistakes
    assert cost in verdict.sentence
    assert 'declare it: conventions = "cost constant = ' in verdict.sentence
    declared = verdict.sentence.rpartition('conventions = "')[2].rstrip('".')
    assert check(id, dict(line) | {"conventions": declared}, **(SIGMOIDS if id == "chain" else {})).right


@pytest.mark.parametrize(("id", "lines", "last", "fits"), [
    ("chain", {"delta2": "(a2 - y)*df2(z2)", "delta1": "delta2*w2*df1(z1)", "dw1": "2*delta1*x", "db1": "2*delta1"}, "dw1",
     "your own δ₂ and δ₁ fit C = ½(a₂ − y)²."),
    ("neuron.toml", {"lines": "δ[L] = (a[L] - Y) * f′(z[L])\nδ[l] = (W[l + 1]ᵀ @ δ[l + 1]) * f′(z[l])\ndb[l] = 2*δ[l]"}, "db[l]", "your own δ⁽ˡ⁾ and δ⁽ᴸ⁾ fit ")])
def test_no_cost_is_offered_that_another_line_contradicts(
        id: str, lines: Mapping[str, str], last: str, fits: str, tmp_path: Path) -> None:
    if id != "chain":
        (tmp_path / id).write_text(NETWORK, encoding="utf-8")
        id = str(tmp_path / id)
    sentence = check(id, lines, **(SIGMOIDS if id == "chain" else {})).verdicts[last].sentence
    assert "A stray factor 2: " in sentence
    assert fits in sentence
    assert "declare" not in sentence


def test_no_cost_is_offered_where_two_lines_want_two() -> None:
    found = check("chain", {"delta1": "delta2*w2*df1(z1)", "dw1": "2*delta1*x", "db1": "delta1/2"}, **SIGMOIDS)
    assert "declare" not in "".join(verdict.sentence for verdict in found.verdicts.values())


def test_a_factor_that_makes_up_for_the_cost_in_delta_is_not_called_right() -> None:
    found = check("chain", {"conventions": "cost constant = 1", "delta2": "(a2 - y)*df2(z2)", "dw2": "2*delta2*a1"}, **SIGMOIDS)
    assert found.verdicts["delta2"].wrong
    assert found.verdicts["dw2"].follows
    assert "makes up for the mistake in your δ₂" in found.verdicts["dw2"].sentence


@pytest.mark.parametrize(("line", "slug"), [
    ({"dw1": "delta1*x + lam*w1"}, "penalty-half"), ({"dw1": "delta1*x + 4*lam*w1"}, "penalty-double"),
    ({"db1": "delta1 + 2*lam*b1"}, "penalty-on-bias")])
def test_a_single_penalty_keeps_its_slug(line: Mapping[str, str], slug: str) -> None:
    (verdict,) = check("chain", line, **PENALTY).verdicts.values()
    assert slug in verdict.mistakes
    assert "It would be right for C = ½(a₂ − y)² + " in verdict.sentence


@pytest.mark.parametrize(("id", "lines", "declared"), [
    ("chain", {"dw1": "delta1*x + lam*w1", "dw2": "delta2*a1 + lam*w2"}, "penalty constant = 1/2"),
    ("chain", {"dw1": "delta1*x + 4*lam*w1", "dw2": "delta2*a1 + 4*lam*w2"}, "penalty constant = 2"),
    ("chain", {"db1": "delta1 + 2*lam*b1", "db2": "delta2 + 2*lam*b2"}, "penalty on biases"),
    ("one-neuron", {"C": "(a1 - y)**2/2 + lam/2*w1**2", "dw1": "delta1*x + lam*w1"}, "penalty constant = λ/2"),
    ("columns", {"dW": "delta @ a_prev.T/N + 2*lam*W", "C": "sum((a - Y)**2)/(2*N) + lam*(sum(W1**2) + sum(W2**2))"},
     "penalty constant = 1"),
    ("columns", {"dW": "delta @ a_prev.T/N + lam/N*W",
                 "C": "sum((a - Y)**2)/(2*N) + lam/(2*N)*(sum(W1**2) + sum(W2**2))"}, "penalty constant = 1/(2N)"),
])
def test_a_constant_of_the_penalty_is_right_where_it_is_kept_to(
        id: str, lines: Mapping[str, str], declared: str) -> None:
    assert check(id, lines, **PENALTY).right
    assert not check(id, dict(lines) | {"conventions": "given"}, **PENALTY).right
    for name, line in lines.items():
        assert check(id, {name: line, "conventions": declared}, **PENALTY).right
        assert not check(id, {name: line}, **PENALTY).right


def test_penalties_work_with_l1_and_beside_another_cost() -> None:
    l1 = {"penalty": "l1", "lam": 0.1}
    assert check("chain", {"dw1": "delta1*x + lam/2*sign(w1)", "dw2": "delta2*a1 + lam/2*sign(w2)"}, **l1).right
    both = {"C": "(a1 - y)**2 + lam/2*w1**2", "dw1": "2*(a1 - y)*df1(z1)*x + lam*w1"}
    assert check("one-neuron", both, **PENALTY).right
    every = {"conventions": ["penalty on biases", "penalty constant = 1/2"], "db": "delta + lam*b"}
    assert check("columns", every, **PENALTY, **BIASES).right
    assert not check("columns", every | {"conventions": "penalty constant = 1/2"}, **PENALTY, **BIASES).right


@pytest.mark.parametrize("lines", [
    {"delta2": "2*(a2 - y)*df2(z2)", "delta1": "delta2*w2*df1(z1)/2", "dw1": "delta1*x", "dw2": "delta2*a1"},
    {"delta2": "2*(a2 - y)*df2(z2)", "dw2": "delta2*a1/2", "db2": "delta2/2"},
    {"C": "(a2 - y)**2/2", "delta2": "2*(a2 - y)*df2(z2)", "dw2": "2*(a2 - y)*df2(z2)*a1"},
    {"delta2": "2*(a2 - y)*df2(z2)", "dw2": "delta2*a1", "db2": "delta2"},
    {"dw1": "eta*delta1*x", "w1_new": "w1 - eta*dw1"},
    {"delta2": "-2*(a2 - y)*df2(z2)", "dw2": "2*delta2*a1"},
])
def test_what_cancels_contradicts_or_follows_is_no_convention(lines: Mapping[str, str]) -> None:
    found = check("chain", lines, **SIGMOIDS)
    assert not found.right
    assert not [note for note in found.notes if note.startswith("Right for")]


def test_a_line_that_is_wrong_either_way_does_not_hinder() -> None:
    lines = {"C": "(a2 - y)**2", "dw2": "2*(a2 - y)*df2(z2)*a1", "dw1": "x*df1(z1)*df2(z2)*w2"}
    found = check("chain", lines, **SIGMOIDS)
    assert [name for name, verdict in found.verdicts.items() if verdict.wrong] == ["dw1"]


def test_a_gradient_without_a_value_in_the_first_layer_is_no_witness_of_the_penalty() -> None:
    cost = "sum((a - Y)**2)/(2*N)"
    found = check("columns", {"C": cost, "dW": "delta @ z_prev.T"}, **PENALTY)
    assert found.verdicts["C"].mistakes == ("penalty-forgotten",)
    found = check("columns", {"C": cost, "dW": "delta @ a_prev.T/N + lam*W"}, **PENALTY)
    assert set(found.verdicts["C"].mistakes) == {"penalty-forgotten", "penalty-in-gradient-only"}


def test_numbers_with_one_doubled_line_are_not_another_cost() -> None:
    doubled = numbers("chain", Declared(cost=constant("1")), **SIGMOIDS)["delta2"]
    found = check("chain", numbers("chain", Declared(), **SIGMOIDS) | {"delta2": doubled}, **SIGMOIDS)
    assert found.first_wrong == "delta2"
    assert found.verdicts["delta2"].mistakes == ("residual-doubled",)


def _wrong_lines() -> Iterator[Any]:
    for id, form in FORMS:
        marks = [] if id in ("one-neuron", "chain") and not form else [pytest.mark.exhaustive]
        yield pytest.param(id, form, marks=marks, id=f"{id} {form}")


@pytest.mark.slow
@pytest.mark.parametrize(("id", "form"), list(_wrong_lines()))
def test_no_mistake_of_the_catalogue_passes_as_a_convention(id: str, form: Mapping[str, Any]) -> None:
    right = right_formulas(world_of(id, form))
    without_cost = {name: text for name, text in right.items() if name != "C"}
    for case in wrong_formulas(id, form):
        scaled = case.mistake.about in ("delta_output", "batch", "penalty")
        for lines in (right, without_cost)[: 1 + scaled]:
            found = check(id, lines | {case.quantity: case.text}, **case.settings)
            assert found.verdicts[case.quantity].wrong, (case, found.notes)


def test_an_opposite_sign_beside_a_doubled_line_blames_that_line_alone() -> None:
    lines = {"delta2": "2*(y - a2)*df2(z2)", "dw2": "-delta2*a1", "db2": "-delta2"}
    found = check("chain", lines, **SIGMOIDS)
    assert found.first_wrong == "delta2"
    assert found.verdicts["delta2"].mistakes == ("residual-doubled",)
    assert not found.verdicts["dw2"].wrong
    assert not found.verdicts["db2"].wrong
    assert check("chain", lines | {"C": "(a2 - y)**2"}, **SIGMOIDS).right


@pytest.mark.parametrize(("id", "declared", "lines", "expected"), [
    ("layers", "opposite sign of delta", {"delta_output": "a", "dW": "W"},
     ["(yⱼ − aⱼ⁽ᴸ⁾)·aⱼ⁽ᴸ⁾·(1 − aⱼ⁽ᴸ⁾)", "−δⱼ⁽ˡ⁾·aₖ⁽ˡ⁻¹⁾"]),
    ("rss", "opposite sign of delta", {"dW": "W"}, ["δₖ⁽ᵐ⁾·aⱼ⁽ᵐ⁻¹⁾"]),
    ("bernoulli", "y = P(t=1)", {"C": "y", "delta_output": "z"},
     ["−t·log(y) − (1 − t)·log(1 − y)", "σ(aᵢ⁽ᵒᵘᵗ⁾) − t"]),
    ("chain", "cost constant = 1", {"C": "y", "delta2": "y"}, ["(a₂ − y)²", "2·(a₂ − y)·σ₂′(z₂)"]),
])
def test_what_is_expected_follows_from_what_was_declared(
        id: str, declared: str, lines: Mapping[str, str], expected: list[str]) -> None:
    found = check(id, dict(lines) | {"conventions": declared})
    assert [verdict.expected for verdict in found.verdicts.values()] == expected


def test_the_sentence_for_a_gradient_follows_the_declared_sign() -> None:
    lines = {"conventions": "opposite sign of delta", "delta_output": "(y - a)*df(z)", "dW": "delta @ a_prev.T"}
    verdict = check("layers", lines).verdicts["dW"]
    assert verdict.mistakes == ("gradient-sign",)
    assert "−δⱼ⁽ˡ⁾·aₖ⁽ˡ⁻¹⁾" in verdict.sentence


@pytest.mark.parametrize(("id", "lines", "message"), [
    ("bernoulli", {"conventions": "cost constant = 1"}, "has no meaning in bernoulli"),
    ("chain", {"conventions": "penalty constant = 1/2"}, "has no meaning in chain"),
    ("chain", {"conventions": "cost constant = x"}, "needs a constant"),
    ("chain", {"conventions": "cost constant = 1/2N"}, "needs a constant"),
    ("chain", {"conventions": "cost constant"}, "needs a constant"),
    ("chain", {"conventions": ["cost constant = 1", "cost constant = 1/2"]}, "two values"),
    ("chain", {"conventions": ["given", "cost constant = 1"]}, "leave it or the others out"),
    ("columns", {"conventions": ["delta of the mean cost", "cost constant = 1"]}, "leave one of the two"),
])
def test_a_declaration_that_says_nothing_is_refused(id: str, lines: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check(id, lines | {"C": "0"})


@pytest.mark.parametrize(("id", "settings", "lines"), [
    ("chain", {"b1": 0.0, "b2": 0.0}, {"z1": "w1*x", "z2": "w2*a1"}),
    ("one-neuron", {"b1": 0.0}, {"z1": "w1*x"}),
    ("columns", {"b": [[0, 0, 0], [0, 0]]}, {"pre": "W @ a_prev"}),
    ("layers", {"W": [[[1, 2], [3, 4]]], "b": [[0, 0]], "x": [1, 2], "y": [1, 2]}, {"pre": "W @ a_prev"}),
])
def test_biases_that_are_typed_as_0_may_be_left_out(
        id: str, settings: Mapping[str, Any], lines: Mapping[str, str]) -> None:
    assert check(id, lines, **settings).right
    assert not check("chain", {"z1": "w1*x"}).right
    assert not check("chain", {"z1": "w1*x", "z2": "w2*a1"}, b1=0.0).verdicts["z2"].right


def test_constants_of_hidden_inputs_have_names() -> None:
    lecture = LECTURES["columns"]
    world = World(lecture, lecture.resolve({}))
    samples, outputs = 3, 2
    for ratio, name in ((samples**2, "N²"), (1 / samples, "1 / N"), (outputs, "n"), (-world.problem.eta, "−η"), (7.77, "")):
        assert next(list_names(ratio, world.constants), "") == name


def test_the_command_holds_files_to_the_conventions_that_it_names(
        tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('conventions = "cost constant = 1"\nC = "(a2 - y)**2"\n', encoding="utf-8")
    command = ["check", str(file), "--lecture", "chain"]
    assert main(command) == 0
    assert main([*command, "--conventions", "given"]) == 1
    assert "half-missing" in capsys.readouterr().out
    assert main([*command, "--conventions", "cost constant = 1/2"]) == 1
    assert main([*command, "--conventions", "nonsense"]) == 2
