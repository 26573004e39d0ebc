"""The network view: circles and lines with the numbers of the graph, in order, that can be read on paper."""

import re
from collections.abc import Callable
from itertools import combinations, pairwise
from math import hypot
from xml.etree import ElementTree

import pytest

from autograd_lite import Value, affine, sqrt, total, trace
from nn import MLP, costs
from nn.derivations import LECTURES, compare
from visualize import draw
from visualize.graph import graph
from visualize.graph.network import Network, read_network, read_samples
from visualize.graph.network_layout import PAPERS, Plan, plan_network
from visualize.graph.network_texts import measure, write_short

pytestmark = pytest.mark.slow

SVG = "{http://www.w3.org/2000/svg}"
TOLERANCE = 1e-9  # the same floats, times s/α


def read(id: str, sample: int = 1) -> Network:
    recording = LECTURES[id].record(LECTURES[id].resolve({}))
    return read_network(trace(recording.cost), recording.deltas, sample)


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("id", LECTURES)
def test_the_circles_have_the_numbers_of_the_lecture(id: str) -> None:
    network, hand = read(id), compare(id).hand
    for column, numbers in enumerate(network.columns):
        units = [network.circles[number] for number in numbers if network.circles[number].is_unit]
        assert bool(units) == (column > 0)
        for j, unit in enumerate(units):
            if "delta1" in hand:
                expected = hand[f"delta{column}"], hand[f"a{column}"], hand[f"z{column}"]
            else:
                pre, post, delta = (hand[kind][column] for kind in ("pre", "post", "delta"))
                many = pre.ndim > 1
                expected = tuple((array[0] if many else array)[j] for array in (delta, post, pre))
            assert unit.delta
            assert unit.pre
            assert (unit.delta[1], unit.value, unit.pre[1]) == pytest.approx(expected, rel=TOLERANCE)
    assert network.cost
    assert network.cost[1] == pytest.approx(hand["C"], rel=TOLERANCE)


@pytest.mark.parametrize(("id", "weight", "ends"), [
    ("chain", "w₂", ("a₁", "a₂")), ("layers", "w₂₁⁽²⁾", ("a₁⁽¹⁾", "a₂⁽²⁾")), ("rss", "W₁₀⁽ˡ⁻¹⁾", ("x₀", "a₁⁽ˡ⁾")),
    ("bernoulli", "w₂₁⁽¹⁾", ("x₁", "z₂⁽¹⁾")), ("columns", "W₃₁⁽¹⁾", ("X₁[1]", "a₃⁽²⁾[1]")),
    ("rows", "W₁₃⁽¹⁾", ("X₁[1]", "a₃⁽²⁾[1]"))])
def test_a_weight_leads_where_its_indices_say(id: str, weight: str, ends: tuple[str, str]) -> None:
    network = read(id)
    line = next(line for line in network.lines if line.name == weight)
    assert (network.circles[line.start].name, network.circles[line.end].name) == ends


@pytest.mark.parametrize("id", LECTURES)
@pytest.mark.parametrize("size", PAPERS)
def test_units_stand_in_order_and_nothing_overlaps(id: str, size: str | None) -> None:
    plan = plan_network(read(id), PAPERS[size], legend=True)
    assert plan.sizes.full
    for column in plan.network.columns:
        assert len({plan.places[number][0] for number in column}) == 1
        names = [plan.network.circles[number].name for number in column]
        assert names == sorted(names, key=lambda name: ("x" not in name or "₀" not in name, name))
        assert all(plan.places[a][1] < plan.places[b][1] for a, b in pairwise(column))
    for a, b in combinations(plan.places.values(), 2):
        assert hypot(a[0] - b[0], a[1] - b[1]) > 2 * plan.sizes.radius
    middles = {round(sum(plan.places[n][1] for n in column) / len(column), 6) for column in plan.network.columns}
    assert len(middles) == 1
    paper = PAPERS[size]
    if paper.width:
        assert plan.width <= paper.width + 1
        assert plan.height <= paper.height


@pytest.mark.parametrize(("size", "points"), [("print", 8), ("slide", 12)])
@pytest.mark.parametrize("id", LECTURES)
def test_the_smallest_letters_can_be_read_on_paper(id: str, size: str, points: float) -> None:
    svg = draw(LECTURES[id].record(LECTURES[id].resolve({})), view="network", size=size).svg
    sizes = [float(found) for found in re.findall(r'font-size="([\d.]+)"', svg)]
    assert min(sizes) * 0.75 >= points


def test_layers_on_paper_shows_its_numbers() -> None:
    recording = LECTURES["layers"].record(LECTURES["layers"].resolve({}))
    shown = texts(draw(recording, view="network", size="print").svg)
    for unit in read("layers").circles:
        assert write_short(unit.value) in shown
        assert not unit.delta or f"{unit.delta[0]} = {write_short(unit.delta[1])}" in shown


