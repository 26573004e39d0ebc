"""What computes the steps of a run: the scalar graph, or the matrix program that was found in it.

Both take the same batches in the same order, and both move the parameters by the lines of the optimizer.
"""

from collections.abc import Sequence
from typing import Any

from ..ground import late_numpy as np
from ..ground.arrays import Parameters
from ..ground.lifting import CannotLiftError
from ..ground.suggest import unknown_name
from ..networks.objective import Objective
from ..networks.prepared import Samples
from ..optimizers import Optimizer
from ..optimizers.update_buffers import Buffers
from .lifted import AGAIN, Lifted

AUTO, SCALAR, MATRIX = ENGINES = ("auto", "scalar", "matrix")


class ScalarEngine:
    """Records each batch as a graph.

    Args:
        objective, samples: what is minimised.
        why: why this engine, as a phrase.

    Attributes:
        gradient: ∂C/∂Θ of the last batch.
    """

    name = SCALAR
    gradient: "Parameters"

    def __init__(self, objective: Objective, samples: Samples, why: str) -> None:
        self.objective, self.samples, self.why = objective, samples, why
        objective.program = None

    def begin(self, rows: Sequence[int]) -> str:
        """Prepare for an epoch that begins with these rows; why this engine cannot go on, empty if it can."""
        del rows
        return ""

    def differentiate(self, rows: Sequence[int]) -> float:
        """C of a batch; sets ``gradient``. Raises as ``Objective.differentiate`` does."""
        cost = self.objective.differentiate(self.samples, rows)
        self.gradient = np.array([p.grad for p in self.objective.parameters])
        return cost

    def step(self, optimizer: Optimizer, epoch: int) -> None:
        """Move the parameters by the gradient. Raises as ``Optimizer.step`` does."""
        optimizer.step(self.objective.parameters, epoch)

    def value(self, samples: Samples, penalised: bool = True) -> float:
        """C of all samples. Raises as ``Objective.value`` does."""
        return self.objective.value(samples, penalised)

    def read(self) -> list[float]:
        """The numbers of the parameters."""
        return [p.data for p in self.objective.parameters]

    def load(self) -> None:
        """Take the parameters from their nodes, which somebody has assigned to."""

    def store(self) -> None:
        """Write the parameters back to their nodes, for somebody who reads them."""


class MatrixEngine(ScalarEngine):
    """Runs the matrix program on each batch. Θ is one array, which ``store`` writes back.

    Args:
        lifted: the program.
        watched: whether a callback may change the network, so that it is looked at before each epoch.
    """

    name = MATRIX
    _theta: "Parameters"

    def __init__(self, objective: Objective, samples: Samples, why: str, lifted: Lifted, watched: bool) -> None:
        super().__init__(objective, samples, why)
        self._lifted, self._watched = lifted, watched or lifted.in_doubt
        self._table = lifted.find_table(samples)
        self._batches: dict[int, Any] = {}
        self._buffers: Buffers | None = None
        objective.program = lifted
        self.load()

    def begin(self, rows: Sequence[int]) -> str:
        if not self._watched:
            return ""
        self.store()
        return self._lifted.find_difference(rows[:AGAIN])

    def differentiate(self, rows: Sequence[int]) -> float:
        found = self._lifted.form.attempt("gradient", self._theta, self._take(rows), out=self.gradient)
        if found is not None:
            return float(found)
        self.store()
        return super().differentiate(rows)  # this batch is told by the scalar graph

    def _take(self, rows: Sequence[int]) -> Any:
        """The data of these rows, in a buffer; as it is where they are all rows in order."""
        count = len(rows)
        if count == len(self._table):  # one batch is never shuffled
            return self._table
        if count not in self._batches:
            self._batches[count] = np.empty((count, self._table.shape[1]))
        return np.take(self._table, rows, axis=0, out=self._batches[count], mode="clip")

    def step(self, optimizer: Optimizer, epoch: int) -> None:
        moved = None
        if type(optimizer).move is Optimizer.move:  # not one of a user's own
            self._buffers = self._buffers or Buffers(optimizer, len(self._theta))
            moved = self._buffers.step(optimizer, self._theta, self.gradient, epoch)
        if moved is None:
            moved = optimizer.move(self._theta, self.gradient, self.objective.parameters, epoch)
        self._theta, self._is_stored = moved, False

    def value(self, samples: Samples, penalised: bool = True) -> float:
        found = self._lifted.value(samples, penalised, self._theta)
        if found is not None:
            return found
        self.store()
        return self.objective.value(samples, penalised)

    def read(self) -> list[float]:
        numbers: list[float] = self._theta.tolist()
        return numbers

    def load(self) -> None:
        self._theta, self._is_stored = self._lifted.form.load(), True
        self.gradient = np.zeros_like(self._theta)

    def store(self) -> None:
        if not self._is_stored:
            for parameter, number, slope in zip(self.objective.parameters, self._theta.tolist(), self.gradient.tolist(),
                                                strict=True):
                parameter.data, parameter.grad = number, slope
            self._is_stored = True


def make_engine(wanted: str, of_run: str, objective: Objective, samples: Samples, watched: bool) -> ScalarEngine:
    """The engine of that name; "auto" is the matrix program where there is one, else the scalar graph.

    Args:
        of_run: the engine of the resumed run, which "auto" keeps; empty for a new run.
        watched: whether there are callbacks.

    Raises:
        ValueError: no engine has that name, or "matrix" is wanted where there is no matrix program; says why.
    """
    if wanted not in ENGINES:
        raise unknown_name("engine", wanted, ENGINES)
    kept = "as before" if wanted == AUTO and of_run else "as asked"
    if SCALAR in (wanted, of_run if wanted == AUTO else ""):
        return ScalarEngine(objective, samples, kept)
    try:
        lifted = Lifted(objective, samples)
    except CannotLiftError as error:
        if wanted == MATRIX:
            raise ValueError(f"this network and cost have no matrix program: {error}; leave engine out") from None
        return ScalarEngine(objective, samples, f"for there is no matrix program: {error}")
    why = "found in the graph of one sample" if wanted == AUTO and not of_run else kept
    return MatrixEngine(objective, samples, why, lifted, watched)
