"""One way forward: ``forward``. What overrides it changes calls, predictions and training; what is shared counts once."""

import math
from collections.abc import Sequence
from typing import Any

import pytest

from autograd_lite import Value, affine, grad
from nn import MLP, Layer, Module, Neuron, Objective, fit, optimizers, save
from nn.internal import ForwardPass
from nn.networks.objective import norm

X, Y = [[0.5, -1.0], [2.0, 1.0], [-1.0, 0.25]], [1.0, -0.5, 2.0]


class Doubled(Neuron):
    """A neuron with a = 2σ(z)."""

    def forward(self, x: Sequence[Value | float]) -> tuple[Value, Value]:
        z, a = super().forward(x)
        return z, 2 * a


class Shifted(Layer):
    """A layer with a = σ(z) + 3."""

    def forward(self, x: Sequence[Value | float]) -> tuple[list[Value], list[Value]]:
        z, a = super().forward(x)
        return z, [unit + 3 for unit in a]


class Negative(MLP):
    """A network with the opposite outputs."""

    def forward(self, x: Sequence[Value | float]) -> ForwardPass:
        found = super().forward(x)
        post: dict[int, list[Value | float]] = {l: list(units) for l, units in found.post.items()}
        post[max(post)] = [-unit for unit in found.output]
        return ForwardPass(found.pre, post)


def make_doubled() -> Module:
    return Doubled(2, "tanh", seed=1)


def make_layer_of_doubled() -> Module:
    layer = Layer(2, 1, "tanh", seed=1)
    layer.neurons[0].__class__ = Doubled
    return layer


def make_network_of_shifted() -> Module:
    net = MLP(2, [3, 1], "tanh", seed=1)
    net.layers[1].__class__ = Shifted
    return net


def make_network_of_doubled() -> Module:
    net = MLP(2, [3, 1], "tanh", seed=1)
    net.layers[0].neurons[2].__class__ = Doubled
    return net


def compute_plainly(net: Any, x: Sequence[float]) -> float:
    """The output of one of these networks, in plain numbers."""
    def unit(neuron: Any, x: Sequence[float]) -> float:
        z = sum(w.data * v for w, v in zip(neuron.weights, x, strict=True)) + neuron.bias.data
        return (2 if isinstance(neuron, Doubled) else 1) * (math.tanh(z) if neuron.activation == "tanh" else z)

    if isinstance(net, Neuron):
        return unit(net, x)
    for layer in getattr(net, "layers", [net]):
        x = [unit(neuron, x) + 3 * isinstance(layer, Shifted) for neuron in layer.neurons]
    return -x[0] if isinstance(net, Negative) else x[0]


MAKERS = [make_doubled, make_layer_of_doubled, make_network_of_shifted, make_network_of_doubled,
          lambda: Negative(2, [3, 1], "tanh", seed=1)]


@pytest.mark.parametrize("make", MAKERS)
def test_an_overridden_forward_is_what_everything_uses(make: Any) -> None:
    net = make()
    for x in X:
        called = net(x)
        a = called[0] if isinstance(called, list) else called
        assert a.data == pytest.approx(compute_plainly(net, x), rel=1e-14)
        assert [node.data for node in net.outputs(x)[1]] == [a.data]
    assert net.predict(X).ravel().tolist() == pytest.approx([compute_plainly(net, x) for x in X], rel=1e-14)
    assert net.classify(X).tolist() == [int(compute_plainly(net, x) > 0.5) for x in X]
    objective = Objective(net)
    wanted = sum((compute_plainly(net, x) - y) ** 2 for x, y in zip(X, Y, strict=True)) / 6
    assert objective.value(objective.samples(X, Y)) == pytest.approx(wanted, rel=1e-14)
    history = fit(net, X, Y, optimizer=optimizers.GradientDescent(1e-3), epochs=3)
    assert history.cost[0] == pytest.approx(wanted, rel=1e-14)
    assert history.cost[2] < history.cost[0]
    now = sum((compute_plainly(net, x) - y) ** 2 for x, y in zip(X, Y, strict=True)) / 6
    assert history.final_cost == pytest.approx(now, rel=1e-14)


