"""The network view of the page in a real browser: opens, shows the step, leads to scalar graphs and back, numbers equal Python's."""

import random
from pathlib import Path

import pytest
from browser import Open
from pages import in_python, made, make_batch, of_lecture
from selenium.webdriver import Chrome, Keys

from autograd_lite import Trace, Value, affine, sqrt, total
from nn import MLP, costs
from nn.derivations import Recording
from visualize.graph.network import read_network
from visualize.graph.network_texts import list_about_cost, write_short
from visualize.graph.themes import THEMES

pytestmark = pytest.mark.slow

NETWORKS = ["layers", "columns", "rows", "bernoulli", "rss"]
CIRCLE = "[...document.querySelectorAll('#picture g.node')].find((g) => g.querySelector('text')?.textContent.startsWith(arguments[0]))"
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
LIT = ("return [[...document.querySelectorAll('#picture g.node.lit')].map((g) => g.querySelector('text').textContent),"
       "document.querySelectorAll('#picture g.edge.lit').length]")


def index_of(opened: Open, name: str) -> int:
    found: int = opened.run("return page.graph.nodes.findIndex((node) => node.name === arguments[0])", name)
    return found


def assert_circles(opened: Open, recorded: Trace, recording: Recording, sample: int = 1) -> None:
    """Each circle has the value and δ that Python computes, to four digits, and each line its weight."""
    opened.run("page.go(page.steps().length - 1)")
    opened.run("const s = document.getElementById('sample'); s.value = String(arguments[0]); s.dispatchEvent(new Event('change'))", sample - 1)
    labels = opened.run("return [...document.querySelectorAll('#picture g.node[aria-label]')].map((g) => g.getAttribute('aria-label').replace('; Δ moved by the last change', ''))")
    network = read_network(recorded, recording.deltas, sample)
    expected = []
    for circle in network.circles:
        parts = [f"{circle.name} = {write_short(circle.value)}"]
        parts += [f"{name} = {write_short(x)}" for name, x in filter(None, [circle.pre, circle.delta, circle.bias])]
        expected.append({*parts, *(["press Enter to open its graph"] if circle.is_unit else [])})
    assert [set(label.split("; ")) for label in labels] == expected
    texts = opened.run("return document.querySelector('#picture').textContent")
    for circle in network.circles:
        for name, x in filter(None, [circle.delta, circle.bias]):
            assert f"{name} = {write_short(x)}" in texts
    assert network.cost is not None
    for about in list_about_cost(network):
        assert about in texts
    assert f"{network.cost[0]} = {write_short(network.cost[1])}" in texts
    for name, x in network.targets:
        assert f"{name} = {write_short(x)}" in texts


@pytest.mark.one_in(3)
@pytest.mark.parametrize("id", NETWORKS)
def test_a_network_opens_as_circles_with_pythons_numbers_after_edits_too(id: str, chrome: Chrome, tmp_path: Path) -> None:
    path, recording = of_lecture(tmp_path, id)
    opened = Open(chrome, path)
    assert opened.run("return document.getElementById('view').value") == "network"
    columns = read_network(in_python(recording, {}), recording.deltas).columns
    assert opened.run("return document.querySelectorAll('#picture circle').length") == sum(map(len, columns))
    assert_circles(opened, in_python(recording, {}), recording)
    draw = random.Random(id)
    leaves = opened.run("return page.graph.nodes.filter((node) => !node.operation).map((node) => node.name)")
    changes = {name: float(f"{draw.uniform(-2, 2):.4g}") for name in leaves if name != "t"}
    for name, value in changes.items():
        opened.set(f"leaf-{index_of(opened, name)}", repr(value))
    recorded = in_python(recording, changes)
    samples = opened.run("return document.getElementById('sample').options.length")
    for sample in range(1, samples + 1):
        assert_circles(opened, recorded, recording, sample)
    dark = opened.run("return page.steps().map((step, i) => { page.go(i, false); return document.querySelector('#picture .lit') ? 0 : 1; })")
    assert sum(dark) == 0, "every step lights something"
    assert opened.problems() == []


def test_a_chain_of_single_units_opens_as_its_scalar_graph(chrome: Chrome, tmp_path: Path) -> None:
    opened = Open(chrome, of_lecture(tmp_path, "chain")[0])
    assert opened.run("return [...document.getElementById('view').options].map((o) => o.value)")[:2] == ["network", "every node"]
    assert opened.run("return document.getElementById('view').value") == "every node"


