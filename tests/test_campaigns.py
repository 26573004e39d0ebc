"""The campaigns of ``benchmarks/campaign.py`` at a small size."""

import importlib
import itertools
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from corpus.corpus import DECLARED, Form, list_wide_forms, right_formulas, world_of, wrong_formulas, wrong_numbers
from corpus.ties import gives_the_same

from nn import Data
from nn.derivations import LECTURES, check
from nn.ground.activation_formulas import ACTIVATION_FORMULAS

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
CAMPAIGN = BENCHMARKS / "campaign.py"


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, str(CAMPAIGN), *arguments], capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_the_campaigns_are_listed() -> None:
    assert [line.split()[0] for line in run().stdout.splitlines()] == [
        "graphs", "exact", "matrix", "mutants", "diagnosis", "own-lectures", "files", "programs", "planted", "pairs", "quality"]


@pytest.mark.exhaustive
def test_random_graphs_agree_with_differences_and_complex_steps() -> None:
    done = run("graphs", "--size", "1000", "--seed", "5")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "graphs                            1,000" in done.stdout
    assert "disagreements                     0" in done.stdout


@pytest.mark.slow
def test_random_graphs_agree_as_matrix_programs() -> None:
    done = run("matrix", "--size", "20", "--seed", "5")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "graphs                            20\ncompared                          20" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(("name", "size", "told"), [
    ("planted", 8, "with cost: detected               8 of 8 (100.0 %)"), ("pairs", 5, "both named                        5 of 5"),
    pytest.param("planted", 60, "with cost: detected               60 of 60", marks=pytest.mark.exhaustive),
    pytest.param("pairs", 40, "detected                          40 of 40", marks=pytest.mark.exhaustive)])
def test_planted_mistakes_of_programs_are_named(name: str, size: int, told: str) -> None:
    done = run(name, "--size", str(size), "--seed", "3")
    assert done.returncode == 0, done.stdout + done.stderr
    assert told in done.stdout


@pytest.mark.exhaustive
def test_mistakes_in_lecture_files_are_found_and_named() -> None:
    done = run("own-lectures", "--size", "60", "--seed", "5")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "own lines that are not right      0\nwrong derivations                 60\nmissed                            0" in done.stdout


@pytest.mark.exhaustive
def test_random_graphs_agree_with_60_digits() -> None:
    done = run("exact", "--size", "300", "--seed", "5")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "graphs                            300" in done.stdout
    assert "disagreements                     0" in done.stdout


