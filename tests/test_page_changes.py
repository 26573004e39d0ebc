"""What the page shows around a step and a change: time, before and after, what travels and waits, the plane, the order, paper."""

import base64
import math
import random
import re
from pathlib import Path
from typing import Any

import pytest
from browser import Open
from pages import in_python, made, make_batch, of_lecture
from selenium.webdriver import Chrome, Keys

from autograd_lite import Value, affine, trace
from autograd_lite.internal import format_number
from nn.derivations import LECTURES, compare
from visualize.steps.equations import find_delta, write_node_gradient

pytestmark = pytest.mark.slow

CARD = "[...document.querySelectorAll('#picture g.node')].find((g) => g.querySelector('text').textContent.startsWith(arguments[0]))"


def fan_out() -> Value:
    a, b = Value(2.0, "a"), Value(3.0, "b")
    c = a * b
    c.label = "c"
    y = c * c + c
    y.label = "y"
    return y


def find_node(opened: Open, name: str) -> int:
    found: int = opened.run("return page.graph.nodes.findIndex((node) => node.name === arguments[0])", name)
    return found


def read_signs(opened: Open) -> dict[str, str]:
    """Card -> what stands in its corner."""
    found: dict[str, str] = opened.run(
        "return Object.fromEntries([...document.querySelectorAll('#picture .sign text')].map((text) => "
        "[text.closest('.node').querySelector('text').textContent.split(' = ')[0], text.textContent]))")
    return found


def test_the_page_opens_on_the_finished_passes(chrome: Chrome, tmp_path: Path) -> None:
    opened = Open(chrome, of_lecture(tmp_path, "chain")[0], width=1280, height=800)
    assert opened.text("where") == "Step 20 of 20, backward: both passes are finished"
    assert "…" not in opened.text("picture")
    for number in ("36.8956", "-8.59018", "-0.00292871"):
        assert number in opened.text("picture")
    time = chrome.find_element("id", "time")
    time.send_keys(Keys.HOME)
    assert opened.text("where") == "Step 1 of 20, forward"
    for key, step in ((Keys.PAGE_DOWN, 2), (Keys.ARROW_RIGHT, 3), (Keys.PAGE_UP, 2)):  # a presenter's keys go one step on a slider too
        time.send_keys(key)
        assert opened.text("where") == f"Step {step} of 20, forward", key
    forward, backward = opened.run("return [...document.querySelectorAll('#passes span')].map((e) => e.getBoundingClientRect().width)")
    assert backward / forward == pytest.approx(13 / 7, rel=0.02)
    assert opened.problems() == []


def test_a_change_shows_before_and_after_and_its_factor(chrome: Chrome, tmp_path: Path) -> None:
    path, _ = of_lecture(tmp_path, "chain")
    opened = Open(chrome, path, "#step=15", width=1280, height=800)
    w2 = find_node(opened, "w₂")
    assert opened.run("return document.getElementById('moved').hidden")
    opened.set(f"leaf-{w2}", "2")
    lines = opened.run("return [...document.querySelectorAll('#moved li')].map((e) => e.textContent)")
    assert lines[:4] == ["w₂: 0.400157 → 2", "C: 36.8956 → 24.442", "δ₂: -8.59018 → -6.99171", "δ₁: -0.00292871 → -0.011914"]
    assert "∂C/∂w₁: -0.0117148 → -0.0476559" in lines
    box = opened.run("const {top, bottom} = document.getElementById('moved').getBoundingClientRect(); return [top, bottom, innerHeight]")
    assert 0 < box[0] < box[1] <= box[2]
    # ∂C/∂a₁ += ∂C/∂z₂·w₂: both factors moved, w₂ by hand
    marked = "return [...document.querySelectorAll('#equation .moved, #numbers .moved')].map((e) => e.textContent)"
    assert opened.run(marked) == ["∂C∂z2", "w2", "(-6.99171)", "2"]
    assert read_signs(opened)["w₂"] == "Δ"
    assert "z₁" not in read_signs(opened), "its δ is still to come"
    opened.run("page.go(16)")
    assert opened.run(marked) == ["∂C∂a1", "(-13.9834)"], "a₁ is as before"
    assert "z₁" in read_signs(opened)
    opened.click("predict")
    opened.run("page.go(16)")
    assert "δ₁" not in opened.text("moved"), "it is to be predicted"
    opened.click("predict")
    opened.click("descend")
    assert re.match(r"C: 24\.442 → \d", opened.run("return [...document.querySelectorAll('#moved li')].map((e) => e.textContent)"
                                                   ".find((text) => text.startsWith('C: '))")), "from before the last change"
    slider = f"#leaf-{w2} ~ [type=range]"
    for value in ("1", "0.5"):  # all the way of a slider is one change
        opened.run("const s = document.querySelector(arguments[0]); s.value = arguments[1]; s.dispatchEvent(new Event('input'))", slider, value)
    first, second = (opened.run("return document.querySelector('#moved li').textContent").split(" → "))
    assert first.startswith("w₂: ")
    assert first != "w₂: 1"
    assert float(second) == pytest.approx(0.5, abs=0.05)
    opened.click("reset")
    assert opened.run("return document.getElementById('moved').hidden")
    assert read_signs(opened) == {}
    assert opened.problems() == []


