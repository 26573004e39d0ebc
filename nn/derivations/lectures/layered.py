"""What the lectures on networks of any width and depth share: shapes, and numbers from lines with indices."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograd_lite.internal import write

from ...activation_formulas import ACTIVATION_FORMULAS
from ..conventions import Conventions
from ..lines import Derivation, Line, Symbols
from ..neutral import Problem
from ..settings import Array, Choice, Setting, Settings
from .lecture import Entry, Equation, Lecture, Rewrite, as_it_stands


def one_sample(x: Sequence[float], y: Sequence[float]) -> tuple[Setting, ...]:
    """Input and target of one sample."""
    return Array("x", "x", "input", x), Array("y", "y", "target", y)


def weights_setting(letter: str, matrices: Any, rows: str) -> Array:
    """A matrix for each layer; ``rows`` says how it is read."""
    return Array("W", letter, f"weights, a matrix for each layer, {rows}", matrices, depth=3)


def biases_setting(remark: str, vectors: Any, letter: str = "b") -> Array:
    """A list for each layer."""
    return Array("b", letter, f"biases, a list for each layer{remark}", vectors, depth=2, ragged=True)


@dataclass(frozen=True, slots=True)
class Place:
    """A kind of quantity, and its layer; None for the cost."""

    kind: str
    layer: int | None = None


SIGMOID = Choice("activation", "activation", "of every layer; the formulas state a(1 − a)", "sigmoid", ("sigmoid",),
                 because=", since the formulas of this lecture state a(1 − a); columns and rows have others")


class LayeredLecture(Lecture):
    """A network of layers of any width. Its lines use the lecture's letters and its own numbers of layers.

    ``last`` is what the lines call the output layer, ``times`` what stands between two factors with indices,
    ``layer_at`` where among the indices on the left that of the layer is.
    """

    last = "L"
    times = "·"
    layer_at = -1

    @abstractmethod
    def lines(self, settings: Settings) -> Sequence[Line]:
        """The hand derivation, line by line, as the lecture writes it."""

    def resolve(self, given: Settings) -> dict[str, Any]:
        chosen = super().resolve(given)
        self._check_shapes(chosen, given)
        return chosen

    def activations(self, settings: Settings) -> Mapping[int, str]:
        return dict.fromkeys(range(1, len(settings["W"]) + 1), str(settings.get("activation", "sigmoid")))

    def shape(self, matrix: Sequence[Sequence[float]], settings: Settings) -> tuple[int, int]:
        """How many units a matrix of weights leads to, and how many inputs each of them has."""
        conventions = self.conventions(settings)
        target, source = conventions.order(len(matrix), len(matrix[0]))
        return target, source - (conventions.bias == "column")

    def _check_shapes(self, settings: Settings, given: Settings) -> None:
        """Raises ValueError where one array does not fit another; says which, and which of them the reader gave."""
        batch = "X" in settings
        inputs, outputs = ("X", "Y") if batch else ("x", "y")
        conventions = self.conventions(settings)
        unit, source = conventions.order("row", "column")
        width, before = len(settings["X"][0] if batch else settings["x"]), "a row of X" if batch else "x"

        def wrong(name: str, sentence: str) -> ValueError:
            """Says of an array that was not given that it is the lecture's own."""
            own = f"; {name} is the lecture's own example, since it was not given" if name not in given else ""
            return ValueError(sentence + own)

        for l, matrix in enumerate(settings["W"]):
            units, n_inputs = self.shape(matrix, settings)
            if n_inputs < 1:
                raise ValueError(f"W[{l}] has only column 0, the biases; it needs a column for each input as well")
            if n_inputs != width:
                column = ", beside column 0 with the biases" if conventions.bias == "column" else ""
                which = "W" if l or "W" not in given else inputs
                turned = f"; it has a {unit} for each unit here" if units == width else ""
                has = format_quantity(width, "unit" if l else "number")
                raise wrong(which,
                            f"W[{l}] has a {source} for each of {format_quantity(n_inputs, 'input')}{column}, and "
                                   f"{before} has {has}{turned}")
            if settings.get("b") is not None and l < len(settings["b"]) and len(settings["b"][l]) != units:
                raise wrong("b", f"b[{l}] has {format_quantity(len(settings['b'][l]), 'number')}, and W[{l}] "
                                 f"{format_quantity(units, 'unit')}")
            width, before = units, f"the layer of W[{l}]"
        if settings.get("b") is not None and len(settings["b"]) != len(settings["W"]):
            lists, matrices = format_quantity(len(settings["b"]), "list"), format_quantity(len(settings["W"]), "matrix")
            raise wrong("b", f"b has {lists}, and W {matrices}")
        if "t" in settings:
            if width != 1:
                raise ValueError(f"{before} must be one unit, y = P(t = 0 | x), and has {width}")
        elif len(settings["Y"][0] if batch else settings["y"]) != width:
            count = format_quantity(len(settings["Y"][0] if batch else settings["y"]), "number")
            raise wrong(outputs,
                        f"{'a row of Y' if batch else 'y'} has {count}, and {before} {format_quantity(width, 'unit')}")
        if batch and len(settings["X"]) != len(settings["Y"]):
            missing = "Y" if "Y" not in given else "X"
            rows = [format_quantity(len(settings[name]), "row") for name in ("X", "Y")]
            raise wrong(missing, f"X has {rows[0]} and Y {rows[1]}; each sample needs one in both")

    def problem(self, settings: Settings) -> Problem:
        conventions = self.conventions(settings)
        matrices = settings["W"]
        if conventions.first == "source":
            matrices = tuple(tuple(zip(*matrix, strict=True)) for matrix in matrices)
        given = settings.get("b")
        if conventions.bias == "column":
            given = tuple(tuple(row[0] for row in matrix) for matrix in matrices)
            matrices = tuple(tuple(row[1:] for row in matrix) for matrix in matrices)
        targets = settings.get("Y") or ((settings["y"],) if "y" in settings else ((float(settings["t"]),),))
        penalty = settings.get("penalty")
        strength = conventions.penalties[penalty][0] * settings["lam"] if penalty else 0.0
        return Problem(matrices, given, settings.get("X") or (settings["x"],), targets,
                       tuple(self.activations(settings).values()), penalty, strength, settings["eta"])

    def by_hand(self, settings: Settings) -> Sequence[Entry]:
        conventions = self.conventions(settings)
        problem = self.problem(settings)
        derivation = Derivation(self.lines(settings), self.given(settings), self.names(settings))
        found: list[Entry] = []
        for place in list_places(len(problem.weights), conventions, problem.biases is not None):
            found += self.entries(place, derivation, problem, conventions)
        return found

    def equations(self, settings: Settings, rewrite: Rewrite = as_it_stands) -> Sequence[Equation]:
        conventions = self.conventions(settings)
        symbols = self.symbols(conventions, len(settings["W"]))
        return [Equation(kind, write(line.left, symbols),
                         write(rewrite(kind, line.left, line.right), symbols, self.times))
                for line in self.lines(settings) for kind in [self._kind(line, conventions)]]

    def line_for(self, kind: str, settings: Settings) -> Line | None:
        """The first line about a kind of quantity, as ``Equation.kind`` has it; None if there is none."""
        conventions = self.conventions(settings)
        return next((line for line in self.lines(settings) if self._kind(line, conventions) == kind), None)

    def _kind(self, line: Line, conventions: Conventions) -> str:
        """What a line is about."""
        w = conventions.weight
        if line.letter == "delta":
            return "delta_output" if self.last in line.names else "delta_hidden"
        kind = {conventions.pre: "pre", conventions.post: "post", conventions.cost: "C", "y": "post", f"d{w}": "dW",
                "nabla": "dW", f"{w}_new": "W_new"}.get(line.letter, line.letter)
        if kind == "dW" and line.left.split(", ")[1:2] == ["0"]:
            return "db"
        return "input" if line.letter == conventions.post and "f" not in line.names else kind

    @abstractmethod
    def given(self, settings: Settings) -> Mapping[str, Mapping[tuple[int, ...], Any]]:
        """Letter -> index -> what is known of it."""

    @abstractmethod
    def entries(self, place: Place, derivation: Derivation, problem: Problem,
                conventions: Conventions) -> Iterator[Entry]:
        """The numbers of one kind in one layer."""

    @abstractmethod
    def symbols(self, conventions: Conventions, depth: int) -> Symbols:
        """How the letters of the lines are written."""

    def names(self, settings: Settings) -> dict[str, Any]:
        """What the lines may use beside what is given: functions, constants, and the ranges of indices."""
        conventions = self.conventions(settings)
        widths = [len(settings["X"][0] if "X" in settings else settings["x"])]
        widths += [self.shape(matrix, settings)[0] for matrix in settings["W"]]
        sigma = ACTIVATION_FORMULAS[self.activations(settings)[1]]
        return dict(settings) | {
            "f": sigma.f, "df": sigma.df, self.last: conventions.number(len(settings["W"])),
            "units": lambda l: range(1, widths[l - conventions.number(0)] + 1),
        }


def list_places(depth: int, conventions: Conventions, biases: bool) -> list[Place]:
    """Every kind of quantity in every layer, in the order in which a derivation is read and judged."""
    own = biases and conventions.bias != "column"
    layers = range(1, depth + 1)
    return [
        Place("post", 0), *(Place(kind, l) for l in layers for kind in ("pre", "post")), Place("C"),
        *(Place("delta", l) for l in reversed(layers)),
        *(Place(kind, l) for l in layers for kind in ("dW", "db")[: 1 + own]),
        *(Place(kind, l) for l in layers for kind in ("W_new", "b_new")[: 1 + own]),
    ]


def format_quantity(count: int, what: str) -> str:
    """``1 unit``, ``3 units``, ``2 matrices``"""
    return f"{count} {what if count == 1 else f'{what}s'.replace('xs', 'ces')}"
