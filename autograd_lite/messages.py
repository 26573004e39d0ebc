"""How messages quote what was handed in: on at most 200 characters, whatever its length."""

LIMIT = 200
"""The largest number of characters that a message quotes of one thing."""


def shorten(text: str, limit: int = LIMIT) -> str:
    """``text``, with … in place of its middle where it is longer than ``limit`` characters.

    >>> shorten("w₁ = 2.0, w₂ = 3.0, w₃ = 5.0", 15)
    'w₁ = 2.…₃ = 5.0'
    """
    if len(text) <= limit:
        return text
    head = limit // 2
    return f"{text[:head]}…{text[len(text) - (limit - head - 1):]}"


def quote(value: object) -> str:
    """``repr(value)``, shortened; the type alone where it has no ``repr``, such as a whole number of 5,000 digits.

    >>> quote("w")
    "'w'"
    >>> len(quote("w" * 20_000))
    200
    """
    try:
        return shorten(repr(value))
    except Exception:  # noqa: BLE001 - a message about a bad value must not fail on it
        return f"<{shorten(type(value).__name__)}>"
