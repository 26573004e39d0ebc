"""The command ``check``: files in, tables, hints, reports and results out, and its exit status."""

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from browser import Open
from processes import Spawn
from selenium.webdriver import Chrome

from nn.derivations import check, compare
from visualize import print_diagnosis
from visualize.commands.cli import main
from visualize.diagnosis.submissions import write_template

RIGHT = 'delta2 = "(a2 - y) * a2 * (1 - a2)"\ndelta1 = "delta2 * w2 * a1 * (1 - a1)"\n'
WRONG = 'delta2 = "(a2 - y) * a2 * (1 - a2)"\ndelta1 = "δ₂·a₁·(1 − a₁)"\ndw1 = "δ₁·x"\ndw2 = "δ₂·z₁"\n'
CHAIN = ["--lecture", "chain", "--activations", "sigmoid", "sigmoid"]


@pytest.fixture(autouse=True)
def in_a_folder_with_two_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AUTOGRAD_LITE_DOT", "embedded")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "right.toml").write_text(RIGHT, encoding="utf-8")
    (tmp_path / "wrong.toml").write_text(WRONG, encoding="utf-8")
    return tmp_path


def test_right_and_wrong_files_have_their_exit_status(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "right.toml", *CHAIN]) == 0
    assert "All 2 quantities are right." in capsys.readouterr().out
    assert main(["check", "wrong.toml", *CHAIN]) == 1
    out, err = capsys.readouterr()
    assert err == ""
    assert "δ₁: w₂ is missing: δ₂ reaches z₁ only through it, δ₁ = δ₂·w₂·σ₁′(z₁)." in out
    assert re.search(r"∂C/∂w₁ +follows", out)
    assert re.search(r"∂C/∂w₂ +wrong +δ₂·a₁ +δ₂·z₁ +pre-for-post", out)
    assert max(map(len, out.splitlines())) <= 80


def test_hints_come_before_the_answer(capsys: pytest.CaptureFixture[str]) -> None:
    said = {}
    for level in ("1", "2", "3"):
        assert main(["check", "wrong.toml", *CHAIN, "--hints", level]) == 1
        said[level] = capsys.readouterr().out
    assert "Look at δ₁." in said["1"]
    assert "Look at δ₁: a factor is missing." in said["2"]
    for level in ("1", "2"):
        assert "weight-missing" not in said[level]
        assert "w₂ is missing" not in said[level]
        assert "δ₂·w₂" not in said[level]
    assert "w₂ is missing" in said["3"]
    assert main(["check", "wrong.toml", *CHAIN, "--hints"]) == 2
    assert "needs a terminal" in capsys.readouterr().err


def test_hints_one_by_one_in_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for stream in (sys.stdin, sys.stdout):
        monkeypatch.setattr(stream, "isatty", lambda: True)
    answers = iter(["", "q"])
    asked: list[str] = []

    def answer(prompt: str) -> str:
        asked.append(prompt)
        return next(answers)

    monkeypatch.setattr("builtins.input", answer)
    assert main(["check", "wrong.toml", *CHAIN, "--hints"]) == 1
    out = capsys.readouterr().out
    assert ["what kind" in asked[0], "which" in asked[1]] == [True, True]
    assert "a factor is missing" in out
    assert "weight-missing" not in out


def test_a_summary_has_a_line_a_file_and_the_count_of_each_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    Path("bad.toml").write_text("delta1 = ", encoding="utf-8")
    Path("again.toml").write_text(WRONG, encoding="utf-8")
    assert main(["check", "right.toml", "wrong.toml", "again.toml", "bad.toml", *CHAIN, "--summary"]) == 2
    out = capsys.readouterr().out
    assert re.search(r"wrong\.toml +2 of 4 +δ₁ +weight-missing; pre-for-post", out)
    assert "1 of 4 are right, 1 cannot be read." in out
    assert "   2 × weight-missing\n   2 × pre-for-post\n" in out
    assert main(["check", "right.toml", "wrong.toml", *CHAIN, "--summary"]) == 1
    assert main(["check", "right.toml", "bad.toml", *CHAIN]) == 2
    out, err = capsys.readouterr()
    assert "All 2 quantities are right." in out
    assert err.startswith("autograd-lite: bad.toml: it is not valid TOML")


