"""axe-core, which knows the rules of accessible pages, finds nothing serious on the page and in the report."""

from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from browser import Open
from pages import of_lecture
from selenium.webdriver import Chrome

from nn.derivations import check
from visualize.diagnosis.html_report import write_report

pytestmark = pytest.mark.slow
AXE = files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
SERIOUS = ("serious", "critical")


def find_violations(opened: Open) -> list[str]:
    """The violations that axe finds, each with its elements, by its rules for WCAG 2.1 A and AA and best practices."""
    opened.run(AXE)
    found: list[dict[str, Any]] = opened.chrome.execute_async_script(
        "const done = arguments[0]; axe.run(document).then((result) => done(result.violations))")
    return [f"{one['impact']}: {one['id']}: {[node['html'][:120] for node in one['nodes'][:3]]}"
            for one in found if one["impact"] in SERIOUS]


@pytest.mark.parametrize(("id", "width", "dark"), [
    ("chain", 1280, False), ("layers", 360, True), *(pytest.param(*case, marks=pytest.mark.exhaustive) for case in (
        ("chain", 360, True), ("layers", 1280, True), ("layers", 1280, False)))])
def test_the_page_has_no_serious_violation(id: str, width: int, dark: bool, chrome: Chrome, tmp_path: Path) -> None:
    opened = Open(chrome, of_lecture(tmp_path, id)[0], width=width, dark=dark)
    opened.run("page.go(page.steps().length - 1)")
    assert find_violations(opened) == []


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


@pytest.mark.parametrize(("width", "dark"), [pytest.param(1280, False, marks=pytest.mark.exhaustive), (360, True)])
def test_the_report_has_no_serious_violation(width: int, dark: bool, chrome: Chrome, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(write_report(check("layers", {"delta_hidden": "delta_next", "C": "3"})), encoding="utf-8")
    assert find_violations(Open(chrome, path, width=width, dark=dark)) == []


def test_a_violation_would_be_found(chrome: Chrome, tmp_path: Path) -> None:
    path = tmp_path / "bad.html"
    path.write_text("<!DOCTYPE html><title>x</title><button></button>", encoding="utf-8")
    assert any("button-name" in one for one in find_violations(Open(chrome, path)))
