"""Neurons, layers, MLPs, costs: what they compute, what they are labelled, what they refuse."""

import math
import random
from dataclasses import replace
from typing import Any

import pytest

from autograd_lite import OPERATIONS, Value, exp, relu, tanh
from autograd_lite.internal import FUNCTIONS, make_label
from nn import ACTIVATIONS, MLP, Layer, Neuron, costs
from nn.ground.activations import softmax


def test_labels_are_the_lectures() -> None:
    net = MLP(2, [2, 1], seed=0)
    assert [p.label for p in net.parameters()] == [
        "w₁₁⁽¹⁾", "w₁₂⁽¹⁾", "b₁⁽¹⁾", "w₂₁⁽¹⁾", "w₂₂⁽¹⁾", "b₂⁽¹⁾", "w₁₁⁽²⁾", "w₁₂⁽²⁾", "b₁⁽²⁾"
    ]
    forward = net.forward([1.0, 2.0])
    assert [z.label for z in forward.pre[1]] == ["z₁⁽¹⁾", "z₂⁽¹⁾"]
    assert forward.output[0].label == "a₁⁽²⁾"
    assert make_label("w", 2, 1, layer=12) == "w₂₁⁽¹²⁾"
    assert make_label("w", 12, 1) == "w₁₂,₁"


def test_a_neuron_without_a_layer_has_the_labels_of_a_chain() -> None:
    assert [p.label for p in Neuron(1, unit=2).parameters()] == ["w₂", "b₂"]
    assert [p.label for p in Neuron(2).parameters()] == ["w₁", "w₂", "b₁"]


def test_forward_computes_layer_by_layer_and_keeps_the_nodes() -> None:
    net = MLP(3, [4, 2], activation="tanh", output_activation="sigmoid", seed=3)
    x = [0.5, -1.0, 2.0]
    forward = net.forward(x)
    assert (sorted(forward.pre), sorted(forward.post)) == ([1, 2], [0, 1, 2])
    assert forward.post[0] == x
    h = x
    for l, function in ((1, math.tanh), (2, lambda z: 1 / (1 + math.exp(-z)))):
        layer = net.layers[l - 1]
        z = [sum(w.data * v for w, v in zip(n.weights, h, strict=True)) + n.parameters()[-1].data for n in layer.neurons]
        assert [node.data for node in forward.pre[l]] == pytest.approx(z, rel=1e-15)
        assert all(node.operation == "affine" for node in forward.pre[l])
        h = [function(v) for v in z]
        assert [node.data for node in forward.post[l]] == pytest.approx(h, rel=1e-15)  # type: ignore[union-attr]
    assert [a.data for a in net(x)] == [a.data for a in forward.output]  # type: ignore[union-attr]


def test_one_output_is_a_value_and_several_are_a_list() -> None:
    assert isinstance(MLP(2, [3, 1])([1, 2]), Value)
    assert len(MLP(2, [3, 2])([1, 2])) == 2  # type: ignore[arg-type]
    assert len(Layer(2, 3)([1, 2])) == 3
    assert isinstance(Neuron(2)([1, 2]), Value)


def test_the_last_layer_has_its_own_activation() -> None:
    forward = MLP(1, [1, 1, 1], "relu", "softplus").forward([1.0])
    assert [forward.post[l][0].operation for l in (1, 2, 3)] == ["relu", "relu", "softplus"]  # type: ignore[union-attr]
    assert MLP(1, [1]).forward([1.0]).output[0].operation == "identity"


def test_seeds_repeat_and_differ() -> None:
    def weights(seed: int | None) -> list[float]:
        return [p.data for p in MLP(2, [3, 1], seed=seed).parameters()]

    assert weights(1) == weights(1)
    assert weights(1) != weights(2)
    assert weights(None) != weights(None)
    assert Neuron(2, seed=5).weights[0].data == Neuron(2, seed=random.Random(5)).weights[0].data
    drawn = [w.data for w in Neuron(400, seed=1).weights]
    assert max(drawn) <= 1 / 20
    assert min(drawn) >= -1 / 20
    assert max(drawn) - min(drawn) > 0.098  # the whole of ±1/√n is used


def test_inputs_can_be_values_and_then_have_gradients() -> None:
    x = [Value(1.0, "x₁"), Value(2.0, "x₂")]
    y = MLP(2, [2, 1], seed=1)(x)
    assert isinstance(y, Value)
    y.backward()
    assert all(v.grad != 0.0 for v in x)


