"""The corpus of lecture files: every mistake of the catalogue in every line of a file where it shows."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from corpus.file_writer import list_planted
from nn.derivations import check
from nn.derivations.diagnosis.judging.catalogue import Mistake
from nn.derivations.lecture_file.lecture import LectureFile
from nn.derivations.lecture_file.reading import read_lecture
from nn.derivations.lines import Line

EXAMPLES = Path(__file__).parent.parent.parent / "examples" / "lectures"
FOREIGN = Path(__file__).parent.parent / "lectures"


def list_files() -> list[Path]:
    """The shipped files, and those in foreign letters."""
    return [*sorted(EXAMPLES.glob("*.toml")), *sorted(FOREIGN.glob("*.toml"))]


@dataclass(frozen=True)
class FileCase:
    """A derivation in which one line is wrong."""

    path: Path
    mistake: Mistake
    line: Line
    text: str

    @property
    def lines(self) -> dict[str, str]:
        """All lines of the general statement, this one in its place."""
        file = read_lecture(self.path)
        left, right = self.text.split(" = ", 1)
        others = dict(statement.text.split(" = ", 1) for statement in file.template)
        return {**{name: text for name, text in others.items() if not _is_given(file, name)}, left: right}


def _is_given(file: LectureFile, left: str) -> bool:
    return bool(re.match(rf"{file.notation.names['post']}\[[^\]]*\b{file.notation.input_layer}\b", left))


@dataclass
class FileFigures:
    """Counts of outcomes, and what is to be told."""

    counts: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)


def list_cases(paths: Sequence[Path]) -> Iterator[FileCase]:
    """Every case of these files."""
    for path in paths:
        seen = set()
        for mistake, line, text in list_planted(read_lecture(path)):
            if (mistake.slug, text) not in seen:
                seen.add((mistake.slug, text))
                yield FileCase(path, mistake, line, text)


def list_own_wrong(path: Path) -> list[str]:
    """The lecture's own lines, and those of the general statement, that ``check`` does not call right."""
    file = read_lecture(path)
    return [name for statements in (file.statements, file.template) if statements
            for name, verdict in check(str(path), {"lines": "\n".join(line.text for line in statements)}).verdicts.items()
            if not verdict.right]


def examine(cases: Sequence[FileCase]) -> FileFigures:
    """How many cases ``check`` named, misnamed or missed, how many lines are right as planted, and how many right lines it accused."""
    found = FileFigures()
    for case in cases:
        left = case.text.split(" = ", 1)[0]
        try:
            diagnosis = check(str(case.path), case.lines)
        except ValueError as error:
            found.counts["refused"] += 1
            found.told.append(f"{case.path.stem}: {case.mistake.slug}: {case.text}\n    REFUSED {error!r}")
            continue
        verdict = diagnosis.verdicts[left]
        others = [name for name, other in diagnosis.verdicts.items() if other.wrong and name != left]
        outcome = "missed" if verdict.right or not verdict.judged else "named" if (
            case.mistake.slug in verdict.mistakes) else "misnamed"
        found.counts[outcome] += 1
        found.counts["accused"] += bool(others)
        if outcome != "named" or others:
            found.told.append(f"{case.path.stem}: {case.mistake.slug}: {case.text}\n    {outcome} {verdict.mistakes} {others}: "
                              f"{verdict.sentence}{' '.join(diagnosis.notes)}")
    return found
