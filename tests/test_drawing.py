"""The picture: DOT without any engine, SVG with the embedded one, and what a reader can tell from it."""

import os
import random
import re
import resource
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest

import visualize.graph.renderer
import visualize.graph.svg
from autograd_lite import (
    StaleGraphWarning,
    Value,
    absolute,
    affine,
    grad,
    relu,
    sigmoid,
    sin,
    tanh,
    topological_order,
    total,
    trace,
)
from autograd_lite.layer_structure import LayerStructure
from nn import MLP, Neuron, costs
from nn.derivations import LECTURES
from visualize import RenderingError, draw
from visualize.graph.dot import SIZES
from visualize.graph.elementary import expand_nodes
from visualize.graph.renderer import find_engine, render
from visualize.graph.roles import FOLDED, NUMBER, ROLE_OF, ROLES
from visualize.graph.themes import THEMES

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOGRAD_LITE_DOT", "embedded")


def cost(**settings: object) -> Value:
    lecture = LECTURES["one-neuron"]
    return lecture.record(lecture.resolve(settings)).cost


def texts(svg: str) -> list[str]:
    return [(element.text or "").strip() for element in ET.fromstring(svg).iter(f"{SVG}text")]


def test_every_node_has_a_card_with_formula_value_gradient_and_delta() -> None:
    shown = texts(draw(cost(activation="sigmoid")).svg)
    for line in ("z₁ = w₁·x + b₁", "value 0.9", "δ₁ = ∂C/∂z₁ = -0.675901", "a₁ = σ(z₁)", "value 0.71095",
                 "∂C/∂a₁ = -3.28905", "w₁", "∂C/∂w₁ = -1.01385", "C = 0.5·v₂", "value 5.40893", "∂C/∂C = 1"):
        assert line in shown


def test_every_edge_has_its_local_partial_as_formula_and_number() -> None:
    shown = texts(draw(cost(activation="sigmoid")).svg)
    for line in ("∂z₁/∂w₁ = x = 1.5", "∂z₁/∂x = w₁ = 0.4", "∂z₁/∂b₁ = 1", "∂a₁/∂z₁ = a₁·(1 − a₁) = 0.2055",
                 "∂v₁/∂a₁ = 1", "∂v₁/∂y = -1", "∂v₂/∂v₁ = 2·v₁ = -6.5781", "∂C/∂v₂ = 0.5"):
        assert line in shown
    assert sum(line.startswith("∂") and "/∂" in line and not line.startswith("∂C/∂") for line in shown) == 7


def test_roles_differ_by_shape_and_by_colour_and_the_legend_names_those_present() -> None:
    svg = draw(cost(activation="sigmoid")).svg
    known = [role for role in ROLES if role not in (NUMBER, FOLDED)]
    assert all(role.meaning in texts(svg) for role in known)
    assert len({(role.shape, role.style, role.peripheries) for role in ROLES}) == len(ROLES)
    for theme in THEMES.values():
        assert len(set(theme.fills.values())) == len(ROLES)
    assert "activation function" not in texts(draw(Value(1, "a") * 2).svg)


def test_roles_are_read_off_the_operations() -> None:
    w, x, b, other = Value(1, "w"), Value(2, "x"), Value(3, "b"), Value(4, "other")
    z = affine([w], [x], b)
    z.label = "z"
    a = relu(z)
    a.label = "a"
    y = a * other
    y.label = "y"
    found = {name: ROLE_OF[kind].meaning for name, kind in LayerStructure(trace(y)).kind.items()}
    assert found == {
        "w": "weight or bias", "b": "weight or bias", "x": "input, target or other leaf", "other": "input, target or other leaf",
        "z": "pre-activation, carries δ", "a": "activation function", "y": "output",
    }


def test_a_screen_reader_gets_a_title_a_description_and_every_node_and_edge() -> None:
    root = ET.fromstring(draw(cost()).svg)
    assert root.get("role") == "img"
    ids = (root.get("aria-labelledby") or "").split()
    spoken = [next(e.text or "" for e in root.iter() if e.get("id") == id) for id in ids]
    assert spoken[0] == "Computation graph of C"
    assert "z₁ = w₁·x + b₁; value 0.9; δ₁ = ∂C/∂z₁ = -3.1. " in spoken[1]
    titles = {e.text or "" for e in root.iter(f"{SVG}title")}
    assert {"w₁; value 0.4; ∂C/∂w₁ = -4.65", "∂z₁/∂w₁ = x = 1.5"} <= titles


