"""What a command is about: a built-in lecture with its settings, a worked example, or a lecture file."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from nn.derivations import LECTURES, Comparison, Lecture, Recording, compare, internal

from .options import find_example, read_settings

if TYPE_CHECKING:
    from nn.derivations import Example, LectureFile


@dataclass(frozen=True, slots=True)
class Subject:
    """What to record, draw, compare and write about.

    Attributes:
        about: the lecture, example or file, whose title and source are told.
        record: makes its graph.
        compare: compares its derivation with the engine; None for a worked example, which has none.
        eta: the learning rate of a page.
        settings: of a built-in lecture; None for what is read from a file.
        parameters: the names of what a page moves; None for all leaves that a lecture has as parameters.
    """

    about: "Lecture | Example | LectureFile"
    record: Callable[[], Recording]
    compare: Callable[[], Comparison] | None
    eta: float
    settings: dict[str, Any] | None = None
    parameters: list[str] | None = None


def read_subject(chosen: argparse.Namespace, seed: int | None = None, of_example: bool = True) -> Subject:
    """The subject that was named, with the settings that were typed, or with other numbers, those of a ``seed``.

    Where a worked example will not do, ``of_example`` is False, and its file is read as a lecture's, and refused.

    Raises:
        ValueError, TypeError: a setting that is wrong, or a file that says something else; OSError: it cannot be read.
    """
    id = chosen.id
    if id in LECTURES:
        lecture, typed = LECTURES[id], read_settings(chosen)
        settings = lecture.resolve(typed if seed is None else internal.draw_settings(id, seed, typed))
        return Subject(lecture, partial(lecture.record, settings), partial(compare, id, **settings),
                       settings["eta"], settings)
    if of_example and (example := find_example(id)):
        nodes = example.record()
        moved = [leaf.label for leaf in example.list_parameters(nodes)]
        return Subject(example, partial(Recording, nodes[example.output]), None, parameters=moved or None,
                       eta=example.rule.settings["eta"] if moved else 0.1)
    file = Lecture.read(id)
    own = file.require_example() if seed is None else internal.draw_numbers(file, seed)
    return Subject(file, partial(internal.record_lecture, file, own), partial(internal.compare_lecture, file, own),
                   own.rate)
