"""The catalogue of mistakes, ``mistakes.toml``: wrong lines that replace lines of the general statement."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from ....ground.activation_formulas import LAYER_FORMULAS
from ...lines import Line, parse_lines
from .declared import own_constant
from .inputs import World
from .lecture_rules import find_output_form

LEVELS = {"u": 0, "h": 0, "C": 1, "G": 1, "D": 1, "dW": 2, "db": 2, "W_new": 3, "b_new": 3}
"""Letter -> its stage in a derivation; a mistake changes the stages from its own on."""

_SLOPES = "D[L, i] = (h[L, i] - target[i]) * ({output})\nD[l, i] = W[l + 1].T @ D[l + 1, i] * ({hidden})"
_OUTPUT = "(h[L, i] - target[i]) * slope[i]"
_RIGHT_SLOPE = re.compile(r" \* (?:slope\[i\]|dphi\[(\w)\]\(u\[\1, i\]\))(?!\*\*)")
ABOUT = ("delta_output", "slope", "delta_hidden", "dW", "db", "batch", "penalty", "update", "forward")


@dataclass(frozen=True)
class Mistake:
    """One entry; the attributes are the keys of the file, ``forms`` the ways to make the mistake."""

    slug: str
    about: str
    forms: tuple[tuple[Line, ...], ...]
    hint: str
    says: str
    needs: tuple[str, ...] = ()
    same: str = ""
    only: str = ""
    beside: str = ""
    fallback: bool = False

    def arises(self, world: World, layer: int | None = None) -> bool:
        """Whether the mistake can be made in this lecture, with its cost, penalty, and activation of the layer.

        ``layer`` is that of the quantity in which it shows; None for any.
        """
        has = _list_features(world, world.vocabulary.depth if self.about == "delta_output" else layer)
        if self.about == "slope" and layer is not None and world.problem.activations[layer - 1] in LAYER_FORMULAS:
            return False  # which has no slope of a unit
        return all((need[4:] not in has) if need.startswith("not ") else need in has for need in self.needs)

    def forms_in(self, world: World) -> tuple[tuple[Line, ...], ...]:
        """Its lines here."""
        form = find_output_form(world.problem, world.vocabulary.conventions)

        def adapt(line: Line) -> Line:
            right = form.express(line).right
            if self.about == "slope" and form.meets:  # its long form, ∂ℓ/∂h times a wrong slope
                right = right.replace("(h[L, i] - target[i]) *", "dloss(h[L, i], y[i]) *")
            if world.problem.penalty is None:  # zeros would spread a wrong shape to the right one
                right = right.replace(" + dpenalty[l]", "")
            return Line(line.left, right)

        return tuple(tuple(map(adapt, lines)) for lines in self.forms)

    @property
    def level(self) -> int:
        """The earliest level that its lines touch."""
        return min(LEVELS[line.letter] for form in self.forms for line in form)


def _list_features(world: World, layer: int | None = None) -> set[str]:
    conventions, problem = world.vocabulary.conventions, world.problem
    activations = problem.activations if layer is None else problem.activations[layer - 1 : layer]
    penalty = {"penalty", problem.penalty} if problem.penalty else set()
    network = set() if world.vocabulary.scalar else {"network"}
    column = {"bias column"} if conventions.bias == "column" else set()
    loss, output = conventions.loss, problem.activations[-1]
    cost = {"squared"} if loss.is_squared and loss.over != "root" else set()
    cost |= {"meets"} if find_output_form(problem, conventions).meets else set()
    cost |= {"two terms"} if loss.through.get("sigmoid") == loss.residual else set()
    cost |= set() if loss.of_class else {"class 0"}
    cost |= {"softmax output"} if output in LAYER_FORMULAS else set()
    several = {"several samples"} if conventions.batch else set()
    mean = {"mean"} if own_constant(world.declared, conventions).samples else set()
    return {*cost, *mean, *several, *activations, *penalty, *network, *column}


@cache
def read_catalogue() -> tuple[Mistake, ...]:
    """Every mistake, in the order in which they are reported."""
    text = files(__package__).joinpath("mistakes.toml").read_text(encoding="utf-8")
    return tuple(parse_mistake(entry) for entry in tomllib.loads(text)["mistake"])


def parse_mistake(entry: dict[str, Any]) -> Mistake:
    """A mistake as a TOML file has it."""
    wrong = entry["wrong"] if isinstance(entry["wrong"], list) else [entry["wrong"]]
    if entry["about"] == "slope":
        wrong = [_SLOPES.format(output=re.sub(r"\[l(?=\]|, i\])", "[L", text), hidden=text) for text in wrong]
    written = [parse_lines(text) for text in wrong]
    forms = (*written, *_list_arriving(entry["about"], written))
    needs = tuple(need.strip() for need in entry.get("needs", "").split(",") if need.strip())
    return Mistake(entry["slug"], entry["about"], forms, entry["hint"], entry["says"], needs, entry.get("same", ""),
                   entry.get("only", ""), entry.get("beside", ""), entry.get("fallback", False))


def _list_arriving(about: str, forms: Iterable[tuple[Line, ...]]) -> Iterator[tuple[Line, ...]]:
    """The same mistakes in ∂C/∂a: the lines about δ without the right σ′ at their end."""
    if about not in ("delta_output", "delta_hidden"):
        return
    for form in forms:
        for line in form:
            right = line.right.replace(_OUTPUT, "dloss(h[L, i], y[i])")
            right = _RIGHT_SLOPE.sub("" if "W[" in right or "L" in line.left else " * ones(h[l, i])", right)
            if line.letter == "D" and right != line.right:
                yield (Line(f"G{line.left[1:]}", right),)
