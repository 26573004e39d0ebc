"""The notebooks in ``examples/`` run, cell by cell, and what a notebook displays is complete and takes no orders."""

import os
import re
import subprocess
import sys
import warnings
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from typing import Any
from xml.etree import ElementTree

import nbformat
import pytest
from browser import Open
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from selenium.webdriver import Chrome
from traitlets.config import Config

import visualize.notebook
from autograd_lite import Value, relu, total, trace
from nn.derivations import LECTURES, Comparison, Recording, check, compare
from visualize import RenderingError, draw, print_comparison
from visualize.console import make_console
from visualize.notebook import register

pytestmark = pytest.mark.slow

Shell = Any  # IPython has few types

EXAMPLES = Path(__file__).parent.parent / "examples"
NOTEBOOKS = sorted(EXAMPLES.glob("*.ipynb"))
HOSTILE = "</script><img src=x onerror=alert(1)>"

SIGNS = {  # what one lecture has and another has not
    "one-neuron": r"\delta_1 &= (a_1 - y)\,\sigma_1'(z_1)",
    "chain": r"\delta_1 = \delta_2 w_2\,\sigma_1'(z_1)",
    "layers": r"\delta_j^l &= \sum_k \delta_k^{l+1} w_{kj}^{l+1} \sigma'(z_j^l)",
    "rss": r"W_{kj}^{(l-1)}} &= -\delta_k a_j^{(l-1)}, \qquad W := W + \eta\,\delta_k a_j",
    "bernoulli": r"\sigma(a_{\mathrm{out}}) - (1 - t)",
    "columns": r"\delta^l &= (W^l)^{\top} \delta^{l+1} \times f'(z^l)",
    "rows": r"\delta^l &= \delta^{l+1} (W^l)^{\top} \times f'(z^l)",
}


