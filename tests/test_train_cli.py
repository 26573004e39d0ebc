"""The commands ``train`` and ``predict``, as a person uses them."""

import csv
import json
import math
import os
import pty
import random
import re
import shlex
import signal
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path

import pytest
from processes import Spawn

from nn import MLP, load, load_training, save
from nn.training import loop
from visualize.commands.cli import main

pytestmark = pytest.mark.slow

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    rows = [f"{k / 4},{2 * k / 4 + 1}" for k in range(40)]
    (tmp_path / "line.csv").write_text("\n".join(["x,y", *rows]) + "\n", encoding="utf-8")
    draw = random.Random(1)
    points = [(draw.uniform(-2, 2), draw.uniform(-2, 2)) for _ in range(60)]
    (tmp_path / "cloud.csv").write_text("u,v,height,side\n" + "".join(
        f"{u},{v},{math.sin(u) + v * v},{'left' if u < 0 else 'right'}\n" for u, v in points), encoding="utf-8")
    return tmp_path


def predictions(capsys: Capture, *arguments: str) -> list[dict[str, str]]:
    capsys.readouterr()
    assert main(["predict", *arguments]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return list(csv.DictReader(StringIO(captured.out)))


def test_the_defaults_fit_a_line(capsys: Capture) -> None:
    begun = time.process_time()
    assert main(["train", "line.csv", "--target", "y"]) == 0
    assert time.process_time() - begun < 30
    out = capsys.readouterr().out
    assert "y = 2·x + 1\n" in out
    assert "converged after" in out
    rows = predictions(capsys, "model.json", "line.csv")
    assert list(rows[0]) == ["x", "y", "prediction"]
    assert len(rows) == 40
    assert all(abs(float(row["prediction"]) - float(row["y"])) < 0.1 for row in rows)


@pytest.mark.parametrize("span", [1, 39, 4000])
def test_the_defaults_fit_a_line_of_any_size(span: float, folder: Path, capsys: Capture) -> None:
    rows = [f"{span * (k / 39 - 0.3)},{2 * span * (k / 39 - 0.3) + 1}" for k in range(40)]
    (folder / "any.csv").write_text("\n".join(["x,y", *rows]), encoding="utf-8")
    assert main(["train", "any.csv", "--target", "y"]) == 0
    found = predictions(capsys, "model.json", "any.csv")
    assert max(abs(float(row["prediction"]) - float(row["y"])) for row in found) < 0.1


def test_everything_that_can_be_said(capsys: Capture, folder: Path) -> None:
    command = ("train cloud.csv --target height --inputs u v --hidden 6 4 --activation relu --cost mean_squared_error --penalty l2 "
               "--lam 1e-4 --optimizer momentum:beta=0.8 --eta 0.05 --schedule exponential:gamma=0.99 --epochs 30 --batch-size 10 "
               "--initializer he --seed 3 --validation 0.25 --tolerance 1e-3 --patience 30 -o model.json --plot out.svg --json")
    assert main(command.split()) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["network"], report["cost"], report["reason"]) == ("2-6-4-1", "mean_squared_error", "epochs")
    assert (report["inputs"], report["targets"], report["written"]) == (["u", "v"], ["height"], ["model.json", "out.svg"])
    assert report["optimizer"] == "Momentum(eta=Exponential(eta=0.05, gamma=0.99), beta=0.8)"
    assert [score["samples"] for score in report["scores"].values()] == [45, 15]
    assert [epoch["number"] for epoch in report["epochs"]] == list(range(1, 31))
    assert report["epochs"][-1]["eta"] == pytest.approx(0.05 * 0.99**29)
    assert report["epochs"][-1]["cost"] < report["epochs"][0]["cost"]
    assert all(epoch["validation"] > 0 for epoch in report["epochs"])
    training = load_training("model.json").plan
    assert (training.penalty, training.lam, training.batch_size) == ("l2", 1e-4, 10)
    assert "<svg" in (folder / "out.svg").read_text(encoding="utf-8")


