"""What was handed in: for each quantity a formula, a function, or numbers with the digits that were written."""

import ast
import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from autograd_lite.internal import quote

from ....suggest import unknown_name
from ...lectures.layered import Place
from .grammar import Formula, parse_formula
from .indices import names_layers
from .keys import parse_quantity as quantity_of
from .vocabulary import Quantity, Vocabulary
from .written_numbers import format_key, format_written, half_unit, is_number, read_written_numbers, to_arrays

DECLARATIONS = {
    "y = P(t=1)": "class_1", "decay per step": "decay", "opposite sign of delta": "opposite",
    "delta of the mean cost": "mean",
}
"""What a derivation may declare under the key ``conventions``, and the field of ``Declared`` that it sets."""


@dataclass(frozen=True)
class Rule:
    """A formula or a function.

    Attributes:
        text: as it was handed in; for a function its name and arguments.
        batch: whether it states the whole batch, since it uses N or λ, rather than one sample.
        numbered: whether it names layers by their numbers, so that their number matters.
    """

    quantity: Quantity
    text: str
    formula: Formula | None = None
    function: Callable[..., Any] | None = None
    parameters: tuple[str, ...] = ()
    batch: bool = False
    numbered: bool = False


    @property
    def names(self) -> frozenset[str]:
        """The names that it uses."""
        return self.formula.names if self.formula else frozenset(self.parameters)


@dataclass(frozen=True)
class Numbers:
    """Numbers, as the lecture arranges them.

    Attributes:
        value: a float array, NaN where nothing was given.
        half: half a unit of the last digit of each.
        text: as they were written.
    """

    quantity: Quantity
    value: Any
    half: Any
    text: str


@dataclass(frozen=True)
class Answers:
    """A derivation that was handed in, in the order in which it is judged."""

    rules: tuple[Rule, ...]
    numbers: tuple[Numbers, ...]
    declared: frozenset[str] = frozenset()

    @property
    def all(self) -> tuple["Rule | Numbers", ...]:
        """Formulas and functions, then numbers."""
        return (*self.rules, *self.numbers)

    def in_vocabulary(self, vocabulary: Vocabulary) -> "Answers":
        """The same, with formulas for any layer about those of a network of another depth."""
        rules = [replace(rule, quantity=vocabulary.names[rule.quantity.name]) for rule in self.rules]
        return replace(self, rules=tuple(_separate_layers(rules)))

    def in_order(self, vocabulary: Vocabulary) -> list[Rule | Numbers]:
        """All entries, by the first place that each is about."""
        order = {place: i for i, place in enumerate(vocabulary.places)}
        return sorted(self.all, key=lambda answer: order[answer.quantity.places[0]])


def read_answers(derivation: Mapping[str, Any], vocabulary: Vocabulary, shapes: Mapping[Place, tuple[int, ...]],
                 symbols: Callable[[], Mapping[str, str]]) -> Answers:
    """A derivation as entries that can be judged.

    Args:
        derivation: quantity -> formula text, function, number, or (layered lectures) nested numbers, also by layer.
        vocabulary: the lecture's names.
        shapes: of each quantity, as the lecture arranges it; () for a number.
        symbols: symbol -> name of each single number, ``δ₁⁽²⁾`` -> ``delta[2][0]``.

    Raises:
        ValueError: an unknown quantity, a text that is no formula, or a shape that does not fit; names the entry.
        TypeError: something else than text, functions and numbers.
    """
    if not isinstance(derivation, Mapping):
        raise TypeError(f"a derivation must map quantities to formulas, functions or numbers, not be "
                        f"{type(derivation).__name__}")
    entries: dict[str, Any] = {}
    for key, value in _flatten(derivation):
        if key in entries:
            raise ValueError(f"{format_key(key)} is given twice; leave one out")
        entries[key] = value
    declared = frozenset(_read_declarations(entries.pop("conventions", ())))
    if not entries:
        raise ValueError(f"there is nothing to check: give at least one quantity, such as {_example_name(vocabulary)}")
    any_formula = any((isinstance(value, str) and not is_number(value)) or callable(value)
                      for value in entries.values())
    rules: list[Rule] = []
    numbers: list[Numbers] = []
    parts: dict[Place, dict[tuple[int, ...], Any]] = {}
    for key, value in entries.items():
        place, index = _find_element(key, vocabulary, symbols)
        if place is not None:
            if index in parts.setdefault(place, {}):
                raise ValueError(f"{vocabulary.name(place)}{list(index)} is given twice; leave one out")
            parts[place][index] = value
            continue
        quantity = quantity_of(vocabulary, key)
        try:
            if callable(value):
                rules.append(_read_function(quantity, value, vocabulary))
            elif isinstance(value, str) and (
                    not is_number(value) or (any_formula and re.fullmatch(r"[+-]?\d+", value.strip()))):
                rules.append(_read_formula(quantity, value, key, vocabulary))
            else:
                numbers += _read_numbers(quantity, value, shapes, vocabulary)
        except (ValueError, TypeError) as error:
            raise type(error)(f"{format_key(key)}: {error}") from None
    numbers += [_assemble(place, given, shapes, vocabulary) for place, given in parts.items()]
    rules = list(_separate_layers(rules))
    _check_once(rules, numbers)
    return Answers(tuple(rules), tuple(numbers), declared)


