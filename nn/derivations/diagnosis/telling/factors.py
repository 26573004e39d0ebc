"""What stands between an answer and the right one: a factor or a term of a few quantities of the lecture."""

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from itertools import combinations

import numpy as np

from ....ground.arrays import Floats
from ...lectures.layered import Place
from ..judging.error_propagation import OWN, apply_rule, make_base
from ..judging.judge import Judgement
from ..judging.student import Failed, Student
from ..reading.answers import Numbers, Rule
from ..reading.vocabulary import BACK, VECTORS, WIDTHS, Quantity, Reference
from .symbols import list_words

Words = Callable[[int | None], Mapping[str, str]]

_SAME = 1e-7
_NICE = (1.0, -1.0, 2.0, -2.0, 0.5, -0.5)  # constants beside a factor
_MANY = 3  # factors of a term
_SIDES = ("abs", "sign", "max", "min", "maximum", "minimum", "where", "relu")


def find_factor(judgement: Judgement, students: Sequence[Student]) -> str:
    """``1/w₂``: what the right one is multiplied by, of at most two quantities and a constant; empty if unknown."""
    found = find_powers(judgement, students)
    return _write_product(*found) if found else ""


def find_powers(judgement: Judgement, students: Sequence[Student], is_remote: Callable[[str], bool] = bool) -> (
        tuple[list[tuple[str, int]], float] | None):
    """The quantities that the right one is multiplied by, each with its power, and a constant; None if unknown.

    Of quantities that are equal here, one that is ``is_remote``, by its symbol, comes last.
    """
    answer, right, known = _collect(judgement, students)
    if not answer.size or np.any((right == 0) & (answer != 0)) or not np.any(answer) or _has_sides(judgement):
        return None
    there = right != 0
    ratio = answer[there] / right[there]
    constant = _read_constant(ratio)
    if constant is not None:
        return None  # no factor that depends on anything
    known = {name: known[name] for name in sorted(known, key=is_remote)}
    powers = [(name, power, values[there] ** power) for power in (1, -1, 2, -2) for name, values in known.items()
              if np.all(values[there] != 0)]
    for count in (1, 2):
        for chosen in combinations([factor for factor in powers if abs(factor[1]) <= 3 - count], count):
            if len({name for name, _, _ in chosen}) == count:
                product = chosen[0][2] * chosen[-1][2] if count == 2 else chosen[0][2]
                constant = _read_constant(ratio / product)
                if constant in _NICE:
                    return [(name, power) for name, power, _ in chosen], constant
    return None


def find_term(judgement: Judgement, students: Sequence[Student]) -> str:
    """``plus b₂·σ₁′(z₁)``: what is added to the right one, a product of at most three quantities; empty if unknown."""
    answer, right, known = _collect(judgement, students)
    if not answer.size or _has_sides(judgement):
        return ""
    added = answer - right
    if np.max(np.abs(added)) < 1e-9:
        return ""
    for count in range(1, _MANY + 1):
        for chosen in combinations(known.items(), count):
            product = np.prod([values for _, values in chosen], axis=0)
            if np.all(product != 0):
                constant = _read_constant(added / product)
                if constant in _NICE:
                    text = _write_product([(name, 1) for name, _ in chosen], abs(constant))
                    return f"{'plus' if constant > 0 else 'minus'} {text}"
    return ""


def _read_constant(values: "Floats") -> float | None:
    """The number that all values are; None if they differ."""
    first = float(values.flat[0])
    if not np.all(np.abs(values - first) <= _SAME * abs(first)):
        return None
    near = float(Fraction(first).limit_denominator(100)) if abs(first) < 1e6 else first
    return near if abs(first - near) <= _SAME * abs(first) else first


def _write_product(factors: Sequence[tuple[str, int]], constant: float) -> str:
    """``−2·x/w₂``"""
    size = Fraction(abs(constant)).limit_denominator(100)
    raised = [(name + "²" * (abs(power) == 2), power) for name, power in factors]
    above = [str(size.numerator)] * (size.numerator != 1) + [name for name, power in raised if power > 0]
    below = [str(size.denominator)] * (size.denominator != 1) + [name for name, power in raised if power < 0]
    bottom = f"({'·'.join(below)})" if len(below) > 1 else "".join(below)
    return f"{'−' if constant < 0 else ''}{'·'.join(above) or '1'}{f'/{bottom}' if below else ''}"


def _collect(judgement: Judgement, students: Sequence[Student]) -> "tuple[Floats, Floats, dict[str, Floats]]":
    """The answers, the right ones, and every quantity that can be a factor, entry by entry, as vectors."""
    answers, rights = [], []
    words = cache(lambda layer: list_words(Quantity("", (Place("pre", layer),)), students[0].world))
    known: list[dict[str, Floats]] = []
    counts = _counts(judgement, students)
    for student in students:
        for place in judgement.quantity.places:
            answer, right = student.answer(place), find_right_value(student, place)
            if isinstance(answer, Failed) or answer.shape != right.shape:
                return np.empty(0), np.empty(0), {}
            start = student.world.parameter(place) if judgement.quantity.is_update else np.zeros_like(right)
            if start.shape != right.shape:
                return np.empty(0), np.empty(0), {}
            answers.append((answer - start).ravel())
            rights.append((right - start).ravel())
            known.append({name: np.broadcast_to(values, right.shape).ravel()
                          for name, values in _list_quantities(judgement, student, place, words, counts)
                          if _fits(values, right)})
    common = [name for name in known[0] if all(name in found for found in known)]
    return (np.concatenate(answers), np.concatenate(rights),
            {name: np.concatenate([found[name] for found in known]) for name in common})