@pytest.mark.parametrize(
    ("label", "drawn"),
    [("<b>bold</b>", None), ("a & b", None), ('"quoted"', None), ("]]></svg><script>", None), ("x\\n", None),
     ("\\N \\G", None), ("{a|b}", None), ("&lt;", None), ("&#960;", None), ("a\nb\tc", "a b c"),
     ("bell\x07", "bell\ufffd"), ("nul\x00", "nul\ufffd"), ("half\ud800", "half\ufffd")],
)
def test_labels_are_drawn_as_they_are_and_do_nothing(label: str, drawn: str | None) -> None:
    svg = draw(Value(1, label) * 2).svg
    root = ET.fromstring(svg)
    assert not list(root.iter(f"{SVG}script"))
    assert (drawn or label) in [text.text for text in root.iter(f"{SVG}text")]


@pytest.mark.parametrize(("label", "drawn"), [("x\\n", "x\\\u2060n"), ("\\N \\G", "\\\u2060N \\\u2060G"),
                                              ("&lt;", "&\u2060lt;"), ("&#960;", "&\u2060#960;")])
def test_what_the_engine_would_take_for_an_escape_is_parted_where_it_draws(label: str, drawn: str) -> None:
    assert drawn in texts(render(draw(Value(1, label) * 2).dot))


def test_no_text_leaves_its_card() -> None:
    """Widths by the metrics of DejaVu Sans, the widest of the fonts that the picture asks for."""
    widths = dict.fromkeys(" .,·", 0.32) | dict.fromkeys("=−+", 0.84) | dict.fromkeys("-()r", 0.41)
    widths |= dict.fromkeys("ijl", 0.28) | dict.fromkeys("tf/", 0.4) | dict.fromkeys("cs", 0.55)
    root = ET.fromstring(draw(cost(activation="sigmoid", penalty="l2", lam=0.05)).svg)
    cards = 0
    for group in root.iter(f"{SVG}g"):
        if group.get("class") != "node":
            continue
        shape = next(e for e in group if e.tag in (f"{SVG}polygon", f"{SVG}path"))
        numbers = [float(n) for n in re.findall(r"-?[\d.]+", shape.get("points") or shape.get("d") or "")]
        left, right = min(numbers[0::2]), max(numbers[0::2])
        top, bottom = min(numbers[1::2]), max(numbers[1::2])
        for text in group.iter(f"{SVG}text"):
            size, x, y = (float(text.get(name) or 0) for name in ("font-size", "x", "y"))
            bold = 1.1 if text.get("font-weight") == "bold" else 1.0
            width = size * bold * sum(widths.get(c, 0.64) for c in (text.text or ""))
            assert left < x and x + width < right, text.text  # noqa: PT018
            assert top < y - 0.76 * size and y + 0.24 * size < bottom, text.text  # noqa: PT018
            cards += 1
    assert cards > 30


def test_drawing_needs_no_backward_and_changes_no_gradient() -> None:
    w = Value(2.0, "w")
    y = sigmoid(w * 3)
    w.grad = 5.0
    assert f"∂v₂/∂w = {3 * y.data * (1 - y.data):.6g}" in texts(draw(y).svg)
    assert w.grad == 5.0


def test_a_leaf_that_moved_is_said_and_drawn_with_its_new_number() -> None:
    w = Value(2.0, "w")
    y = w * 3
    w.data = 5.0
    with pytest.warns(StaleGraphWarning, match="w"):
        drawing = draw(y)
    assert "value 15" in texts(drawing.svg)
    assert any(text.startswith("w changed since the graph was recorded") for text in texts(drawing.svg))


def test_dot_text_needs_no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("an engine was run")

    monkeypatch.setattr("subprocess.run", refuse)
    dot = draw(cost()).dot
    assert dot.startswith("digraph computation_graph {")
    assert not re.search(r"^\s*\w+-\w+ ", dot, re.MULTILINE), "ids have no hyphens"


def test_the_same_graph_gives_the_same_picture() -> None:
    assert draw(cost()).svg == draw(cost()).svg


def test_save_writes_svg_or_dot_and_refuses_the_rest(tmp_path: Path) -> None:
    drawing = draw(cost())
    assert drawing.save(tmp_path / "a.svg").read_text(encoding="utf-8") == drawing.svg
    assert drawing.save(str(tmp_path / "a.dot")).read_text(encoding="utf-8") == drawing.dot
    with pytest.raises(ValueError, match=r"cannot tell the format of '.*a.jpg': let the name end in .svg, .pdf, .png or .dot"):
        drawing.save(tmp_path / "a.jpg")