def test_the_engine_is_said_kept_and_changed(capsys: Capture) -> None:
    command = ["train", "line.csv", "--target", "y", "--tolerance", "0"]
    assert main([*command, "--epochs", "3"]) == 0
    assert "computed by the matrix program, found in the graph of one sample\n" in capsys.readouterr().out
    assert main(["train", "line.csv", "--resume", "model.json", "--epochs", "5", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["engine"], report["why_engine"]) == ("matrix", "as before")
    assert main(["train", "line.csv", "--resume", "model.json", "--epochs", "7", "--engine", "scalar"]) == 0
    said = capsys.readouterr().out
    assert "from epoch 6 on: the scalar graph after the matrix program\n" in said
    assert "computed by the scalar graph, as asked\n" in said
    assert load_training("model.json").plan.engine == "scalar"
    assert main([*command, "--engine", "matrx", "--force"]) == 2
    assert "argument --engine: invalid choice: 'matrx'" in capsys.readouterr().err


def test_classes_in_text(capsys: Capture) -> None:
    assert main(["train", "cloud.csv", "--target", "side", "--inputs", "u", "v", "--epochs", "300", "--eta", "0.1", "--plot", "out.png"]) == 0
    assert re.search(r"right: (9[5-9]|100)\.\d % of 60 samples trained on", capsys.readouterr().out)
    rows = predictions(capsys, "model.json", "cloud.csv")
    assert list(rows[0]) == ["u", "v", "height", "side", "P(left)", "P(right)", "prediction"]
    assert all(row["prediction"] == max(("left", "right"), key=lambda side: float(row[f"P({side})"])) for row in rows)
    assert all(float(row["P(left)"]) + float(row["P(right)"]) == pytest.approx(1) for row in rows)


@pytest.mark.parametrize(("cost", "title"), [("binary_cross_entropy", "P(right)"), ("bernoulli_logits", "P(left)")])
def test_two_classes_with_one_output(cost: str, title: str, capsys: Capture) -> None:
    assert main(f"train cloud.csv --target side --inputs u v --cost {cost} --epochs 300 --eta 0.1".split()) == 0
    rows = predictions(capsys, "model.json", "cloud.csv")
    assert list(rows[0])[-2:] == [title, "prediction"]
    assert sum(row["prediction"] == row["side"] for row in rows) >= 58
    assert {row["prediction"] == title[2:-1] for row in rows if float(row[title]) > 0.5} == {True}


def test_several_targets_and_a_column_that_is_taken(folder: Path, capsys: Capture) -> None:
    (folder / "two.csv").write_text("x;p;q;prediction_p\n1;2;3;0\n2;4;1;0\n3;6;-1;0\n", encoding="utf-8")
    assert main(["train", "two.csv", "--target", "p", "q", "--inputs", "x", "--epochs", "400"]) == 0
    rows = predictions(capsys, "model.json", "two.csv")
    assert list(rows[0])[-2:] == ["prediction_p_", "prediction_q"]
    assert float(rows[2]["prediction_p_"]) == pytest.approx(6, abs=0.1)
    assert float(rows[2]["prediction_q"]) == pytest.approx(-1, abs=0.1)


def test_rows_with_empty_cells_are_an_error_or_left_out(folder: Path, capsys: Capture) -> None:
    (folder / "gaps.csv").write_text("x,y\n0,1\n1,3\n,5\n3,NA\n4,9\n", encoding="utf-8")
    assert main(["train", "gaps.csv", "--target", "y"]) == 2
    assert capsys.readouterr().err.startswith("autograd-lite: gaps.csv: line 4, column 'x' is empty, a missing value, as in 2 of 5 rows: more than a fifth")
    assert main(["train", "gaps.csv", "--target", "y", "--skip-missing"]) == 0
    assert "2 of 5 rows have a missing value and are left out (lines 4, 5)" in capsys.readouterr().err
    assert main(["predict", "model.json", "gaps.csv", "--skip-missing", "-o", "out.csv"]) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "1 of 5 rows has a missing value and is left out (line 4)" in captured.err
    assert len((folder / "out.csv").read_text(encoding="utf-8").splitlines()) == 5


PASSENGERS = "".join(f"{k},{'female' if k % 3 else 'male'},{'SQC'[k % 3]},{'yes' if k % 2 else 'no'},{k + 10 * (k % 2)}\n" for k in range(30))


def test_words_are_kept_with_the_model_and_an_unseen_one_is_named(folder: Path, capsys: Capture) -> None:
    (folder / "p.csv").write_text(f"age,sex,port,crew,fare\n{PASSENGERS}", encoding="utf-8")
    assert main(["train", "p.csv", "--target", "fare", "--epochs", "300", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["inputs"] == ["age", "sex=male", "port=C", "port=Q", "port=S", "crew"]
    known = load("model.json").data_preparation
    assert known.encodings == (("age", ()), ("sex", ("female", "male")), ("port", ("C", "Q", "S")), ("crew", ("no", "yes")))
    whole = predictions(capsys, "model.json", "p.csv")
    assert list(whole[0]) == ["age", "sex", "port", "crew", "fare", "prediction"]
    (folder / "part.csv").write_text("crew;port;other;sex;age\nYES;S;$1;MALE;3\nno;Q;;female;4\n", encoding="utf-8")
    found = predictions(capsys, "model.json", "part.csv")
    assert [row["prediction"] for row in found] == [whole[3]["prediction"], whole[4]["prediction"]]
    (folder / "new.csv").write_text("crew,port,sex,age\nyes,S,male,3\nno,Z,female,4\n", encoding="utf-8")
    assert main(["predict", "model.json", "new.csv"]) == 2
    assert "new.csv: line 3, column 'port' holds 'Z', which the network has not seen in training: unknown value 'Z'" in capsys.readouterr().err


def test_a_run_with_words_and_missing_values_is_resumed_on_the_same_samples(folder: Path, capsys: Capture) -> None:
    text = f"age;sex;port;crew;fare\n{PASSENGERS.replace(',', ';')}.;male;S;no;4\n99;male;;no;4\n"
    (folder / "p.csv").write_text(text.replace("1;", "1,0;"), encoding="utf-8")
    typed = ["--target", "fare", "--missing", ".", "--decimal", ",", "--exclude", "crew", "--batch-size", "7"]
    assert main(["train", "p.csv", *typed, "--epochs", "3", "-o", "part.json"]) == 0
    assert "2 of 32 rows have a missing value and are left out (lines 32, 33)" in capsys.readouterr().err
    assert main(["train", "p.csv", "--resume", "part.json", "--epochs", "6"]) == 0
    assert main(["train", "p.csv", *typed, "--epochs", "6", "-o", "whole.json"]) == 0
    assert load_training("part.json").parameters == load_training("whole.json").parameters
    for option in ("--exclude age", "--decimal ,", "--missing-values skip", "--no-header", "--separator tab"):
        assert main(["train", "p.csv", "--resume", "part.json", *option.split()]) == 2
        assert f"{option.split()[0]} cannot be given with --resume" in capsys.readouterr().err


def test_a_run_from_before_there_was_a_choice_is_resumed(folder: Path, capsys: Capture) -> None:
    (folder / "gaps.csv").write_text("x,y\n0,1\n1,3\n,5\n3,7\n4,9\n5,11\n", encoding="utf-8")
    assert main(["train", "gaps.csv", "--target", "y", "--skip-missing", "--epochs", "2"]) == 0
    model = folder / "model.json"
    kept = json.loads(model.read_text(encoding="utf-8"))
    del kept["checksum"], kept["preparation"]["named"], kept["preparation"]["encodings"]
    kept["training"]["plan"]["notes"] = {"validation": None, "seed": 0, "skip_missing": True}
    model.write_text(json.dumps(kept), encoding="utf-8")
    assert main(["train", "gaps.csv", "--resume", "model.json", "--epochs", "4"]) == 0
    assert load_training(model).epoch == 4
    assert main(["predict", "model.json", "gaps.csv"]) == 0
    assert "1 of 6 rows has a missing value and is left out (line 4)" in capsys.readouterr().err


def test_columns_are_taken_by_their_names_also_where_these_are_x1_and_x2(folder: Path, capsys: Capture) -> None:
    (folder / "a.csv").write_text("x1,x2,y\n" + "".join(f"{k},{k * k},{k + 3 * k * k}\n" for k in range(9)), encoding="utf-8")
    assert main(["train", "a.csv", "--target", "y", "--epochs", "50"]) == 0
    (folder / "b.csv").write_text("x2,x1\n4,2\n9,3\n", encoding="utf-8")
    there = predictions(capsys, "model.json", "b.csv")
    assert [row["prediction"] for row in there] == [row["prediction"] for row in predictions(capsys, "model.json", "a.csv")[2:4]]
    (folder / "c.csv").write_text("u,v\n4,2\n9,3\n", encoding="utf-8")
    assert main(["predict", "model.json", "c.csv"]) == 2
    assert "c.csv: unknown column 'x1'" in capsys.readouterr().err


def test_files_without_a_header_are_trained_on_and_predicted(folder: Path, capsys: Capture) -> None:
    (folder / "a.txt").write_text("".join(f"{k} {k * k} {k + 3 * k * k}\n" for k in range(9)), encoding="utf-8")
    (folder / "b.txt").write_text("2\t4\n3\t9\n", encoding="utf-8")
    assert main(["train", "a.txt", "--target", "y", "--no-header", "--epochs", "50"]) == 0
    there = predictions(capsys, "model.json", "a.txt", "--no-header")
    assert list(there[0]) == ["x1", "x2", "y", "prediction"]
    assert [row["prediction"] for row in predictions(capsys, "model.json", "b.txt", "--no-header")] == [
        row["prediction"] for row in there[2:4]]


def test_a_separator_may_be_named_or_typed(folder: Path) -> None:
    (folder / "s.csv").write_text("x y\ty\n1\t2\n2\t4\n", encoding="utf-8")
    for separator in ("tab", "\t", "\\t"):
        assert main(["train", "s.csv", "--target", "y", "--separator", separator, "--epochs", "2", "--force"]) == 0
        assert load("model.json").data_preparation.columns == ("x y",)


def test_a_network_from_python_takes_columns_in_their_order(folder: Path, capsys: Capture) -> None:
    net = MLP(1, [1], seed=1)
    save(net, folder / "net.json")
    (folder / "one.csv").write_text("anything\n1\n2\n", encoding="utf-8")
    rows = predictions(capsys, "net.json", "one.csv")
    assert [float(row["prediction"]) for row in rows] == net.predict([1.0, 2.0])[:, 0].tolist()


def start(*arguments: str, folder: Path, spawn: Spawn) -> "subprocess.Popen[bytes]":
    return spawn([sys.executable, "-P", "-m", "visualize", "train", *arguments], cwd=folder, stdout=subprocess.DEVNULL,
                 stderr=subprocess.DEVNULL)


def wait_for(path: Path, of: "subprocess.Popen[bytes]", epochs: int = 0) -> None:
    """Until a run has saved so many epochs."""
    until = time.monotonic() + 60
    while not path.exists() or load_training(path).epoch < epochs:
        assert of.poll() is None, "it ended before it had saved anything"
        assert time.monotonic() < until
        time.sleep(0.01)


LONG = ["cloud.csv", "--target", "height", "--inputs", "u", "v", "--hidden", "12", "--batch-size", "8"]


def test_a_run_that_is_killed_is_resumed_to_the_last_bit(folder: Path, spawn: Spawn) -> None:
    process = start(*LONG, "--epochs", "100000", "-o", "killed.json", folder=folder, spawn=spawn)
    wait_for(folder / "killed.json", process, epochs=1)
    time.sleep(0.2)
    process.send_signal(signal.SIGKILL)
    process.wait()
    done = load_training("killed.json").epoch
    assert 0 < done < 100_000
    assert main(["train", *LONG, "--epochs", str(done + 5), "-o", "whole.json"]) == 0
    assert main(["train", "cloud.csv", "--resume", "killed.json", "--epochs", str(done + 5)]) == 0
    whole, resumed = (load_training(name) for name in ("whole.json", "killed.json"))
    assert resumed.epochs == whole.epochs
    assert resumed.parameters == whole.parameters
    assert [p.data for p in load("killed.json").parameters()] == [p.data for p in load("whole.json").parameters()]


def test_what_was_held_back_is_held_back_again_after_a_resume(capsys: Capture) -> None:
    typed = ["train", "cloud.csv", "--target", "height", "--inputs", "u", "v", "--hidden", "4", "--validation", "0.3", "--seed", "7", "--patience", "50", "--batch-size", "7"]
    assert main([*typed, "--epochs", "4", "-o", "part.json"]) == 0
    assert "next: the same command followed by predict part.json cloud.csv" in " ".join(capsys.readouterr().out.split())
    assert main(["train", "cloud.csv", "--resume", "part.json", "--epochs", "9"]) == 0
    assert main([*typed, "--epochs", "9", "-o", "whole.json"]) == 0
    assert load_training("part.json").epochs == load_training("whole.json").epochs
    assert load_training("part.json").plan == load_training("whole.json").plan
    for option in ("--validation 0.3", "--seed 7"):
        assert main(["train", "cloud.csv", "--resume", "part.json", *option.split()]) == 2
        assert f"{option.split()[0]} cannot be given with --resume" in capsys.readouterr().err
    assert main(["train", "cloud.csv", "--resume", "part.json", "--epochs", "3"]) == 2
    assert "has 9 epochs already; ask for more than 3" in capsys.readouterr().err


def test_a_class_that_is_rare_may_be_held_back(folder: Path) -> None:
    rows = [f"{k},{'rare' if k == 3 else 'ab'[k % 2]}" for k in range(20)]
    (folder / "rare.csv").write_text("\n".join(["x,c", *rows]), encoding="utf-8")
    for seed in range(4):
        assert main(["train", "rare.csv", "--target", "c", "--validation", "0.3", "--epochs", "2", "--seed", str(seed), "--force"]) == 0
        assert load("model.json").n_outputs == 3


def test_initial_weights_that_stay_alike_are_said_in_one_sentence(capsys: Capture) -> None:
    assert main(["train", "line.csv", "--target", "y", "--hidden", "3", "--initializer", "zeros", "--epochs", "2"]) == 0
    assert capsys.readouterr().err.startswith("autograd-lite: the 3 units of layer 1 start with equal weights")


def test_a_file_that_is_read_is_not_written_over(capsys: Capture, folder: Path) -> None:
    assert main(["train", "line.csv", "--target", "y", "--epochs", "2"]) == 0
    before = (folder / "model.json").read_bytes()
    capsys.readouterr()
    for output in ("model.json", "line.csv"):
        assert main(["predict", "model.json", "line.csv", "-o", output]) == 2
        assert f"-o {output} would write over {output}, which is needed" in capsys.readouterr().err
    assert (folder / "model.json").read_bytes() == before


def test_ctrl_c_in_the_first_epoch_leaves_a_file_that_can_be_resumed(folder: Path, spawn: Spawn) -> None:
    rows = "".join(f"{k % 50},{k % 7}\n" for k in range(20_000))
    (folder / "long.csv").write_text("x,y\n" + rows, encoding="utf-8")
    process = start("long.csv", "--target", "y", "--hidden", "30", "--epochs", "3", "-o", "first.json", folder=folder, spawn=spawn)
    wait_for(folder / "first.json", process)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=120) == 130
    assert load_training("first.json").epoch == 0


def test_ctrl_c_ends_with_the_best_parameters(folder: Path, spawn: Spawn) -> None:
    process = start(*LONG, "--epochs", "100000", "-o", "stopped.json", folder=folder, spawn=spawn)
    wait_for(folder / "stopped.json", process)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 130
    training = load_training("stopped.json")
    assert [p.data for p in load("stopped.json").parameters()] == list(training.best.parameters)


def test_a_terminal_is_told_how_far_it_is_and_a_pipe_is_not(folder: Path) -> None:
    command = [sys.executable, "-P", "-m", "visualize", "train", *LONG, "--epochs", "60"]
    piped = subprocess.run(command, cwd=folder, capture_output=True, check=True)
    assert piped.stderr == b""
    own, its = pty.openpty()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=its, env=os.environ | {"TERM": "xterm", "COLUMNS": "110"})
    os.close(its)
    seen = b""
    while True:
        try:
            more = os.read(own, 4096)
        except OSError:
            break
        if not more:
            break
        seen += more
    assert process.wait() == 0
    os.close(own)
    told = seen.decode()
    assert all(word in told for word in ("epoch ", "/60", "C = ", "samples/s", "left"))


def test_divergence_is_said_with_status_1(capsys: Capture) -> None:
    assert main(["train", "line.csv", "--target", "y", "--optimizer", "gradient_descent", "--eta", "3", "--epochs", "1000", "--tolerance", "0"]) == 1
    out = capsys.readouterr().out
    assert "diverged in epoch" in out
    assert "with η = 3: node 'C': total overflows" in " ".join(out.split())


BAD = [
    ("train line.csv", "say which column to predict, as in --target y; line.csv has x, y"),
    ("train line.csv --target z", "line.csv: unknown column 'z'. Known: x, y"),
    ("train missing.csv --target y", "cannot read missing.csv: No such file or directory; name another file"),
    ("train cloud.csv --target height --exclude sied", "cloud.csv: unknown column 'sied'; did you mean 'side'?"),
    ("train cloud.csv --target height --inputs u --exclude u", "cloud.csv: column 'u' is excluded, and used as well"),
    ("train line.csv --target y --separator point", "the separator must be one of comma, semicolon, tab, blank"),
    ("train line.csv --target y --decimal x", "argument --decimal: invalid choice: 'x'"),
    ("train line.csv --target y --missing-values fill", "argument --missing-values: invalid choice: 'fill'"),
    ("train cloud.csv --target side --inputs u v --cost half_squared_error", "half_squared_error compares numbers, but column 'side' holds names; use softmax_cross_entropy"),
    ("train line.csv --target y --hidden 0", "must be a whole number of at least 1, not '0'"),
    ("train line.csv --target y --optimizer adm", "unknown optimizer 'adm'; did you mean 'adam'?"),
    ("train line.csv --target y --optimizer adam:beta=0.5", "unknown setting of adam 'beta'; did you mean 'beta2'?"),
    ("train line.csv --target y --optimizer adam:beta1=x", "beta1 of optimizer adam must be a number, as in adam:beta1=0.5, not 'x'"),
    ("train line.csv --target y --eta -1", "eta of adam must be a finite number above 0, or a schedule, not -1.0"),
    ("train line.csv --target y --schedule cosin", "unknown schedule 'cosin'; did you mean 'cosine'?"),
    ("train line.csv --target y --cost mse", "unknown cost 'mse'"),
    ("train line.csv --target y --activation softmax --hidden 3", "softmax acts on all units of a layer"),
    ("train line.csv --target y --lam 0.1", "lam has no effect without a penalty"),
    ("train line.csv --target y --validation 2", "the fraction of validation samples must be between 0 and 1"),
    ("train line.csv --target y --plot out.txt", "cannot tell the format of 'out.txt': let the name end in .svg, .png, .pdf"),
    ("train line.csv --target y -o nowhere/model.json", "cannot write nowhere/model.json: No such file or directory"),
    ("train line.csv --target y --hiden 3", "unknown argument '--hiden'; did you mean '--hidden'?"),
    ("train line.csv --resume cloud.csv", "cloud.csv is no saved network"),
    ("train line.csv --target y -o line.csv", "-o line.csv would write over line.csv, which is needed; name another file"),
    ("train line.csv --target y --activation relu", "--activation is that of the hidden layers, and there are none"),
    ("train line.csv --target y --penalty l2", "the penalty l2 has no effect without its strength; give lam"),
    ("train line.csv --target y --cost softmax_cross_entropy", "column 'y' holds numbers that are not whole"),
    ("train cloud.csv --target side height --inputs u", "column 'side' holds 'left', which is no number"),
    ("train line.csv --target y --optimizer adam:eta=0.1 --schedule exponential:eta=0.2", "leave it out of --schedule"),
    ("predict line.csv line.csv", "line.csv is no saved network"),
    ("predict model.json", "the following arguments are required: FILE"),
]


@pytest.mark.parametrize(("command", "sentence"), BAD)
def test_bad_input_is_one_sentence_and_status_2(command: str, sentence: str, capsys: Capture, folder: Path) -> None:
    assert main(command.split()) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert sentence in captured.err
    assert not (folder / "model.json").exists()


def test_what_resume_settles_cannot_be_given_again(capsys: Capture) -> None:
    assert main(["train", "line.csv", "--target", "y", "--epochs", "5"]) == 0
    assert main(["train", "line.csv", "--resume", "model.json", "--hidden", "5"]) == 2
    assert "--hidden cannot be given with --resume" in capsys.readouterr().err
    assert main(["train", "line.csv", "--resume", "model.json", "--eta", "0.5"]) == 2
    assert "the resumed run has all of its 5 epochs; ask for more" in capsys.readouterr().err
    assert main(["train", "cloud.csv", "--resume", "model.json"]) == 2
    assert "cloud.csv: unknown column 'y'" in capsys.readouterr().err


def test_columns_that_a_network_needs_are_named(folder: Path, capsys: Capture) -> None:
    assert main(["train", "cloud.csv", "--target", "height", "--inputs", "u", "v", "--epochs", "2"]) == 0
    (folder / "other.csv").write_text("u,w\n1,2\n", encoding="utf-8")
    capsys.readouterr()
    assert main(["predict", "model.json", "other.csv"]) == 2
    assert "other.csv: unknown column 'v'" in capsys.readouterr().err


def test_the_model_of_another_run_is_not_replaced(capsys: Capture, folder: Path) -> None:
    assert main(["train", "line.csv", "--target", "y", "--epochs", "5"]) == 0
    before = (folder / "model.json").read_bytes()
    assert main(["train", "line.csv", "--target", "y", "--epochs", "5"]) == 0  # the same run: the same file
    assert (folder / "model.json").read_bytes() == before
    capsys.readouterr()
    others = ["line.csv --target x --epochs 5", "line.csv --target y --epochs 5 --eta 0.1", "line.csv --target y --epochs 4",
              "cloud.csv --target height --inputs u --epochs 5", "line.csv --target y --epochs 5 -o ./model.json --hidden 3"]
    for other in others:
        assert main(["train", *other.split()]) == 2
        captured = capsys.readouterr()
        assert captured.out == ""
        assert re.search(r"model.json exists, with the model of another run: add --force to replace it, or -o to write "
                         r"another file; --resume \S*model.json goes on with it\n$", captured.err)
        assert captured.err.count("\n") == 1
        assert (folder / "model.json").read_bytes() == before
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    assert main(["train", "line.csv", "--target", "y", "-o", "notes.txt"]) == 2
    assert (folder / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert main(["train", "line.csv", "--target", "x", "--epochs", "5", "--force"]) == 0
    assert load("model.json").data_preparation.targets == ("x",)
    assert main(["train", "line.csv", "--resume", "model.json", "--epochs", "9"]) == 0
    assert main(["train", "line.csv", "--target", "x", "--epochs", "5"]) == 2  # it would lose four epochs
    assert main(["train", "line.csv", "--resume", "model.json", "--epochs", "12", "-o", "other.json"]) == 0


def test_what_to_type_next_follows_from_the_end(folder: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    rows = "".join(f"{k / 200},{math.sin(k / 20)}\n" for k in range(200))
    (folder / "a wave.csv").write_text("x,y\n" + rows, encoding="utf-8")
    typed = ["train", "a wave.csv", "--target", "y", "--hidden", "8", "--epochs", "100", "-o", "a model.json"]
    assert main(typed) == 0
    out = capsys.readouterr().out
    assert "200 samples are one batch, so 100 epochs are 100 steps" in " ".join(out.split())
    last = out.splitlines()[-1]
    assert last == ("next: the same command followed by  train 'a wave.csv' --target y --hidden 8 --epochs 100 -o "
                    "'a model.json' --batch-size 16 --force")
    assert main(shlex.split(last.partition("followed by")[2])) == 0
    assert load_training("a model.json").plan.batch_size == 16
    assert main(["train", "line.csv", "--target", "y", "-o", "done.json"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "next: the same command followed by  predict done.json line.csv"


def test_an_option_that_is_to_change_stands_once_in_what_to_type_next(folder: Path, capsys: Capture) -> None:
    assert main(["train", "line.csv", "--output-activation", "sigmoid", "--target", "y", "--no-standardise", "--epochs", "5"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == (
        "next: the same command followed by  train line.csv --target y --no-standardise --epochs 5 --output-activation identity --force")
    rows = "".join(f"{k},{'left' if k % 2 else 'right'},{2 * k + 3 * (k % 2)}\n" for k in range(40))
    (folder / "side.csv").write_text("size,side,price\n" + rows, encoding="utf-8")
    assert main(["train", "side.csv", "--target", "price", "--epochs", "3000", "--force"]) == 0
    assert re.search(r"^price = [12][.\d]*·size − [23][.\d]*·\[side=right\] \+ \S+$", capsys.readouterr().out, re.MULTILINE)
    assert main(["train", "line.csv", "--target", "y", "--eta", "1e300", "--optimizer", "gradient_descent", "--force"]) == 1
    assert re.search(r"^y ≈ \S{1,6}·x [+−] \S{1,6}$", capsys.readouterr().out, re.MULTILINE)  # the best of a run that failed


def test_keep_best_saves_the_best_epoch(capsys: Capture) -> None:
    typed = ["train", "cloud.csv", "--target", "height", "--inputs", "u", "v", "--hidden", "20", "--validation", "0.7", "--epochs", "300", "--eta", "0.1", "-o", "over.json"]
    assert main(typed) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "overfitting: the cost of validation was lowest after epoch" in out
    assert "or by train cloud.csv --resume over.json --keep best" in out
    assert "of 42 samples of validation, R² = " in out
    assert "trained on" not in out
    assert main(["train", "cloud.csv", "--resume", "over.json", "--keep", "best"]) == 0
    training = load_training("over.json")
    assert [p.data for p in load("over.json").parameters()] == list(training.best.parameters)


def test_coefficients_are_printed_as_far_as_they_have_converged(capsys: Capture, folder: Path) -> None:
    assert main(["train", "line.csv", "--target", "y", "--epochs", "20", "--json", "--force"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["states"][0]["name"] == "coefficients"
    assert set(report["scores"]["training"]) == {"samples", "rmse", "largest_error", "r2", "baseline", "constant"}
    assert main(["train", "line.csv", "--target", "y", "--epochs", "20", "--force"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("up to 20 epochs of 40 samples: about a second at most\n")
    assert re.search(r"^y ≈ [\d.]{1,4}·x [+−] [\d.]{1,5}$", out, re.MULTILINE)
    (folder / "fixed.csv").write_text("x,c,y\n" + "".join(f"{k},7,{3 * k + 2}\n" for k in range(30)), encoding="utf-8")
    assert main(["train", "fixed.csv", "--target", "y", "--epochs", "3000", "--no-standardise", "--eta", "0.1", "--force"]) == 0
    out = capsys.readouterr().out
    assert "c never varies" in out
    assert "·c" not in out
    assert "y = 3·x + 2\n" in out.replace("2.00000", "2").replace("3.00000", "3") or "y = 3·x + " in out


def test_a_resumed_run_may_have_another_eta(capsys: Capture) -> None:
    assert main(["train", "line.csv", "--target", "y", "--schedule", "cosine", "--epochs", "10"]) == 0
    assert "the schedule is spent: η is 0 from now on" in " ".join(capsys.readouterr().out.split())
    assert main(["train", "line.csv", "--resume", "model.json", "--eta", "0.05", "--schedule", "cosine", "--epochs", "400"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "from epoch 11 on: Adam(eta=Cosine(eta=0.05, epochs=390" in out
    assert [phase.epoch for phase in load_training("model.json").phases] == [10]


@pytest.mark.parametrize("target", ["height", "side"])
def test_rows_that_came_later_are_trained_on(target: str, folder: Path, capsys: Capture) -> None:
    def write(rows: int) -> None:
        (folder / "more.csv").write_text("u,height,side\n" + "".join(
            f"{k % 7},{2 * (k % 7) + k % 3},{'left' if k % 7 < 3 else 'right'}\n" for k in range(rows)), encoding="utf-8")

    write(40)
    assert main(["train", "more.csv", "--target", target, "--inputs", "u", "--validation", "0.25", "--epochs", "4"]) == 0
    held = load_training("model.json").plan.held
    for rows, epochs in ((52, "8"), (60, "12")):
        write(rows)
        assert main(["train", "more.csv", "--resume", "model.json", "--epochs", epochs]) == 0
    training = load_training("model.json")
    assert training.plan.held == held  # the same samples are held back
    assert [(phase.epoch, phase.change) for phase in training.phases] == [(4, "42 samples after 30"), (8, "50 samples after 42")]
    capsys.readouterr()
    write(30)
    assert main(["train", "more.csv", "--resume", "model.json", "--epochs", "20"]) == 2
    assert "the samples differ from those of the resumed run" in capsys.readouterr().err


def test_a_picture_that_cannot_be_written_does_not_lose_the_training(
        capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("cannot write out.svg: No space left on device; name another file")

    monkeypatch.setattr("visualize.plots.figures.Plot.save", fail)
    assert main(["train", "line.csv", "--target", "y", "--epochs", "5", "--plot", "out.svg"]) == 0
    captured = capsys.readouterr()
    assert captured.err == "autograd-lite: cannot write out.svg: No space left on device; name another file\n"
    assert "wrote model.json\n" in captured.out


def test_a_disk_that_fills_up_does_not_lose_the_history(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def fill(*arguments: object) -> object:
        calls.append(arguments)
        if len(calls) > 1:
            raise OSError("cannot write model.json: No space left on device; name another file")
        return save(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(loop, "save", fill)
    assert main(["train", "line.csv", "--target", "y", "--epochs", "5"]) == 2
    captured = capsys.readouterr()
    assert "stopped after 5 epochs" in captured.out
    assert "wrote" not in captured.out
    assert captured.err == "autograd-lite: cannot write model.json: No space left on device; name another file\n"


@pytest.mark.one_in(2)
@pytest.mark.parametrize("delay", [0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.2, 2.0])
def test_ctrl_c_at_any_moment_is_one_line_and_status_130(delay: float, folder: Path, spawn: Spawn) -> None:
    program = ("import sys, runpy; sys.argv = ['-m', *sys.argv[1:]]; "  # begun where the first of our lines have run
               "sys.addaudithook(lambda event, of: event == 'import' and of[0] == 'autograd_lite' and print('begun', flush=True)); "
               "runpy.run_module('visualize', run_name='__main__', alter_sys=False)")
    process = spawn([sys.executable, "-P", "-c", program, "train", *LONG, "--epochs", "100000"], cwd=folder,
                    stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])})
    assert process.stdout is not None
    assert process.stdout.readline() == b"begun\n"
    time.sleep(delay)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err in (b"", b"autograd-lite: interrupted\n")  # training that was interrupted says so in its results


def test_what_is_next_after_a_resumed_run_is_what_resume_takes(capsys: Capture) -> None:
    typed = ["train", "line.csv", "--target", "y", "--hidden", "4", "--eta", "1e-9", "--epochs", "20"]
    assert main(typed) == 0
    assert "next: the same command followed by  train line.csv --target y --hidden 4" in capsys.readouterr().out
    assert main(["train", "line.csv", "--resume", "model.json", "--epochs", "40"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "try batches of 16 (in a new run: --batch-size 16)" in out
    assert out.endswith("followed by predict model.json line.csv")


def test_a_column_whose_name_has_a_comma_is_one_name(folder: Path, capsys: Capture) -> None:
    (folder / "comma.csv").write_text('"a,cm",b,y\n' + "".join(f"{k},{k % 3},{k + 1}\n" for k in range(9)), encoding="utf-8")
    assert main(["train", "comma.csv", "--target", "y"]) == 0
    out = capsys.readouterr().out
    assert "y from [a,cm], b: a 2-1 network" in out
    assert "·[a,cm]" in out


def test_a_column_that_is_needed_is_not_to_be_left_out(folder: Path, capsys: Capture) -> None:
    def refuse(text: str, *typed: str) -> str:
        (folder / "wrong.csv").write_text(text, encoding="utf-8")
        assert main([*typed[:-1], "wrong.csv", *typed[-1].split()]) == 2
        return capsys.readouterr().err

    rows = "".join(f"{k},{k}\n" for k in range(9))
    assert "--exclude" in refuse(f"x,y\n{rows}w,1\n,2\n", "train", "--target y --missing-values skip")
    assert "--exclude" in refuse("x,y\n1,1\n,2\n", "train", "--target y")
    for text, remedy in ((f"{rows}1,w\n", "--missing w"), ("1,1\n1,\n", "fill them in, or leave")):
        said = refuse(f"x,y\n{text}", "train", "--target y")
        assert remedy in said
        assert "--exclude" not in said
    assert main(["train", "line.csv", "--target", "y"]) == 0
    capsys.readouterr()
    for text in ("x\nw\n1\n", "x,z\n1,1\n,1\n"):
        assert "--exclude" not in refuse(text, "predict", "model.json", "")