MOVED = """
    const svg = document.querySelector('#picture svg');
    const part = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    const read = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    const light = (element) => read(getComputedStyle(element).fill).reduce((sum, c, i) => sum + [0.2126, 0.7152, 0.0722][i] * c, 0.05);
    const ink = (text) => {
      const {left, right, top, height} = text.getBoundingClientRect();
      return {left, right, top: top + 0.16 * height, bottom: top + 0.97 * height, text: text.textContent};
    };
    const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    const texts = [...svg.querySelectorAll('text')].filter((text) => text.textContent);
    const signs = [...svg.querySelectorAll('.sign rect')].map((rect) => rect.getBoundingClientRect());
    const outside = texts.filter((text) => !text.closest('.signs')).map(ink);
    const moved = texts.filter((text) => text.textContent.includes('→'));
    return {
      moved: moved.map((text) => text.textContent),
      letters: Math.min(...texts.map((text) => parseFloat(getComputedStyle(text).fontSize) * part)),
      contrast: Math.min(...moved.map((text) => [text, text.closest('.node').querySelector('path')].map(light).sort((a, b) => b - a).reduce((a, b) => a / b))),
      beyond: moved.filter((text) => text.getBoundingClientRect().right > text.closest('.node').querySelector('path').getBoundingClientRect().right - 2 * part).map((text) => text.textContent),
      overlaps: [...outside.flatMap((one, i) => outside.slice(i + 1).filter((other) => meet(one, other)).map((other) => [one.text, other.text])),
        ...outside.filter((one) => signs.some((sign) => meet(one, sign))).map((one) => [one.text, 'Δ'])]};"""


@pytest.mark.one_in(3)
@pytest.mark.parametrize("size", [(1280, 800), (1366, 768), (1280, 600), (850, 720), (360, 740)], ids=str)
@pytest.mark.parametrize(("id", "leaf"), [("one-neuron", "w₁"), ("chain", "w₂"), ("layers", "w₁₁⁽²⁾")])
def test_cards_show_what_their_numbers_were(id: str, leaf: str, size: tuple[int, int], chrome: Chrome, tmp_path: Path) -> None:
    path, recording = of_lecture(tmp_path, id)
    before = {node.name: node for node in trace(recording.cost).nodes}
    for dark in (False, True):
        opened = Open(chrome, path, width=size[0], height=size[1], dark=dark)
        for value in (2.0, -1.234567e-05):
            opened.click("reset")
            opened.set("view", "every node")
            opened.press("End")
            opened.set(f"leaf-{find_node(opened, leaf)}", repr(value))
            found = opened.run(MOVED)
            after = in_python(recording, {leaf: value})
            expected = [f"{left}{format_number(was)} → {format_number(now)}"
                        for node in after.nodes
                        for delta in [find_delta(node, recording.deltas)] for scale in [delta.scale if delta else 1]
                        for left, was, now in [
                            ("value ", before[node.name].value, node.value),
                            (write_node_gradient(after, node, recording.deltas).rpartition(" ")[0] + " ", scale * (before[node.name].gradient or 0.0), scale * (node.gradient or 0.0))]
                        if format_number(was) != format_number(now)]
            assert sorted(found["moved"]) == sorted(expected)
            assert f"value {format_number(before[leaf].value)} → {format_number(value)}" in expected
            assert (found["beyond"], found["overlaps"]) == ([], [])
            assert found["letters"] >= 9
            assert found["contrast"] >= 4.5
            in_python(recording, {leaf: before[leaf].value})
    opened.press("Home")
    told = opened.run(MOVED)["moved"]
    assert f"value {format_number(before[leaf].value)} → {format_number(value)}" in told
    assert "∂" not in "".join(told), "gradients are still to come"
    opened.press("End")
    opened.run("window.kept = ''; addEventListener('beforeprint', () => { kept = document.getElementById('handout').querySelector('svg').textContent; }); dispatchEvent(new Event('beforeprint'))")
    assert "value" in opened.run("return kept")
    assert "→" not in opened.run("return kept"), "on paper the last change is not told"
    opened.click("reset")
    assert opened.run(MOVED)["moved"] == []
    assert opened.problems() == []


