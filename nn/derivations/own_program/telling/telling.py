"""From an explanation to what is said: a verdict for each array, the sentence, and the hints."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ....costs import Cost
from ..comparing.array_activations import SOFTMAX
from ..comparing.constants import ONE, Constant
from ..comparing.reference import BINARY, CLASSES, FLIPPED, OWN, SQUARED, write_cost
from ..comparing.rightness import Reading
from ..judging.explanation import Explanation, Named
from ..judging.mistakes import find_mistake
from ..running.trials import Trial
from .result import CodeVerdict, ReadConventions
from .unknown import comes_from_unknown, describe_unknown
from .words_of_layer import list_words

if TYPE_CHECKING:
    from ..running.program import Program


def read_conventions(
    trial: Trial, activations: tuple[str, ...], cost: str | Cost, constant: Constant, penalty: str = ""
) -> ReadConventions:
    """The conventions in words."""
    layout = str(trial.layout if trial.biases else replace(trial.layout, bias="none"))
    if trial.single:
        layout += ", single precision (agreement to 1e-4 is asked for)"
    shown = tuple("softmax" if name.startswith("softmax") else name for name in activations)
    shown = (*shown[:-1], "") if cost == OWN else shown
    if cost == SQUARED:  # which is read as ½Σ(a − y)²
        constant = Constant(constant.factor / 2, constant.samples, constant.outputs)
    before = "" if isinstance(cost, Cost) else str(constant)
    return ReadConventions(layout, shown, write_cost(cost), before, penalty)


_OTHERWISE = {
    (BINARY, "sigmoid"): "; if you mean a squared error, σ′ of the output layer is missing",
    (CLASSES, SOFTMAX): "; if you mean a squared error, the Jacobian of softmax is missing",
    (CLASSES, "sigmoid"): "; if you mean a binary cross-entropy, its term with 1 − y is missing",
    (FLIPPED, "sigmoid"): "; if a is P(y = 1), the target is taken the other way round",
    (SQUARED, "sigmoid"): "; if you mean a cross-entropy, σ′ of the output layer is a factor too many",
    (SQUARED, SOFTMAX): "; if you mean a cross-entropy, the Jacobian of softmax is a factor too many",
    (SQUARED, "identity"): "; if a is σ(z) or softmax and you mean a cross-entropy, z stands where a belongs",
}
"""What is wrong with gradients that are right for a cost and an output activation, if others are meant."""


def note_undecided(reading: Reading, penalised: bool) -> list[str]:
    """What gradients alone cannot tell of a right program."""
    if isinstance(reading.cost, Cost):
        return []
    name = reading.cost.partition(" ε ")[0].removesuffix(" inside")
    read = "activations, constant and penalty" if penalised else "activations and constant"
    other = _OTHERWISE.get((name, reading.activations[-1]), "")
    which = f"which cost and which network you mean: {read} are read from them, and not judged{other}"
    return [f"Gradients alone cannot tell {which}. Give cost to make it certain."]


def right_verdicts(trial: Trial) -> dict[str, CodeVerdict]:
    """Every array right."""
    return {name: CodeVerdict(name, True, False, (), f"{name} is right.") for name in trial.list_arrays()}


def write_verdicts(
    found: Explanation, program: "Program", agreeing: "set[str] | None" = None
) -> dict[str, CodeVerdict]:
    """A verdict for each array, from the output back; those of ``agreeing`` are right by the program's own cost."""
    verdicts = {}
    for name in found.trial.list_arrays():
        where = f"Look at {name}"
        mine = [named for named in found.named if named.array == name]
        unexplained = name in (*found.unknown, *found.unjudged)
        right = not mine and not unexplained and found.is_right(name) if agreeing is None else name in agreeing
        if mine:
            slugs = tuple(dict.fromkeys(rename(found, named, program.takes_eta) for named in mine))
            text = " ".join(dict.fromkeys(write_sentence(found, named, program.takes_eta) for named in mine))
            hint = ", ".join(dict.fromkeys(find_mistake(slug).hint for slug in slugs))
            alone = not program.has_cost and isinstance(found.cost, str)
            factors = {n.letter for n in mine if alone and n.constant.factor > 0 and n.constant != ONE}
            if "D" in factors and int(name[3:-1]) == found.trial.depth:
                text += " Only if your cost has that constant in it is it right; then give cost."
            elif factors and found.trial.depth == 1 and found.trial.biases:
                text += " dW and db must have the same constant; which of them has the right one only cost can tell."
            text = put_first(name, text)
            verdicts[name] = CodeVerdict(name, False, False, slugs, text, f"{where}.", f"{where}: {hint}.")
        elif name in found.unknown and not right and not comes_from_unknown(found, name, program):
            text, hint = describe_unknown(found, name, program), f"{where}: it is none of the common mistakes."
            verdicts[name] = CodeVerdict(name, False, False, (), text, f"{where}.", hint)
        elif name in found.unjudged and not right:
            text = f"{name} is below a δ that is not known, and not judged."
            verdicts[name] = CodeVerdict(name, False, False, (), text, judged=False)
        else:
            said = "is right" if right else "follows from what is above it"
            verdicts[name] = CodeVerdict(name, right, not right, (), f"{name} {said}.")
    return verdicts


