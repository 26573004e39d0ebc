"""From a judgement to the diagnosis that is handed back: arrays, penalty, probes, and what else there is to say."""

from dataclasses import replace
from typing import TYPE_CHECKING

from ....ground import late_numpy as np
from ..comparing.penalties import PenaltyFound, find_penalty
from ..comparing.probes import Found, probe_batches, probe_itself, probe_samples
from ..comparing.reference import OWN
from ..judging.explanation import Explanation
from ..judging.judgement import Judgement
from ..judging.mistakes import find_mistake
from ..judging.own_functions import find_misfit
from ..running.program import Program
from .result import COUNTED, CodeDiagnosis, CodeVerdict, ReadConventions
from .telling import join_sentences, note_undecided, put_first, read_conventions, right_verdicts, write_verdicts
from .unknown import describe_form, describe_unknown, judge_by_numbers
from .words_of_layer import UPDATE_LINES

if TYPE_CHECKING:
    from ..running.trials import Trial

Verdicts = dict[str, CodeVerdict]


def write_diagnosis(found: Judgement) -> CodeDiagnosis:
    """The diagnosis of a program that runs."""
    trial = found.trial
    assert trial is not None  # noqa: S101 - there are trials
    probes = list(probe_itself(found.program, trial))
    penalty = PenaltyFound("", found.penalty_mistakes)
    if found.program.takes_lam and not any(probe.slug == "random-gradient" for probe in probes):
        penalty = find_penalty(found.program, trial, found.slope, found.wanted.penalty, found.confirmed is True)
    notes = []
    if found.program.has_cost and found.slope is None:
        said = found.program.describe_cost(trial.layout, trial.nets[0])
        notes.append(f"Your cost was not used, for it {said}; it must return one number.")
    if found.program.takes_lam and found.slope is not None and not found.program.cost_takes_lam:
        notes.append("gradients takes lam and your cost does not, so the penalty was not compared with your cost: give "
                     "cost the parameter lam too, and add the penalty there.")
    return (_write_right if found.right else _write_wrong)(found, trial, probes, penalty, notes)


def _write_right(
    found: Judgement, trial: "Trial", probes: list[Found], penalty: PenaltyFound, notes: list[str]) -> CodeDiagnosis:
    reading = found.reading
    conventions = ReadConventions(str(trial.layout))
    if reading is not None:
        added = found.penalty or penalty.text
        conventions = read_conventions(trial, reading.activations, reading.cost, reading.constant, added)
        if not _keeps_state(probes):
            probes += probe_samples(found.program, reading)
        if not found.confirmed:
            notes += note_undecided(reading, bool(added) and not penalty.mistakes)
        if found.clipped:
            notes.append("Where an output is nearly 0 or 1, your cost is cut off, as np.clip does it, and has the "
                         "derivative 0 there; everywhere else the gradients are its derivative.")
        if found.epsilon:
            notes.append(f"Your cost has ε = {found.epsilon:g} inside its logarithm; but for it, the gradients are its "
                         "derivative. Computed from the pre-activations, a cross-entropy needs no ε.")
    else:
        notes.append("The activations and the cost were not recognised; the gradients are the numerical derivative of "
                     "the program's own cost.")
    return _finish(found, conventions, right_verdicts(trial) | find_wrong_shapes(trial), probes, penalty, notes)


