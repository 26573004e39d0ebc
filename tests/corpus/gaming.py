"""Derivations that show nothing: the same everywhere, or numbers in one digit. None of them earns a point.

A point is deserved only by a line that is right by itself, handed in alone: ``db1 = delta1``, or the copied line where it
stands for the quantity that it is about.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from corpus.corpus import FORMS, numbers, right_formulas, world_of
from nn.derivations.diagnosis.judging.inputs import World
from nn.derivations.diagnosis.judging.submission import Judgements, read_submission
from nn.derivations.lectures import find_lecture

CONSTANTS = ("0", "1", "-1")


@dataclass(frozen=True)
class Game:
    """One derivation: what it consists of, how many points it earned, and the quantities that earned one for nothing."""

    lecture: str
    settings: Mapping[str, Any]
    what: str
    handed_in: int
    earned: int
    undeserved: tuple[str, ...]


def play_all() -> Iterator[Game]:
    """Every game in every lecture, in each form that it treats."""
    for id, form in FORMS:
        yield from play(id, form)


def play(id: str, form: Mapping[str, Any]) -> Iterator[Game]:
    """The games in one lecture: constants, x, each right line copied, a copied number, one digit."""
    world = world_of(id, form)
    for what, derivation in _list_derivations(world):
        try:
            earned = _list_earned(world, derivation)
        except ValueError:  # the lecture does not have such a name, so nothing is earned
            continue
        undeserved = tuple(name for name in earned if not _list_earned(world, {name: derivation[name]}))
        yield Game(id, form, what, len(derivation), len(earned), undeserved)


def _list_derivations(world: World) -> Iterator[tuple[str, dict[str, Any]]]:
    names = list(right_formulas(world))
    for text in (*(f"{number} + 0*eta" for number in CONSTANTS), "0*y", "x", "y"):
        yield f"{text} as a formula", dict.fromkeys(names, text)
    for name, text in right_formulas(world).items():
        yield f"the line of {name}", dict.fromkeys(names, text)
    table = numbers(world, digits=1)
    yield "one digit", table
    for number in (*CONSTANTS, "0.00", "1.00"):
        yield f"{number} as a number", {name: _fill(of, number) for name, of in table.items()}
    if world.vocabulary.scalar:
        for name, number in numbers(world, digits=4).items():
            yield f"the number of {name}", dict.fromkeys(table, number)


def _fill(table: Any, number: str) -> Any:
    return [_fill(row, number) for row in table] if isinstance(table, list) else number


def _list_earned(world: World, derivation: Mapping[str, Any]) -> list[str]:
    """The quantities that are right or follow. Mistakes are not looked for, which would take long."""
    judged = Judgements(read_submission(find_lecture(world.lecture.id), world.settings, derivation), explain=False)
    return [judgement.quantity.name for judgement in judged.all if judgement.right or judgement.follows]


def write_table() -> list[str]:
    """Each point that was earned for nothing, and a table: a line a lecture, and one for all."""
    games = list(play_all())
    told = [f"{game.lecture} {dict(game.settings) or ''} {game.what}: {', '.join(game.undeserved)}"
            for game in games if game.undeserved]
    rows = [f"{'':12}{'derivations':>12}{'lines':>8}{'right by themselves':>21}{'points for nothing':>20}"]
    for id in (*dict(FORMS), ""):
        some = [game for game in games if id in ("", game.lecture)]
        handed_in, earned = sum(game.handed_in for game in some), sum(game.earned for game in some)
        undeserved = sum(len(game.undeserved) for game in some)
        rows.append(f"{id or 'all':12}{len(some):>12}{handed_in:>8}{earned - undeserved:>21}{undeserved:>20}")
    return [*told, *rows]