def find_right_value(student: Student, place: Place) -> "Floats":
    """The rule on the student's own values, for a comparison that says something of this line alone."""
    value = apply_rule(student, place, make_base(student, place, OWN))
    return student.world.truth[place] if value is None else value


def _fits(values: "Floats", right: "Floats") -> bool:
    return len(values.shape) == 2 and all(n in (1, m) for n, m in zip(values.shape, right.shape, strict=True))


def _list_quantities(judgement: Judgement, student: Student, place: Place, words: Words,
                     counts: bool) -> "Iterator[tuple[str, Floats]]":
    """Symbol and value of what can be a factor at a place."""
    world, vocabulary = student.world, student.world.vocabulary
    for name in ("eta", "lam"):
        if world.settings.get(name):
            yield list_words(judgement.quantity, world)[name], np.full((1, 1), float(world.settings[name]))
    if counts:
        yield from _list_sizes(student, place)
    if vocabulary.scalar:
        yield from _list_numbers(student, place, words)
    elif place.layer is not None and (world.samples == 1 or place.kind in VECTORS):
        yield from _list_of_layer(judgement.quantity, student, place)


def _has_sides(judgement: Judgement) -> bool:
    """Whether a formula asks on which side of a number something lies: a few inputs may all lie on one side."""
    formula = judgement.answer.formula if isinstance(judgement.answer, Rule) else None
    return formula is not None and any(isinstance(node, ast.Compare) or (
        isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in _SIDES)
        for node in ast.walk(formula.tree))


def _counts(judgement: Judgement, students: Sequence[Student]) -> bool:
    """Whether the answer can have numbers of units or samples in it, other than as a number that was written."""
    answer = judgement.answer
    if isinstance(answer, Numbers):
        return False
    tells = differ_in_size(students) and (answer.function is not None or any(
        word in answer.text for word in ("mean", "sum", "average", "shape", "size", "len")))
    return tells or bool(answer.names & {"N", *WIDTHS})


def differ_in_size(students: Sequence[Student]) -> bool:
    """Whether the inputs differ in their numbers of units and samples, so that these can be told from other numbers."""
    return len({(student.world.samples, *map(len, student.world.problem.weights)) for student in students}) > 1


def _list_sizes(student: Student, place: Place) -> "Iterator[tuple[str, Floats]]":
    world = student.world
    if world.samples > 1:
        yield next(iter(world.constants)), np.full((1, 1), float(world.samples))
    if place.layer is not None and not world.vocabulary.scalar:
        for name, step in (("n", 0), ("n_prev", -1), ("n_next", 1)):
            if Place("post", place.layer + step) in world.truth:
                yield name, np.full((1, 1), float(len(world.truth[Place("post", place.layer + step)])))


def _list_numbers(student: Student, place: Place, words: Words) -> "Iterator[tuple[str, Floats]]":
    """In a chain every number can stand beside every other."""
    world, depth = student.world, student.world.vocabulary.depth
    places = [p for p in world.truth if p.kind in ("pre", "post", "delta") and p != place]
    own = {p: student.own(p) for p in sorted(places, key=lambda p: not student.names(place, p))}  # as it was written
    for p, value in own.items():
        yield "x" if p == Place("post", 0) else words(p.layer)[p.kind], value
    for layer in range(1, depth + 1):
        for kind in ("W", "b"):
            yield words(layer)[kind], np.atleast_2d(world.written(Reference(kind, layer), student.own, None))
        slope = world.slope(layer, derivative=True, value=student.own(Place("pre", layer)))
        yield words(layer)["slope"], np.atleast_2d(slope)
    target = np.atleast_2d(world.written(Reference("y"), student.own, None))
    yield "y", target
    yield f"({words(depth)['residual']})", student.own(Place("post", depth)) - target


def _list_of_layer(quantity: Quantity, student: Student, place: Place) -> "Iterator[tuple[str, Floats]]":
    """In a network each unit has the quantities of its own layer; a weight those of the layer before as well."""
    world, layer = student.world, place.layer or 0
    words = list_words(quantity, world)
    on_weights = place.kind in ("dW", "W_new")
    pre, post = student.own(Place("pre", layer)), student.own(Place("post", layer))
    slope = np.asarray(world.slope(layer, derivative=True, value=pre))
    found = {"pre": pre, "post": post, "slope": slope}
    if place.kind not in BACK:
        found["delta"] = student.own(Place("delta", layer))
    yield from ((words[name], value) for name, value in found.items())
    if place.kind in BACK and layer < world.vocabulary.depth:
        yield f"Σ {words['delta_next']}", student.own(Place("delta", layer + 1)).sum(axis=0, keepdims=True)
    if on_weights and not world.layout.joined:
        yield words["W"], world.parameter(Place("W_new", layer))
        yield words["post_prev"], student.own(Place("post", layer - 1)).T
        if layer > 1 or not quantity.general:
            before = Place("pre", layer - 1) if layer > 1 else Place("post", 0)
            yield words["pre_prev"], student.own(before).T
