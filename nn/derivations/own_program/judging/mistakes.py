"""The second table of mistakes, ``own_mistakes.toml``: those that programs make and no formula on paper can."""

import tomllib
from functools import cache
from importlib.resources import files

from ...diagnosis.judging.catalogue import Mistake, parse_mistake, read_catalogue


@cache
def read_own_mistakes() -> tuple[Mistake, ...]:
    """Every mistake of the table, in its order."""
    text = files(__package__).joinpath("own_mistakes.toml").read_text(encoding="utf-8")
    return tuple(parse_mistake({"wrong": [], **entry}) for entry in tomllib.loads(text)["mistake"])


def find_mistake(slug: str) -> Mistake:
    """The first entry of that name, in this table or in the catalogue."""
    return next(mistake for mistake in (*read_own_mistakes(), *read_catalogue()) if mistake.slug == slug)
