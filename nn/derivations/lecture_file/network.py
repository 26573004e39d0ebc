"""A lecture's network as a graph of ``nn`` with the lecture's labels, and its quantities read from that graph."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from autograd_lite import Value
from autograd_lite.internal import make_label

from ...costs.penalties import penalty
from ...networks.network import Layer
from ..recording import Delta, Recording
from ..rounding import EXACT, Exact, bound_rounding
from .display import Display
from .layout import Place
from .lecture import LectureFile
from .problem import Example, Numbers
from .rows import record_cost

Nodes = Sequence[Sequence[Value]]


class Network:
    """The nodes of an example. ``recording`` names them; ``numbers`` runs the backward pass and reads all of them."""

    def __init__(self, lecture: LectureFile, example: Example) -> None:
        self.lecture, self.example = lecture, example
        self.notation, self.layout = lecture.notation, lecture.layout(example)
        self.display = Display(self.notation, example.depth)
        self.names = lecture.problem.of_layers(example.depth)
        self.weights: dict[int, list[list[Value]]] = {}
        self.biases: dict[int, list[Value]] = {}
        self.layers = {l: self._make_layer(l) for l in example.weights}
        self.pre: dict[int, list[list[Value]]] = {l: [] for l in example.weights}
        self.post: dict[int, list[list[Value]]] = {l: [] for l in range(example.depth + 1)}
        ones = [Value(1.0, make_label(self.notation.letters["input"], 0))] if self.notation.joined else []
        for i, row in enumerate(example.inputs.tolist(), start=1):
            self._feed(i, row, ones)
        self.cost = self._record_cost()

    def _make_layer(self, l: int) -> Layer:
        matrix, joined = self.example.weights[l].tolist(), self.notation.joined
        layer = Layer(
            len(matrix[0]) + joined, len(matrix), self.names[l - 1], layer=l, bias=self.notation.bias == "own"
        )
        self.weights[l] = [neuron.weights[joined:] for neuron in layer.neurons]
        for j, row in enumerate(matrix, start=1):
            for k, number in enumerate(row, start=1):
                leaf = self.weights[l][j - 1][k - 1]
                leaf.data, leaf.label = number, self._label("W", l, (j, k))
        if self.notation.bias == "none":
            return layer
        self.biases[l] = [neuron.weights[0] if joined else neuron.parameters()[-1] for neuron in layer.neurons]
        for j, (leaf, number) in enumerate(zip(self.biases[l], self.example.biases[l].tolist(), strict=True), start=1):
            leaf.data, leaf.label = number, self._label("W", l, (j, 0)) if joined else self._label("b", l, (j,))
        return layer

    def _label(self, kind: str, l: int, units: tuple[int, ...], sample: int = 0) -> str:
        if kind == "W" and self.notation.first == "source":
            units = units[::-1]
        return self.display.entry(Place(kind, l, units), units, sample if self.notation.many else 0)

    def _feed(self, i: int, row: list[float], ones: list[Value]) -> None:
        h = [Value(number, self._datum("input", k, i)) for k, number in enumerate(row, start=1)]
        self.post[0].append(h)
        for l, layer in self.layers.items():
            for j, neuron in enumerate(layer.neurons, start=1):
                neuron.call(self._label("pre", l, (j,), i), self._label("post", l, (j,), i))
            u, h = layer.forward([*ones, *h])
            self.pre[l].append(u)
            self.post[l].append(h)

    def _datum(self, what: str, k: int, sample: int) -> str:
        """The label of an input or a target."""
        letter = self.notation.letters[what]
        if self.notation.form == "scalars":
            return letter
        return make_label(letter, k) + (f"[{sample}]" if self.notation.many else "")

    def label_of_target(self, k: int, sample: int) -> str:
        """The label of target k of a sample."""
        return self._datum("target", k, sample)

    def _record_cost(self) -> Value:
        problem = self.lecture.problem
        targets = [[Value(number, self._datum("target", k, i)) for k, number in enumerate(row, start=1)]
                   for i, row in enumerate(self.example.targets.tolist(), start=1)]
        cost: Value = record_cost(problem.cost, problem.over, self.post[self.example.depth], targets)
        penalised = [w for rows in self.weights.values() for row in rows for w in row]
        penalised += [b for row in self.biases.values() for b in row] if problem.penalise == "all" else []
        for name, factor in problem.penalties.items():
            cost = cost + penalty(name, penalised, factor * self.example.strength)
        cost.label = self.notation.letters["cost"]
        return cost

    @property
    def scale(self) -> int:
        """δ / (∂C/∂u), or δ / (∂C/∂h)."""
        mean = self.lecture.problem.over == "mean" and self.notation.delta.one_sample
        return self.notation.delta.sign * (len(self.example.inputs) if mean else 1)

    @property
    def recording(self) -> Recording:
        """The graph with the lecture's names for its nodes."""
        own = self.pre if self.notation.delta.of == "pre" else {l: self.post[l] for l in self.pre}
        deltas = {node.label: Delta(self._label("delta", l, (j,), i), self.scale) for l, rows in own.items()
                  for i, row in enumerate(rows, start=1) for j, node in enumerate(row, start=1)}
        letter = self.notation.letters["activation"]
        functions = {
            node.label: letter
            for l, rows in self.pre.items()
            if self.names[l - 1] == "sigmoid" and letter != "σ"
            for node in (n for row in self.post[l] for n in row)
            if rows
        }
        return Recording(self.cost, self.pre, self.post, self.weights, self.biases, deltas, functions)

    def numbers(self) -> Numbers:
        """Every quantity by the engine; shapes are those of the general statement."""
        self.cost.backward()
        return self._read(EXACT)

    def bounds(self) -> tuple[Numbers, Numbers]:
        """How far rounding can move each of ``numbers``, which comes first: see ``bound_rounding``."""
        sums, functions = bound_rounding(self.cost)
        return self._read(sums), self._read(functions)

    def _read(self, of: Exact) -> Numbers:
        import numpy as np

        example, scale = self.example, self.scale

        def read(layers: Mapping[int, Nodes], what: Callable[[Value], float], times: float = 1.0) -> dict[int, Any]:
            return {l: times * np.array([[what(node) for node in row] for row in rows]) for l, rows in layers.items()}

        biases = {l: [row] for l, row in self.biases.items()} or {
            l: [[Value(0.0)] * len(W)] for l, W in example.weights.items()
        }
        dW, db = read(self.weights, of.gradient), {l: array[0] for l, array in read(biases, of.gradient).items()}
        own = self.pre if self.notation.delta.of == "pre" else {l: self.post[l] for l in self.pre}
        return Numbers(
            {0: example.inputs},
            {example.depth: example.targets},
            example.weights,
            example.biases,
            read(self.pre, of.value),
            read(self.post, of.value),
            of.value(self.cost),
            read(own, of.gradient, scale),
            dW,
            db,
            {l: of.update(W, dW[l], example.rate) for l, W in example.weights.items()},
            {l: of.update(b, db[l], example.rate) for l, b in example.biases.items()},
        )


def record_lecture(lecture: LectureFile, example: Example | None = None) -> Recording:
    """The network of an example, or of the lecture's own, as a graph. Raises ValueError where the file has none."""
    return Network(lecture, example or lecture.require_example()).recording
