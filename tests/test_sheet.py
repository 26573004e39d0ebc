"""Worksheets: the problem without what is asked for, and the solution with every line."""

import re
from pathlib import Path

import pytest

from nn.derivations import LECTURES, compare
from nn.derivations.internal import draw_settings
from visualize.commands.cli import main
from visualize.page.sheet import write_formula_latex

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