def test_the_step_lights_its_circles_and_lines(chrome: Chrome, tmp_path: Path) -> None:
    opened = Open(chrome, of_lecture(tmp_path, "layers")[0])
    find = "page.go(page.steps().findIndex((s) => {}), false);"
    forward = "s.forward && page.graph.nodes[s.node].name === arguments[0]"
    backward = "!s.forward && s.node !== null && page.graph.nodes[s.node].name === arguments[0] && page.graph.nodes[s.parent].name === arguments[1]"
    for condition, names, circles, lines in [
        (forward, ["z₁⁽²⁾"], ["a₁⁽²⁾"], 2), (forward, ["a₂⁽²⁾"], ["a₂⁽²⁾"], 0), (forward, ["C"], None, 0),
        (backward, ["z₁⁽³⁾", "w₁₂⁽³⁾"], ["a₁⁽³⁾"], 1), (backward, ["z₁⁽³⁾", "a₂⁽²⁾"], ["a₂⁽²⁾", "a₁⁽³⁾"], 1),
        (backward, ["z₁⁽³⁾", "b₁⁽³⁾"], ["a₁⁽³⁾"], 0), (backward, ["a₁⁽³⁾", "z₁⁽³⁾"], ["a₁⁽³⁾"], 0),
    ]:
        opened.run(find.replace("{}", condition), *names)
        lit, edges = opened.run(LIT)
        assert edges == lines, names
        assert lit == circles if circles else lit[0].startswith("C = "), names
    opened.run(find.replace("{}", forward), "z₁⁽²⁾")
    assert "δ₁⁽²⁾ = …" in opened.text("picture")
    todo = opened.run("return [...document.querySelectorAll('#picture g.node.todo')].map((g) => g.querySelector('text').textContent)")
    assert "a₁⁽³⁾" in todo
    assert "a₁⁽¹⁾" not in todo
    assert opened.problems() == []


def test_signs_have_the_colours_of_drawings_and_what_is_lit_has_a_band(chrome: Chrome, tmp_path: Path) -> None:
    path = of_lecture(tmp_path, "layers")[0]
    for name, theme in THEMES.items():
        opened = Open(chrome, path, "#step=54", dark=name == "dark")
        shown = "return getComputedStyle(document.querySelector(`#legend line.${arguments[0]}`)).stroke"
        for sign, colour in (("positive", theme.positive), ("negative", theme.negative)):
            assert opened.run(shown, sign) == f"rgb({', '.join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))})"
        opened.run("page.go(page.steps().findLastIndex((step) => !step.forward && page.graph.nodes[step.parent].name === 'a₁⁽¹⁾'))")
        bands = opened.run("return [...document.querySelectorAll('#picture g.edge')].filter((g) => getComputedStyle(g.querySelector('.hit')).stroke !== 'rgba(0, 0, 0, 0)')"
                           ".map((g) => g.classList.contains('lit'))")
        assert bands == [True]
    assert opened.problems() == []


def test_a_click_leads_to_the_graph_of_a_neuron_or_a_layer_and_back(chrome: Chrome, tmp_path: Path) -> None:
    opened = Open(chrome, of_lecture(tmp_path, "layers")[0], "#step=40")
    opened.run(f"{CIRCLE}.dispatchEvent(new MouseEvent('click'))", "a₁⁽²⁾")
    assert opened.run("return document.getElementById('view').value") == "z₁⁽²⁾"
    names = opened.run("return [...document.querySelectorAll('#picture g.node')].map((g) => g.querySelector('text').textContent.split(' = ')[0])")
    assert sorted(names) == sorted(["w₁₁⁽²⁾", "w₁₂⁽²⁾", "b₁⁽²⁾", "a₁⁽¹⁾", "a₂⁽¹⁾", "z₁⁽²⁾", "a₁⁽²⁾", "z₁⁽³⁾", "z₂⁽³⁾"])
    assert opened.run("return document.activeElement.querySelector('text').textContent").startswith("z₁⁽²⁾ = ")
    assert opened.text("up-layer") == "◀ layer 2"
    opened.click("up-layer")
    texts = opened.text("picture")
    assert "z₂⁽²⁾ = " in texts
    assert "z₁⁽³⁾ = " not in texts
    opened.click("up")
    assert opened.run("return document.getElementById('view').value") == "network"
    assert opened.run("return document.activeElement.textContent") == "layer 2 ▸"
    assert opened.run("return document.getElementById('up').hidden")
    assert opened.text("where") == "Step 40 of 64, backward"
    opened.run("const v = document.getElementById('view'); v.focus(); v.value = 'z₁⁽¹⁾'; v.dispatchEvent(new Event('change')); v.value = 'network';"
               "v.dispatchEvent(new Event('change'))")
    assert opened.run("return document.activeElement.id") == "view", "who chooses with the keys goes on choosing"
    opened.run(f"{CIRCLE}.focus()", "a₂⁽³⁾")
    chrome.switch_to.active_element.send_keys(Keys.ENTER)
    assert opened.run("return document.getElementById('view').value") == "z₂⁽³⁾"
    chrome.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert opened.run("return document.getElementById('view').value") == "network"
    assert opened.run("return document.activeElement.querySelector('text').textContent") == "a₂⁽³⁾"
    opened.run(f"{CIRCLE}.dispatchEvent(new MouseEvent('mouseenter'))", "a₁⁽²⁾")
    assert "∂z₁⁽²⁾/∂w₁₁⁽²⁾ = a₁⁽¹⁾" in opened.text("node-text")
    assert opened.problems() == []


