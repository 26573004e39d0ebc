"""A second reading of a lecture: a file that names the first, and holds what differs."""

import ast
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from autograd_lite.internal import quote

from ...ground.toml_files import read_toml
from .grammar import Statement, list_indices
from .notation import Notation

KEY = "reading_of"
_TABLES = ("letters", "notation", "problem", "cost", "example")


def merge_readings(path: str, table: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The tables of a lecture with those of the readings that it builds on below them, and the lines of each, its own
    first. A file without ``reading_of`` stands alone; an example is taken whole, and in the file's own form.

    Raises:
        ValueError: the name of the first reading is no file beside this one and no id of a built-in lecture, or names
            run in a circle.
    """
    chain, found = [Path(path)], dict(table)
    texts = [_get_lines(table)]
    while KEY in found:
        name = found.pop(KEY)
        if not isinstance(name, str) or Path(name).is_absolute() or ".." in Path(name).parts:
            raise ValueError(f"{KEY} is the name of a lecture file in the same folder, such as 'first.toml', or the id "
                             f"of a built-in lecture, not {quote(name)}")
        chain.append(_find_path(chain[-1], name))
        if len({each.resolve() for each in chain}) < len(chain):
            raise ValueError(f"{KEY} runs in a circle: {' → '.join(each.name for each in chain)}")
        first = read_toml(chain[-1])
        texts.append(_get_lines(first))
        for key in _TABLES:
            below, own = first.get(key, {}), found.get(key, {})
            if key != "example" and isinstance(below, dict) and isinstance(own, dict) and (below or own):
                found[key] = {**below, **own}
        found = {**{key: value for key, value in first.items() if key not in (*_TABLES, "id")}, **found}
    return found, texts


def find_first(path: str, table: Mapping[str, Any]) -> str | None:
    """The path of the lecture whose example a second reading takes over; None where it has one, or stands alone."""
    if KEY not in table or "example" in table:
        return None
    return str(_find_path(Path(path), table[KEY]))


def find_built_in(id: str) -> Path | None:
    """The file of a built-in lecture; None for any other name."""
    path = Path(str(files("nn.derivations").joinpath("lectures", f"{id}.toml")))
    return path if path.is_file() else None


def _find_path(path: Path, name: str) -> Path:
    """The path of the first reading that a file names: a file in its folder, or by its id a built-in lecture."""
    return find_built_in(name) or path.parent / name


def _get_lines(table: Mapping[str, Any]) -> Any:
    problem = table.get("problem", {})
    return problem.get("lines", "") if isinstance(problem, dict) else ""


def replace_lines(first: Sequence[Statement], own: Sequence[Statement], notation: Notation) -> tuple[Statement, ...]:
    """The lines of the first reading in their order, then what else the second has.

    In the place of a line stand those of the second that are about the same: the same letter, for the same layers.
    """
    left, found = list(own), []
    for line in first:
        about = line.letter, _sign(line, notation)
        same = [other for other in own if (other.letter, _sign(other, notation)) == about]
        found += [other for other in same if other in left] if same else [line]
        left = [other for other in left if other not in same]
    return (*found, *left)


def _sign(statement: Statement, notation: Notation) -> tuple[str, ...]:
    """The left side without the letters of its indices: numbers, and the last layer, are what differs."""
    found = []
    for index in list_indices(statement.left):
        text = ast.unparse(index)
        is_free = isinstance(index, ast.Name | ast.BinOp) and not any(
            isinstance(node, ast.Name) and node.id in notation.constants for node in ast.walk(index))
        found.append("·" if is_free else text)
    return tuple(sorted(found))
