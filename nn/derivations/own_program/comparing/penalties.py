"""The penalty: read from what λ adds to each array, or from a multiple of W that is left over."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from autograd_lite.internal import add_floats

from ....ground import late_numpy as np
from ....ground.arrays import Floats
from ..running.networks import ETA, LAM, Net
from ..running.program import Program, StoppedError
from ..running.trials import Trial, try_layout
from .constants import ONE, Constant, list_ratios, name_ratio
from .hidden_penalty import HiddenPenalty
from .numeric import Slope, agrees_with_cost, find_slope

_FACTORS = {"l2": (1, 2), "l1": (1, Fraction(1, 2))}
"""Before λw and λ·sign(w) in the derivatives of (λ/2)Σw², λΣw² and λΣ|w|, the last one also inside ½(… + λΣ|w|)."""
_ODD = {
    ("l2", Fraction(1, 2)): "penalty-half", ("l2", Fraction(4)): "penalty-double",
    ("l1", Fraction(2)): "penalty-double",
}
_UNLESS = (
    "; (λ/2)Σw² has λ·w, λΣw² has 2·λ·w, and λΣ|w| has λ·sign(w). Only if your cost has another constant there is it "
    "right; then give cost"
)
Mistake = tuple[str, str, dict[str, str]]
"""A slug, an array, and words for its sentence."""


@dataclass(frozen=True)
class PenaltyFound:
    """What λ adds.

    Attributes:
        text: for the conventions.
        mistakes: in each array.
    """

    text: str
    mistakes: tuple[Mistake, ...] = ()


def find_penalty(
    program: Program, trial: Trial, slope: Slope | None, wanted: str | None, confirmed: bool
) -> PenaltyFound:
    """What the parameter ``lam`` adds to the gradients of a program, and what is wrong with it.

    ``confirmed`` says whether the gradients without it are those of the program's cost.
    """
    program.lam = LAM
    try:
        with_lam = replace(trial, given=try_layout(program, trial.layout, trial.nets).given)
        certain = slope is not None and program.cost_takes_lam
        with_penalty = find_slope(program, with_lam) if certain else None
        agrees = with_penalty is not None and agrees_with_cost(with_lam, with_penalty)
        cost = _read_cost(program, trial) if certain else None
    except (StoppedError, ValueError) as error:
        return PenaltyFound("", (("stops", "", {"where": " with lam", "error": str(error)}),))
    finally:
        program.lam = 0.0
    added = {
        f"{kind}[{l}]": _subtract(with_lam.find(kind, l), trial.find(kind, l))
        for l in range(trial.depth, 0, -1)
        for kind in ("dW", "db")
        if kind == "dW" or trial.biases
    }
    terms = {name: _read_term(name, arrays, trial, program.takes_eta) for name, arrays in added.items()}
    text = _describe(terms)
    if agrees:
        return PenaltyFound(text)
    mistakes = tuple(_find_mistakes(terms, cost, wanted))
    if certain and confirmed and not mistakes:
        detail = {"detail": f"in the gradient it is that of {text}"}
        mistakes = (("penalty-not-of-your-cost", f"dW[{trial.depth}]", detail),)
    return PenaltyFound(text, mistakes)


def _subtract(first: Sequence["Floats | None"], second: Sequence["Floats | None"]) -> list["Floats"]:
    return [np.zeros(1) if a is None or z is None else (a - z) / LAM for a, z in zip(first, second, strict=True)]


Term = tuple[str, Constant]  # one of _WRITTEN, "none" or "" for something else, and what stands before it
_WRITTEN = {"l2": "w", "l1": "sign(w)", "value": "w²", "absolute": "|w|", "constant": "", "decay": "w/η"}
_TERMS: dict[str, Callable[["Floats"], "Floats"]] = {
    "l2": lambda w: w, "l1": lambda w: np.sign(w), "value": lambda w: w * w, "absolute": lambda w: np.abs(w),
    "constant": lambda w: np.ones_like(w), "decay": lambda w: w / ETA,
}


def _read_term(name: str, added: Sequence["Floats"], trial: Trial, is_step: bool) -> Term:
    l = int(name[3:-1])
    arrays = [(net.W if name[1] == "W" else net.b)[l - 1] for net in trial.nets]
    if all(np.abs(array).max() < 1e-9 for array in added):
        return "none", ONE
    close = max(1e-7, 10 * trial.tolerance)
    for kind, make in _TERMS.items():
        if kind != "decay" or is_step:
            constant = name_ratio(list_ratios(added, list(map(make, arrays)), close), trial.nets, l, close)
            if constant is not None:
                return kind, constant
    return "", ONE


def _describe(terms: dict[str, Term]) -> str:
    """``penalty (λ/2)Σw² on the weights``; the constant is that of the penalty, not of its derivative."""
    weights = {term for name, term in terms.items() if name.startswith("dW")}
    biases = {term for name, term in terms.items() if name.startswith("db")}
    if len(weights) != 1:
        return "penalties that differ between layers"
    ((kind, constant),) = weights
    if kind not in ("l1", "l2"):
        said = {"none": "no penalty", "decay": "a decay of the weights beside the step"}
        return said.get(kind, "a penalty that is none of the table")
    before = constant.times(Constant(Fraction(1, 2))) if kind == "l2" else constant
    on = "weights and biases" if biases == weights else "the weights"
    text = str(before)
    factor = "λ" if text == "1" else f"(λ{text[1:]})" if text.startswith("1/") else f"{text}·λ"
    return f"penalty {factor}{'Σw²' if kind == 'l2' else 'Σ|w|'} on {on}"


def _read_cost(program: Program, trial: Trial) -> dict[str, Term] | None:
    """The terms that the derivative of the program's cost has from λ; None if they are none of the table."""
    costs = []
    for lam in (0.0, LAM):
        program.lam = lam
        program.start_anew()
        costs.append([program.run_cost(trial.layout.give(net)) for net in trial.nets])
    program.lam = LAM
    added = [np.array([(b - a) / LAM]) for a, b in zip(*costs, strict=True)]
    if not np.any(added):
        return {f"{part}[{l}]": ("none", ONE) for l in range(1, trial.depth + 1) for part in ("dW", "db")}
    for on_biases in (False, True):
        for kind, size in (("l2", np.square), ("l1", np.abs)):
            sizes = [np.array([add_floats(float(size(a).sum()) for a in (*net.W, *(net.b if on_biases else ())))])
                     for net in trial.nets]
            constant = name_ratio(list_ratios(added, sizes, 1e-9), trial.nets)
            if constant is not None:
                slope = constant.times(Constant(Fraction(2))) if kind == "l2" else constant
                biases: Term = (kind, slope) if on_biases else ("none", ONE)
                return {f"{part}[{l}]": (kind, slope) if part == "dW" else biases
                        for l in range(1, trial.depth + 1) for part in ("dW", "db")}
    return None