IN_SIGHT = """
    const frames = ['moved', 'sheet'].map((id) => document.getElementById(id).getBoundingClientRect());
    frames.push({left: 0, top: 0, right: innerWidth, bottom: innerHeight});
    const isSeen = (button) => {
      const {left, right, top, bottom} = button.getBoundingClientRect();
      const ends = [left + 2, right - 2].map((x) => document.elementFromPoint(x, (top + bottom) / 2));
      return frames.every((f) => left >= f.left - 1 && right <= f.right + 1 && top >= f.top - 1 && bottom <= f.bottom + 1) && ends.every((e) => e === button);
    };
    const lines = [...document.querySelectorAll('#moves-list button')].filter((button) => button.textContent.startsWith(arguments[0] + ':') || button.textContent.startsWith('δ'));
    const {bottom} = document.activeElement.getBoundingClientRect();
    const sheet = document.getElementById('sheet');
    const floor = getComputedStyle(sheet).position === 'static' ? innerHeight : frames[1].top;
    return [lines.filter(isSeen).length, lines.length, scrollY === 0 || bottom <= floor];"""


@pytest.mark.parametrize("size", [(1280, 800), (850, 720), (360, 740)])
@pytest.mark.parametrize(("id", "moved"), [("chain", 3), ("layers", 7), ("columns", 16)])
def test_the_output_and_every_delta_that_moved_are_in_sight(id: str, moved: int, size: tuple[int, int], chrome: Chrome, tmp_path: Path) -> None:
    path, recording = of_lecture(tmp_path, id)
    opened = Open(chrome, path, width=size[0], height=size[1])
    output = recording.cost.label
    for field in ("last", "first", "descend"):
        touched = opened.run("const all = document.querySelectorAll('#leaves input[id]'); const e = {first: all[0], last: all[all.length - 1]}[arguments[0]]"
                             " || document.getElementById(arguments[0]); if (e.closest('details')) e.closest('details').open = true;"
                             " e.focus(); e.scrollIntoView({block: 'nearest'}); return e.id", field)
        if field == "descend":
            opened.click("descend")
        else:
            opened.set(touched, "0.77")
        seen, told, is_free = opened.run(IN_SIGHT, output)
        assert seen == told > 1, field
        assert is_free, f"{touched} is pushed away or covered"
    assert told == moved
    assert opened.problems() == []


COUNT = """
    window.calls = {};
    const count = (owner, key) => {
      const own = owner[key];
      owner[key] = function (...given) { window.calls[key] = (window.calls[key] || 0) + 1; return own.apply(this, given); };
    };
    for (const [owner, key] of [[SVGGraphicsElement.prototype, 'getBBox'], [SVGTextContentElement.prototype, 'getComputedTextLength'],
      [SVGGeometryElement.prototype, 'getTotalLength'], [Element.prototype, 'getBoundingClientRect'], [History.prototype, 'replaceState'], [Document.prototype, 'createElementNS'],
      [Object.getPrototypeOf(page.graph), 'sweepAnew'], [Object.getPrototypeOf(page.graph), 'operands']]) count(owner, key);"""


def test_an_edit_does_no_more_than_it_must(chrome: Chrome, tmp_path: Path) -> None:
    opened = Open(chrome, made(tmp_path, make_batch(2)), width=1280, height=800)
    opened.run("page.go(page.steps().length >> 1, false)")
    opened.run(COUNT)
    edit = "window.calls = {}; for (let i = 1; i <= 10; i += 1) page.change([[arguments[0], arguments[1] + i / 100]]); return window.calls"
    for name, computed in (("x₁[1]", 90), ("b₁⁽³⁾", 12)):
        i = find_node(opened, name)
        opened.run("page.change([[arguments[0], 0.3]])", i)
        calls = opened.run(edit, i, 0.3)
        assert calls.pop("sweepAnew") == 10, "the numbers of before are known"
        assert calls.pop("operands") <= 10 * computed, "only what follows from the number is computed anew, and 70 nodes are"
        assert calls.pop("replaceState", 0) <= 2, "a browser refuses a page that writes its address too often"
        assert calls.pop("createElementNS") <= 60, "signs that are there stay"
        assert calls == {}, "the layout of the page is not forced"
    waiting = "for (let i = 0; i < 4; i += 1) page.go((page.steps().length >> 1) + i, false);"
    assert opened.run(f"{waiting} window.calls = {{}}; {waiting} return window.calls.getComputedTextLength || 0") == 0, "each text is measured once"
    scroll = "return document.getElementById('picture').scrollTop"
    opened.run("page.go(3)")
    for _ in range(4):
        opened.click("larger")
    opened.run("document.getElementById('picture').scrollTop = 10000")
    below = opened.run(scroll)
    assert below > 0
    opened.run("page.change([[arguments[0], 0.1]])", find_node(opened, "x₁[1]"))
    assert opened.run(scroll) == below, "the reader looks there"
    opened.run("page.go(4)")
    assert opened.run(scroll) < below