def test_zero_grad_resets_every_parameter() -> None:
    net = MLP(2, [2, 1], seed=1)
    net([1.0, 2.0]).backward()  # type: ignore[union-attr]
    assert any(p.grad for p in net.parameters())
    net.zero_grad()
    assert not any(p.grad for p in net.parameters())


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_by_name(name: str) -> None:
    z, a = Neuron(1, name, seed=1).forward([2.0])
    assert a.operation == name
    assert a.parents == (z,)


def test_an_activation_may_be_the_function_of_the_package() -> None:
    net = MLP(2, [3, 2], tanh, softmax, seed=1)
    assert repr(net) == repr(MLP(2, [3, 2], "tanh", "softmax"))
    assert net.predict([[1, 2]]).tolist() == MLP(2, [3, 2], "tanh", "softmax", seed=1).predict([[1, 2]]).tolist()
    assert (Neuron(1, relu).activation, Layer(1, 2, Value.sigmoid).activation) == ("relu", "sigmoid")
    assert Layer(1, 2, softmax).output_activation == "softmax"


@pytest.mark.parametrize(("make", "sentence"), [
    (lambda: Neuron(1, math.tanh), "activation must be a name or one of the functions of autograd_lite, not .*; write activation='tanh'"),
    (lambda: Layer(1, 1, lambda z: z), r"not <function .*; operation\(…, activation=True\) of autograd_lite makes"),
    (lambda: MLP(1, [1], exp), r"not <function exp .*; operation\(…, activation=True\)"),
])
def test_another_function_as_activation_is_refused(make: Any, sentence: str) -> None:
    with pytest.raises(TypeError, match=sentence):
        make()
    with pytest.raises(ValueError, match="softmax acts on all units of a layer"):
        MLP(1, [1, 1], softmax)


def test_a_row_that_is_added_later_is_an_activation_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def twice(z: Value) -> Value:
        return 2 * z

    row = replace(OPERATIONS["identity"], value="2 * a", partials={"a": "2"})
    monkeypatch.setattr("nn.ground.activations.OPERATIONS", {**OPERATIONS, "twice": row})
    monkeypatch.setattr("nn.ground.activations.FUNCTIONS", {**FUNCTIONS, "twice": twice})
    assert "twice" in ACTIVATIONS
    assert len(ACTIVATIONS) == len(list(ACTIVATIONS)) == sum(row.activation for row in OPERATIONS.values()) + 1
    neuron = Neuron(1, "twice")
    neuron.weights[0].data = 3.0
    assert neuron([1.0]).data == 6.0
    assert Neuron(1, twice).activation == "twice"
    assert {"exp", "softmax", ""}.isdisjoint(ACTIVATIONS)


def test_costs_and_penalties() -> None:
    a, w = [Value(1.0), Value(-2.0)], [Value(3.0), Value(-0.5)]
    cost = costs.half_squared_error(a, [0.5, Value(1.0)])
    assert cost.data == 0.5 * (0.25 + 9)
    cost.backward()
    assert [v.grad for v in a] == [0.5, -3.0]
    assert costs.l1(w, 0.1).data == pytest.approx(0.35)
    assert costs.l2(w, 0.1).data == pytest.approx(0.925)
    assert costs.penalised(cost, None, w, 0.1) is cost
    costs.l2(w, 0.1).backward()
    assert [v.grad for v in w] == pytest.approx([0.6, -0.1])


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Neuron(2, "sigmod"), "unknown activation 'sigmod'; did you mean 'sigmoid'?"),
        (lambda: Neuron(0), "n_inputs must be a whole number of at least 1, not 0"),
        (lambda: Layer(1, 1.5), "n_units must be a whole number of at least 1, not 1.5"),  # type: ignore[arg-type]
        (lambda: MLP(2, []), "an MLP needs at least one layer"),
        (lambda: MLP(2, [1])([1, 2, 3]), "each unit has 2 weights, but 3 inputs were given"),
        (lambda: costs.half_squared_error([Value(1)], []), "it got 1 outputs and 0 targets"),
        (lambda: costs.penalised(Value(1), "l3", [], 1), "unknown penalty 'l3'. Known: l1, l2"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(make: object, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence.replace("?", r"\?")):
        make()  # type: ignore[operator]


def test_inputs_must_be_a_sequence() -> None:
    with pytest.raises(TypeError, match=r"inputs must be a sequence of 1 numbers or Values, not 2.0 of type float"):
        Neuron(1)(2.0)  # type: ignore[call-overload]
