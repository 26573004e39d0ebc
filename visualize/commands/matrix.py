"""``autograd-lite matrix``: the matrix program that a lecture's scalar graph amounts to, explained line by line."""

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from autograd_lite import Value, matrix_form, topological_order, trace
from autograd_lite.internal import PARAMETER, LayerStructure
from nn.derivations import LECTURES, Comparison, Lecture, Recording
from nn.derivations.internal import is_example_file, is_lecture_path

from ..graph.graph import draw
from ..page.matrix_page import write_matrix_page

if TYPE_CHECKING:
    from rich.console import Console

FORMS = ("columns", "rows")
_LAYER = re.compile("⁽[^⁾]+⁾")
_NUMBERED = re.compile("⁽[⁰¹²³⁴⁵⁶⁷⁸⁹]+⁾")


@dataclass(frozen=True, slots=True)
class Layout:
    """How a lecture lays out matrices.

    Attributes:
        turned: whether the first index of a weight is the unit that it comes from.
        joined: whether the biases are part of W; they are its column 0 here, as they are fed.
        form: where the samples are, "columns" or "rows".
    """

    turned: bool = False
    joined: bool = False
    form: str = "columns"


def read_layout(id: str, settings: dict[str, Any] | None) -> Layout:
    """The layout of a lecture with these settings, or of a lecture file; of an example the usual one."""
    if settings is not None:
        conventions = LECTURES[id].conventions(settings)
        return Layout(conventions.first != "target", conventions.bias == "column",
                      "rows" if id == "rows" else "columns")
    if is_lecture_path(id) and not is_example_file(id):
        notation = Lecture.read(id).notation
        return Layout(notation.first != "target", notation.joined, "rows" if notation.rows else "columns")
    return Layout()


class Matrix:
    """The program of a recording, with the equations of its lecture.

    Args:
        recording: the graph.
        comparison: of the lecture, whose equations and notes are told; None for an example.
        layout: how the lecture lays out matrices.
        form: where the samples are, "columns" or "rows"; by default the lecture's own.
    """

    def __init__(self, recording: Recording, comparison: Comparison | None, layout: Layout, form: str | None) -> None:
        self.recording, self.form = recording, form or layout.form
        parameters = list_parameters(recording, layout)
        known = set(parameters)
        is_batch = len(recording.pre.get(1, ())) > 1
        order = topological_order(recording.cost)
        weighted = {v for node in order if not known.isdisjoint(node.parents) for v in node.parents}
        leaves = sorted((node for node in order if not node.operation and node not in known),
                        key=lambda leaf: leaf not in weighted)  # x before y
        self.program = matrix_form(recording.cost, parameters, None if is_batch else leaves)
        cost = self.program.recorded.cost
        if is_batch and not cost.label:
            cost.label = f"{recording.cost.label or 'C'}[1]"
        self.lines = self.program.explain(self.form)
        self.source = self.program.write_source(self.form)
        self.notes = (*self._relate_delta(), *comparison.notes) if comparison is not None else ()
        self.equations = comparison.equations if comparison is not None else ()
        deltas = [equation.left for equation in self.equations if equation.kind.startswith("delta")]
        of_output = _LAYER.search(deltas[0]) if deltas else None  # the first is that of the output
        self._last = of_output.group() if of_output else ""
        self._outputs = {node.label for row in recording.post.get(max(recording.post, default=0), ()) for node in row}
        self._names = dict(zip(topological_order(cost), (node.name for node in trace(cost).nodes), strict=True))

    def _relate_delta(self) -> list[str]:
        """What the lecture's δ is beside D, the gradient of the cost of one sample, where the two differ."""
        scales = {self.recording.deltas[node.label].scale for line in self.lines for node in line.nodes
                  if line.kind.startswith("delta") and node.label in self.recording.deltas}
        samples = len(self.recording.pre.get(1, ())) if self.program.recorded.over == "mean" else 1
        if len(scales) != 1 or (scale := scales.pop()) == samples:
            return []
        sign, divided = "−" if scale < 0 else "", "/N" if abs(scale) != samples else ""
        return [f"The lecture's δ is {sign}D{divided}: D is the gradient of the cost of one sample."]

    def find_equations(self, kind: str, nodes: Sequence[Value]) -> list[str]:
        """The lecture's equations of that kind; where each is about one unit or layer, only those about these nodes."""
        if kind.startswith("delta") and not any(node.label in self.recording.deltas for node in nodes):
            return []  # the lecture's δ is at other nodes, behind the activation
        found = [equation for equation in self.equations if equation.kind in (kind, kind.partition("_")[0])
                 and self._is_about(equation, kind, nodes)]
        names = {node.label for node in nodes} | {self.recording.deltas[node.label].symbol for node in nodes
                                                  if kind.startswith("delta") and node.label in self.recording.deltas}
        own = [equation for equation in found if any(name and name in equation.left for name in names)]
        return [f"{equation.left} = {equation.right}" for equation in (own if own and kind != "C" else found)]

    def _is_about(self, equation: Any, kind: str, nodes: Sequence[Value]) -> bool:
        """Whether an equation of a layer is about the layer of these nodes."""
        layer, last = _LAYER.search(equation.left), self._last
        if layer and _NUMBERED.fullmatch(layer.group()) and kind != "C":
            return any(layer.group() in node.label for node in nodes)
        if equation.kind == "delta" and last:
            return (last in equation.left) == (kind == "delta_output")
        if kind == "post":
            is_output = any(node.label in self._outputs for node in nodes)
            if last and last in f"{equation.left} = {equation.right}":
                return is_output
            has_own = any(other.kind == kind and last and last in other.left for other in self.equations)
            return "(" in equation.right and not (is_output and has_own)  # others are about the input and the bias
        return True

    def write_page(self, title: str) -> str:
        """The page of the program, with the picture of the graph of one sample."""
        picture = draw(self.program.recorded.cost, expand=["all"], legend=False)
        return write_matrix_page(title, self.describe(), picture.svg, self._write_caption(), self.notes)

    def _write_caption(self) -> str:
        """What the cost in the picture is beside C of the program."""
        recorded = self.program.recorded
        whole = {"mean": "the mean of such costs over", "sum": "the sum of such costs over",
                 "root": "the root of the sum of such costs over"}[recorded.over]
        return (f"The graph has the numbers of one sample, and {recorded.cost.label or 'its last node'} is the cost of "
                f"this sample alone; C in the program is {whole} all samples.")

    def describe(self) -> list[dict[str, Any]]:
        """Every line as data; the nodes have the names that they have in the picture of one sample."""
        return [{"number": i, "line": line.line, "part": line.part, "kind": line.kind,
                 "lecture": self.find_equations(line.kind, line.nodes),
                 "nodes": [self._names.get(node) or node.label or node.operation for node in line.nodes],
                 "reason": line.reason} for i, line in enumerate(self.lines, start=1)]

    def to_dict(self) -> dict[str, Any]:
        """The lines and the program as plain data."""
        return {"form": self.form, "notes": self.notes, "lines": self.describe(), "source": self.source}

    def find(self, wanted: str) -> dict[str, Any]:
        """The line with that number, or for the array of that name.

        Raises:
            ValueError: there is none; names those there are.
        """
        lines = self.describe()
        arrays = [line["line"].partition(" = ")[0] for line in lines]
        for line, array in zip(lines, arrays, strict=True):
            if wanted in (str(line["number"]), array):
                return line
        raise ValueError(f"the program has no line {wanted!r}; name one of {', '.join(arrays)}, or a number from 1 to "
                         f"{len(lines)}")


