"""A backward pass that fails, wherever it is shown: everything up to the step that fails, that edge in words, and why."""

import json
import re
import resource
import warnings
from collections.abc import Callable, Iterator
from html import unescape
from io import StringIO
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from browser import Open
from IPython.core.interactiveshell import InteractiveShell
from selenium.webdriver import Chrome
from traitlets.config import Config

from autograd_lite import (
    StaleGraphWarning,
    Trace,
    Value,
    affine,
    log,
    sigmoid,
    sqrt,
    topological_order,
    total,
    trace,
)
from autograd_lite.internal import format_number, list_sweep
from nn import MLP
from visualize import draw, page, print_steps
from visualize.commands.cli import main
from visualize.console import make_console
from visualize.notebook import register
from visualize.steps import equations
from visualize.steps.latex_derivation import write_latex_derivation
from visualize.steps.stepper import Stepper


def named(label: str, node: Value) -> Value:
    node.label = label
    return node


def root() -> Value:
    return named("y", sqrt(Value(0.0, "x")))


def power() -> Value:
    return named("y", Value(-2.0, "a") ** Value(3.0, "b"))


def overflow() -> Value:
    a, b = Value(1e-200, "a"), Value(1e200, "b")
    p = named("p", a * b)
    return named("y", named("r", named("q", p * 1e-200) * b) * 1e250)


def middle() -> Value:
    """A network of two layers with a root between them; x = 0 makes z₁ = 0."""
    x, w1, b1, w2, b2 = (Value(v, n) for v, n in ((0.0, "x"), (2.0, "w₁"), (0.0, "b₁"), (1.5, "w₂"), (0.5, "b₂")))
    a1 = named("a₁", sqrt(named("z₁", affine([w1], [x], b1))))
    a2 = named("a₂", sigmoid(named("z₂", affine([w2], [a1], b2))))
    return named("C", (a2 - 1.0) ** 2 / 2)


def network() -> Value:
    """A root within a network that is folded; the gradient that reaches it is not 0."""
    (output,) = MLP(2, [6, 6, 1], activation="tanh", seed=1).forward([Value(0.5, "x₁"), Value(-1.0, "x₂")]).output
    return named("C", named("s", sqrt(named("r", output - output.data))) + output)


MAKE = {"root": root, "power": power, "overflow": overflow, "middle": middle}
FAILING = {  # the edge, its word, and the nodes without a complete gradient
    "root": ("y", "x", "undefined", {"x"}), "power": ("y", "b", "undefined", {"b"}),
    "overflow": ("r", "q", "overflows", {"a", "b", "p", "q"}), "middle": ("a₁", "z₁", "undefined", {"x", "w₁", "b₁", "z₁"}),
}
each = pytest.mark.parametrize("id", MAKE)


def words(text: str) -> str:
    return " ".join(text.split())


def mark(id: str) -> str:
    return f"✗ {FAILING[id][2]}: the backward pass ends here"


@each
def test_the_trace_has_the_word_and_all_that_is_complete(id: str) -> None:
    node, parent, word, missing = FAILING[id]
    recorded = trace(MAKE[id]())
    last = recorded.backward[-1]
    assert (last.node, last.parent, last.missing, last.after) == (node, parent, word, None)
    assert {traced.name for traced in recorded.nodes if traced.gradient is None} == missing
    assert not any(step.missing for step in recorded.backward[:-1])
    every = list(list_sweep(recorded.nodes))
    assert len(every) == 1 + sum(len(traced.parents) for traced in topological_order(MAKE[id]()))
    for planned, step in zip(every, recorded.backward, strict=False):
        assert (planned.number, planned.node, planned.parent, planned.symbols, planned.waits_for, planned.operand) == (
            step.number, step.node, step.parent, step.symbols, step.waits_for, step.operand)


