"""What the TOML file of a built-in lecture says: its title, its lines as the lecture writes them, and its example."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from pathlib import Path
from typing import Any

from ...costs import COSTS, DEFAULT_COST
from ...ground.toml_files import read_toml
from ..conventions import Conventions
from ..lecture_file.grammar import parse_statement
from ..lecture_file.notation import LETTERS, Notation
from ..lecture_file.second_reading import merge_readings, replace_lines
from ..lecture_file.text import keep_terms, normalise_line
from ..lines import Line, parse_lines

_WORD = re.compile(r"([^\W\d]\w*?)(\d*)\b")


@dataclass(frozen=True)
class OwnFile:
    """A file of this folder as far as the lectures in Python need it; docs/own_lecture.md has its form.

    Attributes:
        id, title, source, about, readings: as in the file.
        conventions: its notation and cost.
        last: its name of the output layer.
        lines: with the words f, df, delta and eta for the file's letters. Terms of a bias are there, those of a penalty
            are not: they follow the settings.
        constants: name -> number, of lines that only say what a constant is.
        activations: as in the file.
        example: name -> number or nested tuples.
    """

    id: str
    title: str
    source: str
    about: str
    readings: Sequence[str]
    conventions: Conventions
    last: str
    lines: Sequence[Line]
    constants: Mapping[str, float]
    activations: Sequence[str]
    example: Mapping[str, Any]


def read_own_file(id: str) -> OwnFile:
    """The file of a built-in lecture."""
    path = Path(__file__).with_name(f"{id}.toml")
    table, texts = merge_readings(str(path), read_toml(path))
    letters = LETTERS | table["letters"]
    words = {letters["delta"]: "delta", letters["rate"]: "eta", letters["activation"]: "f",
             f"d{letters['activation']}": "df"}

    def read(text: str) -> Sequence[Line]:
        text = normalise_line(keep_terms(text, {"b"}, {"b", "l2"}))
        return parse_lines(_WORD.sub(lambda found: words.get(found[1], found[1]) + found[2], re.sub(" +", " ", text)))

    *others, first = map(read, texts)
    notation = Notation(letters, tuple(table["notation"]["indices"]))
    lines = reduce(partial(_replace_lines, notation), reversed(others), first)
    constants = {line.left: float(line.right) for line in lines if line.left.isidentifier() and line.right.isdigit()}
    return OwnFile(id, table["title"], table["source"], table.get("about", ""),
                   tuple(table.get("readings", ())), _read_conventions(table, letters), letters["last"],
                   tuple(line for line in lines if line.left not in constants), constants,
                   tuple(table["problem"].get("activations", ())),
                   {name: _freeze(value) for name, value in table.get("example", {}).items()})


def _replace_lines(notation: Notation, first: Sequence[Line], own: Sequence[Line]) -> Sequence[Line]:
    """The lines of the first reading, those of the second in the place of what is about the same."""
    before, after = ([parse_statement(f"{line.left} = {line.right}") for line in lines] for lines in (first, own))
    return parse_lines("\n".join(statement.text for statement in replace_lines(before, after, notation)))


def _read_conventions(table: Mapping[str, Any], letters: Mapping[str, str]) -> Conventions:
    notation, indices = table["notation"], table["notation"]["indices"]
    return Conventions(
        "scalars" if not indices else "units" if "unit" in indices else "matrices",
        letters["pre"], letters["post"], letters["weight"], letters["cost"], letters["activation"],
        sign=-1 if notation.get("delta", "").startswith("-") else 1,
        first=notation.get("weights", "target").partition(",")[0],
        superscript=notation.get("weight_number", "target"),
        input_layer=None if notation.get("count") == "down" else notation.get("input_layer", 0),
        bias={"own": "b", "column 0": "column"}.get(found := notation.get("bias", "own"), found),
        loss=COSTS[table["problem"].get("cost", DEFAULT_COST)], batch="sample" in indices, target=letters["target"])


def _freeze(value: Any) -> Any:
    return tuple(map(_freeze, value)) if isinstance(value, list) else value
