"""What a lecture needs of a cost and of an activation function: value, derivative, and how both are written."""

import ast
from collections.abc import Mapping, Sequence
from typing import Any

from autograd_lite import sqrt

from ...costs import COSTS, Cost, in_outputs, squared_error
from ...costs.cost_rows import SQUARE, make_row
from ...costs.own_costs import check_row, record_text
from ...costs.penalties import add_up
from ...ground.activation_formulas import find_formula, write_in_words
from ...ground.formulas import require_formula, substitute
from ...ground.suggest import unknown_name
from .grammar import check_tree

_SQUARED = make_row("squared_error", SQUARE, "2 * (a - y)", squared_error)


def list_costs() -> Mapping[str, Cost]:
    """Name -> row, of the costs that a file may name; that of a cost of logits is the same one of the outputs."""
    return {name: in_outputs(row) for name, row in COSTS.items() if row.each} | {_SQUARED.name: _SQUARED}


def find_file_cost(name: object) -> Cost:
    """The row of a cost. Raises ValueError for an unknown name, with the nearest."""
    if name == _SQUARED.name:
        return _SQUARED
    if not isinstance(name, str) or name not in COSTS:
        raise unknown_name("cost", name, list_costs())
    return in_outputs(COSTS[name])


def parse_text(formula: str) -> ast.expr:
    """The tree of a formula of a row. Raises ValueError where it is none."""
    try:
        tree = ast.parse(formula, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError(f"{formula!r} is no formula") from None
    check_tree(tree)
    return tree


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


def make_file_cost(name: str, each: str, slope: str, over: str, targets: str, through: Mapping[str, str]) -> Cost:
    """A row of one's own, from formulas in h, y and n; under a root ``slope`` has C, the cost itself, in it.

    Raises:
        ValueError: a formula that cannot be read, or a derivative that is not that of ``each``; with the place in the
            file.
    """
    def read(text: str, where: str, letters: str = "hyn") -> str:
        try:
            parse_text(text)
            require_formula(found := write_in_words(text), letters)
        except ValueError as error:
            raise ValueError(f"[cost] {where}: {error}") from None
        return substitute(found, {"h": "a"})

    read_slope = read(slope, "slope", "hynC" if over == "root" else "hyn")
    match parse_text(read_slope):
        case ast.BinOp(op=ast.Div(), right=ast.Name(id="C")):
            read_slope = f"2 * {read_slope.rpartition('/')[0].strip()}"
    read_each = read(each, "each")
    row = make_row(name, read_each, substitute(read_slope, {"C": "0.5"}), record_text(name, read_each), over=over,
                   targets=targets, through={key: read(text, f"through.{key}") for key, text in through.items()})
    try:
        return check_row(row, "h")
    except ValueError as error:
        raise ValueError(f"[cost]: {error}") from None


def record_cost(row: Cost, over: str, outputs: Sequence[Sequence[Any]], targets: Sequence[Sequence[Any]]) -> Any:
    """The node of the cost of a batch, without its penalty; ``outputs`` are nodes, a row a sample.

    The cost of each sample is a node, so that the structure that all samples share can be seen.
    """
    sample = record_text(row.name, row.summand)
    whole = add_up([sample(h, y) for h, y in zip(outputs, targets, strict=True)])
    if over == "root":
        return sqrt(whole)
    return whole / len(outputs) if over == "mean" and len(outputs) > 1 else whole