def test_a_derivative_too_large_overflows_and_is_not_undefined() -> None:
    recorded = trace(log(Value(1e-310, "u")))
    assert recorded.backward[-1].missing == "overflows"
    assert "does not fit a float" in recorded.failure
    assert equations.write_partial(recorded.backward[-1]).endswith("= overflows")


def test_a_sweep_without_a_failure_is_listed_as_it_is_traced() -> None:
    for order in ("topological", "recursive"):
        a = Value(2.0, "a")
        shared = a * a
        recorded = trace(shared * shared + a, order)
        listed = list(list_sweep(recorded.nodes, order))
        assert [(s.number, s.node, s.parent, s.operand, s.waits_for, s.early, s.symbols) for s in listed] == [
            (s.number, s.node, s.parent, s.operand, s.waits_for, s.early, s.symbols) for s in recorded.backward]


@each
@pytest.mark.parametrize("order", ["topological", "recursive"])
def test_the_terminal_shows_both_passes_and_why_they_end(id: str, order: str) -> None:
    recorded = trace(MAKE[id](), order)
    out = StringIO()
    print_steps(recorded, make_console(out))
    text = words(out.getvalue())
    _, parent, word, _ = FAILING[id]
    assert mark(id) in text
    assert f"{parent}: — ({word})" in text
    assert words(equations.describe_failure(recorded)) in text
    assert f"{recorded.failure}. Without a complete gradient: " in text
    assert "by chance" not in text
    for step in recorded.forward:
        assert words(" ".join(equations.write_forward(step))) in text
    assert [int(n) for n in re.findall(r"^ *(\d+)  ", out.getvalue(), re.MULTILINE)] == list(range(1, len(recorded.steps) + 1))


@each
def test_the_stepper_ends_at_the_step_that_fails_and_does_not_ask_for_it(id: str) -> None:
    recorded = trace(MAKE[id]())
    out, asked = StringIO(), []

    def read(prompt: str) -> str:
        asked.append(prompt)
        step = re.match(r"step (\d+)", prompt)
        return f"{recorded.steps[int(step[1]) - 1].after!r}" if step else ""  # type: ignore[union-attr]

    Stepper(recorded, make_console(out), read, predict=True).run()
    text = words(out.getvalue())
    last = len(recorded.steps)
    assert f"step {last} of {last}, backward" in text
    assert not any(prompt.startswith(f"step {last}:") for prompt in asked)
    assert mark(id) in text
    assert words(equations.describe_failure(recorded)) in text
    assert f"→ {FAILING[id][2]}" in text


@each
def test_the_derivation_in_latex_ends_with_the_word_and_the_sentence(id: str) -> None:
    recorded = trace(MAKE[id]())
    lines = write_latex_derivation(recorded, {}).split("\\begin{align*}")[2].splitlines()
    sentence = [line for line in lines if re.match(r"& \{?\\text\{", line)]
    said = " ".join(re.sub(r"\\text|[{}]", "", re.sub(r"\\\\$", "", line).removeprefix("& ")).strip() for line in sentence)
    assert said.replace("\\_", "_") == equations.describe_failure(recorded)
    equation = next(line for line in reversed(lines) if "&=" in line)
    assert f"= \\mathrm{{{FAILING[id][2]}}} \\\\" in equation


def test_a_sum_that_is_not_complete_is_not_written_as_if_it_were() -> None:
    u = Value(0.0, "u")
    recorded = trace(u + sqrt(u))
    assert "\\cdots" not in write_latex_derivation(recorded, {})
    v = sqrt(u)
    recorded = trace(v * u + sqrt(u) * 1.0)
    assert recorded.backward[-1].waits_for
    assert " + \\cdots = " in write_latex_derivation(recorded, {})


def texts(svg: str) -> list[str]:
    return [unescape(text).strip("\N{NO-BREAK SPACE}") for text in re.findall(r"<text[^>]*>(.*?)</text>", svg)]


