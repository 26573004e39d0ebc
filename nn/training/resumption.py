"""What a resumed run takes over, what may change, and the phases that changes begin."""

from collections.abc import Mapping
from dataclasses import replace
from math import inf
from os import PathLike
from typing import Any

from autograd_lite.internal import quote

from .. import optimizers
from ..networks.module import Module, list_once
from ..networks.prepared import Samples
from ..optimizers import Optimizer
from .history import Best, History, Phase, Plan, Training, format_count
from .storage import load_training


def read_resumed(resume: Training | History | str | PathLike[str] | None) -> Training | None:
    """The training to resume; None for a new run."""
    if resume is None or isinstance(resume, Training):
        return resume
    if not isinstance(resume, History | str | PathLike):
        raise TypeError(f"resume must be history.training or the name of a file, not {quote(resume)}")
    return resume.training if isinstance(resume, History) else load_training(resume)


def refuse_again(given: Mapping[str, object]) -> None:
    """Raise ValueError if something is given that the resumed run has settled."""
    again = [name for name, value in given.items() if value is not None]
    if again:
        raise ValueError(f"{' and '.join(again)} cannot be given with resume, which keeps those of the resumed run")


def check_network(net: Module, begun: Training) -> None:
    """Raise ValueError if the network is another one than that of the resumed run."""
    was, number, now = begun.plan.network, len(begun.parameters), len(list_once(net.parameters()))
    if repr(net) != was or now != number:
        raise ValueError(f"the resumed run trained {was} with {number} parameters, but this network is "
                         f"{net!r} with {now}; load the network from the same file")


def find_resumed_cost(resumed: Training, given: Any) -> Any:
    """The cost of the resumed run; a cost that is a function must be given again."""
    if resumed.plan.cost:
        return resumed.plan.cost
    if isinstance(given, str):
        raise ValueError("the cost of the resumed run is a function, not a name; give the same function again")
    if not given:
        raise ValueError("the cost of the resumed run is a function; give the same function again")
    return given


def resume_run(resumed: Training, now: Plan, again: Mapping[str, Any], samples: Samples, held: Samples | None,
               optimizer: str | Optimizer | None) -> Training:
    """Continue a saved training with the settings given now. Other samples or another optimizer begin a new phase.

    Args:
        resumed: the training to resume.
        now: the plan that a new run would have.
        again: epochs, tolerance and patience, where they are given again.
        samples, held: the samples and the validation samples that are given now.
        optimizer: another optimizer, or None for that of the run.

    Raises:
        ValueError: the samples do not begin with those of the resumed run, the validation samples differ, or the run
            has more epochs already.
    """
    plan, changes = resumed.plan, []
    more = plan.data != now.data and not samples.is_of(plan.data)
    if more:
        before = samples.find_beginning(plan.data)
        if before is None:
            raise ValueError("the samples differ from those of the resumed run; give the same ones, with more after "
                             "them if there are, or train without resume")
        changes.append(f"{format_count(len(samples), 'sample')} after {before:,}")
    if plan.held != now.held and not (held is not None and held.is_of(plan.held)):
        raise ValueError("the validation samples differ from those of the resumed run; give the same ones, or train "
                         "without resume")
    if again.get("epochs", resumed.epoch) < resumed.epoch:
        raise ValueError(f"the resumed run has {resumed.epoch} epochs already; ask for more than {again['epochs']}")
    found = replace(resumed, plan=replace(plan, data=now.data, held=now.held, **again))
    if optimizer is not None:
        chosen = optimizers.find_optimizer(optimizer).fresh()
        changes.append(f"{chosen!r} after {resumed.optimizer!r}")
        if type(chosen) is type(resumed.optimizer):  # its averages are of the same kind
            chosen.state, chosen.steps = dict(resumed.optimizer.state), resumed.optimizer.steps
        found = replace(found, optimizer=chosen, schedule_from=resumed.epoch)
    if not changes:
        return found
    if found.plan.epochs <= found.epoch:
        raise ValueError(f"the resumed run has all of its {found.plan.epochs} epochs; ask for more, since another "
                         "optimizer or other samples need epochs to act in")
    phase = Phase(resumed.epoch, " and ".join(changes))
    best = Best(resumed.epoch, inf, resumed.parameters) if more and not plan.held else resumed.best
    return replace(found, phases=(*resumed.phases, phase), best=best)
