"""What may be given to a lecture: from Python, from the command line, from a file; and what is said of what may not."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nn.derivations import LECTURES, compare
from visualize.commands.cli import main

LAYERED = ["layers", "rss", "bernoulli", "columns", "rows"]


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOGRAD_LITE_DOT", "embedded")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("kind", [list, tuple, np.array])
def test_arrays_may_be_lists_tuples_or_numpy(kind: Any) -> None:
    found = compare("layers", x=kind([0.5, np.float64(0.25)]), W=[kind([[1.0, 2], [3, 4]]), kind([[np.int64(5), 6.5]])],
                    b=[kind([0.1, 0.2]), kind([0.3])], y=kind([1]))
    assert found.settings["x"] == (0.5, 0.25)
    assert found.settings["W"] == (((1.0, 2.0), (3.0, 4.0)), ((5.0, 6.5),))
    assert found.hand["pre"][1].tolist() == pytest.approx([1.1, 2.7])
    assert json.loads(found.to_json())["settings"]["W"] == [[[1, 2], [3, 4]], [[5, 6.5]]]


def test_results_share_nothing_with_the_defaults() -> None:
    first = compare("layers")
    first.hand["dW"][1][:] = 7
    first.autodiff["post"][0][:] = 7
    second = compare("layers")
    assert second.agrees
    assert (second.hand["dW"][1] != 7).all()
    assert second.settings["x"] == (0.6, -1.2)


@pytest.mark.parametrize(("id", "given", "error", "sentence"), [
    ("layers", {"x": [1, 2, 3]}, ValueError, r"W\[0\] has a column for each of 2 inputs, and x has 3 numbers; W is the lecture's own example, since it was not given"),
    ("layers", {"x": [1, 2, 3], "reading": "S"}, ValueError, r"W\[0\] has a row for each of 2 inputs, and x has 3 numbers; W is the lecture's own"),
    ("layers", {"W": [[[1, 2, 3]]]}, ValueError, r"W\[0\] has a column for each of 3 inputs, and x has 2 numbers; x is the lecture's"),
    ("layers", {"W": [[[1, 2, 3]]], "x": [1, 2]}, ValueError, r"W\[0\] has a column for each of 3 inputs, and x has 2 numbers$"),
    ("layers", {"W": [[[1, 2]]]}, ValueError, r"b\[0\] has 2 numbers, and W\[0\] 1 unit; b is the lecture's own example"),
    ("layers", {"W": [[1, 2], [3, 4]]}, TypeError, r"W\[0\]\[0\] must be a list of numbers, such as \[1, 2\], not 1; W must be a matrix for"),
    ("layers", {"b": [1, 2]}, TypeError, r"b\[0\] must be a list of numbers, such as \[1, 2\], not 1; b must be a list of numbers for each"),
    ("layers", {"activation": "tanh"}, ValueError, r"unknown activation 'tanh'. Known: sigmoid, since the formulas of this lecture state"),
    ("layers", {"w": 1}, ValueError, "unknown setting of layers 'w'; did you mean 'W'"),
    ("columns", {"x": 1}, ValueError, "unknown setting of columns 'x'; did you mean 'X'"),
    ("layers", {"x": 1}, TypeError, r"x must be a list of numbers, such as \[1, 2\], not 1"),
    ("layers", {"x": []}, ValueError, "x is empty; it must be a list of numbers"),
    ("layers", {"x": "12"}, TypeError, "x must be a list of numbers, such as .* not '12'"),
    ("layers", {"x": [1, "2"]}, TypeError, r"x\[1\] must be a number, not '2' of type str"),
    ("layers", {"x": [1, float("inf")]}, ValueError, r"x\[1\] must be a finite number, not inf"),
    ("layers", {"x": None}, TypeError, "x must be a list of numbers"),
    ("layers", {"y": [1]}, ValueError, r"y has 1 number, and the layer of W\[2\] 2 units$"),
    ("layers", {"b": [[1, 2]]}, ValueError, "b has 1 list, and W 3 matrices$"),
    ("layers", {"b": [[1, 2], [3], [4, 5]]}, ValueError, r"b\[1\] has 1 number, and W\[1\] 2 units$"),
    ("layers", {"W": [[[1, 2], [3]]]}, ValueError, r"the rows of W\[0\] must be equally long: W\[0\]\[0\] has 2 numbers, W\[0\]\[1\]"),
    ("layers", {"W": [[1, 2]]}, TypeError, r"W\[0\]\[0\] must be"),
    ("layers", {"W": [[[1, 2], [3, 4]], [[1, 2, 3]]]}, ValueError,
     r"W\[1\] has a column for each of 3 inputs, and the layer of W\[0\] has 2 units$"),
    ("layers", {"reading": "t"}, ValueError, r"unknown reading 't'; did you mean 'T'\?|unknown reading 't'. Known: T, S"),
    ("rss", {"W": [[[1, 2]]]}, ValueError, r"W\[0\] has a column for each of 1 input, beside column 0 with the biases, and x has 2"),
    ("rss", {"W": [[[1]]], "x": [1], "y": [1]}, ValueError, r"W\[0\] has only column 0, the biases; it needs a column for each input"),
    ("rss", {"b": [[1]]}, ValueError, r"unknown setting of rss 'b'"),
    ("bernoulli", {"t": 0.5}, ValueError, "t, the class of the sample, must be 0 or 1, not 0.5"),
    ("bernoulli", {"t": "1"}, TypeError, "t must be 0 or 1, not '1' of type str"),
    ("bernoulli", {"W": [[[1, 2], [3, 4]]], "b": [[1, 2]]}, ValueError, r"the layer of W\[0\] must be one unit, y = P\(t = 0 \| x\), and has 2"),
    ("bernoulli", {"y": 1}, ValueError, "unknown setting of bernoulli 'y'"),
    ("columns", {"X": [[1, 2], [3, 4]]}, ValueError, "X has 2 rows and Y 3 rows; each sample needs one in both; Y is the lecture's own"),
    ("columns", {"X": [[1], [3], [4]]}, ValueError, r"W\[0\] has a column for each of 2 inputs, and a row of X has 1 number; W is the lecture's"),
    ("columns", {"X": [1, 2]}, TypeError, r"X\[0\] must be a list of numbers|X must be a matrix"),
    ("columns", {"Y": [[1], [3], [4]]}, ValueError, r"a row of Y has 1 number, and the layer of W\[1\] 2 units$"),
    ("columns", {"penalty": "l3", "lam": 1}, ValueError, "unknown penalty 'l3'. Known: l2, l1, l2_half"),
    ("rows", {"activation": "tanh"}, ValueError, "unknown activation 'tanh'"),
    ("rows", {"eta": True}, TypeError, "eta must be a number"),
])
def test_bad_input_is_refused_in_one_sentence(id: str, given: dict[str, Any], error: type[Exception], sentence: str) -> None:
    with pytest.raises(error, match=sentence):
        compare(id, **given)


def test_a_saturated_output_is_named() -> None:
    for t in (0, 1):
        for x in (-900, 900):
            with pytest.raises(ValueError, match=r"the output z₁⁽¹⁾ must lie between 0 and 1 .* it is [01] in floating point"):
                compare("bernoulli", W=[[[1.0, 1.0]]], b=[[0.0]], x=[x, x], t=t)
    assert compare("bernoulli", W=[[[1.0, 1.0]]], b=[[0.0]], x=[15, 15], t=0).agrees


def run(line: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    status = main(line)
    out, err = capsys.readouterr()
    return status, out, err


@pytest.mark.parametrize("id", LECTURES)
def test_a_file_and_the_command_line_give_the_same(id: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Every setting is written out as the help shows it, and read back."""
    lecture = LECTURES[id]
    given = lecture.resolve({}) | {"eta": 0.125}
    if "lam" in given:
        given |= {"penalty": "l2", "lam": 0.25}
    if "b" in given and given["b"] is None:
        given["b"] = ((0.5, -0.25, 0.75), (0.125, -0.5))
    shown = {setting.name: setting.format_value(given[setting.name]) for setting in lecture.settings}
    line = ["compare", id, "--json"]
    for name, text in shown.items():
        line += [f"--{name}", *text.split(" ")]
    typed = json.loads(run(line, capsys)[1])
    (tmp_path / "s.json").write_text(json.dumps(given))
    toml = [f"{name} = {json.dumps(value)}" for name, value in given.items() if value is not None]
    (tmp_path / "s.toml").write_text("\n".join(toml))
    expected = compare(id, **given)
    assert typed["settings"] == json.loads(expected.to_json())["settings"]
    for file in ("s.json", "s.toml"):
        assert json.loads(run(["compare", id, "--json", "--settings", file], capsys)[1]) == json.loads(expected.to_json())
    over = json.loads(run(["compare", id, "--json", "--settings", "s.toml", "--eta", "-1e-3"], capsys)[1])
    assert over["settings"]["eta"] == -0.001