def test_signs_stay_while_they_are_true(chrome: Chrome, tmp_path: Path) -> None:
    opened = Open(chrome, of_lecture(tmp_path, "columns")[0], width=1280, height=800)
    opened.set(f"leaf-{find_node(opened, 'Y₁[2]')}", "0.5")
    opened.set("sample", "0")
    first = read_signs(opened)
    opened.set("sample", "1")
    second = read_signs(opened)
    assert second != first, "another sample moved"
    opened.set("sample", "0")
    assert read_signs(opened) == first
    for step in (-2, -3, -2):  # two lines
        opened.run("page.go(page.steps().length + arguments[0], false)", step)
        assert opened.run("return document.querySelectorAll('.backward-head').length") == 1
    marks = "return [...document.querySelectorAll('#picture .sign, #picture .backward-head')].map((mark) => mark.outerHTML)"
    drawn = opened.run(marks)
    opened.run("dispatchEvent(new Event('beforeprint'))")
    assert opened.run(marks) == [], "the handout is of no step"
    opened.run("dispatchEvent(new Event('afterprint'))")
    assert opened.run(marks) == drawn


def test_a_value_that_moved_leads_to_the_step_that_computes_it_and_a_leaf_to_none(chrome: Chrome, tmp_path: Path) -> None:
    opened = Open(chrome, of_lecture(tmp_path, "chain")[0], width=1280, height=800)
    w2 = find_node(opened, "w₂")
    opened.set(f"leaf-{w2}", "0.8")
    of_cost, of_leaf = (chrome.find_element("xpath", f"//*[@id='moves-list']//button[starts-with(., '{name}: ')]") for name in ("C", "w₂"))
    of_cost.click()  # by a pointer, which lights the line first
    assert opened.text("where") == "Step 7 of 20, forward"
    told = opened.run("return [...document.querySelectorAll('#before li')].map((e) => e.textContent)")
    assert [line.split(": ")[0] for line in told] == ["w₂", "v₂", "C"]
    assert told[-1] == "C: 36.8956 → 33.5436"
    for _ in range(2):  # it stays kept
        of_leaf.click()
        assert opened.text("where") == "Step 7 of 20, forward"
        assert opened.text("node-name") == "w₂"
        assert "w₂ was changed: 0.400157 → 0.8. It is a leaf: no step computes it." in opened.text("node-text")
    assert opened.problems() == []


def test_the_product_of_the_changed_number_is_told_of_a_long_way(chrome: Chrome, tmp_path: Path) -> None:
    opened = Open(chrome, of_lecture(tmp_path, "layers")[0], "#step=54", width=1280, height=800)
    opened.set(f"leaf-{find_node(opened, 'w₁₁⁽³⁾')}", "0")
    told = opened.run("return [...document.querySelectorAll('#before ul:last-child li')].map((e) => e.textContent)")
    assert "·w₁₁⁽³⁾: " in " ".join(told)
    assert re.fullmatch(r"… and \d+ more", told[-1])
    assert len(told) == 7
    assert opened.problems() == []


@pytest.mark.parametrize("width", [1280, 360])
def test_what_moved_leads_to_why(width: int, chrome: Chrome, tmp_path: Path) -> None:
    opened = Open(chrome, of_lecture(tmp_path, "chain")[0], width=width, height=800)
    opened.set(f"leaf-{find_node(opened, 'w₂')}", "2")
    choose = "[...document.querySelectorAll('#moved button')].find((b) => b.textContent.startsWith(arguments[0])).click()"
    opened.run(choose, "δ₁: ")
    assert opened.text("where") == "Step 17 of 20, backward"
    told = opened.run("return [...document.querySelectorAll('#before li')].map((e) => [e.textContent, e.getBoundingClientRect().bottom])")
    assert told[2][0] == "δ₁ = ∂C/∂z₁: -0.00292871 → -0.011914"
    factor = next(bottom for text, bottom in told if text.startswith("∂C/∂a₁ += ∂C/∂z₂·w₂: (-8.59018)·0.400157"))
    top = opened.run("return document.getElementById('where').getBoundingClientRect().top")
    assert 0 < top < 200
    assert factor < 800 or width == 360, "in sight"
    assert "δ₁ = δ₂·w₂·σ₁′(z₁)" in opened.text("hand")
    opened.run(choose, "C: ")
    assert opened.text("where") == "Step 7 of 20, forward"
    opened.run(choose, "w₂: ")
    assert opened.text("node-name") == "w₂", "a leaf is kept"
    assert opened.problems() == []


