"""The pages in ``docs/``: their Python runs in order, their tables are generated, their links lead somewhere."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from autograd_lite import Value
from nn.derivations import LECTURES
from nn.derivations.diagnosis.judging.generic_inputs import draw_generic_worlds
from nn.derivations.diagnosis.judging.judge import DECISIONS
from nn.derivations.lectures.layered import Place

# their lines are shown with a penalty, and with a bias where it is a question
PENALISED = {"one-neuron", "chain", "columns", "rows"}
ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_python_blocks_run_and_the_links_lead_somewhere(page: Path, capsys: pytest.CaptureFixture[str],
                                                            tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = page.read_text(encoding="utf-8")
    names: dict[str, object] = {}
    for block in re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        exec(compile(block, page.name, "exec"), names)
    if page.name == "training.md":
        printed = capsys.readouterr().out
        assert printed.startswith("converged after 278 epochs: the norm of the gradient, ")
        assert "\n[0 1 1 0]\n" in printed
        assert float(C.data if isinstance(C := names["C"], Value) else "nan") < 0.1
    if page.name == "engine.md":
        printed = capsys.readouterr().out
        assert "(2.0, 2.0)" in printed
        assert "c waits for 1 more of 2" in printed
        assert "∂y/∂a = 29 instead of 25\n∂y/∂b = 22 instead of 19\n" in printed
        assert printed.endswith("True\n")
    if page.name == "judgement.md":
        assert capsys.readouterr().out == "".join(re.findall(r"^```text\n(.*?)^```", text, re.MULTILINE | re.DOTALL))
        world = draw_generic_worlds(LECTURES["chain"], LECTURES["chain"].resolve({"activations": ["sigmoid", "sigmoid"]}), 2)[0]
        for kind, layer, number in (("pre", 1, "z₁ = 0.1856"), ("delta", 2, "δ₂ = 0.4942"), ("delta", 1, "δ₁ = −0.0588")):
            value = float(world.truth[Place(kind, layer)].item())
            assert number in text
            assert f"{value:.4f}".replace("-", "−") == number.split(" = ")[1]
        assert 'wrong = "D[l, i] = total(D[l + 1, i]) * dphi[l](u[l, i])"' in (ROOT / "nn/derivations/diagnosis/judging/mistakes.toml").read_text(encoding="utf-8")
    prose = re.sub(r"^```.*?^```|`[^`\n]*`", "", text, flags=re.MULTILINE | re.DOTALL)  # dphi[l](u) is no link
    assert all((DOCS / target).exists() for target in re.findall(r"(?<!\\)\]\(([^)#:]+)\)", prose))


def load_generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    return generate


@pytest.mark.parametrize("name", ["check.md", "engine.md", "GLOSSARY.md", "notations.md", "training.md", pytest.param("MISTAKES.md", marks=pytest.mark.exhaustive)])
def test_generated_parts_are_the_projects_own(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == load_generator().make_page(name), "write it again: python docs/generate.py"


def test_what_is_generated_has_every_row_and_every_line() -> None:
    generate = load_generator()
    assert set(generate.PARTS) == {"check.md", "engine.md", "GLOSSARY.md", "notations.md", "training.md", "MISTAKES.md"}
    assert "| sigmoid |" in generate.make_page("engine.md")
    notations = generate.make_page("notations.md")
    assert "| rss | −∂RSS/∂z | z / a | target | source |" in notations
    for id, lecture in LECTURES.items():
        for equation in lecture.equations(lecture.resolve({})):
            line = f"{equation.left} = {equation.right}".replace("[", "\\[").replace("]", "\\]").replace("|", "\\|")
            assert line in notations or id in PENALISED


def test_the_page_about_check_has_ten_examples_and_every_note() -> None:
    page = load_generator().make_page("check.md")
    assert re.findall(r"^\*\*(\d+)\. ", page, re.MULTILINE) == [str(i) for i in range(1, 11)]
    for verdict in ("right", "follows", "wrong"):
        assert f"| {verdict} |" in page
    named = re.findall(r"^\| `([^`]+)` \| (?:right|follows|wrong|not judged) \|", page, re.MULTILINE)
    assert {name.partition(" weight-missing")[0] for name in named} == set(DECISIONS)
