"""The generated corpus: every mistake of the catalogue in every lecture, and right derivations, as students write them.

A case is a derivation in which one line is wrong. It is written as formulas, as functions that Python runs, and as a
table of numbers in which every later number was calculated from the wrong one and rounded.
"""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import Any

from corpus.formula_writer import NoFormulaError, quantity_of, right_lines, written
from nn.derivations.diagnosis.judging.catalogue import Mistake, read_catalogue
from nn.derivations.diagnosis.judging.error_propagation import LECTURED, apply_rule, is_close, make_base
from nn.derivations.diagnosis.judging.generic_inputs import draw_generic_worlds
from nn.derivations.diagnosis.judging.inputs import LETTERS, World
from nn.derivations.diagnosis.judging.student import Student
from nn.derivations.diagnosis.reading.answers import Answers
from nn.derivations.lectures import LECTURES
from nn.derivations.lectures.layered import Place
from nn.derivations.lectures.lecture import Lecture
from nn.derivations.lines import Line
from nn.derivations.settings import Choice

FORMS: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("one-neuron", {"activation": "sigmoid"}), ("one-neuron", {"activation": "tanh", "penalty": "l2", "lam": 0.3}),
    ("one-neuron", {"activation": "sigmoid", "penalty": "l1", "lam": 0.3}),
    ("chain", {"activations": ["sigmoid", "sigmoid"]}), ("chain", {}),
    ("chain", {"activations": ["sigmoid", "tanh"], "penalty": "l2", "lam": 0.3}),
    ("chain", {"activations": ["relu", "sigmoid"], "penalty": "l1", "lam": 0.3}),
    ("layers", {}), ("layers", {"reading": "S"}), ("rss", {}), ("bernoulli", {}), ("bernoulli", {"t": 1}),
    *((id, form) for id in ("columns", "rows") for form in ({}, *LECTURES[id].variants.values())),
)
"""Lecture and settings: each lecture in every form that it treats."""


@dataclass(frozen=True)
class Form:
    """A lecture with settings, under conventions that its derivations declare.

    Attributes:
        conventions: as a derivation declares them.
        cost, penalty: by what these make the cost and the penalty larger, as formulas.
        on_biases: whether the penalty acts on the biases too.
    """

    lecture: str
    settings: Mapping[str, Any]
    conventions: tuple[str, ...] = ()
    cost: str = ""
    penalty: str = ""
    on_biases: bool = False

    def write(self, line: Line, world: World, layer: int) -> str:
        """The right side of a line as a formula, with the constants of these conventions.

        Raises:
            NoFormulaError: as ``written`` does, or the constant of the cost is itself the mistake.
        """
        text = written(line, world, layer)
        if self.cost and line.left.startswith("D[L"):
            text = f"{self.cost} * ({text})"
        elif self.cost and line.letter != "C":  # a residual that stands for a δ is ∂C/∂a
            text = re.sub(r"\(?(a\w*(?:\[L\])? - y)\)?", lambda found: f"({self.cost} * ({found[1]}))", text)
        if self.cost and line.letter == "C":
            text, count = re.subn(r"1/2 \*|1/\(2\*N\) \*", lambda found: f"{self.cost} * {found[0]}", text, count=1)
            if not count:
                raise NoFormulaError(text)
        if self.penalty:
            text = re.sub(r"\blam\b", f"({self.penalty} * lam)", text)
        if self.on_biases and line.letter == "db":
            text = f"{text} + 2 * lam * b{layer}"
        return f"{text} + lam * ({' + '.join(f'b{l}**2' for l in range(1, world.vocabulary.depth + 1))})" if (
            self.on_biases and line.letter == "C") else text

    def declare(self, derivation: Mapping[str, Any]) -> dict[str, Any]:
        """The derivation with its conventions."""
        return {**derivation, **({"conventions": list(self.conventions)} if self.conventions else {})}


_L2 = {"penalty": "l2", "lam": 0.3}
_SIGMOIDS = {"activations": ["sigmoid", "sigmoid"]}
DECLARED = (
    *(Form(id, form, (f"cost constant = {constant}",), factor)
      for constant, factor in (("1", "2"), ("2", "4"))
      for id, form in (("one-neuron", {"activation": "tanh"}), ("chain", _SIGMOIDS), ("layers", {}), ("rss", {}))),
    *(Form(id, {}, (f"cost constant = {constant}",), factor)
      for constant, factor in (("1/N", "2"), ("2/N", "4"), ("2/(N n)", "4 / n_L"), ("1/(2N)", "1"))
      for id in ("columns", "rows")),
    Form("chain", _SIGMOIDS | _L2, ("penalty constant = 1/2",), penalty="0.5"),
    Form("chain", _SIGMOIDS | _L2, ("cost constant = 1", "penalty constant = 1/2"), "2", "0.5"),
    Form("columns", LECTURES["columns"].variants["question 2: with a penalty"], ("penalty constant = 1",), penalty="2"),
    Form("rows", LECTURES["rows"].variants["question 2: with a penalty"], ("penalty constant = 1",), penalty="2"),
    Form("chain", _SIGMOIDS | _L2, ("penalty on biases",), on_biases=True),
)
"""Forms under constants that are declared."""


