"""What the network view shows: units as circles in columns, weights as lines, read off a recorded graph of any network.

A unit is a sum of products w·x + b. Sums of one layer that share their weights are one unit on several samples.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import fsum, isclose

from autograd_lite import Trace, TracedNode
from autograd_lite.internal import (
    LEAF,
    LayerStructure,
    is_pre_activation,
    make_label,
    parse_label,
    split_operands,
)
from nn.derivations.internal import Delta

from ..steps.equations import Deltas, find_delta

Key = tuple[int, str]
"""Column, and the name of a node or the place of a plain number."""


@dataclass(frozen=True, slots=True)
class Circle:
    """An input or a unit.

    Attributes:
        column: 0 for the inputs, l for layer l.
        name, value: of the node that the next layer reads: xₖ, or aⱼ.
        pre: name and value of the pre-activation, where it is another node.
        delta: δ and its number; None for an input, and where the backward pass did not reach it.
        bias: name and value of the bias.
    """

    column: int
    name: str
    value: float
    pre: tuple[str, float] | None = None
    delta: tuple[str, float] | None = None
    bias: tuple[str, float] | None = None
    is_unit: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A weight: from the circle that it multiplies to the unit that adds the product."""

    start: int
    end: int
    name: str
    weight: float
    gradient: float | None


