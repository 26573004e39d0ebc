"""The diagnosis on two corpora: one written by hand from the lectures, one generated from the catalogue."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from corpus.corpus import (
    FORMS,
    functions,
    numbers,
    right_formulas,
    world_of,
    wrong_formulas,
    wrong_numbers,
)
from corpus.formula_writer import NoFormulaError

from nn.derivations import LECTURES, check
from nn.derivations.diagnosis.judging.catalogue import read_catalogue
from nn.derivations.diagnosis.judging.error_propagation import apply_rule, is_about, is_close, make_base
from nn.derivations.diagnosis.judging.generic_inputs import SEEDS, draw_generic_worlds
from nn.derivations.diagnosis.judging.student import Student
from nn.derivations.diagnosis.reading.answers import Answers

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parent / "derivations"
# one form a lecture; benchmarks/diagnosis.py has all of them, with every seed
_ONE_FORM = [("one-neuron", 2), ("chain", 5), ("layers", 8), ("rss", 9), ("bernoulli", 10), ("columns", 14), ("rows", 17)]
SOME = [pytest.param(id, form, marks=[] if id in ("one-neuron", "bernoulli") else pytest.mark.exhaustive)
        for id, form in _ONE_FORM]
# rows has the columns of the other sheet turned round
EVERY_FORM = [pytest.param(form, marks=[pytest.mark.exhaustive] if form[0] == "rows" else [], id=str(form)) for form in FORMS]


@cache
def by_hand(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))["case"]
    return found


def test_the_corpus_by_hand_has_all_lectures_and_ten_forms_of_each() -> None:
    assert {case["lecture"] for case in by_hand("wrong.toml")} == set(LECTURES)
    for id in LECTURES:
        assert len([case for case in by_hand("right.toml") if case["lecture"] == id]) >= 10
    slugs = {case["slug"] for case in by_hand("wrong.toml")} | {
        slug for case in by_hand("wrong.toml") for slug in case.get("also", ())}
    assert {mistake.slug for mistake in read_catalogue()} - slugs <= {"not-reset", "derivative-sigmoid", "gradient-sign"}


@pytest.mark.one_in(3)
@pytest.mark.parametrize("i", range(len(by_hand("right.toml"))))
def test_right_derivations_in_many_forms_are_right(i: int) -> None:
    case = by_hand("right.toml")[i]
    found = check(case["lecture"], case["derivation"], **case.get("settings", {}))
    assert found.right, [(verdict.given, verdict.sentence) for verdict in found.verdicts.values() if not verdict.right]


@pytest.mark.one_in(12)
@pytest.mark.parametrize("i", range(len(by_hand("wrong.toml"))))
def test_wrong_lines_are_found_and_named(i: int) -> None:
    case = by_hand("wrong.toml")[i]
    found = check(case["lecture"], case["derivation"], **case.get("settings", {}))
    verdict = found.verdicts[case["quantity"]]
    assert case["slug"] in verdict.mistakes, (case["derivation"][case["quantity"]], verdict)
    assert set(verdict.mistakes) <= {case["slug"], *case.get("also", ())}
    assert found.first_wrong == case["quantity"]
    assert verdict.sentence
    assert verdict.where
    assert verdict.hint


@pytest.mark.exhaustive
@pytest.mark.parametrize(("id", "form"), SOME)
def test_the_generated_corpus_is_named_as_formulas_and_as_functions(id: str, form: int) -> None:
    assert FORMS[form][0] == id
    world = world_of(*FORMS[form])
    right = right_formulas(world)
    assert check(id, right, **world.settings).right
    assert check(id, functions(right), **world.settings).right
    count = named = 0
    for i, case in enumerate(wrong_formulas(*FORMS[form])):
        derivation: dict[str, Any] = right | {case.quantity: case.text}
        if i % 3 == 2:  # the benchmark has all of them, here every third as a formula, and every third as a function
            continue
        if i % 3 == 1:
            try:
                derivation = functions(derivation)
            except NoFormulaError:
                continue
        found = check(id, derivation, **case.settings)
        verdict = found.verdicts[case.quantity]
        count += 1
        named += verdict.mistakes == (case.mistake.slug,)
        assert case.mistake.slug in verdict.mistakes, (case, verdict)
        assert not [name for name, other in found.verdicts.items() if other.wrong and name != case.quantity]
    assert count > 30
    assert named > 0.8 * count  # the rest are one formula by two names


@pytest.mark.exhaustive
@pytest.mark.parametrize(("id", "form"), SOME)
def test_the_generated_corpus_is_found_in_numbers_of_five_digits(id: str, form: int) -> None:
    for i, (case, table) in enumerate(wrong_numbers(*FORMS[form])):
        if i % 6:
            continue
        found = check(id, table, **case.settings)
        verdict = found.verdicts[case.quantity]
        assert case.mistake.slug in verdict.mistakes, (case, verdict)
        assert not [name for name, other in found.verdicts.items() if other.wrong and name != case.quantity]


@pytest.mark.one_in(9)
@pytest.mark.parametrize("form", FORMS, ids=str)
@pytest.mark.parametrize("decimals", [2, 3, 4, 6])
def test_right_numbers_that_were_rounded_are_not_accused(form: tuple[str, dict[str, Any]], decimals: int) -> None:
    for seed in (1, 2):
        world = world_of(*form, seed=seed)
        for carried in (False, True):
            table = numbers(world, decimals=decimals, carried=carried)
            found = check(form[0], table, **world.settings)
            assert not [verdict for verdict in found.verdicts.values() if verdict.judged and not verdict.right]
            assert any(verdict.right for verdict in found.verdicts.values())
            assert found.right or decimals < 6  # numbers in one digit are not judged


# what is one and the same formula in some form: no σ′ left at an identity or a ReLU, one unit a layer, δ = residual
SAME = {frozenset(pair) for pair in (
    ("derivative-inside-sum", "derivative-next-layer"), ("derivative-next-layer", "hidden-derivative-missing"),
    ("derivative-inside-sum", "hidden-derivative-missing"), ("derivative-inside-sum", "mask-missing"),
    ("hidden-derivative-missing", "mask-missing"), ("delta-next-layer", "residual-for-delta"),
    ("last-only", "overwrite-at-fan-out"), ("first-only", "overwrite-at-fan-out"),
    ("elementwise-for-matrix", "outer-transposed"), ("derivative-of-pre", "derivative-tanh-of-pre"),
    ("penalty-forgotten", "penalty-in-gradient-only"), ("activation-own-layer", "pre-own-layer"),
)}


@pytest.mark.exhaustive
@pytest.mark.parametrize("form", EVERY_FORM)
def test_generic_inputs_tell_all_mistakes_apart(form: tuple[str, dict[str, Any]]) -> None:
    students = [Student(world_of(*form, seed=seed), Answers((), ()), generic=True) for seed in SEEDS]
    world = students[0].world
    compared = 0
    for place in world.vocabulary.places:
        on = [make_base(student, place, 0) for student in students]
        found: list[tuple[str, list[Any]]] = []
        for mistake in (m for m in read_catalogue() if m.arises(world, place.layer) and m.only in ("", place.kind)):
            for lines in mistake.forms_in(world):
                values = [apply_rule(student, place, start, lines) for student, start in zip(students, on, strict=True)]
                right = [student.world.truth[place] for student in students]
                if is_about(students[0], place, lines) and all(v is not None for v in values) and not alike(values, right):
                    found.append((mistake.slug, values))
        for i, (slug, values) in enumerate(found):
            for other, others in found[:i]:
                compared += 1
                assert slug == other or not alike(values, others) or {slug, other} in SAME, (place, slug, other)
    assert compared > 50


def alike(values: list[Any], others: list[Any]) -> bool:
    return all(is_close(a, b) for a, b in zip(values, others, strict=True))


@pytest.mark.parametrize(("id", "form"), FORMS, ids=str)
def test_generic_inputs_are_generic(id: str, form: dict[str, Any]) -> None:
    lecture = LECTURES[id]
    worlds = draw_generic_worlds(lecture, lecture.resolve(form))
    assert len(worlds) == len(SEEDS) >= 3
    for world in worlds:
        problem = world.problem
        weights = [w for matrix in problem.weights for row in matrix for w in row]
        given = [*weights, *(b for row in problem.biases or () for b in row), *(x for row in problem.inputs for x in row)]
        assert all(abs(number) > 0.1 and abs(abs(number) - 1) > 0.06 for number in given)
        assert len({w > 0 for w in weights}) == 2 or len(weights) == 1
        assert problem.eta > 0.3
        if not world.vocabulary.scalar:
            assert len(problem.weights) == 3
            assert len(problem.inputs) == (5 if world.vocabulary.conventions.mean else 1)
        if problem.penalty:
            assert problem.penalties[0][1] > 0.1