def test_names_in_an_equation_and_cards_light_each_other(chrome: Chrome, tmp_path: Path) -> None:
    opened = Open(chrome, of_lecture(tmp_path, "chain")[0], "#step=15", width=1280, height=800)
    lit = "return [...document.querySelectorAll('.pointed')].map((e) => e.querySelector('text') ? e.querySelector('text').textContent.split(' = ')[0] : e.textContent)"
    symbols = opened.run("return [...document.querySelectorAll('#equation [data-node]')].map((e) => e.textContent)")
    assert symbols == ["∂C∂a1", "∂C∂z2", "w2"]
    opened.run("document.querySelectorAll('#equation [data-node]')[2].dispatchEvent(new PointerEvent('pointerover', {bubbles: true}))")
    assert set(opened.run(lit)) == {"w2", "w₂"}
    opened.run("document.querySelectorAll('#equation [data-node]')[1].focus()")
    assert set(opened.run(lit)) == {"∂C∂z2", "z₂"}
    opened.run(f"{CARD}.focus()", "w₂")
    assert set(opened.run(lit)) == {"w2", "w₂"}
    symbol = chrome.find_element("css selector", "#equation mrow[data-node]")
    symbol.send_keys(Keys.ENTER)
    assert opened.text("node-name") == "w₂"
    assert opened.run("return document.activeElement.textContent") == "w2", "the focus stays"


def test_a_gradient_travels_against_the_arrow_and_a_node_waits(chrome: Chrome, tmp_path: Path) -> None:
    path = made(tmp_path, fan_out())
    opened = Open(chrome, path, "#step=4", width=1280, height=800)
    waits = [opened.run("page.go(arguments[0]); return null", i) or read_signs(opened).get("c") for i in range(3, 10)]
    assert waits == ["0 of 3 arrived", "0 of 3 arrived", "1 of 3 arrived", "2 of 3 arrived", "3 of 3 arrived", None, None]
    opened.run("page.go(2)")
    moves = """
        const done = arguments[0];
        const height = () => new DOMPoint().matrixTransform(document.querySelector("#picture .traveller").getScreenCTM()).y;
        const seen = [height()];
        const look = () => {
          if (!document.querySelector("#picture .traveller")) return done(seen);
          seen.push(height());
          requestAnimationFrame(look);
        };
        requestAnimationFrame(look);"""
    opened.run("page.go(4)")  # y passes on to v₁, which stands above it
    assert opened.run("return document.querySelector('#picture .traveller text').textContent") == "1"
    heights = chrome.execute_async_script(moves)
    assert heights == sorted(heights, reverse=True)
    assert heights[0] - heights[-1] > 10
    opened.run("page.go(2)")  # y is computed from v₁
    heights = chrome.execute_async_script(moves)
    assert heights == sorted(heights)
    assert heights[-1] - heights[0] > 10
    tip, card = opened.run(f"page.go(4); const head = document.querySelector('.backward-head').getBoundingClientRect(); return [head.top, {CARD}.getBoundingClientRect().bottom]", "v₁")
    assert tip == pytest.approx(card, abs=4), "the head of the arrow is at the operand"
    still = [{"name": "prefers-reduced-motion", "value": "reduce"}]
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": still})
    assert opened.run("page.go(5); return document.querySelector('#picture .traveller')") is None
    assert opened.run("return document.querySelector('.backward-head')") is not None
    assert opened.problems() == []


def test_so_it_is_in_the_network(chrome: Chrome, tmp_path: Path) -> None:
    opened = Open(chrome, of_lecture(tmp_path, "layers")[0], "#step=1", width=1280, height=800)
    assert opened.run("return document.getElementById('view').value") == "network"
    a, w = (find_node(opened, name) for name in ("a₂⁽²⁾", "w₁₂⁽³⁾"))
    arrive = "page.go(page.steps().findLastIndex((step) => !step.forward && step.parent === arguments[0]))"
    opened.run(arrive, a)
    assert read_signs(opened)["a₂⁽²⁾"] == "2 of 2 arrived"
    assert read_signs(opened)["a₁⁽¹⁾"] == "0 of 2 arrived"
    ends = """
        const line = document.querySelector("#picture .edge.lit line.weight");
        const [tip] = document.querySelector("#picture .edge.lit .backward-head").points;
        return ["x1", "x2"].map((end) => Number(line.getAttribute(end))).concat(tip.x);"""
    start, end, tip = opened.run(ends)
    assert tip == pytest.approx(start), "back to the unit before"
    opened.run(arrive, w)
    start, end, tip = opened.run(ends)
    assert tip == pytest.approx((start + end) / 2), "a weight's gradient stays on its line"
    opened.set(f"leaf-{w}", "2")
    assert read_signs(opened)["C"] == "Δ"
    opened.run("document.querySelector('#moved [data-node]').dispatchEvent(new PointerEvent('pointerover', {bubbles: true}))")
    assert opened.run("return [...document.querySelectorAll('#picture .pointed')].map((e) => e.getAttribute('class').split(' ')[0])") == ["edge"]
    opened.press("End")
    was, now = opened.run("return [...document.querySelectorAll('#moved li')].map((e) => e.textContent).find((text) => text.startsWith('δ₂⁽²⁾: '))").split(": ")[1].split(" → ")
    opened.run("[...document.querySelectorAll('#picture g.node')].find((g) => g.textContent.startsWith('a₂⁽²⁾')).dispatchEvent(new MouseEvent('mouseenter'))")
    told = opened.run("return document.querySelectorAll('#node-text p')[1].textContent")
    assert told == f"δ₂⁽²⁾ = ∂C/∂z₂⁽²⁾ = {was} → {now}", "a circle has no room for two numbers"
    assert opened.problems() == []


