"""``autograd-lite matrix``: the lines of the program, the lecture's equations, the nodes behind a line, the page."""

import json
from pathlib import Path

import pytest
from lecture_files import find_file

from nn.derivations import LECTURES, Lecture
from visualize.commands.cli import main


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["matrix", *arguments]) == 0
    return capsys.readouterr().out


def test_columns_alone_tell_why_the_transpose_stands_in_the_backward_pass(capsys: pytest.CaptureFixture[str]) -> None:
    told = run(capsys, "columns")
    assert "D2 = (W2.T @ D3) * A2 * (1 - A2)\n    lecture: δ⁽ˡ⁾[i] = (W⁽ˡ⁾)ᵀδ⁽ˡ⁺¹⁾[i] × f′(z⁽ˡ⁾[i])\n" in told
    told = " ".join(told.split())
    assert "The product W2.T @ D3 is the += at a fan-out: every unit below is used by all 2 units above" in told
    assert "The forward pass sums over the units below and has W2" in told
    assert "so here stands W2.T." in told


def test_rows_have_the_weights_the_other_way_round(capsys: pytest.CaptureFixture[str]) -> None:
    told = run(capsys, "rows")
    assert "Z2 = X @ W1\n" in told
    told = " ".join(told.split())
    assert "Column j of W1 holds the weights of unit j" in told
    assert "times the weight wₖⱼ that leads from it" in told
    assert "Z2 = W1.T @ X\n" in run(capsys, "rows", "--form", "columns")


def test_the_nodes_behind_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert "nodes: z₁⁽²⁾[1], z₂⁽²⁾[1], z₃⁽²⁾[1]\n" in run(capsys, "columns", "--line", "Z2")
    assert run(capsys, "columns", "--line", "1") == run(capsys, "columns", "--line", "Z2")
    assert main(["matrix", "columns", "--line", "Q9"]) == 2
    assert "has no line 'Q9'; name one of Z2, A2, " in capsys.readouterr().err


@pytest.mark.parametrize("id", [*LECTURES, "karpathy", "mazur"])
def test_every_lecture_has_a_program_that_gives_its_cost(id: str, capsys: pytest.CaptureFixture[str]) -> None:
    data = json.loads(run(capsys, id, "--json"))
    assert data["source"].rstrip() == run(capsys, id, "--source").rstrip()
    assert all(line["nodes"] and line["reason"] for line in data["lines"])
    if id in LECTURES:
        assert {"pre", "C", "delta_output", "dW"} <= {line["kind"] for line in data["lines"] if line["lecture"]}


def test_an_equation_about_one_layer_stands_beside_its_own_line_alone(capsys: pytest.CaptureFixture[str]) -> None:
    lectures = {line["line"].split(" = ")[0]: line["lecture"] for line in json.loads(run(capsys, "chain", "--json"))["lines"]}
    assert lectures["Z1"] == ["z₁ = w₁·x + b₁"]
    assert lectures["dW2"] == ["∂C/∂w₂ = δ₂·a₁"]
    told = " ".join(run(capsys, "chain", "--line", "D1").split())
    assert "One unit is above, z₂: its δ times the weight that leads to it is the product W2.T @ D2." in told


def test_the_notes_of_the_lecture_tell_its_sign(capsys: pytest.CaptureFixture[str]) -> None:
    told = " ".join(run(capsys, "rss").split())
    assert "The lecture's δ is −D: D is the gradient of the cost of one sample." in told
    assert "minus the engine's gradient" in told
    assert "The lecture's δ is D/N:" in run(capsys, "examples/lectures/softmax_rows.toml")
    assert "The lecture's δ" not in run(capsys, "columns")