def ids(svg: str) -> set[str]:
    found = re.findall(r'\sid="([^"]*)"', svg)
    assert len(found) == len(set(found))
    return set(found)


def test_pictures_on_one_page_share_no_ids_and_refer_to_their_own() -> None:
    first, second = draw(cost()), draw(cost(activation="tanh"))
    pictures = [first.svg, second.svg, first._repr_svg_(), first._repr_svg_()]  # a notebook can show one twice
    for i, svg in enumerate(pictures):
        assert all(ids(svg).isdisjoint(ids(other)) for other in pictures[:i])
        referred = re.findall(r'aria-labelledby="([^"]*)"', svg)
        assert [set(names.split()) <= ids(svg) for names in referred] == [True]
    label = 'id="title" href="#a" url(#b)'
    assert label in texts(draw(Value(1, label) * 2)._repr_svg_())
    tag = '<use xlink:href="#a" fill="url(#a)" data-id="a" id="a"/>'
    assert visualize.graph.svg._prefix_ids(tag, "p-") == '<use xlink:href="#p-a" fill="url(#p-a)" data-id="a" id="p-a"/>'


def test_an_unwritable_path_leaves_nothing_behind(tmp_path: Path) -> None:
    drawing = draw(cost())
    with pytest.raises(OSError, match="cannot write .*: No such file or directory; name another file"):
        drawing.save(tmp_path / "missing" / "a.svg")
    (tmp_path / "folder.svg").mkdir()
    with pytest.raises(OSError, match="it is a folder; name another file"):
        drawing.save(tmp_path / "folder.svg")
    assert [path.name for path in tmp_path.iterdir()] == ["folder.svg"]


def test_a_link_is_followed_a_mode_is_kept_and_a_pipe_is_written_to(tmp_path: Path) -> None:
    drawing = draw(cost())
    target, link, pipe = tmp_path / "target.dot", tmp_path / "link.dot", tmp_path / "pipe.dot"
    target.write_text("old")
    target.chmod(0o600)
    link.symlink_to(target)
    drawing.save(link)
    assert link.is_symlink()
    assert target.read_text(encoding="utf-8") == drawing.dot
    assert target.stat().st_mode & 0o777 == 0o600
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE) as reader:
        drawing.save(pipe)
        assert reader.communicate()[0].decode() == drawing.dot
    assert pipe.is_fifo()


