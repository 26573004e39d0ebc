"""Names mistakes layer by layer, from the output back, each on the student's own δ of the layer above.

Several mistakes in different layers cost no more than one, since each layer is explained by itself. The explanation
with the fewest mistakes is taken; a few are kept on the way, for a factor may belong to δ or to the arrays of a layer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import product

from ....costs import Cost
from ....ground import late_numpy as np
from ....ground.arrays import Floats
from ..comparing.constants import ONE, Constant, list_ratios, name_ratio
from ..comparing.reference import BINARY, OWN, SQUARED, WRONG_AXIS, run_forward
from ..comparing.rightness import is_convention
from ..running.trials import Trial
from .candidates import evaluate_all, list_candidates, weigh_samples
from .explanation import UNKNOWN, Candidate, Explanation, Named, name_constant, read_count, read_width
from .forms import Form, Student, arises, list_forms

_BEAM = 4
_EQUAL = 1e-12


def explain(
    trial: Trial, activations: tuple[str, ...], cost: str | Cost, known: Constant | None = None, eta: float = 0.0,
    level: int = 0,
) -> Explanation | None:
    """The explanation with the fewest mistakes for these activations and this cost; None where there is no δ.

    Args:
        known: the constant before the sum, where the program's own cost tells it.
        level: 1 to try every mistaken line of every array, where no δ explains either of a layer; 2 to try two
            mistakes in one δ as well.
    """
    none: tuple[dict[int, Floats], ...] = tuple({} for _ in trial.nets)
    before = [Explanation(trial, activations, cost, known or ONE, known, known is not None, deltas=none)]
    if activations[-1] in WRONG_AXIS:
        named = Named("softmax-wrong-axis", f"dW[{trial.depth}]", "forward")
        before = [replace(before[0], named=(named,))]
    for l in range(trial.depth, 0, -1):
        after = [found for one in before for found in _explain_layer(one, l, eta, level)]
        before = sorted(after, key=lambda found: found.score)[:_BEAM]
    return before[0] if before else None


def _explain_layer(before: Explanation, l: int, eta: float, level: int) -> Iterator[Explanation]:
    trial = before.trial
    if l < trial.depth and l + 1 not in before.deltas[0]:
        yield replace(before, unjudged=(*before.unjudged, *trial.list_arrays(l)))
        return
    students = _make_students(before, eta)
    fixed = before.constant if before.fixed else None
    candidates = list(list_candidates(before, students, l))
    found = [one for candidate in candidates for one in _match(before, l, candidate, fixed)]
    best = min((one.score for one in found), default=UNKNOWN)
    if best - before.score > 1 or level:
        likely = candidates if level else [c for c in candidates if not c.slugs or _fits_one(before, l, c)]
        for candidate in likely:
            found += _match(before, l, candidate, fixed, students, forms=True)
        best = min((one.score for one in found), default=UNKNOWN)
    if best - before.score > 1 and level > 1:
        for candidate in list_candidates(before, students, l, double=True):
            found += _match(before, l, candidate, fixed)
    if not found and level and l == trial.depth:
        weighted = weigh_samples(before, students)
        found = list(_match(before, l, weighted, fixed or ONE)) if weighted else []
    if found:
        yield from sorted(found, key=lambda one: one.score)[:_BEAM]
    else:
        yield replace(before, unknown=(*before.unknown, *trial.list_arrays(l)))


def _make_students(before: Explanation, eta: float) -> list[Student]:
    cost = before.cost if isinstance(before.cost, str) else BINARY if before.cost.targets != "numbers" else SQUARED
    trial = before.trial
    forwards = [run_forward(net, before.activations, trial.biases) for net in trial.nets]
    return [Student(forward, cost.partition(" ε ")[0], dict(deltas), eta, given.dW)
            for forward, given, deltas in zip(forwards, trial.given, before.deltas, strict=True)]


def _fits_one(before: Explanation, l: int, candidate: Candidate) -> bool:
    pairs = [_pass_on(before, kind, l, candidate) for kind in ("dW", "db")]
    return any(_name(before, *pair, l) is not None for pair in pairs)  # one number is a multiple of any other


def _pass_on(
    before: Explanation, kind: str, l: int, candidate: Candidate
) -> tuple[list["Floats | None"], list["Floats"]]:
    """An array as it came in each network, and what the right line makes of a δ."""
    trial = before.trial
    if kind == "db":
        return trial.find_raw(kind, l), [delta.sum(axis=1, keepdims=True) for delta in candidate.deltas]
    h = [run_forward(net, before.activations, trial.biases).h[l - 1] for net in trial.nets]
    return trial.find_raw(kind, l), [delta @ inputs.T for delta, inputs in zip(candidate.deltas, h, strict=True)]


def _match(
    before: Explanation, l: int, candidate: Candidate, fixed: Constant | None, students: Sequence[Student] = (),
    forms: bool = False
) -> Iterator[Explanation]:
    """Explanations of a layer's arrays by a δ: by the right lines, or (``forms``) by mistaken ones too."""
    trial = before.trial
    kinds = [name[:2] for name in trial.list_arrays(l)]
    readings = {kind: list(_read_array(before, kind, l, candidate, students, forms)) for kind in kinds}
    if not any(readings.values()):
        return
    if candidate.slugs and all(constant is None for found in readings.values() for _, constant in found):
        return  # arrays that are 0 show no δ
    read = dict.fromkeys(constant for found in readings.values() for _, constant in found if constant is not None)
    for k in [*read] or [ONE] if fixed is None else [fixed]:
        yield from _settle(before, l, candidate, readings, k, fixed is None)


