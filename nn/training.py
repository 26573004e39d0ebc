"""Training: the lecture's algorithm, from the design matrix to convergence.

Feed forward, compute the δ's, backpropagate, update, and so on till convergence; ``fit`` says at which epoch and why it
stopped.
"""

import random
import time
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from os import PathLike, fspath
from typing import Any, cast

from autograd_lite import Value

from . import costs, optimizers
from .history import Best, Callback, Epoch, History, Training
from .module import Module
from .network import MLP
from .objective import Objective, PerfectFitError, Samples, norm, prepared
from .optimizers import Optimizer
from .plain_data import training_to_data
from .progress import ProgressBar
from .storage import load_training, save

_Path = str | PathLike[str]


class TrainingWarning(UserWarning):
    """Training could not go on, since a number overflowed or does not exist."""


def fit(net: Module, X: Any, Y: Any, cost: str | costs.Cost | Callable[..., Value] | None = None,
        optimizer: str | Optimizer | None = None, epochs: int = 100, batch_size: int | None = None,
        tolerance: float = 1e-6, validation: tuple[Any, Any] | None = None, callbacks: Iterable[Callback] = (), *,
        penalty: str | None = None, lam: float = 0.0, standardise: bool = False, seed: int | None = None,
        patience: int | None = None, keep_parameters: bool = False, checkpoint: _Path | None = None,
        resume: Training | _Path | None = None, progress: bool = True) -> History:
    """Minimise the cost of the samples over the parameters of the network.

    Args:
        net: an MLP, a layer or a neuron; its parameters are moved.
        X: the design matrix, (N, n_inputs), a sample a row; (N,) where there is one input.
        Y: the targets, (N, n_L); (N,) where there is one output, or for the names or numbers of classes.
        cost: a name of ``costs.COSTS``, by default "half_squared_error", or a function of one sample's output nodes and
            targets that returns a node, of which the mean is taken.
        optimizer: a name of ``optimizers.OPTIMIZERS``, by default "adam", or one that was made, ``Adam(eta=0.01)``.
        epochs: how often at most all samples are gone through, ≥ 1, those before a resume among them.
        batch_size: how many samples there are to a step, drawn anew in each epoch; all if None.
        tolerance: converged is where ‖∂C/∂Θ‖₂ ≤ tolerance for the cost of all samples; ≥ 0.
        validation: (X, Y) of samples held back, whose cost is recorded after each epoch.
        callbacks: each is called as ``callback(net, history)`` after each epoch; a true answer stops.
        penalty, lam: a name of ``costs.PENALTIES`` and λ; on the weights alone.
        standardise: scale inputs, and targets that are numbers, to mean 0 and deviation 1. The scales are kept with the
            network, ``net.preparation``; ``net.predict`` answers in the old units, the costs are in the new.
        seed: an int, to draw the batches the same way again.
        patience: stop after so many epochs without a lower cost (of the samples held back, where there are some).
        keep_parameters: keep those of each epoch, ``history.parameters``.
        checkpoint: a file that is written after an epoch (at most once in a second) and at the end, to go on from.
        resume: ``history.training`` or a file with it. Cost, optimizer, penalty and batch size are those of the run
            that is gone on with; the result is the same, to the last bit, as if it had never stopped.
        progress: show in a terminal how far it has come.

    Returns:
        The history. Where training ends by patience, Ctrl-C, or a number that overflows, the best parameters so far are
        put back; else the last ones stay.

    Raises:
        ValueError, TypeError: an argument is wrong; says which and why. OSError: a file cannot be read or written.
    Warns:
        TrainingWarning: a number overflowed or does not exist; names η and the node.
    """
    _check("epochs", epochs, 1)
    for name, count in (("batch_size", batch_size), ("patience", patience)):
        if count is not None:
            _check(name, count, 1)
    if not tolerance >= 0:
        raise ValueError(f"tolerance must be a number of at least 0, not {tolerance!r}")
    begun = _resumed(resume, {"cost": cost, "optimizer": optimizer, "batch_size": batch_size, "penalty": penalty})
    if begun:
        cost, penalty, lam, batch_size = begun.cost, begun.penalty, begun.lam, begun.batch_size
    objective = Objective(net, cost or "half_squared_error", penalty, lam)
    preparation = prepared(net, objective.cost, X, Y, standardise)
    samples = objective.samples(X, Y, preparation)
    held = objective.samples(*validation, preparation) if validation is not None else None
    if begun is None:
        begun = Training(0, _data(objective), optimizers.named(optimizer or "adam").copy(),
                         random.Random(seed).getstate(), objective.cost.name, penalty, objective.lam, batch_size,
                         samples.fingerprint(), Best(0, float("inf"), tuple(_data(objective))), [])
    elif begun.data != samples.fingerprint():
        raise ValueError("the samples are not those of the run that is to be gone on with; give it the same X and Y, "
                         "or train without resume")
    elif len(begun.parameters) != len(objective.parameters):
        raise ValueError(f"the run that is to be gone on with has {len(begun.parameters)} parameters, and the network "
                         f"{len(objective.parameters)}; load the network from the same file")
    net.preparation = preparation if preparation.scale or preparation.classes else net.preparation
    if checkpoint is not None:
        if not isinstance(net, MLP):
            raise TypeError(f"a checkpoint can be written of an MLP, not of a {type(net).__name__}")
        training_to_data(begun)  # refuses what no file can hold now rather than after the first epoch
    run = _Run(objective, samples, held, begun, tolerance, patience, keep_parameters, checkpoint, tuple(callbacks))
    with ProgressBar(epochs, begun.epoch, len(samples), progress) as bar:
        history = run.until(epochs, bar)
    if history.reason in ("diverged", "undefined"):
        warnings.warn(history.stopped, TrainingWarning, stacklevel=2)
    return history


