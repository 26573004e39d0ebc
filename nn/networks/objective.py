"""The objective of training: the cost of the samples plus the penalty, recorded as a graph, and its gradient."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from math import fsum, hypot, isfinite
from typing import Any, Protocol, TypeVar

from autograd_lite import Value, grad
from autograd_lite.internal import quote, require_number

from .. import costs
from ..data.preparation import Preparation
from ..ground import late_numpy as np
from ..ground.activations import PROBABILITIES
from ..ground.lifting import make_leaves
from ..ground.suggest import unknown_name
from .module import ForwardPass, Module, list_once
from .prepared import Samples
from .targets import check_targets, find_classes

T = TypeVar("T")
PENALISED = ("weights", "all")
_AT_ONCE = 256  # samples in one graph, which bounds memory where the cost is a sum or mean


class PerfectFitError(ArithmeticError):
    """A root cost is 0, where its gradient is undefined."""


class Program(Protocol):
    """The matrix program of an objective. A result is None where a number is not finite."""

    def value(self, samples: Samples, penalised: bool) -> float | None: ...
    def gradient(self, samples: Samples) -> list[float] | None: ...


class Objective:
    """C(Θ) = cost of the samples + penalty, and its gradient.

    Args:
        net: an MLP, a layer or a neuron.
        cost: a name of ``COSTS``, or a function of one sample's outputs and targets.
        penalty, lam: a name of ``PENALTIES`` and its strength λ > 0; None and 0 for no penalty.
        penalise: what the penalty acts on: "weights", or "all" for the biases too.

    Attributes:
        program: what computes values and gradients of all samples; None for the scalar graph.

    Raises:
        ValueError: a name is unknown, only one of penalty and lam is given, or the cost needs another output
            activation.

    >>> net = Neuron(1, "identity", seed=0)
    >>> net.weights[0].data = 2.0
    >>> objective = Objective(net, "mean_squared_error")
    >>> samples = objective.samples([1.0, 2.0], [1.0, 2.0])
    >>> objective.value(samples), objective.gradient(samples)
    (2.5, [5.0, 3.0])
    """

    def __init__(self, net: Module, cost: str | costs.Cost | Callable[..., Value] = costs.DEFAULT_COST,
                 penalty: str | None = None, lam: float = 0.0, penalise: str = "weights") -> None:
        self.net = net
        self.program: Program | None = None
        self.cost = costs.find_cost(cost)
        self.penalty = penalty
        self.lam = require_number(lam, "lam", "a number")
        self.parameters = list_once(net.parameters())  # a class of one's own may list a shared one twice
        if penalise not in PENALISED:
            raise unknown_name("value of penalise", penalise, PENALISED)
        self.penalise = penalise
        self._weights = list_once(net.weights_alone()) if penalise == PENALISED[0] else self.parameters
        if self.lam < 0:
            raise ValueError(f"lam must be above 0, not {self.lam:g}: a negative one would reward large weights")
        if self.lam and penalty is None:
            raise ValueError(f"lam has no effect without a penalty; give one of {', '.join(costs.PENALTIES)}")
        self.record_penalty()  # raises for an unknown name
        if penalty is not None and not self.lam:
            raise ValueError(f"the penalty {penalty} has no effect without its strength; give lam, a number above 0")
        if penalty is None and penalise != PENALISED[0]:
            raise ValueError(f"penalise has no effect without a penalty; give one of {', '.join(costs.PENALTIES)}")
        self._check_activation()

    def _check_activation(self) -> None:
        wanted, has = self.cost.logits_of, self.net.output_activation
        if wanted and has != wanted:
            raise ValueError(f"{self.cost.name} takes the pre-activations of a {wanted} output, but the output "
                             f"activation of the network is {has}; make it with output_activation={quote(wanted)}")
        if self.cost.targets != "numbers" and has not in PROBABILITIES:
            raise ValueError(f"{self.cost.name} takes probabilities, but the output activation of the network is "
                             f"{has}; make it with output_activation={quote(self.cost.output_activation)}")

    def prepare(self, X: Any, Y: Any, standardise: bool | None, of: str = "Y") -> Preparation:
        """The scales of X and Y, and the classes in Y.

        Args:
            X, Y: the samples, as for ``fit``.
            standardise: True computes the scales of X, and those of Y if the cost compares numbers and the output
                activation is the identity, the only one that reaches every number. None keeps the scales of the
                network; False uses none.
            of: the name of Y in messages.

        Raises:
            ValueError: Y is not what the cost takes.
        """
        known, has_numbers = self.net.data_preparation, self.cost.targets == "numbers"
        found = Preparation(known.columns, known.targets, classes=find_classes(self.cost, self.net, Y, of),
                            of_class=self.cost.of_class,
                            named=known.named, encodings=known.encodings).record(X, Y)
        both = has_numbers and self.net.output_activation == "identity"
        if standardise:
            return found.standardise(X, Y if both else None)
        if standardise is None:
            found = replace(found, mean=known.mean, scale=known.scale)
            if has_numbers:
                found = replace(found, target_mean=known.target_mean, target_scale=known.target_scale)
        return found

    def samples(self, X: Any, Y: Any, preparation: Preparation | None = None, of: str = "") -> Samples:
        """Prepare and check X and Y.

        Args:
            X: (N, n_inputs), or (N,) for one input.
            Y: (N, n_outputs), or (N,) for one output or for classes.
            preparation: the scales and classes to use; those of the network if None.
            of: a suffix for the names of X and Y in messages.

        Raises:
            ValueError, TypeError: X or Y is wrong; says in which row.
        """
        known = preparation or self.net.data_preparation
        inputs, targets = known.inputs(X, f"X{of}"), known.outputs(Y, self.net.n_outputs, f"Y{of}")
        if len(inputs) != len(targets):
            raise ValueError(f"X{of} and Y{of} must have the same number of rows, but have {len(inputs)} and "
                             f"{len(targets)}")
        if not np.isfinite(inputs).all():  # scales that do not fit
            make_leaves("x", next(x for x in inputs.tolist() if not all(map(isfinite, x))))  # raises, and names it
        check_targets(self.cost, targets, of)
        return Samples(np.column_stack([inputs, targets]), inputs.shape[1])

    def record(self, samples: Samples, rows: Sequence[int]) -> Value:
        """The node C of the samples in ``rows``, with the penalty, as one graph.

        Raises:
            OverflowError, ValueError, ZeroDivisionError: a number does not exist; names the node.
            PerfectFitError: a root cost is 0 and there is no penalty; with one, the result is the penalty alone.
        """
        return self._record(samples, rows, named=True)

    def _record(self, samples: Samples, rows: Sequence[int], named: bool) -> Value:
        data, penalty = self.record_data(samples, rows, named), self.record_penalty()
        cost = data if penalty is None else data + penalty
        if self.cost.over == "root" and data.data == 0:
            if penalty is None:
                raise PerfectFitError("C = 0")
            cost = penalty
        cost.label = "C"
        return cost

    def differentiate(self, samples: Samples, rows: Sequence[int]) -> float:
        """C of the given rows; sets the ``.grad`` of every parameter to ∂C/∂parameter. Raises as ``record`` does."""
        def find(named: bool) -> float:
            cost = self._record(samples, rows, named)
            self.net.zero_grad()
            cost.backward()
            return cost.data

        return _name_inputs_in_errors(find)

    def value(self, samples: Samples, penalised: bool = True) -> float:
        """C of all samples, with or without the penalty. Raises as ``record`` does, except PerfectFitError."""
        if self.program is not None and (known := self.program.value(samples, penalised)) is not None:
            return known

        def find(named: bool) -> float:
            penalty = self.record_penalty() if penalised else None
            return fsum(share * self.record_data(samples, rows, named).data for rows, share in self._parts(samples)) + (
                0.0 if penalty is None else penalty.data)

        return _name_inputs_in_errors(find)

    def gradient(self, samples: Samples) -> list[float]:
        """∂C/∂Θ of all samples, one number for each parameter; no ``.grad`` changes. Raises as ``record`` does."""
        if self.program is not None and (known := self.program.gradient(samples)) is not None:
            return known

        def find(named: bool) -> list[float]:
            penalty = self.record_penalty()
            found = [0.0] * len(self.parameters) if penalty is None else list(grad(penalty, self.parameters))
            for rows, share in self._parts(samples):
                data = self.record_data(samples, rows, named)
                if self.cost.over == "root" and data.data == 0:
                    if penalty is None:
                        raise PerfectFitError("C = 0")
                    break
                found = [sum_ + share * g for sum_, g in zip(found, grad(data, self.parameters), strict=True)]
            return found

        return _name_inputs_in_errors(find)

    def deltas(self, samples: Samples) -> dict[int, list[list[float]]]:
        """Layer -> δ, (N, n_l): δⱼ = (∂C/∂zⱼ)/α of each unit, with C = α Σᵢ ℓ as in the lectures.

        α is 1/N if the cost is a mean, and 1 otherwise. C is the cost without the penalty.

        Raises:
            TypeError: ``forward`` of the network returns no ``ForwardPass``. Others as ``record`` raises them.
        """
        found = [self.net.forward(make_leaves("x", x)) for x in samples.inputs.tolist()]
        passes = [one for one in found if isinstance(one, ForwardPass)]
        if len(passes) < len(found):
            raise TypeError("deltas need a network whose forward returns a ForwardPass, such as an MLP, not a "
                            f"{type(self.net).__name__}")
        cost = self.cost([p.pre[max(p.pre)] if self.cost.logits_of else p.output for p in passes],
                         samples.targets.tolist(),
                         samples.weights)
        if self.cost.over == "root" and cost.data == 0:
            raise PerfectFitError("the fit is perfect: C = 0, where a root cost has no gradient and so no δ")
        slopes = iter(grad(cost, [z for p in passes for l in p.pre for z in p.pre[l]]))
        alpha = 1 / len(passes) if self.cost.over == "mean" else 1.0
        rows = [{l: [next(slopes) / alpha for _ in p.pre[l]] for l in p.pre} for p in passes]
        return {l: [row[l] for row in rows] for l in passes[0].pre}

    def record_data(self, samples: Samples, rows: Sequence[int], named: bool = False) -> Value:
        """The node C of the samples in ``rows``, without the penalty; ``named`` gives their inputs nodes with labels.

        Raises as ``record`` does.
        """
        wanted = 0 if self.cost.logits_of else 1
        inputs = samples.inputs[rows].tolist()
        outputs = [self.net.outputs(make_leaves("x", x) if named else x)[wanted] for x in inputs]
        try:
            return self.cost(outputs, samples.targets[rows].tolist(), samples.weigh_rows(rows))
        except OverflowError as error:
            raise OverflowError(f"node 'C': {error}") from None

    def record_penalty(self) -> Value | None:
        """The node of the penalty; None if there is none."""
        return None if self.penalty is None else costs.penalty(self.penalty, self._weights, self.lam)

    def _parts(self, samples: Samples) -> Iterator[tuple[range, float]]:
        """Parts of the rows, each with the factor of its C in that of all samples; a graph of all might be large."""
        size = len(samples) if self.cost.over == "root" else _AT_ONCE
        for start in range(0, len(samples), size):
            rows = range(start, min(start + size, len(samples)))
            yield rows, len(rows) / len(samples) if self.cost.over == "mean" else 1.0


def _name_inputs_in_errors(find: Callable[[bool], T]) -> T:
    """The result of ``find(False)``, whose inputs are plain numbers: nobody reads the gradients of inputs.

    Where a number does not exist, ``find(True)`` does the same with nodes x₁, x₂, …, so that the error names them.
    """
    try:
        return find(False)
    except PerfectFitError:
        raise
    except (ArithmeticError, ValueError) as error:
        without_names = error
    find(True)
    raise without_names


def norm(gradient: Sequence[float]) -> float:
    """‖g‖₂ = √Σ g². Raises OverflowError where it does not fit a float."""
    found = hypot(*gradient)
    if not isfinite(found):
        raise OverflowError("the norm of the gradient does not fit a float")
    return found