def _flatten(derivation: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """``{"delta": {2: …}}`` and ``[delta]`` of TOML as ``delta[2]``."""
    for key, value in derivation.items():
        if isinstance(value, Mapping):
            for layer, inner in value.items():
                if not re.fullmatch(r"\d+", str(layer)):
                    raise ValueError(f"{format_key(key)}: the entries of a table must be layers, such as 1, not "
                                     f"{quote(layer)}")
                if isinstance(key, str) and (key, str(layer)) != ("post", "0"):  # the input is no result
                    yield f"{key}[{layer}]", inner
        else:
            yield key, value


def _read_declarations(given: Any) -> Iterator[str]:
    known = {re.sub(r"\W", "", name).lower(): field for name, field in DECLARATIONS.items()}
    if not isinstance(given, str | list | tuple | set | frozenset):
        raise TypeError(f"conventions must be a text or a list of texts, not {quote(given)}")
    for name in [given] if isinstance(given, str) else given:
        found = known.get(re.sub(r"\W", "", str(name)).lower())
        if found is None:
            raise unknown_name("convention", name, DECLARATIONS)
        yield found


def _example_name(vocabulary: Vocabulary) -> str:
    return "delta1" if vocabulary.scalar else "delta_output"


def _find_element(key: Any, vocabulary: Vocabulary,
                  symbols: Callable[[], Mapping[str, str]]) -> tuple[Place | None, tuple[int, ...]]:
    """The place and index of a single number: ``delta[2][0]``, ``dW[1][0, 2]``, ``δ₁⁽²⁾``; (None, ()) for the rest."""
    if vocabulary.scalar or not isinstance(key, str):
        return None, ()
    text = key.strip()
    if (not re.search(r"\]\s*\[", text) and text not in vocabulary.names
            and not re.fullmatch(r"[\w\[\] ]+", text, re.ASCII)):
        text = symbols().get(text, text)
    found = re.fullmatch(r"(\w+)\[(\d+)\]((?:\[[\d, ]+\])+)", text)
    if not found:
        return None, ()
    place = Place(found[1], int(found[2]))
    if place not in vocabulary.places:
        raise unknown_name(f"quantity of {vocabulary.lecture.id}", key, vocabulary.names)
    return place, tuple(int(number) for number in re.findall(r"\d+", found[3]))


def _read_formula(quantity: Quantity, text: str, key: str, vocabulary: Vocabulary) -> Rule:
    left, equals, right = text.partition("=")
    if equals and not re.search(r"[()<>]", left) and not right.startswith("="):  # a whole line, δ₂ = …
        if quantity_of(vocabulary, left) != quantity:
            raise ValueError(f"the line is about {quote(left.strip())}; give the right side alone, or name it "
                             f"{quote(key)}")
        text = right
    found = parse_formula(text.strip())
    return Rule(quantity, text.strip(), formula=found, batch=_is_about_batch(found.names, vocabulary),
                numbered=names_layers(found.tree))


def _is_about_batch(names: Any, vocabulary: Vocabulary) -> bool:
    return vocabulary.conventions.mean and bool({"N", "lam"} & set(names))


def _read_function(quantity: Quantity, function: Callable[..., Any], vocabulary: Vocabulary) -> Rule:
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        raise ValueError("the arguments of this function cannot be read; write it with def or lambda") from None
    names = []
    for parameter in signature.parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY):
            raise ValueError(f"the argument {parameter} cannot be given by name; "
                             "name the quantities, as in (delta2, w2)")
        names.append(parameter.name)
    text = f"{getattr(function, '__name__', 'function')}({', '.join(names)})"
    return Rule(quantity, text, function=function, parameters=tuple(names), batch=_is_about_batch(names, vocabulary),
                numbered=any(names_layers(ast.Name(name)) for name in names))


