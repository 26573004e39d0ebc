"""Constants that stand before a sum: read from a ratio in two networks, never tried one by one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from itertools import product
from math import prod
from operator import sub

from ....ground import late_numpy as np
from ....ground.arrays import Floats
from ..running.networks import Net

_CLOSE = 1e-7  # two ratios that are one constant
_LARGEST = 24  # in a factor that is named


@dataclass(frozen=True)
class Constant:
    """factor · N^samples · n_L^outputs · n_0^inputs · n_l^units, for N samples and layer l."""

    factor: Fraction = Fraction(1)
    samples: int = 0
    outputs: int = 0
    inputs: int = 0
    units: int = 0

    @property
    def powers(self) -> tuple[int, int, int, int]:
        return self.samples, self.outputs, self.inputs, self.units

    def value(self, net: Net, layer: int = 0) -> float:
        counts = (net.samples, net.widths[-1], net.widths[0], net.widths[layer])
        return prod((float(count) ** power for count, power in zip(counts, self.powers, strict=True)),
                    start=float(self.factor))

    def over(self, other: "Constant") -> "Constant":
        return Constant(self.factor / other.factor, *map(sub, self.powers, other.powers))

    def times(self, other: "Constant") -> "Constant":
        return self.over(Constant().over(other))

    @property
    def complexity(self) -> tuple[int, ...]:
        """What makes it unlikely: the powers, then the sign, then the factor."""
        return (
            abs(self.outputs) + 2 * abs(self.inputs) + 3 * abs(self.units) + (abs(self.samples) > 1),
            max(map(abs, self.powers)), int(self.factor < 0), abs(self.factor.numerator) + self.factor.denominator,
        )

    def __str__(self) -> str:
        """``2/(N·n)``, ``−1/2``."""
        names = list(zip(("N", "n", "n₀", "nₗ"), self.powers, strict=True))
        above = [_power(name, power) for name, power in names if power > 0]
        below = [_power(name, -power) for name, power in names if power < 0]
        top, bottom = abs(self.factor.numerator), self.factor.denominator
        above = [str(top), *above] if top != 1 or not above else above
        below = [str(bottom), *below] if bottom != 1 else below
        under = "·".join(below)
        text = "·".join(above) + (f"/{under}" if len(below) == 1 else f"/({under})" if below else "")
        return f"−{text}" if self.factor < 0 else text


def _power(name: str, power: int) -> str:
    return name if power == 1 else f"{name}{'⁰¹²³⁴'[power]}"


ONE = Constant()


@cache
def _list_constants() -> tuple[Constant, ...]:
    factors = [sign * Fraction(size) for sign in (1, -1) for size in ("1", "2", "1/2", "4", "1/4")]
    found = [
        Constant(factor, *powers)
        for factor, powers in product(factors, product((0, -1, 1, -2, 2), (0, -1, 1), (0, -1, 1), (0, -1, 1)))
        if powers[1:].count(0) >= 2
    ]
    return tuple(sorted(found, key=lambda constant: constant.complexity))


@cache
def _list_plain() -> list[int]:
    """The places of the constants that are powers alone."""
    return [i for i, constant in enumerate(_list_constants()) if constant.factor == 1]


@cache
def _list_values(nets: tuple[Net, ...], layer: int) -> "Floats":
    return np.array([[constant.value(net, layer) for net in nets] for constant in _list_constants()])


def name_ratio(
    ratios: Sequence[float] | None, nets: Sequence[Net], layer: int = 0, close: float = _CLOSE,
    likely: Callable[[Constant], bool] = lambda _: False,
) -> Constant | None:
    """The simplest constant that has these values in these networks, a likely one first; None if there is none."""
    if ratios is None:
        return None
    wanted = np.array(ratios)
    if not np.isfinite(wanted).all() or not wanted.all():
        return None
    values = _list_values(tuple(nets), layer)
    fits = np.flatnonzero((np.abs(values - wanted) <= close * np.abs(wanted)).all(axis=1))
    hits = [_list_constants()[int(i)] for i in fits]
    return next(filter(likely, hits), hits[0]) if hits else _name_number(values, wanted, close)


def _name_number(values: "Floats", wanted: "Floats", close: float) -> Constant | None:
    """The simplest constant whose factor is another small whole number, its inverse, or a fraction of such numbers."""
    if len(wanted) < 2:
        return None
    plain = _list_plain()
    factors = wanted / values[plain]
    near = np.abs(factors[:, 1:] - factors[:, :1]).max(axis=1) <= close * np.abs(factors[:, 0])
    for i in np.flatnonzero(near) if near.any() else ():
        factor = Fraction(float(factors[i, 0])).limit_denominator(_LARGEST)
        if (
            factor and abs(factor.numerator) <= _LARGEST
            and (close <= 1e-6 or 1 in (abs(factor.numerator), factor.denominator))
            and np.all(np.abs(factors[i] - float(factor)) <= close * abs(float(factor)))
        ):
            return replace(_list_constants()[plain[int(i)]], factor=factor)
    return None


def list_ratios(given: Sequence["Floats | None"], right: Sequence["Floats"], tolerance: float) -> list[float] | None:
    """given/right in each network, where each is one number; None where it is not.

    >>> import numpy as np
    >>> list_ratios([np.array([2.0, 4.0])], [np.array([1.0, 2.0])], 1e-9)
    [2.0]
    """
    found = []
    for a, b in zip(given, right, strict=True):
        if a is None or a.shape != b.shape:
            return None
        size, largest = float(np.vdot(b, b)), float(np.abs(a).max())
        if not (0 < size < 1e200 and 0 < largest < 1e200):  # not for infinities and nan either
            return None
        ratio = float(np.vdot(b, a)) / size
        if not float(np.abs(a - ratio * b).max()) <= tolerance * largest:
            return None
        found.append(ratio)
    return found
