"""Plots of training show the numbers that they are of, and say what they need."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograd_lite import grad
from nn import MLP, Neuron, TrainingWarning, costs, fit
from nn.optimizers import Adam, GradientDescent
from visualize import Plot, plot_boundary, plot_deltas, plot_fit, plot_history, plot_layers, plot_surface, plot_training

pytestmark = pytest.mark.slow

POINTS = [[a / 2, b / 2] for a in range(-3, 4) for b in range(-2, 3)]
SIDES = [int(a > b) for a, b in POINTS]
LOGITS = "binary_cross_entropy_logits"


@pytest.fixture(scope="module")
def net() -> MLP:
    return MLP(2, [4, 4, 1], "sigmoid", "sigmoid", seed=1)


def panels(plot: Plot) -> Any:
    """The panels of a figure."""
    return plot.figure.axes


def texts(plot: Plot) -> str:
    """Every text in a figure."""
    import matplotlib.text

    return "\n".join(text.get_text() for text in plot.figure.findobj(matplotlib.text.Text))


def test_the_history_is_its_costs_and_norms() -> None:
    line = MLP(2, [1], "tanh", "sigmoid", seed=1)
    history = fit(line, POINTS, SIDES, cost=LOGITS, epochs=12, validation=(POINTS[:5], SIDES[:5]))
    left, right = panels(plot_history(history))
    costs_drawn, held_drawn = (curve.get_ydata() for curve in left.lines[:2])
    assert list(costs_drawn) == history.cost
    assert list(held_drawn) == history.validation
    assert list(right.lines[0].get_ydata()) == history.gradient_norm
    assert left.get_yscale() == "log"


def test_the_boundary_is_what_the_network_answers(net: MLP) -> None:
    plot = plot_boundary(net, POINTS, SIDES, points=9)
    panel = panels(plot)[0]
    drawn = sum(len(c.get_offsets()) for c in panel.collections if type(c).__name__ == "PathCollection")
    assert drawn == len(POINTS)
    several = MLP(2, [3], output_activation="softmax", seed=1)
    mesh = panels(plot_boundary(several, POINTS, SIDES, points=9))[0].collections[0]
    sides = [np.linspace(-1.8, 1.8, 9), np.linspace(-1.2, 1.2, 9)]
    u, v = np.meshgrid(*sides)
    expected = several.classify(np.column_stack([u.ravel(), v.ravel()]))
    assert np.ravel(mesh.get_array()).tolist() == expected.tolist()


def test_a_class_has_the_colour_of_its_region_whichever_samples_are_drawn() -> None:
    from matplotlib.colors import to_hex

    net = MLP(2, [3], output_activation="softmax", seed=1)
    classes = [9 if a < -0.5 else 10 if a < 0.5 else 2 for a, _ in POINTS]
    fit(net, POINTS, classes, cost="softmax_cross_entropy", optimizer=Adam(0.2), epochs=80)
    assert net.data_preparation.classes == ("2", "9", "10")
    some = [i for i, c in enumerate(classes) if c != 2]
    panel = panels(plot_boundary(net, [POINTS[i] for i in some], [classes[i] for i in some], points=9))[0]
    regions = [to_hex(colour) for colour in panel.collections[0].cmap.colors]
    drawn = {text.get_text(): to_hex(handle.get_facecolor()[0]) for text, handle in
             zip(panel.get_legend().get_texts(), panel.get_legend().legend_handles, strict=True)}
    assert [drawn[name] for name in ("9", "10")] == regions[1:]


def test_held_back_costs_stand_at_their_own_epochs() -> None:
    net = Neuron(1, "identity", seed=1)
    first = fit(net, [0.0, 1.0], [0.0, 2.0], epochs=4, validation=([2.0], [4.0]))
    held = panels(plot_history(first))[0].lines[1]
    assert list(held.get_xdata()) == [1, 2, 3, 4]


def test_the_surface_has_the_penalty_of_the_run() -> None:
    X, Y = [-1.0, 2.0], [-1.0, 5.0]
    neuron = Neuron(1, "identity", seed=1)
    history = fit(neuron, X, Y, epochs=3, penalty="l2", lam=5.0, keep_parameters=True)
    with_penalty, without = (panels(plot_surface(neuron, X, Y, [run], points=9))[0] for run in (
        history, fit(Neuron(1, "identity", seed=1), X, Y, epochs=3, keep_parameters=True)))
    top = [max(panel.collections[0].levels) for panel in (with_penalty, without)]
    assert top[0] > 1.3 * top[1]  # the same grid, with 5w² on top
    with pytest.raises(ValueError, match="the histories are of several costs or penalties"):
        plot_surface(neuron, X, Y, [history, fit(neuron, X, Y, epochs=1, keep_parameters=True)])


def test_the_surface_is_the_cost_and_the_path_the_parameters() -> None:
    X, Y = [-1.0, 2.0], [-1.0, 5.0]
    neuron = Neuron(1, "identity", seed=1)
    history = fit(neuron, X, Y, optimizer=GradientDescent(0.2), epochs=30, keep_parameters=True)
    before = [p.data for p in neuron.parameters()]
    panel = panels(plot_surface(neuron, X, Y, [history], mark=(2, 1), points=11))[0]
    assert [p.data for p in neuron.parameters()] == before
    np.testing.assert_array_equal(panel.lines[0].get_xydata(), history.parameters)
    assert [panel.get_xlabel(), panel.get_ylabel()] == ["w₁", "b₁"]
    assert any(list(line.get_xydata()[0]) == [2, 1] for line in panel.lines)
    filled, lines = (c for c in panel.collections if type(c).__name__ == "QuadContourSet")
    for level, paths in zip(lines.levels, lines.get_paths(), strict=True):
        for w, b in paths.vertices[:3]:
            cost = sum((w * x + b - y) ** 2 for x, y in zip(X, Y, strict=True)) / 4
            assert 0.4 * level < cost < 2.5 * level  # as near as 11 points a side are
    assert len(filled.levels) == 10


def test_gradients_and_deltas_by_layer_are_those_of_the_engine(net: MLP) -> None:
    passes = [net.forward(x) for x in POINTS]
    cost = costs.mean([costs.binary_cross_entropy_logits(p.pre[3][0], float(t)) for p, t in zip(passes, SIDES, strict=True)])
    told = texts(plot_layers(net, POINTS, SIDES, cost=LOGITS))
    deltas = texts(plot_deltas(net, POINTS, SIDES, cost=LOGITS))
    for l, layer in enumerate(net.layers, start=1):
        median = np.median(np.abs(grad(cost, layer.weights_alone())))
        assert f"median {median:.1e}" in told
        assert f"layer {l}" in told
        of_layer = [len(POINTS) * g for g in grad(cost, [z for p in passes for z in p.pre[l]])]
        assert f"median {np.median(np.abs(of_layer)):.1e}" in deltas


def test_gradients_vanish_towards_the_first_layer_of_a_deep_sigmoid_network() -> None:
    deep = MLP(2, [6] * 6 + [1], "sigmoid", "sigmoid", seed=1)
    of_gradients = panels(plot_layers(deep, POINTS, SIDES, cost=LOGITS))[1::2]
    medians = [float(panel.lines[0].get_xdata()[0]) for panel in of_gradients]  # powers of ten
    assert medians[1:] == sorted(medians[1:])  # the first layer's is also of the size of its inputs
    assert medians[-1] - medians[0] > 3


def test_deltas_that_a_relu_stops_are_counted() -> None:
    net = MLP(2, [8, 1], "relu", "sigmoid", seed=1)
    assert "% are 0" in texts(plot_deltas(net, POINTS, SIDES, cost=LOGITS))


@pytest.mark.parametrize(("n_inputs", "sizes", "Y", "cost", "title"), [
    (2, [2, 1], SIDES, LOGITS, "Decision boundary"),
    (2, [1], [a + b for a, b in POINTS], "half_squared_error", "answer of the network"),
    (1, [1], [a for a, _ in POINTS], "half_squared_error", "network"),
    (3, [3], ["low" if a < 0 else "mid" if a < 1 else "high" for a, _ in POINTS], "softmax_cross_entropy", "class answered"),
])
def test_what_was_learned_is_drawn_as_it_can_be(n_inputs: int, sizes: list[int], Y: list[Any], cost: str, title: str) -> None:
    X = [[*point, 1.0][:n_inputs] for point in POINTS]
    output = {"half_squared_error": "identity", LOGITS: "sigmoid"}.get(cost, "softmax")
    net = MLP(n_inputs, sizes, "tanh", output, seed=1)
    history = fit(net, X, Y, cost=cost, optimizer=Adam(0.1), epochs=5, standardise=True)
    assert title in texts(plot_training(net, history, X, Y))


def test_plots_are_saved_the_same_each_time_and_at_once(net: MLP, tmp_path: Path) -> None:
    plot = plot_layers(net, POINTS, SIDES, cost=LOGITS)
    for ending, begins in (("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")):
        first = plot.save(tmp_path / f"a.{ending}").read_bytes()
        assert first.startswith(begins)
        assert plot_layers(net, POINTS, SIDES, cost=LOGITS).save(tmp_path / f"b.{ending}").read_bytes() == first
    assert plot.svg == plot._repr_svg_()
    with pytest.raises(ValueError, match="let the name end in .svg, .png, .pdf"):
        plot.save(tmp_path / "a.jpg")


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="two inputs, and this one has 1"):
        plot_boundary(MLP(1, [1]), [1.0], [1.0])
    with pytest.raises(ValueError, match="one input, and this one has 2"):
        plot_fit(MLP(2, [1]), [[1.0, 2.0]], [1.0])
    with pytest.raises(ValueError, match="over two parameters, a weight and a bias, and the network has 3"):
        plot_surface(MLP(2, [1]), [[1.0, 2.0]], [1.0])
    with pytest.raises(TypeError, match="of an MLP, not of a Neuron"):
        plot_layers(Neuron(1), [1.0], [1.0])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="X and Y must have as many rows, and have 35 and 2"):
        plot_boundary(MLP(2, [1]), POINTS, [0, 1])
    with pytest.raises(ValueError, match="X must have the shape"):
        plot_boundary(MLP(2, [1]), [1.0, 2.0], [0, 1])
    with pytest.raises(ValueError, match="points must be at least 2 along each side, not 1"):
        plot_boundary(MLP(2, [1]), POINTS, SIDES, points=1)
    with pytest.raises(ValueError, match="there is nothing to draw"):
        plot_surface(Neuron(1, "identity"), [1e300], [1.0], points=3)
    history = fit(Neuron(1, "identity"), [1.0], [1.0], epochs=1)
    with pytest.raises(ValueError, match="train with keep_parameters=True"):
        plot_surface(Neuron(1), [1.0], [1.0], [history])


def test_without_matplotlib_the_extra_is_named() -> None:
    program = ("import sys; sys.modules['matplotlib'] = None\n"
               "from nn import Neuron\nfrom visualize import plot_fit\nplot_fit(Neuron(1), [1.0], [1.0])")
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1] == ("ImportError: plots are drawn by matplotlib, which comes with the extra `plot`; install it with: "
                                            "pip install 'autograd-lite[plot]', in a clone .venv/bin/pip install -e '.[plot]'")


def test_plots_at_the_ends_of_their_range() -> None:
    rng = np.random.default_rng(0)
    X, classes = rng.normal(size=(60, 2)), np.arange(60) % 12
    net = MLP(2, [2], seed=0)
    history = fit(net, X, X, epochs=1)
    left, right = plot_training(net, history, X, X).figure.axes
    assert left.lines[0].get_marker() == "o"  # one epoch is a point, not a line that cannot be seen
    assert left.get_xlim() == (0, 2)
    legend = right.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["y1", "y2", "answer = target"]
    net = MLP(2, [12], output_activation="softmax", seed=0)
    history = fit(net, X, classes, "softmax_cross_entropy", epochs=2)
    plot = plot_training(net, history, X, classes)
    panel = plot.figure.axes[1]
    colours = {tuple(points.get_facecolor()[0]) for points in panel.collections[1:]}
    assert len(colours) == 12
    assert len(plot.svg) < 400_000  # the mesh is a picture
    net = MLP(1, [1], seed=0)
    with pytest.warns(TrainingWarning):
        history = fit(net, 100 * X[:, 0], X[:, 1], optimizer=GradientDescent(1e6), epochs=30)
    low, high = plot_training(net, history, X[:, 0], X[:, 1]).figure.axes[0].get_ylim()
    assert 0 < low < high < 1e40


def test_training_and_validation_are_told_apart() -> None:
    rng = np.random.default_rng(0)
    X, classes = rng.normal(size=(40, 3)), np.arange(40) % 3
    for Y, inputs, cost in [(X[:, 0], 1, "half_squared_error"), (X[:, 0], 3, "half_squared_error"), (X[:, :2], 3, "half_squared_error"),
                            (classes, 2, "softmax_cross_entropy"), (classes, 3, "softmax_cross_entropy")]:
        outputs = 3 if Y is classes else Y.ndim
        net = MLP(inputs, [outputs], output_activation="softmax" if Y is classes else "identity", seed=0)
        held = (X[30:, :inputs], Y[30:])
        history = fit(net, X[:30, :inputs], Y[:30], cost, epochs=3, validation=held)
        panel = plot_training(net, history, X[:30, :inputs], Y[:30], validation=held).figure.axes[1]
        if Y is classes and inputs == 3:
            assert panel.get_title() == "What was learned (validation samples)"
            assert sum(int(text.get_text()) for text in panel.texts) == 10
            continue
        legend = panel.get_legend()
        assert legend is not None
        names = [text.get_text() for text in legend.get_texts()]
        assert sum("training" in name for name in names) == sum("validation" in name for name in names) == 1
        if inputs == 1:
            assert [np.size(line.get_xdata()) for line in panel.lines[:2]] == [30, 10]
            assert (panel.get_xlabel(), panel.get_ylabel()) == ("x", "target and answer")


def test_names_and_legends_do_not_hide_what_is_drawn() -> None:
    rng = np.random.default_rng(0)
    X, classes = rng.normal(size=(36, 3)), np.array([f"species number {k % 12}" for k in range(36)])
    net = MLP(3, [12], output_activation="softmax", seed=0)
    history = fit(net, X, classes, "softmax_cross_entropy", epochs=1)
    figure = plot_training(net, history, X, classes).figure
    figure.canvas.draw()
    boxes = [text.get_window_extent() for text in figure.axes[1].get_xticklabels()]
    assert all(a.x1 <= b.x0 for a, b in pairwise(boxes))
    net, Y = MLP(3, [9], seed=0), rng.normal(size=(36, 9))
    held = (X[:9], Y[:9])
    figure = plot_training(net, fit(net, X, Y, epochs=1, validation=held), X, Y, validation=held).figure
    figure.canvas.draw()
    legend = figure.axes[1].get_legend()
    assert legend is not None
    assert len(legend.get_texts()) == 9 + 2 + 1
    assert legend.get_window_extent().x0 >= figure.axes[1].get_window_extent().x1 - 1


def test_a_surface_that_is_nearly_level_has_lines() -> None:
    net = Neuron(1, "tanh", seed=0)
    X, Y = [1.0, 2.0, 3.0], [20.0, 40.0, 60.0]
    history = fit(net, X, Y, optimizer=GradientDescent(0.1), epochs=1, keep_parameters=True)
    lines = plot_surface(net, X, Y, [history]).figure.axes[0].collections[1]
    assert sum(np.size(path.vertices) > 0 for path in lines.get_paths()) >= 8
