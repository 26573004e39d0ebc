"""Quotes what was handed in, at most 200 characters of it, so that a message is a sentence; says why one is refused."""

from typing import Any

REFUSALS = {  # as templates: a page, which computes anew in the browser, has them too
    "nan": "undefined", "infinite": "overflows",  # in the place of a number
    "undefined": "{operation} is undefined at {place}",
    "outside": "{operation} is undefined at {place}: it needs {domain}",
    "overflow": "{operation} overflows at {place}: the result does not fit a float",
    "label": " (node {label})",
    "unnamed": "{kind} node of value {value}",
    "derivative": "the derivative of {place} with respect to {parent}",
    "no partial": "{derivative} is undefined there, and a gradient of {upstream} reaches it",
    "large partial": "{derivative} does not fit a float, and a gradient of {upstream} reaches it",
    "sum": "the gradient of {parent} overflows at {place}: {before} + {upstream} · {partial} does not fit a float",
}
LONGEST = 200  # characters


def shorten(text: str, longest: int = LONGEST) -> str:
    """The text; of one of more than ``longest`` characters its beginning and its end.

    >>> shorten("abcdefghij", longest=7)
    'abc … j'
    """
    if len(text) <= longest:
        return text
    end = max(1, (longest - 3) // 4)
    return f"{text[: longest - 3 - end]} … {text[-end:]}"


def quote(value: object) -> str:
    """``repr(value)``, shortened; the type alone where ``repr`` fails, as for a whole number of 5,000 digits.

    >>> quote("w₁"), len(quote("w" * 20_000))
    ("'w₁'", 200)
    """
    try:
        return shorten(repr(value))
    except Exception:  # noqa: BLE001 - a message about a bad value must not fail on it
        return f"<{shorten(type(value).__name__)}>"


def node_name(node: Any) -> str:
    """How a message names a node: by its label, else by its operation and number."""
    if node.label:
        return shorten(node.label)
    return REFUSALS["unnamed"].format(kind=node.operation or "leaf", value=repr(node.data))
