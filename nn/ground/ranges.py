"""Ranges of settings, as data: the same interval is checked and said in the message."""

from dataclasses import dataclass
from math import inf, isfinite

from autograd_lite.internal import quote


@dataclass(frozen=True, slots=True)
class Range:
    """The finite numbers between two ends.

    Attributes:
        low, high: the ends.
        with_low, with_high: whether the end belongs to the range.

    >>> print(Range(0, 1, with_low=True))
    a number from 0 to below 1
    """

    low: float = -inf
    high: float = inf
    with_low: bool = False
    with_high: bool = False

    def __contains__(self, value: object) -> bool:
        return (isinstance(value, int | float) and isfinite(value)
                and (self.low < value < self.high or (self.with_low and value == self.low)
                     or (self.with_high and value == self.high)))

    def __str__(self) -> str:
        if self.low == -inf == -self.high:
            return "a finite number"
        if self.high == inf:
            return f"a finite number {'of at least' if self.with_low else 'above'} {self.low:g}"
        if self.low == -inf:
            return f"a finite number {'of at most' if self.with_high else 'below'} {self.high:g}"
        low = f"from {self.low:g} to" if self.with_low else f"above {self.low:g} and"
        between = "" if self.with_low and self.with_high else " up to" if self.with_high else " below"
        return f"a number {low}{between} {self.high:g}"

    def check(self, what: str, value: object, also: str = "") -> None:
        """Raise ValueError if a number is out of range.

        Args:
            what: what the number is, for the message.
            also: what else may stand there, for the message.
        """
        if value not in self:
            raise ValueError(f"{what} must be {self}{also}, not {quote(value)}")


ANY, ABOVE_0, AT_LEAST_0, FROM_0_TO_BELOW_1 = Range(), Range(0), Range(0, with_low=True), Range(0, 1, with_low=True)
