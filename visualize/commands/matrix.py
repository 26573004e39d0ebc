"""``autograd-lite matrix``: the matrix program that a lecture's scalar graph amounts to, explained line by line."""

import argparse
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from autograd_lite import Value, matrix_form, topological_order, trace
from autograd_lite.internal import PARAMETER, LayerStructure
from nn.derivations import LECTURES, Lecture, Recording
from nn.derivations.internal import is_lecture_path

from ..graph.graph import draw
from ..page.matrix_page import write_matrix_page

if TYPE_CHECKING:
    from rich.console import Console

FORMS = ("columns", "rows")


class Matrix:
    """The program of a recording, with the equations of its lecture.

    Args:
        recording: the graph.
        id: the lecture, or the published example.
        settings: those of the lecture; None for an example.
        form: where the samples are, "columns" or "rows"; by default the lecture's own.
    """

    def __init__(self, recording: Recording, id: str, settings: dict[str, Any] | None, form: str | None) -> None:
        lecture = LECTURES.get(id)
        self.recording, self.form = recording, form or find_form(id)
        parameters = list_parameters(recording, lecture, settings)
        known = set(parameters)
        is_batch = len(recording.pre.get(1, ())) > 1
        leaves = [node for node in topological_order(recording.cost) if not node.operation and node not in known]
        self.program = matrix_form(recording.cost, parameters, None if is_batch else leaves)
        self.lines = self.program.explain(self.form)
        self.source = self.program.write_source(self.form)
        self.equations: dict[str, list[str]] = {}
        if lecture is not None and settings is not None:
            for equation in lecture.equations(settings):
                self.equations.setdefault(equation.kind, []).append(f"{equation.left} = {equation.right}")
        cost = self.program.recorded.cost
        self._names = dict(zip(topological_order(cost), (node.name for node in trace(cost).nodes), strict=True))

    def name_nodes(self, nodes: Sequence[Value]) -> list[str]:
        """The nodes as the picture of one sample calls them."""
        return [self._names.get(node) or node.label or node.operation for node in nodes]

    def write_page(self, title: str) -> str:
        """The page of the program, with the picture of the graph of one sample."""
        picture = draw(self.program.recorded.cost, expand=["all"], legend=False)
        return write_matrix_page(title, self.describe(), picture.svg)

    def describe(self) -> list[dict[str, Any]]:
        """Every line as data."""
        return [{"number": i, "line": line.line, "part": line.part, "kind": line.kind,
                 "lecture": self.equations.get(line.kind, []), "nodes": self.name_nodes(line.nodes),
                 "reason": line.reason} for i, line in enumerate(self.lines, start=1)]

    def find(self, wanted: str) -> dict[str, Any]:
        """The line with that number, or for the array of that name.

        Raises:
            ValueError: there is none; names those there are.
        """
        lines = self.describe()
        for line in lines:
            if wanted in (str(line["number"]), line["line"].split(" = ")[0]):
                return line
        names = ", ".join(line["line"].split(" = ")[0] for line in lines)
        raise ValueError(f"the program has no line {wanted!r}; name one of {names}, or a number from 1 to {len(lines)}")


def find_form(id: str) -> str:
    """How a lecture, or a lecture file, has its samples: as "rows" or as "columns"."""
    rows = id == "rows" or (is_lecture_path(id) and Lecture.read(id).notation.samples == "rows")
    return "rows" if rows else "columns"


def list_parameters(recording: Recording, lecture: Lecture | None, settings: dict[str, Any] | None) -> list[Value]:
    """The parameters of a recording, matrix by matrix as the lecture holds them, then the biases."""
    if recording.weights and lecture is not None and settings is not None:
        conventions = lecture.conventions(settings)
        found: list[Value] = []
        for l, rows in sorted(recording.weights.items()):
            if conventions.bias == "column":  # in front of the weights of its unit
                rows = [[b, *row] for b, row in zip(recording.biases.get(l, ()), rows, strict=True)]
            turned = conventions.order("target", "source")[0] != "target"
            found += [w for row in (zip(*rows, strict=True) if turned else rows) for w in row]
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
    console.print("The scalar nodes behind a line: --line NAME. The whole program: --source.", markup=False)


def _show_line(line: dict[str, Any], console: "Console") -> None:
    console.print(f"{line['number']:3} {line['line']}", markup=False, style="bold")
    for equation in line["lecture"]:
        console.print(f"    lecture: {equation}", markup=False, style="cyan")
    for row in console.render_lines(line["reason"], console.options.update(width=console.width - 4)):
        console.print("    " + "".join(segment.text for segment in row).rstrip(), markup=False)


def to_json(matrix: Matrix) -> str:
    """The lines and the program as JSON."""
    return json.dumps({"form": matrix.form, "lines": matrix.describe(), "source": matrix.source}, ensure_ascii=False,
                      indent=2)


def add_matrix_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--form", metavar="NAME", choices=FORMS, help="columns or rows: where the samples are")
    parser.add_argument("--line", metavar="NAME", help="one line, by its array or number, with its scalar nodes")
    parser.add_argument("--source", action="store_true", help="the program as NumPy, which runs as it stands")
    parser.add_argument("--html", action="store_true",
                        help="write a page: the nodes of the graph light up where a line is pointed at")