def put_first(name: str, text: str) -> str:
    """A sentence with the name of its array before it, unless it begins with that name."""
    return text if text.startswith(f"{name} ") else f"{name}: {text}"


def rename(found: Explanation, named: Named, takes_eta: bool) -> str:
    """The slug, in the words of a step where the program takes one, and of a sum where the cost is one."""
    names = {"gradient-sign": "ascent", "bias-zero": "bias-not-updated"} if takes_eta else {}
    last = found.trial.depth
    if takes_eta and any((n.slug, n.array) == ("weight-gradient-zero", f"dW[{last}]") for n in found.named):
        zeros = {"weight-gradient-zero": "output-not-updated", "bias-zero": "output-not-updated"}
        names = {**names, **(zeros if named.array.endswith(f"[{last}]") else {})}
    if found.meant.samples == 0:
        names = {**names, "divided-twice": "mean-for-sum"}
    return names.get(named.slug, named.slug)


def write_sentence(found: Explanation, named: Named, takes_eta: bool = False) -> str:
    """What is said of a mistake, with the layer put in."""
    mistake = find_mistake(rename(found, named, takes_eta))
    words = list_words(found, named)
    if named.letter == "D" and "{array}" in mistake.says:
        words = {**words, "array": words["delta"]}
    if named.slug == "derivative-of-pre":
        return "{slope} is calculated from {pre} where {post} belongs: it is {slope_rule}.".format(**words)
    if named.slug == "gradient-sign" and not takes_eta and found.cost != OWN:
        return "The sign is turned: the gradient has a − y in it, not y − a; {grad_line}.".format(**words)
    return mistake.says.format(**words)


def _find_sameness(verdict: CodeVerdict) -> tuple[str, ...]:
    """What two verdicts have in common of which one says "the same": the mistakes, and by what factor."""
    return (*verdict.mistakes, *re.findall(r" is (\S+) times ", verdict.sentence))


def join_sentences(conventions: ReadConventions, verdicts: Sequence[CodeVerdict], more: Sequence[str]) -> str:
    """The conventions, what is wrong in the order of the arrays, and what else there is to say."""
    said: list[str] = []
    seen: set[tuple[str, ...]] = set()
    for verdict in verdicts:
        if verdict.wrong:
            same = _find_sameness(verdict)
            if verdict.mistakes and same in seen:
                continue
            seen.add(same)
            others = [other.array for other in verdicts if other is not verdict and other.wrong and verdict.mistakes
                      and _find_sameness(other) == same]
            said.append(verdict.sentence + (f" The same in {', '.join(others)}." if others else ""))
    at = next((i for i, verdict in enumerate(verdicts) if verdict.wrong), 0)
    unknown = bool(verdicts) and verdicts[at].wrong and not verdicts[at].mistakes
    tail = ["Everything above it is right."] if unknown and at and all(v.right for v in verdicts[:at]) else []
    read = [f"Read as: {conventions}."] if str(conventions) else []
    return " ".join([*read, *said, *tail, *more])
