"""The lectures: one file each, and what they share by form; a new one is registered here."""

from collections.abc import Mapping
from os import PathLike
from pathlib import PurePath
from types import MappingProxyType

from autograd_lite.internal import quote

from ...ground.suggest import unknown_name
from .bernoulli import Bernoulli
from .chain import Chain
from .layers import Layers
from .lecture import Entry, Lecture
from .matrices import Columns, Rows
from .one_neuron import OneNeuron
from .rss import ResidualSumOfSquares

__all__ = ["LECTURES", "Entry", "Lecture", "find_lecture", "is_lecture_path"]

LECTURES: Mapping[str, Lecture] = MappingProxyType({lecture.id: lecture for lecture in (
    OneNeuron(), Chain(), Layers(), ResidualSumOfSquares(), Bernoulli(), Columns(), Rows(),
)})
"""Id -> lecture, such as ``LECTURES["chain"]``."""


def find_lecture(id: str) -> Lecture:
    """The lecture of that id. Raises ValueError for an unknown one, naming the nearest."""
    if not isinstance(id, str) or id not in LECTURES:
        from ..published import examples

        is_example = isinstance(id, str) and id in examples()
        hint = f"; {quote(id)} is a published example: see examples()" if is_example else ""
        raise ValueError(f"{unknown_name('lecture', id, LECTURES)}{hint}")
    return LECTURES[id]


def is_lecture_path(id: object) -> bool:
    """Whether what stands for a lecture is the path of a file.

    >>> is_lecture_path("mine.toml"), is_lecture_path("chain")
    (True, False)
    """
    return isinstance(id, PathLike) or (isinstance(id, str) and PurePath(id).suffix.lower() == ".toml")
