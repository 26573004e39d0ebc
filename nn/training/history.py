"""What a run of training leaves behind: its epochs, why it stopped, and all that is needed to go on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..data.preparation import Preparation
from ..optimizers import Optimizer


@dataclass(frozen=True, slots=True)
class Epoch:
    """One pass through the data.

    Attributes:
        number: 1, 2, …
        cost: the mean of the costs, with the penalty, that its batches had, each before its own step and weighed by its
            samples. With one batch that is the cost at the beginning of the epoch.
        gradient_norm: ‖∂C/∂Θ‖₂, of the mean of the gradients that its batches had.
        eta: the learning rate.
        validation: the cost, without the penalty, of the validation samples, after the epoch; None without any.
    """

    number: int
    cost: float
    gradient_norm: float
    eta: float
    validation: float | None = None


@dataclass(frozen=True, slots=True)
class Best:
    """The parameters of the lowest cost so far; of the validation samples, where there are some.

    With one batch an epoch they are those at the beginning of ``epoch``, at which its cost was measured; with several,
    or with validation samples, those at its end. ``epoch`` is 0 for those from before the first; its cost is infinite
    where it was not measured.
    """

    epoch: int
    cost: float
    parameters: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What ``fit`` was asked for, all of which holds for a run that is gone on with too.

    Attributes:
        network: its layers and activation functions, as text.
        cost: a name of ``COSTS``; empty for a function.
        penalty, lam, batch_size: as given.
        data, held: fingerprints of the samples and of those held back, empty without any.
        epochs, tolerance, patience: as given; these may be given anew.
        notes: whatever the caller wants to be kept, as plain data.
    """

    network: str
    cost: str
    penalty: str | None
    lam: float
    batch_size: int | None
    data: str
    held: str
    epochs: int
    tolerance: float
    patience: int | None
    notes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Training:
    """All that is needed to go on after an epoch, to the bit.

    Attributes:
        plan: see there.
        preparation: how the samples are scaled and named.
        epoch: how many are done.
        parameters: as they were then.
        optimizer: with what it remembers.
        random_state: of the generator that shuffles the samples.
        best: see there.
        epochs: the records so far.
    """

    plan: Plan
    preparation: Preparation
    epoch: int
    parameters: tuple[float, ...]
    optimizer: Optimizer
    random_state: tuple[object, ...]
    best: Best
    epochs: tuple[Epoch, ...]


@dataclass(slots=True)
class History:
    """What ``fit`` returns.

    Attributes:
        reason: "converged", "epochs" (as many as asked for), "patience", "callback", "interrupted", "diverged" (a
            number overflowed) or "undefined" (a formula had no value).
        stopped: the same in a sentence, with the numbers.
        final_cost: of all samples, with the penalty, at the parameters that the network was left with; NaN where it
            has no value there.
        parameters: if asked for, the parameters at the beginning of each epoch of this call, and last those at the end.
        training: hand it to ``save`` or to ``fit(resume=…)`` to go on.
    """

    training: Training
    reason: str = ""
    stopped: str = ""
    final_cost: float = float("nan")
    parameters: list[list[float]] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether a number that overflowed or does not exist ended the run."""
        return self.reason in ("diverged", "undefined")

    @property
    def epochs(self) -> tuple[Epoch, ...]:
        """A record for each epoch."""
        return self.training.epochs

    @property
    def best(self) -> Best:
        """The best epoch, and its parameters."""
        return self.training.best

    @property
    def cost(self) -> list[float]:
        """The cost of each epoch."""
        return [epoch.cost for epoch in self.epochs]

    @property
    def gradient_norm(self) -> list[float]:
        """The norm of the gradient of each epoch."""
        return [epoch.gradient_norm for epoch in self.epochs]

    @property
    def validation(self) -> list[float]:
        """The cost of the validation samples after each epoch; empty without any."""
        return [epoch.validation for epoch in self.epochs if epoch.validation is not None]

    def __repr__(self) -> str:
        return f"History of {format_count(len(self.epochs), 'epoch')}, {self.stopped or 'under way'}"


def format_count(count: int, what: str) -> str:
    """1 epoch, 2 epochs."""
    return f"{count:,} {what}{'s' * (count != 1)}"


Callback = Callable[..., object]
"""``callback(net, history)`` after each epoch; a true answer stops the training, a text says why."""
