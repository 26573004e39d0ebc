"""Each state that the end of a run may be in, planted; and a run that is in none of them."""

from typing import Any

import numpy as np
import pytest

from nn import MLP, History, Layer, fit, metrics
from nn.optimizers import Adam, GradientDescent
from nn.schedules import Cosine, StepDecay
from nn.training.end_states import STATES, find_range

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 2))
y = X @ [2.0, -1.0] + 0.5


def states(history: History) -> dict[str, Any]:
    return {state.name: state for state in history.states}


def test_a_run_that_went_well_says_nothing_else() -> None:
    history = fit(MLP(2, [1], seed=0), X, y, optimizer=Adam(0.1), epochs=2000, validation=(X[:20], y[:20]))
    assert history.reason == "converged"
    assert history.states == ()
    net = MLP(2, [3, 1], "tanh", "sigmoid", seed=0)
    history = fit(net, X, (y > 0).astype(int), "binary_cross_entropy_logits", Adam(0.05), epochs=400, penalty="l2", lam=0.01)
    assert set(states(history)) <= {"unfinished"}


def overfit(**options: Any) -> tuple[MLP, History]:
    net = MLP(2, [12, 1], "tanh", seed=0)
    noise = np.random.default_rng(5).normal(size=60)
    return net, fit(net, X[:15], noise[:15], optimizer=Adam(0.05), epochs=300, validation=(X[15:], noise[15:]), **options)


def test_overfitting_and_keeping_the_best() -> None:
    net, history = overfit()
    state = states(history)["overfitted"]
    assert f"was lowest after epoch {history.best.epoch}, " in state.sentence
    assert state.remedy == {"keep": "best"}
    assert [p.data for p in net.parameters()] == list(history.training.parameters)
    kept, best = overfit(keep="best")
    assert "overfitted" not in states(best)
    assert [p.data for p in kept.parameters()] == list(best.best.parameters)
    assert f"the parameters of epoch {best.best.epoch}, the best so far, were restored" in best.stopped
    assert best.training.parameters == history.training.parameters  # a resumed run goes on from the last ones
    fit(net, X[:15], np.random.default_rng(5).normal(size=60)[:15], resume=history, keep="best",
        validation=(X[15:], np.random.default_rng(5).normal(size=60)[15:]))
    assert [p.data for p in net.parameters()] == list(best.best.parameters)


@pytest.mark.parametrize("schedule", [Cosine(0.05, epochs=10), StepDecay(0.05, gamma=1e-4, every=5)])
def test_a_spent_schedule_and_resuming_with_another(schedule: Any) -> None:
    net = MLP(2, [1], seed=0)
    history = fit(net, X, y, optimizer=GradientDescent(schedule), epochs=12)
    assert states(history)["schedule spent"].remedy == {"eta": 0.005, "epochs": 24}
    before = history.final_cost
    history = fit(net, X, y, epochs=40, resume=history, optimizer=GradientDescent(Cosine(0.1, epochs=100)))
    assert history.final_cost < before / 2
    assert history.epochs[12].eta == 0.1  # the schedule counts from here
    assert [(phase.epoch, "GradientDescent(eta=Cosine" in phase.change) for phase in history.training.phases] == [(12, True)]
    assert "schedule spent" not in states(history)


def test_too_few_steps() -> None:
    net = MLP(2, [8, 1], "tanh", seed=0)
    state = states(fit(net, X, np.sin(3 * y), optimizer=Adam(0.001), epochs=20))["too few steps"]
    assert "60 samples are one batch, so 20 epochs are 20 steps, and the cost still falls" in state.sentence
    assert state.remedy == {"batch_size": 16}
    assert "too few steps" not in states(fit(net, X, np.sin(3 * y), optimizer=Adam(0.001), epochs=20, batch_size=16))


def test_a_plateau_of_few_steps() -> None:
    slow = states(fit(MLP(2, [1], seed=0), X, np.sin(9 * y), optimizer=Adam(1e-9), epochs=20))
    assert "20 epochs are 20 steps, and the answers are hardly better than always the same one" in slow["too few steps"].sentence
    assert "one epoch" not in slow["too few steps"].sentence
    one = states(fit(MLP(2, [1], seed=0), X, y, epochs=1))["too few steps"]
    assert "so 1 epoch is 1 step, and" in one.sentence
    assert "too few steps" not in states(fit(MLP(2, [1], output_activation="sigmoid", seed=0), X, 100 + y, optimizer=Adam(1e-9), epochs=20))


def test_a_run_whose_best_epoch_was_kept_is_not_told_to_go_on() -> None:
    _, best = overfit(keep="best")
    assert set(states(best)) == set()


def test_a_run_that_is_not_at_its_end() -> None:
    history = fit(MLP(2, [8, 1], "tanh", seed=0), X, np.sin(y), optimizer=Adam(0.001), epochs=20, batch_size=16)
    assert states(history)["unfinished"].remedy == {"epochs": 40}


