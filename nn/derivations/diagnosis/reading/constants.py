"""Constants of a cost and of a penalty, such as 1/(2N): a fraction times powers of N and n, read and written."""

import re
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Constant:
    """``factor`` · N^``samples`` · n^``outputs``: N counts the samples, n the outputs of the network.

    >>> str(parse_constant("2/(N n)")), str(Constant(Fraction(1, 2)))
    ('2/(N·n)', '1/2')
    """

    factor: Fraction = Fraction(1)
    samples: int = 0
    outputs: int = 0

    def value(self, samples: int, outputs: int) -> float:
        """Its value for N samples and n outputs."""
        return float(self.factor) * float(samples) ** self.samples * float(outputs) ** self.outputs

    def times(self, other: "Constant") -> "Constant":
        """The product."""
        return Constant(self.factor * other.factor, self.samples + other.samples, self.outputs + other.outputs)

    def over(self, other: "Constant") -> "Constant":
        """The quotient."""
        return Constant(self.factor / other.factor, self.samples - other.samples, self.outputs - other.outputs)

    def write(self, times: str = "·", of: str = "") -> str:
        """``1/(2·N)``; with what it is a constant ``of``, a name: ``lam/(2·N)``, or only ``lam`` where it is 1."""
        above, below = abs(self.factor.numerator), self.factor.denominator
        names = {"N": self.samples, "n": self.outputs}
        up = [str(above)] * (above != 1) + [n for n, power in names.items() for _ in range(power)] + [of] * bool(of)
        down = [str(below)] * (below != 1) + [n for n, power in names.items() for _ in range(-power)]
        text = times.join(up) or "1"
        if down:
            text += f"/{down[0]}" if len(down) == 1 else f"/({times.join(down)})"
        return f"-{text}" if self.factor < 0 else text

    def __str__(self) -> str:
        return self.write()


ONE = Constant()
_LAMBDA = re.compile(r"λ|lambda|lam\b")


def parse_constant(text: str) -> Constant | None:
    """The constant of a text such as ``1/2``, ``½``, ``2/(N n)`` or ``λ/(2N)``, in which λ counts as 1; None if none.

    >>> parse_constant("lam/2") == parse_constant("½")
    True
    """
    bare = re.sub(r"[\s·*]+", " ", _LAMBDA.sub(" 1 ", text).replace("½", "1/2")).strip()
    above, slash, below = (part.strip() for part in bare.partition("/"))
    if below.startswith("(") and below.endswith(")"):
        below = below[1:-1]
    elif re.search(r"\d ?[Nn]|[Nn] ?[Nn]", below):
        return None  # 1/2N can be read in two ways
    top, bottom = _parse_product(above), _parse_product(below) if slash else ONE
    return top.over(bottom) if top and bottom else None


def _parse_product(text: str) -> Constant | None:
    if not re.fullmatch(r"(?:\d{1,3}|N|n| )+", text) or not text.strip():
        return None
    found = ONE
    for part in re.findall(r"\d+|N|n", text):
        if part == "0":
            return None
        found = found.times({"N": Constant(samples=1), "n": Constant(outputs=1)}.get(part) or Constant(
            Fraction(int(part))))
    return found