def list_wide_forms() -> list[Form]:
    """Every lecture in every combination of its choices, and under each declared constant.

    Choices are pairs of activations, penalties, biases and readings.
    """
    names = {id: _choices(LECTURES[id], "activation") for id in LECTURES}
    penalties: tuple[Mapping[str, Any], ...] = ({}, {"penalty": "l1", "lam": 0.3}, _L2)
    found = [Form("one-neuron", {"activation": name, **penalty}) for name in names["one-neuron"] for penalty in penalties]
    found += [Form("chain", {"activations": list(pair), **penalty})
              for pair in product(_choices(LECTURES["chain"], "activations"), repeat=2) for penalty in penalties]
    for id in ("columns", "rows"):
        biases: tuple[Mapping[str, Any], ...] = ({}, LECTURES[id].variants["question 1: with a bias"])
        found += [Form(id, {"activation": name, **bias, **penalty}) for name in names[id] for bias in biases
                  for penalty in ({}, _L2)]
    found += [Form(id, form) for id, form in FORMS if id in ("layers", "rss", "bernoulli")]
    return [*found, *DECLARED]


def _choices(lecture: Lecture, name: str) -> Sequence[str]:
    return next((setting.choices for setting in lecture.settings
                 if setting.name == name and isinstance(setting, Choice)), ())


@dataclass(frozen=True)
class Case:
    """One wrong derivation.

    Attributes:
        lecture, settings: where; the settings are generic inputs.
        mistake: what is wrong, ``quantity`` where.
        text: the wrong line as a formula.
        lines: the mistaken lines in neutral letters.
        form: the lecture's form, and its conventions.
    """

    form: Form
    lecture: str
    settings: Mapping[str, Any]
    mistake: Mistake
    quantity: str
    text: str
    lines: tuple[Line, ...]


def world_of(id: str, form: Mapping[str, Any], seed: int = 1) -> World:
    """Generic inputs of a lecture in that form."""
    lecture = LECTURES[id]
    return draw_generic_worlds(lecture, lecture.resolve(form), seeds=(seed,))[0]


def right_formulas(world: World, form: Form | None = None) -> dict[str, str]:
    """A right derivation, under the conventions of a form."""
    form = form or Form(world.lecture.id, world.settings)
    found = {}
    for line in right_lines(world):
        for layer in _layers(line, world):
            found[quantity_of(line, world, layer)] = form.write(line, world, layer)
    return found


def _layers(line: Line, world: World) -> list[int]:
    """The layers that a line is written for: each of a chain; any, which is 0, of a network."""
    if not world.vocabulary.scalar or line.letter == "C":
        return [0]
    depth = world.vocabulary.depth
    if "[L" in line.left:
        return [depth]
    return list(range(1, depth + (line.letter != "D")))


def wrong_formulas(id: str, settings: Mapping[str, Any], seed: int = 1) -> Iterator[Case]:
    """A case for every mistake that can be made in this lecture and form, and written as a formula."""
    yield from wrong_formulas_in(Form(id, settings), seed)


def wrong_formulas_in(form: Form, seed: int = 1) -> Iterator[Case]:
    """The same under the conventions of a form."""
    world = world_of(form.lecture, form.settings, seed)
    settings = dict(world.settings)
    right = right_formulas(world, form)
    seen = set()
    for mistake in read_catalogue():
        if not mistake.arises(world):
            continue
        for line in (line for lines in mistake.forms_in(world) for line in lines):
            if mistake.only not in ("", line.letter):
                continue
            for layer in _layers(line, world):
                if not mistake.arises(world, layer or None):
                    continue
                try:
                    quantity, text = quantity_of(line, world, layer), form.write(line, world, layer)
                except NoFormulaError:
                    continue
                case = Case(form, form.lecture, settings, mistake, quantity, text, (line,))
                said = right.get(quantity) == text  # as where W holds the biases, and the formula has none to forget
                if (mistake.slug, quantity, text) not in seen and not said and _is_wrong(world, line, quantity):
                    seen.add((mistake.slug, quantity, text))
                    yield case


