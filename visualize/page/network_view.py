"""The network view of a page: circles and lines with their positions, and the nodes that each stands for."""

from collections import Counter
from collections.abc import Collection
from dataclasses import replace

from autograd_lite import TracedNode
from autograd_lite.internal import parse_label, split_operands

from ..graph.network import Circle, Network, read_samples
from ..graph.network_layout import PAPERS, Paper, Plan, plan_network
from ..graph.network_texts import list_beside, measure, write_line
from .card_views import Drawn, make_shared_views, make_units_view
from .page_schema import (
    CardView,
    CircleData,
    ColumnData,
    LineData,
    NetworkView,
    Operand,
    SampleData,
    SharedView,
    UnitsView,
)

_FRAME = Paper(width=915, filled=360)  # the picture in a window of 1280×800 pixels, in letters of 9 pixels
_LONGEST, _USUAL = -0.0001234, -0.1234  # with four digits; of a weight


class NetworkReader:
    """Reads the network out of a graph.

    Attributes:
        networks: the network for each sample; empty where there is none, or where the samples have different ones.
    """

    def __init__(self, drawn: Drawn) -> None:
        self.drawn = drawn
        deltas = drawn.lecture.deltas if drawn.lecture else {}
        networks = read_samples(drawn.recorded, deltas)
        alike = {(len(n.targets), tuple(map(tuple, n.columns)), tuple((line.start, line.end) for line in n.lines))
                 for n in networks}
        self.networks = networks if len(alike) == 1 else []

    @property
    def is_worth_opening(self) -> bool:
        """Whether there is more to see than one circle after another."""
        return len(self.networks) > 1 or any(len(column) > 1 for network in self.networks for column in network.columns)

    def make_view(self, views: Collection[str]) -> NetworkView:
        """The positions, from the sample with the longest names; ``views`` are those that can be opened."""
        plan = _plan(self.networks[-1])
        first = self.networks[0]
        return {
            "size": _round(plan.width, plan.height), "font": plan.font, "radius": round(plan.sizes.radius, 1),
            "full": plan.sizes.full, "rows": plan.sizes.rows, "notes": list(plan.notes),
            "columns": self._write_columns(plan, views),
            "circles": [self._write_circle(plan, number, circle, views) for number, circle in enumerate(first.circles)],
            "lines": self._write_lines(plan),
            "gaps": [_round(x, y, left) for x, y, left in plan.gaps],
            "targets": {str(k): [*_round(*at), round(_measure_target(plan))] for k, at in plan.targets.items()},
            "cost": None if plan.cost is None or first.cost is None else [
                *_round(*plan.cost), round(measure(f"{first.cost[0]} = {_LONGEST}", plan.font))],
            "over": first.over,
            "outputs": [number for number in first.columns[-1] if number in plan.places],
            "samples": [self._write_sample(network) for network in self.networks],
        }

    def list_views(self) -> tuple[list[CardView], dict[str, SharedView | UnitsView]]:
        """The scalar views of the layers and of their units, by name, and the pictures that they share."""
        first = self.networks[0]
        pictures: list[CardView] = []
        units = {f"layer {layer}": [number for number in column if first.circles[number].is_unit]
                 for layer, column in enumerate(first.columns) if layer}
        names = {layer: [[name for number in numbers for name in _list_nodes(network.circles[number])]
                         for network in self.networks] for layer, numbers in units.items()}
        neurons = {_name_neuron(circle): [_list_nodes(network.circles[number]) for network in self.networks]
                   for number, circle in enumerate(first.circles) if circle.is_unit}
        layers = make_shared_views(self.drawn, names, pictures, around=False)
        alone = make_shared_views(self.drawn, neurons, pictures, around=True)
        views: dict[str, SharedView | UnitsView] = {}
        for layer, numbers in units.items():
            own = [name for name in (_name_neuron(first.circles[number]) for number in numbers) if name in alone]
            if layer in layers:
                views[layer] = layers[layer]
            elif own:
                views[layer] = make_units_view(self.drawn, names[layer][0], own)
        return pictures, views | alone

    def _write_columns(self, plan: Plan, views: Collection[str]) -> list[ColumnData]:
        named = dict(self.drawn.lecture.layers) if self.drawn.lecture else {}
        found: list[ColumnData] = []
        for layer, column in enumerate(plan.network.columns):
            x = next(plan.places[number][0] for number in column if number in plan.places)
            data: ColumnData = {"heading": named.get(layer, f"layer {layer}") if layer else "inputs", "x": round(x, 1)}
            if f"layer {layer}" in views:
                data["opens"] = f"layer {layer}"
            found.append(data)
        return found

    def _write_circle(self, plan: Plan, number: int, circle: Circle, views: Collection[str]) -> CircleData:
        data: CircleData = {"at": _round(*plan.places[number]) if number in plan.places else [], "unit": circle.is_unit}
        if circle.is_unit:
            if _name_neuron(circle) in views:
                data["opens"] = _name_neuron(circle)
        elif circle.name not in self.drawn.index:
            data["name"] = circle.name
        if not plan.sizes.full:
            shown = plan.network.circles[number]
            data["beside"] = list_beside(shown).index(plan.write_beside(shown))
        return data

    def _write_lines(self, plan: Plan) -> list[LineData]:
        """Those between circles that have places."""
        counts: Counter[int] = Counter()
        found: list[LineData] = []
        shown = dict(plan.lines)
        for i, line in enumerate(plan.network.lines):
            k = counts[line.end]
            counts[line.end] += 1
            if i not in shown:
                continue
            data: LineData = {"ends": [line.start, line.end], "k": k}
            if label := plan.labels.get(i):
                data["label"] = [*_round(label.x, label.y), round(label.slope, 3)]
                data["named"] = label.text == write_line(line)
            found.append(data)
        return found

    def _write_sample(self, network: Network) -> SampleData:
        inputs: dict[int, str | float] = {}
        lines: dict[int, list[int]] = {}
        for line in network.lines:
            lines.setdefault(line.end, []).append(line.start)
        for number, starts in lines.items():
            inputs |= dict(zip(starts, split_operands(self._find_sum(network.circles[number]))[1], strict=True))
        after = [circle.name if circle.is_unit else inputs[number] for number, circle in enumerate(network.circles)]
        data: SampleData = {"after": [self._write_operand(operand) for operand in after],
                "before": [self.drawn.index[_list_nodes(circle)[0]] if circle.is_unit else None
                           for circle in network.circles],
                "targets": [self.drawn.index[name] for name, _ in network.targets]}
        if network.own:
            data["cost"] = self.drawn.index[network.own[0]]
        return data

    def _find_sum(self, circle: Circle) -> TracedNode:
        return self.drawn.recorded.nodes[self.drawn.index[_list_nodes(circle)[0]]]

    def _write_operand(self, operand: str | float) -> Operand:
        return self.drawn.index[operand] if isinstance(operand, str) else [operand]


