"""The pictures that the project lays out itself: order, lines that cross no card and no label, letters that can be read."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import combinations, pairwise
from math import hypot
from xml.etree import ElementTree

import pytest

from autograd_lite import Value, cos, exp, sigmoid, sin, sqrt, tanh, total, trace
from nn import MLP, costs
from nn.derivations import LECTURES
from visualize import draw
from visualize.graph import graph
from visualize.graph.card_bands import plan_bands
from visualize.graph.card_fit import SHEETS, join_lines, keep_numbers, shorten_texts
from visualize.graph.card_layout import CardPlan, PlacedEdge, plan_cards
from visualize.graph.card_order import count_crossings
from visualize.graph.card_style import DENSE, ROOMY, SHEET, SMALL_FONT, Box
from visualize.graph.cards import build_contents
from visualize.graph.contents import Contents
from visualize.steps.equations import in_letters

pytestmark = pytest.mark.slow

SVG = "{http://www.w3.org/2000/svg}"


def network(*sizes: int, samples: int = 1) -> Value:
    net = MLP(sizes[0], sizes[1:], "tanh", seed=1)
    found = []
    for k in range(samples):
        inputs: list[Value | float] = [Value(0.3 * i + k - 1, f"x{i + 1}") for i in range(sizes[0])]
        found.append(costs.half_squared_error(net.forward(inputs).output, [Value(0.5, "y")] * sizes[-1]))
    return found[0] if len(found) == 1 else total(found)


def expression() -> Value:
    x, y = Value(0.7, "x"), Value(-0.4, "y")
    return cos(x * y) * exp(x) + sin(y) / x


def fan_out() -> Value:
    x = Value(0.5, "x")
    one = tanh(x)
    return total([one * x, sigmoid(one), exp(one) * one, cos(one + x)])


def long_edges() -> Value:
    w, y = Value(0.9, "w"), Value(0.5, "x")
    for _ in range(12):
        y = sin(w * y)
    return y


def failing() -> Value:
    return sqrt(Value(0.0, "x") * 2) + Value(1.0, "y")


GRAPHS: dict[str, Callable[[], Value]] = {
    "2-4-4-1": lambda: network(2, 4, 4, 1), "11-2": lambda: network(11, 2), "two samples": lambda: network(2, 3, 1, samples=2),
    "cos and exp": expression, "fan-outs": fan_out, "long edges": long_edges, "failing": failing,
    "a leaf": lambda: Value(2.0, "x"), "a sum": lambda: total([Value(1.0, f"x{i}") for i in range(60)])}


def read(id: str) -> Contents:
    if id in GRAPHS:
        return build_contents(trace(GRAPHS[id]()))
    recording = LECTURES[id].record(LECTURES[id].resolve({}))
    return build_contents(in_letters(trace(recording.cost), recording), None, recording)


def name(plan: CardPlan, id: str) -> str:
    return next(card.members[0] if card.members else card.lines[0] for card in plan.shown.cards if card.id == id)


def walk(placed: PlacedEdge, right: bool) -> Iterator[tuple[float, float]]:
    """Points all along an edge."""
    for i, ((u, v), (x, y)) in enumerate(pairwise(placed.points)):
        steps = max(2, int(hypot(x - u, y - v) / 2))
        for k in range(steps + 1):
            t = k / steps
            s = 3 * t * t - 2 * t**3  # across, of a bend whose ends go straight on
            along = 1.5 * t * (1 - t) + t**3  # along: its middle points lie half way
            if not i % 2:
                yield u + t * (x - u), v + t * (y - v)
            elif right:
                yield u + along * (x - u), v + s * (y - v)
            else:
                yield u + s * (x - u), v + along * (y - v)


def is_inside(box: Box, x: float, y: float) -> bool:
    return box.x + 0.5 < x < box.x + box.width - 0.5 and box.y + 0.5 < y < box.y + box.height - 0.5


def check(plan: CardPlan) -> None:
    for one, other in combinations(plan.cards, 2):
        assert not plan.cards[one].meets(plan.cards[other]), (name(plan, one), name(plan, other))
    labels = [(placed, placed.label) for placed in plan.edges if placed.label]
    for placed, label in labels:
        assert not any(label.meets(box) for box in plan.cards.values()), placed.lines
    for (placed, one_label), (_, other_label) in combinations(labels, 2):
        assert not one_label.meets(other_label), placed.lines
    boxes = [*plan.cards.values(), *(label for _, label in labels)]
    for placed in plan.edges:
        for x, y in walk(placed, plan.right):
            assert not any(is_inside(box, x, y) for box in boxes), (placed.edge, placed.lines)
    ends: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for placed in plan.edges:
        ends[placed.edge.end].append(placed.points[-1])
    for tips in ends.values():
        assert all(hypot(x - u, y - v) > 1.5 for (x, y), (u, v) in combinations(tips, 2)), "edges end apart"
    for placed in plan.edges:
        x, y = placed.points[-1]
        box = plan.cards[placed.edge.end]
        assert box.x - 0.1 <= x <= box.x + box.width + 0.1
        assert box.y - 0.1 <= y <= box.y + box.height + 0.1
    assert all(box.x >= -0.1 and box.y >= -0.1 and box.x + box.width <= plan.width + 0.1
               and box.y + box.height <= plan.height + 0.1 for box in boxes)


@pytest.mark.one_in(3)
@pytest.mark.parametrize("right", [True, False])
@pytest.mark.parametrize("id", [*LECTURES, *GRAPHS])
def test_no_line_crosses_a_card_or_a_label_and_nothing_overlaps(id: str, right: bool) -> None:
    plan = plan_cards(read(id), right=right)
    assert plan
    check(plan)


@pytest.mark.parametrize("id", ["chain", "layers", "rss", "columns", "2-4-4-1", "cos and exp"])
def test_nor_on_paper_where_texts_are_short_and_lines_go_on_underneath(id: str) -> None:
    shown = read(id)
    for shorten, style in ((shorten_texts, SHEET), (join_lines, DENSE)):
        plan = plan_bands(shorten(shown), style, 587.0)
        assert plan
        check(plan)


@pytest.mark.parametrize("id", [id for id in LECTURES if id not in ("one-neuron", "chain")] + ["2-4-4-1", "11-2"])
def test_units_weights_and_inputs_stand_in_the_order_of_their_indices(id: str) -> None:
    plan = plan_cards(read(id), right=True)
    assert plan
    columns: dict[tuple[str, float], list[tuple[float, str]]] = defaultdict(list)
    for card in plan.shown.cards:
        if card.role.name in ("pre-activation", "activation", "leaf", "parameter") and card.members:
            kind = card.role.name if card.role.name == "parameter" else card.members[0][0]
            columns[kind, plan.cards[card.id].x].append((plan.cards[card.id].y, card.members[0]))
    lowered = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
    ordered = 0
    for (kind, _), cards in columns.items():
        names = [card for _, card in sorted(cards)]
        if kind == "parameter":
            order = plan.shown.edges
            unit = {edge.start: edge.end for edge in reversed(order)}
            ids = [next(c.id for c in plan.shown.cards if c.members == (n,)) for n in names]
            units = [plan.cards[unit[i]].y for i in ids]
            if id not in ("columns", "rows"):  # there three samples share a weight
                assert units == sorted(units), names
            continue
        keys = []
        for text in names:
            found = re.match(r"\D*?([₀-₉,]+)", text)
            sample = re.search(r"\[(\d+)\]", text)
            keys.append((int(sample[1]) if sample else 0, int(found[1].replace(",", "").translate(lowered)) if found else 0))
        assert keys == sorted(keys), names
        ordered += len(names) > 1
    assert ordered >= 3


def test_units_that_were_recorded_in_another_order_stand_by_their_indices() -> None:
    x = Value(0.5, "x")
    units = [tanh(Value(0.1 * k, f"w{k}") * x) for k in (3, 1, 2)]
    for k, unit in zip((3, 1, 2), units, strict=True):
        unit.label = "a" + "₀₁₂₃"[k]
    plan = plan_cards(build_contents(trace(total(units))), right=True)
    assert plan
    shown = sorted((plan.cards[card.id].y, card.members[0]) for card in plan.shown.cards if card.members[0][0] == "a")
    assert [text for _, text in shown] == ["a₁", "a₂", "a₃"]


def test_the_weights_of_a_unit_stand_in_order_and_its_bias_last() -> None:
    plan = plan_cards(read("layers"), right=True)
    assert plan
    shown = sorted((plan.cards[card.id].y, card.members[0]) for card in plan.shown.cards
                   if card.role.name == "parameter" and card.layer == 2)
    assert [text for _, text in shown] == ["w₁₁⁽²⁾", "w₁₂⁽²⁾", "b₁⁽²⁾", "w₂₁⁽²⁾", "w₂₂⁽²⁾", "b₂⁽²⁾"]


@pytest.mark.parametrize("id", ["layers", "chain", "bernoulli", "2-4-4-1"])
def test_layers_stand_from_left_to_right_on_one_line(id: str) -> None:
    plan = plan_cards(read(id), right=True)
    assert plan
    frames = dict(plan.frames)
    assert sorted(frames) == sorted({card.layer for card in plan.shown.cards if card.layer})
    for layer in range(1, len(frames)):
        assert frames[layer].x + frames[layer].width <= frames[layer + 1].x
    units: dict[int, list[float]] = defaultdict(list)
    for card in plan.shown.cards:
        if card.role.name == "pre-activation" and card.layer:
            units[card.layer].append(plan.cards[card.id].y)
    middles = [sum(places) / len(places) for places in units.values()]
    assert max(middles) - min(middles) < 60


def test_a_unit_and_its_activation_stand_on_one_line() -> None:
    plan = plan_cards(read("2-4-4-1"), right=True)
    assert plan
    for placed in plan.edges:
        if name(plan, placed.edge.start).startswith("z"):
            assert abs(placed.points[0][1] - placed.points[-1][1]) < 2.5


def test_few_lines_cross() -> None:
    crossings = {id: count_crossings(plan.order) for id in [*LECTURES, *GRAPHS] if (plan := plan_cards(read(id), right=True))}
    assert {id for id in crossings if crossings[id] == 0} >= {"one-neuron", "chain", "long edges", "failing", "a sum"}
    assert max(crossings["layers"], crossings["bernoulli"]) <= 3, "one in each pair of full layers"


def sizes(svg: str) -> tuple[float, float, float]:
    """Width, height and smallest letters in points."""
    root = ElementTree.fromstring(svg)
    width, height = (float((root.get(key) or "").removesuffix("pt")) for key in ("width", "height"))
    scale = width / float((root.get("viewBox") or "").split()[2])
    return width, height, scale * min(float(text.get("font-size") or 0) for text in root.iter(f"{SVG}text"))


@pytest.mark.one_in(3)
@pytest.mark.parametrize("size", SHEETS)
@pytest.mark.parametrize("id", [*LECTURES, "2-4-4-1", "cos and exp", "fan-outs"])
def test_the_letters_can_be_read_on_paper_and_on_a_slide(id: str, size: str) -> None:
    output = GRAPHS[id]() if id in GRAPHS else LECTURES[id].record(LECTURES[id].resolve({}))
    svg = draw(output, size=size).svg
    width, height, letters = sizes(svg)
    sheet = SHEETS[size]
    assert width <= sheet.width + 0.1
    assert height <= sheet.height + 0.1
    assert letters >= sheet.letters - 0.01
    assert "expand=" not in svg, "no instruction to a programmer"


@pytest.mark.parametrize("id", ["one-neuron", "chain", "layers", "rss", "bernoulli"])
def test_a_lecture_shows_every_node_on_an_a4_page(id: str) -> None:
    recording = LECTURES[id].record(LECTURES[id].resolve({}))
    svg = draw(recording, size="print").svg
    assert "folded" not in svg
    shown = " ".join(text.text or "" for text in ElementTree.fromstring(svg).iter(f"{SVG}text"))
    assert all(re.search(rf"{re.escape(node.name)} (= |\|)", shown) for node in trace(recording.cost).nodes)


def test_no_engine_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph, "render", None)
    monkeypatch.setattr("subprocess.run", None)
    for id in LECTURES:
        recording = LECTURES[id].record(LECTURES[id].resolve({}))
        for size in (None, "print"):
            assert '<g id="edge1" class="edge">' in re.sub(r'id="g[0-9a-f]+-', 'id="', draw(recording, size=size).svg)


def test_a_graph_of_many_cards_goes_to_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph, "render", lambda _: "<svg drawn='by the engine'>\n</svg>")
    assert "by the engine" in draw(total([Value(1.0, f"x{i}") for i in range(300)]), expand="all").svg
    assert "by the engine" not in draw(total([Value(1.0, f"x{i}") for i in range(100)])).svg


def test_down_turns_the_picture() -> None:
    shown = read("layers")
    across, down = plan_cards(shown, right=True), plan_cards(shown, right=False)
    assert across
    assert down
    assert across.width > across.height
    assert down.height > across.height
    for placed in down.edges:
        assert placed.points[-1][1] == pytest.approx(down.cards[placed.edge.end].y), "from above"
    for placed in across.edges:
        assert placed.points[-1][0] == pytest.approx(across.cards[placed.edge.end].x), "from the left"


def test_shorter_texts_say_the_same_numbers() -> None:
    shown = read("one-neuron")
    short, numbers, joined = shorten_texts(shown), keep_numbers(shown), join_lines(shown)

    def lines(some: Contents, id: str) -> tuple[str, ...]:
        return next(card.lines for card in some.cards if card.members == (id,))

    assert lines(short, "z₁") == ("z₁ = w₁·x + b₁", "value 0.9", "δ₁ = −3.1")
    assert lines(numbers, "z₁") == ("z₁ = 0.9", "δ₁ = −3.1")
    assert lines(joined, "w₁") == ("w₁ = 0.4 | −4.65",)
    assert lines(joined, "a₁") == ("a₁ = 0.9", "grad −3.1")
    label = next(edge.label for edge in shown.edges if "∂w₁" in edge.label)
    assert label == "∂z₁/∂w₁ = x = 1.5"
    place = next(i for i, edge in enumerate(shown.edges) if edge.label == label)
    assert (short.edges[place].label, numbers.edges[place].label) == ("x = 1.5", "1.5")
    assert ROOMY.font > SMALL_FONT
