"""One number of a worked example: as its author printed it, as it is, and what is said of the two."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from math import ulp

AGREES, ROUNDED, DISAGREES = "agrees", "agrees but for rounding on the way", "disagrees"
_EXACT = 1e-12
FOLLOWS = "follows from a number before that disagrees"


def half_unit(printed: str) -> Decimal:
    """Half a unit of the last digit of a number."""
    return Decimal(5).scaleb(int(Decimal(printed).as_tuple().exponent) - 1)


def find_rounding(exact: float, printed: str) -> float:
    """By how much an author rounded a number at most: the spacing of floats for an exact one, such as 0 or 0.5."""
    off = abs(exact - float(printed))
    return off if off <= _EXACT * max(1.0, abs(exact)) else float(half_unit(printed))


def is_decimal(text: str) -> bool:
    """Whether a text is a finite number."""
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


@dataclass(frozen=True, slots=True)
class Printed:
    """One number: as its author printed it, and as the engine computes it.

    ``slack`` is what rounding on the way explains: how far the engine's number moves, to first order, if each number
    printed before it is replaced by the printed one, give or take half a unit of its last digit. ``own`` is what its
    formula gives on the numbers printed before; None where none of those disagrees. ``follows`` says whether that is
    the printed number.

    >>> examples()["mazur"].reproduce()[0].agrees
    True
    """

    symbol: str
    printed: str
    autodiff: float
    slack: float = 0.0
    own: float | None = None
    follows: bool = False

    @property
    def verdict(self) -> str:
        """``agrees``, ``agrees but for rounding on the way``, ``follows …``, or ``disagrees``.

        The first: within half a unit of the last digit printed; a number half-way between two may be rounded either
        way. Where the spacing of floats is coarser, one spacing is allowed: two right ways to compute tanh differ by
        that. The second: within that and ``slack``. The third: wrong, and it comes of a wrong number before it.
        """
        if self.is_near(self.autodiff):
            return AGREES
        if self.is_near(self.autodiff, self.slack):
            return ROUNDED
        return FOLLOWS if self.follows else DISAGREES

    def is_near(self, number: float, slack: float = 0.0) -> bool:
        """Whether what was printed is that number, rounded to its digits, but for ``slack``."""
        half, spacing = half_unit(self.printed), Decimal(ulp(number))
        off = abs(Decimal(number) - Decimal(self.printed))
        return off <= half + spacing + Decimal(slack)

    @property
    def agrees(self) -> bool:
        """Whether it agrees, be it with rounding on the way."""
        return self.verdict in (AGREES, ROUNDED)

    @property
    def rounded(self) -> bool:
        """Whether it agrees only since its author rounded the numbers before it."""
        return self.verdict == ROUNDED

    def describe_departure(self) -> str:
        """Where a wrong number leaves the path: what its formula gives, and the first digit that differs.

        >>> Printed("z₄", "0.185", 0.1569).describe_departure()
        'z₄ is printed as 0.185, and it is 0.157: they differ from the 2nd decimal on.'
        """
        number = self.autodiff if self.own is None else self.own
        right = Decimal(number).quantize(Decimal(1).scaleb(int(Decimal(self.printed).as_tuple().exponent)))
        other = abs(number - self.autodiff) > _EXACT
        before = "on the numbers printed before it, " if other else ""
        digit = _find_digit(self.printed, right)
        return f"{self.symbol} is printed as {self.printed}, and {before}it is {right:f}: {digit}."


def _find_digit(printed: str, right: Decimal) -> str:
    """Which digit is the first that differs."""
    given = Decimal(printed)
    if given == -right:
        return "the sign differs"
    if given and abs(right / given - 2) < Decimal("0.002"):
        return "it is twice what is printed"
    if right and abs(given / right - 2) < Decimal("0.002"):
        return "it is half of what is printed"
    whole, decimals = (f"{abs(number):f}".partition(".") for number in (given, right)), max(
        0, -int(right.as_tuple().exponent))
    (first, _, more), (other, _, rest) = whole
    if given * right < 0:
        return "the sign differs, and so do the digits"
    if first.lstrip("0") != other.lstrip("0"):
        return "they differ before the decimal point" if decimals else "they differ"
    place = next((i for i, (a, b) in enumerate(zip(more, rest, strict=True), start=1) if a != b), decimals)
    ordinal = {1: "1st", 2: "2nd", 3: "3rd"}.get(place, f"{place}th")
    return f"they differ from the {ordinal} decimal on" if place < decimals else (
        f"they differ in the {ordinal} decimal, the last")