def _find_mistakes(terms: dict[str, Term], cost: dict[str, Term] | None, wanted: str | None) -> list[Mistake]:
    """What is wrong with each array's term, against that of the cost, or against the first one that is any penalty."""
    found = []
    on_biases = {term for name, term in terms.items() if name.startswith("db")}
    source = "the derivative of the cost" if cost else "that of the biases"
    if cost is None and len(on_biases) == 1 and next(iter(on_biases))[0] == "l1":
        cost = dict.fromkeys(terms, next(iter(on_biases)))  # what is left of a sign that was forgotten for the weights
    usual = next((term for name, term in terms.items() if name.startswith("dW") and term[0] in ("l1", "l2")), None)
    for name, term in terms.items():
        slugs = _compare(name, term, cost[name] if cost else None, usual, wanted)
        beside = f", and {source} has {_write(cost[name])}" if cost else _UNLESS if {*slugs} & {*_ODD.values()} else ""
        found += [(slug, name, {"detail": f"in {name} it is {_write(term)}{beside}"}) for slug in slugs]
    return found


def compare_hidden(
    own: HiddenPenalty | None, right: HiddenPenalty | None, name: str, nets: Sequence[Net]
) -> tuple[str, str] | None:
    """The slug of what is wrong with the penalty inside an array beside that inside the cost, and both of them."""
    none: Term = ("none", ONE)
    kind = "none" if own is None else "l1" if not own.squares else "" if own.absolutes else "l2"
    factors = [[float(one.differentiate(np.ones(1), net.samples)[0]) for net in nets] for one in (own, right) if one]
    ratio = name_ratio([a / z for a, z in zip(*factors, strict=True)], nets) if own and right else ONE
    term = none if own is None else (kind, ratio or Constant(Fraction(0)))
    slugs = _compare(name, term, ("l2", ONE) if right else none, None, None)
    letter = "b" if name.startswith("db") else "w"
    written = [one.write(letter) if one else "nothing" for one in (own, right)]
    said = f"in {name} it is {written[0]}, and the derivative of the cost has {written[1]}"
    return (slugs[0], said) if slugs else None


def _write(term: Term) -> str:
    if term[0] not in _WRITTEN:
        return "nothing" if term[0] == "none" else "something else"
    word = _WRITTEN[term[0]]
    return f"{'' if term[1] == ONE else f'{term[1]}·'}λ{'·' if word else ''}{word}"


def _compare(name: str, term: Term, right: Term | None, usual: Term | None, wanted: str | None) -> list[str]:
    kind, constant = term
    if kind == "decay":
        return ["decay-outside-rate"]
    if kind in ("value", "constant", "absolute"):
        penalty = right[0] if right else "l1" if wanted == "l1" or kind == "absolute" else "l2"
        without_sign = (kind, penalty) == ("constant", "l1")
        return ["l1-without-sign" if without_sign else f"penalty-{'constant' if kind == 'constant' else 'value'}"]
    if right is None:
        if name.startswith("db"):
            return [] if kind == "none" or term == usual else ["penalty-on-bias"]
        if kind == "none":
            return ["penalty-forgotten"]
        if not kind or constant.factor < 0:
            return ["penalty-sign" if kind else "penalty-not-of-your-cost"]
        counted = constant.samples in (0, -1) and not (constant.outputs or constant.inputs or constant.units)
        if term == usual and counted and constant.factor in _FACTORS[kind]:
            return []
        return [_ODD.get((kind, constant.factor), "penalty-not-of-your-cost")]
    if term == right:
        return []
    if right[0] == "none":
        return ["penalty-on-bias"] if name.startswith("db") else ["penalty-in-gradient-only"]
    if kind == "none":
        return ["penalty-forgotten"]
    if (kind, right[0]) == ("l2", "l1"):
        return ["l1-linear"]
    if kind != right[0]:
        return ["penalty-not-of-your-cost"]
    factor = constant.over(right[1])
    names = {Constant(Fraction(1, 2)): "penalty-half", Constant(Fraction(2)): "penalty-double",
             Constant(samples=-1): "penalty-over-n", Constant(Fraction(-1)): "penalty-sign"}
    return [names.get(factor, "penalty-not-of-your-cost")]