def test_json_is_the_diagnosis(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "wrong.toml", *CHAIN, "--json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert data.pop("file") == "wrong.toml"
    assert data["first_wrong"] == "delta1"
    assert [verdict["mistakes"] for verdict in data["verdicts"]] == [[], ["weight-missing"], [], ["pre-for-post"]]
    assert main(["check", "wrong.toml", "missing.toml", *CHAIN, "--json"]) == 2
    both = json.loads(capsys.readouterr().out)
    assert both[0]["first_wrong"] == "delta1"
    assert "no such file" in both[1]["error"].lower()


def test_gradescope_reads_the_results(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "wrong.toml", *CHAIN, "--format", "gradescope"]) == 1
    assert capsys.readouterr().out == "wrote results.json\n"
    data = json.loads(Path("results.json").read_text(encoding="utf-8"))
    assert [(test["score"], test["max_score"], test["status"]) for test in data["tests"]] == [
        (1, 1, "passed"), (0, 1, "failed"), (1, 1, "passed"), (0, 1, "failed")]
    assert data["tests"][1]["name"] == "δ₁ (delta1)"
    assert "w₂ is missing" in data["tests"][1]["output"]
    Path("bad.toml").write_text("delta1 = 'import os'", encoding="utf-8")
    assert main(["check", "bad.toml", *CHAIN, "--format", "gradescope", "-o", "out.json"]) == 2
    data = json.loads(Path("out.json").read_text(encoding="utf-8"))
    assert data["score"] == 0
    assert data["output"].startswith("bad.toml: delta1: ")


def test_a_report_marks_the_wrong_node(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "wrong.toml", *CHAIN, "--report", "out.html"]) == 1
    assert "wrote out.html" in capsys.readouterr().err
    html = Path("out.html").read_text(encoding="utf-8")
    assert html.count(">✗ your line<") == 2
    assert html.count(">✗ your δ₁<") == html.count(">✗ your ∂C/∂w₂<") == 2, "at its place, and in the whole graph"
    assert 'stroke-width="4"' in html
    assert '<td class="wrong" data-title="verdict">✗ wrong</td>' in html
    assert "w₂ is missing: δ₂ reaches z₁ only through it" in html
    assert "<script" not in html
    assert "http://www.w3.org" in html
    assert not re.search(r"(?:src|href)=", html)


@pytest.mark.slow
def test_a_wrong_line_stands_beside_the_right_one_on_a_screen_and_a_phone(chrome: Chrome) -> None:
    main(["check", "wrong.toml", *CHAIN, "--report", "out.html"])
    places = """return [...document.querySelectorAll('section')].map((section) => [section, ...section.querySelectorAll('dl div, svg')]
        .map((e) => { const r = e.getBoundingClientRect(); return [r.left, r.top, r.right, r.bottom]; }))"""
    opened = Open(chrome, Path("out.html").resolve(), width=1280, height=800)
    for section, yours, right, picture in opened.run(places):
        assert yours[1] == right[1]
        assert yours[2] < right[0]
        assert max(right[3], yours[3]) < picture[1]
        assert section[3] - section[1] < 800, "lines, sentence and place in one view"
    opened = Open(chrome, Path("out.html").resolve(), width=360, height=740, dark=True)
    assert opened.run("return document.documentElement.scrollWidth") <= 360
    for section, yours, right, _ in opened.run(places):
        assert yours[3] < right[1]
        assert right[2] <= section[2]
    letters = """const size = (e) => parseFloat(getComputedStyle(e).fontSize) * e.getScreenCTM().a;
        return Math.min(...[...document.querySelectorAll('svg text')].map(size))"""
    assert opened.run(letters) > 7
    opened.run("""const tag = document.createElement('script'); tag.textContent = 'window.entered = 1'; document.body.append(tag);
        document.body.insertAdjacentHTML('beforeend', '<style>body { color: red }</style><img src="data:image/gif,x">')""")
    assert opened.run("return [window.entered ?? 0, getComputedStyle(document.body).color]") == [0, "rgb(242, 242, 242)"]
    assert "violates the following Content Security Policy" in "".join(opened.problems())