def test_the_cost_of_a_sample_stands_beside_the_mean(chrome: Chrome, tmp_path: Path) -> None:
    opened = Open(chrome, of_lecture(tmp_path, "columns")[0], "#step=1", width=1280, height=800)
    assert "mean over 3 samples" in opened.text("picture")
    assert "E of sample 1 = …" in opened.text("picture")
    opened.press("End")
    values = [0.1265, 0.08943, 0.1061]
    assert "E = 0.1074" in opened.text("picture")
    for sample, value in enumerate(values):
        opened.set("sample", str(sample))
        assert f"E of sample {sample + 1} = {value}" in opened.text("picture")
    assert "samples" not in Open(chrome, of_lecture(tmp_path, "layers")[0]).text("picture")


def test_a_neuron_of_a_wide_network_opens_in_the_middle(chrome: Chrome, tmp_path: Path) -> None:
    opened = Open(chrome, made(tmp_path, make_batch(2)), "#step=300", width=1280, height=800)
    assert "z₃⁽²⁾ (2) = " in opened.run(f"return {CIRCLE}.getAttribute('aria-label')", "a₃⁽²⁾"), "told, where there is no room to write it"
    opened.run(f"{CIRCLE}.dispatchEvent(new MouseEvent('click'))", "a₃⁽²⁾")
    assert opened.run("return document.getElementById('view').value") == "z₃⁽²⁾"
    away = opened.run("""
        const [card, frame] = [document.activeElement, document.getElementById('picture')].map((e) => e.getBoundingClientRect());
        return [(card.top + card.bottom - frame.top - frame.bottom) / 2, card.left >= frame.left - 1 && card.right <= frame.right + 1, scrollY];""")
    assert abs(away[0]) < 50
    assert away[1:] == [True, 0]
    shown = opened.run("return document.querySelectorAll('#picture g.node').length")
    assert shown == 16 + 1 + 16 + 2 + 1  # weights, bias, inputs, sum and activation, and the one unit after it
    assert opened.problems() == []


def test_a_line_can_be_kept_and_shows_the_way_of_its_gradient(chrome: Chrome, tmp_path: Path) -> None:
    opened = Open(chrome, of_lecture(tmp_path, "layers")[0], "#step=64")
    opened.run("document.querySelector('#picture g.edge').dispatchEvent(new MouseEvent('click'))")
    assert opened.text("node-name") == "w₁₁⁽¹⁾"
    assert opened.run("return document.querySelectorAll('#picture g.edge.pinned').length") == 1
    assert opened.run("return document.querySelectorAll('#picture g.edge.path').length") == 1 + 2 + 4


