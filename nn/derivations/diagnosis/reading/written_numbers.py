"""Numbers as they were written: their digits, and half a unit of the last one."""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

import numpy as np

from autograd_lite.internal import from_superscript, quote, shorten

from ....ground.arrays import Floats
from .paper_text import to_paper

LONGEST = 400  # characters of a number, as many as 1e400 written out has

Written: TypeAlias = "str | list[Written]"
"""A number as the text that was written, or numbers nested as the lecture's array is."""


def is_number(text: str) -> bool:
    """Whether a text is a finite number."""
    if len(text) > LONGEST or not re.search(r"[\d½¼¾⅓⅔⅛]", text):
        return False
    try:
        return Decimal(_normalise_number(text)).is_finite()
    except (InvalidOperation, ValueError):
        return False


_FRACTIONS = {"½": "1/2", "¼": "1/4", "¾": "3/4", "⅓": "1/3", "⅔": "2/3", "⅛": "1/8"}
_EXACT = 15  # digits of a fraction


def _normalise_number(text: str) -> str:
    """A number as it may be typed: a typographic minus, a decimal comma, 1.2·10⁻³, -6.759 × 10^-1, ½, 1/3, in LaTeX."""
    text = text.strip()
    if re.fullmatch(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", text):
        return text
    try:
        text = to_paper(text).text
    except ValueError:
        return ""
    text = re.sub(f"[{''.join(_FRACTIONS)}]", lambda found: _FRACTIONS[found[0]], text)
    text = re.sub(r"^\((.*)\)$", r"\1", re.sub(r"\(\((\d+)\)/\((\d+)\)\)|\((\d)/(\d)\)", r"\1\3/\2\4", text))
    text = re.sub(r"[·⋅×∙*]\s*10\s*(?=[⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹])", "*10^", text.replace("−", "-").replace("–", "-"))
    if not re.fullmatch(r"[^⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹]*(?:\*10\^[⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹]+)?", text):
        return ""  # a power of another number
    text = from_superscript(text).replace("**", "^").replace("⋅", "*").replace("∙", "*")
    text = re.sub(r"(?<=[-+])\s+|\s*(?=[·×*^/])|(?<=[·×*^/])\s+", "", text)
    text = re.sub(r"[·×*]10\^\(?([-+]?\d+)\)?$", r"e\1", text)
    fraction = re.fullmatch(r"([+-]?)(\d{1,9})/(\d{1,9})", text)
    if fraction and int(fraction[3]):
        return f"{fraction[1]}{Decimal(fraction[2]) / Decimal(fraction[3]):.{_EXACT}e}"
    return re.sub(r"^([+-]?\d*),(\d+)(?=$|e)", r"\1.\2", text)


def is_exact(text: str) -> bool:
    """Whether it is a whole number or a fraction, such as 0, -1 and ½."""
    plain = re.sub(f"[{''.join(_FRACTIONS)}]", "1", text.strip())
    return bool(re.fullmatch(r"[-+−]?\s*\d+(?:\s*/\s*\d+)?", plain)) or (
        "frac" in text and is_number(text))


def format_key(key: object) -> str:
    """A key as it stands in a sentence, on one line."""
    return shorten(key) if isinstance(key, str) and key.isprintable() and key else quote(key)


def half_unit(text: str) -> float:
    """Half a unit of the last digit written: 0.00005 for 0.0117 and 0.0120, 0.5 for 12, 50 for 1.2e3."""
    exponent = Decimal(text).as_tuple().exponent
    return float(Decimal(5).scaleb(int(exponent) - 1))


def read_written_numbers(value: object) -> Written:
    """A number, nested lists of numbers or an array, as texts with the digits that were written.

    Raises:
        TypeError: something else; ValueError: a number that is not finite, or does not fit a float.
    """
    if str(getattr(value, "dtype", "")) in ("float32", "float16"):  # its own digits, not those of a double
        value = np.vectorize(lambda x: f"{float(x):.6g}", otypes=[object])(value)
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [read_written_numbers(item) for item in value]
    if isinstance(value, bool) or value is None or not isinstance(value, str | int | float | Decimal):
        raise TypeError(f"it must be a formula, a function, a number or a list of numbers, not {type(value).__name__}")
    text = _normalise_number(value) if isinstance(value, str) else str(value)
    if not is_number(text):
        raise ValueError(f"{quote(value)} is not a finite number" if isinstance(value, float) else
                         f"{quote(str(value))} is not a number")
    if abs(Decimal(text).adjusted()) > 300:
        raise ValueError(f"{quote(text)} does not fit a float")
    return text


def to_arrays(texts: Written, name: str) -> tuple["Floats", "Floats"]:
    """The numbers, and half a unit of the last digit of each, as two arrays nested as the texts are."""
    def nested(item: Written, of: Callable[[str], float]) -> Any:
        return [nested(part, of) for part in item] if isinstance(item, list) else of(item)

    try:
        return np.array(nested(texts, float), dtype=float), np.array(nested(texts, half_unit), dtype=float)
    except ValueError:
        raise ValueError(f"the rows of {name} must be equally long") from None


def format_written(texts: Written) -> str:
    """A nested list of texts as one text."""
    return f"[{', '.join(format_written(text) for text in texts)}]" if isinstance(texts, list) else texts