def test_softmax_takes_the_z_of_the_forward_of_its_units() -> None:
    class Steep(Neuron):
        def forward(self, x: Sequence[Value | float]) -> tuple[Value, Value]:
            z, a = super().forward(x)
            return 5 * z, a

    layer = Layer(2, 2, "softmax", seed=3)
    plain = [z.data for z in layer.outputs(X[0])[0]]
    layer.neurons[1].__class__ = Steep
    z, a = layer.forward(X[0])
    assert [node.data for node in z] == [plain[0], 5 * plain[1]]
    assert a[1].data == pytest.approx(1 / (1 + math.exp(plain[0] - 5 * plain[1])), rel=1e-14)
    assert [node.label for node in a] == ["a₁⁽¹⁾", "a₂⁽¹⁾"]


def test_deltas_are_those_of_the_overridden_forward() -> None:
    net = Negative(2, [3, 1], "tanh", seed=1)
    objective = Objective(net)
    found = objective.deltas(objective.samples(X, Y))[2]
    assert [row[0] for row in found] == pytest.approx(
        [-(compute_plainly(net, x) - y) for x, y in zip(X, Y, strict=True)], rel=1e-13)


class Line(Module):
    """y = w·x + b as a class of one's own; it lists w twice."""

    def __init__(self, answer: Any = None) -> None:
        self.w, self.b = Value(0.5, "w"), Value(-1.0, "b")
        self.answer = answer

    n_inputs = n_outputs = 1
    output_activation = "identity"

    def parameters(self) -> list[Value]:
        return [self.w, self.b, self.w]

    def weights_alone(self) -> list[Value]:
        return [self.w, self.w]

    def forward(self, x: Sequence[Value | float]) -> Any:
        z = affine([self.w], x, self.b)
        return (z, z) if self.answer is None else self.answer(z)


@pytest.mark.parametrize("answer", [
    None, lambda z: ([z], [z]), lambda z: ForwardPass({1: [z]}, {0: [1.0], 1: [z]})])
def test_a_module_of_ones_own_is_trained_and_what_it_lists_twice_counts_once(answer: Any) -> None:
    net = Line(answer)
    objective = Objective(net, "half_squared_error", "l2", 0.1)
    samples = objective.samples([2.0], [3.0])
    w, b, x, y = 0.5, -1.0, 2.0, 3.0
    slope = w * x + b - y
    assert objective.parameters == [net.w, net.b]
    assert objective.value(samples) == pytest.approx(slope**2 / 2 + 0.1 * w**2, rel=1e-15)
    assert objective.gradient(samples) == pytest.approx([slope * x + 0.2 * w, slope], rel=1e-15)
    history = fit(net, [x], [y], penalty="l2", lam=0.1, optimizer=optimizers.GradientDescent(0.1), epochs=1)
    assert history.gradient_norm == pytest.approx([math.hypot(slope * x + 0.2 * w, slope)], rel=1e-15)
    assert [net.w.data, net.b.data] == pytest.approx([w - 0.1 * (slope * x + 0.2 * w), b - 0.1 * slope], rel=1e-15)


@pytest.mark.parametrize("answer", [
    lambda z: z, lambda z: (z, z, z), lambda z: (z, 1.0), lambda z: ([z], []), lambda z: [z, z]])
def test_another_answer_of_forward_is_refused(answer: Any) -> None:
    sentence = r"forward of Line must return the pair \(z, a\) of its output nodes, two Values or two sequences of equally many"
    net = Line(answer)
    for use in (lambda: net([1.0]), lambda: net.predict([1.0]), lambda: fit(net, [1.0], [1.0], epochs=1)):
        with pytest.raises(TypeError, match=sentence):
            use()


def test_forward_may_return_tuples() -> None:
    def read(net: Module) -> tuple[Any, ...]:
        history = fit(net, [1.0], [2.0], optimizer=optimizers.GradientDescent(0.1), epochs=2)
        return net.predict([1.0]).tolist(), history.cost

    found = Line(lambda z: ((z,), (2 * z,)))
    assert [a.data for a in found([2.0])] == found.predict([2.0]).tolist()[0]  # type: ignore[attr-defined]
    assert read(found) == read(Line(lambda z: ([z], [2 * z])))


