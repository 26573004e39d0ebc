"""Mistakes in optimizers, as changes of the lines of ``nn.optimizers``."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ...optimizers import OPTIMIZERS

Lines = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class StepMistake:
    """A changed line.

    Attributes:
        slug: its name.
        line: the name that the line assigns to.
        wrong: changes of lines: name -> formula.
        says: the sentence.
        first_step: what t is at the first step.
        gradient: what stands in place of g.
        beside: what is added to the step of w.
    """

    slug: str
    line: str
    wrong: tuple[tuple[str, str], ...]
    says: str
    first_step: int = 1
    gradient: str = "g"
    beside: str = ""

    def change(self, lines: Lines) -> list[tuple[str, str]]:
        """The lines with the mistake."""
        changed = dict(self.wrong)
        found = [(left, re.sub(r"\bg\b", self.gradient, changed.get(left, formula))) for left, formula in lines]
        return [(left, formula + self.beside if left == "w" else formula) for left, formula in found]


DECAYS = (0.01, 0.1, 1e-3, 1e-4, 5e-4, 0.05, 1e-5)
"""Strengths of a weight decay that programs have."""


@cache
def _read_changes(kind: str) -> tuple[tuple[tuple[str, ...], StepMistake], ...]:
    """Every change of a kind in the table, with its optimizers."""
    text = files(__package__).joinpath("step_mistakes.toml").read_text(encoding="utf-8")
    return tuple(
        (tuple(entry.pop("optimizers")), StepMistake(**{**entry, "wrong": tuple(entry.get("wrong", {}).items())}))
        for entry in tomllib.loads(text)[kind]
    )


def list_step_changes(kind: str, name: str) -> list[StepMistake]:
    """The changes of an optimizer of a kind: "mistake", "form" or "decay"."""
    return [one for names, one in _read_changes(kind) if name in names]


def list_all_step_mistakes() -> Iterator[tuple[str, list[str], str]]:
    """Every mistake by what is said of it: its name, the optimizers, the sentence."""
    found: dict[tuple[str, str], list[str]] = {}
    for name in OPTIMIZERS:
        for mistake in (*list_step_changes("mistake", name), *list_step_changes("decay", name)):
            if mistake.slug:
                found.setdefault((mistake.slug, mistake.says), []).append(name)
    yield from ((slug, list(dict.fromkeys(names)), says) for (slug, says), names in found.items())