def _read_array(
    before: Explanation, kind: str, l: int, candidate: Candidate, students: Sequence[Student], forms: bool
) -> Iterator[tuple[str, Constant | None]]:
    """(slug, constant) for each line that gives an array from this δ; the slug is empty for the right one.

    The constant is None where the array is 0, which no constant changes.
    """
    given, right = _pass_on(before, kind, l, candidate)
    constant = _name(before, given, right, l)
    if constant is not None:
        yield "", constant
    if all(array is not None and not array.any() for array in given):
        yield ("bias-zero" if kind == "db" else "weight-gradient-zero"), None
    if not forms or constant is not None:
        return
    for student, delta in zip(students, candidate.deltas, strict=True):
        student.deltas[l] = delta
    for form in list_forms(kind):
        if arises(form.mistakes[0], before.activations, students[0].cost, l):
            yield from _match_form(before, form, students, l, given)
    for student in students:
        del student.deltas[l]


def _match_form(
    before: Explanation, form: Form, students: Sequence[Student], l: int, given: Sequence["Floats | None"]
) -> Iterator[tuple[str, Constant | None]]:
    """(slug, constant) where a mistaken line gives an array in both networks; the second is asked if the first fits."""
    first = form.evaluate(students[0], l)
    if first is None or given[0] is None or first.shape != given[0].shape:
        return
    zeros = _are_zeros(given[:1], [first])
    if not zeros and list_ratios(given[:1], [first], before.trial.tolerance) is None:
        return
    values = evaluate_all(form, students, l)
    if values is None:
        return
    if _are_zeros(given, values):
        yield form.slugs[0], None
        return
    found = _name(before, given, values, l)
    if found is not None:
        yield form.slugs[0], found


def _are_zeros(given: Sequence["Floats | None"], values: Sequence["Floats"]) -> bool:
    """Whether both are 0 but for rounding, as sums over the classes of p − y are, in a shape that is none of a bias."""
    return all(
        a is not None and a.shape == b.shape and (len(b) == 1 or b.shape[1] > 1)
        and max(np.abs(a).max(), np.abs(b).max()) < 1e-12 for a, b in zip(given, values, strict=True)
    )


def _name(before: Explanation, given: Sequence["Floats | None"], right: Sequence["Floats"], l: int) -> Constant | None:
    """The constant by which an array differs; where no cost tells it, one that costs have before others of its size."""
    trial = before.trial
    ratios, close = list_ratios(given, right, trial.tolerance), max(1e-8, 10 * trial.tolerance)
    if before.known is not None:
        return name_ratio(ratios, trial.nets, l, close)
    found = name_ratio(ratios, trial.nets, l, close, partial(is_convention, cost=before.cost, alone=True))
    return found and read_width(found, trial.nets)