def _plan(network: Network) -> Plan:
    """Positions with room for every number that may come to stand there."""
    def lengthen(entry: tuple[str, float] | None) -> tuple[str, float] | None:
        return entry and (entry[0], _LONGEST)

    long = replace(
        network, note="", circles=[
            replace(circle, value=_LONGEST, pre=lengthen(circle.pre), delta=lengthen(circle.delta),
                    bias=circle.bias and (circle.bias[0], _USUAL))
            for circle in network.circles],
        lines=[replace(line, weight=_USUAL) for line in network.lines],
        targets=[(name, _LONGEST) for name, _ in network.targets],
        cost=lengthen(network.cost), own=lengthen(network.own))
    plan, roomy = (plan_network(long, paper, legend=False) for paper in (_FRAME, PAPERS[None]))
    return plan if plan.sizes.full and plan.sizes.rows == roomy.sizes.rows else roomy


def _list_nodes(circle: Circle) -> list[str]:
    """The sum of a unit, and what its activation function makes of it."""
    return list(dict.fromkeys([circle.pre[0] if circle.pre else circle.name, circle.name]))


def _name_neuron(circle: Circle) -> str:
    """What the view of a neuron is called: its sum, without the number of a sample."""
    name = _list_nodes(circle)[0]
    label = parse_label(name)
    return str(replace(label, sample="")) if label else name


def _measure_target(plan: Plan) -> float:
    return max(measure(f"{name} = {_LONGEST}", plan.font) for name, _ in plan.network.targets)


def _round(*numbers: float) -> list[float]:
    return [round(x, 1) for x in numbers]

