"""Arrays that tell nothing, so that nothing is searched: of a foreign shape, no numbers, or all 0."""

from collections.abc import Sequence

from ....ground import late_numpy as np
from ..running.trials import Trial


def find_unusable(trials: Sequence[Trial]) -> dict[str, str]:
    """Such arrays, each with the slug of its mistake, or empty text; none if some dW is no such."""
    trial, found = trials[0], {}
    zero = not any(raw is not None and raw.any() for t in trials for one in t.given for raw in (*one.raw_W, *one.raw_b))
    for name in trial.list_arrays():
        l, slug = int(name[3:-1]), "bias-zero" if name.startswith("db") else "weight-gradient-zero"
        raws = [(given.raw_b if name.startswith("db") else given.raw_W)[l - 1] for given in trial.given]
        shaped = all(raw is not None and set(raw.shape) <= {1, net.samples, *net.widths[l - 1 : l + 1]}
                     for raw, net in zip(raws, trial.nets, strict=True))
        if zero or not shaped or not all(np.isfinite(raw).all() for raw in raws if raw is not None):
            found[name] = slug if shaped and zero else ""
    return found if all(f"dW[{l}]" in found for l in range(1, trial.depth + 1)) else {}
