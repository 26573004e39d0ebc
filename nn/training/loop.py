"""The training loop: runs epochs until there is a reason to stop."""

import random
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from os import PathLike
from typing import Any, cast

from ..ground import late_numpy as np
from ..ground.lifting import set_numbers
from ..networks.network import MLP
from ..networks.objective import PerfectFitError, norm
from ..networks.prepared import Samples
from .end_states import STATES, is_detached
from .ended import Ended
from .engines import ScalarEngine
from .history import DESCRIBED, Best, Callback, Epoch, History, Phase, Training, format_count
from .progress import ProgressBar
from .storage import save

_LAST_KEPT = ("epochs", "converged", "callback", "dead")
"""Reasons after which a run keeps its last parameters, unless the best are asked for."""


class Descent:
    """One run of ``fit``.

    Args:
        engine: what computes the steps; it holds the cost that is minimised and the training samples.
        held: the validation samples or None.
        begun: the state that the run starts from.
        keep: whether to record the parameters of each epoch.
        keep_best: whether to restore the best parameters at the end, whatever ends the run.
        checkpoint: a file to write during the run.
        callbacks: called after each epoch.
    """

    def __init__(self, engine: ScalarEngine, held: Samples | None, begun: Training, *, keep: bool,
                 keep_best: bool, checkpoint: str | PathLike[str] | None, callbacks: Sequence[Callback]) -> None:
        self.engine, self.held = engine, held
        self.objective, self.samples = engine.objective, engine.samples
        self.keep, self.keep_best, self.callbacks = keep, keep_best, callbacks
        self.checkpoint, self._saved_at = checkpoint, float("-inf")
        self.size = min(begun.plan.batch_size or len(self.samples), len(self.samples))
        if self.size == len(self.samples) and begun.optimizer.steps < begun.epoch:
            # the last epoch converged and took no step; run it again, for the tolerance may have changed
            begun = replace(begun, epoch=begun.epoch - 1, epochs=begun.epochs[:-1])
        self.history = History(begun)
        self._use(engine)

    @property
    def state(self) -> Training:
        """The state after the last completed epoch."""
        return self.history.training

    def _use(self, engine: ScalarEngine, since: str = "") -> None:
        """Compute with this engine from now on."""
        self.engine, history, state = engine, self.history, self.state
        history.engine, history.why_engine = engine.name, since + engine.why
        if state.epoch and state.plan.engine != engine.name:
            phase = Phase(state.epoch, f"{DESCRIBED[engine.name]} after {DESCRIBED[state.plan.engine]}")
            state = replace(state, phases=(*state.phases, phase))
        history.training = replace(state, plan=replace(state.plan, engine=engine.name))

    def run(self, bar: ProgressBar) -> History:
        """Train to the planned number of epochs, unless something stops it."""
        history, plan = self.history, self.state.plan
        self._set_parameters(self.state.parameters)
        try:
            self._save(last=False)  # fails now if the file cannot be written
            while not history.reason and self.state.epoch < plan.epochs:
                if self.keep:
                    history.parameters.append(self.engine.read())
                if self._attempt(bar):
                    bar.show(history.epochs[-1], plan.epochs)
                    self._call_back()
                    self._save(last=False)
            if not history.reason:
                size = f"{history.gradient_norm[-1]:.3g}" if history.epochs else "not measured"
                self._end("epochs",
                          f"stopped after {format_count(self.state.epoch, 'epoch')}; the norm of the gradient was "
                                    f"{size}, the tolerance is {plan.tolerance:g}")
            if history.reason == "patience" or (self.keep_best and history.reason in _LAST_KEPT):
                history.stopped += self._put_back()
        except KeyboardInterrupt:
            if not history.reason:
                self._end("interrupted", f"interrupted in epoch {self.state.epoch + 1}{self._put_back()}")
        self.engine.store()
        if self.keep:
            history.parameters.append(self.engine.read())
        with suppress(KeyboardInterrupt):  # a second Ctrl-C skips the rest
            self._save(last=True)
            history.final_cost = self._final_cost()
        return history

    def _attempt(self, bar: ProgressBar) -> bool:
        """Run an epoch and check whether to stop; False if an error in a number ended the run within it."""
        number, eta = self.state.epoch + 1, "?"
        try:
            eta = f"{self.state.next_eta:g}"
            self._run_epoch(bar)
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
                raise  # raised by the user's function, which may have a mistake
            self._end("undefined", f"could not go on in epoch {number} with η = {eta}: {error}{self._put_back()}")
        return False

    def _run_epoch(self, bar: ProgressBar) -> None:
        """Forward pass, backward pass and update for each batch; then record the epoch and the new state."""
        objective, state, number = self.objective, self.state, self.state.epoch + 1
        optimizer, generator = state.optimizer.copy(), random.Random()
        generator.setstate(cast("tuple[Any, ...]", state.random_state))
        order = list(range(len(self.samples)))
        if self.size < len(order):
            generator.shuffle(order)
        if why := self.engine.begin(order[: self.size]):
            self._use(ScalarEngine(objective, self.samples, why), f"since epoch {number}: ")
            state = self.state
        before = self.engine.read()
        best = state.best
        if number == 1 and (self.held is not None or (self.size < len(order) and objective.cost.over == "mean")):
            first = (self.engine.value(self.samples) if self.held is None else
                     self.engine.value(self.held, penalised=False))
            best = replace(best, cost=first)  # a later epoch must be better than the start
        total, gradient = 0.0, np.zeros(len(before))
        for start in range(0, len(order), self.size):
            rows = order[start : start + self.size]
            share = len(rows) / len(order)
            try:
                total += share * self.engine.differentiate(rows)
            except PerfectFitError:
                if len(rows) == len(order):
                    raise
                continue  # this batch has no gradient
            with np.errstate(all="ignore"):  # the norm tells
                gradient += share * self.engine.gradient
            if len(rows) == len(order) and norm(gradient.tolist()) <= state.plan.tolerance:
                break  # converged: take no further step
            self.engine.step(optimizer, state.epoch - state.schedule_from)
            bar.advance(len(rows))
        held = None if self.held is None else self.engine.value(self.held, penalised=False)
        record = Epoch(number, total, norm(gradient.tolist()), state.next_eta, held)
        after = self.engine.read()
        watched = total if held is None else held
        measured = before if held is None and self.size == len(order) else after
        if watched < best.cost:
            best = Best(number, watched, tuple(measured))
        self.history.training = replace(
            state, epoch=number, parameters=tuple(after), optimizer=optimizer, random_state=generator.getstate(),
            best=best, epochs=(*state.epochs, record))

    def _check_rest(self) -> None:
        """End the run if it has converged or its cost no longer falls."""
        record, best, plan = self.history.epochs[-1], self.state.best, self.state.plan
        if record.gradient_norm <= plan.tolerance:
            self.engine.store()
            size = record.gradient_norm
            if self.size < len(self.samples):  # the mean of gradients at several places is a hint
                size = norm(self.objective.gradient(self.samples))
            if size <= plan.tolerance:
                self._end(*self._judge_rest(record.number, size))
                return
        if plan.patience is not None and record.number - best.epoch >= plan.patience:
            cost = "cost" if self.held is None else "cost of the validation samples"
            self._end("patience",
                      f"stopped after {format_count(record.number, 'epoch')}, {plan.patience} of them without a "
                                  f"lower {cost}")

    def _judge_rest(self, number: int, size: float) -> tuple[str, str]:
        """The reason and the sentence of a gradient that is 0: an optimum only where it could be something else."""
        after = format_count(number, "epoch")
        run = Ended(self.history, self.objective, self.samples, self.held, "last")
        if size == 0 and is_detached(self.objective, self.samples):
            return "detached", (f"stopped after {after}: the cost depends on no parameter of the network, so nothing "
                                "can be learned")
        if STATES["dead units"](run) is not None:
            return "dead", (f"stopped after {after}: the norm of the gradient is {size:.3g}, but this is no optimum, "
                            "for there are dead units")
        return "converged", (f"converged after {after}: the norm of the gradient, {size:.3g}, is not above the "
                             f"tolerance {self.state.plan.tolerance:g}")

    def _call_back(self) -> None:
        """Call the callbacks, keep the parameters that they change, and end the run if one asks for it."""
        if not self.callbacks:
            return
        self.engine.store()
        for callback in self.callbacks:
            answer = callback(self.objective.net, self.history)
            if answer and not self.history.reason:
                why = answer if isinstance(answer, str) else "a callback asked for it"
                self._end("callback", f"stopped after {format_count(self.state.epoch, 'epoch')}: {why}")
        self.engine.load()
        self.history.training = replace(self.state, parameters=tuple(self.engine.read()))

    def _end(self, reason: str, sentence: str) -> None:
        self.history.reason, self.history.stopped = reason, sentence

    def _put_back(self) -> str:
        """Restore the best parameters; return a phrase that says so."""
        best = self.state.best
        self._set_parameters(best.parameters)
        return (f"; the parameters of epoch {best.epoch}, the best so far, were restored" if best.epoch else
                "; the parameters are those before the run")

    def _set_parameters(self, numbers: Sequence[float]) -> None:
        set_numbers(self.objective.parameters, numbers)
        self.engine.load()

    def _final_cost(self) -> float:
        try:
            return self.objective.value(self.samples)
        except (ArithmeticError, ValueError):  # the initial parameters of a run that failed at once
            return float("nan")

    def _save(self, last: bool) -> None:
        """Write the checkpoint, at most once a second. A failure after the first time is noted; training goes on."""
        if self.checkpoint is None or not (last or time.monotonic() - self._saved_at >= 1):
            return
        self.engine.store()
        try:
            save(cast("MLP", self.objective.net), self.checkpoint, self.state)
            self.history.unsaved = ""
        except OSError as error:
            if self._saved_at == float("-inf"):
                raise
            self.history.unsaved = str(error)
        self._saved_at = time.monotonic()
