"""A diagnosis in the terminal: a table of quantities, a sentence to the student, and hints that come before it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from autograd_lite.internal import make_label
from nn.derivations import LECTURES, CodeVerdict, Diagnosis, Lecture, Verdict

from ..comparison import format_settings
from ..console import make_console
from ..tables import Cell, Column, Table, print_table
from .marks import Marking, describe_error, format_points, name_mistakes

if TYPE_CHECKING:
    from rich.console import Console

LEVELS = ("where", "what kind", "which")
"""What each level of hints says."""

_READ_AS = "read as"  # a column that is there where something was read otherwise than it was written
COLUMNS = (Column("quantity", "symbol"), Column("verdict", "symbol"), Column("expected", "formula"),
           Column("given", "formula"), Column(_READ_AS, "formula"), Column("mistake", "symbol"))
_OF_THE_ANSWER = ("expected", "mistake")  # columns that hints leave out
_SUMMARY = (Column("file"), Column("points", "number"), Column("first wrong", "symbol"), Column("mistakes"))


def print_diagnosis(diagnosis: Diagnosis, console: "Console | None" = None, hints: int = len(LEVELS)) -> None:
    """Print what ``check`` found: a table, then sentences about what is not right.

    Args:
        diagnosis: what ``check`` returned.
        console: where to print; the terminal if None.
        hints: 1 says where the mistakes are, 2 of what kind, 3 which, and shows what is expected.
    """
    console = console or make_console()
    console.print(make_checked_heading(diagnosis), style="bold", markup=False)
    if any(verdict.form == "numbers" for verdict in diagnosis.verdicts.values()):
        for line in format_settings(diagnosis):
            console.print(line, markup=False)
    full = hints >= len(LEVELS)
    print_table(make_table(diagnosis, answers=full), console)
    for sentence in list_sentences(diagnosis, hints):
        console.print(sentence, markup=False)
    if full and diagnosis.telling:
        lines = list_telling_lines(diagnosis)
        console.print(f"\n{introduce_telling(lines)}", markup=False)
        for line in lines:
            console.print(f"  {line}", markup=False, soft_wrap=True)


def make_checked_heading(diagnosis: Diagnosis, name: str = "your derivation") -> str:
    """What was checked: the lecture with its activation functions, and ``name``, such as a file."""
    lecture = LECTURES.get(diagnosis.lecture)
    if lecture is None:
        return f"{diagnosis.lecture}: {name}"
    return f"{lecture.title}, {_list_activations(diagnosis, lecture)}: {name}"


def _list_activations(diagnosis: Diagnosis, lecture: Lecture) -> str:
    """``σ₁ = sigmoid, σ₂ = identity``; of a network ``σ = sigmoid``, or ``f = sigmoid, then identity``."""
    settings = diagnosis.settings
    conventions = lecture.conventions(settings)
    names = settings.get("activations") or (settings["activation"],)
    if conventions.form == "scalars":
        return ", ".join(f"{make_label(conventions.activation, l)} = {name}" for l, name in enumerate(names, start=1))
    return f"{conventions.activation} = {', then '.join(names)}"


def verdict_word(verdict: Verdict | CodeVerdict) -> str:
    """The verdict in one word."""
    if not verdict.judged:
        return "not judged"
    return "right" if verdict.right else "follows" if verdict.follows else "wrong"


def make_table(diagnosis: Diagnosis, answers: bool = True, marks: Mapping[str, str] = MappingProxyType({})) -> Table:
    """A row for each verdict, for a terminal or for HTML.

    Args:
        answers: whether to show what is expected and which mistake was made.
        marks: verdict in one word -> a sign that stands before it.
    """
    rows: list[list[Cell | str]] = []
    for verdict in diagnosis.verdicts.values():
        word = verdict_word(verdict)
        mistake = "\n".join(verdict.mistakes) or ("unknown" if verdict.wrong else "")
        rows.append([verdict.symbol, Cell(f"{marks.get(word, '')} {word}".strip(), word), verdict.expected,
                     verdict.given, verdict.read_as, mistake])
    read_as = () if any(verdict.read_as for verdict in diagnosis.verdicts.values()) else (_READ_AS,)
    return Table(COLUMNS, rows).leave_out(read_as if answers else (*read_as, *_OF_THE_ANSWER))


def list_sentences(diagnosis: Diagnosis, hints: int = len(LEVELS)) -> list[str]:
    """Sentences for the student: wrong quantities, those not judged, those that follow, the whole derivation."""
    found = [{1: verdict.where, 2: verdict.hint}.get(hints, verdict.sentence)
             for verdict in diagnosis.verdicts.values() if verdict.wrong]
    found += [verdict.sentence for verdict in diagnosis.verdicts.values() if not verdict.judged]
    if hints > 1:
        found += _describe_following(diagnosis)
    count = len(diagnosis.verdicts)
    if not found:
        found = [f"All {count} quantities are right." if count > 1 else "It is right."]
    return [*found, *(diagnosis.notes if hints > 1 else ())]


def _describe_following(diagnosis: Diagnosis) -> list[str]:
    """What follows from earlier lines, those from the same line in one sentence."""
    by_source: dict[str, list[str]] = {}
    for verdict in diagnosis.verdicts.values():
        if verdict.follows:
            by_source.setdefault(verdict.sentence.replace(verdict.symbol, "", 1), []).append(verdict.symbol)
    return [f"{', '.join(symbols)}{said if len(symbols) == 1 else said.replace(' follows', ' follow', 1)}"
            for said, symbols in by_source.items()]


def introduce_telling(lines: Sequence[str]) -> str:
    """What to do with the inputs on which mistakes differ."""
    give = "these options" if lines[0].startswith("--") else "--settings and a file of these lines"
    return f"Inputs that tell mistakes apart. Calculate your numbers again with them, and check with {give}:"


def list_telling_lines(diagnosis: Diagnosis) -> list[str]:
    """Inputs on which mistakes differ, as lines of a file for ``--settings``, or as options where they are short."""
    lecture = LECTURES[diagnosis.lecture]
    known = {setting.name: setting for setting in lecture.settings}
    shown = {name: known[name].format_value(known[name].check_value(value))
             for name, value in (diagnosis.telling or {}).items()}
    if all("[" not in text for text in shown.values()):
        return [" ".join(f"--{name} {text}" for name, text in shown.items())]
    return [f"{name} = {text if text[:1] in '[-0123456789' else repr(text)}" for name, text in shown.items()]


def print_summary_of(diagnoses: Mapping[str, Diagnosis | Exception], marking: Marking, console: "Console") -> None:
    """Print a line for each file with its points, and how often each mistake was made."""
    quantities = marking.list_quantities(diagnoses.values())
    whole = format_points(sum(map(marking.find_worth, quantities)))
    rows: list[list[Cell | str]] = []
    for name, found in diagnoses.items():
        if isinstance(found, Exception):
            rows.append([name, "", Cell("cannot be read", "unreadable"), describe_error(name, found)])
            continue
        points = format_points(sum(mark.points for mark in marking.count_marks(found, quantities)))
        first = found.verdicts[found.first_wrong].symbol if found.first_wrong else ""
        told = "; ".join(name_mistakes(verdict) for verdict in found.verdicts.values() if verdict.wrong)
        rows.append([name, f"{points} of {whole}", Cell(first, "wrong"), told])
    print_table(Table(_SUMMARY, rows), console)
    for line in write_tally(diagnoses):
        console.print(line, markup=False)


def write_tally(diagnoses: Mapping[str, Diagnosis | Exception]) -> Sequence[str]:
    """How many files are right, and each mistake with the number of files that have it."""
    found = [d for d in diagnoses.values() if isinstance(d, Diagnosis)]
    made = [dict.fromkeys(slug for verdict in one.verdicts.values() if verdict.wrong
                          for slug in verdict.mistakes or ("unknown",)) for one in found]
    counts = Counter(slug for slugs in made for slug in slugs)
    lines = [f"{sum(d.right for d in found)} of {len(diagnoses)} are right"
             + (f", {len(diagnoses) - len(found)} cannot be read" if len(found) < len(diagnoses) else "") + "."]
    return [*lines, *(f"{count:>4} × {slug}" for slug, count in counts.most_common())]
