"""The error for an unknown name, with the nearest known one."""

from collections.abc import Iterable
from difflib import get_close_matches

from autograd_lite.internal import quote, shorten

_MOST = 50  # known names in a message


def unknown_name(what: str, given: object, known: Iterable[str]) -> ValueError:
    """The ValueError to raise for an unknown name: quotes it, suggests the nearest known name, and lists all names."""
    names = list(known)
    lowered = {name.lower(): name for name in reversed(names)}
    near = get_close_matches(str(given).lower(), lowered, n=1, cutoff=0.6)
    hint = f"; did you mean {quote(lowered[near[0]])}?" if near else "."
    listed = ", ".join(map(shorten, names[:_MOST])) + ", …" * (len(names) > _MOST)
    return ValueError(f"unknown {what} {quote(given)}{hint} Known: {listed}")
