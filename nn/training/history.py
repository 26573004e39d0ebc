"""The results of training: its epochs, why it stopped, and what is needed to resume it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..data.preparation import Preparation
from ..optimizers import Optimizer
from .scores import Scores

DESCRIBED = {"scalar": "the scalar graph", "matrix": "the matrix program"}
"""The engines in words."""


@dataclass(frozen=True, slots=True)
class Epoch:
    """The record of one epoch, a pass over all samples.

    Attributes:
        number: 1, 2, …
        cost: the mean of the costs of its batches, with the penalty, each measured before its own step and weighted by
            its number of samples. With one batch it is the cost at the start of the epoch.
        gradient_norm: ‖∂C/∂Θ‖₂ of the mean gradient of its batches.
        eta: the learning rate.
        validation: the cost of the validation samples after the epoch, without the penalty; None if there are none.

    >>> Epoch(number=1, cost=0.5, gradient_norm=1.0, eta=0.1).validation is None
    True
    """

    number: int
    cost: float
    gradient_norm: float
    eta: float
    validation: float | None = None


@dataclass(frozen=True, slots=True)
class Best:
    """The parameters with the lowest cost so far; with the lowest validation cost, if there are validation samples.

    Attributes:
        epoch: the epoch that they belong to; 0 before the first one.
        cost: its cost; infinite if it was not measured.
        parameters: those at the start of the epoch, where its cost was measured, if an epoch is one batch; otherwise,
            and with validation samples, those at its end.

    >>> Best(epoch=3, cost=0.5, parameters=(1.0, 2.0)).epoch
    3
    """

    epoch: int
    cost: float
    parameters: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The arguments of ``fit``, which also apply when the run is resumed.

    Attributes:
        network: the layers and activation functions, as text.
        cost: a name of ``COSTS``; empty for a function.
        penalty, lam, batch_size: as given.
        data, held: fingerprints of the training and of the validation samples; empty if there are none.
        epochs, tolerance, patience: as given; a resumed run may change them.
        notes: plain data that the caller wants to keep.
        penalise: what the penalty acts on: "weights" or "all" parameters.
        engine: what computed the last steps: "scalar" or "matrix".

    >>> net = Neuron(1, "identity", seed=0)
    >>> fit(net, [1, 2], [1, 2], epochs=1).training.plan.cost
    'half_squared_error'
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
    penalise: str = "weights"
    engine: str = "scalar"


@dataclass(frozen=True, slots=True)
class Phase:
    """A change with which a run was resumed.

    Attributes:
        epoch: the number of epochs that were completed before.
        change: what is different since then, such as another optimizer.

    >>> Phase(100, "300 samples after 200").epoch
    100
    """

    epoch: int
    change: str


@dataclass(frozen=True, slots=True)
class Training:
    """The state of a run after an epoch, from which it can be resumed exactly.

    Attributes:
        plan: the arguments of the run.
        preparation: the scales and names of the samples.
        epoch: the number of completed epochs.
        parameters: the parameters after that epoch, in the order of ``net.parameters()``.
        optimizer: the optimizer with its state.
        random_state: the state of the generator that shuffles the samples.
        best: the best parameters so far.
        epochs: the records of the completed epochs.
        phases: the changes with which the run was resumed.
        schedule_from: the epoch from which the schedule of the optimizer counts.

    >>> net = Neuron(1, "identity", seed=0)
    >>> fit(net, [1, 2], [1, 2], epochs=3).training.epoch
    3
    """

    plan: Plan
    preparation: Preparation
    epoch: int
    parameters: tuple[float, ...]
    optimizer: Optimizer
    random_state: tuple[object, ...]
    best: Best
    epochs: tuple[Epoch, ...]
    phases: tuple[Phase, ...] = ()
    schedule_from: int = 0

    @property
    def next_eta(self) -> float:
        """η of the next epoch."""
        return self.optimizer.rate(self.epoch - self.schedule_from)


@dataclass(frozen=True, slots=True)
class State:
    """Something that the end of a run says about it.

    Attributes:
        name: a name of ``end_states.STATES``.
        sentence: what was seen, and what to do.
        remedy: arguments of ``fit`` or ``MLP``, or options of ``train``, to try next.
        resume: whether they go with a resumed run; otherwise with a new one.

    >>> State("unfinished", "the cost still falls", {"epochs": 200}, resume=True).remedy
    {'epochs': 200}
    """

    name: str
    sentence: str
    remedy: Mapping[str, Any]
    resume: bool = False


@dataclass(slots=True)
class History:
    """The result of ``fit``.

    Attributes:
        training: the state after the last epoch; pass it to ``save``, or to ``fit(resume=…)``.
        reason: why the run stopped: "converged", "epochs" (their maximum was reached), "patience", "callback",
            "interrupted", "dead" (the gradient is 0, but units are dead), "detached" (the cost depends on no
            parameter), "diverged" (a number overflowed) or "undefined" (a formula has no value).
        stopped: the reason as a sentence, with numbers.
        final_cost: the cost of all samples, with the penalty, at the parameters that the network has now; NaN if it is
            undefined there.
        parameters: with ``keep_parameters``, the parameters at the start of each epoch of this call, then
            the final ones.
        unsaved: why the checkpoint could not be written the last time; empty if it was.
        scores: how well the network answers, on the validation samples where there are any; None where that cannot be
            said.
        states: what else there is to say about the end, such as overfitting or dead units.
        engine, why_engine: what computed the steps, "matrix" or "scalar", and why that.

    >>> net = Neuron(1, "identity", seed=0)
    >>> history = fit(net, [1, 2], [1, 2], epochs=3)
    >>> history.reason, len(history.cost), history.failed
    ('epochs', 3, False)
    """

    training: Training
    reason: str = ""
    stopped: str = ""
    final_cost: float = float("nan")
    parameters: list[list[float]] = field(default_factory=list)
    unsaved: str = ""
    scores: Scores | None = None
    states: tuple[State, ...] = ()
    engine: str = "scalar"
    why_engine: str = ""

    @property
    def failed(self) -> bool:
        """Whether a number that overflowed or does not exist ended the run."""
        return self.reason in ("diverged", "undefined")

    @property
    def epochs(self) -> tuple[Epoch, ...]:
        """The record of each epoch."""
        return self.training.epochs

    @property
    def best(self) -> Best:
        """The best epoch and its parameters."""
        return self.training.best

    @property
    def cost(self) -> list[float]:
        """The cost of each epoch, as ``Epoch`` defines it."""
        return [epoch.cost for epoch in self.epochs]

    @property
    def gradient_norm(self) -> list[float]:
        """The gradient norm of each epoch."""
        return [epoch.gradient_norm for epoch in self.epochs]

    @property
    def validation(self) -> list[float]:
        """The cost of the validation samples after each epoch; empty if there are none."""
        return [epoch.validation for epoch in self.epochs if epoch.validation is not None]

    def describe_engine(self) -> str:
        """What computed the steps and why, in a phrase."""
        return f"computed by {DESCRIBED[self.engine]}, {self.why_engine}"

    def __repr__(self) -> str:
        lines = [f"History of {format_count(len(self.epochs), 'epoch')}, {self.stopped or 'under way'}"]
        lines += [] if self.scores is None else [str(self.scores)]
        lines += [self.describe_engine()] if self.why_engine else []
        lines += [f"{state.sentence}{_format_remedy(state.remedy)}" for state in self.states]
        return "\n".join(lines)


def _format_remedy(remedy: Mapping[str, Any]) -> str:
    """The arguments to try, as they are typed in Python."""
    return f": {', '.join(f'{name}={value!r}' for name, value in remedy.items())}" if remedy else ""


def format_count(count: int, what: str) -> str:
    """A count with its noun.

    >>> format_count(1, "epoch"), format_count(2000, "epoch")
    ('1 epoch', '2,000 epochs')
    """
    return f"{count:,} {what}{'s' * (count != 1)}"


Callback = Callable[..., object]
"""``callback(net, history)``, called after each epoch. A true result stops the run; a string is used as the reason."""
