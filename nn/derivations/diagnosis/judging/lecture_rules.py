"""The lectures' rules as lines in neutral letters: the general statement, and the parts of which mistakes are made."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from ....ground.activation_formulas import ACTIVATION_FORMULAS, LAYER_FORMULAS
from ....ground.arrays import Column, Floats
from ... import general
from ...conventions import Conventions
from ...general import ARRIVING, FLOATS, Arithmetic, Known, penalty_slope, sum_penalty
from ...lines import Derivation, Index, Line, parse_lines
from ...neutral import Problem

# what the lines of mistakes are made of
_PARTS = parse_lines("""
data[l] = alpha * sum(D[l, i] @ h[l - 1, i].T for i in samples)
bias_data[l] = alpha * sum(D[l, i] for i in samples)
cost_data = alpha * sum(loss(h[L, i], y[i]) for i in samples)
back[L, i] = (h[L, i] - target[i])
back[l, i] = W[l + 1].T @ back[l + 1, i]
out[L, i] = dphi[L](u[L, i])
out[l, i] = W[l + 1].T @ out[l + 1, i] * dphi[l](u[l, i])
""")

# the output's δ as the lectures write it: the residual, and the factor beside it, which the cross-entropy cancels
_SLOPE_THERE = parse_lines("slope[i] = dphi[L](u[L, i])")
_MEETING = parse_lines("slope[i] = 1")
_ALL_UNITS = parse_lines("all_units[i] = jacobian[L](h[L, i]).T @ dloss(h[L, i], y[i])")
_ROOT = parse_lines("rho = 1 / (2 * sqrt(sum(loss(h[L, i], y[i]) for i in samples)))\n"
                    "cost_data = sqrt(sum(loss(h[L, i], y[i]) for i in samples))")
_RESIDUAL = re.compile(r"(?<![\]\w])(?<!- )\(([hu])\[L, i\] - target\[i\]\)(?!\*\*)")
_LOSS_SLOPE = re.compile(r"dloss\(")

_OWN = parse_lines("""
C = cost_data + penalty
D[L, i] = (h[L, i] - target[i]) * slope[i]
dW[l] = data[l] + dpenalty[l]
db[l] = bias_data[l]
""")
_BY_LEFT = {line.left: line for line in (*general.LINES, *_OWN)}
RULES = (*(_BY_LEFT[left] for left in ("u[l, i]", "h[l, i]", "C", "D[L, i]", "D[l, i]", "dW[l]", "db[l]", "W_new[l]",
                                       "b_new[l]")), *ARRIVING)
"""The right line of each quantity."""


@dataclass(frozen=True)
class OutputForm:
    """How the δ of the output is made from cost and output activation.

    Attributes:
        residual: whether it is the residual a − y, times ``slope`` or alone; else ∂ℓ/∂a stands in its place.
        meets: whether cost and activation meet in the residual alone.
        of_layer: whether each output depends on every pre-activation of its layer.
        root: whether the cost is a root, so that ∂ℓ/∂a is divided by twice the cost of all samples.
    """

    residual: bool
    meets: bool
    of_layer: bool
    root: bool

    def express(self, line: Line) -> Line:
        """A line of the rules or of the catalogue, for this cost and this activation."""
        if self.residual:
            return line
        right = line.right
        if self.of_layer:
            right = right.replace("(h[L, i] - target[i]) * slope[i]", "all_units[i]")
        right = _RESIDUAL.sub(r"dloss(\1[L, i], y[i])", right)
        if self.root and line.letter not in ("all_units", "C"):
            right = _LOSS_SLOPE.sub("rho * dloss(", right).replace("all_units[i]", "rho * all_units[i]")
        return Line(line.left, right)

    def lines(self) -> Sequence[Line]:
        """The lines of the output layer."""
        found = (_BY_LEFT["D[L, i]"], *(_MEETING if self.meets else _SLOPE_THERE),
                 *(_ALL_UNITS if self.of_layer else ()), *(_ROOT if self.root else ()))
        return tuple(map(self.express, found))


def find_output_form(problem: Problem, conventions: Conventions) -> OutputForm:
    """How the δ of the output is made in a problem."""
    loss, activation = conventions.loss, problem.activations[-1]
    root, of_layer = loss.over == "root", activation in LAYER_FORMULAS
    meets = loss.through.get(activation) == loss.residual and not root
    plain = loss.slope_of_each == loss.residual and not root and not of_layer
    return OutputForm(meets or plain, meets, of_layer and not meets, root)


_BIASES_TOO = parse_lines("db[l] = bias_data[l] + bias_penalty[l]")
_SLOPE = re.compile(r"dphi\[(\w+)\]\(u\[\1, i\]\)")
_DECAY = parse_lines("W_new[l] = W[l] - shrink[l] - eta * dW[l]")


def adapt_lines(lines: Sequence[Line], from_post: bool, biases_too: bool) -> list[Line]:
    """Mistaken lines as they go before rules with the same ``from_post`` and ``biases_too``."""
    found = [Line(line.left, f"{line.right} + bias_penalty[l]") if biases_too and line.letter == "db" else line
             for line in lines]
    return [_from_post(line) for line in found] if from_post else found


def _from_post(line: Line) -> Line:
    return Line(line.left, _SLOPE.sub(r"dpost[\1](h[\1, i])", line.right))


def list_given_slopes(lines: Sequence[Line], known: Known, problem: Problem) -> list[Line]:
    """The lines of δ where its ∂C/∂a was handed in; none where other ``lines`` stand in the place of δ."""
    if any(line.letter == "D" for line in lines):
        return []
    layers = {l for l, _ in known.get("G", {})}
    return [Line(f"D[{l}, i]", f"jacobian[{l}](h[{l}, i]).T @ G[{l}, i]" if problem.activations[l - 1] in LAYER_FORMULAS
                 else f"G[{l}, i] * dphi[{l}](u[{l}, i])") for l in sorted(layers)]


def derive_by_rules(problem: Problem, conventions: Conventions, lam: float, arithmetic: Arithmetic = FLOATS,
                    from_post: bool = False, kink: float | None = None, decay: str | None = None,
                    alpha: float | None = None, biases_too: bool = False) -> Derivation:
    """The rules for a problem; lines that go in place of some are ``adapt_lines``.

    Args:
        lam: the lecture's λ.
        arithmetic: of floats, or of nodes.
        from_post: whether σ′ is calculated from the post-activation, a(1 − a), rather than from z.
        kink: the side taken where there is no derivative, 1 or −1; None as the lectures choose.
        decay: the penalty that acts on w at each step, l2 as w − λw − η ∂C/∂w, l1 with λ·sign(w); None without.
        alpha: what stands before the sum over the samples; None for the lecture's.
        biases_too: whether the penalty counts biases as well.
    """
    form, flipped = find_output_form(problem, conventions), not conventions.loss.of_class
    used = [*(_BIASES_TOO if biases_too else ()), *form.lines(), *map(form.express, (*_PARTS, *ARRIVING)),
            *(_DECAY if decay else ())]
    if from_post:
        used = [_from_post(line) for line in (*used, form.express(RULES[3]), RULES[4])]
    targets = np.array(problem.targets, dtype=float)
    own: dict[str, Mapping[Index, Floats]] = {
        "target": {(i,): (1 - row if flipped else row)[:, None] for i, row in enumerate(targets, start=1)}}
    if decay:
        shrink = np.sign if decay == "l1" else np.asarray
        own["shrink"] = {(l,): lam * shrink(np.array(W, dtype=float)) for l, W in enumerate(problem.weights, start=1)}
    names = {l: name for l, name in enumerate(problem.activations, start=1) if name not in LAYER_FORMULAS}
    words = {
        "N": len(problem.inputs), "lam": lam, "abs": np.abs, "ones": np.ones_like,
        "diagonal": lambda matrix: matrix.diagonal()[:, None],
        "log": arithmetic.elementwise("log(z)"), "exp": arithmetic.elementwise("exp(z)"),
        "largest": lambda columns: np.max(np.hstack(columns), axis=1, keepdims=True),  # of each unit, in all samples
        "beside": lambda *matrices: np.hstack(matrices), "reorder": _reorder,
        "width": {l: len(rows) for l, rows in enumerate(problem.weights, start=1)},
        "bias_cost": sum_penalty(problem, [*map(np.array, problem.biases or ())]),
        "dpost": {l: arithmetic.elementwise(ACTIVATION_FORMULAS[name].derivative, of="a", z=lambda a: a)
                  for l, name in names.items()},  # for ReLU, whose formula asks for the sign of z, a has the same
    }
    if alpha is not None:
        words["alpha"] = alpha
    if kink is not None:
        words["dphi"] = {l: partial(_one_sided, name, kink) for l, name in names.items()}
        own["dpenalty"] = {(l,): penalty_slope(problem, np.array(W, dtype=float), kink)
                           for l, W in enumerate(problem.weights, start=1)}
    return general.derive(replace(problem, penalises_biases=biases_too), conventions, used, own, arithmetic, words)


def _one_sided(name: str, side: float, u: "Floats") -> "Floats":
    """σ′ of an activation function with a kink at 0, from one side of it."""
    sigma = ACTIVATION_FORMULAS[name]
    slope: Floats = np.vectorize(lambda z: sigma.df(z if z else side * 1e-9), otypes=[float])(u)
    return slope


def _reorder(column: "Column", n: int) -> "Column":
    """The entries of a column in another order: two of the first three exchanged, or all moved on by one or back."""
    count = len(column)
    exchanged = {1: (0, 1), 2: (0, 2), 3: (1, 2)}
    order = list(range(count))
    if n in exchanged:
        first, second = exchanged[n]
        order[first], order[second] = order[second], order[first]  # an IndexError where there is no such unit
        return column[order]
    return np.roll(column, 1 if n == 4 else -1, axis=0)
