"""How long a training will take: the time of a step on a few samples, times all of them and the epochs."""

import time
from collections.abc import Mapping
from typing import Any

from ..costs import DEFAULT_COST
from ..data.samples import Data
from ..ground.lifting import set_numbers
from ..networks.module import Module
from ..networks.objective import PENALISED, Objective
from ..optimizers import Optimizer, find_optimizer
from .engines import AUTO, SCALAR, ScalarEngine, make_engine

_TRIED, _REPEATED = 16, 3  # samples that are recorded, passes


def estimate_seconds(net: Module, data: Data, settings: Mapping[str, Any]) -> float | None:
    """The seconds that all epochs of ``fit(net, data, **settings)`` take; None where a number does not exist at first.

    Raises:
        ValueError, TypeError: as ``fit`` does for these arguments.
    """
    resumed = settings.get("resume")
    if resumed:
        objective = Objective(net, resumed.plan.cost, resumed.plan.penalty, resumed.plan.lam, resumed.plan.penalise)
        prepared, epochs = resumed.preparation, (settings["epochs"] or resumed.plan.epochs) - resumed.epoch
    else:
        objective = Objective(net, settings.get("cost", DEFAULT_COST), settings.get("penalty"),
                              settings.get("lam", 0.0), settings.get("penalise") or PENALISED[0])
        prepared, epochs = objective.prepare(data.X, data.Y, settings.get("standardise"),
                                             f"column {data.targets[0]!r}"), settings["epochs"]
    samples = objective.samples(data.X, data.Y, prepared)
    engine = make_engine(settings.get("engine") or AUTO, resumed.plan.engine if resumed else "", objective, samples,
                         watched=False)
    size = (resumed.plan.batch_size if resumed else settings.get("batch_size")) or len(samples)
    rows = range(min(size, len(samples), _TRIED if engine.name == SCALAR else size))
    optimizer, before = find_optimizer(settings.get("optimizer") or "adam").fresh(), engine.read()
    try:
        _time_step(engine, optimizer, rows)  # the first time imports what it needs
        shortest = min(_time_step(engine, optimizer, rows) for _ in range(_REPEATED))  # others use the machine too
    except (ArithmeticError, ValueError):  # a logarithm of 0, say: the run tells the node
        return None
    finally:
        set_numbers(objective.parameters, before)
    count: int = max(0, epochs)
    return count * shortest * len(samples) / len(rows)


def _time_step(engine: ScalarEngine, optimizer: Optimizer, rows: range) -> float:
    begun = time.perf_counter()
    engine.differentiate(rows)
    engine.step(optimizer, 0)
    return time.perf_counter() - begun
