"""Worksheets: the problem without what is asked for, and the solution with every line."""

import math
import re
import shutil
import subprocess
from html import unescape
from itertools import pairwise
from pathlib import Path

import pytest

from nn.derivations import LECTURES, Lecture, check, compare
from nn.derivations.internal import draw_numbers, draw_settings
from visualize.commands.cli import main
from visualize.graph.card_style import measure_text
from visualize.page.sheet_latex import write_formula_latex

FILE = Path(__file__).parent.parent / "examples" / "lectures" / "softmax_rows.toml"


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def read(path: str) -> str:
    return Path(path).read_text(encoding="utf-8")


def strip_tags(html: str) -> str:
    return re.sub(r"<[^>]*>", " ", html.partition("</style>")[2])


@pytest.mark.parametrize("id", ["chain", "rss", str(FILE)])
def test_a_sheet_asks_and_the_solution_answers(id: str) -> None:
    assert main(["sheet", id, "-o", "a.html"]) == 0
    assert main(["sheet", id, "--solution", "-o", "b.html"]) == 0
    asked, answered = strip_tags(read("a.html")), strip_tags(read("b.html"))
    for row in compare(id).rows:
        if row.name.startswith(("delta", "dW", "dw", "C")) and abs(row.hand) > 1e-6:
            assert f"{row.hand:.9g}" not in asked
            assert f"{row.hand:.9g}" in answered
            assert f"{row.hand:.4g}".replace("-", "−") not in asked
        assert row.name.startswith("post[0]") or row.symbol in asked
    assert "Name:" in asked
    assert "nan" not in read("a.html")
    assert "@page { size: A4" in read("a.html")
    assert "bold" not in read("a.html").partition("</style>")[0]  # ᵀ in DejaVu Serif Bold is drawn as an S


def test_each_seed_has_its_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    for name, seed in (("a", "1"), ("b", "2"), ("c", "1")):
        assert main(["sheet", "chain", "--seed", seed, "--solution", "-o", f"{name}.html"]) == 0
    assert read("a.html") != read("b.html")
    assert read("a.html") == read("c.html")
    assert "The chain of two neurons, numbers of seed 1: solution" in read("a.html")
    assert draw_settings("chain", 7)["y"] == -1.76  # two decimals, like x: a student copies it
    assert draw_settings("chain", 1) == draw_settings("chain", 1)
    for id in LECTURES:
        assert compare(id, **draw_settings(id, 3)).agrees
    assert main(["sheet", "chain", "--seed", "x"]) == 2
    assert "must be a whole number" in capsys.readouterr().err
    assert main(["sheet", "chan"]) == 2
    assert "did you mean 'chain'?" in capsys.readouterr().err


def list_boxes(svg: str) -> list[tuple[str, list[tuple[float, float]]]]:
    """Each text outside circles and boxes, and the corners of the room that it takes, turned as it is."""
    found = []
    for place, text in re.findall(r"<text ([^>]*)>([^<]+)</text>", svg):
        told = dict(re.findall(r'([\w-]+)="([^"]*)"', place))
        x, y, font = float(told["x"]), float(told["y"]), float(told.get("font-size", 12))
        wide = measure_text(text, font)
        left = x - {"start": 0, "middle": wide / 2, "end": wide}[told["text-anchor"]]
        turn = re.findall(r"rotate\(([-\d.]+) ([-\d.]+) ([-\d.]+)\)", told.get("transform", ""))
        angle, u, v = (float(number) for number in turn[0]) if turn else (0.0, 0.0, 0.0)
        cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        corners = [(left, y - 0.7 * font), (left + wide, y - 0.7 * font), (left + wide, y), (left, y)]
        found.append((text, [(u + cos * (a - u) - sin * (b - v), v + sin * (a - u) + cos * (b - v)) for a, b in corners]))
    return found