def test_lines_can_stand_for_gradients(chrome: Chrome, tmp_path: Path) -> None:
    path, recording = of_lecture(tmp_path, "layers")
    opened = Open(chrome, path)
    lines = "return [...document.querySelectorAll('#picture g.edge')].map((g) => [g.classList.contains('positive'), g.classList.contains('negative'), Number(g.querySelector('line').getAttribute('stroke-width'))])"
    opened.run("page.go(0)")
    opened.set("lines", "gradient")
    assert "∂C/∂w > 0" in opened.text("legend")
    assert not any(positive or negative for positive, negative, _ in opened.run(lines)), "no gradient is known yet"
    opened.run("page.go(page.steps().length - 1)")
    network = read_network(in_python(recording, {}), recording.deltas)
    gradients = [line.gradient or 0.0 for line in network.lines]
    found = opened.run(lines)
    largest = max(map(abs, gradients))
    assert [(positive, negative) for positive, negative, _ in found] == [(g > 0, g < 0) for g in gradients]
    assert [width for *_, width in found][:-1] == pytest.approx([max(0.6, 5 * abs(g) / largest) for g in gradients][:-1]), "the last may be lit"
    assert any(write_short(g) in opened.text("picture") for g in gradients)
    opened.click("reset")
    assert opened.run("return document.getElementById('lines').value") == "weight"
    assert "weight > 0" in opened.text("legend")
    assert opened.problems() == []


def test_the_picture_follows_the_step_to_its_sample(chrome: Chrome, tmp_path: Path) -> None:
    opened = Open(chrome, of_lecture(tmp_path, "columns")[0])
    sample = "return document.getElementById('sample').value"
    for name, expected in (("z₂⁽²⁾[3]", "2"), ("z₁⁽³⁾[1]", "0")):
        opened.run("page.go(page.steps().findIndex((s) => page.graph.nodes[s.node].name === arguments[0]), false)", name)
        assert opened.run(sample) == expected
        assert opened.run(LIT)[0] == [name.replace("z", "a")]
    opened.run(f"{CIRCLE}.dispatchEvent(new MouseEvent('click'))", "a₃⁽²⁾[1]")
    assert "z₃⁽²⁾[1] = " in opened.text("picture")
    opened.run("page.go(page.steps().findIndex((s) => page.graph.nodes[s.node].name === 'z₁⁽²⁾[2]'), false)")
    assert "z₃⁽²⁾[2] = " in opened.text("picture"), "the same neuron, of the sample of the step"
    assert opened.problems() == []


def test_where_the_backward_pass_fails_the_circle_says_so(chrome: Chrome, tmp_path: Path) -> None:
    x = [Value(1.0, "x₁"), Value(2.0, "x₂")]
    units = [affine([Value(0.5, f"w{j}₁"), Value(0.5, f"w{j}₂")], x, Value(0.0, f"b{j}")) for j in "₁₂"]
    for j, unit in zip("₁₂", units, strict=True):
        unit.label = f"z{j}"
    cost = sqrt(units[0] + units[1])
    cost.label = "C"
    opened = Open(chrome, made(tmp_path, cost))
    for name in ("x₁", "x₂"):
        opened.set(f"leaf-{index_of(opened, name)}", "0")
    assert opened.text("failure").startswith("The backward pass ends at step ")
    opened.run("page.go(page.steps().length - 1)")
    assert opened.run("return document.querySelectorAll('#picture .failed').length") > 0
    assert "δ₁ = — (not complete)" in opened.text("picture")
    assert opened.problems() == []


def test_a_wide_layer_is_elided_and_numbers_as_inputs_are_shown(chrome: Chrome, tmp_path: Path) -> None:
    net = MLP(3, [70, 1], activation="tanh", seed=2)
    cost = costs.half_squared_error(net.forward([0.5, Value(-1.0, "x₂"), 2.0]).output, [0.25])
    cost.label = "C"
    opened = Open(chrome, made(tmp_path, cost), "#step=60")
    assert opened.run("return document.querySelectorAll('#picture circle').length") == 3 + 63 + 1
    assert "⋮ 7 more" in opened.text("picture")
    assert "x₁ 0.5" in opened.text("picture")
    assert opened.run("return [...document.getElementById('view').options].some((o) => o.value === 'layer 2')")
    opened.run("const v = document.getElementById('view'); v.value = 'z₁⁽²⁾'; v.dispatchEvent(new Event('change'))")
    assert "30 more weights" in opened.text("picture"), "of 70 weights, 40 have cards"
    assert opened.problems() == []