def test_names_of_weights_stand_apart() -> None:
    plan = plan_network(read("layers"), PAPERS[None], legend=True)
    assert len(plan.labels) == len(plan.network.lines)
    for a, b in combinations(plan.labels.values(), 2):
        assert hypot(a.x - b.x, a.y - b.y) > plan.font


def large() -> Value:
    net = MLP(3, [100, 2], "tanh", seed=1)
    cost = costs.half_squared_error(net.outputs([0.5, -1.0, 2.0])[1], [1.0, 0.0])
    cost.label = "C"
    return cost


@pytest.mark.parametrize("size", PAPERS)
def test_a_wide_layer_is_left_out_in_the_middle_and_says_so(size: str | None) -> None:
    plan = plan_network(read_network(trace(large()), {}), PAPERS[size], legend=True)
    shown = [number for number in plan.network.columns[1] if number in plan.places]
    assert len(shown) <= 64
    left = 100 - len(shown)
    assert plan.network.circles[shown[0]].name == "a₁⁽¹⁾"
    assert plan.network.circles[shown[-1]].name == "a₁₀₀⁽¹⁾"
    assert plan.notes[0] == f"{left} units are left out in the middle of their layers"
    assert f"⋮ {left} more" in texts(draw(large(), view="network", size=size).svg)
    assert all(line.start in plan.places and line.end in plan.places for _, line in plan.lines)


def test_text_beside_dots_ends_before_the_next_column() -> None:
    for size in PAPERS:
        plan = plan_network(read_network(trace(large()), {}), PAPERS[size], legend=True)
        for number in plan.network.columns[1]:
            text = plan.write_beside(plan.network.circles[number])
            assert measure(text, plan.font) <= plan.sizes.gap - 2 * plan.sizes.radius


def test_another_sample_has_its_own_numbers() -> None:
    hand = compare("columns").hand
    for sample in (1, 2, 3):
        network = read("columns", sample)
        assert network.note == f"sample {sample} of 3"
        last = network.circles[network.columns[-1][0]]
        assert last.value == pytest.approx(hand["post"][2][sample - 1][0], rel=TOLERANCE)
        assert network.targets[0][0] == f"Y₁[{sample}]"


def test_targets_are_known_by_the_outputs_that_they_meet() -> None:
    net = MLP(1, [2], seed=1)
    outputs = [net.forward([Value(x)]).output for x in (0.1, 0.2, 0.3)]
    targets = [[Value(float(10 * i + j)) for j in (1, 2)] for i in (1, 2, 3)]  # no label says whose they are
    apart = total([costs.half_squared_error(a, t) for a, t in zip(outputs, targets, strict=True)])
    weight_decay = Value(0.5, "λ") * total([w * w for w in net.parameters()])
    for cost in (apart, apart + weight_decay):
        found = read_samples(trace(cost), {})
        assert [[x for _, x in network.targets] for network in found] == [[11.0, 12.0], [21.0, 22.0], [31.0, 32.0]]
    net = MLP(2, [3], output_activation="softmax", seed=1)
    cost = costs.cross_entropy(net.forward([Value(0.1), Value(0.2)]).output, [Value(y) for y in (0.0, 1.0, 0.0)])  # −y·log a
    assert [x for _, x in read_network(trace(cost), {}).targets] == [0.0, 1.0, 0.0]


def test_dots_without_any_room_for_text_are_drawn() -> None:
    net = MLP(2, [20, 20, 20, 20, 20, 20, 1], seed=1)
    cost = costs.half_squared_error(net.forward([Value(0.1), Value(0.2)]).output, [Value(1.0)])
    plan = plan_network(read_network(trace(cost), {}), PAPERS["print"], legend=True)
    assert plan.write_beside(plan.network.circles[plan.network.columns[1][0]]) == ""
    assert any("left out" in note for note in plan.notes)


def test_lines_can_stand_for_gradients() -> None:
    recording = LECTURES["layers"].record(LECTURES["layers"].resolve({}))
    network = read("layers")
    largest = max(abs(line.gradient or 0) for line in network.lines)
    assert f"gradient; width: |gradient|, at most {write_short(largest)}" in texts(
        draw(recording, view="network", lines="gradient").svg)
    assert draw(recording, view="network", lines="gradient").svg != draw(recording, view="network").svg


def test_it_needs_no_layout_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: str) -> str:
        raise AssertionError("the engine was called")

    monkeypatch.setattr(graph, "render", refuse)
    assert "<circle" in draw(large(), view="network").svg


