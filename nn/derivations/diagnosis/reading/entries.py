"""The entries of a derivation that was handed in: each is read as a formula, a function, or numbers."""

import ast
import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace

from autograd_lite.internal import quote

from ....ground.suggest import unknown_name
from ...lectures.layered import Place
from .answers import Answers, Given, Numbers, Rule, separate_layers
from .declarations import read_declarations
from .grammar import parse_formula
from .index_notation import read_left
from .indices import names_layers
from .keys import parse_quantity
from .lines import Line, read_line
from .number_entries import Shape, assemble_elements, read_numbers
from .programs import write_program_forms, write_sample_counts
from .stated_numbers import read_stated_number, states_number
from .unit_indices import sums_over_samples
from .vocabulary import Quantity, Vocabulary
from .written_numbers import format_key, is_exact, is_number


def read_answers(derivation: Mapping[str, Given], vocabulary: Vocabulary, find_shape: Callable[[Place], Shape],
                 symbols: Callable[[], Mapping[str, str]]) -> Answers:
    """A derivation as answers that can be judged.

    Args:
        derivation: quantity -> formula text, function, number, or (layered lectures) nested numbers, also by layer.
        vocabulary: the lecture's names.
        find_shape: gives the shape of a quantity, as the lecture arranges it; () for a number. Formulas need none.
        symbols: symbol -> name of each single number, ``δ₁⁽²⁾`` -> ``delta[2][0]``.

    Raises:
        ValueError: an unknown quantity, a text that is no formula, or a shape that does not fit; names the entry.
        TypeError: something else than text, functions and numbers.
    """
    entries = _collect_entries(derivation)
    declared = read_declarations(entries.pop("conventions", ()))
    if not entries:
        raise ValueError(f"there is nothing to check: give at least one quantity, such as "
                         f"{'delta1' if vocabulary.scalar else 'delta_output'}")
    beside_formulas = any(_is_rule(value) and not _ends_in_number(value, vocabulary) for value in entries.values())
    rules: list[Rule] = []
    numbers: list[Numbers] = []
    elements: dict[Place, dict[tuple[int, ...], Given]] = {}
    for key, value in entries.items():
        place, index = _find_element(key, vocabulary, symbols)
        if place is not None:
            _add_element(elements, place, index, value, vocabulary)
            continue
        quantity = parse_quantity(vocabulary, key, rule=_is_rule(value))
        try:
            if callable(value):
                rules.append(_read_function(quantity, value, vocabulary))
            elif isinstance(value, str) and (_is_rule(value) or (beside_formulas and is_exact(value))):
                line = _read_formula(quantity, value, key, vocabulary)
                (rules if isinstance(line, Rule) else numbers).append(line)  # type: ignore[arg-type]
            else:
                numbers.append(read_numbers(quantity, value, find_shape, vocabulary))
        except (ValueError, TypeError) as error:
            raise type(error)(f"{format_key(key)}: {error}") from None
    numbers += [assemble_elements(place, given, find_shape(place), vocabulary) for place, given in elements.items()]
    rules = list(separate_layers(rules))
    _check_given_once(rules, numbers)
    return Answers(tuple(rules), tuple(numbers), declared)


def _collect_entries(derivation: Mapping[str, Given]) -> dict[str, Given]:
    """Key -> what was handed in under it, layers of a table as keys of their own."""
    if not isinstance(derivation, Mapping):
        raise TypeError(f"a derivation must map quantities to formulas, functions or numbers, not be "
                        f"{type(derivation).__name__}")
    entries: dict[str, Given] = {}
    for key, value in _flatten(derivation):
        if key in entries:
            raise ValueError(f"{format_key(key)} is given twice; leave one out")
        entries[key] = value
    return entries


def _flatten(derivation: Mapping[str, Given]) -> Iterator[tuple[str, Given]]:
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


def _is_rule(value: object) -> bool:
    """Whether it is a formula or a function."""
    return callable(value) or (isinstance(value, str) and not is_number(value))


