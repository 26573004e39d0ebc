"""The command line as a person or a program uses it: output, files, exit status, errors."""

import dataclasses
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import autograd_lite
import visualize.commands.with_lectures
from autograd_lite import Value
from nn.derivations import LECTURES, compare, examples
from nn.derivations.lectures.layers import Layers
from visualize import draw
from visualize.commands.cli import main

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AUTOGRAD_LITE_DOT", "embedded")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(line: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    try:
        status = main(line.split())
    except SystemExit as end:  # --help
        status = int(end.code or 0)
    out, err = capsys.readouterr()
    return status, out, err


def test_the_demonstration_steps_draws_and_compares(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status, out, err = run("", capsys)
    assert (status, err) == (0, "")
    assert out.count("All 8 quantities agree") == 2
    for words in ("The one neuron on y = 2x + 1: z₁ = w₁·x + b₁, a₁ = σ₁(z₁), C = ½(a₁ − y)²", "complete: δ₁",
                  "activation = identity", "activation = sigmoid", "one_neuron.svg"):
        assert words in out
    assert max(map(len, out.splitlines())) <= 80
    assert (tmp_path / "one_neuron.svg").read_text(encoding="utf-8").count("<text") > 20


def test_step_prints_the_passes_or_json(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run("step one-neuron --activation sigmoid --x 2", capsys)
    assert status == 0
    assert "a₁ = σ(z₁)" in out
    status, out, _ = run("step one-neuron --activation sigmoid --x 2 --json", capsys)
    data = json.loads(out)
    assert (status, data["output"], len(data["forward"])) == (0, "C", 5)
    assert data["nodes"][1]["value"] == 2.0


def test_draw_writes_where_it_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run("draw one-neuron", capsys)[:2] == (0, "wrote one_neuron.svg\n")
    assert run("draw one-neuron --activation relu -o relu.dot", capsys)[0] == 0
    assert run("draw chain --view expression --orientation right --theme dark --size slide --expand all -o c.dot", capsys)[0] == 0
    assert "rankdir=LR" in (tmp_path / "c.dot").read_text(encoding="utf-8")
    assert "v₁ = w₁·x" in (tmp_path / "c.dot").read_text(encoding="utf-8")
    assert "ReLU(z₁)" in (tmp_path / "relu.dot").read_text(encoding="utf-8")
    assert "<svg" in (tmp_path / "one_neuron.svg").read_text(encoding="utf-8")


def test_one_node_is_drawn_with_its_surroundings(capsys: pytest.CaptureFixture[str], tmp_path: Path,
                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("draw chain --around z₁ -o c.dot", capsys)[0] == 0
    drawn = (tmp_path / "c.dot").read_text(encoding="utf-8")
    assert "z₁ with its 3 operands and 1 consumer" in drawn
    assert drawn.count(" -> n") == 4
    assert "unknown node to draw" in run("draw chain --around z₉ -o c.dot", capsys)[2]


def test_compare_prints_the_table_or_json(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run("compare one-neuron --x 2 --w1 -1 --penalty l1 --lam 0.1 --json", capsys)
    data = json.loads(out)
    expected = compare("one-neuron", x=2, w1=-1, penalty="l1", lam=0.1)
    assert (status, data["hand"], data["settings"]) == (0, dict(expected.hand), dict(expected.settings))
    status, out, _ = run("compare one-neuron", capsys)
    assert status == 0
    assert "All 8 quantities agree" in out


def test_compare_exits_1_when_something_disagrees(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from nn.ground import formulas

    right = formulas.evaluate_number
    monkeypatch.setattr("nn.derivations.lectures.scalar.evaluate_number", lambda f, names: right(f, names) + (f == "delta1"))
    status, out, _ = run("compare one-neuron", capsys)
    assert status == 1
    assert "disagree, most at ∂C/∂b₁" in out
    assert run("", capsys)[0] == 1


@pytest.mark.parametrize("command", ["step", "compare"])
@pytest.mark.parametrize("json", ["", " --json"])
def test_output_goes_to_a_file(command: str, json: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    _, printed, _ = run(f"{command} one-neuron{json}", capsys)
    assert run(f"{command} one-neuron{json} -o out.txt", capsys) == (0, "wrote out.txt\n", "")
    assert (tmp_path / "out.txt").read_text(encoding="utf-8") == printed


@pytest.mark.parametrize("setting", [setting.name for setting in LECTURES["one-neuron"].settings])
def test_every_setting_is_an_option_that_has_an_effect(setting: str, capsys: pytest.CaptureFixture[str]) -> None:
    values = {"activation": "tanh", "penalty": "l2", "lam": "0.9", "cost": "mean_squared_error", "penalty_constant": "1/3", "penalise": "all"}
    beside = " --penalty l1 --lam 0.3" if setting in ("penalty_constant", "penalise") else ""
    base = "compare one-neuron --json --eta 0.2" + (" --penalty l1" if setting == "lam" else beside)
    before = json.loads(run(base + (" --lam 0.3" if setting == "lam" else ""), capsys)[1])["hand"]
    lam = " --lam 0.5" if setting == "penalty" else ""
    after = json.loads(run(f"{base} --{setting} {values.get(setting, '0.77')}{lam}", capsys)[1])["hand"]
    assert before != after


def test_negative_numbers_and_no_penalty_are_understood(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run("compare one-neuron --x -1e-3 --w1 -2 --b1 -.5 --penalty none --lam 0 --json", capsys)
    settings = json.loads(out)["settings"]
    assert status == 0
    assert [settings[name] for name in ("x", "w1", "b1", "penalty")] == [-0.001, -2.0, -0.5, None]
    assert "-0.0" not in json.dumps(json.loads(run("compare one-neuron --activation relu --b1 -2 --json", capsys)[1])["hand"])


def test_a_full_disk_is_one_sentence() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([sys.executable, "-m", "visualize", "compare", "one-neuron"], stdout=full, check=False,
                              stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == "autograd-lite: No space left on device"


@pytest.mark.parametrize("line", ["--help", "step --help", "draw --help", "compare one-neuron --help"])
def test_help_is_there_and_fits(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(line, capsys)
    assert status == 0
    assert max(map(len, out.splitlines())) <= 80


def test_help_of_a_lecture_names_its_quantities_and_defaults(capsys: pytest.CaptureFixture[str]) -> None:
    out = " ".join(run("compare one-neuron --help", capsys)[1].split())
    assert "--eta ETA η: learning rate [default 0.1]" in out
    assert "--y Y y: target; 2x + 1 unless given [default 4]" in out
    assert "(identity, sigmoid, tanh" in out


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("compere one-neuron", "unknown command 'compere'; did you mean 'compare'? Known: step, draw, compare"),
        ("compare one-nuron", "unknown lecture 'one-nuron'; did you mean 'one-neuron'? Known: one-neuron, chain"),
        ("compare", "the following arguments are required: lecture; see autograd-lite compare --help"),
        ("compare one-neuron --etaa 3", "unknown argument '--etaa'; did you mean '--eta'? Known: --x,"),
        ("compare chain --activations tanh", "activations needs 2 names, such as sigmoid, identity; it got 1"),
        ("draw chain --activations tanh rleu", "unknown activations 'rleu'; did you mean 'relu'?"),
        ("compare one-neuron 3", "unknown argument '3'."),
        ("compare one-neuron --x abc", "x must be a number, not 'abc'"),
        ("compare one-neuron --x nan", "x must be a finite number, not nan"),
        ("compare one-neuron --activation sigmod", "unknown activation 'sigmod'; did you mean 'sigmoid'?"),
        ("compare one-neuron --lam 0.1", "--lam has no effect without a penalty; add --penalty l1 or --penalty l2"),
        ("step one-neuron --x 1e200 --w1 1e200", "node 'z₁': affine overflows at w[0] = 1e+200 (node 'w₁')"),
        ("draw one-neuron -o picture.jpg", "cannot tell the format of 'picture.jpg': let the name end in .svg, .pdf, .png or .dot"),
        ("draw one-neuron -o missing/a.svg", "cannot write missing/a.svg: No such file or directory; name another file"),
        ("step one-neuron -o .", "cannot write .: it is a folder; name another file"),
        ("--activation tanh", "--activation must come after a command and a lecture, as in: autograd-lite compare"),
        ("draw chain --theme drak", "unknown theme 'drak'; did you mean 'dark'?"),
        ("draw chain --expand 7", "there is no layer 7 to expand; the graph has layers 1 to 2"),
        ("step one-neuron --order random", "the order of a trace is topological or recursive, not 'random'"),
        ("step one-neuron --predict", "--predict asks questions, so it needs a terminal, and neither --json nor --latex nor -o"),
        ("draw one-neuron --json", "unknown argument '--json'. Known: --x, --y, --w1,"),
        ("compare one-neuron --penalty l2", "--penalty has no effect without its strength; add --lam"),
        ("help", "unknown command 'help'. Known:"),
    ],
)
def test_bad_input_is_one_sentence_and_status_2(
    line: str, sentence: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    status, out, err = run(line, capsys)
    assert (status, out) == (2, "")
    assert err.startswith(f"autograd-lite: {sentence}")
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == [], "something was written all the same"


def test_a_wrong_engine_is_bad_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOGRAD_LITE_DOT", "magic")
    output = Value(2.0, "x")
    for _ in range(300):  # too many cards for the project's own layout
        output = output * 1.01
    with pytest.raises(ValueError, match="AUTOGRAD_LITE_DOT is 'magic'"):
        _ = draw(output, expand="all").svg


def test_ctrl_c_is_no_traceback(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt() -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(visualize.commands.with_lectures, "show_demonstration", interrupt)
    assert run("", capsys) == (130, "", "autograd-lite: interrupted\n")


def program(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run([sys.executable, "-P", "-m", "visualize", *arguments], capture_output=True, check=False,
                          env=dict(os.environ) | environment)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_output_is_utf_8_whatever_the_terminal_says(encoding: str) -> None:
    done = program("compare", "one-neuron", PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    assert "δ₁" in done.stdout.decode()


def test_a_reader_who_has_seen_enough_is_no_error() -> None:
    process = subprocess.Popen([sys.executable, "-m", "visualize"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 0


def test_colour_can_be_had_and_refused() -> None:
    assert b"\x1b[" not in program("compare", "one-neuron").stdout
    coloured = program("compare", "one-neuron", FORCE_COLOR="1", TERM="xterm-256color").stdout
    assert b"\x1b[32m" in coloured
    refused = program("compare", "one-neuron", FORCE_COLOR="1", NO_COLOR="1", TERM="xterm-256color").stdout
    assert not re.search(rb"\x1b\[[0-9;]*3\dm", refused)


def test_the_installed_command_is_the_same_program() -> None:
    command = Path(sys.executable).parent / "autograd-lite"
    done = subprocess.run([command, "compare", "one-neuron", "--json"], capture_output=True, check=True)
    assert done.stdout == program("compare", "one-neuron", "--json").stdout


def test_a_strangers_nn_is_named(tmp_path: Path) -> None:
    (tmp_path / "nn.py").write_text("class Neuron: ...\n")
    assert program("compare", "one-neuron", "--json").returncode == 0  # started the way run.py does
    done = subprocess.run([sys.executable, "-c", "import visualize"], capture_output=True, text=True, check=False,
                          cwd=tmp_path)
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last == (f"ImportError: {tmp_path / 'nn.py'} hides the package nn that belongs to autograd_lite; rename it, "
                    "or start Python in another folder")


ALL = [*LECTURES, *examples()]


@pytest.mark.one_in(3)
@pytest.mark.parametrize("id", ALL)
def test_step_and_draw_work_for_every_id(id: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status, out, err = run(f"step {id}", capsys)
    assert (status, err) == (0, "")
    assert max(map(len, out.splitlines())) <= 80
    assert ": δ" in out or id in ("cs231n-circuit",)
    assert run(f"draw {id} -o picture.svg", capsys)[0] == 0
    assert "<svg" in (tmp_path / "picture.svg").read_text(encoding="utf-8")
    for look in ("--view expression", "--theme dark --size print", "--orientation down"):
        assert run(f"draw {id} -o picture.dot {look}", capsys)[0] == 0


@pytest.mark.parametrize(("id", "rule"), [
    ("one-neuron", "complete: δ₁\n"), ("layers", "complete: δ₁⁽³⁾\n"), ("rss", "complete: δ₁⁽ˡ⁻¹⁾ = −∂RSS/∂z₁⁽ˡ⁻¹⁾ = -0.0174656\n"),
    ("bernoulli", "complete: δ₂⁽¹⁾\n"), ("columns", "complete: δ₁⁽³⁾[2] = 3·∂E/∂z₁⁽³⁾[2] = 0.0752418\n"),
    ("rows", "complete: δ₃⁽²⁾[1] = 3·∂E/∂z₃⁽²⁾[1] = 0.00406459\n"),
])
def test_steps_name_the_lectures_delta(id: str, rule: str, capsys: pytest.CaptureFixture[str]) -> None:
    out = run(f"step {id}", capsys)[1]
    assert " ".join(rule.split()) in " ".join(out.split())


@pytest.mark.parametrize(("id", "card"), [
    ("rss", "δ₁⁽ˡ⁾ = −∂RSS/∂z₁⁽ˡ⁾ = 0.0240604"), ("columns", "δ₂⁽³⁾[1] = 3·∂E/∂z₂⁽³⁾[1] = 0.115221"),
    ("bernoulli", "δ₁⁽³⁾ = ∂L/∂a₁⁽³⁾ = -0.34268"), ("chain", "δ₁ = ∂C/∂z₁ = -0.00292871"),
])
def test_pictures_have_the_lectures_delta_and_numbers(
    id: str, card: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    run(f"draw {id} -o p.dot", capsys)
    text = (tmp_path / "p.dot").read_text(encoding="utf-8")
    assert card in text
    assert ('label="layer 1: z⁽²⁾"' in text) is (id == "columns")
    assert ('label="layer 2: z⁽ˡ⁾"' in text) is (id == "rss")


@pytest.mark.parametrize("id", LECTURES)
def test_every_pre_activation_has_one_delta_and_nothing_else_has(
    id: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    run(f"draw {id} -o p.dot", capsys)
    recording = LECTURES[id].record(LECTURES[id].resolve({}))
    count = sum(len(row) for rows in recording.pre.values() for row in rows)
    assert len(re.findall("δ[₀-₉⁽⁾ˡ⁰¹²³⁴-⁹⁻ᴸ\\[\\]0-9]* = ", (tmp_path / "p.dot").read_text(encoding="utf-8"))) == count
    assert run(f"step {id}", capsys)[1].count("complete: δ") == count


def test_compare_all_is_a_line_each_and_exits_1_when_something_disagrees(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    status, out, _ = run("compare all", capsys)
    assert status == 0
    assert out.count(" agrees") == 15 + 5
    assert "All 7 derivations and all 4 published examples (5 graphs) agree." in out
    data = json.loads(run("compare all --json", capsys)[1])
    assert data["agrees"] is True
    assert {row["id"] for row in data["lectures"]} == set(LECTURES)
    assert [row["id"] for row in data["published"]] == list(examples())
    right = Layers.lines
    monkeypatch.setattr(Layers, "lines", lambda self, settings: [
        dataclasses.replace(line, right=line.right.replace("df(z[j, l])", "df(a[j, l])")) for line in right(self, settings)])
    status, out, _ = run("compare all", capsys)
    assert status == 1
    assert "Something disagrees in layers, layers, reading S." in out
    assert json.loads(run("compare all --json", capsys)[1])["agrees"] is False


def test_compare_published_prints_every_number(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    status, out, _ = run("compare published", capsys)
    assert status == 0
    assert "All 43 numbers are those printed" in out
    for words in ("new w₈", ".561370121", "Matt Mazur, mattmazur.com, 17 March 2015", "-.0029287100465756185"):
        assert words in out
    one = run("compare mazur", capsys)[1]
    assert "All 18 numbers are those printed" in one
    assert "Karpathy" not in one
    mazur = examples()["mazur"]
    wrong = dict(mazur.printed) | {"values": {"E": ".31"}}
    monkeypatch.setattr("nn.derivations.examples", lambda: {"mazur": dataclasses.replace(mazur, printed=wrong)})
    status, out, _ = run("compare published", capsys)
    assert status == 1
    assert "Not as printed: E of mazur." in out


@pytest.mark.parametrize("id", LECTURES)
def test_notes_are_shown_on_request(id: str, capsys: pytest.CaptureFixture[str]) -> None:
    lecture = LECTURES[id]
    plain, noted = (" ".join(run(f"compare {id}{option}", capsys)[1].split()) for option in ("", " --notes"))
    for equation in lecture.equations(lecture.resolve({})):
        assert " ".join(f"{equation.left} = {equation.right}".split()) in noted
    for reading in lecture.readings:
        assert reading in noted
        assert reading not in plain
    data = json.loads(run(f"compare {id} --notes --json", capsys)[1])
    assert data["readings"] == list(lecture.readings)
    assert "readings" not in json.loads(run(f"compare {id} --json", capsys)[1])


@pytest.mark.parametrize("id", LECTURES)
def test_the_commands_in_the_notes_work(id: str, capsys: pytest.CaptureFixture[str]) -> None:
    out = run(f"compare {id} --notes", capsys)[1]
    commands = re.findall(r": (compare .*)", out)
    assert len(commands) == len(LECTURES[id].variants)
    for command in commands:
        assert main(shlex.split(command)) == 0


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out == f"autograd-lite {autograd_lite.__version__}\n"
    assert re.fullmatch(r"\d+\.\d+\.\d+", autograd_lite.__version__)
    assert f"## [{autograd_lite.__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"version: {autograd_lite.__version__}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