def _write_wrong(
    found: Judgement, trial: "Trial", probes: list[Found], penalty: PenaltyFound, notes: list[str]) -> CodeDiagnosis:
    explanation = found.explanation
    if explanation is None or found.unread:
        verdicts = _judge_form(trial)
        for name, slug in ((name, slug) for name, slug in found.unusable.items() if slug):
            said = f"{name} is 0 in every entry; a gradient is so only where nothing depends on it."
            verdicts[name] = CodeVerdict(name, False, False, (slug,), said, f"Look at {name}.")
        if found.slope and found.agreeing is not None:
            verdicts = judge_by_numbers(found.program, trial, found.slope, found.agreeing) or verdicts
        names = explanation.activations if explanation and "activations" not in found.unread else ()
        read = ReadConventions() if found.unusable else ReadConventions(str(trial.layout), names)
        return _finish(found, read, verdicts, probes, penalty, notes)
    hidden = found.known.text if found.known else found.penalty
    constant = found.known.reading.constant if found.known else explanation.meant
    conventions = read_conventions(trial, explanation.activations, explanation.cost, constant, hidden or penalty.text)
    if found.known is None and explanation.cost == OWN:
        conventions = replace(conventions, constant="")
    verdicts = _add_wrong_shapes(write_verdicts(explanation, found.program, found.agreeing), trial)
    if not _keeps_state(probes):
        probes += probe_batches(found.program, trial)
    if found.skipped and explanation.unknown:
        notes.append(f"Not searched, so that it takes no longer: {', '.join(found.skipped)}.")
    return _finish(found, conventions, verdicts, probes, penalty, notes)


def _judge_form(trial: "Trial") -> Verdicts:
    """A verdict for each array where no numbers are judged: wrong if its shape is, or if an entry is inf or nan."""
    found: Verdicts = {}
    for name in trial.list_arrays():
        wrong = describe_form(trial, name)
        if wrong and not any(verdict.sentence.endswith("nan).") for verdict in found.values()):  # they spread
            found[name] = CodeVerdict(name, False, False, (), wrong, f"Look at {name}.")
        else:
            found[name] = CodeVerdict(name, False, False, (), f"{name} is not judged.", judged=False)
    return found


def _ask_for(found: Judgement) -> str:
    """What to give where no array can be judged, or none by name."""
    if found.slope:
        return ("An activation or the cost is none of the table, so each array was compared with the numerical "
                "derivative of your cost, and no mistake was looked for by its name.")
    forward = "" if found.program.has_forward else "forward, or "
    asks = {"cost": "cost(W, b, X, Y), with which every array can be judged",
            "activations": f"{forward}the activations (--activations)"}
    given = [ask for what, ask in asks.items() if what in found.unread]
    return (f"No array is judged: none is right with any {' and '.join(found.unread)} of the table, and none of the "
            f"common mistakes explains the last layer. Give {'; or '.join(given)}.")


def _describe_nearest(found: Explanation, program: Program) -> str:
    """What can be said of a last layer that nothing explains: what follows from it, and how far the nearest cost is."""
    first = f"dW[{found.trial.depth}]"
    misfit = find_misfit(program, found, found.trial.depth)
    said = [f"The first array that does not follow from the δ that is in {first} is {misfit}."] if misfit else []
    if misfit == "":
        said = [f"All other arrays follow from the δ that is in {first}, so look at its line."]
    if found.unknown:
        read = replace(read_conventions(found.trial, found.activations, found.cost, found.constant), layout="")
        said.append(f"The nearest of the table is {read}: if you mean that, {describe_unknown(found, first, program)}")
    return " ".join(said)


def _keeps_state(probes: list[Found]) -> bool:
    """Whether a second call gives something else, which hides what a smaller batch would show."""
    return any(probe.slug in ("random-gradient", "not-reset", "state-kept") for probe in probes)


def _add_wrong_shapes(verdicts: Verdicts, trial: "Trial") -> Verdicts:
    """The verdicts with a shape that is wrong beside numbers that are, or that follow from what is above."""
    found = dict(verdicts)
    for name, shape in find_wrong_shapes(trial).items():
        before = found[name]
        if not before.wrong:
            found[name] = shape
        elif before.mistakes and not {"bias-not-summed", "summed-over-units-too", "bias-axis"} & set(before.mistakes):
            both = f"{before.sentence} {shape.sentence}"
            found[name] = replace(before, mistakes=before.mistakes + shape.mistakes, sentence=both)
    return found


