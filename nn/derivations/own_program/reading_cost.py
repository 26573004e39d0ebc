"""The conventions of a program's own cost, read from its numerical derivative."""

from dataclasses import dataclass, replace

from .hidden_penalty import find_hidden_penalty
from .layouts import Returned
from .numeric import Slope, differentiate_cost
from .program import Program
from .rightness import Reading, Wanted, list_activations, list_costs_of, match_all
from .trials import Trial


@dataclass(frozen=True)
class Known:
    """What was read of a cost.

    Attributes:
        reading: its conventions; the trial in it has its numerical derivative.
        factors: of W in the derivative of a penalty that is inside; empty if there is none.
        penalty: what is said of it.
    """

    reading: Reading
    factors: tuple[float, ...] = ()
    penalty: str = ""


def read_cost(program: Program, trial: Trial, slope: Slope, wanted: Wanted) -> Known | None:
    """The conventions of a program's cost; None where it is none that is known."""
    numeric = make_numeric_trial(program, trial, slope)
    for mixed in (False, True):
        if wanted.activations is not None and mixed:
            break
        for activations in [wanted.activations] if wanted.activations else list_activations(trial.depth, mixed):
            for cost in list_costs_of(activations[-1], wanted, numeric):
                constant = match_all(numeric, activations, cost)
                if constant is not None:
                    return Known(Reading(numeric, activations, cost, constant))
    hidden = find_hidden_penalty(numeric, wanted, strict=False)
    return None if hidden is None else Known(*hidden)


def make_numeric_trial(program: Program, trial: Trial, slope: Slope) -> Trial:
    """A trial whose arrays are the numerical derivative of the cost."""
    given = []
    for gradients, net in zip(differentiate_cost(program, trial, slope), trial.nets, strict=True):
        layers = range(1, net.depth + 1)
        dW = tuple(gradients.dW[l] for l in layers)
        db = tuple(gradients.db.get(l) for l in layers)
        given.append(Returned(dW, db, dW, db, ()))
    return replace(trial, given=tuple(given), single=False, exact=max(3e-8, slope.close / 10))
