"""Training: the lecture's algorithm, from the design matrix to convergence.

Feed forward, compute the δ's, backpropagate, update, and so on till convergence; ``fit`` says at which epoch and why it
stopped. The loop is in ``descent``.
"""

import random
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from math import inf
from numbers import Integral, Real
from os import PathLike
from typing import Any

from autograd_lite import Value
from autograd_lite.internal import quote

from .. import costs, optimizers
from ..data.preparation import Preparation
from ..data.samples import Data
from ..module import Module
from ..network import MLP
from ..optimizers import Optimizer
from .history import Best, Callback, History, Plan, Training
from .loop import Descent, read_parameters
from .objective import Objective
from .progress import ProgressBar
from .serialisation import training_to_data
from .storage import load_training, to_plain_notes

_Path = str | PathLike[str]


class TrainingWarning(UserWarning):
    """Training could not go on, since a number overflowed or does not exist."""


def fit(net: Module, X: Any, Y: Any = None, cost: str | costs.Cost | Callable[..., Value] | None = None,
        optimizer: str | Optimizer | None = None, epochs: int | None = None, batch_size: int | None = None,
        tolerance: float | None = None, validation: tuple[Any, Any] | Data | None = None,
        callbacks: Iterable[Callback] = (), *,
        penalty: str | None = None, lam: float = 0.0, standardise: bool | None = None, seed: int | None = None,
        patience: int | None = None, keep_parameters: bool = False, checkpoint: _Path | None = None,
        resume: Training | History | _Path | None = None, notes: Mapping[str, Any] | None = None,
        progress: bool = True) -> History:
    """Minimise the cost of the samples over the parameters of the network.

    Args:
        net: an MLP, a layer or a neuron; its parameters are moved.
        X: the design matrix, (N, n_inputs), a sample a row; (N,) where there is one input. Or a ``Data``, which has Y
            and the names of all columns too.
        Y: the targets, (N, n_L); (N,) where there is one output, or for the names or numbers of classes.
        cost: a name of ``costs.COSTS``, by default "half_squared_error", or a function of one sample's output nodes and
            targets that returns a node, of which the mean is taken.
        optimizer: a name of ``optimizers.OPTIMIZERS``, by default "adam", or one that was made, ``Adam(eta=0.01)``,
            of which the settings are taken and not what it remembers.
        epochs: how often at most all samples are gone through, ≥ 1, those before a resume among them; by default 100.
        batch_size: how many samples there are to a step, drawn anew in each epoch; all if None.
        tolerance: converged is where ‖∂C/∂Θ‖₂ ≤ tolerance for the cost of all samples; ≥ 0, by default 1e-6.
        validation: (X, Y), or a ``Data``, of samples held back, whose cost is recorded after each epoch.
        callbacks: each is called as ``callback(net, history)`` after each epoch; a true answer stops. Parameters that
            it changes stay changed.
        penalty, lam: a name of ``costs.PENALTIES`` and λ; on the weights alone.
        standardise: True scales inputs, and targets that are numbers of an identity output, to mean 0 and deviation 1.
            The scales are kept with the network, ``net.preparation``; ``net.predict`` answers in the old units, the
            costs are in the new. None keeps the scales that the network has, False drops them.
        seed: an int, to draw the batches the same way again.
        patience: stop after so many epochs without a lower cost (of the samples held back, where there are some).
        keep_parameters: keep those of each epoch, ``history.parameters``.
        checkpoint: a file that is written at the beginning, after an epoch (at most once in a second) and at the end,
            to go on from.
        resume: a history, its ``training``, or a file with it. All is as in the run that is gone on with; only epochs,
            tolerance and patience may be given anew, and a cost that is a function must be. The result is the same, to
            the last bit, as if it had never stopped.
        notes: plain data to be kept with the training, for whoever goes on with it.
        progress: show in a terminal how far it has come.

    Returns:
        The history. Where training ends by patience, Ctrl-C, or a number that overflows, the best parameters so far are
        put back; else the last ones stay.

    Raises:
        ValueError, TypeError: an argument is wrong; says which and why. OSError: a file cannot be read or written. What
            a cost that is a function raises, unless a number overflowed.
    Warns:
        TrainingWarning: a number overflowed or does not exist; names η and the node.
    """
    begun = _read_resumed(resume)
    given = {"optimizer": optimizer, "batch_size": batch_size, "penalty": penalty, "lam": lam or None, "seed": seed,
             "standardise": standardise, "notes": notes}
    if begun:
        _refuse_again(given | ({"cost": cost} if begun.plan.cost else {}))
        if not begun.plan.cost and isinstance(cost, str):
            raise ValueError("the cost of the run that is to be gone on with is a function, and not one with a name; "
                             "give the same one again")
        cost = begun.plan.cost or cost
        penalty, lam, batch_size = begun.plan.penalty, begun.plan.lam, begun.plan.batch_size
        if not cost:
            raise ValueError("the cost of the run that is to be gone on with is a function; give the same one again")
    for name, count in (("epochs", epochs), ("batch_size", batch_size), ("patience", patience)):
        if count is not None and (not isinstance(count, Integral) or isinstance(count, bool) or count < 1):
            raise ValueError(f"{name} must be a whole number of at least 1, not {quote(count)}")
    if tolerance is not None and not (isinstance(tolerance, Real) and 0 <= tolerance < inf):
        raise ValueError(f"tolerance must be a finite number of at least 0, not {quote(tolerance)}")
    if seed is not None and not isinstance(seed, Integral):
        raise TypeError(f"seed must be a whole number or None, not {quote(seed)}")
    asked = _check_callbacks(callbacks)
    objective = Objective(net, "half_squared_error" if cost is None else cost, penalty, lam)
    X, Y, named = (X.X, X.Y, X) if isinstance(X, Data) else (X, Y, None)
    if begun:
        preparation = begun.preparation
        _check_network(net, begun)
    else:
        preparation = objective.prepare(X, Y, standardise, f"column {quote(named.targets[0])}" if named else "Y")
        if named:
            preparation = replace(preparation, columns=named.columns, targets=named.targets)
    samples = objective.samples(X, Y, preparation)
    held = objective.samples(*_check_validation(validation), preparation,
                             of=" of validation") if validation is not None else None
    plan = Plan(repr(net), _cost_name(objective.cost), penalty, objective.lam, batch_size and int(batch_size),
                samples.fingerprint(), held.fingerprint() if held else "", int(epochs or 100),
                1e-6 if tolerance is None else float(tolerance), patience and int(patience),
                to_plain_notes(notes or {}))
    if begun is None:
        parameters = tuple(read_parameters(objective.parameters))
        method = optimizers.find_optimizer("adam" if optimizer is None else optimizer).fresh()
        state = random.Random(None if seed is None else int(seed)).getstate()
        begun = Training(plan, preparation, 0, parameters, method, state, Best(0, inf, parameters), ())
    else:
        begun = _continue_plan(begun, plan, {"epochs": epochs, "tolerance": tolerance, "patience": patience})
    if checkpoint is not None:
        if not isinstance(net, MLP):
            raise TypeError(f"a checkpoint can be written of an MLP, not of a {type(net).__name__}")
        training_to_data(begun)  # refuses what no file can hold now rather than after the first epoch
    untouched = net.preparation is None and preparation == Preparation.none(net.n_inputs)
    net.preparation = None if untouched else preparation
    run = Descent(objective, samples, held, begun, keep=keep_parameters, checkpoint=checkpoint, callbacks=asked)
    with ProgressBar(begun.plan.epochs, run.state.epoch, len(samples), progress) as bar:
        history = run.run(bar)
    if history.reason in ("diverged", "undefined"):
        warnings.warn(history.stopped, TrainingWarning, stacklevel=2)
    return history


