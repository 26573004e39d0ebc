"""Training: the algorithm of the lecture, from the design matrix to convergence.

``fit`` checks its arguments and builds the plan of the run, and starts or resumes it. The loop (forward pass, δ's,
backward pass, update) is in ``loop``.
"""

import random
import warnings
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from inspect import signature
from math import inf
from numbers import Integral, Real
from os import PathLike
from typing import Any, Never

from autograd_lite import Value
from autograd_lite.internal import quote

from .. import costs, optimizers
from ..data.preparation import Preparation
from ..data.samples import Data
from ..ground.suggest import refuse_other_words, unknown_name
from ..networks.module import Module
from ..networks.network import MLP
from ..networks.objective import PENALISED, Objective
from ..networks.prepared import Samples
from ..optimizers import Optimizer
from .end_states import find_states
from .ended import Ended
from .engines import AUTO, make_engine
from .history import Best, Callback, History, Plan, Training
from .loop import Descent
from .progress import ProgressBar
from .resumption import check_network, find_resumed_cost, read_resumed, refuse_again, resume_run
from .scores import compute_scores
from .serialisation import network_to_data, training_to_data
from .storage import to_plain_notes
from .weights import find_weights

_Path = str | PathLike[str]


class TrainingWarning(UserWarning):
    """Training ended early because a number overflowed or does not exist, or the checkpoint could not be written."""