@pytest.mark.parametrize("activation", ["relu", "sigmoid", "tanh"])
@pytest.mark.parametrize("outputs", [1, 3])
def test_dead_units_are_no_optimum(activation: str, outputs: int) -> None:
    net = MLP(2, [4, outputs], activation, "identity" if outputs == 1 else "softmax", seed=0)
    W, b = net.arrays()
    net.load_arrays([0 * W[0], W[1]], [np.full(4, -60.0), b[1]])
    cost, Y = ("half_squared_error", np.zeros(60)) if outputs == 1 else ("softmax_cross_entropy", np.arange(60) % 3)
    history = fit(net, X, Y, cost, Adam(0.1), epochs=2000)
    assert history.reason == "dead"
    assert "this is no optimum" in history.stopped
    assert "dead: 4 of the 4 units of layer 1 have a slope of 0 for every sample" in states(history)["dead units"].sentence


def test_some_dead_units_are_counted() -> None:
    net = MLP(2, [4, 1], "relu", seed=0)
    net.load_arrays(net.arrays()[0], [np.array([0.0, -60.0, 0.0, 0.0]), np.zeros(1)])
    assert "1 of the 4 units of layer 1 has" in states(fit(net, X, y, epochs=3))["dead units"].sentence


def test_dead_units_of_equal_weights_need_random_ones() -> None:
    with pytest.warns(UserWarning, match="start with equal weights"):
        history = fit(MLP(2, [4, 1], "relu", initializer="zeros"), X, y, epochs=5)
    assert states(history)["dead units"].remedy == {"initializer": "xavier"}


def test_an_output_that_is_flat_and_wrong_is_dead() -> None:
    net = MLP(2, [1], output_activation="relu", seed=0)
    net.load_arrays(net.arrays()[0], [[-60.0]])
    history = fit(net, X, np.abs(y), epochs=5)
    assert history.reason == "dead"
    assert "the unit of layer 1 has" in states(history)["dead units"].sentence
    flat = MLP(2, [1], output_activation="relu", seed=0)
    flat.load_arrays(flat.arrays()[0], [[-60.0]])
    assert fit(flat, X, np.zeros(60), epochs=5).reason == "converged"  # flat and right


@pytest.mark.parametrize(("activation", "Y"), [("sigmoid", y), ("tanh", 3 * y), ("relu", y), ("softplus", y), ("elu", 5 * y),
                                               ("silu", y), ("softsign", 2 * y)])
def test_an_output_that_cannot_reach_the_targets(activation: str, Y: Any) -> None:
    state = states(fit(MLP(2, [1], output_activation=activation, seed=0), X, Y, epochs=3))["out of range"]
    assert f"the output activation {activation} gives" in state.sentence
    assert state.remedy == {"output_activation": "identity"}
    low, high = find_range(activation)
    inside = np.clip(Y, max(low, -50), min(high, 50))
    assert "out of range" not in states(fit(MLP(2, [1], output_activation=activation, seed=0), X, inside, epochs=3))


@pytest.mark.parametrize("cost", [lambda a, t: 0 * a[0].data + type(a[0])((a[0].data - t[0]) ** 2),
                                  lambda a, t: type(a[0])(1.0)])
@pytest.mark.parametrize("batch_size", [None, 7])
def test_a_cost_that_depends_on_no_parameter(cost: Any, batch_size: int | None) -> None:
    history = fit(MLP(2, [1], seed=0), X, y, cost, epochs=20, batch_size=batch_size)
    assert (history.reason, len(history.epochs)) == ("detached", 1)
    assert "the cost depends on no parameter of the network" in history.stopped
    assert ".data" in states(history)["detached"].sentence


@pytest.mark.parametrize("standardise", [False, True])
def test_an_input_that_never_varies(standardise: bool) -> None:
    state = states(fit(MLP(3, [1], seed=0), np.column_stack([X, np.full(60, 7.0)]), y, epochs=3, standardise=standardise))
    assert state["constant input"].sentence.startswith("x3 never varies: nothing can be learned from it")
    assert state["constant input"].remedy == {"exclude": ["x3"]}


@pytest.mark.parametrize("cost", ["half_squared_error", "mean_squared_error", "residual_sum_of_squares", "root_squared_error"])
def test_coefficients_that_have_not_converged(cost: str) -> None:
    net = MLP(2, [1], seed=0)
    state = states(fit(net, X, y, cost, Adam(0.01), epochs=20))["coefficients"]
    w = np.array([p.data for p in net.parameters()])
    away = (abs(w - [2, -1, 0.5]) / [2, 1, 0.5]).max()
    assert f"up to {100 * away:,.0f} % from those of the least cost" in state.sentence
    absolute = fit(MLP(2, [1], seed=0), X, RNG.normal(size=60), lambda a, t: abs(a[0] - t[0]), Adam(0.01), epochs=20)
    assert "coefficients" not in states(absolute)  # its least cost is elsewhere


