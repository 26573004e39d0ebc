"""Derivations as plain text, a line a quantity: ``δ₂ = (a₂ − y)·σ₂′(z₂)``, ``w1 := w1 - eta*dw1``, or pasted LaTeX."""

import json
import re
from collections.abc import Iterator
from typing import Any

from autograd_lite.internal import quote

LONGEST = 5_000  # characters of a line
MOST = 500  # lines

_COMMENT = re.compile(r"^\s*(?:#|%|//|```|---)|^\s*\$\$\s*$"
                      r"|^\s*\\(?:begin|end|\[|\]|documentclass|usepackage|label|tag|noindent)(?:\{[^}]*\}|\[[^\]]*\])*\s*$")
_BULLET = re.compile(r"^\s*(?:[-*+•]\s+|\(?\d+[.)]\s+|\\item\s+)")
_AROUND = re.compile(r"\$+|\\[\[\]()](?![a-zA-Z])|\\(?:begin|end)\{[a-z]+\*?\}|\\nonumber|\\notag")
_END = re.compile(r"[\s,.;]*(?:\\\\(?:\[[^\]]*\])?)?[\s,.;]*$")
"""What ends a line in a text: a comma, a full stop, the end of a line of LaTeX."""
_SIDES = re.compile(r"^(?P<left>[^=:←]*?)\s*(?P<sign>:=|←|\\leftarrow(?![a-zA-Z])|\\gets(?![a-zA-Z])|<-(?=\s)|=)"
                    r"(?P<right>.*)$", re.DOTALL)
_PARAMETER = re.compile(r"\s*[wWb](?![A-Za-z])[^\s=]*\s*")


def read_lines(text: str) -> dict[str, Any]:
    """Quantity -> formula or numbers.

    Raises:
        ValueError: a line that has no sign of equality, no left or no right side, or a quantity that has one already;
            names the line.
    """
    found: dict[str, Any] = {}
    for number, line in _join_lines(text):
        sides = _SIDES.match(line)
        if sides is None or not sides["left"].strip() or not sides["right"].strip():
            raise ValueError(f"line {number}: {quote(line)} is no line of a derivation; write  quantity = formula, "
                             "and # before a remark")
        left, right = sides["left"].strip().strip("\"'"), _read_value(sides["right"].strip())
        if _is_update(left, sides["sign"], sides["right"]):
            left = f"new {left}"
        if left in found:
            raise ValueError(f"line {number}: {quote(left)} is given twice; leave one out")
        found[left] = right
    return found


def _join_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines with their numbers, without remarks; one that begins with = goes on with the one before."""
    lines = text.splitlines()
    if len(lines) > MOST:
        raise ValueError(f"it has {len(lines)} lines; a derivation has at most {MOST}")
    under_way: tuple[int, str] | None = None
    for number, line in enumerate(lines, start=1):
        if len(line) > LONGEST:
            raise ValueError(f"line {number} has {len(line)} characters; at most {LONGEST} are read")
        if not line.strip() or _COMMENT.search(line):
            continue
        line = re.sub(r"\s#\s.*$|(?<!\\)%.*$", "", line)
        line = _END.sub("", _AROUND.sub("", _END.sub("", _BULLET.sub("", line)))).replace("&", "").strip()
        if not line:
            continue
        if under_way is not None and re.match(r"=(?!=)", line):
            under_way = under_way[0], f"{under_way[1]} {line}"
            continue
        if under_way is not None:
            yield under_way
        under_way = number, line
    if under_way is not None:
        yield under_way


def _is_update(left: str, sign: str, right: str) -> bool:
    """Whether a line gives the new value of a parameter: w₁ := …, or w₁ = w₁ − …."""
    return bool(_PARAMETER.fullmatch(left)) and "new" not in left and (
        sign != "=" or re.match(rf"\s*{re.escape(left)}\s*[-+−]", right) is not None)


def _read_value(text: str) -> Any:
    """A list of numbers, or the text; without quotation marks around it."""
    if re.fullmatch(r"(['\"]).*\1", text):
        return text[1:-1]
    if re.fullmatch(r"\[[\d\s,.\-+eE\[\]]*\]", text):
        try:
            return json.loads(text, parse_float=str, parse_int=str)
        except (ValueError, RecursionError):
            return text
    return text
