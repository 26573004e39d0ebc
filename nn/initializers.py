"""How weights are drawn before training. Biases begin at 0.

A layer of n_out units has n_in inputs. With the right spread the signal keeps its size from layer to layer, forward
and backward; a spread of 0 makes all units of a layer the same for ever.
"""

import random
import warnings
from dataclasses import dataclass
from types import MappingProxyType

from autograd_lite.internal import quote

from .formulas import evaluate_number
from .suggest import unknown_name


class SymmetryWarning(UserWarning):
    """All units of a hidden layer begin alike, so they get the same gradient at every step and stay alike."""


@dataclass(frozen=True, slots=True)
class Initializer:
    """A distribution of weights with mean 0.

    Attributes:
        name: what it is called.
        distribution: "uniform" between −spread and +spread, "normal" with the standard deviation spread, or "constant".
        spread: a formula of n_in and n_out.
        source: who proposed it, and for what.
    """

    name: str
    distribution: str
    spread: str
    source: str

    def draw(self, generator: random.Random, n_in: int, n_out: int) -> float:
        """One weight of a layer with n_in inputs and n_out units."""
        spread = evaluate_number(self.spread, {"n_in": n_in, "n_out": n_out})
        if self.distribution == "constant":
            return spread
        return generator.uniform(-spread, spread) if self.distribution == "uniform" else generator.gauss(0.0, spread)


INITIALIZERS = MappingProxyType({row[0]: Initializer(*row) for row in (
    ("uniform", "uniform", "1 / sqrt(n_in)", "the default: z keeps the size of its inputs, whatever their number"),
    ("normal", "normal", "1 / sqrt(n_in)", "LeCun and others, Efficient BackProp, 1998"),
    ("xavier", "uniform", "sqrt(6 / (n_in + n_out))", "Glorot and Bengio, 2010: for tanh and the sigmoid"),
    ("xavier_normal", "normal", "sqrt(2 / (n_in + n_out))", "the same with a normal distribution"),
    ("he", "normal", "sqrt(2 / n_in)", "He and others, 2015: for ReLU, which stops half of its inputs"),
    ("he_uniform", "uniform", "sqrt(6 / n_in)", "the same with a uniform distribution"),
    ("zeros", "constant", "0", "to see why it fails: the units of a layer never become different"),
)})
"""Name -> initializer."""


def uniform(spread: float) -> Initializer:
    """Weights between −spread and +spread, spread ≥ 0, whatever the size of the layer."""
    return Initializer(f"uniform({spread!r})", "uniform", _check_spread("spread", spread), "given")


def normal(deviation: float) -> Initializer:
    """Weights with the standard deviation given, ≥ 0, whatever the size of the layer."""
    return Initializer(f"normal({deviation!r})", "normal", _check_spread("deviation", deviation), "given")


def find_initializer(wanted: str | Initializer) -> Initializer:
    """The initializer of that name, or the one given. Raises ValueError for an unknown name, naming the nearest."""
    if isinstance(wanted, Initializer):
        return wanted
    if wanted not in INITIALIZERS:
        raise unknown_name("initializer", wanted, INITIALIZERS)
    return INITIALIZERS[wanted]


def warn_of_symmetry(layer: int, n_units: int, spread_is_zero: bool) -> None:
    """Warn where several units of a hidden layer begin alike."""
    if spread_is_zero and n_units > 1:
        warnings.warn(f"the {n_units} units of layer {layer} begin alike: each gets the same gradient at every step, "
                      "so they stay one unit for ever; draw the weights, with initializer='xavier' for example",
                      SymmetryWarning, stacklevel=3)


def _check_spread(what: str, spread: float) -> str:
    if not 0 <= spread < float("inf"):
        raise ValueError(f"the {what} of an initializer must be a finite number of at least 0, not {quote(spread)}")
    return repr(float(spread))
