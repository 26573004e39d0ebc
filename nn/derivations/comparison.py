"""Hand derivation against autodiff, quantity by quantity."""

import re
import warnings
from collections.abc import Mapping
from functools import partial
from typing import Any

from autograd_lite.internal import chosen_slope, format_number, make_label, write

from ..ground.activation_formulas import ACTIVATION_FORMULAS, LAYER_FORMULAS
from .compared import Comparison, gather_numbers, make_row, sort_lines
from .conventions import Conventions
from .lectures import LECTURES, find_lecture, is_lecture_path
from .neutral import to_lecture_form
from .recording import read_gradients, record


def compare(id: str, **settings: Any) -> Comparison:
    """Compute a lecture's derivation by hand and by automatic differentiation of the same network.

    Args:
        id: a key of ``LECTURES``, or the path of a lecture file, which ends in .toml.
        settings: the lecture's quantities by name; those of its own example where not given. A penalty of None ignores
            ``lam``.

    Raises:
        ValueError: unknown id, setting or choice (names the nearest), a number that is not finite, or shapes that do
            not fit.
        TypeError: a setting that is no number, or no array of them.
        OverflowError: a node or a gradient does not fit a float; says which.

    >>> compare("one-neuron", x=2.0, w1=0.5, b1=1.0).hand["delta1"]
    -3.0
    """
    if is_lecture_path(id):
        from .lecture_file.compare import compare_file

        return compare_file(id, **settings)
    chosen_lecture = find_lecture(id)
    chosen = chosen_lecture.resolve(settings)
    conventions, problem = chosen_lecture.conventions(chosen), chosen_lecture.problem(chosen)
    recording = record(problem, conventions)
    autodiff, *bounds = (to_lecture_form(neutral, conventions)
                         for neutral in read_gradients(recording, problem, conventions))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # NumPy's: what overflows is said below, in the lecture's words
        entries = chosen_lecture.by_hand(chosen)
    rows = [make_row(entry, *map(entry.of, (autodiff, *bounds))) for entry in entries]
    notes = (_delta_note(conventions, len(problem.inputs)),
             *_activation_notes(chosen_lecture.activations(chosen), conventions),
             *chosen_lecture.notes(chosen, entries))
    results = tuple(chosen_lecture.results(chosen, entries))
    by_hand = gather_numbers((entry, entry.value) for entry in entries)
    return Comparison(id, chosen, by_hand, autodiff, tuple(sort_lines(rows)), notes + results,
                      tuple(chosen_lecture.equations(chosen)), chosen_lecture.letters, tuple(chosen_lecture.readings),
                      results=results)


def compare_all() -> dict[str, Comparison]:
    """The comparison of every lecture, and of every variant that a lecture treats: name -> comparison.

    >>> all(comparison.agrees for comparison in compare_all().values())
    True
    """
    found = {}
    for id, chosen_lecture in LECTURES.items():
        found[id] = compare(id)
        found |= {f"{id}, {name}": compare(id, **settings) for name, settings in chosen_lecture.variants.items()}
    return found


def _delta_note(conventions: Conventions, samples: int) -> str:
    """What δ is in this lecture's letters; its sign s and its factor 1/α where they are not both 1."""
    u, cost, a = conventions.pre, conventions.cost, conventions.post
    rule = f"In δ = s·(∂{cost}/∂{u})/α, which holds in every lecture, s is the sign and 1/α the factor of the lecture:"
    if conventions.mean and (samples > 1 or conventions.form == "matrices"):
        return (f"δ = N·∂{cost}/∂{u}, N = {samples}: the engine's gradient at the pre-activation, of a cost that is "
                f"a mean over the samples, is δ/N, for δ belongs to one sample alone. {rule} s = 1 and α = 1/N here.")
    if conventions.sign < 0:
        return (f"δ = −∂{cost}/∂{u}, minus the engine's gradient at the pre-activation: it starts with y − {a}. So "
                f"the gradients of the weights are −δ{a}, and the update adds ηδ{a}. {rule} s = −1 and α = 1 here.")
    return f"δ is the gradient at the pre-activation: δ = ∂{cost}/∂{u}."


def _activation_notes(activations: Mapping[int, str], conventions: Conventions) -> list[str]:
    """What each σ and its derivative are, as they were used by hand."""
    notes: list[str] = []
    for layer, name in activations.items():
        scalar = conventions.form == "scalars"
        sigma = make_label(conventions.activation, layer) if scalar else conventions.activation
        if name in LAYER_FORMULAS:
            a, z = make_label(conventions.post, "j"), make_label(conventions.pre, "j")
            letters = {letter: partial(make_label, given) for letter, given in
                       (("a", conventions.post), ("z", conventions.pre))}
            notes.append(f"The output is {name}: {a} = {write(LAYER_FORMULAS[name].value, letters)}, over the units of "
                         f"the layer, so ∂{conventions.post}ₖ/∂{z} is not 0 for k ≠ j either: it is "
                         f"{a}·(1 − {a}) for k = j, and −{conventions.post}ₖ·{a} for k ≠ j.")
            continue
        if conventions.by_layer:
            sigma = make_label(sigma, layer=conventions.over(conventions.number(layer), max(activations)))
        formula, names = ACTIVATION_FORMULAS[name], {"z": conventions.pre, "a": conventions.post}
        shown = ""
        if "a" in re.findall(r"\w+", formula.derivative):
            shown = f" with {conventions.post} = {sigma}({conventions.pre})"
        note = (f"{sigma} is the {name}: {sigma}({conventions.pre}) = {write(formula.value, names)}, "
                f"{sigma}′({conventions.pre}) = {write(formula.derivative, names)}{shown}.")
        chosen = chosen_slope(name)
        if chosen is not None:
            note += f" At {conventions.pre} = 0 it has no derivative; {format_number(chosen)} is chosen there."
        notes += [] if note in notes else [note]
    return notes
