"""The names of a derivation and their meaning in a lecture: quantities that are judged, and names in formulas.

Programs count layers from 1 to L: ``delta[2]``, ``delta2``, ``W2``. A superscript is the lecture's number: ``δ²`` of
``columns`` is delta[1]. In a formula for any layer, ``delta``, ``W_next`` and ``a_prev`` are relative to its layer.
"""

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ....ground.suggest import unknown_name
from ...conventions import Conventions
from ...lectures.layered import Place, list_places
from ...lectures.lecture import AnyLecture
from ...settings import Settings
from .functions import FUNCTIONS
from .indices import read_layer, write_formula
from .quantities import NoLayerError as NoLayerError
from .quantities import Quantity as Quantity
from .quantities import Reference as Reference
from .unit_indices import split_units

KINDS = ("pre", "post", "C", "dpost", "delta", "dW", "db", "W_new", "b_new")
GENERAL = ("pre", "post", "dpost_output", "delta_output", "dpost_hidden", "delta_hidden", "dW", "db", "W_new", "b_new")
VECTORS = ("pre", "post", "dpost", "delta")
"""The kinds with one number for each unit and sample; dpost is ∂C/∂a, of one sample as δ is."""
BACK = ("dpost", "delta")
"""Those that go from the output to the input, and have a line of their own in the output layer."""
WIDTHS = {"n": 0, "n_prev": -1, "n_next": 1, "n_L": 0}
"""The numbers of units of a layer that a formula may use, and how many layers from its own."""
BIAS_OF = {"W": "b", "dW": "db", "W_new": "b_new"}
"""Kind of weights -> that of the biases beside them."""
ON_WEIGHTS = (*BIAS_OF, *BIAS_OF.values())
_NO_NUMBERS = ("activation", "activations", "cost", "penalty", "penalty_constant", "penalise", "reading")
_NEIGHBOUR = {"_prev": -1, "_next": 1, "": 0}


