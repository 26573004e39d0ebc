"""``fit`` on the matrix program has the history of ``fit`` on the scalar graph, and does without it where it must."""

import random
import re
import tracemalloc
from dataclasses import replace
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matrix_cases import take_in_parts

from autograd_lite import Value, relu, total
from nn import MLP, Data, Layer, Neuron, Objective, TrainingWarning, fit, load_training, save, schedules
from nn.costs import COSTS, PENALTIES
from nn.ground.activations import ACTIVATIONS
from nn.internal import estimate_seconds
from nn.networks.prepared import Samples
from nn.optimizers import OPTIMIZERS, Adam, GradientDescent

pytestmark = pytest.mark.slow

N = 7
SETTINGS: dict[str, Any] = {"epochs": 50, "batch_size": 3, "seed": 4, "tolerance": 0}


def draw_samples(targets: str, n_outputs: int, count: int = N) -> tuple[list[list[float]], list[list[float]]]:
    draw = random.Random(2)
    X = [[draw.uniform(-1, 1), draw.uniform(-1, 1)] for _ in range(count)]
    if targets == "classes":
        return X, [[float(i % n_outputs == j) for j in range(n_outputs)] for i in range(count)]
    return X, [[draw.uniform(0.1, 0.9) for _ in range(n_outputs)] for _ in range(count)]


