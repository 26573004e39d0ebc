"""The δ that a layer may have on the student's own one of the layer above: the right one, and every mistaken one."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ....ground import late_numpy as np
from ....ground.arrays import Floats
from ..comparing.constants import Constant, list_ratios
from ..comparing.reference import BINARY, CLASSES, FLIPPED, OWN, find_output_delta
from .explanation import Candidate, Explanation
from .forms import Form, Student, arises, list_double_forms, list_forms


def list_candidates(
    before: Explanation, students: Sequence[Student], l: int, double: bool = False
) -> Iterator[Candidate]:
    """The right δ of a layer on the student's own one above, and then every mistaken one."""
    trial, activations = before.trial, before.activations
    last = l == trial.depth
    right = _find_right(before, students, l)
    if right is None:
        return
    if not double:
        yield Candidate((), right)
    cost = students[0].cost
    no_slope = before.known is None and before.cost in (BINARY, CLASSES, FLIPPED)
    if last and before.cost == OWN:
        return
    if double and not last:
        for single in list_candidates(before, students, l):
            widths = [student.forward.net.widths[l + 1] for student in students]
            if single.slugs and "mean-over-k" not in single.slugs:
                means = tuple(delta / n for delta, n in zip(single.deltas, widths, strict=True))
                yield Candidate((*single.slugs, "mean-over-k"), means)
    for form in list_double_forms() if double else list_forms("D"):
        if form.output != last or not all(arises(mistake, activations, cost, l) for mistake in form.mistakes):
            continue
        if last and no_slope and form.has_slope:
            continue  # a δ with a σ′ in it is meant for a squared error
        found = [evaluate_all(form, students, l)]
        if not form.is_linear:
            found.append(_evaluate_scaled(form, students, l, before.constant))
        for deltas in found:
            if deltas is not None and all(d.shape == r.shape for d, r in zip(deltas, right, strict=True)):
                ratios = list_ratios(deltas, right, 1e-6)
                if ratios is None or (not last and any(abs(ratio - 1) > 1e-6 for ratio in ratios)):  # else a constant
                    yield Candidate(form.slugs, deltas)


def weigh_samples(before: Explanation, students: Sequence[Student]) -> Candidate | None:
    """The right δ of the last layer, in which each sample counts a number of times; None if that gives no dW."""
    trial, last = before.trial, before.trial.depth
    right = _find_right(before, students, last)
    deltas, said = [], ""
    for delta, given, student in zip(right or (), trial.find("dW", last), students, strict=False):
        h, k = student.forward.h[last - 1], before.constant.value(student.forward.net)
        system = k * np.einsum("ui,ji->uji", delta, h).reshape(-1, h.shape[1])
        if given is None or len(system) < h.shape[1] + 2 or not np.isfinite([*given.flat, *system.flat]).all():
            return None
        weights = np.linalg.lstsq(system, given.ravel(), rcond=None)[0]
        if np.abs(system @ weights - given.ravel()).max() > 10 * trial.tolerance * np.abs(given).max():
            return None
        shown = ", ".join(f"{round(float(weight), 9) + 0.0:.3g}" for weight in weights.flat)
        said = said or f"of the {h.shape[1]} samples of a batch the first to the last count {shown} times"
        deltas.append(weights * delta)
    return Candidate(("samples-weighted",), tuple(deltas), said) if deltas else None


def _find_right(before: Explanation, students: Sequence[Student], l: int) -> tuple["Floats", ...] | None:
    if l == before.trial.depth:
        found = [find_output_delta(student.forward, before.cost) for student in students]
        right = tuple(delta for delta in found if delta is not None)
        return right if len(right) == len(found) else None
    return tuple(s.forward.net.W[l].T @ s.deltas[l + 1] * s.forward.slope[l] for s in students)


def evaluate_all(form: Form, students: Sequence[Student], l: int) -> tuple["Floats", ...] | None:
    """What a line gives in each network; None where it gives nothing in one."""
    found = tuple(form.evaluate(student, l) for student in students)
    return None if any(value is None for value in found) else found


def _evaluate_scaled(form: Form, students: Sequence[Student], l: int, k: Constant) -> tuple["Floats", ...] | None:
    """What a line that is not linear gives where the constant is in the δ above, without it in what is given."""
    factors = [k.value(student.forward.net) for student in students]
    scaled = [
        replace(student, deltas={layer: factor * delta for layer, delta in student.deltas.items()})
        for student, factor in zip(students, factors, strict=True)
    ]
    found = evaluate_all(form, scaled, l)
    return None if found is None else tuple(delta / factor for delta, factor in zip(found, factors, strict=True))