def test_what_signs_mean_is_said_while_they_are_seen(chrome: Chrome, tmp_path: Path) -> None:
    opened = Open(chrome, of_lecture(tmp_path, "chain")[0], "#step=3", width=1280, height=800)
    assert "not computed yet" in opened.text("signs")
    assert "computed in this step" in opened.text("signs")
    opened.press("End")
    assert opened.text("signs") == "a gradient goes this way in this step"
    dashes = "return [...new Set([...document.querySelectorAll('#picture g.node path, #picture g.node polygon, #picture g.edge path')].map((e) => getComputedStyle(e).strokeDasharray))]"
    opened.run(f"{CARD}.dispatchEvent(new KeyboardEvent('keydown', {{key: 'Enter', bubbles: true}}))", "z₁")
    assert opened.run(dashes) == ["none"], "all is computed"
    opened.press("Home")
    assert sorted(opened.run(dashes)) == ["3px, 3px", "none"]


def test_the_plane_shows_why_one_sample_does_not_lead_to_the_line(chrome: Chrome, tmp_path: Path) -> None:
    opened = Open(chrome, of_lecture(tmp_path, "one-neuron")[0])
    assert "The cost is 0 wherever w₁·1.5 + b₁ = 4" in opened.text("plane-text")
    assert "The gradient (∂C/∂w₁, ∂C/∂b₁) is ∂C/∂z₁·(1.5, 1). So every gradient step moves (w₁, b₁) along ±(1.5, 1)" in opened.text("plane-text")
    assert "end at (1.83077, 1.25385) and not at (2, 1), another point of the line: weight and bias of y = 2x + 1" in opened.text("plane-text")
    assert "A second sample of y = 2x + 1, with another x, has another line" in opened.text("plane-text")

    def find(kind: str) -> tuple[float, float]:
        x, y = opened.run("const c = document.querySelector(`#plane ${arguments[0]}`); return [Number(c.getAttribute('cx')), Number(c.getAttribute('cy'))]", kind)
        return x, y

    def distance(point: tuple[float, float]) -> float:
        """From the line of minima."""
        x1, y1, x2, y2 = map(float, opened.run("const l = document.querySelector('#plane .minima'); return ['x1', 'y1', 'x2', 'y2'].map((k) => Number(l.getAttribute(k)))"))
        return abs((x2 - x1) * (y1 - point[1]) - (x1 - point[0]) * (y2 - y1)) / math.hypot(x2 - x1, y2 - y1)

    assert distance(find(".truth")) < 0.01, "(2, 1) is one of the minima"
    assert distance(find(".here")) > 20
    opened.click("descend20")
    assert distance(find(".here")) < 0.5
    way = [tuple(map(float, pair.split(","))) for pair in opened.run("return document.querySelector('#plane polyline').getAttribute('points')").split()]
    assert len(way) == 21
    (x0, y0), (x1, y1) = way[0], way[-1]
    assert (y0 - y1) / (x1 - x0) == pytest.approx(1 / 1.5, rel=1e-6), "straight along (x, 1)"
    x, y = find(".truth")
    assert math.hypot(x - x1, y - y1) > 10
    opened.set(f"leaf-{find_node(opened, 'y')}", "3")
    assert "The point (2, 1) is not on the line: this sample is not one of y = 2x + 1, the line of the example." in opened.text("plane-text")
    opened.set(f"leaf-{find_node(opened, 'x')}", "-1")
    assert "wherever w₁·(-1) + b₁ = 3:" in opened.text("plane-text")
    opened.set("eta", "10")
    opened.click("run")
    opened.later("plane-text")
    opened.click("reset")
    assert len(opened.run("return document.querySelector('#plane polyline').getAttribute('points')").split()) == 1
    assert opened.problems() == []


@pytest.mark.parametrize(("id", "settings"), [("one-neuron", {"activation": "sigmoid"}), ("one-neuron", {"penalty": "l2", "lam": 0.1}), ("chain", {})])
def test_no_plane_where_the_minima_are_no_line(id: str, settings: dict[str, Any]) -> None:
    from visualize import page

    assert page(LECTURES[id].record(compare(id, **settings).settings)).data["plane"] is None