@dataclass(frozen=True, slots=True)
class Network:
    """Circles by number, in columns from top to bottom; ``targets`` and ``cost`` stand beside the outputs.

    Of several samples ``over`` says how the cost is made of theirs, and ``own`` is the node that has the cost of the
    ``sample`` that is shown, and its number; None where no single node has it.
    """

    title: str
    circles: list[Circle] = field(default_factory=list)
    columns: list[list[int]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    targets: list[tuple[str, float]] = field(default_factory=list)
    cost: tuple[str, float] | None = None
    sample: int = 1
    over: str = ""
    own: tuple[str, float] | None = None
    note: str = ""


def read_network(recorded: Trace, deltas: Deltas, sample: int = 1) -> Network:
    """The network in a trace, with the numbers of one sample.

    Raises:
        ValueError: there is no unit w·x + b in the graph, or no such sample.
    """
    reader = _Reader(recorded, deltas)
    if not reader.units:
        raise ValueError(f"the graph of {recorded.output} has no unit w·x + b, which the network view shows as a "
                         "circle; draw it with view='lecture'")
    samples = max(len(nodes) for nodes in reader.units.values())
    if not 1 <= sample <= samples:
        raise ValueError(f"sample {sample} is not in the graph, which has {samples}; give a number from 1 to {samples}")
    return reader.read(sample, samples)


def read_samples(recorded: Trace, deltas: Deltas) -> list[Network]:
    """The network in a trace once for each sample; empty where there is no unit w·x + b in the graph."""
    reader = _Reader(recorded, deltas)
    samples = max(map(len, reader.units.values()), default=0)
    return [reader.read(sample, samples) for sample in range(1, samples + 1)]


class _Reader:
    def __init__(self, recorded: Trace, deltas: Deltas) -> None:
        self.recorded, self.deltas = recorded, deltas
        self.structure = LayerStructure(recorded)
        self.nodes = {node.name: node for node in recorded.nodes}
        self.position = {node.name: i for i, node in enumerate(recorded.nodes)}
        self.units: dict[tuple[int, tuple[str | float, ...]], list[TracedNode]] = {}
        for node in recorded.nodes:
            if is_pre_activation(node):
                weights = split_operands(node)[0]
                shared = weights if any(isinstance(w, str) for w in weights) else (node.name,)
                self.units.setdefault((self.structure.layer[node.name] or 0, shared), []).append(node)
        self.post = {self.structure.neuron[node.name]: node for node in recorded.nodes
                     if node.operation and self.structure.neuron.get(node.name, node.name) != node.name}
        self._add_layer_activations()
        self.depends = self._find_dependence()
        self.sample_of = self._find_samples()

    def _find_dependence(self) -> dict[str, set[int]]:
        """Node -> the samples of the outputs that it is computed from."""
        own = {node.name: s for nodes in self.units.values() for s, node in enumerate(nodes, start=1)}
        depends: dict[str, set[int]] = {}
        for node in self.recorded.nodes:
            samples = {s for v in node.operands if isinstance(v, str) for s in depends[v]}
            depends[node.name] = {own[node.name]} if node.name in own else samples
        return depends

    def _find_costs(self) -> dict[int, TracedNode]:
        """Sample -> the node of its cost: the one that nodes of several samples read. Empty where there are more."""
        found: dict[int, dict[str, None]] = {}
        for node in self.recorded.nodes:
            for v in node.operands:
                if isinstance(v, str) and len(self.depends[node.name]) > 1 == len(self.depends[v]):
                    found.setdefault(min(self.depends[v]), {})[v] = None
        single = all(len(names) == 1 for names in found.values())
        return {s: self.nodes[next(iter(names))] for s, names in found.items()} if single else {}

    def _read_reduction(self, samples: int, readers: Collection[str]) -> tuple[str, Mapping[int, TracedNode]]:
        """How the cost is made of those of several samples; and these, where it is their mean or sum plus a penalty."""
        costs = self._find_costs()
        total = fsum(node.value for node in costs.values())
        output = self.nodes[self.recorded.output].value
        for what, factor in (("mean", 1 / samples), ("sum", 1.0)):
            slopes = [node.gradient for node in costs.values() if node.name not in readers]
            if len(slopes) == samples and all(slope is not None and isclose(slope, factor) for slope in slopes):
                alone = isclose(output, factor * total, rel_tol=1e-9)
                return f"{what} over {samples} samples" if alone else f"over {samples} samples", costs
        return f"over {samples} samples", {}

    def _find_samples(self) -> dict[str, set[int]]:
        """Leaf behind the outputs -> the samples of the outputs that it meets first: a target has one."""
        depends = self.depends
        meets: dict[str, set[int]] = {node.name: set() for node in self.recorded.nodes}
        for node in reversed(self.recorded.nodes):
            for v in node.operands:
                if isinstance(v, str) and not depends[v]:  # −y meets an output later, λ·Σw² in the last sum none
                    last = node.name == self.recorded.output and self.nodes[v].operation
                    meets[v] |= (depends[node.name] or meets[node.name]) if not last else set()
        return {name: samples for name, samples in meets.items()
                if self.structure.kind[name] == LEAF and name not in self.structure.feeds_a_layer}

    def _add_layer_activations(self) -> None:
        """The outputs of a function of the whole layer, such as softmax: known by the indices of their units."""
        labels = {node.name: parse_label(node.name) for node in self.recorded.nodes}
        found = {(label.under, label.over, label.sample): self.nodes[name] for name, label in labels.items()
                 if label and label.under and self.nodes[name].operation and not is_pre_activation(self.nodes[name])}
        for nodes in self.units.values():
            for node in nodes:
                label = labels[node.name]
                other = found.get((label.under, label.over, label.sample)) if label else None
                if other and node.name not in self.post and self.position[other.name] > self.position[node.name]:
                    self.post[node.name] = other

    def _sort_key(self, node: TracedNode) -> tuple[object, ...]:
        """Units and inputs stand in the order of their indices; those without any in the order of computation."""
        label = parse_label(node.name)
        number = label.under.replace(",", "") if label else ""  # "12" is unit 12: only a weight has two indices
        return (0, int(number), "") if number.isdecimal() else (1, self.position[node.name], "")

    def read(self, sample: int, samples: int) -> Network:
        many = f"sample {sample} of {samples}" if samples > 1 else ""
        found = Network(f"The network of {self.recorded.output}", note=many)
        depth = max(layer for layer, _ in self.units)
        chosen: dict[int, list[TracedNode]] = {l: [] for l in range(1, depth + 1)}
        for (layer, _), nodes in self.units.items():
            chosen[layer].append(nodes[min(sample, len(nodes)) - 1])
        numbers: dict[Key, int] = {}  # where a circle stands -> its number
        readers: dict[str, int] = {}  # node that a next layer reads -> its circle
        found.columns.extend([] for _ in range(depth + 1))
        for layer in range(1, depth + 1):
            units = sorted(chosen[layer], key=self._sort_key)
            for key, circle in self._find_inputs(units, layer - 1, readers):
                numbers[key] = len(found.circles)
                found.columns[layer - 1].append(len(found.circles))
                found.circles.append(circle)
            for node in units:
                number = len(found.circles)
                found.circles.append(self._make_unit(node, layer))
                found.columns[layer].append(number)
                readers[node.name] = readers[self.post.get(node.name, node).name] = number
                self._add_lines(found, node, number, layer - 1, numbers, readers)
        for column, circles in enumerate(found.columns):  # what a later layer reads besides stands above the units
            circles.sort(key=lambda number: column > 0 and found.circles[number].is_unit)
        return self._add_cost(found, readers, sample, samples)

    def _find_inputs(
        self, units: list[TracedNode], column: int, readers: dict[str, int]
    ) -> Iterator[tuple[Key, Circle]]:
        """A circle for each operand that is no unit, in order."""
        inputs: dict[str, Circle] = {}
        for node in units:
            for k, operand in enumerate(split_operands(node)[1], start=1):
                if operand not in readers:
                    place = operand if isinstance(operand, str) else str(k)
                    inputs.setdefault(place, Circle(column, *self._read_operand(operand, make_label("x", k))))
        ordered = sorted(inputs, key=lambda name: self._sort_key(self.nodes[name]) if name in self.nodes
                         else (0, int(name), ""))
        for name in ordered:
            yield (column, name), inputs[name]

    def _read_operand(self, operand: str | float, name: str) -> tuple[str, float]:
        """Name and value of a node, or of a plain number that is called ``name`` here."""
        return (operand, self.nodes[operand].value) if isinstance(operand, str) else (name, float(operand))

    def _make_unit(self, node: TracedNode, layer: int) -> Circle:
        post = self.post.get(node.name, node)
        bias = next(iter(split_operands(node)[2]), 0.0)
        shown = self._read_operand(bias, "bias") if bias else None
        return Circle(layer, post.name, post.value, (node.name, node.value) if post is not node else None,
                      self._find_delta(node, post), shown, is_unit=True)

    def _find_delta(self, pre: TracedNode, post: TracedNode) -> tuple[str, float] | None:
        """δ of a unit: at its pre-activation, or where a lecture has it."""
        node = post if post.name in self.deltas else pre
        if node.gradient is None:
            return None
        delta = find_delta(node, self.deltas) or Delta(f"δ({node.name})", 1)
        return delta.symbol, delta.scale * node.gradient

    def _add_lines(self, found: Network, node: TracedNode, number: int, column: int, numbers: dict[Key, int],
                   readers: dict[str, int]) -> None:
        weights, inputs, _ = split_operands(node)
        for k, (weight, operand) in enumerate(zip(weights, inputs, strict=True), start=1):
            place = operand if isinstance(operand, str) else str(k)
            start = readers[operand] if isinstance(operand, str) and operand in readers else numbers[column, place]
            gradient = self.nodes[weight].gradient if isinstance(weight, str) else 0.0
            found.lines.append(Line(start, number, *self._read_operand(weight, "weight"), gradient))

    def _add_cost(self, found: Network, readers: dict[str, int], sample: int, samples: int) -> Network:
        """With the cost, where the graph goes on from the outputs, and with the targets of the sample that is shown."""
        output = self.nodes[self.recorded.output]
        if output.name in readers:
            return found
        shown = parse_label(found.circles[found.columns[-1][0]].name)

        def is_shown(name: str, samples: set[int]) -> bool:
            label = parse_label(name)  # where one node compares all samples, the labels tell them apart
            named = bool(shown and label and label.sample == shown.sample != "")
            return samples == {sample} or (len(samples) > 1 and named)

        leaves = sorted((self.nodes[name] for name, samples in self.sample_of.items() if is_shown(name, samples)),
                        key=self._sort_key)
        targets = [(node.name, node.value) for node in leaves]
        found = replace(found, targets=targets, cost=(output.name, output.value))
        if samples == 1:
            return found
        over, costs = self._read_reduction(samples, readers)
        own = (costs[sample].name, costs[sample].value) if costs else None
        return replace(found, sample=sample, over=over, own=own)