def test_a_vector_may_be_typed_in_several_ways(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["0.5", "-1e-3"], ["[0.5,", "-1e-3]"], ["0.5,-0.001"], ["[0.5, -0.001]"]):
        status, out, _ = run(["compare", "layers", "--json", "--x", *words], capsys)
        assert (status, json.loads(out)["settings"]["x"]) == (0, [0.5, -0.001]), words


@pytest.mark.parametrize(("name", "text", "sentence"), [
    ("s.toml", "etaa = 1", "s.toml: unknown setting of layers 'etaa'; did you mean 'eta'? Known: x, y, W, b, eta, activation, reading"),
    ("s.toml", "eta = ", "s.toml is not valid TOML: Invalid value (at end of document)"),
    ("s.json", '{"x": [1', "s.json is not valid JSON: Expecting ',' delimiter"),
    ("s.json", "[1, 2]", "s.json must hold names and values, such as eta = 0.1, not [1, 2]"),
    ("s.json", '{"x": "0.5"}', "s.json: x must be a list of numbers, such as [1, 2], not '0.5'"),
    ("s.json", '{"eta": 1, "eta": 2}', "s.json is not valid JSON: a name stands in it twice"),
    ("s.json", '{"eta": NaN}', "s.json: eta must be a finite number, not nan"),
    ("s.json", '{"x": [1, 2, 3]}', "W[0] has a column for each of 2 inputs, and x has 3 numbers; W is the lecture's own example, since"),
    ("s.json", "[" * 100_000, "s.json is not valid JSON:"),
    ("s.yaml", "eta: 1", "cannot tell the format of 's.yaml': let the name end in .toml or .json"),
    ("s.toml", "eta = 1\neta = 2", "s.toml is not valid TOML: Cannot overwrite a value"),
])
def test_a_wrong_file_is_one_sentence(name: str, text: str, sentence: str, capsys: pytest.CaptureFixture[str],
                                      tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    status, out, err = run(["compare", "layers", "--settings", name], capsys)
    assert (status, out) == (2, "")
    assert err.startswith(f"autograd-lite: {sentence}")
    assert err.count("\n") == 1


def test_a_file_that_cannot_be_read_is_one_sentence(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["step", "rss", "--settings", "s.toml"], capsys) == (
        2, "", "autograd-lite: cannot read s.toml: No such file or directory; name another file\n")
    (tmp_path / "folder.toml").mkdir()
    assert "cannot read folder.toml: Is a directory" in run(["step", "rss", "--settings", "folder.toml"], capsys)[2]
    (tmp_path / "latin.toml").write_bytes(b'x = "\xe9"')
    assert "latin.toml is not valid TOML: 'utf-8' codec" in run(["step", "rss", "--settings", "latin.toml"], capsys)[2]


@pytest.mark.parametrize(("line", "sentence"), [
    ("compare layers --W abc", "W must be a matrix for each layer, such as [[[1, 2], [3, 4]], [[5, 6]]], and for one layer [[[1, 2], [3, 4]]], not 'abc'"),
    ("compare layers --x 1 b", "x must be a number, not 'b'"),
    ("compare layers --eta 1 2", "unknown argument '2'"),
    ("compare bernoulli --t 2", "t, the class of the sample, must be 0 or 1, not 2"),
    ("compare columns --lam 1", "--lam has no effect without a penalty; add --penalty l2 or --penalty l1 or --penalty l2_half\n"),
    ("compare publishd", "unknown lecture 'publishd'; did you mean 'published'?"),
    ("step all", "unknown lecture 'all'. Known: one-neuron, chain, layers, rss, bernoulli, columns, rows, mazur,"),
    ("compare mazur --x 1", "unknown argument '--x'. Known: --output, --json, --help"),
    ("compare all --notes", "unknown argument '--notes'. Known: --output, --json, --help"),
])
def test_bad_command_lines(line: str, sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(line.split(), capsys)
    assert (status, out) == (2, "")
    assert err.startswith(f"autograd-lite: {sentence}")
    assert err.count("\n") == 1


@pytest.mark.one_in(3)
@pytest.mark.parametrize("id", LAYERED)
def test_every_setting_of_a_layered_lecture_has_an_effect(id: str) -> None:
    lecture, base = LECTURES[id], compare(id)
    units = [len(row) for row in base.hand["b_new"].values()] if "b_new" in base.hand else [3, 2]
    outputs = [[0.3, 0.4]] if id != "bernoulli" else [[1.0]]
    other: dict[str, Any] = {
        "x": [0.3, 0.4], "X": [[0.3, 0.4]] * 3, "y": [0.3, 0.4], "Y": outputs * 3, "t": 1, "eta": 0.9, "reading": "S", "activation": "identity",
        "activations": "tanh" if id != "bernoulli" else ["tanh"] * 2 + ["sigmoid"], "cost": "root_squared_error",
        "W": [[[1.5 * w for w in row] for row in matrix] for matrix in base.settings["W"]], "b": [[0.7] * n for n in units]}
    penalised = {"penalty": "l2", "lam": 0.5} | ({"b": other["b"]} if id != "rss" else {})
    of_penalty = {"penalty": {}, "lam": {}, "penalty_constant": {"penalty_constant": "1/3"}, "penalise": {"penalise": "all"}}
    for setting in lecture.settings:
        if setting.name == "activation" and id not in ("columns", "rows"):
            continue  # there is only one
        given, beside = {setting.name: other.get(setting.name)}, {}
        if setting.name in of_penalty:
            given = penalised | of_penalty[setting.name]
            beside = penalised if given != penalised else {}
        if setting.name in ("X", "Y") and id not in ("columns", "rows"):
            given = {name: other[name] for name in ("X", "Y")}
        found = [row.hand for row in compare(id, **given).rows]
        assert found != [row.hand for row in compare(id, **beside).rows], setting.name