@pytest.mark.parametrize(("id", "view"), [*((id, "lecture") for id in MAKE), ("root", "expression"), ("overflow", "expression")])
def test_the_picture_shows_every_value_the_edge_in_words_and_why(id: str, view: str) -> None:
    output = MAKE[id]()
    recorded = trace(output)
    svg = draw(output, view=view).svg
    shown = texts(svg)
    node, parent, word, missing = FAILING[id]
    assert shown.count(mark(id)) == 1
    edge = shown[shown.index(mark(id)) + 1]
    assert edge.startswith(f"∂{node}/∂{parent} = ")
    assert edge.endswith("= undefined") == (word == "undefined")
    for traced in recorded.nodes:
        assert f"value {traced.value:.6g}" in shown
        line = equations.write_node_gradient(recorded, traced, {})
        assert line in shown
        assert ("— (" in line) == (traced.name in missing)
    start = shown.index(f"The backward pass ends at step {len(recorded.steps)}:")
    assert " ".join(shown[start:]).startswith(equations.describe_failure(recorded))
    reached = {(step.node, step.parent) for step in recorded.backward}
    for step in list_sweep(recorded.nodes):
        if (step.node, step.parent) not in reached:
            assert f"∂{step.node}/∂{step.parent} = {step.partial_symbols}, not reached" in shown
    description = re.findall(r"<desc[^>]*>(.*?)</desc>", svg)[0]
    assert recorded.failure in unescape(description)
    for theme in ("light", "dark"):
        assert mark(id) in texts(draw(output, theme=theme, size="print").svg)


def test_a_picture_without_a_failure_has_none_of_its_words() -> None:
    shown = " ".join(texts(draw(named("y", sqrt(Value(4.0, "x")))).svg))
    assert not any(word in shown for word in ("✗", "not complete", "not reached", "ends at step"))


def test_a_folded_picture_says_where_it_fails_on_the_edge_or_on_the_card() -> None:
    shown = texts(draw(network(), expand="r").svg)
    assert mark("root") in shown
    assert any(line.endswith("not complete)") and line.startswith("largest") for line in shown)
    folded = draw(network(), size="print").svg
    assert mark("root") in texts(folded)
    y = Value(0.0, "x")
    for _ in range(160):
        y = y * 1.01
    folded = draw(named("y", sqrt(named("r", y)) + 1.0)).svg  # r and its root are on one card
    assert mark("root") in texts(folded)
    marked = draw(named("y", sqrt(named("r", y)) + 1.0), marks={"y": "look here"}).svg
    assert {mark("root"), "look here"} <= set(texts(marked))


def test_a_node_with_its_surroundings_has_the_mark_where_it_belongs_and_the_sentence_anywhere() -> None:
    y = x = Value(1.0, "x")
    for _ in range(100):
        y = y * x
    r = named("r", y - 1.0)
    s = sqrt(r)
    for _ in range(60):
        s = s + x
    output = named("y", s)
    recorded = trace(output)
    failure = equations.describe_failure(recorded)
    for around, marked in ((r, 1), (x, 0), (output, 0), (y, 0)):
        for view in ("lecture", "expression"):
            svg = draw(output, around=around, view=view).svg
            shown = texts(svg)
            assert shown.count(mark("root")) == marked
            assert " ".join(shown).endswith(failure)
            assert failure.rstrip(".") in unescape(svg)
    assert any(line.endswith(", not reached") for line in texts(draw(output, around=y).svg))
    many = total([x * k for k in range(50)])  # x is used by all of them, and these are folded
    shown = texts(draw(sqrt(many * 0.0), around=x).svg)
    assert "largest |gradient| — (not complete)" in shown
    assert "50 edges" in shown


