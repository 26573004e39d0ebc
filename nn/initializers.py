"""Initial weights: the distributions that they are drawn from. Biases start at 0.

A layer has n_in inputs and n_out units. With a suitable spread, signals keep their size from layer to layer in both
passes. With a spread of 0, all units of a layer stay equal.
"""

import random
import warnings
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from autograd_lite.internal import quote

from .ground.formulas import evaluate_number
from .ground.suggest import unknown_name


class SymmetryWarning(UserWarning):
    """All units of a hidden layer start with equal weights, so they get equal gradients and stay equal."""


@dataclass(frozen=True, slots=True)
class Initializer:
    """A distribution of weights with mean 0.

    Attributes:
        name: its key in ``INITIALIZERS``.
        distribution: "uniform" between −spread and +spread, "normal" with standard deviation spread, or "constant".
        spread: a formula in n_in and n_out, as text.
        source: who proposed it, and for which activations.
    """

    name: str
    distribution: str
    spread: str
    source: str

    def draw(self, generator: random.Random, n_in: int, n_out: int) -> float:
        """Draw one weight of a layer with n_in inputs and n_out units."""
        spread = _find_spread(self.spread, n_in, n_out)
        if self.distribution == "constant":
            return spread
        return generator.uniform(-spread, spread) if self.distribution == "uniform" else generator.gauss(0.0, spread)


@lru_cache
def _find_spread(formula: str, n_in: int, n_out: int) -> float:
    return evaluate_number(formula, {"n_in": n_in, "n_out": n_out})


INITIALIZERS = MappingProxyType({row[0]: Initializer(*row) for row in (
    ("uniform", "uniform", "1 / sqrt(n_in)", "the default: the size of z does not depend on the number of inputs"),
    ("normal", "normal", "1 / sqrt(n_in)", "LeCun and others, Efficient BackProp, 1998"),
    ("xavier", "uniform", "sqrt(6 / (n_in + n_out))", "Glorot and Bengio, 2010: for tanh and the sigmoid"),
    ("xavier_normal", "normal", "sqrt(2 / (n_in + n_out))", "the same with a normal distribution"),
    ("he", "normal", "sqrt(2 / n_in)", "He and others, 2015: for ReLU, which sets half of its inputs to 0"),
    ("he_uniform", "uniform", "sqrt(6 / n_in)", "the same with a uniform distribution"),
    ("zeros", "constant", "0", "shows why it fails: the units of a layer never become different"),
)})
"""Name -> initializer."""


def uniform(spread: float) -> Initializer:
    """Weights drawn uniformly between −spread and +spread, spread ≥ 0, for layers of any size.

    >>> abs(uniform(0.1).draw(random.Random(0), 3, 4)) <= 0.1
    True
    """
    return Initializer(f"uniform({spread!r})", "uniform", _check_spread("spread", spread), "given")


def normal(deviation: float) -> Initializer:
    """Normally distributed weights with the given standard deviation, ≥ 0, for layers of any size.

    >>> normal(0.0).draw(random.Random(0), 3, 4)
    0.0
    """
    return Initializer(f"normal({deviation!r})", "normal", _check_spread("deviation", deviation), "given")


def find_initializer(wanted: str | Initializer) -> Initializer:
    """The initializer of that name, or the given one. Raises ValueError for an unknown name; suggests the nearest."""
    if isinstance(wanted, Initializer):
        return wanted
    if wanted not in INITIALIZERS:
        raise unknown_name("initializer", wanted, INITIALIZERS)
    return INITIALIZERS[wanted]


def warn_of_symmetry(layer: int, n_units: int, spread_is_zero: bool) -> None:
    """Warn if a hidden layer has several units and all its weights start equal."""
    if spread_is_zero and n_units > 1:
        warnings.warn(f"the {n_units} units of layer {layer} start with equal weights: they get equal gradients at "
                      "every step and stay equal; draw the weights, with initializer='xavier' for example",
                      SymmetryWarning, stacklevel=3)


def _check_spread(what: str, spread: float) -> str:
    if not 0 <= spread < float("inf"):
        raise ValueError(f"the {what} of an initializer must be a finite number of at least 0, not {quote(spread)}")
    return repr(float(spread))