class _Run:
    """The loop."""

    def __init__(self, objective: Objective, samples: Samples, held: Samples | None, state: Training,
                 tolerance: float, patience: int | None, keep: bool, checkpoint: _Path | None,
                 callbacks: Sequence[Callback]) -> None:
        self.objective, self.samples, self.held = objective, samples, held
        self.tolerance, self.patience, self.keep, self.callbacks = tolerance, patience, keep, callbacks
        self.checkpoint, self.saved_at = checkpoint, float("-inf")
        self.size = min(state.batch_size or len(samples), len(samples))
        self.history = History(state)

    @property
    def state(self) -> Training:
        """The training as of the last epoch that was completed."""
        return self.history.training

    def until(self, epochs: int, bar: ProgressBar) -> History:
        """Train to that many epochs, unless something stops it."""
        history, parameters = self.history, self.objective.parameters
        _set(parameters, self.state.parameters)
        try:
            if self.state.epoch:
                self._rest()
            while not history.reason and self.state.epoch < epochs:
                if self.keep:
                    history.parameters.append(_data(self.objective))
                if self._epoch_completed(bar):
                    bar.show(history.epochs[-1], epochs)
                    self._save(last=False)
                    self._rest()
                    self._ask()
            if not history.reason:
                self._end("epochs", f"stopped after {self.state.epoch} epochs, as many as were asked for; the norm of "
                                    f"the gradient was {history.gradient_norm[-1]:.3g}, the tolerance is "
                                    f"{self.tolerance:g}")
        except KeyboardInterrupt:
            self._end("interrupted", f"interrupted in epoch {self.state.epoch + 1}{self._put_back()}")
        if self.keep:
            history.parameters.append(_data(self.objective))
        self._save(last=True)
        history.final_cost = self._final_cost()
        return history

    def _epoch_completed(self, bar: ProgressBar) -> bool:
        """Go through an epoch; False where a number that does not exist has ended the run in the middle of it."""
        number, eta = self.state.epoch + 1, self.state.optimizer.rate(self.state.epoch)
        try:
            self._epoch(bar)
            return True
        except PerfectFitError:
            self._end("converged", f"converged in epoch {number}: the fit is perfect, C = 0, where a root cost has no "
                                   "gradient")
        except OverflowError as error:
            self._end("diverged", f"diverged in epoch {number} with η = {eta:g}: {error}{self._put_back()}; "
                                  "take a smaller η")
        except (ArithmeticError, ValueError) as error:
            self._end("undefined", f"could not go on in epoch {number} with η = {eta:g}: {error}{self._put_back()}")
        return False

    def _epoch(self, bar: ProgressBar) -> None:
        """Forward, backward and update for each batch; then the record, and the state for the next epoch."""
        objective, state, number = self.objective, self.state, self.state.epoch + 1
        optimizer, generator = state.optimizer.copy(), random.Random()
        generator.setstate(cast("tuple[Any, ...]", state.random_state))
        order = list(range(len(self.samples)))
        if self.size < len(order):
            generator.shuffle(order)
        before = _data(objective)
        total, gradient = 0.0, [0.0] * len(before)
        for start in range(0, len(order), self.size):
            rows = order[start : start + self.size]
            share = len(rows) / len(order)
            try:
                total += share * objective.differentiate(self.samples, rows)
            except PerfectFitError:
                if len(rows) == len(order):
                    raise
                continue  # this batch has nothing to teach
            gradient = [sum_ + share * p.grad for sum_, p in zip(gradient, objective.parameters, strict=True)]
            if len(rows) == len(order) and norm(gradient) <= self.tolerance:
                break  # at rest: no further step
            optimizer.step(objective.parameters, state.epoch)
            bar.advance(len(rows))
        held = None if self.held is None else self._cost_of(self.held)
        record = Epoch(number, total, norm(gradient), optimizer.rate(state.epoch), held)
        after = _data(objective)
        watched = total if held is None else held
        measured = before if held is None and self.size == len(order) else after
        best = Best(number, watched, tuple(measured)) if watched < state.best.cost else state.best
        self.history.training = replace(
            state, epoch=number, parameters=after, optimizer=optimizer, random_state=generator.getstate(), best=best,
            epochs=[*state.epochs, record])

    def _rest(self) -> None:
        """End the run where it has converged, or no longer gets better."""
        record, best = self.history.epochs[-1], self.state.best
        if record.gradient_norm <= self.tolerance and self._at_rest():
            self._end("converged", f"converged after {record.number} epochs: the norm of the gradient, "
                                   f"{record.gradient_norm:.3g}, is not above the tolerance {self.tolerance:g}")
        elif self.patience is not None and record.number - best.epoch >= self.patience:
            cost = "cost" if self.held is None else "cost of the samples held back"
            self._end("patience", f"stopped after {record.number} epochs, {self.patience} of them without a lower "
                                  f"{cost}{self._put_back()}")

    def _ask(self) -> None:
        """Call the callbacks, and end the run where one wants it."""
        for callback in self.callbacks:
            answer = callback(self.objective.net, self.history)
            if answer and not self.history.reason:
                why = answer if isinstance(answer, str) else "a callback asked for it"
                self._end("callback", f"stopped after {self.state.epoch} epochs: {why}")

    def _at_rest(self) -> bool:
        """Whether the gradient of all samples is small; over several batches only their mean is known so far."""
        return self.size == len(self.samples) or norm(self.objective.gradient(self.samples)) <= self.tolerance

    def _end(self, reason: str, sentence: str) -> None:
        self.history.reason, self.history.stopped = reason, sentence

    def _put_back(self) -> str:
        """Set the best parameters; says so."""
        best = self.state.best
        _set(self.objective.parameters, best.parameters)
        return (f"; the parameters of epoch {best.epoch}, the best so far, were put back" if best.epoch else
                "; the parameters are those from before")

    def _cost_of(self, samples: Samples, penalised: bool = False) -> float:
        return self.objective.record(samples, range(len(samples)), penalised).data

    def _final_cost(self) -> float:
        try:
            return self._cost_of(self.samples, penalised=True)
        except PerfectFitError:
            return 0.0
        except (ArithmeticError, ValueError):  # the parameters from before a run that failed at once
            return float("nan")

    def _save(self, last: bool) -> None:
        now = time.monotonic()
        if self.checkpoint is not None and (last or now - self.saved_at >= 1):
            save(cast("MLP", self.objective.net), self.checkpoint, self.state)
            self.saved_at = time.monotonic()


def _resumed(resume: Training | _Path | None, given: dict[str, object]) -> Training | None:
    """The training to go on with. Raises ValueError where what it settles is given again."""
    if resume is None:
        return None
    again = [name for name, value in given.items() if value is not None]
    if again:
        raise ValueError(f"{' and '.join(again)} cannot be given with resume: those of the run before are gone on with")
    if isinstance(resume, Training):
        return resume
    return load_training(fspath(resume))


def _data(objective: Objective) -> list[float]:
    return [p.data for p in objective.parameters]


def _set(parameters: Sequence[Value], data: Sequence[float]) -> None:
    for parameter, number in zip(parameters, data, strict=True):
        parameter.data = number


def _check(name: str, count: object, least: int) -> None:
    if not isinstance(count, int) or isinstance(count, bool) or count < least:
        raise ValueError(f"{name} must be a whole number of at least {least}, not {count!r}")