def test_a_long_chain_that_fails_in_the_middle_is_marked_there_whatever_is_drawn_again() -> None:
    w, y = Value(0.9, "w"), Value(0.0, "x")
    for k in range(140):
        y = named("r", y * w) if k == 69 else sqrt(y) if k == 70 else y * w
    recorded = trace(y)
    assert len(recorded.nodes) == 142
    svg = draw(y).svg
    shown = texts(svg)
    assert "To keep edges short, w is drawn again, as a small card, at each use far away." in shown
    assert shown.count(mark("root")) == 1
    assert shown[shown.index(mark("root")) + 1].startswith("∂v₇₀/∂r = ")
    assert sum(line.endswith(", not reached") for line in shown) == 140
    assert f"drawn again, as a small card, at each use far away. {equations.describe_failure(recorded)}" in unescape(svg)


def test_a_picture_without_partials_comes_in_time_with_the_mark_and_its_edges_have_names() -> None:
    nodes = [Value(0.0, f"x{i}") for i in range(60)]
    nodes = [total(nodes) for _ in range(60)]
    output = named("y", sqrt(named("r", total(nodes))) + 1.0)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    svg = draw(output).svg
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime - before.ru_utime < 3
    assert "The edges are straight and the partials left out" in svg
    shown = texts(svg)
    assert shown.count(mark("root")) == 1
    assert shown[shown.index(mark("root")) - 1] == "∂y/∂r = — (undefined)"
    titles = re.findall(r"<title>(.*?)</title>", svg)
    assert mark("root") in titles
    assert not any("&gt;" in title and not title.startswith("legend") for title in titles if title)


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    quiet = Config({"HistoryManager": {"enabled": False}})
    made: Any = InteractiveShell(config=quiet, user_module=ModuleType("notebook"))  # type: ignore[no-untyped-call]
    register(made)
    yield made
    made.reset(new_session=False)


@pytest.mark.slow
@each
def test_a_notebook_shows_it_too(id: str, shell: Any) -> None:
    data, _ = shell.display_formatter.format(MAKE[id]())
    assert mark(id) in texts(data["image/svg+xml"])
    recorded = trace(MAKE[id]())
    data, _ = shell.display_formatter.format(recorded)
    assert equations.describe_failure(recorded) in data["text/plain"]
    assert f"\\mathrm{{{FAILING[id][2]}}}" in data["text/latex"]
    assert "backward pass ends at step" in data["text/latex"]
    assert page(MAKE[id]())._repr_html_().startswith("<iframe")


OVERFLOWING = ["one-neuron", "--y", "0", "--x", "1e300", "--w1", "1e-200"]


@pytest.mark.slow
def test_the_commands_show_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
                              chrome: Chrome) -> None:
    monkeypatch.chdir(tmp_path)
    for order in ("topological", "recursive"):
        assert main(["step", *OVERFLOWING, "--order", order]) == 0
        assert "✗ overflows: the backward pass ends here" in words(capsys.readouterr().out)
        assert main(["step", *OVERFLOWING, "--order", order, "--json"]) == 0
        data = json.loads(capsys.readouterr().out)
        assert data["failure"].startswith("the gradient of w₁ overflows at z₁ = affine(")
        assert (data["backward"][-1]["after"], data["backward"][-1]["missing"]) == (None, "overflows")
    assert main(["step", *OVERFLOWING, "--latex"]) == 0
    assert "\\mathrm{overflows}" in capsys.readouterr().out
    assert main(["draw", *OVERFLOWING]) == 0
    assert mark("overflow") in texts((tmp_path / "one_neuron.svg").read_text(encoding="utf-8"))
    capsys.readouterr()
    assert main(["page", *OVERFLOWING]) == 0
    assert capsys.readouterr().out == f"the page is without the derivation by hand: {data['failure']}\nwrote one_neuron.html\n"
    opened = Open(chrome, tmp_path / "one_neuron.html")
    opened.press("End")
    assert "✗ overflows" in opened.text("picture")
    assert opened.problems() == []


def in_python(output: Value, numbers: dict[str, float]) -> Trace:
    for leaf in topological_order(output):
        if leaf.label in numbers:
            leaf.data = numbers[leaf.label]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", StaleGraphWarning)
        return trace(output)