def _read_numbers(quantity: Quantity, value: Any, shapes: Mapping[Place, tuple[int, ...]],
                  vocabulary: Vocabulary) -> list[Numbers]:
    if quantity.general:
        places = quantity.places
        if len(places) > 1:
            raise ValueError(f"numbers belong to one layer: write {quote(vocabulary.name(places[0]))}, and so on")
        quantity = Quantity(vocabulary.name(places[0]), places)
    place = quantity.places[0]
    texts = read_written_numbers(value)
    found = to_arrays(texts, quantity.name)
    wanted = shapes[place]
    if found[0].ndim == 0 and wanted in ((1,), (1, 1)):
        found = tuple(array.reshape(wanted) for array in found)
    turned = found[0].ndim == 2 and found[0].shape == wanted[::-1] != wanted
    if turned and place.kind in ("pre", "post", "delta"):  # samples side by side, as the column sheet has them
        found = tuple(array.T for array in found)
    elif turned and place.kind in ("dW", "W_new"):
        pass  # to be judged: rows and columns have changed places
    elif found[0].shape != wanted:
        raise ValueError(f"it needs {_describe_shape(wanted)}, and was given {_describe_shape(found[0].shape)}")
    return [Numbers(quantity, *found, text=format_written(texts))]


def _describe_shape(shape: tuple[int, ...]) -> str:
    if not shape:
        return "one number"
    if len(shape) == 1:
        return "a list of one number" if shape[0] == 1 else f"{shape[0]} numbers"
    return f"{shape[0]} rows of {shape[1]}" if len(shape) == 2 else "lists nested deeper"


def _assemble(place: Place, given: Mapping[tuple[int, ...], Any], shapes: Mapping[Place, tuple[int, ...]],
              vocabulary: Vocabulary) -> Numbers:
    """Single numbers of one quantity as its array; NaN where none was given."""
    import numpy as np

    value, half = np.full(shapes[place], np.nan), np.zeros(shapes[place])
    texts = np.full(shapes[place], "", dtype=object)
    for index, number in given.items():
        name = f"{vocabulary.name(place)}[{', '.join(map(str, index))}]"
        if len(index) != value.ndim or any(i >= n for i, n in zip(index, value.shape, strict=True)):
            raise ValueError(f"there is no {name}: {vocabulary.name(place)} has {_describe_shape(value.shape)}, "
                             "counted from 0")
        try:
            text = read_written_numbers(number)
        except (TypeError, ValueError) as error:
            raise type(error)(f"{name}: {error}") from None
        if isinstance(text, list):
            raise TypeError(f"{name} must be one number")
        value[index], half[index] = float(text), half_unit(text)
        texts[index] = text
    return Numbers(Quantity(vocabulary.name(place), (place,)), value, half, format_written(texts.tolist()))


def _separate_layers(rules: Sequence[Rule]) -> Iterator[Rule]:
    """A formula for any layer leaves out the layers that have one of their own."""
    own = {place for rule in rules if not rule.quantity.general for place in rule.quantity.places}
    for rule in rules:
        places = tuple(place for place in rule.quantity.places if not rule.quantity.general or place not in own)
        if places:
            yield replace(rule, quantity=replace(rule.quantity, places=places))


def _check_once(rules: list[Rule], numbers: list[Numbers]) -> None:
    """Raises ValueError where two formulas, or two tables, are about the same, or a formula and a table of one name."""
    twice = {rule.quantity.name for rule in rules} & {number.quantity.name for number in numbers}
    if twice:
        raise ValueError(f"{min(twice)} is given twice, as a formula and as a number; leave one out")
    for entries in (rules, numbers):
        about: dict[Place, str] = {}
        for entry in entries:
            for place in entry.quantity.places:
                if place in about:
                    raise ValueError(f"{entry.quantity.name} is given twice, also as {about[place]}; leave one out")
                about[place] = entry.quantity.name
