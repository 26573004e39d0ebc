"""What a critical reading of a lecture found: alarms, lines not read, conventions, another declaration."""

from dataclasses import dataclass
from os import PathLike
from typing import Any

from .compare import describe_conventions
from .critique import Alarm, list_alarms, make_worlds
from .declarations import describe_range, find_declaration
from .explain import explain_alarm
from .lecture import LectureFile, Unread
from .reading import read_lecture


@dataclass(frozen=True)
class Critique:
    """What was found in a lecture.

    Attributes:
        lecture: it.
        alarms: the lines that contradict what the file declares, each with a sentence.
        unread: the lines that could not be read, or that say nothing here, and why.
        conventions: what the file declares, and for which activations and costs its lines hold.
        declaration: the one other declaration with which every alarm vanishes; empty if there is none.
    """

    lecture: LectureFile
    alarms: tuple[Alarm, ...]
    unread: tuple[Unread, ...]
    conventions: tuple[str, ...]
    declaration: str

    @property
    def right(self) -> bool:
        """Whether every line was read and raised no alarm."""
        return not self.alarms and not self.unread

    @property
    def count(self) -> int:
        """How many lines the file has."""
        return len([*self.lecture.statements, *self.lecture.unread, *self.lecture.abbreviations])

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain data."""
        return {
            "lecture": self.lecture.id,
            "title": self.lecture.title,
            "lines": self.count,
            "right": self.right,
            "alarms": [
                {"line": alarm.statement.number, "text": alarm.statement.text, "sentence": alarm.sentence}
                for alarm in self.alarms
            ],
            "unread": [{"line": line.number, "text": line.text, "reason": line.reason} for line in self.unread],
            "declaration": self.declaration,
            "conventions": list(self.conventions),
        }


def read_critically(lecture: "LectureFile | str | PathLike[str]") -> Critique:
    """Evaluate every line of a lecture on generic numbers, with the true value of everything else.

    Raises:
        ValueError: the file is no lecture; OSError: it cannot be read.

    >>> read_critically("examples/lectures/softmax_rows.toml").right
    True
    """
    read = lecture if isinstance(lecture, LectureFile) else read_lecture(lecture)
    worlds = make_worlds(read)
    alarms, silent = list_alarms(read, worlds)
    unread = [*read.unread, *(Unread(statement.number, statement.text, reason) for statement, reason in silent)]
    declaration = find_declaration(read, len(silent)) if alarms else ""
    explained = tuple(explain_alarm(alarm, worlds, read.all_lines) for alarm in alarms)
    conventions = describe_conventions(read)
    conventions += describe_range(read, [line for line, _ in silent]) if not alarms and read.statements else []
    return Critique(
        read, explained, tuple(sorted(unread, key=lambda line: line.number)), tuple(conventions), declaration
    )
