"""Trials: a program run on two networks in one layout, and what it gave."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from ....ground import late_numpy as np
from ....ground.arrays import Floats
from .layouts import Layout, Returned, list_layouts
from .networks import Net, list_nets
from .program import Program, StoppedError

DOUBLE, SINGLE = 1e-9, 1e-4
_SOFT = 0.2


@dataclass(frozen=True, eq=False)
class Trial:
    """What a program gave for two networks.

    Attributes:
        layout: how they were handed over.
        nets, given: the networks, and what came back for each.
        single: whether it computes in single precision.
        exact: how closely arrays agree otherwise.
    """

    layout: Layout
    nets: tuple[Net, ...]
    given: tuple[Returned, ...]
    single: bool = False
    exact: float = DOUBLE

    @property
    def depth(self) -> int:
        return self.nets[0].depth

    @property
    def tolerance(self) -> float:
        """How closely arrays must agree, relative to their largest entry."""
        return SINGLE if self.single else self.exact

    @property
    def biases(self) -> bool:
        """Whether the program has biases."""
        return any(given.has_biases for given in self.given)

    @property
    def is_complete(self) -> bool:
        """Whether every gradient has a value that can be compared."""
        kinds = ("dW", "db") if self.biases else ("dW",)
        return all(array is not None for one in self.given for kind in kinds for array in getattr(one, kind))

    def find(self, kind: str, layer: int) -> list["Floats | None"]:
        """"dW" or "db" of a layer in each network."""
        return [(given.dW if kind == "dW" else given.db)[layer - 1] for given in self.given]

    def find_raw(self, kind: str, layer: int) -> list["Floats | None"]:
        """As they came: dW turned so that target × source would be right, db as ``_orient`` turns it."""
        if kind == "db":
            return [self._orient(given.raw_b[layer - 1], net, layer)
                    for given, net in zip(self.given, self.nets, strict=True)]
        found = [given.raw_W[layer - 1] for given in self.given]
        return [raw if raw is None or not self.layout.source else raw.T for raw in found]

    def _orient(self, raw: "Floats | None", net: Net, layer: int) -> "Floats | None":
        """(n, 1) for a number a unit, (1, N) for a number a sample, (1, 1), or (n, N)."""
        if raw is None:
            return None
        n, N = net.widths[layer], net.samples
        if raw.size == n and max(raw.shape, default=1) == n:
            return raw.reshape(-1, 1)
        if raw.size == N and max(raw.shape, default=1) == N:
            return raw.reshape(1, -1)
        return raw.reshape(1, 1) if raw.size == 1 else raw.T if self.layout.rows and raw.ndim == 2 else raw

    @cached_property
    def wrong_shapes(self) -> tuple[str, ...]:
        """Names of arrays whose shape is not that of their parameter, from the output back."""
        names = {name for given in self.given for name in given.wrong_shapes}
        return tuple(name for name in self.list_arrays() if name in names)

    def list_arrays(self, layer: int = 0) -> list[str]:
        """dW[L], db[L], dW[L − 1], … or those of one layer."""
        return [f"{kind}[{l}]" for l in ([layer] if layer else range(self.depth, 0, -1)) for kind in ("dW", "db")
                if kind == "dW" or any(given.raw_b[l - 1] is not None for given in self.given)]

    @cached_property
    def penalty(self) -> tuple[int, int, int]:
        """How badly the shapes fit: numbers of wrong arrays; the least is the program's layout."""
        takes = self.layout.bias != "none"
        kinds = ("dW", "db") if takes and self.biases else ("dW",)
        lost = sum(any(array is None for array in self.find(kind, l))
                   for l in range(1, self.depth + 1) for kind in kinds)
        return lost, len(self.wrong_shapes), int(takes != self.biases)


def try_layout(program: Program, layout: Layout, nets: Sequence[Net]) -> Trial:
    """Run a program on networks. Raises ``StoppedError`` where it raises, and ValueError where no arrays come back."""
    return Trial(layout, tuple(nets), tuple(program.run(layout, net) for net in nets))


def soften(program: Program, trial: Trial) -> Trial | None:
    """The trial on networks whose outputs are farther from 0 and 1; None where the program stops."""
    nets = [replace(net, W=(*net.W[:-1], _SOFT * net.W[-1]), b=(*net.b[:-1], _SOFT * net.b[-1])) for net in trial.nets]
    return rerun(program, trial, trial.layout, nets)


def rerun(program: Program, trial: Trial, layout: Layout, nets: Sequence[Net]) -> Trial | None:
    """The trial in another layout and on other networks; None where the program stops."""
    given = [one for one in (program.try_run(layout, net) for net in nets) if one is not None]
    return replace(trial, layout=layout, nets=tuple(nets), given=tuple(given)) if len(given) == len(nets) else None


def list_trials(
    program: Program, depth: int, targets: str = "probabilities", outputs: int | None = None,
    failures: dict[Layout, Exception] | None = None, nets: Sequence[Net] | None = None,
) -> list[Trial]:
    """The layouts in which a program runs, that fit its shapes best first; ``failures`` takes why the others do not."""
    used = nets or list_nets(depth, "probabilities" if targets == "probabilities" else "classes", outputs)
    found = []
    for layout in list_layouts(targets):
        try:
            found.append(try_layout(program, layout, used))
        except (StoppedError, ValueError) as error:
            if failures is not None:
                failures[layout] = error
    found.sort(key=lambda trial: trial.penalty)
    return [_see_precision(program, trial) for trial in found]


def _see_precision(program: Program, trial: Trial) -> Trial:
    """The trial, marked where the program computes in single precision: arrays of that type, or blind to a nudge."""
    is_single = any(given.single for given in trial.given) or (trial.penalty[0] == 0 and _is_blind(program, trial))
    return replace(trial, single=is_single)


def _is_blind(program: Program, trial: Trial) -> bool:
    """Whether a nudge changes nothing, in no step: there the old weights are in what is compared."""
    given = None if program.takes_eta else program.try_run(trial.layout, trial.nets[0].nudge())
    if given is None:
        return False
    pairs = [
        (a, z) for a, z in zip(given.dW + given.db, trial.given[0].dW + trial.given[0].db, strict=True)
        if a is not None and z is not None and a.any()
    ]
    return bool(pairs) and all(np.array_equal(a, z) and not _is_rounded(a) for a, z in pairs)


def _is_rounded(array: "Floats") -> bool:
    """Whether an array has less than the digits of single precision."""
    return bool(np.abs(array - np.round(array, 7)).max() < 1e-12 or np.array_equal(array, array.astype(np.float16)))