def overlap(one: list[tuple[float, float]], other: list[tuple[float, float]]) -> bool:
    """Whether two rectangles meet: no side of either parts them."""
    for corners in (one, other):
        for (x1, y1), (x2, y2) in pairwise(corners):
            spans = [[(x2 - x1) * x + (y2 - y1) * y for x, y in box] for box in (one, other)]
            if max(spans[0]) <= min(spans[1]) or max(spans[1]) <= min(spans[0]):
                return False
    return True


WIDE = """
[problem]
activations = ["sigmoid"]
[example]
x = [0.5, -1.0, 2.0]
y = [0.25, 0.5, 0.75]
W = [[[0.12, 0.22, -0.33], [-0.45, 0.56, 0.67], [0.71, -0.82, 0.93]], [[0.74, -0.85, 0.36], [0.27, 0.48, -0.59], [0.32, 0.35, 0.45]]]
b = [[0.15, -0.26, 0.37], [0.38, -0.19, 0.21]]
"""


@pytest.mark.parametrize("id", ["chain", "layers", "rss", "rows", "wide.toml", str(FILE)])
@pytest.mark.parametrize("solution", [[], ["--solution"]])
def test_no_text_of_the_picture_lies_on_another(id: str, solution: list[str]) -> None:
    Path("wide.toml").write_text(WIDE, encoding="utf-8")
    for seed in ("1", "2", "3"):
        assert main(["sheet", id, "--seed", seed, *solution, "-o", "s.html"]) == 0
        boxes = list_boxes(read("s.html"))
        assert len(boxes) > 4
        for i, (text, corners) in enumerate(boxes):
            for other, others in boxes[i + 1 :]:
                assert not overlap(corners, others), f"{text} lies on {other}"


def test_the_weights_of_wide_layers_stand_in_the_lists_alone() -> None:
    Path("wide.toml").write_text(WIDE, encoding="utf-8")
    for id, named in (("chain", True), ("wide.toml", False)):
        assert main(["sheet", id, "--solution", "-o", "s.html"]) == 0
        picture = re.sub("<title>.*?</title>", "", read("s.html").partition("<svg")[2].partition("</svg>")[0])
        assert ("rotate(" in picture or "w₁ = " in picture) is named


