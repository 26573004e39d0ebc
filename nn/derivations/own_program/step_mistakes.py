"""Mistakes in optimizers, as changes of the lines of ``nn.optimizers``."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
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
_ASCENT = "The step goes up the gradient; descent goes against it."


@cache
def _read_mistakes() -> tuple[tuple[tuple[str, ...], StepMistake], ...]:
    """Every mistake of the table with its optimizers."""
    text = files(__package__).joinpath("step_mistakes.toml").read_text(encoding="utf-8")
    return tuple(
        (tuple(entry.pop("optimizers")), StepMistake(**{**entry, "wrong": tuple(entry["wrong"].items())}))
        for entry in tomllib.loads(text)["mistake"]
    )


FORMS: dict[str, tuple[StepMistake, ...]] = {"adam": (StepMistake(
    "", "w", (("w", "w - eta * m_hat / (sqrt(s_hat) + epsilon / sqrt(1 - beta2**t))"),),
    "ε is added to √s and not to √ŝ, which is the shorter form of the paper (Kingma and Ba, section 2).",
),)}
"""Other forms of a rule, which are right too."""
_DIVIDING = ("adagrad", "rmsprop", "adam")
_DECAY = StepMistake(
    "", "w", (), "each weight is also made smaller by η·λ·w, a weight decay beside the step.", beside=" - eta * lam * w"
)
_COUPLED = StepMistake(
    "decay-coupled", "w", (),
    "The weight decay λ·w is added to the gradient, so that it is divided by the root like it, and weights with large "
    "gradients decay less. Subtract η·λ·w beside the step (AdamW), or call it an L2 penalty.",
    gradient="(g + lam * w)",
)
_INSIDE = "λ·w is added to the gradient, as an L2 penalty does it, so that it is in v as well, not beside the step."


def list_decays(name: str) -> list[StepMistake]:
    """The forms of a weight decay; right ones have no slug. In plain descent both are the same."""
    return [_DECAY, _COUPLED] if name in _DIVIDING else [_DECAY, replace(_COUPLED, slug="", says=_INSIDE)]


def list_step_mistakes(name: str) -> Sequence[StepMistake]:
    """The mistakes that can be made with an optimizer; the sign first."""
    return (StepMistake("ascent", "w", (), _ASCENT), *(one for names, one in _read_mistakes() if name in names))


def list_all_step_mistakes() -> Iterator[tuple[str, list[str], str]]:
    """Every mistake by what is said of it: its name, the optimizers, the sentence."""
    found: dict[tuple[str, str], list[str]] = {}
    for name in OPTIMIZERS:
        for mistake in (*list_step_mistakes(name), *list_decays(name)):
            if mistake.slug:
                found.setdefault((mistake.slug, mistake.says), []).append(name)
    yield from ((slug, names, says) for (slug, says), names in found.items())