def change(opened: Open, name: str, value: float) -> None:
    place = opened.run("return page.graph.nodes.findIndex((node) => node.name === arguments[0])", name)
    opened.set(f"leaf-{place}", repr(value))


def assert_same(opened: Open, recorded: Trace, before: Trace | None = None) -> None:
    """The page shows what Python records; a card whose gradient moved shows the one ``before`` beside it."""
    values, gradients, told = opened.run(
        "return [page.graph.values, page.graph.gradients, page.steps().map((_, i) => page.texts(i))]")
    assert values == pytest.approx([node.value for node in recorded.nodes], rel=1e-12)
    assert [g is None for g in gradients] == [node.gradient is None for node in recorded.nodes]
    for found, node in zip(gradients, recorded.nodes, strict=True):
        assert found is None or found == pytest.approx(node.gradient, rel=1e-12), node.name
    assert told == [list(equations.write_forward(step)) for step in recorded.forward] + [
        list(equations.write_backward(recorded, step)) for step in recorded.backward]
    assert opened.text("failure") == equations.describe_failure(recorded)
    opened.press("End")
    opened.set("view", "every node")  # a network opens as one
    shown = opened.run("return [...document.querySelectorAll('#picture text')].map((e) => e.textContent)")
    for node, old in zip(recorded.nodes, (before or recorded).nodes, strict=True):
        assert equations.write_node_value(node) in shown
        told_now = equations.write_node_gradient(recorded, node, {})
        if node.gradient is not None and old.gradient != node.gradient:
            left, number = told_now.rsplit(" = ", 1)
            told_now = f"{left} = {'—' if old.gradient is None else format_number(old.gradient)} → {number}"
        assert told_now in shown
    last = recorded.backward[-1]
    marked = opened.run("return [...document.querySelectorAll('#picture .failed text')].map((e) => e.textContent.trim())")
    assert len(marked) == bool(recorded.failure)
    if recorded.failure:
        assert marked[0].startswith(f"∂{last.node}/∂{last.parent}")
        assert marked[0].endswith(f"✗ {last.missing}")
        assert equations.write_failing(last) in opened.text("waits")
        assert equations.write_missing(recorded, last.parent) in opened.text("waits")
    legend = opened.run("return document.querySelector('#legend').innerText")
    assert ("✗ undefined or overflows: the backward pass ends here" in legend) == bool(recorded.failure)


MOVES: dict[str, tuple[Callable[[], Value], list[dict[str, float]]]] = {
    "root": (root, [{"x": 1.0}, {"x": 0.0}, {"x": 4.0}]),
    "power": (power, [{"a": 2.0}, {"a": -3.0}, {"b": 2.0}]),
    "overflow": (overflow, [{"b": 1e190}, {"b": 1e200}]),
    "middle": (middle, [{"x": 2.0}, {"w₁": 0.0}, {"b₁": 1.0}, {"b₂": -1.0, "b₁": 0.0}]),
    "elsewhere": (lambda: named("y", sqrt(Value(0.0, "a")) + sqrt(Value(1.0, "b"))), [{"a": 1.0}, {"b": 0.0}, {"a": 0.0}]),
}


@pytest.mark.one_in(2)
@pytest.mark.slow
@pytest.mark.parametrize("id", MOVES)
def test_the_page_shows_it_and_goes_on_when_a_number_moves(id: str, chrome: Chrome, tmp_path: Path) -> None:
    make, moves = MOVES[id]
    output = make()
    opened = Open(chrome, page(output).save(tmp_path / "page.html"))
    recorded = trace(output)
    assert_same(opened, recorded)
    for numbers in moves:
        for name, value in numbers.items():
            change(opened, name, value)
            before, recorded = recorded, in_python(output, {name: value})
        assert opened.text("problem") == ""
        assert_same(opened, recorded, before)
    opened.click("reset")
    assert_same(opened, trace(make()))
    opened.click("recursive")
    recorded = trace(make(), "recursive")
    assert opened.text("failure") == equations.describe_failure(recorded)
    assert opened.text("order") == equations.describe_early_step(recorded)
    assert opened.run("return page.steps().map((_, i) => page.texts(i))")[len(recorded.forward):] == [
        list(equations.write_backward(recorded, step)) for step in recorded.backward]
    assert opened.problems() == []