def test_a_plane_for_a_cost_of_ones_own() -> None:
    from visualize import page

    w, x, b, y = Value(0.5, "w"), Value(3.0, "x"), Value(0.0, "b"), Value(7.0, "y")
    data = page((affine([w], [x], b) - y) ** 2).data
    plane = data["plane"]
    assert plane is not None
    names = [node["name"] for node in data["nodes"]]
    assert [names[i] for i in (plane["w"], plane["b"], plane["x"], plane["y"])] == ["w", "b", "x", "y"]
    assert plane["truth"] is None, "one sample does not tell which line is meant"
    for other in (-((affine([w], [x], b) - y) ** 2), (affine([w], [x], b) - y) * 2.0, affine([w], [x], b) ** 2):
        assert page(other).data["plane"] is None


def test_no_topological_order_is_offered_where_it_goes_wrong(chrome: Chrome, tmp_path: Path) -> None:
    opened = Open(chrome, of_lecture(tmp_path, "chain")[0])
    assert opened.run("return document.getElementById('orders').offsetHeight") == 0
    opened = Open(chrome, made(tmp_path, fan_out()))
    assert opened.run("return document.getElementById('orders').offsetHeight") > 0
    opened.click("recursive")
    assert read_signs(opened)["c"] == "too early: 1 of 3 arrived"
    opened.press("End")
    assert read_signs(opened) == {"a": "right: 39", "b": "right: 26"}
    assert "∂y/∂a = 93" in opened.run(f"return {CARD}.textContent", "a")
    assert "What c passes on here is passed on again as part of its whole gradient, so it counts more than once. The recursion ends with" in opened.text("order")
    assert "wrong without the order" in opened.text("signs")
    opened.click("recursive")
    assert read_signs(opened) == {}
    assert opened.problems() == []


def graph_at_random(seed: int) -> Value:
    """Products and sums of what was computed before, each of which has its own name."""
    draw = random.Random(seed)
    nodes = [Value(float(draw.randint(-3, 3)), name) for name in "abc"]
    for name in "defgh":
        one, other = (draw.choice(nodes[-4:]) for _ in range(2))
        nodes.append(one * other if draw.random() < 0.5 else one + other)
        nodes[-1].label = name
    return nodes[-1]


@pytest.mark.parametrize("seed", range(6))
def test_without_an_order_what_is_said_of_a_gradient_is_true_at_each_step(seed: int, chrome: Chrome, tmp_path: Path) -> None:
    output = graph_at_random(seed)
    recorded = trace(output, "recursive")
    right = {node.name: node.gradient for node in trace(output).nodes}
    opened = Open(chrome, made(tmp_path, output))
    opened.run("page.go(0); document.getElementById('recursive').disabled || document.getElementById('recursive').click()")
    told = opened.run("return page.steps().map((_, i) => { page.go(i, false); return document.getElementById('waits').textContent; })")
    steps = recorded.backward
    edges = [(step.parent, step.node, step.operand) for step in steps]
    for k, (step, text) in enumerate(zip(steps, told[len(recorded.forward):], strict=True)):
        here = [i for i, (parent, *_) in enumerate(edges) if parent == step.parent]
        heard = len({edges[i] for i in here if i <= k})
        later = list(dict.fromkeys(str(edges[i][1]) for i in here if i > k))
        name, is_right = step.parent, step.after == right[step.parent]
        is_repeated = len({edges[i] for i in here}) < len(here)
        if step.node is not None and heard < step.consumers:
            expected = f"{name} has heard from {heard} of {step.consumers} consumers."
        elif later:
            expected = f"{name} has heard from all of its consumers, but not for the last time: more is to come from {', '.join(later)}."
        elif not is_repeated:
            assert is_right
            expected = f"{name} has heard from all of its consumers: its gradient is complete."
        else:
            again = ", ".join(dict.fromkeys(str(edges[i][1]) for i in here if edges[i] in edges[:i]))
            after, whole = format_number(step.after or 0.0), format_number(right[name] or 0.0)
            ends = f"∂h/∂{name} = {whole} is right by chance" if is_right else f"∂h/∂{name} = {after} instead of {whole}"
            expected = f"{name} has heard from all of its consumers, but more than once from {again}: {ends}."
        assert text == expected + (f" {step.node} passes on too early." if step.early else "")
    assert opened.problems() == []