def test_a_save_that_fails_half_way_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawing = draw(cost())
    path = tmp_path / "a.dot"
    path.write_text("old")

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        drawing.save(path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_an_engine_that_does_not_finish_or_start_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stand_in = tmp_path / "dot"
    stand_in.write_text("#!/bin/sh\nsleep 5\n")
    stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("AUTOGRAD_LITE_DOT", "system")
    monkeypatch.setattr(visualize.graph.renderer, "_SECONDS", 0.05)
    with pytest.raises(RenderingError, match=r"did not finish drawing within 0.05 s; draw a smaller graph"):
        render("digraph {}")
    stand_in.write_text("#!/no/such/interpreter\n")
    with pytest.raises(RenderingError, match="could not be started"):
        render("digraph {}")


def test_an_engine_that_cannot_be_had_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert Path(find_engine()).stem == "graphviz-pure"
    monkeypatch.setenv("AUTOGRAD_LITE_DOT", "system")
    with pytest.raises(RenderingError, match="asks for the system's dot, and there is none on PATH"):
        render("digraph {}")
    monkeypatch.setenv("AUTOGRAD_LITE_DOT", "magic")
    with pytest.raises(ValueError, match="AUTOGRAD_LITE_DOT is 'magic'; set it to system, embedded or auto"):
        render("digraph {}")
    monkeypatch.delenv("AUTOGRAD_LITE_DOT")
    assert Path(find_engine()).stem == "graphviz-pure"
    monkeypatch.setattr("importlib.metadata.files", lambda _: None)
    with pytest.raises(RenderingError, match="install the package graphviz-pure"):
        render("digraph {}")


def test_the_systems_dot_is_used_where_there_is_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stand_in = tmp_path / "dot"
    stand_in.write_text("#!/bin/sh\ncat > /dev/null\necho '<svg drawn=\"by the system\"/>'\n")
    stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert "by the system" not in render("digraph {}")
    for choice in ("system", "auto"):
        monkeypatch.setenv("AUTOGRAD_LITE_DOT", choice)
        assert "by the system" in render("digraph {}")


def test_what_the_engine_says_is_shown_when_it_fails_and_only_then(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RenderingError, match="could not draw the graph and said: .*syntax error"):
        render("digraph {")
    render('digraph { a [label="δ₁"] }')
    assert capfd.readouterr() == ("", "")


def network(*sizes: int, numbers: bool = False) -> Value:
    net = MLP(2, sizes, "tanh", seed=1)
    inputs: list[Value | float] = [1.0, -2.0] if numbers else [Value(1.0, "x₁"), Value(-2.0, "x₂")]
    output = costs.half_squared_error(net.forward(inputs).output, [Value(1.0, "y")] * sizes[-1])
    output.label = "C"
    return output


def clusters(svg: str) -> dict[str, int]:
    """Heading of each cluster -> number of nodes whose card lies inside it."""
    boxes, centres = {}, []
    for group in ET.fromstring(svg).iter(f"{SVG}g"):
        shape = next((e for e in group if e.tag in (f"{SVG}polygon", f"{SVG}path")), None)
        if shape is None:
            continue
        numbers = [float(n) for n in re.findall(r"-?[\d.]+", shape.get("points") or shape.get("d") or "")]
        box = (min(numbers[0::2]), max(numbers[0::2]), min(numbers[1::2]), max(numbers[1::2]))
        heading = next((e.text or "" for e in group if e.tag == f"{SVG}text"), "")
        if group.get("class") == "cluster" and heading:
            boxes[heading] = box
        elif group.get("class") == "node":
            centres.append(((box[0] + box[1]) / 2, (box[2] + box[3]) / 2))
    return {heading: sum(l < x < r and t < y < b for x, y in centres) for heading, (l, r, t, b) in boxes.items()}


def test_layers_stand_in_clusters_with_their_parameters() -> None:
    assert clusters(draw(network(3, 1)).svg) == {"layer 1": 9 + 3 + 3, "layer 2": 4 + 1 + 1}
    assert clusters(draw(cost()).svg) == {}, "a single layer needs no frame"


def test_layers_are_counted_by_the_affine_nodes_that_lead_to_them() -> None:
    found = LayerStructure(trace(network(2, 1)))
    assert found.depth == 2
    assert {found.layer[name] for name in ("z₁⁽¹⁾", "a₂⁽¹⁾", "w₁₂⁽¹⁾", "b₁⁽¹⁾")} == {1}
    assert {found.layer[name] for name in ("z₁⁽²⁾", "a₁⁽²⁾", "w₁₂⁽²⁾")} == {2}
    assert {found.layer[name] for name in ("x₁", "y", "C", "v₁")} == {None}
    assert found.neuron["w₁₂⁽¹⁾"] == found.neuron["a₁⁽¹⁾"] == "z₁⁽¹⁾"


def test_numbers_are_quiet() -> None:
    drawing = draw(network(2, 1, numbers=True))
    assert drawing.dot.count("style=dotted]") == 4, "two numbers, two units"
    assert "number, not differentiated" in texts(drawing.svg)
    assert [t for t in texts(drawing.svg) if t in ("1", "-2")] == ["1", "-2"]


def test_a_large_graph_is_folded_by_layer_and_says_so() -> None:
    large = network(16, 16, 1)
    shown = texts(draw(large).svg)
    for line in ("layer 1: 16 units", "z₁⁽¹⁾ … z₁₆⁽¹⁾", "layer 2: 272 parameters", "layer 3: 1 unit", "256 edges", "x₁",
                 "C = 0.5·v₂", "several nodes, folded"):
        assert line in shown
    assert any(line.startswith("409 nodes, folded by layer: expand=1 opens layer 1") for line in shown)
    gradients = {node.name: node.gradient or 0.0 for node in trace(large).nodes}
    largest = max(abs(gradients[f"z{n}⁽²⁾"]) for n in ["₁", "₂", "₃", "₄", "₅", "₆", "₇", "₈", "₉", "₁₀", "₁₁", "₁₂", "₁₃",
                                                      "₁₄", "₁₅", "₁₆"])
    assert f"largest |δ| {largest:.6g}" in shown
    assert "folded" not in " ".join(texts(draw(network(3, 1)).svg))


def test_a_large_graph_without_layers_promises_none() -> None:
    a = Value(1.0, "a")
    for _ in range(200):
        a = a * 1.01
    shown = texts(draw(a).svg)
    assert '201 nodes, folded into one card: expand="all" shows everything.' in shown
    assert "199 operations" in shown


def test_a_neuron_that_is_used_again_has_a_delta_for_each_use() -> None:
    neuron = Neuron(1, "tanh", seed=1)
    shown = texts(draw(neuron([neuron([Value(0.5, "x")])])).svg)
    assert any(line.startswith("δ₁ = ") for line in shown)
    assert any(line.startswith("δ₁ (2) = ") for line in shown)


def test_a_layer_a_neuron_or_everything_can_be_opened() -> None:
    large = network(16, 16, 1)

    def opened(expand: int | str | list[int | str]) -> list[str]:
        return [line for line in texts(draw(large, expand=expand).svg) if " = " in line and line.startswith(("z", "a"))]

    assert [line[:3] for line in opened("z₁⁽¹⁾")] == ["z₁⁽", "a₁⁽"]
    assert len(opened(3)) == 2
    assert len(opened([3, "a₂⁽²⁾"])) == 4
    assert len(opened(1)) == 32
    shown = texts(draw(large, expand="z₁⁽¹⁾").svg)
    assert {"w₁₁⁽¹⁾", "b₁⁽¹⁾", "layer 1: 15 units", "layer 1: 45 parameters", "∂z₁⁽¹⁾/∂w₁₁⁽¹⁾ = x₁ = 1"} <= set(shown)
    assert draw(large, expand="all").dot.count(" -> n") == len(trace(large).backward) - 1
    assert '"all"' not in " ".join(texts(draw(large, expand="all").svg))


def test_the_expression_view_has_elementary_sums_and_products_and_the_same_numbers() -> None:
    shown = texts(draw(cost(activation="sigmoid"), view="expression").svg)
    for line in ("v₁ = w₁·x", "z₁ = v₁ + b₁", "δ₁ = ∂C/∂z₁ = -0.675901", "∂v₁/∂w₁ = x = 1.5", "∂C/∂w₁ = -1.01385"):
        assert line in shown
    one, two = network(3, 1), network(3, 2)
    assert not any(node.operation in ("affine", "total") for node in trace(expand_nodes(one)[one]).nodes)
    by_lecture = {n.name: n.gradient for n in trace(network(3, 2)).nodes if not n.name.startswith("v")}
    by_expression = {n.name: n.gradient for n in trace(expand_nodes(two)[two]).nodes}
    assert all(by_expression[name] == pytest.approx(gradient, rel=1e-12) for name, gradient in by_lecture.items())


def test_the_expression_view_of_sums_of_one_and_of_numbers() -> None:
    a = Value(2.0, "a")
    for output in (total([a]), total([a, 1.0, a]), total([1.0, 2.0]), affine([a], [1.0]), affine([1.0], [2.0]), a):
        before = [(node, node.label) for node in topological_order(output)]
        output.label = "named"
        expanded = expand_nodes(output)[output]
        assert expanded.label == "named"
        output.label = before[-1][1]
        assert [(node, node.label) for node in topological_order(output)] == before
        assert expanded.data == output.data
        assert grad(expanded, [a]) == grad(output, [a])


@pytest.mark.parametrize("theme", THEMES)
def test_each_theme_colours_paper_ink_and_roles(theme: str) -> None:
    svg = draw(cost(), theme=theme).svg
    colours = THEMES[theme]
    assert f'fill="{colours.paper.lower()}"' in svg.lower()
    for role in ("leaf", "parameter", "pre-activation", "output"):
        assert all(colour.lower() in svg.lower() for colour in colours.fills[role])
    for fill, _ in colours.fills.values():
        assert contrast(fill, colours.ink) > 7, "WCAG AAA"


def contrast(first: str, second: str) -> float:
    """The WCAG contrast ratio of two colours."""
    luminances = []
    for colour in (first, second):
        code = "#FFFFFF" if colour == "white" else colour
        parts = [int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        luminances.append(0.2126 * r + 0.7152 * g + 0.0722 * b)
    return (max(luminances) + 0.05) / (min(luminances) + 0.05)


def size_of(svg: str) -> tuple[float, float]:
    """Width and height in inches."""
    width, height = re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', svg).groups()  # type: ignore[union-attr]
    return float(width) / 72, float(height) / 72


def test_orientation_and_size() -> None:
    down, right = size_of(draw(cost()).svg), size_of(draw(cost(), orientation="right").svg)
    assert down[1] > down[0]
    assert right[0] > right[1]
    for size, limits in SIZES.items():
        width, height = size_of(draw(network(3, 1), size=size).svg)
        assert width <= float(limits.split(",")[0]) + 0.2
        assert height <= float(limits.split(",")[1]) + 0.2
        assert max(width / float(limits.split(",")[0]), height / float(limits.split(",")[1])) > 0.9, "and fills it"
    assert "rankdir=LR" in draw(cost(), size="slide").dot
    slide = size_of(draw(cost(), size="slide").svg)
    assert slide[0] > slide[1]
    assert size_of(draw(cost(), size="slide", orientation="down").svg)[1] > 4


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"view": "lectures"}, r"unknown view 'lectures'; did you mean 'lecture'\?"),
        ({"orientation": "up"}, "unknown orientation 'up'. Known: down, right"), ({"theme": "drak"}, "did you mean 'dark'"),
        ({"size": "slides"}, "did you mean 'slide'"), ({"expand": 4}, "there is no layer 4 to expand.*layers 1 to 2"),
        ({"expand": "z₉⁽¹⁾"}, "unknown node to expand 'z₉⁽¹⁾'"),
    ],
)
def test_unknown_looks_are_refused(options: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        draw(network(3, 1), **options)  # type: ignore[arg-type]


def test_the_expression_view_announces_a_moved_leaf_and_refuses_stale_derivatives() -> None:
    x = Value(2.0, "x")
    y = total([x * x, x])
    slope = grad(absolute(x) * x, [x], create_graph=True)[0]
    x.data = -3.0
    with pytest.warns(StaleGraphWarning, match="x"):
        shown = texts(draw(y, view="expression").svg)
    assert "value 6" in shown
    assert any(line.startswith("x changed since the graph was recorded") for line in shown)
    with pytest.raises(ValueError, match="changed since these derivatives were recorded: x"):
        draw(slope, view="expression")


def test_a_trace_that_goes_wrong_is_not_drawn() -> None:
    with pytest.raises(ValueError, match="a picture shows right gradients; the trace is of the order 'recursive'"):
        draw(trace(cost(), order="recursive"))


def test_a_folded_card_has_no_edge_to_itself() -> None:
    dot = draw(network(16, 16, 1)).dot
    assert not re.search(r"\b(n\d+) -> \1\b", dot)


def test_the_expression_view_needs_a_node() -> None:
    with pytest.raises(ValueError, match="drawn of a Value, not of its trace"):
        draw(trace(cost()), view="expression")


def test_marks_stand_on_the_cards_and_on_folded_ones() -> None:
    lecture = LECTURES["chain"]
    recording = lecture.record(lecture.resolve({}))
    text = draw(recording, marks={"z₁": "✗ δ₁ < 0", "w₂": "✗"}).dot
    assert text.count("penwidth=4") == 2
    assert "✗ δ₁ &lt; 0" in text
    assert "penwidth" not in draw(recording).dot
    folded = draw(recording, expand="C", marks={"z₁": "✗ one", "a₁": "✗ one", "w₁": "✗ two"}).dot
    assert folded.count("✗ one") == 1
    with pytest.raises(ValueError, match="unknown node to mark 'z_1'"):
        draw(recording, marks={"z_1": "✗"})


def repeat(count: int, step: Callable[[Value, Value], Value]) -> Value:
    """A chain in which the same leaf is used again and again."""
    w, y = Value(0.9, "w"), Value(0.5, "x")
    for _ in range(count):
        y = step(w, y)
    return y


def skip(count: int) -> Value:
    """One computed node that all later ones use."""
    first = y = sin(Value(0.5, "x"))
    for _ in range(count):
        y = sin(y * first)
    return y


def dense(count: int, step: Callable[[list[Value]], Value]) -> Value:
    """Each node is computed from all before it."""
    nodes = [Value(0.01, "x")]
    for _ in range(count):
        nodes.append(step(nodes))
    return nodes[-1]


def random_graph(seed: int, operands: int) -> Value:
    chosen = random.Random(seed)
    nodes = [Value(i / 100, f"x{i}") for i in range(12)]
    for _ in range(137):
        nodes.append(total([nodes[-1], *chosen.sample(nodes, min(operands - 1, len(nodes)))]))
    return total(nodes)


def layered(widths: list[int]) -> Value:
    nodes = [Value(0.1, f"x{i}") for i in range(widths[0])]
    for width in widths[1:]:
        nodes = [total(nodes) for _ in range(width)]
    return nodes[0] if len(nodes) == 1 else total(nodes)


def affine_of_all(nodes: list[Value]) -> Value:
    return affine([0.01] * len(nodes), nodes, 0.1)


AGAIN, STRAIGHT, FOLDED_NOTE = "drawn again, as", "The edges are straight and the partials left out", "folded into one card"
HARD: dict[str, tuple[Callable[[], Value], str]] = {  # name -> graph of at most 150 nodes, what its picture says
    "70 sigmoids of w·y": (lambda: repeat(70, lambda w, y: sigmoid(w * y)), AGAIN),
    "a leaf at 147 depths": (lambda: repeat(147, lambda w, y: w * y), AGAIN),
    "a computed node at 70 depths": (lambda: skip(70), AGAIN),
    "each of 60 from all before": (lambda: dense(60, lambda nodes: tanh(total(nodes))), STRAIGHT),
    "each of 149 from all before": (lambda: dense(149, total), FOLDED_NOTE),
    "each affine of all before": (lambda: dense(148, affine_of_all), FOLDED_NOTE),
    "random": (lambda: random_graph(1, 3), AGAIN),
    "random, dense": (lambda: random_graph(2, 12), STRAIGHT),
    "random, very dense": (lambda: random_graph(2, 40), FOLDED_NOTE),
    "layers": (lambda: layered([12] * 12), STRAIGHT),
    "two wide layers": (lambda: layered([60, 60, 1]), STRAIGHT),
    "a sum of 140": (lambda: total([Value(1.0, f"x{i}") for i in range(140)]), ""),
}


def cpu_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["embedded", pytest.param("system", marks=pytest.mark.exhaustive)])
@pytest.mark.parametrize("name", HARD)
def test_any_graph_of_150_nodes_comes_in_three_seconds_of_a_processor_and_says_how(
        name: str, engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if engine == "system" and shutil.which("dot") is None:
        pytest.skip("needs the system's dot")
    monkeypatch.setenv("AUTOGRAD_LITE_DOT", engine)
    make, says = HARD[name]
    output = make()
    assert len(topological_order(output)) <= 150
    before = cpu_seconds()
    svg = draw(output)._repr_svg_()
    assert cpu_seconds() - before < 3
    said = [note for note in (AGAIN, STRAIGHT, FOLDED_NOTE) if note in svg]
    assert (said[-1] if said else "") == says


def test_a_leaf_that_is_used_far_away_stands_there_again_and_no_partial_is_lost() -> None:
    output = repeat(70, lambda w, y: sigmoid(w * y))
    shown = texts(draw(output).svg)
    assert "To keep edges short, w is drawn again, as a small card, at each use far away." in shown
    assert shown.count("w") == 70
    assert sum("/∂w = v" in text for text in shown) == 69
    assert sum(text.startswith("∂v₁₄₀/∂w = ") for text in shown) == 1, "its gradient stands on the first alone"
    assert "again" not in draw(repeat(20, lambda w, y: w * y)).svg, "short ones stay as they were"


def test_what_would_take_minutes_is_refused_before_and_the_note_promises_none_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    output = dense(149, total)
    assert 'around="v₁₄₉" shows one node with its neighbours.' in " ".join(texts(draw(output).svg))
    monkeypatch.setattr("subprocess.run", None)
    whole = draw(output, expand="all")
    with pytest.raises(RenderingError, match=r"cards and 11,175 edges cannot be laid out.*draw\(output, around=node\)"):
        _ = whole.svg
    assert whole.dot.count(" -> n") == 11_175


def test_a_node_can_be_drawn_with_its_surroundings_and_the_gradients_of_the_whole() -> None:
    large = network(16, 16, 1)
    node = next(node for node in topological_order(large) if node.label == "z₂⁽²⁾")
    gradient = next(node.gradient for node in trace(large).nodes if node.name == "z₂⁽²⁾")
    shown = texts(draw(large, around="z₂⁽²⁾").svg)
    assert ("z₂⁽²⁾ with its 33 operands and 1 consumer, out of a graph of 409 nodes; the gradients are those of the "
            "whole graph.") in shown
    assert f"δ₂⁽²⁾ = ∂C/∂z₂⁽²⁾ = {gradient:.6g}" in shown
    assert {"w₂₁⁽²⁾", "b₂⁽²⁾"} <= set(shown)
    assert any(line.startswith("a₁⁽¹⁾ = ") for line in shown)
    assert not any(line.startswith(("z₁⁽²⁾ = ", "z₁⁽¹⁾ = ", "x₁")) for line in shown)
    assert draw(large, around=node).dot == draw(trace(large), around="z₂⁽²⁾").dot == draw(large, around="z₂⁽²⁾").dot
    by_sums = draw(large, around=node, view="expression").dot
    assert "z₂⁽²⁾ with its 2 operands and 1 consumer" in by_sums


def test_the_numbers_of_a_node_are_shown_and_those_of_its_neighbours_are_not() -> None:
    x = Value(2.0, "x")
    z = affine([x], [7.5], 0.0)
    output = affine([z], [8.5], 0.0)
    shown = texts(draw(output, around=z).svg)
    assert "7.5" in shown
    assert "8.5" not in shown


def test_many_neighbours_are_folded_and_a_moved_leaf_is_found() -> None:
    x = Value(2.0, "x")
    output = total([sin(x * k) for k in range(300)])
    assert "300 operations" in texts(draw(output, around=x).svg)
    x.data = 3.0
    with pytest.warns(StaleGraphWarning):
        assert "value 3" in texts(draw(output, around=x).svg)


def of_samples(n: int) -> tuple[MLP, Value]:
    net = MLP(2, [16, 16, 1], "tanh", seed=1)
    outputs = [net.outputs([k / n, 1 - k * k / n])[1][0] for k in range(n)]
    return net, total([output * output for output in outputs])


def test_many_neighbours_stand_in_a_column_rather_than_in_a_row() -> None:
    net, large = of_samples(12)
    shared = draw(large, around=net.layers[0].neurons[0].weights[0])
    assert "rankdir=LR" in shared.dot
    found = re.search(r'<svg[^>]* width="([\d.]+)pt"', shared.svg)
    assert found
    assert float(found[1]) < 1100
    assert "rankdir=TB" in draw(large, around="a₁⁽³⁾").dot, "a few stay in a row"
    assert "rankdir=TB" in draw(large, around=net.layers[0].neurons[0].weights[0], orientation="down").dot


@pytest.mark.parametrize(("size", "most"), [("print", 4), ("slide", 6)])
def test_of_a_given_size_the_neighbours_of_the_largest_shares_are_shown(size: str, most: int) -> None:
    _, large = of_samples(2)
    recorded = trace(large)
    shares = {step.parent: abs(step.product or 0) for step in recorded.backward if step.node == "z₂⁽²⁾"}
    largest = sorted(shares, key=lambda name: -shares[name])[:most]
    svg = draw(large, around="z₂⁽²⁾", size=size).svg
    shown = texts(svg)
    assert [name in shown or any(line.startswith(f"{name} = ") for line in shown) for name in largest] == [True] * most
    assert f"{33 - most} more operands" in shown
    assert f"{33 - most} edges" in shown
    assert svg.count("<title>∂z₂⁽²⁾/∂") == most, "read aloud in full where the picture has room for the numbers alone"
    consumers = {step.node: abs(step.product or 0) for step in recorded.backward if step.parent == "w₁₁⁽¹⁾"}
    assert {name for name in consumers if any(line.startswith(f"{name} = ") for line in texts(
        draw(large, around="w₁₁⁽¹⁾", size=size).svg))} == consumers.keys(), "few are all shown"


def test_large_numbers_have_one_format() -> None:
    _, large = of_samples(12)
    count = f"{len(trace(large).nodes):,} nodes"
    assert count[1] == ","
    assert f"{count}, folded by layer" in draw(large).dot
    assert f"out of a graph of {count}" in draw(large, around=large).dot


def test_the_error_for_an_unknown_node_names_a_few_each_once() -> None:
    w = Value(1.0, "w")
    x = sin(w)
    x.label = "x"
    with pytest.raises(ValueError, match=r"unknown node to draw 'q'\. Known: x, w$"):
        draw(x, around="q")
    with pytest.raises(ValueError, match="unknown node to draw") as caught:
        draw(of_samples(1)[1], around="w₁₉⁽⁷⁾")
    assert "did you mean 'w₁₉⁽" in str(caught.value), "also of those that are not listed"
    assert str(caught.value).count(",") == 10


def test_a_node_that_cannot_be_shown_is_said() -> None:
    a = Value(1.0, "a")
    y = a * 2
    with pytest.raises(ValueError, match="unknown node to draw 'b'"):
        draw(y, around="b")
    with pytest.raises(ValueError, match="the node to draw, is not in the graph of v₁"):
        draw(y, around=Value(1.0, "a"))
    with pytest.raises(ValueError, match="not in the graph"):
        draw(y, around=Value(1.0, "a"), view="expression")
    with pytest.raises(ValueError, match="give around the name of one"):
        draw(trace(y), around=a)
    with pytest.raises(ValueError, match="give one of them"):
        draw(y, around=a, expand="all")
