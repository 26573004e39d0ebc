"""Optimizers: the rules that turn gradients into steps.

An optimizer is a list of assignments that is run for every parameter: w is the parameter, g = ∂C/∂w and t = 1, 2, …
the number of the step. A name that its own line uses is kept for the next step and starts at 0. The rules, and the
defaults where a method leaves a choice, are those that PyTorch documents for ``torch.optim``.

The samples that the gradient is taken over are another choice: all (gradient descent), some (mini-batches) or one
(stochastic gradient descent). ``batch_size`` of ``fit`` sets that.
"""

import re
from collections.abc import Mapping, Sequence
from math import isfinite
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Self

from autograd_lite import Value
from autograd_lite.internal import quote

from .formulas import evaluate_formula, format_formula
from .schedules import SCHEDULES, Schedule
from .suggest import unknown_name

if TYPE_CHECKING:
    from .arrays import Parameters


class Optimizer:
    """An optimizer with its settings and its state.

    Attributes:
        name, source: its key in ``OPTIMIZERS``, and who proposed it.
        lines: (assigned name, formula), in order.
        settings: name -> number. ``eta`` is the learning rate, a number above 0 or a ``Schedule``.
        positive: the settings besides ``eta`` that must be above 0; all others lie in [0, 1).
        state: name -> array with one entry for each parameter; empty before the first step.
        steps: the number of steps taken.

    >>> Momentum(eta=0.05).formulas()
    ['v ← β·v + g', 'w ← w − η·v']
    """

    name: ClassVar[str]
    source: ClassVar[str]
    lines: ClassVar[tuple[tuple[str, str], ...]]
    positive: ClassVar[frozenset[str]] = frozenset({"epsilon"})

    def __init__(self, eta: float | Schedule, **settings: float) -> None:
        self.settings: dict[str, Any] = {"eta": eta} | settings
        self.state: dict[str, Parameters] = {}
        self.steps = 0
        for setting, value in self.settings.items():
            if isinstance(value, Schedule) and setting == "eta":
                continue
            is_positive = setting == "eta" or setting in self.positive
            if not (isinstance(value, int | float) and isfinite(value)
                    and (value > 0 if is_positive else 0 <= value < 1)):
                wanted = "a finite number above 0" if is_positive else "a number from 0 to below 1"
                raise ValueError(f"{setting} of {self.name} must be {wanted}{', or a schedule' * (setting == 'eta')}, "
                                 f"not {quote(value)}")

    @classmethod
    def formulas(cls) -> list[str]:
        """The lines in mathematical notation."""
        return [f"{format_formula(assigned)} ← {format_formula(formula)}" for assigned, formula in cls.lines]

    def rate(self, epoch: int = 0) -> float:
        """η in an epoch, which is counted from 0."""
        eta = self.settings["eta"]
        return eta(epoch) if isinstance(eta, Schedule) else float(eta)

    def step(self, parameters: Sequence[Value], epoch: int = 0) -> None:
        """Update each parameter by the rule, from its ``.grad``.

        Args:
            parameters: the same parameters in the same order at every step.
            epoch: the epoch, for a learning rate that depends on it.

        Raises:
            OverflowError: a number would not fit a float; names the parameter. Nothing is changed then.
            ValueError: the number of parameters differs from that of the previous step.

        >>> w = Value(1.0)
        >>> w.grad = 2.0
        >>> GradientDescent(eta=0.1).step([w])
        >>> w.data
        0.8
        """
        import numpy as np

        names: dict[str, Any] = {
            "w": np.array([p.data for p in parameters]), "g": np.array([p.grad for p in parameters]),
            "t": self.steps + 1, "sqrt": np.sqrt,
        } | self.settings | {"eta": self.rate(epoch)}
        for kept in self.kept():
            names[kept] = self.state.get(kept, np.zeros(len(parameters)))
            if len(names[kept]) != len(parameters):
                raise ValueError(f"{self.name} has taken steps with {len(names[kept])} parameters and got "
                                 f"{len(parameters)}; make a new optimizer for another network")
        with np.errstate(all="ignore"):  # the check below names the parameter
            for assigned, formula in self.lines:
                names[assigned] = evaluate_formula(formula, names)
        for assigned in (*self.kept(), "w"):
            if not np.isfinite(names[assigned]).all():
                label = parameters[int(np.argmin(np.isfinite(names[assigned])))].label
                raise OverflowError(f"the update of node {quote(label)} overflows in {assigned} ← "
                                    f"{format_formula(dict(self.lines)[assigned])} with η = {self.rate(epoch):g}")
        for parameter, value in zip(parameters, names["w"].tolist(), strict=True):
            parameter.data = value
        self.state = {kept: names[kept] for kept in self.kept()}
        self.steps += 1

    @classmethod
    def kept(cls) -> list[str]:
        """The names that are kept from step to step: those that occur in their own formula."""
        return [name for name, formula in cls.lines if name != "w" and re.search(rf"\b{name}\b", formula)]

    def fresh(self) -> Self:
        """A new optimizer with the same settings that has taken no step."""
        return type(self)(**self.settings)

    def copy(self) -> Self:
        """An independent copy, with the state."""
        other = self.fresh()
        other.state, other.steps = dict(self.state), self.steps  # a step makes new arrays
        return other

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.settings.items())})"


class GradientDescent(Optimizer):
    """w ← w − η ∂C/∂w, as in the lectures."""

    name = "gradient_descent"
    source = "Cauchy, 1847"
    lines = (("w", "w - eta * g"),)

    def __init__(self, eta: float | Schedule = 0.1) -> None:
        super().__init__(eta)


