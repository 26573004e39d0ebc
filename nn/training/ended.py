"""A run that ended, and what its states are seen from."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from autograd_lite import Value

from ..networks.module import ForwardPass
from ..networks.objective import Objective
from ..networks.prepared import Samples
from .history import History

MOST = 500
"""The samples that are looked at, from the first on."""
_NOTHING = 1e-9  # of the first cost: what is left of it matters to nobody


@dataclass
class Ended:
    """A run that ended, and what it was made of."""

    history: History
    objective: Objective
    samples: Samples
    held: Samples | None
    keep: str
    is_resumed: bool = False
    _passes: list[Any] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        return self.history.failed or not self.history.epochs

    @property
    def converged(self) -> bool:
        return self.history.reason == "converged"

    @property
    def one_batch(self) -> bool:
        size = self.history.training.plan.batch_size
        return size is None or size >= len(self.samples)

    @property
    def passes(self) -> Iterator[ForwardPass]:
        """The forward passes of the first samples, one by one; none without layers. Raises where a number overflows."""
        for i, x in enumerate(self.samples.inputs[:MOST].tolist()):
            if i == len(self._passes):
                self._passes.append(self.objective.net.forward([Value(v) for v in x]))
            if not isinstance(self._passes[i], ForwardPass):
                return
            yield self._passes[i]

    @property
    def is_past_best(self) -> bool:
        """Whether the validation cost was clearly lower in an earlier epoch: more epochs make it worse."""
        held, best = self.history.validation, self.history.best
        return bool(held) and best.epoch < len(self.history.epochs) and held[-1] > 1.05 * best.cost + 1e-12

    @property
    def is_useless(self) -> bool:
        """Whether the answers are hardly better than one that is always the same."""
        scores = self.history.scores
        if scores is None:
            return False
        error = scores.measures.get("rmse")
        return scores.measures["accuracy"] <= scores.baseline if error is None else error > 0.95 * scores.baseline > 0

    @property
    def still_falls(self) -> bool:
        """Whether the second half of the epochs still lowered the cost by a hundredth, and it is not as good as 0."""
        if self.is_past_best:
            return False
        costs = self.history.cost
        before = costs[(len(costs) - 1) // 2]
        return len(costs) == 1 or (before > 0 and _NOTHING * costs[0] < costs[-1] < 0.99 * before)