@dataclass(frozen=True)
class Vocabulary:
    """The names of one lecture with its settings.

    Attributes:
        depth: L, the number of layers with weights.
        biases: whether there are any.
        sheet: whether plain names count as the lecture's own lines do where a weight bears the number of its source:
            W beside δ is the one that leads on from the layer, and a and delta_next beside a gradient are aˡ and δˡ⁺¹.
    """

    lecture: AnyLecture
    conventions: Conventions
    depth: int
    biases: bool
    settings: Settings = field(repr=False)
    sheet: bool = False

    @property
    def scalar(self) -> bool:
        """Whether each quantity is one number."""
        return self.conventions.form == "scalars"

    @property
    def last(self) -> str:
        """The lecture's name of the output layer."""
        return str(getattr(self.lecture, "last", "L"))

    def reads_as(self, other: "Vocabulary") -> bool:
        """Whether every text is read in the same way there: a choice such as that of an activation changes nothing."""
        return ((self.lecture, self.conventions, self.depth, self.biases, self.sheet) == (
            other.lecture, other.conventions, other.depth, other.biases, other.sheet)
            and self.known_names() == other.known_names())

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """All quantities that can be judged, in the order of judgement: those of ``compare``, and ∂C/∂a before δ."""
        found = list_places(self.depth, self.conventions, self.biases)
        return tuple(Place(kind, place.layer) for place in found if place != Place("post", 0)
                     for kind in (BACK if place.kind == "delta" else (place.kind,)))

    @cached_property
    def names(self) -> dict[str, Quantity]:
        """Name -> quantity, for all quantities that can be judged."""
        if self.scalar:
            return {self.name(place): Quantity(self.name(place), (place,)) for place in self.places}
        found = {}
        for name in ("C", *GENERAL):
            covered = tuple(place for place in self.places if self._general_name(place) == name)
            if covered:
                found[name] = Quantity(name, covered, general=name != "C")
        return found | {self.name(place): Quantity(self.name(place), (place,)) for place in self.places}

    def name(self, place: Place) -> str:
        """``delta1``, ``w1_new`` in a chain; ``delta[1]``, ``W_new[1]`` in a network."""
        if place.layer is None:
            return "C"
        if not self.scalar:
            return f"{place.kind}[{place.layer}]"
        letters = {"pre": "z", "post": "a", "dpost": "da", "dW": "dw", "W_new": "w", "b_new": "b"}
        letter = letters.get(place.kind, place.kind)
        return f"{letter}{place.layer}{'_new' * place.kind.endswith('_new')}"

    def _general_name(self, place: Place) -> str:
        if place.kind in BACK:
            return f"{place.kind}_{'output' if place.layer == self.depth else 'hidden'}"
        return place.kind

    def kind_of(self, letter: str) -> str | None:
        """The kind that a letter stands for, without its number."""
        c = self.conventions
        known = {"W": "W", "w": "W", "b": "b", "pre": "pre", "post": "post", c.pre: "pre", c.post: "post",
                 c.pre.upper(): "pre", c.post.upper(): "post",
                 "delta": "delta", "dW": "dW", "dw": "dW", "db": "db", "W_new": "W_new", "w_new": "W_new",
                 "b_new": "b_new", "C": "C", c.cost: "C", "nablaE": "dW", "nabla": "dW"}
        known |= dict.fromkeys((f"d{c.post}", "dpost", f"dC_d{c.post}", f"d{c.cost}_d{c.post}"), "dpost")
        of_programs = re.fullmatch(rf"(?:grad_?|nabla_|d_|d(?:{c.cost}|[CELJ])_d)([wWb{c.pre}])|d([zZ])", letter)
        if letter in known or of_programs is None:
            return known.get(letter)
        if of_programs[1] in ("w", "W", "b"):
            return "db" if of_programs[1] == "b" else "dW"
        return "delta" if c.pre == "z" and c.sign == 1 and (of_programs[2] or not c.mean) else None

    def reference(self, tree: ast.expr, place: Place | None, letters: Mapping[str, int] | None = None) -> Reference:
        """What a name means in the formula for a place: ``delta_next``, ``W2``, ``a[l - 1]``, ``raised(delta, l + 1)``.

        Indices of units on the name do not count here. ``letters`` are the lecture's numbers of l, m and L; those of
        the place unless given.

        Raises:
            ValueError: the lecture has nothing of that name, or no layer of that number.
        """
        match tree:
            case ast.Name(id=name):
                return self._find_by_name(name if self.scalar else split_units(name)[0], place)
            case ast.Subscript(value=ast.Name(id=name), slice=index):
                return self.find_at(name, self._parse_layer(index, place))
            case ast.Call(func=ast.Name(id="raised"), args=[ast.Name(id=name), index]):
                name = name if self.scalar else split_units(name, raised=True)[0]
                number = read_layer(index, dict(letters or self.layer_letters(place)))
                return self.find_at(name, number - self.number_of(self.kind_of(name), 0))
        raise ValueError(f"{write_formula(tree)} is not a name of {self.lecture.id}")

    def _find_by_name(self, name: str, place: Place | None) -> Reference:
        plainly = {"x": "x", "X": "x", "y": "y", "Y": "y", "t": "t", "eta": "eta", "lam": "lam", "N": "N", "x0": "x0",
                   "Yhat": "out", "a0": "x", "e": "e"}
        if self.conventions.pre == "a":  # y is the output there, and a₀ nothing
            plainly |= {"y": "out", "Y": "out"}
            del plainly["a0"]
        if name in WIDTHS and not self.scalar:
            return Reference("width", self._find_width_layer(name, place))
        if name in plainly:
            kind = plainly[name]
            if ((kind in ("t", "lam", "y", "eta") and kind not in self.settings and kind.upper() not in self.settings)
                    or (kind == "N" and not self.conventions.batch)
                    or (kind == "x0" and self.conventions.bias != "column")):
                raise self.unknown(name)
            return Reference("post", self.depth) if kind == "out" else Reference(kind)
        found = re.fullmatch(r"(.*?)(\d*)(_prev|_next|_new|)", name)
        assert found is not None  # noqa: S101 - all its parts may be empty
        letter, number, ending = found.groups()
        if ending == "_new":
            letter, ending = f"{letter}_new", ""
        kind_ = self.kind_of(letter)
        if kind_ is None:
            raise self.unknown(name)
        if kind_ == "C":
            return Reference("C")
        if number:
            return self.find_at(letter, int(number))
        if self.scalar and self.depth > 1:
            raise ValueError(f"{name} needs the number of its layer, such as {letter}1")
        own = 1 if self.scalar else place.layer if place is not None else None
        if place is not None and place.kind == "C":
            own = self.depth if kind_ in VECTORS else None
        if own is None:
            everything = place is not None and (kind_ == "W" or (kind_ == "b" and self.biases))
            if not everything:
                raise ValueError(f"{name} needs a layer here, such as {name}[1]")
            return Reference(f"all {kind_}")
        if place is not None and place.kind == kind_ == "delta" and not ending and not self.scalar:
            own += 1  # a line for δ that names δ plainly, as a loop of a program does, means the one that it comes from
        if self.sheet and place is not None:
            on_weights = kind_ in ON_WEIGHTS
            own += on_weights if place.kind in BACK else -(not on_weights and place.kind in ("pre", *ON_WEIGHTS))
        return self.find_at(letter, self._require_layer(name, own + _NEIGHBOUR[ending]))

    def _find_width_layer(self, name: str, place: Place | None) -> int:
        """The layer whose number of units is meant by n, n_prev, n_next or n_L."""
        layer = place.layer if place is not None and place.layer is not None and name != "n_L" else self.depth
        return self._require_layer(name, layer + WIDTHS[name])

    def _require_layer(self, name: str, layer: int) -> int:
        if not 0 <= layer <= self.depth:
            raise NoLayerError(f"{name} does not exist in every layer: there is no layer {layer}, of {self.depth}")
        return layer

    def find_at(self, letter: str, layer: int) -> Reference:
        """What a letter means at a layer. Raises ValueError if nothing, NoLayerError if nothing at that layer."""
        kind = self.kind_of(letter)
        if kind is None:
            raise self.unknown(letter)
        if not (0 if kind == "post" else 1) <= layer <= self.depth:
            c = self.conventions
            if kind in ON_WEIGHTS and self.number_of(kind, 1) < c.number(1):
                raise NoLayerError(f"there is no such {letter}: {letter}^(l) belongs to the weights from {c.post}^(l) "
                                   f"to {c.pre}^(l + 1) here")
            raise NoLayerError(f"there is no {letter} of layer {layer}; {self.lecture.id} has {self.depth} layers here")
        if kind in ("b", "db", "b_new") and (not self.biases or self.conventions.bias == "column"):
            raise ValueError(f"there is no {letter} here: " + (
                "the biases are column 0 of W" if self.conventions.bias == "column" else "no biases were given"))
        return Reference(kind, layer)

    def _parse_layer(self, index: ast.expr, place: Place | None) -> int:
        """The number in ``delta[l + 1]``; l is the layer of the formula, L the last one."""
        known = {"L": self.depth, "out": self.depth}
        if place is not None and place.layer is not None:
            known["l"] = place.layer
        return read_layer(index, known)

    def number_of(self, kind: str | None, layer: int) -> int:
        """The lecture's own number of a layer, as a quantity of that kind bears it: weights may bear their source's."""
        return self.conventions.weight_number(layer) if kind in ON_WEIGHTS else self.conventions.number(layer)

    def layer_letters(self, place: Place | None) -> dict[str, int]:
        """The lecture's numbers of l, m and L in the formula for a place, as they stand raised on a name."""
        c = self.conventions
        known = {"L": c.number(self.depth), "out": c.number(self.depth)}
        here = place.layer if place is not None and place.layer is not None else None
        if c.input_layer is None:
            known |= {"l": self.depth} | ({"m": here} if here is not None else {})
        elif here is not None:
            known["l"] = self.number_of(place.kind if place else None, here)
        return known

    def unknown(self, name: str) -> ValueError:
        """The error for a name that the lecture does not have."""
        return unknown_name(f"name in a formula of {self.lecture.id}", name, self.known_names())

    def unknown_function(self, name: str) -> ValueError:
        """The error for a function that does not exist."""
        return unknown_name(f"function in a formula of {self.lecture.id}", name, ["f", "df", *FUNCTIONS])

    def known_names(self) -> Sequence[str]:
        """The names that a formula may use."""
        c = self.conventions
        if self.scalar:
            activations = [f"{f}{l}" for l in range(1, self.depth + 1) for f in ("f", "df")]
            return [*self.settings_in_formulas(), *self.names, *activations]
        names = ["W", "b", c.pre, c.post, f"{c.post}_prev", "W_next", "delta", "delta_next", f"d{c.post}", "f", "df",
                 "dW", "db", "C"]
        if not self.biases or c.bias == "column":
            names = [name for name in names if name not in ("b", "db")]
        return [*names, *self.settings_in_formulas(), *WIDTHS, *(["N"] if c.batch else [])]

    def settings_in_formulas(self) -> Iterator[str]:
        """The numbers that were given and stand in formulas."""
        for name, value in self.settings.items():
            if name in _NO_NUMBERS or value is None or name in ("W", "b"):
                continue
            if name == "lam" and self.settings.get("penalty") is None:
                continue
            yield name.lower() if name in ("X", "Y") else name

    def find_activation_layer(self, name: str, argument: ast.expr | None, place: Place,
                         find: Callable[[ast.expr], Reference] | None = None) -> tuple[int, bool]:
        """The layer of an activation function in a formula, and whether it is σ′ that is meant.

        ``f``, ``df``, ``sigma1``, ``dg`` …; without a number it is that of its argument where that is a pre-activation,
        else that of the formula; ``find`` gives the
        meaning of names.

        Raises:
            ValueError: it is none.
        """
        letter = {"σ": "sigma", "f": "f", "g": "g"}.get(self.conventions.activation, "f")
        found = re.fullmatch(rf"(d?)(f|sigma|phi|{letter})(\d*)(_prev|_next|)", name)
        if not found:
            raise self.unknown(name)
        if found[3]:
            layer = int(found[3])
        else:
            layer = place.layer or self.depth
            try:
                find = find or (lambda tree: self.reference(tree, place))
                reference = find(argument) if argument is not None else None
            except ValueError:
                reference = None
            if reference is not None and reference.kind == "pre" and reference.layer is not None:
                layer = reference.layer
        layer += _NEIGHBOUR[found[4]]
        if not 1 <= layer <= self.depth:
            raise NoLayerError(f"there is no {name}: {self.lecture.id} has {self.depth} here")
        return layer, bool(found[1])
