"""The loop of training: epoch after epoch, until there is a reason to stop."""

import random
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from os import PathLike
from typing import Any, cast

from autograd_lite import Value

from ..network import MLP
from .history import Best, Callback, Epoch, History, Training, format_count
from .objective import Objective, PerfectFitError, Samples, norm
from .progress import ProgressBar
from .storage import save


class Descent:
    """One run of ``fit``.

    Args:
        objective: what is minimised.
        samples, held: those that are learned from, and those held back, if any.
        begun: where the run begins.
        keep: whether to keep the parameters of each epoch.
        checkpoint: a file to write as the run goes on.
        callbacks: asked after each epoch.
    """

    def __init__(self, objective: Objective, samples: Samples, held: Samples | None, begun: Training, *, keep: bool,
                 checkpoint: str | PathLike[str] | None, callbacks: Sequence[Callback]) -> None:
        self.objective, self.samples, self.held = objective, samples, held
        self.keep, self.callbacks = keep, callbacks
        self.checkpoint, self._saved_at = checkpoint, float("-inf")
        self.size = min(begun.plan.batch_size or len(samples), len(samples))
        if self.size == len(samples) and begun.optimizer.steps < begun.epoch:
            # it came to rest and took no last step, which may be taken now
            begun = replace(begun, epoch=begun.epoch - 1, epochs=begun.epochs[:-1])
        self.history = History(begun)

    @property
    def state(self) -> Training:
        """The training as of the last epoch that was completed."""
        return self.history.training

    def run(self, bar: ProgressBar) -> History:
        """Train to the planned number of epochs, unless something stops it."""
        history, plan = self.history, self.state.plan
        set_parameters(self.objective.parameters, self.state.parameters)
        try:
            self._save(last=False)  # where it cannot be written is told now
            while not history.reason and self.state.epoch < plan.epochs:
                if self.keep:
                    history.parameters.append(read_parameters(self.objective.parameters))
                if self._attempt(bar):
                    bar.show(history.epochs[-1], plan.epochs)
                    self._call_back()
                    self._save(last=False)
            if not history.reason:
                size = f"{history.gradient_norm[-1]:.3g}" if history.epochs else "not measured"
                self._end("epochs",
                          f"stopped after {format_count(self.state.epoch, 'epoch')}; the norm of the gradient was "
                                    f"{size}, the tolerance is {plan.tolerance:g}")
            if history.reason == "patience":
                history.stopped += self._put_back()
        except KeyboardInterrupt:
            if not history.reason:
                self._end("interrupted", f"interrupted in epoch {self.state.epoch + 1}{self._put_back()}")
        if self.keep:
            history.parameters.append(read_parameters(self.objective.parameters))
        with suppress(KeyboardInterrupt):  # a second one is in a hurry
            self._save(last=True)
            history.final_cost = self._final_cost()
        return history

    def _attempt(self, bar: ProgressBar) -> bool:
        """Go through an epoch, and see whether to stop; False where a number has ended the run in the middle of it."""
        number, eta = self.state.epoch + 1, "?"
        try:
            eta = f"{self.state.optimizer.rate(self.state.epoch):g}"
            self._epoch(bar)
            self._check_rest()
            return True
        except PerfectFitError:
            self._end("converged", f"converged in epoch {number}: the fit is perfect, C = 0, where a root cost has no "
                                   "gradient")
        except OverflowError as error:
            self._end("diverged", f"diverged in epoch {number} with η = {eta}: {error}{self._put_back()}; "
                                  "take a smaller η")
        except (ArithmeticError, ValueError) as error:
            if isinstance(error, ValueError) and not self.state.plan.cost:
                raise  # of a function that is not ours, and may have a mistake
            self._end("undefined", f"could not go on in epoch {number} with η = {eta}: {error}{self._put_back()}")
        return False

    def _epoch(self, bar: ProgressBar) -> None:
        """Forward, backward and update for each batch; then the record, and the state for the next epoch."""
        objective, state, number = self.objective, self.state, self.state.epoch + 1
        optimizer, generator = state.optimizer.copy(), random.Random()
        generator.setstate(cast("tuple[Any, ...]", state.random_state))
        order = list(range(len(self.samples)))
        if self.size < len(order):
            generator.shuffle(order)
        before = read_parameters(objective.parameters)
        best = state.best
        if number == 1 and (self.held is not None or (self.size < len(order) and objective.cost.over == "mean")):
            first = objective.value(self.samples) if self.held is None else objective.value(self.held, penalised=False)
            best = replace(best, cost=first)  # an epoch that ends worse than this is not the best
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
            if len(rows) == len(order) and norm(gradient) <= state.plan.tolerance:
                break  # at rest: no further step
            optimizer.step(objective.parameters, state.epoch)
            bar.advance(len(rows))
        held = None if self.held is None else objective.value(self.held, penalised=False)
        record = Epoch(number, total, norm(gradient), optimizer.rate(state.epoch), held)
        after = read_parameters(objective.parameters)
        watched = total if held is None else held
        measured = before if held is None and self.size == len(order) else after
        if watched < best.cost:
            best = Best(number, watched, tuple(measured))
        self.history.training = replace(
            state, epoch=number, parameters=tuple(after), optimizer=optimizer, random_state=generator.getstate(),
            best=best, epochs=(*state.epochs, record))

    def _check_rest(self) -> None:
        """End the run where it has converged, or no longer gets better."""
        record, best, plan = self.history.epochs[-1], self.state.best, self.state.plan
        if record.gradient_norm <= plan.tolerance:
            size = record.gradient_norm
            if self.size < len(self.samples):  # the mean of gradients at several places is a hint
                size = norm(self.objective.gradient(self.samples))
            if size <= plan.tolerance:
                self._end("converged",
                          f"converged after {format_count(record.number, 'epoch')}: the norm of the gradient, "
                                       f"{size:.3g}, is not above the tolerance {plan.tolerance:g}")
                return
        if plan.patience is not None and record.number - best.epoch >= plan.patience:
            cost = "cost" if self.held is None else "cost of the validation samples"
            self._end("patience",
                      f"stopped after {format_count(record.number, 'epoch')}, {plan.patience} of them without a "
                                  f"lower {cost}")

    def _call_back(self) -> None:
        """Call the callbacks, keep what they change, and end the run where one wants it."""
        for callback in self.callbacks:
            answer = callback(self.objective.net, self.history)
            if answer and not self.history.reason:
                why = answer if isinstance(answer, str) else "a callback asked for it"
                self._end("callback", f"stopped after {format_count(self.state.epoch, 'epoch')}: {why}")
        if self.callbacks:
            self.history.training = replace(self.state, parameters=tuple(read_parameters(self.objective.parameters)))

    def _end(self, reason: str, sentence: str) -> None:
        self.history.reason, self.history.stopped = reason, sentence

    def _put_back(self) -> str:
        """Set the best parameters; says so."""
        best = self.state.best
        set_parameters(self.objective.parameters, best.parameters)
        return (f"; the parameters of epoch {best.epoch}, the best so far, were put back" if best.epoch else
                "; the parameters are those from before")

    def _final_cost(self) -> float:
        try:
            return self.objective.value(self.samples)
        except (ArithmeticError, ValueError):  # the parameters from before a run that failed at once
            return float("nan")

    def _save(self, last: bool) -> None:
        now = time.monotonic()
        if self.checkpoint is not None and (last or now - self._saved_at >= 1):
            save(cast("MLP", self.objective.net), self.checkpoint, self.state)
            self._saved_at = time.monotonic()


def read_parameters(parameters: Sequence[Value]) -> list[float]:
    """Their numbers."""
    return [p.data for p in parameters]


def set_parameters(parameters: Sequence[Value], numbers: Sequence[float]) -> None:
    """Give each its number."""
    for parameter, number in zip(parameters, numbers, strict=True):
        parameter.data = number
