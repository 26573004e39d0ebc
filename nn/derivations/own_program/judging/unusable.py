"""Arrays that tell nothing, so that nothing is searched: of a foreign shape, no numbers, or all 0."""

from collections.abc import Sequence

from ....ground import late_numpy as np
from ..running.trials import Trial


def find_unusable(trials: Sequence[Trial]) -> dict[str, tuple[str, str]]:
    """The slug of a mistake, or empty text, and a sentence for each such array; none if some dW has neither."""
    trial = trials[0]
    found: dict[str, tuple[str, str]] = {}
    zero = not any(raw is not None and raw.any() for t in trials for one in t.given for raw in (*one.raw_W, *one.raw_b))
    for name in trial.list_arrays():
        l, is_bias = int(name[3:-1]), name.startswith("db")
        for net, given in zip(trial.nets, trial.given, strict=True):
            raw, of = (given.raw_b if is_bias else given.raw_W)[l - 1], (net.b if is_bias else net.W)[l - 1]
            if raw is None or not set(raw.shape) <= {1, net.samples, *net.widths[l - 1 : l + 1]}:
                shape = "it is None" if raw is None else f"its shape is {raw.shape}"
                found.setdefault(name, ("", f"{name} is wrong: {shape}, and {name[1:]} has {of.size} entries."))
            elif not np.isfinite(raw).all():
                found.setdefault(name, ("", f"{name} is wrong: it has entries that are no numbers (inf or nan)."))
            elif zero:
                slug = "bias-zero" if is_bias else "weight-gradient-zero"
                found[name] = slug, f"{name} is 0 in every entry; a gradient is so only where nothing depends on it."
    return found if all(f"dW[{l}]" in found for l in range(1, trial.depth + 1)) else {}
