"""What the TOML file of a built-in lecture says: its title, its lines as the lecture writes them, and its example."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from ...costs import COSTS, DEFAULT_COST
from ..conventions import Conventions
from ..lecture_file.notation import LETTERS
from ..lecture_file.text import keep_terms, normalise_line
from ..lines import Line, parse_lines

_WORD = re.compile(r"([^\W\d]\w*?)(\d*)\b")


@dataclass(frozen=True)
class OwnFile:
    """A file of this folder, as far as the lectures in Python need it; see docs/own_lecture.md for its form.

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
    table = tomllib.loads(files(__package__).joinpath(f"{id}.toml").read_text("utf-8"))
    letters = LETTERS | table["letters"]
    words = {letters["delta"]: "delta", letters["rate"]: "eta", letters["activation"]: "f",
             f"d{letters['activation']}": "df"}
    text = normalise_line(keep_terms(table["problem"]["lines"], {"b"}, {"b", "l2"}))
    lines = parse_lines(_WORD.sub(lambda found: words.get(found[1], found[1]) + found[2], re.sub(" +", " ", text)))
    constants = {line.left: float(line.right) for line in lines if line.left.isidentifier() and line.right.isdigit()}
    return OwnFile(table["id"], table["title"], table["source"], table.get("about", ""),
                   tuple(table.get("readings", ())), _read_conventions(table, letters), letters["last"],
                   tuple(line for line in lines if line.left not in constants), constants,
                   tuple(table["problem"].get("activations", ())),
                   {name: _freeze(value) for name, value in table["example"].items()})


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
