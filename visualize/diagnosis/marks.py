"""Points for what was handed in, and the table of marks of many files. Every display counts with ``count_marks``."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from autograd_lite.internal import quote
from nn.derivations import CodeVerdict, Diagnosis, Verdict
from nn.derivations.internal import quantity_places

from ..tables import write_csv

Weights = Mapping[str, float]
"""Quantity -> the points that it is worth."""


@dataclass(frozen=True)
class Mark:
    """What one quantity is worth, and what was earned with it; ``verdicts`` are those about it, none if not given."""

    quantity: str
    worth: float
    points: float
    verdicts: Sequence[Verdict]


class Marking:
    """How a lecture's quantities are marked: as ``weights`` say, 1 for every other one that was handed in.

    Quantities are compared by the layers that they cover, so that delta_hidden may be handed in as delta[1] and
    delta[2].
    """

    def __init__(self, lecture: str, settings: Mapping[str, Any], weights: str | None = None) -> None:
        self._find_places = cache(lambda name: frozenset(quantity_places(lecture, settings, name)))
        self.weights: Weights = {} if weights is None else self._read_weights(weights)

    def _read_weights(self, text: str) -> Weights:
        """The weights in a text such as ``delta2=2, dw1=0.5``.

        Raises:
            ValueError: a part that is no quantity and number, a quantity that the lecture does not have (names the
                nearest), one that stands twice, or a weight that is negative or not finite.
        """
        found: dict[str, float] = {}
        for part in text.split(","):
            name, equals, number = (piece.strip() for piece in part.rpartition("="))
            if not equals:
                raise ValueError("--weights takes quantities and their points, such as delta2=2,dw1=1, not "
                                 f"{quote(part)}")
            if not re.fullmatch(r"\d+\.?\d*|\.\d+", number):
                raise ValueError(f"the weight of {quote(name)} must be a number from 0 up, not {quote(number)}")
            places = self._find_places(name)
            if any(self._find_places(other) == places for other in found):
                raise ValueError(f"--weights has {quote(name)} twice; give it once")
            found[name] = float(number)
        return found

    def list_quantities(self, diagnoses: Iterable[Diagnosis | Exception]) -> list[str]:
        """All that is marked: what was handed in, in the order of the lecture, then what has a weight and was not."""
        found: list[str] = []
        for one in diagnoses:
            at = 0
            for name in one.verdicts if isinstance(one, Diagnosis) else ():
                place = next((i for i, other in enumerate(found) if self._is_same(name, other)), None)
                if place is None:
                    found.insert(at, name)
                at = 1 + (at if place is None else place)
        return found + [name for name in self.weights if not any(self._is_same(name, other) for other in found)]

    def _is_same(self, name: str, other: str) -> bool:
        return name == other or self._find_places(name) == self._find_places(other)

    def find_worth(self, quantity: str) -> float:
        """The points that a quantity is worth."""
        return next((worth for name, worth in self.weights.items() if self._is_same(name, quantity)), 1.0)

    def count_marks(self, found: Diagnosis | Exception, quantities: Iterable[str]) -> list[Mark]:
        """The marks of one file: the weight of what is right or follows, so that a mistake costs points once.

        Of a quantity of several layers each earns its share. What was not handed in earns 0, and so does all of a file
        that cannot be read.
        """
        verdicts = list(found.verdicts.values()) if isinstance(found, Diagnosis) else []
        marks = []
        for quantity in quantities:
            places, worth = self._find_places(quantity), self.find_worth(quantity)
            about = [verdict for verdict in verdicts if places & self._find_places(verdict.quantity)]
            lost = {place for verdict in about if not earns(verdict) for place in self._find_places(verdict.quantity)}
            shown = {place for verdict in about for place in self._find_places(verdict.quantity)}
            marks.append(Mark(quantity, worth, worth * len(places & shown - lost) / len(places), about))
        return marks


def earns(verdict: Verdict | CodeVerdict) -> bool:
    """Whether a line earns its points: it is right, or the right rule on what stands before it."""
    return verdict.right or verdict.follows


def format_points(points: float) -> str:
    """Points as they are written: 2, 0.5, 0.333."""
    return f"{points:.3f}".rstrip("0").rstrip(".")


def write_marks(diagnoses: Mapping[str, Diagnosis | Exception], marking: Marking) -> str:
    """The table of marks as CSV: a row a file, a column a quantity, the sum, what it is out of, the first mistake."""
    quantities = marking.list_quantities(diagnoses.values())
    whole = math.fsum(map(marking.find_worth, quantities))
    rows = [["file", *quantities, "points", "out of", "first mistake"]]
    for name, found in diagnoses.items():
        marks = marking.count_marks(found, quantities)
        points = math.fsum(mark.points for mark in marks)
        rows.append([name, *(format_points(mark.points) for mark in marks), format_points(points),
                     format_points(whole), describe_first_mistake(name, found)])
    return write_csv(rows)


def describe_first_mistake(name: str, found: Diagnosis | Exception) -> str:
    """The first line that is wrong and its mistake, or why the file cannot be read; empty if nothing is wrong."""
    if isinstance(found, Exception):
        return f"cannot be read: {describe_error(name, found)}"
    if found.first_wrong is None:
        return ""
    return f"{found.first_wrong}: {name_mistakes(found.verdicts[found.first_wrong])}"


def describe_error(name: str, error: Exception) -> str:
    """Why a file cannot be read, without its name and without a list of what could stand there."""
    return str(error).removeprefix(f"{name}: ").partition(" Known: ")[0]


def name_mistakes(verdict: Verdict) -> str:
    """The mistakes of a wrong line in one cell."""
    return " or ".join(verdict.mistakes) or "unknown"
