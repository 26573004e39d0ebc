"""axe-core, which knows the rules of accessible pages, finds nothing serious on the page and in the report."""

from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from browser import Open
from pages import of_lecture
from selenium.webdriver import Chrome

from nn.derivations import check
from visualize.commands.cli import main
from visualize.diagnosis.html_report import write_report

pytestmark = pytest.mark.slow
AXE = files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
SERIOUS = ("serious", "critical")


def find_violations(opened: Open, weights: tuple[str, ...] = SERIOUS, more: tuple[str, ...] = ()) -> list[str]:
    """The violations that axe finds, each with its elements, by its rules for WCAG 2.1 A and AA and best practices, and ``more`` rules."""
    opened.run(AXE)
    found: list[dict[str, Any]] = opened.chrome.execute_async_script(
        "const [more, done] = arguments; const rules = Object.fromEntries(more.map((id) => [id, { enabled: true }]));"
        "axe.run(document, { rules }).then((result) => done(result.violations))", [*more])
    return [f"{one['impact']}: {one['id']}: {[node['html'][:120] for node in one['nodes'][:3]]}"
            for one in found if one["impact"] in weights]


@pytest.mark.parametrize(("id", "width", "dark"), [
    ("chain", 1280, False), ("layers", 360, True), *(pytest.param(*case, marks=pytest.mark.exhaustive) for case in (
        ("chain", 360, True), ("layers", 1280, True), ("layers", 1280, False)))])
def test_the_page_has_no_serious_violation(id: str, width: int, dark: bool, chrome: Chrome, tmp_path: Path) -> None:
    opened = Open(chrome, of_lecture(tmp_path, id)[0], width=width, dark=dark)
    opened.run("page.go(page.steps().length - 1)")
    assert find_violations(opened) == []


BEYOND_KEYS = """
    return [...document.querySelectorAll('body *')].filter((e) => {
      const {overflowX, overflowY} = getComputedStyle(e);
      const scrolls = (/auto|scroll/.test(overflowX) && e.scrollWidth > e.clientWidth) || (/auto|scroll/.test(overflowY) && e.scrollHeight > e.clientHeight);
      return scrolls && e.tabIndex < 0 && ![...e.querySelectorAll('*')].some((inside) => inside.tabIndex >= 0);
    }).map((e) => e.id)"""


@pytest.mark.parametrize("width", [1280, 360])
def test_what_can_be_scrolled_can_be_scrolled_by_keyboard(width: int, chrome: Chrome, tmp_path: Path) -> None:
    opened = Open(chrome, of_lecture(tmp_path, "columns")[0], "#step=20", width=width, height=600)
    assert opened.run("const n = document.getElementById('numbers'); return n.scrollWidth > n.clientWidth"), "too long for its line"
    for step in (19, 100, 20):
        opened.run("page.go(arguments[0]); document.querySelectorAll('#picture g.node')[6].dispatchEvent(new MouseEvent('mouseenter'))", step)
        assert opened.run(BEYOND_KEYS) == []
    opened.run("page.go(page.steps().findIndex((step) => step.node === null))")
    assert opened.run("return document.getElementById('numbers').offsetHeight") == 0, "what is empty is no stop on the way"


@pytest.mark.parametrize("id", ["layers", "columns"])
def test_what_is_written_on_a_card_or_a_button_is_part_of_its_name(id: str, chrome: Chrome, tmp_path: Path) -> None:
    opened = Open(chrome, of_lecture(tmp_path, id)[0], width=1280)
    opened.run(AXE)
    named = 0
    for i, view in enumerate(("network", "every node", "folded", "layer 1")):
        opened.run("page.change([[0, arguments[1]]]); page.go(page.steps().length - 1); const v = document.getElementById('view');"
                   "v.value = arguments[0]; v.dispatchEvent(new Event('change'))", view, 1.5 + i)
        found = opened.chrome.execute_async_script(
            "const done = arguments[0]; axe.run('#picture', { runOnly: { type: 'rule', values: ['label-content-name-mismatch'] } })"
            ".then(({ violations, passes }) => done([violations, passes].map((some) => some.flatMap(({ nodes }) => nodes.map(({ html }) => html)))))")
        assert found[0] == [], view
        named += len(found[1])
        # of the whole page, word by word: what the rule asks for since axe 4.12
        missing = opened.run("""
            const plain = (text) => text.replace(/[^\\p{L}\\p{N}\\s]/gu, '').replace(/\\s+/g, ' ').trim();
            const read = (node) => (node.nodeType === 3 ? node.nodeValue : [...node.childNodes].map(read).join('').trim());
            return [...document.querySelectorAll('[role=button][aria-label], button[aria-label]')].filter((button) =>
              !plain(button.getAttribute('aria-label')).includes(plain(read(button)))).map((button) => button.outerHTML);""")
        assert missing == [], view
    assert named > 40


@pytest.mark.parametrize("arguments", [["sheet", "columns"], ["sheet", "columns", "--solution"], ["matrix", "columns", "--html"]], ids=" ".join)
def test_sheets_and_matrix_pages_have_no_violation_of_any_weight(arguments: list[str], chrome: Chrome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([*arguments]) == 0
    (path,) = tmp_path.iterdir()
    assert find_violations(Open(chrome, path), ("minor", "moderate", *SERIOUS), ("td-has-header",)) == []


@pytest.mark.parametrize(("width", "dark"), [pytest.param(1280, False, marks=pytest.mark.exhaustive), (360, True)])
def test_the_report_has_no_serious_violation(width: int, dark: bool, chrome: Chrome, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(write_report(check("layers", {"delta_hidden": "delta_next", "C": "3"})), encoding="utf-8")
    assert find_violations(Open(chrome, path, width=width, dark=dark)) == []


def test_a_violation_would_be_found(chrome: Chrome, tmp_path: Path) -> None:
    path = tmp_path / "bad.html"
    path.write_text("<!DOCTYPE html><title>x</title><button></button>", encoding="utf-8")
    assert any("button-name" in one for one in find_violations(Open(chrome, path)))
