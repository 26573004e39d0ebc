"""Worked examples of others, reproduced to the digits that they printed: those in this folder, and files of one's own.

An example is a data file. ``[leaves]`` holds its numbers, lists and matrices, and ``[nodes]`` its graph: each node is a
formula of leaves and earlier nodes, with the functions of the table of operations. ``[printed]`` holds what its author
printed, as text so that every digit counts: ``values``, ``gradients`` of the ``output``, and parameters ``updated`` as
``[update]`` says, in the first pass and in later ones.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from os import PathLike
from types import MappingProxyType

from ...ground.toml_files import read_toml
from .example import Example
from .printed import AGREES, DISAGREES, FOLLOWS, ROUNDED, Printed

__all__ = ["AGREES", "DISAGREES", "FOLLOWS", "ROUNDED", "Example", "Printed", "examples", "is_example_file"]


class _Shipped(Example):
    """An example of this folder. Tests check it, so that reading it records no graph and needs no NumPy."""

    def __post_init__(self) -> None:
        pass


@cache
def examples() -> Mapping[str, Example]:
    """Id -> published example, in the order of their numbers.

    >>> examples()["mazur"].title
    'A 2-2-2 network with shared, frozen biases'
    """
    found = [_Shipped.read(str(file)) for file in files(__package__).iterdir() if file.name.endswith(".toml")]
    return MappingProxyType({example.id: example for example in sorted(found, key=lambda e: (e.number, e.id))})


def is_example_file(path: "str | PathLike[str]") -> bool:
    """Whether a TOML file holds a worked example, with [leaves] or [nodes], and no lecture.

    Raises:
        ValueError: it is no TOML; OSError: it cannot be read.
    """
    return bool({"leaves", "nodes", "printed"} & set(read_toml(path)))