def _find_element(key: object, vocabulary: Vocabulary,
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


def _add_element(elements: dict[Place, dict[tuple[int, ...], Given]], place: Place, index: tuple[int, ...],
                 value: Given, vocabulary: Vocabulary) -> None:
    """Add a single number to those of its quantity. Raises ValueError if there is one at its index."""
    of_place = elements.setdefault(place, {})
    if index in of_place:
        raise ValueError(f"{vocabulary.name(place)}{list(index)} is given twice; leave one out")
    of_place[index] = value


def _read_formula(quantity: Quantity, text: str, key: str, vocabulary: Vocabulary) -> Rule | Numbers:
    """A line as a rule, or as the number for the given inputs in which it ends."""
    line = _read_line(text, vocabulary)
    named = bool(line.left) and _check_left_side(quantity, line, key, vocabulary)
    rule = _make_rule(quantity, text, line, line.left or key, vocabulary)
    parts = []
    for part in (*(() if named or not line.left else (line.left,)), *line.between):
        with suppress(ValueError):  # what cannot be read, or names the quantity once more
            parts.append(_make_rule(quantity, part, _read_line(part, vocabulary), key, vocabulary))
    rule = replace(rule, parts=tuple(parts))
    if not is_number(text) and states_number(rule, vocabulary):
        with suppress(ArithmeticError):  # 1/0 is judged as a formula without a value
            return read_stated_number(rule, line.right, vocabulary)
    return rule


def _read_line(text: str, vocabulary: Vocabulary) -> Line:
    c = vocabulary.conventions
    counted = write_sample_counts(text, 0 if c.first == "source" else 1) if c.batch else text
    return read_line(write_program_forms(counted), vocabulary)


def _make_rule(quantity: Quantity, text: str, line: Line, left: str, vocabulary: Vocabulary) -> Rule:
    found = parse_formula(line.right)
    batch = _is_about_batch(found.names, vocabulary) or (vocabulary.conventions.batch and sums_over_samples(found.tree))
    return Rule(quantity, text.strip(), formula=found, batch=batch, numbered=names_layers(found.tree),
                left=read_left(left), read_as=line.read_as)


def _ends_in_number(value: Given, vocabulary: Vocabulary) -> bool:
    """Whether a line states a number, so that it is no formula."""
    with suppress(ValueError):
        return isinstance(value, str) and vocabulary.scalar and (
            parse_formula(_read_line(value, vocabulary).right).names <= {"e"})
    return False


def _check_left_side(quantity: Quantity, line: Line, key: str, vocabulary: Vocabulary) -> bool:
    """Whether the left side names the quantity, or else is an expression. The left side of w := w − … is the new w.

    Raises:
        ValueError: a line about another quantity than its key.
    """
    about: Quantity | None = None
    for name in (line.left, f"new {line.left}") if line.assigned or quantity.is_update else (line.left,):
        with suppress(ValueError):
            about = parse_quantity(vocabulary, name)
    if about is None and not re.fullmatch(r"[^\W\d][\w⁽⁾⁺⁻′']*", line.left):
        return False  # an expression that the right side is equal to, as in ∂C/∂z₂ = δ₂
    if about is None:
        about = parse_quantity(vocabulary, line.left)  # raises
    if not set(quantity.places) <= set(about.places):
        raise ValueError(f"the line is about {quote(line.left)}; give the right side alone, or name it {quote(key)}")
    return True


def _read_function(quantity: Quantity, function: Callable[..., object], vocabulary: Vocabulary) -> Rule:
    names = _list_parameters(function)
    text = f"{getattr(function, '__name__', 'function')}({', '.join(names)})"
    return Rule(quantity, text, function=function, parameters=tuple(names), batch=_is_about_batch(names, vocabulary),
                numbered=any(names_layers(ast.Name(name)) for name in names))


def _list_parameters(function: Callable[..., object]) -> list[str]:
    """The names of its arguments. Raises ValueError if they cannot be read, or not be given by name."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        raise ValueError("the arguments of this function cannot be read; write it with def or lambda") from None
    for parameter in signature.parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY):
            raise ValueError(f"the argument {parameter} cannot be given by name; "
                             "name the quantities, as in (delta2, w2)")
    return list(signature.parameters)


def _is_about_batch(names: Iterable[str], vocabulary: Vocabulary) -> bool:
    """Whether a rule that uses these names states the whole batch, rather than one sample."""
    return vocabulary.conventions.batch and not {"N", "lam"}.isdisjoint(names)


def _check_given_once(rules: list[Rule], numbers: list[Numbers]) -> None:
    """Raises ValueError where two formulas, or two tables, are about the same, or a formula and a table of one name.

    A formula for any layer may stand beside those for one.
    """
    twice = {rule.quantity.name for rule in rules} & {number.quantity.name for number in numbers}
    if twice:
        raise ValueError(f"{min(twice)} is given twice, as a formula and as a number; leave one out")
    for entries in (rules, numbers):
        about: dict[tuple[Place, bool], str] = {}
        for entry in entries:
            for place in entry.quantity.places:
                key = place, entry.quantity.general
                if key in about:
                    raise ValueError(f"{entry.quantity.name} is given twice, also as {about[key]}; leave one out")
                about[key] = entry.quantity.name