def assert_same(net: Any, X: Any, Y: Any, **settings: Any) -> Any:
    """Train copies of a network on both engines and compare their histories; that of the matrix program."""
    found = []
    for engine in ("scalar", "matrix"):
        one = net()
        found.append((one, fit(one, X, Y, **{"seed": 1, **settings}, engine=engine)))
    (first, right), (second, history) = found
    assert (right.engine, history.engine) == ("scalar", "matrix")
    assert (history.reason, history.stopped.split(";")[0]) == (right.reason, right.stopped.split(";")[0])
    np.testing.assert_allclose(history.cost, right.cost, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(history.validation, right.validation, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(history.final_cost, right.final_cost, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(history.training.parameters, right.training.parameters, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose([p.data for p in second.parameters()], [p.data for p in first.parameters()], rtol=1e-10,
                               atol=1e-10)
    assert history.best.epoch == right.best.epoch
    assert history.training.random_state == right.training.random_state
    return history


CASES = list(product(COSTS, OPTIMIZERS, [None, *PENALTIES], ACTIVATIONS))


@pytest.mark.one_in(101)
@pytest.mark.parametrize(("cost", "optimizer", "penalty", "activation"), CASES)
def test_both_engines_have_one_history(cost: str, optimizer: str, penalty: str | None, activation: str) -> None:
    row = COSTS[cost]
    n_outputs = 1 if row.logits_of == "sigmoid" else 2
    X, Y = draw_samples(row.targets, n_outputs)

    def net() -> MLP:
        return MLP(2, [3, n_outputs], activation, row.output_activation, seed=3)

    lam = {"lam": 0.01} if penalty else {}
    assert_same(net, X, Y, cost=cost, optimizer=OPTIMIZERS[optimizer](0.01), penalty=penalty, **lam, **SETTINGS)


@pytest.mark.parametrize("over", ["mean_squared_error", "residual_sum_of_squares", "root_squared_error"])
def test_weights_penalty_on_all_validation_schedules_and_the_best_epoch(over: str) -> None:
    X, Y = draw_samples("numbers", 1)
    held = draw_samples("numbers", 1, 4)
    history = assert_same(lambda: MLP(2, [4, 1], "tanh", seed=1), X, Y, cost=over, penalty="l2", lam=0.02, penalise="all",
                          sample_weights=[0.5, 1, 2, 0, 1, 3, 1], validation=held, keep="best", standardise=True,
                          optimizer=Adam(schedules.Exponential(0.05, 0.95)), **SETTINGS)
    assert len(history.validation) == 50


def test_many_samples_are_taken_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nn.training.lifted._AT_ONCE", 4)
    take_in_parts(monkeypatch, 2)
    X, Y = draw_samples("numbers", 1)
    for cost in ("mean_squared_error", "residual_sum_of_squares", "root_squared_error"):
        assert_same(lambda: MLP(2, [3, 1], "tanh", seed=1), X, Y, cost=cost, penalty="l1", lam=0.1, epochs=3, validation=(X, Y),
                    batch_size=3, tolerance=10)


def test_one_neuron_and_a_layer_and_one_batch() -> None:
    assert_same(lambda: Neuron(1, "tanh", seed=1), [0.1, 0.5, -1.0], [0.2, 0.3, -0.4], epochs=20)
    assert_same(lambda: Layer(2, 3, "softmax", seed=1), *draw_samples("classes", 3), cost="cross_entropy", epochs=20)


def test_a_shared_weight_counts_once() -> None:
    def net() -> MLP:
        made = MLP(2, [2, 2, 1], "tanh", seed=1)
        made.layers[1].neurons[0].weights = made.layers[0].neurons[0].weights
        return made

    assert_same(net, *draw_samples("numbers", 1), penalty="l2", lam=0.1, **SETTINGS)


class Squared(MLP):
    def forward(self, x: Any) -> Any:
        return self.layers[1].outputs([unit**2 for unit in self.layers[0].outputs(x)[1]])


def test_a_network_and_a_cost_of_ones_own_are_lifted() -> None:
    def huber(a: Any, y: Any) -> Value:
        near: Value = 0.1 * (a[0] - y[0]) ** 2
        return near + total([relu(abs(u - t) - 0.1) for u, t in zip(a, y, strict=True)])

    assert_same(lambda: Squared(2, [3, 1], "tanh", seed=1), *draw_samples("numbers", 1), cost=huber, **SETTINGS)


def leaky(z: Value) -> Value:
    return z if number_of(z) > 0 else 0.1 * z


def number_of(z: Value) -> float:
    return z.data


class Branching(MLP):
    def forward(self, x: Any) -> Any:
        z = self.layers[0].outputs(x)[0]
        return self.layers[1].outputs([leaky(unit) for unit in z])


class Comparing(MLP):
    def forward(self, x: Any) -> Any:
        z = self.layers[0].outputs(x)[0]
        return self.layers[1].outputs([unit if unit > 0 else 0.1 * unit for unit in z])


class Reading(MLP):
    def forward(self, x: Any) -> Any:
        z = self.layers[0].outputs(x)[0]
        return self.layers[1].outputs([unit if unit.data > 0 else 0.1 * unit for unit in z])


DROPS = random.Random(1)


class Dropping(MLP):
    def forward(self, x: Any) -> Any:
        a = self.layers[0].outputs(x)[1]
        return self.layers[1].outputs([unit * (DROPS.random() < 0.5) for unit in a])


@pytest.mark.parametrize(("kind", "why"), [
    (Branching, "what was recorded for one sample does not hold for others, and gives C ="),
    (Comparing, "a graph that was recorded after a comparison of its nodes"),
    (Reading, "'Reading.forward' uses data, so what it records may depend on numbers"),
    (Dropping, "'Dropping.forward' uses random"),
])
def test_what_branches_on_numbers_is_not_lifted(kind: type[MLP], why: str) -> None:
    X, Y = draw_samples("numbers", 1)
    net = kind(2, [4, 1], "tanh", seed=1)
    history = fit(net, X, Y, epochs=2)
    assert history.engine == "scalar"
    assert why in history.why_engine
    assert f"computed by the scalar graph, {history.why_engine}" in repr(history)
    assert history.training.plan.engine == "scalar"
    with pytest.raises(ValueError, match="this network and cost have no matrix program: "):
        fit(net, X, Y, epochs=2, engine="matrix")


@pytest.mark.parametrize("kind", [Branching, Comparing, Reading])
def test_predictions_of_what_branches_are_those_of_the_graph(kind: type[MLP]) -> None:
    X = np.random.default_rng(1).normal(size=(100, 2))
    net = kind(2, [4, 1], "tanh", seed=1)
    assert net.predict(X).ravel().tolist() == [net.outputs(x)[1][0].data for x in X.tolist()]


def test_many_predictions_are_those_of_the_graph() -> None:
    X = np.random.default_rng(1).normal(size=(5000, 2))
    net = MLP(2, [4, 3], "tanh", "softmax", seed=1)
    few = net.predict(X[:60])
    assert few.tolist() == [[a.data for a in net.outputs(x)[1]] for x in X[:60].tolist()]
    many = net.predict(X)
    np.testing.assert_allclose(many[:60], few, rtol=1e-12)
    assert (many.argmax(axis=1) == net.classify(X)).all()
    net.layers[0].neurons[0].weights[0].data = 1e308
    with pytest.raises(OverflowError, match="z₁⁽¹⁾"):
        net.predict(10 * X)


def test_a_callback_that_changes_the_network_is_noticed() -> None:
    class Scaled(MLP):
        scale = 1.0

        def forward(self, x: Any) -> Any:
            z, a = self.layers[0].outputs(x)
            return z, [self.scale * unit for unit in a]

    def change(net: Any, history: Any) -> None:
        if len(history.epochs) == 3:
            net.scale = 2.0
        net.parameters()[0].data += 0.01

    X, Y = draw_samples("numbers", 1)
    runs = [fit(Scaled(2, [1], seed=1), X, Y, epochs=6, callbacks=[change], engine=engine) for engine in ("scalar", "auto")]
    assert runs[1].engine == "scalar"
    assert runs[1].why_engine.startswith("since epoch 4: what was recorded for one sample does not hold")
    np.testing.assert_allclose(runs[1].cost, runs[0].cost, rtol=1e-12)
    assert [phase.change for phase in runs[1].training.phases] == ["the scalar graph after the matrix program"]


def test_callbacks_and_files_see_the_parameters_and_gradients(tmp_path: Path) -> None:
    X, Y = draw_samples("numbers", 1)
    seen: dict[str, list[Any]] = {"scalar": [], "matrix": []}
    for engine, found in seen.items():
        def look(net: Any, _: Any, found: list[Any] = found) -> None:
            found.append([(p.data, p.grad) for p in net.parameters()])

        history = fit(MLP(2, [3, 1], seed=1), X, Y, epochs=4, batch_size=2, seed=1, callbacks=[look], engine=engine,
                      checkpoint=tmp_path / f"{engine}.json")
        saved = load_training(tmp_path / f"{engine}.json")
        assert saved.plan.engine == engine
        assert saved.parameters == history.training.parameters == tuple(number for number, _ in found[-1])
    np.testing.assert_allclose(seen["matrix"], seen["scalar"], rtol=1e-10)


@pytest.mark.parametrize("engine", ["scalar", "matrix"])
@pytest.mark.parametrize("batch_size", [None, 3])
def test_a_resumed_run_is_the_same_to_the_last_bit_within_an_engine(engine: str, batch_size: int | None, tmp_path: Path) -> None:
    X, Y = draw_samples("numbers", 1)
    settings: dict[str, Any] = {"batch_size": batch_size, "seed": 1, "tolerance": 0, "engine": engine, "validation": (X, Y)}
    whole = MLP(2, [3, 1], "tanh", seed=1)
    expected = fit(whole, X, Y, epochs=9, **settings)
    net = MLP(2, [3, 1], "tanh", seed=1)
    path = save(net, tmp_path / "net.json", fit(net, X, Y, epochs=4, **settings).training)
    resumed = fit(net, X, Y, epochs=9, resume=path, validation=(X, Y))
    assert (resumed.engine, resumed.why_engine) == (engine, "as before")
    assert resumed.training.epochs == expected.training.epochs
    assert [p.data for p in net.parameters()] == [p.data for p in whole.parameters()]
    other = {"scalar": "matrix", "matrix": "scalar"}[engine]
    changed = fit(net, X, Y, epochs=12, resume=resumed, validation=(X, Y), engine=other)
    assert [phase.epoch for phase in changed.training.phases] == [9]
    assert changed.training.plan.engine == other


@pytest.mark.parametrize("batch_size", [None, 3])
def test_a_number_that_overflows_is_named_as_by_the_scalar_graph(batch_size: int | None) -> None:
    X, Y = draw_samples("numbers", 1)
    stopped = []
    for engine in ("scalar", "matrix"):
        net = MLP(2, [3, 1], "identity", seed=1)
        with pytest.warns(TrainingWarning, match="diverged in epoch"):
            history = fit(net, X, Y, optimizer=GradientDescent(1e3), epochs=500, batch_size=batch_size, seed=1, engine=engine)
        assert [p.data for p in net.parameters()] == list(history.best.parameters)
        stopped.append(re.sub(r"(\d\.\d{6})\d+", r"\1", history.stopped))  # the last digits differ
    assert stopped[0] == stopped[1]


def test_an_undefined_logarithm_is_named_as_by_the_scalar_graph() -> None:
    stopped = []
    for engine in ("scalar", "matrix"):
        with pytest.warns(TrainingWarning, match="could not go on in epoch"):
            stopped.append(fit(Neuron(1, "sigmoid", seed=1), [1.0, 2.0], [1.0, 0.0], cost="binary_cross_entropy",
                               optimizer=GradientDescent(1e3), epochs=9, engine=engine).stopped)
    assert stopped[0] == stopped[1]


@pytest.mark.parametrize("penalty", [{}, {"penalty": "l2", "lam": 0.1}])
def test_a_perfect_fit_of_a_root_cost_ends_both(penalty: dict[str, Any]) -> None:
    def net() -> Neuron:
        made = Neuron(1, "identity", seed=1)
        made.weights[0].data, made.parameters()[1].data = 2.0, 1.0
        return made

    assert_same(net, [0.0, 1.0], [1.0, 3.0], cost="root_squared_error", epochs=5, **penalty)


def test_one_batch_with_a_perfect_fit_is_left_out() -> None:
    def net() -> Neuron:
        made = Neuron(1, "identity", seed=1)
        made.weights[0].data, made.parameters()[1].data = 2.0, 1.0
        return made

    assert_same(net, [0.0, 1.0, 2.0], [1.0, 3.0, 5.5], cost="root_squared_error", epochs=1, batch_size=1, seed=1,
                optimizer=GradientDescent(1e-9))


def test_the_scalar_engine_computes_every_number_on_scalars(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nn.training.engines.Lifted", None)
    X, Y = draw_samples("numbers", 1)
    history = fit(MLP(2, [3, 1], seed=1), X, Y, epochs=2, validation=(X, Y), engine="scalar")
    assert (history.engine, history.why_engine) == ("scalar", "as asked")


@pytest.mark.parametrize("engine", ["scalar", "matrix"])
def test_the_time_that_is_estimated_changes_nothing(engine: str) -> None:
    X, Y = draw_samples("numbers", 1, 40)
    net = MLP(2, [3, 1], "tanh", seed=1)
    before = [p.data for p in net.parameters()]
    seconds = estimate_seconds(net, Data(np.array(X), np.array(Y), ("u", "v"), ("y",)),
                               {"epochs": 1000, "batch_size": 8, "engine": engine, "optimizer": Adam(0.1)})
    assert seconds is not None
    assert 0.01 < seconds < (100 if engine == "scalar" else 30)
    assert [p.data for p in net.parameters()] == before


def write_older(samples: Samples, count: int) -> str:
    digest = sha256()
    for x, y in list(zip(samples.inputs.tolist(), samples.targets.tolist(), strict=True))[:count]:
        digest.update(repr((x, y)).encode())
    return digest.hexdigest()


def test_samples_of_an_older_file_are_recognised() -> None:
    X, Y = draw_samples("numbers", 1)
    net = Neuron(2, "identity", seed=1)
    samples = Objective(net).samples(X, Y)
    assert samples.find_beginning(write_older(samples, 5)) == 5
    assert samples.find_beginning(samples.fingerprint()) == len(samples)
    assert samples.find_beginning("0") is None
    training = fit(net, X, Y, epochs=2, validation=(X, Y)).training
    older = write_older(samples, N)
    plan = replace(training.plan, data=older, held=older, engine="scalar")
    resumed = fit(net, X, Y, epochs=4, validation=(X, Y), resume=replace(training, plan=plan))
    assert resumed.training.phases == ()
    assert resumed.training.plan.data == training.plan.data
    with pytest.raises(ValueError, match="the validation samples differ"):
        fit(net, X, Y, epochs=4, validation=(X[:3], Y[:3]), resume=replace(training, plan=plan))


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown engine 'matrices'; did you mean 'matrix'"):
        fit(Neuron(1), [1.0], [1.0], engine="matrices")


def test_the_matrix_engine_is_quick() -> None:
    X, Y = draw_samples("numbers", 1, 200)
    calls = 0

    class Counted(Neuron):
        def forward(self, x: Any) -> Any:
            nonlocal calls
            calls += 1
            return super().forward(x)

    history = fit(Counted(2, "tanh", seed=1), X, Y, epochs=10)
    assert history.engine == "matrix"
    assert calls < 500, "a graph of each sample in each epoch would be 2,000, and one for the final cost"


def test_moves_are_the_steps() -> None:
    draw = random.Random(1)
    for method in OPTIMIZERS.values():
        parameters = [Value(draw.uniform(-1, 1), f"w{k}") for k in range(5)]
        theta = np.array([p.data for p in parameters])
        steps, moves = method(0.1), method(0.1)
        for _ in range(4):
            for p in parameters:
                p.grad = draw.uniform(-1, 1)
            theta = moves.move(theta, np.array([p.grad for p in parameters]), parameters)
            steps.step(parameters)
            assert theta.tolist() == [p.data for p in parameters]


def test_the_value_of_an_objective_has_a_program_where_one_is_given() -> None:
    from nn.training.lifted import Lifted

    X, Y = draw_samples("numbers", 1)
    objective = Objective(MLP(2, [3, 1], "tanh", seed=1), "mean_squared_error", "l2", 0.1)
    samples = objective.samples(X, Y)
    right = objective.value(samples), objective.value(samples, penalised=False), objective.gradient(samples)
    objective.program = Lifted(objective, samples)
    np.testing.assert_allclose(objective.value(samples), right[0], rtol=1e-13)
    np.testing.assert_allclose(objective.value(samples, penalised=False), right[1], rtol=1e-13)
    np.testing.assert_allclose(objective.gradient(samples), right[2], rtol=1e-12)


def test_prediction_copies_no_array_of_floats() -> None:
    net, X = MLP(20, [4, 1], "tanh", seed=0), np.ones((200_000, 20))
    tracemalloc.start()
    net.predict(X)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < X.nbytes