def test_a_softmax_layer_shows_its_outputs() -> None:
    net = MLP(2, [3, 3], "tanh", output_activation="softmax", seed=1)
    cost = costs.half_squared_error(net.outputs([0.5, -1.0])[1], [1.0, 0.0, 0.0])
    cost.label = "C"
    network = read_network(trace(cost), {})
    outputs = [network.circles[number] for number in network.columns[-1]]
    assert [unit.name for unit in outputs] == ["a₁⁽²⁾", "a₂⁽²⁾", "a₃⁽²⁾"]
    assert sum(unit.value for unit in outputs) == pytest.approx(1.0)


def test_a_pass_that_fails_shows_what_it_reached() -> None:
    w, x = Value(0.0, "w"), Value(1.0, "x")
    root = sqrt(affine([w], [x], 0.0))
    shown = texts(draw(root, view="network").svg)
    assert "δ: not complete" in shown


def test_hostile_labels_stay_text() -> None:
    w, x = Value(2.0, '<script>alert("1")</script>'), Value(3.0, "]]>&amp;'")
    svg = draw(affine([w], [x], 1.0), view="network").svg
    assert ElementTree.fromstring(svg).find(f".//{SVG}script") is None
    assert "]]>&amp;'" in texts(svg)


def test_the_text_for_graphviz_has_every_circle_and_line() -> None:
    network = read("rss")
    dot = draw(LECTURES["rss"].record(LECTURES["rss"].resolve({})), view="network").dot
    assert len(re.findall(r"^  c\d+ \[label", dot, re.M)) == len(network.circles)
    assert len(re.findall(r"^  c\d+ -- c\d+", dot, re.M)) == len(network.lines)


@pytest.mark.parametrize(("arguments", "said"), [
    ({"view": "network", "expand": 1}, "expand has no meaning in the network view"),
    ({"view": "network", "orientation": "right"}, "orientation has no meaning in the network view"),
    ({"view": "network", "sample": 2}, "sample 2 is not in the graph, which has 1"),
    ({"view": "lecture", "sample": 2}, "sample has no meaning in the lecture view"),
    ({"view": "network", "lines": "width"}, "unknown lines 'width'"),
])
def test_what_has_no_meaning_is_refused(arguments: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        draw(LECTURES["chain"].record(LECTURES["chain"].resolve({})), **arguments)  # type: ignore[arg-type]


def test_a_graph_without_units_is_refused() -> None:
    with pytest.raises(ValueError, match="no unit w·x \\+ b"):
        draw(Value(2.0, "x") * 3, view="network")


def test_the_legend_can_be_left_out() -> None:
    recording = LECTURES["chain"].record(LECTURES["chain"].resolve({}))
    assert "positive" in texts(draw(recording, view="network").svg)
    assert "positive" not in texts(draw(recording, view="network", legend=False).svg)
    assert "cluster_legend" not in draw(recording, legend=False).dot


def test_the_plan_keeps_lines_between_circles() -> None:
    plan: Plan = plan_network(read("layers"), PAPERS[None], legend=True)
    for _, line in plan.lines:
        x1, _, x2, _ = plan.trim(line)
        assert x1 < x2


def make_costs() -> list[Value]:
    """The costs of two samples under one network; what is asked of them is made of the nodes."""
    net = MLP(2, [2, 1], seed=1)
    return [costs.half_squared_error(net.forward([Value(0.5 * i, f"x₁[{i}]"), Value(-1.0, f"x₂[{i}]")]).output, [Value(1.0, f"y[{i}]")])
            for i in (1, 2)]


@pytest.mark.parametrize(("reduce", "said", "single"), [
    (lambda a, b: (a + b) / 2, "mean over 2 samples", True), (lambda a, b: a + b, "sum over 2 samples", True),
    (lambda a, b: total([a, b]) * 0.5, "mean over 2 samples", True), (lambda a, b: (a + b) / 2 + 0.01, "over 2 samples", True),
    (lambda a, b: sqrt(a + b), "over 2 samples", False), (lambda a, b: a * b + a, "over 2 samples", False),
    (lambda a, b: (a * 2) * b + (a * 3) * b, "over 2 samples", False),
    (lambda a, b: total([a * 2, a * 3, b * 2, b * 3]) * 0.5, "over 2 samples", False)])
def test_of_several_samples_it_is_said_whose_cost_is_shown(reduce: Callable[[Value, Value], Value], said: str, single: bool) -> None:
    a, b = make_costs()
    cost = reduce(a, b)
    cost.label = "C"
    for sample, own in ((1, a), (2, b)):
        network = read_network(trace(cost), {}, sample)
        assert network.over == said
        svg = draw(cost, view="network", sample=sample).svg
        assert f">{said}</text>" in svg
        shown = f">C of sample {sample} = {write_short(own.data)}</text>" in svg
        assert shown == single == ("of sample" in svg), "else the cost is not made of two such numbers alone"


def test_of_one_sample_nothing_is_added_to_the_cost() -> None:
    svg = draw(make_costs()[0], view="network").svg
    assert "over" not in svg
    assert "of sample" not in svg