def test_latex_draws_the_network_and_compiles_where_it_can() -> None:
    Path("wide.toml").write_text(WIDE, encoding="utf-8")
    for id in (*LECTURES, "wide.toml", str(FILE)):
        assert main(["sheet", id, "--latex", "--solution", "--seed", "2", "-o", "s.tex"]) == 0
        text = read("s.tex")
        named = set(re.findall(r"\\node\[[^\]]*\] \((\w+)\) at", text))
        assert {"c0", "c1", "cost"} <= named
        assert {name for drawn in re.findall(r"\\draw (.*);", text) for name in re.findall(r"\((\w+)\)", drawn)} == named
        assert "nan" not in text
        assert re.findall(r"\\begin\{(\w+)\}", text).count("longtable") == text.count("\\end{longtable}")
        assert not re.search(r"[^\x00-\x7f]", text)
        if shutil.which("pdflatex"):
            done = subprocess.run(["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "s.tex"], capture_output=True, check=False)
            assert done.returncode == 0, done.stdout[-2000:]


def test_signs_without_a_command_of_latex_are_written() -> None:
    assert write_formula_latex("∇E ← ê") == r"\nabla E \leftarrow  e"
    assert write_formula_latex("☃") == r"\mathrm{U2603}"


def test_another_problem_is_drawn_anew_and_checked_with_the_same_options(capsys: pytest.CaptureFixture[str]) -> None:
    problem = ["--activations", "relu", "softmax", "--cost", "softmax_cross_entropy", "--seed", "4"]
    assert main(["sheet", "rows", *problem, "--solution", "-o", "s.html"]) == 0
    given = {"activations": ("relu", "softmax"), "cost": "softmax_cross_entropy"}
    found = compare("rows", **draw_settings("rows", 4, given))
    assert found.agrees
    assert f"{found.hand['delta'][2][0, 0]:.9g}" in read("s.html")
    answers = {f"delta[2][0][{k}]": float(f"{number:.4g}") for k, number in enumerate(found.hand["delta"][2][0])}
    assert check("rows", answers, **draw_settings("rows", 4, given)).right
    Path("answers.toml").write_text('delta_output = "a[L] - Y"\n', encoding="utf-8")
    assert main(["check", "answers.toml", "--lecture", "rows", *problem]) == 0
    assert main(["sheet", "rows", "--seed", "1", "--eta", "0.5"]) == 2
    assert "a seed draws the numbers of rows; leave eta out, or the seed" in capsys.readouterr().err


def test_a_drawn_step_is_large_enough_to_show_a_mistake_in_it() -> None:
    small = FILE.read_text(encoding="utf-8").replace("rate = 0.3", "rate = 0.01")
    assert "rate = 0.01" in small
    Path("small.toml").write_text(small, encoding="utf-8")
    lecture = Lecture.read("small.toml")
    assert lecture.require_example().rate == 0.01
    assert draw_numbers(lecture, 1).rate >= 0.1
    assert draw_numbers(Lecture.read(FILE), 1).rate == 0.3


def test_latex_has_every_brace_closed(capsys: pytest.CaptureFixture[str]) -> None:
    for id in ("layers", str(FILE)):
        assert main(["sheet", id, "--latex", "--solution", "-o", "s.tex"]) == 0
        text = read("s.tex")
        assert text.count("{") == text.count("}")
        assert text.count("$") % 2 == 0
        assert text.count("\\begin") == text.count("\\end")
        assert not re.search(r"[^\x00-\x7f]", text)
    assert write_formula_latex("zⱼ⁽ˡ⁾ = Σₖ wⱼₖ⁽ˡ⁾·aₖ") == r"z_{j}^{(l)} = \sum _{k} w_{jk}^{(l)}\cdot a_{k}"
    assert main(["sheet", str(FILE)]) == 0
    assert "wrote softmax_rows_sheet.html" in capsys.readouterr().out


@pytest.mark.parametrize(("id", "lines"), [
    ("chain", ["C = ½(a₂ − y)²"]), ("rows", ["E[i] = ½‖Y[i] − a⁽ᴸ⁾[i]‖²", "E = (1/N)Σᵢ E[i]"]),
    ("bernoulli", ["L = −(1 − t)·log(y) − t·log(1 − y)"]), (str(FILE), ["J = ((-1)/m)Σ(Y·log(A⁽ᴸ⁾))"]),
    ("one-neuron", ["C = ½(a₁ − y)²"]),
])
def test_a_sheet_says_what_the_cost_is(id: str, lines: list[str]) -> None:
    assert main(["sheet", id, "--seed", "7", "-o", "a.html"]) == 0
    assert main(["sheet", id, "--seed", "7", "--latex", "-o", "a.tex"]) == 0
    given = unescape(strip_tags(read("a.html"))).partition(" Given ")[2].partition(" To calculate ")[0]
    for line in lines:
        assert line in given
        assert f"${write_formula_latex(line)}$" in read("a.tex").replace("\\allowbreak ", "")


@pytest.mark.parametrize(("id", "told"), [
    ("rows", "of sample 1"), ("columns", "of sample 1"), ("one-neuron", "Repeating the update"), ("layers", "has the norm"),
])
def test_a_blank_sheet_tells_no_result(id: str, told: str) -> None:
    for form in ([], ["--latex"]):
        assert main(["sheet", id, "--seed", "3", "-o", "a.txt", *form]) == 0
        assert told not in read("a.txt")
    assert main(["sheet", id, "--seed", "3", "--solution", "-o", "a.txt"]) == 0
    assert told in read("a.txt")