def test_softmax_reads_like_the_lecture_and_says_why_the_ratio_cancels(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("rows", "--activations", "relu", "softmax", "--cost", "softmax_cross_entropy")
    told = run(capsys, *asked)
    assert "  4 A3 = softmax(Z3)\n    lecture: a⁽ᴸ⁾[i] = softmax(z⁽ᴸ⁾[i])\n    2 nodes" in told
    assert "A2 = relu(Z2)\n    lecture: a⁽ˡ⁺¹⁾[i] = f(z⁽ˡ⁺¹⁾[i])\n    3 nodes" in told
    told = " ".join(told.split())
    assert ("6 D3 = A3 * np.sum(Y, axis=1, keepdims=True) - Y # A3 - Y if each row of Y adds up to 1 "
            "lecture: δ⁽ᴸ⁾[i] = a⁽ᴸ⁾[i] − Y[i] The gradient") in told
    assert "Here G is -Y / A3; in Gⱼaⱼ the ratio cancels, and -Y is left." in told
    assert "The targets of classes add up to 1, and then the line is A3 - Y." in told
    nodes = run(capsys, *asked, "--line", "A3").split("nodes: ")[1].split(", ")
    assert len(nodes) == 8  # the largest, 2 differences, 2 exponentials, their sum, 2 quotients
    told = run(capsys, "columns", "--activations", "tanh", "softmax", "--line", "D3")
    assert "D3 = A3 * (dA3 - np.sum(dA3 * A3, axis=0, keepdims=True))\n" in told
    assert "dA3 = A3 - Y\n" in run(capsys, "columns", "--activations", "tanh", "softmax", "--line", "dA3")
    assert "aⱼ(Gⱼ − Σₖ Gₖaₖ). Here G is dA3." in " ".join(told.split())


def test_a_cost_that_cancels_against_the_slope_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    told = " ".join(run(capsys, "bernoulli", "--line", "D3").split())
    assert told.startswith("8 D3 = Z3 - (1 - T) lecture: δᵢ⁽ᵒᵘᵗ⁾ = σ(aᵢ⁽ᵒᵘᵗ⁾) − (1 − t)")
    assert "is divided by 1 - Z3 and Z3, and the slope of the activation has the same as a factor" in told
    assert "What is left is T * Z3 - (1 - T) * (1 - Z3); multiplied out, that is Z3 - (1 - T)." in told


@pytest.mark.parametrize(("asked", "line", "equations"), [
    (["bernoulli"], "Z1 = sigmoid(A1)", ["zᵢ⁽ˡ⁾ = σ(aᵢ⁽ˡ⁾)"]),
    (["bernoulli"], "Z3 = sigmoid(A3)", ["zᵢ⁽ˡ⁾ = σ(aᵢ⁽ˡ⁾)", "y = z₁⁽ᵒᵘᵗ⁾"]),
    ([str(find_file("bernoulli"))], "D2 = (W3.T @ D3)[1:] * Z2 * (1 - Z2)", ["δᵢ⁽ˡ⁻¹⁾ = (Σⱼ δⱼ⁽ˡ⁾·wⱼᵢ⁽ˡ⁾)·σ′(aᵢ⁽ˡ⁻¹⁾)"]),
    ([str(find_file("chain"))], "D2 = Z2 - Y", ["δ₂ = (a₂ − y)·σ′₂(z₂)"]),
    ([str(find_file("rss"))], "D2 = (A2 - Y) * A2 * (1 - A2)", ["δₖ⁽ˡ⁾ = (yₖ − aₖ⁽ˡ⁾)·(1 − aₖ⁽ˡ⁾)·aₖ⁽ˡ⁾"]),
    ([str(find_file("rss"))], "A1 = sigmoid(Z1)", ["aₖ⁽ᵐ⁾ = g(zₖ⁽ᵐ⁾)"]),
])
def test_an_equation_of_the_output_stands_beside_the_line_of_the_output(asked: list[str], line: str, equations: list[str],
                                                                        capsys: pytest.CaptureFixture[str]) -> None:
    lines = {found["line"]: found["lecture"] for found in json.loads(run(capsys, *asked, "--json"))["lines"]}
    assert lines[line] == equations


@pytest.mark.parametrize(("name", "line", "equations"), [
    ("softmax_rows", "Z2 = A1 @ W2 + b2", ["Z⁽ˡ⁾ = A⁽ˡ⁻¹⁾W⁽ˡ⁾ + b⁽ˡ⁾"]),
    ("softmax_rows", "A1 = relu(Z1)", ["A⁽ˡ⁾ = g⁽ˡ⁾(Z⁽ˡ⁾)"]),
    ("numbered_layers", "db1 = np.sum(D1, axis=1, keepdims=True) / N", ["∂J/∂b⁽¹⁾ = (1/m)Σ_samples(δ⁽¹⁾)"]),
    ("delta_after_activation", "D2 = (A2 - Y) * (1 - A2**2)", []),  # its δ is not D
])
def test_a_lecture_file_has_a_program_in_its_own_letters(name: str, line: str, equations: list[str], tmp_path: Path,
                                                         capsys: pytest.CaptureFixture[str]) -> None:
    path = f"examples/lectures/{name}.toml"
    lines = {found["line"]: found["lecture"] for found in json.loads(run(capsys, path, "--json"))["lines"]}
    assert lines[line] == equations
    run(capsys, path, "--html", "-o", str(tmp_path / "m.html"))
    assert f"<h1>{Lecture.read(path).title}: from scalars to matrices</h1>" in (tmp_path / "m.html").read_text(encoding="utf-8")


def test_a_penalty_is_added_once(capsys: pytest.CaptureFixture[str]) -> None:
    for id in ("columns", "chain"):
        source = run(capsys, id, "--penalty", "l2", "--lam", "0.5", "--source")
        assert "* (np.sum(W1**2) + np.sum(W2**2))" in source
        assert " / N + " in source


def test_the_page_names_the_nodes_of_its_picture(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "m.html"
    run(capsys, "columns", "--html", "-o", str(path))
    text = path.read_text(encoding="utf-8")
    for name in ("z₁⁽²⁾[1]", "a₃⁽²⁾[1]", "W₂₃⁽²⁾"):
        assert f"<title>{name} = " in text or f"<title>{name}; " in text
        assert json.dumps(name, ensure_ascii=False) in text
    assert "<title>E[1] = " in text
    assert "E[1] is the cost of this sample alone; C in the program is the mean of such costs over all samples." in text
    run(capsys, "chain", "--html", "-o", str(path))
    assert "C is the cost of this sample alone; C in the program is the mean" in path.read_text(encoding="utf-8")


def test_a_lecture_file_has_its_program_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = run(capsys, str(find_file("softmax_rows")))
    assert "Z1 = X @ W1 + b1\n" in told  # samples as rows, and the source first, as the file has them
    assert "C = -np.mean(np.sum(Y * np.log(A2), axis=1))\n" in told
    assert "Z1 = W1 @ X + b1\n" in run(capsys, str(find_file("layers")))
    page = tmp_path / "page.html"
    run(capsys, str(find_file("columns")), "--html", "-o", str(page))
    assert "Z2 = W1 @ X" in page.read_text(encoding="utf-8")
