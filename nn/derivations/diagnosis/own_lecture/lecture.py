"""A lecture file as the diagnosis sees a lecture: its problem in neutral letters, its conventions, its worlds.

Settings are those of a built-in lecture, in its shapes: x, y, w1, b1 … where each quantity is one number, else W, b,
and x, y or X, Y. They may be drawn, so that generic inputs come from the same place for all lectures.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

from ...compared import Equation
from ...conventions import Conventions
from ...lecture_file.critique import World as LinesWorld
from ...lecture_file.critique import find_depth
from ...lecture_file.declarations import Declaration, list_declarations
from ...lecture_file.evaluation import NoPlaceError, UnreadableError
from ...lecture_file.grammar import Statement
from ...lecture_file.lecture import LectureFile
from ...lecture_file.numbers import draw_example
from ...lecture_file.problem import Example
from ...lectures.layered import Place
from ...lectures.lecture import Rewrite, as_it_stands
from ...neutral import Problem
from ...settings import Number, Setting, Settings
from ..judging.inputs import Declared
from .costs import find_loss
from .words import FileWriter
from .world import FileWorld, is_about_values, judged_place

ANY_DEPTH = 3
"""The depth of the networks on which lines for any layer are judged."""



@dataclass(frozen=True, eq=False)
class OwnLecture:
    """The lecture in a file, with what the diagnosis asks of a ``Lecture``."""

    file: LectureFile
    variants = MappingProxyType[str, Settings]({})
    world, writer = FileWorld, FileWriter

    @property
    def id(self) -> str:
        """The path of its file."""
        return self.file.path

    @property
    def title(self) -> str:
        """What it is called."""
        return self.file.title

    @cached_property
    def settings(self) -> Sequence[Setting]:
        """The names of its numbers, as the draws of generic inputs ask for them."""
        layers = range(1, self.depth + 1)
        if self.file.notation.form == "scalars":
            biases = [f"b{l}" for l in layers] if self.file.notation.bias != "none" else []
            names = ["x", "y", *(f"w{l}" for l in layers), *biases]
        else:
            names = ["W", *(["b"] if self.file.notation.bias == "own" else [])]
        return [Number(name, name, name) for name in names]

    @cached_property
    def depth(self) -> int:
        """The number of layers of its example; without one, of what its lines are about."""
        example = self.file.example
        return example.depth if example else self.fixed_depth or ANY_DEPTH

    @cached_property
    def fixed_depth(self) -> int | None:
        """The depth that its lines are for; None for any."""
        return find_depth(self.file)

    def resolve(self, given: Settings) -> Settings:
        """All settings: the problem's choices, and the numbers that are given."""
        return {"b": None, **self._choices, **given}

    @cached_property
    def _choices(self) -> Settings:
        problem = self.file.problem
        penalty = next(iter(problem.penalties), None)
        return {"penalty": penalty, "penalise": problem.penalise, "lam": 0.0}

    def settings_of(self, example: Example) -> Settings:
        """The settings that an example has."""
        notation, weights, biases = self.file.notation, example.weights, example.biases
        found: dict[str, Any] = {**self._choices, "eta": example.rate, "lam": example.strength,
                                 "activations": self.file.problem.of_layers(example.depth)}
        if notation.form == "scalars":
            found |= {"x": float(example.inputs[0, 0]), "y": float(example.targets[0, 0])}
            found |= {f"w{l}": float(w[0, 0]) for l, w in weights.items()}
            return found | ({f"b{l}": float(b[0]) for l, b in biases.items()} if notation.bias != "none" else {})
        import numpy as np

        matrices = {l: np.column_stack([biases[l], w]) if notation.joined else w for l, w in weights.items()}
        found["W"] = [(w if notation.first == "target" else w.T).tolist() for w in matrices.values()]
        found["b"] = [b.tolist() for b in biases.values()] if notation.bias == "own" else None
        rows = {"X": example.inputs.tolist(), "Y": example.targets.tolist()}
        return found | (rows if notation.many else {key.lower(): value[0] for key, value in rows.items()})

    def example(self, settings: Settings) -> Example:
        """The numbers of settings as an example of the file's own kind."""
        import numpy as np

        notation = self.file.notation
        if notation.form == "scalars":
            layers = [int(name[1:]) for name in settings if re.fullmatch(r"w\d+", name)]
            matrices = [np.array([[settings[f"w{l}"]]]) for l in sorted(layers)]
            vectors = [np.array([settings.get(f"b{l}", 0.0)]) for l in sorted(layers)]
            x, y = [[settings["x"]]], [[settings["y"]]]
        else:
            x, y = (settings[key.upper()] if notation.many else [settings[key]] for key in ("x", "y"))
            matrices = [np.array(w, dtype=float) for w in settings["W"]]
            matrices = [w if notation.first == "target" else w.T for w in matrices]
            given = settings.get("b")
            vectors = [np.array(b, dtype=float) for b in given] if given else [np.zeros(len(w)) for w in matrices]
            if notation.joined:
                vectors, matrices = [w[:, 0] for w in matrices], [w[:, 1:] for w in matrices]
        return Example(np.array(x, dtype=float), np.array(y, dtype=float), dict(enumerate(matrices, 1)),
                       dict(enumerate(vectors, 1)), settings["eta"], settings.get("lam", 0.0))

    def problem(self, settings: Settings) -> Problem:
        """The network in neutral letters."""
        found = self.file.to_neutral(self.example(settings))
        return found if settings.get("penalty") else replace(found, penalties=())

    def conventions(self, _: Settings) -> Conventions:
        """Its notation as that of a built-in lecture; what that cannot say is said by ``FileWorld``."""
        return self._conventions

    @cached_property
    def _conventions(self) -> Conventions:
        loss = replace(find_loss(self.file.problem.cost), over=self.file.problem.over)
        return replace(self.file.conventions, loss=loss, superscript="target", counts_down_from="")

    @property
    def declared(self) -> Declared:
        """What the file says of δ: whether it has the 1/N of the mean."""
        notation = self.file.notation
        whole = self._conventions.mean and not notation.delta.one_sample
        return Declared(mean=whole)

    @property
    def delta_kind(self) -> str:
        """The kind of what it calls δ."""
        return "dpost" if self.file.notation.delta.of == "post" else "delta"

    def has_single_output(self, _: Settings) -> bool:
        """Whether its lines are for one output."""
        return self.file.problem.outputs == 1

    def locate(self, statement: Statement, depth: int) -> tuple[tuple[Place, ...], bool]:
        """The quantities that a line is about in a network of that depth, and whether in every one of their entries.

        Raises:
            UnreadableError: it has a word without meaning.
        """
        key = (id(statement.left), id(statement.right), depth)
        if key not in self._located:
            self._located[key] = (statement, self._locate(statement, depth))  # kept, so that no other has its identity
        return self._located[key][1]

    @cached_property
    def _located(self) -> "dict[tuple[int, int, int], tuple[Statement, tuple[tuple[Place, ...], bool]]]":
        return {}

    @cached_property
    def _small_worlds(self) -> dict[int, FileWorld]:
        return {}

    def _locate(self, statement: Statement, depth: int) -> tuple[tuple[Place, ...], bool]:
        world = self.probe(depth)
        if depth not in self._small_worlds:
            self._small_worlds[depth] = FileWorld(self, self.settings_of(world.example), self.declared)
        own = self._small_worlds[depth]
        context = own.make_context(lambda place: own.truth[place], own.true_values)
        kind, found, whole = world.layout.notation.kinds.get(statement.letter, ""), {}, True
        of_layer: dict[int, int] = {}
        for place, _ in world.list_places(statement, self.file.template):
            if place.kind == "post" and (place.layer == 0 or place.units == (0,)):
                continue  # which is given
            try:
                own.apply(statement, place, context)
            except NoPlaceError:
                continue
            except UnreadableError as error:
                if not is_about_values(error):
                    raise
            of_layer[place.layer] = of_layer.get(place.layer, 0) + 1
        for layer in of_layer:
            found[layer] = judged_place(kind, layer, self.file)
        for layer, count in of_layer.items():
            entries = [place for place in world.layout.list_places(kind) if place.layer == layer]
            whole = whole and count == len(entries)
        order = sorted(found, reverse=kind == "delta")
        return tuple(found[layer] for layer in order), whole

    def probe(self, depth: int) -> LinesWorld:
        """A small network of that depth, for reading lines."""
        if depth not in self._probes:
            self._probes[depth] = make_probe(self.file, depth)
        return self._probes[depth]

    @cached_property
    def _probes(self) -> dict[int, LinesWorld]:
        return {}

    @cached_property
    def declarations(self) -> Sequence[Declaration]:
        """The other declarations of its file; they stay, so that each is worked out once."""
        return list(list_declarations(self.file))

    def in_form(self, file: LectureFile) -> "OwnLecture":
        """The lecture in another form of its file, the same one whenever it is asked for."""
        return self._forms.setdefault(id(file), OwnLecture(file))

    @cached_property
    def _forms(self) -> "dict[int, OwnLecture]":
        return {}

    def equations(self, settings: Settings, rewrite: Rewrite = as_it_stands) -> Sequence[Equation]:  # noqa: ARG002 - see FileWorld
        """No lines: a world has them, as they stand under what was declared."""
        return ()


def make_probe(file: LectureFile, depth: int) -> LinesWorld:
    """A small network of that depth, for reading lines."""
    return LinesWorld(file, draw_example(file.problem, file.notation, 1, (3,) * (depth + 1), 2))
