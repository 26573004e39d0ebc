"""What the lectures on networks of any width and depth share: shapes, and numbers from lines with indices."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import Any

from autograd_lite.internal import add_floats, write

from ...ground.activation_formulas import ACTIVATION_FORMULAS, LAYER_FORMULAS
from ..conventions import Conventions
from ..lines import Derivation, Line, Symbols
from ..neutral import Problem
from ..settings import Array, Choice, Setting, Settings
from .any_problem import Targets, check_targets, find_activations, list_settings, penalty_kind, suit_targets
from .lecture import Entry, Equation, Lecture, Rewrite, as_it_stands
from .problem_form import Form, has_several
from .rewriting import rewrite_lines
from .shapes import check_shapes


def one_sample(x: Sequence[float], y: Sequence[float]) -> tuple[Setting, ...]:
    """Input and target of one sample."""
    return Array("x", "x", "input", x), Array("y", "y", "target", y)


def weights_setting(letter: str, matrices: Any, rows: str) -> Array:
    """A matrix for each layer; ``rows`` says how it is read."""
    return Array("W", letter, f"weights, a matrix for each layer, {rows}", matrices, depth=3)


def biases_setting(remark: str, vectors: Any, letter: str = "b") -> Array:
    """A list for each layer."""
    return Array("b", letter, f"biases, a list for each layer{remark}", vectors, depth=2, ragged=True, optional=True)


@dataclass(frozen=True, slots=True)
class Place:
    """A kind of quantity, and its layer; None for the cost."""

    kind: str
    layer: int | None = None


SIGMOID = Choice("activation", "activation", "of every layer; the formulas state a(1 − a)", "sigmoid", ("sigmoid",),
                 because=", since the formulas of this lecture state a(1 − a); activations takes every other one")


class LayeredLecture(Lecture):
    """A network of layers of any width. Its lines use the lecture's letters and its own numbers of layers.

    ``last`` is what the lines call the output layer, ``times`` what stands between two factors with indices,
    ``layer_at`` where among the indices on the left that of the layer is, ``layer`` the letter of any layer.
    """

    last: str
    layer = "l"
    literal = "sigmoid"

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "file" in vars(cls):
            cls.last, cls.settings = cls.file.last, list_settings(cls.settings, cls.own_conventions.loss.name)
    times = "·"
    layer_at = -1

    def own_lines(self, settings: Settings) -> Sequence[Line]:  # noqa: ARG002 - for overriding
        """The hand derivation of the lecture's own problem, line by line, as the lecture writes it."""
        return self.file.lines

    def lines(self, settings: Settings) -> Sequence[Line]:
        """The hand derivation of the problem that the settings ask for, in the lecture's letters."""
        return rewrite_lines(self.own_lines(settings), self.form(settings))

    def form(self, settings: Settings) -> Form:
        """The problem as far as lines differ for it."""
        c = self.conventions(settings)
        activations = tuple(self.activations(settings).values())
        penalty = settings.get("penalty")
        alone = self.has_single_target(settings)
        literal = activations[-1] == self.literal or (not self.literal and activations[-1] not in LAYER_FORMULAS)
        own = c.loss == self.own_conventions.loss and literal and (alone or c.target == "y")
        return Form(c, activations, own, self.last, alone, penalty_kind(penalty),
                    Fraction(c.penalties[penalty][0]) if penalty else Fraction(0),
                    settings.get("penalise") == "all", self.has_biases(settings),
                    lambda line: self._kind(line, c), self.layer)

    def says(self, setting: Setting, settings: Settings) -> bool:
        replaced = {"activation": "activations", "x": "X", "y": "Y", "t": "Y"}.get(setting.name)
        return super().says(setting, settings) and (replaced is None or settings.get(replaced) is None)

    def has_biases(self, settings: Settings) -> bool:
        """Whether there are biases."""
        return self.conventions(settings).bias == "column" or settings.get("b") is not None

    def has_single_target(self, settings: Settings) -> bool:
        """Whether the target is one number without an index, as t of one output and one sample."""
        c = self.conventions(settings)
        return c.target != "y" and not c.batch and not isinstance(settings["t"], tuple)

    def resolve(self, given: Settings) -> dict[str, Any]:
        chosen = super().resolve(given)
        if (chosen.get("X") is None) != (chosen.get("Y") is None):
            raise ValueError("X and Y are given together, a row a sample in both")
        loss = self.conventions(chosen).loss
        for name in ("y", "Y"):
            if chosen.get(name) is not None and name not in given:
                rows = chosen[name] if name == "Y" else (chosen[name],)
                chosen[name] = suit_targets(loss, rows) if name == "Y" else suit_targets(loss, rows)[0]
        check_shapes(self.conventions(chosen), partial(self.shape, settings=chosen), self.targets(chosen), chosen,
                     given)
        depth = len(chosen["W"])
        if chosen["activations"] is not None and "activation" in given and given["activation"] not in (
                None, self.resolve_default("activation")):
            raise ValueError("activation and activations are both given; leave one of them out")
        activations = find_activations(chosen, depth)
        name = "Y" if chosen.get("Y") is not None else "t" if "t" in chosen else "y"
        check_targets(chosen["cost"], activations[-1], Targets(self.targets(chosen), name))
        return chosen

    def resolve_default(self, name: str) -> Any:
        """The default of a setting."""
        return next(setting.default for setting in self.settings if setting.name == name)

    def targets(self, settings: Settings) -> Sequence[Sequence[float]]:
        """The targets, a row a sample."""
        if settings.get("Y") is not None:
            return settings["Y"]  # type: ignore[no-any-return]
        if "y" in settings:
            return (settings["y"],)
        t = settings["t"]
        return (t if isinstance(t, tuple) else (t,),)

    def inputs(self, settings: Settings) -> Sequence[Sequence[float]]:
        """The inputs, a row a sample."""
        return settings["X"] if settings.get("X") is not None else (settings["x"],)

    def activations(self, settings: Settings) -> Mapping[int, str]:
        return dict(enumerate(find_activations(settings, len(settings["W"])), start=1))

    def conventions(self, settings: Settings) -> Conventions:
        found = super().conventions(settings)
        return replace(found, by_layer=has_several(find_activations(settings, len(settings["W"])))) if (
            settings.get("activations") and "W" in settings) else found

    def shape(self, matrix: Sequence[Sequence[float]], settings: Settings) -> tuple[int, int]:
        """How many units a matrix of weights leads to, and how many inputs each of them has."""
        conventions = self.conventions(settings)
        target, source = conventions.order(len(matrix), len(matrix[0]))
        return target, source - (conventions.bias == "column")

    def problem(self, settings: Settings) -> Problem:
        conventions = self.conventions(settings)
        matrices = settings["W"]
        if conventions.first == "source":
            matrices = tuple(tuple(zip(*matrix, strict=True)) for matrix in matrices)
        given = settings.get("b")
        if conventions.bias == "column":
            given = tuple(tuple(row[0] for row in matrix) for matrix in matrices)
            matrices = tuple(tuple(row[1:] for row in matrix) for matrix in matrices)
        targets = tuple(tuple(map(float, row)) for row in self.targets(settings))
        return Problem(matrices, given, tuple(map(tuple, self.inputs(settings))), targets,
                       tuple(self.activations(settings).values()), self.list_penalties(settings), settings["eta"],
                       settings.get("penalise") == "all")

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
        kind = {conventions.pre: "pre", conventions.post: "post", conventions.cost: "C", "root": "C", "y": "post",
                f"d{w}": "dW",
                "nabla": "dW", f"{w}_new": "W_new"}.get(line.letter, line.letter)
        if kind == "dW" and line.left.split(", ")[1:2] == ["0"]:
            return "db"
        if line.letter == conventions.post and not {"f", "exp", *LAYER_FORMULAS} & line.names:
            return "input"
        return kind

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
        inputs, depth = self.inputs(settings), len(settings["W"])
        widths = [len(inputs[0])]
        widths += [self.shape(matrix, settings)[0] for matrix in settings["W"]]
        return dict(settings) | dict(self.file.constants) | {"where": _choose} | self.functions(settings) | {
            self.last: conventions.number(depth), "layers": range(conventions.number(1), conventions.number(depth) + 1),
            "units": lambda l: range(1, widths[l - conventions.number(0)] + 1),
            "samples": range(1, len(inputs) + 1), "N": len(inputs), "n": widths[-1], **self._all_parameters(settings),
        }

    def _all_parameters(self, settings: Settings) -> dict[str, Any]:
        """All weights, and all biases, as a penalty counts them: biases that are weights too only if it counts all."""
        import numpy as np

        def flat(matrices: Any) -> Any:
            return np.array([number for matrix in matrices for row in matrix for number in row])

        matrices, biases = settings["W"], settings.get("b") or ()
        bias, everything = self.conventions(settings).bias, settings["penalise"] == "all"
        if bias == "column" and not everything:
            matrices = [[row[1:] for row in matrix] for matrix in matrices]
        if bias == "index 0" and everything:
            matrices = [*matrices, biases]
        return {"all_W": flat(matrices), "all_b": flat([biases]), "total": _add_up, "norm": np.linalg.norm}

    def functions(self, settings: Settings) -> dict[str, Any]:
        """f and df of one number; by layer where layers differ."""
        found = {l: ACTIVATION_FORMULAS[name] for l, name in self.activations(settings).items()
                 if name not in LAYER_FORMULAS}
        if not self.conventions(settings).by_layer:
            return {name: getattr(sigma, name) for sigma in [*found.values()][:1] for name in ("f", "df")}
        number = self.conventions(settings).number
        return {name: {number(l): getattr(sigma, name) for l, sigma in found.items()} for name in ("f", "df")}


def _add_up(array: Any) -> float:
    """The sum of all entries, from the first to the last."""
    return add_floats(array.ravel().tolist())


def _choose(condition: Any, yes: Any, no: Any) -> Any:
    """One of two numbers, or of each entry of arrays."""
    import numpy as np

    return np.where(condition, yes, no)


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