def fit(net: Module, X: Any, Y: Any = None, cost: str | costs.Cost | Callable[..., Value] | None = None,
        optimizer: str | Optimizer | None = None, epochs: int | None = None, batch_size: int | None = None,
        tolerance: float | None = None, validation: tuple[Any, Any] | Data | None = None,
        callbacks: Iterable[Callback] = (), *,
        penalty: str | None = None, lam: float = 0.0, penalise: str | None = None,
        class_weights: Mapping[Any, float] | str | None = None, sample_weights: Any = None,
        standardise: bool | None = None, seed: int | None = None,
        patience: int | None = None, keep: str | None = None, keep_parameters: bool = False,
        checkpoint: _Path | None = None,
        resume: Training | History | _Path | None = None, notes: Mapping[str, Any] | None = None,
        progress: bool = True, engine: str = AUTO, **others: Never) -> History:
    """Minimise the cost of the samples over the parameters of the network.

    Args:
        net: an MLP, a layer or a neuron. Its parameters change.
        X: the design matrix, (N, n_inputs), one sample in each row; (N,) for one input. Or a ``Data``, which holds Y
            and the names of all columns too.
        Y: the targets, (N, n_L); (N,) where there is one output, or for the names or numbers of classes.
        cost: a name of ``costs.COSTS``, "half_squared_error" by default, or a function of one sample's output nodes and
            targets that returns a node. The cost of the batch is the mean of these.
        optimizer: a name of ``optimizers.OPTIMIZERS``, "adam" by default, or an optimizer such as ``Adam(eta=0.01)``.
            Its settings are used; its state is not.
        epochs: the maximum number of epochs, ≥ 1, including those of the resumed run; 100 by default.
        batch_size: the number of samples in a batch, ≥ 1; the batches are drawn anew in each epoch. One batch of all
            samples if None.
        tolerance: the run has converged where ‖∂C/∂Θ‖₂ ≤ tolerance for the cost of all samples; ≥ 0, 1e-6 by default.
        validation: (X, Y) or a ``Data``: samples that are not trained on, whose cost is recorded after each epoch.
        callbacks: each is called as ``callback(net, history)`` after each epoch. A true answer stops the run.
            Parameters that it changes stay changed.
        penalty, lam: a name of ``costs.PENALTIES`` and λ. The penalty acts on the weights, not on the biases.
        penalise: "weights" by default; "all" lets the penalty act on the biases too.
        class_weights: class → the weight of its samples in the cost, above 0; or "balanced", N/(K·Nₖ) for the Nₖ
            samples of each of K classes. For targets that are classes.
        sample_weights: (N,), the weight wᵢ ≥ 0 of each sample; times that of its class where both are given. A cost
            that is a mean is Σᵢ wᵢℓᵢ / Σᵢ wᵢ, a sum Σᵢ wᵢℓᵢ: a weight of 2 is the sample twice. Validation samples
            count alike.
        standardise: True scales inputs, and numerical targets of an identity output, to mean 0 and standard deviation
            1. ``net.preparation`` keeps the scales: ``net.predict`` answers in the original units, and the cost is in
            scaled units. None keeps the scales that the network has; False drops them.
        seed: an int, so that the batches are drawn in the same way again.
        patience: stop after this many epochs without a lower cost; the validation cost, where there is one.
        keep: "best" restores, at the end, the parameters of the epoch with the lowest cost (the validation cost, where
            there is one); "last", the default, keeps the last ones. The next resumed run goes on from the last ones.
        keep_parameters: record the parameters before each epoch, and the last ones, in ``history.parameters``.
        checkpoint: a file to resume from. It is written at the start, after an epoch (at most once a second) and at
            the end.
        resume: a history, its ``training``, or a file that holds one. Epochs, tolerance and patience may be changed; a
            cost that is a function must be given again. The result is the same, to the last bit, as that of a run
            without interruption. Another optimizer, whose schedule counts from here, and more samples after those of
            the run begin a new phase, which is recorded in ``training.phases``.
        notes: plain data that is saved with the training.
        progress: show progress where standard error is a terminal.
        engine: "matrix" computes with the matrix program that is found in the graph of one sample, hundreds of times
            quicker; "scalar" records every sample. "auto", the default, takes the first where there is one, and that
            of the resumed run. Costs agree to about 1e-12; the scalar graph gives the same bits on every machine.

    Returns:
        The history. A run that ends by patience, by Ctrl-C or by a number that overflows restores its best parameters;
        any other run keeps the last ones.

    Raises:
        ValueError, TypeError: an argument is wrong or unknown; says which and why. OSError: a file cannot be read or
            written. What a cost that is a function raises, unless a number overflowed.
    Warns:
        TrainingWarning: a number overflowed or does not exist; names η and the node. Or the checkpoint, which could be
            written at the start, could not at the end; ``history.unsaved`` says why.

    >>> net = Neuron(1, "identity", seed=0)
    >>> history = fit(net, [0, 1, 2], [1, 3, 5], optimizer=optimizers.GradientDescent(0.2), epochs=1000)
    >>> history.reason, [round(p.data, 4) for p in net.parameters()]
    ('converged', [2.0, 1.0])
    """
    refuse_other_words("fit", "fit", others, _ARGUMENTS, strict=True)
    if keep not in (None, "last", "best"):
        raise unknown_name("value of keep", keep, ("last", "best"))
    asked = _Asked(epochs, batch_size, tolerance, patience, seed, _check_callbacks(callbacks))
    resumed = read_resumed(resume)
    if resumed:
        refuse_again({"batch_size": batch_size, "penalty": penalty, "lam": lam or None,
                       "penalise": penalise, "seed": seed, "standardise": standardise, "notes": notes,
                       "cost": cost if resumed.plan.cost else None})
        check_network(net, resumed)
        cost, penalty, lam = find_resumed_cost(resumed, cost), resumed.plan.penalty, resumed.plan.lam
        penalise = resumed.plan.penalise
    objective = Objective(net, costs.DEFAULT_COST if cost is None else cost, penalty, lam, penalise or PENALISED[0])
    preparation = resumed.preparation if resumed else _prepare(objective, X, Y, standardise)
    given: tuple[Any, Any] = (X.X, X.Y) if isinstance(X, Data) else (X, Y)
    samples = objective.samples(*given, preparation)
    samples = samples.weigh(find_weights(given[1], preparation.classes, class_weights, sample_weights),
                            objective.cost.over == "mean")
    checked = None if validation is None else _check_validation(validation)
    held = None if checked is None else objective.samples(*checked, preparation, of=" of validation")
    plan = asked.make_plan(objective, samples, held, notes)
    again = {name: getattr(plan, name) for name in ("epochs", "tolerance", "patience")
             if getattr(asked, name) is not None}
    begun = (resume_run(resumed, plan, again, samples, held, optimizer) if resumed else
             _begin(plan, preparation, objective, optimizer, asked))
    chosen = make_engine(engine, resumed.plan.engine if resumed else "", objective, samples, bool(asked.callbacks))
    if checkpoint is not None:
        _check_checkpoint(net, begun)
    untouched = net.preparation is None and preparation == Preparation.none(net.n_inputs)
    net.preparation = None if untouched else preparation
    run = Descent(chosen, held, begun, keep=keep_parameters, keep_best=keep == "best",
                  checkpoint=checkpoint, callbacks=asked.callbacks)
    with ProgressBar(begun.plan.epochs, run.state.epoch, len(samples), progress) as bar:
        history = run.run(bar)
    _conclude(history, Ended(history, objective, samples, held, keep or "last", resumed is not None), given, checked)
    for what in (history.stopped if history.failed else "", history.unsaved):
        if what:
            warnings.warn(what, TrainingWarning, stacklevel=2)
    return history


