"""A lecture's network as a graph of ``nn`` with the lecture's labels, and its quantities read from that graph."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from autograd_lite import Value
from autograd_lite.internal import make_label

from ..costs.penalties import penalty
from ..networks.network import Layer
from .conventions import Conventions
from .neutral import Neutral, Problem
from .rounding import EXACT, Exact, bound_rounding

Nodes = Sequence[Sequence[Value]]


@dataclass(frozen=True, slots=True)
class Delta:
    """What a lecture calls δ at a node: ``symbol`` = ``scale`` · ∂C/∂u."""

    symbol: str
    scale: int


@dataclass(frozen=True, slots=True)
class Recording:
    """A recorded graph, and the lecture's names for its nodes. Layers count from 1; the input is layer 0.

    Attributes:
        cost: the output, C with its penalty.
        pre, post: layer -> N rows of nₗ nodes, one row for each sample.
        weights: layer -> nₗ rows of nₗ₋₁ leaves, one row for each unit.
        biases: layer -> nₗ leaves; empty without biases.
        deltas: label of a pre-activation -> what the lecture calls δ there.
        functions: label of a post-activation -> the lecture's letter for the sigmoid, where it is not σ.
        layers: layer -> its name where the lecture counts otherwise.

    >>> chain = LECTURES["chain"]
    >>> recording = chain.record(chain.resolve({}))
    >>> recording.pre[1][0][0].label, recording.deltas["z₁"].symbol
    ('z₁', 'δ₁')
    """

    cost: Value
    pre: Mapping[int, Nodes] = field(default_factory=dict)
    post: Mapping[int, Nodes] = field(default_factory=dict)
    weights: Mapping[int, Nodes] = field(default_factory=dict)
    biases: Mapping[int, Sequence[Value]] = field(default_factory=dict)
    deltas: Mapping[str, Delta] = field(default_factory=dict)
    functions: Mapping[str, str] = field(default_factory=dict)
    layers: Mapping[int, str] = field(default_factory=dict)


def record(problem: Problem, conventions: Conventions,
           reduce: Callable[[Nodes, Nodes], Value] | None = None) -> Recording:
    """Record the forward pass of ``nn`` layers with the problem's weights and biases, on every sample.

    ``reduce`` makes the cost, without its penalty, of outputs and targets, a row a sample; that of the conventions
    unless given.
    """
    depth = len(problem.weights)
    layers, weights, biases = _make_layers(problem, conventions)
    pre: dict[int, list[list[Value]]] = {l: [] for l in range(1, depth + 1)}
    post: dict[int, list[list[Value]]] = {l: [] for l in range(depth + 1)}
    deltas: dict[str, Delta] = {}
    functions: dict[str, str] = {}
    targets = []
    count = len(problem.inputs)
    ones = [Value(1.0, make_label((conventions.data or "x")[0], 0))] if conventions.bias == "column" else []
    for i, (x, y) in enumerate(zip(problem.inputs, problem.targets, strict=True), start=1):
        h = [Value(v, conventions.datum("x", k, i)) for k, v in enumerate(x, start=1)]
        post[0].append(h)
        for l, layer in layers.items():
            for j, neuron in enumerate(layer.neurons, start=1):
                neuron.call(conventions.node(conventions.pre, j, l, depth, i),
                            conventions.node(conventions.post, j, l, depth, i))
            u, h = layer.forward([*ones, *h])
            for j, (before, after) in enumerate(zip(u, h, strict=True), start=1):
                deltas[(before if conventions.delta_of == "pre" else after).label] = Delta(
                    conventions.node(conventions.delta, j, l, depth, i), conventions.scale(count))
                if problem.activations[l - 1] == "sigmoid" and conventions.activation != "σ":
                    functions[after.label] = conventions.activation
            pre[l].append(u)
            post[l].append(h)
        targets.append([Value(v, conventions.datum("y", k, i, len(y))) for k, v in enumerate(y, start=1)])
    penalised = [w for rows in weights.values() for row in rows for w in row]
    penalised += [b for row in biases.values() for b in row] if problem.penalises_biases else []
    cost = (reduce or partial(_reduce, conventions))(post[depth], targets)
    for name, strength in problem.penalties:
        cost = cost + penalty(name, penalised, strength)
    cost.label = conventions.cost
    return Recording(cost, pre, post, weights, biases, deltas, functions, _name_layers(conventions, depth))


def _reduce(conventions: Conventions, outputs: Nodes, targets: Nodes) -> Value:
    """The cost of all samples."""
    turned = conventions.turned and conventions.loss.is_squared  # y − a
    return conventions.loss.reduce([conventions.loss.sample(*((y, h) if turned else (h, y)))
                                    for h, y in zip(outputs, targets, strict=True)])


def _make_layers(
    problem: Problem, conventions: Conventions
) -> tuple[dict[int, Layer], dict[int, list[list[Value]]], dict[int, list[Value]]]:
    """The layers, their weights and their biases, with labels and values."""
    depth = len(problem.weights)
    column = conventions.bias == "column"
    layers, weights, biases = {}, {}, {}
    for l, (matrix, activation) in enumerate(zip(problem.weights, problem.activations, strict=True), start=1):
        own = problem.biases is not None and not column
        layers[l] = layer = Layer(len(matrix[0]) + column, len(matrix), activation, layer=l, bias=own)
        weights[l] = [neuron.weights[column:] for neuron in layer.neurons]
        for j, (row, leaves) in enumerate(zip(matrix, weights[l], strict=True), start=1):
            for k, (number, leaf) in enumerate(zip(row, leaves, strict=True), start=1):
                leaf.data, leaf.label = number, conventions.weight_label(j, k, l, depth)
        if problem.biases is None:
            continue
        biases[l] = [neuron.weights[0] if column else neuron.parameters()[-1] for neuron in layer.neurons]
        for j, (number, leaf) in enumerate(zip(problem.biases[l - 1], biases[l], strict=True), start=1):
            leaf.data, leaf.label = number, conventions.bias_label(j, l, depth)
    return layers, weights, biases


def _name_layers(conventions: Conventions, depth: int) -> dict[int, str]:
    """``layer 1: z⁽²⁾`` where a lecture's number of a layer is not its place among the layers with weights."""
    if conventions.input_layer == 0:
        return {}
    return {l: f"layer {l}: {make_label(conventions.pre, layer=conventions.over(conventions.number(l), depth))}"
            for l in range(1, depth + 1)}


