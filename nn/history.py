"""What a run of training leaves behind: its epochs, why it stopped, and all that is needed to go on."""

from collections.abc import Callable
from dataclasses import dataclass, field

from .optimizers import Optimizer


@dataclass(frozen=True, slots=True)
class Epoch:
    """One pass through the data.

    Attributes:
        number: 1, 2, …
        cost: the mean of the costs, with the penalty, that its batches had, each before its own step. With one batch
            that is the cost at the beginning of the epoch.
        gradient_norm: ‖∂C/∂Θ‖₂, of the mean of the gradients that its batches had.
        eta: the learning rate.
        validation: the cost, without the penalty, of the samples held back, after the epoch; None without any.
    """

    number: int
    cost: float
    gradient_norm: float
    eta: float
    validation: float | None = None


@dataclass(frozen=True, slots=True)
class Best:
    """The parameters of the lowest cost so far; of the samples held back, where there are some.

    With one batch an epoch they are those at the beginning of ``epoch``, at which its cost was measured; with several,
    or with samples held back, those at its end.
    """

    epoch: int
    cost: float
    parameters: tuple[float, ...]


@dataclass(slots=True)
class Training:
    """All that is needed to go on after an epoch, to the bit.

    Attributes:
        epoch: how many are done.
        parameters: as they were then.
        optimizer: with what it remembers.
        random_state: of the generator that shuffles the samples.
        cost, penalty, lam, batch_size: as ``fit`` was given them; ``cost`` is a name.
        data: a fingerprint of the samples.
        best: see there.
        epochs: the records so far.
    """

    epoch: int
    parameters: list[float]
    optimizer: Optimizer
    random_state: tuple[object, ...]
    cost: str
    penalty: str | None
    lam: float
    batch_size: int | None
    data: str
    best: Best
    epochs: list[Epoch]


@dataclass(slots=True)
class History:
    """What ``fit`` returns.

    Attributes:
        reason: "converged", "epochs" (as many as asked for), "patience", "callback", "interrupted", "diverged" (a
            number overflowed) or "undefined" (a formula had no value).
        stopped: the same in a sentence, with the numbers.
        final_cost: of all samples, with the penalty, at the parameters that the network was left with.
        parameters: if asked for, the parameters at the beginning of each epoch of this call, and last those at the end.
        training: hand it to ``save`` or to ``fit(resume=…)`` to go on.
    """

    training: Training
    reason: str = ""
    stopped: str = ""
    final_cost: float = float("nan")
    parameters: list[list[float]] = field(default_factory=list)

    @property
    def epochs(self) -> list[Epoch]:
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
        """The cost of the samples held back after each epoch; empty without any."""
        return [epoch.validation for epoch in self.epochs if epoch.validation is not None]

    def __repr__(self) -> str:
        return f"History of {len(self.epochs)} epochs, {self.stopped or 'under way'}"


Callback = Callable[..., object]
"""``callback(net, history)`` after each epoch; a true answer stops the training, a text says why."""
