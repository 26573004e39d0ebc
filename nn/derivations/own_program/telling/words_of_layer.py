"""The words that sentences of the catalogue put in, in neutral letters with the layer: δ⁽²⁾, z⁽²⁾, W⁽³⁾."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from autograd_lite.internal import make_label

from ....costs import Cost
from ..comparing.array_activations import SOFTMAX
from ..comparing.reference import BINARY, CLASSES, FLIPPED, OWN, ROOT, SQUARED, write_cost
from ..running.layouts import Layout

if TYPE_CHECKING:
    from ..judging.explanation import Explanation, Named

_RULES = {
    "sigmoid": "{a}·(1 − {a})", "tanh": "1 − ({a})²", "identity": "1", "relu": "1 where {z} > 0, and 0 elsewhere",
    "softplus": "σ({z})", SOFTMAX: "the matrix p_j(δ_jk − p_k)",
}
UPDATE_LINES = {"dW": "W ← W − η·dW", "db": "b ← b − η·db"}


def letter(name: str, layer: int) -> str:
    """``δ⁽²⁾``"""
    return make_label(name, layer=layer)


def write_hidden_line(layout: Layout, l: int, slope: str) -> str:
    """The line of a hidden δ in the student's own layout."""
    W, up = letter("W", l + 1), letter("δ", l + 1)
    turned = f"{W}ᵀ" if layout.source == layout.rows else W
    product = f"{up} {turned}" if layout.rows else f"{turned} {up}"
    return f"{letter('δ', l)} = ({product}) ⊙ {slope}"


def write_gradient_line(layout: Layout, l: int) -> str:
    """The line of ∂C/∂W in the student's own layout, without the constant."""
    a, delta = letter("a", l - 1), letter("δ", l)
    first, second = (a, delta) if layout.source else (delta, a)
    product = f"{first}ᵀ {second}" if layout.rows else f"{first} {second}ᵀ"
    return f"dW[{l}] = {product}"


def write_output_line(cost: str | Cost, activation: str, l: int, slope: str) -> str:
    """The line of the output's δ."""
    residual = f"{letter('a', l)} − y"
    name = cost if isinstance(cost, str) else SQUARED if cost.targets == "numbers" else BINARY
    if name == OWN:
        residual = f"∂C/∂{letter('z', l)}"
    elif name.startswith(FLIPPED):
        residual = f"{letter('a', l)} − (1 − y)"
    elif activation != "identity" and not (name.startswith((BINARY, CLASSES)) and activation in ("sigmoid", SOFTMAX)):
        residual = f"({residual}) ⊙ {slope}"
    return f"{letter('δ', l)} = {residual}"


def list_words(found: "Explanation", named: "Named") -> Mapping[str, str]:
    """What a sentence about a mistake may put in."""
    l, layout, counts = int(named.array[3:-1]), found.trial.layout, named.constant
    name = found.activations[l - 1].partition(" over ")[0].partition(" with ")[0]
    z, a = letter("z", l), letter("a", l)
    slope = f"{name}′({z})" if name != SOFTMAX else "the Jacobian of softmax"
    last = l == found.trial.depth
    line = write_output_line(found.cost, name, l, slope) if last else write_hidden_line(layout, l, slope)
    rule = _RULES.get(name, f"{name}′ at {z}").format(a=a, z=z)
    grad_line = write_gradient_line(layout, l)
    is_squared = found.cost in (SQUARED, ROOT) if isinstance(found.cost, str) else found.cost.targets == "numbers"
    square_rule = ("The derivative of (a − y)² is 2(a − y), that of ½(a − y)² is a − y" if is_squared
                   else "The cost has no square that could bring down a 2, and no ½")
    return {
        "array": named.array, "delta": letter("δ", l), "delta_line": line, "turned": "The sign is turned",
        "slope": slope, "slope_rule": rule, "pre": z, "post": a, "activation": name, "activation_name": name,
        "cost": "C", "residual": f"{letter('a', found.trial.depth)} − y", "square_rule": square_rule,
        "outputs_rule": "your cost is a sum over the outputs",
        "cost_line": f"the cost is the {write_cost(found.cost)}" if isinstance(found.cost, str) else "the cost",
        "delta_next": letter("δ", l + 1), "W_next": letter("W", l + 1), "W": letter("W", l),
        "pre_next": letter("z", l + 1), "only_slope": "; only the derivative goes entry by entry",
        "post_prev": letter("a", l - 1), "pre_prev": letter("z", l - 1), "grad": named.array, "grad_line": grad_line,
        "grad_b_line": f"db[{l}] is the sum of {letter('δ', l)} over the samples", "eta": "η",
        "below": _write_below(found.activations[l - 1]), "constant": str(counts), "detail": named.detail,
        "counted": "inputs" if counts.inputs < 0 else "units of the layer" if counts.units < 0 else "outputs",
        "what": _write_axis(found.activations[-1]), "update_line": UPDATE_LINES[named.array[:2]],
        "penalty_rule": named.detail or "the derivative of λΣw² is 2λw, that of λΣ|w| is λ·sign(w)",
        "pre_line": f"{z} has W and b in it", "twice": "It is twice the right one",
    }


def _write_below(activation: str) -> str:
    base, _, slope = activation.partition(" with ")
    return slope or ("0.01" if base == "leaky_relu" else "exp(z)")


def _write_axis(activation: str) -> str:
    if activation.endswith("everything"):
        return "sums over everything, not over the classes of one sample"
    return f"{'maxima' if 'maxima' in activation else 'sums'} over the samples, not over the classes"
