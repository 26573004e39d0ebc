"""A lecture's network as a graph of ``nn`` with the lecture's labels, and its quantities read from that graph."""

from dataclasses import replace
from functools import partial

from ..neutral import Neutral
from ..recording import Recording, read_gradients, record
from .lecture import LectureFile
from .problem import Example
from .rows import record_cost


def record_lecture(lecture: LectureFile, example: Example | None = None) -> Recording:
    """The network of an example, or of the lecture's own, as a graph. Raises ValueError where the file has none."""
    cost = partial(record_cost, lecture.problem.cost, lecture.problem.over)
    found = record(lecture.to_neutral(example or lecture.require_example()), lecture.conventions, cost)
    return replace(found, layers={})  # the labels have the file's numbers of layers


def read_network(lecture: LectureFile, example: Example) -> list[Neutral]:
    """Every quantity by the engine, and two bounds on what rounding does; see ``read_gradients``."""
    return read_gradients(record_lecture(lecture, example), lecture.to_neutral(example), lecture.conventions)