@pytest.mark.parametrize("base", [Neuron, Layer, MLP, Module])
@pytest.mark.parametrize("name", ["__call__", "outputs", "pre"])
def test_a_class_that_overrides_what_only_reads_forward_is_refused(base: type, name: str) -> None:
    sentence = (rf"Mine overrides {name}, which training and predictions would not use: override forward\(x\), which "
                r"returns the pair \(z, a\) of the output nodes, or a ForwardPass")
    with pytest.raises(TypeError, match=sentence):
        type("Mine", (base,), {name: lambda self, x: None})
    with pytest.raises(TypeError, match=sentence):
        type("Mine", (type("Mixed", (), {name: lambda self, x: None}), base), {})


def test_a_neuron_a_layer_and_a_value_that_are_used_twice_are_listed_once() -> None:
    layer = Layer(2, 2, seed=0)
    layer.neurons[1] = layer.neurons[0]
    assert layer.parameters() == layer.neurons[0].parameters()
    assert layer.weights_alone() == layer.neurons[0].weights
    net = MLP(2, [2, 2], "tanh", "tanh", seed=0)
    net.layers[1] = net.layers[0]
    assert (len(net.parameters()), len(net.weights_alone())) == (6, 4)
    neuron = Neuron(2, "identity")
    neuron.weights[1] = neuron.weights[0]
    assert neuron.parameters() == [neuron.weights[0], neuron.bias]
    assert len(neuron.weights_alone()) == 1


def test_the_gradient_norm_and_the_penalty_of_a_shared_weight() -> None:
    neuron = Neuron(2, "identity")
    neuron.weights[1] = neuron.weights[0]
    neuron.weights[0].data = 0.5
    objective = Objective(neuron, "half_squared_error", "l2", 0.1)
    samples = objective.samples([[1.0, 2.0]], [4.0])
    assert objective.value(samples) == pytest.approx(0.5 * (1.5 - 4) ** 2 + 0.1 * 0.25, rel=1e-15)
    gradient = [(1.5 - 4) * 3 + 0.2 * 0.5, 1.5 - 4]
    assert objective.gradient(samples) == pytest.approx(gradient, rel=1e-15)
    history = fit(neuron, [[1.0, 2.0]], [4.0], penalty="l2", lam=0.1, epochs=1)
    assert history.gradient_norm == pytest.approx([norm(gradient)], rel=1e-15)


def test_what_a_file_could_not_restore_is_not_saved(tmp_path: Any) -> None:
    net = MLP(2, [2, 1], seed=0)
    net.layers[0].neurons[1] = net.layers[0].neurons[0]
    with pytest.raises(ValueError, match=r"'w₁₁⁽¹⁾' is used in several places of the network, which the file format"):
        save(net, tmp_path / "net.json")
    for own in (Negative(2, [3, 1], seed=1), make_network_of_shifted(), make_network_of_doubled()):
        with pytest.raises(ValueError, match=r"(Negative|Shifted|Doubled) has a forward of its own, which the file"):
            save(own, tmp_path / "net.json")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="Negative has a forward of its own"):
        fit(Negative(2, [3, 1], seed=1), X, Y, epochs=1, checkpoint=tmp_path / "net.json")
    assert not (tmp_path / "net.json").exists()


def test_training_records_no_gradients_of_inputs_and_the_same_numbers() -> None:
    seen: list[Any] = []

    class Watched(MLP):
        def forward(self, x: Sequence[Value | float]) -> ForwardPass:
            seen.append(x)
            return super().forward(x)

    net = Watched(2, [4, 3, 1], "tanh", seed=5)
    objective = Objective(net, "mean_squared_error", "l2", 0.01)
    samples = objective.samples(X, Y)
    cost = objective.record(samples, range(3))
    assert {node.label for x in seen for node in x} == {"x₁", "x₂"}
    wanted = grad(cost, objective.parameters)
    seen.clear()
    assert objective.differentiate(samples, range(3)) == cost.data
    assert [p.grad for p in objective.parameters] == list(wanted)  # to the last bit
    fit(net, X, Y, epochs=2, batch_size=2, engine="scalar")
    assert {type(v) for x in seen[:6] for v in x} == {float}, "two epochs of three samples; dead units are looked for later"


def test_an_error_in_training_names_the_input() -> None:
    net = MLP(1, [1], seed=0)
    net.layers[0].neurons[0].weights[0].data = 1e10
    with pytest.warns(UserWarning, match=r"node 'z₁⁽¹⁾': affine overflows at .*x\[0\] = 1e\+300 \(node 'x₁'\)"):
        fit(net, [1e300], [1.0], epochs=1)