def cells(path: Path, kind: str) -> list[str]:
    return [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == kind]  # type: ignore[no-untyped-call]


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    """A shell of its own, which leaves no trace: no history, no files, and ``__main__`` as it was."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    quiet = Config({"HistoryManager": {"enabled": False}})
    made: Shell = InteractiveShell(config=quiet, user_module=ModuleType("notebook"))  # type: ignore[no-untyped-call]
    register(made)
    yield made
    made.reset(new_session=False)


def shown(shell: Shell, thing: object) -> dict[str, str]:
    """What a notebook gets to choose from."""
    data: dict[str, str]
    with capture_output() as said:
        data, _ = shell.display_formatter.format(thing)
    assert not said.stdout  # IPython prints there what a formatter raises
    assert not said.stderr
    return data


def test_every_lecture_has_its_notebook() -> None:
    assert {path.stem for path in NOTEBOOKS} == set(LECTURES) == set(SIGNS)


@pytest.mark.one_in(3)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_notebooks_run_and_display_picture_derivation_and_table(path: Path, shell: Shell) -> None:
    outputs: list[dict[str, str]] = []
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # IPython lets some of its users' warnings through
        for source in cells(path, "code"):
            with capture_output() as captured:
                done = shell.run_cell(source)
            assert done.success, f"{source}\n{captured.stdout}"
            assert not captured.stderr
            outputs += [] if done.result is None else [shown(shell, done.result)]
    lecture = LECTURES[path.stem]
    cost = lecture.record(lecture.resolve({})).cost.label
    pictures = [data["image/svg+xml"] for data in outputs if "image/svg+xml" in data]
    assert {f"Computation graph of {cost}</title>" in picture for picture in pictures} == {True}
    derivations = [data["text/latex"] for data in outputs if "text/latex" in data]
    assert [r"\delta" in derivation for derivation in derivations] == [True]
    tables = [data["text/html"] for data in outputs if "text/html" in data and "image/svg+xml" not in data]
    assert tables[0] == shown(shell, compare(path.stem))["text/html"]
    assert len(tables) == 2
    assert "✗" in tables[1], "what a friend wrote is wrong"
    (solution,) = re.findall(r"```python\n(.*?)```", cells(path, "markdown")[-1], re.DOTALL)
    with capture_output():
        done = shell.run_cell(solution)
    assert done.success
    assert done.result.right
    table = shown(shell, done.result)["text/html"]
    assert "✗" not in table
    assert "✓" in table


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_notebooks_are_committed_clean(path: Path) -> None:
    notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)  # type: ignore[no-untyped-call]
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    for cell in notebook.cells:
        assert cell.cell_type == "markdown" or (cell.outputs == [] and cell.execution_count is None)
        assert not cell.metadata
    source = cells(path, "code")
    assert f'LECTURES["{path.stem}"]' in source[0]
    assert f'compare("{path.stem}")' in source
    assert re.search(rf'^check\("{path.stem}", answers', source[-1], re.MULTILINE), "check judges the answer"
    folded = cells(path, "markdown")[-1]
    assert folded.startswith("<details>\n<summary>")
    assert folded.endswith("\n</details>")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_formulas_in_the_text_are_the_lectures_and_whole(path: Path) -> None:
    texts = cells(path, "markdown")
    assert SIGNS[path.stem] in texts[0]
    for text in texts:
        for found in re.findall(r"\$\$.+?\$\$|\$[^$]+\$", text, re.DOTALL):
            depth = 0
            for brace in re.findall(r"(?<!\\)[{}]", found):
                depth += 1 if brace == "{" else -1
                assert depth >= 0, found
            assert depth == 0, found
            assert re.findall(r"\\begin\{(\w+)\}", found) == re.findall(r"\\end\{(\w+)\}", found)
        assert text.count("$") % 2 == 0


class Tags(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert {name for name, _ in attrs} <= {"style", "colspan"}

    def handle_data(self, data: str) -> None:
        self.text += f"{data} "


@pytest.mark.parametrize("id", ["one-neuron", "rss"])
def test_the_table_of_a_notebook_is_that_of_the_terminal(id: str, shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    comparison = compare(id)
    print_comparison(comparison, make_console())
    printed = [word for word in capsys.readouterr().out.split() if not set(word) <= {"─"}]
    page = Tags(shown(shell, comparison)["text/html"]).text.replace("✓", " ")
    assert page.split() == printed


def test_a_comparison_that_disagrees_says_so_where_it_does(shell: Shell) -> None:
    right = shown(shell, compare("chain"))["text/html"]
    page = shown(shell, wrong(compare("chain"), error=0.5))["text/html"]
    assert "✓ All 15 quantities agree" in right
    assert "✗ The derivations disagree, most at z₁: largest difference 0.5 of the larger number." in page
    assert "✓" not in page


def test_a_diagnosis_displays_its_table_and_sentences(shell: Shell) -> None:
    html = shown(shell, check("chain", {"delta1": "delta2 * df1(z1) * (z1 < 9)"}))["text/html"]
    for text in ("✗", "weight-missing", "w₂ is missing: δ₂ reaches z₁ only through it", "(z1 &lt; 9)"):
        assert text in html
    assert "✓" in shown(shell, check("chain", {"delta1": "delta2 * w2 * df1(z1)"}))["text/html"]


def wrong(comparison: Comparison, **changed: Any) -> Comparison:
    """With another first row."""
    return replace(comparison, rows=(replace(comparison.rows[0], **changed), *comparison.rows[1:]))


@pytest.mark.parametrize("id", ["one-neuron", "rss"])
def test_a_table_takes_text_for_text(id: str, shell: Shell) -> None:
    clean = compare(id)
    hostile = replace(wrong(clean, symbol=HOSTILE, formula=r"$x$ \(y\)" + HOSTILE, line=HOSTILE, error=1.0), notes=(HOSTILE,))
    page = shown(shell, hostile)["text/html"]
    assert Tags(page).tags - {"span"} == Tags(shown(shell, clean)["text/html"]).tags
    assert Tags(page).text.count(HOSTILE) == 4  # in the row, or the line above it, twice; the verdict; and the note
    assert not re.search(r"\$x|\\\(", page)


def test_pictures_and_derivations_take_labels_for_text(shell: Shell) -> None:
    C = relu(Value(2.0, HOSTILE) * Value(3.0, "w"))
    C.label = "C"
    picture = ElementTree.fromstring(shown(shell, C)["image/svg+xml"])
    assert not {"script", "img", "image"} & {element.tag.rpartition("}")[2] for element in picture.iter()}
    derivation = shown(shell, trace(C))["text/latex"]
    assert "onerror" in derivation
    assert not re.search(r"<[\w/!?]", derivation)


def without_ids(svg: str) -> str:
    return re.sub(r' (id|aria-labelledby)="[^"]*"', "", svg)


def test_a_value_a_drawing_and_a_trace_display_themselves(shell: Shell) -> None:
    a, b = Value(2.0, "a"), Value(3.0, "b")
    C = a * b
    C.label = "C"
    one, other = shown(shell, C)["image/svg+xml"], shown(shell, draw(C))["image/svg+xml"]
    assert without_ids(one) == without_ids(other) == without_ids(draw(C).svg)
    assert not set(re.findall(r'id="[^"]*"', one)) & set(re.findall(r'id="[^"]*"', other))
    assert a.grad == 0
    assert "<svg" in shown(shell, a)["image/svg+xml"]
    assert shown(shell, trace(C)) == {
        "text/plain": "<Trace of C: 3 nodes, 4 steps; print_steps prints them>",
        "text/latex": "$$\\begin{aligned}\nC &= a \\cdot b = 2 \\cdot 3 = 6\n\\end{aligned}$$\n"
                      "$$\\begin{aligned}\n\\frac{\\partial C}{\\partial a} &= \\frac{\\partial C}{\\partial C} \\cdot b = 1 \\cdot 3 = 3 \\\\\n"
                      "\\frac{\\partial C}{\\partial b} &= \\frac{\\partial C}{\\partial C} \\cdot a = 1 \\cdot 2 = 2\n\\end{aligned}$$"}
    assert list(shown(shell, trace(a))) == ["text/plain"]  # a leaf has no derivation


def test_a_picture_fits_the_cell_and_its_full_size_is_a_click_away(shell: Shell, chrome: Chrome, tmp_path: Path) -> None:
    lecture = LECTURES["layers"]
    recording = lecture.record(lecture.resolve({}))
    drawings = draw(recording), draw(recording), draw(recording, view="network"), draw(recording, view="network", size="slide")
    cells = "".join(f"<div style='width:600px'>{data}</div>" for data in [
        shown(shell, recording.cost)["text/html"], *(shown(shell, drawing)["text/html"] for drawing in drawings)])
    assert not re.search(r"<script|\son\w+=", cells)
    path = tmp_path / "notebook.html"
    path.write_text(f"<!DOCTYPE html><meta charset=utf-8>{cells}", encoding="utf-8")
    opened = Open(chrome, path)
    widths = "return [...document.querySelectorAll('svg')].map((svg) => svg.getBoundingClientRect().width)"
    assert all(450 < width <= 600 for width in opened.run(widths)), "two of them are as wide as the picture itself"
    repeated = """const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
        return ids.length - new Set(ids).size"""
    assert opened.run(repeated) == 0
    opened.run("document.querySelectorAll('summary')[1].click()")
    first, full, *_ = opened.run(widths)
    assert first <= 600
    assert full > 4000
    assert opened.run("return document.documentElement.scrollWidth") <= 1400, "a wide picture scrolls in its cell"
    assert not opened.problems()


def test_labels_in_a_picture_are_no_formulas_for_mathjax() -> None:
    html = draw(Value(1.0, "$x_1$") * Value(2.0, "\\(a^2\\)"))._repr_html_()
    assert re.match(r'<div class="p\d+ tex2jax_ignore mathjax_ignore">', html)
    assert "$x_1$" in html


def test_a_moved_leaf_is_said_in_the_picture(shell: Shell) -> None:
    a = Value(2.0, "a")
    C = a * a
    a.data = 3.0
    assert "a changed since the graph was recorded" in shown(shell, C)["image/svg+xml"]


def test_a_lectures_recording_has_its_delta_and_its_letters(shell: Shell) -> None:
    lecture = LECTURES["rss"]
    recording = lecture.record(lecture.resolve({}))
    derivation = shown(shell, recording)["text/latex"]
    assert r"\delta_{1}^{(l)} = -\frac{\partial \mathrm{RSS}}{\partial z_{1}^{(l)}} &= -\left(" in derivation
    assert r"a_{1}^{(l)} &= g\left(z_{1}^{(l)}\right)" in derivation
    assert shown(shell, recording)["text/plain"] == "<Recording of RSS: print_steps prints its steps, draw draws it>"


def labelled(label: Any) -> Value:
    C = Value(1.0, "a") * 2
    C.label = label
    return C


def test_a_graph_that_cannot_be_traced_falls_back_on_its_repr(shell: Shell) -> None:
    output = labelled(3)
    with pytest.raises(TypeError):
        trace(output)
    assert shown(shell, output) == {"text/plain": repr(output)}
    assert list(shown(shell, Recording(output))) == ["text/plain"]


def test_what_cannot_be_drawn_or_is_too_large_falls_back_on_its_repr(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    a = Value(1.0, "a")
    shared = a * a + a
    assert "in recursive order" in shown(shell, trace(shared, order="recursive"))["text/plain"]
    assert list(shown(shell, trace(shared, order="recursive"))) == ["text/plain"]
    long = a
    for _ in range(151):
        long = long * 1.001
    assert list(shown(shell, trace(long))) == ["text/plain"]
    assert "folded" in shown(shell, long)["image/svg+xml"]
    monkeypatch.setattr(visualize.notebook, "_LARGEST", 100)
    assert shown(shell, long) == {"text/plain": repr(long)}
    monkeypatch.setenv("AUTOGRAD_LITE_DOT", "system")
    monkeypatch.setenv("PATH", "")
    assert "image/svg+xml" in shown(shell, shared), "a small graph needs no engine"
    monkeypatch.setattr(visualize.notebook, "_LARGEST", 1000)
    wide = total([Value(float(i), f"x{i}") for i in range(300)])
    with pytest.raises(RenderingError):
        _ = draw(wide, expand="all").svg


@pytest.mark.parametrize(("program", "printed"), [
    ("import sys, visualize; print('IPython' in sys.modules, 'visualize.notebook' in sys.modules)", "False False"),
    ("import sys, IPython, visualize; print('visualize.notebook' in sys.modules)", "False"),
    (("from IPython.core.interactiveshell import InteractiveShell as Shell; shell = Shell.instance(); import visualize; "
      "from autograd_lite import Value; print(*shell.display_formatter.format(Value(1.0, 'x'))[0])"), "text/html image/svg+xml text/plain"),
])
def test_importing_registers_where_ipython_runs_and_imports_it_nowhere(program: str, printed: str, tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True,
                          env=dict(os.environ) | {"IPYTHONDIR": str(tmp_path)})
    assert done.stdout.strip() == printed