def list_parameters(recording: Recording, layout: Layout) -> list[Value]:
    """The parameters of a recording, matrix by matrix as the lecture holds them, then the biases."""
    if recording.weights:
        found: list[Value] = []
        for l, rows in sorted(recording.weights.items()):
            if layout.joined:
                rows = [[b, *row] for b, row in zip(recording.biases.get(l, ()), rows, strict=True)]
            found += [w for row in (zip(*rows, strict=True) if layout.turned else rows) for w in row]
        return list(dict.fromkeys([*found, *(b for _, biases in sorted(recording.biases.items()) for b in biases)]))
    structure = LayerStructure(trace(recording.cost))
    order = topological_order(recording.cost)
    leaves = [node for node in order if not node.operation]
    chosen = [node for node, traced in zip(order, structure.trace.nodes, strict=True)
              if structure.kind[traced.name] == PARAMETER]
    return chosen or leaves


def show_matrix(matrix: Matrix, wanted: str | None, console: "Console") -> None:
    """Print the program line by line; of one line the scalar nodes behind it, too."""
    if wanted is not None:
        line = matrix.find(wanted)
        _show_line(line, console)
        console.print("    nodes: " + ", ".join(line["nodes"]), markup=False)
        return
    titles = {"forward": "Forward", "cost": "Cost", "backward": "Backward", "gradient": "Gradients"}
    part = ""
    for line in matrix.describe():
        if line["part"] != part:
            part = line["part"]
            console.print(f"{titles[part]}\n", style="bold", markup=False)
        _show_line(line, console)
        console.print()
    if matrix.notes:
        console.print("The lecture\n", style="bold", markup=False)
        for note in matrix.notes:
            _show_sentence(note, console)
        console.print()
    console.print("The scalar nodes behind a line: --line NAME. The whole program: --source.", markup=False)


def _show_line(line: dict[str, Any], console: "Console") -> None:
    console.print(f"{line['number']:3} {line['line']}", markup=False, style="bold")
    for equation in line["lecture"]:
        console.print(f"    lecture: {equation}", markup=False, style="cyan")
    _show_sentence(line["reason"], console)


def _show_sentence(sentence: str, console: "Console") -> None:
    for row in console.render_lines(sentence, console.options.update(width=console.width - 4)):
        console.print("    " + "".join(segment.text for segment in row).rstrip(), markup=False)


def add_matrix_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--form", metavar="NAME", choices=FORMS, help="columns or rows: where the samples are")
    parser.add_argument("--line", metavar="NAME", help="one line, by its array or number, with its scalar nodes")
    parser.add_argument("--source", action="store_true", help="the program as NumPy, which runs as it stands")
    parser.add_argument("--html", action="store_true",
                        help="write a page: the nodes of the graph light up where a line is pointed at")
