"""A worked example in a file: it is read, and its numbers are reproduced."""

import re
from collections.abc import Mapping
from os import PathLike, fspath
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ...ground.suggest import unknown_name
from ...ground.toml_files import read_toml
from .graph import ExampleGraph
from .passes import reproduce
from .printed import Printed

KEYS = ("title", "source", "note", "number", "output", "leaves", "nodes", "update", "printed")


class Example(ExampleGraph):
    """A worked example; the attributes are the keys of its file.

    >>> nodes = examples()["mazur"].record()
    >>> nodes["net_h1"].data
    0.3775
    """

    @classmethod
    def read(cls, path: "str | PathLike[str]") -> "Example":
        """The example in a TOML file.

        Raises:
            ValueError: it is no TOML, or a key, a name or a formula in it cannot be read (says which, and names the
            nearest); OSError: the file cannot be read.
        """
        name = fspath(path)
        return cls.of(Path(name).stem, read_toml(name), name)

    @classmethod
    def of(cls, id: str, table: Mapping[str, Any], where: str = "") -> "Example":
        """The example in a table; ``where`` stands before an error."""
        try:
            for key in table:
                if key not in KEYS:
                    raise unknown_name("key", key, KEYS)
            for key in ("output", "leaves", "nodes"):
                if key not in table:
                    raise ValueError(f"it needs {key}; a worked example has output, [leaves], [nodes] and [printed]")
            numbered = {key: _number_passes(table[key]) for key in ("leaves", "printed") if key in table}
            return cls(id, **{"title": id, **{key: _freeze(value) for key, value in {**table, **numbered}.items()}})
        except (ValueError, TypeError) as error:
            raise ValueError(f"{where}: {error}" if where else str(error)) from None

    def reproduce(self) -> tuple[Printed, ...]:
        """Every number that was printed, with the engine's beside it."""
        return reproduce(self)


def _number_passes(table: Any) -> Any:
    """The number of a pass for what it may be called: 2 for "iteration 2" and step2; other names as they are."""
    if not isinstance(table, Mapping):
        return table
    called = {key: re.fullmatch(r"(?:pass|step|iteration|iter|epoch)[ _-]?(\d+)", key) for key in table}
    return {(found[1] if (found := called[key]) and isinstance(value, Mapping) else key): value
            for key, value in table.items()}


def _freeze(value: Any) -> Any:
    """Tables that cannot be changed, since examples are read once."""
    return MappingProxyType({key: _freeze(item) for key, item in value.items()}) if isinstance(value, dict) else value
