"""``check`` of a derivation in the notation of a lecture file: what its diagnosis has beside that of a built-in one."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from ...ground.files import read_bytes
from ..lecture_file.critique import Alarm, find_alarm, make_worlds
from ..lecture_file.display import Display
from ..lecture_file.evaluation import UnreadableError
from ..lecture_file.explain import explain_alarm
from ..lecture_file.reading import read_lecture
from ..settings import Settings
from .judging.circles import ITSELF
from .judging.submission import Judgements
from .own_lecture.entries import find_quantity
from .own_lecture.forms import find_alarm_of, name_by_repair
from .own_lecture.lecture import OwnLecture
from .own_lecture.submission import FileSubmission, describe_example, read_file_submission
from .reading.answers import Given
from .telling.report import make_verdict
from .telling.verdicts import Diagnosis, Verdict


def read_own(path: str, derivation: Mapping[str, Given], settings: Settings) -> FileSubmission:
    """What was handed in for the lecture in a file.

    Raises:
        ValueError: another setting than ``seed``, no lecture, or what ``read_file_submission`` raises.
    """
    other = [name for name in settings if name != "seed"]
    if other:
        raise ValueError(f"{other[0]}: the numbers of a lecture file stand in its [example]; seed draws others")
    return read_file_submission(_read(path, read_bytes(path)), derivation, settings.get("seed"))


def read_quantity(path: str, name: str) -> list[tuple[str, int | None]]:
    """The kinds and layers that a name of a quantity covers in the lecture in a file.

    Raises:
        ValueError: no lecture, or no quantity of it.
    """
    return find_quantity(_read(path, read_bytes(path)), name)


@lru_cache(8)
def _read(path: str, _: bytes) -> OwnLecture:
    """The lecture in a file with that content: with its generic inputs it is worked out once for a class of answers."""
    return OwnLecture(read_lecture(path))


def complete_diagnosis(diagnosis: Diagnosis, judged: Judgements) -> Diagnosis:
    """The diagnosis with lines about what is given, and single changes that repair lines of no known mistake."""
    submission = judged.submission
    assert isinstance(submission, FileSubmission)  # noqa: S101 - the others are complete
    verdicts = dict(diagnosis.verdicts)
    for i, judgement in enumerate(judged.all):
        name = judgement.quantity.name
        if not judgement.wrong or judgement.matches or judgement.failed.startswith(ITSELF):
            continue
        judged.all[i] = name_by_repair(judgement, submission)
        if judged.all[i].matches:
            verdicts[name] = make_verdict(judged, i, {})
        else:
            alarm = find_alarm_of(submission, judgement)
            if alarm is not None:
                verdicts[name] = _tell_change(verdicts[name], alarm)
    inputs = {name: _judge_input(submission, name) for name in submission.inputs}
    return replace(diagnosis, verdicts=inputs | verdicts, settings=describe_example(submission), telling=None)


def _tell_change(verdict: Verdict, alarm: Alarm) -> Verdict:
    """The verdict with the sort of the single change that repairs the line; as it is where none does."""
    if not alarm.sort:
        return verdict
    return replace(verdict, mistakes=(alarm.sort,), sentence=f"{verdict.symbol}: {alarm.sentence}",
                   hint=f"Look at {verdict.symbol}: {alarm.sort}.", decided_by=f"change {alarm.sort}")


def _judge_input(submission: FileSubmission, name: str) -> Verdict:
    """The verdict on a line about what is given, such as a[0] = x, of which no mistake is known."""
    file, (statement, text) = submission.own.file, submission.inputs[name]
    display, worlds = Display(file.notation), make_worlds(file)
    symbol, given = display.write(statement.left), text.partition(" = ")[2] or text
    try:
        alarm = find_alarm(statement, worlds, file.template)
    except UnreadableError as error:
        raise ValueError(f"{name}: {error}") from None
    if alarm is None:
        return Verdict(name, symbol, True, False, (), f"{symbol} is right.", given, given, "formula",
                       decided_by="value")
    alarm = explain_alarm(alarm, worlds, file.template)
    sorts = (alarm.sort,) if alarm.sort else ()
    return Verdict(name, symbol, False, False, sorts, f"{symbol}: {alarm.sentence}", given,
                   file.notation.letters["input"], "formula", f"Look at {symbol}.",
                   f"Look at {symbol}: {alarm.sort or 'another line'}.",
                   decided_by=f"change {alarm.sort}" if alarm.sort else "unknown")
