"""The power of the learning rate in each array of a step: 1 where it is right, 0 where it is missing."""

from ..running.networks import ETA
from ..running.program import Program
from ..running.trials import Trial
from .constants import list_ratios

_CLOSE = 1e-7


def find_rates(program: Program, trial: Trial) -> dict[str, int]:
    """Name of an array -> the power of η in its step, for arrays where that is 0 or 2.

    A step along a gradient is η^p·g; with twice the rate, what is left after a division by η is 2^(p − 1) times as
    large.
    """
    other = program.try_run(trial.layout, trial.nets[0], eta=2 * ETA)
    if other is None:
        return {}
    found = {}
    for kind, pairs in (
        ("dW", zip(trial.given[0].raw_W, other.raw_W, strict=True)),
        ("db", zip(trial.given[0].raw_b, other.raw_b, strict=True)),
    ):
        for l, (once, twice) in enumerate(pairs, start=1):
            ratios = None if once is None or twice is None else list_ratios([twice], [once], _CLOSE)
            for power in (0, 2) if ratios else ():
                if ratios and abs(ratios[0] * 2 - 2**power) < _CLOSE:
                    found[f"{kind}[{l}]"] = power
    return found