def test_of_a_layer_too_large_for_one_picture_each_unit_can_be_reached(chrome: Chrome, tmp_path: Path) -> None:
    net = MLP(2, [20, 70, 1], activation="tanh", seed=2)
    cost = costs.half_squared_error(net.forward([Value(0.5, "x₁"), Value(-1.0, "x₂")]).output, [Value(0.25, "y")])
    cost.label = "C"
    opened = Open(chrome, made(tmp_path, cost), "#step=60&view=layer%202", width=360, height=740)
    text = opened.text("picture")
    # 70·20 weights, 70 biases, 20 inputs, 70 sums and 70 activations
    assert text.startswith("With weights and inputs this layer has 1,630 nodes and 2,940 edges: one picture of so many cannot be read")
    assert opened.run("return document.getElementById('picture').scrollTop") == 0
    assert opened.run("return document.getElementById('larger').offsetHeight") == 0, "there is nothing to enlarge"
    buttons = chrome.find_elements("css selector", "#picture .units button")
    assert [button.text for button in buttons] == [f"z{str(i).translate(SUBSCRIPTS)}⁽²⁾" for i in range(1, 71)]
    assert opened.run("return document.documentElement.scrollWidth") <= 360
    opened.press("ArrowRight")
    opened.run("dispatchEvent(new Event('beforeprint')); dispatchEvent(new Event('afterprint'))")
    buttons[35].click()  # of the network's circles this one is left out
    assert opened.run("return document.getElementById('view').value") == "z₃₆⁽²⁾"
    assert opened.run("return document.activeElement.querySelector('text').textContent").startswith("z₃₆⁽²⁾ = ")
    assert opened.text("up-layer") == "◀ layer 2"
    opened.click("up-layer")
    assert opened.text("picture") == text
    opened.click("up")
    assert opened.run("return document.activeElement.textContent") == "layer 2 ▸"
    assert opened.problems() == []


def test_units_that_have_plain_numbers_as_inputs_can_be_reached(chrome: Chrome, tmp_path: Path) -> None:
    net = MLP(2, [3, 1], activation="tanh", seed=2)
    cost = total([costs.half_squared_error(net.forward([0.5 * i, -1.0]).output, [0.25]) for i in (1, 2)])
    cost.label = "C"
    opened = Open(chrome, made(tmp_path, cost), "#step=1")
    for view in ("z₂⁽¹⁾", "layer 1"):
        opened.run("const v = document.getElementById('view'); v.value = arguments[0]; v.dispatchEvent(new Event('change'))", view)
        for sample, number in ((1, "0.5"), (2, "1"), (1, "0.5")):
            opened.set("sample", str(sample - 1))
            texts = opened.run("return [...document.querySelectorAll('#picture g.node, #picture text')].map((e) => e.textContent)")
            assert number in texts, (view, sample)
    assert opened.problems() == []


@pytest.mark.one_in(4)
@pytest.mark.parametrize("id", NETWORKS)
@pytest.mark.parametrize("size", [(1280, 800), (850, 720), (360, 740)], ids=str)
def test_a_network_can_be_read_as_opened(id: str, size: tuple[int, int], chrome: Chrome, tmp_path: Path) -> None:
    opened = Open(chrome, of_lecture(tmp_path, id)[0], width=size[0], height=size[1])
    letters, inside = opened.run("""
        const svg = document.querySelector('#picture svg');
        const part = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
        const texts = [...svg.querySelectorAll('text')].filter((t) => t.textContent);
        const circles = [...svg.querySelectorAll('g.node')].filter((g) => g.querySelector('circle'));
        return [Math.min(...texts.map((t) => parseFloat(getComputedStyle(t).fontSize) * part)),
          circles.every((g) => { const c = g.querySelector('circle').getBoundingClientRect();
            return [...g.querySelectorAll('text')].slice(0, 2).every((t) => t.getBoundingClientRect().width <= c.width); })];""")
    assert letters >= 9
    assert inside or id in ("columns", "rows")  # where they stand beside the circles
    assert opened.run("return document.documentElement.scrollWidth") <= size[0]


@pytest.mark.exhaustive
def test_twenty_samples_of_a_network_can_be_edited(chrome: Chrome, tmp_path: Path) -> None:
    opened = Open(chrome, made(tmp_path, make_batch(20)), "#step=5000")
    costs = opened.run("""
        const w = page.graph.nodes.findIndex((node) => node.name === 'w₁₁⁽¹⁾');
        return Array.from({ length: 15 }, (_, i) => { page.change([[w, 0.1 + i / 100]]); return page.graph.values.at(-1); });""")
    assert len(set(costs)) > 1  # how long an edit takes is measured by benchmarks/page.py
    assert opened.problems() == []
