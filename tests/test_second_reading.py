"""A second reading of a lecture names the first; lines as lecturers type them; what hinders is said."""

from pathlib import Path

import numpy as np
import pytest

from nn.derivations import Lecture, compare
from nn.derivations.internal import read_critically
from nn.derivations.lecture_file.text import normalise_line, write_products
from visualize.commands.cli import main

ROOT = Path(__file__).parent.parent
LECTURES = ROOT / "examples" / "lectures"
BUILT_IN = ROOT / "nn" / "derivations" / "lectures"
SECOND, FIRST = BUILT_IN / "layers_source_first.toml", BUILT_IN / "layers.toml"


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for path in (FIRST, LECTURES / "softmax_rows.toml"):
        Path(path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")


def write(text: str, name: str = "mine.toml") -> str:
    Path(name).write_text(text, encoding="utf-8")
    return name


def test_the_second_reading_has_the_numbers_of_the_first_transposed() -> None:
    first, second = compare(str(FIRST)), compare(str(SECOND))
    assert second.agrees
    assert first.hand["C"] == second.hand["C"]
    for l in (1, 2, 3):
        assert np.allclose(first.hand["dW"][l].T, second.hand["dW"][l])
    assert read_critically(SECOND).right


def test_its_lines_take_the_place_of_those_about_the_same_and_the_rest_stays() -> None:
    first, second = (Lecture.read(path).statements for path in (FIRST, SECOND))
    assert [line.letter for line in first] == [line.letter for line in second]
    kept = {line.text for line in first} & {line.text for line in second}
    assert kept == {"a[j, 0] = x[j]", "a[j, l] = σ(z[j, l])", "C = 1/2 * sum((a[i, L] - y[i])**2 for i in units(L))",
                    "δ[j, L] = (a[j, L] - y[j]) * a[j, L] * (1 - a[j, L])", "db[j, l] = δ[j, l]", "b_new[j, l] = b[j, l] - η * δ[j, l]"}


def test_a_wrong_line_of_the_first_reading_is_found_through_the_second() -> None:
    Path("layers.toml").write_text((FIRST).read_text(encoding="utf-8").replace("db[j, l] = δ[j, l]", "db[j, l] = 2 * δ[j, l]"),
                                   encoding="utf-8")
    write(SECOND.read_text(encoding="utf-8").replace('"layers"', '"layers.toml"'))
    assert [alarm.statement.letter for alarm in read_critically("mine.toml").alarms] == ["db"]


@pytest.mark.parametrize(("text", "sentence"), [
    ('reading_of = "none.toml"\n', "cannot read none.toml"), ('reading_of = "/etc/passwd"\n', "in the same folder"),
    ('reading_of = "../x.toml"\n', "in the same folder"), ("reading_of = 3\n", "in the same folder"),
    ('reading_of = "mine.toml"\n', "runs in a circle: mine.toml → mine.toml"),
    ('reading_of = "layers.toml"\n[notation]\nwight = 1\n', "did you mean 'weights'"),
    ('reading_of = "softmax_rows.toml"\n[notation]\nsamples = "row"\n', "did you mean 'rows'"),
    ('reading_of = "layers.toml"\n[problem]\noutputs = 1\n', "outputs = 1"),
])
def test_what_cannot_be_read_in_a_second_reading_is_said(text: str, sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", write(text)]) == 2
    assert sentence in capsys.readouterr().err


CHAIN = """
letters = {pre = "s", post = "o", weight = "v", bias = "k", input = "x", target = "d", cost = "Q", delta = "g", rate = "μ", activation = "φ"}
[notation]
indices = []
[problem]
activations = ["tanh", "identity"]
lines = '''
s1 = v1 x + k1
o1 = φ1(s1)
s2 = v2 o1 + k2
o2 = φ2(s2)
Q = ½ (o2 - d)²
g2 = (o2 - d) φ2'(s2)
g1 = g2 v2 φ1'(s1)
dQ/dv2 = g2 o1
dQ/dk2 = g2
dQ/dv1 = g1 x
v1 ← v1 - μ dQ/dv1
k1 := k1 - μ dQ/dk1
'''
[example]
x = 0.5
d = 1.2
v = [0.4, -0.7]
k = [0.1, 0.2]
"""


def test_a_scalar_chain_is_read_as_it_is_typed() -> None:
    found = read_critically(write(CHAIN))
    assert found.right
    assert len(found.lecture.statements) == 12
    assert compare("mine.toml").agrees
    wrong = read_critically(write(CHAIN.replace("g1 = g2 v2 φ1'(s1)", "g1 = g2 o1 φ1'(s1)")))
    assert [alarm.sort for alarm in wrong.alarms] == ["letter"]


@pytest.mark.parametrize(("typed", "meant"), [
    ("g1 = g2 v2 φ1'(s1)", "g1 = g2 * v2 * φ1'(s1)"), ("a = 2 (x + 1) y", "a = 2 * (x + 1) * y"), ("a = f (z)", "a = f (z)"),
    ("s = sum(w[j] x[j] for j in units(l))", "s = sum(w[j] * x[j] for j in units(l))"), ("a = x if y else z", "a = x if y else z"),
    ("C = ½ sum(h[k]² for k in units(L))", "C = ½sum(h[k]² for k in units(L))"), ("v = v - η ∂C/∂v", "v = v - η * ∂C/∂v"),
])
def test_two_factors_side_by_side_are_a_product(typed: str, meant: str) -> None:
    assert write_products(typed, {"f", "sum", "units"}) == meant


@pytest.mark.parametrize(("typed", "meant"), [
    ("W[l] ← W[l] - η * dW[l]", "W_new[l] = W[l] - η * dW[l]"), ("w1 := w1 - 1", "w1_new = w1 - 1"), ("C = ½ * n", "C = 1/2 * n"), ("C = ½·n", "C = 1/2 * n"),
])
def test_signs_of_the_blackboard(typed: str, meant: str) -> None:
    assert normalise_line(typed) == meant


@pytest.mark.parametrize(("lines", "said"), [
    ("Z[l] = W[l] A[l-1] + b[l]", "W[l] and A[l-1] stand side by side: write * for numbers, @ for matrices"),
    ("C = sum(x)", "the input is X, unless [letters] has input"),
])
def test_what_hinders_in_a_matrix_line_is_said(lines: str, said: str) -> None:
    text = f"letters = {{pre = 'Z', post = 'A'}}\n[notation]\nindices = ['layer']\n[problem]\nlines = '''\n{lines}\n'''\n"
    (unread,) = read_critically(write(text)).unread
    assert said in unread.reason


def test_a_constant_is_told_in_the_letter_of_the_count() -> None:
    head = "letters = {count = 'm'}\n[notation]\nsamples = 'rows'\nweights = 'source, target'\ndelta = '∂C/∂z of one sample'\n[problem]\ncost = 'half_squared_error'\n"
    for line, said in (("dW[l] = m * a[l - 1].T @ δ[l]", "It is m² times the right one"),
                       ("δ[L] = 3 * 7 * (a[L] - Y) * df(z[L])", "It is 21 times the right one")):
        alarm, = read_critically(write(f"{head}lines = '''\n{line}\n'''\n")).alarms
        assert said in alarm.sentence or "without the factor" in alarm.sentence
        assert "36 times" not in alarm.sentence


def test_the_command_names_what_is_next_and_the_other_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lecture", "layers.toml"]) == 0
    assert "check answers.toml --lecture layers.toml" in capsys.readouterr().out
    assert main(["lecture", write('db = "δ[j, l]"\n')]) == 2
    assert "check FILE --lecture LECTURE" in capsys.readouterr().err


@pytest.mark.parametrize(("text", "said"), [
    ("η = 0.1\n", '"η" = …'), ("title = My lecture\n", "texts stand in quotation marks"),
])
def test_a_slip_in_toml_is_named(text: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", write(text)]) == 2
    assert said in capsys.readouterr().err


def test_a_delta_after_the_activation_is_shown_where_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    write("[notation]\ndelta = '∂C/∂a'\n[example]\nx = [0.5, -1.0]\ny = [0.3]\nW = [[[0.4, 0.2], [-0.3, 0.9]], [[0.7, -0.2]]]\nb = [[0.1, 0.2], [0.3]]\n")
    found = compare("mine.toml")
    assert main(["draw", "mine.toml", "--view", "network", "-o", "n.svg"]) == 0
    assert f"δ₁⁽¹⁾ = {found.hand['delta'][1][0]:.4g}".replace("-", "−") in Path("n.svg").read_text(encoding="utf-8")
    capsys.readouterr()
    assert main(["step", "mine.toml"]) == 0
    assert "δ is the gradient at an output of a unit: δ₁⁽¹⁾ = ∂C/∂a₁⁽¹⁾." in capsys.readouterr().out


def test_a_penalty_on_weights_alone_has_a_line_for_weights_and_one_for_biases() -> None:
    rows = [row.line for row in compare("rss", penalty="l2", lam=0.1).rows if row.name.startswith("dW")]
    assert len([line for i, line in enumerate(rows) if i == 0 or line != rows[i - 1]]) == 4  # of two layers
