"""How weights are drawn: each distribution has its stated spread, repeats by seed, and keeps signals at their size."""

import math
import random
import statistics
from typing import Any

import pytest

from autograd_lite import Value, trace
from nn import MLP, Layer, Neuron, initializers
from nn.ground.activations import softmax
from nn.initializers import INITIALIZERS, SymmetryWarning
from visualize import draw

N_IN, N_OUT = 40, 25


def drawn(wanted: Any, seed: int = 1) -> list[float]:
    layer = Layer(N_IN, N_OUT, seed=seed, initializer=wanted)
    assert all(neuron.bias is not None and neuron.bias.data == 0 for neuron in layer.neurons)
    return [w.data for w in layer.weights_alone()]


@pytest.mark.parametrize(("name", "deviation", "largest"), [
    ("uniform", math.sqrt(1 / (3 * N_IN)), math.sqrt(1 / N_IN)),
    ("normal", math.sqrt(1 / N_IN), None),
    ("xavier", math.sqrt(2 / (N_IN + N_OUT)), math.sqrt(6 / (N_IN + N_OUT))),
    ("xavier_normal", math.sqrt(2 / (N_IN + N_OUT)), None),
    ("he", math.sqrt(2 / N_IN), None),
    ("he_uniform", math.sqrt(2 / N_IN), math.sqrt(6 / N_IN)),
    (initializers.uniform(0.2), 0.2 / math.sqrt(3), 0.2),
    (initializers.normal(0.2), 0.2, None),
])
def test_the_spread_is_the_published_one(name: Any, deviation: float, largest: float | None) -> None:
    weights = drawn(name)
    # 1,000 weights: the deviation is off by 2.3 % in one standard error, the mean by 3.2 % of a deviation
    assert statistics.pstdev(weights) == pytest.approx(deviation, rel=0.1)
    assert abs(statistics.fmean(weights)) < 0.15 * deviation
    if largest is None:
        assert max(map(abs, weights)) > 2.5 * deviation  # of a normal distribution one in 80 is
    else:
        assert 0.98 * largest < max(map(abs, weights)) <= largest


@pytest.mark.parametrize("name", INITIALIZERS)
def test_seeds_repeat_to_the_bit(name: str) -> None:
    assert drawn(name) == drawn(name)
    assert (drawn(name, 1) == drawn(name, 2)) is (name == "zeros")


def test_the_default_draws_what_it_always_drew() -> None:
    generator = random.Random(5)
    assert [w.data for w in Neuron(4, seed=5).weights] == [generator.uniform(-0.5, 0.5) for _ in range(4)]


def test_zeros_warn_where_symmetry_would_never_break() -> None:
    with pytest.warns(SymmetryWarning, match="the 4 units of layer 1 start with equal weights"):
        MLP(2, [4, 1], initializer="zeros")
    with pytest.warns(SymmetryWarning, match="layer 2"):
        MLP(2, [1, 4, 1], initializer=initializers.normal(0))
    assert set(drawn("zeros")) == {0.0}
    MLP(2, [1, 3], initializer="zeros")  # one hidden unit, and outputs, which their targets tell apart


@pytest.mark.parametrize(("make", "sentence"), [
    (lambda: MLP(1, [2, 1], initializer="xaver"), "unknown initializer 'xaver'; did you mean 'xavier'"),
    (lambda: initializers.uniform(-1), "the spread of an initializer must be a finite number of at least 0, not -1"),
    (lambda: initializers.normal(math.inf), "the deviation of an initializer must be a finite number"),
    (lambda: MLP(1, [2, 1], "softmax"), "softmax acts on all units of a layer"),
    (lambda: Neuron(1, "softmax"), "softmax acts on all units of a layer"),
])
def test_bad_input_is_refused(make: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        make()


def test_a_softmax_layer_has_the_lectures_labels_and_can_be_drawn() -> None:
    net = MLP(2, [3, 3], "tanh", "softmax", seed=1)
    forward = net.forward([0.5, -1.0])
    assert [a.label for a in forward.output] == ["a₁⁽²⁾", "a₂⁽²⁾", "a₃⁽²⁾"]
    assert [z.operation for z in forward.pre[2]] == ["affine"] * 3
    z = [Value(v.data) for v in forward.pre[2]]
    assert [a.data for a in forward.output] == [a.data for a in softmax(z)]
    assert "a₂⁽²⁾" in draw(forward.output[1]).svg
    assert trace(forward.output[0]).steps
    assert repr(net.layers[1]) == "Layer(3, 3, 'softmax')"
