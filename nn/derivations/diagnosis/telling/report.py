"""From judgements to the diagnosis that is handed back: a verdict for each answer, and notes on the whole."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from ...settings import Settings
from ..judging.judge import Judgement
from ..judging.submission import Judgements
from ..reading.answers import Numbers, Rule
from ..reading.declarations import write_declaration
from .advice import describe_invisible, find_invisible_mistakes, list_different_settings, make_telling_world
from .chains import describe_contradictions
from .identity import describe_identity
from .sentences import list_told, write_hints, write_sentence
from .symbols import find_lecture_line, write_quantity
from .upstream import describe_upstream
from .verdicts import Diagnosis, Verdict


def write_diagnosis(judged: Judgements, notes: Sequence[str] = (), remarks: Mapping[str, str] = MappingProxyType({}),
                    convention: bool = False) -> Diagnosis:
    """The diagnosis of all answers.

    ``notes`` come before those that are made here; ``remarks``, by quantity, end its sentence. ``convention`` if they
    were judged under one that the derivation keeps to, and that is not the lecture's.
    """
    verdicts = [make_verdict(judged, i, remarks) for i in range(len(judged.all))]
    if convention:
        verdicts = [replace(verdict, decided_by=f"convention, {verdict.decided_by}") for verdict in verdicts]
    about_inputs, telling = _describe_inputs(judged)
    submission = judged.submission
    declared = ["Judged by the lecture's conventions alone." if item == ("given", True) else
                f"Declared: {write_declaration(*item)}." for item in submission.answers.declared.items()]
    about_answers = [*describe_contradictions(judged), *describe_upstream(judged), *_describe_settings(judged)]
    return Diagnosis(submission.lecture.id, submission.settings, {verdict.quantity: verdict for verdict in verdicts},
                     (*notes, *declared, *about_answers, *about_inputs), telling)


def make_verdict(judged: Judgements, i: int, remarks: Mapping[str, str]) -> Verdict:
    """What is said of the i-th answer."""
    judgement = judged.all[i]
    answer = judgement.answer
    students = judged.students_to_tell(answer)
    where, hint = write_hints(judgement, students) if judgement.wrong else ("", "")
    form = "numbers" if isinstance(answer, Numbers) else "function" if answer.function else "formula"
    sentence = write_sentence(judgement, students, judged.all[:i])
    if judgement.wrong and answer.quantity.name in remarks:
        sentence = f"{sentence} {remarks[answer.quantity.name]}"
    return Verdict(
        answer.quantity.name, write_quantity(answer.quantity, students[0].world), judgement.right, judgement.follows,
        tuple(dict.fromkeys(slug for match in list_told(judgement, judged.all[:i]) for slug in match.slugs)), sentence,
        answer.text, _write_expected(answer, judged), form, where, hint,
        answer.read_as if isinstance(answer, Rule) else "", judgement.decided_by,
        not judgement.unjudged)


def _write_expected(answer: Rule | Numbers, judged: Judgements) -> str:
    """The lecture's line, or its numbers."""
    if isinstance(answer, Rule):
        line = find_lecture_line(answer.quantity, judged.students_for(answer)[0].world)
        return line.right if line else ""
    place = answer.quantity.places[0]
    return _format_numbers(judged.world.to_lecture(place.kind, judged.world.truth[place]))


def _format_numbers(value: object) -> str:
    if hasattr(value, "tolist"):
        value = value.tolist()
    return f"[{', '.join(map(_format_numbers, value))}]" if isinstance(value, list) else f"{value:.6g}"


def _describe_settings(judged: Judgements) -> Iterator[str]:
    """What formulas cannot show with these settings."""
    submission = judged.submission
    rules = submission.answers.rules
    unused = submission.settings.get("penalty", "") is None
    if unused and any("lam" in rule.names for rule in rules):
        yield "λ is 0 here, so no penalty was judged: give one, such as penalty = l2 and lam = 0.1."
    yield from describe_identity(judged)


def _describe_inputs(judged: Judgements) -> tuple[list[str], Settings | None]:
    """What the given inputs cannot show or tell apart, and inputs that can."""
    submission = judged.submission
    if not submission.answers.numbers:
        return [], None
    telling = make_telling_world(submission.lecture, submission.settings, judged.world.vocabulary.depth)
    hidden = find_invisible_mistakes(judged.all, judged.student, telling)
    different = list_different_settings(submission.settings, telling) if hidden or any(
        map(_is_ambiguous, judged.all)) else None
    return [describe_invisible(hidden, judged.world)] if hidden else [], different


def _is_ambiguous(judgement: Judgement) -> bool:
    """Whether several mistakes that differ elsewhere give the same numbers."""
    different = [match for match in judgement.matches if not match.mistake.same]
    return isinstance(judgement.answer, Numbers) and len(different) > 1
