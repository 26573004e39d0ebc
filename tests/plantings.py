"""Mistakes planted in the right programs of ``tests/programs``: what is replaced by what, and the names to be said."""

import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PROGRAMS = Path(__file__).parent / "programs"
ALONE = "\nforward = cost = None\n"
BESIDE = "\n_right = {{}}\nexec({!r}, _right)\nforward, cost = _right.get('forward'), _right.get('cost')\n"


@dataclass(frozen=True)
class Planting:
    """One kind of mistake in one program.

    Attributes:
        program: the right one.
        replace: before and after of each change.
        named: what is said with ``forward`` and ``cost``; empty where nothing known explains it.
        alone: "right" where gradients alone cannot tell, "any" where they are explained otherwise, "unsaid" where no test says.
        cost: "own" where the cost of the changed file is kept.
        networks: "own" where it is a mistake on those of ``check_code`` alone.
        more: the end of the file.
    """

    program: str
    replace: tuple[tuple[str, str], ...]
    named: tuple[str, ...]
    alone: str = ""
    cost: str = ""
    networks: str = ""
    more: str = ""

    @property
    def right(self) -> str:
        return read(self.program)

    @property
    def text(self) -> str:
        """The program with the mistake, alone."""
        return plant(self.right, self.replace) + self.more

    def write(self, alone: bool) -> str:
        """The file to judge."""
        return self.text + (ALONE if alone else "" if self.cost == "own" else BESIDE.format(self.right))

    def __str__(self) -> str:
        return f"{self.program}, {' and '.join(self.named) or 'unknown'}"


@cache
def read(name: str) -> str:
    """The source of a right program."""
    path = PROGRAMS / ("open" if name.startswith("p") else "") / f"{name}.py"
    return path.read_text(encoding="utf-8")


def plant(source: str, replace: Sequence[tuple[str, str]]) -> str:
    """The source with these changes, each of which must be possible. Raises ValueError."""
    for before, after in replace:
        if before not in source:
            raise ValueError(f"there is no {before!r}")
        source = source.replace(before, after, 1)
    return source


@cache
def list_plantings() -> tuple[Planting, ...]:
    """All plantings, the open cases last."""
    own = tomllib.loads((PROGRAMS / "planted.toml").read_text(encoding="utf-8"))["planted"]
    found = [Planting(case["program"], (tuple(case["replace"]),), tuple(case["named"]), case.get("alone", ""),
                      case.get("cost", ""), case.get("networks", "")) for case in own]
    for case in json.loads((PROGRAMS / "open" / "planted.json").read_text(encoding="utf-8")):
        changes = [(before, *after.partition("|")[::2]) for before, after in case["replace"]]
        found.append(Planting(case["program"], tuple((before, after) for before, after, _ in changes),
                              tuple(slug for slug in case["named"] if slug != "UNKNOWN"), "unsaid",
                              more="".join(f"\n{more}\n" for *_, more in changes)))
    return tuple(found)