def read_gradients(recording: Recording, problem: Problem, conventions: Conventions) -> list[Neutral]:
    """Run the backward pass and read every quantity, and two bounds on what rounding does; see ``bound_rounding``."""
    recording.cost.backward()
    return [_read(recording, problem, conventions, of) for of in (EXACT, *bound_rounding(recording.cost))]


def _read(recording: Recording, problem: Problem, conventions: Conventions, of: Exact) -> Neutral:
    """Every quantity; δ = s·(∂C/∂u)/α, one row for each sample."""

    def values(layers: Mapping[int, Nodes]) -> dict[int, list[list[float]]]:
        return {l: [[of.value(node) for node in row] for row in rows] for l, rows in layers.items()}

    def gradients(layers: Mapping[int, Nodes], times: int = 1) -> dict[int, list[list[float]]]:
        return {l: [[times * of.gradient(node) for node in row] for row in rows] for l, rows in layers.items()}

    def update(leaf: Value) -> float:
        return float(of.update(leaf.data, of.gradient(leaf), problem.eta))

    return Neutral(
        of.value(recording.cost), values(recording.pre), values(recording.post),
        gradients({l: getattr(recording, conventions.delta_of)[l] for l in recording.pre},
                  times=conventions.scale(len(problem.inputs))),
        gradients(recording.weights), {l: [of.gradient(b) for b in row] for l, row in recording.biases.items()},
        {l: [[update(w) for w in row] for row in rows] for l, rows in recording.weights.items()},
        {l: [update(b) for b in row] for l, row in recording.biases.items()},
    )
