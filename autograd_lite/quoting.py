"""Quotes what was handed in, at most 200 characters of it, so that a message stays a sentence."""

from typing import Any

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
    return f"{node.operation or 'leaf'} node of value {node.data!r}"