class Momentum(Optimizer):
    """v is a sum of the past gradients, in which earlier ones have smaller weights."""

    name = "momentum"
    source = "Polyak, 1964"
    lines = (("v", "beta * v + g"), ("w", "w - eta * v"))

    def __init__(self, eta: float | Schedule = 0.01, beta: float = 0.9) -> None:
        super().__init__(eta, beta=beta)


class Nesterov(Optimizer):
    """Momentum with the gradient of the point one step ahead, in the form that only needs the gradient at w."""

    name = "nesterov"
    source = "Nesterov, 1983, as in Sutskever and others, 2013"
    lines = (("v", "beta * v + g"), ("w", "w - eta * (g + beta * v)"))

    def __init__(self, eta: float | Schedule = 0.01, beta: float = 0.9) -> None:
        super().__init__(eta, beta=beta)


class AdaGrad(Optimizer):
    """Each parameter has its own learning rate, which falls with the sum of its squared gradients."""

    name = "adagrad"
    source = "Duchi, Hazan and Singer, 2011"
    lines = (("s", "s + g * g"), ("w", "w - eta * g / (sqrt(s) + epsilon)"))

    def __init__(self, eta: float | Schedule = 0.1, epsilon: float = 1e-10) -> None:
        super().__init__(eta, epsilon=epsilon)


class RMSprop(Optimizer):
    """AdaGrad with a running mean of g² in place of the sum."""

    name = "rmsprop"
    source = "Tieleman and Hinton, 2012"
    lines = (("s", "rho * s + (1 - rho) * g * g"), ("w", "w - eta * g / (sqrt(s) + epsilon)"))

    def __init__(self, eta: float | Schedule = 0.01, rho: float = 0.99, epsilon: float = 1e-8) -> None:
        super().__init__(eta, rho=rho, epsilon=epsilon)


class Adam(Optimizer):
    """Momentum combined with RMSprop; the divisions by 1 − βᵗ correct for both means starting at 0."""

    name = "adam"
    source = "Kingma and Ba, 2015"
    lines = (
        ("m", "beta1 * m + (1 - beta1) * g"),
        ("s", "beta2 * s + (1 - beta2) * g * g"),
        ("m_hat", "m / (1 - beta1**t)"),
        ("s_hat", "s / (1 - beta2**t)"),
        ("w", "w - eta * m_hat / (sqrt(s_hat) + epsilon)"),
    )

    def __init__(self, eta: float | Schedule = 0.01, beta1: float = 0.9, beta2: float = 0.999,
                 epsilon: float = 1e-8) -> None:
        super().__init__(eta, beta1=beta1, beta2=beta2, epsilon=epsilon)


OPTIMIZERS: Mapping[str, type[Any]] = MappingProxyType(
    {method.name: method for method in (GradientDescent, Momentum, Nesterov, AdaGrad, RMSprop, Adam)})
"""Name -> class."""


def find_optimizer(wanted: str | Optimizer) -> Optimizer:
    """The given optimizer, or a new one of that name with its default settings.

    Raises:
        ValueError: the name is unknown; suggests the nearest. TypeError: neither a name nor an optimizer.

    >>> find_optimizer("momentum")
    Momentum(eta=0.01, beta=0.9)
    """
    if isinstance(wanted, Optimizer):
        return wanted
    if not isinstance(wanted, str):
        raise TypeError(f"optimizer must be a name or an Optimizer, not {quote(wanted)}")
    if wanted not in OPTIMIZERS:
        raise unknown_name("optimizer", wanted, OPTIMIZERS)
    made: Optimizer = OPTIMIZERS[wanted]()
    return made


def to_dict(optimizer: Optimizer) -> dict[str, Any]:
    """The optimizer as plain data, from which ``from_dict`` restores it exactly.

    Raises:
        ValueError: the optimizer or its schedule is a class of the user, which could not be restored.
    """
    eta = optimizer.settings["eta"]
    kinds = {kind: name for name, kind in SCHEDULES.items()}
    if OPTIMIZERS.get(optimizer.name) is not type(optimizer):
        raise ValueError(f"{type(optimizer).__name__} is an optimizer of your own, which cannot be saved; save the "
                         "network without its training")
    if isinstance(eta, Schedule) and type(eta) not in kinds:
        raise ValueError(f"{type(eta).__name__} is a schedule of your own, which cannot be saved; save the network "
                         "without its training")
    rate = {"schedule": kinds[type(eta)]} | eta.settings if isinstance(eta, Schedule) else eta
    return {"name": optimizer.name, "settings": optimizer.settings | {"eta": rate}, "steps": optimizer.steps,
            "state": {name: array.tolist() for name, array in optimizer.state.items()}}


def from_dict(data: Mapping[str, Any]) -> Optimizer:
    """Restore an optimizer from the result of ``to_dict``. Raises KeyError, TypeError or ValueError for other data."""
    import numpy as np

    settings = dict(data["settings"])
    if isinstance(settings["eta"], Mapping):
        rate = dict(settings["eta"])
        settings["eta"] = SCHEDULES[rate.pop("schedule")](**rate)
    made: Optimizer = OPTIMIZERS[data["name"]](**settings)
    made.state = {name: np.array(numbers, dtype=float) for name, numbers in data["state"].items()}
    made.steps = int(data["steps"])
    return made
