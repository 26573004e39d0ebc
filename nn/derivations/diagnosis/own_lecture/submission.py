"""Read what was handed in for a lecture file: lines in its notation, and numbers of its example or of a worksheet."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from autograd_lite.internal import quote

from ...lecture_file.compare import describe_settings
from ...lecture_file.critique import draw_numbers, find_alarm, list_numbered_layers, make_worlds
from ...lecture_file.evaluation import UnreadableError
from ...lecture_file.grammar import Statement
from ...lecture_file.lecture import LectureFile
from ...lecture_file.problem import Example
from ...lectures.layered import Place
from ...settings import Settings
from ..judging.inputs import World
from ..judging.student import Student
from ..judging.submission import Submission, check_declared
from ..reading.answers import Answers, Given
from ..reading.declarations import read_declarations
from ..reading.vocabulary import Quantity
from .entries import read_numbers, sort_entries
from .lecture import ANY_DEPTH, OwnLecture
from .student import FileAnswers, FileRule, FileStudent
from .world import FileWorld


@dataclass(frozen=True)
class FileSubmission(Submission):
    """A submission in the notation of a file.

    Attributes:
        inputs: lines about what is given, such as a[0] = x, which no diagnosis is about: name -> line and its text.
        example: the numbers that numbers are judged on.
    """

    inputs: Mapping[str, tuple[Statement, str]] = field(default_factory=dict)
    example: Example | None = None

    @property
    def own(self) -> OwnLecture:
        """The lecture."""
        return self.lecture  # type: ignore[return-value]  # it is made with one

    def make_student(self, world: World, answers: Answers, generic: bool) -> Student:
        return FileStudent(world, answers, generic)  # type: ignore[arg-type]  # a FileWorld

    def in_lecture(self, file: LectureFile) -> "FileSubmission":
        """The same in another form of its lecture."""
        return make_submission(self.own.in_form(file), self.derivation, self.example)


def read_file_submission(lecture: OwnLecture, derivation: Mapping[str, Given],
                         seed: int | None = None) -> FileSubmission:
    """What was handed in; ``seed`` draws other numbers, as those of a worksheet.

    Raises:
        ValueError: it names no quantity of the lecture, is no line, or has another shape; TypeError: a function.
    """
    if not isinstance(derivation, Mapping):
        raise TypeError(f"a derivation must map quantities to lines or numbers, not be {type(derivation).__name__}")
    example = draw_numbers(lecture.file, seed) if seed is not None else lecture.file.example
    return make_submission(lecture, derivation, example)


def make_submission(lecture: OwnLecture, derivation: Mapping[str, Given], example: Example | None) -> FileSubmission:
    """A derivation as answers that can be judged, in one form of its lecture."""
    file = lecture.file
    given = dict(derivation)
    declared = read_declarations(given.pop("conventions", ()))
    lines, numbers = sort_entries(file, given)
    if not lines and not numbers:
        raise ValueError("there is nothing to check: give at least one line, such as "
                         f"{quote(file.template[-1].text)}, or a number")
    if numbers:
        example = example or file.require_example()
    settings = lecture.settings_of(example or lecture.probe(lecture.depth).example)
    depth = _find_depth(lecture, [statement for statement, _ in lines.values()], bool(numbers))
    rules, inputs = [], {}
    for name, (statement, text) in lines.items():
        places = _locate(lecture, name, statement, depth)
        if places:
            fixed = bool(list_numbered_layers(file.notation, [statement])) or lecture.fixed_depth is not None
            rules.append(FileRule(Quantity(name, places, _is_general(file, statement)), _find_right(text),
                                  batch=True, numbered=fixed, statement=statement))
        else:
            inputs[name] = (statement, text)
    world = FileWorld(lecture, settings, lecture.declared)
    found = tuple(read_numbers(lecture, world, numbers)) if numbers else ()
    check_declared(declared, lecture, settings)
    base = replace(lecture.declared, **declared) if declared else lecture.declared
    return FileSubmission(lecture, settings, derivation, FileAnswers(tuple(rules), found, declared), base,
                          inputs, example)


def _find_depth(lecture: OwnLecture, statements: list[Statement], numbers: bool) -> int:
    """The depth of the network that lines are about. Raises ValueError for a layer that the example does not have."""
    file = lecture.file
    numbered = list_numbered_layers(file.notation, statements)
    if file.example is not None and max(numbered, default=0) > lecture.depth:
        number = file.notation.number("pre", max(numbered))
        raise ValueError(f"there is no layer {number}: the example has {lecture.depth} layers")
    return lecture.depth if numbers or any(numbered) or lecture.fixed_depth is not None else ANY_DEPTH


def _find_right(text: str) -> str:
    return text.partition(" = ")[2] if " = " in text else text


def _is_general(file: LectureFile, statement: Statement) -> bool:
    """Whether a line holds for any layer, or for the last one whatever its number, as that of the cost does."""
    if file.notation.kinds[statement.letter] == "C":
        return True
    slots = file.notation.slots(file.notation.kinds[statement.letter])
    layers = [name for (name, _), slot in zip(statement.patterns, slots, strict=False) if slot == "layer"]
    return bool(layers) and layers[0] is not None


def _locate(lecture: OwnLecture, name: str, statement: Statement, depth: int) -> tuple[Place, ...]:
    """The quantities that a line is about; () where these are given. Raises ValueError where it is about nothing."""
    try:
        places, _ = lecture.locate(statement, depth)
    except UnreadableError as error:
        raise ValueError(f"{name}: {error}") from None
    if not places:
        try:
            find_alarm(statement, make_worlds(lecture.file, (1,), depth), lecture.file.template)
        except UnreadableError as error:
            raise ValueError(f"{name}: {error}") from None
    return places


def describe_example(submission: FileSubmission) -> Settings:
    """The numbers that were used, under the letters of the file; {} where there are none."""
    return describe_settings(submission.own.file, submission.example) if submission.example else {}