@pytest.mark.one_in(3)
@pytest.mark.parametrize("id", ["layers", "rss", "bernoulli", "columns", "rows"])
def test_a_report_of_a_network_marks_a_layer(id: str) -> None:
    Path("net.toml").write_text('delta_hidden = "delta_next"\nC = "3"\n', encoding="utf-8")
    assert main(["check", "net.toml", "--lecture", id, "--report", "net.html"]) == 1
    assert Path("net.html").read_text(encoding="utf-8").count("✗ your δ") >= 1


def test_what_was_handed_in_is_escaped_in_a_report() -> None:
    Path("<b>.toml").write_text('delta1 = "delta2 * (z1 > 0) * (a1 < 2)"', encoding="utf-8")
    assert main(["check", "<b>.toml", *CHAIN, "--report", "out.html"]) == 1
    html = Path("out.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;.toml" in html
    assert "(a1 &lt; 2)" in html
    assert "<b>.toml" not in html


def test_a_table_is_filled_in(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--lecture", "layers", "--template", "-o", "table.csv"]) == 0
    assert capsys.readouterr().out == "wrote table.csv\n"
    assert Path("table.csv").read_text(encoding="utf-8") == write_template("layers", {})
    assert main(["check", "table.csv", "--lecture", "layers"]) == 2
    assert "nothing to check" in capsys.readouterr().err
    values = {row.name: f"{row.hand:.4f}" for row in compare("layers").rows}
    values["delta[1][0]"] = "0.1"
    rows = Path("table.csv").read_text(encoding="utf-8").splitlines()
    names = [re.match(r'"([^"]*)"|([^,]*)', row) for row in rows]
    filled = [row + values.get((name[1] or name[2]) if name else "", "") for row, name in zip(rows, names, strict=True)]
    Path("table.csv").write_text("\n".join(filled), encoding="utf-8")
    assert main(["check", "table.csv", "--lecture", "layers", "--json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert [verdict["quantity"] for verdict in data["verdicts"] if not verdict["right"]] == ["delta[1]"]


@pytest.mark.parametrize("text", [
    "δ₂,-8.590\ndelta1,-0.00293\n", "quantity;value\nδ₂;-8,590\ndelta1;-0,00293\n", "quantity\tvalue\nδ₂\t-8.590\n",
    "\ufeffquantity,value\r\nδ₂,−8.590\r\n∂C/∂w₁,\r\n", '"δ₂","-8.590"\n',
])
def test_tables_as_spreadsheets_write_them(text: str) -> None:
    Path("table.csv").write_text(text, encoding="utf-8")
    assert main(["check", "table.csv", "--lecture", "chain"]) == 0
    Path("table.csv").write_text(text.replace("8.590", "8.591").replace("8,590", "8,591"), encoding="utf-8")
    assert main(["check", "table.csv", "--lecture", "chain"]) == 1


def test_names_of_a_file_may_stand_as_on_paper(capsys: pytest.CaptureFixture[str]) -> None:
    Path("p.toml").write_text('δ₂ = "(a₂ − y)·σ₂′(z₂)"  # = here\n∂C/∂w₂ = "δ₂·a₁"\n', encoding="utf-8")
    assert main(["check", "p.toml", "--lecture", "chain"]) == 0
    Path("p.toml").write_text("delta1 = -0,00293", encoding="utf-8")
    assert main(["check", "p.toml", "--lecture", "chain"]) == 2
    assert "-0,00293 has a decimal comma" in capsys.readouterr().err
    Path("p.csv").write_text("# mine\nQuantity,Value\ndelta1,-0.00293\n", encoding="utf-8")
    assert main(["check", "p.csv", "--lecture", "chain"]) == 0


def test_a_matrix_is_a_line_a_row() -> None:
    rows = compare("layers").hand["dW"][2]
    Path("m.csv").write_text("".join(f"dW[2],{a:.5f},{b:.5f}\n" for a, b in rows), encoding="utf-8")
    assert main(["check", "m.csv", "--lecture", "layers"]) == 0
    Path("m.toml").write_text("[dW]\n2 = " + str(rows.round(6).tolist()), encoding="utf-8")
    assert main(["check", "m.toml", "--lecture", "layers"]) == 0


def test_trailing_zeros_of_a_file_count() -> None:
    for number, status in (("-0.0029", 0), ("-0.00290", 1), ("-0.00293", 0)):
        Path("n.toml").write_text(f"delta1 = {number}", encoding="utf-8")
        assert main(["check", "n.toml", "--lecture", "chain"]) == status


PYTHON = """
import numpy as np
print("not to be seen")
open("executed", "w").close()

def sigma(z):
    return 1 / (1 + np.exp(-z))

def delta2(a2, y):
    return (a2 - y) * a2 * (1 - a2)

def delta1(delta2, z1):
    return delta2 * sigma(z1) * (1 - sigma(z1))
"""


def test_python_is_run_only_where_that_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.py").write_text(PYTHON, encoding="utf-8")
    assert main(["check", "mine.py", *CHAIN]) == 2
    assert not Path("executed").exists()
    assert "nothing of it is run unless --run-python is given" in capsys.readouterr().err
    assert main(["check", "mine.py", *CHAIN, "--run-python"]) == 1
    out = capsys.readouterr().out
    assert Path("executed").exists()
    assert "delta1(delta2, z1)" in out
    assert "weight-missing" in out
    assert "not to be seen" not in out
    assert "do whatever" in subprocess.run([sys.executable, "-m", "visualize", "check", "--help"], capture_output=True,
                                           text=True, check=True).stdout.replace("\n", " ")


@pytest.mark.slow
@pytest.mark.one_in(2)
@pytest.mark.parametrize(("text", "sentence"), [
    ("raise ValueError('no')", "running it raised ValueError in line 1: no"), ("import sys; sys.exit(3)", "raised SystemExit"),
    ("def delta2(:", "raised SyntaxError in line 1"), ("import os; os._exit(7)", "exit status 7"),
    ("x = 3", "there is nothing to check"), ("def delta2(w9): return w9", "no w of layer 9"), ("x = bytearray(10**11)", "MemoryError"),
    ("def delta2(a2, y): return 1/0", "raised ZeroDivisionError"),
])
def test_python_that_goes_wrong_is_one_sentence(text: str, sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.py").write_text(text, encoding="utf-8")
    assert main(["check", "mine.py", *CHAIN, "--run-python"]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert sentence in err


@pytest.mark.slow
@pytest.mark.parametrize("text", [
    "import os; os.write(1, b'\\n{}'); os._exit(0)", "import os, json; os.write(1, b'\\n[1]'); os._exit(0)",
    "import os; os.write(1, b'\\n{\"lecture\": \"none\", \"verdicts\": [], \"settings\": {}, \"notes\": [], \"telling\": null}'); os._exit(0)",
    "import os\nwhile True: os.write(1, b'x' * 1000000)", "import os; os.write(1, b'\\n\"an error\"'); os._exit(0)",
])
def test_what_python_writes_for_an_answer_is_not_trusted_blindly(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.py").write_text(text, encoding="utf-8")
    assert main(["check", "mine.py", *CHAIN, "--run-python"]) == 2
    assert "ended the process" in capsys.readouterr().err


@pytest.mark.slow
def test_what_python_started_is_ended_with_it(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.py").write_text("import os, time\nif not os.fork(): time.sleep(60)\n" + PYTHON, encoding="utf-8")
    assert main(["check", "mine.py", *CHAIN, "--run-python"]) == 1
    assert "weight-missing" in capsys.readouterr().out


@pytest.mark.slow
def test_python_that_never_ends_is_stopped(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("visualize.diagnosis.processes.SECONDS", 3)
    Path("loop.py").write_text("while True: pass", encoding="utf-8")
    assert main(["check", "loop.py", "right.toml", *CHAIN, "--run-python", "--summary"]) == 2
    assert "did not end within 3 seconds" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(("line", "sentence"), [
    ("check", "say which lecture"), ("check right.toml", "say which lecture"), ("check --lecture", "unknown lecture ''"),
    ("check right.toml --lecture chian", "did you mean 'chain'"), ("check --lecture chain", "name at least one file"),
    ("check right.toml --lecture chain --sumary", "did you mean '--summary'"), ("check right.json --lecture chain", "let the name end in .toml, .csv, .py, .txt"),
    ("check right.toml --lecture chain --format xml", "unknown format 'xml'"), ("check no.toml --lecture chain", "cannot read no.toml"),
    ("check right.toml wrong.toml --lecture chain --report r.html", "is about one file"),
    ("check right.toml --lecture chain --json --format gradescope", "give one of them"),
    ("check right.toml --lecture chain --hints 1 --json", "says less than there is"), ("check . --lecture chain", "tell the format"),
    ("check right.toml --lecture chain --template", "leave the file out"), ("check right.toml --lecture chain --hints 1 --report r.html", "shows the answers"), ("check right.toml --lecture chain --x two", "x must be a number"),
    ("check right.toml --lecture chain --summary --weights delta2=2,delta9=1", "delta9"),
    ("check right.toml --lecture chain --summary --weights delta2", "such as delta2=2,dw1=1, not 'delta2'"),
    ("check right.toml --lecture chain --summary --weights delta2=-1", "must be a number from 0 up, not '-1'"),
    ("check right.toml --lecture chain --summary --weights delta2=1,δ₂=2", "twice"),
    ("check right.toml --lecture chain --summary --weights db=1", "unknown quantity"),
    ("check right.toml --lecture chain --weights delta2=2", "no effect without points"),
    ("check right.toml --lecture chain --summary -j 0", "from 1 up, not '0'"), ("check right.toml --lecture chain --marks no/m.csv", "cannot write no/m.csv"),
    ("check right.toml --lecture chain --hints 1 --marks m.csv", "says less than there is"),
    ("check right.toml --lecture chain --hints 5", "--hints"), ("check right.toml --lecture chain -o no/where.txt", "cannot write no/where.txt"),
])
def test_wrong_input_is_one_sentence_and_exit_status_two(line: str, sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(line.split()) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert sentence in err


def test_output_goes_to_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "wrong.toml", *CHAIN, "-o", "out.txt"]) == 1
    assert capsys.readouterr().out == "wrote out.txt\n"
    assert "weight-missing" in Path("out.txt").read_text(encoding="utf-8")
    assert main(["check", "wrong.toml", *CHAIN, "--json", "-o", "out.json"]) == 1
    assert json.loads(Path("out.json").read_text(encoding="utf-8"))["first_wrong"] == "delta1"


def test_what_python_prints_is_what_the_command_prints(capsys: pytest.CaptureFixture[str]) -> None:
    print_diagnosis(check("chain", {"dw1": "delta1"}))
    out = capsys.readouterr().out
    assert "∂C/∂w₁: x is missing: ∂C/∂w₁ = δ₁·x. Only the gradient of a bias is δ alone." in " ".join(out.split())


def read_rows(path: str) -> list[dict[str, str]]:
    with Path(path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_marks_are_a_row_a_file_and_a_column_a_quantity(capsys: pytest.CaptureFixture[str]) -> None:
    Path("bad.toml").write_text("delta1 = ", encoding="utf-8")
    assert main(["check", "right.toml", "wrong.toml", "bad.toml", *CHAIN, "--marks", "marks.csv",
                 "--weights", "delta2=2, dw1=0.5,w1_new=3"]) == 2
    out, err = capsys.readouterr()
    assert out.startswith("1 of 3 are right, 1 cannot be read.")
    assert err == "wrote marks.csv\n"
    right, wrong, bad = read_rows("marks.csv")
    assert list(right) == ["file", "delta2", "delta1", "dw1", "dw2", "w1_new", "points", "out of", "first mistake"]
    assert list(right.values()) == ["right.toml", "2", "1", "0", "0", "0", "3", "7.5", ""]
    assert list(wrong.values()) == ["wrong.toml", "2", "0", "0.5", "0", "0", "2.5", "7.5", "delta1: weight-missing"]
    assert list(bad.values())[:-1] == ["bad.toml", "0", "0", "0", "0", "0", "0", "7.5"]
    assert bad["first mistake"].startswith("cannot be read: it is not valid TOML")


def test_every_display_counts_alike(capsys: pytest.CaptureFixture[str]) -> None:
    options = ["check", "wrong.toml", *CHAIN, "--weights", "delta2=2,dw1=0.5,w1_new=3"]
    assert main([*options, "--summary"]) == 1
    assert re.search(r"wrong\.toml +2\.5 of 7\.5 ", capsys.readouterr().out)
    assert main([*options, "--marks", "marks.csv"]) == 1
    assert main([*options, "--format", "gradescope"]) == 1
    tests = json.loads(Path("results.json").read_text(encoding="utf-8"))["tests"]
    assert sum(test["score"] for test in tests) == float(read_rows("marks.csv")[0]["points"]) == 2.5
    assert sum(test["max_score"] for test in tests) == float(read_rows("marks.csv")[0]["out of"]) == 7.5
    assert tests[-1] == {"name": "w1_new", "score": 0, "max_score": 3, "status": "failed", "output": "w1_new was not handed in."}


def test_layers_may_be_handed_in_one_by_one() -> None:
    Path("general.toml").write_text('delta_output = "(a - y) * a * (1 - a)"\ndelta_hidden = "(W_next.T @ delta_next) * a * (1 - a)"\n', encoding="utf-8")
    Path("single.toml").write_text('"delta[2]" = "delta_next"\n"delta[1]" = "(W_next.T @ delta_next) * a * (1 - a)"\n', encoding="utf-8")
    assert main(["check", "general.toml", "single.toml", "--lecture", "layers", "--marks", "m.csv", "--weights", "delta_hidden=4"]) == 1
    assert [row["delta_hidden"] for row in read_rows("m.csv")] == ["4", "2"]


@pytest.mark.slow
def test_many_files_in_processes_are_as_in_one(capsys: pytest.CaptureFixture[str]) -> None:
    for i in range(4):
        Path(f"{i}.toml").write_text([RIGHT, WRONG, "delta1 = ", 'dw1 = "delta1"'][i], encoding="utf-8")
    told = []
    for jobs in ("1", "2"):
        assert main(["check", "3.toml", "2.toml", "1.toml", "no.toml", "0.toml", *CHAIN, "--json", "-j", jobs]) == 2
        told.append(capsys.readouterr())
    assert told[0] == told[1], "nothing is said of progress, for it is piped"
    assert [entry["file"] for entry in json.loads(told[0].out)] == ["3.toml", "2.toml", "1.toml", "no.toml", "0.toml"]


def test_progress_is_shown_in_a_terminal_alone(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("visualize.diagnosis.many_files.MANY", 2)
    assert main(["check", "right.toml", "wrong.toml", *CHAIN, "--summary", "-j", "1"]) == 1
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert main(["check", "right.toml", "wrong.toml", *CHAIN, "--summary", "-j", "1"]) == 1
    assert "checking" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "killpg"), reason="Windows has no such signals")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_ends_all_and_writes_nothing(jobs: str, spawn: Spawn) -> None:
    Path("loop.py").write_text("import time\nopen('begun', 'w').close()\nwhile True: time.sleep(0.1)\n", encoding="utf-8")
    command = [sys.executable, "-m", "visualize", "check", "loop.py", "loop.py", *CHAIN, "--run-python", "--marks", "m.csv", "-j", jobs]
    process = spawn(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    while not Path("begun").exists() and process.poll() is None:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=15)
    assert (process.returncode, out, err) == (130, b"", b"autograd-lite: interrupted\n")
    assert not Path("m.csv").exists()


def test_the_heading_says_the_activations_and_the_inputs_what_to_do_with_them(
        tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.toml").write_text("delta2 = -8.590", encoding="utf-8")
    main(["check", str(tmp_path / "a.toml"), "--lecture", "chain", "--report", str(tmp_path / "a.html")])
    assert "<h1>The chain of two neurons, σ₁ = sigmoid, σ₂ = identity: " in (tmp_path / "a.html").read_text(encoding="utf-8")
    told = " ".join(capsys.readouterr().out.split())
    assert told.startswith("The chain of two neurons, σ₁ = sigmoid, σ₂ = identity: your derivation")
    assert "Calculate your numbers again with them, and check with these options: --x" in told
    (tmp_path / "b.toml").write_text('dW = "delta @ a_prev.T"', encoding="utf-8")
    main(["check", str(tmp_path / "b.toml"), "--lecture", "columns", "--activations", "tanh", "identity"])
    assert "f = tanh, then identity: your derivation" in capsys.readouterr().out
