"""Ratios in words: what is a power or a product of N, n, λ and η is named, for its number belongs to hidden inputs."""

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product

from autograd_lite.internal import write

_SAME = 1e-6
_SIZES = ("1", "2", "1/2")
_LARGEST = 2  # powers, and their sum


def list_names(ratio: float, constants: Mapping[str, float]) -> Iterator[str]:
    """Every product of constants that has this value, such as ``N²``, ``2/n`` or ``−η``, the simplest first.

    On other inputs some of them have another value. ``constants``: name -> value; one that is 0 or ±1 cannot be told.

    >>> [list(list_names(ratio, {"N": 5, "n": 3})) for ratio in (25.0, -2 / 3, 7.0)]
    [['N²'], ['−2 / n'], []]
    """
    known = {name: value for name, value in constants.items() if abs(value) not in (0, 1)}
    for size, powers in _list_products(tuple(known)):
        value = {"1": 1.0, "2": 2.0, "1/2": 0.5}[size]
        for name, power in powers.items():
            value *= known[name] ** power
        if abs(abs(ratio) - abs(value)) <= _SAME * abs(value):
            yield ("−" if ratio * value < 0 else "") + _write_product(size, powers)


@cache
def _list_products(names: tuple[str, ...]) -> tuple[tuple[str, dict[str, int]], ...]:
    """A size and powers of the names, the simplest first."""
    def list_all() -> Iterator[tuple[int, str, dict[str, int]]]:
        for powers in product(range(-_LARGEST, _LARGEST + 1), repeat=len(names)):
            total = sum(map(abs, powers))
            if 0 < total <= _LARGEST:
                for size in _SIZES:
                    yield total + (size != "1"), size, {n: p for n, p in zip(names, powers, strict=True) if p}

    return tuple((size, powers) for _, size, powers in sorted(list_all(), key=lambda item: item[0]))


def _write_product(size: str, powers: Mapping[str, int]) -> str:
    def factor(name: str, power: int) -> str:
        return name if power == 1 else f"{name}**{power}"

    up = [factor(name, power) for name, power in powers.items() if power > 0]
    down = ["2"] * (size == "1/2") + [factor(name, -power) for name, power in powers.items() if power < 0]
    above = " * ".join(["2"] * (size == "2") + up) or "1"
    below = f" / ({' * '.join(down)})" if down else ""
    return write(f"{above}{below}")
