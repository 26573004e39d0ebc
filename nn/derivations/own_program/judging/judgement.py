"""What was found of a program, as it is judged."""

from dataclasses import dataclass, field

from ..comparing.numeric import Slope
from ..comparing.penalties import Mistake
from ..comparing.reading_cost import Known
from ..comparing.rightness import Reading, Wanted
from ..running.layouts import Layout
from ..running.program import Program
from ..running.trials import Trial
from .explanation import Explanation


@dataclass
class Judgement:
    """What was found of a program.

    Attributes:
        trials, failures: the layouts in which it runs, and why the others fail.
        depth, outputs: the number of layers, and of outputs where it is one.
        widths: those that were asked for, with the input's first.
        reading: the conventions under which all arrays are right; None if there are none.
        known: the conventions of the program's own cost.
        explanation: of what is wrong.
        trial: the one that was judged.
        slope: how the cost is differentiated; None where there is none.
        agreeing: the arrays that are the derivative of that cost; None where it has an ε inside, or there is none.
        confirmed: whether the arrays are the derivative of the program's own cost; None where it has none.
        clipped: whether they are so but where outputs are nearly 0 or 1.
        epsilon: what the logarithms of the cost have inside, where the gradient is right but for it.
        penalty_mistakes: what is wrong with a penalty that is inside the program.
        skipped: what was not searched.
        nearest: the conventions of the table that come nearest where nothing tells them.
        unusable: arrays that tell nothing, where every dW is one: a slug or empty text.
        unread: "activations" and "cost" where nothing tells them, so that no array can be judged.
    """

    program: Program
    wanted: Wanted
    depth: int
    outputs: int | None
    trials: list[Trial]
    failures: dict[Layout, Exception]
    widths: tuple[int, ...] | None = None
    reading: Reading | None = None
    known: Known | None = None
    explanation: Explanation | None = None
    trial: Trial | None = None
    slope: Slope | None = None
    agreeing: set[str] | None = None
    clipped: bool = False
    confirmed: bool | None = None
    epsilon: float | None = None
    penalty_mistakes: tuple[Mistake, ...] = ()
    skipped: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    nearest: Explanation | None = None
    unusable: dict[str, str] = field(default_factory=dict)

    @property
    def right(self) -> bool:
        """Whether all arrays are right."""
        return self.confirmed is not False and (self.reading is not None or self.confirmed is True)

    @property
    def penalty(self) -> str:
        """What is said of a penalty that is inside the program."""
        return str(self.reading.penalty) if self.reading and self.reading.penalty else ""
