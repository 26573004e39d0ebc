"""Optimizers: the rules that turn gradients into steps.

An optimizer is a list of assignments that is run for every parameter; ``update_rules`` says how, and checks a user's
own. The rules, and the defaults where a method leaves a choice, are those that PyTorch documents for ``torch.optim``.

The samples that the gradient is taken over are another choice: all (gradient descent), some (mini-batches) or one
(stochastic gradient descent). ``batch_size`` of ``fit`` sets that.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from autograd_lite.internal import quote

from ..ground import late_numpy as np
from ..ground.ranges import ABOVE_0 as ABOVE_0
from ..ground.ranges import ANY as ANY
from ..ground.ranges import AT_LEAST_0 as AT_LEAST_0
from ..ground.ranges import FROM_0_TO_BELOW_1 as FROM_0_TO_BELOW_1
from ..ground.ranges import Range as Range
from ..ground.suggest import find_other_name, unknown_name
from ..schedules import SCHEDULES, Schedule
from .update_rules import Optimizer as Optimizer


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
    ranges = MappingProxyType({"beta": FROM_0_TO_BELOW_1})

    def __init__(self, eta: float | Schedule = 0.01, beta: float = 0.9) -> None:
        super().__init__(eta, beta=beta)


class Nesterov(Optimizer):
    """Momentum with the gradient of the point one step ahead, in the form that only needs the gradient at w."""

    name = "nesterov"
    source = "Nesterov, 1983, as in Sutskever and others, 2013"
    lines = (("v", "beta * v + g"), ("w", "w - eta * (g + beta * v)"))
    ranges = MappingProxyType({"beta": FROM_0_TO_BELOW_1})

    def __init__(self, eta: float | Schedule = 0.01, beta: float = 0.9) -> None:
        super().__init__(eta, beta=beta)


class AdaGrad(Optimizer):
    """Each parameter has its own learning rate, which falls with the sum of its squared gradients."""

    name = "adagrad"
    source = "Duchi, Hazan and Singer, 2011"
    lines = (("s", "s + g * g"), ("w", "w - eta * g / (sqrt(s) + epsilon)"))
    ranges = MappingProxyType({"epsilon": ABOVE_0})

    def __init__(self, eta: float | Schedule = 0.1, epsilon: float = 1e-10) -> None:
        super().__init__(eta, epsilon=epsilon)


class RMSprop(Optimizer):
    """AdaGrad with a running mean of g² in place of the sum."""

    name = "rmsprop"
    source = "Tieleman and Hinton, 2012"
    lines = (("s", "rho * s + (1 - rho) * g * g"), ("w", "w - eta * g / (sqrt(s) + epsilon)"))
    ranges = MappingProxyType({"rho": FROM_0_TO_BELOW_1, "epsilon": ABOVE_0})

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
    ranges = MappingProxyType({"beta1": FROM_0_TO_BELOW_1, "beta2": FROM_0_TO_BELOW_1, "epsilon": ABOVE_0})

    def __init__(self, eta: float | Schedule = 0.01, beta1: float = 0.9, beta2: float = 0.999,
                 epsilon: float = 1e-8) -> None:
        super().__init__(eta, beta1=beta1, beta2=beta2, epsilon=epsilon)


OPTIMIZERS: Mapping[str, type[Any]] = MappingProxyType(
    {method.name: method for method in (GradientDescent, Momentum, Nesterov, AdaGrad, RMSprop, Adam)})
"""Name -> class."""

if not TYPE_CHECKING:  # a type checker knows the names

    def __getattr__(name: str) -> Any:
        """Called for a name that this module has not: says what is called so in another library."""
        ours = find_other_name("optimizer", name)
        hint = f"; it is called {OPTIMIZERS[ours].__name__} here" if ours else ""
        raise AttributeError(f"optimizers has no {name}{hint}", name=name)


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
        made = f"; write {wanted.__name__}(…)" if isinstance(wanted, type) and issubclass(wanted, Optimizer) else ""
        raise TypeError(f"optimizer must be a name or an Optimizer, not {quote(wanted)}{made}")
    if wanted not in OPTIMIZERS:
        raise unknown_name("optimizer", wanted, OPTIMIZERS)
    found: Optimizer = OPTIMIZERS[wanted]()
    return found


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
    settings = dict(data["settings"])
    if isinstance(settings["eta"], Mapping):
        rate = dict(settings["eta"])
        settings["eta"] = SCHEDULES[rate.pop("schedule")](**rate)
    made: Optimizer = OPTIMIZERS[data["name"]](**settings)
    made.state = {name: np.array(numbers, dtype=float) for name, numbers in data["state"].items()}
    made.steps = int(data["steps"])
    return made