def _conclude(history: History, run: Ended, given: tuple[Any, Any], validation: tuple[Any, Any] | None) -> None:
    """Say how well the network answers, on the validation samples alone where there are any, and what the end shows."""
    part, samples = ("training", given) if validation is None else ("validation", validation)
    with suppress(KeyboardInterrupt):  # a second Ctrl-C skips the rest
        if not (history.failed and history.best.epoch == 0):
            history.scores = compute_scores(run.objective.net, run.objective.cost, *samples, given[1], part)
        history.states = find_states(run)


_ARGUMENTS = tuple(signature(fit).parameters)[:-1]


@dataclass(frozen=True, slots=True)
class _Asked:
    """The arguments of ``fit`` that set the length and the steps of a run; None for the default or the resumed value.

    Raises:
        ValueError, TypeError: a number is out of range or of the wrong type; names it.
    """

    epochs: int | None
    batch_size: int | None
    tolerance: float | None
    patience: int | None
    seed: int | None
    callbacks: tuple[Callback, ...]

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size", "patience"):
            count = getattr(self, name)
            if count is not None and (not isinstance(count, Integral) or isinstance(count, bool) or count < 1):
                raise ValueError(f"{name} must be a whole number of at least 1, not {quote(count)}")
        if self.tolerance is not None and not (isinstance(self.tolerance, Real) and 0 <= self.tolerance < inf):
            raise ValueError(f"tolerance must be a finite number of at least 0, not {quote(self.tolerance)}")
        if self.seed is not None and not isinstance(self.seed, Integral):
            raise TypeError(f"seed must be a whole number or None, not {quote(self.seed)}")

    def make_plan(self, objective: Objective, samples: Samples, held: Samples | None,
                  notes: Mapping[str, Any] | None) -> Plan:
        """The plan of a run, with defaults for arguments that were not given."""
        return Plan(repr(objective.net), _find_cost_name(objective.cost), objective.penalty, objective.lam,
                    self.batch_size and int(self.batch_size), samples.fingerprint(), held.fingerprint() if held else "",
                    int(self.epochs or 100), 1e-6 if self.tolerance is None else float(self.tolerance),
                    self.patience and int(self.patience), to_plain_notes(notes or {}), objective.penalise)


def _prepare(objective: Objective, X: Any, Y: Any, standardise: bool | None) -> Preparation:
    """The scales, classes and names of a new run."""
    if not isinstance(X, Data):
        return objective.prepare(X, Y, standardise, "Y")
    found = objective.prepare(X.X, X.Y, standardise, f"column {quote(X.targets[0])}")
    return replace(found, columns=X.columns, targets=X.targets, named=True, encodings=X.encodings)


def _begin(plan: Plan, preparation: Preparation, objective: Objective, optimizer: str | Optimizer | None,
           asked: _Asked) -> Training:
    """The state of a new run before its first epoch."""
    parameters = tuple(p.data for p in objective.parameters)
    chosen = optimizers.find_optimizer("adam" if optimizer is None else optimizer).fresh()
    state = random.Random(None if asked.seed is None else int(asked.seed)).getstate()
    return Training(plan, preparation, 0, parameters, chosen, state, Best(0, inf, parameters), ())


def _check_checkpoint(net: Module, begun: Training) -> None:
    """Raise TypeError or ValueError, before the first epoch, if the training cannot be saved."""
    if not isinstance(net, MLP):
        raise TypeError(f"a checkpoint needs an MLP, not a {type(net).__name__}")
    network_to_data(net)
    training_to_data(begun)


def _find_cost_name(cost: costs.Cost) -> str:
    """The name of a cost in ``COSTS``; empty for any other cost."""
    return cost.name if costs.COSTS.get(cost.name) is cost else ""


def _check_validation(validation: Any) -> tuple[Any, Any]:
    if isinstance(validation, Data):
        return validation.X, validation.Y
    if not isinstance(validation, tuple | list) or len(validation) != 2:
        raise TypeError("validation must be a pair (X, Y), such as data.split(0.2) gives")
    return validation[0], validation[1]


def _check_callbacks(callbacks: Any) -> tuple[Callback, ...]:
    found = tuple(callbacks) if isinstance(callbacks, Iterable) else (callbacks,)
    for callback in found:
        if not callable(callback):
            raise TypeError(f"callbacks must be functions of the network and its history, not {quote(callback)}")
    return found