def _settle(
    before: Explanation, l: int, candidate: Candidate, readings: dict[str, list[tuple[str, Constant | None]]],
    k: Constant, first: bool
) -> Iterator[Explanation]:
    """The explanations with k before the sum: each array by its likeliest line, a factor of both in δ or in them."""
    array = next(f"{kind}[{l}]" for kind in readings)
    named = [Named(slug, array, "D", detail=candidate.detail) for slug in candidate.slugs]
    if first and not is_convention(k, before.cost, alone=True):
        named += _name_factor(k.over(_find_convention(k, before.cost)), before, array, "D")
    unknown = tuple(f"{kind}[{l}]" for kind, found in readings.items() if not found)
    likeliest = {kind: _list_likeliest(found, k) for kind, found in readings.items() if found}
    for some in product(*likeliest.values()):
        chosen = dict(zip(likeliest, some, strict=True))
        read = before.fixed or any(constant is not None for _, constant in some)
        base = replace(before, constant=k, fixed=read, unknown=before.unknown + unknown)
        own: list[Named] = []
        for kind, (slug, constant) in chosen.items():
            own += [Named(slug, f"{kind}[{l}]", kind)] if slug else []
            if constant is not None and constant != k:
                own += _name_factor(constant.over(k), before, f"{kind}[{l}]", kind)
        yield replace(base, named=(*before.named, *named, *own), deltas=_add_deltas(before, l, candidate.deltas))
        factors = {constant.over(k) for slug, constant in some if not slug and constant is not None}
        if not unknown and len(factors) == 1 and factors != {ONE} and not any(slug for slug, _ in some):
            (factor,) = factors
            deltas = tuple(
                delta * factor.value(net, l) for delta, net in zip(candidate.deltas, before.trial.nets, strict=True)
            )
            made = _name_factor(factor, before, array, "D")
            yield replace(base, named=(*before.named, *named, *made), deltas=_add_deltas(before, l, deltas))


def _list_likeliest(found: Sequence[tuple[str, Constant | None]], k: Constant) -> list[tuple[str, Constant | None]]:
    """The readings of an array with the fewest mistakes: two at most, such as two sums over the one unit of a layer."""
    counts = [bool(slug) + (constant not in (k, None)) for slug, constant in found]
    return [one for one, count in zip(found, counts, strict=True) if count == min(counts)][:2]


def _name_factor(factor: Constant, before: Explanation, array: str, letter: str) -> list[Named]:
    """The mistakes that make a factor in an array, or in δ."""
    l = int(array[3:-1])
    nets, hidden = before.trial.nets, letter == "D" and l < before.trial.depth
    if hidden and all(abs(factor.value(net, l) * net.widths[l + 1] - 1) < _EQUAL for net in nets):
        return [Named("mean-over-k", array, letter, factor)]
    factor = read_count(factor, nets, l)
    names = {"gradient-sign": "hidden-sign"} if hidden else {}
    if letter != "D" or hidden or before.cost == OWN:  # the square is not differentiated there
        names |= {"residual-doubled": "constant-of-array", "residual-halved": "constant-of-array"}
    if before.cost == OWN:
        names |= {"output-mean": "constant-of-array", "output-mean-missing": "constant-of-array"}
    return [Named(names.get(slug, slug), array, letter, factor) for slug in name_constant(factor)]


def _find_convention(k: Constant, cost: str | Cost) -> Constant:
    """The constant that a program means, where the one that it has is none that a cost has."""
    if isinstance(cost, Cost):
        return ONE
    factor = Fraction(2 if cost == SQUARED and abs(k.factor) in (2, 4) else 1)
    counted = min(k.samples, k.inputs, k.units, 0 if cost == SQUARED else k.outputs)
    return Constant(factor, -1 if counted < 0 else 0, -1 if k.outputs < 0 and (cost == SQUARED or k.samples) else 0)


def _add_deltas(before: Explanation, l: int, deltas: Sequence["Floats"]) -> tuple[dict[int, "Floats"], ...]:
    return tuple({**known, l: delta} for known, delta in zip(before.deltas, deltas, strict=True))
