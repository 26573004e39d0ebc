"""What training minimises: the cost of samples under a network with its penalty, and its gradient, by recording it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from math import fsum, sqrt
from typing import Any

from autograd_lite import Value, grad, number

from . import costs
from .module import Module
from .network import MLP, symbol
from .preparation import Preparation, classes_in, is_one_column


class PerfectFitError(ArithmeticError):
    """A root cost is 0, where it has no gradient."""


@dataclass(frozen=True, slots=True)
class Samples:
    """Samples as the network gets them: nodes for the inputs, numbers for the targets."""

    inputs: list[list[Value]]
    targets: list[list[float]]

    def __len__(self) -> int:
        return len(self.inputs)

    def fingerprint(self) -> str:
        """The same for the same numbers in the same order."""
        digest = sha256()
        for x, y in zip(self.inputs, self.targets, strict=True):
            digest.update(repr(([v.data for v in x], y)).encode())
        return digest.hexdigest()


class Objective:
    """C(Θ) over batches of samples.

    Args:
        net: a network.
        cost: a name of ``COSTS``, or a function of one sample's outputs and targets.
        penalty, lam: a name of ``PENALTIES`` and its strength λ ≥ 0; None for no penalty.

    Raises:
        ValueError: an unknown name, a λ that is no finite number from 0, or an output activation that does not fit.
    """

    def __init__(self, net: Module, cost: str | costs.Cost | Callable[..., Value], penalty: str | None,
                 lam: float) -> None:
        self.net = net
        self.cost = costs.named(cost)
        self.penalty = penalty
        self.lam = number(lam, "lam", "a number")
        self.parameters = net.parameters()
        self._weights = net.weights_alone()
        costs.penalised(self._weights[0], penalty, self._weights[:1], self.lam)  # refuses an unknown one now
        if self.lam < 0:
            raise ValueError(f"lam must be at least 0, not {self.lam:g}: a negative one would reward large weights")
        if self.lam and penalty is None:
            raise ValueError(f"lam has no effect without a penalty; give one of {', '.join(costs.PENALTIES)}")
        self._check_activation()

    def _check_activation(self) -> None:
        wanted, has = self.cost.logits_of, self.net.output_activation
        if wanted and has not in (wanted, "identity"):
            raise ValueError(f"{self.cost.name} takes the pre-activations of a {wanted} output, and that of the "
                             f"network is {has}; make it with output_activation={wanted!r}")
        if self.cost.targets == "probabilities" and not wanted and has in ("identity", "relu", "tanh"):
            raise ValueError(f"{self.cost.name} takes probabilities, and a {has} output is none; make the network with "
                             f"output_activation='sigmoid', or take {self.cost.name}_logits")

    def samples(self, X: Any, Y: Any, preparation: Preparation) -> Samples:
        """X and Y, prepared and checked.

        Raises:
            ValueError, TypeError: what is wrong with them.
        """
        inputs = preparation.inputs(X)
        nodes = [[Value(v, symbol("x", k)) for k, v in enumerate(row, start=1)] for row in inputs]
        targets = preparation.outputs(Y, self.net.n_outputs)
        if len(inputs) != len(targets):
            raise ValueError(f"X and Y must have as many rows, and have {len(inputs)} and {len(targets)}")
        for i, row in enumerate(targets, start=1):
            if self.cost.targets != "numbers" and not all(0 <= t <= 1 for t in row):
                raise ValueError(f"the targets of {self.cost.name} must be probabilities, such as 0 and 1, and row {i} "
                                 f"of Y has {next(t for t in row if not 0 <= t <= 1):g}")
            if self.cost.targets == "classes" and abs(fsum(row) - 1) > 1e-9:
                raise ValueError(f"the targets of {self.cost.name} must add up to 1 in each row, 1 for the class of "
                                 f"the sample and 0 for the others; row {i} of Y adds up to {fsum(row):g}")
        return Samples(nodes, targets)

    def record(self, samples: Samples, rows: Sequence[int], penalised: bool = True) -> Value:
        """The node C of those samples, all in one graph.

        Raises:
            OverflowError, ValueError, ZeroDivisionError: a number does not exist; says at which node.
            PerfectFitError: see there.
        """
        wanted = 0 if self.cost.logits_of else 1
        outputs = [self.net.outputs(samples.inputs[i])[wanted] for i in rows]
        try:
            cost = self.cost(outputs, [samples.targets[i] for i in rows])
            if not penalised:
                return cost
            if self.cost.over == "root" and cost.data == 0:
                raise PerfectFitError
            cost = costs.penalised(cost, self.penalty, self._weights, self.lam)
        except OverflowError as error:
            raise OverflowError(f"node 'C': {error}") from None
        cost.label = "C"
        return cost

    def differentiate(self, samples: Samples, rows: Sequence[int]) -> float:
        """C of those samples; every parameter's ``.grad`` becomes ∂C/∂parameter. Raises as ``record`` does."""
        cost = self.record(samples, rows)
        self.net.zero_grad()
        cost.backward()
        return cost.data

    def gradient(self, samples: Samples) -> tuple[float, ...]:
        """∂C/∂Θ of all samples, with every ``.grad`` left as it is. Raises as ``record`` does."""
        return grad(self.record(samples, range(len(samples))), self.parameters)

    def deltas(self, samples: Samples) -> dict[int, list[list[float]]]:
        """Layer -> δⱼ = N·∂C/∂zⱼ of its units, a sample a row, as the matrix lectures have it (C without the penalty).

        Raises:
            TypeError: the network has no layers; and as ``record`` does.
        """
        if not isinstance(self.net, MLP):
            raise TypeError(f"δ by layer is of an MLP, not of a {type(self.net).__name__}")
        passes = [self.net.forward(x) for x in samples.inputs]
        last = len(self.net.layers)
        cost = self.cost([p.pre[last] if self.cost.logits_of else p.output for p in passes], samples.targets)
        found = iter(grad(cost, [z for p in passes for l in p.pre for z in p.pre[l]]))
        rows = [{l: [len(passes) * next(found) for _ in p.pre[l]] for l in p.pre} for p in passes]
        return {l: [row[l] for row in rows] for l in passes[0].pre}


def norm(gradient: Sequence[float]) -> float:
    """‖g‖₂ = √Σ g²."""
    return sqrt(fsum(g * g for g in gradient))


def prepared(net: Module, cost: costs.Cost, X: Any, Y: Any, standardise: bool) -> Preparation:
    """How X and Y are scaled and which classes there are: as the network remembers it, else found out from them.

    A target is standardised where the cost compares numbers. The classes are those in Y where the cost takes classes,
    and where it takes probabilities and Y has two values, "0" and "1" or two names.
    """
    made = net.preparation or Preparation.none(net.n_inputs)
    if cost.targets != "numbers" and not made.classes and is_one_column(Y):
        found = classes_in(Y)
        if cost.targets == "classes" or (len(found) == 2 and not _between(found)):
            made = replace(made, targets=made.targets or ("class",), classes=found, of_class=cost.of_class)
    if not standardise or made.scale:
        return made
    return made.standardising(X, Y if cost.targets == "numbers" else None)


def _between(names: Sequence[str]) -> bool:
    """Whether one is a number other than 0 and 1: a probability, not the name of a class."""
    def is_number(name: str) -> bool:
        try:
            return name not in ("0", "1") and float(name) == float(name)
        except ValueError:
            return False

    return any(is_number(name) for name in names)