def _read_resumed(resume: Training | History | _Path | None) -> Training | None:
    """The training to go on with."""
    if resume is None or isinstance(resume, Training):
        return resume
    if not isinstance(resume, History | str | PathLike):
        raise TypeError(f"resume must be history.training or the name of a file, not {quote(resume)}")
    return resume.training if isinstance(resume, History) else load_training(resume)


def _refuse_again(given: Mapping[str, object]) -> None:
    again = [name for name, value in given.items() if value is not None]
    if again:
        raise ValueError(f"{' and '.join(again)} cannot be given with resume: those of the run before are gone on with")


def _check_network(net: Module, begun: Training) -> None:
    was, number = begun.plan.network, len(begun.parameters)
    if repr(net) != was or len(net.parameters()) != number:
        raise ValueError(f"the run that is to be gone on with is of {was} with {number} parameters, and this is "
                         f"{net!r} with {len(net.parameters())}; load the network from the same file")


def _continue_plan(begun: Training, now: Plan, given: Mapping[str, object]) -> Training:
    """The run before with what was given anew. Raises ValueError where it cannot be gone on with like this."""
    plan = begun.plan
    for what, before, after in (("samples", plan.data, now.data), ("samples held back", plan.held, now.held)):
        if before != after:
            raise ValueError(f"the {what} are not those of the run that is to be gone on with; give it the same ones, "
                             "or train without resume")
    anew: dict[str, Any] = {name: getattr(now, name) for name, value in given.items() if value is not None}
    if anew.get("epochs", begun.epoch) < begun.epoch:
        raise ValueError(f"the run that is to be gone on with has {begun.epoch} epochs already; ask for more than "
                         f"{anew['epochs']}")
    return replace(begun, plan=replace(plan, **anew))


def _cost_name(cost: costs.Cost) -> str:
    """The name of a cost by which it can be found again; none if it cannot."""
    return cost.name if costs.COSTS.get(cost.name) is cost else ""


def _check_validation(validation: Any) -> tuple[Any, Any]:
    if isinstance(validation, Data):
        return validation.X, validation.Y
    if not isinstance(validation, tuple | list) or len(validation) != 2:
        raise TypeError("validation must be a pair (X, Y) of samples held back, such as data.split(0.2) gives")
    return validation[0], validation[1]


def _check_callbacks(callbacks: Any) -> tuple[Callback, ...]:
    found = tuple(callbacks) if isinstance(callbacks, Iterable) else (callbacks,)
    for callback in found:
        if not callable(callback):
            raise TypeError(f"callbacks must be functions of the network and its history, not {quote(callback)}")
    return found


