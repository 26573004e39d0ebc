"""An array that nothing explains: where it differs, in which entries, units and samples, and by how much."""


from autograd_lite.internal import format_number

from ....ground import late_numpy as np
from ....ground.arrays import Floats
from ..comparing.numeric import MOST, Slope, differentiate
from ..comparing.reference import find_output_delta, run_forward
from ..judging.explanation import Explanation
from ..judging.own_functions import describe_function, find_misfit
from ..running.program import Program
from ..running.trials import Trial
from .result import CodeVerdict

_SHOWN = 4


def describe_unknown(found: Explanation, name: str, program: Program) -> str:
    """Two or three sentences about an array."""
    trial, l = found.trial, int(name[3:-1])
    given, wrong = trial.find(name[:2], l)[0], describe_form(trial, name)
    if given is None or wrong:
        return wrong
    right = _find_right(found, l, name.startswith("dW"))
    said = f"{name} is wrong, and none of the common mistakes explains it."
    if right is None:
        return said
    function = describe_function(program, found, l) if name.startswith("dW") else ""
    of = "the right one" if l == trial.depth else "what follows from the layers above"
    differs = _compare(given, right, trial.tolerance, of)
    line = f" db[{l}] follows from the δ that is in {name}: look at the line of δ."
    line *= comes_from_unknown(found, f"db[{l}]", program)
    return f"{said}{f' {differs}' if differs else ''}{function}{line}"


def comes_from_unknown(found: Explanation, name: str, program: Program) -> bool:
    """Whether an unknown db is that of the δ which is in the unknown dW of its layer."""
    l = int(name[3:-1])
    both = name.startswith("db") and {name, f"dW[{l}]"} <= set(found.unknown)
    return both and find_misfit(program, found, l) not in (None, name, f"dW[{l}]")


def describe_form(trial: Trial, name: str) -> str:
    """What is wrong with the shape of an array, or with entries that are no numbers; empty if nothing is."""
    weights, l, layout = name.startswith("dW"), int(name[3:-1]), trial.layout
    raw = (trial.given[0].raw_W if weights else trial.given[0].raw_b)[l - 1]
    if raw is None:
        return f"{name} is wrong: it is None, and no array."
    if not np.isfinite(raw).all():
        return f"{name} is wrong: it has entries that are no numbers (inf or nan)."
    wanted = (layout.give_weights if weights else layout.give_biases)(trial.nets[0])[l - 1]
    lost = trial.find(name[:2], l)[0] is None and wanted is not None
    return f"{name} is wrong: its shape is {raw.shape}, and that of its parameter {wanted.shape}." if lost else ""


def judge_by_numbers(program: Program, trial: Trial, slope: Slope, agreeing: set[str]) -> dict[str, CodeVerdict]:
    """A verdict for each array by the numerical derivative of the program's own cost alone.

    Where an array agrees, the δ of its layer is right, and so are those above it; the layer below can be judged.
    """
    lowest, verdicts = min((int(name[3:-1]) for name in agreeing), default=trial.depth + 1), {}
    for name in trial.list_arrays():
        l, said, judged = int(name[3:-1]), f"{name} is right.", True
        if name not in agreeing and l < lowest - 1:
            said, judged = f"{name} is below a δ that is not known, and not judged.", False
        elif name not in agreeing:
            said = f"{name} is not the derivative of your cost."
            given = trial.find(name[:2], l)[0]
            if given is not None and given.size <= MOST:
                right = differentiate(program, trial.layout, trial.nets[0], name[:2], l, slope)
                said = " ".join(filter(None, [said, _compare(given, right, slope.close / 10, "that derivative")]))
        verdicts[name] = CodeVerdict(name, name in agreeing, False, (), said, f"Look at {name}.", judged=judged)
    return verdicts


def _find_right(found: Explanation, l: int, weights: bool) -> "Floats | None":
    """What follows from the student's own δ above, in the first network."""
    net = found.trial.nets[0]
    forward = run_forward(net, found.activations, found.trial.biases)
    delta = found.deltas[0].get(l)
    if delta is None and l == found.trial.depth:
        delta = find_output_delta(forward, found.cost)
    elif delta is None and l + 1 in found.deltas[0]:
        delta = net.W[l].T @ found.deltas[0][l + 1] * forward.slope[l]
    if delta is None:
        return None
    k = found.constant.value(net)
    return k * (delta @ forward.h[l - 1].T if weights else delta.sum(axis=1, keepdims=True))


def _compare(given: "Floats", right: "Floats", tolerance: float, of: str) -> str:
    wrong = np.abs(given - right) > 100 * tolerance * max(float(np.abs(right).max()), 1e-12)
    if not wrong.any():
        return ""
    units = sorted({int(at[0]) + 1 for at in np.argwhere(wrong)})
    count = int(wrong.sum())
    where = "All entries differ" if count == wrong.size else f"{count} of {wrong.size} entries differ"
    if len(units) < len(given):
        where += f", those of unit{'s' * (len(units) > 1)} {', '.join(map(str, units))}"
    with np.errstate(all="ignore"):
        ratios = (given / right)[wrong & (right != 0)]
    if not ratios.size:
        return f"{where} from {of}."
    if np.ptp(ratios) <= 1e-6 * abs(float(ratios.mean())):
        return f"{where}: {format_number(float(ratios.mean()))} times {of}."
    shown = ", ".join(format_number(float(f"{ratio:.3g}")) for ratio in ratios[:_SHOWN])
    return f"{where}: {shown}{' …' if ratios.size > _SHOWN else ''} times {of}."