def find_wrong_shapes(trial: "Trial") -> Verdicts:
    """Arrays with the right numbers in a shape with which b − η·db has not the shape of b."""
    found = {}
    mistake = find_mistake("bias-shape")
    for name in trial.wrong_shapes:
        l = int(name[3:-1])
        raw, wanted = trial.given[0].raw_b[l - 1], trial.layout.give_biases(trial.nets[0])[l - 1]
        if raw is None or wanted is None:
            continue
        try:
            spread: tuple[int, ...] = np.broadcast_shapes(raw.shape, wanted.shape)
        except ValueError:
            spread = ()
        if spread != wanted.shape:
            words = {"array": name, "given": raw.shape, "wanted": wanted.shape, "spread": spread or "no"}
            hint = f"Look at {name}: {mistake.hint}."
            text = mistake.says.format(**words)
            found[name] = CodeVerdict(name, False, False, (mistake.slug,), text, f"Look at {name}.", hint)
    return found


def _finish(
    found: Judgement, conventions: ReadConventions, verdicts: Verdicts, probes: list[Found], penalty: PenaltyFound,
    notes: list[str],
) -> CodeDiagnosis:
    """Put together arrays, penalty and probes."""
    for kind, order in zip(("dW", "db"), found.program.orders, strict=True):
        if order:
            verdicts = _add_mistake(verdicts, "arrays-out-of-order", f"{kind}[{found.depth}]", {"detail": order})
    for name, power in found.program.rates.items():
        verdicts = _add_mistake(verdicts, "rate-twice" if power else "rate-missing", name, {})
    for slug, name, words in penalty.mistakes:
        verdicts = _add_mistake(verdicts, slug, name, words)
    slugs = [slug for verdict in verdicts.values() for slug in verdict.mistakes]
    more, hints = [], []
    for probe in probes:
        if not probe.slug:
            notes.append(probe.words["note"])
            continue
        mistake = find_mistake(probe.slug)
        slugs.append(probe.slug)
        hints.append(mistake.hint)
        more.append(mistake.says.format(**probe.words))
    wrong = [verdict for verdict in verdicts.values() if verdict.wrong]
    right = found.right and not slugs and not wrong
    first = next((verdict.array for verdict in wrong), None)
    if found.unread and (found.slope or not wrong):
        more += [_ask_for(found), *([_describe_nearest(found.nearest, found.program)] if found.nearest else [])]
    sentence = join_sentences(conventions, list(verdicts.values()), more)
    if right:
        certain = found.confirmed is True and (found.program.cost_takes_lam or not found.program.takes_lam)
        said = f"Right. {sentence}"
        return CodeDiagnosis(True, conventions, verdicts, (), said, None, tuple(notes), certain=certain)
    besides = _ask_for(found) if found.unread else "Look at what the program does besides the gradients."
    where = f"Look at {first}." if first else besides
    kind = wrong[0].hint if wrong and wrong[0].hint else f"Look for {', '.join(hints)}." if hints else where
    named = tuple(dict.fromkeys(slugs))
    if first:
        notes, where, kind = [*notes, COUNTED], f"{where} {COUNTED}", f"{kind} {COUNTED}"
    return CodeDiagnosis(False, conventions, verdicts, named, sentence, first, tuple(notes), (where, kind))


def _add_mistake(verdicts: Verdicts, slug: str, name: str, words: dict[str, str]) -> Verdicts:
    name = name or next(iter(verdicts))
    mistake, before = find_mistake(slug), verdicts[name]
    usual = {"array": name[:2], "penalty_rule": words.get("detail", ""), "eta": "η", "cost": "C",
             "update_line": UPDATE_LINES[name[:2]]}
    text = put_first(name, mistake.says.format(**{**usual, **words}))
    changed = replace(
        before, right=False, follows=False, mistakes=(*before.mistakes, slug),
        sentence=f"{before.sentence} {text}" if before.wrong else text,
        where=before.where or f"Look at {name}.",
        hint=before.hint or f"Look at {name}: {mistake.hint}.",
    )
    return {**verdicts, name: changed}
