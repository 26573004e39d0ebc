"""A factor of a line that belongs elsewhere: which quantity stands in place of which, is too many, or is missing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ...lectures.layered import Place
from ..judging.judge import Judgement
from ..judging.student import Student
from ..reading.answers import Numbers, Rule
from ..reading.vocabulary import Quantity
from .factors import find_powers
from .symbols import list_words, make_writer

_KINDS = ("pre", "post", "delta", "W", "b")


@dataclass(frozen=True)
class Exchange:
    """What is said of it, and a hint of what kind it is."""

    text: str
    hint: str


def find_exchange(judgement: Judgement, students: Sequence[Student]) -> Exchange | None:
    """The factor that makes all the difference between a formula and the right line; None if it is anything else.

    What is too many must be named in the formula, and what is missing must stand in the lecture's line.
    """
    if isinstance(judgement.answer, Numbers) or judgement.quantity.is_update or judgement.failed:
        return None
    line = list_words(judgement.quantity, students[0].world)["own_line"]
    named = _list_named(judgement, students[0])
    found = find_powers(judgement, students, lambda name: name not in named and not _stands_in(name, line))
    if found is None or found[1] != 1.0:
        return None
    too_many = [name for name, power in found[0] if power == 1]
    missing = [name for name, power in found[0] if power == -1]
    is_so = all(name in named for name in too_many) and all(_stands_in(name, line) for name in missing)
    if not is_so or len(too_many) + len(missing) < len(found[0]):
        return None
    if too_many and missing:
        return Exchange(f"{too_many[0]} stands where {missing[0]} belongs", "one quantity stands where another belongs")
    if too_many:
        several = len(too_many) > 1
        return Exchange(f"{' and '.join(too_many)} {'are factors' if several else 'is a factor'} too many",
                        f"{'factors are' if several else 'a factor is'} too many")
    if len(missing) == 1 and f"{missing[0]}²" in line:
        return Exchange("the square is missing", "a power is missing")
    several = len(missing) > 1
    return Exchange(f"the factor{'s' * several} {' and '.join(missing)} {'are' if several else 'is'} missing",
                    f"{'factors are' if several else 'a factor is'} missing")


def _stands_in(name: str, line: str) -> bool:
    before = "" if name[0] == "(" else r"(?<!\w)"
    return re.search(rf"{before}{re.escape(name)}(?![^\W²])", line) is not None


def _list_named(judgement: Judgement, student: Student) -> set[str]:
    """The symbols of the quantities that a formula names, and of the residual where it has both sides of it."""
    world, place = student.world, judgement.quantity.places[0]
    depth = world.vocabulary.depth
    layer = depth if place.layer is None else place.layer
    quantity = Quantity("", (Place("pre", depth),)) if place.layer is None else judgement.quantity
    writer = make_writer(world, quantity)
    found = {writer.of(kind, l - layer) for l in range(depth + 1) for kind in _KINDS
             if student.names(place, Place(kind, l))}
    plain = {kind: any(student.names(place, Place(name, None)) for name in names)
             for kind, names in {"x": "x", "y": "yt", "eta": ("eta",), "lam": ("lam",)}.items()}
    words = list_words(Quantity("", (Place("pre", depth),)), world)
    found |= {words.get(kind, kind) for kind, is_named in plain.items() if is_named}
    if plain["y"] and (student.names(place, Place("post", depth)) or student.names(place, Place("out", None))):
        found.add(f"({words['residual']})")
    rule = judgement.answer
    if isinstance(rule, Rule) and any(name[:1] in "dσ" for name in rule.names if name not in ("delta", "db")):
        found |= {list_words(Quantity("", (Place("pre", l),)), world)["slope"] for l in range(1, depth + 1)
                  if student.names(place, Place("pre", l))}
    return found
