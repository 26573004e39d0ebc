"""Learning rates that change from epoch to epoch: η as a formula of the epoch, which is counted from 0."""

from collections.abc import Mapping
from math import inf, isfinite, pi
from types import MappingProxyType
from typing import Any, ClassVar

from .ground.formulas import evaluate_number, format_formula
from .ground.ranges import ABOVE_0, AT_LEAST_0, Range


class Schedule:
    """A learning rate η(epoch).

    Calling it with an epoch, 0, 1, …, returns η. Raises OverflowError where η does not fit a float.

    Attributes:
        formula: η as text, in the settings and ``epoch``.
        settings: name -> number; ``eta`` is η at epoch 0.
        ranges: setting -> the numbers that it may be; above 0 if it is not named.
    """

    formula: ClassVar[str]
    ranges: ClassVar[Mapping[str, Range]] = MappingProxyType({})
    settings: dict[str, float]

    def __init__(self, **settings: float) -> None:
        for name, value in settings.items():
            self.ranges.get(name, ABOVE_0).check(f"{name} of {type(self).__name__}", value)
        self.settings = settings

    def __call__(self, epoch: int) -> float:
        try:
            eta = evaluate_number(self.formula, self.settings | {"epoch": epoch, "pi": pi})
        except OverflowError:
            eta = inf
        if not isfinite(eta):
            raise OverflowError(f"η = {format_formula(self.formula)} of {self!r} does not fit a float in epoch {epoch}")
        return eta

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.settings.items())})"


class StepDecay(Schedule):
    """η is multiplied by gamma periodically; ``every`` is the period in epochs.

    >>> schedule = StepDecay(0.1, gamma=0.5, every=10)
    >>> [schedule(epoch) for epoch in (0, 9, 10)]
    [0.1, 0.1, 0.05]
    """

    formula = "eta * gamma**floor(epoch / every)"

    def __init__(self, eta: float, gamma: float = 0.1, every: float = 10) -> None:
        super().__init__(eta=eta, gamma=gamma, every=every)


class Exponential(Schedule):
    """η is multiplied by gamma after each epoch.

    >>> Exponential(0.1, gamma=0.5)(1)
    0.05
    """

    formula = "eta * gamma**epoch"

    def __init__(self, eta: float, gamma: float = 0.95) -> None:
        super().__init__(eta=eta, gamma=gamma)


class InverseTime(Schedule):
    """η falls like 1/epoch: the steps become arbitrarily small, but their sum does not (Robbins and Monro, 1951).

    >>> InverseTime(0.1, decay=1.0)(1)
    0.05
    """

    formula = "eta / (1 + decay * epoch)"
    ranges = MappingProxyType({"decay": AT_LEAST_0})

    def __init__(self, eta: float, decay: float = 0.1) -> None:
        super().__init__(eta=eta, decay=decay)


class Cosine(Schedule):
    """η falls along half a cosine to ``minimum`` until ``epochs`` and stays there (Loshchilov and Hutter, 2017).

    >>> schedule = Cosine(0.1, epochs=100)
    >>> schedule(0), schedule(100)
    (0.1, 0.0)
    """

    formula = "minimum + (eta - minimum) / 2 * (1 + cos(pi * min(epoch, epochs) / epochs))"
    ranges = MappingProxyType({"minimum": AT_LEAST_0})

    def __init__(self, eta: float, epochs: float, minimum: float = 0.0) -> None:
        super().__init__(eta=eta, epochs=epochs, minimum=minimum)


SCHEDULES: MappingProxyType[str, Any] = MappingProxyType(
    {"step": StepDecay, "exponential": Exponential, "inverse_time": InverseTime, "cosine": Cosine})
"""Name -> class."""
