"""How far a published number may be off since its author rounded the numbers before it.

An author who writes each number down rounds it by up to half a unit of its last digit, and calculates the next from
that. A later number is then off by up to Σ |∂later/∂earlier| · half, to first order. The engine has the partials: those
of values from the graph, those of gradients from the graph of the backward pass.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from autograd_lite import Value, grad
from autograd_lite.internal import add_floats

if TYPE_CHECKING:
    from . import Example

_EXACT = 1e-12
Key = tuple[str, str]  # a kind of printed number, and its name


def half_unit(printed: str) -> Decimal:
    """Half a unit of the last digit of a number."""
    return Decimal(5).scaleb(int(Decimal(printed).as_tuple().exponent) - 1)


def _find_rounding(number: object, printed: str) -> float:
    """By how much an author rounded a number at most; 0 for one that has no further digits, such as 0 or 0.5."""
    exact = number.data if isinstance(number, Value) else float(printed)
    return 0.0 if abs(exact - float(printed)) <= _EXACT * max(1.0, abs(exact)) else float(half_unit(printed))


def find_slack(example: "Example") -> Mapping[Key, float]:
    """Kind and name of each printed number -> how far rounding of the others can move it."""
    nodes = example.record()
    output = nodes[example.output]
    written: dict[Key, Value] = {("values", name): nodes[name] for name in example.printed.get("values", {})}
    wanted = list(dict.fromkeys([*example.printed.get("gradients", {}), *example.printed.get("updated", {})]))
    adjoints = dict(zip(wanted, grad(output, [nodes[name] for name in wanted], create_graph=True), strict=True))
    written |= {("gradients", name): adjoints[name] for name in example.printed.get("gradients", {})}
    halves = {key: _find_rounding(number, example.printed[key[0]][key[1]]) for key, number in written.items()}
    found = {key: _sum_moves(node, key, written, halves) for key, node in written.items()}
    eta = example.update.get("eta", 0.0)
    for name in example.printed.get("updated", {}):
        key = ("gradients", name)
        moved = found[key] + halves[key] if key in found else _sum_moves(adjoints[name], key, written, halves)
        found["updated", name] = eta * moved
    return found


def _sum_moves(node: object, key: Key, written: Mapping[Key, Value], halves: Mapping[Key, float]) -> float:
    """Σ |∂node/∂number| · half over the other numbers that were written; 0 where there is no derivative."""
    if not isinstance(node, Value):
        return 0.0
    others = [other for other, number in written.items() if other != key and isinstance(number, Value)
              and number is not node]
    try:
        slopes = grad(node, [written[other] for other in others])
    except (ArithmeticError, ValueError):  # such as the second derivative at a kink
        return 0.0
    return add_floats(abs(slope) * halves[other] for other, slope in zip(others, slopes, strict=True))
