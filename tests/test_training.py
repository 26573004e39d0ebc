"""``fit``: a step is the lecture's, runs repeat and resume to the bit, and every way to stop says why."""

import math
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograd_lite import Value
from nn import (
    MLP,
    Data,
    Layer,
    Neuron,
    Objective,
    TrainingWarning,
    costs,
    fit,
    load,
    load_training,
    optimizers,
    save,
    schedules,
)
from nn.derivations import LECTURES, compare
from nn.optimizers import OPTIMIZERS, Adam, GradientDescent

pytestmark = pytest.mark.slow

X = [-1.0, 0.0, 1.0, 2.5]
Y = [2 * x + 1 for x in X]


def parameters(net: Any) -> list[float]:
    return [p.data for p in net.parameters()]


def cloud(N: int = 12, seed: int = 1) -> tuple[list[list[float]], list[float]]:
    draw = random.Random(seed)
    points = [[draw.uniform(-2, 2), draw.uniform(-2, 2)] for _ in range(N)]
    return points, [math.sin(a) + b * b for a, b in points]


@pytest.mark.parametrize("activation", ["identity", "sigmoid"])
@pytest.mark.parametrize("penalty", [None, "l2"])
def test_a_step_of_gradient_descent_is_the_lectures(activation: str, penalty: str | None) -> None:
    settings = {"activation": activation, "penalty": penalty, "lam": 0.3} if penalty else {"activation": activation}
    variants = LECTURES["columns"].variants["question 1: with a bias"]
    lecture = compare("columns", **settings, b=variants["b"])
    given = lecture.settings
    sizes = [len(W) for W in given["W"]]
    net = MLP(len(given["W"][0][0]), sizes, activation, activation)
    for layer, W, b in zip(net.layers, given["W"], given["b"], strict=True):
        for neuron, row, bias in zip(layer.neurons, W, b, strict=True):
            assert neuron.bias is not None
            neuron.bias.data = bias
            for leaf, number in zip(neuron.weights, row, strict=True):
                leaf.data = number
    history = fit(net, given["X"], given["Y"], optimizer=GradientDescent(given["eta"]), epochs=1,
                  penalty="l2_half" if penalty else None, lam=given["lam"] if penalty else 0.0)
    assert history.cost == pytest.approx([lecture.hand["C"]], rel=1e-12)
    for l, layer in enumerate(net.layers, start=1):
        got = [[w.data for w in neuron.weights] for neuron in layer.neurons]
        np.testing.assert_allclose(got, lecture.hand["W_new"][l], rtol=1e-12, atol=1e-12)
        biases = [neuron.bias.data for neuron in layer.neurons if neuron.bias]
        np.testing.assert_allclose(biases, np.ravel(lecture.hand["b_new"][l]), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("start", [(0.0, 0.0), (5.0, -3.0), (-4.0, 4.0)])
def test_one_neuron_finds_the_line_from_several_points(start: tuple[float, float]) -> None:
    neuron = Neuron(1, "identity")
    for p, number in zip(neuron.parameters(), start, strict=True):
        p.data = number
    history = fit(neuron, X, Y, optimizer=GradientDescent(0.2), epochs=2000, tolerance=1e-8)
    assert parameters(neuron) == pytest.approx([2.0, 1.0], abs=1e-7)  # the gradient is 1e-8, the curvature above 0.2
    assert history.reason == "converged"
    assert "is not above the tolerance 1e-08" in history.stopped
    assert history.gradient_norm[-1] <= 1e-8 < history.gradient_norm[-2]
    assert len(history.epochs) < 2000


def test_one_sample_leaves_the_direction_it_does_not_see_as_it_was() -> None:
    neuron = Neuron(1, "identity")
    neuron.weights[0].data, bias = 3.0, neuron.parameters()[1]
    bias.data = 4.0
    fit(neuron, [4.0], [9.0], optimizer=GradientDescent(0.02), epochs=500, tolerance=1e-12)
    w, b = parameters(neuron)
    assert 4 * w + b == pytest.approx(9.0)
    assert w - 4 * b == pytest.approx(3.0 - 16.0)


def test_batches_of_one_are_stochastic_gradient_descent_in_the_drawn_order() -> None:
    net, by_hand = Neuron(1, "identity", seed=2), Neuron(1, "identity", seed=2)
    history = fit(net, X, Y, optimizer=GradientDescent(0.05), epochs=3, batch_size=1, seed=7, tolerance=0)
    generator, met = random.Random(7), []
    for _ in range(3):
        order = list(range(len(X)))
        generator.shuffle(order)
        for i in order:
            w, b = parameters(by_hand)
            residual = w * X[i] + b - Y[i]
            met.append(0.5 * residual**2)
            by_hand.weights[0].data = w - 0.05 * residual * X[i]
            by_hand.parameters()[1].data = b - 0.05 * residual
    assert parameters(net) == pytest.approx(parameters(by_hand), rel=1e-14)
    assert history.cost == pytest.approx([sum(met[k : k + 4]) / 4 for k in (0, 4, 8)], rel=1e-14)


def test_a_last_smaller_batch_counts_by_its_samples() -> None:
    seen: list[int] = []

    def cost(outputs: Any, targets: Any) -> Value:
        seen.append(int(targets[0]))
        return costs.half_squared_error(outputs, targets)

    history = fit(Neuron(1, "identity", seed=1), [0.0] * 5, list(range(5)), cost=cost, batch_size=2, epochs=1, seed=3,
                  optimizer=GradientDescent(1e-12))
    assert sorted(seen[:5]) == [0, 1, 2, 3, 4]
    assert history.cost[0] == pytest.approx(sum(0.5 * k * k for k in range(5)) / 5, rel=1e-9)


def run(net: MLP, epochs: int, **settings: Any) -> Any:
    points, targets = cloud()
    if "resume" not in settings:
        settings |= {"standardise": True}
    return fit(net, points, targets, epochs=epochs, tolerance=0, **settings)


@pytest.mark.parametrize("batch_size", [None, 5])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_run_that_is_saved_and_resumed_is_the_same_to_the_last_bit(name: str, batch_size: int | None, tmp_path: Path) -> None:
    def settings() -> dict[str, Any]:
        method = OPTIMIZERS[name](schedules.Exponential(0.01, 0.9))
        return {"optimizer": method, "batch_size": batch_size, "seed": 5, "penalty": "l1", "lam": 0.01}

    whole = MLP(2, [4, 1], "tanh", seed=1)
    uninterrupted = run(whole, 9, **settings())
    first = MLP(2, [4, 1], "tanh", seed=1)
    save(first, tmp_path / "net.json", run(first, 4, **settings()).training)
    again = load(tmp_path / "net.json")
    resumed = run(again, 9, resume=tmp_path / "net.json")
    assert parameters(again) == parameters(whole)
    assert resumed.epochs == uninterrupted.epochs
    assert resumed.best == uninterrupted.best
    assert again.preparation == whole.preparation
    assert resumed.final_cost == uninterrupted.final_cost


def test_seeds_repeat_a_run_to_the_bit_and_other_seeds_do_not() -> None:
    def trained(seed: int) -> list[float]:
        net = MLP(2, [3, 1], "tanh", seed=1)
        run(net, 3, batch_size=4, seed=seed)
        return parameters(net)

    assert trained(1) == trained(1)
    assert trained(1) != trained(2)


@pytest.mark.filterwarnings("ignore::nn.TrainingWarning")
def test_divergence_names_eta_and_the_node_and_puts_the_best_parameters_back() -> None:
    neuron = Neuron(1, "identity", seed=1)
    start = parameters(neuron)
    history = fit(neuron, [4.0], [9.0], optimizer=GradientDescent(0.2), epochs=5000)
    assert history.reason == "diverged"
    assert history.stopped.startswith("diverged in epoch ")
    assert "with η = 0.2: node 'C': power overflows at a = " in history.stopped
    assert history.stopped.endswith("the parameters of epoch 1, the best so far, were restored; take a smaller η")
    assert parameters(neuron) == start  # every step led further away
    assert math.isfinite(history.final_cost)


def test_a_run_that_fails_at_once_warns_and_changes_nothing() -> None:
    net = MLP(1, [1], seed=1)
    net.layers[0].neurons[0].weights[0].data = 1e200
    with pytest.warns(TrainingWarning, match="diverged in epoch 1 with η = 1: node 'z₁⁽¹⁾': affine overflows"):
        history = fit(net, [[1e200]], [0.0], optimizer=GradientDescent(1))
    assert parameters(net)[0] == 1e200
    assert history.stopped.endswith("the parameters are those before the run; take a smaller η")
    assert math.isnan(history.final_cost)


def test_a_cost_that_has_no_value_stops_with_its_reason() -> None:
    net = MLP(1, [1], output_activation="sigmoid", seed=1)
    net.layers[0].neurons[0].weights[0].data = 60.0
    with pytest.warns(TrainingWarning, match="could not go on in epoch 1 .* must lie between 0 and 1"):
        history = fit(net, [1.0, -1.0], [0, 1], cost="binary_cross_entropy")
    assert history.reason == "undefined"


def test_a_root_cost_stops_at_a_perfect_fit() -> None:
    neuron = Neuron(1, "identity")
    for p, number in zip(neuron.parameters(), (2.0, 1.0), strict=True):
        p.data = number
    history = fit(neuron, X, Y, cost="root_squared_error")
    assert history.reason == "converged"
    assert history.stopped == "converged in epoch 1: the fit is perfect, C = 0, where a root cost has no gradient"
    assert history.final_cost == 0.0


def test_a_root_cost_of_a_batch_that_fits_perfectly_is_no_end() -> None:
    neuron = Neuron(1, "identity")
    for p, number in zip(neuron.parameters(), (2.0, 1.0), strict=True):
        p.data = number
    history = fit(neuron, [1.0, 2.0], [3.0, 6.0], cost="root_squared_error", batch_size=1, epochs=3, seed=1)
    assert history.reason == "epochs"


def test_an_error_in_a_callback_is_not_taken_for_divergence() -> None:
    def wrong(*_: Any) -> None:
        raise ValueError("my own mistake")

    with pytest.raises(ValueError, match="my own mistake"):
        fit(Neuron(1, "identity", seed=1), X, Y, callbacks=[wrong])


def test_a_root_cost_comes_to_rest_only_with_a_schedule() -> None:
    def distance(eta: Any) -> float:
        neuron = Neuron(1, "identity", seed=1)
        fit(neuron, X, Y, cost="root_squared_error", optimizer=GradientDescent(eta), epochs=400)
        return math.dist(parameters(neuron), (2, 1))

    assert distance(0.1) > 1e-3
    assert distance(schedules.Exponential(0.3, 0.97)) < 1e-4


@pytest.mark.parametrize("batch_size", [None, 4])
def test_ctrl_c_keeps_the_best_parameters_and_the_run_can_be_gone_on_with(batch_size: int | None) -> None:
    calls = 0

    def interrupted(outputs: Any, targets: Any) -> Value:
        nonlocal calls
        calls += 1
        if calls == 12 * (5 + bool(batch_size)) + 6:  # in the middle of the sixth epoch; batches measure the start too
            raise KeyboardInterrupt
        return costs.half_squared_error(outputs, targets)

    settings: dict[str, Any] = {"optimizer": Adam(0.05), "batch_size": batch_size, "seed": 2, "engine": "scalar"}
    net = MLP(2, [3, 1], "tanh", seed=1)
    history = run(net, 9, cost=interrupted, **settings)
    assert history.reason == "interrupted"
    assert history.stopped.startswith("interrupted in epoch 6; the parameters of epoch 5, the best so far")
    assert (len(history.epochs), history.training.epoch) == (5, 5)
    assert parameters(net) == list(history.best.parameters)
    with pytest.raises(ValueError, match="the cost of the resumed run is a function; give the same function again"):
        run(net, 9, resume=history.training)
    resumed = run(net, 9, resume=history, cost=costs.half_squared_error)
    whole = MLP(2, [3, 1], "tanh", seed=1)
    assert resumed.cost == run(whole, 9, **settings).cost
    assert parameters(net) == parameters(whole)


def test_patience_ends_with_the_best_parameters_of_what_was_held_back() -> None:
    points, targets = cloud(10)
    held = ([[5.0, 5.0]], [-100.0])  # gets worse as the others get better
    net = MLP(2, [3, 1], "tanh", seed=1)
    history = fit(net, points, targets, epochs=200, optimizer=Adam(0.05), validation=held, patience=7)
    assert history.reason == "patience"
    assert "7 of them without a lower cost of the validation samples" in history.stopped
    assert len(history.epochs) == history.best.epoch + 7
    assert history.best.cost == min(history.validation)
    assert parameters(net) == list(history.best.parameters)


def test_callbacks_see_each_epoch_and_can_stop() -> None:
    seen: list[int] = []
    history = fit(Neuron(1, "identity", seed=1), X, Y, callbacks=[
        lambda net, history: seen.append(history.epochs[-1].number),
        lambda net, history: "enough" if len(history.epochs) == 3 else None])
    assert seen == [1, 2, 3]
    assert (history.reason, history.stopped) == ("callback", "stopped after 3 epochs: enough")


def test_parameters_are_kept_on_request_and_the_history_is_of_them() -> None:
    neuron = Neuron(1, "identity", seed=1)
    history = fit(neuron, X, Y, optimizer=GradientDescent(0.1), epochs=4, keep_parameters=True)
    assert len(history.parameters) == 5
    assert history.parameters[-1] == parameters(neuron)
    for (w, b), cost, size in zip(history.parameters, history.cost, history.gradient_norm, strict=False):
        residuals = [w * x + b - y for x, y in zip(X, Y, strict=True)]
        assert cost == pytest.approx(sum(r * r for r in residuals) / 8)
        slopes = (sum(r * x for r, x in zip(residuals, X, strict=True)) / 4, sum(residuals) / 4)
        assert size == pytest.approx(math.hypot(*slopes))
    assert fit(Neuron(1, "identity"), X, Y, epochs=1).parameters == []


def test_batches_converge_only_if_the_whole_set_does() -> None:
    history = fit(Neuron(1, "identity", seed=1), X, Y, optimizer=GradientDescent(0.2), batch_size=2, epochs=3000, tolerance=1e-6, seed=1)
    assert history.reason == "converged"
    opposed = fit(Neuron(1, "identity", seed=1), [1.0, 1.0], [0.0, 10.0], optimizer=GradientDescent(0.5), batch_size=1,
                  epochs=30, tolerance=1e-2, seed=1)
    assert opposed.reason == "epochs"  # each sample pulls the other way, and the steps do not shrink


def test_zeros_stay_alike_and_say_so() -> None:
    with pytest.warns(UserWarning, match="the 3 units of layer 1 start with equal weights: they get equal gradients"):
        net = MLP(2, [3, 1], "tanh", initializer="zeros")
    for w in net.layers[1].weights_alone():
        w.data = 0.5
    run(net, 20)
    first = net.layers[0].neurons
    assert all(parameters(first[0]) == parameters(other) for other in first)
    assert any(w.data for w in first[0].weights)
    MLP(2, [1], initializer="zeros")  # one layer alone has no such trouble


def test_standardised_data_are_answered_in_their_own_units() -> None:
    net = MLP(1, [1], seed=1)
    x = [1000.0 + 10 * k for k in range(8)]
    history = fit(net, x, [2 * v + 1 for v in x], epochs=200, standardise=True, optimizer=GradientDescent(0.5))
    assert history.reason == "converged"
    assert net.predict([1005.0, 2000.0]) == pytest.approx([2011.0, 4001.0], rel=1e-6)
    assert net.preparation is not None
    assert net.preparation.mean == (1035.0,)


def test_classes_by_name_and_by_number() -> None:
    points = [point for point in cloud(40)[0] if abs(point[0]) > 0.2]
    names = ["left" if a < 0 else "right" for a, _ in points]
    net = MLP(2, [2], output_activation="softmax", seed=1)
    fit(net, points, names, cost="softmax_cross_entropy", optimizer=Adam(0.1), epochs=150)
    assert net.classify(points).tolist() == names
    assert net.predict(points).sum(axis=1) == pytest.approx(1.0)
    single = MLP(2, [1], output_activation="sigmoid", seed=1)
    fit(single, points, [int(n == "right") for n in names], cost="binary_cross_entropy_logits", optimizer=Adam(0.1), epochs=60)
    assert single.classify(points).tolist() == [int(n == "right") for n in names]
    reverse = MLP(2, [1], output_activation="sigmoid", seed=1)
    fit(reverse, points, names, cost="bernoulli", optimizer=Adam(0.1), epochs=60)
    assert reverse.classify(points).tolist() == names
    assert reverse.predict([[-2.0, 0.0]])[0] > 0.9  # the lecture's y is P(t = 0), of the first class


BAD: list[tuple[dict[str, Any], str]] = [
    ({"X": [[1, 2], [3, 4]]}, "X must have the shape (N, 1), one sample in each row, but has (2, 2)"),
    ({"Y": [1.0]}, "X and Y must have the same number of rows, but have 4 and 1"),
    ({"X": [1.0, math.nan, 2.0, 3.0]}, "X must hold finite numbers, but row 2, column 1 is nan"),
    ({"cost": "mse"}, "unknown cost 'mse'"),
    ({"optimizer": "sgd"}, "unknown optimizer 'sgd'"),
    ({"epochs": 0}, "epochs must be a whole number of at least 1, not 0"),
    ({"batch_size": 0}, "batch_size must be a whole number of at least 1, not 0"),
    ({"patience": 1.5}, "patience must be a whole number of at least 1, not 1.5"),
    ({"tolerance": -1}, "tolerance must be a finite number of at least 0, not -1"),
    ({"tolerance": math.nan}, "tolerance must be a finite number of at least 0, not nan"),
    ({"penalty": "l3", "lam": 1}, "unknown penalty 'l3'"),
    ({"lam": 0.1}, "lam has no effect without a penalty"),
    ({"penalty": "l2", "lam": -0.1}, "lam must be above 0, not -0.1"),
    ({"cost": "softmax_cross_entropy"}, "takes the pre-activations of a softmax output"),
    ({"cost": "binary_cross_entropy"}, "binary_cross_entropy takes probabilities"),
    ({"validation": ([1.0], [1.0, 2.0])}, "X of validation and Y of validation must have the same number of rows, but have 1 and 2"),
    ({"validation": 0.2}, "validation must be a pair (X, Y)"),
    ({"penalty": "l2"}, "the penalty l2 has no effect without its strength; give lam"),
    ({"tolerance": "a"}, "tolerance must be a finite number of at least 0, not 'a'"),
    ({"callbacks": [3]}, "callbacks must be functions of the network and its history, not 3"),
    ({"seed": [1]}, "seed must be a whole number or None, not [1]"),
    ({"Y": ["a", "b", "a", "b"]}, "half_squared_error compares numbers, but Y holds names; use softmax_cross_entropy"),
    ({"cost": ""}, "unknown cost ''"),
]


@pytest.mark.parametrize(("arguments", "sentence"), BAD)
def test_bad_input_is_refused_before_anything_moves(arguments: dict[str, Any], sentence: str) -> None:
    net = MLP(1, [2, 1], "tanh", "tanh", seed=1)
    before = parameters(net)
    given = {"X": X, "Y": Y} | arguments
    with pytest.raises((ValueError, TypeError)) as caught:
        fit(net, given.pop("X"), given.pop("Y"), **given)
    assert sentence in str(caught.value)
    assert parameters(net) == before


def test_resume_refuses_what_is_settled_and_other_samples() -> None:
    net = Neuron(1, "identity", seed=1)
    training = fit(net, X, Y, epochs=2).training
    with pytest.raises(ValueError, match="batch_size and cost cannot be given with resume"):
        fit(net, X, Y, cost="half_squared_error", batch_size=2, resume=training)
    with pytest.raises(ValueError, match="lam and standardise cannot be given with resume"):
        fit(net, X, Y, lam=0.5, standardise=False, resume=training)
    with pytest.raises(ValueError, match="the samples differ from those of the resumed run"):
        fit(net, X, [y + 1 for y in Y], resume=training)
    with pytest.raises(ValueError, match=r"trained Neuron\(1, 'identity'\) with 2 parameters, but this network is Neuron\(1, 'tanh'\) with 2"):
        fit(Neuron(1, "tanh"), X, Y, resume=training)
    with pytest.raises(ValueError, match="the validation samples differ from those of the resumed run"):
        fit(net, X, Y, resume=training, validation=(X, Y))
    with pytest.raises(ValueError, match="has 2 epochs already; ask for more than 1"):
        fit(net, X, Y, epochs=1, resume=training)
    assert fit(net, X, Y, epochs=2, resume=training).stopped.startswith("stopped after 2 epochs")


def test_a_resumed_run_keeps_what_was_asked_for_unless_it_is_asked_anew() -> None:
    def begun() -> Any:
        return fit(Neuron(1, "identity", seed=1), X, Y, epochs=7, tolerance=1e-3, patience=4, notes={"from": "here"},
                   callbacks=[lambda net, history: len(history.epochs) == 3])

    plan = fit(Neuron(1, "identity", seed=1), X, Y, resume=begun()).training.plan
    assert (plan.epochs, plan.tolerance, plan.patience, plan.notes) == (7, 1e-3, 4, {"from": "here"})
    assert fit(Neuron(1, "identity", seed=1), X, Y, epochs=5, resume=begun()).training.epoch == 5


def test_a_run_that_came_to_rest_goes_on_as_if_it_had_asked_for_more() -> None:
    def neuron() -> Neuron:
        return Neuron(1, "identity", seed=1)

    loose = neuron()
    first = fit(loose, X, Y, optimizer=GradientDescent(0.2), epochs=500, tolerance=1e-2)
    assert first.reason == "converged"
    further, whole = fit(loose, X, Y, epochs=500, tolerance=1e-6, resume=first), neuron()
    assert fit(whole, X, Y, optimizer=GradientDescent(0.2), epochs=500, tolerance=1e-6).epochs == further.epochs
    assert parameters(loose) == parameters(whole)


def test_parameters_that_a_callback_changes_stay_changed(tmp_path: Path) -> None:
    def clip(net: MLP, _: Any) -> None:
        for p in net.parameters():
            p.data = max(-0.3, min(0.3, p.data))

    net = MLP(1, [1], seed=1)
    fit(net, X, Y, epochs=5, optimizer=GradientDescent(0.2), callbacks=[clip], checkpoint=tmp_path / "n.json")
    assert max(map(abs, parameters(net))) == 0.3
    assert parameters(load(tmp_path / "n.json")) == parameters(net)


def test_a_second_fit_prepares_its_own_data() -> None:
    points = [[0.0], [1.0], [2.0], [3.0]]
    net = MLP(1, [1], output_activation="sigmoid", seed=0)
    for cost in ("bernoulli_logits", "binary_cross_entropy_logits"):
        fit(net, points, ["a", "a", "b", "b"], cost=cost, optimizer=Adam(0.1), epochs=400)
        assert net.classify(points).tolist() == ["a", "a", "b", "b"]
    fit(net, points, [0.2, 0.3, 0.8, 0.9], cost="binary_cross_entropy_logits", epochs=2)
    assert net.data_preparation.classes == ()
    line = MLP(1, [1], seed=1)
    fit(line, X, Y, epochs=2, standardise=True)
    scales = line.data_preparation
    fit(line, [1000 * x for x in X], Y, epochs=2)
    assert line.data_preparation == scales  # a trained network goes on in the units that it knows
    fit(line, [1000 * x for x in X], Y, epochs=2, standardise=True)
    assert line.data_preparation.scale == pytest.approx([1000 * s for s in scales.scale])
    fit(line, X, Y, epochs=2, standardise=False)
    assert line.data_preparation.scale == ()


def test_targets_of_a_bounded_output_are_not_standardised() -> None:
    net = MLP(1, [1], output_activation="sigmoid", seed=0)
    fit(net, [0.0, 1.0, 2.0, 3.0], [0.0, 0.0, 1.0, 1.0], optimizer=Adam(0.2), epochs=600, standardise=True)
    assert net.data_preparation.scale != ()
    assert net.predict([0.0, 3.0]) == pytest.approx([0, 1], abs=0.1)


@pytest.mark.parametrize("cost", ["binary_cross_entropy", "bernoulli", "binary_cross_entropy_logits", "bernoulli_logits"])
@pytest.mark.parametrize("kind", [int, bool, lambda right: 0.95 if right else 0.05])
def test_classify_is_right_for_targets_of_every_kind(cost: str, kind: Any) -> None:
    points = [[x / 4] for x in range(-8, 9) if x]
    net = MLP(1, [1], output_activation="sigmoid", seed=1)
    fit(net, points, [kind(x > 0) for (x,) in points], cost, Adam(0.2), epochs=150)
    assert net.classify(points).tolist() == [int(x > 0) for (x,) in points]


def test_the_best_parameters_are_never_worse_than_the_first() -> None:
    points, targets = cloud(60)
    net = MLP(2, [1], seed=1)
    start = parameters(net)
    with pytest.warns(TrainingWarning, match="the parameters are those before the run"):
        history = fit(net, points, targets, optimizer=GradientDescent(50.0), batch_size=8, epochs=400, seed=1)
    assert parameters(net) == start
    assert history.best.cost == pytest.approx(history.final_cost)


def test_a_run_that_patience_ended_goes_on_from_its_last_parameters_whatever_a_callback_did() -> None:
    def clip(net: Any, _: Any) -> None:
        for p in net.parameters():
            p.data = max(-0.4, min(0.4, p.data))

    def settings() -> dict[str, Any]:
        return {"optimizer": Adam(0.1), "callbacks": [clip]}

    net, whole = MLP(2, [3, 1], "tanh", seed=1), MLP(2, [3, 1], "tanh", seed=1)
    first = run(net, 60, **settings(), patience=3)
    assert first.reason == "patience"
    assert parameters(net) == list(first.best.parameters)
    resumed = run(net, 60, resume=first, patience=100, callbacks=[clip])
    assert resumed.cost == run(whole, 60, **settings(), patience=100).cost
    assert parameters(net) == parameters(whole)


def test_an_optimizer_begins_anew_in_a_new_run() -> None:
    method = Adam(0.1)
    first = fit(Neuron(1, "identity", seed=1), X, Y, optimizer=method, epochs=5).training
    again = fit(Neuron(1, "identity", seed=1), X, Y, optimizer=first.optimizer, epochs=5).training
    assert again.parameters == first.parameters


def test_notes_are_plain_data_and_come_back(tmp_path: Path) -> None:
    net = MLP(1, [1], seed=1)
    fit(net, X, Y, epochs=1, notes={"2": "a", "10": [1, {"b": None}]}, checkpoint=tmp_path / "n.json")
    assert load_training(tmp_path / "n.json").plan.notes == {"2": "a", "10": [1, {"b": None}]}
    for unfit in ({"a": {1}}, {"a": math.nan}):
        with pytest.raises(ValueError, match="notes must be plain data"):
            fit(net, X, Y, epochs=1, notes=unfit)


def test_data_with_names_can_be_given_as_they_are(tmp_path: Path) -> None:
    data = Data(np.array(X)[:, None], np.array(Y)[:, None], ("time",), ("distance",))
    net = MLP(1, [1], seed=1)
    history = fit(net, data, epochs=5, validation=data, checkpoint=tmp_path / "n.json")
    assert load(tmp_path / "n.json").data_preparation.columns == ("time",)
    assert history.validation
    other = MLP(1, [1], seed=1)
    fit(other, X, Y, epochs=5)
    assert parameters(other) == parameters(net)


def test_a_mistake_in_a_cost_of_ones_own_is_shown_as_it_is() -> None:
    def cost(outputs: Any, targets: Any) -> Value:
        a, b = outputs
        return a * b * targets[0]  # type: ignore[no-any-return]

    with pytest.raises(ValueError, match="not enough values to unpack"):
        fit(Neuron(1), X, Y, cost=cost)
    history = fit(Neuron(1, "identity", seed=1), X, Y, cost=lambda a, y: (a[0] - y[0]) ** 2, epochs=1)
    with pytest.raises(ValueError, match="is a function, not a name"):
        fit(Neuron(1, "identity", seed=1), X, Y, cost="mean_squared_error", resume=history)


def test_a_second_ctrl_c_leaves_the_history(monkeypatch: pytest.MonkeyPatch) -> None:
    from nn.training import loop

    def interrupted(*_: Any) -> float:
        raise KeyboardInterrupt

    monkeypatch.setattr(loop.Descent, "_final_cost", interrupted)
    history = fit(Neuron(1, "identity", seed=1), X, Y, epochs=3)
    assert history.reason == "epochs"
    assert math.isnan(history.final_cost)


def test_a_network_that_is_refused_is_left_as_it_was(tmp_path: Path) -> None:
    neuron = Neuron(1, "identity")
    with pytest.raises(TypeError):
        fit(neuron, X, Y, standardise=True, checkpoint=tmp_path / "x.json")
    assert neuron.preparation is None


def test_a_perfect_fit_under_a_penalty_goes_on_with_the_penalty() -> None:
    neuron = Neuron(1, "identity")
    for p, number in zip(neuron.parameters(), (2.0, 1.0), strict=True):
        p.data = number
    history = fit(neuron, X, Y, cost="root_squared_error", penalty="l2", lam=0.5, epochs=1, optimizer=GradientDescent(0.01))
    assert history.cost == [2.0]
    assert parameters(neuron) == pytest.approx([1.98, 1.0])


def test_a_schedule_that_leaves_the_floats_says_so() -> None:
    with pytest.warns(TrainingWarning, match=r"η = η·γ\^epoch of Exponential\(eta=0.1, gamma=1e\+300\) does not fit a float in epoch 2"):
        fit(Neuron(1, "identity", seed=1), X, Y, optimizer=GradientDescent(schedules.Exponential(0.1, 1e300)), lam=0, epochs=5, batch_size=None, tolerance=0)


def test_values_and_gradients_of_many_samples_are_those_of_one_graph() -> None:
    points, targets = cloud(600)
    for cost in ("half_squared_error", "residual_sum_of_squares", "root_squared_error"):
        net = MLP(2, [3, 1], "tanh", seed=1)
        objective = Objective(net, cost, "l2", 0.1)
        samples = objective.samples(points, targets)
        whole = objective.differentiate(samples, range(600))
        assert objective.value(samples) == pytest.approx(whole, rel=1e-13)
        assert objective.gradient(samples) == pytest.approx([p.grad for p in net.parameters()], rel=1e-11, abs=1e-14)


def test_a_checkpoint_is_of_a_network_and_can_be_gone_on_with(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="a checkpoint needs an MLP, not a Layer"):
        fit(Layer(1, 1), X, Y, checkpoint=tmp_path / "x.json")
    net = MLP(1, [1], seed=1)
    fit(net, X, Y, epochs=3, checkpoint=tmp_path / "x.json")
    assert parameters(load(tmp_path / "x.json")) == parameters(net)
    assert len(fit(load(tmp_path / "x.json"), X, Y, epochs=5, resume=tmp_path / "x.json").epochs) == 5


def test_an_optimizer_that_was_given_is_not_changed() -> None:
    method = optimizers.Momentum(0.01)
    fit(Neuron(1, "identity", seed=1), X, Y, optimizer=method, epochs=2)
    assert (method.steps, method.state) == (0, {})


def test_delta_is_that_of_one_sample_whether_the_cost_is_a_mean_or_a_sum() -> None:
    points, targets = cloud()
    net = MLP(2, [3, 1], "tanh", seed=1)
    mean, sum_ = (Objective(net, cost).deltas(Objective(net, cost).samples(points, targets))
                  for cost in ("half_squared_error", "residual_sum_of_squares"))
    residuals = net.predict(points)[:, 0] - targets
    for found in (mean, sum_):
        np.testing.assert_allclose(np.ravel(found[2]), residuals, rtol=1e-12)
    np.testing.assert_allclose(mean[1], sum_[1], rtol=1e-12)