def _is_wrong(world: World, line: Line, quantity: str) -> bool:
    """Whether a mistaken line gives something else than the rule, on the lecture's own values."""
    student = Student(world, Answers((), ()), generic=True)
    places = world.vocabulary.names[quantity].places if quantity in world.vocabulary.names else ()
    values = ((place, apply_rule(student, place, make_base(student, place, LECTURED), (line,))) for place in places)
    return any(value is not None and not is_close(value, world.truth[place]) for place, value in values)


def functions(formulas: Mapping[str, str]) -> dict[str, Any]:
    """Formulas as functions that Python itself evaluates, with NumPy."""
    import numpy as np

    def summed(array: Any, axis: int | None = None) -> Any:
        return np.sum(array) if axis is None else np.sum(array, axis=axis, keepdims=True)

    words = {"sum": summed, "sqrt": np.sqrt, "log": np.log, "abs": np.abs, "sign": np.sign}

    def function(text: str) -> Any:
        tree = ast.parse(text, mode="eval")
        arguments = sorted({node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - set(words))
        if any(isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice | ast.Tuple)
               for node in ast.walk(tree)):
            raise NoFormulaError(text)  # delta[L] is no argument
        made = eval(f"lambda {', '.join(arguments)}: {text}", words)
        made.__name__ = "f"
        return made

    return {name: function(text) for name, text in formulas.items()}


def numbers(world: World, wrong: tuple[Place, tuple[Line, ...]] | None = None, digits: int = 5,
            decimals: int | None = None, carried: bool = False) -> dict[str, Any]:
    """A table of numbers in which one quantity may be calculated by mistaken lines.

    Each number is rounded as it is written down, to significant ``digits`` or to ``decimals``, and the next is
    calculated from it; with ``carried`` from all its digits, as with a calculator's memory. ∂C/∂a is left out.

    Raises:
        NoFormulaError: the mistake has no meaning at that place.
    """
    import numpy as np

    values = {Place("post", 0): world.truth[Place("post", 0)]}
    table = {}
    for place in world.vocabulary.places:
        if place.kind == "dpost":
            continue
        lines = wrong[1] if wrong and wrong[0] == place else ()
        try:
            with np.errstate(all="ignore"):
                value = world.to_judged_form(place, world.derivation(lines, world.known(values)))
        except (ArithmeticError, LookupError, TypeError, ValueError):
            raise NoFormulaError(place) from None
        if value.shape != world.truth[place].shape or not np.all(np.isfinite(value)):
            raise NoFormulaError(place)
        texts = _texts(world.to_lecture(place.kind, value), digits, decimals)
        table[world.vocabulary.name(place)] = texts
        values[place] = value if carried else world.from_lecture(place.kind, _floats(texts))
    return table


def _texts(value: Any, digits: int, decimals: int | None) -> Any:
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list):
        return [_texts(item, digits, decimals) for item in value]
    return f"{value:.{decimals}f}" if decimals is not None else f"{Decimal(f'{value:.{digits - 1}e}'):f}"


def _floats(texts: Any) -> Any:
    return [_floats(text) for text in texts] if isinstance(texts, list) else float(texts)


def _has_digits(texts: Any) -> bool:
    return any(map(_has_digits, texts)) if isinstance(texts, list) else float(texts) != 0


def wrong_numbers(id: str, form: Mapping[str, Any], seed: int = 1) -> Iterator[tuple[Case, dict[str, Any]]]:
    """A table for every mistake at every place where it can be made and shows; ``Case.text`` is its line.

    A zero has no digits that could tell of a mistake, but for one that says 0.
    """
    world = world_of(id, form, seed)
    right = numbers(world)
    for mistake in read_catalogue():
        for lines in mistake.forms_in(world):
            for place in world.vocabulary.places:
                letters = {LETTERS.get(place.kind, place.kind)} | (
                    {"dW": {"db"}, "W_new": {"b_new"}}.get(place.kind, set()) if world.layout.joined else set())
                about = any(line.letter in letters for line in lines) and mistake.only in ("", place.kind)
                if place.kind == "dpost" or not about or not mistake.arises(world, place.layer):
                    continue
                try:
                    table = numbers(world, (place, lines))
                except NoFormulaError:
                    continue
                name = world.vocabulary.name(place)
                if table[name] != right[name] and (_has_digits(table[name]) or lines[0].right.startswith("0 *")):
                    text = "; ".join(line.right for line in lines)
                    yield Case(Form(id, form), id, dict(world.settings), mistake, name, text, lines), table