@pytest.mark.parametrize("standardise", [False, True])
def test_coefficients_are_measured_in_the_units_of_the_data(standardise: bool) -> None:
    at, net = 100 + 5 * np.column_stack([X, np.full(60, 1.4)]), MLP(3, [1], seed=0)
    for column, weight in ((2, 0.0), (1, 1.0)):  # an input that never varies, and one that is a multiple of another
        at[:, 2] = 107.0 if column == 2 else 2 * at[:, 1]
        Y = 3 * at[:, 0] - at[:, 1] + 250
        history = fit(net, at, Y, optimizer=Adam(0.05), epochs=60, standardise=standardise)
        away = states(history)["coefficients"].sentence
        W, b = net.arrays()  # in the units of the data
        slopes = W[0][0, :2] + (np.array([0, 2 * W[0][0, 2]]) if weight else 0)
        level = b[0][0] + (0 if weight else 107 * W[0][0, 2])
        if not weight:
            expected = max(abs(slopes[0] - 3) / 3, abs(slopes[1] + 1), abs(level - 250) / 250)
            assert f"up to {100 * expected:,.0f} %" in away or f"up to {100 * expected:.2g} %" in away


@pytest.mark.parametrize("standardise", [False, True])
def test_classes_that_are_trained_as_numbers(standardise: bool) -> None:
    found = states(fit(MLP(2, [1], seed=0), X, (y > 0).astype(float), epochs=3, standardise=standardise))
    assert found["classes as numbers"].remedy == {"cost": "binary_cross_entropy_logits"}
    assert "classes as numbers" not in states(fit(MLP(2, [1], seed=0), X, y, epochs=3))


def test_every_state_is_planted_here() -> None:
    with open(__file__, encoding="utf-8") as file:
        text = file.read()
    assert all(f'["{name}"]' in text or f'"{name}" not in states' in text for name in STATES)


def test_the_history_says_how_well_the_network_answers() -> None:
    net = MLP(2, [1], seed=0)
    history = fit(net, X[:40], y[:40], optimizer=Adam(0.02), epochs=50, validation=(X[40:], y[40:]))
    assert history.scores is not None
    assert (history.scores.part, history.scores.samples) == ("validation", 20)
    assert history.scores.measures["rmse"] == pytest.approx(metrics.rmse(y[40:], net.predict(X[40:])))
    assert history.scores.measures["r2"] == pytest.approx(metrics.r2(y[40:], net.predict(X[40:])))
    assert history.scores.baseline == pytest.approx(metrics.rmse(y[40:], np.full(20, y[:40].mean())))
    assert "of 20 samples of validation, R² = " in repr(history)
    assert "predicting the mean always would have" in repr(history)


@pytest.mark.parametrize("columns", [False, True])
def test_classes_are_scored_beside_the_largest(columns: bool) -> None:
    Y = np.array(["a", "b", "b", "b"] * 15)
    net = MLP(2, [2], output_activation="softmax", seed=0)
    history = fit(net, X, np.column_stack([Y == "a", Y == "b"]) * 1.0 if columns else Y, "softmax_cross_entropy", epochs=3)
    assert history.scores is not None
    answers = net.classify(X) if not columns else np.array(["a", "b"])[net.classify(X)]
    assert history.scores.measures["accuracy"] == metrics.accuracy(Y, answers)
    assert (history.scores.baseline, history.scores.constant) == (0.75, "1" if columns else "b")
    assert "would be right for 75.0 %" in repr(history)


def test_a_layer_without_forward_pass_by_layers_has_no_dead_units() -> None:
    assert fit(Layer(2, 1, "relu", seed=0), X, y, epochs=2).reason == "epochs"


def test_more_samples_begin_a_new_phase() -> None:
    net = MLP(2, [1], seed=0)
    history = fit(net, X[:40], y[:40], epochs=5)
    history = fit(net, X, y, epochs=10, resume=history)
    assert [(phase.epoch, phase.change) for phase in history.training.phases] == [(5, "60 samples after 40")]
    with pytest.raises(ValueError, match="the samples differ from those of the resumed run"):
        fit(net, X[1:], y[1:], epochs=20, resume=history)
    with pytest.raises(ValueError, match="the resumed run has all of its 10 epochs; ask for more"):
        fit(net, X, y, resume=history, optimizer="adam")


def test_a_resumed_run_may_have_more_epochs_and_keeps_its_batches() -> None:
    net = MLP(2, [8, 1], "tanh", seed=0)
    first = fit(net, X, np.sin(3 * y), optimizer=Adam(0.001), epochs=20)
    resumed = fit(net, X, np.sin(3 * y), epochs=40, resume=first)
    assert [(state.name, state.remedy) for state in resumed.states] == [("unfinished", {"epochs": 80})]


def test_a_cost_of_next_to_nothing_does_not_ask_for_more() -> None:
    history = fit(MLP(2, [1], seed=0), X, y, optimizer=GradientDescent(0.5), epochs=60, tolerance=0)
    assert history.cost[-1] < 0.99 * history.cost[29] < 1e-9
    assert history.states == ()


def test_more_epochs_are_not_advised_where_the_schedule_is_spent() -> None:
    history = fit(MLP(2, [1], seed=0), X, y, optimizer=Adam(StepDecay(0.01, gamma=0.5, every=3)), epochs=100)
    assert [state.name for state in history.states] == ["schedule spent"]
