"""What a lecture needs of a cost and of an activation function: value, derivative, and how both are written."""

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from autograd_lite.internal import FUNCTIONS as NODE_FUNCTIONS
from autograd_lite.internal import add_floats

from ... import costs
from ...costs.cost_rows import write_factor
from ...ground.activation_formulas import find_formula
from ...ground.activations import LAYER_ACTIVATIONS
from ...ground.suggest import unknown_name
from .evaluation import Scope, evaluate
from .functions import ELEMENTWISE
from .grammar import check_tree


@dataclass(frozen=True)
class Cost:
    """A cost as a sum over the outputs h and targets y of each sample.

    Attributes:
        name: its name in a file.
        each: what each output adds, text in h, y and n, the number of outputs.
        slope: ∂ℓ/∂h as text in the same letters; in a root, C is the cost itself.
        over: how samples are reduced: mean, sum, or root (the square root of the sum).
        targets: numbers, probabilities (0 to 1), or classes (probabilities that add up to 1).
        through: activation of the output -> ∂ℓ/∂u as text in h and y, where it is simpler.
        called: what students call it; its name if the row says nothing.
    """

    name: str
    each: str
    slope: str
    over: str = "mean"
    targets: str = "numbers"
    through: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    called: str = ""


def _read_row(row: "costs.Cost") -> Cost:
    """A row of the table of costs in the letters h and y."""
    def letters(text: str) -> str:
        return re.sub(r"\ba\b", "h", text)

    each = f"{write_factor(row.factor, row.per_output)}({row.each})" if row.factor != 1 or row.per_output else row.each
    slope = f"({row.slope_of_each}) / (2 * C)" if row.over == "root" else row.slope_of_each
    through = {name: letters(text) for name, text in row.through.items()}
    return Cost(row.name, letters(each), letters(slope), row.over, row.targets, MappingProxyType(through),
                row.called)


class _Costs(Mapping[str, Cost]):
    """A view of the rows of the table that are costs of outputs: a row that is added later is seen too."""

    def __getitem__(self, name: str) -> Cost:
        if name == _SQUARED.name:
            return _SQUARED
        row = costs.COSTS[name]
        return _read_row(costs.COSTS[row.of_outputs] if row.of_outputs else row)

    def __iter__(self) -> Iterator[str]:
        return iter([*(name for name, row in costs.COSTS.items() if row.each), _SQUARED.name])

    def __len__(self) -> int:
        return len(list(iter(self)))


_SQUARED = Cost("squared_error", "(h - y)**2", "2 * (h - y)")
COSTS: Mapping[str, Cost] = _Costs()
"""Name -> cost."""


def find_cost(name: object) -> Cost:
    """The row of a cost. Raises ValueError for an unknown name, with the nearest."""
    if not isinstance(name, str) or (name not in costs.COSTS and name != _SQUARED.name):
        raise unknown_name("cost", name, COSTS)
    return COSTS[name]


class _Letters(Scope):
    """The letters of a formula of the table, on numbers, arrays or nodes."""

    def __init__(self, names: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]]) -> None:
        self.names, self.functions = names, functions

    def name(self, word: str) -> Any:
        return self.names[word] if word in self.names else super().name(word)


def parse_text(formula: str) -> ast.expr:
    """The tree of a formula of a row. Raises ValueError where it is none."""
    try:
        tree = ast.parse(formula, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError(f"{formula!r} is no formula") from None
    check_tree(tree)
    return tree


def evaluate_text(formula: str, names: Mapping[str, Any], nodes: bool = False) -> Any:
    """A formula of a row on arrays, or on nodes of a graph."""
    return evaluate(parse_text(formula), _Letters(names, NODE_FUNCTIONS if nodes else ELEMENTWISE), {})


def activate(name: str, u: Any) -> Any:
    """h = φ(u) of a layer; u has the shape (N, n), or is the number of a single unit."""
    import numpy as np

    formula = find_formula(name)
    return formula.of_layer([u])[0] if isinstance(u, float) else np.array([formula.of_layer(z) for z in u.tolist()])


def pass_back(name: str, u: Any, G: Any) -> Any:
    """∂ℓ/∂u from G = ∂ℓ/∂h: JᵀG, which is G ⊙ φ′(u) for a function of one unit; (N, n), or a number."""
    import numpy as np

    formula = find_formula(name)
    if isinstance(u, float):
        return formula.pull_back([u], [G])[0]
    return np.array([formula.pull_back(*row) for row in zip(u.tolist(), G.tolist(), strict=True)])


def check_cost(row: Cost, where: str) -> Cost:
    """The row, if its slope is the derivative of what it adds, and each ``through`` that of the output before it.

    Raises:
        ValueError: it is not, by differences at generic points; or a formula that cannot be read.
    """
    import numpy as np

    h, y, n, step = np.array([[0.3, 0.1, 0.6]]), np.array([[0.2, 0.5, 0.3]]), 3.0, 1e-6

    def cost(outputs: Any) -> float:
        found = np.asarray(evaluate_text(row.each, {"h": outputs, "y": y, "n": n})) + 0 * outputs
        total = add_floats(found.ravel().tolist())
        return float(np.sqrt(total)) if row.over == "root" else total

    def differences(of: Callable[[Any], float], at: Any) -> Any:
        moves = [step * np.eye(3)[[j]] for j in range(3)]
        return np.array([[(of(at + move) - of(at - move)) / (2 * step) for move in moves]])

    found = np.asarray(evaluate_text(row.slope, {"h": h, "y": y, "n": n, "C": cost(h)})) + 0 * h
    _require_equal(found, differences(cost, h), f"{where}: slope", row.slope, "∂ℓ/∂h")
    for name, text in row.through.items():
        u = np.log(h) if name in LAYER_ACTIVATIONS else np.array([[0.4, -0.7, 0.2]])
        value = np.asarray(evaluate_text(text, {"h": activate(name, u), "y": y, "n": n})) + 0 * h
        _require_equal(value, differences(lambda at, name=name: cost(activate(name, at)), u),  # type: ignore[misc]
                       f"{where}: through.{name}", text, "∂ℓ/∂z")
    return row


def _require_equal(found: Any, right: Any, where: str, text: str, what: str) -> None:
    import numpy as np

    if not np.allclose(found, right, rtol=1e-5, atol=1e-6):
        shown = [", ".join(f"{x:.5g}" for x in row.ravel().tolist()) for row in (found, right)]
        raise ValueError(
            f"{where} = {text!r} is not {what} of each: at h = 0.3, 0.1, 0.6 it gives {shown[0]}, and differences "
            f"of each give {shown[1]}"
        )


def record_cost(row: Cost, over: str, outputs: Sequence[Sequence[Any]], targets: Sequence[Sequence[Any]]) -> Any:
    """The node of the cost of a batch, without its penalty; ``outputs`` are nodes, a row a sample.

    The cost of each sample is a node, so that the structure that all samples share can be seen.
    """
    from autograd_lite import sqrt, total

    def add(terms: Sequence[Any]) -> Any:
        return terms[0] if len(terms) == 1 else total(terms)

    whole = add([add([evaluate_text(row.each, {"h": h, "y": y, "n": float(len(outputs[0]))}, nodes=True)
                      for h, y in zip(row_h, row_y, strict=True)])
                 for row_h, row_y in zip(outputs, targets, strict=True)])
    if over == "root":
        return sqrt(whole)
    return whole / len(outputs) if over == "mean" and len(outputs) > 1 else whole