@pytest.mark.slow
def test_the_page_of_a_trace_goes_on_too(chrome: Chrome, tmp_path: Path) -> None:
    opened = Open(chrome, page(trace(root())).save(tmp_path / "page.html"))
    change(opened, "x", 4.0)
    assert_same(opened, in_python(root(), {"x": 4.0}), trace(root()))


@pytest.mark.slow
def test_a_page_that_comes_without_a_failure_shows_one_that_arises(chrome: Chrome, tmp_path: Path) -> None:
    a, b = Value(1.5, "a"), Value(1.25, "b")
    y = named("y", 1e200 * (a * (b * 1e-100)))
    opened = Open(chrome, page(y).save(tmp_path / "page.html"))
    assert_same(opened, trace(y))
    opened.set("eta", "0.5")
    change(opened, "b", 1e-200)
    change(opened, "a", 1e150)
    recorded = in_python(y, {"a": 1e150, "b": 1e-200})
    assert recorded.failure
    assert_same(opened, recorded)
    opened.click("descend")
    assert opened.text("problem") == f"A gradient step needs every gradient, and {recorded.failure}."
    assert_same(opened, recorded)
    change(opened, "b", 1e250)  # a value that does not fit is refused as before
    why = "why-" + str(opened.run("return page.graph.nodes.findIndex((node) => node.name === 'b')"))
    assert "overflows at" in opened.text(why) or "overflows at" in opened.text("problem")
    assert_same(opened, recorded)


@pytest.mark.slow
def test_the_page_asks_for_no_number_that_there_is_not(chrome: Chrome, tmp_path: Path) -> None:
    opened = Open(chrome, page(power()).save(tmp_path / "page.html"), "#step=3")
    opened.click("predict")
    assert not opened.run("return document.getElementById('guess').hidden")
    opened.press("ArrowRight")
    assert opened.run("return document.getElementById('guess').hidden")
    assert "✗ undefined" in opened.later("live")
    card = "[...document.querySelectorAll('#picture g.node')].find((g) => g.textContent.trim().startsWith('b'))"
    opened.run(f"{card}.dispatchEvent(new MouseEvent('mouseenter'))")
    assert "∂y/∂b = — (undefined)" in opened.text("node-text")
    opened.press("ArrowLeft")
    opened.run(f"{card}.dispatchEvent(new MouseEvent('mouseenter'))")
    assert "not complete at this step" in opened.text("node-text")


@pytest.mark.slow
def test_a_large_page_marks_the_edge_folded_and_opened(chrome: Chrome, tmp_path: Path) -> None:
    opened = Open(chrome, page(network()).save(tmp_path / "page.html"))
    show = "const v = document.getElementById('view'); v.value = arguments[0]; v.dispatchEvent(new Event('change'))"
    opened.press("End")
    for view in ("every node", "folded"):
        opened.run(show, view)
        assert opened.run("return document.querySelectorAll('#picture .failed').length") == 1, view
        assert "✗ undefined" in opened.text("picture")
        assert "NaN" not in opened.text("picture")
    assert "largest |δ| — (not complete)" in opened.text("picture")
    assert opened.problems() == []
    y = Value(0.0, "x")
    for _ in range(160):
        y = y * 1.01
    path = page(named("y", sqrt(named("r", y)) + 1.0)).save(tmp_path / "page.html")  # r and its root are on one card
    opened = Open(chrome, path)
    assert opened.run("return [...document.querySelectorAll('#picture .failed text')].at(-1).textContent").endswith(" ✗ undefined")
    opened.press("ArrowLeft")
    assert opened.run("return document.querySelectorAll('#picture .failed').length") == 0