def load_mutants(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("mutants")


def test_mutants_are_found_in_code_and_in_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "planted.py"
    file.write_text("""\
@dataclass(frozen=True)
class C:
    count: Literal[1]
def f(a: int = 1) -> int:
    if a < 2:
        g(a, not b)
    return a * "é" + f"{a + 1}"
ROW = make_row("a - b", "1", domain="a > b")
""", encoding="utf-8")
    found = {(mutant.before, mutant.after) for mutant in load_mutants(monkeypatch).find_mutants(file)}
    assert found == {
        ("1", "(2)"), ("1", "(0)"), ("a < 2", "(a <= 2)"), ("a < 2", "(a > 2)"), ("a < 2", "(not (a < 2))"), ("2", "(3)"), ("2", "(1)"),
        ("g(a, not b)", "pass"), ("g(a, not b)", "(g(not b, a))"), ("not b", "(b)"), ('a * "é"', "(a / 'é')"),
        ('a * "é" + f"{a + 1}"', "None"), ('a * "é" + f"{a + 1}"', "(a * 'é' - f'{a + 1}')"), ('"a - b"', "'(a + b)'"),
        ('"1"', "'(2)'"), ('"1"', "'(0)'"), ('make_row("a - b", "1", domain="a > b")', "(make_row('1', 'a - b', domain='a > b'))"),
    }


def test_every_file_of_the_engine_that_computes_is_mutated(monkeypatch: pytest.MonkeyPatch) -> None:
    mutants = load_mutants(monkeypatch)
    assert {"value.py", "recorders.py", "backward.py", "operations.py"} <= {path.name for path in mutants.list_engine()}
    assert all((mutants.ROOT / mutants.ENGINE / f"{stem}.py").exists() for stem in (*mutants.DISPLAY, *mutants.NEAREST))
    named = {stem for path in mutants.list_engine() for stage in mutants.list_stages(path.name) for stem in stage}
    assert named > {f"tests/test_{stem}.py" for stem in (*mutants.CORE, *mutants.FURTHER)}, "all of them are there"


def test_an_equivalent_mutant_is_listed_by_its_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mutants = load_mutants(monkeypatch)
    (tmp_path / "planted.py").write_text("x = 1\n", encoding="utf-8")
    monkeypatch.setattr(mutants, "list_engine", lambda: [tmp_path / "planted.py"])
    monkeypatch.setattr(mutants, "LISTED", tmp_path / "listed.toml")
    entry = "[[mutant]]\nfile = 'planted.py'\ntext = 'x = 1'\nbefore = '1'\nafter = '({})'\nreason = 'nobody reads x'\n"
    mutants.LISTED.write_text(entry.format(2), encoding="utf-8")
    assert mutants.read_equivalent() == {("planted.py", "x = 1", "1", "(2)"): "nobody reads x"}
    mutants.LISTED.write_text(entry.format(3), encoding="utf-8")
    with pytest.raises(ValueError, match="no mutant any more"):
        mutants.read_equivalent()


@pytest.mark.exhaustive
def test_equivalent_mutants_are_mutants(monkeypatch: pytest.MonkeyPatch) -> None:
    assert all(load_mutants(monkeypatch).read_equivalent().values()), "each has a reason"


@pytest.mark.exhaustive
def test_a_wrong_engine_is_noticed_and_a_harmless_change_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    mutants = load_mutants(monkeypatch)
    file = mutants.ROOT / mutants.ENGINE / "operations.py"
    wrong = next(mutant for mutant in mutants.find_mutants(file) if (mutant.before, mutant.after) == ('"a * b"', "'(a / b)'"))
    harmless = replace(wrong, after="'(a * b)'")
    monkeypatch.setattr(mutants, "list_stages", lambda _: [("tests/test_value.py",), ("tests/test_words.py",)])
    assert mutants.try_mutants([wrong, harmless], workers=1) == [harmless]


def load_diagnosis(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("diagnosis")


def test_the_widened_corpus_has_every_combination_of_choices() -> None:
    forms = list_wide_forms()
    pairs = {tuple(form.settings["activations"]) for form in forms if form.lecture == "chain"}
    assert pairs == set(itertools.product(ACTIVATION_FORMULAS, repeat=2))
    for id in ("columns", "rows"):
        assert {"b" in form.settings for form in forms if form.lecture == id} == {False, True}
        assert {form.settings.get("penalty") for form in forms if form.lecture == id} == {None, "l2"}
    assert {form.settings.get("reading") for form in forms if form.lecture == "layers"} == {None, "S"}
    assert {form.lecture for form in forms} == set(LECTURES)


def test_declared_constants_stand_in_the_formulas() -> None:
    written = {form.conventions: right_formulas(world_of(form.lecture, form.settings), form) for form in DECLARED
               if form.lecture == "chain"}
    assert written["cost constant = 1",]["C"] == "2 * 1/2 * (a2 - y)**2"
    assert written["cost constant = 1",]["delta2"] == "2 * ((a2 - y) * df2(z2))"
    assert written["cost constant = 1",]["delta1"] == "(w2 * delta2) * df1(z1)"
    assert "(0.5 * lam)" in written["penalty constant = 1/2",]["dw1"]
    assert written["penalty on biases",]["db2"] == "delta2 + 2 * lam * b2"


def test_as_many_derivations_are_drawn_as_were_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    diagnosis = load_diagnosis(monkeypatch)
    jobs = diagnosis.draw_jobs(1000, 1)
    assert sum(drawn for _, _, drawn in jobs) == 1000
    assert {form.lecture for form, _, _ in jobs} == set(LECTURES)
    assert diagnosis.draw_jobs(1000, 1) == jobs != diagnosis.draw_jobs(1000, 2)


def test_only_what_nobody_can_tell_apart_is_a_tie() -> None:
    (case,) = (case for case in wrong_formulas("chain", {"activations": ["sigmoid", "sigmoid"]})
               if (case.mistake.slug, case.quantity) == ("derivative-next-layer", "delta1") and "df2(z2)" in case.text)
    assert gives_the_same(case, "derivative-inside-sum")
    assert not gives_the_same(case, "hidden-derivative-missing")
    assert not gives_the_same(case, "weight-missing")


def test_a_zero_tells_of_no_mistake_but_of_one_that_says_zero() -> None:
    zeros = {case.mistake.slug for case, table in wrong_numbers("chain", {"activations": ["relu", "elu"]}, seed=2)
             if not float(table[case.quantity])}
    assert zeros == {"bias-zero"}


@pytest.mark.slow
def test_a_line_that_passes_is_counted_as_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    diagnosis = load_diagnosis(monkeypatch)
    form = Form("one-neuron", {"activation": "tanh"})
    found = diagnosis.examine(form, (1,), 6)
    assert sum(n for (_, result), n in found.counts.items() if result == "named") == 6
    assert diagnosis.reaches_targets(found)
    monkeypatch.setattr(diagnosis, "check", lambda lecture, _, **settings: check(
        lecture, right_formulas(world_of(lecture, form.settings)), **settings))
    missed = diagnosis.examine(form, (1,), 6)
    assert sum(n for (_, result), n in missed.counts.items() if result == "missed") == 6
    assert not diagnosis.reaches_targets(missed)


@pytest.mark.exhaustive
def test_what_is_drawn_from_the_widened_corpus_is_found_and_named() -> None:
    done = run("diagnosis", "--size", "16", "--seed", "5")
    assert "wrong  detected    named    tied  misnamed   right  accused" in done.stdout
    assert done.returncode == 0, done.stdout + done.stderr


def test_first_commands_are_judged_by_the_columns_that_they_take(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    files = importlib.import_module("files")
    (tmp_path / "planted_files").mkdir()
    (tmp_path / "planted_files" / "line.csv").write_text(",x,day,y\n" + "".join(f"{k},{k},2024-01-{k + 1:02},{2 * k}\n" for k in range(25)))
    monkeypatch.syspath_prepend(str(tmp_path))
    right = files.First("planted_files", "line.csv", "y", ("day",))
    monkeypatch.setattr(files, "FILES", [right, files.First("planted_files", "line.csv", "z"), files.First("no_such_files", "a.csv", "y")])
    assert files.try_first_commands(2, 1) == {"commands": 2, "work": 1, "packages that are not installed": "no_such_files"}
    assert "| planted_files line.csv | y | works | 25 | x | a column of line.csv without a name" in capsys.readouterr().out
    monkeypatch.setattr(files, "FILES", [replace(right, without=())])
    assert files.try_first_commands(2, 1) is None, "it takes other columns than it should"


def test_the_table_of_first_commands_has_them_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    files = importlib.import_module("files")
    page = (BENCHMARKS.parent / "docs" / "data.md").read_text(encoding="utf-8")
    rows = [row.split(" | ") for row in page.partition("<!-- first commands -->\n")[2].partition("<!-- end -->")[0].splitlines()[2:]]
    assert [(row[0], row[1]) for row in rows] == [(f"| {first.package} {Path(first.path).name}", first.target) for first in files.FILES]
    works = sum(row[2] == "works" for row in rows)
    assert works >= files.MUST_WORK
    assert f"{works} of {len(rows)} work" in page


@pytest.mark.slow
def test_quality_is_compared_on_samples_that_neither_has_seen(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    quality = importlib.import_module("quality")
    monkeypatch.setattr(quality, "TAKEN", 5_000)
    draw = np.random.default_rng(1)
    x = draw.normal(size=(60, 2))
    line = Data(x, (x @ [[2.0], [-1.0]]) + draw.normal(size=(60, 1)) * 0.3, ("a", "b"), ("y",))
    side = np.where(x[:, 0] > 0, 1.0, -1.0)
    names = Data(x + side[:, None], np.where(side > 0, "right", "left"), ("a", "b"), ("side",))
    monkeypatch.setattr(quality, "list_sets", lambda: {"line": line, "names": names})
    found = quality.try_quality(1, 1)
    assert found is not None
    assert found["sets"] == 2
    assert [row.split(" | ")[0] for row in capsys.readouterr().out.splitlines()[2:]] == ["| line", "| names"]
    monkeypatch.setattr(quality, "TAKEN", 100)
    assert quality.try_quality(1, 1) is None, "it has hardly been trained"
