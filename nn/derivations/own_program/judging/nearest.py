"""The conventions of the table nearest to a last layer which nothing explains."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import product

from autograd_lite.internal import add_floats

from ....ground import late_numpy as np
from ....ground.arrays import Floats
from ..comparing.array_activations import LIKELY_OUTPUTS
from ..comparing.constants import ONE, Constant
from ..comparing.reference import ROOT
from ..comparing.rightness import Wanted, find_all_gradients, is_convention, list_candidates, list_costs_of
from ..running.program import Program
from ..running.trials import Trial
from .explanation import Explanation
from .search import count_reachable

_CONSTANTS = [Constant(Fraction(factor), N, n) for factor, N, n in product((1, 2), (0, -1), (0, -1))]
_NEAR = 0.85  # the cosine of the angle between an array and one that is near


def find_nearest(
    program: Program, trial: Trial, wanted: Wanted, outputs: "Sequence[Floats | None] | None"
) -> Explanation | None:
    """The activations, cost and constant whose last dW is nearest to the program's; it is ``unknown`` if that is near.

    The activations of the hidden layers are those with which every dW above them can be made from some δ; None where
    there are no such.
    """
    every = [names for mixed in (False, True) for names in list_candidates(trial.depth, wanted, outputs, trial, mixed)]
    counts = count_reachable(program, trial, every)
    last, most, best = trial.depth, 0.0, None
    likely_outputs = LIKELY_OUTPUTS if wanted.activations is None else wanted.activations
    for names in (n for n in every if counts[n[:-1]] == last - 1 and n[-1] in likely_outputs):
        best = best or Explanation(trial, names, "", ONE, deltas=tuple({} for _ in trial.nets))
        for cost in list_costs_of(names[-1], wanted, trial):
            right = find_all_gradients(trial, names, cost) if cost != ROOT else None
            given = trial.find("dW", last)
            shape = [_compare(a, one.dW[last]) for a, one in zip(given, right, strict=True)] if right else []
            near = min((cosine for cosine, _ in shape), default=0.0)
            if near > most:
                scales = [(size, net) for (_, size), net in zip(shape, trial.nets, strict=True)]
                likely = [k for k in _CONSTANTS if is_convention(k, cost, alone=True)]
                k = min(likely, key=lambda k: add_floats(abs(np.log(size / k.value(net))) for size, net in scales))
                unknown = (f"dW[{last}]",) if near > _NEAR else ()
                most, best = near, replace(best, activations=names, cost=cost, constant=k, known=k, unknown=unknown)
    return best


def _compare(given: "Floats | None", right: "Floats") -> tuple[float, float]:
    """The cosine of the angle between two arrays, and the ratio of their sizes."""
    if given is None:
        return 0.0, 1.0
    sizes = [float(np.sqrt(np.vdot(array, array))) for array in (given, right)]
    return float(np.vdot(given, right)) / (sizes[0] * sizes[1] or 1.0), sizes[0] / (sizes[1] or 1.0)
