"""A penalty whose λ the program has inside: it is left where nothing comes back from the cost."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ....ground import late_numpy as np
from ....ground.arrays import Floats
from ..running.layouts import Returned
from ..running.networks import Net
from ..running.program import Program
from ..running.trials import Trial

_SMALL, _CLOSE = 1e-9, 1e-6


@dataclass(frozen=True)
class HiddenPenalty:
    """c₂·w + c₁·sign(w) in each dW, and with b in each db where ``on_biases``.

    Attributes:
        squares, absolutes: c₂ and c₁ in a network with this number of ``samples``.
        over_samples: whether both are divided by the number of samples.
    """

    squares: float
    absolutes: float
    samples: int
    over_samples: bool
    on_biases: bool = False

    def differentiate(self, array: "Floats", samples: int) -> "Floats":
        """What it adds to the gradient of W or b."""
        found: Floats = self.squares * array + self.absolutes * np.sign(array)
        return found * self.samples / samples if self.over_samples else found

    def take_out(self, given: Returned, net: Net, source: bool) -> Returned:
        """What a program gave, without it; ``source`` is that of the layout."""
        found = self.add(given, net, -1)
        raw_W = tuple(a if a is None or not source else a.T for a in found.dW)
        raw_b = tuple(old if a is None or old is None else a.reshape(old.shape)
                      for a, old in zip(found.db, given.raw_b, strict=True))
        return replace(found, raw_W=raw_W, raw_b=raw_b)

    def add(self, given: Returned, net: Net, times: int = 1) -> Returned:
        """The gradients with it, or a multiple of it."""
        pairs = [(given.dW, net.W, times), (given.db, net.b, times * self.on_biases)]
        dW, db = (tuple(None if a is None else a + k * self.differentiate(of, net.samples)
                        for a, of in zip(arrays, parameters, strict=True)) for arrays, parameters, k in pairs)
        return replace(given, dW=dW, db=db)

    def take_out_of_all(self, trial: Trial) -> Trial:
        """The trial without it."""
        source = trial.layout.source
        given = tuple(self.take_out(one, net, source) for one, net in zip(trial.given, trial.nets, strict=True))
        return replace(trial, given=given)

    def write(self, letter: str) -> str:
        """What it adds to a gradient."""
        pairs = (self.squares, letter), (self.absolutes, f"sign({letter})")
        return " + ".join(f"{c:.3g}·{term}" for c, term in pairs if c)

    def __str__(self) -> str:
        pairs = (self.squares / 2, "Σw²"), (self.absolutes, "Σ|w|")
        costs = " + ".join(f"{c:.3g}·{size}" for c, size in pairs if c)
        biases = f" and {self.write('b')} in each db" if self.on_biases else ""
        on = "weights and biases" if self.on_biases else "the weights"
        return f"and {self.write('W')} in each dW{biases}, the derivative of a penalty {costs} on {on}"


def make_penalty(
    factors: Sequence[tuple[float, float]], nets: Sequence[Net], on_biases: bool, close: float = _CLOSE
) -> HiddenPenalty | None:
    """The penalty that has these c₂ and c₁ in these networks; None if they are neither constant nor divided by N."""
    for over_samples in (False, True):
        found = [HiddenPenalty(*pair, net.samples, over_samples, on_biases)
                 for pair, net in zip(factors, nets, strict=True)]
        scaled = [[c * (one.samples if over_samples else 1) for c in (one.squares, one.absolutes)] for one in found]
        if all(abs(a - z) <= close * abs(a) for a, z in zip(*scaled, strict=True)):
            return found[0] if any(scaled[0]) else None
    return None


def find_hidden_penalty(program: Program, trial: Trial) -> HiddenPenalty | None:
    """The penalty in the gradients of a program; None if there is none.

    With weights of 0 in the output layer no δ comes back to the layers below it, and with inputs of 0 none counts in
    the first dW: what these arrays are then is the derivative of the penalty alone.
    """
    if not trial.is_complete:
        return None
    factors, on_biases = [], False
    for net in trial.nets:
        given = program.try_run(trial.layout, _silence(net))
        fit = None if given is None else _fit(given, net, trial)
        if fit is None:
            return None
        factors.append(fit[:2])
        on_biases = fit[2]
    return make_penalty(factors, trial.nets, on_biases)


def _silence(net: Net) -> Net:
    return replace(net, X=0 * net.X) if net.depth == 1 else replace(net, W=(*net.W[:-1], 0 * net.W[-1]))


def _fit(given: Returned, net: Net, trial: Trial) -> tuple[float, float, bool] | None:
    """c₂, c₁ and whether the penalty acts on the biases, in one network; None if there is none."""
    silent = max(1, net.depth - 1)
    arrays = [*given.dW[:silent], *(given.db[: net.depth - 1] if trial.biases else ())]
    found = [array.ravel() for array in arrays if array is not None and np.isfinite(array).all()]
    if len(found) < len(arrays) or not any(array.any() for array in found[:silent]):
        return None
    on_biases = any(array.any() for array in found[silent:])
    of = np.concatenate([array.ravel() for array in (*net.W[:silent], *(net.b[: net.depth - 1] if on_biases else ()))])
    numbers = np.concatenate(found if on_biases else found[:silent])
    system = np.stack([of, np.sign(of)], axis=1)
    close = 10 * trial.tolerance * np.abs(numbers).max()
    for columns in ([0], [1], [0, 1]):
        factors = np.zeros(2)
        factors[columns] = np.linalg.lstsq(system[:, columns], numbers, rcond=None)[0]
        if np.abs(system @ factors - numbers).max() <= close and np.abs(factors).max() > _SMALL:
            return float(factors[0]), float(factors[1]), on_biases
    return None
