"""The mathematics of a lecture, and the general statement that gives every number of it.

    h⁰ = x        uˡ = Wˡhˡ⁻¹ + bˡ        hˡ = φˡ(uˡ)        C = reduced over samples of ℓ(hᴸ, y) + penalty
    Gᴸ = ∂ℓ/∂hᴸ        Gˡ = (Wˡ⁺¹)ᵀDˡ⁺¹        Dˡ = back[l](Gˡ) = Jᵀ Gˡ, where J = ∂hˡ/∂uˡ
    ∂C/∂Wˡ = α Σᵢ Dˡ(hˡ⁻¹)ᵀ + ∂penalty/∂Wˡ        ∂C/∂bˡ = α Σᵢ Dˡ        δ = s·D or s·G, times α unless of one sample
    new W = W − η ∂C/∂W        new b = b − η ∂C/∂b
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import sqrt
from typing import TYPE_CHECKING, Any

from autograd_lite.internal import add_floats

from ...costs import Cost
from .notation import Delta
from .rows import activate, evaluate_text, pass_back

if TYPE_CHECKING:
    from ...ground.arrays import Floats

    Arrays = Mapping[int, Floats]

PENALTIES = ("l1", "l2")


@dataclass(frozen=True)
class Problem:
    """What is derived, without a notation.

    Attributes:
        cost: a row; ``over`` says how samples are reduced, which may differ from the row's.
        activations: one name for every layer, or those of the layers; the last may be softmax.
        penalties: l1, l2 -> what stands before λΣ|w| and λΣw².
        penalise: "weights", or "all", the biases too.
        outputs: how many outputs the lines are for; None for any number.
    """

    cost: Cost
    over: str
    activations: tuple[str, ...]
    penalties: Mapping[str, float] = field(default_factory=dict)
    penalise: str = "weights"
    outputs: int | None = None

    def of_layers(self, depth: int) -> tuple[str, ...]:
        """The activation of each of so many layers: the last one named is that of the output."""
        names = self.activations
        return names * depth if len(names) == 1 else (*names[:-1], *names[-2:-1] * depth)[: depth - 1] + names[-1:]


@dataclass(frozen=True)
class Example:
    """Numbers of a problem.

    Attributes:
        inputs, targets: shape (N, n₀) and (N, n_L).
        weights: layer -> shape (nₗ, nₗ₋₁), target × source, without biases.
        biases: layer -> nₗ numbers; zeros where there are none.
        rate, strength: η and λ.
    """

    inputs: "Floats"
    targets: "Floats"
    weights: "Arrays"
    biases: "Arrays"
    rate: float
    strength: float = 0.0

    @property
    def depth(self) -> int:
        """L"""
        return len(self.weights)

    @property
    def widths(self) -> list[int]:
        """n₀ … n_L"""
        return [self.inputs.shape[1], *(matrix.shape[0] for matrix in self.weights.values())]


@dataclass(frozen=True)
class Numbers:
    """Every quantity in neutral letters: layer -> array, units of a sample in a row; C is a float."""

    x: "Arrays"
    y: "Arrays"
    W: "Arrays"
    b: "Arrays"
    pre: "Arrays"
    post: "Arrays"
    C: float
    delta: "Arrays"
    dW: "Arrays"  # noqa: N815 - as the contract has it
    db: "Arrays"
    W_new: "Arrays"
    b_new: "Arrays"

    def of(self, kind: str, layer: int) -> Any:
        """The numbers of a kind in a layer; C is of none."""
        return self.C if kind == "C" else getattr(self, kind)[layer]


def solve(problem: Problem, example: Example, delta: Delta) -> Numbers:
    """Every number of a problem by the general statement; nothing of a notation but what δ is."""
    import numpy as np

    depth, count, y = example.depth, len(example.inputs), example.targets
    names = dict(enumerate(problem.of_layers(depth), start=1))
    W, b = example.weights, example.biases
    post: dict[int, Any] = {0: example.inputs}
    pre: dict[int, Any] = {}
    for l in range(1, depth + 1):
        pre[l] = post[l - 1] @ W[l].T + b[l]
        post[l] = activate(names[l], pre[l])
    letters = {"a": post[depth], "y": y, "n": float(y.shape[1])}
    whole = float(np.sum(evaluate_text(problem.cost.summand, letters)))
    C, alpha = {"mean": (whole / count, 1 / count), "sum": (whole, 1.0)}.get(problem.over) or (sqrt(whole), 1.0)
    G = {depth: np.asarray(evaluate_text(problem.cost.slope_of_reduced, letters | {"C": C})) + 0 * post[depth]}
    D: dict[int, Any] = {}
    for l in range(depth, 0, -1):
        D[l] = pass_back(names[l], pre[l], G[l])
        G[l - 1] = D[l] @ W[l]
    penalised = [*W.values(), *(b.values() if problem.penalise == "all" else ())]
    C += sum_penalty(problem, example.strength, penalised)
    dW = {l: alpha * D[l].T @ post[l - 1] + penalty_slope(problem, example.strength, W[l]) for l in W}
    db = {l: alpha * D[l].sum(axis=0) for l in W}
    if problem.penalise == "all":
        db = {l: db[l] + penalty_slope(problem, example.strength, b[l]) for l in W}
    factor = delta.sign * (1.0 if delta.one_sample else alpha)
    own = D if delta.of == "pre" else G
    return Numbers({0: example.inputs}, {depth: y}, W, b, pre, post, C, {l: factor * own[l] for l in W}, dW, db,
                   {l: W[l] - example.rate * dW[l] for l in W}, {l: b[l] - example.rate * db[l] for l in W})


def sum_penalty(problem: Problem, strength: float, arrays: list[Any]) -> float:
    """The penalty of all weights."""
    import numpy as np

    sizes = {"l1": np.abs, "l2": np.square}
    return add_floats([factor * strength * float(sizes[name](w).sum()) for name, factor in problem.penalties.items()
                           for w in arrays])


def penalty_slope(problem: Problem, strength: float, w: Any) -> Any:
    """∂penalty/∂w, entry by entry."""
    import numpy as np

    slopes: Mapping[str, Callable[[Any], Any]] = {"l1": np.sign, "l2": lambda w: 2 * w}
    found = 0 * w
    for name, factor in problem.penalties.items():
        found = found + factor * strength * slopes[name](w)
    return found