def test_controls_come_first_and_focus_is_kept(chrome: Chrome, tmp_path: Path) -> None:
    opened = Open(chrome, of_lecture(tmp_path, "chain")[0], "#step=17", width=1280, height=800)
    body = chrome.find_element("tag name", "body")
    reached = []
    for _ in range(9):
        body = chrome.switch_to.active_element
        body.send_keys(Keys.TAB)
        reached.append(opened.run("const e = document.activeElement; return e.id || e.textContent"))
    assert reached == ["To the steps", "To the numbers", "To the picture", "first", "back", "play", "next", "last", "time"]
    chrome.find_element("css selector", "[href='#graph']").send_keys(Keys.ENTER)
    assert opened.run("return document.activeElement.id") == "graph"
    assert opened.run("return [...document.querySelectorAll('[aria-current=step]')].map((g) => g.querySelector('text').textContent.split(' = ')[0]).sort()") == ["a₁", "z₁"]
    opened.click("predict")
    field = chrome.find_element("id", "answer")
    field.send_keys("7", Keys.TAB, Keys.ENTER)  # the button
    assert opened.run("return document.activeElement.id") == "answer", "to be tried again"
    field.send_keys("-0.0029", Keys.ENTER)
    assert opened.text("waits").startswith("Right.")
    assert opened.run("return document.activeElement.id") == "next"


def test_on_a_phone_what_a_touch_changes_is_in_a_sheet(chrome: Chrome, tmp_path: Path) -> None:
    opened = Open(chrome, of_lecture(tmp_path, "chain")[0], width=360, height=740)
    sheet = "const s = document.getElementById('sheet'); const {top, bottom, left, right} = s.getBoundingClientRect(); return [getComputedStyle(s).position, bottom, innerHeight, left, right, top]"
    assert opened.run(sheet)[0] == "static"
    field = chrome.find_element("id", f"leaf-{find_node(opened, 'w₂')}")
    opened.run("arguments[0].scrollIntoView({block: 'center'})", field)
    at = opened.run("return arguments[0].getBoundingClientRect().top", field)
    opened.set(f"leaf-{find_node(opened, 'w₂')}", "2")
    position, bottom, height, left, right, top = opened.run(sheet)
    assert (position, left, bottom) == ("fixed", 0, height)
    assert 340 <= right <= 360  # but for a scroll bar
    assert opened.run("return arguments[0].getBoundingClientRect().bottom", field) < top, "the field is not covered"
    assert opened.run("return arguments[0].getBoundingClientRect().top", field) == pytest.approx(at, abs=1), "nor pushed away"
    assert "C: 36.8956 → 24.442" in opened.text("moved")
    assert opened.run("return document.documentElement.scrollWidth") <= 360
    opened.click("close-sheet")
    assert opened.run(sheet)[0] == "static"
    opened.run(f"{CARD}.dispatchEvent(new MouseEvent('click'))", "z₁")
    assert opened.run(sheet)[0] == "fixed"
    assert opened.text("node-name") == "z₁"
    opened.press("Escape")
    assert opened.run(sheet)[0] == "static"
    assert opened.problems() == []


def count_pages(chrome: Chrome) -> list[int]:
    """For each printed page, how many bytes draw it."""
    pdf = base64.b64decode(chrome.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True, "printBackground": True})["data"])
    contents = re.findall(rb"/Type /Page\b.*?/Contents (\d+) 0 R", pdf, re.DOTALL)
    return [int(re.findall(rb"\n%s 0 obj\n<<.*?/Length (\d+)" % number, pdf, re.DOTALL)[0]) for number in contents]


def test_printed_it_is_a_handout(chrome: Chrome, tmp_path: Path) -> None:
    opened = Open(chrome, of_lecture(tmp_path, "chain")[0], width=1280, height=800)
    opened.run("window.kept = []; addEventListener('beforeprint', () => kept.push(document.getElementById('handout').innerHTML,"
               "[...document.querySelectorAll('#handout tbody tr')].map((row) => [...row.cells].map((cell) => cell.textContent))))")
    pages = count_pages(chrome)
    assert len(pages) == 3  # the picture in two parts
    assert min(pages) > 1000
    html, rows = opened.run("return window.kept")
    assert len(rows) == 20
    assert rows[16] == ["17", "∂C/∂z₁ += ∂C/∂a₁·(a₁·(1 − a₁))", "(-3.43742)·0.000852007 = -0.00292871", "δ₁ = ∂C/∂z₁ = -0.00292871", "δ₁ = δ₂·w₂·σ₁′(z₁)"]
    assert html.count("<figure>") == 2
    assert "-0.00292871" in html[:html.index("</figure>")]
    assert opened.text("handout") == ""
    opened.click("predict")
    opened.run("dispatchEvent(new Event('beforeprint'))")
    html, rows = opened.run("return window.kept.slice(-2)")
    assert rows[16][2:] == ["", "", ""]
    assert rows[5][2], "what is to be predicted is left blank"
    assert "-0.00292871" not in html
    assert opened.problems() == []
