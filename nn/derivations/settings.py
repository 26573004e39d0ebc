"""The settings of a lecture: numbers, names, vectors and matrices that are checked, read from text, and formatted."""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from autograd_lite.internal import quote, require_number

from ..ground.suggest import unknown_name

Settings = Mapping[str, Any]
Vector = tuple[float, ...]
Matrix = tuple[Vector, ...]


@dataclass(frozen=True)
class Setting(ABC):
    """A quantity that the reader may choose.

    Attributes:
        name: in programs and on the command line.
        symbol: in the lecture.
        meaning: in words.
        default: the value, or a function of the settings before it.
        several: whether its text may be several words.

    >>> x = LECTURES["chain"].settings[0]
    >>> x.name, x.meaning, x.read("0.5")
    ('x', 'input', 0.5)
    """

    name: str
    symbol: str
    meaning: str
    default: Any | Callable[[Settings], Any] = None
    several: ClassVar[bool] = False

    @abstractmethod
    def check_value(self, value: Any) -> Any:
        """The value as the lecture computes with it.

        Raises:
            TypeError: of another kind; ValueError: not finite, out of range, or an unknown choice (names the nearest).
        """

    def read(self, text: str) -> Any:
        """The value of a text on the command line. Raises as ``check_value`` does."""
        return self.check_value(text)

    def format_value(self, value: Any) -> str:
        """A checked value as a text that ``read`` accepts."""
        return "none" if value is None else str(value)


class Number(Setting):
    """A finite float."""

    def check_value(self, value: Any) -> float:
        return _require_float(value, self.name)

    def read(self, text: str) -> float:
        return self.check_value(_parse_float(text, self.name))

    def format_value(self, value: Any) -> str:
        return _format_float(value)


@dataclass(frozen=True)
class Choice(Setting):
    """One of the ``choices``; ``because`` says why it is these. Where None is the default, "none" is accepted too."""

    choices: tuple[str, ...] = ()
    because: str = ""

    def check_value(self, value: Any) -> str | None:
        if self.default is None and (value is None or value == "none"):
            return None
        if not isinstance(value, str) or value not in self.choices:
            raise ValueError(f"{unknown_name(self.name, value, self.choices)}{self.because}")
        return value


class Choices(Choice):
    """A tuple of ``choices``, of the length of the default."""

    several = True

    def check_value(self, value: Any) -> Any:
        value = value.tolist() if hasattr(value, "tolist") else value
        names = [value] if isinstance(value, str) or not isinstance(value, Sequence) else list(value)
        example: tuple[str, ...] = tuple(self.default)  # type: ignore[arg-type]  # no function here
        if len(names) != len(example):
            raise ValueError(f"{self.name} needs {len(example)} names, such as {', '.join(example)}; it got "
                             f"{len(names)}")
        return tuple(super(Choices, self).check_value(name) for name in names)

    def read(self, text: str) -> Any:
        return self.check_value(text.split())

    def format_value(self, value: Any) -> str:
        return " ".join(value)


class Class(Setting):
    """0 or 1; of several outputs a list of numbers."""

    several = True

    def check_value(self, value: Any) -> int | Vector:
        value = value.tolist() if hasattr(value, "tolist") else value
        if isinstance(value, list | tuple):
            if not value:
                raise ValueError(f"{self.name} is empty; it must be 0 or 1, or a list with a number for each output")
            return tuple(_require_float(number, f"{self.name}[{i}]") for i, number in enumerate(value))
        chosen = _require_float(value, self.name, "0 or 1")
        if chosen not in (0, 1):
            raise ValueError(f"{self.name}, {self.meaning}, must be 0 or 1, not {_format_float(chosen)}")
        return int(chosen)

    def read(self, text: str) -> int | Vector:
        words = re.split(r"[\s,]+", text.strip("[], "))
        if len(words) == 1 and "[" not in text:
            return self.check_value(_parse_float(words[0], self.name))
        return self.check_value([_parse_float(word, self.name) for word in words])

    def format_value(self, value: Any) -> str:
        return f"[{', '.join(map(_format_float, value))}]" if isinstance(value, tuple) else str(value)


@dataclass(frozen=True)
class Array(Setting):
    """Numbers nested ``depth`` deep: 1 for a vector, 2 for a matrix, 3 for one matrix a layer.

    Rows of a matrix have equal lengths, unless ``ragged``. None is accepted where it is the default, or ``optional``.
    """

    depth: int = 1
    ragged: bool = False
    optional: bool = False
    several: ClassVar[bool] = True

    def check_value(self, value: Any) -> Any:
        if value is None and (self.optional or self.default is None):
            return None
        return self._check_nested(value, self.depth, self.name)

    def _check_nested(self, value: Any, depth: int, where: str) -> Any:
        if depth == 0:
            return _require_float(value, where)
        items = value.tolist() if hasattr(value, "tolist") else value
        kind = _KINDS[depth, self.ragged and depth == self.depth]
        if not isinstance(items, list | tuple):
            whole = "" if where == self.name else f"; {self.name} must be {_KINDS[self.depth, self.ragged]}"
            raise TypeError(f"{where} must be {kind}, not {quote(value)}{whole}")
        if not items:
            raise ValueError(f"{where} is empty; it must be {kind}")
        checked = tuple(self._check_nested(item, depth - 1, f"{where}[{i}]") for i, item in enumerate(items))
        if depth == 2 and not self.ragged and len({len(row) for row in checked}) > 1:
            i = next(i for i, row in enumerate(checked) if len(row) != len(checked[0]))
            raise ValueError(f"the rows of {where} must be equally long: {where}[0] has {len(checked[0])} numbers, "
                             f"{where}[{i}] has {len(checked[i])}")
        return checked

    def read(self, text: str) -> Any:
        text = text.strip()
        if text == "none" and (self.optional or self.default is None):
            return None
        if self.depth == 1 and not text.startswith("["):
            return self.check_value([_parse_float(word, self.name) for word in re.split(r"[\s,]+", text.strip(", "))])
        try:
            value = json.loads(text)
        except (json.JSONDecodeError, RecursionError):
            raise ValueError(f"{self.name} must be {_KINDS[self.depth, self.ragged]}, not {quote(text)}") from None
        return self.check_value(value)

    def format_value(self, value: Any) -> str:
        if value is None:
            return "none"
        if isinstance(value, float):
            return _format_float(value)
        return f"[{', '.join(self.format_value(item) for item in value)}]"


_KINDS = {
    (1, False): "a list of numbers, such as [1, 2]",
    (2, False): "a matrix, row by row, such as [[1, 2], [3, 4]]",
    (2, True): "a list of numbers for each layer, such as [[1, 2], [3]]",
    (3, False): "a matrix for each layer, such as [[[1, 2], [3, 4]], [[5, 6]]], and for one layer [[[1, 2], [3, 4]]]",
}


def _require_float(value: Any, where: str, what: str = "a number") -> float:
    """The value as a finite float. Raises TypeError for True and False as well, which Python takes for numbers."""
    if isinstance(value, bool):
        raise TypeError(f"{where} must be {what}, not {value}")
    return require_number(value, where, what)


def _format_float(x: float) -> str:
    """All digits, so that the text can be typed in again; 4 for 4.0."""
    return repr(x).removesuffix(".0")


def _parse_float(text: str, name: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{name} must be a number, not {quote(text)}") from None
