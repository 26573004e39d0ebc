"""The errors for unknown names, arguments and attributes: the nearest one, or ours for a word of another library."""

import re
from collections.abc import Iterable
from typing import Any

from autograd_lite.internal import quote, shorten

from .other_words import ARGUMENTS, ATTRIBUTES, NAMES, NO_NAMES, OTHER_TAKERS

_MOST = 50  # known names in a message


def unknown_name(what: str, given: object, known: Iterable[str], most: int = _MOST) -> ValueError:
    """The ValueError to raise for an unknown name: quotes it, suggests the nearest known name, and lists ``most``."""
    names = list(dict.fromkeys(known))
    shown = [quote(name) if "," in name else shorten(name) for name in names[:most]]
    listed = ", ".join(shown) + ", …" * (len(names) > most)
    return ValueError(f"unknown {what} {quote(given)}{_suggest(what, given, names)} Known: {listed}")


def find_other_name(what: str, given: object) -> str | None:
    """Our name of what another library calls ``given``; None if no library does."""
    return NAMES.get(what, {}).get(_simplify(given))


def refuse_other_words(kind: str, who: str, given: Iterable[str], taken: Iterable[str], strict: bool = False) -> None:
    """Raise TypeError for the first argument that is not taken and is a word of another library; names ours.

    Args:
        kind: a key of ``ARGUMENTS``.
        who: the function or class, for the message.
        given, taken: the names of the arguments.
        strict: whether to refuse every argument that is not taken; suggests the nearest.
    """
    names = list(taken)
    for word in given:
        if word in names:
            continue
        for table in (ARGUMENTS, OTHER_TAKERS):
            ours = table.get(kind, {}).get(_simplify(word), "")
            begins = ours.partition("=")[0]
            if begins in names or "(" in begins:
                raise TypeError(f"{who} takes no {word}: write {ours}")
        if strict:
            raise TypeError(f"{who} takes no {shorten(word)}{_suggest('', word, names)} It takes {', '.join(names)}")


def refuse_attribute(kind: str, owner: object, name: str) -> Any:
    """Raise AttributeError for an attribute that does not exist: says what to use for one of another library.

    Args:
        kind: a key of ``ATTRIBUTES``.
        owner, name: whose attribute it is, and its name.
    """
    ours = ATTRIBUTES[kind].get(_simplify(name))
    if ours is None:
        return object.__getattribute__(owner, name)  # raises Python's own error
    raise AttributeError(f"{type(owner).__name__} has no attribute {name}: {ours}", name=name, obj=owner)


def _simplify(word: object) -> str:
    return re.sub(r"[\W_]", "", str(word)).lower()


def _suggest(what: str, given: object, names: list[str]) -> str:
    ours = find_other_name(what, given)
    if ours in names:
        return f"; it is called {quote(ours)} here."
    if why := NO_NAMES.get(what, {}).get(_simplify(given)):
        return f"; {why}."
    lowered = {name.lower(): name for name in reversed(names)}
    from difflib import get_close_matches

    near = get_close_matches(str(given).lower(), lowered, n=1, cutoff=0.6)
    return f"; did you mean {quote(lowered[near[0]])}?" if near else "."
